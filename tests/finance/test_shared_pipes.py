"""Mains and trenches at cost: owners are made whole, users pay, grants are taken off, and who owns what is right."""

import sys
from pathlib import Path

import pytest

from planner.pipeline import solve

sys.path.append(str(Path(__file__).parents[1] / "audit"))
from test_every_pipe import CASE, write  # noqa: E402

pytestmark = pytest.mark.slow
APART = (
    ("trenches: {", "trenches: {shared: false, "),
    ("gas main: {kind: pipe, main: true, in_trench: false,", "gas main: {kind: pipe, main: true,"),
    ("max_pipes: 5", "max_pipes: 9"),
)


def solved(folder, finance, *changes):
    """Plan of the park of pipes of every kind; its audit has passed."""
    text = CASE
    for before, after in (("discount_rate: 0.06,", f"discount_rate: 0.06, finance: {finance},"), *changes):
        assert before in text
        text = text.replace(before, after)
    plan = solve(write(folder, text))
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


@pytest.mark.parametrize(
    ("finance", "changes"),
    [
        ("{shared_costs: users}", ()),
        ("{shared_costs: users, grants: [{share: 0.5, of: [trench, link]}, {amount: 100000, to: [utility]}]}", ()),
        ("{shared_costs: users}", APART),
    ],
)
def test_owners_of_mains_and_trenches_neither_gain_nor_lose(tmp_path, finance, changes):
    plan = solved(tmp_path, finance, *changes)
    worth = plan.tables["finance"].set_index("party")["npv"]
    size = plan.tables["shared_costs"]["tariff_per_yr"].sum()
    assert worth["park company"] == pytest.approx(0, abs=1e-6 * size)
    assert worth["utility"] == pytest.approx(0, abs=1e-6 * size)
    saved = plan.indicators.set_index("indicator").loc["total_annual_cost", "reduction"]
    assert abs(plan.ledger["gain_per_yr"].sum() - saved) < 0.005
    assert (plan.tables["prices"]["shared_cost_per_yr"] == 0).all()


def test_a_trench_of_several_owners_stands_with_each(tmp_path):
    # every main has civil works of its own, of the park company and of the utility, in the same stretch
    plan = solved(tmp_path, "{horizon: 20}", *APART)
    assert plan.tables["trenches"]["party"].str.contains(";").any()
    assert set(plan.tables["exchange_ledger"]["party"]) <= set(plan.tables["parties"]["party"])


def test_grants_for_mains_and_trenches_lower_what_falls_to_exchanges(tmp_path):
    plain, helped = tmp_path / "a", tmp_path / "b"
    plain.mkdir()
    helped.mkdir()
    whole = solved(plain, "{horizon: 20}").tables["prices"]["shared_cost_per_yr"]
    part = solved(helped, "{horizon: 20, grants: [{share: 1, of: [trench, link]}]}").tables["prices"][
        "shared_cost_per_yr"
    ]
    assert (part < whole).all()
