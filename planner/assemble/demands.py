"""What a case asks for by a number of a stream, a link or a facility, in the user's words, and how that would give.

For the diagnosis of a case without a plan: largest numbers of links, least flows and activities, largest capacities,
what may not come back, and exchanges that are forbidden.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from models.instance import ExchangeData, SinkData
from planner.assemble.assembly import Demand
from planner.assemble.exchanges import Deal
from planner.assemble.streams import Flow, Member
from planner.assemble.temperatures import arrival_demands, arrivals_of
from planner.assemble.ways import Way
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.stores import capacity_unit
from planner.report.numbers import exact

#: Exchanges named before "and n more".
_NAMED = 3


@dataclass(frozen=True)
class Asked:
    """Everything whose numbers may give.

    Attributes
    ----------
    largest
        Largest capacity by the case of each facility that is larger in the relaxed instance [activity/h].
    """

    case: Case
    members: Mapping[str, Member]
    flows: Mapping[str, Flow]
    sinks: Mapping[str, SinkData]
    deals: Mapping[str, Deal]
    exchanges: Mapping[str, ExchangeData]
    ways: Mapping[str, tuple[Way, ...]]
    largest: Mapping[str, float]


def demands_of(asked: Asked) -> dict[str, Demand]:
    """Requirement -> what is asked for, and how it gives."""
    parts = (_links, _least_flows, _least_of_links, _runs, _facilities, _forbidden, _arrivals)
    return {name: demand for part in parts for name, demand in part(asked)}


def forbidden_by(deals: Mapping[str, Deal]) -> dict[str, str]:
    """Exchange that the case forbids -> its requirement."""
    return {e: f"forbidden:{deal.terms.paths['forbidden']}" for e, deal in deals.items() if deal.forbidden}


def least_of_links(ways: Mapping[str, tuple[Way, ...]]) -> dict[tuple[str, str], str]:
    """Option whose link asks for a least flow -> its requirement."""
    return {
        (e, way.id): f"link:{way.name}"
        for e, found in ways.items()
        for way in found
        if way.data is not None and way.data.min_flow > 0.0
    }


def _lower(unit: str, per: float = 1.0) -> Callable[[float], str]:
    """Puts into words that a number must be lower by an amount, of which ``per`` are one unit."""
    return lambda amount: f"lower it by {exact(amount / per, up=True)} {unit}"


def _allow(most: int) -> Callable[[float], str]:
    return lambda amount: f"allow {most + round(amount)} links"


def _links(asked: Asked) -> Iterator[tuple[str, Demand]]:
    for j, sink in asked.sinks.items():
        if sink.max_links is None:
            continue
        flow, most = asked.flows[j], sink.max_links
        own = f"{flow.member.path}.max_links.{flow.name}" if flow.member.is_facility else f"{flow.path}.max_links"
        words = f"{own}: at most {most} {'link feeds' if most == 1 else 'links feed'} {j}"
        yield f"max_links:{j}", Demand(words, _allow(most))


def _least_flows(asked: Asked) -> Iterator[tuple[str, Demand]]:
    for e, exchange in asked.exchanges.items():
        if exchange.min_flow > 0.0:
            deal = asked.deals[e]
            unit = f"{asked.case.resources[deal.source.resource].unit}/yr"
            words = f"{deal.terms.paths['min_flow']}: {e} carries at least {exact(exchange.min_flow)} {unit} if built"
            yield f"min_flow:{e}", Demand(words, _lower(unit))


def _least_of_links(asked: Asked) -> Iterator[tuple[str, Demand]]:
    """Least flows of links, which give by a share."""
    for ways in asked.ways.values():
        for way in ways:
            least = None if way.link is None else way.link.min_flow
            if least is not None and way.data is not None and way.data.min_flow > 0.0:
                at_least = f"at least {exact(least.value)} {least.unit}"
                words = f"links.{way.name}.min_flow: {way.name} carries {at_least} if built"
                yield f"link:{way.name}", Demand(words, _lower(least.unit, 1.0 / least.value))


def _runs(asked: Asked) -> Iterator[tuple[str, Demand]]:
    for flow in asked.flows.values():
        if flow.run is not None and flow.operation is not None and flow.operation.min_flow is not None:
            name, unit = flow.run.whole or flow.id, f"{asked.case.resources[flow.operation.takes].unit}/h"
            least = flow.operation.min_flow.value
            words = f"{flow.path}.min_flow: {name} takes at least {exact(least)} {unit}"
            yield f"min_run:{name}", Demand(words, _lower(unit, flow.hours))


def _facilities(asked: Asked) -> Iterator[tuple[str, Demand]]:
    for name, member in asked.members.items():
        facility = member.item
        if not isinstance(facility, Facility):
            continue
        unit = f"{facility.unit}/h"
        if facility.min_activity is not None:
            least = facility.min_activity.value
            hours = sum(hours * facility.availability.at(t) for t, hours in member.running.items())
            words = f"{member.path}.min_activity: {name} does at least {exact(least)} {unit} if built"
            yield f"min_activity:{name}", Demand(words, _lower(unit, hours))
        if facility.treats is not None and not facility.treats.recycling:
            words = f"{member.path}.treats.recycling: what leaves {name} never comes back to it"
            yield f"recycling:{name}", Demand(words, lambda _: "let it come back")
        if name in asked.largest:
            unit, what = capacity_unit(facility), "a capacity" if facility.stores is None else "a content"
            words = f"{member.path}.investment: {name} has {what} of at most {exact(asked.largest[name])} {unit}"
            yield f"capacity:{name}", Demand(words, _raise(unit))


def _arrivals(asked: Asked) -> Iterator[tuple[str, Demand]]:
    yield from arrival_demands(asked.case, arrivals_of(asked.deals, asked.ways).values())


def _raise(unit: str) -> Callable[[float], str]:
    return lambda amount: f"raise it by {exact(amount, up=True)} {unit}"


def _forbidden(asked: Asked) -> Iterator[tuple[str, Demand]]:
    names: dict[str, list[str]] = {}
    for e, requirement in forbidden_by({e: asked.deals[e] for e in asked.exchanges}).items():
        names.setdefault(requirement, []).append(e)
    for requirement, exchanges in names.items():
        more = f" and {len(exchanges) - _NAMED} more" if len(exchanges) > _NAMED else ""
        words = f"{requirement.partition(':')[2]}: {', '.join(exchanges[:_NAMED])}{more} may not be built"
        yield requirement, Demand(words, lambda _: "allow it")
