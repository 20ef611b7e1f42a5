"""What can be seen to be at fault of what streams hold: purchases that do not fit, loads that no flow can carry."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.assemble.barred import breaks, limit_bounds
from planner.assemble.bounds import Bounded, Range, least_runs, most_runs
from planner.assemble.components import Component
from planner.assemble.contents import Subject
from planner.assemble.streams import Flow
from planner.case.facilities import Facility

if TYPE_CHECKING:
    from planner.assemble.quality import Qualities

_INF = float("inf")
#: Exchanges named before "and n more".
_NAMED = 4


def check_indices(found: "Qualities") -> None:
    """What a loss or gain of water makes of a quality that mixes by an index is not known: no limit may rest on it."""
    for name, subject in found.subjects.items():
        if found.case.qualities[name].mixing == "mean":
            continue
        for i in sorted(found.reaches[name].told):
            source, sink = found.sources[i], found.sinks.get(subject.passed[i].inlet)
            if sink is None or not sink.amount or not source.amount:
                continue
            given = found.weights.of(subject, source.resource) * source.amount
            taken = found.weights.of(subject, sink.resource) * sink.amount
            if not source.beside and abs(given - taken) <= 1e-6 * max(given, taken):
                continue
            mixes = f"{name} mixes by an index, and a limit rests on what {i} holds of it"
            if source.operation is not None:
                field_ = "loss" if source.operation.loss is not None else "gain" if source.beside else "gives"
                text = f"{mixes}; it is not known what it becomes where water is lost or gained beside"
                found.findings.fault(f"{source.path}.{field_}", f"{text}: {_way_round(found, name, i)}")
            else:
                text = f"needed: {mixes}, but not all that is taken leaves there; state what it leaves"
                found.findings.fault(f"{source.member.path}.treats.leaves.{name}", text)


def _way_round(found: "Qualities", name: str, source: str) -> str:
    """What makes nothing depend on a quality that nobody knows of what leaves an operation."""
    reach, subject = found.reaches[name], found.subjects[name]
    into = [e for e, deal in found.deals.items() if deal.source.id == source and deal.sink.id in reach.needed]
    own = [places[source].path for places in (subject.discharged, subject.sold, subject.given) if source in places]
    told = []
    if into:
        more = f" and {len(into) - _NAMED} more" if len(into) > _NAMED else ""
        told += [f"forbid the exchanges that bring it there ({', '.join(into[:_NAMED])}{more})"]
        told += [f"or let it pass a facility with treats.leaves.{name} on its way"]
    if own:
        told += [f"leave out {', '.join(own)}"]
    return ", ".join(told)


def check_purchases(found: "Qualities") -> None:
    """What is bought is known where it is limited, fits, and carries the load of an operation; for the baseline."""
    for name, subject in found.subjects.items():
        for j, held in subject.bought.items():
            limited = subject.admitted.get(j)
            if held is None and ((limited is not None and not limited.accept_unknown) or j in subject.given):
                path = f"resources.{found.sinks[j].resource}.quality.{name}"
                where = limited.path if limited is not None else subject.given[j].path
                found.findings.fault(path, f"needed: what is bought for {j} is limited by {where}")
        for j in found.reaches[name].needed:
            found.weights.check_amounts(subject, found.sinks[j], found.deals)
    own = [(component, found.bounded(component, own=True)) for component in found.components.values()]
    alone = [(component, bounded, bounded.ranges()) for component, bounded in own]
    for component, _, ranges in alone:
        for j, flow in found.sinks.items():
            if not isinstance(flow.member.item, Facility) and not _exists(found, j):
                _check_bought(found, component, flow, ranges)
    _check_runs(found, alone)


def _check_runs(found: "Qualities", alone: list[tuple[Component, Bounded, dict[str, Range]]]) -> None:
    """What operations must take for their loads, and may take for their largest outlets, with what their site gives."""
    least: dict[str, float] = {}
    most: dict[str, tuple[float, Component]] = {}
    for component, bounded, ranges in alone:
        for i, needed in least_runs(bounded, ranges).items():
            run, flow = found.sources[i].run, found.sources[i]
            if run is not None and needed > sum(run.most.values()) * (1.0 + 1e-6) and not _exists(found, i):
                _no_flow(found, component.subject, flow, needed)
            least[i] = max(least.get(i, 0.0 if run is None else sum(run.least.values())), needed)
        for i, admitted in most_runs(bounded, ranges).items():
            if admitted < most.get(i, (_INF, component))[0]:
                most[i] = admitted, component
    for i, (admitted, component) in most.items():
        takes = least[i] > 0.0 or any(i in s.passed and s.passed[i].picked > 0.0 for s in found.subjects.values())
        if takes and admitted <= least[i] * (1.0 - 1e-6) and not _exists(found, i):
            _too_foul(found, component.subject, found.sources[i])


def _exists(found: "Qualities", sink: str) -> bool:
    """Whether something besides its own site feeds a sink in the baseline."""
    as_is = found.case.baseline == "as_is"
    return as_is and any(d.sink.id == sink and d.terms.get("existing") is not None for d in found.deals.values())


def _check_bought(found: "Qualities", component: Component, flow: Flow, ranges: Mapping[str, Range]) -> None:
    subject = component.subject
    held = subject.bought.get(flow.id)
    if held is None or not flow.most:
        return
    value = component.value(held)
    others = [ranges.get(d.source.id) for d in found.deals.values() if d.own and d.sink.id == flow.id]
    why = breaks(component, limit_bounds(component, flow.id), (value, value), [x for x in others if x is not None])
    if why is not None:
        side = "above" if why[0] > why[1] else "below"
        found.findings.fault(
            subject.admitted[flow.id].path,
            f"found {why[1]:g} {subject.unit}; {flow.resource}, which is bought, holds {why[0]:g}, {side} it, and "
            f"nothing on the site of {flow.member.name} can make up for that: there is no baseline",
        )


def _no_flow(found: "Qualities", subject: Subject, flow: Flow, needed: float) -> None:
    unit = found.case.resources[flow.resource].unit
    most = 0.0 if flow.run is None else sum(flow.run.most.values())
    hours = flow.hours or 1.0
    if needed == _INF:
        text = "whatever it takes holds as much as its max_outlet admits"
    else:
        text = f"it needs {needed / hours:.6g} {unit}/h and takes at most {most / hours:.6g}"
    found.findings.fault(
        f"{flow.path}.max_outlet.{subject.name}",
        f"its load of {subject.name} cannot be carried by what is bought or comes from its own site: {text}",
    )


def _too_foul(found: "Qualities", subject: Subject, flow: Flow) -> None:
    found.findings.fault(
        f"{flow.path}.max_outlet.{subject.name}",
        f"what is bought for it, or comes from its own site, holds more {subject.name} than it may leave with: there "
        "is no baseline",
    )
