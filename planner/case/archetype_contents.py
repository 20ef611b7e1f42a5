"""What by-products of archetypes hold of the qualities of a case, where it can be had in what the case counts."""

from typing import Any

from planner.case import units
from planner.case.archetype_numbers import plain_number, stated_number
from planner.case.archetype_park import Park, Tree, mapping
from planner.case.archetype_resources import called_alike
from planner.case.marks import Mark, Path
from planner.library.archetypes import StreamAmount

#: Field of a resource that says how much of it mixes, by what mixtures are weighted by.
_WEIGHTS = {"t": "mass", "m3": "water", "MWh": "enthalpy"}


def fill_contents(
    park: Park, mark: Mark, stream: tuple[Tree, Path], names: tuple[str, str], amount: StreamAmount
) -> None:
    """Fill in what a source holds of the qualities that the case knows and does not state itself.

    Parameters
    ----------
    park, mark
        The case, and where the archetype is named.
    stream
        The source and its path.
    names
        Of its resource, in the archetype and in the case.
    amount
        The source in the archetype.
    """
    there, here = stream
    quality = {} if there.get("quality") is None else there["quality"]
    if not isinstance(quality, dict):
        return
    raw, qualities = mapping(park.resources.get(names[1])), mapping(park.tree.get("qualities"))
    for held, content in amount.holds.items():
        theirs = called_alike(held, qualities)
        if theirs is None or theirs in quality or theirs in mapping(raw.get("quality")):
            continue
        if not _converts(content.unit, mapping(qualities[theirs]).get("unit")):
            continue
        if not _mixes(park, mark, mapping(qualities[theirs]).get("weight"), raw, names):
            continue
        found: dict[str, Any] = {"mean": plain_number(content)}
        if content.high is not None:
            worst = {"value": content.high}
            found["worst"] = stated_number(worst, content.unit, content, content.grade, "upper end")
        if there.get("quality") is None:
            park.put(there, "quality", quality, here, mark)
        park.put(quality, theirs, found, (*here, "quality"), mark)


def _converts(unit: str, wanted: Any) -> bool:
    return isinstance(wanted, str) and units.converts(unit, wanted)


def _mixes(park: Park, mark: Mark, weight: Any, raw: Tree, names: tuple[str, str]) -> bool:
    """Whether the case knows how much of a resource mixes, by volume unless it says else; said where the library knows.

    All contents of the library are masses per volume.
    """
    unit, weight = raw.get("unit"), "m3" if weight is None else weight
    if weight == "amount":
        return True
    if not isinstance(unit, str) or weight not in _WEIGHTS:
        return False
    if units.converts(unit, weight) or raw.get(_WEIGHTS[weight]) is not None:
        return True
    volume = park.library.resources[names[0]].water
    if weight != "m3" or volume is None or not units.converts(unit, "t"):
        return False
    per = units.factor(unit, "t")
    parts = {part: number * per for part, number in volume.parts.items()}
    stated = stated_number(parts, f"m3/({unit})", volume, volume.grade, volume.note or "")
    park.put(raw, "water", stated, ("resources", names[1]), mark)
    return True
