"""Transfer prices: between which both sides of an exchange gain, and what mends one where there is no such price.

    seller's floor  = (what giving costs the seller a year, capital share included) / flow          (P1)
    buyer's ceiling = (what taking saves the buyer a year, less its capital share) / flow           (P2)
    room            = ceiling - floor                                                                (P3)
    lacking         = max(0, -room x flow), a year; once: x AF(r, N)                                 (P4)

A payback that outlasts its contract is flagged: the money is not back when the other side may leave.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.finance.cash import recovery, worth_of_annuity
from planner.finance.contracts import contract_of
from planner.finance.heads import SHARED
from planner.finance.parties import Ventures
from planner.finance.terms import Terms, terms_of
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case

NAN = math.nan
Row = Mapping[Any, Any]


def prices_table(case: "Case", tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Make the ``prices`` table: a row for each exchange between two parties.

    ``floor_per_unit`` and ``ceiling_per_unit`` are per unit that leaves the source, with the yearly share of what each
    side invests; the running ones without it, as for a pipe that lies already. ``shared_cost_per_yr`` is its share of
    mains and trenches, which their owner pays: ``lacking_per_yr`` is what both sides together lack to gain and to pay
    that.
    """
    import pandas as pd

    terms = terms_of(case)
    rows = [_row(case, tables, one, terms) for one in tables["exchanges"].to_dict("records") if _between_two(one)]
    return pd.DataFrame(rows, columns=list(COLUMNS["prices"]))


def _between_two(one: Row) -> bool:
    return not one["own"] and one["seller"] != one["buyer"] and one["flow_per_yr"] > 0


def _row(case: "Case", tables: "Mapping[str, pd.DataFrame]", one: Row, terms: Terms) -> dict[str, Any]:
    flow, priced = one["flow_per_yr"], one["transfer_price"] == one["transfer_price"]
    gains, capital = _sides(tables, one, terms)
    at = {side: gains[side] for side in ("seller", "buyer")}
    running = (-at["seller"] / flow, at["buyer"] / flow)
    floor, ceiling = (-at["seller"] + capital["seller"]) / flow, (at["buyer"] - capital["buyer"]) / flow
    shared = _shared(case, tables, one, terms)
    lacking = max(0.0, (floor - ceiling) * flow + shared)
    contract = contract_of(case, tables["exchanges"], one["exchange"])
    price = one["transfer_price"] if priced else NAN
    return {
        "exchange": one["exchange"],
        "option": one["option"],
        "seller": one["seller"],
        "buyer": one["buyer"],
        "resource": one["resource"],
        "flow_per_yr": flow,
        "unit": one["unit"],
        "price_per_unit": price,
        "basis": one["transfer_basis"],
        "floor_per_unit": floor,
        "ceiling_per_unit": ceiling,
        "running_floor_per_unit": running[0],
        "running_ceiling_per_unit": running[1],
        "room_per_unit": ceiling - floor,
        "shared_cost_per_yr": shared,
        "lacking_per_yr": lacking,
        "lacking_once": lacking * worth_of_annuity(terms.rate, terms.horizon),
        **_contract(contract, one, price),
        "verdict": _verdict(price, floor, ceiling, lacking),
    }


def _sides(tables: "Mapping[str, pd.DataFrame]", one: Row, terms: Terms) -> tuple[dict[str, float], dict[str, float]]:
    """Gain of each side before the price and before capital, and the yearly share of what it invests.

    What others pay or gain by the exchange (a link's owner) counts with the side that gives.
    """
    ledger, assets = tables["exchange_ledger"], tables["assets"]
    mine = ledger[(ledger["exchange"] == one["exchange"]) & (ledger["option"] == one["option"])]
    mine = mine[mine["kind"] != "transfer"]
    buyer = one["buyer"]
    gains = {"seller": 0.0, "buyer": 0.0}
    for row in mine.to_dict("records"):
        if row["head"] != SHARED:
            gains["buyer" if row["party"] == buyer else "seller"] += row["gain_per_yr"]
    capital = {"seller": 0.0, "buyer": 0.0}
    own = assets[(assets["exchange"] == one["exchange"]) & (assets["option"] == one["option"])]
    for row in own.to_dict("records"):
        years = row["lifetime_yr"] if row["lifetime_yr"] == row["lifetime_yr"] else math.inf
        side = "buyer" if row["party"] == buyer else "seller"
        capital[side] += row["capex"] * recovery(terms.rate, years)
    return gains, capital


def _shared(case: "Case", tables: "Mapping[str, pd.DataFrame]", one: Row, terms: Terms) -> float:
    """Yearly share of an exchange in mains and trenches, capital included."""
    outlays = Ventures(case, tables, terms).shared(one)
    capital = sum(outlay.cost * recovery(terms.rate, outlay.lifetime) for outlay in outlays)
    ledger = tables["exchange_ledger"]
    mine = ledger[
        (ledger["exchange"] == one["exchange"]) & (ledger["head"] == SHARED) & (ledger["option"] == one["option"])
    ]
    return capital - float(mine["gain_per_yr"].sum())


def _contract(contract: Any, one: Row, price: float) -> dict[str, Any]:
    term = NAN if contract is None or contract.term is None else contract.term.value
    share = NAN if contract is None or contract.take_or_pay is None else contract.take_or_pay.value
    longest = {side: one[f"{side}_payback_yr"] for side in ("seller", "buyer")}
    outlasts = [
        one[side] for side, years in longest.items() if term == term and one[f"{side}_capex"] > 0 and not years <= term
    ]
    return {
        "contract_term_yr": term,
        "take_or_pay_share": share,
        "guaranteed_flow_per_yr": share * one["flow_per_yr"],
        "guaranteed_revenue_per_yr": share * one["flow_per_yr"] * price,
        "outlasts_contract": "; ".join(outlasts) or None,
    }


def _verdict(price: float, floor: float, ceiling: float, lacking: float) -> str:
    size = 1e-9 * max(abs(floor), abs(ceiling), 1e-9)
    if ceiling < floor - size:
        return "no price at which both gain"
    if lacking > 0 and price == price and floor - size <= price <= ceiling + size:
        return "both gain, but not enough for its share of mains and trenches"
    if price != price:
        return "no price is set"
    if price < floor - size:
        return "the seller loses at this price"
    return "the buyer loses at this price" if price > ceiling + size else "both gain"
