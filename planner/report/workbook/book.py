"""The workbook of a plan, sheet by sheet."""

from pathlib import Path
from typing import Any

from planner.errors import refuse_failed
from planner.excel.write import new_book
from planner.report.workbook.after import write_after
from planner.report.workbook.assumptions import write_assumptions, write_sources
from planner.report.workbook.bill import write_bill
from planner.report.workbook.cash_flow import write_cash
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.ledger import write_firms, write_ledger
from planner.report.workbook.monitoring import write_monitoring
from planner.report.workbook.sheet import Styles
from planner.report.workbook.summary import write_indicators, write_solver, write_summary
from planner.report.workbook.tables import MONEY, PHYSICAL, write_shown
from planner.results.plan import Plan

WORKBOOK = "results.xlsx"


def write_workbook(plan: Plan, file: Path, out: Path | None = None) -> None:
    """Write a plan as a workbook with formatted sheets, live totals and a live cash flow.

    Every formula is written with its value, so that programs that do not compute show the same numbers.

    Parameters
    ----------
    plan
        With its case, from which the cash flow, the monitoring plan and the assumptions are made.
    file
        Its name ends in .xlsx.
    out
        Folder of the run: what ``planner share``, ``exits`` and ``why`` left there has sheets of its own.

    Raises
    ------
    AuditFailed
        If the plan failed its audit: no workbook of it may look like success.
    UsageError
        If the file cannot be written.
    """
    refuse_failed(plan.audit, "the plan", "no workbook is written of it")
    with new_book(file) as book:
        book.set_calc_mode("auto")
        _write(book, Styles(book, _largest(plan)), plan, out)


def _largest(plan: Plan) -> float:
    """The largest sum of money of a plan."""
    rows = plan.tables["costs"].to_dict("records")
    return max((abs(x) for row in rows for x in (row["plan"], row["baseline"]) if x == x), default=0.0)


def _write(book: Any, styles: Styles, plan: Plan, out: Path | None) -> None:
    write_summary(book, styles, plan)
    write_indicators(book, styles, plan)
    for shown in PHYSICAL:
        write_shown(book, styles, plan, shown)
    write_firms(book, styles, plan)
    write_ledger(book, styles, plan)
    for shown in MONEY:
        write_shown(book, styles, plan, shown)
    if plan.case is not None and len(plan.tables["parties"]):
        write_cash(book, styles, CashModel(plan, plan.case))
    write_bill(book, styles, plan)
    write_monitoring(book, styles, plan)
    if out is not None:
        write_after(book, styles, plan, out)
    write_assumptions(book, styles, plan)
    write_sources(book, styles, plan)
    write_solver(book, styles, plan)
