"""What prices say of the exchanges that a plan does not build: the plan's linear program, its whole numbers held.

With every whole number of the plan held, the program in flows that is left has prices. By its convexity (Dantzig 1963,
ch. 12) the reduced cost of ``built[e,s]`` is the least that it costs to build e by s while all else stays built as it
is: a bound, not an estimate. What it costs exactly is the same program solved again with e built (``added``). Neither
says what a plan costs that is built otherwise; that takes a search (:mod:`models.unbuilt`).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo

from .instance import ExchangeId, OptionId, SinkId, SourceId
from .lp import check, compile_rows, quiet
from .solution import NoSolution

#: Less than this is nothing [unit/yr].
NOTHING = 1e-6
#: Share of the most that an option carries, at which an exchange that would lie idle is tried for what gives way.
LITTLE = 0.01


@dataclass(frozen=True)
class Added:
    """A plan with one exchange more, all else built as it is.

    Attributes
    ----------
    option
        The cheapest way to build it.
    cost
        By how much the goal gets worse [unit of the goal, money scaled]; at least 0 in the best plan.
    flow
        What leaves by it [unit/yr].
    unit_cost
        By how much the goal gets worse with each unit that it is made to carry beyond that [unit of the goal/unit];
        not a number where it cannot carry more.
    less
        Exchange -> by how much less it carries than in the plan [unit/yr], of those that carry less; where this one
        lies idle, once it is made to carry a little.
    """

    option: OptionId
    cost: float
    flow: float
    unit_cost: float = math.nan
    less: Mapping[ExchangeId, float] = field(default_factory=dict)


class Marginal:
    """The linear program of a plan that a model holds, to be asked for prices.

    Parameters
    ----------
    model
        With the values of the plan, aimed at its goal; where outlets mix, its contents must be given ("fixed").

    Raises
    ------
    NoSolution
        If the whole numbers that the model holds leave no plan.
    """

    def __init__(self, model: pyo.ConcreteModel) -> None:
        self.model = model
        lp, columns, rows = compile_rows(model)
        self.columns = columns  # keeps the variables alive, so that their ids stay theirs
        self.position = {id(v): c for c, v in enumerate(columns)}
        self.row_of = {id(row): r for r, row in enumerate(rows)}
        lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
        for c, variable in enumerate(columns):
            if not variable.is_continuous():
                lower[c] = upper[c] = round(variable.value or 0.0)
        lp.col_lower_, lp.col_upper_, lp.integrality_ = lower, upper, []
        self.bounds = lower, upper
        self.row_bounds = np.array(lp.row_lower_), np.array(lp.row_upper_)
        self.highs = quiet(presolve=False)  # each answer from the basis of the one before
        self.highs.setOptionValue("threads", 1)
        check(self.highs.passModel(lp), "HiGHS refused the model")
        if not self._solved():
            raise NoSolution("infeasible", "the whole numbers of the plan leave nothing")
        solution = self.highs.getSolution()
        self.objective = float(self.highs.getInfo().objective_function_value)
        self.values, self.activity = np.array(solution.col_value), np.array(solution.row_value)
        self._reduced, self._prices = np.array(solution.col_dual), np.array(solution.row_dual)

    def _solved(self) -> bool:
        self.highs.run()
        return bool(self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def reduced(self, e: ExchangeId) -> float:
        """The least that building an exchange costs while all else stays built; below 0 where prices bar nothing.

        Not a number where it has no way to be built.
        """
        found = [self._reduced[c] for s in self._options(e) if (c := self._column(self.model.built[e, s])) is not None]
        return float(min(found, default=math.nan))

    def of_source(self, i: SourceId) -> float:
        """What a unit more of a source would cost in a year, by its worst state; below 0 where it is of use."""
        rows = self.model.source_on_demand if self.model.instance.sources[i].on_demand else self.model.source_balance
        return self._by_year(rows, i, min)

    def of_sink(self, j: SinkId) -> float:
        """What a unit more of a demand would cost in a year, by its dearest state."""
        return self._by_year(self.model.sink_balance, j, max)

    def _by_year(self, rows: Any, name: str, of: Any) -> float:
        weights = {t: state.weight for t, state in self.model.instance.states.items()}
        known = {t: self.row_of[id(rows[name, t])] for t in weights if id(rows[name, t]) in self.row_of}
        return float(of(self._prices[r] / weights[t] for t, r in known.items())) if known else 0.0

    def _options(self, e: ExchangeId) -> Iterable[OptionId]:
        options = self.model.instance.exchanges[e].options
        first = min((option.copy for option in options.values()), default=0)
        return [s for s, option in options.items() if option.copy == first]

    def _column(self, variable: Any) -> int | None:
        return self.position.get(id(variable))

    def added(self, e: ExchangeId) -> Added | None:
        """The plan with an exchange more; None where it cannot be added to it."""
        best: Added | None = None
        order = [(self._reduced[c], c, s) for s in self._options(e) if (c := self._built(e, s)) is not None]
        for least, column, s in sorted(order):
            if best is not None and least >= best.cost:
                break  # no way after this one can be cheaper
            with _Held(self, {column: (1.0, 1.0)}):
                if not self._solved():
                    continue
                cost = float(self.highs.getInfo().objective_function_value) - self.objective
                if best is None or cost < best.cost:
                    best = self._seen(e, s, cost, np.array(self.highs.getSolution().col_value))
        return best

    def _built(self, e: ExchangeId, s: OptionId) -> int | None:
        return self._column(self.model.built[e, s])

    def _seen(self, e: ExchangeId, s: OptionId, cost: float, values: np.ndarray) -> Added:
        """What came of it; of an exchange that lies idle, what would give way to a little."""
        flow = self._carried(values, e)
        if flow > NOTHING:
            return Added(s, cost, flow, less=self._less(values))
        best = Added(s, cost, 0.0)
        for t, state in self.model.instance.states.items():
            column = self._column(self.model.flow[e, s, t])
            most = self.model.instance.exchanges[e].options[s].max_flow[t]
            if column is None or most <= NOTHING:
                continue
            with _Held(self, {column: (LITTLE * most, most)}):
                if not self._solved():
                    continue
                more = float(self.highs.getInfo().objective_function_value) - self.objective - cost
                unit = more / (state.weight * LITTLE * most)
                if not best.unit_cost <= unit:
                    less = self._less(np.array(self.highs.getSolution().col_value))
                    best = Added(s, cost, 0.0, unit, less)
        return best

    def _carried(self, values: np.ndarray, e: ExchangeId) -> float:
        """What leaves by an exchange in a year."""
        total = 0.0
        for s in self.model.instance.exchanges[e].options:
            for t, state in self.model.instance.states.items():
                column = self._column(self.model.flow[e, s, t])
                total += 0.0 if column is None else state.weight * float(values[column])
        return total

    def _less(self, values: np.ndarray) -> dict[ExchangeId, float]:
        """Exchange -> by how much less it carries than in the plan, the largest share of it first."""
        before = {e: self._carried(self.values, e) for e in self.model.instance.exchanges}
        found = {e: (was - self._carried(values, e), was) for e, was in before.items() if was > NOTHING}
        lost = {e: (gone, gone / was) for e, (gone, was) in found.items() if gone > max(NOTHING, 1e-9 * was)}
        return {e: gone for e, (gone, _) in sorted(lost.items(), key=lambda item: -item[1][1])}

    def excess(self, e: ExchangeId, rows: Iterable[Any]) -> dict[int, float] | None:
        """By how much an exchange that cannot be added would break some rows, were it added without them.

        Returns
        -------
        dict
            Id of a row -> excess, of those that would be broken; None where it cannot be added without them either.
        """
        numbers = self._numbers(rows)
        if not numbers:
            return None
        with _Freed(self, list(numbers.values())):
            found = self._cheapest(e)
        if found is None:
            return None
        activity, (low, high) = found[1], self.row_bounds
        beyond = {row: max(activity[r] - high[r], low[r] - activity[r]) for row, r in numbers.items()}
        return {row: float(x) for row, x in beyond.items() if x > NOTHING}

    def binding(self, rows: Iterable[Any]) -> list[Any]:
        """Those of some rows that bind in the plan."""
        low, high = self.row_bounds
        return [
            row for row in rows
            if (r := self.row_of.get(id(row))) is not None
            and min(high[r] - self.activity[r], self.activity[r] - low[r]) <= NOTHING * max(1.0, abs(self.activity[r]))
        ]  # fmt: skip

    def gain_without(self, e: ExchangeId, rows: Iterable[Any]) -> float:
        """By how much the goal would get better with an exchange, were it not for some rows; not a number if unknown.

        Both sides are without these rows and with all else built as it is.
        """
        numbers = self._numbers(rows)
        if not numbers:
            return math.nan
        with _Freed(self, list(numbers.values())):
            if not self._solved():
                return math.nan
            before = float(self.highs.getInfo().objective_function_value)
            after = self._cheapest(e)
        return math.nan if after is None else before - after[0]

    def _numbers(self, rows: Iterable[Any]) -> dict[int, int]:
        return {id(row): r for row in rows if (r := self.row_of.get(id(row))) is not None}

    def _cheapest(self, e: ExchangeId) -> tuple[float, np.ndarray] | None:
        """Goal and values of the rows with an exchange built in the cheapest way; None where there is none."""
        best: tuple[float, np.ndarray] | None = None
        for column in [c for s in self._options(e) if (c := self._built(e, s)) is not None]:
            with _Held(self, {column: (1.0, 1.0)}):
                if not self._solved():
                    continue
                objective = float(self.highs.getInfo().objective_function_value)
                if best is None or objective < best[0]:
                    best = objective, np.array(self.highs.getSolution().row_value)
        return best


class _Freed:
    """Rows left out for a while."""

    def __init__(self, program: Marginal, rows: Sequence[int]) -> None:
        self.program, self.rows = program, rows

    def __enter__(self) -> None:
        for r in self.rows:
            self.program.highs.changeRowBounds(r, -math.inf, math.inf)

    def __exit__(self, *_: object) -> None:
        low, high = self.program.row_bounds
        for r in self.rows:
            self.program.highs.changeRowBounds(r, float(low[r]), float(high[r]))


class _Held:
    """Columns held within bounds for a while; those of the plan come back."""

    def __init__(self, program: Marginal, bounds: Mapping[int, tuple[float, float]]) -> None:
        self.program, self.bounds = program, bounds

    def __enter__(self) -> None:
        for c, (low, high) in self.bounds.items():
            self.program.highs.changeColBounds(c, low, high)

    def __exit__(self, *_: object) -> None:
        lower, upper = self.program.bounds
        for c in self.bounds:
            self.program.highs.changeColBounds(c, float(lower[c]), float(upper[c]))
