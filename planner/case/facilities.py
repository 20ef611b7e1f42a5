"""Facilities: shared units the program may build, size and site, and own measures of a plant."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from planner.case.converters import Converts
from planner.case.land import AreaPerCapacity
from planner.case.qualities import Content, QualityLimit, Treats
from planner.case.stores import Store
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
    Whole,
    Years,
)


class InvestmentPoint(Section):
    """A point of the investment curve; the program follows straight segments between the points."""

    capacity: Rate
    """Of a store its content, in the unit of that."""
    investment: Money


#: Straight pieces that stand for a power law.
PIECES = 16
#: Smallest capacity of a power law, as a share of the largest, where the case states none.
SMALLEST = 0.01


class PowerLaw(Section):
    """Investment = coefficient x capacity ^ exponent, for any capacity between two."""

    coefficient: Money
    """Investment at a capacity of 1 [activity/h], of a store at a content of 1."""
    exponent: Factor
    """0.6 to 0.7 is usual; at most 1."""
    largest: Rate
    """Largest capacity."""
    smallest: Rate | None = None
    """Smallest capacity; a hundredth of the largest if absent (an assumption)."""

    def points(self) -> tuple[InvestmentPoint, ...]:
        """Points on the law, smallest to largest capacity."""
        high = self.largest.value
        low = high * SMALLEST if self.smallest is None else self.smallest.value
        if not 0.0 < low < high:
            return (self._point(high),)
        return tuple(self._point(high * (low / high) ** (1.0 - n / PIECES)) for n in range(PIECES + 1))

    def worth(self, capacity: float) -> float:
        """Investment at a capacity."""
        return float(self.coefficient.value * capacity**self.exponent.value)

    def _point(self, capacity: float) -> InvestmentPoint:
        rate = self.largest.model_copy(update={"value": capacity, "low": None, "high": None})
        share = self.worth(capacity) / self.coefficient.value if self.coefficient.value else 0.0
        parts = {part: getattr(self.coefficient, part) for part in ("value", "low", "high")}
        scaled = {part: None if number is None else number * share for part, number in parts.items()}
        return InvestmentPoint(capacity=rate, investment=self.coefficient.model_copy(update=scaled))


class Facility(Section):
    """An optional unit: treatment works, boiler, CHP, heat pump, digester, store, or a plant's own measure."""

    scope: Literal["shared", "own"] = "shared"
    """"own": a measure of one plant, on its plot, allowed in the baseline too."""
    owner: Name | None = None
    """Party that owns it (shared; by default the park company), or the plant whose measure it is (own)."""
    kind: Name | None = None
    """Kind, for ``rules.at_most``; by default its name."""
    unit: Name = "t"
    """Unit of its activity, in which capacity and the amounts per unit are stated; of a store that of its content, by
    default the unit of what it gives."""
    stores: Store | None = None
    """What it keeps from one period to another, in place of ``inputs`` and ``outputs``. Its capacity is then a content;
    ``variable_cost`` and ``co2e`` are per unit charged, ``hours`` and ``availability`` say when it may be charged and
    drawn."""
    converts: Converts | None = None
    """What makes it change the level of heat; ``inputs`` and ``outputs`` of that follow from the levels, and its
    ``unit`` is by default that of what it gives. Other inputs and outputs (chemicals, ash) may be stated beside it."""
    inputs: dict[Name, PerUnit] = Field(default_factory=dict)
    """Resources it takes, per unit of activity: bought, or by exchange."""
    outputs: dict[Name, PerUnit] = Field(default_factory=dict)
    """Resources it gives, per unit of activity: sold, disposed of, or by exchange."""
    limits: dict[Name, dict[Name, QualityLimit]] = Field(default_factory=dict)
    """What its inputs may hold: input, then quality."""
    quality: dict[Name, dict[Name, Content]] = Field(default_factory=dict)
    """What its outputs hold: output, then quality; for the outlet of ``treats`` see there."""
    treats: Treats | None = None
    """How it changes the quality of what it takes in: treatment, regeneration, a mixing tank."""
    max_links: dict[Name, Whole] = Field(default_factory=dict)
    """Largest number of exchanges that feed it, by input."""
    min_activity: Rate | None = None
    """If built, it works at least at this rate, as a mean of its hours."""
    peak_factor: Factor = Field(default_factory=lambda: Factor.model_validate(1))
    investment: Annotated[tuple[InvestmentPoint, ...], Field(min_length=1)] | PowerLaw
    """At least one point. One point: a unit of just that capacity. More: any capacity between the first and the last,
    with investment on the straight lines between them (economies of scale). Or a power law."""
    maintenance: Fraction | None = None
    """Yearly cost as a share of the investment before contingency."""
    fixed_cost: MoneyPerYear | None = None
    variable_cost: Price | None = None
    """Per unit of activity."""
    co2e: Emission | None = None
    """Direct emission per unit of activity, besides what its inputs carry."""
    hours: HoursPerYear | None = None
    """Operating hours at most; by default 8760, and of a plant's own measure those of its plant."""
    evens_out: bool = False
    """True where tanks, holders or stocks that belong to it even out what it takes and gives within a year, or within a
    period: then these need balance only by their sums. Otherwise it takes and gives in the same hours, materials
    apart; of the hours that two ends share, those with fewer lie within those with more."""
    days: DaysPerYear | None = None
    """Operating days at most, for rates per day; by default hours / 24. Where ``hours`` is not stated, it runs for no
    more than 24 h of each, less in all hours it would have by the same share."""
    availability: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Share of its hours in which it runs; at full capacity, while the rest it stands still."""
    capacity_factor: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Share of its capacity that it is good for in all hours in which it runs: what sun or wind give."""
    lifetime: Years | None = None
    plot: Name | None = None
    """Fixed plot."""
    plots: tuple[Name, ...] | None = None
    """The only plots it may stand on."""
    area: Area | None = None
    area_per_capacity: AreaPerCapacity | None = None
    """Land it takes besides, by its capacity (of a store its content): panels, wind turbines, a pit."""
    on_roof: bool = False
    """True where ``area_per_capacity`` is on the roofs of the plant whose measure it is, not on the ground."""
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

    @property
    def taken(self) -> Mapping[str, PerUnit]:
        """Resources it takes, per unit of activity; of a store per unit charged."""
        return self.inputs if self.stores is None else self.stores.takes_in()

    @property
    def given(self) -> Mapping[str, PerUnit]:
        """Resources it gives, per unit of activity; of a store per unit drawn."""
        return self.outputs if self.stores is None else self.stores.gives_out()

    def land_at(self, size: float) -> float:
        """Land that it needs at a capacity, of a store at a content [ha]."""
        grown = 0.0 if self.area_per_capacity is None or self.on_roof else self.area_per_capacity.value * size
        built = grown + (0.0 if self.area is None else self.area.value)
        if not built:
            return 0.0
        return built / self.coverage.value if self.coverage.value else math.inf

    def curve(self) -> tuple[InvestmentPoint, ...]:
        """Points of the investment curve by rising capacity; of a power law, points on it between which it is straight.

        The points stand in a geometric row, so that the straight lines lie below the law by the same share everywhere.
        """
        if isinstance(self.investment, PowerLaw):
            return self.investment.points()
        return tuple(sorted(self.investment, key=lambda point: point.capacity.value))
