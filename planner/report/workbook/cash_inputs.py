"""Sheet ``Cash inputs``: the yellow cells of the live cash flow."""

from dataclasses import dataclass, field
from typing import Any

from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere, span

INPUTS = "Cash inputs"
#: Years of operation with a ramp of their own, and years of the investment.
RAMP, SPENDING = 10, 6
#: Columns: name, unit, value of the plan, yellow value, factor; results begin in the last one.
_UNIT, _PLANNED, _YELLOW, _FACTOR, RESULTS = 1, 2, 3, 4, 6
#: Row of the headings, and of what is wrong with the yellow cells.
TOP, _FAULTS = 3, 2
_ABOUT = (
    "Change the yellow cells: the results on the right follow. What is built, where, and what flows stay as planned; "
    "so do transfer prices, until you change them. Real money."
)
#: A loan for who wants to try one that the case does not state: years, years of interest alone, interest.
_LOAN = (10.0, 0.0, 0.05)


@dataclass
class Cells:
    """Where the inputs stand, as fixed cells of the sheet.

    Those that are no range or table have a name in the workbook, such as ``cash_rate``.

    Attributes
    ----------
    spending, ramp
        Ranges, from year 0 of the investment and year 1 of operation on.
    kinds, rates, prices, rises
        Kind of asset, party, price and escalation -> its cell.
    grants
        Of each grant of the model.
    """

    spending: str = ""
    ramp: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    rates: dict[str, str] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)
    rises: dict[str, str] = field(default_factory=dict)
    grants: list[str] = field(default_factory=list)


def write_inputs(book: Any, styles: Styles, model: CashModel) -> tuple[Sheet, Cells]:
    """Write the inputs; results are written beside them later."""
    sheet = Sheet(book, styles, INPUTS, "Live cash flow: inputs and results", _ABOUT, tab="#FFC000").begin()
    cells = Cells()
    assert sheet.row == TOP, "the results begin in this row"
    sheet.widths |= {0: 46, _UNIT: 14, _PLANNED: 14, _YELLOW: 14, _FACTOR: 9, 5: 3, RESULTS: 26}
    sheet.heads(["Input", "Unit", "In the plan", "Yellow: yours", "Factor"])
    sheet.freeze(1)
    _terms(sheet, model)
    _financing(sheet, cells, model)
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
    _faults(sheet, cells, model)
    return sheet, cells


def _terms(sheet: Sheet, model: CashModel) -> None:
    terms, whole = model.terms, f"a whole number; years in all: at most {model.last}"
    _named(sheet, "rate", "Discount rate, real", "1/yr", terms.rate, "percent")
    for name, words, value in (
        ("horizon", "Years of operation that count", terms.horizon),
        ("delay", "Years from the first investment to operation", terms.delay),
    ):
        cell = _named(sheet, name, words, "yr", value, "count")
        _whole(sheet, cell, int(name == "horizon"), model.last, whole)
    _named(sheet, "investment", "Investment, all kinds", "x", 1.0, "factor")
    _named(sheet, "inflation", "Inflation", "1/yr", terms.inflation, "percent")
    _choice(sheet, "residual", "Worth of assets at the end", terms.residual, ("annuity", "straight line", "none"))


def _financing(sheet: Sheet, cells: Cells, model: CashModel) -> None:
    """Tax, loan and grants; those that the case does not state are nothing."""
    terms, money = model.terms, model.case.currency
    sheet.part("Tax")
    _named(sheet, "tax", "Tax on profits", "1", terms.tax_rate, "percent")
    row = sheet.row
    worn = _named(
        sheet, "depreciation", "Depreciation; blank: lifetime of each", "yr", terms.depreciation or 0.0, "count"
    )
    if terms.depreciation is None:
        for column, style in ((_PLANNED, "plain"), (_YELLOW, "input")):
            sheet.sheet.write_blank(row, column, None, sheet.styles(style, "count"))
    _whole(sheet, worn, 1, model.last, "a whole number of years, or blank")
    _choice(sheet, "losses", "Losses", terms.losses, ("carried forward", "used at once"))
    loan = terms.debt
    term, grace, rate = (loan.term, loan.grace, loan.rate) if loan else _LOAN
    sheet.part("Loan of each party that invests" + ("" if loan else " (the case states none: give its share)"))
    _named(sheet, "debt", "Share of the investment less grants", "1", loan.share if loan else 0.0, "percent")
    _named(sheet, "interest", "Interest, nominal", "1/yr", rate, "percent")
    whole = "a whole number of years from the start of operation"
    _whole(sheet, _named(sheet, "term", "Term, from the start of operation", "yr", term, "count"), 1, model.last, whole)
    cell = _named(sheet, "grace", "of it, interest alone is paid", "yr", grace, "count")
    _whole(sheet, cell, 0, model.last, whole)
    _choice(sheet, "repayment", "Repayment", loan.repayment if loan else "annuity", ("annuity", "equal principal"))
    sheet.part("Grants: a share follows the investment, an amount does not")
    for grant in model.grants:
        unit, kind = ("1", "percent") if grant.share else (money, "money")
        cells.grants.append(_input(sheet, grant.what, unit, grant.value, kind))


def _faults(sheet: Sheet, cells: Cells, model: CashModel) -> None:
    """Write what is wrong with the yellow cells above the headings, as a formula."""
    spent, year = cells.spending, f"(ROW({cells.spending})-MIN(ROW({cells.spending})))"
    faults = (
        (f"cash_horizon+cash_delay>{model.last}", f"too many years: there are columns for {model.last}. "),
        (f"ABS(SUM({spent})-1)>0.000001", "The shares of the investment do not add up to 100 %. "),
        (f"SUMPRODUCT({spent}*({year}>cash_delay))>0", "Investment is spent after the start of operation. "),
        ("AND(cash_debt>0,cash_term>cash_horizon)", "The loan outlasts the years that count. "),
        ("AND(cash_debt>0,cash_grace>=cash_term)", "The loan is never paid back: give a term longer than the grace. "),
    )
    told = "&".join(f'IF({wrong},"{words}","")' for wrong, words in faults)
    sheet.formula(_FAULTS, 0, told, "", "", "fault")


def _named(sheet: Sheet, name: str, words: str, unit: str, value: float, kind: str) -> str:
    """Write an input that has a name in the workbook, and return its yellow cell."""
    cell = _input(sheet, words, unit, value, kind)
    sheet.book.define_name(f"cash_{name}", f"={elsewhere(INPUTS, cell)}")
    return cell


def _choice(sheet: Sheet, name: str, words: str, value: str, choices: tuple[str, ...]) -> None:
    """Write an input that is one of some words."""
    sheet.text(sheet.row, 0, words)
    sheet.text(sheet.row, _PLANNED, value)
    sheet.text(sheet.row, _YELLOW, value, "input")
    cell = at(sheet.row, _YELLOW, fixed=True)
    sheet.sheet.data_validation(cell, {"validate": "list", "source": list(choices)})
    sheet.book.define_name(f"cash_{name}", f"={elsewhere(INPUTS, cell)}")
    sheet.row += 1


def _whole(sheet: Sheet, cell: str, least: int, most: int, note: str) -> None:
    wanted = {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most}
    sheet.sheet.data_validation(cell, wanted | {"error_message": note})


def _input(sheet: Sheet, words: str, unit: str, value: float, kind: str, formula: str = "") -> str:
    """Write an input, and return its yellow cell."""
    row = sheet.row
    sheet.text(row, 0, words)
    sheet.text(row, _UNIT, unit)
    # the very number, not its first twelve digits: what is worth nothing by one of them is worth something by the other
    sheet.number(row, _PLANNED, value, kind)
    if formula:
        sheet.sheet.write_formula(row, _YELLOW, f"={formula}", sheet.styles("input", kind, value), value)
    else:
        sheet.number(row, _YELLOW, value, kind, "input")
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
