"""Trunk networks and street grids: as large as said, and the same optimum whatever the formulation."""

import pytest

from benchmarks.mains import GRIDS, STRENGTHS
from benchmarks.mains import main as bounds
from benchmarks.network import least_cost
from benchmarks.streets import Grid, streets
from benchmarks.trunk import TRENDS, crossover, region, trunk
from models.park import build
from models.relaxation import relaxation_bound

SMALL = {"fixed sites": Grid(2, 3, 7, 1, sinks=3), "free sites": Grid(2, 3, 7, 1, choices=2, sinks=2)}


@pytest.fixture(params=SMALL)
def small(request):
    return streets(SMALL[request.param])


def test_no_strengthening_changes_the_optimum(small):
    costs = {name: least_cost(small, strength)[1].objective for name, strength in STRENGTHS.items()}
    assert costs == pytest.approx(dict.fromkeys(costs, costs["all"]), rel=1e-6)


def test_each_strengthening_raises_the_bound_or_leaves_it(small):
    bounds = {name: relaxation_bound(build(small, strength)) for name, strength in STRENGTHS.items()}
    best = least_cost(small)[1].objective
    assert all(bound <= bounds["all"] * (1 + 1e-6) for bound in bounds.values())
    assert bounds["none"] < bounds["all"] <= best * (1 + 1e-6)


@pytest.mark.parametrize("name", GRIDS)
def test_grids_have_the_segments_and_resources_of_their_names(name):
    instance = streets(GRIDS[name])
    segments, resources = (int(x) for x in name.split()[0].split("x"))
    assert sum(1 for a in instance.stretches if not a.startswith("access")) == segments
    assert len(instance.mains) == resources


def test_same_seed_same_grid():
    assert streets(SMALL["free sites"], 7) == streets(SMALL["free sites"], 7) != streets(SMALL["free sites"], 8)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_trunk_has_the_size_of_a_regional_project(seed):
    thrown = region(seed)
    assert (len(thrown.plants), len(thrown.sites), len(thrown.edges)) == (20, 7, 180)
    # The sites hold what must be stored: 75 % of what is captured.
    assert sum(room for room, _, _ in thrown.sites.values()) > 0.75 * sum(
        amount for amount, _ in thrown.plants.values()
    )
    instance = trunk(seed)
    pipes = {
        size for bed in instance.mains["trunk: CO2"].beds.values() for size, pipe in bed.pipes.items() if pipe.sized
    }
    assert pipes == {"small", "large"}


def test_trends_cross_where_they_cost_the_same():
    costs = [foot + slope * crossover() for foot, slope in TRENDS.values()]
    assert costs[0] == pytest.approx(costs[1])
    assert crossover() == pytest.approx(9.045, abs=0.001)


def test_bounds_command(capsys, monkeypatch):
    monkeypatch.setattr("benchmarks.mains.GRIDS", {"7x1": SMALL["fixed sites"]})
    assert bounds(["7x1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[12:25].strip() for line in lines[1:]] == list(STRENGTHS)
