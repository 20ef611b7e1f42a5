"""Heat along pipes as the audit works it out: from sizes, levels and the ground of the case, and lengths alone.

What insulation lets through, the temperature along a pipe, and what steam loses are written out here again; compare
``planner.heat.pipes``.
"""

import math

from planner.audit.facts import Facts
from planner.case import units
from planner.case.cooling import heats
from planner.case.heat import HeatLevel
from planner.case.links import Link, Size
from planner.case.units import UnitError
from planner.heat import properties

#: Watts in a MW, kJ/kg in a MWh/t, pascals in a bar.
WATTS, PER_MWH, PASCALS = 1e6, 3600.0, 1e5
#: Of a temperature that is found by bisection [K].
_PRECISION = 1e-9


def ground(facts: Facts) -> float:
    """Temperature around pipes [degC]; in a period, where the facts are those of one."""
    stated = facts.case.ground
    return facts.case.surroundings.value if stated is None else stated.value


def lets_through(size: Size | None) -> tuple[float, float] | None:
    """What a metre of supply and of return pipe lets through [W/m/K]; None where the size does not tell."""
    if size is None or (size.heat_transfer is None and (size.insulation is None or size.outer_diameter is None)):
        return None
    if size.heat_transfer is not None:
        first = size.heat_transfer.value
    else:
        assert size.insulation is not None
        assert size.outer_diameter is not None
        inside = size.outer_diameter.value / 2
        around = inside + size.insulation.thickness.value
        holds = (math.log(around) - math.log(inside)) / (2 * math.pi * size.insulation.conductivity.value)
        first = 1 / (holds + (size.insulation.outside.value if size.insulation.outside else 0.0))
    return first, size.return_heat_transfer.value if size.return_heat_transfer else first


def lost_per_metre(facts: Facts, size: Size | None, resource: str, giver: str | None = None) -> float:
    """What a pipe in service loses in an hour on a metre, whatever flows [unit/h/m].

    Of a cooling medium by which its giver is heated (without one, anybody) the heat that comes in from the ground;
    negative where it goes out.
    """
    data = facts.case.resources[resource]
    if size is None or data.kind != "heat":
        return 0.0
    content, through = facts.content(resource, "MWh"), lets_through(size)
    if data.heat is not None and heats(facts.case, resource, giver):
        return -to_ground(facts, size, data.heat) / WATTS / content if content else 0.0
    if size.loss is not None:
        return size.loss.value / WATTS / content if content else 0.0
    if through is None or data.heat is None or not content:
        return 0.0
    first, back = watts(data.heat, through, ground(facts))
    mass = tonnes_of(data.heat, data.unit, content)
    if data.heat.steam is None or mass is None:
        return (first + back) / WATTS / content
    hot, raised = _steam_heats(data.heat)
    return (first / hot + back / raised) / WATTS / mass


def counted_watts(facts: Facts, size: Size | None, resource: str, giver: str | None = None) -> float:
    """Heat that a pipe loses on a metre [W/m], of what cools cold."""
    level, through = facts.case.resources[resource].heat, lets_through(size)
    if size is None or level is None:
        return 0.0
    if heats(facts.case, resource, giver):
        return -to_ground(facts, size, level)
    if size.loss is not None:
        return size.loss.value
    return 0.0 if through is None else sum(watts(level, through, ground(facts)))


def to_ground(facts: Facts, size: Size | None, level: HeatLevel) -> float:
    """Heat that a loop passes on to the ground on a metre, of both pipes; negative where it takes some up [W/m]."""
    through, around = lets_through(size), ground(facts)
    over = [t - around for t in ends(level)]
    if size is not None and size.loss is not None:
        return size.loss.value if sum(over) >= 0 else -size.loss.value
    return 0.0 if through is None else sum(u * t for u, t in zip(through, over, strict=True))


def watts(level: HeatLevel, through: tuple[float, float], around: float) -> tuple[float, float]:
    """Heat lost on a metre of supply and return [W/m]; of what cools, the heat that comes in."""
    start, back = ends(level)
    first, last = through[0] * (start - around), through[1] * (back - around)
    if level.steam is not None:
        returns = level.condensate is None or level.condensate.share.value > 0
        return max(first, 0.0), max(last, 0.0) if returns else 0.0
    sign = 1 if start > back else -1
    whole = sign * (first + last)
    return (sign * first, sign * last) if whole > 0 else (0.0, 0.0)


def ends(level: HeatLevel) -> tuple[float, float]:
    """Temperature at which a medium leaves, and at which it starts on its way back [degC]."""
    if level.steam is None:
        assert level.supply is not None
        assert level.return_ is not None
        return level.supply.value, level.return_.value
    start = properties.saturation_temperature(level.steam.value) + (level.superheat.value if level.superheat else 0.0)
    if level.condensate is not None and level.condensate.temperature is not None:
        return start, level.condensate.temperature.value
    taken = level.steam if level.arrives is None or level.arrives.steam is None else level.arrives.steam
    return start, properties.saturation_temperature(taken.value)


def _steam_heats(level: HeatLevel) -> tuple[float, float]:
    """Heat of a tonne of steam above boiling water, and what raising it takes [MWh/t]."""
    from planner.audit.heat_levels import given_parts  # its parts are in kJ/kg

    assert level.steam is not None
    pressure = level.steam.value
    over = level.superheat.value if level.superheat else 0.0
    boils = properties.saturation_temperature(pressure)
    hot = properties.steam_enthalpy(pressure, boils + over) - properties.steam_enthalpy(pressure)
    hot = hot / PER_MWH + properties.condensation_heat(pressure)
    return hot, sum(part.load for part in given_parts(level, "", 0.0)) / PER_MWH


def tonnes_of(level: HeatLevel, unit: str, content: float) -> float | None:
    """Tonnes of steam in a unit [t/unit]."""
    from planner.audit.heat_levels import taken_parts

    if level.steam is None:
        return None
    try:
        return units.factor(unit, "t")
    except UnitError:
        try:
            energy = units.factor(unit, "MWh")
        except UnitError:
            return None
        return energy * PER_MWH / sum(part.load for part in taken_parts(level, "", 0.0))


def farthest(facts: Facts, link: Link, resource: str, *, stated: bool) -> float:
    """Longest way of a resource [m]: as the link states, and as the pressure of steam allows."""
    most = link.max_length.value if link.max_length and stated else math.inf
    level, gradient = facts.case.resources[resource].heat, link.max_pressure_drop
    if level is None or level.steam is None or gradient is None or level.arrives is None or not level.arrives.steam:
        return most
    return min(most, (level.steam.value - level.arrives.steam.value) * PASCALS / gradient.value)


def arriving(level: HeatLevel, through: tuple[float, float], around: float, metres: float, heat: float) -> float:
    """Temperature at which water of a loop arrives that leaves with so much heat [W]; by bisection [degC].

    The heat capacity flow C is the least that may carry it: heat = C max(|T_s - T_r|, |T_s - T(return)|), with
    T(return) what comes back after the same way.
    """
    start, back = ends(level)
    if heat <= 0:
        return around

    def carried(flow: float) -> float:
        returned = around + (back - around) * math.exp(-through[1] * metres / flow)
        return flow * max(abs(start - back), abs(start - returned))

    high = heat / abs(start - back)
    low = 0.0
    while high - low > _PRECISION * high:
        middle = (low + high) / 2
        low, high = (middle, high) if middle <= 0 or carried(middle) < heat else (low, middle)
    return around + (start - around) * math.exp(-through[0] * metres / high)
