"""Whole random cases with mains and trenches, from folder to audited plan: it adds up, or says why there is none."""

import pytest
from random_networks_cases import random_network_case
from seeds import more
from whole_cases import assert_saved_whole, planned

QUICK = range(13)
DEEP = range(13, 37)


def check(plan):
    """Bill, shares and money of mains and trenches agree in every plan."""
    costs = plan.tables["costs"].set_index("account")["plan"]
    invested = costs.get("investment_link", 0.0) + costs.get("investment_trench", 0.0)
    bill = plan.tables["quantities"]
    assert bill["capex"].sum() == pytest.approx(invested, abs=1e-2)
    shares = plan.tables["trench_shares"]
    trenches = shares[shares["part"] == "trench"].groupby("stretch")["share"].sum()
    pipes = shares[shares["part"] == "pipe"].groupby(["stretch", "carrier"])["share"].sum()
    assert list(trenches) == pytest.approx([1.0] * len(trenches))
    assert list(pipes) == pytest.approx([1.0] * len(pipes))
    whole = plan.mains["capex"].sum() + plan.trenches["capex"].sum()
    assert shares["capex"].sum() == pytest.approx(whole, abs=1e-2)
    assert plan.exchanges["shared_capex"].sum() == pytest.approx(whole, abs=1e-2)


@pytest.mark.parametrize("seed", QUICK)
def test_plans_or_says_why_not(seed, tmp_path):
    plan = planned(random_network_case(seed), tmp_path)
    if plan is None:
        return
    check(plan)
    if seed % 4 == 0:
        assert_saved_whole(plan, tmp_path / "out")


@pytest.mark.parametrize("seed", more(DEEP, 2))
def test_many_more(seed, tmp_path):
    plan = planned(random_network_case(seed), tmp_path)
    if plan is not None:
        check(plan)
        assert_saved_whole(plan, tmp_path / "out")


@pytest.mark.parametrize("seed", range(2, 14, 2))
def test_a_plan_that_is_only_good_passes_its_audit_too(seed, tmp_path):
    plan = planned(random_network_case(seed), tmp_path, gap=0.3)
    if plan is not None:
        check(plan)
