import csv
import json

import geopandas as gpd
import pyogrio
import pytest

from planner.errors import UsageError
from planner.report.tables import inert
from planner.report.write import check_out, write
from planner.results.optional_tables import WHERE_ANY


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_plan_is_written_whole(plan, out):
    assert write(plan, out) == out
    assert {path.name for path in out.iterdir()} == {
        "results.json",
        "tables",
        "park.gpkg",
        "map.png",
        "map.svg",
        "summary.txt",
        "report.html",
    }
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["schema"] == "planner-results/1"
    assert (out / "summary.txt").read_text(encoding="utf-8").startswith("Two plants: plan for least cost")
    assert {path.stem for path in (out / "tables").iterdir()} == set(plan.tables) - set(WHERE_ANY)  # all empty


def test_nothing_is_left_beside_it(plan, out):
    write(plan, out)
    write(plan, out)
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_tables_hold_units_and_money_says_its_currency(plan, out):
    write(plan, out)
    (first, _) = rows(out / "tables" / "exchanges.csv")
    assert (first["flow_per_yr"], first["unit"]) == ("90000", "t")
    assert (first["capex"], first["money_unit"]) == ("1500000", "EUR of 2025")


def test_text_that_a_spreadsheet_would_run_is_inert(plan, out):
    write(plan, out)
    assert [row["unit"] for row in rows(out / "tables" / "siting.csv")] == ["smelter", "'=mill"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_every_start_of_a_formula_is_inert(text):
    assert inert(text) == "'" + text


def test_numbers_and_plain_words_stay(plan):
    assert [inert(value) for value in (-1.5, "mill", "a=b", None)] == [-1.5, "mill", "a=b", None]


def test_the_geopackage_has_the_right_crs_and_layers(plan, out):
    write(plan, out)
    layers = {str(name) for name, _ in pyogrio.list_layers(out / "park.gpkg")}
    assert layers == {"plots", "siting", "corridors", "links", "partners"}
    links = gpd.read_file(out / "park.gpkg", layer="links")
    assert links.crs.to_epsg() == 25832
    # 20 to the corridor, 240 along it, 20 to the plot
    assert links.geometry.length.iloc[0] == pytest.approx(280)
    assert list(links["exchange"]) == list(plan.layers["links"]["exchange"])


def test_the_geopackage_does_not_change_with_the_day(make_plan, tmp_path):
    for name in ("one", "two"):
        write(make_plan(), tmp_path / name)
    assert (tmp_path / "one" / "park.gpkg").read_bytes() == (tmp_path / "two" / "park.gpkg").read_bytes()


def test_a_plan_without_coordinates_has_a_diagram_and_no_geopackage(make_plan, out):
    write(make_plan(geometry=False), out)
    assert not (out / "park.gpkg").exists()
    assert (out / "map.png").stat().st_size > 10_000


def test_a_folder_of_somebody_else_is_not_touched(plan, out):
    out.mkdir()
    (out / "thesis.docx").write_text("three years of work")
    with pytest.raises(UsageError, match="nothing was touched"):
        write(plan, out)
    assert [path.name for path in out.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"schema": "other/1"}'])
def test_a_results_file_of_another_program_is_not_ours(plan, out, content):
    out.mkdir()
    (out / "results.json").write_text(content)
    with pytest.raises(UsageError, match="no plan of ours"):
        write(plan, out)
    assert (out / "results.json").read_text() == content


def test_an_empty_folder_and_our_own_are_replaced(plan, make_plan, out):
    out.mkdir()
    write(plan, out)
    (out / "tables" / "stale.csv").write_text("old")
    write(make_plan(geometry=False), out)
    assert not (out / "tables" / "stale.csv").exists()
    assert not (out / "park.gpkg").exists()


def test_what_the_user_put_into_our_folder_stays(plan, out):
    write(plan, out)
    (out / "park.qgz").write_text("a GIS project")
    write(plan, out)
    assert (out / "park.qgz").read_text() == "a GIS project"


def test_a_file_in_the_way(plan, out):
    out.write_text("a file")
    with pytest.raises(UsageError, match="is a file"):
        write(plan, out)


def test_a_rejected_plan_leaves_nothing_that_looks_like_success(plan, make_plan, out):
    write(plan, out)
    assert write(make_plan(passed=False), out) == out / "rejected"
    assert [path.name for path in out.iterdir()] == ["rejected"]
    results = json.loads((out / "rejected" / "results.json").read_text(encoding="utf-8"))
    assert results["audit"]["passed"] is False
    assert "FAILED ITS AUDIT" in (out / "rejected" / "summary.txt").read_text(encoding="utf-8")
    write(plan, out)
    assert not (out / "rejected").exists()


def test_a_failure_while_writing_keeps_the_earlier_plan(plan, make_plan, out, monkeypatch):
    write(plan, out)
    before = (out / "results.json").read_bytes()
    monkeypatch.setattr("planner.report.map.save_map", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(make_plan(geometry=False), out)
    assert (out / "results.json").read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_the_case_must_not_stand_in_the_folder_that_is_replaced(plan, out):
    write(plan, out)
    (out / "case").mkdir()
    with pytest.raises(UsageError, match="stands inside"):
        check_out(out, case=out / "case")
