"""Sankey diagrams of energy, materials and water, in the baseline and in the plan, on one scale each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from planner.report.html.book import Book, Cell, Chart, Grid, num, text, word
from planner.report.numbers import amount
from planner.report.sankey import Sankey, sankey

#: Name of a diagram, unit, and kinds of resource in it.
MEASURES = (
    ("energy", "MWh", ("heat", "power", "gas")),
    ("material", "t", ("material", "gas")),
    ("water", "m3", ("water",)),
)
Flow = tuple[str, str, str]
"""Supplier, resource, user."""


def build(book: Book) -> dict[str, Any] | None:
    """A pair of diagrams for each of energy, materials and water of which anything flows."""
    runs = {run: flows_of(book, run) for run in ("baseline", "plan")}
    made = [pair for measure in MEASURES if (pair := _pair(book, runs, *measure)) is not None]
    return {"pairs": made} if made else None


def flows_of(book: Book, run: str) -> dict[Flow, float]:
    """What flows from whom to whom in a run, in the units of the resources.

    What is bought comes from outside; what nobody takes goes to its route, or is sold.
    """
    before, t = "baseline_" if run == "baseline" else "", book.t
    found: dict[Flow, float] = defaultdict(float)
    for row in book.rows(f"{before}purchases"):
        found[t("balances.outside"), word(row["resource"]), word(row["by"])] += num(row["amount_per_yr"])
    for row in book.rows(f"{before}exchanges"):
        given, lost = num(row["flow_per_yr"]), num(row.get("lost_per_yr"))
        lost = lost if lost == lost else 0.0
        found[word(row["from"]), word(row["resource"]), word(row["to"])] += given - lost
        found[word(row["from"]), word(row["resource"]), t("balances.lost")] += lost
    for row in book.rows(f"{before}discharges"):
        found[word(row["by"]), word(row["resource"]), word(row["route"])] += num(row["amount_per_yr"])
    for row in book.rows(f"{before}sales"):
        found[word(row["by"]), word(row["resource"]), t("balances.sold")] += num(row["amount_per_yr"])
    return {key: value for key, value in found.items() if value > 0.0}


def _sizes(book: Book, unit: str, kinds: tuple[str, ...], resources: list[str]) -> dict[str, float | None]:
    """Resource -> its content in the unit of a diagram, of those that belong there; None where it is not known."""
    case, units = book.plan.case, _units(book)
    if case is None:
        return {name: 1.0 for name in resources if units.get(name) == unit}
    stated = {name: case.resources[name] for name in resources if name in case.resources}
    return {name: data.content(unit) for name, data in stated.items() if data.kind in kinds}


def _units(book: Book) -> dict[str, str]:
    tables = ("purchases", "exchanges", "discharges", "sales")
    rows = (row for name in tables for before in ("", "baseline_") for row in book.rows(before + name))
    return {word(row["resource"]): word(row["unit"]) for row in rows}


def _pair(
    book: Book, runs: Mapping[str, Mapping[Flow, float]], name: str, unit: str, kinds: tuple[str, ...]
) -> dict[str, Any] | None:
    """Both diagrams of a measure, and one table for both."""
    resources = list(dict.fromkeys(key[1] for flows in runs.values() for key in flows))
    sizes = _sizes(book, unit, kinds, resources)
    known = {resource: size for resource, size in sizes.items() if size}
    flows = {
        run: {key: value * known[key[1]] for key, value in found.items() if key[1] in known}
        for run, found in runs.items()
    }
    if not any(flows.values()):
        return None
    sums: dict[str, float] = defaultdict(float)
    for found in flows.values():
        for key, value in found.items():
            sums[key[1]] += value
    whole = max(sum(found.values()) for found in flows.values())
    palette = tuple(sorted(sums, key=lambda resource: (-sums[resource], resource)))
    without = sorted(resource for resource, size in sizes.items() if not size)
    t = book.t
    note = t("balances.note") + (t("balances.not_in", unit=unit, names=", ".join(without)) if without else "")
    table = _table(book, flows, unit, t(f"balances.{name}"))
    charts = [
        Chart(f"{name}-{run}", _drawn(book, flows[run], (name, run, unit), whole, palette, note), table)
        for run in ("baseline", "plan")
    ]
    return {"name": name, "title": t(f"balances.{name}"), "charts": charts, "table": table}


def _drawn(
    book: Book,
    flows: Mapping[Flow, float],
    what: tuple[str, str, str],
    whole: float,
    palette: tuple[str, ...],
    note: str,
) -> str:
    name, run, unit = what
    t = book.t
    supplied, used = dict[tuple[str, str], float](), dict[tuple[str, str], float]()
    for (giver, resource, taker), value in flows.items():
        supplied[giver, resource] = supplied.get((giver, resource), 0.0) + value
        used[resource, taker] = used.get((resource, taker), 0.0) + value
    return sankey(
        Sankey(
            title=t("balances.title", what=t(f"balances.{name}"), unit=unit, run=t(run)),
            unit=unit,
            supplied=tuple((*key, value) for key, value in supplied.items()),
            used=tuple((*key, value) for key, value in used.items()),
            note=note,
            whole=whole,
            palette=palette,
            columns=(t("balances.suppliers"), t("balances.resources"), t("balances.users")),
        )
    )


def _table(book: Book, flows: Mapping[str, Mapping[Flow, float]], unit: str, caption: str) -> Grid:
    t = book.t
    keys = dict.fromkeys([*flows["plan"], *flows["baseline"]])
    order = sorted(keys, key=lambda key: (key[1], key[0], key[2]))
    rows = tuple((*map(text, key), *_amounts(flows, key)) for key in order)
    heads = (t("balances.supplier"), t("balances.resource"), t("balances.user"), t("baseline"), t("plan"))
    return Grid(f"{caption}, {unit}/{t('yr')}", heads, rows, frozenset({3, 4}))


def _amounts(flows: Mapping[str, Mapping[Flow, float]], key: Flow) -> Iterator[Cell]:
    for run in ("baseline", "plan"):
        value = flows[run].get(key, 0.0)
        yield Cell(amount(value), value)
