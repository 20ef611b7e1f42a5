"""Indirect impacts by input-output factors: what is paid for a kind of purchases times its impact per money.

They hold whole supply chains, so that they overlap with factors of resources: they stand apart, added to nothing.

    a year       = factor x money a year                      (purchases, running cost)
    construction = factor x investment / lifetime             (straight line, no interest)
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.impacts import HEADS, INVESTED, categories_of
from planner.lifecycle.amounts import rows
from planner.lifecycle.burdens import PREFIX, RUNS
from planner.lifecycle.factors import Flow, factors_of
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

NAN = float("nan")
UNCOVERED = "(no factor)"


def indirect_table(case: Case, tables: "Tables") -> "pd.DataFrame":
    """Make the ``impacts_indirect`` table: a row for each category and what belongs to a group of purchases.

    Money without a group, or of a group without a factor of the category, has a row of its own, "(no factor)" and
    without an amount. ``also_process_based`` says that the resource has a factor of supply as well: what both say must
    not be added up.
    """
    import pandas as pd

    assert case.impacts is not None
    found: list[dict[str, Any]] = []
    if case.impacts.indirect:
        money = {run: dict(_money(case, tables, run)) for run in RUNS}
        paid = list(dict.fromkeys([*money["plan"], *money["baseline"]]))
        group_of = {of: name for name, group in case.impacts.indirect.items() for of in group.of}
        for category, stated in categories_of(case.impacts).items():
            if any(category in group.factors for group in case.impacts.indirect.values()):
                found += [_row(case, (category, stated.unit), group_of, what, money) for what in sorted(paid)]
    return pd.DataFrame(found, columns=list(COLUMNS["impacts_indirect"]))


def _money(case: Case, tables: "Tables", run: str) -> Iterator[tuple[tuple[str, str], float]]:
    """((kind, what), money a year): purchases by resource, running cost by head, investments over their lifetimes."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows(tables, f"{PREFIX[run]}purchases"):
        found["purchase", str(row["resource"])] += float(row["cost_per_yr"])
        if row["for"] == "treatment":  # booked on the account of treatment, too
            found["head", "operation"] -= float(row["cost_per_yr"])
    head_of = {account: head for head, accounts in HEADS.items() for account in accounts}
    for row in rows(tables, "ledger"):
        account, amount = str(row["account"]), float(row[f"{run}_per_yr"])
        if account == "credit":
            found["purchase", str(row["resource"])] += amount
        elif account in head_of and row["kind"] in ("fixed", "flow"):
            found["head", head_of[account]] += amount
    column = "capex" if run == "plan" else "baseline_capex"
    for row in rows(tables, "assets"):
        if row["of"] in INVESTED and row["lifetime_yr"] == row["lifetime_yr"]:
            found["investment", str(row["of"])] += float(row[column]) / float(row["lifetime_yr"])
    yield from found.items()


def _row(
    case: Case,
    category: tuple[str, str],
    group_of: Mapping[str, str],
    what: tuple[str, str],
    money: Mapping[str, Mapping[tuple[str, str], float]],
) -> dict[str, Any]:
    assert case.impacts is not None
    (name, unit), (kind, of) = category, what
    group = group_of.get(of)
    factor = None if group is None else case.impacts.indirect[group].factors.get(name)
    before, after = (money[run].get(what, 0.0) for run in RUNS)
    worth = NAN if factor is None else factor.value
    direct = kind == "purchase" and bool(factors_of(case, name, Flow("supply", "resource", of)))
    return {
        "category": name,
        "purchases": group if factor is not None else UNCOVERED,
        "kind": kind,
        "of": of,
        "baseline_money_per_yr": before,
        "plan_money_per_yr": after,
        "factor": worth,
        "factor_unit": None if factor is None else factor.unit,
        "grade": None if factor is None else factor.grade,
        "sources": None if factor is None else factor.source,
        "baseline": worth * before,
        "plan": worth * after,
        "reduction": worth * (before - after),
        "unit": f"{unit}/yr",
        "also_process_based": direct,
    }
