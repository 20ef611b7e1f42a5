"""What flows in the exchanges of a run: what leaves, what is lost on the way, what it replaces."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from planner.results.books import Books

NEGLIGIBLE = 1e-6


@dataclass(frozen=True)
class Flow:
    """An exchange's flow over one link in one state, times the weight of the state.

    Attributes
    ----------
    leaving
        Amount that leaves the source [unit of the source/yr].
    lost
        Part of it that is lost on the way [unit of the source/yr].
    replaced
        ratio x (leaving - lost) [unit of the sink/yr].
    """

    exchange: str
    option: str
    state: str
    leaving: float
    lost: float
    replaced: float


def ends(books: Books) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Places between which each built (exchange, option) runs."""
    return {(e, o): (p, q) for (e, o, p, q), value in books.solution.values.get("link", {}).items() if value > 0.5}


def built(books: Books) -> list[tuple[str, str]]:
    """All (exchange, option) of the assembly that are built or carry a flow, in the order of the assembly."""
    carried: dict[tuple[str, str], float] = defaultdict(float)
    for (e, o, _state), value in books.solution.values.get("flow", {}).items():
        carried[e, o] += value
    return [
        (e, o)
        for e, exchange in books.assembly.instance.exchanges.items()
        for o in exchange.options
        if carried[e, o] > NEGLIGIBLE or books.solution.value("built", e, o) > 0.5
    ]


def flows(books: Books) -> list[Flow]:
    """Flows of every built exchange, one a state."""
    between = ends(books)
    instance = books.assembly.instance
    found = []
    for e, o in built(books):
        exchange = instance.exchanges[e]
        pair = exchange.options[o].pairs.get(between[e, o]) if (e, o) in between else None
        for state, data in instance.states.items():
            leaving = books.solution.value("flow", e, o, state)
            lost = pair.share_lost * leaving + pair.owed_loss.get(state, 0.0) if pair else 0.0
            replaced = exchange.ratio * (leaving - lost)
            found.append(Flow(e, o, state, *(data.weight * amount for amount in (leaving, lost, replaced))))
    return found
