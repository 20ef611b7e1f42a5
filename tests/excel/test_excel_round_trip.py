"""YAML -> Excel -> YAML is the same case: every shipped case and variant, names that try it, any text and number."""

import shutil
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.case.case import Case
from planner.case.files import Folder
from planner.case.marks import Marks
from planner.case.read import read_case
from planner.case.variants import read_overlaid
from planner.excel.export import export, pages
from planner.excel.fold import fold
from planner.excel.importer import import_case
from planner.excel.merge import Merger
from planner.excel.opened import open_workbook
from planner.excel.paths import cell_plain, parse_path, path_text, plain_cell
from planner.excel.read import read_workbook
from planner.excel.template import EXAMPLE
from planner.excel.write import Head, Page, workbook

CASES = Path(__file__).parents[2] / "cases"
SHIPPED = sorted(str(path.relative_to(CASES)) for path in CASES.glob("*/*.yaml"))
LARGE = [name for name in SHIPPED if name.startswith("greenfield")]


def same_case(path, tmp_path):
    before = read_case(path)
    beside = export(path, tmp_path / "case.xlsx")
    import_case(tmp_path / "case.xlsx", [], tmp_path / "case")
    after = read_case(tmp_path / "case")
    assert after.resolved() == before.resolved()
    for name, frame in (before._layers or {}).items():
        again = after.layer(name)
        assert list(frame.geometry.to_wkb()) == list(again.geometry.to_wkb()), name
        assert frame.crs == again.crs
        kept = [column for column in again.columns if column != "geometry"]
        assert frame[kept].equals(again[kept]), name
        assert set(frame.columns) - set(kept) <= {"geometry", *(type(next(iter(after.plots.values()))).model_fields)}
    return beside


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in LARGE])
def test_shipped_cases_come_back_the_same(tmp_path, name):
    assert same_case(CASES / name, tmp_path) == []  # all of it is in the workbook


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_cases_come_back_the_same(tmp_path, name):
    assert same_case(CASES / name, tmp_path) == []


@pytest.mark.parametrize("name", sorted({name.partition("/")[0] for name in SHIPPED} - {"greenfield"}))
def test_a_shipped_case_laid_over_itself_stays_byte_for_byte(tmp_path, name):
    folder = tmp_path / "case"
    shutil.copytree(CASES / name, folder)
    export(folder, tmp_path / "case.xlsx")
    done = import_case(tmp_path / "case.xlsx", [], folder)
    assert (done.changes, done.files, done.notes) == ([], [], [])
    assert (folder / "case.yaml").read_bytes() == (CASES / name / "case.yaml").read_bytes()


def test_rows_of_a_large_case_are_the_same(tmp_path):
    """What the slow test does with geography and numbers converted: here only the plain data."""
    tree = read_overlaid("seasons.yaml", Folder(CASES / "greenfield")).tree
    found = through(tree, tmp_path / "x.xlsx")
    assert Case.model_validate(found) == Case.model_validate(tree)
    assert [list(found[name]) for name in ("plants", "resources", "links")] == [
        list(tree[name]) for name in ("plants", "resources", "links")
    ]


def test_example_of_the_template_comes_back_the_same(tmp_path):
    assert same_case(EXAMPLE, tmp_path) == []


def through(tree, file):
    """Plain data written into a workbook and read again."""
    workbook(file, pages(fold(tree) | {"corridors": [], "map": []}, common=False))
    draft = read_workbook(file, open_workbook(file), {}).draft
    assert draft.faults == []
    merger = Merger({}, Marks("x"))
    merger.lay(draft)
    return merger.tree


TRYING = yaml.safe_load("""
case: "=1+1"
description: "two  blanks, a\\ttab, a line\\nbreak, \\u00a0 and 'quotes' \\"too\\""
currency: EUR
price_year: 2025
economics: {discount_rate: {value: 5 %, low: 4, high: "0.06", source: "@x", note: "-5"}, lifetime: {pipe: 20}}
parties: {"[1]": {kind: firm}, "a > b": {}, '"q"': {kind: utility, note: "~"}}
resources:
  "1.234": {kind: gas, unit: MWh, price: 0.30000000000000004}
  "steam ": {kind: heat, unit: t, carried_by: ["a;b", pipe]}
  "+x": {kind: gas, unit: t, price: {unit: EUR/t, value: -3, periods: {summer: "1.234 EUR/t", winter: 4}}}
  "010": {kind: water, unit: m3, price: {profile: spot, unit: EUR/m3}, discharge: {}}
plants:
  "~": {area: 3, zone: [heavy], plots: [A], plot: 3}
  B: {zone: heavy, sources: {}, sinks: {x: {rate: "1.2345678901234567 t/h"}}}
  C: {zone: [a, b], optional: {margin: {low: 3, note: "range only"}}}
partners: {B: {sinks: {"x y": {rate: 1, supplied_today_by: {gas: {value: 2, source: s}}}}}, D: {at: {x: 1.5, y: 2}}}
facilities:
  F: {unit: t, investment: {coefficient: 3, exponent: 0.6, largest: 9}, inputs: {gas: {value: 1, periods: {summer: 3}}}}
  G: {investment: [{capacity: 1, investment: {value: 3 MEUR, low: 2}}, {capacity: 2, investment: 5}]}
exchanges: [{}, {from: a, accept_unknown: [COD]}, {to: b, paid_by: {seller: 1}, also: {}}]
links: {L: {kind: pipe, sizes: [{size: "3"}, {size: DN 4, note: ok}]}, M: {kind: truck, sizes: water.csv}}
rules: {separations: [{hazard: a, distance: 3 m}, {hazard: b, distance: 4}], at_most: {boiler: 2}}
turns: [{of: winter, times: 3}]
""")


def test_names_that_try_it_come_back_the_same(tmp_path):
    found = through(TRYING, tmp_path / "x.xlsx")
    assert list(found["parties"]) == list(TRYING["parties"])
    assert found == written(TRYING)


def written(tree):
    """Numbers as an import writes them: "2025 t" for {value: 2025, unit: t}; low ends of the same unit bare."""
    changed = yaml.safe_load(yaml.safe_dump(tree))
    changed["economics"]["discount_rate"]["high"] = 0.06
    changed["resources"]["+x"]["price"] = {"value": "-3 EUR/t", "periods": {"summer": "1.234 EUR/t", "winter": 4}}
    changed["plants"]["B"]["sinks"]["x"]["rate"] = "1.2345678901234567 t/h"
    return changed


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


@settings(max_examples=20)
@given(
    st.lists(st.one_of(TEXTS, st.sampled_from(["_x0041_", '"', "[2]", "+", " a", "> b", "{}"])), min_size=1, max_size=4)
)
def test_any_path_comes_back(names):
    assert parse_path(path_text(names)) == tuple(names)


@settings(max_examples=10)
@given(st.lists(st.one_of(TEXTS, st.floats(-1e15, 1e15), st.integers(-(10**15), 10**15), st.booleans()), max_size=60))
def test_any_text_and_number_comes_back(tmp_path_factory, values):
    """Through a file: a float that 16 digits do not hold comes back as the text of its digits."""
    file = tmp_path_factory.mktemp("x") / "x.xlsx"
    workbook(file, [Page("x", "about", [Head("v")], [[plain_cell(value)] for value in values])])
    cells = open_workbook(file)[0].cells
    found = [cell_plain(cells[row, 1].value) for row in range(3, 3 + len(values))]
    wanted = [
        value if float(f"{value:.16G}") == value else repr(value) for value in values if not isinstance(value, str)
    ]
    assert [value for value in found if not isinstance(value, str) or value in wanted] == wanted
    assert [v for v, w in zip(found, values, strict=True) if isinstance(w, str)] == [
        v for v in values if isinstance(v, str)
    ]


FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", '=HYPERLINK("http://x","y")', "=A1"]


def test_formulas_in_a_case_are_inert(tmp_path):
    tree = {"description": FORMULAS[0], "plants": {name: {"note": name} for name in FORMULAS}}
    workbook(tmp_path / "x.xlsx", pages(fold(tree) | {"corridors": [], "map": []}, common=True))
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # none is a formula
    assert all(cell.hyperlink is None for cell in cells)
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(risky) > 10
    assert all(cell.quotePrefix for cell in risky)
    assert through(tree, tmp_path / "y.xlsx") == tree


def test_a_long_text_is_split_over_rows(tmp_path):
    tree = {"description": "long, with blank ends " * 4000}
    assert through(tree, tmp_path / "x.xlsx") == tree


def test_geographic_files_that_are_not_simple_lie_beside(tmp_path):
    """A GeoPackage, and a GeoJSON with an attribute of its own, go beside the workbook byte for byte."""
    source = tmp_path / "source"
    import geopandas as gpd

    shutil.copytree(EXAMPLE, source)
    gpd.read_file(source / "plots.geojson").to_file(source / "park.gpkg", layer="plots")
    text = (
        (source / "corridors.geojson")
        .read_text()
        .replace('"name": "park street"', '"name": "park street", "colour": 3')
    )
    (source / "corridors.geojson").write_text(text)
    case = (source / "case.yaml").read_text().replace("plots: plots.geojson", 'plots: "park.gpkg:plots"')
    (source / "case.yaml").write_text(case)
    assert same_case(source, tmp_path) == ["case-files/corridors.geojson", "case-files/park.gpkg"]
    assert (tmp_path / "case/park.gpkg").read_bytes() == (source / "park.gpkg").read_bytes()


def test_variant_is_exported_whole(tmp_path):
    name = "olesen-polley/with-pipes.yaml"
    export(CASES / name, tmp_path / "x.xlsx")
    tree = read_overlaid("with-pipes.yaml", Folder(CASES / "olesen-polley")).tree
    rows = open_workbook(tmp_path / "x.xlsx")
    links = next(sheet for sheet in rows if sheet.name == "links")
    assert {cell.value for (row, column), cell in links.cells.items() if column == 1 and row > 2} == set(tree["links"])
