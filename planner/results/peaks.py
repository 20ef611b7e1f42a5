"""Peak rates in the stretches of a main, both directions added.

Where all exchanges of a main run the same hours at the same peak factor, the peak rate is the yearly flow over these
hours. Where they do not, the flow of a stretch must be known by hours: the solution has only its sum. It is split so
that the part of each hours balances at every node from its sources to its sinks, which in a tree leaves one answer.
In a main with loops that of the least peak rates is taken, within the capacities wherever they allow one, as they do
for the flows of the model.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.commodities import owed_in
from planner.results.books import Books
from planner.results.flows import loses
from planner.results.network import Network, User

NEGLIGIBLE = 1e-9

#: What is lost on the way because pipes are in service, whatever flows: a part of the flow with hours of its own.
OWED = "owed"

#: Cost of breaking a capacity, and of breaking a balance by rounding, against that of 1 of peak rate.
OVER, BROKEN = 1e3, 1e6


@dataclass
class Part:
    """Part of a main's flow that shares one number of hours.

    Attributes
    ----------
    hours
        Amount a year per unit of peak rate [h/yr].
    entering
        Node -> amount that enters there, less what leaves [unit/yr].
    givers
        User -> (node, amount that leaves its source): it may give up some of it to what is owed.
    takers
        User -> (node, amount that arrives), where some of it may be what pipes add.
    """

    hours: float
    entering: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    givers: dict[User, tuple[str, float]] = field(default_factory=dict)
    takers: dict[User, tuple[str, float]] = field(default_factory=dict)


def peak_rates(network: Network, main: str) -> dict[str, float]:
    """Peak rate in each stretch of a main that has a pipe in service [unit/h]; of several states the largest."""
    states = network.books.assembly.instance.states
    beds = [stretch for name, stretch in network.on_bed if name == main]
    found = dict.fromkeys(beds, 0.0)
    for state in states:
        through = {stretch: sum(network.through(main, stretch, state)) for stretch in beds}
        split = parts_of(network, main, state)
        hours = list(dict.fromkeys(round(part.hours, 9) for part in split.values()))
        if len(hours) == 1:
            rates = {stretch: amount / hours[0] for stretch, amount in through.items()}
        elif hours:
            rates = _split(network, main, state, list(split.values()))
        else:
            continue
        found = {stretch: max(found[stretch], rates[stretch]) for stretch in beds}
    return found


def parts_of(network: Network, main: str, state: str) -> dict[float | str, Part]:
    """Parts of the flow of a main in a state, by their hours."""
    books = network.books
    data = books.assembly.instance.mains[main]
    found: dict[float | str, Part] = {}
    for user, (giver, taker) in network.users(main).items():
        left = books.solution.value("flow", *user, state)
        if left <= NEGLIGIBLE:
            continue
        hours = data.users[user][state]
        part = found.setdefault(round(hours, 9), Part(hours))
        part.entering[giver] += left
        arrived = _arrived(books, user, state, left)
        part.entering[taker] -= arrived
        adds, owes = (owed_in(data, state, sign) > 0 for sign in (-1, 1))
        part.givers[user] = (giver, left if owes or not adds else 0.0)
        if adds:
            part.takers[user] = (taker, arrived)
    owed = owed_at(network, main, state)
    if owed and found:
        found[OWED] = Part(data.hours[state], defaultdict(float, {node: -amount for node, amount in owed.items()}))
    return found


def _arrived(books: Books, user: User, state: str, left: float) -> float:
    main = books.assembly.instance.exchanges[user[0]].options[user[1]].main
    return books.solution.value("arrived", *user, state) if main and loses(books, main) else left


def owed_at(network: Network, main: str, state: str) -> dict[str, float]:
    """What pipes in service lose whatever flows, half at each end of their stretch; negative for more [unit/yr]."""
    found: dict[str, float] = defaultdict(float)
    for pipe in network.laid:
        if pipe.main != main:
            continue
        lost = network.owed(pipe, state)
        if lost:
            for node in network.ends_in(main, pipe.stretch):
                found[node] += lost / 2
    return dict(found)


def _split(network: Network, main: str, state: str, found: list[Part]) -> dict[str, float]:
    """Peak rates where hours differ, by a linear program in shares of the largest flow and the largest rate."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    program = _program(network, main, state, found)
    shape = (len(program.right), len(program.cost))
    equal = coo_array((program.values, (program.rows, program.columns)), shape=shape)
    data: dict[str, Any] = {"A_eq": equal.tocsr(), "b_eq": program.right, "bounds": program.bounds}
    answer: Any = linprog(program.cost, method="highs", **data)
    if not answer.success:
        raise RuntimeError(f"the flow of {main} cannot be split by hours: {answer.message}")
    return {stretch: program.scale * float(answer.x[column]) for stretch, column in program.peaks.items()}


class _Program:
    """A linear program, column by column and row by row."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.bounds: list[tuple[float, float | None]] = []
        self.right: list[float] = []
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.peaks: dict[str, int] = {}
        self.scale = 1.0

    def column(self, cost: float = 0.0, most: float | None = None) -> int:
        self.cost.append(cost)
        self.bounds.append((0.0, most))
        return len(self.cost) - 1

    def row(self, terms: Mapping[int, float], right: float) -> None:
        """A row that rounding may break, at a price."""
        at = len(self.right)
        self.right.append(right)
        for column, value in {**terms, self.column(BROKEN): 1.0, self.column(BROKEN): -1.0}.items():
            self.rows.append(at)
            self.columns.append(column)
            self.values.append(value)


def _program(network: Network, main: str, state: str, found: list[Part]) -> _Program:
    data = network.books.assembly.instance.mains[main]
    beds = [stretch for name, stretch in network.on_bed if name == main]
    amounts = {stretch: network.through(main, stretch, state) for stretch in beds}
    largest = max((max(both) for both in amounts.values()), default=0.0) or 1.0
    hours = min(part.hours for part in found)
    program = _Program()
    program.scale = largest / hours
    flow = {
        (rank, stretch, way): program.column(most=max(amounts[stretch]["+-".index(way)], 0.0) / largest)
        for rank in range(len(found))
        for stretch in beds
        for way in "+-"
    }
    for stretch in beds:
        for way, amount in zip("+-", amounts[stretch], strict=True):
            program.row({flow[rank, stretch, way]: 1.0 for rank in range(len(found))}, amount / largest)
        program.peaks[stretch] = program.column(cost=1.0)
        capacity = sum(pipe.capacity for pipe in network.on_bed[main, stretch])
        within = program.column(most=capacity / program.scale if capacity < math.inf else None)
        over = program.column(cost=OVER)
        rate = {flow[rank, stretch, way]: hours / part.hours for rank, part in enumerate(found) for way in "+-"}
        program.row({**rate, program.peaks[stretch]: -1.0}, 0.0)
        program.row({program.peaks[stretch]: 1.0, within: -1.0, over: -1.0}, 0.0)
    sides = {s: (*network.ends_in(main, s), data.beds[s].share_lost) for s in beds}
    _balances(program, found, flow, sides, largest)
    return program


def _balances(
    program: _Program,
    found: list[Part],
    flow: Mapping[tuple[int, str, str], int],
    ends: Mapping[str, tuple[str, str, float]],
    largest: float,
) -> None:
    """Balance of each part at each node; where pipes owe losses, exchanges give up some of what they send to that."""
    terms: dict[tuple[int, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (rank, stretch, way), column in flow.items():
        tail, head, lost = ends[stretch]
        start, end = (tail, head) if way == "+" else (head, tail)
        terms[rank, start][column] -= 1.0
        terms[rank, end][column] += 1.0 - lost
    owed = next((rank for rank, part in enumerate(found) if not part.givers), None)
    if owed is not None:
        for rank, part in enumerate(found):
            for node, left in part.givers.values():
                given = program.column(most=left / largest)
                terms[rank, node][given] -= 1.0
                terms[owed, node][given] += 1.0
            for node, arrived in part.takers.values():
                got = program.column(most=arrived / largest)
                terms[rank, node][got] += 1.0
                terms[owed, node][got] -= 1.0
    for rank, part in enumerate(found):
        for node in dict.fromkeys([*(node for _, node in terms), *part.entering]):
            program.row(terms.get((rank, node), {}), -part.entering.get(node, 0.0) / largest)
