"""Whole random cases with water and qualities: nothing but an audited plan, a named fault or an explanation."""

import json

import pytest
from random_water_cases import random_water_case

import models.scip
from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import audit_folder, load, solve

QUICK = range(24)
DEEP = range(24, 34)
LARGE = range(1)


@pytest.fixture(autouse=True)
def highs_alone(monkeypatch):
    """HiGHS ends after so many rounds; a proof is not what is tested here."""
    monkeypatch.setattr(models.scip, "available", lambda: False)


def failed(audit):
    """Checks that found a difference."""
    return [check for check in audit["checks"] if not check["passed"]]


def run(folder, objective, **options):
    """Plan of a case folder, or the error that says why there is none."""
    try:
        plan = solve(read_case(folder), objective=objective, **options)
    except (CaseError, Infeasible) as refused:
        return None, str(refused)
    assert failed(plan.audit) == []
    return plan, ""


@pytest.mark.parametrize("seed", QUICK)
def test_plans_or_says_why_not(seed, tmp_path):
    written = random_water_case(seed)
    plan, refused = run(written.write(tmp_path / "case"), written.objective)
    assert plan is not None or len(refused) > 40, "a refusal says why"
    if plan is None or seed % 6:
        return
    out = plan.save(tmp_path / "out")
    assert json.loads((out / "results.json").read_text(encoding="utf-8"))["audit"]["passed"]
    assert len(load(out).exchanges) == len(plan.exchanges)
    assert failed(audit_folder(out)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", DEEP)
def test_many_more(seed, tmp_path):
    written = random_water_case(seed)
    plan, refused = run(written.write(tmp_path / "case"), written.objective)
    if plan is None:
        assert len(refused) > 40
        return
    assert failed(audit_folder(plan.save(tmp_path / "out"))) == []


@pytest.mark.deep
@pytest.mark.parametrize("seed", LARGE)
def test_larger_ones(seed, tmp_path):
    written = random_water_case(seed, large=True)
    plan, refused = run(written.write(tmp_path / "case"), written.objective, time_limit=20)
    assert plan is not None or len(refused) > 40


def test_the_cases_use_what_there_is():
    """All words of water and quality are in them."""
    texts = [json.dumps(random_water_case(seed).case) for seed in range(200)]
    texts += [json.dumps(random_water_case(seed, large=True).case) for seed in range(40)]
    words = ("worst", "unknown", "min", "accept_unknown", "load_fees", "max_links", "min_flow", "removes", "leaves",
             "residue", "recycling", "parts", "loss", "gain", "not_into", "use", "status", "waste_code", "declaration",
             "permit", "pH", "min_activity", "coefficient", "volume_loss", "own", "ratio", "optional",
             "partners")  # fmt: skip
    assert [word for word in words if not any(f'"{word}"' in text for text in texts)] == []
