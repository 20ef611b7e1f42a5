"""Exergy over the fence of whole parks, solved by hand: what is destroyed is T0 times the entropy that is made."""

import json
import math

import pytest
from heat_parks import HEAD, TWO, changed, planned, put
from test_converters_by_hand import LIFT
from whole_cases import failed

from planner.audit import audit
from planner.case.read import CaseError, read_case
from planner.cli.run import main
from planner.geography.measure import measure

YEAR, T0 = 8760.0, 288.15
#: Entropy per heat of water of 20..30 and of 60..90 degC, IAPWS-IF97 [1/K].
COOLING = (0.436763 - 0.296483) / (125.8337 - 84.0131)
HOT = (1.192635 - 0.831173) / (376.9925 - 251.2227)
PARK = ("park", "park")


def exergy(plan, run=""):
    """Rows of the table by name and kind."""
    return plan.tables[f"{run}exergy"].set_index(["of", "kind"])


@pytest.fixture(scope="module")
def lifted(tmp_path_factory):
    """The park with a heat pump: its case, and its plan."""
    folder = tmp_path_factory.mktemp("lift")
    plan = planned(LIFT, folder)
    return read_case(folder), plan


def test_a_park_with_a_heat_pump(lifted):
    """Flue 10 MW of 60..40 degC and 1.5 MW of power come in; 6 MW of 40..80 degC are wanted, 5.5 MW go into water.

    Energy closes, 10 + 1.5 = 6 + 5.5, so that T0 x (entropy out - entropy in) is destroyed; power holds none.
    """
    plan = lifted[1]
    table, alone = exergy(plan), exergy(plan, "baseline_")
    flue, heating = math.log(333.15 / 313.15) / 20, math.log(353.15 / 313.15) / 40
    park = table.loc[PARK]
    made = 6 * heating + 5.5 * COOLING - 10 * flue
    assert park["destroyed_mwh_per_yr"] == pytest.approx(T0 * made * YEAR, rel=1e-4)
    given, wanted = 10 * (1 - T0 * flue) + 1.5, 6 * (1 - T0 * heating)
    assert park["given_mwh_per_yr"] == pytest.approx(given * YEAR, rel=1e-5)
    assert park["efficiency"] == pytest.approx(wanted / given, rel=1e-5)
    assert table.loc[("power", "park: bought"), "given_mwh_per_yr"] == pytest.approx(1.5 * YEAR)
    # the pump: 4.5 MW of 20..30 degC in, 6 MW of 60..90 degC out
    pump = T0 * (6 * HOT - 4.5 * COOLING) * YEAR
    assert table.loc[("pump", "converter"), "destroyed_mwh_per_yr"] == pytest.approx(pump, rel=1e-4)
    # alone 6 x 1.1 MW of gas count as they are, and all 10 MW go into water
    burnt = 10 * (1 - T0 * flue) + 6.6
    assert alone.loc[PARK, "efficiency"] == pytest.approx(wanted / burnt, rel=1e-5)
    assert alone.loc[PARK, "wasted_mwh_per_yr"] == pytest.approx(10 * (1 - T0 * COOLING) * YEAR, rel=1e-3)


STEAM = (
    HEAD.replace("B: {area: 5}", "B: {area: 5, several_tenants: true}")
    + """
resources:
  gas: {kind: gas, unit: MWh, price: 50, exergy_factor: 1.04}
  power: {kind: power, unit: MWh, price: 90, sale: {price: 60}}
  water: {kind: water, unit: m3, price: 1}
  steam 40: {kind: heat, unit: t, heat: {steam: 40 bar, superheat: 149.64 K, condensate: {temperature: 105}}, price: 5}
  steam 5: {kind: heat, unit: t, heat: {steam: 5 bar, condensate: {temperature: 105}}}
plants:
  mill:
    plot: B
    sinks: {steam 5: {rate: 12, supplied_today_by: {gas: {efficiency: 90 %}}}, power: {rate: 3}}
  works: {plot: A, sinks: {power: {rate: 1}}}
facilities:
  unit: {converts: {UNIT}, scope: own, owner: mill, investment: [{capacity: 12 t/h, investment: 0}]}
"""
)
VALVE = "let_down: {from: steam 40, to: steam 5, water: water}"
TURBINE = "turbine: {from: steam 40, to: steam 5, power: power, isentropic: 0.8, generator: 0.95, water: water}"
#: IAPWS-IF97: enthalpy and entropy of steam of 40 bar and 400 degC, of 5 bar dry, of water of
#: 15 and 105 degC at 5 bar, and of 105 degC at 40 bar.
HIGH, LOW, COLD, BACK = (3214.37, 6.77119), (2748.11, 6.82058), (63.46, 0.22440), (440.51, 1.36289)
BACK_HIGH = (443.08, 1.36003)


def unit_row(kind, stated, tmp_path):
    """The rows of exergy, with a valve or turbine of the mill's own that brings all of its steam."""
    text = STEAM.replace("UNIT", stated)
    table = exergy(planned(text, tmp_path))
    row = table.loc[("unit", kind)]
    assert "beside water of the surroundings" in row["how"]
    return table, row


def flow(state):
    """Exergy of a tonne beside water of 15 degC, 63.08 kJ/kg and 0.22446 kJ/kg/K [kJ/kg]."""
    return state[0] - 63.08 - T0 * (state[1] - 0.22446)


def test_a_park_with_a_valve(tmp_path):
    """(3214.37 - 2748.11) / (2748.11 - 63.46) = 0.17368 t of water for a tonne: 1.17368 t of steam.

    Entropy made: 1.17368 x 6.82058 - 6.77119 - 0.17368 x 0.22440 = 1.19504 kJ/K, x T0 = 344.3 kJ = 0.09565 MWh/t.
    """
    table, row = unit_row("converter", VALVE, tmp_path)
    water = (HIGH[0] - LOW[0]) / (LOW[0] - COLD[0])
    tonnes = 12 * YEAR / (1 + water)
    made = (1 + water) * LOW[1] - HIGH[1] - water * COLD[1]
    assert T0 * made / 3600 == pytest.approx(0.09565, abs=2e-5)
    assert row["destroyed_mwh_per_yr"] == pytest.approx(tonnes * T0 * made / 3600, rel=1e-3)
    # the park: beside condensate of 105 degC, which is let go at 5 bar, more by the injected water than comes in
    park = table.loc[PARK]
    assert park["given_mwh_per_yr"] == pytest.approx(tonnes * (flow(HIGH) - flow(BACK_HIGH)) / 3600, rel=1e-4)
    wanted = 12 * YEAR * (flow(LOW) - flow(BACK)) / 3600
    assert park["efficiency"] == pytest.approx(wanted / park["given_mwh_per_yr"], rel=1e-4)
    let_go = tonnes * ((1 + water) * flow(BACK) - flow(BACK_HIGH) - water * flow(COLD)) / 3600
    assert park["destroyed_mwh_per_yr"] == pytest.approx(row["destroyed_mwh_per_yr"] + let_go, rel=1e-4)


def test_a_park_with_a_turbine(tmp_path):
    """Power, and steam cooled by water: entropy made x T0, and what the generator loses.

    From 6.77119 kJ/kg/K to 5 bar: wet, s = 1.86060, s'' = 6.82058, h = 640.19 + 0.99006 x 2107.92 = 2727.2 kJ/kg. Of
    487.2 kJ/kg 80 % are 389.7 and leave 2824.6; 95 % of that is power, 0.10285 MWh/t.
    """
    table, row = unit_row("converter", TURBINE, tmp_path)
    ideal = 640.19 + (HIGH[1] - 1.86060) / (LOW[1] - 1.86060) * (LOW[0] - 640.19)
    shaft = 0.8 * (HIGH[0] - ideal)
    water = (HIGH[0] - shaft - LOW[0]) / (LOW[0] - COLD[0])
    tonnes = 12 * YEAR / (1 + water)
    made = (1 + water) * LOW[1] - HIGH[1] - water * COLD[1]
    assert row["destroyed_mwh_per_yr"] == pytest.approx(tonnes * (T0 * made + 0.05 * shaft) / 3600, rel=1e-3)
    # what it makes beyond its own use of 3 MW at the mill is sold; what the works buys passes through
    power = 0.95 * shaft / 3600 * tonnes
    park = table.loc[PARK]
    product = power + 12 * YEAR * (flow(LOW) - flow(BACK)) / 3600
    assert park["taken_mwh_per_yr"] == pytest.approx(product, rel=1e-4)
    assert park["efficiency"] == pytest.approx(product / (tonnes * (flow(HIGH) - flow(BACK_HIGH)) / 3600), rel=1e-4)


def test_fuel_counts_by_its_factor(tmp_path):
    """Without steam of 40 bar gas makes it: 12 t/h x (2748.11 - 440.51) / 3600 / 0.9 x 1.04."""
    table = exergy(planned(STEAM.replace("UNIT", VALVE).replace(", price: 5}", ", price: 500}"), tmp_path))
    burnt = 12 * YEAR * (LOW[0] - BACK[0]) / 3600 / 0.9
    row = table.loc[("gas", "park: bought")]
    assert row["given_mwh_per_yr"] == pytest.approx(1.04 * burnt, rel=1e-4)
    assert table.loc[PARK, "given_mwh_per_yr"] == pytest.approx(1.04 * burnt, rel=1e-4)


def test_what_a_source_forgoes_is_made_of_it(tmp_path):
    """Works vents 10 t/h of steam that makes 0.1 MWh/t of power in a turbine of its own until the mill takes it."""
    text = STEAM.replace("UNIT", VALVE).replace(
        "works: {plot: A, ", "works: {plot: A, sources: {steam 5: {rate: 10, forgoes: {power: 0.1}, discharge: VENT}}, "
    )
    alone = exergy(planned(text.replace("VENT", "{route: own turbine}"), tmp_path), "baseline_")
    held = 10 * YEAR * (flow(LOW) - flow(BACK)) / 3600
    row = alone.loc[("steam 5", "park: disposed of")]
    assert row["taken_mwh_per_yr"] == pytest.approx(held, rel=1e-4)
    assert row["taken_mwh_per_yr"] - row["wasted_mwh_per_yr"] == pytest.approx(0.1 * 10 * YEAR)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("gas: {kind: gas, unit: MWh, ", "gas: {kind: gas, unit: t, ", "gas states no enthalpy"),
        ("gas: 1.1}", "gas: 0.01}", "homes / hot water is made of less exergy today than it holds"),
    ],
)
def test_a_park_that_cannot_be_told_says_why(old, new, why, tmp_path):
    """The plan buys no gas and can be told; the baseline does."""
    plan = planned(changed(TWO, (old, new)), tmp_path)
    alone = exergy(plan, "baseline_").loc[PARK]
    assert alone["how"].startswith("cannot be told: ")
    assert why in alone["how"]
    assert math.isnan(alone["efficiency"])
    assert math.isnan(alone["given_mwh_per_yr"])
    if len(plan.exchanges):
        assert 0 < exergy(plan).loc[PARK, "efficiency"] < 1


def test_heat_without_level_cannot_be_told(tmp_path):
    """A works that needs heat of which the case says no temperature."""
    text = changed(
        TWO,
        ("resources:\n", "resources:\n  some heat: {kind: heat, unit: MWh, price: 30}\n"),
        ("  works:\n    plot: A\n", "  works:\n    plot: A\n    sinks: {some heat: {rate: 1}}\n"),
    )
    row = exergy(planned(text, tmp_path)).loc[PARK]
    assert row["how"] == "cannot be told: resources.some heat states no level (heat)"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("unit: MWh, price: 50,", "unit: MWh, price: 50, exergy_factor: 2,", "expected at most 1.5"),
        ("unit: MWh, price: 50,", "unit: t, price: 50, exergy_factor: 1.04,", "state resources.gas.enthalpy"),
        ("hot water: {", "power: {kind: power, unit: MWh, exergy_factor: 1}\n  hot water: {", "kind power"),
    ],
)
def test_bad_factors_are_faults(old, new, told, tmp_path):
    with pytest.raises(CaseError) as error:
        read_case(put(changed(TWO, (old, new)), tmp_path))
    assert "exergy_factor" in str(error.value)
    assert told in str(error.value)


def test_the_audit_works_the_park_out_again(lifted):
    """Parts that are missing, other numbers, another reference."""
    case, plan = lifted
    distances = measure(case)
    table = plan.tables["exergy"]

    def caught(changed_):
        found = failed(audit(case, distances, {**plan.tables, "exergy": changed_}, plan.header))
        return {one["check"] for one in found}

    for kind in ("park: bought", "park: process heat", "park"):
        assert "plan: exergy" in caught(table[table["kind"] != kind])
        other = table.copy()
        other.loc[other["kind"] == kind, "given_mwh_per_yr"] *= 1.01
        assert "plan: exergy" in caught(other)
        other = table.copy()
        other.loc[other["kind"] == kind, "how"] = "somehow"
        assert "plan: exergy" in caught(other)
    other = table.copy()
    other.loc[other["kind"] == "converter", "how"] = "somehow"
    assert "plan: exergy of converters" in caught(other)


def test_the_saved_run_says_it(tmp_path, capsys):
    """Solved, audited and told by the command line."""
    folder = put(LIFT, tmp_path / "case")
    assert main(["solve", str(folder), "--out", str(tmp_path / "out"), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["exergy"]
    (park,) = (row for row in rows if row["kind"] == "park")
    assert 0 < park["efficiency"] < 1
    assert park["how"].startswith("over the fence")
    assert main(["audit", str(tmp_path / "out")]) == 0
    assert "exergy efficiency" in (tmp_path / "out" / "summary.txt").read_text(encoding="utf-8")
