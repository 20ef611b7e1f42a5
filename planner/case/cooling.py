"""Who is heated by a medium that cools: whoever gives it takes up the heat of those who took it."""

from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.findings import Path
from planner.case.pairs import outlets

#: Section of the case that a plant or partner stands in.
_KIND = {True: "plants", False: "partners"}


def heated_by(case: Case, resource: str) -> dict[str, Path]:
    """Units that make use of the heat of those who take a medium, by giving it: unit -> where the case says so.

    Plants whose process heat gives it, and facilities that give heat at another level besides: heat pumps. A store
    of it passes that heat on to them. Nobody is heated by hot water or steam that he gives, and a cooling tower or a
    chiller makes no use of what it takes up.

    Parameters
    ----------
    case
        With what follows from the levels of its media.
    resource
        Name of a medium.
    """
    if not _cools(case, resource):
        return {}
    found: dict[str, Path] = {
        outlet.unit: (_KIND[outlet.unit in case.plants], outlet.unit, "process_heat", "gives", outlet.name)
        for outlet in outlets(case)
        if outlet.medium and outlet.resource == resource
    }
    for name, facility in case.facilities.items():
        if resource in facility.outputs and any(_heats(case, given) for given in facility.outputs):
            found[name] = ("facilities", name)
    stores = [name for name, facility in case.facilities.items() if _keeps(facility, resource)] if found else []
    return found | {name: ("facilities", name, "stores") for name in stores}


def heats(case: Case, resource: str, giver: str | None = None) -> bool:
    """Whether a medium that cools heats whoever gives it; without a giver, anybody."""
    heated = heated_by(case, resource)
    return bool(heated) if giver is None else giver in heated


def _cools(case: Case, resource: str) -> bool:
    data = case.resources.get(resource)
    level = None if data is None else data.heat
    if level is None or level.supply is None or level.return_ is None:
        return False
    return level.supply.value < level.return_.value


def _heats(case: Case, resource: str) -> bool:
    return resource in case.resources and case.resources[resource].kind == "heat" and not _cools(case, resource)


def _keeps(facility: Facility, resource: str) -> bool:
    return facility.stores is not None and resource in facility.given
