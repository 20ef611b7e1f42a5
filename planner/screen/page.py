"""A screening as one page: a matrix of givers and takers, and the ranked exchanges, which can be sorted."""

import base64
import hashlib
import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from planner.report.names import isolated
from planner.report.numbers import amount
from planner.screen.data_quality import data_in_words
from planner.screen.screen import Screening
from planner.screen.table import WORDS, links_in_words, ordered
from planner.screen.verdicts import COUNTED, REFUSED, verdicts

#: Rows of the ranked table, and most givers and takers of the matrix: more do not fit on a page.
MOST_ROWS, MOST_ENDS = 500, 40

#: (Column, heading, whether it is a number) of the ranked table.
SHOWN = (
    ("rank", "#", True),
    ("exchange", "exchange", False),
    ("flow", "flow a year", True),
    ("length_km", "km", True),
    ("by", "link", False),
    ("capex", "investment", True),
    ("net_saving_per_yr", "net saving / yr", True),
    ("payback_yr", "payback, yr", True),
    ("co2e_avoided_t_per_yr", "tCO2e / yr", True),
    ("cost_per_tco2e", "cost / tCO2e", True),
    ("breakeven_km", "breaks even at km", True),
    ("technical", "technical fit", False),
    ("compliance", "compliance", False),
    ("verdict", "payback", False),
    ("effort", "effort", False),
    ("data_quality", "data", False),
)
#: Mark of a cell of the matrix, which says without colour what its colour says.
MARKS = {"pays": "●", "slow": "◐", "never": "○", "open": "?", REFUSED: "×"}

#: Column of the ranked table -> words by which rows are chosen; what cannot be had has no payback to be chosen by.
_SAID = {word: word for word in WORDS["payback"]} | {REFUSED: "cannot be had"}
_CHOICES = {name: words for name, words in WORDS.items() if name != "payback"} | {"verdict": tuple(_SAID.values())}


@dataclass(frozen=True)
class Cell:
    """A cell of the ranked table: what is shown, what it is sorted by, and what else there is to say."""

    text: str
    key: str
    number: bool
    more: str = ""
    kind: str = ""


def page(screening: Screening, table: pd.DataFrame) -> str:
    """The page as HTML: self-contained, no network, nothing run but its own few lines.

    Of more than ``MOST_ROWS`` rows it has the first, of more than ``MOST_ENDS`` givers or takers those with the
    largest savings; it says so.
    """
    from jinja2 import Environment

    source = files("planner.screen").joinpath("page.html.j2").read_text(encoding="utf-8")
    script = files("planner.screen").joinpath("sort.js").read_text(encoding="utf-8")
    style = files("planner.screen").joinpath("page.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    case = screening.case
    givers, takers, cells = matrix(ordered(table, "net"))
    every = (table["from"].nunique(), table["to"].nunique())
    return environment.from_string(source).render(
        case=case,
        style=style,
        script=script,
        script_hash=_hash(script),
        style_hash=_hash(style),
        money=f"{case.currency} of {case.price_year}",
        shown=SHOWN,
        choices=[(at, head, _words_of(table, name)) for at, (name, head, _) in enumerate(SHOWN) if name in _CHOICES],
        rows=[_cells(row) for row in table.head(MOST_ROWS).to_dict("records")],
        possible=len(screening.table),
        listed=len(table),
        counts=verdicts(table).value_counts().to_dict(),
        said=COUNTED,
        notes=screening.notes,
        givers=givers,
        takers=takers,
        cells=cells,
        every=every,
        most=(MOST_ROWS, MOST_ENDS),
        marks=MARKS,
    )


def _words_of(table: pd.DataFrame, column: str) -> list[str]:
    """Words of a column that are there, in their order."""
    values = verdicts(table).map(_SAID) if column == "verdict" else table[column]
    there = {word for value in values.unique() for word in value.split(", ")}
    return [word for word in _CHOICES[column] if word in there]


def write_page(screening: Screening, table: pd.DataFrame, path: Path) -> None:
    """Write the page."""
    path.write_text(page(screening, table), encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def matrix(table: pd.DataFrame) -> tuple[list[str], list[str], dict[tuple[str, str], Cell]]:
    """Givers, takers, and the best exchange of each pair; at most ``MOST_ENDS`` of both, those that could save most."""
    best = table.drop_duplicates(["from", "to"])  # the table is ranked by what it saves
    gain = best["net_saving_per_yr"].clip(lower=0.0).fillna(0.0)
    ends = []
    for side in ("from", "to"):
        worth = gain.groupby(best[side]).sum().sort_values(ascending=False, kind="stable")
        ends.append(sorted(worth.index[:MOST_ENDS]))
    givers, takers = ends
    kept = best[best["from"].isin(givers) & best["to"].isin(takers)]
    pairs = table.groupby(["from", "to"]).size().to_dict()
    cells = {(r["from"], r["to"]): _best(r, pairs[r["from"], r["to"]]) for r in kept.to_dict("records")}
    return givers, takers, cells


def _best(row: dict[Any, Any], number: int) -> Cell:
    kind = _kind(row)
    net = row["net_saving_per_yr"]
    text = f"{MARKS[kind]} {_short(net)}" if kind not in ("open", "no") else MARKS[kind]
    more = f"{row['exchange']}: net saving {amount(net)} a year, payback {amount(row['payback_yr'])} yr"
    why = "; ".join(part for part in (row["technical_why"], row["compliance_why"]) if part)
    more += f" ({why})" if why else ""
    more += f"; best of {number} exchanges" if number > 1 else ""
    return Cell(text, "", True, more, kind)


def _kind(row: dict[Any, Any]) -> str:
    return REFUSED if REFUSED in (row["technical"], row["compliance"]) else str(row["payback"])


def _exchange(row: dict[Any, Any]) -> str:
    """Its name with arrows that no line ends within, and with the names in it each by itself."""
    text = str(row["exchange"]).replace("->", "\N{RIGHTWARDS ARROW}")
    for name in dict.fromkeys((row["from"], row["via"], row["to"])):
        text = text.replace(name, isolated(name)) if name else text
    return text


def _facility(row: dict[Any, Any]) -> str:
    """The facility that a row pays for, in words."""
    if not row["via"] or not row["facility_size"]:
        return ""
    return f"{row['via']}, {row['facility_size']}: {amount(row['facility_capex'])}"


def _of_data(row: dict[Any, Any]) -> str:
    """What else there is to say of the data of a row."""
    missing = data_in_words(row).removeprefix(str(row["data_quality"])).strip()
    return "; ".join(part for part in (missing, f"worst grade {row['grade']}, hours {row['hours_basis']}") if part)


def _short(value: float) -> str:
    """A sum in few letters: 1.2M, 35k."""
    if math.isnan(value):
        return "-"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _cells(row: dict[Any, Any]) -> list[Cell]:
    said = {
        "flow": (f"{amount(row['flow_per_yr'])} {row['unit']}", row["flow_per_yr"], ""),
        "by": (links_in_words(row) or "-", None, row["distance_basis"]),
        "exchange": (_exchange(row), None, ""),
        "capex": (amount(row["capex"]), row["capex"], _facility(row)),
        "technical": (row["technical"], None, row["technical_why"]),
        "compliance": (row["compliance"], None, row["compliance_why"]),
        "effort": (row["effort"], None, row["effort_basis"]),
        "verdict": (_SAID[_kind(row)], None, ""),
        "data_quality": (row["data_quality"], None, _of_data(row)),
    }
    cells = []
    for name, _, number in SHOWN:
        text, value, more = said.get(name, (None, row.get(name), ""))
        if text is None:
            text = amount(value) if number else str(value)
        kind = _kind(row) if name == "verdict" else ""
        key = text if not number else "" if value is None or math.isnan(float(value)) else repr(float(value))
        cells.append(Cell(text, key, number, more, kind))
    return cells
