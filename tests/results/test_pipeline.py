"""From a case folder to an audited plan, on two plants whose plan can be worked out by hand."""

import json
import math

import pytest

from models.solution import NoSolution
from planner.errors import Infeasible, LimitReached
from planner.pipeline import _explained, audit_folder, load, results_json, solve

CASE = """
case: Steam for a mill
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {distances: distances.csv}
plots: {P1: {area: 4}, P2: {area: 3}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2, supply: 0.05}}
  power: {kind: power, unit: MWh, price: 100, co2e: {supply: 0.5}}
  steam: {kind: heat, unit: t, enthalpy: 0.7, carried_by: [pipe]}
plants:
  smelter:
    plot: P1
    hours: 8000
    sources: {steam: {rate: 10, on_demand: true, forgoes: {power: 0.1}}}
  mill:
    plot: P2
    hours: 8000
    sinks: {steam: {rate: 12, supplied_today_by: {gas: 0.8}}}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: DN 200, capacity: 20, investment: 1000}]}
"""

DISTANCES = "from,to,length_m\nP1,P2,2000\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def plan(folder):
    return solve(folder)


def test_plan_is_audited(plan):
    failed = [check for check in plan.audit["checks"] if not check["passed"]]
    assert failed == []
    assert plan.audit["passed"]


def test_arithmetic_of_the_plan(plan):
    # 80,000 t of steam replace 64,000 MWh of gas (32 EUR/t) at 10 EUR/t of power forgone; the pipe costs
    # 2,000,000 EUR, 200,000 a year. Baseline 96,000 x 32 = 3,072,000; plan 16,000 x 32 + 800,000 + 200,000.
    rows = plan.indicators.set_index("indicator")
    assert rows.loc["total_annual_cost", "baseline"] == pytest.approx(3_072_000)
    assert rows.loc["total_annual_cost", "plan"] == pytest.approx(1_512_000)
    assert rows.loc["payback_yr", "plan"] == pytest.approx(2_000_000 / 1_760_000)
    # CO2e: 96,000 x 0.8 x 0.25 = 19,200; plan 16,000 x 0.8 x 0.25 + 8000 MWh x 0.5.
    assert rows.loc["co2e", "baseline"] == pytest.approx(19_200)
    assert rows.loc["co2e", "plan"] == pytest.approx(7_200)
    assert rows.loc["power_bought", "plan"] == pytest.approx(8_000)
    exchange = plan.exchanges.iloc[0]
    # Gain 80,000 x (32 - 10); the half of it at the seller: 880,000 = 80,000 p - 800,000.
    assert exchange["gain_per_yr"] == pytest.approx(1_760_000)
    assert exchange["transfer_price"] == pytest.approx(21)
    assert plan.tables["parties"]["plan_cost_per_yr"].sum() == pytest.approx(1_512_000)


def test_purchases_by_every_cause(plan):
    bought = plan.tables["purchases"].set_index(["resource", "for"])
    assert bought.loc[("gas", "demand"), "amount_per_yr"] == pytest.approx(12_800)
    assert bought.loc[("power", "given up"), "amount_per_yr"] == pytest.approx(8_000)
    assert bought.loc[("power", "given up"), "co2e_t_per_yr"] == pytest.approx(4_000)


def test_header_says_how_it_was_solved(plan, folder):
    header = plan.header
    assert header["solver"]["status"] == "optimal"
    assert header["solver"]["gap"] <= 1e-6
    assert header["solver"]["objective"] == pytest.approx(1_512_000)
    assert header["case"]["name"] == "Steam for a mill"
    assert len(header["case"]["sha256"]) == 64
    assert set(header["versions"]) == {"planner", "pyomo", "highspy", "python"}
    assert plan.layers == {}  # a case of a distance table has no map


def test_results_json_is_json(plan):
    content = json.loads(json.dumps(results_json(plan), allow_nan=False))
    assert content["indicators"]["payback_yr"]["baseline"] is None
    assert content["audit"]["passed"] is True


def test_least_co2e_builds_what_cost_would_not(folder):
    # A pipe of 200,000,000 EUR costs 20,000,000 a year and never pays, but the exchange still avoids CO2e.
    text = CASE.replace("investment: 1000", "investment: 100000")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    assert solve(folder).exchanges.empty
    least = solve(folder, objective="co2")
    assert len(least.exchanges) == 1
    assert [stage["goal"] for stage in least.header["solver"]["stages"]] == ["co2e", "cost after co2e"]
    assert least.audit["passed"], [check for check in least.audit["checks"] if not check["passed"]]


def test_infeasible_is_explained(folder):
    # 19,200 t in the baseline, 7,200 t at the best: a cap of 100 t cannot be met.
    text = CASE.replace("{discount_rate: 0,", "{discount_rate: 0, caps: {co2e: 100 t/yr},")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Infeasible, match="caps.co2e"):
        solve(folder)


def test_unknown_objective(folder):
    with pytest.raises(ValueError, match="cost, co2, waste, water"):
        solve(folder, objective="profit")


@pytest.mark.parametrize(("reason", "words"), [("limit", "time limit"), ("interrupted", "interrupted")])
def test_no_plan_in_time(reason, words):
    error = _explained(None, None, NoSolution(reason))
    assert isinstance(error, LimitReached)
    assert words in str(error)


def test_progress_is_told_in_numbers(folder):
    seen = []
    solve(folder, progress=lambda *state: seen.append(state))
    assert all(len(state) == 3 and not any(math.isnan(x) for x in state) for state in seen)


def test_a_saved_plan_is_audited_again(plan, tmp_path):
    out = plan.save(tmp_path / "out")
    assert audit_folder(out)["passed"]
    assert load(out).exchanges["flow_per_yr"].sum() == pytest.approx(80_000)


def test_a_changed_flow_fails_the_audit(plan, tmp_path):
    table = plan.save(tmp_path / "out") / "tables" / "exchanges.csv"
    text = table.read_text(encoding="utf-8")
    assert "80000" in text
    table.write_text(text.replace("80000", "90000", 1), encoding="utf-8")
    assert not audit_folder(tmp_path / "out")["passed"]


WORKS = """
case: Works for a mill
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {facility: 10}}
geography: {distances: distances.csv}
plots: {P1: {area: 4}, P2: {area: 3}, P3: {area: 2, price: 1000}}
parties: {esco: {kind: utility}}
resources:
  waste water: {kind: water, unit: m3, carried_by: [sewer], discharge: {route: outside, cost: 5}}
plants:
  mill: {plot: P2, hours: 8000, sources: {waste water: {rate: 10}}}
facilities:
  works: {owner: esco, unit: m3, plot: P3, area: 1, inputs: {waste water: 1}, hours: 8000,
          investment: [{capacity: 20, investment: 500000}], variable_cost: 0.5}
links:
  sewer: {kind: pipe, along: table, sizes: [{size: DN 100, capacity: 20, investment: 0}]}
"""


def test_a_shared_facility(tmp_path):
    # 80,000 m3 at 5 EUR is 400,000 outside; the works take 500,000 / 10 a year and 0.5 EUR/m3: 50,000 + 40,000.
    # The land costs 2 ha x 1000 once and, at no interest, nothing a year. The mill pays the works so that both gain
    # half of 400,000 - the running cost is the works' own and not the exchange's: 2.5 EUR/m3 from mill to works.
    (tmp_path / "case.yaml").write_text(WORKS, encoding="utf-8")
    (tmp_path / "distances.csv").write_text("from,to,length_m\nP2,P3,500\nP1,P2,900\n", encoding="utf-8")
    plan = solve(tmp_path)
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    rows = plan.indicators.set_index("indicator")
    assert rows.loc["total_annual_cost", "baseline"] == pytest.approx(400_000)
    assert rows.loc["total_annual_cost", "plan"] == pytest.approx(90_000)
    assert rows.loc["investment", "plan"] == pytest.approx(502_000)
    assert "share_within_park: waste water" not in rows.index  # the works' need is no demand of the park
    works = plan.tables["facilities"].iloc[0]
    assert (works["facility"], works["scope"], works["owner"], works["plot"]) == ("works", "shared", "esco", "P3")
    assert (works["activity_per_yr"], works["cost_per_yr"]) == (pytest.approx(80_000), pytest.approx(40_000))
    assert plan.exchanges.iloc[0]["transfer_price"] == pytest.approx(-2.5)
    esco = plan.tables["parties"].set_index("party").loc["esco"]
    assert esco["transfers_per_yr"] == pytest.approx(200_000)
    assert esco["payback_yr"] == pytest.approx(502_000 / 160_000)
    assert plan.tables["baseline_facilities"].empty
