"""Losing a partner: by hand, and against parks that are built anew of what is left."""

import dataclasses

import pytest
from random_parks import random_park
from test_coalition import only
from toys import YEAR, exchange, option, park, sink, source, with_effects

from models import run
from models.exits import Exits
from models.instance import PlaceData, UnitData
from models.solution import NoSolution
from models.solve import Options

STRUCTURE = ("built", "link", "opened", "capacity")


def left_model(d, plan, baseline):
    """Exits where all that structure costs is capital, and what it takes an investment."""
    costs = {f: {i: x.get("cost", 0.0) for i, x in d.effects.get(f, {}).items()} for f in STRUCTURE}
    invested = {
        f: {i: max(x.get("investment", 0.0), x.get("cost", 0.0)) for i, x in d.effects.get(f, {}).items()}
        for f in STRUCTURE
    }
    return Exits(d, plan, baseline, costs, invested)


def three_plants(**changes):
    """A and B each give 10 and can dispose of it at 1; C needs 12, bought at 5, or by a pipe of each.

    A pipe from A holds 10 and costs 7 a year, one from B holds 10 and costs 20, investment 1 each.
    """
    pair = {"A": ("p", "r"), "B": ("q", "r")}
    d = park(
        units={k: UnitData("plant", area=1.0) for k in "ABC"},
        places={p: PlaceData(1.0) for p in "pqr"},
        admissible={"A": ("p",), "B": ("q",), "C": ("r",)},
        sources={"A / out": source("A", 10.0), "B / out": source("B", 10.0)},
        sinks={"C / in": sink("C", 12.0, **changes)},
        exchanges={f"{k} > C": exchange(f"{k} / out", "C / in", {"pipe": option(10.0, [pair[k]])}) for k in "AB"},
    )
    d = with_effects(d, "discharged", {("A / out", YEAR): {"cost": 1.0}, ("B / out", YEAR): {"cost": 1.0}})
    d = with_effects(
        d, "built", {(f"{k} > C", "pipe"): {"cost": c, "investment": 1.0} for k, c in (("A", 7.0), ("B", 8.0))}
    )
    return with_effects(d, "supplied", {("C / in", YEAR): {"cost": 5.0, "co2e": 1.0}})


def test_a_second_supplier_takes_over_what_it_can():
    # Plan: 10 from A, 2 from B: pipes 15, B disposes of 8 at 1: 23. Without A: B gives all 10, 2 are bought at 5.
    d = three_plants()
    made = run.plan(d)
    assert made.plan.totals["total_annual_cost"] == pytest.approx(23)
    after = left_model(d, made.plan, made.baseline).without(["A"], Options())
    assert after.solution.value("flow", "B > C", "pipe", YEAR) == pytest.approx(10)
    assert after.solution.value("supplied", "C / in", YEAR) == pytest.approx(2)
    assert after.proven
    assert not after.unmet


def test_what_is_built_is_not_saved_by_leaving_it_idle():
    # A pipe that would not pay for 2 any more (8 > 2 x 6) is used all the same: it is paid for. Both stay.
    d = three_plants()
    made = run.plan(d)
    d = with_effects(
        d,
        "built",
        {("B > C", "pipe"): {"cost": 80.0, "investment": 1.0}, ("A > C", "pipe"): {"cost": 7.0, "investment": 1.0}},
    )
    after = left_model(d, made.plan, made.baseline).without([], Options())
    assert after.solution.value("flow", "B > C", "pipe", YEAR) + after.solution.value(
        "flow", "A > C", "pipe", YEAR
    ) == pytest.approx(12)


def test_nothing_is_invested():
    # The plan has the pipe of A alone, since that of B costs 30; without A, C buys all 12, though B's pipe would pay.
    d = three_plants()
    dear = {(f"{k} > C", "pipe"): {"cost": c, "investment": 1.0} for k, c in (("A", 7.0), ("B", 30.0))}
    made = run.plan(with_effects(d, "built", dear))
    assert made.plan.value("built", "B > C", "pipe") == 0
    d = with_effects(d, "built", dear)
    after = left_model(d, made.plan, made.baseline).without(["A"], Options())
    assert after.solution.value("supplied", "C / in", YEAR) == pytest.approx(12)
    assert after.solution.totals["co2e"] == pytest.approx(12)


def test_a_truck_that_takes_no_investment_may_come():
    d = three_plants()
    booked = {("A > C", "pipe"): {"cost": 7.0, "investment": 1.0}, ("B > C", "pipe"): {"cost": 0.0}}
    d = with_effects(d, "built", booked)
    d = with_effects(d, "flow", {("B > C", "pipe", YEAR): {"cost": 5.9}})  # pays only where 5 + 1 is saved
    made = run.plan(d)
    after = left_model(d, made.plan, made.baseline).without(["A"], Options())
    assert after.solution.value("flow", "B > C", "pipe", YEAR) == pytest.approx(10)


def test_who_cannot_buy_goes_short_of_as_little_as_can_be():
    # C has no supply of its own: without A it lacks 12 - 10 = 2.
    d = three_plants(suppliable=False)
    d = dataclasses.replace(d, effects={f: x for f, x in d.effects.items() if f != "supplied"})
    made = plan_of(d)
    after = left_model(d, made, made).without(["A"], Options())
    assert after.unmet == pytest.approx({("C / in", YEAR): 2.0})
    assert not after.stranded
    assert after.solution.value("flow", "B > C", "pipe", YEAR) == pytest.approx(10)


def test_what_nobody_takes_any_more_is_told():
    d = three_plants()
    d = dataclasses.replace(
        d,
        sources={i: dataclasses.replace(x, dischargeable=i != "A / out") for i, x in d.sources.items()},
        effects={**d.effects, "discharged": {("B / out", YEAR): {"cost": 1.0}}},
    )
    made = plan_of(d)
    after = left_model(d, made, made).without(["C"], Options())
    assert after.stranded == pytest.approx({("A / out", YEAR): 10.0})


def plan_of(d):
    """A plan alone, of a park whose baseline does not exist."""
    from models.coalition import Members
    from models.readback import Money, read, stage_of
    from models.solve import solve

    model = Members(d, None).model
    result = solve(model)
    return read(model, Money(d), [stage_of("cost", result, Money(d))], result, {})


@pytest.mark.parametrize("seed", [4, 6, 12, 13, 30])
def test_exits_cost_what_a_park_of_what_is_left_costs(seed):
    """The park built anew of those who stay: built things free, all others left out, plants where they stand."""
    d = random_park(seed)
    d = dataclasses.replace(d, totals={**d.totals, "shadow_carbon": {}}, limits={}, exclusive={}, at_most={})
    d = dataclasses.replace(d, effects={f: x for f, x in d.effects.items() if f != "expanded"})
    made = run.plan(d, start="off")
    model = left_model(d, made.plan, made.baseline)
    there = {k: p for (k, p), v in made.plan.values["sited"].items() if v > 0.5}
    plants = [k for k in there if d.units[k].kind in ("plant", "partner")]
    for gone in [[], *([k] for k in plants)]:
        d_left = rest_of(d, made, there, gone)
        try:
            expected = run.plan(d_left, start="off", stars="off").plan.totals["total_annual_cost"]
        except NoSolution:
            continue
        after = model.without(gone, Options())
        if after.unmet or after.stranded:
            continue
        found = after.solution
        paid = sum(
            d.effects[f][index].get("cost", 0.0) * value
            for f in STRUCTURE
            for index, value in found.values.get(f, {}).items()
            if made.plan.value(f, *index) > 0 and index in d.effects.get(f, {})
        )
        assert found.totals["total_annual_cost"] - paid == pytest.approx(expected, abs=1e-5)


def rest_of(d, made, there, gone):
    """Instance of those who stay: what the plan has built costs nothing more, and all else that takes money is out."""
    sized = {k for run_ in (made.plan, made.baseline) for k, _ in run_.values.get("opened", {})}
    small = only(d, [k for k in [*there, *sized] if k not in gone and d.stands(k) not in gone])
    exchanges = {e: x for e, x in ((e, left_of(d, made, there, e, x)) for e, x in small.exchanges.items()) if x.options}
    facilities = {
        k: dataclasses.replace(x, segments=dict(sizes(made, k, x.segments))) for k, x in small.facilities.items()
    }
    effects = {
        f: {index: free(made, f, index, x) for index, x in of.items() if kept(f, index, exchanges, facilities, there)}
        for f, of in small.effects.items()
    }
    admissible = {k: (there[k],) if k in there else p for k, p in small.admissible.items()}
    return dataclasses.replace(
        small, exchanges=exchanges, facilities=facilities, effects=effects, admissible=admissible
    )


def left_of(d, made, there, e, x):
    """An exchange with what of it is built or takes no money, between the places of its ends."""
    ends = tuple(there.get(d.stands(stream.unit)) for stream in (d.sources[x.source], d.sinks[x.sink]))
    options = {}
    for s, o in x.options.items():
        pairs = {pq: data for pq, data in o.pairs.items() if pq == ends and bare(d, made, "link", (e, s, *pq))}
        if bare(d, made, "built", (e, s)) and (pairs or x.own):
            options[s] = dataclasses.replace(o, pairs=pairs)
    return dataclasses.replace(x, options=options)


def bare(d, made, family, index):
    """Whether something is built, or takes no money."""
    booked = d.effects.get(family, {}).get(index, {})
    built = made.plan.value(family, *index) > 0.5 or made.baseline.value(family, *index) > 0.5
    return built or not any(booked.get(a, 0.0) > 0 for a in ("cost", "investment"))


def sizes(made, k, segments):
    for g, segment in segments.items():
        capacity = made.plan.value("capacity", k, g)
        if made.plan.value("opened", k, g) > 0.5:
            yield g, dataclasses.replace(segment, low=capacity, high=capacity)
        elif made.baseline.value("opened", k, g) > 0.5:
            yield g, dataclasses.replace(segment, high=made.baseline.value("capacity", k, g))


def free(made, family, index, booked):
    return {**booked, "cost": 0.0} if family in STRUCTURE and made.plan.value(family, *index) > 0 else booked


def kept(family, index, exchanges, facilities, there):
    if family in ("opened", "capacity"):
        return index[1] in facilities[index[0]].segments
    if family == "sited":
        return there.get(index[0], index[1]) == index[1]
    return family not in ("built", "link", "flow", "pair_flow") or listed(exchanges, family, index)


def listed(exchanges, family, index):
    if index[0] not in exchanges or index[1] not in exchanges[index[0]].options:
        return False
    return family in ("built", "flow") or index[2:4] in exchanges[index[0]].options[index[1]].pairs
