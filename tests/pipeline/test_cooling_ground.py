"""Cooling loops and the ground: heat pumps by hand, mains against the same loop stated as one that heats, the audit."""

import pytest
from heat_parks import changed, planned, put, put_on_streets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whole_cases import failed

from planner.audit import audit
from planner.case.read import read_case
from planner.cli.run import main
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.plan import Plan

YEAR = 8760.0
#: A data centre of 2 MW and a wash house with a heat pump of its own, 1 km apart.
RING = """
case: Ring
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {distances: distances.csv}
plots: {A: {area: 5}, B: {area: 5}}
ground: 10
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  power: {kind: power, unit: MWh, price: 90}
  hot water: {kind: heat, unit: MWh, heat: {supply: 70, return: 40}, price: 60}
  ring: {kind: heat, unit: MWh, heat: {supply: 20, return: 30}, carried_by: [pipe], price: 12}
plants:
  data: {plot: A, sinks: {ring: {rate: 2}}}
  wash: {plot: B, sinks: {hot water: {rate: 4}}}
facilities:
  pump:
    converts: {heat_pump: {from: ring, to: hot water, power: power, cop: 4}}
    investment: [{capacity: 5, investment: 0.5 MEUR}]
    scope: own
    owner: wash
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 5, investment: 20, heat_transfer: 0.5}]}
"""
TOWER = changed(
    RING,
    ("converts: {heat_pump: {from: ring, to: hot water, power: power, cop: 4}}", "outputs: {ring: 1}\n    unit: MWh"),
)


@pytest.mark.parametrize(
    ("supply", "back", "watts"),
    [
        (20, 30, -15.0),  # 0.5 (10 - 20) + 0.5 (10 - 30): to the ground
        (15, 25, -10.0),
        (6, 12, 1.0),  # 0.5 (10 - 6) + 0.5 (10 - 12): from the ground
    ],
)
def test_a_heat_pump_by_hand(tmp_path, supply, back, watts):
    """2 MW of the data centre and what the ground adds over 1 km, times 4/3: 2000 - 15 = 1985 kW make 2646.7."""
    plan = planned(changed(RING, ("supply: 20, return: 30", f"supply: {supply}, return: {back}")), tmp_path)
    rows = plan.exchanges.set_index("resource")
    assert rows.loc["ring", "replaced_per_yr"] == pytest.approx(2.0 * YEAR)
    assert rows.loc["ring", "flow_per_yr"] == pytest.approx((2.0 + watts / 1000) * YEAR)
    assert rows.loc["hot water", "flow_per_yr"] == pytest.approx((2.0 + watts / 1000) * 4 / 3 * YEAR)


@pytest.mark.parametrize(("ground", "watts"), [(8, 0.0), (30, 5.0)])
def test_a_tower_gains_nothing_and_owes_what_comes_in(tmp_path, ground, watts):
    """Who makes no use of the heat is credited with no cold of the ground; 0.5 (30 - 20) + 0 = 5 W/m are made up."""
    plan = planned(changed(TOWER, ("ground: 10", f"ground: {ground}")), tmp_path)
    row = plan.exchanges.iloc[0]
    assert row["replaced_per_yr"] == pytest.approx(2.0 * YEAR)
    assert row["lost_per_yr"] == pytest.approx(watts / 1000 * YEAR)


def test_check_says_how_it_counts(tmp_path, capsys):
    assert main(["check", str(put(RING, tmp_path))]) == 0
    assert (
        "up to 15 W/m go to the ground: so much less heat comes to pump than others put in" in capsys.readouterr().out
    )


#: Two plants to be cooled and two heaters on a main of hot water.
HOT_MAIN = """
case: A ring of streets
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0, lifetime: {pipe: 10, heat_recovery: 10}}
geography: {plots: plots.geojson, corridors: corridors.geojson}
ground: 8
resources:
  cooling water: {kind: heat, unit: MWh, heat: {supply: 15, return: 25}, price: 10}
  steam: {kind: heat, unit: MWh, heat: {steam: 5 bar}, price: 40}
  loop: {kind: heat, unit: MWh, heat: {supply: 90, return: 60}, carried_by: [ring],
         fluid: {phase: liquid, density: 970, viscosity: 3.5e-4, mass: 28.5 t/MWh}}
plants:
  one:
    plot: B
    process_heat:
      {approach: 4 K, streams: {h: {from: 130, to: 100, load: 2}}, takes: {cooling water: {}}, gives: {loop: {}}}
  two:
    plot: C
    process_heat:
      {approach: 4 K, streams: {h: {from: 140, to: 110, load: 1}}, takes: {cooling water: {}}, gives: {loop: {}}}
  mill:
    plot: A
    process_heat: {approach: 4 K, streams: {c: {from: 30, to: 50, load: 2.5}}, takes: {steam: {}, loop: {}}}
  farm:
    plot: D
    process_heat: {approach: 4 K, streams: {c: {from: 30, to: 50, load: 1}}, takes: {steam: {}, loop: {}}}
links:
  ring:
    kind: pipe
    main: true
    sizes:
      - {size: S, inner_diameter: 150, capacity: 2, investment: 20, heat_transfer: 0.02}
      - {size: M, inner_diameter: 200, capacity: 6, investment: 40, heat_transfer: 0.03, return_heat_transfer: 0.025}
"""
SEASONS = (
    "ground: 8",
    "ground: {value: 9, periods: {winter: 5, summer: 15}}\nperiods: {winter: {hours: 40 %}, summer: {hours: 60 %}}",
)
LIGHT = ("load: 1}", "load: {value: 1, periods: {summer: 0.3}}}")


def turned(text: str) -> str:
    """The same loop as one that cools, given by who is heated."""
    return (
        text.replace("supply: 90, return: 60", "supply: 60, return: 90")
        .replace("takes: {cooling water: {}}, gives: {loop: {}}", "takes: {cooling water: {}, loop: {}}")
        .replace("takes: {steam: {}, loop: {}}", "takes: {steam: {}}, gives: {loop: {}}")
        .replace("heat_transfer: 0.03, return_heat_transfer: 0.025", "heat_transfer: 0.025, return_heat_transfer: 0.03")
    )


def on_streets(text: str, tmp_path) -> Plan:
    plan = solve(read_case(put_on_streets(text, tmp_path)))
    assert not failed(dict(plan.audit)), failed(dict(plan.audit))
    return plan


FREE = (("    plot: A\n", "    area: 1\n"), ("    plot: D\n", "    area: 1\n"))
OWN = (("    main: true\n", ""), ("links:", "trenches: {investment: 30}\nlinks:"))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((SEASONS, LIGHT), id="seasons"),
        pytest.param(FREE, id="free places", marks=pytest.mark.slow),
        pytest.param(OWN, id="trenches", marks=pytest.mark.slow),
    ],
)
def test_turned_round_it_is_the_same_plan(tmp_path, changes):
    """What one loop loses follows from its temperatures, not from which of its two pipes is called the supply."""
    text = HOT_MAIN
    for old, new in changes:
        text = text.replace(old, new)
    hot, cool = on_streets(text, tmp_path / "hot"), on_streets(turned(text), tmp_path / "cool")
    assert cool.indicators["plan"].iloc[0] == pytest.approx(hot.indicators["plan"].iloc[0], rel=1e-6)
    assert cool.exchanges["lost_per_yr"].sum() == pytest.approx(-hot.exchanges["lost_per_yr"].sum(), rel=1e-4)
    assert (cool.exchanges["lost_per_yr"] < 0).all()


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(u=st.floats(0.01, 0.08), ground=st.floats(-10, 50), load=st.floats(0.2, 4))
def test_whatever_the_pipes(tmp_path_factory, u, ground, load):
    text = HOT_MAIN.replace("0.02}", f"{u:.4f}}}").replace("ground: 8", f"ground: {ground:.3f}")
    text = text.replace("load: 2.5", f"load: {load:.4f}")
    folder = tmp_path_factory.mktemp("any")
    hot, cool = on_streets(text, folder / "hot"), on_streets(turned(text), folder / "cool")
    assert cool.indicators["plan"].iloc[0] == pytest.approx(hot.indicators["plan"].iloc[0], rel=1e-6)


@pytest.fixture(scope="module")
def cooled(tmp_path_factory):
    return on_streets(turned(HOT_MAIN), tmp_path_factory.mktemp("cooled"))


def test_a_main_by_hand(cooled):
    """0.02 (82 + 52) = 2.68 W/m over 9 km of street: 24.1 kW of the 3 MW put in do not come to the heaters."""
    assert cooled.tables["mains"]["lost_per_yr"].sum() == pytest.approx(-2.68 * 9000 / 1e6 * YEAR)
    assert cooled.exchanges["replaced_per_yr"].sum() == pytest.approx(3.0 * YEAR)
    assert cooled.exchanges["flow_per_yr"].sum() == pytest.approx((3.0 - 0.02412) * YEAR)
    rows = cooled.tables["heat_pipes"]
    assert rows["loss_w_per_m"].dropna().tolist() == pytest.approx([-2.68] * 4)


def test_a_main_in_warm_ground(tmp_path):
    """At 20/30 degC in ground of 60, 0.02 (40 + 30) = 1.4 W/m come in over 9 km: 12.6 kW have to be cooled, too."""
    text = (
        turned(HOT_MAIN).replace("supply: 60, return: 90", "supply: 20, return: 30").replace("ground: 8", "ground: 60")
    )
    plan = on_streets(text.replace("from: 30, to: 50", "from: 5, to: 15"), tmp_path)
    assert plan.tables["mains"]["lost_per_yr"].sum() == pytest.approx(1.4 * 9000 / 1e6 * YEAR)
    gets = plan.exchanges["flow_per_yr"].sum() - plan.exchanges["replaced_per_yr"].sum()
    assert gets == pytest.approx(1.4 * 9000 / 1e6 * YEAR)


def test_a_main_that_loses_and_gains(tmp_path):
    """At 60/70 degC in 70 degC in summer it gains 0.2 W/m, in winter at 5 degC it loses 2.4: each in its hours."""
    seasons = (SEASONS[0], SEASONS[1].replace("summer: 15", "summer: 70"))
    text = turned(changed(HOT_MAIN, seasons)).replace("supply: 60, return: 90", "supply: 60, return: 70")
    plan = on_streets(text, tmp_path)
    lost = plan.tables["heat_pipes"].groupby("state")["loss_w_per_m"].first()
    assert lost.to_dict() == pytest.approx({"winter": -2.4, "summer": 0.2})
    length = plan.tables["mains"]["length_m"].sum()
    due = length / 1e6 * (0.6 * 0.2 - 0.4 * 2.4) * YEAR
    assert plan.tables["mains"]["lost_per_yr"].sum() == pytest.approx(due)


@pytest.mark.parametrize(
    ("table", "column", "factor"),
    [
        ("mains", "lost_per_yr", -1.0),
        ("heat_pipes", "loss_w_per_m", -1.0),
        ("heat_pipes", "lost_mwh_per_yr", 1.01),
        ("exchanges", "lost_per_yr", 0.0),
        ("exchanges", "flow_per_yr", 1.01),
    ],
)
def test_the_audit_sees_other_numbers(cooled, table, column, factor):
    other = cooled.tables[table].copy()
    other.loc[other.index[0], column] *= factor
    assert failed(audit(cooled.case, measure(cooled.case), {**cooled.tables, table: other}, cooled.header))
