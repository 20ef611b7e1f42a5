"""Indicators: baseline, plan and reduction; and the intensities."""

from typing import Any

from planner.report.html.book import Book, Cell, Grid, missing, num, share, text, word
from planner.report.html.overview import quantity
from planner.report.numbers import amount, percent
from planner.report.terminal import is_gain


def build(book: Book) -> dict[str, Any] | None:
    """The indicators that are not nothing, and per hectare, job and product."""
    rows = [_row(book, row) for row in book.rows("indicators") if _any(row)]
    if not rows:
        return None
    heads = ("indicator", "baseline", "plan", "reduction", "reduction_pct", "weak", "ungraded")
    grid = Grid(
        book.t("measures.caption"),
        tuple(book.t(f"measures.{head}") for head in heads),
        tuple(rows),
        frozenset(range(1, 7)),
    )
    return {"indicators": grid, "intensities": _intensities(book)}


def _percent(value: Any, kind: str) -> Cell:
    """A reduction in percent."""
    return Cell("\u2013") if missing(value) else Cell(percent(value), float(value), kind=kind)


def _any(row: Any) -> bool:
    return any(not missing(row[key]) and num(row[key]) != 0.0 for key in ("baseline", "plan"))


def _row(book: Book, row: Any) -> tuple[Cell, ...]:
    name, unit = str(row["indicator"]), word(row["unit"])
    shares = unit == "1"
    cells = [share(row[key]) if shares else quantity(book, row[key], unit) for key in ("baseline", "plan", "reduction")]
    gain = is_gain(name)
    kind = "" if gain or missing(row["reduction"]) else "good" if num(row["reduction"]) > 0 else ""
    pct = _percent(row["reduction_pct"], kind)
    if gain:
        cells[2], pct = Cell("\u2013", cells[2].value), Cell("\u2013")
    return text(book.t.indicator(name)), *cells, pct, share(row["weak_share"]), share(row["ungraded_share"])


def _value(cell: Any) -> float | None:
    return None if missing(cell) else float(cell)


def _intensities(book: Book) -> Grid | None:
    t = book.t
    rows = tuple(
        (
            text(t("measures.each", what=t.of("indicators", row["indicator"]), per=row["per"])),
            Cell(amount(row["baseline"]), _value(row["baseline"])),
            Cell(amount(row["plan"]), _value(row["plan"])),
            text(row["unit"]),
        )
        for row in book.rows("intensities")
    )
    heads = tuple(t(f"measures.{head}") for head in ("indicator", "baseline", "plan", "unit"))
    return Grid(t("measures.intensities"), heads, rows, frozenset({1, 2})) if rows else None
