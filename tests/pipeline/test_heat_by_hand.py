"""Parks with process heat solved by hand, and published plants as cases."""

import json

import pytest
from heat_parks import BIEGLER, KEMP, STEAM, TWO, changed, cost, heat, planned, put, target
from whole_cases import assert_saved_whole, failed

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import solve
from planner.results.heat import ALONE, MEDIA, POOLED

YEAR = 8760.0


def test_heat_goes_to_a_neighbour_by_hot_water(tmp_path):
    """Flue gas raises hot water of 90/60 degC for a heater from 40 to 80 degC, with 10 K on both sides.

    Shifted by 5 K each: flue 145..105, water made 65..95, water taken 85..55, heater 45..85 degC. All 6 MW go:
    6 x 8760 = 52,560 MWh/yr; 10 - 6 = 4 MW are left to cooling water, 35,040 MWh/yr at 2 EUR.
    """
    plan = planned(TWO, tmp_path)
    assert plan.exchanges["flow_per_yr"].tolist() == pytest.approx([6 * YEAR])
    assert heat(plan, "works", "cooling water", "takes") == pytest.approx(4 * YEAR)
    assert heat(plan, "works", "hot water", "gives") == pytest.approx(6 * YEAR)
    # 2 EUR/MWh of cooling water, and 1,000 m of pipe at 10 EUR over 10 years without interest
    assert cost(plan) == pytest.approx(2 * 4 * YEAR + 1000)
    # alone, 1.1 MWh of gas at 50 EUR for each MWh, and all 10 MW into cooling water
    assert cost(plan, "baseline") == pytest.approx(55 * 6 * YEAR + 2 * 10 * YEAR)


def test_too_hot_a_loop_carries_nothing(tmp_path):
    """Water of 100 degC cannot be made by a stream that ends at 100 degC shifted: 105 > 95 is uphill."""
    hotter = changed(
        TWO,
        ("{supply: 90 degC, return: 60 degC}", "{supply: 100 degC, return: 60 degC}"),
        ("flue: {from: 150, to: 110", "flue: {from: 105, to: 95"),
    )
    plan = planned(hotter, tmp_path)
    assert plan.exchanges.empty
    assert cost(plan) == pytest.approx(cost(plan, "baseline"))
    # 105 - 5 = 100 is below 100 + 5; pooled streams would do it, since 100..90 is above 45..85
    assert target(plan, "park", "least_hot_mwh_per_yr", MEDIA) == pytest.approx(6 * YEAR)
    assert target(plan, "park", "least_hot_mwh_per_yr", POOLED) == pytest.approx(0.0, abs=1e-6)


def test_part_of_a_gliding_stream_is_hot_enough(tmp_path):
    """Of flue gas from 120 to 60 degC, 10 MW, water of 60 to 90 degC can take what is above 65 degC shifted.

    Shifted 115..55 degC at 1/6 MW/K. Water made is 65..95 degC: (115 - 95)/6 = 3.33 MW above, then at most what keeps
    the residual at 65 not below 0: 50/6 = 8.33 MW, of which homes take 6. All of it: at each temperature t in 65..95
    flue above gives (115 - t)/6, water needs 6 (95 - t)/30 from above: 3.33 + (95 - t)/6 >= 0.2 (95 - t).
    """
    plan = planned(changed(TWO, ("{from: 150, to: 110, load: 10}", "{from: 120, to: 60, load: 10}")), tmp_path)
    assert heat(plan, "works", "hot water", "gives") == pytest.approx(6 * YEAR)
    more = changed(
        TWO, ("{from: 150, to: 110, load: 10}", "{from: 120, to: 60, load: 10}"), ("load: 6 MW", "load: 9 MW")
    )
    plan = planned(more, tmp_path / "more")
    # 3.33 + 30/6 = 8.33 MW is all that is above 65 degC
    assert heat(plan, "works", "hot water", "gives") == pytest.approx(25 / 3 * YEAR)


def test_each_side_has_its_own_approach(tmp_path):
    """A greater contribution of the taker's stream leaves the water too cold: 80 + 10 > 90 - 5."""
    text = changed(TWO, ("load: 6 MW}", "load: 6 MW, approach: 10 K}"))
    with pytest.raises(CaseError, match=r"hot enough to give 0\.75 MW"):  # 5 K of 40 K, of 6 MW
        read_case(put(text, tmp_path))


def test_kemp_as_a_case(tmp_path):
    """20 kW of steam, 60 kW of cooling water, pinch at 85 degC shifted; 0.02 x 8760 x 40 + 0.06 x 8760 x 2 EUR."""
    plan = planned(KEMP, tmp_path)
    assert heat(plan, "works", "steam", "takes") == pytest.approx(0.020 * YEAR)
    assert heat(plan, "works", "cooling water", "takes") == pytest.approx(0.060 * YEAR)
    assert cost(plan) == pytest.approx(0.020 * YEAR * 40 + 0.060 * YEAR * 2)
    row = plan.tables["heat_targets"].iloc[0]
    assert row["pinch_degc"] == "85"
    assert row["recovered_mwh_per_yr"] == pytest.approx(0.450 * YEAR)  # 470 kW of cold streams less 20 kW of steam


@pytest.mark.parametrize(("pair", "hot", "cold", "million"), [("", 60, 225, 9.3), ("[C1, H1]", 120, 285, 15.3)])
def test_biegler_with_and_without_the_forbidden_match(tmp_path, pair, hot, cold, million):
    """Biegler, Grossmann & Westerberg 1997, ch. 16."""
    text = BIEGLER + (f"      forbidden: [{pair}]\n" if pair else "")
    plan = planned(text, tmp_path)
    assert heat(plan, "works", "fuel", "takes") == pytest.approx(hot * YEAR)
    assert heat(plan, "works", "cooling water", "takes") == pytest.approx(cold * YEAR)
    assert cost(plan) == pytest.approx(million * 1e6, rel=1e-6)
    for how in (MEDIA, ALONE):
        assert target(plan, "park", "least_hot_mwh_per_yr", how) == pytest.approx(hot * YEAR)
    assert target(plan, "works", "least_cold_mwh_per_yr") == pytest.approx(cold * YEAR)


def test_recovery_that_costs_more_than_it_saves_is_left(tmp_path):
    """Recovery costs 450 kW x c/10 a year; steam instead 0.45 x 8760 x (40 + 2) EUR: 165,564, worth 3679 EUR/kW."""
    dear = KEMP + "      recovery: {cost: 3700 EUR/kW}\n"
    cheap = KEMP + "      recovery: {cost: 3600 EUR/kW, existing: 100 kW}\n"
    plan = planned(dear, tmp_path / "dear")
    assert plan.tables["heat_recovery"]["new_mw"].tolist() == pytest.approx([0.0], abs=1e-9)
    assert cost(plan) == pytest.approx(0.470 * YEAR * 40 + 0.510 * YEAR * 2)
    plan = planned(cheap, tmp_path / "cheap")
    assert plan.tables["heat_recovery"]["new_mw"].tolist() == pytest.approx([0.350])
    assert plan.tables["heat_recovery"]["capex"].tolist() == pytest.approx([350 * 3600.0])
    assert cost(plan) == pytest.approx(0.020 * YEAR * 40 + 0.060 * YEAR * 2 + 350 * 3600 / 10)


def test_steam_with_part_of_its_condensate(tmp_path):
    """Whoever raises steam heats makeup water, too; whoever takes it cools condensate to 90 degC.

    Steam of 6.013 bar and 178.9 degC holds 2801 kJ/kg, condensate of 90 degC 377.4, makeup of 15 degC 63.6: feed water
    0.8 x 377.4 + 0.2 x 63.6 = 314.6 kJ/kg. A tonne gives (2801 - 377.4)/3600 = 0.673 MWh and takes 0.691.
    """
    plan = planned(STEAM, tmp_path)
    table = plan.tables["heat"].set_index(["state", "plant", "stream", "role"])
    taken, given = (table.loc[("winter", *key)] for key in (("mill", "steam", "takes"), ("works", "steam", "gives")))
    assert taken["heat_mwh_per_yr"] / taken["amount_per_yr"] == pytest.approx(0.6739, abs=1e-4)
    assert given["heat_mwh_per_yr"] / given["amount_per_yr"] == pytest.approx(0.6914, abs=1e-4)
    assert given["from_degc"] == pytest.approx(75.04, abs=0.01)
    # 5 MW of drying in 40 % of 6000 h
    assert taken["heat_mwh_per_yr"] == pytest.approx(5 * 2400)
    # works runs 3504 h in winter, the mill 2400: at most that share of what is made goes there
    sent = plan.tables["flows_by_period"]
    winter = sent[(sent["kind"] == "exchange") & (sent["period"] == "winter")]["amount_per_yr"]
    assert winter.max() <= 2400 / 3504 * given["amount_per_yr"] * (1 + 1e-6)
    assert plan.tables["heat_recovery"].set_index("plant").loc["works", "new_mw"] == pytest.approx(1.5)


def test_periods_of_even_loads_change_nothing(tmp_path):
    """Seasons with the same loads are one year; a season told in two parts is one season."""
    whole = planned(TWO, tmp_path / "whole")
    even = changed(TWO, ("plots:", "periods: {winter: {hours: 40 %}, summer: {hours: 60 %}}\nplots:"))
    parts = planned(even, tmp_path / "parts")
    assert cost(parts) == pytest.approx(cost(whole), rel=1e-6)
    for run in ("", "baseline_"):
        for column in ("hot_mwh_per_yr", "cold_mwh_per_yr", "least_hot_mwh_per_yr"):
            for how in (ALONE, MEDIA, POOLED):
                mine, theirs = (target(plan, "park", column, how, run) for plan in (parts, whole))
                assert mine == pytest.approx(theirs, rel=1e-6, abs=1e-3)


def test_heat_of_summer_is_no_heat_of_winter(tmp_path):
    """Flue gas in summer only, heating in winter only: nothing passes, though the yearly sums are those of before."""
    seasons = changed(
        TWO,
        ("plots:", "periods: {winter: {hours: 50 %}, summer: {hours: 50 %}}\nplots:"),
        ("load: 10}", "load: {periods: {winter: 0, summer: 20}}}"),
        ("load: 6 MW}", "load: {periods: {winter: 12, summer: 0}}}"),
    )
    plan = planned(seasons, tmp_path)
    assert plan.exchanges.empty
    assert target(plan, "park", "least_hot_mwh_per_yr", POOLED) == pytest.approx(6 * YEAR)


def test_what_is_made_outside_the_shared_hours_must_go_somewhere(tmp_path):
    """Homes that run 2190 h take a quarter of what works makes evenly; the rest of it is cooled at 1 EUR/MWh.

    6 MW x 2190 h = 13,140 MWh reach homes, worth 55 EUR; works must make four times that, 52,560 MWh, of which 39,420
    are cooled off in a way of their own at 1 EUR instead of 2.
    """
    text = changed(
        TWO,
        ("return: 60 degC}, carried_by", "return: 60 degC}, discharge: {route: cooler, cost: 1}, carried_by"),
        ("  homes:\n    plot: B\n", "  homes:\n    plot: B\n    hours: 2190\n"),
        ("      gives: {hot water: {}}\n", "      gives: {hot water: {limit: 6}}\n"),
    )
    plan = planned(text, tmp_path)
    assert plan.exchanges["flow_per_yr"].tolist() == pytest.approx([6 * 2190])
    assert heat(plan, "works", "hot water", "gives") == pytest.approx(6 * YEAR)
    assert cost(plan) == pytest.approx(1 * 6 * 6570 + 2 * 4 * YEAR + 1000)
    assert any("outside the hours that both share" in note for note in plan.header["notes"])


def test_a_limit_that_leaves_streams_unserved_is_said(tmp_path):
    """A plant whose medium is limited below what its streams need, alone and in the park."""
    text = changed(TWO, ("takes: {hot water: {supplied", "takes: {hot water: {limit: 5 MW, supplied"))
    with pytest.raises(Infeasible, match=r"plants\.homes\.process_heat: .* does not serve .*43800 a year"):
        solve(read_case(put(text, tmp_path)))
    text = changed(TWO, ("takes: {cooling water: {}}", "takes: {cooling water: {limit: 2 MW}}"))
    with pytest.raises(CaseError, match="without the park, so there is no baseline"):
        solve(read_case(put(text, tmp_path)))


def test_a_finished_run_holds_heat_and_passes_its_audit_again(tmp_path):
    """Tables, summary and diagrams are written; the audit of the folder finds nothing."""
    plan = planned(STEAM, tmp_path / "case")
    out = tmp_path / "out"
    assert_saved_whole(plan, out)
    names = {path.name for path in (out / "heat").iterdir()}
    assert names == {
        "heat by source and season.svg",
        "mill grand composite.svg",
        "mill heat by source.svg",
        "total site.svg",
        "works composite.svg",
        "works grand composite.svg",
        "works heat by source.svg",
    }
    told = (out / "summary.txt").read_text(encoding="utf-8")
    assert "Process heat of the plants" in told
    assert "5 bar(g)" in told
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert {"heat", "heat_recovery", "heat_targets", "exergy"} <= results.keys()


def test_exergy_of_two_plants(tmp_path):
    """T0 15 degC: flue 150 to 110, 87,600 MWh at the mean of 402.8 K: 87,600 (1 - 288.15/402.82) = 24,937 MWh.

    The heater takes 52,560 (1 - 288.15/332.75) = 7,045 MWh; cooling water carries off 35,040 (1 - 288.15/298.12) =
    1,172 MWh. Of the park's exergy 7,045/24,937 = 28.25 % is of use; alone, with 52,560 x 1.1 MWh of gas, 8.51 %.
    """
    plan = planned(TWO, tmp_path)
    park = plan.tables["exergy"].set_index("of").loc["park"]
    assert park["given_mwh_per_yr"] == pytest.approx(24_937, abs=1)
    assert park["taken_mwh_per_yr"] - park["wasted_mwh_per_yr"] == pytest.approx(7_045, abs=1)
    assert park["wasted_mwh_per_yr"] == pytest.approx(1_172, abs=1)
    assert park["efficiency"] == pytest.approx(0.2825, abs=1e-4)
    alone = plan.tables["baseline_exergy"].set_index("of").loc["park"]
    assert alone["efficiency"] == pytest.approx(0.0851, abs=1e-4)
    assert not failed(dict(plan.audit))


def test_heat_of_steam_that_goes_into_hot_water_saves_no_exchanger(tmp_path):
    """Flue of 85..75 degC cannot heat water to 90: the upper half of 10 MW of it needs 5 MW of steam at 1 EUR.

    "small" then takes 5 MW of the flue, through exchangers of 1000 EUR/kW over 10 years: 500,000 EUR/yr. Cheaper: small
    and half the water by steam, 10 MW x 8760 h = 87,600, 5 MW of flue into the water, 5 MW into cooling water at 2 EUR,
    87,600, and 1,000 for the pipe. The balance alone took the steam in the water for that of small, and recovery for
    nothing: 44,800.
    """
    text = changed(
        TWO,
        (
            "flue: {from: 150, to: 110, load: 10}",
            "flue: {from: 85, to: 75, load: 10}, small: {from: 20, to: 60, load: 5}",
        ),
        ("takes: {cooling water: {}}", "takes: {cooling water: {}, steam: {}}\n      recovery: {cost: 1000 EUR/kW}"),
        ("load: 6 MW", "load: 10 MW"),
        ("resources:\n", "resources:\n  steam: {kind: heat, unit: MWh, heat: {steam: 4 bar}, price: 1}\n"),
    )
    assert cost(planned(text, tmp_path)) == pytest.approx(10 * YEAR + 2 * 5 * YEAR + 1000)


@pytest.mark.parametrize(
    ("level", "unit", "said"),
    [
        ("{supply: 50 degC, return: 40 degC}", "MWh", "comes at 50 degC and cannot stand in for hot water of 90 degC"),
        ("{steam: 4 bar}", "t", "more heat than warm brings; expected at most 0.5926"),
    ],
)
def test_a_substitution_carries_heat_downhill_and_makes_none(tmp_path, level, unit, said):
    warm = f"resources:\n  warm: {{kind: heat, unit: {unit}, heat: {level}}}\n"
    text = changed(TWO, ("resources:\n", warm)) + "substitutions: [{from: warm, to: hot water}]\n"
    with pytest.raises(CaseError, match=said):
        planned(text, tmp_path)


def test_a_negative_approach_is_a_fault(tmp_path):
    with pytest.raises(CaseError, match="expected at least 0 K"):
        planned(changed(TWO, ("approach: 10 K", "approach: -10 K")), tmp_path)
