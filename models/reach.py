"""What can come to a stretch of a main and what it can go on to: for the bounds of flows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .instance import Instance


@dataclass(frozen=True)
class Reach:
    """Nodes upstream and downstream of each stretch and direction, without passing the stretch itself.

    Attributes
    ----------
    upstream, downstream
        (stretch, direction) -> nodes from which its upstream end is reached; nodes that its downstream end reaches.
    """

    nodes: Mapping[str, str]
    upstream: Mapping[tuple[str, str], frozenset[str]]
    downstream: Mapping[tuple[str, str], frozenset[str]]

    def comes(self, a: str, way: str, places: Iterable[str]) -> bool:
        """Whether anything can come to the stretch from one of these places."""
        return any(self.nodes[p] in self.upstream[a, way] for p in places)

    def goes(self, a: str, way: str, places: Iterable[str]) -> bool:
        """Whether the stretch leads on to one of these places."""
        return any(self.nodes[p] in self.downstream[a, way] for p in places)


def reach_of(d: Instance, n: str) -> Reach:
    """Reach of every stretch of a main; none passes through a place with a node of its own."""
    ahead: dict[str, list[tuple[str, str]]] = {}
    behind: dict[str, list[tuple[str, str]]] = {}
    for a, bed in d.mains[n].beds.items():
        stretch = d.stretches[a]
        for free, start, end in (
            (bed.forward, stretch.tail, stretch.head),
            (bed.backward, stretch.head, stretch.tail),
        ):
            if free:
                ahead.setdefault(start, []).append((end, a))
                behind.setdefault(end, []).append((start, a))
    upstream, downstream = {}, {}
    for a in d.mains[n].beds:
        tail, head = d.stretches[a].tail, d.stretches[a].head
        for way, start, end in (("+", tail, head), ("-", head, tail)):
            upstream[a, way] = _seen(start, behind, a, d.closed)
            downstream[a, way] = _seen(end, ahead, a, d.closed)
    return Reach(d.nodes, upstream, downstream)


def _seen(
    start: str, ways: Mapping[str, Iterable[tuple[str, str]]], without: str, closed: frozenset[str]
) -> frozenset[str]:
    seen, todo = {start}, [start]
    while todo:
        node = todo.pop()
        if node in closed:
            continue  # nothing passes a place
        for other, a in ways.get(node, ()):
            if a != without and other not in seen:
                seen.add(other)
                todo.append(other)
    return frozenset(seen)
