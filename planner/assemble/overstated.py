"""Outputs of treatments that are stated to hold more than can come in, as far as the data tell it for certain."""

from typing import TYPE_CHECKING

from planner.assemble.contents import Held, Passed, Subject, content_of, is_told, told_of
from planner.assemble.exchanges import Deal
from planner.assemble.streams import Flow, is_suppliable
from planner.case.case import Case
from planner.case.mixing_units import carriers, index_of, load_unit, weight_of, weight_per_unit

if TYPE_CHECKING:
    from planner.assemble.quality import Qualities

_ROUNDING = 1e-6


def note_overstated(found: "Qualities") -> None:
    """Say of which treatments the outputs are stated to hold more than is removed of all that can come in."""
    for unit, facility in found.case.facilities.items():
        for name, quality in found.case.qualities.items() if facility.treats is not None else ():
            if quality.mixing == "mean":
                _note(found, unit, _subject(found, name))


def _subject(found: "Qualities", name: str) -> Subject:
    """The quality, also where nothing depends on it."""
    case, quality = found.case, found.case.qualities[name]
    bare = Subject(name, quality.unit, index_of(quality), weight_of(case, name), load_unit(case, name)[1])
    return found.subjects.get(name, bare)


def _note(found: "Qualities", unit: str, subject: Subject) -> None:
    case, name = found.case, subject.name
    facility = case.facilities[unit]
    assert facility.treats is not None
    stated, fields = 0.0, []
    for output, per in facility.outputs.items():
        held = told_of(case, unit, output, name) if is_told(case, unit, output, name) else None
        if held is not None and held.mean > 0:
            stated += per.value * held.mean * (weight_per_unit(case, name, output) or 0.0)
            fields += [] if held.evidence is None else [held.evidence.field]
    coming = _coming(found, unit, subject) if stated > 0 else None
    if coming is None:
        return
    passes = not is_told(case, unit, facility.treats.outlet, name)
    removed = facility.treats.removes[name].value if name in facility.treats.removes else 0.0
    free = coming * removed if passes else coming
    if stated > free * (1.0 + _ROUNDING):
        unit_of_load, size = load_unit(case, name)
        what = "that it can remove" if passes else "that can come in"
        found.findings.note(
            f"{', '.join(fields)}: stated to leave {unit} are {stated * size:.4g} {unit_of_load} of {name} per "
            f"{facility.unit}, of at most {free * size:.4g} {what}: a plan with it counts {name} that never came in"
        )


def _coming(found: "Qualities", unit: str, subject: Subject) -> float | None:
    """The most load that can come in per unit of activity; None where it is not known, or nothing can."""
    case, carrying = found.case, set(carriers(found.case, subject.name))
    total, treats = 0.0, case.facilities[unit].treats
    for resource, per in case.facilities[unit].inputs.items():
        sink = found.sinks[f"{unit} / {resource}"]
        into = [deal for deal in found.deals.values() if deal.sink.id == sink.id]
        if resource not in carrying and not any(deal.source.resource in carrying for deal in into):
            continue
        loads = _loads(found, sink, into, subject)
        if loads is None or (treats is not None and resource == treats.inlet and not loads):
            return None
        total += per.value * max(loads, default=0.0)
    return total


def _loads(found: "Qualities", sink: Flow, into: list[Deal], subject: Subject) -> list[float] | None:
    """Loads that a unit of a sink's demand can bring along; None where something that may come is unknown."""
    loads: list[float] = []
    for deal in into:
        content = _highest(found, deal.source, subject)
        if content is None:
            return None
        loads.append(content * _weight(found.case, subject, deal.source.resource) / deal.ratio.value)
    if is_suppliable(found.case, sink):
        stated = found.case.resources[sink.resource].quality.get(subject.name)
        if stated is None or stated.mean is None:
            return None
        loads.append(stated.mean.value * _weight(found.case, subject, sink.resource))
    return loads


def _weight(case: Case, subject: Subject, resource: str) -> float:
    return weight_per_unit(case, subject.name, resource) or 0.0


def _highest(found: "Qualities", source: Flow, subject: Subject) -> float | None:
    """Largest mean that a source can hold; None where nothing tells."""
    content = content_of(found.case, source, subject)
    if isinstance(content, Held):
        return content.mean
    if not isinstance(content, Passed):
        return None
    ranges = (found.ranges.get(component.name, {}) for component in found.of(subject))
    return max((one[source.id][1] for one in ranges if source.id in one), default=None)
