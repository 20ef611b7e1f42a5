"""Coordinate systems: the right zone, true metres, and a word about it."""

import geopandas as gpd
import pytest
from park_shapes import document
from pyproj import CRS, Geod
from shapely import LineString, Point, box

from planner.case.case import Case
from planner.geography import crs
from planner.geography.measure import measure

#: Site -> longitude, latitude of two plots, and the zone as its EPSG code.
SITES = {
    "Ulsan": ((129.345, 35.495), (129.365, 35.470), "EPSG:32652"),
    "Kalundborg": ((11.085, 55.660), (11.110, 55.670), "EPSG:32632"),
    "Kwinana, southern hemisphere": ((115.770, -32.215), (115.785, -32.190), "EPSG:32750"),
    "Bergen, where zone 32 is wider": ((5.10, 60.40), (5.15, 60.42), "EPSG:32632"),
    "Ecuador, on the equator": ((-79.90, 0.01), (-79.88, 0.02), "EPSG:32617"),
}
STRAIGHT = {"belt": {"kind": "conveyor", "along": "straight"}}


def case_of(folder, geography, **changes):
    case = Case.model_validate(document(geography=geography, **changes))
    case._folder = folder
    return case


@pytest.mark.parametrize("site", SITES)
def test_degrees_are_projected_to_the_zone_of_the_site(tmp_path, site):
    a, b, zone = SITES[site]
    gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[Point(a), Point(b)], crs="EPSG:4326").to_file(
        tmp_path / "p.geojson"
    )
    m = measure(case_of(tmp_path, {"plots": "p.geojson"}, links=STRAIGHT, crs=None))
    assert m.crs == zone
    assert m.plots.crs == m.points.crs == CRS(zone)
    assert any(f"geographic coordinates (EPSG:4326) were projected to {zone}" in note for note in m.notes)
    # UTM stretches lengths by 0.9996 to 1.001: compare with the geodesic on the ellipsoid.
    _, _, geodesic = Geod(ellps="WGS84").inv(*a, *b)
    assert m.routes["straight"]["A", "B"].length_m == pytest.approx(geodesic, rel=1.2e-3)


def test_zones_of_svalbard_and_the_date_line():
    assert crs.utm(15.6, 78.2).to_epsg() == 32633
    assert crs.utm(-180, 10).to_epsg() == 32601
    assert crs.utm(180, -10).to_epsg() == 32701


def test_a_file_in_another_system_is_projected_and_said(tmp_path):
    # The plots in the case's EPSG:25832, the corridor through both written as degrees: the same 300 m.
    plots = gpd.GeoDataFrame(
        {"name": ["A", "B"]}, geometry=[Point(5e5, 5.6e6), Point(500_300, 5.6e6)], crs="EPSG:25832"
    )
    way = gpd.GeoDataFrame(geometry=[LineString([(5e5, 5.6e6), (500_300, 5.6e6)])], crs="EPSG:25832").to_crs(
        "EPSG:4326"
    )
    plots.to_file(tmp_path / "plots.gpkg")
    way.to_file(tmp_path / "way.geojson", COORDINATE_PRECISION=10)
    m = measure(case_of(tmp_path, {"plots": "plots.gpkg", "corridors": "way.geojson"}))
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(300, abs=1e-3)
    assert m.notes[0] == "way.geojson: projected from EPSG:4326 to EPSG:25832"


def test_a_geojson_of_metres_without_crs_is_taken_as_the_cases_and_said(tmp_path):
    text = '{"type": "FeatureCollection", "features": [%s]}'
    point = (
        '{"type": "Feature", "properties": {"name": "%s"}, "geometry": {"type": "Point", "coordinates": [%d, 5600000]}}'
    )
    (tmp_path / "p.geojson").write_text(text % ",".join(point % row for row in (("A", 500_000), ("B", 500_300))))
    m = measure(case_of(tmp_path, {"plots": "p.geojson"}, links=STRAIGHT))
    assert m.routes["straight"]["A", "B"].length_m == pytest.approx(300)
    assert any("without crs member whose coordinates are no degrees: taken as EPSG:25832" in note for note in m.notes)


@pytest.mark.parametrize(
    ("system", "words"), [("EPSG:3857", "stretches lengths here by 1.5"), ("EPSG:2263", "not in metres")]
)
def test_maps_that_are_no_measure_of_length_are_not_measured_on(tmp_path, system, words):
    # Web Mercator at 51 degrees north shows 1 km as 1.58 km; New York's plane is in feet.
    a = (9.0, 50.5) if system == "EPSG:3857" else (-73.95, 40.72)
    b = (a[0] + 0.01, a[1])
    plots = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[Point(a), Point(b)], crs="EPSG:4326").to_crs(system)
    plots.to_file(tmp_path / "p.gpkg")
    m = measure(case_of(tmp_path, {"plots": "p.gpkg"}, links=STRAIGHT, crs=system))
    _, _, geodesic = Geod(ellps="WGS84").inv(*a, *b)
    assert m.routes["straight"]["A", "B"].length_m == pytest.approx(geodesic, rel=1e-3)
    assert any(words in note for note in m.notes)


def test_areas_are_those_of_the_projected_shape(tmp_path):
    # 200 m x 300 m drawn in metres, written in degrees: 6 ha.
    plots = gpd.GeoDataFrame({"name": ["A"]}, geometry=[box(5e5, 5.6e6, 500_200, 5_600_300)], crs="EPSG:32632")
    plots.to_crs("EPSG:4326").to_file(tmp_path / "p.geojson", COORDINATE_PRECISION=10)
    m = measure(case_of(tmp_path, {"plots": "p.geojson"}, crs="EPSG:4326", links={}, resources={}, plants={}))
    assert m.plots["area_ha"][0] == pytest.approx(6, rel=1e-5)


def test_a_park_wider_than_a_zone_is_said(tmp_path):
    points = [Point(5, 50), Point(12, 50)]
    gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=points, crs="EPSG:4326").to_file(tmp_path / "p.geojson")
    m = measure(case_of(tmp_path, {"plots": "p.geojson"}, links=STRAIGHT, crs=None))
    assert any("span 7.0 degrees of longitude" in note for note in m.notes)


def test_partners_by_longitude_and_latitude_alone_make_a_park(tmp_path):
    # No layer and no crs: the zone follows from the partners.
    partners = {
        "city": {"at": {"lon": 11.08, "lat": 55.66}, "sinks": {"ash": {"rate": 1}}},
        "farm": {"at": {"lon": 11.12, "lat": 55.66}, "sources": {"ash": {"rate": 1}}},
    }
    m = measure(case_of(tmp_path, {}, partners=partners, plants={}, links=STRAIGHT, crs=None))
    assert m.crs == "EPSG:32632"
    # 0.04 degrees of longitude at 55.66 north: 0.04 x 111.32 km x cos(55.66) = 2.51 km.
    assert m.routes["straight"]["city", "farm"].length_m == pytest.approx(2515, rel=5e-3)
