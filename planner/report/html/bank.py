"""The table every bank wants: what net present value and payback become if one thing goes wrong, the plan kept."""

from typing import Any

from planner.report.html.bars import BAD, GOOD, NARROW, WIDE, Bar, bars
from planner.report.html.book import Book, Cell, Chart, Grid, Row, missing, num, payback, share, text, word
from planner.report.numbers import amount

#: A change of -100 % is a loss, and is told as such.
_ALL = 100.0
_PARK, _AS_PLANNED = "park", "base"


def build(book: Book) -> dict[str, Any] | None:
    """The table of the park, and a drawing of it; without both where the plan has no such table.

    That of a party is on its page; an edition for one firm has no other.
    """
    rows = [row for row in book.rows("bank") if row["kind"] == _PARK]
    if book.firm is not None:
        return None
    if not rows:
        return {"grid": None, "chart": None, "lead": ""}
    grid = _grid(book, _PARK, rows)
    return {"grid": grid, "chart": _chart(book, rows, grid), "lead": _lead(book, rows)}


def of_party(book: Book, party: str) -> Grid | None:
    """The table of a party."""
    rows = [row for row in book.rows("bank") if row["kind"] != _PARK and word(row["party"]) == party]
    return _grid(book, party, rows) if rows else None


def _grid(book: Book, party: str, rows: list[Any]) -> Grid:
    t = book.t
    money = (t("bank.npv", unit=book.unit), t("bank.change", unit=book.unit))
    debt = any(not missing(row.get("least_dscr")) for row in rows)
    cover = (t("firms.fact_dscr"),) if debt else ()
    heads = (t("bank.case"), *money, t("firms.irr"), t("firms.payback"), *cover, t("bank.switching"))
    cells = tuple(_row(book, row, debt=debt) for row in rows)
    return Grid(t("bank.caption", party=party), heads, cells, frozenset(range(1, len(heads))))


def _lead(book: Book, rows: list[Any]) -> str:
    """What the plan is worth as planned, and in the worst of these cases."""
    known = [row for row in rows if not missing(row["npv"])]
    base = next((row for row in known if row["variable"] == _AS_PLANNED), None)
    if base is None or len(known) < 2:
        return ""
    worst = min(known, key=lambda row: num(row["npv"]))
    values = {"npv": book.sum(base["npv"]), "worst": book.sum(worst["npv"]), "case": called(book, worst)}
    return book.t("bank.lead_loses" if book.loses(worst["npv"]) else "bank.lead", **values)


def _chart(book: Book, rows: list[Any], table: Grid) -> Chart | None:
    """By how much each case moves the net present value, the most first."""
    t = book.t
    moved = [row for row in rows if row["variable"] != _AS_PLANNED and not missing(row["npv_change"])]
    moved.sort(key=lambda row: -float(f"{abs(num(row['npv_change'])):.9g}"))  # what is equal stays in its order
    drawn = [_bar(book, row) for row in moved]
    if not any(bar.end for bar in drawn):
        return None
    title = t("bank.chart", unit=book.unit)
    told = t("bank.alt", cases="; ".join(f"{bar.name} {bar.said}" for bar in drawn))
    return Chart("bank", bars(title, told, drawn, WIDE), table, bars(title, told, drawn, NARROW), title)


def _bar(book: Book, row: Row) -> Bar:
    value = num(row["npv_change"])
    sign = "+" if value > 0 else ""
    said = f"{sign}{book.money(value).text}"
    return Bar(called(book, row), 0.0, value / book.scale, said, GOOD if value > 0 else BAD)


def _row(book: Book, row: Any, *, debt: bool) -> tuple[Cell, ...]:
    return (
        text(called(book, row), more="; ".join(filter(None, (_what(book, row), word(row.get("basis")))))),
        book.gain(row["npv"]),
        book.gain(row["npv_change"]),
        share(row["irr"]) if not missing(row["irr"]) else Cell("\u2013", more=word(row["note"])),
        payback(book, row["simple_payback_yr"]),
        *([_cover(row)] if debt else []),
        _switching(row),
    )


def _cover(row: Any) -> Cell:
    """Least cover of debt service."""
    cover = row.get("least_dscr")
    return Cell("\u2013") if missing(cover) else Cell(amount(cover), num(cover))


def _what(book: Book, row: Any) -> str:
    """The anchor, or what counts as energy: once, with the park; in an edition neither, for it names other firms."""
    listed = row["kind"] == _PARK or row["unit"] == "%" and num(row["change"]) == -_ALL
    return word(row["what"]) if listed and book.firm is None else ""


def called(book: Book, row: Any) -> str:
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
