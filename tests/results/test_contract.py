"""``results.json`` and a run read back from its folder."""

import dataclasses
import json

import pandas as pd
import pytest
from steam_and_slag_park import BASELINE_VALUES, PLAN_VALUES, SLAG, STEAM, make_solution

from planner.errors import UsageError
from planner.results.compare import compare, labels
from planner.results.contract import load, read_table, results_json
from planner.results.plan import Plan
from planner.results.tabulate import tabulate

HEADER = {
    "case": {"name": "Two plants", "path": "two", "sha256": "0" * 64},
    "created": "2026-11-22T00:00:00+00:00",
    "versions": {"planner": "0.1.0"},
    "solver": {"name": "HiGHS", "status": "optimal", "objective": 7.694e9, "bound": float("-inf"), "gap": 0.0},
    "objective": "cost",
}


@pytest.fixture
def plan(case, distances, assembly) -> Plan:
    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    made = tabulate(case, distances, assembly, *runs, header=HEADER)
    return dataclasses.replace(made, audit={"passed": True, "checks": []})


@pytest.fixture
def folder(plan, tmp_path):
    """A run as the report writer leaves it: results.json, tables, layers."""
    from planner.report.geopackage import write_layers
    from planner.report.tables import write_tables

    (tmp_path / "results.json").write_text(json.dumps(results_json(plan), allow_nan=False), encoding="utf-8")
    write_tables(plan, tmp_path / "tables")
    write_layers(plan, tmp_path / "park.gpkg")
    return tmp_path


def test_contract_of_results_json(plan):
    content = json.loads(json.dumps(results_json(plan), allow_nan=False))
    assert content["schema"] == "planner-results/1"
    assert content["case"]["sha256"] == "0" * 64
    assert (content["currency"], content["price_year"], content["objective"]) == ("KRW", 2004, "cost")
    keys = {"unit", "baseline", "plan", "reduction", "reduction_pct"}
    assert all(keys <= set(found) for found in content["indicators"].values())
    assert content["indicators"]["waste_reused"]["reduction_pct"] is None  # nothing was reused in the baseline
    assert content["solver"]["bound"] is None  # minus infinity
    assert content["siting"][0]["plant"] == "smelter"
    assert {"plot", "area_ha", "land_cost_per_yr"} <= set(content["siting"][0])
    exchange = content["exchanges"][0]
    wanted = {"exchange", "from", "to", "resource", "size", "length_km", "flow_per_yr", "unit", "capex"}
    assert wanted <= set(exchange)
    for name in ("facilities", "purchases", "discharges", "costs", "emissions"):
        assert isinstance(content[name], list)
    assert content["audit"] == {"passed": True, "checks": []}
    assert content["notes"][:2] == ["projected", "shared hours assumed"]
    assert all("economics.finance" in note for note in content["notes"][2:])


def test_a_run_is_read_back_as_it_was(plan, folder):
    back = load(folder)
    assert set(back.tables) == set(plan.tables)
    for name, table in plan.tables.items():
        found = back.tables[name]
        assert list(found.columns) == list(table.columns)
        for column in table.columns:
            pairs = zip(table[column], found[column], strict=True)
            assert all(_alike(a, b) for a, b in pairs), f"{name}.{column}"
    assert back.header["solver"]["objective"] == 7.694e9
    assert {"plots", "siting", "corridors", "links"} <= set(back.layers) <= set(plan.layers)
    assert back.layers["links"].crs == plan.layers["links"].crs


def _alike(a: object, b: object) -> bool:
    if pd.isna(a) or pd.isna(b):
        return bool(pd.isna(a) and pd.isna(b))
    return a == pytest.approx(b, rel=1e-9) if isinstance(a, float) else a == b


def test_names_that_look_like_something_else_stay_names(tmp_path):
    # A plot called 007, a plant called NA, and one whose name a spreadsheet would take for a formula.
    path = tmp_path / "siting.csv"
    path.write_text("unit,plot,area_ha\nNA,007,1.5\n'=mill,,2\n", encoding="utf-8")
    table = read_table(path)
    assert list(table["unit"]) == ["NA", "=mill"]
    assert table["plot"][0] == "007"
    assert pd.isna(table["plot"][1])


@pytest.mark.parametrize("content", [None, "{", '{"schema": "other/1"}', "[]"])
def test_no_run_of_ours(tmp_path, content):
    if content is not None:
        (tmp_path / "results.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="no finished run"):
        load(tmp_path)


def test_missing_table(folder):
    (folder / "tables" / "parties.csv").unlink()
    with pytest.raises(UsageError, match="no table parties"):
        load(folder)


def test_runs_side_by_side(plan, case, distances, assembly):
    # The second run is without the slag exchange: 800 t more to the landfill, 720 t more clay.
    without = {
        **PLAN_VALUES,
        "built": {key: 1.0 for key in PLAN_VALUES["built"] if key[0] != SLAG},
        "link": {key: 1.0 for key in PLAN_VALUES["link"] if key[0] != SLAG},
        "flow": {key: value for key, value in PLAN_VALUES["flow"].items() if key[0] != SLAG},
        "pair_flow": {},
        "supplied": {("mill / steam", "year"): 60_000.0, ("mill / clay", "year"): 1000.0},
        "discharged": {("smelter / slag", "year"): 1000.0},
    }
    runs = (make_solution(assembly, without), make_solution(assembly, BASELINE_VALUES))
    other = tabulate(case, distances, assembly, *runs, header={**HEADER, "folder": "without slag"})
    table = compare([plan, other]).set_index(["what", "name"])
    assert list(table.columns) == ["unit", "Two plants", "without slag"]
    waste = table.loc[("indicator", "waste")]
    assert (waste["Two plants"], waste["without slag"]) == (pytest.approx(200), pytest.approx(1000))
    slag = table.loc[("exchange", f"{SLAG} by truck")]
    assert slag["Two plants"] == pytest.approx(800)
    assert pd.isna(slag["without slag"])
    assert table.loc[("exchange", f"{STEAM} by pipe DN 400"), "without slag"] == pytest.approx(100_000)
    assert table.loc[("plot", "smelter"), "Two plants"] == "P1"
    assert table.loc[("baseline", "total_annual_cost"), "without slag"] == pytest.approx(9.73e9)


def test_runs_of_one_name_are_told_apart(plan):
    assert labels([plan, plan, plan]) == ["Two plants", "Two plants (2)", "Two plants (3)"]


def test_nothing_to_compare():
    with pytest.raises(ValueError, match="at least one run"):
        compare([])
