"""The result of a planning run: tidy tables in the user's names, with units in the column names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.case.case import Case

#: Columns of every table of a plan. "unit" columns hold the unit of the amounts beside them; money is in the case's
#: currency and price year. Tables of the baseline hold the same columns as those of the plan.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "indicators": (
        "indicator",
        "unit",
        "baseline",
        "plan",
        "reduction",
        "reduction_pct",
        "weak_share",
        "ungraded_share",
    ),
    "siting": ("unit", "kind", "plot", "area_ha", "land_taken_ha", "land_investment", "land_cost_per_yr"),
    "exchanges": (
        "exchange",
        "from",
        "to",
        "source",
        "sink",
        "resource",
        "replaces",
        "own",
        "option",
        "link",
        "size",
        "copies",
        "from_place",
        "to_place",
        "length_km",
        "cost_length_km",
        "flow_per_yr",
        "unit",
        "lost_per_yr",
        "replaced_per_yr",
        "replaced_unit",
        "shared_hours",
        "hours_assumed",
        "flow_at_worst_overlap_per_yr",
        "peak_per_h",
        "capacity_per_h",
        "capex",
        "capex_low",
        "capex_high",
        "cost_per_yr",
        "gain_per_yr",
        "co2e_avoided_t_per_yr",
        "payback_yr",
        "delay_yr",
        "permit",
        "effort",
        "transfer_price",
        "transfer_basis",
        "seller_gain_per_yr",
        "buyer_gain_per_yr",
        "existing",
        "capital_cost_per_yr",
        "seller",
        "buyer",
        "revenue_per_yr",
        "seller_gross_share",
        "seller_capex",
        "buyer_capex",
        "seller_payback_yr",
        "buyer_payback_yr",
        "main",
        "shared_capex",
    ),
    "mains": (
        "main",
        "resource",
        "link",
        "stretch",
        "size",
        "pipes",
        "existing",
        "from_node",
        "to_node",
        "length_m",
        "flow_per_yr",
        "unit",
        "lost_per_yr",
        "peak_per_h",
        "capacity_per_h",
        "capex",
        "capital_cost_per_yr",
        "cost_per_yr",
        "party",
        "through_per_yr",
    ),
    "trenches": (
        "stretch",
        "corridors",
        "surfaces",
        "length_m",
        "cost_length_m",
        "trench",
        "pipes",
        "resources",
        "crossings",
        "capex",
        "capital_cost_per_yr",
        "cost_per_yr",
        "party",
    ),
    "pipe_runs": ("stretch", "carrier", "resource", "size", "pipes", "existing", "length_m", "direction"),
    "quantities": (
        "item",
        "what",
        "carrier",
        "resource",
        "size",
        "surface",
        "quantity",
        "unit",
        "unit_price",
        "capex_before_contingency",
        "contingency",
        "capex",
    ),
    "trench_shares": (
        "stretch",
        "part",
        "carrier",
        "exchange",
        "seller",
        "buyer",
        "key",
        "share",
        "capex",
        "cost_per_yr",
    ),
    "hydraulics": (
        "main",
        "stretch",
        "size",
        "from_node",
        "to_node",
        "flow_per_h",
        "unit",
        "velocity_m_per_s",
        "max_velocity_m_per_s",
        "pressure_drop_pa_per_m",
        "max_pressure_drop_pa_per_m",
        "pressure_drop_bar",
        "pump_power_kw",
        "verdict",
        "why",
    ),
    "compositions": (
        "state",
        "at",
        "by",
        "stream",
        "exchange",
        "resource",
        "amount_per_yr",
        "amount_unit",
        "quality",
        "mean",
        "worst",
        "unit",
        "load_per_yr",
        "load_unit",
        "known",
    ),
    "quality_limits": (
        "at",
        "by",
        "stream",
        "quality",
        "kind",
        "limit",
        "found",
        "unit",
        "binding",
        "laxer_limit",
        "saving_per_yr",
        "how",
    ),
    "load_balances": (
        "of",
        "quality",
        "exchanged_in_per_yr",
        "bought_per_yr",
        "picked_up_per_yr",
        "given_off_per_yr",
        "exchanged_out_per_yr",
        "lost_per_yr",
        "discharged_per_yr",
        "sold_per_yr",
        "removed_per_yr",
        "unit",
        "unknown",
    ),
    "water_balances": (
        "of",
        "exchanged_in_per_yr",
        "bought_per_yr",
        "made_per_yr",
        "exchanged_out_per_yr",
        "lost_per_yr",
        "discharged_per_yr",
        "sold_per_yr",
        "used_up_per_yr",
        "unit",
    ),
    "operations": ("operation", "plant", "part", "flow_per_h", "flow_per_yr", "unit", "given_per_yr", "load_share"),
    "verdicts": (
        "exchange",
        "technical",
        "technical_why",
        "compliance",
        "compliance_why",
        "payback",
        "payback_why",
        "payback_yr",
        "waste_code",
        "status",
        "declaration",
        "permit",
        "delay_yr",
        "permit_cost",
        "built",
    ),
    "barred": ("exchange", "quality", "why", "found", "limit", "unit"),
    "facilities": (
        "facility",
        "kind",
        "scope",
        "owner",
        "plot",
        "capacity_per_h",
        "activity_per_yr",
        "unit",
        "capex",
        "capex_low",
        "capex_high",
        "cost_per_yr",
    ),
    "purchases": ("state", "by", "for", "stream", "resource", "amount_per_yr", "unit", "cost_per_yr", "co2e_t_per_yr"),
    "discharges": (
        "state",
        "by",
        "stream",
        "resource",
        "route",
        "waste_class",
        "amount_per_yr",
        "unit",
        "waste_t_per_yr",
        "cost_per_yr",
        "co2e_t_per_yr",
    ),
    "credits": (
        "state",
        "exchange",
        "by",
        "resource",
        "delivered_per_yr",
        "bought_per_yr",
        "credited_per_yr",
        "unit",
        "saving_per_yr",
    ),
    "sales": ("state", "by", "stream", "resource", "amount_per_yr", "unit", "income_per_yr"),
    "supplies": ("state", "by", "stream", "resource", "demand_per_yr", "exchanged_per_yr", "supplied_per_yr", "unit"),
    "costs": ("account", "unit", "baseline", "plan", "difference"),
    "emissions": ("account", "unit", "baseline", "plan", "difference"),
    "parties": (
        "party",
        "kind",
        "capex",
        "capex_low",
        "capex_high",
        "baseline_cost_per_yr",
        "plan_cost_per_yr",
        "transfers_per_yr",
        "gain_per_yr",
        "payback_yr",
        "baseline_capex",
        "baseline_running_cost_per_yr",
        "plan_running_cost_per_yr",
        "baseline_transfers_per_yr",
        "gain_before_capital_per_yr",
    ),
    "intensities": ("indicator", "per", "unit", "baseline", "plan"),
    "limits": ("limit", "unit", "bound", "plan", "baseline", "expansion", "excess_baseline"),
    "periods": ("period", "hours_per_yr", "group", "repeats", "note"),
    "flows_by_period": (
        "kind",
        "name",
        "option",
        "resource",
        "unit",
        "period",
        "amount_per_yr",
        "lost_per_yr",
        "mean_per_h",
    ),
    "heat": (
        "state",
        "plant",
        "stream",
        "role",
        "kind",
        "from_degc",
        "to_degc",
        "contribution_k",
        "amount_per_yr",
        "unit",
        "heat_mwh_per_yr",
        "mean_mw",
    ),
    "heat_recovery": (
        "plant",
        "recovered_mwh_per_yr",
        "largest_mw",
        "existing_mw",
        "new_mw",
        "capex",
        "cost_per_yr",
    ),
    "heat_targets": (
        "state",
        "of",
        "how",
        "least_hot_mwh_per_yr",
        "least_cold_mwh_per_yr",
        "pinch_degc",
        "hot_mwh_per_yr",
        "cold_mwh_per_yr",
        "recovered_mwh_per_yr",
    ),
    "exergy": (
        "of",
        "kind",
        "given_mwh_per_yr",
        "taken_mwh_per_yr",
        "destroyed_mwh_per_yr",
        "wasted_mwh_per_yr",
        "efficiency",
        "surroundings_degc",
    ),
    "lines": (
        "run",
        "account",
        "item",
        "party",
        "by",
        "exchange",
        "resource",
        "quantity",
        "quantity_unit",
        "factor",
        "factor_unit",
        "amount",
        "unit",
        "grade",
        "basis",
        "sources",
        "fields",
    ),
}

#: Tables of qualities, water and law: empty, and then not written, where a case speaks of none of them.
OF_QUALITY = (
    "operations",
    "compositions",
    "quality_limits",
    "load_balances",
    "water_balances",
    "verdicts",
    "barred",
)
#: Those of them that the baseline has, too.
OF_QUALITY_IN_BASELINE = ("operations", "compositions", "load_balances", "water_balances")
#: Tables of periods: empty, and then not written, where a case has none. The baseline has the second, too.
OF_PERIODS = ("periods", "flows_by_period")
#: Tables of heat by temperature: empty, and then not written, where no plant states process streams. The baseline has
#: them, too.
OF_HEAT = ("heat", "heat_recovery", "heat_targets", "exergy")
#: Tables that are not written where they have no rows, and those of them that the baseline has, too.
WHERE_ANY = (*OF_QUALITY, "credits", *OF_PERIODS, *OF_HEAT)
WHERE_ANY_IN_BASELINE = (*OF_QUALITY_IN_BASELINE, "credits", OF_PERIODS[1], *OF_HEAT)


@dataclass(frozen=True)
class Plan:
    """A planned park and its baseline.

    Attributes
    ----------
    tables
        Name -> DataFrame with the columns of ``COLUMNS``; also the baseline's own purchases, discharges, sales,
        supplies, siting, facilities, exchanges, mains, trenches, pipe_runs, and what ``WHERE_ANY_IN_BASELINE`` names
        under ``"baseline_" + name``.
    layers
        Name -> GeoDataFrame in the case's projected CRS: plots, siting, corridors, links, partners; for a case with
        mains or trenches also stretches, mains and trenches. Empty without coordinates.
    header
        What ``results.json`` says besides the tables: case, solver, versions, objective, currency, price_year, notes.
    audit
        Result of the audit: passed, checks.
    case
        The case it was made for, so that a written plan holds its case; None for a plan made by hand.
    """

    tables: "Mapping[str, pd.DataFrame]"
    layers: "Mapping[str, gpd.GeoDataFrame]"
    header: Mapping[str, Any]
    audit: Mapping[str, Any]
    case: "Case | None" = None

    @property
    def indicators(self) -> "pd.DataFrame":
        """Baseline, plan and reduction of every indicator; reduction in the unit of the indicator and in percent."""
        return self.tables["indicators"]

    @property
    def exchanges(self) -> "pd.DataFrame":
        """Exchanges built, one row each: flow, link, length, investment, gain and payback."""
        return self.tables["exchanges"]

    @property
    def siting(self) -> "pd.DataFrame":
        """Plants and facilities and the plot each stands on."""
        return self.tables["siting"]

    @property
    def mains(self) -> "pd.DataFrame":
        """Pipes of mains, one row a stretch and size: flow, peak rate, capacity, cost; 0 pipes if out of service."""
        return self.tables["mains"]

    @property
    def trenches(self) -> "pd.DataFrame":
        """Trenches dug or used, one row a stretch: metres, surfaces, pipes, crossings, cost."""
        return self.tables["trenches"]

    def save(self, out: "str | Path") -> Path:
        """Write the plan into a folder and return it; see ``planner.report.write``."""
        from planner.report.write import write

        return write(self, Path(out))
