"""Brings factors of impact categories into the unit of their category: "0.9 g SO2e/kg" into kg SO2e/t.

A unit of a category is a unit and words that name the substance ("kg" and "SO2e"), or a word of its own ("points"). The
words must stand in a factor's unit too, so that no kg of NOx is read as a kg of SO2e; the rest is converted by pint.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from planner.case import units
from planner.case.case import Case
from planner.case.impacts import (
    FacilityImpacts,
    HaulFactor,
    ImpactCategory,
    ImpactFactor,
    LinkImpacts,
    LoadingFactor,
    MoneyFactor,
)
from planner.case.pairs import carried
from planner.case.price_years import brought
from planner.case.ranges import UnresolvedError, parts_of
from planner.case.stores import activity_unit, capacity_unit
from planner.case.units import UnitError


@dataclass(frozen=True)
class ImpactUnit:
    """Unit of a category: ``magnitude`` ("kg", or "1" where it is a word of its own) of a ``substance`` ("SO2e")."""

    magnitude: str
    substance: str


def impact_unit(unit: str) -> ImpactUnit:
    """Split the unit of a category into a unit that can be converted and the words after it.

    Raises
    ------
    UnresolvedError
        If it is per something.
    """
    if "/" in unit or re.search(r"\bper\b", unit):
        raise UnresolvedError(f'found "{unit}"; expected what is counted, as in kg SO2e, and not per what')
    if _is_known(unit):
        return ImpactUnit(unit, "")
    first, _, rest = unit.strip().partition(" ")
    if rest and _is_known(first):
        return ImpactUnit(first, " ".join(rest.split()))
    return ImpactUnit("1", " ".join(unit.split()))


def counted_per(
    case: Case, node: LinkImpacts | FacilityImpacts, name: str, common: Callable[[Iterable[str], str], tuple[str, str]]
) -> dict[str, Any]:
    """What factors of a link or facility are per: unit of what it carries and tonnes in that; of activity and capacity.

    ``common`` says the one unit of several resources, or why there is none.
    """
    if isinstance(node, FacilityImpacts):
        facility = case.facilities.get(name)
        if facility is None or (facility.stores is not None and facility.stores.taken not in case.resources):
            return {}
        return {"unit": activity_unit(case, name), "content": capacity_unit(facility)}
    moved = sorted(carried(case, name)) if name in case.links else []
    unit, mixed = common(moved, "split it into one link for each unit")
    masses = {case.resources[one].content("t") for one in moved if one in case.resources}
    return {"unit": unit if moved else "t", "mixed": mixed, "mass": masses.pop() if len(masses) == 1 else None}


def impact_factor(
    case: Case, value: ImpactFactor, category: ImpactCategory, per: str, mass: float | None = None
) -> ImpactFactor:
    """A factor in the unit of its category.

    Parameters
    ----------
    value
        As it was written.
    per
        What it is counted per: "(Nm3)", "t*km", "m".
    mass
        Tonnes in a unit of what a link carries, where its factor may be per tonne; None where that is not known.

    Raises
    ------
    UnitError, UnresolvedError
        If its unit is not one of the category per that, or its money is of a year that cannot be brought.
    """
    own = impact_unit(category.unit)
    plain = re.fullmatch(r"\w+|\([^()]*\)", per)
    parts, shown = parts_of(value), f"{category.unit}/{per if plain else f'({per})'}"
    scale, year = 1.0, value.year
    if value.unit:
        written = _without_substance(value.unit, own, shown)
        if isinstance(value, MoneyFactor):
            written, scale, year = _of_our_money(case, written, value.year)
        hauled = isinstance(value, HaulFactor | LoadingFactor)
        try:
            scale *= _factor(written, own.magnitude, per, (hauled, mass))
        except UnitError as error:
            raise UnitError(f"{str(error).partition('; expected')[0]}; expected a number in {shown}") from None
    elif isinstance(value, MoneyFactor):
        _, scale, year = _of_our_money(case, f"1/{case.currency}", value.year)
    parts = {part: number * scale for part, number in parts.items()}
    return value.model_copy(update={**parts, "unit": shown, "year": year})


def _of_our_money(case: Case, unit: str, year: int | None) -> tuple[str, float, int | None]:
    """A unit per money brought to the case's currency and price year: its unit, the number to multiply by, the year.

    What a unit of the case's money buys of a factor is what that money was worth in the factor's year.
    """
    money = [name for name, power in units.parse(unit) if power < 0 and units.split_currency(name)]
    if not money:
        return unit, 1.0, year
    own, parts = brought(case, money[0], {"value": 1.0}, year)
    text = "*".join(f"{name}^{power}" for name, power in units.parse(unit) if name != money[0])
    return f"({text or '1'})/({own})", 1.0 / parts["value"], case.price_year if year is not None else None


def _factor(written: str, magnitude: str, per: str, moved: tuple[bool, float | None]) -> float:
    """Number to multiply by; ``moved``: whether it is of what a link moves, and the tonnes in a unit of that."""
    hauled, mass = moved
    expected = f"({magnitude})/({per})"
    try:
        return units.factor(written, expected)
    except UnitError:
        by_mass = f"({magnitude})/({'t*km' if per.endswith('*km') else 't'})"
        if not hauled or not units.converts(written, by_mass):
            raise
        if mass is None:
            message = "is per tonne, but the mass of what the link carries is not known or not the same of all"
            raise UnresolvedError(f"{message}; state resources.<name>.mass, or a factor per ({per})") from None
        return units.factor(written, by_mass) * mass


def _without_substance(text: str, own: ImpactUnit, expected: str) -> str:
    """A factor's unit without the words that name the substance."""
    above, sign, below = re.sub(r"\bper\b", "/", text).partition("/")
    if not sign:
        raise UnresolvedError(f"found a number in {text}; expected one in {expected}")
    bare, words = "".join(above.split()), "".join(own.substance.split())
    if not bare.endswith(words):
        raise UnresolvedError(f"found a number in {text}; expected one in {expected}, which names {own.substance}")
    head = bare[: len(bare) - len(words)] if words else above
    if words and head and own.magnitude == "1":
        raise UnresolvedError(f"found a number in {text}; expected one in {expected}")
    if not words and not _is_known(head or "1"):
        raise UnresolvedError(f"found a number in {text}; expected one in {expected}")
    return f"{head or '1'}/{below}"


def _is_known(unit: str) -> bool:
    try:
        units.parse(unit)
    except UnitError:
        return False
    return True
