"""How a park is solved, by what its streams hold: linear, outlets at their maximum, searched for, or by SCIP.

``prepare`` says which case a model is; ``solve`` solves it. ``search`` has plan and bound where outlets mix, ``scip``
the proven optimum.
"""

import math
import time
from dataclasses import replace
from typing import Literal

import pyomo.environ as pyo

from . import contents, maximum, power, products, scip, slp
from . import search as searches
from . import solve as bridge
from .operations import most
from .plans import Rule
from .search import Search
from .solution import NoSolution, Status
from .solve import Options, Result, relative_gap
from .values import Values, restore, snapshot

Engine = Literal["auto", "highs", "scip"]
#: Most yes-or-no decisions of a model that SCIP gets unasked.
SMALL = 200
#: Share of a time limit that HiGHS has where SCIP comes after it.
HALF = 0.5
#: Most nodes of SCIP where nobody set a limit and nobody asked for it: it is to close what HiGHS left, not to run on.
NODES = 20_000
#: A content is where it is cut off that is below that by less than this share.
AT_THE_CUT = 1e-4
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
    m.mixing_case = m.mixing_why = ""
    if m.instance.mixing is None:
        return
    m.mixing_case = LINEAR if not products.spread(m) else MAXIMUM if maximum.exact(m.instance) else SEARCHED
    if m.mixing_case == MAXIMUM:
        products.switch(m, "fixed")
    elif m.mixing_case == SEARCHED:
        m.mixing_why = maximum.why_not(m.instance)


def solve(m: pyo.ConcreteModel, options: Options | None = None, rule: Rule | None = None) -> Result:
    """Solve a model, whatever its case, and write the best plan into its variables.

    HiGHS first; then SCIP where outlets mix or power laws stand for investments and HiGHS found no plan, or left a gap,
    if it is asked for, or if it is installed and the model small. Of a time limit each of the two has a half.

    A plan that holds as much somewhere as contents are cut off at, where they could rise without end, has no bound.

    Raises
    ------
    NoSolution
        If there is no plan, or none was found.
    """
    result = _solved(m, options or Options(), rule or m.mixing_rule or Rule())
    if m.mixing_why:
        result = replace(result, mixing={**result.mixing, "because": m.mixing_why})
    if at := _cut_off(m):
        mixing = {**result.mixing, "bound_from": "", "cut_off": ", ".join(at)}
        return replace(result, status=Status.FEASIBLE, bound=-math.inf, gap=math.inf, mixing=mixing)
    return result


def _cut_off(m: pyo.ConcreteModel) -> list[str]:
    """Outlets and qualities whose contents are where they are cut off, so that the best may lie beyond."""
    d = m.instance
    outlets = d.mixing.outlets if d.mixing is not None else {}
    return [
        f"{d.mixing.components[k][0]} in {i}"
        for i, data in outlets.items()
        for k in sorted(data.cut)
        for t in d.states
        if pyo.value(m.make[i, t]) > contents.IDLE * max(1.0, most(d, d.sources[i], t))
        and pyo.value(m.content[i, k, t]) >= data.highest[k] * (1.0 - AT_THE_CUT)
    ]


def _solved(m: pyo.ConcreteModel, options: Options, rule: Rule) -> Result:
    """HiGHS, then SCIP."""
    power.chords(m)
    mixes, laws = m.mixing_case == SEARCHED, rule.laws and len(m.LAWS) > 0
    both = (mixes or laws) and (m.engine == "scip" or (m.engine == "auto" and scip.available() and _small(m)))
    limit = options.time_limit
    first_limit = HALF * limit if both and limit is not None else limit
    asked_for = m.engine == "scip" and both
    begun = time.perf_counter()
    try:
        first = _by_highs(m, replace(options, time_limit=first_limit), replace(rule, rounds=2) if asked_for else rule)
    except NoSolution as end:
        if not both or end.reason != "limit":
            raise
        left = None if limit is None else max(0.0, limit - (time.perf_counter() - begun))
        try:
            return _proven(m, replace(options, time_limit=left), None, laws)
        except NoSolution as none:
            raise (end if none.reason == "limit" else none) from end
    if not both or first.interrupted:
        return first
    charged = first
    if laws:
        objective = first.objective + power.missed(m)
        gap = relative_gap(objective, first.bound)
        charged = replace(first, objective=objective, gap=gap, status=bridge.status_of(gap))
    if charged.gap <= options.gap:
        return first  # by its chords: who reads the plan charges it by the law
    return _proven(m, options, charged, laws)


def _small(m: pyo.ConcreteModel) -> bool:
    """Whether SCIP is likely to come farther than HiGHS in the same time."""
    return sum(1 for v in m.component_data_objects(pyo.Var) if v.is_binary() and not v.fixed) <= SMALL


def _by_highs(m: pyo.ConcreteModel, options: Options, rule: Rule) -> Result:
    """Plan and bound by HiGHS alone, chords in place of power laws."""
    if m.mixing_case == SEARCHED:
        return Search(m, options, rule).run()
    result = bridge.solve(m, options)
    if not m.mixing_case:
        return result
    contents.settle(m)
    said = "the model with outlets at their highest" if m.mixing_case == MAXIMUM else "the model"
    return replace(result, mixing={"kind": m.mixing_case, "bound_from": said, "plan_from": said})


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


def _proven(m: pyo.ConcreteModel, options: Options, first: Result | None, laws: bool) -> Result:
    """SCIP from a plan; what it does not better stays."""
    if laws and first is not None:
        power.charge(m)
    known = snapshot(m)
    left = None if options.time_limit is None else max(0.0, options.time_limit - (first.seconds if first else 0.0))
    if m.engine == "auto" and left is None and options.node_limit is None:
        options = replace(options, node_limit=NODES)
    try:
        result = scip.solve(m, replace(options, time_limit=left, start=first is not None), laws=laws)
    except NoSolution as end:
        if first is None or end.reason not in ("limit", "interrupted"):
            raise
        return replace(_kept(m, first, known, laws), interrupted=end.reason == "interrupted")
    if first is None:
        return replace(result, mixing={"kind": GLOBAL, "bound_from": "SCIP", "plan_from": "SCIP"})
    better = result.objective < first.objective
    bound = max(result.bound, min(first.bound, result.objective))
    mixing = {"kind": GLOBAL, "bound_from": "SCIP", "plan_from": "SCIP"}
    if not better:
        _kept(m, first, known, laws)
        mixing["plan_from"] = first.mixing.get("plan_from", "HiGHS")
    if bound > result.bound:
        mixing["bound_from"] = first.mixing.get("bound_from", "HiGHS")
    if mixing["bound_from"] != "SCIP":
        mixing["kind"] = first.mixing.get("kind", SEARCHED)
    objective = min(result.objective, first.objective)
    bound = min(bound, objective)
    gap = relative_gap(objective, bound)
    facts = {**first.facts, "scip_nodes": float(result.nodes)}
    seconds = result.seconds + first.seconds
    status = bridge.status_of(gap)
    return replace(
        result, objective=objective, bound=bound, gap=gap, status=status, seconds=seconds, mixing=mixing, facts=facts
    )


def _kept(m: pyo.ConcreteModel, first: Result, known: Values, laws: bool) -> Result:
    """The plan of HiGHS, after all."""
    restore(known)
    if laws:
        power.keep(m)
    return first
