"""A park small enough to reckon by hand: a kiln gives heat to a mill over one pipe."""

from pathlib import Path

import planner

#: The kiln forgoes 10 a MWh of what it gives, the mill saves gas for 40 a MWh; 8,000 MWh a year. The pipe costs
#: 400,000, and lasts 20 years.
CASE = """
case: Kiln and mill
currency: EUR
price_year: 2025
economics:
  discount_rate: 0.10
  lifetime: {pipe: 20}
  finance: {horizon: 20}
geography: {distances: distances.csv}
plots: {A: {area: 1}, B: {area: 1}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, carried_by: [pipe]}
plants:
  kiln: {plot: A, hours: 8000, sources: {heat: {rate: 1, on_demand: true, forgoes: {money: 10}}}}
  mill: {plot: B, hours: 8000, sinks: {heat: {rate: 1, supplied_today_by: {gas: 1}}}}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: S, capacity: 2, investment: 400}]}
exchanges:
  - {from: kiln, to: mill, shared_hours: 8000, transfer: {price: 22}, paid_by: {seller: 1}}
"""
DISTANCES = "from,to,length_m\nA,B,1000\n"


def solved(folder: Path, *changes: tuple[str, str], text: str = CASE) -> planner.Plan:
    """The plan of the case with some words changed; its audit has passed."""
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(changed(text, *changes), encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    plan = planner.solve(folder)
    failed = [check for check in plan.audit["checks"] if not check["passed"]]
    assert not failed
    return plan


def changed(text: str, *changes: tuple[str, str]) -> str:
    """A text with some words changed, each of which must be there."""
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text


def retold(plan: planner.Plan, folder: Path, *changes: tuple[str, str], text: str = CASE) -> planner.Plan:
    """A plan told anew with other terms of finance, which do not change what is built; its audit has passed."""
    from dataclasses import replace

    from planner.audit.checks import Checks
    from planner.audit.facts import Facts
    from planner.audit.finance import check_finance
    from planner.case.read import read_case
    from planner.finance.plan import cash_tables

    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(changed(text, *changes), encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    case, checks = read_case(folder), Checks()
    tables = {**plan.tables, **cash_tables(case, plan.tables)}
    check_finance(Facts(case), tables, checks)
    assert not any(checks.problems.values()), checks.problems
    return replace(plan, tables=tables, case=case)
