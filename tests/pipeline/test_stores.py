"""Stores in parks solved by hand: summer heat for winter, day and night of a battery, losses, and what does not pay."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from period_parks import HALF, changed, planned, total
from random_cases import random_case
from random_networks_cases import random_network_case
from random_periods import seasonal
from random_stores import with_stores
from random_water_cases import random_water_case
from whole_cases import assert_saved_whole, failed

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import solve
from planner.results.plan import Plan

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
#: 10 MW of heat in summer for homes that need 8 MW in winter; a pit 100 m from the works; pipes at 10 EUR/m, 10 years.
HEAT = yaml.safe_load("""
case: Summer heat
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, cable: 10, facility: 10}}
geography: {distances: distances.csv}
periods: {summer: {hours: 50 %}, winter: {hours: 4380 h/yr}}
plots: {A: {area: 5}, B: {area: 5}, C: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, discharge: {route: cooler}, carried_by: [pipe]}
  power: {kind: power, unit: MWh, price: 100, co2e: {supply: 0.4}}
plants:
  works: {plot: A, sources: {heat: {rate: {value: 0, periods: {summer: 10}}}}}
  homes: {plot: B, sinks: {heat: {rate: {value: 8, periods: {summer: 0}}, supplied_today_by: {gas: 1}}}}
facilities:
  pit:
    unit: MWh
    plot: C
    stores: {resource: heat, rate_in: 20 MW, rate_out: 20 MW}
    investment: [{capacity: 10 MWh, investment: 600}, {capacity: 50 GWh, investment: 3000000}]
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
""")
#: 20 MW of sun by day on the roof of a works that needs 5 MW always; power at 100, fed in at 40 EUR/MWh up to 8 MW.
SUN = yaml.safe_load("""
case: Sun by day
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {facility: 10}}
geography: {distances: distances.csv}
periods: {day: {hours: 50 %, of: year}, night: {hours: 50 %, of: year}}
plots: {A: {area: 5}, B: {area: 5}, C: {area: 5}}
resources:
  power: {kind: power, unit: MWh, price: 100, sale: {price: 40}, co2e: {supply: 0.4}}
plants:
  works: {plot: A, sinks: {power: {rate: 5}}}
park_gate:
  feed-in: {resource: power, direction: out, peak: 8 MW}
facilities:
  roof:
    scope: own
    owner: works
    unit: MWh
    outputs: {power: 1}
    availability: {periods: {day: 1, night: 0}}
    investment: [{capacity: 20, investment: 0}]
    forced: true
  battery:
    scope: own
    owner: works
    stores: {resource: power, hours_to_fill: 4 h, hours_to_empty: 4 h, efficiency_in: 80 %}
    investment: [{capacity: 1 MWh, investment: 100000}, {capacity: 100 MWh, investment: 10000000}]
""")


def the_store(plan: Plan) -> dict[str, Any]:
    """The one store of a plan."""
    rows = plan.tables["stores"].to_dict("records")
    assert len(rows) == 1
    return {str(key): value for key, value in rows[0].items()}


def levels(plan: Plan) -> dict[tuple[str, str], tuple[float, float]]:
    """Period, pass -> content at its beginning and end."""
    table = plan.tables["store_levels"]
    columns = ("period", "pass", "content_start", "content_end")
    return {(t, of): (a, b) for t, of, a, b in zip(*(table[column] for column in columns), strict=True)}


# Summer heat for winter


def test_summer_heat_is_kept_for_winter(tmp_path: Path) -> None:
    """8 x 4,380 = 35,040 MWh of content at 60 EUR over 10 years: 210,240 EUR/yr, and 1,000 m of pipe at 1 EUR/m/yr.

    Gas would be 35,040 x 40 = 1,401,600 EUR/yr.
    """
    plan = planned(HEAT, tmp_path / "case")
    assert total(plan, "total_annual_cost") == pytest.approx(35040 * 6 + 1000)
    assert total(plan, "total_annual_cost", "baseline") == pytest.approx(35040 * 40)
    assert total(plan, "co2e") == pytest.approx(0.0, abs=1e-6)
    row = the_store(plan)
    assert row["content"] == row["charged_per_yr"] == row["drawn_per_yr"] == pytest.approx(35040)
    assert (row["lost_standing_per_yr"], row["lost_converting_per_yr"]) == pytest.approx((0, 0), abs=1e-6)
    assert row["cycles_per_yr"] == pytest.approx(1)
    assert levels(plan) == {
        ("summer", "first"): pytest.approx((0, 35040), abs=0.01),
        ("winter", "first"): pytest.approx((35040, 0), abs=0.01),
    }
    flows = plan.tables["flows_by_period"].set_index(["kind", "name", "period"])["amount_per_yr"]
    assert float(flows["charged", "pit", "summer"]) == pytest.approx(35040)
    assert float(flows["drawn", "pit", "winter"]) == pytest.approx(35040)
    assert_saved_whole(plan, tmp_path / "out")
    assert "Stores" in (tmp_path / "out" / "summary.txt").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "stores" / "1 pit.svg").read_text(encoding="utf-8").startswith("<svg")


def test_losses_and_efficiencies_are_charged_for(tmp_path: Path) -> None:
    """1 % a month, 90 % out: keep = 0.99^6 = 0.941480 of a content left alone for half a year.

    35,040 / 0.9 = 38,933.33 leave the content evenly over winter: spread = (1 - 0.941480) / -ln 0.941480 = 0.970446 of
    them at its end, so that content = 38,933.33 x 0.970446 / 0.941480 = 40,131.18 in autumn. That is 0.970446 of what
    came in over summer: 41,353.34. Losses standing 41,353.34 - 38,933.33 = 2,420.01, converting 3,893.33.
    """
    case = changed(HEAT, facilities__pit__stores__loss="1 %/month", facilities__pit__stores__efficiency_out="90 %")
    case["plants"]["works"]["sources"]["heat"]["rate"]["periods"]["summer"] = 12
    row = the_store(planned(case, tmp_path))
    assert row["content"] == pytest.approx(40131.2, abs=1)
    assert row["charged_per_yr"] == pytest.approx(41353.3, abs=1)
    assert row["lost_standing_per_yr"] == pytest.approx(2420.0, abs=1)
    assert row["lost_converting_per_yr"] == pytest.approx(3893.3, abs=1)


def test_a_store_that_costs_more_than_it_saves_is_not_built(tmp_path: Path) -> None:
    """500 EUR/MWh over 10 years are 50 EUR a year for a MWh of heat worth 40."""
    points = [{"capacity": 10, "investment": 5000}, {"capacity": 50000, "investment": 25_000_000}]
    plan = planned(changed(HEAT, facilities__pit__investment=points), tmp_path)
    assert plan.tables["stores"].empty
    assert total(plan, "total_annual_cost") == pytest.approx(35040 * 40)


def test_pumps_upkeep_and_rates_are_paid(tmp_path: Path) -> None:
    """Of 35,040 MWh charged: 1 % power at 100 = 35,040 EUR, 0.5 EUR/MWh = 17,520; 2 % of 2,102,400 EUR a year = 42,048.

    Rates of 8 MW each way at 50 and 30 kEUR/MW over 10 years: 64,000; 2 % of these 640,000 EUR: 12,800; fixed 1,000.
    """
    case = changed(
        HEAT,
        facilities__pit__stores__uses={"power": 0.01},
        facilities__pit__variable_cost=0.5,
        facilities__pit__maintenance="2 %",
        facilities__pit__fixed_cost=1000,
        facilities__pit__stores__rate_cost_in="50 kEUR/MW",
        facilities__pit__stores__rate_cost_out="30 kEUR/MW",
    )
    plan = planned(case, tmp_path)
    content, rates = 35040 * 60, 8 * 50000 + 8 * 30000
    expected = (content + rates) * (0.1 + 0.02) + 1000 + 17520 + 35040 + 1000
    assert total(plan, "total_annual_cost") == pytest.approx(expected)
    assert total(plan, "investment") == pytest.approx(content + rates + 10000)
    row = the_store(plan)
    assert (row["rated_in_per_h"], row["rated_out_per_h"]) == pytest.approx((8, 8))
    assert float(plan.tables["facilities"].iloc[0]["capacity_per_h"]) == pytest.approx(8)


def test_rates_bind(tmp_path: Path) -> None:
    """4 MW out: 17,520 MWh of heat in winter, the rest 17,520 x 40 of gas."""
    plan = planned(changed(HEAT, facilities__pit__stores__rate_out="4 MW"), tmp_path / "out")
    assert the_store(plan)["drawn_per_yr"] == pytest.approx(17520)
    assert total(plan, "total_annual_cost") == pytest.approx(17520 * (6 + 40) + 1000)
    slow = changed(HEAT, facilities__pit__stores__rate_in=None, facilities__pit__stores__hours_to_fill="8760 h")
    # half a year fills half of it: 35,040 MWh need a content of 70,080, which is more than 50,000: 25,000 MWh
    row = the_store(planned(slow, tmp_path / "in"))
    assert row["charged_per_yr"] == pytest.approx(25000)
    assert row["content"] == pytest.approx(50000)


def test_a_power_law_of_content(tmp_path: Path) -> None:
    """60,000 EUR x content^0.4 = 60,000 x 35,040^0.4."""
    law = {"coefficient": 60000, "exponent": 0.4, "largest": "50 GWh", "smallest": "100 MWh"}
    plan = planned(changed(HEAT, facilities__pit__investment=law), tmp_path)
    assert float(plan.tables["facilities"].iloc[0]["capex"]) == pytest.approx(60000 * 35040**0.4, rel=1e-6)


def test_what_is_bought_for_a_store_is_used_by_who_takes_it(tmp_path: Path) -> None:
    """Gas at 10 in summer and 40 in winter, kept in a holder: it burns once, at whoever takes it.

    35,040 MWh bought in summer x 0.2 = 7,008 t of CO2e, as in the baseline; supply at 0.05 as well.
    """
    case = changed(
        HEAT,
        resources__gas={
            "kind": "gas",
            "unit": "MWh",
            "price": {"value": 40, "periods": {"summer": 10}},
            "co2e": {"use": 0.2, "supply": 0.05, "biogenic": 0.01},
            "displacement": "60 %",
            "carried_by": ["pipe"],
        },
        facilities__pit__stores={"resource": "gas", "rate_in": 20, "rate_out": 20, "loss": "1 %/yr"},
        plants__homes__sinks={"gas": {"rate": {"value": 8, "periods": {"summer": 0}}}},
    )
    plan = planned(case, tmp_path)
    row = the_store(plan)
    assert row["drawn_per_yr"] == pytest.approx(35040)
    assert row["charged_per_yr"] == pytest.approx(35040 / 0.995, rel=1e-4)
    assert total(plan, "co2e_use") == pytest.approx(35040 * 0.2)
    assert total(plan, "co2e_use", "baseline") == pytest.approx(35040 * 0.2)
    assert total(plan, "share_within_park") == pytest.approx(0.0, abs=1e-6)  # all of it was bought


# Sun by day


def test_a_battery_is_charged_by_day_and_feeds_the_night(tmp_path: Path) -> None:
    """20 MW by day: 5 used, 8 fed in, 7 left. Night needs 5 MW: 12 h x 5 = 60 MWh a day, 6.25 MW charged at 80 %.

    A MWh of content costs 10,000 EUR/yr and saves 365 nights x 100 = 36,500. The 0.75 MW that are left, too, are worth
    365 x 40 = 14,600 for a MWh of content: 0.75 x 0.8 = 0.6 MW fed in by night. Content 12 x 5.6 = 67.2 MWh.
    """
    plan = planned(SUN, tmp_path / "case")
    assert total(plan, "total_annual_cost") == pytest.approx(672_000 - 8.6 * HALF * 40)
    # own measures are in the baseline, too, which no gate of the park binds: 15 - 6.25 MW fed in by day
    assert total(plan, "total_annual_cost", "baseline") == pytest.approx(600_000 - 8.75 * HALF * 40)
    row = the_store(plan)
    assert row["content"] == pytest.approx(67.2)
    assert row["charged_per_yr"] == pytest.approx(7 * HALF)
    assert row["drawn_per_yr"] == pytest.approx(5.6 * HALF)
    assert row["cycles_per_yr"] == pytest.approx(365)
    assert row["lost_converting_per_yr"] == pytest.approx(1.4 * HALF)
    assert row["rated_in_per_h"] == pytest.approx(67.2 / 4 / 0.8)
    sold = plan.tables["sales"].set_index("state")["amount_per_yr"]
    assert dict(sold) == pytest.approx({"day": 8 * HALF, "night": 0.6 * HALF})
    assert levels(plan)["day", "last"] == pytest.approx((0, 67.2), abs=1e-4)
    assert levels(plan)["night", "first"] == pytest.approx((67.2, 0), abs=1e-4)
    assert_saved_whole(plan, tmp_path / "out")


def test_without_a_gate_feed_in_competes_with_the_battery(tmp_path: Path) -> None:
    """A MWh saved at night costs 1.25 MWh not fed in, at 40: 50 of 100 EUR; with 85 EUR fed in it would not pay.

    100 - 1.25 x 85 = -6.25.
    """
    case = changed(SUN, park_gate=None)
    plan = planned(case, tmp_path / "cheap")
    assert the_store(plan)["content"] == pytest.approx(60)
    assert total(plan, "total_annual_cost") == pytest.approx(600_000 - (15 - 6.25) * HALF * 40)
    dear = changed(case, resources__power__sale__price=85)
    assert planned(dear, tmp_path / "dear").tables["stores"].empty


def test_power_may_be_bought_to_charge(tmp_path: Path) -> None:
    """No roof; power at 20 by day, 100 by night: 25 instead of 100 EUR, 27,375 a year for a MWh that costs 10,000."""
    case = changed(
        SUN, resources__power__price={"value": 100, "periods": {"day": 20}}, resources__power__sale=None, park_gate=None
    )
    del case["facilities"]["roof"]
    plan = planned(case, tmp_path / "case")
    assert the_store(plan)["content"] == pytest.approx(60)
    assert total(plan, "total_annual_cost") == pytest.approx(5 * HALF * 20 + 6.25 * HALF * 20 + 600_000)
    gate = {"grid": {"resource": "power", "direction": "in", "peak": "7.5 MW"}}
    # 2.5 MW are left by day: 2.5 x 0.8 = 2 MW drawn by night, 3 bought; content 24 MWh
    plan = planned(changed(case, park_gate=gate), tmp_path / "gate")
    assert the_store(plan)["content"] == pytest.approx(24)
    bought = plan.tables["purchases"].groupby("state")["amount_per_yr"].sum()
    assert dict(bought) == pytest.approx({"day": 7.5 * HALF, "night": 3 * HALF})


def test_another_resource_comes_out(tmp_path: Path) -> None:
    """Power by night at 20 makes heat at 3 to 1, kept as water: content in m3 of 0.05 MWh, 60 m3 for a MWh charged.

    The homes need 8 MW of heat by day: 8 x 12 = 96 MWh a day, 1,920 m3, 32 MWh of power at night.
    """
    case = changed(
        HEAT,
        periods={"day": {"hours": "50 %", "of": "year"}, "night": {"hours": "50 %", "of": "year"}},
        resources__power__price={"value": 100, "periods": {"night": 20}},
        plants__works__sources=None,
        plants__homes__sinks__heat__rate={"value": 8, "periods": {"night": 0}},
        facilities__pit={
            "unit": "m3",
            "plot": "C",
            "stores": {
                "takes": "power",
                "gives": "heat",
                "efficiency_in": "60 m3/MWh",
                "efficiency_out": "0.05 MWh/m3",
                "rate_in": "20 MW",
                "rate_out": "20 MW",
            },
            "investment": [{"capacity": "10 m3", "investment": 100}, {"capacity": 5000, "investment": 50000}],
        },
    )
    plan = planned(case, tmp_path)
    row = the_store(plan)
    assert row["content"] == pytest.approx(1920)
    assert row["charged_per_yr"] == pytest.approx(32 * 365)
    assert row["drawn_per_yr"] == pytest.approx(96 * 365)
    assert total(plan, "total_annual_cost") == pytest.approx(32 * 365 * 20 + 1920 + 900)


def test_a_store_that_could_trade_is_said_to(tmp_path: Path) -> None:
    """Sold at 130, of which 80 % x 130 = 104 come back for 100 bought."""
    plan = planned(changed(SUN, resources__power__sale__price={"value": 40, "periods": {"day": 130}}), tmp_path / "yes")
    assert any("is sold at more than it is bought for in day, so that battery" in x for x in plan.header["notes"])
    plan = planned(changed(SUN, resources__power__sale__price=120), tmp_path / "no")
    assert not any("is sold at more" in note for note in plan.header["notes"])


def test_a_store_that_is_too_small_is_named(tmp_path: Path) -> None:
    """A cap of 100 t of CO2e leaves 500 MWh of gas: 35,040 - 500 = 34,540 MWh of content, where 10,000 may be built."""
    small = [{"capacity": 10, "investment": 600}, {"capacity": "10 GWh", "investment": 600_000}]
    case = changed(HEAT, economics__caps={"co2e": 100}, facilities__pit__investment=small)
    with pytest.raises(Infeasible, match=r"pit has a content of at most 10,000 MWh: raise it by 24,540 MWh"):
        planned(case, tmp_path)


# What holds of any


def test_more_storage_never_costs_more(tmp_path: Path) -> None:
    """A larger largest content, a faster rate, a second store: never dearer."""
    costs = []
    for n, most in enumerate(("1 GWh", "10 GWh", "30 GWh", "50 GWh")):
        points = [{"capacity": 10, "investment": 600}, {"capacity": most, "investment": _worth(most)}]
        plan = planned(changed(HEAT, facilities__pit__investment=points), tmp_path / str(n))
        costs.append(total(plan, "total_annual_cost"))
    assert costs == sorted(costs, reverse=True)
    second = changed(HEAT, facilities__tank=HEAT["facilities"]["pit"] | {"plot": "A"})
    second["plots"]["A"]["several_tenants"] = True
    second["plants"]["works"]["area"] = 1
    assert total(planned(second, tmp_path / "two"), "total_annual_cost") <= costs[-1] + 1


def _worth(content: str) -> float:
    return 60.0 * 1000.0 * float(content.split()[0])


def test_without_periods_a_store_is_useless_and_said_to_be(tmp_path: Path) -> None:
    case = changed(
        HEAT,
        periods=None,
        plants__works__sources__heat__rate=5,
        plants__homes__sinks__heat__rate=8,
    )
    plan = planned(case, tmp_path)
    assert plan.tables["stores"].empty
    assert any("the case has no periods" in note for note in plan.header["notes"])


def test_splitting_a_period_changes_nothing(tmp_path: Path) -> None:
    """Winter in two halves, with losses: the same cost and content."""
    case = changed(HEAT, facilities__pit__stores__loss="1 %/month")
    whole = planned(case, tmp_path / "whole")
    periods = {"summer": {"hours": "50 %"}, "winter": {"hours": 2000}, "late winter": {"hours": 2380}}
    split = planned(changed(case, periods=periods), tmp_path / "split")
    assert total(split, "total_annual_cost") == pytest.approx(total(whole, "total_annual_cost"), rel=1e-6)
    assert the_store(split)["content"] == pytest.approx(the_store(whole)["content"], rel=1e-4)


@pytest.mark.parametrize(
    ("make", "seed"),
    [
        *((random_case, seed) for seed in (2, 4, 6)),
        *((random_network_case, seed) for seed in (5, 9, 12)),
        *((random_water_case, seed) for seed in (5, 11, 12)),
    ],
)
def test_random_cases_with_stores_pass_their_audit(make: Any, seed: int, tmp_path: Path) -> None:
    """Stores of whatever plants give and take, shared and own: what the program plans, the audit finds again."""
    written = with_stores(seasonal(make(seed), seed), seed)
    try:
        plan = solve(read_case(written.write(tmp_path)), objective=written.objective, gap=1e-6, time_limit=30)
    except (CaseError, Infeasible):
        return  # what is refused is told elsewhere
    assert not failed(dict(plan.audit))
    assert len(plan.tables["stores"])


@pytest.mark.parametrize("seed", [2, 10, 12])
def test_stores_never_cost_more_in_random_cases(seed: int, tmp_path: Path) -> None:
    costs = []
    for n, count in enumerate((0, 1, 2)):
        written = with_stores(seasonal(random_case(seed), seed), seed, count)
        plan = solve(read_case(written.write(tmp_path / str(n))), objective="cost", gap=1e-6)
        costs.append(total(plan, "total_annual_cost"))
    assert costs[1] <= costs[0] + 2e-6 * abs(costs[0])
    assert costs[2] <= costs[1] + 2e-6 * abs(costs[1])


# The guide


def test_the_examples_of_the_guide_are_planned(tmp_path: Path) -> None:
    """A roof of 20 MW at most, 24 % by day, and a battery; 0.7 and 0.2 MEUR over 20 and 12 years."""
    chapter = GUIDE.read_text(encoding="utf-8").split("### Stores")[1].split("\n##")[0]
    sun, pit = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", chapter, re.DOTALL))
    rest = {key: SUN[key] for key in ("case", "currency", "price_year", "geography", "plots", "plants")}
    case = {**rest, "economics": {"discount_rate": 0}, **sun}
    plan = planned(case, tmp_path / "sun")
    assert "roof" in set(plan.tables["facilities"]["facility"])
    assert set(plan.tables["flows_by_period"]["kind"]) >= {"facility", "exchange"}
    case = changed(HEAT, facilities__pit=pit["facilities"]["pit"] | {"plot": "C", "lifetime": 30})
    case["resources"]["hot water"] = {**case["resources"].pop("heat")}
    case["plants"]["works"]["sources"]["hot water"] = case["plants"]["works"]["sources"].pop("heat")
    case["plants"]["homes"]["sinks"]["hot water"] = case["plants"]["homes"]["sinks"].pop("heat")
    plan = planned(case, tmp_path / "pit")
    assert the_store(plan)["content"] > 1000
