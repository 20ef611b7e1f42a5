"""Checks of the verdicts on exchanges, and of what is said to be barred."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.fits import worst_fit
from planner.audit.flows import Run
from planner.audit.links import carried_today
from planner.audit.mixtures import Holds, Mixtures, limits_of
from planner.audit.network import number, word
from planner.audit.quality import Bound, barred_uses, broken, passes, use_of
from planner.audit.reading import Row, rows_of
from planner.case.qualities import QualityLimit

if TYPE_CHECKING:
    import pandas as pd

    Part = tuple[Facts, Run, Mixtures]

#: A sum of money in words: those of a payback are rounded to units of the currency.
FIGURE = re.compile(r"(?<![\w.,])-?\d[\d,]*(?![\w.,]*\d)")
Ends = tuple[str, str, str, str]  # giver, taker, source, sink


def check_verdicts(
    facts: Facts,
    tables: "Mapping[str, pd.DataFrame]",
    run: Run,
    mixtures: Mixtures,
    checks: Checks,
    parts: "Sequence[Part]" = (),
) -> None:
    """Check verdicts and barred exchanges of the plan; nothing where the case speaks neither of quality nor of law.

    ``parts`` are its periods, if it has any.
    """
    verdicts, barred = rows_of(tables, "verdicts"), rows_of(tables, "barred")
    if not (facts.case.qualities or _speaks_of_law(facts) or verdicts or barred):
        return
    check = "plan: verdicts on exchanges"
    checks.start(check)
    for name in ("verdicts", "barred"):
        if name not in tables:
            checks.fail(check, f"the table {name} is missing")
    _built(facts, verdicts, (run, mixtures), parts or [(facts, run, mixtures)], checks, check)
    check = "plan: what is barred is not built"
    checks.start(check)
    _barred(facts, barred, (run, mixtures), checks, check)
    if facts.case.qualities or barred:
        _complete(facts, barred, (run, mixtures), checks, check)
    check = "plan: verdicts on what is barred"
    reasons: dict[str, list[Row]] = {}
    for row in barred:
        reasons.setdefault(word(row, "exchange"), []).append(row)
    for row in verdicts:
        if not bool(row["built"]):
            checks.start(check)
            _unbuilt(facts, row, reasons.get(word(row, "exchange"), []), mixtures, checks, check)
    for exchange in sorted(reasons.keys() - {word(row, "exchange") for row in verdicts}):
        checks.fail(check, f"{exchange} is barred and has no verdicts")


def _unbuilt(facts: Facts, row: Row, reasons: list[Row], mixtures: Mixtures, checks: Checks, check: str) -> None:
    """Check each verdict on a barred exchange by itself: by its reasons where they say it, else by the case."""
    label = word(row, "exchange")
    ends = _possible(facts).get(label)
    if not reasons:
        checks.fail(check, f"{label} is neither built nor barred")
    terms = None if ends is None else facts.terms(*ends)
    if not reasons or ends is None or terms is None:
        return
    by_quality = [one for one in reasons if word(one, "quality")]
    status = law_of(facts, ends[0], ends[2], "status")
    if by_quality:
        found = any(number(one, "found") == number(one, "found") for one in by_quality)
        fit = "does not fit" if found else "unknown"
    else:
        fit = _by_content(facts, ends, mixtures)
    barred = len(by_quality) < len(reasons)
    expected = {
        "technical": fit,
        "compliance": "forbidden" if barred else _compliance(facts, ends, status),
        "payback": "",
        "waste_code": law_of(facts, ends[0], ends[2], "waste_code") or "",
        "status": status or "",
    }
    for column, text in expected.items():
        if word(row, column) != text:
            checks.fail(check, f"{label}: {column} is {word(row, column)!r}, {text!r} recomputed")
        elif column + "_why" in row and not word(row, column + "_why"):
            checks.fail(check, f"{label}: no reason is given for its {column}")
    if bool(row["declaration"]) != terms.declaration or word(row, "permit") != _permit(facts, ends):
        checks.fail(check, f"{label}: permit or declaration is not what the case states")
    checks.equal(check, f"{label}: delay_yr", number(row, "delay_yr"), terms.delay)
    for column in ("payback_yr", "permit_cost"):
        if number(row, column) == number(row, column):
            checks.fail(check, f"{label}: it is not built and states {column}")


def _by_content(facts: Facts, ends: Ends, mixtures: Mixtures) -> str:
    """Whether what a source holds would fit: alone, or with enough of what its taker buys."""
    giver, taker, source, sink = ends
    limits = limits_of(facts, taker, sink)
    held = {quality: mixtures.source(giver, source, quality) for quality in limits}
    if not all(one.known and one.mean == one.mean for one in held.values()):
        return "unknown"

    def over(found: Mapping[str, Holds]) -> list[str]:
        bounds = {q: Bound("sink", taker, sink, q, limits[q], one, float("inf")) for q, one in found.items()}
        return [quality for quality, bound in bounds.items() if broken(facts, bound) is not None]

    beyond = over(held)
    if not beyond:
        return "fits alone"
    whole = getattr(facts.stream(taker, "sink", sink), "whole_demand_from_one_source", False)
    bought = {quality: mixtures.supply(taker, sink, quality) for quality in beyond}
    if whole or not facts.suppliable(taker, sink) or not all(one.known for one in bought.values()) or over(bought):
        return "does not fit"
    return "fits in a mixture"


def _speaks_of_law(facts: Facts) -> bool:
    stated: list[Any] = list(facts.case.resources.values())
    stated += [source for tenant in facts.tenants.values() for source in tenant.sources.values()]
    terms = (*facts.case.exchanges, *facts.case.substitutions)
    uses = (sink.use for tenant in facts.tenants.values() for sink in tenant.sinks.values())
    told = any(one.waste_code or one.status or one.not_into for one in stated)
    return told or any(uses) or any(one.declaration is not None for one in terms)


def _built(
    facts: Facts, rows: list[Row], known: tuple[Run, Mixtures], parts: "Sequence[Part]", checks: Checks, check: str
) -> None:
    run, _ = known
    links: dict[str, list[Row]] = {}
    for row in run.exchanges:
        links.setdefault(str(row["exchange"]), []).append(row)
    told: dict[str, list[Row]] = {}
    for row in rows:
        if bool(row["built"]):
            told.setdefault(word(row, "exchange"), []).append(row)
    for exchange in sorted(links.keys() ^ told.keys()):
        checks.fail(check, f"{exchange} is in only one of exchanges and verdicts")
    for exchange in sorted(links.keys() & told.keys()):
        if len(told[exchange]) not in (1, len(links[exchange])):
            checks.fail(check, f"{exchange} has {len(told[exchange])} verdicts")
        for n, row in enumerate(told[exchange]):
            link = links[exchange][min(n, len(links[exchange]) - 1)]
            _verdict(facts, row, link, worst_fit(link, parts), checks, check)


def _verdict(facts: Facts, row: Row, link: Row, technical: str, checks: Checks, check: str) -> None:
    ends: Ends = (str(link["from"]), str(link["to"]), str(link["source"]), str(link["sink"]))
    label, terms = str(row["exchange"]), facts.terms(*ends)
    if terms is None:
        return  # not admitted at all, which has a check of its own
    code, status = (law_of(facts, ends[0], ends[2], field) for field in ("waste_code", "status"))
    expected = {
        "technical": technical,
        "compliance": _compliance(facts, ends, status),
        "payback": _payback(link),
        "waste_code": code or "",
        "status": status or "",
    }
    for column, text in expected.items():
        if word(row, column) != text:
            checks.fail(check, f"{label}: {column} is {word(row, column)!r}, {text!r} recomputed")
    if bool(row["declaration"]) != terms.declaration or word(row, "permit") != _permit(facts, ends):
        checks.fail(check, f"{label}: permit or declaration is not what the case states")
    cost = 0.0 if carried_today(link) else terms.permit_cost * facts.contingency
    _figures_told(facts, row, link, checks, check)
    figures = {"delay_yr": terms.delay, "permit_cost": cost, "payback_yr": number(link, "payback_yr")}
    for column, value in figures.items():
        if number(row, column) == number(row, column) or value == value:
            checks.equal(check, f"{label}: {column}", number(row, column), value)


def _figures_told(facts: Facts, row: Row, link: Row, checks: Checks, check: str) -> None:
    """Check the figures in the reason of a payback: gain, capital cost and investment of the row of the exchange."""
    shared = number(link, "shared_capex")
    known = (
        number(link, "gain_per_yr"),
        number(link, "capital_cost_per_yr"),
        number(link, "capex") + (shared if shared == shared else 0.0),
    )
    for told in FIGURE.findall(word(row, "payback_why")):
        if not any(abs(float(told.replace(",", "")) - x) <= 0.5 + 1e-6 * abs(x) for x in known):
            checks.fail(check, f"{word(row, 'exchange')}: payback_why speaks of {told}, no figure of the exchange")


def _permit(facts: Facts, ends: Ends) -> str:
    """Name of the permit that the case states for an exchange; empty where it states none."""
    permit = facts.agreed(*ends, "permit")
    return "" if permit is None else str(permit.name)


def law_of(facts: Facts, unit: str, source: str, field: str) -> str | None:
    """Waste code or legal status of a source: its own, else that of its resource."""
    own: str | None = getattr(facts.stream(unit, "source", source), field, None)
    general: str | None = getattr(facts.case.resources[facts.stream_resource(unit, "source", source)], field)
    return own or general


def _compliance(facts: Facts, ends: Ends, status: str | None) -> str:
    """What the law asks of an exchange, as far as the case says."""
    terms, use = facts.terms(*ends), use_of(facts, ends[1], ends[3])
    if terms is None or terms.forbidden or (use is not None and use in barred_uses(facts, ends[0], ends[2])):
        return "forbidden"
    if terms.permit:
        return "permit needed"
    own = facts.host(ends[0]) == facts.host(ends[1])
    if status == "waste" and not own:
        return "permit needed, none stated"
    if terms.declaration:
        return "declaration"
    return "clear" if status is not None or own else "unknown"


def _payback(link: Row) -> str:
    """Whether an exchange pays: its gain against the capital cost, both of its row."""
    gain, capital = number(link, "gain_per_yr"), number(link, "capital_cost_per_yr")
    shared, years = number(link, "shared_capex"), number(link, "payback_yr")
    invested = number(link, "capex") + (shared if shared == shared else 0.0)
    if not gain > 0:
        return "does not pay"
    if invested <= 0:
        return "no investment"
    return "does not pay" if years != years or gain < capital else "pays"


def _barred(facts: Facts, rows: list[Row], known: tuple[Run, Mixtures], checks: Checks, check: str) -> None:
    run, mixtures = known
    built, possible = {str(row["exchange"]) for row in run.exchanges}, _possible(facts)
    named = {word(row, "exchange") for row in rows}
    for row in rows:
        exchange, quality = word(row, "exchange"), word(row, "quality")
        if exchange in built:
            checks.fail(check, f"{exchange} is built, though {word(row, 'why')}")
        if not word(row, "why"):
            checks.fail(check, f"{exchange}: no reason is given")
        ends = possible.get(exchange)
        if ends is None:
            checks.fail(check, f"{exchange} is no exchange of two streams of the case")
        elif quality and quality not in facts.case.qualities:
            checks.fail(check, f"{exchange} is barred for its {quality}, which is no quality of the case")
        elif quality:
            _barred_by_quality(facts, row, ends, mixtures, checks, check)
            others = [o for name, o in possible.items() if o[1::2] == ends[1::2] and o[::2] != ends[::2]]
            others = [o for o in others if facts.host(o[0]) in run.present and name_of(o) not in named]
            _cannot_be_diluted(facts, row, ends, others, mixtures, checks, check)
        elif not _barred_by_law(facts, ends):
            checks.fail(check, f"{exchange} is barred, and the case forbids neither it nor its use")


def _possible(facts: Facts) -> dict[str, Ends]:
    """Every exchange between two streams of the case, by its name."""
    units, found = (*facts.tenants, *facts.case.facilities), {}
    sinks = [(unit, sink) for unit in units for sink in facts.streams(unit, "sink")]
    for giver in units:
        for source in facts.streams(giver, "source"):
            for taker, sink in sinks:
                ends = (giver, taker, source, sink)
                found[name_of(ends)] = ends
    return found


def name_of(ends: Ends) -> str:
    """Name of an exchange."""
    giver, taker, source, sink = ends
    return f"{giver} > {taker}: {source}" + ("" if sink == source else f" -> {sink}")


def _complete(facts: Facts, rows: list[Row], known: tuple[Run, Mixtures], checks: Checks, check: str) -> None:
    """Check that all is said to be barred whose reason stands in the case: what it forbids, and unknown contents."""
    run, mixtures = known
    told = {(word(row, "exchange"), word(row, "quality")) for row in rows}
    by_law = {exchange for exchange, quality in told if not quality}
    for exchange, ends in _possible(facts).items():
        giver, taker, source, sink = ends
        inside = giver == taker and giver in facts.case.facilities
        here = {giver, taker} <= run.present
        if inside or not here or facts.terms(*ends) is None or exchange in by_law:
            continue
        forbidden = any(entry.forbidden for entry in facts.declared(*ends))
        if _barred_by_law(facts, ends):
            if facts.case.qualities or not forbidden:  # without qualities, what is forbidden is no news
                checks.fail(check, f"{exchange} is forbidden, or may not come into such a use, and is not listed")
            continue
        for quality, limit in limits_of(facts, taker, sink).items():
            stated = mixtures.outlet(giver, source, quality) is None
            if not stated or _accepts(facts, ends, quality, accept=limit.accept_unknown):
                continue
            if not mixtures.source(giver, source, quality).known and (exchange, quality) not in told:
                checks.fail(check, f"{exchange}: its {quality} is unknown where it is limited, and it is not listed")


def _accepts(facts: Facts, ends: Ends, quality: str, *, accept: bool) -> bool:
    """Whether a content may be unknown in an exchange."""
    terms = facts.terms(*ends)
    return accept or (terms is not None and quality in terms.accept_unknown)


def _cannot_be_diluted(
    facts: Facts, row: Row, ends: Ends, others: list[Ends], mixtures: Mixtures, checks: Checks, check: str
) -> None:
    """Check that nothing else which may come into the sink is within the limit: its supply, and stated contents."""
    _, taker, _, sink = ends
    quality, found, named = word(row, "quality"), number(row, "found"), number(row, "limit")
    if found != found or named != named or quality not in facts.case.qualities:
        return
    whole = getattr(facts.stream(taker, "sink", sink), "whole_demand_from_one_source", False)
    bought = [("what is bought", mixtures.supply(taker, sink, quality))] if facts.suppliable(taker, sink) else []
    for giver, _, source, _ in [] if whole else others:
        terms = facts.terms(giver, taker, source, sink)
        recycled = giver == taker and giver in facts.case.facilities
        if terms is None or terms.forbidden or recycled or mixtures.outlet(giver, source, quality) is not None:
            continue
        bought.append((f"{giver} / {source}", mixtures.source(giver, source, quality)))
    for name, held in [] if whole else bought:
        within = held.highest < named if found > named else held.lowest > named
        if held.known and within:
            checks.fail(check, f"{row['exchange']} is barred for its {quality}, which {name} could dilute")


def _barred_by_law(facts: Facts, ends: Ends) -> bool:
    entries, use = facts.declared(*ends), use_of(facts, ends[1], ends[3])
    return any(entry.forbidden for entry in entries) or (
        use is not None and use in barred_uses(facts, ends[0], ends[2])
    )


def _limit_named(row: Row, limit: QualityLimit, checks: Checks, check: str) -> None:
    """Check that the limit by which an exchange is barred is one that the case states."""
    exchange, quality, named = word(row, "exchange"), word(row, "quality"), number(row, "limit")
    stated = [x.value for x in (limit.max_, limit.min_) if x is not None]
    if named != named and stated:
        checks.fail(check, f"{exchange}: it does not say which limit of {quality} it is barred by")
    if named == named and not any(abs(named - x) <= 1e-9 * abs(x) for x in stated):
        checks.fail(check, f"{exchange}: the limit of {quality} is said to be {named:g}, the case does not state it")


def _barred_by_quality(facts: Facts, row: Row, ends: Ends, mixtures: Mixtures, checks: Checks, check: str) -> None:
    """Check the limit that is named, and the content of a source that the case states."""
    giver, taker, source, sink = ends
    exchange, quality = word(row, "exchange"), word(row, "quality")
    if word(row, "unit") != facts.case.qualities[quality].unit:
        checks.fail(check, f"{exchange}: {word(row, 'unit')!r} is not the unit of {quality}")
    limit = limits_of(facts, taker, sink).get(quality)
    if limit is None:
        if not passes(facts, (taker, sink)):  # else it goes on to where it is limited
            checks.fail(check, f"{exchange} is barred for its {quality}, which {taker} / {sink} does not limit")
        return
    found = number(row, "found")
    _limit_named(row, limit, checks, check)
    if mixtures.outlet(giver, source, quality) is not None:
        return  # what it would hold depends on what flows
    held = mixtures.source(giver, source, quality)
    if found != found:
        if held.known:
            checks.fail(check, f"{exchange}: its {quality} is said to be unknown and is {held.mean:g}")
        return
    if not any(abs(found - x) <= 1e-6 * abs(x) + 1e-12 for x in (held.highest, held.lowest)):
        checks.fail(check, f"{exchange}: its {quality} is said to be {found:g} and is {held.mean:g}")
    elif not (limit.max_ is not None and found > limit.max_.value) and not (
        limit.min_ is not None and found < limit.min_.value
    ):
        checks.fail(check, f"{exchange} is barred with {quality} {found:g} and keeps the limit")
