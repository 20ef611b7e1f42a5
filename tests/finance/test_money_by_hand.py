"""Ledger, prices, cash flows and the bank's table of a park reckoned by hand."""

import math

import pytest
from park_by_hand import retold, solved

import planner

#: Worth of 1 a year over 20 years at 10 %: (1 - 1.1^-20) / 0.1; its inverse is the capital recovery factor.
AF = 8.513563720
CRF = 1 / AF


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> planner.Plan:
    return solved(tmp_path_factory.mktemp("hand") / "case")


def of(plan, table, **where):
    """The one row of a table."""
    frame = plan.tables[table]
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_ledger_says_who_pays_and_saves_what(plan):
    # kiln: forgoes 10 x 8,000, is paid 22 x 8,000, and bears 400,000 x CRF of the pipe; mill: saves 40 x 8,000 of gas.
    gains = {(row.party, row.head): row.gain_per_yr for row in plan.ledger.itertuples()}
    assert gains == pytest.approx(
        {
            ("kiln", "own pipes and links"): -400_000 * CRF,
            ("kiln", "forgone by giving"): -80_000,
            ("kiln", "transfer payments"): 176_000,
            ("mill", "purchases"): 320_000,
            ("mill", "transfer payments"): -176_000,
        }
    )


def test_prices_hold_what_the_seller_forgoes_and_its_pipe(plan):
    # floor = 10 + 400,000 x CRF / 8,000 = 10 + 5.873 = 15.873; ceiling = 40; at 22 both gain.
    row = of(plan, "prices")
    assert row["forgone_per_unit"] == pytest.approx(10)
    assert row["running_floor_per_unit"] == pytest.approx(10)
    assert row["floor_per_unit"] == pytest.approx(10 + 50 * CRF)
    assert row["ceiling_per_unit"] == pytest.approx(40)
    assert row["verdict"] == "both gain"


def test_bank_by_hand(plan):
    # kiln: 96,000 a year for 400,000: NPV = 96,000 AF - 400,000 = 417,302. Park: 240,000 AF - 400,000 = 1,643,255.
    assert of(plan, "bank", party="kiln", variable="base")["npv"] == pytest.approx(96_000 * AF - 400_000)
    park = 240_000 * AF - 400_000
    expected = {
        ("investment", 30): (park - 120_000, 100 * park / 400_000),
        ("investment", -30): (park + 120_000, 100 * park / 400_000),
        # gas of 320,000 a year, and heat that is forgone, 80,000: 240,000 AF is energy: -81.0 % leave nothing
        ("energy prices", 20): (park + 0.2 * 240_000 * AF, -100 * park / (240_000 * AF)),
        ("energy prices", -20): (park - 0.2 * 240_000 * AF, -100 * park / (240_000 * AF)),
        ("volumes of exchanges", -20): (park - 0.2 * 240_000 * AF, -100 * park / (240_000 * AF)),
        ("loss of the anchor", -100): (-400_000, -100 * park / (240_000 * AF)),
    }
    for (variable, change), (npv, switch) in expected.items():
        row = of(plan, "bank", party="park", variable=variable, change=change)
        assert row["npv"] == pytest.approx(npv), variable
        assert row["switching_value"] == pytest.approx(switch), variable
    # a year later: the pipe is paid now, everything else a year later. Worth 0 when 240,000 AF / 1.1^n = 400,000:
    # n between 17 (404,252) and 18 (367,502): 17 + 4,252 / (404,252 - 367,502) = 17.116.
    late = of(plan, "bank", party="park", variable="delay")
    assert late["npv"] == pytest.approx(240_000 * AF / 1.1 - 400_000)
    assert late["switching_value"] == pytest.approx(17.116, abs=1e-3)
    what = set(plan.tables["bank"].query("variable == 'energy prices'")["what"])
    assert what == {"gas; heat"}
    assert of(plan, "bank", party="mill", variable="investment", change=30)["switching"] == "it makes no difference"


def test_a_price_below_the_floor_is_mended_by_a_payment_of_the_buyer(tmp_path):
    # at 12 the kiln gets 2 above what it forgoes: 16,000 a year for a pipe of 46,984: it lacks 30,984 a year.
    plan = solved(tmp_path / "c", ("price: 22", "price: 12"))
    row = of(plan, "prices")
    lacks = 8_000 * (10 - 12) + 400_000 * CRF
    assert (row["verdict"], row["payer"], row["payee"]) == ("the seller loses at this price", "mill", "kiln")
    assert row["payment_per_yr"] == pytest.approx(lacks)
    assert row["payment_once"] == pytest.approx(lacks * AF)
    firm = of(plan, "finance", party="kiln")
    assert firm["verdict"] == "loses: the others can make it whole"
    assert firm["side_payment_per_yr"] == pytest.approx(lacks)
    assert firm["side_payment_once"] == pytest.approx(lacks * AF)


def test_an_exchange_that_no_price_saves_wants_a_subsidy(tmp_path):
    # forced with a pipe of 3 million: floor 10 + 44.05, ceiling 40: 14.05 x 8,000 = 112,375 a year are lacking.
    changes = ("investment: 400}", "investment: 3000}"), ("shared_hours: 8000,", "shared_hours: 8000, forced: true,")
    plan = solved(tmp_path / "c", *changes)
    row = of(plan, "prices")
    lacks = 3_000_000 * CRF - 30 * 8_000
    assert (row["verdict"], row["payer"]) == ("no price at which both gain", "subsidy")
    assert row["lacking_per_yr"] == pytest.approx(lacks)
    assert row["lacking_once"] == pytest.approx(3_000_000 - 240_000 * AF)  # the NPV of the park, which is short of it
    assert of(plan, "finance", party="kiln")["verdict"] == "loses: more than the others gain"
    # a grant of that much mends it: floor and ceiling meet
    grant = f"horizon: 20, grants: [{{amount: {row['lacking_once']:.6f}}}]"
    mended = retold(plan, tmp_path / "d", *changes, ("horizon: 20", grant))
    assert of(mended, "prices")["room_per_unit"] == pytest.approx(0, abs=1e-6)
    assert of(mended, "finance", party="park")["npv"] == pytest.approx(0, abs=1)


def test_contracts_flag_paybacks_that_outlast_them_and_pay_for_what_is_not_taken(plan, tmp_path):
    # kiln: 176,000 x 1.02^t - 80,000: 309,403 after 3 years, 419,911 after 4: 3.82 years > 3.5; take or pay 90 %: with
    # 20 % less heat 0.9 x 176,000 are paid.
    clause = "transfer: {price: 22}, contract: {term: 3.5 yr, take_or_pay: 90 %, escalation: 2 %},"
    told = retold(plan, tmp_path / "c", ("transfer: {price: 22},", clause))
    row = of(told, "prices")
    assert row["outlasts_contract"] == "kiln"
    assert row["guaranteed_flow_per_yr"] == pytest.approx(7_200)
    assert row["guaranteed_revenue_per_yr"] == pytest.approx(7_200 * 22)
    # the price rises by 2 % a year: sum of 1.02^t / 1.1^t, t = 1 ... 20
    risen = sum((1.02 / 1.1) ** t for t in range(1, 21))
    assert of(told, "finance", party="kiln")["npv"] == pytest.approx(176_000 * risen - 80_000 * AF - 400_000)
    less = of(told, "bank", party="kiln", variable="volumes of exchanges")
    assert less["npv"] == pytest.approx(0.9 * 176_000 * risen - 0.8 * 80_000 * AF - 400_000)
    # the switching value of the mill lies where gas saved no longer pays: 0.9 x 176,000 risen = (1 + x) 320,000 AF
    mill = of(told, "bank", party="mill", variable="volumes of exchanges")
    assert mill["switching_value"] == pytest.approx(100 * (0.9 * 176_000 * risen / (320_000 * AF) - 1))


def test_escalation_permit_and_own_rate(tmp_path):
    # gas rises by 3 %, what is forgone (heat) does not; a permit takes 1.5 years; the mill discounts at 5 %.
    plan = solved(
        tmp_path / "c",
        ("horizon: 20", "horizon: 3, escalation: {gas: 3 %}, residual: none"),
        ("price_year: 2025", "price_year: 2025\nparties: {paper: {discount_rate: 5 %}}"),
        ("mill: {plot: B,", "mill: {plot: B, firm: paper,"),
        ("transfer: {price: 22},", "transfer: {price: 22}, delay: 1.5,"),
    )
    flows = plan.tables["cash_flows"].query("party == 'paper'")
    assert flows["gain"].tolist() == pytest.approx(
        [0, 0, 0.5 * (320_000 * 1.03**2 - 176_000), 320_000 * 1.03**3 - 176_000]
    )
    firm = of(plan, "finance", party="paper")
    assert firm["discount_rate"] == pytest.approx(0.05)
    assert firm["npv"] == pytest.approx(sum(x / 1.05**t for t, x in enumerate(flows["gain"])))
    kiln = of(plan, "finance", party="kiln")
    assert math.isnan(kiln["simple_payback_yr"])  # 144,000 in 1.5 of 3 years
    assert kiln["irr"] < 0


def test_tax_debt_and_nominal_money(plan, tmp_path):
    # kiln: 96,000 a year, real; prices rise by 2 %, so does its gain in the money of the day. Depreciation 400,000 / 20
    # a year, tax 30 %; half is lent at 6 %, paid back over 10 years.
    terms = "horizon: 20, inflation: 2 %, money: nominal, tax: {rate: 30 %}, debt: {share: 50 %, rate: 6 %, term: 10}"
    told = retold(plan, tmp_path / "c", ("horizon: 20", terms))
    rows = told.tables["cash_flows"].query("party == 'kiln'").set_index("year")
    assert rows.loc[3, "gain"] == pytest.approx(96_000 * 1.02**3)
    assert rows.loc[3, "tax"] == pytest.approx(0.3 * (96_000 * 1.02**3 - 20_000))
    payment = 200_000 * 0.06 / (1 - 1.06**-10)
    assert rows.loc[3, "interest"] + rows.loc[3, "principal"] == pytest.approx(payment)
    owed = 200_000 * 1.06**2 - payment * (1.06 + 1)
    assert rows.loc[3, "interest"] == pytest.approx(0.06 * owed)
    assert rows.loc[3, "tax_with_debt"] == pytest.approx(0.3 * (96_000 * 1.02**3 - 20_000 - 0.06 * owed))
    firm = of(told, "finance", party="kiln")
    assert firm["discount_rate"] == pytest.approx(1.1 * 1.02 - 1)
    assert firm["npv"] == pytest.approx(sum(x / (1.1 * 1.02) ** t for t, x in rows["net"].items()))


def test_society_counts_shadow_prices_and_co2e(tmp_path):
    # gas is worth 30 to society, its CO2e 100 a tonne: 8,000 x (30 + 0.2 x 100) - 0.8 x 80,000 forgone; pipe x 0.9.
    told = "economic: {discount_rate: 4 %, carbon: 100, prices: {gas: 30}, factors: {investment: 0.9, operation: 0.8}}"
    plan = solved(tmp_path / "c", ("horizon: 20", f"horizon: 20, {told}"))
    row = of(plan, "finance", party="society")
    worth = (1 - 1.04**-20) / 0.04
    assert row["npv"] == pytest.approx((8_000 * (30 + 20) - 64_000) * worth - 360_000)
    assert of(plan, "finance", party="park")["npv"] == pytest.approx(240_000 * AF - 400_000)


def test_a_park_without_exchanges_has_ledgers_and_no_prices(tmp_path):
    plan = solved(
        tmp_path / "c", ("shared_hours: 8000,", "forbidden: true,"), ("discount_rate: 0.10", "discount_rate: 0")
    )
    assert plan.tables["prices"].empty
    assert set(plan.tables["finance"]["verdict"]) == {"neither gains nor loses"}
    assert "loss of the anchor" not in set(plan.tables["bank"]["variable"])
    assert plan.ledger["gain_per_yr"].abs().sum() == 0
    assert of(plan, "finance", party="park")["note"] == "no investment"


def test_without_interest_capital_is_shared_out_evenly(tmp_path):
    # 400,000 / 20 = 20,000 a year; NPV over 20 years: 20 x (240,000 - 20,000) = 4,400,000.
    plan = solved(tmp_path / "c", ("discount_rate: 0.10", "discount_rate: 0"))
    assert of(plan, "finance", party="park")["npv"] == pytest.approx(4_400_000)
    assert of(plan, "prices")["floor_per_unit"] == pytest.approx(12.5)


def test_horizons_shorter_and_longer_than_lifetimes(plan, tmp_path):
    # by annuity NPV is the saving of total annual cost times AF(N), whatever N; by straight line 400,000 x 15 / 20 is
    # left after 5 years, and after 25 the second pipe, bought in year 20, is worth 15 / 20.
    saved = 240_000 - 400_000 * CRF
    for years in (5, 25):
        af = (1 - 1.1**-years) / 0.1
        told = retold(plan, tmp_path / f"a{years}", ("horizon: 20", f"horizon: {years}"))
        assert of(told, "finance", party="park")["npv"] == pytest.approx(saved * af)
        told = retold(plan, tmp_path / f"s{years}", ("horizon: 20", f"horizon: {years}, residual: straight line"))
        again = 0 if years == 5 else 400_000 / 1.1**20
        expected = 240_000 * af - 400_000 - again + 300_000 / 1.1**years
        assert of(told, "finance", party="park")["npv"] == pytest.approx(expected)


def test_a_grant_larger_than_the_investment_pays_no_more_than_it(plan, tmp_path):
    told = retold(plan, tmp_path / "c", ("horizon: 20", "horizon: 20, grants: [{amount: 900000}, {share: 50 %}]"))
    row = of(told, "finance", party="kiln")
    assert row["grants_capex"] == pytest.approx(400_000)
    assert row["note"] == "no investment"
    assert of(told, "prices")["floor_per_unit"] == pytest.approx(10)
    dearer = of(told, "bank", party="kiln", variable="investment", change=30)
    assert dearer["npv_change"] == pytest.approx(0)  # 0.5 x 520,000 and 400,000 pay all of it


def test_an_exchange_in_place_is_in_both_ledgers(tmp_path):
    # as it is today the pipe lies: nothing is invested, nothing gained, no delay counts
    today = "existing: {link: pipe, capacity: 2}, delay: 2,"
    plan = solved(
        tmp_path / "c",
        ("shared_hours: 8000,", f"shared_hours: 8000, {today}"),
        ("case: Kiln", "baseline: as_is\ncase: Kiln"),
    )
    assert plan.ledger["gain_per_yr"].abs().max() == pytest.approx(0)
    assert plan.ledger.query("kind == 'transfer'")["plan_per_yr"].tolist() == pytest.approx([-176_000, 176_000])
    assert of(plan, "finance", party="park")["npv"] == pytest.approx(0)
    assert of(plan, "prices")["floor_per_unit"] == pytest.approx(10)


def test_the_summary_tells_firms_the_bank_and_who_loses(tmp_path):
    from planner.report.terminal import plain, summary_of

    clause = "transfer: {price: 12}, contract: {term: 4 yr},"
    text = plain(summary_of(solved(tmp_path / "c", ("transfer: {price: 22},", clause))))
    for told in (
        "Money by firm, EUR",
        "kiln loses under this plan: 30,984 EUR a year",
        "the seller loses at this price: kiln > mill: heat (30,984 EUR a year)",
        "the payback of kiln outlasts its contract of 4 years",
        "loss of the anchor (kiln)",
    ):
        assert told in text, told


def test_a_payback_is_held_against_the_contract_as_the_money_comes(plan, tmp_path):
    # 96,000 a year: 4.17 years < 5; with half of it in the first four years, 4 x 48,000 + 96,000 = 288,000 < 400,000
    # after 5 years; a grant of 30 % leaves 280,000 to pay back.
    clause = "transfer: {price: 22},", "transfer: {price: 22}, contract: {term: 5 yr},"
    steady = retold(plan, tmp_path / "a", clause)
    assert of(steady, "prices")["outlasts_contract"] is None
    slow = "horizon: 20", "horizon: 20, ramp_up: [0.5, 0.5, 0.5, 0.5]"
    assert of(retold(plan, tmp_path / "b", clause, slow), "prices")["outlasts_contract"] == "kiln"
    helped = slow[0], slow[1] + ", grants: [{share: 0.3}]"
    assert of(retold(plan, tmp_path / "c", clause, helped), "prices")["outlasts_contract"] is None
    # counted from the start of operation: two years of building before it are not years of the contract
    built_first = "horizon: 20", "horizon: 20, delay: 2"
    assert of(retold(plan, tmp_path / "d", clause, built_first), "prices")["outlasts_contract"] is None


def test_what_is_not_stated_is_told(plan, tmp_path):
    told = [note for note in plan.header["notes"] if "economics.finance" in note]
    assert len(told) == 1
    assert "full operation from the first year on" in told[0]
    assert "no tax" in told[0]
    assert "years of operation" not in told[0]  # the case states the horizon
    silent = solved(tmp_path / "c", ("  finance: {horizon: 20}\n", ""), ("transfer: {price: 22}, ", ""))
    notes = " ".join(silent.header["notes"])
    assert "20 years of operation" in notes
    assert "prices of 1 exchange(s) are not stated" in notes
