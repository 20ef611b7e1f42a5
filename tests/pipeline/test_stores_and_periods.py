"""Stores that keep nothing, facilities of some days, and what never makes it worse: more storage, more periods."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from period_parks import changed, planned, total
from test_stores import HEAT, SUN

from planner.audit.audit import audit
from planner.case.read import read_case
from planner.geography.measure import measure

NOTE = "is a way, not a store"
#: A works that needs 5 MW of power at 100 EUR/MWh all year.
POWER = changed(SUN, facilities={}, park_gate=None)
#: A battery in it, 10 EUR/kWh over 10 years.
BATTERY = {
    "scope": "own",
    "owner": "works",
    "stores": {"resource": "power", "rate_in": "2 MW", "rate_out": "2 MW"},
    "investment": [{"capacity": 0, "investment": 0}, {"capacity": "100 MWh", "investment": "1 MEUR"}],
}
SHORT = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_store_that_is_of_no_use_is_not_in_the_plan(tmp_path: Path) -> None:
    """Power costs the same by day and by night: no content is best, and no rate of it is asked for."""
    plan = planned(changed(POWER, facilities={"battery": BATTERY}), tmp_path)
    assert total(plan, "total_annual_cost") == pytest.approx(5 * 8760 * 100)
    assert plan.tables["stores"].empty
    assert plan.tables["facilities"].empty


def test_a_store_that_must_be_built_and_holds_nothing_passes_its_audit(tmp_path: Path) -> None:
    plan = planned(changed(POWER, facilities={"battery": BATTERY | {"forced": True}}), tmp_path)
    row = plan.tables["stores"].iloc[0]
    assert row["content"] == pytest.approx(0.0, abs=1e-6)
    assert (row["rated_in_per_h"], row["rated_out_per_h"]) == (2.0, 2.0)


def test_a_store_of_some_days(tmp_path: Path) -> None:
    """2 MW in 73 days, 876 h of the day and as many of the night: 1,752 MWh at 50 instead of 100 EUR.

    365 passes of 4.8 MWh: 4.8 MWh of content at 1 kEUR a year.
    """
    case = changed(POWER, facilities={"battery": BATTERY | {"days": 73}}, resources__power__sale=None)
    case["resources"]["power"]["price"] = {"periods": {"day": 100, "night": 50}}
    plan = planned(case, tmp_path)
    assert total(plan, "total_annual_cost") == pytest.approx(5 * 4380 * 150 - 1752 * 50 + 4.8 * 1000)
    assert any("facilities.battery.days" in note for note in plan.header["notes"])
    found = read_case(tmp_path)
    fewer = changed(case, facilities__battery__days=70)
    (tmp_path / "case.yaml").write_text(yaml.safe_dump(fewer, sort_keys=False), encoding="utf-8")
    told = audit(read_case(tmp_path), measure(found), dict(plan.tables), plan.header)
    assert any("charged" in check["detail"] for check in told["checks"] if not check["passed"])


def test_a_facility_of_some_days(tmp_path: Path) -> None:
    """5 MW of power from gas, at 40 EUR/MWh in 73 of 365 days: 8,760 of 43,800 MWh at 40 instead of 100."""
    engine = {
        "scope": "own",
        "owner": "works",
        "unit": "MWh",
        "inputs": {"gas": 2},
        "outputs": {"power": 1},
        "investment": [{"capacity": "5 MW", "investment": 0}],
        "days": 73,
    }
    case = changed(POWER, facilities={"engine": engine}, periods=None)
    case["resources"]["gas"] = {"kind": "gas", "unit": "MWh", "price": 20}
    plan = planned(case, tmp_path)
    assert total(plan, "total_annual_cost") == pytest.approx((43800 - 8760) * 100 + 8760 * 40)
    fewer = changed(case, facilities__engine__days=70)
    (tmp_path / "case.yaml").write_text(yaml.safe_dump(fewer, sort_keys=False), encoding="utf-8")
    told = audit(read_case(tmp_path), measure(read_case(tmp_path)), dict(plan.tables), plan.header)
    assert any("engine: activity" in check["detail"] for check in told["checks"] if not check["passed"])


def test_a_store_without_periods_is_left_out_unless_it_is_forced(tmp_path: Path) -> None:
    """Heat of 5 MW all year for homes of 8 MW, which pay 40 EUR/MWh for gas: as a way the pit would save all of it."""
    case = changed(
        HEAT, periods=None, plants__works__sources__heat__rate=5, plants__homes__sinks__heat__rate=8, exchanges=[]
    )
    case["exchanges"] = [{"from": "works", "to": "homes", "forbidden": True}]
    plan = planned(case, tmp_path / "left out")
    assert total(plan, "total_annual_cost") == pytest.approx(8 * 8760 * 40)
    assert sum("left out; state periods" in note for note in plan.header["notes"]) == 1
    forced = planned(changed(case, facilities__pit__forced=True), tmp_path / "forced")
    assert len(forced.tables["stores"]) == 1
    assert any("must be built; state periods" in note for note in forced.header["notes"])
    assert any(f"pit {NOTE}" in note for note in forced.header["notes"])


def test_a_store_whose_content_never_changes_is_called_a_way(tmp_path: Path) -> None:
    """5 MW and 8 MW in summer and winter alike, that may meet by the pit only; a pit that keeps is none."""
    even = changed(HEAT, plants__works__sources__heat__rate=5, plants__homes__sinks__heat__rate=8)
    even["exchanges"] = [{"from": "works", "to": "homes", "forbidden": True}]
    assert any(f"pit {NOTE}" in note for note in planned(even, tmp_path / "way").header["notes"])
    assert not any(NOTE in note for note in planned(HEAT, tmp_path / "store").header["notes"])


def _cost(case: dict[str, Any], folder: Path) -> float:
    return total(planned(case, folder), "total_annual_cost")


@SHORT
@given(sizes=st.tuples(*[st.integers(1, 40)] * 2), loss=st.sampled_from([0, 1]), rate=st.sampled_from([5, 20]))
def test_a_larger_largest_content_never_costs_more(tmp_path: Path, sizes: Any, loss: int, rate: int) -> None:
    """A pit at 60 EUR/MWh: one that may be larger may still be as small."""
    costs = []
    for most in sorted(sizes):
        points = [{"capacity": 0, "investment": 0}, {"capacity": f"{most} GWh", "investment": 60000 * most}]
        case = changed(HEAT, facilities__pit__investment=points, facilities__pit__stores__loss=f"{loss} %/month")
        case["facilities"]["pit"]["stores"]["rate_in"] = rate
        costs.append(_cost(case, tmp_path))
    assert costs[1] <= costs[0] * (1 + 1e-6)


@SHORT
@given(shares=st.lists(st.integers(1, 9), min_size=2, max_size=4), made=st.integers(0, 10), cyclic=st.booleans())
def test_uniform_periods_cost_what_the_year_does(tmp_path: Path, shares: list[int], made: int, cyclic: bool) -> None:  # noqa: FBT001
    """Nothing differs between the periods: the cost of one period to 1e-6, with a store that has nothing to keep."""
    case = changed(HEAT, plants__works__sources__heat__rate=made, plants__homes__sinks__heat__rate=8)
    of = {"of": "year", "cycle": "8760 h"} if cyclic else {}
    periods = {f"p{n}": {"hours": f"{8760 * x / sum(shares):.12f} h/yr", **of} for n, x in enumerate(shares)}
    one, many = _cost(changed(case, periods=None), tmp_path), _cost(changed(case, periods=periods), tmp_path)
    assert many == pytest.approx(one, rel=1e-6)


def test_finer_periods_only_lower_the_cost_of_a_store_that_loses(tmp_path: Path) -> None:
    """Summer in two parts, and winter: charged late, the pit loses less, and power of its pumps is saved."""
    costs = []
    for parts in (1, 2):
        periods = {f"{t} {n}": {"hours": 4380 / parts} for t in ("summer", "winter") for n in range(parts)}
        case = changed(HEAT, periods=periods, facilities__pit__stores__loss="4 %/month")
        case["facilities"]["pit"]["stores"]["uses"] = {"power": 0.01}
        case["plants"]["works"]["sources"]["heat"]["rate"]["periods"] = dict.fromkeys(list(periods)[:parts], 20)
        case["plants"]["homes"]["sinks"]["heat"]["rate"]["periods"] = dict.fromkeys(list(periods)[:parts], 0)
        costs.append(_cost(case, tmp_path))
    assert costs[0] > costs[1] + 1.0


def test_heat_that_a_plant_recovers_by_way_of_a_store_is_told(tmp_path: Path) -> None:
    """Hot gas heats feed by hot water through a tank that costs nothing, where an exchanger costs 50 EUR/kW."""
    heat = {
        "approach": 10,
        "streams": {
            "gas": {"from": 150, "to": 70, "load": "6 MW"},
            "feed": {"from": 20, "to": 60, "load": "1 MW"},
        },
        "takes": {"cw": {}, "hot": {"supplied_today_by": {"gas": {"efficiency": "90 %"}}}},
        "gives": {"hot": {}},
        "recovery": {"cost": "50 EUR/kW"},
    }
    hot = {"supply": 90, "return": 60}
    tank = {"plot": "C", "stores": {"resource": "hot", "hours_to_fill": 6, "hours_to_empty": 6}}
    case = changed(HEAT, facilities={"tank": {**tank, "investment": [{"capacity": "100 MWh", "investment": 0}]}})
    case["resources"] = {
        "gas": HEAT["resources"]["gas"],
        "cw": {"kind": "heat", "unit": "MWh", "heat": {"supply": 20, "return": 30}, "price": 1},
        "hot": {"kind": "heat", "unit": "MWh", "heat": hot, "carried_by": ["pipe"], "discharge": {"route": "air"}},
    }
    case["plants"] = {"works": {"plot": "A", "process_heat": heat}}
    told = planned(case, tmp_path / "tank").header["notes"]
    assert any("tank takes hot from works and gives it back" in note for note in told)
    heat["recovery"] = {}
    told = planned(case, tmp_path / "free").header["notes"]
    assert not any("gives it back" in note for note in told)
