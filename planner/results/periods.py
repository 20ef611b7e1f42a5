"""Tables ``periods`` and ``flows_by_period``: the periods of the year, and what moves in each of them.

An amount of a period is what there is in it over the whole year, so that those of all periods add up to the yearly
amount of the other tables.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from planner.case.periods import states_of
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.exchanges import built_exchanges
from planner.results.network import Network
from planner.results.stores import flows_of_stores

if TYPE_CHECKING:
    import pandas as pd

NEGLIGIBLE = 1e-6
NAN = float("nan")


def periods_table(books: Books) -> "pd.DataFrame":
    """Make the ``periods`` table: a row for each, in the order of the year; empty where the case has none.

    ``group`` is the cycle that a period is a step of, or the period itself, and ``repeats`` how many times a year that
    is passed.
    """
    import pandas as pd

    case = books.case
    rows = [
        {
            "period": name,
            "hours_per_yr": state.hours,
            "group": state.group,
            "repeats": state.repeats,
            "note": case.periods[name].note,
        }
        for name, state in (states_of(case).items() if case.periods else ())
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["periods"]))


def flows_by_period_table(network: Network, tables: "dict[str, pd.DataFrame]") -> "pd.DataFrame":
    """Make the ``flows_by_period`` table of a run; empty where the case has no periods.

    ``kind`` is "exchange" (what leaves the source; ``name`` and ``option`` as in the exchanges table), "main" (what
    enters a stretch from either end; ``option`` is the stretch), "facility" (activity), "charged" and "drawn" (what a
    store takes and gives), "purchase" (``name`` the resource), "discharge" or "sale" (``name`` the source).
    ``lost_per_yr`` is what is lost on the way, ``mean_per_h`` the amount over all hours of the period.
    """
    import pandas as pd

    books = network.books
    if not books.case.periods:
        return pd.DataFrame(columns=list(COLUMNS["flows_by_period"]))
    hours = {name: state.hours for name, state in states_of(books.case).items()}
    found = (*_exchanges(books), *_mains(network), *_facilities(books), *_stores(books), *_outside(tables))
    rows = [{**row, "mean_per_h": row["amount_per_yr"] / hours[row["period"]]} for row in found]
    return pd.DataFrame(rows, columns=list(COLUMNS["flows_by_period"]))


def _row(kind: str, name: str, resource: str | None, unit: str, period: str, amount: float) -> dict[str, Any]:
    first = {"kind": kind, "name": name, "option": None, "resource": resource, "unit": unit}
    return first | {"period": period, "amount_per_yr": amount, "lost_per_yr": NAN}


def _exchanges(books: Books) -> Iterator[dict[str, Any]]:
    for one in built_exchanges(books):
        resource = books.assembly.exchanges[one.exchange].resource
        unit = books.case.resources[resource].unit
        for t in books.case.periods:
            flows = [flow for flow in one.flows if flow.state == t]
            row = _row("exchange", one.exchange, resource, unit, t, sum(flow.leaving for flow in flows))
            yield row | {"option": one.options[0], "lost_per_yr": sum(flow.lost for flow in flows)}


def _mains(network: Network) -> Iterator[dict[str, Any]]:
    books = network.books
    for (main, stretch), pipes in network.on_bed.items():
        bed = books.assembly.instance.mains[main].beds[stretch]
        resource = books.assembly.mains[main].resource
        unit = books.case.resources[resource].unit
        for t, state in books.assembly.instance.states.items():
            plus, minus = (state.weight * amount for amount in network.through(main, stretch, t))
            owed = sum(network.owed(pipe, t) for pipe in pipes)
            lost = bed.share_lost * (plus + minus) + state.weight * owed
            yield _row("main", main, resource, unit, t, plus + minus) | {"option": stretch, "lost_per_yr": lost}


def _facilities(books: Books) -> Iterator[dict[str, Any]]:
    instance = books.assembly.instance
    for name in books.opened():
        for t, state in instance.states.items() if books.case.facilities[name].stores is None else ():
            activity = state.weight * books.solution.value("activity", name, t)
            yield _row("facility", name, None, books.case.facilities[name].unit, t, activity)


def _stores(books: Books) -> Iterator[dict[str, Any]]:
    for kind, name, resource, t, amount in flows_of_stores(books):
        yield _row(kind, name, resource, books.case.resources[resource].unit, t, amount)


def _outside(tables: "dict[str, pd.DataFrame]") -> Iterator[dict[str, Any]]:
    """What is bought, disposed of and sold, as the tables of it say by state."""
    for kind, table, named in (
        ("purchase", "purchases", ("resource",)),
        ("discharge", "discharges", ("by", "stream")),
        ("sale", "sales", ("by", "stream")),
    ):
        sums: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in tables[table].to_dict("records"):
            name = " / ".join(str(row[column]) for column in named)
            made = _row(kind, name, row["resource"], row["unit"], row["state"], 0.0)
            sums.setdefault((name, row["state"]), made)["amount_per_yr"] += row["amount_per_yr"]
        yield from _in_order(sums.values())


def _in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one name together, in the order in which the names come."""
    rows = list(rows)
    names = list(dict.fromkeys(row["name"] for row in rows))
    return sorted(rows, key=lambda row: names.index(row["name"]))
