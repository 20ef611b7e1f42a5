"""What flows in the exchanges of a run: what leaves, what is lost on the way, what it replaces."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from planner.results.books import Books

NEGLIGIBLE = 1e-6

#: (exchange, option) -> places between which it runs.
Ends = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Flow:
    """An exchange's flow over one link in one state, times the weight of the state.

    Attributes
    ----------
    leaving
        Amount that leaves the source [unit of the source/yr].
    lost
        Part of it that is lost on the way; negative where more arrives than leaves [unit of the source/yr].
    replaced
        ratio x (leaving - lost) [unit of the sink/yr].
    """

    exchange: str
    option: str
    state: str
    leaving: float
    lost: float
    replaced: float


def ends(books: Books) -> Ends:
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
        for state, data in instance.states.items():
            leaving = books.solution.value("flow", e, o, state)
            lost = _lost(books, between, (e, o, state), leaving)
            replaced = exchange.ratio * (leaving - lost)
            found.append(Flow(e, o, state, *(data.weight * amount for amount in (leaving, lost, replaced))))
    return found


def _lost(books: Books, between: Ends, index: tuple[str, str, str], leaving: float) -> float:
    """Amount lost on the way in a state: by a main, what leaves and does not arrive; else as the link loses.

    A pipe in a trench owes its loss on each kilometre beyond the shortest way, too.
    """
    e, o, state = index
    option = books.assembly.instance.exchanges[e].options[o]
    if option.main is not None:
        if not loses(books, option.main):
            return 0.0
        return leaving - books.solution.value("arrived", e, o, state)
    pair = option.pairs.get(between[e, o]) if (e, o) in between else None
    if pair is None:
        return 0.0
    farther = option.owed_per_km.get(state, 0.0) * books.solution.value("detour", e, o)
    return pair.share_lost * leaving + pair.owed_loss.get(state, 0.0) + farther


def loses(books: Books, main: str) -> bool:
    """Whether anything is lost on the way through a main."""
    beds = books.assembly.instance.mains[main].beds.values()
    return any(
        bed.share_lost > 0 or any(loss for pipe in bed.pipes.values() for loss in pipe.owed_loss.values())
        for bed in beds
    )
