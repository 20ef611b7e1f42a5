"""How the gain could be shared: what each party gets under each rule, and under which a group would rather leave."""

from typing import Any

from planner.report.html.bars import NARROW, WIDE, Mark, dots
from planner.report.html.book import Book, Cell, Chart, Grid, Row, missing, num, text, without_empty, word

#: Rules that are drawn, besides what prices give today; all are in the table.
_DRAWN = ("observed", "equal", "Shapley", "nucleolus")


def build(book: Book) -> dict[str, Any] | None:
    """What ``planner share`` found; None where it was not run."""
    found = book.answers.get("share")
    if found is None:
        return None
    rows = found["sharing"]
    rules = list(dict.fromkeys(word(row["rule"]) for row in rows))
    gains = _gains(book, rows, rules, "gain_per_yr", "sharing.caption")
    return {
        "lead": list(_lead(book, found)),
        "gains": gains,
        "chart": _chart(book, rows, rules, gains),
        "rules": _rules(book, found["sharing_rules"]),
        "payments": _gains(book, rows, rules, "side_payment_per_yr", "sharing.payments"),
        "notes": found["notes"],
    }


def _lead(book: Book, found: Any) -> "list[str]":
    """What all firms save together, and whether it can be shared so that nobody would rather leave."""
    t = book.t
    told = [t("sharing.worth", worth=book.sum(found["worth_per_yr"]))]
    if found["core_is_empty"] is None:
        told.append(t("sharing.core_unknown"))
    elif found["core_is_empty"]:
        told.append(t("sharing.core_empty", least=book.sum(found["least_core_epsilon_per_yr"])))
    else:
        told.append(t("sharing.core_there"))
    return told


def _called(book: Book, rule: str) -> str:
    return book.t.of("rules", rule)


def _gains(book: Book, rows: list[Row], rules: list[str], column: str, caption: str) -> Grid:
    """A row a party, a column a rule."""
    t = book.t
    parties = list(dict.fromkeys(word(row["party"]) for row in rows))
    at = {(word(row["party"]), word(row["rule"])): row for row in rows}
    shown = tuple((text(party), *(_gain(book, at.get((party, rule)), column) for rule in rules)) for party in parties)
    sums = [sum(row[n + 1].value or 0.0 for row in shown) for n in range(len(rules))]
    foot = ((Cell(t("total")), *(book.money(value) for value in sums)),)
    heads = (t("firms.party"), *(_called(book, rule) for rule in rules))
    return Grid(t(caption, unit=f"{book.unit}/{t('yr')}"), heads, shown, frozenset(range(1, len(rules) + 1)), foot)


def _gain(book: Book, row: Row | None, column: str) -> Cell:
    if row is None:
        return Cell("\u2013")
    cell = book.money(row[column], "bad" if column == "gain_per_yr" and book.loses(row[column]) else "")
    error = row.get("standard_error_per_yr")
    if column == "gain_per_yr" and not missing(error):
        return Cell(cell.text, cell.value, more=f"\u00b1 {book.money(error).text}", kind=cell.kind)
    return cell


def _chart(book: Book, rows: list[Row], rules: list[str], table: Grid) -> Chart:
    """A line for each party with a mark for each rule."""
    t = book.t
    drawn = [rule for rule in _DRAWN if rule in rules]
    marks = tuple(
        Mark(word(row["party"]), _called(book, word(row["rule"])), num(row["gain_per_yr"]) / book.scale)
        for row in rows
        if row["rule"] in drawn
    )
    title = t("sharing.chart", unit=f"{book.unit}/{t('yr')}")
    series = tuple(_called(book, rule) for rule in drawn)
    wide, narrow = (dots(title, t("sharing.alt", rules=", ".join(series)), marks, series, x) for x in (WIDE, NARROW))
    return Chart("sharing", wide, table, narrow, title)


def _rules(book: Book, rows: list[Row]) -> Grid:
    """Who would leave under which rule."""
    t = book.t
    shown = tuple(
        (
            text(_called(book, word(row["rule"])), more=word(row["what"])),
            _stable(book, row),
            text(row["would_leave"] or "\u2013", more=_groups(book, row)),
            _excess(book, row.get("largest_excess_per_yr")),
            text(row["note"]),
        )
        for row in rows
    )
    heads = ("rule", "stable", "leave", "gain_by_leaving", "note")
    said = tuple(t(f"sharing.{head}", unit=f"{book.unit}/{t('yr')}") for head in heads)
    return without_empty(Grid(t("sharing.rules"), said, shown, frozenset({3})), (4,))


def _excess(book: Book, value: Any) -> Cell:
    """What a group gains by leaving; nothing where it would lose."""
    return book.money(None if missing(value) else max(0.0, num(value)))


def _stable(book: Book, row: Row) -> Cell:
    said = word(row["in_core"])
    return text(book.t.of("in_core", said) or "\u2013", kind="good" if said == "yes" else "bad" if said == "no" else "")


def _groups(book: Book, row: Row) -> str:
    number = row.get("groups_that_would_leave")
    return "" if missing(number) or num(number) < 2 else book.t("sharing.groups", n=int(num(number)))
