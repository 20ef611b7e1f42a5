"""Mains and trenches: what is drawn of them, and what is written."""

import io
import math
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from pipe_park import STEAM, WATER, pipe_park
from shapely import LineString
from two_plants_plan import CRS, table

from planner.report.geopackage import write_layers
from planner.report.legend import TRENCH, looks_of, strokes
from planner.report.map import draw, save_map
from planner.report.pipes import LANE, _widths, pipework
from planner.report.runs import Run, runs, sections, tracks
from planner.report.tables import ordered
from planner.report.terminal import plain, show, summary_of
from planner.report.write import write
from planner.results.contract import load


@pytest.fixture(scope="module")
def park():
    return pipe_park()


@pytest.fixture(scope="module")
def figure(park):
    return draw(park)


def run(stretch, course, carrier=STEAM, **more):
    facts = {"main": True, "resource": "steam", "size": "DN 100", "pipes": 1, "existing": False, "heading": 1}
    line = LineString(course)
    return Run(stretch=stretch, carrier=carrier, course=line, length_m=line.length, **facts | more)


def lines_of(figure, colour, zorder=5):
    return [line for line in figure.axes[0].lines if line.get_color() == colour and line.get_zorder() == zorder]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_four_pipes_in_one_stretch_lie_in_four_lanes():
    """Slots 0, 1, -1, 2 of 5 m each, north of a street that runs east where positive."""
    street = [(0, 0), (100, 0)]
    drawn = tracks([run("a", street, carrier=name) for name in "wxyz"], 5.0)
    assert [track.line.coords[0][1] for track in drawn] == [0, 5, -5, 10]


def test_two_pipes_of_a_main_in_one_stretch_lie_side_by_side():
    assert {track.slot for track in tracks([run("a", [(0, 0), (9, 0)], pipes=2)], 1.0)} == {0, 1}


def test_a_pipe_keeps_its_lane_from_stretch_to_stretch():
    """The second main shares only the middle stretch with the first, and lies 1 lane off the course in all three."""
    stretches = {"a": [(0, 0), (50, 0)], "b": [(50, 0), (100, 0)], "c": [(100, 0), (120, 0)]}
    both = [run("b", stretches["b"]), *(run(name, line, carrier="x") for name, line in stretches.items())]
    longest_first = tracks(both, 2.0)
    assert {track.slot for track in longest_first if track.run.carrier == "x"} == {0}
    assert {track.slot for track in longest_first if track.run.carrier == STEAM} == {1}


def test_pieces_of_a_pipe_meet_at_corners_and_branches():
    """A street east and a branch north from its middle; both lanes are 3 m off the course: a corner of 3 m by 3 m."""
    arms = {"a": [(0, 0), (50, 0)], "b": [(50, 0), (100, 0)], "c": [(50, 0), (50, 40)]}
    base = [run(name, line, carrier="base") for name, line in {**arms, "d": [(100, 0), (300, 0)]}.items()]
    drawn = {
        track.run.stretch: track.line
        for track in tracks([*base, *(run(name, line, carrier="x") for name, line in arms.items())], 3.0)
        if track.run.carrier == "x"
    }
    ends = [drawn["a"].coords[-1], drawn["b"].coords[0], drawn["c"].coords[0]]
    assert (abs(ends[0][0] - 50), abs(ends[0][1])) == pytest.approx((3, 3))
    for end in ends:
        assert end == pytest.approx(ends[0])


@pytest.mark.parametrize("degrees", [0, 3, 45, 88, 90, 92, 135])
def test_a_bent_street_keeps_its_lanes_on_one_side_whatever_way_it_lies(degrees):
    """Two stretches that bend by 8 degrees: without a turned axis a lane would change sides where they run north."""
    turn = [math.radians(degrees + bend) for bend in (-4, 4)]
    middle = (100 * math.cos(turn[0]), 100 * math.sin(turn[0]))
    end = (middle[0] + 100 * math.cos(turn[1]), middle[1] + 100 * math.sin(turn[1]))
    street = {"a": [(0, 0), middle], "b": [middle, end]}
    drawn = tracks([run(name, line, carrier=c) for c in "wx" for name, line in street.items()], 4.0)
    courses = LineString([(0, 0), middle, end])
    moved = [track.line for track in drawn if track.slot == 1]
    assert len(moved) == 2
    assert not any(line.intersects(courses) for line in moved)


def test_lines_run_the_way_of_the_flow():
    drawn = tracks([run("a", [(0, 0), (10, 0)], heading=-1)], 1.0)
    assert drawn[0].line.coords[0] == (10, 0)


def test_sections_end_at_branches_and_where_the_size_changes():
    """Here b and c join (30 m + 20 m); a has another size; from (80, 0) two branches leave."""
    found = [
        run("a", [(0, 0), (30, 0)], size="DN 200"),
        run("b", [(30, 0), (60, 0)]),
        run("c", [(60, 0), (80, 0)]),
        run("d", [(80, 0), (90, 0)]),
        run("e", [(80, 0), (80, 15)]),
    ]
    joined = [{track.run.stretch for track in section} for section in sections(tracks(found, 1.0))]
    assert joined == [{"b", "c"}, {"a"}, {"e"}, {"d"}]


def test_every_pipe_is_drawn_in_the_colour_of_its_resource(park, figure):
    looks = looks_of(park.exchanges)
    for resource, rows in park.tables["pipe_runs"].groupby("resource"):
        assert len(lines_of(figure, looks[resource][0])) == len(rows)


def test_a_larger_capacity_is_wider_where_no_bore_is_stated(park, figure):
    """Steam 20, 60 and 150 t/h, CO2 4 and 20 t/h: one scale for all in t, 1.6 + 2.8 x root of the share of 150."""
    work = pipework(park, strokes(park.exchanges), metres=1.0)
    looks = looks_of(park.exchanges)
    for resource, capacities in (("steam", (20, 60, 150)), ("CO2", (4, 20))):
        drawn = lines_of(figure, looks[resource][0])
        widths = sorted({round(line.get_linewidth(), 3) for line in drawn})
        expected = [1.6 + 2.8 * math.sqrt(capacity / 150) for capacity in capacities]
        shrunk = work.lane / LANE  # a crowded trench has thinner pipes
        assert all(any(found == pytest.approx(shrunk * width, abs=2e-3) for found in widths) for width in expected)
    assert "wider pipe: larger capacity; arrows: net flow" in texts(figure)


def scaled(*found):
    """Share of the widest of the whole map, by carrier."""
    return {carrier: (width - 1.6) / 2.8 for (carrier, _), width in _widths(found).items()}


def test_bores_are_on_one_scale_over_the_whole_map():
    """Steam of 400 mm, water of 200 and 100 mm: shares 1, 1/2 and 1/4, though 200 is the widest of the water main."""
    course = [(0, 0), (9, 0)]
    found = [
        run("a", course, carrier="steam", bore_mm=400.0),
        run("a", course, carrier="wide", resource="water", bore_mm=200.0),
        run("a", course, carrier="narrow", resource="water", bore_mm=100.0, main=False),
    ]
    assert scaled(*found) == pytest.approx({"steam": 1.0, "wide": 0.5, "narrow": 0.25})


def test_a_capacity_without_bore_counts_as_a_bore_of_its_resource():
    """A trend of 10 an hour beside a pipe of 200 mm that carries 40: as at one velocity, 100 mm.

    None is wider than the widest. Where nothing of a resource states a bore, 90 of 360 in its unit are a half.
    """
    course = [(0, 0), (9, 0)]
    found = [
        run("a", course, carrier="wide", bore_mm=400.0, capacity_per_h=160.0, resource="gas", unit="t"),
        run("a", course, carrier="known", bore_mm=200.0, capacity_per_h=80.0, pipes=2, unit="t"),
        run("a", course, carrier="trend", capacity_per_h=10.0, unit="t"),
        run("a", course, carrier="huge", capacity_per_h=640.0, unit="t"),
        run("a", course, carrier="ash", capacity_per_h=90.0, resource="ash", unit="m3"),
        run("a", course, carrier="slag", capacity_per_h=360.0, resource="slag", unit="m3"),
        run("a", course, carrier="unknown", resource="heat"),
    ]
    shares = {"wide": 1.0, "known": 0.5, "trend": 0.25, "huge": 1.0, "ash": 0.5, "slag": 1.0, "unknown": 0.6}
    assert scaled(*found) == pytest.approx(shares)


def test_pipes_of_one_trench_are_drawn_apart(park):
    """Of any two pipes in a stretch, the lanes differ by a lane's width at least."""
    work = pipework(park, strokes(park.exchanges), metres=1.0)
    most = max(sum(t.run.stretch == s for t in work.tracks) for s in work.trenches)
    assert most == 4
    for stretch in work.trenches:
        slots = [track.slot for track in work.tracks if track.run.stretch == stretch]
        assert len(slots) == len(set(slots))


def test_pipes_that_were_there_before_are_hollow_and_tell_their_flow(park, figure):
    old = park.tables["pipe_runs"]["existing"].sum()
    assert old > 0
    assert len([line for line in figure.axes[0].lines if line.get_zorder() == 5.1]) == old
    assert any(text.startswith("existing DN 200 · 320 m · 130,000 t/yr") for text in texts(figure))
    assert "pipe that was there before (hollow)" in texts(figure)


def test_trenches_are_bands_and_those_there_before_have_a_dashed_edge(park, figure):
    bands = [line for line in figure.axes[0].lines if line.get_color() == TRENCH]
    assert len(bands) >= len(park.tables["trenches"])
    edges = {line.get_linestyle() for line in figure.axes[0].lines if line.get_zorder() == 3.2}
    assert edges == {"-", "--"}


def test_an_exchange_over_a_main_is_a_number_at_both_ends_and_no_line(park, figure):
    """Of the cement plant, cement > town and cement > bakery are put in at one place: numbers 9 and 10."""
    shown = texts(figure)
    assert "9, 10" in shown
    assert "1, 2, 4, 6" in shown  # four exchanges leave the power station
    over = park.exchanges[park.exchanges["main"].notna()]
    work = pipework(park, strokes(park.exchanges), metres=1.0)
    assert set(work.over) == set(over["exchange"])
    # the trucks are the only links drawn as before: an own line each, in black and purple
    assert len(lines_of(figure, looks_of(park.exchanges)["gypsum"][0])) == 1


def test_the_key_lists_mains_with_their_metres_and_the_exchanges_over_them(park, figure):
    shown = texts(figure)
    assert {"steam: steam main", "hot water: heat main", "CO2: gas main"} <= set(shown)
    water = park.tables["mains"].query("main == @WATER").groupby("size")["length_m"].sum()
    words = " ".join(shown)
    assert f"DN 80: {water['DN 80']:,.0f} m, DN 150: {water['DN 150']:,.0f} m" in words
    assert "cement → town, 220,000 MWh/yr" in words


def test_sizes_and_lengths_stand_along_the_pipes_and_cover_no_other_text(figure):
    labels = [t for t in figure.axes[0].texts if " · " in t.get_text()]
    assert len(labels) > 10
    flat = [label for label in labels if abs(label.get_rotation()) < 20]
    boxes = [label.get_window_extent() for label in flat]
    names = [t.get_window_extent() for t in figure.axes[0].texts if t.get_text().startswith(("dairy", "refinery"))]
    assert len(names) == 2
    for i, one in enumerate(boxes):
        assert sum(one.overlaps(name) and one.height < 14 for name in names) == 0, flat[i].get_text()


def test_arrows_show_the_net_flow(park):
    """One of the arrowheads of a main lies on every section: there are at least as many as sections with a flow."""
    work = pipework(park, strokes(park.exchanges), metres=1.0)
    from matplotlib.patches import Polygon

    heads = [patch for patch in draw(park).axes[0].patches if isinstance(patch, Polygon) and patch.get_zorder() == 6]
    assert len(heads) >= 0.6 * len(work.sections)


def test_the_map_of_pipes_is_the_same_every_time(park, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save_map(park, tmp_path / name)
    assert (tmp_path / "one/map.png").read_bytes() == (tmp_path / "two/map.png").read_bytes()
    assert (tmp_path / "one/map.svg").read_bytes() == (tmp_path / "two/map.svg").read_bytes()


def test_a_plan_without_pipes_has_no_pipework(plan):
    assert runs(plan) == []
    assert pipework(plan, strokes(plan.exchanges), metres=1.0) is None


def test_an_exchange_over_a_main_between_two_tenants_of_a_plot_needs_no_pipe(plan):
    """No stretch, no way: it is in the key and nowhere on the map."""
    one = plan.exchanges.assign(main=[STEAM, None], to_place=["P1", "town"])
    links = plan.layers["links"].iloc[1:]
    shown = texts(draw(replace(plan, tables={**plan.tables, "exchanges": one}, layers={**plan.layers, "links": links})))
    assert STEAM in shown
    assert "on one plot only" in shown
    assert not any("only its length" in text for text in shown)


def test_chosen_capacities_stand_for_sizes(plan):
    mains = table(
        "mains",
        {"main": "trunk: CO2", "stretch": "s", "flow_per_yr": 8e5, "unit": "t", "capacity_per_h": 123.4, "pipes": 1},
    )
    lying = table(
        "pipe_runs", {"stretch": "s", "carrier": "trunk: CO2", "resource": "CO2", "pipes": 1, "length_m": 500}
    )
    course = gpd.GeoDataFrame({"stretch": ["s"]}, geometry=[LineString([(0, 0), (500, 0)])], crs=CRS)
    tables = {**plan.tables, "mains": mains, "pipe_runs": lying}
    shown = texts(draw(replace(plan, tables=tables, layers={**plan.layers, "stretches": course})))
    assert "123.4 t/h · 500 m" in shown
    assert "sized to need: 500 m" in shown


def test_the_geopackage_holds_trenches_mains_and_stretches(park, tmp_path):
    mains = park.layers["mains"].assign(surfaces=[("road", "field")] * len(park.layers["mains"]))
    mains["size"] = [150 if i == 0 else size for i, size in enumerate(mains["size"])]
    bill = pd.DataFrame({"item": ["pipe"], "size": ["DN 150"], "quantity": [240.0]})
    tables = {**park.tables, "quantities": bill}
    write_layers(replace(park, tables=tables, layers={**park.layers, "mains": mains}), tmp_path / "park.gpkg")
    back = gpd.read_file(tmp_path / "park.gpkg", layer="mains")
    assert len(back) == len(park.tables["mains"])
    assert back["size"].iloc[0] == "150"  # text and numbers in one column are text
    assert set(back["surfaces"]) == {"road; field"}
    assert back["flow_per_yr"].tolist() == pytest.approx(list(park.tables["mains"]["flow_per_yr"]))
    trenches = gpd.read_file(tmp_path / "park.gpkg", layer="trenches")
    assert trenches["pipes"].max() == 4
    assert trenches.geometry.length.tolist() == pytest.approx(trenches["length_m"].tolist())
    assert len(gpd.read_file(tmp_path / "park.gpkg", layer="stretches")) == len(park.layers["stretches"])
    assert list(gpd.read_file(tmp_path / "park.gpkg", layer="quantities")["quantity"]) == [240.0]


def test_a_written_plan_read_back_gives_the_same_pipes(park, tmp_path):
    write(park, tmp_path / "out")
    back = load(tmp_path / "out")
    again = [(r.stretch, r.carrier, r.size, r.heading, r.existing, r.flow_per_yr) for r in runs(back)]
    before = [(r.stretch, r.carrier, r.size, r.heading, r.existing, r.flow_per_yr) for r in runs(park)]
    assert [row[:5] for row in again] == [row[:5] for row in before]


def test_the_bill_of_quantities_is_in_the_order_of_the_works():
    rows = [("pipe", "DN 150"), ("pipe", "DN 80"), ("crossing", None), ("trench", None), ("station", "DN 80")]
    bill = table("quantities", *({"item": item, "carrier": "m", "size": size} for item, size in rows))
    told = list(zip(ordered(bill)["item"], ordered(bill)["size"].fillna(""), strict=True))
    assert told == [("trench", ""), ("crossing", ""), ("pipe", "DN 80"), ("pipe", "DN 150"), ("station", "DN 80")]


def _checked(park, *verdicts):
    rows = [
        {
            "main": STEAM,
            "stretch": f"street {i}",
            "size": "DN 100",
            "verdict": verdict,
            "why": "31 m/s above the 25 m/s",
        }
        for i, verdict in enumerate(verdicts)
    ]
    return replace(park, tables={**park.tables, "hydraulics": table("hydraulics", *rows)})


def test_the_summary_tells_mains_and_trenches(park):
    lines = plain(summary_of(park)).splitlines()
    (heat,) = (line for line in lines if line.startswith(f"  {WATER} "))
    metres = park.tables["mains"].query("main == @WATER")["length_m"].sum()
    assert f"{metres / 1000:.3f}".rstrip("0") in heat
    assert heat.split()[-3] == "5"  # exchanges over it; then the investment, in words: "3.93 million"
    dug = park.tables["trenches"].query("trench == 'new'")
    (row,) = (line for line in lines if line.startswith("  dug "))
    assert row.split()[1] == f"{dug['length_m'].sum() / 1000:.3f}".rstrip("0")
    assert row.split()[4] == "4"
    assert any(line.startswith("  open before ") for line in lines)
    assert "shared_capex" in plain(summary_of(park))


def test_a_summary_without_mains_says_nothing_of_them(plan):
    text = plain(summary_of(plan))
    for word in ("Mains", "Trenches", "hydraulic", "shared_capex"):
        assert word not in text


def test_a_passed_hydraulic_check_is_told(park):
    summary = summary_of(_checked(park, "ok", "ok", "not checked"))
    assert summary.warning is None
    assert "hydraulic check: 2 pipes ok, 1 not checked: see tables/hydraulics.csv" in plain(summary)


def test_pipes_that_fail_are_a_warning_before_anything_else(park, monkeypatch):
    summary = summary_of(_checked(park, *["ok"] * 14, "fails", "fails"))
    lines = plain(summary).splitlines()
    assert lines[2] == "hydraulic check: 14 pipes ok, 2 FAIL: see tables/hydraulics.csv"
    assert lines[3] == f"  {STEAM} DN 100 in street 14: 31 m/s above the 25 m/s"
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    show(summary, terminal)
    assert "\x1b[1;31mhydraulic check: 14 pipes ok, 2 FAIL" in terminal.getvalue()


def test_many_failing_pipes_are_counted_not_listed(park):
    text = plain(summary_of(_checked(park, *["fails"] * 8)))
    assert "  and 3 more" in text
    assert text.count("above the 25 m/s") == 5


def test_the_tables_of_pipes_are_written_with_the_others(park, tmp_path):
    write(park, tmp_path / "out")
    mains = pd.read_csv(tmp_path / "out/tables/mains.csv")
    assert len(mains) == len(park.tables["mains"])
    assert set(mains["money_unit"]) == {"EUR of 2025"}
    assert pd.read_csv(tmp_path / "out/tables/hydraulics.csv").empty  # empty tables keep their header
    text = (tmp_path / "out/summary.txt").read_text(encoding="utf-8")
    assert "Mains" in text
