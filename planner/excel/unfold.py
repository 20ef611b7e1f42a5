"""Reads the sheets of a workbook into a draft of the case: the opposite of ``planner.excel.fold``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from planner.case.marks import Mark, Path
from planner.case.numbers import did_you_mean
from planner.excel import cells as read
from planner.excel.amounts import is_delete, put_number
from planner.excel.cells import CellError
from planner.excel.columns import BESIDE, BY_PATH, Column, Key, Sheet, kind_at
from planner.excel.draft import Draft
from planner.excel.fold import number_place
from planner.excel.industry import industry
from planner.excel.merge import known_fields
from planner.excel.opened import Cell, OpenSheet
from planner.excel.paths import cell_plain, is_long_number, parse_path, tidy
from planner.excel.tables import Table, find_table, tell_brackets

#: Sheets whose rows are parts of the case by their path.
PATH_SHEETS = ("park", "other")
_NO_NUMBER = (
    "is a row without a number (no) among rows that have one, and only by it are they told apart; number all rows "
    "1, 2, 3 ... from the top, or clear all numbers where the sheet lists every one of them"
)


def known_headers(sheet: Sheet) -> list[str]:
    """Every header of a sheet, without units."""
    own = [header.partition(" [")[0] for column in sheet.columns for header in column.headers()]
    return [*(key.header for key in sheet.keys), *own]


def read_rows(
    sheet: Sheet, opened: OpenSheet, draft: Draft, base: Mapping[str, Any], extra: Sequence[str] = ()
) -> Table | None:
    """Read a sheet whose rows are entries.

    Parameters
    ----------
    sheet
        What the sheet is.
    opened
        As it stands in the workbook.
    draft
        Gets what the rows say, and their faults.
    base
        The case that is updated, for the names it has; empty for a new one.
    extra
        Further headers, which are read elsewhere.
    """
    required = [key.header for key in sheet.keys if not key.index] or [sheet.columns[0].header]
    table = find_table(opened, [*known_headers(sheet), *extra], required, draft.faults)
    if table is None:
        return None
    numbers = {column.header for column in sheet.columns if column.kind == "number"}
    numbers |= {f"{column.header} amount" for column in sheet.columns if column.kind == "entry"}
    tell_brackets(table, numbers, draft.faults)
    taken: dict[Path, set[int]] = {}
    numbered: set[Path] = set()
    counts = [key.header for key in sheet.keys if key.index]
    for row, cells in sorted(table.rows, key=lambda one: any(header not in one[1] for header in counts)):
        if set(cells) <= {key.header for key in sheet.keys if key.index}:
            continue
        path = _path(sheet, table, row, cells, draft, base, taken)
        if path is None:
            continue
        mark = Mark(opened.place, row, min(cell.column for cell in cells.values()))
        if _lacks_number(path, cells, counts, numbered):
            draft.fault(Mark(opened.place, row, table.columns[counts[0]]), path[:-1], _NO_NUMBER)
            continue
        numbered |= {path[:-1]} if counts and counts[0] in cells else set()
        number = next((column for column in sheet.columns if not column.field), None)
        if number is None:
            if draft.at(path) is not None and not isinstance(path[-1], int):
                _twice(sheet, path, mark, draft)
                continue
            draft.put(path, {}, mark)
        for column in sheet.columns:
            put_field(column, (*path, *column.field), table, cells, draft)
    return table


def _lacks_number(path: Path, cells: Mapping[str, Cell], counts: Sequence[str], numbered: set[Path]) -> bool:
    """Whether a row has no number while others of its list, whose entries nothing else tells apart, have one."""
    return bool(counts) and counts[0] not in cells and path[:-1] in numbered and not known_fields(path[:-1])


def _twice(sheet: Sheet, path: Path, mark: Mark, draft: Draft) -> None:
    first = draft.where(path)
    where = f", first in row {first.line}" if first else ""
    draft.fault(mark, path, f'"{path[-1]}" is there twice{where}; each row of {sheet.name} needs a name of its own')


def _path(
    sheet: Sheet,
    table: Table,
    row: int,
    cells: Mapping[str, Cell],
    draft: Draft,
    base: Mapping[str, Any],
    taken: dict[Path, set[int]],
) -> Path | None:
    """Path of the entry of a row; None where its keys are at fault."""
    path: Path = ()
    good = True
    for step in sheet.steps:
        if isinstance(step, str):
            path = (*path, step)
            continue
        cell = cells.get(step.header)
        mark = Mark(table.sheet.place, row, cell.column if cell else table.columns.get(step.header, 1))
        try:
            found = _step(step, cell, path, draft, base, taken)
        except CellError as error:
            draft.fault(mark, (*path, step.header), str(error))
            good = False
            continue
        path = (*path, *found)
    return path if good else None


def _step(
    step: Key, cell: Cell | None, path: Path, draft: Draft, base: Mapping[str, Any], taken: dict[Path, set[int]]
) -> Path:
    if step.index:
        used = taken.setdefault(path, set())
        number = read.whole(cell) if cell else max(used, default=0) + 1
        if number < 1 or number in used:
            raise CellError(f"found {number}; expected 1, 2, 3 ..., each once")
        used.add(number)
        return (number - 1,)
    if cell is None:
        raise CellError("is blank; every row needs it")
    if step.choices:
        return (dict(step.choices)[read.choice(cell, tuple(word for word, _ in step.choices))],)
    name = read.words(cell, name=True)
    name = str(name) if isinstance(name, int) else name
    if not isinstance(name, str):
        raise CellError(f"found {read.said(cell)}; expected a name")
    if not step.sections:
        return (name,)
    parts = [(section, tree.get(section)) for section in step.sections for tree in (draft.tree, base)]
    for section, part in parts:
        if isinstance(part, Mapping) and name in part:
            return (section, name)
    near = did_you_mean(name, [one for _, part in parts if isinstance(part, Mapping) for one in part])
    if "did you mean" not in near:
        near += f"; it needs a row in the sheet {' or '.join(step.sections)}"
    raise CellError(f'no such {" or ".join(word.rstrip("s") for word in step.sections)}: "{name}"{near}')


def put_field(column: Column, path: Path, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    """Read the cells of a field of an entry into the draft."""
    if column.kind == "number":
        _number(path, column.header, table, cells, draft)
        return
    cell = cells.get(column.header)
    if cell is None:
        if column.kind == "entry" and f"{column.header} amount" in cells:
            there = cells[f"{column.header} amount"]
            draft.fault(table.mark(there), path, f"{column.header} is blank beside its amount")
        return
    mark = table.mark(cell)
    try:
        if is_delete(cell):
            draft.put(path, None, mark)
        elif column.kind == "entry":
            name = str(read.words(cell, name=True))
            draft.put((*path, name), {}, mark) if f"{column.header} amount" not in cells else None
            names = {"value": f"{column.header} amount", "unit": f"{column.header} unit"}
            put_number((*path, name), names, table, cells, draft, {})
        else:
            draft.put(path, _simple(column, cell), mark)
    except CellError as error:
        draft.fault(mark, path, str(error))


def _simple(column: Column, cell: Cell) -> Any:
    by_kind: dict[str, Callable[[], Any]] = {
        "bool": lambda: read.truth(cell),
        "whole": lambda: read.whole(cell),
        "plain": lambda: read.plain(cell),
        "choice": lambda: read.choice(cell, column.choices),
        "industry": lambda: industry(cell),
        "list": lambda: read.listed(cell, either=column.either),
    }
    if column.kind in by_kind:
        return by_kind[column.kind]()
    free = column.header in ("note", "basis", "description") or column.header.endswith((".route", ".note"))
    return read.words(cell, name=not free)


def _number(path: Path, header: str, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    """Read a number from its columns."""
    prefix = "" if header == "value" else f"{header} "
    names = {"value": header} | {part: f"{prefix}{part}" for part in ("unit", *BESIDE)}
    put_number(path, names, table, cells, draft, {})


def read_paths(opened: OpenSheet, draft: Draft, entries: Mapping[str, Iterable[str]]) -> None:
    """Read a sheet whose rows are parts of the case by their path.

    Parameters
    ----------
    opened
        The sheet.
    draft
        Gets what the rows say, and their faults.
    entries
        Names by section, for the sections whose entries stand in sheets of their own: a path must name one of them.
    """
    table = find_table(opened, [*BY_PATH, "meaning"], ("path", "value"), draft.faults)
    last: tuple[Path, Mark] | None = None
    for _, cells in table.rows if table else ():
        path_cell = cells.get("path")
        if path_cell is None:
            cell = next(iter(cells.values()))
            if set(cells) - {"meaning"}:
                mark = Mark(opened.place, cell.row, cell.column)
                draft.fault(mark, (), "has no path; say what part of the case it is, as in economics > discount_rate")
            continue
        mark = Mark(opened.place, path_cell.row, path_cell.column)
        try:
            if tidy(str(path_cell.value)) == "+" and last:
                _append(last[0], cells, draft)
                continue
            path = parse_path(str(read.words(path_cell)))
            _check_entry(path, entries)
        except (ValueError, KeyError) as error:
            draft.fault(mark, ("path",), str(error))
            continue
        last = path, mark
        _of_path(path, table, cells, draft) if table else None


def _append(path: Path, cells: Mapping[str, Cell], draft: Draft) -> None:
    """Add the next piece of a long text to it."""
    holder = draft.at(path[:-1])
    holder[path[-1]] = f"{holder[path[-1]]}{cell_plain(cells['value'].value)}"


def _check_entry(path: Path, entries: Mapping[str, Iterable[str]]) -> None:
    """Refuse a path into an entry that is not there."""
    if len(path) > 2 and path[0] in entries:
        names = list(entries[str(path[0])])
        if isinstance(path[1], str) and path[1] not in names:
            raise CellError(f'no such name in {path[0]}: "{path[1]}"{did_you_mean(str(path[1]), names)}')


def _of_path(path: Path, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    cell = cells.get("value")
    beside = {part: cells[part] for part in ("unit", *BESIDE) if part in cells}
    if cell is None and not beside:
        return  # a prepared row that was not filled
    if number_place(path) and (cell is None or _may_be_number(cell)):
        _number(path, "value", table, cells, draft)
        return
    for part, there in beside.items():
        mark = table.mark(there)
        draft.fault(mark, (*path, part), "belongs to numbers only; this field takes none")
    if cell is None:
        return
    mark = table.mark(cell)
    try:
        kind = kind_at(path)
        meant = ("industry",) if cell.kind == "number" else ("whole", "plain", "bool", "industry")
        plain = kind in meant and not is_delete(cell) and not _is_quoted(cell)
        draft.put(path, _simple(Column("value", (), kind), cell) if kind and plain else _anything(cell), mark)
    except CellError as error:
        draft.fault(mark, path, str(error))


def _is_quoted(cell: Cell) -> bool:
    return cell.kind == "text" and tidy(cell.value).startswith('"')


def _may_be_number(cell: Cell) -> bool:
    """Whether a cell at the place of a number is meant as one; "unknown" and {} are not."""
    text = tidy(cell.value) if cell.kind == "text" else "0"
    return any(sign.isdigit() for sign in text) or not (text.replace(" ", "").isalpha() or text in ("{}", "[]", "~"))


def _anything(cell: Cell) -> Any:
    """A value of whatever kind."""
    if cell.kind == "bool":
        return cell.value
    if cell.kind == "number" and cell.shown:
        raise CellError(f'is shown with "{cell.shown}" where no unit is expected; format the cell as a number')
    if cell.kind == "number" and not cell.percent:
        return cell_plain(cell.value)
    if cell.kind == "number":
        raise CellError("is shown as a percentage where none is expected; format the cell as a number or as text")
    if cell.kind == "text" and is_long_number(tidy(cell.value)):
        return float(tidy(cell.value))
    return read.words(cell, name=True) if cell.kind == "date" else read.words(cell)
