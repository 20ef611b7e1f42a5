"""What the summary says of money by firm: who gains, what the plan rests on, and warnings."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.report.numbers import amount, in_words

if TYPE_CHECKING:
    from planner.results.plan import Plan

Rows = tuple[tuple[str, ...], ...]
FIRMS = ("", "investment", "gain a year before capital", "NPV", "IRR", "payback yr", "")
BANK = ("if", "NPV", "IRR", "payback yr", "NPV is 0 at")
#: Exchanges that are named in a warning; the others are counted.
NAMED = 4
#: Difference of two paybacks that a reader sees, in years.
SEEN = 0.05


def firm_rows(plan: "Plan") -> Rows:
    """Each party that gains, loses or invests, then the park."""
    rows = _records(plan, "finance")
    told = [row for row in rows if row["kind"] not in ("exchange", "society")]
    return tuple(
        (
            str(row["party"]),
            in_words(row["additional_capex"]),
            in_words(row["gain_before_capital_per_yr"]),
            in_words(row["npv"]),
            _percent(row["irr"]),
            amount(row["simple_payback_yr"]),
            str(row["verdict"]).partition(":")[0],
        )
        for row in told
        if row["kind"] == "park" or any(abs(row[k]) > 1e-6 for k in ("additional_capex", "npv"))
    )


def two_paybacks(plan: "Plan") -> bool:
    """Whether the park's payback from the first investment on is another than that in years of full operation."""
    late = [row["simple_payback_yr"] for row in _records(plan, "finance") if row["kind"] == "park"]
    full = [row["plan"] for row in _records(plan, "indicators") if row["indicator"] == "payback_yr"]
    return any(abs(a - b) >= SEEN for a in late for b in full)


def counted_years(plan: "Plan") -> str:
    """Up to which year cash flows count, in words."""
    years = [row["year"] for row in _records(plan, "cash_flows")]
    return f", cash flows up to year {max(years):g}" if years else ""


def bank_rows(plan: "Plan") -> Rows:
    """The park's rows of the table every bank wants."""
    found = []
    for row in _records(plan, "bank"):
        if row["kind"] == "park":
            change = "" if row["change"] != row["change"] else f" {row['change']:+.0f} {row['unit']}"
            switch = row["switching_value"]
            at = "" if switch != switch else f"{switch:+.4g} {row['unit']}"
            guessed = ", estimate" if str(row.get("basis")).startswith("estimate") else ""
            anchor = f" ({row['what']}){guessed}"
            what = str(row["variable"]) + (anchor if row["variable"] == "loss of the anchor" else change)
            told = in_words(row["npv"]), _percent(row["irr"]), amount(row["simple_payback_yr"])
            found.append((what, *told, at or (row["switching"] if isinstance(row["switching"], str) else "")))
    return tuple(found)


def money_warnings(plan: "Plan") -> Iterator[str]:
    """Who loses, which exchanges have no price at which both gain, and which paybacks outlast their contracts."""
    currency = plan.header["currency"]
    for row in _records(plan, "finance"):
        if row["side_payment_once"] == row["side_payment_once"]:
            a_year, once = in_words(row["side_payment_per_yr"]), in_words(row["side_payment_once"])
            verdict = str(row["verdict"]).partition(": ")[2]
            whole = f"{a_year} {currency} a year, or {once} once, make it whole; {verdict}"
            yield f"{row['party']} loses under this plan: {whole}"
    prices = _records(plan, "prices")
    for verdict in dict.fromkeys(str(row["verdict"]) for row in prices if row["verdict"] != "both gain"):
        rows = [row for row in prices if row["verdict"] == verdict]
        told = [f"{row['exchange']} ({in_words(row['payment_per_yr'])} {currency} a year)" for row in rows[:NAMED]]
        more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
        yield f"{verdict}: {'; '.join(told)}{more}; see tables/prices.csv for what mends it"
    for row in prices:
        if isinstance(row["outlasts_contract"], str):
            term = f"{row['contract_term_yr']:g} years"
            yield f"{row['exchange']}: the payback of {row['outlasts_contract']} outlasts its contract of {term}"


def _records(plan: "Plan", table: str) -> list[dict[Any, Any]]:
    return plan.tables[table].to_dict("records") if table in plan.tables else []


def _percent(share: float) -> str:
    return "-" if share != share else f"{100 * share:.1f} %"
