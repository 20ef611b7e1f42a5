"""Names with tags, formulas, quotes, templates and strange letters: the same names in every file, and nothing runs."""

import csv
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_names import ODD, renamed

import planner
from planner.cli.run import main
from planner.pipeline import audit_folder, load
from planner.report.names import isolated, lines_of
from planner.report.tables import inert
from planner.results.contract import _unguarded
from planner.results.plan import Plan

Run = tuple[Plan, Path, dict[str, str]]


@pytest.fixture(
    scope="module",
    params=[0, *(pytest.param(shift, marks=pytest.mark.slow) for shift in (5, 11, 16, 22, 27))],
)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("odd")
    names = renamed(folder / "case", request.param)
    plan = planner.solve(folder / "case")
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    return plan, plan.save(folder / "out"), names


class Read(HTMLParser):
    """Tags of a page, and what of their attributes could run or fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.runs = list[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            away = name in ("src", "href", "action") and not (value or "").startswith("#")
            if name.startswith("on") or away or "javascript:" in (value or "").casefold():
                self.runs.append(f"{tag} {name}={value}")


def plants(run: Run) -> list[str]:
    return [run[2][name] for name in ("smelter", "mill", "greenhouse")]


def test_a_plan_read_back_has_the_same_names_and_stands_up_to_its_audit(run):
    plan, out, names = run
    assert [check for check in audit_folder(out)["checks"] if not check["passed"]] == []
    again = load(out)
    for table, column in (("siting", "unit"), ("siting", "plot"), ("exchanges", "exchange"), ("parties", "party")):
        assert list(again.tables[table][column]) == list(plan.tables[table][column])
    assert set(plants(run)) <= set(again.tables["parties"]["party"])
    assert set(again.siting["plot"]) <= {names[plot] for plot in "ABCD"}


def test_no_cell_of_a_csv_file_is_a_formula(run):
    for file in (run[1] / "tables").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            for cell in (cell for row in csv.reader(text) for cell in row):
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (file.name, cell)
                assert not cell.startswith("-") or re.fullmatch(r"-[\d.]+(e[+-]\d+)?", cell), (file.name, cell)


def test_every_page_holds_the_names_as_words(run):
    plan, out, _ = run
    for party in plan.tables["parties"]["party"]:
        assert main(["report", str(out), "--for", str(party)]) == 0
    pages = [out / "report.html", *(out / "editions").iterdir()]
    assert len(pages) == 1 + len(plan.tables["parties"])  # none was written over another
    for file in pages:
        text = file.read_text(encoding="utf-8")
        found = Read(text)
        assert found.runs == []
        assert not {"img", "iframe", "b", "object", "base", "form"} & set(found.tags)
        assert found.tags.count("script") in (0, 2)
        assert "\u202e" not in text
    shown = unescape((out / "report.html").read_text(encoding="utf-8"))
    assert all(name in shown for name in plants(run))
    assert "{{7*7}}" in shown  # of the description


def test_the_workbook_holds_the_names_as_they_are_and_runs_none_of_them(run):
    _, out, names = run
    cells = list(cells_of(out / "results.xlsx"))
    texts = {str(cell.value) for cell in cells if cell.data_type == "s"}
    assert set(plants(run)) <= texts  # without an apostrophe before them
    for cell in (cell for cell in cells if cell.data_type == "f"):
        assert not re.search(r"cmd|SUM\(1\)|1\+1|2\+3", str(cell.value)), cell.value
    assert not [cell for cell in cells if cell.hyperlink is not None and cell.hyperlink.target]
    assert names["A"] in texts


def cells_of(book: Path) -> Iterator[openpyxl.cell.Cell]:
    for sheet in openpyxl.load_workbook(book):
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def test_layers_and_drawings_hold_the_names(run):
    plan, out, names = run
    assert set(gpd.read_file(out / "park.gpkg", layer="siting")["unit"]) == set(plan.siting["unit"])
    assert set(gpd.read_file(out / "park.gpkg", layer="plots")["name"]) == {names[plot] for plot in "ABCD"}
    drawn = [ET.fromstring(file.read_bytes()) for file in out.rglob("*.svg")]
    drawn.append(ET.fromstring(plan.sankey().svg))
    for one in drawn:
        assert not [tag for tag in one.iter() if str(tag.tag).endswith(("script", "foreignObject", "image"))]


def test_a_workbook_of_the_case_gives_the_same_case(run, tmp_path):
    """Names that a cell would be read as something else for are quoted, also beside the shape of a plot."""
    case = run[1].parent / "case"
    assert main(["export", str(case), str(tmp_path / "case.xlsx")]) == 0
    assert main(["import", str(tmp_path / "case.xlsx"), str(tmp_path / "again")]) == 0
    assert planner.read_case(tmp_path / "again").resolved() == planner.read_case(case).resolved()


def test_free_text_keeps_its_words_and_turns_nothing_round(run):
    description = run[0].header["case"]["description"]
    assert description == "turned =1+1 <b>b</b> {{7*7}}\nnext"


def test_an_arrow_between_two_names_that_run_from_right_to_left_keeps_its_direction(make_plan):
    """Signs between two such names are turned into their direction, unless each of the names is isolated."""
    from planner.report.legend import strokes

    plan = make_plan()
    plan.exchanges.loc[:, ["from", "to"]] = ["\u05d0\u05d1", "\u05d2\u05d3"]
    assert "\u2068\u05d0\u05d1\u2069 \u2192 \u2068\u05d2\u05d3\u2069" in strokes(plan.exchanges)[0].detail
    assert isolated("mill") == "mill"


def test_a_long_name_is_cut_on_a_map():
    assert len(lines_of("n" * 190)) == 60
    assert lines_of("mill\nplot 3") == "mill\nplot 3"


@given(st.text(alphabet="'=+-@\t\ra1", max_size=8))
def test_the_guard_of_csv_files_is_taken_off_again(text):
    guarded = inert(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert _unguarded(guarded) == text


def test_the_odd_names_are_names():
    from planner.case.names import name_of

    for name in ODD:
        assert name_of(unicodedata.normalize("NFC", name))
    for refused in ("mi\u200dll", "\u200dmill", "a\u202eb", "\u200bx", "tab\there", "x" * 201):
        with pytest.raises(ValueError, match="control character|longer"):
            name_of(refused)
    assert name_of("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")  # Persian is written so
