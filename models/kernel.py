"""A first plan for mains: the model on the stretches its relaxation uses, then on more, then main by main.

The relaxation of a network lays shares of pipes, but mostly where a good plan lays whole ones. With all other
stretches left out the search is short; what it finds is a start for the model with all of them (a kernel search,
Angelelli, Mansini & Speranza 2010, with two kernels). Then one main after the other is laid anew beside the others.
"""

import itertools
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from . import park
from .instance import Instance
from .mend import of_main
from .relaxation import Relaxation
from .solution import NoSolution
from .solve import Options, Result, asked, solve
from .values import restore, snapshot

#: Less of a pipe than this is none.
NOTHING = 1e-4


@dataclass(frozen=True)
class Rule:
    """When a start is looked for, and how long.

    Attributes
    ----------
    beds
        Least number of (main, stretch): with fewer the model itself is as quick.
    gap, nodes
        For the model on a kernel.
    share
        Share of what is left of a time limit that the relaxation and each kernel may take.
    gain
        Least share of the objective for which the mains are gone through again.
    heavy, lighter
        Least number of variables with which the search works on a lighter formulation, and the largest share of that
        number that the lighter one may have.
    completing
        Share of the time that is kept for bringing what the lighter one found into the model.
    """

    beds: int = 60
    gap: float = 0.002
    nodes: int = 100
    share: float = 0.55
    gain: float = 1e-4
    heavy: int = 12_000
    lighter: float = 0.7
    completing: float = 0.25


def worth(d: Instance, rule: Rule | None = None) -> bool:
    """Whether there are enough stretches for a kernel to pay."""
    return sum(len(main.beds) for main in d.mains.values()) >= (rule or Rule()).beds


def find(m: pyo.ConcreteModel, options: Options, rule: Rule | None = None) -> Result | None:
    """Write a first plan into the variables of a model; None where none is found.

    Parameters
    ----------
    m
        The built model, aimed at a goal; variables that are fixed stay so.
    options
        Threads, interrupt and time limit of the search.
    """
    rule = rule or Rule()
    end = math.inf if options.time_limit is None else time.perf_counter() + options.time_limit
    light = _lighter(m, rule)
    if light is None:
        return _find(m, options, end, rule)
    kept = 0.0 if math.isinf(end) else rule.completing * (end - time.perf_counter())
    found = _find(light, options, end - kept, rule)
    if found is None:
        return None
    chosen = {v.name: v.value for v in light.component_data_objects(pyo.Var) if not v.is_continuous()}
    whole = [v for v in m.component_data_objects(pyo.Var) if not (v.is_continuous() or v.fixed)]
    left = None if math.isinf(end) else max(0.0, end - time.perf_counter())
    options = replace(options, time_limit=left, progress=None, start=False)
    fixed = [(v, round(chosen[v.name] or 0.0)) for v in whole]
    return _with(m, fixed, options) or _left_open(m, fixed, found)


def _left_open(m: pyo.ConcreteModel, fixed: list[tuple[pyo.Var, int]], found: Result) -> Result:
    """Write whole numbers into a model and leave all else to the solver, where there was no time to complete them."""
    for v in m.component_data_objects(pyo.Var):
        if not v.fixed:
            v.set_value(None)
    for v, value in fixed:
        v.set_value(value, skip_validation=True)
    return found


def _lighter(m: pyo.ConcreteModel, rule: Rule) -> pyo.ConcreteModel | None:
    """The same park with one commodity a main, where that leaves out much of a large model.

    Commodities by sink make the relaxation tighter and every LP of a search longer: with 200 segments and five
    resources the search without them finds a plan that costs a third less in the same minute.
    """
    if m.instance.mixing is not None or sum(1 for _ in m.component_data_objects(pyo.Var)) < rule.heavy:
        return None
    light = park.twin(m, replace(m.strength, by_end=False))
    less = sum(1 for _ in light.component_data_objects(pyo.Var)) < rule.lighter * rule.heavy
    return light if less else None


def _find(m: pyo.ConcreteModel, options: Options, end: float, rule: Rule) -> Result | None:
    relaxed = Relaxation(m, None if options.time_limit is None else rule.share * options.time_limit, interior=True)
    try:
        relaxed.solve()
    except NoSolution:  # out of time, or infeasible: then the solve itself says so
        return None
    kernel = {(n, a) for n, a, z in m.PIPES if _value(relaxed, m.laid[n, a, z]) > NOTHING}
    dug = {a for a in m.TRENCHES if _value(relaxed, m.dug[a]) > NOTHING} | {a for _, a in kernel}
    found = _on(m, kernel, dug, _within(options, end, rule, start=False))
    if found is None or asked(options.interrupt):
        return found
    wider = kernel | _beside(m.instance, kernel)
    found = _on(m, wider, dug | {a for _, a in wider}, _within(options, end, rule, start=True)) or found
    return in_turn(m, found, options, end, rule)


def in_turn(m: pyo.ConcreteModel, found: Result, options: Options, end: float, rule: Rule | None = None) -> Result:
    """Lay one main after the other anew, with all others as they are, until none gains.

    Parameters
    ----------
    m, found
        The model with the values of a plan, and how that was found.
    options, end
        Threads, interrupt and time limit; when to have done, by the clock of ``time.perf_counter`` [s].
    """
    rule = rule or Rule()
    d: Instance = m.instance
    idle = 0
    for n in itertools.cycle(d.mains):
        if idle == len(d.mains) or time.perf_counter() >= end or asked(options.interrupt):
            return found
        before = snapshot(m)
        better = _alone(m, n, _within(options, end, rule, start=True))
        if better is None or better.objective >= found.objective:
            restore(before)
            idle += 1
            continue
        idle = 0 if better.objective < found.objective - rule.gain * abs(found.objective) else idle + 1
        found = better
    return found


def _alone(m: pyo.ConcreteModel, n: str, options: Options) -> Result | None:
    """Solve the model with only one main, its exchanges and the trenches free."""
    free = of_main(m, n)
    whole = [v for v in m.component_data_objects(pyo.Var) if not (v.is_continuous() or v.fixed or id(v) in free)]
    return _with(m, [(v, round(v.value or 0.0)) for v in whole], options)


def _value(relaxed: Relaxation, variable: pyo.Var) -> float:
    return float(variable.value or 0.0) if variable.fixed else relaxed.value(variable)


def _within(options: Options, end: float, rule: Rule, *, start: bool) -> Options:
    left = None if math.isinf(end) else max(0.0, rule.share * (end - time.perf_counter()))
    gap = max(rule.gap, options.gap)
    return replace(options, gap=gap, time_limit=left, node_limit=rule.nodes, progress=None, start=start)


def _on(m: pyo.ConcreteModel, kernel: set[tuple[str, str]], dug: set[str], options: Options) -> Result | None:
    """Solve the model on some stretches only."""
    without = [v for (n, a, _), v in m.laid.items() if (n, a) not in kernel and not v.fixed]
    without += [v for a, v in m.dug.items() if a not in dug and not v.fixed]
    return _with(m, [(v, 0) for v in without], options)


def _with(m: pyo.ConcreteModel, fixed: list[tuple[pyo.Var, int]], options: Options) -> Result | None:
    """Solve the model with some variables fixed; where it finds nothing, the values stay as they were."""
    before = [(v, v.value) for v in m.component_data_objects(pyo.Var)]
    for v, value in fixed:
        v.fix(value)
    try:
        return solve(m, options)
    except NoSolution:
        for variable, value in before:
            variable.set_value(value, skip_validation=True)
        return None
    finally:
        for v, _ in fixed:
            v.unfix()


def _beside(d: Instance, kernel: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Stretches that share a node with those of a main."""
    nodes: dict[str, set[str]] = {n: set() for n in d.mains}
    for n, a in kernel:
        nodes[n] |= {d.stretches[a].tail, d.stretches[a].head}
    return {
        (n, a)
        for n, main in d.mains.items()
        for a in main.beds
        if nodes[n] & {d.stretches[a].tail, d.stretches[a].head}
    }
