"""Flow tracing by proportional sharing (Bialek 1996, "Tracing the flow of electricity").

What flows into a node is mixed there, and every flow out of it has the mixture of the node:

    part[e,v] (sum of inflows of v) = injected[e,v] + sum_{a into v} keep_a x_a part[e, tail of a]
    traced[e,a] = x_a part[e, tail of a]

Flows are net, so that each arc has one direction; the parts of a node that anything reaches add up to 1.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Label = TypeVar("Label", bound=Hashable)


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


def trace(injected: Mapping[Label, tuple[str, float]], arcs: Mapping[str, Arc]) -> "dict[str, dict[Label, float]]":
    """How much of each arc's flow comes from each injection.

    Parameters
    ----------
    injected
        Label -> (node, amount); those of one node are mixed there.
    arcs
        Net flows, none negative. Circles that nothing enters come from no injection.
    """
    import numpy as np

    nodes = _reached(injected, arcs)
    if not nodes:
        return {name: {} for name in arcs}
    at = {node: rank for rank, node in enumerate(nodes)}
    labels = [label for label, (_, amount) in injected.items() if amount > 0]
    mixing = np.zeros((len(nodes), len(nodes)))
    entering = np.zeros((len(nodes), len(labels)))
    for column, label in enumerate(labels):
        node, amount = injected[label]
        entering[at[node], column] += amount
    for arc in arcs.values():
        if arc.start in at and arc.amount > 0:
            mixing[at[arc.end], at[arc.start]] -= arc.amount * arc.keep
    mixing += np.diag(entering.sum(axis=1) - mixing.sum(axis=1))
    parts = np.linalg.solve(mixing, entering)
    return {
        name: {label: arc.amount * float(parts[at[arc.start], column]) for column, label in enumerate(labels)}
        if arc.start in at
        else {}
        for name, arc in arcs.items()
    }


def _reached(injected: Mapping[Label, tuple[str, float]], arcs: Mapping[str, Arc]) -> list[str]:
    """Nodes that anything injected comes to."""
    beyond: dict[str, list[str]] = defaultdict(list)
    for arc in arcs.values():
        if arc.amount > 0 and arc.keep > 0:
            beyond[arc.start].append(arc.end)
    found = dict.fromkeys(node for node, amount in injected.values() if amount > 0)
    waiting = list(found)
    while waiting:
        for node in beyond[waiting.pop()]:
            if node not in found:
                found[node] = None
                waiting.append(node)
    return list(found)
