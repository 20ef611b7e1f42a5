"""``planner template``, ``planner import`` and ``planner export``: a case as a workbook."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from planner.errors import UsageError

if TYPE_CHECKING:
    from planner.excel.importer import Imported

_MOST_SHOWN = 60


def write_template(file: Path, *, questionnaire: bool, as_json: bool, stream: IO[str]) -> None:
    """Write a template or a questionnaire, and say what to do with it."""
    from planner.cli.app import dumps
    from planner.excel.template import template

    template(file, questionnaire=questionnaire)
    if as_json:
        stream.write(dumps({"file": str(file), "questionnaire": questionnaire}) + "\n")
        return
    words = "a questionnaire for one tenant" if questionnaire else "a workbook with one example, to be written over"
    then = f"planner import {'PARK.xlsx ' if questionnaire else ''}{file} CASE"
    stream.write(f"{file} is {words}; then: {then}\n")


def export_case(case: Path, file: Path, *, force: bool, as_json: bool, stream: IO[str]) -> None:
    """Write a case as a workbook, and say which files lie beside it."""
    from planner.cli.app import dumps
    from planner.excel.export import export

    beside = export(case, file, force=force)
    if as_json:
        stream.write(dumps({"case": str(case), "file": str(file), "beside": beside}) + "\n")
        return
    stream.write(f"{file} is the case {case} as a workbook\n")
    for name in beside:
        stream.write(f"  {name} belongs to it: send it along\n")


def import_books(paths: list[Path], *, as_json: bool, stream: IO[str]) -> None:
    """Make or update a case from workbooks, and say what has changed.

    Parameters
    ----------
    paths
        A workbook, any number of questionnaires, and the folder of the case.
    as_json
        Whether to write JSON.
    stream
        Where to write.

    Raises
    ------
    UsageError
        If there are fewer than two paths.
    """
    from planner.cli.app import dumps
    from planner.excel.importer import import_case

    if len(paths) < 2:
        raise UsageError("expected a workbook and the folder of the case: planner import FILE.xlsx CASE")
    workbook, *questionnaires, target = paths
    if target.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        raise UsageError(f"{target} is a workbook; the folder of the case comes last: planner import FILE.xlsx CASE")
    done = import_case(workbook, questionnaires, target)
    if as_json:
        changes = [{"field": one.field, "before": one.before, "after": one.after} for one in done.changes]
        content = {"case": str(target), "name": done.name, "created": done.created, "changes": changes}
        questions = [asdict(one) for one in done.questions]
        stream.write(dumps(content | {"files": done.files, "notes": done.notes, "questions": questions}) + "\n")
        return
    for note in done.notes:
        print(f"planner: {note}", file=sys.stderr)
    if done.created:
        stream.write(f"{target} is the new case {done.name}; next: planner check {target}\n")
    else:
        _tell_changes(done, target, stream)
    _tell_questions(done, target, stream)


def _tell_changes(done: "Imported", target: Path, stream: IO[str]) -> None:
    stream.write(f"{target}: {len(done.changes)} change(s)\n")
    for change in done.changes[:_MOST_SHOWN]:
        stream.write(f"  {change}\n")
    if len(done.changes) > _MOST_SHOWN:
        stream.write(f"  and {len(done.changes) - _MOST_SHOWN} more; --json lists them all\n")


def _tell_questions(done: "Imported", target: Path, stream: IO[str]) -> None:
    """List what questionnaires leave open: first what bars a plan, then what is assumed until it is answered."""
    barring = [one for one in done.questions if one.bars]
    assumed = [one for one in done.questions if not one.bars]
    for questions, words in (
        (barring, "to be answered before there can be a plan (planner check lists them too)"),
        (assumed, "that may stay open, each with what holds until then"),
    ):
        if questions:
            stream.write(f"\n{len(questions)} open question(s) {words}:\n")
            stream.writelines(f"  {one}\n" for one in questions[:_MOST_SHOWN])
            if len(questions) > _MOST_SHOWN:
                stream.write(f"  and {len(questions) - _MOST_SHOWN} more\n")
    if done.questions:
        stream.write(f"all of them are in {target / 'questions.csv'}\n")
