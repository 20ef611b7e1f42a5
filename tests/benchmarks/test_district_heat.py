"""District-heat problems restated as cases: their geometry, the published model by enumeration, and the plans."""

import math
from itertools import combinations

import geopandas as gpd
import pytest
import yaml

import planner
from benchmarks.geography import CASES, saved
from benchmarks.network import DATA

TOPOTHERM = yaml.safe_load((DATA / "dh_topology_topotherm.yaml").read_text())
DHNX = yaml.safe_load((DATA / "dh_pipes_dhnx_test.yaml").read_text())
CRF = 0.08 / (1 - 1.08**-40)


def lengths(folder):
    lines = gpd.read_file(DATA / folder / "corridors.geojson")
    return dict(zip(lines["name"], lines.geometry.length, strict=True))


@pytest.mark.parametrize("kind", ["forced", "economic"])
def test_trenches_are_as_long_as_published(kind):
    published = {f"trench {edge['id']}": edge["length_m"] for edge in TOPOTHERM["edges"]}
    assert lengths(f"topotherm_{kind}") == pytest.approx(published, abs=1e-6)


def test_pipes_are_as_long_as_published():
    assert lengths("dhnx") == pytest.approx({f"{a} - {b}": length for a, b, length in DHNX["edges"]}, abs=1e-6)


@pytest.mark.parametrize("kind", ["forced", "economic"])
def test_peaks_hours_and_prices_are_those_published(kind):
    case = planner.read_case(DATA / f"topotherm_{kind}")
    for node in TOPOTHERM["nodes"]:
        if "demand_kW" not in node:
            continue
        sink = case.partners[f"house {node['id']}"].sinks["heat"]
        assert sink.rate.value * 1000 == pytest.approx(node["demand_kW"])
        # What its own heat costs a year is the revenue of connecting it: 0.18 EUR/kWh x kW x its own full load hours.
        yearly = sink.rate.value * 2418.49 * sink.supplied_today_by.cost.value
        assert yearly == pytest.approx(0.18 * node["demand_kW"] * node["full_load_hours"], rel=1e-8)


def published_objective(connected):
    """The published model on its tree of trenches: losses and pipes upwards from the houses to the source."""
    near = {}
    for edge in TOPOTHERM["edges"]:
        near.setdefault(edge["from"], []).append((edge["to"], edge["length_m"]))
        near.setdefault(edge["to"], []).append((edge["from"], edge["length_m"]))
    nodes = {node["id"]: node for node in TOPOTHERM["nodes"]}

    def below(node, parent):
        """Peak drawn at a node, and annuity of the pipes below it; nothing where nobody is connected."""
        peak = nodes[node]["demand_kW"] if node in connected else 0.0
        pipes = 0.0
        for other, length in near[node]:
            if other == parent:
                continue
            drawn, further = below(other, node)
            if drawn > 0:
                # in - out = (a in + b) length, so that in = (out + b length) / (1 - a length)
                entering = (drawn + 0.02189 * length) / (1 - 4.348e-7 * length)
                peak += entering
                pipes += further + CRF * (567.335 + 0.018377 * entering) * length
        return peak, pipes

    source = next(node["id"] for node in TOPOTHERM["nodes"] if node.get("source"))
    peak, pipes = below(source, None)
    revenue = sum(0.18 * nodes[k]["demand_kW"] * nodes[k]["full_load_hours"] for k in connected)
    return pipes + 0.08 * 2418.49 * peak - revenue


def test_published_optima_by_enumeration():
    # Eleven trenches join twelve nodes: a tree, so that the houses connected say everything.
    houses = [node["id"] for node in TOPOTHERM["nodes"] if "demand_kW" in node]
    assert published_objective(houses) == pytest.approx(-990.7988, abs=1e-3)
    best = min((published_objective(some), some) for n in range(6) for some in combinations(houses, n))
    assert best == (pytest.approx(-1435.8828, abs=1e-3), (7, 10, 11))


@pytest.mark.parametrize(("kind", "houses"), [("forced", (7, 8, 9, 10, 11)), ("economic", (7, 10, 11))])
def test_topotherm_as_a_case(kind, houses):
    plan = planner.solve(DATA / f"topotherm_{kind}")
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    assert set(plan.exchanges["to"]) == {f"house {k}" for k in houses}
    # Half of a pipe's loss does not pass its entry here: some 0.2 kW x 200 m x 0.0184 EUR/m/kW x 8.4 % = 0.06 EUR/yr.
    found = saved(plan.indicators.set_index("indicator"))
    assert found == pytest.approx(published_objective(houses), abs=0.1)
    assert found < published_objective(houses)


def test_dhnx_as_a_case():
    # 0.5 x (33 x 3.162 + 15 x 1.0 + 18 x 1.5)
    by_hand = 0.5 * ((15 + 18) * 3.162 + 15 * 1.0 + 18 * (1.0 + 0.5))
    assert by_hand == pytest.approx(DHNX["optimum_capex_eur"])
    case = next(case for case in CASES if case.name == "dhnx")
    computed, gap = case.solve()
    assert computed == pytest.approx(by_hand, rel=1e-6)
    assert gap <= 1e-6
    assert math.isclose(case.optimum, by_hand)
