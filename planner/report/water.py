"""Water and qualities in the summary of a plan."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from planner.report.numbers import amount
from planner.report.runs import number, text, yes
from planner.results.plan import Plan

Rows = tuple[tuple[str, ...], ...]
#: Exchanges that are barred, and limits that bind, which the summary names; the tables name all.
_TOLD = 12
LAXER = "5 % laxer saves {unit}"
#: Columns of a water balance, as a person calls them.
_WATER: Mapping[str, str] = {
    "bought_per_yr": "bought",
    "exchanged_in_per_yr": "taken from partners",
    "made_per_yr": "made in processes",
    "discharged_per_yr": "discharged",
    "exchanged_out_per_yr": "given to partners",
    "sold_per_yr": "sold",
    "lost_per_yr": "lost on the way",
    "used_up_per_yr": "used up",
}


def _records(plan: Plan, name: str) -> list[dict[Hashable, Any]]:
    table = plan.tables.get(name)
    return [] if table is None else table.to_dict("records")


def water_rows(plan: Plan) -> Rows:
    """A row for each side of the water balance of the park, and what is exchanged within it."""
    rows = []
    runs = [_records(plan, f"{run}water_balances") for run in ("baseline_", "")]
    if not any(runs):
        return ()
    parks = [next((row for row in run if row["of"] == "park"), {}) for run in runs]
    for column, words in _WATER.items():
        figures = [number(park.get(column), 0.0) for park in parks]
        if any(abs(figure) > 1e-6 for figure in figures):
            rows.append((words, "m3/yr", *map(amount, figures)))
    within = [_within(run, park) for run, park in zip(runs, parks, strict=True)]
    if any(abs(figure) > 1e-6 for figure in within):
        rows.append(("reused within the park", "m3/yr", *map(amount, within)))
    return tuple(rows)


def _within(run: list[dict[Hashable, Any]], park: Mapping[Hashable, Any]) -> float:
    """Water that units of the park, partners left out, take from each other: it stands on no side of the park's row."""
    partners = -number(park.get("exchanged_out_per_yr"), 0.0) - number(park.get("exchanged_in_per_yr"), 0.0)
    return max(0.0, sum(number(row["exchanged_in_per_yr"], 0.0) for row in run if row["of"] != "park") + partners)


def limit_rows(plan: Plan) -> Rows:
    """A row for each limit that binds; the last column says what a laxer one saves, "-" where it was not asked."""
    rows = []
    for row in _records(plan, "quality_limits"):
        if yes(row["binding"]):
            sign = "at most " if row["kind"] == "max" else "at least "
            where = f"{text(row['by'])} / {text(row['stream'])}, {text(row['at'])}"
            figures = (sign + amount(row["limit"]), amount(row["found"]), amount(row["saving_per_yr"]))
            rows.append((where, text(row["quality"]), text(row["unit"]), *figures))
    return _cut(rows, 6, "tables/quality_limits.csv")


def permit_rows(plan: Plan) -> Rows:
    """A row for each exchange of the plan of which the law asks anything."""
    asking = ("permit needed", "permit needed, none stated", "declaration")
    return tuple(
        (text(row["exchange"]), text(row["compliance"]), text(row["compliance_why"]), amount(row["delay_yr"]))
        for row in _records(plan, "verdicts")
        if yes(row["built"]) and row["compliance"] in asking
    )


def barred_rows(plan: Plan) -> Rows:
    """A row for each exchange that is barred and each reason for it; first those that quality bars."""
    rows = [(text(row["exchange"]), text(row["quality"]), _why(row)) for row in _records(plan, "barred")]
    rows.sort(key=lambda row: not row[1])
    return _cut(rows, 3, "tables/barred.csv")


def _why(row: Mapping[Hashable, Any]) -> str:
    """Why an exchange is barred, with what it holds and what is admitted where both are known."""
    found, limit = number(row["found"], math.nan), number(row["limit"], math.nan)
    if math.isnan(found) or math.isnan(limit):
        return text(row["why"])
    bound = "at most" if found > limit else "at least"
    unit = "" if text(row["unit"]) in ("-", "1") else f" {text(row['unit'])}"
    return f"holds {amount(found)}{unit}, {bound} {amount(limit)} admitted; {text(row['why'])}"


def _cut(rows: Sequence[tuple[str, ...]], width: int, where: str) -> Rows:
    if len(rows) <= _TOLD:
        return tuple(rows)
    return (*rows[:_TOLD], (f"and {len(rows) - _TOLD} more: see {where}", *[""] * (width - 1)))
