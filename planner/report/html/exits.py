"""If a partner leaves: what it costs the others, who is hurt, and on how many suppliers each demand rests."""

from dataclasses import replace
from typing import Any

from planner.report.html.bars import GOOD, NARROW, WIDE, Bar, bars
from planner.report.html.book import Book, Cell, Chart, Grid, Row, missing, num, number, share, text, word
from planner.report.numbers import amount

_FOLLOWED = ("co2e_change_t_per_yr", "waste_change_t_per_yr", "fresh_water_change_m3_per_yr")

#: What is said of streams and limits -> the column that counts them.
_LACKING = {"unmet": "streams_unmet", "stranded": "streams_stranded", "limits": "limits_exceeded"}


def build(book: Book) -> dict[str, Any] | None:
    """What ``planner exits`` found; None where it was not run."""
    found = book.answers.get("exits")
    if found is None:
        return None
    grid = _exits(book, found["exits"])
    return {
        "lead": _lead(book, found),
        "chart": _chart(book, found["exits"], grid),
        "streams": _streams(book, found["exit_streams"]),
        "suppliers": _suppliers(book, found["suppliers"]),
        "resources": _resources(book, found["supplied_resources"]),
        "notes": found["notes"],
    }


def _lead(book: Book, found: Any) -> str:
    """The partner whose exit costs most."""
    if missing(found["worst_partner"]):
        return book.t("exits.none_worst")
    lost = share(found["saving_lost_with_worst_partner"]).text
    return book.t("exits.worst", firm=word(found["worst_partner"]), share=lost)


def _exits(book: Book, rows: list[Row]) -> Grid:
    """A row for each firm that leaves."""
    t = book.t
    shown = tuple(
        (
            text(row["firm"], more="" if row["how"] == "proven" else word(row["how"])),
            book.money(row["loss_per_yr"]),
            share(row["saving_lost_share"]),
            _hurt(book, row),
            *(number(row[column]) for column in _FOLLOWED),
            text(_lacks(book, row)),
        )
        for row in rows
    )
    heads = ("firm", "loss", "saving_lost", "hurt", "co2e", "waste", "water", "lacking")
    said = tuple(t(f"exits.{head}", unit=f"{book.unit}/{t('yr')}") for head in heads)
    return Grid(t("exits.caption"), said, shown, frozenset({1, 2, 4, 5, 6}))


def _hurt(book: Book, row: Row) -> Cell:
    """Who loses most, where anybody loses more than rounding."""
    loss = row["hurt_most_loss_per_yr"]
    if missing(loss) or not book.loses(-num(loss)):
        return Cell("\u2013")
    return text(row["hurt_most"], more=book.t("exits.loses", sum=book.sum(loss)))


def _lacks(book: Book, row: Row) -> str:
    """Streams that are not supplied or go nowhere, and limits that are exceeded."""
    told = [
        book.t.count(f"exits.{name}", int(num(row[column])))
        for name, column in _LACKING.items()
        if num(row[column]) > 0
    ]
    return "; ".join(told) or "\u2013"


def _chart(book: Book, rows: list[Row], table: Grid) -> Chart:
    t = book.t
    title = t("exits.chart", unit=f"{book.unit}/{t('yr')}")
    order = sorted(rows, key=lambda row: -num(row["loss_per_yr"]))
    drawn = [
        Bar(word(row["firm"]), 0.0, num(row["loss_per_yr"]) / book.scale, book.money(row["loss_per_yr"]).text)
        for row in order
        if not missing(row["loss_per_yr"])
    ]
    drawn = [bar if bar.end > 0 else replace(bar, colour=GOOD) for bar in drawn]
    told = t("exits.alt", losses="; ".join(f"{bar.name} {bar.said}" for bar in drawn))
    return Chart("exits", bars(title, told, drawn, WIDE), table, bars(title, told, drawn, NARROW), title)


def _streams(book: Book, rows: list[Row]) -> Grid | None:
    """What is not supplied, or goes nowhere."""
    t = book.t
    shown = tuple(
        (
            text(row["firm"]),
            text(row["by"]),
            text(t.of("exit_streams", row["what"])),
            text(row["resource"]),
            Cell(f"{amount(row['amount_per_yr'])} {word(row['unit'])}/{t('yr')}", num(row["amount_per_yr"])),
            share(row["share"]),
        )
        for row in rows
    )
    heads = tuple(t(f"exits.{head}") for head in ("leaves", "whose", "what", "resource", "amount", "share"))
    return Grid(t("exits.streams"), heads, shown, frozenset({4, 5})) if rows else None


def _suppliers(book: Book, rows: list[Row]) -> Grid | None:
    """Demands that rest on partners."""
    t = book.t
    shown = tuple(
        (
            text(row["by"]),
            text(row["stream"]),
            Cell(f"{amount(row['demand_per_yr'])} {word(row['unit'])}/{t('yr')}", num(row["demand_per_yr"])),
            number(row["suppliers"]),
            text(row["largest_supplier"], more=share(row["largest_share"]).text),
            number(round(num(row["inverse_simpson"]), 2)),
            text(t("exits.yes" if row["could_buy"] else "exits.no"), kind="" if row["could_buy"] else "bad"),
        )
        for row in rows
        if row["partners"] > 0
    )
    heads = ("whose", "demand", "amount", "suppliers", "largest", "equal_suppliers", "could_buy")
    said = tuple(t(f"exits.{head}") for head in heads)
    return Grid(t("exits.of_demands"), said, shown, frozenset({2, 3, 5})) if shown else None


def _resources(book: Book, rows: list[Row]) -> Grid | None:
    """Share of the demand for each resource that has one supplier only."""
    t = book.t
    shown = tuple(
        (
            text(row["resource"]),
            Cell(f"{amount(row['demand_per_yr'])} {word(row['unit'])}/{t('yr')}", num(row["demand_per_yr"])),
            number(row["demands"]),
            share(row["single_source_share"]),
            number(round(num(row["inverse_simpson"]), 2)),
        )
        for row in rows
    )
    heads = ("resource", "amount", "demands", "single", "equal_suppliers")
    said = tuple(t(f"exits.{head}") for head in heads)
    return Grid(t("exits.of_resources"), said, shown, frozenset({1, 2, 3, 4})) if rows else None
