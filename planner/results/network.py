"""Pipes of a run in the corridor graph: those of mains in service, and those of single exchanges in trenches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.case.links import Size
from planner.geography.distances import CorridorGraph, Stretch
from planner.results.books import Books
from planner.results.flows import built, ends
from planner.results.ways import Step, joined, shortest_way

User = tuple[str, str]  # exchange, option


@dataclass(frozen=True)
class Laid:
    """Pipes of one size of a main in service on a stretch.

    Attributes
    ----------
    size_id
        Size of the model.
    size
        Size of the link; of an existing pipe the one it counts as.
    capacity
        Of all of them together [unit/h]; what was built where the capacity is chosen.
    """

    main: str
    stretch: str
    size_id: str
    link: str
    resource: str
    size: str | None
    pipes: int
    capacity: float
    existing: bool
    in_trench: bool

    @property
    def carrier(self) -> str:
        """Name among the pipes of a trench."""
        return self.main

    @property
    def label(self) -> str | None:
        """Its size in the tables; an existing pipe is called by its name: "existing <name>"."""
        return self.size_id if self.existing else self.size

    @property
    def key(self) -> tuple[str, str, str]:
        """Index of its variable."""
        return self.main, self.stretch, self.size_id


@dataclass(frozen=True)
class Dedicated:
    """A pipe of one exchange in a trench, and its way from the source to the sink."""

    exchange: str
    option: str
    carrier: str
    link: str
    resource: str
    size: str | None
    steps: tuple[Step, ...]

    pipes = 1
    existing = False

    @property
    def label(self) -> str | None:
        """Its size in the tables."""
        return self.size


@dataclass(frozen=True)
class Network:
    """What a run has in the corridor graph."""

    books: Books

    @cached_property
    def graph(self) -> CorridorGraph:
        """The corridor graph; an empty one where the case has none."""
        return self.books.distances.graph or CorridorGraph({}, {}, {})

    def stretch(self, name: str) -> Stretch:
        """A stretch by its id."""
        return self.graph.stretches[name]

    @cached_property
    def laid(self) -> tuple[Laid, ...]:
        """Pipes of mains in service, in the order of mains and stretches."""
        instance, value = self.books.assembly.instance, self.books.solution.value
        return tuple(
            self._pipe(main, stretch, size, round(count))
            for main, data in instance.mains.items()
            for stretch, bed in data.beds.items()
            for size in bed.pipes
            if (count := value("laid", main, stretch, size)) > 0.5
        )

    def _pipe(self, main: str, stretch: str, size: str, count: int) -> Laid:
        facts = self.books.assembly.mains[main]
        pipe = self.books.assembly.instance.mains[main].beds[stretch].pipes[size]
        chosen = self.books.solution.value("sized", main, stretch, size)
        return Laid(
            main,
            stretch,
            size,
            facts.link,
            facts.resource,
            facts.sizes.get(size),
            count,
            chosen if pipe.sized else count * pipe.capacity,
            pipe.existing,
            self.books.case.in_trench(facts.link),
        )

    @cached_property
    def on_bed(self) -> Mapping[tuple[str, str], tuple[Laid, ...]]:
        """(main, stretch) -> its pipes in service there."""
        found: dict[tuple[str, str], tuple[Laid, ...]] = {}
        for pipe in self.laid:
            found[pipe.main, pipe.stretch] = (*found.get((pipe.main, pipe.stretch), ()), pipe)
        return found

    @cached_property
    def dedicated(self) -> tuple[Dedicated, ...]:
        """Pipes of single exchanges whose way along the stretches is known."""
        instance, between = self.books.assembly.instance, ends(self.books)
        found = []
        for e, o in built(self.books):
            option = instance.exchanges[e].options[o]
            if option.in_trench and (e, o) in between:
                facts = self.books.assembly.exchanges[e]
                link, size = facts.options[o]
                steps = path(self.books, e, o, between[e, o])
                found.append(Dedicated(e, o, carrier_of(e, option.copy), str(link), facts.resource, size, steps))
        return tuple(found)

    def owed(self, pipe: Laid, state: str) -> float:
        """What pipes of a main lose a year in a state in which they serve, without its weight [unit/yr].

        A main rests in a state in which nothing that is built can flow in it (``models/resting.py``).
        """
        data, value = self.books.assembly.instance, self.books.solution.value
        main = data.mains[pipe.main]
        lost = pipe.pipes * main.beds[pipe.stretch].pipes[pipe.size_id].owed_loss.get(state, 0.0)
        if not lost or not main.rests:
            return lost
        able = ((e, s) for e, s in main.users if data.exchanges[e].options[s].max_flow[state] > 0)
        return lost if any(value("built", e, s) > 0.5 for e, s in able) else 0.0

    def through(self, main: str, stretch: str, state: str) -> tuple[float, float]:
        """What enters a stretch a year in a state from its tail, and from its head, without the state's weight."""
        value = self.books.solution.value
        return value("through", main, stretch, "+", state), value("through", main, stretch, "-", state)

    def net(self, main: str, stretch: str) -> float:
        """Net amount that enters a stretch from its tail, of all states; negative where it flows back."""
        total = 0.0
        for state, data in self.books.assembly.instance.states.items():
            plus, minus = self.through(main, stretch, state)
            total += data.weight * (plus - minus)
        return total

    def gross(self, main: str, stretch: str) -> float:
        """Amount that enters a stretch from either end, of all states."""
        states = self.books.assembly.instance.states
        return sum(data.weight * sum(self.through(main, stretch, state)) for state, data in states.items())

    def users(self, main: str) -> dict[User, tuple[str, str]]:
        """Exchanges that use a main, with the nodes of giver and taker (see ``ends_in``); none within one plot."""
        nodes, between, one = self.books.assembly.instance.nodes, ends(self.books), self._as_one(main)
        found = {}
        for user in self.books.assembly.instance.mains[main].users:
            if user in between and between[user][0] != between[user][1]:
                giver, taker = (nodes[place] for place in between[user])
                found[user] = one.get(giver, giver), one.get(taker, taker)
        return found

    def ends_in(self, main: str, stretch: str) -> tuple[str, str]:
        """Tail and head of a stretch of a main; a place and the node at which it is on the network are one node."""
        one, at = self._as_one(main), self.stretch(stretch)
        return one.get(at.tail, at.tail), one.get(at.head, at.head)

    def _as_one(self, main: str) -> Mapping[str, str]:
        """Node -> the one that stands for it, of nodes that free accesses in use join."""
        if main not in self._one:
            beds = self.books.assembly.instance.mains[main].beds
            used = {a for (n, a, *_) in self.books.solution.values.get("through", {}) if n == main and a in beds}
            self._one[main] = joined((s.tail, s.head) for a in sorted(used) if (s := self.stretch(a)).free)
        return self._one[main]

    @cached_property
    def _one(self) -> dict[str, Mapping[str, str]]:
        return {}

    def size(self, link: str, size: str | None) -> Size | None:
        """A link's size by its name."""
        return next((s for s in self.books.case.links[link].sizes if s.size == size), None)


def carrier_of(exchange: str, copy: int) -> str:
    """Name of a pipe of one exchange, with its number from the second on."""
    return f"{exchange} #{copy + 1}" if copy else exchange


def path(books: Books, exchange: str, option: str, places: tuple[str, str]) -> tuple[Step, ...]:
    """Way of a pipe of one exchange where it is laid, from the source; empty where it needs none."""
    graph = books.distances.graph
    copy = str(books.assembly.instance.exchanges[exchange].options[option].copy)
    free: dict[str, tuple[bool, bool]] = {}
    for (e, c, stretch, direction), value in books.solution.values.get("path", {}).items():
        if (e, c) == (exchange, copy) and value > 0.5:
            forward, backward = free.get(stretch, (False, False))
            free[stretch] = (forward or direction == "+", backward or direction == "-")
    if graph is None or not free:
        return ()
    nodes = books.assembly.instance.nodes
    steps = shortest_way(graph, nodes[places[0]], nodes[places[1]], free) or ()
    return tuple(step for step in steps if not graph.stretches[step[0]].free)
