"""Write the pages that are built from the sources: ``python docs/build.py``.

``case-format.md`` from the case schema, ``mathematics.md`` from the equations at the top of each file of ``models``.
The committed pages equal the built ones, by test.
"""

import importlib
import inspect
import pkgutil
import sys
import types
import typing
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

CASE_HEAD = """# What a case can say

Built from the schema by `python docs/build.py`; `planner schema` prints the same as JSON Schema. A case is a folder
with `case.yaml`; its top level is the first table below. Fields marked "required" must be there; fields that are not
listed are faults.

Every number may be bare (in the unit of the table), text with its own unit (`34 t/h`), or a mapping
`{value, low, high, source, grade: A|B|C, basis: metered|invoiced|design|literature|estimate|archetype, year, note}`.
`{unit}` is the unit of the resource the number belongs to (of a facility: of its activity), `{key}` the unit of the
resource named by the key, `{currency}` the case's currency. Of a store `{unit}` is the unit of what it takes,
`{replaced}` of what it gives, `{content}` that of its content, in which `capacity`, `largest` and `smallest` are
stated. `{quality}` is the unit of the quality named by the key, `{load}` that of its loads: kg where content times
weight is a mass, else the product of both (`MJ/kg*t`). A quality whose unit is a word of your own (`index`, `degree`,
`-`) takes bare numbers. "12 ppm" of a quality in a mass per volume is 12 mg/L. `{size}` is the unit of the size of
an archetype (`hl/yr`, `MW`, `ha`): `planner archetypes` names it. `{impact}` is the unit of an impact category.

In a case with `periods` some numbers may differ between them: `{value: 30 t/h, periods: {summer: 10 t/h}}`. A period
that is not named has `value`; where all are named, `value` may be left out. A bare number of a period is in the unit of
`value`, and only where that has none in the unit of the table. These may: rate, hours and availability of
sources and sinks, hours and stops of plants and partners, hours, availability and capacity factor of facilities, the
price of a resource, the price of a sale, cost and `co2e` of a discharge, the `co2e` factors of a resource, the peak of
a gate, and the temperature of the `ground`.
Hours of a period are those of the year that fall into it, or a share of its own ("95 %"); hours of a whole year are
spread over the periods in proportion to theirs, beside hours of some periods what these leave over the others; so is a
rate by the year. A share ("90 %") and 0 are those of each period not named. A rate of a period is one per hour or per
day. In the table of streams `rate.periods.summer` is a column, in that of prices `periods.summer`.

A number that may differ by period may follow a profile instead: `{value: 10 MW, profile: load}` is 10 MW times the
profile, `{profile: spot, unit: EUR/MWh}` the profile itself. Hours follow one as a share of those of each period. In
the table of streams `rate.profile` is a column, in that of prices `profile`.

A file that says `based_on: case.yaml` is a variant: it is laid over another case file of the same folder, which may
itself be a variant (at most ten in a row), and only the case they make together must be complete. File names count from
that folder, as everywhere.

- Mappings are merged name by name. Texts, numbers and **lists are replaced whole**: a variant that changes one of the
  `exchanges` writes all of them.
- `~` deletes what the base says. Deleting what is not there is a fault.
- A number replaces a number, whichever way each is written, with its range, source and grade. A mapping without `value`
  adds to the number that is there: `discount_rate: {low: 3 %}` keeps the value and takes a new lower end, `{low: ~}`
  takes the lower end away.
- A table belongs to the file that names it. The variant is laid over its rows too; if it names another table of the
  same kind, or deletes the name, the table of the base is not read.
"""

MATHS_HEAD = """# The mathematics

Built from the files of `models/` by `python docs/build.py`: each opens with its equations, and a test holds them to the
code. Notation: [models/README.md](../models/README.md).
"""

#: Order in which a reader meets the concerns.
CONCERNS = (
    "siting",
    "exchange",
    "links",
    "stars",
    "mains",
    "resting",
    "paths",
    "trenches",
    "facilities",
    "power",
    "cascade",
    "equipment",
    "chronology",
    "storage",
    "operations",
    "mixing",
    "products",
    "proportions",
    "around",
    "unmixed",
    "balances",
    "credits",
    "limits",
    "indicators",
    "goal",
    "mend",
    "coalition",
    "exits",
    "insist",
    "marginal",
    "unbuilt",
    "park",
    "run",
    "solve",
    "start",
    "proxy",
    "diagnose",
)


def case_format() -> str:
    """The data dictionary of a case, a table a section."""
    from planner.case.case import Case

    parts = [CASE_HEAD]
    seen: list[type[BaseModel]] = [Case]
    for model in seen:
        parts.append(_section(model))
        for field in model.model_fields.values():
            seen += [inner for inner in _models(field.annotation) if inner not in seen]
    return "\n".join(parts)


def _section(model: type[BaseModel]) -> str:
    title = model.__name__.strip("_")
    lines = [f"## {title}", "", inspect.cleandoc(model.__doc__ or ""), "", "| field | form | default | meaning |"]
    lines.append("|---|---|---|---|")
    for name, field in model.model_fields.items():
        meaning = " ".join((field.description or _meaning(field.annotation)).split())
        lines.append(f"| `{field.alias or name}` | {_form(field.annotation)} | {_default(field)} | {_cell(meaning)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _values(annotation: object) -> list[type]:
    from planner.case.values import Value

    found = [annotation] if isinstance(annotation, type) and issubclass(annotation, Value) else []
    return found + [value for inner in typing.get_args(annotation) for value in _values(inner)]


def _models(annotation: object) -> list[type[BaseModel]]:
    from planner.case.values import Value

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [] if issubclass(annotation, Value) else [annotation]
    return [model for inner in typing.get_args(annotation) for model in _models(inner)]


def _meaning(annotation: object) -> str:
    values = _values(annotation)
    return inspect.cleandoc(values[0].__doc__ or "").splitlines()[0] if values else ""


def _form(annotation: object) -> str:
    from planner.case.values import Value

    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _form(arguments[0])
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_form(inner) for inner in arguments if inner is not type(None))
    if origin is dict:
        return f"{_form(arguments[1])}, by {'year' if arguments[0] is int else 'name'}"
    if origin is tuple:
        return f"list of {_form(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return f"number [{annotation.template}]"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        title = annotation.__name__.strip("_")
        return f"[{title}](#{title.lower()})"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(annotation, str(annotation)) if isinstance(annotation, type) else str(annotation)


def _default(field: FieldInfo) -> str:
    from planner.case.values import Value

    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined or default in ({}, ()):
        return ""
    if isinstance(default, Value):
        return f"{default.value:g}"
    if isinstance(default, BaseModel):
        return ""
    if isinstance(default, tuple):
        return ", ".join(f"`{inner}`" for inner in default)
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def mathematics() -> str:
    """The equations of every concern."""
    import models

    known = {module.name for module in pkgutil.iter_modules(models.__path__)}
    parts = [MATHS_HEAD]
    for name in CONCERNS:
        if name in known:
            text = inspect.cleandoc(importlib.import_module(f"models.{name}").__doc__ or "")
            parts.append(f"## models/{name}.py\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


PAGES = {"case-format.md": case_format, "mathematics.md": mathematics}

if __name__ == "__main__":
    for page, build in PAGES.items():
        (HERE / page).write_text(build(), encoding="utf-8")
