"""Which pieces of a network lie on a way between two places; the rest are dead ends, however they branch and close."""

from collections.abc import Iterable

import numpy as np

from planner.geography.shapes import Array


def on_ways(start: Array, end: Array, reached: Iterable[int], size: int) -> Array:
    """Which edges lie on a way without repeated nodes between two of the nodes that places reach.

    Tarjan's blocks (1972): with one node more that is joined to every reached node, these are the edges in a block
    with it.
    """
    hub = size
    ends = sorted(set(reached))
    tails = [*start.tolist(), *[hub] * len(ends)]
    heads = [*end.tolist(), *ends]
    at: list[list[int]] = [[] for _ in range(size + 1)]
    for edge, (tail, head) in enumerate(zip(tails, heads, strict=True)):
        if tail != head:
            at[tail].append(edge)
            at[head].append(edge)
    useful = np.zeros(len(tails), dtype=bool)
    seen = [-1] * (size + 1)
    low = [0] * (size + 1)
    seen[hub] = 0
    clock, waiting = 1, list[int]()
    stack = [(hub, -1, iter(at[hub]))]
    while stack:
        node, came, edges = stack[-1]
        edge = next(edges, -1)
        if edge < 0:
            stack.pop()
            if stack:
                above = stack[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] >= seen[above]:
                    _close(waiting, came, useful, kept=above == hub)
            continue
        other = heads[edge] if tails[edge] == node else tails[edge]
        if seen[other] < 0:
            seen[other] = low[other] = clock
            clock += 1
            waiting.append(edge)
            stack.append((other, edge, iter(at[other])))
        elif edge != came and seen[other] < seen[node]:
            waiting.append(edge)
            low[node] = min(low[node], seen[other])
    return useful[: len(start)]


def _close(waiting: list[int], first: int, useful: Array, *, kept: bool) -> None:
    """Take the edges of a block from those that wait, back to its first one."""
    while True:
        edge = waiting.pop()
        useful[edge] = kept
        if edge == first:
            return
