"""Water and qualities in the summary of a plan."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from planner.case.case import Case
from planner.case.plants import Sink
from planner.report.numbers import amount
from planner.report.runs import number, text, yes
from planner.results.plan import Plan

Rows = tuple[tuple[str, ...], ...]
#: Exchanges that are barred, and limits that bind, which the summary names; the tables name all.
TOLD = 12
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


def records(plan: Plan, name: str) -> list[dict[Hashable, Any]]:
    """Rows of a table; none where the plan has no such table."""
    table = plan.tables.get(name)
    return [] if table is None else table.to_dict("records")


def water_rows(plan: Plan) -> Rows:
    """A row for each side of the water balance of the park, and what is exchanged within it."""
    rows = []
    runs = [records(plan, f"{run}water_balances") for run in ("baseline_", "")]
    if not any(runs):
        return ()
    parks = [next((row for row in run if row["of"] == "park"), {}) for run in runs]
    for column, words in _WATER.items():
        figures = [number(park.get(column), 0.0) for park in parks]
        if any(abs(figure) > 1e-6 for figure in figures):
            rows.append((words, "m3/yr", *map(amount, figures)))
    reused = [_reused(plan, f"{run}exchanges") for run in ("baseline_", "")]
    if any(abs(figure) > 1e-6 for figure in reused):
        rows.append(("reused in place of bought water", "m3/yr", *map(amount, reused)))
    return tuple(rows)


def _reused(plan: Plan, name: str) -> float:
    """Bought water that plants and partners do without because they take from other streams of the park [m3/yr].

    What goes into a facility is not used again there: treated water counts where it is taken, and not at all where it
    is let out.
    """
    case = plan.case
    if case is None:
        return 0.0
    tenants = {**case.plants, **case.partners}
    return sum(
        number(row["replaced_per_yr"], 0.0) * _water_in(case, text(row["replaces"]))
        for row in records(plan, name)
        if row["to"] in tenants
        and row["from"] not in case.partners
        and _bought(case, tenants[row["to"]].taken.get(text(row["sink"])), text(row["replaces"]))
    )


def _bought(case: Case, sink: Sink | None, resource: str) -> bool:
    """Whether a sink, or the operation that takes a resource, could buy what it takes."""
    return (sink is not None and sink.supplied_today_by is not None) or case.resources[resource].price is not None


def _water_in(case: Case, resource: str) -> float:
    """Cubic metres of water in a unit of a resource, as in the table ``water_balances``."""
    data = case.resources[resource]
    if data.water is not None:
        return data.water.value
    if data.kind != "water":
        return 0.0
    data = case.resources[resource]
    return data.content("m3") or data.content("t") or 0.0


def limit_rows(plan: Plan) -> Rows:
    """A row for each limit that binds; the last column says what a laxer one saves, "-" where it was not asked."""
    rows = []
    for row in records(plan, "quality_limits"):
        if yes(row["binding"]):
            sign = "at most " if row["kind"] == "max" else "at least "
            where = f"{text(row['by'])} / {text(row['stream'])}, {text(row['at'])}"
            figures = (sign + amount(row["limit"]), amount(row["found"]), amount(row["saving_per_yr"]))
            rows.append((where, text(row["quality"]), text(row["unit"]), *figures))
    return cut(rows, 6, "tables/quality_limits.csv")


def cut(rows: Sequence[tuple[str, ...]], width: int, where: str) -> Rows:
    """The first rows, and how many more there are."""
    if len(rows) <= TOLD:
        return tuple(rows)
    return (*rows[:TOLD], (f"and {len(rows) - TOLD} more: see {where}", *[""] * (width - 1)))
