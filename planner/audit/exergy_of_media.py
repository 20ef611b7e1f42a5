"""Exergy of media and of other resources for the audit, from enthalpy and entropy at both ends of their levels."""

import math
from collections.abc import Iterable

from planner.audit.heat_levels import given_parts, taken_parts
from planner.case.heat import HeatLevel
from planner.case.resources import Resource
from planner.heat import properties
from planner.heat.streams import HeatStream

KELVIN = 273.15
#: What a resource gives to a side, and takes from it [MWh].
Pair = tuple[float, float]


def exergy_of(streams: Iterable[HeatStream], ambient: float) -> Pair:
    """Exergy that streams give and take: heat x (1 - T0 / T), at the logarithmic mean of T, above and below T0."""
    given = taken = 0.0
    for stream in streams:
        for share, low, high in _cut(stream, ambient):
            first, last = low + KELVIN, high + KELVIN
            mean = first if last == first else (last - first) / math.log(last / first)
            worth = stream.load * share * (1 - (ambient + KELVIN) / mean)
            given, taken = _to(worth, stream.hot, (given, taken))
    return given, taken


def _cut(stream: HeatStream, ambient: float) -> list[tuple[float, float, float]]:
    """Share, lower and upper temperature of a stream, above and below the surroundings."""
    upper, lower = max(stream.supply, stream.target), min(stream.supply, stream.target)
    if upper == lower:
        return [(1.0, lower, upper)]
    cuts = sorted({upper, lower, *([ambient] if lower < ambient < upper else [])})
    return [((high - low) / (upper - lower), low, high) for low, high in zip(cuts, cuts[1:], strict=False)]


def _to(worth: float, hot: bool, sums: Pair) -> Pair:
    given, taken = sums
    return (given + abs(worth), taken) if (worth >= 0) == hot else (given, taken + abs(worth))


def exergy_by_level(level: HeatLevel, made: bool, heat: float, ambient: float) -> Pair:
    """Exergy of heat of a medium, to whoever makes or takes it: differences of h - T0 s per difference of h."""
    parts = (given_parts if made else taken_parts)(level, "", 0.0)
    whole = math.fsum(part.load for part in parts)
    steam = None if level.steam is None else level.steam.value
    if steam is not None and not made and level.arrives is not None and level.arrives.steam is not None:
        steam = level.arrives.steam.value
    found = (0.0, 0.0)
    for part in parts:
        for share, low, high in _cut(part, ambient):
            factor = 1 - (ambient + KELVIN) * _entropy_per_heat(low, high, steam)
            found = _to(heat * part.load * share / whole * factor, part.hot, found)
    return found


def _entropy_per_heat(low: float, high: float, steam: float | None) -> float:
    """Entropy per heat between two temperatures [1/K]."""
    if high - low <= 1e-9:
        return 1 / (high + KELVIN)
    try:
        boils = None if steam is None else properties.saturation_temperature(steam)
        if steam is not None and boils is not None and low >= boils - 1e-6:
            ends = [(properties.steam_enthalpy(steam, t), properties.steam_entropy(steam, t)) for t in (low, high)]
        else:
            bar = steam or max(1.01325, properties.saturation_pressure(high) * properties.LIQUID)
            ends = [(properties.water_enthalpy(t, bar), properties.water_entropy(t, bar)) for t in (low, high)]
    except properties.OutOfRange:
        return math.log((high + KELVIN) / (low + KELVIN)) / (high - low)
    return (ends[1][1] - ends[0][1]) / (ends[1][0] - ends[0][0])


def exergy_of_resource(data: Resource, made: bool, amount: float, ambient: float) -> Pair | None:
    """Exergy of an amount of a resource; None of heat without level, and where there is no energy."""
    energy, amount = data.content("MWh"), max(0.0, amount)
    if not energy or (data.kind == "heat" and data.heat is None):
        return None
    if data.heat is None:
        factor = 1.0 if data.exergy_factor is None else float(data.exergy_factor.value)
        worth = amount * energy * factor
        return (0.0, worth) if made else (worth, 0.0)
    raised, used = (sum(p.load for p in of(data.heat, "", 0.0)) for of in (given_parts, taken_parts))
    return exergy_by_level(data.heat, made, amount * energy * (raised / used if made else 1.0), ambient)
