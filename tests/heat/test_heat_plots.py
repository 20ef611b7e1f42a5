"""Plots are well-formed SVG that say what they show."""

from xml.etree import ElementTree

import pytest
from heat_sets import stream_sets
from hypothesis import given, settings

from benchmarks.heat import dairies, levels, textbook
from planner.heat.pinch import problem_table
from planner.heat.plots import composite_curves, grand_composite_curve, total_site_profiles
from planner.heat.streams import HeatStream
from planner.heat.svg import HEIGHT, WIDTH, steps

NAME = "{http://www.w3.org/2000/svg}"


def words_of(svg):
    return [x.text for x in ElementTree.fromstring(svg).iter(f"{NAME}text")]


def inside(svg):
    places = [
        tuple(map(float, place.split(",")))
        for line in ElementTree.fromstring(svg).iter()
        for place in line.get("points", "").split()
    ]
    return all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)


def test_composite_curves_say_pinch_and_utilities():
    svg = composite_curves(textbook("kemp_4stream"), "kW", "Kemp")
    said = words_of(svg)
    assert {"Kemp", "pinch 90 / 80 °C", "20 kW hot utility", "60 kW cold utility"} <= set(said)
    assert {"heat [kW]", "temperature [°C]", "hot streams", "cold streams"} <= set(said)
    assert inside(svg)


def test_shifted_curves_say_so():
    said = words_of(composite_curves(dairies()["D4"], "kW", "D4", shifted=True))
    assert {"shifted temperature [°C]", "pinch 54.8 °C, shifted"} <= set(said)


def test_grand_composite_curve_says_pinch_and_utilities():
    svg = grand_composite_curve(problem_table(textbook("linnhoff_hindmarsh_4stream")), "kW", "a < b & c")
    assert {"a < b & c", "pinch 80 °C", "107.5 kW hot utility", "40 kW cold utility"} <= set(words_of(svg))
    assert inside(svg)


def test_total_site_profiles_say_levels():
    svg = total_site_profiles(dairies(), "kW", "Dairies", levels(True))
    assert {"HPS 250 °C", "LPS 160 °C", "HW 100 °C", "33,801 kW taken", "11,681 kW given"} <= set(words_of(svg))
    assert inside(svg)


def test_one_kind_of_stream_has_no_composite_curves():
    with pytest.raises(ValueError, match="hot and a cold"):
        composite_curves([HeatStream("a", 100.0, 50.0, 1.0)], "kW", "one")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 530, [0, 100, 200, 300, 400, 500, 600]),
        (0, 0, [-1, -0.5, 0, 0.5, 1]),
        (5, 9, None),
    ],
)
def test_marks_are_round_and_hold_the_ends(low, high, expected):
    found = steps(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    if expected is not None:
        assert found == pytest.approx(expected)


@settings(max_examples=30, deadline=None)
@given(stream_sets())
def test_any_set_can_be_drawn(streams):
    assert inside(grand_composite_curve(problem_table(streams), "kW", "set"))
    assert inside(total_site_profiles({"one": streams}, "kW", "set"))
    if len({stream.hot for stream in streams}) == 2:
        assert inside(composite_curves(streams, "kW", "set"))
