"""Verdicts where exactly one thing bars an exchange: a giver G on P1 of 3 t/h of steam, takers T on P2 and U on P3.

Both need 3 t/h in 8,000 h and make it from 0.8 MWh of gas at 40: 32 a tonne, 768,000 a year each. A pipe costs 300 a
metre over 20 years at no interest: 15 a metre and year, 15,000 to T (1 km) and 30,000 to U (2 km).
"""

import copy
import json

import pytest
import yaml

import planner
from planner.errors import UsageError

PARK = """
case: One cause
currency: EUR
price_year: 2025
economics: {discount_rate: 0 %, lifetime: {pipe: 20 yr, facility: 20 yr}}
geography: {distances: ways.csv}
plots: {P1: {area: 5}, P2: {area: 5}, P3: {area: 5}, P4: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: 40}
  power: {kind: power, unit: MWh, price: 100}
  steam: {kind: heat, unit: t, enthalpy: 0.7 MWh/t, discharge: {route: condenser, cost: 0}, carried_by: [steam pipe]}
links:
  steam pipe: {kind: pipe, along: table, sizes: [{size: DN 100, capacity: 9 t/h, investment: 300 EUR/m}]}
plants:
  G: {plot: P1, hours: 8000, sources: {steam: {rate: 3 t/h}}}
  T: {plot: P2, hours: 8000, sinks: {steam: {rate: 3 t/h, supplied_today_by: {gas: 0.8 MWh/t}}}}
  U: {plot: P3, hours: 8000, sinks: {steam: {rate: 3 t/h, supplied_today_by: {gas: 0.8 MWh/t}}}}
"""
WAYS = {"P1,P2": 1000, "P1,P3": 2000, "P1,P4": 500, "P2,P3": 1500, "P2,P4": 800, "P3,P4": 900}
TO_T, TO_U = "G > T: steam", "G > U: steam"


@pytest.fixture
def plan_of(tmp_path):
    """Plan the park with a change, and other ways."""

    def plan(change=lambda case: None, **ways):
        case = copy.deepcopy(yaml.safe_load(PARK))
        change(case)
        (tmp_path / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
        lengths = WAYS | {pair.replace("_", ","): metres for pair, metres in ways.items()}
        lines = [f"{pair},{metres}" for pair, metres in lengths.items()]
        (tmp_path / "ways.csv").write_text("\n".join(["from,to,length_m", *lines]), encoding="utf-8")
        return planner.solve(tmp_path)

    return plan


def row_of(found, exchange):
    (row,) = found.table[found.table["exchange"] == exchange].to_dict("records")
    return row


def test_what_would_lie_idle_in_the_plan_but_not_in_the_park_planned_again(plan_of):
    # G feeds U in place of T: 15,000 more for the pipe.
    row = row_of(plan_of().why(), TO_U)
    assert (row["verdict"], row["by"]) == ("capacity", TO_T)
    assert (row["loss_per_yr"], row["flow_per_yr"]) == (pytest.approx(15_000.0), pytest.approx(24_000.0))
    assert "idle" not in row["why"]
    assert "it would lie idle" in row_of(plan_of().why(resolve=0), TO_U)["why"]


@pytest.mark.parametrize(("metres", "built"), [(51_199, True), (51_201, False)])
def test_the_way_at_which_it_pays(plan_of, metres, built):
    # 768,000 / 15 = 51,200 m.
    def alone(case):
        del case["plants"]["U"]

    plan = plan_of(alone, P1_P2=metres)
    assert (TO_T in set(plan.exchanges["exchange"])) is built
    if not built:
        row = row_of(plan.why(), TO_T)
        assert (row["verdict"], row["loss_per_yr"]) == ("too far", pytest.approx(15.0))
        assert row["why"].endswith("its way is 51,201 m, and it pays up to 51,200 m")


def test_a_limit_at_the_gate_that_others_use_up(plan_of):
    # Each tonne takes 0.01 MWh of power, and 100 MWh may come in: 10,000 t, all to T. 10,000 t more to U would save
    # 320,000 - 10,000 - 30,000; G has 24,000 t left. Forced: U in place of T, 15,000 more.
    def gate(case):
        case["park_gate"] = {"grid": {"resource": "power", "yearly": 100}}
        case["exchanges"] = [{"from": "G", "treatment": {"uses": {"power": 0.01}}}]
        case["plants"]["G"]["sources"]["steam"]["rate"] = "6 t/h"

    row = row_of(plan_of(gate).why(), TO_U)
    assert row["verdict"] == "limit"
    assert row["why"].startswith("park_gate.grid.yearly: at most 100 MWh/yr of power bought outside: used up by others")
    assert row["loss_per_yr"] == pytest.approx(15_000.0)


def test_a_budget_says_by_how_much(plan_of):
    # 300,000 to T and 600,000 to U: 550,000 more than 350,000.
    def budget(case):
        case["economics"]["budget"] = 350_000
        case["plants"]["G"]["sources"]["steam"]["rate"] = "6 t/h"

    row = row_of(plan_of(budget).why(), TO_U)
    assert (row["verdict"], row["by"]) == ("limit", "budget")
    assert "at most 350,000 EUR of investment, by 550,000" in row["why"]


def test_a_limit_of_quality_that_others_use_up(plan_of):
    # T may hold 50 mg/L in 10 m3/h: 5 of G's 100 mg/L and 5 of clean water. U's water has no room left beside it.
    def water(case):
        case["qualities"] = {"COD": {"unit": "mg/L"}}
        sewer = {"route": "sewer", "cost": 1}
        waste = {"kind": "water", "unit": "m3", "discharge": sewer, "carried_by": ["pipe"]}
        case["resources"] |= {"waste water": waste, "water": {"kind": "water", "unit": "m3", "price": 2}}
        case["resources"]["water"]["quality"] = {"COD": 0}
        size = {"size": "A", "capacity": 20, "investment": "10 EUR/m"}
        case["links"]["pipe"] = {"kind": "pipe", "along": "table", "sizes": [size]}
        case["plants"]["G"]["sources"]["waste water"] = {"rate": 5, "quality": {"COD": 100}}
        case["plants"]["U"]["sources"] = {"waste water": {"rate": 5, "quality": {"COD": 300}}}
        case["plants"]["T"]["sinks"]["water"] = {"rate": 10, "limits": {"COD": 50}}
        case["substitutions"] = [{"from": "waste water", "to": "water", "ratio": 1}]

    row = row_of(plan_of(water).why(), "U > T: waste water -> water")
    assert (row["verdict"], row["by"]) == ("quality", "COD")
    assert "the limit of COD in T / water, at most 50 mg/L" in row["why"]
    assert row["loss_per_yr"] == pytest.approx(750.0)  # 1,500 m of pipe at 0.5 that lies idle


def test_seasons_that_do_not_meet(plan_of):
    def seasons(case):
        case["periods"] = {"winter": {"hours": 4380}, "summer": {"hours": 4380}}
        case["plants"]["G"]["sources"]["steam"]["rate"] = {"value": "3 t/h", "periods": {"summer": 0}}
        case["plants"]["U"]["sinks"]["steam"]["rate"] = {"value": "3 t/h", "periods": {"winter": 0}}

    row = row_of(plan_of(seasons).why(resolve=0), TO_U)
    assert (row["verdict"], row["basis"]) == ("hours", "the case")
    assert row["why"] == "there is no period in which one gives and the other takes"


def test_a_largest_flow_of_nothing(plan_of):
    def nothing(case):
        case["exchanges"] = [{"from": "G", "to": "U", "max_flow": 0}]

    row = row_of(plan_of(nothing).why(resolve=0), TO_U)
    assert (row["verdict"], row["why"]) == ("forbidden", "its max_flow is 0")


def test_a_link_that_reaches_no_farther(plan_of):
    def short(case):
        case["links"]["steam pipe"]["max_length"] = "1500 m"

    row = row_of(plan_of(short).why(resolve=0), TO_U)
    assert (row["verdict"], row["basis"]) == ("too far", "the case")
    assert row["why"].endswith("none may be longer than 1.5 km")


def pump(case):
    """A heat pump on P4, too dear by 46,500: 200,000 + pipes 6,500 + power 240,000 - 400,000 of hot water at 50."""
    air = {"route": "air", "cost": 0}
    heat = {"kind": "heat", "unit": "MWh", "discharge": air, "carried_by": ["hot pipe"]}
    case["resources"] |= {"hot": {**heat, "price": 50}, "warm": dict(heat)}
    size = {"size": "H", "capacity": 4, "investment": "100 EUR/m"}
    case["links"]["hot pipe"] = {"kind": "pipe", "along": "table", "sizes": [size]}
    case["plants"]["G"]["sources"]["warm"] = {"rate": 1}
    case["plants"]["T"]["sinks"]["hot"] = {"rate": 1}
    flows = {"inputs": {"warm": 0.7, "power": 0.3}, "outputs": {"hot": 1}}
    curve = [{"capacity": 1, "investment": 4_000_000}]
    case["facilities"] = {"pump": {"unit": "MWh", "plot": "P4", **flows, "investment": curve}}


def test_a_chain_is_told_by_its_exchanges(plan_of):
    plan = plan_of(pump)
    assert not [name for name in plan.why(resolve=0).table["exchange"] if name.count(" > ") > 1]
    found = plan.why("G > pump > T: warm -> hot", force=True)
    assert found.named == ("G > pump: warm", "pump > T: hot")
    for name in found.named:
        row = row_of(found, name)
        assert (row["verdict"], row["by"]) == ("not built", "pump")
        assert row["loss_per_yr"] == pytest.approx(46_500.0)


def test_a_park_without_any_possible_exchange(plan_of):
    def lonely(case):
        del case["plants"]["T"], case["plants"]["U"]

    found = plan_of(lonely).why()
    assert found.table.empty
    assert "no exchange is possible in this case" in found.notes[0]


def test_part_of_a_name_is_answered_by_those_that_hold_it(plan_of):
    with pytest.raises(UsageError, match=f'did you mean "{TO_T}" or "{TO_U}"'):
        plan_of().why("steam")


def test_plots_of_the_plan_that_a_screening_refuses(plan_of, monkeypatch):
    from planner.screen import screen as screening

    plan, whole = plan_of(), screening.screen

    def fussy(case, **options):
        if all(plant.plot for plant in case.plants.values()) and fussy.asked:
            raise UsageError("corridors: no way for steam")
        fussy.asked = True
        return whole(case, **options)

    fussy.asked = False
    monkeypatch.setattr(screening, "screen", fussy)
    found = plan.why(resolve=0)
    assert row_of(found, TO_U)["verdict"] == "capacity"
    assert any("mean of all plots" in note for note in found.notes)
