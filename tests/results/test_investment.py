"""Payback by hand."""

import math

from planner.results.investment import payback


def test_investment_over_yearly_gain_and_delay():
    assert payback(1000, 250, 0.5) == 4.5
    assert payback(-10, 250) == 0.0


def test_what_is_rounding_of_two_sums_is_no_gain():
    # 57.8 - 57.8 of sums in another order: 7e-15
    assert math.isnan(payback(0.0, 7e-15, of=115.6))
    assert payback(0.0, 1e-6, of=115.6) == 0.0
    assert math.isnan(payback(1000, 0))
