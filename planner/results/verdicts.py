"""Table ``verdicts``: technical fit, compliance fit and payback of an exchange, never one score."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.qualities import QualityLimit
from planner.results.amounts import Arrival
from planner.results.barred import verdicts_on_barred
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.compositions import Contents
from planner.results.fits import ALONE, MIXED, UNFIT, UNKNOWN, breaks
from planner.results.law import Verdict, compliance, notes_on_law
from planner.results.mixtures import Held, limits_at
from planner.results.operations import tenants

if TYPE_CHECKING:
    import pandas as pd

PAYS, NO, FREE = "pays", "does not pay", "no investment"


def speaks_of_law(case: Case) -> bool:
    """Whether a case states a legal status, a waste code, a use or a declaration anywhere."""
    streams = [s for tenant in tenants(case).values() for s in tenant.sources.values()]
    sinks = [s for tenant in tenants(case).values() for s in tenant.sinks.values()]
    told = any(r.waste_code or r.status or r.not_into for r in case.resources.values())
    told = told or any(s.waste_code or s.status or s.not_into for s in streams) or any(s.use for s in sinks)
    return told or any(terms.declaration is not None for terms in (*case.exchanges, *case.substitutions))


def verdicts_table(contents: Contents, exchanges: "pd.DataFrame") -> "pd.DataFrame":
    """Make the ``verdicts`` table: a row for each exchange that is built and each that is barred.

    Each verdict is given on its own: what is forbidden may fit, and what does not fit may be lawful.

    technical
        "fits alone", "fits in a mixture", "does not fit", or "unknown" where a content that is limited is not known.
    compliance
        "clear", "declaration", "permit needed", "permit needed, none stated" (a waste that leaves its site),
        "forbidden", or "unknown" where the case states no legal status.
    payback
        "pays" where the yearly gain covers the yearly capital cost, "does not pay", or "no investment"; empty, with
        the reason, of what is barred.
    permit_cost
        Investment in permit and declaration; empty of what is barred.
    """
    import pandas as pd

    rows = [_built(contents, row) for row in exchanges.to_dict("records")]
    rows += verdicts_on_barred(contents)
    return pd.DataFrame(rows, columns=list(COLUMNS["verdicts"]))


def _built(contents: Contents, row: "Mapping[Any, Any]") -> dict[str, Any]:
    books, exchange = contents.books, str(row["exchange"])
    facts = books.assembly.exchanges[exchange]
    fit, law, worth = technical(contents, exchange), compliance(books, exchange), payback(row, books.case.currency)
    return {
        "exchange": exchange,
        "technical": fit.word,
        "technical_why": fit.why,
        "compliance": law.word,
        "compliance_why": law.why,
        "payback": worth.word,
        "payback_why": worth.why,
        "payback_yr": row["payback_yr"],
        "waste_code": facts.waste_code,
        "status": facts.status,
        "declaration": facts.declaration,
        "permit": facts.permit,
        "delay_yr": facts.delay_yr,
        "permit_cost": _permit_cost(books, exchange),
        "built": True,
    }


def _permit_cost(books: Books, exchange: str) -> float:
    options = books.assembly.instance.exchanges[exchange].options
    entries = (entry for option in options for entry in books.by_exchange.get((exchange, option), ()))
    return sum(entry.amount for entry in entries if entry.line.account == "investment_permit")


def technical(contents: Contents, exchange: str) -> Verdict:
    """Whether what an exchange brings fits: alone, or with all else that its taker takes."""
    data = contents.books.assembly.instance.exchanges[exchange]
    arrivals = [one for one in contents.amounts.arrivals if one.exchange == exchange]
    limits = limits_at(contents.books, data.sink)
    if not limits:
        return Verdict(ALONE, "its taker limits no quality")
    unknown = [quality for quality in limits if any(not _at_source(contents, quality, a).known for a in arrivals)]
    if unknown:
        return Verdict(UNKNOWN, f"its {', '.join(unknown)} is not known, and is accepted so")
    over = {q: told for q, limit in limits.items() if (told := _over(contents, q, limit, arrivals))}
    if not over:
        return Verdict(ALONE, "it keeps every limit of its taker by itself")
    mixed = {q: told for q in over if (told := _over_mixed(contents, q, limits[q], arrivals))}
    if mixed:
        return Verdict(UNFIT, "in the mixture, " + "; ".join(mixed.values()))
    return Verdict(MIXED, "alone, " + "; ".join(over.values()))


def _at_source(contents: Contents, quality: str, arrival: Arrival) -> Held:
    return contents.of(quality).at_source(arrival.source, arrival.state)


def _over(contents: Contents, quality: str, limit: QualityLimit, arrivals: list[Arrival]) -> str:
    unit = contents.books.case.qualities[quality].said
    return next(
        (told for a in arrivals if (told := breaks(_at_source(contents, quality, a), limit, quality, unit))), ""
    )


def _over_mixed(contents: Contents, quality: str, limit: QualityLimit, arrivals: list[Arrival]) -> str:
    unit = contents.books.case.qualities[quality].said
    mixtures = (contents.of(quality).at_sink(arrival.sink, arrival.state)[0] for arrival in arrivals)
    return next((told for held in mixtures if (told := breaks(held, limit, quality, unit))), "")


def payback(row: "Mapping[Any, Any]", currency: str) -> Verdict:
    """Whether a built exchange pays, from its row of the ``exchanges`` table."""
    gain, capital = float(row["gain_per_yr"]), float(row["capital_cost_per_yr"])
    invested, years = float(row["capex"]) + float(row["shared_capex"]), float(row["payback_yr"])
    told = f"gain {gain:,.0f} {currency}/yr, capital cost {capital:,.0f} {currency}/yr"
    if gain <= 0:
        return Verdict(NO, f"{told}: it costs more than it saves")
    if invested <= 0:
        return Verdict(FREE, f"gain {gain:,.0f} {currency}/yr without an investment")
    if years != years or gain < capital:
        return Verdict(NO, f"{told}, of {invested:,.0f} {currency} invested")
    return Verdict(PAYS, f"{told}, of {invested:,.0f} {currency} invested")


def notes(contents: Contents, verdicts: "pd.DataFrame") -> Iterator[str]:
    """What a plan must say of permits, and of contents that are accepted unknown."""
    yield from notes_on_law(verdicts)
    for quality in contents.qualities:
        found = dict.fromkeys(_accepted(contents, quality))
        if found:
            yield f"{quality} is not known and accepted so, and counts for nothing in the mixture: {', '.join(found)}"


def _accepted(contents: Contents, quality: str) -> Iterator[str]:
    """Exchanges and supplies of unknown content that come into a mixture that limits it."""
    mixtures, instance = contents.of(quality), contents.books.assembly.instance
    for name in instance.sinks:
        limit = mixtures.limit(name)
        for state in instance.states if limit is not None else ():
            for part in mixtures.parts(name, state):
                if not mixtures.of_part(name, part).known:
                    yield part.arrival.exchange if part.arrival is not None else f"what {name} buys"
