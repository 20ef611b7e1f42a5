"""Tables ``verdicts`` and ``barred``: technical fit, compliance fit and payback of an exchange, never one score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.assemble.assembly import Barred
from planner.case.case import Case
from planner.case.qualities import QualityLimit
from planner.results.amounts import Arrival
from planner.results.books import Books
from planner.results.compositions import Contents
from planner.results.mixtures import Held, limits_at
from planner.results.operations import tenants
from planner.results.plan import COLUMNS
from planner.results.streams import declared, source

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")

#: A limit may be exceeded by this share of it: rounding of the solver.
TOLERANCE = 1e-4
ALONE, MIXED, UNFIT, UNKNOWN = "fits alone", "fits in a mixture", "does not fit", "unknown"
CLEAR, DECLARATION, PERMIT = "clear", "declaration", "permit needed"
UNSTATED, FORBIDDEN = "permit needed, none stated", "forbidden"
PAYS, NO, FREE = "pays", "does not pay", "no investment"
#: Parts of a legal status that need no permit.
FREE_STATUS = ("product", "by-product", "end-of-waste")


@dataclass(frozen=True)
class Verdict:
    """A verdict in a word, and why."""

    word: str
    why: str


def speaks_of_law(case: Case) -> bool:
    """Whether a case states a legal status, a waste code, a use or a declaration anywhere."""
    streams = [s for tenant in tenants(case).values() for s in tenant.sources.values()]
    sinks = [s for tenant in tenants(case).values() for s in tenant.sinks.values()]
    told = any(r.waste_code or r.status or r.not_into for r in case.resources.values())
    told = told or any(s.waste_code or s.status or s.not_into for s in streams) or any(s.use for s in sinks)
    return told or any(terms.declaration is not None for terms in (*case.exchanges, *case.substitutions))


def verdicts_table(contents: Contents, exchanges: "pd.DataFrame") -> "pd.DataFrame":
    """Make the ``verdicts`` table: a row for each exchange that is built and each that is barred.

    technical
        "fits alone", "fits in a mixture", "does not fit", or "unknown" where a content that is limited is not known.
    compliance
        "clear", "declaration", "permit needed", "permit needed, none stated" (a waste that leaves its site),
        "forbidden", or "unknown" where the case states no legal status.
    payback
        "pays" where the yearly gain covers the yearly capital cost, "does not pay", or "no investment".
    permit_cost
        Investment in permit and declaration.
    """
    import pandas as pd

    rows = [_built(contents, row) for row in exchanges.to_dict("records")]
    rows += _of_barred(contents.books)
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
        (told for a in arrivals if (told := _breaks(_at_source(contents, quality, a), limit, quality, unit))), ""
    )


def _over_mixed(contents: Contents, quality: str, limit: QualityLimit, arrivals: list[Arrival]) -> str:
    unit = contents.books.case.qualities[quality].said
    mixtures = (contents.of(quality).at_sink(arrival.sink, arrival.state)[0] for arrival in arrivals)
    return next((told for held in mixtures if (told := _breaks(held, limit, quality, unit))), "")


def _breaks(held: Held, limit: QualityLimit, quality: str, unit: str) -> str:
    """What of a limit is broken, in words; "" where it is kept."""
    if limit.max_ is not None and held.highest > limit.max_.value + TOLERANCE * abs(limit.max_.value) + 1e-9:
        return f"{quality} {held.highest:.4g}{unit} is above {limit.max_.value:.4g}"
    if limit.min_ is not None and held.lowest < limit.min_.value - TOLERANCE * abs(limit.min_.value) - 1e-9:
        return f"{quality} {held.lowest:.4g}{unit} is below {limit.min_.value:.4g}"
    return ""


def compliance(books: Books, exchange: str) -> Verdict:
    """What the law asks of an exchange, as far as the case says."""
    facts = books.assembly.exchanges[exchange]
    code = f" (waste code {facts.waste_code})" if facts.waste_code else ""
    if facts.permit is not None:
        also = ", and a by-product declaration" if facts.declaration else ""
        return Verdict(PERMIT, f"{facts.permit}{code}{also}")
    own = books.assembly.instance.exchanges[exchange].own
    if facts.status == "waste" and not own:
        return Verdict(UNSTATED, f"{facts.source} is a waste{code}, and no permit is stated")
    if facts.declaration:
        return Verdict(DECLARATION, f"by-product declaration of {facts.giver}{code}")
    if facts.status in FREE_STATUS:
        return Verdict(CLEAR, f"{facts.source} is stated as {facts.status}{code}")
    if own:
        return Verdict(CLEAR, f"own site: it never leaves the site of {facts.giver}{code}")
    return Verdict(UNKNOWN, f"no status of {facts.source} is stated{code}")


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


def barred_table(books: Books) -> "pd.DataFrame":
    """Make the ``barred`` table: exchanges that quality, an unknown content or the law does not admit, and why."""
    import pandas as pd

    rows = [
        {
            "exchange": one.exchange,
            "quality": one.quality or None,
            "why": one.why,
            "found": NAN if one.found is None else one.found,
            "limit": NAN if one.limit is None else one.limit,
            "unit": one.unit or None,
        }
        for one in books.assembly.barred
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["barred"]))


def _of_barred(books: Books) -> Iterator[dict[str, Any]]:
    """Verdicts on barred exchanges, one row each, whatever number of reasons there are."""
    reasons: dict[str, list[Barred]] = {}
    for one in books.assembly.barred:
        reasons.setdefault(one.exchange, []).append(one)
    for exchange, found in reasons.items():
        by_quality, by_law = [x for x in found if x.quality], [x for x in found if not x.quality]
        code, status = _law_of(books, exchange)
        row = {
            "exchange": exchange,
            "technical": UNKNOWN,
            "technical_why": "not looked at: it is forbidden",
            "compliance": UNKNOWN,
            "compliance_why": "not looked at: its quality bars it",
            "payback": None,
            "payback_why": "not looked at: it is barred",
            "payback_yr": NAN,
            "waste_code": code,
            "status": status,
            "declaration": False,
            "permit": None,
            "delay_yr": NAN,
            "permit_cost": NAN,
            "built": False,
        }
        if by_quality:
            known = any(x.found is not None for x in by_quality)
            row |= {"technical": UNFIT if known else UNKNOWN, "technical_why": "; ".join(map(_reason, by_quality))}
        if by_law:
            row |= {"compliance": FORBIDDEN, "compliance_why": "; ".join(x.why for x in by_law)}
        yield row


def _reason(one: Barred) -> str:
    """Why a quality bars an exchange, with what is found and admitted where that is known."""
    found = "" if one.found is None else f" {one.found:.4g} {one.unit}"
    limit = "" if one.limit is None else f", the limit is {one.limit:.4g} {one.unit}"
    return f"{one.quality}{found}{limit}: {one.why}"


def _law_of(books: Books, exchange: str) -> tuple[str | None, str | None]:
    """Waste code and status of the source of an exchange that is in no assembly, from its name."""
    for name in books.assembly.instance.sources:
        stream = source(books, name)
        starts, streams = exchange.startswith(f"{stream.unit} > "), f"{exchange} -> ".split(f": {stream.name} -> ")
        if starts and len(streams) > 1:
            resource = books.case.resources[stream.resource]
            stated = declared(books, stream.unit, stream.name, "sources")
            code, status = (getattr(stated, field, None) for field in ("waste_code", "status"))
            return code or resource.waste_code, status or resource.status
    return None, None


def notes(books: Books, contents: Contents, verdicts: "pd.DataFrame") -> Iterator[str]:
    """What a plan must say of permits, and of contents that are accepted unknown."""
    asked = verdicts[verdicts["compliance"].isin((PERMIT, UNSTATED)) & verdicts["built"].astype(bool)]
    asked = asked.drop_duplicates("exchange")  # one may have two kinds of links
    if len(asked):
        count = "1 exchange of the plan needs" if len(asked) == 1 else f"{len(asked)} exchanges of the plan need"
        yield f"{count} a permit: {', '.join(asked['exchange'])}"
    bare = asked[asked["compliance"] == UNSTATED]
    if len(bare):
        yield f"the case states no permit for: {', '.join(bare['exchange'])}"
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
                if part.accepted and not mixtures.of_part(name, part).known:
                    yield part.arrival.exchange if part.arrival is not None else f"what {name} buys"
