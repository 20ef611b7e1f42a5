"""Checks of the totals: accounts, indicators, limits, parties, line items and the header."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.reading import rows_of
from planner.audit.solver import check_header

if TYPE_CHECKING:
    import pandas as pd

Tables = "Mapping[str, pd.DataFrame]"
Totals = dict[str, dict[str, float]]

YEARLY_MONEY = (
    "land",
    "link_capital",
    "link_operation",
    "connection",
    "permit",
    "exchange_fixed",
    "transport",
    "pumping",
    "treatment",
    "forgone",
    "purchase",
    "credit",
    "supply_operation",
    "discharge",
    "sale",
    "trench_capital",
    "trench_operation",
    "facility_capital",
    "facility_operation",
    "gate_expansion",
    "heat_recovery_capital",
    "heat_recovery_operation",
    "standby_capital",
    "standby_operation",
    "carbon_paid",
)
CO2E = (
    "co2e_use",
    "co2e_supply_energy",
    "co2e_supply_other",
    "co2e_discharge",
    "co2e_transport",
    "co2e_pumping",
    "co2e_facilities",
)
WASTE = ("waste_non_hazardous", "waste_hazardous", "waste_inert")
INDICATORS = (
    "total_annual_cost",
    "co2e",
    *CO2E,
    "waste",
    *WASTE,
    "fresh_water",
    "power_bought",
    "heat_supplied",
    "waste_reused",
    "memo_biogenic",
    "investment",
)
#: Accounts of annualised investment; land and treatment hold running cost, too.
CAPITAL = (
    "link_capital",
    "trench_capital",
    "connection",
    "permit",
    "facility_capital",
    "gate_expansion",
    "heat_recovery_capital",
    "standby_capital",
)
MIXED = ("land", "treatment")
#: A later stage of the baseline may give up this share of its cost to break ties.
TIE = 1e-6


def totals(total: dict[str, float]) -> dict[str, float]:
    """Add the sums of accounts to the accounts of a run."""
    total["total_annual_cost"] = sum(total.get(account, 0.0) for account in YEARLY_MONEY)
    total["co2e"] = sum(total.get(account, 0.0) for account in CO2E)
    total["waste"] = sum(total.get(account, 0.0) for account in WASTE)
    total["investment"] = sum(amount for account, amount in total.items() if account.startswith("investment_"))
    total["waste_reused"] = total.get("reused", 0.0)
    return total


def is_capital(line: Mapping[str, Any]) -> bool:
    """Tell whether a line item of the yearly cost is annualised investment: it rests on the discount rate."""
    account = str(line["account"])
    return account in CAPITAL or (account in MIXED and "economics.discount_rate" in str(line["fields"]))


def memos(facts: Facts, places: Mapping[str, str], total: Mapping[str, float]) -> dict[str, float]:
    """What steers the goal and is in nobody's cost: margins of optional plants that settle, shadow price of carbon."""
    plants = facts.case.plants
    margin = sum(p.optional.margin.value for name, p in plants.items() if p.optional is not None and name in places)
    shadow = facts.case.economics.carbon_price.shadow
    co2e = sum(total.get(account, 0.0) for account in CO2E)
    return {"margin": margin, "shadow_carbon": shadow.value * co2e if shadow else 0.0}


def check_totals(
    facts: Facts, tables: "Mapping[str, pd.DataFrame]", header: Mapping[str, Any], recomputed: Totals, checks: Checks
) -> None:
    """Check everything that adds up to the park."""
    _accounts(tables, recomputed, checks)
    _indicators(tables, recomputed, checks)
    _caps(facts, recomputed["plan"], checks)
    _lines(tables, recomputed, checks)
    _parties(tables, recomputed, checks)
    check_header(facts, header, recomputed, checks)


def _size(recomputed: Totals, run: str, accounts: tuple[str, ...]) -> float:
    """Size of the numbers behind an account, as the scale of what is rounding."""
    return sum(abs(recomputed[run].get(account, 0.0)) for account in accounts)


def _accounts(tables: "Mapping[str, pd.DataFrame]", recomputed: Totals, checks: Checks) -> None:
    invested = tuple(sorted({a for run in recomputed.values() for a in run if a.startswith("investment_")}))
    money, carbon = (*YEARLY_MONEY, *invested, "margin", "shadow_carbon"), (*CO2E, "memo_biogenic")
    for table, accounts in (("costs", money), ("emissions", carbon)):
        check = f"{table}: every account"
        checks.start(check)
        listed = {str(row["account"]): row for row in rows_of(tables, table)}
        for account in accounts:
            row = listed.get(account, {"plan": 0.0, "baseline": 0.0, "difference": 0.0})
            for run in ("plan", "baseline"):
                scale = TIE / 1e-5 * _size(recomputed, run, YEARLY_MONEY if table == "costs" else CO2E)
                expected = recomputed[run].get(account, 0.0)
                checks.equal(check, f"{account} of the {run}", float(row[run]), expected, scale)
            difference = float(row["plan"]) - float(row["baseline"])
            checks.equal(check, f"{account}: difference", float(row["difference"]), difference, difference)


def _indicators(tables: "Mapping[str, pd.DataFrame]", recomputed: Totals, checks: Checks) -> None:
    check = "indicators: baseline, plan, reduction"
    checks.start(check)
    listed = {str(row["indicator"]): row for row in rows_of(tables, "indicators")}
    for name in INDICATORS:
        if name not in listed:
            checks.fail(check, f"{name} is missing")
            continue
        row = listed[name]
        before, after, reduction = (float(row[k]) for k in ("baseline", "plan", "reduction"))
        money = name in ("total_annual_cost", "investment")
        for run, value in (("baseline", before), ("plan", after)):
            scale = TIE / 1e-5 * _size(recomputed, run, YEARLY_MONEY) if money else 0.0
            checks.equal(check, f"{name} of the {run}", value, recomputed[run].get(name, 0.0), scale)
        checks.equal(check, f"{name}: reduction", reduction, before - after, abs(before) + abs(after))
        percent = float(row["reduction_pct"])
        if before > 1e-9:
            checks.equal(check, f"{name}: percent", percent, 100 * reduction / before)
        elif not before > 0 and percent == percent:
            checks.fail(check, f"{name}: {percent:g} % of a baseline of {before:g}")


def _caps(facts: Facts, plan: dict[str, float], checks: Checks) -> None:
    check = "plan: caps and budget"
    checks.start(check)
    economics = facts.case.economics
    limits = (
        ("co2e", economics.caps.co2e),
        ("waste", economics.caps.waste),
        ("fresh_water", economics.caps.fresh_water),
        ("investment", economics.budget),
    )
    for name, limit in limits:
        if limit is not None:
            checks.at_most(check, name, plan.get(name, 0.0), limit.value)


def _lines(tables: "Mapping[str, pd.DataFrame]", recomputed: Totals, checks: Checks) -> None:
    check = "line items: quantity x factor, and their sums"
    checks.start(check)
    sums: dict[tuple[str, str], float] = {}
    for row in rows_of(tables, "lines"):
        amount = float(row["amount"])
        product = float(row["quantity"]) * float(row["factor"])
        if not abs(product - amount) <= 1e-6 * abs(amount) + 1e-6:
            checks.fail(check, f"{row['item']}: quantity x factor is {product:g}, its amount {amount:g}")
        key = (str(row["run"]), str(row["account"]))
        sums[key] = sums.get(key, 0.0) + amount
    for run in ("plan", "baseline"):
        for account in (*YEARLY_MONEY, *CO2E, *WASTE, "fresh_water", "power_bought", "heat_supplied", "memo_biogenic"):
            scale = TIE / 1e-5 * _size(recomputed, run, YEARLY_MONEY) if account in YEARLY_MONEY else 0.0
            expected = recomputed[run].get(account, 0.0)
            checks.equal(check, f"{account} of the {run}", sums.get((run, account), 0.0), expected, scale)


def _parties(tables: "Mapping[str, pd.DataFrame]", recomputed: Totals, checks: Checks) -> None:
    check = "parties add up to the park"
    rows = rows_of(tables, "parties")
    checks = checks.of_money(_size(recomputed, "plan", YEARLY_MONEY) + _size(recomputed, "baseline", YEARLY_MONEY))
    for run in ("plan", "baseline"):
        total = sum(float(row[f"{run}_cost_per_yr"]) for row in rows)
        expected = recomputed[run]["total_annual_cost"]
        checks.equal(check, f"cost of the {run}", total, expected, _size(recomputed, run, YEARLY_MONEY))
    paid = [float(row["transfers_per_yr"]) for row in rows]
    checks.equal(check, "transfers", sum(paid), 0.0, sum(abs(x) for x in paid))
    checks.equal(check, "investment", sum(float(row["capex"]) for row in rows), recomputed["plan"]["investment"])
    for row in rows:
        extra, gain = float(row["capex"]) - float(row["baseline_capex"]), float(row["gain_before_capital_per_yr"])
        found = float(row["payback_yr"])
        if gain > 0 or found == found:
            checks.equal(check, f"{row['party']}: payback", found, max(extra, 0.0) / gain if gain > 0 else float("nan"))
        moved = float(row["baseline_cost_per_yr"]) - float(row["plan_cost_per_yr"])
        moved += float(row["transfers_per_yr"]) - float(row["baseline_transfers_per_yr"])
        checks.equal(check, f"{row['party']}: gain", float(row["gain_per_yr"]), moved, abs(moved) + sum(map(abs, paid)))
