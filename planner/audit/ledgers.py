"""Checks of who pays, earns and invests what: ledger, assets and the view of society, from the line items and the case.

The line items are checked against the case elsewhere. Not told apart is which part of the paid carbon goes with flow.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.totals import YEARLY_MONEY, is_capital
from planner.case.lists import fields_listed

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

LEDGER = "ledger: what each party pays, earns and saves"
CENT = "ledgers add up to the park"
ASSETS = "assets: what each party invests, and how long it lasts"
SOCIETY = "economic: what gains are worth to society"
#: Half a cent; and the share of what was added up that is no more, where money is counted in millions.
HALF_A_CENT, OF_MILLIONS = 0.005, 1e-8
#: Share of what was added up that is rounding.
ROUNDING = 1e-11

PIPES, SHARED, TRANSFERS = "own pipes and links", "shared mains and trenches", "transfer payments"
TARIFFS = "share of shared trenches and facilities"
_HAULED, _RECOVERED = "transport and pumping", "heat recovery and exchangers"
#: Account -> head of the ledger.
HEAD = {
    "land": "land",
    **dict.fromkeys(("link_capital", "link_operation", "trench_capital", "trench_operation"), PIPES),
    "connection": "connections",
    "permit": "permits and declarations",
    "exchange_fixed": "metering, contracts, insurance",
    "treatment": "pre-treatment",
    **dict.fromkeys(("transport", "pumping"), _HAULED),
    **dict.fromkeys(("facility_capital", "facility_operation"), "facilities"),
    "gate_expansion": "larger park gate",
    **dict.fromkeys(("heat_recovery_capital", "heat_recovery_operation"), _RECOVERED),
    **dict.fromkeys(("standby_capital", "standby_operation"), "standby"),
    "purchase": "purchases",
    "supply_operation": "own supply: upkeep and operation",
    "credit": "purchases that exchanges avoid besides",
    "discharge": "discharge",
    "sale": "sales outside",
    "forgone": "forgone by giving",
    "carbon_paid": "carbon price",
}
#: Account whose line items do not tell whether they go with flow.
CARBON = "carbon_paid"
#: Accounts that are due whatever flows, but for the running cost of facilities.
FIXED = (
    *("land", "link_operation", "trench_operation", "exchange_fixed", "permit", "connection"),
    *("heat_recovery_operation", "standby_operation"),
)


def head_of(account: str, exchange: str) -> str:
    """Head of an account; links and civil works of no exchange are mains and shared trenches."""
    return SHARED if account.startswith(("link_", "trench_")) and not exchange else HEAD[account]


def kind_of(line: Row) -> str:
    """How a line item behaves: "capital", "fixed" or "flow"."""
    account = word(line, "account")
    if is_capital(line):
        return "capital"
    if account == "facility_operation":
        return "flow" if word(line, "item").endswith(": running cost") else "fixed"
    return "fixed" if account in FIXED else "flow"


@dataclass
class Sums:
    """Sums that a table must tell, and how large what was added up is.

    ``key`` is what rows of the table are added up by; a row of the table that nothing is expected for is a fault.
    """

    found: dict[tuple[str, ...], list[float]] = field(default_factory=dict)
    told: dict[tuple[str, ...], list[float]] = field(default_factory=dict)
    size: dict[tuple[str, ...], float] = field(default_factory=lambda: defaultdict(float))
    width: int = 1

    def expect(self, key: tuple[str, ...], place: int, amount: float) -> None:
        """Add to what is expected."""
        self.found.setdefault(key, [0.0] * self.width)[place] += amount
        self.size[key] += abs(amount)

    def read(self, key: tuple[str, ...], amounts: tuple[float, ...]) -> None:
        """Add a row of the table."""
        sums = self.told.setdefault(key, [0.0] * self.width)
        for place, amount in enumerate(amounts):
            sums[place] += amount

    def compare(self, checks: Checks, check: str, names: tuple[str, ...]) -> None:
        """Compare both."""
        for key in sorted({*self.found, *self.told}):
            label = " / ".join(x for x in key if x)
            expected, told = self.found.get(key), self.told.get(key)
            if expected is None:
                checks.fail(check, f"{label}: nothing of it is booked")
                continue
            size = 0.01 * self.size[key]  # sums of the same numbers: to 1e-7 of what was added up
            for name, one, other in zip(names, told or [0.0] * self.width, expected, strict=True):
                checks.equal(check, f"{label}: {name}", one, other, size)
            if told is None and self.size[key]:
                checks.fail(check, f"{label}: it has no row")


def check_ledgers(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check ledger, assets and the view of society."""
    lines = [row for row in rows_of(tables, "lines") if word(row, "account") in YEARLY_MONEY]
    invested = [row for row in rows_of(tables, "lines") if word(row, "account").startswith("investment_")]
    checks = checks.of_money(sum(abs(number(row, "amount")) for row in lines))
    _ledger(tables, lines, checks)
    _cents(tables, checks)
    _assets(facts, tables, lines, invested, checks)
    _society(facts, tables, lines, checks)


def _key(party: str, line: Row) -> tuple[str, ...]:
    """Party, head, kind, account, exchange, resource; no kind of what does not tell it."""
    account, exchange = word(line, "account"), word(line, "exchange")
    kind = "" if account == CARBON else kind_of(line)
    return party, head_of(account, exchange), kind, account, exchange, word(line, "resource")


def _ledger(tables: "Tables", lines: list[Row], checks: Checks) -> None:
    checks.start(LEDGER)
    sums = Sums(width=2)
    for line in lines:
        if number(line, "amount"):
            place = ("baseline", "plan").index(word(line, "run"))
            sums.expect(_key(word(line, "party"), line), place, number(line, "amount"))
    _payments(tables, sums)
    for row in rows_of(tables, "ledger"):
        party, head, kind, account, *rest = (word(row, k) for k in _COLUMNS)
        if account == CARBON and kind not in ("fixed", "flow"):
            checks.fail(LEDGER, f"{party}, {account}: kind is {kind!r}")
        before, after, gain = (number(row, k) for k in ("baseline_per_yr", "plan_per_yr", "gain_per_yr"))
        sums.read((party, head, "" if account == CARBON else kind, account, *rest), (before, after))
        checks.equal(LEDGER, f"{party}, {account}: gain", gain, before - after, 0.01 * (abs(before) + abs(after)))
    sums.compare(checks, LEDGER, ("baseline", "plan"))


def _payments(tables: "Tables", sums: Sums) -> None:
    """Expect what parties pay each other: prices of exchanges, and tariffs for what is shared."""
    for place, name in enumerate(("baseline_exchanges", "exchanges")):
        for row in rows_of(tables, name):
            paid = number(row, "transfer_price") * number(row, "flow_per_yr")
            for party, cost in ((word(row, "seller"), -paid), (word(row, "buyer"), paid)) if paid == paid else ():
                key = party, TRANSFERS, "transfer", "transfer", word(row, "exchange"), word(row, "resource")
                if cost:
                    sums.expect(key, place, cost)
    for row in rows_of(tables, "shared_costs"):
        payer, owner, cost = word(row, "party"), word(row, "owner"), number(row, "tariff_per_yr")
        for party, money in ((payer, cost), (owner, -cost)) if payer != owner and cost else ():
            sums.expect((party, TARIFFS, "transfer", "tariff", word(row, "exchange"), ""), 1, money)


_COLUMNS = ("party", "head", "kind", "account", "exchange", "resource")


def _cents(tables: "Tables", checks: Checks) -> None:
    """Check that the gains of all ledgers are those of the parties, and their sum that of the park, to the cent."""
    checks.start(CENT)
    gains: dict[str, float] = defaultdict(float)
    size, transfers = 0.0, 0.0
    for row in rows_of(tables, "ledger"):
        gain = number(row, "gain_per_yr")
        gains[word(row, "party")] += gain
        size += abs(number(row, "baseline_per_yr")) + abs(number(row, "plan_per_yr"))
        transfers += gain if word(row, "kind") == "transfer" else 0.0
    parties = {word(row, "party"): number(row, "gain_per_yr") for row in rows_of(tables, "parties")}
    park = next((number(r, "reduction") for r in rows_of(tables, "indicators") if r["indicator"] == _TOTAL), 0.0)
    pairs = [(party, gains.get(party, 0.0), parties.get(party, 0.0)) for party in sorted({*gains, *parties})]
    for what, found, expected in (*pairs, ("the park", sum(gains.values()), park), ("transfers", transfers, 0.0)):
        if not abs(found - expected) <= max(min(HALF_A_CENT, OF_MILLIONS * size), ROUNDING * size):
            checks.fail(CENT, f"{what}: {found:.10g} by the ledgers, {expected:.10g} expected")


_TOTAL = "total_annual_cost"


def _assets(facts: Facts, tables: "Tables", lines: list[Row], invested: list[Row], checks: Checks) -> None:
    """Check investments by the line items, lifetimes by the yearly share of them that is charged."""
    checks.start(ASSETS)
    sums, yearly = Sums(width=2), Sums(width=2)
    for line in invested:
        place = ("baseline", "plan").index(word(line, "run"))
        of = word(line, "account").removeprefix("investment_")
        key: tuple[str, ...] = word(line, "party"), of, word(line, "exchange"), word(line, "item")
        if number(line, "amount"):
            sums.expect(key, place, number(line, "amount"))
    for line in lines:
        if is_capital(line) and number(line, "amount"):
            place = ("baseline", "plan").index(word(line, "run"))
            key = word(line, "party"), _of(word(line, "account")), word(line, "exchange"), word(line, "item")
            yearly.expect(key, place, number(line, "amount"))
    for row in rows_of(tables, "assets"):
        key = tuple(word(row, k) for k in ("party", "of", "exchange", "item"))
        costs = number(row, "baseline_capex"), number(row, "capex")
        sums.read(key, costs)
        years = number(row, "lifetime_yr")
        endless = years != years
        if (not endless and not years > 0) or (endless and key[1] != "land"):
            checks.fail(ASSETS, f"{' / '.join(key)}: lifetime is {years:g}")
            continue
        factor = facts.recovery(None if endless else years)
        if factor:
            yearly.read(key, (factor * costs[0], factor * costs[1]))
    sums.compare(checks, ASSETS, ("investment in the baseline", "investment"))
    yearly.compare(checks, ASSETS, ("yearly share in the baseline", "yearly share"))
    _by_option(tables, checks)


def _of(account: str) -> str:
    """What a yearly share of an investment is of."""
    return {"gate_expansion": "gate"}.get(account, account.removesuffix("_capital"))


def _by_option(tables: "Tables", checks: Checks) -> None:
    """Check that assets of exchanges are those of the links they are over."""
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows_of(tables, "assets"):
        key = word(row, "exchange"), word(row, "option")
        if key[0]:
            found[key][0] += number(row, "baseline_capex")
            found[key][1] += number(row, "capex")
        elif key[1]:
            checks.fail(ASSETS, f"{row['item']}: option is {key[1]!r}, but it is for no exchange")
    for place, name in enumerate(("baseline_exchanges", "exchanges")):
        built = {(word(r, "exchange"), word(r, "option")): number(r, "capex") for r in rows_of(tables, name)}
        for key in sorted({*built, *(k for k, v in found.items() if v[place])}):
            told, label = found.get(key, [0.0, 0.0])[place], " by ".join(key)
            checks.equal(ASSETS, f"{label}: {name.replace('_', ' ')}", told, built.get(key, 0.0))


def _society(facts: Facts, tables: "Tables", lines: list[Row], checks: Checks) -> None:
    checks.start(SOCIETY)
    sums = Sums(width=2)
    for line in lines:
        if is_capital(line):
            continue
        worth, how = _worth(facts, line)
        amount, sign = number(line, "amount"), 1.0 if word(line, "run") == "baseline" else -1.0
        if amount or worth:
            _, head, kind, account, _, resource = _key("", line)
            sums.expect((head, kind, account, resource, how), 0, sign * amount)
            sums.expect((head, kind, account, resource, how), 1, sign * worth)
    price, how = _carbon(facts)
    co2e = next((r for r in rows_of(tables, "indicators") if r["indicator"] == "co2e"), None)
    saved = 0.0 if co2e is None else number(co2e, "baseline") - number(co2e, "plan")
    key = "CO2e avoided", "flow", "co2e", "", how
    sums.expect(key, 1, price * saved)
    for row in rows_of(tables, "economic"):
        head, kind, account, resource, how = (word(row, k) for k in ("head", "kind", "account", "resource", "how"))
        kind = "" if account == CARBON else kind
        amounts = number(row, "financial_gain_per_yr"), number(row, "economic_gain_per_yr")
        sums.read((head, kind, account, resource, how), amounts)
    if key not in sums.told:
        checks.fail(SOCIETY, "CO2e avoided: it has no row")
    sums.compare(checks, SOCIETY, ("financial gain", "economic gain"))


def _worth(facts: Facts, line: Row) -> tuple[float, str]:
    """What a line item is worth to society, and how that comes about."""
    told, account, resource = facts.case.economics.finance.economic, word(line, "account"), word(line, "resource")
    if account == CARBON:
        return 0.0, "a payment to the state"
    shadow, amount = told.prices.get(resource), number(line, "amount")
    fields = fields_listed(word(line, "fields"))
    bought = any(x.partition(".periods.")[0] == f"resources.{resource}.price" for x in fields)
    if shadow is not None and bought:
        worth = number(line, "quantity") * shadow.value
        return -worth if account == "credit" else worth, f"{_PRICES}.{resource}"
    factors = {str(name): factor.value for name, factor in told.factors.items()}
    name = account if account in ("discharge", "sale") else "operation"
    return (amount * factors[name], f"factor {name}") if name in factors else (amount, "as paid")


_PRICES = "economics.finance.economic.prices"


def _carbon(facts: Facts) -> tuple[float, str]:
    """Price of a tonne of CO2e to society, and where it stands."""
    economics = facts.case.economics
    own, carbon = economics.finance.economic.carbon, economics.carbon_price
    if own is not None:
        return own.value, "economics.finance.economic.carbon"
    if carbon.shadow is not None:
        return carbon.shadow.value, "economics.carbon_price.shadow"
    if carbon.paid is not None:
        return carbon.paid.value, "economics.carbon_price.paid"
    return 0.0, "no price of carbon is stated: CO2e counts nothing"
