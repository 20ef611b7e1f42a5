"""Checks of the balances of loads and of water: each figure again from the flows, and that what comes in goes out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts, parts_of
from planner.audit.flows import Key, Run
from planner.audit.mixtures import NEGLIGIBLE, Holds, Mixtures
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.case.lists import listed
from planner.case.mixing_units import carriers

if TYPE_CHECKING:
    import pandas as pd

    Part = tuple[Facts, Run, Mixtures]

PARK = "park"
LOADS = (
    ("exchanged_in", "bought", "picked_up", "given_off"),
    ("exchanged_out", "lost", "discharged", "sold", "removed"),
)
WATER = (("exchanged_in", "bought", "made"), ("exchanged_out", "lost", "discharged", "sold", "used_up"))

Sums = dict[str, dict[str, float]]
Entry = tuple[str, str, float]  # unit, column, amount


def check_balances(
    facts: Facts,
    tables: "Mapping[str, pd.DataFrame]",
    prefix: str,
    run: Run,
    mixtures: Mixtures,
    checks: Checks,
    parts: "Sequence[Part]" = (),
) -> None:
    """Check the balances of a run; nothing where the case has no qualities. ``parts`` are its periods, if any."""
    if not facts.case.qualities:
        return
    parts = parts or [(facts, run, mixtures)]
    name = "baseline" if prefix else "plan"
    for table in ("load_balances", "water_balances"):
        if prefix and prefix + table not in tables:
            continue  # the baseline need not tell
        check = f"{name}: {table.replace('_', ' ')}"
        checks.start(check)
        if prefix + table not in tables:
            checks.fail(check, "the table is missing")
            continue
        rows = rows_of(tables, prefix + table)
        if table == "water_balances":
            units = {"": "m3"}
            _compare(rows, {"": _water(facts, run, mixtures)}, WATER, units, checks, check)
            continue
        meant = [quality for quality, data in facts.case.qualities.items() if data.mixing == "mean"]
        sums = {quality: _loads(facts, run, mixtures, quality, parts) for quality in meant}
        units = {quality: facts.load_unit(quality)[0] for quality in meant}
        _compare(rows, sums, LOADS, units, checks, check)
        if rows and "unknown" in rows[0]:
            _told_unknown(facts, parts, rows, checks, check)


def _told_unknown(facts: Facts, parts: "Sequence[Part]", rows: list[Row], checks: Checks, check: str) -> None:
    """Check the names of the streams whose content is said not to be known."""
    found: dict[str, dict[str, set[str]]] = {}
    for quality in facts.case.qualities:
        here = found.setdefault(quality, {})
        for part in parts:
            for of, names in _unknown(*part, quality).items():
                here[of] = here.get(of, set()) | names
    for row in rows:
        of, quality, told = word(row, "of"), word(row, "quality"), word(row, "unknown")
        names = found.get(quality, {}).get(of, set())
        if set(listed(told, names)) != names:
            checks.fail(check, f"{of}, {quality}: unknown is {told!r}, {'; '.join(sorted(names))!r} recomputed")


def _unknown(facts: Facts, run: Run, mixtures: Mixtures, quality: str) -> dict[str, set[str]]:
    """Unit, and the park -> streams that leave it or come into it whose content is not known."""
    carrying, found = frozenset(carriers(facts.case, quality)), dict[str, set[str]]()
    for (unit, source), amount in mixtures.leaving.items():
        resource = facts.stream_resource(unit, "source", source)
        asked = amount > NEGLIGIBLE and resource in carrying and facts.weight(resource, quality) > 0
        if asked and not mixtures.source(unit, source, quality).known:
            found.setdefault(unit, set()).add(f"{unit} / {source}")
    for unit in run.present:
        for sink in facts.streams(unit, "sink"):
            if facts.stream_resource(unit, "sink", sink) not in carrying:
                continue
            for part in mixtures.parts(unit, sink, quality):
                if part.weight > 0 and not mixtures.part(unit, sink, part, quality).known:
                    origin = f"what is bought for {unit} / {sink}" if part.key is None else " / ".join(part.key)
                    found.setdefault(unit, set()).add(origin)
    inside = (names for unit, names in found.items() if unit not in facts.case.partners)
    return {**found, PARK: {name for names in inside for name in names}}


def _compare(
    rows: list[Row],
    expected: Mapping[str, Sums],
    sides: tuple[tuple[str, ...], tuple[str, ...]],
    units: Mapping[str, str],
    checks: Checks,
    check: str,
) -> None:
    listed: set[tuple[str, str]] = set()
    for row in rows:
        quality, of = word(row, "quality"), word(row, "of")
        where = of + (f", {quality}" if quality else "")
        if (quality, of) in listed:
            checks.fail(check, f"{where} is listed twice")
        listed.add((quality, of))
        if of not in expected.get(quality, {}):
            checks.fail(check, f"{where}: nothing comes or goes there")
            continue
        if word(row, "unit") != units[quality]:
            checks.fail(check, f"{where}: its unit is {units[quality]}, the table says {word(row, 'unit')!r}")
        _figures(row, where, expected[quality][of], sides, checks, check)
        if any(x != x for x in expected[quality][of].values()) and not word(row, "unknown"):
            checks.fail(check, f"{where}: what it holds is not known of all, and it does not say of what")
    for quality, sums in expected.items():
        for of, figures in sums.items():
            if (quality, of) not in listed and not all(abs(x) <= 1e-4 for x in figures.values()):
                checks.fail(check, f"{of}{', ' if quality else ''}{quality} is missing")


def _figures(
    row: Row,
    where: str,
    figures: Mapping[str, float],
    sides: tuple[tuple[str, ...], tuple[str, ...]],
    checks: Checks,
    check: str,
) -> None:
    """Compare each figure, and both sides; a figure is empty where a content behind it is not known."""
    unit = word(row, "unit")
    told = {column: number(row, f"{column}_per_yr") for side in sides for column in side}
    known = [x for x in figures.values() if x == x]
    small = 1e-5 * max((abs(x) for x in known), default=0.0) + 1e-6
    for column, found in told.items():
        expected = figures.get(column, 0.0)
        if (found == found or expected == expected) and not abs(found - expected) <= small:
            what = f"{where}: {column.replace('_', ' ')} is {found:.8g} {unit} in the table"
            checks.fail(check, f"{what}, {expected:.8g} recomputed")
    coming, going = (sum(told[column] for column in side) for side in sides)
    whole = not word(row, "unknown")
    if whole and coming == coming and going == going and not abs(coming - going) <= small * len(told):
        checks.fail(check, f"{where}: {coming:.8g} {unit} come in and {going:.8g} go out")


def _loads(facts: Facts, run: Run, mixtures: Mixtures, quality: str, parts: "Sequence[Part]" = ()) -> Sums:
    """Unit -> column -> load a year, over all periods, and the same of the park."""
    parts = parts or [(facts, run, mixtures)]
    sums: Sums = defaultdict(lambda: defaultdict(float))
    known: Sums = defaultdict(lambda: defaultdict(float))
    carrying = frozenset(carriers(facts.case, quality))
    for here, one, held in parts:
        for unit, column, load in (
            *_from_sources(here, one, held, quality, carrying),
            *_into_sinks(here, one, held, quality, carrying),
            *_picked_up(here, one, quality),
        ):
            sums[unit][column] += load
            known[unit][column] += load if load == load else 0.0
    _settle_treatments(facts, sums)
    for unit, figures in sums.items():
        if figures["removed"] != figures["removed"]:  # more may come in than is known: nothing is known to be made
            known[unit]["removed"] = max(0.0, known[unit]["removed"])
    _settle_treatments(facts, known)
    within = sum(_within(*part, quality) for part in parts)
    return {**sums, PARK: _with_park(facts, known, within)[PARK]}  # of the park the known part is told


def _within(facts: Facts, run: Run, mixtures: Mixtures, quality: str) -> float:
    """Load that is exchanged within the park, as far as it is known."""
    within = 0.0
    for row in run.exchanges:
        giver, source = str(row["from"]), str(row["source"])
        held = mixtures.source(giver, source, quality)
        if held.known and not {giver, str(row["to"])} & facts.case.partners.keys():
            arriving = float(row["flow_per_yr"]) - float(row["lost_per_yr"])
            within += _load(facts, quality, facts.stream_resource(giver, "source", source), arriving, held)
    return within


def _settle_treatments(facts: Facts, sums: Sums) -> None:
    """What outputs of a treatment are stated to hold above all that comes in is given off, nothing is removed there."""
    for unit, figures in sums.items():
        made = -figures["removed"] if _treats(facts, unit) else 0.0
        if made > 0:
            figures["given_off"] += made
            figures["removed"] = 0.0


def _treats(facts: Facts, unit: str) -> bool:
    facility = facts.case.facilities.get(unit)
    return facility is not None and facility.treats is not None


def _load(facts: Facts, quality: str, resource: str, amount: float, held: Holds) -> float:
    weight = amount * facts.weight(resource, quality)
    return weight * held.mean * facts.load_unit(quality)[1] if abs(amount) > NEGLIGIBLE and weight else 0.0


def _from_sources(
    facts: Facts, run: Run, mixtures: Mixtures, quality: str, carrying: frozenset[str]
) -> Iterator[Entry]:
    """What leaves each source, and where the load of it comes from, where the case gives its content."""

    def held_by(unit: str, source: str) -> tuple[str, Holds] | None:
        resource, held = facts.stream_resource(unit, "source", source), mixtures.source(unit, source, quality)
        spoken = facts.weight(resource, quality) > 0 and (held.known or resource in carrying)
        return (resource, held) if spoken else None

    for row in run.exchanges:
        giver = str(row["from"])
        found = held_by(giver, str(row["source"]))
        if found is not None:
            lost = float(row["lost_per_yr"])
            yield giver, "exchanged_out", _load(facts, quality, found[0], float(row["flow_per_yr"]) - lost, found[1])
            yield giver, "lost", _load(facts, quality, found[0], lost, found[1])
    for column, table in (("discharged", run.discharged), ("sold", run.sold)):
        for (unit, source), amount in table.items():
            found = held_by(unit, source)
            if found is not None:
                yield unit, column, _load(facts, quality, found[0], amount, found[1])
    for (unit, source), amount in mixtures.leaving.items():
        found, outlet = held_by(unit, source), mixtures.outlet(unit, source, quality)
        whole = 0.0 if found is None else _load(facts, quality, found[0], amount, found[1])
        if outlet is not None and outlet.beside and found is not None:
            yield unit, "removed", outlet.kept * _taken_by(facts, mixtures, outlet.inlets, quality) - whole
        elif outlet is None and found is not None:
            yield (unit, "removed", -whole) if _treats(facts, unit) else (unit, "given_off", whole)


def _taken_by(facts: Facts, mixtures: Mixtures, inlets: "Iterable[Key]", quality: str) -> float:
    """Load that comes into a unit by these sinks; not a number where a part of it is not known."""
    parts = ((key, part) for key in inlets for part in mixtures.parts(*key, quality) if part.weight > 0)
    loads = (part.weight * mixtures.part(*key, part, quality).mean for key, part in parts)
    return sum(loads) * facts.load_unit(quality)[1]


def _into_sinks(facts: Facts, run: Run, mixtures: Mixtures, quality: str, carrying: frozenset[str]) -> Iterator[Entry]:
    """What comes into each sink, and what of it leaves with no outlet of its own."""
    for unit in sorted(run.present):
        kept: dict[Key, float] = defaultdict(float)
        for source in facts.streams(unit, "source"):
            outlet = mixtures.outlet(unit, source, quality)
            for inlet in outlet.inlets if outlet is not None else ():
                kept[inlet] += outlet.kept if outlet is not None else 0.0
        for sink in facts.streams(unit, "sink"):
            resource = facts.stream_resource(unit, "sink", sink)
            for part in mixtures.parts(unit, sink, quality):
                held = mixtures.part(unit, sink, part, quality)
                if part.weight <= 0 or (not held.known and resource not in carrying):
                    continue
                load = part.weight * held.mean * facts.load_unit(quality)[1]
                yield unit, "bought" if part.key is None else "exchanged_in", load
                yield unit, "removed", load * (1.0 - kept[unit, sink])


def _picked_up(facts: Facts, run: Run, quality: str) -> Iterator[Entry]:
    for unit in sorted(run.present & facts.tenants.keys()):
        for name, operation in facts.tenants[unit].operations.items():
            if quality in operation.load:
                share = sum(run.load_share(facts, unit, part) for part in parts_of(name, operation))
                yield unit, "picked_up", operation.load[quality].value * facts.unit_hours(unit) * share


def _with_park(facts: Facts, sums: Sums, within: float) -> Sums:
    """Sums of all units but partners, less what is exchanged among them."""
    park: dict[str, float] = defaultdict(float)
    for unit, figures in sums.items():
        for column, amount in figures.items() if unit not in facts.case.partners else ():
            park[column] += amount
    for column in ("exchanged_in", "exchanged_out"):
        park[column] -= within
    return {**sums, PARK: park}


def _water(facts: Facts, run: Run, mixtures: Mixtures) -> Sums:
    """Unit -> column -> water a year [m3], and the same of the park."""
    sums: Sums = defaultdict(lambda: defaultdict(float))
    within = 0.0
    for row in run.exchanges:
        giver, taker = str(row["from"]), str(row["to"])
        each = _water_in(facts, facts.stream_resource(giver, "source", str(row["source"])))
        lost = each * float(row["lost_per_yr"])
        arriving = each * float(row["flow_per_yr"]) - lost
        sums[giver]["exchanged_out"] += arriving
        sums[giver]["lost"] += lost
        sums[taker]["exchanged_in"] += arriving
        within += arriving if not {giver, taker} & facts.case.partners.keys() else 0.0
    for column, side, table in (
        ("bought", "sink", run.supplied),
        ("discharged", "source", run.discharged),
        ("sold", "source", run.sold),
    ):
        for (unit, stream), amount in table.items():
            sums[unit][column] += amount * _water_in(facts, facts.stream_resource(unit, side, stream))
    for unit, figures in sums.items():
        _close(facts, run, unit, figures)
    return _with_park(facts, sums, within)


def _water_in(facts: Facts, resource: str) -> float:
    """Cubic metres of water in a unit of a resource."""
    data = facts.case.resources[resource]
    if data.water is not None:
        return data.water.value
    if data.kind != "water":
        return 0.0
    return facts.content(resource, "m3") or facts.content(resource, "t")  # a tonne of water is a cubic metre


def _close(facts: Facts, run: Run, unit: str, figures: dict[str, float]) -> None:
    """Add what is made and used up: as operations state it, the rest by difference."""
    tenant = facts.tenants.get(unit)
    for name, operation in (tenant.operations if tenant is not None else {}).items():
        share = sum(run.load_share(facts, unit, part) for part in parts_of(name, operation)) * facts.unit_hours(unit)
        if operation.gain is not None:
            figures["made"] += operation.gain.value * share * _water_in(facts, operation.gives)
        if operation.loss is not None:
            figures["used_up"] += operation.loss.value * share * _water_in(facts, operation.takes)
    coming, going = (sum(figures[column] for column in side) for side in WATER)
    if abs(coming - going) > NEGLIGIBLE:
        figures["used_up" if coming > going else "made"] += abs(coming - going)
