"""What has no factor is not computable and never nothing; shifts of problems in both directions."""

import pytest
from lca_park import CASE, plan, written
from lca_seasons import chain, seasons

import planner
from planner.audit import audit
from planner.geography.measure import measure


def row(made, category, stage):
    table = made.tables["impacts"]
    return table[(table["category"] == category) & (table["stage"] == stage)].iloc[0]


def test_a_stage_in_which_nothing_has_a_factor_has_no_number():
    found = row(plan(), "primary energy", "transport")
    assert found["status"] == "not computable"
    assert all(found[key] != found[key] for key in ("baseline", "plan", "reduction", "avoided_per_yr", "added_per_yr"))
    assert row(plan(), "acidification", "transport")["status"] == "computed"
    assert row(plan(), "acidification", "pumping")["plan"] == 0  # nothing is pumped: that is known


def test_a_reduction_says_what_it_leaves_out():
    found = row(plan(), "acidification", "total")
    assert found["status"] == "in part"
    # fresh water has no factor either, but is the same in baseline and plan
    assert found["unknown_change"] == ("lime (use); slag (use); natural gas (supply); steam (discharge)")
    assert found["reduction_pct"] != found["reduction_pct"]  # no share of a part
    assert row(plan(), "acidification", "total")["reduction"] == pytest.approx(-3840)
    assert row(plan(), "climate change", "total")["reduction_pct"] == pytest.approx(100 * 8839.86 / 8840)
    assert any(
        note.startswith("impacts, acidification: the reduction is without lime (use), slag (use), natural gas (supply)")
        for note in plan().header["notes"]
    )


def test_power_heat_and_water_give_nothing_off_in_use():
    flows = plan().tables["impact_flows"]
    assert not len(flows[(flows["stage"] == "use") & flows["name"].isin(["steam", "power", "fresh water"])])


def test_exchanges_say_what_they_leave_out():
    found = seasons().tables["impact_exchanges"].set_index("category")["without"]
    assert found["climate change"] == "clay (use); ash (discharge); truck (transport)"
    assert found["acidification"] == "ash (use); clay (use)"


def test_co2e_of_construction_cannot_be_stated_and_is_no_nought():
    assert row(chain(), "climate change", "construction")["status"] == "not computable"
    assert row(chain(), "acidification", "construction")["plan"] == pytest.approx(0.5)


def test_a_category_without_any_factor_is_told_of_no_firm(tmp_path):
    case = CASE.replace("    primary energy:", "    ozone: {unit: kg CFC11e}\n    primary energy:")
    made = planner.solve(written(tmp_path, case))
    assert row(made, "ozone", "total")["status"] == "not computable"
    assert "impacts, ozone: not computable; nothing that flows has a factor of it" in made.header["notes"]
    for name in ("impacts_by_party", "impact_exchanges"):
        assert "ozone" not in set(made.tables[name]["category"])
    assert made.audit["passed"]


def test_co2e_that_rises_while_another_falls_is_a_shift_too(tmp_path):
    # the lorry gives off more CO2e than gas and lime did: 2,000 t x 0.7 km x 100 t; acidification of lime falls
    case = CASE.replace("resources: {slag:", "links: {truck: {co2e: 100 t/t/km}}\nresources: {slag:")
    made = planner.solve(written(tmp_path, case, "category,resource,stage,factor\nacidification,lime,supply,0.9\n"))
    assert row(made, "climate change", "total")["shifted"] == "shifted: CO2e rises while acidification falls"
    assert made.audit["passed"]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("impacts", "status", "computed"),
        ("impacts", "unknown_change", None),
        ("impact_exchanges", "without", "x (use)"),
    ],
)
def test_the_audit_finds_what_is_not_said(table, column, value):
    made = plan()
    changed = made.tables[table].assign(**{column: value})
    assert not audit(made.case, measure(made.case), {**made.tables, table: changed}, made.header)["passed"]
