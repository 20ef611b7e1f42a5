"""Water and steam by IAPWS-IF97 (through the library ``iapws``): saturation, enthalpies, heat given by media.

Source: Wagner et al. 2000, "The IAPWS Industrial Formulation 1997 for the Thermodynamic Properties of Water and Steam".
Pressures are absolute, in bar; temperatures in degC.
"""

from functools import lru_cache
from typing import Any

KELVIN = 273.15
#: Absolute pressure of the air [bar].
ATMOSPHERE = 1.01325
#: Of the triple and the critical point [bar], [degC].
TRIPLE, CRITICAL = (0.00611657, 0.01), (220.64, 373.946)
#: Ends of the formulation as used here [bar], [degC].
HIGHEST_PRESSURE, HIGHEST_TEMPERATURE = 1000.0, 800.0
#: MJ in a MWh; kJ/kg are MJ/t.
PER_MWH = 3600.0
#: Water at its saturation pressure is taken this little above it, so that it is liquid beyond doubt.
LIQUID = 1.0 + 1e-9
#: Halvings of a span of temperatures, down to 1e-9 K.
_HALVINGS = 42


class OutOfRange(ValueError):
    """A temperature or pressure at which water or steam is not what is asked for, or not covered by IAPWS-IF97."""


def saturation_temperature(pressure: float) -> float:
    """Temperature at which water boils [degC].

    Parameters
    ----------
    pressure
        Absolute [bar].

    Raises
    ------
    OutOfRange
        Outside the triple and the critical point, 0.0061 to 220.64 bar.
    """
    _within("pressure", pressure, TRIPLE[0], CRITICAL[0], "bar", "steam has no saturation temperature beyond")
    return float(_saturated(round(pressure, 12), False)[0])


@lru_cache(maxsize=4096)
def saturation_pressure(temperature: float) -> float:
    """Absolute pressure at which water boils [bar].

    Parameters
    ----------
    temperature
        In degC.

    Raises
    ------
    OutOfRange
        Outside the triple and the critical point, 0.01 to 373.946 degC.
    """
    from iapws import iapws97

    _within("temperature", temperature, TRIPLE[1], CRITICAL[1], "degC", "water has no saturation pressure beyond")
    return float(iapws97._PSat_T(temperature + KELVIN)) * 10


def steam_enthalpy(pressure: float, temperature: float | None = None) -> float:
    """Enthalpy of steam [kJ/kg], above that of water at the triple point.

    Parameters
    ----------
    pressure
        Absolute [bar].
    temperature
        Of superheated steam [degC]; saturated where it is None.

    Raises
    ------
    OutOfRange
        If the pressure has no saturated steam, or the temperature is below saturation or above 800 degC.
    """
    if temperature is None:
        _within("pressure", pressure, TRIPLE[0], CRITICAL[0], "bar", "there is no saturated steam beyond")
        return float(_saturated(round(pressure, 12), True)[1])
    _within("pressure", pressure, TRIPLE[0], CRITICAL[0], "bar", "steam is meant below the critical pressure")
    boils = saturation_temperature(pressure)
    if temperature < boils - 1e-6:
        raise OutOfRange(f"{temperature:g} degC at {pressure:g} bar is water, not steam: it boils at {boils:.2f} degC")
    if temperature <= boils + 1e-6:
        return steam_enthalpy(pressure)
    _within("temperature", temperature, boils, HIGHEST_TEMPERATURE, "degC", "IAPWS-IF97 ends there for steam, at")
    return float(_single(temperature, pressure).h)


def boiling_enthalpy(pressure: float) -> float:
    """Enthalpy of water that is about to boil [kJ/kg]; parameter and errors as of :func:`saturation_temperature`."""
    _within("pressure", pressure, TRIPLE[0], CRITICAL[0], "bar", "there is no boiling water beyond")
    return _saturated_water(pressure)


def steam_entropy(pressure: float, temperature: float | None = None) -> float:
    """Entropy of steam [kJ/kg/K]; parameters and errors as of :func:`steam_enthalpy`."""
    boils = saturation_temperature(pressure)
    if temperature is None or abs(temperature - boils) <= 1e-6:
        return _saturated_entropy(round(pressure, 12), True)
    steam_enthalpy(pressure, temperature)  # says where there is no such steam
    return float(_single(temperature, pressure).s)


def water_entropy(temperature: float, pressure: float | None = None) -> float:
    """Entropy of liquid water [kJ/kg/K]; parameters and errors as of :func:`water_enthalpy`."""
    return float(_liquid(temperature, pressure).s)


def enthalpy_at_entropy(pressure: float, entropy: float) -> float:
    """Enthalpy of steam, wet, saturated or superheated, of a given entropy [kJ/kg]: the end of an isentropic change.

    Parameters
    ----------
    pressure
        Absolute [bar].
    entropy
        In kJ/kg/K.

    Raises
    ------
    OutOfRange
        If it is water at that pressure, or steam above 800 degC.
    """
    boils, dry = saturation_temperature(pressure), steam_entropy(pressure)
    wet = _saturated_entropy(round(pressure, 12), False)
    if entropy < wet:
        raise OutOfRange(f"at {pressure:g} bar an entropy of {entropy:.4g} kJ/kg/K is that of water, not of steam")
    if entropy <= dry:
        share = (entropy - wet) / (dry - wet)
        return (1.0 - share) * boiling_enthalpy(pressure) + share * steam_enthalpy(pressure)
    low, high = boils, HIGHEST_TEMPERATURE
    if steam_entropy(pressure, high) < entropy:
        raise OutOfRange(f"steam of {pressure:g} bar would be hotter than {high:g} degC, where IAPWS-IF97 ends")
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if steam_entropy(pressure, middle) < entropy else (low, middle)
    return steam_enthalpy(pressure, (low + high) / 2.0)


def water_enthalpy(temperature: float, pressure: float | None = None) -> float:
    """Enthalpy of liquid water [kJ/kg], above that at the triple point.

    Parameters
    ----------
    temperature
        In degC.
    pressure
        Absolute [bar]; None for that of the air, or that at which it is just liquid, whichever is more.

    Raises
    ------
    OutOfRange
        Below 0.01 or above 373.946 degC, or if it boils at that pressure.
    """
    return float(_liquid(temperature, pressure).h)


def water_density(temperature: float, pressure: float | None = None) -> float:
    """Density of liquid water [t/m3]; parameters and errors as of :func:`water_enthalpy`."""
    return float(_liquid(temperature, pressure).rho) / 1000.0


def condensation_heat(pressure: float) -> float:
    """Heat given by a tonne of saturated steam that condenses and leaves at the same temperature [MWh/t].

    Parameters
    ----------
    pressure
        Absolute [bar].
    """
    return steam_heat(pressure, saturation_temperature(pressure))


def steam_heat(pressure: float, returned: float, temperature: float | None = None) -> float:
    """Heat given by a tonne of steam that is condensed and cooled [MWh/t].

    Parameters
    ----------
    pressure
        Of the steam, absolute [bar].
    returned
        Temperature at which the condensate leaves [degC].
    temperature
        Of superheated steam [degC]; saturated where it is None.

    Raises
    ------
    OutOfRange
        As of :func:`steam_enthalpy`; or if the condensate would leave above the temperature at which it condenses.
    """
    boils = saturation_temperature(pressure)
    if returned > boils + 1e-6:
        raise OutOfRange(f"condensate at {returned:g} degC is hotter than steam of {pressure:g} bar, {boils:.2f} degC")
    left = _saturated_water(pressure) if returned >= boils - 1e-6 else water_enthalpy(returned, pressure)
    return (steam_enthalpy(pressure, temperature) - left) / PER_MWH


def water_heat(
    supply: float, returned: float, *, pressure: float | None = None, counted_at: float | None = None
) -> float:
    """Heat given, or taken, by a cubic metre of water of a loop [MWh/m3], positive.

    Parameters
    ----------
    supply, returned
        Temperatures at which it comes and goes [degC]; the supply is the colder one of chilled water.
    pressure
        Absolute [bar]; None as of :func:`water_enthalpy`.
    counted_at
        Temperature at which a cubic metre is a cubic metre [degC]; that of the supply where it is None.

    Raises
    ------
    OutOfRange
        As of :func:`water_enthalpy`.
    """
    density = water_density(supply if counted_at is None else counted_at, pressure)
    return abs(water_enthalpy(supply, pressure) - water_enthalpy(returned, pressure)) * density / PER_MWH


def _within(what: str, value: float, low: float, high: float, unit: str, why: str) -> None:
    if not low <= value <= high:
        raise OutOfRange(f"{what} {value:g} {unit} is out of range: {why} {low:g} to {high:g} {unit}")


@lru_cache(maxsize=4096)
def _saturated(pressure: float, steam: bool) -> tuple[float, float]:
    """Temperature [degC] and enthalpy [kJ/kg] of saturated steam or water."""
    from iapws import IAPWS97

    state = IAPWS97(P=pressure / 10, x=1.0 if steam else 0.0)
    return float(state.T) - KELVIN, float(state.h)


@lru_cache(maxsize=4096)
def _saturated_entropy(pressure: float, steam: bool) -> float:
    from iapws import IAPWS97

    return float(IAPWS97(P=pressure / 10, x=1.0 if steam else 0.0).s)


def _saturated_water(pressure: float) -> float:
    return float(_saturated(round(pressure, 12), False)[1])


@lru_cache(maxsize=4096)
def _single(temperature: float, pressure: float) -> Any:
    """State of water or steam in one phase."""
    from iapws import IAPWS97

    return IAPWS97(T=temperature + KELVIN, P=pressure / 10)


def _liquid(temperature: float, pressure: float | None) -> Any:
    _within("temperature", temperature, TRIPLE[1], CRITICAL[1], "degC", "there is no liquid water beyond")
    boils = saturation_pressure(temperature)
    if pressure is None:
        pressure = max(ATMOSPHERE, boils * LIQUID)
    _within("pressure", pressure, TRIPLE[0], HIGHEST_PRESSURE, "bar", "IAPWS-IF97 covers")
    if pressure < boils * (1 - 1e-6):
        raise OutOfRange(f"water of {temperature:g} degC boils at {pressure:g} bar: it needs {boils:.3f} bar")
    return _single(temperature, max(pressure, boils * LIQUID))
