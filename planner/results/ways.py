"""Ways in the corridor graph: the shortest one along some stretches, its length and its line."""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from planner.geography.distances import CorridorGraph

if TYPE_CHECKING:
    from shapely import LineString

#: A stretch and the direction it is followed: "+" from tail to head, "-" back.
Step = tuple[str, str]


def shortest_way(
    graph: CorridorGraph, start: str, end: str, free: Mapping[str, tuple[bool, bool]]
) -> tuple[Step, ...] | None:
    """Shortest way between two nodes, of equally short ones the cheapest; None where there is none.

    Parameters
    ----------
    free
        Stretch -> whether it may be followed from tail to head, and from head to tail. Other stretches are closed,
        and no way passes through a plot or partner with a node of its own.
    """
    beside = _beside(graph, free)
    closed = graph.closed - {start}
    best: dict[str, tuple[float, float]] = {start: (0.0, 0.0)}
    came: dict[str, tuple[str, Step]] = {}
    heap = [(0.0, 0.0, start)]
    while heap:
        length, cost, node = heapq.heappop(heap)
        if node == end:
            break
        if (length, cost) > best[node] or node in closed:
            continue
        for other, step in beside[node]:
            stretch = graph.stretches[step[0]]
            found = (length + stretch.length_m, cost + stretch.civil_length_m)
            if found < best.get(other, (math.inf, math.inf)):
                best[other], came[other] = found, (node, step)
                heapq.heappush(heap, (*found, other))
    return _walked_back(came, start, end)


def _beside(graph: CorridorGraph, free: Mapping[str, tuple[bool, bool]]) -> dict[str, list[tuple[str, Step]]]:
    """Node -> nodes next to it, each with the step there."""
    beside: dict[str, list[tuple[str, Step]]] = defaultdict(list)
    for name, (forward, backward) in free.items():
        stretch = graph.stretches[name]
        if forward:
            beside[stretch.tail].append((stretch.head, (name, "+")))
        if backward:
            beside[stretch.head].append((stretch.tail, (name, "-")))
    return beside


def _walked_back(came: Mapping[str, tuple[str, Step]], start: str, end: str) -> tuple[Step, ...] | None:
    steps: list[Step] = []
    node = end
    while node != start:
        if node not in came:
            return None
        node, step = came[node]
        steps.append(step)
    return tuple(reversed(steps))


def open_to(graph: CorridorGraph, resource: str) -> dict[str, tuple[bool, bool]]:
    """Directions in which each stretch lets a resource flow."""
    return {name: stretch.directions(resource) for name, stretch in graph.stretches.items()}


def length_of(graph: CorridorGraph, steps: Sequence[Step]) -> tuple[float, float]:
    """Length and cost length of a way [m]."""
    stretches = [graph.stretches[name] for name, _ in steps]
    return sum(s.length_m for s in stretches), sum(s.civil_length_m for s in stretches)


def line_of(graph: CorridorGraph, steps: Sequence[Step]) -> "LineString | None":
    """Line of a way, in its direction; None where it has no length or a stretch has no line."""
    from shapely import LineString

    points: list[tuple[float, ...]] = []
    for name, direction in steps:
        line = graph.stretches[name].line
        if line is None:
            return None
        there = list(line.coords) if direction == "+" else list(line.coords)[::-1]
        points += [point for point in there if not points or point != points[-1]]
    merged = [point for at, point in enumerate(points) if not at or point != points[at - 1]]
    return LineString(merged) if len(merged) > 1 else None


def joined(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Node -> the node that stands for all it is connected with."""
    found: dict[str, str] = {}
    for one, other in edges:
        first, second = found.setdefault(one, one), found.setdefault(other, other)
        found |= {node: min(first, second) for node, by in found.items() if by in (first, second)}
    return found
