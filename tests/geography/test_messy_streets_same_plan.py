"""A plan on a street layer as messy as it comes is the plan on the clean one, and its notes tell the repairs."""

import json

import numpy as np
import pytest
import yaml
from messy_streets import clean, messed
from shapely import LineString
from shapely.affinity import translate

from planner.case.read import read_case
from planner.pipeline import solve

X0, Y0 = 500_000.0, 6_000_000.0
CORNERS = [(0, 0), (310, 17), (640, -22), (655, 260), (330, 240), (-15, 255)]
PAIRS = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (1, 4)]
PLACES = {"A": (150, 20), "B": (500, -14), "C": (480, 262), "D": (145, 240)}
CASE = """
case: Messy streets
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0}
geography: {plots: plots.geojson, corridors: streets.geojson}
trenches: {investment: 300}
resources:
  water: {kind: water, unit: m3, price: 0.5, discharge: {route: river, cost: 0.1}, carried_by: [water main]}
plants:
  works: {plot: A, hours: 8000, sources: {water: {rate: 100}}}
  mill: {plot: B, hours: 8000, sinks: {water: {rate: 60}}}
  farm: {area: 0.5, hours: 4000, sinks: {water: {rate: 40}}}
links:
  water main:
    kind: pipe
    main: true
    sizes: [{size: S, capacity: 50, investment: 100}, {size: M, capacity: 120, investment: 160}]
"""


def town():
    """Streets with a cost factor each, in the coordinates of the case."""
    lines = [LineString([CORNERS[a], CORNERS[b]]) for a, b in PAIRS]
    return [(translate(line, X0, Y0), f"street {k}", 1.0 + 0.2 * (k % 3)) for k, line in enumerate(lines)]


def planned(folder, streets):
    folder.mkdir()
    (folder / "case.yaml").write_text(yaml.safe_dump(yaml.safe_load(CASE)), encoding="utf-8")
    streets.to_file(folder / "streets.geojson", driver="GeoJSON")
    plots = [
        {
            "type": "Feature",
            "properties": {"name": name, "area": 1.0, "price": 1000.0 * k},
            "geometry": {"type": "Point", "coordinates": [X0 + x, Y0 + y]},
        }
        for k, (name, (x, y)) in enumerate(PLACES.items())
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": plots})
    (folder / "plots.geojson").write_text(text, encoding="utf-8")
    plan = solve(read_case(folder))
    assert plan.audit["passed"]
    return plan


#: Ills of each street, and what the notes must speak of.
SICK = {
    "gaps": ([["gap"]] * 7, "joined"),
    "overshoots": ([["overshoot"]] * 7, "over a crossing"),
    "doubles and slivers": ([["double"], ["sliver"], [], ["double"], ["sliver"], [], ["double"]], ""),
    "all at once": (
        [
            ["gap", "reversed", "heights"],
            ["overshoot", "parts"],
            ["double", "speck"],
            ["sliver", "cut"],
            ["gap", "parts"],
            ["heights", "reversed"],
            ["overshoot", "double"],
        ],
        "",
    ),
}


@pytest.mark.parametrize("name", SICK)
@pytest.mark.parametrize("seed", range(2))
def test_the_plan_of_messy_streets(name, seed, tmp_path):
    ills, word = SICK[name]
    good = planned(tmp_path / "clean", clean(town()))
    bad = planned(tmp_path / "messy", messed(town(), ills, np.random.default_rng(seed)))
    sited = [plan.siting.set_index("unit")["plot"].to_dict() for plan in (good, bad)]
    assert sited[0] == sited[1]
    moved = [plan.exchanges.set_index("exchange")[["flow_per_yr", "main"]].to_dict() for plan in (good, bad)]
    assert moved[0] == moved[1]
    laid = [sorted(zip(m["size"], m["flow_per_yr"].round(3), strict=True)) for m in (good.mains, bad.mains)]
    assert laid[0] == laid[1]
    # Ends slip by 0.3 m at most, a dozen of them in 1,000 m of trench.
    costs = [p.indicators.set_index("indicator").loc["total_annual_cost", "plan"] for p in (good, bad)]
    assert costs[1] == pytest.approx(costs[0], rel=0.01)
    told = [note for note in bad.header["notes"] if "streets.geojson" in note]
    assert told
    assert any(word in note for note in told)
    assert not [note for note in good.header["notes"] if "streets.geojson" in note and "joined" in note]
