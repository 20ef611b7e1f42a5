"""Finance of a case: years, ramp-up, escalation, tax, debt, grants, contracts, and shadow prices of the economic view.

Nothing here steers the plan, which is at least total annual cost: it says what the plan means in each firm's cash flow.
"""

from typing import Literal

from pydantic import Field

from planner.case.values import (
    Fraction,
    Money,
    Name,
    Percent,
    PricePerTonneCO2e,
    Section,
    Value,
    Years,
)

#: What ``escalation`` may name besides resources.
CARBON, OPERATION = "carbon", "operation"
#: Note of a default.
NOT_STATED = "assumption: not stated"


class ShadowPrice(Value):
    """Money per unit of the resource named by the key; negative where it harms."""

    template = "{currency}/{key}"
    minimum = None


class ConversionFactor(Value):
    """Worth to society of a unit of money that is paid: 0.85 for construction with much untaxed labour idle before."""


class Debt(Section):
    """A loan to every party that invests."""

    share: Fraction
    """Of its investment, less grants."""
    rate: Fraction
    """Interest a year, nominal: in the money of the year it is paid."""
    term: Years
    """Whole years from the start of operation to the last payment."""
    grace: Years = Field(default_factory=lambda: Years.model_validate(0))
    """Whole years from the start of operation in which interest alone is paid; until the start it is paid, too."""
    repayment: Literal["annuity", "equal principal"] = "annuity"
    """Equal payments, or equal principal with interest on what is left."""


class Tax(Section):
    """Tax on profits, firm by firm."""

    rate: Fraction
    """Of the yearly gain less depreciation and interest."""
    depreciation: Years | None = None
    """Whole years of straight-line depreciation of everything but land; the lifetime of each asset if absent."""
    losses: Literal["carried forward", "used at once"] = "carried forward"
    """What a loss is worth: set against later profits of the project, or at once against the firm's other profits."""


class Grant(Section):
    """Money towards investment that need not be paid back."""

    name: str | None = None
    """Programme, in words."""
    to: tuple[Name, ...] = ()
    """Parties that get it; all that invest if absent."""
    of: tuple[Name, ...] = ()
    """What it is for: link, trench, connection, treatment, permit, facility, gate, heat_recovery, standby, land;
    everything but land if absent."""
    share: Fraction | None = None
    """Of that investment."""
    amount: Money | None = None
    """In the place of ``share``: in all, shared out by that investment, and never more than it."""


class Economic(Section):
    """The view of society: shadow prices in the place of market prices; no transfers, taxes, grants and paid carbon."""

    discount_rate: Fraction | None = None
    """Social discount rate; that of the case if absent."""
    carbon: PricePerTonneCO2e | None = None
    """Price of a tonne of CO2e; the shadow price of the case, else the paid one, else none, if absent."""
    prices: dict[Name, ShadowPrice] = Field(default_factory=dict)
    """Resource -> what a unit bought is worth to society."""
    factors: dict[Literal["investment", "operation", "discharge", "sale"], ConversionFactor] = Field(
        default_factory=dict
    )
    """Conversion factors of everything else; 1 if absent."""


class Finance(Section):
    """The plan as cash flows, year by year, in the money of the price year unless ``money`` says nominal."""

    horizon: Years = Field(default_factory=lambda: Years.model_validate({"value": 20, "note": NOT_STATED}))
    """Whole years of operation that count; 20 by default (an assumption)."""
    delay: Years = Field(default_factory=lambda: Years.model_validate(0))
    """Whole years from the first investment (year 0) to the start of operation."""
    spending: tuple[Fraction, ...] = ()
    """Shares of the investment by year, from year 0 on, over at most ``delay`` + 1 years; all in year 0 if absent."""
    ramp_up: tuple[Fraction, ...] = ()
    """Share of full operation in each of the first years; what comes after is full."""
    escalation: dict[Name, Percent] = Field(default_factory=dict)
    """Rise of prices a year above inflation: of a resource, of "carbon", and of "operation" (everything without a
    resource)."""
    inflation: Fraction = Field(default_factory=lambda: Fraction.model_validate(0))
    """A year; it matters to what is fixed in the money of its day: loans and depreciation."""
    money: Literal["real", "nominal"] = "real"
    """Money that cash flows, discount rates and returns are told in. ``economics.discount_rate`` is always real."""
    residual: Literal["annuity", "straight line", "none"] = "annuity"
    """What assets are worth at the end: the present value of the yearly costs that are still to be recovered (so that
    the net present value is that of the total annual cost), their price less wear in equal parts, or nothing. Land
    without a lifetime always keeps its price."""
    seller_share: Fraction | None = None
    """Share of the gain that prices left to the program leave to the seller, where an exchange says nothing of its
    own; one half by default (an assumption)."""
    shared_costs: Literal["owner", "users"] = "owner"
    """Who bears what shared mains, trenches and facilities cost a year. "owner": who owns them, the park company unless
    stated, for the prices agreed. "users": the plants that use them, at cost, as a tariff that is fixed in the money of
    the price year; so that who owns them neither gains nor loses."""
    energy: tuple[Name, ...] = ()
    """Resources whose prices move together in the table that every bank wants (``bank``); if absent: power, heat, what
    they are made from, and what else states its energy content and CO2e of its use."""
    tax: Tax | None = None
    debt: Debt | None = None
    grants: tuple[Grant, ...] = ()
    economic: Economic = Field(default_factory=Economic)
    """What the plan is worth to society."""


class Contract(Section):
    """What giver and taker sign."""

    term: Years | None = None
    """Years; a payback that outlasts them is flagged."""
    take_or_pay: Fraction | None = None
    """Share of the planned flow that is paid for, taken or not."""
    escalation: Percent | None = None
    """Rise of the transfer price a year above inflation; 0 if absent."""
