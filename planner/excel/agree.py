"""Whether several workbooks say the same: what they say differently of one field, and names that differ in capitals."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from planner.case.marks import Mark, Path, field_text
from planner.case.numbers import describe, parse_number
from planner.case.units import UnitError, convert
from planner.errors import Fault
from planner.excel.draft import Draft, ListNode, NumberNode, plain_number
from planner.excel.merge import known_fields
from planner.excel.opened import split_place
from planner.excel.places import place_in_words

_NAMED = ("resources", "plants", "partners", "plots", "links", "facilities")


def joined(one: Any, other: Any) -> Any:
    """Two parts of a case laid over each other, the second wins."""
    if other is None:
        return one or {}
    if not isinstance(one, Mapping) or not isinstance(other, Mapping) or isinstance(other, NumberNode):
        return other
    return {**one, **{key: joined(one.get(key), item) if key in one else item for key, item in other.items()}}


def contradictions(drafts: Sequence[Draft], base: Mapping[str, Any]) -> list[Fault]:
    """What workbooks of one import say differently of one field, each with both cells, and names like others.

    Parameters
    ----------
    drafts
        What each workbook says.
    base
        The case that is updated.
    """
    found = [fault for first, second in combinations(drafts, 2) for fault in _pair(first, second)]
    return found + _names(drafts, base)


def _pair(first: Draft, second: Draft) -> Iterator[Fault]:
    for one, other, path in _differing(first.tree, second.tree, (), (), ()):
        mark, before = _mark(second, other), _mark(first, one)
        if mark is None or before is None:
            continue
        said, was = _shown(second.at(other)), _shown(first.at(one))
        where = place_in_words(before)
        yield Fault(*mark, field_text(path), f"says {said}, but {where} says {was}; have both say the same")


def _mark(draft: Draft, path: Path) -> Mark | None:
    return next((mark for end in range(len(path), 0, -1) if (mark := draft.where(path[:end])) is not None), None)


def _shown(node: Any) -> str:
    if node is None:
        return "~ (delete)"
    if isinstance(node, NumberNode) and "value" in node:
        return f"{node['value']} {node.get('unit') or ''}".rstrip()
    if isinstance(node, ListNode):
        return "; ".join(str(item) for item in node.values() if not isinstance(item, dict)) or "entries"
    return "more of it" if isinstance(node, dict) else describe(node)


def _differing(one: Any, other: Any, left: Path, right: Path, path: Path) -> Iterator[tuple[Path, Path, Path]]:
    """Paths in either draft, and in the case, of what differs."""
    if isinstance(one, NumberNode) and isinstance(other, NumberNode):
        for part in ("value", "low", "high", "periods", "profile"):
            if part in one and part in other and not _equal(one, other, part):
                yield (left, right, path) if part == "value" else ((*left, part), (*right, part), (*path, part))
    elif isinstance(one, ListNode) and isinstance(other, ListNode):
        yield from _of_lists(one, other, left, right, path)
    elif isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() & other.keys():
            yield from _differing(one[key], other[key], (*left, key), (*right, key), (*path, key))
    elif one != other or isinstance(one, bool) != isinstance(other, bool):
        yield left, right, path


def _of_lists(one: ListNode, other: ListNode, left: Path, right: Path, path: Path) -> Iterator[tuple[Path, Path, Path]]:
    known_by = known_fields(path)
    if not known_by:
        if list(one.values()) != list(other.values()):
            yield left, right, path
        return
    for number, item in one.items():
        for place, entry in other.items():
            if isinstance(item, dict) and isinstance(entry, dict):
                keys = [tuple(part.get(name) for name in known_by) for part in (item, entry)]
                same = keys[0] == keys[1] if any(keys[0]) and any(keys[1]) else number == place
                if same:
                    yield from _differing(item, entry, (*left, number), (*right, place), (*path, number))


def _equal(one: NumberNode, other: NumberNode, part: str) -> bool:
    """Whether two numbers are the same amount, in whatever unit."""
    if part in ("periods", "profile"):
        return bool(one[part] == other[part])
    try:
        (a, unit_a, _), (b, unit_b, _) = parse_number(one[part]), parse_number(other[part])
        unit_a, unit_b = unit_a or str(one.get("unit") or ""), unit_b or str(other.get("unit") or "")
        if unit_a and unit_b:
            a = convert(a, unit_a, unit_b)
        elif unit_a != unit_b:
            return False
    except (ValueError, UnitError):
        return bool(plain_number(dict(one)) == plain_number(dict(other)))
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _names(drafts: Sequence[Draft], base: Mapping[str, Any]) -> list[Fault]:
    """Faults of new names that differ from another in capitals only."""
    found: list[Fault] = []
    for sections in (("plants", "partners"), *((name,) for name in _NAMED if name not in ("plants", "partners"))):
        seen: dict[str, tuple[str, str]] = {}
        for section in sections:
            part = base.get(section)
            seen |= {
                str(name).casefold(): (str(name), "the case") for name in (part if isinstance(part, Mapping) else ())
            }
        for draft in drafts:
            own: dict[str, tuple[str, str]] = {}
            for section in sections:
                for name in draft.tree.get(section) or ():
                    mark = draft.where((section, name))
                    folded = str(name).casefold()
                    if mark is None:
                        continue
                    before = seen.get(folded) or own.get(folded)
                    if before and before[0] != str(name) and name not in (base.get(section) or ()):
                        known, where = before
                        message = f'differs from "{known}" in {where} in capitals only; write it alike'
                        found.append(Fault(*mark, field_text((section, name)), message))
                    own.setdefault(folded, (str(name), split_place(mark.file)[0]))
            seen = own | seen
    return found
