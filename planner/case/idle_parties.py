"""Parties whose discount rate has no effect, since nothing in the case is theirs: mostly names that are misspelt."""

from collections.abc import Iterator

from planner.case.case import Case
from planner.case.numbers import did_you_mean


def idle_parties(case: Case) -> Iterator[str]:
    """Say of each party that states a discount rate and takes no part that it has no effect."""
    taking = _taking_part(case)
    for name, party in case.parties.items():
        if party.discount_rate is not None and name not in taking:
            near = did_you_mean(name, sorted(taking))
            hint = near if "did you mean" in near else ""
            message = "has no effect: nothing in the case belongs to it or is paid by it"
            yield f"parties.{name}.discount_rate {message}{hint}"


def _taking_part(case: Case) -> set[str]:
    """Parties that own or pay something; the park company owns what nobody else does."""
    found = {case.park_company}
    for tenants in (case.plants, case.partners):
        found |= {tenant.firm or name for name, tenant in tenants.items()}
    owned = (*case.facilities.values(), *case.links.values(), case.trenches)
    found |= {one.owner for one in owned if one is not None and one.owner is not None}
    for exchange in case.exchanges:
        found |= set(exchange.paid_by or ())
    return found
