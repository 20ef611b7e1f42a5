"""The audit of a park with a plant that stands still all year: its peak at the park gate is nothing, not a fault."""

from pathlib import Path

import planner

CASE = """
case: Idle mill
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
plots: {P1: {area: 2 ha}}
resources:
  power: {kind: power, unit: MWh, price: 100}
  ash: {kind: material, unit: t, discharge: {route: landfill, cost: 10}}
plants:
  mill:
    plot: P1
    hours: 0
    sinks: {power: {rate: 3}}
    sources: {ash: {rate: 1}}
park_gate:
  grid: {resource: power, peak: 5}
  tip: {resource: ash, direction: out, peak: 5}
"""


def test_the_peak_of_a_plant_that_never_runs_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    plan = planner.solve(tmp_path)
    assert plan.audit["passed"]
    # 0 h a year: nothing is bought, nothing is left, and no land has a price.
    assert plan.indicators.set_index("indicator").loc["total_annual_cost", "plan"] == 0.0
