"""Writes a case as a workbook, and the empty workbook with one example."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from planner.case.case import Case
from planner.case.files import Folder
from planner.case.read import locate, read_laid
from planner.case.variants import read_overlaid
from planner.errors import UsageError
from planner.excel import shapes
from planner.excel.columns import ARCHETYPES, BESIDE, BY_PATH, Column, Key, Sheet, sheets
from planner.excel.fold import Rows, fold
from planner.excel.gis import GIS
from planner.excel.paths import plain_cell
from planner.excel.read import FILES, README
from planner.excel.write import Head, Page, workbook
from planner.report.targets import check_targets, writing

_LONGEST_INSIDE = 20_000
_COUNTS = {"number": "a number; its unit stands in the column behind it", "bool": "TRUE or FALSE"}
_WORDS = {
    "low": "Least value it may have.",
    "high": "Largest value it may have.",
    "source": "Where it comes from: a key of the case's sources, or words.",
    "grade": "A measured or invoiced, B published for the like, C assumption.",
    "basis": "How it is known.",
    "year": "Year of a price, or of the datum.",
    "note": "In words.",
    "unit": "Unit of the number; the documented one, in the header, if blank.",
    "path": "The part of the case: names with > between them, entries of lists as [1], [2] ...",
    "value": "A number, text, TRUE or FALSE. Blank where only range and source of a number of another sheet are said.",
    "file": "Name of the file in the case.",
    "beside": "Where it lies, from the folder of the workbook.",
    "content": "The file itself, where it is a short text.",
    "attribute": "Name of the attribute in the GIS file.",
    "field": "What it is in the case: name, area, price, zones ...",
    "layer": "plots, corridors, roads, obstacles, receptors ...",
}
_READ_ME = (
    "A case of an eco-industrial park for the planner.",
    "Fill the sheets, then: planner import THIS.xlsx CASE, and planner check CASE, planner solve CASE.",
    "One row for each plant, stream, resource ...; rows may be left empty. Names must be written alike everywhere: "
    "they are what ties the sheets together.",
    "A number stands in its column, its unit in the column behind it; a blank unit is the one in the header. Low, "
    "high, source, grade (A, B, C) and basis of a number stand in columns of its own where there are such, else in the "
    "sheet other, in a row with its path and a blank value.",
    "Anything the case format knows and that has no column goes into the sheet other by its path, such as "
    "plants > mill > sinks > steam > limits > COD > max. planner schema and docs/case-format.md list all fields. "
    "Any simple field of the format may also be added as a column of its sheet, by its name.",
    "Shapes of plots and corridors: as WKT or corners x y; x y; x y in their sheets, or from a GIS file that the sheet "
    "gis names, with the names of its attributes.",
    "Where a case is updated, blank cells leave it as it is, and ~ deletes. Sheets and columns whose name begins with "
    "# are yours and are not read. Rows must not be hidden or filtered, cells not merged.",
)


def export(path: Path, file: Path, *, force: bool = False) -> list[str]:
    """Write a case (a folder, its case file, or a variant) as a workbook.

    Parameters
    ----------
    path
        The case.
    file
        The workbook to be written; files that do not fit into it go into a folder beside it.
    force
        Whether a workbook that is there is written over.

    Returns
    -------
    list of str
        What was written besides the workbook.

    Raises
    ------
    CaseError
        If the case is faulty.
    UsageError
        If the file cannot be written, or is there.
    """
    check_targets([(file, ".xlsx")])
    if file.exists() and not force:
        raise UsageError(f"{file} is there already and was not touched; --force writes over it")
    folder, name = locate(path)
    files = Folder(folder)
    laid = read_overlaid(name, files)
    before = files.names
    tree = deepcopy(laid.tree)
    read_laid(laid, files, sited=False)
    found, inside = shapes.fold_shapes(tree, folder)
    rows = with_shapes(fold(tree), found)
    beside = sorted(files.names - before - inside)
    rows["files"] = list(_files(beside, files, file))
    workbook(file, pages(rows, common=True))
    return [f"{row['beside']}" for row in rows["files"] if "beside" in row]


def with_shapes(rows: Rows, found: Mapping[str, list[dict[str, Any]]]) -> Rows:
    """Rows with the shapes of plots, corridors and the map."""
    named = [row | {"plot": plain_cell(row["plot"])} for row in found["plots"]]
    by_plot = {row["plot"]: row for row in named}
    rows["plots"] = [row | by_plot.get(row["plot"], {}) for row in rows["plots"]]
    return rows | {"corridors": found["corridors"], "map": found["map"]}


def _files(names: Sequence[str], files: Folder, workbook_file: Path) -> Iterable[dict[str, str]]:
    """Rows of the sheet of files; what is no short text is copied beside the workbook."""
    for name in names:
        source = files.path(name)
        text = _short_text(source)
        if text is not None:
            yield {"file": name, "content": text}
            continue
        beside = f"{workbook_file.stem}-files/{name}"
        target = workbook_file.parent / beside
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        yield {"file": name, "beside": beside}


def _short_text(path: Path) -> str | None:
    if path.suffix.lower() != ".csv" or path.stat().st_size > _LONGEST_INSIDE:
        return None
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        return None
    fits = (
        text
        and not text.startswith('"')
        and text.replace("\n", "").replace("\t", "").isprintable()
        and "_x" not in text
    )
    return text if fits else None


def pages(rows: Rows, *, common: bool) -> list[Page]:
    """Pages of a workbook: of each sheet the common columns, and all that a row uses."""
    made = [Page(README, rows=[[line] for line in _READ_ME])]
    made.append(_path_page("park", "The park as a whole. One line each; delete what is not needed.", rows["park"]))
    for sheet in sheets().values():
        shape = shapes.columns("plots") if sheet.name == "plots" else []
        made.append(_entry_page(sheet, rows[sheet.name], shape))
    about = "Lines where pipes and other links may run."
    made.append(_plain_page("corridors", about, shapes.columns("corridors"), rows["corridors"]))
    about = "What else is on the map: roads, obstacles (rivers), receptors (housing), access points ..."
    made.append(_plain_page("map", about, shapes.columns("map"), rows["map"]))
    heads = [Head(name, _WORDS.get(name, ""), width=18) for name in GIS]
    about = "Shapes from a GIS file beside this workbook: one row for each attribute that is taken from it."
    made.append(Page("gis", about, heads, [[row.get(name) for name in GIS] for row in rows.get("gis", ())]))
    heads = [Head(name, _WORDS[name], width=30) for name in FILES]
    about = "Files that the case names and no other sheet holds."
    made.append(Page("files", about, heads, [[row.get(name) for name in FILES] for row in rows.get("files", ())]))
    if common:
        made.append(_archetypes_page())
    made.append(
        _path_page(
            "other", "Everything that has no column, by its path; and range and source of numbers.", rows["other"]
        )
    )
    return made if common else [page for page in made if page.rows]


def _archetypes_page() -> Page:
    from planner.library.archetypes import library

    rows = [
        [f"{name}, {kind.size.typical:.12g} {kind.size.unit}", kind.size.of, kind.about]
        for name, kind in library().archetypes.items()
    ]
    heads = [
        Head("archetype", "As the sheet plants takes it, at a usual size: write your own.", width=40),
        Head("size of", "What its size counts.", width=18),
        Head("what it is", "", width=50),
    ]
    return Page(ARCHETYPES, "Plants as they usually are, for the sheet plants. Nothing is read from here.", heads, rows)


def _entry_page(sheet: Sheet, rows: Sequence[Mapping[str, Any]], more: Sequence[Column]) -> Page:
    used = {header for row in rows for header in row}
    heads: list[tuple[str, Head]] = [(key.header, _key_head(key)) for key in sheet.keys]
    own = list(sheet.columns)
    for column in [*own[: 1 if more else 0], *more, *own[1 if more else 0 :]]:
        names = [header.partition(" [")[0] for header in column.headers()]
        if column.common or column in more or used & set(names):
            for name, text in zip(names, column.headers(), strict=True):
                heads.append((name, _head(column, name, text)))
    cells = [[row.get(name) for name, _ in heads] for row in rows]
    return Page(sheet.name, sheet.about, [head for _, head in heads], cells, fixed=len(sheet.keys))


def _key_head(key: Key) -> Head:
    return Head(
        key.header, key.about, tuple(word for word, _ in key.choices), _names(key.names), 6 if key.index else 22
    )


def _names(sheet: str) -> tuple[str, str] | None:
    return (sheet, "A") if sheet else None


def _head(column: Column, name: str, text: str) -> Head:
    """A cell of the header row: the column itself, its unit, or what stands beside it."""
    last = name.rpartition(" ")[2]
    if name != column.header and last in ("unit", *BESIDE):
        choices = {"grade": ("A", "B", "C"), "basis": _bases()}.get(last, ())
        return Head(
            text, f"{_WORDS[last]} (of {column.header})", choices, width=10 if last != "note" else 24, quiet=True
        )
    counts = _COUNTS.get(column.kind, "")
    comment = "\n".join(part for part in (column.about, counts) if part)
    choices = ("TRUE", "FALSE") if column.kind == "bool" else column.choices
    wide = {"geometry": 40, "note": 40, "basis": 24, "crs": 12}.get(
        column.header, 16 if column.kind != "number" else 13
    )
    listed = column.names if column.kind != "list" and name == column.header else ""
    return Head(text, comment, choices, _names(listed), wide)


def _bases() -> tuple[str, ...]:
    from typing import get_args

    from planner.case.values import Basis

    return tuple(get_args(Basis))


def _plain_page(name: str, about: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> Page:
    heads = [_head(column, column.header, column.header) for column in columns]
    return Page(name, about, heads, [[row.get(column.header) for column in columns] for row in rows])


def _path_page(name: str, about: str, rows: Sequence[Mapping[str, Any]]) -> Page:
    meaning = name == "park"
    heads = [_path_head(header) for header in BY_PATH] + ([Head("meaning", width=60, quiet=True)] if meaning else [])
    cells = [[row.get(header) for header in BY_PATH] + ([_meaning(row["path"])] if meaning else []) for row in rows]
    return Page(name, about, heads, cells)


def _path_head(header: str) -> Head:
    choices = {"grade": ("A", "B", "C"), "basis": _bases()}.get(header, ())
    width = {"path": 46, "value": 26, "source": 18, "note": 40}.get(header, 10)
    return Head(header, _WORDS[header], choices, width=width, quiet=header not in ("path", "value", "unit"))


def _meaning(path: str) -> str:
    """What a field of the case, or of a section of it, means."""
    from planner.case.messages import _about, _models_at
    from planner.excel.paths import parse_path

    try:
        steps = parse_path(path)
    except ValueError:
        return ""
    model = next(_models_at(Case, steps[:-1]), None)
    about = _about(model, str(steps[-1])) if model else ""
    return "" if about.startswith("expected") else about
