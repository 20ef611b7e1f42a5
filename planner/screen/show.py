"""A screening on a terminal, as CSV, as a workbook and as JSON."""

import math
from pathlib import Path
from typing import IO, Any

import pandas as pd

from planner.excel.frames import notes_page, table_page
from planner.excel.write import workbook
from planner.report.numbers import amount
from planner.report.tables import write_csv
from planner.report.terminal import Summary, Table, show
from planner.screen.data_quality import data_in_words
from planner.screen.screen import Screening
from planner.screen.table import COLUMNS, links_in_words
from planner.screen.verdicts import COUNTED, REFUSED, verdicts

#: Rows on a terminal, unless more are asked for.
SHOWN = 20

_HEAD = (
    "#",
    "exchange",
    "flow/yr",
    "km",
    "by",
    "capex",
    "net/yr",
    "payback",
    "tCO2e/yr",
    "fit",
    "law",
    "effort",
    "data",
)
_RIGHT = frozenset({0, 2, 3, 5, 6, 7, 8})


def print_screening(screening: Screening, table: pd.DataFrame, stream: IO[str], top: int | None) -> None:
    """Print the rows asked for, ``SHOWN`` of them unless ``top`` says how many, with what was assumed."""
    shown = table.head(SHOWN if top is None else top)
    rows = tuple(_row(row) for row in shown.to_dict("records"))
    case, currency = screening.case, screening.case.currency
    more = f"; the first {len(shown)} of {len(table):,}" if len(shown) < len(table) else ""
    title = f"exchanges, money in {currency} of {case.price_year}{more}"
    why = tuple(f"{r['rank']}: {text}" for r in shown.to_dict("records") if (text := _why(r)))
    summary = Summary(
        title=f"{case.case}: {len(table):,} of {len(screening.table):,} possible exchanges, each by itself",
        status=_counts(table),
        headlines=(),
        tables=(Table(title, _HEAD, rows, _RIGHT),) if rows else (),
        notes=(*why, *screening.notes),
    )
    show(summary, stream)


def _counts(table: pd.DataFrame) -> str:
    """How many rows pay, of those that can be had; what cannot be had is counted apart."""
    counts = verdicts(table).value_counts()
    told = [
        f"{counts[word]:,} {one if counts[word] == 1 else many}" for word, one, many in COUNTED if counts.get(word, 0)
    ]
    if counts.get(REFUSED, 0):
        told[-1] += " (see fit and law)"
    return ", ".join(told) or "none"


def _row(row: dict[Any, Any]) -> tuple[str, ...]:
    by = links_in_words(row)
    flow = f"{amount(row['flow_per_yr'])} {row['unit']}" if _known(row["flow_per_yr"]) else "-"
    years = f"{row['payback_yr']:.1f} yr" if _known(row["payback_yr"]) else row["payback"]
    years = "at once" if row["payback_yr"] == 0.0 else years
    return (
        str(row["rank"]),
        row["exchange"],
        flow,
        amount(row["length_km"]),
        by or "-",
        amount(row["capex"]),
        amount(row["net_saving_per_yr"]),
        years,
        amount(row["co2e_avoided_t_per_yr"]),
        row["technical"],
        row["compliance"],
        row["effort"],
        data_in_words(row),
    )


def _why(row: dict[Any, Any]) -> str:
    return "; ".join(text for text in (row["technical_why"], row["compliance_why"]) if text)


def _known(value: Any) -> bool:
    return value is not None and not math.isnan(float(value))


def write_rows(screening: Screening, table: pd.DataFrame, path: Path) -> None:
    """Write the rows as CSV."""
    write_csv(table, path, _money(screening))


def write_workbook(screening: Screening, table: pd.DataFrame, path: Path) -> None:
    """Write the rows as a workbook: a sheet with them, one with what its columns mean and what was assumed."""
    about = f"{screening.case.case}: possible exchanges, each by itself; money in {_money(screening)}"
    made = table_page("screening", about, table, COLUMNS, fixed=2)
    workbook(path, [made, notes_page({made.name: COLUMNS}, _money(screening), screening.notes)])


def _money(screening: Screening) -> str:
    return f"{screening.case.currency} of {screening.case.price_year}"


def as_json(screening: Screening, table: pd.DataFrame) -> dict[str, Any]:
    """The rows for a program to read; what is not known is null, what has no limit the text "no limit"."""
    case = screening.case
    return {
        "schema": "planner-screening/1",
        "case": {"name": case.case, "path": case.folder.name, "sha256": case.sha256},
        "currency": case.currency,
        "price_year": case.price_year,
        "payback_yr": screening.payback_yr,
        "possible": len(screening.table),
        "columns": COLUMNS,
        "notes": list(screening.notes),
        "exchanges": [{name: _plain(value) for name, value in row.items()} for row in table.to_dict("records")],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else "no limit" if math.isinf(value) else value
    return value
