"""Goals other than cost: the least of the goal first, and then never a euro more than that takes."""

import itertools
import json
from tempfile import TemporaryDirectory

import pytest
import yaml
from random_cases import random_case

from planner.case.read import read_case
from planner.pipeline import solve

GOALS = {"co2": "co2e", "waste": "waste", "water": "fresh_water"}


def tiny(tmp_path, **changes):
    """The tiny case with parts added."""
    text = yaml.safe_load(open_text("cases/tiny/case.yaml"))
    for part, value in changes.items():
        text[part] = value
    for layer in ("plots", "corridors", "access_points"):
        (tmp_path / f"{layer}.geojson").write_text(open_text(f"cases/tiny/{layer}.geojson"), encoding="utf-8")
    plain = json.loads(json.dumps(text))
    (tmp_path / "case.yaml").write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
    return read_case(tmp_path)


def open_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def figure(plan, name):
    return plan.indicators.set_index("indicator").loc[name, "plan"]


@pytest.mark.parametrize(("goal", "total"), GOALS.items())
def test_least_cost_within_the_least_of_the_goal(goal, total, tmp_path):
    """The same as the least cost under a cap at the least of the goal: a second road to the same plan."""
    plan = solve(read_case("cases/tiny"), objective=goal)
    first, second = plan.header["solver"]["stages"]
    assert (first["goal"], second["goal"]) == (total, f"cost after {total}")
    assert figure(plan, total) == pytest.approx(first["objective"], rel=3e-6, abs=1e-3)
    economics = yaml.safe_load(open_text("cases/tiny/case.yaml"))["economics"]
    cap = first["objective"] * (1 + 1e-6) + 1e-6 * figure(plan, total) + 1e-3
    capped = solve(tiny(tmp_path, economics={**economics, "caps": {total: cap}}))
    # What is given up for rounding is worth far less than 1 EUR in 10,000.
    assert figure(plan, "total_annual_cost") == pytest.approx(figure(capped, "total_annual_cost"), rel=1e-4)
    assert plan.audit["passed"]


def test_no_choice_of_exchanges_is_better(tmp_path):
    """All 2^n ways to forbid exchanges of the tiny park, each at least cost: none has as little CO2e for less."""
    plan = solve(read_case("cases/tiny"), objective="co2")
    least, cost = figure(plan, "co2e"), figure(plan, "total_annual_cost")
    ends = [("smelter", "mill"), ("smelter", "greenhouse"), ("mill", "greenhouse")]
    stated = yaml.safe_load(open_text("cases/tiny/case.yaml"))["exchanges"]
    for kept in itertools.product((True, False), repeat=len(ends)):
        entries = [
            e if keep else {"from": e["from"], "to": e["to"], "forbidden": True}
            for e, keep in zip(stated, kept, strict=True)
        ]
        with TemporaryDirectory() as folder:
            other = solve(tiny(type(tmp_path)(folder), exchanges=entries))
        assert figure(other, "co2e") >= least * (1 - 1e-5)
        if figure(other, "co2e") <= least * (1 + 1e-6):
            assert cost <= figure(other, "total_annual_cost") * (1 + 1e-5)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("rule", [{"at_least": 1}, {"fixed": ["greenhouse"]}, {"at_least": 0}])
def test_tenants_are_those_asked_for(goal, rule, tmp_path):
    """The rule on tenants holds for every goal; the baseline has exactly the plan's."""
    written = random_case(54)
    plants = written.case["plants"]
    optional = [name for name, plant in plants.items() if "optional" in plant]
    assert len(optional) > 1
    wanted = {"fixed": optional[:1]} if "fixed" in rule else rule
    written.case["tenants"] = wanted
    plan = solve(read_case(written.write(tmp_path)), objective=goal)
    assert plan.audit["passed"]
    settled = set(plan.siting["unit"]) & set(optional)
    assert settled == set(plan.tables["baseline_siting"]["unit"]) & set(optional)
    if "fixed" in wanted:
        assert settled == set(wanted["fixed"])
    assert len(settled) >= wanted.get("at_least", 0)
