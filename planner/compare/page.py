"""Runs side by side as one page: why headlines moved, maps, and what differs."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from planner.compare.inputs import told
from planner.compare.moved import Moved
from planner.report.numbers import amount
from planner.report.waterfalls import signed, svg

#: What rows of a comparison are about -> title and explanation, in the order of the page.
TITLES = {
    "indicator": ("Indicators", "of the plan"),
    "baseline": ("Baseline", "headline totals of each run's own baseline"),
    "plot": ("Siting", "plot of each plant and facility; - where it is not there"),
    "exchange": ("Exchanges", "flow a year; - where it is not built"),
    "facility": ("Facilities", "capacity"),
    "store": ("Stores", "content"),
    "investment": ("Network", "investment"),
    "firm": ("Firms: yearly gain", "beyond each run's own baseline"),
    "npv": ("Firms: net present value", "beyond each run's own baseline"),
}
_MORE = """
.differs th, .differs td { background: #fff2cc; }
.maps { display: flex; flex-wrap: wrap; gap: 1rem; } .maps figure { margin: 0; flex: 1 1 320px; max-width: 640px; }
.drawing svg { min-width: 640px; } .moves thead th { white-space: normal; min-width: 7rem; }
.moves tbody th { min-width: 10rem; }
.maps img { width: 100%; height: auto; border: 1px solid var(--line); }
"""
_ALIKE, _MOST_INPUTS, _ABOUT = 1e-6, 300, 3


@dataclass(frozen=True)
class Row:
    """A row of the comparison: "differs" says how."""

    name: str
    unit: str
    cells: tuple[str, ...]
    differs: str


@dataclass(frozen=True)
class Part:
    """Rows about one thing."""

    title: str
    about: str
    rows: tuple[Row, ...]


def parts(table: pd.DataFrame) -> list[Part]:
    """Rows of a comparison by what they are about; those that are nothing in any run are left out."""
    found = []
    for what, (title, about) in TITLES.items():
        rows = [_row(r) for r in table[table["what"] == what].itertuples(index=False, name=None) if not _nothing(r)]
        if rows:
            found.append(Part(title, about, tuple(rows)))
    return found


def _row(row: Sequence[Any]) -> Row:
    values = row[_ABOUT:]
    return Row(str(row[1]), str(row[2]), tuple(map(_cell, values)), differs(values))


def _nothing(row: Sequence[Any]) -> bool:
    return all(_missing(value) or value == 0 for value in row[_ABOUT:])


def _missing(value: Any) -> bool:
    return value is None or value != value


def _cell(value: Any) -> str:
    return "-" if _missing(value) else value if isinstance(value, str) else amount(value)


def differs(values: Sequence[Any]) -> str:
    """How cells of a row differ: "only in some", "differs", or nothing."""
    there = [value for value in values if not _missing(value)]
    if len(there) < len(values):
        return "only in some" if there else ""
    if all(isinstance(value, int | float) for value in there):
        size = max(abs(value) for value in there)
        return "differs" if max(there) - min(there) > _ALIKE * size else ""
    return "differs" if len(set(there)) > 1 else ""


def page(table: pd.DataFrame, folders: Sequence[Path], titles: Sequence[str], moved: Moved | None) -> str:
    """The page as HTML: self-contained, no network, no script.

    Parameters
    ----------
    table
        Of :func:`planner.results.compare.compare`.
    folders
        Of the runs, with their maps.
    titles
        What each run is, in words.
    moved
        Why the headlines moved, of two runs.
    """
    from jinja2 import Environment

    source = files("planner.compare").joinpath("page.html.j2").read_text(encoding="utf-8")
    style = files("planner.screen").joinpath("page.css").read_text(encoding="utf-8") + _MORE
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    names = [str(name) for name in table.columns[_ABOUT:]]
    inputs = [(c.field, told(c.before), told(c.after)) for c in moved.changes] if moved else []
    return (
        Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        .from_string(source)
        .render(
            names=names,
            titles=list(dict.fromkeys(titles)),
            style=style,
            style_hash=f"sha256-{digest}",
            moved=moved,
            drawings=[(svg(waterfall), waterfall) for waterfall in moved.waterfalls] if moved else [],
            parts=moves(moved) if moved else [],
            inputs=inputs[:_MOST_INPUTS],
            more=max(0, len(inputs) - _MOST_INPUTS),
            maps=_maps(names, folders),
            tables=parts(table),
        )
    )


def write_page(
    table: pd.DataFrame, folders: Sequence[Path], titles: Sequence[str], moved: Moved | None, file: Path
) -> None:
    """Write the page."""
    file.write_text(page(table, folders, titles, moved), encoding="utf-8")


def moves(moved: Moved) -> list[tuple[str, list[str]]]:
    """Rows of the table beside the drawings: what each part moves of each headline."""
    names = dict.fromkeys(part.name for waterfall in moved.waterfalls for part in waterfall.shown if part.data)
    names |= dict.fromkeys(part.name for waterfall in moved.waterfalls for part in waterfall.shown if not part.data)
    rows = [("last run", [amount(waterfall.before) for waterfall in moved.waterfalls])]
    for name in names:
        found = [sum(part.amount for part in waterfall.shown if part.name == name) for waterfall in moved.waterfalls]
        rows.append((name, [signed(value) for value in found]))
    return [*rows, ("this run", [amount(waterfall.after) for waterfall in moved.waterfalls])]


def _maps(names: Sequence[str], folders: Sequence[Path]) -> list[tuple[str, str]]:
    """Maps of the runs as they were drawn, inside the page."""
    found = []
    for name, folder in zip(names, folders, strict=True):
        if (folder / "map.png").is_file():
            data = base64.b64encode((folder / "map.png").read_bytes()).decode()
            found.append((name, f"data:image/png;base64,{data}"))
    return found
