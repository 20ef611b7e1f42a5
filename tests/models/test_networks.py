"""Mains and trenches against every siting and every way, on random tiny parks."""

import functools

import pytest
from network_oracle import least_cost
from random_networks import random_network
from seeds import more

from models import solve as bridge
from models.mains import Strength
from models.park import build
from models.relaxation import relaxation_bound
from models.solution import NoSolution


def _model_cost(instance, strength=None) -> float:
    try:
        return bridge.solve(build(instance, strength)).objective
    except NoSolution:
        return float("inf")


@functools.cache
def _cost_of(seed: int) -> float:
    """Of a random network, with all that strengthens its model."""
    return _model_cost(random_network(seed))


@functools.cache
def _bound_of(seed: int) -> float | None:
    """Of the relaxation of a random network, likewise; None where there is none."""
    try:
        return relaxation_bound(build(random_network(seed)))
    except NoSolution:
        return None


@pytest.mark.parametrize("block", range(12))
def test_model_finds_the_least_cost_of_every_network(block):
    for seed in range(10 * block, 10 * block + 10):
        assert _cost_of(seed) == pytest.approx(least_cost(random_network(seed)), abs=1e-5), seed


WITHOUT = [Strength(**{name: False}) for name in ("reach", "one_binary", "by_end", "distance")]


@pytest.mark.parametrize("strength", [*WITHOUT, Strength(False, False, False, False)], ids=str)
def test_no_strengthening_changes_the_optimum(strength):
    for seed in range(20):
        assert _model_cost(random_network(seed), strength) == pytest.approx(_cost_of(seed), abs=1e-5), seed


@pytest.mark.parametrize("strength", WITHOUT, ids=str)
def test_no_strengthening_loosens_the_relaxation(strength):
    looser = 0
    for seed in range(40):
        full = _bound_of(seed)
        try:
            less = relaxation_bound(build(random_network(seed), strength))
        except NoSolution:
            continue
        if full is None:
            continue
        assert less <= full + 1e-6 * max(1.0, abs(full)), seed
        looser += less < full - 1e-6
    if strength.one_binary:  # one decision each way gives the same relaxation here: it only halves the binaries
        assert looser > 0


@pytest.mark.parametrize("block", more(range(8), 3))
def test_model_finds_the_least_cost_of_many_more_networks(block):
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        instance = random_network(seed)
        assert _model_cost(instance) == pytest.approx(least_cost(instance), abs=1e-5), seed


def test_random_networks_hold_every_rule():
    import pyomo.environ as pyo

    seen: set[str] = set()
    for seed in range(60):
        seen |= {c.doc for c in build(random_network(seed)).component_objects(pyo.Constraint) if len(c)}
    rules = (
        {f"M{k}" for k in range(1, 14)}
        | {"P1", "P2", "P3"}
        | {f"W{k}" for k in range(1, 7)}
        | {f"D{k}" for k in range(1, 6)}
    )
    assert rules - seen == set()
