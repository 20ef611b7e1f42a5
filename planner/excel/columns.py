"""Sheets and columns of the workbook, drawn from the schema of the case: a new field of it is a new column.

A sheet holds an entry of the case in each row. Its first columns name the entry (plant, direction, stream), the others
are the simple fields of its section: numbers (with a column for their unit), text, choices, true or false, lists of
names. What is not so simple, and all ranges and sources for which a sheet has no column, stand in the sheet "other",
by their path (``planner.excel.paths``); so nothing that a case can say is lost.
"""

import re
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from planner.case.case import Case
from planner.case.exchanges import Exchange, Substitution
from planner.case.facilities import Facility, InvestmentPoint
from planner.case.land import Plot
from planner.case.links import Link, Size
from planner.case.messages import _models_at, _parts
from planner.case.plants import Partner, Plant, Sink, Source
from planner.case.resources import Resource
from planner.case.values import PerUnit, Section, Value

Kind = Literal["number", "text", "words", "whole", "bool", "choice", "list", "entry", "plain", "industry"]

#: What may stand beside a number, in the order of the columns.
BESIDE = ("low", "high", "source", "grade", "basis", "year", "note")
#: Columns of the sheets "park" and "other", a part of the case by its path in each row.
BY_PATH = ("path", "value", "unit", *BESIDE)
#: What numbers are counted in where the resource says it, in words for a header.
_IN_WORDS = {"{unit}": "unit", "{key}": "unit of input", "{currency}": "money", "{replaced}": "unit replaced"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    header
        First line of the column; of a number without its unit in brackets.
    field
        Path of the field in its entry; empty where the entry itself is the number.
    kind
        What its cells hold; "entry" is a mapping of one name to a number, "plain" a number without a unit.
    unit
        Documented unit of a number, for the header.
    about
        What it means.
    choices
        What may be chosen.
    names
        Sheet whose names it takes, for a drop-down; "" if none.
    ranged
        Whether low, high, source ... have columns of their own.
    either
        Whether a single name is written without a list.
    common
        Whether it is there even where no row uses it.
    """

    header: str
    field: tuple[str, ...]
    kind: Kind
    unit: str = ""
    about: str = ""
    choices: tuple[str, ...] = ()
    names: str = ""
    ranged: bool = False
    either: bool = False
    common: bool = False

    def headers(self) -> list[str]:
        """Headers of its cells: itself, the unit, and what stands beside a number."""
        if self.kind not in ("number", "entry"):
            return [self.header]
        first = [self.header] if self.kind == "entry" else []
        number = f"{self.header} amount" if self.kind == "entry" else self.header
        beside = [f"{self.header} {part}" for part in BESIDE] if self.ranged else []
        return [*first, f"{number} [{self.unit}]" if self.unit else number, f"{self.header} unit", *beside]


@dataclass(frozen=True)
class Key:
    """A step of the path of an entry that stands in a cell.

    Attributes
    ----------
    header
        Its column.
    names
        Sheet whose names it takes, for a drop-down.
    choices
        Word in the cell -> step of the path, where it is one of a few.
    sections
        Sections of the case that may hold the name; the path begins with the one that does.
    index
        Whether it counts the entries of a list, from 1.
    about
        What it means.
    """

    header: str
    names: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    sections: tuple[str, ...] = ()
    index: bool = False
    about: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: where its rows stand in the case, and its columns.

    Attributes
    ----------
    name
        Of the sheet.
    steps
        Path of an entry: text, or a key in a cell.
    columns
        Its columns.
    about
        What it is for, its first line.
    """

    name: str
    steps: tuple[str | Key, ...]
    columns: tuple[Column, ...]
    about: str

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its steps that stand in cells."""
        return tuple(step for step in self.steps if isinstance(step, Key))


def unit_words(template: str) -> str:
    """Unit of a number for a header: "{unit}/h" is "unit/h"."""
    for sign, words in _IN_WORDS.items():
        template = template.replace(sign, words)
    return "" if template == "1" or re.search(r"[{}]", template) else template


def _column(name: str, annotation: Any, about: str | None) -> Column | None:
    """The column of a field; None for what has no simple form."""
    words = " ".join((about or "").replace("``", "").split())
    parts = [part for part in _parts(annotation) if part is not type(None)]
    kinds = [part for part in parts if isinstance(part, type)]
    values = [part for part in kinds if issubclass(part, Value)]
    lists = [part for part in parts if get_origin(part) is tuple and get_args(part)[-1] is Ellipsis]
    strings = str in kinds
    if values:
        return Column(name, (name,), "number", unit_words(values[0].template), words)
    if choices := tuple(_choices(annotation)):
        texts = all(isinstance(choice, str) for choice in choices) and not kinds
        return Column(name, (name,), "choice", about=words, choices=choices) if texts else None
    if lists and str in _parts(get_args(lists[0])[0]):
        return Column(name, (name,), "list", about=words, either=strings)
    for kind, word in ((bool, "bool"), (int, "whole"), (float, "plain"), (str, "words")):
        if kind in kinds:
            word = "industry" if name == "nace" else word
            return Column(name, (name,), word, about=words)  # type: ignore[arg-type]
    return None


def kind_at(path: Sequence[str | int]) -> Kind | None:
    """What the field at a path of the case holds; None where it is none, or has no simple form."""
    for model in _models_at(Case, path[:-1]):
        for name, info in model.model_fields.items():
            if path[-1] == (info.alias or name):
                column = _column(name, info.annotation, info.description)
                return column.kind if column else None
    return None


def _choices(annotation: Any) -> Iterator[Any]:
    """Values of a closed list of them."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Annotated, Union, types.UnionType):
        for part in get_args(annotation):
            yield from _choices(part)


def _nested(annotation: Any) -> type[Section] | None:
    """The section that a field is, where it is only that."""
    found = [
        p for p in _parts(annotation) if isinstance(p, type) and issubclass(p, Section) and not issubclass(p, Value)
    ]
    return found[0] if len(found) == 1 else None


def _fields(model: type[Section], inner: Sequence[str] = ()) -> Iterator[Column]:
    """Columns of a section, those of the sections ``inner`` in it as "discharge.cost"."""
    for field, info in model.model_fields.items():
        name = info.alias or field
        if column := _column(name, info.annotation, info.description):
            yield column
        elif name in inner and (section := _nested(info.annotation)):
            for one in _fields(section):
                header = f"{name}.{one.header}"
                yield replace(one, header=header, field=(name, *one.field))


def _columns(
    models: Sequence[type[Section]],
    first: Sequence[str],
    inner: Sequence[str] = (),
    ranged: Sequence[str] = (),
    **names: str,
) -> tuple[Column, ...]:
    """Columns of sections, the commonest ``first``; each header once."""
    found: dict[str, Column] = {}
    for model in models:
        for column in _fields(model, inner):
            found.setdefault(column.header, column)
    found = {
        name: replace(column, ranged=name in ranged, names=names.get(name.replace(".", "_"), ""))
        for name, column in found.items()
    }
    ordered = [replace(found[name], common=True) for name in first if name in found]
    return (*ordered, *(column for name, column in found.items() if name not in first))


_SUPPLY = Column(
    "supplied_today_by",
    ("supplied_today_by",),
    "entry",
    "unit of input/unit",
    "How the demand is met today: what is bought or burnt, and how much of it for each unit of demand.",
    names="resources",
    common=True,
)
#: Page that lists the archetypes, for the drop-down.
ARCHETYPES = "archetypes"
_ARCHETYPE = Column(
    "archetype",
    ("archetype",),
    "words",
    about="What plant it is and how large, in place of numbers that nobody has yet: brewery, 200000 hl/yr. Choose one, "
    "then write your own size. What the sheets say of the plant wins.",
    names=ARCHETYPES,
    common=True,
)
_NO = Key("no", index=True, about="1, 2, 3 ... from the top; a path of the sheet other means the entry by it.")


_STREAM = _columns(
    (Source, Sink),
    ("resource", "rate", "discharge.route", "discharge.cost"),
    ("discharge", "sale"),
    ("rate",),
    resource="resources",
)
_TERMS = ("treatment", "permit", "declaration")
_SHEETS = (
    Sheet(
        "resources",
        ("resources", Key("resource", about="Its name, as all other sheets use it.")),
        _columns(
            (Resource,),
            (
                "kind",
                "unit",
                "basis",
                "price",
                "carried_by",
                "enthalpy",
                "co2e.use",
                "co2e.supply",
                "discharge.route",
                "discharge.cost",
                "discharge.waste",
                "sale.price",
                "waste_code",
                "note",
            ),
            ("co2e", "discharge", "sale"),
            ("price",),
        ),
        "What flows: materials, water, heat, power, gases. One row each.",
    ),
    Sheet(
        "plants",
        ("plants", Key("plant", about="Its name, as all other sheets use it.")),
        (_ARCHETYPE,)
        + _columns(
            (Plant,),
            ("area", "zone", "hours", "plot", "optional.margin", "jobs", "note"),
            ("optional", "product"),
            (),
            plot="plots",
        ),
        "The tenants. One row each; what they take and give stands in the sheet streams.",
    ),
    Sheet(
        "streams",
        (
            Key("plant", names="plants", sections=("plants", "partners"), about="A plant or partner."),
            Key("direction", choices=(("source", "sources"), ("sink", "sinks")), about="source gives, sink takes."),
            Key("stream", names="resources", about="The resource; or a name of its own, then say resource, too."),
        ),
        (_STREAM[0], _STREAM[1], _SUPPLY, *_STREAM[2:]),
        "What each plant or partner takes (sink) and gives (source). One row each.",
    ),
    Sheet(
        "exchanges",
        ("exchanges", _NO),
        _columns(
            (Exchange,),
            ("from", "to", "stream", "into", "forbidden", "forced", "shared_hours", "note"),
            (*_TERMS, "connection", "existing", "transfer"),
            (),
            **{"from": "plants", "to": "plants", "stream": "resources", "into": "resources"},
        ),
        "Terms of exchanges that differ from the rule; without a row each source may feed each like sink.",
    ),
    Sheet(
        "substitutions",
        ("substitutions", _NO),
        _columns(
            (Substitution,),
            ("from", "to", "ratio", "treatment.cost", "effort"),
            _TERMS,
            ("ratio",),
            **{"from": "resources", "to": "resources"},
        ),
        "By-products that can replace another resource.",
    ),
    Sheet(
        "plots",
        ("plots", Key("plot", about="Its name.")),
        _columns((Plot,), ("area", "price", "rent", "zones"), (), ("price",)),
        "The pieces of land. Shapes: geometry as WKT, or as corners x y; x y; x y.",
    ),
    Sheet(
        "links",
        ("links", Key("link", about="Its name, as carried_by of the resources uses it.")),
        _columns((Link,), ("kind", "along", "cost", "loading", "co2e"), (), ()),
        "Ways to carry something: pipes, trucks, cables. Standard sizes of pipes stand in the sheet sizes.",
    ),
    Sheet(
        "sizes",
        ("links", Key("link", names="links", about="The pipe or cable."), "sizes", _NO),
        _columns((Size,), ("size", "capacity", "investment", "loss"), (), ()),
        "Standard sizes of links. One row each.",
    ),
    Sheet(
        "facilities",
        ("facilities", Key("facility", about="Its name.")),
        _columns(
            (Facility,),
            ("scope", "owner", "unit", "variable_cost", "area", "zone", "lifetime", "note"),
            ("treats", "stores"),
            (),
        ),
        "Shared facilities that the plan may build, and own measures of plants.",
    ),
    Sheet(
        "facility flows",
        (
            "facilities",
            Key("facility", names="facilities", about="The facility."),
            Key("direction", choices=(("input", "inputs"), ("output", "outputs")), about="input or output."),
            Key("resource", names="resources", about="What it takes or gives."),
        ),
        (
            Column(
                "amount",
                (),
                "number",
                unit_words(PerUnit.template),
                "For each unit of its activity.",
                ranged=True,
                common=True,
            ),
        ),
        "What facilities take and give for each unit of their activity.",
    ),
    Sheet(
        "facility sizes",
        ("facilities", Key("facility", names="facilities", about="The facility."), "investment", _NO),
        _columns((InvestmentPoint,), ("capacity", "investment"), (), ("investment",)),
        "Points of the investment curve of facilities.",
    ),
    Sheet(
        "partners",
        ("partners", Key("partner", about="Its name.")),
        _columns((Partner,), ("at.x", "at.y", "at.lon", "at.lat", "hours", "note"), ("at",), ()),
        "Partners outside the park: city heat, farms, cement works.",
    ),
)
_BY_NAME = {sheet.name: sheet for sheet in _SHEETS}


def sheets() -> dict[str, Sheet]:
    """The sheets whose rows are entries, by name, in the order of the workbook."""
    return _BY_NAME


@cache
def park_sections() -> tuple[str, ...]:
    """Fields of the case that stand in the sheet "park"; those that neither it nor a sheet holds are in "other"."""
    simple = [
        info.alias or name
        for name, info in Case.model_fields.items()
        if _column(name, info.annotation, info.description)
    ]
    simple = [name for name in simple if name != "based_on"]
    return (*simple, "economics", "tenants", "geography", "rules", "trenches")
