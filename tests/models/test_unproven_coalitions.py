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
    cheap = dataclasses.replace(d, totals={**d.totals, "shadow_carbon": {}})

    def loose(model, options):
        result = whole(model, options)
        return dataclasses.replace(result, bound=result.objective - 3.0, gap=0.5)

    units, model = list(d.units), Members(cheap, None)
    proven = model.together(units, Options())
    monkeypatch.setattr("models.coalition.bilinear.solve", loose)
    found = model.together(units, Options())
    assert found.how == "feasible"
    assert found.cost == pytest.approx(proven.cost)
    assert found.least == pytest.approx(found.cost - 3.0)
    # with a shadow price the gap may lie in carbon: a plan 30 cheaper with 27 more of shadow carbon is within 3, too
    assert Members(d, None).together(units, Options()).least == -math.inf


def test_alone_is_solved_to_its_end_whatever_the_gap(monkeypatch):
    d, seen = random_park(13), []
    model = Members(d, None)
    whole = model._cost
    monkeypatch.setattr(model, "_cost", lambda options: seen.append(options.gap) or whole(options))
    model.alone(list(d.units), Options(0.1))
    model.together(list(d.units), Options(0.1))
    assert seen == [1e-6, 0.1]  # as every baseline: a gap of the cost alone would be taken for a gain
