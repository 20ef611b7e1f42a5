"""How a park is solved, by what its streams hold: linear, outlets at their maximum, searched for, or by SCIP.

``prepare`` says which case a model is; ``solve`` solves it. ``search`` has plan and bound where outlets mix, ``scip``
the proven optimum.
"""

import math
from dataclasses import replace
from typing import Literal

import pyomo.environ as pyo

from . import contents, maximum, power, products, scip, slp
from . import search as searches
from . import solve as bridge
from .plans import Rule, restore, snapshot
from .search import Search
from .solution import NoSolution, Status
from .solve import Options, Result, relative_gap

Engine = Literal["auto", "highs", "scip"]
#: Most nodes of SCIP where nobody set a limit and nobody asked for it: it is to close what HiGHS left, not to run on.
NODES = 20_000
LINEAR, MAXIMUM, SEARCHED, GLOBAL = "linear", "outlets at their maximum, exact", searches.KIND, "global (SCIP)"


def prepare(m: pyo.ConcreteModel, engine: Engine = "auto") -> None:
    """Say how a built model is to be solved: which case it is, and by what.

    Raises
    ------
    ValueError
        If the engine is unknown.
    """
    if engine not in ("auto", "highs", "scip"):
        raise ValueError(f'mixing is solved by "auto", "highs" or "scip", not {engine!r}')
    m.engine = engine
    m.mixing_case = ""
    if m.instance.mixing is None:
        return
    m.mixing_case = LINEAR if not products.spread(m) else MAXIMUM if maximum.exact(m.instance) else SEARCHED
    if m.mixing_case == MAXIMUM:
        products.switch(m, "fixed")


def solve(m: pyo.ConcreteModel, options: Options | None = None, rule: Rule | None = None) -> Result:
    """Solve a model, whatever its case, and write the best plan into its variables.

    Raises
    ------
    NoSolution
        If there is no plan, or none was found.
    """
    options, rule = options or Options(), rule or m.mixing_rule or Rule()
    if m.engine == "scip" and (m.mixing_case == SEARCHED or power.lawful(m)):
        return _global(m, options, rule)
    if m.mixing_case != SEARCHED:
        result = bridge.solve(m, options)
        if not m.mixing_case:
            return result
        contents.settle(m)
        said = "the model with outlets at their highest" if m.mixing_case == MAXIMUM else "the model"
        return replace(result, mixing={"kind": m.mixing_case, "bound_from": said, "plan_from": said})
    result = Search(m, options, rule).run()
    if m.engine == "highs" or result.gap <= options.gap or result.interrupted or not scip.available():
        return result
    return _proven(m, options, result)


def again(m: pyo.ConcreteModel, options: Options) -> Result:
    """Solve for flows and contents once more with the whole numbers that are fixed, from the values of the model.

    Raises
    ------
    NoSolution
        If there is none.
    """
    if m.mixing_case != SEARCHED:
        result = bridge.solve(m, options)
        if m.mixing_case:
            contents.settle(m)
        return result
    goal = slp.improve(m, options)
    if goal is None:
        raise NoSolution("infeasible")
    return Result(Status.FEASIBLE, goal, -math.inf, math.inf, 0.0, 0)


def _global(m: pyo.ConcreteModel, options: Options, rule: Rule) -> Result:
    """SCIP from a plan that a short search finds."""
    power.chords(m)
    first: Result | None = None
    if m.mixing_case == SEARCHED:
        try:
            first = Search(m, replace(options, time_limit=_part(options, 0.2)), replace(rule, rounds=2)).run()
        except NoSolution as end:
            if end.reason in ("infeasible", "unbounded"):
                raise
    if first is not None and (first.interrupted or (first.gap <= options.gap and not power.lawful(m))):
        return first
    return _proven(m, options, first)


def _part(options: Options, share: float) -> float | None:
    return None if options.time_limit is None else share * options.time_limit


def _proven(m: pyo.ConcreteModel, options: Options, first: Result | None) -> Result:
    """SCIP from a plan; what it does not better stays."""
    known = snapshot(m)
    left = None if options.time_limit is None else max(0.0, options.time_limit - (first.seconds if first else 0.0))
    if m.engine == "auto" and left is None and options.node_limit is None:
        options = replace(options, node_limit=NODES)
    offered = first is not None and not power.lawful(m)  # a plan by chords is none by the law
    try:
        result = scip.solve(m, replace(options, time_limit=left, start=offered))
    except NoSolution as end:
        if first is None or end.reason not in ("limit", "interrupted"):
            raise
        restore(known)
        return replace(first, interrupted=end.reason == "interrupted")
    mixing = {"kind": GLOBAL, "bound_from": "SCIP", "plan_from": "SCIP"}
    if first is None:
        return replace(result, mixing=mixing)
    bound = max(result.bound, min(first.bound, result.objective))
    if not power.lawful(m) and first.objective <= result.objective:
        restore(known)
        result = replace(result, objective=first.objective)
        mixing["plan_from"] = first.mixing["plan_from"]
    if bound > result.bound:
        mixing["bound_from"] = first.mixing["bound_from"]
    if "SCIP" not in (mixing["plan_from"], mixing["bound_from"]):
        mixing["kind"] = first.mixing["kind"]
    bound = min(bound, result.objective)
    gap = relative_gap(result.objective, bound)
    status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
    facts = {**first.facts, "scip_nodes": float(result.nodes)}
    return replace(
        result, bound=bound, gap=gap, status=status, seconds=result.seconds + first.seconds, mixing=mixing, facts=facts
    )
