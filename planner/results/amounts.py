"""What moves in a run, by stream and state: what leaves, arrives, is bought, disposed of and sold.

All amounts are times the weight of their state, so that sums over the states are yearly.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from planner.results.books import Books
from planner.results.flows import flows

#: Amounts below this are rounding: they have no content, and are in no mixture.
NEGLIGIBLE = 1e-6

Key = tuple[str, str]  # stream id, state


@dataclass(frozen=True)
class Arrival:
    """What an exchange brings in a state, over all its links.

    Attributes
    ----------
    leaving, arriving
        At its ends, both in the unit of the source [unit/yr].
    """

    exchange: str
    source: str
    sink: str
    state: str
    leaving: float
    arriving: float


@dataclass(frozen=True)
class Amounts:
    """Amounts of a run."""

    books: Books

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Exchanges that bring something, in the order of the assembly."""
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for flow in flows(self.books):
            sums[flow.exchange, flow.state][0] += flow.leaving
            sums[flow.exchange, flow.state][1] += flow.leaving - flow.lost
        exchanges = self.books.assembly.instance.exchanges
        return tuple(
            Arrival(e, exchanges[e].source, exchanges[e].sink, state, *parts)
            for (e, state), parts in sums.items()
            if parts[0] > NEGLIGIBLE
        )

    @cached_property
    def into(self) -> dict[Key, list[Arrival]]:
        """(Sink, state) -> what arrives there."""
        found: dict[Key, list[Arrival]] = defaultdict(list)
        for arrival in self.arrivals:
            found[arrival.sink, arrival.state].append(arrival)
        return found

    @cached_property
    def out_of(self) -> dict[Key, list[Arrival]]:
        """(Source, state) -> what leaves it by exchanges."""
        found: dict[Key, list[Arrival]] = defaultdict(list)
        for arrival in self.arrivals:
            found[arrival.source, arrival.state].append(arrival)
        return found

    def supplied(self, sink: str, state: str) -> float:
        """What a sink gets by its conventional supply [unit/yr]."""
        return self._moved("supplied", sink, state)

    def discharged(self, source: str, state: str) -> float:
        """What is disposed of [unit/yr]."""
        return self._moved("discharged", source, state)

    def sold(self, source: str, state: str) -> float:
        """What is sold outside [unit/yr]."""
        return self._moved("sold", source, state)

    def leaving(self, source: str, state: str) -> float:
        """All that leaves a source: by exchanges, disposed of and sold [unit/yr]."""
        sent = sum(arrival.leaving for arrival in self.out_of.get((source, state), ()))
        return sent + self.discharged(source, state) + self.sold(source, state)

    def _moved(self, family: str, stream: str, state: str) -> float:
        amount = self.books.solution.value(family, stream, state)
        return amount * self.books.assembly.instance.states[state].weight if amount > NEGLIGIBLE else 0.0
