"""Sums of the line items of a run by exchange and party, for the audit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.audit.flows import Key
from planner.audit.reading import Row
from planner.audit.totals import CO2E, YEARLY_MONEY, is_capital


@dataclass
class Booked:
    """Sums of line items of one run.

    Attributes
    ----------
    cost, running, investment, land, co2e
        (exchange, party) -> sum; "" stands for no exchange.
    """

    cost: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    running: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    investment: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    land: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    co2e: dict[Key, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, row: Row) -> None:
        """Add a line item."""
        account, amount = str(row["account"]), float(row["amount"])
        exchange = "" if row["exchange"] is None or row["exchange"] != row["exchange"] else str(row["exchange"])
        key = (exchange, str(row["party"]))
        if account in YEARLY_MONEY:
            self.cost[key] += amount
            self.running[key] += 0.0 if is_capital(row) else amount
        elif account.startswith("investment_"):
            self.investment[key] += amount
            self.land[key] += amount if account == "investment_land" else 0.0
        elif account in CO2E:
            self.co2e[key] += amount

    @staticmethod
    def of_exchange(sums: Mapping[Key, float], exchange: str) -> float:
        """Sum over the parties of an exchange."""
        return sum(amount for (name, _), amount in sums.items() if name == exchange)

    @staticmethod
    def of_party(sums: Mapping[Key, float], party: str) -> float:
        """Sum over everything a party is charged with."""
        return sum(amount for (_, name), amount in sums.items() if name == party)
