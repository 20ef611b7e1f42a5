"""Heat along pipes: by hand, and what must hold of any pipe."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.case.heat import HeatLevel
from planner.case.links import Link, Size
from planner.case.resources import Resource
from planner.heat.in_pipes import ends_of, least_flow, longest_way, transfers_of, units_lost, watts_lost
from planner.heat.levels import given as made_of
from planner.heat.levels import raised_per_taken, said, taken
from planner.heat.pipes import arriving_temperature, heat_transfer, least_capacity_flow, least_heat, loop_arrival


def level(**stated):
    return HeatLevel.model_validate(stated)


def resource(unit="MWh", enthalpy=None, **heat):
    return Resource.model_validate({"kind": "heat", "unit": unit, "enthalpy": enthalpy, "heat": heat})


def test_insulation_by_the_logarithm_of_diameters():
    # DN 100: 114.3 mm of steel under 40 mm of foam with 0.027 W/m/K:
    # 2 pi 0.027 / ln(194.3 / 114.3) = 0.169646 / 0.530577 = 0.319739 W/m/K
    assert heat_transfer(114.3, 40.0, 0.027) == pytest.approx(0.319739, abs=2e-6)
    # with 1 m K/W of soil outside: 1 / (1 / 0.319739 + 1) = 0.242274
    assert heat_transfer(114.3, 40.0, 0.027, 1.0) == pytest.approx(0.242274, abs=2e-6)


@pytest.mark.parametrize(
    "wrong", [(0.0, 40.0, 0.03), (100.0, 40.0, 0.0), (100.0, 0.0, 0.03), (100.0, 40.0, 0.03, -1.0)]
)
def test_insulation_that_is_none(wrong):
    with pytest.raises(ValueError, match="expected|holds no heat"):
        heat_transfer(*wrong)


def test_temperature_falls_by_the_exponential():
    # 0.3 W/m/K x 2000 m / 6000 W/K = 0.1: 10 + 80 exp(-0.1) = 82.387
    assert arriving_temperature(90.0, 10.0, 0.3, 2000.0, 6000.0) == pytest.approx(10 + 80 * math.exp(-0.1))
    assert arriving_temperature(90.0, 10.0, 0.3, 2000.0, 0.0) == 10.0
    assert arriving_temperature(90.0, 10.0, 0.0, 2000.0, 0.0) == 90.0


def test_least_flow_by_hand():
    # hot: 90 to 85 degC beside 10: C = 0.3 / ln(80/75) = 0.3 / 0.0645385 = 4.64839 W/K/m
    assert least_capacity_flow(90, 85, 10, 0.3) == pytest.approx(4.64839, abs=1e-4)
    # it comes back from 60 at 10 + 50 x 75/80 = 56.875: 4.64839 x (90 - 56.875) = 153.978 W/m
    assert least_heat(90, 60, 85, 10, (0.3, 0.3)) == pytest.approx(153.978, abs=1e-2)
    # chilled water of 6/12 degC that may come at 7, ground 15: C = 0.3 / ln(9/8) = 2.54708
    assert least_capacity_flow(6, 7, 15, 0.3) == pytest.approx(2.54708, abs=1e-4)
    # the ground warms what comes back, too: 15 - 3 x 8/9 = 12.3333; 2.54708 x 6.3333 = 16.1315 W/m
    assert least_heat(6, 12, 7, 15, (0.3, 0.3)) == pytest.approx(16.1315, abs=1e-3)
    assert least_capacity_flow(20, 21, 15, 0.3) == 0.0, "cooling water in cold ground only gets colder"
    assert least_capacity_flow(90, 85, 88, 0.3) == 0.0, "it never falls below the 88 degC around it"


@settings(max_examples=20, deadline=None)
@given(
    st.floats(60, 150),
    st.floats(1, 20),
    st.floats(-10, 20),
    st.floats(0.05, 1.0),
    st.floats(10, 20_000),
    st.floats(1.0, 10.0),
)
def test_at_the_least_flow_it_arrives_just_so(supply, drop, ground, transfer, metres, more):
    back = supply - drop - 20.0
    heat = least_heat(supply, back, supply - drop, ground, (transfer, transfer)) * metres
    arrives = loop_arrival(supply, back, ground, (transfer, transfer), metres, heat)
    if back > ground:  # where the return is warmed, the least flow is on the safe side
        assert arrives == pytest.approx(supply - drop, abs=1e-6)
    assert arrives >= supply - drop - 1e-6
    hotter = loop_arrival(supply, back, ground, (transfer, transfer), metres, heat * more)
    assert arrives - 1e-9 <= hotter <= supply


def test_a_loop_loses_by_both_pipes():
    hot = level(supply=90, **{"return": 60})
    assert watts_lost(hot, (0.3, 0.3), 10.0) == pytest.approx((24.0, 15.0))
    cold = level(supply=6, **{"return": 12})
    assert watts_lost(cold, (0.2, 0.2), 15.0) == pytest.approx((1.8, 0.6))
    # supply 20 in ground of 25 gains 5 K, the return of 30 gives 5: nothing in all; colder ground helps, but is no gain
    mild = level(supply=20, **{"return": 30})
    assert sum(watts_lost(mild, (0.2, 0.2), 25.0)) == 0.0
    assert watts_lost(mild, (0.2, 0.2), 10.0) == (0.0, 0.0)


def test_steam_condenses_on_its_way():
    """Steam of 10 bar condenses at 179.88 degC with 0.55970 MWh/t (2014.9 kJ/kg)."""
    steam = resource("t", "0.6 MWh/t", steam=10, condensate={"share": 0.8, "temperature": 80})
    # supply 0.5 x 169.88 = 84.94 W/m; condensate of 80 degC 0.5 x 70 = 35 W/m
    assert watts_lost(steam.heat, (0.5, 0.5), 10.0) == pytest.approx((84.94, 35.0), abs=0.01)
    raised = sum(part.load for part in made_of(steam.heat, ""))
    expected = 84.94e-6 / 0.55970 + 35e-6 / raised
    assert units_lost(steam, (0.5, 0.5), 10.0) == pytest.approx(expected, rel=1e-3)
    lost = steam.model_copy(update={"heat": level(steam=10, condensate={"share": 0})})
    assert watts_lost(lost.heat, (0.5, 0.5), 10.0)[1] == 0.0, "no condensate, no pipe for it"


def test_how_far_steam_may_go():
    # from 10 to 9 bar at 50 Pa/m: 1e5 / 50 = 2000 m
    link = Link.model_validate({"kind": "pipe", "max_pressure_drop": 50})
    assert longest_way(resource("t", steam=10, arrives={"steam": 9}), link) == pytest.approx(2000.0)
    assert longest_way(resource("t", steam=10), link) == math.inf


def test_who_takes_counts_on_what_arrives():
    hot = level(supply=90, **{"return": 60}, arrives={"supply": 85})
    (there,), (made,) = taken(hot, "w"), made_of(hot, "w")
    assert (there.supply, there.target, made.supply, made.target) == (85, 60, 60, 90)
    assert there.load == made.load
    assert "arrives at least at 85 degC" in said(hot)
    steam = level(steam=10, superheat=30, arrives={"steam": 9})
    # 9 bar condenses at 175.36 degC; whoever raises it heats from there to 209.88 degC
    assert [round(part.supply, 2) for part in taken(steam, "s")] == [175.36]
    assert made_of(steam, "s")[0].supply == pytest.approx(175.36, abs=0.01)
    assert made_of(steam, "s")[-1].target == pytest.approx(209.88, abs=0.01)
    assert raised_per_taken(steam) > 1.0
    assert ends_of(steam) == pytest.approx((209.88, 175.36), abs=0.01)


def test_the_least_flow_of_a_resource():
    water = resource(supply=90, **{"return": 60}, arrives={"supply": 85})
    # 153.978 W/m are 153.978e-6 MWh/h/m
    assert least_flow(water, (0.3, 0.3), 10.0) == pytest.approx(153.978e-6, rel=1e-4)
    assert least_flow(resource(supply=90, **{"return": 60}), (0.3, 0.3), 10.0) == 0.0
    assert least_flow(water, None, 10.0) == 0.0


def test_the_return_pipe_may_be_another():
    size = Size.model_validate({"size": "S", "heat_transfer": 0.3, "return_heat_transfer": 0.5})
    assert transfers_of(size) == (0.3, 0.5)
    bare = Size.model_validate({"size": "S", "loss": 20})
    assert transfers_of(bare) is None
