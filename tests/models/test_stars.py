"""Star inequalities: valid, tighter, and the same optimum with and without."""

import itertools
import random

import pytest
from toys import exchange, option, park, sink, source

from models import solve as bridge
from models.instance import PlaceData, UnitData
from models.park import build
from models.relaxation import relaxation_bound
from models.run import cut_stars


def assignment(flow, distance, *, tenants=None, parallel=()):
    """Quadratic assignment as a park: each flow is a forced exchange whose link costs flow x distance.

    ``parallel`` are flows with a second exchange beside the first, in the other direction, at half the cost.
    """
    n, plots = len(flow), len(distance)
    units = {f"k{i}": UnitData("plant", area=1.0) for i in range(n)}
    room = tenants or [1] * plots
    places = {f"p{q}": PlaceData(float(room[q]), room[q]) for q in range(plots)}
    sources, sinks, exchanges, links = {}, {}, {}, {}
    pairs = [(p, q) for p in range(plots) for q in range(plots) if p != q or room[p] > 1]

    def add(name, i, j, unit_cost):
        sources[name] = source(f"k{i}", 1.0, on_demand=True)
        sinks[name] = sink(f"k{j}", 1.0, suppliable=False)
        exchanges[name] = exchange(
            name, name, {"pipe": option(1.0, [(f"p{p}", f"p{q}") for p, q in pairs])}, forced=True
        )
        for p, q in pairs:
            links[name, "pipe", f"p{p}", f"p{q}"] = {"cost": unit_cost * distance[p][q]}

    for i, j in itertools.permutations(range(n), 2):
        if flow[i][j]:
            add(f"{i} > {j}", i, j, flow[i][j])
        if (i, j) in parallel:
            add(f"{j} > {i} back", j, i, 0.5 * flow[i][j])
    return park(
        units=units, places=places, admissible=dict.fromkeys(units, tuple(places)), sources=sources, sinks=sinks,
        exchanges=exchanges, effects={"link": links},
    )  # fmt: skip


def random_assignment(seed, *, tenants=None, parallel=False):
    r = random.Random(seed)
    n, plots = 4, 4
    distance = [[0] * plots for _ in range(plots)]
    flow = [[0] * n for _ in range(n)]
    for p, q in itertools.combinations(range(plots), 2):
        distance[p][q] = distance[q][p] = r.randint(1, 9)
    for i, j in itertools.permutations(range(n), 2):
        flow[i][j] = r.choice([0, r.randint(1, 5)])
    both = {(i, j) for i, j in itertools.permutations(range(n), 2) if flow[i][j] and parallel and r.random() < 0.5}
    return flow, distance, both


def by_enumeration(flow, distance, room, both):
    n = len(flow)
    best = float("inf")
    for place in itertools.product(range(len(distance)), repeat=n):
        if any(place.count(q) > room[q] for q in range(len(distance))):
            continue
        cost = sum(
            flow[i][j] * (1.5 if (i, j) in both else 1.0) * distance[place[i]][place[j]]
            for i, j in itertools.permutations(range(n), 2)
        )
        best = min(best, cost)
    return best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("shape", ["single", "parallel", "several tenants"])
def test_off_cuts_and_all_agree_and_the_bound_grows(seed, shape):
    flow, distance, both = random_assignment(seed, parallel=shape != "single")
    room = [2, 1, 1, 2] if shape == "several tenants" else [1, 1, 1, 1]
    expected = by_enumeration(flow, distance, room, both)
    instance = assignment(flow, distance, tenants=room, parallel=both)
    bounds = {}
    for stars in ("off", "cuts", "all"):
        model = build(instance)
        cut_stars(model, stars)
        bounds[stars] = relaxation_bound(model)
        assert bridge.solve(model).objective == pytest.approx(expected, abs=1e-5)
    # Cuts are some of all the stars, so that their bound lies between that of none and of all.
    assert bounds["off"] <= bounds["cuts"] + 1e-6 <= bounds["all"] + 2e-6 <= expected + 3e-6


def test_a_star_closes_the_gap_of_three_partners_at_one_plot():
    # A hub exchanges with three others on four plots in a row at 0, 1, 2, 3; each link costs its length. Best is the
    # hub at 1: lengths 1, 1, 2 = 4. Without stars each partner lies half on each of the two plots beside a hub at 1
    # or 2, 1 away: bound 3. A star lets only one partner be on a plot: the bound becomes 4.
    distance = [[abs(p - q) for q in range(4)] for p in range(4)]
    flow = [[0, 1, 1, 1], [0] * 4, [0] * 4, [0] * 4]
    instance = assignment(flow, distance)
    model = build(instance)
    without = relaxation_bound(model)
    facts = cut_stars(model, "cuts")
    assert without == pytest.approx(3.0)
    assert relaxation_bound(model) == pytest.approx(4.0)
    assert facts["star_rows"] > 0
    assert bridge.solve(model).objective == pytest.approx(4.0)


def test_stars_that_say_nothing_are_left_out():
    # Three plants: a hub has two partners at most; on plots for two tenants a star of two partners cannot bind.
    distance = [[abs(p - q) for q in range(3)] for p in range(3)]
    flow = [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    single, double = assignment(flow, distance), assignment(flow, distance, tenants=[2, 2, 2])
    assert len(build(single).stars_of) == 6  # the hub on each of 3 plots with partners on each of the 2 others
    # Only the hub's own plot, where one more tenant finds room beside it, still says something.
    assert set(build(double).stars_of) == {("k0", f"p{p}", f"p{p}") for p in range(3)}


def test_an_unknown_option_is_refused():
    with pytest.raises(ValueError, match="stars are"):
        cut_stars(build(random_park_of_three()), "some")


def random_park_of_three():
    return assignment([[0, 1, 1], [0, 0, 0], [0, 0, 0]], [[0, 1, 2], [1, 0, 1], [2, 1, 0]])
