"""Exits of who only owns a facility, of who is subsidised, and what must be taken or paid, by hand."""

import io

import pandas as pd
import pytest

import planner
from planner.resilience.exits import leave
from planner.resilience.tables import document, print_exits, tables

#: The works of an ESCO dry B's sludge (1 t/h) with A's heat (2 MWh a t) into granulate for C, which pays 90 for clay.
CASE = """
case: Drying
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {facility: 10}}
geography: {distances: distances.csv}
parties: {esco: {kind: utility}, estate: {kind: park company}}
plots: {A: {area: 1}, B: {area: 1}, C: {area: 1}, D: {area: 1}}
resources:
  heat: {kind: heat, unit: MWh, carried_by: [pipe], discharge: {route: air, cost: 0}}
  sludge: {kind: material, unit: t, carried_by: [truck], discharge: {route: tip, cost: 100, waste: non-hazardous}}
  granulate: {kind: material, unit: t, price: 90, carried_by: [truck], co2e: {supply: 0.5}}
plants:
  A: {plot: A, hours: 8000, sources: {heat: {rate: 3}}}
  B: {plot: B, hours: 8000, sources: {sludge: {rate: 1}}}
  C: {plot: C, hours: 8000, sinks: {granulate: {rate: 2}}}
facilities:
  dryer: {owner: OWNER, unit: t, plot: D, area: 0.1, hours: 8000, inputs: {sludge: 1, heat: 2},
          outputs: {granulate: 0.5}, investment: [{capacity: 2, investment: 1000000}], variable_cost: 5}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: S, capacity: 5, investment: 100}]}
  truck: {kind: truck, along: table, cost: 1, loading: 0}
exchanges:
  - {from: A, to: dryer, transfer: {price: 2}, contract: {term: 10 yr, take_or_pay: 0.75}}
  - {from: B, to: dryer, transfer: {price: -60}}
  - {from: dryer, to: C, transfer: {price: 80}}
"""
DISTANCES = "from,to,length_m\nA,D,1000\nB,D,1000\nD,C,1000\n"


def run_of(folder, owner="esco", *changes):
    folder.mkdir()
    text = CASE.replace("OWNER", owner)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    plan = planner.solve(folder)
    assert plan.audit["passed"]
    return plan.save(folder / "out")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return leave(run_of(tmp_path_factory.mktemp("drying") / "case"))


def test_the_owner_of_a_facility_may_leave(made):
    by_firm = {x.firm: x for x in made.exits}
    assert list(by_firm) == ["A", "B", "C", "esco"]
    # B tips 8,000 t at 100 again, instead of paying 60 and half of the haul of 1: 8,000 x 39.5. C buys 4,000 t at 90
    # instead of 80 and half a haul. A is not paid for 16,000 MWh at 2.
    assert by_firm["esco"].losses == pytest.approx({"A": 32_000.0, "B": 316_000.0, "C": 38_000.0}, abs=0.01)
    assert by_firm["esco"].changes["waste"] == pytest.approx(8_000)


def test_the_park_company_does_not_leave(tmp_path):
    assert "estate" not in {x.firm for x in leave(run_of(tmp_path / "case", "estate")).exits}


def test_what_must_be_taken_or_paid_is_paid_by_those_who_stay(made):
    # Without B the dryer stops. A could still give its heat: the ESCO pays for 75 % of 16,000 MWh at 2 all the same.
    x = {x.firm: x for x in made.exits}["B"]
    assert x.losses["A"] == pytest.approx(32_000 - 24_000)
    # the ESCO loses 60 a t of sludge, 80 a t of granulate, saves half of both hauls, 5 a t and 8,000 of its heat
    esco = 8_000 * 60 + 4_000 * 80 - 8_000 * 0.5 - 4_000 * 0.5 - 8_000 * 5 - 8_000
    assert x.losses["esco"] == pytest.approx(esco)
    assert x.losses["C"] == pytest.approx(4_000 * 9.5)


def test_nobody_pays_for_what_cannot_be_had(made):
    # Without A the dryer has no heat, and the ESCO pays nothing to it, nor is paid for what it cannot make.
    x = {x.firm: x for x in made.exits}["A"]
    assert x.losses["C"] == pytest.approx(4_000 * 9.5)
    assert x.loss == pytest.approx(x.extra_cost + x.lost_transfers, abs=0.005)


def test_take_or_pay_holds_for_no_more_than_the_seller_could_still_give(tmp_path):
    # C has agreed to pay for half of 4,000 t; without A the dryer makes none, and C pays for none.
    price = "{from: dryer, to: C, transfer: {price: 80}"
    out = run_of(tmp_path / "case", "esco", (price, price + ", contract: {term: 10 yr, take_or_pay: 0.5}"))
    (x,) = leave(out, ["A"]).exits
    assert x.losses["C"] == pytest.approx(4_000 * 9.5)


def test_who_stays_saves_the_tariff_that_it_paid_the_leaver(tmp_path, made):
    # The same prices, and tariffs for the dryer besides: when its owner leaves, nobody pays them any more.
    users = "economics: {discount_rate: 0,", "economics: {discount_rate: 0, finance: {shared_costs: users},"
    out = run_of(tmp_path / "case", "esco", users)
    rows = pd.read_csv(out / "tables" / "shared_costs.csv")
    paid = rows[(rows["owner"] == "esco") & (rows["party"] != "esco")].groupby("party")["tariff_per_yr"].sum()
    assert paid.abs().sum() > 1_000
    (x,) = leave(out, ["esco"]).exits
    before = {x.firm: x for x in made.exits}["esco"].losses
    assert x.losses == pytest.approx({firm: before[firm] - paid.get(firm, 0.0) for firm in before}, abs=0.01)


def test_others_gain_where_a_firm_costs_more_than_it_brings(tmp_path):
    # The dryer gets heat from A at 70 a MWh: 16,000 x 70 a year, more than it earns. Without A it is better off.
    out = run_of(tmp_path / "case", "esco", ("transfer: {price: 2}", "transfer: {price: 70}"))
    made = leave(out, ["A"])
    (x,) = made.exits
    assert x.loss < 0
    assert x.losses["esco"] < 0
    told = io.StringIO()
    print_exits(made, out, told)
    assert "A leaves: the others are better off by" in told.getvalue()
    assert "hydraulics" in told.getvalue()


def test_the_park_in_a_few_indices(made):
    # Demands: sludge and heat of the dryer, each of one partner and nothing else; granulate of C, 4,000 of 16,000 t.
    table = tables(made)["resilience"].set_index("index")["value"]
    assert table["demands that partners supply"] == 3
    assert table["demands that rest on one partner"] == 2
    assert table["... and have nothing to fall back on"] == 2
    assert table["mean number of equal suppliers"] == pytest.approx((1 + 1 + 1 / (0.25**2 + 0.75**2)) / 3)
    last = document(made)
    assert table["saving lost with the worst partner"] == pytest.approx(last["saving_lost_with_worst_partner"])
    rows = tables(made)["supplied_resources"].set_index("resource")
    assert rows.loc["granulate", "partner_share"] == pytest.approx(0.25)
    assert rows.loc["granulate", "single_partner_share"] == 0.0
    assert rows.loc["heat", "single_partner_share"] == 1.0
