"""What each exchange gains each party a year, by head and resource, before capital.

The gains of exchanges that hang together need not add up to those of the park (see ``planner.results.gains``); those of
the ``ledger`` do.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.finance.heads import SHARED, TRANSFERS, Key, key_of
from planner.finance.shared_costs import trench_owner
from planner.results.columns import COLUMNS
from planner.results.exchanges import Built, built_exchanges
from planner.results.gains import Gains, transfer_price

if TYPE_CHECKING:
    import pandas as pd

    from planner.results.books import Books

Upkeep = Mapping[tuple[str, str | None], list[tuple[str, str, float]]]


def exchange_ledger_table(plan: "Books", baseline: "Books", tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Make the ``exchange_ledger`` table: one row an exchange, link, party, head, account and resource.

    Own exchanges are in it. The share of an exchange in what mains and trenches cost a year is that of the
    ``trench_shares`` table, and stands with their owner.

    Parameters
    ----------
    tables
        With ``trench_shares``, ``mains`` and ``trenches``.
    """
    import pandas as pd

    gains, upkeep, rows = Gains(plan, baseline), _upkeep(plan, tables), list[dict[str, Any]]()
    for one in built_exchanges(plan):
        rows += [_row(one.exchange, one.options[0], key, gain) for key, gain in _sums(plan, gains, one, upkeep).items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["exchange_ledger"]))


def _sums(plan: "Books", gains: Gains, one: Built, upkeep: Upkeep) -> dict[Key, float]:
    gain = gains.of(one.exchange, one.entries, one.flows)
    sums: dict[Key, float] = defaultdict(float)
    for line, amount in gain.items:
        sums[replace(key_of(line), exchange=one.exchange)] += amount
    price = transfer_price(plan, one.exchange, gain, one.leaving).price
    facts = plan.assembly.exchanges[one.exchange]
    if price:
        for party, sign in ((plan.party(facts.giver), 1.0), (plan.party(facts.taker), -1.0)):
            key = Key(party, TRANSFERS, "transfer", "transfer", one.exchange, facts.resource)
            sums[key] += sign * price * one.leaving
    main = plan.assembly.instance.exchanges[one.exchange].options[one.options[0]].main
    for party, account, cost in upkeep.get((one.exchange, main), ()):
        sums[Key(party, SHARED, "fixed", account, one.exchange, facts.resource)] -= cost
    return sums


def _upkeep(plan: "Books", tables: "Mapping[str, pd.DataFrame]") -> Upkeep:
    """(Exchange, the main it is over or None) -> owner, account and its share of what mains and trenches cost a year.

    Pumping is in it.
    """
    mains = plan.case.mains()
    pipes = _owners(tables["mains"], ("main", "stretch"))
    civil = _owners(tables["trenches"], ("stretch",))
    found: dict[tuple[str, str | None], list[tuple[str, str, float]]] = defaultdict(list)
    for row in tables["trench_shares"].to_dict("records"):
        if not row["cost_per_yr"]:
            continue
        main = row["carrier"] if row["carrier"] in mains else None
        if row["part"] == "pipe":
            part = pipes[row["carrier"], row["stretch"]], "link_operation"
        else:
            owner = trench_owner(plan.case, row["carrier"], civil[(row["stretch"],)])
            part = owner, "trench_operation"
        found[row["exchange"], main].append((*part, row["cost_per_yr"]))
    return found


def _owners(table: "pd.DataFrame", key: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    return {tuple(row[name] for name in key): row["party"] for row in table.to_dict("records")}


def _row(exchange: str, option: str, key: Key, amount: float) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "option": option,
        "party": key.party,
        "head": key.head,
        "kind": key.kind,
        "account": key.account,
        "resource": key.resource or None,
        "gain_per_yr": amount,
    }
