"""Reads a case: its files, its tables and the attributes of its plots; checks it; converts its numbers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.case.archetype_fill import fill_archetypes
from planner.case.case import Case
from planner.case.files import SHIPPED, Folder, OutsideFolderError, geographic_faults, has_layers
from planner.case.intact import Intact, intact_part
from planner.case.late_faults import mark_layers, with_places
from planner.case.logic import logical_faults
from planner.case.marks import Marks, in_order
from planner.case.messages import explain
from planner.case.references import reference_faults
from planner.case.resolve import resolve
from planner.case.variants import Overlay, read_overlaid
from planner.errors import CaseError, Fault, GeometryError

CASE_FILE = "case.yaml"
#: The case of a finished run, as it was solved.
RESOLVED = "case.resolved.yaml"


def read_case(path: str | Path, *, sited: bool = True) -> Case:
    """Read a case.

    Parameters
    ----------
    path
        The folder of the case, or its YAML file; that may be a variant, ``based_on`` another case file of its folder.
    sited
        False where plots and the land that plants need may still be missing, as before a park is drawn.

    Returns
    -------
    Case
        Validated and frozen, every number in its documented unit.

    Raises
    ------
    CaseError
        With every fault found, each with its file, line and field.
    """
    folder, name = locate(Path(path))
    files = Folder(folder)
    try:
        read = read_overlaid(name, files)
    except OutsideFolderError as error:
        raise CaseError([Fault(name, 0, 0, "", str(error))]) from None
    return read_laid(read, files, sited=sited)


def read_laid(read: Overlay, files: Folder, *, sited: bool = True) -> Case:
    """Read a case whose files were laid over one another, or that was read from elsewhere, with its geographic files.

    Parameters
    ----------
    read
        The case as plain data, and where each part of it stands.
    files
        Its folder.
    sited
        As of :func:`read_case`.

    Raises
    ------
    CaseError
        With every fault found, each in its place.
    """
    marks, faults = read.marks, read.faults
    filled = fill_archetypes(read.tree, marks)
    faults += filled.faults
    case, more = _validate(read.tree, marks)
    intact = None
    if case is None:
        faults += read.placed(more)
        intact = intact_part(read.tree, marks)
        if intact is None:
            raise CaseError(in_order(faults))
        case = intact.case
    case._folder = files.root
    geographic = geographic_faults(case, marks, files)
    if not geographic and has_layers(case):
        case, geographic = _with_layers(case, marks)
    case, of_profiles = _with_profiles(case, marks, files)
    named = of_profiles + reference_faults(case, marks, plots_known=not geographic)
    intact = (intact or Intact(case)).besides(filled.failed)
    case, unresolved = resolve(case, marks)
    faults += intact.named(named + unresolved)
    faults += intact.meant(logical_faults(case, marks, faults, whole=intact.whole, sited=sited))
    faults = _once_a_table(faults, files)
    if faults + geographic:
        kind = CaseError if faults else GeometryError
        raise kind(in_order(faults + with_places(geographic, marks)))
    case._sha256, case._marks = files.sha256(), marks
    return case


def _once_a_table(faults: list[Fault], files: Folder) -> list[Fault]:
    """Faults with one for all rows of a table that the planner brings along: no row of it is the user's to mend."""
    found: dict[tuple[str, ...], list[Fault]] = {}
    for n, fault in enumerate(in_order(faults)):
        column = fault.field.rpartition(".")[2]
        shipped = (SHIPPED / fault.file).is_file() and files.path(fault.file).parent == SHIPPED
        found.setdefault((fault.file, column, fault.message) if shipped else (str(n),), []).append(fault)
    return [
        one if len(alike) == 1 else replace(one, message=f"{one.message} (the same in {len(alike) - 1} more rows)")
        for alike in found.values()
        for one in alike[:1]
    ]


def _with_layers(case: Case, marks: Marks) -> tuple[Case, list[Fault]]:
    """The case with its layers, and what they say of its plots, pipes and partners."""
    from planner.case.layers import merge_plots, read_layers  # loads the geographic libraries

    try:
        layers = read_layers(case)
        case = merge_plots(case, layers)
    except CaseError as error:
        return case, list(error.faults)
    case._layers = layers
    mark_layers(case, marks)
    return case, []


def _with_profiles(case: Case, marks: Marks, files: Folder) -> tuple[Case, list[Fault]]:
    """The case with the periods that its profiles make."""
    if not case.profiles and case.reduction is None:
        return case, []
    from planner.profiles.reduce import with_profiles  # numpy is loaded only where there are profiles

    return with_profiles(case, marks, files)


def locate(path: Path) -> tuple[Path, str]:
    """Folder and file name of a case; the folder ``case`` of a finished run is one, too.

    Raises
    ------
    CaseError
        If there is none.
    """
    try:
        if path.is_dir():
            found = next((name for name in (CASE_FILE, RESOLVED) if (path / name).is_file()), None)
            if found is None:
                run = path / "case" / RESOLVED
                hint = f"; it is a finished run, whose case is {run.parent}" if run.is_file() else ""
                raise CaseError([Fault(str(path), 0, 0, "", f"no {CASE_FILE} in this folder{hint}")])
            return path.resolve(), found
        if path.is_file():
            return path.parent.resolve(), path.name
    except OSError as error:
        raise CaseError([Fault(str(path)[:80], 0, 0, "", f"cannot be read: {error.strerror}")]) from None
    raise CaseError([Fault(str(path), 0, 0, "", "no such file or folder; expected the folder of a case")])


def _validate(tree: dict[str, Any], marks: Marks) -> tuple[Case | None, list[Fault]]:
    try:
        return Case.model_validate(tree), []
    except ValidationError as error:
        return None, explain(error, Case, tree, marks)
