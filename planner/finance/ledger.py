"""The ledger: what each party pays, earns and saves a year, in the baseline and in the plan, and what for.

gain of a row   = baseline - plan                    (costs; income is negative)
gain of a party = sum of its rows                    (= ``parties.gain_per_yr``)
sum of all rows = baseline TAC - plan TAC            (transfers add up to nothing)
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planner.finance.heads import HEADS, PIPES, SHARED, TARIFF, TARIFFS, TRANSFERS, Key, key_of
from planner.finance.shared_costs import payments
from planner.results.books import Books
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

_HEADS = (*(x for head in HEADS.values() for x in ((head, SHARED) if head == PIPES else (head,))), TARIFFS, TRANSFERS)
_ORDER = {head: n for n, head in enumerate(dict.fromkeys(_HEADS))}


def ledger_table(
    plan: Books, baseline: Books, tables: "Mapping[str, pd.DataFrame]", parties: Sequence[str]
) -> "pd.DataFrame":
    """Make the ``ledger`` table, parties in the order of the ``parties`` table.

    ``kind`` is "capital" (yearly share of an investment), "fixed" (a year, whatever flows), "flow" (goes with what
    flows) or "transfer". ``baseline_per_yr`` and ``plan_per_yr`` are costs, negative where they are income;
    ``gain_per_yr`` is what the party is better off.

    Parameters
    ----------
    tables
        With ``exchanges``, ``baseline_exchanges`` and ``shared_costs``.
    """
    import pandas as pd

    sums: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for run, books in enumerate((baseline, plan)):
        weights = books.weights("total_annual_cost")
        for entry in books.entries:
            weight = weights.get(entry.line.account, 0.0)
            if weight and entry.amount:
                sums[key_of(entry.line)][run] += weight * entry.amount
    for run, name in enumerate(("baseline_exchanges", "exchanges")):
        for key, cost in _transfers(tables[name]):
            sums[key][run] += cost
    for payer, owner, exchange, tariff in payments(tables["shared_costs"]):
        for party, cost in ((payer, tariff), (owner, -tariff)):
            sums[Key(party, TARIFFS, "transfer", TARIFF, exchange, "")][1] += cost
    place = {party: n for n, party in enumerate(parties)}
    keys = sorted(sums, key=lambda k: (place[k.party], _ORDER[k.head], k.kind, k.account, k.exchange, k.resource))
    return pd.DataFrame([_row(key, *sums[key]) for key in keys], columns=list(COLUMNS["ledger"]))


def _transfers(exchanges: "pd.DataFrame") -> Iterable[tuple[Key, float]]:
    """What each party pays for what it takes; negative where it receives."""
    for row in exchanges[exchanges["transfer_price"].notna()].to_dict("records"):
        money = row["transfer_price"] * row["flow_per_yr"]
        for party, cost in ((row["seller"], -money), (row["buyer"], money)):
            if money:
                yield Key(party, TRANSFERS, "transfer", "transfer", row["exchange"], row["resource"]), cost


def _row(key: Key, before: float, after: float) -> dict[str, Any]:
    return {
        **key.columns(),
        "baseline_per_yr": before,
        "plan_per_yr": after,
        "gain_per_yr": before - after,
    }
