"""Stores among what else a park decides: place, curve of investment, owner, first plans, and what is said of them."""

import dataclasses
import math

import pytest
from storage_toys import WIDE, tank_park, year
from toys import cost, with_effects

from models import start
from models.chronology import StoreData
from models.instance import FacilityData, OptionData, PairData, SegmentData
from models.mains import Strength
from models.park import build, twin
from models.rules import Limit
from models.run import plan
from models.solve import Options, solve
from models.storage import course

FAST = StoreData(rate_in=1.0, rate_out=1.0)
HALVES = {"summer": 4380.0, "winter": 4380.0}
SUMMER = {"summer": 100.0, "winter": 0.0}
WINTER = {"summer": 0.0, "winter": 80.0}


def seasons(**numbers):
    return tank_park(HALVES, SUMMER, WINTER, FAST, price=10.0, **numbers)


def sized(instance, facility):
    return dataclasses.replace(instance, facilities={"tank": facility})


def test_a_curve_of_investment_in_two_segments():
    # Small: up to 20 at 1 + 4 each. Large: from 50, 100 + 1 each. 80 large: 180. Small 20: 81 + 60 x 10 = 681.
    segments = {"small": SegmentData(0.0, 20.0), "large": SegmentData(50.0, 500.0)}
    instance = sized(seasons(), FacilityData(segments, HALVES))
    instance = with_effects(instance, "opened", {("tank", "small"): {"cost": 1.0}, ("tank", "large"): {"cost": 100.0}})
    effects = {("tank", "small"): {"cost": 4.0}, ("tank", "large"): {"cost": 1.0}}
    instance = dataclasses.replace(instance, effects={**instance.effects, "capacity": effects})
    assert cost(instance) == pytest.approx(180.0)


def test_a_power_law_of_investment_is_charged_for_the_content():
    # 4 x content ^ 0.5 with a chord from 0 to 100 (40): the plan needs 80, by the law 4 x 80 ^ 0.5 = 35.777.
    instance = sized(seasons(), FacilityData({"g": SegmentData(0.0, 100.0)}, HALVES, law=(4.0, 0.5)))
    instance = dataclasses.replace(
        instance,
        effects={**instance.effects, "capacity": {("tank", "g"): {"cost": 0.4}}, "beyond": {("tank",): {"cost": 1.0}}},
    )
    run = plan(instance, mixing="highs")
    assert run.plan.totals["total_annual_cost"] == pytest.approx(4.0 * math.sqrt(80.0))


def two_sites(**numbers):
    """The tank may stand on C or D; links from the kiln cost 30 to C and 5 to D, those to the baths 10 and 20."""
    instance = seasons(**numbers)
    wide = dict.fromkeys(HALVES, WIDE)
    into = OptionData(wide, {("A", "C"): PairData(), ("A", "D"): PairData()})
    out = OptionData(wide, {("C", "B"): PairData(), ("D", "B"): PairData()})
    exchanges = {
        **instance.exchanges,
        "in": dataclasses.replace(instance.exchanges["in"], options={"pipe": into}),
        "out": dataclasses.replace(instance.exchanges["out"], options={"pipe": out}),
    }
    links = {
        ("in", "pipe", "A", "C"): {"cost": 30.0}, ("in", "pipe", "A", "D"): {"cost": 5.0},
        ("out", "pipe", "C", "B"): {"cost": 10.0}, ("out", "pipe", "D", "B"): {"cost": 20.0},
    }  # fmt: skip
    return with_effects(
        dataclasses.replace(
            instance,
            places={**instance.places, "D": instance.places["C"]},
            admissible={**instance.admissible, "tank": ("C", "D")},
            exchanges=exchanges,
        ),
        "link",
        links,
    )


def test_a_store_stands_where_its_links_are_cheapest():
    # C: 30 + 10, D: 5 + 20; content 160.
    assert cost(two_sites(size=2.0)) == pytest.approx(185.0)
    assert ("tank", "D") in plan(two_sites(size=2.0)).plan.values["sited"]


def test_a_first_plan_knows_stores():
    model = build(two_sites(size=2.0))
    found = start.find(model, "cost", None, Options(), start.Rule(tries=1, moves=50))
    assert found is not None
    assert found.objective <= 800.0 + 1e-6
    run = plan(two_sites(size=2.0), start="search")
    assert run.plan.totals["total_annual_cost"] == pytest.approx(185.0)


def test_the_twin_of_a_model_has_the_same_stores():
    model = build(two_sites(size=2.0))
    other = twin(model, Strength(False, False, False, False))
    assert solve(other).objective == pytest.approx(solve(model).objective)


def test_a_limit_may_count_what_is_charged():
    # At most 30 charged a year: 30 x 2 + 50 x 10.
    counted = {"charged": {("tank", t): {"waste": 1.0} for t in HALVES}}
    instance = dataclasses.replace(seasons(size=2.0, extra=counted), limits={"cap": Limit({"waste": 1.0}, 30.0)})
    assert cost(instance) == pytest.approx(560.0)


def test_a_goal_other_than_cost_may_want_a_store():
    # Heat bought emits 1 a MWh: for CO2e a tank at 20 is built that for cost is not, and then no larger than needed.
    emitted = {"supplied": {("heat", t): {"cost": 10.0, "co2e": 1.0} for t in HALVES}}
    instance = seasons(size=20.0, extra=emitted)
    assert plan(instance).plan.totals["co2e"] == pytest.approx(80.0)
    green = plan(instance, "co2e").plan
    assert green.totals["co2e"] == pytest.approx(0.0, abs=1e-3)
    assert green.totals["total_annual_cost"] == pytest.approx(1600.0, rel=1e-3)


def test_a_store_built_by_force_and_left_alone_stays_empty_or_even():
    instance = tank_park(HALVES, dict.fromkeys(HALVES, 0.0), WINTER, dataclasses.replace(FAST, loss=0.01), low=10.0)
    units = {**instance.units, "tank": dataclasses.replace(instance.units["tank"], forced=True)}
    result = plan(dataclasses.replace(instance, units=units)).plan
    assert result.totals["total_annual_cost"] == pytest.approx(80.0)
    assert all(abs(level.first) < 1e-6 for level in course(instance, result.values, "tank"))


def test_money_and_amounts_of_a_year_do_not_depend_on_where_it_begins():
    # The year is a ring: blocks turned round, the same plan.
    hours = {"winter": 2000.0, "spring": 1000.0, "summer": 3000.0, "autumn": 2760.0}
    make = dict(zip(hours, (0.0, 50.0, 90.0, 20.0), strict=True))
    need = dict(zip(hours, (80.0, 20.0, 0.0, 40.0), strict=True))
    names, found = list(hours), []
    for n in range(4):
        order = year(*((t, (t,), 1) for t in names[n:] + names[:n]))
        lossy = dataclasses.replace(FAST, loss=1e-5)
        found.append(cost(tank_park(hours, make, need, lossy, size=0.3, price=5.0, order=order)))
    assert found == pytest.approx([found[0]] * 4)
