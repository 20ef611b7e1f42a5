"""Stores: what a facility keeps from one period to another."""

import math
from typing import TYPE_CHECKING

from pydantic import Field

from planner.case import units
from planner.case.values import (
    Duration,
    Name,
    PerUnit,
    PricePerPeak,
    Rate,
    Section,
    Value,
)

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.facilities import Facility


class ShareLost(Value):
    """A share of a content that is lost while it stands: of "5 %/d" 95 % are left after a day."""

    template = "1/h"


class Gained(Value):
    """What the content of a store gains by a unit that is charged; "95 %" where both are counted alike."""

    template = "{content}/{unit}"


class Drawn(Value):
    """What a unit of the content of a store gives; "95 %" where both are counted alike."""

    template = "{replaced}/{content}"


class RateOut(Rate):
    """A flow per hour of what a store gives."""

    template = "{replaced}/h"
    by_period = False


class PricePerPeakOut(Value):
    """Money, once, per unit an hour of what a store gives."""

    template = "{currency}*h/{replaced}"


class Store(Section):
    """What a facility keeps: a heat store, battery, water tank, gas holder or heap. Its size is its content."""

    resource: Name | None = None
    """What it takes and gives back."""
    takes: Name | None = None
    """What it takes, where that is another resource than what it gives."""
    gives: Name | None = None
    """What it gives, where that is another resource than what it takes."""
    efficiency_in: Gained | None = None
    """Content gained by a unit charged; all of it if absent."""
    efficiency_out: Drawn | None = None
    """What a unit of content gives; all of it if absent."""
    loss: ShareLost | None = None
    """Share of the content that is lost while it stands, per hour, day or month; none if absent."""
    rate_in: Rate | None = None
    """Largest rate at which it is charged, whatever its content."""
    rate_out: RateOut | None = None
    """Largest rate of what it gives, whatever its content."""
    hours_to_fill: Duration | None = None
    """Hours in which it is full at its largest rate of charging, from empty and without losses: a larger store is
    charged faster. With ``rate_in`` the smaller of both holds."""
    hours_to_empty: Duration | None = None
    """The same of drawing, from full to empty. With ``rate_out`` the smaller of both holds."""
    rate_cost_in: PricePerPeak | None = None
    """Investment by the largest rate at which it is charged (charger, pump), besides that by content."""
    rate_cost_out: PricePerPeakOut | None = None
    """Investment by the largest rate of what it gives (inverter, exchanger)."""
    uses: dict[Name, PerUnit] = Field(default_factory=dict)
    """What it needs per unit charged (power of pumps): bought, or by exchange."""

    @property
    def taken(self) -> str:
        """The resource it is charged with."""
        return self.takes or self.resource or ""

    @property
    def given(self) -> str:
        """The resource that is drawn from it."""
        return self.gives or self.resource or ""

    @property
    def gained(self) -> float:
        """Content gained by a unit charged."""
        return 1.0 if self.efficiency_in is None else self.efficiency_in.value

    @property
    def drawn(self) -> float:
        """What a unit of content gives."""
        return 1.0 if self.efficiency_out is None else self.efficiency_out.value

    @property
    def keeps(self) -> bool:
        """Whether it gives back what it takes."""
        return self.taken == self.given

    @property
    def share_in(self) -> float:
        """Largest rate charged in an hour, as a share of the content; inf where that sets no limit [1/h]."""
        return math.inf if self.hours_to_fill is None else 1.0 / (self.gained * self.hours_to_fill.value)

    @property
    def share_out(self) -> float:
        """Largest rate drawn in an hour, as a share of the content; inf where that sets no limit [1/h]."""
        return math.inf if self.hours_to_empty is None else self.drawn / self.hours_to_empty.value

    def fastest_in(self, content: float) -> float:
        """Largest rate at which so large a store may be charged [unit/h]."""
        by_content = math.inf if self.hours_to_fill is None else self.share_in * content
        return min(by_content, math.inf if self.rate_in is None else self.rate_in.value)

    def fastest_out(self, content: float) -> float:
        """Largest rate of what so large a store may give [unit/h]."""
        by_content = math.inf if self.hours_to_empty is None else self.share_out * content
        return min(by_content, math.inf if self.rate_out is None else self.rate_out.value)

    def takes_in(self) -> dict[str, PerUnit]:
        """Resources it takes, per unit charged."""
        return {self.taken: _one(), **self.uses} if self.taken else dict(self.uses)

    def gives_out(self) -> dict[str, PerUnit]:
        """What it gives, per unit drawn."""
        return {self.given: _one()} if self.given else {}


def _one() -> PerUnit:
    return PerUnit.model_construct(value=1.0, unit="1", given="1")


def with_contents(case: "Case") -> "Case":
    """The case with the units of its stores: contents counted as what is given, kept without loss where not stated."""
    found = {
        name: _counted(case, facility) for name, facility in case.facilities.items() if facility.stores is not None
    }
    return case.model_copy(update={"facilities": {**case.facilities, **found}}) if found else case


def _counted(case: "Case", facility: "Facility") -> "Facility":
    store = facility.stores
    assert store is not None
    taken, given = (case.resources.get(name) for name in (store.taken, store.given))
    if "unit" not in facility.model_fields_set and given is not None:
        facility = facility.model_copy(update={"unit": given.unit})
    update: dict[str, Value] = {}
    if store.efficiency_in is None and taken is not None and _alike(taken.unit, facility.unit):
        scale = units.factor(taken.unit, facility.unit)
        update["efficiency_in"] = Gained.model_validate({"value": scale, "unit": f"({facility.unit})/({taken.unit})"})
    if store.efficiency_out is None and given is not None and _alike(facility.unit, given.unit):
        scale = units.factor(facility.unit, given.unit)
        update["efficiency_out"] = Drawn.model_validate({"value": scale, "unit": f"({given.unit})/({facility.unit})"})
    return facility.model_copy(update={"stores": store.model_copy(update=update)}) if update else facility


def _alike(one: str, other: str) -> bool:
    """Whether amounts in one unit can be counted in another, by another number."""
    return one != other and known(one) and known(other) and units.converts(one, other)


def known(unit: str) -> bool:
    """Whether a unit is one of the program's."""
    try:
        units.parse(unit)
    except units.UnitError:
        return False
    return True


def activity_unit(case: "Case", name: str) -> str:
    """Unit in which the activity of a facility is counted; of a store that of what it is charged with."""
    facility = case.facilities[name]
    return facility.unit if facility.stores is None else case.resources[facility.stores.taken].unit


def capacity_unit(facility: "Facility") -> str:
    """Unit of the capacity of a facility; of a store that of its content."""
    return f"{facility.unit}/h" if facility.stores is None else facility.unit
