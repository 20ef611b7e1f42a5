"""Numbers of a case: each one a value with its unit, range, source and grade.

A number may be written bare (in the unit its field documents), as text with its own unit ("34 t/h"), or as a mapping
``{value, low, high, source, grade, basis, year, note, periods, profile}``. The class of a value says its dimension; its
``unit`` template is filled from the place where the value stands: ``{unit}`` is the unit of the resource (or, for a
facility, of its activity), ``{key}`` the unit of the resource the mapping key names, ``{currency}`` the currency,
``{quality}`` and ``{load}`` the units of contents and loads of the quality the mapping key names. Once
``planner.case.resolve`` has converted it, ``value`` is in ``unit``.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from planner.case.names import name_of

Grade = Literal["A", "B", "C"]
#: Name of a period, the number in it, and the unit of that.
PeriodNumber = tuple[str, float, str]
Basis = Literal["metered", "invoiced", "design", "literature", "estimate", "archetype"]


class Section(BaseModel):
    """A part of a case: frozen, and every unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


class Value(Section):
    """A number with its unit and where it comes from. Two values are equal however they were written."""

    template: ClassVar[str] = "1"
    also: ClassVar[Mapping[str, float]] = {}
    """Other units it may be written in: template -> number of ``template`` units in one of it."""
    minimum: ClassVar[float | None] = 0.0
    maximum: ClassVar[float | None] = None
    by_period: ClassVar[bool] = False
    """Whether a number of this kind may differ by period, where its place allows it (``planner.case.periods``)."""
    restated: ClassVar[bool] = False
    """Whether a copy of the case says how it was first written (``planner.case.rewrite``)."""

    value: float
    """The number, in ``unit``."""
    low: float | None = None
    high: float | None = None
    source: str | None = None
    """Key of the case's ``sources``, or the source in words."""
    grade: Grade | None = None
    basis: Basis | None = None
    year: int | None = None
    """Price year (money only; the case's own price year if absent) or year of the datum."""
    note: str | None = None
    unit: str = ""
    """Unit of ``value``, ``low`` and ``high``; empty while a bare number has none."""
    given: str = ""
    """As the user wrote it."""
    periods: tuple[PeriodNumber, ...] = ()
    """(period, number, its unit) where it differs by period; once resolved, the unit is ``unit``."""
    profile: str | None = None
    """Profile that it follows through the year; once resolved, ``periods`` are ``value`` times that over its mean."""
    bare: str = ""
    """Unit of ``value`` in which numbers of ``periods`` without one were taken, other than 0."""
    is_mean: bool = False
    """True where only ``periods`` or a profile are stated: ``value`` is then their mean, or for hours their sum."""

    @model_validator(mode="before")
    @classmethod
    def _accept_bare_number_or_text(cls, raw: Any) -> Any:
        from planner.case.numbers import parse_value  # the parser needs nothing of this module

        return parse_value(raw)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        number, text = {"type": ["number", "string"]}, {"type": "string"}
        fields: dict[str, Any] = {
            "value": number,
            "low": number,
            "high": number,
            "source": text,
            "grade": {"enum": ["A", "B", "C"]},
            "basis": {"enum": ["metered", "invoiced", "design", "literature", "estimate", "archetype"]},
            "year": {"type": "integer"},
            "note": text,
            "unit": text,
        }
        needed = ["value"]
        if cls.restated:
            fields["given"] = text
        if cls.by_period:
            fields["periods"] = {"type": "object", "additionalProperties": number}
            fields["profile"] = text
            needed += ["periods", "profile"]
        mapping: dict[str, Any] = {"type": "object", "properties": fields, "additionalProperties": False}
        mapping |= {"required": needed} if len(needed) == 1 else {"anyOf": [{"required": [part]} for part in needed]}
        return {
            "description": f"A number in {cls.template}, or text with its own unit, or a mapping with its source.",
            "anyOf": [{"type": "number"}, {"type": "string"}, mapping],
        }

    def at(self, period: str) -> float:
        """The number in a period: its own there, else ``value``."""
        return next((number for name, number, _ in self.periods if name == period), self.value)

    def __float__(self) -> float:
        return self.value

    def _meaning(self) -> tuple[Any, ...]:
        return tuple(
            getattr(self, name) for name in type(self).model_fields if name not in ("given", "bare", "is_mean")
        )

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Value) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash((type(self), self._meaning()))


class Fraction(Value):
    """A share between 0 and 1; "8 %" is 0.08."""

    template = "1"
    maximum = 1.0
    by_period = True


class Factor(Value):
    """A dimensionless number of at least 0."""


class Percent(Value):
    """A dimensionless number that may be negative, such as the lower end of an investment range."""

    minimum = None


class Years(Value):
    """A span in years."""

    template = "yr"
    maximum = 1000.0  # what is longer is a year of the calendar


class HoursPerYear(Value):
    """Operating hours in a year of 8760 h; "95 %" is of these."""

    template = "h/yr"
    also = {"1": 8760.0}
    maximum = 8760.0
    by_period = True


class DaysPerYear(Value):
    """Operating days in a year of 365 days; "90 %" is of these."""

    template = "d/yr"
    also = {"1": 365.0}
    maximum = 365.0


class Duration(Value):
    """A span in hours."""

    template = "h"


class Length(Value):
    """A length in metres."""

    template = "m"


class Area(Value):
    """An area in hectares."""

    template = "ha"


class Rate(Value):
    """A flow per operating hour; "/d" is spread over the operating day, "/week", "/month" and "/yr" over the hours.

    Where nothing says how long something operates (size of a link, existing pipe, gate), a day has 24 h, a year 8760 h.
    """

    template = "{unit}/h"
    by_period = True
    restated = True

    @property
    def of_a_year(self) -> bool:
        """Whether it was written for a year: the yearly amount then does not rest on the operating hours."""
        return self.given.replace(" ", "").endswith(("/yr", "/a", "/y", "/year"))


class YearlyAmount(Value):
    """An amount of the resource in a year of 365/7 weeks."""

    template = "{unit}/yr"


class PerUnit(Value):
    """An amount of the resource named by the key, per unit of the resource (or activity) it stands under."""

    template = "{key}/{unit}"


class Ratio(Value):
    """Units of the replaced resource per unit of the by-product taken."""

    template = "{replaced}/{unit}"


class Enthalpy(Value):
    """Usable heat in a unit of the resource."""

    template = "MWh/{unit}"


class Money(Value):
    """An amount of money, once."""

    template = "{currency}"


class MoneyPerYear(Value):
    """An amount of money a year."""

    template = "{currency}/yr"


class SignedMoneyPerYear(MoneyPerYear):
    """An amount of money a year that may be negative."""

    minimum = None


class Price(Value):
    """Money per unit of the resource; negative where the taker is paid."""

    template = "{currency}/{unit}"
    minimum = None
    by_period = True


class PricePerYearlyAmount(Value):
    """Money, once, per unit of a yearly amount."""

    template = "{currency}*yr/{unit}"
    also = {"{currency}/{unit}": 1.0}


class PricePerPeak(Value):
    """Money, once, per unit an hour of peak; per MW for a resource counted in MWh."""

    template = "{currency}*h/{unit}"


class PricePerKm(Value):
    """Money per unit of the resource and kilometre."""

    template = "{currency}/{unit}/km"


class PricePerMetre(Value):
    """Money per metre of link, once."""

    template = "{currency}/m"


class PricePerMetreYear(Value):
    """Money per metre of link and year."""

    template = "{currency}/m/yr"


class PricePerTonneCO2e(Value):
    """Money per tonne of CO2e."""

    template = "{currency}/tCO2e"


class LandPrice(Value):
    """Money per hectare, once."""

    template = "{currency}/ha"


class LandRent(Value):
    """Money per hectare and year."""

    template = "{currency}/ha/yr"


class Emission(Value):
    """Tonnes of CO2e per unit of the resource (or activity); negative only where carbon is bound for good."""

    template = "tCO2e/{unit}"
    minimum = None
    by_period = True


class EmissionPerKm(Value):
    """Tonnes of CO2e per unit of the resource and kilometre."""

    template = "tCO2e/{unit}/km"


class EmissionPerYear(Value):
    """Tonnes of CO2e a year."""

    template = "tCO2e/yr"


class PerUnitKm(Value):
    """An amount of the resource named by the key, per unit of the resource moved and kilometre."""

    template = "{key}/{unit}/km"


class SharePerKm(Value):
    """A share of what is moved, lost per kilometre."""

    template = "1/km"
    maximum = 1.0


class HeatLoss(Value):
    """Heat lost by a pipe in service."""

    template = "W/m"


class PricePerMetreCapacity(Value):
    """Money per metre of pipe and unit an hour of its capacity, once."""

    template = "{currency}*h/{unit}/m"


class Diameter(Value):
    """A diameter, or the height of a pipe's roughness."""

    template = "mm"


class Velocity(Value):
    """Metres a second."""

    template = "m/s"


class PressureGradient(Value):
    """Pressure lost along a pipe."""

    template = "Pa/m"


class Density(Value):
    """Kilograms in a cubic metre of what flows, as it flows."""

    template = "kg/m3"


class Viscosity(Value):
    """Dynamic viscosity."""

    template = "Pa*s"
    also = {"kg/m/s": 1.0}


class Mass(Value):
    """Tonnes of matter in a unit of the resource."""

    template = "t/{unit}"


class WaterContent(Value):
    """Cubic metres of water in a unit of the resource."""

    template = "m3/{unit}"


class Jobs(Value):
    """Full-time jobs."""

    template = "1"


class Temperature(Value):
    """A temperature on the scale of Celsius; one in K is a point of the scale of Kelvin."""

    template = "degC"
    minimum = -250.0  # nothing colder carries heat in a plant, and nothing hotter
    maximum = 5000.0


class TemperatureDifference(Value):
    """A difference of temperatures."""

    template = "K"


class Pressure(Value):
    """An absolute pressure; "11 bar(g)" is above that of the air, 1.01325 bar."""

    template = "bar"


class HeatRate(Value):
    """Heat while something runs."""

    template = "MW"
    by_period = True


class HeatCapacityFlow(Value):
    """Heat for each kelvin while something runs."""

    template = "MW/K"
    by_period = True


class PricePerHeatRate(Value):
    """Money, once, per heat that can be passed."""

    template = "{currency}/MW"


class MassPerYear(Value):
    """Tonnes a year."""

    template = "t/yr"


class VolumePerYear(Value):
    """Cubic metres a year."""

    template = "m3/yr"


Name = Annotated[str, Field(min_length=1), BeforeValidator(name_of)]
Number = Annotated[float, Field(strict=True)]
"""A plain number, without unit."""
Whole = Annotated[int, Field(strict=True)]
"""A whole number."""
