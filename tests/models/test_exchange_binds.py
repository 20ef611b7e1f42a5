"""Each rule of exchanges, links, balances, limits and goals in a park solved by hand, in which it binds."""

import pytest
from toys import (
    YEAR,
    changed,
    cost,
    exchange,
    option,
    park,
    sink,
    source,
    two_plants,
    with_effects,
    with_exchange,
    works,
)

from models import solve as bridge
from models.instance import PairData, PlaceData, UnitData
from models.park import build
from models.rules import Limit
from models.solution import NoSolution

# --- exchanges --------------------------------------------------------------------------------------------------

PAIRS = [("A", "B"), ("B", "A")]


def sized(**sizes):
    """two_plants with options of (largest flow, cost)."""
    options = {s: option(flow, PAIRS) for s, (flow, _) in sizes.items()}
    built = {("e", s): {"cost": c} for s, (_, c) in sizes.items()}
    base = with_exchange(two_plants(), "e", options=options)
    return changed(base, effects={**base.effects, "built": built})


def test_one_size_of_an_exchange():
    # E1, E3: small carries 5 for 8: 8 + 3 x 5 + 5 x 2 = 33; large carries 8 for 20: 24. Two small ones would do for
    # 8 + 8 + 4 = 20, but are two sizes of one link, not twins.
    assert cost(sized(small=(5.0, 8.0))) == pytest.approx(33.0)
    assert cost(sized(small=(5.0, 8.0), also=(5.0, 8.0))) == pytest.approx(33.0)
    assert cost(sized(small=(5.0, 8.0), large=(8.0, 20.0))) == pytest.approx(24.0)


def twins():
    base = sized(small=(5.0, 8.0), second=(5.0, 8.0))
    options = {"small": option(5.0, PAIRS), "second": option(5.0, PAIRS, copy=1)}
    return with_exchange(base, "e", options=options)


def test_twins_carry_together_and_are_built_in_order():
    # E2: 8 + 8 + 2 x 2 = 20 with both. If the first one costs 100, the second, cheaper one is no way around it: 60.
    assert cost(twins()) == pytest.approx(20.0)
    assert cost(with_effects(twins(), "built", {("e", "small"): {"cost": 100.0}})) == pytest.approx(60.0)


def test_the_second_twin_is_no_larger_than_the_first():
    # E2: small 4 for 10, large 6 for 11. Large + small carries 8: 11 + 10 + 2 x 2 = 25. A second twin that is cheap
    # when large (1) may not be larger than the first: large and large: 11 + 1 + 4 = 16, not small and large 10 + 1 + 4.
    options = {
        f"{s}{c}": option(flow, PAIRS, copy=c, order=r)
        for c in (0, 1)
        for r, (s, flow) in enumerate({"small": 4.0, "large": 6.0}.items())
    }
    base = with_exchange(two_plants(), "e", options=options)
    built = {("e", "small0"): 10.0, ("e", "large0"): 11.0, ("e", "small1"): 10.0, ("e", "large1"): 1.0}
    instance = changed(base, effects={**base.effects, "built": {index: {"cost": c} for index, c in built.items()}})
    assert cost(instance) == pytest.approx(16.0)


def test_least_and_most_flow():
    # E4: the ash brings 3 a tonne to keep (discharge -3 instead of 2): only 8 x (5 - 3) = 16 < 20 is saved: not built,
    # 40 - 30 = 10. With the link free of charge 8 flow: 2 x -3 = -6; at most 4: 6 x -3 + 4 x 5 = 2.
    keep = with_effects(two_plants(), "discharged", {("ash", YEAR): {"cost": -3.0}})
    assert cost(keep) == pytest.approx(10.0)
    free = with_effects(keep, "built", {("e", "truck"): {"cost": 0.0}})
    assert cost(free) == pytest.approx(-6.0)
    assert cost(with_exchange(free, "e", max_flow=4.0)) == pytest.approx(2.0)  # E5
    # With ash at -6 nothing would flow (8 x 5 - 60 = -20); forced with at least 3: 5 x 5 - 7 x 6 = -17.
    dear = with_effects(free, "discharged", {("ash", YEAR): {"cost": -6.0}})
    assert cost(dear) == pytest.approx(-20.0)
    assert cost(with_exchange(dear, "e", forced=True, min_flow=3.0)) == pytest.approx(-17.0)


def test_shares_of_the_demand():
    # E6, E7: at most half of the 8 by this exchange, or by all: 20 + 4 x 5 + 6 x 2 = 52.
    assert cost(with_exchange(two_plants(), "e", max_share=0.5)) == pytest.approx(52.0)
    assert cost(two_plants(sinks={"clay": sink("mill", 8.0, max_exchanged_share=0.5)})) == pytest.approx(52.0)


def test_a_forced_exchange_is_built_in_the_plan_only():
    # E8: a link of 100 that does not pay is built all the same: 100 + 2 x 2 = 104; alone 60; without the mill 20.
    instance = with_effects(with_exchange(two_plants(), "e", forced=True), "built", {("e", "truck"): {"cost": 100.0}})
    assert cost(instance) == pytest.approx(104.0)
    model = build(instance)
    model.shared.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(60.0)
    model.shared.set_value(1)
    model.present["mill"] = 0
    assert bridge.solve(model).objective == pytest.approx(20.0)


def on_site(**rules):
    """One plant feeds its own sink, which saves 8 x (5 + 2) = 56 of 60 for a cost of 70."""
    return park(
        units={"mill": UnitData("plant")},
        places={"A": PlaceData()},
        admissible={"mill": ("A",)},
        sources={"ash": source("mill", 10.0)},
        sinks={"clay": sink("mill", 8.0)},
        exchanges={"e": exchange("ash", "clay", {"on site": option(8.0, [])}, own=True, **rules)},
        effects={
            "built": {("e", "on site"): {"cost": 70.0}},
            "discharged": {("ash", YEAR): {"cost": 2.0}},
            "supplied": {("clay", YEAR): {"cost": 5.0}},
        },
    )


def test_own_exchanges_hold_alone_too():
    # E9, L4: not worth 70: 60. Forced: 70 + 2 x 2 = 74, also where each is alone. Without the mill nothing: 0.
    assert cost(on_site()) == pytest.approx(60.0)
    model = build(on_site(forced=True))
    model.shared.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(74.0)
    model.present["mill"] = 0
    assert bridge.solve(model).objective == pytest.approx(0.0)


def test_an_absent_end_carries_no_link():
    # L4: a link that pays 9 of itself is not built on a plant that is not there.
    model = build(with_effects(on_site(), "built", {("e", "on site"): {"cost": -9.0}}))
    model.present["mill"] = 0
    assert bridge.solve(model).objective == pytest.approx(0.0)


def two_givers(**options):
    """Two plants with 6 t each of what the mill needs 8 of; links cost 1, purchase 5, discharge 2."""
    return park(
        units={k: UnitData("plant") for k in ("a", "b", "mill")},
        places={p: PlaceData() for p in "ABC"},
        admissible={"a": ("A",), "b": ("B",), "mill": ("C",)},
        sources={"a": source("a", 6.0), "b": source("b", 9.0)},
        sinks={"need": sink("mill", 8.0, **options)},
        exchanges={
            "ea": exchange("a", "need", {"l": option(6.0, [("A", "C")])}),
            "eb": exchange("b", "need", {"l": option(8.0, [("B", "C")])}),
        },
        effects={
            "built": {("ea", "l"): {"cost": 1.0}, ("eb", "l"): {"cost": 15.0}},
            "discharged": {(i, YEAR): {"cost": 2.0} for i in "ab"},
            "supplied": {("need", YEAR): {"cost": 5.0}},
        },
    )


def test_whole_demand_from_one_source():
    # With b's link at 16: a gives 6, the rest is bought, 1 + 2 x 5 + 9 x 2 = 29; b alone 16 + 1 x 2 + 6 x 2 = 30; both
    # 1 + 16 + 7 x 2 = 31. E10, E11: a cannot meet it whole, so that b does: 30.
    instance = with_effects(two_givers(), "built", {("eb", "l"): {"cost": 16.0}})
    assert cost(instance) == pytest.approx(29.0)
    whole = changed(instance, sinks={"need": sink("mill", 8.0, whole=True)})
    assert cost(whole) == pytest.approx(30.0)


def test_a_whole_sink_has_one_exchange():
    # E10: with nothing needed both exchanges "meet it whole", and each link would pay 1; only one of them may be built.
    # Cost without: (6 + 9) x 2 = 30; one link: 29.
    instance = changed(two_givers(), sinks={"need": sink("mill", 0.0, whole=True)})
    instance = with_effects(instance, "built", {("ea", "l"): {"cost": -1.0}, ("eb", "l"): {"cost": -1.0}})
    assert cost(instance) == pytest.approx(29.0)


def test_a_pipe_used_by_one_exchange():
    # E12: the mill needs 15, links cost 1. Both together meet it: 2. One of them: b, 1 + 6 x 5 + 6 x 2 = 43.
    instance = with_effects(two_givers(), "built", {("eb", "l"): {"cost": 1.0}})
    instance = changed(instance, sinks={"need": sink("mill", 15.0)})
    instance = with_exchange(instance, "eb", options={"l": option(9.0, [("B", "C")])})
    assert cost(instance) == pytest.approx(2.0)
    assert cost(changed(instance, exclusive={"old pipe": (("ea", "l"), ("eb", "l"))})) == pytest.approx(43.0)


def test_existing_links_are_kept_only_as_is():
    # The link is closed alone (60); with existing links kept it works: 24.
    existing = with_exchange(two_plants(), "e", options={"truck": option(8.0, PAIRS, existing=True)})
    model = build(existing)
    model.shared.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(60.0)
    model.keep_existing.set_value(1)
    assert bridge.solve(model).objective == pytest.approx(24.0)


# --- links ------------------------------------------------------------------------------------------------------


def test_the_link_runs_where_the_plants_stand():
    # L1, L2, L3: A -> B costs 30 more, B -> A 1 more: the plants swap: 24 + 1. With B at 99 for the kiln: 54.
    links = {("e", "truck", "A", "B"): {"cost": 30.0}, ("e", "truck", "B", "A"): {"cost": 1.0}}
    instance = with_effects(two_plants(), "link", links)
    assert cost(instance) == pytest.approx(25.0)
    assert cost(with_effects(instance, "sited", {("kiln", "B"): {"cost": 99.0}})) == pytest.approx(54.0)


def test_a_single_pair_needs_no_variable():
    # L2, L3: the link may run only from B to A. The mill would rather stand on B (A costs 5): 24 + 5.
    one = with_exchange(two_plants(), "e", options={"truck": option(8.0, [("B", "A")])})
    instance = with_effects(one, "sited", {("mill", "A"): {"cost": 5.0}})
    model = build(instance)
    assert len(model.link) == 0
    assert bridge.solve(model).objective == pytest.approx(29.0)


def test_trucks_pay_for_amount_and_distance():
    # L5, L6: 3 a tonne one way, 1 a tonne the other: 24 + 8 x 1 = 32. With B at 99 for the kiln: 24 + 8 x 3 = 48.
    carried = {("e", "truck", "A", "B", YEAR): {"cost": 3.0}, ("e", "truck", "B", "A", YEAR): {"cost": 1.0}}
    instance = with_effects(two_plants(), "pair_flow", carried)
    assert cost(instance) == pytest.approx(32.0)
    assert cost(with_effects(instance, "sited", {("kiln", "B"): {"cost": 99.0}})) == pytest.approx(48.0)


def test_losses_are_paid_by_the_flow():
    # L7, L8: of what leaves 20 % are lost and 1 is owed: 0.8 f - 1 arrives. f = 8: 5.4 arrive, 2.6 are bought at 5:
    # 20 + 2 x 2 + 2.6 x 5 = 37.
    pairs = {pair: PairData({YEAR: 1.0}, 0.2) for pair in PAIRS}
    instance = with_exchange(two_plants(), "e", options={"truck": option(8.0, pairs)})
    assert cost(instance) == pytest.approx(37.0)


def test_a_link_in_service_owes_its_loss():
    # L9: a forced link that owes 3 takes at least 3, though ash brings 9 a tonne to keep: 20 + 8 x 5 - 7 x 9 = -3.
    pairs = {pair: PairData({YEAR: 3.0}) for pair in PAIRS}
    base = with_exchange(two_plants(), "e", options={"truck": option(8.0, pairs)}, forced=True)
    assert cost(with_effects(base, "discharged", {("ash", YEAR): {"cost": -9.0}})) == pytest.approx(-3.0)


# --- balances, limits, goal -------------------------------------------------------------------------------------


def test_what_is_not_taken_is_discharged_or_sold():
    # B1, B3: 10 of ash: 8 exchanged (20), 2 sold at 3 each instead of dumped: 20 - 6 = 14. Market for 1: 20 - 3 + 2.
    instance = with_effects(two_plants(), "sold", {("ash", YEAR): {"cost": -3.0}})
    assert cost(changed(instance, sources={"ash": source("kiln", 10.0, sale_limit=float("inf"))})) == pytest.approx(
        10.0
    )
    # Selling 10 at 3 and buying 8 at 5: -30 + 40 = 10, which is better than 14.
    assert cost(changed(instance, sources={"ash": source("kiln", 10.0, sale_limit=1.0)})) == pytest.approx(19.0)


def test_on_demand_makes_only_what_is_taken():
    # B2: nothing to dump: 20 alone for the link. The kiln makes 5 at most: 20 + 3 x 5.
    base = two_plants(sources={"ash": source("kiln", 10.0, on_demand=True)})
    base = changed(base, effects={f: x for f, x in base.effects.items() if f != "discharged"})
    assert cost(base) == pytest.approx(20.0)
    assert cost(changed(base, sources={"ash": source("kiln", 5.0, on_demand=True)})) == pytest.approx(35.0)


def test_a_facility_gives_only_in_the_hours_that_its_taker_runs():
    # B5: half of the time is shared, so 10 a year need a capacity of 20: 12 + 20 x 0.5 = 22 instead of 17.
    assert cost(with_exchange(works(), "e", source_hours={YEAR: 0.5})) == pytest.approx(22.0)


def test_a_facility_takes_only_in_the_hours_that_its_giver_runs():
    # B6: it needs 1 t of feed a tonne, which only the mill gives, half of the time: again 20 of capacity, 22.
    fed = works(
        sources={"product": source("works", 1.0, on_demand=True), "waste": source("mill", 10.0, on_demand=True)},
        sinks={"need": sink("mill", 10.0), "feed": sink("works", 1.0, suppliable=False)},
        exchanges={**works().exchanges, "f": exchange("waste", "feed", {"pipe": option(10.0, [("A", "B")])})},
    )
    assert cost(fed) == pytest.approx(17.0)
    assert cost(with_exchange(fed, "f", sink_hours={YEAR: 0.5})) == pytest.approx(22.0)


def test_a_sink_without_supply_lives_on_exchanges():
    # B4: the mill needs 8 and cannot buy: the link is built though it costs 500: 504. With 12 needed there is no plan.
    base = with_effects(two_plants(), "built", {("e", "truck"): {"cost": 500.0}})
    base = changed(base, effects={f: x for f, x in base.effects.items() if f != "supplied"})
    assert cost(changed(base, sinks={"clay": sink("mill", 8.0, suppliable=False)})) == pytest.approx(504.0)
    with pytest.raises(NoSolution):
        cost(changed(base, sinks={"clay": sink("mill", 12.0, suppliable=False)}))


def test_a_source_that_cannot_be_dumped_must_be_taken():
    # B1: no discharge, a mill that needs 10: all flows: 500. Alone there is no plan.
    base = with_effects(two_plants(sinks={"clay": sink("mill", 10.0)}), "built", {("e", "truck"): {"cost": 500.0}})
    base = with_exchange(base, "e", options={"truck": option(10.0, PAIRS)})
    base = changed(base, effects={f: x for f, x in base.effects.items() if f != "discharged"})
    base = changed(base, sources={"ash": source("kiln", 10.0, dischargeable=False)})
    assert cost(base) == pytest.approx(500.0)
    model = build(base)
    model.shared.set_value(0)
    with pytest.raises(NoSolution) as end:
        bridge.solve(model)
    assert end.value.reason == "infeasible"


def test_a_limit_binds_in_the_plan_and_is_lifted_alone():
    # K1: waste is 2 with the link (24). A budget of 50 forbids the link of 100: 60. A cap on waste of 9 alone would
    # forbid what the baseline does (10), so that it is lifted there: 60.
    budget = two_plants(limits={"budget": Limit({"investment": 1.0}, 50.0)})
    assert cost(budget) == pytest.approx(60.0)
    model = build(two_plants(limits={"cap": Limit({"waste": 1.0}, 9.0)}))
    assert bridge.solve(model).objective == pytest.approx(24.0)
    model.shared.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(60.0)


def test_a_limit_with_a_price_is_expanded_for_it():
    # K2: supply of 8 t (3 m3 each) through a gate of 9 m3, expansion at 1/3 a m3. In the plan nothing is supplied: 24.
    # Alone 24 - 9 = 15 m3 of expansion, beyond the 12 that the plan may buy: 60 + 5 = 65. With a link of 100 the plan
    # may buy 9 + 12 = 21 m3 at most, 7 t; 1 t has to come by the link, and then all 8: 100 + 2 x 2 = 104.
    gate = {"gate": Limit({"water": 1.0}, 9.0, max_expansion=12.0, expandable_in_baseline=True)}
    base = with_effects(two_plants(limits=gate), "expanded", {("gate",): {"cost": 1.0 / 3.0}})  # 3 m3 a tonne
    assert cost(base) == pytest.approx(24.0)
    model = build(base)
    model.shared.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(65.0)
    dear = with_effects(base, "built", {("e", "truck"): {"cost": 100.0}})
    assert cost(dear) == pytest.approx(104.0)


def test_a_limit_without_any_bound_is_refused():
    instance = two_plants(limits={"cap": Limit({"other": 1.0}, 1.0)}, accounts={**two_plants().accounts, "other": "t"})
    instance = with_effects(instance, "expanded", {("cap",): {"other": 1.0}})
    build(instance)  # the expansion cannot exceed 0, so that the sum is bounded


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"admissible": {"kiln": ("A",), "mill": ()}}, "'mill' has no admissible place"),
        ({"effects": {"built": {("e", "barge"): {"cost": 1.0}}}}, "no variable"),
        ({"effects": {"bilt": {("e", "truck"): {"cost": 1.0}}}}, "unknown family"),
        ({"effects": {"built": {("e", "truck"): {"kost": 1.0}}}}, "unknown account"),
        ({"admissible": {"kiln": ("A",), "mill": ("A", "B")}}, "'kiln' may not stand on 'B'"),
        ({"totals": {}}, "no total 'co2e'"),
        ({"exchanges": {"e": exchange("ash", "clay", {"truck": option(8.0, [])})}}, "no way to build 'truck'"),
    ],
)
def test_an_inconsistent_instance_is_refused(parts, words):
    with pytest.raises(ValueError, match=words):
        build(two_plants(**parts))
