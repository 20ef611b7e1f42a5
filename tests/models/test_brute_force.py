"""HiGHS on the model against every siting and every opening, on random tiny parks that hold every rule."""

import math

import pytest
from brute_force import least_cost
from random_parks import random_park
from seeds import more

from models import solve as bridge
from models.instance import StateData
from models.park import build
from models.run import cut_stars
from models.solution import NoSolution


def _models(instance):
    """The model of a park without stars, with those that cut and with all; one that has none to add is not made."""
    model = build(instance)
    yield "off", model
    for stars in ("cuts", "all") if model.stars_of else ():
        model = build(instance)
        if cut_stars(model, stars)["star_rows"]:
            yield stars, model


def _agree(seed: int, *, every_link: bool = False) -> bool:
    """Compare one park; False where both find it infeasible."""
    instance = random_park(seed)
    expected = least_cost(instance, every_link=every_link)
    for stars, model in _models(instance):
        if expected == math.inf:
            with pytest.raises(NoSolution, match="infeasible|trivially"):
                bridge.solve(model)
        else:
            assert bridge.solve(model).objective == pytest.approx(expected, abs=1e-5), (seed, stars)
    return expected < math.inf


#: Of 20 parks a block, how many have a plan; the others are infeasible, and both sides have to say so.
PLANS = (12, 8, 11, 11, 10, 9, 13, 11, 12, 9)


@pytest.mark.parametrize("block", [*range(5), *more(range(5, 10), 2)])
def test_model_finds_the_least_cost_of_every_siting(block):
    assert sum(_agree(seed) for seed in range(20 * block, 20 * block + 20)) == PLANS[block]


def test_more_than_a_hundred_plans_are_compared():
    assert sum(PLANS) > 100


def test_model_finds_the_least_cost_of_every_set_of_links():
    # Here nothing is left to a mixed-integer solver on the other side: each subset of the options is an LP.
    small = [seed for seed in range(60) if sum(len(x.options) for x in random_park(seed).exchanges.values()) <= 4]
    assert sum(_agree(seed, every_link=True) for seed in small[:10]) >= 3


@pytest.mark.parametrize("seed", [230, 993, 1192, 1510, 2324, 2422, 3404])
def test_a_park_that_the_presolve_calls_infeasible_has_its_plan(seed):
    """HiGHS 1.15.1 and scipy's HiGHS call these parks infeasible with presolve, and solve them without."""
    assert _agree(seed)


@pytest.mark.parametrize("block", more(range(10), 3))
def test_model_finds_the_least_cost_on_many_more_parks(block):
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        _agree(seed)


def test_random_parks_hold_every_rule():
    # What the comparison above covers: each rule of the model has rows in some of these parks.
    import pyomo.environ as pyo

    seen: set[str] = set()
    seasons = {"winter": StateData(4000.0), "summer": StateData(4760.0)}
    for seed in range(60):
        model = build(random_park(seed, seasons if seed % 3 == 0 else None))
        cut_stars(model, "all")
        seen |= {c.doc for c in model.component_objects(pyo.Constraint) if len(c)}
    everything = {c.doc for c in build(random_park(0)).component_objects(pyo.Constraint)}
    networks = {tag for tag in everything if tag[0] in "MPWDHZ"}  # these have parks of their own: test_networks.py
    mixing = {tag for tag in everything if tag[0] in "AOQRNUVY"} | {"E13", "E14", "F12"}  # and these: test_mixing.py
    credits = {"I3", "I4"}  # test_credits.py
    several = {"J7"}  # and this: test_storage_simulation.py
    heat = {tag for tag in everything if tag[0] == "C"} | {"B7"}  # and these: test_cascade.py, test_heat_by_hand.py
    heat |= {"X1", "L10"}  # test_converters_by_hand.py, test_pipes_by_temperature.py
    land = {"S11", "S12", "S13", "F13", "F14"}  # and these: test_land_by_size.py
    land |= {tag for tag in everything if tag[0] == "h"}  # test_hours.py
    asked = {"i1", "i2"}  # and these: test_unbuilt.py
    assert everything - networks - mixing - several - heat - land - credits - asked - seen == set()
