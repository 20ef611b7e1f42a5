"""Heat and mass of a unit of a medium, by IAPWS-IF97 where the case states its level and not these."""

from collections.abc import Callable

from planner.case.case import Case
from planner.case.heat import HeatLevel
from planner.case.resources import Resource
from planner.case.values import Enthalpy, Mass

SOURCE = "IAPWS-IF97 (Wagner et al. 2000)"


def with_levels(case: Case, converted: Callable[[str, HeatLevel], HeatLevel | None]) -> Case:
    """The case with what follows from the levels of its media.

    Parameters
    ----------
    case
        As the user wrote it.
    converted
        Gives the level of a resource with its numbers in their documented units; None where one is at fault.

    Returns
    -------
    Case
        With ``enthalpy`` where it is not stated, and ``fluid.mass`` of what is counted in energy.
    """
    found = {}
    for name, resource in case.resources.items():
        level = None if resource.heat is None else converted(name, resource.heat)
        if level is not None:
            found[name] = _filled(resource, level)
    return case.model_copy(update={"resources": {**case.resources, **found}}) if found else case


def _filled(resource: Resource, level: HeatLevel) -> Resource:
    from planner.heat.levels import heat_per_unit, mass_per_unit
    from planner.heat.properties import OutOfRange

    try:
        heat, mass = heat_per_unit(level, resource.unit), mass_per_unit(level, resource.unit)
    except (OutOfRange, ValueError):
        return resource  # said where levels are checked
    counted_in_energy = heat is not None and mass is not None and _is_energy(resource.unit)
    update: dict[str, object] = {}
    if heat is not None and resource.enthalpy is None and not counted_in_energy:
        update["enthalpy"] = Enthalpy.model_validate(_stated(heat, f"MWh/({resource.unit})"))
    fluid = resource.fluid
    if counted_in_energy and fluid is not None and fluid.mass is None and resource.mass is None:
        whole = Mass.model_validate(_stated(mass, f"t/({resource.unit})"))
        update["fluid"] = fluid.model_copy(update={"mass": whole})
    return resource.model_copy(update=update) if update else resource


def _stated(number: float | None, unit: str) -> dict[str, object]:
    return {"value": number, "unit": unit, "source": SOURCE, "basis": "literature"}


def _is_energy(unit: str) -> bool:
    from planner.case.units import UnitError, convert

    try:
        return convert(1.0, unit, "MWh") > 0
    except UnitError:
        return False
