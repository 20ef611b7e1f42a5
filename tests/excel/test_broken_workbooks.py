"""Workbooks as clients send them: each is read right, or refused with words that say where and what to do."""

import datetime
import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from books import put, shaped, small

from planner.errors import CaseError
from planner.excel.importer import import_case

DAY = datetime.datetime(2026, 4, 3)


def rename(old, new):
    return lambda book: setattr(book[old], "title", new)


def merge(sheet, cells):
    return lambda book: book[sheet].merge_cells(cells)


def hide_row(sheet, row):
    return lambda book: setattr(book[sheet].row_dimensions[row], "hidden", True)


def hide_column(sheet, column):
    return lambda book: setattr(book[sheet].column_dimensions[column], "hidden", True)


def hide_sheet(sheet):
    return lambda book: setattr(book[sheet], "sheet_state", "hidden")


def shown_as(sheet, cell, value, style):
    def change(book):
        book[sheet][cell] = value
        book[sheet][cell].number_format = style

    return change


def add_sheet(name, cell="5"):
    return lambda book: book.create_sheet(name).append([cell])


def both(*changes):
    return lambda book: [change(book) for change in changes]


def with_shapes(**cells):
    return both(shaped, put(**cells))


def row(sheet, *cells):
    return lambda book: book[sheet].append(list(cells))


#: What was changed in the small workbook, and the words that the message must hold.
BROKEN = {
    "error #NUM!": (put(streams_D2="#NUM!"), ['sheet "streams", cell D2', "plants.mill.sinks.steam", "#NUM!", "error"]),
    "error #REF!": (put(resources_D2="#REF!"), ['sheet "resources", cell D2', "#REF!", "error of the spreadsheet"]),
    "error in a name": (put(plants_A2="#N/A"), ['sheet "plants", cell A2', "#N/A"]),
    "error as text": (put(streams_D2=" #DIV/0! "), ["cell D2", "#DIV/0!"]),
    "date for 3.4": (put(streams_D2=DAY), ["cell D2", "a date, 3 April 2026", "3.4 or 4/3", "as a number"]),
    "time": (put(streams_D2=datetime.time(3, 4)), ["cell D2", "time"]),
    "date as a name": (put(plants_A2=DAY), ["cell A2", "a date, 3 April 2026", "as text"]),
    "date beside a price": (put(resources_D2=DAY), ["cell D2", "3 April 2026"]),
    "thousands or decimals, point": (put(streams_D2="1.234"), ["cell D2", '"1.234"', "may be a thousand"]),
    "thousands or decimals, comma": (put(streams_D2="1,234"), ["cell D2", '"1,234"', "may be a thousand"]),
    "thousands with unit": (put(streams_D2="1,234 t/h"), ["cell D2", "may be a thousand"]),
    "odd separators": (put(streams_D2="1.23.456"), ["cell D2", '"1.23.456"', "expected a number"]),
    "two numbers": (put(streams_D2="4 5"), ["cell D2", '"4 5"']),
    "range in a cell": (put(streams_D2="4-6"), ["cell D2", '"4-6"', "columns low and high"]),
    "range in words": (put(streams_D2="4 to 6 t/h"), ["cell D2", "columns low and high"]),
    "about": (put(streams_D2="ca. 5"), ["cell D2", '"ca. 5"', "the number alone"]),
    "currency sign": (put(resources_D2="€ 40"), ["cell D2", "the number alone"]),
    "words": (put(streams_D2="see note"), ["cell D2", '"see note"', "expected a number"]),
    "truth value": (put(streams_D2=True), ["cell D2", "true", "expected a number"]),
    "infinite": (put(streams_D2=1e300), ["cell D2", "1e15"]),
    "negative": (put(streams_D2=-5), ["cell D2", "-5"]),
    "wrong unit": (put(streams_E2="EUR"), ['sheet "streams", cell E2', "plants.mill.sinks.steam.rate", "EUR"]),
    "two units": (put(streams_D2="5 t/d"), ["cell D2", '"t/d"', '"t/h"', "clear one"]),
    "percent and unit": (shown_as("streams", "D2", 0.05, "0%"), ["cell D2", "5 %", '"t/h"', "clear one"]),
    "unknown unit": (put(streams_E2="t/fortnight"), ['sheet "streams", cell E2', "fortnight"]),
    "negative, in brackets": (
        put(streams_D2="(500)"),
        ["cell D2", "(500)", "if it is below 0 write a minus, as in -500"],
    ),
    "sheets of another program": (
        both(rename("park", "park - Table 1"), rename("plants", "plants - Table 1")),
        ['no such sheet: "park - Table 1"', 'rename it "park"', 'rename it "plants"'],
    ),
    "formula without a result": (put(streams_D2="=2+3"), ["cell D2", "formula without a result", "calculate and save"]),
    "merged names": (merge("streams", "A2:A3"), ['sheet "streams"', "A2:A3 are merged", "unmerge"]),
    "merged header": (merge("plants", "A1:B1"), ['sheet "plants"', "A1:B1 are merged"]),
    "hidden row": (hide_row("streams", 3), ['sheet "streams"', "hidden or filtered out: 3"]),
    "hidden column": (hide_column("streams", "D"), ['sheet "streams", cell D1', "column is hidden but holds data"]),
    "hidden sheet": (hide_sheet("resources"), ['sheet "resources"', "hidden but holds data"]),
    "misspelt sheet": (rename("streams", "steams"), ['no such sheet: "steams"', 'did you mean "streams"']),
    "sheet in the singular": (rename("plants", "plant"), ['no such sheet: "plant"', 'did you mean "plants"']),
    "extra sheet": (add_sheet("Tabelle1"), ['no such sheet: "Tabelle1"', "begins with #"]),
    "misspelt column": (put(streams_D1="rates"), ['sheet "streams", cell D1', "no such column", 'did you mean "rate"']),
    "extra column": (put(plants_E1="colour", plants_E2="red"), ["cell E1", "colour: no such column", "begins with #"]),
    "column twice": (put(plants_C1="area"), ["cell C1", "there twice, first in B1"]),
    "column without a name": (put(plants_F2="what is this"), ["cell F2", "column without a name"]),
    "no header": (
        put(streams_A1=None, streams_B1=None, streams_C1=None),
        ["no row with the column names", '"direction"'],
    ),
    "misspelt key": (put(streams_B1="direktion"), ['sheet "streams"', 'missing: "direction"', 'is it "direktion"']),
    "name twice": (put(plants_A3="mill"), ['sheet "plants", cell A3', '"mill" is there twice', "row 2"]),
    "stream twice": (row("streams", "mill", "sink", "steam", 3), ["there twice, first in row 2"]),
    "blank key": (put(streams_A2=None), ["cell A2", "blank; every row needs it"]),
    "unknown plant": (put(streams_A2="mil"), ["cell A2", 'no such plant or partner: "mil"', 'did you mean "mill"']),
    "unknown direction": (put(streams_B2="in"), ["cell B2", "expected one of source, sink"]),
    "unknown resource": (put(streams_C2="steem"), ['sheet "streams"', "no such resource", 'did you mean "steam"']),
    "unknown choice": (put(resources_B2="gass"), ["cell B2", '"gass"', 'did you mean "gas"']),
    "unknown supply": (put(streams_H2="coal"), ['sheet "streams"', "coal", "no such resource"]),
    "supply without name": (put(streams_H2=None), ["cell I2", "supplied_today_by is blank beside its amount"]),
    "blank number": (
        put(streams_D2=None, streams_F2=None, streams_G2=None),
        ["plants.mill.sinks.steam.rate", "missing"],
    ),
    "range without its number": (put(streams_D2=None), ["plants.mill.sinks.steam.rate", "the number itself is blank"]),
    "low above value": (put(streams_F2=9), ['sheet "streams"', "plants.mill.sinks.steam.rate"]),
    "unknown path": (
        put(park_A5="economics > discount_rates"),
        ['sheet "park", cell', "discount_rates", "discount_rate"],
    ),
    "path without name": (put(park_A5="economics > > rate"), ['sheet "park", cell A5', 'nothing between two ">"']),
    "path twice": (row("park", "currency", "USD"), ['sheet "park", cell B10', "stated twice", "B3"]),
    "path into nobody": (
        both(add_sheet("other", "path"), put(other_B1="value", other_A2="plants > mile > area", other_B2=3)),
        ['sheet "other", cell A2', 'no such name in plants: "mile"', 'did you mean "mill"'],
    ),
    "unit where none is": (put(park_C4="yr"), ['sheet "park", cell C4', "numbers only"]),
    "no resources": (lambda book: book.remove(book["resources"]), ["resources", "missing"]),
    "bad shape": (with_shapes(plots_B3="POLYGON ((1 2, 3 4"), ['sheet "plots", cell B3', "no shape", "WKT"]),
    "two corners": (with_shapes(plots_B2="1 2; 3 4"), ["cell B2", "has 2 corners"]),
    "decimal commas in corners": (with_shapes(plots_B2="1,5 2,5; 3 4; 5 6"), ["cell B2", "decimal point"]),
    "bad crs": (with_shapes(plots_C1="crs", plots_C2="EPSG:1"), ["plots", "EPSG:1"]),
    "shapes that overlap": (
        with_shapes(plots_B3="500000 6000000; 500100 6000000; 500100 6000100"),
        ['sheet "plots"', "overlap"],
    ),
    "no number of a list": (put(sizes_B2=0), ['sheet "sizes", cell B2', "expected 1, 2, 3"]),
    "half a number of a list": (put(sizes_B2=1.5), ["cell B2", "whole number"]),
    "name too long": (put(plants_A2="m" * 250), ["plants", "longer than 200"]),
    "number in thousands": (shown_as("streams", "D2", 5000, "#,##0,"), ["cell D2", "5000", "shown in thousands"]),
    "number in millions": (shown_as("streams", "D2", 5e6, '0.0,,"M"'), ["cell D2", "shown in thousands or millions"]),
    "number not shown": (shown_as("streams", "D2", 5, ";;;"), ["cell D2", "shown as nothing by its number format"]),
    "fraction": (put(streams_D2="5½"), ["cell D2", "expected one number"]),
    "more or less": (put(streams_D2="5±1"), ["cell D2", "columns low and high"]),
    "Indian thousands": (put(streams_D2="1,20,000"), ["cell D2", "without signs between its thousands"]),
    "clock": (put(streams_D2="24/7"), ["cell D2", "expected one number, as in 12.5"]),
    "two tables": (
        both(row("streams"), row("streams", "plant", "direction", "stream"), row("streams", "mill", "source", "gas")),
        ['sheet "streams", cell A5', "stand here again", "one table"],
    ),
    "table beside a table": (put(plants_G1="plant", plants_G2="x"), ["cell G1", "there twice, first in A1"]),
    "names alike in one sheet": (
        row("plants", "Mill", 1, 8000, "A"),
        ['sheet "plants", cell A4', 'differs from "mill"', "in capitals only"],
    ),
    "code as a number": (put(plants_E1="nace", plants_E2=10.5), ["cell E2", "may have lost a zero"]),
    "code of an older edition": (put(plants_E1="nace", plants_E2="15.51"), ["cell E2", "no group 15.5", "Rev. 1"]),
    "date as a year": (put(park_B4=DAY), ['sheet "park", cell B4', "a date, 3 April 2026", "as a number"]),
    "basis in other words": (
        put(streams_K1="rate basis", streams_K2="measured"),
        ["cell K2", '"measured"', 'did you mean "metered"'],
    ),
    "sheet with a sign": (rename("plants", "plants!"), ['sheet "plants!"', 'did you mean "plants"']),
    "not yes or no": (put(links_D1="main", links_D2="perhaps"), ["cell D2", "expected TRUE or FALSE"]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_cells_are_named(tmp_path, what):
    changes, words = BROKEN[what]
    book = small(tmp_path / "park.xlsx", changes)
    with pytest.raises(CaseError) as caught:
        import_case(book, [], tmp_path / "case")
    said = str(caught.value)
    assert "park.xlsx" in said
    assert [word for word in words if word not in said] == [], said
    assert not (tmp_path / "case").exists()


#: What looks odd and has one meaning only; what the case then says.
RIGHT = {
    "nothing": (put(), "rate: {value: 5 t/h, low: 4, source: invoice}"),
    "decimal comma": (put(streams_D2="5,5"), "5.5 t/h"),
    "point as text": (put(streams_D2="5.5"), "5.5 t/h"),
    "thousands and decimals": (put(streams_D2="1.234,5", streams_F2=None), "1234.5 t/h"),
    "English thousands": (put(streams_D2="1,234.5", streams_F2=None), "1234.5 t/h"),
    "blank thousands": (put(streams_D2="12 345", streams_F2=None), "12345 t/h"),
    "no-break thousands": (put(streams_D2="12\u202f345", streams_F2=None), "12345 t/h"),
    "text with its unit": (put(streams_D2="5.5 t/h", streams_E2=None), "5.5 t/h"),
    "stray blanks": (put(streams_A2="  mill\u00a0", streams_D2=" 5 "), "5 t/h"),
    "no-break blank in a name": (put(plants_A2="big\u00a0mill", streams_A2="big  mill"), "big mill"),
    "capitals in a choice": (put(streams_B2="SINK"), "5 t/h"),
    "percent": (shown_as("park", "B5", 0.07, "0.0%"), "discount_rate: 7 %"),
    "empty rows": (both(row("streams"), row("streams", None, "\u00a0"), row("plants", None)), "5 t/h"),
    "unit in the header": (put(streams_D1="rate [t/d]", streams_E2=None, streams_E3=None), "5 t/d"),
    "title above the header": (
        lambda book: book["streams"].insert_rows(1, 3) or put(streams_A1="A title")(book),
        "5 t/h",
    ),
    "own sheet and column": (both(add_sheet("#mine"), put(plants_E1="# mine", plants_E2="red")), "5 t/h"),
    "empty extra sheet": (lambda book: book.create_sheet("Sheet1"), "5 t/h"),
    "sheet in capitals": (rename("streams", "Streams "), "5 t/h"),
    "apostrophe before a number": (put(streams_D2="'5.5"), "5.5 t/h"),
    "marks of direction": (put(streams_A2="\u200fmill\u200e"), "mill:"),
    "year as text": (put(park_B4="2025"), "price_year: 2025"),
    "capitals in basis and grade": (
        put(streams_K1="rate basis", streams_K2="Metered", streams_L1="rate grade", streams_L2="a"),
        "grade: A, basis: metered",
    ),
    "code with its section": (put(plants_E1="nace", plants_E2="C 10.51"), "nace: '10.51'"),
    "long note": (both(add_sheet("other", "path"), put(other_B1="value", other_A2="plants > mill > note",
                       other_B2="long " * 1000 + "end")), "long long"),
}  # fmt: skip


@pytest.mark.parametrize("what", RIGHT)
def test_what_has_one_meaning_is_read(tmp_path, what):
    changes, words = RIGHT[what]
    import_case(small(tmp_path / "park.xlsx", changes), [], tmp_path / "case")
    assert words in (tmp_path / "case/case.yaml").read_text(encoding="utf-8")


def test_all_faults_at_once_each_in_its_cell(tmp_path):
    changes = put(streams_D2="#NUM!", resources_D2=DAY, plants_B2="1,234", links_B2="pip")
    with pytest.raises(CaseError) as caught:
        import_case(small(tmp_path / "park.xlsx", changes), [], tmp_path / "case")
    files = {fault.file for fault in caught.value.faults}
    assert files == {
        'park.xlsx, sheet "streams", cell D2',
        'park.xlsx, sheet "resources", cell D2',
        'park.xlsx, sheet "plants", cell B2',
        'park.xlsx, sheet "links", cell B2',
    }


def zipped(**parts):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return raw.getvalue()


def bomb() -> bytes:
    return zipped(**{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": b" " * 8_000_000})


def lying_bomb() -> bytes:
    """A part that says it is short and unpacks to much more."""
    raw = bytearray(zipped(**{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": b" " * 8_000_000}))
    wanted, short = struct.pack("<I", 8_000_000), struct.pack("<I", 900)
    return bytes(raw.replace(wanted, short))


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100


def cut_off(path: Path) -> bytes:
    whole = small(path).read_bytes()
    return whole[: len(whole) // 2]


def one_bit_off(path: Path) -> bytes:
    whole = bytearray(small(path).read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    whole[info.header_offset + 80] ^= 0xFF
    return bytes(whole)


def strict(path: Path) -> bytes:
    """As Excel writes "Strict Open XML Spreadsheet": other namespaces, the same name."""
    raw = io.BytesIO()
    with zipfile.ZipFile(small(path)) as source, zipfile.ZipFile(raw, "w") as made:
        for name in source.namelist():
            text = source.read(name)
            for kind in (b"spreadsheetml", b"officeDocument"):
                old = b"http://schemas.openxmlformats.org/" + kind + b"/2006/"
                text = text.replace(old, b"http://purl.oclc.org/ooxml/" + kind + b"/")
            made.writestr(name, text)
    return raw.getvalue()


def empty_chart(path: Path) -> bytes:
    return small(path, lambda book: book.create_chartsheet("Chart1")).read_bytes()


#: Files that are no workbook of ours: name, content, words of the message.
FILES = {
    "empty": ("a.xlsx", lambda p: b"", ["is empty"]),
    "old kind": ("a.xls", lambda p: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ["old kind (.xls)", ".xlsx"]),
    "strict": ("a.xlsx", strict, ["Strict Open XML", "save it as Excel Workbook (.xlsx)"]),
    "chart sheet without a chart": ("a.xlsx", empty_chart, ["chart sheet without a chart; delete that sheet"]),
    "password": ("a.xlsx", lambda p: encrypted(), ["protected by a password"]),
    "csv": ("a.csv", lambda p: b"plant;area\nmill;3\n", ["text file, not a workbook"]),
    "csv renamed": ("a.xlsx", lambda p: b"plant;area\nmill;3\n", ["text file, not a workbook"]),
    "web page": ("a.xls", lambda p: b"<html><table></table></html>", ["web page", ".xlsx"]),
    "picture": ("a.xlsx", lambda p: b"\x89PNG\r\n\x1a\n\0\0\0\0", ["not a workbook"]),
    "ods": (
        "a.ods",
        lambda p: zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet", content__xml="<a/>"),
        ["OpenDocument", ".xlsx"],
    ),
    "xlsb": ("a.xlsb", lambda p: zipped(xl__workbook__bin="x").replace(b"workbook/bin", b"workbook.bin"), ["binary"]),
    "zip of something": ("a.xlsx", lambda p: zipped(readme="x"), ["no Excel workbook"]),
    "truncated": ("a.xlsx", cut_off, ["damaged or cut off"]),
    "damaged": ("a.xlsx", one_bit_off, ["damaged"]),
    "not well-formed": (
        "a.xlsx",
        lambda p: zipped(**{"xl/workbook.xml": "<a>", "[Content_Types].xml": "<b"}),
        ["cannot be read as a workbook"],
    ),
    "50 MB": ("a.xlsx", lambda p: b"PK" + b"\0" * 50_000_000, ["has 50 MB", "at most 20 MB"]),
    "zip bomb": ("a.xlsx", lambda p: bomb(), ["packed", "times", "not unpacked"]),
    "lying zip bomb": ("a.xlsx", lambda p: lying_bomb(), ["damaged"]),
    "many zip bombs": (
        "a.xlsx",
        lambda p: zipped(**{f"xl/{n}.xml": b" " * 4_900_000 for n in range(13)}),
        ["would unpack to 64 MB in 13 parts", "at most 60 MB"],
    ),
    "UTF-16": ("a.xlsx", lambda p: zipped(**{"xl/workbook.xml": "<a/>".encode("utf-16")}), ["no XML in UTF-8"]),
    "entities far down": (
        "a.xlsx",
        lambda p: zipped(
            **{"xl/workbook.xml": "<?xml version='1.0'?>" + f"<!--{'x' * 1_048_560}-->" + "<!DOCTYPE a><a/>"}
        ),
        ["DOCTYPE", "not read"],
    ),
    "entities": (
        "a.xlsx",
        lambda p: zipped(**{"xl/workbook.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        ["DOCTYPE", "not read"],
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_are_no_workbook_are_refused(tmp_path, what):
    name, content, words = FILES[what]
    path = tmp_path / name
    path.write_bytes(content(tmp_path / "source.xlsx"))
    with pytest.raises(CaseError) as caught:
        import_case(path, [], tmp_path / "case")
    said = str(caught.value)
    assert [word for word in [name, *words] if word not in said] == [], said


@pytest.mark.parametrize("name", ["park", "park.zip"])
def test_a_workbook_by_another_name_is_told_so(tmp_path, name):
    small(tmp_path / "park.xlsx").rename(tmp_path / name)
    with pytest.raises(CaseError, match=r"name does not end in .xlsx"):
        import_case(tmp_path / name, [], tmp_path / "case")


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(CaseError, match="no such file"):
        import_case(tmp_path / "none.xlsx", [], tmp_path / "case")
    with pytest.raises(CaseError, match="is a folder"):
        import_case(tmp_path, [], tmp_path / "case")


def test_workbook_with_macros_is_read_without_them(tmp_path):
    book = small(tmp_path / "park.xlsx")
    book.rename(tmp_path / "park.xlsm")
    assert import_case(tmp_path / "park.xlsm", [], tmp_path / "case").name == "Small"


def test_far_cell_costs_nothing(tmp_path):
    """A format in the last cell of a sheet must not make it a million rows long."""

    def far(book: openpyxl.Workbook) -> None:
        book["plants"].cell(1_048_576, 16_384).value = None
        book["plants"].cell(1_048_576, 16_384).font = openpyxl.styles.Font(bold=True)

    assert import_case(small(tmp_path / "park.xlsx", far), [], tmp_path / "case").name == "Small"
