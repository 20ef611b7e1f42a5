"""Published mixing problems as instances: optima, and what each family of rows does to the bound."""

import pytest
from mixing_cases import meyer_floudas, pooling, treatment, waterund01
from mixing_solves import solved

from models import bilinear, contents, products
from models.park import build
from models.relaxation import Relaxation
from models.solution import Status
from models.solve import Options
from models.solve import solve as linear

PUBLISHED = {
    "waterund01": (waterund01, 86.8333),
    "galan": (lambda: treatment("galan_grossmann_1998_ex1", scale=(100.0, 200.0)), 89.8361),
    "haverly1": (lambda: pooling("pooling_haverly1"), -400.0),
    "foulds2": (lambda: pooling("pooling_foulds2"), -1100.0),
}


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_published_optimum_is_found_and_proven_by_highs_alone(name):
    make, known = PUBLISHED[name]
    result, model = solved(make())
    assert result.objective == pytest.approx(known, rel=1e-5)
    assert result.bound == pytest.approx(known, rel=1e-5)
    assert result.status is Status.OPTIMAL
    assert model.mixing_case == result.mixing["kind"] == "relaxed and restricted"


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_published_optimum_is_proven_by_scip(name):
    from models import scip

    make, known = PUBLISHED[name]
    model = build(make())
    result = scip.solve(model, Options())
    assert result.objective == pytest.approx(known, rel=1e-5)
    assert result.gap <= 1e-5
    assert contents.excess(model) <= 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "known"),
    [
        (lambda: treatment("minlplib_wastewater05m1", scale=(110.0, 16780.0, 40.0)), 229.7008),
        (lambda: pooling("pooling_adhya1"), -549.803),
    ],
)
def test_larger_published_optimum(make, known):
    result, _ = solved(make(), gap=1e-4)
    assert result.objective == pytest.approx(known, rel=1e-4)
    assert result.gap <= 1e-3


@pytest.mark.slow
def test_a_power_law_is_exact_with_scip():
    # Ruiz & Grossmann (2009): 348 337. By chords, which are never dearer than the law: 348 318.9.
    instance = treatment("ruiz_grossmann_2009_gdplib_wnd", scale=(2.0, 2.0, 1.0, 4.0))
    chords, _ = solved(instance, gap=1e-5)
    assert chords.objective == pytest.approx(348318.9, rel=1e-6)
    law, model = solved(instance, "scip", gap=1e-6)
    assert law.objective == pytest.approx(348337.04, rel=1e-6)
    assert sum(v.value for v in model.beyond.values()) > 1.0


@pytest.mark.deep
def test_four_plants_with_distances_have_a_plan_and_a_bound():
    # Meyer & Floudas (2006): best known 1 086.187. Plan and bound enclose it.
    model = build(meyer_floudas())
    bilinear.prepare(model, "highs")
    result = bilinear.solve(model, Options(gap=1e-3, time_limit=25.0))
    assert result.bound <= 1086.188 <= result.objective + 1e-3
    assert result.bound > 840.0  # 847.5 is that of the relaxation in one piece


def test_the_load_balance_is_what_makes_the_bound_good():
    # waterund01: 86.83 with the balance of the loads that leave an outlet (Q1), 10 without.
    model = build(waterund01())
    with_balance = Relaxation(model).solve()
    model.load_balance.deactivate()
    for name in ("least_borne", "most_borne"):
        getattr(model, name).deactivate()
    assert Relaxation(model).solve() < 20.0 < 80.0 < with_balance <= 86.8334


@pytest.mark.parametrize("name", ["galan", "haverly1"])
def test_pieces_and_proportions_only_make_the_bound_better(name):
    model = build(PUBLISHED[name][0]())
    tight = linear(model).objective
    for row in ("least_borne", "most_borne"):
        getattr(model, row).deactivate()
    plain = linear(model).objective
    index = next(iter(model.content))
    low, high = model.content[index].bounds
    products.divide(model, {index: (low, 0.5 * (low + high), high)})
    divided = linear(model).objective
    assert plain <= divided + 1e-6
    assert plain <= tight + 1e-6
    assert max(tight, divided) <= PUBLISHED[name][1] + 1e-3
