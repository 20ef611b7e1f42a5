"""Stacked bars: well-formed, inside the sheet, and what they show."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.heat.bars import LONGEST, WIDTH, Part, stacked_bars

NAME = "{http://www.w3.org/2000/svg}"


def rectangles(svg):
    """Blocks of the bars: those with a tooltip."""
    return [x for x in ElementTree.fromstring(svg).iter(f"{NAME}rect") if x.find(f"{NAME}title") is not None]


def words_of(svg):
    return [x.text for x in ElementTree.fromstring(svg).iter(f"{NAME}text")]


def test_blocks_stack_in_proportion():
    parts = [Part("a", "#111111", [30, 0]), Part("b", "#222222", [10, 20])]
    svg = stacked_bars("Heat", "heat [MWh]", "MWh", ["winter", "summer"], parts)
    high = {x.find(f"{NAME}title").text: float(x.get("height")) for x in rectangles(svg)}
    assert set(high) == {"winter, a: 30 MWh", "winter, b: 10 MWh", "summer, b: 20 MWh"}
    assert high["winter, a: 30 MWh"] == pytest.approx(3 * high["winter, b: 10 MWh"], abs=0.2)
    assert {"Heat", "heat [MWh]", "winter", "summer", "a", "b", "40", "20"} <= set(words_of(svg))


def test_long_names_keep_both_ends_and_are_whole_in_the_tooltip():
    name = "from the works of a firm that is called after three founders, plant 2"
    svg = stacked_bars("Heat", "heat [MWh]", "MWh", ["year"], [Part(name, "#111111", [1.0])])
    (shown,) = [w for w in words_of(svg) if w.startswith("from")]
    assert len(shown) <= LONGEST
    assert shown.endswith("plant 2")
    assert name in svg


def test_names_that_do_not_fit_are_turned():
    names = [f"period number {n}" for n in range(24)]
    assert "rotate(-40" in stacked_bars("Heat", "heat", "MWh", names, [Part("a", "#111111", [1.0] * 24)])
    assert "rotate(-40" not in stacked_bars("Heat", "heat", "MWh", names[:2], [Part("a", "#111111", [1.0] * 2)])


def test_a_part_with_too_few_values_is_refused():
    with pytest.raises(ValueError, match="one value of every part"):
        stacked_bars("Heat", "heat", "MWh", ["a", "b"], [Part("a", "#111111", [1.0])])
    with pytest.raises(ValueError, match="one or more bars"):
        stacked_bars("Heat", "heat", "MWh", [], [])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1e9), min_size=3, max_size=3), max_size=30), st.text(max_size=60))
def test_blocks_stay_on_the_sheet(values, name):
    name = "".join(c for c in name if c.isprintable())
    parts = [Part(f"{name} {k}", "#333333", row) for k, row in enumerate(values)]
    svg = stacked_bars(name or "x", "heat", "MWh", ["a", "b", "c"], parts)
    high = float(ElementTree.fromstring(svg).get("height"))
    for x in rectangles(svg):
        assert min(float(x.get("x")), float(x.get("y"))) >= 0
        assert float(x.get("x")) + float(x.get("width")) <= WIDTH
        assert float(x.get("y")) + float(x.get("height")) <= high
