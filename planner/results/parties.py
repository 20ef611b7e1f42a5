"""What each party invests, pays and gains.

    gain = cost in the baseline - transfers received there - (cost in the plan - transfers received)

Costs of a party are those it pays itself, without transfers: they add up to the total annual cost of the park, and
transfers received add up to nothing.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from planner.finance.shared_costs import payments
from planner.results.books import Books, sum_by
from planner.results.columns import COLUMNS
from planner.results.investment import Range, investment_range, payback

if TYPE_CHECKING:
    import pandas as pd


def transfers(exchanges: "pd.DataFrame") -> defaultdict[str, float]:
    """Money each party receives for what it gives, less what it pays for what it takes [money/yr]."""
    received: defaultdict[str, float] = defaultdict(float)
    paid = exchanges[exchanges["transfer_price"].notna()]
    for seller, buyer, price, flow in zip(
        paid["seller"], paid["buyer"], paid["transfer_price"], paid["flow_per_yr"], strict=True
    ):
        received[seller] += price * flow
        received[buyer] -= price * flow
    return received


def parties_table(
    plan: Books,
    baseline: Books,
    exchanges: "pd.DataFrame",
    baseline_exchanges: "pd.DataFrame",
    shared_costs: "pd.DataFrame",
) -> "pd.DataFrame":
    """Make the ``parties`` table; ``transfers_per_yr`` is what a party receives, negative where it pays.

    It holds prices of exchanges, and what users pay for what is shared (``shared_costs``).

    ``payback_yr`` = (investment in the plan - investment in the baseline) / gain before capital.
    """
    import pandas as pd

    money = [_costs(books) for books in (baseline, plan)]
    running = [_costs(books, running=True) for books in (baseline, plan)]
    received = [transfers(table) for table in (baseline_exchanges, exchanges)]
    for payer, owner, _, tariff in payments(shared_costs):
        received[1][owner] += tariff
        received[1][payer] -= tariff
    invested = [_investments(books) for books in (baseline, plan)]
    names = dict.fromkeys([*money[1], *money[0], *received[1], *received[0], *invested[1], *invested[0]])
    rows = []
    for name in names:
        before, after = (sums.get(name, 0.0) for sums in money)
        running_before, running_after = (sums.get(name, 0.0) for sums in running)
        got_before, got_after = (sums.get(name, 0.0) for sums in received)
        capital_before, capital = (ranges.get(name, Range(0.0, 0.0, 0.0)) for ranges in invested)
        gain = running_before - running_after + got_after - got_before
        rows.append(
            {
                "party": name,
                "kind": _kind(plan, name),
                "capex": capital.capex,
                "capex_low": capital.low,
                "capex_high": capital.high,
                "baseline_capex": capital_before.capex,
                "baseline_cost_per_yr": before,
                "plan_cost_per_yr": after,
                "baseline_running_cost_per_yr": running_before,
                "plan_running_cost_per_yr": running_after,
                "transfers_per_yr": got_after,
                "baseline_transfers_per_yr": got_before,
                "gain_per_yr": before - after + got_after - got_before,
                "gain_before_capital_per_yr": gain,
                "payback_yr": payback(capital.capex - capital_before.capex, gain),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS["parties"]))


def _kind(books: Books, name: str) -> str:
    """What a party is, as the case says; the park company is one of its own name, everybody else is a firm."""
    stated = books.case.parties.get(name)
    if stated is not None:
        return stated.kind
    return "park company" if name == "park company" else "firm"


def _costs(books: Books, *, running: bool = False) -> dict[str, float]:
    """Yearly cost by party, with capital or without."""
    weights = books.weights("total_annual_cost")
    entries = books.running() if running else books.entries
    entries = (entry for entry in entries if entry.line.account in weights)
    return sum_by(entries, lambda x: x.line.party, lambda x: weights[x.line.account] * x.amount)


def _investments(books: Books) -> dict[str, Range]:
    weights = books.weights("investment")
    by_party: dict[str, list[Any]] = defaultdict(list)
    for entry in books.entries:
        if entry.line.account in weights:
            by_party[entry.line.party].append(entry)
    return {party: investment_range(books, entries) for party, entries in by_party.items()}
