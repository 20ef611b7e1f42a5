"""The same park in GeoPackage, shapefile and GeoJSON."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from park_shapes import document, moved
from shapely import LineString, MultiPolygon, Point, Polygon, box

from planner.case.case import Case
from planner.case.layers import merge_plots, read_layers
from planner.geography.measure import measure

PLOTS = {
    "name": ["Nord & Süd", "울산 2", "3"],
    "price": [400_000.0, None, 250_000.0],
    "zones": ["heavy; light", None, "light"],
    "several_tenants": [True, False, False],
    "usable_share": [0.9, None, 1.0],
    "area": [None, None, 2.0],
    "geometry": [box(0, 10, 100, 110), box(300, 10, 400, 110), Point(600, 20)],
}
CORRIDORS = {
    "name": ["a", None],
    "cost_factor": [1.5, None],
    "geometry": [LineString([(0, 0), (300, 0)]), LineString([(300, 0), (700, 0)])],
}
PIPE = {
    "name": ["old main"],
    "from": ["Nord & Süd"],
    "to": ["울산 2"],
    "link": ["belt"],
    "resources": ["ash"],
    "capacity": [3.5],
    "geometry": [LineString([(50, 10), (50, 0), (350, 0), (350, 10)])],
}
GATES = {"plot": ["3"], "geometry": [Point(600, 10)]}


def write(folder, kind):
    named = {}
    layers = {"plots": PLOTS, "corridors": CORRIDORS, "existing_pipes": PIPE, "access_points": GATES}
    for name, layer in layers.items():
        shapes = [moved(s) for s in layer["geometry"]]
        frame = gpd.GeoDataFrame({k: v for k, v in layer.items() if k != "geometry"}, geometry=shapes, crs="EPSG:25832")
        if kind == "gpkg":
            frame.to_file(folder / "park.gpkg", layer=name)
            named[name] = f"park.gpkg:{name}"
        elif kind == "geojson":
            frame.to_file(folder / f"{name}.geojson", RFC7946="NO")
            named[name] = f"{name}.geojson"
        elif kind == "degrees":
            frame.to_crs("EPSG:4326").to_file(folder / f"{name}.geojson", COORDINATE_PRECISION=11)
            named[name] = f"{name}.geojson"
        else:
            if name == "plots":  # a shapefile holds one type of geometry: the point becomes a small area
                frame.loc[2, "geometry"] = moved(Polygon([(600, 20), (600, 20), (600, 20), (600, 20)]))
            frame.to_file(folder / f"{name}.shp", encoding="utf-8")
            named[name] = f"{name}.shp"
    return named


@pytest.mark.filterwarnings("ignore:Column names longer")
@pytest.mark.filterwarnings("ignore:Normalized/laundered field name")
@pytest.mark.parametrize("kind", ["gpkg", "geojson", "degrees", "shp"])
def test_every_format_says_the_same(tmp_path, kind):
    case = Case.model_validate(document(geography=write(tmp_path, kind)))
    case._folder = tmp_path
    layers = read_layers(case)
    case = merge_plots(case, layers)
    assert list(case.plots) == PLOTS["name"]
    first, second, third = case.plots.values()
    assert first.price.value == 400_000
    assert first.zones == ("heavy", "light")
    assert first.several_tenants
    assert first.usable_share.value == pytest.approx(0.9)
    assert second.price is None
    assert second.zones is None
    assert not second.several_tenants
    assert third.area.value == 2.0
    pipe = case.existing_pipes["old main"]
    assert (pipe.from_, pipe.to, pipe.link, pipe.resources) == ("Nord & Süd", "울산 2", "belt", ("ash",))
    assert pipe.capacity.value == 3.5
    assert pipe.length.value == pytest.approx(320, abs=1e-3)  # 10 + 300 + 10
    m = measure(case)
    assert list(m.plots["area_ha"]) == pytest.approx([1, 1, 2], rel=1e-6)
    # 10 m up and down; from x = 50 to 300 at factor 1.5 and on to 350: 20 + 250 + 50 = 320, cost 20 + 375 + 50 = 445.
    route = m.routes["corridors"]["Nord & Süd", "울산 2"]
    assert (route.length_m, route.cost_length_m) == pytest.approx((320, 445), abs=1e-3)
    assert m.routes["corridors"]["울산 2", "3"].length_m == pytest.approx(10 + 250 + 10, abs=1e-3)
    # Merging what is merged changes nothing.
    assert merge_plots(case, layers).plots == case.plots


def test_heights_and_single_part_multipolygons_change_nothing(tmp_path):
    flat = [box(0, 10, 100, 110), box(300, 10, 400, 110)]
    high = [MultiPolygon([shapely.force_3d(s, 7.0)]) for s in flat]
    way = LineString([(0, 0, 3), (400, 0, 9)])
    gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[moved(s) for s in high], crs="EPSG:25832").to_file(
        tmp_path / "p.gpkg"
    )
    gpd.GeoDataFrame(geometry=[moved(way)], crs="EPSG:25832").to_file(tmp_path / "way.gpkg")
    case = Case.model_validate(document(geography={"plots": "p.gpkg", "corridors": "way.gpkg"}))
    case._folder = tmp_path
    m = measure(case)
    assert m.routes["corridors"]["A", "B"].length_m == pytest.approx(320)
    assert m.plots["area_ha"].tolist() == pytest.approx([1, 1])
    assert not shapely.has_z(m.plots.geometry.to_numpy()).any()
    assert "p.gpkg: heights (Z) were dropped" in m.notes


def test_a_stated_area_far_from_the_drawn_one_is_said_and_the_shape_counts(park):
    layers = {"plots": {"name": ["A"], "area": [52.0], "geometry": [box(0, 0, 100, 100)]}}
    case = park(layers, links={}, resources={}, plants={})
    m = measure(merge_plots(case, read_layers(case)))
    assert m.plots["area_ha"].tolist() == pytest.approx([1])
    assert "plot A: its shape has 1 ha, 52 ha are stated; the shape counts" in m.notes


def test_attributes_without_a_meaning_are_ignored_and_said(park):
    layers = {"plots": {"name": ["A"], "owner": ["X"], "fid_1": [4], "geometry": [box(0, 0, 9, 9)]}}
    notes = read_layers(park(layers)).notes
    assert "park.gpkg:plots: attributes without a meaning here were ignored: owner, fid_1" in notes


def test_point_plots_have_their_stated_area_and_point_distances(park):
    layers = {
        "plots": {
            "name": ["A", "B", "C"],
            "area": [2.0, 3.0, None],
            "geometry": [Point(0, 0), Point(30, 40), Point(0, 90)],
        }
    }
    case = park(layers, links={}, resources={}, plants={})
    m = measure(merge_plots(case, read_layers(case)))
    assert m.plots["area_ha"].tolist()[:2] == [2, 3]
    assert np.isnan(m.plots["area_ha"][2])
    assert m.edge_m["A", "B"] == pytest.approx(50)
    assert m.edge_m["A", "A"] == 0
