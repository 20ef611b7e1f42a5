"""Heat of one level for heat of another: rules R1 (direct), R2 (heat pump) and R3 (steam) of the library.

R1  T_source >= T_demand + dT_min
R2  COP = eta T_sink / (T_sink - T_source), temperatures in kelvin, where R1 fails and the lift is small enough
R3  p_source >= p_demand + loss of the line
"""

from dataclasses import dataclass

from planner.heat import properties
from planner.heat.levels import heat_per_unit
from planner.library.synergies import Library
from planner.match.ends import End, Heat

_KELVIN = 273.15
#: A heat pump that gives heat above this [degC] is no standard machine (an assumption).
_HOTTEST = 160.0
#: Below this lift [K] a coefficient of performance by R2 means nothing (an assumption).
_SMALL_LIFT = 10.0


@dataclass(frozen=True)
class Fit:
    """How heat of a giver serves a taker.

    Attributes
    ----------
    rule
        R1, R2 or R3.
    certain
        False where a level is not stated, so that only the names speak for it.
    tight
        True where nothing is left for losses on the way.
    """

    rule: str
    reason: str
    certain: bool
    missing: tuple[str, ...] = ()
    conversion: str | None = None
    tight: bool = False


def fit(lib: Library, giver: End, taker: End) -> Fit | None:
    """How heat of a giver serves a taker; None where it does not, or nothing is known that speaks for it."""
    source, demand = giver.heat, taker.heat
    if source is None or demand is None or source.cooling != demand.cooling:
        return None
    if source.temperature is None or demand.temperature is None:
        return _by_name(giver, taker, source, demand)
    if source.cooling:
        if source.temperature > demand.temperature:
            return None
        return Fit("R1", f"cold of {source.temperature:g} degC for cold of {demand.temperature:g} degC", certain=True)
    if source.pressure is not None and demand.pressure is not None:
        return _steam(lib, source.pressure, demand.pressure)
    return _by_temperature(lib, source, demand)


def _by_name(giver: End, taker: End, source: Heat, demand: Heat) -> Fit | None:
    """Where a level is missing the names must say that both are steam, or that the one heats the other."""
    missing = tuple(
        f"{'pressure' if one.medium == 'steam' else 'temperature'} of {end.stream.resource}"
        for end, one in ((giver, source), (taker, demand))
        if one.temperature is None
    )
    if source.medium == demand.medium == "steam":
        return Fit("R3", "steam for steam; whether the pressure is enough is not known", certain=False, missing=missing)
    if giver.known and taker.known and demand.medium != "steam":
        return Fit("R1", "heat by name; whether it is hot enough is not known", certain=False, missing=missing)
    return None


def _steam(lib: Library, has: float, needs: float) -> Fit | None:
    """R3: steam for steam, with the line that its pressure allows."""
    if has < needs:
        return None
    least, most = lib.rules["R3"].loss_bar_per_km or (0.5, 1.5)
    margin = has - needs
    reach = f"{margin / most:.1f} to {margin / least:.1f} km of line" if margin else "nothing for losses of the line"
    missing = ("pressure loss of the line",)
    return Fit(
        "R3", f"steam of {has:.4g} bar for steam of {needs:.4g} bar: leaves {reach}", True, missing, tight=not margin
    )


def _by_temperature(lib: Library, source: Heat, demand: Heat) -> Fit | None:
    """R1, and where that fails R2."""
    assert source.temperature is not None
    assert demand.temperature is not None
    comes = source.temperature
    differences = lib.rules["R1"].dt_min_K
    least = differences.get(source.medium, max(differences.values()))
    if comes >= demand.temperature + least:
        words = f"{comes:.4g} degC for {demand.temperature:.4g} degC, at least {least:g} K above it"
        return Fit("R1", words, certain=True)
    return _lifted(lib, comes, demand.temperature)


def _lifted(lib: Library, comes: float, wanted: float) -> Fit | None:
    rule = lib.rules["R2"]
    usual, most = rule.lift_K or (60.0, 70.0)
    lift = wanted - comes
    if lift > most or wanted > _HOTTEST:
        return None
    low, high = (eta * (wanted + _KELVIN) / max(lift, 1.0) for eta in rule.eta or (0.45, 0.6))
    edge = ", at the limit of what one stage does" if lift > usual else ""
    words = f"heat pump from {comes:.4g} to {wanted:.4g} degC{edge}"
    if lift < _SMALL_LIFT:
        return Fit("R2", f"{words}, or a larger heat exchanger", True, ("least temperature difference",), "heat pump")
    return Fit("R2", f"{words}: COP {low:.1f} to {high:.1f}", True, (), "heat pump")


def heat_ratio(giver: End, taker: End) -> float | None:
    """Units of the taker's heat that a unit of the giver's replaces; None where the case does not tell."""
    contents = [_heat_content(end) for end in (giver, taker)]
    if contents[0] is None or contents[1] is None or contents[1] <= 0 or contents[0] <= 0:
        return None
    return contents[0] / contents[1]


def _heat_content(end: End) -> float | None:
    stated = end.resource.content("MWh")
    if stated is not None or end.resource.heat is None:
        return stated
    try:
        return heat_per_unit(end.resource.heat, end.resource.unit)
    except properties.OutOfRange:
        return None
