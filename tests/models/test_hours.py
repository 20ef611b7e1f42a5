"""Facilities that keep nothing do in the same hours what they take and give."""

import dataclasses
import random

import pytest
from splitting import split
from toys import YEAR, changed, cost, option, park, source, with_effects, with_exchange

from models.hours import grids
from models.instance import (
    ExchangeData,
    FacilityData,
    OptionData,
    PairData,
    PlaceData,
    SegmentData,
    SharedHours,
    SinkData,
    SourceData,
    StateData,
    UnitData,
)

PAIR = [("A", "B")]


def pump(**changes):
    """A pump that turns 1 of waste heat into 1 of heat for a wash, which else buys it at 10; capacity costs 0.

    The dairy gives 8 of waste heat in 4 of the 8 hours, 2 an hour. The wash takes 8 in 8 hours, 1 an hour.
    """
    base = park(
        units={"dairy": UnitData("plant"), "wash": UnitData("plant"), "pump": UnitData("facility")},
        places={"A": PlaceData(), "B": PlaceData(), "C": PlaceData()},
        admissible={"dairy": ("A",), "pump": ("B",), "wash": ("C",)},
        sources={"waste": source("dairy", 8.0), "hot": source("pump", 1.0, dischargeable=False, at_once=True)},
        sinks={
            "in": SinkData("pump", {YEAR: 1.0}, suppliable=False, at_once=True),
            "need": SinkData("wash", {YEAR: 8.0}),
        },
        exchanges={
            "e": ExchangeData(
                "waste", "in", 1.0, False, {"pipe": option(8.0, PAIR)}, within={YEAR: SharedHours(4.0, 4.0, 8.0)}
            ),
            "f": ExchangeData(
                "hot", "need", 1.0, False, {"pipe": option(8.0, [("B", "C")])},
                within={YEAR: SharedHours(8.0, 8.0, 8.0)},
            ),
        },
        facilities={"pump": FacilityData({"g": SegmentData(0.0, 100.0)}, {YEAR: 8.0}, running={YEAR: 8.0})},
        effects={"supplied": {("need", YEAR): {"cost": 10.0}}},
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def test_what_falls_into_other_hours_is_not_served():
    # h1, h3, h4, h5, h7: the pump has waste heat in 4 hours, in which the wash takes 4; the other 4 are bought at 10.
    assert cost(pump()) == pytest.approx(40.0)
    # without the same hours 8 of waste heat would serve all of it
    kept = pump(
        sources={"waste": source("dairy", 8.0), "hot": source("pump", 1.0, dischargeable=False)},
        sinks={"in": SinkData("pump", {YEAR: 1.0}, suppliable=False), "need": SinkData("wash", {YEAR: 8.0})},
    )
    assert cost(kept) == pytest.approx(0.0)


def test_capacity_is_for_the_hours_in_which_it_works():
    # h2: a capacity of 0.75 an hour serves 3 in the 4 hours of waste heat: 50. At 2 a unit of capacity, 1 costs 2.
    small = FacilityData({"g": SegmentData(0.0, 0.75)}, {YEAR: 8.0}, running={YEAR: 8.0})
    assert cost(pump(facilities={"pump": small})) == pytest.approx(50.0)
    assert cost(with_effects(pump(), "capacity", {("pump", "g"): {"cost": 2.0}})) == pytest.approx(42.0)


def test_what_is_bought_comes_in_whatever_hours_are_left():
    # The pump may buy waste heat at 3: 4 bought in the other hours: 12 instead of 40.
    bought = pump(sinks={"in": SinkData("pump", {YEAR: 1.0}, at_once=True), "need": SinkData("wash", {YEAR: 8.0})})
    assert cost(with_effects(bought, "supplied", {("in", YEAR): {"cost": 3.0}})) == pytest.approx(12.0)


def test_another_giver_fills_the_other_hours():
    # h6: a stove gives up to 1 an hour in all 8 hours at 3 each: it need only fill the 4 that the dairy leaves: 12. One
    # of 0.5 an hour fills 2 of these 4: 6 + 20.
    def heated(rate):
        base = pump()
        stove = ExchangeData(
            "stove", "in", 1.0, False, {"pipe": option(8.0 * rate, [("D", "B")])},
            within={YEAR: SharedHours(8.0, 8.0, 8.0)},
        )  # fmt: skip
        with_stove = changed(
            base,
            units={**base.units, "smith": UnitData("plant")},
            places={**base.places, "D": PlaceData()},
            admissible={**base.admissible, "smith": ("D",)},
            sources={**base.sources, "stove": source("smith", 8.0 * rate, on_demand=True)},
            exchanges={**base.exchanges, "g": stove},
        )
        return with_effects(with_stove, "flow", {("g", "pipe", YEAR): {"cost": 3.0}})

    assert cost(heated(1.0)) == pytest.approx(12.0)
    assert cost(heated(0.5)) == pytest.approx(26.0)


def test_what_a_plant_gives_in_an_hour_is_for_all_its_takers():
    # h6: the dairy gives 2 an hour in all 8 hours; a greenhouse takes 1 an hour of it in all, else buys at 10; the wash
    # takes 2 an hour in 4 hours. In these 4 hours there are 8 for both, who want 4 and 8: 4 are bought.
    base = pump()
    both = changed(
        base,
        units={**base.units, "greenhouse": UnitData("plant")},
        places={**base.places, "D": PlaceData()},
        admissible={**base.admissible, "greenhouse": ("D",)},
        sources={**base.sources, "waste": source("dairy", 16.0)},
        sinks={**base.sinks, "warmth": SinkData("greenhouse", {YEAR: 8.0})},
        exchanges={
            "e": dataclasses.replace(
                base.exchanges["e"],
                options={"pipe": option(16.0, PAIR)},
                within={YEAR: SharedHours(4.0, 8.0, 4.0)},
            ),
            "f": dataclasses.replace(base.exchanges["f"], within={YEAR: SharedHours(4.0, 4.0, 4.0)}),
            "g": ExchangeData(
                "waste", "warmth", 1.0, False, {"pipe": option(8.0, [("A", "D")])},
                within={YEAR: SharedHours(8.0, 8.0, 8.0)},
            ),
        },
        facilities={"pump": FacilityData({"g": SegmentData(0.0, 100.0)}, {YEAR: 4.0}, running={YEAR: 4.0})},
        effects={"supplied": {(j, YEAR): {"cost": 10.0} for j in ("need", "warmth")}},
    )  # fmt: skip
    assert cost(both) == pytest.approx(40.0)


def test_what_a_plant_takes_in_an_hour_is_of_all_its_givers():
    # h7: a stove gives the wash up to 1 an hour in all 8 hours, at 3 each; the pump brings 8 in 4 hours for nothing, of
    # which the wash takes 4 there. The stove gives the 4 of the other hours: 12.
    base = pump()
    heated = changed(
        base,
        units={**base.units, "smith": UnitData("plant")},
        places={**base.places, "D": PlaceData()},
        admissible={**base.admissible, "smith": ("D",)},
        sources={**base.sources, "stove": source("smith", 8.0, on_demand=True)},
        exchanges={
            **base.exchanges,
            "g": ExchangeData(
                "stove", "need", 1.0, False, {"pipe": option(8.0, [("D", "C")])},
                within={YEAR: SharedHours(8.0, 8.0, 8.0)},
            ),
        },
    )  # fmt: skip
    assert cost(with_effects(heated, "flow", {("g", "pipe", YEAR): {"cost": 3.0}})) == pytest.approx(12.0)


def test_a_pipe_carries_no_more_in_an_hour_than_it_can():
    # h8: the pipe to the wash carries 0.6 an hour, 4.8 in 8 hours, but 2.4 in the 4 hours that count: 56.
    pipe = {"pipe": option(4.8, [("B", "C")], rate=0.6)}
    assert cost(with_exchange(pump(), "f", options=pipe)) == pytest.approx(56.0)


def test_losses_are_spread_over_the_hours_of_the_exchange():
    # h5, h9: the pipe from the dairy owes 2 over its 4 hours, the pipe to the wash 4 over its 8 hours: in the other 4
    # hours nothing feeds it, so that it cannot be in service: all is bought. With a stove's worth bought at 0: no loss.
    owed = {"pipe": OptionData({YEAR: 8.0}, {("B", "C"): PairData({YEAR: 4.0})})}
    assert cost(with_exchange(pump(), "f", options=owed)) == pytest.approx(80.0)
    # owed before the pump only: 2 of 8 are lost, 6 come, 4 of them are wanted in these hours
    owed = {"pipe": OptionData({YEAR: 8.0}, {("A", "B"): PairData({YEAR: 5.0})})}
    assert cost(with_exchange(pump(), "e", options=owed)) == pytest.approx(50.0)


def test_stores_give_and_take_at_their_rate():
    # h10: the store that feeds the pump gives at most 0.5 an hour, in the 4 hours that the wash shares 2: 6 are bought.
    from models.chronology import StoreData

    base = pump()
    tank = changed(
        base,
        units={**base.units, "tank": UnitData("facility")},
        places={**base.places, "D": PlaceData()},
        admissible={**base.admissible, "tank": ("D",)},
        sources={**base.sources, "out": SourceData("tank", {YEAR: 1.0}, dischargeable=False)},
        sinks={**base.sinks, "charge": SinkData("tank", {YEAR: 1.0}, suppliable=False)},
        exchanges={
            "f": dataclasses.replace(base.exchanges["f"], within={YEAR: SharedHours(4.0, 8.0, 8.0)}),
            "c": ExchangeData("waste", "charge", 1.0, False, {"pipe": option(8.0, [("A", "D")])}),
            "g": ExchangeData(
                "out", "in", 1.0, False, {"pipe": option(8.0, [("D", "B")])}, within={YEAR: SharedHours(8.0, 8.0, 8.0)}
            ),
        },
        facilities={**base.facilities, "tank": FacilityData({"g": SegmentData(0.0, 100.0)}, {YEAR: 8.0})},
        stores={"tank": StoreData(rate_in=1.0, rate_out=1.0, largest_in=2.0, largest_out=0.5)},
    )
    assert cost(tank) == pytest.approx(60.0)


@pytest.mark.parametrize("seed", range(12))
def test_stretches_are_states_of_their_own(seed):
    """The same park told in states: each stretch is a state in which a plant runs or stands still."""
    r = random.Random(seed)
    hours = sorted({float(r.randint(1, 9)) for _ in range(3)} | {10.0})
    ends = {
        name: (r.choice(hours), float(r.randint(1, 4)), float(r.randint(1, 9)))
        for name in ("in 1", "in 2", "out 1", "out 2")
    }
    ratio, loss = r.choice((1.0, 0.5)), r.choice((0.0, 0.2))
    most, price = float(r.randint(1, 5)), float(r.randint(0, 2))
    whole = _network(ends, {YEAR: hours[-1]}, (ratio, loss, most, price), cut=False)
    lengths = {f"{n}": end - start for n, (start, end) in enumerate(zip([0.0, *hours], hours, strict=False))}
    told = _network(ends, lengths, (ratio, loss, most, price), cut=True, reach=hours)
    assert cost(whole) == pytest.approx(cost(told))


@pytest.mark.parametrize("seed", range(4))
def test_a_state_in_equal_parts_costs_the_same(seed):
    r = random.Random(seed)
    ends = {n: (float(r.randint(1, 9)), float(r.randint(1, 4)), float(r.randint(1, 9))) for n in ("in 1", "out 1")}
    whole = _network(ends, {YEAR: 10.0}, (1.0, 0.1, 3.0, 1.0), cut=False)
    assert cost(split(whole, 3)) == pytest.approx(cost(whole))


def _network(ends, lengths, numbers, *, cut, reach=()):
    """Two givers, a works, two takers; with ``cut`` in states of some hours, in which they run or not."""
    ratio, loss, most, price = numbers

    def amounts(name, rate):
        if not cut:
            return {YEAR: rate * ends[name][0]}
        return {t: rate * h if reach[int(t)] <= ends[name][0] else 0.0 for t, h in lengths.items()}

    sources, sinks, exchanges, effects = {}, {}, {}, {"flow": {}, "supplied": {}, "discharged": {}}
    for name, (shared, rate, worth) in ends.items():
        amount = amounts(name, rate)
        within = {} if cut else {YEAR: SharedHours(shared, shared, shared)}
        if name.startswith("in"):
            sources[name] = SourceData(name, amount)
            options = {"pipe": OptionData(amount, {(name, "works"): PairData({}, loss)})}
            exchanges[name] = ExchangeData(name, "taken", 1.0, False, options, within=within)
            effects["discharged"] |= {(name, t): {"cost": worth} for t in lengths}
        else:
            sinks[name] = SinkData(name, amount)
            options = {"pipe": OptionData(amount, {("works", name): PairData()})}
            exchanges[name] = ExchangeData("given", name, 1.0, False, options, within=within)
            effects["supplied"] |= {(name, t): {"cost": worth} for t in lengths}
        effects["flow"] |= {(name, "pipe", t): {"cost": 0.1} for t in lengths}
    running = dict(lengths)
    return park(
        states={t: StateData(h) for t, h in lengths.items()},
        units={**{n: UnitData("plant") for n in ends}, "works": UnitData("facility")},
        places={n: PlaceData() for n in (*ends, "works")},
        admissible={n: (n,) for n in (*ends, "works")},
        sources={
            **sources,
            "given": SourceData("works", dict.fromkeys(lengths, ratio), dischargeable=False, at_once=not cut),
        },
        sinks={**sinks, "taken": SinkData("works", dict.fromkeys(lengths, 1.0), suppliable=False, at_once=not cut)},
        exchanges=exchanges,
        facilities={"works": FacilityData({"g": SegmentData(0.0, most)}, running, running=running)},
        effects={**effects, "capacity": {("works", "g"): {"cost": price}}},
    )  # fmt: skip


def test_groups_that_an_exchange_joins_have_the_same_stretches():
    """The dairy gives to a pump and to the mill, which another pump feeds: one grid for all."""
    base = pump()
    shared = {YEAR: SharedHours(6.0, 8.0, 8.0)}
    joined = changed(
        base,
        units={**base.units, "mill": UnitData("plant"), "well": UnitData("plant"), "lift": UnitData("facility")},
        sources={
            **base.sources,
            "spring": source("well", 8.0),
            "lifted": source("lift", 1.0, dischargeable=False, at_once=True),
        },
        sinks={
            **base.sinks,
            "taken": SinkData("lift", {YEAR: 1.0}, suppliable=False, at_once=True),
            "wanted": SinkData("mill", {YEAR: 8.0}),
        },
        facilities={**base.facilities, "lift": base.facilities["pump"]},
        exchanges={
            **base.exchanges,
            "h": ExchangeData("spring", "taken", 1.0, False, {}, within=shared),
            "i": ExchangeData("lifted", "wanted", 1.0, False, {}, within=shared),
            "k": ExchangeData("waste", "wanted", 1.0, False, {}, within={YEAR: SharedHours(8.0, 8.0, 8.0)}),
        },
    )
    found = grids(joined, YEAR)
    assert {e: grid.ends for e, grid in found.items()} == dict.fromkeys("efhik", (4.0, 6.0, 8.0))
