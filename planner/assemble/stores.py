"""Stores as the mathematics see them, and what their rates cost.

With the content in its own unit, eta_in the content gained by a unit charged and eta_out what a unit of content gives:

    largest rate charged = min(rate_in, content / (eta_in x hours_to_fill))
    largest rate drawn   = min(rate_out, content x eta_out / hours_to_empty)
"""

import math
from collections.abc import Iterator, Mapping

from models.chronology import StoreData
from planner.assemble.assembly import Evidence
from planner.assemble.findings import Findings
from planner.assemble.lines import Entry, evidence_of
from planner.assemble.streams import Member
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.periods import states_of
from planner.case.stores import Store


def store_data(facility: Facility) -> StoreData:
    """The store as the mathematics see it."""
    store = facility.stores
    assert store is not None
    return StoreData(
        rate_in=store.share_in,
        rate_out=store.share_out,
        largest_in=math.inf if store.rate_in is None else store.rate_in.value,
        largest_out=math.inf if store.rate_out is None else store.rate_out.value,
        efficiency_in=store.gained,
        efficiency_out=store.drawn,
        loss=0.0 if store.loss is None else store.loss.value,
    )


def stores_of(members: Mapping[str, Member]) -> dict[str, StoreData]:
    """All stores."""
    return {
        name: store_data(member.item)
        for name, member in members.items()
        if isinstance(member.item, Facility) and member.item.stores is not None
    }


def fastest_of(members: Mapping[str, Member]) -> dict[str, tuple[float, float]]:
    """Largest rates in and out of each store, at its largest content [unit/h]."""
    found = {}
    for name, member in members.items():
        if isinstance(member.item, Facility) and member.item.stores is not None:
            store, largest = member.item.stores, member.item.curve()[-1].capacity.value
            found[name] = store.fastest_in(largest), store.fastest_out(largest)
    return found


def priced_rates(case: Case, member: Member) -> Iterator[tuple[Entry, float, str, tuple[Evidence, ...]]]:
    """(variables, price, unit, evidence) of what the rates of a store cost to build."""
    facility, shares = member.item, ((member.party, 1.0),)
    if not isinstance(facility, Facility) or facility.stores is None:
        return
    store = facility.stores
    for family, price, field, resource in (
        ("rated_in", store.rate_cost_in, "rate_cost_in", store.taken),
        ("rated_out", store.rate_cost_out, "rate_cost_out", store.given),
    ):
        if price is not None:
            entry = Entry(family, (((member.name,), 1.0),), shares, member.name)
            stated = (evidence_of(price, f"{member.path}.stores.{field}"),)
            yield entry, price.value, f"({case.resources[resource].unit}/h)", stated


def is_idle_store(case: Case, member: Member) -> bool:
    """Whether a store need not be built and could not keep anything: a year that is one period has no later."""
    facility = member.item
    if not isinstance(facility, Facility) or facility.stores is None:
        return False
    return not case.periods and not facility.forced


def note_stores(case: Case, members: Mapping[str, Member], findings: Findings) -> None:
    """Say which stores are of no use, and which may trade instead of keeping.

    Without periods nothing is left over at one time and short at another.
    """
    for member in members.values():
        store = member.stores
        if store is None:
            continue
        trading = list(_trading(case, store))
        if trading:
            more = f" and {len(trading) - 3} more periods" if len(trading) > 3 else ""
            findings.note(
                f"{member.path}.stores: {store.taken} is sold at more than it is bought for in "
                f"{', '.join(trading[:3])}{more}, so that "
                f"{member.name} may trade and keep nothing; look at resources.{store.taken}.price and .sale"
            )
        if not case.periods:
            findings.note(
                f"{member.path}.stores: the case has no periods, so that {member.name} never has anything to keep, "
                "but must be built; state periods"
            )


def _trading(case: Case, store: Store) -> Iterator[str]:
    """Periods in which what is bought for a store may be sold at a gain."""
    resource = case.resources[store.taken]
    if not store.keeps or resource.price is None or resource.sale is None:
        return
    for t in states_of(case):
        if resource.sale.price.at(t) * store.gained * store.drawn > resource.price.at(t):
            yield t
