"""The day on which a questionnaire was filled in, however it is written; what could be two days is asked back."""

import re
from datetime import date, datetime, timedelta

from planner.case.numbers import describe
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.opened import Cell
from planner.excel.paths import tidy

_WRITE = "write it as year-month-day, as in 2026-04-13"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EARLIEST = 1990


def day_of(cell: Cell) -> str:
    """Day of a cell, as year-month-day.

    Raises
    ------
    CellError
        If it is none, may be two, or lies in the future.
    """
    if cell.kind == "date" and isinstance(cell.value, date):
        found = cell.value.date() if isinstance(cell.value, datetime) else cell.value
    elif cell.kind == "text":
        text = tidy(str(read.words(cell)))
        found = _of_text(text)
    else:
        raise CellError(f"found {read.said(cell)}; {_WRITE}")
    if found > date.today() + timedelta(days=1):  # a tenant may be a day ahead
        raise CellError(f"found {found.isoformat()}, a day to come; {_WRITE}")
    if found.year < _EARLIEST:
        raise CellError(f"found {found.isoformat()}, long ago; {_WRITE}")
    return found.isoformat()


def _of_text(text: str) -> date:
    words = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.lower())
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", words):
        return _date(text, int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", words):
        return _date(text, int(match[3]), int(match[2]), int(match[1]))
    if match := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", words):
        one, other, year = int(match[1]), int(match[2]), int(match[3])
        if one != other and max(one, other) <= 12:
            days = " or ".join(_date(text, year, *pair).isoformat() for pair in ((other, one), (one, other)))
            raise CellError(f"found {describe(text)}, which may be {days}; {_WRITE}")
        return _date(text, year, other, one) if other <= 12 else _date(text, year, one, other)
    for pattern, order in ((r"(\d{1,2})\.?[\s-]+([a-z]+)\.?,?[\s-]+(\d{4})", (3, 2, 1)),
                           (r"([a-z]+)\.? (\d{1,2}),? (\d{4})", (3, 1, 2))):  # fmt: skip
        if (match := re.fullmatch(pattern, words)) and match[order[1]][:3] in _MONTHS:
            return _date(text, int(match[order[0]]), _MONTHS.index(match[order[1]][:3]) + 1, int(match[order[2]]))
    raise CellError(f"found {describe(text)}; {_WRITE}")


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(f"found {describe(text)}, which is no day; {_WRITE}") from None
