"""Exergy of heat: what work it is worth beside surroundings of a stated temperature.

    factor(T)         = 1 - T0 / T                                    heat at one temperature
    factor(T1, T2)    = 1 - T0 ln(T1 / T2) / (T1 - T2)                heat between two, at constant heat capacity
    destroyed         = heat (factor of the hot side - factor of the cold side)

T in kelvin, T0 that of the surroundings. Source: Kotas 1985, "The Exergy Method of Thermal Plant Analysis", ch. 2;
Szargut, Morris & Steward 1988. Below T0 the factor is negative: who takes heat away there has to spend exergy.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from planner.heat.streams import HeatStream

KELVIN = 273.15
#: Temperature of the surroundings where none is stated [degC]: the standard state of chemical thermodynamics.
SURROUNDINGS = 25.0


def carnot_factor(supply: float, target: float | None = None, surroundings: float = SURROUNDINGS) -> float:
    """Exergy of a unit of heat given at a temperature, or between two at constant heat capacity.

    Parameters
    ----------
    supply, target
        Temperatures between which the heat is given or taken, in either order [degC]; target None for one temperature.
    surroundings
        Temperature of the surroundings [degC].

    Returns
    -------
    float
        Below 1; negative below the surroundings.

    Raises
    ------
    ValueError
        If a temperature is not above absolute zero.
    """
    hot, ambient = mean_temperature(supply, supply if target is None else target) + KELVIN, surroundings + KELVIN
    if ambient <= 0:
        raise ValueError(f"surroundings of {surroundings:g} degC are not above absolute zero")
    return 1.0 - ambient / hot


def mean_temperature(supply: float, target: float) -> float:
    """Thermodynamic mean of a stream's temperature at constant heat capacity, the logarithmic mean in kelvin [degC].

    Raises
    ------
    ValueError
        If a temperature is not above absolute zero.
    """
    high, low = max(supply, target) + KELVIN, min(supply, target) + KELVIN
    if low <= 0:
        raise ValueError(f"{low - KELVIN:g} degC is not above absolute zero")
    # log1p keeps the digits where the two are close
    return (low if high == low else (high - low) / math.log1p((high - low) / low)) - KELVIN


def exergy(heat: float, supply: float, target: float | None = None, surroundings: float = SURROUNDINGS) -> float:
    """Exergy of an amount of heat, in the unit of the heat; see :func:`carnot_factor`."""
    return heat * carnot_factor(supply, target, surroundings)


def destroyed(
    heat: float,
    hot: tuple[float, float],
    cold: tuple[float, float],
    surroundings: float = SURROUNDINGS,
) -> float:
    """Exergy destroyed where heat passes from a hot to a cold side, in the unit of the heat.

    Parameters
    ----------
    heat
        That passes, not negative.
    hot, cold
        (Supply, target) of each side [degC]; equal where it changes phase.
    surroundings
        Temperature of the surroundings [degC].

    Raises
    ------
    ValueError
        If heat would run uphill: the hot side ends below where the cold one starts, or starts below where that ends.
    """
    if max(hot) < max(cold) or min(hot) < min(cold):
        raise ValueError(
            f"heat does not run from {max(hot):g}..{min(hot):g} degC to {min(cold):g}..{max(cold):g} degC: uphill"
        )
    return heat * (carnot_factor(*hot, surroundings) - carnot_factor(*cold, surroundings))


@dataclass(frozen=True)
class ExergyBalance:
    """Exergy of a set of streams with their utilities, in the unit of the heat.

    Attributes
    ----------
    given
        By hot streams and utilities above the surroundings, and by cold ones below them.
    taken
        By cold streams and utilities above the surroundings, and by hot ones below them.
    """

    given: float
    taken: float

    @property
    def destroyed(self) -> float:
        """Exergy lost in passing heat on."""
        return self.given - self.taken

    @property
    def efficiency(self) -> float:
        """Share of the exergy given that is taken; nan where none is given."""
        return self.taken / self.given if self.given else math.nan


def balance(streams: Iterable[HeatStream], surroundings: float = SURROUNDINGS) -> ExergyBalance:
    """Exergy of a cascade: of its process streams, and of its media and utilities with the loads they have.

    Parameters
    ----------
    streams
        All hot and cold streams, loads in one unit; hot and cold loads are equal in a closed balance.
    surroundings
        Temperature of the surroundings [degC]; a stream that crosses it counts in two parts.

    Returns
    -------
    ExergyBalance
        In the unit of the loads.

    Raises
    ------
    ValueError
        If what the hot streams give is not what the cold ones take, to 1e-6 of it.
    """
    members = tuple(streams)
    hot = math.fsum(s.load for s in members if s.hot)
    cold = math.fsum(s.load for s in members if not s.hot)
    if abs(hot - cold) > 1e-6 * max(hot, cold):
        raise ValueError(f"hot streams give {hot:g}, cold ones take {cold:g}: give the utilities with their loads")
    return counted(members, surroundings)


def counted(streams: Iterable[HeatStream], surroundings: float = SURROUNDINGS) -> ExergyBalance:
    """Exergy that streams give and take, whether or not their heat balances; see :func:`balance`."""
    given: list[float] = []
    taken: list[float] = []
    for stream in streams:
        for load, upper, lower in parted(stream, surroundings):
            worth = exergy(load, upper, lower, surroundings)
            (given if (worth >= 0) == stream.hot else taken).append(abs(worth))
    return ExergyBalance(math.fsum(given), math.fsum(taken))


def summed(balances: Iterable[ExergyBalance]) -> ExergyBalance:
    """Sum of several balances."""
    members = tuple(balances)
    return ExergyBalance(math.fsum(x.given for x in members), math.fsum(x.taken for x in members))


def parted(stream: HeatStream, surroundings: float) -> list[tuple[float, float, float]]:
    """(Load, upper, lower temperature [degC]) of a stream above and below the surroundings."""
    upper, lower = stream.range(shifted=False)
    if not lower < surroundings < upper:
        return [(stream.load, upper, lower)]
    above = stream.load * (upper - surroundings) / (upper - lower)
    return [(above, upper, surroundings), (stream.load - above, surroundings, lower)]
