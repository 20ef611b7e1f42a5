"""Siting: who stands on which plot; and the facilities that are built."""

from typing import Any

from planner.report.html.book import Book, Cell, Grid, missing, number, text, total, word
from planner.report.numbers import amount
from planner.report.works import idle


def siting(book: Book) -> dict[str, Any] | None:
    """The siting table, and the plots that stay free."""
    t, without = book.t, idle(book.plan)
    before = {str(row["unit"]): word(row["plot"]) for row in book.rows("baseline_siting")}
    rows = [_sited(book, row, before) for row in book.rows("siting") if row["unit"] not in without]
    if not rows:
        return None
    heads = [t(f"siting.{head}") for head in ("unit", "kind", "plot", "area", "taken")]
    heads += [t("siting.investment", unit=book.unit), t("siting.cost", unit=book.unit), t("siting.before")]
    grid = Grid(t("siting.caption"), tuple(heads), tuple(rows), frozenset({3, 4, 5, 6}))
    plots = book.plan.layers.get("plots")
    taken = {row["plot"] for row in book.rows("siting")}
    free = [] if plots is None else [str(name) for name in plots.get("name", ()) if name not in taken]
    return {"grid": grid, "free": t.count("siting.free", len(free), names=", ".join(free)) if free else ""}


def _sited(book: Book, row: Any, before: dict[str, str]) -> tuple[Cell, ...]:
    unit, plot = str(row["unit"]), word(row["plot"])
    was = before.get(unit, "")
    moved = "" if was == plot else was or book.t("siting.new")
    kind = book.t.of("kinds", row["kind"])
    sizes = (number(row["area_ha"]), number(row["land_taken_ha"]))
    return (
        text(unit),
        text(kind),
        text(plot),
        *sizes,
        book.money(row["land_investment"]),
        book.money(row["land_cost_per_yr"]),
        text(moved),
    )


def facilities(book: Book) -> dict[str, Any] | None:
    """Facilities and own measures that are built."""
    t, without = book.t, idle(book.plan)
    rows = [_facility(book, row) for row in book.rows("facilities") if row["facility"] not in without]
    if not rows:
        return None
    heads = [t(f"facilities.{head}") for head in ("name", "kind", "owner", "plot", "activity", "capacity")]
    heads += [t(f"facilities.{head}", unit=book.unit) for head in ("capex", "range", "cost")]
    foot = (total(t("total"), rows, (6, 8), book.money),)
    return {"grid": Grid(t("facilities.caption"), tuple(heads), tuple(rows), frozenset({4, 5, 6, 7, 8}), foot)}


def _facility(book: Book, row: Any) -> tuple[Cell, ...]:
    unit = word(row["unit"])
    capacity = row["capacity_per_h"]
    free = missing(capacity) or float(capacity) == float("inf")
    ends = [book.money(row[key]).text for key in ("capex_low", "capex_high")]
    return (
        text(row["facility"]),
        text(row["kind"], more=word(row["scope"])),
        text(row["owner"] if not missing(row["owner"]) else "park company"),
        text(row["plot"]),
        Cell(f"{amount(row['activity_per_yr'])} {unit}/{book.t('yr')}", float(row["activity_per_yr"])),
        Cell("\u2013") if free else Cell(f"{amount(capacity)} {unit}/h", float(capacity)),
        book.money(row["capex"]),
        text(f"{ends[0]} \u2013 {ends[1]}"),
        book.money(row["cost_per_yr"]),
    )
