"""Corridors proposed where a case has none: free sight lines between places and corners of obstacles, thinned.

Of the visibility graph (de Berg et al., Computational Geometry, chapter 15) only the lines on shortest ways between
places are taken; of these, the greedy spanner (Althoefer et al. 1993) leaves out each line that the shorter ones taken
before it replace by a way at most ``STRETCH`` times as long. Lines that cross are joined there, so that ways can share.
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from planner.geography.crossings import Crossing
from planner.geography.network import lightest
from planner.geography.shapes import Array
from planner.geography.straight import SHORTER, Obstacles, sight_lines, trace

#: A proposed way is at most this many times as long as the shortest way round the obstacles.
STRETCH = 1.05


def proposed_lines(
    points: Mapping[str, Sequence[shapely.Point]], obstacles: Obstacles, features: Sequence[Crossing]
) -> Array:
    """Lines of a network between the points of places, round the obstacles."""
    owner = [name for name in sorted(points) for _ in points[name]]
    xy = np.array([(p.x, p.y) for name in sorted(points) for p in points[name]]).reshape(-1, 2)
    nodes, place = np.unique(np.concatenate([xy, obstacles.corners]), axis=0, return_inverse=True)
    ends = place.ravel()[: len(owner)]
    start, end, length, extra = sight_lines(nodes, obstacles, features)
    weight = length * (1 + SHORTER) + extra
    graph, edge = lightest(weight, start, end, len(nodes))
    sources, row = np.unique(ends, return_inverse=True)
    if not len(sources):
        return np.zeros(0, dtype=object)
    _, before = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
    used: set[int] = set()
    for i in range(len(owner)):
        for j in range(i + 1, len(owner)):
            if owner[i] != owner[j] and ends[i] != ends[j]:
                chain = trace(before[row[i]], int(ends[i]), int(ends[j]))
                used |= {edge[min(a, b), max(a, b)] for a, b in zip(chain, chain[1:], strict=False)}
    order = sorted(used, key=lambda k: (round(float(weight[k]), 6), int(start[k]), int(end[k])))
    kept = _spanner([(int(start[k]), int(end[k]), float(weight[k])) for k in order])
    pairs = np.array([(start[order[k]], end[order[k]]) for k in kept], dtype=int).reshape(-1, 2)
    return np.asarray(shapely.linestrings(nodes[pairs])) if len(pairs) else np.zeros(0, dtype=object)


def _spanner(edges: Sequence[tuple[int, int, float]]) -> list[int]:
    """Numbers of the edges, given shortest first, that the ones before do not replace."""
    near: dict[int, list[tuple[int, float]]] = {}
    kept = []
    for number, (one, other, weight) in enumerate(edges):
        if _within(near, one, other, STRETCH * weight):
            continue
        kept.append(number)
        near.setdefault(one, []).append((other, weight))
        near.setdefault(other, []).append((one, weight))
    return kept


def _within(near: Mapping[int, Sequence[tuple[int, float]]], source: int, target: int, limit: float) -> bool:
    """Whether there is a way of at most a length (Dijkstra, cut off at the limit)."""
    waiting, done = [(0.0, source)], set[int]()
    while waiting:
        far, node = heappop(waiting)
        if node == target:
            return True
        if node in done:
            continue
        done.add(node)
        for other, weight in near.get(node, ()):
            if other not in done and far + weight <= limit:
                heappush(waiting, (far + weight, other))
    return False
