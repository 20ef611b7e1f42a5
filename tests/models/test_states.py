"""Parks of several states: against brute force, and the same year told in more states."""

import functools
import math
from dataclasses import dataclass

import pytest
from brute_force import least_cost
from random_mixtures import random_mixture
from random_networks import random_network
from random_parks import random_park
from seeds import more
from splitting import split

from models import bilinear
from models import solve as bridge
from models.instance import StateData
from models.park import build
from models.run import cut_stars, plan
from models.solution import NoSolution

SEASONS = {"winter": StateData(4000.0), "summer": StateData(4760.0)}
THIRDS = {"cold": StateData(2000.0), "mild": StateData(3760.0), "warm": StateData(3000.0)}
STATES = {"year": None, "two": SEASONS, "three": THIRDS}


@dataclass(frozen=True)
class _Found:
    """What HiGHS finds: the least cost (infinite where there is no plan), what stores give, and if there are stars."""

    cost: float
    drawn: float
    stars: bool


def _found(instance, stars: str = "off") -> _Found:
    model = build(instance)
    cut_stars(model, stars)
    try:
        cost = bridge.solve(model).objective
    except NoSolution:
        return _Found(math.inf, 0.0, bool(model.stars_of))
    return _Found(cost, sum(v.value for v in model.drawn.values()), bool(model.stars_of))


@functools.cache
def _park(seed: int, states: str = "year") -> _Found:
    """Of a random park."""
    return _found(random_park(seed, STATES[states]))


def _close(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= 1e-5 * max(1.0, abs(other))


@pytest.mark.parametrize("states", ["two", "three"])
@pytest.mark.parametrize("block", [0, *more((1, 2), 1)])
def test_parks_of_several_states_have_the_least_cost_of_every_siting(block, states):
    found = 0
    for seed in range(20 * block, 20 * block + 20):
        instance = random_park(seed, STATES[states])
        expected = least_cost(instance)
        assert _close(_park(seed, states).cost, expected), seed
        if _park(seed, states).stars:
            assert _close(_found(instance, "all").cost, expected), seed
        found += expected < math.inf
    assert found >= 5  # the others cannot hold a rule in every state, and both sides say so


@pytest.mark.parametrize("parts", [2, 3])
def test_splitting_a_state_leaves_the_optimum(parts):
    for seed in range(30):
        assert _close(_found(split(random_park(seed), parts)).cost, _park(seed).cost), seed


def test_splitting_seasons_leaves_the_optimum():
    # With losses a store does better where rates may differ within a season, never worse.
    for seed in range(20):
        instance = random_park(seed, SEASONS)
        whole, halves = _park(seed, "two").cost, _found(split(instance)).cost
        if any(store.loss > 0 for store in instance.stores.values()):
            assert halves <= whole + 1e-5 * max(1.0, abs(whole)), seed
        else:
            assert _close(halves, whole), seed


def test_some_of_the_best_plans_use_a_store():
    assert sum(_park(seed, "two").drawn > 1e-3 for seed in range(60)) >= 3


def _leaks(instance) -> bool:
    """A share is lost on the way: which way it flows is chosen for each state."""
    return any(bed.share_lost > 0 for main in instance.mains.values() for bed in main.beds.values())


def test_splitting_a_state_of_a_network_leaves_the_optimum():
    # Where a share is lost, halves of the year may flow in two directions: then it can only get better.
    for seed in range(40):
        instance = random_network(seed)
        whole, halves = _found(instance).cost, _found(split(instance)).cost
        if _leaks(instance):
            assert halves <= whole + 1e-5 * max(1.0, abs(whole)), seed
        else:
            assert _close(halves, whole), seed


@pytest.mark.parametrize("seed", [3, 4, 14, 15, 22])
def test_splitting_a_state_of_a_water_network_never_costs_more(seed):
    # Contents are chosen for each state, and their products with amounts are not convex: halves of the year may do
    # better than the year, never worse.
    def searched(instance):
        model = build(instance)
        bilinear.prepare(model, "highs")
        return bilinear.solve(model, bridge.Options(gap=1e-5, time_limit=60.0))

    whole, halves = searched(random_mixture(seed)), searched(split(random_mixture(seed)))
    assert halves.bound <= whole.objective + 2e-5 * max(1.0, abs(whole.objective))


def test_plan_and_baseline_of_a_split_park_are_those_of_the_year():
    # run.plan as the user gets it: first plans, stars, trimming and the baseline on the way.
    for seed in (0, 3, 12, 21, 33):
        found = []
        for instance in (random_park(seed), split(random_park(seed))):
            try:
                result = plan(instance)
                found.append((result.plan.totals["total_annual_cost"], result.baseline.totals["total_annual_cost"]))
            except NoSolution:
                found.append(None)
        assert found[0] == pytest.approx(found[1], rel=1e-6) if found[0] else found[0] == found[1], seed
