"""Contracts: what the case says of one, for an exchange of a plan."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case
    from planner.case.finance import Contract


def contract_of(case: "Case", exchanges: "pd.DataFrame", exchange: str) -> "Contract | None":
    """Contract of an exchange, from the most specific entry of the case that states one."""
    from planner.results.terms import stated_at

    rows = exchanges[exchanges["exchange"] == exchange]
    if not len(rows):
        return None
    row = rows.iloc[0]
    found: Contract | None = stated_at(case, (row["from"], row["to"], row["source"], row["sink"]), "contract")
    return found
