"""Facilities that could be built but never run, because what they take or give has nowhere to come from or go to.

No rule is broken by such a case, so that no solve would complain: the facility would just never be worth building.
"""

from collections.abc import Iterator, Mapping

from models.instance import ExchangeData
from planner.assemble.findings import Findings
from planner.assemble.streams import Flow, discharge_of, is_suppliable, members_of, sale_of, sinks_of, sources_of
from planner.case.case import Case
from planner.case.facilities import Facility

#: Shares below this are rounding.
_ROUNDING = 1e-6


def note_idle(
    case: Case,
    exchanges: Mapping[str, ExchangeData],
    findings: Findings,
    sources: Mapping[str, Flow] | None = None,
) -> None:
    """Say which facilities can never run, and why, but of those left out, of which it is said.

    ``sources`` knows of some what may not be disposed of or sold.
    """
    members = members_of(case)
    given = {i: (sources or {}).get(i, flow) for i, flow in sources_of(case, members).items()}
    sides = ((given, _untaken), (sinks_of(case, members), _unfed))
    absent = {note.partition(" is left out: ")[0] for note in findings.notes if " is left out: " in note}
    for flows, why_idle in sides:
        for flow in flows.values():
            if isinstance(flow.member.item, Facility) and flow.member.name not in absent:
                for why in why_idle(case, flow, exchanges):
                    findings.note(f"{flow.member.name} can never run: {why}")


def _unfed(case: Case, flow: Flow, exchanges: Mapping[str, ExchangeData]) -> Iterator[str]:
    """Why a facility cannot run for want of what it takes; nothing if it can."""
    share = sum(x.max_share for x in exchanges.values() if x.sink == flow.id)
    if share < 1.0 - _ROUNDING and not is_suppliable(case, flow):
        yield f"exchanges can meet at most {share:.0%} of the {flow.name} it takes, and the rest cannot be bought"


def _untaken(case: Case, flow: Flow, exchanges: Mapping[str, ExchangeData]) -> Iterator[str]:
    """Why a facility cannot run because nobody takes what it gives; nothing if it can."""
    free = discharge_of(case, flow) is not None or sale_of(case, flow) is not None
    if not free and not any(x.source == flow.id for x in exchanges.values()):
        yield f"no exchange can take the {flow.name} it gives, and it cannot be disposed of or sold"
