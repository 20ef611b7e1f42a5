"""What moves in each period, in the summary of a plan."""

from planner.report.numbers import amount
from planner.report.runs import number, text
from planner.report.water import records
from planner.results.plan import Plan

Row = tuple[str, ...]
#: Kinds of flows that the summary names -> words before their name.
_TOLD = {"exchange": "", "facility": "", "charged": "into ", "drawn": "out of "}
#: Exchanges and facilities that the summary names; the table names all.
TOLD = 12


def period_rows(plan: Plan) -> tuple[Row, tuple[Row, ...]]:
    """Names of the periods, and what is exchanged and done in each; nothing where the case has none."""
    periods = {str(row["period"]): row for row in records(plan, "periods")}
    if not periods:
        return (), ()
    rows: list[Row] = [("hours of the year", "h", *(amount(row["hours_per_yr"]) for row in periods.values()))]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in records(plan, "flows_by_period"):
        if row["kind"] in _TOLD:
            key = _TOLD[str(row["kind"])] + str(row["name"]), text(row["unit"])
            sums = found.setdefault(key, dict.fromkeys(periods, 0.0))
            sums[str(row["period"])] += number(row["amount_per_yr"], 0.0)
    moving = [(name, unit, sums) for (name, unit), sums in found.items() if any(sums.values())]
    rows += [(name, unit, *(amount(sums[t]) for t in periods)) for name, unit, sums in moving[:TOLD]]
    if len(moving) > TOLD:
        rows.append((f"and {len(moving) - TOLD} more", "", *("" for _ in periods)))
    return tuple(periods), tuple(rows)
