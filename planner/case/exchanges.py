"""Exchanges and substitutions: which source may feed which sink, and on what terms."""

from typing import Literal

from pydantic import Field

from planner.case.finance import Contract
from planner.case.plants import Connection
from planner.case.values import (
    Emission,
    Fraction,
    HoursPerYear,
    Length,
    Money,
    MoneyPerYear,
    Name,
    PerUnit,
    Price,
    Rate,
    Ratio,
    Section,
    Whole,
    YearlyAmount,
    Years,
)

Effort = Literal["controls", "metering", "contract", "piping", "treatment", "redesign"]


class Treatment(Section):
    """Pre-treatment of a by-product, per unit taken."""

    cost: Price | None = None
    uses: dict[Name, PerUnit] = Field(default_factory=dict)
    """Resources it uses per unit taken (power, heat, chemicals): bought and emission-counted like any purchase."""
    co2e: Emission | None = None
    """Direct emission besides ``uses``."""
    investment: Money | None = None
    """Once per exchange that is built (asset class "treatment")."""


class Permit(Section):
    """What the law asks before the exchange may start."""

    name: str
    """In words: by-product declaration, waste permit ..."""
    cost: Money | None = None
    """Once per exchange that is built."""
    delay: Years | None = None
    """Added to the exchange's own delay; lengthens its payback."""


class Declaration(Section):
    """A by-product declaration: the giver states that it is no waste."""

    cost: Money | None = None
    """Once per exchange that is built (asset class "permit")."""
    delay: Years | None = None
    """Added to the exchange's own delay."""


class Terms(Section):
    """Terms that a substitution and an exchange may both state; those of the exchange go first."""

    treatment: Treatment | None = None
    """What the by-product needs before it can be used."""
    permit: Permit | None = None
    """What the law asks."""
    displacement: Fraction | None = None
    """Overrides the by-product's displacement."""
    max_share: Fraction | None = None
    """Largest share of the sink's demand that one such exchange may meet."""
    declaration: Declaration | None = None
    """By-product declaration, where that is what the law asks; that of a substitution is for what leaves its site."""
    effort: Effort | None = None
    """What it takes to bring about; reported with the exchange."""
    also: dict[Name, PerUnit] | None = None
    """Further purchases that each unit delivered avoids at the taker, besides what it replaces: sludge replaces a
    nitrogen fertiliser and saves phosphate, too. Credited at the price and the CO2e of that resource, as far as the
    taker would buy it for its sinks; in full where it has no sink that takes it, for then its purchase is outside the
    case."""


class Substitution(Terms):
    """A by-product that can replace another resource."""

    from_: Name = Field(alias="from")
    """Resource of the source."""
    to: Name
    """Resource of the sink."""
    ratio: Ratio = Field(default_factory=lambda: Ratio.model_validate(1))
    """Units replaced per unit taken."""


class Existing(Section):
    """A link that is already there: capacity, no investment."""

    link: Name
    """Name of a link of the case; its running costs and losses apply."""
    capacity: Rate
    size: Name | None = None
    """Size of that link whose running costs and losses apply; its first if absent."""
    length: Length | None = None
    """Length in place; the route's if absent."""


class Transfer(Section):
    """What the taker pays the giver."""

    price: Price | None = None
    """Per unit that leaves the source; negative where the giver pays. Left to the program if absent."""
    seller_share: Fraction | None = None
    """Where the price is left to the program: share of the yearly gain, before investment, that the price leaves
    to the seller; one half by default."""


class Exchange(Terms):
    """Terms of the exchanges between two plants (or all plants, where an end is left out)."""

    from_: Name | None = Field(default=None, alias="from")
    """Plant, facility or partner that gives; any if absent."""
    to: Name | None = None
    """Plant, facility or partner that takes; any if absent."""
    stream: Name | None = None
    """Name of the source stream; any if absent."""
    into: Name | None = None
    """Name of the sink stream; any if absent."""
    forbidden: bool = False
    """May not be built."""
    accept_unknown: tuple[Name, ...] = ()
    """Qualities that may be unknown in this exchange."""
    forced: bool = False
    """Must be built; state a ``min_flow`` to demand a flow as well."""
    existing: Existing | None = None
    """The link that carries it today."""
    ratio: Ratio | None = None
    """Overrides the substitution's ratio; lets two different resources be exchanged between just these two."""
    min_flow: YearlyAmount | None = None
    """If built, at least this much a year."""
    max_flow: YearlyAmount | None = None
    links: tuple[Name, ...] | None = None
    """The only links it may use."""
    twins: Whole = Field(default=1, ge=1, le=4)
    """Largest number of links laid side by side."""
    connection: Connection | None = None
    """What it costs to connect both ends."""
    fixed_cost: MoneyPerYear | None = None
    """A year, if built: metering, contract, insurance."""
    shared_hours: HoursPerYear | None = None
    """Hours in which both run; by default the smaller of the two (an assumption)."""
    delay: Years | None = None
    transfer: Transfer | None = None
    """What the taker pays the giver."""
    contract: Contract | None = None
    """Term, take-or-pay and escalation of the contract."""
    paid_by: dict[Name, Fraction] | None = None
    """Who pays its investment: shares over parties, "seller" and "buyer". By default the owner of its link, else
    seller and buyer half each (an assumption)."""
    note: str | None = None
    """In words."""
