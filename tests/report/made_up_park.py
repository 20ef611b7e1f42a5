"""A park of made-up money: firms that exchange at random, with large whole numbers that are nobody else's."""

import random
from typing import Any

import pandas as pd

from planner.results.columns import COLUMNS
from planner.results.plan import Plan

_YEARS = 3
HEADER: dict[str, Any] = {
    "case": {"name": "Made-up park"},
    "created": "2026-01-01T00:00:00+00:00",
    "versions": {},
    "solver": {"name": "HiGHS", "version": "1", "status": "optimal", "gap": 0.0, "seconds": 1.0},
    "objective": "cost",
    "currency": "EUR",
    "price_year": 2025,
}


def made_up(seed: int, firms: int) -> Plan:
    """A park of so many firms, each with a plant of its name, some of which give to and take from each other."""
    r = random.Random(seed)

    def money() -> float:
        return float(r.randrange(10**10, 10**11))

    names = [f"firm{n}" for n in range(firms)]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for name in names:
        rows["parties"].append({"party": name, "kind": "firm", "gain_per_yr": money(), "capex": money()})
        rows["parties"][-1] |= {"baseline_capex": 0.0, "capex_low": money(), "capex_high": money()}
        rows["siting"].append({"unit": name, "kind": "plant", "plot": f"plot {name}", "area_ha": money()})
        for head, account in (("purchases", "purchase"), ("discharge", "discharge")):
            ends = money(), money()
            rows["ledger"].append({"party": name, "head": head, "account": account, "kind": "flow", "resource": "gas"})
            rows["ledger"][-1] |= dict(zip(("baseline_per_yr", "plan_per_yr"), ends, strict=True))
            rows["ledger"][-1]["gain_per_yr"] = ends[0] - ends[1]
        for account in ("fresh_water", "co2e_use", "waste_inert"):
            for run in ("baseline", "plan"):
                rows["lines"].append({"run": run, "account": account, "item": "gas bought", "party": name, "by": name})
                rows["lines"][-1] |= {"amount": money() if r.random() < 0.8 else 0.0, "factor": 1.0, "grade": "B"}
        rows["finance"].append({"party": name, "kind": "firm", "npv": money(), "discount_rate": 0.06})
        rows["finance"][-1] |= {"grants_capex": 0.0, "simple_payback_yr": r.uniform(1, 20), "note": ""}
        for year in range(_YEARS):
            rows["cash_flows"].append({"party": name, "kind": "firm", "year": year, "gain": money(), "net": money()})
        rows["bank"].append({"party": name, "kind": "firm", "variable": "investment", "change": 30, "unit": "%"})
        rows["bank"][-1] |= {"npv": money(), "npv_change": money()}
    for giver in names:
        for taker in names:
            if giver != taker and r.random() < 0.3:
                _exchange(rows, r, money, giver, taker)
    _indicators(rows)
    tables = {
        name: pd.DataFrame([{c: row.get(c) for c in columns} for row in rows[name]], columns=list(columns))
        for name, columns in COLUMNS.items()
    }
    return Plan(tables, {}, HEADER, {"passed": True, "checks": []})


def _exchange(rows: dict[str, Any], r: random.Random, money: Any, giver: str, taker: str) -> None:
    name, flow, price = f"{giver} > {taker}: heat", money(), money()
    own = {"exchange": name, "seller": giver, "buyer": taker, "resource": "heat", "unit": "MWh", "flow_per_yr": flow}
    private = ("capex", "cost_per_yr", "gain_per_yr", "seller_gain_per_yr", "buyer_gain_per_yr", "seller_capex")
    rows["exchanges"].append({**own, "from": giver, "to": taker, "own": False, "link": "pipe", "copies": 1})
    rows["exchanges"][-1] |= {key: money() for key in (*private, "buyer_capex", "co2e_avoided_t_per_yr")}
    rows["exchanges"][-1] |= {"transfer_price": price, "transfer_basis": "case", "length_km": 1.0}
    rows["prices"].append({**own, "price_per_unit": price, "basis": "case", "verdict": "both gain"})
    limits = ("floor_per_unit", "ceiling_per_unit", "room_per_unit", "forgone_per_unit", "lacking_per_yr")
    rows["prices"][-1] |= {key: money() for key in limits}
    for party in {giver, taker} if r.random() < 0.5 else {giver}:
        rows["assets"].append({"party": party, "of": "link", "exchange": name, "item": "pipe", "capex": money()})
        rows["assets"][-1] |= {"baseline_capex": 0.0, "lifetime_yr": 20.0}


def _indicators(rows: dict[str, Any]) -> None:
    """Totals that are the sums of what belongs to the firms."""
    ledger, lines = rows["ledger"], rows["lines"]
    sums = {"total_annual_cost": [sum(row[f"{run}_per_yr"] for row in ledger) for run in ("baseline", "plan")]}
    for name, account in (("co2e", "co2e_use"), ("waste", "waste_inert"), ("fresh_water", "fresh_water")):
        mine = [row for row in lines if row["account"] == account]
        sums[name] = [sum(row["amount"] for row in mine if row["run"] == run) for run in ("baseline", "plan")]
    for name, (before, after) in sums.items():
        rows["indicators"].append({"indicator": name, "unit": "EUR/yr", "baseline": before, "plan": after})
        rows["indicators"][-1] |= {"reduction": before - after, "reduction_pct": 0.0}


def figures_of(plan: Plan, party: str) -> set[int]:
    """Every figure that is a party's alone, and what each of its amounts comes to and changes by."""
    found = set[float]()
    for name in ("parties", "ledger", "finance", "cash_flows", "bank", "assets"):
        table = plan.tables[name]
        found |= {float(x) for x in table[table["party"] == party].select_dtypes("number").to_numpy().ravel()}
    lines = plan.tables["lines"]
    for account in ("fresh_water", "co2e_use", "waste_inert"):
        mine = lines[(lines["party"] == party) & (lines["account"] == account)].set_index("run")["amount"]
        found |= {mine["baseline"], mine["plan"], mine["baseline"] - mine["plan"]}
    ledger = plan.tables["ledger"]
    mine = ledger[ledger["party"] == party]
    found |= {float(mine[column].sum()) for column in ("baseline_per_yr", "plan_per_yr", "gain_per_yr")}
    for name in ("exchanges", "prices"):
        table = plan.tables[name]
        for side, columns in _SIDES.items():
            there = [column for column in columns if column in table.columns]
            found |= {float(x) for x in table.loc[table[side] == party, there].to_numpy().ravel()}
    return whole(found)


def joint_of(plan: Plan) -> set[int]:
    """What both sides of an exchange have together: less its own it is the other side's."""
    columns = ["capex", "gain_per_yr", "co2e_avoided_t_per_yr"]
    return whole({float(x) for x in plan.exchanges[columns].to_numpy(dtype=float).ravel()})


def whole(found: set[float]) -> set[int]:
    """Large numbers without sign."""
    return {abs(round(value)) for value in found if value == value and abs(value) > 1e6}


_SIDES = {
    "seller": ("seller_gain_per_yr", "seller_capex", "floor_per_unit", "forgone_per_unit", "room_per_unit"),
    "buyer": ("buyer_gain_per_yr", "buyer_capex", "ceiling_per_unit", "lacking_per_yr"),
}
