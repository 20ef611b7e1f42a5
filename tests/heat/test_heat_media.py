"""Media as streams, and the check that heat goes downhill from temperatures alone."""

import math

import pytest
from heat_sets import stream_sets
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.heat import properties
from planner.heat.cascade import Medium, cascade_of
from planner.heat.media import raised, steam_raised, steam_taken, water_loop
from planner.heat.pinch import problem_table
from planner.heat.streams import HeatStream
from planner.heat.verify import uphill

CLOSE = pytest.approx


def test_steam_gives_its_heat_in_three_parts():
    # 10 bar, 250 degC, condensate at 80: 2943.2 - 2777.1 above 179.89, 2777.1 - 762.7 there, 762.7 - 335.7 below
    hot, boiling, cool = steam_taken("steam", 10.0, returned=80.0, temperature=250.0, contribution=2.5)
    assert (hot.supply, hot.target, hot.load) == CLOSE((250.0, 179.89, 166.1 / 3600), abs=1e-2)
    assert (boiling.supply, boiling.target, boiling.load) == CLOSE((179.89, 179.89, 2014.4 / 3600), abs=1e-2)
    assert (cool.supply, cool.target, cool.load) == CLOSE((179.89, 80.0, 427.0 / 3600), abs=1e-2)
    assert math.fsum(x.load for x in (hot, boiling, cool)) == CLOSE(properties.steam_heat(10.0, 80.0, 250.0))
    assert all(x.hot and x.contribution == 2.5 for x in (hot, boiling, cool))


def test_saturated_steam_whose_condensate_is_not_cooled_is_one_stream():
    (only,) = steam_taken("steam", 10.0)
    assert only.supply == only.target
    assert only.load == CLOSE(properties.condensation_heat(10.0))


def test_steam_is_raised_the_way_back():
    parts = steam_raised("steam", 10.0, feed=80.0, temperature=250.0)
    assert [(x.supply < x.target or x.kind == "cold") and not x.hot for x in parts] == [True] * 3
    assert parts[0].supply == 80.0
    assert parts[-1].target == 250.0
    assert raised(raised(parts[0])) == parts[0].__class__(**{**parts[0].__dict__, "kind": "cold"})


def test_water_loops_are_hot_or_cold_by_their_temperatures():
    (hot,) = water_loop("hot water", 90.0, 60.0)
    (chilled,) = water_loop("chilled water", 6.0, 12.0)
    assert (hot.hot, chilled.hot) == (True, False)
    assert hot.load == CLOSE(properties.water_heat(90.0, 60.0))
    with pytest.raises(properties.OutOfRange, match="both 60"):
        water_loop("idle", 60.0, 60.0)


def test_a_cascade_spreads_a_medium_over_its_parts():
    # 5 bar, condensate at 100: a cold stream from 50 to 140 can take all of it, each part in its interval.
    parts = steam_taken("steam", 5.0, returned=100.0)
    medium = Medium(parts, heat=math.fsum(x.load for x in parts))
    made = cascade_of("plant", {"cold": HeatStream("cold", 50.0, 140.0, 10.0)}, {"steam": medium})
    spread = made.media["steam"].spread
    assert math.fsum(spread.values()) == CLOSE(1.0)
    boils = properties.saturation_temperature(5.0)
    at = {made.bounds[k]: share for k, share in spread.items()}
    assert at[round(boils, 9), round(boils, 9)] == CLOSE(parts[0].load / medium.heat)


def test_parts_of_a_medium_are_of_one_kind():
    with pytest.raises(ValueError, match="all hot or all cold"):
        Medium((HeatStream("a", 100.0, 50.0, 1.0), HeatStream("b", 50.0, 100.0, 1.0)))
    with pytest.raises(ValueError, match="no heat"):
        Medium((HeatStream("a", 100.0, 50.0), HeatStream("b", 50.0, 40.0)))


def test_uphill_by_hand():
    # 10 from 100 to 80, 10 wanted from 70 to 90: what is wanted above 80 comes from 100 to 90, fine; with 15 K between,
    # hot 92.5-72.5, cold 77.5-97.5: from 92.5 to 97.5, 2.5 have no source.
    def pair(half):
        return {"h": [HeatStream("h", 100.0, 80.0, 10.0, half)], "c": [HeatStream("c", 70.0, 90.0, 10.0, half)]}

    assert uphill(pair(5.0)) == 0.0
    assert uphill(pair(7.5)) == CLOSE(2.5)
    assert uphill(pair(5.0), [("h", "c")]) == CLOSE(10.0)


@settings(max_examples=60, deadline=None)
@given(stream_sets(2, 6), st.lists(st.booleans(), min_size=9, max_size=9))
def test_the_check_is_the_problem_table_where_nothing_is_forbidden(streams, picks):
    parts = {f"s{k}": [s] for k, s in enumerate(streams)}
    free = uphill(parts)
    assert free == CLOSE(problem_table(streams).hot_utility, abs=1e-6)
    # a match that cannot be forbidden: between streams of one kind
    assert uphill(parts, [("s0", "s0")]) == CLOSE(free, abs=1e-6)
    pairs = [(i, j) for i in parts for j in parts if parts[i][0].hot and not parts[j][0].hot]
    barred = [pair for pair, pick in zip(pairs, picks, strict=False) if pick]
    assert uphill(parts, barred) >= free - 1e-6
