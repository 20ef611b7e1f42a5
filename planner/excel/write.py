"""Writes a workbook: pages of plain cells, with comments on columns and drop-downs. Text is never a formula."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner.errors import UsageError

#: Rows below the last that still have drop-downs.
SPARE_ROWS = 200
_LONGEST = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CHOICES = 250
_LINE = 95


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
    """

    text: str
    comment: str = ""
    choices: tuple[str, ...] = ()
    names: tuple[str, str] | None = None
    width: float = 14
    quiet: bool = False


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
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    formats = {
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
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for page in pages:
        _page(book.add_worksheet(page.name), page, formats)
    try:
        book.close()
    except (FileCreateError, OSError) as error:
        raise UsageError(f"cannot write {path}: {error}") from None


def _page(sheet: Any, page: Page, formats: dict[str, Any]) -> None:
    first = 0
    if page.about:
        sheet.write_string(0, 0, page.about, formats["about"])
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
            style = formats["quiet"] if page.heads and page.heads[column].quiet else None
            _cell(sheet, row, column, value, style if page.heads else formats["line"], formats["risky"])
    for column, head in enumerate(page.heads):
        _choose(sheet, first, first + len(page.rows) + SPARE_ROWS, column, head)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)


def _cell(sheet: Any, row: int, column: int, value: Any, style: Any, risky: Any) -> None:
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
