"""The audit of a plan with periods: it passes, and catches whatever is moved from one period to another."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.audit.facts import Facts
from planner.audit.slices import case_in
from planner.case.case import Case
from planner.case.read import read_case
from planner.geography.distances import Distances
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.plan import Plan

#: 4 MW of 10 MW of summer heat, and 6 MW of the 8 MW that there are in winter, replace gas at 20 and 50 EUR/MWh.
CASE = """
case: Two seasons
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, facility: 10}}
geography: {distances: distances.csv}
periods: {winter: {hours: 40 %, of: year}, summer: {hours: 60 %, of: year, note: warm}}
plots: {A: {area: 5}, B: {area: 5}}
park_gate: {gas: {resource: gas, peak: {value: 100, periods: {summer: 90}}}}
resources:
  gas:
    {kind: gas, unit: MWh, price: {periods: {winter: 50, summer: 20}}, co2e: {use: 0.2, supply: {value: 0.05,
     periods: {summer: 0.01}}}}
  heat: {kind: heat, unit: MWh, discharge: {route: cooler, cost: {value: 1, periods: {summer: 2}}}, carried_by: [pipe]}
  power: {kind: power, unit: MWh, price: {value: 100, periods: {summer: 60}}, sale: {price: 30}}
plants:
  works:
    plot: A
    hours: {periods: {winter: 3000, summer: 5000}}
    sources: {heat: {rate: {value: 8, periods: {summer: 10}}}}
  homes:
    plot: B
    sinks:
      heat: {rate: {value: 6, periods: {summer: 4}}, supplied_today_by: {gas: 1}}
      power: {rate: 2}
facilities:
  PV: {scope: own, owner: homes, unit: MWh, outputs: {power: 1}, variable_cost: 1,
       availability: {value: 0.1, periods: {summer: 0.3}}, investment: [{capacity: 1, investment: 90000}]}
links:
  pipe: {kind: pipe, cost: 0.5, uses: {power: 0.01}, sizes: [{size: S, capacity: 20, investment: 10}]}
"""


def _written(folder: Path) -> Path:
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(_written(tmp_path_factory.mktemp("case")))


@pytest.fixture(scope="module")
def distances(case: Case) -> Distances:
    return measure(case)


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    found = solve(case)
    assert len(found.exchanges) == 2  # heat between the sites, power of the roof at home
    return found


def problems(case: Case, distances: Distances, plan: Plan, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Checks that find something."""
    told = audit(case, distances, tables, plan.header)
    return [check["check"] for check in told["checks"] if not check["passed"]]


def copied(plan: Plan) -> dict[str, pd.DataFrame]:
    return {name: table.copy() for name, table in plan.tables.items()}


def test_the_plan_passes(case: Case, distances: Distances, plan: Plan) -> None:
    assert problems(case, distances, plan, copied(plan)) == []


def test_flows_by_hand(plan: Plan) -> None:
    """Winter: 6 MW in 3,000 h of works; summer: 4 MW in 5,000 h. PV: 0.1 x 3,504 and 0.3 x 5,256 MWh."""
    flows = plan.tables["flows_by_period"].set_index(["kind", "name", "period"])["amount_per_yr"]
    heat = "works > homes: heat"
    assert flows["exchange", heat, "winter"] == pytest.approx(6 * 3000)
    assert flows["exchange", heat, "summer"] == pytest.approx(4 * 5000)
    assert flows["facility", "PV", "winter"] == pytest.approx(350.4)
    assert flows["facility", "PV", "summer"] == pytest.approx(1576.8)
    assert flows["discharge", "works / heat", "summer"] == pytest.approx(6 * 5000)
    assert flows["purchase", "gas", "winter"] == pytest.approx(6 * 504)


def test_a_case_in_a_period(case: Case) -> None:
    """Prices, rates, hours and limits of summer; it has no periods of its own."""
    summer = case_in(case, "summer")
    assert summer.periods == {}
    facts = Facts(summer)
    assert facts.unit_hours("works") == pytest.approx(5000)
    assert facts.unit_hours("homes") == pytest.approx(5256)
    assert facts.unit_hours("PV") == pytest.approx(5256)
    assert facts.amount("works", "source", "heat", {}) == pytest.approx(50000)
    price, peak = summer.resources["gas"].price, summer.park_gate["gas"].peak
    assert price is not None
    assert peak is not None
    assert (price.value, peak.value) == (20, 90)
    assert Facts(case).amount("works", "source", "heat", {}) == pytest.approx(50000 + 24000)


def move(table: str, column: str, amount: float) -> Callable[[dict[str, pd.DataFrame]], None]:
    """Move an amount from the first row of a table to its second."""

    def change(tables: dict[str, pd.DataFrame]) -> None:
        frame = tables[table]
        frame.loc[frame.index[0], column] -= amount
        frame.loc[frame.index[1], column] += amount

    return change


def of_a_kind(kind: str, amount: float) -> Callable[[dict[str, pd.DataFrame]], None]:
    """Move an amount of a kind of flow from winter to summer, its mean rates with it."""

    def change(tables: dict[str, pd.DataFrame]) -> None:
        frame, hours = tables["flows_by_period"], {"winter": 3504.0, "summer": 5256.0}
        for period, part in (("winter", -amount), ("summer", amount)):
            row = frame.index[(frame["kind"] == kind) & (frame["period"] == period)][0]
            frame.loc[row, "amount_per_yr"] += part
            frame.loc[row, "mean_per_h"] += part / hours[period]

    return change


def swapped(table: str, column: str) -> Callable[[dict[str, pd.DataFrame]], None]:
    """Swap what two rows say in a column."""

    def change(tables: dict[str, pd.DataFrame]) -> None:
        frame = tables[table]
        one, other = frame[column].iloc[0], frame[column].iloc[1]
        frame.loc[frame.index[0], column], frame.loc[frame.index[1], column] = other, one

    return change


def at_price(tables: dict[str, pd.DataFrame]) -> None:
    """The gas of winter at the price of summer, in its table and its line items."""
    bought = tables["purchases"]
    row = bought.index[(bought["resource"] == "gas") & (bought["state"] == "winter")][0]
    bought.loc[row, "cost_per_yr"] *= 20 / 50


def of_lines(tables: dict[str, pd.DataFrame]) -> None:
    """A line item of winter at the price of summer."""
    lines = tables["lines"]
    named = lines["fields"].astype(str).str.contains("gas.price.periods.winter") & (lines["run"] == "plan")
    row = lines.index[named][0]
    lines.loc[row, "factor"] = 20.0
    lines.loc[row, "amount"] = 20.0 * lines.loc[row, "quantity"]


def with_value(table: str, column: str, value: object) -> Callable[[dict[str, pd.DataFrame]], None]:
    """Write something else into the first row."""

    def change(tables: dict[str, pd.DataFrame]) -> None:
        frame = tables[table]
        frame[column] = frame[column].astype(object)
        frame.loc[frame.index[0], column] = value

    return change


def without(table: str) -> Callable[[dict[str, pd.DataFrame]], None]:
    """Leave a table out."""
    return lambda tables: tables.update({table: tables[table].iloc[0:0]})


BALANCES = "plan: every source is used, sold or disposed of, every sink is met"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (of_a_kind("exchange", 500.0), BALANCES),
        (of_a_kind("facility", 200.0), "plan: facilities within their capacity"),
        (of_a_kind("facility", -200.0), BALANCES),
        (of_a_kind("purchase", 100.0), "plan: flows of the periods add up to those of the year"),
        (of_a_kind("discharge", 100.0), "plan: flows of the periods add up to those of the year"),
        (
            move("discharges", "amount_per_yr", 300.0),
            BALANCES,
        ),
        (
            move("supplies", "supplied_per_yr", 300.0),
            BALANCES,
        ),
        (move("purchases", "amount_per_yr", 100.0), "plan: rows of purchases"),
        (swapped("purchases", "cost_per_yr"), "plan: rows of purchases"),
        (swapped("discharges", "state"), BALANCES),
        (at_price, "plan: rows of purchases"),
        (of_lines, "line items: quantity x factor, and their sums"),
        (with_value("purchases", "state", "year"), "plan: every row is of a state"),
        (with_value("flows_by_period", "period", "spring"), "plan: rows of flows_by_period"),
        (with_value("flows_by_period", "mean_per_h", 1.0), "plan: rows of flows_by_period"),
        (with_value("flows_by_period", "unit", "t"), "plan: rows of flows_by_period"),
        (with_value("periods", "hours_per_yr", 3000.0), "periods: those of the case"),
        (with_value("periods", "repeats", 1.0), "periods: those of the case"),
        (with_value("periods", "group", "winter"), "periods: those of the case"),
        (with_value("limits", "bound", 50.0), "limits: what is taken of each"),
        (swapped("limits", "plan"), "limits: what is taken of each"),
        (with_value("exchanges", "peak_per_h", 5.0), "plan: rows of exchanges"),
        (without("flows_by_period"), "plan: flows of the periods add up to those of the year"),
        (without("periods"), "periods: those of the case"),
        (without("baseline_flows_by_period"), "baseline: flows of the periods add up to those of the year"),
    ],
)
def test_catches(
    change: Callable[[dict[str, pd.DataFrame]], None], check: str, case: Case, distances: Distances, plan: Plan
) -> None:
    tables = copied(plan)
    change(tables)
    found = problems(case, distances, plan, tables)
    assert check in found, found
