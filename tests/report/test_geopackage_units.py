"""The GeoPackage of a run says its CRS, its layers, and the units of their columns."""

import shutil
import subprocess
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from shapely import LineString, MultiLineString

import planner
from planner.report.geopackage import _shapes

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return planner.solve(CASES / "tiny").save(tmp_path_factory.mktemp("o") / "out") / "park.gpkg"


def test_layers_and_crs(file):
    layers = {str(name): shapes for name, shapes in pyogrio.list_layers(file)}
    assert set(layers) == {"plots", "siting", "corridors", "links", "partners", "quantities"}
    assert layers["quantities"] is None
    for name in set(layers) - {"quantities"}:
        assert gpd.read_file(file, layer=name).crs.to_epsg() == 25832


def test_every_layer_says_the_type_of_its_shapes(file):
    # a layer of "any" shapes is asked about by a GIS, and drawn as several; partners are none in this case
    layers = {str(name): shapes for name, shapes in pyogrio.list_layers(file)}
    assert (layers["plots"], layers["siting"]) == ("Polygon", "Polygon")
    assert (layers["corridors"], layers["links"], layers["partners"]) == ("LineString", "LineString", "Point")


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed")
def test_ogrinfo_reads_it(file):
    told = subprocess.run(["ogrinfo", "-so", str(file), "links"], capture_output=True, text=True, check=True).stdout
    assert "Feature Count: 3" in told
    assert "Geometry: Line String" in told
    assert 'ID["EPSG",25832]' in told


def test_shapes_of_one_kind_are_promoted_and_of_several_are_any():
    line, lines = LineString([(0, 0), (1, 0)]), MultiLineString([[(0, 0), (1, 0)], [(2, 0), (3, 0)]])
    assert _shapes(gpd.GeoDataFrame(geometry=[line, lines]), "links") == {
        "geometry_type": "MultiLineString",
        "promote_to_multi": True,
    }
    assert _shapes(gpd.GeoDataFrame(geometry=[line, line.centroid]), "links") == {"geometry_type": "Unknown"}


def test_units_are_said(file):
    about = pyogrio.read_info(file, layer="links")["layer_metadata"]["DESCRIPTION"]
    assert "length_km in km" in about
    assert "capex in EUR of 2025" in about


def test_links_lie_where_they_were_laid(file):
    # README of tiny: 300 m at 500 EUR/m to the mill, 700 m at 300 EUR/m to the greenhouse
    links = gpd.read_file(file, layer="links").set_index("exchange")
    steam = links[links["resource"] == "steam"].sort_values("length_km")
    assert list(steam["length_km"]) == [pytest.approx(0.3), pytest.approx(0.7)]
    assert list(steam["capex"]) == [pytest.approx(150_000), pytest.approx(210_000)]
