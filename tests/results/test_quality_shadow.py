"""Shadow values in the pipeline: a solve for each limit that binds, and what is said where there is none."""

import importlib
import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
from mixtures_park import distances, plant, water_books, water_case

from models.solution import NoSolution, Stage
from planner.errors import CaseError, Fault
from planner.pipeline import _header, _with_shadow_values
from planner.results.compositions import Contents
from planner.results.plan import Plan
from planner.results.quality_limits import quality_limits_table


@pytest.fixture
def books():
    """50 t of 60 ppm into a sink that takes at most 60: the limit binds."""
    plants = {
        "A": plant(sources={"waste": {"rate": 50, "quality": {"COD": 60}}}),
        "B": plant(sinks={"fresh": {"rate": 50, "limits": {"COD": 60}}}),
    }
    return water_books(water_case(plants=plants), {("A / waste", "B / fresh"): 50.0})


@pytest.fixture
def plan(books) -> Plan:
    return Plan({"quality_limits": quality_limits_table(Contents(books))}, {}, {}, {}, books.case)


def solved(objective: float):
    return SimpleNamespace(stages=(Stage("cost", objective, objective, 0.0),), mixing={})


def shadow(plan, monkeypatch, answer):
    """Shadow values where the case with the laxer limit is solved by ``answer``."""
    module = importlib.import_module("planner.assemble.assemble")  # the package has a function of that name
    monkeypatch.setattr(module, "assemble", lambda case, _: SimpleNamespace(instance=case))
    monkeypatch.setattr("models.run.plan", answer)
    made = _with_shadow_values(plan, distances(), solved(1000.0), "cost", {"gap": 1e-6})
    (row,) = made.tables["quality_limits"].to_dict("records")
    return row


def test_a_laxer_limit_saves_the_difference_of_two_solves(plan, monkeypatch):
    seen = []

    def answer(instance, goal, **_):
        seen.append(instance.plants["B"].sinks["fresh"].limits["COD"].max_.value)
        return SimpleNamespace(plan=solved(880.0))

    row = shadow(plan, monkeypatch, answer)
    assert seen == [pytest.approx(63)]
    assert (row["laxer_limit"], row["saving_per_yr"]) == (pytest.approx(63), pytest.approx(120))
    assert row["how"] == "solved again with a limit 5 % laxer, in EUR/yr of the goal; gaps 0 and 0"


@pytest.mark.parametrize("error", [NoSolution("limit"), CaseError([Fault("case.yaml", 1, 1, "x", "is wrong")])])
def test_no_plan_with_the_laxer_limit_is_said(plan, monkeypatch, error):
    def answer(*_, **__):
        raise error

    row = shadow(plan, monkeypatch, answer)
    assert math.isnan(row["saving_per_yr"])
    assert row["how"].startswith("no plan with a limit 5 % laxer: ")


def test_the_header_says_how_mixtures_were_solved(books):
    found = replace(books.solution, facts={})
    run = SimpleNamespace(plan=found, baseline=found)
    assert "mixing" not in _header(books.case, run, "cost", threads=1, seed=0)["solver"]
    told = SimpleNamespace(**{name: getattr(found, name) for name in ("status", "objective", "bound", "gap", "stages")})
    told.interrupted, told.facts, told.mixing = False, {}, {"kind": "linear"}
    header = _header(books.case, SimpleNamespace(plan=told, baseline=found), "cost", threads=1, seed=0)
    assert header["solver"]["mixing"] == {"kind": "linear"}
