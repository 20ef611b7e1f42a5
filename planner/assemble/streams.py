"""Who is in the park, and what each takes and gives: hours, rates and yearly amounts of every stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from models.instance import SinkData, SourceData
from models.qualities import OperationData
from planner.assemble.assembly import Evidence
from planner.assemble.lines import assumed, evidence_of
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.plants import Partner, Plant, Sink, Source, Stream
from planner.case.qualities import Operation
from planner.case.resources import Discharge, Sale
from planner.case.units import UnitError, convert
from planner.case.values import PerUnit

#: The one state of a park without periods.
YEAR = "year"
HOURS = 8760.0
PARK_COMPANY = "park company"


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
        Operating hours a year, as evidence.
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

    @property
    def site(self) -> str:
        """The unit on whose place it stands."""
        return self.host or self.name

    @property
    def is_facility(self) -> bool:
        """True for what is sized by its activity."""
        return isinstance(self.item, Facility)


@dataclass(frozen=True)
class Flow:
    """A source or sink with its numbers.

    Attributes
    ----------
    rate
        Mean rate while it runs [unit/h]; of a facility, at its largest capacity and over its hours.
    hours
        Hours a year in which it really runs: operating hours x availability.
    peak
        Largest over mean rate.
    amount
        A year [unit/yr]; of a facility, per unit of activity; of an operation, per unit that it takes.
    most
        The most there can be in a year [unit/yr].
    data
        The stream as the case has it; None for a facility's or an operation's.
    operation, run, beside
        The operation it belongs to, what that takes a year, and what it gives besides [unit/yr].
    stream
        The name by which entries of ``exchanges`` mean it, where that is another: parts of an operation have its name.
    no_discharge, no_sale
        Why the law or the buyer does not admit it, in words; empty where it may be disposed of, or sold.
    """

    id: str
    member: Member
    name: str
    resource: str
    path: str
    rate: float
    hours: float
    peak: float
    amount: float
    most: float
    evidence: tuple[Evidence, ...]
    data: Source | Sink | None = None
    operation: Operation | None = None
    run: OperationData | None = None
    beside: float = 0.0
    stream: str | None = None
    no_discharge: str = ""
    no_sale: str = ""

    @property
    def meant(self) -> str:
        """The name by which entries of ``exchanges`` mean it."""
        return self.stream or self.name


def members_of(case: Case) -> dict[str, Member]:
    """Everybody who can be in the park, by name."""
    members: dict[str, Member] = {}
    for name, plant in case.plants.items():
        path = f"plants.{name}"
        members[name] = Member(name, "plant", path, plant.firm or name, _hours(plant, path), plant)
    for name, partner in case.partners.items():
        path = f"partners.{name}"
        members[name] = Member(name, "partner", path, partner.firm or name, _hours(partner, path), partner)
    for name, facility in case.facilities.items():
        members[name] = _facility(name, facility, members)
    return members


def _facility(name: str, facility: Facility, members: Mapping[str, Member]) -> Member:
    path = f"facilities.{name}"
    hours = _hours(facility, path)
    owner = members.get(facility.owner) if facility.owner else None
    party = owner.party if owner else facility.owner or PARK_COMPANY
    if facility.scope == "own":
        if facility.hours is None and owner is not None:
            hours = owner.hours
        return Member(name, "measure", path, party, hours, facility, host=facility.owner)
    return Member(name, "facility", path, party, hours, facility)


def _hours(item: Plant | Partner | Facility, path: str) -> Evidence:
    """Operating hours: stated, else 8760 less the stops, else 8760."""
    if item.hours is not None:
        return evidence_of(item.hours, f"{path}.hours")
    stops = None if isinstance(item, Facility) else item.stops
    if stops is not None:
        stated = evidence_of(stops, f"{path}.stops")
        return Evidence(stated.field, HOURS - stops.value, "h/yr", stated.grade, stated.basis, stated.source)
    return assumed(f"{path}.hours", HOURS, "h/yr")


def running_hours(member: Member) -> float:
    """Hours a year of full activity that one unit of a facility's capacity is good for."""
    facility = member.item
    assert isinstance(facility, Facility)
    return member.hours.value * facility.availability.value / facility.peak_factor.value


def largest_activity(member: Member) -> float:
    """The most a facility can do in a year [activity/yr]."""
    assert isinstance(member.item, Facility)
    return max(point.capacity.value for point in member.item.curve()) * running_hours(member)


def sources_of(case: Case, members: Mapping[str, Member]) -> dict[str, Flow]:
    """All sources, by id."""
    return {flow.id: flow for member in members.values() for flow in _flows(member, "sources", "outputs")}


def sinks_of(case: Case, members: Mapping[str, Member]) -> dict[str, Flow]:
    """All sinks, by id."""
    return {flow.id: flow for member in members.values() for flow in _flows(member, "sinks", "inputs")}


def _flows(member: Member, streams: str, amounts: str) -> Iterator[Flow]:
    if isinstance(member.item, Facility):
        per_activity: Mapping[str, PerUnit] = getattr(member.item, amounts)
        for resource, per in per_activity.items():
            yield _facility_flow(member, f"{member.path}.{amounts}.{resource}", resource, per)
        return
    stated: Mapping[str, Source | Sink] = getattr(member.item, streams)
    for name, stream in stated.items():
        yield _stream_flow(member, f"{member.path}.{streams}.{name}", name, stream)


def _stream_flow(member: Member, path: str, name: str, stream: Source | Sink) -> Flow:
    hours = member.hours if stream.hours is None else evidence_of(stream.hours, f"{path}.hours")
    amount = stream.rate.value * hours.value * stream.availability.value
    evidence = (evidence_of(stream.rate, f"{path}.rate"), *_unless_yearly(stream, hours))
    if stream.availability.value != 1.0:
        evidence = (*evidence, evidence_of(stream.availability, f"{path}.availability"))
    return Flow(
        f"{member.name} / {name}",
        member,
        name,
        stream.resource or name,
        path,
        stream.rate.value,
        hours.value * stream.availability.value,
        stream.peak_factor.value,
        amount,
        amount,
        evidence,
        stream,
    )


def _unless_yearly(stream: Stream, hours: Evidence) -> tuple[Evidence, ...]:
    """The hours, unless the rate was given for a year: then the yearly amount does not rest on them."""
    unit = stream.rate.given.replace(" ", "")
    return () if unit.endswith(("/yr", "/a", "/y", "/year")) else (hours,)


def _facility_flow(member: Member, path: str, resource: str, per: PerUnit) -> Flow:
    facility = member.item
    assert isinstance(facility, Facility)
    most = per.value * largest_activity(member)
    running = member.hours.value * facility.availability.value
    return Flow(
        f"{member.name} / {resource}",
        member,
        resource,
        resource,
        path,
        most / running if running else 0.0,
        running,
        facility.peak_factor.value,
        per.value,
        most,
        (evidence_of(per, path),),
    )


def discharge_of(case: Case, flow: Flow) -> tuple[Discharge, str] | None:
    """How a source is disposed of, with its place in the case; None where it cannot be."""
    return None if flow.no_discharge else stated_discharge(case, flow)


def stated_discharge(case: Case, flow: Flow) -> tuple[Discharge, str] | None:
    """The same, whether or not what it holds is admitted there."""
    if isinstance(flow.data, Source) and flow.data.discharge is not None:
        return flow.data.discharge, f"{flow.path}.discharge"
    discharge = case.resources[flow.resource].discharge
    return None if discharge is None else (discharge, f"resources.{flow.resource}.discharge")


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
        {YEAR: flow.amount},
        on_demand=isinstance(flow.data, Source) and flow.data.on_demand,
        dischargeable=discharge_of(case, flow) is not None,
        sale_limit=limit,
        operation=None if flow.run is None else flow.id,
        beside={YEAR: flow.beside} if flow.beside else {},
    )


def sink_data(case: Case, flow: Flow) -> SinkData:
    """The sink as the mathematics see it."""
    stream = flow.data if isinstance(flow.data, Sink) else None
    return SinkData(
        flow.member.name,
        {YEAR: flow.amount},
        suppliable=is_suppliable(case, flow),
        max_exchanged_share=1.0 if stream is None else stream.max_exchanged_share.value,
        whole=stream is not None and stream.whole_demand_from_one_source,
        operation=None if flow.run is None else flow.id,
        max_links=_most_links(flow),
    )


def _most_links(flow: Flow) -> int | None:
    """Largest number of exchanges that feed a sink."""
    if isinstance(flow.member.item, Facility):
        return flow.member.item.max_links.get(flow.name)
    stated = flow.operation or flow.data
    return None if stated is None or isinstance(stated, Source) else stated.max_links


def content(case: Case, resource: str, unit: str) -> float | None:
    """Energy (MWh), mass (t) or water (m3) in a unit of a resource; None where the case does not say."""
    data = case.resources[resource]
    stated = {"MWh": data.enthalpy, "t": data.mass, "m3": data.water}[unit]
    if stated is not None:
        return stated.value
    try:
        return convert(1.0, data.unit, unit)
    except UnitError:
        return None
