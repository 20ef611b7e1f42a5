"""Money by firm of solved plans: everything adds up, and the published figures of ulsan-2005 stand in it."""

from functools import cache
from pathlib import Path

import pytest

import planner

CASES = Path(__file__).parents[2] / "cases"
SMALL = ("ulsan-2005", "ulsan", "kalundborg-1995", "food-park")


@cache
def plan_of(name: str) -> planner.Plan:
    return planner.solve(CASES / name)


@pytest.mark.parametrize("name", SMALL)
def test_ledgers_add_up_to_parties_and_park(name):
    tables = plan_of(name).tables
    ledger, parties = tables["ledger"], tables["parties"].set_index("party")
    by_party = ledger.groupby("party")["gain_per_yr"].sum()
    size = abs(ledger["gain_per_yr"]).sum()
    for party, gain in parties["gain_per_yr"].items():
        assert by_party.get(party, 0.0) == pytest.approx(gain, abs=max(0.005, 1e-12 * size)), party
    saved = tables["indicators"].set_index("indicator").loc["total_annual_cost", "reduction"]
    assert ledger["gain_per_yr"].sum() == pytest.approx(saved, abs=max(0.005, 1e-12 * size))
    assert ledger.loc[ledger["kind"] == "transfer", "gain_per_yr"].sum() == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize("name", SMALL)
def test_assets_add_up_to_investments_and_their_yearly_share(name):
    from planner.finance.cash import recovery

    plan = plan_of(name)
    assets, tables = plan.tables["assets"], plan.tables
    assert assets["capex"].sum() == pytest.approx(tables["parties"]["capex"].sum(), rel=1e-12, abs=1e-6)
    rate = plan.case.economics.discount_rate.value
    years = assets["lifetime_yr"].fillna(float("inf"))
    yearly = sum(cost * recovery(rate, life) for cost, life in zip(assets["capex"], years, strict=True))
    ledger = tables["ledger"]
    charged = ledger.loc[ledger["kind"] == "capital", "plan_per_yr"].sum()
    assert yearly == pytest.approx(charged, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("name", SMALL)
def test_cash_flows_of_firms_add_up_to_the_park(name):
    flows = plan_of(name).tables["cash_flows"]
    firms = flows[~flows["kind"].isin(["park", "society"])].groupby("year")["net"].sum()
    park = flows[flows["kind"] == "park"].set_index("year")["net"]
    assert (firms - park).abs().max() < 0.005


@pytest.mark.parametrize("name", SMALL)
def test_net_present_value_of_the_park_is_that_of_its_total_annual_cost(name):
    from planner.finance.cash import worth_of_annuity

    plan = plan_of(name)
    saved = plan.indicators.set_index("indicator").loc["total_annual_cost", "reduction"]
    finance = plan.tables["finance"].set_index("party")
    factor = worth_of_annuity(plan.case.economics.discount_rate.value, 20)
    late = plan.tables["exchanges"]["delay_yr"].max() > 0
    if late:
        assert finance.loc["park", "npv"] < factor * saved
    else:
        assert finance.loc["park", "npv"] == pytest.approx(factor * saved, rel=1e-9)


def test_published_figures_of_ulsan_2005():
    # Kyongsang Ilbo 2004: the seller invests 9,000 MKRW and gains 2,000 a year, the buyer 1,000 and 1,000.
    finance = plan_of("ulsan-2005").tables["finance"].set_index("party")
    assert finance.loc["LS-Nikko", "simple_payback_yr"] == pytest.approx(4.5, rel=1e-3)
    assert finance.loc["Hankuk Paper", "simple_payback_yr"] == pytest.approx(1.0, rel=1e-3)
    prices = plan_of("ulsan-2005").tables["prices"].iloc[0]
    # 3,000 MKRW of power forgone, 6,000 MKRW of oil saved, over 305,124.3 t; each with its pipe at 8 %, 30 yr
    assert prices["running_floor_per_unit"] == pytest.approx(3e9 / 305124.3243, rel=1e-6)
    assert prices["running_ceiling_per_unit"] == pytest.approx(6e9 / 305124.3243, rel=1e-6)
    share = 0.08 / (1 - 1.08**-30)
    assert prices["floor_per_unit"] == pytest.approx((3e9 + 9e9 * share) / 305124.3243, rel=1e-6)
    assert prices["ceiling_per_unit"] == pytest.approx((6e9 - 1e9 * share) / 305124.3243, rel=1e-6)
    assert prices["verdict"] == "both gain"


def test_gross_split_of_sung_am_in_ulsan():
    # Published: benefit before costs is split 55 : 45 between the incinerator and the buyer (hk15).
    exchanges = plan_of("ulsan").tables["exchanges"].set_index("exchange")
    share = exchanges.loc["Sung-am incinerator > Hyosung: steam", "seller_gross_share"]
    assert share == pytest.approx(0.55, abs=0.005)


def test_worked_example_of_the_guide():
    """The figures of LS-Nikko in the guide, by hand and in the tables."""
    finance = plan_of("ulsan-2005").tables["finance"].set_index("party").loc["LS-Nikko"]
    factor, recovery = (1 - 1.08**-20) / 0.08, 0.08 / (1 - 1.08**-30)
    left = 9000 * recovery * (1 - 1.08**-10) / 0.08 / 1.08**20
    npv = 2000 * factor - 9000 + left
    assert finance["npv"] / 1e6 == pytest.approx(npv, rel=1e-3)
    assert npv == pytest.approx((2000 - 9000 * recovery) * factor)
    guide = " ".join((CASES.parent / "docs" / "guide.md").read_text(encoding="utf-8").split())
    told = f"{left:,.0f} MKRW are left: NPV = 2,000 x {factor:.3f} - 9,000 + {left:,.0f} = {npv:,.0f} MKRW"
    assert told in guide
    assert f"(2,000 - 9,000 x {recovery:.5f}) x {factor:.3f}" in guide
    assert f"Its IRR is {100 * finance['irr']:.1f} %" in guide


@pytest.mark.parametrize("name", SMALL)
def test_bank_starts_from_the_worth_of_the_park(name):
    tables = plan_of(name).tables
    bank = tables["bank"]
    base = bank[bank["variable"] == "base"].set_index("party")["npv"]
    worth = tables["finance"].drop_duplicates("party").set_index("party")["npv"]
    assert (base - worth[base.index]).abs().max() <= 1e-9 * worth.abs().max()
    assert bank["party"].iloc[-1] == "park"


def test_ledger_is_a_property_of_the_plan():
    plan = plan_of("ulsan-2005")
    assert plan.ledger is plan.tables["ledger"]
