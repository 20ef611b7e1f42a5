"""Cases without a plan: each is explained in the user's words, with the smallest change that mends it by hand."""

import json

import pytest

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import solve

#: Squares of 200 m x 200 m (4 ha) in a row, 100 m apart: A 0-200, B 300-500, C 600-800.
BASE = """
case: No plan
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {{discount_rate: 0, {economics}}}
geography: {{plots: plots.geojson, receptors: receptors.geojson, neighbour_distance: {near}}}
rules: {{{rules}}}
tenants: {{{tenants}}}
park_gate: {{{gate}}}
plots: {{A: {{{plot_a}}}, B: {{{plot_b}}}, C: {{{plot_c}}}}}
resources:
  gas: {{kind: gas, unit: MWh, price: 50, co2e: {{use: 0.2}}}}
  steam: {{kind: heat, unit: t, enthalpy: 0.7, carried_by: [steam pipe], discharge: {{route: condenser}}}}
  slag: {{kind: material, unit: t, carried_by: [truck], discharge: {{route: landfill, cost: 40, waste: inert}}}}
  water: {{kind: water, unit: m3, price: 1, fresh_water: true}}
plants:
  smelter: {{area: 3, hours: 8000, {smelter} sources: {{steam: {{rate: 2}}, slag: {{rate: 5000 t/yr}}}}}}
  mill: {{area: 3, hours: 8000, {mill} sinks: {{steam: {{rate: 5, supplied_today_by: {{gas: 0.8}}{sink}}},
         water: {{rate: 1 m3/h}}}}}}
  farm: {{area: 1, hours: 8000, optional: {{margin: 10}}, {farm} sinks: {{water: {{rate: 1 m3/h}}}}}}
facilities:
  works: {{area: 1, kind: boiler, {works} outputs: {{steam: 1}}, inputs: {{gas: 0.7}},
          investment: [{{capacity: 1, investment: 700000}}]}}
links:
  steam pipe: {{kind: pipe, along: straight, {pipe} sizes: [{{size: DN 100, capacity: 4, investment: 1000}}]}}
  truck: {{kind: truck, along: straight}}
exchanges: [{exchanges}]
"""
FIELDS = ("economics", "near", "rules", "tenants", "gate", "plot_a", "plot_b", "plot_c", "smelter", "mill", "farm",
          "works", "pipe", "exchanges", "sink")  # fmt: skip


def write(folder, **fields):
    empty = {name: "" for name in FIELDS} | {"near": "20"}
    (folder / "case.yaml").write_text(BASE.format(**{**empty, **fields}), encoding="utf-8")
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    plots = []
    for n, name in enumerate("ABC"):
        x, y = 500_000 + 300 * n, 6_000_000
        ring = [[x, y], [x + 200, y], [x + 200, y + 200], [x, y + 200], [x, y]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        plots.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    # The school stands 150 m west of A, 450 m from B and 750 m from C.
    point = {"type": "Point", "coordinates": [499_850, 6_000_100]}
    school = {"type": "Feature", "properties": {"name": "school", "kind": "school"}, "geometry": point}
    for name, features in (("plots", plots), ("receptors", [school])):
        layer = {"type": "FeatureCollection", "crs": crs, "features": features}
        (folder / f"{name}.geojson").write_text(json.dumps(layer), encoding="utf-8")
    return folder


FORCED = "{from: smelter, to: mill, forced: true}"
CASES = {
    # The pipe of the forced exchange is 300 m from centre to centre at the least: 300 x 1000 = 300,000 EUR.
    "budget": (
        {"economics": "budget: 200000,", "exchanges": FORCED},
        ["economics.budget: at most 200,000 EUR", "smelter > mill: steam must be built", "raise it by 100,000 EUR"],
    ),
    # Mill 40,000 t x 0.8 x 0.2 = 6,400 t; 16,000 t of steam from the smelter save 2,560 t. The works make
    # 1 t/h in the mill's 8,000 h: 8,000 x (0.16 - 0.7 x 0.2) = 160 t. 6,400 - 2,560 - 160 - 3,000 = 680.
    "cap on CO2e": (
        {"economics": "caps: {co2e: 3000},"},
        ["This requirement cannot be met", "economics.caps.co2e: at most 3,000 tCO2e/yr", "raise it by 680 tCO2e/yr"],
    ),
    # Nobody takes slag: 5,000 t.
    "cap on waste": (
        {"economics": "caps: {waste: 4 kt/yr},"},
        ["caps.waste: at most 4 kt/yr", "raise it by 1,000 t/yr"],
    ),
    # Only the mill must be there: 8,000 m3.
    "cap on fresh water": (
        {"economics": "caps: {fresh_water: 5000},"},
        ["caps.fresh_water: at most 5,000 m3/yr", "raise it by 3,000 m3/yr"],
    ),
    # Water 1 m3/h at the peak, 8,000 m3 a year.
    "gate, a year": (
        {"gate": "well: {resource: water, yearly: 6000}"},
        ["park_gate.well.yearly: at most 6,000 m3/yr of water bought outside", "raise it by 2,000 m3/yr"],
    ),
    "gate, at the peak": (
        {"gate": "well: {resource: water, peak: 0.25, peak_expansion: {cost: 1, maximum: 0.5}}"},
        ["park_gate.well.peak: at most 0.25 m3/h of water", "raise it by 0.25 m3/h"],
    ),
    "gate, out": (
        {"gate": "tip: {resource: slag, direction: out, yearly: 4500 t/yr}"},
        ["park_gate.tip.yearly: at most 4500 t/yr of slag disposed of or sold outside", "raise it by 500 t/yr"],
    ),
    "area": ({"mill": "coverage: 0.6,"}, ["plants.mill.area: mill needs 5 ha", "more than 4 ha usable"]),
    # B holds 4 x 0.7 = 2.8 ha and C 4 x 0.6 = 2.4; both plants need 3, and only one fits on A.
    "area in the plots together": (
        {"plot_b": "usable_share: 0.7", "plot_c": "usable_share: 0.6"},
        ["2 units (smelter, mill) must stand in the park, but the plots they may use hold only 1 (A)"],
    ),
    # Two plants of 3 ha and the works of 1 ha on 4 + 2.8 ha.
    "area of the park": (
        {"plot_b": "usable_share: 0.7", "plot_c": "reserved: true", "works": "forced: true,"},
        ["3 units that must stand in the park need 7 ha together; its plots have 6.8 ha usable"],
    ),
    "zone": (
        {"plot_a": "zones: [light]", "plot_b": "zones: [light]", "plot_c": "zones: [light, heavy], reserved: true",
         "smelter": "zone: heavy,"},
        ["smelter has only plots that are kept free (plots.C.reserved: C)"],
    ),
    # The smelter keeps 500 m from the school: only C. Its neighbour within 120 m would be on B, where it may not be.
    "neighbours against separation": (
        {"smelter": "hazard: fire, neighbours: [mill],", "mill": "plot: A,", "near": "120",
         "rules": "separations: [{hazard: fire, from_receptor: school, distance: 500}]"},
        ["smelter must be a neighbour of mill (at most 120 m apart), but they have no plots that near"],
    ),
    # Neighbours within 120 m, yet 150 m apart by their hazard classes: any two plots in a row are 100 m apart.
    "neighbours against hazard classes": (
        {"smelter": "hazard: fire, neighbours: [mill],", "mill": "hazard: crowd,", "near": "120",
         "rules": "separations: [{hazard: fire, from_hazard: crowd, distance: 150}]"},
        ["These requirements cannot hold together", "plants.smelter.neighbours: smelter must be a neighbour of mill",
         "rules.separations[1]: hazard class crowd at least 150 m from hazard class fire", "The smallest change that"],
    ),
    # Two plants of one hazard class 500 m apart: the best pair of plots, A and C, leaves 400 m.
    "hazard classes in metres": (
        {"smelter": "hazard: fire,", "mill": "hazard: fire,",
         "rules": "separations: [{hazard: fire, from_hazard: fire, distance: 500}]"},
        ["rules.separations[1]", "give way by 100 m"],
    ),
    "too many facilities": (
        {"rules": "at_most: {boiler: 0}", "works": "forced: true,"},
        ["rules.at_most.boiler: at most 0, but works is forced"],
    ),
    "a forced exchange too far": (
        {"pipe": "max_length: 250,", "exchanges": FORCED.replace("to: mill", "to: mill, stream: steam")},
        ["smelter > mill: steam is forced, but no link it may use leads from any plot of smelter to any of mill"],
    ),
    "too many tenants": (
        {"tenants": "at_least: 1", "farm": "zone: green,", "plot_a": "zones: [green]", "plot_b": "zones: [blue]",
         "plot_c": "zones: [blue]", "smelter": "plot: A,"},
        ["tenants.at_least: at least 1 of the optional plants must settle, but none of them can"],
    ),
    # No place for a third: works, smelter and mill on three plots.
    "a tenant more than plots": (
        {"tenants": "at_least: 1", "works": "forced: true,"},
        ["tenants.at_least: at least 1 optional plants settle", "facilities.works.forced: works must be built",
         "The smallest change that would make a plan possible"],
    ),
    "a tenant that has no plot": (
        {"tenants": "fixed: [farm]", "farm": "coverage: 0.2,"},
        ["tenants.fixed: farm must settle, but there is no plot where it may stand"],
    ),
    # 5 t/h are needed in one go, the smelter has 2.
    "whole demand": (
        {"sink": ", whole_demand_from_one_source: true", "exchanges": FORCED},
        ["smelter > mill: steam is forced, but it cannot meet the whole demand"],
    ),
    "only plots that others have": (
        {"smelter": "plot: B,", "mill": "plots: [B],"},
        ["plants.mill: mill may stand only on plots that others have for themselves: B (smelter)"],
    ),
    "two plants on one plot": (
        {"smelter": "plot: B,", "mill": "plot: B,"},
        ["2 units (smelter, mill) must stand in the park, but the plots they may use hold only 1 (B)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_is_explained(what, tmp_path):
    fields, words = CASES[what]
    with pytest.raises(Infeasible) as told:
        solve(read_case(write(tmp_path, **fields)))
    text = str(told.value)
    assert not [word for word in words if word not in text], text
    assert "streams do not balance" not in text


def test_the_base_has_a_plan(tmp_path):
    """Each case above is a plan spoilt by what it says."""
    assert solve(read_case(write(tmp_path))).audit["passed"]


def test_one_requirement_reads_well(tmp_path):
    with pytest.raises(Infeasible) as told:
        solve(read_case(write(tmp_path, economics="caps: {waste: 4000},")))
    assert str(told.value) == (
        "No plan can satisfy the case. This requirement cannot be met:\n"
        "  - economics.caps.waste: at most 4,000 t/yr\n"
        "The smallest change that would make a plan possible:\n"
        "  - economics.caps.waste: at most 4,000 t/yr: raise it by 1,000 t/yr"
    )


@pytest.mark.parametrize("goal", ["co2", "waste", "water"])
def test_other_goals_ask_who_settles(goal, tmp_path):
    """Without a word on tenants the least would be a park without the farm: the field to write is named."""
    case = read_case(write(tmp_path))
    with pytest.raises(CaseError, match=r"tenants.*is missing.*farm.*tenants\.fixed.*tenants\.at_least"):
        solve(case, objective=goal)


def test_optional_plants_whose_forced_exchange_cannot_be_built_stay_away(tmp_path):
    """Built wherever both ends are there: where it cannot be, they cannot both be."""
    far = "{from: smelter, to: farm, stream: steam, into: heating, forced: true}"
    farm = "sources: {}, "
    text = write(tmp_path, pipe="max_length: 250,", exchanges=far, farm=farm) / "case.yaml"
    sinks = "sinks: {water: {rate: 1 m3/h}, heating: {resource: steam, rate: 1, supplied_today_by: {gas: 0.8}}}"
    text.write_text(text.read_text().replace("sinks: {water: {rate: 1 m3/h}}}\nfacilities", sinks + "}\nfacilities"))
    text.write_text(text.read_text().replace("margin: 10", "margin: 9000000"))
    plan = solve(read_case(tmp_path))
    assert plan.audit["passed"]
    assert "farm" not in set(plan.siting["unit"])
    text.write_text(text.read_text().replace("tenants: {}", "tenants: {fixed: [farm]}"))
    with pytest.raises(Infeasible, match="forced"):
        solve(read_case(tmp_path))
