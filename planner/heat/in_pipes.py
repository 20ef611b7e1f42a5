"""What pipes do to the media in them, by their levels: heat lost on a metre, least flow, longest way."""

import math

from planner.case.case import Case
from planner.case.heat import HeatLevel
from planner.case.links import Link, Size
from planner.case.resources import Resource
from planner.heat import properties
from planner.heat.levels import cools, given, mass_per_unit, steam_temperature, temperature_taken
from planner.heat.pipes import heat_transfer, least_heat

#: Megawatts in a watt, pascals in a bar.
MW_PER_W, PA_PER_BAR = 1e-6, 1e5


def ground_of(case: Case, state: str) -> float:
    """Temperature around pipes in a period [degC]."""
    return case.surroundings.value if case.ground is None else case.ground.at(state)


def transfers_of(size: Size | None) -> tuple[float, float] | None:
    """What supply and return pipe of a size let through [W/m/K]; None where the case does not say it."""
    if size is None:
        return None
    if size.heat_transfer is not None:
        out = size.heat_transfer.value
    elif size.insulation is not None and size.outer_diameter is not None:
        layer = size.insulation
        outside = 0.0 if layer.outside is None else layer.outside.value
        out = heat_transfer(size.outer_diameter.value, layer.thickness.value, layer.conductivity.value, outside)
    else:
        return None
    return out, out if size.return_heat_transfer is None else size.return_heat_transfer.value


def let_through(size: Size | None, level: HeatLevel, ground: float) -> tuple[float, float]:
    """The same, of a size that states its loss what would make it, and 0 where nothing is said [W/m/K]."""
    found = transfers_of(size)
    if found is not None:
        return found
    spans = sum(abs(t - ground) for t in ends_of(level))
    stated = 0.0 if size is None or size.loss is None or not spans else size.loss.value / spans
    return stated, stated


def comes_back(level: HeatLevel | None) -> bool:
    """Whether a pipe leads back what has given its heat: water of a loop, condensate of which a share returns."""
    if level is None:
        return False
    return level.steam is None or level.condensate is None or level.condensate.share.value > 0.0


def ends_of(level: HeatLevel) -> tuple[float, float]:
    """Temperature at which a medium leaves, and at which it starts on its way back [degC].

    Raises
    ------
    properties.OutOfRange
        If there is no such steam.
    """
    if level.steam is None:
        assert level.supply is not None
        assert level.return_ is not None
        return level.supply.value, level.return_.value
    start = steam_temperature(level) or properties.saturation_temperature(level.steam.value)
    back = None if level.condensate is None else level.condensate.temperature
    condensed = temperature_taken(level)
    assert condensed is not None
    return start, condensed if back is None else back.value


def watts_lost(level: HeatLevel, transfers: tuple[float, float], ground: float) -> tuple[float, float]:
    """Heat lost on a metre of supply and of return pipe [W/m]; cold lost by what cools.

    Of a loop what the ground gives to one pipe is set against what it takes of the other; nothing is gained by both.
    """
    supply, back = (u * (t - ground) for u, t in zip(transfers, ends_of(level), strict=True))
    if level.steam is not None:
        return max(0.0, supply), max(0.0, back) if comes_back(level) else 0.0
    if cools(level):
        supply, back = -supply, -back
    return (supply, back) if supply + back > 0.0 else (0.0, 0.0)


def heat_to_ground(size: Size, level: HeatLevel, ground: float) -> float:
    """Heat that a loop gives to the ground on a metre of a size, supply and return together [W/m].

    Negative where the ground heats it, 0 where the size loses nothing. A stated loss says how much, the mean of supply
    and return which way.
    """
    transfers = transfers_of(size)
    supply, back = ends_of(level)
    if size.loss is not None:
        return math.copysign(size.loss.value, supply + back - 2.0 * ground)
    if transfers is None:
        return 0.0
    return transfers[0] * (supply - ground) + transfers[1] * (back - ground)


def lost_on_metre(size: Size, level: HeatLevel, ground: float, *, heats: bool = False) -> float:
    """What a pipe of a size loses on a metre, as it states or by its insulation [W/m]; cold lost by what cools.

    Of a cooling medium that ``heats`` whoever gives it, the heat that the ground gives to it: negative where it takes
    some.
    """
    if heats:
        return -heat_to_ground(size, level, ground)
    transfers = transfers_of(size)
    if size.loss is not None:
        return size.loss.value
    return 0.0 if transfers is None else sum(watts_lost(level, transfers, ground))


def units_lost(resource: Resource, transfers: tuple[float, float], ground: float) -> float | None:
    """What that takes of the resource in an hour on a metre [unit/h/m]; None where a unit has no heat.

    Heat lost by steam condenses as much of it as holds that heat above boiling water, superheat first; heat lost by
    condensate is what raising its steam takes more.
    """
    level = resource.heat
    assert level is not None
    energy = resource.content("MWh")
    if not energy:
        return None
    supply, back = watts_lost(level, transfers, ground)
    mass = None if level.steam is None else mass_per_unit(level, resource.unit)
    if level.steam is None or mass is None:
        return (supply + back) * MW_PER_W / energy
    boils = properties.saturation_temperature(level.steam.value)
    condensing = properties.steam_heat(level.steam.value, boils, steam_temperature(level))
    raising = sum(part.load for part in given(level, ""))
    return (supply / condensing + back / raising) * MW_PER_W / mass


def least_flow(resource: Resource, transfers: tuple[float, float] | None, ground: float) -> float:
    """Least flow for each metre of its way with which water arrives as it must [unit/h/m]; 0 where none is asked."""
    level = resource.heat
    if transfers is None or level is None or level.supply is None or level.return_ is None:
        return 0.0
    arrives, energy = None if level.arrives is None else level.arrives.supply, resource.content("MWh")
    if arrives is None or not energy:
        return 0.0
    watts = least_heat(level.supply.value, level.return_.value, arrives.value, ground, transfers)
    return watts * MW_PER_W / energy


def longest_way(resource: Resource, link: Link) -> float:
    """Longest way on which the pressure of steam falls to that at which it must arrive, at the link's gradient [m]."""
    level, gradient = resource.heat, link.max_pressure_drop
    arrives = None if level is None or level.arrives is None else level.arrives.steam
    if level is None or level.steam is None or arrives is None or gradient is None or gradient.value <= 0:
        return math.inf
    return (level.steam.value - arrives.value) * PA_PER_BAR / gradient.value
