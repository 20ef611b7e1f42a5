"""Several plants: media carry no more than pooling, and what they carry is worked out by hand."""

import math

import pytest
from heat_sets import calm, stream_sets
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.heat import dairies, least_utilities, levels, site
from planner.heat.site import pooled, profiles, site_target, stand_alone
from planner.heat.streams import HeatStream

CLOSE = pytest.approx
#: A works cools 100 from 300 to 100 (CP 0.5); a mill heats 90 from 120 to 220 (CP 0.9). No contributions.
WORKS = [HeatStream("furnace gas", 300.0, 100.0, 100.0)]
MILL = [HeatStream("cooker", 120.0, 220.0, 90.0)]


def steam(name, temperature, contribution=0.0):
    return HeatStream(name, temperature, temperature, 0.0, contribution, "hot")


def test_what_steam_carries_between_two_plants_by_hand():
    # Steam at 240 is raised from the gas between 300 and 240: 60 x 0.5 = 30. Steam at 160: down to 160 another 40.
    # The mill takes steam of 160 up to 160: 40 x 0.9 = 36, and of 240 for the rest: 54. So 30 + 36 go between, the
    # other 24 of hot steam are made, 4 of low steam and the 30 left in the gas below 160 are cooled.
    found = site_target({"works": WORKS, "mill": MILL}, [steam("high", 240.0), steam("low", 160.0)])
    assert (found.hot_utility, found.cold_utility, found.between) == CLOSE((24.0, 34.0, 66.0))
    # Pooled: from the top down to T the gas gives 0.5 (300 - T), the cooker wants 0.9 (220 - T): never more; at 120
    # both are 90.
    assert pooled({"works": WORKS, "mill": MILL}).hot_utility == CLOSE(0.0)
    assert sum(x.hot_utility for x in stand_alone({"works": WORKS, "mill": MILL}).values()) == CLOSE(90.0)


def test_hot_steam_is_let_down():
    # No gas below 240 is left for low steam, but hot steam: the gas gives 30 at 240, the mill wants only low steam.
    works = [HeatStream("gas", 300.0, 240.0, 30.0)]
    mill = [HeatStream("dryer", 120.0, 150.0, 20.0)]
    found = site_target({"works": works, "mill": mill}, [steam("high", 240.0), steam("low", 160.0)])
    assert (found.hot_utility, found.cold_utility, found.between) == CLOSE((0.0, 10.0, 20.0))


def test_dairies_as_published():
    plants = dairies()
    assert sum(x.hot_utility for x in stand_alone(plants).values()) == CLOSE(33801.13, abs=5e-3)
    assert pooled(plants).hot_utility == CLOSE(32469.03, abs=5e-3)
    found = site_target(plants, levels(True), levels(False))
    assert found.hot_utility == CLOSE(33801.13, abs=5e-3)
    assert found.cold_utility == CLOSE(11680.57, abs=5e-3)
    assert found.between == 0.0


def test_profiles_of_dairies_end_at_their_utilities():
    source, sink = profiles(dairies())
    assert (source[0][0], source[-1][0], sink[0][0], sink[-1][0]) == CLOSE((11680.57, 0, 0, 33801.13), abs=5e-3)
    assert [heat for heat, _ in sink] == sorted(heat for heat, _ in sink)


def test_a_site_profile_steps_where_something_boils():
    # Plant 1 boils 10 at 100; plant 2 heats 20 from 80 to 120: below 100 half of it.
    plants = {"1": [HeatStream("boiler", 100.0, 100.0, 10.0, kind="cold")], "2": [HeatStream("x", 80.0, 120.0, 20.0)]}
    _, sink = profiles(plants)
    assert list(sink) == [(0.0, 80.0), (10.0, 100.0), (20.0, 100.0), (30.0, 120.0)]


def test_what_is_no_site_is_refused():
    with pytest.raises(ValueError, match="one temperature"):
        site_target({"mill": MILL}, [HeatStream("water", 120.0, 80.0)])
    with pytest.raises(ValueError, match="hot enough for 54"):
        site_target({"mill": MILL}, [steam("low", 160.0)])


@calm
@given(stream_sets(), stream_sets())
def test_pooled_never_needs_more_than_the_plants_alone(one, two):
    plants = {"one": one, "two": two}
    alone = stand_alone(plants)
    together = pooled(plants)
    assert together.hot_utility <= math.fsum(x.hot_utility for x in alone.values()) + 1e-6
    assert together.cold_utility <= math.fsum(x.cold_utility for x in alone.values()) + 1e-6


@settings(max_examples=40, deadline=None)
@given(stream_sets(1, 4), stream_sets(1, 4), st.lists(st.integers(20, 380).map(float), max_size=2, unique=True))
def test_media_save_no_more_than_pooling_and_as_much_as_the_model(one, two, temperatures):
    plants = {"one": one, "two": two}
    media = [steam("top", 450.0), *(steam(f"m{k}", t) for k, t in enumerate(temperatures))]
    cooling = HeatStream("cooling", -150.0, -150.0, 0.0, 0.0, "cold")
    found = site_target(plants, media, [cooling])
    alone = math.fsum(x.hot_utility for x in stand_alone(plants).values())
    assert pooled(plants).hot_utility - 1e-6 <= found.hot_utility <= alone + 1e-6
    used = least_utilities(site(plants, media, [cooling], mains=True))
    assert used.hot == CLOSE(found.hot_utility, rel=1e-6, abs=1e-5)
