"""Numbers as a person reads them."""

import pytest

from planner.report.numbers import amount, exact, in_words, outwards


@pytest.mark.parametrize(
    ("value", "up", "shown"),
    [
        (104_062.5, True, "104,063"),
        (104_062.2, True, "104,063"),  # to the nearest it would be too little
        (104_062.8, False, "104,062"),
        (7.731_96, True, "7.732"),
        (7.732_1, True, "7.733"),
        (46.000_000_001, True, "46"),  # what a solver leaves
        (0.0, True, "0"),
    ],
)
def test_a_limit_is_rounded_so_that_it_is_met(value, up, shown):
    assert outwards(value, up=up) == shown


def test_rounding_is_not_told_with_a_sign():
    assert amount(-1e-8) == "0"
    assert amount(-1e-3) == "-0.001"


def test_amounts_have_no_exponent():
    assert amount(3.999e9) == "3,999,000,000"


@pytest.mark.parametrize(
    ("value", "up", "shown"),
    [
        (1.428_571_4, False, "1.42857"),
        (1.428_571_4, True, "1.42858"),
        (1_249.999_996, True, "1,250"),  # what a solver leaves
        (1_000.000_000_3, True, "1,000"),
        (12_345_678.2, False, "12,345,678"),
        (12_345_678.2, True, "12,345,679"),
        (0.000_02, False, "0.00002"),
        (0.0, True, "0"),
    ],
)
def test_six_digits_and_no_exponent(value, up, shown):
    assert exact(value, up=up) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (999_999_925.8, "1 billion"),  # what a solver leaves of a billion
        (-999_999_925.8, "-1 billion"),
        (999_940_000.0, "999.9 million"),
        (999_999.6, "1 million"),
        (999_950.0, "999,950"),
        (12_345_678.0, "12.35 million"),
    ],
)
def test_a_magnitude_is_that_of_the_number_shown(value, shown):
    assert in_words(value) == shown


def test_a_number_just_below_a_thousand_is_grouped_like_the_thousand_it_is_shown_as():
    assert amount(999.97) == "1,000"
