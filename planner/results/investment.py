"""Investments of a run and the range beside each of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from planner.case.economics import InvestmentRange
from planner.results.books import Books, Entry

#: Class of an estimate -> its range as shares of the figure, contingency included: the wide ends of AACE 18R-97.
CLASS_RANGE = {1: (-0.10, 0.15), 2: (-0.15, 0.20), 3: (-0.20, 0.30), 4: (-0.30, 0.50), 5: (-0.50, 1.00)}

#: Land has a price, not an estimate: its range is the figure itself.
WITHOUT_RANGE = frozenset({"investment_land"})

#: A gain below this share of the sums that it is the difference of is rounding.
ROUNDING = 1e-10


@dataclass(frozen=True)
class Range:
    """An investment with its low and high end, in currency units; both ends are not a number where none is known."""

    capex: float
    low: float
    high: float


def range_shares(books: Books) -> tuple[float, float] | None:
    """Low and high end as shares of an investment; None where the case states no range.

    The cost class goes first. Without one, the contingency is the range: not spent at all, or spent twice.
    """
    stated = books.case.economics.cost_class
    if isinstance(stated, InvestmentRange):
        return stated.low.value, stated.high.value
    if stated is not None:
        return CLASS_RANGE[stated]
    contingency = books.case.economics.contingency.value
    if not contingency:
        return None
    share = contingency / (1 + contingency)
    return -share, share


def investment_range(books: Books, entries: Iterable[Entry]) -> Range:
    """Add up the investments among some entries, with their range."""
    weights = books.weights("investment")
    estimated = firm = 0.0
    for entry in entries:
        amount = weights.get(entry.line.account, 0.0) * entry.amount
        if entry.line.account in WITHOUT_RANGE:
            firm += amount
        else:
            estimated += amount
    shares = range_shares(books)
    if shares is None:
        end = float("nan") if estimated else firm
        return Range(firm + estimated, end, end)
    return Range(firm + estimated, firm + estimated * (1 + shares[0]), firm + estimated * (1 + shares[1]))


def payback(investment: float, gain_per_yr: float, delay_yr: float = 0.0, *, of: float = 0.0) -> float:
    """Simple payback [yr]: investment over yearly gain before capital, plus delay; not a number without a gain.

    Of two sums of size ``of``, a difference in the tenth digit is rounding and no gain.
    """
    if not gain_per_yr > ROUNDING * of:
        return float("nan")
    return max(investment, 0.0) / gain_per_yr + delay_yr
