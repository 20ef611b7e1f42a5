"""Whole random cases with mains and trenches, from folder to audited plan: it adds up, or says why there is none."""

import json

import pytest
from random_networks_cases import random_network_case

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import audit_folder, load, solve

QUICK = range(25)
DEEP = range(25, 75)


def failed(audit):
    """Checks that found a difference."""
    return [check for check in audit["checks"] if not check["passed"]]


def run(seed, tmp_path, gap=1e-6):
    """Plan of a random case, or the error that says why there is none."""
    written = random_network_case(seed)
    folder = written.write(tmp_path / "case")
    try:
        return solve(read_case(folder), objective=written.objective, gap=gap), ""
    except (CaseError, Infeasible) as refused:
        return None, str(refused)


def check(plan):
    """What holds of every plan."""
    assert not failed(plan.audit)
    costs = plan.tables["costs"].set_index("account")["plan"]
    invested = costs.get("investment_link", 0.0) + costs.get("investment_trench", 0.0)
    bill = plan.tables["quantities"]
    assert bill["capex"].sum() == pytest.approx(invested, abs=1e-2)
    shares = plan.tables["trench_shares"]
    trenches = shares[shares["part"] == "trench"].groupby("stretch")["share"].sum()
    pipes = shares[shares["part"] == "pipe"].groupby(["stretch", "carrier"])["share"].sum()
    assert list(trenches) == pytest.approx([1.0] * len(trenches))
    assert list(pipes) == pytest.approx([1.0] * len(pipes))
    whole = plan.mains["capex"].sum() + plan.trenches["capex"].sum()
    assert shares["capex"].sum() == pytest.approx(whole, abs=1e-2)
    assert plan.exchanges["shared_capex"].sum() == pytest.approx(whole, abs=1e-2)


@pytest.mark.parametrize("seed", QUICK)
def test_plans_or_says_why_not(seed, tmp_path):
    plan, refused = run(seed, tmp_path)
    assert "streams do not balance" not in refused
    assert plan is not None or len(refused) > 40, "a refusal says why"
    if plan is None:
        return
    check(plan)
    if seed % 4 == 0:
        out = plan.save(tmp_path / "out")
        assert json.loads((out / "results.json").read_text(encoding="utf-8"))["audit"]["passed"]
        assert len(load(out).mains) == len(plan.mains)
        assert not failed(audit_folder(out))


@pytest.mark.slow
@pytest.mark.parametrize("seed", DEEP)
def test_many_more(seed, tmp_path):
    plan, refused = run(seed, tmp_path)
    assert "streams do not balance" not in refused
    if plan is not None:
        check(plan)
        assert not failed(audit_folder(plan.save(tmp_path / "out")))


@pytest.mark.parametrize("seed", range(2, 14, 2))
def test_a_plan_that_is_only_good_passes_its_audit_too(seed, tmp_path):
    plan, _ = run(seed, tmp_path, gap=0.3)
    if plan is not None:
        check(plan)
