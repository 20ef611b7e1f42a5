"""Plan and bound of a park whose outlets mix: the relaxation in pieces, rounds of refinement.

The bound is that of the relaxation (``products``, R2 to R15, ``proportions``), with contents divided into pieces where
the error is largest, and bounds of contents and amounts tightened (``tighten``). It ends where plan and bound meet the
gap that is asked for, or after a number of rounds; then both are told, and the gap between them.
"""

import math
import time

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from . import products, tighten
from . import solve as bridge
from .mixing import amount_of
from .plans import Plans, Rule
from .products import Content
from .solution import NoSolution, Status
from .solve import Options, Result, relative_gap
from .tighten import Box, Emptied
from .values import restore

KIND = "relaxed and restricted"
#: Message of the :class:`NoSolution` where neither time ran out nor anybody asked to stop.
UNFOUND = "the search ended and found no plan for what streams hold"


#: Where a bound is from that no model was solved for.
AMOUNTS = "limits of single amounts"


def least_by_amounts(m: pyo.ConcreteModel) -> float:
    """The least that the goal can be for the limits of each amount by itself, whatever the rows say."""
    goal = generate_standard_repn(next(m.component_data_objects(pyo.Objective, active=True)).expr)
    ends = ((c, v.lb if c > 0 else v.ub) for c, v in zip(goal.linear_coefs, goal.linear_vars, strict=True) if c)
    return float(goal.constant) + sum(-math.inf if end is None else c * end for c, end in ends)


class Search(Plans):
    """Plan and bound so far."""

    def __init__(self, m: pyo.ConcreteModel, options: Options, rule: Rule) -> None:
        super().__init__(m, options, rule)
        self.bound_from = ""
        self.rounds = self.solves = 0
        self.facts: dict[str, float] = {}
        self.gaps: list[float] = []
        self.pieces: dict[Content, tuple[float, ...]] = {}
        products.unbound(m)
        self.box: Box = products.given(m)

    def run(self) -> Result:
        """Search, write the best plan into the model and say how good it is.

        Raises
        ------
        NoSolution
            If there is no plan, or none was found.
        """
        try:
            if self.options.start:
                self.offered()
            self.booked("outlets at their highest")
            if not math.isfinite(self.best):
                self.unshared()
            self._rounds()
        except Emptied:
            self.bound, self.bound_from = self.best, "a search that left nothing better"
        finally:
            products.unbound(self.m)
            products.switch(self.m, "relaxed")
        if not math.isfinite(self.best):
            raise self._unfound()
        restore(self.plan)
        least = least_by_amounts(self.m)
        if self.bound < least and relative_gap(self.best, least) <= self.options.gap:
            self.bound, self.bound_from = min(least, self.best), AMOUNTS
        gap = relative_gap(self.best, self.bound)
        facts = {
            **self.facts, "mixing_rounds": float(self.rounds), "mixing_tightenings": float(self.solves),
            "mixing_pieces": float(sum(len(ends) - 1 for ends in self.pieces.values())),
        }  # fmt: skip
        status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
        seconds = time.perf_counter() - self.begun
        mixing = {"kind": KIND, "bound_from": self.bound_from, "plan_from": self.plan_from}
        return Result(status, self.best, self.bound, gap, seconds, self.nodes, self.interrupted, facts, mixing)

    def _unfound(self) -> NoSolution:
        """Why there is no plan: somebody asked, time ran out, or rounds did."""
        if self.interrupted:
            return NoSolution("interrupted")
        return NoSolution("limit", "" if time.perf_counter() >= self.end else UNFOUND, self.bound)

    def _rounds(self) -> None:
        while self.rounds < self.rule.rounds:
            self.rounds += 1
            if self.done():
                return
            if not self._relaxed():
                self._further()
                return
            errors = _errors(self.m)
            at = {index: float(self.m.content[index].value or 0.0) for index in errors}
            self._planned()
            if self.done() or self._stalled():
                return
            self._tighten()
            self._refine(errors, at)

    def _further(self) -> None:
        """Better plans with the time that a relaxation left which cannot be solved in its share."""
        known = math.inf
        while self.gained(known) and not self.done():
            known = self.best
            self.again()

    def _planned(self) -> None:
        """Better plans from the relaxed solution, and from elsewhere every few rounds."""
        known, anew = self.best, self.rounds % self.rule.anew == 1
        self.improved("a relaxed solution", anew=anew)
        if not self.done():
            self.scattered()
        while self.gained(known) and not self.done():
            known = self.best
            self.again()

    def _stalled(self) -> bool:
        """Whether the last rounds closed too little of the gap."""
        self.gaps.append(relative_gap(self.best, self.bound) if math.isfinite(self.best) else math.inf)
        if len(self.gaps) <= self.rule.patience or not math.isfinite(self.gaps[-1 - self.rule.patience]):
            return False
        return self.gaps[-1] > self.rule.closing * self.gaps[-1 - self.rule.patience]

    def _relaxed(self) -> bool:
        """Solve the relaxation; False where it says nothing more."""
        products.bound(self.m, *self.box)
        products.divide(self.m, self.pieces)
        products.switch(self.m, "relaxed")
        try:
            result = self.solved(0.25 * self.options.gap)
        except NoSolution as end:
            if end.reason == "infeasible" and math.isfinite(self.best):
                raise Emptied from end
            if end.reason in ("infeasible", "unbounded"):
                raise
            self.interrupted = self.interrupted or end.reason == "interrupted"
            if end.bound > least_by_amounts(self.m):  # else it has not begun to say anything
                self._bounded(end.bound)
            return False
        self.nodes += result.nodes
        self.interrupted = self.interrupted or result.interrupted
        if result.gap <= self.options.gap or result.bound > least_by_amounts(self.m):
            self._bounded(result.bound)
        self.facts.update({n: v for n, v in result.facts.items() if not n.endswith("_s")})
        self._tell()
        return True

    def _bounded(self, bound: float) -> None:
        """Take a bound of the relaxation, if it is better."""
        bound = min(bound, self.best)
        if bound > self.bound:
            self.bound = bound
            self.bound_from = f"relaxation in {len(self.pieces) and 'pieces' or 'one piece'}, round {self.rounds}"

    def _tell(self) -> None:
        if self.options.progress is not None:
            gap = relative_gap(self.best, self.bound) if math.isfinite(self.best) else math.inf
            self.options.progress(bridge.Progress(self.best, self.bound, gap, time.perf_counter() - self.begun))

    def _tighten(self) -> None:
        end = self.end if math.isinf(self.end) else time.perf_counter() + (self.left(0.3) or 0.0)
        over = tighten.Over(end, self.options.interrupt)
        self.box, used = tighten.tighten(self.m, self.box, self.best, solves=self.rule.solves, over=over)
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
