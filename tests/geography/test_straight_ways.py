"""Straight and Manhattan ways, round obstacles."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from park_shapes import dots
from shapely import LineString, Point, Polygon, box

from planner.errors import GeometryError
from planner.geography.measure import measure
from planner.geography.straight import Obstacles, manhattan_ways, straight_ways

PUBLISHED = Path(__file__).parents[2] / "benchmarks" / "data" / "network" / "obstacle_routing.yaml"
STRAIGHT = {"belt": {"kind": "conveyor", "along": "straight"}}
MANHATTAN = {"belt": {"kind": "conveyor", "along": "manhattan"}}


def published():
    for case in yaml.safe_load(PUBLISHED.read_text())["cases"]:
        if "obstacles" in case:
            yield case["id"], [Polygon(ring) for ring in case["obstacles"]], case
        else:
            # What lies outside the frame of the 19 x 10 grid is an obstacle too.
            frame = box(-20, -20, 40, 30).difference(box(0, 0, 19, 10))
            cells = [box(x, y, x + 1, y + 1) for x, y in case["blocked_cells"]]
            for number, query in enumerate(case["queries"]):
                yield f"{case['id']}-{number}", [frame, *cells], query


QUERIES = [pytest.param(shapes, query, id=name) for name, shapes, query in published()]


def test_all_ten_published_queries_are_there():
    assert len(QUERIES) == 10


@pytest.mark.parametrize(("shapes", "query"), QUERIES)
def test_published_shortest_paths(shapes, query):
    way = straight_ways(np.array([query["start"], query["end"]], dtype=float), [(0, 1)], Obstacles(shapes))[0, 1]
    assert way.length_m == pytest.approx(query["length"], abs=1e-6)
    assert way.cost_length_m == way.length_m
    if "path" in query:
        assert way.path == pytest.approx(np.array(query["path"]))


@pytest.mark.parametrize(("shapes", "query"), QUERIES)
def test_published_shortest_paths_as_routes_of_a_case(park, shapes, query):
    # The same obstacles at true coordinates, through files and measure(): exact to the rounding of 5.6e6 m.
    layers = {"plots": dots(A=query["start"], B=query["end"]), "obstacles": {"geometry": shapes}}
    routes = measure(park(layers, links=STRAIGHT)).routes["straight"]
    assert routes["A", "B"].length_m == pytest.approx(query["length"], abs=1e-6)
    assert routes["B", "A"].path.length == pytest.approx(query["length"], abs=1e-6)


def test_without_obstacles_it_is_the_line_between_the_middles(park):
    # Two squares of 100 m, 300 m and 400 m apart: 500 m.
    layers = {"plots": {"name": ["A", "B"], "geometry": [box(0, 0, 100, 100), box(300, 400, 400, 500)]}}
    assert measure(park(layers, links=STRAIGHT)).routes["straight"]["A", "B"].length_m == pytest.approx(500)


def test_where_there_are_no_corridors_the_case_says_what_stands_for_them(park):
    layers = {"plots": dots(A=(0, 0), B=(300, 400))}
    straight, manhattan = (measure(park(layers, {"without_corridors": w})) for w in ("straight", "manhattan"))
    assert straight.routes["corridors"]["A", "B"].length_m == pytest.approx(500)
    assert manhattan.routes["corridors"]["A", "B"].length_m == pytest.approx(700)
    assert "corridors: the case has no such layer; Manhattan distances are taken instead" in manhattan.notes


def test_a_wall_drawn_as_a_line_is_gone_round_at_its_end(park):
    # The wall x = 50 ends at y = 120: twice sqrt(50^2 + 120^2) = 130 m, and the wall's half width of 1 cm.
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "obstacles": {"geometry": [LineString([(50, -500), (50, 120)])]}}
    assert measure(park(layers, links=STRAIGHT)).routes["straight"]["A", "B"].length_m == pytest.approx(260, abs=0.05)


def test_manhattan_turns_the_side_that_is_free(park):
    # The corner (100, 0) is blocked, (0, 100) is free: still 200 m.
    layers = {"plots": dots(A=(0, 0), B=(100, 100)), "obstacles": {"geometry": [box(90, -10, 110, 10)]}}
    route = measure(park(layers, links=MANHATTAN)).routes["manhattan"]["A", "B"]
    assert route.length_m == pytest.approx(200)
    assert [c[1] - 5_600_000 for c in route.path.coords] == pytest.approx([0, 100, 100])


def test_manhattan_blocked_on_both_sides_goes_straight_round_and_says_so(park):
    # A wall from (-10, 50) to (110, 50), 2 m thick: both L's are blocked. Straight round its east end from (0, 0) over
    # (110, 49), (110, 51) to (100, 100): hypot(110, 49) + 2 + hypot(10, 49) = 120.4201 + 2 + 50.0100; west is
    # hypot(10, 49) + 2 + hypot(110, 49), the same.
    layers = {"plots": dots(A=(0, 0), B=(100, 100)), "obstacles": {"geometry": [box(-10, 49, 110, 51)]}}
    m = measure(park(layers, links=MANHATTAN))
    assert m.routes["manhattan"]["A", "B"].length_m == pytest.approx(172.4301, abs=1e-3)
    assert "A to B: obstacles block both ways along the axes; straight round them instead" in m.notes


def test_straight_ways_pay_crossings(park):
    # A river that is no obstacle, at 500 m a crossing: 100 m + 500 m.
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "river": {"geometry": [box(40, -900, 60, 900)]}}
    route = measure(park(layers, links=STRAIGHT)).routes["straight"]["A", "B"]
    assert (route.length_m, route.cost_length_m) == pytest.approx((100, 600))


def test_a_plot_inside_an_obstacle_is_a_fault_that_names_it(park):
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "obstacles": {"geometry": [box(90, -10, 110, 10)]}}
    with pytest.raises(GeometryError, match="B lies inside an obstacle"):
        measure(park(layers, links=STRAIGHT))


def test_a_plot_shut_in_is_a_fault(park):
    ring = box(80, -20, 120, 20).difference(box(90, -10, 110, 10))
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "obstacles": {"geometry": [ring]}}
    with pytest.raises(GeometryError, match="obstacles leave no straight way between A and B"):
        measure(park(layers, links=STRAIGHT))


def test_two_places_at_one_point_are_no_distance_apart():
    points = np.array([(0.0, 0.0), (0.0, 0.0), (4.0, 0.0)])
    obstacles = Obstacles([box(1, -1, 3, 1)])
    ways = straight_ways(points, [(0, 1), (0, 2), (1, 2)], obstacles)
    assert ways[0, 1].length_m == 0
    assert ways[0, 2].length_m == ways[1, 2].length_m == pytest.approx(2 + 2 * np.sqrt(2))
    assert manhattan_ways(points, [(0, 1)], obstacles)[0, 1].length_m == 0


def test_obstacles_with_very_many_corners_are_drawn_more_coarsely():
    # A round lake of radius 1000 m with 4000 corners, gone round from (-2000, 0) to (2000, 0): two tangents of
    # sqrt(2000^2 - 1000^2) and an arc of pi - 2 acos(1/2) = pi / 3.
    lake = Obstacles([Point(0, 0).buffer(1000, quad_segs=1000)])
    assert lake.coarser_by > 0
    way = straight_ways(np.array([(-2000.0, 0.0), (2000.0, 0.0)]), [(0, 1)], lake)[0, 1]
    exact = 2 * np.sqrt(3e6) + 1000 * np.pi / 3
    assert exact <= way.length_m <= exact + 2 * np.pi * 2 * lake.coarser_by
    assert lake.free(np.array([LineString(way.path)]))[0]
