"""The exchanges of Kalundborg and Ulsan are found again from their plants alone, to the share that README states."""

import pytest

from benchmarks.match import facts, parks, rediscover, rediscover_park
from planner.case.pairs import pairs
from planner.case.read import read_case

#: (case, way) -> found of the built ones, of them by a shared name, false proposals.
STATED = {
    ("kalundborg-1995", "names"): (11, 3, 0),
    ("kalundborg-1995", "renamed"): (9, 0, 0),
    ("kalundborg-1995", "nameless"): (6, 0, 1),
    ("ulsan", "names"): (10, 9, 0),
    ("ulsan", "renamed"): (9, 0, 0),
    ("ulsan", "nameless"): (8, 0, 0),
}


@pytest.mark.parametrize(("name", "way"), STATED)
def test_rediscovery(name, way):
    found = rediscover(name, way)
    assert (len(found.by_name) + len(found.by_match), len(found.by_name), len(found.false)) == STATED[name, way]
    assert found.unjudged == ()


#: Park -> found of the built ones, false proposals.
STATED_PARKS = {"handelo": (7, 0), "kwinana": (7, 0), "kawasaki": (7, 1)}


@pytest.mark.parametrize("name", STATED_PARKS)
def test_parks_that_are_no_shipped_case(name):
    found = rediscover_park(name)
    assert (len(found.by_match), len(found.false)) == STATED_PARKS[name]
    assert found.built == len(parks()[name]["built"])
    assert found.unjudged == ()


@pytest.mark.parametrize("name", ["kalundborg-1995", "ulsan"])
def test_what_is_sought_is_what_the_case_declares(name):
    declared = {(p.outlet.unit, p.outlet.name, p.inlet.unit, p.inlet.name) for p in pairs(read_case(f"cases/{name}"))}
    assert {tuple(pair) for pair in facts()[name]["built"]} <= declared
