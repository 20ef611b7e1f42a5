"""The table every bank wants: what net present value and payback become if one thing goes wrong, the plan kept."""

from typing import Any

from planner.report.html.book import Book, Cell, Grid, missing, num, share, text, word, years
from planner.report.numbers import amount

#: A change of -100 % is a loss, and is told as such.
_ALL = 100.0


def build(book: Book) -> dict[str, Any]:
    """The table, in one grid a party; without rows where the plan has no such table."""
    t = book.t
    rows = sorted(book.rows("bank"), key=lambda row: bool(row["kind"] != "park"))  # the park first
    parties = dict.fromkeys(word(row["party"]) for row in rows)
    money = (t("bank.npv", unit=book.unit), t("bank.change", unit=book.unit))
    debt = any(not missing(row.get("least_dscr")) for row in rows)
    cover = (t("firms.fact_dscr"),) if debt else ()
    heads = (t("bank.case"), *money, t("firms.irr"), t("firms.payback"), *cover, t("bank.switching"))
    grids = []
    for party in parties:
        mine = [row for row in rows if word(row["party"]) == party]
        cells = tuple(_row(book, row, debt=debt) for row in mine)
        grids.append(Grid(t("bank.caption", party=party), heads, cells, frozenset(range(1, len(heads)))))
    return {"grids": grids}


def _row(book: Book, row: Any, *, debt: bool) -> tuple[Cell, ...]:
    what = "" if book.firm else word(row["what"])  # the anchor is another firm's name
    return (
        text(_said(book, row), more="; ".join(part for part in (what, word(row.get("basis"))) if part)),
        book.gain(row["npv"]),
        book.gain(row["npv_change"]),
        share(row["irr"]) if not missing(row["irr"]) else Cell("\u2013", more=word(row["note"])),
        years(row["simple_payback_yr"]),
        *([_cover(row)] if debt else []),
        _switching(row),
    )


def _cover(row: Any) -> Cell:
    """Least cover of debt service."""
    cover = row.get("least_dscr")
    return Cell("\u2013") if missing(cover) else Cell(amount(cover), num(cover))


def _said(book: Book, row: Any) -> str:
    """What turns out otherwise, and by how much."""
    name = str(book.t.of("bank_cases", row["variable"]))
    if missing(row["change"]) or row["unit"] == "%" and abs(num(row["change"])) == _ALL:
        return name
    return f"{name} {num(row['change']):+g} {row['unit']}"


def _switching(row: Any) -> Cell:
    """The change at which the net present value is nothing, or why there is none."""
    if missing(row["switching_value"]):
        return Cell(word(row["switching"]) or "\u2013")
    value = num(row["switching_value"])
    return Cell(f"{value:+.3g} {row['unit']}", value)
