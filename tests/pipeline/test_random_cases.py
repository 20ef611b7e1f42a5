"""Whole random cases from folder to audited plan: nothing but a plan, a fault of the case or an explanation."""

import json

import pytest
from random_cases import random_case

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import audit_folder, load, solve

QUICK = range(40)
DEEP = range(40, 240)


def failed(audit):
    """Checks that found a difference."""
    return [check for check in audit["checks"] if not check["passed"]]


def run(seed, tmp_path):
    """Plan of a random case, or the error that says why there is none."""
    written = random_case(seed)
    folder = written.write(tmp_path / "case")
    try:
        plan = solve(read_case(folder), objective=written.objective)
    except (CaseError, Infeasible) as refused:
        return None, str(refused)
    assert not failed(plan.audit)
    return plan, ""


@pytest.mark.parametrize("seed", QUICK)
def test_plans_or_says_why_not(seed, tmp_path):
    plan, refused = run(seed, tmp_path)
    assert "streams do not balance" not in refused
    assert plan is not None or len(refused) > 40, "a refusal says why"
    if plan is None or seed % 4:
        return
    out = plan.save(tmp_path / "out")
    assert json.loads((out / "results.json").read_text(encoding="utf-8"))["audit"]["passed"]
    assert len(load(out).exchanges) == len(plan.exchanges)
    assert not failed(audit_folder(out))


@pytest.mark.slow
@pytest.mark.parametrize("seed", DEEP)
def test_many_more(seed, tmp_path):
    plan, refused = run(seed, tmp_path)
    assert "streams do not balance" not in refused
    if plan is not None:
        out = plan.save(tmp_path / "out")
        json.loads((out / "results.json").read_text(encoding="utf-8"))
        assert not failed(audit_folder(out))


def test_most_cases_have_a_plan_and_use_what_there_is():
    """The cases are no heap of faults: all of a case's words are in them."""
    texts = [json.dumps(random_case(seed).case) for seed in range(120)]
    words = ("existing_pipes", "existing", "twins", "forced", "forbidden", "shared_hours", "volume_loss", "as_is",
             "max_length", "shadow", "on_demand", "whole_demand_from_one_source", "peak_expansion", "several_tenants",
             "separations", "at_most", "not_neighbours", "budget", "caps", "paid_by", "biogenic",
             "treatment")  # fmt: skip
    missing = [word for word in words if not any(f'"{word}"' in text for text in texts)]
    assert not missing
