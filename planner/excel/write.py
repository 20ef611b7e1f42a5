"""Writes a workbook: pages of plain cells, with comments on columns and drop-downs. Text is never a formula."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner.errors import UsageError
from planner.report.targets import writing

#: Rows below the last that still have drop-downs.
SPARE_ROWS = 200
_LONGEST = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CHOICES = 250
_LINE = 95
#: Above so many cells a workbook is written row by row: kept whole it would take gigabytes.
_MOST_IN_MEMORY = 200_000
#: Results from the first on are shown whole, with thousands apart, those from the second on with four digits.
_LARGE, _SMALL = 100.0, 0.001


@dataclass(frozen=True)
class Head:
    """A column of a page.

    Attributes
    ----------
    text
        Its name, with the unit in brackets.
    comment
        What it means; shown where the mouse rests on it.
    choices
        What may be chosen in its cells.
    names
        (Sheet, letter of its column) that holds the names that may be chosen.
    width
        In signs.
    quiet
        Whether it stands back: units, ranges, sources.
    amount
        Whether its numbers are results, to be read: of twelve digits, the large ones shown whole.
    """

    text: str
    comment: str = ""
    choices: tuple[str, ...] = ()
    names: tuple[str, str] | None = None
    width: float = 14
    quiet: bool = False
    amount: bool = False


@dataclass(frozen=True)
class Page:
    """A sheet to be written.

    Attributes
    ----------
    name
        Of the sheet.
    about
        Its first line.
    heads
        Its columns; their names stand in the second line. Without any, the rows are plain lines.
    rows
        Cells by row: text, numbers, truth values or None.
    fixed
        Columns that stay in view.
    """

    name: str
    about: str = ""
    heads: Sequence[Head] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    fixed: int = 1


def workbook(path: Path, pages: Sequence[Page]) -> None:
    """Write pages into a workbook (.xlsx).

    Text that a spreadsheet program could take for a formula (it begins with = + - @ or a tab) is text. A number that
    16 digits cannot hold is written as text, so that it is read again as it was.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    count = sum(len(page.rows) * max(len(page.heads), 1) for page in pages)
    with new_book(path, row_by_row=count > _MOST_IN_MEMORY) as book:
        formats = _formats(book)
        for page in pages:
            _page(book.add_worksheet(page.name), page, formats)


@contextmanager
def new_book(path: Path, *, row_by_row: bool = False) -> Iterator[Any]:
    """A workbook of xlsxwriter in which no text is a formula or a link; it is written at the end.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": row_by_row,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    yield book
    with writing(path):
        try:
            book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else error
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from None


def _formats(book: Any) -> dict[str, Any]:
    return {
        "about": book.add_format({"italic": True, "font_color": "#44546A"}),
        "head": book.add_format(
            {
                "bold": True,
                "bg_color": "#1F4E79",
                "font_color": "#FFFFFF",
                "text_wrap": True,
                "valign": "top",
                "border": 1,
            }
        ),
        "quiet head": book.add_format(
            {"bg_color": "#D6DCE5", "font_color": "#333333", "text_wrap": True, "valign": "top", "border": 1}
        ),
        "quiet": book.add_format({"font_color": "#595959", "indent": 1}),
        "risky": book.add_format({"quote_prefix": True}),
        "large": book.add_format({"num_format": "#,##0"}),
        "small": book.add_format({"num_format": "0.0###"}),
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _page(sheet: Any, page: Page, formats: dict[str, Any]) -> None:
    first = 0
    if page.about:
        sheet.write_string(0, 0, page.about, formats["risky" if page.about.startswith(_RISKY) else "about"])
        first = 1
    if page.heads:
        sheet.set_row(first, 45)
        for column, head in enumerate(page.heads):
            sheet.write_string(first, column, head.text, formats["quiet head" if head.quiet else "head"])
            if head.comment:
                sheet.write_comment(first, column, head.comment, {"x_scale": 2.2, "y_scale": 1.2})
            sheet.set_column(column, column, head.width)
        first += 1
        sheet.freeze_panes(first, page.fixed)
        sheet.autofilter(first - 1, 0, first - 1 + max(len(page.rows), 1), len(page.heads) - 1)
    else:
        sheet.set_column(0, 0, 110)
        sheet.hide_gridlines(2)
    for row, cells in enumerate(page.rows, start=first):
        if not page.heads:
            sheet.set_row(row, 16 * max(1, math.ceil(len(str(cells[0])) / _LINE)) + 6)
        for column, value in enumerate(cells):
            if page.heads and page.heads[column].amount:
                value, style = _amount(value, formats)
            else:
                style = formats["quiet"] if page.heads and page.heads[column].quiet else None
            write_cell(sheet, row, column, value, style if page.heads else formats["line"], formats["risky"])
    for column, head in enumerate(page.heads):
        _choose(sheet, first, first + len(page.rows) + SPARE_ROWS, column, head)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)


def _amount(value: Any, formats: dict[str, Any]) -> tuple[Any, Any]:
    """A result as it is written, and its style; nothing where it is not known."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value, None
    if not math.isfinite(value):
        return (None if math.isnan(value) else "no limit" if value > 0 else "-no limit"), None
    made = float(f"{value:.12g}") if isinstance(value, float) else value
    if abs(made) >= _LARGE:
        return made, formats["large"]
    return made, formats["small"] if made % 1 and abs(made) >= _SMALL else None


def write_cell(sheet: Any, row: int, column: int, value: Any, style: Any, risky: Any) -> None:
    """Write a value as it is; text that a spreadsheet could take for a formula has the style ``risky``."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        if float(f"{value:.16G}") == value:
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, repr(value), style)
    else:
        text = str(value)
        if len(text) > _LONGEST:
            raise UsageError(f'a text of {len(text)} signs ("{text[:40]}...") does not fit into a cell')
        sheet.write_string(row, column, text, risky if text.startswith(_RISKY) else style)


def _choose(sheet: Any, first: int, last: int, column: int, head: Head) -> None:
    """Give a column its drop-down; other names than those on the list are warned of, not refused."""
    rule: dict[str, Any] = {"validate": "list", "error_type": "warning"}
    if head.choices and len(",".join(head.choices)) <= _LONGEST_CHOICES:
        rule |= {"source": list(head.choices), "error_type": "stop", "error_title": "Not on the list"}
    elif head.names:
        name, letter = head.names
        rule |= {"source": f"='{name}'!${letter}$3:${letter}$2000", "error_title": "Not a name of the workbook"}
    else:
        return
    sheet.data_validation(first, column, last, column, rule)
