"""Water-using operations of fixed load as streams: what they may take, and what they give besides.

An operation takes and gives a stream of its name. Where it may be split, each part is an operation of its own; the
parts share its load, what it gains or loses, and the least and the most that it takes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from models.qualities import OperationData
from planner.assemble.assembly import Evidence
from planner.assemble.findings import Findings
from planner.assemble.lines import assumed, evidence_of
from planner.assemble.streams import Flow, Member, Slice
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.mixing_units import limiting_flow
from planner.case.qualities import Operation

#: Operations named before "and n more".
_NAMED = 3


def operation_flows(
    case: Case, members: Mapping[str, Member], findings: Findings
) -> tuple[dict[str, Flow], dict[str, Flow]]:
    """Sources and sinks of all operations, by id."""
    sources: dict[str, Flow] = {}
    sinks: dict[str, Flow] = {}
    guessed: list[str] = []
    for member in members.values():
        if isinstance(member.item, Facility):
            continue
        for name, operation in member.item.operations.items():
            path = f"{member.path}.operations.{name}"
            most = _largest(case, operation, path, findings)
            if most is None:
                continue
            if most.basis == "assumption":
                guessed.append(f"{member.name} / {name} {most.value:.6g} {case.resources[operation.takes].unit}/h")
            for sink, source in _parts(member, name, operation, path, most):
                sinks[sink.id], sources[source.id] = sink, source
    if guessed:
        findings.note(
            f"max_flow of {len(guessed)} operation(s) is not stated: taken as the limiting flow, "
            f"load / (max_outlet - max_inlet): {_some(guessed)}"
        )
    return sources, sinks


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _largest(case: Case, operation: Operation, path: str, findings: Findings) -> Evidence | None:
    """The most it may take [unit/h]: as stated, else its limiting flow."""
    least = 0.0 if operation.min_flow is None else operation.min_flow.value
    if operation.max_flow is not None:
        most = evidence_of(operation.max_flow, f"{path}.max_flow")
    else:
        flow = limiting_flow(case, operation)
        if flow is None:
            findings.fault(
                f"{path}.max_flow",
                "needed: there is no limiting flow, since no quality of its load has a max_inlet below its max_outlet",
            )
            return None
        most = assumed(f"{path}.max_flow", flow, f"{case.resources[operation.takes].unit}/h")
    if least > most.value * (1.0 + 1e-9):
        findings.fault(f"{path}.min_flow", f"found {least:g}; it takes at most {most.value:g}")
        return None
    return most


def _parts(member: Member, name: str, operation: Operation, path: str, most: Evidence) -> Iterator[tuple[Flow, Flow]]:
    """Sink and source of an operation, or of each of its parts."""
    least = 0.0 if operation.min_flow is None else operation.min_flow.value
    gain = 0.0 if operation.gain is None else operation.gain.value
    loss = 0.0 if operation.loss is None else operation.loss.value
    evidence = (most, *_stated(operation, path), member.hours)
    rate = max(0.0, most.value + gain - loss)
    taken, given = {}, {}
    for t, hours in member.running.items():
        taken[t] = Slice(most.value, hours, 1.0, most.value * hours, evidence=evidence)
        given[t] = replace(taken[t], rate=rate, most=rate * hours, beside=(gain - loss) * hours)
    for number in range(1, operation.parts + 1):
        part = name if operation.parts == 1 else f"{name} #{number}"
        whole = None if operation.parts == 1 else f"{member.name} / {name}"
        low, high = ({t: flow * hours for t, hours in member.running.items()} for flow in (least, most.value))
        run = OperationData(member.name, low, high, whole)
        sink = Flow(
            f"{member.name} / {part}",
            member,
            part,
            operation.takes,
            path,
            taken,
            1.0,
            operation=operation,
            run=run,
            stream=None if whole is None else name,
        )
        yield sink, replace(sink, resource=operation.gives, slices=given)


def _stated(operation: Operation, path: str) -> Iterable[Evidence]:
    for field in ("min_flow", "gain", "loss"):
        value = getattr(operation, field)
        if value is not None:
            yield evidence_of(value, f"{path}.{field}")
