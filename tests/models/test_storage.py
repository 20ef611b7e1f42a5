"""Stores in tiny parks solved by hand: seasons, day and night, losses, rates, sizes, and what is refused."""

import dataclasses
import math

import pytest
from storage_toys import tank_park, year
from toys import cost

from models.chronology import BlockData, Chronology, StoreData, decay, in_order, passes_of
from models.instance import FacilityData, SegmentData, SinkData, StateData
from models.park import build
from models.qualities import Mixing, OutletData
from models.run import baseline, plan
from models.storage import course

FAST = StoreData(rate_in=1.0, rate_out=1.0)
HALVES = {"summer": 4380.0, "winter": 4380.0}
SUMMER = {"summer": 100.0, "winter": 0.0}
WINTER = {"summer": 0.0, "winter": 80.0}


def store(**numbers) -> StoreData:
    return dataclasses.replace(FAST, **numbers)


def values_of(instance):
    return plan(instance).plan.values


# Seasons


def test_a_store_carries_summer_heat_into_winter():
    # 80 MWh of content at 2: 160, instead of 80 x 10 = 800 bought.
    assert cost(tank_park(HALVES, SUMMER, WINTER, FAST, size=2.0, price=10.0)) == pytest.approx(160.0)


def test_a_store_too_dear_is_not_built():
    # 80 x 12 = 960 is more than 800.
    assert cost(tank_park(HALVES, SUMMER, WINTER, FAST, size=12.0, price=10.0)) == pytest.approx(800.0)


def test_what_is_left_over_goes_round_the_year():
    # Need first, then surplus: the store is full at new year, and the year closes.
    hours = {"winter": 4380.0, "summer": 4380.0}
    values = values_of(tank_park(hours, SUMMER, WINTER, FAST, size=2.0, price=10.0))
    assert values["between"] == {("tank", "0"): pytest.approx(80.0)}
    assert values["charged"] == {("tank", "summer"): pytest.approx(80.0)}
    assert values["drawn"] == {("tank", "winter"): pytest.approx(80.0)}


def test_charging_and_drawing_each_take_their_part():
    # Of 100 charged 90 are stored, and 0.8 x 90 = 72 given: 80 - 72 = 8 are bought at 10; content 90 at 0.5 = 45.
    tank = store(efficiency_in=0.9, efficiency_out=0.8)
    assert cost(tank_park(HALVES, SUMMER, WINTER, tank, size=0.5, price=10.0)) == pytest.approx(125.0)


def test_capacity_binds():
    # 30 of 80 fit: 30 x 2 + 50 x 10 = 560.
    assert cost(tank_park(HALVES, SUMMER, WINTER, FAST, high=30.0, size=2.0, price=10.0)) == pytest.approx(560.0)


def test_least_size_of_a_segment_is_paid():
    # From 200 MWh on only: 200 x 2 = 400 < 800.
    assert cost(tank_park(HALVES, SUMMER, WINTER, FAST, low=200.0, size=2.0, price=10.0)) == pytest.approx(400.0)


# Losses


def test_a_seasonal_store_with_losses_gives_what_the_worked_example_says():
    # keep = 0.9999^4380 = 0.64531, spread = (1 - keep) / (4380 x 0.000100005) = 0.80975. 1,000 MWh in make 809.75 in
    # autumn; drawn until nothing is left: 0.64531 x 809.75 = 0.80975 x drawn, drawn = 645.31.
    make, need = {"summer": 1000.0, "winter": 0.0}, {"summer": 0.0, "winter": 1000.0}
    keep = 0.9999**4380
    values = values_of(tank_park(HALVES, make, need, store(loss=1e-4), size=1e-3))
    assert keep == pytest.approx(0.64531, abs=1e-5)
    assert values["charged"]["tank", "summer"] == pytest.approx(1000.0)
    assert values["drawn"]["tank", "winter"] == pytest.approx(1000.0 * keep)
    assert values["capacity"]["tank", "g"] == pytest.approx(809.75, abs=0.01)


def test_losses_of_a_full_store_left_alone():
    # One MWh through three states of 10, 20 and 10 h, in the first in and in the last out: the middle keeps 0.99^20.
    hours, loss = {"a": 10.0, "b": 20.0, "c": 10.0}, 0.01
    left = decay(loss, in_order(hours), hours)
    assert left.keep["b"] == pytest.approx(0.99**20)
    assert left.over == pytest.approx((0.99**10, 0.99**20, 0.99**10))
    assert left.again == (1.0, 1.0, 1.0)
    # in_a = spread(10) = (1 - 0.904382) / (10 x 0.0100503) = 0.951391; drawn = in_a x 0.99^30 / spread(10) = 0.99^30
    make, need = {"a": 1.0, "b": 0.0, "c": 0.0}, {"a": 0.0, "b": 0.0, "c": 1.0}
    assert cost(tank_park(hours, make, need, store(loss=loss))) == pytest.approx(1.0 - 0.99**30)


def test_without_losses_nothing_is_lost_and_passes_add_up():
    hours = {"day": 365.0 * 14, "night": 365.0 * 10}
    left = decay(0.0, year(("year", hours, 365)), hours)
    assert set(left.keep.values()) == set(left.spread.values()) == set(left.left.values()) == {1.0}
    assert (left.over, left.again, left.over_last, left.again_last) == ((1.0,), (365.0,), (1.0,), (364.0,))


def test_repeated_passes_decay_one_into_the_next():
    # Two passes of 3 h at 10 %: 0.9^3 = 0.729 left of the first in the second: 1 + 0.729.
    left = decay(0.1, year(("g", ("t",), 2)), {"t": 6.0})
    assert left.keep["t"] == pytest.approx(0.729)
    assert left.again[0] == pytest.approx(1.729)
    assert left.over[0] == pytest.approx(0.729**2)
    assert (left.over_last[0], left.again_last[0]) == pytest.approx((0.729, 1.0))


def test_what_is_as_good_as_gone_is_gone():
    # 1 %/h over 4,380 h: 0.99^4380 = 8e-20.
    assert decay(0.01, in_order(HALVES), HALVES).keep == {"summer": 0.0, "winter": 0.0}


# Day and night in two seasons


HOURS = {"winter day": 2184.0, "winter night": 2184.0, "summer day": 2196.0, "summer night": 2196.0}
DAYS = year(("winter", ("winter day", "winter night"), 182), ("summer", ("summer day", "summer night"), 183))
#: 10 MWh a day are left over, each day of the year; at night 5 are needed in winter, 10 in summer.
BY_DAY = {"winter day": 1820.0, "winter night": 0.0, "summer day": 1830.0, "summer night": 0.0}
BY_NIGHT = {"winter day": 0.0, "winter night": 910.0, "summer day": 0.0, "summer night": 1830.0}


def test_a_daily_store_is_filled_every_day():
    # The first 5 MWh save 5 x (182 + 183) = 1,825 for 250, the next 5 in summer alone 915 for 250: 10 MWh, 500.
    assert cost(tank_park(HOURS, BY_DAY, BY_NIGHT, FAST, size=50.0, order=DAYS)) == pytest.approx(500.0)


def test_a_dearer_daily_store_is_smaller():
    # At 200 the second 5 MWh do not pay: 5 x 200 + 5 x 183 bought = 1,915.
    assert cost(tank_park(HOURS, BY_DAY, BY_NIGHT, FAST, size=200.0, order=DAYS)) == pytest.approx(1915.0)


def test_a_cycle_told_as_seasons_would_ask_for_a_season_of_content():
    # The same numbers without cycles: each night is a half year long, and 1,830 MWh do not pay at 50.
    assert cost(tank_park(HOURS, BY_DAY, BY_NIGHT, FAST, size=50.0)) == pytest.approx(910.0 + 1830.0)


def test_content_swings_by_day_on_top_of_the_season():
    # Winter needs 2 MWh more each night than the day brings, summer leaves 2 over: 182 x 2 = 364 go round the year.
    # Winter: 3 in by day, 5 out by night; summer: 5 in, 3 out. Highest at the end of the last summer day: from 0 at the
    # end of the last winter night, summer starts at 0 and adds 2 a day, 181 x 2 + 5 = 367.
    hours = {"winter day": 2184.0, "winter night": 2184.0, "summer day": 2184.0, "summer night": 2184.0}
    order = year(("winter", ("winter day", "winter night"), 182), ("summer", ("summer day", "summer night"), 182))
    make = dict(zip(hours, (182 * 3.0, 0.0, 182 * 5.0, 0.0), strict=True))
    need = dict(zip(hours, (0.0, 182 * 5.0, 0.0, 182 * 3.0), strict=True))
    instance = tank_park(hours, make, need, FAST, size=0.001, price=10.0, order=order)
    assert cost(instance) == pytest.approx(0.367)
    levels = course(instance, values_of(instance), "tank")
    assert [(x.block, x.state) for x in levels] == [(0, t) for t in order.groups["winter"]] + [
        (1, t) for t in order.groups["summer"]
    ]
    expected = [(364 + 3, 2 + 3), (364 - 2, 0), (5, 362 + 5), (2, 364)]  # first and last pass, end of each step
    assert [(x.first, x.last) for x in levels] == [pytest.approx(pair, abs=1e-6) for pair in expected]


def test_a_group_may_come_back_in_the_year():
    # A working week (5 passes) and a weekend (2 passes), twice: of a group's flows each pass has the same share. 24 MWh
    # are left over each weekend day, 9 needed each working day: 4 x 24 = 96 >= 10 x 9 = 90. In: 90 / 4 = 22.5 a weekend
    # day, so that 45 are there at the end of each weekend, and the next 5 days take them.
    hours = {"work": 240.0, "rest": 96.0}
    order = year(("w", ("work",), 5), ("r", ("rest",), 2), ("w", ("work",), 5), ("r", ("rest",), 2))
    make, need = {"work": 0.0, "rest": 96.0}, {"work": 90.0, "rest": 0.0}
    assert cost(tank_park(hours, make, need, FAST, size=1.0, price=10.0, order=order)) == pytest.approx(45.0)


# Rates


SHORT = {"a": 10.0, "b": 10.0}
MAKE, NEED = {"a": 20.0, "b": 0.0}, {"a": 0.0, "b": 8.0}


def test_the_rate_of_charging_binds():
    # In 10 h a tenth of 5 % of the content an hour fills half of it: for 8 MWh 16 are built, at 0.1 each.
    assert cost(tank_park(SHORT, MAKE, NEED, store(rate_in=0.05), size=0.1)) == pytest.approx(1.6)


def test_the_rate_of_drawing_binds():
    # A fortieth an hour empties a quarter in 10 h: 32 MWh at 0.1 = 3.2 for 8 saved.
    assert cost(tank_park(SHORT, MAKE, NEED, store(rate_out=0.025), size=0.1)) == pytest.approx(3.2)


def test_an_absolute_rate_binds():
    # 0.6 MWh/h x 10 h = 6 of 8; 2 bought, 6 x 0.1 = 0.6 of content.
    tank = store(rate_out=math.inf, largest_out=0.6)
    assert cost(tank_park(SHORT, MAKE, NEED, tank, size=0.1)) == pytest.approx(2.6)


def test_the_smaller_of_two_rates_binds():
    # 0.6 MWh/h beside a fortieth an hour: 6 MWh need 24 of content.
    tank = store(rate_out=0.025, largest_out=0.6)
    assert cost(tank_park(SHORT, MAKE, NEED, tank, size=0.1)) == pytest.approx(2.0 + 2.4)


def test_rates_have_a_price_of_their_own():
    # 8 MWh in 10 h are 0.8 MWh/h each way, at 0.5 and 1: 0.4 + 0.8; content 8 x 0.1.
    prices = {"rated_in": {("tank",): {"cost": 0.5}}, "rated_out": {("tank",): {"cost": 1.0}}}
    assert cost(tank_park(SHORT, MAKE, NEED, FAST, size=0.1, extra=prices)) == pytest.approx(2.0)


def test_hours_of_a_store_bind():
    # It may be drawn from in 2 of the 10 h only: 2 h x 0.5 /h x content = 8.
    instance = tank_park(SHORT, MAKE, NEED, store(rate_out=0.5), size=0.1)
    hours = {"a": 10.0, "b": 2.0}
    facilities = {"tank": dataclasses.replace(instance.facilities["tank"], hours=hours)}
    assert cost(dataclasses.replace(instance, facilities=facilities)) == pytest.approx(0.8)
    half = {"tank": dataclasses.replace(instance.facilities["tank"], hours={"a": 10.0, "b": 1.0})}
    assert cost(dataclasses.replace(instance, facilities=half)) == pytest.approx(1.6)


def test_shared_hours_of_an_exchange_bind_at_the_rate_of_the_store():
    # The baths take from it in 4 of 10 h: 4 h x 0.1 /h x content = 8, 20 MWh at 0.1.
    instance = tank_park(SHORT, MAKE, NEED, store(rate_out=0.1), size=0.1)
    assert cost(instance) == pytest.approx(0.8)
    out = dataclasses.replace(instance.exchanges["out"], source_hours={"b": 4.0})
    into = dataclasses.replace(instance.exchanges["in"], sink_hours={"a": 1.0})
    assert cost(dataclasses.replace(instance, exchanges={**instance.exchanges, "out": out})) == pytest.approx(2.0)
    # Charged in 1 of 10 h at its whole content an hour: 8 MWh will do.
    assert cost(dataclasses.replace(instance, exchanges={**instance.exchanges, "in": into})) == pytest.approx(0.8)


# What charging takes, what drawing gives


def test_what_is_charged_and_drawn_may_cost():
    # 80 in at 0.5, 80 out at 0.25, content at 2: 40 + 20 + 160.
    prices = {
        "charged": {("tank", t): {"cost": 0.5, "co2e": 1.0} for t in HALVES},
        "drawn": {("tank", t): {"cost": 0.25} for t in HALVES},
    }
    instance = tank_park(HALVES, SUMMER, WINTER, FAST, size=2.0, price=10.0, extra=prices)
    assert cost(instance) == pytest.approx(220.0)
    assert plan(instance).plan.totals["co2e"] == pytest.approx(80.0)


def test_a_pump_takes_its_share_of_what_is_charged():
    # A second sink of the tank, 0.02 MWh of power for a unit charged, bought at 5: 80 x 0.02 x 5 = 8.
    instance = tank_park(HALVES, SUMMER, WINTER, FAST, size=2.0, price=10.0)
    instance = dataclasses.replace(
        instance,
        sinks={**instance.sinks, "pump": SinkData("tank", dict.fromkeys(HALVES, 0.02))},
        effects={
            **instance.effects,
            "supplied": {**instance.effects["supplied"], **{("pump", t): {"cost": 5.0} for t in HALVES}},
        },
    )
    assert cost(instance) == pytest.approx(168.0)


def test_charged_with_one_resource_and_drawn_as_another():
    # Power charges it, bought at 1 by night and 9 by day; 3 MWh of heat for one of power. 60 MWh of heat by day from 20
    # of power at night: 20 x 1 + 60 x 0.1; by day alone the heat costs 60 x 4 = 240.
    hours = {"night": 4380.0, "day": 4380.0}
    nothing = dict.fromkeys(hours, 0.0)
    need = {"night": 0.0, "day": 60.0}
    instance = tank_park(hours, nothing, need, store(efficiency_in=3.0), size=0.1, price=4.0)
    instance = dataclasses.replace(
        instance,
        sinks={**instance.sinks, "tank in": SinkData("tank", dict.fromkeys(hours, 1.0))},
        effects={
            **instance.effects,
            "supplied": {
                **instance.effects["supplied"], ("tank in", "night"): {"cost": 1.0}, ("tank in", "day"): {"cost": 9.0},
            },
        },
    )  # fmt: skip
    assert cost(instance) == pytest.approx(26.0)


def test_a_store_of_a_plant_works_alone_and_a_shared_one_does_not():
    # In the baseline the kiln cannot heat the baths at all; a measure of its own stays, without use.
    shared = tank_park(HALVES, SUMMER, WINTER, FAST, size=2.0, price=10.0)
    assert baseline(shared).totals["total_annual_cost"] == pytest.approx(800.0)
    own = tank_park(HALVES, SUMMER, WINTER, FAST, size=2.0, price=10.0, kind="measure")
    run = plan(own)
    assert run.plan.totals["total_annual_cost"] == pytest.approx(160.0)
    assert run.baseline.totals["total_annual_cost"] == pytest.approx(800.0)


# One state


def test_in_one_state_a_store_is_of_no_use_but_valid():
    # 100 made and 80 needed in the same year: the direct way takes it all, the store stays away.
    hours = {"year": 8760.0}
    instance = tank_park(hours, {"year": 100.0}, {"year": 80.0}, store(loss=0.01), size=2.0)
    values = values_of(instance)
    assert "charged" not in values or not values["charged"]
    assert cost(instance) == pytest.approx(0.0)


def test_in_one_state_what_goes_in_less_losses_comes_out():
    # 90 out take 90 / 0.5 = 180 of the content. All 400 are charged, since that earns something: 0.9 x 400 = 360 come
    # in, and the other 180 are lost by an even content: 180 = -ln(0.99) x 100 h x content, content = 179.1.
    hours = {"year": 100.0}
    tank = StoreData(largest_in=10.0, largest_out=10.0, efficiency_in=0.9, efficiency_out=0.5, loss=0.01)
    earns = {"charged": {("tank", "year"): {"cost": -0.001}}}
    instance = tank_park(hours, {"year": 400.0}, {"year": 90.0}, tank, direct=False, extra=earns)
    values = values_of(instance)
    assert values["charged"]["tank", "year"] == pytest.approx(400.0)
    assert values["drawn"]["tank", "year"] == pytest.approx(90.0)
    assert values["between"]["tank", "0"] == pytest.approx(180.0 / (-100.0 * math.log(0.99)))


# Order of the states


def test_passes_of_a_cycle_are_whole():
    assert (passes_of(2190.0, 24.0), passes_of(4368.0, 168.0), passes_of(5.0, 24.0)) == (91, 26, 1)
    with pytest.raises(ValueError, match="hours and cycle must be above 0, not 0 and 24"):
        passes_of(0.0, 24.0)


def test_states_without_a_chronology_follow_each_other():
    order = in_order({"a": None, "b": None})
    assert order == year(("a", ("a",), 1), ("b", ("b",), 1))
    assert list(order.steps()) == [(0, "a"), (1, "b")]


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        (year(("g", ("summer",), 1)), "state 'winter' is in no group"),
        (year(("g", ("summer", "winter", "autumn"), 1)), "no such state 'autumn'"),
        (year(("g", ("summer", "winter"), 1), ("h", ("winter",), 1)), "state 'winter' is in several groups"),
        (year(("g", ("summer", "winter"), 1), ("h", (), 1)), "group 'h' has no states"),
        (Chronology({"g": ("summer", "winter")}, ()), "group 'g' is in no block"),
        (Chronology({"g": ("summer", "winter")}, (BlockData("g"), BlockData("f"))), "no such group 'f'"),
        (year(("g", ("summer", "winter"), 0)), "block 1 repeats 0 times, expected a whole number from 1"),
        (year(("g", ("summer", "winter"), 1.5)), "block 1 repeats 1.5 times, expected a whole number from 1"),
    ],
)
def test_a_wrong_order_of_states_is_refused(order, fault):
    with pytest.raises(ValueError, match=f"chronology: {fault}"):
        build(tank_park(HALVES, SUMMER, WINTER, FAST, order=order))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"loss": 1.0}, "loses 1 of its content an hour, expected 0 up to below 1"),
        ({"loss": -0.1}, "loses -0.1 of its content an hour"),
        ({"loss": math.nan}, "loses nan of its content an hour"),
        ({"efficiency_in": 0.0}, "efficiency in 0, expected above 0"),
        ({"efficiency_out": math.inf}, "efficiency out inf, expected above 0"),
        ({"rate_in": -1.0}, "rate in -1, expected 0 or more"),
        ({"largest_out": math.nan}, "largest out nan, expected 0 or more"),
        ({"rate_in": math.inf}, "nothing says how fast it can be charged"),
        ({"rate_out": math.inf}, "nothing says how fast it can be drawn"),
    ],
)
def test_wrong_numbers_of_a_store_are_refused(changes, fault):
    with pytest.raises(ValueError, match=f"store 'tank': {fault}"):
        build(tank_park(HALVES, SUMMER, WINTER, store(**changes)))


def test_every_fault_of_a_store_is_told_at_once():
    with pytest.raises(ValueError, match="loses 2 .*efficiency in -1.*how fast it can be drawn"):
        build(tank_park(HALVES, SUMMER, WINTER, store(loss=2.0, efficiency_in=-1.0, rate_out=math.inf)))


def test_what_is_no_facility_cannot_be_a_store():
    instance = tank_park(HALVES, SUMMER, WINTER, FAST)
    with pytest.raises(ValueError, match="store 'kiln': is no facility or measure with sizes"):
        build(dataclasses.replace(instance, stores={"tank": FAST, "kiln": FAST}))


def test_states_of_a_store_are_periods_of_one_year():
    instance = tank_park(HALVES, SUMMER, WINTER, FAST)
    states = {t: StateData(4380.0, weight=0.5) for t in HALVES}
    with pytest.raises(ValueError, match="stores need states of weight 1"):
        build(dataclasses.replace(instance, states=states))
    with pytest.raises(ValueError, match="state 'winter' has 0 h"):
        build(dataclasses.replace(instance, states={"summer": StateData(8760.0), "winter": StateData(0.0)}))


def test_a_store_has_hours_in_every_state_and_no_least_activity():
    instance = tank_park(HALVES, SUMMER, WINTER, FAST)
    sizes = {"g": SegmentData(0.0, 10.0)}
    with pytest.raises(ValueError, match="store 'tank': no hours in state 'winter'"):
        build(dataclasses.replace(instance, facilities={"tank": FacilityData(sizes, {"summer": 4380.0})}))
    with pytest.raises(ValueError, match="store 'tank': has no largest capacity"):
        build(tank_park(HALVES, SUMMER, WINTER, FAST, high=math.inf))
    least = FacilityData(sizes, HALVES, least={"summer": 1.0})
    with pytest.raises(ValueError, match="store 'tank': has a least activity, which a store cannot have"):
        build(dataclasses.replace(instance, facilities={"tank": least}))


def test_what_a_store_gives_holds_what_is_said():
    instance = tank_park(HALVES, SUMMER, WINTER, FAST)
    outlet = OutletData(("tank in",), {"salt": 1.0}, highest={"salt": 1.0})
    mixing = Mixing({"salt": ("salt", "mean", 1.0)}, {"tank out": {"salt": 1.0}}, {}, outlets={"tank out": outlet})
    with pytest.raises(ValueError, match="what 'tank out' holds must be given"):
        build(dataclasses.replace(instance, mixing=mixing))
