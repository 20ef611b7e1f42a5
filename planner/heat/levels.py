"""Levels of media as the case states them: their temperatures on both sides, and the heat and mass of a unit."""

from dataclasses import replace

from planner.case import units
from planner.case.heat import Condensate, HeatLevel
from planner.case.units import UnitError
from planner.heat import properties
from planner.heat.media import Parts, raised, steam_raised, steam_taken, water_loop
from planner.heat.streams import HeatStream

#: Steps of Newton's method, and heat capacity of water, for the temperature of mixed feed water [kJ/kg/K].
_STEPS, _CAPACITY = 6, 4.19


def cools(level: HeatLevel) -> bool:
    """Whether a medium takes heat from those who take it: cooling and chilled water, brine."""
    return level.supply is not None and level.return_ is not None and level.supply.value < level.return_.value


def pressure_taken(level: HeatLevel) -> float | None:
    """Pressure of steam where it is taken, absolute [bar]; None of what is no steam."""
    if level.steam is None:
        return None
    arrives = None if level.arrives is None else level.arrives.steam
    return level.steam.value if arrives is None else arrives.value


def temperature_taken(level: HeatLevel) -> float | None:
    """Temperature of water where it is taken, at which steam condenses there [degC]; None where it is not stated.

    Raises
    ------
    properties.OutOfRange
        If there is no such steam.
    """
    pressure = pressure_taken(level)
    if pressure is not None:
        return properties.saturation_temperature(pressure)
    arrives = None if level.arrives is None else level.arrives.supply
    stated = level.supply if arrives is None else arrives
    return None if stated is None else stated.value


def steam_temperature(level: HeatLevel) -> float | None:
    """Temperature of superheated steam [degC]; None where it is saturated, or no steam."""
    if level.steam is None or level.superheat is None or level.superheat.value <= 0:
        return None
    return properties.saturation_temperature(level.steam.value) + level.superheat.value


def feed_temperature(level: HeatLevel) -> float | None:
    """Temperature of the feed water of steam, condensate and makeup mixed by enthalpy [degC]; None for boiling water.

    Raises
    ------
    properties.OutOfRange
        If condensate or makeup are no liquid water.
    """
    if level.steam is None or (level.condensate is None and level.arrives is None):
        return None
    stated = level.condensate or Condensate()
    boils = properties.saturation_temperature(level.steam.value)
    back = temperature_taken(level) if stated.temperature is None else stated.temperature.value
    assert back is not None
    if stated.share.value >= 1.0:
        return None if back >= boils else back
    fresh, share = stated.makeup.value, stated.share.value
    wanted = share * properties.water_enthalpy(back) + (1.0 - share) * properties.water_enthalpy(fresh)
    found = share * back + (1.0 - share) * fresh
    for _ in range(_STEPS):
        found += (wanted - properties.water_enthalpy(found)) / _CAPACITY
    return min(found, boils)


def taken(level: HeatLevel, name: str, contribution: float = 0.0) -> Parts:
    """What a plant that takes the medium has of it, as it arrives: hot streams, cold ones of a medium that cools.

    A loop gives all its heat between the temperature at which it arrives and its return.

    Parameters
    ----------
    level
        With steam, or with supply and return.
    name
        Of the medium.
    contribution
        Its own contribution to the least temperature difference [K].

    Returns
    -------
    tuple of HeatStream
        With the heat of a tonne of steam or a cubic metre of water as loads [MWh/t], [MWh/m3].

    Raises
    ------
    properties.OutOfRange
        If there is no such steam or water.
    """
    if level.steam is not None:
        returned = None if level.condensate is None or level.condensate.temperature is None else level.condensate
        back = None if returned is None or returned.temperature is None else returned.temperature.value
        pressure, hot = level.steam.value, steam_temperature(level)
        if level.arrives is not None and level.arrives.steam is not None:
            pressure, hot = level.arrives.steam.value, None
        return steam_taken(name, pressure, returned=back, temperature=hot, contribution=contribution)
    comes = temperature_taken(level)
    return tuple(
        replace(part, supply=comes) if comes is not None else part for part in _loop(level, name, contribution)
    )


def _loop(level: HeatLevel, name: str, contribution: float) -> Parts:
    """A loop of water; what is no liquid water at these temperatures (thermal oil, flue gas) has a load of 1."""
    supply, back = _ends(level)
    try:
        return water_loop(name, supply, back, contribution=contribution)
    except properties.OutOfRange:
        return (HeatStream(name, supply, back, 1.0, contribution),)


def given(level: HeatLevel, name: str, contribution: float = 0.0) -> Parts:
    """What a plant that makes the medium has of it: cold streams, hot ones of a medium that cools.

    Parameters, result and errors as of :func:`taken`; steam is raised from its feed water.
    """
    if level.steam is not None:
        feed, hot = feed_temperature(level), steam_temperature(level)
        return steam_raised(name, level.steam.value, feed=feed, temperature=hot, contribution=contribution)
    return tuple(raised(part) for part in _loop(level, name, contribution))


def _ends(level: HeatLevel) -> tuple[float, float]:
    if level.supply is None or level.return_ is None:
        raise properties.OutOfRange("a level is steam, or has supply and return")
    return level.supply.value, level.return_.value


def heat_per_unit(level: HeatLevel, unit: str) -> float | None:
    """Heat that a unit gives, or takes, where it is taken [MWh/unit]; None where the unit does not tell.

    Raises
    ------
    properties.OutOfRange
        If there is no such steam or water.
    """
    if (energy := _factor(unit, "MWh")) is not None:
        return energy
    mass, volume = _factor(unit, "t"), _factor(unit, "m3")
    if level.steam is not None:
        return None if mass is None else mass * sum(part.load for part in taken(level, ""))
    whole = sum(part.load for part in water_loop("", *_ends(level)))
    if mass is not None:
        return mass * whole / properties.water_density(_ends(level)[0])
    return None if volume is None else volume * whole


def mass_per_unit(level: HeatLevel, unit: str) -> float | None:
    """Tonnes in a unit [t/unit]; None where the unit does not tell.

    Raises
    ------
    properties.OutOfRange
        If there is no such steam or water.
    """
    if (mass := _factor(unit, "t")) is not None:
        return mass
    per_tonne = heat_per_unit(level, "t")
    if (energy := _factor(unit, "MWh")) is not None:
        return None if not per_tonne else energy / per_tonne
    volume = _factor(unit, "m3")
    return None if volume is None or level.steam is not None else volume * properties.water_density(_ends(level)[0])


def raised_per_taken(level: HeatLevel) -> float:
    """Heat that whoever makes the medium gives it, per heat that it gives where it is taken.

    1 for water; above it for steam of which condensate is lost, or comes back colder than it left.
    """
    return sum(part.load for part in given(level, "")) / sum(part.load for part in taken(level, ""))


def said(level: HeatLevel) -> str:
    """The level in words: "steam of 12 bar absolute, condensing at 187.96 degC"; "supply 90 degC, return 60 degC"."""
    if level.steam is None:
        supply, back = _ends(level)
        comes = temperature_taken(level)
        return f"supply {supply:g} degC, return {back:g} degC" + (
            "" if comes == supply else f", arrives at {'most' if cools(level) else 'least'} at {comes:g} degC"
        )
    hot = steam_temperature(level)
    gauge = f" ({level.steam.given})" if level.steam.given.rstrip(")").endswith("g") else ""
    boils = properties.saturation_temperature(level.steam.value)
    over = "" if hot is None else f", superheated to {hot:.5g} degC"
    pressure = pressure_taken(level)
    arrives = "" if pressure == level.steam.value else f", arrives with at least {pressure:.5g} bar absolute"
    return f"steam of {level.steam.value:.5g} bar absolute{gauge}, condensing at {boils:.5g} degC{over}{arrives}"


def _factor(unit: str, expected: str) -> float | None:
    try:
        return units.convert(1.0, unit, expected)
    except UnitError:
        return None
