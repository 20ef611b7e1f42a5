"""Heat cascades in the model: hand-solved plants, presence, periods, duty, and faults."""

import dataclasses

import pyomo.environ as pyo
import pytest
from toys import park

from models import run
from models.cascade import settle
from models.heat import CascadeData, MediumData
from models.instance import ExchangeData, OptionData, PairData, PlaceData, SinkData, SourceData, StateData, UnitData
from models.park import build
from models.solve import solve
from planner.heat.cascade import Medium, cascade_of
from planner.heat.streams import HeatStream

CLOSE = pytest.approx
YEAR = "year"
STEAM = HeatStream("steam", 250.0, 250.0, kind="hot")
COOLING = HeatStream("cooling", 10.0, 10.0, kind="cold")
#: A hot stream of 10 MWh from 200 to 100 and a cold one of 12 from 50 to 170, no contributions: each has 0.1 MWh/K.
STREAMS = {"hot": HeatStream("hot", 200.0, 100.0, 10.0), "cold": HeatStream("cold", 50.0, 170.0, 12.0)}
BOTH = {"steam": Medium(STEAM), "cooling": Medium(COOLING)}


def plant(cascade, effects=None, *, states=None, optional=False, sources=None, **parts):
    """A plant whose steam costs 3 and whose cooling costs 1 a MWh; streams it gives are named as their media."""
    d_states = states or {YEAR: StateData()}
    per = {t: 1.0 for t in d_states}
    taken = [n for n in cascade.media if n not in (sources or {})]
    sinks = {n: SinkData("plant", per, medium=("heat", n)) for n in taken}
    prices = {"steam": 3.0, "cooling": 1.0}
    supplied = {(n, t): {"cost": prices.get(n, 0.0)} for n in taken for t in d_states}
    return park(
        states=d_states,
        units={"plant": UnitData("plant", optional=optional)},
        places={"A": PlaceData()},
        admissible={"plant": ("A",)},
        sources=sources or {},
        sinks=sinks,
        effects={"supplied": supplied, **(effects or {})},
        cascades={"heat": cascade},
        **parts,
    )


def solved(instance):
    model = build(instance)
    return model, solve(model).objective


def test_a_plant_by_hand():
    # 200-170: 3 come down; 170-100: 7 of the hot one serve 7 of the cold one; so 3 pass below 100, where the cold one
    # wants 5: 2 of steam. Cost 2 x 3 = 6. Recovered: 12 - 2 = 10.
    model, cost = solved(plant(cascade_of("plant", STREAMS, BOTH)))
    assert cost == CLOSE(6.0)
    settle(model)
    assert model.recovered["heat", YEAR].value == CLOSE(10.0)
    assert model.duty["heat"].value == CLOSE(10.0 / 8760.0)


def test_the_same_written_out():
    # Intervals 250, 250-200, 200-170, 170-100, 100-50, 50-10, 10 as the function above makes them.
    bounds = ((250.0, 250.0), (250.0, 200.0), (200.0, 170.0), (170.0, 100.0), (100.0, 50.0), (50.0, 10.0), (10.0, 10.0))
    made = cascade_of("plant", STREAMS, BOTH)
    assert made.bounds == bounds
    assert made.hot["process"][YEAR] == CLOSE({2: 3.0, 3: 7.0})
    assert made.cold["process"][YEAR] == CLOSE({3: 7.0, 4: 5.0})
    assert made.media["steam"].spread == {0: 1.0}
    # steam is of use for all 12 that are wanted, cooling for all 10 that are given
    assert made.media["steam"].most == CLOSE({YEAR: 12.0})
    assert made.media["cooling"].most == CLOSE({YEAR: 10.0})


def test_a_forbidden_match_by_hand():
    # Nothing may pass from hot to cold: 12 of steam, 10 of cooling: 36 + 10 = 46, nothing recovered.
    model, cost = solved(plant(cascade_of("plant", STREAMS, BOTH, forbidden=[("hot", "cold")])))
    assert cost == CLOSE(46.0)
    assert model.recovered["heat", YEAR].value == CLOSE(0.0)


def test_a_forbidden_match_with_another_way_by_hand():
    # A second hot stream gives 4 from 90 to 80: 1 to the cold one between 80 and 90, the other 3 to its 3 below 80. So
    # the first is cooled (10), the cold one wants 12 - 4 = 8 of steam. Cost 24 + 10 = 34.
    streams = {**STREAMS, "warm": HeatStream("warm", 90.0, 80.0, 4.0)}
    model, cost = solved(plant(cascade_of("plant", streams, BOTH, forbidden=[("hot", "cold")])))
    assert cost == CLOSE(34.0)
    assert model.recovered["heat", YEAR].value == CLOSE(4.0)
    assert all(i != "process but cold" or j != "process but hot" for _, i, j, _ in model.MATCHES)


def test_a_medium_may_be_forbidden_too():
    # Steam must not touch the cold stream, hot water of 180 may: the same 2, at the price of hot water.
    media = {**BOTH, "water": Medium(HeatStream("water", 180.0, 180.0, kind="hot"))}
    d = plant(cascade_of("plant", STREAMS, media, forbidden=[("steam", "cold")]))
    d.effects["supplied"]["water", YEAR] = {"cost": 7.0}
    assert solved(d)[1] == CLOSE(14.0)


def test_exchangers_are_charged_by_their_duty():
    # Steam saves 3 and cooling 1 a MWh recovered, over 8760 h: an exchanger of 1 MW is worth 35,040 a year. Dearer, and
    # nothing is recovered: 12 x 3 + 10 = 46. Cheaper: 6 + 10/8760 MW at 30,000 = 40.25.
    cascade = cascade_of("plant", STREAMS, BOTH)
    dear = plant(cascade, {"duty": {("heat",): {"cost": 36_000.0}}})
    cheap = plant(cascade, {"duty": {("heat",): {"cost": 30_000.0}}})
    assert solved(dear)[1] == CLOSE(46.0)
    assert solved(cheap)[1] == CLOSE(6.0 + 10 / 8760 * 30_000)
    # by what is recovered: 4 a MWh saved
    assert solved(plant(cascade, {"recovered": {("heat", YEAR): {"cost": 4.1}}}))[1] == CLOSE(46.0)
    assert solved(plant(cascade, {"recovered": {("heat", YEAR): {"cost": 3.9}}}))[1] == CLOSE(45.0)


def test_each_period_has_its_cascade():
    # In winter the hot stream rests: 12 of steam; in summer as before, 2: cost 36 + 6. Shifting heat from one period to
    # the other would need no steam at all, and is not possible.
    states = {"winter": StateData(4380.0), "summer": StateData(4380.0)}
    amounts = {"winter": {"hot": 0.0, "cold": 12.0}, "summer": {"hot": 10.0, "cold": 12.0}}
    hours = {"winter": 4380.0, "summer": 4000.0}
    cascade = cascade_of("plant", STREAMS, BOTH, amounts=amounts, hours=hours)
    model, cost = solved(plant(cascade, {"duty": {("heat",): {"cost": 1.0}}}, states=states))
    assert cost == CLOSE(42.0 + 10.0 / 4000.0)
    assert model.duty["heat"].value == CLOSE(10.0 / 4000.0)


def test_splitting_a_period_changes_nothing():
    states = {"a": StateData(2190.0), "b": StateData(6570.0)}
    amounts = {t: {n: s.load * h for n, s in STREAMS.items()} for t, h in (("a", 0.25), ("b", 0.75))}
    duty = {"duty": {("heat",): {"cost": 20_000.0}}}
    split = cascade_of("plant", STREAMS, BOTH, amounts=amounts, hours={"a": 2190.0, "b": 6570.0})
    whole = plant(cascade_of("plant", STREAMS, BOTH), duty)
    assert solved(plant(split, duty, states=states))[1] == CLOSE(solved(whole)[1], rel=1e-9)


def test_a_plant_that_does_not_settle_has_no_cascade():
    # Settling earns 5 and costs 6 of steam: it stays away, and takes and gives nothing, though what it could raise is
    # worth more than steam. Earning 7 it comes: 6 - 7 = -1.
    def optional(margin):
        media = {**BOTH, "raised": Medium(HeatStream("raised", 240.0, 240.0, kind="cold"), most={YEAR: 1.0})}
        source = SourceData("plant", {YEAR: 1.0}, dischargeable=False, sale_limit=9.0, medium=("heat", "raised"))
        effects = {
            "sited": {("plant", "A"): {"margin": margin, "cost": 0.0}},
            "sold": {("raised", YEAR): {"cost": -2.0}},
        }
        return plant(cascade_of("plant", STREAMS, media), effects, optional=True, sources={"raised": source})

    model, cost = solved(optional(5.0))
    assert cost == CLOSE(0.0)
    assert model.medium["heat", "steam", YEAR].value == CLOSE(0.0)
    assert model.medium["heat", "raised", YEAR].value == CLOSE(0.0)
    assert solved(optional(7.0))[1] == CLOSE(-1.0)


def test_presence_switches_a_cascade_off():
    model = build(plant(cascade_of("plant", STREAMS, BOTH)))
    model.present["plant"] = 0
    assert solve(model).objective == CLOSE(0.0)


def test_two_plants_by_a_main_by_hand():
    # The works raises steam of 160 from gas of 200 to 100 (4 of its 10); the mill wants 12 from 50 to 170: steam of 160
    # serves up to 160, 11. So 4 by the main, 8 of its own steam: 24, and 6 of cooling: 30. The link costs 5.
    gas = {"hot": STREAMS["hot"]}
    cooker = {"cold": STREAMS["cold"]}
    raised = Medium(HeatStream("raised", 160.0, 160.0, kind="cold"), heat=0.5)
    low = Medium(HeatStream("low", 160.0, 160.0, kind="hot"), heat=0.5)
    works = cascade_of("works", gas, {"cooling": Medium(COOLING), "raised": raised})
    mill = cascade_of("mill", cooker, {"steam": Medium(STEAM), "low": low})
    # 0.5 MWh a tonne: the works can raise 20 t of its 10 MWh at most (temperatures allow 8), the mill take 22 or 24
    assert works.media["raised"].most == CLOSE({YEAR: 8.0})
    assert mill.media["low"].most == CLOSE({YEAR: 22.0})
    option = OptionData({YEAR: 8.0}, {("A", "B"): PairData()})
    d = park(
        units={"works": UnitData("plant"), "mill": UnitData("plant")},
        places={"A": PlaceData(), "B": PlaceData()},
        admissible={"works": ("A",), "mill": ("B",)},
        sources={"raised": SourceData("works", {YEAR: 1.0}, dischargeable=False, medium=("works", "raised"))},
        sinks={
            "cooling": SinkData("works", {YEAR: 1.0}, medium=("works", "cooling")),
            "steam": SinkData("mill", {YEAR: 1.0}, medium=("mill", "steam")),
            "low": SinkData("mill", {YEAR: 1.0}, suppliable=False, medium=("mill", "low")),
        },
        exchanges={"e": ExchangeData("raised", "low", 1.0, own=False, options={"main": option})},
        effects={
            "supplied": {("steam", YEAR): {"cost": 3.0}, ("cooling", YEAR): {"cost": 1.0}},
            "built": {("e", "main"): {"cost": 5.0}},
        },
        cascades={"works": works, "mill": mill},
    )
    model, cost = solved(d)
    assert cost == CLOSE(35.0)
    assert model.flow["e", "main", YEAR].value == CLOSE(8.0)
    # apart: 36 of steam and 10 of cooling
    model.shared = 0
    assert solve(model).objective == CLOSE(46.0)


def test_media_have_room_for_what_they_are_of_use_for():
    # Nobody wants the water, and the hot stream can heat the cold one: it is of no use. Steam: all the cold stream, 12;
    # cooling: all the hot one, 10.
    water = HeatStream("given", 80.0, 220.0)
    made = cascade_of("plant", STREAMS, {**BOTH, "given": Medium(water)})
    most = {n: x.most[YEAR] for n, x in made.media.items()}
    assert most == CLOSE({"steam": 12.0, "cooling": 10.0, "given": 0.0}, abs=1e-9)
    # others want 5: steam may serve it besides, as far as the plant's own limit of 3 admits
    for limit, there in ((None, 5.0), ({YEAR: 3.0}, 3.0)):
        made = cascade_of("plant", STREAMS, {**BOTH, "given": Medium(water, most=limit, wanted={YEAR: 5.0})})
        most = {n: x.most[YEAR] for n, x in made.media.items()}
        assert most == CLOSE({"steam": 12.0 + there, "cooling": 10.0, "given": there})
    # at one temperature of 90 it may be made of all 10 of the hot stream, 2 a unit, whatever others want
    for wanted, endless, room, there in ((1.0, False, 1.0, 5.0), (8.0, False, 8.0, 8.0), (2.0, True, 7.0, 7.0)):
        stream = HeatStream("given", 90.0, 90.0, kind="cold")
        given = Medium(stream, heat=2.0, wanted={YEAR: wanted}, endless=endless)
        most = {n: x.most[YEAR] for n, x in cascade_of("plant", STREAMS, {**BOTH, "given": given}).media.items()}
        assert most == CLOSE({"steam": 12.0 + 2.0 * room, "cooling": 10.0, "given": there})


def test_a_gliding_medium_has_room_for_what_is_lost_below():
    # Water gives 1/120 of its heat a K from 180 to 60. The hot stream serves 10 of the 12; above T, 0.1 (170 - T) is
    # wanted: 3 above 140, of which the hot stream gives 0.1 (200 - 140) = 6. So 2, all of it of use.
    media = {"water": Medium(HeatStream("water", 180.0, 60.0)), "cooling": Medium(COOLING)}
    assert cascade_of("plant", STREAMS, media).media["water"].most == CLOSE({YEAR: 2.0})
    # Where recovery has a price, water may serve all 12: 11 are wanted above 60, where it has given all: 12.
    made = cascade_of("plant", STREAMS, media, priced=True)
    assert made.media["water"].most == CLOSE({YEAR: 12.0})
    assert made.media["cooling"].most == CLOSE({YEAR: 22.0})


def test_gliding_media_make_room_for_each_other():
    # Water H from 79 to 19 for 1 MWh at 55..60, its tail into water G made from 0 to 60. Above 55 degC
    # 24/60 H = 1 + 5/60 G, together H = 1 + G: G = 36/19, H = 55/19.
    media = {"H": Medium(HeatStream("H", 79.0, 19.0)), "G": Medium(HeatStream("G", 0.0, 60.0))}
    made = cascade_of("plant", {"cold": HeatStream("cold", 55.0, 60.0, 1.0)}, media)
    assert {n: x.most[YEAR] for n, x in made.media.items()} == CLOSE({"H": 55 / 19, "G": 36 / 19})


GOOD = CascadeData(
    "plant",
    ((100.0, 50.0),),
    {"process": {YEAR: {0: 1.0}}, "media": {}},
    {"process": {YEAR: {0: 1.0}}},
    {"steam": MediumData("media", True, 1.0, {0: 1.0}, {YEAR: 1.0})},
)
WRONG = {"steam": dataclasses.replace(GOOD.media["steam"], spread={0: 0.5})}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit": "nobody"}, "no such unit 'nobody'"),
        ({"bounds": ((50.0, 100.0),)}, "top down"),
        ({"hot": {"process": {YEAR: {3: 1.0}}, "media": {}}}, "outside the intervals"),
        ({"cold": {"process": {YEAR: {0: -1.0}}}}, "below 0"),
        ({"media": WRONG}, "do not add up"),
        ({"media": {"steam": dataclasses.replace(GOOD.media["steam"], group="x")}}, "no such group 'x'"),
        ({"media": {"steam": dataclasses.replace(GOOD.media["steam"], most={})}}, "largest amount"),
        ({"forbidden": frozenset({("x", "process")})}, "unknown groups 'x'"),
        (
            {"forbidden": frozenset({("process", "process")}), "media": {}, "hot": {"process": GOOD.hot["process"]}},
            "heat",
        ),
        (
            {
                "forbidden": frozenset({("media", "process")}),
                "hot": {"media": {YEAR: {0: 1.0}}},
            },
            "mixes",
        ),
    ],
)
def test_faults_are_named(changes, words):
    with pytest.raises(ValueError, match=words):
        build(plant(dataclasses.replace(GOOD, **changes)))


def test_streams_and_media_have_to_meet():
    d = plant(GOOD)
    with pytest.raises(ValueError, match="no such medium 'x'"):
        build(dataclasses.replace(d, sinks={"steam": SinkData("plant", {YEAR: 1.0}, medium=("heat", "x"))}, effects={}))
    with pytest.raises(ValueError, match="0 streams of the park"):
        build(dataclasses.replace(d, sinks={}, effects={}))
    twice = {n: SinkData("plant", {YEAR: 1.0}, medium=("heat", "steam")) for n in ("a", "b")}
    with pytest.raises(ValueError, match="2 streams of the park"):
        build(dataclasses.replace(d, sinks=twice, effects={}))
    units = {**d.units, "other": UnitData("partner")}
    strange = {"steam": SinkData("other", {YEAR: 1.0}, medium=("heat", "steam"))}
    with pytest.raises(ValueError, match="belongs to 'plant'"):
        build(
            dataclasses.replace(
                d, units=units, sinks=strange, effects={}, admissible={"plant": ("A",), "other": ("A",)}
            )
        )
    source = SourceData("plant", {YEAR: 1.0}, on_demand=True, medium=("heat", "steam"))
    with pytest.raises(ValueError, match="not on demand"):
        build(dataclasses.replace(d, sinks={}, sources={"steam": source}, effects={}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"media": {"hot": Medium(STEAM)}}, "a process stream and a medium"),
        ({"media": {"steam": Medium(STEAM, heat=0.0)}}, "carries no heat"),
        ({"forbidden": [("cold", "hot")]}, "'cold' is not hot"),
        ({"forbidden": [("x", "cold")]}, "no stream 'x'"),
    ],
)
def test_what_is_no_cascade_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        cascade_of("plant", STREAMS, **{"media": BOTH, **changes})


def test_effects_of_cascades_are_booked_by_state():
    states = {"a": StateData(4380.0), "b": StateData(4380.0)}
    amounts = {t: {n: s.load / 2 for n, s in STREAMS.items()} for t in states}
    cascade = cascade_of("plant", STREAMS, BOTH, amounts=amounts, hours={"a": 4380.0, "b": 4380.0})
    effects = {"recovered": {("heat", t): {"co2e": -0.2} for t in states}}
    model, _ = solved(plant(cascade, effects, states=states))
    assert pyo.value(model.account["co2e"]) >= -0.2 * 10.0 - 1e-9


def test_a_plan_and_its_baseline_hold_cascades():
    # As the two plants above; the plan costs 35, alone they cost 46. Recovered: nothing, each plant has one stream.
    works = cascade_of(
        "works",
        {"hot": STREAMS["hot"]},
        {"cooling": Medium(COOLING), "raised": Medium(HeatStream("raised", 160.0, 160.0, kind="cold"))},
    )
    low = Medium(HeatStream("low", 160.0, 160.0, kind="hot"))
    mill = cascade_of("mill", {**STREAMS, "cold": HeatStream("cold", 50.0, 170.0, 24.0)}, {**BOTH, "low": low})
    places = ("A", "B")
    pairs = {(p, q): PairData() for p in places for q in places if p != q}
    d = park(
        units={"works": UnitData("plant"), "mill": UnitData("plant")},
        places={p: PlaceData() for p in places},
        admissible={"works": places, "mill": places},
        sources={"raised": SourceData("works", {YEAR: 1.0}, dischargeable=False, medium=("works", "raised"))},
        sinks={
            "works cooling": SinkData("works", {YEAR: 1.0}, medium=("works", "cooling")),
            "mill cooling": SinkData("mill", {YEAR: 1.0}, medium=("mill", "cooling")),
            "steam": SinkData("mill", {YEAR: 1.0}, medium=("mill", "steam")),
            "low": SinkData("mill", {YEAR: 1.0}, suppliable=False, medium=("mill", "low")),
        },
        exchanges={
            "e": ExchangeData("raised", "low", 1.0, own=False, options={"main": OptionData({YEAR: 4.0}, pairs)})
        },
        effects={
            "supplied": {
                ("steam", YEAR): {"cost": 3.0},
                ("works cooling", YEAR): {"cost": 1.0},
                ("mill cooling", YEAR): {"cost": 1.0},
            },
            "built": {("e", "main"): {"cost": 5.0}},
        },
        cascades={"works": works, "mill": mill},
    )
    found = run.plan(d, "cost")
    # The mill: 0.2 wanted a K from 170, 0.1 given from 200 to 100. Down to 170 3 given; down to 160 4 given, 2 wanted;
    # at 100: 10 given, 14 wanted, at 50 24 wanted: 14 from outside. Steam at 160 serves all of it: 4 by
    # the main. Alone: 42 + 10 of cooling = 52; together 30 + 6 + 5 = 41.
    assert found.baseline.totals["total_annual_cost"] == CLOSE(52.0)
    assert found.plan.totals["total_annual_cost"] == CLOSE(41.0)
    assert found.plan.values["recovered"] == {("mill", YEAR): CLOSE(10.0)}
    assert found.plan.values["duty"] == {("mill",): CLOSE(10.0 / 8760.0)}
