"""The audit of a solved plan with operations, treatment and fees by load: it passes, and no number may change."""

import numpy as np
import pytest
import quality_by_hand as by_hand

from planner.audit import audit
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import audit_folder, solve

#: The park by hand, where the river takes foul water too, at a fee: there is a plan without the works.
CASE = by_hand.CASE.replace("{COD: 100}, load_fees: {COD: 0.7 EUR/kg}", "{COD: 600}, load_fees: {COD: 9}")
TABLES = ("operations", "compositions", "quality_limits", "load_balances", "water_balances", "verdicts", "barred")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan."""
    folder = tmp_path_factory.mktemp("water")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text(by_hand.DISTANCES, encoding="utf-8")
    case = read_case(folder)
    return case, measure(case), solve(case)


def failed(finished, tables):
    case, distances, plan = finished
    checks = audit(case, distances, {**plan.tables, **tables}, plan.header)["checks"]
    return [check for check in checks if not check["passed"]]


def test_a_solved_plan_passes(finished):
    """It uses the works, and clean water twice; every check is made."""
    plan = finished[2]
    assert failed(finished, {}) == []
    assert {"works"} == set(plan.tables["facilities"]["facility"])
    assert not any(plan.tables[name].empty for name in TABLES)
    assert plan.tables["baseline_facilities"].empty
    assert not plan.tables["baseline_operations"].empty


def test_every_number_of_what_streams_hold_is_checked(finished):
    """One number of each column, 7 % larger."""
    missed, seen = [], 0
    for name, table in finished[2].tables.items():
        for column in table.columns if name.removeprefix("baseline_") in (*TABLES, "discharges") else ():
            for row, value in enumerate(table[column]):
                number = isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
                if number and value == value != 0:
                    changed = table.copy()
                    changed[column] = changed[column].astype(float)
                    changed.iloc[row, changed.columns.get_loc(column)] *= 1.07
                    seen += 1
                    missed += [] if failed(finished, {name: changed}) else [(name, column)]
                    break
    assert seen > 30
    assert not missed


def test_a_dropped_row_is_missed(finished):
    """Each row of what streams hold is asked for."""
    for name in TABLES[:-1]:
        table = finished[2].tables[name]
        for row in range(0, len(table), 5):
            if name == "quality_limits" and table["found"].isna().iloc[row]:
                continue  # a limit on what does not flow
            assert failed(finished, {name: table.drop(table.index[row])}), (name, table.iloc[row].to_dict())


def test_a_written_plan_passes_again(finished, tmp_path):
    """From its files alone."""
    finished[2].save(tmp_path / "out")
    audited = audit_folder(tmp_path / "out")
    assert audited["passed"], [check for check in audited["checks"] if not check["passed"]]
