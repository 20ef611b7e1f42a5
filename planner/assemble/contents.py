"""What streams hold of a quality, and what is admitted of it, as the case says it; before any mixing.

A source holds what it states, else what its resource does; or its content follows from what its unit takes in: that of
an operation of fixed load, and that of a facility that treats.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planner.assemble.assembly import Evidence
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.lines import evidence_of
from planner.assemble.streams import Flow, discharge_of, is_suppliable, sale_of
from planner.case.case import Case
from planner.case.contents import holds_none, holds_the_rest
from planner.case.facilities import Facility
from planner.case.mixing_units import FIELDS, Index, index_of, load_unit, weight_of, weight_per_unit
from planner.case.plants import Sink, Source
from planner.case.qualities import Content, LoadPrice, QualityLimit


@dataclass(frozen=True)
class Held:
    """A known content, in the unit of the quality: the mean, and the ends of the worst values."""

    mean: float
    highest: float
    lowest: float
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Passed:
    """A content that follows from what a unit takes in.

    Attributes
    ----------
    inlet
        Sink whose mixture goes into it.
    kept
        Share of the load taken in that leaves with it.
    picked
        Load picked up [content x weight/yr].
    less
        Sources of the unit whose content the case states: what they hold does not leave with it.
    """

    inlet: str
    kept: float
    picked: float = 0.0
    less: tuple[str, ...] = ()


@dataclass(frozen=True)
class Admitted:
    """What is admitted of a quality somewhere, with its place in the case."""

    path: str
    least: float | None = None
    most: float | None = None
    accept_unknown: bool = False


@dataclass
class Subject:
    """One quality in all streams.

    Attributes
    ----------
    held, passed
        By source; one in neither has an unknown content.
    bought
        Content of the conventional supply by sink; None where it is unknown.
    admitted
        By sink.
    discharged, sold, given
        What may be disposed of, sold, and leave an operation at all, by source.
    fees
        Fee by load with its place in the case, by source.
    """

    name: str
    unit: str
    index: Index
    by: str
    to_load: float
    held: dict[str, Held] = field(default_factory=dict)
    passed: dict[str, Passed] = field(default_factory=dict)
    bought: dict[str, Held | None] = field(default_factory=dict)
    admitted: dict[str, Admitted] = field(default_factory=dict)
    discharged: dict[str, Admitted] = field(default_factory=dict)
    sold: dict[str, Admitted] = field(default_factory=dict)
    given: dict[str, Admitted] = field(default_factory=dict)
    fees: dict[str, tuple[LoadPrice, str]] = field(default_factory=dict)

    @property
    def matters(self) -> bool:
        """Whether anything is limited or charged."""
        return bool(self.limits() or self.fees)

    def limits(self) -> list[Admitted]:
        """All limits on it."""
        places = (self.admitted, self.discharged, self.sold, self.given)
        found = [limit for place in places for limit in place.values()]
        return [limit for limit in found if limit.least is not None or limit.most is not None]

    def known(self, source: str) -> bool:
        """False for a source whose content nobody states and nothing tells."""
        return source in self.held or source in self.passed


def subjects_of(
    case: Case, sources: Mapping[str, Flow], sinks: Mapping[str, Flow], findings: Findings
) -> dict[str, Subject]:
    """All qualities that anything depends on, by name."""
    found = {}
    for name, quality in case.qualities.items():
        to_load = load_unit(case, name)[1]
        subject = Subject(name, quality.unit, index_of(quality), weight_of(case, name), to_load)
        for flow in sources.values():
            _giving(case, flow, subject)
        for flow in sinks.values():
            _taking(case, flow, subject)
        if subject.matters:
            _check_index(case, subject, sources, findings)
            found[name] = subject
    return found


def _giving(case: Case, flow: Flow, subject: Subject) -> None:
    """What a source holds, and where it may go outside."""
    content = content_of(case, flow, subject)
    if isinstance(content, Held):
        subject.held[flow.id] = content
    elif isinstance(content, Passed):
        subject.passed[flow.id] = content
    if flow.operation is not None and subject.name in flow.operation.max_outlet:
        most = flow.operation.max_outlet[subject.name].value
        subject.given[flow.id] = Admitted(f"{flow.path}.max_outlet.{subject.name}", most=most)
    found = discharge_of(case, flow)
    on_demand = isinstance(flow.data, Source) and flow.data.on_demand
    if found is not None and not on_demand:
        discharge, path = found
        if subject.name in discharge.limits:
            subject.discharged[flow.id] = _limit(discharge.limits[subject.name], f"{path}.limits.{subject.name}")
        if subject.name in discharge.load_fees:
            subject.fees[flow.id] = discharge.load_fees[subject.name], f"{path}.load_fees.{subject.name}"
    sale = sale_of(case, flow)
    if sale is not None and subject.name in sale[0].limits:
        subject.sold[flow.id] = _limit(sale[0].limits[subject.name], f"{sale[1]}.limits.{subject.name}")


def _taking(case: Case, flow: Flow, subject: Subject) -> None:
    """What a sink admits, and what its conventional supply holds."""
    if flow.operation is not None:
        if subject.name in flow.operation.max_inlet:
            most = flow.operation.max_inlet[subject.name].value
            subject.admitted[flow.id] = Admitted(f"{flow.path}.max_inlet.{subject.name}", most=most)
    else:
        stated, path = _limits_at(flow)
        if subject.name in stated:
            subject.admitted[flow.id] = _limit(stated[subject.name], f"{path}.{subject.name}")
    if is_suppliable(case, flow):
        path = f"resources.{flow.resource}.quality.{subject.name}"
        subject.bought[flow.id] = _held(case.resources[flow.resource].quality.get(subject.name), path)


def _limits_at(flow: Flow) -> tuple[Mapping[str, QualityLimit], str]:
    if isinstance(flow.data, Sink):
        return flow.data.limits, f"{flow.path}.limits"
    item = flow.member.item
    if isinstance(item, Facility):
        return item.limits.get(flow.name, {}), f"{flow.member.path}.limits.{flow.name}"
    return {}, flow.path


def _limit(limit: QualityLimit, path: str) -> Admitted:
    least = None if limit.min_ is None else limit.min_.value
    most = None if limit.max_ is None else limit.max_.value
    return Admitted(path, least, most, limit.accept_unknown)


def _held(stated: Content | None, path: str) -> Held | None:
    if stated is None or stated.mean is None:
        return None
    mean = stated.mean.value
    worst = mean if stated.worst is None else stated.worst.value
    return Held(mean, max(mean, worst), min(mean, worst), evidence_of(stated.mean, path))


def content_of(case: Case, flow: Flow, subject: Subject) -> Held | Passed | None:
    """What a source holds, or what that follows from; None where it is unknown."""
    name = subject.name
    if flow.operation is not None:
        load = flow.operation.load.get(name)
        return Passed(flow.id, 1.0, 0.0 if load is None else load.value / subject.to_load * flow.hours)
    item = flow.member.item
    if isinstance(item, Facility):
        return _of_facility(case, flow, item, name)
    if isinstance(flow.data, Source) and name in flow.data.quality:
        return _held(flow.data.quality[name], f"{flow.path}.quality.{name}")
    return _held(case.resources[flow.resource].quality.get(name), f"resources.{flow.resource}.quality.{name}")


def _of_facility(case: Case, flow: Flow, facility: Facility, name: str) -> Held | Passed | None:
    treats, unit = facility.treats, flow.member.name
    if treats is None or is_told(case, unit, flow.name, name):
        return told_of(case, unit, flow.name, name)
    inlet, removed = f"{unit} / {treats.inlet}", treats.removes.get(name)
    if flow.name == treats.outlet:
        return Passed(inlet, 1.0 if removed is None else 1.0 - removed.value)
    told = [o for o in facility.outputs if o != flow.name and is_told(case, unit, o, name)]
    known = tuple(f"{unit} / {o}" for o in told if told_of(case, unit, o, name) is not None)
    return Passed(inlet, 1.0 if removed is None else removed.value, less=known)


def is_told(case: Case, unit: str, output: str, name: str) -> bool:
    """Whether the case says what an output holds of a quality, or that it is unknown; else it follows from its inlet.

    What a treatment does not say of its outlet passes it, and where its outlet follows from a removal, or is known, its
    residue holds the rest.
    """
    facility = case.facilities[unit]
    treats = facility.treats
    if treats is None or name in facility.quality.get(output, {}):
        return True
    if output == treats.outlet:
        return name in treats.leaves
    if output != treats.residue:
        return True
    return not holds_the_rest(case, unit, name)


def told_of(case: Case, unit: str, output: str, name: str) -> Held | None:
    """What the case says an output of a facility holds: of itself, by ``leaves``, of its resource; None if unknown."""
    facility, path = case.facilities[unit], f"facilities.{unit}"
    own, treats = facility.quality.get(output, {}), facility.treats
    if name in own:
        return _held(own[name], f"{path}.quality.{output}.{name}")
    if treats is not None and output == treats.outlet and name in treats.leaves:
        left = treats.leaves[name]
        return Held(left.value, left.value, left.value, evidence_of(left, f"{path}.treats.leaves.{name}"))
    if treats is not None and output == treats.residue and holds_none(case, unit, name):
        return Held(0.0, 0.0, 0.0)
    return _held(case.resources[output].quality.get(name), f"resources.{output}.quality.{name}")


def _check_index(case: Case, subject: Subject, sources: Mapping[str, Flow], findings: Findings) -> None:
    """Loads, fees and removal ask for a quality that mixes by its mean; and every content for a value of the index."""
    for held in (*subject.held.values(), *(x for x in subject.bought.values() if x is not None)):
        if any(subject.index.to(x) != subject.index.to(x) for x in (held.mean, held.highest, held.lowest)):
            path = f"qualities.{subject.name}" if held.evidence is None else held.evidence.field
            findings.fault(path, f"found {held.mean:g}; the index that {subject.name} mixes by has no value there")
    if case.qualities[subject.name].mixing == "mean":
        return
    what = f"{subject.name} mixes by an index and has no load"
    for i, flow in sources.items():
        item = flow.member.item
        if flow.operation is not None and subject.name in flow.operation.load:
            findings.fault(f"{flow.path}.load.{subject.name}", what)
        if isinstance(item, Facility) and item.treats is not None and subject.name in item.treats.removes:
            findings.fault(f"{flow.member.path}.treats.removes.{subject.name}", f"{what}; state what it leaves")
        if i in subject.fees:
            findings.fault(subject.fees[i][1], what)


@dataclass(frozen=True)
class Weights:
    """Weights of the streams of a case in mixtures; what cannot be told is a fault."""

    case: Case
    findings: Findings

    def of(self, subject: Subject, resource: str) -> float:
        """Weight of a unit of a resource; 1 where it cannot be told."""
        found = weight_per_unit(self.case, subject.name, resource)
        if found is None:
            self.findings.fault(
                f"resources.{resource}.{FIELDS[subject.by]}",
                f"needed ({subject.by} in a unit): {subject.name} mixes by it",
            )
            return 1.0
        return found

    def check_amounts(self, subject: Subject, sink: Flow, deals: Mapping[str, Deal]) -> None:
        """Find what mixes by its amount in units that differ."""
        if subject.by != "amount":
            return
        into = [d.source.resource for d in deals.values() if d.sink.id == sink.id and subject.known(d.source.id)]
        into += [sink.resource] if subject.bought.get(sink.id) is not None else []
        into += [i.partition(" / ")[2] for i, x in subject.passed.items() if x.inlet == sink.id and i != sink.id]
        known = {name: self.case.resources[name].unit for name in into if name in self.case.resources}
        if len(set(known.values())) > 1:
            told = ", ".join(f"{name} in {unit}" for name, unit in sorted(known.items()))
            self.findings.fault(
                f"qualities.{subject.name}.weight",
                f"needed: {subject.name} would mix by the amount at {sink.path}, but that is counted in units that "
                f"differ ({told}); state t, m3 or MWh",
            )


def diluting(deals: Mapping[str, Deal], sink: str, but: str) -> Iterator[Deal]:
    """Other exchanges into a sink than those of one source."""
    return (deal for deal in deals.values() if deal.sink.id == sink and deal.source.id != but)
