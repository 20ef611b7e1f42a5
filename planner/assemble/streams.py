"""Who is in the park, and what each takes and gives: hours, rates and yearly amounts of every stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from models.heat import MediumId
from models.instance import SinkData, SourceData
from models.qualities import OperationData
from planner.assemble.assembly import Evidence
from planner.assemble.lines import assumed, evidence_of
from planner.case.case import Case
from planner.case.coinciding import coinciding_hours
from planner.case.facilities import Facility
from planner.case.periods import YEAR as YEAR
from planner.case.periods import facility_hours, stream_hours, tenant_hours
from planner.case.plants import Partner, Plant, Sink, Source, Stream
from planner.case.qualities import Operation
from planner.case.resources import Discharge, Sale
from planner.case.stores import Store
from planner.case.values import PerUnit

HOURS = 8760.0


@dataclass(frozen=True)
class Member:
    """A plant, partner, shared facility or own measure.

    Attributes
    ----------
    path
        Where it stands in the case: "plants.kiln".
    party
        Who owns it.
    hours
        Operating hours a year, as evidence; ``running`` has them by state.
    host
        The plant a measure belongs to.
    """

    name: str
    kind: Literal["plant", "partner", "facility", "measure"]
    path: str
    party: str
    hours: Evidence
    item: Plant | Partner | Facility
    host: str | None = None
    running: Mapping[str, float] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The unit on whose place it stands."""
        return self.host or self.name

    @property
    def is_facility(self) -> bool:
        """True for what is sized by its activity."""
        return isinstance(self.item, Facility)

    @property
    def stores(self) -> Store | None:
        """What it keeps from one period to another; None of what is no store."""
        return self.item.stores if isinstance(self.item, Facility) else None


@dataclass(frozen=True)
class Slice:
    """A source or sink in one state.

    Attributes
    ----------
    rate
        Mean rate while it runs [unit/h]; of a facility, at its largest capacity and over its hours.
    hours
        Hours a year in which it really runs: operating hours x availability.
    amount
        A year [unit/yr]; of a facility, per unit of activity; of an operation, per unit that it takes.
    most
        The most there can be in a year [unit/yr].
    beside
        What an operation gives besides [unit/yr].
    evidence
        What the amount rests on.
    """

    rate: float
    hours: float
    amount: float
    most: float
    beside: float = 0.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Flow:
    """A source or sink with its numbers.

    Attributes
    ----------
    slices
        State -> its numbers there; those of the year are properties.
    peak
        Largest over mean rate.
    data
        The stream as the case has it; None for a facility's or an operation's.
    operation, run
        The operation it belongs to, and what that takes a year.
    stream
        The name by which entries of ``exchanges`` mean it, where that is another: parts of an operation have its name.
    medium
        (Cascade, medium) that it is, where it is one of a plant's process heat.
    at_once
        Of a facility that cannot keep it: given or used in the hour in which it is made or comes.
    no_discharge, no_sale
        Why the law or the buyer does not admit it, in words; empty where it may be disposed of, or sold.
    """

    id: str
    member: Member
    name: str
    resource: str
    path: str
    slices: Mapping[str, Slice]
    peak: float
    data: Source | Sink | None = None
    operation: Operation | None = None
    run: OperationData | None = None
    stream: str | None = None
    medium: MediumId | None = None
    at_once: bool = False
    no_discharge: str = ""
    no_sale: str = ""

    @property
    def chosen(self) -> bool:
        """True where the plan says how much it is: of an operation, or a medium of process heat."""
        return self.run is not None or self.medium is not None

    @property
    def kept(self) -> bool:
        """True for what a store takes and gives back: nobody has used it yet."""
        store = self.member.stores
        return store is not None and store.keeps and self.resource == store.taken

    @property
    def meant(self) -> str:
        """The name by which entries of ``exchanges`` mean it."""
        return self.stream or self.name

    @cached_property
    def rate(self) -> float:
        """Largest mean rate of any state [unit/h]."""
        return max(slice_.rate for slice_ in self.slices.values())

    @cached_property
    def hours(self) -> float:
        """Hours a year in which it really runs [h/yr]."""
        return sum(slice_.hours for slice_ in self.slices.values())

    @cached_property
    def amount(self) -> float:
        """A year [unit/yr]; of a facility, operation or medium per unit of what is chosen, the same in all states."""
        amounts = [slice_.amount for slice_ in self.slices.values()]
        return amounts[0] if self.chosen or self.member.is_facility else sum(amounts)

    @cached_property
    def most(self) -> float:
        """The most there can be in a year [unit/yr]."""
        return sum(slice_.most for slice_ in self.slices.values())

    @cached_property
    def beside(self) -> float:
        """What an operation gives besides in a year [unit/yr]."""
        return sum(slice_.beside for slice_ in self.slices.values())

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """What its amounts rest on, in all states."""
        return tuple(dict.fromkeys(e for slice_ in self.slices.values() for e in slice_.evidence))


def members_of(case: Case) -> dict[str, Member]:
    """Everybody who can be in the park, by name."""
    members: dict[str, Member] = {}
    for name, plant in case.plants.items():
        path, running = f"plants.{name}", tenant_hours(case, plant)
        hours = _hours(plant, path)
        members[name] = Member(name, "plant", path, plant.firm or name, hours, plant, running=running)
    for name, partner in case.partners.items():
        path, running = f"partners.{name}", tenant_hours(case, partner)
        hours = _hours(partner, path)
        members[name] = Member(name, "partner", path, partner.firm or name, hours, partner, running=running)
    of_use = coinciding_hours(case)
    for name, facility in case.facilities.items():
        members[name] = _facility(case, name, facility, members, of_use[name])
    return members


def _facility(
    case: Case, name: str, facility: Facility, members: Mapping[str, Member], running: Mapping[str, float]
) -> Member:
    path = f"facilities.{name}"
    hours = _hours(facility, path)
    owner = members.get(facility.owner) if facility.owner else None
    party = owner.party if owner else facility.owner or case.park_company
    if facility.hours is None and facility.days is not None:
        hours = replace(evidence_of(facility.days, f"{path}.days"), unit="h/yr")
        hours = replace(hours, value=sum(facility_hours(case, facility).values()))
    elif facility.hours is None and facility.scope == "own" and owner is not None:
        hours = owner.hours
    if facility.scope == "own":
        return Member(name, "measure", path, party, hours, facility, facility.owner, running)
    return Member(name, "facility", path, party, hours, facility, running=running)


def _hours(item: Plant | Partner | Facility, path: str) -> Evidence:
    """Operating hours: stated, else 8760 less the stops, else 8760."""
    if item.hours is not None:
        return evidence_of(item.hours, f"{path}.hours")
    stops = None if isinstance(item, Facility) else item.stops
    if stops is not None:
        stated = evidence_of(stops, f"{path}.stops")
        return Evidence(stated.field, HOURS - stops.value, "h/yr", stated.grade, stated.basis, stated.source)
    return assumed(f"{path}.hours", HOURS, "h/yr")


def running_hours(member: Member) -> dict[str, float]:
    """By state, hours a year of full activity that one unit of a facility's capacity is good for."""
    facility = member.item
    assert isinstance(facility, Facility)
    factors = {t: facility.availability.at(t) * facility.capacity_factor.at(t) for t in member.running}
    return {t: h * factors[t] / facility.peak_factor.value for t, h in member.running.items()}


def largest_activity(member: Member) -> dict[str, float]:
    """By state, the most a facility can do in a year [activity/yr]."""
    assert isinstance(member.item, Facility)
    largest = max(point.capacity.value for point in member.item.curve())
    return {t: largest * hours for t, hours in running_hours(member).items()}


def sources_of(case: Case, members: Mapping[str, Member]) -> dict[str, Flow]:
    """All sources, by id."""
    return {flow.id: flow for member in members.values() for flow in _flows(case, member, "sources", "outputs")}


def sinks_of(case: Case, members: Mapping[str, Member]) -> dict[str, Flow]:
    """All sinks, by id."""
    return {flow.id: flow for member in members.values() for flow in _flows(case, member, "sinks", "inputs")}


def _flows(case: Case, member: Member, streams: str, amounts: str) -> Iterator[Flow]:
    if isinstance(member.item, Facility) and member.item.stores is not None:
        per_unit = member.item.given if streams == "sources" else member.item.taken
        for resource, per in per_unit.items():
            yield _store_flow(member, resource, per, gives=streams == "sources")
        return
    if isinstance(member.item, Facility):
        per_activity: Mapping[str, PerUnit] = getattr(member.item, amounts)
        for resource, per in per_activity.items():
            path, keeps = f"{member.path}.{amounts}.{resource}", case.resources[resource].kind == "material"
            at_once = not (keeps or member.item.evens_out)
            yield replace(_facility_flow(member, path, resource, per), at_once=at_once)
        return
    stated: Mapping[str, Source | Sink] = getattr(member.item, streams)
    for name, stream in stated.items():
        yield _stream_flow(case, member, f"{member.path}.{streams}.{name}", name, stream)


def _stream_flow(case: Case, member: Member, path: str, name: str, stream: Source | Sink) -> Flow:
    assert not isinstance(member.item, Facility)
    running = stream_hours(case, member.item, stream)
    slices = {}
    for t, hours in running.items():
        rate, availability = stream.rate.at(t), stream.availability.at(t)
        amount = rate * hours * availability
        evidence = _behind(member, path, stream, t)
        slices[t] = Slice(rate, hours * availability, amount, amount, evidence=evidence)
    resource, peak = stream.resource or name, stream.peak_factor.value
    return Flow(f"{member.name} / {name}", member, name, resource, path, slices, peak, stream)


def _behind(member: Member, path: str, stream: Stream, state: str) -> tuple[Evidence, ...]:
    """What the amount of a stream in a state rests on."""
    hours = member.hours
    if stream.hours is not None:
        hours = evidence_of(stream.hours, f"{path}.hours", state)
    elif member.item.hours is not None:
        hours = evidence_of(member.item.hours, f"{member.path}.hours", state)
    evidence = (evidence_of(stream.rate, f"{path}.rate", state), *_unless_yearly(stream, hours))
    if stream.availability.at(state) != 1.0:
        evidence = (*evidence, evidence_of(stream.availability, f"{path}.availability", state))
    return evidence


def _unless_yearly(stream: Stream, hours: Evidence) -> tuple[Evidence, ...]:
    """The hours, unless the rate was given for a year: then the yearly amount does not rest on them."""
    return () if stream.rate.of_a_year else (hours,)


def _facility_flow(member: Member, path: str, resource: str, per: PerUnit) -> Flow:
    facility = member.item
    assert isinstance(facility, Facility)
    slices = {}
    for t, active in largest_activity(member).items():
        most, running = per.value * active, member.running[t] * facility.availability.at(t)
        evidence = (evidence_of(per, path),)
        slices[t] = Slice(most / running if running else 0.0, running, per.value, most, evidence=evidence)
    identity, peak = f"{member.name} / {resource}", facility.peak_factor.value
    return Flow(identity, member, resource, resource, path, slices, peak)


def _store_flow(member: Member, resource: str, per: PerUnit, *, gives: bool) -> Flow:
    """What a store is charged with, needs for that, or gives, per unit charged or drawn."""
    facility = member.item
    assert isinstance(facility, Facility)
    store = facility.stores
    assert store is not None
    largest = facility.curve()[-1].capacity.value
    rate = per.value * (store.fastest_out(largest) if gives else store.fastest_in(largest))
    used = not gives and resource in store.uses
    path = f"{member.path}.stores" + (f".uses.{resource}" if used else "")
    evidence = (evidence_of(per, path),) if used else ()
    slices = {
        t: Slice(rate, hours, per.value, rate * hours, evidence=evidence) for t, hours in running_hours(member).items()
    }
    no_discharge = f"{member.name} gives only what is taken of it" if gives else ""
    identity = f"{member.name} / {resource}"
    return Flow(identity, member, resource, resource, path, slices, 1.0, no_discharge=no_discharge)


def discharge_of(case: Case, flow: Flow) -> tuple[Discharge, str] | None:
    """How a source is disposed of, with its place in the case; None where it cannot be."""
    return None if flow.no_discharge else stated_discharge(case, flow)


def stated_discharge(case: Case, flow: Flow) -> tuple[Discharge, str] | None:
    """The same, whether or not what it holds is admitted there."""
    if isinstance(flow.data, Source) and flow.data.discharge is not None:
        return flow.data.discharge, f"{flow.path}.discharge"
    discharge = case.resources[flow.resource].discharge
    if discharge is None or flow.member.stores is not None:  # what is left of a content stays in it
        return None
    return discharge, f"resources.{flow.resource}.discharge"


def sale_of(case: Case, flow: Flow) -> tuple[Sale, str] | None:
    """Where a source is sold outside, with its place in the case; None where there is no market."""
    if flow.no_sale:
        return None
    if isinstance(flow.data, Source) and flow.data.sale is not None:
        return flow.data.sale, f"{flow.path}.sale"
    sale = case.resources[flow.resource].sale
    return None if sale is None else (sale, f"resources.{flow.resource}.sale")


def is_suppliable(case: Case, flow: Flow) -> bool:
    """True where a sink has a conventional supply: today's, or its resource is on sale."""
    if isinstance(flow.data, Sink) and flow.data.supplied_today_by is not None:
        return True
    return case.resources[flow.resource].price is not None


def source_data(case: Case, flow: Flow) -> SourceData:
    """The source as the mathematics see it."""
    sale = sale_of(case, flow)
    limit = None
    if sale is not None:
        limit = float("inf") if sale[0].limit is None else sale[0].limit.value
    return SourceData(
        flow.member.name,
        _amounts(flow),
        on_demand=isinstance(flow.data, Source) and flow.data.on_demand,
        dischargeable=discharge_of(case, flow) is not None,
        sale_limit=limit,
        operation=None if flow.run is None else flow.id,
        beside={t: slice_.beside for t, slice_ in flow.slices.items()} if flow.beside else {},
        medium=flow.medium,
        at_once=flow.at_once,
    )


def sink_data(case: Case, flow: Flow) -> SinkData:
    """The sink as the mathematics see it."""
    stream = flow.data if isinstance(flow.data, Sink) else None
    return SinkData(
        flow.member.name,
        _amounts(flow),
        suppliable=is_suppliable(case, flow),
        max_exchanged_share=1.0 if stream is None else stream.max_exchanged_share.value,
        whole=stream is not None and stream.whole_demand_from_one_source,
        operation=None if flow.run is None else flow.id,
        max_links=_most_links(flow),
        medium=flow.medium,
        at_once=flow.at_once,
    )


def _amounts(flow: Flow) -> dict[str, float]:
    """By state, what the mathematics call its amount."""
    return {t: slice_.amount for t, slice_ in flow.slices.items()}


def _most_links(flow: Flow) -> int | None:
    """Largest number of exchanges that feed a sink."""
    if isinstance(flow.member.item, Facility):
        return flow.member.item.max_links.get(flow.name)
    stated = flow.operation or flow.data
    return None if stated is None or isinstance(stated, Source) else stated.max_links
