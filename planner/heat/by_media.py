"""What plants can do for each other by their media alone: distances, sizes and money left aside.

A linear program of the heat cascades of all plants (Papoulias & Grossmann 1983) and the balances of their media, of
which one goes back to the plant that made it only where that has forbidden matches, which such a loop keeps apart:

    min  sum_{p,r} heat_r (bought[p,r] + spare[p,r]) + 1000 sum_p missing[p]
    taken[p,r] = sum_q sent[q,p,r] + bought[p,r]
    sum_p sent[q,p,r] <= given[q,r]                             r takes heat from whoever gives it
    sum_p sent[q,p,r] + spare[q,r] = given[q,r]                 r heats whoever gives it: a loop that cools
    hours_q sent[q,p,r] <= min(hours_q, hours_p) given[q,r]
    hours_p sent[q,p,r] <= min(hours_q, hours_p) taken[p,r]

Each plant makes and takes evenly in its own hours, so that only what falls into those that two share goes from one to
the other. It holds for media whose temperature glides, too, which site targets of constant levels leave out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.heat.intervals import Bounds, intervals, loads, spread
from planner.heat.of_case import TAKES, PlantMedium
from planner.heat.streams import HeatStream, Match

#: Weight of heat that nothing gives, beside heat that is bought.
_DEAR = 1000.0
#: Weight of cooling that is bought, so that no more of it is than is needed.
_CHEAP = 1e-3
#: A share of the heat that is rounding.
NOTHING = 1e-7
#: What the solver calls a program without a solution.
_INFEASIBLE = 2


@dataclass(frozen=True)
class SitePlant:
    """A plant with its process streams, loads in one unit for all plants, its media, and forbidden matches.

    Attributes
    ----------
    hours
        In which it runs evenly [h/yr]; only their ratio to those of other plants counts.
    recovered
        Most heat that process streams pass to process streams, in the unit of the loads; None without limit.
    """

    streams: Mapping[str, HeatStream]
    media: Sequence[PlantMedium]
    forbidden: tuple[Match, ...] = ()
    hours: float = 8760.0
    recovered: float | None = None


@dataclass(frozen=True)
class ByMedia:
    """Least heat that is bought, in the unit of the loads.

    Attributes
    ----------
    hot
        Heat of hot media that no plant gives, and of loops that heat a plant and cool none.
    cold
        Heat that goes to no plant: taken by media that cool, or given with nobody to take it.
    between
        Heat that goes from plants to plants.
    """

    hot: float
    cold: float
    between: float


@dataclass
class Program:
    """Columns and rows of a linear program.

    Attributes
    ----------
    cost, upper
        Of each column; no bound where ``upper`` is None.
    equal, most
        Rows, each with its right hand side.
    """

    cost: list[float] = field(default_factory=list)
    equal: list[tuple[dict[int, float], float]] = field(default_factory=list)
    most: list[tuple[dict[int, float], float]] = field(default_factory=list)
    upper: list[float | None] = field(default_factory=list)

    def column(self, cost: float = 0.0, upper: float | None = None) -> int:
        """Add a column, from 0 up; its number."""
        self.cost.append(cost)
        self.upper.append(upper)
        return len(self.cost) - 1

    def solved(self) -> list[float] | None:
        """Values of the columns, none below 0; None where there are none."""
        from scipy import optimize
        from scipy.sparse import coo_array

        def matrix(rows: list[tuple[dict[int, float], float]]) -> object:
            entries = [(n, column, x) for n, (terms, _) in enumerate(rows) for column, x in terms.items()]
            at = [[entry[part] for entry in entries] for part in range(3)]
            return coo_array((at[2], (at[0], at[1])), shape=(len(rows), len(self.cost))).tocsr() if rows else None

        solver: object = optimize.linprog  # its stubs know no sparse rows
        found = solver(  # type: ignore[operator]
            self.cost,
            A_eq=matrix(self.equal),
            b_eq=[x for _, x in self.equal] or None,
            A_ub=matrix(self.most),
            b_ub=[x for _, x in self.most] or None,
            bounds=[(0.0, upper) for upper in self.upper],
        )
        if found.status == _INFEASIBLE:
            return None
        assert found.status == 0, found.message
        return [float(x) for x in found.x]


def by_media(plants: Mapping[str, SitePlant]) -> ByMedia | None:
    """Least heat to be bought for plants that exchange heat by their media.

    Parameters
    ----------
    plants
        Plant -> its streams and media.

    Returns
    -------
    ByMedia or None
        None where the media do not serve all streams, however much there is of them.
    """
    program = Program()
    missing = [program.column(_DEAR) for _ in plants]
    columns = {name: cascade_rows(program, plant, missing[n]) for n, (name, plant) in enumerate(plants.items())}
    cools = _cooling(plants)
    bought = {
        (name, medium.id): program.column(_taken_heat(medium) * (_CHEAP if medium.resource in cools else 1.0))
        for name, plant in plants.items()
        for medium in plant.media
        if medium.role == TAKES
    }
    spare = _exchanged(program, plants, columns, bought)
    found = program.solved()
    if found is None:
        return None
    whole = math.fsum(stream.load for plant in plants.values() for stream in plant.streams.values())
    if math.fsum(found[n] for n in missing) > NOTHING * max(whole, 1.0):
        return None
    told = _told(plants, columns, bought, found, cools)
    return replace(told, hot=told.hot + math.fsum(heat * found[column] for column, heat in spare.items()))


def _exchanged(
    program: Program,
    plants: Mapping[str, SitePlant],
    columns: Mapping[str, Mapping[str, int]],
    bought: Mapping[tuple[str, str], int],
) -> dict[int, float]:
    """Balances of media between plants; columns of loops that heat a plant and cool nobody, with their heat."""
    spare: dict[int, float] = {}
    into: dict[tuple[str, str], dict[int, float]] = {
        (name, medium): {columns[name][medium]: 1.0, column: -1.0} for (name, medium), column in bought.items()
    }
    for giver, plant in plants.items():
        for given in (medium for medium in plant.media if medium.role != TAKES):
            out = {columns[giver][given.id]: -1.0}
            if given.hot:
                over = program.column(given.heat)
                out[over], spare[over] = 1.0, given.heat
            for taker, other in plants.items():
                for taken in other.media if taker != giver or plant.forbidden else ():
                    if taken.role == TAKES and taken.resource == given.resource:
                        sent = program.column()
                        out[sent], into[taker, taken.id][sent] = 1.0, -1.0
                        for end, column in ((plant, columns[giver][given.id]), (other, columns[taker][taken.id])):
                            share = min(plant.hours, other.hours) / end.hours if end.hours > 0 else 0.0
                            if share < 1.0:
                                program.most.append(({sent: 1.0, column: -share}, 0.0))
            (program.equal if given.hot else program.most).append((out, 0.0))
    program.equal += [(row, 0.0) for row in into.values()]
    return spare


def serves(plant: SitePlant, most: Mapping[str, float]) -> bool:
    """Whether media serve all process streams of a plant.

    Parameters
    ----------
    plant
        Its streams and media.
    most
        Id of a medium -> the most there is of it, in its unit; no limit where nothing is said.
    """
    program = Program()
    missing = program.column(_DEAR)
    cascade_rows(program, plant, missing, most)
    found = program.solved()
    whole = math.fsum(stream.load for stream in plant.streams.values())
    return found is not None and found[missing] <= NOTHING * max(whole, 1.0)


def _told(
    plants: Mapping[str, SitePlant],
    columns: Mapping[str, Mapping[str, int]],
    bought: Mapping[tuple[str, str], int],
    found: Sequence[float],
    cools: frozenset[str],
) -> ByMedia:
    hot = cold = between = 0.0
    resources = dict.fromkeys(medium.resource for plant in plants.values() for medium in plant.media)
    by_id = {(name, medium.id): medium for name, plant in plants.items() for medium in plant.media}
    for resource in resources:
        each = [
            (m, found[columns[name][m.id]]) for name, p in plants.items() for m in p.media if m.resource == resource
        ]
        heat = max(_taken_heat(m) for m, _ in each)
        taken = heat * math.fsum(x for m, x in each if m.role == TAKES)
        given = heat * math.fsum(x for m, x in each if m.role != TAKES)
        made = heat * math.fsum(found[column] for key, column in bought.items() if by_id[key].resource == resource)
        between += taken - made
        if resource in cools:
            cold += made
        else:
            hot, cold = hot + made, cold + given + made - taken
    return ByMedia(hot, cold, between)


def _taken_heat(medium: PlantMedium) -> float:
    """Heat of a unit where it is taken [MWh/unit]."""
    return medium.heat if medium.role == TAKES else medium.heat / medium.raised


def _cooling(plants: Mapping[str, SitePlant]) -> frozenset[str]:
    """Media that take heat from those who take them."""
    every = [medium for plant in plants.values() for medium in plant.media]
    return frozenset(medium.resource for medium in every if medium.hot != (medium.role == TAKES))


def cascade_rows(
    program: Program, plant: SitePlant, missing: int, most: Mapping[str, float] | None = None
) -> dict[str, int]:
    """The cascade of a plant; medium id -> column of its amount."""
    parts = [part for medium in plant.media for part in medium.parts]
    bounds = intervals((*plant.streams.values(), *parts))
    media = {medium.id: program.column(upper=(most or {}).get(medium.id)) for medium in plant.media}
    if plant.forbidden or plant.recovered is not None:
        _matched(program, plant, bounds, media, missing)
        return media
    before = missing  # what nothing gives comes in at the top
    for k in range(len(bounds)):
        left = program.column()
        row = {before: 1.0, left: -1.0}
        for medium in plant.media:
            _put(row, media[medium.id], (1.0 if medium.hot else -1.0) * _share(medium, bounds, k))
        every = list(plant.streams.values())
        program.equal.append((row, loads(every, bounds, False)[k] - loads(every, bounds, True)[k]))
        before = left
    if bounds:
        program.equal.append(({before: 1.0}, 0.0))
    return media


def _matched(program: Program, plant: SitePlant, bounds: Bounds, media: Mapping[str, int], missing: int) -> None:
    """The same by hot and cold stream, where some may not meet; what nothing gives may go to all."""
    size, barred = range(len(bounds)), frozenset(plant.forbidden)
    hot, cold = ["", *_named(plant, True)], _named(plant, False)
    by_id = {medium.id: medium for medium in plant.media}
    reached = [(j, k) for j in cold for k in size if _any(plant, j, bounds, k)]
    giving: dict[tuple[str, int], dict[int, float]] = {(i, k): {} for i in hot for k in size}
    taking: dict[tuple[str, int], dict[int, float]] = {end: {} for end in reached}
    recovered: dict[int, float] = {}
    for i, (j, k) in ((i, end) for i in hot for end in reached if (i, end[0]) not in barred):
        passed = program.column()
        if i in plant.streams and j in plant.streams:
            recovered[passed] = 1.0
        giving[i, k][passed], taking[j, k][passed] = -1.0, 1.0
    for i in hot:
        if not i:
            _put(giving[i, 0], missing, 1.0)
        for k in size[:-1]:
            left = program.column()
            giving[i, k][left], giving[i, k + 1][left] = -1.0, 1.0
    for ends, sign in ((giving, 1.0), (taking, -1.0)):
        for (name, k), row in ends.items():
            if name in media:
                _put(row, media[name], sign * _share(by_id[name], bounds, k))
            program.equal.append((row, -sign * _load(plant, name, bounds, k)))
    if plant.recovered is not None:
        program.most.append((recovered, plant.recovered))


def _named(plant: SitePlant, hot: bool) -> list[str]:
    streams = [name for name, stream in plant.streams.items() if stream.hot == hot]
    return streams + [medium.id for medium in plant.media if medium.hot == hot]


def _load(plant: SitePlant, name: str, bounds: Bounds, k: int) -> float:
    stream = plant.streams.get(name)
    return 0.0 if stream is None else stream.load * spread(stream, bounds).get(k, 0.0)


def _any(plant: SitePlant, name: str, bounds: Bounds, k: int) -> bool:
    medium = next((m for m in plant.media if m.id == name), None)
    return _load(plant, name, bounds, k) > 0 or (medium is not None and _share(medium, bounds, k) > 0)


def _share(medium: PlantMedium, bounds: Bounds, k: int) -> float:
    """Heat of a unit of a medium in an interval."""
    whole = math.fsum(part.load for part in medium.parts)
    return medium.heat * math.fsum(
        part.load / whole * spread(part, bounds).get(k, 0.0) for part in medium.parts if part.load
    )


def _put(row: dict[int, float], column: int, x: float) -> None:
    if x:
        row[column] = row.get(column, 0.0) + x
