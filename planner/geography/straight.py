"""Ways off the networks: straight, round obstacles where need be, or along the two axes (Manhattan)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from planner.geography.crossings import Crossing, charges
from planner.geography.network import lightest
from planner.geography.shapes import Array

#: A way may graze an obstacle by this much [m]; coordinates of some 1e6 m are exact to 1e-9.
GRAZE = 1e-6
#: Half the width given to an obstacle drawn as a line [m].
WALL = 0.01
#: More corners than this and the obstacles are drawn more coarsely; sight lines grow with the square.
MOST_CORNERS = 1500
#: Sight lines looked at together, to bound the memory.
CHUNK = 200_000
#: Of two ways of the same cost the shorter one is taken.
SHORTER = 1e-9


@dataclass(frozen=True)
class Way:
    """A way between two points: its coordinates, its length and what it costs, both in metres."""

    path: Array
    length_m: float
    cost_length_m: float

    def reversed(self) -> "Way":
        """The same way back."""
        return Way(self.path[::-1], self.length_m, self.cost_length_m)


class Obstacles:
    """Areas no way may enter; it may run along their edges and turn at their corners."""

    def __init__(self, shapes: Sequence[shapely.Geometry] = ()) -> None:
        areas = [s if shapely.get_dimensions(s) == 2 else _wall(s) for s in shapes]
        self.area = shapely.union_all(np.array(areas, dtype=object)) if areas else shapely.Polygon()
        self.coarser_by = 0.0
        self.corners = _corners(self.area)
        while len(self.corners) > MOST_CORNERS:
            self.coarser_by = 2 * self.coarser_by or 1.0
            outer = shapely.buffer(self.area, self.coarser_by, join_style="mitre")
            self.corners = _corners(shapely.simplify(outer, self.coarser_by))
        self._inner = shapely.buffer(self.area, -GRAZE, join_style="mitre")
        shapely.prepare(self._inner)

    def free(self, lines: Array) -> Array:
        """Which lines enter no obstacle."""
        if self.area.is_empty:
            return np.ones(len(lines), dtype=bool)
        return np.asarray(~shapely.intersects(self._inner, lines))

    def holds(self, point: shapely.Point) -> bool:
        """Whether a point lies inside an obstacle."""
        return bool(shapely.intersects(self._inner, point))


def straight_ways(
    points: Array, pairs: Sequence[tuple[int, int]], obstacles: Obstacles, features: Sequence[Crossing] = ()
) -> dict[tuple[int, int], Way]:
    """Least-cost straight ways round the obstacles, between points (x, y in rows); pairs without one are missing.

    Cost is length plus the charges of the crossings met. Ways turn at corners of obstacles only.
    """
    ways: dict[tuple[int, int], Way] = {}
    if not pairs:
        return ways
    lines = shapely.linestrings(np.stack([points[[i for i, _ in pairs]], points[[j for _, j in pairs]]], axis=1))
    free, extra = obstacles.free(lines), charges(lines, features)
    blocked = []
    for pair, line, open_, more in zip(pairs, lines, free, extra, strict=True):
        if open_ and more == 0:
            ways[pair] = Way(points[list(pair)], line.length, line.length)
        else:
            blocked.append(pair)
    return ways | (_round(points, blocked, obstacles, features) if blocked else {})


def manhattan_ways(
    points: Array, pairs: Sequence[tuple[int, int]], obstacles: Obstacles, features: Sequence[Crossing] = ()
) -> dict[tuple[int, int], Way]:
    """Ways along the two axes with one turn, the cheaper of two; pairs whose both ways are blocked are missing."""
    ways: dict[tuple[int, int], Way] = {}
    if not pairs:
        return ways
    a, b = points[[i for i, _ in pairs]], points[[j for _, j in pairs]]
    for turn in (np.stack([b[:, 0], a[:, 1]], axis=1), np.stack([a[:, 0], b[:, 1]], axis=1)):
        paths = np.stack([a, turn, b], axis=1)
        lines = shapely.linestrings(paths)
        free, extra = obstacles.free(lines), charges(lines, features)
        for pair, path, open_, more in zip(pairs, paths, free, extra, strict=True):
            length = float(np.abs(path[0] - path[2]).sum())
            if open_ and (pair not in ways or length + more < ways[pair].cost_length_m - SHORTER):
                ways[pair] = Way(path, length, length + float(more))
    return ways


def trace(predecessors: Array, source: int, target: int) -> list[int]:
    """Nodes from source to target, from the row of predecessors of the source; empty if there is no way."""
    nodes = [target]
    while nodes[-1] != source:
        before = int(predecessors[nodes[-1]])
        if before < 0:
            return []
        nodes.append(before)
    return nodes[::-1]


def _round(
    points: Array, pairs: Sequence[tuple[int, int]], obstacles: Obstacles, features: Sequence[Crossing]
) -> dict[tuple[int, int], Way]:
    """Shortest paths in the graph of all free sight lines between the points of the pairs and the corners."""
    used = sorted({i for pair in pairs for i in pair})
    nodes, place = np.unique(np.concatenate([points[used], obstacles.corners]), axis=0, return_inverse=True)
    node_of = dict(zip(used, place.ravel()[: len(used)].tolist(), strict=True))
    start, end, length, extra = sight_lines(nodes, obstacles, features)
    graph, edge = lightest(length * (1 + SHORTER) + extra, start, end, len(nodes))
    sources = sorted({node_of[i] for i, _ in pairs})
    _, before = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
    row = {node: k for k, node in enumerate(sources)}
    ways: dict[tuple[int, int], Way] = {}
    for i, j in pairs:
        chain = trace(before[row[node_of[i]]], node_of[i], node_of[j])
        if not chain:
            continue
        edges = [edge[min(a, b), max(a, b)] for a, b in zip(chain, chain[1:], strict=False)]
        metres = float(length[edges].sum())
        path = nodes[chain] if len(chain) > 1 else points[[i, j]]
        ways[i, j] = Way(path, metres, metres + float(extra[edges].sum()))
    return ways


def sight_lines(nodes: Array, obstacles: Obstacles, features: Sequence[Crossing]) -> tuple[Array, Array, Array, Array]:
    """Start, end, length and extra length of every free line between two nodes."""
    first, second = np.triu_indices(len(nodes), k=1)
    kept = []
    for begin in range(0, len(first), CHUNK):
        i, j = first[begin : begin + CHUNK], second[begin : begin + CHUNK]
        kept.append(obstacles.free(shapely.linestrings(np.stack([nodes[i], nodes[j]], axis=1))))
    free = np.concatenate(kept) if kept else np.zeros(0, dtype=bool)
    start, end = first[free], second[free]
    lines = shapely.linestrings(np.stack([nodes[start], nodes[end]], axis=1))
    return start, end, np.asarray(shapely.length(lines)), charges(lines, features)


def _wall(line: shapely.Geometry) -> shapely.Geometry:
    return shapely.buffer(line, WALL, cap_style="flat", join_style="mitre")


def _corners(area: shapely.Geometry) -> Array:
    """Corners at which a shortest way may turn: those where the obstacle is convex."""
    corners = [np.zeros((0, 2))]
    for polygon in shapely.get_parts(shapely.orient_polygons(area, exterior_cw=False)):
        for ring in (polygon.exterior, *polygon.interiors):
            here = shapely.get_coordinates(ring)[:-1]
            before, after = here - np.roll(here, 1, axis=0), np.roll(here, -1, axis=0) - here
            left = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] > 0
            corners.append(here[left])
    return np.concatenate(corners)
