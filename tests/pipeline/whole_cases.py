"""What holds of whole cases from folder to audited plan: it adds up, or says why there is none."""

import json
from pathlib import Path
from typing import Any

from random_cases import Written

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import audit_folder, load, solve
from planner.results.plan import Plan


def failed(audit: dict[str, Any]) -> list[dict[str, Any]]:
    """Checks that found a difference."""
    return [check for check in audit["checks"] if not check["passed"]]


def planned(written: Written, folder: Path, gap: float = 1e-6) -> Plan | None:
    """The audited plan of a case; None where the case is refused, with a reason."""
    case = written.write(folder / "case")
    plan, refused = None, ""
    try:
        plan = solve(read_case(case), objective=written.objective, gap=gap)
    except (CaseError, Infeasible) as error:
        refused = str(error)
    if plan is None:
        assert "streams do not balance" not in refused
        assert len(refused) > 40, "a refusal says why"
    else:
        assert not failed(plan.audit)
    return plan


def assert_saved_whole(plan: Plan, out: Path) -> None:
    """A saved plan is read back with all its rows, and passes its audit again."""
    plan.save(out)
    assert json.loads((out / "results.json").read_text(encoding="utf-8"))["audit"]["passed"]
    again = load(out)
    assert len(again.exchanges) == len(plan.exchanges)
    assert len(again.mains) == len(plan.mains)
    assert not failed(audit_folder(out))
