"""What flows in the park of a plan and of its baseline, before and after, as Sankey diagrams: one builder for all.

Energy, materials and water each have a pair of diagrams in one unit; what has no content in any of these is in a pair
of its own unit, so that nothing that flows is left out.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.flows.flows import MEASURES, SOLD
from planner.report.sankey import Sankey
from planner.results.plan import Plan

if TYPE_CHECKING:
    from planner.case.case import Case

BOUGHT, LOST, OTHER = "bought outside", "lost on the way", "other"
#: Name of a run -> what its tables begin with.
RUNS = {"baseline": "baseline_", "plan": ""}
Flow = tuple[str, str, str]
"""Supplier, resource, user."""


@dataclass(frozen=True)
class Words:
    """What those are called that are no plant, and the columns of a diagram."""

    bought: str = BOUGHT
    sold: str = SOLD
    lost: str = LOST
    columns: tuple[str, str, str] = ("suppliers", "resources", "users")


@dataclass(frozen=True)
class Pair:
    """What flows in the baseline and in the plan, in one unit.

    Attributes
    ----------
    name
        "energy", "material", "water" or "other".
    flows
        Run ("baseline", "plan") -> amounts a year; none that is zero.
    """

    name: str
    unit: str
    flows: Mapping[str, Mapping[Flow, float]]

    @property
    def keys(self) -> list[Flow]:
        """Flows of both runs, by resource."""
        found = dict.fromkeys([*self.flows["plan"], *self.flows["baseline"]])
        return sorted(found, key=lambda key: (key[1], key[0], key[2]))

    def diagram(self, run: str, title: str, note: str = "", words: Words | None = None) -> Sankey:
        """The diagram of a run, on the scale and in the colours that both runs share."""
        supplied: dict[tuple[str, str], float] = defaultdict(float)
        used: dict[tuple[str, str], float] = defaultdict(float)
        sums: dict[str, float] = defaultdict(float)
        for found in self.flows.values():
            for key, value in found.items():
                sums[key[1]] += value
        for (giver, resource, taker), value in self.flows[run].items():
            supplied[giver, resource] += value
            used[resource, taker] += value
        return Sankey(
            title=title,
            unit=self.unit,
            supplied=tuple((*key, value) for key, value in supplied.items()),
            used=tuple((*key, value) for key, value in used.items()),
            note=note,
            whole=max(sum(found.values()) for found in self.flows.values()),
            palette=tuple(sorted(sums, key=lambda resource: (-sums[resource], resource))),
            columns=(words or Words()).columns,
        )


def pairs_of(plan: Plan, case: "Case | None", words: Words | None = None) -> list[Pair]:
    """Make a pair of each unit in which anything flows.

    Parameters
    ----------
    case
        The case of the plan, which says what a unit of each resource holds; without it only units can tell.
    """
    flows = {run: _flows(plan, prefix, words or Words()) for run, prefix in RUNS.items()}
    units = _units(plan)
    resources = dict.fromkeys(key[1] for found in flows.values() for key in found)
    made: list[Pair] = []
    shown: set[str] = set()
    for name, unit, kinds in MEASURES:
        sizes = _sizes(case, units, resources, unit, kinds)
        pair = _pair(name, unit, flows, sizes)
        if pair is not None:
            made.append(pair)
            shown |= set(sizes)
    rest = [resource for resource in resources if resource not in shown]
    for unit in sorted({units[resource] for resource in rest}):
        pair = _pair(OTHER, unit, flows, {resource: 1.0 for resource in rest if units[resource] == unit})
        if pair is not None:
            made.append(pair)
    return made


def _pair(name: str, unit: str, flows: Mapping[str, Mapping[Flow, float]], sizes: Mapping[str, float]) -> Pair | None:
    """Flows of some resources in one unit; None where there are none."""
    found = {
        run: {key: value * sizes[key[1]] for key, value in of.items() if key[1] in sizes} for run, of in flows.items()
    }
    return Pair(name, unit, found) if any(found.values()) else None


def _sizes(
    case: "Case | None", units: Mapping[str, str], resources: Iterable[str], unit: str, kinds: tuple[str, ...]
) -> dict[str, float]:
    """Resource -> its content in a unit, of those that belong in a diagram and whose content is known.

    A material that states its energy is a fuel, and flows with the energy, too.
    """
    if case is None:
        return {name: 1.0 for name in resources if units.get(name) == unit}
    stated = {name: case.resources[name] for name in resources if name in case.resources}
    fuels = {name for name, data in stated.items() if unit == "MWh" and data.enthalpy is not None}
    found = {name: data.content(unit) for name, data in stated.items() if data.kind in kinds or name in fuels}
    return {name: size for name, size in found.items() if size}


def _units(plan: Plan) -> dict[str, str]:
    """Resource -> the unit in which its flows are counted."""
    found: dict[str, str] = {}
    for prefix in RUNS.values():
        for name in ("purchases", "exchanges", "discharges", "sales"):
            found |= {str(row["resource"]): str(row["unit"]) for row in _rows(plan, f"{prefix}{name}")}
    return found


def _flows(plan: Plan, prefix: str, words: Words) -> dict[Flow, float]:
    """What flows from whom to whom in a run, in the units of the resources.

    What is bought comes from outside; what nobody takes goes to its route, or is sold.
    """
    found: dict[Flow, float] = defaultdict(float)
    for row in _rows(plan, f"{prefix}purchases"):
        found[words.bought, str(row["resource"]), str(row["by"])] += _number(row["amount_per_yr"])
    for row in _rows(plan, f"{prefix}exchanges"):
        given, giver, resource = _number(row["flow_per_yr"]), str(row["from"]), str(row["resource"])
        lost = min(max(_number(row.get("lost_per_yr")), 0.0), given)
        found[giver, resource, str(row["to"])] += given - lost
        found[giver, resource, words.lost] += lost
    for table, route in (("discharges", None), ("sales", words.sold)):
        for row in _rows(plan, f"{prefix}{table}"):
            end = str(row["route"]) if route is None else route
            found[str(row["by"]), str(row["resource"]), end] += _number(row["amount_per_yr"])
    return {key: value for key, value in found.items() if value > 0.0}


def _rows(plan: Plan, name: str) -> "list[dict[Hashable, Any]]":
    """Rows of a table; none where a plan has no such table."""
    return plan.tables[name].to_dict("records") if name in plan.tables else []


def _number(value: object) -> float:
    """A cell as a number; an empty one is nothing."""
    return 0.0 if value is None or value != value else float(value)  # type: ignore[arg-type]


def diagrams_of(plan: Plan, case: "Case") -> list[Sankey]:
    """Diagrams of energy, materials, water and what else flows, each before (the baseline) and after (the plan).

    Parameters
    ----------
    case
        The case of the plan.
    """
    said = {"baseline": ("before", "the baseline, each alone"), "plan": ("after", "the plan")}
    made = []
    for pair in pairs_of(plan, case):
        for run, (when, told) in said.items():
            if pair.flows[run]:
                made.append(pair.diagram(run, f"{pair.name} {when}, {pair.unit} a year", f"{case.case}, {told}"))
    return made
