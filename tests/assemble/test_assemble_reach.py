"""Ways along the corridor graph: distances, and the stretches that can be of use."""

from typing import Any

import pytest

from planner.assemble.reach import Reach
from planner.geography.distances import CorridorGraph, Stretch


def reach(resource: str = "steam", **stretches: Stretch) -> Reach:
    """Nodes in capitals; P, Q and R are places."""
    nodes = {node: (0.0, 0.0) for stretch in stretches.values() for node in (stretch.tail, stretch.head)}
    return Reach(CorridorGraph(stretches, {place: place for place in "PQR" if place in nodes}, nodes), resource)


def way(ends: str, metres: float, **rules: Any) -> Stretch:
    """A stretch between two nodes whose civil works are as long as itself."""
    return Stretch(*ends, metres, metres, **rules)


def test_the_shortest_way_takes_the_better_of_two_and_is_drawn_either_way() -> None:
    """100 + 300 + 100 m; the other street is 400 m long."""
    net = reach(p=way("PA", 100), near=way("BA", 300), far=way("AB", 400), q=way("QB", 100))
    assert net.km("P", "Q") == pytest.approx(0.5)
    assert net.km("Q", "P") == pytest.approx(0.5)
    assert net.km("P", "P") == 0
    assert net.km("P", "elsewhere") is None
    assert net.total_km == pytest.approx(0.9)
    assert net.within([("P", "Q")], None) == {"p": (True, False), "near": (False, True), "q": (False, True)}
    assert set(net.within([("P", "Q")], 0.6)) == {"p", "near", "far", "q"}
    assert set(net.within([("P", "Q")], float("inf"))) == {"p", "near", "far", "q"}
    assert net.between("P", "Q")["p"] == (True, False)
    assert net.between("PQ", "PQ")["p"] == (True, True)


def test_no_way_passes_a_place() -> None:
    """By R it would be 200 m, round it is 900 m."""
    net = reach(a=way("PR", 100), b=way("RQ", 100), c=way("PA", 450), d=way("AQ", 450))
    assert net.km("P", "Q") == pytest.approx(0.9)
    assert set(net.within([("P", "Q")], None)) == {"c", "d"}
    assert set(net.between("P", "Q")) == {"c", "d"}
    assert set(net.between("P", "QR")) == {"a", "c", "d"}


def test_what_leads_nowhere_is_of_no_use() -> None:
    """A dead end, a loop, the access of a place nobody takes at, and a street that leads there only."""
    net = reach(
        p=way("PA", 100),
        street=way("AB", 100),
        q=way("BQ", 100),
        dead=way("AC", 100),
        loop=way("BB", 100),
        on=way("BD", 100),
        r=way("DR", 100),
    )
    assert net.between("P", "Q") == {"p": (True, False), "street": (True, False), "q": (True, False)}
    assert net.within([("P", "Q")], float("inf")) == net.between("P", "Q")
    assert set(net.between("P", "QR")) == {"p", "street", "q", "on", "r"}


def test_forbidden_and_one_way_stretches() -> None:
    net = reach(
        p=way("PA", 100),
        there=way("AQ", 100, one_way={"steam": "+"}),
        back=way("QA", 300, forbidden=frozenset({"water"})),
    )
    assert net.km("P", "Q") == pytest.approx(0.2)
    assert net.km("Q", "P") == pytest.approx(0.4)
    water = Reach(net.graph, "water")
    assert water.km("Q", "P") == pytest.approx(0.2)
    shut = reach("water", only=way("PQ", 100, forbidden=frozenset({"water"})))
    assert shut.km("P", "Q") is None
    assert shut.between("P", "Q") == {}


def test_stretches_of_no_length_join() -> None:
    net = reach(p=way("PA", 0), street=way("AB", 700), q=way("BQ", 0))
    assert net.km("P", "Q") == pytest.approx(0.7)
    assert set(net.within([("P", "Q")], None)) == {"p", "street", "q"}
