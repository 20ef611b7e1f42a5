"""The shipped case with impacts beyond CO2e: its baseline by hand from the facts, its plan that of the case."""

from pathlib import Path

import pytest

import planner

CASES = Path(__file__).parents[2] / "cases" / "kalundborg-1995"


def test_energy_and_sulphur_of_kalundborg():
    plan = planner.solve(CASES / "lca.yaml")
    assert plan.audit["passed"]
    impacts = plan.tables["impacts"]
    total = impacts[impacts["stage"] == "total"].set_index("category")
    # oil for 355,000 t of steam, gas oil for 70,000 MWh of heat, coal: LHV each; 3,000 t of sulphur burnt
    energy = 355000 * 0.0697625 * 40.4 + 70000 * 0.111628 * 43.0 + 30000 * 25.8
    assert total.loc["fossil energy", "baseline"] == pytest.approx(energy, rel=1e-5)
    assert total.loc["sulphur dioxide", "baseline"] == pytest.approx(3000 * 1.998)
    assert total.loc["sulphur dioxide", "plan"] == pytest.approx(0.0, abs=1e-6)
    # in the plan the power that steam and heat cost, at 3.6 / 0.38 GJ/MWh
    power = plan.tables["purchases"].query("resource == 'power'")["amount_per_yr"].sum()
    assert total.loc["fossil energy", "plan"] == pytest.approx(power * 9.473684, rel=1e-9)
