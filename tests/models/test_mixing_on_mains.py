"""What may not mix on a main: contents given and outlets, worked out by hand."""

import dataclasses

import pytest
from mixing_solves import cost
from toys import YEAR, exchange, option, park, sink, source

from models.instance import PlaceData, SinkData, SourceData, UnitData
from models.network import BedData, MainData, PipeData, StretchData
from models.qualities import Bounds, Mixing, OperationData, OutletData


def on_a_main(content_of_a, limit_of_x):
    """Two sources of 5 on one main, a > x and b > y, to two sinks of 5; buying costs 1, there is no other cost."""
    places = {p: PlaceData() for p in "abxy"}
    exchanges = {}
    for i, j in (("a", "x"), ("b", "y")):
        way = dataclasses.replace(option(5.0, [(i, j)]), main="n")
        exchanges[f"{i}{j}"] = dataclasses.replace(exchange(i, j, {}), options={"main": way})
    stretches = {p: StretchData(f"node {p}", "middle", 1.0) for p in "abxy"}
    users = {(e, "main"): {YEAR: 1.0} for e in exchanges}
    main = MainData("water", {p: BedData({"dn": PipeData(100.0)}) for p in stretches}, users, in_trench=False)
    mixing = Mixing(
        {"c": ("c", "mean", 1.0)}, {n: {"c": 1.0} for n in "abxy"}, {"a": {"c": content_of_a}, "b": {"c": 0.1}},
        {"x": {"c": 0.0}, "y": {"c": 0.0}}, limits={"x": {"c": Bounds(most=limit_of_x)}, "y": {"c": Bounds(most=0.5)}},
    )  # fmt: skip
    return park(
        units={p: UnitData("partner") for p in places}, places=places, admissible={p: (p,) for p in places},
        sources={i: source(i, 5.0) for i in "ab"}, sinks={j: sink(j, 5.0) for j in "xy"}, exchanges=exchanges,
        nodes={p: f"node {p}" for p in places}, stretches=stretches, mains={"n": main}, mixing=mixing,
        effects={"supplied": {(j, YEAR): {"cost": 1.0} for j in "xy"}},
    )  # fmt: skip


def test_a_main_is_one_pool():
    # a at 0.4 fits both sinks: both exchanges, nothing bought. a at 0.8 fits x (limit 1) but not y (0.5): one of
    # the two exchanges, 5 bought. a at 0.8 with a limit of 0.7 at x: only b > y, though dilution by bought water
    # would do.
    assert cost(on_a_main(0.4, 1.0)) == pytest.approx(0.0, abs=1e-6)
    assert cost(on_a_main(0.8, 1.0)) == pytest.approx(5.0)
    assert cost(on_a_main(0.8, 0.7)) == pytest.approx(5.0)


def outlet_on_a_main(*, x, y, b=0.1, price_y=1.0, z=0.0):
    """An operation picks up 2 and takes r of pure water at 1 a unit, so that its outlet holds 2 / r, at most 1.

    It may feed x over a main and z beside it; b of given content feeds y over the same main. x and z buy at 3, y at
    ``price_y``, pure water but at x, which buys content 1; exchanges meet half of x at most. x and y need 5.
    """
    places = {p: PlaceData() for p in "abxyz"}
    over = {"ax": ("a", "x"), "by": ("b", "y")}
    exchanges = {
        e: dataclasses.replace(
            exchange(i, j, {}), options={"main": dataclasses.replace(option(5.0, [(i, j)]), main="n")}
        )
        for e, (i, j) in over.items()
    }
    exchanges["az"] = exchange("a", "z", {"truck": option(5.0, [("a", "z")])})
    stretches = {p: StretchData(f"node {p}", "middle", 1.0) for p in "abxy"}
    users = {(e, "main"): {YEAR: 1.0} for e in over}
    main = MainData("water", {p: BedData({"dn": PipeData(100.0)}) for p in stretches}, users, in_trench=False)
    mixing = Mixing(
        {"c": ("c", "mean", 1.0)}, {n: {"c": 1.0} for n in ("a", "b", "x", "y", "z", "a in")}, {"b": {"c": b}},
        {"x": {"c": 1.0 if x.least > 0 else 0.0}, "y": {"c": 1.0 if y.least > 0 else 0.0}, "z": {"c": 0.0},
         "a in": {"c": 0.0}},
        {"a": OutletData(("a in",), {"c": 1.0}, {"c": {YEAR: 2.0}}, "wash", highest={"c": 1.0})},
        {"x": {"c": x}, "y": {"c": y}},
    )  # fmt: skip
    prices = {"x": 3.0, "y": price_y, "z": 3.0, "a in": 1.0}
    return park(
        units={p: UnitData("partner") for p in places}, places=places, admissible={p: (p,) for p in places},
        sources={"a": SourceData("a", {YEAR: 1.0}, operation="wash"), "b": source("b", 5.0)},
        sinks={"x": sink("x", 5.0, max_exchanged_share=0.5), "y": sink("y", 5.0), "z": sink("z", z),
               "a in": SinkData("a", {YEAR: 1.0}, operation="wash")},
        operations={"wash": OperationData("a", {YEAR: 0.0}, {YEAR: 20.0})},
        exchanges=exchanges, nodes={p: f"node {p}" for p in places}, stretches=stretches, mains={"n": main},
        mixing=mixing, effects={"supplied": {(j, YEAR): {"cost": price} for j, price in prices.items()}},
    )  # fmt: skip


def test_an_outlet_on_a_main_fits_the_sink_alone():
    # U1: at most 0.4 at x. Diluted with the half that x buys, 2 / 2.5 = 0.8 would do, r = 2.5: 2.5 + 7.5 = 10. Alone
    # it takes r = 5: 5 + 7.5 = 12.5. y is fed by b for nothing; its limit of 1 is no bother.
    assert cost(outlet_on_a_main(x=Bounds(most=0.4), y=Bounds(most=1.0))) == pytest.approx(12.5, rel=1e-5)


def test_an_outlet_on_a_main_fits_what_the_main_feeds_besides():
    # U3: y admits 0.3 and shares the main with x: r = 2 / 0.3 = 6.667, 6.667 + 7.5 = 14.167. Where y buys for 0.1 a
    # unit it leaves the main: 12.5 + 0.5 = 13.
    known = {"x": Bounds(most=0.4), "y": Bounds(most=0.3)}
    assert cost(outlet_on_a_main(**known)) == pytest.approx(2.0 / 0.3 + 7.5, rel=1e-5)
    assert cost(outlet_on_a_main(**known, price_y=0.1)) == pytest.approx(13.0, rel=1e-5)


def test_an_outlet_on_a_main_holds_enough_alone():
    # U2: at least 0.5 at x, so r <= 4 with the main: 2.5 to x and 1.5 to z, which needs 3: 4 + 7.5 + 1.5 x 3 = 16.
    # In a mixture with what x buys at 1, r = 5.5 would do: 13. Without the main r = 3 goes to z: 3 + 15 = 18.
    # b at 0.1 does not fit x: one of the two exchanges, 18 without that of x, 16 + 5 without that of y.
    known = {"x": Bounds(least=0.5), "y": Bounds(most=1.0), "z": 3.0}
    assert cost(outlet_on_a_main(**known, b=0.9)) == pytest.approx(16.0, rel=1e-5)
    assert cost(outlet_on_a_main(**known)) == pytest.approx(18.0, rel=1e-5)


def test_an_outlet_on_a_main_holds_enough_for_what_it_feeds_besides():
    # U4: y wants 0.6, b holds 0.9: r <= 2 / 0.6 = 3.333 with both: 3.333 + 7.5 + (3 - 0.8333) x 3 = 17.333. Were y to
    # buy, 16 + 5 = 21; were x to, 18.
    known = {"x": Bounds(least=0.5), "y": Bounds(least=0.6), "b": 0.9, "z": 3.0}
    assert cost(outlet_on_a_main(**known)) == pytest.approx(17.0 + 1.0 / 3.0, rel=1e-5)
