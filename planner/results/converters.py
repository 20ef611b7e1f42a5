"""Table ``converters``: what units that change the level of heat take and give; and their rows of ``exergy``."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case.converters import Converter, LetDown, Recompression, Turbine, names_of
from planner.case.facilities import Facility
from planner.heat import properties
from planner.heat.exergy import ExergyBalance, summed
from planner.heat.exergy_of_media import flow_exergy
from planner.heat.levels import cools, raised_per_taken, steam_temperature
from planner.heat.steam_converters import WATER, level_enthalpy
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.exergy_of_resources import exergy_in

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

    Of units through which steam goes, it is that of the flows of steam and water, beside water of the surroundings.
    """
    ambient = books.case.surroundings.value
    for one in converting(books):
        activity = sum(one.activity.values())
        made, off = _of_steam(one, ambient) if one.of_steam else _of_heat(one, ambient)
        yield one.name, (made.given * activity, made.taken * activity, off * activity)


def _of_heat(one: Converting, ambient: float) -> tuple[ExergyBalance, float]:
    """Exergy per unit of activity by the levels of its media, and what cooling media carry off."""
    parts: list[ExergyBalance] = []
    off = 0.0
    for side, resource, per in one.flows():
        data = one.books.case.resources[resource]
        found = exergy_in(data, side == GIVES, per, ambient) or ExergyBalance(0.0, 0.0)
        parts.append(found)
        off += found.taken if side == TAKES and data.heat is not None and cools(data.heat) else 0.0
    return summed(parts), off


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
            sums[side] += per * tonnes(ends, field) * flow_exergy(level_enthalpy(level), entropy, ambient)
        elif resource == named.get("water"):
            at = WATER if stated.water_temperature is None else stated.water_temperature.value
            into = ends.level("to").steam
            assert into is not None
            pressure = max(into.value, properties.ATMOSPHERE)
            held = properties.water_enthalpy(at, pressure), properties.water_entropy(at, pressure)
            sums[side] += per * tonnes_of_water(stated, ends) * flow_exergy(*held, ambient)
        elif (found := exergy_in(resources[resource], side == GIVES, per, ambient)) is not None:
            sums[side] += found.given + found.taken
    return ExergyBalance(sums[TAKES], sums[GIVES]), 0.0
