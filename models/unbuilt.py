"""What a park would cost with an exchange that its plan does not build: the model of the plan, asked again.

``Unbuilt`` builds the model once and puts the plan back into it: its whole numbers are held and the rest is solved for.
Then it answers by prices (:mod:`models.marginal`), at once and for all exchanges, or by a search with the exchange
insisted on (:mod:`models.insist`), which starts from the plan with that exchange added.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyomo.environ as pyo

from . import bilinear
from . import goal as goals
from .bilinear import Engine, solve
from .clock import Clock
from .insist import insist, release
from .instance import ExchangeId, Instance, OptionId, PlaceId, Unit
from .marginal import Marginal
from .network import MainId, StretchId
from .park import build
from .readback import Money, read, stage_of
from .run import TOLERANCE, Stars, cut_stars
from .solution import NoSolution, Solution
from .solve import Interrupt, Options, Result, asked, relative_gap, status_of
from .values import Values, restore, snapshot

#: Share of the time of a search that looking for its first plan may take.
START = 0.2
#: Limit [s] of putting a plan back: all whole numbers but a few are held, so that it takes far less.
BACK = 60.0


@dataclass(frozen=True)
class Kept:
    """The whole numbers of a plan, as its tables have them.

    Attributes
    ----------
    sited
        Unit -> its place, of plants and shared facilities that are there.
    built
        (Exchange, option) that are built.
    opened
        Facilities and own measures that are built.
    laid
        (Main, stretch, size) -> pipes in service.
    """

    sited: Mapping[Unit, PlaceId]
    built: frozenset[tuple[ExchangeId, OptionId]]
    opened: frozenset[Unit]
    laid: Mapping[tuple[MainId, StretchId, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Forced:
    """The best park that was found with an exchange.

    Attributes
    ----------
    solution
        Its last stage is in the unit of ``goal``.
    goal
        The plan's goal; "cost" where the exchange costs nothing of another goal, which is then held.
    reference
        That goal of the plan [unit of the goal, money unscaled].
    tolerance
        Differences up to this are none.
    """

    solution: Solution
    goal: str
    reference: float
    tolerance: float

    @property
    def loss(self) -> float:
        """By how much the park found is worse than the plan, rounding aside."""
        return _rounded(self.solution.stages[-1].objective - self.reference, self.tolerance)

    @property
    def least(self) -> float:
        """By how much any park with the exchange is worse than the plan, at least; minus infinity if unknown."""
        return _rounded(self.solution.stages[-1].bound - self.reference, self.tolerance)


def _rounded(value: float, tolerance: float) -> float:
    return 0.0 if abs(value) <= tolerance else value


class Unbuilt:
    """The model of a park that holds its plan.

    Parameters
    ----------
    instance, goal, mixing, stars
        As for the plan; see :func:`models.run.plan`.
    kept
        The plan.
    interrupt
        Asked now and then whether to stop.
    bound
        What no park of the case is below, as the search for the plan proved it [unit of the goal].

    Attributes
    ----------
    plan
        The plan, put back: what its whole numbers lead to at least of ``goal``.

    Raises
    ------
    NoSolution
        If the plan cannot be put back, or was not before an interrupt.
    """

    def __init__(
        self,
        instance: Instance,
        goal: str,
        kept: Kept,
        *,
        mixing: Engine = "auto",
        stars: Stars = "cuts",
        interrupt: Interrupt | None = None,
        bound: float = -math.inf,
    ) -> None:
        self.instance, self.goal, self.kept, self.interrupt = instance, goal, kept, interrupt
        self.bound = bound
        self.model, self.money = build(instance), Money(instance)
        bilinear.prepare(self.model, mixing)
        goals.aim(self.model, goal)
        self.marginal = self._put_back()
        self._stars: Stars | None = stars

    @property
    def searched(self) -> bool:
        """Whether outlets mix so that prices say nothing: the program of a plan is then not linear."""
        return bool(self.model.mixing_case == bilinear.SEARCHED)

    def _put_back(self) -> Marginal | None:
        m = self.model
        options = Options(interrupt=self.interrupt, time_limit=BACK)
        try:
            result = self._with(_whole(m, self.kept), options)
        except NoSolution as end:
            if end.reason == "interrupted":
                raise
            result = self._with(_whole(m, replace(self.kept, laid={})), options)  # its mains were mended, perhaps
        if result.interrupted:
            raise NoSolution("interrupted")  # flows that are not settled are not the plan: no loss is against them
        self.plan = read(m, self.money, [stage_of(self.goal, result, self.money)], result, {})
        self.reference = self.plan.stages[0].objective
        self.values: Values = snapshot(m)
        return None if self.searched else Marginal(m)

    def _with(self, held: Mapping[int, tuple[Any, int]], options: Options) -> Result:
        """Solve with whole numbers held."""
        for variable, value in held.values():
            variable.fix(value)
        try:
            return solve(self.model, options)
        finally:
            for variable, _ in held.values():
                variable.unfix()

    def forced(self, e: ExchangeId, options: Options, least: float = 0.0) -> Forced:
        """The best park with an exchange, found by a search that starts from the plan.

        Parameters
        ----------
        e
            The exchange.
        options
            Gap, seed, threads and limits of the search.
        least
            What it has to carry at least [unit/yr]; by default it may lie idle.

        Raises
        ------
        NoSolution
            If there is no park with it ("infeasible"), or none was found in time or before an interrupt.
        """
        m, clock = self.model, Clock(options.time_limit)
        if self._stars is not None:
            cut_stars(m, self._stars, clock.left(START))
            self._stars = None
        insist(m, e, least)
        try:
            found = self._from(self._start(e, replace(options, time_limit=clock.left(START))), options, clock)
            if self.goal == "cost" or found.loss > 0.0 or found.solution.interrupted:
                return found
            return self._at_least_cost(found, replace(options, time_limit=clock.left()))
        finally:
            release(m)
            goals.release(m)
            goals.aim(m, self.goal)
            restore(self.values)

    def _from(self, start: Result | None, options: Options, clock: Clock) -> Forced:
        """Search from the plan with the exchange added, unless that is as good as any park can be."""
        factor, found = self.money.factor(self.goal), None
        if start is not None and start.objective * factor <= self.bound + self._rounding(self.bound):
            found = self._read(self.goal, start)
        if found is None:
            found = self._search(self.goal, start is not None, replace(options, time_limit=clock.left()))
        stage = found.solution.stages[-1]
        bound = min(max(stage.bound, self.bound), stage.objective)  # a park with the exchange is a park of the case
        gap = relative_gap(stage.objective, bound)
        proven = replace(stage, bound=bound, gap=gap, status=status_of(gap))
        solution = replace(found.solution, stages=(proven,))
        return replace(found, solution=solution, tolerance=self._rounding(stage.objective))

    def _rounding(self, value: float) -> float:
        return TOLERANCE * max(abs(self.reference), abs(value), 1e-3) if math.isfinite(value) else 0.0

    def _read(self, goal: str, result: Result) -> Forced:
        solution = read(self.model, self.money, [stage_of(goal, result, self.money)], result, {})
        return Forced(solution, goal, self.reference, 0.0)

    def _search(self, goal: str, start: bool, options: Options) -> Forced:
        result = solve(self.model, replace(options, start=start, interrupt=self.interrupt))
        return self._read(goal, replace(result, interrupted=result.interrupted or asked(self.interrupt)))

    def _at_least_cost(self, first: Forced, options: Options) -> Forced:
        """The exchange costs nothing of the goal: what it costs in money, with the goal held."""
        m, values = self.model, snapshot(self.model)
        held = self.reference + first.tolerance
        goals.hold(m, self.goal, held / self.money.factor(self.goal))
        goals.aim(m, "cost")
        try:
            found = self._search("cost", True, options)
            release(m)
            restore(self.values)
            plan = self._with(_whole(m, self.kept), replace(options, time_limit=BACK, interrupt=self.interrupt))
            if plan.interrupted:
                raise NoSolution("interrupted")
        except NoSolution:
            restore(values)
            return first
        reference = plan.objective * self.money.factor("cost")
        return Forced(found.solution, "cost", reference, TOLERANCE * max(abs(reference), 1e-3))

    def _start(self, e: ExchangeId, options: Options) -> Result | None:
        """Write the plan with the exchange added into the model, where that can be; what lies in trenches is free."""
        restore(self.values)
        mine = {id(v) for v in _of_exchange(self.model, e)}
        held = {n: x for n, x in _whole(self.model, replace(self.kept, laid={})).items() if n not in mine}
        try:
            return self._with(held, replace(options, node_limit=None, interrupt=self.interrupt))
        except NoSolution:
            restore(self.values)
            return None


def _of_exchange(m: pyo.ConcreteModel, e: ExchangeId) -> Iterator[Any]:
    yield from (m.built[e, s] for s in m.instance.exchanges[e].options)


def _whole(m: pyo.ConcreteModel, kept: Kept) -> dict[int, tuple[Any, int]]:
    """Whole numbers of a plan as they stand in a model: id of a variable -> the variable and its value."""
    moving = [(k, p) for k, p in m.SITINGS if m.instance.units[k].kind != "partner"]
    found = [(m.sited[k, p], int(kept.sited.get(k) == p)) for k, p in moving]
    found += [(m.built[index], int(index in kept.built)) for index in m.OPTIONS]
    found += [(m.opened[k, g], 0) for k, g in m.SEGMENTS if k not in kept.opened]
    found += [(m.laid[index], kept.laid.get(index, 0)) for index in m.PIPES if kept.laid]
    return {id(variable): (variable, value) for variable, value in found}


def binding_rows(m: pyo.ConcreteModel) -> dict[str, list[Any]]:
    """Kind of rule -> its rows, of those that may keep an exchange out of a plan: see ``planner.why.words``."""
    groups: dict[str, Iterable[Any]] = {f"limit:{x}": [m.limit[x]] for x in m.limit}
    groups |= {f"limit:{x}": [m.limit_with_price[x]] for x in m.limit_with_price}
    contents = (m.highest_in_mixture, m.lowest_in_mixture, m.highest_outside, m.lowest_outside)
    groups["quality"] = [row for component in contents for row in component.values()]
    groups["whole"] = [*m.from_one.values(), *m.met_whole.values()]
    groups["links"] = list(m.few_links.values())
    groups["pipe"] = list(m.used_by_one.values())
    groups["share"] = [*m.share_of_exchange.values(), *m.share_of_exchanges.values()]
    return {name: list(rows) for name, rows in groups.items()}
