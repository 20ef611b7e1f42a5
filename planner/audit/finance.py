"""Checks of cash flows and what they are worth, by arithmetic of the audit's own, from the ledgers and the case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.audit.bank import check_bank
from planner.audit.cash import (
    NAN,
    Bought,
    Cash,
    Earned,
    Rules,
    cash_of,
    covers,
    discounted,
    gross_of,
    pays_back,
    present,
    total_of,
)
from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.network import number, word
from planner.audit.prices import check_prices
from planner.audit.reading import Row, rows_of
from planner.audit.returns import check_return
from planner.audit.ventures import Reading

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

FLOWS = "cash flows: each year of each party, the park and society"
WORTH = "finance: what cash flows are worth"
#: Share of what is added up in a cash flow that is rounding.
ROUNDING = 1e-8
#: Share of a party's yearly cost that is rounding.
NOISE = 2e-6


@dataclass(frozen=True)
class Told:
    """Somebody's cash flow as it must be: kind, real discount rate, gain a year at full operation.

    ``gross`` is the size of what was added up in any of its numbers.
    """

    kind: str
    cash: Cash
    rate: float
    gain: float
    gross: float


def check_finance(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check cash flows, what they are worth, the table every bank wants, and transfer prices."""
    reading = Reading(facts, tables)
    rules, nominal = reading.rules, facts.case.economics.finance.money == "nominal"
    flows = {party: _party(reading, party) for party in reading.parties}
    expected = [(party, told) for party, told in flows.items()]
    if flows:
        park = total_of([told.cash for told in flows.values()])
        gain, gross = (sum(getattr(told, name) for told in flows.values()) for name in ("gain", "gross"))
        expected.append(("park", Told("park", park, rules.rate, gain, gross)))
    expected.append(("society", _society(reading)))
    _flows(tables, expected, rules, checks, nominal=nominal)
    for row in reading.exchanges:
        if not bool(row["own"]):
            outlays, gains = reading.of_exchange(row)
            expected.append((word(row, "exchange"), _told("exchange", outlays, gains, rules.before_tax(), rules.rate)))
    _worth(reading, expected, checks, nominal=nominal)
    check_bank(reading, checks, nominal=nominal)
    check_prices(reading, checks)


def _told(kind: str, outlays: Iterable[Bought], gains: Iterable[Earned], rules: Rules, rate: float) -> Told:
    gains, outlays = list(gains), list(outlays)
    gross = gross_of(outlays, gains, rules)
    return Told(kind, cash_of(outlays, gains, rules), rate, sum(gain.amount for gain in gains), gross)


def _party(reading: Reading, party: str) -> Told:
    gains = [part.gain for part in reading.gains(party)]
    return _told(reading.parties[party], reading.outlays(party), gains, reading.rules, reading.rate(party))


def _society(reading: Reading) -> Told:
    told = reading.facts.case.economics.finance.economic
    factors = {str(name): factor.value for name, factor in told.factors.items()}
    more = factors.get("investment", 1.0)
    outlays = []
    for row in reading.assets:
        one = reading.bought(row, more * (number(row, "capex") - number(row, "baseline_capex")))
        outlays.append(replace(one, granted=0.0))
    rows = rows_of(reading.tables, "economic")
    gains = [reading.part(row, amount=number(row, "economic_gain_per_yr")).gain for row in rows]
    rate = reading.rules.rate if told.discount_rate is None else told.discount_rate.value
    return _told("society", outlays, gains, replace(reading.rules.before_tax(), rate=rate), rate)


def close(checks: Checks, check: str, what: str, found: float, expected: float, size: float = 0.0) -> None:
    """Compare numbers that are made of the same numbers; both not a number is the same."""
    if found != found and expected != expected:
        return
    if not abs(found - expected) <= ROUNDING * max(abs(found), abs(expected), size) + 1e-7:
        checks.fail(check, f"{what}: {found:.10g} in the tables, {expected:.10g} recomputed")


def _flows(tables: "Tables", expected: list[tuple[str, Told]], rules: Rules, checks: Checks, *, nominal: bool) -> None:
    checks.start(FLOWS)
    listed: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rows_of(tables, "cash_flows"):
        year = number(row, "year")
        if not year.is_integer():
            checks.fail(FLOWS, f"{row['party']}: year {row['year']}")
            continue
        listed.setdefault((word(row, "kind"), word(row, "party")), {})[int(year)] = row
    for name, told in expected:
        years = listed.pop((told.kind, name), {})
        if sorted(years) != list(range(rules.last + 1)):
            checks.fail(FLOWS, f"{name}: years are {sorted(years)}, 0 to {rules.last} expected")
            continue
        for column, amounts in _columns(told, rules, nominal=nominal).items():
            size = max(told.gross, float(np.abs(amounts).max(initial=0.0)))
            for t, row in years.items():
                close(checks, FLOWS, f"{name}, year {t}: {column}", number(row, column), float(amounts[t]), size)
    for kind, name in listed:
        checks.fail(FLOWS, f"{kind} {name}: nobody has a cash flow of that name")


def _columns(told: Told, rules: Rules, *, nominal: bool) -> dict[str, np.ndarray]:
    """Columns of the table; only what is discounted is real whatever the money."""
    cash, rise = told.cash, rules.nominal() if nominal else np.ones(rules.last + 1)
    real = {
        **{"gain": cash.gain, "investment": cash.invested, "grants": cash.grants, "residual": cash.residual},
        **{"tax": cash.tax, "net": cash.net, "drawn": cash.drawn, "interest": cash.interest},
        **{"principal": cash.principal, "tax_with_debt": cash.tax_with_debt, "equity": cash.equity},
    }
    worth = discounted(cash.net, told.rate)
    return {name: flow * rise for name, flow in real.items()} | {"discounted": worth, "cumulative": np.cumsum(worth)}


def _worth(reading: Reading, expected: list[tuple[str, Told]], checks: Checks, *, nominal: bool) -> None:
    checks.start(WORTH)
    rules = reading.rules
    listed: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(reading.tables, "finance"):
        listed.setdefault((word(row, "kind"), word(row, "party")), []).append(row)
    g = rules.inflation if nominal else 0.0
    verdicts = _verdicts(reading, expected)
    for name, told in expected:
        rows = listed.get((told.kind, name), [])
        if not rows:
            checks.fail(WORTH, f"{name}: it has no row")
            continue
        row = rows.pop(0)  # an exchange over several links has several, in the order of the exchanges
        for column, value, size in _measures(told, rules, g):
            close(checks, WORTH, f"{name}: {column}", number(row, column), value, size)
        check_return(checks, WORTH, name, (row, "irr"), told.cash.net, g)
        check_equity(checks, WORTH, name, row, told.cash, g)
        _verdict(name, told, row, verdicts, (rules, checks))
    for key, rows in listed.items():
        if rows:
            checks.fail(WORTH, f"{' '.join(key)}: {len(rows)} rows too many")


def _measures(told: Told, rules: Rules, g: float) -> list[tuple[str, float, float]]:
    """Measures with the size of what they are made of."""
    cash, last = told.cash, rules.delay + 1
    size = told.gross
    spent, worth = present(cash.invested - cash.grants, told.rate), present(cash.net, told.rate)
    running = cash.net - cash.residual
    cover = covers(cash, last)
    return [
        ("discount_rate", (1 + told.rate) * (1 + g) - 1, 0.0),
        ("additional_capex", float(cash.invested[:last].sum()), size),
        ("grants_capex", float(cash.grants.sum()), 0.0),
        ("gain_before_capital_per_yr", told.gain, size / rules.years),
        ("npv", worth, size),
        ("simple_payback_yr", pays_back(running), 1.0),
        ("discounted_payback_yr", pays_back(discounted(running, told.rate)), 1.0),
        ("profitability_index", 1 + worth / spent if spent > 0 else NAN, size / spent if spent > 0 else 0.0),
        ("equity_npv", present(cash.equity, told.rate), size),
        ("least_dscr", min(cover, default=NAN), 1.0),
        ("mean_dscr", sum(cover) / len(cover) if cover else NAN, 1.0),
    ]


def check_equity(checks: Checks, check: str, name: str, row: Row, cash: Cash, g: float) -> None:
    """Check the return on equity; without debt it is that of the whole."""
    if cash.drawn.any():
        check_return(checks, check, name, (row, "equity_irr"), cash.equity, g, note=False)
    else:
        close(checks, check, f"{name}: equity_irr", number(row, "equity_irr"), number(row, "irr"))


def _verdicts(reading: Reading, expected: list[tuple[str, Told]]) -> tuple[dict[str, float], bool]:
    """What of each party's net present value is rounding, and whether all parties gain together."""
    rounding = {
        word(row, "party"): NOISE
        * reading.rules.years
        * max(abs(number(row, "baseline_cost_per_yr")), abs(number(row, "plan_cost_per_yr")))
        for row in rows_of(reading.tables, "parties")
    }
    parties = [told for _, told in expected if told.kind not in ("park", "exchange", "society")]
    return rounding, sum(present(told.cash.net, told.rate) for told in parties) >= 0


def _verdict(
    name: str, told: Told, row: Row, known: tuple[dict[str, float], bool], where: tuple[Rules, Checks]
) -> None:
    """Check who gains and who loses, and what would make a party whole."""
    (rounding, together), (rules, checks) = known, where
    worth = present(told.cash.net, told.rate)
    noise = sum(rounding.values()) if told.kind in ("park", "society") else 0.0
    noise = noise if told.kind in ("park", "exchange", "society") else rounding.get(name, 0.0)
    once = yearly = NAN
    if abs(worth) <= noise:
        said = "neither gains nor loses"
    elif worth > 0 or told.kind in ("park", "exchange", "society"):
        said = "gains" if worth > 0 else "loses"
    else:
        said = "loses: the others can make it whole" if together else "loses: more than the others gain"
        once, yearly = -worth, -worth * (1 + told.rate) ** rules.delay / rules.grown(told.rate)
    edge = ROUNDING * (noise + told.gross)
    if word(row, "verdict") != said and not abs(abs(worth) - noise) <= edge:
        checks.fail(WORTH, f"{name}: verdict is {word(row, 'verdict')!r}, {said!r} expected")
    close(checks, WORTH, f"{name}: side payment once", number(row, "side_payment_once"), once)
    close(checks, WORTH, f"{name}: side payment a year", number(row, "side_payment_per_yr"), yearly)
