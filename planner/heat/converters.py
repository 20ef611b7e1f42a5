"""What units that change the level of heat take and give per unit of activity.

    Lorenz          COP = Ts / (Ts - Tq), chiller Tq / (Ts - Tq)     T = sum Q / sum (Q / T) of each side, in kelvin
    Carnot          the same with the hottest temperature of the sink and the coldest of the source
    heat pump       W = Q / (efficiency x COP), source gives Q - W
    absorption      COP <= (1 - Ts / Tg) Tq / (Ts - Tq)              driven at Tg, rejected at Ts, cooled at Tq

Q is the heat of what is made, W power; s the sink with its approach added, q the source with its approach taken off.
Steam is brought to another level in ``planner.heat.steam_converters``. Sources: Lorenz 1894, Z. VDI 38; Herold,
Radermacher & Klein 1996, "Absorption Chillers and Heat Pumps", eq. 1.10 (three temperatures).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.case import units
from planner.case.converters import (
    AbsorptionChiller,
    Boiler,
    Chiller,
    CombinedHeatAndPower,
    Converter,
    HeatPump,
    LetDown,
    Recompression,
    Turbine,
    names_of,
)
from planner.case.heat import HeatLevel
from planner.case.resources import Resource
from planner.case.units import UnitError
from planner.heat.exergy import KELVIN, mean_temperature
from planner.heat.levels import cools, given, raised_per_taken, taken
from planner.heat.streams import HeatStream

#: Temperature difference on either side of what lifts heat where none is stated [K]: an assumption.
APPROACH = 5.0
#: Water that comes back colder than this lets the vapour of a fuel condense [degC]: an assumption.
DEW = 60.0
#: Isentropic efficiencies of turbines and compressors beyond which a number is doubted: an assumption.
USUAL = (0.3, 0.95)
BY_LEVEL = "heat by level, IAPWS-IF97"


class ConversionError(ValueError):
    """What a unit is said to do cannot be.

    Attributes
    ----------
    field
        Of the unit, as it is written; "unit" is that of the facility.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Conversion:
    """What a unit of activity takes and gives.

    Attributes
    ----------
    inputs, outputs
        Resource -> amount in its unit.
    said
        How that follows, in words.
    """

    inputs: Mapping[str, float]
    outputs: Mapping[str, float]
    said: str


@dataclass(frozen=True)
class Ends:
    """Resources that a unit names, and the unit of its activity."""

    stated: Converter
    unit: str
    resources: Mapping[str, Resource]

    def name(self, field: str) -> str:
        """Resource that a field names."""
        return names_of(self.stated)[field]

    def of(self, field: str) -> Resource:
        """The resource that a field names."""
        return self.resources[self.name(field)]

    def level(self, field: str, *, cold: bool | None = None) -> HeatLevel:
        """Level of a medium; ``cold`` says whether it has to be one that cools, or must not."""
        name, level = self.name(field), self.of(field).heat
        if level is None:
            raise ConversionError(field, f"resources.{name} has no level; state its heat: steam, or supply and return")
        if cold is not None and cools(level) != cold:
            found, wanted = ("cools", "heats") if cools(level) else ("heats", "cools")
            raise ConversionError(field, f"{name} is a medium that {found}; expected one that {wanted}")
        return level

    def energy(self, field: str) -> float:
        """Energy in a unit of a resource [MWh/unit]."""
        resource = self.of(field)
        found = resource.content("MWh")
        if not found or found <= 0:
            name = self.name(field)
            message = f"the energy of {name} is not known; state resources.{name}.enthalpy in MWh/{resource.unit}"
            raise ConversionError(field, message)
        return found

    def made(self, field: str) -> float:
        """Units of what it makes per unit of activity."""
        resource = self.of(field)
        if (factor := scale(self.unit, resource.unit)) is not None:
            return factor
        if (energy := scale(self.unit, "MWh")) is not None:
            return energy / self.energy(field)
        expected = f"a unit of {self.name(field)}, which is what it gives: {resource.unit}, or MWh"
        raise ConversionError("unit", f"found {self.unit}; expected {expected}")


def scale(unit: str, expected: str) -> float | None:
    """Number of one unit in another; None where they measure different things."""
    try:
        return units.factor(unit, expected)
    except UnitError:
        return None


def conversion(stated: Converter, unit: str, resources: Mapping[str, Resource]) -> Conversion:
    """What a unit that changes the level of heat takes and gives.

    Parameters
    ----------
    stated
        What the case says of it, numbers in their documented units.
    unit
        Unit of its activity.
    resources
        Those that it names, with levels and contents in their documented units.

    Returns
    -------
    Conversion
        Amounts in the units of the resources, per unit of activity.

    Raises
    ------
    ConversionError
        If heat would have to run uphill, more would come out than goes in, or something is not known.
    """
    from planner.heat.steam_converters import steam_conversion

    ends, named = Ends(stated, unit, resources), names_of(stated)
    for n, (field, name) in enumerate(named.items()):
        if name in list(named.values())[:n]:
            raise ConversionError(field, f"{name} is named twice; a unit takes one resource and gives another")
    _check_driven(ends)
    if isinstance(stated, LetDown | Recompression | Turbine):
        return steam_conversion(stated, ends)
    return _MAKERS[type(stated)](stated, ends)


def _check_driven(ends: Ends) -> None:
    """Power is of kind power; what is burnt is neither heat nor, but in an electric boiler, power.

    Raises
    ------
    ConversionError
        Otherwise.
    """
    named = names_of(ends.stated)
    if "power" in named and (kind := ends.of("power").kind) != "power":
        raise ConversionError("power", f"{named['power']} is of kind {kind}; expected one of kind power")
    if "fuel" in named:
        kind = ends.of("fuel").kind
        electric = isinstance(ends.stated, Boiler)
        if kind == "heat" or (kind == "power" and not electric):
            expected = "a fuel, or power of an electric boiler" if electric else "a fuel"
            raise ConversionError("fuel", f"{named['fuel']} is of kind {kind}; expected {expected}")


def doubts(stated: Converter, unit: str, resources: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    """What of a unit can be, but hardly is: field, and why; parameters as of :func:`conversion`, which holds."""
    share = getattr(stated, "isentropic", None)
    if share is not None and not USUAL[0] <= share.value <= USUAL[1]:
        usual = " to ".join(f"{100 * one:g} %" for one in USUAL)
        yield "isentropic", f"found {share.given}; {usual} is usual; it counts as stated"
    if not isinstance(stated, HeatPump | Chiller):
        return
    ends = Ends(stated, unit, resources)
    if isinstance(stated, Chiller):
        high, low = mean(_rejected(stated, ends)), mean(given(ends.level("from"), ""))
    else:
        high, low = mean(given(ends.level("to"), "")), mean(_source(ends))
    if not math.isfinite(lifted(high, low)):
        between = f"from {low - KELVIN:.4g} to {high - KELVIN:.4g} degC in the mean"
        yield "from", f"heat would run by itself {between}; power is counted for it as stated"


def mean(parts: Iterable[HeatStream], shift: float = 0.0) -> float:
    """Mean temperature at which streams give or take their heat: heat over its entropy [K]."""
    members = tuple(parts)
    entropy = (p.load / (mean_temperature(p.supply + shift, p.target + shift) + KELVIN) for p in members)
    return math.fsum(p.load for p in members) / math.fsum(entropy)


def lifted(high: float, low: float) -> float:
    """Heat taken at ``low`` per power that a reversible unit needs to reject it at ``high`` [K]; inf where downhill."""
    return math.inf if high <= low else low / (high - low)


def _sides(stated: HeatPump | Chiller, sink: Iterable[HeatStream], source: Iterable[HeatStream]) -> tuple[float, float]:
    """Temperatures of the sink and the source that its efficiency refers to [K]."""
    source, sink = tuple(source), tuple(sink)
    approach = APPROACH if stated.approach is None else stated.approach.value
    coldest = min(t for part in source for t in (part.supply, part.target))
    if coldest - approach <= -KELVIN:
        message = f"found {approach:g} K, which below {coldest:g} degC is not above absolute zero; expected less"
        raise ConversionError("approach", message)
    if stated.of != "carnot":
        return mean(sink, approach), mean(source, -approach)
    hottest = max(t for part in sink for t in (part.supply, part.target))
    return hottest + approach + KELVIN, coldest - approach + KELVIN


def _performance(
    stated: HeatPump | Chiller, sink: tuple[HeatStream, ...], source: tuple[HeatStream, ...]
) -> tuple[float, str]:
    """Heat taken from the source per power, and how it follows."""
    heats = isinstance(stated, HeatPump)
    more = 1.0 if heats else 0.0
    if (stated.cop is None) == (stated.efficiency is None):
        found = "neither" if stated.cop is None else "both"
        raise ConversionError("cop", f"states {found} of efficiency and cop; expected one of them")
    best = lifted(mean(sink), mean(source))
    if stated.cop is not None:
        for field in ("of", "approach"):
            if getattr(stated, field) is not None:
                raise ConversionError(field, "goes with efficiency; where cop is stated it says nothing")
        if stated.cop.value <= more:
            raise ConversionError("cop", f"found {stated.cop.given}; expected more than {more:g}")
        if stated.cop.value > best + more:
            message = f"{stated.cop.given} is more than the {best + more:.4g} of a reversible unit between these levels"
            raise ConversionError("cop", message)
        return stated.cop.value - more, f"COP {stated.cop.value:.4g} as stated"
    assert stated.efficiency is not None
    high, low = _sides(stated, sink, source)
    limit, name = lifted(high, low) + more, "Carnot" if stated.of == "carnot" else "Lorenz"
    between = f"between {low - KELVIN:.4g} and {high - KELVIN:.4g} degC"
    if not math.isfinite(limit):
        message = f"there is nothing to lift {between}: heat goes there by itself, so state no converter, or its cop"
        raise ConversionError("from", message)
    cop = stated.efficiency.value * limit
    if cop <= more or cop > best + more:
        message = f"{stated.efficiency.given} of {name}, {limit:.4g} {between}, is a COP of {cop:.4g}; expected above "
        raise ConversionError(
            "efficiency", f"{message}{more:g}, and at most the {best + more:.4g} of a reversible unit"
        )
    return cop - more, f"COP {cop:.4g}: {stated.efficiency.given} of {name}, {limit:.4g} {between}"


def _source(ends: Ends) -> tuple[HeatStream, ...]:
    """Streams of what a heat pump cools: what heats is taken, what cools comes back warm."""
    level = ends.level("from")
    return given(level, "") if cools(level) else taken(level, "")


def _heat_pump(stated: HeatPump, ends: Ends) -> Conversion:
    """Heat of the sink is what a maker of it has to give: of steam from its feed water."""
    sink, source = ends.level("to", cold=False), ends.level("from")
    per_power, said = _performance(stated, given(sink, ""), _source(ends))
    made = ends.made("to")
    heat = made * ends.energy("to") * raised_per_taken(sink)
    power = heat / (per_power + 1.0)
    lifted_heat = {ends.name("from"): (heat - power) / ends.energy("from")}
    driving, outputs = {ends.name("power"): power / ends.energy("power")}, {ends.name("to"): made}
    if cools(source):  # its warm side is cooled: it comes back cold, to be taken again
        return Conversion(driving, outputs | lifted_heat, f"{said}; {BY_LEVEL}")
    return Conversion(lifted_heat | driving, outputs, f"{said}; {BY_LEVEL}")


def _rejected(stated: Chiller | AbsorptionChiller, ends: Ends) -> tuple[HeatStream, ...]:
    """Where the heat of a chiller goes."""
    if (stated.to is None) == (stated.air is None):
        raise ConversionError("to", f"states {'both' if stated.to else 'neither'} of to and air; expected one of them")
    if stated.air is not None:
        return (HeatStream("", stated.air.value, stated.air.value, 1.0, kind="cold"),)
    return taken(ends.level("to", cold=True), "")


def _off(stated: Chiller | AbsorptionChiller, ends: Ends, heat: float) -> dict[str, float]:
    return {} if stated.to is None else {stated.to: heat / ends.energy("to")}


def _chiller(stated: Chiller, ends: Ends) -> Conversion:
    """What is cooled comes back at its supply temperature, and its heat with the power goes off."""
    source = ends.level("from", cold=True)
    per_power, said = _performance(stated, _rejected(stated, ends), given(source, ""))
    made = ends.made("from")
    heat = made * ends.energy("from")
    power = heat / per_power
    inputs = {ends.name("power"): power / ends.energy("power"), **_off(stated, ends, heat + power)}
    return Conversion(inputs, {ends.name("from"): made}, f"{said}; {BY_LEVEL}")


def _absorption_chiller(stated: AbsorptionChiller, ends: Ends) -> Conversion:
    driving, source = ends.level("driven_by", cold=False), ends.level("from", cold=True)
    hot, sink = mean(taken(driving, "")), mean(_rejected(stated, ends))
    limit = max(0.0, 1.0 - sink / hot) * lifted(sink, mean(given(source, "")))
    if not 0.0 < stated.cop.value <= limit:
        message = f"found {stated.cop.given}; expected more than 0 and at most the {limit:.4g} of a reversible unit"
        raise ConversionError("cop", f"{message} between these three levels")
    made = ends.made("from")
    cold = made * ends.energy("from")
    heat = cold / stated.cop.value
    inputs = {ends.name("driven_by"): heat / ends.energy("driven_by"), **_off(stated, ends, heat + cold)}
    said = f"COP {stated.cop.value:.4g} as stated, {limit:.4g} if reversible; {BY_LEVEL}"
    return Conversion(inputs, {ends.name("from"): made}, said)


def _condensing(level: HeatLevel) -> bool:
    """Whether what is heated is so cold that vapour of the fuel condenses."""
    return min(t for part in given(level, "") for t in (part.supply, part.target)) < DEW


def _boiler(stated: Boiler, ends: Ends) -> Conversion:
    level, made = ends.level("to", cold=False), ends.made("to")
    share = stated.efficiency.value
    if share <= 0 or (share > 1 and (ends.of("fuel").kind == "power" or not _condensing(level))):
        message = (
            f"found {stated.efficiency.given}; expected more than 0 % and at most 100 %, or 108 % where vapour of "
        )
        raise ConversionError(
            "efficiency", f"{message}a fuel condenses, which needs water that comes below {DEW:g} degC"
        )
    fuel = made * ends.energy("to") * raised_per_taken(level) / share
    said = f"efficiency {stated.efficiency.given}, lower heating value; {BY_LEVEL}"
    return Conversion({ends.name("fuel"): fuel / ends.energy("fuel")}, {ends.name("to"): made}, said)


def _chp(stated: CombinedHeatAndPower, ends: Ends) -> Conversion:
    level, made = ends.level("heat", cold=False), ends.made("power")
    power, heat = stated.power_yield.value, stated.heat_yield.value
    most = 1.08 if _condensing(level) else 1.0
    if power <= 0:
        raise ConversionError("power_yield", f"found {stated.power_yield.given}; expected more than 0 %")
    if power + heat > most + 1e-12:
        message = (
            f"{stated.power_yield.given} power and {stated.heat_yield.given} heat are {power + heat:.4g} of the fuel"
        )
        raise ConversionError("heat_yield", f"{message}; expected at most {most:.0%} together, by lower heating value")
    burnt = made * ends.energy("power") / power
    outputs = {ends.name("power"): made}
    if heat > 0:
        outputs[ends.name("heat")] = burnt * heat / (ends.energy("heat") * raised_per_taken(level))
    said = (
        f"power {stated.power_yield.given}, heat {stated.heat_yield.given} of the fuel, lower heating value; {BY_LEVEL}"
    )
    return Conversion({ends.name("fuel"): burnt / ends.energy("fuel")}, outputs, said)


_MAKERS: Mapping[type, Callable[[Any, Ends], Conversion]] = {
    HeatPump: _heat_pump,
    Chiller: _chiller,
    AbsorptionChiller: _absorption_chiller,
    Boiler: _boiler,
    CombinedHeatAndPower: _chp,
}
