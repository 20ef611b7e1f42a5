"""Cells that list names, which may hold the sign that parts them."""

from hypothesis import given
from hypothesis import strategies as st

from planner.case.lists import PARTED, fields_listed, listed


def test_names_that_are_known_are_kept_whole():
    assert listed("Meier; Sons; steam", {"Meier; Sons", "steam"}) == ["Meier; Sons", "steam"]
    assert listed("a; b; c", {"a; b", "a; b; c"}) == ["a; b; c"]
    assert listed("a; b", ()) == ["a", "b"]
    assert listed("", {"a"}) == []


@given(st.lists(st.sampled_from(["mill", "&amp; &lt;b&gt;", "x, y; z", "a;b", "; ;"]), max_size=4, unique=True))
def test_what_is_listed_is_read_back(names):
    assert listed(PARTED.join(names), set(names)) == names


def test_fields_of_things_whose_names_hold_semicolons_are_told_apart():
    told = ["plants.x; y.sources.heat.rate", "resources.&amp; &lt;b&gt;.price", "ratio", "exchanges[1].shared_hours"]
    told += ["geography.plots: a; b", "economics.discount_rate"]
    assert fields_listed("; ".join(told)) == told
    assert fields_listed("") == []
