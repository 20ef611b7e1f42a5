"""What exchangers, standby, a link's least flow and a market of so much a year do to an exchange, by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from bare_park import changed

import planner
from planner.case.read import read_case
from planner.screen.screen import screen

STEAM, ASH = "mill > dairy: steam", "mill > brick works: ash -> clay"


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    table = screen(read_case(folder, sited=False)).table
    return {row["exchange"]: row for row in table.to_dict("records")}


def at_dairy(folder: Path, equipment: str) -> dict[str, Any]:
    return rows(changed(folder, ("{rate: 3 t/h,", f"{{rate: 3 t/h, {equipment},")))[STEAM]


def test_exchanger_and_standby_are_paid_for(tmp_path: Path) -> None:
    # 3 t/h x 0.7 MWh/t = 2.1 MW x (1,000,000 + 2,000,000) = 6,300,000, with the pipe 6,600,000; over 20 yr at 0 %
    # 315,000 + 15,000. Saved 480,000: net 150,000, payback 13.75 yr, break-even price 32 - 150,000 / 15,000 = 22.
    # Break-even distance: (480,000 - 315,000) / 15,000 = 11 km.
    row = at_dairy(tmp_path, "exchanger: {cost: 1000000}, standby: {share: 1, investment: 2000000}")
    assert row["capex"] == pytest.approx(6_600_000)
    assert row["net_saving_per_yr"] == pytest.approx(150_000)
    assert row["payback_yr"] == pytest.approx(13.75)
    assert row["breakeven_price"] == pytest.approx(22.0)
    assert row["breakeven_km"] == pytest.approx(11.0)


def test_upkeep_and_share_of_equipment(tmp_path: Path) -> None:
    # Standby of half: 1.05 MW x 2,000,000 = 2,100,000 -> 105,000 a year, and 1.05 x 10,000 = 10,500 of upkeep.
    row = at_dairy(tmp_path, "standby: {share: 0.5, investment: 2000000, fixed: 10000}")
    assert row["capex"] == pytest.approx(2_400_000)
    assert row["running_cost_per_yr"] == pytest.approx(10_500)
    assert row["net_saving_per_yr"] == pytest.approx(480_000 - 15_000 - 105_000 - 10_500)


def test_what_is_there_of_an_exchanger_is_not_bought(tmp_path: Path) -> None:
    # 1.1 MW more: 1,100,000 / 20 = 55,000.
    row = at_dairy(tmp_path, "exchanger: {cost: 1000000, existing: 1 MW}")
    assert row["net_saving_per_yr"] == pytest.approx(480_000 - 15_000 - 55_000)


def test_where_more_does_not_pay_the_exchanger_that_is_there_is_filled(tmp_path: Path) -> None:
    # 1.1 MW x 20,000,000 / 20 = 1,100,000 a year is too much; 1 MW carries 1 / 0.7 t/h x 5,000 h = 7,142.86 t at 32.
    row = at_dairy(tmp_path, "exchanger: {cost: 20000000, existing: 1 MW}")
    assert row["flow_per_yr"] == pytest.approx(5000 / 0.7)
    assert row["net_saving_per_yr"] == pytest.approx(5000 / 0.7 * 32 - 15_000)


def test_a_link_is_not_built_for_less_than_its_least_flow(tmp_path: Path) -> None:
    # 3.5 t/h x 5,000 shared hours = 17,500 t, above the 15,000 t that can flow; 3 t/h is what flows.
    row = rows(changed(tmp_path, ("{kind: pipe,", "{kind: pipe, min_flow: 3.5 t/h,")))[STEAM]
    assert row["technical"] == "no"
    assert "min_flow" in row["technical_why"]
    assert rows(changed(tmp_path, ("{kind: pipe,", "{kind: pipe, min_flow: 3 t/h,")))[STEAM]["technical"] == "fits"


def test_a_sale_moves_to_the_period_in_which_nothing_is_given(tmp_path: Path) -> None:
    # 3,000 t of ash in either half of the year; 3,000 t/yr are sold at 12, 3,000 t landfilled at 30. In winter 2,400 t
    # of clay take 3,000 t: those of summer are sold, nothing is landfilled. 90,000 + 2,400 x 10 - 3,000 x 2.5 km.
    path = changed(
        tmp_path,
        ("economics:", "periods: {winter: {hours: 50 %}, summer: {hours: 50 %}}\neconomics:"),
        ("ash: {kind: material, unit: t, ", "ash: {kind: material, unit: t, sale: {price: 12, limit: 3000 t/yr}, "),
        ("{rate: {value: 6000 t/yr, basis: metered, grade: A}}", "{rate: 0.75 t/h}"),
        ("{value: 4000 t/yr, basis: invoiced, grade: B}", "{value: 0.6 t/h, periods: {summer: 0 t/h}}"),
    )
    row = rows(path)[ASH]
    assert row["flow_per_yr"] == pytest.approx(3_000)
    assert row["discharge_avoided_per_yr"] == pytest.approx(90_000)
    assert row["sale_lost_per_yr"] == pytest.approx(0.0, abs=1e-6)
    assert row["net_saving_per_yr"] == pytest.approx(106_500)


def test_a_waste_code_without_status_asks(tmp_path: Path) -> None:
    bare = (", waste: non-hazardous", "")
    assert rows(changed(tmp_path, bare))[ASH]["compliance"] == "clear"
    coded = ("ash: {kind: material, unit: t, ", 'ash: {kind: material, unit: t, waste_code: "10 01 02", ')
    row = rows(changed(tmp_path, bare, coded))[ASH]
    assert row["compliance"] == "ask"
    assert "10 01 02" in row["compliance_why"]


def test_capex_of_a_row_is_that_of_the_exchange_and_its_equipment_in_the_plan(tmp_path: Path) -> None:
    # 2.1 MW of standby x 200,000 = 420,000 stand in the table of the equipment of the plan, the pipe in that of the
    # exchanges; the row has both, as the plan's total investment does.
    places = {"mill": 0, "dairy": 1000, "brick works": 3000}
    plots = [("resources:\n", "crs: EPSG:25832\ngeography: {plots: plots.geojson}\nresources:\n")]
    plots += [(f"  {name}:\n", f"  {name}:\n    plot: {name}\n") for name in places]
    only = ("substitutions:\n", "exchanges: [{from: mill, to: brick works, forbidden: true}]\nsubstitutions:\n")
    standby = ("{rate: 3 t/h,", "{rate: 3 t/h, standby: {share: 1, investment: 200000},")
    folder = changed(tmp_path, *plots, only, standby)
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [_square(x)]}}
        for name, x in places.items()
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    (folder / "plots.geojson").write_text(text, encoding="utf-8")
    row, plan = rows(folder)[STEAM], planner.solve(folder)
    assert row["length_km"] == pytest.approx(1.0)
    assert row["capex"] == pytest.approx(720_000)
    assert plan.exchanges["capex"].sum() == pytest.approx(300_000)
    assert plan.tables["equipment"]["capex"].sum() == pytest.approx(420_000)
    totals = plan.indicators.set_index("indicator")
    assert totals.loc["investment", "plan"] == pytest.approx(row["capex"])
    assert totals.loc["total_annual_cost", "reduction"] == pytest.approx(row["net_saving_per_yr"])


def _square(x: float) -> list[list[float]]:
    return [[500_000 + x + a, 6_000_000 + b] for a, b in ((0, 0), (50, 0), (50, 50), (0, 50), (0, 0))]
