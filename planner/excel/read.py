"""Reads a workbook of a case: every sheet, with every fault in its cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from planner.case.marks import Mark
from planner.errors import Fault
from planner.excel.cells import CellError, words
from planner.excel.columns import ARCHETYPES, sheets
from planner.excel.draft import Draft
from planner.excel.layers import Shapes
from planner.excel.opened import Cell, OpenSheet, split_place
from planner.excel.shapes import SHAPE
from planner.excel.tables import Table, find_table, sheet_named
from planner.excel.unfold import PATH_SHEETS, read_paths, read_rows

README = "read me"
#: Columns of the sheet of files.
FILES = ("file", "beside", "content")
_LARGEST_BESIDE = 60_000_000


@dataclass
class Workbook:
    """What a workbook says.

    Attributes
    ----------
    draft
        The case, with faults.
    files
        Name in the case -> (content, place in the workbook it comes from).
    origins
        Name in the case -> (cell, name of the GIS file) of those that are made of one.
    tenant, ask
        Of a questionnaire: the plant that it is about, and who filled it in.
    """

    draft: Draft
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    origins: dict[str, tuple[Mark, str]] = field(default_factory=dict)
    tenant: str = ""
    ask: str = ""


def known_sheets() -> list[str]:
    """Names of all sheets that are read, in the order of the workbook."""
    return [README, "park", *sheets(), "corridors", "map", "gis", "files", ARCHETYPES, "other"]


def read_workbook(path: Path, opened: Sequence[OpenSheet], base: Mapping[str, Any]) -> Workbook:
    """Read a workbook.

    Parameters
    ----------
    path
        The workbook, beside which further files may lie.
    opened
        Its sheets.
    base
        The case that is updated, its tables merged in; empty for a new one.
    """
    book = Workbook(Draft())
    draft = book.draft
    named = _by_name(opened[0].file if opened else path.name, opened, draft.faults)
    tables: dict[str, Table | None] = {}
    order = sorted(sheets(), key=lambda name: name == "streams")  # streams need the names of plants and partners
    for name in order:
        if name in named:
            extra = SHAPE if name == "plots" else ()
            tables[name] = read_rows(sheets()[name], named[name], draft, base, extra)
    entries = _entries(draft, base)
    for name in PATH_SHEETS:
        if name in named:
            read_paths(named[name], draft, entries)
    shapes = Shapes(draft, base)
    if (plots := tables.get("plots")) is not None:
        shapes.plots(plots)
    for name in ("corridors", "map"):
        if name in named:
            shapes.sheet(named[name], name)
    if "gis" in named:
        shapes.gis(named["gis"], path.parent)
    book.files, book.origins = shapes.files(), shapes.origins()
    if "files" in named:
        _files(named["files"], path.parent, book)
    return book


def _by_name(file: str, opened: Sequence[OpenSheet], faults: list[Fault]) -> dict[str, OpenSheet]:
    """Sheets by what they are; a sheet with data that means none is a fault."""
    found: dict[str, OpenSheet] = {}
    known = known_sheets()
    for sheet in opened:
        if sheet.name.strip().startswith("#") or not sheet.cells:
            continue
        name, message = sheet_named(sheet.name, known)
        if name is None:
            faults.append(Fault(sheet.place, 0, 0, "", message))
        elif name in found:
            faults.append(Fault(sheet.place, 0, 0, "", f'is the same sheet as "{found[name].name}"; leave one out'))
        elif name not in (README, ARCHETYPES):  # nothing is read from these
            found[name] = sheet
    if not found and not faults:
        faults.append(Fault(file, 0, 0, "", f"has no sheet with data; expected {', '.join(known[1:5])} ..."))
    return found


def _entries(draft: Draft, base: Mapping[str, Any]) -> dict[str, list[str]]:
    """Names by section of what has a row of its own, here or in the case that is updated."""
    sections = [sheet.steps[0] for sheet in sheets().values() if isinstance(sheet.steps[0], str)]
    found: dict[str, list[str]] = {}
    for section in sections:
        names: list[Any] = []
        for tree in (draft.tree, base):
            part = tree.get(section)
            names += list(part) if isinstance(part, dict) else []
        found[section] = [name for name in names if isinstance(name, str)]
    return found


def _files(opened: OpenSheet, folder: Path, book: Workbook) -> None:
    """Files that the case names: short texts in the workbook itself, others beside it."""
    table = find_table(opened, FILES, ("file",), book.draft.faults)
    for row, cells in table.rows if table else ():
        mark = Mark(opened.place, row, next(iter(cells.values())).column)
        try:
            if "file" not in cells:
                raise CellError("is blank; every row needs it")
            name = str(words(cells["file"], name=True))
            _check_name(name)
            if name in book.files:
                raise CellError(f'the file "{name}" is made of the sheet {split_place(book.files[name][1])[1]} already')
            book.files[name] = (_content(cells, folder), opened.place)
        except CellError as error:
            book.draft.fault(mark, ("files",), str(error))


def _content(cells: Mapping[str, Cell], folder: Path) -> bytes:
    if "content" in cells:
        return str(words(cells["content"])).encode() + b"\n"
    if "beside" not in cells:
        raise CellError("has neither content nor the name of a file beside the workbook")
    beside = str(words(cells["beside"], name=True))
    _check_name(beside)
    path = folder / beside
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise CellError(f'"{beside}" leads out of the folder of the workbook')
        if path.stat().st_size > _LARGEST_BESIDE:
            raise CellError(f'"{beside}" has more than {_LARGEST_BESIDE / 1e6:.0f} MB')
        return path.read_bytes()
    except OSError:
        raise CellError(f'no file "{beside}" beside the workbook; send it along with the workbook') from None


def _check_name(name: str) -> None:
    pure = PurePosixPath(name.replace("\\", "/"))
    if pure.is_absolute() or ".." in pure.parts or ":" in name or name != str(pure) or not name.strip("."):
        raise CellError(f'"{name[:60]}" is no name of a file in the folder')
    if pure.suffix.lower() in (".yaml", ".yml", ".py", ".sh", ".exe", ".xlsx"):
        raise CellError(f'"{name[:60]}" is no file of data; expected a table or a geographic file')
