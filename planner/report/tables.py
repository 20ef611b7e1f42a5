"""Tables as CSV files that a spreadsheet opens without running anything in them."""

from pathlib import Path
from typing import Any

import pandas as pd

from planner.report.numbers import natural
from planner.results.optional_tables import WHERE_ANY
from planner.results.plan import Plan

#: A spreadsheet takes text that starts with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

#: Rows that are made into text at once: a screening has hundreds of thousands.
_ROWS_AT_ONCE = 20_000
#: Of numbers in a table that is asked for by itself.
_DECIMALS = 9

_MONEY = ("capex", "cost_per_yr", "gain_per_yr", "income_per_yr", "land_investment", "transfers_per_yr", "npv")
#: What cash flows are told by, in the money of the price year or of each year.
_CASH = "equity"

#: Items of a bill of quantities in the order of the works, and the columns its rows are ordered by.
_ITEMS = ("trench", "crossing", "pipe", "station")
_READ = ("item", "carrier", "resource", "size", "surface", "what")


def inert(value: Any) -> Any:
    """Return text that could be taken for a formula behind an apostrophe; anything else as it is.

    Text that has apostrophes of its own before a formula has one more, so that taking one off gives the text back.
    """
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(table: pd.DataFrame, file: Path, money: str | None = None) -> None:
    """Write a table as CSV: UTF-8, a header row, numbers with a point, text that no spreadsheet runs.

    Parameters
    ----------
    table
        What is not known in it becomes an empty cell.
    file
        To be written.
    money
        As in "EUR of 2025", for a column ``money_unit`` at the end.
    """
    with file.open("w", encoding="utf-8", newline="") as out:
        for start in range(0, max(len(table), 1), _ROWS_AT_ONCE):
            made = table.iloc[start : start + _ROWS_AT_ONCE].copy()
            for column in made.columns:
                if not pd.api.types.is_numeric_dtype(made[column]):
                    texts = {text: inert(text) for text in made[column].unique()}  # far fewer than rows
                    made[column] = made[column].map(texts)
            if money is not None:
                made["money_unit"] = inert(money)
            # a format of floats would take half as long again: a screening has hundreds of thousands of rows
            made.round(_DECIMALS).to_csv(out, index=False, header=start == 0, lineterminator="\n")


def write_tables(plan: Plan, folder: Path) -> None:
    """Write every table of a plan, UTF-8, a header row, numbers with a point.

    Empty tables keep their header, but those of qualities, water, law, credits, periods, stores and heat are left out.
    """
    folder.mkdir()
    for name, table in plan.tables.items():
        if table.empty and name.removeprefix("baseline_") in WHERE_ANY:
            continue
        csv_form(ordered(table) if name.endswith("quantities") else table, plan).to_csv(
            folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n", float_format="%.12g"
        )


def ordered(quantities: pd.DataFrame) -> pd.DataFrame:
    """Return a bill of quantities as one reads it: trenches, crossings, then pipes by carrier, DN 80 before DN 150."""

    def key(row: int) -> Any:
        words = ["" if _empty(value) else str(value) for value in quantities.iloc[row][list(_READ)]]
        rank = _ITEMS.index(words[0]) if words[0] in _ITEMS else len(_ITEMS)
        return rank, *map(natural, words)

    return quantities.iloc[sorted(range(len(quantities)), key=key)]


def _empty(value: Any) -> bool:
    return value is None or value != value


def csv_form(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return a table with inert text, and the currency beside its money."""
    made = table.copy()
    for column in made.columns:
        if made[column].dtype == object or isinstance(made[column].dtype, pd.StringDtype):
            made[column] = made[column].map(_flat).map(inert)
    if any(str(column).endswith(_MONEY) for column in made.columns):
        made["money_unit"] = inert(f"{plan.header.get('currency')} of {plan.header.get('price_year')}")
    if _CASH in made.columns:
        nominal = plan.case is not None and plan.case.economics.finance.money == "nominal"
        year = "each year" if nominal else plan.header.get("price_year")
        made["money_unit"] = inert(f"{plan.header.get('currency')} of {year}")
    return made


def _flat(value: Any) -> Any:
    """Lists, such as the sources of a line, as one cell."""
    return "; ".join(str(part) for part in value) if isinstance(value, list | tuple) else value
