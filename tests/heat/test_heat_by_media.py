"""What media carry between plants, against the problem table and by hand; heat that media do not reach."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.case.plants import Give, Take
from planner.heat.by_media import SitePlant, by_media, serves
from planner.heat.of_case import PlantMedium, matches
from planner.heat.pinch import problem_table
from planner.heat.reach import missing
from planner.heat.streams import HeatStream


def medium(role, name, supply, back, contribution=5.0, heat=1.0):
    """A loop as its taker or giver has it."""
    if role == "takes":
        return PlantMedium(role, name, Take(), name, (HeatStream(name, supply, back, 1.0, contribution),), heat)
    return PlantMedium(role, name, Give(), name, (HeatStream(name, back, supply, 1.0, contribution),), heat)


STEAM, COOLING = medium("takes", "steam", 400, 399), medium("takes", "cooling water", -50, -40)
STREAMS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 50), st.integers(0, 2)).filter(
        lambda x: x[0] != x[1]
    ),
    min_size=1,
    max_size=6,
)


def streams_of(drawn):
    return {str(n): HeatStream(str(n), 10.0 * a, 10.0 * b, float(q), 5.0 * c) for n, (a, b, q, c) in enumerate(drawn)}


@settings(max_examples=60, deadline=None)
@given(STREAMS)
def test_one_plant_with_extreme_utilities_is_the_problem_table(drawn):
    streams = streams_of(drawn)
    found = by_media({"one": SitePlant(streams, [STEAM, COOLING])})
    target = problem_table(streams.values())
    assert found.hot == pytest.approx(target.hot_utility, abs=1e-6)
    assert found.cold == pytest.approx(target.cold_utility, abs=1e-6)
    assert found.between == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(STREAMS, STREAMS, st.integers(5, 25))
def test_a_loop_lies_between_pooled_and_alone(first, second, level):
    """More media never need more; no media do better than all streams together."""
    plants = [streams_of(first), streams_of(second)]
    loop = [medium(role, "loop", 10.0 * level, 10.0 * level - 10) for role in ("takes", "gives")]
    site = {str(n): SitePlant(streams, [STEAM, COOLING, *loop]) for n, streams in enumerate(plants)}
    found = by_media(site)
    alone = sum(problem_table(streams.values()).hot_utility for streams in plants)
    pooled = problem_table([x for streams in plants for x in streams.values()]).hot_utility
    assert pooled - 1e-6 <= found.hot <= alone + 1e-6


def test_two_plants_by_hand():
    """10 MW of 150..110 degC raise 6 MW of 90/60 degC for a heater from 40 to 80 degC; 4 MW are cooled."""
    give = SitePlant({"flue": HeatStream("flue", 150, 110, 10, 5)}, [COOLING, medium("gives", "loop", 90, 60)])
    take = SitePlant({"heater": HeatStream("heater", 40, 80, 6, 5)}, [medium("takes", "loop", 90, 60)])
    found = by_media({"works": give, "homes": take})
    assert (found.hot, found.cold, found.between) == pytest.approx((0, 4, 6))
    assert serves(take, {})
    assert serves(take, {"takes: loop": 6.0})
    assert not serves(take, {"takes: loop": 5.9})
    # forbidden: the flue may not heat the loop, so that it is bought
    barred = SitePlant(give.streams, give.media, (("flue", "gives: loop"),))
    found = by_media({"works": barred, "homes": take})
    assert (found.hot, found.cold, found.between) == pytest.approx((6, 10, 0))


def test_a_gliding_medium_must_be_cooled_to_its_return():
    """Water of 90/60 degC for a heater from 75 to 80 degC: what it holds below 85 degC finds no place."""
    plant = SitePlant({"heater": HeatStream("heater", 75, 80, 6, 5)}, [medium("takes", "loop", 90, 60)])
    assert not serves(plant, {})
    assert serves(SitePlant(plant.streams, [*plant.media, COOLING]), {})


def test_heat_out_of_reach_is_told_with_its_temperatures():
    streams = {"heater": HeatStream("heater", 40, 95, 5.5, 5), "off": HeatStream("off", 60, 10, 5, 5)}
    short = list(missing(streams, [medium("takes", "loop", 90, 60), medium("takes", "cooling", 20, 30)]))
    # 85..100 degC shifted at 0.1 MW/K, and 5..25 degC at 0.1 MW/K
    assert [(one.hot, one.load, one.nearest, one.farthest) for one in short] == [
        (True, pytest.approx(1.5), 85.0, 100.0),
        (False, pytest.approx(2.0), 25.0, 5.0),
    ]


def test_matches_by_name_are_those_of_a_hot_and_a_cold_one():
    """A medium that is taken and given is hot where it is taken; pairs may be in either order."""
    hot = {"a": True, "b": False, "takes: steam": True, "gives: steam": False}
    assert list(matches(("b", "a"), hot)) == [("a", "b")]
    assert list(matches(("steam", "b"), hot)) == [("takes: steam", "b")]
    assert list(matches(("a", "steam"), hot)) == [("a", "gives: steam")]
    assert not list(matches(("a", "a"), hot))
