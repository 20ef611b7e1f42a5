"""Facilities that could be built but never run, because what they take or give has nowhere to come from or go to.

No rule is broken by such a case, so that no solve would complain: the facility would just never be worth building.
"""

from collections.abc import Iterator, Mapping

from models.instance import ExchangeData
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.streams import Flow, discharge_of, is_suppliable, sale_of
from planner.case.case import Case
from planner.case.facilities import Facility

#: Shares below this are rounding.
_ROUNDING = 1e-6


def note_idle(case: Case, deals: Mapping[str, Deal], exchanges: Mapping[str, ExchangeData], findings: Findings) -> None:
    """Say which facilities can never run, and why."""
    ends = [flow for deal in deals.values() for flow in (deal.source, deal.sink)]
    flows = {flow.id: flow for flow in ends if isinstance(flow.member.item, Facility)}
    for why in dict.fromkeys(why for flow in flows.values() for why in _why_idle(case, flow, deals, exchanges)):
        findings.note(why)


def _why_idle(
    case: Case, flow: Flow, deals: Mapping[str, Deal], exchanges: Mapping[str, ExchangeData]
) -> Iterator[str]:
    """Why a facility cannot run at all for want of this stream; nothing if it can."""
    takes = {e: x for e, x in exchanges.items() if x.sink == flow.id}
    if takes or any(deal.sink is flow for deal in deals.values()):
        share, may = sum(x.max_share for x in takes.values()), "be bought"
        free = is_suppliable(case, flow)
        does = f"exchanges can meet at most {{}} of the {flow.name} it takes"
    else:
        takes = {e: x for e, x in exchanges.items() if x.source == flow.id}
        share, may = sum(x.source_share for x in takes.values()), "be disposed of or sold"
        free = discharge_of(case, flow) is not None or sale_of(case, flow) is not None
        does = f"exchanges can take at most {{}} of the {flow.name} it gives"
    if free or share >= 1.0 - _ROUNDING:
        return
    hours = ", ".join(
        f"{e} shares {deals[e].hours.value:g} of its {flow.hours:g} hours"
        for e in takes
        if deals[e].hours.value < flow.hours * (1.0 - _ROUNDING)
    )
    yield (
        f"{flow.member.name} can never run: {does.format(f'{share:.0%}')}, and the rest cannot {may}"
        + (f" ({hours}; state its hours as those in which it can run)" if hours else "")
    )
