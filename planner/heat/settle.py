"""What an exchange of a medium saves a plant: its heat cascade balanced at least cost with the exchange and without.

    min   sum_{t,n,w} price_tnw outside[t,n,w]
    cascade of the plant in state t with amount[t,n] of its media, exchangers between its streams as they are
    amount[t,n] = sum_e moved_ten + sum_w outside[t,n,w] + loop[t,n]  w supply, discharge or sale of medium n; loop
        its own, for matches that are forbidden: as much made as taken
    amount[t,n] >= moved_ten / share_te                     share_te of it falls into the hours that both ends share
    sum_t amount[t,n] >= sum_t moved_ten / share_e          share_e of a yearly demand that it may meet
    sum_t amount[t,n] >= sum_{t,e} moved_ten / share_n      share_n that all exchanges may meet
    sum_t outside[t,n,w] <= most_nw                         yearly limit of a market

It is what a consultant does by hand: take the exchange away and balance the plant anew, all its other exchanges as they
are. Amounts of a plan have its rounding, so that the balance of a medium may give by a millionth of the heat.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from planner.heat.by_media import Program, SitePlant, cascade_rows
from planner.heat.of_case import TAKES

#: (Medium id, way) -> a number; the ways are "supplied", "discharged" and "sold".
ByWay = Mapping[tuple[str, str], float]

#: Largest price of heat in the program; CO2e of as much weighs a millionth of it: it decides where cost is even.
_PRICE, _TIE = 1e3, 1e-6
#: Weight of a unit of heat by which a balance gives, and the share of it that is rounding.
_DEAR, _ROUNDING = 1e5, 1e-6


@dataclass(frozen=True)
class Price:
    """What a unit of a medium costs that is supplied, disposed of or sold (then below 0).

    Attributes
    ----------
    cost
        What is made least: yearly cost with the shadow price of carbon [money/unit].
    co2e
        [t/unit].
    """

    cost: float
    co2e: float


@dataclass(frozen=True)
class PlantState:
    """A plant in a state.

    Attributes
    ----------
    plant
        Its streams with their heat in the state, its media, and the most that its streams may pass on [MWh/yr].
    prices
        (Medium id, way) -> price; a way that is not there is not open.
    limits
        Medium id -> most of it, where a limit is stated [unit/yr].
    """

    plant: SitePlant
    prices: Mapping[tuple[str, str], Price]
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """What an exchange takes of a medium, or brings.

    Attributes
    ----------
    medium
        Its id at this plant.
    amounts, shares
        By state, how much [unit/yr], and the largest share of the medium that it may be.
    share
        Largest share of the year's amount.
    """

    medium: str
    amounts: Sequence[float]
    shares: Sequence[float]
    share: float = 1.0


@dataclass(frozen=True)
class PlantYear:
    """A plant with process heat, in all states, and the exchanges of its media.

    Attributes
    ----------
    states
        The plant in each.
    moved
        Exchange with others -> what it takes or brings.
    shares
        Medium id -> largest share of the year's amount that all exchanges together may be.
    markets
        (Medium id, way) -> most that goes that way in a year [unit/yr].
    """

    states: Sequence[PlantState]
    moved: Mapping[str, Moved]
    shares: Mapping[str, float] = field(default_factory=dict)
    markets: ByWay = field(default_factory=dict)

    def saved(self, exchange: str) -> list[dict[tuple[str, str], float]]:
        """What an exchange makes needless: by state, (medium id, way) -> amount that falls away [unit/yr].

        That without this exchange alone, less that with it. Where the plant cannot do without it alone, the same of all
        its exchanges, shared out by their heat; where it cannot do without any, nothing is known, and nothing said.
        """
        mine = self.moved[exchange]
        if self._with is None or not any(mine.amounts):
            return [{} for _ in self.states]
        without, part = self._settled({n: x for n, x in self.moved.items() if n != exchange}), 1.0
        if without is None:
            without, part = self._without_any, self._heat(mine) / math.fsum(map(self._heat, self.moved.values()))
        if without is None:
            return [{} for _ in self.states]
        return [
            {key: part * (amount - there[key]) for key, amount in alone.items()}
            for alone, there in zip(without, self._with, strict=True)
        ]

    @cached_property
    def _with(self) -> list[dict[tuple[str, str], float]] | None:
        return self._settled(self.moved)

    @cached_property
    def _without_any(self) -> list[dict[tuple[str, str], float]] | None:
        return self._settled({})

    def _heat(self, moved: Moved) -> float:
        heat = next(m.heat for m in self.states[0].plant.media if m.id == moved.medium)
        return heat * math.fsum(moved.amounts)

    @cached_property
    def _room(self) -> list[dict[str, float]]:
        """By state, a bound on every medium: its limit, else the heat of all streams and of all that is moved.

        That is more than a plant has use for, and the same whichever exchange is taken away.
        """
        found = []
        for t, one in enumerate(self.states):
            heat = {medium.id: medium.heat for medium in one.plant.media}
            whole = math.fsum(stream.load for stream in one.plant.streams.values())
            whole += math.fsum(heat[x.medium] * _needed(x, t) for x in self.moved.values())
            found.append({n: one.limits.get(n, whole / heat[n]) for n in heat})
        return found

    def _settled(self, moved: Mapping[str, Moved]) -> list[dict[tuple[str, str], float]] | None:
        """By state, (medium id, way) -> amount at least cost; None where the cascade does not close."""
        program, slack = Program(), dict[int, float]()
        weigh = _weigher(self.states)
        amounts, ways = [], []
        for t, one in enumerate(self.states):
            columns = cascade_rows(program, one.plant, program.column(upper=0.0), self._room[t])
            out = {key: program.column(weigh(price)) for key, price in one.prices.items()}
            loops = _loops(program, one.plant)
            for medium in one.plant.media:
                name, column = medium.id, columns[medium.id]
                here = [x for x in moved.values() if x.medium == name]
                row = {column: 1.0} | {way: -1.0 for (of, _), way in out.items() if of == name}
                row |= dict.fromkeys(loops.get(name, ()), -1.0)
                for sign in (1.0, -1.0):
                    off = program.column(_DEAR * medium.heat)
                    row[off], slack[off] = sign, medium.heat
                program.equal.append((row, math.fsum(x.amounts[t] for x in here)))
                least = max((_needed(x, t) for x in here), default=0.0) * (1 - _ROUNDING)
                _at_least(program, [column], min(least, self._room[t][name]))
            amounts.append(columns)
            ways.append(out)
        self._of_the_year(program, amounts, ways, moved)
        found = program.solved()
        whole = math.fsum(stream.load for one in self.states for stream in one.plant.streams.values())
        if found is None or math.fsum(heat * found[n] for n, heat in slack.items()) > _ROUNDING * max(1.0, whole):
            return None
        return [{key: found[column] for key, column in by.items()} for by in ways]

    def _of_the_year(
        self,
        program: Program,
        amounts: Sequence[Mapping[str, int]],
        ways: Sequence[Mapping[tuple[str, str], int]],
        moved: Mapping[str, Moved],
    ) -> None:
        """Shares of a yearly amount, and what markets take."""
        for n in {x.medium for x in moved.values()}:
            sums = [(math.fsum(x.amounts), x.share) for x in moved.values() if x.medium == n]
            whole = math.fsum(total for total, _ in sums)
            least = max((total / share for total, share in sums if share > 0), default=0.0)
            share = self.shares.get(n, 1.0)
            least = max(least, whole / share if share > 0 else 0.0)
            _at_least(program, [by[n] for by in amounts], least * (1 - _ROUNDING))
        for key, most in self.markets.items():
            program.most.append(({by[key]: 1.0 for by in ways if key in by}, most))


def _loops(program: Program, plant: SitePlant) -> dict[str, list[int]]:
    """Medium id -> columns of the loops that a plant with forbidden matches may have of what it gives and takes."""
    found: dict[str, list[int]] = {}
    for given in (x for x in plant.media if x.role != TAKES) if plant.forbidden else ():
        for taken in plant.media:
            if taken.role == TAKES and taken.resource == given.resource:
                column = program.column()
                found.setdefault(given.id, []).append(column)
                found.setdefault(taken.id, []).append(column)
    return found


def _needed(moved: Moved, t: int) -> float:
    """Least amount of a medium of which an exchange takes or brings its share [unit/yr]."""
    return moved.amounts[t] / moved.shares[t] if moved.shares[t] > 0 else moved.amounts[t]


def _at_least(program: Program, columns: Sequence[int], least: float) -> None:
    if least > 0:
        program.most.append((dict.fromkeys(columns, -1.0), -least))


def _weigher(states: Sequence[PlantState]) -> Callable[[Price], float]:
    """Weight of a unit that goes a way, by its cost and CO2e, such that prices of heat lie within bounds."""
    heat = [{medium.id: medium.heat for medium in one.plant.media} for one in states]
    every = [(x, by[n]) for one, by in zip(states, heat, strict=True) for (n, _), x in one.prices.items()]
    dearest = max((abs(price.cost) / of for price, of in every), default=0.0) or 1.0
    dirtiest = max((abs(price.co2e) / of for price, of in every), default=0.0) or 1.0

    def weigh(price: Price) -> float:
        return _PRICE * (price.cost / dearest + _TIE * price.co2e / dirtiest)

    return weigh


def with_exchangers(plant: SitePlant, recovered: float | None) -> SitePlant:
    """A plant whose streams pass no more heat to each other than its exchangers can, in the unit of its loads."""
    return plant if recovered is None else replace(plant, recovered=recovered * (1 + _ROUNDING))
