"""Flows by places that sizes and states share: fewer variables, the same plans, told by size and state."""

import dataclasses

import pytest
from brute_force import least_cost
from random_parks import random_park
from toys import exchange, park

from models import run
from models import solve as bridge
from models.instance import OptionData, PairData, PlaceData, SinkData, SourceData, StateData, UnitData
from models.park import build
from models.relaxation import relaxation_bound

PAIRS = (("A", "B"), ("B", "A"))
STATES = ("winter", "summer")
HAUL = {("A", "B"): 3.0, ("B", "A"): 1.0}


def two_seasons(*, dearer=0.0, weights=(1.0, 1.0), owed=0.0, shared=0.0):
    """Kiln and mill on A or B, two sizes of a truck; a tonne costs 3 from A to B and 1 from B to A.

    10 t of ash in winter and 4 in summer, dumped at 2; 8 and 4 t of clay, else bought at 5. Small: 4 t a season for 5,
    large: 8 t in winter and 4 in summer for 20. Alone 14 x 2 + 12 x 5 = 88. Large from B to A: 20 + 2 x 2 + 12 = 36;
    small: 5 + 6 x 2 + 4 x 5 + 8 = 45.
    """
    pairs = {pair: PairData(dict.fromkeys(STATES, owed) if owed else {}, shared) for pair in PAIRS}
    sizes = {
        "small": OptionData({"winter": 4.0, "summer": 4.0}, pairs),
        "large": OptionData({"winter": 8.0, "summer": 4.0}, pairs, order=1),
    }
    haul = {
        ("e", s, p, q, t): {"cost": HAUL[p, q] + (dearer if t == "summer" else 0.0)}
        for s in sizes
        for p, q in PAIRS
        for t in STATES
    }
    return park(
        states={t: StateData(weight=w) for t, w in zip(STATES, weights, strict=True)},
        units={"kiln": UnitData("plant"), "mill": UnitData("plant")},
        places={"A": PlaceData(), "B": PlaceData()},
        admissible={"kiln": ("A", "B"), "mill": ("A", "B")},
        sources={"ash": SourceData("kiln", {"winter": 10.0, "summer": 4.0})},
        sinks={"clay": SinkData("mill", {"winter": 8.0, "summer": 4.0})},
        exchanges={"e": exchange("ash", "clay", sizes)},
        effects={
            "built": {("e", "small"): {"cost": 5.0}, ("e", "large"): {"cost": 20.0}},
            "pair_flow": haul,
            "discharged": {("ash", t): {"cost": 2.0} for t in STATES},
            "supplied": {("clay", t): {"cost": 5.0} for t in STATES},
        },
    )


def test_one_variable_a_pair_holds_all_sizes_and_seasons():
    model = build(two_seasons())
    assert set(model.pair_flow) == {("e", "small", p, q, "winter") for p, q in PAIRS}
    assert bridge.solve(model).objective == pytest.approx(36.0)


def test_a_plan_tells_them_apart():
    values = run.plan(two_seasons()).plan.values["pair_flow"]
    assert values == pytest.approx({("e", "large", "B", "A", "winter"): 8.0, ("e", "large", "B", "A", "summer"): 4.0})


def test_accounts_are_those_of_the_flows_told():
    # Winter counts half, summer a quarter. Large: 20 + 0.5 (2 x 2 + 8) + 0.25 x 4 = 27; small: 5 + 0.5 (6 x 2 + 4 x 5
    # + 4) + 0.25 x 4 = 24.
    solution = run.plan(two_seasons(weights=(0.5, 0.25))).plan
    assert solution.totals["total_annual_cost"] == pytest.approx(24.0)
    assert solution.values["pair_flow"] == pytest.approx({("e", "small", "B", "A", t): 4.0 for t in STATES})


def test_what_costs_more_in_summer_has_its_own_variable():
    # 0.5 more a tonne in summer: 36 + 4 x 0.5 = 38.
    model = build(two_seasons(dearer=0.5))
    assert set(model.pair_flow) == {("e", "small", p, q, t) for p, q in PAIRS for t in STATES}
    assert bridge.solve(model).objective == pytest.approx(38.0)


def test_what_loses_a_share_has_a_variable_for_each_size_and_season():
    # A quarter is lost: of 8 and 4 t, 6 and 3 arrive: 36 + 3 x 5 = 51; in the small one 6 arrive of 8:
    # 5 + 6 x 2 + 6 x 5 + 8 = 55.
    model = build(two_seasons(shared=0.25))
    assert len(model.pair_flow) == 8
    assert bridge.solve(model).objective == pytest.approx(51.0)


def test_sizes_together_leave_the_relaxation_as_it_is():
    """A haul that differs by size by next to nothing keeps all variables apart."""
    dearer = two_seasons(dearer=0.5)
    effects = {
        index: {"cost": booked["cost"] + (1e-9 if index[1] == "large" else 0.0)}
        for index, booked in dearer.effects["pair_flow"].items()
    }
    apart = dataclasses.replace(dearer, effects={**dearer.effects, "pair_flow": effects})
    assert len(build(apart).pair_flow) == 2 * len(build(dearer).pair_flow)
    assert relaxation_bound(build(apart)) == pytest.approx(relaxation_bound(build(dearer)), abs=1e-6)


def _even(instance):
    """The park with hauls that cost the same in all sizes and states."""
    haul = instance.effects.get("pair_flow", {})
    first = {}
    for (e, _, p, q, _), booked in haul.items():
        first.setdefault((e, p, q), booked)
    even = {index: first[index[0], index[2], index[3]] for index in haul}
    return dataclasses.replace(instance, effects={**instance.effects, "pair_flow": even})


def test_random_parks_of_two_states_agree_with_every_siting():
    states = {"w": StateData(4000.0), "s": StateData(4760.0)}
    together = 0
    for seed in range(24):
        instance = _even(random_park(seed, states))
        expected = least_cost(instance)
        if expected == float("inf"):
            continue
        model = build(instance)
        together += any(len(members) > 1 for members in model.alike.values())
        assert bridge.solve(model).objective == pytest.approx(expected, abs=1e-5), seed
    assert together >= 3
