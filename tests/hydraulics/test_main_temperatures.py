"""Temperatures in mains: how far water comes, and how much more would arrive warm; by hand and on random trees."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.hydraulics.temperatures import TOLERANCE_K, Loop, Reach, least_factor, longest_way, temperatures

HOT, COLD = Loop(90.0, 60.0, 10.0, 85.0), Loop(4.0, 12.0, 20.0, 6.0)
TREES = st.lists(
    st.tuples(st.integers(0, 5), st.floats(10.0, 3000.0), st.floats(0.1, 1.0), st.floats(0.01, 2.0)),
    min_size=1,
    max_size=6,
)


def tree(branches):
    """(Reaches, what is sent in at the root, what each node takes, way from the root to each node) of a tree."""
    parents = {f"n{k + 1}": f"n{parent % (k + 1)}" for k, (parent, *_) in enumerate(branches)}
    taken = {f"n{k + 1}": heat for k, (*_, heat) in enumerate(branches)}
    flow, way = dict(taken), {"n0": 0.0}
    for node in reversed(parents):
        flow[parents[node]] = flow.get(parents[node], 0.0) + flow[node]
    reaches = []
    for (node, parent), (_, metres, transfer, _) in zip(parents.items(), branches, strict=True):
        reaches.append(Reach(parent, node, flow[node], transfer, metres))
        way[node] = way[parent] + metres
    return reaches, {"n0": sum(taken.values())}, taken, way


def test_longest_way_by_hand():
    """At 1 kW/K in 0.3 W/m/K: 80 exp(-0.3 L / 1000) = 74.95, with 0.05 K to spare, after 217 m; what cools likewise."""
    assert longest_way(HOT, 1000 / 0.3) == pytest.approx(1000 / 0.3 * math.log(80 / 74.95))
    assert longest_way(COLD, 1000 / 0.3) == pytest.approx(1000 / 0.3 * math.log(16 / 13.95))
    assert longest_way(HOT, math.inf) == math.inf
    assert longest_way(Loop(90.0, 60.0, 95.0, 85.0), 1.0) == math.inf  # warm ground takes nothing
    assert longest_way(HOT, 0.0) == 0.0


def test_least_factor_by_hand():
    """1 km of 0.3 W/m/K asks for 300 / ln(80/75) = 4648 W/K, and 25 K x 4648 W/K = 116.2 kW."""
    reaches = [Reach("a", "b", 0.05, 0.3, 1000.0)]
    assert least_factor(reaches, {"a": 0.05}, {"b": 0.05}, HOT, "b") == pytest.approx(0.1162 / 0.05, rel=1e-3)
    assert least_factor(reaches, {"a": 0.05}, {"b": 0.2}, HOT, "b") == 1.0
    beyond = Loop(85.0, 60.0, 10.0, 85.1)
    assert least_factor(reaches, {"a": 0.05}, {"b": 0.05}, beyond, "b") == math.inf


@settings(max_examples=20, deadline=None)
@given(TREES, st.sampled_from([HOT, COLD]))
def test_what_is_beyond_the_longest_way_arrives_too_cold_whatever_flows(branches, loop):
    reaches, sent, taken, way = tree(branches)
    best = sum(taken.values()) * 1e6 / abs(loop.least - loop.back) / min(one.transfer for one in reaches)
    at, _ = temperatures(reaches, sent, taken, loop)
    for node in taken:
        short = at[node] - loop.least if loop is COLD else loop.least - at[node]
        if short <= TOLERANCE_K:
            assert way[node] <= longest_way(loop, best) * (1 + 1e-9)


@settings(max_examples=20, deadline=None)
@given(TREES)
def test_times_the_least_factor_it_arrives_as_it_must(branches):
    reaches, sent, taken, _ = tree(branches)
    for node in taken:
        factor = least_factor(reaches, sent, taken, HOT, node)
        if math.isfinite(factor):
            at, _ = temperatures(reaches, sent, {**taken, node: factor * taken[node]}, HOT)
            assert at[node] >= HOT.least - 1e-6
            if factor > 1.001:
                less, _ = temperatures(reaches, sent, {**taken, node: 0.999 * factor * taken[node]}, HOT)
                assert less[node] < HOT.least
