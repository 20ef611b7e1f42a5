"""Reads a number of a row with its unit and what stands beside it: range, source, grade, basis, year, note."""

from collections.abc import Mapping
from typing import Any, get_args

from planner.case.marks import Mark, Path
from planner.case.values import Basis, Grade
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.columns import BESIDE, sheets
from planner.excel.draft import Draft
from planner.excel.formats import fits_currency, is_currency
from planner.excel.opened import Cell
from planner.excel.paths import tidy
from planner.excel.tables import Table, sheet_named

#: What deletes a value where a case is updated.
DELETE = "~"
_CHOICES = {"grade": get_args(Grade), "basis": get_args(Basis)}


def is_delete(cell: Cell) -> bool:
    """Whether a cell says that what it stands for is deleted."""
    return cell.kind == "text" and tidy(cell.value) == DELETE


def put_number(
    path: Path,
    names: Mapping[str, str],
    table: Table,
    cells: Mapping[str, Cell],
    draft: Draft,
    usual: Mapping[str, Any],
) -> None:
    """Read a number from the cells of a row.

    Parameters
    ----------
    path
        Its place in the case.
    names
        Header of its value, its unit and what stands beside it.
    table, cells, draft
        The table, cells of the row by header, and what gets the number and its faults.
    usual
        What stands beside it where no cell says else.
    """
    own = {part: cells.get(names[part]) if part in names else None for part in ("value", "unit", *BESIDE)}
    header = names["value"]
    stated = {part: cell for part, cell in own.items() if cell is not None}
    if stated.keys() <= {"unit"}:
        return
    value = stated.get("value")
    if value is not None and is_delete(value):
        draft.put(path, None, table.mark(value))
        return
    unit = _unit(path, header, table, own, draft)
    parts: dict[str, tuple[Any, Mark]] = {}
    for part, cell in stated.items():
        if part == "unit":
            continue
        mark = table.mark(cell)
        try:
            parts[part] = (_part(part, cell, own, unit, _of_header(table, names[part])), mark)
        except CellError as error:
            draft.fault(mark, (*path, part) if part != "value" else path, str(error))
    if value is not None and "value" not in parts:
        return
    if unit and "value" in parts:
        at = stated.get("unit") or value or next(iter(stated.values()))
        parts["unit"] = (unit, table.mark(at))
    if parts:
        first = next(iter(parts.values()))[1]
        parts |= {part: (item, first) for part, item in usual.items() if part not in parts}
        draft.put_number(path, parts)


def _unit(path: Path, header: str, table: Table, own: Mapping[str, Cell | None], draft: Draft) -> str:
    """Unit of a number: of its cell, of the column beside it, or of the header; two that differ are a fault."""
    from planner.case.units import same_text

    cell, value = own["unit"], own["value"]
    unit = ""
    if cell is not None:
        try:
            unit = read.unit_text(str(read.words(cell, name=True)))
        except CellError as error:
            draft.fault(table.mark(cell), (*path, "unit"), str(error))
    try:
        counted = read.number(value) if value is not None else None
    except CellError:
        return unit
    if counted is None or not counted.unit:
        return unit or _of_header(table, header)
    shown = value.shown if value is not None and value.kind == "number" else ""
    if shown and unit and fits_currency(shown, unit):
        return unit
    if value is not None and value.percent and cell is not None and unit != "%":
        message = f'is shown as {counted.number:g} % while the column beside it says "{unit}"; clear one of them'
    elif shown and not unit and is_currency(shown):
        message = f'is shown in "{shown}" only; write its whole unit in the column beside it, as in EUR/t'
    elif unit and not same_text(unit, counted.unit):
        message = f'says "{counted.unit}" while the column beside it says "{unit}"; clear one of them'
    else:
        return counted.unit
    at = value or cell
    assert at is not None
    draft.fault(table.mark(at), path, message)
    return counted.unit


def _of_header(table: Table, header: str) -> str:
    """Unit in brackets behind the name of a column, where it is not the documented one in words."""
    unit = table.units.get(header, "")
    known = sheets().get(sheet_named(table.sheet.name, list(sheets()))[0] or "")
    documented = {c.unit for c in known.columns if header in (c.header, f"{c.header} amount")} if known else set()
    return "" if unit in documented else unit


def _part(part: str, cell: Cell, own: Mapping[str, Cell | None], unit: str, bracket: str) -> Any:
    """The value of a number, or what stands beside it; ``bracket`` is the unit that its column states."""
    from planner.case.units import same_text

    if part == "year":
        return read.whole(cell)
    if part in ("source", "note"):
        return read.words(cell)
    if part in _CHOICES:
        return read.choice(cell, _CHOICES[part]) if not is_delete(cell) else None
    found = read.number(cell)
    number: float | int = int(found.number) if found.number.is_integer() and abs(found.number) < 2**53 else found.number
    if part == "value":
        return number
    value = own["value"]
    end = found.unit or bracket or ("" if value is not None else unit)
    if value is not None and value.percent and not end and number:
        raise CellError(f"found {number}, a bare number beside a percentage; format it as a percentage, too")
    shown_in_currency = cell.kind == "number" and cell.shown and fits_currency(cell.shown, unit)
    if not end or shown_in_currency or (value is not None and unit and same_text(unit, end)):
        return number
    return f"{number!r} {end}"
