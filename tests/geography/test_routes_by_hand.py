"""Routes along corridors in parks small enough to walk."""

import numpy as np
import pytest
import shapely
from park_shapes import ORIGIN, dots, squares
from shapely import LineString, Point, Polygon, box

from planner.errors import GeometryError
from planner.geography.measure import measure


def lines(*paths, **attributes):
    return {"geometry": [LineString(p) for p in paths], **attributes}


def test_two_plots_on_one_corridor(park):
    # The corridor runs 10 m south of both plots. From the middle of P1's front (50, 10) down 10 m, along 300 m to
    # (350, 0), up 10 m to P2: 320 m.
    m = measure(park({"plots": squares(P1=(0, 10), P2=(300, 10)), "corridors": lines([(-100, 0), (500, 0)])}))
    route = m.routes["corridors"]["P1", "P2"]
    assert route.length_m == pytest.approx(320)
    assert route.cost_length_m == pytest.approx(320)
    path = shapely.get_coordinates(route.path) - ORIGIN
    assert path == pytest.approx(np.array([(50, 10), (50, 0), (350, 0), (350, 10)]))
    assert m.routes["corridors"]["P2", "P1"].segments == route.segments[::-1]
    assert m.crs == "EPSG:25832"
    assert list(m.plots["area_ha"]) == pytest.approx([1, 1])
    # Edge to edge: 300 - 100.
    assert m.edge_m["P1", "P2"] == pytest.approx(200)


def test_segments_add_up_to_their_routes(park):
    # A grid of 3 x 3 streets, cut by nothing but its crossings; every route is the sum of its segments.
    streets = [[(x, 0), (x, 400)] for x in (0, 200, 400)] + [[(0, y), (400, y)] for y in (0, 200, 400)]
    m = measure(park({"plots": dots(A=(-5, 30), B=(310, 404), C=(203, 120)), "corridors": lines(*streets)}))
    length = dict(zip(m.segments["id"], m.segments["length_m"], strict=True))
    assert m.segments["id"].is_unique
    for route in m.routes["corridors"].values():
        assert sum(length[s] for s in route.segments) == pytest.approx(route.length_m)
        assert route.path.length == pytest.approx(route.length_m)
    # A: 5 m to the street x = 0, north 370 to y = 400 (or 170 to y = 200), east 310, 4 m up: 5 + 370 + 310 + 4.
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(689)


def test_cost_factor_chooses_the_route_and_length_stays_true(park):
    # Direct over rock: 100 m at factor 3 = 300. Round by three sides of a square: 300 m at factor 0.9 = 270.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "corridors": lines([(0, 0), (100, 0)], [(0, 0), (0, 100), (100, 100), (100, 0)], cost_factor=[3.0, 0.9]),
    }
    route = measure(park(layers)).routes["corridors"]["A", "B"]
    assert (route.length_m, route.cost_length_m) == pytest.approx((300, 270))


def test_the_cheaper_of_parallel_corridors_counts_and_they_are_not_added(park):
    # Three corridors on the same ground, at factors 2, 1.5 and 4: 100 m cost 150, not 750 or 200.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "corridors": lines(*[[(0, 0), (100, 0)]] * 3, cost_factor=[2.0, 1.5, 4.0]),
    }
    route = measure(park(layers)).routes["corridors"]["A", "B"]
    assert (route.length_m, route.cost_length_m) == pytest.approx((100, 150))


RIVER = box(190, -1000, 210, 1000)


def test_a_river_with_one_bridge(park):
    # The river is an obstacle 190 < x < 210 but the corridor at y = 500 bridges it. From (100, 0) north 500, east 200,
    # south 500: 1200 m; the river is crossed once: + 500 m of cost length.
    layers = {
        "plots": dots(A=(100, 0), B=(300, 0)),
        "corridors": lines([(100, 0), (100, 500), (300, 500), (300, 0)]),
        "obstacles": {"geometry": [RIVER]},
        "river": {"geometry": [RIVER]},
    }
    route = measure(park(layers)).routes["corridors"]["A", "B"]
    assert (route.length_m, route.cost_length_m) == pytest.approx((1200, 1700))


def test_a_dear_crossing_is_avoided(park):
    # Over the river: 200 m + 500 extra = 700. Round its end at y = 1000: from (100, 0) 1 + ... the detour corridor has
    # 100 + 200 + 100 = 400 m at the spring of a shorter river (it ends at y = 50): 400 < 700.
    river = box(190, -1000, 210, 50)
    corridors = lines([(100, 0), (300, 0)], [(100, 0), (100, 100), (300, 100), (300, 0)])
    layers = {"plots": dots(A=(100, 0), B=(300, 0)), "corridors": corridors, "river": {"geometry": [river]}}
    route = measure(park(layers)).routes["corridors"]["A", "B"]
    assert (route.length_m, route.cost_length_m) == pytest.approx((400, 400))


@pytest.mark.parametrize("cuts", [(), (200,), (190, 210), (195, 200, 205), (150, 205, 250)])
def test_a_crossing_is_paid_once_wherever_the_corridor_is_cut(park, cuts):
    # 200 m and one river: 700, though side corridors end on the bridge or on its banks.
    stubs = [[(x, 0), (x, -50 - x)] for x in cuts]
    layers = {
        "plots": dots(A=(100, 0), B=(300, 0)),
        "corridors": lines([(100, 0), (300, 0)], *stubs),
        "river": {"geometry": [RIVER]},
    }
    assert measure(park(layers)).routes["corridors"]["A", "B"].cost_length_m == pytest.approx(700)


def test_a_railway_drawn_as_lines_and_its_own_extra_length(park):
    # Two pieces of one railway that meet on the corridor: one crossing of 120 m (attribute), 200 + 120.
    rails = {
        "geometry": [LineString([(200, -90), (200, 0)]), LineString([(200, 0), (200, 90)])],
        "extra_length": [120.0] * 2,
    }
    layers = {"plots": dots(A=(100, 0), B=(300, 0)), "corridors": lines([(100, 0), (300, 0)]), "river": rails}
    assert measure(park(layers)).routes["corridors"]["A", "B"].cost_length_m == pytest.approx(320)


def test_a_corridor_along_the_bank_does_not_cross(park):
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "corridors": lines([(0, 0), (100, 0)]),
        "river": {"geometry": [box(20, 0, 80, 50)]},
    }
    assert measure(park(layers)).routes["corridors"]["A", "B"].cost_length_m == pytest.approx(100)


def test_a_t_junction_and_a_crossing_without_vertices_join(park):
    # B's corridor ends on the middle of A's (no vertex there); C's crosses it. A-B: 100 + 80. A-C: 30 + 60.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 80), C=(30, -60)),
        "corridors": lines([(0, 0), (200, 0)], [(100, 80), (100, 0)], [(30, -60), (30, 60)]),
    }
    routes = measure(park(layers)).routes["corridors"]
    assert routes["A", "B"].length_m == pytest.approx(180)
    assert routes["A", "C"].length_m == pytest.approx(90)


def test_a_gap_of_half_a_metre_is_joined_and_said(park):
    # 100 m, a gap of 0.5 m, 99.5 m.
    layers = {"plots": dots(A=(0, 0), B=(200, 0)), "corridors": lines([(0, 0), (100, 0)], [(100.5, 0), (200, 0)])}
    m = measure(park(layers))
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(200)
    said = [note for note in m.notes if "joined" in note]
    assert said == ["park.gpkg:corridors: ends that miss each other by 50.0 cm at (500100.0, 5600000.0) were joined"]


def test_an_end_that_stops_short_of_a_corridor_is_joined_and_an_overshoot_left_alone(park):
    # B's corridor stops 0.4 m short of A's; C's runs 0.3 m over it, which needs no joint.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 80), C=(50, -60)),
        "corridors": lines([(0, 0), (200, 0)], [(100, 80), (100, 0.4)], [(50, -60), (50, 0.3)]),
    }
    m = measure(park(layers))
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(180)
    assert m.routes["corridors"]["A", "C"].length_m == pytest.approx(110)
    assert sum("joined" in note for note in m.notes) == 1


def test_an_island_is_a_fault_that_names_both_sides(park):
    # 1.43 m is more than the tolerance of 1 m, and a near miss.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 5), C=(300, 0)),
        "corridors": lines([(0, 0), (100, 0)], [(101.43, 0), (300, 0)]),
    }
    with pytest.raises(GeometryError) as error:
        measure(park(layers))
    words = str(error.value)
    assert "A, B on one side, C on the other" in words
    assert "1.43 m apart (a near miss); snap_tolerance is 1 m" in words
    # With a wider tolerance it is joined.
    assert measure(park(layers, {"snap_tolerance": 2})).routes["corridors"]["A", "C"].length_m == pytest.approx(300)


def test_a_scrap_that_serves_no_plot_is_a_note(park):
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "corridors": lines([(0, 0), (100, 0)], [(0, 400), (70, 400)])}
    m = measure(park(layers))
    assert any("1 part(s) of 70 m in all serve no plot" in note for note in m.notes)


def test_islands_matter_only_between_places_that_need_each_other(park):
    # Giver and its taker are on one part; an idle plot on the other part harms nobody once the siting is fixed.
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0), C=(0, 400), D=(70, 400)),
        "corridors": lines([(0, 0), (100, 0)], [(0, 400), (70, 400)]),
    }
    plants = {
        "giver": {"plot": "A", "sources": {"ash": {"rate": 1}}},
        "taker": {"plot": "B", "sinks": {"ash": {"rate": 1}}},
    }
    routes = measure(park(layers, plants=plants)).routes["corridors"]
    assert ("A", "B") in routes
    assert ("A", "C") not in routes
    plants["taker"]["plot"] = "C"
    with pytest.raises(GeometryError, match="A on one side, C on the other"):
        measure(park(layers, plants=plants))


def test_a_plot_too_far_from_every_corridor_is_a_fault_that_names_it(park):
    layers = {"plots": dots(A=(0, 0), B=(100, 0), far=(50, 600)), "corridors": lines([(0, 0), (100, 0)])}
    with pytest.raises(GeometryError, match=r"plot far is 600 m from the nearest line; max_access is 500 m"):
        measure(park(layers))
    # Nobody may settle on it if it is reserved: then it is left out.
    assert ("A", "far") not in measure(park(layers, plots={"far": {"reserved": True}})).routes["corridors"]


def test_stated_access_points_are_used_and_the_better_one_chosen(park):
    # A's gates: west (0, 50) and east (100, 50), corridors at y = 0. To B's gate at (300, 0): east gate 50 + 200.
    layers = {
        "plots": squares(A=(0, 0.5), B=(300, 0.5)),
        "corridors": lines([(-100, 0), (500, 0)]),
        "access_points": {"plot": ["A", "A", "B"], "geometry": [Point(0, 50), Point(100, 50), Point(300, 0)]},
    }
    m = measure(park(layers))
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(250)
    assert list(m.points["name"]) == ["A", "A", "B"]


def test_a_spur_goes_round_an_obstacle_by_the_next_free_straight_line(park):
    # A wall at y = 5 from x = -50 to 30 blocks the 10 m straight down from A at (0, 10) to y = 0. The shortest free
    # line grazes the wall's end (30, 5): it reaches y = 0 at x = 60 and has sqrt(60^2 + 10^2) = 60.83 m; the search
    # steps by 5 m, so at most sqrt(65^2 + 100) = 65.77. B at (60, 0) then is 60.83 or at most 65.77 + 5 away.
    layers = {
        "plots": dots(A=(0, 10), B=(60, 0)),
        "corridors": lines([(-200, 0), (200, 0)]),
        "obstacles": {"geometry": [LineString([(-300, 5), (30, 5)])]},
    }
    length = measure(park(layers)).routes["corridors"]["A", "B"].length_m
    assert 60.82 <= length <= 70.77


def test_a_plot_walled_off_from_the_corridor_is_a_fault(park):
    wall = Polygon([(-20, -10), (20, -10), (20, 30), (-20, 30)], [[(-10, 0), (10, 0), (10, 20), (-10, 20)]])
    layers = {
        "plots": dots(A=(0, 10), B=(60, -50)),
        "corridors": lines([(-200, -50), (200, -50)]),
        "obstacles": {"geometry": [wall]},
    }
    with pytest.raises(GeometryError, match="plot A does not reach it within 500 m: obstacles are in the way"):
        measure(park(layers))


def test_a_place_of_several_tenants_has_a_way_to_itself(park):
    # Half the square root of 1 ha: 50 m.
    layers = {"plots": squares(P1=(0, 0), P2=(300, 0)), "corridors": lines([(0, 0), (400, 0)])}
    routes = measure(park(layers, plots={"P1": {"several_tenants": True}})).routes["corridors"]
    assert routes["P1", "P1"].length_m == pytest.approx(50)
    assert ("P2", "P2") not in routes


def test_roads_and_corridors_are_measured_apart_and_their_segments_named_apart(park):
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "corridors": lines([(0, 0), (100, 0)], name=["north"]),
        "roads": lines([(0, 0), (50, 50), (100, 0)], name=["north"]),
    }
    links = {"belt": {"kind": "conveyor"}, "truck": {"kind": "truck", "along": "roads"}}
    m = measure(park(layers, links=links))
    assert set(m.routes) == {"corridors", "roads"}
    assert m.routes["roads"]["A", "B"].length_m == pytest.approx(2 * np.hypot(50, 50))
    assert m.routes["corridors"]["A", "B"].segments == ("north",)
    assert m.routes["roads"]["A", "B"].segments == ("road north",)


def test_partners_reach_the_network_from_their_point(park):
    # The partner stands at (200, 30): 30 m down, 150 m along, 10 m up to P1's front middle (50, 10).
    partner = {"city": {"at": {"x": ORIGIN[0] + 200, "y": ORIGIN[1] + 30}, "sinks": {"ash": {"rate": 1}}}}
    layers = {"plots": squares(P1=(0, 10)), "corridors": lines([(0, 0), (400, 0)])}
    m = measure(park(layers, partners=partner))
    assert m.routes["corridors"]["P1", "city"].length_m == pytest.approx(190)
    assert list(m.points[m.points["role"] == "partner"]["name"]) == ["city"]


def test_a_partner_out_of_reach_is_a_note_where_trucks_serve_it_and_a_fault_where_nothing_does(park):
    partner = {"farm": {"at": {"x": ORIGIN[0], "y": ORIGIN[1] + 9000}, "sinks": {"ash": {"rate": 1}}}}
    layers = {"plots": squares(P1=(0, 10), P2=(200, 10)), "corridors": lines([(0, 0), (400, 0)])}
    links = {"belt": {"kind": "conveyor"}, "truck": {"kind": "truck", "along": "straight"}}
    ash = {"ash": {"kind": "material", "unit": "t", "carried_by": ["belt", "truck"]}}
    m = measure(park(layers, partners=partner, links=links, resources=ash))
    assert any("partner farm is not reached along the corridors" in note for note in m.notes)
    assert ("P1", "farm") in m.routes["straight"]
    with pytest.raises(GeometryError, match="partner farm is 9,000 m from the nearest line"):
        measure(park(layers, partners=partner))


def test_receptors_are_measured_edge_to_edge(park):
    # P1's right edge at x = 100; the school's left edge at 180, the nearer house 30 m above P1's top edge at y = 110.
    receptors = {
        "name": ["school", "house 1", "house 2"],
        "kind": ["school", "housing", "housing"],
        "geometry": [box(180, 10, 200, 20), Point(50, 140), Point(50, 300)],
    }
    m = measure(park({"plots": squares(P1=(0, 10)), "receptors": receptors}))
    assert m.receptor_m["P1", "school"] == (pytest.approx(80), "school")
    assert m.receptor_m["P1", "housing"] == (pytest.approx(30), "house 1")
