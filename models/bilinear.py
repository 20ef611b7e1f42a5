"""Plan and bound of a park whose outlets mix: pieces for the bound, linear programs in turn for the plan.

The bound is that of the relaxation (``products``, R2 to R15, ``proportions``), with contents divided into pieces where
the error is largest, and bounds of contents and amounts tightened (``tighten``). Plans come from three sides: outlets
booked at their highest content, or at that of the best plan, which leaves a linear model with all its whole numbers
free; and each relaxed solution, whose whole numbers are kept while flows and contents are improved (``slp``), or, where
they leave no plan, let go until contents are found that can be booked. Contents and loads of every plan are those that
its flows have (``contents``). It ends where plan and bound meet the gap that is asked for, or
after a number of rounds; then both are told, and the gap between them.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import pyomo.environ as pyo

from . import around, contents, maximum, power, products, scip, slp, tighten
from . import solve as bridge
from .mixing import amount_of
from .products import Content
from .solution import NoSolution, Status
from .solve import Options, Result, asked, relative_gap
from .tighten import Box, Emptied

Values = list[tuple[Any, float | None]]


@dataclass(frozen=True)
class Rule:
    """How long to look.

    Attributes
    ----------
    rounds
        Most rounds of refinement.
    patience, closing
        It ends where so many rounds leave more than this share of the gap.
    levels, anew
        Shares of their ranges at which contents are guessed, where whole numbers of a relaxed solution leave no plan,
        and in the first of so many rounds.
    gain
        Least share of the goal that a plan gains for its contents to be booked anew.
    split
        Most contents divided in a round.
    near
        Contents are divided whose error is at least this share of the largest.
    inside
        Where in a piece it is cut at the soonest, as a share of it.
    solves
        Most linear programs of a tightening.
    nodes
        Most nodes of the tree of one mixed-integer program.
    share
        Share of what is left of a time limit for one mixed-integer program.
    feasible
        Largest violation of a row in a plan that is offered as a start.
    """

    rounds: int = 25
    patience: int = 6
    closing: float = 0.9
    levels: tuple[float, ...] = (0.02, 0.1, 0.3, 0.6, 0.9)
    anew: int = 4
    gain: float = 1e-6
    split: int = 6
    near: float = 0.3
    inside: float = 0.2
    solves: int = 400
    nodes: int = 5_000
    share: float = 0.5
    feasible: float = 1e-6


Engine = Literal["auto", "highs", "scip"]
LINEAR, MAXIMUM, SEARCHED, GLOBAL = (
    "linear", "outlets at their maximum, exact", "relaxed and restricted", "global (SCIP)",
)  # fmt: skip


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
    result = _Search(m, options, rule).run()
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
            first = _Search(m, replace(options, time_limit=_part(options, 0.2)), replace(rule, rounds=2)).run()
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
    known = _snapshot(m)
    left = None if options.time_limit is None else max(0.0, options.time_limit - (first.seconds if first else 0.0))
    offered = first is not None and not power.lawful(m)  # a plan by chords is none by the law
    try:
        result = scip.solve(m, replace(options, time_limit=left, start=offered))
    except NoSolution as end:
        if first is None or end.reason not in ("limit", "interrupted"):
            raise
        _restore(known)
        return replace(first, interrupted=end.reason == "interrupted")
    mixing = {"kind": GLOBAL, "bound_from": "SCIP", "plan_from": "SCIP"}
    if first is None:
        return replace(result, mixing=mixing)
    bound = max(result.bound, min(first.bound, result.objective))
    if not power.lawful(m) and first.objective <= result.objective:
        _restore(known)
        result = replace(result, objective=first.objective)
        mixing["plan_from"] = first.mixing["plan_from"]
    if bound > result.bound:
        mixing["bound_from"] = first.mixing["bound_from"]
    bound = min(bound, result.objective)
    gap = relative_gap(result.objective, bound)
    status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
    facts = {**first.facts, "scip_nodes": float(result.nodes)}
    return replace(
        result, bound=bound, gap=gap, status=status, seconds=result.seconds + first.seconds, mixing=mixing, facts=facts
    )


class _Search:
    """Plan and bound so far."""

    def __init__(self, m: pyo.ConcreteModel, options: Options, rule: Rule) -> None:
        self.m, self.options, self.rule = m, options, rule
        self.begun = time.perf_counter()
        self.end = math.inf if options.time_limit is None else self.begun + options.time_limit
        self.best, self.plan, self.bound = math.inf, _snapshot(m), -math.inf
        self.plan_from = self.bound_from = ""
        self.nodes = self.rounds = self.solves = 0
        self.interrupted = False
        self.facts: dict[str, float] = {}
        self.gaps: list[float] = []
        self.pieces: dict[Content, tuple[float, ...]] = {}
        products.unbound(m)
        self.box: Box = products.given(m)

    def run(self) -> Result:
        try:
            if self.options.start:
                self._offered()
            self._booked("outlets at their highest")
            self._rounds()
        except Emptied:
            self.bound, self.bound_from = self.best, "bounds tightened until nothing better is left"
        finally:
            products.unbound(self.m)
            products.switch(self.m, "relaxed")
        if not math.isfinite(self.best):
            raise NoSolution("interrupted" if self.interrupted else "limit", "no plan found for what streams hold")
        _restore(self.plan)
        gap = relative_gap(self.best, self.bound)
        facts = {
            **self.facts, "mixing_rounds": float(self.rounds), "mixing_tightenings": float(self.solves),
            "mixing_pieces": float(sum(len(ends) - 1 for ends in self.pieces.values())),
        }  # fmt: skip
        status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
        seconds = time.perf_counter() - self.begun
        mixing = {"kind": SEARCHED, "bound_from": self.bound_from, "plan_from": self.plan_from}
        return Result(status, self.best, self.bound, gap, seconds, self.nodes, self.interrupted, facts, mixing)

    def _done(self) -> bool:
        self.interrupted = self.interrupted or asked(self.options.interrupt)
        closed = math.isfinite(self.best) and relative_gap(self.best, self.bound) <= self.options.gap
        return closed or self.interrupted or time.perf_counter() >= self.end

    def _rounds(self) -> None:
        while self.rounds < self.rule.rounds:
            self.rounds += 1
            if self._done():
                return
            known = before = self.best
            if not self._relaxed():
                return
            errors = _errors(self.m)
            at = {index: float(self.m.content[index].value or 0.0) for index in errors}
            self._improved("a relaxed solution")
            while self.best < before - self.rule.gain * abs(self.best) and not self._done():
                before = self.best
                self._again()
            if self.best < known - self.rule.gain * abs(self.best) and not self._done():
                self._near()
            if self._done() or self._stalled():
                return
            self._tighten()
            self._refine(errors, at)

    def _offered(self) -> None:
        """Take the values of the model as a plan, if they are one."""
        contents.settle(self.m)
        if contents.excess(self.m) <= self.rule.feasible:
            self._take(_goal(self.m), "the plan offered")

    def _take(self, goal: float, source: str) -> None:
        if goal < self.best:
            self.best, self.plan, self.plan_from = goal, _snapshot(self.m), source

    def _improved(self, source: str) -> None:
        """Plan from the whole numbers in the values of the model."""
        left = replace(self.options, time_limit=self._left(1.0))
        relaxed = _snapshot(self.m)
        before = self.best
        goal = slp.improve(self.m, left)
        if goal is not None:
            self._take(goal, source)
        if goal is None or goal >= before or self.rounds % self.rule.anew == 1:
            self._opened(relaxed, source)

    def _opened(self, values: Values, source: str) -> None:
        """Plan from who stands where: other whole numbers let go, contents found, whole numbers found near them."""
        left = replace(self.options, time_limit=self._left(0.2))
        plants = [v for (k, _), v in self.m.sited.items() if k not in self.m.FACILITIES]
        starts: list[tuple[float, Values]] = []
        for level in self.rule.levels:
            _restore(values)
            goal = slp.improve(self.m, left, kept=plants, level=level)
            if goal is not None and all(abs(goal - known) > 1e-4 * abs(goal) for known, _ in starts):
                starts.append((goal, _snapshot(self.m)))
        for goal, start in sorted(starts, key=lambda found: found[0]):
            if goal >= self.best or self._done():
                break
            _restore(start)
            if around.propose(self.m, replace(left, time_limit=self._left(0.2)), around.Rule()) is None:
                continue
            found = slp.improve(self.m, left)
            if found is not None:
                self._take(found, source)
        return

    def _near(self) -> None:
        """Better plans near the best one."""
        goal, plan = around.Around(self.m, self.options, self._left).search(self.best, self.plan)
        if goal < self.best:
            _restore(plan)
            self._take(goal, "a plan near the one before")

    def _left(self, share: float) -> float | None:
        return None if math.isinf(self.end) else max(0.0, share * (self.end - time.perf_counter()))

    def _book(self) -> None:
        """Book the contents that the values of the model hold."""
        products.unbound(self.m)
        for i, k, t in self.m.booked:
            low, high = self.m.content[i, k, t].bounds
            self.m.booked[i, k, t] = min(high, max(low, self.m.content[i, k, t].value))

    def _booked(self, source: str, *, from_siting: bool = True) -> None:
        """Plan with contents given as they are booked, all whole numbers free."""
        if self._done():
            return
        products.switch(self.m, "fixed")
        try:
            result = self._solved(max(self.options.gap, 1e-4))
        except NoSolution as end:
            if end.reason == "unbounded":
                raise
            self.interrupted = self.interrupted or end.reason == "interrupted"
            return
        finally:
            products.switch(self.m, "relaxed")
        self.nodes += result.nodes
        self.interrupted = self.interrupted or result.interrupted
        contents.settle(self.m)
        if from_siting:
            self._improved(source)
            return
        goal = slp.improve(self.m, replace(self.options, time_limit=self._left(1.0)))
        if goal is not None:
            self._take(goal, source)

    def _again(self) -> None:
        """Plan with the contents of the best plan booked."""
        _restore(self.plan)
        self._book()
        self._booked("contents of the plan before")

    def _stalled(self) -> bool:
        """Whether the last rounds closed too little of the gap."""
        self.gaps.append(relative_gap(self.best, self.bound) if math.isfinite(self.best) else math.inf)
        if len(self.gaps) <= self.rule.patience or not math.isfinite(self.gaps[-1 - self.rule.patience]):
            return False
        return self.gaps[-1] > self.rule.closing * self.gaps[-1 - self.rule.patience]

    def _solved(self, gap: float) -> Result:
        nodes = self.rule.nodes
        if self.options.node_limit is not None:
            nodes = max(1, min(nodes, self.options.node_limit - self.nodes))
        left = self._left(self.rule.share)
        options = replace(self.options, gap=gap, time_limit=left, node_limit=nodes, start=False, progress=None)
        return bridge.solve(self.m, options)

    def _relaxed(self) -> bool:
        """Solve the relaxation; False where it says nothing more."""
        products.bound(self.m, *self.box)
        products.divide(self.m, self.pieces)
        products.switch(self.m, "relaxed")
        try:
            result = self._solved(0.25 * self.options.gap)
        except NoSolution as end:
            if end.reason == "infeasible" and math.isfinite(self.best):
                raise Emptied from end
            if end.reason in ("infeasible", "unbounded"):
                raise
            self.interrupted = self.interrupted or end.reason == "interrupted"
            return False
        self.nodes += result.nodes
        self.interrupted = self.interrupted or result.interrupted
        bound = min(result.bound, self.best)
        if bound > self.bound:
            self.bound = bound
            self.bound_from = f"relaxation in {len(self.pieces) and 'pieces' or 'one piece'}, round {self.rounds}"
        self.facts.update({n: v for n, v in result.facts.items() if not n.endswith("_s")})
        self._tell()
        return True

    def _tell(self) -> None:
        if self.options.progress is not None:
            gap = relative_gap(self.best, self.bound) if math.isfinite(self.best) else math.inf
            self.options.progress(bridge.Progress(self.best, self.bound, gap, time.perf_counter() - self.begun))

    def _tighten(self) -> None:
        end = self.end if math.isinf(self.end) else time.perf_counter() + (self._left(0.3) or 0.0)
        self.box, used = tighten.tighten(self.m, self.box, self.best, solves=self.rule.solves, end=end)
        self.solves += used

    def _refine(self, errors: dict[Content, float], at: dict[Content, float]) -> None:
        """Divide the contents with the largest errors, and keep all ends within the bounds."""
        worst = max(errors.values(), default=0.0)
        chosen = sorted((index for index, e in errors.items() if e >= self.rule.near * worst), key=lambda n: -errors[n])
        for index in chosen[: self.rule.split]:
            low, high = self.box[0][index]
            ends = _clipped(self.pieces.get(index, (low, high)), low, high)
            value = min(high, max(low, at[index]))
            n = next((n for n in range(len(ends) - 1) if value <= ends[n + 1]), len(ends) - 2)
            width = ends[n + 1] - ends[n]
            if width <= 1e-6 * max(1e-9, high):
                continue
            point = min(ends[n + 1] - self.rule.inside * width, max(ends[n] + self.rule.inside * width, value))
            self.pieces[index] = (*ends[: n + 1], point, *ends[n + 1 :])
        self.pieces = {index: _clipped(ends, *self.box[0][index]) for index, ends in self.pieces.items()}
        self.pieces = {index: ends for index, ends in self.pieces.items() if len(ends) > 2}


def _clipped(ends: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
    return (low, *(end for end in ends[1:-1] if low + 1e-9 < end < high - 1e-9), high)


def _errors(m: pyo.ConcreteModel) -> dict[Content, float]:
    """Content -> by how much the loads of its ways miss content x amount."""
    found: dict[Content, float] = {(i, k, t): 0.0 for i, k in m.SPREAD for t in m.STATES}
    for index in m.PRODUCTS:
        kind, name, option, k, t = index
        i = m.outlet_of[index[:4]]
        amount = float(amount_of(m, (kind, name, option), t).value or 0.0)
        load = m.instance.mixing.weights[i][k] * float(m.content[i, k, t].value or 0.0) * amount
        found[i, k, t] += abs(float(m.borne[index].value or 0.0) - load)
    return found


def _goal(m: pyo.ConcreteModel) -> float:
    return float(pyo.value(next(m.component_data_objects(pyo.Objective, active=True))))


def _snapshot(m: pyo.ConcreteModel) -> Values:
    return [(v, v.value) for v in m.component_data_objects(pyo.Var)]


def _restore(values: Values) -> None:
    for variable, value in values:
        variable.set_value(value, skip_validation=True)
