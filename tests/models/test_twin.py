"""A model built again by another formulation: the same switches, goal, fixed variables, and the same optimum."""

import pyomo.environ as pyo
import pytest
from random_networks import random_network

from models import goal as goals
from models import kernel, park
from models.commodities import Strength
from models.solve import Options, solve


@pytest.mark.parametrize("seed", range(4))
def test_a_twin_has_the_same_optimum_with_the_same_switches(seed):
    m = park.build(random_network(seed))
    goals.aim(m, "co2e")
    m.goal_value["co2e"]
    solve(m, Options())
    least = pyo.value(m.goal_value["co2e"])
    goals.hold(m, "co2e", least + 1e-6 * abs(least))
    goals.aim(m, "cost")
    for k, p in m.SITINGS:
        m.sited[k, p].fix(round(pyo.value(m.sited[k, p])))
    other = park.twin(m, Strength(by_end=False))
    assert other.held["co2e"].active
    assert other.held_at["co2e"].value == m.held_at["co2e"].value
    assert [v.value for v in other.sited.values()] == [v.value for v in m.sited.values()]
    assert solve(other, Options()).objective == pytest.approx(solve(m, Options()).objective, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_a_heavy_model_gets_its_first_plan_from_a_lighter_one(seed):
    # however the search goes, what it leaves in the model is a plan: no dearer than that is never claimed
    m = park.build(random_network(seed))
    goals.aim(m, "cost")
    best = solve(park.twin(m, Strength()), Options()).objective
    found = kernel.find(m, Options(), kernel.Rule(heavy=1, lighter=1e9))
    assert found is not None
    assert found.objective >= best - 1e-6 * max(1.0, abs(best))
    assert pyo.value(m.goal_value["cost"]) == pytest.approx(found.objective, rel=1e-6, abs=1e-6)


def test_a_plan_that_could_not_be_completed_in_time_is_still_a_start(monkeypatch):
    m = park.build(random_network(1))
    goals.aim(m, "cost")
    best = solve(park.twin(m, Strength()), Options()).objective
    whole = kernel._with

    def out_of_time(model, fixed, options):
        return None if model is m else whole(model, fixed, options)

    monkeypatch.setattr(kernel, "_with", out_of_time)
    found = kernel.find(m, Options(), kernel.Rule(heavy=1, lighter=1e9))
    assert found is not None
    assert all(v.value is not None for v in m.laid.values())
    assert all(v.value is None for v in m.flow.values())
    assert solve(m, Options(start=True)).objective == pytest.approx(best, rel=1e-6, abs=1e-6)
