"""The audit's own arithmetic of cash flows, year by year, from amounts in a list; shared with nothing of the planner's.

All in money of the price year; year 0 is that of the first investment, operation is in years D+1 ... D+N.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.case.case import Case

Years = npt.NDArray[np.float64]
NAN = float("nan")
#: A part of a year, or of a sum of money, that is rounding.
TINY = 1e-9
#: Share of what is added up that is left by rounding where it cancels.
CANCELLED = 1e-11


@dataclass(frozen=True)
class Rules:
    """What the case says of cash flows, as numbers."""

    rate: float
    years: int
    delay: int
    spending: tuple[float, ...]
    ramp: tuple[float, ...]
    inflation: float
    residual: str
    tax: float
    write_off: float | None
    at_once: bool
    debt: float
    interest: float
    term: int
    grace: int
    annuity: bool

    @property
    def last(self) -> int:
        """The last year."""
        return self.delay + self.years

    def nominal(self) -> Years:
        """Money of each year per money of the price year."""
        return np.asarray((1.0 + self.inflation) ** np.arange(self.last + 1))

    def before_tax(self) -> "Rules":
        """Without tax and debt."""
        return replace(self, tax=0.0, debt=0.0)

    def later(self, years: int) -> "Rules":
        """With operation that starts so many years later."""
        return replace(self, delay=self.delay + years)

    def grown(self, rate: float) -> float:
        """Present value, in the year operation starts, of 1 a year over its years."""
        return sum((1.0 + rate) ** -n for n in range(1, self.years + 1))


def rules_of(case: Case) -> Rules:
    """Rules of a case."""
    told = case.economics.finance
    tax, debt = told.tax, told.debt
    return Rules(
        rate=case.economics.discount_rate.value,
        years=int(told.horizon.value),
        delay=int(told.delay.value),
        spending=tuple(x.value for x in told.spending) or (1.0,),
        ramp=tuple(x.value for x in told.ramp_up),
        inflation=told.inflation.value,
        residual=told.residual,
        tax=tax.rate.value if tax else 0.0,
        write_off=tax.depreciation.value if tax and tax.depreciation else None,
        at_once=bool(tax and tax.losses == "used at once"),
        debt=debt.share.value if debt else 0.0,
        interest=debt.rate.value if debt else 0.0,
        term=int(debt.term.value) if debt else 0,
        grace=int(debt.grace.value) if debt else 0,
        annuity=bool(debt and debt.repayment == "annuity"),
    )


@dataclass(frozen=True)
class Bought:
    """An asset: what it costs beyond the baseline, years it lasts, money that grants pay, whether it wears."""

    cost: float
    life: float
    granted: float
    wears: bool


@dataclass(frozen=True)
class Earned:
    """A yearly gain: amount, rise of its price a year, whether it goes with flow, years it begins late."""

    amount: float
    rise: float
    flows: bool
    late: float


@dataclass(frozen=True)
class Cash:
    """Cash flows by year, real."""

    gain: Years
    invested: Years
    grants: Years
    residual: Years
    tax: Years
    tax_with_debt: Years
    drawn: Years
    interest: Years
    principal: Years

    @property
    def net(self) -> Years:
        """Before financing."""
        return np.asarray(self.gain + self.grants + self.residual - self.invested - self.tax)

    @property
    def equity(self) -> Years:
        """After financing."""
        before = self.net + self.tax - self.tax_with_debt
        return np.asarray(before + self.drawn - self.interest - self.principal)


def gross_of(assets: Sequence[Bought], gains: Sequence[Earned], rules: Rules) -> float:
    """Size of what is added up in the numbers of a cash flow."""
    return sum(abs(one.cost) for one in assets) + rules.years * sum(abs(one.amount) for one in gains)


def total_of(flows: Sequence[Cash]) -> Cash:
    """Sum of cash flows."""
    names = Cash.__dataclass_fields__
    return Cash(*(_added([getattr(one, name) for one in flows]) for name in names))


def _added(parts: Sequence[Years]) -> Years:
    """Sum of flows; where they cancel each other nothing is left but rounding."""
    made, size = np.sum(parts, axis=0), np.sum(np.abs(parts), axis=0)
    made[np.abs(made) <= CANCELLED * size] = 0.0
    return np.asarray(made)


def cash_of(assets: Sequence[Bought], gains: Sequence[Earned], rules: Rules) -> Cash:
    """Cash flow of somebody."""
    gain, nominal = _gain(gains, rules), rules.nominal()
    grants, residual, wear = (np.zeros(rules.last + 1) for _ in range(3))
    bought, kept, left = [np.zeros(rules.last + 1)], [np.zeros(1)], 0.0
    first = np.zeros(rules.last + 1)
    first[: len(rules.spending)] = rules.spending
    for one in assets:
        ages = _ages(one.life, rules.years)
        invested = one.cost * first
        grants += one.granted * first
        for age in ages[1:]:
            paid = math.ceil(age - TINY)
            invested[rules.delay + paid] += one.cost * (1.0 + rules.rate) ** (paid - age)
        bought.append(invested)
        kept.append(np.array([_worth(one, rules.years - ages[-1], rules)]))
        if rules.tax:
            left += _written_off(one, ages, first, rules, wear)
    invested = _added(bought)
    residual[-1] = _added(kept)[0]
    profit = gain - wear / nominal
    profit[-1] += residual[-1] - left / nominal[-1]
    drawn, interest, principal = _loan(float(invested[: rules.delay + 1].sum() - grants.sum()), first, rules)
    drawn, interest, principal = drawn / nominal, interest / nominal, principal / nominal
    taxes = _tax(profit, rules), _tax(profit - interest, rules)
    return Cash(gain, invested, grants, residual, *taxes, drawn, interest, principal)


def _gain(gains: Sequence[Earned], rules: Rules) -> Years:
    made = np.zeros(rules.last + 1)
    if not gains:
        return made
    n = np.arange(1, rules.years + 1)
    ramp = np.ones(rules.years)
    ramp[: len(rules.ramp)] = rules.ramp[: rules.years]
    amounts, rises, late = (np.array([getattr(x, k) for x in gains])[:, None] for k in ("amount", "rise", "late"))
    ramps = np.where(np.array([x.flows for x in gains])[:, None], ramp, 1.0)
    each = amounts * (1.0 + rises) ** (rules.delay + n) * ramps * np.minimum(1.0, np.maximum(0.0, n - late))
    made[rules.delay + 1 :] = _added(list(each))
    return made


def _ages(life: float, years: int) -> list[float]:
    """Ages of the park at which something is bought."""
    found, k = [0.0], 1
    while k * life < years - TINY * life:
        found.append(k * life)
        k += 1
    return found


def _worth(one: Bought, used: float, rules: Rules) -> float:
    """What an asset is worth at the end."""
    if math.isinf(one.life):
        return one.cost
    left = max(0.0, one.life - used)
    if rules.residual == "straight line":
        return one.cost * left / one.life
    if rules.residual != "annuity":
        return 0.0
    if rules.rate == 0:
        return one.cost * left / one.life
    return one.cost * float((1 - (1 + rules.rate) ** -left) / (1 - (1 + rules.rate) ** -one.life))


def _written_off(one: Bought, ages: Sequence[float], first: Years, rules: Rules, wear: Years) -> float:
    """Add the nominal depreciation of an asset; return what is not written off in the end, nominal."""
    nominal = float(np.sum(first * rules.nominal()))
    if not one.wears:
        return one.cost * nominal
    over = rules.write_off or (float(rules.years) if math.isinf(one.life) else one.life)
    left = 0.0
    for age in ages:
        price = one.cost * (1 + rules.inflation) ** (rules.delay + age) if age else (one.cost - one.granted) * nominal
        for n in range(1, rules.years + 1):
            wear[rules.delay + n] += price / over * max(0.0, min(n, age + over) - max(n - 1, age))
        left += price * max(0.0, 1 - (rules.years - age) / over)
    return left


def _tax(profit: Years, rules: Rules) -> Years:
    nominal = rules.nominal()
    due, losses = np.zeros(len(profit)), 0.0
    for t, made in enumerate((profit * nominal).tolist()) if rules.tax else ():
        if rules.at_once:
            due[t] = rules.tax * made
        elif made >= losses:
            due[t], losses = rules.tax * (made - losses), 0.0
        else:
            losses -= made
    return np.asarray(due / nominal)


def _loan(financed: float, first: Years, rules: Rules) -> tuple[Years, Years, Years]:
    """Loan drawn, interest and principal of each year, nominal, by what is owed."""
    drawn, interest, principal = (np.zeros(rules.last + 1) for _ in range(3))
    if not rules.debt or financed <= 0:
        return drawn, interest, principal
    drawn = rules.debt * financed * first * rules.nominal()
    owed, whole, n = 0.0, float(drawn.sum()), rules.term - rules.grace
    payment = whole / n if not rules.interest else whole * rules.interest / (1 - (1 + rules.interest) ** -n)
    for t in range(rules.delay + rules.term + 1):
        interest[t] = rules.interest * owed
        if t > rules.delay + rules.grace:
            principal[t] = payment - interest[t] if rules.annuity else whole / n
        owed += drawn[t] - principal[t]
    return drawn, interest, principal


def discounted(flow: Years, rate: float) -> Years:
    """Present values of a flow."""
    return np.asarray(flow / (1.0 + rate) ** np.arange(len(flow)))


def present(flow: Years, rate: float) -> float:
    """Net present value."""
    return float(discounted(flow, rate).sum())


def pays_back(flow: Years) -> float:
    """Years until a flow has paid itself back for good; not a number where it does not."""
    size, total, years = TINY * float(np.abs(flow).max(initial=0.0)), 0.0, 0.0
    amounts = flow.tolist()
    for t, amount in enumerate(amounts):
        total += amount
        if total < -size:
            years = t - total / amounts[t + 1] if t + 1 < len(amounts) and amounts[t + 1] else NAN
    return NAN if total < -size else years


def no_return(flow: Years) -> str:
    """Why a flow has no rate of return; empty where it has one."""
    size = TINY * float(np.abs(flow).max(initial=0.0))
    signs = [amount > 0 for amount in flow.tolist() if abs(amount) > size]
    changes = sum(a != b for a, b in zip(signs, signs[1:], strict=False))
    if not changes:
        return "never pays back" if signs and not signs[0] else "no investment"
    if changes == 1:
        return "gains come before the costs: no return on investment" if signs[0] else ""
    roots = np.roots(np.trim_zeros(flow / np.abs(flow).max())[::-1])
    single = sum(abs(root.imag) < 1e-7 and root.real > 0 for root in roots) == 1
    return "" if single else "the cash flow changes its sign more than once: no single rate of return"


def covers(cash: Cash, start: int) -> list[float]:
    """What is earned per what is due of a loan, in each year of debt service from a year on."""
    service = cash.interest + cash.principal
    due = [t for t in range(start, len(service)) if service[t] > TINY * max(1.0, float(service[start:].max()))]
    return [float((cash.gain[t] - cash.tax_with_debt[t]) / service[t]) for t in due]
