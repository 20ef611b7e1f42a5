"""Flow tracing by proportional sharing (Bialek 1996, "Tracing the flow of electricity").

What flows into a node is mixed there, and every flow out of it has the mixture of the node:

    part[e,v] (sum of inflows of v) = injected[e,v] + sum_{a into v} keep_a x_a part[e, tail of a]

Flows are net, so that each arc has one direction; the parts of a node that anything reaches add up to 1. Upstream it
says where a flow comes from, and on the arcs turned round where it goes to. Both together say what share of the flow
from giver i to taker j passes an arc:

    passing[i,j,a] = x_a from[i, tail of a] to[j, head of a] / (given[i] to[j,i])
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Label = TypeVar("Label", bound=Hashable)
Mixture = dict[str, dict[Label, float]]
"""Node -> label -> its part of what flows through the node."""

#: Less than this of what a giver gives comes to no taker.
NOTHING = 1e-9


@dataclass(frozen=True)
class Arc:
    """A flow from one node to another.

    Attributes
    ----------
    amount
        What enters it.
    keep
        Share of that which comes out at its end.
    """

    start: str
    end: str
    amount: float
    keep: float = 1.0

    @property
    def turned(self) -> "Arc":
        """The same flow, seen from its end."""
        return Arc(self.end, self.start, self.amount * self.keep, 1 / self.keep if self.keep > 0 else 0.0)


@dataclass(frozen=True)
class Sending:
    """Flow from a giver to a taker.

    Attributes
    ----------
    start, end
        Nodes where it is put in and taken out.
    leaving, arriving
        What is put in, and what is taken out.
    """

    start: str
    end: str
    leaving: float
    arriving: float


def passing(sendings: Mapping[Label, Sending], arcs: Mapping[str, Arc]) -> "dict[str, dict[Label, float]]":
    """Share of each sending that passes each arc: of what comes from its start and goes to its end.

    Parameters
    ----------
    arcs
        Net flows, none negative. A sending from whose start nothing flows to its end passes none.
    """
    given: dict[str, float] = defaultdict(float)
    taken: dict[str, float] = defaultdict(float)
    for one in sendings.values():
        given[one.start] += one.leaving
        taken[one.end] += one.arriving
    came = mixture({node: (node, amount) for node, amount in given.items()}, arcs.values())
    goes = mixture({node: (node, amount) for node, amount in taken.items()}, [arc.turned for arc in arcs.values()])
    found: dict[str, dict[Label, float]] = {name: {} for name in arcs}
    for label, one in sendings.items():
        met = given[one.start] * goes.get(one.start, {}).get(one.end, 0.0)
        if met <= NOTHING * given[one.start]:
            continue
        for name, arc in arcs.items():
            both = came.get(arc.start, {}).get(one.start, 0.0) * goes.get(arc.end, {}).get(one.end, 0.0)
            if arc.amount > 0 and both > 0:
                found[name][label] = arc.amount * both / met
    return found


def mixture(injected: Mapping[Label, tuple[str, float]], arcs: Iterable[Arc]) -> "Mixture[Label]":
    """Parts of what flows through each node that anything injected comes to.

    Parameters
    ----------
    injected
        Label -> (node, amount); those of one node are mixed there.
    arcs
        Net flows, none negative. Circles that nothing enters come from no injection.
    """
    import numpy as np

    arcs = [arc for arc in arcs if arc.amount > 0 and arc.keep > 0]
    nodes = _reached(injected, arcs)
    if not nodes:
        return {}
    at = {node: rank for rank, node in enumerate(nodes)}
    labels = [label for label, (_, amount) in injected.items() if amount > 0]
    mixing = np.zeros((len(nodes), len(nodes)))
    entering = np.zeros((len(nodes), len(labels)))
    for column, label in enumerate(labels):
        node, amount = injected[label]
        entering[at[node], column] += amount
    for arc in arcs:
        if arc.start in at:
            mixing[at[arc.end], at[arc.start]] -= arc.amount * arc.keep
    mixing += np.diag(entering.sum(axis=1) - mixing.sum(axis=1))
    parts = np.linalg.solve(mixing, entering)
    return {
        node: {label: float(parts[rank, column]) for column, label in enumerate(labels)} for node, rank in at.items()
    }


def _reached(injected: Mapping[Label, tuple[str, float]], arcs: Iterable[Arc]) -> list[str]:
    """Nodes that anything injected comes to."""
    beyond: dict[str, list[str]] = defaultdict(list)
    for arc in arcs:
        beyond[arc.start].append(arc.end)
    found = dict.fromkeys(node for node, amount in injected.values() if amount > 0)
    waiting = list(found)
    while waiting:
        for node in beyond[waiting.pop()]:
            if node not in found:
                found[node] = None
                waiting.append(node)
    return list(found)
