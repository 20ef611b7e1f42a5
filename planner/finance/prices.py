"""Transfer prices: between which both sides of an exchange gain, and what mends one where there is no such price.

    seller's floor  = (what giving costs the seller a year, capital share included) / flow          (P1)
    buyer's ceiling = (what taking saves the buyer a year, less its capital share) / flow           (P2)
    room            = ceiling - floor                                                               (P3)
    capital share   = investment x CRF(r, lifetime) - grants / AF(r, N)                             (P4)
    lacking         = max(0, share of mains and trenches - room x flow), a year; once: x AF(r, N)   (P5)
    payback         = years from the start of operation until what the exchange gains a side has paid back what it
                      invests, less grants: with ramp-up, delay, escalation and replacement, before tax and loans  (P6)

What giving costs holds what the seller forgoes: its forgone own use, and sales lost. Where users bear what is shared
(``planner.finance.shared_costs``), what a side pays for it by this exchange is a cost to it, and what it is paid is a
gain; only what no side pays is left as the share of mains and trenches. A payback that outlasts its
contract is flagged: the money is not back when the other side may leave.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.finance.cash import Gain, Outlay, cash_flow, recovery, worth_of_annuity
from planner.finance.heads import SHARED
from planner.finance.measures import payback
from planner.finance.parties import Row, Ventures
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.finance import Contract

NAN = math.nan
#: Share of floor and ceiling that is rounding.
ROUNDING = 1e-6
#: Accounts of what the seller does without because it gives.
FORGONE = ("forgone", "sale")
#: Verdict -> what mends it.
REMEDIES = {
    "the seller loses at this price": "a price of the floor or above, or a payment of the buyer",
    "the buyer loses at this price": "a price of the ceiling or below, or a payment of the seller",
    "no price at which both gain": "a price of the buyer's ceiling, and a subsidy to the seller",
    "both gain, but not enough for its share of mains and trenches": "a subsidy to who owns mains and trenches",
}
SUBSIDY, OWNER = "subsidy", "owner of mains and trenches"
#: Said besides, where what both gain does not cover the share of mains and trenches.
BESIDES = ", and a subsidy to who owns mains and trenches"


def prices_table(ventures: Ventures) -> "pd.DataFrame":
    """Make the ``prices`` table: a row for each exchange between two parties.

    ``floor_per_unit`` and ``ceiling_per_unit`` are per unit that leaves the source, with the yearly share of what each
    side invests; the running ones without it, as for a pipe that lies already. ``shared_cost_per_yr`` is its share of
    mains and trenches, which their owner pays: ``lacking_per_yr`` is what both sides together lack to gain and to pay
    that. ``payment_per_yr`` or ``payment_once``, of ``payer`` to ``payee``, is what leaves nobody worse off; where it
    is to the seller and the owner of mains and trenches, ``shared_cost_per_yr`` of it is the owner's. Where the remedy
    asks for a subsidy to that owner beside a price, that subsidy is ``lacking_per_yr``.
    """
    import pandas as pd

    rows = [_row(ventures, one) for one in ventures.built if _between_two(one)]
    return pd.DataFrame(rows, columns=list(COLUMNS["prices"]))


def _between_two(one: Row) -> bool:
    return not one["own"] and one["seller"] != one["buyer"] and one["flow_per_yr"] > 0


def _row(ventures: Ventures, one: Row) -> dict[str, Any]:
    flow, price, terms = one["flow_per_yr"], one["transfer_price"], ventures.terms
    gains, capital, forgone = _sides(ventures, one)
    tariffs, paid = _tariffs(ventures, one)
    gains = {side: gain + tariffs[side] for side, gain in gains.items()}
    floor, ceiling = (-gains["seller"] + capital["seller"]) / flow, (gains["buyer"] - capital["buyer"]) / flow
    shared = _shared(ventures, one)
    shared = 0.0 if abs(shared - paid) <= ROUNDING * abs(shared) else shared - paid
    size = ROUNDING * max(abs(floor), abs(ceiling))
    lacking = (floor - ceiling) * flow + shared
    lacking = lacking if lacking > size * flow else 0.0
    verdict = _verdict(price, floor, ceiling, lacking, size)
    factor = worth_of_annuity(terms.rate, terms.horizon)
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
        "running_floor_per_unit": -gains["seller"] / flow,
        "running_ceiling_per_unit": gains["buyer"] / flow,
        "forgone_per_unit": forgone / flow,
        "room_per_unit": ceiling - floor,
        "shared_cost_per_yr": shared,
        "lacking_per_yr": lacking,
        "lacking_once": lacking * factor,
        **_contract(ventures, ventures.contracts[one["exchange"]], one, price, tariffs),
        "verdict": verdict,
        **_remedy(verdict, one, (floor - price) * flow, (price - ceiling) * flow, (lacking, shared, factor)),
    }


def _sides(ventures: Ventures, one: Row) -> tuple[dict[str, float], dict[str, float], float]:
    """Gain of each side before the price and before capital, its yearly share of what it invests, and what is forgone.

    What others pay or gain by the exchange (a link's owner) counts with the side that gives.
    """
    key = one["exchange"], one["option"]
    gains, capital, forgone = {"seller": 0.0, "buyer": 0.0}, {"seller": 0.0, "buyer": 0.0}, 0.0
    for row in ventures.made_by.get(key, ()):
        if row["head"] == SHARED or row["kind"] == "transfer":
            continue
        side = "buyer" if row["party"] == one["buyer"] else "seller"
        gains[side] += row["gain_per_yr"]
        if side == "seller" and row["account"] in FORGONE:
            forgone -= row["gain_per_yr"]
    for row in ventures.laid_for.get(key, ()):
        side = "buyer" if row["party"] == one["buyer"] else "seller"
        capital[side] += _yearly(ventures, ventures.outlay(row, row["capex"]))
    return gains, capital, forgone


def _tariffs(ventures: Ventures, one: Row) -> tuple[dict[str, float], float]:
    """What each side is paid, less what it pays, for shared things that an exchange uses; and how much of it is pipes.

    Of an exchange over several kinds of links, each has what it has of a facility by what it carries.
    """
    sides, of_pipes = {"seller": 0.0, "buyer": 0.0}, 0.0
    whole = sum(row["flow_per_yr"] for row in ventures.built if row["exchange"] == one["exchange"])
    mains, over = ventures.case.mains(), one["main"] if isinstance(one["main"], str) else None
    for row in ventures.tariffs.get(one["exchange"], ()):
        money, main = row["tariff_per_yr"], row["item"] if row["item"] in mains else None
        if row["party"] == row["owner"] or (row["of"] != "facility" and main != over):
            continue
        if row["of"] == "facility":
            money *= one["flow_per_yr"] / whole
        else:
            of_pipes += money
        for side in sides:
            sides[side] += money * ((row["owner"] == one[side]) - (row["party"] == one[side]))
    return sides, of_pipes


def _yearly(ventures: Ventures, outlay: Outlay) -> float:
    """Yearly share of an investment, less that of its grants (P4)."""
    rate, horizon = ventures.terms.rate, ventures.terms.horizon
    grants = outlay.cost * outlay.aid / worth_of_annuity(rate, horizon)
    return outlay.cost * recovery(rate, outlay.lifetime) - grants


def _shared(ventures: Ventures, one: Row) -> float:
    """Yearly share of an exchange in mains and trenches, capital included."""
    capital = sum(_yearly(ventures, outlay) for outlay in ventures.shared(one))
    rows = ventures.made_by.get((one["exchange"], one["option"]), ())
    return capital - float(sum(row["gain_per_yr"] for row in rows if row["head"] == SHARED))


def _contract(
    ventures: Ventures, contract: "Contract | None", one: Row, price: float, tariffs: Mapping[str, float]
) -> dict[str, Any]:
    term = NAN if contract is None or contract.term is None else contract.term.value
    share = NAN if contract is None or contract.take_or_pay is None else contract.take_or_pay.value
    outlasts = [
        one[side]
        for side, tariff in tariffs.items()
        if term == term and one[f"{side}_capex"] > 0 and not _payback(ventures, one, side, tariff, term) <= term
    ]
    return {
        "contract_term_yr": term,
        "take_or_pay_share": share,
        "guaranteed_flow_per_yr": share * one["flow_per_yr"],
        "guaranteed_revenue_per_yr": share * one["flow_per_yr"] * price,
        "outlasts_contract": "; ".join(outlasts) or None,
    }


def _payback(ventures: Ventures, one: Row, side: str, tariff: float, term: float) -> float:
    """Years of operation until an exchange has paid a side back for good (P6)."""
    key, late = (one["exchange"], one["option"]), ventures.late(one)
    laid = [row for row in ventures.laid_for.get(key, ()) if row["party"] == one[side]]
    rows = [row for row in ventures.made_by.get(key, ()) if row["party"] == one[side] and row["head"] != SHARED]
    gains = [*(ventures.gain(row, late) for row in rows), Gain(tariff, flows=False)]
    horizon = max(ventures.terms.horizon, math.ceil(term))
    terms = replace(ventures.terms, horizon=horizon, residual="none", tax_rate=0.0, debt=None)
    flow = cash_flow([ventures.outlay(row, row["capex"]) for row in laid], gains, terms, terms.rate)
    return payback(flow.net) - terms.delay


def _verdict(price: float, floor: float, ceiling: float, lacking: float, size: float) -> str:
    if ceiling < floor - size:
        return "no price at which both gain"
    if price < floor - size:
        return "the seller loses at this price"
    if price > ceiling + size:
        return "the buyer loses at this price"
    if lacking > 0:
        return "both gain, but not enough for its share of mains and trenches"
    return "both gain"


def _remedy(
    verdict: str, one: Row, at_seller: float, at_buyer: float, lacks: tuple[float, float, float]
) -> dict[str, Any]:
    """Who pays whom how much.

    ``at_seller`` and ``at_buyer`` are what they lose a year at the price; ``lacks`` is what both together lack a year,
    what of it is their share of mains and trenches, and the worth of 1 a year.
    """
    (lacking, shared, factor), seller = lacks, one["seller"]
    short = lacking > 0 and shared > 0
    who = {
        "the seller loses at this price": (one["buyer"], seller, at_seller),
        "the buyer loses at this price": (seller, one["buyer"], at_buyer),
        "no price at which both gain": (SUBSIDY, f"{seller}; {OWNER}" if short else seller, lacking),
        "both gain, but not enough for its share of mains and trenches": (SUBSIDY, OWNER, lacking),
    }
    payer, payee, payment = who.get(verdict, (None, None, NAN))
    remedy = REMEDIES.get(verdict)
    return {
        "remedy": f"{remedy}{BESIDES}" if remedy and short and payee != OWNER else remedy,
        "payer": payer,
        "payee": payee,
        "payment_per_yr": payment,
        "payment_once": payment * factor,
    }
