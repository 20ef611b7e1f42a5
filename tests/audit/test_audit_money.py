"""No number and no word of the tables of money by firm may be changed unnoticed, and no row dropped."""

import numpy as np
import pytest

from planner.audit import audit
from planner.audit.checks import Checks
from planner.audit.document import CHECK as DOCUMENT
from planner.audit.document import check_document
from planner.audit.facts import Facts
from planner.audit.finance import check_finance
from planner.audit.ledgers import check_ledgers
from planner.audit.shared_costs import check_shared_costs
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.results.columns_money import MONEY
from planner.results.contract import results_json

from test_every_number import DISTANCES, RICH  # isort: skip

FINANCE = """
  finance:
    {shared_costs: users,
     horizon: 12, delay: 1, spending: [0.4, 0.6], ramp_up: [0.5, 0.8], inflation: 2 %, money: nominal,
     escalation: {gas: 2 %, carbon: 3 %, operation: 0.5 %}, residual: straight line,
     tax: {rate: 25 %, depreciation: 10},
     debt: {share: 0.6, rate: 5 %, term: 10, grace: 2},
     grants: [{share: 0.2, of: [link, facility]}, {amount: 100000}],
     economic: {discount_rate: 0.03, carbon: 100, prices: {gas: 30, lime: 70}, factors: {investment: 0.9, sale: 1.1}}}
"""
CONTRACT = "contract: {term: 8 yr, take_or_pay: 0.9, escalation: 1 %}"
#: Words of these columns are free, or told by what stands beside them.
FREE = {("assets", "option")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("money")
    start, end = RICH.index("economics:"), RICH.index("geography:")
    economics = RICH[start:end].replace("economics: {", "economics:\n  {").rstrip()[:-1]
    economics += "," + FINANCE.replace("\n  finance:\n", "\n   finance:\n").rstrip() + "}\n"
    text = RICH[:start] + economics + RICH[end:]
    text = text.replace("transfer: {price: 9},", f"transfer: {{price: 9}}, {CONTRACT},")
    text = text.replace("esco: {kind: utility}", "esco: {kind: utility, discount_rate: 0.04}")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    case = read_case(folder)
    return case, measure(case), solve(case)


def passes(finished, changed, *, whole=False):
    """Whether the audit passes; where not the ``whole`` is needed, the checks of money that need no model of it."""
    case, distances, plan = finished
    tables = {**plan.tables, **changed}
    if whole:
        return audit(case, distances, tables, plan.header)["passed"]
    checks = Checks()
    check_shared_costs(Facts(case), tables, checks)
    check_ledgers(Facts(case), tables, checks)
    check_finance(Facts(case), tables, checks)
    return not any(checks.problems.values())


def test_the_plan_passes_and_tells_of_everything(finished):
    assert passes(finished, {}, whole=True)
    assert all(len(finished[2].tables[name]) for name in MONEY)
    told = finished[2].tables["finance"]
    assert told["least_dscr"].notna().any()
    assert told["grants_capex"].max() > 0


@pytest.mark.parametrize("name", MONEY)
def test_a_number_that_is_larger_is_caught(finished, name):
    table = finished[2].tables[name]
    for column in table.columns:
        values = table[column]
        rows = [
            n
            for n, value in enumerate(values)
            if isinstance(value, int | float | np.number) and not isinstance(value, bool) and value == value != 0
        ]
        for row in rows[-1:]:
            wrong = table.copy()
            wrong[column] = wrong[column].astype(float)
            wrong.iloc[row, wrong.columns.get_loc(column)] *= 1.07
            assert not passes(finished, {name: wrong}, whole=name == "exchange_ledger"), (column, row)


@pytest.mark.parametrize("name", MONEY)
def test_a_row_that_is_left_out_is_caught(finished, name):
    table = finished[2].tables[name]
    nothing = table.select_dtypes("number").abs().sum(axis=1) == 0
    rows = [row for row in range(len(table)) if not nothing.iloc[row]]
    for row in (rows[len(rows) // 3],):
        left = table.drop(table.index[row])
        assert not passes(finished, {name: left}, whole=name == "exchange_ledger"), table.iloc[row]


@pytest.mark.parametrize("name", MONEY)
def test_a_word_that_is_another_is_caught(finished, name):
    table = finished[2].tables[name]
    for column in table.columns:
        words = [n for n, value in enumerate(table[column]) if isinstance(value, str)]
        if not words or (name, column) in FREE:
            continue
        wrong = table.copy()
        wrong[column] = wrong[column].astype(object)
        wrong.iloc[words[-1], wrong.columns.get_loc(column)] = "something else"
        assert not passes(finished, {name: wrong}, whole=name == "exchange_ledger"), column


def test_a_cent_between_two_firms_is_caught(finished):
    """Ledgers that no longer add up to the park, by two cents."""
    ledger = finished[2].tables["ledger"].copy()
    ledger.loc[0, ["plan_per_yr", "gain_per_yr"]] += [-0.02, 0.02]
    checks = Checks()
    check_ledgers(Facts(finished[0]), {**finished[2].tables, "ledger": ledger}, checks)
    assert checks.problems["ledgers add up to the park"]


@pytest.mark.parametrize(
    "name", ["ledger", "assets", "cash_flows", "finance", "bank", "prices", "economic", "shared_costs"]
)
def test_a_number_of_the_document_that_is_not_that_of_the_table_is_caught(finished, name):
    tables = finished[2].tables
    document = results_json(finished[2])
    row = document[name][-1]
    column = next(k for k, v in row.items() if isinstance(v, float) and v)
    for factor in (1.0, 1.07):
        row[column] *= factor
        checks = Checks()
        check_document(document, tables, checks)
        told = [problem for problem in checks.problems[DOCUMENT] if f": {name}" in problem]
        assert bool(told) == (factor != 1.0)
