"""Finds the table of a sheet: the row of its column names, its columns, and rows; tells what would be read wrongly."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from planner.case.marks import Mark
from planner.case.numbers import describe, did_you_mean
from planner.errors import Fault
from planner.excel.cells import said
from planner.excel.opened import Cell, OpenSheet, address
from planner.excel.paths import name_of

#: Rows from the top in which the names of the columns are looked for.
_FARTHEST_HEADER = 40
_SHOWN = 8


@dataclass
class Table:
    """The table of a sheet.

    Attributes
    ----------
    sheet
        Where it stands.
    columns
        Header -> number of the column.
    units
        Header -> unit that stands in brackets behind it.
    rows
        Row number -> cells by header, of rows that hold something.
    header
        Row of the names of the columns.
    """

    sheet: OpenSheet
    columns: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, Cell]]] = field(default_factory=list)
    header: int = 0

    def mark(self, cell: Cell) -> Mark:
        """Place of a cell of it."""
        return Mark(self.sheet.place, cell.row, cell.column)


def cell_fault(sheet: OpenSheet, place: tuple[int, int], name: str, message: str) -> Fault:
    """A fault of a cell; ``planner.excel.places`` puts it into words."""
    return Fault(sheet.place, place[0], place[1], name, message)


def find_table(sheet: OpenSheet, known: Sequence[str], required: Sequence[str], faults: list[Fault]) -> Table | None:
    """The table of a sheet; None for an empty sheet and where it cannot be read, which is a fault.

    Parameters
    ----------
    sheet
        The sheet.
    known
        Headers that have a meaning.
    required
        Those by which the row of headers is found.
    faults
        What is wrong with its form is added.
    """
    rows = list(sheet.rows())
    if not rows:
        return None
    found = next((row for row in rows[:_FARTHEST_HEADER] if _holds(row[1], required)), None)
    if found is None:
        faults.append(_no_header(sheet, rows[:_FARTHEST_HEADER], required))
        return None
    header, cells = found
    again = next((row for row, part in rows if row > header and len(required) > 1 and _holds(part, required)), None)
    if again is not None:
        message = (
            "the names of the columns stand here again; a sheet holds one table: move these rows up, below the others"
        )
        faults.append(cell_fault(sheet, (again, min(dict(rows)[again])), "", message))
        rows = [one for one in rows if one[0] < again]
    table = Table(sheet, header=header)
    below = {column for row, part in rows if row > header for column in part}
    _name_columns(table, header, cells, set(known), below, faults)
    by_column = {column: name for name, column in table.columns.items()}
    for row, part in rows:
        if row > header and (named := {by_column[c]: cell for c, cell in part.items() if c in by_column}):
            table.rows.append((row, named))
    nameless = sorted(below - cells.keys())
    for column in nameless:
        row, cell = next((row, part[column]) for row, part in rows if row > header and column in part)
        faults.append(cell_fault(sheet, (row, column), "", f"found {said(cell)} in a column without a name"))
    _tell_above(table, rows, faults)
    _tell_unseen(table, header, faults)
    return table if table.rows else None


def _tell_above(table: Table, rows: list[tuple[int, dict[int, Cell]]], faults: list[Fault]) -> None:
    """Faults of rows above the names of the columns that look like data: they would not be read."""
    used = set(table.columns.values())
    for row, cells in rows:
        first = cells[min(cells)]
        mine = cells.keys() & used
        if row < table.header and len(mine) > 1 and not str(first.value).lstrip().startswith("#"):
            message = "stands above the names of the columns and is not read; move it below them, or begin it with #"
            faults.append(cell_fault(table.sheet, (row, min(mine)), "", message))


def header_name(text: str) -> tuple[str, str]:
    """Name of a column and the unit in brackets behind it."""
    found = re.fullmatch(r"(.*?)\s*\[([^\]]*)\]\s*", name_of(text))
    name, unit = (found[1], found[2].strip()) if found else (name_of(text), "")
    return name.rstrip("* ").lower(), unit


def _holds(cells: dict[int, Cell], required: Iterable[str]) -> bool:
    names = {header_name(cell.value)[0] for cell in cells.values() if cell.kind == "text"}
    return names >= set(required)


def _no_header(sheet: OpenSheet, rows: list[tuple[int, dict[int, Cell]]], required: Sequence[str]) -> Fault:
    """That the row with the names of the columns is missing, with the nearest to it."""
    wanted = set(required)
    near, place, missing = "", (rows[0][0], min(rows[0][1])), list(required)
    for row, cells in rows:
        names = {header_name(cell.value)[0]: cell for cell in cells.values() if cell.kind == "text"}
        if not (names.keys() & wanted) and len(wanted) > 1:
            continue
        lost = [name for name in required if name not in names]
        hint = did_you_mean(lost[0], [name for name in names if name not in wanted]) if lost else ""
        if "did you mean" in hint:
            near, place, missing = hint.replace("did you mean", "is it"), (row, min(cells)), lost
            break
    words = ", ".join(f'"{name}"' for name in required)
    lost_words = ", ".join(f'"{name}"' for name in missing)
    message = f"no row with the column names {words} was found; missing: {lost_words}{near}"
    return cell_fault(sheet, place, "", message)


def _name_columns(
    table: Table, row: int, cells: dict[int, Cell], known: set[str], below: set[int], faults: list[Fault]
) -> None:
    sheet = table.sheet
    for column, cell in cells.items():
        name, unit = header_name(str(cell.value))
        if name.startswith("#"):
            continue
        if cell.kind != "text" or name not in known:
            if column in below:
                near = did_you_mean(name, sorted(known))
                near = near if "did you mean" in near else ""
                hint = near or "; a column of your own begins with #"
                faults.append(cell_fault(sheet, (row, column), name, f"no such column{hint}"))
        elif name in table.columns:
            first = address(row, table.columns[name])
            faults.append(cell_fault(sheet, (row, column), name, f"the column is there twice, first in {first}"))
        else:
            table.columns[name] = column
            table.units |= {name: unit} if unit else {}


def _tell_unseen(table: Table, header: int, faults: list[Fault]) -> None:
    """Faults of what a reader of the sheet does not see as it is: merged cells, hidden rows, columns and sheets."""
    sheet = table.sheet
    used = set(table.columns.values())
    for first, last, left, right in sorted(sheet.merged):
        if last >= header and used & set(range(left, right + 1)):
            place = f"{address(first, left)}:{address(last, right)}"
            faults.append(
                cell_fault(
                    sheet, (first, left), "", f"cells {place} are merged; unmerge them and write each value in its cell"
                )
            )
    if sheet.hidden and table.rows:
        faults.append(cell_fault(sheet, (0, 0), "", "the sheet is hidden but holds data; show it or delete it"))
    hidden = [row for row, _ in table.rows if row in sheet.hidden_rows]
    if hidden:
        shown = ", ".join(str(row) for row in hidden[:_SHOWN]) + (" ..." if len(hidden) > _SHOWN else "")
        faults.append(
            cell_fault(
                sheet,
                (hidden[0], 1),
                "",
                f"rows that hold data are hidden or filtered out: {shown}; show or delete them",
            )
        )
    filled = {name for _, cells in table.rows for name in cells}
    for name, column in table.columns.items():
        if column in sheet.hidden_columns and name in filled:
            message = "the column is hidden but holds data; show it or delete it"
            faults.append(cell_fault(sheet, (header, column), name, message))


def sheet_named(name: str, known: Sequence[str]) -> tuple[str | None, str]:
    """The known sheet that a name means, and what is wrong with it where it means none."""
    plain = re.sub(r"[\s_\-]+", " ", name_of(name)).lower()
    if plain in known:
        return plain, ""
    numbers = re.fullmatch(r"(.+?) (?:table|tabelle|tableau|tabla|tabella) \d+", plain)  # Apple Numbers
    if numbers is not None and (own := numbers[1].strip()) in known:
        return None, f'no such sheet: {describe(name)}; rename it "{own}"'
    near = did_you_mean(plain, list(known))
    near = near if "did you mean" in near else "; a sheet of your own begins with #"
    return None, f"no such sheet: {describe(name)}{near}"


def tell_brackets(table: Table, numbers: set[str], faults: list[Fault]) -> None:
    """Refuse a unit in the header of a column that holds no number: it would be passed over.

    Parameters
    ----------
    table
        The table.
    numbers
        Headers of its numbers, without those of their ranges.
    faults
        Gets what is wrong.
    """
    with_ends = numbers | {f"{header} {end}" for header in numbers for end in ("low", "high")} | {"low", "high"}
    filled = {header for _, cells in table.rows for header in cells}
    for header, unit in table.units.items():
        if header not in with_ends and (header in filled or header.endswith(" unit")):
            place = (table.header, table.columns[header])
            message = f"found [{unit}] behind its name; a unit in brackets stands behind the name of a number"
            faults.append(cell_fault(table.sheet, place, header, message))
