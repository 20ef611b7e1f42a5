"""Steam brought from one level to another: reducing valve, vapour recompression, back-pressure turbine.

    valve           h = h1
    compressor      h = h1 + (hs - h1) / isentropic      power = (h - h1) / motor
    turbine         h = h1 - isentropic (h1 - hs)        power = (h1 - h) generator
    injected water  x = (h - h2) / (h2 - hw)             tonnes per tonne, where h > h2 and water is stated
    drained         y = (hg - h) / (hg - hf)             tonnes of boiling water per tonne, where h < h2 = hg

h1, h2 are the enthalpies of both levels, hs that at the pressure of the second with the entropy of the first, hw that
of the water, hf and hg those of boiling water and saturated steam at the second. Without water what is above h2 stays
in the steam uncounted. Source: Baehr & Kabelac 2012, "Thermodynamik", ch. 6; IAPWS-IF97.
"""

from planner.case.converters import LetDown, Recompression, Turbine
from planner.case.heat import HeatLevel
from planner.heat import properties
from planner.heat.converters import Conversion, ConversionError, Ends, scale
from planner.heat.levels import heat_per_unit, steam_temperature
from planner.heat.properties import OutOfRange

#: Of injected water where none is stated [degC]: an assumption.
WATER = 15.0
#: Enthalpies that differ by less are one [kJ/kg].
_ROUNDING = 1e-9
_PER_MWH = properties.PER_MWH


def steam_conversion(stated: LetDown | Recompression | Turbine, ends: Ends) -> Conversion:
    """What it takes and gives; parameters, result and errors as of :func:`planner.heat.converters.conversion`."""
    levels = [_steam(ends, field) for field in ("from", "to")]
    _check_direction(stated, ends, levels)
    before, power, did = _changed(stated, levels)
    after, water, also = _brought(stated, ends, levels[1], before)
    each = {field: tonnes(ends, field) for field in ("from", "to")}
    # per tonne that is taken
    inputs, outputs = {ends.name("from"): 1.0 / each["from"]}, {ends.name("to"): after / each["to"]}
    if not isinstance(stated, LetDown):
        (inputs if isinstance(stated, Recompression) else outputs)[stated.power] = power / ends.energy("power")
    if water > 0:
        inputs[ends.name("water")] = water / tonnes_of_water(stated, ends)
    field = "power" if isinstance(stated, Turbine) and scale(ends.unit, "MWh") is not None else "to"
    if outputs[ends.name(field)] <= 0:
        raise ConversionError("isentropic", "no power is left; expected a higher efficiency")
    size = ends.made(field) / outputs[ends.name(field)]
    said = f"{did}{also}; IAPWS-IF97"
    return Conversion({n: x * size for n, x in inputs.items()}, {n: x * size for n, x in outputs.items()}, said)


def _steam(ends: Ends, field: str) -> HeatLevel:
    level = ends.level(field)
    if level.steam is None:
        raise ConversionError(field, f"{ends.name(field)} is no steam; expected steam of a pressure")
    return level


def _pressure(level: HeatLevel) -> float:
    assert level.steam is not None
    return level.steam.value


def level_enthalpy(level: HeatLevel) -> float:
    """Enthalpy of the steam of a level [kJ/kg]."""
    return properties.steam_enthalpy(_pressure(level), steam_temperature(level))


def _check_direction(stated: LetDown | Recompression | Turbine, ends: Ends, levels: list[HeatLevel]) -> None:
    first, last = (_pressure(level) for level in levels)
    names = f"{ends.name('from')} of {first:.4g} bar and {ends.name('to')} of {last:.4g} bar"
    if isinstance(stated, Recompression):
        if last <= first:
            raise ConversionError("to", f"{names}: a compressor raises the pressure; use let_down or turbine")
    elif last > first or (isinstance(stated, Turbine) and last == first):
        raise ConversionError("to", f"{names}: steam goes to a lower pressure only; recompression raises it with power")
    for field in ("isentropic", "motor", "generator"):
        share = getattr(stated, field, None)
        if share is not None and share.value <= 0:
            raise ConversionError(field, f"found {share.given}; expected more than 0 %")
    if stated.water is None and stated.water_temperature is not None:
        raise ConversionError("water_temperature", "says nothing where no water is stated")


def _changed(stated: LetDown | Recompression | Turbine, levels: list[HeatLevel]) -> tuple[float, float, str]:
    """Enthalpy after the change of pressure [kJ/kg], power per tonne [MWh/t], and words."""
    first = level_enthalpy(levels[0])
    if isinstance(stated, LetDown):
        return first, 0.0, f"isenthalpic from {first:.6g} kJ/kg"
    entropy = properties.steam_entropy(_pressure(levels[0]), steam_temperature(levels[0]))
    try:
        ideal = properties.enthalpy_at_entropy(_pressure(levels[1]), entropy)
    except OutOfRange as error:
        raise ConversionError("to", str(error)) from None
    share = stated.isentropic.value
    if isinstance(stated, Turbine):
        last = first - share * (first - ideal)
        power = (first - last) * stated.generator.value / _PER_MWH
    else:
        last = first + (ideal - first) / share
        _check_outlet(stated, _pressure(levels[1]), last)
        power = (last - first) / stated.motor.value / _PER_MWH
    return last, power, f"{first:.6g} to {last:.6g} kJ/kg, {stated.isentropic.given} of isentropic {ideal:.6g}"


def _check_outlet(stated: Recompression, pressure: float, enthalpy: float) -> None:
    """Raise ConversionError where compressed steam would be hotter than any of which properties are known."""
    hottest = properties.HIGHEST_TEMPERATURE
    if enthalpy > properties.steam_enthalpy(pressure, hottest):
        message = f"steam of {pressure:.4g} bar would leave hotter than {hottest:g} degC, where IAPWS-IF97 ends"
        raise ConversionError("isentropic", f"found {stated.isentropic.given}: {message}; expected a higher efficiency")


def _brought(
    stated: LetDown | Recompression | Turbine, ends: Ends, level: HeatLevel, before: float
) -> tuple[float, float, str]:
    """Steam of the level and water injected per tonne, and words."""
    wanted, pressure = level_enthalpy(level), _pressure(level)
    if before < wanted - _ROUNDING:
        boiling = properties.boiling_enthalpy(pressure)
        if steam_temperature(level) is not None or before <= boiling:
            message = f"steam arrives with {before:.6g} kJ/kg, below the {wanted:.6g} of {ends.name('to')}"
            raise ConversionError("to", f"{message}; state less superheat")
        dry = (before - boiling) / (wanted - boiling)
        return dry, 0.0, f", {1.0 - dry:.3%} drained as boiling water"
    if stated.water is None or before <= wanted + _ROUNDING:
        return 1.0, 0.0, f", {max(0.0, before - wanted):.4g} kJ/kg above its level uncounted"
    water = properties.water_enthalpy(_water_temperature(stated), max(pressure, properties.ATMOSPHERE))
    added = (before - wanted) / (wanted - water)
    return 1.0 + added, added, f", cooled by {added:.4g} t/t of water"


def _water_temperature(stated: LetDown | Recompression | Turbine) -> float:
    return WATER if stated.water_temperature is None else stated.water_temperature.value


def tonnes(ends: Ends, field: str) -> float:
    """Tonnes in a unit of steam [t/unit]."""
    resource = ends.of(field)
    if (mass := scale(resource.unit, "t")) is not None:
        return mass
    if resource.mass is not None and resource.mass.value > 0:
        return resource.mass.value
    per_tonne = heat_per_unit(ends.level(field), "t")
    assert per_tonne
    return ends.energy(field) / per_tonne


def tonnes_of_water(stated: LetDown | Recompression | Turbine, ends: Ends) -> float:
    """Tonnes in a unit of the water that is injected [t/unit]."""
    resource = ends.of("water")
    if (mass := resource.content("t")) is not None and mass > 0:
        return mass
    if (volume := scale(resource.unit, "m3")) is not None:
        return volume * properties.water_density(_water_temperature(stated))
    name = ends.name("water")
    raise ConversionError("water", f"its mass is not known; state resources.{name}.mass in t/{resource.unit}")
