"""Rules that hold in each of several states, in parks solved by hand in which they bind."""

import dataclasses

import pytest
from toys import changed, cost, exchange, park, source, with_effects

from models.instance import Instance, OptionData, PairData, PlaceData, SinkData, SourceData, StateData, UnitData
from models.rules import Limit

WINTER, SUMMER = "winter", "summer"
STATES = {WINTER: StateData(4380.0), SUMMER: StateData(4380.0)}


def two_seasons(given: tuple[float, float], needed: tuple[float, float], **rules) -> Instance:
    """A kiln gives ash to a mill, so much in winter and in summer, over two links that carry 10 in each.

    Ash is dumped at 2 a tonne, the mill buys at 5 a tonne; the links cost nothing.
    """
    options = {
        f"truck #{copy}": OptionData({WINTER: 10.0, SUMMER: 10.0}, {("A", "B"): PairData()}, copy=copy)
        for copy in (0, 1)
    }
    return park(
        states=STATES,
        units={"kiln": UnitData("plant"), "mill": UnitData("plant")},
        places={"A": PlaceData(), "B": PlaceData()},
        admissible={"kiln": ("A",), "mill": ("B",)},
        sources={"ash": SourceData("kiln", dict(zip(STATES, given, strict=True)))},
        sinks={"clay": SinkData("mill", dict(zip(STATES, needed, strict=True)))},
        exchanges={"e": exchange("ash", "clay", options, **rules)},
        effects={
            "discharged": {("ash", t): {"cost": 2.0} for t in STATES},
            "supplied": {("clay", t): {"cost": 5.0} for t in STATES},
        },
    )


def test_what_is_given_in_one_state_is_of_no_use_in_another():
    # 12 in winter for 12 in summer: 12 x 2 + 12 x 5 = 84; all in both, half each: nothing is left
    assert cost(two_seasons((12.0, 0.0), (0.0, 12.0))) == pytest.approx(84.0)
    assert cost(two_seasons((6.0, 6.0), (6.0, 6.0))) == pytest.approx(0.0)


def test_all_links_together_carry_what_the_shared_hours_give():
    # E15: of 12 in winter 8 fall into the shared hours, whatever twins are built: 4 x (2 + 5) = 28; in summer all flow.
    # Without it both twins carry 12. A yearly 20 (E5) instead would let 12 flow in winter and 8 in summer.
    free = two_seasons((12.0, 12.0), (12.0, 12.0))
    assert cost(free) == pytest.approx(0.0)
    assert cost(two_seasons((12.0, 12.0), (12.0, 12.0), most={WINTER: 8.0, SUMMER: 12.0})) == pytest.approx(28.0)
    assert cost(two_seasons((12.0, 12.0), (12.0, 12.0), max_flow=20.0)) == pytest.approx(28.0)
    both = two_seasons((12.0, 12.0), (12.0, 12.0), most={WINTER: 8.0, SUMMER: 12.0}, max_flow=18.0)
    assert cost(both) == pytest.approx(42.0)  # 8 + 10 flow, 6 do not


def test_a_share_of_the_demand_of_each_state():
    # E16: half of the winter demand of 12 may be met: 6 x (2 + 5) = 42; a yearly share of 0.75 (E6) is met by any.
    assert cost(two_seasons((12.0, 12.0), (12.0, 12.0), shares={WINTER: 0.5})) == pytest.approx(42.0)
    assert cost(two_seasons((12.0, 6.0), (12.0, 12.0), max_share=0.75)) == pytest.approx(30.0)


def _with_peaks(bounds: tuple[float, float], price: float | None = None) -> Instance:
    """The mill alone buys 12 in winter and 6 in summer, no more than the bounds, or what is beyond them at a price."""
    base = changed(two_seasons((0.0, 0.0), (12.0, 6.0)), exchanges={})
    names = {t: f"peak in {t}" for t in STATES}
    accounts = {**base.accounts, **dict.fromkeys(names.values(), "t/h")}
    base = changed(base, accounts=accounts)
    supplied = {("clay", t): {"cost": 5.0, names[t]: 1.0} for t in STATES}
    base = with_effects(base, "supplied", supplied)
    most, bought = (0.0, False) if price is None else (100.0, True)
    limits = {
        names[t]: Limit({names[t]: 1.0}, bound, most, 100.0, bought, None if t == WINTER else names[WINTER])
        for t, bound in zip(STATES, bounds, strict=True)
    }
    base = changed(base, limits=limits)
    return base if price is None else with_effects(base, "expanded", {(names[WINTER],): {"cost": price}})


def test_a_peak_in_every_state_is_expanded_once():
    # K2: 10 and 3 of 12 and 6: 2 and 3 too little. Expanded once by 3, at 7: 18 x 5 + 21 = 111, not 90 + 35.
    assert cost(_with_peaks((10.0, 3.0), 7.0)) == pytest.approx(111.0)
    assert cost(_with_peaks((10.0, 6.0), 7.0)) == pytest.approx(104.0)  # what winter needs is enough for summer
    assert cost(_with_peaks((12.0, 6.0))) == pytest.approx(90.0)  # K1


def test_states_without_anything_of_their_own_are_one_year():
    # half of everything in each of two states is all of it in one
    halves = two_seasons((6.0, 6.0), (4.0, 4.0))
    one = dataclasses.replace(
        halves,
        states={"year": StateData()},
        sources={"ash": source("kiln", 12.0)},
        sinks={"clay": SinkData("mill", {"year": 8.0})},
        exchanges={
            "e": exchange("ash", "clay", {"truck": OptionData({"year": 20.0}, {("A", "B"): PairData()})}),
        },
        effects={
            "discharged": {("ash", "year"): {"cost": 2.0}},
            "supplied": {("clay", "year"): {"cost": 5.0}},
        },
    )
    assert cost(halves) == pytest.approx(cost(one)) == pytest.approx(8.0)
