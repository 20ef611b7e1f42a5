"""What heat recovery of plants costs, for the audit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.audit.facts import Facts
    from planner.audit.money import Accounts


def recovery_costs(facts: "Facts") -> bool:
    """Whether any plant states what exchangers between its process streams cost."""
    heats = (tenant.process_heat for tenant in facts.tenants.values())
    return any(heat is not None and heat.recovery.cost is not None for heat in heats)


def book_recovery(accounts: "Accounts") -> None:
    """Book exchangers between the process streams of plants, by the heat that new ones can pass."""
    facts = accounts.facts
    for plant, new in accounts.run.recovery.items():
        tenant = facts.tenants.get(plant)
        stated = None if tenant is None or tenant.process_heat is None else tenant.process_heat.recovery
        if stated is None or stated.cost is None:
            continue
        base = stated.cost.value * new
        years = (
            facts.annuity(kind="heat_recovery") if stated.lifetime is None else facts.recovery(stated.lifetime.value)
        )
        accounts.invest("heat_recovery", "heat_recovery_capital", base * facts.contingency, years)
        if stated.maintenance is not None:
            accounts.total["heat_recovery_operation"] += base * stated.maintenance.value
