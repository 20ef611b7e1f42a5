"""Sheets of the workbook that one reads first: summary, indicators, and how it was solved and checked."""

from collections.abc import Mapping
from typing import Any

from planner.report.html.texts import texts
from planner.report.terminal import TITLES, is_gain, status, summary_of
from planner.report.workbook.sheet import Sheet, Styles, at, cell_value, elsewhere
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

#: Indicators of the summary, where the plan has them.
HEADLINES = (
    *("total_annual_cost", "co2e", "waste", "fresh_water", "power_bought", "heat_supplied", "investment"),
    *("payback_yr", "share_within_park"),
)
INDICATORS = "Indicators"
#: First row of the indicators (from 0), and the columns of baseline and plan.
FIRST, BASELINE, PLAN = 4, 2, 3
#: Columns of the summary.
_WIDE = 6
_CONTENTS = (
    ("Indicators", "every total in baseline and plan, with the share that rests on estimates"),
    ("Siting, Exchanges, Facilities", "what is built, and where"),
    ("Purchases, Discharges, Sales", "what crosses the fence, in baseline and plan"),
    ("Firms, Ledger", "what each firm pays, earns and saves; totals are formulas"),
    ("Prices, Assets, Finance", "transfer prices, investments, and what they are worth to whom"),
    (
        "Cash inputs, Cash flow",
        "yellow cells may be changed: prices, investment, rate, ramp-up, years, tax, loan, grants; flows stay fixed",
    ),
    ("Bill of quantities", "all that the plan invests in, with unit prices"),
    ("Monitoring plan", "what is to be metered at each exchange"),
    (
        "Sharing the gain, Losing a partner, Why not built",
        "there once planner share, exits or why were run on the plan, and planner workbook after them",
    ),
    ("Assumptions, Sources", "every number of the case, with unit, grade, basis and source"),
    ("Solver and audit", "how it was solved, and each check of the audit"),
)


def write_summary(book: Any, styles: Styles, plan: Plan) -> None:
    """Write the summary: headline indicators whose reduction is a formula, and what the other sheets hold."""
    told = summary_of(plan)
    about = f"{told.status}; money in {money_of(plan.header)}; made {plan.header.get('created')}"
    sheet = Sheet(book, styles, "Summary", told.title, about, tab="#1F4E79").begin()
    sheet.widths |= {0: 42, 1: 16, 2: 20, 3: 20, 4: 20, 5: 16}
    for line in told.headlines:
        sheet.paragraph(line, _WIDE)
    sheet.row += 1
    sheet.heads(["Indicator", "Unit", "Baseline", "Plan", "Reduction", "Reduction [%]"])
    for n, row in enumerate(plan.indicators.to_dict("records")):
        if row["indicator"] in HEADLINES:
            _headline(sheet, row, FIRST + n)
    sheet.part("Sheets of this workbook")
    for name, words in _CONTENTS:
        sheet.text(sheet.row, 0, name)
        sheet.text(sheet.row, 1, words, "aside")
        sheet.row += 1
    if told.notes:
        sheet.part("Notes and assumptions")
        for note in told.notes:
            sheet.paragraph(note, _WIDE)
    sheet.done(printed=_WIDE)


def _headline(sheet: Sheet, row: Mapping[Any, Any], place: int) -> None:
    kind = "years" if row["unit"] == "yr" else "percent" if row["unit"] == "1" else "amount"
    sheet.text(sheet.row, 0, TITLES.get(row["indicator"], row["indicator"].replace("_", " ")))
    sheet.text(sheet.row, 1, row["unit"])
    for column, source in ((2, BASELINE), (3, PLAN)):
        value = row["baseline" if column == 2 else "plan"]
        cell = elsewhere(INDICATORS, at(place, source, fixed=True))
        sheet.formula(sheet.row, column, f'IF({cell}="","",{cell})', value, kind)
    if is_gain(row["indicator"]):
        sheet.row += 1
        return
    before, after = at(sheet.row, 2), at(sheet.row, 3)
    known = cell_value(row["reduction"]) is not None
    less = f'IF(OR({before}="",{after}=""),"",{before}-{after})'
    sheet.formula(sheet.row, 4, less, row["reduction"] if known else None, kind)
    share = row["reduction_pct"] / 100.0 if cell_value(row["reduction_pct"]) is not None else None
    ratio = f'IF({before}="","",IF({before}>0,IF({after}="","",({before}-{after})/{before}),""))'
    sheet.formula(sheet.row, 5, ratio, share, "percent")
    sheet.row += 1


def _reduction(sheet: Sheet, row: Mapping[Any, Any], kind: str) -> None:
    """Write the reduction of an indicator, and its percentage, as formulas."""
    before, after = at(sheet.row, BASELINE), at(sheet.row, PLAN)
    sheet.formula(sheet.row, 4, f'IF(COUNT({before},{after})=2,{before}-{after},"")', row["reduction"], kind)
    share = None if cell_value(row["reduction_pct"]) is None else row["reduction_pct"] / 100.0
    ratio = f'IF(N({before})>0,IF(COUNT({after})=1,({before}-{after})/{before},""),"")'
    sheet.formula(sheet.row, 5, ratio, share, "percent")


def write_indicators(book: Any, styles: Styles, plan: Plan) -> None:
    """Write every indicator; reductions are formulas. More of an investment, or of what is shared, is none."""
    about = "Weak: resting on grade C, estimates or defaults. Ungraded: resting on a number without a grade."
    sheet = Sheet(book, styles, INDICATORS, "Indicators of baseline and plan", about).begin()
    sheet.heads(["Indicator", "Unit", "Baseline", "Plan", "Reduction", "Reduction [%]", "Weak share", "Ungraded share"])
    assert sheet.row == FIRST, "the summary points at these rows"
    sheet.freeze(1)
    words = texts("en")
    for row in plan.indicators.to_dict("records"):
        kind = "years" if row["unit"] == "yr" else "share" if row["unit"] == "1" else "amount"
        sheet.text(sheet.row, 0, words.indicator(row["indicator"]))
        sheet.text(sheet.row, 1, row["unit"])
        sheet.value(sheet.row, BASELINE, row["baseline"], kind)
        sheet.value(sheet.row, PLAN, row["plan"], kind)
        if not is_gain(row["indicator"]):
            _reduction(sheet, row, kind)
        for column, name in ((6, "weak_share"), (7, "ungraded_share")):
            sheet.value(sheet.row, column, row[name], "percent")
        sheet.row += 1
    sheet.widths |= {0: 38}
    sheet.done()
    for n, name in enumerate(plan.indicators["indicator"]):
        if name in ("total_annual_cost", "co2e", "investment"):
            for run, column in (("baseline", BASELINE), ("plan", PLAN)):
                cell = elsewhere(INDICATORS, at(FIRST + n, column, fixed=True))
                book.define_name(f"{name}_{run}", f"={cell}")


def write_solver(book: Any, styles: Styles, plan: Plan) -> None:
    """Write how the plan was solved, and each check of its audit."""
    solver = plan.header["solver"]
    sheet = Sheet(book, styles, "Solver and audit", "How the plan was solved and checked", status(solver)).begin()
    sheet.heads(["Fact", "Value"])
    case = plan.header["case"]
    facts: list[tuple[str, Any]] = [("case", case.get("name")), ("hash of the case's files", case.get("sha256"))]
    facts += [("made", plan.header.get("created")), ("objective", plan.header.get("objective"))]
    facts += [(f"version of {name}", value) for name, value in plan.header["versions"].items()]
    names = ("name", "version", "status", "objective", "bound", "gap", "seconds", "nodes", "threads", "seed")
    facts += [(f"solver: {name}", solver.get(name)) for name in names]
    facts += [(f"solver: {name}", value) for name, value in (solver.get("facts") or {}).items()]
    before = solver.get("baseline") or {}
    facts += [(f"baseline: {name}", before.get(name)) for name in ("status", "objective", "bound", "gap")]
    for name, value in facts:
        sheet.text(sheet.row, 0, name)
        sheet.value(sheet.row, 1, value, "amount" if isinstance(value, float) else "count")
        sheet.row += 1
    checks = plan.audit.get("checks", ())
    passed = sum(bool(check["passed"]) for check in checks)
    sheet.part(f"Audit: {passed} of {len(checks)} checks passed")
    sheet.heads(["Check", "Result", "Detail"])
    for check in checks:
        sheet.text(sheet.row, 0, check["check"])
        sheet.text(sheet.row, 1, "passed" if check["passed"] else "FAILED", "plain" if check["passed"] else "bad")
        sheet.text(sheet.row, 2, check["detail"])
        sheet.row += 1
    sheet.done()
