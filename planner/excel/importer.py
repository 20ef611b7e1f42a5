"""``planner import``: a case folder made or updated from workbooks; nothing is written if one is faulty."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from planner.case.archetype_fill import fill_archetypes
from planner.case.case import Case
from planner.case.files import Folder, OutsideFolderError
from planner.case.marks import Marks, in_order
from planner.case.read import CASE_FILE, RESOLVED, read_case, read_laid
from planner.case.rewrite import as_yaml
from planner.case.variants import Overlay, read_overlaid
from planner.case.yaml_reader import Document
from planner.errors import CaseError, Fault, UsageError
from planner.excel.agree import contradictions, joined
from planner.excel.edit import differences, edited
from planner.excel.merge import Change, Merger
from planner.excel.open_questions import (
    QUESTIONS,
    OpenQuestion,
    assumed,
    former_questions,
    joined_questions,
    sort_out,
    still_open,
    unclear,
    write_questions,
)
from planner.excel.opened import OpenSheet, open_workbook
from planner.excel.places import in_cells, names_apart
from planner.excel.questionnaire import form_of, other_content, read_questionnaire
from planner.excel.read import Workbook, read_workbook
from planner.excel.redraw import Files, lifted, redrawn, settle
from planner.excel.supply import met_twice

_HEAD = "# Made by planner import from {names}; a workbook may update it again.\n"
#: The former case file, where an import had to write it anew.
FORMER = "case.yaml.before"


@dataclass
class Imported:
    """What an import did.

    Attributes
    ----------
    name
        Of the case.
    created
        Whether it is new.
    changes
        What was set, changed or deleted in a case that was there.
    files
        Files that were written.
    notes
        What else should be known.
    questions
        What questionnaires leave open.
    """

    name: str
    created: bool
    changes: list[Change]
    files: list[str]
    notes: list[str] = field(default_factory=list)
    questions: list[OpenQuestion] = field(default_factory=list)


def import_case(workbook: Path, questionnaires: Sequence[Path], target: Path) -> Imported:
    """Make or update a case folder.

    Parameters
    ----------
    workbook
        A workbook of a case, or a questionnaire.
    questionnaires
        Any number of filled questionnaires, one a tenant.
    target
        Folder of the case; an existing case in it is updated: values of the workbooks win, what they do not speak of
        stays.

    Raises
    ------
    CaseError
        With every fault of every workbook, by sheet and cell. Nothing is written then.
    UsageError
        If the folder cannot be written, or holds something else.
    """
    if target.suffix.lower() in (".yaml", ".yml") or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target} is a file; expected the folder of a case")
    exists = (target / CASE_FILE).is_file()
    if not exists and (target / RESOLVED).is_file():
        raise UsageError(
            f"{target} is the case of a finished run, kept as it was solved; nothing was touched. Import into the case "
            "itself, or into a new folder"
        )
    if target.is_dir() and not exists and any(target.iterdir()):
        raise UsageError(f"{target} is no case folder and not empty; nothing was touched")
    names = names_apart([workbook, *questionnaires])
    base = _base(target) if exists else Overlay(Document({}, Marks(OpenSheet(names[workbook], "park").place)))
    books = _read(names, _known(base.tree) if exists else {})
    merger, made, form = _laid(books, base, target)
    with tempfile.TemporaryDirectory(prefix="planner-import-") as scratch:
        stage = Path(scratch) / "case"
        _stage(target if exists else None, stage, made)
        open_before = former_questions(target) if exists else []
        case, questions = _validated(merger.tree, base, stage, form, made, books, open_before)
        notes = _write_case(stage, case, merger.tree, "" if exists else ", ".join(names.values()), base.tree)
        write_questions(questions, stage / QUESTIONS)
        written = _deliver(stage, target)
        if open_before and not questions:
            (target / QUESTIONS).unlink(missing_ok=True)
        name = str(case.case if case else merger.tree.get("case"))
        return Imported(name, not exists, merger.changes if exists else [], written, notes, questions)


def _laid(books: Sequence[Workbook], base: Overlay, target: Path) -> tuple[Merger, Files, list[Fault]]:
    """The workbooks laid over the case, the files that they make, and what is wrong with the workbooks themselves."""
    shown, layer = lifted(base.tree, target)
    merger = Merger(shown, base.marks)
    found: list[Fault] = []
    for book in books:
        found += met_twice(book.draft, merger.tree, base.marks)
        merger.lay(book.draft)
    files = {name: content for book in books for name, content in book.files.items()}
    made = redrawn(files, target, base.tree, merger.tree, found)
    settle(merger.tree, layer, merger.changes, made, target, base.tree)
    form = [fault for book in books for fault in book.draft.faults]
    return merger, made, [*form, *found, *contradictions([book.draft for book in books], base.tree)]


def _base(target: Path) -> Overlay:
    files = Folder(target.resolve())
    try:
        return read_overlaid(CASE_FILE, files)
    except OutsideFolderError as error:
        raise CaseError([Fault(CASE_FILE, 0, 0, "", str(error))]) from None


def _known(tree: dict[str, Any]) -> dict[str, Any]:
    """What workbooks may speak of: the case as it stands, and the resources that its archetypes bring along."""
    return tree | {"resources": _resources(_filled(tree))}


def _filled(tree: dict[str, Any]) -> dict[str, Any]:
    """A case with what its archetypes fill in; faults are told elsewhere, once the workbooks are laid over it."""
    filled = deepcopy(tree)
    fill_archetypes(filled, Marks(CASE_FILE))
    return filled


def _resources(tree: dict[str, Any]) -> dict[str, Any]:
    found = tree.get("resources")
    return found if isinstance(found, dict) else {}


def _has_plots(tree: dict[str, Any]) -> bool:
    """Whether plots are drawn; before, plants need none yet."""
    return bool(tree.get("plots")) or "plots" in (tree.get("geography") or {})


def _read(paths: Mapping[Path, str], base: dict[str, Any]) -> list[Workbook]:
    """Every workbook, with the name that faults call it; those that cannot be opened are told together."""
    books: list[Workbook] = []
    faults: list[Fault] = []
    known = dict(base)
    for path, name in paths.items():
        try:
            opened = open_workbook(path, name)
            form = form_of(opened)
            if form and not base and path == next(iter(paths)):
                raise UsageError(
                    f"{name} is a questionnaire for one tenant and there is no case yet; name a workbook of the "
                    f"park first, as in: planner import PARK.xlsx {path} CASE"
                )
            book = read_questionnaire(form, known) if form else read_workbook(path, opened, known)
            book.draft.faults += other_content(opened, form) if form else []
        except CaseError as error:
            faults += error.faults
            continue
        books.append(book)
        for section in ("resources", "plants", "partners"):  # what later ones may speak of
            known[section] = joined(known.get(section), book.draft.tree.get(section))
    if faults:
        faults += [fault for book in books for fault in book.draft.faults]
        raise CaseError(in_cells(in_order(faults), {}))
    return books


def _stage(source: Path | None, stage: Path, made: dict[str, tuple[bytes, str]]) -> None:
    """Lay the case and the files of the workbooks into a folder for trial."""
    stage.mkdir(parents=True)
    if source is not None:
        shutil.copytree(source, stage, dirs_exist_ok=True, ignore=_results, ignore_dangling_symlinks=True)
    for name, (content, _) in made.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _results(folder: str, names: list[str]) -> list[str]:
    """What is not of the case: finished runs, whatever their folder is called, and hidden files."""
    from planner.report.write import is_ours

    return [name for name in names if name.startswith(".") or name == "__pycache__" or is_ours(Path(folder) / name)]


def _validated(
    tree: dict[str, Any],
    base: Overlay,
    stage: Path,
    form: list[Fault],
    made: dict[str, tuple[bytes, str]],
    books: Sequence[Workbook],
    before: Sequence[OpenQuestion],
) -> tuple[Case | None, list[OpenQuestion]]:
    """The case that the workbooks make, None where questions bar it, and the questions; every fault in its cell."""
    places = {name: place for name, (_, place) in made.items()}
    trial = Overlay(Document(deepcopy(tree), base.marks))
    faults: list[Fault] = []
    case = None
    try:
        case = read_laid(trial, Folder(stage.resolve()), sited=_has_plots(tree))
    except CaseError as error:
        faults = list(error.faults)
    if form:
        faults = [] if any(not fault.field for fault in form) else [f for f in faults if not _follows(f, form)]
    asked = {one.plant: one.ask for one in before} | {book.tenant: book.ask for book in books if book.tenant}
    blank = {path: mark for book in books for path, mark in book.draft.blank.items()}
    filled = _filled(tree)
    faults, questions = sort_out(faults, tree, _resources(filled), asked, blank)
    if form or faults or (case is None and not questions):
        origins = {name: origin for book in books for name, origin in book.origins.items()}
        raise CaseError(in_cells(in_order([*form, *faults]), places, origins))
    barring = [question.field for question in questions]
    return case, joined_questions(
        unclear(books, tree, barring), still_open(before, books, tree), questions, assumed(asked, filled, blank)
    )


def _follows(fault: Fault, form: list[Fault]) -> bool:
    """Whether a fault may follow from one of the form: it speaks of the same entry, or of its name."""
    for one in form:
        entry = ".".join(one.field.split(".")[:2])
        name = entry.rpartition(".")[2]
        if fault.field == entry or fault.field.startswith((f"{entry}.", f"{entry}[")) or f'"{name}"' in fault.message:
            return True
    return False


def _write_case(stage: Path, case: Case | None, tree: dict[str, Any], names: str, before: dict[str, Any]) -> list[str]:
    """Write the case file; of one that was there comments and order are kept where that is possible."""
    path = stage / CASE_FILE
    whole = (_HEAD.format(names=names) if names else "") + as_yaml(_in_order_of_schema(tree))
    if names:
        path.write_text(whole, encoding="utf-8")
        _prove(stage, case, tree)
        return []
    changes = list(differences(before, tree))
    if not changes:
        return []
    former = path.read_text(encoding="utf-8")
    text = edited(former, changes)
    if text is not None:
        path.write_text(text, encoding="utf-8")
        if _is_same(stage, case, tree):
            return []
    kept = next(name for name in _former_names() if not (stage / name).exists())
    (stage / kept).write_text(former, encoding="utf-8")
    path.write_text(whole, encoding="utf-8")
    _prove(stage, case, tree)
    tables = ", with the rows of its tables in it" if "tables" in (yaml.safe_load(former) or {}) else ""
    return [f"{CASE_FILE} was written anew{tables}, without its remarks (#); the former one is kept as {kept}"]


def _former_names() -> Iterator[str]:
    yield FORMER
    yield from (f"{FORMER}.{number}" for number in count(2))


def _in_order_of_schema(tree: dict[str, Any]) -> dict[str, Any]:
    order = [info.alias or name for name, info in Case.model_fields.items()]
    return {key: tree[key] for key in sorted(tree, key=lambda key: order.index(key) if key in order else len(order))}


def _is_same(stage: Path, case: Case | None, tree: dict[str, Any]) -> bool:
    """Whether the case file says what was checked: the same case, or, where questions are open, the same data."""
    try:
        if case is None:
            return read_overlaid(CASE_FILE, Folder(stage.resolve())).tree == tree
        return read_case(stage, sited=False) == case
    except CaseError:
        return False


def _prove(stage: Path, case: Case | None, tree: dict[str, Any]) -> None:
    """The case file must read back as the case that was checked."""
    if not _is_same(stage, case, tree):
        raise RuntimeError("the case that was written is not the case that was read from the workbook")


def _deliver(stage: Path, target: Path) -> list[str]:
    """Copy what is new or changed into the folder of the case; the names of it."""
    written: list[str] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(stage.rglob("*")):
            name = path.relative_to(stage)
            old = target / name
            if path.is_dir() or (old.is_file() and old.read_bytes() == path.read_bytes()):
                continue
            old.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, old)
            written.append(name.as_posix())
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from None
    return written
