"""Facilities: shared units the program may build, size and site, and own measures of a plant."""

from typing import Literal

from pydantic import Field

from planner.case.values import (
    Area,
    DaysPerYear,
    Emission,
    Factor,
    Fraction,
    HoursPerYear,
    Jobs,
    Money,
    MoneyPerYear,
    Name,
    PerUnit,
    Price,
    Rate,
    Section,
    Years,
)


class InvestmentPoint(Section):
    """A point of the investment curve; the program follows straight segments between the points."""

    capacity: Rate
    investment: Money


class Facility(Section):
    """An optional unit: treatment works, boiler, CHP, heat pump, digester, or a plant's own measure."""

    scope: Literal["shared", "own"] = "shared"
    """"own": a measure of one plant, on its plot, allowed in the baseline too."""
    owner: Name | None = None
    """Party that owns it (shared; by default the park company), or the plant whose measure it is (own)."""
    kind: Name | None = None
    """Kind, for ``rules.at_most``; by default its name."""
    unit: Name = "t"
    """Unit of its activity, in which capacity and the amounts per unit are stated."""
    inputs: dict[Name, PerUnit] = Field(default_factory=dict)
    """Resources it takes, per unit of activity: bought, or by exchange."""
    outputs: dict[Name, PerUnit] = Field(default_factory=dict)
    """Resources it gives, per unit of activity: sold, disposed of, or by exchange."""
    peak_factor: Factor = Field(default_factory=lambda: Factor.model_validate(1))
    investment: tuple[InvestmentPoint, ...] = Field(min_length=1)
    """At least one point. One point: a unit of just that capacity. More: any capacity between the first and the last,
    with investment on the straight lines between them (economies of scale)."""
    maintenance: Fraction | None = None
    """Yearly cost as a share of the investment before contingency."""
    fixed_cost: MoneyPerYear | None = None
    variable_cost: Price | None = None
    """Per unit of activity."""
    co2e: Emission | None = None
    """Direct emission per unit of activity, besides what its inputs carry."""
    hours: HoursPerYear | None = None
    """Operating hours at most; by default 8760, and of a plant's own measure those of its plant. What it takes and
    gives is spread evenly over them, so that an exchange of fewer shared hours can meet only that share."""
    days: DaysPerYear | None = None
    availability: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    lifetime: Years | None = None
    plot: Name | None = None
    """Fixed plot."""
    plots: tuple[Name, ...] | None = None
    """The only plots it may stand on."""
    area: Area | None = None
    coverage: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    zone: Name | tuple[Name, ...] | None = None
    """Zone or zones in which it may stand; any if absent."""
    hazard: Name | None = None
    """Hazard class, for the separation rules."""
    jobs: Jobs | None = None
    neighbours: tuple[Name, ...] = ()
    """Plants or facilities it must be a neighbour of."""
    not_neighbours: tuple[Name, ...] = ()
    """Plants or facilities it must not be a neighbour of."""
    forced: bool = False
    """Must be built."""
    note: str | None = None
    """In words."""
