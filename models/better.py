"""A plan that a limit or a gap ended before it was the best, made better near where the search left it.

What flows is the best for the whole numbers of the plan (``lp.polish``). Those need not be the best for each other: a
facility stands on the wrong line of its investment curve, a link has a size too many, a main lies as a short search
before laid it. So, with everybody where the plan has them and with its exchanges and facilities and no other,

* lines of investment and sizes of links are chosen anew, always;
* one main after the other is laid anew beside all others, as :mod:`models.kernel` does it, where a limit of time or
  nodes ended the search: a user who asked for a gap has got it.

The baseline is a plan, too, where it keeps the rules of the park: no plan need be worse (:func:`or_alone`). The bound
stays that of the search. A plan proven the best is left as it is.
"""

import math
import time
from dataclasses import replace

import pyomo.environ as pyo

from . import bilinear, kernel
from .look import choices
from .solution import NoSolution
from .solve import Options, Result, relative_gap, status_of
from .values import holds, restore, snapshot

#: Gap up to which a plan is proven the best.
PROVEN = 1e-6
#: Less than this share of a goal is no gain.
GAIN = 1e-9
#: Most nodes of choosing lines and sizes.
NODES = 200


def bettered(m: pyo.ConcreteModel, result: Result, options: Options) -> Result:
    """Better the plan that a model holds, with its siting, exchanges and facilities; the result with its objective.

    Parameters
    ----------
    m
        The model with the values of the plan, aimed at its goal.
    result
        How the search ended.
    options
        Of the search; its time limit is what is left for this.
    """
    if result.gap <= PROVEN or result.interrupted or m.by_law or m.mixing_case == bilinear.SEARCHED:
        return result
    end = math.inf if options.time_limit is None else time.perf_counter() + options.time_limit
    result = _taken(result, _sized(m, result, _within(options, end)))
    if result.gap > options.gap and m.instance.mains and time.perf_counter() < end:
        result = _taken(result, kernel.in_turn(m, result, _within(options, end), end))
        result = _taken(result, _sized(m, result, _within(options, end)))
    return result


def or_alone(m: pyo.ConcreteModel, result: Result) -> Result | None:
    """The baseline as a plan where it is a better one; None where it is not.

    Parameters
    ----------
    m
        The model with the values of the baseline, and with the goal, the switches and the tenants of the plan.
    result
        The plan, with its objective as it is now.
    """
    objective = float(pyo.value(next(m.component_data_objects(pyo.Objective, active=True)).expr))
    if result.gap <= PROVEN or objective >= result.objective - PROVEN * abs(result.objective) or not holds(m, PROVEN):
        return None
    return _taken(result, replace(result, objective=objective))


def _within(options: Options, end: float) -> Options:
    left = None if math.isinf(end) else max(0.0, end - time.perf_counter())
    nodes = NODES if options.node_limit is None else min(NODES, options.node_limit)
    return replace(options, gap=PROVEN, time_limit=left, node_limit=nodes, progress=None, start=True)


def _taken(first: Result, found: Result | None) -> Result:
    """The first result with the objective of a better plan; its bound holds for that, too."""
    if found is None or not found.objective < first.objective:
        return first
    bound = min(first.bound, found.objective)
    gap = relative_gap(found.objective, bound)
    return replace(first, objective=found.objective, bound=bound, gap=gap, status=status_of(gap))


def _sized(m: pyo.ConcreteModel, result: Result, options: Options) -> Result | None:
    """Choose lines of investment and sizes of links anew; None, and the values as before, where that is no better."""
    free, before = choices(m), snapshot(m)
    held = [v for v in m.component_data_objects(pyo.Var) if not (v.is_continuous() or v.fixed or id(v) in free)]
    for v in held:
        v.fix(round(v.value or 0.0))
    try:
        found = bilinear.again(m, options)
    except NoSolution:
        found = None
    finally:
        for v in held:
            v.unfix()
    if found is None or found.objective >= result.objective - GAIN * max(1.0, abs(result.objective)):
        restore(before)
        return None
    return found
