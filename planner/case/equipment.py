"""What a plant needs to take part in exchanges of heat: heat exchangers, and a standby for what may fail."""

from planner.case.values import Fraction, HeatRate, PricePerHeatRate, Section, TemperatureDifference, Value, Years


class PricePerHeatRateYear(Value):
    """Money a year, per heat that can be supplied."""

    template = "{currency}/MW/yr"


class PricePerArea(Value):
    """Money, once, per square metre of heat exchanger."""

    template = "{currency}/m2"


class HeatTransferCoefficient(Value):
    """Heat passed per area and temperature difference."""

    template = "kW/m2/K"


class Standby(Section):
    """Own supply that stands by for what exchanges with others supply: a boiler that is kept warm."""

    share: Fraction
    """Share of what exchanges bring, at its peak, that must have it."""
    investment: PricePerHeatRate
    """Investment for each MW beyond what is there."""
    fixed: PricePerHeatRateYear | None = None
    """Cost a year for each MW beyond what is there: kept warm, inspected, insured."""
    existing: HeatRate | None = None
    """What is there already, at no cost."""
    lifetime: Years | None = None
    """By default that of the asset class ``standby``, 20 years."""


class Exchanger(Section):
    """Heat exchanger between a plant and what exchanges with others bring or take, sized on the peak of that."""

    cost: PricePerHeatRate | None = None
    """Investment for each MW; or by area, with the three that follow."""
    area_cost: PricePerArea | None = None
    """Investment for each square metre."""
    coefficient: HeatTransferCoefficient | None = None
    """Overall coefficient of heat transfer."""
    mean_difference: TemperatureDifference | None = None
    """Mean temperature difference between both sides."""
    existing: HeatRate | None = None
    """What the exchangers that are there already can pass, at no cost."""
    lifetime: Years | None = None
    """By default that of the asset class ``heat_recovery``, 20 years."""
    maintenance: Fraction | None = None
    """Share of the investment a year."""

    @property
    def area(self) -> float | None:
        """Area for each MW [m2/MW]: A = Q / (U dT); None where it is priced by its heat."""
        if self.area_cost is None or self.coefficient is None or self.mean_difference is None:
            return None
        return 1000.0 / (self.coefficient.value * self.mean_difference.value)
