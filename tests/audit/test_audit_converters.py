"""The audit of units that change the level of heat, of standby and exchangers: every number is checked."""

import numpy as np
import pandas as pd
import pytest

from planner.audit import audit
from planner.audit.checks import Checks
from planner.audit.converters import check_converters
from planner.audit.facts import Facts
from planner.audit.flows import read_run
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve

#: Two periods; a pump of the works' own, which is in the baseline, too; what is forced need not pay.
CASE = """
case: Levels
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %, contingency: 10 %, lifetime: {pipe: 10}}
geography: {distances: distances.csv}
periods: {winter: {hours: 40 %}, summer: {hours: 60 %}}
surroundings: 10 degC
plots: {A: {area: 5}, B: {area: 500, several_tenants: true}}
resources:
  gas: {kind: gas, unit: MWh, price: {value: 50, periods: {summer: 40}}, co2e: {use: 0.2}}
  power: {kind: power, unit: MWh, price: 90, sale: {price: 60}}
  water: {kind: water, unit: m3, price: 1}
  hot water: {kind: heat, unit: MWh, heat: {supply: 70, return: 40}, carried_by: [pipe], discharge: {route: air}}
  cooling water: {kind: heat, unit: m3, heat: {supply: 20, return: 30}, price: 0.05, carried_by: [ring]}
  chilled water: {kind: heat, unit: MWh, heat: {supply: 6, return: 12}, carried_by: [pipe]}
  steam 40: {kind: heat, unit: t, heat: {steam: 40 bar, superheat: 150 K}, price: 30}
  steam 5: {kind: heat, unit: t, heat: {steam: 5 bar, condensate: {share: 80 %}}, carried_by: [steam pipe]}
  steam 1: {kind: heat, unit: t, heat: {steam: 1 bar}, price: 2}
plants:
  works:
    plot: A
    hours: 7000
    sources: {steam 5: {rate: 2, on_demand: true, exchanger: {cost: 20 EUR/kW, lifetime: 12, maintenance: 3 %}}}
    sinks:
      hot water:
        rate: {value: 5 MW, periods: {summer: 3 MW}}
        supplied_today_by: {gas: {efficiency: 90 %}}
        peak_factor: 1.2
        standby: {share: 80 %, investment: 60 EUR/kW, fixed: 2 EUR/kW/yr, existing: 1 MW}
        exchanger: {area_cost: 400 EUR/m2, coefficient: 0.8 kW/m2/K, mean_difference: 15 K, existing: 500 kW}
      cooling water: {rate: 900}
      chilled water: {rate: 2 MW, supplied_today_by: {power: 0.8}}
  mill: {plot: B, sinks: {steam 5: {rate: 12, supplied_today_by: {gas: {efficiency: 60 %}}}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
  ring: {kind: pipe, sizes: [{size: S, capacity: 2000, investment: 10}]}
  steam pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
facilities:
"""
UNITS = {
    "pump": ("{heat_pump: {from: cooling water, to: hot water, power: power, efficiency: 55 %}}", 3, "MW"),
    "own pump": ("{heat_pump: {from: cooling water, to: hot water, power: power, cop: 4}}", 1, "MW"),
    "chiller": ("{chiller: {from: chilled water, air: 30 degC, power: power, efficiency: 50 %, of: carnot}}", 1, "MW"),
    "absorber": ("{absorption_chiller: {driven_by: hot water, from: chilled water, air: 20, cop: 0.6}}", 1, "MW"),
    "valve": ("{let_down: {from: steam 40, to: steam 5, water: water}}", 1, "t/h"),
    "compressor": (
        "{recompression: {from: steam 1, to: steam 5, power: power, isentropic: 0.7, motor: 0.95, water: water}}",
        3,
        "t/h",
    ),
    "turbine": ("{turbine: {from: steam 40, to: steam 5, power: power, isentropic: 0.75, generator: 0.95}}", 2, "t/h"),
    "boiler": ("{boiler: {fuel: gas, to: steam 5, efficiency: 90 %}}", 2, "t/h"),
    "engine": ("{chp: {fuel: gas, power: power, power_yield: 40 %, heat: hot water, heat_yield: 45 %}}", 0.5, "MW"),
}
TABLES = ("converters", "equipment", "exergy", "baseline_converters", "baseline_exergy")


def unit(name):
    """A facility that must be built and must run."""
    stated, size, counted = UNITS[name]
    own = "scope: own, owner: works" if name == "own pump" else "plot: B"
    return (
        f"  {name}: {{converts: {stated}, {own}, forced: true, min_activity: {size / 2} {counted}, "
        f"investment: [{{capacity: {size} {counted}, investment: 1000}}]}}\n"
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan."""
    folder = tmp_path_factory.mktemp("levels")
    (folder / "case.yaml").write_text(CASE + "".join(map(unit, UNITS)), encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    case = read_case(folder)
    return case, measure(case), solve(case, gap=1e-4)


def audited(finished, case=None, **tables):
    """The audit with other tables, or another case."""
    mine, distances, plan = finished
    return audit(case or mine, distances, {**plan.tables, **tables}, plan.header)


def failing(result):
    """Names of the checks that found a difference."""
    return {check["check"] for check in result["checks"] if not check["passed"]}


def test_the_plan_passes(finished):
    """It holds every kind of unit, standby and both exchangers."""
    tables = finished[2].tables
    assert not failing(audited(finished))
    assert set(tables["converters"]["facility"]) == set(UNITS)
    assert set(tables["baseline_converters"]["facility"]) == {"own pump"}
    assert tables["converters"]["energy_mwh_per_yr"].isna().any()  # water has none
    assert set(tables["equipment"]["kind"]) == {"standby", "exchanger"}
    assert (tables["equipment"]["new_mw"] > 0).all()
    exergy = tables["exergy"][tables["exergy"]["kind"] == "converter"]
    assert set(exergy["of"]) == set(UNITS)
    assert (exergy["destroyed_mwh_per_yr"] > 0).all()


@pytest.mark.parametrize("table", TABLES[:2])
def test_every_column_is_checked(finished, table):
    """One number of each column, 7 % larger."""
    assert_columns_are_checked(finished, table)


@pytest.mark.deep
@pytest.mark.parametrize("table", TABLES[2:])
def test_every_column_of_the_other_tables_is_checked(finished, table):
    """The same of exergy and the baseline."""
    assert_columns_are_checked(finished, table)


def assert_columns_are_checked(finished, table):
    frame = finished[2].tables[table]
    for column in frame.columns:
        for row, value in enumerate(frame[column]):
            if isinstance(value, int | float | np.number) and value == value and abs(value) > 1e-6:
                made = frame.astype({column: float})
                made.iloc[row, made.columns.get_loc(column)] = 1.07 * value
                assert failing(audited(finished, **{table: made})), column
                break


@pytest.mark.deep
@pytest.mark.parametrize("table", TABLES)
def test_words_and_rows_are_checked(finished, table):
    """A row that is missing, one that stands twice, words that are others."""
    frame = finished[2].tables[table]
    assert failing(audited(finished, **{table: frame.iloc[1:]}))
    assert failing(audited(finished, **{table: pd.concat([frame, frame.iloc[[0]]], ignore_index=True)}))
    for column in frame.columns:
        if isinstance(frame[column].iloc[0], str):
            made = frame.copy()
            made.iloc[0, made.columns.get_loc(column)] = "other"
            assert failing(audited(finished, **{table: made})), column


@pytest.mark.parametrize("name", UNITS)
def test_units_that_break_a_law_are_caught(finished, name):
    """Each amount per unit of activity, 0.1 % off, as the assembly might have it wrong."""
    case, _, plan = finished
    facility = case.facilities[name]
    run = read_run(Facts(case), dict(plan.tables), "", {})
    for side in ("inputs", "outputs"):
        for resource, per in getattr(facility, side).items():
            wrong = {**getattr(facility, side), resource: per.model_copy(update={"value": 1.001 * per.value})}
            other = facility.model_copy(update={side: wrong})
            broken = case.model_copy(update={"facilities": {**case.facilities, name: other}})
            checks = Checks()
            check_converters(Facts(broken), plan.tables, "", run, {}, checks)
            assert checks.problems["converters: energy balances, and none runs uphill"], (name, resource)
