"""Which rows of a park say which requirement of its user, and how much of each is its whole: for the diagnosis."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyomo.environ as pyo

from .instance import Instance
from .mixing import DISCHARGED, SOLD
from .qualities import Mixing
from .unknown import withheld

#: A row, and what a unit of its requirement is in it.
Row = tuple[Any, float]


def rows_of(m: pyo.ConcreteModel, d: Instance) -> dict[str, list[Row]]:
    """Requirement -> the rows that say it; after the rows of :mod:`models.diagnose`."""
    rows: dict[str, list[Row]] = {}
    for name, row, unit in (*_of_plan(m), *_of_places(m, d), *_of_qualities(m, d), *_of_amounts(m, d)):
        rows.setdefault(name, []).append((row, unit))
    return {name: found for name, found in rows.items() if not name.startswith("settle:") or _movable(d, name)}


def _of_plan(m: pyo.ConcreteModel) -> Iterator[tuple[str, Any, float]]:
    """Limits, and what must be built or settle."""
    for prefix, component in (
        ("limit", m.limit),
        ("limit", m.limit_with_price),
        ("at_most", m.at_most),
        ("forced", m.forced),
        ("forced", m.forced_on_site),
        ("settle", m.one_place),
        ("settle", m.settles_where_told),
        ("facility", m.forced_facility),
        ("facility", m.forced_measure),
        ("tenants", m.least_tenants),
    ):
        for index in component:
            yield "tenants:at_least" if prefix == "tenants" else f"{prefix}:{index}", component[index], 1.0


def _of_places(m: pyo.ConcreteModel, d: Instance) -> Iterator[tuple[str, Any, float]]:
    """Rules between units, and on what lies in one trench."""
    for c in m.conflict:
        yield d.conflicts[c].requirement, m.conflict[c], 1.0
    for n in m.neighbour:
        yield d.neighbours[n].requirement, m.neighbour[n], 1.0
    for a in m.room_in_trench:
        yield f"max_pipes:{d.stretches[a].max_pipes}", m.room_in_trench[a], 1.0
    for one, other, a in m.apart:
        yield f"apart:{one} | {other}", m.apart[one, other, a], 1.0


def _of_qualities(m: pyo.ConcreteModel, d: Instance) -> Iterator[tuple[str, Any, float]]:
    """Limits on what a stream holds, where the user's words for them are known.

    That of a mixture is a requirement of its own, and so is that of what is discharged or sold of the same stream.
    """
    for component in (m.highest_in_mixture, m.lowest_in_mixture, m.highest_outside, m.lowest_outside):
        for *way, stream, k, t in component:
            name = f"{way[0] if way else 'quality'}:{stream}:{k}"
            if name in d.requirements:
                yield name, component[(*way, stream, k, t)], 1.0
    for component in (m.highest_leaving, m.lowest_leaving):
        for i, k, t in component:
            yield f"outlet:{i}:{k}", component[i, k, t], 1.0


def held_of(m: pyo.ConcreteModel, d: Instance, giving: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Requirement on what a stream holds -> load and weight of that stream in the solution [load/yr, weight/yr].

    Of those among ``giving`` whose stream flows, and holds nothing unknown that counts for less than its weight.
    """
    x, found = d.mixing or Mixing({}, {}, {}), dict[str, tuple[float, float]]()
    for requirement in giving:
        kind, _, name = requirement.partition(":")
        stream, _, k = name.rpartition(":")
        pairs = [pair for t in d.states for pair in _held(m, d, x, (kind, stream, k, t))]
        load, weight = (sum(float(pyo.value(pair[n])) for pair in pairs) for n in (0, 1))
        if weight > 1e-6:
            found[requirement] = load, weight
    return found


def _held(m: pyo.ConcreteModel, d: Instance, x: Mixing, key: tuple[str, str, str, str]) -> Iterator[tuple[Any, Any]]:
    """Load and weight of what a requirement is on: a mixture, what leaves the park, or what leaves an operation."""
    kind, stream, k, t = key
    outlet = (stream, k) in m.OUTLETS
    if kind == "outlet" and outlet:
        yield m.taken_in[stream, k, t], x.weights[stream][k] * m.make[stream, t]
    if kind == "quality" and k in x.limits.get(stream, {}):
        unknown = sum(float(pyo.value(withheld(m, d, (stream, k, t), side))) for side in ("most", "least"))
        if unknown <= 1e-9:
            yield m.mixed[stream, k, t], m.mass[stream, k, t]
    for way, limits, amounts in ((DISCHARGED, x.discharges, m.discharged), (SOLD, x.sales, m.sold)):
        if kind == way and k in limits.get(stream, {}) and (stream, t) in amounts:
            weight = x.weights[stream][k] * amounts[stream, t]
            yield (m.borne[way, stream, "", k, t] if outlet else x.contents[stream][k] * weight), weight


def _of_amounts(m: pyo.ConcreteModel, d: Instance) -> Iterator[tuple[str, Any, float]]:
    """Numbers of links, least flows, sizes and what may not come back, where the user's words for them are known."""
    named: tuple[tuple[str, Any, Callable[[Any], str]], ...] = (
        ("max_links", m.few_links, lambda j: j),
        ("min_flow", m.least_flow, lambda e: e),
        ("min_run", m.least_run, lambda index: index[0]),
        ("min_run", m.least_of_whole, lambda index: index[0]),
        ("min_activity", m.least_activity, lambda index: index[0]),
        ("capacity", m.capacity_of_case, lambda k: k),
        ("recycling", m.never_comes_back, lambda index: index[0]),
        ("recycling", m.not_into_itself, lambda index: index[0]),
    )
    for kind, component, name in named:
        for index in component:
            requirement = f"{kind}:{name(index)}"
            if requirement in d.requirements:
                yield requirement, component[index], 1.0
    for e, s in m.least_flow_of_option:
        if (e, s) in d.relaxed.links:
            yield d.relaxed.links[e, s], m.least_flow_of_option[e, s], d.exchanges[e].options[s].min_flow
    for e, s, t in m.arrives_hot_enough:
        if (e, s) in d.relaxed.arrivals:
            largest = max(pair.least_flow.get(t, 0.0) for pair in d.exchanges[e].options[s].pairs.values())
            yield d.relaxed.arrivals[e, s], m.arrives_hot_enough[e, s, t], largest


def _movable(d: Instance, requirement: str) -> bool:
    """Partners are where they are; only plants may be asked to stay away."""
    return d.units[requirement.partition(":")[2]].kind == "plant"


def whole_of(d: Instance, requirement: str) -> float:
    """How much of a requirement is all of it: its bound; 1 where it is kept or not."""
    kind, _, name = requirement.partition(":")
    if kind == "limit" and name in d.limits:
        return abs(d.limits[name].bound)
    if kind == "max_links":
        return float(d.sinks[name].max_links or 0)
    if kind == "min_flow":
        return d.exchanges[name].min_flow
    if kind == "min_run":
        return next(max(o.least.values()) for i, o in d.operations.items() if name in (i, o.whole))
    if kind == "min_activity":
        return max(d.facilities[name].least.values())
    return d.relaxed.capacities[name] if kind == "capacity" else 1.0
