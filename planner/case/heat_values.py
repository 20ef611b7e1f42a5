"""Numbers of insulated pipes: what they let through, and the temperature around them."""

from planner.case.values import Temperature, Value


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
