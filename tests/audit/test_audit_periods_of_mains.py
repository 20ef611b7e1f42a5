"""A main whose flow differs by season: by hand, and what the audit says where it is moved from one to the other.

            mill (B)
              |  north 200 m
works (A) ----+
       west   |  south 100 m
       300 m farm (C), which takes water in summer alone
"""

from collections.abc import Callable

import pandas as pd
import pytest
from layers import layer

from planner.audit import audit
from planner.case.case import Case
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.plan import Plan

PLACES = {"A": (0, 0), "B": (300, 200), "C": (300, -100)}
STREETS = {"west": ((0, 0), (300, 0)), "north": ((300, 0), (300, 200)), "south": ((300, 0), (300, -100))}
CASE = """
case: A main of two seasons
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {plots: plots.geojson, corridors: corridors.geojson}
periods: {winter: {hours: 4380}, summer: {hours: 4380}}
resources:
  water: {kind: water, unit: m3, price: 0.5, discharge: {route: river, cost: 0.1}, carried_by: [water main]}
  power: {kind: power, unit: MWh, price: {value: 100, periods: {winter: 200}}}
plants:
  works: {plot: A, sources: {water: {rate: 100}}}
  mill: {plot: B, sinks: {water: {rate: 60}}}
  farm: {plot: C, sinks: {water: {rate: {value: 40, periods: {winter: 0}}}}}
links:
  water main:
    kind: pipe
    main: true
    uses: {power: 0.001}
    sizes: [{size: S, capacity: 50, investment: 100}, {size: M, capacity: 120, investment: 160}]
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("case")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    layer(folder, "plots", {name: (at,) for name, at in PLACES.items()})
    layer(folder, "corridors", STREETS)
    return read_case(folder)


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    return solve(case)


def problems(case: Case, plan: Plan, tables: dict[str, pd.DataFrame]) -> list[str]:
    told = audit(case, measure(case), tables, plan.header)
    return [check["check"] for check in told["checks"] if not check["passed"]]


def test_the_seasons_by_hand(case: Case, plan: Plan) -> None:
    """West carries 60 m3/h in winter and 100 in summer, and is as large as summer asks: M, as north; south is S.

    Pumping, 0.001 MWh a m3 and km: winter 60 x 4,380 x (0.3 + 0.2) km = 131,400 m3 km at 200 EUR/MWh, summer
    (100 x 0.3 + 60 x 0.2 + 40 x 0.1) x 4,380 = 201,480 m3 km at 100: 26,280 + 20,148 = 46,428 EUR/yr.
    """
    assert problems(case, plan, dict(plan.tables)) == []
    flows = plan.tables["flows_by_period"]
    assert set(flows.loc[flows["kind"] == "main", "name"]) == {"water main: water"}
    carried = flows[flows["kind"] == "main"].groupby("period")["amount_per_yr"].sum()
    assert dict(carried) == pytest.approx({"winter": 2 * 60 * 4380, "summer": (100 + 60 + 40) * 4380})
    peaks = plan.mains.groupby("size")["peak_per_h"].max()
    assert dict(peaks) == pytest.approx({"M": 100, "S": 40})
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert float(costs["pumping"]) == pytest.approx(46428)


def moved(tables: dict[str, pd.DataFrame]) -> None:
    """A part of what flows in a stretch moved from summer to winter, its mean rates with it."""
    frame = tables["flows_by_period"]
    first = frame.loc[frame["kind"] == "main", "option"].iloc[0]
    for period, part in (("winter", 4380.0), ("summer", -4380.0)):
        row = frame.index[(frame["kind"] == "main") & (frame["option"] == first) & (frame["period"] == period)][0]
        frame.loc[row, "amount_per_yr"] += part
        frame.loc[row, "mean_per_h"] += part / 4380


def pumped(tables: dict[str, pd.DataFrame]) -> None:
    """Power for pumping bought in summer instead of in winter."""
    for name, column, factor in (("purchases", "amount_per_yr", 1.0), ("purchases", "cost_per_yr", 150.0)):
        frame = tables[name]
        for state, sign in (("winter", -1.0), ("summer", 1.0)):
            frame.loc[frame.index[(frame["for"] == "pumping") & (frame["state"] == state)][0], column] += sign * factor


def smaller(tables: dict[str, pd.DataFrame]) -> None:
    """The peak of the mean of the year instead of that of summer."""
    frame = tables["mains"]
    frame.loc[frame.index[frame["peak_per_h"] == frame["peak_per_h"].max()][0], "peak_per_h"] = 80.0


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (moved, "plan: pipes of mains lie where they may and carry what flows"),
        (pumped, "plan: purchases"),
        (smaller, "plan: pipes of mains lie where they may and carry what flows"),
    ],
)
def test_catches(change: Callable[[dict[str, pd.DataFrame]], None], check: str, case: Case, plan: Plan) -> None:
    tables = {name: table.copy() for name, table in plan.tables.items()}
    change(tables)
    found = problems(case, plan, tables)
    assert check in found, found
