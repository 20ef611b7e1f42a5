"""What the plan is worth to each party, beside the yellow cells: before financing, and beneath it after."""

from collections.abc import Mapping
from typing import Any

from planner.finance.tables import PARK
from planner.report.workbook.cash_inputs import RESULTS, TOP
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.sheet import Sheet, at

#: Measure -> (formula, value at the defaults).
Measured = Mapping[str, tuple[str, Any]]
_BEFORE = ("rate", "capex", "npv", "irr", "simple", "discounted")
_AFTER = ("drawn", "grants", "equity_npv", "equity_irr", "least", "mean")
_KINDS = {"rate": "percent", "irr": "percent", "equity_irr": "percent"}
_KINDS |= dict.fromkeys(("capex", "npv", "drawn", "grants", "equity_npv"), "money")
#: Place of the net present value among the measures of a block, and of that of the plan, after the party.
_NPV, _PLANNED = 3, 7


def write_results(sheet: Sheet, model: CashModel, rows: Mapping[str | None, Measured]) -> None:
    """Write what the plan is worth to each party, beside the inputs.

    Parameters
    ----------
    rows
        Party, None for the park -> its measures.
    """
    money = model.case.currency
    heads = ["Party", "Discount rate", f"Investment [{money}]", f"NPV [{money}]", "IRR", "Simple payback [yr]"]
    heads += ["Discounted payback [yr]", f"NPV in the plan [{money}]", "Changed"]
    last = _block(sheet, model, heads, TOP, _BEFORE, "npv", rows)
    # a row that is free of inputs may be as high as the headings need
    top = next((row for row in sheet.free if row > last + 2), max(last + 3, sheet.row))
    sheet.text(top - 1, RESULTS, "After financing: with the loan, and with its interest taken from the profit", "part")
    heads = ["Party", f"Loan [{money}]", f"Grants [{money}]", f"NPV after financing [{money}]", "IRR after financing"]
    heads += ["Least DSCR", "Mean DSCR", f"NPV after financing in the plan [{money}]", "Changed"]
    _block(sheet, model, heads, top, _AFTER, "equity_npv", rows)
    sheet.done()


def _block(
    sheet: Sheet,
    model: CashModel,
    heads: list[str],
    top: int,
    measures: tuple[str, ...],
    npv: str,
    rows: Mapping[str | None, Measured],
) -> int:
    """Write a table of measures, and return its last row."""
    told = model.plan.tables["finance"].to_dict("records")
    planned = {
        None if row["kind"] == PARK else row["party"]: float(row[npv])
        for row in told
        if row["kind"] not in ("exchange", "society")
    }
    for n, head in enumerate(heads, RESULTS):
        sheet.text(top, n, head, "head")
    sheet.headings.setdefault(top, {}).update(enumerate(heads, RESULTS))
    for row, (party, found) in enumerate(rows.items(), top + 1):
        sheet.text(row, RESULTS, PARK if party is None else party, "total" if party is None else "plain")
        for n, measure in enumerate(measures, RESULTS + 1):
            formula, value = found[measure]
            sheet.formula(row, n, formula, value, _KINDS.get(measure, "years"))
        now, own = at(row, RESULTS + _NPV), at(row, RESULTS + _PLANNED)
        sheet.number(row, RESULTS + _PLANNED, planned[party], "money")
        limit = 1e-6 * max(1.0, abs(planned[party]), abs(float(found["capex"][1])))
        same = f'IF(ABS({now}-{own})<={limit:.6g},"as planned","changed")'
        sheet.formula(row, RESULTS + _PLANNED + 1, same, "as planned", "")
    return top + len(rows)
