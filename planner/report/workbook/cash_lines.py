"""The sheet ``Cash flow`` while it is written: rows by year, each a formula with its value at the defaults."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.finance.tables import PARK
from planner.report.workbook.cash_inputs import INPUTS, Cells
from planner.report.workbook.cash_items import ITEMS, Items
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.sheet import Sheet, at, elsewhere, span

#: Columns: party, what, whether it is a party's own (1); years begin in the last one.
PARTY, WHAT, OWN, FIRST_YEAR = 0, 1, 2, 3
Years = npt.NDArray[np.float64]
#: Column of a year -> its formula.
Formula = Callable[[int], str]


@dataclass
class Block:
    """Where the rows of a party (none: the park) stand, and their values at the defaults."""

    name: str | None
    rows: dict[str, int] = field(default_factory=dict)
    values: dict[str, Years] = field(default_factory=dict)


@dataclass
class Lines:
    """The sheet and what its formulas point at.

    Attributes
    ----------
    shared
        Rows that all parties share.
    first, last
        Between which rows those of the parties stand.
    """

    sheet: Sheet
    model: CashModel
    cells: Cells
    items: Items
    shared: dict[str, int] = field(default_factory=dict)
    first: int = 0
    last: int = 0

    @property
    def years(self) -> Years:
        """Years that there is a column for."""
        return np.arange(self.model.last + 1, dtype=float)

    @property
    def columns(self) -> range:
        """Their columns."""
        return range(FIRST_YEAR, FIRST_YEAR + self.model.last + 1)

    @property
    def rises(self) -> Years:
        """Money of each year in that of the price year, at the defaults."""
        made: Years = (1.0 + self.model.terms.inflation) ** self.years
        return made

    def padded(self, values: Any) -> Years:
        """Values of the plan over all columns."""
        return np.pad(np.asarray(values, dtype=float), (0, len(self.years) - len(values)))

    def shared_row(self, key: str, words: str, values: Years, kind: str, formula: Formula | None) -> None:
        """Write a row that all parties share."""
        sheet = self.sheet
        sheet.text(sheet.row, WHAT, words, "about")
        for column, value in zip(self.columns, values, strict=True):
            if formula is None:
                sheet.sheet.write_number(sheet.row, column, float(value), sheet.styles("about", kind))
            else:
                sheet.formula(sheet.row, column, formula(column), float(value), kind, "about")
        self.shared[key] = sheet.row
        sheet.row += 1

    def line(
        self, block: Block, row: str, values: Years, formula: Formula, *, kind: str = "money", aside: bool = False
    ) -> None:
        """Write a row of a party; ``aside`` folds it away, for it only serves others."""
        sheet = self.sheet
        sheet.text(sheet.row, PARTY, PARK if block.name is None else block.name)
        sheet.text(sheet.row, WHAT, row, "plain")
        sheet.value(sheet.row, OWN, int(block.name is not None), "count", "about")
        style = "total" if row.startswith("net") else "live"
        for column, value in zip(self.columns, values, strict=True):
            sheet.formula(sheet.row, column, formula(column), float(value), kind, style)
        if aside:
            sheet.sheet.set_row(sheet.row, None, None, {"level": 1, "hidden": True})
        block.rows[row], block.values[row] = sheet.row, values
        sheet.row += 1

    def summed(self, row: str) -> Formula:
        """A row of the park: the sum over the parties' own rows of the same name."""
        names, own = span(self.first, self.last, WHAT), span(self.first, self.last, OWN)
        return lambda c: f'SUMIFS({at(self.first, c)}:{at(self.last, c)},{names},"{row}",{own},1)'

    def of_items(self, which: str, block: Block, column: int) -> str:
        """Cells of a party's gains or assets; nothing where it has none."""
        places: dict[str, tuple[int, int]] = getattr(self.items, which)
        if block.name not in places:
            return ""
        first, last = places[block.name]
        return elsewhere(ITEMS, span(first, last, column))

    def rate(self, name: str | None) -> str:
        """Cell of a party's discount rate."""
        return "cash_rate" if name is None else elsewhere(INPUTS, self.cells.rates[name])

    def rise(self, column: int) -> str:
        """What money of a year is in that of the price year."""
        return f"(1+cash_inflation)^{at(self.shared['year'], column)}"


def before(row: int, column: int, sign: str = "+") -> str:
    """The cell of the year before, with its sign; nothing in the first."""
    return f"{sign}{at(row, column - 1)}" if column > FIRST_YEAR else ""
