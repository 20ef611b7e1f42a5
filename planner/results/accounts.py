"""Tables of accounts: costs, emissions, and the limits with what they leave."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from planner.results.books import Books
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd


def costs_table(plan: Books, baseline: Books) -> "pd.DataFrame":
    """Every account in money: yearly cost, investment, and what only steers the goal."""
    return _accounts("costs", plan, baseline, lambda unit: unit.startswith(plan.case.currency))


def emissions_table(plan: Books, baseline: Books) -> "pd.DataFrame":
    """Every account of CO2e, and biogenic CO2 as a memo."""
    return _accounts("emissions", plan, baseline, lambda unit: unit.startswith("tCO2"))


def _accounts(table: str, plan: Books, baseline: Books, wanted: Callable[[str], bool]) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for account in plan.assembly.instance.accounts:
        unit = plan.unit_of_account(account)
        if wanted(unit):
            before, after = baseline.accounts.get(account, 0.0), plan.accounts.get(account, 0.0)
            rows.append(
                {"account": account, "unit": unit, "baseline": before, "plan": after, "difference": after - before}
            )
    return pd.DataFrame(rows, columns=list(COLUMNS[table]))


def limits_table(plan: Books, baseline: Books) -> "pd.DataFrame":
    """Caps, budget and park gate: the bound, what plan and baseline take of it, and what the baseline exceeds it by."""
    import pandas as pd

    rows = [_limit(name, plan, baseline) for name in plan.assembly.instance.limits]
    return pd.DataFrame(rows, columns=list(COLUMNS["limits"]))


def _limit(name: str, plan: Books, baseline: Books) -> dict[str, Any]:
    limit = plan.assembly.instance.limits[name]
    unit = next((plan.unit_of_account(account) for account in limit.weights), "")
    scale = plan.assembly.instance.money_scale if unit.startswith(plan.case.currency) else 1.0
    taken = [
        sum(weight * books.accounts.get(account, 0.0) for account, weight in limit.weights.items())
        for books in (plan, baseline)
    ]
    expansion = [scale * books.solution.value("expanded", limit.expanded_with or name) for books in (plan, baseline)]
    bound = scale * limit.bound
    return {
        "limit": name,
        "unit": unit,
        "bound": bound,
        "plan": taken[0],
        "baseline": taken[1],
        "expansion": expansion[0],
        "excess_baseline": max(0.0, taken[1] - bound),
    }
