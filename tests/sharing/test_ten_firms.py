"""A park of ten firms: the sampled Shapley value keeps to the error it states."""

import math

import pytest

import planner
from benchmarks.sharing import ten_firms
from planner.sharing.share import share


@pytest.mark.slow
def test_sampled_shapley_within_its_stated_error(tmp_path):
    out = planner.solve(ten_firms(tmp_path / "case")).save(tmp_path / "out")
    made = share(out, time_limit=None)
    assert len(made.values) == 2**10 - 1
    assert made.proven
    (exact,) = [shared.gains for shared in made.rules if shared.rule == "Shapley"]
    assert math.fsum(exact.values()) == pytest.approx(made.worth)
    for seed in range(5):
        sampled = share(out, exact_up_to=9, samples=60, seed=seed, time_limit=None)
        assert sampled.reused >= 2**10 - 2  # nothing is solved again
        (found,) = [shared for shared in sampled.rules if shared.rule == "Shapley"]
        far = [abs(found.gains[i] - exact[i]) / found.error[i] for i in exact if found.error[i] > 1e-6]
        assert max(far) < 4.0
        assert sum(x < 2.0 for x in far) >= 0.7 * len(far)
