"""Cases made and updated from workbooks and questionnaires: what wins, what stays, what is told."""

import json
import shutil
import subprocess
from functools import partial
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from books import filled, put, questionnaire, shaped, small

from planner.case.read import read_case
from planner.cli.run import main
from planner.errors import CaseError, UsageError
from planner.excel.export import export
from planner.excel.importer import FORMER, import_case
from planner.excel.template import template

CASES = Path(__file__).parents[2] / "cases"
MILL = {
    "Name of the plant": "dairy",
    "Product made in a year": (90_000, "t/yr"),
    "Main product": "cheese",
    "Land needed, built or paved": (2.5, "ha", "design"),
    "Kind of zone": "light",
    "Hours in operation a year": 6000,
    "Full-time jobs": 80,
}
STREAMS = [
    {"direction": "need", "what": "steam", "amount": 3, "unit": "t/h", "low": 2, "basis": "metered",
     "today": "natural gas", "today amount": 0.8, "today unit": "MWh/t", "remarks": "8 bar"},
    {"direction": "over", "what": "whey", "kind": "material", "amount": "120", "unit": "t/d", "today": "farms",
     "today amount": 5, "today unit": "EUR/t"},
]  # fmt: skip


def test_questionnaires_add_tenants(tmp_path, park):
    """A text number, a resource that is new, and the file named as the source of each number."""
    text = (park / "case.yaml").read_text()
    q = questionnaire(tmp_path / "dairy.xlsx", MILL, STREAMS)
    other = questionnaire(tmp_path / "baker.xlsx", {"Name of the plant": "baker", "Land needed, built or paved": 1}, [])
    done = import_case(q, [other], park)
    case = read_case(park)
    assert [str(change) for change in done.changes] == [
        "plants.dairy: new",
        "resources.whey: new",
        "plants.baker: new",
    ]
    steam = case.plants["dairy"].sinks["steam"].rate
    assert (steam.value, steam.low, steam.basis, steam.grade, steam.note) == (3, 2, "metered", "A", "8 bar")
    assert steam.source.startswith("questionnaire dairy.xlsx of 20")
    assert case.plants["dairy"].sources["whey"].rate.value == 5  # 120 t/d over 24 h
    assert case.plants["dairy"].sources["whey"].discharge.cost.value == 5
    assert case.plants["dairy"].product.output.value == 90_000
    assert (case.resources["whey"].kind, case.resources["whey"].unit) == ("material", "t")
    after = (park / "case.yaml").read_text()
    assert [line for line in text.splitlines() if line not in after.splitlines()] == []  # nothing else moved
    assert done.notes == []


USUAL = """case: Usual park
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
plants:
  works:
    archetype: {name: brewery, size: 200000 hl/yr, without: [malt]}
resources:
  fresh water: {price: 1.5 EUR/m3}
  power: {price: 130 EUR/MWh}
  natural gas: {price: 50 EUR/MWh}
"""


@pytest.fixture
def usual(tmp_path):
    """A case of an archetype, whose plots nobody has drawn yet."""
    folder = tmp_path / "usual"
    folder.mkdir()
    (folder / "case.yaml").write_text(USUAL)
    return folder


def test_a_questionnaire_speaks_of_what_an_archetype_brings_along(tmp_path, usual):
    """Hot water stands in no file of the case; steam of 9 bar is in no archetype of it either."""
    hot = {"direction": "need", "what": "hot water", "amount": 2500, "unit": "MWh/yr", "basis": "metered"}
    book = questionnaire(tmp_path / "works.xlsx", {"Name of the plant": "works"}, [hot])
    done = import_case(book, [], usual)
    assert [str(change) for change in done.changes] == ["plants.works.sinks: new: hot water"]
    case = read_case(usual, sited=False)
    sink = case.plants["works"].sinks["hot water"]
    assert (sink.rate.value * case.plants["works"].hours.value, sink.rate.basis) == (pytest.approx(2500), "metered")
    assert sink.supplied_today_by.inputs["natural gas"].basis == "archetype"  # all else stays as usual
    other = questionnaire(tmp_path / "o.xlsx", {"Name of the plant": "works"}, [hot | {"what": "steam 9 bar"}])
    with pytest.raises(CaseError, match='the park knows no "steam 9 bar"; did you mean "steam'):
        import_case(other, [], usual)
    gas = questionnaire(tmp_path / "g.xlsx", {"Name of the plant": "works"}, [hot | {"kind": "gas"}])
    with pytest.raises(CaseError, match="is gas here, heat in the case"):
        import_case(gas, [], usual)


def test_a_case_without_plots_comes_and_goes(tmp_path, usual):
    before = (usual / "case.yaml").read_bytes()
    export(usual, tmp_path / "x.xlsx")
    assert import_case(tmp_path / "x.xlsx", [], usual).changes == []
    assert (usual / "case.yaml").read_bytes() == before
    import_case(tmp_path / "x.xlsx", [], tmp_path / "new")
    assert read_case(tmp_path / "new", sited=False) == read_case(usual, sited=False)


def test_once_there_are_plots_plants_need_their_land(tmp_path, usual):
    with (usual / "case.yaml").open("a") as file:
        file.write("plots: {A: {area: 5 ha}}\ngeography: {distances: d.csv}\n")
    (usual / "d.csv").write_text("from,to,length_m\n")
    book = questionnaire(tmp_path / "x.xlsx", {"Name of the plant": "mill"}, [])
    assert [one.field for one in import_case(book, [], usual).questions] == ["plants.mill.area"]
    with pytest.raises(CaseError, match="plants.mill.area: is missing"):
        read_case(usual)


def test_a_questionnaire_alone_makes_no_case(tmp_path):
    book = questionnaire(tmp_path / "x.xlsx", {"Name of the plant": "mill"}, [])
    with pytest.raises(UsageError, match="name a workbook of the park first"):
        import_case(book, [], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_faults_of_several_questionnaires_at_once(tmp_path, park):
    one = questionnaire(tmp_path / "one.xlsx", MILL | {"Full-time jobs": "1,200"}, [STREAMS[0] | {"what": "steem"}])
    two = questionnaire(tmp_path / "two.xlsx", {"Main product": "bread"}, [])
    three = questionnaire(tmp_path / "three.xlsx", MILL, [STREAMS[0] | {"kind": "gas"}, STREAMS[1] | {"kind": None}])
    with pytest.raises(CaseError) as caught:
        import_case(one, [two, three], park)
    said = str(caught.value)
    for words in (
        'one.xlsx, sheet "questionnaire", cell B',
        '"1,200", a text that may be a thousand',
        'the park knows no "steem"; did you mean "steam"',
        "two.xlsx",
        "name of the plant is needed",
        "is gas here, heat in the case",
    ):
        assert words in said, (words, said)


def test_update_keeps_comments_and_what_is_not_said(tmp_path, park):
    """Changed in place: a number with its range, a text, a new stream, a deletion."""
    path = park / "case.yaml"
    text = (
        path.read_text()
        .replace("price_year: 2025", "price_year: 2025  # of all results")
        .replace("    hours: {value: 7600 h/yr", "    # two shifts\n    hours: {value: 7600 h/yr")
    )
    path.write_text(text)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "streams"
    for row in (
        ["plant", "direction", "stream", "rate", "rate unit", "rate low"],
        ["paper mill", "sink", "steam", 9, "t/h", 7],  # the value is the same: high, source and grade stay
        ["steel mill", "source", "steam", 11, "t/h", None],  # another: its old range is not that of the new number
        ["steel mill", "sink", "limestone", 500, "t/yr", None],
    ):
        sheet.append(row)
    plants = book.create_sheet("plants")
    for row in (["plant", "zone", "jobs"], ["greenhouse", "heavy", 12], ["steel mill", None, "~"]):
        plants.append(row)
    book.save(tmp_path / "x.xlsx")
    done = import_case(tmp_path / "x.xlsx", [], park)
    assert {str(change) for change in done.changes} == {
        "plants.paper mill.sinks.steam.rate: 9 t/h (low 8, high 10, source assumption, grade C, basis estimate) -> "
        "9 t/h (low 7, high 10, source assumption, grade C, basis estimate)",
        "plants.steel mill.sources.steam.rate: 12 t/h (low 9, high 14, source assumption, grade C, basis estimate) -> "
        '"11 t/h"',
        "plants.steel mill.sinks: new: limestone",
        'plants.greenhouse.zone: "light" -> "heavy"',
        "plants.greenhouse.jobs: new, 12",
        "plants.steel mill.jobs: deleted, was 220",
    }
    after = path.read_text()
    assert "# of all results" in after
    assert "# two shifts" in after
    assert done.notes == []
    assert not (park / FORMER).exists()
    case = read_case(park)
    assert case.plants["paper mill"].sinks["steam"].rate.high == 10
    assert case.plants["steel mill"].sources["steam"].rate.low is None
    assert case.plants["steel mill"].jobs is None
    assert import_case(tmp_path / "x.xlsx", [], park).changes == []  # nothing changes twice


def test_update_of_a_case_with_tables_writes_it_anew(tmp_path, park):
    """A price that stands in a table: the case file is written with its rows in it, the former one is kept."""
    (park / "prices.csv").write_text("resource,price\nslag,-3 EUR/t\n")
    text = (park / "case.yaml").read_text() + "tables: {prices: prices.csv}\n"
    (park / "case.yaml").write_text(text)
    book = openpyxl.Workbook()
    book.active.title = "resources"
    book.active.append(["resource", "price", "price unit"])
    book.active.append(["slag", -4, "EUR/t"])
    book.save(tmp_path / "x.xlsx")
    done = import_case(tmp_path / "x.xlsx", [], park)
    assert len(done.notes) == 1
    assert (park / FORMER).read_text() == text
    assert read_case(park).resources["slag"].price.value == -4


def test_exchanges_are_known_by_their_ends(tmp_path, park):
    """An exchange of the same ends is changed, another is added; neither by its number."""
    book = openpyxl.Workbook()
    book.active.title = "exchanges"
    book.active.append(["no", "from", "to", "forbidden", "shared_hours", "shared_hours unit"])
    book.active.append([1, "steel mill", "greenhouse", True, None, None])
    book.active.append([2, "steel mill", "paper mill", None, 7000, "h/yr"])
    book.save(tmp_path / "x.xlsx")
    import_case(tmp_path / "x.xlsx", [], park)
    first, second = read_case(park).exchanges
    assert (first.to, first.shared_hours.value, first.note) == (
        "paper mill",
        7000,
        "both stop in the same weeks of summer",
    )
    assert (second.to, second.forbidden) == ("greenhouse", True)


LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Module1"/></library:library>
"""
MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Fill
  Dim hide(0) As New com.sun.star.beans.PropertyValue
  hide(0).Name = "Hidden" : hide(0).Value = True
  book = StarDesktop.loadComponentFromURL("file://{source}", "_blank", 0, hide())
  book.Sheets.getByName("streams").getCellRangeByName("E3").setFormula("=6*2")
  book.Sheets.getByName("park").getCellRangeByName("B3").setString("Saved by LibreOffice")
  book.Sheets.getByName("plants").getCellRangeByName("C5").setValue(2.25)
  Dim kind(0) As New com.sun.star.beans.PropertyValue
  kind(0).Name = "FilterName" : kind(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL("file://{target}", kind())
  book.close(True)
End Sub
</script:module>
"""


def test_export_and_import_of_a_case_changes_nothing_of_it(tmp_path):
    """What a layer says of plots stays in the layer, which stays as it is."""
    shutil.copytree(CASES / "tiny", tmp_path / "tiny")
    before = {path.name: path.read_bytes() for path in (tmp_path / "tiny").iterdir()}
    export(tmp_path / "tiny", tmp_path / "tiny.xlsx")
    done = import_case(tmp_path / "tiny.xlsx", [], tmp_path / "tiny")
    assert (done.changes, done.files, done.notes) == ([], [], [])
    assert {path.name: path.read_bytes() for path in (tmp_path / "tiny").iterdir()} == before


def test_a_changed_zone_of_a_layer_moves_into_the_case(tmp_path):
    """The zones of tiny stand in its plots layer: what the workbook says of one would contradict it there."""
    shutil.copytree(CASES / "tiny", tmp_path / "tiny")
    export(tmp_path / "tiny", tmp_path / "tiny.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tiny.xlsx")
    sheet = book["plots"]
    column = next(cell.column for cell in sheet[2] if cell.value == "zones")
    sheet.cell(5, column).value = "light; heavy"
    book.save(tmp_path / "tiny.xlsx")
    done = import_case(tmp_path / "tiny.xlsx", [], tmp_path / "tiny")
    assert [str(change) for change in done.changes] == ["plots.C.zones: ['light'] -> ['light', 'heavy']"]
    assert done.files == ["case.yaml", "plots.geojson"]
    case = read_case(tmp_path / "tiny")
    assert {name: plot.zones for name, plot in case.plots.items()} == {
        "A": ("heavy",),
        "B": ("heavy", "light"),
        "C": ("light", "heavy"),
        "D": ("light",),
    }


def test_a_new_shape_joins_those_that_are_there(tmp_path, park):
    """A workbook with one plot of two: the other three of the example stay, with all that is said of them."""
    book = openpyxl.Workbook()
    book.active.title = "plots"
    book.active.append(["plot", "geometry", "price", "price unit"])
    book.active.append(["E", "500400 5999900; 500500 5999900; 500500 5999990", 300000, "EUR/ha"])
    book.active.append(["C", "500550 6000020; 500700 6000020; 500700 6000200", None, None])
    book.save(tmp_path / "x.xlsx")
    done = import_case(tmp_path / "x.xlsx", [], park)
    assert [str(change) for change in done.changes] == ["plots.E: new"]
    case = read_case(park)
    assert list(case.layer("plots")["name"]) == ["A", "B", "C", "D", "E"]
    assert case.layer("plots").geometry[2].area == 150 * 180 / 2
    assert case.layer("plots").geometry[0].area == 250 * 200
    assert case.plots["C"].price.value == 350_000


def test_nothing_is_written_where_it_must_not_be(tmp_path):
    book = small(tmp_path / "park.xlsx")
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("x")
    with pytest.raises(UsageError, match="nothing was touched"):
        import_case(book, [], other)
    with pytest.raises(UsageError, match="expected the folder"):
        import_case(book, [], book)
    with pytest.raises(UsageError, match="there already"):
        template(book, questionnaire=False)
    with pytest.raises(UsageError, match="ends in .xlsx"):
        template(tmp_path / "x.xls", questionnaire=True)
    assert sorted(path.name for path in other.iterdir()) == ["letter.txt"]


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "case.yaml", "a:b.csv"])
def test_files_stay_in_their_folders(tmp_path, name):
    book = small(tmp_path / "park.xlsx", lambda book: book["files"].append([name, "a,b"]))
    with pytest.raises(CaseError, match="no name of a file|no file of data"):
        import_case(book, [], tmp_path / "case")
    book = small(tmp_path / "park.xlsx", put(files_C1="beside", files_A3="b.csv", files_C3=name))
    with pytest.raises(CaseError, match="no name of a file|no file of data"):
        import_case(book, [], tmp_path / "case")


def test_missing_file_beside_is_named(tmp_path):
    book = small(tmp_path / "park.xlsx", put(files_B2=None, files_C1="beside", files_C2="far.csv"))
    with pytest.raises(CaseError, match='no file "far.csv" beside the workbook'):
        import_case(book, [], tmp_path / "case")


def gis(book: openpyxl.Workbook, rows: list[list[str | None]]) -> None:
    shaped(book)
    book["plots"].delete_cols(2)
    sheet = book.create_sheet("gis")
    for row in (["layer", "file", "field", "attribute", "unit"], *rows):
        sheet.append(row)


def parcels(path: Path) -> None:
    square = "POLYGON (({0} 6000000, {1} 6000000, {1} 6000100.123456789, {0} 6000000))"
    shapes = gpd.GeoSeries.from_wkt([square.format(500000, 500100), square.format(500200, 500300)])
    data = {"PARZ_NR": ["A", "B"], "PREIS": [55.5, 60.0]}
    gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:25832").to_file(path, layer="parcels")


def test_plots_from_a_gis_file_by_names_of_attributes(tmp_path):
    parcels(tmp_path / "parcels.gpkg")
    rows = [["plots", "parcels.gpkg", "name", "PARZ_NR", None], ["plots", "parcels.gpkg", "price", "PREIS", "EUR/m2"]]
    import_case(small(tmp_path / "park.xlsx", lambda book: gis(book, rows)), [], tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert case.plots["A"].price.value == 555_000  # 55.5 EUR/m2
    assert case.layer("plots").geometry[0].exterior.coords[2] == (500100, 6000100.123456789)


def test_gis_faults_are_named(tmp_path):
    parcels(tmp_path / "parcels.gpkg")
    rows = [
        ["plots", "parcels.gpkg", "name", "PARZ", None],
        ["plots", "parcels.gpkg", "prize", "PREIS", None],
        ["plotz", "parcels.gpkg", "name", "x", None],
        ["roads", "roads.shp", "name", "x", None],
    ]
    with pytest.raises(CaseError) as caught:
        import_case(small(tmp_path / "park.xlsx", lambda book: gis(book, rows)), [], tmp_path / "case")
    for words in ('no attribute "PARZ"; did you mean "PARZ_NR"', 'of plots: "prize"; did you mean "price"',
                  'no such layer: "plotz"', "roads.shp: no such file"):  # fmt: skip
        assert words in str(caught.value)


def test_commands_end_to_end(tmp_path, monkeypatch, capsys):
    """template, import, solve, export, import again: twice the same case."""
    monkeypatch.chdir(tmp_path)
    assert main(["template", "park.xlsx"]) == 0
    assert main(["template", "--questionnaire", "form.xlsx", "--json"]) == 0
    assert main(["import", "park.xlsx", "park"]) == 0
    assert "park is the new case Example park" in capsys.readouterr().out
    assert main(["solve", "park", "--out", "out"]) == 0
    assert json.loads(Path("out/results.json").read_text())["solver"]["status"] == "optimal"
    assert main(["export", "park", "again.xlsx"]) == 0
    capsys.readouterr()
    assert main(["import", "again.xlsx", "park", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["created"], told["changes"], told["files"]) == (False, [], [])
    assert main(["import", "form.xlsx", "park"]) == 2
    assert 'form.xlsx, sheet "questionnaire", cell B4' in capsys.readouterr().err
    assert main(["import", "park", "park.xlsx"]) == 2
    assert "comes last" in capsys.readouterr().err
    assert main(["import", "park.xlsx"]) == 2


def test_template_filled_by_a_program_solves(tmp_path):
    """A user's numbers over those of the example, written by openpyxl."""
    book = filled(tmp_path / "park.xlsx", {("park", "B3"): "My park", ("streams", "E3"): 13.5})
    assert import_case(book, [], tmp_path / "case").name == "My park"
    assert read_case(tmp_path / "case").plants["steel mill"].sources["steam"].rate.value == 13.5


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_workbook_saved_by_libreoffice_is_the_same_case(tmp_path):
    """Opened by it, cells filled in it (a formula, a number, a text), saved by it, imported, solved."""
    template(tmp_path / "park.xlsx", questionnaire=False)
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    run = partial(subprocess.run, check=True, capture_output=True, timeout=120)
    run([*office, "--convert-to", "ods", "--outdir", str(tmp_path / "ods"), str(tmp_path / "park.xlsx")])  # its profile
    library = tmp_path / "profile/user/basic/Standard"
    library.mkdir(parents=True, exist_ok=True)
    (library / "Module1.xba").write_text(MACRO.format(source=tmp_path / "park.xlsx", target=tmp_path / "filled.xlsx"))
    (library / "script.xlb").write_text(LIBRARY)
    run([*office, "macro:///Standard.Module1.Fill"])
    import_case(tmp_path / "filled.xlsx", [], tmp_path / "case")
    import_case(tmp_path / "park.xlsx", [], tmp_path / "plain")
    saved, plain = read_case(tmp_path / "case"), read_case(tmp_path / "plain")
    assert saved.case == "Saved by LibreOffice"
    assert saved.plants["greenhouse"].area.value == 2.25
    greenhouse = saved.plants["greenhouse"].model_copy(update={"area": plain.plants["greenhouse"].area})
    changed = {"case": plain.case, "plants": {**saved.plants, "greenhouse": greenhouse}}
    assert saved.model_copy(update=changed).resolved() == plain.resolved()  # 6 x 2 = 12 t/h, as before
    assert main(["solve", str(tmp_path / "case"), "--out", str(tmp_path / "out")]) == 0
