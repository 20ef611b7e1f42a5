"""Cases without a plan for what streams hold: each says which limit clashes with what, and by how much.

The dyer (8000 h) gives 6 m3/h of clean condensate (10 mg/L of COD) and 10 m3/h of dirty (100 mg/L), and takes 10 m3/h
of process water, which nobody sells. At best it takes all 6 of the clean and 4 of the dirty: (60 + 400) / 10 = 46 mg/L.
"""

import copy
import json

import pytest

from models.diagnose import Clash
from planner.case.read import read_case
from planner.diagnosis import explain
from planner.errors import CaseError, Infeasible
from planner.geography.measure import measure
from planner.pipeline import solve

BASE = {
    "case": "No plan",
    "currency": "EUR",
    "price_year": 2025,
    "economics": {"discount_rate": 0},
    "geography": {"distances": "distances.csv"},
    "plots": {"P1": {"area": 2}, "P2": {"area": 2}},
    "qualities": {"COD": {"unit": "mg/L"}},
    "links": {
        "pipe": {"kind": "pipe", "along": "table", "sizes": [{"size": "DN", "capacity": 100, "investment": 10}]},
    },
}
RESOURCES = {
    "fresh": {"kind": "water", "unit": "m3", "price": 1, "fresh_water": True, "quality": {"COD": 20}},
    "waste": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer", "cost": 2}, "carried_by": ["pipe"]},
    "condensate": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}, "carried_by": ["pipe"]},
    "process water": {"kind": "water", "unit": "m3"},
}
SWAPS = [{"from": "condensate", "to": "process water"}, {"from": "waste", "to": "fresh"}]


def write(folder, **fields):
    case = {**copy.deepcopy(BASE), "resources": RESOURCES, "substitutions": SWAPS, **fields}
    (folder / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nP1,P2,500\n", encoding="utf-8")
    return read_case(folder)


def dyer(limit):
    return {
        "plot": "P1",
        "area": 1,
        "hours": 8000,
        "sources": {
            "clean": {"resource": "condensate", "rate": 6, "quality": {"COD": 10}},
            "dirty": {"resource": "condensate", "rate": 10, "quality": {"COD": 100}},
        },
        "sinks": {"process water": {"rate": 10, "limits": {"COD": limit}}},
    }


def refused(case, kind=Infeasible):
    with pytest.raises(kind) as stopped:
        solve(case)
    return str(stopped.value)


def test_a_limit_that_no_mixture_meets(tmp_path):
    """46 mg/L at best, 30 admitted: 16 mg/L too much, in 80 000 m3/yr 1 280 kg/yr; 47 would do."""
    told = refused(write(tmp_path, plants={"dyer": dyer(30)}))
    assert "plants.dyer.sinks.process water.limits.COD" in told
    assert "at most 30 mg/L of COD" in told
    assert "laxer by about 16 mg/L" in told
    assert "1,280 kg/yr" in told
    assert solve(write(tmp_path, plants={"dyer": dyer(47)})).audit["passed"]


def test_a_limit_that_nothing_comes_near(tmp_path):
    """Each stream is above 5 mg/L and barred: the fault of the sink says so."""
    told = refused(write(tmp_path, plants={"dyer": dyer(5)}), CaseError)
    assert "plants.dyer.sinks.process water" in told
    assert "clean -> process water, it holds 10 mg/L of COD, the limit is 5" in told


@pytest.mark.parametrize(("permit", "fits"), [(60, False), (120, True)])
def test_a_permit_that_no_treatment_reaches(tmp_path, permit, fits):
    """500 mg/L less 80 % is 100 mg/L; (100 - 60) g/m3 x 80 000 m3/yr = 3 200 kg/yr too much."""
    river = {"route": "river", "limits": {"COD": permit}}
    resources = {
        "waste": {"kind": "water", "unit": "m3", "discharge": river, "carried_by": ["pipe"]},
        "treated": {"kind": "water", "unit": "m3", "discharge": river},
    }
    plant = {"plot": "P1", "area": 1, "hours": 8000, "sources": {"waste": {"rate": 10, "quality": {"COD": 500}}}}
    works = {
        "scope": "own",
        "owner": "dyer",
        "unit": "m3",
        "hours": 8000,
        "inputs": {"waste": 1},
        "outputs": {"treated": 1},
        "treats": {"inlet": "waste", "outlet": "treated", "removes": {"COD": 0.8}},
        "investment": [{"capacity": 20, "investment": 1000}],
    }
    fields = {"resources": resources, "substitutions": [], "plants": {"dyer": plant}, "facilities": {"works": works}}
    case = write(tmp_path, **fields)
    if fits:
        assert solve(case).audit["passed"]
        return
    told = refused(case)
    assert "resources.treated.discharge.limits.COD: what works / treated disposes of holds at most 60 mg/L" in told
    assert "exceeded by 3,200 kg/yr of COD" in told


def test_a_cap_on_fresh_water_clashes_with_a_limit(tmp_path):
    """20 m3/h at 40 mg/L of 20 (fresh) and 100 (own waste): 15 of 20 are fresh, 120 000 m3/yr; the cap is 100 000."""
    plant = {
        "plot": "P1",
        "area": 1,
        "hours": 8000,
        "sources": {"waste": {"rate": 10, "quality": {"COD": 100}}},
        "sinks": {"fresh": {"rate": 20, "limits": {"COD": 40}}},
    }
    capped = {"discount_rate": 0, "caps": {"fresh_water": 100_000}}
    told = refused(write(tmp_path, plants={"dyer": plant}, economics=capped))
    assert "economics.caps.fresh_water: at most 100,000 m3/yr" in told
    assert "plants.dyer.sinks.fresh.limits.COD" in told
    assert "raise it by 20,000 m3/yr" in told


def test_a_cap_on_fresh_water_that_operations_cannot_keep(tmp_path):
    """Fresh water holds 20 mg/L. The rinse (2 kg/h, in at 20, out at 100) needs 2 / (0.1 - 0.02) = 25 m3/h of it.

    The wash (5 kg/h, in at 50, out at 150) takes at least 5 / (0.15 - 0.02) = 38.5 m3/h of fresh water, or a rinse at
    100 mg/L mixed in: x of 100 and y of 20 mg/L, 100 x + 20 y = 50 (x + y), so that y = 5/3 x, and
    x + y = 5 / (0.15 - 0.05) = 50: y = 31.25 m3/h. 56.25 m3/h are 450,000 m3/yr, the cap is 100,000.
    """
    operations = {
        name: {"takes": "fresh", "gives": "waste", "load": {"COD": load}, "max_inlet": {"COD": most}, "max_outlet": out}
        for name, load, most, out in (("wash", 5, 50, {"COD": 150}), ("rinse", 2, 20, {"COD": 100}))
    }
    plant = {"plot": "P1", "area": 1, "hours": 8000, "operations": operations}
    capped = {"discount_rate": 0, "caps": {"fresh_water": 100_000}}
    told = refused(write(tmp_path, plants={"laundry": plant}, economics=capped))
    assert "economics.caps.fresh_water: at most 100,000 m3/yr" in told
    assert "raise it by 350,000 m3/yr" in told


def test_a_cap_on_fresh_water_clashes_with_a_largest_outlet(tmp_path):
    """5 kg/h from 20 to 150 mg/L need 5 / 0.13 = 38.46 m3/h, 307,692 m3/yr: the cap is 7,692 too low."""
    wash = {"takes": "fresh", "gives": "waste", "load": {"COD": 5}, "max_outlet": {"COD": 150}, "max_flow": 60}
    plant = {"plot": "P1", "area": 1, "hours": 8000, "operations": {"wash": wash}}
    capped = {"discount_rate": 0, "caps": {"fresh_water": 300_000}}
    told = refused(write(tmp_path, plants={"laundry": plant}, economics=capped))
    assert "economics.caps.fresh_water: at most 300,000 m3/yr" in told
    outlet = "plants.laundry.operations.wash.max_outlet.COD: what laundry / wash gives holds at most 150 mg/L of COD"
    assert outlet in told
    assert "raise it by 7,692.31 m3/yr" in told


def test_no_baseline_for_a_limit_that_only_a_neighbour_helps_to_meet(tmp_path):
    """Alone the dyer is at 46 mg/L; with 5 m3/h of 10 mg/L from the mill 10 of 11 clean ones do, far below 40."""
    mill = {
        "plot": "P2",
        "area": 1,
        "hours": 8000,
        "sources": {"clean": {"resource": "condensate", "rate": 5, "quality": {"COD": 10}}},
    }
    told = refused(write(tmp_path, plants={"dyer": dyer(40), "mill": mill}))
    assert "There is a plan, but no baseline" in told
    assert "plants.dyer.sinks.process water.limits.COD" in told


def test_limits_that_only_the_search_for_contents_finds_to_clash(tmp_path, monkeypatch):
    """The relaxation has a plan, the mixtures have none: all limits of quality are named, and nothing else."""
    case = write(tmp_path, plants={"dyer": dyer(30)})
    everything = ("settle:dyer", "quality:dyer / process water:COD")
    monkeypatch.setattr("models.diagnose.clash", lambda *_, **__: Clash(everything, {}))
    told = explain(case, measure(case))
    assert "no mixture was found" in told
    assert [line for line in told.splitlines() if line.startswith("  - ")] == [
        "  - plants.dyer.sinks.process water.limits.COD: what dyer / process water takes holds at most 30 mg/L of COD"
    ]


def test_the_baseline_says_how_much_laxer(tmp_path):
    """500 mg/L less 80 % is 100 mg/L, in 80 000 m3 8,000 kg: 40 mg/L above the 60 of the works' discharge.

    With the mill beside, which takes 10 m3/h of treated water at 200 mg/L, there is a plan.
    """
    river = {"route": "river", "limits": {"COD": 60}}
    resources = {
        "fresh": {"kind": "water", "unit": "m3", "price": 1, "quality": {"COD": 0}},
        "waste": {"kind": "water", "unit": "m3", "discharge": river},
        "treated": {"kind": "water", "unit": "m3", "discharge": river, "carried_by": ["pipe"]},
    }
    plants = {
        "dyer": {"plot": "P1", "hours": 8000, "sources": {"waste": {"rate": 10, "quality": {"COD": 500}}}},
        "mill": {"plot": "P2", "hours": 8000, "sinks": {"fresh": {"rate": 10, "limits": {"COD": 200}}}},
    }
    works = {
        "scope": "own", "owner": "dyer", "unit": "m3", "hours": 8000, "inputs": {"waste": 1}, "outputs": {"treated": 1},
        "treats": {"inlet": "waste", "outlet": "treated", "removes": {"COD": 0.8}},
        "investment": [{"capacity": 20, "investment": 1000}],
    }  # fmt: skip
    swaps = [{"from": "treated", "to": "fresh"}]
    told = refused(
        write(tmp_path, resources=resources, substitutions=swaps, plants=plants, facilities={"works": works})
    )
    _, _, change = told.partition("The smallest change that would make a baseline possible:")
    assert "what works / treated disposes of holds at most 60 mg/L of COD: make it laxer by about 40 mg/L" in change
    assert "to 100 mg/L (8,000 kg/yr in 80,000 m3/yr; it is exceeded by 3,200 kg/yr of COD)" in change


def test_a_large_load_stands_in_plain_numbers(tmp_path):
    """10 m3/h of 50,000 mg/L, 4,000,000 kg in 80 000 m3, of which 10 mg/L may leave: 3,999,200 kg too much."""
    river = {"route": "river", "limits": {"COD": 10}}
    resources = {
        "waste": {"kind": "water", "unit": "m3", "discharge": river, "carried_by": ["pipe"]},
        "treated": {"kind": "water", "unit": "m3", "discharge": river},
    }
    plant = {"plot": "P1", "hours": 8000, "sources": {"waste": {"rate": 10, "quality": {"COD": 50_000}}}}
    works = {
        "scope": "own", "owner": "dyer", "unit": "m3", "inputs": {"waste": 1}, "outputs": {"treated": 1},
        "treats": {"inlet": "waste", "outlet": "treated", "removes": {"COD": 0}},
        "investment": [{"capacity": 20, "investment": 1000}],
    }  # fmt: skip
    fields = {"resources": resources, "substitutions": [], "plants": {"dyer": plant}, "facilities": {"works": works}}
    told = refused(write(tmp_path, **fields))
    assert "to 50,000 mg/L (4,000,000 kg/yr in 80,000 m3/yr; it is exceeded by 3,999,200 kg/yr of COD)" in told
    assert "e+" not in told
