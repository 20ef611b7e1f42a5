"""Svartsengi: what brine of 240 degC does at each of its temperatures."""

from pathlib import Path

import pytest

from planner.case.read import read_case
from planner.pipeline import solve

CASE = Path(__file__).parents[2] / "cases" / "svartsengi"


@pytest.fixture(scope="module")
def plan():
    found = solve(read_case(CASE))
    assert found.audit["passed"]
    return found


def test_each_level_does_what_it_can(plan):
    built = set(plan.exchanges["exchange"])
    assert {
        "Svartsengi > steam turbines: steam 6 bar",
        "Svartsengi > low pressure units: steam 1.2 bar",
        "Svartsengi > Reykjanes towns: district heat",
        "Svartsengi > Blue Lagoon: lagoon heat",
        "Svartsengi > Methanol works: geothermal CO2 -> liquid CO2",
    } == built
    made = plan.tables["facilities"].set_index("facility")["activity_per_yr"] / 8600.0
    # 70.39 kg/s x 461.64 kJ/kg = 32.49 MW; the low pressure units have 8.4 MW
    assert made["steam turbines"] == pytest.approx(32.49, abs=0.01)
    assert made["low pressure units"] == pytest.approx(8.4, abs=1e-6)


def test_heat_of_the_field_is_used_or_disposed_of(plan):
    heat = plan.tables["heat"]
    field = heat[(heat["plant"] == "Svartsengi") & (heat["state"] == "year")].set_index("stream")["mean_mw"]
    hot = field[["first flash", "second flash", "brine"]].sum()
    # 146.81 + 76.21 + 80.34
    assert hot == pytest.approx(303.36, abs=0.01)
    assert field.drop(["first flash", "second flash", "brine"]).sum() == pytest.approx(hot, rel=1e-6)
    # 400 kg/s from 1037.52 to 167.5 kJ/kg are 348 MW, of which 45 are the sensible heat of the first steam's condensate
    assert hot == pytest.approx(0.4 * (1037.52 - 167.5) - 70.39 * (670.5 - 167.5) / 1e3 - 33.96 * 271.8 / 1e3, abs=0.5)
    # in its hours the towns take 45 MW of water at 90 degC, and 17.58 km x 75.4 W/m = 1.33 MW are lost
    pipe = plan.tables["heat_pipes"].iloc[0]
    assert field["district heat"] == pytest.approx(45.0 + 17.5831 * pipe["loss_w_per_m"] / 1e3, abs=1e-3)
    # DN 500: 2 pi 0.029 / ln((508 + 2 x 93.8) / 508) = 0.5796 W/m/K a pipe, x (90 - 5 + 50 - 5) K
    assert pipe["size"] == "DN 500"
    assert pipe["loss_w_per_m"] == pytest.approx(0.5796 * 130.0, abs=0.1)
    # 46.33 MW over 40 K are 1.158 MW/K: 85 K x (1 - exp(-0.5796 x 17,583 / 1.158e6))
    assert pipe["drop_k"] == pytest.approx(0.75, abs=0.01)


def test_exergy_rises_and_no_heat_is_bought_but_for_the_hours_between(plan):
    heat = plan.indicators.set_index("indicator")
    assert heat.loc["heat_supplied", "plan"] == pytest.approx(160.0 * (45.0 + 8.0), rel=1e-3)
    exergy = plan.tables["exergy"].set_index("of")["efficiency"].dropna()
    assert (exergy > 0).all()
    assert (exergy <= 1).all()
