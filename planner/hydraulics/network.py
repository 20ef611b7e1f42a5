"""Networks of pipes: their connected parts, and the flows that the balance at the nodes fixes.

Where there are loops friction decides how the flow splits: see ``planner.hydraulics.epanet``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.hydraulics.capacity import Bore


class NotSolved(Exception):
    """The flow in a network could not be found; the message says why, in words."""


@dataclass(frozen=True)
class Edge:
    """Equal pipes side by side between two nodes.

    Attributes
    ----------
    tail, head
        Nodes at their ends.
    length_m
        Length [m].
    bore
        Inside of each.
    pipes
        How many.
    """

    tail: str
    head: str
    length_m: float
    bore: Bore
    pipes: int = 1


def parts(ends: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Connected parts of a network: positions of the edges of each, in their order."""
    at: dict[str, list[int]] = defaultdict(list)
    for position, (tail, head) in enumerate(ends):
        at[tail].append(position)
        at[head].append(position)
    found, seen = [], set[int]()
    for first in range(len(ends)):
        if first in seen:
            continue
        part, waiting = {first}, [first]
        while waiting:
            for node in ends[waiting.pop()]:
                new = [position for position in at[node] if position not in part]
                part.update(new)
                waiting += new
        seen |= part
        found.append(sorted(part))
    return found


def balance(ends: Sequence[tuple[str, str]], inflow: Mapping[str, float]) -> tuple[float, ...] | None:
    """Flow of every edge of a network that the balance at its nodes fixes; None where it has loops.

    Parameters
    ----------
    ends
        Tail and head of every edge.
    inflow
        Node -> what flows in there, negative where it flows out; it adds up to 0 over every connected part.

    Returns
    -------
    tuple of float or None
        Positive from tail to head, in the unit of ``inflow``.
    """
    at: dict[str, set[int]] = defaultdict(set)
    for position, (tail, head) in enumerate(ends):
        if tail == head:
            return None
        at[tail].add(position)
        at[head].add(position)
    rest = {node: inflow.get(node, 0.0) for node in at}
    flows = [0.0] * len(ends)
    outermost = [node for node in at if len(at[node]) == 1]
    while outermost:
        node = outermost.pop()
        if not at[node]:  # the last edge was taken from its other end
            continue
        position = at[node].pop()
        tail, head = ends[position]
        other = head if node == tail else tail
        flows[position] = rest[node] if node == tail else -rest[node]
        rest[other] += rest[node]
        at[other].discard(position)
        if len(at[other]) == 1:
            outermost.append(other)
    return None if any(at.values()) else tuple(flows)
