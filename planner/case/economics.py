"""Economics of a case: interest, lifetimes, contingency, carbon price, caps, the park gate and the parties."""

from typing import Literal

from pydantic import Field

from planner.case.finance import Finance
from planner.case.values import (
    EmissionPerYear,
    Fraction,
    MassPerYear,
    Money,
    Name,
    Number,
    Percent,
    PricePerPeak,
    PricePerTonneCO2e,
    PricePerYearlyAmount,
    Rate,
    Section,
    VolumePerYear,
    Whole,
    YearlyAmount,
    Years,
)

Scope = Literal["use", "supply", "discharge", "transport", "pumping", "facilities"]

PARK_COMPANY = "park company"


class CarbonPrice(Section):
    """Price of a tonne of CO2e, in two kinds that are never mixed."""

    paid: PricePerTonneCO2e | None = None
    """In the cash flow of whoever emits, for the scopes in ``paid_scopes``."""
    paid_scopes: tuple[Scope, ...] = ("use", "facilities")
    """Scopes on which ``paid`` is due; by default what is emitted on the site itself."""
    shadow: PricePerTonneCO2e | None = None
    """Steers the goal for all scopes; never enters a firm's money or the total annual cost."""


class InvestmentRange(Section):
    """Range beside every investment figure, as shares of it."""

    low: Percent
    """For example -30 %."""
    high: Percent
    """For example +50 %."""


class Caps(Section):
    """Yearly limits on the park's totals."""

    co2e: EmissionPerYear | None = None
    waste: MassPerYear | None = None
    fresh_water: VolumePerYear | None = None


class Economics(Section):
    """How money at different times is made comparable, and what limits it."""

    discount_rate: Fraction
    lifetime: dict[Name, Years] = Field(default_factory=dict)
    """Years by asset class: pipe, truck, cable, conveyor, rail, ship, trench, connection, facility, treatment, permit,
    gate, land (default: no end, so that land costs its interest), or the name of a link or facility."""
    contingency: Fraction = Field(default_factory=lambda: Fraction.model_validate(0))
    """Added to every investment but land."""
    cost_class: Literal[1, 2, 3, 4, 5] | InvestmentRange | None = None
    """Class of the estimate after AACE 18R-97 (1 definitive ... 5 screening), or a range of one's own."""
    budget: Money | None = None
    """Largest total investment of the plan."""
    caps: Caps = Field(default_factory=Caps)
    """Yearly limits on the park's totals."""
    carbon_price: CarbonPrice = Field(default_factory=CarbonPrice)
    """Price of CO2e, paid and shadow."""
    price_index: dict[int, Number] = Field(default_factory=dict)
    """Index by year; a price of year y is brought to the case's price year by index(price year) / index(y)."""
    price_index_source: str | None = None
    """Where the index comes from."""
    exchange_rates: dict[Name, Number | dict[int, Number]] = Field(default_factory=dict)
    """Units of the case's currency per unit of a foreign currency, one for all years or by year."""
    exchange_rates_source: str | None = None
    """Where the rates come from."""
    finance: Finance = Field(default_factory=Finance)
    """The plan as cash flows of each firm: years, ramp-up, tax, debt, grants. It never steers the plan."""


class GateExpansion(Section):
    """What a larger yearly amount at the gate costs."""

    cost: PricePerYearlyAmount
    """One-off investment per unit of yearly amount."""
    maximum: YearlyAmount | None = None
    """Largest expansion; no limit if absent."""


class PeakExpansion(GateExpansion):
    """What a larger peak at the gate costs."""

    cost: PricePerPeak  # type: ignore[assignment]
    """One-off investment per unit an hour: EUR/MW for a resource counted in MWh."""
    maximum: Rate | None = None  # type: ignore[assignment]
    """Largest expansion; no limit if absent."""


class Gate(Section):
    """A limit on what crosses the park's fence."""

    resource: Name
    """What is counted."""
    direction: Literal["in", "out"] = "in"
    """"in": bought outside; "out": discharged or sold outside."""
    yearly: YearlyAmount | None = None
    """Most in a year; an amount per day counts 365 times."""
    peak: Rate | None = None
    """Most in an hour; an amount per day is spread over 24 h."""
    yearly_expansion: GateExpansion | None = None
    """What a larger yearly amount costs."""
    peak_expansion: PeakExpansion | None = None
    """What a larger peak costs."""


class Party(Section):
    """Somebody who owns, pays or earns; every plant is a party of its own unless it names a firm."""

    kind: Literal["firm", "park company", "utility", "municipality"] = "firm"
    """What it is. The one party of kind "park company" owns what is shared and states no owner; else it is for the
    reader, not for the arithmetic."""
    discount_rate: Fraction | None = None
    """At which it discounts its own cash flow, real; that of the case if absent. It never steers the plan."""
    note: str | None = None
    """In words."""


class Tenants(Section):
    """Which optional plants must settle when the goal is not cost."""

    at_least: Whole | None = Field(default=None, ge=0)
    """Least number of optional plants that settle."""
    fixed: tuple[Name, ...] | None = None
    """Exactly these optional plants settle."""
