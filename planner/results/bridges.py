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
    """Stretches that lie on no loop."""
    import networkx as nx

    graph = nx.MultiGraph((tail, head) for tail, head in ends.values() if tail != head)
    cut = {frozenset(pair) for pair in nx.bridges(graph)}
    return frozenset(name for name, both in ends.items() if frozenset(both) in cut)


def blocks(ends: Ends, cut: frozenset[str]) -> dict[str, str]:
    """Stretch that is no bridge -> the block it belongs to, by the name of one of its nodes."""
    import networkx as nx

    looped = {name: both for name, both in ends.items() if name not in cut}
    parts = [sorted(part) for part in nx.connected_components(nx.MultiGraph(looped.values()))]
    block = {node: part[0] for part in parts for node in part}
    return {name: block[tail] for name, (tail, _) in looped.items()}
