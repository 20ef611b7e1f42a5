"""What a cash flow is worth: net present value, internal rate of return, paybacks, cover of debt."""

import math
import warnings
from dataclasses import dataclass

import numpy as np

from planner.finance.cash import CashFlow, Years, total

NAN = math.nan
_ROUNDING = 1e-9
#: Imaginary part below which a root is real.
_ROOT = 1e-7


@dataclass(frozen=True)
class Measures:
    """What a cash flow is worth, real.

    Attributes
    ----------
    npv, irr
        Before financing, after tax; ``irr`` is not a number where there is none or more than one.
    simple_payback, discounted_payback
        Years from the first investment until the cash flow, as it is or discounted, has paid it back for good; not a
        number where it does not within the horizon. The residual value counts for neither.
    profitability
        1 + NPV / present value of the investment less grants.
    equity_npv, equity_irr
        After financing.
    least_dscr, mean_dscr
        (Gain - tax) / (interest + principal) in the years of debt service after the start; not a number without debt.
    note
        Why a measure is missing.
    """

    npv: float
    irr: float
    simple_payback: float
    discounted_payback: float
    profitability: float
    equity_npv: float
    equity_irr: float
    least_dscr: float
    mean_dscr: float
    note: str


def measures(flow: CashFlow, delay: int) -> Measures:
    """Measures of a cash flow whose operation starts after so many years."""
    irr, note = return_of(flow.net)
    equity = return_of(flow.equity)[0] if flow.drawn.any() else irr
    factors = (1.0 + flow.rate) ** -np.arange(len(flow.net))
    spent = flow.invested - flow.grants
    present = float(np.sum(spent * factors))
    npv = present_value(flow.rate, flow.net)
    cover = _cover(flow, delay)
    without = flow.net - flow.residual
    return Measures(
        npv=npv,
        irr=irr,
        simple_payback=payback(without),
        discounted_payback=payback(without * factors),
        profitability=1.0 + npv / present if present > 0 else NAN,
        equity_npv=present_value(flow.rate, flow.equity),
        equity_irr=equity,
        least_dscr=float(np.min(cover)) if cover.size else NAN,
        mean_dscr=float(np.mean(cover)) if cover.size else NAN,
        note=note,
    )


def present_value(rate: float, flow: Years) -> float:
    """Net present value of a flow; where all of it is earned back and no more, nothing, not what rounding leaves."""
    import numpy_financial as npf

    worths: list[float] = (flow * (1.0 + rate) ** -np.arange(len(flow))).tolist()
    return float(npf.npv(rate, flow)) if total(worths).any() else 0.0


def return_of(flow: Years) -> tuple[float, str]:
    """Internal rate of return, and why there is none.

    A flow that changes its sign more than once may have several; then none is told.
    """
    import numpy_financial as npf

    scale = float(np.max(np.abs(flow), initial=0.0))
    signs = np.sign(flow[np.abs(flow) > _ROUNDING * scale]) if scale else np.zeros(0)
    changes = int(np.sum(signs[1:] != signs[:-1]))
    if changes == 0:
        return NAN, "no investment" if not signs.size or signs[0] > 0 else "never pays back"
    if signs[0] > 0 and changes == 1:
        return NAN, "gains come before the costs: no return on investment"
    if changes > 1 and not _one_root(flow / scale):
        return NAN, "the cash flow changes its sign more than once: no single rate of return"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = float(npf.irr(flow / scale))
    return (found, "") if math.isfinite(found) else (NAN, "no rate of return between -100 % and 1000 %")


def _one_root(flow: Years) -> bool:
    """Whether just one rate above -100 % makes a cash flow worth nothing: a positive real root in 1 / (1 + rate)."""
    roots = np.roots(np.trim_zeros(flow)[::-1])
    real = roots[(np.abs(roots.imag) < _ROOT) & (roots.real > 0)].real
    return len(real) == 1


def payback(flow: Years) -> float:
    """Years until a cash flow has paid itself back for good, within a year in proportion; 0 without investment."""
    sums = np.cumsum(flow)
    scale = float(np.max(np.abs(flow), initial=0.0))
    below = np.nonzero(sums < -_ROUNDING * scale)[0]
    if not below.size:
        return 0.0
    last = int(below[-1])
    if last + 1 >= len(flow):
        return NAN
    return last + float(-sums[last] / flow[last + 1])


def _cover(flow: CashFlow, delay: int) -> Years:
    service = (flow.interest + flow.principal)[delay + 1 :]
    earned = (flow.gain - flow.tax_with_debt)[delay + 1 :]
    due = service > _ROUNDING * max(1.0, float(np.max(service, initial=0.0)))
    cover: Years = earned[due] / service[due]
    return cover
