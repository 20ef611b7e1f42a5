"""Plans near contents that are known: products linearised there, whole numbers free, then flows and contents anew.

    min  goal        products linearised at the values of the model (products, R19), contents within a radius of them
    sum_{z = 0 here} z + sum_{z = 1 here} (1 - z) <= flips      z a binary, around a plan         (A1)
    sum_{z = 0 then} z + sum_{z = 1 then} (1 - z) >= 1          each plan that was tried          (A2)

A step of successive linear programming with whole numbers in it (Fischetti & Lodi 2003, local branching, for A1). What
it proposes is no plan yet: flows and contents are found for its whole numbers by ``slp``. Where they are no better, the
same whole numbers are not proposed again, and more of them may change at once.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pyomo.environ as pyo

from . import products, slp
from . import solve as bridge
from .mixing import amount_of
from .solution import NoSolution
from .solve import Options, asked
from .values import Values, restore, snapshot


@dataclass(frozen=True)
class Rule:
    """How long to look.

    Attributes
    ----------
    flips
        Most binaries that change at once, tried in turn.
    tries
        Proposals in vain after which more may change.
    radius
        How far contents may go, as a share of their ranges.
    nodes
        Most nodes of the tree of a proposal.
    gap
        Gap of a proposal.
    gain
        Least share of the goal that counts as better.
    """

    flips: tuple[int, ...] = (5,)
    tries: int = 3
    radius: float = 0.3
    nodes: int = 300
    gap: float = 1e-3
    gain: float = 1e-6


def declare(m: pyo.ConcreteModel) -> None:
    """Rows that proposals need, empty."""
    m.near = pyo.Constraint(pyo.Any, doc="A1")
    m.untried = pyo.Constraint(pyo.Any, doc="A2")


def propose(m: pyo.ConcreteModel, options: Options, rule: Rule) -> float | None:
    """Write the best whole numbers near the contents and flows of the model into it; None where there are none."""
    before = m.mixing_mode
    _linearise(m, rule.radius)
    products.switch(m, "linearised")
    try:
        options = replace(options, gap=max(options.gap, rule.gap), node_limit=rule.nodes, start=False, progress=None)
        return bridge.solve(m, options).objective
    except NoSolution as end:
        if end.reason == "unbounded":
            raise
        return None
    finally:
        products.switch(m, before)
        products.unbound(m)


def _linearise(m: pyo.ConcreteModel, radius: float) -> None:
    """Products at the values of the model, and contents near them."""
    contents, amounts = products.given(m)
    for way in m.now:
        m.now[way] = max(0.0, float(amount_of(m, way[:3], way[3]).value or 0.0))
    for index, (low, high) in contents.items():
        at, reach = min(high, max(low, float(m.content[index].value or 0.0))), radius * (high - low)
        m.at[index] = at
        contents[index] = max(low, at - reach), min(high, at + reach)
    products.bound(m, contents, amounts)


class Around:
    """Better plans near a plan."""

    def __init__(self, m: pyo.ConcreteModel, options: Options, left: Callable[[float], float | None]) -> None:
        self.m, self.options, self.left, self.rule = m, options, left, Rule()
        self.whole = [v for v in m.component_data_objects(pyo.Var) if v.is_binary() and not v.fixed]

    def search(self, goal: float, plan: Values) -> tuple[float, Values]:
        """A plan no worse than the one given, and its goal."""
        m, width, vain = self.m, 0, 0
        products.unbound(m)
        restore(plan)
        m.untried[0] = self._distance() >= 1
        try:
            while width < len(self.rule.flips) and not self._over():
                restore(plan)
                m.near[0] = self._distance() <= self.rule.flips[width]
                found = self._try()
                if found is not None and found < goal - self.rule.gain * abs(goal):
                    goal, plan, width, vain = found, snapshot(m), 0, 0
                    continue
                vain += 1
                if found is None or vain >= self.rule.tries:
                    width, vain = width + 1, 0
        finally:
            m.near.clear(), m.untried.clear()
        return goal, plan

    def _try(self) -> float | None:
        """Goal of a plan near the values of the model; None where nothing is proposed."""
        m = self.m
        m.untried.activate()
        proposed = propose(m, replace(self.options, time_limit=self.left(0.2)), self.rule)
        m.near.clear()
        m.untried.deactivate()
        if proposed is None:
            return None
        m.untried[len(m.untried)] = self._distance() >= 1
        m.untried.deactivate()
        goal = slp.improve(m, replace(self.options, time_limit=self.left(1.0)))
        return math.inf if goal is None else goal

    def _distance(self) -> Any:
        """Number of binaries that differ from the values of the model."""
        return pyo.quicksum(1 - v if (v.value or 0.0) > 0.5 else v for v in self.whole)

    def _over(self) -> bool:
        left = self.left(1.0)
        return asked(self.options.interrupt) or (left is not None and left <= 0.0)
