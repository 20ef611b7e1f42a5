"""All tables of the life cycle that a plan has, and what is said of them in words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from planner.case.case import Case
from planner.case.impacts import CLIMATE
from planner.lifecycle.burdens import categories
from planner.lifecycle.factors import TOTAL
from planner.lifecycle.indirect import indirect_table
from planner.lifecycle.parties import party_tables
from planner.lifecycle.tables import NONE, coverage_table, flows_table, impacts_table
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
    impacts = impacts_table(flows, found)
    told = set(impacts.loc[(impacts["stage"] == TOTAL) & (impacts["status"] != NONE), "category"])
    by_party, unknown = party_tables(case, [one for one in found if one.name in told], runs, tables)
    made = {
        "impacts": impacts,
        "impact_flows": flows,
        "impact_coverage": coverage_table(case, flows, found),
        **by_party,
        "impacts_indirect": indirect_table(case, tables),
    }
    return made, [*_notes(made), *_on_factors(case, flows), *_on_energy(case, unknown)]


def _notes(made: "Mapping[str, pd.DataFrame]") -> Iterator[str]:
    for row in made["impacts"].to_dict("records"):
        if row["stage"] == TOTAL and isinstance(row["shifted"], str):
            yield f"impacts: {row['shifted']}, by {-row['reduction']:.4g} {row['unit']}"
        if row["stage"] == TOTAL and row["status"] == NONE:
            yield f"impacts, {row['category']}: not computable; nothing that flows has a factor of it"
        elif row["stage"] == TOTAL and isinstance(row["unknown_change"], str) and row["category"] != CLIMATE:
            names = row["unknown_change"].split("; ")
            yield (
                f"impacts, {row['category']}: the reduction is without {', '.join(names[:NAMED])}{_more(names)}: these "
                "have no factor, and are not the same in baseline and plan"
            )
    for category, rows in made["impact_coverage"].groupby("category", sort=False):
        lacking = [f"{name} ({row['stage']})" for row in rows.to_dict("records") for name in _named(row["without"])]
        if lacking:
            yield (
                f"impacts, {category}: {len(lacking)} of {rows['flows'].sum()} flows have no factor, so that "
                "nothing that they cause is counted: "
                f"{', '.join(lacking[:NAMED])}{_more(lacking)}; see impact_coverage"
            )
    if len(made["impacts_indirect"]):
        yield "impacts_indirect are by input-output factors: they overlap with the others and are added to nothing"


def _on_factors(case: Case, flows: "pd.DataFrame") -> Iterator[str]:
    """Factors without a source, and categories that count CO2e a second time."""
    assert case.impacts is not None
    own = flows[(flows["category"] != CLIMATE) & flows["factor_unit"].notna()]
    for category, rows in own.groupby("category", sort=False):
        unsaid = rows[rows["sources"].isna()].to_dict("records")
        bare = [f"{row['name']} ({row['stage']})" for row in unsaid]
        if bare:
            yield f"impacts, {category}: factors without a source: {', '.join(bare[:NAMED])}{_more(bare)}"
    for category, stated in case.impacts.categories.items():
        if "co2" in stated.unit.lower().replace(" ", ""):
            of_case = f"as {CLIMATE} does by those of the case"
            yield f"impacts, {category}: counts CO2e by factors of its own, {of_case}; never add both"


def _more(names: list[str]) -> str:
    return f" and {len(names) - NAMED} more" if len(names) > NAMED else ""


def _named(without: object) -> list[str]:
    return without.split("; ") if isinstance(without, str) else []


def _on_energy(case: Case, unknown: list[str]) -> Iterator[str]:
    if unknown and case.impacts is not None:
        yield (
            f"impacts shared by energy: the energy of all that {', '.join(unknown)} gives and makes is not known "
            "(state product.enthalpy, or enthalpy of resources): what they give carries no burden, as with cut-off"
        )
