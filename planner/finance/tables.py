"""Tables of cash flows: ``cash_flows`` by party and year, and ``finance``, what each is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.finance.cash import CashFlow, cash_flow
from planner.finance.measures import measures
from planner.finance.parties import Venture, Ventures
from planner.finance.terms import Terms, terms_of
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case

PARK = "park"


def finance_tables(case: "Case", tables: "Mapping[str, pd.DataFrame]") -> "dict[str, pd.DataFrame]":
    """Make the ``cash_flows`` and ``finance`` tables from those of the plan.

    ``finance`` tells each party, the park (their sum; its discount rate is that of the case), each exchange between two
    (its investment and its share of mains and trenches, its gain to all, without tax, debt and transfers) and society
    (shadow prices; see ``planner.finance.economic``). ``cash_flows`` holds the same by year, but of exchanges.
    """
    import pandas as pd

    terms = terms_of(case)
    nominal = case.economics.finance.money == "nominal"
    flows, rows = list[dict[str, Any]](), list[dict[str, Any]]()
    for venture, flow in told(case, tables, terms):
        if venture.kind != "exchange":
            flows += _years(venture, flow, terms, nominal=nominal)
        rows.append(_row(venture, flow, terms, nominal=nominal))
    return {
        "cash_flows": pd.DataFrame(flows, columns=list(COLUMNS["cash_flows"])),
        "finance": pd.DataFrame(rows, columns=list(COLUMNS["finance"])),
    }


def told(case: "Case", tables: "Mapping[str, pd.DataFrame]", terms: Terms) -> Iterator[tuple[Venture, CashFlow]]:
    """Parties, the park, exchanges and society, each with its cash flow."""
    ventures = Ventures(case, tables, terms)
    whole: CashFlow | None = None
    outlays, gains = list[Any](), list[Any]()
    for venture in ventures.of_parties():
        flow = cash_flow(venture.outlays, venture.gains, terms, venture.rate)
        whole = flow if whole is None else whole + flow
        outlays += venture.outlays
        gains += venture.gains
        yield venture, flow
    if whole is not None:
        yield Venture(PARK, PARK, tuple(outlays), tuple(gains), terms.rate), replace(whole, rate=terms.rate)
    before_tax = replace(terms, tax_rate=0.0, debt=None)
    for venture in ventures.of_exchanges():
        yield venture, cash_flow(venture.outlays, venture.gains, before_tax, venture.rate)
    society = ventures.of_society()
    yield society, cash_flow(society.outlays, society.gains, replace(before_tax, rate=society.rate), society.rate)


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
        "capex": float(np.sum(flow.invested[: terms.delay + 1])),
        "grants_capex": float(np.sum(flow.grants)),
        "gain_per_yr": sum(one.amount for one in venture.gains),
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
