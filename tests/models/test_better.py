"""Plans that a gap or a limit ended too soon, made better near where they are."""

import dataclasses
import math

import pyomo.environ as pyo
import pytest
from toys import YEAR, exchange, option, park, sink, source

from models import bilinear, run
from models import goal as goals
from models import solve as bridge
from models.alone import to_baseline, to_plan
from models.better import bettered, or_alone
from models.instance import FacilityData, PlaceData, SegmentData, UnitData
from models.park import build
from models.solution import Status
from models.solve import Options, Result, relative_gap


def kiln(link=20.0):
    """A kiln on A gives 10 t of ash, dumped at 2 a tonne; a mill on B needs 8 t, bought at 5.

    Alone 20 + 40 = 60. A narrow link costs 20 and carries 8 t: 20 + 2 x 2 = 24; a wide one 30: 34.
    """
    return park(
        units={k: UnitData("plant") for k in ("kiln", "mill")},
        places={p: PlaceData() for p in "AB"},
        admissible={"kiln": ("A",), "mill": ("B",)},
        sources={"ash": source("kiln", 10.0)},
        sinks={"clay": sink("mill", 8.0)},
        exchanges={"e": exchange("ash", "clay", {s: option(10.0, [("A", "B")]) for s in ("narrow", "wide")})},
        effects={
            "built": {("e", "narrow"): {"cost": link}, ("e", "wide"): {"cost": link + 10.0}},
            "discharged": {("ash", YEAR): {"cost": 2.0}},
            "supplied": {("clay", YEAR): {"cost": 5.0}},
        },
    )


def held(m, bound, **fixed):
    """The best plan of a model with some variables fixed, as a search leaves it that knows a bound and no better."""
    variables = [(m.find_component(name), value) for name, value in fixed.items()]
    for variable, value in variables:
        variable.fix(value)
    result = bridge.solve(m)
    for variable, _ in variables:
        variable.unfix()
    return Result(Status.FEASIBLE, result.objective, bound, relative_gap(result.objective, bound), 0.0, 0)


def model_of(d):
    m = build(d)
    bilinear.prepare(m)
    goals.aim(m, "cost")
    return m


def value(m):
    return pyo.value(next(m.component_data_objects(pyo.Objective, active=True)).expr)


def test_a_smaller_link_is_found():
    m = model_of(kiln())
    found = held(m, 20.0, **{"built[e,wide]": 1})
    assert found.objective == pytest.approx(34.0)
    better = bettered(m, found, Options(gap=0.5))
    assert (better.objective, value(m)) == (pytest.approx(24.0), pytest.approx(24.0))
    assert better.bound == 20.0
    assert better.gap == pytest.approx(4.0 / 24.0)
    assert better.status is Status.FEASIBLE


def test_a_plan_that_meets_its_bound_is_the_best_then():
    m = model_of(kiln())
    better = bettered(m, held(m, 24.0, **{"built[e,wide]": 1}), Options())
    assert (better.gap, better.status) == (pytest.approx(0.0, abs=1e-9), Status.OPTIMAL)


def test_what_is_proven_is_left_alone():
    m = model_of(kiln())
    found = held(m, 34.0, **{"built[e,wide]": 1})  # its bound says that it is the best
    assert bettered(m, found, Options()) is found
    assert or_alone(m, found) is None


def test_another_line_of_investment():
    # 10 t/yr in 1,000 h: 0.01 t/h. By the first line works of up to 0.006 t/h at 1,000 a t/h, by the second up to 0.02
    # at 1 + 500 a t/h; each tonne saves 2 of dumping. First 6 t: 6 + 4 x 2 = 14; second 10 t: 1 + 5 = 6.
    lines = {"small": SegmentData(0.0, 0.006), "large": SegmentData(0.0, 0.02)}
    d = park(
        units={"kiln": UnitData("plant"), "works": UnitData("measure", host="kiln")},
        places={"A": PlaceData()},
        admissible={"kiln": ("A",)},
        sources={"ash": source("kiln", 10.0)},
        sinks={"in": sink("works", 1.0, suppliable=False)},
        exchanges={"e": exchange("ash", "in", {"own": option(10.0, [])}, own=True)},
        facilities={"works": FacilityData(lines, {YEAR: 1000.0})},
        effects={
            "discharged": {("ash", YEAR): {"cost": 2.0}},
            "opened": {("works", "large"): {"cost": 1.0}},
            "capacity": {("works", "small"): {"cost": 1000.0}, ("works", "large"): {"cost": 500.0}},
        },
    )
    m = model_of(d)
    found = held(m, 0.0, **{"opened[works,small]": 1})
    assert found.objective == pytest.approx(14.0)
    assert bettered(m, found, Options()).objective == pytest.approx(6.0)


def test_no_plan_is_worse_than_everybody_alone():
    # A link of 60 that the search would build: 60 + 4 = 64, alone 60.
    m = model_of(kiln(60.0))
    found = held(m, 10.0, **{"built[e,narrow]": 1})
    assert found.objective == pytest.approx(64.0)
    to_baseline(m, (), "stand_alone")
    bridge.solve(m)
    to_plan(m, ())
    alone = or_alone(m, found)
    assert (alone.objective, alone.bound) == (pytest.approx(60.0), 10.0)
    assert alone.gap == pytest.approx(50.0 / 60.0)


def test_a_baseline_that_breaks_a_rule_of_the_park_is_no_plan():
    d = kiln(60.0)
    forced = {e: dataclasses.replace(x, forced=True) for e, x in d.exchanges.items()}
    m = model_of(dataclasses.replace(d, exchanges=forced))
    found = held(m, 10.0, **{"built[e,narrow]": 1})
    to_baseline(m, (), "stand_alone")
    bridge.solve(m)
    to_plan(m, ())
    assert or_alone(m, found) is None


def test_a_run_that_a_limit_ended(monkeypatch):
    """A search that builds what does not pay and proves nothing: the plan is the baseline, and it says so."""

    def search(m, options=None):
        m.built["e", "narrow"].fix(1)
        result = bridge.solve(m)
        m.built["e", "narrow"].unfix()
        return dataclasses.replace(result, bound=-math.inf, gap=math.inf, status=Status.FEASIBLE)

    monkeypatch.setattr(run, "solve", search)
    monkeypatch.setattr(run, "bettered", lambda m, result, options: result)
    found = run.plan(kiln(60.0))
    assert found.plan.objective == pytest.approx(60.0)
    assert found.plan.objective == pytest.approx(found.baseline.totals["total_annual_cost"])
    assert found.plan.facts["alone"] == 1.0
    assert not found.plan.values.get("built")
    assert found.plan.status is Status.FEASIBLE
