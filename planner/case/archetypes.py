"""The archetype of a plant: what it is and how large, in place of numbers that nobody has yet."""

import re
from typing import Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from planner.case.numbers import did_you_mean
from planner.case.values import Name, Section, Value
from planner.library.archetypes import Library

#: Times larger or smaller than usual from which on a size is said to be far off.
FAR_OFF = 20.0
_SHORT = 'write it as "brewery, 200000 hl/yr", or as {name: brewery, size: 200000 hl/yr}'
#: A name without digits and a size behind it: "Brewery 200 000 hl/a", "brewery (2e5 hl/yr)".
_NAME_AND_SIZE = re.compile(r"([^\d,;:(]+?)\s*[,;:(]?\s*(\d.*?)\s*\)?")
#: Digits in groups of three with blanks or apostrophes between them, which can mean nothing else.
_GROUPED = re.compile(r"\d{1,3}(?:[ '\u2019\u00a0\u2009\u202f]\d{3})+(?!\d)")
#: Digits in groups of three with commas or points between them, which are thousands or decimals.
_DOUBTFUL = re.compile(r"\d{1,3}((?:,\d{3})+|(?:\.\d{3}){2,}|\.000)(?![\d.,])")
_YEARLY = re.compile(r"\s*(?:\bp\.\s?a\.?|\bper (?:annum|year)\b)", re.IGNORECASE)


class PlantSize(Value):
    """The size of a plant in the unit of its archetype: a year's product, one by the day or hour, or a capacity."""

    template = "{size}"


class Archetype(Section):
    """A plant as it usually is: ``planner archetypes`` lists them. What the plant itself states wins, field by field.

    Written short: ``archetype: brewery, 200000 hl/yr``.
    """

    name: Name
    """Name of the archetype, or one of its other names."""
    size: PlantSize
    """Output or capacity; streams, area and jobs are in proportion to it."""
    names: dict[Name, Name] = Field(default_factory=dict)
    """Resource of the archetype -> resource of the case that it is: ``{spent grain: brewers grain}``."""
    without: tuple[Name, ...] = ()
    """Resources of the archetype that this plant neither takes nor gives; also hours, area, jobs or product."""
    filled: str | None = None
    """What its numbers were filled in for, in a case that the planner wrote: they stand in the plant then, and no more
    is filled in."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(without := raw.get("without"), str):
            raise ValueError(f"`without` is a list of resources: write it as `without: [{without}]`")
        if isinstance(raw, str):
            raw = split_short(raw)
        sized = isinstance(raw, dict) and isinstance(raw.get("size"), str)
        return {**raw, "size": plain_size(raw["size"], str(raw.get("name", "")))} if sized else raw

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        section = handler(core)
        handler.resolve_ref_schema(section)["type"] = ["object", "string"]
        return section

    @property
    def said(self) -> str:
        """All that decides what is filled in, in one line."""
        text = f"{self.name}, {self.size.value:.12g} {self.size.unit}"
        ends = [f"{end:.12g}" for end in (self.size.low, self.size.high) if end is not None]
        text += f" ({' to '.join(ends)})" if ends else ""
        text += f"; without {', '.join(sorted(self.without))}" if self.without else ""
        return text + "".join(f"; {mine} is {theirs}" for mine, theirs in sorted(self.names.items()))


def split_short(text: str) -> dict[str, str]:
    """Name and size of "brewery, 200000 hl/yr", the size as it is written.

    Raises
    ------
    ValueError
        If it is not a name and a size.
    """
    read = None if re.search(r",\s", text) else _NAME_AND_SIZE.fullmatch(text.strip())
    parts = re.split(r",\s|,", text, maxsplit=1) if read is None else [read[1], read[2]]
    name, size = (part.strip() for part in (*parts, "")[:2])
    if not name or not size:
        missing = "size" if name else "name"
        raise ValueError(f'found "{text[:60]}", without a {missing}; {_SHORT}')
    return {"name": name, "size": size}


def plain_size(text: str, name: str = "") -> str | dict[str, str]:
    """A size without separators of thousands, a year as the units know it.

    Parameters
    ----------
    text
        As in "200 000 hl/a" or "200,000 hl/yr".
    name
        Of the archetype. Where separators may be thousands or decimals, the one reading is taken that is not far off
        its usual size; the size is a mapping then that keeps the text as it was (``given``).

    Raises
    ------
    ValueError
        If the separators may be thousands or decimals, and that does not tell which.
    """
    plain = _YEARLY.sub("/yr", _GROUPED.sub(lambda digits: re.sub(r"\D", "", digits[0]), text.strip(), count=1))
    if (found := _DOUBTFUL.match(plain)) is None:
        return plain
    whole, point = re.sub(r"[.,]", "", found[0]), found[0].replace(",", ".")
    readings = [whole] + ([point] if point.count(".") == 1 else [])
    near = [one + plain[found.end() :] for one in readings if _is_near(name, one + plain[found.end() :])]
    if len(near) == 1:
        return {"value": near[0], "given": text.strip()}
    other = f" (or {float(point):g}, if that is meant)" if len(readings) > 1 else ""
    raise ValueError(f'found "{text[:60]}"; write it without a separator of thousands: {whole}{other}')


def _is_near(name: str, size: str) -> bool:
    """Whether a size is not far off the usual one of its archetype."""
    from planner.case.archetype_numbers import SizeError, size_of
    from planner.library.archetypes import library

    known = library()
    key = known.find(name)
    if key is None:
        return False
    kind = known.archetypes[key]
    try:
        times = size_of(PlantSize.model_validate(size), kind, {}).parts["value"] / kind.size.typical
    except (SizeError, ValueError):
        return False
    return 1 / FAR_OFF <= times <= FAR_OFF


def reading_of(size: PlantSize) -> str | None:
    """How a size whose separators could be read in two ways was read, in words; None of any other size."""
    if size.given and _DOUBTFUL.match(size.given):
        return f'the size "{size.given}" was read as {size.value:.12g} {size.unit}, which is near what is usual'
    return None


def unknown_archetype(name: str, known: Library) -> str:
    """Say that there is no archetype of a name, and the nearest one."""
    near = did_you_mean(name, known.names())
    return f'no such archetype "{name}"{near or ";"} `planner archetypes` lists them'
