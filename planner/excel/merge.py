"""Lays what workbooks say over a case: their values win, what they do not speak of stays, and every change is told."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from planner.case.marks import Marks, Path, field_text
from planner.case.numbers import describe, parse_number
from planner.excel.draft import Draft, ListNode, NumberNode, plain_number

#: Lists whose entries are known by some of their fields, by the path of the list without its names.
_KNOWN_BY: dict[str, tuple[str, ...]] = {
    "exchanges": ("from", "to", "stream", "into"),
    "substitutions": ("from", "to"),
    "sizes": ("size",),
}


@dataclass(frozen=True)
class Change:
    """A part of a case that an import sets, changes or deletes.

    Attributes
    ----------
    path
        The part.
    before, after
        What it was and is; None where it was not there, or is not any more.
    """

    path: Path
    before: Any
    after: Any

    @property
    def field(self) -> str:
        """The part in the user's words."""
        return field_text(self.path)

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.field}: new{self._newly()}"
        if self.after is None:
            return f"{self.field}: deleted, was {_shown(self.before)}"
        return f"{self.field}: {_shown(self.before)} -> {_shown(self.after)}"

    def _newly(self) -> str:
        """What is new: a value, or the names of the streams of a plant that stated none before."""
        if isinstance(self.after, dict) and "value" not in self.after:
            return f": {', '.join(map(str, self.after))}" if self.path[-1] in ("sinks", "sources") else ""
        return "" if isinstance(self.after, list) else f", {_shown(self.after)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "value" in value:
        beside = ", ".join(f"{key} {item}" for key, item in value.items() if key not in ("value", "unit"))
        unit = f" {value['unit']}" if "unit" in value else ""
        return f"{value['value']}{unit}" + (f" ({beside})" if beside else "")
    if isinstance(value, dict | list):
        return f"{len(value)} entries" if len(str(value)) > 60 else str(value)
    return describe(value)


class Merger:
    """Lays drafts over a case.

    Parameters
    ----------
    base
        The case, its tables merged in; empty for a new one. It stays as it is.
    marks
        Where its parts stand; gets the cells of what the drafts say.
    """

    def __init__(self, base: dict[str, Any], marks: Marks) -> None:
        self.tree: dict[str, Any] = deepcopy(base)
        self.changes: list[Change] = []
        self._marks = marks

    def lay(self, draft: Draft) -> None:
        """Lay a draft over the case."""
        self._mapping((), (), self.tree, draft.tree, draft)

    def _mark(self, path: Path, raw: Path, draft: Draft) -> None:
        mark = draft.where(raw)
        if mark is not None:
            self._marks.put(path, mark)

    def _mapping(self, path: Path, raw: Path, under: dict[str, Any], over: dict[Any, Any], draft: Draft) -> None:
        for key, value in over.items():
            here, there = (*path, key), (*raw, key)
            if value is None:
                if key in under:
                    self._change(here, under.pop(key), None)
                continue
            if isinstance(value, NumberNode):
                self._number(here, there, under, value, draft)
            elif isinstance(value, ListNode):
                self._list(here, there, under, value, draft)
            elif isinstance(value, dict):
                self._section(here, there, under, value, draft)
            else:
                self._mark(here, there, draft)
                if key not in under or under[key] != value or isinstance(under[key], bool) != isinstance(value, bool):
                    self._change(here, under.get(key), value)
                    under[key] = value

    def _section(self, here: Path, there: Path, under: dict[str, Any], value: dict[Any, Any], draft: Draft) -> None:
        key = here[-1]
        found = under.get(str(key))
        if isinstance(found, dict):
            if here not in self._marks.values:
                self._mark(here, there, draft)
            self._mapping(here, there, found, value, draft)
            return
        made: dict[str, Any] = {}
        quiet, self.changes = self.changes, []
        self._mark(here, there, draft)
        self._mapping(here, there, made, value, draft)
        self.changes = quiet
        if key not in under or made or found is None:
            self._change(here, found, made)
            under[str(key)] = made

    def _number(self, here: Path, there: Path, under: dict[str, Any], value: NumberNode, draft: Draft) -> None:
        """Lay a number over another: a new value replaces it whole, else what stands beside it is added."""
        key = str(here[-1])
        found = under.get(key)
        stated = dict(found) if isinstance(found, dict) else ({} if found is None else {"value": found})
        new = {name: item for name, item in value.items() if item is not None}
        deleted = {name for name, item in value.items() if item is None}
        if "value" not in new or same_number(stated, new):
            new = {k: v for k, v in stated.items() if k not in deleted} | {
                name: item for name, item in new.items() if name not in ("value", "unit") or "value" not in stated
            }
        if isinstance(new.get("periods"), dict):
            before = stated.get("periods")
            periods = {n: plain_number(p) if isinstance(p, NumberNode) else p for n, p in new["periods"].items()}
            new["periods"] = ({**before} if isinstance(before, dict) else {}) | periods
        made = plain_number(new)
        for part in ("", *value):
            self._mark((*here, part) if part else here, (*there, part) if part else there, draft)
        if not _same(found, made):
            self._change(here, found, made)
            under[key] = made

    def _list(self, here: Path, there: Path, under: dict[str, Any], value: ListNode, draft: Draft) -> None:
        key = str(here[-1])
        found = under.get(key)
        scalars = not any(isinstance(item, dict) for item in value.values())
        if not isinstance(found, list) or scalars:
            self._whole_list(here, there, under, value, draft)
            return
        known_by = _KNOWN_BY.get(key, ())
        for number in sorted(value):
            item = value[number]
            place = _place(found, item, known_by) if known_by else (number if number < len(found) else None)
            if not isinstance(item, dict) or place is None:
                holder: dict[str, Any] = {}
                quiet, self.changes = self.changes, []
                self._mapping((), (*there, number), holder, item if isinstance(item, dict) else {}, draft)
                self.changes = quiet
                made = holder if isinstance(item, dict) else item
                found.append(made)
                path = (*here, len(found) - 1)
                self._mark_all(path, (*there, number), made, draft)
                self._change(path, None, made)
            else:
                self._mapping((*here, place), (*there, number), found[place], item, draft)

    def _whole_list(self, here: Path, there: Path, under: dict[str, Any], value: ListNode, draft: Draft) -> None:
        key = str(here[-1])
        made: list[Any] = []
        quiet, self.changes = self.changes, []
        for place, number in enumerate(sorted(value)):
            item = value[number]
            if isinstance(item, ListNode):
                inner: dict[str, Any] = {}
                self._whole_list((*here, place), (*there, number), inner, item, draft)
                made.append(next(iter(inner.values()), []))
            elif isinstance(item, NumberNode):
                made.append(plain_number(item))
            elif isinstance(item, dict):
                holder: dict[str, Any] = {}
                self._mapping((*here, place), (*there, number), holder, item, draft)
                made.append(holder)
            else:
                made.append(item)
            self._mark((*here, place), (*there, number), draft)
        self.changes = quiet
        self._mark(here, there, draft)
        if under.get(key) != made:
            self._change(here, under.get(key), made)
            under[key] = made

    def _mark_all(self, path: Path, raw: Path, made: Any, draft: Draft) -> None:
        self._mark(path, raw, draft)
        if isinstance(made, dict):
            for key, item in made.items():
                self._mark_all((*path, key), (*raw, key), item, draft)

    def _change(self, path: Path, before: Any, after: Any) -> None:
        self.changes.append(Change(path, deepcopy(before), deepcopy(after)))


def _place(found: list[Any], item: Any, known_by: tuple[str, ...]) -> int | None:
    """Place of the entry of a list that an entry of a workbook means."""
    wanted = tuple(item.get(name) for name in known_by) if isinstance(item, dict) else ()
    places = (
        n
        for n, entry in enumerate(found)
        if isinstance(entry, dict) and tuple(entry.get(name) for name in known_by) == wanted
    )
    return next(places, None)


def same_number(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two numbers state the same value in the same unit."""
    try:
        return _split(one) == _split(other)
    except (ValueError, KeyError):
        return False


def _split(stated: dict[str, Any]) -> tuple[float, str]:
    value, unit, _ = parse_number(stated["value"])
    return value, (unit or str(stated.get("unit") or "")).replace(" ", "")


def _same(found: Any, made: Any) -> bool:
    """Whether two numbers say the same, however they are written."""
    if found is None:
        return False
    one = found if isinstance(found, dict) else {"value": found}
    other = made if isinstance(made, dict) else {"value": made}
    rest = [{k: v for k, v in part.items() if k not in ("value", "unit") and v is not None} for part in (one, other)]
    if "value" not in one or "value" not in other:
        return bool(one == other)
    return same_number(one, other) and rest[0] == rest[1]
