"""The GeoPackage of a run says its CRS, its layers, and the units of their columns."""

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

import planner

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
