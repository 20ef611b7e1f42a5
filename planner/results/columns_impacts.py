"""Columns of the tables of impacts beyond CO2e."""

from collections.abc import Mapping

_HOWS = ("cut_off", "energy", "substitution", "half")

IMPACTS: Mapping[str, tuple[str, ...]] = {
    "impacts": (
        *("category", "stage", "unit", "baseline", "plan", "reduction", "reduction_pct"),
        *("avoided_per_yr", "added_per_yr", "status", "unknown_change", "shifted"),
    ),
    "impact_flows": (
        *(
            "category",
            "stage",
            "kind",
            "name",
            "baseline_amount",
            "plan_amount",
            "amount_unit",
            "factor",
            "factor_unit",
        ),
        *("grade", "sources", "baseline", "plan", "avoided_per_yr", "added_per_yr", "unit", "how"),
    ),
    "impact_coverage": (
        *("category", "stage", "flows", "with_factor", "baseline_share_by_mass", "baseline_share_by_energy"),
        *("plan_share_by_mass", "plan_share_by_energy", "without"),
    ),
    "impact_exchanges": (
        *("run", "category", "exchange", "seller", "buyer", "avoided_supply", "avoided_discharge", "given_up"),
        *("caused", "net_avoided", "unit", "without"),
    ),
    "impacts_by_party": (
        *("category", "party", "unit", "allocation", "baseline", "plan", "reduction"),
        *(f"{run}_{how}" for run in ("baseline", "plan") for how in _HOWS),
    ),
    "impacts_indirect": (
        *("category", "purchases", "kind", "of", "baseline_money_per_yr", "plan_money_per_yr", "factor", "factor_unit"),
        *("grade", "sources", "baseline", "plan", "reduction", "unit", "also_process_based"),
    ),
}
