"""Whether a workbook adds another input to what supplies a need today, so that the need would be met twice."""

from collections.abc import Iterator, Mapping
from typing import Any

from planner.case.marks import Mark, Marks, Path, field_text
from planner.errors import Fault
from planner.excel.draft import Draft, NumberNode, plain_number
from planner.excel.merge import same_number
from planner.excel.paths import path_text
from planner.excel.places import place_in_words

_TODAY = "supplied_today_by"
#: A running cost beside what is bought or burnt, no input.
_COST = "cost"


def met_twice(draft: Draft, tree: Mapping[str, Any], marks: Marks) -> list[Fault]:
    """Faults of needs whose supply of today a draft adds to while it leaves in place what is stated already.

    A draft that names all inputs says so on purpose: it lists two, or it deletes one. A questionnaire states the whole
    supply of a need, so what it leaves out must not stay beside an amount that it changes.

    Parameters
    ----------
    draft
        What a workbook or questionnaire says.
    tree
        The case before the draft is laid over it.
    marks
        Where the parts of the case stand.
    """
    return [fault for path in _supplies(draft.tree, ()) for fault in _twice(path, draft, tree, marks)]


def _supplies(node: Any, path: Path) -> Iterator[Path]:
    for key, item in node.items() if isinstance(node, dict) and not isinstance(node, NumberNode) else ():
        if key == _TODAY:
            yield (*path, key)
        else:
            yield from _supplies(item, (*path, key))


def _twice(path: Path, draft: Draft, tree: Mapping[str, Any], marks: Marks) -> Iterator[Fault]:
    said, there = draft.at(path), _at(tree, path)
    if not isinstance(said, dict) or not isinstance(there, Mapping):
        return
    left = [name for name in there if name not in said and name != _COST]
    changed = [
        name
        for name, amount in said.items()
        if amount is not None and name != _COST and (name not in there or draft.whole and _differs(there[name], amount))
    ]
    if not left or not changed:
        return
    mark = draft.where((*path, changed[0])) or Mark("", 0, 0)
    others = " and ".join(_in_words(name, there[name], marks.values.get((*path, name))) for name in left)
    message = (
        f"says that it is met by {_in_words(changed[0], said[changed[0]], None)} today, but {others}; both together "
        f"would count twice. If only one is right: clear this cell, or delete the other in a workbook (sheet other, "
        f"path {path_text((*path, left[0]))}, value ~). If both supply it, state the amount of each in one workbook"
    )
    yield Fault(*mark, field_text((*path, changed[0])), message)


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree


def _differs(before: Any, after: Any) -> bool:
    one = before if isinstance(before, dict) else {"value": before}
    return isinstance(after, NumberNode) and "value" in after and not same_number(one, after)


def _in_words(name: str, amount: Any, mark: Mark | None) -> str:
    """An input with its amount, and where it is stated."""
    plain = plain_number(dict(amount)) if isinstance(amount, NumberNode) else amount
    number = plain.get("value") if isinstance(plain, dict) else plain
    words = f"{number} {name}" if number is not None else str(name)
    return f"{place_in_words(mark)} says {words}" if mark else words
