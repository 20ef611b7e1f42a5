from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely import LineString, box

from planner.report.legend import CORRIDOR, PALETTE, ROAD, strokes
from planner.report.map import draw, save_map


def test_map_files_show_the_links_and_the_names(plan, tmp_path):
    png, svg = save_map(plan, tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG")
    text = svg.read_text()
    assert text.count("<path") > 20
    for colour in PALETTE[:2]:  # steam and warm water
        assert colour.lower() in text.lower()


def test_the_same_plan_gives_the_same_files(make_plan, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save_map(make_plan(), tmp_path / name)
    for name in ("map.png", "map.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def _texts(figure):
    return {text.get_text() for axes in figure.axes for text in axes.texts} | {t.get_text() for t in figure.texts}


def test_every_tenant_plot_partner_and_flow_is_named(plan):
    texts = _texts(draw(plan))
    assert {"smelter\nP1", "=mill\nP3", "P2", "town", "N", "1", "2"} <= texts
    assert any("90,000 t/yr" in text for text in texts)


def test_labels_of_tenants_do_not_cover_each_other(plan):
    figure = draw(plan)
    names = [t for t in figure.axes[0].texts if t.get_text() in {"smelter\nP1", "=mill\nP3", "town", "P2"}]
    boxes = [text.get_window_extent() for text in names]
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_without_coordinates_a_diagram_says_so(make_plan, tmp_path):
    plan = make_plan(geometry=False)
    texts = _texts(draw(plan))
    assert any("positions mean nothing" in text for text in texts)
    assert {"smelter\nP1", "town"} <= texts
    save_map(plan, tmp_path)


def test_names_are_never_read_as_formulas_nor_do_missing_letters_warn(plan, tmp_path):
    siting = plan.siting.replace({"smelter": "$\\frac{울산$ 제련소"})
    save_map(replace(plan, tables={**plan.tables, "siting": siting}), tmp_path)


def test_a_plan_without_links_is_drawn(plan, tmp_path):
    empty = {**plan.tables, "exchanges": plan.exchanges.iloc[:0]}
    layers = {**plan.layers, "links": plan.layers["links"].iloc[:0]}
    save_map(replace(plan, tables=empty, layers=layers), tmp_path)


def test_width_follows_the_rank_of_the_flow_and_own_exchanges_are_left_out(plan):
    own = pd.concat([plan.exchanges, plan.exchanges.iloc[:1].assign(exchange="x > x: heat", own=True)])
    drawn = strokes(own)
    assert [stroke.number for stroke in drawn] == [1, 2]
    assert drawn[0].width > drawn[1].width  # 90,000 t/yr against 4,000 t/yr


def test_more_resources_than_colours_differ_by_dashes(plan):
    rows = [plan.exchanges.iloc[:1].assign(exchange=f"e{i}", resource=f"r{i:02}") for i in range(20)]
    drawn = strokes(pd.concat(rows))
    assert len({(stroke.colour, str(stroke.dash)) for stroke in drawn}) == 20


def test_a_link_of_which_only_the_length_is_known_is_a_thin_straight_line(plan):
    """Its ends are the middles of P1, a square from (0, 20) to (100, 120), and of P3, from (240, 20) to (340, 120)."""
    links = plan.layers["links"]
    known = links[links["exchange"] != "smelter > =mill: steam"]
    figure = draw(replace(plan, layers={**plan.layers, "links": known}))
    drawn = {(tuple(line.get_xdata()), tuple(line.get_ydata())) for line in figure.axes[0].lines}
    assert ((50.0, 290.0), (70.0, 70.0)) in drawn
    assert any("only its length" in text for text in _texts(figure))


def test_a_partner_far_away_is_named_where_its_link_leaves_the_map(plan):
    """The plots span 340 m; a partner 35 km away would make them dots."""
    far = [LineString([(50, 20), (50, 0), (290, 0), (290, 20)]), LineString([(290, 20), (290, 0), (35_000, 0)])]
    layers = {**plan.layers, "links": plan.layers["links"].set_geometry(far, crs=plan.layers["links"].crs)}
    del layers["partners"]
    figure = draw(replace(plan, layers=layers))
    left, right = figure.axes[0].get_xlim()
    assert right - left < 1_000
    assert any(text.startswith("town\n(") and "km away" in text for text in _texts(figure))


def test_a_link_within_one_plot_says_in_the_key_why_the_map_does_not_show_it(plan):
    """Two tenants of one plot: a number in the key that is nowhere on the map would be looked for."""
    assert not any("not drawn" in stroke.detail for stroke in strokes(plan.exchanges))
    shared = plan.exchanges.assign(to_place=plan.exchanges["from_place"])
    assert all(stroke.detail.endswith("within one plot, not drawn") for stroke in strokes(shared))


def _ways(figure):
    """Y coordinates of the lines in the colours of corridors and of roads."""
    lines = [(line.get_color(), tuple(line.get_ydata())) for line in figure.axes[0].lines]
    return [[y for colour, y in lines if colour == way] for way in (CORRIDOR, ROAD)]


def test_roads_are_drawn_and_named_as_roads(plan):
    """The layer of what was measured holds both networks: a corridor at y = 0, a road at y = 10."""
    lines = [LineString([(0, 0), (500, 0)]), LineString([(0, 10), (500, 10)])]
    crs = plan.layers["plots"].crs
    both = gpd.GeoDataFrame({"network": ["corridors", "roads"]}, geometry=lines, crs=crs)
    figure = draw(replace(plan, layers={**plan.layers, "corridors": both}))
    assert {"corridor", "road"} <= _texts(figure)
    assert _ways(figure) == [[(0.0, 0.0)], [(10.0, 10.0)]]
    figure = draw(replace(plan, layers={**plan.layers, "corridors": both.iloc[1:]}))
    assert "road" in _texts(figure)
    assert "corridor" not in _texts(figure)


def test_the_key_names_the_kinds_of_receptors_on_the_map_only(plan):
    """The plots lie between (0, 20) and (340, 120); the school lies 5 km away."""
    shapes = [box(20, 125, 60, 130), box(5000, 0, 5100, 100)]
    crs = plan.layers["plots"].crs
    receptors = gpd.GeoDataFrame({"name": ["a", "b"], "kind": ["housing", "school"]}, geometry=shapes, crs=crs)
    texts = _texts(draw(replace(plan, layers={**plan.layers, "receptors": receptors})))
    assert "receptor (housing)" in texts
    texts = _texts(draw(replace(plan, layers={**plan.layers, "receptors": receptors.iloc[1:]})))
    assert not any(text.startswith("receptor") for text in texts)
