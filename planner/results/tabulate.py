"""From a solved park to a ``Plan``: the values of the model as tables in the user's names."""

from typing import TYPE_CHECKING, Any

from models.solution import Solution
from planner.assemble.assembly import Assembly
from planner.case.case import Case
from planner.geography.distances import Distances
from planner.results.accounts import costs_table, emissions_table, limits_table
from planner.results.books import Books, tie_out
from planner.results.exchanges import exchanges_table
from planner.results.indicators import indicators_table
from planner.results.intensities import intensities_table
from planner.results.layers import layers
from planner.results.lines import lines_table
from planner.results.parties import parties_table
from planner.results.plan import Plan
from planner.results.siting import facilities_table, siting_table
from planner.results.streams import discharges_table, purchases_table, sales_table, supplies_table

if TYPE_CHECKING:
    import pandas as pd

BASELINE = "baseline_"


def tabulate(
    case: Case,
    distances: Distances,
    assembly: Assembly,
    plan: Solution,
    baseline: Solution,
    *,
    header: dict[str, Any] | None = None,
) -> Plan:
    """Make the tables and layers of a plan; its audit is left empty.

    Parameters
    ----------
    plan, baseline
        The two solutions of ``assembly.instance``.
    header
        What the plan says of its run besides what is in the case; see ``Plan.header``.

    Raises
    ------
    TotalsError
        If the tables do not add up to the totals of the model.
    """
    books = Books("plan", case, distances, assembly, plan)
    before = Books("baseline", case, distances, assembly, baseline)
    for run in (books, before):
        tie_out(run)
    tables = _run_tables(books, before)
    tables |= {BASELINE + name: table for name, table in _run_tables(before, before).items()}
    tables |= {
        "indicators": indicators_table(books, before),
        "costs": costs_table(books, before),
        "emissions": emissions_table(books, before),
        "limits": limits_table(books, before),
        "parties": parties_table(books, before, tables["exchanges"], tables[BASELINE + "exchanges"]),
        "intensities": intensities_table(books, before),
        "lines": lines_table((books, before)),
    }
    notes = [*distances.notes, *assembly.notes]
    facts = {"currency": case.currency, "price_year": case.price_year, "notes": notes, **(header or {})}
    return Plan(tables, layers(books, tables["siting"], tables["exchanges"]), facts, {}, case)


def _run_tables(books: Books, baseline: Books) -> "dict[str, pd.DataFrame]":
    """Tables that plan and baseline have each."""
    return {
        "siting": siting_table(books),
        "exchanges": exchanges_table(books, baseline),
        "facilities": facilities_table(books),
        "purchases": purchases_table(books),
        "discharges": discharges_table(books),
        "sales": sales_table(books),
        "supplies": supplies_table(books),
    }
