"""Contracts: what the case says of one, for an exchange of a plan."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.finance import Contract


def contract_of(case: "Case", row: Mapping[Any, Any]) -> "Contract | None":
    """Contract of an exchange, a row of the ``exchanges`` table, from the most specific entry that states one."""
    from planner.results.operations import operation_at
    from planner.results.terms import stated_at

    names = [row["source"], row["sink"]]
    for place, unit in enumerate((row["from"], row["to"])):
        part = operation_at(case, unit, names[place])
        names[place] = names[place] if part is None else part.name
    found: Contract | None = stated_at(case, (row["from"], row["to"], *names), "contract")
    return found
