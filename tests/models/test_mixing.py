"""What streams hold: each rule where it binds, worked out by hand; published optima; which case applies."""

import dataclasses
import os

import pytest
from mixing_cases import Site, pooling, wang_smith, waterund01
from mixing_solves import cost, solved
from toys import YEAR, changed, exchange, option, park, sink, source

from models import bilinear, products, run, scip
from models.instance import FacilityData, PairData, PlaceData, SegmentData, SinkData, SourceData, UnitData
from models.park import build
from models.qualities import Bounds, Mixing, OutletData
from models.solution import NoSolution, Status
from models.solve import Options
from models.solve import solve as linear

# --- given contents: linear ------------------------------------------------------------------------------------------


def mill(*, limit=100.0, content=300.0, **options):
    """A source of 10 units at some content (mg/L, scaled by 100), a sink of 10 that buys pure water at 1."""
    site = Site(["cod"], 100.0)
    site.source("rinse", 10.0, [content])
    site.sink("wash", 10.0, [limit], supply=[0.0], **options)
    site.book("supplied", ("wash", YEAR), cost=1.0)
    site.join("rinse", "wash", 10.0)
    return site


def test_a_source_above_the_limit_is_diluted():
    # At most 100 in the mixture of f at 300 and 10 - f at 0: 300 f <= 100 x 10, f = 10/3, bought 20/3.
    result, model = solved(mill().instance())
    assert model.mixing_case == bilinear.LINEAR
    assert result.mixing["kind"] == "linear"
    assert result.objective == pytest.approx(20.0 / 3.0)
    assert cost(mill(limit=300.0).instance()) == pytest.approx(0.0, abs=1e-9)


def test_a_lower_limit_wants_some_of_it():
    # At least 60 (heating value, say): 300 f >= 60 x 10, f >= 2; using it costs 5 a unit: 2 x 5 + 8 x 1 = 18.
    site = mill()
    site.limits["wash"] = {"cod": Bounds(least=0.6)}
    site.book("flow", ("rinse > wash", "own", YEAR), cost=5.0)
    assert cost(site.instance()) == pytest.approx(18.0)


def test_what_is_lost_on_the_way_takes_its_load_along():
    # Half of the flow is lost: of f = 20/3 sent, 10/3 arrive at 300; the mixture is the same as without the loss.
    site = mill()
    site.source("rinse", 20.0, [300.0])
    known = site.exchanges["rinse > wash"]
    lossy = option(20.0, {("site", "site"): PairData(share_lost=0.5)})
    site.exchanges["rinse > wash"] = dataclasses.replace(known, options={"own": lossy})
    result, model = solved(site.instance())
    assert result.objective == pytest.approx(20.0 / 3.0)
    assert model.flow["rinse > wash", "own", YEAR].value == pytest.approx(20.0 / 3.0)


def test_unknown_content_that_is_accepted_counts_for_nothing():
    # 4 units of unknown content come for nothing. The other 6 are rinse and bought water: 300 f <= 100 x 6, f = 2.
    site = mill()
    site.source("other", 4.0, [0.0])
    del site.weights["other"], site.contents["other"]
    site.join("other", "wash", 4.0)
    assert cost(site.instance()) == pytest.approx(4.0)


def test_no_more_links_than_allowed():
    # Two sources of 3 and 4 units, one link: take the one of 4, buy 6.
    site = mill(limit=300.0, max_links=1)
    site.source("rinse", 3.0, [0.0])
    site.source("other", 4.0, [0.0])
    site.join("other", "wash", 4.0)
    assert cost(site.instance()) == pytest.approx(6.0)


def test_a_link_carries_its_least_flow_or_is_not_built():
    # Room for 10/3 at the limit of 100, the least flow is 5: nothing, 10 bought. With a least flow of 3 no change.
    for least, bought in ((5.0, 10.0), (3.0, 20.0 / 3.0)):
        site = mill()
        known = site.exchanges["rinse > wash"]
        options = {"own": dataclasses.replace(known.options["own"], min_flow=least)}
        site.exchanges["rinse > wash"] = dataclasses.replace(known, options=options)
        assert cost(site.instance()) == pytest.approx(bought)


def test_a_facility_runs_at_its_least_where_it_is_built():
    # Buying costs 10. The works gives at 0.5 a unit and has to run at 12 or more, so that 2 go to the drain at 3 each:
    # 6 + 6 = 12, not worth it. With a least of 11: 5.5 + 3 = 8.5.
    for least, best in ((12.0, 10.0), (11.0, 8.5)):
        site = mill(limit=300.0)
        del site.exchanges["rinse > wash"]
        site.units["works"] = UnitData("measure", host="plant")
        site.facilities["works"] = FacilityData({"g": SegmentData(0.0, 20.0)}, {YEAR: 1.0}, {YEAR: least})
        site.sources["made"] = SourceData("works", {YEAR: 1.0})
        site.weights["made"], site.contents["made"] = {"cod": 1.0}, {"cod": 0.0}
        site.book("activity", ("works", YEAR), cost=0.5)
        site.book("discharged", ("made", YEAR), cost=3.0)
        site.join("made", "wash", 20.0)
        assert cost(site.instance()) == pytest.approx(best)


# --- operations ------------------------------------------------------------------------------------------------------


def test_four_processes_with_and_without_reuse():
    # Wang & Smith (1994): without reuse each takes load / highest outlet: 20 + 50 + 37.5 + 5 = 112.5 t/h; with reuse
    # 90. One contaminant, nothing but fresh water costs: outlets at their maximum are exact.
    alone, model = solved(wang_smith(reuse=False))
    assert alone.objective == pytest.approx(112.5)
    assert model.mixing_case == bilinear.LINEAR  # one way out each: nothing to multiply
    shared, model = solved(wang_smith())
    assert shared.objective == pytest.approx(90.0)
    assert model.mixing_case == shared.mixing["kind"] == "outlets at their maximum, exact"
    assert shared.status is Status.OPTIMAL


def test_outlets_at_their_maximum_and_the_bilinear_model_agree_where_they_should():
    instance = wang_smith()
    model = build(instance)
    bilinear.prepare(model, "highs")
    model.mixing_case = bilinear.SEARCHED
    products.switch(model, "relaxed")
    free = bilinear.solve(model, Options())
    assert free.objective == pytest.approx(90.0)
    assert free.bound == pytest.approx(90.0)


def test_regeneration_with_recycling_and_without():
    # With recycling process 1 alone needs fresh water: 20, and 73.7 through the regenerator at 0.0001 each. Without,
    # the target of 9 kg/h / (100 + 95 ppm) = 46.15 wants process 2 in two parts, one before and one behind the
    # regenerator.
    recycled = cost(wang_smith(regeneration=True))
    assert recycled == pytest.approx(20.0 + 1e-4 * 73.6842, abs=1e-4)
    once, _ = solved(wang_smith(regeneration=True, once=True, split=True), gap=1e-4)
    assert once.objective == pytest.approx(46.1538 + 1e-4 * 46.1538, rel=1e-3)
    whole, _ = solved(wang_smith(regeneration=True, once=True), gap=1e-4)
    assert once.objective < whole.objective < 90.0


def two_in_turn(least=0.0):
    """P1: load 1, outlet at most 1. P2: load 1, inlet at most 0.5, outlet at most 1. Pure water comes from a well.

    Links are priced by flow: a unit from the well to P1 costs 1, to P2, which is farther, 2; from P1 to P2 1/4.
    """
    site = Site(["c"], 1.0)
    site.source("well", 10.0, [0.0], on_demand=True)
    site.operation("P1", [1.0], [0.0], [1.0], 4.0, supply=None)
    site.operation("P2", [1.0], [0.5], [1.0], 4.0, supply=None)
    site.join("well", "P1 in", 4.0, flow={"cost": 1.0})
    site.join("well", "P2 in", 4.0, flow={"cost": 2.0})
    site.join("P1 out", "P2 in", 4.0, least=least, flow={"cost": 0.25})
    return site.instance()


def test_with_links_priced_by_flow_the_maximum_is_only_a_restriction():
    # P1 takes a >= 1 and gives it at 1 / a. P2 takes x of that and f from the well, so that x / a <= (x + f) / 2 at its
    # inlet and x / a + 1 <= x + f at its outlet. With P1 at its maximum (content 1) the second says f >= 1: cost
    # a + 2 f + x / 4 is least at a = 1, f = 1, x = 0: 3. With a = 2 all of P1's water, at 0.5, does for P2:
    # x = 2, f = 0: 2 + 0.5 = 2.5.
    instance = two_in_turn()
    assert linear(build(instance, variant="fixed")).objective == pytest.approx(3.0)
    result, model = solved(instance)
    assert model.mixing_case == bilinear.SEARCHED
    assert result.objective == pytest.approx(2.5)
    assert result.status is Status.OPTIMAL
    assert model.content["P1 out", "c", YEAR].value == pytest.approx(0.5)


def test_gains_and_losses_carry_no_load():
    # 1 unit a year evaporates (beside = -1): F in at 0 with load 2, F - 1 out at no more than 2: F = 2, out 1 at 2.
    site = Site(["c"], 1.0)
    site.operation("P1", [2.0], [0.0], [2.0], 8.0, supply=[0.0], beside=-1.0)
    site.book("supplied", ("P1 in", YEAR), cost=1.0)
    site.book("discharged", ("P1 out", YEAR), cost=0.5)
    result, model = solved(site.instance())
    assert result.objective == pytest.approx(2.0 + 0.5)
    assert model.content["P1 out", "c", YEAR].value == pytest.approx(2.0)


def test_load_fees_make_a_thinner_outlet_no_cheaper():
    # What is let out is the load picked up, 2, whatever the flow: fee 3 x 2 = 6, fresh water 1.
    site = Site(["c"], 1.0)
    site.operation("P1", [2.0], [0.0], [2.0], 8.0, supply=[0.0])
    site.book("supplied", ("P1 in", YEAR), cost=1.0)
    site.book("let_out", ("P1 out", "c", YEAR), cost=3.0)
    result, model = solved(site.instance())
    assert result.objective == pytest.approx(7.0)
    assert model.borne["discharged", "P1 out", "", "c", YEAR].value == pytest.approx(2.0)


def test_a_permit_on_the_discharge_wants_more_water():
    # Outlet at most 2, permit 0.5: 2 / 0.5 = 4 units instead of 1.
    site = Site(["c"], 1.0)
    site.operation("P1", [2.0], [0.0], [2.0], 8.0, supply=[0.0])
    site.book("supplied", ("P1 in", YEAR), cost=1.0)
    site.discharges["P1 out"] = {"c": Bounds(most=0.5)}
    assert cost(site.instance()) == pytest.approx(4.0)


def test_the_rule_of_outlets_at_their_maximum_is_not_claimed_where_it_may_fail():
    def kind(instance):
        model = build(instance)
        bilinear.prepare(model)
        return model.mixing_case

    base = wang_smith()
    assert kind(base) == bilinear.MAXIMUM
    priced = changed(base, effects={**base.effects, "flow": {("P1 out > P2 in", "own", YEAR): {"cost": 0.1}}})
    assert kind(priced) == bilinear.SEARCHED
    fee = changed(base, effects={**base.effects, "let_out": {("P1 out", "c", YEAR): {"cost": 0.1}}})
    assert kind(fee) == bilinear.SEARCHED
    least = {**base.operations, "P1": dataclasses.replace(base.operations["P1"], least={YEAR: 25.0})}  # 20 do
    assert kind(changed(base, operations=least)) == bilinear.SEARCHED
    narrow = {e: x for e, x in base.exchanges.items() if e != "P1 out > P3 in"}  # no way past P2 from P1 to P3
    assert kind(changed(base, exchanges=narrow)) == bilinear.SEARCHED
    dearer = {**base.effects["supplied"], ("P1 in", YEAR): {"cost": 2.0, "water": 1.0}}
    assert kind(changed(base, effects={**base.effects, "supplied": dearer})) == bilinear.SEARCHED
    assert kind(wang_smith(regeneration=True)) == bilinear.SEARCHED


# --- several solves --------------------------------------------------------------------------------------------------


def test_goals_in_turn_and_the_baseline():
    # Least fresh water first, then least cost with it held: 86.83 in both; the site is alone in the baseline, too.
    result = run.plan(waterund01(), "fresh_water", mixing="highs")
    assert result.plan.totals["fresh_water"] == pytest.approx(86.8333, rel=1e-5)
    assert [stage.goal for stage in result.plan.stages] == ["fresh_water", "cost after fresh_water"]
    assert result.baseline.totals["fresh_water"] == pytest.approx(86.8333, rel=1e-4)
    assert result.plan.mixing["kind"] == "relaxed and restricted"
    assert result.plan.mixing["bound_from"]
    assert result.plan.mixing["plan_from"]
    assert result.plan.values["run"]


def test_a_case_without_qualities_says_nothing_of_them():
    from toys import two_plants

    result = run.plan(two_plants())
    assert result.plan.mixing == {}
    assert result.plan.totals["total_annual_cost"] == pytest.approx(24.0)


def test_without_a_time_limit_a_run_repeats_itself():
    first, _ = solved(pooling("pooling_haverly1"))
    again, _ = solved(pooling("pooling_haverly1"))
    assert (first.objective, first.bound, first.facts["mixing_rounds"]) == (
        again.objective, again.bound, again.facts["mixing_rounds"],
    )  # fmt: skip


def test_a_gap_that_stays_open_is_told():
    # No refinement: the plan of Haverly's pool is -400, its plain relaxation -500 or less.
    model = build(pooling("pooling_haverly1"))
    bilinear.prepare(model, "highs")
    result = bilinear.solve(model, Options(), bilinear.Rule(rounds=1))
    assert result.status is Status.FEASIBLE
    assert result.bound < result.objective - 1.0
    assert result.gap > 0.01


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="auto"):
        run.plan(waterund01(), mixing="cplex")


def test_an_inconsistent_instance_is_refused():
    base = waterund01()
    outlets = {i: dataclasses.replace(x, highest={}) for i, x in base.mixing.outlets.items()}
    with pytest.raises(ValueError, match="no highest content"):
        build(changed(base, mixing=dataclasses.replace(base.mixing, outlets=outlets)))


def test_a_load_that_no_flow_can_carry_has_no_plan():
    site = Site(["c"], 1.0)
    site.operation("P1", [2.0], [0.0], [0.5], 3.0, supply=[0.0])  # 2 / 0.5 = 4 > 3
    site.book("supplied", ("P1 in", YEAR), cost=1.0)
    site.sinks["other"] = SinkData("plant", {YEAR: 1.0})
    site.join("P1 out", "other", 3.0)
    with pytest.raises(NoSolution, match="infeasible"):
        solved(site.instance())


def shared_works(fee):
    """Two plants with a drain each (load fee), a shared works on a plot of its own that keeps a tenth of the load.

    a: 10 units at 1, b: 10 units at 0.5. The works costs 2 and 0.1 a unit, each link 1; its drain pays the fee, too.
    """
    units = {"A": UnitData("plant"), "B": UnitData("plant"), "works": UnitData("facility")}
    sources = {"a": source("A", 10.0), "b": source("B", 10.0), "clean": SourceData("works", {YEAR: 1.0})}
    sinks = {"in": SinkData("works", {YEAR: 1.0}, suppliable=False), "rinse": sink("B", 5.0)}
    links = {"a > in": ("a", "in", "A"), "b > in": ("b", "in", "B"), "clean > rinse": ("clean", "rinse", "works")}
    exchanges = {
        e: dataclasses.replace(exchange(i, j, {}), options={"pipe": option(20.0, [(p, "works" if j == "in" else "B")])})
        for e, (i, j, p) in links.items()
    }
    outlets = {"clean": OutletData(("in",), {"c": 0.1}, highest={"c": 0.1})}
    mixing = Mixing(
        {"c": ("c", "mean", 1.0)}, {n: {"c": 1.0} for n in (*sources, "rinse")}, {"a": {"c": 1.0}, "b": {"c": 0.5}},
        {"rinse": {"c": 0.0}}, outlets, {"rinse": {"c": Bounds(most=0.08)}},
    )  # fmt: skip
    return park(
        units=units, places={p: PlaceData() for p in units}, admissible={k: (k,) for k in units}, sources=sources,
        sinks=sinks, exchanges=exchanges, mixing=mixing,
        facilities={"works": FacilityData({"g": SegmentData(0.0, 20.0)}, {YEAR: 1.0})},
        effects={
            "opened": {("works", "g"): {"cost": 2.0}},
            "activity": {("works", YEAR): {"cost": 0.1}},
            "built": {(e, "pipe"): {"cost": 1.0} for e in exchanges},
            "discharged": {("a", YEAR): {"cost": fee}, ("b", YEAR): {"cost": 0.5 * fee}},
            "let_out": {("clean", "c", YEAR): {"cost": fee}},
            "supplied": {("rinse", YEAR): {"cost": 1.0, "water": 1.0}},
        },
    )  # fmt: skip


def test_a_shared_works_against_each_alone():
    # Alone: fees 10 x 1 + 10 x 0.5 = 15 at a fee of 1, and 5 of water: 20. Together, a and b: works 2 + 2, links 3. It
    # gives 20 at 0.075, that fits the rinse (0.08): 5 go there, 15 to the drain at a load of 1.125: 8.125 in all (a
    # alone: 0.1 does not fit; 5 of 10 of it thinned by 1.25 bought, more). Only part of b: content 0.08 at b = 20 / 3:
    # (10 + 10 / 3) / 10 = 4 / 3 of load, 1 let out, 5 / 3 of the fee of b: dearer.
    result = run.plan(shared_works(1.0), mixing="highs")
    assert result.baseline.totals["total_annual_cost"] == pytest.approx(20.0)
    assert result.plan.totals["total_annual_cost"] == pytest.approx(8.125)
    assert result.plan.value("let_out", "clean", "c", YEAR) == pytest.approx(1.125)
    assert result.plan.status is Status.OPTIMAL
    assert result.plan.mixing["kind"] == "relaxed and restricted"


def test_only_chatter_of_the_lp_solver_is_kept_off_the_terminal(capfd):
    with scip._quiet():
        os.write(2, b"Cannot set optimality tolerance to small value 1e-12 without GMP - using 1e-10.\n")
        os.write(2, b"anything else\n")
    os.write(2, b"and after\n")
    assert capfd.readouterr().err == "anything else\nand after\n"
