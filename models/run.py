"""What takes several solves: star cuts, goals in turn, mending, the baseline of exactly the plan's tenants."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyomo.environ as pyo

from . import bilinear, contents, kernel, products, staged
from . import goal as goals
from . import stars as star_rows
from . import start as starts
from .bilinear import Engine, solve
from .instance import Instance, PlaceId, Unit
from .mend import Look, mended
from .park import build
from .plans import Rule
from .readback import Money, read, stage_of
from .relaxation import Relaxation
from .solution import NoSolution, Solution, Stage, Status
from .solve import Interrupt, Options, Progress, Result
from .trim import trim

Stars = Literal["off", "cuts", "all"]
Start = Literal["off", "auto", "search"]
BaselineKind = Literal["stand_alone", "as_is"]
Values = list[tuple[Any, float | None]]
Facts = dict[str, float]
#: Goals after the first, in the order in which ties of a baseline are broken.
TIES = ("cost", "co2e", "waste", "fresh_water")
#: Message of the :class:`NoSolution` where there is a plan, but no baseline.
BASELINE = "no baseline"
#: Share of a goal that a later stage may give up.
TOLERANCE = 1e-6
#: Share of a time limit that the search for a first plan may take, without and with pipes to lay.
START, START_OF_PIPES = 0.1, 0.5
#: Share of a time limit that is kept for mending, where somebody looks at the plan.
MENDING = 0.1


@dataclass(frozen=True)
class Run:
    """A plan and the baseline of exactly its tenants."""

    plan: Solution
    baseline: Solution


def plan(
    instance: Instance,
    goal: str = "cost",
    *,
    gap: float = 1e-6,
    time_limit: float | None = None,
    node_limit: int | None = None,
    threads: int = 1,
    seed: int = 0,
    stars: Stars = "cuts",
    start: Start = "auto",
    progress: Callable[[Progress], None] | None = None,
    interrupt: Interrupt | None = None,
    baseline: BaselineKind = "stand_alone",
    mixing: Engine = "auto",
    look: Look | None = None,
) -> Run:
    """Plan a park and its baseline.

    Parameters
    ----------
    instance
        The park.
    goal
        "cost", or "co2e", "waste", "fresh_water": that goal first, then least cost with the goal held and the tenants
        of the first stage.
    gap, time_limit, node_limit, threads, seed
        For the solver; the limits hold for the stages of the plan together, the baseline is always solved to 1e-6.
    stars
        Star inequalities: "off", "cuts" where broken and worth it, or "all".
    start
        A first plan: "off", "auto" where it pays, or "search" always; by local search on siting (``models.start``),
        with mains or trenches by siting and laying in turn (``models.staged``), or with places fixed by laying where
        the relaxation does (``models.kernel``). A seed gives one start, unless a time limit cuts it short.
    progress, interrupt
        See :class:`models.solve.Options`; money in ``progress`` is unscaled.
    baseline
        "stand_alone", or "as_is": no own measures, existing exchanges kept.
    mixing
        What solves a model whose outlets mix: "highs" (plan, bound and the gap between them), "scip" for the proven
        optimum (the extra ``global``), "auto" for HiGHS, and SCIP where it is installed and HiGHS leaves a gap.
    look
        Says which pipes of mains fail in a plan; those in loops are mended (``models.mend``) in the last stage.

    Returns
    -------
    Run
        Plan and baseline; money unscaled.

    Raises
    ------
    NoSolution
        If there is no plan, or no baseline.
    ValueError
        If the instance is inconsistent or the goal unknown.
    """
    clock = time.perf_counter()
    limit = _Remaining(time_limit)
    model = build(instance)
    bilinear.prepare(model, mixing)
    goals.aim(model, goal)
    built = time.perf_counter() - clock
    money = Money(instance)
    cut, relaxed = _cut(model, stars, limit.left(0.2))
    cut["build_s"] = built
    options = Options(
        gap, None, node_limit, threads, seed, money.told(progress, goal), interrupt if interrupt is not None else None
    )
    share = START_OF_PIPES if instance.mains or instance.paths else START
    started = _start(model, goal, start, relaxed, dataclasses.replace(options, time_limit=limit.left(share)))
    cut |= {name: value * (money.factor(goal) if name == "start_objective" else 1.0) for name, value in started.items()}
    kept = 0.0 if look is None else MENDING
    left = limit.left(1.0 if goal == "cost" else 0.8, kept)
    first = solve(model, dataclasses.replace(options, time_limit=left, start="start_objective" in started))
    first = trim(model, first, options)
    found = read(model, money, [stage_of(goal, first, money)], first, cut)
    if goal == "cost":
        found = mended(model, money, found, first, look, dataclasses.replace(options, time_limit=limit.left()))
    tenants = settled(model)
    values = _snapshot(model)
    heard = dataclasses.replace(options, interrupt=None) if first.interrupted else options  # asked for once already
    places = {k: p for k, p in found.values.get("sited", {}) if k in model.UNITS}
    alone = _alone(model, money, tenants, baseline, heard, places)
    if goal == "cost" or first.interrupted:
        return Run(found, alone)
    _restore(model, values)
    _to_plan(model, tenants)
    held = pyo.value(model.goal_value[goal])
    spare = TOLERANCE * max(abs(held), abs(_unscaled(alone, goal)))
    goals.hold(model, goal, held + spare)
    goals.aim(model, "cost")
    options = dataclasses.replace(options, progress=money.told(progress, "cost"), start=True)
    found, second = _second(model, money, found, values, dataclasses.replace(options, time_limit=limit.left(1.0, kept)))
    return Run(mended(model, money, found, second, look, dataclasses.replace(options, time_limit=limit.left())), alone)


def _second(
    model: pyo.ConcreteModel, money: Money, found: Solution, values: Values, options: Options
) -> tuple[Solution, Result | None]:
    """Least cost with the first goal held; where a limit leaves nothing, the first stage's plan with its cost."""
    name = f"cost after {found.stages[0].goal}"
    try:
        second = solve(model, options)
    except NoSolution as end:
        if end.reason not in ("limit", "interrupted"):
            raise
        _restore(model, values)
        cost = pyo.value(model.goal_value["cost"]) * money.scale
        stage = Stage(name, cost, -math.inf, math.inf, status=Status.FEASIBLE)
        interrupted = end.reason == "interrupted"
        both = (*found.stages, stage)
        return dataclasses.replace(found, status=Status.FEASIBLE, stages=both, interrupted=interrupted), None
    second = trim(model, second, options)
    stages = [*found.stages, stage_of("cost", second, money, name)]
    return read(model, money, stages, second, found.facts), second


def baseline(
    instance: Instance,
    tenants: Iterable[Unit] | None = None,
    *,
    kind: BaselineKind = "stand_alone",
    threads: int = 1,
    seed: int = 0,
    interrupt: Interrupt | None = None,
    mixing: Engine = "auto",
) -> Solution:
    """Plan of the same tenants, each alone: no exchange between sites, no shared facility.

    Parameters
    ----------
    instance
        The park.
    tenants
        Optional plants that are there; None for all of them. Mandatory plants and partners always are.
    kind
        "stand_alone", or "as_is": no own measures, existing exchanges kept.
    threads, seed, interrupt, mixing
        For the solver.

    Raises
    ------
    NoSolution
        If a plant cannot be on its own.
    """
    model = build(instance)
    bilinear.prepare(model, mixing)
    chosen = tuple(model.OPTIONAL) if tenants is None else tuple(tenants)
    options = Options(threads=threads, seed=seed, interrupt=interrupt)
    return _alone(model, Money(instance), chosen, kind, options)


def relaxation(instance: Instance, goal: str = "cost", *, stars: Stars = "off") -> float:
    """Bound of the LP relaxation, in the unit of the goal (money unscaled)."""
    model = build(instance)
    bilinear.prepare(model)
    goals.aim(model, goal)
    cut_stars(model, stars)
    return Relaxation(model).solve() * Money(instance).factor(goal)


def settled(model: pyo.ConcreteModel) -> tuple[Unit, ...]:
    """Optional plants that settle in the values of a solved model."""
    return tuple(k for k in model.OPTIONAL if pyo.value(model.there[k]) > 0.5)


def cut_stars(model: pyo.ConcreteModel, stars: Stars, time_limit: float | None = None) -> Facts:
    """Write star inequalities into a model; returns facts: rows, seconds. Cuts not found in time are left out."""
    return _cut(model, stars, time_limit)[0]


def _cut(model: pyo.ConcreteModel, stars: Stars, time_limit: float | None) -> tuple[Facts, Relaxation | None]:
    """Facts of the star inequalities, and the relaxation solved for them, if one was."""
    clock = time.perf_counter()
    relaxed = None
    rows = 0
    if stars == "all":
        rows = star_rows.add_all(model)
    elif stars == "cuts" and model.stars_of:
        try:
            relaxed = Relaxation(model, time_limit)
            rows, _ = star_rows.separate(model, relaxed)
        except NoSolution:  # out of time, or infeasible: then the solve itself says so
            relaxed = None
    elif stars not in ("off", "cuts"):
        raise ValueError(f'stars are "off", "cuts" or "all", not {stars!r}')
    return {"star_rows": float(rows), "stars_s": time.perf_counter() - clock}, relaxed


def _start(model: pyo.ConcreteModel, goal: str, start: Start, relaxed: Relaxation | None, options: Options) -> Facts:
    """Write a first plan into the model, if one is wanted; its facts, with its objective where one is found."""
    if start not in ("off", "auto", "search"):
        raise ValueError(f'start is "off", "auto" or "search", not {start!r}')
    d = model.instance
    sites, pipes = staged.worth(d), kernel.worth(d)
    if start == "off" or (start == "auto" and not (sites or pipes or starts.worth(d))):
        return {}
    clock = time.perf_counter()
    searched = model.mixing_case == bilinear.SEARCHED
    if searched:  # a first plan has its outlets at their highest content
        products.switch(model, "fixed")
    if sites:
        found = staged.find(model, goal, options)
    elif pipes:
        found = kernel.find(model, options)
    else:
        found = starts.find(model, goal, relaxed, options)
    if searched:
        products.switch(model, "relaxed")
        contents.settle(model)
    facts = {} if found is None else {"start_objective": found.objective}
    return {"start_s": time.perf_counter() - clock, **facts}


def _alone(
    model: pyo.ConcreteModel,
    money: Money,
    tenants: Iterable[Unit],
    kind: BaselineKind,
    options: Options,
    places: Mapping[Unit, PlaceId] | None = None,
) -> Solution:
    """Solve the baseline on a built model: least cost to 1e-6, ties by the other goals in turn, then by ``places``."""
    _to_baseline(model, tenants, kind)
    options = dataclasses.replace(options, gap=1e-6, time_limit=None, node_limit=None, progress=None, start=False)
    stages, result = _in_turn(model, money, options)
    if places and not result.interrupted:
        stages, result = _stayed(model, money, options, places, (stages, result))
    solution = read(model, money, stages, result, {})
    model.mixing_rule = None
    goals.release(model)
    return solution


def _in_turn(model: pyo.ConcreteModel, money: Money, options: Options) -> tuple[list[Stage], Result]:
    """Solve for one goal after the other, each held for the next; the holds stay."""
    goals.release(model)
    stages: list[Stage] = []
    result: Result | None = None
    for goal in TIES:
        goals.aim(model, goal)
        before = None if result is None else (_snapshot(model), pyo.value(model.goal_value[goal]))
        try:
            model.mixing_rule = _rule(stages)
            result = solve(model, dataclasses.replace(options, start=result is not None))
        except NoSolution as end:
            if result is None:
                raise NoSolution(end.reason, BASELINE) from end
            if end.reason == "infeasible":
                break  # the tolerance of a held goal is below that of the solver: nothing left to choose
            raise
        if before is not None and result.gap > options.gap:  # outlets mix and nothing is proven
            _restore(model, before[0])
            break
        name = goal if not stages else f"{goal} after {stages[-1].goal.split(' ')[0]}"
        stages.append(stage_of(goal, result, money, name))
        if before is not None and before[1] - result.objective <= TOLERANCE * abs(before[1]):
            _restore(model, before[0])  # nothing gained: do not use up what the goals before may give
        if result.interrupted:
            break
        held = pyo.value(model.goal_value[goal])
        goals.hold(model, goal, held + max(TOLERANCE * abs(held), 1e-9))
    assert result is not None
    return stages, result


def _rule(stages: list[Stage]) -> Rule:
    """How long to look for a baseline whose outlets mix: ties are worth less than the goal."""
    return Rule(rounds=3 if stages else 12)


def _stayed(
    model: pyo.ConcreteModel,
    money: Money,
    options: Options,
    places: Mapping[Unit, PlaceId],
    found: tuple[list[Stage], Result],
) -> tuple[list[Stage], Result]:
    """Of baselines equal in every goal, take the one with fewest units elsewhere than on ``places``.

    The siting found so is fixed and the goals are solved for again, so that no goal pays for it with its tolerance;
    where one is worse all the same, the baseline stays as it was.
    """
    values = _snapshot(model)
    goals.stay(model, places)
    moved = pyo.value(model.moves)
    try:
        fewer = moved > 0.5 and solve(model, dataclasses.replace(options, start=True)).objective < moved - 0.5
    except NoSolution:
        fewer = False
    if not fewer:
        _restore(model, values)
        return found
    for variable in model.sited.values():
        variable.fix(round(variable.value))
    try:
        again = _in_turn(model, money, options)
    except NoSolution:
        again = None
    model.sited.unfix()
    same = again is not None and all(
        new.objective <= old.objective + TOLERANCE * max(1.0, abs(old.objective))
        for old, new in zip(found[0], again[0], strict=False)
    )
    if again is None or not same:
        _restore(model, values)
        return found
    return again


def _to_baseline(model: pyo.ConcreteModel, tenants: Iterable[Unit], kind: BaselineKind) -> None:
    if kind not in ("stand_alone", "as_is"):
        raise ValueError(f'a baseline is "stand_alone" or "as_is", not {kind!r}')
    _fix_tenants(model, tenants)
    model.shared.set_value(0)
    model.measures.set_value(0 if kind == "as_is" else 1)
    model.keep_existing.set_value(1 if kind == "as_is" else 0)
    goals.release(model)


def _to_plan(model: pyo.ConcreteModel, tenants: Iterable[Unit]) -> None:
    _fix_tenants(model, tenants)
    model.shared.set_value(1)
    model.measures.set_value(1)
    model.keep_existing.set_value(0)
    goals.release(model)


def _fix_tenants(model: pyo.ConcreteModel, tenants: Iterable[Unit]) -> None:
    chosen = set(tenants)
    unknown = chosen - set(model.UNITS)
    if unknown:
        raise ValueError(f"no such units: {', '.join(sorted(unknown))}")
    for k in model.OPTIONAL:
        model.must_settle[k] = int(k in chosen)
        model.may_settle[k] = int(k in chosen)


def _snapshot(model: pyo.ConcreteModel) -> Values:
    return [(v, v.value) for v in model.component_data_objects(pyo.Var)]


def _restore(model: pyo.ConcreteModel, values: Values) -> None:
    for variable, value in values:
        variable.set_value(value, skip_validation=True)


def _unscaled(solution: Solution, goal: str) -> float:
    if goal == "cost":
        return solution.totals["total_annual_cost"]
    return solution.totals[goal]


class _Remaining:
    """What is left of a time limit."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = 0.0 if seconds is None else seconds
        self.end = None if seconds is None else time.perf_counter() + seconds

    def left(self, share: float = 1.0, kept: float = 0.0) -> float | None:
        """A share of what is left once a share of the whole limit is kept for later."""
        return None if self.end is None else max(0.0, share * (self.end - time.perf_counter() - kept * self.seconds))
