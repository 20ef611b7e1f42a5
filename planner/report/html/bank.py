"""The table every bank wants: what net present value and payback become if one thing goes wrong, the plan kept."""

from typing import Any

from planner.report.html.book import Book, Cell, Grid, missing, num, share, text, word, years


def build(book: Book) -> dict[str, Any]:
    """The table, in one grid a party; without rows where the plan has no such table."""
    t = book.t
    rows = book.rows("bank")
    parties = dict.fromkeys(word(row["party"]) for row in rows)
    money = (t("bank.npv", unit=book.unit), t("bank.change", unit=book.unit))
    heads = (t("bank.case"), *money, t("firms.irr"), t("firms.payback"), t("bank.switching"))
    grids = []
    for party in parties:
        mine = [row for row in rows if word(row["party"]) == party]
        cells = tuple(_row(book, row) for row in mine)
        grids.append(Grid(t("bank.caption", party=party), heads, cells, frozenset(range(1, 6))))
    return {"grids": grids}


def _row(book: Book, row: Any) -> tuple[Cell, ...]:
    return (
        text(book.t.of("bank_cases", row["case"])),
        book.gain(row["npv"]),
        book.gain(row["change"]),
        share(row["irr"]),
        years(row["payback"]),
        _switching(row["switching_value"]),
    )


def _switching(value: Any) -> Cell:
    """The change at which the net present value is nothing."""
    if missing(value):
        return Cell("\u2013")
    if isinstance(value, str):
        return text(value)
    return Cell(f"{100 * num(value):+.0f} %", num(value))
