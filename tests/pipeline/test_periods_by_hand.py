"""Parks of two seasons solved by hand, and periods that change nothing: uniform ones, and one that is split."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from period_parks import HALF, changed, planned, total
from random_cases import random_case
from random_networks_cases import random_network_case
from random_periods import seasonal, uniform
from random_water_cases import random_water_case
from whole_cases import assert_saved_whole, failed

from planner.case.read import read_case
from planner.errors import CaseError, Infeasible
from planner.pipeline import solve
from planner.results.plan import Plan

SHIPPED = Path(__file__).parents[2] / "cases"
#: Heat of 0 or 10 MW for homes of 10 or 4 MW, 1,000 m apart; a pipe costs 10 EUR/m over 10 years without interest.
PARK = yaml.safe_load("""
case: Two seasons
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, facility: 10, gate: 10}}
geography: {distances: distances.csv}
periods: {winter: {hours: 50 %}, summer: {hours: 4380 h/yr}}
plots: {A: {area: 5}, B: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, discharge: {route: cooler}, carried_by: [pipe]}
  power: {kind: power, unit: MWh, price: 100, co2e: {supply: 0.4}}
plants:
  works: {plot: A, sources: {heat: {rate: {value: 0, periods: {summer: 10}}}}}
  homes: {plot: B, sinks: {heat: {rate: {value: 10, periods: {summer: 0}}, supplied_today_by: {gas: 1}}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
""")


def park(**changes: Any) -> dict[str, Any]:
    """The park with other numbers, by their places: ``plants__works__hours=4000``."""
    return changed(PARK, **changes)


def by_period(plan: Plan, kind: str, column: str = "amount_per_yr") -> dict[str, float]:
    """What moves in each period, of one kind."""
    table = plan.tables["flows_by_period"]
    return dict(table[table["kind"] == kind].groupby("period")[column].sum())


def test_what_coincides_only_by_yearly_sum_is_not_exchanged(tmp_path: Path) -> None:
    """43,800 MWh of summer heat and as many of winter demand: no flow; without periods all of it would flow."""
    plan = planned(PARK, tmp_path / "seasons")
    assert plan.exchanges.empty
    assert total(plan, "total_annual_cost") == pytest.approx(10 * HALF * 40)
    one = copy.deepcopy(PARK)
    del one["periods"]
    one["plants"]["works"]["sources"]["heat"]["rate"] = one["plants"]["homes"]["sinks"]["heat"]["rate"] = 5
    plan = planned(one, tmp_path / "year")
    assert float(plan.exchanges["flow_per_yr"].iloc[0]) == pytest.approx(10 * HALF)


def test_only_what_coincides_in_a_season_is_exchanged(tmp_path: Path) -> None:
    """Demand of 4 MW in summer: 4 x 4,380 = 17,520 MWh flow, of 61,320 that the homes need.

    Gas for the rest: 10 x 4,380 x 40 = 1,752,000 EUR/yr; the pipe 10 EUR/m x 1,000 m / 10 yr = 1,000 EUR/yr.
    """
    rate = {"value": 10, "periods": {"summer": 4}}
    plan = planned(park(plants__homes__sinks__heat__rate=rate), tmp_path / "case")
    row = plan.exchanges.iloc[0]
    assert float(row["flow_per_yr"]) == pytest.approx(4 * HALF)
    assert float(row["peak_per_h"]) == pytest.approx(4)  # the largest of both, not the mean of the year
    assert total(plan, "total_annual_cost") == pytest.approx(10 * HALF * 40 + 1000)
    assert by_period(plan, "exchange") == pytest.approx({"winter": 0, "summer": 4 * HALF})
    assert by_period(plan, "exchange", "mean_per_h") == pytest.approx({"winter": 0, "summer": 4})
    assert by_period(plan, "purchase") == pytest.approx({"winter": 10 * HALF})
    assert by_period(plan, "discharge") == pytest.approx({"summer": 6 * HALF})
    assert list(plan.tables["periods"]["period"]) == ["winter", "summer"]
    assert_saved_whole(plan, tmp_path / "out")
    assert (tmp_path / "out" / "tables" / "flows_by_period.csv").is_file()


def test_prices_and_factors_of_a_season(tmp_path: Path) -> None:
    """Gas at 50 in winter and 20 in summer, for 10 and 4 MW: (10 x 50 + 4 x 20) x 4,380 EUR; CO2e at 0.2 and 0.1."""
    case = park(
        plants__works__sources__heat__rate=0,
        plants__homes__sinks__heat__rate={"value": 10, "periods": {"summer": 4}},
        resources__gas__price={"periods": {"winter": 50, "summer": "0.02 EUR/kWh"}},
        resources__gas__co2e={"use": {"value": 0.2, "periods": {"summer": 0.1}}},
    )
    plan = planned(case, tmp_path / "case")
    assert total(plan, "total_annual_cost") == pytest.approx((10 * 50 + 4 * 20) * HALF)
    assert total(plan, "co2e") == pytest.approx((10 * 0.2 + 4 * 0.1) * HALF)
    cost = plan.tables["purchases"].set_index("state")["cost_per_yr"]
    assert dict(cost) == pytest.approx({"winter": 10 * 50 * HALF, "summer": 4 * 20 * HALF})


def test_a_gain_is_worth_what_it_saves_in_its_season(tmp_path: Path) -> None:
    """4 MW of summer heat save gas at 20, not at the 35 of the mean: 4 x 4,380 x 20 = 350,400 EUR/yr."""
    case = park(
        plants__homes__sinks__heat__rate={"value": 10, "periods": {"summer": 4}},
        resources__gas__price={"periods": {"winter": 50, "summer": 20}},
    )
    plan = planned(case, tmp_path / "case")
    assert float(plan.exchanges["gain_per_yr"].iloc[0]) == pytest.approx(4 * HALF * 20)


def test_a_plant_that_stops_in_summer_gives_nothing_there(tmp_path: Path) -> None:
    """Heat of 10 MW all year, demand of 8; stops of 4,380 h in summer: 8 x 4,380 MWh flow, all in winter."""
    case = park(
        plants__works__sources__heat__rate=10,
        plants__works__stops={"value": 0, "periods": {"summer": "4380 h/yr"}},
        plants__homes__sinks__heat__rate=8,
    )
    plan = planned(case, tmp_path / "case")
    assert by_period(plan, "exchange") == pytest.approx({"winter": 8 * HALF, "summer": 0})
    assert by_period(plan, "purchase") == pytest.approx({"summer": 8 * HALF})


def test_yearly_hours_are_spread_over_the_periods(tmp_path: Path) -> None:
    """4,000 h of 8,760 are 2,000 in each half; an exchange that shares 3,000 h has 1,500 in each."""
    case = park(
        plants__works__sources__heat__rate=10,
        plants__works__hours=4000,
        plants__homes__hours=4000,
        plants__homes__sinks__heat__rate=8,
        exchanges=[{"from": "works", "to": "homes", "shared_hours": 3000}],
    )
    plan = planned(case, tmp_path / "case")
    assert by_period(plan, "exchange") == pytest.approx({"winter": 8 * 1500, "summer": 8 * 1500})
    assert float(plan.exchanges["shared_hours"].iloc[0]) == pytest.approx(3000)


def test_shared_hours_are_the_smaller_of_both_ends_in_each_season(tmp_path: Path) -> None:
    """4,000 h in winter and 1,000 in summer of the giver, 2,000 and 3,000 of the taker: 2,000 + 1,000, not 5,000."""
    case = park(
        plants__works__sources__heat__rate=10,
        plants__works__hours={"periods": {"winter": 4000, "summer": 1000}},
        plants__homes__hours={"periods": {"winter": 2000, "summer": 3000}},
        plants__homes__sinks__heat__rate=8,
    )
    plan = planned(case, tmp_path / "case")
    assert by_period(plan, "exchange") == pytest.approx({"winter": 8 * 2000, "summer": 8 * 1000})


def test_a_pipe_out_of_service_for_a_season_loses_nothing_there(tmp_path: Path) -> None:
    """100 W/m x 1,000 m = 0.1 MW are lost in summer alone: 0.1 x 4,380 = 438 MWh; in winter there is no heat to lose.

    With 10 MW in winter, too, and 4 MW of demand all year, 0.1 MW are lost in all 8,760 h.
    """
    link = {"kind": "pipe", "sizes": [{"size": "S", "capacity": 20, "investment": 10, "loss": 100}]}
    seasonal_only = park(plants__homes__sinks__heat__rate={"value": 10, "periods": {"summer": 4}}, links__pipe=link)
    row = planned(seasonal_only, tmp_path / "summer").exchanges.iloc[0]
    assert float(row["lost_per_yr"]) == pytest.approx(0.1 * HALF)
    assert float(row["flow_per_yr"]) == pytest.approx(4.1 * HALF)
    always = park(plants__homes__sinks__heat__rate=4, plants__works__sources__heat__rate=10, links__pipe=link)
    row = planned(always, tmp_path / "always").exchanges.iloc[0]
    assert float(row["lost_per_yr"]) == pytest.approx(0.1 * 2 * HALF)


def test_limits_of_an_exchange_and_a_sale_hold_for_the_year(tmp_path: Path) -> None:
    """10 MW in winter and 4 in summer of 8 MW given: at most 20,000 MWh flow, whichever season they come from.

    Of the heat left over 10,000 MWh a year are sold, not 10,000 in each season.
    """
    case = park(
        plants__works__sources__heat={"rate": 8, "sale": {"price": 1, "limit": 10000}},
        plants__homes__sinks__heat__rate={"value": 10, "periods": {"summer": 4}},
        resources__gas__price={"periods": {"winter": 50, "summer": 20}},
        exchanges=[{"from": "works", "to": "homes", "max_flow": 20000}],
    )
    plan = planned(case, tmp_path / "case")
    assert sum(by_period(plan, "exchange").values()) == pytest.approx(20000)
    assert by_period(plan, "exchange")["winter"] == pytest.approx(20000)  # where gas is dear
    assert sum(by_period(plan, "sale").values()) == pytest.approx(10000)


def test_availability_of_a_facility_by_season(tmp_path: Path) -> None:
    """PV of 1 MW with 10 % in winter and 30 % in summer: 438 and 1,314 MWh of the 4,380 that are needed in each."""
    case = park(
        plants__homes__sinks={"power": {"rate": 1}},
        plants__works__sources={},
        facilities__PV={
            "scope": "own",
            "owner": "homes",
            "unit": "MWh",
            "outputs": {"power": 1},
            "availability": {"periods": {"winter": 0.1, "summer": 0.3}},
            "investment": [{"capacity": 1, "investment": 100000}],
        },
    )
    plan = planned(case, tmp_path / "case")
    assert by_period(plan, "facility") == pytest.approx({"winter": 0.1 * HALF, "summer": 0.3 * HALF})
    assert by_period(plan, "purchase") == pytest.approx({"winter": 0.9 * HALF, "summer": 0.7 * HALF})
    assert total(plan, "total_annual_cost") == pytest.approx(1.6 * HALF * 100 + 10000)


def _gate(**gate: Any) -> dict[str, Any]:
    """Homes of 10 MW in winter and 4 in summer with gas alone or, at 60 EUR/MWh, power; a gate for gas."""
    return park(
        resources__heat__price=60,
        plants__works__sources={},
        plants__homes__sinks={
            "heat": {"rate": {"value": 10, "periods": {"summer": 4}}},
            "gas": {"resource": "gas", "rate": {"value": 10, "periods": {"summer": 4}}},
        },
        park_gate={"gas": {"resource": "gas", "direction": "in", **gate}},
    )


def test_a_yearly_limit_holds_for_the_sum_of_the_periods(tmp_path: Path) -> None:
    """(10 + 4) x 4,380 = 61,320 MWh of gas: a limit of 61,320 holds, one of 61,000 cannot."""
    plan = planned(_gate(yearly=61320), tmp_path / "case")
    limits = plan.tables["limits"].set_index("limit")
    assert float(limits.loc["gate_yearly:gas", "plan"]) == pytest.approx(61320)
    with pytest.raises(Infeasible, match="park_gate.gas.yearly"):
        planned(_gate(yearly=61000), tmp_path / "less")


def test_a_peak_holds_in_every_period(tmp_path: Path) -> None:
    """10 MW in winter, 4 in summer: a peak of 10 holds, one of 7, the mean of the year, does not."""
    plan = planned(_gate(peak=10), tmp_path / "case")
    limits = plan.tables["limits"].set_index("limit")
    assert float(limits.loc["gate_peak:gas in winter", "plan"]) == pytest.approx(10)
    assert float(limits.loc["gate_peak:gas in summer", "plan"]) == pytest.approx(4)
    with pytest.raises(Infeasible, match=r"park_gate.gas.peak.*in winter"):
        planned(_gate(peak=7), tmp_path / "mean")


def test_a_peak_that_differs_by_period_is_expanded_once(tmp_path: Path) -> None:
    """8 MW in winter, 1 in summer: 2 and 3 MW too little; 3 are bought, once: 3 x 1,000 EUR / 10 yr = 300 EUR/yr."""
    peak = {"value": 8, "periods": {"summer": 1}}
    plan = planned(_gate(peak=peak, peak_expansion={"cost": 1000}), tmp_path / "case")
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert float(costs["gate_expansion"]) == pytest.approx(300)
    limits = plan.tables["limits"].set_index("limit")
    assert list(limits["expansion"]) == pytest.approx([3, 3])


def _indicators(plan: Plan) -> dict[str, float]:
    names = ("total_annual_cost", "co2e", "waste", "fresh_water", "investment")
    return {f"{name} {run}": total(plan, name, run) for name in names for run in ("baseline", "plan")}


@pytest.mark.parametrize("name", ["tiny", "kalundborg-1995", "ulsan", "olesen-polley"])
def test_uniform_periods_give_the_plan_of_the_year(name: str, tmp_path: Path) -> None:
    """Nothing differs between four periods of different length: the same plan, to 1e-6."""
    folder = tmp_path / name
    folder.mkdir()
    for file in (SHIPPED / name).iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    periods = "periods: {a: {hours: 876}, b: {hours: 30 %, of: x}, c: {hours: 20 %, of: x}, d: {hours: 3504}}\n"
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(f"{text}\n{periods}", encoding="utf-8")
    one, many = solve(read_case(SHIPPED / name)), solve(read_case(folder))
    assert not failed(dict(many.audit))
    assert _indicators(many) == pytest.approx(_indicators(one), rel=1e-6, abs=1e-6)
    assert one.tables["flows_by_period"].empty
    flows = many.tables["flows_by_period"]
    sums = flows[flows["kind"] == "exchange"].groupby("name")["amount_per_yr"].sum()
    assert dict(sums) == pytest.approx(dict(many.exchanges.groupby("exchange")["flow_per_yr"].sum()))


def test_one_period_is_exactly_the_year(tmp_path: Path) -> None:
    """Tables of a case with the one period ``year`` are those of the case without, to the last byte."""
    found: dict[str, dict[str, bytes]] = {}
    for name, periods in (("without", ""), ("with", "\nperiods: {year: {hours: 8760}}\n")):
        folder = tmp_path / name
        folder.mkdir()
        for file in (SHIPPED / "tiny").iterdir():
            if file.is_file():
                (folder / file.name).write_bytes(file.read_bytes())
        with (folder / "case.yaml").open("a", encoding="utf-8") as case:
            case.write(periods)
        out = solve(read_case(folder)).save(tmp_path / f"{name} out")
        found[name] = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    of_periods = {"periods.csv", "flows_by_period.csv", "baseline_flows_by_period.csv"}
    assert found["with"].keys() - found["without"].keys() == of_periods
    assert not of_periods & found["without"].keys()
    assert {name: found["with"][name] for name in found["without"]} == found["without"]


def test_splitting_a_period_changes_nothing(tmp_path: Path) -> None:
    """Winter as two periods of 1,000 and 3,380 h, with the numbers of winter."""
    case = park(plants__homes__sinks__heat__rate={"value": 10, "periods": {"summer": 4}})
    whole = planned(case, tmp_path / "whole")
    case["periods"] = {"frost": {"hours": 1000}, "winter": {"hours": 3380}, "summer": {"hours": 4380}}
    split = planned(case, tmp_path / "split")
    assert _indicators(split) == pytest.approx(_indicators(whole))


@pytest.mark.parametrize("make", [random_case, random_network_case, random_water_case])
@pytest.mark.parametrize("seed", [1, 4, pytest.param(2, marks=pytest.mark.slow)])
def test_random_cases_with_seasons_pass_their_audit(make: Any, seed: int, tmp_path: Path) -> None:
    """Rates, prices, factors, availability and hours by period: what the program plans, the audit finds again."""
    written = seasonal(make(seed), seed)
    try:
        plan = solve(read_case(written.write(tmp_path)), objective=written.objective, gap=1e-6, time_limit=30)
    except (CaseError, Infeasible):
        return  # what is refused is told elsewhere
    assert not failed(dict(plan.audit))


@pytest.mark.parametrize("make", [random_case, random_network_case])
@pytest.mark.parametrize("seed", [3, 5])
def test_random_cases_with_uniform_periods_cost_the_same(make: Any, seed: int, tmp_path: Path) -> None:
    """The goal of a random case is the same with uniform periods, in plan and baseline."""
    written, found = make(seed), []
    for n, one in enumerate((written, uniform(written))):
        try:
            plan = solve(read_case(one.write(tmp_path / str(n))), objective=one.objective, gap=1e-6)
        except (CaseError, Infeasible) as refused:
            found.append(type(refused).__name__)
            continue
        solver = plan.header["solver"]
        found.append(pytest.approx([solver["objective"], solver["baseline"]["objective"]], rel=2e-6, abs=1e-6))
    values = [x if isinstance(x, str) else x.expected for x in found]
    assert values[0] == found[1]


def test_a_gain_counts_what_becomes_of_a_source_in_its_period(tmp_path: Path) -> None:
    """Heat is sold in winter and disposed of for 1 EUR/MWh in summer, when alone 8 MW of it are taken.

    8 x 4,380 = 35,040 MWh replace gas for 40 EUR/MWh and a disposal for 1: 35,040 x 41 = 1,436,640 EUR/yr.
    """
    sale = {"price": {"value": 30, "periods": {"summer": -5}}}
    heat = {"rate": 10, "sale": sale, "discharge": {"route": "x", "cost": 1}}
    rate = {"value": 0, "periods": {"summer": 8}}
    plan = planned(park(plants__works__sources__heat=heat, plants__homes__sinks__heat__rate=rate), tmp_path)
    assert plan.exchanges["gain_per_yr"].tolist() == pytest.approx([8 * HALF * 41])


def test_an_amount_of_the_year_holds_beside_a_rate(tmp_path: Path) -> None:
    """43,800 MWh/yr with 2 MW in summer: 8,760 MWh there, 35,040 in winter, 8 MW."""
    rate = {"value": "43800 MWh/yr", "periods": {"summer": "2 MWh/h"}}
    case = park(plants__works__sources__heat__rate=rate, plants__homes__sinks__heat__rate=30)
    sent = planned(case, tmp_path).tables["flows_by_period"]
    sent = sent[sent["kind"] == "exchange"].set_index("period")["amount_per_yr"]
    assert sent.to_dict() == pytest.approx({"winter": 35040, "summer": 8760})
