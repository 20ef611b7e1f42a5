"""What would put a wrong number into a case: units beside blanks, doubled streams, rows that say two things."""

from copy import deepcopy
from functools import partial
from zipfile import ZipFile

import geopandas as gpd
import openpyxl
import pytest
import yaml
from books import put, questionnaire, small

from planner.case.read import read_case
from planner.errors import CaseError, UsageError
from planner.excel import importer
from planner.excel.export import export
from planner.excel.formats import fits_currency, shown_beside
from planner.excel.importer import import_case
from planner.excel.opened import open_workbook


def sheet_of(path, name, *rows):
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def faults(*paths):
    """What the import of workbooks into a folder, the last one, is refused for."""
    book, *rest, target = paths
    with pytest.raises(CaseError) as caught:
        import_case(book, rest, target)
    return str(caught.value)


def shown_as(cell, number_format, value):
    sheet, _, place = cell.rpartition("_")

    def change(book):
        book[sheet][place] = value
        book[sheet][place].number_format = number_format

    return change


def test_a_unit_beside_a_blank_value_is_that_of_its_range_only(tmp_path):
    """5 t/h stays so; its range of 4000 to 6000 kg/h is 4 to 6 t/h."""
    path = "plants > mill > sinks > steam > rate"

    def change(book):
        put(streams_F2=None, plants_B2="1 ha")(book)
        sheet = book.create_sheet("other")
        sheet.append(["path", "value", "unit", "low", "high"])
        sheet.append([path, None, "kg/h", 4000, 6000])
        sheet.append(["plants > mill > area", None, "m2", None, 20_000])

    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    case = read_case(tmp_path / "case")
    rate, area = case.plants["mill"].sinks["steam"].rate, case.plants["mill"].area
    assert (rate.value, rate.low, rate.high, rate.unit) == (5, 4, 6, "t/h")
    assert (area.value, area.high) == (1, 2)


def test_a_range_in_another_unit_leaves_the_number_it_joins(tmp_path, park):
    """9 t/h (8 to 10): of 9500 kg/h the new end is 9.5 t/h."""
    rows = [["plant", "direction", "stream", "rate", "rate unit", "rate high"]]
    rows += [["paper mill", "sink", "steam", None, "kg/h", 9500]]
    import_case(sheet_of(tmp_path / "x.xlsx", "streams", *rows), [], park)
    rate = read_case(park).plants["paper mill"].sinks["steam"].rate
    assert (rate.value, rate.low, rate.high) == (9, 8, 9.5)


def test_brackets_of_a_range_count(tmp_path):
    """5000 kg/h, least 4 t/h."""
    change = put(streams_D1="rate [kg/h]", streams_E2=None, streams_E3=None, streams_D2=5000, streams_D3=6000,
                 streams_F1="rate low [t/h]")  # fmt: skip
    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    rate = read_case(tmp_path / "case").plants["mill"].sinks["steam"].rate
    assert (rate.value, rate.low) == (5, 4)
    change = put(streams_E1="rate unit [kg/h]")
    said = faults(small(tmp_path / "y.xlsx", change), tmp_path / "none")
    assert 'sheet "streams", cell E1' in said
    assert "found [kg/h] behind its name" in said


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ('0.0" t/d"', (False, "t/d")),
        ("0\\ \\t/\\d", (False, "t/d")),
        ("[$€-407] #,##0.00", (False, "€")),
        ("0.0%", (True, "")),
        ("#,##0.00_);(#,##0.00)", (False, "")),
        ('_("$"* #,##0.00_)', (False, "¤")),  # each country sees its own currency there
        ("[Red]0.0;-0.0", (False, "")),
        ('# ?/?" t"', (False, "/ t")),
        ("General", (False, "")),
    ],
)
def test_words_of_number_formats(number_format, shown):
    assert shown_beside(number_format, 3.0) == shown
    assert fits_currency("€", "EUR/t")
    assert not fits_currency("$", "EUR/t")
    assert fits_currency("¤", "EUR/t")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (shown_as("streams_D2", '0" t/d"', 120), 'says "t/d" while the column beside it says "t/h"'),
        (shown_as("resources_D2", "[$$-409]0.00", 40), 'says "$" while the column beside it says "EUR/MWh"'),
        (shown_as("park_B4", '0" AD"', 2025), 'is shown with "AD"'),
        (shown_as("streams_D2", "0%", 0.5), 'is shown as 50 % while the column beside it says "t/h"'),
    ],
)
def test_a_shown_unit_that_contradicts_is_a_fault(tmp_path, change, found):
    assert found in faults(small(tmp_path / "x.xlsx", change), tmp_path / "case")


def test_a_shown_unit_is_the_unit(tmp_path):
    """120 t/d over 24 h are 5 t/h; 40 with the sign of the euro beside EUR/MWh stays 40."""

    def change(book):
        shown_as("streams_D2", '0" t/d"', 120)(book)
        shown_as("resources_D2", "0.00 €", 40)(book)
        put(streams_E2=None, streams_F2=None)(book)

    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert case.plants["mill"].sinks["steam"].rate.value == 5
    assert case.resources["gas"].price.value == 40


def test_percentages_stand_alone_or_beside_a_percent_sign(tmp_path):
    """6 % with the unit % beside it is 6 %; a bare 0.04 beside it might be 4 % or 0.04 %."""
    change = shown_as("park_B5", "0%", 0.06)

    def both(book):
        change(book)
        put(park_C5="%", park_D1="low")(book)

    import_case(small(tmp_path / "x.xlsx", both), [], tmp_path / "case")
    assert read_case(tmp_path / "case").economics.discount_rate.value == pytest.approx(0.06)

    def bare(book):
        both(book)
        put(park_D5=0.04)(book)

    assert "a bare number beside a percentage" in faults(small(tmp_path / "y.xlsx", bare), tmp_path / "none")


def test_entries_of_lists_are_meant_by_their_number(tmp_path, park):
    other = partial(sheet_of, tmp_path / "x.xlsx", "other", ["path", "value"])
    import_case(other(["exchanges > [1] > shared_hours", 1000]), [], park)
    exchanges = read_case(park).exchanges
    assert [(one.to, one.shared_hours.value) for one in exchanges] == [("paper mill", 1000)]
    assert "the case has 1 of them" in faults(other(["exchanges > [2] > forbidden", True]), park)
    said = faults(other(["plants > greenhous", "~"], ["links > steam pipe > sizes > [9]", "~"]), park)
    assert "plants.greenhous: is not there" in said
    assert "the list has 2 entries" in said
    import_case(other(["exchanges > [1]", "~"]), [], park)
    assert read_case(park).exchanges == ()


def test_rows_of_one_entry_are_a_fault(tmp_path, park):
    rows = [["no", "from", "to", "note"], [1, "steel mill", "paper mill", "a"], [2, "steel mill", "paper mill", "b"]]
    said = faults(sheet_of(tmp_path / "x.xlsx", "exchanges", *rows), park)
    assert "means the same entry as another row, first in exchanges row 2" in said


def test_inserted_rows_need_no_number(tmp_path, park):
    rows = [["link", "no", "size", "capacity", "investment"], ["steam pipe", None, "DN 175", 9, 620]]
    rows += [["steam pipe", 1, "DN 150", 6, 550]]
    import_case(sheet_of(tmp_path / "x.xlsx", "sizes", *rows), [], park)
    assert [one.size for one in read_case(park).links["steam pipe"].sizes] == ["DN 150", "DN 200", "DN 175"]


GAS = {"direction": "need", "what": "natural gas", "amount": 10, "unit": "MWh/h"}
DAIRY = {"Name of the plant": "dairy", "Land needed, built or paved": 2}


def test_two_books_that_contradict_are_a_fault_with_both_cells(tmp_path, park):
    one = questionnaire(tmp_path / "one.xlsx", DAIRY, [GAS])
    two = questionnaire(tmp_path / "two.xlsx", DAIRY | {"Land needed, built or paved": 3}, [GAS | {"amount": 20}])
    said = faults(one, two, park)
    assert "plants.dairy.area: says 3 ha, but one.xlsx" in said
    assert "plants.dairy.sinks.natural gas.rate: says 20 MWh/h, but one.xlsx" in said
    assert said.count("have both say the same") == 2
    same = questionnaire(tmp_path / "same.xlsx", DAIRY, [GAS | {"amount": 10_000, "unit": "kWh/h"}])
    import_case(one, [same], park)
    assert read_case(park).plants["dairy"].sinks["natural gas"].rate.value == 10


def test_names_that_differ_in_capitals_are_a_fault(tmp_path, park):
    book = questionnaire(tmp_path / "x.xlsx", DAIRY | {"Name of the plant": "Steel Mill"}, [GAS])
    assert 'differs from "steel mill" in the case in capitals only' in faults(book, park)


def test_a_questionnaire_means_the_stream_of_its_resource(tmp_path, park):
    """The paper mill's "process steam" is steam: changed, not doubled; source, grade and range are the new ones."""
    text = (park / "case.yaml").read_text()
    tree = yaml.safe_load(text)
    sinks = tree["plants"]["paper mill"]["sinks"]
    sinks["process steam"] = {"resource": "steam", **sinks.pop("steam")}
    (park / "case.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    line = {"direction": "need", "what": "steam", "amount": 9, "unit": "t/h", "basis": "metered"}
    book = questionnaire(tmp_path / "x.xlsx", {"Name of the plant": "paper mill"}, [line])
    import_case(book, [], park)
    found = read_case(park).plants["paper mill"].sinks
    assert list(found) == ["process steam"]
    rate = found["process steam"].rate
    assert (rate.source[:24], rate.grade, rate.basis, rate.low) == ("questionnaire x.xlsx of ", "A", "metered", None)
    sinks["more steam"] = deepcopy(sinks["process steam"])
    (park / "case.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    assert 'has 2 streams of steam: "process steam", "more steam"' in faults(book, park)


def test_numbers_of_a_questionnaire_have_units(tmp_path, park):
    over = {"direction": "over", "what": "mud", "kind": "material", "today": "landfill", "today amount": 30}
    book = questionnaire(
        tmp_path / "x.xlsx", DAIRY | {"Product made in a year": 120_000}, [over | {"amount": 2, "unit": "t/h"}]
    )
    asked = {one.field: one.question for one in import_case(book, [], park).questions}
    assert asked["plants.dairy.sources.mud.discharge.cost"] == "The questionnaire says 30 without a unit."
    assert asked["plants.dairy.product.output"] == "The questionnaire says 120000 without a unit."
    line = over | {"amount": "48 t per day", "today amount": "30 EUR/t"}
    import_case(questionnaire(tmp_path / "y.xlsx", DAIRY, [line]), [], park)
    mud = read_case(park).plants["dairy"].sources["mud"]
    assert (mud.rate.value, mud.discharge.cost.value) == (2, 30)  # 48 t/d over 24 h


def test_all_that_a_questionnaire_holds_is_read_or_told(tmp_path, park):
    path = questionnaire(tmp_path / "x.xlsx", DAIRY, [GAS])
    book = openpyxl.load_workbook(path)
    book["questionnaire"]["G11"] = 55
    book.create_sheet("annex")["A1"] = "steam"
    book.create_sheet("# own")["A1"] = "x"
    book.save(path)
    said = faults(path, park)
    assert "G11" in said
    assert "found 55 right of the answers" in said
    assert 'sheet "annex"' in said
    assert "# own" not in said


def test_rows_above_the_header_are_a_fault(tmp_path):
    def change(book):
        book["plants"].insert_rows(1)
        put(plants_A1="smith", plants_B1=3)(book)

    assert "stands above the names of the columns" in faults(small(tmp_path / "x.xlsx", change), tmp_path / "case")


def test_a_new_value_keeps_the_profile_but_contradicts_periods(tmp_path):
    import_case(small(tmp_path / "x.xlsx"), [], tmp_path / "case")
    tree = yaml.safe_load((tmp_path / "case/case.yaml").read_text())
    base = tmp_path / "case/case.yaml"
    rows = ["plant", "direction", "stream", "rate", "rate unit"], ["smelter", "source", "steam", 7, "t/h"]
    book = sheet_of(tmp_path / "y.xlsx", "streams", *rows)
    tree["periods"] = {"winter": {"hours": 4000}, "summer": {"hours": 4760}}
    rate = tree["plants"]["smelter"]["sources"]["steam"]
    rate["rate"] = {"value": "6 t/h", "periods": {"winter": "5 t/h", "summer": "7 t/h"}}
    base.write_text(yaml.safe_dump(tree, sort_keys=False))
    assert "has a value of its own in each period" in faults(book, tmp_path / "case")
    tree["profiles"] = {"day": {"periods": {"winter": 1, "summer": 0.5}}}
    rate["rate"] = {"value": "6 t/h", "profile": "day"}
    base.write_text(yaml.safe_dump(tree, sort_keys=False))
    import_case(book, [], tmp_path / "case")
    after = yaml.safe_load(base.read_text())["plants"]["smelter"]["sources"]["steam"]["rate"]
    assert after == {"profile": "day", "value": "7 t/h"}


def test_a_shape_joins_a_layer_of_any_format(tmp_path, park):
    frame = gpd.read_file(park / "corridors.geojson")
    frame.to_file(park / "corridors.gpkg", driver="GPKG")
    (park / "corridors.geojson").unlink()
    text = (park / "case.yaml").read_text().replace("corridors.geojson", "corridors.gpkg")
    (park / "case.yaml").write_text(text)
    rows = ["name", "geometry"], ["new lane", "500000 5999990; 500700 5999990"]
    import_case(sheet_of(tmp_path / "x.xlsx", "corridors", *rows), [], park)
    assert list(read_case(park).layer("corridors")["name"]) == [*frame["name"], "new lane"]
    rows = ["name", "geometry"], [None, "500000 5999980; 500700 5999980"]
    said = faults(sheet_of(tmp_path / "y.xlsx", "corridors", *rows), park)
    assert "some have no name, or one twice" in said


def test_nothing_that_is_there_is_overwritten(tmp_path, park):
    (park / "dead").symlink_to(tmp_path / "nowhere")
    export(park, tmp_path / "x.xlsx")
    with pytest.raises(UsageError, match="--force writes over it"):
        export(park, tmp_path / "x.xlsx")
    export(park, tmp_path / "x.xlsx", force=True)
    former = (park / "case.yaml").read_text()
    for zone in ("light", "heavy"):
        rows = ["path", "value"], ["plants > paper mill > zone > [1]", zone], ["exchanges > [1]", "~"]
        (park / "case.yaml").write_text(former)
        import_case(sheet_of(tmp_path / "y.xlsx", "other", *rows), [], park)
    assert (park / importer.FORMER).read_text() == (park / f"{importer.FORMER}.2").read_text() == former


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ('<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>', "merged ranges over more than 100,000"),
        ('<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>', "links over more than 100,000"),
        ('<hyperlinks><hyperlink ref="A1:B2000" location="x"/></hyperlinks>', None),
    ],
)
def test_ranges_that_would_fill_the_memory_are_refused(tmp_path, more, found):
    """Links of few cells are read; they put nothing into blank cells."""
    whole = small(tmp_path / "whole.xlsx")
    with ZipFile(whole) as archive, ZipFile(tmp_path / "x.xlsx", "w") as made:
        for part in archive.infolist():
            text = archive.read(part.filename).decode()
            if part.filename == "xl/worksheets/sheet3.xml":
                text = text.replace("</sheetData>", f"</sheetData>{more}")
            made.writestr(part.filename, text)
    if found is None:
        assert [one.cells for one in open_workbook(tmp_path / "x.xlsx")] == [one.cells for one in open_workbook(whole)]
        return
    with pytest.raises(CaseError, match=found):
        open_workbook(tmp_path / "x.xlsx")


def test_texts_that_look_like_something_else_come_back(tmp_path, park):
    """An error's word, 17 digits and an umlaut are texts; the umlaut is readable in the cell."""
    tree = yaml.safe_load((park / "case.yaml").read_text())
    for name, note in (("greenhouse", "#N/A"), ("paper mill", "1.3369565217391304"), ("steel mill", '"Öl" zuerst')):
        tree["plants"][name]["note"] = note
    (park / "case.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    export(park, tmp_path / "x.xlsx")
    assert import_case(tmp_path / "x.xlsx", [], park).changes == []
    cells = [cell.value for sheet in open_workbook(tmp_path / "x.xlsx") for cell in sheet.cells.values()]
    assert any("Öl" in str(value) for value in cells)
