"""Why other exchanges are not built: the cause, and by how much the park would get worse with each."""

from collections import Counter
from typing import Any

from planner.report.html.book import Book, Cell, Grid, Row, missing, num, text, word
from planner.report.numbers import amount

#: Exchanges that the page lists, those first that would cost least; all are in why/why.csv.
_MOST = 40


def build(book: Book) -> dict[str, Any] | None:
    """What ``planner why`` found; None where it was not run."""
    found = book.answers.get("why")
    if found is None:
        return None
    t, rows = book.t, found["exchanges"]
    counts = Counter(word(row["verdict"]) for row in rows)
    causes = tuple(
        (text(t.of("why_verdicts", verdict), more=word(found["verdicts"].get(verdict))), Cell(str(n), float(n)))
        for verdict, n in counts.most_common()
    )
    return {
        "lead": t.count("why.lead", len(rows)) if rows else t("why.none"),
        "causes": Grid(t("why.causes"), (t("why.cause"), t("why.number")), causes, frozenset({1})) if rows else None,
        "grid": _grid(book, found) if rows else None,
        "notes": found["notes"],
        "better": any(row["verdict"] == "better" for row in rows),
    }


def _grid(book: Book, found: Any) -> Grid:
    t, rows = book.t, found["exchanges"]
    shown = tuple(
        (
            text(row["exchange"]),
            text(t.of("why_verdicts", word(row["verdict"])), more=word(row["why"])),
            _loss(book, row),
            text(t.of("why_proofs", word(row["proof"])) or "\u2013", more=t.of("why_bases", word(row["basis"]))),
            text(word(row["gives_way"]) or "\u2013"),
        )
        for row in rows[:_MOST]
    )
    heads = tuple(t(f"why.{head}") for head in ("exchange", "cause", "loss", "proof", "gives_way"))
    return Grid(t("why.caption", n=len(shown), all=len(rows)), heads, shown, frozenset({2}))


def _loss(book: Book, row: Row) -> Cell:
    """By how much the park gets worse, in its own unit: a goal may be one of mass."""
    value = row["loss_per_yr"]
    if missing(value) or isinstance(value, str):
        return Cell(word(value) or "\u2013")
    unit = word(row["loss_unit"])
    shown = book.sum(value) + f"/{book.t('yr')}" if unit.startswith(f"{book.currency}/") else f"{amount(value)} {unit}"
    return Cell(shown, num(value))
