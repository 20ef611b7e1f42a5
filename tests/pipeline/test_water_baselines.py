"""The baseline of a park whose outlets mix: the plan itself where there is nothing to share, else as far as it gets."""

import copy
import json
from types import SimpleNamespace

import pytest
from test_unknown_contents import BASE
from test_water_properties import park, plan_of

import models.scip
from models import alone, run
from models.clock import Clock
from models.solution import Stage
from planner.results.tabulate import _on_baseline


@pytest.fixture(autouse=True)
def highs_alone(monkeypatch):
    monkeypatch.setattr(models.scip, "available", lambda: False)


def test_a_plant_by_itself_is_its_own_baseline(tmp_path, monkeypatch):
    """One plant with a treatment of its own: nothing is solved twice, and no tie is broken in another way."""
    monkeypatch.setattr(run, "baseline_of", None)
    case = copy.deepcopy(BASE)
    sources = case["plants"]["w"]["sources"]
    sources["used"]["quality"]["d"] = 1
    sources["rinse"] = {"resource": "used", "rate": 2, "quality": {"c": 50, "d": 1}}  # of one feed nothing is open
    plan = plan_of(tmp_path / "case", json.loads(json.dumps(case)))
    costs = plan.tables["costs"]
    assert list(costs["difference"]) == [0.0] * len(costs)
    assert plan.header["solver"]["baseline"]["objective"] == plan.header["solver"]["objective"]


@pytest.mark.parametrize(("bound", "told"), [(90.0, "up to 10 EUR/yr less (10.00%)"), (100.0, "")])
def test_a_baseline_that_is_not_proven_says_what_that_means(bound, told):
    """At most 100 - 90 EUR/yr of the saving may not be there."""
    stage = Stage("cost", 100.0, bound, (100 - bound) / 100)
    notes = list(_on_baseline(SimpleNamespace(stages=(stage,)), "EUR"))
    assert [told in note for note in notes] == ([True] if told else [])


def test_a_baseline_without_time_has_a_plan_all_the_same(tmp_path, monkeypatch):
    """No time at all: the first plan of the baseline is waited for."""
    monkeypatch.setattr(alone, "Clock", lambda _: Clock(0.0))
    plan = plan_of(tmp_path / "case", park(5, units=1))
    assert plan.header["solver"]["baseline"]["objective"] >= plan.header["solver"]["objective"] - 1e-6
