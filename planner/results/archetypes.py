"""How much of the totals of a plan rests on archetypes instead of the plants' own numbers."""

from collections.abc import Iterator

from planner.case.archetype_numbers import BASIS
from planner.results.books import Books

_TOTALS = {"total_annual_cost": "total annual cost", "co2e": "CO2e", "fresh_water": "fresh water", "waste": "waste"}


def notes_on_archetypes(plan: Books) -> Iterator[str]:
    """Shares of the totals, by absolute value of their line items, with a number of an archetype behind them."""
    if not any(tenant.archetype for tenant in (*plan.case.plants.values(), *plan.case.partners.values())):
        return
    told = []
    for total, word in _TOTALS.items():
        weights, whole, theirs = plan.weights(total), 0.0, 0.0
        for entry in plan.entries:
            amount = abs(weights.get(entry.line.account, 0.0) * entry.amount)
            whole += amount
            theirs += amount if any(evidence.basis == BASIS for evidence in entry.line.evidence) else 0.0
        if whole:
            told.append(f"{theirs / whole:.0%} of the {word}")
    if told:
        yield (
            f"numbers of archetypes stand behind {', '.join(told)} of the plan (by size of the line items; `basis` in "
            "tables/lines.csv says which)"
        )
