"""Mains that do not work, mended after the plan is found: wider pipes or a loop opened; a larger flow or none.

    sum_z capacity_naz laid[n,a,z] >= wanted_na used[n,a]               (n,a) to be wider        (H1)
    sum_{a in C} used[n,a] <= |C| - 1                                   C a loop of n to open    (H2)
    sum_z laid[n,a,z] <= 1                                              C pipes side by side     (H3)
    flow[e,s,t] <= 0                                                    arrives too cold         (H4)
    arrived[e,s,t] >= least_est built[e,s]                              arrives too cold         (H5)
    built[e,s] <= 0                                                     (H4) in all its states   (H6)

The model lets the flow of a loop split as is cheapest; in the ground friction splits it, and a pipe may get more than
it should carry, or flow against its one way. Whoever knows friction looks at a plan and says which pipes fail, and in
which loop (:class:`models.look.Seen`). Main by main there are two ways out, and the cheaper one that passes the same
look is kept:

* the pipes that fail get the next capacity that fits in their stretch (H1), all other whole numbers staying as they
  are; where nothing wider fits, or width does not help, their loop is opened;
* the loop is opened at once (H2, H3), and the main laid anew beside all others, which stay as they are.

All of it on the model that was built and with all of its rows; what flows is free. The bound stays that of the search,
which knows nothing of friction. Where neither way passes, the plan stays as it was.

Before loops, what arrives too cold is mended by (H4), (H5) and (H6), as :mod:`models.warm` has it; flow stands for
arrived where a main loses nothing. A goal before cost is held at what it is in a plan mended so.
"""

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import pyomo.environ as pyo

from .look import Failing, Job, Look, Seen, Tried
from .network import BedData, MainId, StretchId
from .readback import Money, read, stage_of
from .solution import Mend, Solution, Warmed
from .solve import Options, Result
from .values import restore, snapshot
from .warm import Asked, ask, warmed

#: Most rounds of either way for one main; each makes pipes wider or opens loops.
ROUNDS = 6
#: Capacities that differ by less than this share are the same.
ROUNDING = 1e-6

#: What is made wider first, and what after it; what cannot be is opened.
WAYS = (("itself", "beside"), ("beside", "itself"), ())

Bed = tuple[MainId, StretchId]
Way = tuple[str, ...]


def declare(m: pyo.ConcreteModel) -> None:
    """Rows over index sets that start empty; after mains."""
    m.wanted = {}  # bed -> least capacity
    m.loops = {}  # (main, number) -> stretches
    m.WIDER = pyo.Set(dimen=2)
    m.OPENED = pyo.Set(dimen=2)
    m.SINGLE = pyo.Set(dimen=2)

    m.wide_enough = pyo.Constraint(m.WIDER, doc="H1")
    m.loop_opened = pyo.Constraint(m.OPENED, doc="H2")
    m.one_pipe = pyo.Constraint(m.SINGLE, doc="H3")

    m.BARRED = pyo.Set(dimen=3)
    m.ENOUGH = pyo.Set(dimen=3)
    m.UNUSED = pyo.Set(dimen=2)
    m.not_used = pyo.Constraint(m.BARRED, doc="H4")
    m.enough_arrives = pyo.Constraint(m.ENOUGH, doc="H5")
    m.not_built = pyo.Constraint(m.UNUSED, doc="H6")


def mended(
    m: pyo.ConcreteModel, money: Money, plan: Solution, result: Result | None, look: Look | None, options: Options
) -> Solution:
    """The plan that a model holds with its mains mended; all its stages but the last stay as they are.

    Parameters
    ----------
    m, money, plan
        The model with the values of the plan, aimed at cost; goals that are held stay so.
    result
        How the last stage ended; None where it did not, and the plan is that of a stage before.
    look
        Says what fails in a plan; without it nothing is mended.
    options
        See :func:`mend`.
    """
    if look is None or result is None or result.interrupted:
        return plan
    clock = time.perf_counter()
    last, mends = mend(m, result, lambda: look(read(m, money, list(plan.stages), result, {})), options)
    facts = {**plan.facts, "mend_s": time.perf_counter() - clock}
    if not mends:
        return replace(plan, facts=facts)
    stages = [*plan.stages[:-1], stage_of("cost", last, money, plan.stages[-1].goal)]
    priced = tuple(replace(one, cost=one.cost * money.factor("cost")) for one in mends)
    return replace(read(m, money, stages, last, {}), facts=facts, mends=priced)


def warm(m: pyo.ConcreteModel, money: Money, goal: str, result: Result, look: Look | None, options: Options) -> Result:
    """A stage before the last with what arrives too cold mended, so that a plan that is mended can hold its goal.

    Parameters
    ----------
    m, money, look, options
        See :func:`mended`.
    goal, result
        What the stage makes least, and how it ended.
    """
    if look is None or result.interrupted:
        return result
    stages = [stage_of(goal, result, money)]
    try:
        return warmed(m, result, lambda: look(read(m, money, stages, result, {})), options, _end_of(options))[0]
    finally:
        ask(m, Asked())


def _end_of(options: Options) -> float:
    """When to have done, by the clock of ``time.perf_counter`` [s]."""
    return math.inf if options.time_limit is None else time.perf_counter() + options.time_limit


def mend(
    m: pyo.ConcreteModel, result: Result, look: Callable[[], Seen], options: Options
) -> tuple[Result, tuple[Mend | Warmed, ...]]:
    """Mend the mains of a solved model that fail; the result with its new objective, and what was changed.

    Parameters
    ----------
    m
        The model with the values of the plan, aimed at cost; goals that are held stay so.
    result
        How that plan was found.
    look
        Says what fails in the plan that the model holds now.
    options
        Threads, gap, interrupt and time limit of the mending.
    """
    end = _end_of(options)
    try:
        result, seen, warm = warmed(m, result, look, options, end)
        result, done = _loops(m, Job("", result, seen, look, options, end))
    finally:
        ask(m, Asked())
    return result, (*warm, *done)


def _loops(m: pyo.ConcreteModel, job: Job) -> tuple[Result, list[Mend]]:
    """Mend the loops of all mains, from the plan that a model holds."""
    result, seen, done = job.first, job.before, []
    for n in list(dict.fromkeys(pipe.main for pipe in seen.failing)):
        if n not in seen.fails():  # mended with another
            continue
        before, values = _laid(m, n), snapshot(m)
        best = _cheaper(_tries(m, replace(job, main=n, first=result, before=seen)))
        if best is None:
            restore(values)
            continue
        restore(best.values)
        loops = {frozenset(pipe.loop): pipe.loop for pipe in seen.failing if pipe.main == n}
        after = _laid(m, n)
        opened = tuple(loop for loop in loops.values() if not _is_closed(loop, after))
        done.append(Mend(n, _changed(before, after), opened, best.result.objective - result.objective))
        result, seen = best.result, best.seen
    return result, done


def _cheaper(tries: Iterable[Tried]) -> Tried | None:
    return min(tries, key=lambda one: one.result.objective, default=None)


def _tries(m: pyo.ConcreteModel, job: Job) -> Iterator[Tried]:
    """Plans that pass for a main, at most one of each way."""
    values = snapshot(m)
    for way in WAYS:
        restore(values)
        try:
            found = _try(m, job, way)
        finally:
            _without_rows(m)
        if found is not None:
            yield found


def _try(m: pyo.ConcreteModel, job: Job, way: Way) -> Tried | None:
    """Make the pipes of a main wider, or open its loops, until it passes; None where it does not."""
    n, seen = job.main, job.before
    for _ in range(ROUNDS):
        failing = [pipe for pipe in seen.failing if pipe.main == n]
        wider = {pipe: _next_capacities(m, pipe, way) for pipe in failing}
        opened = [_open(m, n, loop) for loop in dict.fromkeys(pipe.loop for pipe in failing if not wider[pipe])]
        for bed, capacity in (item for beds in wider.values() for item in beds.items()):
            _want(m, bed, capacity)
        if not (any(opened) or any(wider.values())) or job.is_over():
            return None
        found = job.solved(m, _free(m, n))
        if found is None:
            return None
        seen = job.look()
        if n not in seen.fails():
            return job.passed(m, found, seen)
    return None


def _next_capacities(m: pyo.ConcreteModel, pipe: Failing, way: Way) -> dict[Bed, float]:
    """The next capacity of the stretches that are made wider for a pipe; none where there is no wider one."""
    for where in way if pipe.too_narrow else ():
        stretches = (pipe.stretch,) if where == "itself" else pipe.beside
        now = {a: _capacity(m, pipe.main, a) for a in stretches}
        more = {a: _more(m.instance.mains[pipe.main].beds[a], capacity) for a, capacity in now.items()}
        narrowest = min((now[a] for a in stretches if more[a]), default=None)
        if narrowest is not None:
            return {(pipe.main, a): min(more[a]) for a in stretches if more[a] and now[a] <= narrowest * (1 + ROUNDING)}
    return {}


def _capacity(m: pyo.ConcreteModel, n: MainId, a: StretchId) -> float:
    pipes = m.instance.mains[n].beds[a].pipes.items()
    return float(sum(x.capacity * round(m.laid[n, a, z].value or 0.0) for z, x in pipes))


def _more(bed: BedData, capacity: float) -> list[float]:
    """Capacities above one that pipes of a main may have together in a stretch."""
    return [other for other in _capacities(bed) if other > capacity * (1 + ROUNDING)]


def _capacities(bed: BedData) -> set[float]:
    """Capacities that pipes of a main may have together in one stretch."""
    new = [x.capacity for x in bed.pipes.values() if not x.existing]
    old = [x.capacity for x in bed.pipes.values() if x.existing]
    laid = (itertools.combinations_with_replacement(new, count) for count in range(bed.parallel + 1))
    kept = (itertools.combinations(old, count) for count in range(len(old) + 1))
    return {
        sum(one) + sum(other) for one, other in itertools.product(itertools.chain(*laid), list(itertools.chain(*kept)))
    }


def _want(m: pyo.ConcreteModel, bed: Bed, capacity: float) -> None:
    if bed in m.WIDER:
        m.WIDER.remove(bed)
        del m.wide_enough[bed]
    m.wanted[bed] = capacity
    m.WIDER.add(bed)
    pipes = m.instance.mains[bed[0]].beds[bed[1]].pipes.items()
    together = pyo.quicksum(x.capacity * m.laid[*bed, z] for z, x in pipes)
    m.wide_enough.add(bed, together >= capacity * m.used[bed])


def _open(m: pyo.ConcreteModel, n: MainId, loop: tuple[StretchId, ...]) -> bool:
    """Forbid a loop; False where it already is."""
    if any(main == n and set(known) == set(loop) for (main, _), known in m.loops.items()):
        return False
    index = n, len(m.loops)
    m.loops[index] = loop
    if len(loop) == 1:
        m.SINGLE.add((n, loop[0]))
        pipes = m.instance.mains[n].beds[loop[0]].pipes
        m.one_pipe.add((n, loop[0]), pyo.quicksum(m.laid[n, loop[0], z] for z in pipes) <= 1)
    else:
        m.OPENED.add(index)
        m.loop_opened.add(index, pyo.quicksum(m.used[n, a] for a in loop) <= len(loop) - 1)
    return True


def _without_rows(m: pyo.ConcreteModel) -> None:
    """Take the rows of this file out again: the baseline, and the next main, know nothing of them."""
    for rows in (m.wide_enough, m.loop_opened, m.one_pipe, m.WIDER, m.OPENED, m.SINGLE):
        rows.clear()
    m.wanted.clear()
    m.loops.clear()


def _free(m: pyo.ConcreteModel, n: MainId) -> set[int]:
    """Whole numbers that may change: those of a main with loops to open, else its pipes where they are to be wider."""
    if m.loops:
        return of_main(m, n)
    wider = set(m.wanted)
    free = {id(v) for (main, a, _), v in m.laid.items() if (main, a) in wider}
    free |= {id(v) for bed, v in m.lies.items() if bed in wider}
    free |= {id(v) for a, v in m.dug.items() if (n, a) in wider}
    return free | {id(v) for (main, _), v in m.fitted.items() if main == n}


def of_main(m: pyo.ConcreteModel, n: str) -> set[int]:
    """Ids of the whole numbers that are free where one main is laid anew: its own, its exchanges', all trenches."""
    users = set(m.instance.mains[n].users)
    free = {id(v) for index, v in m.laid.items() if index[0] == n} | {id(v) for v in m.dug.values()}
    free |= {id(v) for index, v in m.built.items() if index in users}
    return free | {id(v) for family in (m.lies, m.fitted, m.onward) for index, v in family.items() if index[0] == n}


def _laid(m: pyo.ConcreteModel, n: MainId) -> dict[StretchId, dict[str, int]]:
    """Pipes of a main in service: stretch -> size -> how many."""
    found: dict[StretchId, dict[str, int]] = {}
    for main, a, z in m.PIPES:
        count = round(m.laid[main, a, z].value or 0.0)
        if main == n and count:
            found.setdefault(a, {})[z] = count
    return found


def _is_closed(loop: tuple[StretchId, ...], laid: Mapping[StretchId, Mapping[str, int]]) -> bool:
    return sum(laid.get(loop[0], {}).values()) > 1 if len(loop) == 1 else all(a in laid for a in loop)


def _changed(
    before: Mapping[StretchId, Mapping[str, int]], after: Mapping[StretchId, Mapping[str, int]]
) -> dict[StretchId, tuple[Mapping[str, int], Mapping[str, int]]]:
    """Stretches whose pipes are not what they were: before and after."""
    both = dict.fromkeys([*before, *after])
    return {a: (before.get(a, {}), after.get(a, {})) for a in both if before.get(a, {}) != after.get(a, {})}
