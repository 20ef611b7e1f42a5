"""What differs between the inputs of two runs: numbers that may be put into the old case one by one, and all else."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.errors import UsageError

RESOLVED = "case.resolved.yaml"
#: Parts of a number as a resolved case states it; those that change what it is worth come first.
_WORTH = ("value", "unit", "periods", "profile")
_OF_A_NUMBER = frozenset((*_WORTH, "low", "high", "source", "grade", "basis", "year", "note"))
#: Sections that differ in every run, and say nothing of the park.
_TOLD = ("case", "description", "sources")
#: Fields that are for the reader alone.
_WORDS = ("note", "description")
#: Sections that no headline rests on.
_IDLE = (("economics", "finance"),)
#: Sections whose parts are told apart by the name under them.
_NAMED = ("resources", "plants", "partners", "facilities", "links", "profiles", "park_gate", "existing_mains")
#: Sections in which a number more, or one less, leaves the plan as it is: a price, a tax, a cost that was not stated.
_OPEN = ("economics", "resources", "links", "facilities", "plants", "partners")


@dataclass(frozen=True)
class Change:
    """A difference between the inputs of two runs.

    Attributes
    ----------
    path
        Where it stands in the resolved case.
    before, after
        As they stand there; None where there is none.
    number
        Whether it is a number in both, in one unit, or in one of them alone, so that it can be changed by itself.
    """

    path: tuple[str | int, ...]
    before: Any
    after: Any
    number: bool

    @property
    def field(self) -> str:
        """Its place in words: "resources.steam.price"."""
        told = ""
        for part in self.path:
            told += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if told else part
        return told

    @property
    def group(self) -> str:
        """What it belongs to: a resource, a plant, a link, or a section of the case."""
        section, *rest = (part for part in self.path if isinstance(part, str))
        if section in _NAMED and rest:
            return f"{section}: {rest[0]}"
        return f"{section}: {rest[0]}" if section == "economics" and rest else section

    @property
    def words(self) -> str:
        """What of its group it is, in words: "price", "discharge cost"."""
        named = self.path[0] in _NAMED and len(self.path) > 2
        rest = self.path[2:] if named else self.path[1:] or self.path
        return " ".join(str(part + 1) if isinstance(part, int) else part.replace("_", " ") for part in rest)

    @property
    def idle(self) -> bool:
        """Whether no cost and no emission rests on it."""
        return any(self.path[: len(place)] == place for place in _IDLE)


def resolved_case(out: Path) -> dict[str, Any]:
    """The case of a finished run as plain data.

    Raises
    ------
    UsageError
        If the run holds no case that can be read.
    """
    import yaml

    file = out / "case" / RESOLVED
    try:
        tree = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    if not isinstance(tree, dict):
        raise UsageError(f"{file} holds no case")
    return tree


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Differences between two resolved cases, in the order of the new one; sources and grades are none."""
    found = _differ((), before, after)
    return [change for change in found if change.path[0] not in _TOLD and change.path[-1] not in _WORDS]


def _differ(path: tuple[str | int, ...], before: Any, after: Any) -> Iterator[Change]:
    if _is_number(before) and _is_number(after):
        if any(before.get(part) != after.get(part) for part in _WORTH):
            same = before.get("unit") == after.get("unit") and before.get("profile") == after.get("profile")
            same = same and (before.get("periods") or {}).keys() == (after.get("periods") or {}).keys()
            yield Change(path, before, after, number=same)
    elif isinstance(before, Mapping) and isinstance(after, Mapping) and not _is_number(before) | _is_number(after):
        for key in (*after, *(key for key in before if key not in after)):
            yield from _differ((*path, str(key)), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for n, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differ((*path, n), old, new)
    elif _added(path, before, after):
        for key in before or after:
            yield from _differ((*path, str(key)), (before or {}).get(key), (after or {}).get(key))
    elif before != after:
        one = _is_number(before if after is None else after) and None in (before, after)
        yield Change(path, before, after, number=one and path[0] in _OPEN)


def _added(path: tuple[str | int, ...], before: Any, after: Any) -> bool:
    """Whether a section is in one case only and holds nothing but numbers."""
    there = after if before is None else before
    return None in (before, after) and path[:1] != () and path[0] in _OPEN and _all_numbers(there)


def _all_numbers(node: Any) -> bool:
    """Whether all that a section holds is numbers."""
    if not isinstance(node, Mapping) or not node or _is_number(node):
        return False
    return all(_is_number(part) or _all_numbers(part) for part in node.values())


def _is_number(node: Any) -> bool:
    return isinstance(node, Mapping) and "value" in node and node.keys() <= _OF_A_NUMBER


def applied(tree: Mapping[str, Any], chosen: list[Change]) -> dict[str, Any]:
    """A copy of a resolved case with some changes of numbers made in it."""
    made: dict[str, Any] = copy.deepcopy(dict(tree))
    for change in chosen:
        _put(made, change.path, change.after)
    return made


def _put(node: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Put a number where it stands, or take it away with the sections that hold nothing else."""
    first, *rest = path
    if rest:
        if not isinstance(node, list) and node.get(first) is None:
            node[first] = {}
        _put(node[first], tuple(rest), value)
        if value is None and node[first] == {}:
            del node[first]
    elif value is None:
        node.pop(first, None)
    else:
        node[first] = value


def told(value: Any) -> str:
    """A value of a resolved case in a few words."""
    if _is_number(value):
        unit = value.get("unit", "")
        words = f"{value['value']:g}" if isinstance(value["value"], int | float) else str(value["value"])
        if value.get("periods"):
            words += " (" + ", ".join(f"{name} {number}" for name, number in value["periods"].items()) + ")"
        return words if unit in ("", "1") else f"{words} {unit}"
    if value is None:
        return "not stated, or as by default"
    if isinstance(value, Mapping):
        return f"stated ({len(value)} field{'' if len(value) == 1 else 's'})"
    return f"a list of {len(value)}" if isinstance(value, list) else str(value)
