"""Faulty geographic files: each fault in words that say where, what was found and what was expected."""

import json
import shutil

import geopandas as gpd
import pytest
from park_shapes import document
from shapely import Point, box

from planner.case.case import Case
from planner.case.layers import merge_plots, read_layers
from planner.errors import CaseError, GeometryError
from planner.geography import files
from planner.geography.measure import measure

X, Y = 500_000, 5_600_000


def ring(x, y, size=100):
    return [[X + x, Y + y], [X + x + size, Y + y], [X + x + size, Y + y + size], [X + x, Y + y + size], [X + x, Y + y]]


def square(x=0, y=0):
    return {"type": "Polygon", "coordinates": [ring(x, y)]}


def line(*points):
    return {"type": "LineString", "coordinates": [[X + x, Y + y] for x, y in points]}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features, crs="EPSG:25832"):
    text = {"type": "FeatureCollection", "features": list(features)}
    if crs:
        text["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(text)


P1 = feature(square(), name="P1")
BOW = {"type": "Polygon", "coordinates": [[[X, Y], [X + 9, Y + 9], [X + 9, Y], [X, Y + 9], [X, Y]]]}
TWO = {"type": "MultiPolygon", "coordinates": [[ring(0, 0)], [ring(300, 0)]]}
TEXT_NAN = collection(feature({"type": "Point", "coordinates": [0, 0]}, name="P1")).replace("[0, 0]", "[NaN, 5]")
TEXT_INF = collection(feature({"type": "Point", "coordinates": [0, 0]}, name="P1")).replace("[0, 0]", "[Infinity, 5]")
DEGREES = {"type": "Polygon", "coordinates": [[[11.1, 55.6], [11.2, 55.6], [11.2, 55.7], [11.1, 55.6]]]}
SWAPPED = {"type": "Point", "coordinates": [35.5, 129.35]}
SWAPPED_UNSEEN = {"type": "Point", "coordinates": [50.9, 7.0]}
ROAD = line((0, 0), (50, 0))

#: What is wrong -> layer, content of its file, words of the message.
BROKEN = {
    "empty file": ("plots", "", ["not that of a .geojson file"]),
    "no JSON": ("plots", '{"type": "FeatureColl', ["plots.geojson", "cannot be read"]),
    "JSON of something else": ("plots", '{"a": 1}', ["cannot be read"]),
    "no features": ("plots", collection(), ["holds no features"]),
    "another kind of file under the name": ("plots", "<OGRVRTDataSource/>", ["not that of a .geojson file"]),
    "null geometry": ("plots", collection(P1, feature(None, name="P2")), ['plot "P2" has no geometry']),
    "empty geometry": (
        "plots",
        collection(P1, feature({"type": "Polygon", "coordinates": []}, name="P2")),
        ['plot "P2" has no geometry'],
    ),
    "line as plot": ("plots", collection(feature(ROAD, name="P1")), ['"P1" is a LineString, not a Polygon or Point']),
    "point as corridor": (
        "corridors",
        collection(feature({"type": "Point", "coordinates": [X, Y]})),
        ["corridor 1 is a Point, not a LineString"],
    ),
    "self-crossing plot": (
        "plots",
        collection(feature(BOW, name="P1")),
        ['"P1" crosses itself', "[500004.5 5600004.5]"],
    ),
    "plot in two parts": ("plots", collection(feature(TWO, name="P1")), ['"P1" has 2 separate parts']),
    "no name attribute": ("plots", collection(feature(square())), ['attribute "name" is missing']),
    "no name": ("plots", collection(P1, feature(square(200), name=None)), ['plot 2 has no "name"']),
    "duplicate names": ("plots", collection(P1, feature(square(200), name="P1")), ['plot "P1" is there 2 times']),
    "overlapping plots": (
        "plots",
        collection(P1, feature(square(50), name="P2")),
        ['"P1" and plot "P2" overlap by 5,000.0 m2', "near (500075.0, 5600050.0)"],
    ),
    "plot within a plot": (
        "plots",
        collection(P1, feature({"type": "Polygon", "coordinates": [ring(10, 10, 5)]}, name="P2")),
        ["overlap by 25.0 m2"],
    ),
    "not a number": ("plots", TEXT_NAN, ['"P1" has coordinates that are not numbers']),
    "infinite": ("plots", TEXT_INF, ['"P1" has coordinates that are not numbers']),
    "latitude first": (
        "plots",
        collection(feature(SWAPPED, name="P1"), crs=None),
        ["out of range", "longitude comes first"],
    ),
    "degrees called metres": (
        "plots",
        collection(feature(DEGREES, name="P1")),
        ["out of range for EPSG:25832", "11.1"],
    ),
    "latitude first, within range": (
        "plots",
        collection(feature(SWAPPED_UNSEEN, name="P1"), crs=None),
        ["crs: coordinates out of range for EPSG:25832", "longitude 50.9", "latitude 7.0"],
    ),
    "no CRS on earth": (
        "plots",
        collection(feature({"type": "Point", "coordinates": [9e9, 9e9]}, name="P1"), crs=None),
        ["out of range for EPSG:4326", "these are not degrees", "the case in EPSG:25832"],
    ),
    "cost factor 0": (
        "corridors",
        collection(feature(ROAD, cost_factor=0)),
        ["cost_factor of corridor 1: 0 is not above 0"],
    ),
    "negative cost factor": (
        "corridors",
        collection(feature(ROAD, name="north", cost_factor=-2)),
        ['cost_factor of corridor "north": -2 is not above 0'],
    ),
    "text as cost factor": (
        "corridors",
        collection(feature(ROAD, cost_factor="high")),
        ['cost_factor of corridor 1: "high" is not a number'],
    ),
    "cost factor NaN in words": ("corridors", collection(feature(ROAD, cost_factor="nan")), ['"nan" is not a number']),
    "misspelt attribute": (
        "corridors",
        collection(feature(ROAD, cost_facter=2)),
        ['unknown attribute "cost_facter"; did you mean "cost_factor"?'],
    ),
    "attribute twice": (
        "corridors",
        collection(feature(ROAD, cost_factor=2, Cost_Factor=3)),
        ['"cost_factor" is there twice'],
    ),
    "negative extra length": (
        "crossings",
        collection(feature(ROAD, extra_length=-5)),
        ["extra_length of crossing 1: -5 is below 0"],
    ),
    "access point of no plot": (
        "access_points",
        collection(feature({"type": "Point", "coordinates": [X, Y]}, plot="P 1")),
        ['no such plot: "P 1"; did you mean "P1"?'],
    ),
    "receptor without kind": (
        "receptors",
        collection(feature(square(), name="school")),
        ['attribute "kind" is missing'],
    ),
    "partner misspelt": (
        "partners",
        collection(feature({"type": "Point", "coordinates": [X, Y]}, name="citty")),
        ['no such partner: "citty"; did you mean "city"?'],
    ),
    "pipe without ends": (
        "existing_pipes",
        collection(feature(ROAD, name="old", link="belt", resources="ash", capacity=3)),
        ['attribute "from" is missing', 'attribute "to" is missing'],
    ),
    "price in words": (
        "plots",
        collection(feature(square(), name="P1", price="much")),
        ["plots.P1.price", 'found "much"; expected a number'],
    ),
    "yes or no in other words": (
        "plots",
        collection(feature(square(), name="P1", several_tenants="perhaps")),
        ["plots.P1.several_tenants", '"perhaps"', "boolean"],
    ),
}


def load(folder, layer, content, **changes):
    (folder / "plots.geojson").write_text(collection(P1))
    (folder / f"{layer}.geojson").write_text(content)
    geography = {"plots": "plots.geojson", layer: f"{layer}.geojson"}
    if layer == "crossings":
        geography["crossings"] = [{"layer": "crossings.geojson", "extra_length": 100}]
    partners = {"city": {"sinks": {"ash": {"rate": 1}}}}
    case = Case.model_validate(document(geography=geography, partners=partners, **changes))
    case._folder = folder
    return merge_plots(case, read_layers(case))


@pytest.mark.parametrize("what", BROKEN)
def test_broken_layers_are_refused_in_words(tmp_path, what):
    layer, content, words = BROKEN[what]
    with pytest.raises(CaseError) as error:
        load(tmp_path, layer, content)
    for word in words:
        assert word in str(error.value)
    assert all(fault.file in (f"{layer}.geojson", "case.yaml") for fault in error.value.faults)


def test_there_are_enough_of_them():
    assert len(BROKEN) >= 20


def test_all_faults_of_all_files_come_at_once(tmp_path):
    (tmp_path / "plots.geojson").write_text(collection(feature(BOW, name="P1"), feature(None, name="P2")))
    (tmp_path / "ways.geojson").write_text(collection(feature(ROAD, cost_factor=-1), feature(ROAD, cost_factor="x")))
    geography = {"plots": "plots.geojson", "corridors": "ways.geojson", "roads": "road.geojson"}
    case = Case.model_validate(document(geography=geography))
    case._folder = tmp_path
    with pytest.raises(GeometryError) as error:
        read_layers(case)
    assert [(f.file, f.field) for f in error.value.faults] == [
        ("plots.geojson", "geography.plots"),
        ("plots.geojson", "geography.plots"),
        ("ways.geojson", "geography.corridors"),
        ("ways.geojson", "geography.corridors"),
        ("road.geojson", "geography.roads"),
    ]
    assert error.value.exit_code == 2


FILES = {
    "missing": ("plotz.geojson", ["no such file", 'did you mean "plots.geojson"?']),
    "upwards": ("../outside.geojson", ["leaves the case folder"]),
    "absolute": ("/etc/hosts", ["leaves the case folder"]),
    "link": ("link.geojson", ["leaves the case folder"]),
    "folder": ("folder.geojson", ["no such file"]),
    "remote": ("/vsicurl/http://example.invalid/a.geojson", ["leaves the case folder"]),
    "other kind": ("plots.kml", ["not a GeoJSON"]),
    "no such layer": ("park.gpkg:plotz", ['no layer "plotz"; did you mean "plots"?', "plots, roads"]),
    "which layer": ("park.gpkg", ["several layers (plots, roads)", '"park.gpkg:layer"']),
    "broken GeoPackage": ("broken.gpkg:plots", ["cannot be read"]),
    "half a shapefile": ("half.shp", ["cannot be read"]),
    "no CRS": ("bare.shp", ["no CRS, and neither has the case"]),
    "too large": ("large.geojson", ["larger than 50 MB"]),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_cannot_be_used(tmp_path, what):
    name, words = FILES[what]
    folder = tmp_path / "case"
    folder.mkdir()
    (tmp_path / "outside.geojson").write_text(collection(P1))
    (folder / "link.geojson").symlink_to(tmp_path / "outside.geojson")
    (folder / "folder.geojson").mkdir()
    (folder / "plots.geojson").write_text(collection(P1))
    (folder / "plots.kml").write_text("<kml/>")
    plots = gpd.GeoDataFrame({"name": ["P1"]}, geometry=[box(X, Y, X + 10, Y + 10)], crs="EPSG:25832")
    plots.to_file(folder / "park.gpkg", layer="plots")
    plots.to_file(folder / "park.gpkg", layer="roads")
    (folder / "broken.gpkg").write_bytes((folder / "park.gpkg").read_bytes()[:2000])
    plots.to_file(folder / "bare.shp")
    (folder / "bare.prj").unlink()
    shutil.copy(folder / "bare.shp", folder / "half.shp")
    with (folder / "large.geojson").open("wb") as file:
        file.write(b'{"type": "FeatureCollection"')
        file.truncate(files.LARGEST + 1)
    case = Case.model_validate(document(geography={"plots": name}, crs=None))
    case._folder = folder
    with pytest.raises(GeometryError) as error:
        read_layers(case)
    for word in words:
        assert word in str(error.value)
    assert str(tmp_path) not in str(error.value)


def test_a_crs_that_is_none(tmp_path):
    for crs in ("EPSG:999999", "metres", "EPSG:4978"):
        (tmp_path / "plots.geojson").write_text(collection(P1))
        case = Case.model_validate(document(geography={"plots": "plots.geojson"}, crs=crs))
        case._folder = tmp_path
        with pytest.raises(GeometryError, match=f'crs: "{crs}"'):
            read_layers(case)


def test_the_case_may_add_to_a_layer_but_not_contradict_it(tmp_path):
    said = collection(feature(square(), name="P1", price=400_000, zones="heavy; light"))
    case = load(tmp_path, "plots", said, plots={"P1": {"rent": 5, "price": "40 EUR/m2", "zones": ["light", "heavy"]}})
    # 40 EUR/m2 are 400,000 EUR/ha: both say the same, and the case's words stay.
    assert (case.plots["P1"].price.value, case.plots["P1"].price.unit) == (40, "EUR/m2")
    assert case.plots["P1"].rent.value == 5
    with pytest.raises(
        CaseError, match=r"plots.P1.price: the layer says 400000, the case says 38 EUR/m2; state it once"
    ):
        load(tmp_path, "plots", said, plots={"P1": {"price": "38 EUR/m2"}})
    with pytest.raises(CaseError, match=r"plots.P1.zones"):
        load(tmp_path, "plots", said, plots={"P1": {"zones": ["heavy"]}})


def test_a_plot_of_the_case_without_a_shape_is_a_fault(tmp_path):
    with pytest.raises(CaseError, match=r'plots.P-1: plots.geojson has no such plot; did you mean "P1"\?'):
        load(tmp_path, "plots", collection(P1), plots={"P-1": {"price": 1}})


POSITIONS = {
    "half a point": ({"x": X}, "either x and y, or lon and lat"),
    "two points": ({"x": X, "y": Y, "lon": 9, "lat": 50}, "either x and y, or lon and lat"),
    "nothing": ({}, "either x and y, or lon and lat"),
    "latitude first": ({"lon": 50.5, "lat": 109}, "out of range for EPSG:4326"),
    "degrees as metres": ({"x": 9.0, "y": 50.5}, "out of range for EPSG:25832"),
}


@pytest.mark.parametrize("what", POSITIONS)
def test_positions_of_partners_that_are_none(tmp_path, what):
    at, words = POSITIONS[what]
    (tmp_path / "plots.geojson").write_text(collection(P1))
    partners = {"city": {"at": at, "sinks": {"ash": {"rate": 1}}}}
    case = Case.model_validate(document(geography={"plots": "plots.geojson"}, partners=partners))
    case._folder = tmp_path
    with pytest.raises(GeometryError, match=f"partners.city.at: .*{words}"):
        measure(case)


def test_a_partner_placed_twice_must_be_at_one_place(tmp_path):
    (tmp_path / "plots.geojson").write_text(collection(P1))
    (tmp_path / "partners.geojson").write_text(
        collection(feature({"type": "Point", "coordinates": [X + 300, Y]}, name="city"))
    )
    geography = {"plots": "plots.geojson", "partners": "partners.geojson"}
    partners = {"city": {"at": {"x": X + 400, "y": Y}, "sinks": {"ash": {"rate": 1}}}}
    case = Case.model_validate(document(geography=geography, partners=partners))
    case._folder = tmp_path
    with pytest.raises(GeometryError, match="the partners layer places it 100 m from here"):
        measure(case)
    unplaced = {"city": {"sinks": {"ash": {"rate": 1}}}}
    case = Case.model_validate(document(geography=geography, partners=unplaced))
    case._folder = tmp_path
    merged = merge_plots(case, read_layers(case))
    assert merged.partners["city"].at.lon == pytest.approx(9.0042, abs=1e-3)
    # The position found and the layer agree, and measuring the merged case finds the same point.
    assert measure(merged).points.set_index("name").geometry["city"].distance(Point(X + 300, Y)) < 1e-3
