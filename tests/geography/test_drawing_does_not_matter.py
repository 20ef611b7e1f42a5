"""However the corridors were drawn, the routes are the same; and they are the shortest there are."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point
from shapely.ops import substring

from planner.geography.access import spurs
from planner.geography.crossings import Crossing
from planner.geography.network import joined, noded
from planner.geography.routes import attach, find_routes
from planner.geography.straight import Obstacles

STEP = 100.0
SIZE = 4
NODES = [(x, y) for x in range(SIZE) for y in range(SIZE)]
EDGES = [(p, q) for p in NODES for q in NODES if (q[0] - p[0], q[1] - p[1]) in ((1, 0), (0, 1))]
#: Places beside the lines, some of them on a crossing.
PLACES = {"A": (0.0, 0.0), "B": (310.0, 290.0), "C": (145.0, 108.0), "D": (195.0, 300.0)}

some_edges = st.lists(st.sampled_from(EDGES), min_size=6, max_size=len(EDGES), unique=True)
costs = st.sampled_from([0.5, 1.0, 1.7, 3.0])


@st.composite
def corridors(draw):
    """Streets of a grid with a cost factor each."""
    return [(edge, draw(costs)) for edge in draw(some_edges)]


def drawn(network):
    return [LineString(np.array(edge) * STEP) for edge, _ in network], [cost for _, cost in network]


def routes(lines, factors, tolerance=1.0, features=()):
    parts, owner = shapely.get_parts(shapely.force_2d(np.array(lines, dtype=object)), return_index=True)
    segments = joined(
        noded(gpd.GeoDataFrame({"cost_factor": np.array(factors)[owner]}, geometry=parts), []), tolerance, []
    )
    found = []
    for name, xy in PLACES.items():
        found += spurs(name, [Point(xy)], segments.lines, Obstacles(), 500.0)
    return find_routes(attach(segments, found, features, "corridor"))


def routes_between_nodes(lines, factors, nodes, reach=1.0):
    """Routes between places on the crossings, which reach the network there and nowhere else."""
    segments = joined(noded(gpd.GeoDataFrame({"cost_factor": factors}, geometry=lines), []), 1.0, [])
    found = []
    for node in nodes:
        found += spurs(str(node), [Point(np.array(node) * STEP)], segments.lines, Obstacles(), reach)
    return find_routes(attach(segments, found, (), "corridor"))


def same(one, other, rel=1e-7):
    assert one.keys() == other.keys()
    for pair, route in one.items():
        assert other[pair].cost_length_m == pytest.approx(route.cost_length_m, rel=rel, abs=1e-5)
        assert other[pair].length_m == pytest.approx(route.length_m, rel=rel, abs=1e-5)


@st.composite
def redrawn(draw, network):
    """The same corridors: each perhaps reversed, cut, doubled, given heights or written in several parts."""
    lines, factors = [], []
    for line, factor in zip(*drawn(network), strict=True):
        pieces = [line]
        if draw(st.booleans()):
            at = draw(st.floats(0.05, 0.95)) * line.length
            pieces = [substring(line, 0, at), substring(line, at, line.length)]
        pieces = [p.reverse() if draw(st.booleans()) else p for p in pieces]
        if draw(st.booleans()):
            pieces.append(pieces[0])
        if draw(st.booleans()):
            pieces = [shapely.force_3d(p, draw(st.floats(0, 90))) for p in pieces]
        if draw(st.booleans()):
            pieces = [MultiLineString(pieces)]
        lines += pieces
        factors += [factor] * len(pieces)
    order = draw(st.permutations(range(len(lines))))
    return [lines[k] for k in order], [factors[k] for k in order]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_direction_cuts_doubles_heights_parts_and_order_change_nothing(data):
    network = data.draw(corridors())
    same(routes(*drawn(network)), routes(*data.draw(redrawn(network))))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_cuts_do_not_change_what_a_river_costs(data):
    network = data.draw(corridors())
    x = data.draw(st.sampled_from([40.0, 95.0, 150.0, 230.0]))
    river = [Crossing(shapely.box(x, -50, x + data.draw(st.sampled_from([5.0, 60.0, 120.0])), 500), 250.0)]
    lines, factors = data.draw(redrawn(network))
    same(routes(*drawn(network), features=river), routes(lines, factors, features=river))


@settings(max_examples=60, deadline=None)
@given(corridors())
def test_routes_are_the_shortest_paths_of_another_library(network):
    graph = nx.Graph()
    for (p, q), cost in network:
        graph.add_edge(p, q, weight=cost * STEP)
    ends = sorted(graph)[:: max(1, len(graph) // 5)]
    ours = routes_between_nodes(*drawn(network), ends)
    for p in ends:
        far = nx.single_source_dijkstra_path_length(graph, p)
        for q in ends:
            if p != q:
                assert ((str(p), str(q)) in ours) == (q in far)
                if q in far:
                    assert ours[str(p), str(q)].cost_length_m == pytest.approx(far[q])


@settings(max_examples=40, deadline=None)
@given(corridors(), st.floats(0.1, 20))
def test_lengths_scale_with_the_map(network, scale):
    lines, factors = drawn(network)
    base = routes(lines, factors)
    large = [LineString(np.array(line.coords) * scale) for line in lines]
    frame = gpd.GeoDataFrame({"cost_factor": factors}, geometry=large)
    net = joined(noded(frame, []), scale, [])
    found = []
    for name, xy in PLACES.items():
        found += spurs(name, [Point(np.array(xy) * scale)], net.lines, Obstacles(), 500.0 * scale)
    scaled = find_routes(attach(net, found, (), "corridor"))
    for pair, route in base.items():
        # The choice among equally near lines has an absolute slack of 1 cm, so spurs agree to that.
        assert scaled[pair].length_m == pytest.approx(scale * route.length_m, rel=1e-3, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(corridors(), st.sampled_from(EDGES), costs)
def test_one_more_corridor_never_makes_a_way_dearer(network, edge, cost):
    # Places on the network only: a new line beside a plot may draw its spur to itself.
    old = {e for e, _ in network}
    nodes = sorted({n for e in old for n in e})[:5]

    before = routes_between_nodes(*drawn(network), nodes)
    after = routes_between_nodes(*drawn([*network, (edge, cost)]), nodes)
    assert before.keys() <= after.keys()
    assert all(after[pair].cost_length_m <= route.cost_length_m + 1e-6 for pair, route in before.items())


@settings(max_examples=40, deadline=None)
@given(corridors(), st.floats(0.01, 0.4), st.integers(0, 2**31))
def test_gaps_below_the_tolerance_change_lengths_by_no_more_than_the_gaps(network, gap, seed):
    # Every street is shortened by the gap at both ends: parts meet again at each node, up to the joints' lengths.
    lines, _ = drawn(network)
    rng = np.random.default_rng(seed)
    short = [substring(line, gap * rng.random(), line.length - gap * rng.random()) for line in lines]
    nodes = sorted({n for edge, _ in network for n in edge})[:5]
    whole, broken = (routes_between_nodes(ways, [1.0] * len(ways), nodes) for ways in (lines, short))
    assert whole.keys() == broken.keys()
    for pair, route in whole.items():
        streets = round(route.length_m / STEP)
        assert abs(broken[pair].length_m - route.length_m) <= 4 * gap * (streets + 2)


def test_a_messy_network_gives_the_routes_of_the_clean_one():
    # One of each ill: overshoot, undershoot, doubled line, a line that touches itself, a tiny sliver, a ring.
    clean = [[(0, 0), (300, 0)], [(100, 0), (100, 200)], [(0, 200), (300, 200)], [(300, 0), (300, 200)]]
    messy = [
        [(-0.2, 0), (150, 0), (150, 0), (300.3, 0)],
        [(100, 0.3), (100, 100)],
        [(100, 100), (100, 199.6)],
        [(0, 200), (300, 200)],
        [(300, 200), (0, 200)],
        [(300, 200.2), (300, 0)],
        [(200, 200), (200, 170), (220, 170), (200, 190)],
        [(100, 100), (100.0, 100.0004)],
        [(0, 0), (-50, 0), (-50, -50), (0, 0)],
    ]
    one = routes([LineString(c) for c in clean], [1.0] * len(clean))
    other = routes([LineString(c) for c in messy], [1.0] * len(messy))
    assert one.keys() == other.keys()
    for pair, route in one.items():
        assert other[pair].length_m == pytest.approx(route.length_m, abs=1.5)
