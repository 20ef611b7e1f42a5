"""All tables of money by firm that a plan has."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.finance.assets import assets_table
from planner.finance.economic import economic_table
from planner.finance.exchange_ledger import exchange_ledger_table
from planner.finance.ledger import ledger_table
from planner.finance.prices import prices_table
from planner.finance.tables import finance_tables

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case
    from planner.results.books import Books
    from planner.results.shares import Shares


def money_tables(
    case: "Case", plan: "Books", baseline: "Books", tables: "Mapping[str, pd.DataFrame]", shares: "Shares"
) -> "dict[str, pd.DataFrame]":
    """Make the tables of money by firm, from two runs and the tables made of them before.

    Parameters
    ----------
    tables
        With ``exchanges``, ``baseline_exchanges``, ``parties`` and ``trench_shares``.
    """
    parties = [str(name) for name in tables["parties"]["party"]]
    exchanges = tables["exchanges"], tables["baseline_exchanges"]
    made = {
        "ledger": ledger_table(plan, baseline, *exchanges, parties),
        "exchange_ledger": exchange_ledger_table(plan, baseline, shares),
        "assets": assets_table(plan, baseline),
        "economic": economic_table(plan, baseline),
    }
    made |= finance_tables(case, {**tables, **made})
    return made | {"prices": prices_table(case, {**tables, **made})}
