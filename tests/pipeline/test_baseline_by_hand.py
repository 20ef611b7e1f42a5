"""The baseline on small cases, each number worked out in a comment."""

import pytest

from planner.case.read import read_case
from planner.errors import Infeasible
from planner.pipeline import solve

#: What all cases here begin with.
TWO_PLOTS = """\
currency: EUR
price_year: 2025
geography: {distances: distances.csv}
plots: {P1: {area: 4}, P2: {area: 3}}"""

PARK = """
case: Baseline by hand
economics: {discount_rate: 0, lifetime: {facility: 10, pipe: 10, gate: 10}}
resources:
  gas: {kind: gas, unit: MWh, price: 50, co2e: {use: 0.2}}
  power: {kind: power, unit: MWh, price: 100}
  steam: {kind: heat, unit: t, enthalpy: 0.7, carried_by: [steam pipe], discharge: {route: condenser}}
plants:
  smelter: {plot: P1, hours: 8000, sources: {steam: {rate: 2}}}
  mill: {plot: P2, hours: 8000, sinks: {steam: {rate: 5, supplied_today_by: {gas: 0.8}}}}
facilities:
  recovery: {scope: own, owner: mill, hours: 8000, inputs: {power: 0.05}, outputs: {steam: 1},
             investment: [{capacity: 3, investment: 300000}]}
links:
  steam pipe: {kind: pipe, along: table, sizes: [{size: DN 100, capacity: 4, investment: 200}]}
"""


def planned(tmp_path, text, rows="P1,P2,1000"):
    (tmp_path / "case.yaml").write_text(TWO_PLOTS + text, encoding="utf-8")
    (tmp_path / "distances.csv").write_text(f"from,to,length_m\n{rows}\n", encoding="utf-8")
    plan = solve(read_case(tmp_path))
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


def figures(plan, name):
    row = plan.indicators.set_index("indicator").loc[name]
    return row["baseline"], row["plan"]


def test_an_own_measure_pays_in_the_baseline_too(tmp_path):
    # Need 5 t/h x 8000 h = 40,000 t. By gas 0.8 x 50 = 40 EUR/t, by recovery 0.05 x 100 = 5 EUR/t.
    # Recovery makes 3 x 8000 = 24,000 t for 300,000 / 10 = 30,000 EUR/yr, 1.25 EUR/t: it pays alone.
    # Baseline 30,000 + 24,000 x 5 + 16,000 x 40 = 790,000; CO2e 16,000 x 0.8 x 0.2 = 2,560 t.
    # Plan: smelter's 16,000 t replace the rest for 200 x 1000 / 10 = 20,000: 30,000 + 120,000 + 20,000 = 170,000.
    plan = planned(tmp_path, PARK)
    assert figures(plan, "total_annual_cost") == (pytest.approx(790_000), pytest.approx(170_000))
    assert figures(plan, "co2e") == (pytest.approx(2560), pytest.approx(0, abs=1e-6))
    # Avoid first: the measure's 24,000 t are not counted as a reduction, only the pipe's 16,000 t are.
    assert plan.indicators.set_index("indicator").loc["total_annual_cost", "reduction"] == pytest.approx(620_000)
    assert list(plan.tables["baseline_facilities"]["facility"]) == ["recovery"]


def test_as_is_has_today_only(tmp_path):
    # No measure, but the pipe of 1 t/h that is there: 8,000 t by it, 32,000 t x 40 EUR = 1,280,000 EUR.
    # CO2e 32,000 x 0.8 x 0.2 = 5,120 t. The plan as above, and all 16,000 t of the smelter go: 8,000 t by the old pipe,
    # 8,000 by ... one link is allowed: a new one carries 2 t/h for 20,000 a year and saves 8,000 x 40.
    # With the measure only 16,000 t are missing at the mill: new pipe 170,000 as before; old pipe alone:
    # 30,000 + 120,000 + 8,000 x 40 = 470,000.
    text = PARK + "baseline: as_is\nexchanges: [{from: smelter, to: mill, existing: {link: steam pipe, capacity: 1}}]\n"
    plan = planned(tmp_path, text)
    assert figures(plan, "total_annual_cost") == (pytest.approx(1_280_000), pytest.approx(170_000))
    assert figures(plan, "co2e") == (pytest.approx(5120), pytest.approx(0, abs=1e-6))
    assert plan.tables["baseline_facilities"].empty
    assert list(plan.tables["baseline_exchanges"]["option"]) == ["existing steam pipe"]


def test_the_gate_is_lifted_reported_and_priced(tmp_path):
    # Gas: 16,000 t x 0.8 = 12,800 MWh in the baseline, none in the plan. At most 10,000, 5 EUR per MWh/yr more but
    # only 1,000: alone, 2,800 are too much, and priced all the same: 2,800 x 5 / 10 yr = 1,400 EUR/yr.
    # 790,000 + 1,400. Power: 24,000 x 0.05 = 1,200 MWh against 1,200: no excess.
    gate = """
park_gate:
  gas: {resource: gas, yearly: 10000, yearly_expansion: {cost: 5, maximum: 1000}}
  grid: {resource: power, yearly: 1200}
"""
    plan = planned(tmp_path, PARK + gate)
    assert figures(plan, "total_annual_cost") == (pytest.approx(791_400), pytest.approx(170_000))
    limits = plan.tables["limits"].set_index("limit")
    assert limits.loc["gate_yearly:gas", "excess_baseline"] == pytest.approx(2800)
    assert limits.loc["gate_yearly:gas", "plan"] == pytest.approx(0, abs=1e-6)
    assert limits.loc["gate_yearly:grid", "excess_baseline"] == pytest.approx(0, abs=1e-6)
    assert figures(plan, "investment") == (pytest.approx(300_000 + 14_000), pytest.approx(300_000 + 200_000))


def test_the_gate_without_a_price_is_lifted_too(tmp_path):
    # At most 5,000 MWh of gas and no way to more: the plan needs none; alone the excess of 7,800 is reported, free.
    plan = planned(tmp_path, PARK + "park_gate: {gas: {resource: gas, yearly: 5000}}\n")
    assert figures(plan, "total_annual_cost") == (pytest.approx(790_000), pytest.approx(170_000))
    assert plan.tables["limits"].set_index("limit").loc["gate_yearly:gas", "excess_baseline"] == pytest.approx(7800)


TIE = """
case: A tie
economics: {discount_rate: 0, lifetime: {facility: 10}}
resources:
  gas: {kind: gas, unit: MWh, price: 50, co2e: {use: 0.2}}
  power: {kind: power, unit: MWh, price: 100, co2e: {supply: CLEAN}}
  steam: {kind: heat, unit: t, enthalpy: 0.7, discharge: {route: condenser}}
plants:
  mill: {plot: P2, hours: 8000, sinks: {steam: {rate: 5, supplied_today_by: {gas: 0.8}}}}
facilities:
  electric boiler: {scope: own, owner: mill, hours: 8000, inputs: {power: 0.4}, outputs: {steam: 1},
                    investment: [{capacity: 5, investment: 0}]}
"""


@pytest.mark.parametrize(("factor", "co2e", "built"), [("0.3", 4800, True), ("0.5", 6400, False)])
def test_ties_go_to_the_least_co2e(tmp_path, factor, co2e, built):
    # 40,000 t by gas: 0.8 x 50 = 40 EUR/t and 0.16 t CO2e; by power 0.4 x 100 = 40 EUR/t, the boiler is free.
    # Gas 6,400 t CO2e; power 40,000 x 0.4 x 0.3 = 4,800 t, or with 0.5 it is 8,000 t.
    plan = planned(tmp_path, TIE.replace("CLEAN", factor))
    assert figures(plan, "total_annual_cost")[0] == pytest.approx(1_600_000)
    assert figures(plan, "co2e")[0] == pytest.approx(co2e)
    made = plan.tables["baseline_facilities"]["activity_per_yr"].sum()
    assert made == pytest.approx(40_000 if built else 0, abs=0.1)


ONCE = """
case: Counted once
economics: {discount_rate: 0, lifetime: {pipe: 10}}
resources:
  power: {kind: power, unit: MWh, price: 100, co2e: {supply: 0.5}}
  lime: {kind: material, unit: t, price: 60, co2e: {supply: 0.9, use: 0.05}}
  slag: {kind: material, unit: t, carried_by: [truck], displacement: 0.8, co2e: {use: 0.01, biogenic: 0.3},
         discharge: {route: landfill, cost: 40, co2e: 0.02, waste: hazardous}}
plants:
  smelter: {plot: P1, hours: 8000, sources: {slag: {rate: 10000 t/yr}}}
  mill: {plot: P2, hours: 8000, sinks: {lime: {rate: 6000 t/yr}}}
substitutions: [{from: slag, to: lime, ratio: 0.5, treatment: {uses: {power: 0.002}, co2e: 0.003}}]
links: {truck: {kind: truck, along: table, cost: 0.2, co2e: 0.0001, loading_co2e: 0.0005}}
"""


def test_co2e_and_waste_are_counted_once(tmp_path):
    """Reduction = avoided purchase + avoided discharge - what the exchange adds, each a line of its own."""
    plan = planned(tmp_path, ONCE, "P1,P2,2000")
    # 10,000 t of slag replace 0.5 x 10,000 = 5,000 t of the 6,000 t of lime.
    avoided_purchase = 5000 * (0.05 + 0.9)  # 4,750 t
    avoided_discharge = 10_000 * 0.02  # 200 t
    not_displaced = 0.2 * 5000 * 0.9  # 900 t stay, for the slag displaces 80 % of the supply
    use = 10_000 * 0.01  # 100 t
    treatment = 10_000 * (0.002 * 0.5 + 0.003)  # 40 t
    trucks = 10_000 * (0.0001 * 2 + 0.0005)  # 7 t
    added = not_displaced + use + treatment + trucks
    rows = plan.indicators.set_index("indicator")
    assert rows.loc["co2e", "baseline"] == pytest.approx(6000 * 0.95 + 200)  # 5,900 t
    assert rows.loc["co2e", "reduction"] == pytest.approx(avoided_purchase + avoided_discharge - added)  # 3,903 t
    assert rows.loc["co2e_discharge", "reduction"] == pytest.approx(200)
    assert rows.loc["co2e_supply_other", "plan"] == pytest.approx(1000 * 0.9 + 900)
    assert rows.loc["co2e_use", "plan"] == pytest.approx(1000 * 0.05 + 100)
    assert rows.loc["co2e_supply_energy", "plan"] == pytest.approx(10)
    assert rows.loc["co2e_facilities", "plan"] == pytest.approx(30)
    assert rows.loc["memo_biogenic", "plan"] == pytest.approx(3000)
    # Waste: all of it is used, none is discharged; what is reused is not another reduction.
    assert (rows.loc["waste", "baseline"], rows.loc["waste", "plan"]) == (
        pytest.approx(10_000),
        pytest.approx(0, abs=1e-6),
    )
    assert rows.loc["waste_reused", "plan"] == pytest.approx(10_000)


def test_a_plan_without_a_baseline_is_explained(tmp_path):
    # The mill's own 3 t/h feed either of its two dryers of 2 t/h, not both; with the smelter's 2 t/h there is a plan.
    text = PARK.replace("sinks: {steam: {rate: 5, supplied_today_by: {gas: 0.8}}}", DRYERS)
    text = text[: text.index("facilities:")] + text[text.index("links:") :]
    with pytest.raises(Infeasible) as told:
        planned(tmp_path, text)
    assert "There is a plan, but no baseline" in str(told.value)
    for name in ("dryer 1", "dryer 2"):
        assert f"plants.mill.sinks.{name}: state supplied_today_by" in str(told.value)


DRYERS = """sources: {steam: {rate: 3}},
    sinks: {dryer 1: {resource: steam, rate: 2}, dryer 2: {resource: steam, rate: 2}}"""
