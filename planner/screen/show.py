"""A screening on a terminal, as CSV, as a workbook and as JSON."""

import math
from pathlib import Path
from typing import IO, Any

import pandas as pd

from planner.report.numbers import amount
from planner.report.tables import inert
from planner.report.terminal import Summary, Table, show
from planner.screen.screen import Screening
from planner.screen.table import COLUMNS

#: Rows on a terminal, unless more are asked for.
SHOWN = 20
#: A workbook of more rows is slow to open; the rest is in the CSV file.
MOST_IN_WORKBOOK = 50_000

#: Of numbers in a CSV file.
_DECIMALS = 9

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
    counts = table["payback"].value_counts()
    told = ", ".join(f"{counts.get(word, 0):,} {say}" for word, say in _COUNTED)
    more = f"; the first {len(shown)} of {len(table):,}" if len(shown) < len(table) else ""
    title = f"exchanges, money in {currency} of {case.price_year}{more}"
    why = tuple(f"{r['rank']}: {text}" for r in shown.to_dict("records") if (text := _why(r)))
    summary = Summary(
        title=f"{case.case}: {len(table):,} of {len(screening.table):,} possible exchanges, each by itself",
        status=told,
        headlines=(),
        tables=(Table(title, _HEAD, rows, _RIGHT),) if rows else (),
        notes=(*why, *screening.notes),
    )
    show(summary, stream)


_COUNTED = (("pays", "pay"), ("slow", "pay slowly"), ("never", "never pay"), ("open", "only a solve can tell"))


def _row(row: dict[Any, Any]) -> tuple[str, ...]:
    by = " ".join(part for part in (row["link"], row["size"]) if part)
    flow = f"{amount(row['flow_per_yr'])} {row['unit']}" if _known(row["flow_per_yr"]) else "-"
    years = f"{row['payback_yr']:.1f} yr" if _known(row["payback_yr"]) else row["payback"]
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
        row["data_quality"],
    )


def _why(row: dict[Any, Any]) -> str:
    return "; ".join(text for text in (row["technical_why"], row["compliance_why"]) if text)


def _known(value: Any) -> bool:
    return value is not None and not math.isnan(float(value))


def write_csv(screening: Screening, table: pd.DataFrame, path: Path) -> None:
    """Write the rows as CSV: UTF-8, a header row, numbers with a point, text that no spreadsheet runs."""
    made = table.copy()
    for column in made.columns:
        if not pd.api.types.is_numeric_dtype(made[column]):
            names = {name: inert(name) for name in made[column].unique()}
            made[column] = made[column].map(names)
    made["money_unit"] = f"{screening.case.currency} of {screening.case.price_year}"
    made.round(_DECIMALS).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_workbook(screening: Screening, table: pd.DataFrame, path: Path) -> None:
    """Write the rows as a workbook: a sheet with them, one with what its columns mean and what was assumed."""
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(path, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF4", "bottom": 1})
        number = book.add_format({"num_format": "#,##0.###"})
        sheet = book.add_worksheet("screening")
        sheet.freeze_panes(1, 2)
        shown = table.head(MOST_IN_WORKBOOK)
        for at, name in enumerate(table.columns):
            words = pd.api.types.is_numeric_dtype(table[name])
            sheet.set_column(at, at, 46 if name == "exchange" else 14, number if words else None)
        sheet.write_row(0, 0, list(table.columns), head)
        for line, row in enumerate(shown.itertuples(index=False, name=None), start=1):
            for at, value in enumerate(row):
                _write(sheet, line, at, value)
        if len(shown):
            sheet.autofilter(0, 0, len(shown), len(table.columns) - 1)
        notes = book.add_worksheet("notes")
        notes.set_column(0, 0, 30)
        notes.set_column(1, 1, 110)
        notes.write_row(0, 0, ["column", "what it means"], head)
        told = [*COLUMNS.items(), ("", ""), ("money", f"{screening.case.currency} of {screening.case.price_year}")]
        told += [("note", note) for note in screening.notes]
        if len(shown) < len(table):
            told.append(("note", f"the first {len(shown):,} of {len(table):,} rows; the CSV file has them all"))
        for line, (name, text) in enumerate(told, start=1):
            notes.write_string(line, 0, name)
            notes.write_string(line, 1, text)


def _write(sheet: Any, line: int, at: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int | float):
        if math.isfinite(value):
            sheet.write_number(line, at, value)
        elif math.isinf(value):
            sheet.write_string(line, at, "no limit")
    elif value:
        sheet.write_string(line, at, str(value))


def as_json(screening: Screening, table: pd.DataFrame) -> dict[str, Any]:
    """The rows for a program to read; what is not known is null, what has no limit the text "no limit"."""
    case = screening.case
    return {
        "schema": "planner-screening/1",
        "case": {"name": case.case, "path": str(case.folder), "sha256": case.sha256},
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
