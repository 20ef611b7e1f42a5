"""Sheets that show a table of the plan as it is: headings with units, live totals of what is added up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.report.workbook.sheet import Column, Sheet, Styles
from planner.results.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

C = Column
_UNIT = C("unit", "Unit")


@dataclass(frozen=True)
class Shown:
    """A table of the plan as a sheet.

    Attributes
    ----------
    baseline
        Whether the rows of the baseline stand on it, too, told apart by a column "Run".
    fixed
        Columns that stay in view.
    """

    sheet: str
    table: str
    title: str
    about: str
    columns: tuple[Column, ...]
    baseline: bool = False
    fixed: int = 1


_WHO = (C("seller", "Seller"), C("buyer", "Buyer"))
_PARTY = (C("by", "Plant or facility"), C("for", "For"), C("stream", "Stream"), C("resource", "Resource"))

#: Sheets of physical results, in the order of the workbook.
PHYSICAL = (
    Shown(
        "Siting",
        "siting",
        "Siting: what stands on which plot",
        "Land investment is what the plot costs once; land cost its yearly share.",
        (
            C("unit", "Plant or facility"),
            C("kind", "Kind"),
            C("plot", "Plot"),
            C("area_ha", "Area of the plot [ha]", "amount"),
            C("land_taken_ha", "Land taken [ha]", "amount", total=True),
            C("land_investment", "Land investment [{m}]", "money", total=True),
            C("land_cost_per_yr", "Land cost [{m}/yr]", "money", total=True),
        ),
    ),
    Shown(
        "Exchanges",
        "exchanges",
        "Exchanges built",
        "Gains of exchanges that hang together need not add up to the gain of the park; those of the firms do.",
        (
            C("exchange", "Exchange"),
            *_WHO,
            C("resource", "Resource"),
            C("replaces", "Replaces"),
            C("link", "Link"),
            C("size", "Size"),
            C("length_km", "Length [km]", "amount"),
            C("flow_per_yr", "Flow [unit/yr]", "amount"),
            C("peak_per_h", "Peak [unit/h]", "amount"),
            C("capacity_per_h", "Capacity [unit/h]", "amount"),
            _UNIT,
            C("shared_hours", "Hours both run [h/yr]", "amount"),
            C("transfer_price", "Transfer price [{m}/unit]", "price"),
            C("capex", "Investment [{m}]", "money", total=True),
            C("capex_low", "Investment, low [{m}]", "money"),
            C("capex_high", "Investment, high [{m}]", "money"),
            C("shared_capex", "Share of mains and trenches [{m}]", "money", total=True),
            C("cost_per_yr", "Yearly cost [{m}/yr]", "money"),
            C("gain_per_yr", "Gain [{m}/yr]", "money"),
            C("seller_gain_per_yr", "Gain of the seller [{m}/yr]", "money"),
            C("buyer_gain_per_yr", "Gain of the buyer [{m}/yr]", "money"),
            C("co2e_avoided_t_per_yr", "CO2e avoided [t/yr]", "amount"),
            C("payback_yr", "Simple payback [yr]", "years"),
            C("permit", "Permit"),
            C("delay_yr", "Delay [yr]", "years"),
            C("existing", "Exists already"),
        ),
    ),
    Shown(
        "Facilities",
        "facilities",
        "Shared facilities and measures built",
        "Investment with contingency; its range is that of the class of the estimate.",
        (
            C("facility", "Facility"),
            C("kind", "Kind"),
            C("scope", "Scope"),
            C("owner", "Owner"),
            C("plot", "Plot"),
            C("capacity_per_h", "Capacity [unit/h]", "amount"),
            C("activity_per_yr", "Activity [unit/yr]", "amount"),
            _UNIT,
            C("capex", "Investment [{m}]", "money", total=True),
            C("capex_low", "Investment, low [{m}]", "money", total=True),
            C("capex_high", "Investment, high [{m}]", "money", total=True),
            C("cost_per_yr", "Yearly cost [{m}/yr]", "money", total=True),
        ),
    ),
    Shown(
        "Purchases",
        "purchases",
        "Purchases outside the park",
        "Filter the column Run: the totals below are those of what is shown.",
        (
            C("run", "Run"),
            C("state", "Period"),
            *_PARTY,
            C("amount_per_yr", "Amount [unit/yr]", "amount"),
            _UNIT,
            C("cost_per_yr", "Cost [{m}/yr]", "money", total=True),
            C("co2e_t_per_yr", "CO2e [t/yr]", "amount", total=True),
        ),
        baseline=True,
        fixed=3,
    ),
    Shown(
        "Discharges",
        "discharges",
        "What nobody takes",
        "Filter the column Run: the totals below are those of what is shown.",
        (
            C("run", "Run"),
            C("state", "Period"),
            *_PARTY[:1],
            *_PARTY[2:],
            C("route", "Route"),
            C("waste_class", "Waste class"),
            C("amount_per_yr", "Amount [unit/yr]", "amount"),
            _UNIT,
            C("waste_t_per_yr", "Waste [t/yr]", "amount", total=True),
            C("cost_per_yr", "Cost [{m}/yr]", "money", total=True),
            C("co2e_t_per_yr", "CO2e [t/yr]", "amount", total=True),
        ),
        baseline=True,
        fixed=3,
    ),
    Shown(
        "Sales",
        "sales",
        "Sales outside the park",
        "Filter the column Run: the totals below are those of what is shown.",
        (
            C("run", "Run"),
            C("state", "Period"),
            *_PARTY[:1],
            *_PARTY[2:],
            C("amount_per_yr", "Amount [unit/yr]", "amount"),
            _UNIT,
            C("income_per_yr", "Income [{m}/yr]", "money", total=True),
        ),
        baseline=True,
        fixed=3,
    ),
)

#: Sheets of money besides those with formulas of their own.
MONEY = (
    Shown(
        "Prices",
        "prices",
        "Transfer prices: between which both sides gain",
        "Floor: what giving costs the seller. Ceiling: what taking saves the buyer. Both with the yearly share of what "
        "each invests.",
        (
            C("exchange", "Exchange"),
            *_WHO,
            C("resource", "Resource"),
            C("flow_per_yr", "Flow [unit/yr]", "amount"),
            _UNIT,
            C("price_per_unit", "Price [{m}/unit]", "price"),
            C("basis", "Where it is from"),
            C("floor_per_unit", "Floor of the seller [{m}/unit]", "price"),
            C("ceiling_per_unit", "Ceiling of the buyer [{m}/unit]", "price"),
            C("room_per_unit", "Room [{m}/unit]", "price"),
            C("shared_cost_per_yr", "Share of mains and trenches [{m}/yr]", "money"),
            C("lacking_per_yr", "Lacking [{m}/yr]", "money", total=True),
            C("lacking_once", "Lacking, once [{m}]", "money", total=True),
            C("contract_term_yr", "Contract term [yr]", "amount"),
            C("take_or_pay_share", "Take or pay [share]", "percent"),
            C("guaranteed_revenue_per_yr", "Guaranteed revenue [{m}/yr]", "money"),
            C("outlasts_contract", "Payback outlasts the contract of"),
            C("verdict", "Verdict"),
        ),
    ),
    Shown(
        "Assets",
        "assets",
        "Assets: what each party invests",
        "Contingency included. No lifetime: it has no end (land).",
        (
            C("party", "Party"),
            C("of", "What"),
            C("item", "Item"),
            C("exchange", "Exchange"),
            C("option", "Link"),
            C("lifetime_yr", "Lifetime [yr]", "amount"),
            C("baseline_capex", "Investment, baseline [{m}]", "money", total=True),
            C("capex", "Investment, plan [{m}]", "money", total=True),
        ),
        fixed=3,
    ),
    Shown(
        "Finance",
        "finance",
        "What the plan is worth to each party, exchange, the park and society",
        "Beyond the baseline. An exchange is told without tax, debt and transfers; society at shadow prices. The sheet "
        "Cash flow has the same of the parties as formulas.",
        (
            C("party", "Party or exchange"),
            C("kind", "Kind"),
            C("discount_rate", "Discount rate", "percent"),
            C("additional_capex", "Investment [{m}]", "money"),
            C("grants_capex", "Grants [{m}]", "money"),
            C("gain_before_capital_per_yr", "Gain at full operation [{m}/yr]", "money"),
            C("npv", "NPV [{m}]", "money"),
            C("irr", "IRR", "percent"),
            C("simple_payback_yr", "Simple payback [yr]", "years"),
            C("discounted_payback_yr", "Discounted payback [yr]", "years"),
            C("profitability_index", "Profitability index", "factor"),
            C("equity_npv", "NPV after financing [{m}]", "money"),
            C("equity_irr", "IRR after financing", "percent"),
            C("least_dscr", "Least DSCR", "factor"),
            C("mean_dscr", "Mean DSCR", "factor"),
            C("verdict", "Verdict"),
            C("side_payment_once", "Payment that makes it whole, once [{m}]", "money"),
            C("side_payment_per_yr", "or each year [{m}/yr]", "money"),
            C("note", "Note"),
        ),
    ),
)


def records(plan: Plan, shown: Shown) -> list[dict[Any, Any]]:
    """Rows of a sheet, those of the plan first."""
    table: pd.DataFrame = plan.tables[shown.table]
    rows = list(_told(table.to_dict("records"), "plan"))
    if shown.baseline:
        rows += _told(plan.tables[f"baseline_{shown.table}"].to_dict("records"), "baseline")
    return rows


def _told(rows: list[dict[Any, Any]], run: str) -> Iterator[dict[Any, Any]]:
    for row in rows:
        yield {**row, "run": run}


def write_shown(book: Any, styles: Styles, plan: Plan, shown: Shown, rows: list[dict[Any, Any]] | None = None) -> None:
    """Write a table of a plan as a sheet."""
    money = money_of(plan.header)
    sheet = Sheet(book, styles, shown.sheet, shown.title, f"{shown.about} Money in {money}.").begin()
    currency = str(plan.header.get("currency"))
    columns = [replace(column, head=column.head.replace("{m}", currency)) for column in shown.columns]
    top = sheet.row
    sheet.table(columns, records(plan, shown) if rows is None else rows)
    sheet.freeze(shown.fixed, top + 1)
    sheet.done()


def money_of(header: Mapping[str, Any]) -> str:
    """Money as in "EUR of 2025"."""
    return f"{header.get('currency')} of {header.get('price_year')}"
