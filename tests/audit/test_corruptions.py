"""The audit of a true plan passes; every seeded corruption of it is caught."""

import copy

import pandas as pd
import pytest

from planner.audit import audit
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve


@pytest.fixture(scope="module")
def finished():
    """Case, distances and plan of the tiny park."""
    case = read_case("cases/tiny")
    return case, measure(case), solve(case)


def audited(finished, corrupt=None, header=None):
    case, distances, plan = finished
    tables = {name: table.copy() for name, table in plan.tables.items()}
    facts = copy.deepcopy(dict(plan.header))
    if corrupt:
        corrupt(tables)
    if header:
        header(facts)
    return audit(case, distances, tables, facts)


def test_a_true_plan_passes(finished):
    """Every check is made and none finds a difference."""
    result = audited(finished)
    assert result["passed"], [check for check in result["checks"] if not check["passed"]]
    assert len(result["checks"]) >= 25


def change(table, column, row, factor=None, value=None):
    """Corruption that multiplies one cell, or sets it."""

    def corrupt(tables):
        frame = tables[table].copy()
        index = frame.index[row]
        if value is not None:
            frame[column] = frame[column].astype(object)
        frame.at[index, column] = value if value is not None else frame.at[index, column] * factor
        tables[table] = frame

    return corrupt


def drop(table, row):
    """Corruption that removes a row."""

    def corrupt(tables):
        tables[table] = tables[table].drop(tables[table].index[row])

    return corrupt


def twice(table, row):
    """Corruption that repeats a row."""

    def corrupt(tables):
        tables[table] = pd.concat([tables[table], tables[table].iloc[[row]]], ignore_index=True)

    return corrupt


def account(table, name, column, factor):
    """Corruption of one account."""

    def corrupt(tables):
        frame = tables[table].set_index("account")
        frame.at[name, column] = frame.at[name, column] * factor
        tables[table] = frame.reset_index()

    return corrupt


def indicator(name, column, factor):
    """Corruption of one indicator."""

    def corrupt(tables):
        frame = tables["indicators"].set_index("indicator")
        frame.at[name, column] = frame.at[name, column] * factor
        tables["indicators"] = frame.reset_index()

    return corrupt


CORRUPTIONS = {
    "a flow changed by 1 %": change("exchanges", "flow_per_yr", 0, factor=1.01),
    "a flow turned negative": change("exchanges", "flow_per_yr", 0, factor=-1),
    "a flow that is not a number": change("exchanges", "flow_per_yr", 0, value=float("nan")),
    "replaced amount changed (ratio forgotten)": change("exchanges", "replaced_per_yr", 2, factor=2),
    "a plot used twice": change("siting", "plot", 1, value="A"),
    "a plot that does not exist": change("siting", "plot", 1, value="Z"),
    "a mandatory plant left out": drop("siting", 0),
    "a plant listed twice": twice("siting", 0),
    "a baseline with another tenant": drop("baseline_siting", 0),
    "an exchange dropped": drop("exchanges", 0),
    "an exchange listed twice": twice("exchanges", 0),
    "a length in metres instead of kilometres": change("exchanges", "length_km", 0, factor=1000),
    "a shorter way than there is": change("exchanges", "cost_length_km", 0, factor=0.5),
    "a link of another size": change("exchanges", "size", 0, value="DN 100"),
    "a link that the resource may not use": change("exchanges", "link", 2, value="steam pipe"),
    "a link that ends at another plot": change("exchanges", "to_place", 0, value="D"),
    "an investment dropped": change("exchanges", "capex", 0, factor=0),
    "a cost account dropped": account("costs", "purchase", "plan", 0),
    "a cost account in thousands": account("costs", "land", "plan", 1e-3),
    "a baseline account inflated": account("costs", "purchase", "baseline", 1.1),
    "an emission account dropped": account("emissions", "co2e_use", "baseline", 0),
    "transport emissions in kilograms": account("emissions", "co2e_transport", "plan", 1000),
    "a headline cost embellished": indicator("total_annual_cost", "plan", 0.9),
    "a headline reduction embellished": indicator("co2e", "reduction", 1.5),
    "a percentage embellished": indicator("total_annual_cost", "reduction_pct", 1.05),
    "a discharge hidden": change("discharges", "amount_per_yr", 0, factor=0.5),
    "a waste moved to the baseline": change("baseline_discharges", "amount_per_yr", 0, factor=2),
    "an unmet demand": change("supplies", "supplied_per_yr", 2, value=-1000.0),
    "a demand met twice": change("supplies", "supplied_per_yr", 2, value=1000.0),
    "a purchase hidden": change("purchases", "amount_per_yr", 0, factor=0.5),
    "a line item changed": change("lines", "amount", 3, factor=1.2),
    "a line item's price changed": change("lines", "factor", 3, factor=1.2),
    "a line item dropped": drop("lines", 3),
    "a party's cost moved off the books": change("parties", "plan_cost_per_yr", 0, factor=0.5),
    "a transfer paid to nobody": change("parties", "transfers_per_yr", 0, factor=0.5),
}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_catches(finished, what):
    """The corrupted plan fails, and the failed check says what differs."""
    result = audited(finished, CORRUPTIONS[what])
    failed = [check for check in result["checks"] if not check["passed"]]
    assert not result["passed"], what
    assert all(check["detail"] for check in failed)


HEADERS = {
    "a better objective": lambda header: header["solver"].update(objective=header["solver"]["objective"] * 0.9),
    "called optimal with a gap": lambda header: header["solver"].update(gap=0.01),
    "a status of its own": lambda header: header["solver"].update(status="excellent"),
}


@pytest.mark.parametrize("what", HEADERS)
def test_catches_in_the_solver_facts(finished, what):
    """Objective, gap and status must agree with the tables and with each other."""
    assert not audited(finished, header=HEADERS[what])["passed"]


def test_imports_no_model():
    """The audit stands without Pyomo and without the code it audits."""
    import subprocess
    import sys

    code = (
        "import sys, planner.audit; "
        "bad = [m for m in sys.modules if m.split('.')[0] in ('pyomo', 'highspy', 'models') "
        "or m.startswith('planner.assemble')]; print(bad); sys.exit(bool(bad))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
