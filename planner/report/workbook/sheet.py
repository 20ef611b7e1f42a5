"""Sheets of the workbook of results: styles, tables with units in their headings, live totals, print setup."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.excel.write import write_cell

_BLUE, _GREY, _YELLOW = "#1F4E79", "#595959", "#FFF2CC"
#: Number formats by kind of number; the digits of money, amounts and prices follow their size.
FORMATS = {
    "percent": "0.0 %",
    "share": "0.0000",
    "factor": "0.000",
    "years": "0.00",
    "count": "0",
    "text": "@",
}
#: Digits a number is written with: those of the CSV tables.
_DIGITS = 12
#: Widest column, width of one whose words are broken into lines, height of a line.
_WIDEST, _WRAPPED, _LINE = 60, 45.0, 15
#: Digits of a number that mean something on a sheet, and most behind the point.
_DIGITS_SHOWN, _MOST_PLACES = {"money": 5, "amount": 5, "price": 4}, 9
#: Signs of all columns that are still read on one page across.
_PAGE = 190.0


class Styles:
    """Formats of a workbook, each made once.

    Parameters
    ----------
    money
        The largest sum of money of the workbook: all sums are shown with as many digits behind the point as it needs.
    """

    def __init__(self, book: Any, money: float = 1e9) -> None:
        self._book, self._money = book, money
        self._made: dict[tuple[str, str], Any] = {}

    def __call__(self, name: str, kind: str = "", value: Any = None) -> Any:
        """A format of ``_LOOKS``, with the number format of a kind of number of about that size."""
        number = "" if kind in ("", "text") else self.number(kind, value)
        if (name, number) not in self._made:
            looks = dict(_LOOKS[name]) | ({"num_format": number} if number else {})
            self._made[name, number] = self._book.add_format(looks)
        return self._made[name, number]

    def number(self, kind: str, value: Any = None) -> str:
        """Number format of a kind of number of about that size."""
        if kind in FORMATS:
            return FORMATS[kind]
        places = self.places(kind, value)
        return "#,##0" + ("." + "0" * places if places else "")

    def places(self, kind: str, value: Any) -> int:
        """Digits behind the point of a number."""
        if kind in FORMATS:
            return len(FORMATS[kind].removesuffix(" %").partition(".")[2])
        size = self._money if kind == "money" else abs(value) if isinstance(value, int | float) else 0.0
        if kind == "amount" and size == round(size):
            return 0
        least = 2 if kind == "price" and size < 1e5 else 0
        if not size:
            return least
        places = _DIGITS_SHOWN[kind] - 1 - math.floor(math.log10(size))
        # no more than the number has: 0.25, not 0.25000
        while kind != "money" and places > least and abs(round(size, places - 1) - size) < 1e-9 * size:
            places -= 1
        return min(_MOST_PLACES, max(least, places))


_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {"valign": "top"},
    "words": {"valign": "top", "indent": 1},
    "risky": {"quote_prefix": True, "valign": "top", "indent": 1},
    "risky line": {"quote_prefix": True, "valign": "top", "text_wrap": True},
    "title": {"bold": True, "font_size": 14, "font_color": _BLUE},
    "part": {"bold": True, "font_size": 12, "font_color": _BLUE},
    "about": {"italic": True, "font_color": _GREY},
    "head": {
        "bold": True,
        "bg_color": _BLUE,
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "top",
        "border": 1,
        "indent": 1,
    },
    "line": {"text_wrap": True, "valign": "top"},
    "aside": {"font_color": _GREY},
    "input": {"bg_color": _YELLOW, "border": 1, "border_color": "#BF9000", "locked": False},
    "live": {"font_color": "#1F4E79", "valign": "top"},
    "total": {"bold": True, "top": 1, "bg_color": "#EAF1F8"},
    "fault": {"bold": True, "font_color": "#C00000"},
    "bad": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#C00000"},
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        Of the column in the table of the plan.
    head
        Its heading, with the unit in brackets.
    kind
        Of its numbers, one of ``FORMATS``; "text" for words.
    total
        Whether its sum stands under it, as a formula.
    """

    name: str
    head: str
    kind: str = "text"
    total: bool = False
    width: float = 0.0


def at(row: int, column: int, *, fixed: bool = False) -> str:
    """Name of a cell, as "C5"; with dollars where it is fixed."""
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed))


def span(first: int, last: int, column: int) -> str:
    """Name of a part of a column, with dollars."""
    return f"{at(first, column, fixed=True)}:{at(last, column, fixed=True)}"


def elsewhere(sheet: str, cells: str) -> str:
    """Cells of another sheet."""
    return f"'{sheet}'!{cells}"


def cell_value(value: Any) -> Any:
    """A value of a table as it is written: nothing for what is not known, lists as text, no number of numpy."""
    if isinstance(value, list | tuple):
        return "; ".join(str(part) for part in value)
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is Ellipsis:
        return None
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            return "no limit" if value > 0 else "-no limit"
        return float(f"{value:.{_DIGITS}g}")
    return value if isinstance(value, str | int | bool) else None if value != value else str(value)


def _as_it_is(formula: str, *_: Any) -> str:
    """A formula without its sign; xlsxwriter would look for two dozen functions of later versions in each of them."""
    return formula.removeprefix("=")


@dataclass
class Sheet:
    """A sheet that is written from top to bottom.

    Attributes
    ----------
    row
        The next free row, from 0.
    fixed
        First columns that stay in view and are printed on each page across.
    free
        Rows left free before the parts.
    """

    book: Any
    styles: Styles
    name: str
    title: str
    about: str = ""
    tab: str = ""
    row: int = 0
    fixed: int = 1
    widths: dict[int, float] = field(default_factory=dict)
    headings: dict[int, dict[int, str]] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)

    @cached_property
    def sheet(self) -> Any:
        """The sheet of xlsxwriter, with its title and page setup."""
        made = self.book.add_worksheet(self.name)
        made._prepare_formula = _as_it_is
        made.hide_gridlines(2)
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        made.set_footer("&L&F&C&A&R&P / &N")
        if self.tab:
            made.set_tab_color(self.tab)
        return made

    def begin(self) -> "Sheet":
        """Write title and first line."""
        self.text(0, 0, self.title, "title")
        self.row = 1
        if self.about:
            self.text(1, 0, self.about, "about")
            self.row = 2
        self.row += 1
        return self

    def text(self, row: int, column: int, words: Any, style: str = "plain") -> None:
        """Write words; never a formula."""
        value = cell_value(words)
        if value is None:
            return
        plain = self.styles("words" if style == "plain" else style)
        risky = self.styles({"plain": "risky", "line": "risky line"}.get(style, style))
        write_cell(self.sheet, row, column, str(value), plain, risky)
        self._widen(row, column, str(value), style)

    def value(self, row: int, column: int, value: Any, kind: str = "text", style: str = "plain") -> None:
        """Write a number or words."""
        made = cell_value(value)
        if made is None:
            if style not in ("plain", "line"):
                self.sheet.write_blank(row, column, None, self.styles(style, kind))
            return
        if isinstance(made, str):
            self.text(row, column, made, style)
        elif isinstance(made, bool):
            self.text(row, column, "yes" if made else "no", style)
        else:
            self.number(row, column, made, kind, style)

    def number(self, row: int, column: int, value: float, kind: str, style: str = "plain") -> None:
        """Write a number with all its digits."""
        self.sheet.write_number(row, column, value, self.styles(style, kind, value))
        self._fit(column, value, kind)

    def paragraph(self, words: str, columns: int, style: str = "line") -> None:
        """Write words in lines over some columns, and go to the next row."""
        self.sheet.merge_range(self.row, 0, self.row, columns - 1, "", self.styles(style))
        self.text(self.row, 0, words, style)
        wide = sum(self.widths.get(n, 11.0) for n in range(columns))
        self.sheet.set_row(self.row, _LINE * max(1, math.ceil(1.1 * len(words) / wide)))
        self.row += 1

    def formula(self, row: int, column: int, formula: str, value: Any, kind: str = "money", style: str = "live") -> str:
        """Write a formula with its value at the defaults, and return the name of its cell."""
        made = cell_value(value)
        look = self.styles(style, kind, made)
        self.sheet.write_formula(row, column, f"={formula}", look, "" if made is None else made)
        if isinstance(made, int | float):
            self._fit(column, made, kind)
        return at(row, column, fixed=True)

    def part(self, words: str) -> None:
        """Write the heading of a part, with a free row before it."""
        self.free.append(self.row)
        self.row += 1
        self.text(self.row, 0, words, "part")
        self.row += 1

    def heads(self, heads: Sequence[str], column: int = 0) -> None:
        """Write a row of headings."""
        for n, head in enumerate(heads, column):
            self.text(self.row, n, head, "head")
        self.headings.setdefault(self.row, {}).update(enumerate(heads, column))
        self.row += 1

    def freeze(self, columns: int = 1, row: int | None = None) -> None:
        """Keep what is above a row (the next one), and the first columns, in view, and print both on each page."""
        self.fixed, below = columns, self.row if row is None else row
        self.sheet.freeze_panes(below, columns)
        self.sheet.repeat_rows(below - 1)

    def table(self, columns: Sequence[Column], rows: Sequence[dict[Any, Any]], *, filtered: bool = True) -> int:
        """Write a table under its headings, with live totals beneath it.

        Returns
        -------
        int
            The first row of its numbers; its last is ``first + len(rows) - 1``.
        """
        self.heads([column.head for column in columns])
        first = self.row
        styles = []
        for n, column in enumerate(columns):
            longest = max((len(str(record.get(column.name) or "")) for record in rows), default=0)
            wrapped = column.kind == "text" and longest > _WIDEST
            styles.append("line" if wrapped else "plain")
            self.widths[n] = max(self.widths.get(n, 0.0), column.width, _WRAPPED if wrapped else 0.0)
        for record in rows:
            for n, (column, style) in enumerate(zip(columns, styles, strict=True)):
                self.value(self.row, n, record.get(column.name), column.kind, style)
            self._lines(record, [c.name for c, style in zip(columns, styles, strict=True) if style == "line"])
            self.row += 1
        if filtered and rows:
            self.sheet.autofilter(first - 1, 0, self.row - 1, len(columns) - 1)
        if rows and any(column.total for column in columns):
            self._totals(columns, rows, first)
        elif not rows:
            self.text(self.row, 0, "none", "about")
            self.row += 1
        return first

    def _lines(self, record: dict[Any, Any], broken: Sequence[str]) -> None:
        """Make the row as high as the words that are broken into lines need; not every program does so itself."""
        longest = max((len(str(cell_value(record.get(name)) or "")) for name in broken), default=0)
        if longest > _WRAPPED:
            self.sheet.set_row(self.row, _LINE * math.ceil(1.15 * longest / _WRAPPED))

    def _totals(self, columns: Sequence[Column], rows: Sequence[dict[Any, Any]], first: int) -> None:
        """Sums of what is shown: a filter narrows them."""
        for n, column in enumerate(columns):
            if column.total:
                total = math.fsum(x for r in rows if isinstance(x := cell_value(r.get(column.name)), int | float))
                self.formula(self.row, n, f"SUBTOTAL(109,{span(first, self.row - 1, n)})", total, column.kind, "total")
            else:
                self.value(self.row, n, "total shown" if n == 0 else None, "text", "total")
        self.row += 1

    def done(self, printed: int | None = None) -> None:
        """Set the widths of the columns, the heights of headings, and how many of the columns (all) are printed."""
        widths = {column: min(_WIDEST, max(9.0, width)) for column, width in self.widths.items()}
        for column, width in widths.items():
            self.sheet.set_column(column, column, width)
        count = max(widths, default=0) + 1 if printed is None else printed
        whole = sum(widths.get(column, 9.0) for column in range(count))
        if printed is not None:
            self.sheet.print_area(0, 0, self.row, printed - 1)
        if whole > _PAGE:
            self.sheet.fit_to_pages(math.ceil(whole / _PAGE), 0)
            self.sheet.repeat_columns(0, max(0, self.fixed - 1))
        for row, heads in self.headings.items():
            lines = (math.ceil(1.25 * len(head) / widths.get(n, 9.0)) for n, head in heads.items())
            self.sheet.set_row(row, _LINE * min(5, max(1, *lines)) + 3)

    def _fit(self, column: int, number: float, kind: str) -> None:
        """Widen a column for a number in its format."""
        places = self.styles.places(kind, number) if kind else 0
        self.widths[column] = max(self.widths.get(column, 9.0), len(f"{number:,.{places}f}") + 2.5)

    def _widen(self, row: int, column: int, words: str, style: str) -> None:
        if style in ("title", "about", "part", "line", "aside"):
            return
        wide = max(map(len, words.split())) + 3.0 if style == "head" and words else len(words) + 2.0
        self.widths[column] = max(self.widths.get(column, 11.0), min(_WIDEST, wide))
