"""Programs as HiGHS takes them: compiled from Pyomo, scaled, rounded; and what HiGHS says of them."""

import math
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from .solution import NoSolution

#: Largest bound of a column or row after scaling.
LARGEST = 1e3
HOPELESS = {
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
}
AMBIGUOUS = highspy.HighsModelStatus.kUnboundedOrInfeasible
NO_PLAN = (highspy.HighsModelStatus.kInfeasible, AMBIGUOUS)
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)


def compile_model(model: pyo.ConcreteModel) -> "tuple[highspy.HighsLp, list[Any]]":
    """HiGHS form of a Pyomo model, and its variables in the order of the columns.

    Raises
    ------
    NoSolution
        If a constraint without variables cannot hold.
    """
    lp, columns, _ = compile_rows(model)
    return lp, columns


def compile_rows(model: pyo.ConcreteModel) -> "tuple[highspy.HighsLp, list[Any], list[Any]]":
    """HiGHS form, variables by column, constraints by row."""
    try:
        form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    except InfeasibleConstraintException as error:
        raise NoSolution("infeasible", str(error)) from error
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(form.columns), len(form.rows)
    bounds = [v.bounds for v in form.columns]
    lp.col_lower_ = np.array([-math.inf if low is None else low for low, _ in bounds], dtype=float)
    lp.col_upper_ = np.array([math.inf if high is None else high for _, high in bounds], dtype=float)
    kinds = np.array([bound_type for _, bound_type in form.rows], dtype=int)
    right = np.asarray(form.rhs, dtype=float)
    lp.row_lower_ = np.where(kinds == 1, -math.inf, right)
    lp.row_upper_ = np.where(kinds == -1, math.inf, right)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = form.A.indptr, form.A.indices, form.A.data
    if form.objectives:
        lp.col_cost_ = form.c.toarray()[0]
        lp.offset_ = float(form.c_offset[0])
        if form.objectives[0].sense == -1:
            lp.sense_ = highspy.ObjSense.kMaximize
    else:
        lp.col_cost_ = np.zeros(len(form.columns))
    if any(not v.is_continuous() for v in form.columns):
        kind = {True: highspy.HighsVarType.kContinuous, False: highspy.HighsVarType.kInteger}
        lp.integrality_ = [kind[v.is_continuous()] for v in form.columns]
    return lp, form.columns, [constraint for constraint, _ in form.rows]


def minimises(lp: "highspy.HighsLp") -> bool:
    """Whether the objective is to be small."""
    return bool(lp.sense_ == highspy.ObjSense.kMinimize)


def quiet(*, presolve: bool = True) -> "highspy.Highs":
    """A HiGHS that says nothing."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    if not presolve:
        highs.setOptionValue("presolve", "off")
    return highs


def check(status: "highspy.HighsStatus", message: str) -> None:
    """Raise RuntimeError where HiGHS reports an error."""
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(message)


def resolve_ambiguity(lp: "highspy.HighsLp") -> "highspy.HighsModelStatus":
    """Infeasible or unbounded? Solved again without costs: what then has a solution is unbounded."""
    highs = quiet(presolve=False)
    highs.passModel(lp)
    highs.changeColsCost(lp.num_col_, np.arange(lp.num_col_, dtype=np.int32), np.zeros(lp.num_col_))
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return highspy.HighsModelStatus.kInfeasible
    return highspy.HighsModelStatus.kUnbounded


def polish(
    lp: "highspy.HighsLp", integers: np.ndarray, values: np.ndarray, objective: float
) -> tuple[np.ndarray, float]:
    """Round the integers and solve for the rest, so that nothing flows on the solver's integrality tolerance.

    Where the rounded integers leave no solution, or a worse one than the tolerance explains, the values stay.
    """
    highs = quiet()
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    columns = np.flatnonzero(integers).astype(np.int32)
    rounded = np.round(values[columns])
    continuous = np.full(len(columns), int(highspy.HighsVarType.kContinuous), dtype=np.uint8)
    highs.changeColsIntegrality(len(columns), columns, continuous)
    highs.changeColsBounds(len(columns), columns, rounded, rounded)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return values, objective
    polished = np.array(highs.getSolution().col_value)
    polished[columns] = rounded
    return polished, highs.getInfo().objective_function_value


def factors_of(lp: "highspy.HighsLp", integers: np.ndarray) -> np.ndarray:
    """By column, the power of two that brings the largest bound of a column or row down to ``LARGEST``, or 1."""
    bounds = np.abs(np.concatenate([lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_]))
    largest = float(np.max(bounds, where=np.isfinite(bounds), initial=LARGEST))
    return np.where(integers, 1.0, 2.0 ** math.ceil(math.log2(largest / LARGEST)))


def scaled(lp: "highspy.HighsLp", factors: np.ndarray) -> "highspy.HighsLp":
    """The same program with continuous columns, rows and objective divided by a factor."""
    highs = quiet()
    highs.passModel(lp)
    made, most = highs.getLp(), float(factors.max())
    columns = np.repeat(np.arange(lp.num_col_), np.diff(lp.a_matrix_.start_))
    made.a_matrix_.value_ = np.array(lp.a_matrix_.value_) * factors[columns] / most
    made.col_cost_, made.offset_ = np.array(lp.col_cost_) * factors / most, lp.offset_ / most
    made.col_lower_, made.col_upper_ = np.array(lp.col_lower_) / factors, np.array(lp.col_upper_) / factors
    made.row_lower_, made.row_upper_ = np.array(lp.row_lower_) / most, np.array(lp.row_upper_) / most
    return made


def rounded(lp: "highspy.HighsLp", integers: np.ndarray) -> tuple[np.ndarray, float]:
    """The relaxation with its integers rounded and the rest solved again where that can be; and its optimum, or nan."""
    highs = quiet()
    highs.passModel(lp)
    columns = np.flatnonzero(integers).astype(np.int32)
    highs.changeColsIntegrality(len(columns), columns, np.zeros(len(columns), dtype=np.uint8))
    highs.run()
    solved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    optimum = highs.getInfo().objective_function_value if solved else math.nan
    return polish(lp, integers, np.array(highs.getSolution().col_value), 0.0)[0], optimum
