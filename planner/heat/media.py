"""Media as hot and cold streams: steam with its condensate, water loops; heat of a unit by IAPWS-IF97.

A medium whose heat comes at several temperatures is several streams whose loads are in proportion: a tonne of
superheated steam gives heat while it cools to saturation, while it condenses, and while its condensate is cooled.
"""

from dataclasses import replace

from planner.heat import properties
from planner.heat.streams import HeatStream

Parts = tuple[HeatStream, ...]


def steam_taken(
    name: str,
    pressure: float,
    *,
    returned: float | None = None,
    temperature: float | None = None,
    contribution: float = 0.0,
) -> Parts:
    """Steam that a plant condenses, as hot streams.

    Parameters
    ----------
    name
        Of the medium.
    pressure
        Absolute, where the plant takes it [bar].
    returned
        Temperature to which the plant cools the condensate [degC]; that of condensation where it is None.
    temperature
        Of superheated steam [degC]; saturated where it is None.
    contribution
        Its own contribution to the least temperature difference [K].

    Returns
    -------
    tuple of HeatStream
        With the heat of a tonne as loads [MWh/t]; their sum is ``properties.steam_heat``.

    Raises
    ------
    properties.OutOfRange
        As of :func:`planner.heat.properties.steam_heat`.
    """
    boils = properties.saturation_temperature(pressure)
    below = boils if returned is None else returned
    whole = properties.steam_heat(pressure, below, temperature)
    condensed = properties.condensation_heat(pressure)
    hotter = properties.steam_heat(pressure, boils, temperature) - condensed
    parts = [HeatStream(name, boils, boils, condensed, contribution, "hot")]
    if temperature is not None and temperature > boils and hotter > 0:
        parts.insert(0, HeatStream(name, temperature, boils, hotter, contribution))
    if below < boils and whole - condensed - hotter > 0:
        parts.append(HeatStream(name, boils, below, whole - condensed - hotter, contribution))
    return tuple(parts)


def steam_raised(
    name: str,
    pressure: float,
    *,
    feed: float | None = None,
    temperature: float | None = None,
    contribution: float = 0.0,
) -> Parts:
    """Steam that a plant raises from feed water, as cold streams.

    Parameters
    ----------
    name
        Of the medium.
    pressure
        Absolute, where the plant gives it [bar].
    feed
        Temperature of the feed water [degC]; water at its boiling point where it is None.
    temperature
        To which it is superheated [degC]; saturated where it is None.
    contribution
        Its own contribution to the least temperature difference [K].

    Returns
    -------
    tuple of HeatStream
        With the heat of a tonne as loads [MWh/t].

    Raises
    ------
    properties.OutOfRange
        As of :func:`planner.heat.properties.steam_heat`.
    """
    taken = steam_taken(name, pressure, returned=feed, temperature=temperature, contribution=contribution)
    return tuple(raised(part) for part in reversed(taken))


def raised(part: HeatStream) -> HeatStream:
    """The cold stream that goes the way of a hot one back: what is heated where that is cooled."""
    return replace(part, supply=part.target, target=part.supply, kind="cold" if part.hot else "hot")


def water_loop(
    name: str, supply: float, returned: float, *, pressure: float | None = None, contribution: float = 0.0
) -> Parts:
    """Water of a loop that a plant takes at the supply and gives back at the return temperature.

    Hot where the supply is the hotter (hot water taken), cold where it is the colder (cooling and chilled water; hot
    water that the plant makes, from the return to the supply temperature of those who take it).

    Parameters
    ----------
    name
        Of the medium.
    supply, returned
        Temperatures at which it comes to the plant and leaves it [degC].
    pressure
        Absolute [bar]; None as of :func:`planner.heat.properties.water_enthalpy`.
    contribution
        Its own contribution to the least temperature difference [K].

    Returns
    -------
    tuple of HeatStream
        One, with the heat of a cubic metre, counted at the temperature at which it comes, as load [MWh/m3].

    Raises
    ------
    properties.OutOfRange
        As of :func:`planner.heat.properties.water_heat`, or if supply and return are the same.
    """
    if supply == returned:
        raise properties.OutOfRange(f"water loop {name!r}: supply and return are both {supply:g} degC")
    load = properties.water_heat(supply, returned, pressure=pressure)
    return (HeatStream(name, supply, returned, load, contribution),)
