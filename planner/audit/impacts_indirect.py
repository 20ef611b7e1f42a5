"""Checks of impacts by input-output factors: money from the tables, factors and groups from the case."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.network import number, word
from planner.audit.reading import rows_of
from planner.case.impacts import HEADS, INVESTED

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]


def check_indirect(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check money, factor and impact of each row, and that no money is missing."""
    check = "impacts_indirect: money x factor"
    checks.start(check)
    assert facts.case.impacts is not None
    groups = facts.case.impacts.indirect
    rows = rows_of(tables, "impacts_indirect")
    money = {run: _money(tables, run) for run in ("baseline", "plan")}
    group_of = {of: name for name, group in groups.items() for of in group.of}
    asked = {category for group in groups.values() for category in group.factors}
    listed = {(word(row, "category"), word(row, "kind"), word(row, "of")): row for row in rows}
    expected = {(category, *what) for category in asked for what in {*money["plan"], *money["baseline"]}}
    for key in sorted({*listed} ^ expected if groups else {*listed}):
        checks.fail(check, f"{' / '.join(key)}: {'no such money' if key in listed else 'has no row'}")
    for key in sorted({*listed} & expected):
        row, (category, kind, of) = listed[key], key
        label, group = f"{category}, {of}", group_of.get(of)
        factor = groups[group].factors.get(category) if group is not None else None
        if word(row, "purchases") != (group if factor is not None else "(no factor)"):
            checks.fail(check, f"{label}: purchases is {word(row, 'purchases')!r}")
        for run, paid in money.items():
            checks.equal(check, f"{label}: money, {run}", number(row, f"{run}_money_per_yr"), paid.get((kind, of), 0.0))
            if factor is None:
                checks.empty(check, label, row, (run, "factor", "reduction"))
                continue
            told, worth = number(row, run), factor.value * number(row, f"{run}_money_per_yr")
            if not abs(told - worth) <= 1e-9 + 1e-5 * abs(worth):
                checks.fail(check, f"{label}: {run} is {told:.8g}, {worth:.8g} recomputed")
        if factor is not None:
            saved = number(row, "baseline") - number(row, "plan")
            if not abs(number(row, "reduction") - saved) <= 1e-9 + 1e-5 * abs(saved):
                checks.fail(check, f"{label}: reduction is {number(row, 'reduction'):.8g}, {saved:.8g} recomputed")
            if not abs(number(row, "factor") - factor.value) <= 1e-9 * abs(factor.value):
                checks.fail(check, f"{label}: factor is {number(row, 'factor'):.8g}, {factor.value:.8g} by the case")


def _money(tables: "Tables", run: str) -> dict[tuple[str, str], float]:
    """(Kind, what) -> money a year: purchases, running cost, and investments over their lifetimes."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    prefix = "" if run == "plan" else "baseline_"
    for row in rows_of(tables, prefix + "purchases"):
        found["purchase", word(row, "resource")] += number(row, "cost_per_yr")
        if word(row, "for") == "treatment":
            found["head", "operation"] -= number(row, "cost_per_yr")
    for row in rows_of(tables, "ledger"):
        account, amount = word(row, "account"), number(row, f"{run}_per_yr")
        if account == "credit":
            found["purchase", word(row, "resource")] += amount
        for head, accounts in HEADS.items():
            if account in accounts and word(row, "kind") in ("fixed", "flow"):
                found["head", head] += amount
    for row in rows_of(tables, "assets"):
        years = number(row, "lifetime_yr")
        if word(row, "of") in INVESTED and years == years:
            invested = number(row, "capex" if run == "plan" else "baseline_capex")
            found["investment", word(row, "of")] += invested / years
    return found
