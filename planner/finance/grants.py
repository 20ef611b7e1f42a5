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

    def share(self, row: Mapping[Any, Any]) -> tuple[float, float]:
        """Shares of an asset's additional investment that grants pay; nothing where a plan saves it.

        Returns
        -------
        tuple
            By grants stated as a share, and by grants stated as an amount; each may exceed 1, of which no more is paid:
            an amount larger than the investment covers a dearer one, too.
        """
        if row["capex"] - row["baseline_capex"] <= 0:
            return 0.0, 0.0
        mine = [(grant, share) for grant, share in self._shares if is_for(grant, row)]
        stated = sum(share for grant, share in mine if grant.share is not None)
        return stated, sum(share for grant, share in mine if grant.share is None)

    @cached_property
    def _shares(self) -> "list[tuple[Grant, float]]":
        """Each grant and the share of what it is for that it pays."""
        grants = self.case.economics.finance.grants
        rows = self.assets.to_dict("records") if grants else []
        found = []
        for grant in grants:
            base = sum(max(0.0, row["capex"] - row["baseline_capex"]) for row in rows if is_for(grant, row))
            if grant.share is not None:
                found.append((grant, grant.share.value))
            elif grant.amount is not None and base > 0:
                found.append((grant, grant.amount.value / base))
        return found


def is_for(grant: "Grant", row: Mapping[Any, Any]) -> bool:
    """Whether a grant is for an asset, a row of the ``assets`` table."""
    wanted = row["of"] in grant.of if grant.of else row["of"] != LAND
    return bool(wanted and (not grant.to or row["party"] in grant.to))
