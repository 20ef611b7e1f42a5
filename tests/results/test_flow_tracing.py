"""Proportional sharing, and peak rates where hours differ, on nets small enough for paper."""

import random
from dataclasses import replace

import networkx as nx
import pytest
from network_park import (
    AX,
    BX,
    BY,
    BY_MAIN,
    GRAPH,
    HOURS,
    VALUES,
    WATER_MAIN,
    make_assembly,
    make_books,
    make_distances,
)

from models.instance import Instance
from models.network import BedData, MainData, PipeData, StretchData
from planner.results.bridges import blocks, bridges
from planner.results.network import Network
from planner.results.peaks import peak_rates
from planner.results.tracing import Arc, Sending, mixture, passing


def test_bialeks_node():
    # 40 and 60 come in, 70 and 30 go out: of all that goes out, 0.4 is of the first.
    arcs = [Arc("J", "X", 70.0), Arc("J", "Y", 30.0), Arc("A", "J", 40.0), Arc("B", "J", 60.0)]
    found = mixture({"first": ("A", 40.0), "second": ("B", 60.0)}, arcs)
    assert found["X"] == pytest.approx({"first": 0.4, "second": 0.6})
    assert found["J"] == pytest.approx(found["X"])
    assert found["Y"] == pytest.approx(found["X"])
    assert found["A"] == pytest.approx({"first": 1.0, "second": 0.0})


def test_a_loop_and_losses():
    # 100 leave A for J, where 90 arrive and 10 more enter. A branch of 60 and one of 40 meet again in K, so that
    # K has the mixture of J, 90 : 10.
    arcs = [Arc("A", "J", 100.0, 0.9), Arc("J", "K", 60.0), Arc("J", "K", 40.0), Arc("K", "X", 100.0)]
    found = mixture({"far": ("A", 100.0), "near": ("J", 10.0)}, arcs)
    assert found["K"] == pytest.approx({"far": 0.9, "near": 0.1})
    assert found["A"] == pytest.approx({"far": 1.0, "near": 0.0})


def test_a_circle_on_the_way():
    # 10 enter J and 10 leave it for X, while 5 run J > K > J: all of it is of the one injection.
    arcs = [Arc("J", "X", 10.0), Arc("J", "K", 5.0), Arc("K", "J", 5.0)]
    assert mixture({"one": ("J", 10.0)}, arcs)["K"] == pytest.approx({"one": 1.0})


def test_a_circle_that_nothing_enters_comes_from_nobody():
    arcs = [Arc("J", "K", 5.0), Arc("K", "J", 5.0)]
    assert mixture({"one": ("A", 0.0)}, arcs) == {}
    assert "J" not in mixture({"one": ("A", 10.0)}, arcs)


def test_what_passes_comes_from_the_giver_and_goes_to_the_taker():
    # J gives 100: 60 go to M, which takes 30 and sends 30 on to K, and 40 straight to K. M's 30 all come by the first
    # branch; of K's 70, 30 by M and 40 straight.
    arcs = {"by M": Arc("J", "M", 60.0), "on": Arc("M", "K", 30.0), "straight": Arc("J", "K", 40.0)}
    found = passing({"m": Sending("J", "M", 30.0, 30.0), "k": Sending("J", "K", 70.0, 70.0)}, arcs)
    assert found["by M"] == pytest.approx({"m": 1.0, "k": 3 / 7})
    assert found["on"] == pytest.approx({"k": 3 / 7})
    assert found["straight"] == pytest.approx({"k": 4 / 7})


def test_of_two_givers_each_passes_where_its_own_flow_runs():
    # J gives 60 and M 40; 40 of J's run straight to K, 20 by M, where M's 40 join them: K takes 100. J's pass the
    # second stretch by a third, M's whole; the first and the straight one are J's alone.
    arcs = {"by M": Arc("J", "M", 20.0), "on": Arc("M", "K", 60.0), "straight": Arc("J", "K", 40.0)}
    found = passing({"j": Sending("J", "K", 60.0, 60.0), "m": Sending("M", "K", 40.0, 40.0)}, arcs)
    assert found["by M"] == pytest.approx({"j": 1 / 3})
    assert found["on"] == pytest.approx({"j": 1 / 3, "m": 1.0})
    assert found["straight"] == pytest.approx({"j": 2 / 3})


def test_what_the_flow_does_not_join_passes_nothing():
    # All that J gives goes to K, all that N gives to L, whatever the names of the exchanges say.
    arcs = {"one": Arc("J", "K", 10.0), "other": Arc("N", "L", 5.0)}
    named = {"there": ("J", "K"), "not": ("J", "L"), "nor": ("N", "K")}
    found = passing({name: Sending(*ends, 5.0, 5.0) for name, ends in named.items()}, arcs)
    assert found == {"one": {"there": pytest.approx(1.0)}, "other": {}}


def test_a_loss_on_the_way_is_turned_round_with_its_arc():
    # 100 leave A, 80 come to J; X takes 60 and Y 20: 3/4 and 1/4 of what enters at A goes to each.
    arcs = {"a": Arc("A", "J", 100.0, 0.8), "x": Arc("J", "X", 60.0), "y": Arc("J", "Y", 20.0)}
    found = passing({"x": Sending("A", "X", 75.0, 60.0), "y": Sending("A", "Y", 25.0, 20.0)}, arcs)
    assert found["a"] == pytest.approx({"x": 1.0, "y": 1.0})
    assert arcs["a"].turned == Arc("J", "A", 80.0, 1.25)


@pytest.mark.parametrize("seed", range(20))
def test_bridges_and_blocks_are_those_of_another_program(seed):
    draw = random.Random(seed)
    nodes = [f"n{k}" for k in range(12)]
    ends = {f"s{k}": (draw.choice(nodes), draw.choice(nodes)) for k in range(draw.choice([8, 14, 20]))}
    graph = nx.MultiGraph()
    graph.add_edges_from((*both, name) for name, both in ends.items())
    known = set()
    for name, (tail, head) in ends.items():
        less = graph.copy()
        less.remove_edge(tail, head, name)
        if not nx.has_path(less, tail, head):
            known.add(name)
    cut = bridges(ends)
    assert cut == known
    graph.remove_edges_from((*ends[name], name) for name in cut)
    parts = [frozenset(name for _, _, name in graph.edges(part, keys=True)) for part in nx.connected_components(graph)]
    found: dict[str, set[str]] = {}
    for name, block in blocks(ends, cut).items():
        found.setdefault(block, set()).add(name)
    assert {frozenset(part) for part in found.values()} == {part for part in parts if part}


def rates(instance: Instance, values: dict) -> dict[str, float]:
    assembly = replace(make_assembly(), instance=instance)
    beside = {name: replace(GRAPH.stretches["x"], tail=s.tail, head=s.head) for name, s in instance.stretches.items()}
    graph = replace(GRAPH, stretches={**beside, **GRAPH.stretches})
    books = replace(make_books(assembly, values), distances=make_distances(graph))
    return peak_rates(Network(books), WATER_MAIN)


def with_hours(**hours: float) -> Instance:
    """The park's instance with other hours for some exchanges; ``owed`` for what pipes lose."""
    instance = make_assembly().instance
    main = instance.mains[WATER_MAIN]
    names = {"ax": AX, "bx": BX, "by": BY}
    users = dict(main.users) | {(names[k], BY_MAIN): {"year": h} for k, h in hours.items() if k in names}
    changed = replace(main, users=users, hours={"year": hours.get("owed", HOURS)})
    return replace(instance, mains={**instance.mains, WATER_MAIN: changed})


def test_peaks_with_the_same_hours_are_flow_over_hours():
    found = rates(with_hours(), VALUES)
    assert found == pytest.approx({"a": 5.0, "b": 7.5, "x": 8.75, "y": 3.75})


def test_peaks_in_a_tree_are_those_of_the_exchanges_that_must_pass():
    # B > Y runs 4000 h: 7.5 in b and y besides 3.75 of B > X in b. Mixed at J they would be told as 4.875 in y.
    found = rates(with_hours(by=4000.0), VALUES)
    assert found == pytest.approx({"a": 5.0, "b": 11.25, "x": 8.75, "y": 7.5}, rel=1e-6)


def test_opposite_flows_add_up():
    # 40,000 from A to X in 8000 h, 30,000 from X to A in 4000 h: 5 + 7.5 in both stretches, though 10,000 is net.
    values = {
        **VALUES,
        "link": {(AX, BY_MAIN, "PA", "PX"): 1.0, (BX, BY_MAIN, "PX", "PA"): 1.0},
        "laid": {(WATER_MAIN, name, "DN 200"): 1.0 for name in "ax"},
        "through": {
            (WATER_MAIN, name, way, "year"): flow for name in "ax" for way, flow in (("+", 40_000.0), ("-", 30_000.0))
        },
    }
    assert rates(with_hours(bx=4000.0), values) == pytest.approx({"a": 12.5, "x": 12.5}, rel=1e-6)
    assert rates(with_hours(), values) == pytest.approx({"a": 8.75, "x": 8.75})


def test_peaks_in_a_loop_keep_within_the_capacities():
    # 40,000 in 8000 h and 40,000 in 4000 h from A to X; x holds 5 units/h, a second stretch beside it 10. Only one
    # split fits: 40,000 / 8000 = 5 in x, 40,000 / 4000 = 10 in the other. Half and half would be 7.5 in each.
    instance = with_hours(bx=4000.0)
    main = instance.mains[WATER_MAIN]
    beds = {
        "a": main.beds["a"],
        "x": BedData({"DN 200": PipeData(5.0)}),
        "beside": BedData({"DN 200": PipeData(10.0)}),
    }
    instance = replace(
        instance,
        stretches={**instance.stretches, "beside": StretchData("J", "X", 0.5)},
        mains={WATER_MAIN: replace(main, beds=beds)},
    )
    values = {
        **VALUES,
        "link": {(AX, BY_MAIN, "PA", "PX"): 1.0, (BX, BY_MAIN, "PA", "PX"): 1.0},
        "flow": {(AX, BY_MAIN, "year"): 40_000.0, (BX, BY_MAIN, "year"): 40_000.0},
        "laid": {(WATER_MAIN, name, "DN 200"): 1.0 for name in beds},
        "through": {
            (WATER_MAIN, name, "+", "year"): flow
            for name, flow in (("a", 80_000.0), ("x", 40_000.0), ("beside", 40_000.0))
        },
    }
    assert rates(instance, values) == pytest.approx({"a": 15.0, "x": 5.0, "beside": 10.0}, rel=1e-6)


def test_what_pipes_owe_has_hours_of_its_own():
    # A keeps 0.9 of what enters it; the pipe in x owes 1000 a year, half at J and half at X, in 4000 h. 40,000 leave:
    # J gets 36,000, gives 500 to the loss, 35,500 enter x, 35,000 arrive. The exchange's own part enters a as
    # 35,000 / 0.9, the loss as 1000 / 0.9: peaks 38,888.9 / 8000 + 1111.1 / 4000 and 35,000 / 8000 + 500 / 4000.
    instance = with_hours(owed=4000.0)
    main: MainData = instance.mains[WATER_MAIN]
    beds = {
        "a": BedData({"DN 200": PipeData(20.0)}, share_lost=0.1),
        "x": BedData({"DN 200": PipeData(20.0, owed_loss={"year": 1000.0})}),
    }
    instance = replace(instance, mains={WATER_MAIN: replace(main, beds=beds)})
    values = {
        **VALUES,
        "link": {(AX, BY_MAIN, "PA", "PX"): 1.0},
        "flow": {(AX, BY_MAIN, "year"): 40_000.0},
        "arrived": {(AX, BY_MAIN, "year"): 35_000.0},
        "laid": {(WATER_MAIN, name, "DN 200"): 1.0 for name in beds},
        "through": {(WATER_MAIN, "a", "+", "year"): 40_000.0, (WATER_MAIN, "x", "+", "year"): 35_500.0},
    }
    expected = {"a": 35_000 / 0.9 / 8000 + 1000 / 0.9 / 4000, "x": 35_000 / 8000 + 500 / 4000}
    assert rates(instance, values) == pytest.approx(expected, rel=1e-6)
