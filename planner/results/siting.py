"""Who stands where, on how much land; the facilities and measures that are built."""

from typing import TYPE_CHECKING, Any

from planner.case.stores import activity_unit
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.investment import investment_range
from planner.results.stores import kept

if TYPE_CHECKING:
    import pandas as pd


def siting_table(books: Books) -> "pd.DataFrame":
    """Make the ``siting`` table: plants, shared facilities, and measures (on the plot of their host)."""
    import pandas as pd

    units = books.assembly.instance.units
    rows = [_site(books, unit, plot) for unit, plot in books.places().items() if units[unit].kind != "partner"]
    order = {unit: rank for rank, unit in enumerate(units)}
    rows.sort(key=lambda row: order[row["unit"]])
    return pd.DataFrame(rows, columns=list(COLUMNS["siting"]))


def _site(books: Books, unit: str, plot: str) -> dict[str, Any]:
    land = [entry for entry in books.entries if entry.line.unit == unit and entry.line.account.endswith("land")]
    return {
        "unit": unit,
        "kind": books.assembly.instance.units[unit].kind,
        "plot": plot,
        "area_ha": land_needed(books, unit),
        "land_taken_ha": land_taken(books, unit, plot),
        "land_investment": sum(entry.amount for entry in land if entry.line.account == "investment_land"),
        "land_cost_per_yr": sum(entry.amount for entry in land if entry.line.account == "land"),
    }


def land_needed(books: Books, unit: str) -> float:
    """Land a unit needs in a run [ha]: its own, and what it takes by its capacity."""
    grown = sum(value for (k, _), value in books.solution.values.get("ground", {}).items() if k == unit)
    return books.assembly.instance.units[unit].area + grown


def land_taken(books: Books, unit: str, plot: str) -> float:
    """Land a unit takes [ha]: its plot as a whole, or on a plot declared for several tenants the area it needs.

    A measure takes no land of its own on a plot of one tenant: its host has taken it whole.
    """
    data = books.assembly.instance.units[unit]
    stated = books.case.plots.get(plot)
    if stated is not None and stated.several_tenants:
        return land_needed(books, unit)
    if data.kind == "measure":
        return 0.0
    return plot_area(books, plot)


def plot_area(books: Books, plot: str) -> float:
    """Area of a plot [ha], of its shape or as stated; 0 where neither is known."""
    drawn = books.drawn_areas.get(plot)
    if drawn is not None:
        return drawn
    stated = books.case.plots.get(plot)
    return stated.area.value if stated is not None and stated.area is not None else 0.0


def facilities_table(books: Books) -> "pd.DataFrame":
    """Make the ``facilities`` table; ``cost_per_yr`` is their running cost without capital and without purchases.

    The activity of a store is what it is charged with, its capacity here the largest rate of that.
    """
    import pandas as pd

    places = books.places()
    rows = [_facility(books, unit, places.get(unit)) for unit in books.opened()]
    return pd.DataFrame(rows, columns=list(COLUMNS["facilities"]))


def _facility(books: Books, unit: str, plot: str | None) -> dict[str, Any]:
    facility = books.case.facilities[unit]
    values = books.solution.values
    own = [entry for entry in books.entries if entry.line.unit == unit]
    capital = investment_range(books, [entry for entry in own if entry.line.account == "investment_facility"])
    states, store = books.assembly.instance.states, kept(books, unit)
    capacity = sum(value for (k, _), value in values.get("capacity", {}).items() if k == unit)
    activity = sum(
        value * states[state].weight for (k, state), value in values.get("activity", {}).items() if k == unit
    )
    if store is not None:
        capacity, activity = store.rated_in, sum(store.charged.values())
    return {
        "facility": unit,
        "kind": facility.kind or unit,
        "scope": facility.scope,
        "owner": facility.owner or books.party(unit),
        "plot": plot,
        "capacity_per_h": capacity,
        "activity_per_yr": activity,
        "unit": activity_unit(books.case, unit),
        "capex": capital.capex,
        "capex_low": capital.low,
        "capex_high": capital.high,
        "cost_per_yr": sum(entry.amount for entry in own if entry.line.account == "facility_operation"),
    }
