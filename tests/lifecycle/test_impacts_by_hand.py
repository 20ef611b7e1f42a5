"""Impacts of the tiny park against the arithmetic of ``lca_park``; and what does not speak of impacts has none."""

import pytest
from lca_park import CASE, plan, written

import planner
from planner.audit import audit
from planner.geography.measure import measure
from planner.results.optional_tables import OF_IMPACTS


def stages(category, column):
    table = plan().tables["impacts"]
    rows = table[table["category"] == category].set_index("stage")
    return {stage: amount for stage, amount in rows[column].items() if amount}


def test_stages_of_acidification():
    assert stages("acidification", "baseline") == pytest.approx(
        {"use": 1960, "supply": 900, "discharge": 1000, "total": 3860}
    )
    assert stages("acidification", "plan") == pytest.approx(
        {"discharge": 600, "transport": 7000, "construction": 100, "total": 7700}
    )


def test_own_and_avoided_burdens_stand_apart():
    # avoided 1,960 + 900 + (1,000 - 600) = 3,260; added 7,000 + 100
    assert stages("acidification", "avoided_per_yr")["total"] == pytest.approx(3260)
    assert stages("acidification", "added_per_yr")["total"] == pytest.approx(7100)


def test_a_shift_of_problems_is_flagged_and_said():
    table = plan().tables["impacts"]
    total = table[(table["category"] == "acidification") & (table["stage"] == "total")].iloc[0]
    assert total["shifted"] == "shifted: acidification rises while CO2e falls"
    assert any("acidification rises while CO2e falls, by 3840 kg SO2e/yr" in note for note in plan().header["notes"])


def test_energy_is_converted_by_its_unit():
    # 39,200 MWh x 1.1 MWh/MWh x 3,600 MJ/MWh
    assert stages("primary energy", "baseline")["total"] == pytest.approx(39200 * 1.1 * 3600)


def test_climate_change_is_that_of_the_emissions():
    emissions = plan().tables["emissions"]
    emissions = emissions[emissions["account"].str.startswith("co2e_")]
    for run in ("baseline", "plan"):
        assert stages("climate change", run)["total"] == pytest.approx(emissions[run].sum())


def by_party(category):
    table = plan().tables["impacts_by_party"]
    return table[table["category"] == category].set_index("party")


def test_cut_off_leaves_what_an_exchange_causes_with_the_taker():
    # greenhouse: transport 7,000 + 700 m x 2 / 20; mill: 300 m x 2 / 20; smelter: slag still dumped
    found = by_party("acidification")["plan_cut_off"]
    assert dict(found) == pytest.approx({"smelter": 600, "mill": 30, "greenhouse": 7070})


def test_substitution_credits_the_giver():
    # gain of steam > mill: 1,920 - 30; > greenhouse: 40 - 70; slag: 900 + 400 - 7,000. The takers bear what they bore;
    # the smelter 1,000 - (1,890 - 30 - 5,700) = 4,840
    found = by_party("acidification")["plan_substitution"]
    assert dict(found) == pytest.approx({"smelter": 4840, "mill": 1920, "greenhouse": 940})


def test_half_and_half_splits_every_gain():
    # of 1,890 the mill has 945: 1,920 - 945; the greenhouse 940 - (-30 - 5,700) / 2; the smelter 1,000 + 3,840 / 2
    found = by_party("acidification")["plan_half"]
    assert dict(found) == pytest.approx({"smelter": 2920, "mill": 975, "greenhouse": 3805})


def test_energy_passes_on_what_arises_at_the_giver():
    # the smelter gives 34,300 MWh of steam (33,600 to the mill) and makes as much in metal: half of its 600 goes along
    found = by_party("acidification")["plan_energy"]
    assert dict(found) == pytest.approx(
        {"smelter": 300, "mill": 30 + 600 * 33600 / 68600, "greenhouse": 7070 + 600 * 700 / 68600}
    )


def test_firms_add_up_to_the_park_under_each_convention():
    impacts = plan().tables["impacts"]
    totals = impacts[impacts["stage"] == "total"].set_index("category")
    for category in totals.index:
        found = by_party(category)
        for run in ("baseline", "plan"):
            for how in ("cut_off", "energy", "substitution", "half"):
                assert found[f"{run}_{how}"].sum() == pytest.approx(totals.loc[category, run], abs=1e-6), (
                    category,
                    how,
                )


def test_credit_to_the_taker_and_the_chosen_convention(tmp_path):
    case = CASE.replace("impacts:\n", "impacts:\n  allocation: substitution\n  substitution_to: taker\n", 1)
    case = case.replace("tables: {impacts:\n", "tables: {impacts:")
    made = planner.solve(written(tmp_path, case))
    found = made.tables["impacts_by_party"]
    found = found[found["category"] == "acidification"].set_index("party")
    # the smelter as if all slag were dumped; mill 1,920 - 1,890; greenhouse 940 - (-30) - (-5,700)
    assert dict(found["plan"]) == pytest.approx({"smelter": 1000, "mill": 30, "greenhouse": 6670})
    assert dict(found["plan"]) == dict(found["plan_substitution"])
    assert made.audit["passed"]


def test_indirect_impacts_stand_apart_in_money_of_their_year():
    # 1 EUR of 2025 is 0.8 EUR of 2015: gas 39,200 MWh x 40 EUR x 0.08 kg; pipes (150,000 + 210,000) / 20 x 1.6 g
    rows = plan().tables["impacts_indirect"].set_index(["category", "of"])
    assert rows.loc[("climate change", "natural gas"), "baseline"] == pytest.approx(39200 * 40 * 0.08e-3)
    assert rows.loc[("acidification", "link"), "plan"] == pytest.approx(360000 / 20 * 1.6e-3)
    assert rows.loc[("climate change", "lime"), "purchases"] == "(no factor)"
    assert rows.loc[("climate change", "lime"), "also_process_based"]
    assert any("added to nothing" in note for note in plan().header["notes"])


def test_what_has_no_factor_is_told_and_not_counted():
    flows = plan().tables["impact_flows"].set_index(["category", "stage", "name"])
    water = flows.loc[("acidification", "supply", "fresh water")]
    assert water["how"] == "no factor"
    assert water["plan"] != water["plan"]
    shares = plan().tables["impact_coverage"].set_index(["category", "stage"])
    # disposed of in the baseline: 5,000 t of slag with a factor, 80,000 t of steam without; process water has no mass
    assert shares.loc[("acidification", "discharge"), "baseline_share_by_mass"] == pytest.approx(5000 / 85000)
    assert shares.loc[("acidification", "supply"), "without"] == "fresh water; natural gas"
    assert any(
        note.startswith("impacts, acidification: 6 of 11 flows have no factor") for note in plan().header["notes"]
    )


def test_a_case_without_impacts_has_the_same_tables_and_none_of_impacts(tmp_path):
    from lca_park import TINY

    alone = planner.solve(TINY)
    for name, table in alone.tables.items():
        if name in OF_IMPACTS:
            assert table.empty
        elif name != "intensities":  # of the product that the park of this test states
            assert table.equals(plan().tables[name]), name
    alone.save(tmp_path / "out")
    assert not {path.stem for path in (tmp_path / "out" / "tables").iterdir()} & set(OF_IMPACTS)


@pytest.mark.parametrize("name", [*OF_IMPACTS])
def test_the_audit_finds_every_number_that_is_changed(name):
    made = plan()
    case, table = made.case, made.tables[name]
    distances = measure(case)
    assert made.audit["passed"]
    numbers = [x for x in table.columns if table[x].dtype.kind in "fi" and table[x].notna().any()]
    for column in numbers:
        row = table[column].abs().idxmax()
        changed = table.copy()
        changed[column] = changed[column].astype(float)
        changed.loc[row, column] = changed.loc[row, column] * 1.01 + 1.0
        found = audit(case, distances, {**made.tables, name: changed}, made.header)
        assert not found["passed"], f"{name}.{column}"


def test_the_audit_finds_a_row_that_is_missing_and_a_flag_that_is_not_set():
    made, distances = plan(), measure(plan().case)
    flags = made.tables["impacts"].assign(shifted=None)
    shorter = made.tables["impacts_by_party"].iloc[1:]
    for name, table in (("impacts", flags), ("impacts_by_party", shorter)):
        assert not audit(made.case, distances, {**made.tables, name: table}, made.header)["passed"], name
