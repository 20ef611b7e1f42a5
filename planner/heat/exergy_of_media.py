"""Exergy of media by their levels: what they give where they are taken, what they take where they are made.

    e(T, p)   = h - h0 - T0 (s - s0)                  flow of water or steam, beside water of the surroundings
    medium    = e(as it comes) - e(as it goes back)   per tonne: T0 and the same water on both sides, so that h0, s0 go
    factor    = 1 - T0 (s1 - s2) / (h1 - h2)          per heat; of a fluid that is no liquid water, see exergy.py

h and s by IAPWS-IF97, T0 that of the surroundings. Steam counts beside the condensate that whoever takes it lets go,
and beside the feed water from which whoever makes it raises it. Source: Kotas 1985, "The Exergy Method of Thermal Plant
Analysis", ch. 2; Szargut, Morris & Steward 1988.
"""

import math

from planner.case.heat import HeatLevel
from planner.heat import properties
from planner.heat.exergy import KELVIN, ExergyBalance, mean_temperature, parted
from planner.heat.levels import given, pressure_taken, taken
from planner.heat.properties import OutOfRange

#: Temperatures that differ by less are one [K].
_ONE = 1e-9


def medium_exergy(level: HeatLevel, made: bool, heat: float, surroundings: float) -> ExergyBalance:
    """Exergy of a medium on one side.

    Parameters
    ----------
    level
        Of the medium.
    made
        Whether it is the side of whoever makes it, not of whoever takes it.
    heat
        That it takes or gives on that side, not negative [MWh].
    surroundings
        Temperature of the surroundings [degC]; a medium that crosses it counts in two parts.

    Returns
    -------
    ExergyBalance
        What the medium gives to that side, and takes from it [MWh].

    Raises
    ------
    properties.OutOfRange
        If there is no such steam.
    """
    parts = given(level, "") if made else taken(level, "")
    whole = math.fsum(part.load for part in parts)
    pressure = None
    if level.steam is not None:
        pressure = level.steam.value if made else pressure_taken(level)
    gives: list[float] = []
    takes: list[float] = []
    for part in parts:
        for load, upper, lower in parted(part, surroundings):
            mean = _mean(upper, lower, pressure) + KELVIN
            worth = heat * load / whole * (1.0 - (surroundings + KELVIN) / mean)
            (gives if (worth >= 0) == part.hot else takes).append(abs(worth))
    return ExergyBalance(math.fsum(gives), math.fsum(takes))


def _mean(upper: float, lower: float, pressure: float | None) -> float:
    """Heat over entropy of water or steam between two temperatures [degC]; steam of a pressure [bar]."""
    if upper - lower <= _ONE:
        return upper
    try:
        (h1, s1), (h2, s2) = (_state(at, lower, upper, pressure) for at in (upper, lower))
    except OutOfRange:
        return mean_temperature(upper, lower)
    return (h1 - h2) / (s1 - s2) - KELVIN


def _state(at: float, lower: float, upper: float, pressure: float | None) -> tuple[float, float]:
    """Enthalpy [kJ/kg] and entropy [kJ/kg/K] of what is between two temperatures, in one phase."""
    if pressure is not None and lower >= properties.saturation_temperature(pressure) - 1e-6:
        return properties.steam_enthalpy(pressure, at), properties.steam_entropy(pressure, at)
    if pressure is None:
        pressure = max(properties.ATMOSPHERE, properties.saturation_pressure(upper) * properties.LIQUID)
    return properties.water_enthalpy(at, pressure), properties.water_entropy(at, pressure)


def flow_exergy(enthalpy: float, entropy: float, surroundings: float) -> float:
    """Exergy of a tonne of water or steam that flows, beside water of the surroundings [MWh/t].

    Parameters
    ----------
    enthalpy, entropy
        In kJ/kg and kJ/kg/K, by IAPWS-IF97.
    surroundings
        Temperature of the surroundings [degC]; water at its triple point where they are colder.
    """
    zero = max(surroundings, properties.TRIPLE[1])
    heat = enthalpy - properties.water_enthalpy(zero)
    return (heat - (zero + KELVIN) * (entropy - properties.water_entropy(zero))) / properties.PER_MWH
