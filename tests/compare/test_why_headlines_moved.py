"""Why headlines moved: by hand on the case ``tiny``, and that the parts always add up."""

import json
import math
import shutil
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planner
from planner.cli.run import main
from planner.compare.inputs import applied, changes, resolved_case
from planner.compare.moved import PLAN_CHANGE, _steps, moved
from planner.errors import UsageError
from planner.report.waterfalls import Part, Waterfall, bars, in_words, lines, svg
from planner.results.contract import load

TINY = Path(__file__).parents[2] / "cases" / "tiny"
#: Dearer landfill and interest, a note, and a plant that wants half as much steam.
NEXT = """
based_on: case.yaml
description: the next draft
economics: {discount_rate: 8 %, finance: {horizon: 10}}
sources: {new tender: {title: Tender of the county}}
resources:
  slag: {discharge: {cost: {value: 30 EUR/t, source: new tender}}}
  lime: {note: as told by the supplier}
plants:
  mill: {sinks: {steam: {rate: 3 t/h}}}

"""


@pytest.fixture(scope="module")
def drafts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drafts")
    shutil.copytree(TINY, folder / "tiny")
    (folder / "tiny" / "next.yaml").write_text(NEXT, encoding="utf-8")
    for name, case in (("first", "case.yaml"), ("second", "next.yaml")):
        plan = planner.solve(folder / "tiny" / case)
        plan.save(folder / name)
    return folder / "first", folder / "second"


@pytest.fixture(scope="module")
def why(drafts):
    old, new = drafts
    return moved((load(old), old), (load(new), new))


def found(why, title):
    waterfall = next(one for one in why.waterfalls if one.title == title)
    return waterfall, {part.name: part.amount for part in waterfall.parts}


def test_prices_are_put_into_the_old_plan(why):
    # The old plan (A, B, C): 3,000 t of landfill, 10 EUR/t dearer; land 1,400,000 at 3 % more interest is 42,000;
    # pipes 360,000 x (0.1018522 - 0.0802426) = 7,779.46: CRF(8 %, 20) = 0.08 / (1 - 1.08^-20) = 0.1018522.
    waterfall, parts = found(why, "total annual cost of the plan")
    assert waterfall.before == pytest.approx(184_167.33, abs=0.01)
    assert parts["resources: slag, discharge cost"] == pytest.approx(3000 * 10)
    assert parts["economics: discount rate"] == pytest.approx(42_000 + 7_779.46, abs=0.05)
    assert parts["plants: mill, sinks steam rate"] == 0.0  # half the steam moves nothing while the plan is kept
    assert math.fsum(parts.values()) == pytest.approx(waterfall.after - waterfall.before, abs=1e-6)


def test_savings_move_with_the_baseline(why):
    # Baseline: 5,000 t of landfill, land 1,000,000; so the saving moves by 50,000 - 30,000 and 30,000 - 49,779.46.
    waterfall, parts = found(why, "total annual cost saved against the baseline")
    assert parts["resources: slag, discharge cost"] == pytest.approx(20_000)
    assert parts["economics: discount rate"] == pytest.approx(30_000 - 49_779.46, abs=0.05)
    assert math.fsum(parts.values()) == pytest.approx(waterfall.after - waterfall.before, abs=1e-6)


def test_emissions_move_by_the_plan_alone(why):
    waterfall, parts = found(why, "CO2e saved against the baseline")
    data = {name: amount for name, amount in parts.items() if name != PLAN_CHANGE}
    assert data == dict.fromkeys(data, pytest.approx(0.0, abs=1e-9))
    # Half of the mill's gas falls away from the baseline: 24,000 t x 0.8 MWh/t x 0.2 t/MWh = 3,840 t. At 8 % the plan
    # is A, C, D: the greenhouse burns gas again, 1,000 x 0.8 x 0.2 = 160 t, and slag goes 0.8 km farther: 2,000 x 0.8 x
    # 0.0001 = 0.16 t.
    assert parts[PLAN_CHANGE] == pytest.approx(waterfall.after - waterfall.before)
    assert waterfall.after - waterfall.before == pytest.approx(-4000.16)


def test_what_moves_nothing_is_said(why):
    told = " ".join(why.notes)
    assert "plants: mill, sinks steam rate" in told
    assert "in no headline: economics.finance.horizon" in told
    assert {change.field for change in why.changes} == {
        "economics.discount_rate",
        "economics.finance.horizon",
        "resources.slag.discharge.cost",
        "plants.mill.sinks.steam.rate",
    }


def test_a_tax_that_was_not_there_is_data_and_no_plan_change(drafts, tmp_path):
    # 39,200 MWh of gas at 0.2 t/MWh in the baseline, none in the plan (README of tiny), at 50 EUR/t; lime is scope 3.
    old, _ = drafts
    shutil.copytree(TINY, tmp_path / "tiny")
    text = "based_on: case.yaml\neconomics: {carbon_price: {paid: 50 EUR/t}}\n"
    (tmp_path / "tiny" / "taxed.yaml").write_text(text, encoding="utf-8")
    planner.solve(tmp_path / "tiny" / "taxed.yaml").save(tmp_path / "taxed")
    there = moved((load(old), old), (load(tmp_path / "taxed"), tmp_path / "taxed"))
    waterfall, parts = found(there, "total annual cost saved against the baseline")
    assert parts["economics: carbon price paid"] == pytest.approx(39_200 * 0.2 * 50)
    assert parts[PLAN_CHANGE] == pytest.approx(0.0, abs=1e-3)
    assert waterfall.after - waterfall.before == pytest.approx(392_000)
    # and taken away again
    back = moved((load(tmp_path / "taxed"), tmp_path / "taxed"), (load(old), old))
    _, parts = found(back, "total annual cost saved against the baseline")
    assert parts["economics: carbon price paid"] == pytest.approx(-392_000)
    assert parts[PLAN_CHANGE] == pytest.approx(0.0, abs=1e-3)


def test_numbers_with_which_no_case_can_be_made_do_not_take_others_with_them():
    class Only:
        """Counts the changes that are put in; refuses a nine."""

        def totals(self, tree=None):
            if tree is not None and "value: 9" in tree:
                raise UsageError("no such case")
            value = 0.0 if tree is None else float(tree.count("value: 2"))
            return {(run, headline): value for run in ("plan", "baseline") for headline in ("cost", "co2e")}

        def unmatched(self):
            return 0.0

    old = {"resources": {name: {"price": {"value": 1, "unit": "EUR"}} for name in ("wrong", "a", "b")}}
    new = {"resources": {name: {"price": {"value": 2, "unit": "EUR"}} for name in ("wrong", "a", "b")}}
    new["resources"]["wrong"]["price"]["value"] = 9
    steps, notes = _steps(Only(), old, changes(old, new))
    assert [name for name, _ in steps] == ["", "resources: a, price", "resources: b, price"]
    assert [totals["plan", "cost"] for _, totals in steps] == [0.0, 1.0, 2.0]
    assert notes == [
        "resources: wrong, price: in the plan change, for the old case cannot be made with them (no such case)"
    ]


def test_the_same_inputs_leave_the_plan(drafts):
    old, _ = drafts
    same = moved((load(old), old), (load(old), old))
    assert [part.amount for waterfall in same.waterfalls for part in waterfall.shown] == [0.0] * 4
    assert "the inputs are the same" in same.notes[0]


def test_another_currency_is_not_compared(drafts, tmp_path):
    old, new = drafts
    shutil.copytree(new, tmp_path / "o")
    results = tmp_path / "o" / "results.json"
    results.write_text(json.dumps(json.loads(results.read_text("utf-8")) | {"currency": "SEK"}), encoding="utf-8")
    found_ = moved((load(old), old), (load(tmp_path / "o"), tmp_path / "o"))
    assert [waterfall.unit for waterfall in found_.waterfalls] == ["tCO2e/yr"] * 2
    assert "cost is not compared" in " ".join(found_.notes)


def test_compare_writes_page_workbook_and_json(drafts, tmp_path, capsys):
    html, xlsx = tmp_path / "c.html", tmp_path / "c.xlsx"
    assert main(["compare", *map(str, drafts), "--html", str(html), "--xlsx", str(xlsx)]) == 0
    out = capsys.readouterr().out
    assert "Why the headlines moved" in out
    assert "what is built and what flows (plan change)" in out
    page = html.read_text("utf-8")
    assert page.count("<svg") == 4
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "data:image/png;base64," in page
    book = openpyxl.load_workbook(xlsx)
    assert book.sheetnames[0] == "Why it moved"
    assert len(book["Why it moved"]._charts) == 4
    assert main(["compare", *map(str, drafts), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["schema"] == "planner-compare/1"
    (cost, *_) = made["moved"]["waterfalls"]
    assert cost["before"] + sum(part["change"] for part in cost["parts"]) == pytest.approx(cost["after"])
    assert {"firm", "npv"} <= {row["what"] for row in made["rows"]}


@pytest.mark.parametrize("option", ["--html", "--xlsx"])
def test_files_that_cannot_be_written_are_refused_first(drafts, tmp_path, capsys, option):
    assert main(["compare", *map(str, drafts), option, str(tmp_path / "x.txt")]) == 2
    ended = capsys.readouterr()
    assert ended.out == ""
    assert ended.err == f"planner: {tmp_path / 'x.txt'}: expected the name of a file that ends in .{option[2:]}\n"
    assert main(["compare", *map(str, drafts), option, str(tmp_path / "no" / f"x.{option[2:]}")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_folders_of_one_name_are_told_apart(drafts, tmp_path, capsys):
    for name, run in zip(("first draft", "second draft"), drafts, strict=True):
        shutil.copytree(run, tmp_path / name / "out")
    assert main(["compare", *(str(tmp_path / name / "out") for name in ("first draft", "second draft")), "--json"]) == 0
    (row, *_) = json.loads(capsys.readouterr().out)["rows"]
    assert {"first draft/out", "second draft/out"} < set(row)


def test_of_three_runs_nothing_is_said_of_why(drafts, capsys):
    assert main(["compare", *map(str, (*drafts, drafts[0])), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["moved"] is None


def test_a_run_without_its_case_is_refused(drafts, tmp_path, capsys):
    shutil.copytree(drafts[0], tmp_path / "o")
    (tmp_path / "o" / "case" / "case.resolved.yaml").unlink()
    assert main(["compare", str(drafts[1]), str(tmp_path / "o")]) == 2
    assert "case.resolved.yaml" in capsys.readouterr().err


def test_changes_of_numbers_are_put_in_one_by_one(drafts):
    old, new = (resolved_case(out) for out in drafts)
    there = changes(old, new)
    assert all(change.number for change in there)
    assert changes(applied(old, there), new) == []
    assert [change.field for change in changes(applied(old, there[1:]), new)] == [there[0].field]


def test_what_is_no_number_of_one_unit_cannot_be_put_in():
    old = {"plants": {"mill": {"a": {"value": 1.0, "unit": "t"}, "hours": [1, 2], "zone": "light"}}}
    new = {"plants": {"mill": {"a": {"value": 1.0, "unit": "m3"}, "hours": [1], "zone": "heavy"}, "farm": {}}}
    found_ = {change.field: change.number for change in changes(old, new)}
    assert found_ == dict.fromkeys(("plants.mill.a", "plants.mill.hours", "plants.mill.zone", "plants.farm"), False)


@given(
    before=st.floats(-1e9, 1e9),
    amounts=st.lists(st.floats(-1e9, 1e9), max_size=30),
)
@settings(max_examples=20, deadline=None)
def test_bars_lead_from_one_end_to_the_other(before, amounts):
    parts = [Part(f'=cmd|"<b>{n}', amount) for n, amount in enumerate(amounts)] + [Part("rest", 5.0, data=False)]
    after = before + math.fsum(part.amount for part in parts)
    waterfall = Waterfall("cost", "EUR/yr", before, after, tuple(parts))
    drawn = bars(waterfall)
    size = max(map(abs, (before, after, *amounts)), default=1.0)
    assert drawn[-2][2] == pytest.approx(after, abs=1e-6 * size + 1e-6)
    for (_, _, end, _), (_, start, _, kind) in zip(drawn, drawn[1:], strict=False):
        assert kind == "total" or start == end
    assert "<b>" not in svg(waterfall)
    assert len(list(lines(waterfall))) == len(drawn) + 1
    assert in_words(waterfall).startswith("cost: from ")
