"""Inputs and outputs of facilities that change the level of heat, as they follow from the levels of their media."""

from collections.abc import Callable, Mapping
from typing import Any

from planner.case.case import Case
from planner.case.converters import Converter, Converts, names_of
from planner.case.facilities import Facility
from planner.case.marks import Path
from planner.case.resources import Resource
from planner.case.values import PerUnit, Section, Value

#: Gives a part of the case with its numbers in their documented units; None where one is at fault.
Converted = Callable[[Section, Path], Any]
#: A stated amount is the one that follows within this share of it.
CLOSE = 1e-9


def with_conversions(case: Case, converted: Converted) -> Case:
    """The case with what its converters take and give.

    Parameters
    ----------
    case
        With what follows from the levels of its media.
    converted
        Gives parts of it with their numbers converted.

    Returns
    -------
    Case
        With ``inputs``, ``outputs`` and ``unit`` of its converters; what cannot be is left as it is, and said where
        converters are checked.
    """
    found = {}
    for name, facility in case.facilities.items():
        if facility.converts is not None and len(facility.converts.stated) == 1:
            found[name] = _filled(case, name, facility, facility.converts, converted)
    return case.model_copy(update={"facilities": {**case.facilities, **found}}) if found else case


def _filled(case: Case, name: str, facility: Facility, converts: Converts, converted: Converted) -> Facility:
    from planner.heat.converters import ConversionError, conversion
    from planner.heat.properties import OutOfRange

    stated = converted(converts, ("facilities", name, "converts"))
    named = {resource for one in converts.stated.values() for resource in names_of(one).values()}
    if stated is None or not named <= case.resources.keys():
        return facility
    resources: dict[str, Resource | None] = {
        one: converted(physical(case.resources[one]), ("resources", one)) for one in sorted(named)
    }
    known = {one: resource for one, resource in resources.items() if resource is not None}
    ((kind, converter),) = stated.stated.items()
    if "unit" not in facility.model_fields_set:
        facility = facility.model_copy(update={"unit": case.resources[delivered(converter)].unit})
    if len(known) < len(resources):
        return facility
    try:
        made = conversion(converter, facility.unit, known)
    except (ConversionError, OutOfRange, ValueError):
        return facility
    said = f"{kind.replace('_', ' ')}: {made.said}"
    update = {
        field: {**_amounts(case, facility, amounts, said, converter), **getattr(facility, field)}
        for field, amounts in (("inputs", made.inputs), ("outputs", made.outputs))
    }
    return facility.model_copy(update=update)


def physical(resource: Resource) -> Resource:
    """What of a resource says how it converts: no prices, and no emissions."""
    kept = {name: getattr(resource, name) for name in ("kind", "unit", "heat", "enthalpy", "mass", "water")}
    return Resource.model_construct(**kept)


def delivered(converter: Converter) -> str:
    """The resource that a converter is there for, in which its activity is counted."""
    from planner.case.converters import AbsorptionChiller, Chiller, CombinedHeatAndPower

    if isinstance(converter, CombinedHeatAndPower):
        return converter.power
    return converter.from_ if isinstance(converter, Chiller | AbsorptionChiller) else converter.to


def _amounts(
    case: Case, facility: Facility, amounts: Mapping[str, float], said: str, converter: Converter
) -> dict[str, PerUnit]:
    grades = [value.grade for value in numbers_of(converter)]
    grade = max((x for x in grades if x), default=None) if all(grades) else None
    return {
        name: PerUnit.model_validate(
            {
                "value": amount,
                "unit": f"({case.resources[name].unit})/({facility.unit})",
                "source": said,
                "grade": grade,
                "basis": "literature",
            }
        )
        for name, amount in amounts.items()
    }


def numbers_of(converter: Converter) -> list[Value]:
    """Numbers that are stated of a converter."""
    found = (getattr(converter, name) for name in type(converter).model_fields)
    return [value for value in found if isinstance(value, Value)]


def with_names(case: Case) -> Case:
    """The case with every resource that a converter names among its inputs and outputs, for names of streams only."""
    blank = PerUnit.model_construct(value=0.0, unit="1", given="0")
    found = {}
    for name, facility in case.facilities.items():
        stated = {} if facility.converts is None else facility.converts.stated
        more = {named: blank for one in stated.values() for named in names_of(one).values()}
        if more:
            found[name] = facility.model_copy(
                update={"inputs": {**more, **facility.inputs}, "outputs": {**more, **facility.outputs}}
            )
    return case.model_copy(update={"facilities": {**case.facilities, **found}}) if found else case
