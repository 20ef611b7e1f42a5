"""``planner audit`` and ``planner compare``: what can be said of finished runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from planner.errors import UsageError
from planner.report.write import is_ours


def finished(out: Path) -> Path:
    """The folder of a finished run whose plan may be used."""
    if not out.is_dir():
        raise UsageError(f"{out} is no folder; name the folder of a finished run")
    if not is_ours(out):
        raise UsageError(f"{out} holds no finished run (no results.json of ours)")
    if not (out / "results.json").exists():
        raise UsageError(f"{out} holds only a rejected plan; to look at it, name {out / 'rejected'}")
    return out


def audit_run(out: Path, *, as_json: bool, stream: IO[str]) -> int:
    """Audit a finished run, print every check and return 0, or 1 where one fails."""
    from planner.cli.app import dumps
    from planner.pipeline import audit_folder

    found = audit_folder(finished(out))
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


def compare_runs(runs: Sequence[Path], *, as_json: bool, stream: IO[str]) -> None:
    """Print the indicators of finished runs side by side."""
    from planner.cli.app import dumps
    from planner.pipeline import load
    from planner.report.terminal import side_by_side
    from planner.results.compare import compare

    if len(runs) < 2:
        raise UsageError("name at least two finished runs to compare")
    table = compare([load(finished(run)) for run in runs])
    if as_json:
        stream.write(dumps(table.astype(object).where(table.notna(), None).to_dict("records")) + "\n")
        return
    shown = table[~table.iloc[:, _ABOUT:].map(_is_nothing).all(axis=1)]
    side_by_side(shown, "Runs side by side", stream)
    if len(shown) < len(table):
        stream.write(f"  and {len(table) - len(shown)} rows that are nothing in any run; --json has them\n")


#: Columns that say what a row of a comparison is about: what, name, unit.
_ABOUT = 3


def _is_nothing(value: object) -> bool:
    return value is None or value != value or (not isinstance(value, str) and value == 0)
