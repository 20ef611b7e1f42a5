"""Heads of the ledger: under which word an account of the yearly cost stands, and how it behaves in a cash flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planner.assemble.assembly import Line
from planner.results.books import STATE_AT, is_capital

Kind = Literal["capital", "fixed", "flow", "transfer"]

PIPES = "own pipes and links"
SHARED = "shared mains and trenches"
TRANSFERS = "transfer payments"
OPPORTUNITY = "forgone by giving"
#: What users pay the owners of what is shared, at cost, and its account.
TARIFFS, TARIFF = "share of shared trenches and facilities", "tariff"

#: Account -> head, in the order of the ledger; pipes and civil works of no exchange are shared.
HEADS: Mapping[str, str] = {
    "land": "land",
    "link_capital": PIPES,
    "link_operation": PIPES,
    "trench_capital": PIPES,
    "trench_operation": PIPES,
    "connection": "connections",
    "permit": "permits and declarations",
    "exchange_fixed": "metering, contracts, insurance",
    "treatment": "pre-treatment",
    "transport": "transport and pumping",
    "pumping": "transport and pumping",
    "facility_capital": "facilities",
    "facility_operation": "facilities",
    "gate_expansion": "larger park gate",
    "heat_recovery_capital": "heat recovery and exchangers",
    "heat_recovery_operation": "heat recovery and exchangers",
    "standby_capital": "standby",
    "standby_operation": "standby",
    "purchase": "purchases",
    "supply_operation": "own supply: upkeep and operation",
    "credit": "purchases that exchanges avoid besides",
    "discharge": "discharge",
    "sale": "sales outside",
    "forgone": OPPORTUNITY,
    "carbon_paid": "carbon price",
}
#: Accounts that hold amount x price of a resource: they rise with it, all others with "operation".
PRICED = frozenset({"purchase", "credit", "pumping", "treatment", "forgone", "sale", "discharge"})
#: Those of them that move with the price of energy, where the resource is energy.
OF_ENERGY = PRICED - {"discharge"}


@dataclass(frozen=True, order=True)
class Key:
    """What rows of the ledger are added up by.

    Attributes
    ----------
    kind
        "capital" (yearly share of an investment), "fixed" (a year, whatever flows), "flow" (goes with what flows) or
        "transfer" (paid by one party to another).
    """

    party: str
    head: str
    kind: Kind
    account: str
    exchange: str
    resource: str

    def columns(self) -> dict[str, str | None]:
        """Return it as columns of a row."""
        ends = {"exchange": self.exchange or None, "resource": self.resource or None}
        return {"party": self.party, "head": self.head, "kind": self.kind, "account": self.account, **ends}


def key_of(line: Line) -> Key:
    """Where a line item of the yearly cost stands in the ledger."""
    return Key(line.party, _head(line), _kind(line), line.account, line.exchange or "", line.resource or "")


def _head(line: Line) -> str:
    return SHARED if line.exchange is None and HEADS[line.account] == PIPES else HEADS[line.account]


def _kind(line: Line) -> Kind:
    if is_capital(line):
        return "capital"
    return "flow" if line.family in STATE_AT else "fixed"
