"""Properties of plans with water and qualities: what may not change them, and what may not make them dearer.

A plan and its bound enclose the optimum. What never costs more is checked between bound and plan, and what changes
nothing by intervals that meet, so that every statement holds whatever the gap.
"""

import copy
import json
import random

import pytest
import yaml
from random_water_cases import QUALITIES

import models.scip
from models import bilinear
from models import goal as goals
from models.park import build
from models.solve import Options
from planner.assemble.assemble import assemble
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve

CLOSE = 1e-5


def park(seed, *, operations=0, units=0):
    """A small park of two plants: sources and sinks of fixed flow with limits, and units whose outlets mix."""
    r = random.Random(f"park {seed}")
    named = ["COD", "TSS"]
    resources = {
        "water": {
            "kind": "water", "unit": "m3", "mass": 1, "price": 1.2, "fresh_water": True,
            "quality": {"COD": r.choice((0, 10)), "TSS": 0},
        },
        "waste water": {
            "kind": "water", "unit": "m3", "mass": 1, "discharge": {"route": "sewer", "cost": 0.5},
            "carried_by": ["pipe"],
        },
        "clean water": {
            "kind": "water", "unit": "m3", "mass": 1, "discharge": {"route": "river"}, "carried_by": ["pipe"],
        },
    }  # fmt: skip
    if r.random() < 0.5:
        resources["waste water"]["discharge"]["load_fees"] = {"COD": 1.5}
    plants = {}
    for site in "AB":
        sources = {
            f"waste {n}": {
                "resource": "waste water", "rate": r.choice((4, 7, 12)),
                "quality": {name: r.choice(QUALITIES[name]["foul"]) for name in named},
            }
            for n in range(r.randint(1, 2))
        }  # fmt: skip
        sinks = {
            f"need {n}": {
                "resource": "water", "rate": r.choice((5, 8, 11)),
                "limits": {name: r.choice(QUALITIES[name]["limit"]) for name in named if r.random() < 0.8},
            }
            for n in range(r.randint(1, 2))
        }  # fmt: skip
        plants[f"plant {site}"] = {"plot": site, "hours": 8000, "sources": sources, "sinks": sinks}
    for n in range(operations):
        plant = plants[f"plant {'AB'[n % 2]}"]
        plant["operations"] = {
            "washing": {
                "takes": "water", "gives": "waste water", "load": {"COD": r.choice((1, 2))},
                "max_inlet": {"COD": r.choice((30, 50)), "TSS": r.choice((20, 40))}, "max_outlet": {"COD": 300},
                "max_flow": 15,
            }
        }  # fmt: skip
    case = {
        "case": f"Park {seed}", "currency": "EUR", "price_year": 2025,
        "economics": {"discount_rate": 0.05, "lifetime": {"pipe": 20}},
        "qualities": {"COD": {"unit": "mg/L"}, "TSS": {"unit": "ppm"}},
        "geography": {"distances": "distances.csv"},
        "plots": {"A": {"area": 1}, "B": {"area": 1}},
        "resources": resources,
        "substitutions": [{"from": "waste water", "to": "water"}, {"from": "clean water", "to": "water"}],
        "plants": plants,
        "links": {"pipe": {"kind": "pipe", "along": "table", "cost": 0.1, "sizes": [
            {"size": "S", "capacity": 6, "investment": 30}, {"size": "L", "capacity": 40, "investment": 50}]}},
    }  # fmt: skip
    if units:
        case["facilities"] = {
            "works": {
                "scope": "own", "owner": "plant A", "unit": "m3", "inputs": {"waste water": 1},
                "outputs": {"clean water": 1}, "treats": {"inlet": "waste water", "outlet": "clean water",
                "removes": {"COD": 0.9, "TSS": 0.8}}, "variable_cost": 0.2,
                "investment": [{"capacity": 30, "investment": 40_000}],
            }
        }  # fmt: skip
    return case


def plan_of(folder, case, objective="cost"):
    """Audited plan of a case."""
    folder.mkdir()
    text = yaml.safe_dump(json.loads(json.dumps(case)), sort_keys=False)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,500\n", encoding="utf-8")
    plan = solve(read_case(folder), objective=objective)
    assert [check for check in plan.audit["checks"] if not check["passed"]] == []
    return plan


def ends(plan):
    """Bound and objective of a plan."""
    stage = plan.header["solver"]["stages"][0]
    return stage["bound"], stage["objective"]


def never_dearer(cheap, dear, factor=1.0):
    """The optimum of the first is at most that of the second: so is its bound."""
    (low, _), (_, high) = ends(cheap), ends(dear)
    assert low * factor <= high + CLOSE * max(1.0, abs(high))


def alike(one, other, factor=1.0):
    never_dearer(one, other, factor)
    never_dearer(other, one, 1 / factor)


#: What is in a park, and seeds of it.
FEW = [(0, 0, 0), (1, 0, 0), (4, 1, 0)]
MANY = [(2, 0, 0), (5, 0, 1)]
KINDS = [*FEW, *(pytest.param(*kind, marks=pytest.mark.slow) for kind in MANY)]


@pytest.fixture(autouse=True)
def highs_alone(request, monkeypatch):
    """Without SCIP, that the same is tested with and without it; the last test compares both."""
    if "optimum" not in request.node.name:
        monkeypatch.setattr(models.scip, "available", lambda: False)


@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_they_are_proven(seed, operations, units, tmp_path):
    plan = plan_of(tmp_path / "one", park(seed, operations=operations, units=units))
    assert plan.header["solver"]["gap"] <= 1e-4


@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_one_contaminant_more_never_costs_less(seed, operations, units, tmp_path):
    r = random.Random(seed)
    case = park(seed, operations=operations, units=units)
    more = copy.deepcopy(case)
    more["qualities"]["salt"] = {"unit": "kg/m3"}
    more["resources"]["water"]["quality"]["salt"] = 0.1
    for plant in more["plants"].values():
        for source in plant["sources"].values():
            source["quality"]["salt"] = r.choice((0.5, 2))
        for sink in plant["sinks"].values():
            sink["limits"]["salt"] = r.choice((0.3, 1))
    never_dearer(plan_of(tmp_path / "one", case), plan_of(tmp_path / "more", more))


@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_a_laxer_limit_never_costs_more(seed, operations, units, tmp_path):
    case = park(seed, operations=operations, units=units)
    laxer = copy.deepcopy(case)
    for plant in laxer["plants"].values():
        for sink in plant["sinks"].values():
            sink["limits"] = {name: 1.3 * most for name, most in sink["limits"].items()}
    never_dearer(plan_of(tmp_path / "laxer", laxer), plan_of(tmp_path / "one", case))


@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_names_change_nothing(seed, operations, units, tmp_path):
    case = park(seed, operations=operations, units=units)
    text = json.dumps(case)
    for one, other in (("plant A", "plant B"), ("COD", "TSS")):
        text = text.replace(f'"{one}"', '"?"').replace(f'"{other}"', f'"{one}"').replace('"?"', f'"{other}"')
    swapped = json.loads(text)
    swapped["qualities"] = {"TSS": {"unit": "mg/L"}, "COD": {"unit": "ppm"}}
    alike(plan_of(tmp_path / "one", case), plan_of(tmp_path / "other", swapped))


@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_units_change_nothing(seed, operations, units, tmp_path):
    case = park(seed, operations=operations, units=units)
    other = copy.deepcopy(case)
    other["qualities"] = {"COD": {"unit": "g/m3"}, "TSS": {"unit": "g/t"}}
    alike(plan_of(tmp_path / "one", case), plan_of(tmp_path / "other", other))


def split(case):
    """The case with a source in two halves of the same quality."""
    made = copy.deepcopy(case)
    for plant in made["plants"].values():
        plant["sources"]["waste 0"]["rate"] /= 2
        plant["sources"]["waste 0 again"] = copy.deepcopy(plant["sources"]["waste 0"])
    return made


# One larger pipe is cheaper here than two small ones: 50 < 2 x 30 EUR/m.
@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_two_equal_sources_in_one_never_cost_more(seed, operations, units, tmp_path):
    case = park(seed, operations=operations, units=units)
    never_dearer(plan_of(tmp_path / "merged", case), plan_of(tmp_path / "two", split(case)))


@pytest.mark.parametrize(("seed", "operations", "units"), KINDS)
def test_two_equal_sources_cost_the_same_where_links_cost_by_flow_only(seed, operations, units, tmp_path):
    case = park(seed, operations=operations, units=units)
    case["links"]["pipe"]["sizes"] = [{"size": "any", "capacity": 100}]
    alike(plan_of(tmp_path / "merged", case), plan_of(tmp_path / "two", split(case)))


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.slow)])
def test_an_operation_in_parts_never_costs_more(seed, tmp_path):
    case = park(seed, operations=1)
    parts = copy.deepcopy(case)
    parts["plants"]["plant A"]["operations"]["washing"]["parts"] = 2
    parts["links"]["pipe"]["sizes"] = case["links"]["pipe"]["sizes"] = [{"size": "any", "capacity": 100}]
    never_dearer(plan_of(tmp_path / "parts", parts), plan_of(tmp_path / "whole", case))


@pytest.mark.parametrize(("seed", "operations", "factor"), [(0, 0, 0.5), (1, 0, 3.0), (4, 1, 3.0)])
def test_fresh_water_scales_with_flows_and_loads(seed, operations, factor, tmp_path):
    case = park(seed, operations=operations)
    case["links"]["pipe"]["sizes"] = [{"size": "any", "capacity": 1000}]
    scaled = copy.deepcopy(case)
    for plant in scaled["plants"].values():
        for stream in (*plant["sources"].values(), *plant["sinks"].values()):
            stream["rate"] *= factor
        for operation in plant.get("operations", {}).values():
            operation["max_flow"] *= factor
            operation["load"] = {name: factor * load for name, load in operation["load"].items()}
    plans = plan_of(tmp_path / "one", case, "water"), plan_of(tmp_path / "scaled", scaled, "water")
    alike(*plans, factor)


def model_of(folder, case):
    """The model of a case as HiGHS gets it, for least cost."""
    folder.mkdir()
    (folder / "case.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(case)), sort_keys=False), encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,500\n", encoding="utf-8")
    read = read_case(folder)
    model = build(assemble(read, measure(read)).instance)
    bilinear.prepare(model, "highs")
    goals.aim(model, "cost")
    return model


@pytest.mark.parametrize(
    ("seed", "operations", "units"), [(4, 1, 0), *(pytest.param(*kind, marks=pytest.mark.slow) for kind in MANY[1:])]
)
def test_the_optimum_lies_between_bound_and_plan(seed, operations, units, tmp_path):
    """SCIP alone, which starts from nothing HiGHS found, where it is installed; else the plan against its own bound."""
    case = park(seed, operations=operations, units=units)
    found = bilinear.solve(model_of(tmp_path / "one", case), Options(time_limit=60))
    assert found.bound <= found.objective + CLOSE * max(1.0, abs(found.objective))
    if models.scip.available():
        known = models.scip.solve(model_of(tmp_path / "other", case), Options(time_limit=60))
        spare = CLOSE * max(1.0, abs(known.objective))
        assert found.bound <= known.objective + spare
        assert known.bound <= found.objective + spare
