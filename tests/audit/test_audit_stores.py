"""The audit of a plan with stores: it passes, and catches contents, rates, losses and money that are not so."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.audit.stores import fastest_of
from planner.case.case import Case
from planner.case.read import read_case
from planner.case.stores import Store
from planner.geography.distances import Distances
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.plan import Plan

#: Day and night of two seasons; heat of the day for the night, and of the summer for the winter, in a lossy tank.
CASE = """
case: Seasons and days
currency: EUR
price_year: 2025
economics: {discount_rate: 0, contingency: 10 %, lifetime: {pipe: 10, facility: 10}}
geography: {distances: distances.csv}
periods:
  summer day: {hours: 25 %, of: summer}
  summer night: {hours: 25 %, of: summer}
  winter day: {hours: 25 %, of: winter}
  winter night: {hours: 25 %, of: winter}
plots: {A: {area: 5}, B: {area: 5}, C: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, price: 35, discharge: {route: cooler, cost: 1}, carried_by: [pipe]}
  power: {kind: power, unit: MWh, price: {value: 100, periods: {summer day: 60}}, co2e: {supply: 0.4}}
plants:
  works: {plot: A, sources: {heat: {rate: {value: 2, periods: {summer day: 9, summer night: 1}}}}}
  homes:
    plot: B
    sinks: {heat: {rate: {value: 4, periods: {summer day: 1, summer night: 3}}, supplied_today_by: {gas: 1}}}
facilities:
  tank:
    unit: MWh
    plot: C
    variable_cost: 0.3
    maintenance: 1 %
    co2e: 0.001
    stores:
      resource: heat
      loss: 0.5 %/week
      efficiency_in: 97 %
      efficiency_out: 95 %
      rate_in: 6
      hours_to_empty: 30
      rate_cost_out: 20 kEUR/MW
      uses: {power: 0.01}
    investment: [{capacity: 1 MWh, investment: 3000}, {capacity: 10 GWh, investment: 500000}]
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder: Path = tmp_path_factory.mktemp("case")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\nA,C,100\nC,B,900\n", encoding="utf-8")
    return read_case(folder)


@pytest.fixture(scope="module")
def distances(case: Case) -> Distances:
    return measure(case)


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    found = solve(case)
    assert len(found.tables["stores"]) == 1
    assert len(found.tables["store_levels"]) == 8  # four periods, first and last pass
    return found


def problems(case: Case, distances: Distances, plan: Plan, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Checks that find something."""
    told = audit(case, distances, tables, plan.header)
    return [check["check"] for check in told["checks"] if not check["passed"]]


def test_the_plan_passes(case: Case, distances: Distances, plan: Plan) -> None:
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    assert problems(case, distances, plan, dict(plan.tables)) == []
    row = plan.tables["stores"].iloc[0]
    assert row["lost_standing_per_yr"] > 1.0
    assert row["largest_content"] == pytest.approx(row["content"], rel=1e-6)


STORES = "plan: stores keep what is charged, and no more than they hold"


@pytest.mark.parametrize(
    ("table", "row", "column", "change", "found"),
    [
        ("stores", 0, "content", lambda x: 0.9 * x, STORES),
        ("stores", 0, "content", lambda x: 1.1 * x, "plan: rows of facilities"),
        ("stores", 0, "rated_in_per_h", lambda x: 2 * x, STORES),
        ("stores", 0, "rated_out_per_h", lambda x: 0.9 * x, STORES),
        ("stores", 0, "rated_out_per_h", lambda x: 1.1 * x, "plan: rows of facilities"),
        ("stores", 0, "charged_per_yr", lambda x: 1.01 * x, STORES),
        ("stores", 0, "drawn_per_yr", lambda x: 1.01 * x, STORES),
        ("stores", 0, "lost_standing_per_yr", lambda x: x - 1.0, STORES),
        ("stores", 0, "lost_converting_per_yr", lambda x: 0.9 * x, STORES),
        ("stores", 0, "cycles_per_yr", lambda x: x + 1, STORES),
        ("stores", 0, "least_content", lambda x: x + 1, STORES),
        ("stores", 0, "largest_content", lambda x: x - 1, STORES),
        ("stores", 0, "takes", lambda _: "power", STORES),
        ("stores", 0, "charged_unit", lambda _: "t", STORES),
        ("stores", 0, "unit", lambda _: "m3", STORES),
        ("store_levels", 0, "content_start", lambda x: x + 5, STORES),
        ("store_levels", 3, "content_end", lambda x: x + 5, STORES),
        ("store_levels", 3, "content_end", lambda x: x - 5, STORES),
        ("store_levels", 5, "pass", lambda _: "last", STORES),
        ("store_levels", 2, "unit", lambda _: "t", STORES),
        ("facilities", 0, "capex", lambda x: 0.9 * x, "plan: rows of facilities"),
        ("facilities", 0, "cost_per_yr", lambda x: 0.9 * x, "plan: rows of facilities"),
        ("facilities", 0, "capacity_per_h", lambda x: 2 * x, STORES),
        ("facilities", 0, "activity_per_yr", lambda x: 1.01 * x, STORES),
        ("facilities", 0, "unit", lambda _: "t", "plan: words of facilities"),
    ],
)
def test_a_changed_cell_is_found(
    table: str,
    row: int,
    column: str,
    change: Callable[[object], object],
    found: str,
    case: Case,
    distances: Distances,
    plan: Plan,
) -> None:
    tables = dict(plan.tables)
    tables[table] = tables[table].copy()
    at = tables[table].columns.get_loc(column)
    tables[table].iloc[row, at] = change(tables[table].iloc[row, at])
    assert found in problems(case, distances, plan, tables)


@pytest.mark.parametrize("table", ["stores", "store_levels", "flows_by_period"])
def test_every_number_is_checked(table: str, case: Case, distances: Distances, plan: Plan) -> None:
    """Each number of a store that is not 0, 7 % larger or smaller."""
    frame, missed = plan.tables[table], []
    for column in frame.columns:
        for row, value in enumerate(frame[column]):
            if not isinstance(value, float) or value != value or abs(value) < 1e-6:
                continue
            if table == "flows_by_period" and frame["kind"].iloc[row] not in ("charged", "drawn"):
                continue
            for other in (1.07 * value, 0.93 * value):
                made = frame.copy()
                made.iloc[row, made.columns.get_loc(column)] = other
                if not problems(case, distances, plan, dict(plan.tables) | {table: made}):
                    missed.append((column, row, value, other))
    assert not missed


@pytest.mark.parametrize("table", ["stores", "store_levels"])
def test_every_word_and_row_is_checked(table: str, case: Case, distances: Distances, plan: Plan) -> None:
    """A word of a row, a row that is missing, one that stands twice."""
    frame = plan.tables[table]
    for row in range(len(frame)):
        twice = pd.concat([frame, frame.iloc[[row]]], ignore_index=True)
        for made in (frame.drop(frame.index[row]), twice):
            assert problems(case, distances, plan, dict(plan.tables) | {table: made}), frame.iloc[row]
        for column in frame.columns:
            if isinstance(frame[column].iloc[row], str):
                made = frame.copy()
                made.iloc[row, made.columns.get_loc(column)] = "other"
                assert problems(case, distances, plan, dict(plan.tables) | {table: made}), (column, frame.iloc[row])


def test_what_is_drawn_in_another_period_is_found(case: Case, distances: Distances, plan: Plan) -> None:
    """The same amounts of the year, drawn from winter into summer: exchanges and contents no longer fit."""
    tables = dict(plan.tables)
    flows = tables["flows_by_period"].copy()
    drawn = flows.index[(flows["kind"] == "drawn") & (flows["amount_per_yr"] > 1.0)]
    other = flows.index[(flows["kind"] == "drawn") & (flows["period"] == "summer day")]
    flows.loc[drawn[-1], "amount_per_yr"] -= 1.0
    flows.loc[other[0], "amount_per_yr"] += 1.0
    flows["mean_per_h"] = flows["amount_per_yr"] / 2190.0
    found = problems(case, distances, plan, tables | {"flows_by_period": flows})
    assert "plan: every source is used, sold or disposed of, every sink is met" in found
    assert STORES in found


def test_a_kind_that_no_store_has_is_found(case: Case, distances: Distances, plan: Plan) -> None:
    flows = plan.tables["flows_by_period"].copy()
    flows.loc[flows["kind"] == "charged", "kind"] = "facility"
    found = problems(case, distances, plan, dict(plan.tables) | {"flows_by_period": flows})
    assert "plan: rows of flows_by_period" in found


@pytest.mark.parametrize("table", ["stores", "store_levels"])
def test_a_missing_row_is_found(table: str, case: Case, distances: Distances, plan: Plan) -> None:
    tables = dict(plan.tables)
    tables[table] = tables[table].iloc[1:]
    assert problems(case, distances, plan, tables)


def test_a_row_that_is_no_store_is_found(case: Case, distances: Distances, plan: Plan) -> None:
    tables = dict(plan.tables)
    tables["stores"] = tables["stores"].assign(store="homes")
    assert problems(case, distances, plan, tables)


def test_rates_follow_from_the_hours_to_fill_and_empty() -> None:
    """60 MWh in 4 h at 80 % in: 60 / 0.8 / 4 = 18.75 MW; out in 6 h at 90 %: 60 x 0.9 / 6 = 9 MW, of which 8 stated."""
    store = Store.model_validate(
        {
            "resource": "power",
            "hours_to_fill": 4,
            "hours_to_empty": 6,
            "rate_out": 8,
            "efficiency_in": 0.8,
            "efficiency_out": 0.9,
        }
    )
    assert fastest_of(store, 60.0) == pytest.approx((18.75, 8.0))
    assert (store.fastest_in(60.0), store.fastest_out(60.0)) == pytest.approx((18.75, 8.0))
    assert store.fastest_out(40.0) == pytest.approx(6.0)


def test_a_store_of_no_content_has_the_rates_that_are_stated_whatever_it_holds() -> None:
    """Hours to fill make 0 of 0; a rate of 2 MW holds whatever the content, unless hours stand beside it."""
    stated = Store.model_validate({"resource": "power", "rate_in": 2, "rate_out": 2})
    both = Store.model_validate({"resource": "power", "rate_in": 2, "hours_to_fill": 4, "hours_to_empty": 4})
    for store, rates in ((stated, (2.0, 2.0)), (both, (0.0, 0.0))):
        assert fastest_of(store, 0.0) == rates
        assert (store.fastest_in(0.0), store.fastest_out(0.0)) == rates
