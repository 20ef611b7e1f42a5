"""Cash flows and what they are worth, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.finance.cash import Gain, Outlay, cash_flow, recovery, worth_of_annuity
from planner.finance.measures import measures, payback, return_of
from planner.finance.terms import Loan, Terms

INF = math.inf


def test_a_pipe_that_pays_back_in_three_years():
    # 300 now, 100 a year for 5 years at 10 %, life 5: NPV = 100 x 3.790787 - 300 = 79.0787; payback 3 years;
    # discounted: 90.91 + 82.64 + 75.13 = 248.69 after 3, 68.30 in the 4th: 3 + 51.31 / 68.30 = 3.7513 years.
    flow = cash_flow([Outlay(300, 5)], [Gain(100)], Terms(0.10, horizon=5), 0.10)
    found = measures(flow, 0)
    assert found.npv == pytest.approx(79.0787, abs=1e-4)
    assert found.simple_payback == pytest.approx(3.0)
    assert found.discounted_payback == pytest.approx(3.7513, abs=1e-4)
    assert found.irr == pytest.approx(0.198577, abs=1e-5)  # 100/1.198577 + ... + 100/1.198577^5 = 300
    assert found.profitability == pytest.approx(379.0787 / 300, abs=1e-6)


@given(
    cost=st.floats(1, 1e6),
    life=st.floats(1.0, 40.0),
    gain=st.floats(-1e5, 1e5),
    rate=st.sampled_from([0.0, 0.05, 0.12]),
    horizon=st.integers(1, 30),
)
@settings(max_examples=20, deadline=None)
def test_npv_is_that_of_the_total_annual_cost(cost, life, gain, rate, horizon):
    # TAC falls by gain - cost x CRF(life); over the horizon that is worth AF(horizon) times as much, whatever is
    # bought again and whatever is left at the end.
    flow = cash_flow([Outlay(cost, life)], [Gain(gain)], Terms(rate, horizon=horizon), rate)
    saving = gain - cost * recovery(rate, life)
    assert measures(flow, 0).npv == pytest.approx(worth_of_annuity(rate, horizon) * saving, rel=1e-9, abs=1e-6 * cost)


def test_land_keeps_its_price():
    # 100 of land at 5 % for 10 years: -100 + 100 / 1.05^10 = -38.6087 = -5 x 7.721735, its interest.
    flow = cash_flow([Outlay(100, INF, wears=False)], [], Terms(0.05, horizon=10), 0.05)
    assert measures(flow, 0).npv == pytest.approx(-5 * 7.721735, abs=1e-5)


def test_residual_by_straight_line_and_none():
    # Life 8, horizon 12: bought in 0 and 8, the second 4 of 8 years old: half is left, or nothing.
    for residual, left in (("straight line", 50.0), ("none", 0.0)):
        flow = cash_flow([Outlay(100, 8)], [], Terms(0.0, horizon=12, residual=residual), 0.0)
        assert flow.invested.tolist() == [100, *[0] * 7, 100, *[0] * 4]
        assert flow.residual[-1] == pytest.approx(left)


def test_delay_spending_ramp_up_escalation():
    # Built over years 0 and 1 (40 : 60), running from year 2 (delay 1): half in the first year, prices up 2 % a year.
    terms = Terms(0.08, horizon=3, delay=1, spending=(0.4, 0.6), ramp_up=(0.5,))
    flow = cash_flow([Outlay(1000, 3)], [Gain(400, rise=0.02), Gain(-10, flows=False)], terms, 0.08)
    assert flow.invested.tolist() == [400, 600, 0, 0, 0]
    expected = [0, 0, 400 * 1.02**2 * 0.5 - 10, 400 * 1.02**3 - 10, 400 * 1.02**4 - 10]
    assert flow.gain.tolist() == pytest.approx(expected)


def test_an_exchange_that_starts_half_a_year_late():
    flow = cash_flow([], [Gain(100, late=1.5)], Terms(0.08, horizon=4), 0.08)
    assert flow.gain.tolist() == [0, 0, 50, 100, 100]


def test_tax_with_losses_carried_forward_and_used_at_once():
    # 100 over 2 years of depreciation; gains 20, 20, 80 (a ramp of a quarter): profits -30, -30, 80, tax 30 %.
    terms = Terms(0.0, horizon=3, ramp_up=(0.25, 0.25), tax_rate=0.3, depreciation=2, residual="none")
    flow = cash_flow([Outlay(100, 3)], [Gain(80)], terms, 0.0)
    assert flow.tax.tolist() == pytest.approx([0, 0, 0, 0.3 * (80 - 60)])
    at_once = cash_flow([Outlay(100, 3)], [Gain(80)], Terms(**{**terms.__dict__, "losses": "used at once"}), 0.0)
    assert at_once.tax.tolist() == pytest.approx([0, -9, -9, 24])


def test_loan_as_annuity_with_inflation():
    # 600 of 1000 lent at 6 % nominal over 3 years: payment 600 x 0.374110 = 224.466 a year, nominal.
    terms = Terms(0.05, horizon=5, inflation=0.02, debt=Loan(0.6, 0.06, 3, 0, "annuity"))
    flow = cash_flow([Outlay(1000, 5)], [Gain(300)], terms, 0.05)
    paid = (flow.interest + flow.principal)[1:4] * 1.02 ** np.arange(1, 4)
    assert paid.tolist() == pytest.approx([224.466] * 3, abs=1e-3)
    assert flow.drawn.tolist() == [600, 0, 0, 0, 0, 0]
    assert measures(flow, 0).least_dscr == pytest.approx(300 * 1.02 / 224.466, abs=1e-4)


def test_loan_with_grace_in_equal_parts():
    # 100 at 10 %: a year of interest alone, then 50 and 50 with interest on what is left.
    terms = Terms(0.05, horizon=3, debt=Loan(1.0, 0.10, 3, 1, "equal principal"))
    flow = cash_flow([Outlay(100, 3)], [Gain(60)], terms, 0.05)
    assert flow.interest.tolist() == pytest.approx([0, 10, 10, 5])
    assert flow.principal.tolist() == pytest.approx([0, 0, 50, 50])
    assert flow.equity.tolist() == pytest.approx([0, 50, 0, 5])


def test_grants_reduce_what_is_financed_and_depreciated():
    terms = Terms(0.0, horizon=2, tax_rate=0.5, debt=Loan(0.5, 0.0, 2, 0, "annuity"), residual="none")
    flow = cash_flow([Outlay(100, 2, grant=0.2)], [Gain(60)], terms, 0.0)
    assert flow.grants.tolist() == [20, 0, 0]
    assert flow.drawn[0] == pytest.approx(40)  # half of 80
    assert flow.tax.tolist() == pytest.approx([0, 10, 10])  # 0.5 x (60 - 80 / 2)


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ([-1, 0.5, 0.4], ""),  # -10 %: less comes back than went out, and that is the return
        ([-1, 0, 0], "never pays back"),
        ([0, 1, 1], "no investment"),
        ([5, -1, -1], "gains come before the costs: no return on investment"),
        ([-1, 2.3, -1.32], "the cash flow changes its sign more than once: no single rate of return"),  # 10 % and 20 %
    ],
)
def test_returns_that_are_none(flow, said):
    found, note = return_of(np.array(flow, dtype=float))
    assert note == said
    assert math.isnan(found) == bool(said)


def test_a_purchase_in_between_leaves_one_return():
    found, note = return_of(np.array([-100.0, 60, 60, -40, 60, 60]))
    assert note == ""
    assert sum(x / (1 + found) ** t for t, x in enumerate([-100.0, 60, 60, -40, 60, 60])) == pytest.approx(0, abs=1e-6)


def test_payback_is_for_good():
    assert payback(np.array([-100.0, 100, -50, 25, 50])) == pytest.approx(3.5)
    assert math.isnan(payback(np.array([-100.0, 50, 49])))
    assert payback(np.array([0.0, 5.0])) == 0.0
