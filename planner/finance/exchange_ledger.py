"""What each exchange gains each party a year, by head and resource, before capital.

The gains of exchanges that hang together need not add up to those of the park (see ``planner.results.gains``); those of
the ``ledger`` do.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from planner.finance.heads import SHARED, TRANSFERS, Key, key_of
from planner.results.columns import COLUMNS
from planner.results.exchanges import built_exchanges
from planner.results.gains import Gains, transfer_price
from planner.results.network import carrier_of

if TYPE_CHECKING:
    import pandas as pd

    from planner.results.books import Books
    from planner.results.shares import Shares


def exchange_ledger_table(plan: "Books", baseline: "Books", shares: "Shares") -> "pd.DataFrame":
    """Make the ``exchange_ledger`` table: one row an exchange, link, party, head, account and resource.

    Own exchanges are in it. The share of an exchange in the upkeep and pumping of mains and trenches is that of the
    ``trench_shares`` table, and stands with their owner.
    """
    import pandas as pd

    gains, rows = Gains(plan, baseline), list[dict[str, Any]]()
    owners = _owners(shares)
    for one in built_exchanges(plan):
        gain = gains.of(one.exchange, one.entries, one.flows)
        sums: dict[Key, float] = defaultdict(float)
        for line, amount in gain.items:
            sums[key_of(line)] += amount
        price = transfer_price(plan, one.exchange, gain, one.leaving).price
        facts = plan.assembly.exchanges[one.exchange]
        if price:
            for party, sign in ((plan.party(facts.giver), 1.0), (plan.party(facts.taker), -1.0)):
                key = Key(party, TRANSFERS, "transfer", "transfer", one.exchange, facts.resource)
                sums[key] += sign * price * one.leaving
        main = plan.assembly.instance.exchanges[one.exchange].options[one.options[0]].main
        copies = plan.assembly.instance.exchanges[one.exchange].options
        carriers = [main] if main else [carrier_of(one.exchange, copies[o].copy) for o in one.options]
        _, running = shares.of(one.exchange, carriers)
        if running:
            sums[Key(owners.get(carriers[0], ""), SHARED, "fixed", "link_operation", "", facts.resource)] -= running
        rows += [_row(one.exchange, one.options[0], key, amount) for key, amount in sums.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["exchange_ledger"]))


def _owners(shares: "Shares") -> dict[str, str]:
    """Main -> who pays for its pipes."""
    books = shares.network.books
    found: dict[str, str] = {}
    for pipe in shares.network.laid:
        link = books.case.links[pipe.link]
        found[pipe.main] = link.owner or "park company"
    return found


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
