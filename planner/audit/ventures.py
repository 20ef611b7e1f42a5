"""What parties, exchanges, the park and society invest and gain, read from the tables for the audit's cash flows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from planner.audit.cash import Bought, Earned, Rules, rules_of
from planner.audit.facts import DEFAULT_LIFETIME_YR, Facts
from planner.audit.ledgers import SHARED
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.case.exchanges import Exchange
from planner.case.finance import Contract, Grant

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

ENDS = ("from", "to", "source", "sink")
#: Accounts of amount x price of a resource.
PRICES = ("purchase", "credit", "pumping", "treatment", "forgone", "sale", "discharge")
INFINITE = float("inf")


@dataclass(frozen=True)
class Part:
    """A gain with what it is of: whether it is energy, a transfer, and the exchange it is of."""

    gain: Earned
    energy: bool
    transfer: bool
    exchange: str


@dataclass(frozen=True)
class Reading:
    """Tables of a plan as outlays and gains."""

    facts: Facts
    tables: "Tables"

    @cached_property
    def rules(self) -> Rules:
        """Rules of the case."""
        return rules_of(self.facts.case)

    @cached_property
    def exchanges(self) -> list[Row]:
        """Rows of the ``exchanges`` table."""
        return rows_of(self.tables, "exchanges")

    @cached_property
    def assets(self) -> list[Row]:
        """Rows of the ``assets`` table."""
        return rows_of(self.tables, "assets")

    @cached_property
    def parties(self) -> dict[str, str]:
        """Party -> its kind."""
        return {word(row, "party"): word(row, "kind") for row in rows_of(self.tables, "parties")}

    def rate(self, party: str) -> float:
        """Real discount rate of a party."""
        stated = self.facts.case.parties.get(party)
        own = None if stated is None else stated.discount_rate
        return self.rules.rate if own is None else own.value

    def bought(self, row: Row, cost: float, scale: float = 1.0) -> Bought:
        """A row of the ``assets`` table at so many times its cost; grants as the case gives them."""
        years, share, fixed = number(row, "lifetime_yr"), 0.0, 0.0
        extra = number(row, "capex") - number(row, "baseline_capex")
        for grant, base in self._grants if extra > 0 else ():
            if _for(grant, row):
                share += grant.share.value if grant.share is not None else 0.0
                fixed += cost * grant.amount.value / base if grant.amount is not None and base else 0.0
        granted = max(0.0, min(cost * scale, cost * scale * share + fixed))
        return Bought(cost * scale, INFINITE if years != years else years, granted, word(row, "of") != "land")

    @cached_property
    def _grants(self) -> list[tuple[Grant, float]]:
        """Each grant, and the additional investment that it is for."""
        found = []
        for grant in self.facts.case.economics.finance.grants:
            extra = (number(r, "capex") - number(r, "baseline_capex") for r in self.assets if _for(grant, r))
            found.append((grant, sum(x for x in extra if x > 0)))
        return found

    def outlays(self, party: str, scale: float = 1.0) -> list[Bought]:
        """What a party invests beyond the baseline."""
        rows = (row for row in self.assets if word(row, "party") == party)
        return [self.bought(row, number(row, "capex") - number(row, "baseline_capex"), scale) for row in rows]

    def gains(self, party: str) -> list[Part]:
        """What a party gains: the rows of its ledger, less what late exchanges do not gain until they run."""
        parts = [self.part(row) for row in self._of_party["ledger", party] if word(row, "kind") != "capital"]
        for row in self._of_party["exchange_ledger", party]:
            late = self.late.get((word(row, "exchange"), word(row, "option")), 0.0)
            if late > 0 and word(row, "head") != SHARED:
                part = self.part(row)
                parts.append(replace(part, gain=replace(part.gain, amount=-part.gain.amount)))
                parts.append(replace(part, gain=replace(part.gain, late=late)))
        return parts

    @cached_property
    def _of_party(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for table in ("ledger", "exchange_ledger"):
            for row in rows_of(self.tables, table):
                found[table, word(row, "party")].append(row)
        return found

    @cached_property
    def late(self) -> dict[tuple[str, str], float]:
        """(Exchange, option) -> years that it starts late; what is in place is running."""
        return {
            (word(row, "exchange"), word(row, "option")): 0.0 if bool(row["existing"]) else number(row, "delay_yr")
            for row in self.exchanges
        }

    def part(self, row: Row, amount: float | None = None, late: float = 0.0) -> Part:
        """A row of a ledger as a gain."""
        kind, account, resource = word(row, "kind"), word(row, "account"), word(row, "resource")
        energy = account in PRICES and account != "discharge" and resource in self.energy
        gain = number(row, "gain_per_yr") if amount is None else amount
        priced = kind == "transfer" and account != "tariff"
        earned = Earned(gain, self._rise(row), kind == "flow" or priced, late)
        return Part(earned, energy, priced, word(row, "exchange") if priced else "")

    def _rise(self, row: Row) -> float:
        rises = self.facts.case.economics.finance.escalation
        account, name = word(row, "account"), "operation"
        if account == "tariff":
            return 0.0
        if word(row, "kind") == "transfer":
            contract = self.contract(word(row, "exchange"))
            return contract.escalation.value if contract is not None and contract.escalation is not None else 0.0
        if account in ("carbon_paid", "co2e"):
            name = "carbon"
        elif account in PRICES and word(row, "resource"):
            name = word(row, "resource")
        return rises[name].value if name in rises else 0.0

    def contract(self, exchange: str) -> Contract | None:
        """Contract of an exchange."""
        return self._contracts.get(exchange)

    @cached_property
    def _contracts(self) -> dict[str, Contract | None]:
        found: dict[str, Contract | None] = {}
        for row in (*rows_of(self.tables, "baseline_exchanges"), *self.exchanges):
            entries: Iterable[Exchange] = reversed(self.facts.declared(*(word(row, end) for end in ENDS)))
            found[word(row, "exchange")] = next((x.contract for x in entries if x.contract is not None), None)
        return found

    @cached_property
    def energy(self) -> dict[str, None]:
        """Resources that are energy, in the order of the case."""
        case = self.facts.case
        stated = case.economics.finance.energy
        test: Callable[[str], bool] = (lambda name: name in stated) if stated else self._is_energy
        return {name: None for name in case.resources if test(name)}

    def _is_energy(self, name: str) -> bool:
        resource = self.facts.case.resources[name]
        if resource.kind in ("power", "heat", "water"):
            return resource.kind != "water"
        held = self.facts.content(name, "MWh") > 0
        burns = any(x is not None and x.value > 0 for x in (resource.co2e.use, resource.co2e.biogenic))
        if (held and (burns or resource.kind == "gas")) or self._feeds_today(name):
            return True
        return (held or burns) and self._feeds_facility(name)

    def _feeds_today(self, name: str) -> bool:
        """Whether heat or power is made from it today."""
        for tenant in self.facts.tenants.values():
            for stream, sink in tenant.taken.items():
                made = self.facts.case.resources[sink.resource or stream].kind in ("power", "heat")
                if made and sink.supplied_today_by is not None and name in sink.supplied_today_by.inputs:
                    return True
        return False

    def _feeds_facility(self, name: str) -> bool:
        """Whether a facility makes heat or power from it."""
        kinds = self.facts.case.resources
        makers = (f for f in self.facts.case.facilities.values() if name in f.taken)
        return any(kinds[given].kind in ("power", "heat") for facility in makers for given in facility.given)

    def of_exchange(self, row: Row) -> tuple[list[Bought], list[Earned]]:
        """Outlays of an exchange, with its share of mains and trenches, and its gains to all."""
        key = word(row, "exchange"), word(row, "option")
        outlays = [self.bought(x, number(x, "capex")) for x in self._of_link["assets", key]]
        rows = [x for x in self._of_link["exchange_ledger", key] if word(x, "kind") != "transfer"]
        late = self.late[key]
        gains = [self.part(x, late=0.0 if word(x, "head") == SHARED else late).gain for x in rows]
        return outlays + self.shared(row), gains

    def of_link(self, table: str, row: Row) -> list[Row]:
        """Rows of a table of an exchange and its link."""
        return self._of_link[table, (word(row, "exchange"), word(row, "option"))]

    @cached_property
    def _of_link(self) -> dict[tuple[str, tuple[str, str]], list[Row]]:
        found: dict[tuple[str, tuple[str, str]], list[Row]] = defaultdict(list)
        for table in ("assets", "exchange_ledger"):
            for row in rows_of(self.tables, table):
                found[table, (word(row, "exchange"), word(row, "option"))].append(row)
        return found

    def shared(self, row: Row) -> list[Bought]:
        """Share of an exchange in the investment in mains and trenches."""
        case, found = self.facts.case, []
        for share in self._shares[word(row, "exchange")]:
            main = word(share, "carrier") if word(share, "carrier") in case.mains() else ""
            if main != word(row, "main"):
                continue
            name, kind = "", "trench"
            if main and word(share, "part") == "pipe":
                name, kind = case.mains()[main][0], case.links[case.mains()[main][0]].kind
            stated = [case.economics.lifetime[x].value for x in (name, kind) if x in case.economics.lifetime]
            years = stated[0] if stated else DEFAULT_LIFETIME_YR[kind]
            cost, of = number(share, "capex"), "trench" if kind == "trench" else "link"
            granted = self.granted(of, self.owner(share), cost)
            found.append(Bought(cost, years, granted, wears=True))
        return found

    def granted(self, of: str, party: str, cost: float) -> float:
        """What grants pay of an investment of a kind that is a party's."""
        row, share = {"of": of, "party": party}, 0.0
        for grant, base in self._grants:
            if _for(grant, row) and grant.share is not None:
                share += grant.share.value
            elif _for(grant, row) and grant.amount is not None and base:
                share += grant.amount.value / base
        return cost * min(1.0, share)

    def owner(self, share: Row) -> str:
        """Owner of the pipes or the trench that a row of ``trench_shares`` is a share of."""
        case, carrier = self.facts.case, word(share, "carrier")
        link = case.links[case.mains()[carrier][0]] if carrier in case.mains() else None
        apart = case.trenches is not None and not case.trenches.shared and case.trenches.owner is None
        if link is not None and (apart or word(share, "part") == "pipe"):
            return link.owner or case.park_company
        return (case.trenches.owner if case.trenches is not None else None) or case.park_company

    @cached_property
    def _shares(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows_of(self.tables, "trench_shares"):
            found[word(row, "exchange")].append(row)
        return found


def _for(grant: Grant, row: Row) -> bool:
    """Whether a grant is for an asset."""
    named = word(row, "of") in grant.of if grant.of else word(row, "of") != "land"
    return named and (not grant.to or word(row, "party") in grant.to)
