"""Plans that are not the best are good ones all the same: nothing idle in them, and no worse than found."""

import dataclasses

import pyomo.environ as pyo
import pytest
from random_networks import random_network
from toys import YEAR, option, park, sink, source

from models import solve as bridge
from models.instance import ExchangeData, PairData, PlaceData, UnitData
from models.network import BedData, MainData, PathData, PipeData, StretchData
from models.park import build
from models.run import plan
from models.solution import NoSolution
from models.tidy import tidy
from models.trim import trim


def two_on_a_street():
    """A source on p gives 5 t/yr to a sink on q, a - p to n - costs 3, b - n to q - 4, c - p to q - 9; trenches 1 each.

    Alone the sink buys at 10: 50. By a and b: 3 + 4 + 2 = 9; by c: 10.
    """
    stretches = {
        "a": StretchData("p", "n", 1.0), "b": StretchData("n", "q", 1.0), "c": StretchData("p", "q", 1.0),
    }  # fmt: skip
    price = {"a": 3.0, "b": 4.0, "c": 9.0}
    return park(
        units={"giver": UnitData("plant"), "taker": UnitData("plant")},
        places={"p": PlaceData(), "q": PlaceData()},
        admissible={"giver": ("p",), "taker": ("q",)},
        sources={"i": source("giver", 5.0, on_demand=True)},
        sinks={"j": sink("taker", 5.0)},
        exchanges={
            "e": ExchangeData("i", "j", 1.0, False, {"main": option(5.0, {("p", "q"): PairData()}, main="main")})
        },
        effects={
            "supplied": {("j", YEAR): {"cost": 10.0}},
            "laid": {("main", a, "z"): {"cost": cost} for a, cost in price.items()},
            "dug": {(a,): {"cost": 1.0} for a in price},
        },
        nodes={"p": "p", "q": "q"},
        stretches=stretches,
        mains={"main": MainData("r", {a: BedData({"z": PipeData(5.0)}) for a in price}, {("e", "main"): {YEAR: 1.0}})},
    )


def test_what_nobody_uses_is_taken_out_of_a_plan():
    model = build(two_on_a_street())
    best = bridge.solve(model)
    assert best.objective == pytest.approx(9.0)
    # A worse plan: the third street is dug and has a pipe, too, in which nothing flows.
    model.laid["main", "c", "z"].set_value(1)
    model.dug["c"].set_value(1)
    assert pyo.value(model.goal_value["cost"]) == pytest.approx(19.0)
    worse = dataclasses.replace(best, objective=19.0, bound=9.0, gap=10 / 19)
    trimmed = trim(model, worse, bridge.Options())
    assert trimmed.objective == pytest.approx(9.0)
    assert trimmed.gap == pytest.approx(0.0, abs=1e-9)
    assert model.laid["main", "c", "z"].value == 0
    assert model.dug["c"].value == 0


def test_a_plan_that_uses_all_it_has_stays():
    model = build(two_on_a_street())
    best = bridge.solve(model)
    assert trim(model, best, bridge.Options()) == best


def test_plans_within_a_wide_gap_hold_nothing_idle():
    checked = 0
    for seed in range(32):
        instance = random_network(seed)
        try:
            loose = plan(instance, gap=0.5).plan
        except NoSolution:
            continue
        carries = {(n, a) for n, a, _, _ in loose.values.get("through", {})}
        for n, a, z in loose.values.get("laid", {}):
            assert (n, a) in carries, (seed, n, a, z)
            checked += 1
        lying = {a for _, a, _ in loose.values.get("laid", {})} | {a for _, _, a, _ in loose.values.get("path", {})}
        assert {a for (a,) in loose.values.get("dug", {})} <= lying, seed
    assert checked > 20


def test_a_ring_beside_a_way_is_no_part_of_it():
    # The way p - n - q, and a ring n - x - n of stretches that cost nothing more.
    stretches = {
        "a": StretchData("p", "n", 1.0), "b": StretchData("n", "q", 1.0),
        "c": StretchData("n", "x", 1.0), "d": StretchData("x", "n", 1.0),
    }  # fmt: skip
    d = park(
        exchanges={
            "e": ExchangeData(
                "i", "j", 1.0, False, {"pipe": option(5.0, {("p", "q"): PairData(length=2.0)}, in_trench=True)}
            )
        },
        nodes={"p": "p", "q": "q"},
        stretches=stretches,
        paths={("e", 0): PathData("r", dict.fromkeys(stretches, (True, True)))},
    )
    values = {
        "built": {("e", "pipe"): 1.0},
        "flow": {("e", "pipe", YEAR): 5.0},
        "path": {("e", "0", a, "+"): 1.0 for a in stretches},
        "detour": {("e", "pipe"): 2.0},
    }
    tidied = tidy(d, values)
    assert set(tidied["path"]) == {("e", "0", "a", "+"), ("e", "0", "b", "+")}
    assert "detour" not in tidied
