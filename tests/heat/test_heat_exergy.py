"""Exergy of heat: factors by hand, nothing gained on the way, streams that cross the surroundings."""

import dataclasses
import math

import pytest
from heat_sets import calm
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.heat.exergy import balance, carnot_factor, destroyed, exergy, mean_temperature
from planner.heat.streams import HeatStream

CLOSE = pytest.approx
T = st.floats(-100.0, 800.0)


def test_factors_by_hand():
    # At 323.15 degC = 596.3 K, surroundings 25 degC = 298.15 K: 1 - 298.15 / 596.3 = 0.5
    assert carnot_factor(323.15) == CLOSE(0.5)
    # surroundings of 50 degC: 1 - 323.15 / 596.3
    assert carnot_factor(323.15, surroundings=50.0) == CLOSE(1 - 323.15 / 596.3)
    # between 90 and 60 degC: the mean is 30 / ln(363.15 / 333.15) = 347.934 K
    assert mean_temperature(90.0, 60.0) + 273.15 == CLOSE(30 / math.log(363.15 / 333.15))
    assert exergy(100.0, 90.0, 60.0, 15.0) == CLOSE(100 * (1 - 288.15 * math.log(363.15 / 333.15) / 30))
    # cold at 0 degC is worth work with the sign turned: 1 - 298.15 / 273.15 = -0.0915
    assert exergy(100.0, 0.0) == CLOSE(-9.1525, abs=1e-4)


def test_exergy_destroyed_by_hand():
    # 100 from steam at 323.15 to a process at 173.925 degC = 447.075 K: 298.15 (1/447.075 - 1/596.3) x 100
    assert destroyed(100.0, (323.15, 323.15), (173.925, 173.925)) == CLOSE(100 * 298.15 * (1 / 447.075 - 1 / 596.3))
    assert destroyed(100.0, (90.0, 60.0), (60.0, 90.0)) == CLOSE(0.0)


@pytest.mark.parametrize(("hot", "cold"), [((90.0, 60.0), (50.0, 95.0)), ((90.0, 40.0), (50.0, 80.0))])
def test_heat_does_not_run_uphill(hot, cold):
    with pytest.raises(ValueError, match="uphill"):
        destroyed(1.0, hot, cold)


def test_balance_by_hand():
    # 10 from 323.15 degC (factor 0.5): 4 to 447.075 K = 173.925 degC (factor 1 - 298.15/447.075), 6 to cooling at 25
    streams = [
        HeatStream("steam", 323.15, 323.15, 10.0, 0.0, "hot"),
        HeatStream("process", 173.925, 173.925, 4.0, 0.0, "cold"),
        HeatStream("cooling", 25.0, 25.0, 6.0, 0.0, "cold"),
    ]
    found = balance(streams)
    taken = 4 * (1 - 298.15 / 447.075)
    assert (found.given, found.taken, found.destroyed) == CLOSE((5.0, taken, 5.0 - taken))
    assert found.efficiency == CLOSE(taken / 5.0)


def test_cooling_below_the_surroundings_is_taken_exergy():
    # A room at 0 degC is cooled by brine at -10: the brine's exergy is spent, the room's is what it was for.
    streams = [HeatStream("room", 0.0, 0.0, 1.0, 0.0, "hot"), HeatStream("brine", -10.0, -10.0, 1.0, 0.0, "cold")]
    found = balance(streams)
    assert (found.given, found.taken) == CLOSE((298.15 / 263.15 - 1, 298.15 / 273.15 - 1))
    assert 0 < found.efficiency < 1


def test_a_stream_that_crosses_the_surroundings_counts_in_two_parts():
    whole = [HeatStream("a", 60.0, -10.0, 70.0), HeatStream("b", -20.0, 50.0, 70.0)]
    parts = [
        HeatStream("a", 60.0, 25.0, 35.0),
        HeatStream("a", 25.0, -10.0, 35.0),
        HeatStream("b", -20.0, 25.0, 45.0),
        HeatStream("b", 25.0, 50.0, 25.0),
    ]
    one, two = balance(whole), balance(parts)
    assert (one.given, one.taken) == CLOSE((two.given, two.taken))


def test_an_open_balance_and_absolute_zero_are_refused():
    with pytest.raises(ValueError, match="utilities"):
        balance([HeatStream("a", 60.0, 30.0, 70.0)])
    with pytest.raises(ValueError, match="absolute zero"):
        carnot_factor(-274.0)
    with pytest.raises(ValueError, match="surroundings"):
        carnot_factor(20.0, surroundings=-274.0)


def test_nothing_given_has_no_efficiency():
    assert math.isnan(balance([]).efficiency)


@calm
@given(T, T, T, T, T)
def test_passing_heat_on_never_gains_exergy(a, b, c, d, ambient):
    hot, cold = (max(a, b), min(a, b)), (min(c, d), max(c, d))
    assume(hot[0] >= cold[1] and hot[1] >= cold[0])
    assert destroyed(1.0, hot, cold, ambient) >= -1e-9


@calm
@given(T, T)
def test_the_mean_lies_between(a, b):
    assert min(a, b) - 1e-9 <= mean_temperature(a, b) <= max(a, b) + 1e-9


@calm
@given(T, T, st.floats(0.0, 1.0))
def test_a_stream_in_two_parts_has_the_same_exergy(a, b, share):
    one = HeatStream("x", a, b, 10.0, kind="hot" if a == b else None)
    between = b + share * (a - b)
    assume(between not in (a, b))
    upper = exergy(10.0 * (1 - share), a, between)
    lower = exergy(10.0 * share, between, b)
    assert upper + lower == CLOSE(exergy(one.load, a, b), abs=1e-6)
    assert dataclasses.replace(one, load=0.0).load == 0.0
