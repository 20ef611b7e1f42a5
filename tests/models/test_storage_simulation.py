"""Stores against the year gone through hour by hour: contents of the plan, its optimum, and what storage is worth."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from splitting import split
from storage_toys import random_tank, tank_park, year
from toys import cost

from models.chronology import StoreData
from models.park import build
from models.solve import solve
from models.storage import course, order_of

SEEDS = range(40)


def _solved(instance):
    model = build(instance)
    result = solve(model)
    families = ("charged", "drawn", "between", "capacity")
    return result.objective, {f: {i: v.value for i, v in model.families[f].items()} for f in families}


def _passes(order):
    """(block, pass of the block, its passes, state) of every step of the year, in order."""
    for n, block in enumerate(order.blocks):
        for r in range(block.repeats):
            for t in order.groups[block.group]:
                yield n, r, block.repeats, t


def _simulated(instance, values, *, parts: int = 40):
    """Content at the end of each step of the year, with the even rates of the plan, in small parts of an hour.

    The midpoint rule: what comes in within a part decays over half of it. Also the lowest and highest on the way.
    """
    order, store = order_of(instance), instance.stores["tank"]
    content = values["between"]["tank", "0"]
    ends, lowest, highest = [], content, content
    for n, r, repeats, t in _passes(order):
        hours = instance.states[t].hours
        charged, drawn = values["charged"]["tank", t], values["drawn"]["tank", t]
        rate = (store.efficiency_in * charged - drawn / store.efficiency_out) / hours
        span = order.span(t, hours)
        steps = max(1, round(span * parts))
        dt = span / steps
        for _ in range(steps):
            content = content * (1 - store.loss) ** dt + rate * dt * (1 - store.loss) ** (dt / 2)
            lowest, highest = min(lowest, content), max(highest, content)
        ends.append((n, r, repeats, t, content))
    return ends, lowest, highest


@pytest.mark.parametrize("seed", SEEDS)
def test_content_stays_within_its_limits_all_year_and_the_year_closes(seed):
    instance = random_tank(seed)
    _, values = _solved(instance)
    ends, lowest, highest = _simulated(instance, values)
    capacity = values["capacity"]["tank", "g"]
    assert lowest >= -1e-4
    assert highest <= capacity + 1e-4
    assert ends[-1][-1] == pytest.approx(values["between"]["tank", "0"], abs=1e-4)
    levels = {(x.block, x.state): x for x in course(instance, values, "tank")}
    for n, r, repeats, t, content in ends:
        if r == 0:
            assert content == pytest.approx(levels[n, t].first, abs=1e-4)
        if r == repeats - 1:
            assert content == pytest.approx(levels[n, t].last, abs=1e-4)


def _hour_by_hour(d) -> float:
    """Least cost of a tank park with a content for every hour of the year; none of the model's own code.

    Columns: size, then charged, drawn, direct by state (rates per hour), then content at the beginning of each hour.
    """
    order, store, states = order_of(d), d.stores["tank"], list(d.states)
    hours = {t: d.states[t].hours for t in states}
    column = {(kind, t): 1 + 3 * n + m for n, t in enumerate(states) for m, kind in enumerate(("in", "out", "direct"))}
    ring = [t for _, _, _, t in _passes(order) for _ in range(round(order.span(t, hours[t])))]
    begin = 1 + 3 * len(states)
    width = begin + len(ring)
    keep = 1 - store.loss
    spread = 1.0 if store.loss == 0 else store.loss / -math.log(1 - store.loss)
    same, rows = [], []
    for n, t in enumerate(ring):
        row = np.zeros(width)
        row[begin + (n + 1) % len(ring)] += 1.0
        row[begin + n] -= keep
        row[column["in", t]] -= spread * store.efficiency_in
        row[column["out", t]] += spread / store.efficiency_out
        same.append(row)
        full = np.zeros(width)
        full[begin + n], full[0] = 1.0, -1.0
        rows.append((full, 0.0))
    for t in states:
        for rates, limits in (("in", (store.rate_in, store.largest_in)), ("out", (store.rate_out, store.largest_out))):
            if math.isfinite(limits[0]):
                row = np.zeros(width)
                row[column[rates, t]], row[0] = 1.0, -limits[0]
                rows.append((row, 0.0))
            if math.isfinite(limits[1]):
                row = np.zeros(width)
                row[column[rates, t]] = 1.0
                rows.append((row, limits[1]))
        for kind, most in (("in", d.sources["surplus"].amount[t]), ("out", d.sinks["heat"].amount[t])):
            row = np.zeros(width)
            row[column[kind, t]] = row[column["direct", t]] = 1.0
            rows.append((row, most / hours[t]))
    price = {t: d.effects["supplied"]["heat", t]["cost"] for t in states}
    c = np.zeros(width)
    c[0] = d.effects["capacity"]["tank", "g"]["cost"]
    for t in states:
        c[column["out", t]] = c[column["direct", t]] = -price[t] * hours[t]
    bounds = [(0, d.facilities["tank"].segments["g"].high)] + [(0, None)] * (width - 1)
    found = linprog(
        c, A_ub=[row for row, _ in rows], b_ub=[b for _, b in rows], A_eq=same, b_eq=np.zeros(len(same)), bounds=bounds
    )
    assert found.status == 0
    return found.fun + sum(price[t] * d.sinks["heat"].amount[t] for t in states)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_that_of_every_hour_of_the_year(seed):
    # Same rates in all hours of a state, contents told hour by hour: nothing is lost by telling blocks and passes only.
    instance = random_tank(seed)
    assert cost(instance) == pytest.approx(_hour_by_hour(instance), abs=1e-5)


def test_random_tanks_are_worth_looking_at():
    # Of those compared most use the tank, some with losses, some over several blocks.
    used = [seed for seed in SEEDS if sum(_solved(random_tank(seed))[1]["charged"].values()) > 1.0]
    assert len(used) >= 20
    assert sum(random_tank(seed).stores["tank"].loss > 0 for seed in used) >= 5
    assert sum(max(b.repeats for b in order_of(random_tank(seed)).blocks) > 1 for seed in used) >= 10


# What holds of all stores


def _with(instance, **numbers):
    return dataclasses.replace(instance, stores={"tank": dataclasses.replace(instance.stores["tank"], **numbers)})


def _sized(instance, high):
    segments = {"g": dataclasses.replace(instance.facilities["tank"].segments["g"], high=high)}
    return dataclasses.replace(
        instance, facilities={"tank": dataclasses.replace(instance.facilities["tank"], segments=segments)}
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), more=st.floats(1.0, 3.0))
def test_more_storage_never_costs_more(seed, more):
    instance = random_tank(seed)
    tank, least = instance.stores["tank"], cost(instance)
    better = (
        _sized(instance, instance.facilities["tank"].segments["g"].high * more),
        _with(instance, loss=tank.loss / more),
        _with(instance, rate_in=tank.rate_in * more, largest_out=tank.largest_out * more),
        _with(instance, efficiency_out=min(1.0, tank.efficiency_out * more)),
    )
    for changed in better:
        assert cost(changed) <= least + 1e-6


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), parts=st.integers(2, 3))
def test_splitting_a_step_changes_nothing(seed, parts):
    instance = random_tank(seed, lossless=True)
    assert cost(split(instance, parts)) == pytest.approx(cost(instance), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_with_losses_a_split_step_never_costs_more(seed):
    # Rates may differ in its parts: charging late loses less. That is what more states are for.
    instance = random_tank(seed)
    assert cost(split(instance)) <= cost(instance) + 1e-6


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_even_states_make_a_store_worthless(seed):
    # Need, surplus and price in proportion to the hours: the direct way does all that the tank could.
    drawn = random_tank(seed)
    hours = {t: state.hours for t, state in drawn.states.items()}
    r = np.random.default_rng(seed)
    made, needed = r.integers(0, 9, 2)
    even = tank_park(
        hours, {t: made * h for t, h in hours.items()}, {t: needed * h for t, h in hours.items()},
        drawn.stores["tank"], order=drawn.chronology,
    )  # fmt: skip
    assert cost(even) == pytest.approx(max(0.0, float(needed - made)) * sum(hours.values()))


@settings(max_examples=20, deadline=None)
@given(
    content=st.floats(0.0, 1.0), loss=st.floats(0.0, 0.5), repeats=st.integers(1, 6), net=st.floats(-1.0, 1.0),
    spans=st.lists(st.floats(0.5, 12.0), min_size=1, max_size=3),
)  # fmt: skip
def test_superposition_is_the_pass_by_pass_recursion(content, loss, repeats, net, spans):
    from models.chronology import decay, levels

    steps = tuple(f"s{n}" for n in range(len(spans)))
    order = year(("g", steps, repeats))
    hours = {t: repeats * span for t, span in zip(steps, spans, strict=True)}
    charged = {steps[0]: max(0.0, net) * repeats}
    drawn = {steps[-1]: max(0.0, -net) * repeats}
    store, left = StoreData(1.0, 1.0, loss=loss), decay(loss, order, hours)
    found = levels(store, order, hours, {0: content}, (charged, drawn))
    for n in range(repeats):
        for k, t in enumerate(steps):
            content = left.keep[t] * content + left.spread[t] * (charged.get(t, 0.0) - drawn.get(t, 0.0)) / repeats
            if n == 0:
                assert found[k].first == pytest.approx(content, abs=1e-7)
            if n == repeats - 1:
                assert found[k].last == pytest.approx(content, abs=1e-7)
