"""Cash flows of one party, year by year, and what they are worth.

All in money of the price year (real); t = 0 is the year of the first investment, operation runs in t = D+1 ... D+N.

    gain_t        = sum of rows: gain x (1 + e)^t x ramp_(t-D)                                      (F1)
                    ramp of what flows alone; an exchange that starts later earns its gain later
    invested_t    = sum of assets: cost x share spent in t; again at D + k x lifetime < D + N        (F2)
    residual      = annuity:       cost x CRF(r, life) x AF(r, life - age)                          (F3)
                    straight line: cost x (1 - age / life)
    before financing_t = gain_t - invested_t + grant_t + residual_t - tax_t                         (F4)
    NPV           = sum of before financing_t / (1 + r)^t                                           (F5)

With D = 0, no ramp, escalation, tax or grant, and annuity residuals: NPV = AF(r, N) x (TAC of baseline - TAC of plan).
What is fixed in the money of its day (loans, depreciation) is counted there, with inflation g, and brought back by
(1 + g)^-t: (1 + nominal rate) = (1 + r)(1 + g) (Fisher 1930).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.finance.terms import Terms

Years = npt.NDArray[np.float64]
#: A part of a year that is rounding.
_TINY = 1e-9
#: Share of what is added up that is left by rounding.
_CANCELLED = 1e-11


@dataclass(frozen=True)
class Outlay:
    """An investment beyond that of the baseline; negative where the plan saves one.

    Attributes
    ----------
    cost
        In money of the price year, once.
    lifetime
        Years; infinite for what has no end.
    grant
        Share of its first purchase that grants pay which are stated as a share.
    fixed
        The same of grants stated as an amount: it stays, in money, where the cost changes.
    wears
        True for what is depreciated; false for land.
    """

    cost: float
    lifetime: float
    grant: float = 0.0
    fixed: float = 0.0
    wears: bool = True

    @property
    def aid(self) -> float:
        """Share of its first purchase that grants pay; they never pay more than all of it."""
        return min(1.0, self.grant + self.fixed)

    def times(self, factor: float) -> "Outlay":
        """The same at so many times its cost."""
        return replace(self, cost=self.cost * factor, fixed=self.fixed / factor if factor > 0 else 0.0)


@dataclass(frozen=True)
class Gain:
    """A yearly gain at full operation, at the prices of the price year.

    Attributes
    ----------
    rise
        Of its price above inflation, a year.
    flows
        True where it goes with what flows, and so with the ramp-up.
    late
        Years after the start of operation before it begins.
    energy
        True where it goes with the price of energy.
    """

    amount: float
    rise: float = 0.0
    flows: bool = True
    late: float = 0.0
    energy: bool = False


def total(parts: Sequence[float] | Sequence[Years], size: int = 1) -> Years:
    """Sum of amounts, or of flows by year; what is left of amounts that cancel each other is nothing, not rounding."""
    if not len(parts):
        return np.zeros(size)
    each = np.asarray(parts)
    made = each.sum(axis=0)
    return np.where(np.abs(made) <= _CANCELLED * np.abs(each).sum(axis=0), 0.0, made)


def merged(gains: Iterable[Gain]) -> tuple[Gain, ...]:
    """Gains that behave alike as one."""
    sums: dict[tuple[float, bool, float, bool], list[float]] = defaultdict(list)
    for one in gains:
        sums[one.rise, one.flows, one.late, one.energy].append(one.amount)
    return tuple(Gain(float(total(each)), *key) for key, each in sums.items() if total(each))


def pooled(outlays: Iterable[Outlay]) -> tuple[Outlay, ...]:
    """Outlays that behave alike as one."""
    sums: dict[tuple[float, float, float, bool], list[float]] = defaultdict(list)
    for one in outlays:
        sums[one.lifetime, one.grant, one.fixed, one.wears].append(one.cost)
    return tuple(Outlay(float(total(each)), *key) for key, each in sums.items() if total(each))


@dataclass(frozen=True)
class CashFlow:
    """Cash flows of a party by year, all real; shape (D + N + 1,).

    Attributes
    ----------
    interest, principal
        Of its loan; ``drawn`` is what it borrows.
    tax, tax_with_debt
        Without and with interest deducted.
    """

    gain: Years
    invested: Years
    grants: Years
    residual: Years
    tax: Years
    tax_with_debt: Years
    drawn: Years
    interest: Years
    principal: Years
    rate: float

    @property
    def net(self) -> Years:
        """Before financing (F4)."""
        made: Years = self.gain - self.invested + self.grants + self.residual - self.tax
        return made

    @property
    def equity(self) -> Years:
        """After financing."""
        paid = self.interest + self.principal
        made: Years = self.gain - self.invested + self.grants + self.residual - self.tax_with_debt + self.drawn - paid
        return made

    @classmethod
    def sum_of(cls, flows: "Sequence[CashFlow]", rate: float) -> "CashFlow":
        """Sum of several, discounted at a rate."""
        names = [name for name in cls.__dataclass_fields__ if name != "rate"]
        return cls(**{name: total([getattr(flow, name) for flow in flows]) for name in names}, rate=rate)


def recovery(rate: float, years: float) -> float:
    """Capital recovery factor [1/yr]; the rate itself for what has no end."""
    if math.isinf(years):
        return rate
    return 1.0 / years if rate == 0.0 else -rate / math.expm1(-years * math.log1p(rate))


def worth_of_annuity(rate: float, years: float) -> float:
    """Present value of 1 at the end of each of so many years, whole or not."""
    return years if rate == 0.0 else -math.expm1(-years * math.log1p(rate)) / rate


def cash_flow(outlays: Sequence[Outlay], gains: Sequence[Gain], terms: Terms, rate: float) -> CashFlow:
    """Cash flow of a party.

    Parameters
    ----------
    outlays, gains
        What it invests and gains beyond the baseline.
    terms
        Years, ramp-up, inflation, residual, tax, debt.
    rate
        Real discount rate of the party. Residual values by annuity rest on ``terms.rate``, that of the case.

    Returns
    -------
    CashFlow
        Real, in years 0 ... delay + horizon.
    """
    last = terms.delay + terms.horizon
    gain = total([_gained(one, terms) for one in gains], last + 1)
    invested = total([_bought(one, terms) for one in outlays], last + 1)
    granted = total([one.aid * _first(one, terms) for one in outlays], last + 1)
    residual = np.zeros(last + 1)
    residual[last] = total([_left(one, terms) for one in outlays]).sum()
    loan = _loan(float(np.sum(_first_all(outlays, terms)) - np.sum(granted)), terms)
    worn = _depreciation(outlays, terms)
    book_gain = residual.copy()
    book_gain[last] -= _book_value(outlays, terms)
    tax = _tax(gain - worn + book_gain, terms)
    with_debt = _tax(gain - worn + book_gain - loan["interest"], terms)
    return CashFlow(gain, invested, granted, residual, tax, with_debt, rate=rate, **loan)


def _gained(one: Gain, terms: Terms) -> Years:
    """Gain of each year (F1)."""
    made = np.zeros(terms.delay + terms.horizon + 1)
    n = np.arange(1, terms.horizon + 1)
    running = np.clip(n - one.late, 0.0, 1.0)
    if one.flows:
        ramp = np.asarray(terms.ramp_up[: terms.horizon])
        running[: len(ramp)] *= ramp
    made[terms.delay + 1 :] = one.amount * (1.0 + one.rise) ** (terms.delay + n) * running
    return made


def _first(one: Outlay, terms: Terms) -> Years:
    """The first purchase of an asset, by year."""
    made = np.zeros(terms.delay + terms.horizon + 1)
    made[: len(terms.spending)] = one.cost * np.asarray(terms.spending)
    return made


def _first_all(outlays: Sequence[Outlay], terms: Terms) -> Years:
    return sum((_first(one, terms) for one in outlays), np.zeros(terms.delay + terms.horizon + 1))


def _again(one: Outlay, terms: Terms) -> list[tuple[float, float]]:
    """(Age of the park, cost) of each later purchase within the horizon."""
    if math.isinf(one.lifetime):
        return []
    count = math.ceil(terms.horizon / one.lifetime - _TINY) - 1
    return [(k * one.lifetime, one.cost) for k in range(1, count + 1)]


def _bought(one: Outlay, terms: Terms) -> Years:
    """Purchases of an asset, by year (F2); one that falls due within a year is carried to its end with interest."""
    made = _first(one, terms)
    for age, cost in _again(one, terms):
        year = math.ceil(age - _TINY)
        made[terms.delay + year] += cost * (1.0 + terms.rate) ** (year - age)
    return made


def _left(one: Outlay, terms: Terms) -> float:
    """Residual value at the end (F3)."""
    if math.isinf(one.lifetime):
        return one.cost
    age = terms.horizon - len(_again(one, terms)) * one.lifetime
    left = max(0.0, one.lifetime - age)
    if terms.residual == "annuity":
        return one.cost * recovery(terms.rate, one.lifetime) * worth_of_annuity(terms.rate, left)
    return one.cost * left / one.lifetime if terms.residual == "straight line" else 0.0


def _to_nominal(terms: Terms) -> Years:
    return np.asarray((1.0 + terms.inflation) ** np.arange(terms.delay + terms.horizon + 1))


def _wear(one: Outlay, terms: Terms) -> list[tuple[float, float, float]]:
    """(Age of the park when bought, nominal price less grant, years of depreciation) of each purchase that wears."""
    if not one.wears or terms.tax_rate == 0.0:
        return []
    life = terms.depreciation or (one.lifetime if math.isfinite(one.lifetime) else float(terms.horizon))
    nominal = _to_nominal(terms)
    first = float(np.sum(_first(one, terms) * nominal)) * (1.0 - one.aid)
    later = [(age, cost * (1.0 + terms.inflation) ** (terms.delay + age), life) for age, cost in _again(one, terms)]
    return [(0.0, first, life), *later]


def _depreciation(outlays: Sequence[Outlay], terms: Terms) -> Years:
    """Straight-line depreciation of each year, real; from the start of operation or the purchase on."""
    made = np.zeros(terms.delay + terms.horizon + 1)
    for one in outlays:
        for age, price, life in _wear(one, terms):
            for n in range(1, terms.horizon + 1):
                part = max(0.0, min(n, age + life) - max(n - 1, age))
                made[terms.delay + n] += price * part / life
    worn: Years = made / _to_nominal(terms)
    return worn


def _book_value(outlays: Sequence[Outlay], terms: Terms) -> float:
    """What has not been depreciated at the end, real; of land its price."""
    end = terms.horizon
    left = sum(price * max(0.0, 1.0 - (end - age) / life) for one in outlays for age, price, life in _wear(one, terms))
    land = sum(float(np.sum(_first(one, terms) * _to_nominal(terms))) for one in outlays if not one.wears)
    return (left + land) / float(_to_nominal(terms)[-1])


def _tax(profit: Years, terms: Terms) -> Years:
    """Tax of each year, real; losses are carried forward in the money of their day, or used at once."""
    if terms.tax_rate == 0.0:
        return np.zeros_like(profit)
    if terms.losses == "used at once":
        due: Years = terms.tax_rate * profit
        return due
    nominal, tax, carried = profit * _to_nominal(terms), np.zeros_like(profit), 0.0
    for t, made in enumerate(nominal):
        taxed = made - carried
        carried = max(0.0, -taxed)
        tax[t] = terms.tax_rate * max(0.0, taxed)
    real: Years = tax / _to_nominal(terms)
    return real


def _loan(financed: float, terms: Terms) -> Mapping[str, Years]:
    """Loan of a party: drawn, interest and principal of each year, real; nothing for who saves investment.

    Interest during building is paid, not added to the loan. Payments by numpy-financial.
    """
    import numpy_financial as npf

    size = terms.delay + terms.horizon + 1
    drawn, interest, principal = np.zeros(size), np.zeros(size), np.zeros(size)
    if terms.debt is None or financed <= 0.0:
        return {"drawn": drawn, "interest": interest, "principal": principal}
    nominal = _to_nominal(terms)
    for t, share in enumerate(terms.spending):
        drawn[t] = terms.debt.share * financed * share * nominal[t]
    rate, owed = terms.debt.rate, np.cumsum(drawn)
    for t in range(1, terms.delay + 1):
        interest[t] = rate * owed[t - 1]
    amount = float(owed[-1])
    years = terms.debt.term - terms.debt.grace
    for n in range(1, terms.debt.term + 1):
        t, k = terms.delay + n, n - terms.debt.grace
        if k <= 0:
            interest[t] = rate * amount
        elif terms.debt.repayment == "annuity":
            interest[t] = float(-npf.ipmt(rate, k, years, amount)) if rate else 0.0
            principal[t] = float(-npf.ppmt(rate, k, years, amount)) if rate else amount / years
        else:
            interest[t], principal[t] = rate * amount * (1.0 - (k - 1) / years), amount / years
    return {"drawn": drawn / nominal, "interest": interest / nominal, "principal": principal / nominal}
