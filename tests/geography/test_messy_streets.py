"""A street layer as messy as it comes gives the corridor graph of the clean one, and every repair is told."""

import time

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from messy_streets import ILLS, as_one_line, clean, messed
from park_shapes import dots
from shapely import LineString, Point
from shapely.ops import substring

from planner.geography.access import spurs
from planner.geography.graph import corridor_graph
from planner.geography.measure import measure
from planner.geography.network import joined, noded
from planner.geography.overshoots import trimmed
from planner.geography.routes import attach
from planner.geography.shapes import Shapes
from planner.geography.shapes import clean as parted
from planner.geography.straight import Obstacles

STEP = 100.0
SIZE = 4
NODES = [(x, y) for x in range(SIZE) for y in range(SIZE)]
EDGES = [(p, q) for p in NODES for q in NODES if (q[0] - p[0], q[1] - p[1]) in ((1, 0), (0, 1))]
#: Places beside the middle of streets, well away from the crossings.
PLACES = {"A": (40.0, 5.0), "B": (305.0, 240.0), "C": (155.0, 108.0), "D": (165.0, 296.0), "E": (-4.0, 160.0)}
#: Ways of the clean and the messy layer differ by no more than this for each junction on the way [m].
SLACK = 1.2
MAIN = {"belt": {"kind": "pipe", "main": True}}


def graph_of(frame, tolerance=1.0, scale=1.0):
    """Graph and notes of a layer."""
    notes, faults = [], []
    frame = parted(frame, Shapes(("LineString",)), "corridor", faults, notes)
    assert not faults
    net = trimmed(joined(noded(frame, notes, tolerance), tolerance, notes), tolerance, notes)
    found = []
    for name, xy in PLACES.items():
        found += spurs(name, [Point(np.array(xy) * scale)], net.lines, Obstacles(), 30.0 * scale)
    return corridor_graph(attach(net, found, (), "corridor"), notes, tolerance), notes


def told(graph):
    """All of a graph that a plan could depend on."""
    rows = {}
    for name, s in graph.stretches.items():
        rules = (
            s.forbidden,
            tuple(s.one_way.items()),
            s.max_pipes,
            s.trench,
            s.existing,
            s.kind,
            s.corridors,
            s.segments,
        )
        rows[name] = (s.tail, s.head, round(s.length_m, 6), round(s.civil_length_m, 6), rules)
    nodes = {n: (round(x, 6), round(y, 6)) for n, (x, y) in graph.nodes.items()}
    return rows, dict(graph.places), nodes


def alike(one, other):
    """Same stretches up to the slips of their ends, and the same shortest ways."""
    for kind in ("corridor", "access"):
        lengths = [sorted(s.length_m for s in g.stretches.values() if s.kind == kind) for g in (one, other)]
        assert len(lengths[0]) == len(lengths[1]), lengths
        assert lengths[0] == pytest.approx(lengths[1], abs=2 * SLACK)
    assert one.places == other.places
    ways, theirs = one.lengths("ash"), other.lengths("ash")
    assert ways.keys() == theirs.keys()
    for pair, length in ways.items():
        assert abs(theirs[pair] - length) <= SLACK * (length / STEP + 2)


streets = st.lists(st.sampled_from(EDGES), min_size=8, max_size=len(EDGES), unique=True)
sick = st.lists(st.sampled_from([ill for ill in ILLS if ill != "ring"]), max_size=3, unique=True)


def town(edges, factors=None):
    return [
        (LineString(np.array(edge) * STEP), f"{edge[0]}-{edge[1]}", 1.0 if factors is None else factors[k])
        for k, edge in enumerate(edges)
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_messy_town_has_the_graph_of_the_clean_one(data):
    good = town(data.draw(streets))
    ills = [data.draw(sick) for _ in good]
    bad = messed(good, ills, np.random.default_rng(data.draw(st.integers(0, 2**31))))
    one, _ = graph_of(clean(good))
    other, _ = graph_of(bad)
    alike(one, other)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_direction_splits_and_order_change_nothing_at_all(data):
    good = town(data.draw(streets))
    # Some streets are slanted, so that no cut falls on round coordinates.
    good = [(LineString([(x, y + x / 7) for x, y in line.coords]), name, factor) for line, name, factor in good]
    rules = [data.draw(st.sampled_from([1.0, 1.5])) for _ in good]
    rows = []
    for (line, name, _), factor in zip(good, rules, strict=True):
        pieces = [line]
        if data.draw(st.booleans()):
            at = data.draw(st.floats(0.05, 0.95)) * line.length
            pieces = [substring(line, 0, at), substring(line, at, line.length)]
        pieces = [piece.reverse() if data.draw(st.booleans()) else piece for piece in pieces]
        rows += [(piece, name, factor) for piece in pieces]
    rows = [rows[k] for k in data.draw(st.permutations(range(len(rows))))]
    one, _ = graph_of(clean([(line, name, f) for (line, name, _), f in zip(good, rules, strict=True)]))
    other, _ = graph_of(clean(rows))
    assert told(one) == told(other)


@settings(max_examples=30, deadline=None)
@given(streets, st.floats(0.2, 20))
def test_lengths_scale_with_the_map(edges, scale):
    good = town(edges)
    large = [(LineString(np.array(line.coords) * scale), name, factor) for line, name, factor in good]
    one, _ = graph_of(clean(good))
    other, _ = graph_of(clean(large), tolerance=scale, scale=scale)
    assert one.stretches.keys() == other.stretches.keys()
    for name, stretch in one.stretches.items():
        assert other.stretches[name].length_m == pytest.approx(scale * stretch.length_m, rel=1e-6, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(streets, st.sampled_from(EDGES))
def test_one_more_corridor_never_makes_a_way_longer(edges, more):
    # Places on the streets only: a new street beside a place may draw its access to itself.
    spots = {name: np.array(edges[k]).mean(axis=0) * STEP for name, k in zip("ABC", (0, 3, 7), strict=True)}

    def ways(town_):
        net = trimmed(joined(noded(clean(town_), [], 1.0), 1.0, []), 1.0, [])
        found = [s for n, xy in spots.items() for s in spurs(n, [Point(xy)], net.lines, Obstacles(), 1.0)]
        return corridor_graph(attach(net, found, (), "corridor"), [], 1.0).lengths("ash")

    before, after = ways(town(edges)), ways(town(list(dict.fromkeys([*edges, more]))))
    assert before.keys() <= after.keys()
    assert all(after[pair] <= length + 1e-6 for pair, length in before.items())


def test_one_of_each_ill_and_every_repair_is_told_with_its_place(park):
    # A street along y = 0 and one along y = 200, joined at x = 0, 100 and 300, and a lollipop at the north.
    good = [
        as_one_line([(0, 0), (300, 0)], "south"),
        as_one_line([(0, 200), (300, 200)], "north"),
        as_one_line([(0, 0), (0, 200)], "west"),
        as_one_line([(100, 0), (100, 200)], "middle"),
        as_one_line([(300, 0), (300, 200)], "east"),
        as_one_line([(200, 200), (200, 260)], "stem"),
        as_one_line([(200, 260), (240, 300), (160, 300), (200, 260)], "pond"),
    ]
    bad = [
        as_one_line([(-0.2, 0), (150, 0), (150, 0), (300.25, 0)], "south"),  # runs over both corners
        as_one_line([(300, 200), (0, 200)], "north"),  # reversed
        as_one_line([(300, 200), (0, 200)], "north"),  # and there twice
        (shapely.force_3d(LineString([(0, 0), (0, 200)]), 4), "west", 1.0),
        as_one_line([(100, 0.3), (100, 120)], "middle"),  # stops short of the street
        as_one_line([(100, 120), (100, 199.7)], "middle"),  # so does the other piece
        (shapely.MultiLineString([[(300, 0), (300, 90)], [(300, 90), (300, 200)]]), "east", 1.0),
        as_one_line([(300.2, 60), (300.2, 140)], "east"),  # a copy of part of it, 20 cm beside
        as_one_line([(100, 50), (100, 50)], "speck"),
        as_one_line([(200, 200), (200, 260), (240, 300), (160, 300), (200, 260)], "stem"),  # touches itself
    ]
    places = dots(A=(-10, 100), B=(310, 30), C=(200, 310), D=(50, 205))
    layers = [
        {"plots": places, "corridors": {k: list(clean(streets_)[k]) for k in ("name", "geometry")}}
        for streets_ in (good, bad)
    ]
    one, other = (measure(park(layer, links=MAIN)) for layer in layers)
    assert not any("corridors: " in note for note in one.notes)
    alike(one.graph, other.graph)
    said = " | ".join(note for note in other.notes)
    x, y = 500_000, 5_600_000
    for words in (
        "heights (Z) were dropped",
        f'corridor "east" at ({x + 300:.1f}, {y:.1f}) was split into its 2 parts',
        f"1 lines without length were dropped: at ({x + 100:.1f}, {y + 50:.1f})",
        f"a line drawn twice at ({x + 150:.1f}, {y + 200:.1f}) was dropped",
        f'line "stem" meets itself at ({x + 200:.1f}, {y + 260:.1f}); it was cut there',
        f"80.0 m of a line at ({x + 300.2:.1f}, {y + 100:.1f}) run beside another, 20.0 cm from it",
        f"ends that miss each other by 30.0 cm at ({x + 100:.1f}, {y + 0.3:.1f}) were joined",
        f"an end that runs 20.0 cm over a crossing at ({x - 0.1:.1f}, {y:.1f}) was cut off",
        f"an end that runs 25.0 cm over a crossing at ({x + 300.1:.1f}, {y:.1f}) was cut off",
    ):
        assert words in said, (words, said)


@pytest.mark.slow
def test_many_very_messy_towns_have_the_graph_of_the_clean_one():
    kinds = [ill for ill in ILLS if ill != "ring"]
    for seed in range(200):
        rng = np.random.default_rng(seed)
        edges = [EDGES[k] for k in rng.choice(len(EDGES), int(rng.integers(8, 25)), replace=False)]
        ills = [list(rng.choice(kinds, int(rng.integers(0, 4)), replace=False)) for _ in edges]
        alike(graph_of(clean(town(edges)))[0], graph_of(messed(town(edges), ills, rng))[0])


@pytest.mark.slow
def test_a_three_thousand_line_layer_takes_seconds():
    size = 39  # 2 * 39 * 38 = 2,964 streets
    edges = [((x, y), (x + 1, y)) for x in range(size - 1) for y in range(size)]
    edges += [((x, y), (x, y + 1)) for x in range(size) for y in range(size - 1)]
    good = town(edges)
    rng = np.random.default_rng(4)
    ills = [list(rng.choice(ILLS, 2, replace=False)) if rng.random() < 0.1 else [] for _ in good]
    begin = time.perf_counter()
    graph, notes = graph_of(gpd.GeoDataFrame(messed(good, ills, rng)))
    assert len(graph.stretches) > 2500
    assert len(notes) > 100
    assert time.perf_counter() - begin < 30
