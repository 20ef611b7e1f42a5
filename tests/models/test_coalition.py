"""Cost of some members only: the switches of a built model against parks built of these members alone."""

import dataclasses
import math

import pytest
from random_parks import random_park

from models import run
from models.coalition import Members
from models.solution import NoSolution
from models.solve import Options


def only(d, units):
    """The same park with these units alone, and plants where they may stand."""
    keep = {k for k in d.units if d.stands(k) in units and k in units}
    sources = {i: x for i, x in d.sources.items() if x.unit in keep}
    sinks = {j: x for j, x in d.sinks.items() if x.unit in keep}
    exchanges = {e: x for e, x in d.exchanges.items() if x.source in sources and x.sink in sinks}

    def there(family, index):
        first = index[0]
        if family in ("sited", "opened", "capacity", "activity", "ground"):
            return first in keep
        if family in ("built", "link", "flow", "pair_flow"):
            return first in exchanges
        return first in sources or first in sinks or first in d.limits

    return dataclasses.replace(
        d,
        units={
            k: dataclasses.replace(u, optional=False) if u.kind == "plant" else u
            for k, u in d.units.items()
            if k in keep
        },
        admissible={k: p for k, p in d.admissible.items() if k in keep},
        sources=sources,
        sinks=sinks,
        exchanges=exchanges,
        facilities={k: x for k, x in d.facilities.items() if k in keep},
        effects={f: {i: x for i, x in of.items() if there(f, i)} for f, of in d.effects.items()},
        neighbours=tuple(r for r in d.neighbours if {r.unit, r.other} <= keep),
        conflicts=tuple(r for r in d.conflicts if {r.unit, r.other} <= keep),
        exclusive={x: tuple(o for o in of if o[0] in exchanges) for x, of in d.exclusive.items()},
        at_most={x: (tuple(k for k in of if k in keep), n) for x, (of, n) in d.at_most.items()},
        tenants_at_least=0,
        tenants_fixed=None,
    )


def cost_of(solve, d):
    """What is found for a park; inf where it has no plan."""
    try:
        return solve(d).totals["total_annual_cost"]
    except NoSolution:
        return math.inf


@pytest.mark.parametrize("seed", [4, 6, 12, 13, 17, 30])
def test_coalitions_cost_what_parks_of_them_alone_cost(seed):
    d = random_park(seed)
    # the shadow price of carbon is no cost, and would choose among plans that cost the same
    d = dataclasses.replace(d, totals={**d.totals, "shadow_carbon": {}})
    model = Members(d, None)
    plants = [k for k, unit in d.units.items() if unit.kind in ("plant", "partner")]
    others = [k for k in d.units if k not in plants]
    for chosen in (plants[:1], plants[1:3], plants[:2], plants):
        units = [*chosen, *(k for k in others if d.stands(k) == k or d.stands(k) in chosen)]
        smaller = only(d, units)
        expected = cost_of(lambda d: run.plan(d, start="off").plan, smaller)
        found = model.together(units, Options())
        if math.isfinite(expected):  # a plan may exist where its baseline does not
            assert found.cost == pytest.approx(expected, abs=1e-6)
            assert found.proven
        alone = cost_of(run.baseline, smaller)
        assert model.alone(units, Options()).cost == pytest.approx(alone, abs=1e-5)


def test_on_fixed_places_nobody_moves_and_plots_of_others_stay_closed():
    d = random_park(13)
    plan = run.plan(d).plan
    places = {k: p for (k, p), v in plan.values["sited"].items() if v > 0.5 and d.units[k].kind == "plant"}
    model = Members(d, (places, places))
    everybody = [*places, *(k for k in d.units if d.units[k].kind != "plant")]
    assert model.together(everybody, Options()).cost <= plan.totals["total_annual_cost"] + 1e-6
    first = next(iter(places))
    model.together([first, *(k for k in everybody if k not in places)], Options())
    for (k, p), v in model.model.sited.items():
        if k in places:
            assert v.fixed
            assert round(v.value) == int(k == first and places[k] == p)
        elif p in {places[k] for k in places if k != first} and d.places[p].tenants == 1:
            assert v.fixed
            assert v.value == 0
