"""Check of exergy: what plants, exchanges and the park give and take, worked out from temperatures again."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.audit.checks import Checks, differs
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.heat import Here
from planner.audit.heat_levels import given_parts, media_of, taken_parts
from planner.audit.heat_targets import PARK, ends_of, scaled
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.heat.streams import HeatStream

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

KELVIN = 273.15


def exergy_of(streams: Iterable[HeatStream], ambient: float) -> tuple[float, float]:
    """Exergy that streams give and take: heat x (1 - T0 / T), at the logarithmic mean of T, above and below T0."""
    given = taken = 0.0
    for stream in streams:
        upper, lower = max(stream.supply, stream.target), min(stream.supply, stream.target)
        cuts = sorted({upper, lower, *([ambient] if lower < ambient < upper else [])})
        for low, high in zip(cuts, cuts[1:], strict=False) if upper > lower else [(lower, upper)]:
            load = stream.load if upper == lower else stream.load * (high - low) / (upper - lower)
            first, last = low + KELVIN, high + KELVIN
            mean = first if last == first else (last - first) / math.log(last / first)
            worth = load * (1 - (ambient + KELVIN) / mean)
            if (worth >= 0) == stream.hot:
                given += abs(worth)
            else:
                taken += abs(worth)
    return given, taken


def check_exergy(facts: Facts, tables: "Tables", prefix: str, seen: tuple[Run, list[Here]], checks: Checks) -> None:
    """Check the exergy of plants, of exchanges, and of the park; without process heat of exchanges only."""
    run, plants = seen
    check = f"{'baseline' if prefix else 'plan'}: exergy"
    checks.start(check)
    ambient = facts.case.surroundings.value
    due: dict[tuple[str, str], tuple[float, float, float]] = {}
    for plant in dict.fromkeys(here.plant for here in plants):
        mine = [here for here in plants if here.plant == plant]
        parts = [part for here in mine for by in here.loads().values() for part in by]
        off = [part for here in mine for part in _off(here)]
        due[plant, "plant"] = (*exergy_of(parts, ambient), exergy_of(off, ambient)[1])
    ways: dict[str, list[HeatStream]] = defaultdict(list)
    for state in dict.fromkeys(here.state for here in plants):
        for name, parts in ends_of([here for here in plants if here.state == state]).items():
            ways[name] += parts
    carried = {name: exergy_of(parts, ambient) for name, parts in ways.items()}
    whole = [math.fsum(x[n] for x in due.values()) for n in range(3)]
    more = {name: max(0.0, out - into) for name, (out, into) in carried.items()}  # comes in on the way
    park = (
        whole[0] - math.fsum(out - more[name] for name, (out, _) in carried.items()),
        whole[1] - math.fsum(into for _, into in carried.values()),
        whole[2],
    )
    due |= {(name, "exchange"): (into + more[name], out, 0.0) for name, (out, into) in carried.items()}
    if plants:
        due[PARK, "park"] = park
    listed = {(word(row, "of"), word(row, "kind")): row for row in rows_of(tables, prefix + "exergy")}
    plain = _by_levels(facts, run)
    for name, (out, into) in ((name, exergy_of(parts, ambient)) for name, parts in plain.items()):
        due[name, "exchange"] = (max(into, out), out, 0.0)
    listed = {key: row for key, row in listed.items() if key[1] != "converter"}
    for key in sorted(due.keys() ^ listed.keys()):
        checks.fail(check, f"{' / '.join(key)} is in only one of table and {'baseline' if prefix else 'plan'}")
    size = math.fsum(abs(x) for x in whole)
    for key in sorted(due.keys() & listed.keys()):
        _worth(listed[key], due[key], ambient, (" / ".join(key), size), (checks, check))


def _by_levels(facts: Facts, run: Run) -> dict[str, list[HeatStream]]:
    """Exchange between two levels, not both of process heat -> streams of both ends with their heat [MWh/yr]."""
    found: dict[str, list[HeatStream]] = defaultdict(list)
    for row in run.exchanges:
        giver, source, taker, sink = (str(row[key]) for key in ("from", "source", "to", "sink"))
        media = facts.is_medium(giver, "source", source) and facts.is_medium(taker, "sink", sink)
        if row["own"] or media:
            continue
        ends = [_end(facts, str(row[key]), made, float(row[column])) for key, made, column in _ENDS]
        if all(ends):
            found[str(row["exchange"])] += [part for end in ends for part in end]
    return found


#: Column of the resource, whether it is made there, and column of its amount.
_ENDS = (("resource", True, "flow_per_yr"), ("replaces", False, "replaced_per_yr"))


def _end(facts: Facts, resource: str, made: bool, amount: float) -> list[HeatStream]:
    """Streams of an amount of a medium, with their heat [MWh/yr]; none where it has no level, or is not in the case."""
    data = facts.case.resources.get(resource)  # words are checked elsewhere
    energy = None if data is None else data.content("MWh")
    if data is None or data.heat is None or not energy:
        return []
    raised, used = (of(data.heat, "", 0.0) for of in (given_parts, taken_parts))
    heat = max(0.0, amount) * energy / math.fsum(part.load for part in used)
    return [replace(part, load=heat * part.load) for part in (raised if made else used)]


def _worth(
    row: Row, due: tuple[float, float, float], ambient: float, what: tuple[str, float], where: tuple[Checks, str]
) -> None:
    (label, size), (checks, check) = what, where
    given, taken, wasted = due
    columns = {
        "given_mwh_per_yr": given,
        "taken_mwh_per_yr": taken,
        "destroyed_mwh_per_yr": given - taken,
        "wasted_mwh_per_yr": wasted,
    }
    if number(row, "surroundings_degc") != ambient:
        checks.fail(check, f"{label}: surroundings of {row['surroundings_degc']} degC, {ambient:g} by the case")
    for column, expected in columns.items():
        checks.equal(check, f"{label}: {column}", number(row, column), expected, size)
    found = number(row, "efficiency")
    if given > 1e-3 and differs(1e3 * found, 1e3 * (taken - wasted) / given):
        checks.fail(check, f"{label}: efficiency is {found:.6g}, {(taken - wasted) / given:.6g} recomputed")
    if given > 1e-3 and not -1e-6 <= found <= 1 + 1e-6:
        checks.fail(check, f"{label}: efficiency of {found:.6g} is not between 0 and 1")


def _off(here: Here) -> list[HeatStream]:
    """What carries heat off for nobody: media that cool and are bought, and what of a medium is disposed of."""
    found = []
    for (role, name), medium in media_of(here.facts, here.heat).items():
        outside = here.run.supplied if role == "takes" else here.run.discharged
        found += [] if medium.hot else scaled(medium, outside.get((here.plant, name), 0.0))
    return found
