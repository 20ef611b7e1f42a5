"""The corridor graph of parks small enough to draw on paper."""

import numpy as np
import pytest
from park_shapes import dots, frame, squares
from shapely import LineString, Point, box

from planner.errors import GeometryError
from planner.geography.distances import CorridorGraph, Stretch
from planner.geography.graph import shortest_ways
from planner.geography.measure import measure
from planner.geography.pruning import on_ways

#: A belt that is a main: the case then needs the corridor graph.
MAIN = {"belt": {"kind": "pipe", "main": True, "sizes": [{"size": "DN 100", "capacity": 10, "investment": 100}]}}


def lines(*paths, **attributes):
    return {"geometry": [LineString(p) for p in paths], **attributes}


def lengths(graph, kind="corridor"):
    return sorted(round(s.length_m, 3) for s in graph.stretches.values() if s.kind == kind)


def test_a_case_without_mains_and_shared_trenches_needs_no_graph(park):
    layers = {"plots": dots(A=(0, 0), B=(100, 0)), "corridors": lines([(0, 0), (100, 0)])}
    assert measure(park(layers)).graph is None
    belt = {"belt": {"kind": "pipe"}}
    assert measure(park(layers, links=belt, trenches={"investment": 100})).graph is not None
    assert measure(park(layers, links=belt, trenches={"investment": 100, "shared": False})).graph is None
    truck = {"belt": {"kind": "truck"}}  # lies in no trench
    assert measure(park(layers, links=truck, trenches={"investment": 100})).graph is None


def test_a_park_by_hand(park):
    # A street from (0, 0) to (300, 0), a lane north from (100, 0) to (100, 80) at which C lies. A lies 10 m above
    # (0, 0), B 5 m above (300, 0). Stretches: street 100 m and 200 m, lane 80 m, accesses 10 and 5 m; C is at its end.
    # A - B: 10 + 300 + 5; A - C: 10 + 100 + 80; B - C: 5 + 200 + 80.
    layers = {
        "plots": dots(A=(0, 10), B=(300, 5), C=(100, 80)),
        "corridors": lines([(0, 0), (300, 0)], [(100, 0), (100, 80)], name=["street", "lane"]),
    }
    m = measure(park(layers, links=MAIN))
    graph = m.graph
    assert {name: round(s.length_m, 6) for name, s in graph.stretches.items()} == {
        "street / 1": 100,
        "street / 2": 200,
        "lane": 80,
        "corridor access A": 10,
        "corridor access B": 5,
    }
    ways = graph.lengths("ash")
    assert ways == {
        pair: pytest.approx(length)
        for (p, q), length in {("A", "B"): 315, ("A", "C"): 190, ("B", "C"): 285}.items()
        for pair in ((p, q), (q, p))
    }
    assert graph.places == {"A": "A", "B": "B", "C": graph.stretches["lane"].head}
    assert graph.junctions == {graph.stretches["lane"].head}
    assert graph.closed == {"A", "B"}
    # The nodes of the segments are those of the graph: both name the junction alike.
    frame = m.segments.set_index("id")
    for name in ("street / 1", "street / 2", "lane"):
        stretch = graph.stretches[name]
        assert {frame.loc[name, "start"], frame.loc[name, "end"]} == {stretch.tail, stretch.head}
        assert stretch.segments == (name,)
    assert graph.stretches["street / 1"].head == graph.stretches["street / 2"].tail
    assert not graph.proposed


def test_dead_ends_go_however_they_branch_and_close(park):
    # East of B the street goes on to a square with a diagonal, and a lane forks off half-way: none leads to a place.
    square = [[(400, 0), (500, 0), (500, 100), (400, 100), (400, 0)], [(400, 0), (500, 100)]]
    layers = {
        "plots": dots(A=(0, 0), B=(200, 0)),
        "corridors": lines([(0, 0), (400, 0)], [(100, 0), (100, 70), (80, 90)], [(100, 70), (120, 90)], *square),
    }
    m = measure(park(layers, links=MAIN))
    assert lengths(m.graph) == [200]
    assert any("lead to no place" in note for note in m.notes)
    # A loop that comes back to the same junction is no way either; the other way round a block is.
    loop = [[(100, 0), (100, 50), (150, 50), (100, 0)], [(50, 0), (50, -30), (150, -30), (150, 0)]]
    layers["corridors"] = lines([(0, 0), (200, 0)], *loop)
    # 50 | 100 straight, or 30 + 100 + 30 = 160 round | 50.
    assert lengths(measure(park(layers, links=MAIN)).graph) == [50, 50, 100, 160]


def test_pruning_of_every_small_graph_is_what_trying_all_ways_says():
    # All graphs on five nodes with up to ten edges, sampled; an edge stays if it is on a simple way between terminals.
    rng = np.random.default_rng(1)
    for _ in range(300):
        count = int(rng.integers(1, 9))
        start, end = rng.integers(0, 5, count), rng.integers(0, 5, count)
        ends = set(rng.integers(0, 5, int(rng.integers(1, 4))).tolist())
        used = set()

        def walk(node, path, seen, start=start, end=end, ends=ends, used=used):
            if path and node in ends:
                used.update(path)
            for k in range(len(start)):
                for here, there in ((start[k], end[k]), (end[k], start[k])):
                    if here == node and there not in seen:
                        walk(there, [*path, k], seen | {there})

        for node in ends:
            walk(node, [], {node})
        assert set(np.flatnonzero(on_ways(start, end, ends, 5))) == used


def test_surfaces_add_up_in_a_stretch_and_multiply_the_cost_factor(park):
    # 100 m of road at 1.5, 50 m of field at 0.8, and 50 m of field with a factor 2 of its own: one stretch of 200 m,
    # that costs 150 + 40 + 80 = 270 m.
    layers = {
        "plots": dots(A=(0, 0), B=(200, 0)),
        "corridors": lines(
            [(0, 0), (100, 0)],
            [(100, 0), (150, 0)],
            [(150, 0), (200, 0)],
            name=["a", "b", "c"],
            surface=["road", "field", "field"],
            cost_factor=[None, 1, 2],
        ),
    }
    m = measure(park(layers, {"surfaces": {"road": 1.5, "field": 0.8}}, links=MAIN))
    (stretch,) = (s for s in m.graph.stretches.values() if s.kind == "corridor")
    assert (stretch.length_m, stretch.civil_length_m) == pytest.approx((200, 270))
    assert stretch.surfaces == pytest.approx({"road": 100, "field": 100})
    assert stretch.surface_costs == pytest.approx({"road": 150, "field": 120})
    assert stretch.corridors == stretch.segments == ("a", "b", "c")
    assert "a .. c" in m.graph.stretches
    assert m.routes["corridors"]["A", "B"].cost_length_m == pytest.approx(270)
    assert dict(zip(m.segments["id"], m.segments["surface"], strict=True)) == {"a": "road", "b": "field", "c": "field"}


@pytest.mark.parametrize(
    "changes",
    [
        {"forbidden": [None, "ash"]},
        {"one_way": ["all", None]},
        {"max_pipes": [2, 3]},
        {"trench": ["existing", "new"]},
    ],
)
def test_a_chain_ends_where_something_changes_for_a_pipe(park, changes):
    layers = {
        "plots": dots(A=(0, 0), B=(300, 0), C=(100, 0)),
        "corridors": lines([(0, 0), (200, 0)], [(200, 0), (300, 0)], **changes),
    }
    slag = {"slag": {"kind": "material", "unit": "t", "carried_by": ["belt"]}}
    ash = {"ash": {"kind": "material", "unit": "t"}}
    plants = {
        "giver": {"plot": "A", "sources": {"slag": {"rate": 1}}},
        "taker": {"plot": "B", "sinks": {"slag": {"rate": 1}}},
    }
    graph = measure(park(layers, links=MAIN, resources=ash | slag, plants=plants)).graph
    assert lengths(graph) == [100, 100, 100]
    west, middle, east = sorted(
        (s for s in graph.stretches.values() if s.kind == "corridor"), key=lambda s: s.line.centroid.x
    )
    assert west.head == middle.tail
    assert middle.head == east.tail
    if "max_pipes" in changes:
        assert (west.max_pipes, east.max_pipes) == (2, 3)
    if "trench" in changes:
        assert (west.trench, middle.trench, east.trench) == ("existing", "existing", "new")
    if "forbidden" in changes:
        assert west.directions("ash") == (True, True)
        assert east.directions("ash") == (False, False)
    if "one_way" in changes:
        assert west.directions("slag") == (True, False)
        assert east.directions("slag") == (True, True)


def test_every_access_point_has_its_stretch_and_no_way_leads_through_a_place(park):
    # A has two gates that touch the two halves of a street, between which there is a gap of 100 m across A's plot:
    # from B to C there is no way but through A, so there is none.
    layers = {
        "plots": squares(A=(100, 0.5), B=(-200, 0.5), C=(400, 0.5)),
        "corridors": lines([(-150, 0), (100, 0)], [(200, 0), (450, 0)]),
        "access_points": {
            "plot": ["A", "A", "B", "C"],
            "geometry": [Point(100, 0), Point(200, 0), Point(-150, 4), Point(450, 4)],
        },
    }
    plants = {
        "giver": {"plot": "A", "sources": {"ash": {"rate": 1}}},
        "taker": {"plot": "B", "sinks": {"ash": {"rate": 1}}},
    }
    graph = measure(park(layers, links=MAIN, plants=plants)).graph
    assert {n: s.length_m for n, s in graph.stretches.items() if s.kind == "access"} == pytest.approx(
        {"corridor access A": 0, "corridor access A #2": 0, "corridor access B": 4, "corridor access C": 4}
    )
    assert {n for n, s in graph.stretches.items() if s.free} == {"corridor access A", "corridor access A #2"}
    assert graph.spots("A") == {"A", *(s.head for s in graph.stretches.values() if s.free)}
    assert graph.spots("B") == {"B"}
    ways = graph.lengths("ash")
    assert ways["B", "A"] == pytest.approx(254)
    assert ways["A", "C"] == pytest.approx(254)
    assert ("B", "C") not in ways


def test_ways_pass_the_node_of_a_place_that_a_street_touches_and_several_places_share_one(park):
    # A, B and C along one street at 0, 100 and 300 m; D at the same spot as B. A to C passes B: 300 m.
    layers = {
        "plots": squares(A=(0, 0.5), B=(100, 0.5), C=(300, 0.5), D=(100, -100.5)),
        "corridors": lines([(0, 0), (300, 0)]),
        "access_points": {"plot": list("ABCD"), "geometry": [Point(x, 0) for x in (0, 100, 300, 100)]},
    }
    graph = measure(park(layers, links=MAIN)).graph
    assert lengths(graph) == [100, 200]
    assert lengths(graph, "access") == []
    assert graph.places["B"] == graph.places["D"]
    assert graph.closed == frozenset()
    ways = graph.lengths("ash")
    assert ways["A", "C"] == pytest.approx(300)
    assert ways["B", "D"] == 0


def test_an_access_beside_a_free_one_to_the_same_node_is_none(park):
    # B has a point on the street and another 3 m beside it: both lead to one node, and the free one is enough.
    layers = {
        "plots": squares(A=(0, 0.5), B=(100, 0.5)),
        "corridors": lines([(0, 0), (100, 0)]),
        "access_points": {"plot": ["A", "B", "B"], "geometry": [Point(0, 0), Point(100, 0), Point(103, 0)]},
    }
    graph = measure(park(layers, links=MAIN)).graph
    assert lengths(graph, "access") == []
    assert graph.places["B"] in {node for s in graph.stretches.values() for node in (s.tail, s.head)}


def test_shortest_ways_respect_restrictions_and_take_the_shorter_of_parallel_stretches():
    # p -0- u =(10, 7 one-way u to v, 5 forbidden)= v -2- q. Of ash: p to q 0 + 7 + 2, back 2 + 10 + 0.
    graph = CorridorGraph(
        stretches={
            "p": Stretch("p", "u", 0, 0, kind="access"),
            "a": Stretch("v", "u", 10, 10),
            "b": Stretch("u", "v", 7, 7, one_way={"ash": "+"}),
            "c": Stretch("u", "v", 5, 5, forbidden=frozenset({"ash"})),
            "q": Stretch("q", "v", 2, 2, kind="access"),
        },
        places={"P": "p", "Q": "q"},
        nodes=dict.fromkeys("puvq", (0.0, 0.0)),
    )
    assert shortest_ways(graph, "ash") == {("P", "Q"): 9, ("Q", "P"): 12}
    assert shortest_ways(graph, "slag") == {("P", "Q"): 7, ("Q", "P"): 7}
    assert shortest_ways(CorridorGraph({}, {}, {}), "ash") == {}


RIVER = box(190, -1000, 210, 1000)


@pytest.mark.parametrize("cut", [(), (200,), (190, 205)])
def test_crossings_with_a_charge_are_counted_on_routes_and_stretches(park, tmp_path, cut):
    # One river of 500 m extra length and a charge, one railway with a charge only; stubs to C cut the way on the
    # bridge. However it is cut, the way A - B crosses each once: cost length 200 + 500.
    stubs = [[(x, 0), (x, -60)] for x in cut]
    places = {f"C{x}": (x, -60) for x in cut}
    rails = {"geometry": [LineString([(250, -90), (250, 0)]), LineString([(250, 0), (250, 90)])]}
    layers = {
        "plots": dots(A=(100, 0), B=(300, 0), **places),
        "corridors": lines([(100, 0), (300, 0)], *stubs),
    }
    frame({"geometry": [RIVER]}).to_file(tmp_path / "park.gpkg", layer="rivers")
    frame(rails).to_file(tmp_path / "park.gpkg", layer="rails")
    crossings = [
        {"layer": "park.gpkg:rails", "charge": 9000},
        {"layer": "park.gpkg:rivers", "extra_length": 500, "charge": "20 kEUR"},
        {"layer": "park.gpkg:rivers", "extra_length": 0},
    ]
    m = measure(park(layers, {"crossings": crossings}, links=MAIN))
    route = m.routes["corridors"]["A", "B"]
    assert route.cost_length_m == pytest.approx(700)
    assert route.charges == {1: 1, 2: 1}
    assert m.routes["corridors"]["B", "A"].charges == {1: 1, 2: 1}
    on = [s for s in m.graph.stretches.values() if s.kind == "corridor" and abs(s.line.centroid.y - 5_600_000) < 1e-6]
    assert sum(s.charges.get(1, 0) for s in on) == pytest.approx(1)
    assert sum(s.charges.get(2, 0) for s in on) == pytest.approx(1)
    assert sum(s.civil_length_m for s in on) == pytest.approx(700)
    assert sum(s.length_m + s.extra_m for s in on) == pytest.approx(700)
    assert sum(s.extra_m for s in on) > 0
    # Straight over it, the same.
    straight = measure(park(layers, {"crossings": crossings}, links={"belt": {"kind": "pipe", "along": "straight"}}))
    assert straight.routes["straight"]["A", "B"].charges == {1: 1, 2: 1}


def test_an_island_that_cuts_off_a_place_of_a_main_is_a_fault_that_names_it(park):
    layers = {
        "plots": dots(A=(0, 0), B=(100, 0), C=(300, 0)),
        "corridors": lines([(0, 0), (100, 0)], [(150, 0), (300, 0)]),
    }
    with pytest.raises(GeometryError, match="A, B on one side, C on the other"):
        measure(park(layers, links=MAIN))


def test_a_ring_may_begin_anywhere(park):
    # A block of 100 m x 60 m with A and B at opposite sides: two ways of 160 m, wherever the ring is begun.
    corners = [(0, 0), (100, 0), (100, 60), (0, 60)]
    spots = {"A": (0, 30), "B": (100, 30)}
    found = []
    for first in range(4):
        for extra in (None, (50, 0)):
            ring = corners[first:] + corners[:first]
            if extra:
                ring = [extra, *ring[(4 - first + 1) % 4 :], *ring[: (4 - first + 1) % 4]]
            layers = {"plots": dots(**spots), "corridors": lines([*ring, ring[0]], name=["ring"])}
            graph = measure(park(layers, links=MAIN)).graph
            found.append({name: (s.length_m, s.tail, s.head) for name, s in graph.stretches.items()})
    assert sorted(length for length, _, _ in found[0].values()) == pytest.approx([160, 160])
    assert all(one.keys() == found[0].keys() for one in found)
