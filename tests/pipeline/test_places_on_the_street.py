"""Plots that a street touches: no pipe, no trench and no size for an access of no length."""

import json
from pathlib import Path

import pandas as pd
import pytest

from planner.audit.audit import audit
from planner.case.read import read_case
from planner.errors import CaseError
from planner.geography.measure import measure
from planner.pipeline import solve

HEAD = """
case: Streets
currency: EUR
price_year: 2025
crs: EPSG:25833
economics: {discount_rate: 6 %}
"""

APART = (
    HEAD
    + """
geography: {plots: plots.geojson, corridors: streets.geojson}
trenches: {investment: 250 EUR/m, TRENCHES}
resources:
  water: {kind: water, unit: m3, price: 1.5, discharge: {route: sewer, cost: 0.1}, carried_by: [water main]}
  sewage: {kind: water, unit: m3, discharge: {route: tanker, cost: 3}, carried_by: [sewer main]}
links:
  water main: {kind: pipe, main: true, sizes: [{size: DN 100, capacity: 30, investment: 80}]}
  sewer main: {kind: pipe, main: true, sizes: [{size: DN 150, capacity: 60, investment: 120}]}
plants:
  west: {plot: W, hours: 8000, sources: {water: {rate: 40, on_demand: true}}, sinks: {sewage: {rate: 60, supplied_today_by: {cost: 0}}}}
  east: {plot: E, hours: 8000, sinks: {water: {rate: 20}}, sources: {sewage: {rate: 9}}}
"""  # noqa: E501
)

OLD = (
    HEAD
    + """
geography: {plots: plots.geojson, corridors: streets.geojson}
baseline: as_is
resources:
  water: {kind: water, unit: m3, price: 2, discharge: {route: sewer, cost: 0.1}, carried_by: [main]}
links:
  main: {kind: pipe, main: true, sizes: [{size: DN 100, capacity: 30, investment: 80, fixed_investment: 7000}]}
existing_mains:
  old: {link: main, resource: water, along: ALONG, size: DN 100}
exchanges: [{from: west, to: east, existing: {link: main, capacity: 25}}]
plants:
  west: {plot: W, hours: 8000, sources: {water: {rate: 40, on_demand: true}}}
  east: {plot: E, hours: 8000, sinks: {water: {rate: 20}}}
"""
)


def layer(path: Path, features) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
    made = [{"type": "Feature", "properties": p, "geometry": {"type": t, "coordinates": c}} for p, t, c in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": made}))


def square(x: float, y: float):
    return [[[x, y], [x + 50, y], [x + 50, y + 50], [x, y + 50], [x, y]]]


X, Y = 400000, 5800000


def streets(folder: Path, gap: float = 0.0) -> None:
    """W and E face each other over 500 m; street s joins them straight, street n over 100 m farther north."""
    plots = [("W", X - 50 - gap), ("E", X + 500 + gap)]
    layer(folder / "plots.geojson", [({"name": n}, "Polygon", square(x, Y - 25)) for n, x in plots])
    north = [[X, Y], [X, Y + 100], [X + 500, Y + 100], [X + 500, Y]]
    lines = [({"name": "n"}, "LineString", north), ({"name": "s"}, "LineString", [[X, Y], [X + 500, Y]])]
    layer(folder / "streets.geojson", lines)


def solved(folder: Path, text: str):
    (folder / "case.yaml").write_text(text)
    return solve(read_case(folder / "case.yaml"))


@pytest.mark.parametrize("rule", ["apart: [[water, sewage]]", "max_pipes: 1"])
def test_two_pipes_that_may_not_share_a_street_leave_a_plot_by_two(tmp_path: Path, rule: str) -> None:
    streets(tmp_path)
    plan = solved(tmp_path, APART.replace("TRENCHES", rule))
    # sewage by s: 500 x 120, water by n: 700 x 80 (the other way round: 700 x 120 + 500 x 80 = 124 000 > 116 000)
    assert plan.mains.set_index("resource")["capex"].to_dict() == pytest.approx({"water": 56_000, "sewage": 60_000})
    assert plan.trenches["capex"].sum() == pytest.approx(1200 * 250)
    assert set(plan.mains["stretch"]) == set(plan.trenches["stretch"]) == set(plan.tables["pipe_runs"]["stretch"])
    assert set(plan.mains["stretch"]) == {"n", "s"}
    assert plan.tables["hydraulics"]["stretch"].tolist() == plan.mains["stretch"].tolist()
    assert plan.audit["passed"]
    assert not any("has one access" in note for note in plan.header["notes"])


def test_one_short_access_is_said_to_keep_two_pipes_apart(tmp_path: Path) -> None:
    streets(tmp_path, gap=20.0)
    plan = solved(tmp_path, APART.replace("TRENCHES", "apart: [[water, sewage]]"))
    words = "W has one access (corridor access W): water and sewage cannot both reach it, as trenches.apart keeps them"
    assert any(note.startswith(words) for note in plan.header["notes"])
    assert plan.mains["resource"].unique().tolist() == ["water"]


def test_an_access_counts_among_the_most_pipes(tmp_path: Path) -> None:
    streets(tmp_path, gap=20.0)
    plan = solved(tmp_path, APART.replace("TRENCHES", "max_pipes: 1"))
    words = "W has one access (corridor access W): of sewage, water no more than 1 can reach it, as max_pipes says"
    assert any(note.startswith(words) for note in plan.header["notes"])


def test_an_exchange_over_an_existing_main_is_there_today(tmp_path: Path) -> None:
    streets(tmp_path)
    plan = solved(tmp_path, OLD.replace("ALONG", "[s]"))
    # 20 m3/h x 8000 h over the old pipe, in the baseline as in the plan; no station for it
    flow = 160_000.0
    assert plan.tables["baseline_exchanges"]["flow_per_yr"].tolist() == pytest.approx([flow])
    for name in ("mains", "baseline_mains"):
        rows = plan.tables[name].set_index("stretch")
        assert rows.loc["s", ["size", "pipes", "flow_per_yr"]].tolist() == ["existing old", 1, pytest.approx(flow)]
        assert rows["capex"].sum() == 0
    indicators = plan.indicators.set_index("indicator")
    saved = indicators.loc["total_annual_cost"] if "total_annual_cost" in indicators.index else indicators.iloc[0]
    assert saved["plan"] == pytest.approx(saved["baseline"])
    assert plan.audit["passed"]


def test_an_exchange_of_today_needs_existing_pipes_at_both_ends(tmp_path: Path) -> None:
    streets(tmp_path)
    frame = json.loads((tmp_path / "streets.geojson").read_text())
    frame["features"][1]["geometry"]["coordinates"] = [[X, Y], [X + 250, Y]]
    far = json.loads(json.dumps(frame["features"][1]))
    far["properties"]["name"], far["geometry"]["coordinates"] = "rest", [[X + 250, Y], [X + 500, Y]]
    frame["features"].append(far)
    (tmp_path / "streets.geojson").write_text(json.dumps(frame))
    with pytest.raises(CaseError, match="no existing_mains lead from W to E") as caught:
        solved(tmp_path, OLD.replace("ALONG", "[s]"))
    assert "exchanges[1].existing" in str(caught.value)


def test_an_existing_main_out_of_service_is_reported(tmp_path: Path) -> None:
    streets(tmp_path)
    plan = solved(tmp_path, OLD.replace("ALONG", "[s, n]"))
    # both ways are laid; that of 500 m is no cheaper than that of 700 m, but one of them is enough for 20 of 30 m3/h
    rows = plan.mains.set_index("stretch")
    assert sorted(rows["pipes"]) == [0, 1]
    idle = rows[rows["pipes"] == 0].iloc[0]
    assert idle["size"] == "existing old"
    assert idle[["flow_per_yr", "peak_per_h", "capacity_per_h", "capex", "cost_per_yr"]].tolist() == [0.0] * 5
    assert len(plan.tables["pipe_runs"]) == len(plan.tables["hydraulics"]) == 1
    case = read_case(tmp_path / "case.yaml")
    mains = plan.tables["mains"]
    for wrong in (mains[mains["pipes"] > 0], mains.assign(capex=mains["capex"].where(mains["pipes"] > 0, 5.0))):
        found = audit(case, measure(case), {**plan.tables, "mains": pd.DataFrame(wrong)}, plan.header)
        assert not found["passed"]


def two_streets(tmp_path: Path) -> None:
    """W lies between the streets n and s and touches both; nothing passes through it from one to the other."""
    layer(
        tmp_path / "plots.geojson",
        [
            ({"name": "W"}, "Polygon", square(X - 50, Y)),
            ({"name": "N"}, "Polygon", square(X + 500, Y + 50)),
            ({"name": "S"}, "Polygon", square(X + 400, Y - 50)),
        ],
    )
    lines = [
        ({"name": "n"}, "LineString", [[X, Y + 50], [X + 500, Y + 50]]),
        ({"name": "s"}, "LineString", [[X, Y], [X + 400, Y]]),
    ]
    layer(tmp_path / "streets.geojson", lines)
    points = [("W", X, Y + 50), ("W", X, Y), ("N", X + 500, Y + 50), ("S", X + 400, Y)]
    layer(tmp_path / "access.geojson", [({"plot": n}, "Point", [x, y]) for n, x, y in points])


TWO = (
    HEAD
    + """
geography: {plots: plots.geojson, corridors: streets.geojson, access_points: access.geojson}
trenches: {investment: 250 EUR/m, max_pipes: 1}
resources:
  water: {kind: water, unit: m3, price: 2, discharge: {route: sewer, cost: 0.1}, carried_by: [main]}
links:
  main: {kind: pipe, main: true, sizes: [{size: DN 100, capacity: 30, investment: 80, fixed_investment: 7000}]}
plants:
  west: {plot: W, hours: 8000, sources: {water: {rate: 60, on_demand: true}}}
  north: {plot: N, hours: 8000, sinks: {water: {rate: 30}}}
  south: {plot: S, hours: 8000, sinks: {water: {rate: 20}}}
"""
)


def test_a_plot_with_two_accesses_on_the_streets_feeds_both(tmp_path: Path) -> None:
    two_streets(tmp_path)
    plan = solved(tmp_path, TWO)
    graph = measure(read_case(tmp_path / "case.yaml")).graph
    assert graph is not None
    assert sum(stretch.free for stretch in graph.stretches.values()) == 2
    assert graph.closed == {"W"}
    # 900 m of DN 100 and one station; what is sent by each street is what its plot takes
    assert plan.mains["capex"].sum() == pytest.approx(900 * 80 + 7000)
    assert plan.mains.set_index("stretch")["flow_per_yr"].to_dict() == pytest.approx({"n": 240_000, "s": 160_000})
    assert plan.mains.set_index("stretch")["peak_per_h"].to_dict() == pytest.approx({"n": 30, "s": 20})
    shares = plan.tables["trench_shares"].query("part == 'pipe'").set_index("stretch")
    assert shares["exchange"].str.slice(0, 12).to_dict() == {"n": "west > north", "s": "west > south"}
    assert plan.audit["passed"]


def test_neighbours_on_one_spot_of_a_street_need_no_pipe(tmp_path: Path) -> None:
    streets(tmp_path)
    layer(
        tmp_path / "plots.geojson",
        [({"name": n}, "Polygon", square(X + dx, Y - 25)) for n, dx in (("W", -50), ("E", 500))],
    )
    points = [("W", X, Y), ("E", X, Y)]
    layer(tmp_path / "access.geojson", [({"plot": n}, "Point", [x, y]) for n, x, y in points])
    text = OLD.replace("corridors: streets", "access_points: access.geojson, corridors: streets")
    text = text.replace("ALONG", "[s]").replace("exchanges: [", "# ")
    plan = solved(tmp_path, text)
    assert plan.exchanges["flow_per_yr"].tolist() == pytest.approx([160_000])
    assert plan.exchanges[["length_km", "cost_length_km"]].to_numpy().tolist() == [[0.0, 0.0]]
    assert plan.mains["pipes"].sum() == 0
    assert plan.audit["passed"]


def test_pipes_of_one_exchange_leave_a_plot_by_the_street_they_need(tmp_path: Path) -> None:
    two_streets(tmp_path)
    plan = solved(tmp_path, TWO.replace("main: true, ", ""))
    # 500 m and 400 m of DN 100, each with its station; nothing lies in the accesses
    assert plan.exchanges.set_index("to")["length_km"].to_dict() == pytest.approx({"north": 0.5, "south": 0.4})
    assert plan.exchanges["capex"].sum() == pytest.approx(900 * 80 + 2 * 7000)
    assert sorted(plan.tables["pipe_runs"]["stretch"]) == sorted(plan.trenches["stretch"]) == ["n", "s"]
    assert plan.audit["passed"]
