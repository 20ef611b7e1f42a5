"""The LP relaxation of a model: its bound, values and prices, and rows added to it."""

import math
import time
from typing import Any

import numpy as np
import pyomo.environ as pyo

from .lp import AMBIGUOUS, HOPELESS, NO_PLAN, SOLVED, check, compile_rows, quiet, resolve_ambiguity
from .solution import NoSolution


class Relaxation:
    """The LP relaxation of a model, to which rows and columns can be added.

    ``interior``: solve it by an interior point method, which is twice as quick on large networks (200 segments and five
    resources: 4 against 9 s); rows added later are then dearer.
    """

    def __init__(self, model: pyo.ConcreteModel, time_limit: float | None = None, *, interior: bool = False) -> None:
        lp, columns, rows = compile_rows(model)
        lp.integrality_ = []
        self.highs = quiet()
        self.highs.setOptionValue("threads", 1)
        if interior:
            self.highs.setOptionValue("solver", "ipm")
        self.end = math.inf if time_limit is None else time.perf_counter() + time_limit
        check(self.highs.passModel(lp), "HiGHS refused the model")
        self.position = {id(v): c for c, v in enumerate(columns)}
        self.columns = columns  # keeps the variables alive, so that their ids stay theirs
        self.row_of = {id(constraint): r for r, constraint in enumerate(rows)}
        self.rows = lp.num_row_
        self._values = np.zeros(len(columns))
        self._prices = np.zeros(len(rows))

    def solve(self) -> float:
        """Objective of the relaxation: a bound of the model."""
        if math.isfinite(self.end):
            self.highs.setOptionValue("time_limit", max(0.0, self.end - time.perf_counter()))
        self.highs.run()
        if self.highs.getModelStatus() in NO_PLAN:  # see models.solve
            self.highs.setOptionValue("presolve", "off")
            self.highs.clearSolver()
            self.highs.run()
        status = self.highs.getModelStatus()
        if status == AMBIGUOUS:
            status = resolve_ambiguity(self.highs.getLp())
        if status in HOPELESS:
            raise NoSolution(HOPELESS[status])
        if status not in SOLVED:
            raise NoSolution("limit", f"relaxation: {status}")
        solution = self.highs.getSolution()
        self._values, self._prices = np.array(solution.col_value), np.array(solution.row_dual)
        return float(self.highs.getInfo().objective_function_value)

    def _column(self, variable: Any) -> int:
        return variable if isinstance(variable, int) else self.position[id(variable)]

    def value(self, variable: Any) -> float:
        """Value of a variable, or of an added column, in the last solve."""
        return float(self._values[self._column(variable)])

    def price(self, constraint: Any) -> float:
        """What one unit more on the right-hand side of a constraint costs in the last solve; 0 where it has no row."""
        row = self.row_of.get(id(constraint))
        return 0.0 if row is None else float(self._prices[row])

    def add_column(self) -> int:
        """Add a column within [0, 1] and return its number."""
        self.highs.addCol(0.0, 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([]))
        return int(self.highs.getNumCol()) - 1

    def add_row(self, terms: "list[tuple[Any, float]]") -> None:
        """Add a row: sum of coefficient x variable <= 0."""
        columns = np.array([self._column(v) for v, _ in terms], dtype=np.int32)
        self.highs.addRow(-math.inf, 0.0, len(terms), columns, np.array([c for _, c in terms]))


def relaxation_bound(model: pyo.ConcreteModel) -> float:
    """Objective of the LP relaxation."""
    return Relaxation(model).solve()
