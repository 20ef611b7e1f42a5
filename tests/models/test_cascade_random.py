"""Cascades of random streams: the model against the problem table, a transportation problem, and itself."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from toys import park

from models.instance import PlaceData, SinkData, SourceData, UnitData
from models.park import build
from models.solution import NoSolution
from models.solve import solve
from planner.case.plants import Take
from planner.heat.by_media import SitePlant, serves
from planner.heat.cascade import Medium, cascade_of
from planner.heat.intervals import intervals, spread
from planner.heat.of_case import PlantMedium
from planner.heat.pinch import problem_table
from planner.heat.streams import HeatStream
from planner.heat.verify import uphill

sys.path.insert(0, str(Path(__file__).parents[1] / "heat"))
from heat_sets import stream_sets  # noqa: E402

CLOSE = pytest.approx
YEAR = "year"
TOP = HeatStream("top", 500.0, 500.0, kind="hot")
BOTTOM = HeatStream("bottom", -150.0, -150.0, kind="cold")
ENDS = {"top": Medium(TOP), "bottom": Medium(BOTTOM)}


def least(cascade, prices, given=None):
    """Least cost of the media of one plant; ``given`` are sold at their price up to a limit, else disposed of."""
    return solved(cascade, prices, given)[1]


def solved(cascade, prices, given=None):
    """The same with the solved model."""
    given = given or {}
    taken = [n for n in cascade.media if n not in given]
    d = park(
        units={"plant": UnitData("partner")},
        places={"A": PlaceData()},
        admissible={"plant": ("A",)},
        sinks={n: SinkData("plant", {YEAR: 1.0}, medium=("heat", n)) for n in taken},
        sources={
            n: SourceData("plant", {YEAR: 1.0}, dischargeable=True, sale_limit=limit, medium=("heat", n))
            for n, limit in given.items()
        },
        effects={
            "supplied": {(n, YEAR): {"cost": prices.get(n, 0.0)} for n in taken},
            "sold": {(n, YEAR): {"cost": -prices[n]} for n, limit in given.items() if limit},
            "discharged": {(n, YEAR): {"cost": 0.01} for n in given},
        },
        cascades={"heat": cascade},
    )
    model = build(d)
    return model, solve(model).objective


def named(streams):
    return {f"{s.name} {k}": s for k, s in enumerate(streams)}


def matches(streams, picks):
    """Some pairs of a hot and a cold stream."""
    known = named(streams)
    pairs = [(i, j) for i, a in known.items() for j, b in known.items() if a.hot and not b.hot]
    return [pair for pair, pick in zip(pairs, picks, strict=False) if pick]


def transport(streams, barred):
    """Least hot utility by a transportation problem from parts of hot to parts of cold streams (Cerda et al. 1983)."""
    known = {**named(streams), "top": TOP, "bottom": BOTTOM}
    bounds = intervals(known.values())
    parts = {n: spread(s, bounds) for n, s in known.items()}
    free = 1e5
    hot = [(n, k, s.load * x) for n, s in known.items() if s.hot for k, x in parts[n].items() if n != "top"]
    cold = [(n, k, s.load * x) for n, s in known.items() if not s.hot for k, x in parts[n].items() if n != "bottom"]
    hot.append(("top", 0, free))
    cold.append(("bottom", len(bounds) - 1, free))
    ways = [
        (a, b) for a, i in enumerate(hot) for b, j in enumerate(cold) if i[1] <= j[1] and (i[0], j[0]) not in barred
    ]
    rows_hot, rows_cold = np.zeros((len(hot), len(ways))), np.zeros((len(cold), len(ways)))
    for k, (a, b) in enumerate(ways):
        rows_hot[a, k] = rows_cold[b, k] = 1.0
    cost = [1.0 if hot[a][0] == "top" and cold[b][0] != "bottom" else 0.0 for a, b in ways]
    exact_hot, exact_cold = rows_hot[:-1], rows_cold[:-1]
    found = linprog(
        cost,
        A_ub=np.vstack([rows_hot[-1:], rows_cold[-1:]]),
        b_ub=[free, free],
        A_eq=np.vstack([exact_hot, exact_cold]),
        b_eq=[x for *_, x in hot[:-1]] + [x for *_, x in cold[:-1]],
    )
    assert found.status == 0, found.message
    return found.fun


@settings(max_examples=60, deadline=None)
@given(stream_sets())
def test_the_model_is_the_problem_table(streams):
    target = problem_table(streams)
    cascade = cascade_of("plant", named(streams), ENDS)
    assert least(cascade, {"top": 1.0}) == CLOSE(target.hot_utility, rel=1e-6, abs=1e-6)
    assert least(cascade, {"bottom": 1.0}) == CLOSE(target.cold_utility, rel=1e-6, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(stream_sets(2, 6), st.lists(st.booleans(), min_size=9, max_size=9))
def test_forbidden_matches_are_a_transportation_problem(streams, picks):
    barred = matches(streams, picks)
    cascade = cascade_of("plant", named(streams), ENDS, forbidden=barred)
    assert least(cascade, {"top": 1.0}) == CLOSE(transport(streams, barred), rel=1e-6, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(stream_sets(2, 6), st.lists(st.booleans(), min_size=9, max_size=9), st.integers(0, 300))
def test_no_heat_of_a_plan_runs_uphill(streams, picks, warm):
    # The check knows temperatures and the loads that the model found, and no model.
    barred = matches(streams, picks)
    media = {**ENDS, "warm": Medium(HeatStream("warm", warm + 20.0, float(warm)), heat=0.5)}
    cascade = cascade_of("plant", named(streams), media, forbidden=barred)
    model, _ = solved(cascade, {"top": 2.0, "warm": 0.5, "bottom": 0.1})
    parts = {name: [stream] for name, stream in named(streams).items()}
    for name, medium in media.items():
        load = medium.heat * max(0.0, model.medium["heat", name, YEAR].value)
        parts[name] = [dataclasses.replace(medium.stream, load=load)]
    given = sum(part.load for by in parts.values() for part in by)
    assert uphill(parts, barred) <= 1e-6 * (1 + given)


@settings(max_examples=60, deadline=None)
@given(stream_sets(1, 5), st.integers(0, 300), st.integers(0, 300), st.sampled_from([0.0, 30.0]))
def test_a_cascade_has_a_solution_where_its_media_serve_it(streams, hot, cold, glide):
    # ``serves`` is a linear program of its own. At its very top a medium that glides has no heat for a stream of one
    # temperature, however much of it there is.
    ends = {
        "hot": HeatStream("hot", hot + glide, float(hot), 1.0, kind=None if glide else "hot"),
        "cold": HeatStream("cold", float(cold), cold + glide, 1.0, kind=None if glide else "cold"),
    }
    media = {name: Medium(stream) for name, stream in ends.items()}
    stated = [PlantMedium("takes", name, Take(), name, (stream,), 1.0) for name, stream in ends.items()]
    if serves(SitePlant(named(streams), stated), {}):
        least(cascade_of("plant", named(streams), media), {"hot": 1.0})
    else:
        with pytest.raises((NoSolution, ValueError)):
            least(cascade_of("plant", named(streams), media), {"hot": 1.0})


@settings(max_examples=40, deadline=None)
@given(stream_sets(2, 6), st.lists(st.booleans(), min_size=9, max_size=9))
def test_a_forbidden_match_never_lowers_a_utility(streams, picks):
    barred = matches(streams, picks)
    costs = [
        least(cascade_of("plant", named(streams), ENDS, forbidden=barred[:n]), {"top": 1.0, "bottom": 0.1})
        for n in range(min(3, len(barred)) + 1)
    ]
    assert all(later >= earlier - 1e-6 * (1 + earlier) for earlier, later in zip(costs, costs[1:], strict=False))


@settings(max_examples=40, deadline=None)
@given(stream_sets(2, 6), st.floats(0.5, 20.0), st.lists(st.booleans(), min_size=9, max_size=9))
def test_more_approach_never_lowers_a_utility(streams, more, picks):
    barred = matches(streams, picks)[:2]
    wider = [dataclasses.replace(s, contribution=s.contribution + more) for s in streams]
    near, far = (least(cascade_of("plant", named(x), ENDS, forbidden=barred), {"top": 1.0}) for x in (streams, wider))
    assert far >= near - 1e-6 * (1 + near)


LEVELS = st.lists(st.tuples(st.integers(0, 380), st.sampled_from([0, 0, 20, 60])), min_size=1, max_size=3)


WANTED = st.lists(st.sampled_from([0.0, 0.0, 3.0, 20.0]), min_size=3, max_size=3)
#: Hot water of 79/19 whose tail must find a place in water that it makes; found by another seed.
GLIDING = HeatStream("cold", 55.0, 60.0, 1.0)


@settings(max_examples=20, deadline=None)
@given(stream_sets(1, 5), LEVELS, LEVELS, WANTED, st.floats(0.0, 8.0), st.booleans())
@example([GLIDING], [(19, 60)], [(0, 60)], [0.0] * 3, 0.5, False)
@example([GLIDING], [(19, 60)], [(0, 60)], [20.0] * 3, 4.0, False)
@example([HeatStream("hot", 85.0, 75.0, 2.0)], [(140, 0)], [(60, 20)], [20.0] * 3, 4.0, False)
def test_bounds_of_media_cut_off_nothing(streams, taken, given_off, wanted, price, bar):
    # Media that glide, and media that are made, sold up to what others take and else disposed of, with bounds from the
    # data and with huge ones. What is sold may be worth more than what it is made of: it is let down.
    media = dict(ENDS)
    prices = {"top": 5.0, "bottom": 0.2}
    for k, (t, glide) in enumerate(taken):
        media[f"in {k}"] = Medium(HeatStream("m", t + glide, t, kind=None if glide else "hot"), heat=0.5)
        prices[f"in {k}"] = 1.0 + k
    limits = {}
    for k, (t, glide) in enumerate(given_off):
        stream = HeatStream("m", t, t + glide, kind=None if glide else "cold")
        limits[f"out {k}"] = wanted[k]
        media[f"out {k}"] = Medium(stream, heat=0.7, wanted={YEAR: wanted[k]})
        prices[f"out {k}"] = price * (0.5 + 0.3 * k)
    tight = cascade_of("plant", named(streams), media, forbidden=matches(streams, [bar]))
    loose = dataclasses.replace(
        tight,
        media={n: dataclasses.replace(x, most={YEAR: 50.0 * x.most[YEAR] + 50.0}) for n, x in tight.media.items()},
    )
    assert least(tight, prices, limits) == CLOSE(least(loose, prices, limits), rel=1e-6, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(stream_sets(2, 5), st.integers(0, 10), st.floats(0.05, 0.95))
def test_splitting_a_stream_changes_nothing(streams, which, share):
    one = streams[which % len(streams)]
    between = round(one.supply + share * (one.target - one.supply), 6)
    if between in (one.supply, one.target):
        return
    part = one.load * (between - one.supply) / (one.target - one.supply)
    split = [s for s in streams if s is not one]
    split += [
        dataclasses.replace(one, target=between, load=part),
        dataclasses.replace(one, supply=between, load=one.load - part),
    ]
    before, after = (least(cascade_of("plant", named(x), ENDS), {"top": 1.0}) for x in (streams, split))
    assert after == CLOSE(before, rel=1e-6, abs=1e-6)
