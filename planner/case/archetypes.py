"""The archetype of a plant: what it is and how large, in place of numbers that nobody has yet."""

from typing import Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from planner.case.numbers import did_you_mean
from planner.case.values import Name, Section, Value
from planner.library.archetypes import Library

_SHORT = 'write it as "brewery, 200000 hl/yr", or as {name: brewery, size: 200000 hl/yr}'


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
        return split_short(raw) if isinstance(raw, str) else raw

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
    """Name and size of "brewery, 200000 hl/yr".

    Raises
    ------
    ValueError
        If it is not a name, a comma and a size.
    """
    name, comma, size = (part.strip() for part in text.partition(","))
    if not name or not size:
        missing = "name" if comma and not name else "size"
        raise ValueError(f'found "{text[:60]}", without a {missing}; {_SHORT}')
    return {"name": name, "size": size}


def unknown_archetype(name: str, known: Library) -> str:
    """Say that there is no archetype of a name, and the nearest one."""
    near = did_you_mean(name, known.names())
    return f'no such archetype "{name}"{near or ";"} `planner archetypes` lists them'
