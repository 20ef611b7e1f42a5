"""Sankey diagrams of all that flows, in the baseline and in the plan, on one scale each."""

from collections.abc import Iterator
from typing import Any

from planner.report.html.book import Book, Cell, Chart, Grid, text
from planner.report.numbers import amount
from planner.report.plan_flows import Flow, Pair, Words, pairs_of
from planner.report.sankey import NARROW, sankey


def build(book: Book) -> dict[str, Any] | None:
    """A pair of diagrams for each of energy, materials and water of which anything flows, and for what is left."""
    t = book.t
    columns = (t("balances.suppliers"), t("balances.resources"), t("balances.users"))
    words = Words(t("balances.outside"), t("balances.sold"), t("balances.lost"), columns)
    made = [_shown(book, pair, words) for pair in pairs_of(book.plan, book.plan.case, words)]
    return {"pairs": made} if made else None


def _shown(book: Book, pair: Pair, words: Words) -> dict[str, Any]:
    """Both diagrams of a pair, each also as it fits on a phone, and one table for both."""
    t = book.t
    called = t(f"balances.{pair.name}")
    table = _table(book, pair, called)
    charts = []
    for run in ("baseline", "plan"):
        title = t("balances.title", what=called, unit=pair.unit, run=t(run))
        data = pair.diagram(run, title, words=words)
        name = f"{pair.name}-{run}"
        charts.append(Chart(name, sankey(data), table, sankey(data, NARROW)))
    return {"name": pair.name, "title": f"{called}, {pair.unit}/{t('yr')}", "charts": charts, "table": table}


def _table(book: Book, pair: Pair, called: str) -> Grid:
    t = book.t
    rows = tuple((*map(text, key), *_amounts(pair, key)) for key in pair.keys)
    heads = (t("balances.supplier"), t("balances.resource"), t("balances.user"), t("baseline"), t("plan"))
    return Grid(f"{called}, {pair.unit}/{t('yr')}", heads, rows, frozenset({3, 4}))


def _amounts(pair: Pair, key: Flow) -> Iterator[Cell]:
    for run in ("baseline", "plan"):
        value = pair.flows[run].get(key, 0.0)
        yield Cell(amount(value), value)
