"""Tables of the hand-made park against arithmetic on paper (see steam_and_slag_park)."""

import dataclasses
import math

import pandas as pd
import pytest
from steam_and_slag_park import (
    BASELINE_VALUES,
    PLAN_VALUES,
    SLAG,
    STEAM,
    book,
    evidence,
    make_assembly,
    make_solution,
)
from table_rows import row

from models.instance import UnitData
from models.rules import Limit
from planner.results.books import Books, TotalsError
from planner.results.columns import COLUMNS
from planner.results.plan import Plan
from planner.results.tabulate import tabulate


@pytest.fixture
def plan(case, distances, assembly) -> Plan:
    solutions = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    return tabulate(case, distances, assembly, *solutions)


def indicator(plan: Plan, name: str) -> pd.Series:
    return row(plan.indicators, indicator=name)


def test_every_table_has_its_columns(plan):
    for name, columns in COLUMNS.items():
        assert tuple(plan.tables[name].columns) == columns
    for name in ("siting", "exchanges", "facilities", "purchases", "discharges", "sales", "supplies"):
        assert tuple(plan.tables[f"baseline_{name}"].columns) == COLUMNS[name]


def test_total_annual_cost(plan):
    # Baseline: oil 33,600 kL = 9.6e9, clay 30e6, landfill 20e6, land 5 ha x 2e8 x 0.08 = 80e6; together 9.73e9.
    # Plan: oil 12,600 kL = 3.6e9, clay 280 t = 8.4e6, landfill 4e6, land 80e6, pipe 0.1 x 10e9 = 1e9,
    # forgone 3e9, truck 800 t x 2 km x 1000 = 1.6e6; together 7.694e9.
    found = indicator(plan, "total_annual_cost")
    assert found["unit"] == "KRW/yr"
    assert found["baseline"] == pytest.approx(9.73e9)
    assert found["plan"] == pytest.approx(7.694e9)
    assert found["reduction"] == pytest.approx(2.036e9)
    assert found["reduction_pct"] == pytest.approx(100 * 2.036 / 9.73)


def test_co2e_waste_and_reuse(plan):
    # Baseline: 33,600 kL x 3.2 + 1000 t x 0.05; plan: 12,600 x 3.2 + 200 x 0.05 + 800 x 2 x 1e-4.
    assert indicator(plan, "co2e")["baseline"] == pytest.approx(107_570)
    assert indicator(plan, "co2e")["plan"] == pytest.approx(40_330.16)
    assert indicator(plan, "co2e_use")["plan"] == pytest.approx(12_600 * 2.8)
    assert indicator(plan, "waste")["plan"] == pytest.approx(200)
    assert indicator(plan, "waste_hazardous")["baseline"] == pytest.approx(1000)
    assert indicator(plan, "waste_reused")["plan"] == pytest.approx(800)
    assert indicator(plan, "heat_supplied")["reduction"] == pytest.approx(100_000 * 0.7)


def test_percent_only_of_a_positive_baseline(plan):
    reused = indicator(plan, "waste_reused")
    assert reused["baseline"] == 0
    assert reused["reduction"] == pytest.approx(-800)
    assert math.isnan(reused["reduction_pct"])


def test_investment_with_the_range_of_its_cost_class_and_payback(plan):
    # Class 4 is -30 % ... +50 %, on the pipe's 10e9; land, 1e9, has a price and no range.
    assert indicator(plan, "investment")["plan"] == pytest.approx(11e9)
    assert indicator(plan, "investment_low")["plan"] == pytest.approx(8e9)
    assert indicator(plan, "investment_high")["plan"] == pytest.approx(16e9)
    # 10e9 beyond the baseline, over 2.036e9 + 1e9 saved before capital.
    assert indicator(plan, "cost_before_capital")["reduction"] == pytest.approx(3.036e9)
    assert indicator(plan, "payback_yr")["plan"] == pytest.approx(10 / 3.036)


def test_shares_of_weak_and_ungraded_line_items(plan):
    # Weak: landfill 4e6 (its worst number is a C), clay 8.4e6 (an estimate), pipe capital 1e9 (C).
    # Ungraded: forgone 3e9 and truck 1.6e6. Oil (A and B) and land (B) are neither.
    found = indicator(plan, "total_annual_cost")
    assert found["weak_share"] == pytest.approx((4e6 + 8.4e6 + 1e9) / 7.694e9)
    assert found["ungraded_share"] == pytest.approx((3e9 + 1.6e6) / 7.694e9)


def test_weak_share_goes_by_absolute_value(case, distances):
    # Income of 2e6 at grade C beside costs of 7.694e9: |-2e6| counts, it does not cancel the weak costs.
    sale = book("sited", ("smelter", "P1"), "sale", -2e6, "smelter", behind=(evidence("price", "C"),))
    assembly = make_assembly([sale])
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    found = indicator(tabulate(case, distances, assembly, *runs), "total_annual_cost")
    assert found["weak_share"] == pytest.approx((4e6 + 8.4e6 + 1e9 + 2e6) / (7.694e9 + 2e6))


def test_shares_within_the_park(plan):
    # Steam 100,000 of 160,000 t, clay 720 of 1000 t; unweighted (0.625 + 0.72) / 2.
    assert indicator(plan, "share_within_park")["plan"] == pytest.approx(0.6725)
    assert indicator(plan, "share_within_park: steam")["plan"] == pytest.approx(0.625)
    assert indicator(plan, "share_within_park_by_mass")["plan"] == pytest.approx(100_720 / 161_000)
    assert indicator(plan, "share_within_park")["baseline"] == 0


def test_steam_exchange_pays_as_the_ulsan_case_did(plan):
    # 2004: revenue 5e9 less forgone 3e9 = 2e9 for the seller; oil 6e9 less 5e9 = 1e9 for the buyer; investment 9:1.
    found = row(plan.exchanges, exchange=STEAM)
    assert found["flow_per_yr"] == 100_000
    assert found["cost_per_yr"] == pytest.approx(3e9)
    assert found["gain_per_yr"] == pytest.approx(3e9)
    assert found["transfer_basis"] == "given"
    assert found["seller_gain_per_yr"] == pytest.approx(2e9)
    assert found["buyer_gain_per_yr"] == pytest.approx(1e9)
    assert found["seller_payback_yr"] == pytest.approx(4.5)
    assert found["buyer_payback_yr"] == pytest.approx(1.0)
    assert found["seller_gross_share"] == pytest.approx(5 / 6)
    assert found["payback_yr"] == pytest.approx(10 / 3)
    assert found["capex_low"] == pytest.approx(7e9)
    assert found["capital_cost_per_yr"] == pytest.approx(1e9)
    assert found["co2e_avoided_t_per_yr"] == pytest.approx(21_000 * 3.2)


def test_link_of_the_steam_exchange(plan):
    found = row(plan.exchanges, exchange=STEAM)
    assert (found["link"], found["size"], found["from_place"], found["to_place"]) == ("pipe", "DN 400", "P1", "P2")
    assert found["length_km"] == pytest.approx(4.0)
    assert found["cost_length_km"] == pytest.approx(4.2)
    assert found["capacity_per_h"] == 30
    # 100,000 t / 8000 h x 1.2; worst overlap 7240 of 8000 h, since the hours are assumed.
    assert found["peak_per_h"] == pytest.approx(15)
    assert found["flow_at_worst_overlap_per_yr"] == pytest.approx(90_500)
    assert row(plan.exchanges, exchange=SLAG)["flow_at_worst_overlap_per_yr"] == pytest.approx(800)


def test_price_left_to_the_program_splits_the_gain(plan):
    # Clay saved 720 x 30,000 = 21.6e6, landfill saved 800 x 20,000 = 16e6, truck 1.6e6: gain 36e6, half each is 18e6.
    # Seller: 16e6 - 0.8e6 + 800 p = 18e6, so p = 3500. The entry that names both streams goes before the one at 0.9.
    found = row(plan.exchanges, exchange=SLAG)
    assert found["gain_per_yr"] == pytest.approx(36e6)
    assert found["transfer_price"] == pytest.approx(3500)
    assert found["transfer_basis"] == "split 0.5"
    assert found["seller_gain_per_yr"] == pytest.approx(18e6)
    assert found["buyer_gain_per_yr"] == pytest.approx(18e6)
    # No investment; half a year of delay all the same.
    assert found["payback_yr"] == pytest.approx(0.5)
    assert found["co2e_avoided_t_per_yr"] == pytest.approx(40 - 0.16)


def test_split_without_terms_is_an_assumption(case, distances, assembly):
    bare = case.model_copy(update={"exchanges": ()})
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    found = row(tabulate(bare, distances, assembly, *runs).exchanges, exchange=STEAM)
    # Gain 6e9 - 3e9; seller 1.5e9 = 100,000 p - 3e9, so p = 45,000.
    assert found["transfer_basis"] == "split 0.5 (assumption)"
    assert found["transfer_price"] == pytest.approx(45_000)


def test_no_price_within_one_firm(case, distances, assembly):
    plants = {name: plant.model_copy(update={"firm": "group"}) for name, plant in case.plants.items()}
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    plan = tabulate(case.model_copy(update={"plants": plants}), distances, assembly, *runs)
    found = row(plan.exchanges, exchange=STEAM)
    assert found["transfer_basis"] == "one party"
    assert math.isnan(found["transfer_price"])
    assert plan.tables["parties"]["transfers_per_yr"].abs().sum() == 0


def test_parties_add_up_to_the_park(plan):
    parties = plan.tables["parties"]
    assert parties["plan_cost_per_yr"].sum() == pytest.approx(7.694e9)
    assert parties["baseline_cost_per_yr"].sum() == pytest.approx(9.73e9)
    assert parties["transfers_per_yr"].sum() == pytest.approx(0, abs=1e-3)
    assert parties["capex"].sum() == pytest.approx(11e9)
    assert parties["gain_per_yr"].sum() == pytest.approx(2.036e9)


def test_each_party(plan):
    # Smelter: baseline 20e6 + 80e6; plan 4e6 + 80e6 + 0.9e9 + 3e9 + 0.8e6; receives 5e9 + 800 x 3500.
    smelter = row(plan.tables["parties"], party="smelter")
    assert smelter["transfers_per_yr"] == pytest.approx(5.0028e9)
    assert smelter["gain_per_yr"] == pytest.approx(1.118e9)
    assert smelter["gain_before_capital_per_yr"] == pytest.approx(2.018e9)
    assert smelter["payback_yr"] == pytest.approx(9 / 2.018)
    mill = row(plan.tables["parties"], party="mill")
    assert mill["gain_before_capital_per_yr"] == pytest.approx(1.018e9)
    assert mill["payback_yr"] == pytest.approx(1 / 1.018)


def test_streams(plan):
    oil = row(plan.tables["purchases"], resource="oil")
    assert (oil["by"], oil["for"], oil["stream"], oil["unit"]) == ("mill", "demand", "steam", "kL")
    assert oil["amount_per_yr"] == pytest.approx(12_600)
    assert oil["cost_per_yr"] == pytest.approx(3.6e9)
    assert oil["co2e_t_per_yr"] == pytest.approx(12_600 * 3.2)
    slag = row(plan.tables["discharges"], stream="slag")
    assert (slag["route"], slag["waste_class"]) == ("landfill", "hazardous")
    assert slag["waste_t_per_yr"] == pytest.approx(200)
    assert slag["cost_per_yr"] == pytest.approx(4e6)
    assert row(plan.tables["baseline_discharges"], stream="slag")["amount_per_yr"] == pytest.approx(1000)
    supplies = plan.tables["supplies"]
    assert (supplies["exchanged_per_yr"] + supplies["supplied_per_yr"] - supplies["demand_per_yr"]).abs().max() < 1e-6


def test_sale_lost_counts_against_an_exchange(case, distances, assembly):
    # Slag sold at 25,000 in the baseline: what the exchange takes is no longer sold. Gain 21.6e6 - 20e6 - 1.6e6 = 0.
    sale = book("sold", ("smelter / slag", "year"), "sale", -25_000, "smelter", unit="smelter", resource="slag")
    assembly = make_assembly([sale])
    sold = {**BASELINE_VALUES, "discharged": {}, "sold": {("smelter / slag", "year"): 1000.0}}
    plan_sold = {**PLAN_VALUES, "discharged": {}, "sold": {("smelter / slag", "year"): 200.0}}
    runs = (make_solution(assembly, plan_sold), make_solution(assembly, sold))
    plan = tabulate(case, distances, assembly, *runs)
    found = row(plan.exchanges, exchange=SLAG)
    assert found["gain_per_yr"] == pytest.approx(0, abs=1e-3)
    assert row(plan.tables["sales"], stream="slag")["income_per_yr"] == pytest.approx(200 * 25_000)


def test_siting_and_land(plan):
    smelter = row(plan.siting, unit="smelter")
    assert (smelter["plot"], smelter["area_ha"], smelter["land_taken_ha"]) == ("P1", 3.0, 5.0)
    assert smelter["land_investment"] == pytest.approx(1e9)
    assert smelter["land_cost_per_yr"] == pytest.approx(80e6)


def test_intensities(plan):
    # Plots of 5 and 4 ha are taken whole; 160 jobs; copper 50,000 t carries what is booked on the smelter.
    table = plan.tables["intensities"]
    assert row(table, indicator="total_annual_cost", per="ha")["plan"] == pytest.approx(7.694e9 / 9)
    assert row(table, indicator="co2e", per="job")["baseline"] == pytest.approx(107_570 / 160)
    copper = row(table, indicator="waste", per="t of copper")
    assert copper["plan"] == pytest.approx(200 / 50_000)
    assert copper["unit"] == "t/t"


def test_layers_lie_on_the_routes(plan):
    assert set(plan.layers) == {"plots", "siting", "corridors", "links", "partners"}
    link = row(plan.layers["links"], exchange=STEAM)
    assert list(link.geometry.coords) == [(250, 0), (4000, 250), (4000, 0)]
    assert link["flow_per_yr"] == 100_000
    assert all(layer.crs == "EPSG:5187" for layer in plan.layers.values())


def test_no_layers_without_coordinates(case, distances, assembly):
    nowhere = dataclasses.replace(distances, crs=None)
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    assert tabulate(case, nowhere, assembly, *runs).layers == {}


def test_totals_that_disagree_are_our_fault(case, distances, assembly):
    good, bad = make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES)
    wrong = dataclasses.replace(good, totals={**good.totals, "co2e": good.totals["co2e"] * (1 + 3e-6)})
    with pytest.raises(TotalsError, match="plan: co2e is 40330.16"):
        tabulate(case, distances, assembly, wrong, bad)


def test_a_dropped_line_is_our_fault(case, distances, assembly):
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    fewer = make_assembly(without=lambda line: line.account == "discharge")
    with pytest.raises(TotalsError, match="discharge"):
        tabulate(case, distances, fewer, *runs)


def test_lines_trace_every_amount(plan):
    lines = plan.tables["lines"]
    assert (lines["quantity"] * lines["factor"] - lines["amount"]).abs().max() < 1e-3
    oil = row(lines, run="plan", account="purchase", resource="oil")
    assert oil["grade"] == "B"  # the worse of A and B
    assert oil["fields"] == "resources.oil.price; plants.mill.sinks.steam.rate"
    assert oil["sources"] == "source of resources.oil.price; source of plants.mill.sinks.steam.rate"
    assert oil["basis"] == "invoiced"
    assert pd.isna(row(lines, run="plan", account="forgone")["grade"])


def test_limits_are_in_the_users_money(case, distances, assembly):
    # Budget of 12e9 KRW in an instance that counts in 1e6 KRW; cap of 50,000 t CO2e, which the baseline exceeds.
    limits = {
        "budget": Limit({"investment_link": 1.0, "investment_land": 1.0}, 12e3),
        "co2e": Limit({"co2e_use": 1.0, "co2e_supply_other": 1.0}, 50_000.0),
    }
    instance = dataclasses.replace(assembly.instance, limits=limits, money_scale=1e6)
    assembly = dataclasses.replace(assembly, instance=instance)
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    table = tabulate(case, distances, assembly, *runs).tables["limits"]
    budget = row(table, limit="budget")
    assert (budget["bound"], budget["plan"], budget["unit"]) == (pytest.approx(12e9), pytest.approx(11e9), "KRW")
    assert row(table, limit="co2e")["excess_baseline"] == pytest.approx(107_520 - 50_000)


def test_range_by_contingency_where_no_class_is_stated(case, distances, assembly):
    # 25 % contingency in the 10e9: 8e9 without it, 12e9 with it twice.
    economics = case.economics.model_copy(
        update={"cost_class": None, "contingency": type(case.economics.contingency).model_validate(0.25)}
    )
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    plan = tabulate(case.model_copy(update={"economics": economics}), distances, assembly, *runs)
    found = row(plan.exchanges, exchange=STEAM)
    assert (found["capex_low"], found["capex_high"]) == (pytest.approx(8e9), pytest.approx(12e9))


def test_absent_plant_needs_nothing(case, distances, assembly):
    values = {**PLAN_VALUES, "sited": {("smelter", "P1"): 1.0}}
    instance = dataclasses.replace(
        assembly.instance, units={**assembly.instance.units, "mill": UnitData("plant", optional=True)}
    )
    assembly = dataclasses.replace(assembly, instance=instance)
    books = Books("plan", case, distances, assembly, make_solution(assembly, values))
    from planner.results.streams import sink_demand

    assert sink_demand(books) == {}
