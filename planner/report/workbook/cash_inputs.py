"""Sheet ``Cash inputs``: the yellow cells of the live cash flow, and beside them what the plan is then worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.finance.tables import PARK
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere, span

INPUTS = "Cash inputs"
#: Years of operation with a ramp of their own, and years of the investment.
RAMP, SPENDING = 10, 6
#: Columns: name, unit, value of the plan, yellow value, factor; results begin in the last one.
_UNIT, _PLANNED, _YELLOW, _FACTOR, RESULTS = 1, 2, 3, 4, 6
#: Row of the headings.
_TOP = 3
Measured = Mapping[str, tuple[str, Any]]
_ABOUT = (
    "Change the yellow cells: the results on the right follow. Flows, tenders and what is built stay as planned; real "
    "money, before financing."
)


@dataclass
class Cells:
    """Where the inputs stand, as fixed cells of the sheet; names of the workbook for those that have one.

    Attributes
    ----------
    names
        "rate", "horizon", "delay", "investment", "inflation", "tax".
    spending, ramp
        Ranges, from year 0 of the investment and year 1 of operation on.
    kinds, rates, prices, rises
        Kind of asset, party, price and escalation -> its cell.
    """

    names: dict[str, str] = field(default_factory=dict)
    spending: str = ""
    ramp: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    rates: dict[str, str] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)
    rises: dict[str, str] = field(default_factory=dict)


def write_inputs(book: Any, styles: Styles, model: CashModel) -> tuple[Sheet, Cells]:
    """Write the inputs; results are written beside them later."""
    sheet = Sheet(book, styles, INPUTS, "Live cash flow: inputs and results", _ABOUT, tab="#FFC000").begin()
    cells = Cells()
    assert sheet.row == _TOP, "the results begin in this row"
    sheet.heads(["Input", "Unit", "In the plan", "Yellow: yours", "Factor"])
    sheet.freeze(1)
    _terms(sheet, cells, model)
    cells.spending = _years(sheet, "Share of the investment in year", model.terms.spending, SPENDING, 0, 0.0)
    cells.ramp = _years(sheet, "Share of full operation in year", model.terms.ramp_up, RAMP, 1, 1.0)
    sheet.part("Investment by kind")
    for kind in dict.fromkeys(asset.of for asset in model.assets):
        cells.kinds[kind] = _input(sheet, kind.replace("_", " "), "x", 1.0, "factor")
    sheet.part("Discount rate of each party, real")
    for party in model.parties:
        own = model.case.parties.get(party)
        stated = own is not None and own.discount_rate is not None
        rate = model.flows[party].rate
        cells.rates[party] = _input(sheet, party, "1/yr", rate, "percent", "" if stated else "cash_rate")
    sheet.part("Prices: what flows stays the same")
    for name, price in model.prices.items():
        row = sheet.row
        _input(sheet, name, price.unit, price.value, "price")
        cells.prices[name] = sheet.formula(row, _FACTOR, f"{at(row, _YELLOW)}/{at(row, _PLANNED)}", 1.0, "factor")
    sheet.part("Escalation above inflation, a year")
    for name, rise in model.escalations.items():
        cells.rises[name] = _input(sheet, name, "1/yr", rise, "percent")
    return sheet, cells


def _terms(sheet: Sheet, cells: Cells, model: CashModel) -> None:
    terms = model.terms
    rows = [
        ("rate", "Discount rate, real", "1/yr", terms.rate, "percent"),
        ("horizon", "Years of operation that count", "yr", terms.horizon, "count"),
        ("delay", "Years from the first investment to operation", "yr", terms.delay, "count"),
        ("investment", "Investment, all kinds", "x", 1.0, "factor"),
        ("inflation", "Inflation", "1/yr", terms.inflation, "percent"),
    ]
    if terms.tax_rate:
        rows.append(("tax", "Tax on profits", "1", terms.tax_rate, "percent"))
    for name, words, unit, value, kind in rows:
        cells.names[name] = f"cash_{name}"
        cell = _input(sheet, words, unit, value, kind)
        sheet.book.define_name(f"cash_{name}", f"={elsewhere(INPUTS, at(sheet.row - 1, _YELLOW, fixed=True))}")
        if name in ("horizon", "delay"):
            whole = {"validate": "integer", "criteria": "between", "minimum": int(name == "horizon")}
            note = f"a whole number; with the other one of both at most {model.last} years"
            sheet.sheet.data_validation(cell, whole | {"maximum": model.last, "error_message": note})
    told = f'IF(cash_horizon+cash_delay>{model.last},"too many years: there are columns for {model.last}","")'
    sheet.formula(sheet.row, _YELLOW, told, "", "")
    sheet.row += 1


def _input(sheet: Sheet, words: str, unit: str, value: float, kind: str, formula: str = "") -> str:
    """Write an input, and return its yellow cell."""
    row = sheet.row
    sheet.text(row, 0, words)
    sheet.text(row, _UNIT, unit)
    # the very number, not its first twelve digits: what is worth nothing by one of them is worth something by the other
    sheet.sheet.write_number(row, _PLANNED, value, sheet.styles("plain", kind))
    if formula:
        sheet.sheet.write_formula(row, _YELLOW, f"={formula}", sheet.styles("input", kind), value)
    else:
        sheet.sheet.write_number(row, _YELLOW, value, sheet.styles("input", kind))
    sheet.row += 1
    return at(row, _YELLOW, fixed=True)


def _years(sheet: Sheet, words: str, stated: tuple[float, ...], least: int, first: int, beyond: float) -> str:
    """Write shares by year, and return their range."""
    sheet.part(words)
    top = sheet.row
    for n in range(max(least, len(stated))):
        value = stated[n] if n < len(stated) else beyond
        _input(sheet, f"{n + first}", "1", value, "percent")
    return span(top, sheet.row - 1, _YELLOW)


def write_results(sheet: Sheet, model: CashModel, rows: Mapping[str | None, Measured]) -> None:
    """Write what the plan is worth to each party, beside the inputs.

    Parameters
    ----------
    rows
        Party, None for the park -> measure ("rate", "capex", "npv", "irr", "simple", "discounted") -> (formula, value
        at the defaults).
    """
    money, top = model.case.currency, _TOP
    heads = ["Party", "Discount rate", f"Investment [{money}]", f"NPV [{money}]", "IRR", "Simple payback [yr]"]
    heads += ["Discounted payback [yr]", f"NPV in the plan [{money}]", "Changed"]
    for n, head in enumerate(heads, RESULTS):
        sheet.text(top, n, head, "head")
    told = [
        row for row in model.plan.tables["finance"].to_dict("records") if row["kind"] not in ("exchange", "society")
    ]
    planned = {None if row["kind"] == PARK else row["party"]: float(row["npv"]) for row in told}
    kinds = {"rate": "percent", "capex": "money", "npv": "money", "irr": "percent", "simple": "years"}
    for row, (party, found) in enumerate(rows.items(), top + 1):
        sheet.text(row, RESULTS, PARK if party is None else party, "total" if party is None else "plain")
        for n, (measure, (formula, value)) in enumerate(found.items(), RESULTS + 1):
            sheet.formula(row, n, formula, value, kinds.get(measure, "years"))
        npv, own = at(row, RESULTS + 3), at(row, RESULTS + 7)
        sheet.sheet.write_number(row, RESULTS + 7, planned[party], sheet.styles("plain", "money"))
        size = max(1.0, abs(planned[party]), abs(float(found["capex"][1])))
        sheet.formula(
            row, RESULTS + 8, f'IF(ABS({npv}-{own})<={1e-6 * size:.6g},"as planned","changed")', "as planned", ""
        )
    sheet.widths |= {0: 46, _UNIT: 14, _PLANNED: 14, _YELLOW: 14, _FACTOR: 9, 5: 3, RESULTS: 26}
    sheet.done()
