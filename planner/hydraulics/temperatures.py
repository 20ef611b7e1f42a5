"""Temperatures in a main: what arrives where, as pipes lose heat and waters mix.

Water flows as the plan sends it. Whoever takes heat Q from water that arrives at T draws a heat capacity flow

    C = Q / |T - T_r|,

but no more than at the least temperature for which it is made: what comes colder gives less. The flows of a node come
from its inlets in proportion to what the plan sends through them, each cools on its way as ``planner.heat.pipes``
has it, and what meets in a node mixes to the mean. T depends on C and C on T: both are found by turns, from the supply
temperature on.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.heat.pipes import arriving_temperature, least_capacity_flow
from planner.hydraulics.network import NotSolved

#: Turns, and the change of temperatures that ends them [K].
_TURNS, _PRECISION = 200, 1e-9
#: Flows below this share of the largest are none.
_NO_FLOW = 1e-9
#: By so much water of a main may arrive colder: plans are solved to so many digits only [K].
TOLERANCE_K = 0.05
#: Most doublings of what is taken, and steps between the last two, in search of what arrives as it must.
_DOUBLINGS, _STEPS = 20, 30


@dataclass(frozen=True)
class Reach:
    """Pipes of a main between two nodes, in the direction in which it flows.

    Attributes
    ----------
    flow
        What the plan sends through [MW].
    transfer
        Of all supply pipes side by side [W/m/K].
    metres
        Length [m].
    """

    tail: str
    head: str
    flow: float
    transfer: float
    metres: float


@dataclass(frozen=True)
class Loop:
    """Temperatures of a loop of water: supply, return at the takers, around the pipes, least for takers [degC]."""

    supply: float
    back: float
    ground: float
    least: float


def temperatures(
    reaches: Sequence[Reach], given: Mapping[str, float], taken: Mapping[str, float], loop: Loop
) -> tuple[dict[str, float], list[float]]:
    """Temperature at every node with water, and at the end of each reach [degC].

    Parameters
    ----------
    reaches
        With flow and without cycles.
    given, taken
        Node -> heat sent into the main there, and taken from it [MW].

    Raises
    ------
    NotSolved
        If water flows in a circle, something is taken where nothing arrives, or temperatures do not settle.
    """
    least = _NO_FLOW * max((one.flow for one in reaches), default=0.0)
    moving = [n for n, one in enumerate(reaches) if one.flow > least]
    order = _order([reaches[n] for n in moving], {*given, *taken})
    into: dict[str, list[int]] = defaultdict(list)
    for n in moving:
        into[reaches[n].head].append(n)
    at, ends = dict.fromkeys(order, loop.supply), [math.nan] * len(reaches)
    for _ in range(_TURNS):
        flows, sent = _flows(reaches, order, into, (given, taken, at), loop)
        before = dict(at)
        for node in order:
            for n in into[node]:
                one = reaches[n]
                ends[n] = arriving_temperature(at[one.tail], loop.ground, one.transfer, one.metres, flows[n] * 1e6)
            whole = sent[node] + sum(flows[n] for n in into[node])
            if whole > 0:
                at[node] = (sent[node] * loop.supply + sum(flows[n] * ends[n] for n in into[node])) / whole
        if max(abs(at[node] - before[node]) for node in order) <= _PRECISION:
            return at, ends
    raise NotSolved("its temperatures do not settle")


def longest_way(loop: Loop, best: float) -> float:
    """Longest way on which water of a loop can arrive at its least temperature, within ``TOLERANCE_K`` [m].

    Parameters
    ----------
    loop
        Temperatures.
    best
        Largest heat capacity flow in any stretch, over what its supply pipes let through [m].

    Returns
    -------
    float
        Infinite where the ground never takes it so far.
    """
    tolerance = TOLERANCE_K if loop.supply < loop.back else -TOLERANCE_K
    per_metre = least_capacity_flow(loop.supply, loop.least + tolerance, loop.ground, 1.0)
    return math.inf if per_metre <= 0 or math.isinf(best) else best / per_metre


def least_factor(
    reaches: Sequence[Reach], given: Mapping[str, float], taken: Mapping[str, float], loop: Loop, node: str
) -> float:
    """Times what is taken at a node would arrive there at the least temperature, if nothing else changed.

    More is drawn by the same pipes, from the inlets in the same shares.

    Returns
    -------
    float
        1 where it does so already; infinite where no flow would, or temperatures are not known.
    """

    def arrives(factor: float) -> bool:
        try:
            at, _ = temperatures(reaches, given, {**taken, node: factor * taken[node]}, loop)
        except NotSolved:
            return False
        short = at[node] - loop.least if loop.supply < loop.back else loop.least - at[node]
        return short <= 0.0

    low, high = 1.0, 1.0
    for _ in range(_DOUBLINGS):
        if arrives(high):
            break
        low, high = high, 2.0 * high
    else:
        return math.inf
    for _ in range(_STEPS if high > low else 0):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if arrives(middle) else (middle, high)
    return high


def _flows(
    reaches: Sequence[Reach],
    order: Sequence[str],
    into: Mapping[str, Sequence[int]],
    told: tuple[Mapping[str, float], Mapping[str, float], Mapping[str, float]],
    loop: Loop,
) -> tuple[dict[int, float], dict[str, float]]:
    """Heat capacity flow of each reach, and that sent in at each node [MW/K]; from the takers back to the givers."""
    given, taken, at = told
    needed: dict[str, float] = defaultdict(float)
    for node, heat in taken.items():
        needed[node] += heat / max(abs(at[node] - loop.back), abs(loop.least - loop.back))
    flows: dict[int, float] = {}
    sent: dict[str, float] = defaultdict(float)
    for node in reversed(order):
        whole = given.get(node, 0.0) + sum(reaches[n].flow for n in into[node])
        if needed[node] > 0 and whole <= 0:
            raise NotSolved(f"nothing arrives at {node}")
        sent[node] = needed[node] * given.get(node, 0.0) / whole if whole > 0 else 0.0
        for n in into[node]:
            flows[n] = needed[node] * reaches[n].flow / whole
            needed[reaches[n].tail] += flows[n]
    return flows, sent


def _order(reaches: Sequence[Reach], nodes: set[str]) -> list[str]:
    """Nodes in the direction of the flow."""
    waiting = {node: 0 for node in sorted(nodes | {end for one in reaches for end in (one.tail, one.head)})}
    for one in reaches:
        waiting[one.head] += 1
    ready, found = [node for node, count in waiting.items() if not count], []
    while ready:
        node = ready.pop()
        found.append(node)
        for one in reaches:
            if one.tail == node:
                waiting[one.head] -= 1
                if not waiting[one.head]:
                    ready.append(one.head)
    if len(found) < len(waiting):
        raise NotSolved("water flows in a circle")
    return found
