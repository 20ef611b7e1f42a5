"""Parks with periods, written as data: changed by the places of their numbers, planned, and looked up."""

import copy
import json
from pathlib import Path
from typing import Any

import yaml
from whole_cases import failed

from planner.case.read import read_case
from planner.pipeline import solve
from planner.results.plan import Plan

#: Hours of half a year, and of half of each day.
HALF = 4380.0
#: Routes between the plots of these parks [m].
ROUTES = {("A", "B"): 1000, ("A", "C"): 100, ("C", "B"): 900}


def changed(park: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The park with other numbers, by their places: ``facilities__pit__stores__loss="1 %/d"``; None takes away."""
    case: dict[str, Any] = copy.deepcopy(park)
    for place, value in changes.items():
        *path, last = place.split("__")
        node = case
        for part in path:
            node = node.setdefault(part, {})
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return case


def planned(case: dict[str, Any], folder: Path) -> Plan:
    """The plan of a case, audited."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(case)), sort_keys=False), encoding="utf-8")
    rows = [f"{a},{b},{length}" for (a, b), length in ROUTES.items() if {a, b} <= case["plots"].keys()]
    (folder / "distances.csv").write_text("\n".join(["from,to,length_m", *rows, ""]), encoding="utf-8")
    plan = solve(read_case(folder))
    assert not failed(dict(plan.audit))
    return plan


def total(plan: Plan, name: str, run: str = "plan") -> float:
    """An indicator."""
    return float(plan.indicators.set_index("indicator").loc[name, run])
