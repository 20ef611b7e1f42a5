"""What the resources of an archetype are in a case: by which name, at which level of heat, in which unit."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from planner.case import units
from planner.case.heat import HeatLevel
from planner.case.units import UnitError
from planner.case.values import Enthalpy, Mass, Pressure, Section, Temperature, Value, WaterContent
from planner.library.archetypes import NamedResource, plain

#: Field of a resource that says how much energy, mass or water is in a unit of it.
_CONTENT: Mapping[str, tuple[str, type[Value]]] = {
    "MWh": ("enthalpy", Enthalpy),
    "t": ("mass", Mass),
    "m3": ("water", WaterContent),
}
#: Temperatures that differ by less are one level [K].
SAME_LEVEL = 0.5


def described(known: NamedResource) -> dict[str, Any]:
    """A resource of the library as a case states it, without price."""
    said: dict[str, Any] = {"kind": known.kind, "unit": known.unit}
    said |= {"basis": known.basis} if known.basis else {}
    said |= {"fresh_water": True} if known.fresh_water else {}
    said |= {"heat": level_of(known)} if known.heat else {}
    said |= {"discharge": dict(known.discharge)} if known.discharge else {}
    return said | ({"waste_code": known.waste_code} if known.waste_code else {})


def level_of(known: NamedResource) -> dict[str, Any]:
    """Level of heat of a resource of the library, as a case states it."""
    from planner.case.archetype_numbers import assumed_number

    note = "assumption: usual level of such plants"
    return {name: assumed_number(text, note) for name, text in (known.heat or {}).items()}


def called_alike(name: str, names: Iterable[Any]) -> str | None:
    """The name that is this one but for capitals; None where there is none."""
    return next((one for one in names if isinstance(one, str) and one.lower() == name.lower()), None)


def likely(name: str, known: NamedResource, side: str | None, resources: Mapping[str, Any]) -> list[str]:
    """Resources of a case that a resource of the library may be: of that name or a synonym, of its kind and level.

    Of any level where no ``side`` is given.
    """
    wanted = {plain(name), *(plain(one) for one in known.synonyms)}
    found = []
    for theirs, raw in resources.items():
        if not isinstance(raw, dict) or raw.get("kind", known.kind) != known.kind:
            continue
        synonyms = raw.get("synonyms")
        others = [one for one in synonyms if isinstance(one, str)] if isinstance(synonyms, list) else []
        if {plain(theirs)} & wanted or plain(name) in {plain(one) for one in others}:
            found.append(theirs)
    return [one for one in found if side is None or fits(known, resources[one], side)]


def fits(known: NamedResource, raw: Any, side: str) -> bool:
    """Whether a medium of a case is hot enough to be taken in place of one of the library, or cold enough to be made.

    True where either states no level.
    """
    wanted = temperature({"heat": known.heat})
    there = temperature(raw)
    if wanted is None or there is None:
        return True
    return there >= wanted - SAME_LEVEL if side == "sinks" else there <= wanted + SAME_LEVEL


def temperature(raw: Any) -> float | None:
    """Temperature at which a medium is taken [degC]; None where its level is not stated, or cannot be."""
    from planner.heat.levels import temperature_taken
    from planner.heat.properties import OutOfRange

    level = _level(raw)
    try:
        return None if level is None else temperature_taken(level)
    except (OutOfRange, ValueError):
        return None


def content_per_unit(raw: Mapping[str, Any], unit: str, wanted: str) -> float | None:
    """Energy ("MWh"), mass ("t") or water ("m3") in a unit of a resource of a case; None where it does not say."""
    name, kind = _CONTENT[wanted]
    expected = f"{wanted}/({unit})"
    try:
        if raw.get(name) is not None:
            value = kind.model_validate(raw[name])
            return units.convert(value.value, value.unit or expected, expected) or None
    except (ValidationError, UnitError):
        return None
    if wanted != "MWh" or (level := _level(raw)) is None:
        return None
    from planner.heat.levels import heat_per_unit
    from planner.heat.properties import OutOfRange

    try:
        return heat_per_unit(level, unit)
    except (OutOfRange, ValueError):
        return None


def _level(raw: Any) -> HeatLevel | None:
    """Level of heat as a file states it, its numbers converted."""
    if not isinstance(raw, dict) or raw.get("heat") is None:
        return None
    try:
        level: HeatLevel = _converted(HeatLevel.model_validate(raw["heat"]))
    except (ValidationError, UnitError):
        return None
    return level if level.steam is not None or None not in (level.supply, level.return_) else None


def _converted(node: Any) -> Any:
    """A part of a level with its numbers in their documented units."""
    if isinstance(node, Temperature):
        return node.model_copy(update={"value": units.celsius(node.value, node.unit)})
    if isinstance(node, Pressure):
        return node.model_copy(update={"value": units.absolute(node.value, node.unit)})
    if isinstance(node, Value):
        return node.model_copy(update={"value": units.convert(node.value, node.unit or node.template, node.template)})
    if isinstance(node, Section):
        return node.model_copy(update={name: _converted(getattr(node, name)) for name in type(node).model_fields})
    return node
