"""Why exchanges are not in a plan: on a terminal, as CSV and as JSON."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from planner.report.numbers import amount
from planner.report.tables import write_csv
from planner.report.targets import writing
from planner.report.terminal import Summary, Table, show
from planner.why.why import Why
from planner.why.words import BASES, COLUMNS, STREAM_COLUMNS, VERDICTS

#: Folder in that of a run.
FOLDER = "why"
#: Rows on a terminal, unless exchanges are named.
SHOWN = 20
#: Exchanges of which the terminal says what gives way.
_TOLD = 5

_HEAD = ("#", "exchange", "verdict", "loss", "proof", "basis")
_RIGHT = frozenset({0, 3})


def write_why(found: Why, out: Path) -> Path:
    """Write ``why/why.csv``, ``why/streams.csv`` and ``why/why.json`` into the folder of a run, whole or not at all."""
    target, fresh = out / FOLDER, out / f".{FOLDER}.new-{os.getpid()}"
    with writing(target):
        try:
            fresh.mkdir()
            money = f"{found.header.get('currency')} of {found.header.get('price_year')}"
            write_csv(found.table, fresh / "why.csv", money)
            if len(found.streams):
                write_csv(found.streams, fresh / "streams.csv", money)
            text = json.dumps(as_json(found), ensure_ascii=False, indent=1, allow_nan=False)
            (fresh / "why.json").write_text(text + "\n", encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return target


def as_json(found: Why) -> dict[str, Any]:
    """All of it for a program to read; what is not known is null, what has no limit the text "no limit"."""
    return {
        "schema": "planner-why/1",
        "case": found.header.get("case"),
        "objective": found.header.get("objective"),
        "currency": found.header.get("currency"),
        "price_year": found.header.get("price_year"),
        "unit": found.unit,
        "interrupted": found.interrupted,
        "verdicts": VERDICTS,
        "bases": BASES,
        "columns": COLUMNS,
        "stream_columns": STREAM_COLUMNS,
        "notes": list(found.notes),
        "exchanges": [{k: _plain(v) for k, v in row.items()} for row in found.table.to_dict("records")],
        "streams": [{k: _plain(v) for k, v in row.items()} for row in found.streams.to_dict("records")],
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else _unbounded(value)
    return None if value == "" else value


def _unbounded(value: float) -> str:
    return "no limit" if value > 0 else "-no limit"


def print_why(found: Why, stream: IO[str], written: Path) -> None:
    """Print the rows, ``SHOWN`` of them unless exchanges were named, with the words behind each."""
    rows, named = found.table.to_dict("records"), bool(found.named)
    shown = [row for row in rows if row["exchange"] in found.named] if named else rows[:SHOWN]
    more = f"; the first {len(shown)} of {len(rows):,}" if len(shown) < len(rows) else ""
    title = f"exchanges that are not built, loss in {found.unit} unless it says otherwise{more}"
    lines = tuple(_line(n, row, found.unit) for n, row in enumerate(shown, start=1))
    words = (f"{n}: {text}" for n, row in enumerate(shown, start=1) for text in _words(row, n, named=named))
    summary = Summary(
        title=f"{found.case}: why {len(rows):,} possible exchange{'' if len(rows) == 1 else 's'} "
        f"{'is' if len(rows) == 1 else 'are'} not in the plan",
        status=_counts(found),
        headlines=(),
        tables=(Table(title, _HEAD, lines, _RIGHT),) if lines else (),
        notes=(*words, *found.notes),
        files=(f"{written}  the table as CSV and JSON, and what streams are worth",),
        warning="interrupted: not all that was asked for was planned again" if found.interrupted else None,
    )
    show(summary, stream)


def _counts(found: Why) -> str:
    """How many of each verdict, in the order of the list."""
    counts = found.table["verdict"].value_counts()
    return ", ".join(f"{counts[word]} {word}" for word in VERDICTS if counts.get(word, 0)) or "none is left out"


def _line(number: int, row: dict[Any, Any], unit: str) -> tuple[str, ...]:
    return (str(number), row["exchange"], row["verdict"], _loss(row, unit), row["proof"] or "-", row["basis"])


def _loss(row: dict[Any, Any], unit: str) -> str:
    """A loss with its limits where it is not proven, and its unit where that is not the goal's."""
    loss, least, most = (float(row[c]) for c in ("loss_per_yr", "loss_least_per_yr", "loss_most_per_yr"))
    if row["proof"] == "between":
        told = f"{amount(least)} to {amount(most)}"
    elif row["proof"] == "at least":
        told = f"{amount(least)} or more"
    elif row["proof"] == "at most":
        told = f"up to {amount(loss)}"
    else:
        told = amount(loss)
    return told if row["loss_unit"] in ("", unit) else f"{told} {row['loss_unit']}"


def _words(row: dict[Any, Any], number: int, *, named: bool) -> Iterator[str]:
    yield str(row["why"])
    if row["gives_way"] and row["basis"] == "planned again" and (named or number <= _TOLD):
        yield f"what changes: {row['gives_way']}"
