"""Better flows and contents with all whole numbers as they are: successive linear programming with a trust region.

    min  goal + penalty x sum of slack                          rows that hold loads get a slack
    borne[w,k,t] linearised at the plan so far (products, R19)
    |content[i,k,t] - at| <= radius x (high - low)

After each step contents and loads are worked out anew from the flows (``contents``), so that what is compared are
plans, never linearisations; a step that is worse than the plan it came from makes the radius smaller (Palacios-Gomez,
Lasdon & Engquist 1982). With radius 0 contents stay as they are and the step is exact, so that it ends.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from . import contents, products
from .lp import SOLVED, check, compile_rows, quiet
from .mixing import amount_of
from .solution import NoSolution
from .solve import Options, asked


@dataclass(frozen=True)
class Rule:
    """How long to look.

    Attributes
    ----------
    steps
        Most linear programs.
    radius
        First radius, as a share of the range of a content.
    least
        Smallest radius.
    gain
        A step that gains less than this share of the goal is the last.
    feasible
        Largest violation of a row in a plan, as a share of 1 + its right-hand side's size.
    penalties
        Prices of a unit of violation, in units of the goal's size, tried in turn. The last are for mixtures whose
        limits are far below the largest of their quality: to break those a little saves much.
    guessed
        The same price for a first step from contents that are only guessed.
    """

    steps: int = 60
    radius: float = 0.3
    least: float = 1e-7
    gain: float = 1e-8
    feasible: float = 1e-7
    penalties: tuple[float, ...] = (1.0, 100.0, 1e4, 1e6)
    guessed: float = 100.0


def improve(
    m: pyo.ConcreteModel,
    options: Options,
    rule: Rule | None = None,
    *,
    kept: Iterable[Any] | None = None,
    level: Callable[[], float] | None = None,
) -> float | None:
    """Improve the plan in the values of a model; its goal, or None where no plan is found: then the values are void.

    The model comes back in the variant it was in. Of the whole numbers those ``kept`` stay as they are (None: all),
    the others may become broken; what is found so is no plan yet, but its contents are those of one. With a ``level``
    the first step is linearised at contents of that share of their ranges.
    """
    rule = rule or Rule()
    before = m.mixing_mode
    kept = m.component_data_objects(pyo.Var) if kept is None else kept
    whole = [v for v in kept if not v.is_continuous() and not v.fixed]
    for v in whole:
        v.fix(round(v.value or 0.0))
    products.switch(m, "linearised")
    products.unbound(m)
    try:
        return _Steps(m, options, rule).run(level)
    except NoSolution:
        return None
    finally:
        for v in whole:
            v.unfix()
        products.switch(m, before)


class _Steps:
    """The linear program of a step, changed from step to step."""

    def __init__(self, m: pyo.ConcreteModel, options: Options, rule: Rule) -> None:
        self.m, self.options, self.rule = m, options, rule
        self.end = math.inf if options.time_limit is None else time.perf_counter() + options.time_limit
        self.settled = contents.Settled(m)
        self.settled.write()
        for index in m.at:
            m.at[index] = 1.0
        for way in m.now:
            m.now[way] = 1.0
        lp, self.columns, rows = compile_rows(m)
        lp.integrality_ = []
        self.cost, self.offset = np.array(lp.col_cost_), float(lp.offset_)
        self.low, self.high = np.array(lp.row_lower_), np.array(lp.row_upper_)
        start = np.array(lp.a_matrix_.start_)
        self.entries = (
            np.array(lp.a_matrix_.index_),
            np.repeat(np.arange(lp.num_col_), np.diff(start)),
            np.array(lp.a_matrix_.value_),
        )
        self.column = {id(v): c for c, v in enumerate(self.columns)}
        self.row = {id(row): r for r, row in enumerate(rows)}
        self.loaded = np.array(
            sorted(self.row[id(row)] for row in contents.loaded_rows(m) if id(row) in self.row), dtype=int
        )
        self.size = 1.0 + np.where(np.isfinite(self.high), np.abs(self.high), np.abs(self.low))[self.loaded]
        self.highs = quiet()
        self.highs.setOptionValue("threads", 1)
        check(self.highs.passModel(lp), "HiGHS refused the model")
        self._slacks()
        self.products = [self._product(index) for index in m.PRODUCTS]
        self.centre = {(i, k, t): m.content[i, k, t] for i, k in m.SPREAD for t in m.STATES}

    def _slacks(self) -> None:
        """Slacks of the rows that hold loads, upwards and downwards."""
        self.slacks = []
        for r in self.loaded:
            for bound, sign in ((self.high[r], -1.0), (self.low[r], 1.0)):
                if math.isfinite(bound):
                    self.slacks.append(self.highs.getNumCol())
                    entries = np.array([r], dtype=np.int32), np.array([sign])
                    self.highs.addCol(0.0, 0.0, math.inf, 1, *entries)

    def _product(self, index: tuple[str, ...]) -> tuple[Any, ...]:
        """Row, sign, columns of load, amount and content, weight, and the variables of a product."""
        m = self.m
        kind, name, option, k, t = index
        flow, content = amount_of(m, (kind, name, option), t), products.content_of(m, index)
        load = m.borne[index]
        row = self.row[id(m.linear_load[index])]
        entry, col, value = self.entries
        sign = float(value[(entry == row) & (col == self.column[id(load)])][0])
        weight = m.instance.mixing.weights[m.outlet_of[index[:4]]][k]
        return row, sign * weight, self.column[id(flow)], self.column[id(content)], flow, content

    def run(self, level: Callable[[], float] | None) -> float | None:
        if level is not None:
            self._begin(level)
        best: tuple[float, np.ndarray] | None = None
        for penalty in self.rule.penalties:
            found = self._descend(penalty)
            if found[1] <= self.rule.feasible:
                best = found[0], found[2]
                break
            if self._over():
                break
        if best is None:
            return None
        self._write(best[1])
        return best[0]

    def _begin(self, level: Callable[[], float]) -> None:
        """First point: what is best with loads linearised at contents that are only guessed."""
        for variable in self.centre.values():
            variable.set_value(variable.lb + level() * (variable.ub - variable.lb), skip_validation=True)
        goal = max(1.0, abs(self._worth(self._values())[0]))
        slacks = np.array(self.slacks, dtype=np.int32)
        self.highs.changeColsCost(len(slacks), slacks, np.full(len(slacks), self.rule.guessed * goal))
        self._linearise(1.0)
        self.highs.run()
        if self.highs.getModelStatus() in SOLVED:
            self._write(np.array(self.highs.getSolution().col_value)[: len(self.columns)])
        else:
            self.settled.write()

    def _descend(self, penalty: float) -> tuple[float, float, np.ndarray]:
        """Goal, violation and values at the end of the steps at one penalty."""
        x = self._values()
        goal, excess, total = self._worth(x)
        price = penalty * max(1.0, abs(goal))
        radius = self.rule.radius
        slacks = np.array(self.slacks, dtype=np.int32)
        self.highs.changeColsCost(len(slacks), slacks, np.full(len(slacks), price))
        for _ in range(self.rule.steps):
            if radius < self.rule.least or self._over():
                break
            self._linearise(radius)
            self.highs.run()
            if self.highs.getModelStatus() not in SOLVED:
                radius /= 8.0
                continue
            step = np.array(self.highs.getSolution().col_value)[: len(self.columns)]
            hoped = goal + price * total - float(self.highs.getInfo().objective_function_value)
            self._write(step)
            after = self._values()
            new = self._worth(after)
            gained = goal + price * total - (new[0] + price * new[2])
            if gained > 0.0:
                x, (goal, excess, total) = after, new
                radius = min(1.0, 2.0 * radius) if gained > 0.5 * hoped else radius
            else:
                self._write(x)
                radius /= 4.0
            if hoped <= self.rule.gain * max(1.0, abs(goal)):
                break
        return goal, excess, x

    def _linearise(self, radius: float) -> None:
        highs = self.highs
        for row, weight, amount, content, flow, held in self.products:
            now, at = float(flow.value or 0.0), float(held.value)
            highs.changeCoeff(row, amount, -weight * at)
            highs.changeCoeff(row, content, -weight * now)
            highs.changeRowBounds(row, -weight * at * now, -weight * at * now)
        for variable in self.centre.values():
            at, low, high = float(variable.value), float(variable.lb), float(variable.ub)
            reach = radius * (high - low)
            first, last = min(max(low, at - reach), high), max(min(high, at + reach), low)
            highs.changeColBounds(self.column[id(variable)], first, last)

    def _values(self) -> np.ndarray:
        return np.array([float(v.value or 0.0) for v in self.columns])

    def _write(self, values: np.ndarray) -> None:
        """Write values, with the contents and loads that their flows have."""
        for variable, value in zip(self.columns, values.tolist(), strict=True):
            variable.set_value(value, skip_validation=True)
        self.settled.write()

    def _worth(self, x: np.ndarray) -> tuple[float, float, float]:
        """Goal, largest relative violation, sum of violations of the rows that hold loads."""
        entry, column, value = self.entries
        body = np.zeros(len(self.high))
        np.add.at(body, entry, value * x[column])
        off = np.maximum(0.0, np.maximum(body - self.high, self.low - body))[self.loaded]
        return float(self.cost @ x) + self.offset, float(np.max(off / self.size, initial=0.0)), float(off.sum())

    def _over(self) -> bool:
        return time.perf_counter() >= self.end or asked(self.options.interrupt)
