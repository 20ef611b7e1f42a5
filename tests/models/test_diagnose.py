"""Which requirements clash, on parks where the answer can be seen."""

import dataclasses
import re

import pyomo.environ as pyo
import pytest
from toys import two_plants, with_exchange

from models import diagnose
from models.diagnose import clash, elastic
from models.instance import PlaceData
from models.rules import Conflict, Limit, Neighbour


def forced_within_budget(budget):
    limits = {"budget": Limit({"investment": 1.0}, budget), "waste": Limit({"waste": 1.0}, 11.0)}
    return dataclasses.replace(with_exchange(two_plants(), "e", forced=True), limits=limits)


def test_names_the_budget_and_the_forced_exchange():
    """The link costs 100 once and the budget is 80; the cap on waste (at most 10 t of 11) has no part in it."""
    found = clash(forced_within_budget(80.0))
    assert set(found.requirements) == {"limit:budget", "forced:e"}
    assert found.proven


def test_the_cheapest_way_out_is_the_smallest_share():
    """Raising 80 by 20 is a quarter of it; giving up the exchange is a whole requirement."""
    assert forced_relaxation(80.0) == pytest.approx({"limit:budget": 20.0})


def test_giving_up_the_exchange_is_cheaper_than_a_budget_six_times_as_large():
    """From 15 to 100 is 85 / 15 = 5.7 of the budget, dearer than one requirement given up."""
    assert forced_relaxation(15.0) == pytest.approx({"forced:e": 1.0})


def forced_relaxation(budget):
    return dict(clash(forced_within_budget(budget)).relaxations)


def test_neighbour_against_conflict():
    """The mill must stand beside the kiln, and must not: on A and B, which are neighbours, both rules meet."""
    neighbours = (
        Neighbour("neighbour:mill / kiln", "mill", "A", "kiln", ("B",)),
        Neighbour("neighbour:mill / kiln", "mill", "B", "kiln", ("A",)),
    )
    conflicts = (
        Conflict("separation:0", "mill", "A", "kiln", ("B",)),
        Conflict("separation:0", "mill", "B", "kiln", ("A",)),
    )
    found = clash(two_plants(neighbours=neighbours, conflicts=conflicts))
    assert set(found.requirements) >= {"separation:0"}
    assert len(found.relaxations) == 1


def test_a_place_too_small_is_named_with_its_hectares():
    """Both need a plot; there is A, and B only if the mill's need of 4 ha against 2.1 ha gives way by 1.9."""
    park = two_plants(violations={("mill", "B"): {"area:mill": 1.9}, ("kiln", "B"): {"zone:kiln": 1.0}})
    park = dataclasses.replace(park, places={"A": PlaceData(), "B": PlaceData()})
    found = clash(park)
    assert set(found.requirements) & {"area:mill", "zone:kiln"}
    (name, amount), *rest = found.relaxations.items()
    assert not rest
    assert amount == {"area:mill": 1.9, "zone:kiln": 1.0}[name]


def test_a_feasible_park_needs_no_relaxation():
    """Nothing is forced: no plan is asked to give."""
    assert clash(two_plants()).relaxations == {}


def test_every_row_is_in_the_formulation():
    """Tags in the text are the tags in the model."""
    m = elastic(forced_within_budget(80.0))
    written = set(re.findall(r"\((X\d+)\)", diagnose.__doc__))
    coded = {c.doc for c in m.component_objects([pyo.Constraint, pyo.Objective]) if str(c.doc).startswith("X")}
    assert coded == written


def test_without_time_nothing_is_said_to_be_proven():
    """No limit may be mistaken for a proof: all requirements stay named."""
    found = clash(forced_within_budget(80.0), time_limit=0.0)
    assert not found.proven
    assert set(found.requirements) >= {"limit:budget", "forced:e"}
