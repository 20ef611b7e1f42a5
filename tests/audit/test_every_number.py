"""No number of a finished plan may be changed unnoticed: every numeric column, and a sample of all cells."""

import random

import numpy as np
import pytest

from planner.audit import audit
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.optional_tables import (
    OF_CONVERTERS,
    OF_HEAT,
    OF_IMPACTS,
    OF_PERIODS,
    OF_PIPES,
    OF_PROFILES,
    OF_QUALITY,
    OF_QUALITY_IN_BASELINE,
    OF_STORES,
)

#: Something of everything that is reported: gates with and without expansion, caps, parties, facility and measure,
#: transfers given and split, jobs and products, several tenants, trucks, losses, sales, grades.
RICH = """
case: Something of everything
currency: EUR
price_year: 2025
economics: {discount_rate: 0.06, contingency: 0.1, cost_class: 4, budget: 90000000, caps: {co2e: 900000, waste: 90000},
            carbon_price: {paid: 50, shadow: 20}}
geography: {distances: distances.csv}
park_gate:
  gas: {resource: gas, yearly: 20000, yearly_expansion: {cost: 5}, peak: 5, peak_expansion: {cost: 1000}}
  grid: {resource: power, peak: 90}
parties: {esco: {kind: utility}, holding: {}}
plots: {P1: {area: 9, price: 200000, several_tenants: true}, P2: {area: 4, price: 90000, rent: 2000}, P3: {area: 3}}
resources:
  gas: {kind: gas, unit: MWh, price: {value: 50, grade: A}, co2e: {use: 0.2, supply: 0.03}}
  power: {kind: power, unit: MWh, price: {value: 90, grade: C}, co2e: {supply: 0.3}}
  steam: {kind: heat, unit: t, enthalpy: 0.7, carried_by: [steam pipe], discharge: {route: condenser, cost: 1}}
  slag: {kind: material, unit: t, carried_by: [truck], sale: {price: 2, limit: 900}, displacement: 0.9,
         co2e: {use: 0.01, biogenic: 0.1}, discharge: {route: tip, cost: 40, co2e: 0.02, waste: hazardous}}
  lime: {kind: material, unit: t, price: {value: 60, grade: B, basis: estimate}, co2e: {supply: 0.9}}
  gypsum: {kind: material, unit: t, price: 30, co2e: {use: 0.01, supply: 0.2, biogenic: 0.1}}
  waste water: {kind: water, unit: m3, carried_by: [sewer], discharge: {route: outside, cost: 5}}
  water: {kind: water, unit: m3, price: 1, fresh_water: true}
plants:
  smelter: {plot: P1, area: 3, firm: holding, jobs: 90, product: {name: copper, output: 40000}, hours: 8000,
            sources: {steam: {rate: 9, forgoes: {power: 0.05, money: 1}}, slag: {rate: 3}}, sinks: {water: {rate: 3}}}
  mill: {plot: P2, area: 2, jobs: 40, product: {name: paper, output: 90000}, hours: 7000,
         sources: {waste water: {rate: 10}},
         sinks: {steam: {rate: 12, supplied_today_by: {gas: 0.8, cost: 1}, peak_factor: 1.3}, lime: {rate: 1}}}
  farm: {area: 1, optional: {margin: 300000}, hours: 7000, sinks: {lime: {rate: 0.2},
         steam: {rate: 1, supplied_today_by: {gas: 0.8}}}}
facilities:
  works: {owner: esco, unit: m3, plot: P3, area: 1, jobs: 3, inputs: {waste water: 1, power: 0.001}, co2e: 0.0001,
          investment: [{capacity: 5, investment: 300000}, {capacity: 20, investment: 700000}], variable_cost: 0.3,
          fixed_cost: 900, maintenance: 0.01, hours: 7000}
  recovery: {scope: own, owner: mill, hours: 7000, inputs: {power: 0.04}, outputs: {steam: 1},
             investment: [{capacity: 1, investment: 40000}]}
substitutions:
  - {from: slag, to: lime, ratio: 0.5, also: {gypsum: 0.1},
     treatment: {cost: 2, uses: {power: 0.01}, co2e: 0.002, investment: 30000},
     permit: {name: by-product declaration, cost: 9000, delay: 0.5}}
links:
  steam pipe: {kind: pipe, along: table, maintenance: 0.02,
               sizes: [{size: DN 100, capacity: 12, investment: 400, fixed_investment: 20000, loss: 50}]}
  truck: {kind: truck, along: table, cost: 0.3, loading: 2, co2e: 0.0001, volume_loss: 0.01}
  sewer: {kind: pipe, along: table, uses: {power: 0.0005}, owner: esco,
          sizes: [{size: DN 300, capacity: 20, investment: 90, yearly_cost: 2}]}
exchanges:
  - {from: smelter, stream: steam, forced: true, shared_hours: 6500, connection: {at_source: 9000, at_sink: 7000}}
  - {from: smelter, to: mill, transfer: {price: 9}, fixed_cost: 700, paid_by: {seller: 0.3, buyer: 0.7}}
  - {from: smelter, to: farm, transfer: {seller_share: 0.8}}
"""
#: Tables of corridors: see test_every_pipe.
NETWORK = {
    prefix + name
    for prefix in ("", "baseline_")
    for name in ("mains", "trenches", "pipe_runs", "trench_shares", "hydraulics")
}
#: Tables of qualities and law, of which this case does not speak: see test_audit_quality_of_plans.
QUALITY = {*OF_QUALITY, *(f"baseline_{name}" for name in OF_QUALITY_IN_BASELINE)}
PERIODS = {*OF_PERIODS, "baseline_flows_by_period"}
#: Tables of stores: see test_audit_stores.
STORES = {*OF_STORES, *(f"baseline_{name}" for name in OF_STORES)}
#: Tables of converters and of profiles: see test_audit_converters, test_typical_days.
MADE = {*OF_CONVERTERS, *OF_PROFILES, *(f"baseline_{name}" for name in OF_CONVERTERS)}
#: Tables of heat by temperature, and of pipes: see test_audit_heat, test_pipes_by_temperature.
HEAT = {*OF_HEAT, *OF_PIPES, *(f"baseline_{name}" for name in (*OF_HEAT, *OF_PIPES))}
#: Tables of impacts beyond CO2e: see tests/lifecycle.
IMPACTS = {*OF_IMPACTS}
DISTANCES = "from,to,length_m\nP1,P2,500\nP1,P3,800\nP2,P3,400\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan of the rich park."""
    folder = tmp_path_factory.mktemp("rich")
    (folder / "case.yaml").write_text(RICH, encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    case = read_case(folder)
    return case, measure(case), solve(case)


def passes(finished, tables):
    case, distances, plan = finished
    return audit(case, distances, {**plan.tables, **tables}, plan.header)


def numbers(plan):
    """(table, column, row) of every number that is not 0."""
    return [
        (name, column, row)
        for name, table in plan.tables.items()
        for column in table.columns
        for row, value in enumerate(table[column])
        if isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_) and value == value != 0
    ]


def changed(finished, cell):
    """The table with one cell 7 % larger."""
    name, column, row = cell
    table = finished[2].tables[name].copy()
    table[column] = table[column].astype(float)
    table.iloc[row, table.columns.get_loc(column)] *= 1.07
    return {name: table}


def test_the_plan_is_rich(finished):
    """It holds what the corruptions below are about, and passes."""
    plan = finished[2]
    audited = passes(finished, {})
    assert audited["passed"], [check for check in audited["checks"] if not check["passed"]]
    assert {"works", "recovery", "farm"} <= set(plan.siting["unit"])
    assert {"given", "split 0.8", "split 0.5 (assumption)"} <= set(plan.exchanges["transfer_basis"])
    assert {"steam pipe", "truck", "sewer"} <= set(plan.exchanges["link"].dropna())
    empty = {name for name, table in plan.tables.items() if table.empty} - {"baseline_exchanges", "baseline_credits"}
    empty -= {"shared_costs"}
    assert not empty - NETWORK - QUALITY - PERIODS - STORES - HEAT - MADE - IMPACTS
    assert all(plan.tables[name].empty for name in QUALITY)


def test_every_numeric_column_is_checked(finished):
    """One number of each column, 7 % larger."""
    cells = {cell[:2]: cell for cell in numbers(finished[2])}
    cells.pop(("indicators", "ungraded_share"), None)  # a line item does not tell the grade of each number behind it
    missed = [key for key, cell in cells.items() if passes(finished, changed(finished, cell))["passed"]]
    assert len(cells) > 100
    assert not missed


@pytest.mark.slow
def test_any_number_is_checked(finished):
    """A sample of all numbers, 7 % larger."""
    known = [cell for cell in numbers(finished[2]) if cell[1] != "ungraded_share"]
    cells = random.Random(7).sample(known, 60)
    missed = [cell for cell in cells if passes(finished, changed(finished, cell))["passed"]]
    assert not missed


def test_each_exchange_an_entry_forces_must_be_built(finished):
    """The entry names the smelter only: steam to the mill and to the farm are both forced."""
    plan = finished[2]
    steam = plan.exchanges[(plan.exchanges["from"] == "smelter") & (plan.exchanges["source"] == "steam")]
    assert set(steam["to"]) == {"mill", "farm"}
    for taker in ("mill", "farm"):
        rows = plan.exchanges
        left = rows[~((rows["from"] == "smelter") & (rows["source"] == "steam") & (rows["to"] == taker))]
        audited = passes(finished, {"exchanges": left})
        forced = next(check for check in audited["checks"] if "forced" in check["check"])
        assert not forced["passed"]
        assert taker in forced["detail"]


@pytest.mark.parametrize("table", ["limits", "intensities", "indicators"])
def test_a_dropped_row_is_missed(finished, table):
    """A figure left out is a difference, too."""
    frame = finished[2].tables[table]
    for row in range(len(frame)):
        assert not passes(finished, {table: frame.drop(frame.index[row])})["passed"], frame.iloc[row]
