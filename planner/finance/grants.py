"""Grants: which share of each asset they pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case
    from planner.case.finance import Grant

LAND = "land"


@dataclass(frozen=True)
class Grants:
    """Grants of a case over the assets of a plan (the ``assets`` table)."""

    case: "Case"
    assets: "pd.DataFrame"

    def share(self, row: Mapping[Any, Any]) -> float:
        """Share of an asset's additional investment that grants pay, 1 at most; nothing where a plan saves it."""
        if row["capex"] - row["baseline_capex"] <= 0:
            return 0.0
        found = sum(share for grant, share in self._shares if _is_for(grant, row))
        return min(1.0, found)

    @cached_property
    def _shares(self) -> "list[tuple[Grant, float]]":
        """Each grant and the share of what it is for that it pays."""
        rows = self.assets.to_dict("records")
        found = []
        for grant in self.case.economics.finance.grants:
            base = sum(max(0.0, row["capex"] - row["baseline_capex"]) for row in rows if _is_for(grant, row))
            if grant.share is not None:
                found.append((grant, grant.share.value))
            elif grant.amount is not None and base > 0:
                found.append((grant, min(1.0, grant.amount.value / base)))
        return found


def _is_for(grant: "Grant", row: Mapping[Any, Any]) -> bool:
    wanted = row["of"] in grant.of if grant.of else row["of"] != LAND
    return bool(wanted and (not grant.to or row["party"] in grant.to))
