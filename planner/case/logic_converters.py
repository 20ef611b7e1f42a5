"""Checks of units that change the level of heat: heat runs downhill, and nothing comes of nothing."""

from collections.abc import Iterator

from planner.case.case import Case
from planner.case.conversions import CLOSE
from planner.case.converters import Converter, Converts, names_of
from planner.case.facilities import Facility
from planner.case.findings import Findings, Path
from planner.case.logic_heat import sound

#: Fields of a facility that a converter has no use for.
MEANINGLESS = {"stores": "a store keeps its heat at its level", "treats": "it changes no quality"}


def check_converters(case: Case, found: Findings) -> None:
    """Facilities that change the level of heat."""
    for name, facility in case.facilities.items():
        if facility.converts is None:
            continue
        path: Path = ("facilities", name)
        kinds = list(facility.converts.stated)
        if len(kinds) != 1:
            listed = ", ".join(Converts.model_fields)
            message = f"states {' and '.join(kinds) or 'nothing'}; expected one of {listed}"
            found.say((*path, "converts"), message)
            continue
        for field, why in MEANINGLESS.items():
            if getattr(facility, field) is not None:
                found.say((*path, field), f"says nothing of a unit that converts: {why}")
        stated = facility.converts.stated[kinds[0]]
        named = set(names_of(stated).values())
        sane = named <= case.resources.keys() and sound(facility.converts)
        if sane and all(sound(case.resources[one].heat) for one in named):
            _check(case, facility, (*path, "converts", kinds[0]), stated, found)


def _check(case: Case, facility: Facility, path: Path, stated: Converter, found: Findings) -> None:
    from planner.heat.converters import ConversionError, conversion
    from planner.heat.properties import OutOfRange

    resources = {name: case.resources[name] for name in names_of(stated).values()}
    try:
        made = conversion(stated, facility.unit, resources)
    except ConversionError as error:
        place = (*path[:2], "unit") if error.field == "unit" else (*path, error.field)
        missing = "" if error.field == "unit" or getattr(stated, _attribute(error.field), None) else error.field
        if missing:
            found.say(path, str(error), missing=missing)
        else:
            found.say(place, str(error))
        return
    except OutOfRange as error:
        found.follow(path, str(error))  # said of the level itself
        return
    for field, amounts in (("inputs", made.inputs), ("outputs", made.outputs)):
        for name, amount in amounts.items():
            there = getattr(facility, field).get(name)
            if there is not None and abs(there.value - amount) > CLOSE * abs(amount):
                message = f"{there.given} is stated, but what it converts makes it {amount:.6g}; delete it"
                found.say((*path[:2], field, name), message, at_key=True)


def doubtful_converters(case: Case) -> Iterator[str]:
    """Warnings of units that can be, but hardly are, in a case without faults."""
    from planner.heat.converters import doubts

    for name, facility in case.facilities.items():
        for kind, stated in () if facility.converts is None else facility.converts.stated.items():
            for field, why in doubts(stated, facility.unit, case.resources):
                yield f"WARNING: facilities.{name}.converts.{kind}.{field}: {why}"


def _attribute(field: str) -> str:
    return "from_" if field == "from" else field
