"""A case as rows of the sheets: what has a column goes into it, all the rest by its path into "park" and "other"."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from planner.case.case import Case
from planner.case.marks import Path
from planner.case.messages import takes_number
from planner.case.numbers import parse_number
from planner.excel.columns import BESIDE, Column, Key, Sheet, park_sections, sheets
from planner.excel.paths import LONGEST, path_text, plain_cell

#: A row of a sheet: header without unit -> what stands in the cell.
Row = dict[str, Any]
#: Rows by sheet.
Rows = dict[str, list[Row]]

_NUMBER_KEYS = frozenset({"value", "unit", "periods", "profile", *BESIDE})
_GONE: Any = object()
_MAY_BE_THOUSANDS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}(?!\d)")


def number_place(path: Path) -> bool:
    """Whether a number with its unit may stand at a place of the case, or one of a period of such a number."""
    of_period = len(path) > 2 and path[-2] == "periods" and takes_number(Case, path[:-2])
    return of_period or takes_number(Case, path)


def fold(tree: Mapping[str, Any]) -> Rows:
    """Rows of a case.

    Parameters
    ----------
    tree
        The case as plain data, its variants and tables merged in (``read_overlaid``).

    Returns
    -------
    dict
        Rows by sheet; those of "park" and "other" by their path.
    """
    rest = deepcopy(dict(tree))
    found: Rows = {"park": []}
    for sheet in sheets().values():
        found[sheet.name] = list(_rows(sheet, rest))
    found["other"] = []
    for section, node in rest.items():
        target = "park" if section in park_sections() else "other"
        found[target] += _by_path((section,), _pruned(node))
    return found


def _rows(sheet: Sheet, rest: dict[str, Any]) -> Iterator[Row]:
    """Rows of a sheet; what they say is taken out of ``rest``."""
    for path, cells in list(_entries(sheet, rest, 0, (), {})):
        holder, key = _holder(rest, path)
        entry = holder[key]
        number = next((column for column in sheet.columns if not column.field), None)
        if number is not None:
            if (found := _number(number, entry)) is None:
                continue
            row, left = found
            holder[key] = left
        elif isinstance(entry, dict):
            row, left = _of_entry(sheet, entry), entry
            if not row and isinstance(key, int):
                continue  # a row of its number alone would say nothing
        else:
            continue
        if not left:
            holder[key] = _GONE
        yield cells | row


def _entries(sheet: Sheet, node: Any, depth: int, path: Path, cells: Row) -> Iterator[tuple[Path, Row]]:
    """Path and key cells of every entry of a sheet."""
    if depth == len(sheet.steps):
        yield path, cells
        return
    step = sheet.steps[depth]
    if isinstance(step, Key) and step.sections:
        yield from _in_sections(sheet, step, node, depth, cells)
        return
    for part, shown in _next(step, node):
        more = {step.header: shown} if isinstance(step, Key) else {}
        yield from _entries(sheet, node[part], depth + 1, (*path, part), cells | more)


def _next(step: str | Key, node: Any) -> list[tuple[str | int, Any]]:
    """What may follow a step of a path, and the cell that says it."""
    if isinstance(step, Key) and step.index:
        listed = isinstance(node, list) and all(isinstance(entry, dict) for entry in node)
        return [(number, number + 1) for number in range(len(node))] if listed else []
    if not isinstance(node, dict):
        return []
    if isinstance(step, str):
        return [(step, step)] if step in node else []
    if step.choices:
        return [(inner, word) for word, inner in step.choices if inner in node]
    return [(name, plain_cell(name)) for name in node]


def _in_sections(sheet: Sheet, step: Key, node: Any, depth: int, cells: Row) -> Iterator[tuple[Path, Row]]:
    seen: set[str] = set()
    for section in step.sections:
        part = node.get(section)
        for name, inner in part.items() if isinstance(part, dict) else ():
            if name not in seen:
                seen.add(name)
                yield from _entries(sheet, inner, depth + 1, (section, name), cells | {step.header: plain_cell(name)})


def _holder(tree: Any, path: Path) -> tuple[Any, Any]:
    for part in path[:-1]:
        tree = tree[part]
    return tree, path[-1]


def _pruned(node: Any) -> Any:
    """What is left when all that rows tell is taken out; entries of a list keep their numbers."""
    if isinstance(node, list) and node:
        kept = [_pruned(entry) for entry in node]
        return _GONE if all(entry is _GONE for entry in kept) else kept
    if isinstance(node, dict) and node:
        left = {key: found for key, item in node.items() if (found := _pruned(item)) is not _GONE}
        return left or _GONE
    return node


def _of_entry(sheet: Sheet, entry: dict[str, Any]) -> Row:
    """Cells of an entry; what they say is taken out of it."""
    row: Row = {}
    for column in sheet.columns:
        holder = entry
        for part in column.field[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None  # type: ignore[assignment]
        if not isinstance(holder, dict) or column.field[-1] not in holder:
            continue
        key = column.field[-1]
        found = _cells(column, holder[key])
        if found is None:
            continue
        cells, left = found
        row |= cells
        if left:
            holder[key] = left
        else:
            del holder[key]
            if len(column.field) > 1 and not holder:
                del entry[column.field[0]]
    return row


def _cells(column: Column, value: Any) -> tuple[Row, Any] | None:
    """Cells of a field and what they leave of it; None where the column cannot say it."""
    if column.kind == "number":
        return _number(column, value)
    if column.kind == "entry":
        return _of_one(column, value)
    if column.kind == "list":
        text = _listed(column, value)
        return None if text is None else ({column.header: text}, None)
    fits = {
        "bool": isinstance(value, bool),
        "whole": isinstance(value, int) and not isinstance(value, bool),
        "plain": isinstance(value, int | float) and not isinstance(value, bool),
    }.get(column.kind, isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable())
    return ({column.header: plain_cell(value)}, None) if fits else None


def _listed(column: Column, value: Any) -> str | None:
    if isinstance(value, str):
        return value if column.either and _is_simple(value) else None
    if not isinstance(value, list) or not value or (column.either and len(value) == 1):
        return None
    return "; ".join(value) if all(isinstance(name, str) and _is_simple(name) for name in value) else None


def _is_simple(name: str) -> bool:
    return bool(name) and ";" not in name and plain_cell(name) == name


def _of_one(column: Column, value: Any) -> tuple[Row, Any] | None:
    """Cells of a mapping of one name to a number."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    name, inner = next(iter(value.items()))
    found = _number(Column(f"{column.header} amount", (), "number"), inner)
    if found is None:
        return None
    cells, left = found
    amount = f"{column.header} amount"
    row = {(header if header == amount else f"{column.header} unit"): cell for header, cell in cells.items()}
    return {column.header: plain_cell(name), **row}, ({name: left} if left else None)


def _number(column: Column, value: Any) -> tuple[Row, Any] | None:
    """Cells of a number, and what else is said of it."""
    stated = value if isinstance(value, dict) else {"value": value}
    if "value" not in stated or not stated.keys() <= _NUMBER_KEYS:
        return None
    try:
        number, own, _ = parse_number(stated["value"])
    except ValueError:
        return None
    unit = own or stated.get("unit") or ""
    left = {key: item for key, item in stated.items() if key not in ("value", "unit") and item is not None}
    row: Row = {column.header: _shortest(number)} | ({f"{column.header} unit": unit} if unit else {})
    if column.ranged:
        row |= {f"{column.header} {part}": _beside(part, left.pop(part), unit) for part in BESIDE if part in left}
    return row, left


def _beside(part: str, value: Any, unit: str) -> Any:
    """What stands beside a number; an end of its range in a unit of its own is a text."""
    if part not in ("low", "high"):
        return plain_cell(value)
    number, own, _ = parse_number(value)
    if not own or own == unit:
        return _shortest(number)
    return _quoted(value) if _MAY_BE_THOUSANDS.match(value) else value


def _shortest(number: float) -> Any:
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _by_path(path: Path, node: Any) -> Iterator[Row]:
    """Rows of a part of the case by its path."""
    if node is _GONE:
        return
    if number_place(path):
        if (found := _number(Column("value", (), "number", ranged=True), node)) is not None:
            row, left = found
            row = {key.removeprefix("value ") if key != "value" else key: cell for key, cell in row.items()}
            yield {"path": path_text(path), **row}
            yield from _parts(path, left)
            return
        if isinstance(node, dict) and node and node.keys() <= _NUMBER_KEYS - {"value"}:
            beside = {
                part: _beside(part, node[part], str(node.get("unit", "")))
                for part in BESIDE
                if node.get(part) is not None
            }
            yield from [{"path": path_text(path), **beside}] if beside else []
            yield from _parts(path, {key: item for key, item in node.items() if key not in beside})
            return
    if isinstance(node, dict | list) and node:
        yield from _parts(path, node)
    elif isinstance(node, str) and len(node) > LONGEST:
        pieces = [node[start : start + LONGEST] for start in range(0, len(node), LONGEST)]
        yield {"path": path_text(path), "value": _quoted(pieces[0])}
        yield from ({"path": "+", "value": _quoted(piece)} for piece in pieces[1:])
    else:
        yield {"path": path_text(path), "value": plain_cell(node)}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _parts(path: Path, node: Any) -> Iterator[Row]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, item in items:
        yield from _by_path((*path, key), item)
