"""Cooling loops by which somebody is heated, steam in mains, and words about pipes: by hand, faults, and the audit."""

import pytest
from heat_parks import HEAD, changed, heat, planned, put, put_on_streets
from whole_cases import failed

from planner.audit import audit
from planner.case.cooling import heated_by
from planner.case.heat_values import GroundTemperature
from planner.case.read import read_case
from planner.cli.run import main
from planner.errors import CaseError
from planner.geography.measure import measure
from planner.pipeline import solve

YEAR = 8760.0
#: 2 MW from 130 to 100 degC and a heater of 3 MW from 30 to 50, 1 km of pipe of 0.5 W/m/K between them, as hot water.
HOT = (
    HEAD
    + """
ground: 8
resources:
  cooling water: {kind: heat, unit: MWh, heat: {supply: 15, return: 25}, price: 10}
  steam: {kind: heat, unit: MWh, heat: {steam: 5 bar}, price: 40}
  loop: {kind: heat, unit: MWh, heat: {supply: 90, return: 60}, carried_by: [pipe]}
plants:
  hot:
    plot: A
    process_heat:
      approach: 4 K
      streams: {h: {from: 130, to: 100, load: 2}}
      takes: {cooling water: {}}
      gives: {loop: {}}
  cold:
    plot: B
    process_heat: {approach: 4 K, streams: {c: {from: 30, to: 50, load: 3}}, takes: {steam: {}, loop: {}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 5, investment: 20, heat_transfer: 0.5}]}
"""
)
#: The same loop as cooling water, which the cold plant gives and the hot plant takes.
COOLING = changed(
    HOT,
    ("supply: 90, return: 60", "supply: 60, return: 90"),
    ("takes: {cooling water: {}}\n      gives: {loop: {}}", "takes: {cooling water: {}, loop: {}}"),
    ("takes: {steam: {}, loop: {}}", "takes: {steam: {}}, gives: {loop: {}}"),
)
#: Of 20 to 30 degC in ground of 60, which heats it.
WARM = changed(
    COOLING,
    ("ground: 8", "ground: 60"),
    ("supply: 60, return: 90", "supply: 20, return: 30"),
    ("from: 30, to: 50", "from: 5, to: 15"),
)
RULE = "nobody takes more heat from a cooling loop than goes in"


def test_hot_water_arrives_less_what_it_loses(tmp_path):
    """0.5 W/m/K x (82 + 52) K x 1 km = 67 kW: of 2 MW 1.933 arrive, the heater buys 3 - 1.933 = 1.067 MW of steam."""
    plan = planned(HOT, tmp_path)
    assert plan.exchanges["lost_per_yr"].iloc[0] == pytest.approx(0.067 * YEAR)
    assert heat(plan, "cold", "steam", "takes") == pytest.approx(1.067 * YEAR)


@pytest.mark.parametrize("size", ["heat_transfer: 0.5", "loss: 67"])
def test_the_same_as_a_cooling_loop(tmp_path, size):
    """Who is heated gets 2 - 0.067 = 1.933 MW of the 2 MW that go in, whichever way round the loop is stated."""
    hot = planned(HOT, tmp_path / "hot")
    plan = planned(changed(COOLING, ("heat_transfer: 0.5", size)), tmp_path / "cooling")
    row = plan.exchanges.iloc[0]
    assert row["flow_per_yr"] == pytest.approx(1.933 * YEAR)
    assert row["lost_per_yr"] == pytest.approx(-0.067 * YEAR)
    assert row["replaced_per_yr"] == pytest.approx(2.0 * YEAR)
    assert heat(plan, "cold", "steam", "takes") == pytest.approx(1.067 * YEAR)
    assert heat(plan, "hot", "cooling water", "takes") == pytest.approx(0.0, abs=1e-6)
    assert plan.indicators["plan"].iloc[0] == pytest.approx(hot.indicators["plan"].iloc[0])
    assert any("up to 67 W/m go to the ground: so much less heat comes to cold" in n for n in plan.header["notes"])


def test_no_more_goes_in_than_the_pipe_carries(tmp_path):
    """Of 1.5 MW that the pipe carries 1.433 arrive; the rest of 2 MW goes into cooling water."""
    plan = planned(changed(COOLING, ("capacity: 5", "capacity: 1.5")), tmp_path)
    assert plan.exchanges["flow_per_yr"].iloc[0] == pytest.approx(1.433 * YEAR)
    assert heat(plan, "hot", "cooling water", "takes") == pytest.approx(0.5 * YEAR)


def test_a_pipe_that_loses_more_than_goes_in_is_of_no_use(tmp_path):
    """2 W/m/K x 134 K = 268 W/m: over 1 km more than the 0.2 MW that would go in."""
    plan = planned(changed(COOLING, ("heat_transfer: 0.5", "heat_transfer: 2"), ("load: 2", "load: 0.2")), tmp_path)
    assert plan.exchanges.empty


SEASONS = changed(
    WARM,
    (
        "ground: 60",
        "ground: {periods: {winter: 8, summer: 60}}\nperiods: {winter: {hours: 40 %}, summer: {hours: 60 %}}",
    ),
)


def test_lost_in_one_season_and_gained_in_the_other(tmp_path):
    """0.5 (12 + 22) = 17 kW go out in 8 degC, 35 kW come in in 60: the heater buys 3 - 1.983 and 3 - 2.035 MW."""
    plan = planned(SEASONS, tmp_path)
    steam = 0.4 * (3 - 1.983) + 0.6 * (3 - 2.035)
    assert heat(plan, "cold", "steam", "takes") == pytest.approx(steam * YEAR)
    assert plan.exchanges["lost_per_yr"].iloc[0] == pytest.approx((0.6 * 0.035 - 0.4 * 0.017) * YEAR)
    rows = plan.tables["heat_pipes"].set_index("state")
    assert rows["loss_w_per_m"].to_dict() == pytest.approx({"winter": -17.0, "summer": 35.0})


def test_a_loop_that_leaks_is_a_fault(tmp_path):
    leaking = ("kind: pipe, sizes", "kind: pipe, volume_loss: 1 %/km, sizes")
    with pytest.raises(CaseError, match=r"links\.pipe\.volume_loss: a share of loop that is lost would count") as error:
        read_case(put(changed(COOLING, (", heat_transfer: 0.5", ""), leaking), tmp_path))
    assert "by heat_transfer, insulation or loss of its sizes" in str(error.value)


def test_bare_pipes_are_no_fault(tmp_path):
    assert read_case(put(changed(COOLING, (", heat_transfer: 0.5", "")), tmp_path))
    assert read_case(put(changed(COOLING, ("heat_transfer: 0.5", "loss: 0")), tmp_path))


PUMP = """
facilities:
  heat pump: {converts: {heat_pump: {from: cooling water, to: loop, power: power, cop: 4}}, plot: A,
              investment: [{capacity: 3, investment: 1 MEUR}]}
  tower: {outputs: {cooling water: 1}, unit: MWh, plot: A, investment: [{capacity: 3, investment: 1}]}
  tank: {stores: {resource: cooling water, hours_to_fill: 4, hours_to_empty: 4}, plot: A,
         investment: [{capacity: 3, investment: 1}]}
"""


def test_who_is_heated(tmp_path):
    text = changed(HOT, ("  steam:", "  power: {kind: power, unit: MWh, price: 90}\n  steam:")) + PUMP
    case = read_case(put(text, tmp_path / "pump"))
    assert heated_by(case, "cooling water").keys() == {"heat pump", "tank"}
    assert heated_by(case, "loop") == {}, "a loop that heats loses its heat itself"


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    return planned(WARM, tmp_path_factory.mktemp("warm"))


def test_what_comes_in_from_the_ground_must_be_cooled_too(warm):
    """0.5 (40 + 30) = 35 W/m come in: the cold plant cools 2.035 MW, that is gets so much heat, and buys 0.965."""
    assert warm.exchanges["lost_per_yr"].iloc[0] == pytest.approx(0.035 * YEAR)
    assert warm.exchanges["replaced_per_yr"].iloc[0] == pytest.approx(2.0 * YEAR)
    assert heat(warm, "cold", "steam", "takes") == pytest.approx(0.965 * YEAR)
    row = warm.tables["heat_pipes"].iloc[0]
    assert row["loss_w_per_m"] == pytest.approx(35.0)
    assert row["lost_mwh_per_yr"] == pytest.approx(0.035 * YEAR)
    assert any("up to 35 W/m come in from the ground: they are cold lost" in note for note in warm.header["notes"])


def test_a_pipe_that_collects_heat_is_warned_of(tmp_path):
    """35 kW of the 0.135 MW that the cold plant takes up are the ground's: 26 %."""
    plan = planned(changed(WARM, ("load: 2", "load: 0.1")), tmp_path)
    assert any(n.startswith("WARNING: cold > hot: loop: 26 % of the heat that cold") for n in plan.header["notes"])


def test_the_audit_knows_it_from_temperatures_alone(warm):
    assert any(RULE in check["check"] for check in warm.audit["checks"])
    colder = warm.case.model_copy(update={"ground": GroundTemperature.model_validate("8 degC")})
    told = failed(audit(colder, measure(colder), dict(warm.tables), warm.header))
    assert any(RULE in check["check"] for check in told)
    table = warm.tables["exchanges"].copy()
    table["lost_per_yr"] = 0.07 * YEAR
    told = failed(audit(warm.case, measure(warm.case), {**warm.tables, "exchanges": table}, warm.header))
    assert any(RULE in check["check"] for check in told)


STEAM_MAIN = """
case: A main of steam
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {plots: plots.geojson, corridors: corridors.geojson}
ground: 10
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  steam:
    kind: heat
    unit: t
    heat: {steam: 10 bar, arrives: {steam: 6 bar}, condensate: {share: 50 %, temperature: 100}}
    carried_by: [steam main]
    discharge: {route: vent, cost: 0}
    fluid: {phase: gas, density: 5, viscosity: 1.5e-5}
plants:
  works: {plot: A, sources: {steam: {rate: 20}}}
  mill: {plot: B, sinks: {steam: {rate: 6, supplied_today_by: {gas: 0.7}}}}
  farm: {plot: C, sinks: {steam: {rate: 3, supplied_today_by: {gas: 0.7}}}}
links:
  steam main:
    kind: pipe
    main: true
    max_pressure_drop: 60
    sizes: [{size: S, inner_diameter: 300, investment: 10, heat_transfer: 0.5, return_heat_transfer: 0}]
"""


@pytest.fixture(scope="module")
def steam(tmp_path_factory):
    folder = put_on_streets(STEAM_MAIN, tmp_path_factory.mktemp("steam"))
    plan = solve(read_case(folder))
    assert not failed(dict(plan.audit)), failed(dict(plan.audit))
    return plan


def test_a_main_of_steam_by_hand(steam):
    """0.5 W/m/K x (179.88 - 10) K = 84.94 W/m, the return pipe lets nothing through: over 6 km and the year."""
    rows = steam.tables["heat_pipes"]
    pipes, over = rows[rows["exchange"].isna()], rows[rows["exchange"].notna()]
    assert pipes["loss_w_per_m"].tolist() == pytest.approx([84.94] * len(pipes), abs=0.01)
    follows = pipes["loss_w_per_m"] * pipes["length_km"] * 1000 * YEAR / 1e6
    assert pipes["lost_mwh_per_yr"].tolist() == pytest.approx(follows.tolist())
    assert over["lost_mwh_per_yr"].sum() == pytest.approx(follows.sum())
    # 0.55970 MWh condense a tonne of 10 bar
    assert steam.exchanges["lost_per_yr"].sum() == pytest.approx(follows.sum() / 0.55970, rel=1e-3)


@pytest.mark.parametrize("row", [0, -1])
def test_the_audit_sees_other_losses_of_steam(steam, row):
    table = steam.tables["heat_pipes"].copy()
    table.loc[table.index[row], "lost_mwh_per_yr"] *= 1.01
    told = audit(steam.case, measure(steam.case), {**steam.tables, "heat_pipes": table}, steam.header)
    assert any("pipes" in check["check"] for check in failed(told))


CATALOGUE = changed(
    STEAM_MAIN,
    ("    unit: t\n    heat: {steam: 10 bar, arrives: {steam: 6 bar}, condensate: {share: 50 %, temperature: 100}}",
     "    unit: MWh\n    heat: {supply: 90, return: 60, arrives: {supply: 85}}"),
    ("phase: gas, density: 5, viscosity: 1.5e-5", "phase: liquid, density: 970, viscosity: 3.5e-4, mass: 28.5 t/MWh"),
    ("sizes: [{size: S, inner_diameter: 300, investment: 10, heat_transfer: 0.5, return_heat_transfer: 0}]",
     "sizes: preinsulated_water.csv"),
    ("links:", "exchanges: [{from: works, to: farm, forced: true}]\ntrenches: {investment: 300}\nlinks:"),
    ("farm: {plot: C, sinks: {steam: {rate: 3,", "farm: {plot: C, sinks: {steam: {rate: 0.2, hours: 2000,"),
)  # fmt: skip


def test_a_fault_of_the_shipped_table_is_told_once(tmp_path, capsys):
    code = main(["check", str(put_on_streets(CATALOGUE, tmp_path))])
    told = capsys.readouterr().err
    assert code == 2
    assert "(the same in 16 more rows)" in told
    assert "the case has 1 fault" in told


def test_words_on_the_catalogue_in_trenches_and_on_part_time(tmp_path):
    text = changed(CATALOGUE, ("price_year: 2025", "price_year: 2024"))
    plan = solve(read_case(put_on_streets(text, tmp_path)))
    assert not failed(dict(plan.audit)), failed(dict(plan.audit))
    notes = plan.header["notes"]
    assert any(n.startswith("WARNING: links.steam main lies in trenches") and "17 of its 17" in n for n in notes)
    rows = plan.tables["heat_pipes"]
    still = rows[rows["exchange"].isna() & (rows["flow_per_h"] <= 1e-9)]
    assert still["arrives_degc"].isna().all()
    assert any("too cold by the mean flow of all hours" in n for n in notes)


def test_what_keeps_a_link_from_reaching(tmp_path):
    text = changed(HOT, ("heat_transfer: 0.5", "loss: 5000"))
    plan = planned(text, tmp_path)
    assert any(note.endswith("look at what pipe loses") for note in plan.header["notes"])
