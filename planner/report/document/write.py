"""The report of a plan as a document: summary, map, indicators, what is built, money of firms, assumptions, sources."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.errors import refuse_failed
from planner.report.document.figures import FOLDER, Picture, write_figures
from planner.report.document.word import Document
from planner.report.html.texts import texts
from planner.report.numbers import amount, percent
from planner.report.targets import writing
from planner.report.terminal import is_gain, summary_of
from planner.report.workbook.assumptions import assumption_rows, source_rows
from planner.report.workbook.bill import bill_rows
from planner.report.workbook.monitoring import monitoring_rows
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

DOCUMENT = "report.docx"
#: Assumptions in the document: those that most of the cost rests on; the workbook has them all.
MOST_ASSUMPTIONS = 40

_Columns = Sequence[tuple[str, str, bool]]
"""(Column, heading, whether it holds numbers) of a table."""


def write_document(plan: Plan, file: Path, out: Path) -> Path:
    """Write a plan as a document, and its figures as PNG and SVG.

    Parameters
    ----------
    plan
        With its case.
    file
        Its name ends in .docx.
    out
        Folder of the run; its figures are written into ``figures`` there.

    Returns
    -------
    Path
        The folder of the figures.

    Raises
    ------
    AuditFailed
        If the plan failed its audit: no report of it may look like success.
    UsageError
        If a file cannot be written.
    """
    refuse_failed(plan.audit, "the plan", "no document is written of it")
    told = summary_of(plan)
    document = Document(told.title, f"Money in {money_of(plan.header)}")
    with writing(out / FOLDER):
        pictures = {one.name: one for one in write_figures(plan, out, out / FOLDER)}
    _summary(document, plan, told, pictures)
    _built(document, plan)
    _money(document, plan)
    _grounds(document, plan, told)
    with writing(file):
        document.save(file)
    return out / FOLDER


def _summary(document: Document, plan: Plan, told: Any, pictures: Mapping[str, Picture]) -> None:
    passed = sum(bool(check["passed"]) for check in plan.audit["checks"])
    document.paragraph(f"{told.status}; audit: {passed} of {len(plan.audit['checks'])} checks passed.")
    document.paragraph(f"Money in {money_of(plan.header)}. Made {plan.header.get('created')}.")
    document.contents()
    document.heading("Summary")
    for line in told.headlines:
        document.paragraph(line, "List Bullet")
    description = (plan.header.get("case") or {}).get("description")
    if description:
        document.paragraph(str(description).strip())
    _picture(document, pictures["map"])
    document.heading("Indicators")
    words = texts("en")
    rows = [
        (
            words.indicator(str(row["indicator"])),
            str(row["unit"]),
            *(amount(row[name]) for name in ("baseline", "plan")),
            *(("", "") if is_gain(row["indicator"]) else (amount(row["reduction"]), percent(row["reduction_pct"]))),
            percent(100.0 * row["weak_share"]),
        )
        for row in plan.indicators.to_dict("records")
        if any(value == value and value for value in (row["baseline"], row["plan"]))
    ]
    heads = ("Indicator", "Unit", "Baseline", "Plan", "Reduction", "Reduction", "Rests on estimates")
    document.table("Indicators of baseline and plan", heads, rows, frozenset(range(2, 7)))
    for name, picture in pictures.items():
        if name.startswith("waterfall"):
            _picture(document, picture)
    document.heading("What flows, before and after")
    for name, picture in pictures.items():
        if name.startswith("flows"):
            _picture(document, picture)


def _picture(document: Document, picture: Picture) -> None:
    document.picture(picture.png, picture.caption, picture.alt)


def _built(document: Document, plan: Plan) -> None:
    document.heading("What is built")
    siting = (("unit", "Plant or facility", False), ("kind", "Kind", False), ("plot", "Plot", False))
    _table(document, plan, "siting", "Siting", (*siting, ("land_taken_ha", "Land [ha]", True)))
    exchanges: _Columns = (
        ("exchange", "Exchange", False),
        ("link", "Link", False),
        ("size", "Size", False),
        ("length_km", "km", True),
        ("flow_per_yr", "Flow a year", True),
        ("unit", "Unit", False),
        ("capex", "Investment", True),
        ("gain_per_yr", "Gain a year", True),
        ("payback_yr", "Payback [yr]", True),
    )
    rows = [row for row in plan.exchanges.to_dict("records") if not row["own"]]
    _rows(document, "Exchanges built", exchanges, rows)
    facilities: _Columns = (
        ("facility", "Facility", False),
        ("owner", "Owner", False),
        ("plot", "Plot", False),
        ("capacity_per_h", "Capacity an hour", True),
        ("unit", "Unit", False),
        ("capex", "Investment", True),
        ("cost_per_yr", "Yearly cost", True),
    )
    _table(document, plan, "facilities", "Facilities built", facilities)
    bill: _Columns = (
        ("item", "Item", False),
        ("what", "What", False),
        ("carrier", "For", False),
        ("size", "Size", False),
        ("quantity", "Quantity", True),
        ("unit", "Unit", False),
        ("unit_price", "Unit price", True),
        ("capex", "Investment", True),
    )
    _rows(document, f"Bill of quantities, money in {money_of(plan.header)}", bill, bill_rows(plan))
    metered: _Columns = (
        ("exchange", "Exchange", False),
        ("meter", "Meter", False),
        ("mean_per_h", "Mean an hour", True),
        ("peak_per_h", "Peak an hour", True),
        ("unit", "Unit", False),
        ("limits", "Limits of quality", False),
        ("term", "Contract [yr]", True),
    )
    _rows(document, "Monitoring: what is to be metered", metered, monitoring_rows(plan))


def _money(document: Document, plan: Plan) -> None:
    document.heading("Each firm's money")
    document.paragraph(f"Beyond the baseline; money in {money_of(plan.header)}.")
    parties: _Columns = (
        ("party", "Party", False),
        ("kind", "Kind", False),
        ("baseline_cost_per_yr", "Baseline cost a year", True),
        ("plan_cost_per_yr", "Plan cost a year", True),
        ("transfers_per_yr", "Received from others a year", True),
        ("gain_per_yr", "Gain a year", True),
    )
    _table(document, plan, "parties", "What each party pays and gains a year", parties)
    worth: _Columns = (
        ("party", "Party", False),
        ("additional_capex", "Investment", True),
        ("gain_before_capital_per_yr", "Gain a year", True),
        ("npv", "NPV", True),
        ("irr", "IRR", True),
        ("simple_payback_yr", "Payback [yr]", True),
        ("discounted_payback_yr", "Discounted [yr]", True),
        ("note", "Note", False),
    )
    finance = [row for row in plan.tables["finance"].to_dict("records") if row["kind"] != "exchange"]
    rows = [{**row, "irr": percent(100.0 * row["irr"]).replace(" ", "\u00a0")} for row in finance]
    _rows(document, "What the plan is worth to each party, before financing", worth, rows)
    financed: _Columns = (
        ("party", "Party", False),
        ("grants_capex", "Grants", True),
        ("equity_npv", "NPV", True),
        ("equity_irr", "IRR", True),
        ("least_dscr", "Least DSCR", True),
        ("mean_dscr", "Mean DSCR", True),
    )
    terms = None if plan.case is None else plan.case.economics.finance
    if terms is not None and (terms.debt is not None or terms.grants):
        rows = [
            {**row, "equity_irr": percent(100.0 * row["equity_irr"])} for row in finance if row["kind"] != "society"
        ]
        _rows(document, "What it is worth to each party after financing", financed, rows)
    prices: _Columns = (
        ("exchange", "Exchange", False),
        ("price_per_unit", "Price", True),
        ("floor_per_unit", "Floor of the seller", True),
        ("ceiling_per_unit", "Ceiling of the buyer", True),
        ("unit", "per", False),
        ("verdict", "Verdict", False),
    )
    _table(document, plan, "prices", "Transfer prices", prices)


def _grounds(document: Document, plan: Plan, told: Any) -> None:
    document.heading("Assumptions")
    for note in told.notes:
        document.paragraph(note, "List Bullet")
    stated: _Columns = (
        ("field", "Field of the case", False),
        ("value", "Value", True),
        ("unit", "Unit", False),
        ("grade", "Grade", False),
        ("basis", "Basis", False),
        ("source", "Source", False),
        ("cost", "Share of the cost", True),
    )
    rows = [
        {**row, "field": row["field"].replace(".", ".\u200b"), "cost": row["cost"] or 0.0}
        for row in assumption_rows(plan)
        if row.get("value") is not None
    ]
    most = sorted(rows, key=lambda row: (-row["cost"], row["field"]))[:MOST_ASSUMPTIONS]
    shown = [{**row, "cost": percent(100.0 * row["cost"])} for row in most]
    document.paragraph(
        f"The {len(shown)} of {len(rows)} numbers that most of the yearly cost rests on; results.xlsx has all."
    )
    _rows(document, "Numbers that most rests on", stated, shown)
    document.heading("Sources")
    sources: _Columns = (
        ("key", "Key", False),
        ("title", "Title", False),
        ("year", "Year", False),
        ("url", "Where", False),
    )
    made = [{**row, "year": None if row.get("year") is None else str(row["year"])} for row in source_rows(plan)]
    _rows(document, "Sources", sources, made)
    document.heading("How it was solved and checked")
    facts = plan.header["solver"]
    document.paragraph(f"{told.status}; {facts.get('name')} {facts.get('version')}.")
    passed, checks = sum(bool(check["passed"]) for check in plan.audit["checks"]), len(plan.audit["checks"])
    document.paragraph(
        f"The audit worked the plan out anew from its tables, without the model: {passed} of {checks} checks passed. "
        "The sheet Solver and audit of results.xlsx lists each."
    )


def _table(document: Document, plan: Plan, table: str, caption: str, columns: _Columns) -> None:
    _rows(document, caption, columns, plan.tables[table].to_dict("records"))


def _rows(document: Document, caption: str, columns: _Columns, rows: Sequence[Mapping[Any, Any]]) -> None:
    heads = [head for _, head, _ in columns]
    right = frozenset(n for n, (_, _, number) in enumerate(columns) if number)
    document.table(caption, heads, [[_cell(row.get(name)) for name, *_ in columns] for row in rows], right)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return "-"
    return value if isinstance(value, str) else amount(value)
