"""Lays what workbooks say over a case: their values win, what they do not speak of stays, and every change is told."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from planner.case.case import Case
from planner.case.marks import Mark, Marks, Path, field_text
from planner.case.messages import _models_at
from planner.case.numbers import describe, parse_number
from planner.excel.cells import unit_text
from planner.excel.draft import Draft, ListNode, NumberNode, plain_number
from planner.excel.opened import split_place
from planner.excel.paths import path_text

#: Lists whose entries are known by some of their fields, by the path of the list without its names.
_KNOWN_BY: dict[str, tuple[str, ...]] = {
    "exchanges": ("from", "to", "stream", "into"),
    "substitutions": ("from", "to"),
    "sizes": ("size",),
}
#: What a new entry of a list must say.
_NEEDED: dict[str, tuple[str, ...]] = {"exchanges": ("from", "to"), "substitutions": ("from", "to")}


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

    def _fault(self, here: Path, there: Path, draft: Draft, message: str) -> None:
        draft.fault(draft.where(there) or Mark("", 0, 0), here, message)

    def _mapping(self, path: Path, raw: Path, under: dict[str, Any], over: dict[Any, Any], draft: Draft) -> None:
        for key, value in over.items():
            here, there = (*path, key), (*raw, key)
            if value is None:
                if key in under:
                    self._change(here, under.pop(key), None)
                elif not _is_field(here):
                    self._fault(here, there, draft, "is not there, so it cannot be deleted; is the name right?")
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
        of_time = {part: stated[part] for part in ("periods", "profile") if stated.get(part) and part not in value}
        if "value" in new and draft.whole:
            new = of_time | new
        elif "value" not in new or same_number(stated, new):
            new = {k: v for k, v in stated.items() if k not in deleted} | {
                name: item for name, item in new.items() if name not in ("value", "unit") or "value" not in stated
            }
        elif stated:
            new = {part: of_time[part] for part in of_time if part == "profile"} | new
        if "periods" in of_time and "value" in value and not same_number(stated, value):
            words = "has a value of its own in each period, which a new value would contradict; state the periods, too"
            self._fault(here, there, draft, f"{words}, in rows as {path_text((*here, 'periods'))} > ...")
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
        scalars = not any(isinstance(item, dict) and not isinstance(item, ListNode) for item in value.values())
        gone = [number for number, item in value.items() if item is None]
        if gone and len(gone) == len(value):
            listed = found if isinstance(found, list) else ([] if found is None else [found])
            self._delete_entries(here, there, listed, value, draft)
            if isinstance(found, str) and not listed:
                under.pop(key)
            return
        if not isinstance(found, list) or scalars:
            self._whole_list(here, there, under, value, draft)
            return
        known_by = _KNOWN_BY.get(key, ())
        taken: dict[int, Path] = {}
        before = len(found)
        for number in sorted(value):
            item = value[number]
            if item is None:
                continue
            known = known_by if isinstance(item, dict) and any(name in item for name in known_by) else ()
            place = _place(found, item, known) if known else (number if number < before else None)
            if message := self._wrong_entry(key, item, place, before, bool(known), taken, draft):
                self._fault((*here, number), (*there, number), draft, message)
                continue
            if place is not None:
                taken[place] = (*there, number)
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
        self._delete_entries(here, there, found, value, draft)

    def _wrong_entry(
        self, key: str, item: Any, place: int | None, count: int, known: bool, taken: dict[int, Path], draft: Draft
    ) -> str:
        """Why an entry of a list cannot be laid over those that are there; "" if it can."""
        if place in taken:
            first = draft.where(taken[place])
            where = f", first in {split_place(first.file)[1]} row {first.line}" if first else ""
            return f"means the same entry as another row{where}; leave one out"
        if key not in _KNOWN_BY or place is not None:
            return ""
        if not known:
            needed = " and ".join(_NEEDED.get(key, _KNOWN_BY[key][:1]))
            return f"the case has {count} of them; write the number of the one that is meant, or {needed} of a new one"
        lost = [name for name in _NEEDED.get(key, ()) if name not in item]
        return f"is new but does not say {' and '.join(lost)}" if lost else ""

    def _delete_entries(self, here: Path, there: Path, found: list[Any], value: ListNode, draft: Draft) -> None:
        """Take out the entries of a list that are deleted, by their numbers before the import."""
        for number in sorted((number for number, item in value.items() if item is None), reverse=True):
            if number < len(found):
                self._change((*here, number), found.pop(number), None)
            else:
                self._fault(
                    (*here, number), (*there, number), draft, f"is not there; the list has {len(found)} entries"
                )

    def _whole_list(self, here: Path, there: Path, under: dict[str, Any], value: ListNode, draft: Draft) -> None:
        key = str(here[-1])
        made: list[Any] = []
        quiet, self.changes = self.changes, []
        for place, number in enumerate(sorted(value)):
            item = value[number]
            if item is None:
                self._fault((*here, place), (*there, number), draft, "is deleted while others of the list are set")
            elif isinstance(item, ListNode):
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


def known_fields(path: Path) -> tuple[str, ...]:
    """Fields by which the entries of a list at a path are known; empty where they are known by their number."""
    return _KNOWN_BY.get(str(path[-1]), ())


def _is_field(path: Path) -> bool:
    """Whether the last step of a path is a field of the case format, and no name of the user's."""
    fields = [field for model in _models_at(Case, path[:-1]) for field in model.model_fields.items()]
    return path[-1] in {info.alias or name for name, info in fields}


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
    return value, _plain_unit(unit or str(stated.get("unit") or ""))


def _plain_unit(text: str) -> str:
    """A unit, however it is spaced: "t per h" is t/h."""
    return unit_text(text).replace(" ", "")


def _same(found: Any, made: Any) -> bool:
    """Whether two numbers say the same, however they are written."""
    if found is None:
        return False
    one = found if isinstance(found, dict) else {"value": found}
    other = made if isinstance(made, dict) else {"value": made}
    rest = [
        {key: _end(part, key) for key, item in part.items() if key not in ("value", "unit") and item is not None}
        for part in (one, other)
    ]
    if "value" not in one and "value" not in other:
        return rest[0] == rest[1] and one.get("unit") == other.get("unit")
    return same_number(one, other) and rest[0] == rest[1]


def _end(stated: dict[str, Any], part: str) -> Any:
    """What stands beside a number; an end of its range without the unit that is its own, too."""
    if part not in ("low", "high"):
        return stated[part]
    try:
        number, unit, _ = parse_number(stated[part])
        own = _split(stated)[1] if "value" in stated else ""
    except (ValueError, KeyError):
        return stated[part]
    return number if _plain_unit(unit) in ("", own) else (number, _plain_unit(unit))
