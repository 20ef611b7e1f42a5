"""Table ``converters``: what units that change the level of heat take and give; and their rows of ``exergy``."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.case.converters import Converter, LetDown, Recompression, Turbine, names_of
from planner.case.facilities import Facility
from planner.heat import properties
from planner.heat.exergy import KELVIN, ExergyBalance, counted
from planner.heat.levels import cools, given, raised_per_taken, steam_temperature, taken
from planner.heat.steam_converters import WATER, level_enthalpy
from planner.heat.streams import HeatStream
from planner.results.books import Books
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

TAKES, GIVES = "takes", "gives"


@dataclass(frozen=True)
class Converting:
    """A unit that changes the level of heat, as it runs.

    Attributes
    ----------
    activity
        By state [activity/yr].
    """

    books: Books
    name: str
    activity: dict[str, float]

    @property
    def facility(self) -> Facility:
        """What the case says of it."""
        return self.books.case.facilities[self.name]

    @property
    def kind(self) -> str:
        """Kind of converter."""
        assert self.facility.converts is not None
        return next(iter(self.facility.converts.stated))

    @property
    def stated(self) -> Converter:
        """What is stated of it."""
        assert self.facility.converts is not None
        return self.facility.converts.stated[self.kind]

    def flows(self) -> Iterator[tuple[str, str, float]]:
        """(takes or gives, resource, amount per unit of activity)."""
        for side, amounts in ((TAKES, self.facility.inputs), (GIVES, self.facility.outputs)):
            for resource, per in amounts.items():
                yield side, resource, per.value

    def energy(self, side: str, resource: str) -> float:
        """Energy in a unit of what it takes or gives [MWh/unit]; nan where that is not known.

        Steam that it raises counts from feed water, steam that it takes down to condensate.
        """
        data = self.books.case.resources[resource]
        content = data.content("MWh")
        if content is None:
            return math.nan
        raises = side == GIVES and data.heat is not None and not self.of_steam
        return content * (raised_per_taken(data.heat) if raises and data.heat is not None else 1.0)

    @property
    def of_steam(self) -> bool:
        """Whether steam goes through it, in place of heat."""
        return isinstance(self.stated, LetDown | Recompression | Turbine)


def converting(books: Books) -> list[Converting]:
    """Converters that are built in a run."""
    found = []
    for name in books.opened():
        if books.case.facilities[name].converts is not None:
            states = books.assembly.instance.states.items()
            runs = {t: state.weight * books.solution.value("activity", name, t) for t, state in states}
            found.append(Converting(books, name, runs))
    return found


def converters_table(books: Books) -> "pd.DataFrame":
    """Make the ``converters`` table: amounts and energy by state, and how the amount per unit of activity follows.

    ``energy_mwh_per_yr`` is by the contents of the resources, of steam that is raised from its feed water; empty where
    a resource has none.
    """
    import pandas as pd

    rows = [row for one in converting(books) for row in _rows(one)]
    return pd.DataFrame(rows, columns=list(COLUMNS["converters"]))


def _rows(one: Converting) -> Iterator[dict[str, Any]]:
    resources, facility = one.books.case.resources, one.facility
    for state, activity in one.activity.items():
        for side, resource, per in one.flows():
            stated = (facility.inputs if side == TAKES else facility.outputs)[resource]
            yield {
                "state": state,
                "facility": one.name,
                "kind": one.kind,
                "role": side,
                "resource": resource,
                "per_activity": per,
                "activity_unit": facility.unit,
                "amount_per_yr": per * activity,
                "unit": resources[resource].unit,
                "energy_mwh_per_yr": per * activity * one.energy(side, resource),
                "basis": stated.source,
            }


def exergy_of_converters(books: Books) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Name -> exergy given, taken, and of that wasted into media that cool, over all states [MWh/yr].

    Fuel counts as its lower heating value (an assumption: that of natural gas is 4 % more). Of units through which
    steam goes, it is that of the flows, beside water at the temperature of the surroundings.
    """
    ambient = books.case.surroundings.value
    for one in converting(books):
        activity = sum(one.activity.values())
        made, off = _of_steam(one, ambient) if one.of_steam else _of_heat(one, ambient)
        yield one.name, (made.given * activity, made.taken * activity, off * activity)


def _of_heat(one: Converting, ambient: float) -> tuple[ExergyBalance, float]:
    """Exergy per unit of activity by the temperatures of its media, and what cooling media carry off."""
    given_off: list[float] = []
    taken_up: list[float] = []
    off = 0.0
    for side, resource, per in one.flows():
        level, energy = one.books.case.resources[resource].heat, one.energy(side, resource)
        if level is None:
            if energy == energy:
                (given_off if side == TAKES else taken_up).append(per * energy)
            continue
        found = counted(_scaled(taken(level, "") if side == TAKES else given(level, ""), per * energy), ambient)
        given_off.append(found.given)
        taken_up.append(found.taken)
        off += found.taken if side == TAKES and cools(level) else 0.0
    return ExergyBalance(math.fsum(given_off), math.fsum(taken_up)), off


def _scaled(parts: tuple[HeatStream, ...], heat: float) -> list[HeatStream]:
    whole = math.fsum(part.load for part in parts)
    return [replace(part, load=heat * part.load / whole) for part in parts]


def _of_steam(one: Converting, ambient: float) -> tuple[ExergyBalance, float]:
    """Exergy per unit of activity by enthalpy and entropy of what flows, and nothing that is carried off."""
    from planner.heat.converters import Ends
    from planner.heat.steam_converters import tonnes, tonnes_of_water

    stated, resources = one.stated, one.books.case.resources
    assert isinstance(stated, LetDown | Recompression | Turbine)
    ends, named = Ends(stated, one.facility.unit, resources), names_of(stated)
    sums = {TAKES: 0.0, GIVES: 0.0}
    for side, resource, per in one.flows():
        if resource in (named["from"], named["to"]):
            field = "from" if resource == named["from"] else "to"
            level = resources[resource].heat
            assert level is not None
            assert level.steam is not None
            entropy = properties.steam_entropy(level.steam.value, steam_temperature(level))
            sums[side] += per * tonnes(ends, field) * _worth(level_enthalpy(level), entropy, ambient)
        elif resource == named.get("water"):
            at = WATER if stated.water_temperature is None else stated.water_temperature.value
            worth = _worth(properties.water_enthalpy(at), properties.water_entropy(at), ambient)
            sums[side] += per * tonnes_of_water(stated, ends) * worth
        elif (energy := one.energy(side, resource)) == energy:
            sums[side] += per * energy
    return ExergyBalance(sums[TAKES], sums[GIVES]), 0.0


def _worth(enthalpy: float, entropy: float, ambient: float) -> float:
    """Exergy of a tonne that flows, beside water of the surroundings [MWh/t]."""
    zero = max(ambient, properties.TRIPLE[1])
    heat = enthalpy - properties.water_enthalpy(zero)
    return (heat - (zero + KELVIN) * (entropy - properties.water_entropy(zero))) / properties.PER_MWH
