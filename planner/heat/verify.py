"""Whether heat can go where a plan says, from temperatures and loads alone; for the audit, so without the model.

A transportation problem from the parts of hot streams to those of cold ones in the same or a lower interval of shifted
temperature (Cerda, Westerberg, Mason & Linnhoff 1983).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from planner.heat.intervals import Bounds, intervals, spread
from planner.heat.pinch import problem_table
from planner.heat.streams import HeatStream, Match

Part = tuple[str, int, float]


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
    return sum(heat for *_, heat in cold) - _passed(hot, cold, barred)


def _pieces(name: str, part: HeatStream, bounds: Bounds) -> list[Part]:
    return [(name, k, share * part.load) for k, share in spread(part, bounds).items() if share * part.load > 0]


def _passed(hot: list[Part], cold: list[Part], barred: frozenset[Match]) -> float:
    """Most heat that can pass from hot to cold pieces."""
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
        return 0.0
    count = range(len(ways))
    rows = [a for a, _ in ways] + [len(hot) + b for _, b in ways]
    ends = coo_array((np.ones(2 * len(ways)), (rows, [*count, *count])), shape=(len(hot) + len(cold), len(ways)))
    limits = [heat for *_, heat in hot] + [heat for *_, heat in cold]
    solver: Any = optimize.linprog  # its stubs know no sparse rows
    found = solver(-np.ones(len(ways)), A_ub=ends.tocsr(), b_ub=limits)
    assert found.status == 0, found.message
    return -float(found.fun)
