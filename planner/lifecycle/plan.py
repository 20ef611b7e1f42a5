"""All tables of the life cycle that a plan has, and what is said of them in words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from planner.case.case import Case
from planner.lifecycle.burdens import categories
from planner.lifecycle.factors import TOTAL
from planner.lifecycle.indirect import indirect_table
from planner.lifecycle.parties import party_tables
from planner.lifecycle.tables import coverage_table, flows_table, impacts_table
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.optional_tables import OF_IMPACTS

if TYPE_CHECKING:
    import pandas as pd

#: Flows without a factor named before "and n more".
NAMED = 5


def lifecycle_tables(
    case: Case, plan: Books, baseline: Books, tables: "Mapping[str, pd.DataFrame]"
) -> "tuple[dict[str, pd.DataFrame], list[str]]":
    """Make the tables of impacts, empty where the case states none, and notes on them.

    Parameters
    ----------
    tables
        All tables of plan and baseline made before.
    """
    import pandas as pd

    if case.impacts is None:
        return {name: pd.DataFrame(columns=list(COLUMNS[name])) for name in OF_IMPACTS}, []
    runs = {"plan": plan, "baseline": baseline}
    found = categories(case, runs, tables)
    flows = flows_table(case, found, tables)
    by_party, unknown = party_tables(case, found, runs, tables)
    made = {
        "impacts": impacts_table(flows, found),
        "impact_flows": flows,
        "impact_coverage": coverage_table(case, flows, found),
        **by_party,
        "impacts_indirect": indirect_table(case, tables),
    }
    return made, [*_notes(made), *_on_energy(case, unknown)]


def _notes(made: "Mapping[str, pd.DataFrame]") -> Iterator[str]:
    for row in made["impacts"].to_dict("records"):
        if row["stage"] == TOTAL and isinstance(row["shifted"], str):
            yield f"impacts: {row['shifted']}, by {-row['reduction']:.4g} {row['unit']}"
    for category, rows in made["impact_coverage"].groupby("category", sort=False):
        lacking = [f"{name} ({row['stage']})" for row in rows.to_dict("records") for name in _named(row["without"])]
        if lacking:
            more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
            yield (
                f"impacts, {category}: {len(lacking)} of {rows['flows'].sum()} flows have no factor, so that "
                "nothing that they cause is counted: "
                f"{', '.join(lacking[:NAMED])}{more}; see impact_coverage"
            )
    if len(made["impacts_indirect"]):
        yield "impacts_indirect are by input-output factors: they overlap with the others and are added to nothing"


def _named(without: object) -> list[str]:
    return without.split("; ") if isinstance(without, str) else []


def _on_energy(case: Case, unknown: list[str]) -> Iterator[str]:
    if unknown and case.impacts is not None:
        yield (
            f"impacts shared by energy: the energy of all that {', '.join(unknown)} gives and makes is not known "
            "(state product.enthalpy, or enthalpy of resources): what they give carries no burden, as with cut-off"
        )
