"""Heat by temperature: levels of media, and the process streams of a plant."""

from typing import Literal

from pydantic import Field

from planner.case.values import (
    Fraction,
    HeatCapacityFlow,
    HeatRate,
    Name,
    Pressure,
    PricePerHeatRate,
    Section,
    Temperature,
    TemperatureDifference,
    Years,
)


class Condensate(Section):
    """What becomes of steam that has condensed."""

    share: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Share that comes back to whoever raises the steam; the rest is made up."""
    temperature: Temperature | None = None
    """To which whoever takes the steam cools it, and at which it comes back; by default that of condensation."""
    makeup: Temperature = Field(default_factory=lambda: Temperature.model_validate("15 degC"))
    """Temperature of the water that makes up the rest."""
    water: Name | None = None
    """Resource that makes up the rest, bought by whoever raises the steam: 1 - ``share`` of each tonne made. If absent
    that water is not counted."""


class Arrival(Section):
    """At which level a medium must at least arrive at whoever takes it."""

    supply: Temperature | None = None
    """Of water: between its supply and its return."""
    steam: Pressure | None = None
    """Of steam: below the pressure at which it leaves; it is then taken as dry and saturated."""


class HeatLevel(Section):
    """The level at which a medium carries heat: steam of a pressure, or water with a supply and a return.

    Heat and mass of a unit follow from IAPWS-IF97 where the resource states no ``enthalpy`` and no ``mass``.
    """

    steam: Pressure | None = None
    """Pressure of the steam, absolute ("12 bar"), or above that of the air ("11 bar(g)")."""
    superheat: TemperatureDifference | None = None
    """By how much the steam is hotter than it condenses."""
    condensate: Condensate | None = None
    """Where it is not stated, all of it leaves and comes back at the temperature of condensation."""
    supply: Temperature | None = None
    """Temperature of the water that comes to whoever takes it; below ``return`` for cooling and chilled water."""
    return_: Temperature | None = Field(default=None, alias="return")
    """Temperature at which it goes back."""
    arrives: Arrival | None = None
    """Least level on which those who take it count, so that pipes may cool it, or take of its pressure, down to that;
    a pair of places too far is not admissible. If absent, it is taken to arrive as it leaves."""


class ProcessStream(Section):
    """A stream of a plant that is cooled (hot) or heated (cold), or changes phase at one temperature."""

    from_: Temperature | None = Field(default=None, alias="from")
    """Temperature at which it comes."""
    to: Temperature | None = None
    """Temperature to which it is brought."""
    at: Temperature | None = None
    """In place of both, where it changes phase at one temperature; then with ``kind``."""
    load: HeatRate | None = None
    """Heat that it gives or needs while the plant runs."""
    capacity_flow: HeatCapacityFlow | None = None
    """Heat capacity flow; the load is that times the difference of its temperatures."""
    kind: Literal["hot", "cold"] | None = None
    """Needed where its temperatures do not say it: hot gives heat, cold needs it."""
    approach: TemperatureDifference | None = None
    """Its own contribution to the least temperature difference; by default half the ``approach`` of the plant."""
    note: str | None = None
    """In words."""


class Recovery(Section):
    """Heat exchangers between process streams of one plant, by the heat that they pass on."""

    cost: PricePerHeatRate | None = None
    """Investment for each MW; without it heat is passed on at no cost."""
    existing: HeatRate | None = None
    """Heat that exchangers can pass that are there already, at no cost."""
    lifetime: Years | None = None
    """By default that of the asset class ``heat_recovery``, 20 years."""
    maintenance: Fraction | None = None
    """Share of the investment a year."""
