"""Checks of the tables of impacts: every stage, exchange and firm recomputed from the case and the tables."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import RELATIVE, Checks
from planner.audit.facts import Facts
from planner.audit.impacts_amounts import check_amounts
from planner.audit.impacts_by_part import Part, Seen
from planner.audit.impacts_indirect import check_indirect
from planner.audit.impacts_shared import Ends, Sharing
from planner.audit.network import number, word
from planner.audit.periods import slices_of
from planner.audit.reading import Row, rows_of
from planner.audit.worth import Worth, party_of
from planner.case.impacts import ALLOCATIONS, CLIMATE, categories_of
from planner.case.impacts_as_co2e import as_co2e
from planner.case.values import Value
from planner.geography.distances import Distances

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

TABLES = ("impacts", "impact_flows", "impact_coverage", "impact_exchanges", "impacts_by_party", "impacts_indirect")
PREFIXES = {"plan": "", "baseline": "baseline_"}
ENDS = {"cut-off": "cut_off", "energy": "energy", "substitution": "substitution", "50/50": "half"}
#: Stages whose burdens are amount x factor where nothing is displaced, credited or kept.
BY_AMOUNT = ("use", "supply", "discharge", "transport", "facilities")
SUMS = ("baseline", "plan", "avoided_per_yr", "added_per_yr")
STAGES = ("use", "supply", "discharge", "transport", "pumping", "facilities", "construction")
COLUMNS = ("avoided_supply", "avoided_discharge", "given_up", "caused")


def check_impacts(facts: Facts, distances: Distances, tables: "Tables", worth: Worth, checks: Checks) -> None:
    """Check the tables of impacts; there are none where the case states none."""
    case = facts.case
    if case.impacts is None:
        for name in TABLES:
            if len(rows_of(tables, name)):
                checks.fail("impacts: none without impacts in the case", f"table {name} has rows")
        return
    _names(facts, tables, checks)
    for category in categories_of(case.impacts):
        seen = Facts(as_co2e(case, category))
        found = {}
        for run, prefix in PREFIXES.items():
            whole = worth.runs[run].run
            slices = slices_of(seen, tables, prefix, whole)
            found[run] = Part(category, seen, distances, whole, slices)
        _stages(category, tables, found, checks)
        _flows(facts, category, tables, checks)
        told = worth if category == CLIMATE else _seen(facts, seen, worth)
        if _computable(category, tables):
            ends = {run: _exchanges(facts, (category, run), tables, part, told, checks) for run, part in found.items()}
            _parties(facts, category, tables, found, ends, checks)
        else:
            _none_told(category, tables, checks)
    check_amounts(facts, tables, {run: worth.runs[run].run for run in PREFIXES}, checks)
    _coverage(tables, checks)
    check_indirect(facts, tables, checks)


def _seen(facts: Facts, seen: Facts, worth: Worth) -> Worth:
    """What things are worth in a category that the case ``seen`` stands for."""
    return Seen(facts, worth.distances, worth.runs, settled=worth.settled, seen=seen, base=worth)


def close(checks: Checks, check: str, what: str, found: float, expected: float, scale: float = 0.0) -> None:
    """Compare to a share of the numbers: impacts may be counted in units so large that all of them are small."""
    checks.start(check)
    size = max(abs(found), abs(expected), scale)
    if not abs(found - expected) <= 1e-9 + RELATIVE * size:
        checks.fail(check, f"{what}: {found:.10g} in the tables, {expected:.10g} recomputed")


def _of(tables: "Tables", name: str, category: str) -> list[Row]:
    return [row for row in rows_of(tables, name) if word(row, "category") == category]


def _names(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Units of categories, and no category, party or exchange that the case does not have."""
    check = "impacts: categories and units are those of the case"
    checks.start(check)
    assert facts.case.impacts is not None
    known = categories_of(facts.case.impacts)
    for name in TABLES:
        for row in rows_of(tables, name):
            category = word(row, "category")
            if category not in known:
                checks.fail(check, f"{name}: {category!r} is no category of the case")
            elif "unit" in row and word(row, "unit") != f"{known[category].unit}/yr":
                checks.fail(check, f"{name}, {category}: unit is {word(row, 'unit')!r}")


def _stages(category: str, tables: "Tables", found: Mapping[str, Part], checks: Checks) -> None:
    check = f"impacts, {category}: every stage"
    checks.start(check)
    listed = {word(row, "stage"): row for row in _of(tables, "impacts", category)}
    if sorted(listed) != sorted((*STAGES, "total")):
        checks.fail(check, f"the table has the stages {', '.join(listed)}")
        return
    for run, part in found.items():
        stages = part.stages()
        size = sum(abs(x) for x in stages.values())
        for stage, expected in (*stages.items(), ("total", sum(stages.values()))):
            told = number(listed[stage], run)
            empty = 0.0 if word(listed[stage], "status") == "not computable" and told != told else told
            close(checks, check, f"{run}, {stage}", empty, expected, size * 0.01)
    flows = _of(tables, "impact_flows", category)
    for stage, row in listed.items():
        part_of = [x for x in flows if stage in ("total", word(x, "stage"))]
        mine = [x for x in part_of if word(x, "how") == "counted"]
        if _status(category, row, part_of, checks) == "not computable":
            checks.empty(check, stage, row, (*SUMS, "reduction", "reduction_pct"))
            continue
        for column in SUMS:
            expected = math.fsum(number(x, column) for x in mine)
            close(checks, check, f"{stage}: {column}", number(row, column), expected)
        before, after = number(row, "baseline"), number(row, "plan")
        close(checks, check, f"{stage}: reduction", number(row, "reduction"), before - after, before)
        telling = before > 0 and (category == CLIMATE or not word(row, "unknown_change"))
        share = 100.0 * (before - after) / before if telling else math.nan
        if share == share or number(row, "reduction_pct") == number(row, "reduction_pct"):
            close(checks, check, f"{stage}: reduction_pct", number(row, "reduction_pct"), share, 1.0)
    _shifted(category, tables, checks)


def _status(category: str, row: Row, flows: list[Row], checks: Checks) -> str:
    """Check what is said to be in the numbers of a stage, and what changes without a factor; return the former."""
    check = f"impacts, {category}: what is in the numbers is said"
    checks.start(check)
    whole = word(row, "stage") == "total"
    known = [x for x in flows if not (whole and category == CLIMATE and word(x, "stage") == "construction")]
    lacking = [x for x in known if word(x, "how") != "counted"]
    counted = any(word(x, "how") == "counted" for x in flows)
    expected = "computed" if not lacking else "in part" if counted else "not computable"
    if word(row, "status") != expected:
        checks.fail(check, f"{word(row, 'stage')}: status is {word(row, 'status')!r}, not {expected!r}")
    told = set(filter(None, word(row, "unknown_change").split("; ")))
    for one in lacking:
        before, after = (number(one, f"{run}_amount") for run in PREFIXES)
        size, label = max(abs(before), abs(after)), f"{word(one, 'name')} ({word(one, 'stage')})"
        if abs(after - before) > 1e-4 * size and not told & set(label.split("; ")):
            checks.fail(check, f"{word(row, 'stage')}: {label} changes, has no factor, and is not told")
    return expected


def _shifted(category: str, tables: "Tables", checks: Checks) -> None:
    """Check that a total that rises while another falls says so, and no other."""
    check = f"impacts, {category}: a shift of problems is said"
    checks.start(check)
    totals = {word(row, "category"): row for row in rows_of(tables, "impacts") if word(row, "stage") == "total"}
    parts = {
        name: number(row, "reduction") / (number(row, "avoided_per_yr") + number(row, "added_per_yr") or 1.0)
        for name, row in totals.items()
    }
    told = word(totals[category], "shifted")
    if parts[category] < -1e-4 and any(part > 1e-4 for part in parts.values()) and not told.startswith("shifted"):
        checks.fail(check, "it rises while another falls, and is not flagged")
    if told and not (parts[category] < 0 and any(part > 0 for part in parts.values())):
        checks.fail(check, f"shifted is {told!r}")


def _computable(category: str, tables: "Tables") -> bool:
    return any(word(x, "how") == "counted" for x in _of(tables, "impact_flows", category))


def _none_told(category: str, tables: "Tables", checks: Checks) -> None:
    """Check that nothing is told by exchange and firm of what cannot be computed."""
    check = f"impacts, {category}: nothing is told of what cannot be computed"
    checks.start(check)
    for name in ("impact_exchanges", "impacts_by_party"):
        if _of(tables, name, category):
            checks.fail(check, f"table {name} has rows")


def _flows(facts: Facts, category: str, tables: "Tables", checks: Checks) -> None:
    """Check what rises and falls, factors and, where nothing but they make a burden, amount x factor."""
    check = f"impacts, {category}: flows"
    checks.start(check)
    plain = category != CLIMATE and _plain(facts)
    for row in _of(tables, "impact_flows", category):
        label = f"{word(row, 'stage')} of {word(row, 'name')}"
        if word(row, "how") != "counted":
            checks.empty(check, label, row, ("baseline", "plan", "avoided_per_yr", "added_per_yr", "factor"))
            if _stated(facts, category, row):
                checks.fail(check, f"{label}: the case has a factor, the table none")
            continue
        before, after = number(row, "baseline"), number(row, "plan")
        close(
            checks, check, f"{label}: avoided_per_yr", number(row, "avoided_per_yr"), max(0.0, before - after), before
        )
        close(checks, check, f"{label}: added_per_yr", number(row, "added_per_yr"), max(0.0, after - before), after)
        factors = _stated(facts, category, row)
        if len(factors) == 1 and _other_factor(facts, category, row, factors[0]):
            checks.empty(check, label, row, ("factor",))
        elif len(factors) == 1:
            close(checks, check, f"{label}: factor", number(row, "factor"), factors[0].value)
            if plain and word(row, "kind") != "treatment" and word(row, "stage") in BY_AMOUNT:
                for run, amount in (("baseline", before), ("plan", after)):
                    expected = number(row, f"{run}_amount") * factors[0].value
                    close(checks, check, f"{label}: {run}", amount, expected, max(abs(before), abs(after)))


def _plain(facts: Facts) -> bool:
    """Whether nothing but amounts and factors makes burdens: all is displaced, nothing credited or kept."""
    case = facts.case
    terms = (*case.exchanges, *case.substitutions)
    return (
        not any(one.also for one in terms)
        and all(one.displacement is None or one.displacement.value == 1.0 for one in terms)
        and all(one.displacement.value == 1.0 for one in case.resources.values())
        and all(one.stores is None for one in case.facilities.values())
    )


def _other_factor(facts: Facts, category: str, row: Row, factor: Value) -> bool:
    """Whether the one factor is none of amounts of the year: it differs by period, or is of loading."""
    if factor.periods:
        return True
    assert facts.case.impacts is not None
    links = facts.case.links if category == CLIMATE else facts.case.impacts.categories[category].links
    stated = links.get(word(row, "name")) if word(row, "stage") == "transport" else None
    return factor is getattr(stated, "loading_co2e" if category == CLIMATE else "loading", None)


def _stated(facts: Facts, category: str, row: Row) -> list[Value]:
    """Factors of the case for a row of flows."""
    assert facts.case.impacts is not None
    if category == CLIMATE:
        return _of_climate(facts, row)
    stated, stage, name = facts.case.impacts.categories[category], word(row, "stage"), word(row, "name")
    kinds: dict[str, Mapping[str, object]] = {
        "resource": stated.resources,
        "link": stated.links,
        "facility": stated.facilities,
    }
    kinds["treatment"] = stated.resources
    of = kinds.get(word(row, "kind"), {}).get(name)
    fields = {"pumping": ("use", "supply"), "facilities": ("operation",), "transport": ("transport", "loading")}
    named = ("treatment",) if word(row, "kind") == "treatment" else fields.get(stage, (stage,))
    return [one for one in (getattr(of, field, None) for field in named) if one is not None]


def _of_climate(facts: Facts, row: Row) -> list[Value]:
    """The same of climate change: factors of CO2e of the case."""
    stage, kind, name = word(row, "stage"), word(row, "kind"), word(row, "name")
    case, found = facts.case, list[object]()
    if kind == "resource":
        resource = case.resources[name]
        own = resource.discharge.co2e if stage == "discharge" and resource.discharge is not None else None
        stages = ("use", "supply") if stage == "pumping" else (stage,)
        found = [own or getattr(resource.co2e, one) for one in stages]
    elif stage == "transport":
        found = [case.links[name].co2e, case.links[name].loading_co2e]
    elif stage == "facilities" and kind == "facility":
        found = [case.facilities[name].co2e]
    return [one for one in found if isinstance(one, Value)]


def _coverage(tables: "Tables", checks: Checks) -> None:
    """Check what is said of flows without a factor."""
    check = "impacts: what has no factor is named"
    checks.start(check)
    lacking: dict[tuple[str, str], list[str]] = defaultdict(list)
    count: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows_of(tables, "impact_flows"):
        key = word(row, "category"), word(row, "stage")
        if word(row, "kind") != "treatment" and key != (CLIMATE, "construction"):
            count[key] += 1
            lacking[key] += [word(row, "name")] if word(row, "how") != "counted" else []
    listed = {(word(row, "category"), word(row, "stage")): row for row in rows_of(tables, "impact_coverage")}
    for key in sorted({*count, *listed}):
        row = listed.get(key, {})
        if word(row, "without") != "; ".join(lacking[key]):
            checks.fail(check, f"{' / '.join(key)}: without is {word(row, 'without')!r}")
        close(checks, check, f"{' / '.join(key)}: flows", number(row, "flows"), count[key])
        close(
            checks, check, f"{' / '.join(key)}: with_factor", number(row, "with_factor"), count[key] - len(lacking[key])
        )


def _exchanges(
    facts: Facts, which: tuple[str, str], tables: "Tables", part: Part, worth: Worth, checks: Checks
) -> dict[str, Ends]:
    """Check what exchanges avoid and cause; returns it as recomputed."""
    category, run = which
    check = f"impacts, {category}: exchanges of the {run}"
    checks.start(check)
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in part.run.exchanges:
        rows[str(row["exchange"])].append(row)
    listed = {word(x, "exchange"): x for x in _of(tables, "impact_exchanges", category) if word(x, "run") == run}
    if sorted(listed) != sorted(rows):
        checks.fail(check, f"the table has the exchanges {', '.join(listed)}")
        return {}
    found = {}
    flows = _of(tables, "impact_flows", category)
    lacking = {_label(x) for x in flows if word(x, "how") != "counted"}
    names = {f"{name} ({stage})" for name in (*facts.case.resources, *facts.case.links) for stage in STAGES}
    names -= {_label(x) for x in flows if word(x, "how") == "counted"}
    for name, mine in rows.items():
        first = mine[0]
        source = str(first["from"]), str(first["source"])
        both = [worth.avoided(run, row, worth.fates(run, source)[0]) for row in mine]
        given_up, caused = part.of_exchange(name)
        at_source, at_sink = (sum(one[end][1] for one in both) for end in (0, 1))
        content = facts.case.resources[str(first["resource"])].content("MWh")
        energy = None if content is None else content * sum(float(row["flow_per_yr"]) for row in mine)
        ends = Ends(str(first["from"]), str(first["to"]), at_sink, at_source, given_up, caused, energy)
        found[name] = ends
        size = abs(at_source) + abs(at_sink) + abs(given_up) + abs(caused)
        amounts = (at_sink, at_source, given_up, caused)
        for column, expected in zip(COLUMNS, amounts, strict=True):
            close(checks, check, f"{name}: {column}", number(listed[name], column), expected, size)
        told, used = word(listed[name], "without"), f"{first['resource']} (use)"
        if not _made_of(told, names):
            checks.fail(check, f"{name}: without is {told!r}")
        if used in lacking and used not in told:
            checks.fail(check, f"{name}: without does not name {used}")
        close(checks, check, f"{name}: net_avoided", number(listed[name], "net_avoided"), ends.gain, size)
        for column, unit in (("seller", ends.giver), ("buyer", ends.taker)):
            if word(listed[name], column) != party_of(facts, unit):
                checks.fail(check, f"{name}: {column} is {word(listed[name], column)!r}")
    return found


def _made_of(told: str, names: Iterable[str]) -> bool:
    """Whether a list holds names alone; they may hold its separator."""
    for name in sorted(names, key=len, reverse=True):
        told = told.replace(name, "")
    return not told.strip("; ")


def _label(row: Row) -> str:
    """What a flow without a factor is called in lists of them."""
    return f"{word(row, 'name')} ({word(row, 'stage')})"


def _parties(
    facts: Facts,
    category: str,
    tables: "Tables",
    found: Mapping[str, Part],
    ends: Mapping[str, Mapping[str, Ends]],
    checks: Checks,
) -> None:
    """Check what every firm bears under each convention, and that it adds up to the park."""
    check = f"impacts, {category}: firms"
    checks.start(check)
    assert facts.case.impacts is not None
    impacts = facts.case.impacts
    listed = _of(tables, "impacts_by_party", category)
    total = next((x for x in _of(tables, "impacts", category) if x["stage"] == "total"), {})
    for run, part in found.items():
        apart = dict(_apart(facts, part))
        made = _energy_made(facts, tables, PREFIXES[run])
        sharing = Sharing(facts, apart, ends[run], made, impacts.substitution_to)
        size = sum(abs(x) for x in apart.values()) + sum(abs(x.gain) for x in ends[run].values())
        for how in ALLOCATIONS:
            column, expected = f"{run}_{ENDS[how]}", sharing.by_party(how)
            if expected is None:
                continue
            told = {word(row, "party"): number(row, column) for row in listed}
            for party in sorted({*told, *expected}):
                close(checks, check, f"{party}: {column}", told.get(party, 0.0), expected.get(party, 0.0), size)
            close(checks, check, f"sum of {column}", math.fsum(told.values()), number(total, run), size)
        for row in listed:
            chosen = number(row, f"{run}_{ENDS[impacts.allocation]}")
            close(checks, check, f"{word(row, 'party')}: {run}", number(row, run), chosen)
    for row in listed:
        saved = number(row, "baseline") - number(row, "plan")
        close(checks, check, f"{word(row, 'party')}: reduction", number(row, "reduction"), saved, number(row, "plan"))
        if word(row, "allocation") != impacts.allocation:
            checks.fail(check, f"{word(row, 'party')}: allocation is {word(row, 'allocation')!r}")


def _apart(facts: Facts, part: Part) -> Iterator[tuple[tuple[str, str], float]]:
    """((Unit, party), impact) apart from exchanges; a main is of no unit, and its owner's."""
    run = part.run
    units = dict.fromkeys(unit for table in (run.supplied, run.discharged, run.sold) for unit, _ in table)
    for unit in dict.fromkeys((*units, *run.capacity)):
        yield (unit, party_of(facts, unit)), part.of_unit(unit)
    for main in dict.fromkeys(word(row, "main") for row in run.network.mains):
        link, _ = facts.case.mains()[main]
        owner = facts.case.links[link].owner or facts.case.park_company
        yield ("main " + main, owner), part.of_main(main)


def _energy_made(facts: Facts, tables: "Tables", prefix: str) -> dict[str, float | None]:
    """Energy of what units make and sell besides what they give [MWh/yr]; None where that is not known."""
    made: dict[str, float | None] = dict.fromkeys(facts.case.facilities, 0.0)
    for name in facts.tenants:
        product = getattr(facts.tenants[name], "product", None)
        made[name] = None
        if product is not None:
            made[name] = facts.product_energy(product)
    for row in rows_of(tables, f"{prefix}sales"):
        unit, content = str(row["by"]), facts.case.resources[str(row["resource"])].content("MWh")
        before = made[unit]
        made[unit] = None if before is None or content is None else before + content * float(row["amount_per_yr"])
    return made
