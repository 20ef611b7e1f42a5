"""Further purchases that an exchange makes needless at its taker: what they are worth, and what the taker buys."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from planner.assemble.arrivals import displacement
from planner.assemble.assembly import Evidence
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Crossing, Entry, Ledger, evidence_of
from planner.assemble.streams import Flow
from planner.assemble.supply import Purchase, bought_for, count, emission_charge, supply_account
from planner.case.case import Case

#: (taker, resource) -> the sinks whose supply takes it, each with what is bought for a unit of its demand.
Bought = Mapping[tuple[str, str], tuple[tuple[Flow, Purchase], ...]]


def bought_besides(case: Case, deals: Iterable[Deal], sinks: Mapping[str, Flow]) -> Bought:
    """What takers buy of the resources that exchanges deliver besides; no entry where a taker states no need of one.

    A taker buys a resource for a sink of it, or as an input of what supplies a sink of something else today. One that
    makes it itself from something else has a need, and buys none.
    """
    of_unit: dict[str, list[Flow]] = {}
    for flow in sinks.values():
        of_unit.setdefault(flow.member.name, []).append(flow)
    found = {}
    for taker, resource in dict.fromkeys((deal.sink.member.name, name) for deal in deals for name in deal.credits):
        flows = of_unit.get(taker, [])
        bought = [(flow, one) for flow in flows for one in bought_for(case, flow, next(iter(flow.slices)), Findings())]
        parts = tuple((flow, one) for flow, one in bought if one.resource == resource)
        if parts or any(flow.resource == resource for flow in flows):
            found[taker, resource] = parts
    return found


def amounts_bought(bought: Bought) -> dict[tuple[str, str], dict[str, float]]:
    """The same as the mathematics see it."""
    return {
        key: {flow.id: 1.0 if one.per is None else one.per.value for flow, one in parts}
        for key, parts in bought.items()
    }


def price_credits(ledger: Ledger, deal: Deal, bought: Bought, findings: Findings) -> None:
    """Book what a unit of each resource that the taker does without is worth: what its purchase counts, negative.

    Its price, the CO2e of using it, and that of its supply as far as it is displaced. Fresh water, power and the park
    gate count it only where they count its purchase, too: where the taker has a sink that takes it.
    """
    taker = deal.sink.member
    for name, per in deal.credits.items():
        parts = bought.get((taker.name, name), ())
        buyers = tuple(evidence for flow, _ in parts for evidence in flow.evidence)
        evidence = tuple(dict.fromkeys((*deal.evidence, per, *buyers)))
        for state in deal.shared:
            rows = (((deal.id, name, state), 1.0),)
            entry = Entry("credited", rows, ((taker.party, 1.0),), taker.name, deal.id, evidence)
            _price(ledger, entry, (name, deal.source.name), state, displacement(ledger, deal))
            if parts:
                item = _item(name, deal.source.name)
                hours, peak = min(
                    ((flow.slices[state].hours, flow.peak) for flow, _ in parts),
                    key=lambda when: when[1] / when[0] if when[0] else 0.0,
                )
                count(ledger, entry, Purchase(name, "credit", item, None, hours, peak, state), -1.0, findings)
                ledger.cross(entry, Crossing(name, "in", -1.0, hours, peak, state))


def _item(resource: str, delivered_by: str) -> str:
    return f"{resource} not bought, for {delivered_by} delivers it"


def _price(ledger: Ledger, entry: Entry, what: tuple[str, str], state: str, displaced: Evidence) -> None:
    """Book money and CO2e of a resource delivered by a stream, at the price and factors of a state."""
    name, delivered_by = what
    case, path = ledger.case, f"resources.{name}"
    resource, item = case.resources[name], _item(name, delivered_by)
    if resource.price is not None:
        price = evidence_of(resource.price, f"{path}.price", state)
        money = f"{case.currency}/{resource.unit}"
        ledger.book(entry, Charge("credit", item, -price.value, resource.unit, money, 1.0, name, (price,)))
    factors = resource.co2e
    for account, field, factor, share in (
        ("co2e_use", "use", factors.use, None),
        (supply_account(case, name), "supply", factors.supply, displaced),
        ("memo_biogenic", "biogenic", factors.biogenic, None),
    ):
        if factor is not None:
            place = f"{path}.co2e.{field}"
            charge = emission_charge(account, f"{field} of {item}", factor, place, resource.unit, state)
            evidence = (*charge.evidence, *(() if share is None else (share,)))
            amount = -charge.factor * (1.0 if share is None else share.value)
            ledger.book(entry, replace(charge, factor=amount, resource=name, evidence=evidence))
