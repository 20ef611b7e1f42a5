"""Chains of a network: its pieces on ways between places, joined where nothing branches off and nothing changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from planner.geography.ground import Ground
from planner.geography.pruning import on_ways
from planner.geography.routes import Attached
from planner.geography.shapes import Array


@dataclass
class Chain:
    """Segments one after the other: (number, whether it is gone from start to end) from the first node to the last."""

    first: int
    last: int
    parts: list[tuple[int, bool]]

    def turned(self) -> "Chain":
        """The same from the other end."""
        return Chain(self.last, self.first, [(k, not onward) for k, onward in reversed(self.parts)])


@dataclass(frozen=True)
class Chains:
    """What a network comes down to.

    Attributes
    ----------
    chains
        Between the nodes that stay.
    node
        For every node of the network the one that stands for it.
    idle
        Segments that lie on no way between two places.
    points
        Segments so short that their ends are one node, and those beside another way between the same nodes.
    """

    chains: list[Chain]
    node: Array
    idle: list[int]
    points: list[int]


def find_chains(net: Attached, tolerance: float) -> Chains:
    """Chains of a network; junctions that lie within the tolerance of each other along it are one node.

    So ends that were joined, or that meet a line side by side, make the junction they were meant to be.
    """
    stand = np.arange(len(net.segments.nodes))
    alive = np.ones(len(net.segments.lines), dtype=bool)
    points: list[int] = []
    while True:
        reached = {int(stand[node]) for node in net.node}
        start, end = stand[net.segments.start], stand[net.segments.end]
        useful = alive & on_ways(start, np.where(alive, end, start), reached, len(stand))
        chains = _merged(net, np.flatnonzero(useful), (start, end), reached)
        short = [chain for chain in chains if _is_point(net, chain, tolerance)]
        twice = [] if short else _doubles(net, chains, tolerance)
        if not short and not twice:
            return Chains(chains, stand, np.flatnonzero(alive & ~useful).tolist(), points)
        for chain in short + twice:
            on = [k for k, _ in chain.parts]
            points += on
            alive[on] = False
        for chain in short:
            one, other = sorted((int(stand[chain.first]), int(stand[chain.last])))
            stand[stand == other] = one


def ground_along(net: Attached, part: tuple[int, bool]) -> Ground:
    """Ground of a segment in the direction in which a chain goes along it."""
    ground = net.segments.ground[part[0]]
    return ground if part[1] else ground.turned()


def _is_point(net: Attached, chain: Chain, tolerance: float) -> bool:
    """Whether a chain is so short that it tells no junctions apart; one that restricts or costs a crossing does."""
    on = [k for k, _ in chain.parts]
    if float(net.segments.length[on].sum()) >= tolerance:
        return False
    grounds = [net.segments.ground[k] for k in on]
    free = not any(ground.directed or ground.forbidden for ground in grounds) and not net.extra[on].any()
    return free and not any(count[on].any() for count in net.counts.values())


def _doubles(net: Attached, chains: Sequence[Chain], tolerance: float) -> list[Chain]:
    """Chains that stay within the tolerance of a cheaper one between the same nodes, and differ in nothing else."""
    cost = net.segments.factor * net.segments.length + net.extra
    groups: dict[tuple[int, int, tuple[object, ...]], list[tuple[float, float, Chain]]] = {}
    for chain in chains:
        way = chain if chain.first <= chain.last else chain.turned()
        on = [k for k, _ in way.parts]
        crossed = tuple(float(count[on].sum()) for count in net.counts.values())
        key = way.first, way.last, (*ground_along(net, way.parts[0]).rules(), *crossed)
        groups.setdefault(key, []).append((float(cost[on].sum()), float(net.segments.length[on].sum()), way))
    found: list[Chain] = []
    for members in groups.values():
        members.sort(key=lambda member: member[:2])
        kept: list[shapely.LineString] = []
        for _, _, way in members:
            line = chain_line(net, way)
            if any(shapely.hausdorff_distance(line, other, densify=0.1) < tolerance for other in kept):
                found.append(way)
            else:
                kept.append(line)
    return found


def chain_line(net: Attached, chain: Chain) -> shapely.LineString:
    """The line of a chain, from its first node to its last."""
    pieces = [shapely.get_coordinates(net.segments.lines[k])[:: 1 if onward else -1] for k, onward in chain.parts]
    return shapely.LineString(np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])]))


def _merged(net: Attached, edges: Array, ends: tuple[Array, Array], reached: set[int]) -> list[Chain]:
    """Chains of some segments between their ends, joined at nodes that no place reaches and where nothing changes."""
    start, end = ends
    chains = {int(k): Chain(int(start[k]), int(end[k]), [(int(k), True)]) for k in edges}
    at: dict[int, set[int]] = {}
    for k, chain in chains.items():
        for node in (chain.first, chain.last):
            at.setdefault(node, set()).add(k)
    for node in sorted(set(at) - reached):
        if len(at[node]) == 2 and _alike(net, node, [chains[k] for k in sorted(at[node])]):
            one, other = (_taken(chains, at, k) for k in sorted(at[node]))
            joined = _joined(node, one, other)
            new = joined.parts[0][0]
            chains[new] = joined
            for last in (joined.first, joined.last):
                at[last].add(new)
    return list(chains.values())


def _taken(chains: dict[int, Chain], at: Mapping[int, set[int]], key: int) -> Chain:
    """A chain that leaves the graph."""
    chain = chains.pop(key)
    at[chain.first].discard(key)
    at[chain.last].discard(key)
    return chain


def _joined(node: int, one: Chain, other: Chain) -> Chain:
    """Two chains that meet at a node, as one."""
    one = one if one.last == node else one.turned()
    other = other if other.first == node else other.turned()
    return Chain(one.first, other.last, one.parts + other.parts)


def _alike(net: Attached, node: int, chains: Sequence[Chain]) -> bool:
    """Whether what matters to a pipe is the same on both sides of a node."""
    into = chains[0] if chains[0].last == node else chains[0].turned()
    onward = chains[1] if chains[1].first == node else chains[1].turned()
    return ground_along(net, into.parts[-1]).rules() == ground_along(net, onward.parts[0]).rules()
