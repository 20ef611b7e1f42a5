"""Corridors that the program proposes where the case has none."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from park_shapes import dots
from shapely import LineString, Point, box

from planner.errors import GeometryError
from planner.geography.measure import measure
from planner.geography.proposed import STRETCH, proposed_lines
from planner.geography.straight import Obstacles, straight_ways

MAIN = {"belt": {"kind": "pipe", "main": True}}


def test_round_an_obstacle_by_hand(park):
    # A wall of 40 m between A and B, 100 m apart: round its southern end, sqrt(50^2 + 10^2) twice = 101.98 m.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "obstacles": {"geometry": [box(49.999, -10, 50.001, 30)]},
    }
    m = measure(park(layers, links=MAIN))
    assert m.graph.proposed
    assert m.graph.lengths("ash")["A", "B"] == pytest.approx(2 * np.hypot(50, 10), abs=0.01)
    assert {s.kind for s in m.graph.stretches.values()} == {"proposed"}
    assert any("the case has no corridors" in note for note in m.notes)
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(2 * np.hypot(50, 10), abs=0.01)
    assert set(m.segments["network"]) == {"proposed"}


def test_two_plots_and_nothing_between(park):
    graph = measure(park({"plots": dots(A=(0, 0), B=(30, 40))}, links=MAIN)).graph
    assert graph.lengths("ash") == pytest.approx({("A", "B"): 50, ("B", "A"): 50})
    assert sorted(s.length_m for s in graph.stretches.values()) == pytest.approx([50])


def test_links_may_follow_the_proposed_corridors_and_share_them(park):
    # B lies between A and C, 2 m off their line: the line A - C (200 m) is replaced by A - B - C, which is longer by
    # 2 (sqrt(100^2 + 2^2) - 100) = 0.04 m.
    layers = {"plots": dots(A=(0, 0), B=(100, 2), C=(200, 0))}
    m = measure(park(layers, {"without_corridors": "proposed"}))
    routes = m.routes["corridors"]
    assert routes["A", "C"].length_m == pytest.approx(2 * np.hypot(100, 2))
    assert routes["A", "C"].segments == (*routes["A", "B"].segments, *routes["B", "C"].segments)
    assert m.graph is None
    assert any("proposed corridors are taken instead" in note for note in m.notes)


def test_lines_that_cross_are_joined_there(park):
    # The corners of a square of 100 m: its diagonals cross, so that a main may branch there.
    square = dots(A=(0, 0), B=(100, 0), C=(100, 100), D=(0, 100))
    graph = measure(park({"plots": square}, links=MAIN)).graph
    assert (50.0, 50.0) in {(round(x - 500_000, 6), round(y - 5_600_000, 6)) for x, y in graph.nodes.values()}


def test_a_place_shut_in_by_obstacles_is_a_fault(park):
    wall = LineString([(-9, -9), (9, -9), (9, 9), (-9, 9), (-9, -9)])
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "obstacles": {"geometry": [wall]}}
    with pytest.raises(GeometryError, match="obstacles leave no straight way between A and B"):
        measure(park(layers, {"without_corridors": "proposed"}, links=MAIN))


def test_mains_without_coordinates_are_a_fault(park, tmp_path):
    (tmp_path / "far.csv").write_text("from,to,length_m\nA,B,100\n")
    with pytest.raises(Exception, match="mains and pipes in trenches need to know where the plots are"):
        measure(park({}, {"distances": "far.csv"}, plots={"A": {}, "B": {}}, links=MAIN))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=7, unique=True),
    st.lists(st.tuples(st.integers(1, 17), st.integers(1, 17)), max_size=4, unique=True),
)
def test_no_proposed_way_is_longer_than_stated(points, corners):
    # Against the shortest ways round the obstacles.
    obstacles = Obstacles([box(x + 0.25, y + 0.25, x + 1.75, y + 1.75) for x, y in corners])
    places = {f"P{k}": [Point(p)] for k, p in enumerate(points)}
    graph = nx.Graph()
    for line in proposed_lines(places, obstacles, ()):
        one, other = (tuple(np.round(end, 9)) for end in (line.coords[0], line.coords[-1]))
        graph.add_edge(one, other, weight=line.length)
        assert obstacles.free(np.array([line]))[0]
    pairs = [(i, j) for i in range(len(points)) for j in range(i + 1, len(points))]
    best = straight_ways(np.array(points, dtype=float), pairs, obstacles)
    for (i, j), way in best.items():
        ends = [tuple(np.round(np.array(points[k], dtype=float), 9)) for k in (i, j)]
        length = nx.shortest_path_length(graph, *ends, weight="weight")
        assert way.length_m - 1e-6 <= length <= STRETCH * way.length_m + 1e-6
