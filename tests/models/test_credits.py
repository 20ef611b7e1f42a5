"""Credits of what exchanges deliver besides what they replace, in a park solved by hand."""

import dataclasses

import pytest
from toys import YEAR, changed, cost, sink, two_plants, with_effects, with_exchange

from models import run
from models.instance import StateData


def with_lime(need=None, **effects):
    """two_plants, where a tonne of ash that arrives brings half a tonne of lime, worth 4; the mill may need some."""
    base = with_exchange(two_plants(), "e", also={"lime": 0.5})
    base = with_effects(base, "credited", {("e", "lime", YEAR): effects or {"cost": -4.0}})
    if need is None:
        return base
    base = with_effects(base, "supplied", {("lime", YEAR): {"cost": 4.0}})
    return changed(base, sinks={**base.sinks, "lime": sink("mill", need)}, bought_by={("mill", "lime"): {"lime": 1.0}})


def test_a_credit_is_what_arrives_and_no_more_than_is_bought():
    # I3: 24 together as in two_plants, less 8 x 0.5 x 4 = 16. I4: of 3 t that the mill buys for 12, 12 are saved; of 6
    # bought for 24, 16; of none, nothing.
    assert cost(with_lime()) == pytest.approx(24.0 - 16.0)
    assert cost(with_lime(3.0)) == pytest.approx(24.0 + 12.0 - 12.0)
    assert cost(with_lime(6.0)) == pytest.approx(24.0 + 24.0 - 16.0)
    nothing = changed(with_lime(), bought_by={("mill", "lime"): {}})
    assert cost(nothing) == pytest.approx(24.0)


def test_what_arrives_is_counted_before_it_replaces():
    # 8 t of clay are met by 4 t of ash at a ratio of 2; they bring 2 t of lime, not 4: 20 + 6 x 2 - 2 x 4.
    assert cost(with_exchange(with_lime(), "e", ratio=2.0)) == pytest.approx(20.0 + 12.0 - 8.0)


def test_each_state_has_its_own_bound():
    # Half the year the mill needs 6 t of lime, at the rate of a year, half of it 1: 0.5 x (4 + 1) x 4 = 10 are saved of
    # the 0.5 x (6 + 1) x 4 = 14 that it would cost. All else is the same in both halves.
    half = {"wet": StateData(weight=0.5), "dry": StateData(weight=0.5)}
    base = with_lime(6.0)

    def in_both(amounts):
        return dict.fromkeys(half, amounts[YEAR])

    option = base.exchanges["e"].options["truck"]
    option = dataclasses.replace(option, max_flow=in_both(option.max_flow))
    base = with_exchange(base, "e", options={"truck": option})
    sinks = {j: dataclasses.replace(x, amount=in_both(x.amount)) for j, x in base.sinks.items()}
    sinks["lime"] = dataclasses.replace(sinks["lime"], amount={"wet": 6.0, "dry": 1.0})
    sources = {i: dataclasses.replace(x, amount=in_both(x.amount)) for i, x in base.sources.items()}
    effects = {
        family: {(*i[:-1], t): x for i, x in booked.items() for t in (half if i[-1] == YEAR else [i[-1]])}
        for family, booked in base.effects.items()
    }
    base = changed(base, states=half, sinks=sinks, sources=sources, effects=effects)
    assert cost(base) == pytest.approx(24.0 + 14.0 - 10.0)


@pytest.mark.parametrize(("effects", "told"), [({"co2e": -1.0}, 3.0), ({"co2e": 1.0}, 0.0)])
def test_a_plan_tells_a_credit_that_its_goal_does_not_ask_for(effects, told):
    # At least cost nothing depends on the credit, whose CO2e is less or more: it is told in full where it makes less.
    found = run.plan(with_lime(3.0, **effects)).plan
    assert found.value("credited", "e", "lime", YEAR) == pytest.approx(told, abs=1e-6)
    assert found.totals["co2e"] == pytest.approx(-told, abs=1e-6)
