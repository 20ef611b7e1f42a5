"""Line items: what one unit of each variable costs, emits or takes, who bears it, and on which numbers it rests.

The ``Ledger`` books lines and adds them up into the effects of the instance. Every booking of CO2e brings its own
lines of paid carbon and shadow carbon with it, so that no emission can miss its price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.assemble.assembly import ACCOUNTS, Evidence, Line
from planner.case.case import Case
from planner.case.economics import Gate
from planner.case.periods import states_of
from planner.case.values import Value

Index = tuple[str, ...]
Shares = tuple[tuple[str, float], ...]
Effects = dict[str, dict[Index, dict[str, float]]]

#: Scope of the paid carbon price -> accounts of CO2e.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "use": ("co2e_use",),
    "supply": ("co2e_supply_energy", "co2e_supply_other"),
    "discharge": ("co2e_discharge",),
    "transport": ("co2e_transport",),
    "pumping": ("co2e_pumping",),
    "facilities": ("co2e_facilities",),
}
#: Accounts of heat recovery and exchangers, and of standby, kept only where a case states what they cost.
RECOVERY_ACCOUNTS = ("heat_recovery_capital", "heat_recovery_operation", "investment_heat_recovery")
STANDBY_ACCOUNTS = ("standby_capital", "standby_operation", "investment_standby")
#: Booked even where nothing is paid, so that free purchases, disposal and sales show in the tables.
ALWAYS_SHOWN = ("purchase", "forgone", "treatment", "pumping", "discharge", "sale")

_MONEY = frozenset(account for account, unit in ACCOUNTS.items() if unit.startswith("money"))


def evidence_of(value: Value, path: str, state: str | None = None) -> Evidence:
    """Evidence that a value of the case is, in the field ``path``; that of a period where it has one of its own."""
    for name, number, _ in value.periods if state is not None else ():
        if name == state:
            return Evidence(f"{path}.periods.{name}", number, value.unit, value.grade, value.basis, value.source)
    return Evidence(path, value.value, value.unit, value.grade, value.basis, value.source)


def assumed(path: str, value: float, unit: str) -> Evidence:
    """Evidence that a default supplied by the planner is."""
    return Evidence(path, value, unit, basis="assumption")


@dataclass(frozen=True)
class Entry:
    """Variables that lines hang on, and whom they concern.

    Attributes
    ----------
    family
        Family of the variables.
    rows
        (index, quantity) of each variable: one line is booked for each.
    shares
        Who bears it: (party, share).
    unit, exchange
        The plant, facility or partner, and the exchange it belongs to.
    evidence
        What the quantities rest on.
    """

    family: str
    rows: tuple[tuple[Index, float], ...]
    shares: Shares
    unit: str | None = None
    exchange: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Charge:
    """What is booked on an entry, per unit of its quantity.

    Attributes
    ----------
    per
        Physical amount per unit of the entry's quantity.
    factor
        Amount booked per unit of that.
    """

    account: str
    item: str
    factor: float
    quantity_unit: str
    factor_unit: str
    per: float = 1.0
    resource: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Crossing:
    """An amount that crosses the park's fence, per unit of an entry's quantity.

    Attributes
    ----------
    hours, peak, state
        Hours a year of the state in which it crosses, and its largest over mean rate.
    """

    resource: str
    direction: str
    per: float
    hours: float
    peak: float
    state: str


class Ledger:
    """Books lines and adds them up.

    Attributes
    ----------
    case
        The case booked.
    lines
        The lines so far.
    effects
        Family -> index -> account -> effect, money in currency units.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lines: list[Line] = []
        self.effects: Effects = {}
        self._gates = [(name, gate) for name, gate in case.park_gate.items()]
        self._carbon = _carbon_prices(case)

    def book(self, entry: Entry, charge: Charge) -> None:
        """Book a charge on an entry; CO2e is priced on the way."""
        self._book(entry, charge)
        if not charge.account.startswith("co2e_"):
            return
        for account, scopes, price, evidence in self._carbon:
            if charge.account in scopes:
                word = "paid carbon" if account == "carbon_paid" else "shadow carbon"
                self._book(
                    entry,
                    replace(
                        charge,
                        account=account,
                        item=f"{word}: {charge.item}",
                        factor=charge.factor * price,
                        factor_unit=f"{self.case.currency}/{charge.quantity_unit}",
                        evidence=(*charge.evidence, evidence),
                    ),
                )

    def cross(self, entry: Entry, crossing: Crossing) -> None:
        """Count what crosses the fence at every gate that limits it."""
        for name, gate in self._gates:
            if (gate.resource, gate.direction) != (crossing.resource, crossing.direction):
                continue
            unit = self.case.resources[gate.resource].unit
            if gate.yearly is not None:
                self.book(entry, _passing(f"gate_yearly:{name}", name, crossing, 1.0, (unit, "1")))
            if gate.peak is not None:
                hourly = crossing.peak / crossing.hours if crossing.hours else 0.0
                account = peak_account(self.case, name, crossing.state)
                self.book(entry, _passing(account, name, crossing, hourly, (unit, "1/h")))

    def _book(self, entry: Entry, charge: Charge) -> None:
        if charge.per == 0.0 or (charge.factor == 0.0 and charge.account not in ALWAYS_SHOWN):
            return
        effects = self.effects.setdefault(entry.family, {})
        evidence = _joined(entry.evidence, charge.evidence)
        for party, share in entry.shares:
            if not share:
                continue
            per = charge.per * share
            effect_per = per * charge.factor
            for index, quantity in entry.rows:
                self.lines.append(
                    Line(
                        entry.family,
                        index,
                        charge.account,
                        charge.item,
                        quantity * per,
                        charge.quantity_unit,
                        charge.factor,
                        charge.factor_unit,
                        party,
                        entry.unit,
                        entry.exchange,
                        charge.resource,
                        evidence,
                    )
                )
                effect = quantity * effect_per
                if effect:
                    by_account = effects.setdefault(index, {})
                    by_account[charge.account] = by_account.get(charge.account, 0.0) + effect


def _joined(first: tuple[Evidence, ...], second: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Both, each number once."""
    return tuple(dict.fromkeys((*first, *second)))


def _passing(account: str, name: str, crossing: Crossing, factor: float, units: tuple[str, str]) -> Charge:
    return Charge(
        account,
        f"through the park gate {name}",
        factor,
        *units,
        per=crossing.per,
        resource=crossing.resource,
    )


def _carbon_prices(case: Case) -> list[tuple[str, frozenset[str], float, Evidence]]:
    """(account, accounts of CO2e it is due on, price, evidence) of the paid and the shadow price."""
    carbon = case.economics.carbon_price
    prices = []
    if carbon.paid is not None:
        scopes = frozenset(account for scope in carbon.paid_scopes for account in SCOPES[scope])
        evidence = evidence_of(carbon.paid, "economics.carbon_price.paid")
        prices.append(("carbon_paid", scopes, carbon.paid.value, evidence))
    if carbon.shadow is not None:
        every = frozenset(account for accounts in SCOPES.values() for account in accounts)
        evidence = evidence_of(carbon.shadow, "economics.carbon_price.shadow")
        prices.append(("shadow_carbon", every, carbon.shadow.value, evidence))
    return prices


def accounts_of(case: Case) -> dict[str, str]:
    """All accounts of a case with their units, those of the park gate included."""
    accounts = dict(ACCOUNTS)
    if not any(terms.also for terms in (*case.exchanges, *case.substitutions)):
        del accounts["credit"]
    tenants = (*case.plants.values(), *case.partners.values())
    recovers = any(x.process_heat is not None and x.process_heat.recovery.cost is not None for x in tenants)
    streams = [one for x in tenants for one in (*x.given.values(), *x.taken.values())]
    unused: tuple[str, ...] = () if recovers or any(one.exchanger for one in streams) else RECOVERY_ACCOUNTS
    unused += () if any(one.standby for x in tenants for one in x.taken.values()) else STANDBY_ACCOUNTS
    for account in unused:
        del accounts[account]
    for name, gate in case.park_gate.items():
        unit = gate_unit(case, gate)
        if gate.yearly is not None:
            accounts[f"gate_yearly:{name}"] = f"{unit}/yr"
        if gate.peak is not None:
            accounts |= {peak_account(case, name, t): f"{unit}/h" for t in states_of(case)}
    return accounts


def peak_account(case: Case, gate: str, state: str) -> str:
    """Account of the peak through a gate: one for each period, since it holds in every one."""
    return f"gate_peak:{gate}" + (f" in {state}" if case.periods else "")


def gate_unit(case: Case, gate: Gate) -> str:
    """Unit of what crosses a gate."""
    return case.resources[gate.resource].unit


def is_money(account: str) -> bool:
    """True for an account kept in money."""
    return account in _MONEY
