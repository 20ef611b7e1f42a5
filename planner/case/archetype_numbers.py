"""Numbers of an archetype as a case has them: in proportion to the size of the plant, with source, grade and basis."""

import re
from collections.abc import Mapping
from typing import Any

from planner.case import units
from planner.case.archetypes import PlantSize
from planner.case.numbers import NumberError
from planner.case.rates import yearly as per_year
from planner.case.units import UnitError
from planner.case.values import DaysPerYear, HoursPerYear, Value
from planner.library.archetypes import Amount, PlantType

BASIS = "archetype"
_PARTS = ("value", "low", "high")
_GRADES = "ABC"


class SizeError(ValueError):
    """A size that cannot be one of its archetype; the message says why."""


class Sized:
    """The size of a plant in the unit of its archetype.

    Parameters
    ----------
    stated
        As the case has it.
    parts
        value, and low and high where they are stated [``kind.size.unit``].
    kind
        The archetype.
    """

    def __init__(self, stated: PlantSize, parts: Mapping[str, float], kind: PlantType) -> None:
        self.stated, self.parts, self.unit = stated, parts, kind.size.unit

    def times(self, amount: Amount) -> dict[str, float]:
        """An amount of the archetype for a plant of this size, with the range of both."""
        ends = [part for part in _PARTS if part == "value" or part in {*self.parts, *amount.parts}]
        return {part: self._part(part) * amount.parts.get(part, amount.typical) / amount.per for part in ends}

    def _part(self, part: str) -> float:
        return self.parts.get(part, self.parts["value"])

    def grade(self, amount: Amount) -> str:
        """The worse of the grades of the amount and of the size, where that states one."""
        return max(amount.grade, self.stated.grade or amount.grade, key=_GRADES.index)

    def said(self, amount: Amount) -> str:
        """How the number came about: "4.3 hl/hl x 200000 hl/yr"."""
        per = "" if amount.per == 1 else f" per {amount.per:g} {self.unit}"
        unit = "" if amount.unit == "1" else f" {amount.unit}"
        return f"{amount.typical:g}{unit}{per} x {self.parts['value']:.12g} {self.unit}"


def source_key(source: str) -> str:
    """Key that a document of the library has among the sources of a case."""
    return f"archetype {source}"


def plain_number(amount: Amount) -> dict[str, Any]:
    """A number of an archetype that does not depend on the size, as a case states it."""
    return stated_number(amount.parts, amount.unit, amount, amount.grade, amount.note or "")


def sized_number(amount: Amount, size: Sized, unit: str = "", per: float = 1.0) -> dict[str, Any]:
    """A number of an archetype for a plant of some size, as a case states it; ``per`` of it in one ``unit``."""
    parts = {part: number / per for part, number in size.times(amount).items()}
    note = "; ".join(text for text in (size.said(amount), amount.note) if text)
    return stated_number(parts, unit or amount.unit, amount, size.grade(amount), note)


def stated_number(parts: Mapping[str, float], unit: str, amount: Amount, grade: str, note: str) -> dict[str, Any]:
    """A number as a case states it, of basis archetype."""
    said = {"unit": unit, "source": source_key(amount.source), "grade": grade, "basis": BASIS}
    numbers = {part: float(f"{number:.12g}") for part, number in parts.items()}
    return {**numbers, **said, **({"note": note} if note else {})}


def assumed_number(number: float | str, note: str) -> dict[str, Any]:
    """A number that the library assumes."""
    source = source_key("assumption")
    return {"value": number, "source": source, "grade": "C", "basis": BASIS, "note": note}


def size_of(stated: PlantSize, kind: PlantType, plant: Mapping[str, Any]) -> Sized:
    """Size of a plant in the unit of its archetype.

    Parameters
    ----------
    stated
        As the user wrote it; words for what it counts ("m2 board/yr") are left aside.
    plant
        The plant as it stands in the file, for its hours or days where the size is one per day or hour.

    Raises
    ------
    SizeError
        If it is no such size, not above zero, or its range does not hold it.
    """
    if stated.periods or stated.profile:
        raise SizeError("differs by period; expected the size for the whole year")
    expected = kind.size.unit
    unit = without_words(stated.unit, kind.size.of) or expected
    factor = _factor(unit, kind, plant)
    found = {part: number for part in _PARTS if (number := getattr(stated, part)) is not None}
    parts = {part: float(f"{number * factor:.12g}") for part, number in found.items()}
    if min(parts.values()) <= 0:
        raise SizeError(f"found {stated.given}; expected more than 0 {expected}")
    if not parts.get("low", parts["value"]) <= parts["value"] <= parts.get("high", parts["value"]):
        raise SizeError(f"{stated.given} is not between its low and its high end")
    return Sized(stated, parts, kind)


def without_words(unit: str, of: str) -> str:
    """A unit without the words for what it counts: "m2 board/yr" is m2/yr, "kg H2/yr" kg/yr."""
    for word in sorted(of.split(), key=len, reverse=True):
        unit = re.sub(rf"\b{re.escape(word)}\b", "", unit, flags=re.IGNORECASE)
    return unit.strip()


def _factor(unit: str, kind: PlantType, plant: Mapping[str, Any]) -> float:
    expected = kind.size.unit
    try:
        if expected.endswith("/yr"):
            found = per_year(unit, expected.removesuffix("/yr"), lambda: _running(kind, plant))
            if found is not None:
                return found
        return units.factor(unit, expected)
    except UnitError as error:
        of = f" of {kind.size.of}"
        message = f"{error}{of}" if str(error).endswith(expected) else str(error)
        raise SizeError(f"{message}; the size of this archetype is in {expected}{of}") from None


def _running(kind: PlantType, plant: Mapping[str, Any]) -> tuple[float, float]:
    """Operating hours and days a year: those of the plant as it states them, else of its archetype."""
    hours = yearly(HoursPerYear, plant.get("hours"), 8760.0)
    if hours is None and (stops := yearly(HoursPerYear, plant.get("stops"), 8760.0)) is not None:
        hours = 8760.0 - stops
    days = yearly(DaysPerYear, plant.get("days"), 365.0)
    hours = kind.hours.typical if hours is None else hours
    return (hours, hours / 24) if days is None else (min(hours, 24 * days), days)


def yearly(kind: type[Value], raw: Any, whole: float) -> float | None:
    """Hours or days a year as the file has them; None where it does not, or they cannot be read.

    Raises
    ------
    SizeError
        If they differ by period.
    """
    if raw is None:
        return None
    try:
        value = kind.model_validate(raw)
        if value.periods or value.profile:
            raise SizeError("is per day or hour of a plant whose hours differ by period; state it per year")
        share = value.unit and units.converts(value.unit, "1")
        return (
            units.convert(value.value, value.unit, "1") * whole
            if share
            else (units.convert(value.value, value.unit or kind.template, kind.template))
        )
    except (UnitError, NumberError, ValueError) as error:
        if isinstance(error, SizeError):
            raise
        return None
