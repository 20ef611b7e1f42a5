"""A plan without what it pays for and does not use; of plans that a gap or a limit ended before they were the best.

The best plan holds nothing idle that costs anything. One that is only good may: an exchange that carries nothing, a
pipe in which nothing flows, a trench without a pipe. They are taken out and what flows is solved for again with the
rest as it is, until nothing is idle. The bound stays that of the search. A store that is never charged goes, too, also
where it costs nothing.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import pyomo.environ as pyo

from .bilinear import again
from .instance import Instance
from .solution import NoSolution, Status
from .solve import Options, Result, relative_gap
from .values import restore, snapshot

#: Less than this is nothing [unit/yr].
NOTHING = 1e-6
#: Most rounds; each takes something out.
ROUNDS = 5


def trim(m: pyo.ConcreteModel, result: Result, options: Options) -> Result:
    """Take what is idle out of the values of a solved model; the result with its better objective."""
    if m.by_law:
        return result  # its costs are no longer those of a linear model
    for _ in range(ROUNDS):
        idle = list(_idle(m))
        if not idle:
            return result
        before = snapshot(m)
        better = _without(m, idle, options)
        if better is None or better.objective > result.objective + 1e-9 * max(1.0, abs(result.objective)):
            restore(before)
            return result
        bound = min(result.bound, better.objective) if math.isfinite(result.bound) else result.bound
        gap = relative_gap(better.objective, bound)
        status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
        result = replace(result, objective=better.objective, bound=bound, gap=gap, status=status)
    return result


def _without(m: pyo.ConcreteModel, idle: list[pyo.Var], options: Options) -> Result | None:
    """Solve again with all whole numbers as they are, but the idle ones 0."""
    whole = [v for v in m.component_data_objects(pyo.Var) if not v.is_continuous() and not v.fixed]
    gone = {id(v) for v in idle}
    for v in whole:
        v.fix(0 if id(v) in gone else round(v.value or 0.0))
    try:
        return again(m, replace(options, progress=None, start=False, time_limit=None, node_limit=None))
    except NoSolution:
        return None
    finally:
        for v in whole:
            v.unfix()


def _idle(m: pyo.ConcreteModel) -> Iterator[pyo.Var]:
    """Whole numbers above 0 that nothing uses."""
    d: Instance = m.instance
    kept, still = set(), set()
    for e, x in d.exchanges.items():
        built = {(e, s) for s in x.options if _value(m.built[e, s]) > 0.5}
        idle = all(_value(m.flow[e, s, t]) <= NOTHING for s in x.options for t in d.states)
        if idle and not x.forced:
            yield from (m.built[index] for index in built)
            continue
        kept |= built
        still |= built if idle else set()
    laid = set()
    for n, a, z in m.PIPES:
        if _value(m.laid[n, a, z]) < 0.5:
            continue
        if _flows(m, n, a) or _is_end(m, n, a, still):
            laid.add((n, a, z))
        else:
            yield m.laid[n, a, z]
    yield from _around(m, laid, kept)
    yield from _unused_stores(m)


def _unused_stores(m: pyo.ConcreteModel) -> Iterator[pyo.Var]:
    """Stores that need not be built and are never charged, with their places."""
    d: Instance = m.instance
    for k in d.stores:
        if d.units[k].forced or any(_value(m.charged[k, t]) > NOTHING for t in d.states):
            continue
        yield from (m.opened[k, g] for g in d.facilities[k].segments if _value(m.opened[k, g]) > 0.5)
        yield from (
            m.sited[k, p] for p in d.admissible.get(k, ()) if (k, p) in m.SITINGS and _value(m.sited[k, p]) > 0.5
        )


def _value(variable: pyo.Var) -> float:
    return float(variable.value or 0.0)


def _flows(m: pyo.ConcreteModel, n: str, a: str) -> bool:
    parts = (v for way in "+-" for t in m.STATES for v in m.through[n, a, way, t])
    return any(_value(v) > NOTHING for v in parts)


def _is_end(m: pyo.ConcreteModel, n: str, a: str, built: set[tuple[str, str]]) -> bool:
    """Whether a stretch joins a place where an exchange begins or ends that is built and carries nothing."""
    d: Instance = m.instance
    nodes = {d.stretches[a].tail, d.stretches[a].head}
    return any(
        d.spots[place] & nodes and _value(m.runs[e, s, p, q]) > 0.5
        for e, s in d.mains[n].users
        if (e, s) in built
        for p, q in d.exchanges[e].options[s].pairs
        for place in (p, q)
        if not d.meet(p, q)
    )


def _around(m: pyo.ConcreteModel, laid: set[tuple[str, str, str]], built: set[tuple[str, str]]) -> Iterator[pyo.Var]:
    """Trenches without a pipe, stations without a size, and what else goes with pipes that are not there."""
    d: Instance = m.instance
    running = {(e, c) for e, s in built for c in (str(d.exchanges[e].options[s].copy),)}
    lying = {a for n, a, z in laid if d.mains[n].in_trench and not d.mains[n].beds[a].pipes[z].existing}
    lying |= {a for e, c, a, way in m.RUNS if (e, c) in running and _value(m.path[e, c, a, way]) > NOTHING}
    sizes, beds = {(n, z) for n, _, z in laid}, {(n, a) for n, a, _ in laid}
    yield from (v for a, v in m.dug.items() if _value(v) > 0.5 and a not in lying)
    yield from (v for index, v in m.fitted.items() if _value(v) > 0.5 and index not in sizes)
    yield from (v for index, v in m.lies.items() if _value(v) > 0.5 and index not in beds)
