"""Investments as yearly costs: capital recovery, lifetimes, contingency and the range of an estimate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from planner.assemble.assembly import Evidence
from planner.assemble.lines import assumed, evidence_of
from planner.case.case import Case
from planner.case.economics import InvestmentRange
from planner.case.values import Value

#: Years by asset class where the case says nothing: assumptions, and marked so in every line that rests on them.
LIFETIMES: Mapping[str, float] = {
    "pipe": 30.0,
    "truck": 10.0,
    "cable": 30.0,
    "conveyor": 20.0,
    "rail": 30.0,
    "ship": 20.0,
    "connection": 20.0,
    "treatment": 15.0,
    "permit": 10.0,
    "facility": 20.0,
    "gate": 30.0,
    "trench": 30.0,
    "heat_recovery": 20.0,
    "standby": 20.0,
}

#: Range of an estimate by its class (AACE International Recommended Practice 18R-97, table 1). The practice gives a
#: band for each end (class 5: -20 to -50 % and +30 to +100 %); these are the outer values of both bands.
RANGES: Mapping[int, tuple[float, float]] = {
    1: (-0.10, 0.15),
    2: (-0.15, 0.20),
    3: (-0.20, 0.30),
    4: (-0.30, 0.50),
    5: (-0.50, 1.00),
}


@dataclass(frozen=True)
class Capital:
    """How an investment of one asset class becomes money once and money a year.

    Attributes
    ----------
    once
        Investment per unit of price: 1 + contingency.
    yearly
        Yearly cost per unit of price: (1 + contingency) x capital recovery factor [1/yr].
    once_evidence, yearly_evidence
        The numbers behind them.
    """

    once: float
    yearly: float
    once_evidence: tuple[Evidence, ...]
    yearly_evidence: tuple[Evidence, ...]


def annuity(rate: float, years: float) -> float:
    """Capital recovery factor [1/yr]: the yearly payment that repays 1 with interest over so many years."""
    if rate == 0.0:
        return 1.0 / years
    return -rate / math.expm1(-years * math.log1p(rate))  # i / (1 - (1+i)^-n), exact for any i and n


def lifetime(case: Case, *classes: str, own: tuple[Value, str] | None = None) -> Evidence:
    """Years an asset lasts: its own, that of the first class the case states, else the default of the last class."""
    if own is not None:
        return evidence_of(*own)
    for name in classes:
        stated = case.economics.lifetime.get(name)
        if stated is not None:
            return evidence_of(stated, f"economics.lifetime.{name}")
    return assumed(f"economics.lifetime.{classes[-1]}", LIFETIMES[classes[-1]], "yr")


def capital(case: Case, *classes: str, own: tuple[Value, str] | None = None) -> Capital:
    """Capital of an asset class; ``classes`` runs from the most to the least specific."""
    economics = case.economics
    years = lifetime(case, *classes, own=own)
    once = 1.0 + economics.contingency.value
    contingency = (evidence_of(economics.contingency, "economics.contingency"),) if once != 1.0 else ()
    return Capital(
        once,
        once * annuity(economics.discount_rate.value, years.value),
        contingency,
        (*contingency, evidence_of(economics.discount_rate, "economics.discount_rate"), years),
    )


def land_capital(case: Case) -> Capital:
    """Capital of land: no contingency, and no end unless the case states one, so that it costs its interest."""
    economics = case.economics
    rate = evidence_of(economics.discount_rate, "economics.discount_rate")
    stated = economics.lifetime.get("land")
    if stated is None:
        return Capital(1.0, economics.discount_rate.value, (), (rate,))
    years = evidence_of(stated, "economics.lifetime.land")
    return Capital(1.0, annuity(economics.discount_rate.value, stated.value), (), (rate, years))


def investment_range(case: Case) -> tuple[float, float] | None:
    """Shares (low, high) of every investment by which it may turn out otherwise; None where the case says nothing."""
    stated = case.economics.cost_class
    if stated is None:
        return None
    if isinstance(stated, InvestmentRange):
        return stated.low.value, stated.high.value
    return RANGES[stated]
