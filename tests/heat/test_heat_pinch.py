"""Problem table, curves and levels: published targets, hand-solved sets, properties of random sets."""

import dataclasses
import math

import numpy as np
import pytest
from heat_sets import calm, stream_sets
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.heat import dairies, textbook
from planner.heat.intervals import intervals, spread
from planner.heat.pinch import (
    composite,
    composites,
    problem_table,
    sink_profile,
    source_profile,
    utility_levels,
)
from planner.heat.streams import HeatStream

CLOSE = pytest.approx


def same(curve, points):
    return np.array(curve) == CLOSE(np.array(points))


@pytest.mark.parametrize(
    ("name", "hot", "cold", "pinch"),
    [
        ("kemp_4stream", 20.0, 60.0, 85.0),
        ("linnhoff_hindmarsh_4stream", 107.5, 40.0, 80.0),
        ("4sp1_si", 127.68, 250.14, 244.0),
        ("biegler_restricted_match", 60.0, 225.0, 330.0),
    ],
)
def test_published_targets(name, hot, cold, pinch):
    target = problem_table(textbook(name))
    assert (target.hot_utility, target.cold_utility) == CLOSE((hot, cold), abs=1e-9)
    assert target.pinches == (pinch,)


def test_published_targets_of_plants_with_a_contribution_for_each_stream():
    hot = {plant: problem_table(streams).hot_utility for plant, streams in dairies().items()}
    assert hot == CLOSE({"Casein": 221.77, "D4": 10294.52, "D5": 23284.84}, abs=5e-3)


def test_kemp_by_hand():
    # Shifted by 5: H2 165-55 CP 3, H4 145-25 CP 1.5; C1 25-140 CP 2, C3 85-145 CP 4.
    # 165-145: +60; 145-140: 5 x (4.5 - 4) = +2.5; 140-85: 55 x (4.5 - 6) = -82.5; 85-55: 30 x 2.5 = +75;
    # 55-25: 30 x (1.5 - 2) = -15. Sums 60, 62.5, -20, 55, 40: hot 20, cold 40 + 20 = 60.
    target = problem_table(textbook("kemp_4stream"))
    assert target.residuals == CLOSE((20.0, 80.0, 82.5, 0.0, 75.0, 60.0))
    assert target.temperatures == (165.0, 145.0, 140.0, 85.0, 55.0, 25.0)
    # cold needs 2 x 115 + 4 x 60 = 470, of which 20 from the utility
    assert target.recovery == CLOSE(450.0)
    # the pocket above: 85 to where the curve comes to 20 again; 82.5 (T - 85) / 55 = 20, T = 98.33
    assert sink_profile(target)[3] == CLOSE((20.0, 98.0 + 1 / 3))
    # the pocket below: from 0 at 85 to 75 at 55, reaches 60 at 85 - 30 x 60 / 75 = 61
    assert source_profile(target)[2] == CLOSE((60.0, 61.0))


def test_phase_changes_stand_at_one_temperature():
    # Vapour condenses at 110 (shifted 105), a feed boils at 100 (shifted 105): all of it passes at one temperature.
    vapour = HeatStream("vapour", 110.0, 110.0, 100.0, 5.0, "hot")
    feed = HeatStream("feed", 100.0, 100.0, 80.0, 5.0, "cold")
    target = problem_table([vapour, feed])
    assert (target.hot_utility, target.cold_utility) == (0.0, 20.0)
    assert target.bounds == ((105.0, 105.0),)
    # a hair hotter, and nothing passes
    hotter = dataclasses.replace(feed, supply=100.0 + 1e-6, target=100.0 + 1e-6)
    target = problem_table([vapour, hotter])
    assert (target.hot_utility, target.cold_utility) == CLOSE((80.0, 100.0))
    # one hot stream that condenses at 105, one that is cooled through it: the jump is in the curve
    cooled = HeatStream("cooled", 125.0, 85.0, 40.0, 0.0)
    both = problem_table([dataclasses.replace(vapour, contribution=5.0), cooled])
    assert same(both.grand_composite, ((0.0, 125.0), (20.0, 105.0), (120.0, 105.0), (140.0, 85.0)))


def test_shifted_temperatures_that_differ_by_rounding_are_one():
    hot = HeatStream("hot", 60.3, 60.3, 10.0, 0.1, "hot")
    cold = HeatStream("cold", 60.1, 60.1, 10.0, 0.1, "cold")
    assert problem_table([hot, cold]).hot_utility == 0.0


def test_a_threshold_problem_has_no_pinch():
    # 100 to be given from 200 to 100, 50 needed from 20 to 70: no hot utility, 50 of cooling.
    streams = [HeatStream("hot", 200.0, 100.0, 100.0, 5.0), HeatStream("cold", 20.0, 70.0, 50.0, 5.0)]
    target = problem_table(streams)
    assert (target.hot_utility, target.cold_utility, target.pinches) == (0.0, 50.0, ())
    assert target.threshold
    assert not problem_table(textbook("kemp_4stream")).threshold


def test_two_pinches_are_both_told():
    # Two sets that only cool or heat each other, 100 degrees apart: (200-150 | 100-150 +) and the same lower down.
    streams = [
        HeatStream("h1", 300.0, 300.0, 10.0, 0.0, "hot"),
        HeatStream("c1", 310.0, 310.0, 5.0, 0.0, "cold"),
        HeatStream("c2", 290.0, 290.0, 10.0, 0.0, "cold"),
        HeatStream("h2", 200.0, 200.0, 7.0, 0.0, "hot"),
        HeatStream("c3", 190.0, 190.0, 4.0, 0.0, "cold"),
    ]
    # below 310: 0 passes after its 5 from the utility; below 290: 10 - 10 = 0 down to 200
    assert problem_table(streams).pinches == (310.0, 300.0, 290.0, 200.0)


def test_composite_curves_are_nearest_at_the_pinch():
    hot, cold = composites(textbook("kemp_4stream"))
    # hot: 30-60 x 1.5 = 45; 60-150 x 4.5 = 405; 150-170 x 3 = 60
    assert same(hot, ((0.0, 30.0), (45.0, 60.0), (450.0, 150.0), (510.0, 170.0)))
    # cold begins at the cold utility: 20-80 x 2 = 120; 80-135 x 6 = 330; 135-140 x 4 = 20
    assert same(cold, ((60.0, 20.0), (180.0, 80.0), (510.0, 135.0), (530.0, 140.0)))


def test_a_gap_in_temperature_is_an_upright_line():
    streams = [HeatStream("a", 200.0, 150.0, 50.0), HeatStream("b", 100.0, 80.0, 20.0)]
    assert same(composite(streams, True), ((0.0, 80.0), (20.0, 100.0), (20.0, 150.0), (70.0, 200.0)))
    assert composite(streams, False) == ()


def test_utilities_at_several_levels_by_hand():
    # Kemp: 20 of hot utility is wanted from 98.33 shifted up. Steam at 100 shifted does it all: M(100) = 20.
    # Hot water at 93 shifted: the curve stands at 82.5 x 8 / 55 = 12 there, so 12 by water, 8 by steam.
    kemp = textbook("kemp_4stream")
    steam = HeatStream("steam", 150.0, 150.0, kind="hot")
    water = HeatStream("water", 93.0, 93.0, kind="hot")
    cooling = HeatStream("cooling", 10.0, 20.0)
    found = utility_levels(kemp, [steam, water, cooling])
    assert [(x.name, x.load) for x in found.levels] == [
        ("water", CLOSE(12.0)),
        ("steam", CLOSE(8.0)),
        ("cooling", CLOSE(60.0)),
    ]
    # without steam the 8 are missing
    found = utility_levels(kemp, [water])
    assert (found.load("water"), found.missing_hot, found.missing_cold) == CLOSE((12.0, 8.0, 60.0))


def test_a_gliding_utility_is_limited_where_it_glides():
    # Cold 100 from 50 to 150 (CP 1), so that T - 50 is wanted below T. Water from 110 to 90 that gives X gives X at 110
    # or below, X / 2 at 100 or below, nothing below 90: X <= 60, X / 2 <= 50. X = 60.
    cold = [HeatStream("cold", 50.0, 150.0, 100.0)]
    found = utility_levels(cold, [HeatStream("water", 110.0, 90.0), HeatStream("steam", 200.0, 200.0, kind="hot")])
    assert (found.load("water"), found.load("steam")) == CLOSE((60.0, 40.0))
    # From 110 to 40 a seventh of X would come below 50, where nothing is wanted: none.
    found = utility_levels(cold, [HeatStream("water", 110.0, 40.0), HeatStream("steam", 200.0, 200.0, kind="hot")])
    assert found.load("water") == CLOSE(0.0)


@calm
@given(stream_sets())
def test_no_heat_runs_uphill_and_all_is_accounted_for(streams):
    target = problem_table(streams)
    hot = math.fsum(s.load for s in streams if s.hot)
    cold = math.fsum(s.load for s in streams if not s.hot)
    small = 1e-9 * max(1.0, hot, cold)
    assert min(target.residuals) >= -small
    assert hot + target.hot_utility == CLOSE(cold + target.cold_utility, abs=1e-6)
    assert target.residuals[0] == CLOSE(target.hot_utility, abs=small)
    assert target.residuals[-1] == CLOSE(target.cold_utility, abs=1e-6)
    assert -small <= target.recovery <= min(hot, cold) + small
    # it is the least: somewhere nothing passes
    assert min(target.residuals) <= small


@calm
@given(stream_sets(), st.floats(0.1, 30.0))
def test_more_approach_never_lowers_a_utility(streams, more):
    wider = [dataclasses.replace(s, contribution=s.contribution + more) for s in streams]
    before, after = problem_table(streams), problem_table(wider)
    assert after.hot_utility >= before.hot_utility - 1e-6
    assert after.cold_utility >= before.cold_utility - 1e-6


@calm
@given(stream_sets(), st.integers(0, 20), st.floats(0.05, 0.95))
def test_splitting_a_stream_at_a_temperature_changes_nothing(streams, which, share):
    k = which % len(streams)
    one = streams[k]
    between = round(one.supply + share * (one.target - one.supply), 6)
    if between in (one.supply, one.target):
        parts = [dataclasses.replace(one, load=one.load * share), dataclasses.replace(one, load=one.load * (1 - share))]
    else:
        part = one.load * (between - one.supply) / (one.target - one.supply)
        parts = [
            dataclasses.replace(one, target=between, load=part),
            dataclasses.replace(one, supply=between, load=one.load - part),
        ]
    split = [*streams[:k], *parts, *streams[k + 1 :]]
    assert problem_table(split).hot_utility == CLOSE(problem_table(streams).hot_utility, abs=1e-6)
    assert problem_table(split).cold_utility == CLOSE(problem_table(streams).cold_utility, abs=1e-6)


@calm
@given(stream_sets())
def test_profiles_are_the_utilities_and_monotone(streams):
    target = problem_table(streams)
    sink, source = sink_profile(target), source_profile(target)
    assert sink[0][0] == CLOSE(target.hot_utility, abs=1e-6)
    assert source[0][0] == CLOSE(target.cold_utility, abs=1e-6)
    for curve in (sink, source):
        heats = [heat for heat, _ in curve]
        assert heats == sorted(heats, reverse=True)
        assert heats[-1] == CLOSE(0.0, abs=1e-6)


@calm
@given(stream_sets(), st.lists(st.floats(-50, 400).map(lambda t: round(t, 3)), min_size=1, max_size=4))
def test_levels_add_up_to_the_least_utilities(streams, temperatures):
    media = [HeatStream(f"m{k}", t, t, kind="hot") for k, t in enumerate(temperatures)]
    found = utility_levels(streams, media)
    target = problem_table(streams)
    assert math.fsum(x.load for x in found.levels) + found.missing_hot == CLOSE(target.hot_utility, abs=1e-6)
    # a level gives, with the less hot ones, what the profile wants at its temperature or below
    for medium in media:
        below = math.fsum(found.load(m.name) for m in media if m.supply <= medium.supply)
        wanted = utility_levels(streams, [medium]).load(medium.name)
        assert below == CLOSE(wanted, abs=1e-6)


@calm
@given(stream_sets())
def test_curves_end_apart_by_the_utilities(streams):
    hot, cold = composites(streams)
    target = problem_table(streams)
    if hot and cold:
        assert cold[0][0] - hot[0][0] == CLOSE(target.cold_utility, abs=1e-6)
        assert cold[-1][0] - hot[-1][0] == CLOSE(target.hot_utility, abs=1e-6)


@calm
@given(stream_sets())
def test_shares_add_up(streams):
    bounds = intervals(streams)
    for stream in streams:
        assert math.fsum(spread(stream, bounds).values()) == CLOSE(1.0)
    assert [t for bound in bounds for t in bound] == sorted((t for bound in bounds for t in bound), reverse=True)


def test_no_streams_need_nothing():
    target = problem_table([])
    assert (target.hot_utility, target.cold_utility, target.pinches) == (0.0, 0.0, ())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"supply": math.nan}, "finite"),
        ({"load": math.inf}, "finite"),
        ({"supply": -300.0}, "below -273.15"),
        ({"load": -1.0}, "negative"),
        ({"contribution": -1.0}, "negative"),
        ({"supply": 50.0}, "hot or cold"),
        ({"kind": "cold"}, "called cold"),
    ],
)
def test_what_is_no_stream_is_refused(fields, words):
    with pytest.raises(ValueError, match=words):
        HeatStream(**{"name": "s", "supply": 100.0, "target": 50.0, "load": 1.0, **fields})


def test_a_stream_outside_the_intervals_is_refused():
    with pytest.raises(ValueError, match="not bounds"):
        spread(HeatStream("s", 100.0, 50.0), ((90.0, 40.0),))
