"""What the residue of a unit holds whose outlet has a given content: the rest of what comes in, or nothing."""

import dataclasses

import pytest
from mixing_cases import Site
from mixing_solves import cost, solved
from toys import YEAR

from models import products
from models.contents import settle
from models.park import build
from models.qualities import Bounds, OutletData


def works(content, *, least=None):
    """10 units come in, 8 leave with 50, 2 are the residue; contents scaled by 100, a load of the residue costs 1."""
    site = Site(["c"], 100.0)
    site.source("raw", 10.0, [content], dischargeable=False)
    site.unit("T", [0.0], [None], [1000.0], 10.0)
    outlet = site.sources["T out"]
    del site.outlets["T out"]
    site.contents["T out"] = {"c": 0.5}
    site.sources["T out"] = dataclasses.replace(outlet, amount={YEAR: 0.8}, dischargeable=True)
    site.sources["T rest"] = dataclasses.replace(
        outlet, amount={YEAR: 0.2}, dischargeable=True, sale_limit=None if least is None else 99.0
    )
    site.weights["T rest"] = {"c": 1.0}
    site.outlets["T rest"] = OutletData(("T in",), {"c": 1.0}, less={"c": ("T out",)}, highest={"c": 10.0})
    site.book("let_out", ("T rest", "c", YEAR), cost=1.0)
    site.join("raw", "T in", 10.0)
    if least is not None:
        site.sales["T rest"] = {"c": Bounds(least=least / 100.0)}
        site.book("discharged", ("T rest", YEAR), cost=5.0)
    return site


def test_a_residue_holds_what_a_fixed_outlet_does_not():
    # 10 x 120 = 1200 come in, 8 x 50 = 400 leave with the outlet: 800 in 2 units, 400 each; scaled a load of 8.
    result, model = solved(works(120.0).instance())
    assert result.objective == pytest.approx(8.0)
    assert model.content["T rest", "c", YEAR].value == pytest.approx(4.0)


def test_the_unit_may_run_where_its_outlet_holds_more_than_comes_in():
    # 10 x 20 = 200 come in, and 400 are said to leave: the residue is empty, and 2 (scaled) of load are short.
    result, model = solved(works(20.0).instance())
    assert result.objective == pytest.approx(0.0, abs=1e-9)
    assert model.short["T rest", "c", YEAR].value == pytest.approx(2.0)


def test_no_load_is_made_up_to_meet_a_lower_limit():
    # Sold only with 300 at least. Of 110 it holds (1100 - 400) / 2 = 350 and is sold: nothing to pay. Of 20 it holds
    # nothing, and is disposed of for 5 a unit: 10.
    assert cost(works(110.0, least=300.0).instance()) == pytest.approx(0.0, abs=1e-9)
    assert cost(works(20.0, least=300.0).instance()) == pytest.approx(10.0)


@pytest.mark.parametrize(("content", "holds", "short"), [(120.0, 4.0, 0.0), (20.0, 0.0, 2.0)])
def test_contents_are_settled_from_flows_alone(content, holds, short):
    # From whatever the search left behind: the loads are those of the flows.
    model = build(works(content).instance())
    products.switch(model, "relaxed")
    for variable in (model.activity["T", YEAR], model.flow["raw > T in", "own", YEAR]):
        variable.set_value(10.0)
    model.discharged["T rest", YEAR].set_value(2.0)
    model.short["T rest", "c", YEAR].set_value(7.0)
    settle(model)
    assert model.content["T rest", "c", YEAR].value == pytest.approx(holds)
    assert model.short["T rest", "c", YEAR].value == pytest.approx(short)
    assert model.empty["T rest", "c", YEAR].value == (short > 0)
