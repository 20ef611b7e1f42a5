"""Sheet ``Bill of quantities``: all that the plan invests in, item by item, which adds up to its investment.

Links, mains and trenches by metres, size and surface (the table ``quantities``), then what stands at their ends
(connections, treatment, permits), facilities, land and the rest, as the table ``assets`` books them; last what carries
without an investment of the park, such as trucks.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from planner.report.tables import ordered
from planner.report.water import records
from planner.report.workbook.sheet import Column, Sheet, Styles, span
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

_COLUMNS = (
    Column("item", "Item"),
    Column("what", "What"),
    Column("carrier", "Pipe, main or exchange"),
    Column("resource", "Resource"),
    Column("size", "Size"),
    Column("surface", "Surface"),
    Column("quantity", "Quantity", "amount"),
    Column("unit", "Unit"),
    Column("unit_price", "Unit price [{m}/unit]", "price"),
    Column("capex_before_contingency", "Before contingency [{m}]", "money", total=True),
    Column("contingency", "Contingency [{m}]", "money", total=True),
    Column("capex", "Investment [{m}]", "money", total=True),
)
#: Kinds of assets that the table ``quantities`` holds.
_LAID = ("link", "trench")
_CAPEX, _TOLERANCE = len(_COLUMNS) - 1, 1e-6


def write_bill(book: Any, styles: Styles, plan: Plan) -> None:
    """Write the bill of quantities, and beneath it whether it adds up to the investment of the plan."""
    about = f"Unit prices without contingency; land has none. Money in {money_of(plan.header)}."
    sheet = Sheet(book, styles, "Bill of quantities", "Bill of quantities", about).begin()
    currency = str(plan.header.get("currency"))
    columns = [Column(c.name, c.head.replace("{m}", currency), c.kind, c.total) for c in _COLUMNS]
    rows, top = bill_rows(plan), sheet.row
    first = sheet.table(columns, rows)
    sheet.freeze(3, top + 1)
    _check(sheet, plan, first, len(rows))
    sheet.done()


def _check(sheet: Sheet, plan: Plan, first: int, count: int) -> None:
    """Say whether all rows, shown or not, add up to the investment of the plan."""
    wanted = plan.indicators.set_index("indicator")["plan"]["investment"]
    sheet.text(sheet.row, 0, "investment of the plan")
    theirs = sheet.formula(sheet.row, _CAPEX, "investment_plan", wanted)
    ours = f"SUM({span(first, first + count - 1, _CAPEX)})" if count else "0"
    same = f'IF(ABS({ours}-{theirs})<={_TOLERANCE * max(1.0, abs(wanted)):.6g},"yes","NO")'
    sheet.row += 1
    sheet.text(sheet.row, 0, "the bill adds up to it")
    sheet.formula(sheet.row, _CAPEX, same, "yes", "")
    sheet.row += 1


def bill_rows(plan: Plan) -> list[dict[str, Any]]:
    """Rows of the bill."""
    laid = (
        {str(key): value for key, value in row.items()} for row in ordered(plan.tables["quantities"]).to_dict("records")
    )
    return [*laid, *_stands(plan), *_carried(plan)]


def _stands(plan: Plan) -> Iterator[dict[str, Any]]:
    """What the plan invests in besides what is laid: as many as there are, and where that is known how large."""
    sums: dict[tuple[str, str, str | None], float] = defaultdict(float)
    for row in records(plan, "assets"):
        if row["of"] not in _LAID and row["capex"]:
            sums[row["of"], str(row["item"]), row["exchange"] if isinstance(row["exchange"], str) else None] += row[
                "capex"
            ]
    plants = {row["facility"]: row for row in records(plan, "facilities")}
    plots = {row["plot"]: row for row in records(plan, "siting")}
    resources = {row["exchange"]: row["resource"] for row in records(plan, "exchanges")}
    contingency = 0.0 if plan.case is None else plan.case.economics.contingency.value
    for (of, item, exchange), capex in sums.items():
        quantity, unit, size = 1.0, "number", None
        if of == "land" and (plot := plots.get(item.rpartition(":")[0])) is not None:
            quantity, unit = plot["land_taken_ha"], "ha"
        elif of == "facility" and item in plants:
            size = f"{plants[item]['capacity_per_h']:,.4g} {plants[item]['unit']}/h"
        before = capex if of == "land" else capex / (1.0 + contingency)
        yield {
            "item": of.replace("_", " "),
            "what": item,
            "carrier": exchange,
            "resource": resources.get(exchange),
            "size": size,
            "quantity": quantity,
            "unit": unit,
            "unit_price": before / quantity if quantity else None,
            "capex_before_contingency": before,
            "contingency": capex - before,
            "capex": capex,
        }


def _carried(plan: Plan) -> Iterator[dict[str, Any]]:
    """Links that carry without an investment: trucks and the like, and pipes that lie there."""
    for row in records(plan, "exchanges"):
        if row["own"] or row["capex"] or not row["flow_per_yr"] > 0 or isinstance(row["main"], str):
            continue
        yield {
            "item": "existing link" if row["existing"] else "transport",
            "what": row["link"],
            "carrier": row["exchange"],
            "resource": row["resource"],
            "size": row["size"],
            "quantity": row["flow_per_yr"] * row["length_km"],
            "unit": f"{row['unit']} km/yr",
            "capex_before_contingency": 0.0,
            "contingency": 0.0,
            "capex": 0.0,
        }
