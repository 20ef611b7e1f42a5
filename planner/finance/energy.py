"""What counts as energy where its prices move together."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.case.case import Case

#: What is energy whatever it holds, and what fuels and power are made into.
ALWAYS = ("power", "heat")


def energy_of(case: "Case") -> tuple[str, ...]:
    """Resources that are energy, in the order of the case: as stated, else by what they are and what they are for.

    Power and heat; what states its energy content and is a gas or emits CO2e in use; what power and heat are made from
    today; what facilities make them from and emits CO2e in use or states its energy content. No water.
    """
    stated = case.economics.finance.energy
    if stated:
        return tuple(name for name in case.resources if name in stated)
    today, by_facilities = _made_from(case)
    return tuple(name for name in case.resources if _is_energy(case, name, today, by_facilities))


def _is_energy(case: "Case", name: str, today: set[str], by_facilities: set[str]) -> bool:
    resource = case.resources[name]
    if resource.kind in ALWAYS or resource.kind == "water":
        return resource.kind in ALWAYS
    emits = any(x is not None and x.value > 0 for x in (resource.co2e.use, resource.co2e.biogenic))
    holds = _holds_energy(case, name)
    fuel = holds and (emits or resource.kind == "gas")
    return fuel or name in today or (name in by_facilities and (emits or holds))


def _holds_energy(case: "Case", name: str) -> bool:
    from planner.case.units import UnitError, convert

    resource = case.resources[name]
    if resource.enthalpy is not None:
        return resource.enthalpy.value > 0
    try:
        return convert(1.0, resource.unit, "MWh") > 0
    except UnitError:
        return False


def _made_from(case: "Case") -> tuple[set[str], set[str]]:
    """What power and heat are made from: by plants and partners today, and by facilities."""
    today, by_facilities = set[str](), set[str]()
    for unit in (*case.plants.values(), *case.partners.values()):
        for name, sink in unit.taken.items():
            recipe = sink.supplied_today_by
            if recipe is not None and case.resources[sink.resource or name].kind in ALWAYS:
                today |= set(recipe.inputs)
    for facility in case.facilities.values():
        if any(case.resources[name].kind in ALWAYS for name in facility.given):
            by_facilities |= set(facility.taken)
    return today, by_facilities
