"""A plan as files: whole, or not at all."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from planner.errors import UsageError
from planner.results.contract import SCHEMA, results_json
from planner.results.plan import Plan

#: What a run writes; anything else in the folder is the user's and stays.
OURS = (
    "results.json",
    "solution.json",
    "tables",
    "results.xlsx",
    "report.docx",
    "figures",
    "park.gpkg",
    "map.png",
    "map.svg",
    "summary.txt",
    "report.html",
    "editions",
    "heat",
    "stores",
    "sharing",
    "resilience",
    "lca",
    "case",
    "rejected",
    "why",  # of this plan; another run's plan has others
)
_SIDECARS = ("park.gpkg-wal", "park.gpkg-shm", "park.gpkg-journal")


def write(plan: Plan, out: Path) -> Path:
    """Write a plan into a folder.

    Everything is written beside the folder first and put in its place at the end, so that a folder never holds half
    a plan or files of two plans. Files of the user's own in a folder of ours stay where they are.

    Parameters
    ----------
    out
        New, empty, or a folder that an earlier run wrote.

    Returns
    -------
    Path
        The folder that holds the plan: ``out``, or ``out/rejected`` for a plan that failed its audit. Then nothing
        else of a plan is in ``out``.

    Raises
    ------
    UsageError
        If there is something else at ``out``, or nothing can be written there.
    """
    out = check_out(out)
    fresh = out.parent / f".{out.name}.new-{os.getpid()}"
    passed = bool(plan.audit.get("passed"))
    try:
        fresh.mkdir(parents=True)
        target = fresh if passed else fresh / "rejected"
        target.mkdir(exist_ok=True)
        _files(plan, target)
        _put_in_place(fresh, out)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return out if passed else out / "rejected"


def check_out(out: Path, case: Path | None = None) -> Path:
    """Return the folder a plan may be written into, as an absolute path; called before a long solve.

    Parameters
    ----------
    case
        The case to be solved; it must not stand inside the folder that will be replaced.

    Raises
    ------
    UsageError
        If there is something at ``out`` that is not a plan of ours, or it lies inside a finished run.
    """
    out = Path(out).expanduser().resolve()
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; the plan needs a folder, choose another with --out")
    if out.is_dir() and not is_ours(out) and any(out.iterdir()):
        raise UsageError(
            f"{out} is not empty and holds no plan of ours (no results.json of schema {SCHEMA}); "
            "nothing was touched, choose another folder with --out"
        )
    if case is not None and out.is_dir() and case.resolve().is_relative_to(out):
        raise UsageError(f"the case {case} stands inside {out}, which would be replaced; choose another with --out")
    if (run := next((folder for folder in out.parents if is_ours(folder)), None)) is not None:
        raise UsageError(f"{out} lies inside {run}, a finished run; choose a folder outside it with --out")
    above = next(folder for folder in out.parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise UsageError(f"cannot write {out}: {above} is not a folder that may be written into")
    return out


def is_ours(folder: Path) -> bool:
    """Whether a folder holds a plan that we wrote, accepted or rejected."""
    return any(schema_of(path) == SCHEMA for path in (folder / "results.json", folder / "rejected" / "results.json"))


def schema_of(path: Path) -> Any:
    """Schema of a ``results.json``; None where it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content.get("schema") if isinstance(content, dict) else None


def _files(plan: Plan, folder: Path) -> None:
    from planner.report.html.page import page
    from planner.report.tables import write_tables
    from planner.report.terminal import plain, summary_of
    from planner.results.saved import FILE as SOLUTION
    from planner.results.saved import saved

    results = json.dumps(results_json(plan), ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "results.json").write_text(results + "\n", encoding="utf-8")
    if (values := saved(plan)) is not None:
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        (folder / SOLUTION).write_text(text + "\n", encoding="utf-8")
    write_tables(plan, folder / "tables")
    (folder / "summary.txt").write_text(plain(summary_of(plan)), encoding="utf-8")
    (folder / "report.html").write_text(page(plan), encoding="utf-8")
    if plan.case is not None:
        from planner.report.case_copy import copy_case

        copy_case(plan.case, folder / "case")
    if plan.audit.get("passed"):
        _shown(plan, folder)


def _shown(plan: Plan, folder: Path) -> None:
    """Maps, diagrams, layers and workbook, which are not made of a plan that failed its audit: none of them says so."""
    from planner.report.geopackage import write_layers
    from planner.report.heat import FOLDER, write_diagrams
    from planner.report.map import save_map
    from planner.report.stores import FOLDER as STORES
    from planner.report.stores import write_contents

    write_layers(plan, folder / "park.gpkg")
    save_map(plan, folder)
    write_diagrams(plan, folder / FOLDER)
    write_contents(plan, folder / STORES)
    if plan.case is not None:
        from planner.report.workbook.book import WORKBOOK, write_workbook

        write_workbook(plan, folder / WORKBOOK)


def _put_in_place(fresh: Path, out: Path) -> None:
    """Swap the new folder in; what the user keeps in the old one moves over."""
    if not out.exists():
        fresh.rename(out)
        return
    old = out.parent / f".{out.name}.old-{os.getpid()}"
    out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        old.rename(out)
        raise
    for entry in old.iterdir():
        if entry.name not in OURS and entry.name not in _SIDECARS:
            entry.rename(out / entry.name)
    shutil.rmtree(old)
