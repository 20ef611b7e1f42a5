"""What arrives too cold over a main: more of it, none of it, or nobody on the main, whichever is cheapest and passes.

A giver on p sends up to 10 t/yr over one main to "far" on q, who buys 9 at 2, and to "near" on r, who buys 8 at 3: near
gets 8, far 2. The main costs 1 a stretch, of which three meet in x.
"""

import pyomo.environ as pyo
import pytest
from toys import YEAR, exchange, option, park, sink, source

from models import solve as bridge
from models.instance import PairData, PlaceData, UnitData
from models.look import Cold, Seen
from models.mend import mend
from models.network import BedData, MainData, PipeData, StretchData
from models.park import build
from models.solution import Status


def line(price=2.0, **parts):
    over = {"far": ("p", "q"), "near": ("p", "r")}
    common = {
        "units": {k: UnitData("plant") for k in ("giver", "far", "near")},
        "places": {p: PlaceData() for p in "pqr"},
        "admissible": {"giver": ("p",), "far": ("q",), "near": ("r",)},
        "sources": {"i": source("giver", 10.0, on_demand=True)},
        "sinks": {"far": sink("far", 9.0), "near": sink("near", 8.0)},
        "exchanges": {
            e: exchange("i", e, {"main": option(9.0, {ends: PairData()}, main="main")}) for e, ends in over.items()
        },
        "effects": {
            "supplied": {("far", YEAR): {"cost": price}, ("near", YEAR): {"cost": 3.0}},
            "laid": {("main", a, "M"): {"cost": 1.0, "investment": 1.0} for a in "abc"},
        },
        "nodes": {p: p for p in "pqr"},
        "stretches": {
            a: StretchData(*ends, 1.0, trench=False) for a, ends in {"a": "px", "b": "xq", "c": "xr"}.items()
        },
        "mains": {
            "main": MainData(
                "r", {a: BedData({"M": PipeData(20.0)}) for a in "abc"}, {(e, "main"): {YEAR: 1.0} for e in over}
            )
        },
    }
    return park(**(common | parts))


class Warmth:
    """Looks at the values of a model: far needs so much, near so much with it; else they arrive too cold."""

    def __init__(self, m, far=0.0, together=0.0, hopeless=False):
        self.m, self.far, self.together, self.hopeless = m, far, together, hopeless

    def __call__(self):
        flow = {e: self.m.flow[e, "main", YEAR].value for e in ("far", "near")}
        cold = []
        for e, now, least in (("far", flow["far"], self.far), ("near", sum(flow.values()), self.together)):
            if flow[e] > 1e-6 and now < least - 1e-6:
                cold.append(
                    Cold("main", e, "main", YEAR, float("inf") if self.hopeless else 1 + (least - now) / flow[e])
                )
        return Seen(cold=tuple(cold))


def mended(instance, **asks):
    m = build(instance)
    first = bridge.solve(m)
    last, changes = mend(m, first, Warmth(m, **asks), bridge.Options())
    assert pyo.value(m.goal_value["cost"]) == pytest.approx(last.objective)
    # Nothing is left of the rows: the model has its old optimum.
    values = {e: m.flow[e, "main", YEAR].value for e in ("far", "near")}
    assert bridge.solve(m).objective == pytest.approx(first.objective)
    return first, last, changes, values


def test_more_is_taken_where_that_is_cheapest():
    # Far buys at 2.5: 3 pipes + 7 x 2.5 = 20.5. Far at 5: near buys 3 at 3, far 4: 3 + 9 + 10 = 22. None: 2 + 22.5.
    first, last, (one,), flows = mended(line(2.5), far=5.0)
    assert (first.objective, last.objective) == (pytest.approx(20.5), pytest.approx(22.0))
    assert (last.bound, last.status) == (pytest.approx(20.5), Status.FEASIBLE)
    assert (one.main, one.cost) == ("main", pytest.approx(1.5))
    assert one.changed == {("far", "main", YEAR): (pytest.approx(2.0), pytest.approx(5.0))}
    assert flows == {"far": pytest.approx(5.0), "near": pytest.approx(5.0)}


def test_none_is_taken_where_that_is_cheapest():
    # Far at 9: near gets 1 and buys 7 at 3, far nothing: 3 + 21 = 24. None: far buys 9 at 2, two pipes: 20.
    _, last, (one,), flows = mended(line(), far=9.0)
    assert last.objective == pytest.approx(20.0)
    assert one.changed == {("far", "main", YEAR): (pytest.approx(2.0), 0.0)}
    assert flows["far"] == pytest.approx(0.0)


def test_what_no_flow_warms_is_not_taken():
    _, last, (one,), _ = mended(line(2.5), far=5.0, hopeless=True)
    assert last.objective == pytest.approx(2 + 22.5)
    assert one.changed == {("far", "main", YEAR): (pytest.approx(2.0), 0.0)}


def test_what_gets_cold_without_the_other_goes_in_turn():
    # Far needs 20, which it cannot have; without it near's 8 are too little alone: nobody is left, 18 + 24 = 42.
    _, last, (one,), flows = mended(line(), far=20.0, together=9.0)
    assert last.objective == pytest.approx(42.0)
    assert set(one.changed) == {("far", "main", YEAR), ("near", "main", YEAR)}
    assert flows == {"far": pytest.approx(0.0), "near": pytest.approx(0.0)}


def test_where_nothing_passes_the_plan_stays():
    instance = line()
    forced = {e: type(x)(**{**x.__dict__, "forced": True}) for e, x in instance.exchanges.items()}
    m = build(line(exchanges=forced))
    first = bridge.solve(m)
    last, changes = mend(m, first, Warmth(m, far=20.0, hopeless=True), bridge.Options())
    assert (last, changes) == (first, ())
    assert m.flow["far", "main", YEAR].value == pytest.approx(2.0)
