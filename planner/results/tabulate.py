"""From a solved park to a ``Plan``: the values of the model as tables in the user's names."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from models.solution import ALONE, Solution
from planner.assemble.assembly import Assembly
from planner.case.case import Case
from planner.finance.notes import notes_on_finance
from planner.finance.plan import money_tables
from planner.finance.shared_costs import shared_costs_table
from planner.geography.distances import Distances
from planner.hydraulics.mending import notes_on_mending
from planner.lifecycle.plan import lifecycle_tables
from planner.results.accounts import costs_table, emissions_table, limits_table
from planner.results.archetypes import notes_on_archetypes
from planner.results.books import Books, tie_out
from planner.results.converters import converters_table
from planner.results.credits import credits_table, notes_on_credits
from planner.results.equipment import equipment_table
from planner.results.evened_out import notes_on_bridged, notes_on_hours
from planner.results.exchanges import exchanges_table
from planner.results.heat import heat_tables
from planner.results.heat_pipes import heat_pipes_table, notes_on_ground_heat, notes_on_temperatures, part_time
from planner.results.indicators import indicators_table
from planner.results.intensities import intensities_table
from planner.results.layers import layers
from planner.results.lines import lines_table
from planner.results.losses import settled
from planner.results.mains import mains_table, notes_on_losses, notes_on_old_pipes, pipe_runs_table
from planner.results.network import Network
from planner.results.network_money import NetworkMoney
from planner.results.parties import parties_table
from planner.results.periods import flows_by_period_table, periods_table
from planner.results.plan import Plan
from planner.results.power_laws import with_laws
from planner.results.profiles import profiles_table
from planner.results.quality import quality_tables
from planner.results.quantities import quantities_table
from planner.results.shares import Shares, trench_shares_table
from planner.results.siting import facilities_table, siting_table
from planner.results.stores import notes_on_stores, store_levels_table, stores_table
from planner.results.streams import discharges_table, purchases_table, sales_table, supplies_table
from planner.results.trenches import trenches_table

if TYPE_CHECKING:
    import pandas as pd

#: Gap up to which a baseline is proven.
PROVEN = 1e-6
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
    books = settled(Books("plan", case, distances, assembly, plan))
    before = settled(Books("baseline", case, distances, assembly, baseline))
    for run in (books, before):
        tie_out(run)
    shares = Shares(NetworkMoney(Network(books)))
    tables = _run_tables(shares, before)
    others = _run_tables(Shares(NetworkMoney(Network(before))), before)
    tables |= {BASELINE + name: table for name, table in others.items()}
    tables["trench_shares"] = trench_shares_table(shares)
    tables["shared_costs"] = shared_costs_table(books, before, tables)
    tables |= {
        "quantities": quantities_table(shares.network),
        "indicators": indicators_table(books, before),
        "costs": costs_table(books, before),
        "emissions": emissions_table(books, before),
        "limits": limits_table(books, before),
        "parties": parties_table(
            books, before, tables["exchanges"], tables[BASELINE + "exchanges"], tables["shared_costs"]
        ),
        "intensities": intensities_table(books, before),
        "lines": lines_table((books, before)),
    }
    tables |= money_tables(case, books, before, tables)
    tables |= {"periods": periods_table(books), "profiles": profiles_table(case)}
    of_quality, told = quality_tables(books, before, tables["exchanges"], _mixing(header))
    tables |= of_quality | {"credits": credits_table(books), f"{BASELINE}credits": credits_table(before)}
    of_impacts, on_impacts = lifecycle_tables(case, books, before, tables)
    tables |= of_impacts
    tables["hydraulics"], found = _hydraulics(case, distances, tables)
    network = shares.network
    found = (*notes_on_mending(books), *notes_on_credits(books), *found)
    own = with_laws(assembly.notes, books, tables["facilities"])
    notes = [*distances.notes, *own, *notes_on_losses(network), *notes_on_old_pipes(network), *found, *told]
    notes += [*notes_on_stores(books), *notes_on_bridged(books)]
    notes += notes_on_ground_heat(books)
    notes += [*notes_on_temperatures(tables["heat_pipes"], part_time(books)), *notes_on_hours(books)]
    notes += [*_on_plan(plan), *_on_baseline(baseline, case.currency)]
    notes += _on_today(before, tables[BASELINE + "exchanges"])
    notes += [*notes_on_archetypes(books), *on_impacts, *notes_on_finance(case, tables)]
    facts = {"currency": case.currency, "price_year": case.price_year, "notes": notes, **(header or {})}
    return Plan(tables, layers(books, tables), facts, {}, case, (plan, baseline))


def _mixing(header: dict[str, Any] | None) -> dict[str, str]:
    """How mixtures were solved, and how far that came, as the header says it."""
    solver = (header or {}).get("solver") or {}
    told = solver.get("mixing") or {}
    return {**told, "status": str(solver.get("status"))} if told else {}


def _on_plan(plan: Solution) -> Iterable[str]:
    """What a plan that is its own baseline means."""
    if plan.facts.get(ALONE):
        yield (
            "the search ended before it found a better park than everybody alone, so that the plan is the baseline; "
            "with more time there may be exchanges that pay"
        )


def _on_baseline(baseline: Solution, currency: str) -> Iterable[str]:
    """What a baseline that is not proven means for the savings."""
    cost = baseline.stages[0]
    if cost.gap > PROVEN and not math.isfinite(cost.gap):
        yield "the baseline is not proven to be the cheapest, nor how much less the same plants might do with"
    elif cost.gap > PROVEN:
        yield (
            f"the baseline is not proven to be the cheapest: without the park the same plants might do with up to "
            f"{cost.objective - cost.bound:,.0f} {currency}/yr less ({cost.gap:.2%}), and the saving would be as much "
            "smaller; a longer --time-limit narrows that"
        )


def _on_today(before: Books, exchanges: "pd.DataFrame") -> Iterable[str]:
    """Existing exchanges that the baseline of what is there today leaves unused."""
    if before.case.baseline == "as_is":
        used, there = set(exchanges["exchange"]), {*before.places(), *before.case.partners}
        for e, data in before.assembly.instance.exchanges.items():
            ends = {before.assembly.instance.sources[data.source].unit, before.assembly.instance.sinks[data.sink].unit}
            if any(option.existing for option in data.options.values()) and e not in used and ends <= there:
                yield f"the baseline leaves the existing exchange {e} unused: without it the same plants pay less"


def _hydraulics(
    case: Case, distances: Distances, tables: "dict[str, pd.DataFrame]"
) -> "tuple[pd.DataFrame, Iterable[str]]":
    """Check of the pipes of the plan, and what it found in words."""
    from planner.hydraulics.check import check, findings

    table = check(case, distances, tables)
    return table, findings(table)


def _run_tables(shares: Shares, baseline: Books) -> "dict[str, pd.DataFrame]":
    """Tables that plan and baseline have each."""
    books = shares.network.books
    tables = {
        "siting": siting_table(books),
        "exchanges": exchanges_table(books, baseline, shares),
        "mains": mains_table(shares.money),
        "trenches": trenches_table(shares.money),
        "pipe_runs": pipe_runs_table(shares.network),
        "facilities": facilities_table(books),
        "purchases": purchases_table(books),
        "discharges": discharges_table(books),
        "sales": sales_table(books),
        "supplies": supplies_table(books),
        "stores": stores_table(books),
        "converters": converters_table(books),
        "equipment": equipment_table(books),
        "store_levels": store_levels_table(books),
    }
    tables["heat_pipes"] = heat_pipes_table(shares.network)
    return tables | heat_tables(books) | {"flows_by_period": flows_by_period_table(shares.network, tables)}
