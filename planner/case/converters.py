"""Units that change the level of heat, as the case states them; what they take and give follows from the levels."""

from typing import Literal

from pydantic import Field

from planner.case.heat_values import AmbientTemperature
from planner.case.values import Factor, Fraction, Name, Section, Temperature, TemperatureDifference, Value


class Yield(Value):
    """A share of the fuel by its lower heating value; up to 108 % where its vapour condenses."""

    template = "1"
    maximum = 1.08


class Approach(TemperatureDifference):
    """Temperature difference of a heat exchanger; 100 K at most, far beyond what a unit that lifts heat leaves."""

    maximum = 100.0


class _Lift(Section):
    """What lifts heat by power, at an efficiency or a coefficient of performance."""

    power: Name
    """Resource that drives it."""
    efficiency: Fraction | None = None
    """Share of the reversible coefficient of performance that it reaches."""
    of: Literal["lorenz", "carnot"] | None = None
    """Which that is: between the mean temperatures of both sides (Lorenz, the default), or between the hottest and the
    coldest (Carnot)."""
    approach: Approach | None = None
    """Temperature difference on either side, with ``efficiency``; by default 5 K (an assumption)."""
    cop: Factor | None = None
    """Coefficient of performance, in place of ``efficiency``."""


class HeatPump(_Lift):
    """Compression heat pump. Its activity is what it gives of ``to``."""

    from_: Name = Field(alias="from")
    """Medium whose heat it takes. One that heats is an input; one that cools is an output, since it comes back cold."""
    to: Name
    """Medium that it heats: hot water, or steam that it raises."""


class Chiller(_Lift):
    """Compression chiller. Its activity is what it gives of ``from``."""

    from_: Name = Field(alias="from")
    """Medium that it cools: chilled water."""
    to: Name | None = None
    """Cooling medium that takes its heat off."""
    air: AmbientTemperature | None = None
    """In place of ``to``, temperature of the air that takes its heat off."""


class AbsorptionChiller(Section):
    """Chiller driven by heat. Its activity is what it gives of ``from``."""

    driven_by: Name
    """Medium whose heat drives it."""
    from_: Name = Field(alias="from")
    """Medium that it cools: chilled water."""
    to: Name | None = None
    """Cooling medium that takes its heat off."""
    air: AmbientTemperature | None = None
    """In place of ``to``, temperature of the air that takes its heat off."""
    cop: Factor
    """Heat taken out of ``from`` per heat that drives it; 0.7 is usual for one stage."""


class _Steam(Section):
    """What brings steam from one level to another."""

    from_: Name = Field(alias="from")
    """Steam that it takes."""
    to: Name
    """Steam that it gives."""
    water: Name | None = None
    """Water that is injected until the steam is no hotter than its level. Without it a tonne stays a tonne, and heat
    above the level goes with it uncounted."""
    water_temperature: Temperature | None = None
    """Of that water; by default 15 degC (an assumption)."""


class LetDown(_Steam):
    """Reducing valve, with a cooler where ``water`` is stated. Its activity is what it gives of ``to``."""


class Recompression(_Steam):
    """Mechanical vapour recompression. Its activity is what it gives of ``to``."""

    power: Name
    """Resource that drives it."""
    isentropic: Fraction
    """Isentropic efficiency of the compressor."""
    motor: Fraction
    """Efficiency of its motor, mechanical losses included."""


class Turbine(_Steam):
    """Back-pressure turbine. Its activity is what it gives of ``to``; counted in energy, the power that it makes."""

    power: Name
    """Resource that it makes."""
    isentropic: Fraction
    """Isentropic efficiency of the turbine."""
    generator: Fraction
    """Efficiency of its generator, mechanical losses included."""


class Boiler(Section):
    """Boiler. Its activity is what it gives of ``to``."""

    fuel: Name
    """Resource that it burns, with an energy content by lower heating value; or power, of an electric one."""
    to: Name
    """Steam or hot water that it makes, steam from condensate and makeup mixed."""
    efficiency: Yield
    """Heat given per energy burnt."""


class CombinedHeatAndPower(Section):
    """Engine, gas turbine or fuel cell with use of its heat. Its activity is the power that it makes."""

    fuel: Name
    """Resource that it burns, with an energy content by lower heating value."""
    power: Name
    """Resource that it makes."""
    power_yield: Fraction
    """Power made per energy burnt."""
    heat: Name
    """Steam or hot water that it makes."""
    heat_yield: Yield
    """Heat given per energy burnt."""


Converter = HeatPump | Chiller | AbsorptionChiller | LetDown | Recompression | Turbine | Boiler | CombinedHeatAndPower


class Converts(Section):
    """One kind of unit that changes the level of heat."""

    heat_pump: HeatPump | None = None
    chiller: Chiller | None = None
    absorption_chiller: AbsorptionChiller | None = None
    let_down: LetDown | None = None
    recompression: Recompression | None = None
    turbine: Turbine | None = None
    boiler: Boiler | None = None
    chp: CombinedHeatAndPower | None = None

    @property
    def stated(self) -> dict[str, Converter]:
        """Kind -> what is stated of it; one entry in a case without faults."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: one for name, one in found.items() if one is not None}


#: Fields of converters that name resources.
NAMING = ("from_", "to", "power", "driven_by", "water", "fuel", "heat")


def names_of(converter: Converter) -> dict[str, str]:
    """Field, as it is written -> resource that it names."""
    found = {field: getattr(converter, field, None) for field in NAMING}
    return {field.rstrip("_"): name for field, name in found.items() if name is not None}
