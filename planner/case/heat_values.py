"""Numbers of heat: what insulated pipes let through, the temperature around them, the exergy of a fuel."""

from planner.case.values import Factor, Temperature, Value


class HeatTransfer(Value):
    """Heat that one pipe passes to its surroundings on a metre, for each kelvin between them."""

    template = "W/m/K"


class Conductivity(Value):
    """Thermal conductivity of insulation."""

    template = "W/m/K"


class ThermalResistance(Value):
    """Thermal resistance outside a metre of pipe: of the soil or the air."""

    template = "m*K/W"


class AmbientTemperature(Temperature):
    """A temperature of the air or the surroundings that can be on earth, or in a duct."""

    minimum = -100.0
    maximum = 100.0


class GroundTemperature(Temperature):
    """A temperature around pipes; it may differ by period."""

    by_period = True


class ExergyFactor(Factor):
    """Exergy of a fuel per energy by its lower heating value."""

    minimum = 0.5
    maximum = 1.5
