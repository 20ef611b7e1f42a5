"""Sheets of the workbook: columns that are there, a bill that adds up, answers asked later, numbers one can read."""

import json
import math
import shutil
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import planner
from planner.cli.run import main
from planner.report.workbook.after import ANSWERS
from planner.report.workbook.bill import bill_rows
from planner.report.workbook.sheet import Styles
from planner.report.workbook.tables import MONEY, PHYSICAL
from planner.results.columns import COLUMNS

TINY = Path(__file__).parents[2] / "cases" / "tiny"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets") / "out"
    planner.solve(TINY).save(folder)
    return folder


@pytest.mark.parametrize("shown", [*PHYSICAL, *MONEY], ids=lambda shown: shown.sheet)
def test_every_column_is_one_of_the_table(shown):
    assert {column.name for column in shown.columns} - {"run"} <= set(COLUMNS[shown.table])


def test_the_worth_of_the_plan_tells_what_each_invests_and_gains(out):
    book = openpyxl.load_workbook(out / "results.xlsx", data_only=True)
    rows = {row[0]: row for row in book["Finance"].iter_rows(min_row=5, values_only=True)}
    # smelter: half of both pipes, 360,000; the mill moves from D to B: 400,000 more for land, and half of 150,000
    assert rows["smelter"][3] == pytest.approx(180_000)
    assert rows["mill"][3] == pytest.approx(475_000)
    assert rows["smelter"][5] == pytest.approx(816_860, abs=1)


def test_the_bill_of_quantities_is_all_of_the_investment(out):
    book = openpyxl.load_workbook(out / "results.xlsx", data_only=True)
    rows = list(book["Bill of quantities"].iter_rows(min_row=5, values_only=True))
    told = {(row[0], row[1], row[2]): row for row in rows}
    # README of tiny: 700 m at 300, 300 m at 500; 3 ha fill plots of 4 ha; slag goes 700 m by truck
    assert told["pipe", "steam pipe", "smelter > greenhouse: steam"][6:9] == (700, "m", 300)
    assert told["land", "B: price", None][6:9] == (4, "ha", 150_000)
    assert told["transport", "truck", "smelter > greenhouse: slag -> lime"][6:8] == (pytest.approx(1400), "t km/yr")
    assert told["total shown", None, None][11] == pytest.approx(1_760_000)
    assert told["the bill adds up to it", None, None][11] == "yes"


@pytest.mark.slow
def test_the_bill_holds_facilities_and_their_contingency(food_park):
    rows = bill_rows(food_park)
    invested = food_park.indicators.set_index("indicator")["plan"]["investment"]
    assert math.fsum(row["capex"] for row in rows) == pytest.approx(invested)
    (works,) = (row for row in rows if row["what"] == "biogas CHP")
    assert works["contingency"] == pytest.approx(0.2 * works["capex_before_contingency"])
    assert {row["contingency"] for row in rows if row["item"] == "land"} == {0.0}


def answer(schema, out, **tables):
    case = json.loads((out / "results.json").read_text("utf-8"))["case"]
    return {"schema": schema, "case": {"name": case["name"], "resolved_sha256": case["resolved_sha256"]}, **tables}


def test_answers_asked_later_have_sheets_of_their_own(out, tmp_path):
    shutil.copytree(out, tmp_path / "out")
    rows = [{"firm": "=mill", "how": "proven", "loss_per_yr": 1000.0, "saving_lost_share": 0.5}]
    (tmp_path / "out" / "resilience").mkdir()
    told = answer("planner-resilience/1", out, exits=rows, notes=["hydraulics are not checked"])
    (tmp_path / "out" / "resilience" / "resilience.json").write_text(json.dumps(told), encoding="utf-8")
    (tmp_path / "out" / "sharing").mkdir()
    stale = answer("planner-sharing/1", out, sharing=[{"party": "mill", "rule": "equal"}])
    stale["case"]["resolved_sha256"] = "of another case"
    (tmp_path / "out" / "sharing" / "sharing.json").write_text(json.dumps(stale), encoding="utf-8")
    (tmp_path / "out" / "why").mkdir()
    (tmp_path / "out" / "why" / "why.json").write_text("{", encoding="utf-8")
    assert main(["workbook", str(tmp_path / "out")]) == 0
    book = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")
    assert "Losing a partner" in book.sheetnames
    assert not {"Sharing the gain", "Why not built"} & set(book.sheetnames)
    cells = [cell.value for row in book["Losing a partner"].iter_rows() for cell in row if cell.value is not None]
    assert "Loss of all who stay [EUR/yr]" in cells
    assert {"=mill", 1000, 0.5, "hydraulics are not checked"} <= set(cells)


@pytest.mark.slow
def test_what_the_commands_write_is_what_the_sheets_show(out, tmp_path):
    shutil.copytree(out, tmp_path / "out")
    for command in ("share", "exits", "why", "workbook"):
        assert main([command, str(tmp_path / "out")]) == 0
    book = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")
    for told in ANSWERS:
        values = {cell.value for row in book[told.sheet].iter_rows() for cell in row}
        assert told.tables[0][0] in values or told.tables[1][0] in values
        rows = json.loads((tmp_path / "out" / told.file).read_text("utf-8"))[told.tables[1][1]]
        assert rows[0][told.tables[1][2][0].name] in values


@given(value=st.floats(1e-7, 1e12))
def test_amounts_show_five_digits_and_no_point_without_any(value):
    shown = Styles(None).number("amount", value)
    assert shown == "#,##0" or set(shown.removeprefix("#,##0.")) == {"0"}
    places = Styles(None).places("amount", value)
    assert abs(round(value, places) - value) <= 5e-5 * value + 1e-9


def test_money_has_the_digits_that_its_largest_sum_needs():
    assert Styles(None, 195e9).number("money", 0.5) == "#,##0"
    assert Styles(None, 312.5).number("money", 312.5) == "#,##0.00"
    assert Styles(None, 0.0042).number("money", 0.0042) == "#,##0.0000000"
    assert Styles(None).number("price", 40.0) == "#,##0.00"
    assert Styles(None).number("price", 0.00042) == "#,##0.00000"
