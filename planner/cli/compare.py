"""``planner compare``: finished runs side by side, and why the headlines moved from one to the next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from planner.cli.files import write_all
from planner.cli.finished import finished_folder
from planner.errors import UsageError
from planner.report.targets import check_targets

if TYPE_CHECKING:
    from planner.compare.moved import Moved


def compare_runs(runs: Sequence[Path], *, html: Path | None, xlsx: Path | None, as_json: bool, stream: IO[str]) -> None:
    """Print finished runs side by side, and write them as a page and a workbook."""
    from planner.compare.book import write_comparison
    from planner.compare.moved import moved
    from planner.compare.page import write_page
    from planner.pipeline import sound
    from planner.results.compare import compare

    if len(runs) < 2:
        raise UsageError("name at least two finished runs to compare")
    check_targets([(html, ".html"), (xlsx, ".xlsx")])
    sounds = (sound(finished_folder(run), "it is compared with nothing") for run in runs)
    plans = [
        replace(plan, header={**plan.header, "folder": name}) for plan, name in zip(sounds, _apart(runs), strict=True)
    ]
    table = compare(plans)
    why = moved((plans[0], runs[0]), (plans[1], runs[1])) if len(runs) == 2 else None
    titles = [str((plan.header.get("case") or {}).get("name")) for plan in plans]
    write_all(
        [
            (html, lambda file: write_page(table, runs, titles, why, file)),
            (xlsx, lambda file: write_comparison(table, why, file)),
        ]
    )
    _print(table, why, as_json=as_json, stream=stream)


def _apart(runs: Sequence[Path]) -> list[str]:
    """What each run is called: its folder, with the one above it where several are called alike."""
    paths = [run.resolve() for run in runs]
    count = Counter(path.name for path in paths)
    return [path.name if count[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in paths]


def _print(table: Any, why: "Moved | None", *, as_json: bool, stream: IO[str]) -> None:
    from planner.cli.app import dumps
    from planner.report.terminal import side_by_side

    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        stream.write(dumps({"schema": "planner-compare/1", "rows": rows, "moved": _moved(why)}) + "\n")
        return
    shown = table[~table.iloc[:, _ABOUT:].map(_is_nothing).all(axis=1)]
    side_by_side(shown, "Runs side by side", stream)
    if len(shown) < len(table):
        stream.write(f"  and {len(table) - len(shown)} rows that are nothing in any run; --json has them\n")
    if why is not None:
        stream.write("\n".join(["", "Why the headlines moved", *_why(why)]) + "\n")


def _why(why: "Moved") -> Sequence[str]:
    from planner.report.waterfalls import lines

    return [line for w in why.waterfalls for line in ("", *lines(w))] + ["", *(f"  {note}" for note in why.notes)]


def _moved(why: "Moved | None") -> Any:
    """Why the headlines moved, for programs; null for more than two runs."""
    if why is None:
        return None
    return {
        "waterfalls": [
            {
                "headline": w.title,
                "unit": w.unit,
                "before": w.before,
                "parts": [{"name": p.name, "change": p.amount, "of": "data" if p.data else "plan"} for p in w.parts],
                "after": w.after,
            }
            for w in why.waterfalls
        ],
        "inputs": [
            {"field": c.field, "group": c.group, "before": c.before, "after": c.after, "number": c.number}
            for c in why.changes
        ],
        "notes": list(why.notes),
    }


#: Columns that say what a row of a comparison is about: what, name, unit.
_ABOUT = 3


def _is_nothing(value: object) -> bool:
    return value is None or value != value or (not isinstance(value, str) and value == 0)
