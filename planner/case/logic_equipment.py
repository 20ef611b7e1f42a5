"""Checks what a case says of standby and heat exchangers of plants."""

from planner.case.case import Case
from planner.case.equipment import Exchanger, Standby
from planner.case.findings import Findings, Path
from planner.case.plants import Carried, Tenant
from planner.case.values import Value


def check_equipment(case: Case, found: Findings) -> None:
    """Standby and heat exchangers of plants and partners."""
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for place, streams in _streams(tenant):
                for stream_name, stream in streams.items():
                    path: Path = (kind, name, *place, stream_name)
                    resource = stream.resource or stream_name
                    if stream.exchanger is not None:
                        _check_exchanger(case, resource, stream.exchanger, (*path, "exchanger"), found)
                    standby = getattr(stream, "standby", None)
                    if standby is not None:
                        _check_standby(case, resource, standby, (*path, "standby"), found)


def _streams(tenant: Tenant) -> list[tuple[tuple[str, ...], dict[str, Carried]]]:
    heat = tenant.process_heat
    found: list[tuple[tuple[str, ...], dict[str, Carried]]] = [
        (("sources",), dict(tenant.sources)),
        (("sinks",), dict(tenant.sinks)),
    ]
    if heat is not None:
        found += [(("process_heat", "takes"), dict(heat.takes)), (("process_heat", "gives"), dict(heat.gives))]
    return found


def _check_exchanger(case: Case, resource: str, stated: Exchanger, path: Path, found: Findings) -> None:
    by_area = {field: getattr(stated, field) for field in ("area_cost", "coefficient", "mean_difference")}
    missing = [field for field, value in by_area.items() if value is None]
    if stated.cost is not None and len(missing) < len(by_area):
        found.say((*path, "cost"), "states a cost by heat and one by area; expected one of them")
    elif stated.cost is None and len(missing) == len(by_area):
        found.say(path, "is missing; state cost, or area_cost, coefficient and mean_difference", missing="cost")
    elif stated.cost is None and missing:
        found.say(path, "is missing; a cost by area needs it", missing=missing[0])
    for field in ("coefficient", "mean_difference", "lifetime"):
        _above(getattr(stated, field), (*path, field), found)
    if resource in case.resources and case.resources[resource].kind != "heat":
        found.say(path, f"{resource} is of kind {case.resources[resource].kind}; expected heat")
    _check_heat(case, resource, path, found)


def _check_standby(case: Case, resource: str, stated: Standby, path: Path, found: Findings) -> None:
    _above(stated.lifetime, (*path, "lifetime"), found)
    _check_heat(case, resource, path, found)


def _above(value: Value | None, path: Path, found: Findings) -> None:
    if value is not None and value.value <= 0:
        found.say(path, f"found {value.given}; expected more than 0")


def _check_heat(case: Case, resource: str, path: Path, found: Findings) -> None:
    data = case.resources.get(resource)
    if data is not None and not data.content("MWh"):
        message = f"is sized in MW; state resources.{resource}.enthalpy in MWh/{data.unit}, or its level (heat)"
        found.say(path, message)
