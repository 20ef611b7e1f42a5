"""Ways through the corridor graph: the shortest between two places, and whether pipes form one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from planner.geography.distances import CorridorGraph, Stretch


@dataclass(frozen=True)
class Way:
    """Length and civil length of a way [m]."""

    length_m: float
    civil_length_m: float

    @property
    def lengths_km(self) -> tuple[float, float]:
        """What a row may state as its cost length: the length itself, of which pipes are paid, or that of the works."""
        return self.length_m / 1000, self.civil_length_m / 1000


class Ways:
    """Ways between places; none passes through another place with a node of its own."""

    def __init__(self, graph: CorridorGraph) -> None:
        self.graph = graph
        self.ends = graph.closed

    def shortest(self, resource: str, p: str, q: str) -> Way | None:
        """Return the shortest way a resource may take between two places; of equals, the one of least civil length."""
        start, goal = self.graph.places.get(p), self.graph.places.get(q)
        if start is None or goal is None:
            return None
        steps: dict[str, list[tuple[str, Stretch]]] = defaultdict(list)
        for stretch in self.graph.stretches.values():
            forward, backward = stretch.directions(resource)
            if forward:
                steps[stretch.tail].append((stretch.head, stretch))
            if backward:
                steps[stretch.head].append((stretch.tail, stretch))
        queue, done = [(0.0, 0.0, start)], set[str]()
        while queue:
            length, civil, node = heappop(queue)
            if node == goal:
                return Way(length, civil)
            if node in done or (node in self.ends and node != start):
                continue
            done.add(node)
            for following, stretch in steps[node]:
                heappush(queue, (length + stretch.length_m, civil + stretch.civil_length_m, following))
        return None

    def follow(self, p: str, q: str, runs: Iterable[tuple[str, str]]) -> tuple[Way | None, str]:
        """Follow the pipe laid in some stretches from one place to another.

        Parameters
        ----------
        runs
            (stretch, "+" or "-"): in the direction of its line or against it.

        Returns
        -------
        tuple
            The way, or None and what is wrong with it.
        """
        ahead: dict[str, tuple[str, Stretch]] = {}
        runs = list(runs)
        for name, direction in runs:
            stretch = self.graph.stretches[name]
            start, end = (stretch.tail, stretch.head) if direction == "+" else (stretch.head, stretch.tail)
            if start in ahead:
                return None, f"it branches at {start}"
            ahead[start] = end, stretch
        goals, heads = self.graph.spots(q), {end for end, _ in ahead.values()}
        node = next((spot for spot in sorted(self.graph.spots(p) & ahead.keys()) if spot not in heads), "")
        if not node:
            return (None, "it begins elsewhere") if runs else (Way(0.0, 0.0), "")
        used = list[Stretch]()
        while node in ahead:
            node, stretch = ahead.pop(node)
            used.append(stretch)
            if node in self.ends and node not in goals:
                return None, f"it passes through {node}"
        if node not in goals:
            return None, f"it ends at {node}"
        if ahead:
            return None, f"{len(ahead)} of its stretches lie apart from it"
        return Way(sum(s.length_m for s in used), sum(s.civil_length_m for s in used)), ""


def joined(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Node -> a node that stands for everything it is connected with."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for a, b in edges:
        parent[root(a)] = root(b)
    return {node: root(node) for node in list(parent)}


def as_one(graph: CorridorGraph) -> dict[str, str]:
    """Node -> the one that stands for it, of nodes where nothing is laid between a place and the network."""
    return joined((stretch.tail, stretch.head) for stretch in graph.stretches.values() if stretch.free)
