"""``planner audit``, ``planner workbook`` and ``planner document``: what can be said of a finished run."""

from pathlib import Path
from typing import IO, Any

from planner.errors import UsageError
from planner.report.write import is_ours, schema_of
from planner.results.contract import SCHEMA


def finished_folder(out: Path) -> Path:
    """Folder of a finished run.

    Raises
    ------
    UsageError
        If it is none, or holds a rejected plan only.
    """
    if not out.is_dir():
        raise UsageError(f"{out} is no folder; name the folder of a finished run")
    if not is_ours(out):
        other = schema_of(out / "results.json")
        if isinstance(other, str) and other.startswith("planner-results/"):
            raise UsageError(f"{out} holds a run of {other}, which this version does not read ({SCHEMA}); solve anew")
        raise UsageError(f"{out} holds no finished run (no results.json of ours)")
    if not (out / "results.json").exists():
        raise UsageError(f"{out} holds only a rejected plan; to look at it, name {out / 'rejected'}")
    return out


def audit_run(out: Path, *, as_json: bool, stream: IO[str]) -> int:
    """Audit a finished run, print every check and return 0, or 1 where one fails."""
    from planner.cli.app import dumps
    from planner.pipeline import audit_folder

    found = audit_folder(finished_folder(out))
    if as_json:
        stream.write(dumps(found) + "\n")
    else:
        stream.write("\n".join(_lines(found)) + "\n")
    return 0 if found["passed"] else 1


def _lines(found: dict[str, Any]) -> list[str]:
    checks = found["checks"]
    lines = [
        f"{'ok  ' if c['passed'] else 'FAIL'}  {c['check']}{': ' + c['detail'] if c['detail'] else ''}" for c in checks
    ]
    bad = sum(not c["passed"] for c in checks)
    verdict = f"passed: {len(checks)} checks" if not bad else f"FAILED: {bad} of {len(checks)} checks"
    return [*lines, verdict]


def write_workbook_of(out: Path, file: Path | None, *, as_json: bool, stream: IO[str]) -> None:
    """Write the workbook of a finished run anew."""
    from planner.pipeline import sound
    from planner.report.targets import check_targets
    from planner.report.workbook.book import WORKBOOK, write_workbook

    target = file if file is not None else finished_folder(out) / WORKBOOK
    check_targets([(target, ".xlsx")])
    write_workbook(sound(finished_folder(out), "no workbook is written of it"), target, out)
    _wrote({"file": str(target)}, f"wrote {target}\n", as_json, stream)


def write_document_of(out: Path, file: Path | None, *, as_json: bool, stream: IO[str]) -> None:
    """Write the report of a finished run for a word processor, and its figures."""
    from planner.pipeline import sound
    from planner.report.document.write import DOCUMENT, write_document
    from planner.report.targets import check_targets

    target = file if file is not None else finished_folder(out) / DOCUMENT
    check_targets([(target, ".docx")])
    figures = write_document(sound(finished_folder(out), "no document is written of it"), target, out)
    told = f"wrote {target}\nwrote {figures}: its figures as PNG and SVG\n"
    _wrote({"file": str(target), "figures": str(figures)}, told, as_json, stream)


def _wrote(files: dict[str, str], told: str, as_json: bool, stream: IO[str]) -> None:
    from planner.cli.app import dumps

    stream.write(dumps(files) + "\n" if as_json else told)
