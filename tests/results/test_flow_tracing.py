"""Proportional sharing, and peak rates where hours differ, on nets small enough for paper."""

from dataclasses import replace

import pytest
from network_park import AX, BX, BY, BY_MAIN, HOURS, VALUES, WATER_MAIN, make_assembly, make_books

from models.instance import Instance
from models.network import BedData, MainData, PipeData, StretchData
from planner.results.network import Network
from planner.results.peaks import peak_rates
from planner.results.tracing import Arc, trace


def test_bialeks_node():
    # 40 and 60 come in, 70 and 30 go out: of the 70, 40 % are of the first, 28; of the 30, 12.
    arcs = {"x": Arc("J", "X", 70.0), "y": Arc("J", "Y", 30.0), "a": Arc("A", "J", 40.0), "b": Arc("B", "J", 60.0)}
    found = trace({"first": ("A", 40.0), "second": ("B", 60.0)}, arcs)
    assert found["x"] == pytest.approx({"first": 28.0, "second": 42.0})
    assert found["y"] == pytest.approx({"first": 12.0, "second": 18.0})
    assert found["a"] == pytest.approx({"first": 40.0, "second": 0.0})


def test_a_loop_and_losses():
    # 100 leave A for J, where 90 arrive and 10 more enter. A branch of 60 and one of 40 meet again in K, so that
    # K has the mixture of J, 90 : 10.
    arcs = {
        "a": Arc("A", "J", 100.0, 0.9),
        "top": Arc("J", "K", 60.0),
        "low": Arc("J", "K", 40.0),
        "k": Arc("K", "X", 100.0),
    }
    found = trace({"far": ("A", 100.0), "near": ("J", 10.0)}, arcs)
    assert found["top"] == pytest.approx({"far": 54.0, "near": 6.0})
    assert found["k"] == pytest.approx({"far": 90.0, "near": 10.0})
    assert found["a"] == pytest.approx({"far": 100.0, "near": 0.0})


def test_a_circle_on_the_way():
    # 10 enter J and 10 leave it for X, while 5 run J > K > J: all of it is of the one injection.
    arcs = {"x": Arc("J", "X", 10.0), "out": Arc("J", "K", 5.0), "back": Arc("K", "J", 5.0)}
    found = trace({"one": ("J", 10.0)}, arcs)
    assert found["x"]["one"] == pytest.approx(10.0)
    assert found["back"]["one"] == pytest.approx(5.0)


def test_a_circle_that_nothing_enters_comes_from_nobody():
    arcs = {"out": Arc("J", "K", 5.0), "back": Arc("K", "J", 5.0)}
    assert trace({"one": ("A", 10.0)}, arcs) == {"out": {}, "back": {}}
    assert trace({"one": ("A", 0.0)}, arcs) == {"out": {}, "back": {}}


def rates(instance: Instance, values: dict) -> dict[str, float]:
    assembly = replace(make_assembly(), instance=instance)
    return peak_rates(Network(make_books(assembly, values)), WATER_MAIN)


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
