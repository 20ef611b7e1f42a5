"""A few exchanges, and the facility between them, as one small mixed-integer program.

    max  what is saved by the flows of all legs and by the facility
    one leg: flow, losses and terms of an exchange over its options, twins of several sizes among them (E1 to E16, L7)
    facility: capacity on its investment curve, activity, and hours that both legs share (F8 to F12, B1 to B6, h1 to h9)

The tags are those of the mathematics of a plan, whose rows these are, of this one chain. Prices are those that
``planner.screen.pricing`` reads off the ledger. Solved by HiGHS; the binaries are then fixed and the rest is solved
again as a linear program, so that no tolerance of the binaries is left in the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.screen.pricing import GOAL, MEASURES

Array = np.ndarray[Any, Any]
_INF = float("inf")


@dataclass
class Program:
    """Columns with prices in all measures, and rows.

    Attributes
    ----------
    prices
        What a unit of each column costs, (measures,) each; what is saved is negative.
    constant
        What is paid whatever is done, (measures,).
    """

    prices: list[Array] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)
    constant: Array = field(default_factory=lambda: np.zeros(len(MEASURES)))

    def column(self, price: Array | float = 0.0, high: float = _INF, *, low: float = 0.0, whole: bool = False) -> int:
        """Add a column and return its number."""
        self.prices.append(np.zeros(len(MEASURES)) + price)
        self.low.append(low)
        self.high.append(max(high, low))
        self.whole.append(whole)
        return len(self.prices) - 1

    def row(self, terms: Mapping[int, float], low: float = -_INF, high: float = _INF) -> None:
        """Add low <= sum of terms <= high."""
        self.rows.append(({k: x for k, x in terms.items() if x != 0.0}, low, high))

    def best(self, objective: Array | None = None) -> Array | None:
        """Values of the columns at least cost in the goal (or at the least of an objective); None if there are none."""
        import highspy

        aim = np.array([price[GOAL] for price in self.prices]) if objective is None else objective
        whole, high = np.array(self.whole), np.array(self.high)
        scale = np.where(np.isfinite(high) & (high > 0.0) & ~whole, high, 1.0)
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("mip_rel_gap", 1e-9)
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("threads", 1)
        highs.passModel(self._lp(aim, scale))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = np.array(highs.getSolution().col_value)
        if not whole.any():
            return found * scale
        places = np.flatnonzero(whole).astype(np.int32)
        fixed = np.round(found[places])
        highs.changeColsIntegrality(len(places), places, np.full(len(places), highspy.HighsVarType.kContinuous))
        highs.changeColsBounds(len(places), places, fixed, fixed)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            found = np.array(highs.getSolution().col_value)
        return found * scale

    def _lp(self, aim: Array, scale: Array) -> Any:
        """The program as HiGHS takes it: quantities as shares of their bounds, rows by their largest coefficient."""
        import highspy

        entries, columns, begins = list[float](), list[int](), [0]
        lows, highs = list[float](), list[float]()
        for terms, least, most in self.rows:
            own = [x * scale[k] for k, x in terms.items()]
            by = max((abs(x) for x in own), default=1.0)
            entries += [x / by for x in own]
            columns += list(terms)
            begins.append(len(entries))
            lows.append(least / by)
            highs.append(most / by)
        price = aim * scale
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(scale), len(self.rows)
        lp.col_cost_ = price / (np.abs(price).max(initial=0.0) or 1.0)
        lp.col_lower_, lp.col_upper_ = np.array(self.low) / scale, np.array(self.high) / scale
        lp.row_lower_, lp.row_upper_ = np.array(lows), np.array(highs)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(begins, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(columns, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(entries)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        if any(self.whole):
            lp.integrality_ = [kinds[whole] for whole in self.whole]
        return lp

    def worth(self, values: Array) -> Array:
        """What is saved, (measures,)."""
        saved: Array = -self.constant - np.einsum("ck,c->k", np.array(self.prices), values)
        return saved

    def part(self, values: Array, columns: list[int]) -> Array:
        """What some columns cost, (measures,)."""
        total = np.zeros(len(MEASURES))
        for n in columns:
            total = total + self.prices[n] * values[n]
        return total


def weighted(columns: list[int], by: float = 1.0) -> dict[int, float]:
    """Columns as terms of a row, each with one coefficient."""
    return dict.fromkeys(columns, by)


def joined(*terms: Mapping[int, float]) -> dict[int, float]:
    """Sum of terms."""
    found: dict[int, float] = {}
    for one in terms:
        for k, x in one.items():
            found[k] = found.get(k, 0.0) + x
    return found


def times(terms: Mapping[int, float], by: float) -> dict[int, float]:
    """Terms times a number."""
    return {k: x * by for k, x in terms.items()}
