"""Factors by season, of loading and of pre-treatment, and a chain giver > works > taker, by the hand of lca_seasons."""

import pytest
from lca_seasons import BY_SEASON, SEASONS, chain, seasons, written

import planner
from planner.audit import audit
from planner.case.read import read_case
from planner.errors import CaseError
from planner.geography.measure import measure
from planner.lifecycle.write import flows_of


def stages(plan, column, category="acidification"):
    table = plan.tables["impacts"]
    rows = table[table["category"] == category].set_index("stage")
    return {stage: amount for stage, amount in rows[column].items() if amount and amount == amount}


def test_stages_by_season():
    assert stages(seasons(), "baseline") == pytest.approx({"supply": 3504, "discharge": 876, "total": 4380})
    assert stages(seasons(), "plan") == pytest.approx(
        {"supply": 1314, "transport": 3066, "facilities": 1752, "total": 6132}
    )
    assert seasons().audit["passed"]


def test_an_exchange_with_a_ratio_and_a_treatment_by_each_convention():
    row = seasons().tables["impact_exchanges"].query("category == 'acidification'").iloc[0]
    found = row[["avoided_supply", "avoided_discharge", "given_up", "caused", "net_avoided"]]
    assert list(found) == pytest.approx([3504, 876, 0, 6132, -1752])
    firms = seasons().tables["impacts_by_party"].query("category == 'acidification'").set_index("party")
    # the gain is -1,752: the giver alone has 876 - (-1,752), half of it is 876 + 876
    assert dict(firms["plan_cut_off"]) == pytest.approx({"giver": 0, "taker": 6132})
    assert dict(firms["plan_substitution"]) == pytest.approx({"giver": 2628, "taker": 3504})
    assert dict(firms["plan_half"]) == pytest.approx({"giver": 1752, "taker": 4380})


def test_a_factor_by_season_has_no_factor_of_the_year_and_the_audit_finds_one_that_is_told():
    plan, distances = seasons(), measure(seasons().case)
    flows = plan.tables["impact_flows"].set_index(["category", "stage", "name"])
    power = flows.loc[("acidification", "supply", "power")]
    assert power["factor"] != power["factor"]
    told = plan.tables["impact_flows"].copy()
    told.loc[(told["name"] == "power") & (told["category"] == "acidification"), "factor"] = 1.5  # of no period here
    assert not audit(plan.case, distances, {**plan.tables, "impact_flows": told}, plan.header)["passed"]


def test_a_resolved_case_by_season_reads_back_the_same(tmp_path):
    case = read_case(written(tmp_path))
    power = case.impacts.categories["acidification"].resources["power"].supply
    assert [(name, number) for name, number, _ in power.periods] == [("winter", 2.0), ("summer", 1.0)]
    (tmp_path / "again.yaml").write_text(case.resolved(), encoding="utf-8")
    assert read_case(tmp_path / "again.yaml") == case


def test_direct_emissions_of_a_by_product_go_by_the_season():
    # 4,380 t x 0.02 + 4,380 t x 0.01
    found = [one.amount for one in flows_of(seasons().case, seasons().tables) if one.role == "emission"]
    assert found == pytest.approx([131.4])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("acidification,clay,,supply,1,kg SO2e/t,3 kg NOx/t,,", "names SO2e"),
        ("acidification,ash,,treatment,1,kg SO2e/t,3,,", "may not differ by period"),
        ("acidification,clay,,treatment,1,kg SO2e/t,,,", "no exchange and no substitution states a treatment of clay"),
        ("acidification,clay,,supply,1,g SO2e/m3,,,", "expected a number in kg SO2e/t"),
    ],
)
def test_faults_by_season_and_of_treatment(tmp_path, row, message):
    with pytest.raises(CaseError) as error:
        read_case(written(tmp_path, SEASONS, BY_SEASON.splitlines()[0] + "\n" + row + "\n"))
    assert [(fault.file, fault.line) for fault in error.value.faults] == [("impacts.csv", 2)]
    assert message in error.value.faults[0].message


def test_what_is_not_loaded_has_no_factor_of_loading(tmp_path):
    case = SEASONS.replace("links: {truck: {kind: truck, cost: 0.1 EUR/t/km}}", "links: {truck: {kind: conveyor}}")
    with pytest.raises(CaseError, match="truck is a conveyor, which is not loaded"):
        read_case(written(tmp_path, case))


def test_climate_change_may_not_be_stated_under_another_spelling(tmp_path):
    case = SEASONS.replace("acidification: {unit: kg SO2e}", "Climate Change: {unit: kg CO2e}")
    factors = "category,resource,stage,factor,unit\n"
    with pytest.raises(CaseError, match="comes by itself"):
        read_case(written(tmp_path, case, factors))


def test_a_second_count_of_co2e_and_factors_without_a_source_are_told(tmp_path):
    case = SEASONS.replace("acidification: {unit: kg SO2e}", "GWP100: {unit: kg CO2e}")
    factors = "category,resource,stage,factor,unit\nGWP100,clay,supply,1,t CO2e/t\nGWP100,power,supply,0.3,t CO2e/MWh\n"
    plan = planner.solve(written(tmp_path, case, factors))
    total = plan.tables["impacts"].query("stage == 'total'").set_index("category")
    assert any("GWP100: counts CO2e" in note and "never add both" in note for note in plan.header["notes"])
    assert any("factors without a source: clay (supply), power (supply)" in note for note in plan.header["notes"])
    # the same factors of supply make the same: 7,008 t of clay, 876 MWh of power, and no use of ash in GWP100
    assert total.loc["GWP100", "baseline"] / 1000 == pytest.approx(total.loc["climate change", "baseline"])
    assert total.loc["GWP100", "plan"] / 1000 == pytest.approx(total.loc["climate change", "plan"] - 131.4)


def test_a_chain_passes_burdens_on_by_energy():
    firms = chain().tables["impacts_by_party"].query("category == 'acidification'").set_index("party")
    works = 876 * 2 + 8760 * 0.3 + 10 / 20  # power, operation, construction
    to_works, to_taker = 8760 * 0.7, 7884 * 0.4
    assert dict(firms["plan_cut_off"]) == pytest.approx(
        {"giver": 3504, "park company": works + to_works, "taker": to_taker}
    )
    # a quarter of the giver's goes to the works, which pass all of theirs on with the clay; what moving causes stays
    assert dict(firms["plan_energy"]) == pytest.approx(
        {"giver": 3504 * 0.75, "park company": to_works, "taker": to_taker + works + 3504 * 0.25}
    )
    # the giver: its coal, less the gain 876 - 6,132 on top of what it no longer dumps; the works gain 3,942 - 3,153.6
    assert dict(firms["plan_substitution"]) == pytest.approx(
        {"giver": 3504 + 876 - (876 - to_works), "park company": works - (3942 - to_taker), "taker": 3942}
    )
    assert dict(firms["plan_half"]) == pytest.approx(
        {
            "giver": 3504 + 876 - (876 - to_works) / 2,
            "park company": works - (876 - to_works) / 2 - (3942 - to_taker) / 2,
            "taker": 3942 - (3942 - to_taker) / 2,
        }
    )
    total = chain().tables["impacts"].query("category == 'acidification' and stage == 'total'").iloc[0]
    for how in ("cut_off", "energy", "substitution", "half"):
        assert firms[f"plan_{how}"].sum() == pytest.approx(total["plan"])
    assert chain().audit["passed"]
