"""What a limit or a gap leaves open is told as an interval."""

import math

import pytest
from random_parks import random_park

from models.coalition import Cost, Members
from models.solution import NoSolution
from models.solve import Options


def test_a_limit_before_any_plan_leaves_a_bound_at_most(monkeypatch):
    d = random_park(13)
    model = Members(d, None)

    def stopped(*_arguments):
        raise NoSolution("limit", bound=-7.0)

    monkeypatch.setattr("models.coalition.bilinear.solve", stopped)
    found = model.together(list(d.units), Options())
    assert found == Cost(math.inf, -math.inf, "limit")  # optional plants have margins: the bound is not one on cost
    assert not found.proven


def test_a_gap_leaves_an_interval(monkeypatch):
    import dataclasses

    from models import bilinear

    d, whole = random_park(13), bilinear.solve

    def loose(model, options):
        result = whole(model, options)
        return dataclasses.replace(result, bound=result.objective - 3.0, gap=0.5)

    units, model = list(random_park(13).units), Members(d, None)
    proven = model.together(units, Options())
    monkeypatch.setattr("models.coalition.bilinear.solve", loose)
    found = model.together(units, Options())
    assert found.how == "feasible"
    assert found.cost == pytest.approx(proven.cost)
    assert found.least == pytest.approx(found.cost - 3.0)
