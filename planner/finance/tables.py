"""Tables of cash flows: ``cash_flows`` by party and year, and ``finance``, what each is worth.

A party loses whose net present value is below nothing. What would make it whole:

    once      = -NPV, in year 0                                                                     (T1)
    each year = -NPV / sum of (1 + r)^-t over the years of operation, in money of the price year    (T2)

both after tax. The others can pay it where net present values of all parties add up to more than nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.finance.cash import CashFlow, cash_flow
from planner.finance.measures import measures
from planner.finance.parties import Venture, Ventures
from planner.finance.terms import Terms
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

PARK = "park"
#: Share of a party's yearly cost that is rounding: plan and baseline are each proven to 1e-6.
NOISE = 2e-6
GAINS, LOSES, NEITHER = "gains", "loses", "neither gains nor loses"
WHOLE, NOT_WHOLE = f"{LOSES}: the others can make it whole", f"{LOSES}: more than the others gain"


def finance_tables(ventures: Ventures) -> "dict[str, pd.DataFrame]":
    """Make the ``cash_flows`` and ``finance`` tables from those of the plan.

    ``finance`` tells each party, the park (their sum; its discount rate is that of the case), each exchange between two
    (its investment and its share of mains and trenches, its gain to all, without tax, debt and transfers) and society
    (shadow prices; see ``planner.finance.economic``). ``cash_flows`` holds the same by year, but of exchanges.
    """
    import pandas as pd

    terms = ventures.terms
    nominal = ventures.case.economics.finance.money == "nominal"
    flows, rows = list[dict[str, Any]](), list[dict[str, Any]]()
    for venture, flow in told(ventures):
        if venture.kind != "exchange":
            flows += _years(venture, flow, terms, nominal=nominal)
        rows.append(_row(venture, flow, terms, nominal=nominal))
    _judge(rows, _rounding(ventures), terms, {venture.name: venture.rate for venture in ventures.of_parties})
    return {
        "cash_flows": pd.DataFrame(flows, columns=list(COLUMNS["cash_flows"])),
        "finance": pd.DataFrame(rows, columns=list(COLUMNS["finance"])),
    }


def told(ventures: Ventures) -> Iterator[tuple[Venture, CashFlow]]:
    """Parties, the park, exchanges and society, each with its cash flow."""
    terms = ventures.terms
    each = [cash_flow(one.outlays, one.gains, terms, one.rate) for one in ventures.of_parties]
    yield from zip(ventures.of_parties, each, strict=True)
    if each:
        gains = tuple(gain for venture in ventures.of_parties for gain in venture.gains)
        yield Venture(PARK, PARK, (), gains, terms.rate), of_park(each, terms)
    before_tax = replace(terms, tax_rate=0.0, debt=None)
    for venture in ventures.of_exchanges():
        yield venture, cash_flow(venture.outlays, venture.gains, before_tax, venture.rate)
    society = ventures.of_society()
    yield society, cash_flow(society.outlays, society.gains, replace(before_tax, rate=society.rate), society.rate)


def of_park(each: "list[CashFlow]", terms: Terms) -> CashFlow:
    """Sum of the cash flows of all parties, at the discount rate of the case."""
    return CashFlow.sum_of(each, terms.rate)


def _rounding(ventures: Ventures) -> dict[str, float]:
    """Party -> net present value that is rounding."""
    rows = ventures.tables["parties"].to_dict("records")
    size = {row["party"]: max(abs(row["baseline_cost_per_yr"]), abs(row["plan_cost_per_yr"])) for row in rows}
    return {party: NOISE * cost * ventures.terms.horizon for party, cost in size.items()}


def _judge(rows: list[dict[str, Any]], rounding: Mapping[str, float], terms: Terms, rates: Mapping[str, float]) -> None:
    """Say who gains and who loses, and what would make a party whole."""
    parties = [row for row in rows if row["kind"] not in (PARK, "exchange", "society")]
    all_gain = sum(row["npv"] for row in parties) >= 0
    for row in rows:
        noise = sum(rounding.values()) if row["kind"] in (PARK, "society") else rounding.get(row["party"], 0.0)
        noise = 0.0 if row["kind"] == "exchange" else noise
        row["verdict"] = NEITHER if abs(row["npv"]) <= noise else GAINS if row["npv"] > 0 else LOSES
    for row in parties:
        if row["verdict"] == LOSES:
            years = terms.delay + np.arange(1, terms.horizon + 1)
            row["verdict"] = WHOLE if all_gain else NOT_WHOLE
            row["side_payment_once"] = -row["npv"]
            row["side_payment_per_yr"] = -row["npv"] / float(np.sum((1.0 + rates[row["party"]]) ** -years))


def _years(venture: Venture, flow: CashFlow, terms: Terms, *, nominal: bool) -> Iterator[dict[str, Any]]:
    size = len(flow.gain)
    rise = (1.0 + terms.inflation) ** np.arange(size) if nominal else np.ones(size)
    factors = (1.0 + flow.rate) ** -np.arange(size)
    sums = np.cumsum(flow.net * factors)
    for t in range(size):
        yield {
            "party": venture.name,
            "kind": venture.kind,
            "year": t,
            "gain": flow.gain[t] * rise[t],
            "investment": flow.invested[t] * rise[t],
            "grants": flow.grants[t] * rise[t],
            "residual": flow.residual[t] * rise[t],
            "tax": flow.tax[t] * rise[t],
            "net": flow.net[t] * rise[t],
            "discounted": flow.net[t] * factors[t],
            "cumulative": sums[t],
            "drawn": flow.drawn[t] * rise[t],
            "interest": flow.interest[t] * rise[t],
            "principal": flow.principal[t] * rise[t],
            "tax_with_debt": flow.tax_with_debt[t] * rise[t],
            "equity": flow.equity[t] * rise[t],
        }


def _row(venture: Venture, flow: CashFlow, terms: Terms, *, nominal: bool) -> dict[str, Any]:
    found = measures(flow, terms.delay)
    g = terms.inflation if nominal else 0.0
    return {
        "party": venture.name,
        "kind": venture.kind,
        "discount_rate": (1.0 + flow.rate) * (1.0 + g) - 1.0,
        "additional_capex": float(np.sum(flow.invested[: terms.delay + 1])),
        "grants_capex": float(np.sum(flow.grants)),
        "gain_before_capital_per_yr": sum(one.amount for one in venture.gains),
        "npv": found.npv,
        "irr": (1.0 + found.irr) * (1.0 + g) - 1.0,
        "simple_payback_yr": found.simple_payback,
        "discounted_payback_yr": found.discounted_payback,
        "profitability_index": found.profitability,
        "equity_npv": found.equity_npv,
        "equity_irr": (1.0 + found.equity_irr) * (1.0 + g) - 1.0,
        "least_dscr": found.least_dscr,
        "mean_dscr": found.mean_dscr,
        "note": found.note or None,
    }
