"""Exergy of media by enthalpy and entropy of water and steam: by hand, near the logarithmic mean, both sides alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.audit.exergy_of_media import exergy_by_level
from planner.case.heat import HeatLevel
from planner.heat.exergy import exergy
from planner.heat.exergy_of_media import flow_exergy, medium_exergy

CLOSE = pytest.approx


def level(**stated):
    """A level of a medium."""
    return HeatLevel.model_validate(stated)


def test_hot_water_by_hand():
    """IAPWS: 376.99 and 251.22 kJ/kg, 1.19263 and 0.83117 kJ/kg/K at 90 and 60 degC: 1 - 288.15 x 0.36146 / 125.77."""
    found = medium_exergy(level(supply=90, **{"return": 60}), False, 100.0, 15.0)
    assert (found.given, found.taken) == CLOSE((100 * (1 - 288.15 * 0.36146 / 125.77), 0.0), rel=1e-3)


def test_steam_by_hand():
    """5 bar that condenses at 151.84 degC and leaves so: 1 - 288.15 / 424.99 = 0.32198."""
    found = medium_exergy(level(steam="5 bar"), False, 10.0, 15.0)
    assert found.given == CLOSE(3.2198, rel=1e-4)
    # a tonne: 2748.11 - 63.08 - 288.15 (6.82058 - 0.22446) = 784.4 kJ/kg = 0.2179 MWh/t
    assert flow_exergy(2748.11, 6.82058, 15.0) == CLOSE(0.2179, abs=1e-4)


def test_chilled_water_gives_cold():
    """Below the surroundings: who takes 1 MWh of cold of 6..12 degC has 288.15 / 282.14 - 1 = 2.13 % of it in work."""
    water = level(supply=6, **{"return": 12})
    assert medium_exergy(water, False, 1.0, 15.0).given == CLOSE(0.0213, abs=1e-4)
    assert medium_exergy(water, True, 1.0, 15.0).taken == CLOSE(0.0213, abs=1e-4)
    # beside 9 degC the upper half counts the other way round
    both = medium_exergy(water, False, 1.0, 9.0)
    assert both.given == CLOSE(both.taken, rel=0.02)


def test_no_water_counts_at_the_logarithmic_mean():
    """Flue gas of 500 to 400 degC, and brine below 0."""
    for ends in ((500.0, 400.0), (-10.0, -5.0)):
        found = medium_exergy(level(supply=ends[0], **{"return": ends[1]}), False, 1.0, 15.0)
        assert found.given == CLOSE(abs(exergy(1.0, *ends, 15.0)))


@settings(deadline=None, max_examples=20)
@given(
    st.floats(1.0, 180.0),
    st.floats(1.0, 180.0),
    st.floats(0.5, 40.0),
    st.integers(0, 200),
    st.floats(20.0, 80.0),
    st.floats(1.0, 35.0),
)
def test_both_sides_alike_and_like_the_audit(one, other, bar, over, back, ambient):
    """Water and steam: taken where made as given where taken, but for lost condensate; near the logarithmic mean."""
    if abs(one - other) < 1.0:
        other = one + 5.0
    water = level(supply=one, **{"return": other})
    steam = level(steam=f"{bar} bar", superheat=over, condensate={"temperature": back, "share": 0.7})
    used, made = (medium_exergy(water, side, 1.0, ambient) for side in (False, True))
    assert (used.given, used.taken) == CLOSE((made.taken, made.given), abs=1e-12)
    assert used.given - used.taken == CLOSE((1 if one > other else -1) * exergy(1.0, one, other, ambient), abs=2e-3)
    for medium in (water, steam):
        for side in (False, True):
            found = medium_exergy(medium, side, 7.0, ambient)
            assert (found.given, found.taken) == CLOSE(exergy_by_level(medium, side, 7.0, ambient), abs=1e-6)
            assert 0 <= found.given + found.taken < 7.0
