"""Plans with units that change the level of heat, with standby and exchangers, solved by hand; the guide's example."""

import json
import re
from pathlib import Path

import pytest
from heat_parks import TWO, changed, cost, heat, planned, put

from planner.cli.run import main

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
YEAR = 8760.0
PUMP = """
facilities:
  pump:
    converts: {heat_pump: {from: cooling water, to: hot water, power: power, cop: 4}}
    plot: B
    area: 0
    investment: [{capacity: 0, investment: 0}, {capacity: 10, investment: 500000}]
"""
#: The works can only cool; a pump may take what its cooling water brings back, and heat the homes.
LIFT = changed(
    TWO,
    ("streams: {flue: {from: 150, to: 110, load: 10}}", "streams: {flue: {from: 60, to: 40, load: 10}}"),
    ("      gives: {hot water: {}}\n", ""),
    ("  gas: {", "  power: {kind: power, unit: MWh, price: 60}\n  gas: {"),
    ("return: 303.15 K}, price: 2}", "return: 303.15 K}, price: 2, carried_by: [pipe]}"),
    ("lifetime: {pipe: 10,", "lifetime: {pipe: 10, facility: 10,"),
    ("plots: {A: {area: 5}, B: {area: 5}}", "plots: {A: {area: 5}, B: {area: 5, several_tenants: true}}"),
)
LIFT += PUMP


def test_a_heat_pump_cools_one_plant_and_heats_another(tmp_path):
    """6 MW of hot water take 1.5 MW of power, and 4.5 of the 10 MW that the works have to get rid of.

    Power 13,140 MWh at 60, cooling water of 5.5 MW at 2 EUR; the pump 300,000 EUR over 10 years, pipes at 10 EUR/m over
    10: 1 km to the works, and within the plot half the side of its 5 ha, 111.8 m.
    """
    plan = planned(LIFT, tmp_path)
    assert heat(plan, "works", "cooling water", "takes") == pytest.approx(10 * YEAR)
    converters = plan.tables["converters"].set_index("resource")["energy_mwh_per_yr"]
    assert converters.to_dict() == pytest.approx(
        {"power": 1.5 * YEAR, "hot water": 6 * YEAR, "cooling water": 4.5 * YEAR}
    )
    bought = plan.tables["purchases"].set_index("resource")["amount_per_yr"]
    assert bought.to_dict() == pytest.approx({"power": 1.5 * YEAR, "cooling water": 5.5 * YEAR})
    expected = 1.5 * YEAR * 60 + 5.5 * YEAR * 2 + 30_000 + 1000 + 111.803
    assert cost(plan) == pytest.approx(expected)
    exergy = plan.tables["exergy"].set_index("of")
    assert exergy.loc["pump", "kind"] == "converter"
    # surroundings 15 degC: water of 60..90, mean 347.93 K, is worth 1 - 288.15 / 347.93 = 17.18 % of its heat, what
    # cools at 20..30, mean 298.12 K, 3.34 %; power all of it
    given = (1.5 + 4.5 * 0.03345) * YEAR
    assert exergy.loc["pump", "given_mwh_per_yr"] == pytest.approx(given, rel=1e-3)
    assert exergy.loc["pump", "taken_mwh_per_yr"] == pytest.approx(6 * 0.1718 * YEAR, rel=1e-3)
    assert exergy.loc["pump", "destroyed_mwh_per_yr"] == pytest.approx(given - 6 * 0.1718 * YEAR, rel=1e-2)


def test_a_heat_pump_makes_no_more_cold_than_is_taken(tmp_path):
    """With 3 MW to cool, 3 / 0.75 = 4 MW are all that the pump can heat; gas does the rest."""
    plan = planned(changed(LIFT, ("load: 10}", "load: 3}")), tmp_path)
    table = plan.tables["converters"].set_index("resource")["energy_mwh_per_yr"]
    assert table["hot water"] == pytest.approx(4 * YEAR)
    assert plan.tables["supplies"].set_index("by").loc["homes", "supplied_per_yr"] == pytest.approx(2 * YEAR)


STANDBY = "standby: {share: 80 %, investment: 60 EUR/kW, fixed: 2 EUR/kW/yr, existing: 1 MW, lifetime: 5}"
AREA = "exchanger: {area_cost: 400 EUR/m2, coefficient: 0.8 kW/m2/K, mean_difference: 15 K}"
TAKES = "hot water: {supplied_today_by: {gas: 1.1}}"


def test_standby_and_exchangers_by_hand(tmp_path):
    """6 MW go to the homes. Standby 0.8 x 6 - 1 = 3.8 MW: 228,000 EUR over 5 years and 7,600 a year.

    Exchangers: of the homes 6,000 / (0.8 x 15) = 500 m2, 200,000 EUR over 10 years; of the works 6 - 2 = 4 MW at
    50,000, and 2 % of that a year.
    """
    text = changed(TWO, (TAKES, f"{TAKES[:-1]}, {STANDBY}, {AREA}}}"))
    text = changed(
        text,
        (
            "gives: {hot water: {}}",
            "gives: {hot water: {exchanger: {cost: 50 EUR/kW, existing: 2 MW, maintenance: 2 %}}}",
        ),
    )
    plan = planned(text, tmp_path)
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert costs["standby_capital"] == pytest.approx(228_000 / 5)
    assert costs["standby_operation"] == pytest.approx(7_600)
    assert costs["heat_recovery_capital"] == pytest.approx((200_000 + 200_000) / 10)
    assert costs["heat_recovery_operation"] == pytest.approx(4_000)
    assert costs["investment_heat_recovery"] == pytest.approx(400_000)
    assert cost(plan) == pytest.approx(2 * 4 * YEAR + 1000 + 45_600 + 7_600 + 40_000 + 4_000)
    assert plan.tables["equipment"]["area_m2"].dropna().tolist() == pytest.approx([500])
    assert plan.tables["baseline_equipment"].empty
    party = plan.tables["parties"].set_index("party")["capex"]
    assert party["homes"] - party["works"] == pytest.approx(228_000 + 200_000 - 200_000)
    assert any("standby of homes / hot water" in note and "no single exchange" in note for note in plan.header["notes"])


def test_dear_standby_stops_an_exchange(tmp_path):
    """55 x 6 x 8760 = 2.9 MEUR a year are saved: 4.8 MW of standby for 10 years at 7,000 EUR/kW are too dear."""
    dear = "standby: {share: 80 %, investment: 7000 EUR/kW, lifetime: 10}"
    plan = planned(changed(TWO, (TAKES, f"{TAKES[:-1]}, {dear}}}")), tmp_path)
    assert plan.exchanges.empty
    assert plan.tables["equipment"].empty
    assert cost(plan) == pytest.approx(cost(plan, "baseline"))


def test_standby_that_costs_nothing_changes_nothing(tmp_path):
    """Its size is told nevertheless."""
    free = "standby: {share: 80 %, investment: 0}"
    plan = planned(changed(TWO, (TAKES, f"{TAKES[:-1]}, {free}}}")), tmp_path)
    assert cost(plan) == pytest.approx(2 * 4 * YEAR + 1000)
    assert plan.tables["equipment"]["new_mw"].tolist() == pytest.approx([4.8])


def test_the_worst_period_and_its_shared_hours_count(tmp_path):
    """6 MW in winter and 3 in summer; the homes run half of the winter's hours at 6 MW: the peak stays 6 MW."""
    text = changed(
        TWO,
        ("plots: {A", "periods: {winter: {hours: 50 %}, summer: {hours: 50 %}}\nplots: {A"),
        ("load: 6 MW}", "load: {value: 6, periods: {summer: 3}}}"),
        ("    plot: B\n", "    plot: B\n    hours: {periods: {winter: 2190, summer: 4380}}\n"),
        ("return: 303.15 K}, price: 2}", "return: 303.15 K}, price: 2}"),
        ("gives: {hot water: {}}", "gives: {hot water: {discharge: {route: air, cost: 0}}}"),
        (TAKES, f"{TAKES[:-1]}, {STANDBY}}}"),
    )
    plan = planned(text, tmp_path)
    row = plan.tables["equipment"].iloc[0]
    assert row["peak_mw"] == pytest.approx(0.8 * 6)
    assert row["new_mw"] == pytest.approx(3.8)


@pytest.fixture
def example():
    """The example of the guide's section."""
    chapter = GUIDE.read_text(encoding="utf-8").split("### Units that change the level")[1]
    return re.findall(r"```yaml\n(.*?)```", chapter, re.DOTALL)[0]


def test_the_example_of_the_guide_from_the_command_line(example, tmp_path, capsys):
    """Solved, audited again from its folder; the heat pump is built, 55 % of Lorenz 8.36 = COP 4.6."""
    folder = put(example, tmp_path / "case")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,900\nA,C,400\nB,C,500\n", encoding="utf-8")
    assert main(["check", str(folder)]) == 0
    assert "COP 4.6" in capsys.readouterr().out
    assert main(["solve", str(folder), "--out", str(tmp_path / "out"), "--gap", "1e-4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert any("heat_pump.approach is not stated: taken as 5 K" in note for note in told["notes"])
    assert told["audit"]["passed"]
    heat_pump = [row for row in told["converters"] if row["resource"] == "power"]
    assert heat_pump[0]["per_activity"] == pytest.approx(1 / 4.6, rel=0.01)
    assert {row["kind"] for row in told["equipment"]} == {"standby", "exchanger"}
    assert main(["audit", str(tmp_path / "out")]) == 0
