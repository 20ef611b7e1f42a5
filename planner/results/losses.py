"""What a main loses, put on the exchanges that use its stretches.

The flow of a main is one pool: the model knows what leaves each source and what arrives at each sink, and any split of
the difference among the exchanges is the same plan. Here the loss of each stretch falls to those who use it, in the
shares of ``planner.results.sent``: what pipes owe in service by peak rate, what a stretch loses of its flow by amount.
That is the target; flows and arrivals per exchange come as near to it as the plan leaves them free to:

    min  1000 worst + sum_u |flow_u - arrived_u - target_u| + 0.001 (what is changed)
    sum_u flow_u, sum_u arrived_u    as the model has them, for each group of exchanges alike          sums
    |flow_u - arrived_u - target_u| <= worst x flow_u as the model has it                              u an exchange
    arrived_u <= keep_u flow_u, and the limits of each exchange

A group is all that has one source (one sink), the same costs and emissions a unit, and the same hours, so that every
account, every balance and every peak rate stays as it is. Where all comes from one place, hours may differ within a
group of sources: what covers losses is then all that changes.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from models.commodities import owed_in
from models.instance import ExchangeData
from planner.results.books import Books
from planner.results.bridges import beside, bridges
from planner.results.flows import loses
from planner.results.network import Network, User
from planner.results.sent import Sent, sent_through, way_between

#: Shares follow the flows, and flows the shares, until no flow changes by more than this share of all.
CHANGED, ROUNDS = 1e-7, 20
#: Weights of the worst deviation, and of a change, against that of 1 of deviation.
WORST, CHANGE = 1e3, 1e-3
#: The least that arrives of what an exchange sends, as in the model.
LEAST_ARRIVED = 0.1
NEGLIGIBLE = 1e-6

Split = dict[User, tuple[float, float]]
"""User -> what leaves its source, what arrives."""


def settled(books: Books) -> Books:
    """The same run, what each main loses put on the exchanges that use it."""
    for main in books.assembly.instance.mains:
        if loses(books, main):
            for state in books.assembly.instance.states:
                books = _settled(books, main, state)
    return books


def _settled(books: Books, main: str, state: str) -> Books:
    for _ in range(ROUNDS):
        pool = Pool(Network(books), main, state)
        if len(pool.users) < 2:
            return books
        split = pool.nearest()
        if split is None:
            return books
        books = _with(books, split, state)
        changes = (abs(a - b) for user in split for a, b in zip(split[user], pool.users[user], strict=True))
        if max(changes) <= CHANGED * pool.scale:
            break
    return books


def _with(books: Books, split: Split, state: str) -> Books:
    """The run with other flows of some exchanges over a main."""
    values = {family: dict(members) for family, members in books.solution.values.items()}
    arrived = values.setdefault("arrived", {})
    for (e, s), (leaving, arriving) in split.items():
        values["flow"][e, s, state] = leaving
        arrived[e, s, state] = arriving
        for index in values.get("pair_flow", {}):
            if index[:2] == (e, s) and index[4] == state:
                values["pair_flow"][index] = leaving
    return replace(books, solution=replace(books.solution, values=values))


@dataclass(frozen=True)
class Pool:
    """A main in a state, with what is free in the split of its flow."""

    network: Network
    main: str
    state: str

    @property
    def books(self) -> Books:
        """The run."""
        return self.network.books

    @cached_property
    def users(self) -> Split:
        """Exchanges that use its pipes, with what leaves and arrives now."""
        value = self.books.solution.value
        found = {
            user: (value("flow", *user, self.state), value("arrived", *user, self.state))
            for user in self.network.users(self.main)
        }
        return {user: both for user, both in found.items() if both[0] > NEGLIGIBLE}

    @cached_property
    def scale(self) -> float:
        """What leaves all sources together."""
        return sum(leaving for leaving, _ in self.users.values())

    @cached_property
    def fair(self) -> dict[User, float]:
        """What each exchange would lose by its use of each stretch."""
        found = dict.fromkeys(self.users, 0.0)
        sent = sent_through(self.network, self.main)
        for name, stretch in self.network.on_bed:
            if name == self.main:
                owed, leaked = self._lost(stretch)
                for user, (rate, amount) in self._keys(sent, stretch).items():
                    found[user] += owed * rate + leaked * amount
        return found

    def _lost(self, stretch: str) -> tuple[float, float]:
        """What pipes of a stretch owe in service, and what the stretch loses of its flow."""
        bed = self.books.assembly.instance.mains[self.main].beds[stretch]
        there = self.network.on_bed[self.main, stretch]
        owed = sum(self.network.owed(pipe, self.state) for pipe in there)
        return owed, bed.share_lost * sum(self.network.through(self.main, stretch, self.state))

    def _keys(self, sent: Sent, stretch: str) -> dict[User, tuple[float, float]]:
        """Shares of the users in a stretch by peak rate and by amount."""
        shares, _ = sent.shares(stretch)
        whole: dict[str, float] = defaultdict(float)
        for (e, _), (leaving, _) in self.users.items():
            whole[e] += leaving
        rates = {user: shares.get(user[0], 0.0) * x / whole[user[0]] for user, (x, _) in self.users.items()}
        amounts = {user: rate * self._hours(user) for user, rate in rates.items()}
        sums = [sum(values.values()) or math.inf for values in (rates, amounts)]
        return {user: (rates[user] / sums[0], amounts[user] / sums[1]) for user in self.users}

    def _hours(self, user: User) -> float:
        return self.books.assembly.instance.mains[self.main].users[user][self.state]

    def nearest(self) -> Split | None:
        """The split that comes nearest to the fair one; None where there is none."""
        program = _Program()
        leaving, arriving, sums = {}, {}, dict[Hashable, dict[int, float]]()
        worst = program.column(WORST)
        for user, now in self.users.items():
            sent, came = (amount / self.scale for amount in now)
            low, high, most = (amount / self.scale for amount in self._limits(user))
            leaving[user] = flow = program.changed(sent, low, high)
            arriving[user] = met = program.changed(came, 0.0, most)
            more, less = program.column(1.0), program.column(1.0)
            fair = self.fair[user] / self.scale
            program.row({flow: 1.0, met: -1.0, more: -1.0, less: 1.0}, fair, fair)
            program.row({more: 1.0, less: 1.0, worst: -sent}, -math.inf, 0.0)
            if self._adds:
                program.row({flow: 1.0, met: -LEAST_ARRIVED}, 0.0, math.inf)
            else:
                program.row({flow: self._kept(user), met: -1.0}, 0.0, math.inf)
            program.row({flow: -LEAST_ARRIVED, met: 1.0}, 0.0, math.inf)
            for side, column in (("source", flow), ("sink", met)):
                sums.setdefault(self._alike(user, side), {})[column] = 1.0
        for group in sums.values():
            total = sum(program.now[column] for column in group)
            program.row(group, total, total)
        found = program.solved()
        if found is None:
            return None
        return {user: (self.scale * found[leaving[user]], self.scale * found[arriving[user]]) for user in self.users}

    @cached_property
    def _one_place(self) -> bool:
        """Whether all is put in at one node, and what covers losses can be told from the rest."""
        instance = self.books.assembly.instance
        leaks = any(instance.mains[n].beds[a].share_lost > 0 for n, a in self.network.on_bed if n == self.main)
        givers = {self.network.users(self.main)[user][0] for user in self.users}
        return len(givers) == 1 and not self._adds and not (leaks and len(bridges(self._ends)) < len(self._ends))

    @cached_property
    def _adds(self) -> bool:
        """Whether more may arrive by it than leaves."""
        return owed_in(self.books.assembly.instance.mains[self.main], self.state, -1) > 0

    @cached_property
    def _ends(self) -> dict[str, tuple[str, str]]:
        stretches = [stretch for name, stretch in self.network.on_bed if name == self.main]
        return {name: self.network.ends_in(self.main, name) for name in stretches}

    def _kept(self, user: User) -> float:
        """The most that can arrive of 1 that leaves, where what covers losses may change hands; else 1."""
        if not self._one_place:
            return 1.0
        beds = self.books.assembly.instance.mains[self.main].beds
        way = way_between(beside(self._ends), *self.network.users(self.main)[user])
        return math.prod(1.0 - beds[stretch].share_lost for _, stretch, _ in way)

    def _alike(self, user: User, side: str) -> Hashable:
        """What the exchanges of a group have in common at their source or sink."""
        instance = self.books.assembly.instance
        exchange = instance.exchanges[user[0]]
        hours = None if side == "source" and self._one_place else f"{self._hours(user):.9g}"
        if side == "source":
            return side, exchange.source, hours, self._effects("flow", user), self._effects("pair_flow", user)
        credited = user[0] if exchange.also else None  # what arrives of each is credited, and stays
        return side, exchange.sink, hours, self._effects("arrived", user), exchange.ratio, credited

    def _effects(self, family: str, user: User) -> Hashable:
        """What a unit of an exchange costs and emits, as far as a variable says it."""
        found: dict[str, float] = defaultdict(float)
        for index, effects in self._effects_of.get((family, *user), ()):
            if self.books.solution.value(family, *index) > 0:
                for account, amount in effects.items():
                    found[account] += amount
        return tuple(sorted((account, f"{amount:.9g}") for account, amount in found.items() if amount))

    @cached_property
    def _effects_of(self) -> dict[tuple[str, ...], list[tuple[tuple[str, ...], Mapping[str, float]]]]:
        found: dict[tuple[str, ...], list[tuple[tuple[str, ...], Mapping[str, float]]]] = defaultdict(list)
        for family in ("flow", "pair_flow", "arrived"):
            for index, effects in self.books.assembly.instance.effects.get(family, {}).items():
                if index[:2] in self.users and index[-1] == self.state:
                    found[family, index[0], index[1]].append((index, effects))
        return found

    def _limits(self, user: User) -> tuple[float, float, float]:
        """Least and most that may leave, most that may arrive."""
        e, s = user
        exchange = self.books.assembly.instance.exchanges[e]
        sent, came = self.users[user]
        if sum(other == e for other, _ in self.users) > 1:  # over the main as it was, and as it is built
            return sent, sent, came
        weight = self.books.assembly.instance.states[self.state].weight
        yearly, met = self._yearly(e)
        low = sent - max(0.0, yearly - exchange.min_flow) / weight
        high = sent + max(0.0, exchange.max_flow - yearly) / weight
        high = min(high, max(sent, exchange.options[s].max_flow[self.state]))
        demand = exchange.max_share * self._needed(exchange)
        most = came + max(0.0, demand - met) / weight / exchange.ratio if exchange.ratio > 0 else came
        high = min(high, max(sent, self._hourly(exchange, "source")))
        high = min(high, max(sent, exchange.most.get(self.state, math.inf)))
        most = min(most, came) if self.state in exchange.shares else most
        return max(0.0, low), high, min(most, max(came, self._hourly(exchange, "sink") / (exchange.ratio or 1.0)))

    def _yearly(self, exchange: str) -> tuple[float, float]:
        """What leaves by all options of an exchange in all states, and what it replaces at least."""
        books, data = self.books, self.books.assembly.instance.exchanges[exchange]
        sent = met = 0.0
        for state, facts in books.assembly.instance.states.items():
            for option, way in data.options.items():
                flow = books.solution.value("flow", exchange, option, state)
                sent += facts.weight * flow
                came = books.solution.value("arrived", exchange, option, state) if way.main == self.main else flow
                met += facts.weight * data.ratio * came
        return sent, met

    def _needed(self, exchange: ExchangeData) -> float:
        """Demand of the sink of an exchange a year."""
        instance, value = self.books.assembly.instance, self.books.solution.value
        sink, needed = instance.sinks[exchange.sink], 0.0
        for state, data in instance.states.items():
            made = value("activity", sink.unit, state) if sink.unit in instance.facilities else 1.0
            made = value("charged", sink.unit, state) if sink.unit in instance.stores else made
            made = made if sink.medium is None else value("medium", *sink.medium, state)
            needed += data.weight * sink.amount[state] * made
        return needed

    def _hourly(self, exchange: ExchangeData, side: str) -> float:
        """The most a facility at an end gives or takes in the hours it shares with the other."""
        instance = self.books.assembly.instance
        stream, hours = (
            (instance.sources[exchange.source], exchange.source_hours)
            if side == "source"
            else (instance.sinks[exchange.sink], exchange.sink_hours)
        )
        if self.state not in hours:
            return math.inf
        if stream.unit in instance.stores:
            rated = self.books.solution.value("rated_out" if side == "source" else "rated_in", stream.unit)
            return stream.amount[self.state] * hours[self.state] * rated
        segments = instance.facilities[stream.unit].segments
        capacity = sum(self.books.solution.value("capacity", stream.unit, segment) for segment in segments)
        return stream.amount[self.state] * hours[self.state] * capacity


class _Program:
    """A linear program, column by column and row by row."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.bounds: list[tuple[float, float]] = []
        self.now: dict[int, float] = {}
        self.rows: list[tuple[Mapping[int, float], float, float]] = []

    def column(self, cost: float, low: float = 0.0, high: float = math.inf) -> int:
        self.cost.append(cost)
        self.bounds.append((low, high))
        return len(self.cost) - 1

    def changed(self, now: float, low: float, high: float) -> int:
        """A column whose changes cost."""
        made = self.column(0.0, low, high)
        self.now[made] = now
        self.row({made: 1.0, self.column(CHANGE): -1.0, self.column(CHANGE): 1.0}, now, now)
        return made

    def row(self, terms: Mapping[int, float], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def solved(self) -> list[float] | None:
        """Values of the columns; None where there is no solution."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        entries = [(at, column, x) for at, (terms, _, _) in enumerate(self.rows) for column, x in terms.items()]
        rows, columns, values = (list(part) for part in zip(*entries, strict=True))
        matrix = coo_array((values, (rows, columns)), shape=(len(self.rows), len(self.cost))).tocsr()
        within = LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])
        bounds = Bounds([low for low, _ in self.bounds], [high for _, high in self.bounds])
        answer: Any = milp(self.cost, constraints=within, bounds=bounds)
        return [float(x) for x in answer.x] if answer.success else None


def unfair(network: Network) -> Iterator[tuple[str, User, float, float, float]]:
    """What each exchange bears of the loss of a main: main, exchange, loss, loss by its use, what it sends."""
    books = network.books
    for main in books.assembly.instance.mains:
        if loses(books, main):
            for state in books.assembly.instance.states:
                pool = Pool(network, main, state)
                if len(pool.users) > 1:
                    for user, (leaving, arriving) in pool.users.items():
                        yield main, user, leaving - arriving, pool.fair[user], leaving
