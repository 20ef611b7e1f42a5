"""Runs side by side as a workbook: a sheet for each thing compared, and why the headlines moved, with charts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from planner.compare.inputs import told
from planner.compare.moved import Moved
from planner.compare.page import TITLES, differs
from planner.excel.write import new_book
from planner.report.waterfalls import Waterfall, bars
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere, span

_ABOUT = 3
#: Rows that a chart covers.
_CHART = 20
_COLOURS = {"total": "#5B6875", "up": "#D55E00", "down": "#0072B2", "plan": "#CC79A7"}


def write_comparison(table: pd.DataFrame, moved: Moved | None, file: Path) -> None:
    """Write a comparison as a workbook.

    Parameters
    ----------
    table
        Of :func:`planner.results.compare.compare`.
    moved
        Why the headlines moved, of two runs.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    with new_book(file) as book:
        styles = Styles(book)
        if moved is not None:
            _why(book, styles, moved, [str(name) for name in table.columns[_ABOUT:]])
        for what, (title, about) in TITLES.items():
            rows = table[table["what"] == what]
            if len(rows):
                _side_by_side(book, styles, title, about, rows)
        if moved is not None:
            _inputs(book, styles, moved)


def _side_by_side(book: Any, styles: Styles, title: str, about: str, rows: pd.DataFrame) -> None:
    names = [str(name) for name in rows.columns[_ABOUT:]]
    sheet = Sheet(book, styles, title.partition(":")[2].strip().capitalize() or title, title, about).begin()
    two = len(names) == 2
    sheet.heads(["Name", "Unit", *names, "Differs", *(["Change"] if two else [])])
    sheet.freeze(1)
    first = sheet.row
    for row in rows.itertuples(index=False, name=None):
        values = row[_ABOUT:]
        sheet.text(sheet.row, 0, row[1])
        sheet.text(sheet.row, 1, row[2])
        for column, value in enumerate(values, 2):
            sheet.value(sheet.row, column, value, "amount")
        how = differs(values)
        sheet.text(sheet.row, len(names) + 2, how)
        if two:
            old, new = at(sheet.row, 2), at(sheet.row, 3)
            both = all(isinstance(x, int | float) and x == x for x in values)
            change = values[1] - values[0] if both else None
            sheet.formula(sheet.row, 5, f'IF(COUNT({old},{new})=2,{new}-{old},"")', change, "amount")
        sheet.row += 1
    sheet.sheet.autofilter(first - 1, 0, max(first, sheet.row - 1), len(names) + 2 + two)
    mark = {"type": "formula", "criteria": f'=${at(first, len(names) + 2)}<>""', "format": styles("input")}
    sheet.sheet.conditional_format(first, 0, max(first, sheet.row - 1), len(names) + 2, mark)
    sheet.done()


def _why(book: Any, styles: Styles, moved: Moved, names: Sequence[str]) -> None:
    about = f"From {names[0]} to {names[1]}: numbers changed with the old plan kept, then the plan; parts add up."
    sheet = Sheet(book, styles, "Why it moved", "Why the headlines moved", about, tab="#D55E00").begin()
    for waterfall in moved.waterfalls:
        _waterfall(sheet, waterfall)
    sheet.widths |= {0: 52}
    for note in moved.notes:
        sheet.paragraph(note, 5)
    sheet.done()


def _waterfall(sheet: Sheet, waterfall: Waterfall) -> None:
    """A table whose sums are formulas, and its chart: bars that stand on bars that are not seen."""
    sheet.part(f"{waterfall.title} [{waterfall.unit}]")
    sheet.heads(["What moved it", "Change", "So far", "hidden", "total", "up", "down", "plan"])
    first, rows = sheet.row, bars(waterfall)
    for n, (name, start, end, kind) in enumerate(rows):
        row, total = sheet.row, kind == "total"
        sheet.text(row, 0, name, "total" if total else "plain")
        if not total:
            sheet.value(row, 1, end - start, "amount")
        if n == 0:
            sheet.value(row, 2, end, "amount", "total")
        elif total:
            sheet.formula(row, 2, at(row - 1, 2), end, "amount", "total")
        else:
            sheet.formula(row, 2, f"{at(row - 1, 2)}+{at(row, 1)}", end, "amount")
        _stack(sheet, start, end, kind)
        sheet.row += 1
    chart = sheet.book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in ((3, None), *enumerate(_COLOURS.values(), 4)):
        chart.add_series(
            {
                "name": ("hidden", *_COLOURS)[column - 3],
                "categories": f"={elsewhere(sheet.name, span(first, sheet.row - 1, 0))}",
                "values": f"={elsewhere(sheet.name, span(first, sheet.row - 1, column))}",
                "fill": {"none": True} if colour is None else {"color": colour},
                "gap": 40,
            }
        )
    chart.set_title({"name": f"{waterfall.title} [{waterfall.unit}]", "name_font": {"size": 11}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 760, "height": 60 + 28 * len(rows)})
    sheet.sheet.insert_chart(first - 1, 9, chart, {"description": f"Waterfall: {waterfall.title}"})
    sheet.row = max(sheet.row, first + len(rows) + 6) + 1


def _stack(sheet: Sheet, start: float, end: float, kind: str) -> None:
    """Columns of the chart as formulas over what so far is; where a bar crosses zero it is drawn from there."""
    row = sheet.row
    low = 0.0 if kind == "total" else min(start, end) if min(start, end) > 0 else min(max(start, end), 0.0)
    length = end if kind == "total" else abs(end - start) if low >= 0 else -abs(end - start)
    if kind != "total" and start * end < 0:
        low, length = 0.0, end
    column = {"total": 4, "plan": 7}.get(kind, 5 if end > start else 6)
    sheet.value(row, 3, low, "amount", "aside")
    for n in range(4, 8):
        sheet.value(row, n, length if n == column else 0.0, "amount", "aside")


def _inputs(book: Any, styles: Styles, moved: Moved) -> None:
    sheet = Sheet(
        book, styles, "Inputs that differ", "Inputs that differ", "Sources and grades are no difference."
    ).begin()
    sheet.heads(["Field", "Group", "Last run", "This run", "How it is told apart"])
    sheet.freeze(1)
    for change in moved.changes:
        how = "a number: by itself" if change.number else "in the plan change"
        how = "in no headline" if change.idle else how
        for column, words in enumerate((change.field, change.group, told(change.before), told(change.after), how)):
            sheet.text(sheet.row, column, words)
        sheet.row += 1
    sheet.done()
