"""What the figures rest on: sources, grades, and the estimates behind most of the cost and of the CO2e."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from planner.case.lists import listed
from planner.finance.heads import HEADS
from planner.report.html.book import Book, Cell, Grid, Row, num, number, share, text, word
from planner.report.numbers import amount
from planner.results.lines import GUESSES

#: Weak numbers and sources that the page lists; all are in tables/lines.csv.
_MOST = 60

#: Accounts of land, whose lines are called by their plot.
_LAND = ("land", "investment_land")


def build(book: Book) -> dict[str, Any]:
    """Grades of each headline, the weak numbers that weigh most, and the sources."""
    return {
        "known": _known(book),
        "grades": _grades(book),
        "weak": _weak(book),
        "sources": _sources(book),
        "lines": len(book.rows("lines")),
    }


def is_weak(row: Row) -> bool:
    """Whether a line rests on a number of grade C, an estimate or a default of the planner."""
    return word(row["grade"]) == "C" or any(basis in GUESSES for basis in word(row["basis"]).split("; "))


def of_cost(row: Row) -> bool:
    """Whether a line is part of the yearly cost."""
    return str(row["account"]) in HEADS


def of_co2e(row: Row) -> bool:
    """Whether a line is part of the CO2e."""
    return str(row["account"]).startswith("co2e_")


def known(book: Book, row: Row) -> tuple[Cell, Cell]:
    """Shares of a headline figure that rest on estimates, and on numbers without a grade.

    Those of the plan; where nothing of it is left in the plan, those of the baseline, which is said.
    """
    found = tuple(share(row[key]) for key in ("weak_share", "ungraded_share"))
    if found[0].value is not None or not num(row["baseline"]) > 0.0:
        return found[0], found[1]
    belongs = _BELONGS.get(str(row["indicator"]))
    lines = [x for x in book.rows("lines") if x["run"] == "baseline" and belongs and belongs(x)]
    size = sum(abs(num(x["amount"])) for x in lines)
    if not size:
        return found[0], found[1]
    weak = sum(abs(num(x["amount"])) for x in lines if is_weak(x))
    bare = sum(abs(num(x["amount"])) for x in lines if not is_weak(x) and not word(x["grade"]))
    more = book.t("evidence.of_baseline")
    return replace(share(weak / size), more=more), replace(share(bare / size), more=more)


def weakest(book: Book) -> list[tuple[str, float]]:
    """Items that are weak, and their shares of the plan's yearly cost (absolute values), the largest first."""
    lines = [row for row in book.rows("lines") if row["run"] == "plan" and of_cost(row)]
    size = sum(abs(num(row["amount"])) for row in lines)
    sums: dict[str, float] = defaultdict(float)
    for row in lines:
        if is_weak(row):
            sums[_item(book, row)] += abs(num(row["amount"])) / size if size else 0.0
    return sorted(((name, part) for name, part in sums.items() if part > 0.0005), key=lambda x: (-x[1], x[0]))


def _item(book: Book, row: Row) -> str:
    """What a line is of; a price of land names its plot alone."""
    item = word(row["item"])
    return book.t("evidence.land", item=item) if row["account"] in _LAND else item


#: Headline figure -> whether a line is part of it.
_BELONGS: Mapping[str, Callable[[Row], bool]] = {
    "total_annual_cost": of_cost,
    "co2e": of_co2e,
    "waste": lambda row: str(row["account"]).startswith("waste_"),
    "fresh_water": lambda row: str(row["account"]) == "fresh_water",
}


def _known(book: Book) -> Grid | None:
    """How well each headline is known."""
    t = book.t
    wanted = ("total_annual_cost", "co2e", "waste", "fresh_water", "investment")
    rows = [
        (text(t.of("indicators", row["indicator"])), *known(book, row))
        for row in book.rows("indicators")
        if row["indicator"] in wanted
    ]
    heads = ("evidence.figure", "evidence.estimates", "evidence.ungraded")
    return Grid(t("evidence.known"), tuple(map(t, heads)), tuple(rows), frozenset({1, 2})) if rows else None


def _grades(book: Book) -> Grid | None:
    """Lines of the plan by grade, with their shares of cost and CO2e."""
    t = book.t
    lines = [row for row in book.rows("lines") if row["run"] == "plan"]
    if not lines:
        return None
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    whole = [0.0, 0.0]
    for row in lines:
        size, one = abs(num(row["amount"])), sums[word(row["grade"])]
        one[0] += 1
        for n, part in enumerate((of_cost(row), of_co2e(row))):
            one[n + 1] += size if part else 0.0
            whole[n] += size if part else 0.0
    rows = []
    for grade in ("A", "B", "C", ""):
        if grade in sums:
            parts = [share(x / y) if y else Cell("\u2013") for x, y in zip(sums[grade][1:], whole, strict=True)]
            rows.append((text(t(f"evidence.grade_{grade or 'none'}")), number(sums[grade][0]), *parts))
    heads = ("evidence.grade", "evidence.amounts", "evidence.of_cost", "evidence.of_co2e")
    return Grid(t("evidence.grades"), tuple(map(t, heads)), tuple(rows), frozenset({1, 2, 3}))


def _weak(book: Book) -> Grid | None:
    """Weak lines of the plan by item and factor, the heaviest first."""
    t = book.t
    lines = [row for row in book.rows("lines") if row["run"] == "plan" and (of_cost(row) or of_co2e(row))]
    size = {kind: sum(abs(num(r["amount"])) for r in lines if kind(r)) for kind in (of_cost, of_co2e)}
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in lines:
        if is_weak(row):
            factor = f"{amount(row['factor'])} {word(row['factor_unit'])}"
            key = (_item(book, row), factor, word(row["grade"]), word(row["basis"]), word(row["sources"]))
            for n, kind in enumerate((of_cost, of_co2e)):
                sums[key][n] += abs(num(row["amount"])) / size[kind] if kind(row) and size[kind] else 0.0
    order = sorted((key for key in sums if max(sums[key]) > 1e-4), key=lambda key: (-max(sums[key]), key))
    rows = [
        (
            text(item, more=sources and t("evidence.from", keys=sources)),
            text(factor),
            text(grade or "\u2013"),
            text(basis),
            *(share(part or None) for part in sums[item, factor, grade, basis, sources]),
        )
        for item, factor, grade, basis, sources in order[:_MOST]
    ]
    heads = ("item", "factor", "grade", "basis", "of_cost", "of_co2e")
    caption = t("evidence.weak", n=len(rows), all=len(order))
    return (
        Grid(caption, tuple(t(f"evidence.{head}") for head in heads), tuple(rows), frozenset({4, 5})) if rows else None
    )


def _sources(book: Book) -> Grid | None:
    """Sources of the case, with how many amounts rest on each; addresses are plain text."""
    t = book.t
    uses: dict[str, int] = defaultdict(int)
    stated = book.plan.header.get("sources") or {}
    for row in book.rows("lines"):
        for key in listed(word(row["sources"]), stated):
            uses[key] += 1
    rows = [
        (
            text(key),
            text(_title(note), more=word(note.get("url"))),
            text(word(note.get("year"))),
            number(uses[key] or None),
        )
        for key, note in stated.items()
    ]
    rows += [(text(key), Cell(""), Cell(""), number(uses[key])) for key in sorted(uses) if key not in stated]
    heads = tuple(t(f"evidence.{head}") for head in ("key", "source", "year", "amounts"))
    return Grid(t("evidence.sources"), heads, tuple(rows), frozenset({3})) if rows else None


def _title(note: Any) -> str:
    parts = [word(note.get("title")), word(note.get("note")), word(note.get("licence"))]
    return ". ".join(part for part in parts if part)
