"""Conventions of sharing impacts: whatever is given to whom, firms add up to the park."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.case.impacts import ALLOCATIONS
from planner.lifecycle.allocation import Exchanged, Share, allocated, passed_on, shares_by_energy

UNITS = ["a", "b", "c", "d"]
amounts = st.floats(-1e6, 1e6)
exchanges = st.builds(
    lambda ends, numbers, energy: Exchanged("x", *ends, *(f"firm {end}" for end in ends), *numbers, energy),
    st.tuples(st.sampled_from(UNITS), st.sampled_from(UNITS)),
    st.tuples(amounts, amounts, amounts, amounts),
    st.one_of(st.none(), st.floats(0, 1e5)),
)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(exchanges, max_size=6),
    st.lists(amounts, min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.floats(0, 1e5)), min_size=4, max_size=4),
    st.sampled_from(["giver", "taker"]),
)
def test_firms_add_up_to_the_park(found, apart, made, credit_to):
    burdens = {(unit, f"firm {unit}"): amount for unit, amount in zip(UNITS, apart, strict=True)}
    whole = sum(apart) + sum(one.given_up + one.caused for one in found)
    shares, _ = shares_by_energy(found, dict(zip(UNITS, made, strict=True)))
    size = sum(abs(x) for x in apart) + sum(abs(one.gain) for one in found) + 1.0
    for how in ALLOCATIONS:
        told = allocated(burdens, found, how, credit_to, shares)
        assert sum(told.values()) == pytest.approx(whole, abs=1e-9 * size)


def test_burdens_that_circle_come_to_the_sum_of_a_geometric_row():
    # a gives half to b, b a quarter to a: x_a = 8 / (1 - 1/8), x_b = x_a / 2; a keeps half, b three quarters
    kept = passed_on({"a": 8.0}, {"a": Share({"b": 0.5}), "b": Share({"a": 0.25})})
    assert kept == pytest.approx({"a": 8 / 0.875 / 2, "b": 8 / 0.875 / 2 * 0.75})


def test_what_circles_for_ever_is_not_lost():
    assert sum(passed_on({"a": 8.0}, {"a": Share({"b": 1.0}), "b": Share({"a": 1.0})}).values()) == pytest.approx(8.0)


def test_a_giver_of_unknown_energy_passes_on_nothing():
    one = Exchanged("x", "a", "b", "firm a", "firm b", energy=10.0)
    assert shares_by_energy([one], {"a": None}) == ({}, ("a",))
    assert shares_by_energy([one], {"a": 30.0}) == ({"a": Share({"b": 0.25})}, ())
