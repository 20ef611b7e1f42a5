"""What exchanges of media are worth in plans, exergy of parks with loops, and what media can do in shared hours."""

import json

import pytest
import yaml
from heat_parks import HEAD, TWO, changed, cost, planned, put, target
from seeds import more
from test_heat_random import park
from whole_cases import failed

from planner.audit import audit
from planner.case.read import read_case
from planner.cli.run import main
from planner.geography.measure import measure
from planner.results.heat import MEDIA

YEAR = 8760.0
#: A loop of 40/70 degC cools flue gas of 100..80 degC and heats feed water of 10..30 degC.
LOOP = (
    HEAD
    + """
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  loop: {kind: heat, unit: MWh, heat: {supply: 40 degC, return: 70 degC}, price: 5, carried_by: [pipe]}
  hot water: {kind: heat, unit: MWh, heat: {supply: 90 degC, return: 60 degC}}
plants:
  works:
    plot: A
    process_heat:
      approach: 10 K
      streams: {flue: {from: 100, to: 80, load: 10 MW}}
      takes: {loop: {}}
  homes:
    plot: B
    process_heat:
      approach: 10 K
      streams: {feed: {from: 20, to: 30, load: 10 MW}}
      takes: {hot water: {supplied_today_by: {gas: 1.1}}}
      gives: {loop: {}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
"""
)
#: Cold of a gas that is warmed cools milk; what the milk does not warm is warmed by steam.
COLD = (
    HEAD
    + """
resources:
  chilled water: {kind: heat, unit: MWh, heat: {supply: 6 degC, return: 12 degC}, price: 20, carried_by: [pipe]}
  steam: {kind: heat, unit: MWh, heat: {steam: 4 bar}, price: 50}
plants:
  terminal:
    plot: A
    hours: 6000
    process_heat:
      approach: 2 K
      streams: {gas: {from: -20, to: 8, load: 5 MW}}
      takes: {steam: {}}
      gives: {chilled water: {}}
  dairy:
    plot: B
    process_heat: {approach: 2 K, streams: {milk: {from: 30, to: 20, load: 4 MW}}, takes: {chilled water: {}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 2000, investment: 10}]}
"""
)
DISCHARGED = changed(
    TWO, ("return: 60 degC}, carried_by", "return: 60 degC}, discharge: {route: cooler, cost: 5}, carried_by")
)


@pytest.mark.parametrize(
    ("text", "gain"),
    [
        # 55 EUR/MWh of gas and 2 EUR/MWh of cooling water for 52,560 MWh
        (TWO, 57 * 6 * YEAR),
        # nobody disposes of hot water for 5 where cooling water costs 2
        (DISCHARGED, 57 * 6 * YEAR),
        # 5 EUR/MWh of the loop that is bought at works, 55 EUR/MWh of gas at homes
        (LOOP, 60 * 10 * YEAR),
        # in 6,000 h 4 MW of chilled water for 20 EUR/MWh, and of steam for 50 EUR/MWh
        (COLD, 70 * 4 * 6000),
        # homes in all hours, works in half of them: what is exchanged in these
        (changed(TWO, ("  works:\n    plot: A", "  works:\n    plot: A\n    hours: 4380")), 57 * 6 * YEAR / 2),
    ],
)
def test_a_gain_holds_what_both_cascades_save(tmp_path, text, gain):
    """It is the whole difference to the baseline before 1,000 EUR/yr of pipe, since there is no other exchange."""
    plan = planned(text, tmp_path)
    row = plan.exchanges.iloc[0]
    assert row["gain_per_yr"] == pytest.approx(gain, rel=1e-6)
    assert row["gain_per_yr"] == pytest.approx(cost(plan, "baseline") - cost(plan) + 1000, rel=1e-6)
    assert row["payback_yr"] == pytest.approx(10_000 / gain, rel=1e-6)
    assert row["seller_gain_per_yr"] == pytest.approx(gain / 2, rel=1e-6)
    assert not any("leave out" in note for note in plan.header["notes"])
    indicators = plan.indicators.set_index("indicator")
    co2e = indicators.loc["co2e", "baseline"] - indicators.loc["co2e", "plan"]
    assert row["co2e_avoided_t_per_yr"] == pytest.approx(co2e, rel=1e-6)


def test_prices_of_the_periods_count(tmp_path):
    """Cooling water for 2 in winter and 8 in summer: 6 MW x (55 + 2) x 3,504 h + 6 x (55 + 8) x 5,256 h."""
    text = changed(
        TWO,
        ("plots:", "periods: {winter: {hours: 40 %}, summer: {hours: 60 %}}\nplots:"),
        ("price: 2}", "price: {value: 2, periods: {summer: 8}}}"),
    )
    plan = planned(text, tmp_path)
    assert plan.exchanges["gain_per_yr"].sum() == pytest.approx(6 * (57 * 3504 + 63 * 5256), rel=1e-6)


def test_a_shadow_price_is_no_money_of_the_gain(tmp_path):
    """With a shadow price homes would still burn gas: the gain is money alone."""
    text = changed(TWO, ("{discount_rate: 0,", "{discount_rate: 0, carbon_price: {shadow: 100},"))
    plan = planned(text, tmp_path)
    assert plan.exchanges["gain_per_yr"].tolist() == pytest.approx([57 * 6 * YEAR], rel=1e-6)


def test_a_loop_between_plants_delivers_exergy(tmp_path):
    """Beside 15 degC heat of 40..70 degC is worth 1 - 288.15 (0.95495 - 0.57239) / (293.08 - 167.62) = 0.1213 (IAPWS).

    The feed of 20..30 takes 1 - 288.15 ln(303.15/293.15)/10 = 0.03345 of its heat.

    Works gives flue gas of 100..80 degC, 1 - 288.15 ln(373.15/353.15)/20 = 0.20633; the feed takes 0.03345 of it: 16 %.
    """
    table = planned(LOOP, tmp_path).tables["exergy"].set_index(["of", "kind"])
    heat = 10 * YEAR
    loop = table.loc[("homes > works: loop", "exchange")]
    assert loop["given_mwh_per_yr"] == pytest.approx(0.1213 * heat, rel=1e-3)
    assert loop["efficiency"] == pytest.approx(1.0)
    whole = table.loc[("park", "park")]
    assert whole["wasted_mwh_per_yr"] == pytest.approx(0.0, abs=1e-6)
    assert whole["given_mwh_per_yr"] == pytest.approx(0.206325 * heat, rel=1e-4)
    assert whole["taken_mwh_per_yr"] == pytest.approx(0.033450 * heat, rel=1e-4)
    assert whole["efficiency"] == pytest.approx(0.033450 / 0.206325, rel=1e-3)
    assert table.loc[("works", "plant"), "efficiency"] == pytest.approx(0.1213 / 0.206325, rel=1e-3)


def test_a_loop_that_is_lost_on_the_way_makes_no_exergy(tmp_path):
    """A pipe of 900 W/m in ground of 70 degC, 1 km of it, brings 0.9 of the 10 MW that homes take up."""
    text = changed(LOOP, ("investment: 10}", "investment: 10, loss: 900}"), ("resources:", "ground: 70\nresources:"))
    plan = planned(text, tmp_path)
    assert plan.exchanges["replaced_per_yr"].tolist() == pytest.approx([9.1 * YEAR])
    table = plan.tables["exergy"].set_index(["of", "kind"])
    assert table["efficiency"].dropna().between(0, 1 + 1e-9).all()
    # flue gas; and the ground, at the mean of 40 and 70 degC: 1 - 288.15 ln(343.15 / 313.15) / 30 = 0.12128
    whole = table.loc[("park", "park")]
    assert whole["given_mwh_per_yr"] == pytest.approx((0.206325 * 10 + 0.12128 * 0.9) * YEAR, rel=1e-4)


def looped(seed):
    """A random park with one more loop that cools, given by those who have cold streams."""
    case = park(seed)
    case["resources"]["tepid loop"] = {
        **{"kind": "heat", "unit": "MWh", "price": 3, "carried_by": ["pipe"]},
        "heat": {"supply": 10 * (seed % 4), "return": 25 + 30 * (seed % 5)},
    }
    for n, plant in enumerate(case["plants"].values()):
        plant["process_heat"]["takes" if n % 2 else "gives"]["tepid loop"] = {}
    case["links"]["pipe"]["sizes"][0]["investment"] = 1
    return case


@pytest.mark.parametrize("seed", [0, 1, *more(range(2, 20), 4)])
def test_random_parks(seed, tmp_path):
    """Each exchange of a plan of least cost is worth its pipe; one alone what the plan saves; no exergy is made."""
    plan = planned(yaml.safe_dump(looped(seed), sort_keys=False), tmp_path)
    rows = plan.exchanges
    scale = max(1.0, cost(plan, "baseline"))
    assert (rows["gain_per_yr"] - rows["capital_cost_per_yr"] >= -1e-5 * scale).all()
    if len(rows) == 1:
        saved = cost(plan, "baseline") - cost(plan) + rows["capital_cost_per_yr"].sum()
        assert rows["gain_per_yr"].sum() == pytest.approx(saved, rel=1e-5, abs=1e-5 * scale)
    for prefix in ("", "baseline_"):
        shares = plan.tables[f"{prefix}exergy"]["efficiency"].dropna()
        assert ((shares >= -1e-6) & (shares <= 1 + 1e-6)).all()
        assert (plan.tables[f"{prefix}exergy"]["destroyed_mwh_per_yr"].dropna() >= -1e-3).all()
        by_media = target(plan, "park", "least_hot_mwh_per_yr", MEDIA, prefix)
        assert by_media <= target(plan, "park", "hot_mwh_per_yr", MEDIA, prefix) + 1e-5 * scale


@pytest.mark.parametrize(
    ("table", "column", "check"),
    [
        ("exchanges", "gain_per_yr", "plan: worth of exchanges"),
        ("exchanges", "co2e_avoided_t_per_yr", "plan: worth of exchanges"),
        ("exergy", "efficiency", "plan: exergy"),
        ("heat_targets", "least_hot_mwh_per_yr", "plan: heat targets"),
    ],
)
def test_the_audit_catches_another_number(finished, table, column, check):
    case, distances, plan = finished
    changed_ = plan.tables[table].copy()
    changed_[column] = changed_[column] * 1.01 + 1.0
    result = audit(case, distances, {**plan.tables, table: changed_}, plan.header)
    assert check in {one["check"] for one in failed(result)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan of the two plants."""
    folder = put(TWO, tmp_path_factory.mktemp("two"))
    case = read_case(folder)
    return case, measure(case), planned(TWO, folder)


def test_targets_by_media_know_the_hours(tmp_path):
    """Works runs 4,380 h: of 52,560 MWh half can come by hot water; 26,280 are left, and 17,520 of 43,800 cooled."""
    text = changed(TWO, ("  works:\n    plot: A", "  works:\n    plot: A\n    hours: 4380"))
    plan = planned(text, tmp_path)
    for column in ("least_hot_mwh_per_yr", "hot_mwh_per_yr"):
        assert target(plan, "park", column, MEDIA) == pytest.approx(26280)
    assert target(plan, "park", "least_cold_mwh_per_yr", MEDIA) == pytest.approx(17520)


def test_the_saved_run_says_the_same(tmp_path, capsys):
    """Solved and audited by the command line."""
    folder = put(LOOP, tmp_path / "case")
    assert main(["solve", str(folder), "--out", str(tmp_path / "out"), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["exchanges"]
    assert row["gain_per_yr"] == pytest.approx(60 * 10 * YEAR)
    assert main(["audit", str(tmp_path / "out")]) == 0
