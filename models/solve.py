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

from .lp import (
    AMBIGUOUS,
    HOPELESS,
    NO_PLAN,
    check,
    compile_model,
    factors_of,
    minimises,
    polish,
    quiet,
    resolve_ambiguity,
    rounded,
    scaled,
)
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


def status_of(gap: float) -> Status:
    """What a gap makes of a plan."""
    return Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE


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
    return Result(status_of(gap), objective, bound, gap, seconds, search.nodes, search.interrupted, facts)


def _write_unused(model: pyo.ConcreteModel) -> None:
    """Give a value to variables that no constraint and no objective holds: the one nearest to 0."""
    for variable in model.component_data_objects(pyo.Var, active=True):
        if variable.value is None and not variable.fixed:
            low, high = variable.bounds
            variable.set_value(max(0.0 if low is None else low, min(0.0, math.inf if high is None else high)))


def _searched(lp: "highspy.HighsLp", options: Options, start: list[float | None]) -> "_Search":
    """Run HiGHS; what it calls infeasible is tried again without presolve, and then on smaller numbers.

    HiGHS 1.15.1 calls about 1 in 400 small random parks infeasible that have a plan (its presolve, on our structure;
    scipy's HiGHS does the same), and, presolve or not, some elastic models with flows of 4e5 and contents that hardly
    vary: its tolerance is absolute. An "infeasible" is an answer to the user, so that it is only given where the
    search without presolve says so, too, and that on scaled flows, from the rounded relaxation, finds no plan.
    """
    clock = time.perf_counter()

    def searched(lp: "highspy.HighsLp", start: list[float | None], *, presolve: bool = True) -> _Search:
        left = None if options.time_limit is None else max(0.0, options.time_limit - (time.perf_counter() - clock))
        search = _Search(lp, replace(options, time_limit=left), presolve=presolve)
        search.offer(start)
        search.run()
        return search

    search = searched(lp, start)
    if search.claims_infeasible:
        search = searched(lp, start, presolve=False)
    if search.claims_infeasible and search.integers.any():
        factors = factors_of(lp, search.integers)
        values, optimum = rounded(lp, search.integers)
        smaller = searched(scaled(lp, factors), (values / factors).tolist())
        if smaller.has_plan:
            smaller.lp, smaller.factors, smaller.known = lp, factors, optimum
            return smaller
    return search


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
            if stopped or (isinstance(interrupt, Lasting) and interrupt.pressed):
                raise
            if isinstance(interrupt, Lasting):
                interrupt.pressed = True
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
        self.factors = np.ones(lp.num_col_)
        self.known = math.nan  # optimum of the relaxation, where it was solved by itself
        self.integers = np.array([kind == highspy.HighsVarType.kInteger for kind in lp.integrality_], dtype=bool)
        self.highs = quiet(presolve=presolve)
        self._set_options()
        check(self.highs.passModel(lp), "HiGHS refused the model")

    @property
    def claims_infeasible(self) -> bool:
        """True where HiGHS says that there is no plan, or none or no end, or gives up."""
        return self.highs.getModelStatus() in (*NO_PLAN, highspy.HighsModelStatus.kSolveError)

    @property
    def has_plan(self) -> bool:
        """True where HiGHS holds a plan."""
        return bool(self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)

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
            known = self.integers.any() and minimises(self.lp)
            bound = self.highs.getInfo().mip_dual_bound * float(self.factors.max(initial=1.0)) if known else -math.inf
            return NoSolution("interrupted" if self.interrupted else "limit", bound=bound)
        return RuntimeError(f"HiGHS ended without a plan: {status.name}")

    def outcome(self) -> tuple[np.ndarray, float, float]:
        """Values, objective and bound; or the reason why there are none."""
        h, status = self.highs, self.highs.getModelStatus()
        info = h.getInfo()
        self.nodes = max(0, int(info.mip_node_count))
        self.interrupted = self.stop.is_set() and status == highspy.HighsModelStatus.kInterrupt
        if status == AMBIGUOUS:
            status = resolve_ambiguity(self.lp)
        if not self.has_plan or status in HOPELESS:
            raise self._no_plan(status)
        values, size = np.array(h.getSolution().col_value) * self.factors, float(self.factors.max(initial=1.0))
        objective = info.objective_function_value * size
        if not self.integers.any():
            optimal = status == highspy.HighsModelStatus.kOptimal
            return values, objective, objective if optimal else -math.inf * (1 if minimises(self.lp) else -1)
        values, objective = polish(self.lp, self.integers, values, objective)
        bound = info.mip_dual_bound * size
        if self.known == self.known:
            bound = max(bound, self.known) if minimises(self.lp) else min(bound, self.known)
        worse = objective - bound if minimises(self.lp) else bound - objective
        return values, objective, bound if worse >= 0 else objective


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


class Lasting:
    """An interrupt that lasts: once it was asked for, everybody who asks after that is told so.

    Attributes
    ----------
    pressed
        Somebody has asked to stop.
    """

    def __init__(self, interrupt: Interrupt | None) -> None:
        self.pressed = False
        self._heard = interrupt

    def __call__(self) -> bool:
        """Whether the search should stop."""
        self.pressed = self.pressed or asked(self._heard)
        return self.pressed


def lasting(interrupt: Interrupt | None) -> Interrupt:
    """The same interrupt, which lasts; an event lasts by itself."""
    return interrupt if isinstance(interrupt, threading.Event | Lasting) else Lasting(interrupt)
