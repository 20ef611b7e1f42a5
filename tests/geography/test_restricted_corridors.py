"""Corridors that some resources may not take, or only one way; and what the corridors layer may say of its lines."""

import pytest
from park_shapes import dots
from shapely import LineString

from planner.case.layers import merge_plots, read_layers
from planner.errors import GeometryError
from planner.geography.measure import measure

RESOURCES = {
    "ash": {"kind": "material", "unit": "t", "carried_by": ["belt"]},
    "slag": {"kind": "material", "unit": "t", "carried_by": ["belt"]},
}
#: A gives both to B; each has one place.
PLANTS = {
    "giver": {"plot": "A", "sources": {"ash": {"rate": 1}, "slag": {"rate": 1}}},
    "taker": {"plot": "B", "sinks": {"ash": {"rate": 1}, "slag": {"rate": 1}}},
}
#: Straight 100 m, or round by three sides of 100 m.
STRAIGHT, ROUND = [(0, 0), (100, 0)], [(0, 0), (0, 100), (100, 100), (100, 0)]


def lines(*paths, **attributes):
    return {"geometry": [LineString(p) for p in paths], **attributes}


def ways(park, plants=PLANTS, resources=RESOURCES, **attributes):
    corridors = lines(STRAIGHT, ROUND, name=["straight", "round"], **attributes)
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}
    return measure(park(layers, resources=resources, plants=plants))


def length(routes, p, q):
    return routes[p, q].length_m if (p, q) in routes else None


def test_a_forbidden_corridor_is_gone_round(park):
    m = ways(park, forbidden=["ash", None])
    assert set(m.routes) == {"corridors", "corridors: ash"}
    assert length(m.along("corridors", "ash"), "A", "B") == pytest.approx(300)
    assert length(m.along("corridors", "ash"), "B", "A") == pytest.approx(300)
    assert length(m.along("corridors", "slag"), "A", "B") == pytest.approx(100)
    assert m.segments.set_index("id").loc["straight", "forbidden"] == "ash"


def test_one_way_is_the_direction_in_which_the_line_was_drawn(park):
    # Slag may flow along "straight" from A to B only; back it goes round.
    m = ways(park, one_way=["slag", None])
    slag = m.along("corridors", "slag")
    assert (length(slag, "A", "B"), length(slag, "B", "A")) == pytest.approx((100, 300))
    assert slag["A", "B"].segments == ("straight",)
    assert slag["B", "A"].segments == ("round",)
    # The path of the way back begins at B.
    assert slag["B", "A"].path.coords[0][0] - 500_000 == pytest.approx(100)
    # Drawn the other way, it is the other way round.
    corridors = lines(STRAIGHT[::-1], ROUND, one_way=["all", None])
    turned = measure(park({"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}, resources=RESOURCES))
    ash = turned.along("corridors", "ash")
    assert (length(ash, "A", "B"), length(ash, "B", "A")) == pytest.approx((300, 100))


@pytest.mark.parametrize("cuts", [[], [30], [30, 60]])
def test_one_way_survives_cuts_and_crossings(park, cuts):
    # "straight" in pieces, each drawn from west to east, and crossed by a lane: as in one piece.
    ends = [0, *cuts, 100]
    pieces = [[(a, 0), (b, 0)] for a, b in zip(ends, ends[1:], strict=False)]
    lane = [(50, -20), (50, 20)]
    corridors = lines(*pieces, ROUND, lane, one_way=[*["ash"] * len(pieces), None, None])
    m = measure(park({"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}, resources=RESOURCES))
    ash = m.along("corridors", "ash")
    assert (length(ash, "A", "B"), length(ash, "B", "A")) == pytest.approx((100, 300))


def test_a_ring_that_is_one_way_all_round(park):
    # A ring of 400 m drawn counter-clockwise; A in the south, B in the east: 100 m there, 300 m back. The ring begins
    # on the way from A to B, and anywhere else.
    corners = [(50, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    for first in range(5):
        ring = corners[first:] + corners[:first]
        corridors = lines([*ring, ring[0]], one_way=["ash"])
        m = measure(park({"plots": dots(A=(50, 0), B=(100, 50)), "corridors": corridors}, resources=RESOURCES))
        ash = m.along("corridors", "ash")
        assert (length(ash, "A", "B"), length(ash, "B", "A")) == pytest.approx((100, 300))
        assert length(m.routes["corridors"], "B", "A") == pytest.approx(100)


def test_what_no_way_is_left_for_is_a_fault_that_names_the_corridor(park):
    with pytest.raises(GeometryError) as error:
        ways(park, forbidden=["ash; slag", "ash"])
    words = str(error.value)
    assert "no way for ash between A and B: corridor straight forbids it" in words
    assert "slag" not in words  # it goes round
    corridors = lines(STRAIGHT[::-1], name=["straight"], one_way=["slag"])
    case = park({"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}, resources=RESOURCES, plants=PLANTS)
    with pytest.raises(GeometryError, match="for slag between A and B: corridor straight lets it flow the other way"):
        measure(case)


def test_the_fault_says_whose_exchange_it_is_and_that_forbidding_it_mends_it(park):
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "corridors": lines(STRAIGHT, name=["straight"], forbidden=["ash"])}
    with pytest.raises(GeometryError, match="giver gives it, taker takes it: leave it a way, or forbid"):
        measure(park(layers, resources=RESOURCES, plants=PLANTS))
    for stream in ({}, {"stream": "ash"}):
        closed = [{"from": "giver", "to": "taker", "forbidden": True, **stream}]
        measure(park(layers, resources=RESOURCES, plants=PLANTS, exchanges=closed))
    closed = [{"from": "giver", "to": "taker", "forbidden": True, "stream": "slag"}]
    with pytest.raises(GeometryError, match="no way for ash"):
        measure(park(layers, resources=RESOURCES, plants=PLANTS, exchanges=closed))


def test_it_is_no_fault_where_a_truck_may_go_or_another_plot_will_do(park):
    truck = {"belt": {"kind": "conveyor"}, "truck": {"kind": "truck", "along": "straight"}}
    carried = RESOURCES | {"ash": RESOURCES["ash"] | {"carried_by": ["belt", "truck"]}}
    corridors = lines(STRAIGHT, name=["straight"], forbidden=["ash"])
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}
    m = measure(park(layers, resources=carried, links=truck, plants=PLANTS))
    assert m.along("corridors", "ash") == {}
    assert any("ash: no way between A and B: corridor straight forbids it" in note for note in m.notes)
    # With a third plot C on the side of A the taker may settle there.
    corridors = lines([(-100, 0), (0, 0)], STRAIGHT, name=["free", "straight"], forbidden=[None, "ash"])
    layers = {"plots": dots(A=(0, 0), B=(100, 0), C=(-100, 0)), "corridors": corridors}
    plants = PLANTS | {"taker": {"area": 0.1, "sinks": PLANTS["taker"]["sinks"]}}
    m = measure(park(layers, resources=RESOURCES, plants=plants))
    assert set(m.along("corridors", "ash")) == {("A", "C"), ("C", "A")}


def test_a_resource_that_only_a_main_carries_has_its_ways_on_the_graph(park):
    main = {"belt": {"kind": "pipe", "main": True}}
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "corridors": lines(STRAIGHT, ROUND, forbidden=["ash", None], one_way=["slag", "slag"]),
    }
    m = measure(park(layers, resources=RESOURCES, links=main, plants=PLANTS))
    assert set(m.routes) == {"corridors"}
    assert m.graph.lengths("ash") == pytest.approx({("A", "B"): 300, ("B", "A"): 300})
    # All lines run from A to B.
    assert m.graph.lengths("slag") == pytest.approx({("A", "B"): 100})
    assert m.graph.lengths("water") == pytest.approx({("A", "B"): 100, ("B", "A"): 100})
    # Without a way round, it is a fault for a main, too.
    layers["corridors"] = lines(STRAIGHT, forbidden=["ash"], name=["straight"])
    with pytest.raises(GeometryError, match="no way for ash between A and B: corridor straight forbids it"):
        measure(park(layers, resources=RESOURCES, links=main, plants=PLANTS))


def test_a_cheaper_copy_beside_a_corridor_lifts_no_restriction(park):
    # A track 30 cm beside the street, half the price, for 60 of its 100 m; it says nothing of what may lie there.
    # Ash still has to go round by 300 m.
    copy = [(20, 0.3), (80, 0.3)]
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0)),
        "corridors": lines(
            STRAIGHT, copy, ROUND, cost_factor=[2, 1, 2], forbidden=["ash", None, None], max_pipes=[3, None, None]
        ),
    }
    m = measure(park(layers, resources=RESOURCES, links={"belt": {"kind": "pipe", "main": True}}, plants=PLANTS))
    (said,) = (note for note in m.notes if "disagree" in note)
    assert "disagree in forbidden, max_pipes: surface and trench of the cheaper count, and whatever either" in said
    assert m.graph.lengths("ash") == pytest.approx({("A", "B"): 300, ("B", "A"): 300})
    assert m.graph.lengths("water")["A", "B"] == pytest.approx(100, abs=1)
    street = [s for s in m.graph.stretches.values() if s.kind == "corridor" and s.length_m < 299]
    assert {s.max_pipes for s in street} == {3}


def test_lines_that_meet_at_a_point_do_not_disagree(park):
    # A branch that ends on a street, not noded: a piece of it of less than a tenth of a millimetre lies on the street.
    corridors = lines([(0, 0), (100, 0)], [(50, 5e-5), (50, 40)], max_pipes=[2, None])
    layers = {"plots": dots(A=(0, 0), B=(100, 0), C=(50, 40)), "corridors": corridors}
    m = measure(park(layers, links={"belt": {"kind": "pipe", "main": True}}))
    assert not [note for note in m.notes if "disagree" in note]


def test_lines_on_one_another_that_disagree_are_a_note_and_what_either_forbids_is_forbidden(park):
    corridors = lines(
        [(0, 0), (100, 0)], [(0, 0), (60, 0)], cost_factor=[2, 1], max_pipes=[4, 2], trench=["", "existing"]
    )
    main = {"belt": {"kind": "pipe", "main": True}}
    m = measure(park({"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}, links=main))
    (said,) = (note for note in m.notes if "disagree" in note)
    assert "at (500030.0, 5600000.0) disagree in max_pipes, trench: surface and trench of the cheaper" in said
    # 60 m at factor 1 and 40 m at factor 2.
    found = sorted(
        (s.civil_length_m, s.max_pipes, s.trench) for s in m.graph.stretches.values() if s.kind == "corridor"
    )
    assert found == [(pytest.approx(60), 2, "existing"), (pytest.approx(80), 4, "new")]


FAULTY = {
    "surface": (
        {"surface": ["raod"]},
        'surface of corridor "north": no such class in geography.surfaces: "raod"; did ',
    ),
    "forbidden": ({"forbidden": ["slag;ashes"]}, 'forbidden of corridor "north": no such resource: "ashes"; did you'),
    "one way": ({"one_way": ["assh"]}, 'one_way of corridor "north": no such resource: "assh"; did you mean "ash"'),
    "trench": ({"trench": ["open"]}, 'trench of corridor "north": found "open"; expected "existing", "new" or nothing'),
    "pipes": ({"max_pipes": [1.5]}, 'max_pipes of corridor "north": 1.5 is not a whole number'),
    "no pipes": ({"max_pipes": [0]}, 'max_pipes of corridor "north": 0 is not above 0'),
    "misspelt": ({"oneway": ["ash"]}, 'unknown attribute "oneway"; did you mean "one_way"?'),
}


@pytest.mark.parametrize("what", FAULTY)
def test_faulty_attributes_are_faults_in_words(park, what):
    attributes, words = FAULTY[what]
    corridors = lines([(0, 0), (100, 0)], name=["north"], **attributes)
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "corridors": corridors}
    with pytest.raises(GeometryError) as error:
        read_layers(park(layers, {"surfaces": {"road": 1.5}}, resources=RESOURCES))
    assert words in str(error.value)


def main_case(park, corridors, mains=None, **changes):
    layers = {"plots": dots(A=(0, 0), B=(300, 0), C=(150, 80)), "corridors": corridors}
    if mains is not None:
        layers["existing_mains"] = mains
    links = {"belt": {"kind": "pipe", "main": True, "sizes": [{"size": "DN 100", "capacity": 10}]}}
    return park(layers, links=links, **changes)


def on_mains(graph):
    return {(round(s.length_m), s.existing) for s in graph.stretches.values() if s.kind != "access"}


STREETS = lines([(0, 0), (300, 0)], [(150, 0), (150, 80)], name=["street", "lane"])


def test_an_existing_main_along_a_corridor_by_name(park):
    old = {"old": {"link": "belt", "resource": "ash", "along": ["lane"]}}
    graph = measure(main_case(park, STREETS, existing_mains=old)).graph
    assert on_mains(graph) == {(150, ()), (80, ("old",))}
    for along, words in (
        (["lain"], 'no such corridor: "lain"; did you mean "lane"?'),
        ([], "nobody says where it lies"),
    ):
        faulty = {"old": {"link": "belt", "resource": "ash", "along": along}}
        with pytest.raises(GeometryError, match=r"existing_mains.old.along") as error:
            measure(main_case(park, STREETS, existing_mains=faulty))
        assert words in str(error.value)


def test_an_existing_main_by_its_line_is_merged_and_lies_where_it_was_drawn(park):
    # Drawn 0.3 m beside the street from x = 40 to x = 150, then up the lane to y = 50: so 40 | 110 | 150 of the street
    # and 50 | 30 of the lane.
    drawn = {
        "name": ["old"],
        "link": ["belt"],
        "resource": ["ash"],
        "size": ["DN 100"],
        "capacity": [7.0],
        "geometry": [LineString([(40, 0.3), (150, 0.3), (150, 50)])],
    }
    case = main_case(park, STREETS, drawn)
    case = merge_plots(case, read_layers(case))
    main = case.existing_mains["old"]
    assert (main.link, main.resource, main.size, main.capacity.value) == ("belt", "ash", "DN 100", 7)
    graph = measure(case).graph
    assert on_mains(graph) == {(40, ()), (110, ("old",)), (150, ()), (50, ("old",)), (30, ())}
    # What the case file says otherwise is a fault.
    case = main_case(park, STREETS, drawn, existing_mains={"old": {"link": "belt", "resource": "slag"}})
    with pytest.raises(Exception, match=r'existing_mains.old.resource: the layer says "ash", the case says "slag"'):
        merge_plots(case, read_layers(case))


def test_an_existing_main_off_the_corridors_is_a_corridor_of_its_own(park):
    # From the street's east end at (300, 0) across to the lane's end: sqrt(150^2 + 80^2) = 170 m more.
    drawn = {
        "name": ["short cut"],
        "link": ["belt"],
        "resource": ["ash"],
        "geometry": [LineString([(300, 0), (150, 80)])],
    }
    m = measure(main_case(park, STREETS, drawn))
    assert on_mains(m.graph) == {(150, ()), (80, ()), (170, ("short cut",))}
    assert m.graph.lengths("ash")["B", "C"] == pytest.approx(170)
    assert "short cut" in set(m.segments["id"])
