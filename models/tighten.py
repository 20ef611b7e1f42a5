"""Tighter bounds of contents and amounts: the least and most of each that is left below what a plan costs.

    min / max  content[i,k,t]  and  amount[w,t]   subject to the relaxation and  goal <= cutoff

Optimality-based bound tightening (Quesada & Grossmann 1993; Gleixner, Berthold, Mueller & Weltge 2017), whole numbers
relaxed. What it cuts off is no better than the plan that is known, so that a bound found with it holds up to that
plan's value.
"""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from . import products
from .lp import NO_PLAN, SOLVED
from .mixing import amount_of
from .products import Content, Range
from .relaxation import Relaxation
from .solution import NoSolution
from .solve import Interrupt, asked

#: Margin, as a share of a range, for what the LP solver takes as 0.
MARGIN = 1e-6
#: Ranges are not worth more work below this share of what they were.
NARROW = 1e-3
#: Most steps of the simplex method for one linear program; what takes more is left as it is.
STEPS = 20_000

Box = tuple[dict[Content, Range], dict[tuple[str, ...], Range]]


class Emptied(Exception):
    """Nothing is better than the plan that is known."""


class _Bounds(Relaxation):
    """The relaxation without its goal, which is at most the cutoff."""

    def __init__(self, m: pyo.ConcreteModel, cutoff: float) -> None:
        super().__init__(m)
        lp = self.highs.getLp()
        cost = np.array(lp.col_cost_)
        columns = np.flatnonzero(cost).astype(np.int32)
        if math.isfinite(cutoff) and len(columns):
            self.highs.addRow(-math.inf, cutoff - lp.offset_, len(columns), columns, cost[columns])
        everything = np.arange(lp.num_col_, dtype=np.int32)
        self.highs.changeColsCost(len(everything), everything, np.zeros(len(everything)))
        self.highs.changeObjectiveOffset(0.0)
        self.highs.setOptionValue("presolve", "off")  # each solve goes on from the one before
        self.highs.setOptionValue("simplex_iteration_limit", STEPS)

    def extreme(self, variable: Any, sign: float, end: float) -> float | None:
        """Least (sign 1) or most (-1) of a variable; None where the solver does not say, or not in time."""
        column = self.position.get(id(variable))
        if column is None:
            return None
        self.highs.changeColCost(column, sign)
        if math.isfinite(end):
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.0, end - time.perf_counter()))
        self.highs.run()
        status = self.highs.getModelStatus()
        value = sign * float(self.highs.getInfo().objective_function_value)
        self.highs.changeColCost(column, 0.0)  # after this HiGHS knows no solution
        if status in NO_PLAN:
            raise Emptied
        if status not in SOLVED:
            return None
        return value


@dataclass(frozen=True)
class Over:
    """When to stop: at a time, or when somebody asks for it."""

    end: float = math.inf
    interrupt: Interrupt | None = None

    def now(self) -> bool:
        """Whether to stop now."""
        return time.perf_counter() >= self.end or asked(self.interrupt)


def tighten(m: pyo.ConcreteModel, box: Box, cutoff: float, *, solves: int, over: Over | None = None) -> tuple[Box, int]:
    """Bounds no wider than ``box``, and how many linear programs they took; the model has them, and no pieces.

    Raises
    ------
    Emptied
        If nothing is left.
    """
    over = over or Over()
    before = m.mixing_mode
    products.switch(m, "relaxed")
    products.divide(m, {})
    products.bound(m, *box)
    used = 0
    try:
        for _ in range(4):
            shrunk, did = _pass(m, box, cutoff, (solves - used, over))
            used += did
            gain = 1.0 - sum(_width(shrunk)) / max(1e-12, sum(_width(box)))
            box = shrunk
            products.bound(m, *box)
            if gain < 0.05 or used >= solves or over.now():
                break
    finally:
        products.switch(m, before)
    return box, used


def _width(box: Box) -> list[float]:
    return [high - low for low, high in box[0].values()]


def _pass(m: pyo.ConcreteModel, box: Box, cutoff: float, budget: "tuple[int, Over]") -> tuple[Box, int]:
    """One pass over all contents and amounts."""
    try:
        bounds = _Bounds(m, cutoff)
    except NoSolution as end:
        raise Emptied from end
    contents, amounts = dict(box[0]), dict(box[1])
    original = products.given(m)
    used = 0
    tasks: list[tuple[Any, dict[Any, Range], Any, float]] = [
        (m.content[index], contents, index, _range(original[0][index])) for index in contents
    ]
    tasks += [
        (amount_of(m, (way[0], way[1], way[2]), way[3]), amounts, way, _range(original[1][way])) for way in amounts
    ]
    for variable, ranges, index, full in tasks:
        low, high = ranges[index]
        if high - low <= NARROW * full:
            continue
        for sign in (1.0, -1.0):
            if used >= budget[0] or budget[1].now():
                return (contents, amounts), used
            found = bounds.extreme(variable, sign, budget[1].end)
            used += 1
            if found is None:
                continue
            if sign > 0:
                low = max(low, found - MARGIN * full)
            else:
                high = min(high, found + MARGIN * full)
        if low > high:
            low = high = 0.5 * (low + high)
        ranges[index] = (low, high)
        bounds.highs.changeColBounds(bounds.position[id(variable)], low, high)
    return (contents, amounts), used


def _range(ends: Range) -> float:
    return max(1e-9, ends[1] - ends[0])
