"""The baseline: exactly the plan's tenants, each alone, on the model of the plan.

No exchange between sites and no shared facility; own measures, unless it is what is there today. Least cost first, ties
by the other goals in turn, then by the fewest plants elsewhere than in the plan.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Literal

import pyomo.environ as pyo

from . import bilinear
from . import goal as goals
from .bilinear import solve
from .clock import Clock
from .instance import PlaceId, Unit
from .plans import Rule
from .readback import Money, read, stage_of
from .solution import NoSolution, Solution, Stage
from .solve import Options, Result, asked
from .values import restore, snapshot

BaselineKind = Literal["stand_alone", "as_is"]
#: Goals after the first, in the order in which ties of a baseline are broken.
TIES = ("cost", "co2e", "waste", "fresh_water")
#: Message of the :class:`NoSolution` where there is a plan, but no baseline.
NONE = "no baseline"
#: Share of a goal that a later stage may give up.
TOLERANCE = 1e-6
#: Share of a time limit that a baseline may take at least, where outlets mix; of that, what its ties may take.
SHARE, SHARE_OF_TIES = 0.25, 0.3
#: How long to look for a baseline whose outlets mix, and for its ties, which are worth less than the goal.
RULE, RULE_OF_TIES = Rule(rounds=12, laws=False), Rule(rounds=3, laws=False)
#: The same where time or patience ran out without a plan: then the first that is found will do, however long it takes.
FIRST = (Rule(rounds=0, laws=False), Rule(rounds=2, laws=False))


def baseline_of(
    model: pyo.ConcreteModel,
    money: Money,
    tenants: Iterable[Unit],
    kind: BaselineKind,
    options: Options,
    places: Mapping[Unit, PlaceId] | None = None,
    *,
    hurried: bool = False,
) -> Solution:
    """Solve the baseline on a built model, to 1e-6 or, where outlets mix, as far as the time limit reaches.

    ``hurried``: somebody waits; where outlets mix, the first baseline that is found will do.

    Raises
    ------
    NoSolution
        If a plant cannot be on its own.
    """
    to_baseline(model, tenants, kind)
    searched = model.mixing_case == bilinear.SEARCHED
    clock = Clock((0.0 if hurried else options.time_limit) if searched else None)
    options = dataclasses.replace(options, gap=1e-6, time_limit=None, node_limit=None, progress=None, start=False)
    stages, result = _in_turn(model, money, options, clock)
    late = searched and clock.left() == 0.0
    if places and not result.interrupted and not late:
        stages, result = _stayed(model, money, options, places, (stages, result), clock)
    result = dataclasses.replace(result, interrupted=result.interrupted or asked(options.interrupt))
    solution = read(model, money, stages, result, {})
    model.mixing_rule = None
    goals.release(model)
    return solution


def is_alone(model: pyo.ConcreteModel) -> bool:
    """Whether a plan has nothing that its baseline has not: no other site, shared facility, rule or limit between."""
    d = model.instance
    alone = all(exchange.own for exchange in d.exchanges.values()) and not (d.mains or d.limits or d.neighbours)
    return alone and not any(len(rows) for rows in (model.only_if_shared, model.forced_facility, model.forced_measure))


def _in_turn(
    model: pyo.ConcreteModel, money: Money, options: Options, clock: Clock, *, needed: bool = True
) -> tuple[list[Stage], Result]:
    """Solve for one goal after the other, each held for the next; the holds stay.

    ``needed``: without a baseline there is no run, so that the first that is found will do.
    """
    goals.release(model)
    stages: list[Stage] = []
    result: Result | None = None
    for goal in TIES:
        goals.aim(model, goal)
        before = None if result is None else (snapshot(model), pyo.value(model.goal_value[goal]))
        try:
            result = _stage(model, dataclasses.replace(options, start=result is not None), clock, needed=needed)
        except NoSolution as end:
            if result is None:
                raise NoSolution(end.reason, NONE) from end
            if end.reason in ("infeasible", "limit", "interrupted"):
                assert before is not None
                restore(before[0])
                result = dataclasses.replace(result, interrupted=end.reason == "interrupted")
                break  # the tolerance of a held goal is below that of the solver, or nothing found: nothing to choose
            raise
        if before is not None and result.gap > options.gap:  # outlets mix and nothing is proven
            restore(before[0])
            break
        name = goal if not stages else f"{goal} after {stages[-1].goal.split(' ')[0]}"
        stages.append(stage_of(goal, result, money, name))
        if before is not None and before[1] - result.objective <= TOLERANCE * abs(before[1]):
            restore(before[0])  # nothing gained: do not use up what the goals before may give
        if result.interrupted or clock.left() == 0.0:
            break
        held = pyo.value(model.goal_value[goal])
        goals.hold(model, goal, held + max(TOLERANCE * abs(held), 1e-9))
    assert result is not None
    return stages, result


def _stage(model: pyo.ConcreteModel, options: Options, clock: Clock, *, needed: bool) -> Result:
    """Solve for one goal within the time there is; the first has all the time it needs for one plan."""
    left = clock.left(SHARE_OF_TIES if options.start else 1.0)
    try:
        model.mixing_rule = RULE_OF_TIES if options.start else RULE
        return solve(model, dataclasses.replace(options, time_limit=left))
    except NoSolution as end:
        if end.reason not in ("limit", "interrupted") or options.start or not needed:
            raise
        return dataclasses.replace(_first(model, options), interrupted=end.reason == "interrupted")


def _first(model: pyo.ConcreteModel, options: Options) -> Result:
    """The first plan that is found."""
    for model.mixing_rule in FIRST:
        try:
            return solve(model, dataclasses.replace(options, interrupt=None))
        except NoSolution as end:
            if end.reason != "limit":
                raise
    raise NoSolution("limit")


def _stayed(
    model: pyo.ConcreteModel,
    money: Money,
    options: Options,
    places: Mapping[Unit, PlaceId],
    found: tuple[list[Stage], Result],
    clock: Clock,
) -> tuple[list[Stage], Result]:
    """Of baselines equal in every goal, take the one with fewest units elsewhere than on ``places``.

    The siting found so is fixed and the goals are solved for again, so that no goal pays for it with its tolerance;
    where one is worse all the same, the baseline stays as it was.
    """
    values = snapshot(model)
    goals.stay(model, places)
    moved = pyo.value(model.moves)
    limited = dataclasses.replace(options, start=True, time_limit=clock.left(SHARE_OF_TIES))
    try:
        fewer = moved > 0.5 and solve(model, limited).objective < moved - 0.5
    except NoSolution:
        fewer = False
    if not fewer:
        restore(values)
        return found
    for variable in model.sited.values():
        variable.fix(round(variable.value))
    try:
        again = _in_turn(model, money, options, clock, needed=False)
    except NoSolution:
        again = None
    model.sited.unfix()
    same = again is not None and all(
        new.objective <= old.objective + TOLERANCE * max(1.0, abs(old.objective))
        for old, new in zip(found[0], again[0], strict=False)
    )
    if again is None or not same:
        restore(values)
        return found
    return again


def to_baseline(model: pyo.ConcreteModel, tenants: Iterable[Unit], kind: BaselineKind) -> None:
    """Set the switches of a model to its baseline."""
    if kind not in ("stand_alone", "as_is"):
        raise ValueError(f'a baseline is "stand_alone" or "as_is", not {kind!r}')
    _fix_tenants(model, tenants)
    model.shared.set_value(0)
    model.measures.set_value(0 if kind == "as_is" else 1)
    model.keep_existing.set_value(1 if kind == "as_is" else 0)
    goals.release(model)


def to_plan(model: pyo.ConcreteModel, tenants: Iterable[Unit]) -> None:
    """Set them back to the plan, with exactly these tenants."""
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
