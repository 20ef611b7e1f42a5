"""What takes several solves: star cuts, goals in turn, bettering, mending, baseline of exactly the plan's tenants."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pyomo.environ as pyo

from . import alone, bilinear, contents, kernel, power, products, staged
from . import goal as goals
from . import stars as star_rows
from . import start as starts
from .alone import BaselineKind, baseline_of, to_plan
from .better import bettered, or_alone
from .bilinear import Engine, solve
from .clock import Clock
from .instance import Instance, Unit
from .look import Look
from .mend import mended, warm
from .park import build
from .readback import Money, read, stage_of
from .relaxation import Relaxation
from .solution import ALONE, NoSolution, Solution, Stage, Status
from .solve import Interrupt, Options, Progress, Result, asked, lasting
from .trim import trim
from .values import Values, restore, snapshot

Stars = Literal["off", "cuts", "all"]
Start = Literal["off", "auto", "search"]
Facts = dict[str, float]
Found = TypeVar("Found", Result, Solution)
#: Share of a goal that a later stage may give up.
TOLERANCE = 1e-6
#: Share of a time limit that the search for a first plan may take, without and with pipes to lay.
START, START_OF_PIPES = 0.1, 0.5
#: Shares of a time limit that are kept for mending, where somebody looks at the plan, and for bettering what the limit
#: leaves, without and with mains to lay anew.
MENDING, BETTERING, BETTERING_PIPES = 0.1, 0.02, 0.1


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
        For the solver; the limits hold for the stages of the plan together. The baseline is always solved to 1e-6,
        but where outlets mix: there it has what the plan left of the time limit, a quarter of it at least.
    stars
        Star inequalities: "off", "cuts" where broken and worth it, or "all".
    start
        A first plan: "off", "auto" where it pays, or "search" always; by local search on siting (``models.start``),
        with mains or trenches by siting and laying in turn (``models.staged``), or with places fixed by laying where
        the relaxation does (``models.kernel``). A seed gives one start, unless a time limit cuts it short.
    progress, interrupt
        See :class:`models.solve.Options`; money in ``progress`` is unscaled. Once interrupted, the whole search of the
        plan ends; its baseline is then the first that is found.
    baseline
        "stand_alone", or "as_is": no own measures, existing exchanges kept.
    mixing
        What solves a model whose outlets mix: "highs" (plan, bound and the gap between them), "scip" for the proven
        optimum (the extra ``global``), "auto" for HiGHS, and SCIP where it is installed and HiGHS leaves a gap.
    look
        Says which pipes of mains fail in a plan, and what arrives too cold; loops and the use of mains are mended
        (``models.mend``) in the last stage.

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
    limit = Clock(time_limit)
    model = build(instance)
    bilinear.prepare(model, mixing)
    goals.aim(model, goal)
    built = time.perf_counter() - clock
    money = Money(instance)
    cut, relaxed = _cut(model, stars, limit.left(0.2))
    cut["build_s"] = built
    options = Options(gap, None, node_limit, threads, seed, money.told(progress, goal), lasting(interrupt))
    share = START_OF_PIPES if instance.mains or instance.paths else START
    started = _start(model, goal, start, relaxed, dataclasses.replace(options, time_limit=limit.left(share)))
    cut |= {name: value * (money.factor(goal) if name == "start_objective" else 1.0) for name, value in started.items()}
    searched = model.mixing_case == bilinear.SEARCHED
    same = searched and goal == "cost" and baseline == "stand_alone" and alone.is_alone(model)  # its own baseline
    kept = (0.0 if look is None else MENDING) + (alone.SHARE if searched and not same else 0.0)
    left = limit.left(1.0 if goal == "cost" else 0.8, kept + (BETTERING_PIPES if instance.mains else BETTERING))
    first = solve(model, dataclasses.replace(options, time_limit=left, start="start_objective" in started))
    first = _heard(first, options)
    heard = dataclasses.replace(options, interrupt=None) if first.interrupted else options  # asked for once already
    first = trim(model, first, heard)
    first = bettered(model, first, dataclasses.replace(heard, time_limit=limit.left(1.0, kept)))
    if goal != "cost":
        first = warm(model, money, goal, first, look, dataclasses.replace(heard, time_limit=limit.left(0.5, kept)))
    found = read(model, money, [stage_of(goal, first, money)], first, cut)
    if goal == "cost":
        found = mended(model, money, found, first, look, dataclasses.replace(options, time_limit=limit.left()))
        found = _heard(found, options)
    tenants = settled(model)
    values = snapshot(model)
    if same:
        return Run(found, found)
    places = {k: p for k, p in found.values.get("sited", {}) if k in model.UNITS}
    heard = dataclasses.replace(options, interrupt=None if found.interrupted else options.interrupt)
    heard = dataclasses.replace(heard, time_limit=limit.left())
    each = baseline_of(model, money, tenants, baseline, heard, places, hurried=found.interrupted)
    if goal == "cost":
        return Run(_no_worse(model, money, found, first, tenants), each)
    if first.interrupted:
        return Run(found, each)
    restore(values)
    to_plan(model, tenants)
    held = pyo.value(model.goal_value[goal])
    spare = TOLERANCE * max(abs(held), abs(_unscaled(each, goal)))
    goals.hold(model, goal, held + spare)
    goals.aim(model, "cost")
    options = dataclasses.replace(options, progress=money.told(progress, "cost"), start=True)
    found, second = _second(model, money, found, values, dataclasses.replace(options, time_limit=limit.left(1.0, kept)))
    found = mended(model, money, found, second, look, dataclasses.replace(options, time_limit=limit.left()))
    return Run(_heard(found, options), each)


def _no_worse(
    model: pyo.ConcreteModel, money: Money, found: Solution, first: Result, tenants: Iterable[Unit]
) -> Solution:
    """A plan, or the baseline that the model holds, where that is a plan and a better one."""
    if model.mixing_case == bilinear.SEARCHED:
        return found  # its search has looked at what there is where nothing is shared
    to_plan(model, tenants)
    goals.aim(model, "cost")
    power.chords(model)
    (stage,) = found.stages
    now = dataclasses.replace(first, objective=stage.objective / money.scale, gap=stage.gap, facts={})
    better = or_alone(model, now)
    if better is None:
        return found
    plan = read(model, money, [stage_of("cost", better, money)], better, {**found.facts, ALONE: 1.0})
    return plan if plan.objective < found.objective else found


def best(instance: Instance, goal: str, *, mixing: Engine = "auto", stars: Stars = "cuts", **options: Any) -> Stage:
    """How good a plan can be in the first stage of :func:`plan`, without its baseline and its other stages.

    Parameters
    ----------
    instance, goal, mixing, stars
        See :func:`plan`.
    options
        Those of :class:`models.solve.Options`; ``time_limit`` holds for all of it.

    Raises
    ------
    NoSolution
        If there is no plan, or the search was interrupted.
    """
    asked_for = Options(**options)
    limit = Clock(asked_for.time_limit)
    model = build(instance)
    bilinear.prepare(model, mixing)
    goals.aim(model, goal)
    _, relaxed = _cut(model, stars, limit.left(0.2))
    share = START_OF_PIPES if instance.mains or instance.paths else START
    started = _start(model, goal, "auto", relaxed, dataclasses.replace(asked_for, time_limit=limit.left(share)))
    start = "start_objective" in started
    result = solve(model, dataclasses.replace(asked_for, time_limit=limit.left(), start=start))
    if _heard(result, asked_for).interrupted:
        raise NoSolution("interrupted")
    money = Money(instance)
    (stage,) = read(model, money, [stage_of(goal, result, money)], result, {}).stages
    return stage


def _heard(found: Found, options: Options) -> Found:
    """What was found, interrupted if somebody has asked for it by now."""
    return dataclasses.replace(found, interrupted=found.interrupted or asked(options.interrupt))


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
        restore(values)
        cost = pyo.value(model.goal_value["cost"]) * money.scale
        stage = Stage(name, cost, -math.inf, math.inf, status=Status.FEASIBLE)
        interrupted = end.reason == "interrupted"
        both = (*found.stages, stage)
        return dataclasses.replace(found, status=Status.FEASIBLE, stages=both, interrupted=interrupted), None
    second = _heard(second, options)
    second = trim(model, second, dataclasses.replace(options, interrupt=None) if second.interrupted else options)
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
    return baseline_of(model, Money(instance), chosen, kind, options)


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


def _unscaled(solution: Solution, goal: str) -> float:
    if goal == "cost":
        return solution.totals["total_annual_cost"]
    return solution.totals[goal]
