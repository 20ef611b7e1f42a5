"""A case as it grows out of cells: plain data, and the cell of each part of it."""

from collections.abc import Sequence
from typing import Any

from planner.case.marks import Mark, Marks, Path, field_text
from planner.case.numbers import parse_number
from planner.errors import Fault
from planner.excel.opened import address, split_place


class NumberNode(dict[str, Any]):
    """A number in the making: value, unit, and what stands beside it."""


class ListNode(dict[Any, Any]):
    """A list in the making: entries by their number in the workbook, from 0."""


class Draft:
    """A part of a case read from workbooks.

    Attributes
    ----------
    tree
        What was read so far.
    faults
        What is wrong with it, each in its cell.
    whole
        Whether a number of it replaces all that stands beside the one before: source, grade, range.
    asked
        Fields whose answer is not complete: their cell, and what was found.
    blank
        Where the answer for a field would stand, of those that have none.
    source
        What its numbers rest on where a cell says nothing else.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.tree: dict[Any, Any] = {}
        self.faults: list[Fault] = []
        self.blank: dict[Path, Mark] = {}
        self.source = ""
        self.asked: dict[Path, tuple[Mark, str]] = {}
        self._marks: dict[Path, Mark] = {}

    def fault(self, mark: Mark, path: Sequence[str | int], message: str) -> None:
        """Note what is wrong in a cell."""
        self.faults.append(Fault(*mark, field_text(path), message))

    def ask(self, mark: Mark, path: Path, found: str) -> None:
        """Note that the answer for a field is not complete, so that nothing is put there."""
        self.asked.setdefault(path, (mark, found))

    def at(self, path: Path) -> Any:
        """What was read at a path; None if nothing."""
        node: Any = self.tree
        for part in path:
            if not isinstance(node, dict) or part not in node:
                return None
            node = node[part]
        return node

    def where(self, path: Path) -> Mark | None:
        """Cell of a part."""
        return self._marks.get(path)

    def entry(self, path: Path, mark: Mark) -> None:
        """Make an entry, if it is not there."""
        self._holder((*path, ""), mark)

    def put(self, path: Path, value: Any, mark: Mark) -> None:
        """Put a value at a path; what stands there already is a fault."""
        holder = self._holder(path, mark)
        if holder is None:
            return
        if path[-1] in holder and not (isinstance(value, dict) and not value):
            self._twice(path, mark)
            return
        if isinstance(value, list):
            value = ListNode(enumerate(value))
        holder.setdefault(path[-1], value)
        self._marks.setdefault(path, mark)
        for number in value if isinstance(value, ListNode) else ():
            self._marks.setdefault((*path, number), mark)

    def put_number(self, path: Path, parts: dict[str, tuple[Any, Mark]]) -> None:
        """Put a number, or what stands beside one, at a path."""
        first = next(iter(parts.values()))[1]
        holder = self._holder(path, first)
        if holder is None:
            return
        node = holder.setdefault(path[-1], NumberNode())
        if not isinstance(node, dict):
            self._twice(path, first)
            return
        self._marks.setdefault(path, first)
        for part, (value, mark) in parts.items():
            if part in node:
                self._twice((*path, part), mark)
            else:
                node[part] = value
                self._marks[(*path, part)] = mark

    def _holder(self, path: Path, mark: Mark) -> Any:
        node: Any = self.tree
        for depth, part in enumerate(path[:-1]):
            following = path[depth + 1]
            made: Any = ListNode() if isinstance(following, int) else {}
            node = node.setdefault(part, made)
            self._marks.setdefault(path[: depth + 1], mark)
            if not isinstance(node, dict) or isinstance(node, ListNode) != isinstance(following, int):
                if isinstance(node, dict) and not node:
                    return None
                self._twice(path[: depth + 1], mark)
                return None
        return node

    def _twice(self, path: Path, mark: Mark) -> None:
        first = self._marks.get(path)
        words = f", first in {split_place(first.file)[1]} {address(first.line, first.column)}" if first else ""
        self.fault(mark, path, f"is stated twice{words}")

    def finish(self, marks: Marks) -> dict[str, Any]:
        """The plain data; the cell of each part is put into ``marks``, entries of lists by their place in the list."""
        tree = self._finished(self.tree, (), (), marks)
        return dict(tree)

    def _finished(self, node: Any, raw: Path, path: Path, marks: Marks) -> Any:
        if raw in self._marks:
            marks.put(path, self._marks[raw])
        if isinstance(node, ListNode):
            return [self._finished(node[key], (*raw, key), (*path, n), marks) for n, key in enumerate(sorted(node))]
        if not isinstance(node, dict):
            return node
        found = {key: self._finished(item, (*raw, key), (*path, key), marks) for key, item in node.items()}
        return plain_number(found) if isinstance(node, NumberNode) else found


def plain_number(parts: dict[str, Any]) -> Any:
    """A number as short as a case file writes it: 34, "34 t/h", or a mapping."""
    value, unit = parts.get("value"), parts.get("unit")
    if value is None or isinstance(value, bool | str):
        return parts["value"] if parts.keys() == {"value"} else parts
    if unit:
        text = f"{value!r} {unit}"
        try:
            fits = parse_number(text)[:2] == (float(value), unit)
        except ValueError:
            fits = False
        if fits:
            parts = {key: text if key == "value" else item for key, item in parts.items() if key != "unit"}
    return parts["value"] if parts.keys() == {"value"} else parts
