"""Ways of one resource along the corridor graph: how far it is between places, and which stretches can be of use.

Ways begin and end at places, and none passes through one that has a node of its own.
"""

import heapq
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.network import StretchId
from planner.geography.distances import CorridorGraph, Pair

#: Stretch -> whether it is of use from tail to head, from head to tail.
Useful = Mapping[StretchId, tuple[bool, bool]]
#: Ways that differ by less are equally long [km].
ROUNDING_KM = 1e-9

#: Stretch, whether from tail to head, start, end, length [km].
_Arc = tuple[StretchId, bool, str, str, float]
#: Node -> (next node, length, stretch).
_Next = Mapping[str, list[tuple[str, float, StretchId]]]


class Reach:
    """Where a resource may go, with the distances computed once.

    Attributes
    ----------
    graph
        The corridor graph.
    resource
        What goes along it.
    """

    def __init__(self, graph: CorridorGraph, resource: str) -> None:
        self.graph = graph
        self.resource = resource
        self._closed = graph.closed
        self._ahead: dict[str, list[tuple[str, float, StretchId]]] = {}
        self._behind: dict[str, list[tuple[str, float, StretchId]]] = {}
        self._arcs: list[_Arc] = []
        for a, stretch in graph.stretches.items():
            ends = ((True, stretch.tail, stretch.head), (False, stretch.head, stretch.tail))
            for free, (forward, start, end) in zip(stretch.directions(resource), ends, strict=True):
                if free and start != end:
                    km = stretch.length_m / 1000.0
                    self._arcs.append((a, forward, start, end, km))
                    self._ahead.setdefault(start, []).append((end, km, a))
                    self._behind.setdefault(end, []).append((start, km, a))
        self._from: dict[str, Mapping[str, float]] = {}
        self._to: dict[str, Mapping[str, float]] = {}
        self._between: dict[tuple[frozenset[str], frozenset[str]], Useful] = {}
        self._within: dict[tuple[tuple[Pair, ...], float | None], Useful] = {}

    def km(self, p: str, q: str) -> float | None:
        """Length of the shortest way from one place to another [km]; None where there is none."""
        places = self.graph.places
        if p not in places or q not in places:
            return None
        return 0.0 if p == q else self._leaving(places[p]).get(places[q])

    @cached_property
    def total_km(self) -> float:
        """Length of all stretches it may use: no way is longer."""
        every = {a: km for a, _, _, _, km in self._arcs}
        return sum(every.values())

    def between(self, givers: Iterable[str], takers: Iterable[str]) -> Useful:
        """Stretches that are come to from any of some places, and lead on to any of others, without being passed twice.

        All of any use are among them; more than that is not worth the search.
        """
        places = self.graph.places
        ends = (
            frozenset(places[p] for p in givers if p in places),
            frozenset(places[q] for q in takers if q in places),
        )
        if ends not in self._between:
            useful = [self._leads_on(arc, *ends) for arc in self._arcs]
            self._between[ends] = self._by_stretch(useful)
        return self._between[ends]

    def within(self, pairs: Iterable[Pair], limit: float | None) -> Useful:
        """Stretches on a way between any of some pairs of places, no longer than a limit [km]; None: a shortest way."""
        key = (tuple((p, q) for p, q in pairs if p != q), limit)
        if key not in self._within:
            found = self._by_stretch(self._on_ways(*key))
            leading = self.between((p for p, _ in key[0]), (q for _, q in key[0]))
            both = {a: (found[a][0] and ways[0], found[a][1] and ways[1]) for a, ways in leading.items() if a in found}
            self._within[key] = {a: ways for a, ways in both.items() if any(ways)}
        return self._within[key]

    def _nodes_of(self, places: Iterable[str]) -> frozenset[str]:
        known = self.graph.places
        return frozenset(known[p] for p in places if p in known)

    def _on_ways(self, pairs: tuple[Pair, ...], limit: float | None) -> NDArray[np.bool_]:
        tails, heads, lengths = self._ends
        found = np.zeros(len(self._arcs), dtype=bool)
        for p, q in pairs:
            most = self.km(p, q) if limit is None else limit
            if most is not None:
                way = self._after(p)[tails] + lengths + self._before(q)[heads]
                found |= np.isfinite(way) & (way <= most + ROUNDING_KM)
        return found

    def _leaving(self, node: str) -> Mapping[str, float]:
        if node not in self._from:
            self._from[node] = _shortest(node, self._ahead, self._closed)
        return self._from[node]

    def _coming(self, node: str) -> Mapping[str, float]:
        if node not in self._to:
            self._to[node] = _shortest(node, self._behind, self._closed)
        return self._to[node]

    @cached_property
    def _nodes(self) -> Mapping[str, int]:
        names = (node for _, _, start, end, _ in self._arcs for node in (start, end))
        return {name: k for k, name in enumerate(dict.fromkeys(names))}

    @cached_property
    def _ends(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Start, end and length of every stretch and direction."""
        number = self._nodes
        tails = np.array([number[start] for _, _, start, _, _ in self._arcs], dtype=np.intp)
        heads = np.array([number[end] for _, _, _, end, _ in self._arcs], dtype=np.intp)
        return tails, heads, np.array([km for *_, km in self._arcs], dtype=float)

    def _after(self, p: str) -> NDArray[np.float64]:
        """Way from a place to each node from which one may go on."""
        node = self.graph.places[p]
        return self._passable(node, self._leaving(node))

    def _before(self, q: str) -> NDArray[np.float64]:
        node = self.graph.places[q]
        return self._passable(node, self._coming(node))

    def _passable(self, own: str, ways: Mapping[str, float]) -> NDArray[np.float64]:
        far = np.full(len(self._nodes), np.inf)
        for node, km in ways.items():
            if node in self._nodes and (node == own or node not in self._closed):
                far[self._nodes[node]] = km
        return far

    def _leads_on(self, arc: _Arc, givers: frozenset[str], takers: frozenset[str]) -> bool:
        """Whether a stretch can be come to, and leads on, without being passed before or again."""
        a, _, start, end, _ = arc
        return self._met(start, a, self._behind, givers) and self._met(end, a, self._ahead, takers)

    def _met(self, start: str, without: StretchId, arcs: _Next, wanted: frozenset[str]) -> bool:
        """Whether one of some places is reached from a node, passing neither a closed node nor one of the stretches."""
        seen, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            if node in wanted:
                return True
            if node in self._closed:
                continue
            for other, _, a in arcs.get(node, ()):
                if a != without and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return False

    def _by_stretch(self, useful: Iterable[bool | np.bool_]) -> Useful:
        found: dict[StretchId, tuple[bool, bool]] = {}
        for (a, forward, *_), yes in zip(self._arcs, useful, strict=True):
            if yes:
                before = found.get(a, (False, False))
                found[a] = (forward or before[0], before[1] or not forward)
        return found


def _shortest(start: str, arcs: _Next, closed: frozenset[str]) -> dict[str, float]:
    """Dijkstra's shortest ways from a node to all it reaches [km], passing no closed node."""
    found: dict[str, float] = {}
    waiting = [(0.0, start)]
    while waiting:
        km, node = heapq.heappop(waiting)
        if node in found:
            continue
        found[node] = km
        if node in closed and node != start:
            continue
        for other, length, _ in arcs.get(node, ()):
            if other not in found:
                heapq.heappush(waiting, (km + length, other))
    return found
