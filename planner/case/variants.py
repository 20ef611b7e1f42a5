"""Lays a case over the one it is based on: ``based_on: case.yaml``, where that may be based on another.

Mappings are merged name by name; numbers, texts and lists are replaced; ``~`` deletes. A number with its range and
source is one thing: ``{value: ...}`` replaces it whole, while ``{low: ...}`` without a value adds to the one there is.
A table belongs to the file that names it: its rows are merged before the next file is laid over, unless that names
another table in its place.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from planner.case.archetypes import split_short
from planner.case.case import Case
from planner.case.files import Folder
from planner.case.marks import Mark, Marks, Path, field_text, paths
from planner.case.messages import takes_number
from planner.case.numbers import describe, did_you_mean
from planner.case.tables import merge_tables
from planner.case.yaml_reader import Document, read_yaml
from planner.errors import CaseError, Fault

#: Cases that one case may be laid over, one upon the other.
MOST_BASES = 10

_FIELD = "based_on"
_MOST_HINTS = 100
#: The path of a name that is not there, and the mapping it would stand in.
_Unknown = tuple[Path, dict[str, Any]]
_OF_A_NUMBER = frozenset(
    {"value", "low", "high", "unit", "source", "grade", "basis", "year", "note", "periods", "profile"}
)


class Overlay:
    """Case files laid over one another.

    Attributes
    ----------
    tree
        The whole case as plain data, with its tables merged in.
    marks
        Where each part of it stands, in whichever file.
    faults
        Deletions of what is not there, and what is wrong with the form of the tables.
    """

    def __init__(self, document: Document) -> None:
        self.tree, self.marks = document.tree, document.marks
        self.faults: list[Fault] = []
        self._deleted: dict[str, Mark] = {}
        self._over = document.marks
        self._new: set[Path] = set()

    def lay(self, document: Document) -> None:
        """Lay a file over what is there."""
        self._over = document.marks
        self._new = set()
        self._merge((), self.tree, document.tree, None)
        self.marks.file = document.marks.file

    def placed(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults, those of a field that a variant deleted in the place where it does so."""
        return [
            replace(fault, file=mark.file, line=mark.line, column=mark.column)
            if (mark := self._deleted.get(fault.field))
            else fault
            for fault in faults
        ]

    def _merge(self, path: Path, under: dict[str, Any], over: dict[str, Any], unknown: _Unknown | None) -> None:
        """Merge a mapping; ``unknown`` is the name around it that the base does not have."""
        for key, value in over.items():
            here = (*path, key)
            if value is None:
                self._delete(here, under, unknown or (here, under))
            elif not isinstance(value, dict) or self._is_whole(here, under.get(key), value):
                self._take(here, under, value)
            else:
                beneath = unknown or (None if key in under else (here, under))
                self._merge(here, self._mapping(here, under, value), value, beneath)

    def _delete(self, path: Path, under: dict[str, Any], unknown: _Unknown) -> None:
        key, mark = str(path[-1]), self._over.values[path]
        if key not in under:
            hint = self._filled_in(path)
            hint = hint or (self._nearest(*unknown) if len(self.faults) < _MOST_HINTS else "")
            message = f"there is nothing to delete in what this case is based on{hint}"
            self.faults.append(Fault(*mark, field_text(path), message))
        elif under[key] is not None:
            self._drop(path, under)
            self._deleted[field_text(path)] = mark

    def _is_whole(self, path: Path, found: Any, value: dict[str, Any]) -> bool:
        """Whether a mapping replaces what is there, because one of both is a number with its value."""
        holds_value = "value" in value or (isinstance(found, dict) and "value" in found and not _is_part(value))
        return holds_value and takes_number(Case, path)

    def _mapping(self, path: Path, under: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
        """The mapping that another is merged into; what else stands there gives way."""
        key = str(path[-1])
        found = under.get(key)
        if isinstance(found, dict):
            return found
        bare = isinstance(found, int | float | str) and _is_part(value) and takes_number(Case, path)
        mark = self.marks.values.get(path, self._over.values[path])
        if key not in under:
            self._new.add(path)
        self._drop(path, under)
        made = {"value": found} if bare else _spelt_out(path, found)  # "rate: 34 t/h" below "rate: {low: 28}"
        under[key] = made
        self.marks.put(path, self._over.values[path], self._over.keys[path])
        for part in made:
            self.marks.put((*path, part), mark)
        return made

    def _drop(self, path: Path, under: dict[str, Any]) -> None:
        key = str(path[-1])
        for part in paths(path, under.pop(key)) if key in under else ():
            self.marks.values.pop(part, None)
            self.marks.keys.pop(part, None)

    def _nearest(self, path: Path, under: dict[str, Any]) -> str:
        """The name of the base that one may have meant."""
        return did_you_mean(str(path[-1]), [name for name in under if (*path[:-1], name) not in self._new])

    def _filled_in(self, path: Path) -> str:
        """How to leave out a stream that no file states, since an archetype fills it in."""
        if len(path) != 4 or path[2] not in ("sinks", "sources"):
            return ""
        tenant = (self.tree.get(str(path[0])) or {}).get(path[1])
        named = isinstance(tenant, dict) and tenant.get("archetype") is not None
        return "; what an archetype fills in is left out by its `without`" if named else ""

    def _take(self, path: Path, under: dict[str, Any], value: Any) -> None:
        if str(path[-1]) not in under:
            self._new.add(path)
        self._drop(path, under)
        under[str(path[-1])] = value
        for part in paths(path, value):
            self.marks.put(part, self._over.values[part], self._over.keys[part])


def read_overlaid(name: str, files: Folder) -> Overlay:
    """Read a case file and those it is based on, with their tables.

    Raises
    ------
    CaseError
        If a file is missing or faulty in its form, or the files are based on each other in a circle.
    OutsideFolderError
        If ``name`` leads out of the folder.
    """
    documents = _chain(name, files)
    tables = _tables(documents)
    bottom, *variants = documents
    laid = Overlay(bottom)
    _merge_tables(laid, tables, files)
    for variant in variants:
        laid.lay(variant)
        _merge_tables(laid, tables, files)
    if not isinstance(tables.tree.get("tables", {}), dict):  # the schema says what it should be
        laid.tree["tables"] = tables.tree["tables"]
        laid.marks.put(("tables",), tables.marks.values["tables",], tables.marks.keys["tables",])
    laid.faults += tables.faults
    return laid


def _chain(name: str, files: Folder) -> list[Document]:
    """The case file and those it is based on, the last of these first."""
    chain: list[Document] = []
    following: str | None = name
    while following is not None:
        chain.append(read_yaml(files.path(following), following))
        files.used(following)
        following = _base(chain, files)
    return chain[::-1]


def _base(chain: list[Document], files: Folder) -> str | None:
    """Name of the file that the last one is based on."""
    document = chain[-1]
    if _FIELD not in document.tree:
        return None
    name = document.tree.pop(_FIELD)
    message = _why_no_base(name, chain, files)
    if message:
        raise CaseError([document.marks.fault((_FIELD,), message)])
    return PurePosixPath(name).name


def _why_no_base(name: Any, chain: list[Document], files: Folder) -> str | None:
    if name is None or name == "":
        return "is empty; expected the name of a case file of this folder, or leave the field out"
    if not isinstance(name, str):
        return f"found {describe(name)}; expected the name of a case file of this folder"
    if message := files.missing(name):
        return message
    if len(PurePosixPath(name.replace("\\", "/")).parts) > 1:
        return f"{describe(name)} lies in another folder; a case and what it is based on lie in one folder"
    names = [document.marks.file for document in chain]
    for place, above in enumerate(names):
        if files.path(name).samefile(files.path(above)):
            return f"goes in a circle: {' is based on '.join([*names[place:], above])}"
    if len(chain) > MOST_BASES:
        return f"more than {MOST_BASES} cases laid over one another; write some of them together"
    return None


def _tables(documents: list[Document]) -> Overlay:
    """What the files together say of tables; it is taken out of them."""
    named = [
        Document({"tables": document.tree.pop("tables")} if "tables" in document.tree else {}, document.marks)
        for document in documents
    ]
    bottom, *variants = named
    marks = bottom.marks
    laid = Overlay(Document(bottom.tree, Marks(marks.file, dict(marks.values), dict(marks.keys))))
    for variant in variants:
        laid.lay(variant)
    return laid


def _merge_tables(laid: Overlay, tables: Overlay, files: Folder) -> None:
    """Merge the tables that the topmost file names and no later one replaces."""
    section = tables.tree.get("tables")
    file = laid.marks.file
    for kind, name in section.items() if isinstance(section, dict) else ():
        path: Path = ("tables", kind)
        if tables.marks.values[path].file == file:
            for part in paths(path, name):
                laid.marks.put(part, tables.marks.values[part], tables.marks.keys[part])
            laid.marks.put(path[:1], tables.marks.values[path[:1]], tables.marks.keys[path[:1]])
            laid.tree.setdefault("tables", {})[kind] = name
    laid.faults += merge_tables(laid.tree, laid.marks, files)


def _is_part(value: dict[str, Any]) -> bool:
    """Whether a mapping may be a number without its value."""
    return bool(value) and "value" not in value and value.keys() <= _OF_A_NUMBER


def _spelt_out(path: Path, found: Any) -> dict[str, Any]:
    """Name and size of an archetype that the base writes short, below one that a variant states in part."""
    if not isinstance(found, str) or path[-1] != "archetype" or len(path) != 3:
        return {}
    try:
        return dict(split_short(found))
    except ValueError:
        return {}
