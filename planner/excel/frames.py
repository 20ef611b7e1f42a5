"""Tables of results as pages of a workbook."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from planner.excel.write import Head, Page

#: A workbook of more rows is slow to open; the rest is in the CSV file.
MOST_ROWS = 50_000
_LONGEST_WIDTH = 46


def table_page(name: str, about: str, table: pd.DataFrame, meanings: Mapping[str, str], *, fixed: int = 1) -> Page:
    """A page with the rows of a table, at most ``MOST_ROWS`` of them.

    Parameters
    ----------
    name, about
        Of the sheet, and its first line.
    table
        What is not known in it stays blank, what has no limit is "no limit".
    meanings
        What columns mean, shown where the mouse rests on them.
    fixed
        Columns that stay in view.
    """
    shown = table.head(MOST_ROWS)
    if len(shown) < len(table):
        about += f"; the first {len(shown):,} of {len(table):,} rows, the CSV file has them all"
    heads = [
        Head(str(column), meanings.get(str(column), ""), width=_width(str(column), shown[column]), amount=True)
        for column in shown.columns
    ]
    return Page(name, about, heads, shown.to_dict("split")["data"], fixed)


def _width(name: str, cells: pd.Series) -> float:
    if pd.api.types.is_numeric_dtype(cells):
        return max(12.0, len(name) + 3.0)
    longest = max((len(str(cell)) for cell in cells.head(200) if cell is not None), default=0)
    return float(min(_LONGEST_WIDTH, max(10, len(name) + 3, longest + 2)))


def notes_page(meanings: Mapping[str, Mapping[str, str]], money: str, notes: Iterable[str]) -> Page:
    """A page that says what the columns of each sheet mean, the money, and what was assumed.

    Parameters
    ----------
    meanings
        By sheet and column.
    money
        As in "EUR of 2025".
    notes
        A row each.
    """
    rows: list[Sequence[str]] = [
        (sheet, column, text) for sheet, columns in meanings.items() for column, text in columns.items()
    ]
    rows += [("", "money", money), *(("", "note", note) for note in notes)]
    heads = [Head("sheet", width=14), Head("column", width=30), Head("what it means", width=110)]
    return Page("notes", "What the columns mean, and what was assumed.", heads, rows, fixed=0)
