"""Several solves: goals one after the other, and the baseline of exactly the plan's tenants."""

import dataclasses
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixing_cases import wang_smith
from random_parks import random_park
from toys import YEAR, option, source, two_plants, with_effects, with_exchange

from models import alone, run
from models import solve as bridge
from models.instance import Instance, UnitData
from models.rules import Limit
from models.solution import NoSolution, Status

PAIRS = [("A", "B"), ("B", "A")]


def test_plan_against_baseline():
    # Plan: link 20 + 2 t dumped at 2 = 24, 2 t of waste. Alone: 10 x 2 + 8 x 5 = 60, 10 t of waste, 8 t CO2e.
    result = run.plan(two_plants())
    assert result.plan.status is Status.OPTIMAL
    assert result.plan.totals["total_annual_cost"] == pytest.approx(24.0)
    assert result.plan.totals["waste"] == pytest.approx(2.0)
    assert result.baseline.totals["total_annual_cost"] == pytest.approx(60.0)
    assert result.baseline.totals["waste"] == pytest.approx(10.0)
    assert result.baseline.totals["co2e"] == pytest.approx(8.0)
    assert result.plan.value("flow", "e", "truck", YEAR) == pytest.approx(8.0)
    assert result.plan.value("built", "e", "truck") == 1.0
    assert [stage.goal for stage in result.plan.stages] == ["cost"]
    assert [stage.goal for stage in result.baseline.stages] == [
        "cost", "co2e after cost", "waste after co2e", "fresh_water after waste",
    ]  # fmt: skip
    assert result.plan.gap <= 1e-6
    for fact in ("columns", "rows", "star_rows", "build_s", "handover_s", "solve_s", "readback_s"):
        assert fact in result.plan.facts


def test_values_give_link_of_a_single_pair_too():
    one = with_exchange(two_plants(), "e", options={"truck": option(8.0, [("A", "B")])})
    assert run.plan(one).plan.values["link"] == {("e", "truck", "A", "B"): 1.0}


def dear_link() -> Instance:
    """The link costs 100, more than the 56 it saves; the kiln may also be rid of its ash at 2.5 without waste."""
    return with_effects(two_plants(), "built", {("e", "truck"): {"cost": 100.0}})


def test_another_goal_then_least_cost():
    # Least cost leaves the link: 60, 10 t of waste. Least waste builds it: 2 t, at 100 + 4 = 104.
    assert run.plan(dear_link()).plan.totals["waste"] == pytest.approx(10.0)
    result = run.plan(dear_link(), "waste")
    assert result.plan.totals["waste"] == pytest.approx(2.0)
    assert result.plan.totals["total_annual_cost"] == pytest.approx(104.0)
    assert [stage.goal for stage in result.plan.stages] == ["waste", "cost after waste"]
    assert [stage.objective for stage in result.plan.stages] == pytest.approx([2.0, 104.0], rel=1e-4)
    assert result.baseline.totals["waste"] == pytest.approx(10.0)


def test_the_second_stage_is_never_needlessly_dear():
    # Waste counts only what is dumped. Two ways to carry the same 8, at 100 and at 30: the goal is the same.
    options = {"gold": option(8.0, PAIRS), "plain": option(8.0, PAIRS)}
    instance = with_exchange(two_plants(), "e", options=options)
    effects = {**instance.effects, "built": {("e", "gold"): {"cost": 100.0}, ("e", "plain"): {"cost": 30.0}}}
    result = run.plan(dataclasses.replace(instance, effects=effects), "waste")
    assert result.plan.totals["total_annual_cost"] == pytest.approx(34.0)  # 30 + 2 x 2


def test_the_second_stage_keeps_the_tenants_of_the_first():
    # x brings no waste and would cost 5 for nothing, y brings 1 t less than none can: with at least one tenant the
    # first stage takes y, and keeps it though x is cheaper.
    instance = two_plants(
        units={**two_plants().units, "x": UnitData("plant", optional=True), "y": UnitData("plant", optional=True)},
        places={**two_plants().places, "C": dataclasses.replace(two_plants().places["A"])},
        admissible={**two_plants().admissible, "x": ("C",), "y": ("C",)},
        tenants_at_least=1,
    )
    instance = with_effects(instance, "sited", {("x", "C"): {"cost": 1.0, "waste": 1.0}, ("y", "C"): {"cost": 9.0}})
    cost, waste = run.plan(instance), run.plan(instance, "waste")
    assert cost.plan.value("sited", "x", "C") == 1.0
    assert cost.baseline.value("sited", "x", "C") == 1.0
    assert waste.plan.value("sited", "y", "C") == 1.0
    assert waste.baseline.value("sited", "y", "C") == 1.0
    assert waste.baseline.totals["total_annual_cost"] == pytest.approx(60.0 + 9.0)


def test_ties_of_the_baseline_go_to_less_co2e():
    # The mill may be fed by two conventional supplies of one price: here the kiln's ash is dumped or sold for nothing.
    # Both cost 0 if dumping is free; dumping is 1 t CO2e a tonne, selling none.
    base = two_plants(sources={"ash": source("kiln", 10.0, sale_limit=float("inf"))})
    base = with_effects(base, "discharged", {("ash", YEAR): {"cost": 0.0, "co2e": 1.0, "waste": 0.0}})
    alone = run.baseline(with_effects(base, "sold", {("ash", YEAR): {"waste": 1.0}}))
    assert alone.totals["co2e"] == pytest.approx(8.0, rel=1e-4)  # of the supply only
    assert alone.value("sold", "ash", YEAR) == pytest.approx(10.0, rel=1e-4)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_last_tie_of_the_baseline_goes_to_the_plan_s_plots(pair):
    # A and B cost the same alone; the link runs one way only, so that the plan says who stands where.
    truck = {"truck": option(8.0, [pair])}
    result = run.plan(with_exchange(two_plants(), "e", options=truck))
    assert result.plan.totals["total_annual_cost"] == pytest.approx(24.0)
    assert result.plan.values["sited"] == {("kiln", pair[0]): 1.0, ("mill", pair[1]): 1.0}
    assert result.baseline.values["sited"] == result.plan.values["sited"]
    assert result.baseline.totals["total_annual_cost"] == pytest.approx(60.0)


def test_the_plan_s_plots_never_make_the_baseline_dearer():
    # The plan needs the kiln on A; there it costs 1 more than on B, so that alone it stands on B: 60, not 61.
    priced = with_effects(two_plants(), "sited", {("kiln", "A"): {"cost": 1.0}})
    result = run.plan(with_exchange(priced, "e", options={"truck": option(8.0, [("A", "B")])}))
    assert result.plan.totals["total_annual_cost"] == pytest.approx(25.0)
    assert result.baseline.totals["total_annual_cost"] == pytest.approx(60.0)
    assert ("kiln", "B") in result.baseline.values["sited"]


def test_baseline_of_chosen_tenants_and_as_it_is_today():
    existing = with_exchange(two_plants(), "e", options={"truck": option(8.0, PAIRS, existing=True)})
    assert run.baseline(existing).totals["total_annual_cost"] == pytest.approx(60.0)
    assert run.baseline(existing, kind="as_is").totals["total_annual_cost"] == pytest.approx(24.0)
    optional = dataclasses.replace(
        two_plants(), units={"kiln": UnitData("plant", optional=True), "mill": UnitData("plant")}
    )
    assert run.baseline(optional, ["kiln"]).totals["total_annual_cost"] == pytest.approx(60.0)
    assert run.baseline(optional, []).totals["total_annual_cost"] == pytest.approx(40.0)
    with pytest.raises(ValueError, match="no such units: kilm"):
        run.baseline(optional, ["kilm"])


def test_money_is_scaled_back():
    # The same park with money in thousands: the result is in units again, tonnes stay tonnes.
    scaled = dataclasses.replace(two_plants(), money_scale=1000.0)
    result = run.plan(scaled, "waste")
    assert result.plan.totals["total_annual_cost"] == pytest.approx(24000.0)
    assert result.plan.accounts["cost"] == pytest.approx(24000.0)
    assert result.plan.totals["waste"] == pytest.approx(2.0)
    assert result.plan.stages[1].objective == pytest.approx(24000.0)
    with pytest.raises(ValueError, match="money is scaled"):
        run.plan(dataclasses.replace(scaled, accounts=dict.fromkeys(scaled.accounts, "EUR/yr")))


def test_no_plan_is_said():
    capped = two_plants(limits={"cap": Limit({"waste": 1.0}, 1.0)})  # at least 2 t are left
    with pytest.raises(NoSolution) as end:
        run.plan(capped)
    assert end.value.reason == "infeasible"


def test_a_gap_is_not_called_optimal():
    # With a gap of 90 % any plan will do; if it is not proven, it is not called optimal.
    for seed in range(30):
        try:
            result = run.plan(random_park(seed), gap=0.9)
        except NoSolution:
            continue
        assert (result.plan.status is Status.OPTIMAL) == (result.plan.gap <= 1e-6)


def test_an_interrupt_gives_the_best_so_far_or_says_so():
    # Asked before it starts: HiGHS may solve so small a park before it listens. The baseline is not interrupted.
    event = threading.Event()
    event.set()
    reasons = {"a plan"}
    try:
        result = run.plan(two_plants(), "waste", interrupt=event)
        waste = result.plan.totals["waste"]
    except NoSolution as end:
        reasons, waste = {end.reason}, 2.0
    assert reasons <= {"a plan", "interrupted"}
    assert 2.0 - 1e-6 <= waste <= 10.0 + 1e-6


def test_the_baseline_of_an_interrupted_plan_is_whole(monkeypatch):
    # The event stays set after the plan was interrupted; the baseline has to be solved all the same: 60.
    event = threading.Event()
    real = run.solve
    asked = []

    def interrupted_once(model, options):
        asked.append(options.interrupt)
        result = real(model, dataclasses.replace(options, interrupt=None))
        return dataclasses.replace(result, interrupted=len(asked) == 1)

    monkeypatch.setattr(run, "solve", interrupted_once)
    monkeypatch.setattr(alone, "solve", interrupted_once)
    event.set()
    result = run.plan(two_plants(), interrupt=event)
    assert result.plan.interrupted
    assert asked[0] is event
    assert set(asked[1:]) == {None}
    assert result.baseline.totals["total_annual_cost"] == pytest.approx(60.0)


def test_a_time_limit_that_leaves_no_time_for_the_second_stage_keeps_the_first(monkeypatch):
    # The first stage's plan (2 t of waste, 104) with an open bound on its cost, and so not optimal.
    real = run.solve
    calls = []

    def out_of_time(model, options):
        calls.append(options)
        if options.start and options.time_limit is not None:
            raise NoSolution("limit")
        return real(model, options)

    monkeypatch.setattr(run, "solve", out_of_time)
    plan = run.plan(dear_link(), "waste", time_limit=60.0).plan
    assert plan.status is Status.FEASIBLE
    assert plan.totals["waste"] == pytest.approx(2.0)
    assert [stage.objective for stage in plan.stages] == pytest.approx([2.0, 104.0])
    assert plan.stages[1].gap == float("inf")


def test_ctrl_c_ends_quickly_with_a_plan():
    # A park that takes minutes; interrupted when there is a plan, it still gives that plan and its gap.
    script = """
        import dataclasses, signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
        sys.path[:0] = ["tests/models"]
        from test_stars import assignment
        import random
        from models import run
        r = random.Random(1)
        n = 14
        d = [[abs(p % 4 - q % 4) + abs(p // 4 - q // 4) for q in range(n)] for p in range(n)]
        f = [[r.randint(1, 9) if i < j and r.random() < 0.6 else 0 for j in range(n)] for i in range(n)]
        seen = []
        def progress(p):
            if p.incumbent < 1e9 and not seen:
                seen.append(p)
                print("plan", flush=True)
        park = assignment(f, d)
        sinks = {j: dataclasses.replace(x, suppliable=True) for j, x in park.sinks.items()}  # so that a baseline exists
        result = run.plan(dataclasses.replace(park, sinks=sinks), stars="off", progress=progress)
        print("interrupted" if result.plan.interrupted else "done", result.plan.status.value, result.plan.gap)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "plan\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out.startswith("interrupted feasible"), out
    assert process.returncode == 0


# --- properties ---------------------------------------------------------------------------------------------------

seeds = st.integers(0, 199)
few = settings(max_examples=15, deadline=None, derandomize=True)


def cost_of(instance: Instance) -> float:
    from models import solve as bridge
    from models.park import build

    try:
        return bridge.solve(build(instance)).objective
    except NoSolution:
        return float("inf")


@few
@given(seeds)
def test_forbidding_an_exchange_never_lowers_the_cost(seed):
    instance = random_park(seed)
    e = next(iter(instance.exchanges), None)
    if e is None or instance.exchanges[e].forced:
        return
    effects = {
        family: {index: x for index, x in booked.items() if index[0] != e}
        for family, booked in instance.effects.items()
    }
    rest = {f: x for f, x in instance.exchanges.items() if f != e}
    exclusive = {n: tuple(x for x in xs if x[0] != e) for n, xs in instance.exclusive.items()}
    exclusive = {n: xs for n, xs in exclusive.items() if xs}
    without = dataclasses.replace(instance, exchanges=rest, effects=effects, exclusive=exclusive)
    assert cost_of(without) >= cost_of(instance) - 1e-5


@few
@given(seeds, st.sampled_from([0.25, 3.0, 100.0]))
def test_scaling_all_costs_scales_the_objective(seed, factor):
    instance = random_park(seed)
    effects = {
        family: {
            index: {a: v * (factor if a in ("cost", "margin", "shadow") else 1.0) for a, v in booked.items()}
            for index, booked in members.items()
        }
        for family, members in instance.effects.items()
    }
    expected = cost_of(instance)
    scaled = cost_of(dataclasses.replace(instance, effects=effects))
    assert scaled == pytest.approx(factor * expected, rel=1e-5, abs=1e-4)


@few
@given(seeds)
def test_the_order_of_the_data_changes_nothing(seed):
    instance = random_park(seed)
    turned = {
        name: dict(reversed(getattr(instance, name).items()))
        for name in ("units", "places", "sources", "sinks", "exchanges", "facilities", "accounts")
    }
    assert cost_of(dataclasses.replace(instance, **turned)) == pytest.approx(cost_of(instance), abs=1e-5)


@few
@given(seeds)
def test_renaming_the_plants_changes_nothing(seed):
    instance = random_park(seed)
    names = dict(zip(instance.units, [f"z{n}" for n in range(9, 0, -1)], strict=False))
    assert cost_of(_renamed(instance, names)) == pytest.approx(cost_of(instance), abs=1e-5)


def _renamed(d: Instance, names: dict[str, str]) -> Instance:
    """Units renamed; streams, exchanges and places keep their ids."""

    def effects(family, members):
        if family in ("sited", "opened", "capacity", "activity"):
            return {(names[index[0]], *index[1:]): x for index, x in members.items()}
        return members

    return dataclasses.replace(
        d,
        units={names[k]: dataclasses.replace(u, host=u.host and names[u.host]) for k, u in d.units.items()},
        admissible={names[k]: x for k, x in d.admissible.items()},
        sources={i: dataclasses.replace(x, unit=names[x.unit]) for i, x in d.sources.items()},
        sinks={j: dataclasses.replace(x, unit=names[x.unit]) for j, x in d.sinks.items()},
        facilities={names[k]: x for k, x in d.facilities.items()},
        neighbours=tuple(dataclasses.replace(n, unit=names[n.unit], other=names[n.other]) for n in d.neighbours),
        conflicts=tuple(dataclasses.replace(c, unit=names[c.unit], other=names[c.other]) for c in d.conflicts),
        at_most={n: (tuple(names[k] for k in units), most) for n, (units, most) in d.at_most.items()},
        tenants_fixed=None if d.tenants_fixed is None else tuple(names[k] for k in d.tenants_fixed),
        effects={family: effects(family, members) for family, members in d.effects.items()},
    )


@few
@given(seeds)
def test_masses_balance_in_the_values(seed):
    instance = random_park(seed)
    try:
        result = run.plan(instance)
    except NoSolution:
        return
    for solution in (result.plan, result.baseline):
        _check_balances(instance, solution)


def _check_balances(d: Instance, solution) -> None:
    for (e, s, t), flow in solution.values.get("flow", {}).items():
        assert solution.value("built", e, s) == 1.0, "no flow without a link"
        assert flow <= d.exchanges[e].options[s].max_flow[t] + 1e-6
    for i, x in d.sources.items():
        for t in d.states:
            made = x.amount[t] * _scale(d, solution, x.unit, t)
            out = sum(
                solution.value("flow", e, s, t) for e, y in d.exchanges.items() if y.source == i for s in y.options
            )
            gone = out + solution.value("discharged", i, t) + solution.value("sold", i, t)
            assert gone <= made + 1e-6 if x.on_demand else gone == pytest.approx(made, abs=1e-6)


def _scale(d: Instance, solution, k: str, t: str) -> float:
    if k in d.facilities:
        return solution.value("activity", k, t)
    return sum(solution.value("sited", k, p) for p in d.admissible[k])


# --- an interrupt lasts -------------------------------------------------------------------------------------------


def test_an_interrupt_lasts_though_it_is_said_once():
    said = iter([False, True])
    heard = bridge.lasting(lambda: next(said, False))
    assert [heard() for _ in range(4)] == [False, True, True, True]
    event = threading.Event()
    assert bridge.lasting(event) is event


@pytest.mark.parametrize("call", [3, 10, 40])
def test_one_interrupt_ends_the_whole_search_of_a_plan(call):
    # Said at one call only, whoever asks: the plan says so, and hardly anybody asks again.
    asked = []

    def interrupt():
        asked.append(1)
        return len(asked) == call

    begun = time.perf_counter()
    park = wang_smith(regeneration=True, split=True)  # half a minute to the end
    result = run.plan(park, interrupt=interrupt, mixing="highs")
    assert time.perf_counter() - begun < 10.0
    assert result.plan.interrupted == (len(asked) >= call)
    assert len(asked) <= call or not result.plan.interrupted
