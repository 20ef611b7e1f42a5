"""Heat along pipes in whole cases: losses, temperatures and least flows by hand, mains, faults, and the audit."""

import math

import pytest
from heat_parks import HEAD, TWO, changed, cost, heat, put
from layers import layer
from pipe_parks import MAIN, PLACES, STREETS
from whole_cases import assert_saved_whole, failed

from planner.audit import audit
from planner.case.read import read_case
from planner.cli.run import main
from planner.errors import CaseError, Infeasible
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.optional_tables import WHERE_ANY

YEAR = 8760.0
#: TWO with 1 km of pipe of 0.3 W/m/K, supply and return each, in ground of 10 degC, for a heater of 40 to 70 degC.
PIPE = changed(
    TWO,
    ("resources:", "ground: 10\nresources:"),
    ("return: 60 degC}", "return: 60 degC, arrives: {supply: 85}}"),
    ("{from: 40, to: 80", "{from: 40, to: 70"),
    ("investment: 10}", "investment: 10, heat_transfer: 0.3}"),
)
#: Heat that leaves for each metre, so that 85 of 90 degC arrive (see tests/heat/test_heat_in_pipes.py) [W/m].
LEAST = 0.3 / math.log(80 / 75) * (90 - (10 + 50 * 75 / 80))
#: 0.3 x (80 + 50) [W/m].
LOST = 39.0


def far(text: str, km: float) -> str:
    return changed(text, ("{kind: pipe, sizes", f"{{kind: pipe, detour: {km}, sizes"))


def pipes(plan, run=""):
    return plan.tables[f"{run}heat_pipes"]


def planned(text, folder, **options):
    plan = solve(read_case(put(text, folder)), **options)
    assert not failed(dict(plan.audit)), failed(dict(plan.audit))
    return plan


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return planned(PIPE, tmp_path_factory.mktemp("one"))


def test_loss_and_drop_by_hand(plan):
    """39 W/m over 1 km are 39 kW; 6 MW arrive, 6.039 leave. C = 6.039 MW / (90 - T_r), T_r = 10 + 50 exp(-300 / C)."""
    row = pipes(plan).iloc[0]
    assert plan.exchanges["lost_per_yr"].iloc[0] == pytest.approx(0.039 * YEAR)
    assert plan.exchanges["flow_per_yr"].iloc[0] == pytest.approx(6.039 * YEAR)
    assert row["loss_w_per_m"] == pytest.approx(LOST)
    assert row["lost_mwh_per_yr"] == pytest.approx(0.039 * YEAR)
    flow = 6.039e6 / 30
    for _ in range(50):
        flow = 6.039e6 / (90 - (10 + 50 * math.exp(-300 / flow)))
    assert row["arrives_degc"] == pytest.approx(10 + 80 * math.exp(-300 / flow), abs=1e-6)
    assert row["drop_k"] == pytest.approx(0.12, abs=0.01)
    assert row["least_flow_per_h"] == pytest.approx(LEAST * 1000 * 1e-6)
    assert row["verdict"] == "ok"
    assert heat(plan, "works", "hot water", "gives") == pytest.approx(6.039 * YEAR)


def test_the_taker_counts_on_what_arrives(tmp_path):
    """A heater up to 80 degC needs water of 90 with 10 K between them: with 85 that arrive it cannot be served."""
    with pytest.raises(CaseError, match=r"homes.process_heat") as error:
        solve(read_case(put(changed(PIPE, ("to: 70", "to: 80")), tmp_path)))
    assert "80" in str(error.value)


@pytest.mark.parametrize(("km", "built"), [(52.1, True), (52.3, False)])
def test_a_pair_too_far_is_not_admissible(tmp_path, km, built):
    """6 MW arrive at most, 6 + 39e-6 L leave: enough for the least flow up to L = 6 / (LEAST - 39) = 52.18 km."""
    assert pytest.approx(52_184, abs=20) == 6e6 / (LEAST - LOST)
    plan = planned(far(PIPE, km), tmp_path)
    assert len(plan.exchanges) == built
    told = any("too far" in note and "85" in note for note in plan.header["notes"])
    assert told != built
    assert plan.exchanges.empty or pipes(plan)["arrives_degc"].iloc[0] == pytest.approx(85, abs=0.01)


def test_check_says_that_a_pair_is_too_far(tmp_path, capsys):
    assert main(["check", str(put(far(PIPE, 60), tmp_path))]) == 0
    assert "too far" in capsys.readouterr().out


FORCED = changed(
    far(PIPE, 10),
    ("{kind: pipe,", "{kind: pipe, loading: 100,"),
    ("links:", "exchanges: [{from: works, to: homes, forced: true}]\nlinks:"),
)


def test_the_least_flow_binds(tmp_path):
    """A forced pipe of 10 km that costs 100 EUR for each MWh carries no more than it must, LEAST x 10 km = 1.54 MW."""
    plan = planned(FORCED, tmp_path)
    assert plan.exchanges["flow_per_yr"].iloc[0] == pytest.approx(LEAST * 1e-2 * YEAR, rel=1e-6)
    assert pipes(plan)["arrives_degc"].iloc[0] == pytest.approx(85.0, abs=1e-3)
    free = planned(changed(FORCED, (", arrives: {supply: 85}", "")), tmp_path / "free")
    # without it, what the pipe loses must be covered, and no more: 0.39 MW
    assert free.exchanges["flow_per_yr"].iloc[0] == pytest.approx(0.39 * YEAR, rel=1e-6)
    assert pipes(free)["verdict"].tolist() == ["not asked"]
    assert any("arrives is not stated" in note for note in free.header["notes"])


def test_a_forced_exchange_that_is_too_far(tmp_path):
    with pytest.raises(Infeasible, match=r"works > homes: hot water is forced.*too far.*arrive at 85") as error:
        solve(read_case(put(changed(FORCED, ("detour: 10", "detour: 60")), tmp_path)))
    assert "resources.hot water.heat.arrives" in str(error.value)


def test_what_clashes_is_named(tmp_path):
    """Two forced pipes of 10 km need 1.54 MW each to arrive hot enough; there are 2 MW, enough for either alone."""
    text = (
        HEAD.replace("B: {area: 5}", "B: {area: 5}, C: {area: 5}")
        + """
ground: 10
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  hot water: {kind: heat, unit: MWh, heat: {supply: 90, return: 60, arrives: {supply: 85}}, carried_by: [pipe],
              discharge: {route: cooler, cost: 0}}
plants:
  works: {plot: A, sources: {hot water: {rate: 2}}}
  homes: {plot: B, sinks: {hot water: {rate: 6, supplied_today_by: {gas: 1.1}}}}
  baths: {plot: C, sinks: {hot water: {rate: 6, supplied_today_by: {gas: 1.1}}}}
exchanges: [{from: works, to: homes, forced: true}, {from: works, to: baths, forced: true}]
links:
  pipe: {kind: pipe, detour: 10, sizes: [{size: S, capacity: 20, heat_transfer: 0.3}]}
"""
    )
    folder = put(text, tmp_path)
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\nA,C,1000\nB,C,1000\n", encoding="utf-8")
    with pytest.raises(Infeasible) as error:
        solve(read_case(folder))
    assert "resources.hot water.heat.arrives.supply: hot water arrives at 85" in str(error.value)
    assert "let it arrive colder" in str(error.value)


def test_two_seasons_of_the_ground(tmp_path):
    """Ground of 5 degC for 3,000 h and 15 for 5,760 h: 0.3 x (85 + 55) = 42 and 0.3 x (75 + 45) = 36 W/m."""
    text = changed(
        PIPE,
        (
            "ground: 10",
            "ground: {periods: {winter: 5, summer: 15}}\nperiods: {winter: {hours: 3000}, summer: {hours: 5760}}",
        ),
    )
    plan = planned(text, tmp_path)
    assert plan.exchanges["lost_per_yr"].iloc[0] == pytest.approx(0.042 * 3000 + 0.036 * 5760)
    by = pipes(plan).set_index("state")
    assert by["loss_w_per_m"].to_dict() == pytest.approx({"winter": 42.0, "summer": 36.0})
    assert by["ground_degc"].to_dict() == {"winter": 5.0, "summer": 15.0}


def test_chilled_water_gains_heat(tmp_path):
    """Chilled water of 6/12 degC in ground of 15: (9 + 3) x 0.3 = 3.6 W/m of cold are lost."""
    text = (
        HEAD
        + """
ground: 15
resources:
  power: {kind: power, unit: MWh, price: 100}
  chilled water: {kind: heat, unit: MWh, heat: {supply: 6, return: 12, arrives: {supply: 7}}, carried_by: [pipe]}
plants:
  hall: {plot: A, sources: {chilled water: {rate: 2, discharge: {route: none, cost: 0}}}}
  store: {plot: B, sinks: {chilled water: {rate: 1, supplied_today_by: {power: 0.3}}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10, heat_transfer: 0.3}]}
"""
    )
    plan = planned(text, tmp_path)
    row = pipes(plan).iloc[0]
    assert row["loss_w_per_m"] == pytest.approx(3.6)
    assert plan.exchanges["lost_per_yr"].iloc[0] == pytest.approx(3.6e-3 * YEAR)
    assert 6 < row["arrives_degc"] < 7
    assert row["drop_k"] > 0


STEAM = (
    HEAD
    + """
ground: 10
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  steam:
    kind: heat
    unit: t
    heat: {steam: 10 bar, condensate: {share: 80 %}, arrives: {steam: 9 bar}}
    carried_by: [pipe]
    discharge: {route: vent, cost: 0}
plants:
  works: {plot: A, sources: {steam: {rate: 20}}}
  mill: {plot: B, sinks: {steam: {rate: 10, supplied_today_by: {gas: 0.7}}}}
links:
  pipe:
    kind: pipe
    max_pressure_drop: 50
    sizes: [{size: S, capacity: 30, inner_diameter: 200, outer_diameter: 219.1, investment: 100, return_investment: 30,
             insulation: {thickness: 80, conductivity: 0.05}}]
"""
).replace("    unit: t\n", "    unit: t\n    fluid: {phase: gas, density: 5, viscosity: 1.5e-5}\n")


def test_steam_by_a_pipe_with_its_condensate(tmp_path):
    """100 + 30 EUR/m over 1 km, 10 years without interest: 13,000 EUR a year; the return pipe is a line of its own."""
    plan = planned(STEAM, tmp_path)
    assert plan.exchanges["capex"].iloc[0] == pytest.approx(130_000)
    lines = plan.tables["lines"]
    back = lines[(lines["item"] == "pipe S: return pipe") & (lines["account"] == "investment_link")]
    assert back["amount"].sum() == pytest.approx(30_000)
    # 2 pi 0.05 / ln(379.1 / 219.1) = 0.573010 W/m/K; x (179.88 - 10), and x (175.36 - 10) of what condensed at 9 bar
    transfer = 2 * math.pi * 0.05 / math.log(379.1 / 219.1)
    row = pipes(plan).iloc[0]
    assert row["loss_w_per_m"] == pytest.approx(transfer * (169.88 + 165.36), abs=0.02)
    # after 1 km at 50 Pa/m 9.5 bar are left, at which steam condenses at 177.67 degC
    assert row["arrives_degc"] == pytest.approx(177.67, abs=0.02)
    assert row["least_degc"] == pytest.approx(175.36, abs=0.02)
    vented = planned(changed(STEAM, ("share: 80 %", "share: 0 %")), tmp_path / "vented")
    assert vented.exchanges["capex"].iloc[0] == pytest.approx(100_000), "nothing comes back, so no pipe for it"


def test_steam_reaches_as_far_as_its_pressure(tmp_path):
    # 1 bar at 50 Pa/m is 2 km
    near, too_far = (changed(STEAM, ("    kind: pipe", f"    detour: {km}\n    kind: pipe")) for km in (1.99, 2.01))
    assert len(planned(near, tmp_path / "near").exchanges) == 1
    assert planned(too_far, tmp_path / "far").exchanges.empty


def test_without_the_feature_there_is_no_table(tmp_path):
    plan = planned(TWO, tmp_path)
    assert pipes(plan).empty
    assert "heat_pipes" in WHERE_ANY, "an empty table is not written"
    assert not any("arrives" in note for note in plan.header["notes"])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("arrives_degc", 89.0),
        ("loss_w_per_m", 20.0),
        ("lost_mwh_per_yr", 100.0),
        ("least_flow_per_h", 0.1),
        ("verdict", "too cold"),
    ],
)
def test_the_audit_sees_a_number_that_was_changed(plan, column, value):
    table = pipes(plan).copy()
    table[column] = [value]
    told = audit(plan.case, measure(plan.case), {**plan.tables, "heat_pipes": table}, plan.header)
    assert any("pipes" in check["check"] for check in failed(told))


def test_the_audit_misses_a_row(plan):
    told = audit(plan.case, measure(plan.case), {**plan.tables, "heat_pipes": pipes(plan).iloc[:0]}, plan.header)
    assert any("pipes" in check["check"] for check in failed(told))


def test_saved_and_read_again(plan, tmp_path):
    assert_saved_whole(plan, tmp_path / "out")


def test_every_fault_at_once(tmp_path):
    text = changed(
        PIPE,
        ("heat_transfer: 0.3", "heat_transfer: 0.3, loss: 20, insulation: {thickness: 40, conductivity: 30}"),
        ("arrives: {supply: 85}", "arrives: {supply: 95}"),
        ("ground: 10", "ground: 150"),
    )
    with pytest.raises(CaseError) as error:
        read_case(put(text, tmp_path))
    told = str(error.value)
    assert "states loss and heat_transfer and insulation; each says what it loses: expected one of them" in told
    assert "outer_diameter" in told
    assert "expected 0.001 to 5 W/m/K" in told
    assert "expected between its supply and its return, 60 to 90 degC" in told
    assert "expected -70 to 70 degC" in told


def test_more_faults(tmp_path):
    text = changed(
        STEAM,
        ("arrives: {steam: 9 bar}", "arrives: {steam: 11 bar}"),
        ("    max_pressure_drop: 50\n", ""),
        ("outer_diameter: 219.1", "outer_diameter: 100"),
    )
    with pytest.raises(CaseError) as error:
        read_case(put(text, tmp_path))
    told = str(error.value)
    assert "expected less than the 10 bar" in told
    assert "max_pressure_drop" in told
    assert "is below its inner_diameter" in told


@pytest.fixture(scope="module")
def main_plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("main")
    (folder / "case.yaml").write_text(MAIN, encoding="utf-8")
    layer(folder, "plots", {name: (at,) for name, at in PLACES.items()})
    layer(folder, "corridors", STREETS)
    plan = solve(read_case(folder))
    assert not failed(dict(plan.audit)), failed(dict(plan.audit))
    return plan


def test_a_main_rests_in_summer(main_plan):
    """Nobody takes anything in summer, as the laundry is not worth its fixed cost: 39 W/m x 6 km x 4,380 h are lost."""
    assert main_plan.tables["mains"]["lost_per_yr"].sum() == pytest.approx(0.234 * 4380)
    assert set(pipes(main_plan)["state"]) == {"winter"}


def test_temperatures_in_a_main(main_plan):
    """Both draw C = Q / (T - 60). At the fork T_f = 10 + 80 exp(-900 / (C_m + C_f)), farther on 600 and 300 W/K."""
    mill = farm = 2e5
    for _ in range(200):
        fork = 80 * math.exp(-900 / (mill + farm))
        at_mill, at_farm = 10 + fork * math.exp(-600 / mill), 10 + fork * math.exp(-300 / farm)
        mill, farm = 6e6 / (at_mill - 60), 0.6e6 / (at_farm - 60)
    rows = pipes(main_plan)
    over = rows[rows["exchange"].notna()].set_index("exchange")
    assert over["arrives_degc"].to_dict() == pytest.approx(
        {"works > mill: hot water": at_mill, "works > farm: hot water": at_farm}, abs=1e-4
    )
    assert len(rows) == 5
    assert set(over["verdict"]) == {"ok"}


def test_the_audit_sees_a_wrong_temperature_in_a_main(main_plan):
    for column, wrong, row in (("arrives_degc", 88.0, 0), ("flow_per_h", 3.0, 1), ("lost_mwh_per_yr", 5.0, 3)):
        table = pipes(main_plan).copy()
        table.loc[row, column] = wrong
        told = audit(
            main_plan.case, measure(main_plan.case), {**main_plan.tables, "heat_pipes": table}, main_plan.header
        )
        assert any("pipes" in check["check"] for check in failed(told)), (column, row)


WORDS = ["size", "unit", "verdict", "link", "resource"]


@pytest.mark.parametrize("column", ["drop_k", "least_degc", "supply_degc", *WORDS])
def test_the_audit_sees_what_was_changed_of_a_main(main_plan, column):
    """Of a stretch and of an exchange over it; a link or resource that is nowhere is a finding, too."""
    rows = pipes(main_plan)
    stretches = rows["exchange"].isna()
    has = rows[column].notna() & (rows[column] != "")
    for row in (*rows.index[has & stretches][:1], *rows.index[has & ~stretches][:1]):
        table = rows.copy()
        was = table.loc[row, column]
        table.loc[row, column] = f"{was}x" if isinstance(was, str) else was * 1.03
        tables = {**main_plan.tables, "heat_pipes": table}
        told = audit(main_plan.case, measure(main_plan.case), tables, main_plan.header)
        assert any("pipes" in check["check"] for check in failed(told)), (column, row)


def test_cost_of_the_pipe(plan):
    # 1,000 m at 10 EUR over 10 years; the works' 10 MW less 6.039 go into cooling water at 2 EUR/MWh
    assert cost(plan) == pytest.approx(1000 + 2 * (10 - 6.039) * YEAR)


def test_sizes_that_the_planner_brings_along(tmp_path):
    """6 MW at 30 K are 177 m3/h; at 150 Pa/m DN 200 carries them, of 219.1 mm and 43.85 mm of foam with 0.029 W/m/K.

    2 pi 0.029 / ln(306.8 / 219.1) = 0.541242 W/m/K, x 130 K = 70.36 W/m.
    """
    text = changed(
        PIPE,
        ("discount_rate: 0", "price_index: {2024: 100, 2025: 110}, discount_rate: 0"),
        (
            "unit: MWh, heat: {supply: 90",
            "unit: m3, fluid: {phase: liquid, density: 965, viscosity: 3.1e-4}, heat: {supply: 90",
        ),
        (
            "sizes: [{size: S, capacity: 20, investment: 10, heat_transfer: 0.3}]",
            "max_pressure_drop: 150, sizes: preinsulated_water.csv",
        ),
    )
    plan = planned(text, tmp_path)
    row = pipes(plan).iloc[0]
    assert row["size"] == "DN 200"
    assert row["loss_w_per_m"] == pytest.approx(70.36, abs=0.01)
    assert plan.exchanges["capex"].iloc[0] == pytest.approx(1836 * 1.1 * 1000)


WATER = changed(
    STEAM,
    ("share: 80 %}", "share: 80 %, water: demineralised water}"),
    (
        "  gas:",
        "  demineralised water: {kind: water, unit: m3, price: 2, fresh_water: true, co2e: {supply: 0.001}}\n  gas:",
    ),
)


def test_water_makes_up_for_lost_condensate(tmp_path):
    """20 t/h of steam are made, sent or vented: 0.2 x 20 x 8760 = 35,040 t/yr of water, of 0.9991 t/m3 at 15 degC."""
    dry, wet = planned(STEAM, tmp_path / "dry"), planned(WATER, tmp_path / "wet")
    water = 35_040 / 0.9991026
    for run in ("", "baseline_"):
        bought = wet.tables[f"{run}purchases"]
        mine = bought[bought["resource"] == "demineralised water"]
        assert set(mine["by"]) == {"works"}
        assert mine["amount_per_yr"].sum() == pytest.approx(water, rel=1e-5)
    assert cost(wet) - cost(dry) == pytest.approx(2 * water, rel=1e-5)
    fresh = wet.indicators.set_index("indicator").loc["fresh_water"]
    assert fresh["plan"] == pytest.approx(water, rel=1e-5)
    assert fresh["baseline"] == pytest.approx(water, rel=1e-5)


def test_the_audit_sees_water_that_was_changed(tmp_path):
    plan = planned(WATER, tmp_path)
    table = plan.tables["purchases"].copy()
    row = table.index[table["resource"] == "demineralised water"][0]
    table.loc[row, ["amount_per_yr", "cost_per_yr", "co2e_t_per_yr"]] *= 0.5
    told = audit(plan.case, measure(plan.case), {**plan.tables, "purchases": table}, plan.header)
    assert failed(told)


def test_faults_of_water_for_condensate(tmp_path):
    for change, words in (
        (("price: 2, ", ""), "has no price"),
        (("share: 80 %", "share: 100 %"), "all condensate comes back"),
        (("water: demineralised water", "water: demineralized water"), "did you mean"),
    ):
        with pytest.raises(CaseError) as error:
            read_case(put(changed(WATER, change), tmp_path / words.replace(" ", "-")))
        assert words in str(error.value)
