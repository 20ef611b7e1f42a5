"""Land and roofs that facilities take by their capacity: panels on roofs and on the ground, a pit beside a works."""

import pytest

import planner
from planner.audit import audit
from planner.case.read import read_case
from planner.errors import CaseError
from planner.geography.measure import measure

CASE = """
case: land by size
currency: EUR
price_year: 2024
economics: {discount_rate: 0 %, lifetime: {facility: 10, land: 10}}
periods:
  day: {hours: 50 %, of: year}
  night: {hours: 50 %, of: year}
resources:
  power: {kind: power, unit: MWh, price: 100}
plots: {P: {area: 2, several_tenants: true, price: 200 kEUR/ha}}
plants:
  works: {plot: P, area: 1, roof_area: 0.3 ha, sinks: {power: {rate: 10 MW}}}
facilities:
  roof: {scope: own, owner: works, unit: MWh, outputs: {power: 1}, on_roof: true, area_per_capacity: 6 m2/kW,
    capacity_factor: {periods: {day: 20 %, night: 0}},
    investment: [{capacity: 0, investment: 0}, {capacity: 9 MW, investment: 4.5 MEUR}]}
  field: {scope: own, owner: works, unit: MWh, outputs: {power: 1}, area: 0.1, area_per_capacity: 10 m2/kW,
    capacity_factor: {periods: {day: 20 %, night: 0}}, coverage: 80 %,
    investment: [{capacity: 0.1 MW, investment: 40 kEUR}, {capacity: 9 MW, investment: 3.6 MEUR}]}
"""  # every number is an assumption of this test


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("land")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    return planner.solve(folder, gap=1e-9)


def test_roofs_and_plots_bound_what_stands_on_them(solved):
    """A MW gives 876 MWh, worth 87,600 EUR/yr; it costs 50,000 on the roof and, with 1.25 ha, 65,000 on the ground.

    Roof: 0.3 ha / 0.6 ha/MW = 0.5 MW. Ground: 1 ha beside the works; (0.1 + 1 ha/MW x c) / 0.8 = 1, c = 0.7 MW.
    """
    sizes = solved.tables["facilities"].set_index("facility")["capacity_per_h"]
    assert sizes["roof"] == pytest.approx(0.5)
    assert sizes["field"] == pytest.approx(0.7)
    assert solved.audit["passed"], [row for row in solved.audit["checks"] if not row["passed"]]


def test_land_that_grows_with_capacity_is_paid(solved):
    """1 ha at 200,000 EUR for the field, as much for the works, over ten years without interest."""
    table = solved.tables["siting"].set_index("unit")
    assert table.loc["field", ["area_ha", "land_taken_ha"]].tolist() == pytest.approx([1.0, 1.0])
    assert table.loc["field", "land_investment"] == pytest.approx(200_000)
    assert table.loc["roof", "area_ha"] == 0.0
    costs = solved.tables["costs"].set_index("account")["plan"]
    assert costs["land"] == pytest.approx(40_000)


def test_total_cost_by_hand(solved):
    """87,600 MWh less 1.2 MW x 876 MWh at 100; 25,000 roof, 28,000 field, 40,000 land a year."""
    total = solved.indicators.set_index("indicator").loc["total_annual_cost", "plan"]
    assert total == pytest.approx((87_600 - 1.2 * 876) * 100 + 25_000 + 28_000 + 40_000)


def test_on_a_plot_of_its_own_the_field_has_what_the_works_leaves(tmp_path):
    """Taken whole, the plot is paid whatever stands on it: again 0.7 MW."""
    (tmp_path / "case.yaml").write_text(CASE.replace("several_tenants: true, ", ""), encoding="utf-8")
    plan = planner.solve(tmp_path, gap=1e-9)
    sizes = plan.tables["facilities"].set_index("facility")["capacity_per_h"]
    assert sizes["field"] == pytest.approx(0.7)
    assert plan.audit["passed"]


def test_a_shared_store_takes_land_by_its_content(tmp_path):
    """A pit of 2 MWh per 0.1 ha: 0.5 ha of plot Q hold 10 MWh, though 50 would pay."""
    shared = (
        CASE.split("facilities:")[0].replace("plots: {P", "plots: {Q: {area: 0.5}, P")
        + """
facilities:
  field: {scope: own, owner: works, unit: MWh, outputs: {power: 1}, capacity_factor: {periods: {day: 100 %, night: 0}},
    investment: [{capacity: 0, investment: 0}, {capacity: 90 MW, investment: 9 MEUR}]}
  pit: {plot: Q, area_per_capacity: 0.05 ha/MWh, owner: works,
    stores: {resource: power, hours_to_fill: 1, hours_to_empty: 1},
    investment: [{capacity: 0, investment: 0}, {capacity: 50 MWh, investment: 5 kEUR}]}
links: {cable: {kind: cable, sizes: [{size: one, capacity: 90 MW, investment: 1 EUR/m}]}}
"""
    )
    shared = shared.replace("kind: power, unit: MWh,", "kind: power, unit: MWh, carried_by: [cable],")
    (tmp_path / "case.yaml").write_text(shared, encoding="utf-8")
    distances = "geography: {distances: d.csv}\n"
    (tmp_path / "d.csv").write_text("from,to,length_m\nP,Q,10\n", encoding="utf-8")
    (tmp_path / "case.yaml").write_text(shared + distances, encoding="utf-8")
    plan = planner.solve(tmp_path, gap=1e-9)
    assert plan.tables["stores"]["content"].item() == pytest.approx(10.0)
    assert plan.tables["siting"].set_index("unit").loc["pit", "area_ha"] == pytest.approx(0.5)
    assert plan.audit["passed"], [row for row in plan.audit["checks"] if not row["passed"]]


@pytest.mark.parametrize(("facility", "told"), [("roof", "hectares of roof covered"), ("field", "hectares needed")])
def test_the_audit_finds_what_does_not_fit(solved, facility, told):
    tables = dict(solved.tables)
    wrong = tables["facilities"].copy()
    wrong.loc[wrong["facility"] == facility, "capacity_per_h"] *= 1.1
    tables["facilities"] = wrong
    found = audit(solved.case, measure(solved.case), tables, solved.header)
    assert any(told in str(row["detail"]) for row in found["checks"] if not row["passed"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("roof_area: 0.3 ha, ", ""), "plants.works.roof_area is not stated"),
        ((" area_per_capacity: 6 m2/kW,", ""), "state how much roof a unit of capacity covers"),
        (("scope: own, owner: works, unit: MWh, outputs: {power: 1}, on", "unit: MWh, outputs: {power: 1}, on"),
         "roofs are those of a plant"),
        (("{capacity: 0, investment: 0}, {capacity: 9 MW, investment: 4.5 MEUR}", "{capacity: 1 MW, investment: 1}"),
         "it needs 0.6 ha of roof at its smallest; works has 0.3 ha"),
        (("6 m2/kW", "6 m/kW"), "area_per_capacity"),
        (("on_roof: true,", "on_roof: true, min_activity: 1 MW,"), "sun and wind drive"),
    ],
)  # fmt: skip
def test_faults(tmp_path, change, told):
    (tmp_path / "case.yaml").write_text(CASE.replace(*change), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_case(tmp_path)
    assert any(told in str(fault) for fault in caught.value.faults), caught.value.faults
