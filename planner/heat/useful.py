"""The most that a plant can use of its media: bounds that cut off no plan worth having, and stay finite.

What others take of a medium that the plant gives is a load to its cascade like that of a process stream, at most what
they can take. All else that media do is what a plan can do without, unless streams need it: heat that is bought and
goes at once into what cools, or into what is disposed of, costs and serves nobody. In the polyhedron

    A z = b, z >= 0     z: heat of media, what others take of them, residuals, matches

of a cascade such a let-down is a ray (A r = 0), and every z is a mean of vertices and a sum of rays. So a best plan has
no ray, and no medium more than its largest value at a vertex. No vertex holds all that a ray needs: where the largest
value has no bound, something that the ray needs is 0, and the search branches over what that is.

A medium of one temperature in the intervals ("still") needs no search. Whatever passes from one such medium to another
is a ray of the two, so that a vertex has none of it: a hot one goes into process streams below it, and into media whose
temperature glides; a cold one is made of the heat of process streams, and of such media.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

Group = str
ByInterval = list[float]
#: Row, column and coefficient.
Entry = tuple[int, int, float]
#: A share of the largest entry that is rounding.
NOTHING = 1e-9
#: Most linear programs of the search for one medium, and how much of it is thought to be of use where they do not do:
#: so many times all heat of streams and all that others take, over its smallest share in an interval.
_PROGRAMS, _AMPLE = 1500, 10.0


@dataclass(frozen=True)
class Carrier:
    """A medium as its bounds see it.

    Attributes
    ----------
    group
        Hot or cold group with the same forbidden matches.
    hot
        It gives heat to the cascade.
    spread
        Interval -> share of its heat.
    wanted
        Heat of it that others can take; of what the plant takes, heat that others have to be rid of [MWh/yr].
    endless
        It is sold without a limit. That counts as what the plant's own streams can make of it, topped up by other
        media: more would only be bought to be sold.
    """

    group: Group
    hot: bool
    spread: Mapping[int, float]
    wanted: float = 0.0
    endless: bool = False

    @property
    def glides(self) -> bool:
        """True where its heat is in more than one interval."""
        return len(self.spread) > 1


@dataclass(frozen=True)
class Loads:
    """Process heat of a plant in a state.

    Attributes
    ----------
    hot, cold
        Group -> heat by interval, from the top down [MWh/yr].
    forbidden
        (Hot, cold) group between which no heat may pass.
    apart
        It matters which group gives heat to which: some matches are forbidden, or recovery has a price, so that media
        may serve streams which could serve each other.
    """

    hot: Mapping[Group, ByInterval]
    cold: Mapping[Group, ByInterval]
    forbidden: frozenset[tuple[Group, Group]] = frozenset()
    apart: bool = False

    def sums(self, hot: bool) -> ByInterval:
        """Heat of all groups by interval [MWh/yr]."""
        return [sum(heat) for heat in zip(*(self.hot if hot else self.cold).values(), strict=True)]


def useful(loads: Loads, media: Mapping[str, Carrier], unsure: set[str] | None = None) -> dict[str, float]:
    """The most heat of each medium that a plan without useless let-down has.

    Where a plant gives and takes many media whose temperatures glide, the vertices are too many to be searched. A
    medium then is bounded by an ample amount that is no proof; its name goes into ``unsure``, and no search is made
    where there is one already.

    Parameters
    ----------
    loads
        Process heat, with all groups, those of media among them.
    media
        By name.
    unsure
        Takes the names of media whose bound is not proven.

    Returns
    -------
    dict
        Name -> heat [MWh/yr], what others take of it included.
    """
    loads, media = _merged(loads, media)
    media = {name: replace(one, wanted=one.wanted + _sellable(one, loads)) for name, one in media.items()}
    program = _Program.of(loads, media)
    whole = sum(loads.sums(True)) + sum(loads.sums(False)) + sum(one.wanted for one in media.values())
    unsure, found = set() if unsure is None else unsure, dict[str, float]()
    for name, one in media.items():
        if one.glides:
            most = None if unsure else program.largest(name)  # one search that does not end is enough
            found[name] = _AMPLE * whole / min(one.spread.values()) if most is None else most
            unsure |= {name} if most is None else set()
    given, needed = loads.sums(True), loads.sums(False)
    for name, one in media.items():
        for k, share in one.spread.items():
            (given if one.hot else needed)[k] += share * found.get(name, one.wanted)
    for name, one in media.items():
        if not one.glides:
            (k,) = one.spread
            own = sum(needed[k:]) if one.hot else sum(given[: k + 1])
            found[name] = max(own, one.wanted) if _fed(one, media) else own
    return found


def _sellable(one: Carrier, loads: Loads) -> float:
    """Of what is sold without a limit, the most that has some of its heat from process streams."""
    if not one.endless:
        return 0.0
    heat = loads.sums(not one.hot)
    order = range(len(heat)) if one.hot else range(len(heat) - 1, -1, -1)
    most = there = share = 0.0
    for k in order:
        share += one.spread.get(k, 0.0)
        there += heat[k] if share else 0.0
        most = max(most, there / share if share else 0.0)
    return most


def _fed(one: Carrier, media: Mapping[str, Carrier]) -> bool:
    """Whether the plant can make a medium of another one."""
    (k,) = one.spread
    return any(x.hot != one.hot and (min(x.spread) <= k if x.hot else max(x.spread) >= k) for x in media.values())


def _merged(loads: Loads, media: Mapping[str, Carrier]) -> tuple[Loads, dict[str, Carrier]]:
    """The same in fewer intervals: one begins only where heat comes in below heat that is taken."""
    hot, cold = ([x > 0 for x in loads.sums(kind)] for kind in (True, False))
    for one in media.values():
        for k in one.spread:
            (hot if one.hot else cold)[k] = True
    at: list[int] = []
    taken = False
    for gives, takes in zip(hot, cold, strict=True):
        begins = not at or (gives and taken)
        at.append((at[-1] if at else -1) + begins)
        taken = takes or (taken and not begins)

    def summed(heat: Iterable[tuple[int, float]]) -> dict[int, float]:
        found: dict[int, float] = {}
        for k, x in heat:
            found[at[k]] = found.get(at[k], 0.0) + x
        return found

    def groups(by: Mapping[Group, ByInterval]) -> dict[Group, ByInterval]:
        sums = {group: summed(enumerate(heat)) for group, heat in by.items()}
        return {group: [heat.get(k, 0.0) for k in range(at[-1] + 1)] for group, heat in sums.items()}

    fewer = {name: replace(one, spread=summed(one.spread.items())) for name, one in media.items()}
    if not at:
        return loads, fewer
    return replace(loads, hot=groups(loads.hot), cold=groups(loads.cold)), fewer


@dataclass
class _Program:
    """Columns and rows of a cascade: A z = b, z >= 0.

    Attributes
    ----------
    entries
        (Row, column, coefficient).
    falls
        By column, how dear it is in a ray: short ones leave fewer things to branch over.
    amounts
        Medium -> its columns: what the plant does with it, what others take of it.
    implied
        Columns of which a vertex lacks one only where it lacks a medium, too.
    """

    entries: list[Entry] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    falls: list[float] = field(default_factory=list)
    amounts: dict[str, list[int]] = field(default_factory=dict)
    implied: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, loads: Loads, media: Mapping[str, Carrier]) -> "_Program":
        """Where groups need not be told apart, all hot ones are one, and all cold ones."""
        program = cls()
        if not loads.apart:
            media = {name: replace(one, group="") for name, one in media.items()}
            loads = replace(loads, hot={"": loads.sums(True)}, cold={"": loads.sums(False)})
        size = len(next(iter(loads.hot.values()), []))
        rows = {
            (hot, group, k): program._row(-heat[k] if hot else heat[k])
            for hot, by in ((True, loads.hot), (False, loads.cold))
            for group, heat in by.items()
            for k in range(size)
        }
        for i in loads.hot:
            for k in range(size - 1):
                program._column(1.0, [(rows[True, i, k], -1.0), (rows[True, i, k + 1], 1.0)])
            for j in loads.cold:
                for k in range(size) if (i, j) not in loads.forbidden else ():
                    passed = program._column(0.0, [(rows[True, i, k], -1.0), (rows[False, j, k], 1.0)])
                    program.implied |= set() if loads.apart else {passed}
        for name, one in media.items():
            sign = 1.0 if one.hot else -1.0
            ends = [(rows[one.hot, one.group, k], sign * share) for k, share in one.spread.items()]
            program.amounts[name] = [program._column(0.0, ends)]
            if one.wanted > 0:
                limit = program._row(one.wanted)
                program.amounts[name].append(program._column(0.0, [*ends, (limit, 1.0)]))
                program._column(0.0, [(limit, 1.0)])
        return program

    def _row(self, right: float) -> int:
        self.right.append(right)
        return len(self.right) - 1

    def _column(self, fall: float, ends: Iterable[tuple[int, float]]) -> int:
        self.falls.append(fall)
        self.entries += [(row, len(self.falls) - 1, x) for row, x in ends]
        return len(self.falls) - 1

    def largest(self, name: str) -> float | None:
        """The most of a medium at any vertex; None where these are too many."""
        columns, implied = tuple(self.amounts[name]), frozenset(self.implied)
        return _at_vertices(tuple(self.entries), tuple(self.right), tuple(self.falls), columns, implied)


@lru_cache(maxsize=1000)  # a chain of plants, periods and the baseline ask the same again
def _at_vertices(
    entries: tuple[Entry, ...],
    right: tuple[float, ...],
    falls: tuple[float, ...],
    columns: tuple[int, ...],
    implied: frozenset[int],
) -> float | None:
    """Most of the sum of some columns at any vertex: branch over what a ray needs and a vertex lacks.

    None where more than ``_PROGRAMS`` linear programs would be needed.
    """
    size = max(map(abs, right), default=0.0) or 1.0
    target = np.zeros(len(falls))
    target[list(columns)] = 1.0
    rays = _Solver(entries, np.zeros(len(right)), np.array(falls), target)
    plans, worth = (_Solver(entries, np.array(right) / size, cost) for cost in (np.zeros(len(target)), -target))
    best, waiting, seen = 0.0, [frozenset[int]()], set[frozenset[int]]()
    while waiting:
        if rays.asked + plans.asked > _PROGRAMS:
            return None
        none = waiting.pop()
        if none in seen or plans.least(none) is None:
            continue
        seen.add(none)
        ray = rays.least(none)
        if ray is None:
            found = worth.least(none)
            best = best if found is None else max(best, float(target @ found))
        else:
            waiting += [none | {int(j)} for j in np.flatnonzero(ray > NOTHING) if j not in implied]
    return best * size


class _Solver:
    """A linear program whose columns are switched off and on: min cost z, A z = b, z >= 0, and target z = 1."""

    def __init__(
        self, entries: Iterable[Entry], right: np.ndarray, cost: np.ndarray, target: np.ndarray | None = None
    ) -> None:
        import highspy

        rows: list[dict[int, float]] = [{} for _ in right]
        for row, column, x in entries:
            rows[row][column] = rows[row].get(column, 0.0) + x
        if target is not None:
            rows.append({int(j): 1.0 for j in np.flatnonzero(target)})
            right = np.append(right, 1.0)
        self.off: frozenset[int] = frozenset()
        self.asked = 0
        self.optimal = highspy.HighsModelStatus.kOptimal
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.silent()
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("threads", 1)
        self.highs.addVars(len(cost), np.zeros(len(cost)), np.full(len(cost), highspy.kHighsInf))
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        for terms, x in zip(rows, right, strict=True):
            self.highs.addRow(x, x, len(terms), np.array([*terms], dtype=np.int32), np.array([*terms.values()]))

    def least(self, off: frozenset[int]) -> np.ndarray | None:
        """Columns of least cost with some of them 0; None without a solution."""
        import highspy

        for column in off ^ self.off:
            self.highs.changeColBounds(column, 0.0, 0.0 if column in off else highspy.kHighsInf)
        self.off = off
        self.asked += 1
        self.highs.run()
        if self.highs.getModelStatus() != self.optimal:
            return None
        return np.array(self.highs.getSolution().col_value)
