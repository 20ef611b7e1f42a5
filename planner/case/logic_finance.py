"""Checks what a case says of finance."""

from planner.case.case import Case
from planner.case.finance import Debt, Finance, Grant
from planner.case.findings import Findings, Path
from planner.case.values import Value

#: Longest time that cash flows are made for [yr].
LONGEST = 200
#: Assets that grants may name: what follows "investment_" in the accounts.
GRANTED = (
    *("link", "trench", "connection", "treatment", "permit", "facility", "gate", "heat_recovery", "standby", "land"),
)
_PATH: Path = ("economics", "finance")
#: Changes of prices and interest beyond these are slips of the pen: -50 % and +50 % a year.
_STEEPEST = 0.5
#: A unit of money that is paid is worth no more than so many to society; more is a percentage without its sign.
_LARGEST_FACTOR = 10


def check_finance(case: Case, found: Findings) -> None:
    """Years that are whole, shares that add up, and sections that would have no effect."""
    finance = case.economics.finance
    _check_years(finance, found)
    _check_shares(finance, found)
    for name, rise in finance.escalation.items():
        _check_rise(rise, (*_PATH, "escalation", name), found)
    if finance.debt is not None:
        _check_debt(finance.debt, finance, found)
    _check_economic(case, finance, found)
    for index, grant in enumerate(finance.grants):
        _check_grant(grant, (*_PATH, "grants", index), found)
    _check_contracts(case, found)


def _check_economic(case: Case, finance: Finance, found: Findings) -> None:
    for of, factor in finance.economic.factors.items():
        if factor.value > _LARGEST_FACTOR:
            message = f"found {factor.given}; expected at most {_LARGEST_FACTOR}: write 0.9 or 90 %, not 90"
            found.say((*_PATH, "economic", "factors", of), message)
    for name in finance.economic.prices:
        if name in case.resources and case.resources[name].price is None:
            message = f"has no effect: {name} has no price, so that none of it is bought"
            found.say((*_PATH, "economic", "prices", name), f"{message}; expected a resource with a price")


def _check_contracts(case: Case, found: Findings) -> None:
    for index, exchange in enumerate(case.exchanges):
        contract = exchange.contract
        if contract is None:
            continue
        path: Path = ("exchanges", index, "contract")
        if contract.term is None and contract.take_or_pay is None and contract.escalation is None:
            found.say(path, "says nothing; state term, take_or_pay or escalation")
        if contract.term is not None and contract.term.value <= 0:
            found.say((*path, "term"), f"found {contract.term.given}; expected more than 0 years")
        _check_rise(contract.escalation, (*path, "escalation"), found)


def _check_years(finance: Finance, found: Findings) -> None:
    _whole(finance.horizon, (*_PATH, "horizon"), found, least=1)
    _whole(finance.delay, (*_PATH, "delay"), found, least=0)
    if finance.tax is not None and finance.tax.depreciation is not None:
        _whole(finance.tax.depreciation, (*_PATH, "tax", "depreciation"), found, least=1)


def _whole(value: Value, path: Path, found: Findings, *, least: int) -> None:
    if value.value != int(value.value) or not least <= value.value <= LONGEST:
        found.say(path, f"found {value.given or value.value}; expected whole years from {least} to {LONGEST}")


def _check_shares(finance: Finance, found: Findings) -> None:
    shares = [share.value for share in finance.spending]
    if shares and abs(sum(shares) - 1.0) > 1e-6:
        found.say((*_PATH, "spending"), f"adds up to {sum(shares):.4g}; expected shares that add up to 1")
    if len(shares) > finance.delay.value + 1:
        message = f"has {len(shares)} years, but operation starts {finance.delay.value:g} years after the first"
        found.say((*_PATH, "spending"), f"{message}; expected at most {finance.delay.value + 1:g}")
    if len(finance.ramp_up) > finance.horizon.value:
        message = f"has {len(finance.ramp_up)} years; expected at most the horizon, {finance.horizon.value:g}"
        found.say((*_PATH, "ramp_up"), message)


def _check_rise(rise: Value | None, path: Path, found: Findings) -> None:
    if rise is not None and abs(rise.value) > _STEEPEST:
        found.say(path, f"found {rise.given}, {rise.value:.0%} a year; expected -50 % to +50 %: write 2 % for 0.02")


def _check_debt(debt: Debt, finance: Finance, found: Findings) -> None:
    path = (*_PATH, "debt")
    _whole(debt.term, (*path, "term"), found, least=1)
    _whole(debt.grace, (*path, "grace"), found, least=0)
    if debt.grace.value >= debt.term.value:
        found.say((*path, "grace"), f"found {debt.grace.given}; expected less than the term, {debt.term.given}")
    if debt.term.value > finance.horizon.value:
        message = f"found {debt.term.given}; expected at most the horizon, {finance.horizon.value:g} years"
        found.say((*path, "term"), message)


def _check_grant(grant: Grant, path: Path, found: Findings) -> None:
    if (grant.share is None) == (grant.amount is None):
        found.say(
            path, "states " + ("both" if grant.share else "neither of") + " share and amount; expected one of them"
        )
    for index, name in enumerate(grant.of):
        found.refer((*path, "of", index), name, GRANTED, "kind of investment")
