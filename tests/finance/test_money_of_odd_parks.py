"""Money of odd parks by hand: seasons, trucks, partners outside, optional plants, mains that no price pays for."""

from pathlib import Path

import numpy as np
import pytest
from layers import layer

import planner

#: Winter is 3,504 h, summer 5,256 h. Prices of 2015 are 100 / 80 of those of 2025, a dollar was 0.9 then.
SEASONS = """
case: Seasons, trucks, partners
currency: EUR
price_year: 2025
economics:
  discount_rate: 0.08
  lifetime: {pipe: 20, treatment: 20, permit: 20}
  carbon_price: {paid: 30, paid_scopes: [use, transport, supply]}
  price_index: {2015: 80, 2025: 100}
  price_index_source: invented
  exchange_rates: {USD: {2015: 0.9, 2025: 1.1}}
  exchange_rates_source: invented
  finance:
    horizon: 15
    delay: 2
    spending: [0.5, 0.3, 0.2]
    ramp_up: [0.6, 0.8]
    inflation: 0.02
    money: nominal
    residual: straight line
    escalation: {carbon: 0.03, operation: 0.01, lime: -0.01}
    tax: {rate: 0.25, depreciation: 10}
    debt: {share: 0.6, rate: 0.07, term: 8, grace: 2}
    grants: [{amount: 1000000, of: [link], to: [kiln]}, {share: 0.1}, {amount: 3000, of: [permit]}]
    economic: {discount_rate: 0.03, carbon: 80, prices: {gas: 30, power: 50}, factors: {operation: 0.8}}
periods: {winter: {hours: 40 %}, summer: {hours: 60 %}}
geography: {distances: distances.csv}
plots: {A: {area: 1}, B: {area: 1}}
resources:
  gas: {kind: gas, unit: MWh, price: {periods: {winter: 50, summer: 20}}, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, carried_by: [pipe], discharge: {route: cooler, cost: {value: 1, periods: {summer: 2}}}}
  power: {kind: power, unit: MWh, price: {value: 100, periods: {summer: 60}}}
  slag: {kind: material, unit: t, discharge: {route: landfill, cost: 20}, carried_by: [truck]}
  lime: {kind: material, unit: t, price: {value: 40 USD/t, year: 2015}, co2e: {supply: 1}}
  water: {kind: water, unit: m3, price: 1}
  grey: {kind: water, unit: m3, discharge: {route: reuse, cost: -0.1}, carried_by: [tanker]}
plants:
  kiln: {plot: A, hours: 8760, sources: {heat: {rate: 2}, slag: {rate: 4000 t/yr}}}
  mill: {plot: B, hours: 8760, sinks: {heat: {rate: {value: 2, periods: {summer: 1}}, supplied_today_by: {gas: 1.1}},
                                       water: {rate: 10000 m3/yr}}}
partners:
  cement: {hours: 8760, sinks: {lime: {rate: 1000 t/yr}}}
  works: {hours: 8760, sources: {grey: {rate: 20000 m3/yr}}}
substitutions:
  - {from: slag, to: lime, ratio: 0.5, treatment: {cost: 4, uses: {power: 0.01}, investment: 10000}}
  - {from: grey, to: water, ratio: 0.8}
links:
  pipe: {kind: pipe, along: table, maintenance: 2 %, sizes: [{size: S, capacity: 3, investment: 400}]}
  truck: {kind: truck, along: table, cost: 0.2, loading: 3, co2e: 0.0001}
  tanker: {kind: truck, along: table, cost: 0.01, loading: 0.2}
exchanges:
  - {from: kiln, to: mill, paid_by: {seller: 0.25, buyer: 0.75}}
  - {from: kiln, to: cement, transfer: {price: -2}, permit: {name: p, cost: 5000, delay: 1.5},
     contract: {term: 1, escalation: 0.02}}
  - {from: works, to: mill, fixed_cost: 700}
"""
DISTANCES = "from,to,length_m\nA,B,1000\nA,cement,10000\nB,works,5000\n"


def solved(folder: Path, text: str, distances: str = "") -> planner.Plan:
    """The plan of a case; its audit has passed."""
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    if distances:
        (folder / "distances.csv").write_text(distances, encoding="utf-8")
    plan = planner.solve(folder)
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


def of(plan, table, **where):
    """The one row of a table."""
    frame = plan.tables[table]
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.fixture(scope="module")
def seasons(tmp_path_factory) -> planner.Plan:
    return solved(tmp_path_factory.mktemp("seasons") / "case", SEASONS, DISTANCES)


def running(plan, party):
    """Account, resource -> gain a year before capital."""
    rows = plan.ledger[(plan.ledger["party"] == party) & (plan.ledger["kind"] != "capital")]
    keys = zip(rows["account"], rows["resource"].fillna(""), strict=True)
    return dict(zip(keys, rows["gain_per_yr"], strict=True))


def test_seasonal_prices_and_charges_in_the_ledger(seasons):
    # gas: 1.1 x (7,008 x 50 + 5,256 x 20) = 501,072; CO2e 0.2 x 13,490.4 x 30 = 80,942.4. Upkeep 2 % of 400,000.
    # The kiln let off 2 MW in both: 7,008 x 1 + 5,256 x 2 = 17,520 are saved. Price: half of what both gain,
    # 501,072 + 80,942.4 - 6,000 + 17,520 - 2,000 = 591,534.4, less the kiln's own 15,520: 280,247.2.
    heat = 280_247.2
    assert running(seasons, "mill") == pytest.approx(
        {
            ("link_operation", ""): -6_000,
            ("exchange_fixed", ""): -350,
            ("transport", "grey"): -1_562.5,
            ("purchase", "gas"): 501_072,
            ("purchase", "water"): 10_000,
            ("carbon_paid", "gas"): 80_942.4,
            ("transfer", "heat"): -heat,
            ("transfer", "grey"): -5_625,
        }
    )
    # 2,000 t of slag go by truck, (0.2 x 10 + 3) x 2,000 = 10,000, half each; 2 t of CO2e cost 60, half each.
    assert running(seasons, "kiln") == pytest.approx(
        {
            ("link_operation", ""): -2_000,
            ("transport", "slag"): -5_000,
            ("discharge", "heat"): 17_520,
            ("discharge", "slag"): 40_000,
            ("carbon_paid", "slag"): -30,
            ("transfer", "heat"): heat,
            ("transfer", "slag"): -4_000,
        }
    )


def test_partners_outside_have_ledgers_and_count_in_the_park(seasons):
    # lime: 40 USD of 2015 are 36 EUR then and 45 now. Treatment takes 20 MWh at 0.4 x 100 + 0.6 x 60 = 76.
    assert running(seasons, "cement") == pytest.approx(
        {
            ("treatment", "power"): -1_520,
            ("treatment", "slag"): -8_000,
            ("transport", "slag"): -5_000,
            ("purchase", "lime"): 45_000,
            ("carbon_paid", "lime"): 30_000,
            ("carbon_paid", "slag"): -30,
            ("transfer", "slag"): 4_000,
        }
    )
    # works: paid 0.1 a m3 for what is reused elsewhere, 12,500 m3 of which go to the mill
    assert running(seasons, "works")["discharge", "grey"] == pytest.approx(-1_250)
    saved = of(seasons, "indicators", indicator="total_annual_cost")["reduction"]
    assert seasons.ledger["gain_per_yr"].sum() == pytest.approx(saved, abs=0.005)
    assert set(seasons.ledger["party"]) == {"kiln", "mill", "cement", "works"}


def test_a_partner_s_cash_flow_year_by_year(seasons):
    # nominal, all of it: 12,500 spent over three years, grants 10 % of the treatment and 70 % of its half of the
    # permit; 1.5 years later than the park; depreciation over 10 years; a quarter of the price is left at the end.
    money = np.asarray(1.02 ** np.arange(18))
    rises = {-5_000: 0.01, -30: 0.03, 45_000: -0.01, 30_000: 0.03, -8_000: 0.0, -1_520: 0.0, 4_000: 0.02}
    share = np.array([0, 0, 0, 0, 0.5 * 0.8, *[1.0] * 13])
    gain = np.array([sum(x * (1 + e) ** t for x, e in rises.items()) for t in range(18)]) * share * money
    spent = np.array([0.5, 0.3, 0.2, *[0.0] * 15]) * money
    worn = np.array([0.0] * 3 + [(12_500 - 2_750) * spent.sum() / 10] * 10 + [0.0] * 5)
    left = np.array([0.0] * 17 + [12_500 / 4 * money[17]])
    drawn = 0.6 * (12_500 - 2_750) * spent
    interest, principal, owed = np.zeros(18), np.zeros(18), 0.0
    payment = drawn.sum() * 0.07 / (1 - 1.07**-6)
    for t in range(11):  # to the end of year 2 + 8
        interest[t] = 0.07 * owed
        principal[t] = payment - interest[t] if t > 4 else 0.0
        owed += drawn[t] - principal[t]
    assert owed == pytest.approx(0, abs=1e-6)

    def taxed(deducted):
        carried, due = 0.0, np.zeros(18)
        for t, profit in enumerate(gain - worn + left - deducted):
            due[t], carried = 0.25 * max(0.0, profit - carried), max(0.0, carried - profit)
        return due

    factors = (1.08 * 1.02) ** -np.arange(18.0)
    net = gain - (12_500 - 2_750) * spent + left
    row = of(seasons, "finance", party="cement")
    assert row["npv"] == pytest.approx(float((net - taxed(0)) @ factors))
    equity = net - taxed(interest) + drawn - interest - principal
    assert row["equity_npv"] == pytest.approx(float(equity @ factors))
    due = slice(3, 11)
    cover = (gain - taxed(interest))[due] / (interest + principal)[due]
    assert (row["least_dscr"], row["mean_dscr"]) == pytest.approx((cover.min(), cover.mean()))


def test_a_grant_above_all_of_an_investment_covers_a_dearer_one(seasons):
    # 1,000,000 are granted for a pipe of 100,000: at 130,000 it is still paid for. The kiln's half of the permit,
    # 2,500, has 1,500 of an amount and 10 %: it bears 750, and 1,425 where it is dearer by 750: 675 more, written off
    # in years 3 to 12 at 25 % tax. A quarter of the 30,750 more is left in year 17, and taxed.
    spent = np.array([0.5, 0.3, 0.2])
    more = 675 * float(spent @ 1.08 ** -np.arange(3.0))
    shield = 0.25 * 675 * float(spent @ 1.02 ** np.arange(3.0)) / 10 * sum((1.08 * 1.02) ** -t for t in range(3, 13))
    row = of(seasons, "bank", party="kiln", variable="investment", change=30.0)
    assert row["npv_change"] == pytest.approx(-more + shield + 0.75 * 30_750 / 4 / 1.08**17)


def test_society_counts_shadow_prices_by_season(seasons):
    # gas 13,490.4 MWh x 30, power of the treatment 20 MWh x 50; CO2e: 2,698.08 + 1,000 - 2 = 3,696.08 t x 80
    worth = {(r.account, r.resource): r.economic_gain_per_yr for r in seasons.tables["economic"].itertuples()}
    assert worth["purchase", "gas"] == pytest.approx(404_712)
    assert worth["treatment", "power"] == pytest.approx(-1_000)
    assert worth["carbon_paid", "gas"] == 0
    assert of(seasons, "economic", account="co2e")["economic_gain_per_yr"] == pytest.approx(295_686.4)


#: A boiler of 2,000 million won burns the mill's sludge, at cost, for the mill and a plant that may stay away.
TENANT = """
case: Boiler and tenant
currency: KRW
price_year: 2025
parties: {esco: {kind: utility}}
economics:
  discount_rate: 0.08
  lifetime: {pipe: 20, facility: 20}
  finance: {horizon: 20, shared_costs: users}
geography: {distances: distances.csv}
plots: {C: {area: 1, price: 1000000000}, D: {area: 1}, E: {area: 1, price: 2000000000}}
resources:
  gas: {kind: gas, unit: MWh, price: 50000, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, carried_by: [pipe], discharge: {route: cooler, cost: 0}}
  sludge: {kind: material, unit: t, discharge: {route: burn, cost: 90000}, carried_by: [truck]}
plants:
  mill: {plot: D, hours: 8000, sources: {sludge: {rate: 9000 t/yr}},
         sinks: {heat: {rate: 3, supplied_today_by: {gas: 1.1}}}}
  green: {optional: {margin: 500000000}, plots: [C], area: 1, hours: 8000,
          sinks: {heat: {rate: 1, supplied_today_by: {gas: 1.25}}}}
facilities:
  boiler: {owner: esco, plots: [E], area: 1, unit: t, inputs: {sludge: 1}, outputs: {heat: 4},
           investment: [{capacity: 2, investment: 2000000000}], maintenance: 3 %, hours: 8000}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: S, capacity: 5, investment: 300000}]}
  truck: {kind: truck, along: table, cost: 200, loading: 3000}
"""


@pytest.fixture(scope="module")
def tenant(tmp_path_factory) -> planner.Plan:
    ways = "from,to,length_m\nD,E,500\nE,C,700\nC,D,1500\n"
    return solved(tmp_path_factory.mktemp("tenant") / "case", TENANT, ways)


def test_who_is_paid_what_it_costs_is_worth_nothing_not_what_rounding_leaves(tenant):
    row = of(tenant, "finance", party="esco")
    assert (row["npv"], row["equity_npv"], row["verdict"]) == (0.0, 0.0, "neither gains nor loses")
    # any delay costs it, so nothing is left at no delay at all, and not "nowhere: stays below 0"
    late = of(tenant, "bank", party="esco", variable="delay")
    assert late["npv"] < -1e6
    assert late["switching_value"] == 0.0
    assert of(tenant, "bank", party="esco", variable="investment", change=30.0)["switching_value"] == 0.0


def test_a_tenant_that_would_stay_away_alone_is_told_what_it_gains_by_coming(tenant):
    # alone it costs 80 million of land and 500 million of gas for a margin of 500: 80 million are lost.
    gain = of(tenant, "parties", party="green")["gain_per_yr"]
    told = [note for note in tenant.header["notes"] if note.startswith("green would not settle alone")]
    assert len(told) == 1
    assert "lose it 80,000,000 KRW a year" in told[0]
    assert f"against staying away it gains {gain - 80_000_000:,.0f} KRW a year" in told[0]


#: Counted in millions of euros; 0.00004 a MWh is 40 euros. Connections of 4 and a main of 2 for 0.24 a year.
MAIN = """
case: Main of two
currency: MEUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0.10, lifetime: {pipe: 20, connection: 20}, finance: {horizon: 20}}
geography: {plots: plots.geojson, corridors: corridors.geojson}
plots: {A: {}, B: {}, C: {}}
resources:
  gas: {kind: gas, unit: MWh, price: 0.00004, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, carried_by: [main]}
plants:
  kiln: {plot: A, hours: 8000, sources: {heat: {rate: 3, on_demand: true, forgoes: {money: 0.00001}}}}
  mill: {plot: B, hours: 8000, sinks: {heat: {rate: 1, supplied_today_by: {gas: 1}}}}
  third: {plot: C, hours: 8000, sinks: {heat: {rate: 1, supplied_today_by: {gas: 1}}}}
links: {main: {kind: pipe, main: true, sizes: [{size: S, capacity: 5, investment: 0.002}]}}
exchanges:
  - {from: kiln, to: mill, shared_hours: 8000, forced: true, transfer: {price: 0.00002},
     connection: {at_source: 1, at_sink: 3}}
  - {from: kiln, to: third, shared_hours: 8000, forced: true, transfer: {price: 0.000005},
     connection: {at_source: 0.1, at_sink: 0.8}}
"""
CRF = 0.1 / (1 - 1.1**-20)


@pytest.fixture(scope="module")
def main(tmp_path_factory) -> planner.Plan:
    folder = tmp_path_factory.mktemp("main") / "case"
    folder.mkdir()
    layer(folder, "plots", {"A": ((0, 0),), "B": ((500, 0),), "C": ((1000, 0),)})
    layer(folder, "corridors", {"one": ((0, 0), (500, 0)), "two": ((500, 0), (1000, 0))})
    return solved(folder, MAIN)


def test_a_subsidy_where_no_price_pays_says_what_of_it_is_for_the_main(main):
    # kiln: forgoes 0.08, and 1 x CRF; mill: saves 0.32 less 3 x CRF; half of the first 500 m, 0.5 x CRF, is for it.
    row = of(main, "prices", buyer="mill")
    assert row["verdict"] == "no price at which both gain"
    assert row["floor_per_unit"] * 8_000 == pytest.approx(0.08 + CRF)
    assert row["ceiling_per_unit"] * 8_000 == pytest.approx(0.32 - 3 * CRF)
    assert row["shared_cost_per_yr"] == pytest.approx(0.5 * CRF)
    assert row["payment_per_yr"] == pytest.approx(4.5 * CRF - 0.24)
    assert (row["payer"], row["payee"]) == ("subsidy", "kiln; owner of mains and trenches")
    words = "a price of the buyer's ceiling, and a subsidy to the seller, and a subsidy to who owns mains and trenches"
    assert row["remedy"] == words
    # at the ceiling the kiln is whole with what is left of the subsidy once the main's owner has its share
    left = row["payment_per_yr"] - row["shared_cost_per_yr"]
    assert row["ceiling_per_unit"] * 8_000 + left == pytest.approx(0.08 + CRF)


def test_a_price_that_mends_the_seller_leaves_the_main_s_owner_short(main):
    # third: 0.9 x CRF of connections and 1.5 x CRF of the main (half of the first 500 m, all of the second) for 0.24
    row = of(main, "prices", buyer="third")
    assert row["lacking_per_yr"] == pytest.approx(2.4 * CRF - 0.24)
    assert row["verdict"] == "the seller loses at this price"
    assert (row["payer"], row["payee"]) == ("third", "kiln")
    assert row["payment_per_yr"] == pytest.approx(0.08 + 0.1 * CRF - 0.04)
    assert row["remedy"].endswith("a payment of the buyer, and a subsidy to who owns mains and trenches")


@pytest.mark.parametrize(("table", "column"), [("parties", "gain_per_yr"), ("ledger", "plan_per_yr")])
def test_a_few_euros_are_found_where_millions_are_counted(main, table, column):
    from planner.audit.checks import Checks
    from planner.audit.facts import Facts
    from planner.audit.ledgers import check_ledgers

    wrong, right, case = main.tables[table].copy(), Checks(), main.case
    check_ledgers(Facts(case), main.tables, right)
    assert not any(right.problems.values())
    wrong.loc[0, column] += 0.00005  # 50 euros
    checks = Checks()
    check_ledgers(Facts(case), {**main.tables, table: wrong}, checks)
    assert any(checks.problems.values())
