"""The search on random tiny networks against a grid of contents, and against SCIP."""

import pytest
from mixing_oracle import least_cost
from random_mixtures import random_mixture

from models import bilinear, contents
from models.park import build
from models.solve import Options


def _searched(seed):
    model = build(random_mixture(seed))
    bilinear.prepare(model, "highs")
    result = bilinear.solve(model, Options(gap=1e-5))
    assert contents.excess(model) <= 1e-6
    return result, model.mixing_case


def _close(one, other):
    return abs(one - other) <= 2e-5 * max(1.0, abs(other))


#: Networks with one or two contents to choose; of the first, a best plan is on a grid of twelve steps.
ON_GRID, BESIDE = (3, 4, 14, 15, 22, 26, 28, 35, 37, 42), (19, 30)


@pytest.mark.parametrize("seed", ON_GRID)
def test_a_grid_of_contents_finds_the_same_optimum(seed):
    result, _ = _searched(seed)
    grid = least_cost(random_mixture(seed), 12)
    assert _close(result.objective, grid)
    assert result.bound <= grid + 1e-6
    assert _close(result.bound, grid)


@pytest.mark.parametrize("seed", BESIDE)
def test_no_content_of_a_grid_is_better(seed):
    result, _ = _searched(seed)
    assert result.objective <= least_cost(random_mixture(seed), 12) - 0.01


@pytest.mark.parametrize("block", range(3))
def test_scip_finds_no_better_plan_and_no_higher_bound(block):
    from models import scip

    for seed in range(22 + 4 * block, 26 + 4 * block):
        result, _ = _searched(seed)
        exact = scip.solve(build(random_mixture(seed)), Options())
        assert _close(result.objective, exact.objective), seed
        assert result.bound <= exact.objective + 2e-5 * max(1.0, abs(exact.objective)), seed
