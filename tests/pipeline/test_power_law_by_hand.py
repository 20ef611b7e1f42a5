"""Investment by a power law by hand: as it is with SCIP, by straight lines with HiGHS."""

import pytest
import yaml

from planner.case.read import read_case
from planner.pipeline import solve

CASE = """
case: By a power law
currency: EUR
price_year: 2025
economics: {discount_rate: 0, contingency: 0.1, lifetime: {facility: 1}}
plots: {A: {area: 1}}
resources:
  used: {kind: water, unit: t, discharge: {route: sewer, cost: 1000}}
  clean: {kind: water, unit: t, discharge: {route: river}}
plants:
  works: {plot: A, hours: 1, sources: {used: {rate: 9}}}
facilities:
  cleaner:
    scope: own
    owner: works
    unit: t
    inputs: {used: 1}
    outputs: {clean: 1}
    maintenance: 0.02
    investment: {coefficient: 100, exponent: 0.5, largest: 16, smallest: 1}
"""
#: Ends of the straight line over 9 t/h, and what it says there.
LOW, HIGH = 8.0, 8.0 * 2.0**0.25
CHORD = 100 * (LOW**0.5 + (9 - LOW) * (HIGH**0.5 - LOW**0.5) / (HIGH - LOW))


def planned(folder, mixing, **options):
    (folder / "case.yaml").write_text(yaml.safe_dump(yaml.safe_load(CASE)), encoding="utf-8")
    plan = solve(read_case(folder), mixing=mixing, **options)
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


def test_scip_holds_the_law_itself(tmp_path):
    # 9 t/h of capacity: 100 x 9^0.5 = 300 EUR, with contingency 330 EUR, written off in a year; 2 % of 300 a year of
    # maintenance: 336 EUR/yr.
    plan = planned(tmp_path, "scip")
    row = plan.tables["facilities"].iloc[0]
    assert row["capacity_per_h"] == pytest.approx(9, rel=1e-5)
    assert row["capex"] == pytest.approx(330, rel=1e-5)
    assert row["cost_per_yr"] == pytest.approx(6, rel=1e-5)
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert costs["investment_facility"] == pytest.approx(330, rel=1e-5)
    assert costs["facility_capital"] == pytest.approx(330, rel=1e-5)
    assert plan.tables["parties"].set_index("party").at["works", "plan_cost_per_yr"] == pytest.approx(336, rel=1e-5)
    lines = plan.tables["lines"]
    above = lines[(lines["quantity_unit"] == "investment above straight lines") & (lines["run"] == "plan")]
    # what the chord below misses (see the next test), with contingency
    assert above.set_index("account")["amount"]["investment_facility"] == pytest.approx(1.1 * (300 - CHORD), rel=1e-4)
    assert plan.header["solver"]["mixing"]["kind"] == "global (SCIP)"


def test_highs_plans_by_straight_lines_and_charges_by_the_law(tmp_path):
    # Points at 2^(n/4): 9 lies between 8 (100 x 8^0.5 = 282.843) and 8 x 2^0.25 = 9.5137 (308.442), on whose chord it
    # is worth 282.843 + 1 x 25.600 / 1.5137 = 299.755. The bound is by the chord: 1.1 x 299.755 + 0.02 x 299.755.
    plan = planned(tmp_path, "highs")
    assert abs(CHORD - 299.755) < 1e-3
    low, high = LOW, HIGH
    assert plan.tables["facilities"].iloc[0]["capex"] == pytest.approx(330, rel=1e-9)
    solver = plan.header["solver"]
    assert solver["objective"] == pytest.approx(336, rel=1e-9)
    assert solver["bound"] == pytest.approx(1.12 * CHORD, rel=1e-6)
    assert solver["status"] == "feasible"
    # the largest error, looked for on the whole curve
    worst = max(
        1 - (low**0.5 + (c - low) * (high**0.5 - low**0.5) / (high - low)) / c**0.5
        for c in (low + (high - low) * n / 1000 for n in range(1001))
    )
    note = next(n for n in plan.header["notes"] if n.startswith("facilities.cleaner.investment:"))
    assert f"straight lines, at most {worst:.2%} below it" in note


def test_left_to_choose_scip_closes_what_the_lines_leave_open(tmp_path):
    plan = planned(tmp_path, "auto")
    assert plan.header["solver"]["objective"] == pytest.approx(336, rel=1e-6)
    assert plan.header["solver"]["status"] == "optimal"


def test_where_the_lines_are_near_enough_the_law_is_charged_once(tmp_path):
    # 336 against a bound of at most 1.12 x 299.755: within 1 %, so that SCIP is not asked.
    solver = planned(tmp_path, "auto", gap=0.01).header["solver"]
    assert solver["objective"] == pytest.approx(336, rel=1e-9)
    assert solver["bound"] <= 1.12 * CHORD * (1 + 1e-6)
    assert solver["gap"] <= 0.01
