"""Whole random cases from folder to audited plan: nothing but a plan, a fault of the case or an explanation."""

import json

import pytest
from random_cases import random_case
from seeds import more
from whole_cases import assert_saved_whole, planned

QUICK = range(24)
DEEP = range(24, 65)


@pytest.mark.parametrize("seed", QUICK)
def test_plans_or_says_why_not(seed, tmp_path):
    plan = planned(random_case(seed), tmp_path)
    if plan is not None and seed % 4 == 0:
        assert_saved_whole(plan, tmp_path / "out")


@pytest.mark.parametrize("seed", more(DEEP, 4))
def test_many_more(seed, tmp_path):
    plan = planned(random_case(seed), tmp_path)
    if plan is not None:
        assert_saved_whole(plan, tmp_path / "out")


def test_most_cases_have_a_plan_and_use_what_there_is():
    """The cases are no heap of faults: all of a case's words are in them."""
    texts = [json.dumps(random_case(seed).case) for seed in range(120)]
    words = ("existing_pipes", "existing", "twins", "forced", "forbidden", "shared_hours", "volume_loss", "as_is",
             "max_length", "shadow", "on_demand", "whole_demand_from_one_source", "peak_expansion", "several_tenants",
             "separations", "at_most", "not_neighbours", "budget", "caps", "paid_by", "biogenic",
             "treatment")  # fmt: skip
    missing = [word for word in words if not any(f'"{word}"' in text for text in texts)]
    assert not missing
