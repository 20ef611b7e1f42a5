"""Where the numbers of a case stand: from the name of a field to the value there, with its grade, basis and source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from planner.audit.facts import DEFAULT_LIFETIME_YR
from planner.case.case import Case
from planner.case.qualities import Content
from planner.case.values import Value

#: Numbers that have a default where the case states none, by the name they are told by.
DEFAULTS = ("ratio", "exchanges.paid_by", "exchanges.shared_hours")
#: Sections that are written flat, with their names beside their fields: where the names are kept.
FLAT = ("inputs", "flows")
#: What is drawn: the area of a plot by its shape.
DRAWN = "geography.plots: "


@dataclass(frozen=True)
class Told:
    """What a case says of a number besides its size; nothing of a default of the planner's own but that."""

    grade: str | None = None
    basis: str | None = None
    source: str | None = None


ASSUMED = Told(basis="assumption")


def told_of(case: Case, field: str) -> Told | None:
    """What the case says of the number in a field; None where it has no such field."""
    if field in DEFAULTS:
        return ASSUMED
    if field.startswith(DRAWN):
        return Told()
    for found in _at(case, field):
        if isinstance(found, Content):
            found = found.mean
        if isinstance(found, Value):
            return Told(found.grade, found.basis, found.source)
    head, of_period, period = field.rpartition(".periods.")
    if of_period and any(isinstance(x, Value) and period in [p[0] for p in x.periods] for x in _at(case, head)):
        return told_of(case, head)
    kind = field.removeprefix("economics.lifetime.")
    if kind != field and kind in DEFAULT_LIFETIME_YR and kind not in case.economics.lifetime:
        return ASSUMED
    if field.endswith((".hours", ".max_flow")) and None in _at(case, field):
        return ASSUMED
    return None


def _at(node: Any, path: str) -> Iterator[Any]:
    """Everything that a path from here may mean: names may hold dots and brackets, too."""
    if not path:
        yield node
        return
    for name, child in _children(node):
        rest = path.removeprefix(name)
        if rest != path and (not rest or rest[0] in ".["):
            yield from _at(child, rest.removeprefix("."))


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    """What stands under a part of a case, by the names it may be told by."""
    if isinstance(node, Mapping):
        yield from ((str(key), child) for key, child in node.items())
    elif isinstance(node, list | tuple):
        for n, child in enumerate(node, 1):
            yield f"[{n}]", child
            if getattr(child, "size", None) is not None:
                yield str(child.size), child
    elif isinstance(node, BaseModel) and not isinstance(node, Value):
        for name in type(node).model_fields:
            child = getattr(node, name)
            yield name.removesuffix("_"), child
            if name in FLAT:
                yield from _children(child)
