"""A solved park with pipes of every kind passes its audit, and no number of its tables of pipes may be changed."""

import json

import numpy as np
import pytest

from planner.audit import audit
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve

NEW = ("mains", "trenches", "pipe_runs", "quantities", "trench_shares", "hydraulics")
EAST, NORTH = 500000, 5500000

CASE = """
case: Pipes of every kind
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0.06, contingency: 0.1, lifetime: {trench: 40},
            carbon_price: {paid: 50, paid_scopes: [use, supply, pumping, transport]}}
geography:
  plots: plots.geojson
  corridors: corridors.geojson
  existing_mains: old.geojson
  crossings: [{layer: river.geojson, extra_length: 20, charge: 5000}]
  surfaces: {road: 1.5, field: 1}
park_gate:
  grid: {resource: power, peak: 500}
trenches: {investment: 200, maintenance: 0.01, max_pipes: 5}
parties: {utility: {kind: utility}}
plots: {A: {}, B: {}, C: {}, D: {}}
resources:
  steam: {kind: heat, unit: MWh, carried_by: [steam main], discharge: {route: condenser, cost: 1},
          fluid: {phase: gas, density: 5, viscosity: 0.000015, mass: 1.4}}
  gas: {kind: gas, unit: t, carried_by: [gas main], discharge: {route: flare, cost: 1}}
  oil: {kind: material, unit: t, carried_by: [oil main, truck], discharge: {route: burner, cost: 1}}
  water: {kind: water, unit: m3, carried_by: [water pipe], discharge: {route: sewer, cost: 2},
          fluid: {phase: liquid, density: 1000, viscosity: 0.001}}
  fuel: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  syngas: {kind: gas, unit: t, price: 400}
  base oil: {kind: material, unit: t, price: 900}
  fresh: {kind: water, unit: m3, price: 3}
  power: {kind: power, unit: MWh, price: 100, co2e: {supply: 0.5}}
substitutions: [{from: gas, to: syngas}, {from: oil, to: base oil}, {from: water, to: fresh}]
links:
  steam main: {kind: pipe, main: true, maintenance: 0.02, max_velocity: 30, max_pressure_drop: 500, fixed_cost: 500,
               uses: {power: 0.0004}, sizes: [
    {size: DN 100, inner_diameter: 100, investment: 300, fixed_investment: 10000, loss: 50, yearly_cost: 1},
    {size: DN 200, inner_diameter: 200, investment: 500, loss: 80},
    {size: DN 300, inner_diameter: 300, investment: 900, loss: 90}]}
  gas main: {kind: pipe, main: true, in_trench: false, volume_loss: 0.01, owner: utility, sizes: [
    {size: trend, capacity: 10, least_capacity: 0.1, investment_by_capacity: 200},
    {size: G1, capacity: 0.5, investment: 90, yearly_cost: 3}]}
  oil main: {kind: pipe, main: true, in_trench: false, cost: 0.2, loading: 0.3, uses: {power: 0.001},
             maintenance: 0.01, co2e: 0.0001, sizes: [{size: O50, capacity: 2, investment: 50}]}
  truck: {kind: truck, along: straight, cost: 500}
  water pipe: {kind: pipe, maintenance: 0.03, max_velocity: 2, sizes: [
    {size: DN 80, inner_diameter: 80, investment: 100}, {size: DN 125, inner_diameter: 125, investment: 160}]}
exchanges: [{from: pa, to: pa, forbidden: true}, {from: pb, to: pb, forbidden: true}]
plants:
  pa: {plot: A, hours: 8000, sources: {steam: {rate: 9}, gas: {rate: 1}, oil: {rate: 0.3}},
       sinks: {base oil: {rate: 0.2}}}
  pb: {plot: B, hours: 8000, sources: {oil: {rate: 0.1, hours: 6000}},
       sinks: {syngas: {rate: 0.2}, steam: {rate: 5, supplied_today_by: {fuel: 1.2}}, fresh: {rate: 10},
               base oil: {rate: 0.3}}}
  pc: {plot: C, hours: 7500, sources: {water: {rate: 12}},
       sinks: {steam: {rate: 3.75, supplied_today_by: {fuel: 1.2}}, syngas: {rate: 0.9, peak_factor: 1.25}}}
  pd: {area: 0.5, hours: 7000, sources: {water: {rate: 3}},
       sinks: {steam: {rate: 1, supplied_today_by: {fuel: 1.2}}, syngas: {rate: 0.05}, fresh: {rate: 2}}}
"""
PLOTS = {"A": (0, 20), "B": (1200, 20), "C": (1200, -500), "D": (0, -500)}
LINES = {
    "corridors": [
        ({"name": "street", "surface": "road"}, [(50, 0), (600, 0), (1250, 0)]),
        ({"name": "lane", "surface": "field", "max_pipes": 6}, [(600, 0), (600, -380)]),
        ({"name": "south", "surface": "field", "trench": "existing"}, [(50, -380), (600, -380), (1250, -380)]),
    ],
    "river": [({"name": "river"}, [(300, -600), (300, 300)])],
    "old": [({"name": "old gas", "link": "gas main", "resource": "gas", "size": "G1"}, [(600, 0), (1250, 0)])],
}


def write(folder, text=CASE, drawn=LINES):
    """The case and its layers; metres east and north of one corner."""

    def save(name, features):
        crs = {"type": "name", "properties": {"name": "EPSG:25832"}}
        made = [{"type": "Feature", "properties": fields, "geometry": shape} for fields, shape in features]
        whole = {"type": "FeatureCollection", "crs": crs, "features": made}
        (folder / f"{name}.geojson").write_text(json.dumps(whole), encoding="utf-8")

    def moved(points):
        return [[EAST + x, NORTH + y] for x, y in points]

    plots = []
    for name, (x, y) in PLOTS.items():
        ring = [(x, y), (x + 100, y), (x + 100, y + 100), (x, y + 100), (x, y)]
        plots.append(({"name": name}, {"type": "Polygon", "coordinates": [moved(ring)]}))
    save("plots", plots)
    for layer, lines in drawn.items():
        save(layer, [(fields, {"type": "LineString", "coordinates": moved(points)}) for fields, points in lines])
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return read_case(folder)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan of the park."""
    case = write(tmp_path_factory.mktemp("pipes"))
    return case, measure(case), solve(case)


def failed(audited):
    return [check for check in audited["checks"] if not check["passed"]]


def test_the_plan_is_rich(finished):
    """It holds what the corruptions below are about, and passes."""
    plan = finished[2]
    assert not failed(plan.audit)
    assert [name for name in NEW if plan.tables[name].empty] == []
    mains = plan.tables["mains"]
    assert set(mains["link"]) == {"steam main", "gas main", "oil main"}
    assert mains["existing"].any()
    assert (mains["through_per_yr"] > mains["flow_per_yr"] * 1.01).any()  # oil flows both ways
    assert {"new", "existing"} == set(plan.tables["trenches"]["trench"])
    assert "water pipe" in set(plan.exchanges["link"])


def test_every_numeric_column_is_checked(finished):
    """One number of each column of the tables of pipes, 7 % larger."""
    case, distances, plan = finished
    missed = []
    for name in NEW:
        table = plan.tables[name]
        for column in table.columns:
            numbers = [
                row
                for row, value in enumerate(table[column])
                if isinstance(value, int | float | np.number)
                and not isinstance(value, bool | np.bool_)
                and value == value != 0
            ]
            if numbers:
                frame = table.copy()
                frame[column] = frame[column].astype(float)
                frame.iloc[numbers[0], frame.columns.get_loc(column)] *= 1.07
                if audit(case, distances, {**plan.tables, name: frame}, plan.header)["passed"]:
                    missed.append((name, column))
    assert missed == []


VARIANTS = {
    "every pipe in civil works of its own": ("trenches: {", "trenches: {shared: false, "),
    "no trenches": ("trenches: {investment: 200, maintenance: 0.01, max_pipes: 5}\n", ""),
    "pumped by the kilometre": ("water pipe: {kind: pipe,", "water pipe: {kind: pipe, uses: {power: 0.0001},"),
    "oil is lost on its way": ("oil main: {kind: pipe,", "oil main: {kind: pipe, volume_loss: 0.001,"),
    "two tenants on a plot": ("plots: {A: {}, B: {}", "plots: {A: {}, B: {several_tenants: true}"),
    "gas flows by the old main today": (
        "exchanges: [",
        "baseline: as_is\nexchanges: [{from: pa, to: pb, stream: gas, existing: {link: gas main, capacity: 0.3}}, ",
    ),
}


@pytest.mark.parametrize("what", VARIANTS)
def test_true_plans_of_other_parks_pass(tmp_path, what):
    before, after = VARIANTS[what]
    assert before in CASE
    text = CASE.replace(before, after)
    if what == "two tenants on a plot":
        text = text.replace("pd: {area: 0.5,", "pd: {area: 0.3, plot: B,").replace(
            "pb: {plot: B,", "pb: {plot: B, area: 0.3,"
        )
    drawn = LINES
    if what == "gas flows by the old main today":  # then it reaches both plots
        way = [(50, 20), (50, 0), (600, 0), (1250, 0), (1250, 20)]
        drawn = LINES | {"old": [(LINES["old"][0][0], way)]}
    assert failed(solve(write(tmp_path, text, drawn)).audit) == []
