"""Sheets ``Firms`` and ``Ledger``: what each firm pays, earns and saves; every total is a formula over the ledger."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from planner.report.workbook.sheet import Column, Sheet, Styles, at, elsewhere, span
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

LEDGER, FIRMS = "Ledger", "Firms"
#: Columns of the ledger, and where its numbers begin (rows and columns from 0).
_NAMES = ("party", "head", "kind", "account", "exchange", "resource")
_FIRST, _BASELINE, _PLAN, _GAIN = 4, 6, 7, 8
_TOLERANCE = 1e-6
#: Names that SUMIFS compares as they are: letters first, no digits, operators or wildcards. They are compared without
#: regard to case.
_PLAIN, _LONGEST = re.compile(r"[^\W\d_]+([ ,-]{1,2}[^\W\d_]+)*"), 200


def write_firms(book: Any, styles: Styles, plan: Plan) -> None:
    """Write each firm's totals and its gain by head, as SUMIFS over the ledger, beside the figures of the plan."""
    ledger, parties = plan.tables["ledger"], plan.tables["parties"].to_dict("records")
    money, last = str(plan.header.get("currency")), _FIRST + max(len(ledger), 1) - 1
    about = f"Formulas over the sheet Ledger; a gain is baseline less plan. Money in {money_of(plan.header)}."
    sheet = Sheet(book, styles, FIRMS, "What each firm pays, earns and saves a year", about, tab="#2E75B6").begin()
    first_heads = ["Party", "Kind", f"Baseline [{money}/yr]", f"Plan [{money}/yr]", f"Gain [{money}/yr]"]
    sheet.heads([*first_heads, f"Gain in the plan's tables [{money}/yr]", "Agrees"])
    sheet.freeze(1)
    first, names = sheet.row, [row["party"] for row in parties]
    found = ledger.groupby("party")[["baseline_per_yr", "plan_per_yr", "gain_per_yr"]].sum()
    for row in parties:
        name = row["party"]
        sums = found.loc[name] if name in found.index else {}
        sheet.text(sheet.row, 0, name)
        sheet.text(sheet.row, 1, row["kind"])
        for column, of in ((2, _BASELINE), (3, _PLAN), (4, _GAIN)):
            value = sums.get(("baseline_per_yr", "plan_per_yr", "gain_per_yr")[column - 2], 0.0)
            sheet.formula(sheet.row, column, _sum(of, last, at(sheet.row, 0), _once(name, names)), value)
        sheet.value(sheet.row, 5, row["gain_per_yr"], "money")
        size = max(abs(row["gain_per_yr"]), abs(sums.get("baseline_per_yr", 0.0)), 1.0)
        _agrees(sheet, 6, at(sheet.row, 4), at(sheet.row, 5), size)
        sheet.row += 1
    _park(sheet, plan, first)
    _by_head(sheet, plan, last, money)
    sheet.done()


def _park(sheet: Sheet, plan: Plan, first: int) -> None:
    """The sum of all firms beside the indicator."""
    rows = plan.indicators.set_index("indicator").loc["total_annual_cost"]
    sheet.text(sheet.row, 0, "park", "total")
    sheet.value(sheet.row, 1, None, "text", "total")
    for column, name in ((2, "baseline"), (3, "plan"), (4, "reduction")):
        sheet.formula(sheet.row, column, f"SUM({span(first, sheet.row - 1, column)})", rows[name], "money", "total")
    sheet.formula(
        sheet.row, 5, "total_annual_cost_baseline-total_annual_cost_plan", rows["reduction"], "money", "total"
    )
    size = max(abs(rows["baseline"]), abs(rows["plan"]), 1.0)
    _agrees(sheet, 6, at(sheet.row, 4), at(sheet.row, 5), size)
    sheet.row += 1


def _agrees(sheet: Sheet, column: int, ours: str, theirs: str, size: float) -> None:
    """Whether two cells are equal but for rounding."""
    limit = f"{_TOLERANCE * size:.6g}"
    sheet.formula(sheet.row, column, f'IF(ABS({ours}-{theirs})<={limit},"yes","NO")', "yes", "")


def _by_head(sheet: Sheet, plan: Plan, last: int, money: str) -> None:
    """Gain of each firm by head of the ledger."""
    ledger = plan.tables["ledger"]
    names, heads = [str(x) for x in plan.tables["parties"]["party"]], list(dict.fromkeys(ledger["head"]))
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for record in ledger.to_dict("records"):
        sums[record["head"], record["party"]] += record["gain_per_yr"]
    sheet.part(f"Gain by head [{money}/yr]")
    top = sheet.row
    sheet.heads(["Head", *names, "park"])
    for head in heads:
        sheet.text(sheet.row, 0, head)
        for column, name in enumerate(names, 1):
            value = sums[head, name]
            formula = _sum(_GAIN, last, at(top, column), _once(name, names), at(sheet.row, 0))
            sheet.formula(sheet.row, column, formula, value)
        total = math.fsum(value for (of, _), value in sums.items() if of == head)
        row = sheet.row
        sheet.formula(row, len(names) + 1, f"SUM({at(row, 1)}:{at(row, len(names))})", total, "money", "total")
        sheet.row += 1
    sheet.text(sheet.row, 0, "all", "total")
    for column, one in enumerate([*names, None], 1):
        total = math.fsum(value for (_, of), value in sums.items() if one in (None, of))
        cells = span(top + 1, sheet.row - 1, column) if heads else "0"
        sheet.formula(sheet.row, column, f"SUM({cells})", total, "money", "total")
    sheet.row += 1


def _sum(column: int, last: int, party: str, name: str, head: str = "") -> str:
    """Sum of a column of the ledger over a party, and over a head, whose names stand in cells."""
    cells = elsewhere(LEDGER, span(_FIRST, last, column))
    parties, heads = (elsewhere(LEDGER, span(_FIRST, last, n)) for n in (0, 1))
    if plain_name(name):
        return f"SUMIFS({cells},{parties},{party}" + (f",{heads},{head})" if head else ")")
    return f"SUMPRODUCT(EXACT({parties},{party})*{f'EXACT({heads},{head})*' if head else ''}{cells})"


def _once(name: str, names: Sequence[str]) -> str:
    """A name, or nothing where another differs from it only by case."""
    return name if sum(other.casefold() == name.casefold() for other in names) == 1 else ""


def plain_name(name: str) -> bool:
    """Whether SUMIFS takes a name for itself alone: it reads "=x", "a*", "1.0" and "5 May" in ways of its own."""
    return len(name) < _LONGEST and bool(_PLAIN.fullmatch(name)) and name.upper() not in ("TRUE", "FALSE")


def write_ledger(book: Any, styles: Styles, plan: Plan) -> None:
    """Write the ledger; gains are formulas, the sums beneath follow the filter."""
    money = str(plan.header.get("currency"))
    about = (
        "Costs are positive, income is negative; kind: capital (yearly share of an investment), fixed, flow (goes with "
        f"what flows), transfer (paid by one party to another). Money in {money_of(plan.header)}."
    )
    sheet = Sheet(book, styles, LEDGER, "Ledger of all parties", about).begin()
    heads = ("Party", "Head", "Kind", "Account", "Exchange", "Resource")
    columns = [Column(name, head) for name, head in zip(_NAMES, heads, strict=True)]
    columns += [
        Column("baseline_per_yr", f"Baseline [{money}/yr]", "money", total=True),
        Column("plan_per_yr", f"Plan [{money}/yr]", "money", total=True),
        Column("gain_per_yr", f"Gain [{money}/yr]", "money", total=True),
    ]
    assert sheet.row + 1 == _FIRST, "the firms' totals point at these rows"
    sheet.freeze(2, _FIRST)
    rows = plan.tables["ledger"].to_dict("records")
    sheet.table(columns, rows)
    for n, row in enumerate(rows, _FIRST):
        sheet.formula(n, _GAIN, f"{at(n, _BASELINE)}-{at(n, _PLAN)}", row["gain_per_yr"])
    sheet.done()
