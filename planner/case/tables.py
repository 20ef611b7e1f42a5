"""Merges the CSV tables of a case into its tree, each cell with its place, before anything is validated."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planner.case.files import Folder, OutsideFolderError
from planner.case.impacts import CLIMATE, FacilityImpacts, LinkImpacts, ResourceImpacts
from planner.case.land import Plot
from planner.case.links import Size
from planner.case.marks import Mark, Marks, Path
from planner.case.numbers import describe, did_you_mean, is_spreadsheet_error
from planner.case.plants import Sink, Source
from planner.case.qualities import Operation
from planner.case.yaml_reader import plain_value, read_text
from planner.errors import CaseError, Fault

_OF_A_NUMBER = ("value", "low", "high", "unit", "source", "grade", "basis", "year", "note", "periods", "profile")
_NAMES = frozenset(
    {
        "plant",
        "direction",
        "stream",
        "resource",
        "plot",
        "size",
        "route",
        "note",
        "source",
        "waste_code",
        "status",
        "use",
        "operation",
        "takes",
        "gives",
        "profile",
    }
)
_LISTS = frozenset({"zones", "not_into"})
#: What a bare number stands for beside other fields of its section: "quality.COD" beside "quality.COD.worst".
_BARE = {"worst": "mean", "min": "max", "accept_unknown": "max"}
_MOST_FIELDS = 200
#: What impact factors may be of, in the table of impacts -> their stages.
STAGES = {
    "resource": tuple(ResourceImpacts.model_fields),
    "link": tuple(LinkImpacts.model_fields),
    "facility": tuple(FacilityImpacts.model_fields),
}
_OF_A_FACTOR = ("unit", "low", "high", "source", "grade", "basis", "note", "periods", "profile")
_OF_MONEY = _OF_A_FACTOR[: _OF_A_FACTOR.index("periods")]


@dataclass(frozen=True)
class _Row:
    """A row of a table: its place, and column -> (text, place) of the cells that are not blank."""

    mark: Mark
    cells: dict[str, tuple[str, Mark]]

    def text(self, column: str) -> str:
        return self.cells[column][0]


@dataclass
class _Merger:
    tree: dict[str, Any]
    marks: Marks
    files: Folder
    faults: list[Fault]

    def rows(self, name: str, required: tuple[str, ...], optional: tuple[str, ...], place: Path) -> Iterator[_Row]:
        """Rows of a table whose cells can be used; faults are gathered."""
        if message := self.files.missing(name):
            self.faults.append(self.marks.fault(place, message))
            return
        try:
            text = read_text(self.files.path(name), name)
            self.files.used(name)
            yield from _rows(text, name, required, optional, self.faults)
        except (CaseError, OutsideFolderError) as error:
            self.faults.extend(error.faults if isinstance(error, CaseError) else ())
        except csv.Error as error:
            self.faults.append(Fault(name, 1, 1, "", f"cannot be read as a table: {error}"))

    def section(self, path: Path, mark: Mark) -> dict[str, Any] | None:
        """The mapping at a path, made where it is missing; None where something else stands there."""
        here: dict[str, Any] = self.tree
        for depth, part in enumerate(path, start=1):
            if here.get(str(part)) is None:
                here[str(part)] = {}
                self.marks.put(path[:depth], mark)
            following = here[str(part)]
            if not isinstance(following, dict):
                return None  # the schema says what it should be
            here = following
        return here

    def add(self, path: Path, row: _Row, skip: tuple[str, ...]) -> None:
        """Put the cells of a row under a path; what stands there already is a fault."""
        section = self.section(path, row.mark)
        if section is None:
            return
        for column in sorted(row.cells, key=lambda name: name.count(".")):
            if column in skip:
                continue
            text, mark = row.cells[column]
            self.put(section, path, column.split("."), (_cell(column, text), mark))

    def put(self, section: dict[str, Any], path: Path, fields: list[str], cell: tuple[Any, Mark]) -> None:
        value, mark = cell
        for field, following in zip(fields, fields[1:], strict=False):
            path = (*path, field)
            if field in section and not isinstance(section[field], dict):
                bare = _BARE.get(following, "value")  # "rate" beside "rate.low"
                section[field] = {bare: section[field]}
                self.marks.put((*path, bare), self.marks.values[path])
            elif field not in section:
                section[field] = {}
                self.marks.put(path, mark)
            section = section[field]
        path = (*path, fields[-1])
        if fields[-1] in section:
            first = self.marks.values.get(path, mark)
            message = f"is stated twice, first in {first.file}:{first.line}"
            self.faults.append(Fault(mark.file, mark.line, mark.column, self.marks.fault(path, "").field, message))
            return
        section[fields[-1]] = value
        self.marks.put(path, mark)

    def known(self, kind: tuple[str, ...], row: _Row, column: str) -> Path | None:
        """Path of the thing a cell names, in one of the sections ``kind``."""
        name, mark = row.cells[column]
        sections = {section: self.tree.get(section) for section in kind}
        for section, things in sections.items():
            if isinstance(things, dict) and isinstance(things.get(name), dict):
                return (section, name)
        names = [key for things in sections.values() if isinstance(things, dict) for key in things]
        message = f"no such {column} in the case{did_you_mean(name, names)}"
        self.faults.append(Fault(mark.file, mark.line, mark.column, f"{column} {name}", message))
        return None


def merge_tables(tree: dict[str, Any], marks: Marks, files: Folder) -> list[Fault]:
    """Merge every table a case names into its tree, in place; the names of the tables are taken out of it.

    Returns
    -------
    list of Fault
        Everything wrong with the tables' form; their numbers are checked with the rest of the case.
    """
    merger = _Merger(tree, marks, files, [])
    tables = tree.get("tables")
    mergers: dict[str, Callable[[_Merger, str, Path], None]] = {
        "streams": _streams,
        "operations": _operations,
        "prices": _prices,
        "plots": _plots,
        "impacts": _impacts,
        "indirect": _indirect,
    }
    if isinstance(tables, dict):
        for kind, merge in mergers.items():
            name = tables.get(kind)
            if isinstance(name, str) and name:
                del tables[kind]
                merge(merger, name, ("tables", kind))
        if not tables:
            del tree["tables"]
    _sizes(merger)
    return merger.faults


def _streams(merger: _Merger, name: str, place: Path) -> None:
    fields = tuple(dict.fromkeys((*Source.model_fields, *Sink.model_fields)))
    seen: dict[Path, int] = {}
    for row in merger.rows(name, ("plant", "direction", "stream", "rate"), fields, place):
        owner = merger.known(("plants", "partners"), row, "plant")
        direction, mark = row.cells["direction"]
        if direction not in ("source", "sink"):
            message = f"found {describe(direction)}; expected source or sink"
            merger.faults.append(Fault(mark.file, mark.line, mark.column, "direction", message))
        elif owner:
            path = (*owner, f"{direction}s", row.text("stream"))
            if _is_new(merger, path, row, seen):
                merger.add(path, row, ("plant", "direction", "stream"))


def _operations(merger: _Merger, name: str, place: Path) -> None:
    seen: dict[Path, int] = {}
    for row in merger.rows(name, ("plant", "operation", "takes", "gives"), tuple(Operation.model_fields), place):
        owner = merger.known(("plants", "partners"), row, "plant")
        path = (*(owner or ()), "operations", row.text("operation"))
        if owner and _is_new(merger, path, row, seen):
            merger.add(path, row, ("plant", "operation"))


def _prices(merger: _Merger, name: str, place: Path) -> None:
    seen: dict[Path, int] = {}
    for row in merger.rows(name, ("resource", "price"), _OF_A_NUMBER[1:], place):
        owner = merger.known(("resources",), row, "resource")
        if owner and _is_new(merger, (*owner, "price"), row, seen):
            cells = {f"price.{column}": cell for column, cell in row.cells.items() if column != "resource"}
            cells["price.value"] = cells.pop("price.price")
            merger.add(owner, _Row(row.mark, cells), ())


def _plots(merger: _Merger, name: str, place: Path) -> None:
    seen: dict[Path, int] = {}
    for row in merger.rows(name, ("plot",), tuple(Plot.model_fields), place):
        path = ("plots", row.text("plot"))
        if path in seen:
            _twice(merger, path, row, f"{name}:{seen[path]}")
            continue
        seen[path] = row.mark.line
        merger.add(path, row, ("plot",))


def _impacts(merger: _Merger, name: str, place: Path) -> None:
    """Factors of impact categories: one of resource, link and facility in each row."""
    seen: dict[Path, int] = {}
    for row in merger.rows(name, ("category", "stage", "factor"), (*STAGES, *_OF_A_FACTOR), place):
        named = [kind for kind in STAGES if kind in row.cells]
        if len(named) != 1:
            found = f"states {' and '.join(named)}" if named else "states neither resource, link nor facility"
            merger.faults.append(Fault(*row.mark, "", f"{found}; expected one of them in a row"))
            continue
        kind, (stage, mark) = named[0], row.cells["stage"]
        if stage not in STAGES[kind]:
            message = f"found {describe(stage)}; expected {', '.join(STAGES[kind])} of a {kind}"
            merger.faults.append(Fault(*mark, "stage", message))
            continue
        if not _is_category(merger, row):
            continue
        of = {"resource": "resources", "link": "links", "facility": "facilities"}[kind]
        path: Path = ("impacts", "categories", row.text("category"), of, row.text(kind), stage)
        _factor(merger, path, row, {3: "category", 5: kind, 6: "stage"}, seen)


def _is_category(merger: _Merger, row: _Row) -> bool:
    """Whether factors may be stated of a category: in a case that is laid over another, that may be stated there."""
    name, mark = row.cells["category"]
    if name.casefold() == CLIMATE:
        message = "comes by itself from the CO2e factors of the case; give a category of your own another name"
        merger.faults.append(Fault(*mark, f"category {name}", message))
        return False
    impacts = merger.tree.get("impacts")
    known = impacts.get("categories") if isinstance(impacts, dict) else None
    known = list(known) if isinstance(known, dict) else []
    if name in known or "based_on" in merger.tree:
        return True
    message = f"no such category in impacts.categories, which states its unit{did_you_mean(name, known)}"
    merger.faults.append(Fault(*mark, f"category {name}", message))
    return False


def _indirect(merger: _Merger, name: str, place: Path) -> None:
    """Input-output factors of groups of purchases."""
    seen: dict[Path, int] = {}
    for row in merger.rows(name, ("category", "purchases", "factor"), (*_OF_MONEY, "year"), place):
        path: Path = ("impacts", "indirect", row.text("purchases"), "factors", row.text("category"))
        _factor(merger, path, row, {3: "purchases", 5: "category"}, seen)


def _factor(merger: _Merger, path: Path, row: _Row, named: dict[int, str], seen: dict[Path, int]) -> None:
    """Put a factor at a path; ``named`` says which column holds which step of it."""
    if not _is_new(merger, path, row, seen):
        return
    cells = {column: cell for column, cell in row.cells.items() if column.split(".")[0] in (*_OF_A_FACTOR, "year")}
    before = {depth for depth in named if path[:depth] in merger.marks.values}
    merger.add(path, _Row(row.mark, {"value": row.cells["factor"], **cells}), ())
    for depth, column in named.items():
        if depth not in before:
            merger.marks.put(path[:depth], row.cells[column][1])


def _sizes(merger: _Merger) -> None:
    links = merger.tree.get("links")
    for link, data in links.items() if isinstance(links, dict) else ():
        if not isinstance(data, dict) or not isinstance(data.get("sizes"), str):
            continue
        place: Path = ("links", link, "sizes")
        name, data["sizes"] = data["sizes"], []
        seen: dict[str, int] = {}
        fields = tuple(field for field in Size.model_fields if field != "size")
        for index, row in enumerate(merger.rows(name, ("size",), fields, place)):
            size, path = row.text("size"), (*place, index)
            if size in seen:
                _twice(merger, path, row, f"{name}:{seen[size]}")
            seen.setdefault(size, row.mark.line)
            section: dict[str, Any] = {}
            data["sizes"].append(section)
            merger.marks.put(path, row.mark)
            for column, (text, mark) in row.cells.items():
                merger.put(section, path, column.split("."), (_cell(column, text), mark))


def _is_new(merger: _Merger, path: Path, row: _Row, seen: dict[Path, int]) -> bool:
    first = merger.marks.values.get(path)
    if first is not None:
        _twice(merger, path, row, f"{first.file}:{first.line}")
        return False
    seen[path] = row.mark.line
    return True


def _twice(merger: _Merger, path: Path, row: _Row, first: str) -> None:
    field = merger.marks.fault(path, "").field
    merger.faults.append(Fault(*row.mark, field, f"is stated twice, first in {first}"))


def _cell(column: str, text: str) -> Any:
    """What a cell stands for: names stay text, lists are written with semicolons."""
    field = column.rsplit(".", 1)[-1]
    if field in _LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    return text if field in _NAMES else plain_value(text)


def _rows(
    text: str, name: str, required: tuple[str, ...], optional: tuple[str, ...], faults: list[Fault]
) -> Iterator[_Row]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [column.strip() for column in next(reader, [])]
    if not _check_header(header, name, (required, optional), faults):
        return
    line = reader.line_num + 1
    for cells in reader:
        mark, line = Mark(name, line, 1), reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            message = (
                f"has {len(cells)} cells, the first line {len(header)}; put text that holds the separator in quotes"
            )
            faults.append(Fault(name, mark.line, len(header) + 1, "", message))
            continue
        row = _Row(mark, {})
        for number, (column, cell) in enumerate(zip(header, cells, strict=False), start=1):
            place = Mark(name, mark.line, number)
            if is_spreadsheet_error(cell):
                faults.append(Fault(*place, column, f"found {describe(cell.strip())}, an error of a spreadsheet"))
            if cell.strip():
                row.cells[column] = (cell.strip(), place)
        blank = [column for column in required if column not in row.cells]
        for column in blank:
            place = Mark(name, mark.line, header.index(column) + 1)
            faults.append(Fault(*place, column, "is blank; every row needs it"))
        if not blank:
            yield row


def _check_header(
    header: list[str], name: str, columns: tuple[tuple[str, ...], tuple[str, ...]], faults: list[Fault]
) -> bool:
    """Whether every column is known, and every required one is there."""
    required, optional = columns
    known, before = [*required, *optional], len(faults)
    if not any(header):
        faults.append(Fault(name, 1, 1, "", f"is empty; expected the columns {', '.join(required)}"))
        return False
    for number, column in enumerate(header[:_MOST_FIELDS], start=1):
        if column.split(".")[0] not in known:
            message = f"no such column{did_you_mean(column, known)}" if column else "a column without a name"
            faults.append(Fault(name, 1, number, column, message))
        elif column in header[: number - 1]:
            faults.append(Fault(name, 1, number, column, "the column is there twice"))
    for column in required:
        if column not in header:
            faults.append(Fault(name, 1, 1, column, "the column is missing"))
    return len(faults) == before
