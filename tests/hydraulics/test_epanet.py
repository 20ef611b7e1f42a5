"""Steady states by EPANET against friction by the other library, and against closed forms."""

import logging
import os
import sys
import tempfile

import pytest

from planner.case.resources import Fluid
from planner.hydraulics.capacity import Bore, state_in
from planner.hydraulics.epanet import solve
from planner.hydraulics.network import Edge, NotSolved, balance, parts

GRAVITY = 9.80665


@pytest.mark.parametrize(
    ("density", "viscosity", "diameter", "volume"),
    [
        (998, 1.0e-3, 0.2, 0.04),  # water, Re 254,000
        (970, 3.5e-4, 0.3, 0.1),  # hot water, Re 1,180,000
        (5, 1.5e-5, 0.3, 1.5),  # steam, Re 2,120,000
        (870, 0.05, 0.15, 0.01),  # oil, laminar, viscosity below EPANET's switch (5.7e-5 m2/s)
        (900, 2.0, 0.1, 0.001),  # heavy oil, laminar, viscosity above it (2.2e-3 m2/s)
    ],
)
def test_one_pipe_loses_the_pressure_that_friction_says(density, viscosity, diameter, volume):
    fluid = Fluid.model_validate({"phase": "liquid", "density": density, "viscosity": viscosity})
    gradient = state_in(Bore(diameter), fluid, volume).gradient_pa_per_m
    found = solve([Edge("a", "b", 1000, Bore(diameter))], {"a": volume, "b": -volume}, viscosity / density)
    assert found.flows == pytest.approx((volume,))
    assert found.head_losses[0] * density * GRAVITY / 1000 == pytest.approx(gradient, rel=0.01)


def two_ways(one, other, viscosity=1e-6, volume=0.05):
    return solve([one, other], {"a": volume, "b": -volume}, viscosity).flows


def test_equal_pipes_share_half_and_half():
    assert two_ways(Edge("a", "b", 100, Bore(0.2)), Edge("a", "b", 100, Bore(0.2))) == pytest.approx((0.025, 0.025))


def test_equal_pipes_side_by_side_count_as_many():
    flows = two_ways(Edge("a", "b", 100, Bore(0.2), 3), Edge("b", "a", 100, Bore(0.2)), volume=0.08)
    assert flows == pytest.approx((0.06, -0.02), rel=1e-4)  # three of four; the last is drawn the other way


def test_laminar_flow_splits_by_the_fourth_power_of_the_bore_over_length():
    # Hagen and Poiseuille: (0.2/0.1)^4 = 16 at equal length; the wider one four times as long: 4.
    flows = two_ways(Edge("a", "b", 400, Bore(0.2)), Edge("a", "b", 100, Bore(0.1)), viscosity=1e-3, volume=0.01)
    assert flows[0] / flows[1] == pytest.approx(4, rel=1e-4)


def test_rough_turbulent_flow_splits_by_the_bore_to_the_power_of_two_and_a_half():
    # Far above any Reynolds number of interest f depends on k/D only, here 1/1000 for both: f is equal, and
    # Q ~ D^2.5 / L^0.5: 2^2.5 = 5.657, with the wider one four times as long half of it.
    wide, narrow = Bore(0.2, 2e-4), Bore(0.1, 1e-4)
    flows = two_ways(Edge("a", "b", 100, wide), Edge("a", "b", 100, narrow), viscosity=1e-10)
    assert flows[0] / flows[1] == pytest.approx(2**2.5, rel=1e-3)
    flows = two_ways(Edge("a", "b", 400, wide), Edge("a", "b", 100, narrow), viscosity=1e-10)
    assert flows[0] / flows[1] == pytest.approx(2**1.5, rel=1e-3)


def test_friction_may_drive_flow_through_a_pipe_of_no_length():
    edges = [Edge("a", "b", 100, Bore(0.2)), Edge("b", "c", 0, Bore(0.2)), Edge("a", "c", 100, Bore(0.2))]
    assert solve(edges, {"a": 0.06, "c": -0.06}, 1e-6).flows == pytest.approx((0.03, 0.03, 0.03), rel=1e-3)


def test_without_loops_the_balance_gives_what_epanet_gives():
    ends = [("a", "hub"), ("hub", "b"), ("c", "hub"), ("c", "d")]
    inflow = {"a": 0.03, "b": -0.05, "c": 0.03, "d": -0.01}
    # d draws 0.01 from c, whose other 0.02 joins a's 0.03 at the hub.
    assert balance(ends, inflow) == pytest.approx((0.03, 0.05, 0.02, 0.01))
    edges = [Edge(*pair, 100, Bore(0.2)) for pair in ends]
    assert solve(edges, inflow, 1e-6).flows == pytest.approx(balance(ends, inflow), rel=1e-5)


def test_the_balance_leaves_loops_to_friction():
    assert balance([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")], {"a": 1, "d": -1}) is None
    assert balance([("a", "b"), ("b", "a")], {"a": 1, "b": -1}) is None
    assert balance([("a", "b"), ("b", "b")], {"a": 1, "b": -1}) is None


def test_parts_of_a_network():
    assert parts([("a", "b"), ("c", "d"), ("b", "e"), ("d", "c")]) == [[0, 2], [1, 3]]
    assert parts([]) == []


def test_it_is_the_same_every_time_and_leaves_nothing_behind(tmp_path, monkeypatch, caplog):
    (tmp_path / "work").mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    edges = [Edge("a", "b", 100, Bore(0.2)), Edge("a", "b", 150, Bore(0.15)), Edge("b", "c", 70, Bore(0.2))]
    with caplog.at_level(logging.DEBUG):
        first, second = (solve(edges, {"a": 0.05, "c": -0.05}, 1e-6) for _ in range(2))
    assert first == second
    assert os.getcwd() == str(tmp_path / "work")
    assert os.listdir(tmp_path / "work") == os.listdir(tmp_path / "scratch") == []
    loud = [record for record in caplog.records if not record.name.startswith("matplotlib")]  # imported on the way
    assert loud == []


@pytest.mark.parametrize(
    "edges",
    [
        [Edge("a", "b", 100, Bore(0.2)), Edge("c", "d", 100, Bore(0.2))],
        [Edge("a", "b", 100, Bore(0.2)), Edge("a", "a", 100, Bore(0.2))],
        [Edge("a", "b", float("nan"), Bore(0.2)), Edge("a", "b", 100, Bore(0.0))],
    ],
)
def test_what_has_no_steady_state_is_said(edges, caplog, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(NotSolved, match="EPANET"):
        solve(edges, {"a": 0.05, "b": -0.05, "c": 0.01, "d": -0.01}, 1e-6)
    assert os.listdir(tmp_path) == []
    loud = [record for record in caplog.records if not record.name.startswith("matplotlib")]  # imported on the way
    assert loud == []


def test_flows_that_do_not_add_up_are_refused():
    with pytest.raises(NotSolved, match="do not add up"):
        solve([Edge("a", "b", 100, Bore(0.2), 2)], {"a": 0.05, "b": -0.04}, 1e-6)


def test_without_the_library_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "wntr.epanet.toolkit", None)
    with pytest.raises(NotSolved, match="wntr.*cannot be imported"):
        solve([Edge("a", "b", 100, Bore(0.2), 2)], {"a": 0.05, "b": -0.05}, 1e-6)
