"""The exact model solved by SCIP, for the proven optimum: needs the extra ``global`` (pyscipopt).

SCIP gets the rows of the model in the variant "exact", as Pyomo holds them, and the plan that is known as a start.
Power laws of investment stand in it as they are (``power``). What it finds is improved by ``slp``, so that contents are
those that the flows have and no limit is used up by a tolerance; the bound is SCIP's.
"""

import importlib.util
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from . import contents, power, products, slp
from .solution import NoSolution, Status
from .solve import Options, Result, attended, relative_gap

#: How lines begin that nobody can act on.
CHATTER = b"Cannot set optimality tolerance"
#: Tolerance of SCIP on rows.
FEASIBLE = 1e-7


def available() -> bool:
    """Whether pyscipopt is installed."""
    return importlib.util.find_spec("pyscipopt") is not None


def solve(m: pyo.ConcreteModel, options: Options, *, laws: bool = True) -> Result:
    """Solve the exact model and write its plan into the variables; with ``laws``, power laws as they are.

    Raises
    ------
    NoSolution
        If there is no plan, or none was found within the limits.
    RuntimeError
        If pyscipopt is not installed.
    """
    if not available():
        raise RuntimeError("SCIP is not installed: pip install 'ecopark-planner[global]'")
    begun = time.perf_counter()
    before = m.mixing_mode
    products.switch(m, "exact")
    products.unbound(m)
    if laws:
        power.free(m)
    try:
        model, columns = _translated(m, options)
        with _quiet():
            interrupted = attended(model.optimizeNogil, model.interruptSolve, options.interrupt)
        goal, bound = _outcome(m, model, columns, interrupted)
    finally:
        products.switch(m, before)
        if laws:
            power.keep(m)
    improved = slp.improve(m, replace(options, time_limit=None)) if products.spread(m) else goal
    if improved is None:
        for variable, entry in columns:
            variable.set_value(entry[1], skip_validation=True)
        contents.settle(m)
    else:
        goal = improved
    bound = min(bound, goal)
    gap = relative_gap(goal, bound)
    status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
    seconds = time.perf_counter() - begun
    return Result(status, goal, bound, gap, seconds, int(model.getNTotalNodes()), interrupted, {})


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep off the terminal what SCIP's LP solver says of its own tolerances; all else on the error stream passes."""
    sys.stderr.flush()
    kept = os.dup(2)
    reading, writing = os.pipe()
    os.dup2(writing, 2)
    os.close(writing)

    def forward() -> None:
        with os.fdopen(reading, "rb") as lines:
            for line in lines:
                if not line.startswith(CHATTER):
                    os.write(kept, line)

    listening = threading.Thread(target=forward, daemon=True)
    listening.start()
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        listening.join()
        os.close(kept)


def _translated(m: pyo.ConcreteModel, options: Options) -> tuple[Any, list[tuple[Any, list[float]]]]:
    """SCIP's model, and the variables in it, each with a list that holds its SCIP variable, then its value."""
    import pyscipopt

    model = pyscipopt.Model("park")
    model.hideOutput()
    model.setParam("misc/catchctrlc", False)  # else Ctrl-C never reaches whoever listens for it (solve.attended)
    made: dict[int, Any] = {}
    columns: list[tuple[Any, list[Any]]] = []

    def column(v: Any) -> Any:
        if id(v) not in made:
            low, high = v.bounds
            kind = "C" if v.is_continuous() else "B" if v.is_binary() else "I"
            made[id(v)] = model.addVar(vtype=kind, lb=low, ub=high)
            columns.append((v, [made[id(v)], 0.0]))
        return made[id(v)]

    for row in m.component_data_objects(pyo.Constraint, active=True):
        _add_row(model, row, _expression(row.body, column))
    objective = next(m.component_data_objects(pyo.Objective, active=True))
    goal = _expression(objective.expr, column)
    model.setObjective(goal + 0.0 * next(iter(made.values())) if isinstance(goal, float) else goal, "minimize")
    _set(model, options)
    if options.start:
        start = model.createSol()
        for v, (variable, _) in columns:
            model.setSolVal(start, variable, float(v.value or 0.0))
        model.addSol(start)
    return model, columns


def _add_row(model: Any, row: Any, body: Any) -> None:
    low, high = pyo.value(row.lower), pyo.value(row.upper)
    if isinstance(body, float):
        if (low is not None and body < low - 1e-6) or (high is not None and body > high + 1e-6):
            raise NoSolution("infeasible", f"a row without variables cannot hold: {row.name}")
        return
    if row.equality:
        model.addCons(body == high)
        return
    if low is not None:
        model.addCons(body >= low)
    if high is not None:
        model.addCons(body <= high)


def _expression(expression: Any, column: Any) -> Any:
    """Expression of SCIP: linear and bilinear terms, and powers of a sum (``power``)."""
    import pyscipopt

    form = generate_standard_repn(expression, quadratic=True)
    total: Any = float(form.constant)
    terms = [c * column(v) for c, v in zip(form.linear_coefs, form.linear_vars, strict=True) if c]
    terms += [
        c * column(v) * column(w) for c, (v, w) in zip(form.quadratic_coefs, form.quadratic_vars, strict=True) if c
    ]
    if form.nonlinear_expr is not None:
        terms.append(_power(form.nonlinear_expr, column))
    return total + pyscipopt.quicksum(terms) if terms else total


def _power(expression: Any, column: Any) -> Any:
    """Factor x (linear) ** exponent, the only other term of the model."""
    if expression.__class__.__name__ in ("ProductExpression", "MonomialTermExpression"):
        factor, rest = expression.args
        return float(pyo.value(factor)) * _power(rest, column)
    if expression.__class__.__name__ == "NegationExpression":
        return -1.0 * _power(expression.args[0], column)
    base, exponent = expression.args
    return _expression(base, column) ** float(pyo.value(exponent))


def _set(model: Any, options: Options) -> None:
    model.setParam("limits/gap", max(0.0, 0.5 * options.gap))
    model.setParam("numerics/feastol", FEASIBLE)
    model.setParam("randomization/randomseedshift", options.seed)
    if options.time_limit is not None:
        model.setParam("limits/time", max(0.0, float(options.time_limit)))
    if options.node_limit is not None:
        model.setParam("limits/totalnodes", options.node_limit)


def _outcome(
    m: pyo.ConcreteModel, model: Any, columns: list[tuple[Any, list[Any]]], interrupted: bool
) -> tuple[float, float]:
    """Goal and bound; the values go into the variables."""
    status = model.getStatus()
    if status == "infeasible":
        raise NoSolution("infeasible")
    if status in ("unbounded", "inforunbd"):
        raise NoSolution("unbounded")
    if model.getNSols() == 0:
        raise NoSolution("interrupted" if interrupted else "limit")
    best = model.getBestSol()
    for variable, entry in columns:
        value = float(model.getSolVal(best, entry[0]))
        entry[1] = value if variable.is_continuous() else float(round(value))
        low, high = variable.bounds  # SCIP keeps bounds by its tolerance only
        entry[1] = max(-math.inf if low is None else low, min(math.inf if high is None else high, entry[1]))
        variable.set_value(entry[1], skip_validation=True)
    bound = float(model.getDualbound())
    return float(model.getObjVal()), bound if abs(bound) < 1e19 else -math.inf
