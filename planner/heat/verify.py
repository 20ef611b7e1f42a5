"""Whether heat can go where a plan says, from temperatures and loads alone; for the audit, so without the model.

A transportation problem from the parts of hot streams to those of cold ones in the same or a lower interval of shifted
temperature (Cerda, Westerberg, Mason & Linnhoff 1983).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from planner.heat.intervals import Bounds, intervals, spread
from planner.heat.pinch import Target, problem_table
from planner.heat.streams import HeatStream, Match

Part = tuple[str, int, float]
#: What passes counts 1; what had better pass by another way, so much less.
_AVOIDED = 1e-3


def uphill(streams: Mapping[str, Iterable[HeatStream]], forbidden: Iterable[Match] = ()) -> float:
    """Heat of cold streams that no hot stream can give: none in a cascade that works.

    Parameters
    ----------
    streams
        Name -> parts of a process stream or medium, with the loads that they have in the plan, in one unit.
    forbidden
        (Hot, cold) names between which no heat may pass.

    Returns
    -------
    float
        Least heat that would have to run uphill, come from nowhere, or pass where it may not, in the unit of the loads.
    """
    parts = [(name, part) for name, by in streams.items() for part in by]
    barred = frozenset(forbidden)
    if not barred:
        return problem_table(part for _, part in parts).hot_utility
    bounds = intervals(part for _, part in parts)
    hot = [piece for name, part in parts if part.hot for piece in _pieces(name, part, bounds)]
    cold = [piece for name, part in parts if not part.hot for piece in _pieces(name, part, bounds)]
    return sum(heat for *_, heat in cold) - sum(_passed(hot, cold, barred, frozenset()).values())


def least_alone(streams: Mapping[str, HeatStream], forbidden: Iterable[Match] = ()) -> Target:
    """Least utilities of process streams by themselves, past the forbidden matches.

    Parameters
    ----------
    streams
        By name.
    forbidden
        (Hot, cold) names between which no heat may pass; of media they say nothing here.

    Returns
    -------
    Target
        By the problem table (Linnhoff & Flower 1978); with forbidden matches by a transportation problem, without
        pinches and residuals, since heat that may pass at a temperature then depends on where it comes from.
    """
    free = problem_table(streams.values())
    barred = [match for match in forbidden if all(name in streams for name in match)]
    if not barred:
        return free
    more = uphill({name: [stream] for name, stream in streams.items()}, barred) - free.hot_utility
    return replace(
        free,
        hot_utility=free.hot_utility + more,
        cold_utility=free.cold_utility + more,
        recovery=free.recovery - more,
        pinches=(),
    )


def least_recovered(
    streams: Mapping[str, Iterable[HeatStream]], process: Iterable[str], forbidden: Iterable[Match] = ()
) -> float:
    """Heat that process streams must give to process streams, whatever else gives heat to what.

    Which stream heats which is not unique in a plan, unless recovery has a price; its least value is.

    Parameters
    ----------
    streams
        Name -> parts of a process stream or medium, with the loads that they have in the plan, in one unit.
    process
        Names of the process streams.
    forbidden
        (Hot, cold) names between which no heat may pass.

    Returns
    -------
    float
        In the unit of the loads.
    """
    own, barred = frozenset(process), frozenset(forbidden)
    parts = [(name, part) for name, by in streams.items() for part in by if part.load > 0]
    hot = [(name, part) for name, part in parts if part.hot]
    cold = [(name, part) for name, part in parts if not part.hot]
    if not any(name in own for name, _ in hot) or not any(name in own for name, _ in cold):
        return 0.0
    bounds = intervals(part for _, part in parts)
    giving, taking = ([piece for name, part in by for piece in _pieces(name, part, bounds)] for by in (hot, cold))
    passed = _passed(giving, taking, barred, own)
    return sum(heat for (i, j), heat in passed.items() if i in own and j in own)


def _pieces(name: str, part: HeatStream, bounds: Bounds) -> list[Part]:
    return [(name, k, share * part.load) for k, share in spread(part, bounds).items() if share * part.load > 0]


def _passed(hot: list[Part], cold: list[Part], barred: frozenset[Match], avoided: frozenset[str]) -> dict[Match, float]:
    """Most heat that can pass from hot to cold pieces, by name; as little as can be among those to be avoided."""
    import numpy as np
    from scipy import optimize
    from scipy.sparse import coo_array

    ways = [
        (a, b)
        for a, (i, above, _) in enumerate(hot)
        for b, (j, below, _) in enumerate(cold)
        if above <= below and (i, j) not in barred
    ]
    if not ways:
        return {}
    count = range(len(ways))
    names = [(hot[a][0], cold[b][0]) for a, b in ways]
    rows = [a for a, _ in ways] + [len(hot) + b for _, b in ways]
    ends = coo_array((np.ones(2 * len(ways)), (rows, [*count, *count])), shape=(len(hot) + len(cold), len(ways)))
    limits = np.array([heat for *_, heat in hot] + [heat for *_, heat in cold])
    worth = [-1.0 + _AVOIDED * (i in avoided and j in avoided) for i, j in names]
    solver: Any = optimize.linprog  # its stubs know no sparse rows
    found = solver(worth, A_ub=ends.tocsr(), b_ub=limits / limits.max())
    assert found.status == 0, found.message
    passed: dict[Match, float] = {}
    for name, heat in zip(names, found.x, strict=True):
        passed[name] = passed.get(name, 0.0) + float(heat) * float(limits.max())
    return passed
