"""What every section of the report reads: the plan, the words, and how money is shown."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from planner.report.html.texts import Texts
from planner.report.legend import strokes
from planner.report.numbers import amount, in_words, percent
from planner.results.plan import Plan

Row = Mapping[Hashable, Any]
#: Largest yearly cost or investment up to which money is shown in whole, in thousands; above, in millions.
_WHOLE, _THOUSANDS = 1e6, 1e9
#: Share of the largest sum of money below which a loss is rounding.
_ROUNDING = 1e-7
_NONE = "\u2013"


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    value
        The number that is shown, unrounded and unscaled; None for text.
    more
        Smaller text below.
    kind
        "good", "bad" or "weak": said in colour besides what the text says.
    """

    text: str
    value: float | None = None
    more: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    right
        Columns that hold numbers.
    foot
        Rows of totals.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: frozenset[int] = frozenset()
    foot: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A drawing, as an ``svg`` element that holds its own title and description, with the table of its numbers.

    Attributes
    ----------
    narrow
        The same as it fits on a phone; empty where one drawing does for both.
    title
        What stands above it; empty where a heading says it.
    """

    name: str
    svg: str
    table: Grid
    narrow: str = ""
    title: str = ""


@dataclass(frozen=True)
class Book:
    """A plan as a report shows it.

    Attributes
    ----------
    firm
        The party that an edition is for; None in the report of the whole park.
    partial
        What of the park's totals an edition may tell, and what it had to leave out; None in that of the whole park.
    answers
        What other commands found out about the run, by command; see ``after``. None of it is in an edition.
    """

    plan: Plan
    t: Texts
    firm: str | None = None
    partial: Any = None
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def rows(self, table: str) -> list[dict[Hashable, Any]]:
        """Rows of a table, to be read only; none where the plan has no such table."""
        if table not in self._rows:
            found = self.plan.tables.get(table)
            self._rows[table] = [] if found is None else found.to_dict("records")
        return self._rows[table]

    @cached_property
    def _rows(self) -> dict[str, list[dict[Hashable, Any]]]:
        """Rows of the tables that were asked for."""
        return {}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Exchange between two sites -> its number on the map."""
        return {stroke.exchange: stroke.number for stroke in strokes(self.plan.exchanges)}

    @property
    def currency(self) -> str:
        """As the case has it."""
        return str(self.plan.header.get("currency") or "")

    @cached_property
    def largest(self) -> float:
        """Largest sum of money that a party pays, the park pays, or an asset costs."""
        sizes = [abs(x) for row in self.rows("ledger") for x in (num(row["baseline_per_yr"]), num(row["plan_per_yr"]))]
        sizes += [abs(num(row["capex"])) for row in self.rows("assets")]
        named = ("total_annual_cost", "investment")
        sizes += [
            max(abs(num(row["baseline"])), abs(num(row["plan"])))
            for row in self.rows("indicators")
            if row["indicator"] in named
        ]
        return max((x for x in sizes if math.isfinite(x)), default=0.0)

    @property
    def scale(self) -> float:
        """What sums of money are divided by."""
        return 1.0 if self.largest < _WHOLE else 1e3 if self.largest < _THOUSANDS else 1e6

    def loses(self, gain: Any) -> bool:
        """Whether a gain is a loss, and no rounding of the largest sum."""
        return not missing(gain) and float(gain) < -_ROUNDING * self.largest

    @property
    def unit(self) -> str:
        """Unit of sums of money, such as "thousand EUR"."""
        name = {1.0: "", 1e3: self.t("thousand"), 1e6: self.t("million")}[self.scale]
        return f"{name} {self.currency}".strip()

    @property
    def priced(self) -> str:
        """Unit of money and its price year."""
        return self.t("of_year", unit=self.unit, year=self.plan.header.get("price_year"))

    def money(self, value: Any, kind: str = "") -> Cell:
        """A sum of money in a table."""
        if missing(value):
            return Cell(_NONE)
        shown = float(value) / self.scale
        text = f"{shown:,.{0 if self.scale == 1.0 else 1}f}"
        return Cell("0" if not float(text.replace(",", "")) else text, float(value), kind=kind)

    def gain(self, value: Any) -> Cell:
        """A gain: marked where it is a loss."""
        return self.money(value, "bad" if self.loses(value) else "")

    def sum(self, value: Any) -> str:
        """A sum of money in a sentence."""
        return f"{in_words(num(value))} {self.currency}".strip()


def num(value: Any) -> float:
    """Number of a cell; not a number for an empty one."""
    return math.nan if missing(value) else float(value)


def missing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or value != value or value == ""


def word(value: Any) -> str:
    """Text of a cell."""
    return "" if missing(value) else str(value)


def text(value: Any, more: str = "", kind: str = "") -> Cell:
    """A cell with words."""
    return Cell(word(value), more=more, kind=kind)


def number(value: Any, unit: str = "", kind: str = "") -> Cell:
    """A cell with a number, and its unit behind it."""
    if missing(value):
        return Cell(_NONE)
    return Cell(f"{amount(value)} {unit}".strip(), float(value), kind=kind)


def share(value: Any) -> Cell:
    """A cell with a share as a percentage."""
    return Cell(_NONE) if missing(value) else Cell(percent(100 * float(value)), float(value))


def years(value: Any, never: str = _NONE) -> Cell:
    """A cell with years."""
    if missing(value):
        return Cell(never)
    return Cell(f"{float(value):,.1f}", float(value))


def payback(book: Book, value: Any, never: str = _NONE) -> Cell:
    """A cell with years; at once where nothing is invested."""
    return Cell(book.t("at_once"), 0.0) if num(value) == 0.0 else years(value, never)


def without_empty(grid: Grid, columns: Iterable[int]) -> Grid:
    """The grid without those of some columns in which nothing stands."""
    empty = {i for i in columns if not any(row[i].text or row[i].more for row in grid.rows)}
    kept = [i for i in range(len(grid.heads)) if i not in empty]
    return replace(
        grid,
        heads=tuple(grid.heads[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in grid.rows),
        right=frozenset(kept.index(i) for i in grid.right if i not in empty),
    )


def total(label: str, rows: Sequence[Sequence[Cell]], columns: Iterable[int], make: Any) -> tuple[Cell, ...]:
    """A row of totals of some columns."""
    wide = len(rows[0]) if rows else 0
    wanted = set(columns)
    cells = [make(sum(row[i].value or 0.0 for row in rows)) if i in wanted else Cell("") for i in range(wide)]
    return (Cell(label), *cells[1:])
