"""Cash flows under any terms: the planner's arithmetic and that of its audit, which share nothing, agree."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.audit.cash import Bought, Earned, Rules, cash_of, no_return, pays_back, present
from planner.finance.cash import Gain, Outlay, cash_flow, merged, pooled
from planner.finance.measures import measures, payback, return_of
from planner.finance.terms import Loan, Terms

MONEY = st.floats(-1e6, 1e6)
OUTLAYS = st.lists(
    st.tuples(st.floats(1, 1e6), st.sampled_from([0.7, 3.0, 7.5, 20.0, 40.0, math.inf]), st.floats(0, 1.5)), max_size=4
)
GAINS = st.lists(
    st.tuples(MONEY, st.sampled_from([0.0, 0.03, -0.02]), st.booleans(), st.sampled_from([0.0, 0.4, 2.5])), max_size=5
)


@st.composite
def terms_of_any_kind(draw) -> Terms:
    horizon, delay = draw(st.integers(3, 25)), draw(st.integers(0, 3))
    spending = {0: (1.0,), 1: (0.4, 0.6), 2: (0.2, 0.3, 0.5), 3: (0.0, 1.0)}[delay]
    term = draw(st.integers(1, horizon))
    loan = Loan(
        draw(st.floats(0, 1)), draw(st.sampled_from([0.0, 0.06])), term, draw(st.integers(0, term - 1)), "annuity"
    )
    if draw(st.booleans()):
        loan = Loan(loan.share, loan.rate, loan.term, loan.grace, "equal principal")
    return Terms(
        rate=draw(st.sampled_from([0.0, 0.04, 0.11])),
        horizon=horizon,
        delay=delay,
        spending=spending,
        ramp_up=draw(st.sampled_from([(), (0.5,), (0.2, 0.6, 0.9)])),
        inflation=draw(st.sampled_from([0.0, 0.025])),
        residual=draw(st.sampled_from(["annuity", "straight line", "none"])),
        tax_rate=draw(st.sampled_from([0.0, 0.3])),
        depreciation=draw(st.sampled_from([None, 5.0])),
        losses=draw(st.sampled_from(["carried forward", "used at once"])),
        debt=draw(st.sampled_from([None, loan])),
    )


def rules_as(terms: Terms) -> Rules:
    loan = terms.debt or Loan(0.0, 0.0, 0, 0, "annuity")
    return Rules(
        **{"rate": terms.rate, "years": terms.horizon, "delay": terms.delay, "spending": terms.spending},
        **{"ramp": terms.ramp_up, "inflation": terms.inflation, "residual": terms.residual, "tax": terms.tax_rate},
        **{"write_off": terms.depreciation, "at_once": terms.losses == "used at once", "debt": loan.share},
        **{"interest": loan.rate, "term": loan.term, "grace": loan.grace, "annuity": loan.repayment == "annuity"},
    )


@given(outlays=OUTLAYS, gains=GAINS, terms=terms_of_any_kind())
@settings(max_examples=20, deadline=None)
def test_both_tell_the_same(outlays, gains, terms):
    ours = cash_flow(
        pooled(Outlay(cost, life, grant, wears=life < 40) for cost, life, grant in outlays),
        merged(Gain(*gain) for gain in gains),
        terms,
        terms.rate,
    )
    bought = [Bought(cost, life, cost * min(1.0, grant), life < 40) for cost, life, grant in outlays]
    theirs = cash_of(bought, [Earned(*gain) for gain in gains], rules_as(terms))
    size = 1.0 + float(np.abs(theirs.gain).sum() + np.abs(theirs.invested).sum())
    for name in ("gain", "invested", "grants", "residual", "tax", "tax_with_debt", "drawn", "interest", "principal"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-9, abs=1e-9 * size), name
    told = measures(ours, terms.delay)
    assert told.npv == pytest.approx(present(theirs.net, terms.rate), rel=1e-9, abs=1e-9 * size)
    assert told.equity_npv == pytest.approx(present(theirs.equity, terms.rate), rel=1e-9, abs=1e-9 * size)
    if math.isfinite(told.irr):
        assert abs(present(ours.net, told.irr)) <= 1e-6 * size * (1 + max(0.0, -told.irr)) ** len(ours.net) * 1e3


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=9))
@settings(max_examples=20, deadline=None)
def test_returns_and_paybacks_are_told_alike(amounts):
    flow = np.array(amounts, dtype=float)
    assert payback(flow) == pytest.approx(pays_back(flow), nan_ok=True)
    found, note = return_of(flow)
    if not note.startswith("no rate"):
        assert note == no_return(flow)
        assert math.isnan(found) == bool(note)
