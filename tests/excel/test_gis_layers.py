"""Shapes of workbooks: the system of their coordinates, and layers taken over from GIS files."""

import json

import geopandas as gpd
import pandas as pd
import pytest
from books import put, shaped, small
from shapely.geometry import LineString, Polygon

from planner.case.read import read_case
from planner.errors import CaseError
from planner.excel.importer import import_case
from planner.excel.systems import as_written

#: Corners of two plots near Gottingen in degrees, and in map coordinates.
IN_DEGREES = [
    "9.9 51.5; 9.902 51.5; 9.902 51.502; 9.9 51.502",
    "9.905 51.5; 9.907 51.5; 9.907 51.502; 9.905 51.502",
]


def drawn(crs=None, of_case="EPSG:25832", corners=None):
    """Changes of the small workbook: shapes, with a column crs."""

    def change(book):
        shaped(book)
        put(park_B9=of_case)(book)
        if crs is not None:
            put(plots_C1="crs", plots_C2=crs, plots_C3=crs)(book)
        for row, text in enumerate(corners or (), start=2):
            put(**{f"plots_B{row}": text})(book)

    return change


def layer_of(tmp_path, change):
    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    return json.loads((tmp_path / "case" / "plots.geojson").read_text()), read_case(tmp_path / "case").layer("plots")


def faults(tmp_path, change):
    with pytest.raises(CaseError) as caught:
        import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    return str(caught.value)


@pytest.mark.parametrize("crs", [4314, "4314", "EPSG:4314", "epsg:4314"])
def test_a_datum_of_its_own_is_kept(tmp_path, crs):
    """DHDN (EPSG:4314) lies some 150 m off WGS 84 in Germany: dropped in silence it would move the park."""
    content, frame = layer_of(tmp_path, drawn(crs, corners=IN_DEGREES))
    assert content["crs"]["properties"]["name"].upper() == "EPSG:4314"
    straight = gpd.GeoSeries(frame.geometry, crs=frame.crs).to_crs(4314)
    assert straight[0].bounds[:2] == pytest.approx((9.9, 51.5), abs=1e-6)
    meant, dropped = (straight.set_crs(code, allow_override=True).to_crs(25832) for code in (4314, 4326))
    assert 50 < meant.centroid.distance(dropped.centroid).max() < 300


@pytest.mark.parametrize("crs", [25832, "25832", "EPSG:25832", "urn:ogc:def:crs:EPSG::25832", "ETRS89 / UTM zone 32N"])
def test_codes_of_map_coordinates_are_read(tmp_path, crs):
    _, frame = layer_of(tmp_path, drawn(crs))
    assert frame.crs.to_epsg() == 25832
    assert frame.geometry[0].bounds[:2] == (500000, 6000000)


@pytest.mark.parametrize("of_case", ["25832", "EPSG:25832", 25832])
def test_the_system_of_the_case_may_be_a_bare_code(tmp_path, of_case):
    content, frame = layer_of(tmp_path, drawn(None, of_case=of_case))
    assert content["crs"]["properties"]["name"] == "EPSG:25832"
    assert frame.geometry[0].bounds[:2] == (500000, 6000000)


def test_no_system_is_a_fault_of_its_own_cell(tmp_path):
    said = faults(tmp_path, drawn("Gauss-Krueger"))
    assert 'sheet "plots", cell C2' in said
    assert '"Gauss-Krueger" is not a coordinate reference system' in said


def test_every_name_is_one_that_is_read_back():
    for name, expected in {"4314": "EPSG:4314", "31467": "EPSG:31467", "EPSG:4326": "EPSG:4326",
                           "urn:ogc:def:crs:OGC:1.3:CRS84": "urn:ogc:def:crs:OGC:1.3:CRS84"}.items():  # fmt: skip
        assert as_written(name) == expected
    local = 'LOCAL_CS["site grid", UNIT["metre", 1]]'
    with pytest.raises(ValueError, match="neither map nor geographic|not a coordinate reference system"):
        as_written(local)


SQUARES = [Polygon([(x, 6e6), (x + 100, 6e6), (x + 100, 6e6 + 100), (x, 6e6)]) for x in (500000, 500200)]


def of_gis(folder, rows, file="p.gpkg", shapes=None, **attributes):
    """Write a GIS file; changes of the small workbook that take it over."""
    frame = gpd.GeoDataFrame(attributes, geometry=shapes or SQUARES, crs="EPSG:25832")
    if not (folder / file).exists():
        frame.to_file(folder / file)

    def change(book):
        shaped(book)
        sheet = book.create_sheet("gis")
        for row in (["layer", "file", "field", "attribute", "unit"], *rows):
            sheet.append(row)
        if any(row[0] == "plots" for row in rows):
            book["plots"].delete_cols(2)

    return change


NAMES = ["plots", "p.gpkg", "name", "N", None]


@pytest.mark.parametrize(
    ("field", "number", "usual"), [("price", 55.5, "EUR/ha"), ("area", 20000, "ha"), ("rent", 3, "EUR/ha/yr")]
)
def test_money_and_land_of_a_gis_file_need_a_unit(tmp_path, field, number, usual):
    rows = [NAMES, ["plots", "p.gpkg", field, "P", None]]
    said = faults(tmp_path, of_gis(tmp_path, rows, N=["A", "B"], P=[number, number]))
    assert f'sheet "gis", cell E3  gis.unit: is blank, and {field} needs a unit: p.gpkg, feature 1 (A) has ' in said
    assert f"write it here, as in {usual}" in said


def test_shares_and_numbers_with_their_own_unit_need_none(tmp_path):
    rows = [NAMES, ["plots", "p.gpkg", "usable_share", "S", None], ["plots", "p.gpkg", "price", "P", None]]
    change = of_gis(tmp_path, rows, N=["A", "B"], S=[0.8, 0.9], P=["50 EUR/m2", "60 EUR/m2"])
    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    plots = read_case(tmp_path / "case").plots
    assert (plots["A"].usable_share.value, plots["A"].price.value) == (0.8, 500_000)  # 50 EUR/m2 x 10,000 m2/ha


ODD = {
    "date": ([pd.Timestamp(2026, 1, 1)] * 2, "feature 1 (A), attribute Z: found a date, 2026-01-01; expected a text"),
    "comma": (["heavy, light", "heavy"], "write several names with semicolons between them"),
}


@pytest.mark.parametrize("what", ODD)
def test_attributes_that_are_no_text_are_faults(tmp_path, what):
    values, words = ODD[what]
    said = faults(tmp_path, of_gis(tmp_path, [NAMES, ["plots", "p.gpkg", "zones", "Z", None]], N=["A", "B"], Z=values))
    assert 'sheet "gis", cell D3' in said
    assert "p.gpkg: feature 1" in said
    assert words in said


def test_a_list_of_a_geojson_is_a_fault(tmp_path):
    line = {"type": "LineString", "coordinates": [[9.0, 54.1], [9.001, 54.1]]}
    one = {"type": "Feature", "properties": {"name": "a", "l": ["x", "y"]}, "geometry": line}
    (tmp_path / "c.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [one]}))
    rows = [["corridors", "c.geojson", "name", "name", None], ["corridors", "c.geojson", "forbidden", "l", None]]
    said = faults(tmp_path, of_gis(tmp_path, rows, "unused.gpkg"))
    assert "c.geojson: feature 1 (a), attribute l: found a list" in said


def test_dates_that_are_blank_say_nothing(tmp_path):
    rows = [NAMES, ["plots", "p.gpkg", "zones", "Z", None]]
    change = of_gis(tmp_path, rows, N=["A", "B"], Z=pd.Series([None, None], dtype="datetime64[ms]"))
    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    assert read_case(tmp_path / "case").plots["B"].zones is None


def test_two_rows_for_one_field_are_a_fault(tmp_path):
    rows = [NAMES, ["plots", "p.gpkg", "name", "M", None]]
    said = faults(tmp_path, of_gis(tmp_path, rows, N=["A", "B"], M=["C", "D"]))
    assert 'sheet "gis", cell C3  gis.field: "name" of plots stands in C2 already; leave one out' in said


def test_plots_without_a_name_are_a_fault(tmp_path):
    said = faults(tmp_path, of_gis(tmp_path, [["plots", "p.gpkg", "price", "P", "EUR/m2"]], P=[5.0, 6.0]))
    assert "p.gpkg: no row says which attribute is the name of the plots" in said


def test_what_a_gis_file_holds_wrongly_is_told_with_its_cell_and_name(tmp_path):
    said = faults(tmp_path, of_gis(tmp_path, [NAMES], N=["A", "A"]))
    assert 'sheet "gis", cell B2' in said
    assert 'p.gpkg: plot "A" is there 2 times' in said


def test_a_layer_as_qgis_names_it(tmp_path):
    lines = gpd.GeoDataFrame({"N": ["r"]}, geometry=[LineString([(500000, 6e6), (500300, 6e6)])], crs="EPSG:25832")
    lines.to_file(tmp_path / "p.gpkg", layer="one")
    gpd.GeoDataFrame({"N": ["A", "B"]}, geometry=SQUARES, crs="EPSG:25832").to_file(tmp_path / "p.gpkg", layer="two")
    change = of_gis(tmp_path, [["plots", "p.gpkg|layername=two", "name", "N", None]], N=["A", "B"])
    import_case(small(tmp_path / "x.xlsx", change), [], tmp_path / "case")
    assert list(read_case(tmp_path / "case").layer("plots")["name"]) == ["A", "B"]


def test_a_partner_with_its_coordinates_exchanged_is_told_in_its_row(tmp_path):
    def change(book):
        shaped(book)
        sheet = book.create_sheet("partners")
        sheet.append(["partner", "at.lon", "at.lat"])
        sheet.append(["town", 54.2, 9.0])

    said = faults(tmp_path, change)
    assert 'sheet "partners", cell B2  partners.town.at: longitude 54.2, latitude 9 is no place' in said
    assert "they look exchanged" in said
    assert "park" not in said
