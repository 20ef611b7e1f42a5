"""Sheet ``Monitoring plan``: what is to be metered at each exchange, against which targets, limits and contract."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from planner.report.contents import _content as content
from planner.report.numbers import amount
from planner.report.runs import number, text
from planner.report.water import records
from planner.report.workbook.sheet import Column, Sheet, Styles
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

if TYPE_CHECKING:
    from planner.case.case import Case

#: Kind of a resource -> what meters it in a pipe or cable; what a truck, train or ship carries is weighed.
_METERS = {
    "material": "mass flow meter or weigher",
    "water": "flow meter and composite sampler",
    "heat": "heat meter (flow, supply and return temperature; steam: flow, pressure, temperature)",
    "power": "electricity meter",
    "gas": "gas meter, corrected for pressure and temperature",
}
_WEIGHED = ("truck", "rail", "ship")
#: Who reads a meter is agreed in the contract; this is what is assumed until it is.
READER = "seller reads, buyer may verify (assumption: agree in the contract)"

_COLUMNS = (
    Column("exchange", "Exchange"),
    Column("seller", "Seller"),
    Column("buyer", "Buyer"),
    Column("resource", "Resource"),
    Column("point", "Meter point"),
    Column("meter", "Meter"),
    Column("mean_per_h", "Target flow, mean while both run [unit/h]", "amount"),
    Column("peak_per_h", "Target flow, peak [unit/h]", "amount"),
    Column("flow_per_yr", "Target flow [unit/yr]", "amount"),
    Column("unit", "Unit"),
    Column("temperature", "Temperature"),
    Column("limits", "Quality limits at the buyer"),
    Column("term", "Contract term [yr]", "amount"),
    Column("take_or_pay", "Take or pay [share]", "percent"),
    Column("guaranteed", "Least flow paid for [unit/yr]", "amount"),
    Column("price", "Transfer price [{m}/unit]", "price"),
    Column("reader", "Who reads it"),
)


def write_monitoring(book: Any, styles: Styles, plan: Plan) -> None:
    """Write the monitoring plan of the exchanges between two parties or places."""
    currency = str(plan.header.get("currency"))
    about = (
        "Meter at the hand-over, where ownership passes; which meter and who reads it are proposals, what the case "
        f"does not state is blank. Prices in {money_of(plan.header)}."
    )
    sheet = Sheet(book, styles, "Monitoring plan", "What is to be metered at each exchange", about).begin()
    top = sheet.row
    columns = [Column(c.name, c.head.replace("{m}", currency), c.kind) for c in _COLUMNS]
    sheet.table(columns, monitoring_rows(plan))
    sheet.freeze(1, top + 1)
    sheet.done()


def monitoring_rows(plan: Plan) -> list[dict[str, Any]]:
    """Rows of the monitoring plan, one an exchange and link; none for what a plant keeps to itself."""
    prices = {(row["exchange"], row["option"]): row for row in records(plan, "prices")}
    limits, warm = _limits(plan), _temperatures(plan)
    rows = []
    for row in records(plan, "exchanges"):
        if row["own"]:
            continue
        priced = prices.get((row["exchange"], row["option"]), {})
        hours = number(row["shared_hours"])
        rows.append(
            {
                **{name: row[name] for name in ("exchange", "seller", "buyer", "resource", "peak_per_h", "unit")},
                "flow_per_yr": row["flow_per_yr"],
                "point": _point(row),
                "meter": _meter(plan.case, row),
                "mean_per_h": row["flow_per_yr"] / hours if hours > 0 else None,
                "temperature": warm.get(row["exchange"]) or _level(plan.case, row["resource"]),
                "limits": "; ".join(limits.get((row["to"], row["sink"]), ())) or None,
                "term": priced.get("contract_term_yr"),
                "take_or_pay": priced.get("take_or_pay_share"),
                "guaranteed": priced.get("guaranteed_flow_per_yr"),
                "price": row["transfer_price"],
                "reader": READER,
            }
        )
    return rows


def _point(row: dict[Any, Any]) -> str:
    """Where the meter stands: where the stream leaves the seller's place, and over what."""
    carrier = " ".join(part for part in (text(row["link"]), text(row["size"])) if part)
    place = text(row["from_place"])
    place = f" ({place})" if place and place != row["from"] else ""
    end = f"and where it leaves the main for {row['to']}" if text(row["main"]) else f"before the way to {row['to']}"
    return f"outlet {row['source']} of {row['from']}{place}, {end}{f', {carrier}' if carrier else ''}"


def _meter(case: "Case | None", row: dict[Any, Any]) -> str | None:
    if case is None or row["resource"] not in case.resources:
        return None
    link = case.links.get(text(row["link"]))
    if link is not None and link.kind in _WEIGHED:
        return "weighbridge, delivery note"
    return _METERS[case.resources[row["resource"]].kind]


def _limits(plan: Plan) -> dict[tuple[str, str], list[str]]:
    """(Plant, sink) -> its limits of quality, with what the plan gives it and whether that is at the limit."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in records(plan, "quality_limits"):
        sign = "max" if row["kind"] == "max" else "min"
        told = f"{row['quality']} {sign} {content(number(row['limit']), text(row['unit']))}"
        if number(row["found"]) == number(row["found"]):
            told += f" (planned {content(number(row['found']), text(row['unit']), [number(row['limit'])])})"
        if told not in found[text(row["by"]), text(row["stream"])]:
            found[text(row["by"]), text(row["stream"])].append(told)
    return found


def _temperatures(plan: Plan) -> dict[str, str]:
    """Exchange -> temperatures at both ends of its own insulated pipe."""
    found: dict[str, str] = {}
    for row in records(plan, "heat_pipes"):
        if (
            row["state"] is not None
            and text(row["exchange"])
            and number(row["supply_degc"]) == number(row["supply_degc"])
        ):
            told = f"supply {amount(row['supply_degc'])} degC, arrives at {amount(row['arrives_degc'])} degC"
            if number(row["least_degc"]) == number(row["least_degc"]):
                told += f", at least {amount(row['least_degc'])} degC"
            found.setdefault(text(row["exchange"]), told)
    return found


def _level(case: "Case | None", resource: str) -> str | None:
    """Level at which a resource carries heat, as the case states it."""
    level = None if case is None or resource not in case.resources else case.resources[resource].heat
    if level is None:
        return None
    told = []
    for name in type(level).model_fields:
        stated = getattr(level, name)
        if hasattr(stated, "value"):
            told.append(f"{name.replace('_', ' ').strip()} {amount(stated.value)} {stated.unit}")
    return ", ".join(told) or None
