"""Shadow values in the pipeline: a solve for each limit that binds, and what is said where there is none."""

import importlib
import math
import threading
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from mixtures_park import distances, plant, water_books, water_case

from models.clock import Clock
from models.solution import NoSolution, Stage
from planner.errors import CaseError, Fault
from planner.pipeline import _header, _with_shadow_values
from planner.results.compositions import Contents
from planner.results.laxer import BOTH
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


def stage(objective: float, gap: float = 0.0) -> Stage:
    return Stage("cost", objective, objective * (1 - gap), gap)


def solved(objective: float, gap: float = 0.0):
    return SimpleNamespace(stages=(stage(objective, gap),), mixing={}, facts={"build_s": 1.0})


def shadow(plan, monkeypatch, answer, *, before=None, **options):
    """Shadow values where the case with the laxer limit is solved by ``answer``."""
    module = importlib.import_module("planner.assemble.assemble")  # the package has a function of that name
    monkeypatch.setattr(module, "assemble", lambda case, _: SimpleNamespace(instance=case))
    monkeypatch.setattr("models.run.best", answer)
    made = _with_shadow_values(plan, distances(), before or solved(1000.0), "cost", {"gap": 1e-6, **options})
    (row,) = made.tables["quality_limits"].to_dict("records")
    return row


def test_a_laxer_limit_saves_the_difference_of_two_solves(plan, monkeypatch):
    seen = []

    def answer(instance, goal, **_):
        seen.append(instance.plants["B"].sinks["fresh"].limits["COD"].max_.value)
        return stage(880.0)

    row = shadow(plan, monkeypatch, answer)
    assert seen == [pytest.approx(63)]
    assert (row["laxer_limit"], row["saving_per_yr"]) == (pytest.approx(63), pytest.approx(120))
    assert row["how"] == "solved again with a limit 5 % laxer, in EUR/yr of the goal; gaps 0 and 0"


@pytest.mark.parametrize("error", [NoSolution("infeasible"), CaseError([Fault("case.yaml", 1, 1, "x", "is wrong")])])
def test_no_plan_with_the_laxer_limit_is_said(plan, monkeypatch, error):
    def answer(*_, **__):
        raise error

    row = shadow(plan, monkeypatch, answer)
    assert math.isnan(row["saving_per_yr"])
    assert row["how"].startswith("no plan with a limit 5 % laxer: ")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        # 1000 with a gap of 2 % and 990 with one of 1 %: 20 + 9.9 = 29.9 of a difference of 10 may be the solver's
        (solved(1000.0, 0.02), stage(990.0, 0.01), f"it saves less than 29.9 EUR/yr of the goal, {BOTH}"),
        (solved(1000.0, 0.02), stage(1010.0, 0.0), f"it saves less than 20 EUR/yr of the goal, {BOTH}"),
        # dearer by more than 1e-6 x 1000 with nothing left open: said, and not called a saving of 0
        (solved(1000.0), stage(1000.5), "the plan found so is 0.5 EUR/yr of the goal worse"),
        (solved(1000.0), stage(1000.0005), "it saves less than 0.001 EUR/yr of the goal, the rounding"),
        (solved(1000.0, math.inf), stage(990.0), "what it saves cannot be told, as the gap of a solve is not known"),
    ],
)
def test_a_difference_within_the_gaps_is_no_saving(plan, monkeypatch, before, after, told):
    row = shadow(plan, monkeypatch, lambda *_, **__: after, before=before)
    assert math.isnan(row["saving_per_yr"])
    assert row["laxer_limit"] == pytest.approx(63)
    assert row["how"] == f"solved again with a limit 5 % laxer: {told}"


def test_what_had_no_time_is_not_computed(plan, monkeypatch):
    # Of no time nothing is left; and a solve that ends without a plan in its share of the time says the same.
    why = "not computed: the time limit was reached"

    def late(*_, **__):
        raise NoSolution("limit")

    def never(*_, **__):
        raise AssertionError

    for answer, seconds in ((never, 0.0), (late, 60.0)):
        row = shadow(plan, monkeypatch, answer, limit=Clock(seconds))
        assert (row["how"], math.isnan(row["saving_per_yr"]), math.isnan(row["laxer_limit"])) == (why, True, True)


def test_solves_share_what_is_left_of_the_time(plan, monkeypatch):
    # Four limits that bind and 60 s: a solve that takes no time leaves 60 / 4, 60 / 3, 60 / 2 and 60 / 1 s.
    table = pd.concat([plan.tables["quality_limits"]] * 4, ignore_index=True)
    given = []

    def answer(*_, time_limit, **__):
        given.append(time_limit)
        return stage(880.0)

    module = importlib.import_module("planner.assemble.assemble")
    monkeypatch.setattr(module, "assemble", lambda case, _: SimpleNamespace(instance=case))
    monkeypatch.setattr("models.run.best", answer)
    four = replace(plan, tables={"quality_limits": table})
    _with_shadow_values(four, distances(), solved(1000.0), "cost", {"limit": Clock(60.0)})
    assert given == [pytest.approx(60.0 / n, abs=0.5) for n in (4, 3, 2, 1)]


def test_one_interrupt_ends_all_solves(plan, monkeypatch):
    # Pressed in the first of two: neither is told, and the second is not even begun.
    table = pd.concat([plan.tables["quality_limits"]] * 2, ignore_index=True)
    event, begun = threading.Event(), []

    def answer(*_, **__):
        begun.append(1)
        event.set()
        raise NoSolution("interrupted")

    module = importlib.import_module("planner.assemble.assemble")
    monkeypatch.setattr(module, "assemble", lambda case, _: SimpleNamespace(instance=case))
    monkeypatch.setattr("models.run.best", answer)
    two = replace(plan, tables={"quality_limits": table})
    made = _with_shadow_values(two, distances(), solved(1000.0), "cost", {"interrupt": event})
    assert list(made.tables["quality_limits"]["how"]) == ["not computed: interrupted"] * 2
    assert begun == [1]


def test_the_header_says_how_mixtures_were_solved(books):
    found = replace(books.solution, facts={})
    run = SimpleNamespace(plan=found, baseline=found)
    assert "mixing" not in _header(books.case, run, "cost", threads=1, seed=0)["solver"]
    told = SimpleNamespace(**{name: getattr(found, name) for name in ("status", "objective", "bound", "gap", "stages")})
    told.interrupted, told.facts, told.mixing = False, {}, {"kind": "linear"}
    header = _header(books.case, SimpleNamespace(plan=told, baseline=found), "cost", threads=1, seed=0)
    assert header["solver"]["mixing"] == {"kind": "linear"}
