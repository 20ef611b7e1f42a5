"""A feasible case has a plan: what there is where the search for flows and contents finds none."""

import pytest
from mixing_cases import pooling, treatment

from models import bilinear, plans, search
from models.park import build
from models.solution import NoSolution
from models.solve import Options


@pytest.fixture
def blind(monkeypatch):
    """A search that finds nothing by itself, and a rule that lets it look no further."""
    monkeypatch.setattr(plans.Plans, "booked", lambda *_: None)
    return bilinear.Rule(rounds=0)


def haverly(engine="highs"):
    model = build(pooling("pooling_haverly1"))
    bilinear.prepare(model, engine)
    return model


def test_nothing_shared_is_a_plan(blind):
    # Nothing is blended and nothing sold: 0. The best is -400.
    result = bilinear.solve(haverly(), Options(), blind)
    assert result.objective == pytest.approx(0.0, abs=1e-9)
    assert result.mixing["plan_from"] == "nothing shared"


def test_rounds_that_ran_out_are_not_called_a_time_limit(blind, monkeypatch):
    monkeypatch.setattr(plans.Plans, "unshared", lambda *_: None)
    with pytest.raises(NoSolution, match=search.UNFOUND) as end:
        bilinear.solve(haverly(), Options(), blind)
    assert end.value.reason == "limit"
    with pytest.raises(NoSolution, match="^limit$"):
        bilinear.solve(haverly(), Options(time_limit=0.0), blind)


def test_scip_is_tried_unasked_where_nothing_else_finds_a_plan(blind, monkeypatch):
    pytest.importorskip("pyscipopt")
    monkeypatch.setattr(plans.Plans, "unshared", lambda *_: None)
    result = bilinear.solve(haverly("auto"), Options(), blind)
    assert result.objective == pytest.approx(-400.0)
    assert result.mixing["plan_from"] == "SCIP"


def test_scip_starts_from_nothing_with_power_laws_too(monkeypatch):
    # The laws were once worked out for a plan that there was not.
    def none(*_, **options):
        raise NoSolution("infeasible" if options else "limit", "by SCIP" if options else "")

    monkeypatch.setattr(bilinear, "_by_highs", none)
    monkeypatch.setattr(bilinear.scip, "solve", none)
    model = build(treatment("ruiz_grossmann_2009_gdplib_wnd", scale=(2.0, 2.0, 1.0, 4.0)))
    bilinear.prepare(model, "scip")
    with pytest.raises(NoSolution, match="by SCIP"):
        bilinear.solve(model, Options(time_limit=20.0))
