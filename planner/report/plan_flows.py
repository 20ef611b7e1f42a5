"""What flows in the park of a plan and of its baseline, as Sankey diagrams, from the tables of the plan."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.flows.flows import MEASURES, SOLD, measured
from planner.report.sankey import Sankey
from planner.results.plan import Plan

if TYPE_CHECKING:
    from planner.case.case import Case

BOUGHT, LOST = "bought outside", "lost on the way"
Flow = tuple[str, str, float]


def diagrams_of(plan: Plan, case: "Case") -> Iterator[Sankey]:
    """Diagrams of energy, material and water, each before (the baseline) and after (the plan).

    Parameters
    ----------
    case
        The case of the plan; it says what a unit of each resource holds.
    """
    runs = (("before", "the baseline, each alone", "baseline_"), ("after", "the plan", ""))
    flows = {when: _flows(plan, prefix) for when, _, prefix in runs}
    for title, unit, kinds in MEASURES:
        sizes = {name: x.content(unit) for name, x in case.resources.items() if x.kind in kinds}
        known = {name: size for name, size in sizes.items() if size}
        for when, said, _ in runs:
            supplied, used = (measured(flows[when][n], known, 1 - n) for n in (0, 1))
            if supplied or used:
                there = {name for _, name, _ in flows[when][0]}
                left_out = sorted(name for name, size in sizes.items() if not size and name in there)
                note = f"{case.case}, {said}" + (f"; not in {unit}: {', '.join(left_out)}" if left_out else "")
                yield Sankey(f"{title} {when}, {unit} a year", unit, tuple(supplied), tuple(used), note)


def _flows(plan: Plan, prefix: str) -> tuple[list[Flow], list[Flow]]:
    """(Supplier, resource, amount) and (resource, user, amount) of one run, in the unit of each resource."""
    supplied: list[Flow] = []
    used: list[Flow] = []
    for row in plan.tables[f"{prefix}purchases"].to_dict("records"):
        resource, value = str(row["resource"]), float(row["amount_per_yr"])
        supplied.append((BOUGHT, resource, value))
        used.append((resource, str(row["by"]), value))
    for row in plan.tables[f"{prefix}exchanges"].to_dict("records"):
        resource, value, lost = str(row["resource"]), float(row["flow_per_yr"]), max(0.0, float(row["lost_per_yr"]))
        supplied.append((str(row["from"]), resource, value))
        used += [(resource, str(row["to"]), max(0.0, value - lost)), (resource, LOST, min(lost, value))]
    for table, route in (("discharges", None), ("sales", SOLD)):
        for row in plan.tables[f"{prefix}{table}"].to_dict("records"):
            resource, value = str(row["resource"]), float(row["amount_per_yr"])
            supplied.append((str(row["by"]), resource, value))
            used.append((resource, str(row["route"]) if route is None else route, value))
    return supplied, used
