"""All tables of money by firm that a plan has."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.finance.assets import assets_table
from planner.finance.bank import ANCHOR_EXIT, bank_table, nothing
from planner.finance.economic import economic_table
from planner.finance.exchange_ledger import exchange_ledger_table
from planner.finance.ledger import ledger_table
from planner.finance.parties import Ventures
from planner.finance.prices import prices_table
from planner.finance.tables import finance_tables
from planner.finance.terms import terms_of

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case
    from planner.results.books import Books


def money_tables(
    case: "Case", plan: "Books", baseline: "Books", tables: "Mapping[str, pd.DataFrame]"
) -> "dict[str, pd.DataFrame]":
    """Make the tables of money by firm, from two runs and the tables made of them before.

    Parameters
    ----------
    tables
        With ``exchanges``, ``baseline_exchanges``, ``parties``, ``mains``, ``trenches``, ``trench_shares``
        and ``shared_costs``.
    """
    parties = [str(name) for name in tables["parties"]["party"]]
    made = {
        "ledger": ledger_table(plan, baseline, tables, parties),
        "exchange_ledger": exchange_ledger_table(plan, baseline, tables),
        "assets": assets_table(plan, baseline),
        "economic": economic_table(plan, baseline),
    }
    made |= {ANCHOR_EXIT: nothing()}
    return made | cash_tables(case, {**tables, **made})


def cash_tables(case: "Case", tables: "Mapping[str, pd.DataFrame]") -> "dict[str, pd.DataFrame]":
    """Make those that rest on the case and other tables alone: cash flows, their worth, the bank's table, prices."""
    ventures = Ventures(case, tables, terms_of(case))
    return {**finance_tables(ventures), "bank": bank_table(ventures), "prices": prices_table(ventures)}
