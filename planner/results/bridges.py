"""Bridges of a graph: stretches without which their two ends hang together no more."""

from collections import defaultdict
from collections.abc import Mapping

Ends = Mapping[str, tuple[str, str]]
"""Stretch -> its two ends."""

Beside = dict[str, list[tuple[str, str]]]
"""Node -> (node next to it, stretch between)."""


def beside(ends: Ends) -> Beside:
    """What is next to each node."""
    found: Beside = defaultdict(list)
    for name, (tail, head) in ends.items():
        found[tail].append((head, name))
        found[head].append((tail, name))
    return dict(found)


def bridges(ends: Ends) -> frozenset[str]:
    """Stretches that lie on no loop (Tarjan 1974, "A note on finding the bridges of a graph").

    A search in depth numbers the nodes; a stretch it comes by is a bridge where from beyond it no other stretch leads
    back to where it began or farther.
    """
    near = beside(ends)
    number: dict[str, int] = {}
    least: dict[str, int] = {}
    found = set()
    for root in near:
        if root in number:
            continue
        number[root] = least[root] = len(number)
        way = [(root, "", iter(near[root]))]
        while way:
            node, came, others = way[-1]
            for other, stretch in others:
                if stretch == came:
                    continue
                if other not in number:
                    number[other] = least[other] = len(number)
                    way.append((other, stretch, iter(near[other])))
                    break
                least[node] = min(least[node], number[other])
            else:
                way.pop()
                if way:
                    before = way[-1][0]
                    least[before] = min(least[before], least[node])
                    if least[node] > number[before]:
                        found.add(came)
    return frozenset(found)


def blocks(ends: Ends, cut: frozenset[str]) -> dict[str, str]:
    """Stretch that is no bridge -> the block it belongs to, by the name of its first node."""
    near = beside({name: both for name, both in ends.items() if name not in cut})
    block: dict[str, str] = {}
    for root in near:
        waiting = [] if root in block else [root]
        while waiting:
            node = waiting.pop()
            if node not in block:
                block[node] = root
                waiting += [other for other, _ in near[node]]
    return {name: block[tail] for name, (tail, _) in ends.items() if name not in cut}
