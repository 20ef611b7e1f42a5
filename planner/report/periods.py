"""What moves in each period, in the summary of a plan."""

from collections.abc import Hashable, Mapping
from typing import Any

from planner.report.numbers import amount
from planner.report.runs import number, text
from planner.report.water import records
from planner.results.plan import Plan

Row = tuple[str, ...]
#: Kinds of flows that the summary names -> words before their name.
_TOLD = {"exchange": "", "facility": "", "charged": "into ", "drawn": "out of "}
#: Exchanges and facilities that the summary names, and periods side by side; the table names all.
TOLD = 12


def _columns(periods: Mapping[str, Mapping[Hashable, Any]]) -> dict[str, str]:
    """Period -> the column it is told in: its own, or of more than can be read that of its group."""
    return {name: name if len(periods) <= TOLD else text(row["group"]) for name, row in periods.items()}


def period_rows(plan: Plan) -> tuple[Row, tuple[Row, ...]]:
    """Names of the periods, of many those of their groups, and what is exchanged and done in each.

    Nothing where the case has none, or too many to be read side by side.
    """
    periods = {str(row["period"]): row for row in records(plan, "periods")}
    if not periods:
        return (), ()
    names = _columns(periods)
    if len(set(names.values())) > TOLD:
        return (), ()
    hours = dict.fromkeys(names.values(), 0.0)
    for t, row in periods.items():
        hours[names[t]] += number(row["hours_per_yr"])
    rows: list[Row] = [("hours of the year", "h", *(amount(x) for x in hours.values()))]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in records(plan, "flows_by_period"):
        if row["kind"] in _TOLD:
            key = _TOLD[str(row["kind"])] + str(row["name"]), text(row["unit"])
            sums = found.setdefault(key, dict.fromkeys(hours, 0.0))
            sums[names[str(row["period"])]] += number(row["amount_per_yr"], 0.0)
    moving = [(name, unit, sums) for (name, unit), sums in found.items() if any(sums.values())]
    rows += [(name, unit, *(amount(sums[t]) for t in hours)) for name, unit, sums in moving[:TOLD]]
    if len(moving) > TOLD:
        rows.append((f"and {len(moving) - TOLD} more", "", *("" for _ in hours)))
    return tuple(hours), tuple(rows)
