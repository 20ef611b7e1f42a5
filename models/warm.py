"""Exchanges over mains that arrive too cold, mended after the plan is found: a larger flow, or another way.

The model knows what pipes lose, but not the temperature at which water arrives: it follows from all flows of a main, as
they mix. Whoever knows it looks at a plan and says which exchanges arrive too cold, and how many times as much would
arrive as it must (:class:`models.look.Cold`). Main by main there are two ways out, and the cheaper one that passes the
same look is kept:

* these exchanges bring so much more, or do not use the main at all (H5); what no larger flow would warm does not use it
  in that state (H4);
* these exchanges do not use the main in that state (H4), and not at all where that is their last (H6).

Who stands where stays; all else is free, so that a taker may get a pipe of its own, or other heat. What then arrives
too cold in turn is asked for the same, until nothing does. If neither way passes, the main is not used by anybody in
the states in which something arrived too cold. If that does not pass either, the plan stays as it was.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyomo.environ as pyo

from .instance import ExchangeId, OptionId, State
from .look import Cold, Job, Seen, Tried
from .network import MainId
from .solution import Warmed
from .solve import Options, Result
from .values import Values, restore, snapshot

#: Most rounds of either way for one main; each asks for more, or of more exchanges.
ROUNDS = 12
#: Flows that differ by less than this share are the same.
ROUNDING = 1e-6

Use = tuple[ExchangeId, OptionId, State]


@dataclass(frozen=True)
class Asked:
    """What is asked of the use of mains.

    Attributes
    ----------
    barred
        Uses that are not to be.
    least
        Use -> the least that arrives where its link is built [unit/yr].
    """

    barred: frozenset[Use] = frozenset()
    least: Mapping[Use, float] = field(default_factory=dict)


#: A plan that passes, and what was asked for it.
Passed = tuple[Tried, Asked]
Way = Callable[[pyo.ConcreteModel, MainId, Asked, Sequence[Cold]], Asked]


def ask(m: pyo.ConcreteModel, wanted: Asked) -> None:
    """Write what is asked into the rows (H4) to (H6) of a model, in place of what was asked before."""
    for rows in (m.not_used, m.enough_arrives, m.not_built, m.BARRED, m.ENOUGH, m.UNUSED):
        rows.clear()
    for e, s, t in sorted(wanted.barred):
        m.BARRED.add((e, s, t))
        m.not_used.add((e, s, t), m.flow[e, s, t] <= 0.0)
    for e, s in sorted({(e, s) for e, s, _ in wanted.barred}):
        most = m.instance.exchanges[e].options[s].max_flow
        if all((e, s, t) in wanted.barred for t in m.STATES if most[t] > 0.0):
            m.UNUSED.add((e, s))
            m.not_built.add((e, s), m.built[e, s] <= 0.0)
    for (e, s, t), least in sorted(wanted.least.items()):
        if (e, s, t) not in wanted.barred:
            m.ENOUGH.add((e, s, t))
            m.enough_arrives.add((e, s, t), _arriving(m, e, s, t) >= least * m.built[e, s])


def _arriving(m: pyo.ConcreteModel, e: ExchangeId, s: OptionId, t: State) -> pyo.Var:
    return m.arrived[e, s, t] if (e, s) in m.ARRIVALS else m.flow[e, s, t]


def warmed(
    m: pyo.ConcreteModel, result: Result, look: Callable[[], Seen], options: Options, end: float
) -> tuple[Result, Seen, tuple[Warmed, ...]]:
    """Mend the mains of a solved model in which something arrives too cold; what is asked stays in the model.

    Parameters
    ----------
    m, result, look, options
        See :func:`models.mend.mend`.
    end
        When to have done, by the clock of ``time.perf_counter`` [s].

    Returns
    -------
    tuple
        The result with its new objective, what is seen in that plan, and what was changed.
    """
    seen, wanted, done = look(), Asked(), []
    for n in list(dict.fromkeys(one.main for one in seen.cold)):
        if n not in seen.chills():  # mended with another
            continue
        before, values = _arrivals(m, n), snapshot(m)
        job = Job(n, result, seen, look, options, end)
        passed = min(_tries(m, job, wanted), key=_objective, default=None) or _shut(m, job, wanted, values)
        if passed is None:
            restore(values)
            ask(m, wanted)
            continue
        best, more = passed
        restore(best.values)
        ask(m, more)
        after = _arrivals(m, n)
        uses = {(one.exchange, one.option, one.state) for one in seen.cold if one.main == n}
        uses |= {use for use in before if _differs(before[use], after[use]) and _is_new(use, more, wanted)}
        changed = {use: (before[use], after[use]) for use in before if use in uses}
        done.append(Warmed(n, changed, best.result.objective - result.objective))
        result, seen, wanted = best.result, best.seen, more
    return result, seen, tuple(done)


def _arrivals(m: pyo.ConcreteModel, n: MainId) -> dict[Use, float]:
    """What arrives over a main in the values of a model [unit/yr]."""
    users = m.instance.mains[n].users
    return {(e, s, t): float(_arriving(m, e, s, t).value or 0.0) for e, s in users for t in m.STATES}


def _differs(one: float, other: float) -> bool:
    return abs(one - other) > ROUNDING * max(one, other)


def _is_new(use: Use, now: Asked, before: Asked) -> bool:
    return use in now.barred - before.barred or use in now.least.keys() - before.least.keys()


def _objective(passed: Passed) -> float:
    return passed[0].result.objective


def _tries(m: pyo.ConcreteModel, job: Job, wanted: Asked) -> Iterator[Passed]:
    """Plans that pass for a main, at most one of each way."""
    values = snapshot(m)
    for way in (_more, _none):
        restore(values)
        found = _try(m, job, wanted, way)
        if found is not None:
            yield found


def _shut(m: pyo.ConcreteModel, job: Job, wanted: Asked, values: Values) -> Passed | None:
    """A plan in which nobody uses a main in the states in which something arrived too cold."""
    restore(values)
    return _try(m, job, wanted, _nobody)


def _try(m: pyo.ConcreteModel, job: Job, wanted: Asked, way: Way) -> Passed | None:
    """Ask for more, until a main passes; None where it does not."""
    seen = job.before
    for _ in range(ROUNDS):
        cold = [one for one in seen.cold if one.main == job.main or one.main not in job.before.chills()]
        more = way(m, job.main, wanted, cold)
        if more == wanted or job.is_over():
            return None
        wanted = more
        ask(m, wanted)
        found = job.solved(m, _free(m))
        if found is None:
            return None
        seen = job.look()
        if seen.chills() <= job.before.chills() - {job.main}:
            passed = job.passed(m, found, seen)
            return None if passed is None else (passed, wanted)
    return None


def _free(m: pyo.ConcreteModel) -> set[int]:
    """Whole numbers that may change: all but those that say who stands where."""
    sited = {id(v) for v in m.sited.values()}
    return {id(v) for v in m.component_data_objects(pyo.Var) if not v.is_continuous() and id(v) not in sited}


def _more(m: pyo.ConcreteModel, n: MainId, wanted: Asked, cold: Sequence[Cold]) -> Asked:
    """As much as arrives warm of what can; where that is nothing new, the others are barred."""
    least = dict(wanted.least)
    raised = False
    for one in cold:
        use = one.exchange, one.option, one.state
        now = float(_arriving(m, *use).value or 0.0)
        most = m.instance.exchanges[one.exchange].options[one.option].max_flow[one.state]
        asks = one.factor * now
        if math.isfinite(asks) and asks <= most * (1.0 + ROUNDING) and asks > least.get(use, 0.0) * (1.0 + ROUNDING):
            least[use], raised = min(asks, most), True
    return Asked(wanted.barred, least) if raised else _none(m, n, wanted, cold)


def _none(m: pyo.ConcreteModel, n: MainId, wanted: Asked, cold: Sequence[Cold]) -> Asked:  # noqa: ARG001 - a way
    """None of what arrives too cold."""
    return Asked(wanted.barred | {(one.exchange, one.option, one.state) for one in cold}, wanted.least)


def _nobody(m: pyo.ConcreteModel, n: MainId, wanted: Asked, cold: Sequence[Cold]) -> Asked:
    """Nothing of a main in any state in which some of it arrives too cold; none of what does elsewhere."""
    states = {one.state for one in cold if one.main == n}
    users = {(e, s, t) for e, s in m.instance.mains[n].users for t in states}
    return _none(m, n, Asked(wanted.barred | users, wanted.least), cold)
