"""Columns of the tables of money by firm: ledger, assets, cash flows, prices."""

from collections.abc import Mapping

MONEY: Mapping[str, tuple[str, ...]] = {
    "shared_costs": (
        *("of", "item", "owner", "party", "by", "exchange", "key", "share", "cost_per_yr", "tariff_per_yr"),
    ),
    "ledger": (
        *("party", "head", "kind", "account", "exchange", "resource"),
        *("baseline_per_yr", "plan_per_yr", "gain_per_yr"),
    ),
    "exchange_ledger": ("exchange", "option", "party", "head", "kind", "account", "resource", "gain_per_yr"),
    "assets": ("party", "of", "exchange", "option", "item", "lifetime_yr", "baseline_capex", "capex"),
    "economic": ("head", "kind", "account", "resource", "financial_gain_per_yr", "economic_gain_per_yr", "how"),
    "cash_flows": (
        *("party", "kind", "year", "gain", "investment", "grants", "residual", "tax", "net", "discounted"),
        *("cumulative", "drawn", "interest", "principal", "tax_with_debt", "equity"),
    ),
    "finance": (
        *("party", "kind", "discount_rate", "additional_capex", "grants_capex", "gain_before_capital_per_yr", "npv"),
        *("irr", "simple_payback_yr", "discounted_payback_yr", "profitability_index", "equity_npv", "equity_irr"),
        *("least_dscr", "mean_dscr", "note", "verdict", "side_payment_per_yr", "side_payment_once"),
    ),
    "bank": (
        *("party", "kind", "variable", "change", "unit", "what", "npv", "npv_change", "irr", "simple_payback_yr"),
        *("discounted_payback_yr", "least_dscr", "switching_value", "note", "switching", "basis"),
    ),
    "anchor_exit": (
        *("party", "head", "kind", "account", "exchange", "resource", "gain_per_yr", "gain_after_per_yr", "how"),
    ),
    "prices": (
        *("exchange", "option", "seller", "buyer", "resource", "flow_per_yr", "unit", "price_per_unit", "basis"),
        *("floor_per_unit", "ceiling_per_unit", "running_floor_per_unit", "running_ceiling_per_unit"),
        *("forgone_per_unit", "room_per_unit", "shared_cost_per_yr", "lacking_per_yr", "lacking_once"),
        *("contract_term_yr", "take_or_pay_share", "guaranteed_flow_per_yr", "guaranteed_revenue_per_yr"),
        *("outlasts_contract", "verdict", "remedy", "payer", "payee", "payment_per_yr", "payment_once"),
    ),
}
