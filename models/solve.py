"""The bridge to HiGHS: Pyomo's standard form -> sparse arrays -> ``highspy``, values written back.

A fresh HiGHS object each time, so that no answer depends on the run before it. HiGHS runs in a thread of its own, so
that Ctrl-C reaches the main thread at once; the best plan so far is kept.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from .solution import NoSolution, Status

#: Objective values closer than this are the same, whatever their size.
SAME = 1e-7


@dataclass(frozen=True)
class Progress:
    """How far the search is: best plan, bound, relative gap, seconds. Infinite where there is none yet."""

    incumbent: float
    bound: float
    gap: float
    seconds: float


Interrupt = Callable[[], bool] | threading.Event


@dataclass(frozen=True)
class Options:
    """How to search.

    Attributes
    ----------
    gap
        Relative gap to stop at.
    time_limit, node_limit
        Limits [s], [nodes of the tree]; a time limit is not reproducible.
    threads, seed
        Handed to HiGHS.
    progress
        Called now and then with a :class:`Progress`, in another thread.
    interrupt
        An event, or a function, that says True when the search should stop.
    start
        Offer the values that the variables hold as a first plan.
    """

    gap: float = 1e-6
    time_limit: float | None = None
    node_limit: int | None = None
    threads: int = 1
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    interrupt: Interrupt | None = None
    start: bool = False


@dataclass(frozen=True)
class Result:
    """How a solve ended; the values are in the model's variables.

    Attributes
    ----------
    facts
        columns, rows, seconds of handover, solve and readback.
    mixing
        Where outlets mix: kind of the solve, where bound and plan come from.
    """

    status: Status
    objective: float
    bound: float
    gap: float
    seconds: float
    nodes: int
    interrupted: bool = False
    facts: dict[str, float] = field(default_factory=dict)
    mixing: dict[str, str] = field(default_factory=dict)


def relative_gap(objective: float, bound: float) -> float:
    """Distance of objective and bound, relative to the objective."""
    if abs(objective - bound) <= SAME:
        return 0.0
    return abs(objective - bound) / max(abs(objective), 1e-9)


def solve(model: pyo.ConcreteModel, options: Options | None = None) -> Result:
    """Solve a model and write the values into its variables.

    Raises
    ------
    NoSolution
        If there is no plan: "infeasible", "unbounded", "limit" or "interrupted".
    """
    options = options or Options()
    clock = time.perf_counter()
    lp, columns = compile_model(model)
    handover = time.perf_counter() - clock
    if lp.num_col_ == 0:
        _write_unused(model)
        return Result(Status.OPTIMAL, lp.offset_, lp.offset_, 0.0, 0.0, 0, False, {"columns": 0.0, "rows": 0.0})
    clock = time.perf_counter()
    search = _searched(lp, options, [v.value for v in columns] if options.start else [])
    values, objective, bound = search.outcome()
    seconds = time.perf_counter() - clock
    clock = time.perf_counter()
    for variable, value in zip(columns, values.tolist(), strict=True):
        variable.set_value(value, skip_validation=True)
    _write_unused(model)
    facts = {
        "columns": float(lp.num_col_),
        "rows": float(lp.num_row_),
        "handover_s": handover,
        "solve_s": seconds,
        "readback_s": time.perf_counter() - clock,
    }
    gap = relative_gap(objective, bound)
    status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
    return Result(status, objective, bound, gap, seconds, search.nodes, search.interrupted, facts)


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


def _write_unused(model: pyo.ConcreteModel) -> None:
    """Give a value to variables that no constraint and no objective holds: the one nearest to 0."""
    for variable in model.component_data_objects(pyo.Var, active=True):
        if variable.value is None and not variable.fixed:
            low, high = variable.bounds
            variable.set_value(max(0.0 if low is None else low, min(0.0, math.inf if high is None else high)))


def _searched(lp: "highspy.HighsLp", options: Options, start: list[float | None]) -> "_Search":
    """Run HiGHS; what its presolve calls infeasible is tried again without it.

    HiGHS 1.15.1 calls about 1 in 400 small random parks infeasible that have a plan (its presolve, on our structure;
    scipy's HiGHS does the same). An "infeasible" is an answer to the user, so that it is only given where the search
    without presolve says so, too.
    """
    clock = time.perf_counter()
    search = _Search(lp, options)
    search.offer(start)
    search.run()
    if not search.claims_infeasible:
        return search
    left = None if options.time_limit is None else max(0.0, options.time_limit - (time.perf_counter() - clock))
    again = _Search(lp, replace(options, time_limit=left), presolve=False)
    again.offer(start)
    again.run()
    return again


def attended(work: Callable[[], Any], stop: Callable[[], Any], interrupt: Interrupt | None) -> bool:
    """Do what a solver does in a thread while this one listens for an interrupt; True where it was asked to stop.

    A second Ctrl-C is raised.
    """
    failure: list[BaseException] = []
    done = threading.Event()  # not Thread.join, which takes a thread for dead when Ctrl-C interrupts it
    stopped = False

    def solving() -> None:
        try:
            work()
        except BaseException as error:  # handed to the caller's thread below
            failure.append(error)
        finally:
            done.set()

    threading.Thread(target=solving, daemon=True).start()
    while not done.is_set():
        try:
            done.wait(0.05)
            asks = asked(interrupt)
        except KeyboardInterrupt:
            if stopped:
                raise
            asks = True
        if asks and not stopped:
            stopped = True
            stop()
    if failure:
        raise failure[0]
    return stopped


class _Search:
    """One run of HiGHS."""

    def __init__(self, lp: "highspy.HighsLp", options: Options, *, presolve: bool = True) -> None:
        self.lp, self.options = lp, options
        self.stop = threading.Event()
        self.interrupted = False
        self.nodes = 0
        self.integers = np.array([kind == highspy.HighsVarType.kInteger for kind in lp.integrality_], dtype=bool)
        self.highs = quiet(presolve=presolve)
        self._set_options()
        check(self.highs.passModel(lp), "HiGHS refused the model")

    @property
    def claims_infeasible(self) -> bool:
        """True where HiGHS says that there is no plan, or none or no end."""
        return self.highs.getModelStatus() in NO_PLAN

    def _set_options(self) -> None:
        h, options = self.highs, self.options
        h.setOptionValue("mip_rel_gap", options.gap)
        h.setOptionValue("mip_abs_gap", SAME)
        h.setOptionValue("threads", options.threads)
        h.setOptionValue("random_seed", options.seed)
        if options.time_limit is not None:
            h.setOptionValue("time_limit", max(0.0, float(options.time_limit)))
        if options.node_limit is not None:
            h.setOptionValue("mip_max_nodes", options.node_limit)
        if options.progress is not None:
            h.setOptionValue("output_flag", True)  # without it HiGHS reports no progress; nothing goes to the console
            h.setOptionValue("log_to_console", False)
            h.cbMipLogging += self._report
        for callback in (h.cbMipInterrupt, h.cbSimplexInterrupt, h.cbIpmInterrupt):
            callback += self._ask

    def _report(self, event: Any) -> None:
        out = event.data_out
        assert self.options.progress is not None
        self.options.progress(Progress(out.mip_primal_bound, out.mip_dual_bound, out.mip_gap, out.running_time))

    def _ask(self, event: Any) -> None:
        if self.stop.is_set():
            event.interrupt()

    def offer(self, values: list[float | None]) -> None:
        """Offer values as a first plan."""
        known = [(c, v) for c, v in enumerate(values) if v is not None]
        if known:
            columns = np.array([c for c, _ in known], dtype=np.int32)
            self.highs.setSolution(len(known), columns, np.array([v for _, v in known], dtype=float))

    def run(self) -> None:
        """Run HiGHS; an interrupt stops it."""
        attended(self.highs.run, self.stop.set, self.options.interrupt)

    def _no_plan(self, status: "highspy.HighsModelStatus") -> RuntimeError:
        """Why there is no plan; what is none of these reasons is a fault of the solver, never called a limit."""
        if status in HOPELESS:
            return NoSolution(HOPELESS[status])
        if status in _LIMITS:
            return NoSolution("interrupted" if self.interrupted else "limit")
        return RuntimeError(f"HiGHS ended without a plan: {status.name}")

    def outcome(self) -> tuple[np.ndarray, float, float]:
        """Values, objective and bound; or the reason why there are none."""
        h, status = self.highs, self.highs.getModelStatus()
        info = h.getInfo()
        self.nodes = max(0, int(info.mip_node_count))
        self.interrupted = self.stop.is_set() and status == highspy.HighsModelStatus.kInterrupt
        if status == AMBIGUOUS:
            status = resolve_ambiguity(self.lp)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible or status in HOPELESS:
            raise self._no_plan(status)
        values = np.array(h.getSolution().col_value)
        if not self.integers.any():
            optimal = status == highspy.HighsModelStatus.kOptimal
            objective = info.objective_function_value
            return values, objective, objective if optimal else -math.inf * (1 if _minimises(self.lp) else -1)
        values, objective = polish(self.lp, self.integers, values, info.objective_function_value)
        bound = info.mip_dual_bound
        worse = objective - bound if _minimises(self.lp) else bound - objective
        return values, objective, bound if worse >= 0 else objective


HOPELESS = {
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
}
AMBIGUOUS = highspy.HighsModelStatus.kUnboundedOrInfeasible
NO_PLAN = (highspy.HighsModelStatus.kInfeasible, AMBIGUOUS)
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
_LIMITS = (
    highspy.HighsModelStatus.kTimeLimit,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kInterrupt,
)


def asked(interrupt: Interrupt | None) -> bool:
    """Whether the search should stop."""
    if interrupt is None:
        return False
    return interrupt.is_set() if isinstance(interrupt, threading.Event) else bool(interrupt())


def _minimises(lp: "highspy.HighsLp") -> bool:
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
