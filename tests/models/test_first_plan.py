"""The start by local search: a plan of the model itself, the same for a seed, and never another optimum."""

import dataclasses
import itertools
import random
import threading
from types import SimpleNamespace

import pyomo.environ as pyo
import pytest
from random_parks import random_park
from test_stars import assignment, by_enumeration, random_assignment
from toys import YEAR, exchange, option, two_plants

from models import run, start
from models.instance import FacilityData, PlaceData, SegmentData, UnitData
from models.park import build
from models.proxy import Proxy
from models.relaxation import Relaxation
from models.rules import Conflict, Neighbour
from models.solution import NoSolution
from models.solve import Options

#: Enough for parks of five units.
SHORT = start.Rule(tries=2, moves=100)


def found(instance, seed=0, **options):
    """The model with a start in its variables, and how it was solved; None for one without."""
    model = build(instance)
    return model, start.find(model, "cost", None, Options(seed=seed, **options), SHORT)


def proxy_of(instance) -> Proxy:
    model = build(instance)
    relaxed = Relaxation(model)
    relaxed.solve()
    return Proxy(model, "cost", relaxed)


def broken_rows(model) -> list[str]:
    """Rows, bounds and integralities that the values in the variables break."""
    broken = [
        row.name
        for row in model.component_data_objects(pyo.Constraint, active=True)
        if min(row.lslack(), row.uslack()) < -1e-6
    ]
    for v in model.component_data_objects(pyo.Var, active=True):
        low, high = v.bounds
        if not (low is None or v.value >= low - 1e-6) or not (high is None or v.value <= high + 1e-6):
            broken.append(v.name)
        if not v.is_continuous() and abs(v.value - round(v.value)) > 1e-9:
            broken.append(v.name)
    return broken


def test_every_start_satisfies_the_whole_model():
    # Parks with every rule there is; most have a start, and the model is left as it was: no variable stays fixed.
    starts = 0
    for seed in range(40):
        try:
            model, result = found(random_park(seed))
        except NoSolution:
            continue
        assert not [v.name for v in model.component_data_objects(pyo.Var) if v.fixed]
        if result is not None:
            starts += 1
            assert broken_rows(model) == []
            assert pyo.value(model.goal_value["cost"]) == pytest.approx(result.objective, abs=1e-5)
    assert starts >= 15


@pytest.mark.parametrize("goal", ["cost", "waste"])
def test_the_optimum_is_the_same_with_and_without(goal):
    for seed in range(20):
        values = []
        for how in ("off", "search"):
            try:
                values.append([stage.objective for stage in run.plan(random_park(seed), goal, start=how).plan.stages])
            except NoSolution as end:
                values.append([end.reason])
        without, searched = (value[0] for value in values)
        assert without == (searched if isinstance(searched, str) else pytest.approx(searched, rel=2e-6, abs=1e-5))


def test_a_seed_gives_one_start():
    instance = assignment(*random_assignment(3)[:2])
    first, again = (found(instance, seed=7)[0] for _ in range(2))
    values = [[v.value for v in m.component_data_objects(pyo.Var)] for m in (first, again)]
    assert values[0] == values[1]


@pytest.mark.parametrize("seed", range(6))
def test_small_assignments_are_solved_by_the_search_alone(seed):
    # Four plants on four plots, 24 sitings: the search tries 800 moves, and the proxy is the goal itself.
    flow, distance, both = random_assignment(seed)
    _, result = found(assignment(flow, distance))
    assert result.objective == pytest.approx(by_enumeration(flow, distance, [1] * 4, both))


def test_the_proxy_is_exact_for_one_exchange():
    # Apart: 10 x 2 + 8 x 5 = 60; the link costs 20 and avoids 8 x 2 + 8 x 5 = 56, so 24. It joins A and B only.
    proxy = proxy_of(two_plants())
    proxy.place({"kiln": "A", "mill": "B"})
    assert proxy.cost == pytest.approx(24.0)
    assert proxy.change((("kiln", "B"), ("mill", "A"))) == pytest.approx(0.0)


def test_two_takers_share_one_source():
    # A second mill wants the same ash: the first takes 8, which leaves 2, and 2 x 7 = 14 do not pay a link of 20.
    # Without any 10 x 2 + 2 x 8 x 5 = 100; with one link 100 - (56 - 20) = 64.
    base = two_plants()
    second = exchange("ash", "more", {"truck": option(8.0, [("A", "B")])})
    instance = dataclasses.replace(
        base,
        units={**base.units, "mill2": UnitData("plant")},
        admissible={**base.admissible, "mill2": ("B",)},
        places={"A": PlaceData(), "B": PlaceData(tenants=2)},
        sinks={**base.sinks, "more": dataclasses.replace(base.sinks["clay"], unit="mill2")},
        exchanges={**base.exchanges, "e2": second},
        effects={
            **base.effects,
            "built": {**base.effects["built"], ("e2", "truck"): {"cost": 20.0}},
            "supplied": {**base.effects["supplied"], ("more", YEAR): {"cost": 5.0}},
        },
    )
    proxy = proxy_of(instance)
    proxy.place({"kiln": "A", "mill": "B", "mill2": "B"})
    assert proxy.cost == pytest.approx(64.0)


def test_changes_of_moves_add_up():
    # What a walk of 300 moves says it changed is what the siting at its end costs, rules broken included.
    for seed in range(10):
        try:
            proxy = proxy_of(random_park(seed))
        except NoSolution:
            continue
        r = random.Random(seed)
        proxy.place(proxy.first())
        for _ in range(300):
            move = proxy.draw(r)
            proxy.make(move, proxy.change(move))
        walked = proxy.cost
        proxy.place(proxy.siting)
        assert walked == pytest.approx(proxy.cost, rel=1e-6, abs=1e-6)


def test_rules_of_siting_are_counted():
    base = two_plants()
    both = {"kiln": "A", "mill": "A"}
    apart = {"kiln": "A", "mill": "B"}
    assert proxy_of(base).broken(both) == 1  # one tenant a place
    room = {"A": PlaceData(4.0, tenants=2), "B": PlaceData()}
    large = {k: UnitData("plant", area=3.0) for k in base.units}
    assert proxy_of(dataclasses.replace(base, places=room)).broken(both) == 0
    assert proxy_of(dataclasses.replace(base, places=room, units=large)).broken(both) == 1  # 6 ha on 4
    conflict = (Conflict("apart", "kiln", "A", "mill", ("B",)),)
    assert proxy_of(dataclasses.replace(base, conflicts=conflict)).broken(apart) == 1
    neighbour = (Neighbour("near", "kiln", "A", "mill", ("A",)),)
    assert proxy_of(dataclasses.replace(base, neighbours=neighbour)).broken(apart) == 1
    optional = {**base.units, "x": UnitData("plant", optional=True)}
    more = dataclasses.replace(
        base, units=optional, admissible={**base.admissible, "x": ("C",)}, places={**base.places, "C": PlaceData()},
        tenants_at_least=1,
    )  # fmt: skip
    assert proxy_of(more).broken({**apart, "x": None}) == 1
    assert proxy_of(more).broken({**apart, "x": "C"}) == 0


def test_at_most_so_many_facilities():
    base = two_plants()
    works = {f"works{n}": UnitData("facility") for n in range(2)}
    instance = dataclasses.replace(
        base, units={**base.units, **works}, admissible={**base.admissible, "works0": ("C",), "works1": ("D",)},
        places={**base.places, "C": PlaceData(), "D": PlaceData()},
        facilities={k: FacilityData({"g": SegmentData(0.0, 1.0)}, {YEAR: 1.0}) for k in works},
        at_most={"one": (tuple(works), 1)},
    )  # fmt: skip
    siting = {"kiln": "A", "mill": "B"}
    for there in itertools.product((False, True), repeat=2):
        places = {"works0": "C" if there[0] else None, "works1": "D" if there[1] else None}
        assert proxy_of(instance).broken({**siting, **places}) == int(all(there))


def test_an_interrupt_ends_the_search_without_a_start():
    event = threading.Event()
    event.set()
    _, result = found(assignment(*random_assignment(0)[:2]), interrupt=event)
    assert result is None
    asked = []
    _, result = found(assignment(*random_assignment(0)[:2]), interrupt=lambda: bool(asked.append(1)) or len(asked) > 2)
    assert result is None
    assert len(asked) < 10


def test_a_time_limit_cuts_the_search_but_leaves_time_for_the_model(monkeypatch):
    # Without time there is none. A clock that jumps beyond half of the limit once the search has begun ends it at once;
    # the siting it holds is completed all the same.
    instance = assignment(*random_assignment(0)[:2])
    assert found(instance, time_limit=0.0)[1] is None
    seconds = iter([0.0] * 2)
    monkeypatch.setattr(start, "time", SimpleNamespace(perf_counter=lambda: next(seconds, 600.0)))
    model, result = found(instance, time_limit=1000.0)
    assert result is not None
    assert broken_rows(model) == []


def test_the_rule_asks_for_free_siting():
    # Two plants on two plots: 2 pairs. With the thresholds below that a search is worth it, with one place each never.
    assert start.free_pairs(two_plants()) == 2
    assert not start.worth(two_plants())
    assert start.worth(two_plants(), start.Rule(units=2, pairs=2))
    fixed = two_plants(admissible={"kiln": ("A",), "mill": ("B",)})
    assert start.free_pairs(fixed) == 0


def test_the_start_is_reported():
    facts = run.plan(two_plants(), start="search").plan.facts
    assert facts["start_objective"] == pytest.approx(24.0)
    assert "start_s" in facts
    assert "start_s" not in run.plan(two_plants()).plan.facts
    with pytest.raises(ValueError, match='start is "off"'):
        run.plan(two_plants(), start="warm")
