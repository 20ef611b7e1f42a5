"""Terms of cash flows as plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from planner.case.case import Case


@dataclass(frozen=True)
class Loan:
    """Terms of debt; see ``planner.case.finance.Debt``."""

    share: float
    rate: float
    term: int
    grace: int
    repayment: Literal["annuity", "equal principal"]


@dataclass(frozen=True)
class Terms:
    """Terms of cash flows; see ``planner.case.finance.Finance``.

    Attributes
    ----------
    rate
        Real discount rate of the case.
    spending
        Shares of the investment by year, from year 0 on.
    escalation
        Resource, "carbon" or "operation" -> rise of its price a year above inflation.
    depreciation
        Years; None where each asset has its own.
    """

    rate: float
    horizon: int = 20
    delay: int = 0
    spending: tuple[float, ...] = (1.0,)
    ramp_up: tuple[float, ...] = ()
    escalation: Mapping[str, float] = field(default_factory=dict)
    inflation: float = 0.0
    residual: Literal["annuity", "straight line", "none"] = "annuity"
    tax_rate: float = 0.0
    depreciation: float | None = None
    losses: Literal["carried forward", "used at once"] = "carried forward"
    debt: Loan | None = None

    def later(self, years: int) -> "Terms":
        """The same with operation that starts so many years later; the investment is not."""
        return replace(self, delay=self.delay + years)


def terms_of(case: "Case") -> Terms:
    """Terms of a case."""
    finance = case.economics.finance
    tax, debt = finance.tax, finance.debt
    return Terms(
        rate=case.economics.discount_rate.value,
        horizon=int(finance.horizon.value),
        delay=int(finance.delay.value),
        spending=tuple(share.value for share in finance.spending) or (1.0,),
        ramp_up=tuple(share.value for share in finance.ramp_up),
        escalation={name: rise.value for name, rise in finance.escalation.items()},
        inflation=finance.inflation.value,
        residual=finance.residual,
        tax_rate=0.0 if tax is None else tax.rate.value,
        depreciation=None if tax is None or tax.depreciation is None else tax.depreciation.value,
        losses="carried forward" if tax is None else tax.losses,
        debt=None
        if debt is None
        else Loan(debt.share.value, debt.rate.value, int(debt.term.value), int(debt.grace.value), debt.repayment),
    )
