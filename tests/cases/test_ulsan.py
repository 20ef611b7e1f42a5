"""Ulsan: accounting checks on published figures, and the plan against what was built."""

from pathlib import Path

import pytest
from iapws import IAPWS97

import planner

CASES = Path(__file__).resolve().parents[2] / "cases"
PIPE = "LS-Nikko > Hankuk Paper: steam"
SUNG_AM = "Sung-am incinerator > Hyosung: steam"


@pytest.fixture(scope="module")
def plan_2005():
    return planner.solve(CASES / "ulsan-2005")


@pytest.fixture(scope="module")
def plan():
    return planner.solve(CASES / "ulsan")


def parties(plan):
    return plan.tables["parties"].set_index("party")


def supply_of(plan, unit, table):
    rows = plan.tables[table]
    return rows.loc[(rows["by"] == unit) & (rows["resource"] == "heavy oil")]


@pytest.mark.parametrize("name", ["plan_2005", "plan"])
def test_ulsan_is_optimal_and_audited(name, request):
    plan = request.getfixturevalue(name)
    assert plan.header["solver"]["status"] == "optimal"
    assert plan.audit["passed"]


@pytest.mark.parametrize("name", ["ulsan", "ulsan-2005"])
def test_ulsan_numbers_are_what_they_come_from(name):
    case = planner.read_case(CASES / name)
    # 16 bar saturated steam from feed water of 80 degC: (2792.88 - 336.18) / 3600 = 0.68242 MWh/t.
    enthalpy = (IAPWS97(P=1.6, x=1).h - IAPWS97(P=1.6, T=80 + 273.15).h) / 3600
    assert case.resources["steam"].enthalpy.value == pytest.approx(enthalpy, rel=1e-5)
    # 0.96 t/m3 x 40.4 GJ/t x 77.4 kg/GJ = 3.00188 t/m3.
    assert case.resources["heavy oil"].co2e.use.value == pytest.approx(0.96 * 40.4 * 77.4 / 1000, rel=1e-5)


# ulsan-2005: accounting checks, not predictions


def test_2005_oil_and_its_price(plan_2005):
    oil = supply_of(plan_2005, "Hankuk Paper", "baseline_purchases")
    # 305,124.3 t of steam x 0.068824 m3/t; x 285,714 KRW/m3.
    assert oil["amount_per_yr"].sum() == pytest.approx(21_000, rel=1e-6)
    assert oil["cost_per_yr"].sum() == pytest.approx(6_000e6, rel=1e-6)
    assert supply_of(plan_2005, "Hankuk Paper", "purchases")["amount_per_yr"].sum() == pytest.approx(0, abs=1e-3)


def test_2005_gains_and_paybacks_of_both_firms(plan_2005):
    table = parties(plan_2005)
    # Seller: 5 bn revenue - 3 bn of power forgone = 2.0 bn; buyer: 6 bn of oil - 5 bn = 1.0 bn.
    assert table.loc["LS-Nikko", "gain_before_capital_per_yr"] == pytest.approx(2.0e9, rel=0.01)
    assert table.loc["Hankuk Paper", "gain_before_capital_per_yr"] == pytest.approx(1.0e9, rel=0.01)
    # 4,000 m x 2.5 MKRW/m = 10 bn, shared 9 : 1.
    assert table.loc["LS-Nikko", "capex"] == pytest.approx(9e9)
    assert table.loc["Hankuk Paper", "capex"] == pytest.approx(1e9)
    # 9 / 2.0 = 4.5 years; 1 / 1.0 = 1.0 year.
    assert table.loc["LS-Nikko", "payback_yr"] == pytest.approx(4.5, rel=0.01)
    assert table.loc["Hankuk Paper", "payback_yr"] == pytest.approx(1.0, rel=0.01)
    row = plan_2005.exchanges.set_index("exchange").loc[PIPE]
    # 21,000 m3 x 3.00188 t/m3 of oil - 50,000 MWh x 0.46 t/MWh of power = 63,039 - 23,000 t.
    assert row["co2e_avoided_t_per_yr"] == pytest.approx(40_039, abs=2)
    assert row["length_km"] == pytest.approx(4.0)
    assert row["size"] == "DN 400"


# ulsan: the gross split is an accounting check, not a prediction


def test_sung_am_gross_split_at_its_observed_price(plan):
    row = plan.exchanges.set_index("exchange").loc[SUNG_AM]
    assert row["transfer_price"] == pytest.approx(30_908)
    # 349,283 t (2014). Oil not bought: 56,264 KRW/t; the buyer keeps 56,264 - 30,908 = 25,356 KRW/t.
    assert row["flow_per_yr"] == pytest.approx(349_283)
    assert row["buyer_gain_per_yr"] / row["flow_per_yr"] == pytest.approx(25_356, rel=1e-4)
    # 30,908 / 56,264 = 0.549 and 25,356 / 56,264 = 0.451.
    assert row["seller_gross_share"] == pytest.approx(0.549, abs=5e-4)
    assert 1 - row["seller_gross_share"] == pytest.approx(0.451, abs=5e-4)


# ulsan: the plan against what was built

#: Exchange -> (size, flow a year, investment in MKRW of 2011). Korean consumer prices 2011 / 2008 = 100 / 90.88.
BUILT = {
    SUNG_AM: ("DN 300", 349_283, 5_723.3),  # P1, given: 2,420 m x 2.1493 MKRW/m of 2008
    "Korea Zinc > Hankuk Paper: steam": ("DN 400", 537_600, 4_558.6),  # P2: 1,450 m x 2.8571 MKRW/m of 2008
    "Korea Zinc > Hankuk Paper: flue gas CO2": ("DN 400", 64_000, 2_877.3),  # P2, given
    PIPE: ("DN 400", 320_000, 0.0),  # P3 and P4: in the ground since 2005
    "LS-Nikko > S-Oil: steam": ("DN 400", 500_000, 20_000 / 0.9088),  # P4: the published 20,000 MKRW of 2008
    "Yongyeon givers > Yongyeon takers: network steam": ("DN 300", 232_475.7, 8_277.5),  # P5: 3,500 m
    "Koentec > SK Energy: steam": ("DN 300", 320_000, 2_400 / 0.7516),  # P6: the published 2,400 MKRW of 2002
    "SK Chemicals > SK Energy: steam": ("DN 400", 658_087, 6_200 * 2.857143 / 0.9088),  # P7: 6,200 m
    "SK Chemicals > Hyosung: steam": ("DN 200", 61_913, 2_327.1),  # not built; the rest of P7's steam
    "Ulsan food waste > biomethane works: food waste": (None, 65_700, 0.0),  # P8: 180 t/d x 365
    "biomethane works > SK Chemicals: biomethane -> heavy oil": ("DN 150", 5_036_855, 876.6),  # P8
}


def test_plan_builds_every_project(plan):
    rows = plan.exchanges.set_index("exchange")
    assert set(rows.index) == set(BUILT)
    for exchange, (size, flow, capex) in BUILT.items():
        row = rows.loc[exchange]
        assert (row["size"] if isinstance(row["size"], str) else None) == size, exchange
        assert row["flow_per_yr"] == pytest.approx(flow, rel=1e-3), exchange
        assert row["capex"] / 1e6 == pytest.approx(capex, rel=1e-3, abs=0.1), exchange


def test_headlines_of_the_readme(plan):
    rows = plan.indicators.set_index("indicator")
    # Baseline: 3,312,475.7 t of steam x 56,264 KRW/t = 186.373 bn, 4,551 m3 of oil = 3.720 bn,
    # 65,700 t of food waste x 82,500 KRW/t of 2010 / 0.9613 = 5.638 bn: 195.732 bn KRW/yr.
    assert rows.loc["total_annual_cost", "baseline"] / 1e9 == pytest.approx(186.373 + 3.720 + 5.638, abs=0.01)
    assert rows.loc["total_annual_cost", "plan"] / 1e9 == pytest.approx(62.48, abs=0.01)
    # Baseline: 3,312,475.7 t x 0.206603 + 4,551 m3 x 3.00188 = 684,366 + 13,662 = 698,028 t.
    assert rows.loc["co2e", "baseline"] == pytest.approx(698_028, abs=5)
    assert rows.loc["co2e", "reduction"] == pytest.approx(454_708, abs=5)


def test_published_pipe_lengths_are_exact(plan):
    km = plan.exchanges.set_index("exchange")["length_km"]
    assert km[PIPE] == pytest.approx(4.0)
    assert km["LS-Nikko > S-Oil: steam"] == pytest.approx(7.0)
    assert km["Yongyeon givers > Yongyeon takers: network steam"] == pytest.approx(3.5)
    assert km["SK Chemicals > SK Energy: steam"] == pytest.approx(6.2)


def test_highway_takes_the_largest_flow_of_its_size(plan):
    flow = plan.exchanges.set_index("exchange")["flow_per_yr"]
    # DN 400 carries 91.4 t/h; peak 1.1111 x the mean, 8,000 h: 91.4 x 8,000 / 1.1111 = 658,087 t.
    assert flow["SK Chemicals > SK Energy: steam"] == pytest.approx(91.4 * 8000 / 1.1111, rel=1e-6)
    # All 720,000 t are used: the rest goes to Hyosung.
    highway = flow["SK Chemicals > SK Energy: steam"] + flow["SK Chemicals > Hyosung: steam"]
    assert highway == pytest.approx(720_000)


def test_one_co2_factor_and_power_forgone(plan):
    avoided = plan.exchanges.set_index("exchange")["co2e_avoided_t_per_yr"]
    # A tonne of steam replaces 0.0688244 m3 x 3.00188 t/m3 = 0.206603 t of CO2;
    # where it drove a turbine it costs 0.16387 MWh x 0.46 t/MWh = 0.075380 t (Sung-am: 0.11085 MWh, 0.050991 t).
    assert avoided[SUNG_AM] == pytest.approx(349_283 * (0.206603 - 0.050991), rel=1e-4)  # 54,352; published 55,500
    zinc = avoided["Korea Zinc > Hankuk Paper: steam"]
    assert zinc == pytest.approx(537_600 * (0.206603 - 0.075380), rel=1e-4)  # 70,545; published 64,000
    highway = avoided["SK Chemicals > SK Energy: steam"] + avoided["SK Chemicals > Hyosung: steam"]
    assert highway == pytest.approx(720_000 * (0.206603 - 0.075380), rel=1e-4)  # 94,481; published 102,000
    network = avoided["Yongyeon givers > Yongyeon takers: network steam"]
    assert network == pytest.approx(16_000 * 3.00188, rel=1e-4)  # 48,030; published 39,000
    # 4,551 m3 x 3.00188 t/m3 of oil at SK Chemicals; published 11,500 t.
    gas = avoided["biomethane works > SK Chemicals: biomethane -> heavy oil"]
    assert gas == pytest.approx(4_551 * 3.00188, rel=1e-4)
    # CO2 sold to the filler plant is no reduction: it was counted as oil not burnt.
    assert avoided["Korea Zinc > Hankuk Paper: flue gas CO2"] == pytest.approx(0, abs=1e-6)


def test_sung_am_is_free_to_go_elsewhere(plan, tmp_path):
    folder = tmp_path / "ulsan"
    folder.mkdir()
    for file in (CASES / "ulsan").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    text = (CASES / "ulsan" / "case.yaml").read_text(encoding="utf-8")
    start = text.index("    forced: true\n    min_flow: {value: 349283")
    (folder / "case.yaml").write_text(
        text[:start] + text[text.index("    paid_by: {seller", start) :], encoding="utf-8"
    )
    free = planner.solve(folder)
    cost = [p.indicators.set_index("indicator").loc["total_annual_cost", "plan"] for p in (plan, free)]
    # P1 unforced: SK Chemicals, 1.2 km away, serves Hyosung, and Sung-am SK Energy; 92 MKRW/yr or 0.15 % cheaper.
    assert SUNG_AM not in set(free.exchanges["exchange"])
    assert cost[0] - cost[1] == pytest.approx(91.6e6, rel=0.01)
