"""Facilities as large as anybody could use, for the diagnosis of a case without a plan: their sizes then may give."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from planner.assemble.exchanges import Deal, deals_of
from planner.assemble.findings import Findings
from planner.assemble.operations import operation_flows
from planner.assemble.streams import Flow, Member, sinks_of, sources_of
from planner.case.case import Case
from planner.case.facilities import Facility, InvestmentPoint, PowerLaw
from planner.case.stores import Store

#: Room beyond what exchanges could bring or take, for what is lost on the way.
_ROOM = 1.5
_ROUNDING = 1e-6


def roomier(case: Case, members: Mapping[str, Member]) -> tuple[dict[str, Member], dict[str, float]]:
    """Let facilities be larger than the case has them, where more could come to them or be taken from them.

    Returns
    -------
    tuple
        The members, and the largest capacity by the case of each facility that is larger now [activity/h, of a store
        its content].
    """
    findings = Findings()
    given, taken = operation_flows(case, members, findings)
    sources, sinks = sources_of(case, members) | given, sinks_of(case, members) | taken
    deals = deals_of(case, sources, sinks, findings, [], relaxed=True).values()
    found, largest = dict(members), {}
    for name, member in members.items():
        if isinstance(member.item, Facility):
            most = max(point.capacity.value for point in member.item.curve())
            wanted = _wanted(name, deals) if member.item.stores is None else _kept(name, member.item.stores, deals)
            if wanted > most * (1.0 + _ROUNDING):
                found[name] = replace(member, item=_enlarged(member.item, most, wanted * _ROOM))
                largest[name] = most
    return found, largest


def _wanted(name: str, deals: Iterable[Deal]) -> float:
    """Capacity by which a facility could take all that may come to one of its inputs, or give all that is wanted."""
    by_stream: dict[tuple[str, bool], dict[str, float]] = {}
    for deal in deals:
        for end, other, gives in ((deal.source, deal.sink, True), (deal.sink, deal.source, False)):
            if end.member.name != name or end.amount <= 0.0:
                continue
            rates = by_stream.setdefault((end.id, gives), {})
            for t, slice_ in other.slices.items():
                amount = slice_.most / deal.ratio.value if gives else slice_.most * deal.ratio.value
                rates[other.id] = max(rates.get(other.id, 0.0), _rate(amount / end.amount, deal, end, t))
    return max((sum(rates.values()) for rates in by_stream.values()), default=0.0)


def _kept(name: str, store: Store, deals: Iterable[Deal]) -> float:
    """Content by which a store could give all that is wanted of it in a year."""
    wanted = {deal.sink.id: deal.sink.most / deal.ratio.value for deal in deals if deal.source.member.name == name}
    return sum(wanted.values()) / store.drawn


def _rate(activity: float, deal: Deal, end: Flow, state: str) -> float:
    """Capacity that does so much in the hours of a state that both ends share [activity/h]."""
    hours = min(deal.shared[state], end.slices[state].hours) / end.peak
    return activity / hours if hours > 0.0 else 0.0


def _enlarged(facility: Facility, most: float, wanted: float) -> Facility:
    """The facility with a larger largest capacity, at the same investment per unit of it or by the same law."""
    law = facility.investment
    if isinstance(law, PowerLaw):
        ends = {"largest": (law.largest, wanted), "smallest": (law.largest, facility.curve()[0].capacity.value)}
        new = {
            end: value.model_copy(update={"value": x, "low": None, "high": None}) for end, (value, x) in ends.items()
        }
        return facility.model_copy(update={"investment": law.model_copy(update=new)})
    last = facility.curve()[-1]
    capacity = last.capacity.model_copy(update={"value": wanted, "low": None, "high": None})
    worth = last.investment.value * wanted / most
    investment = last.investment.model_copy(update={"value": worth, "low": None, "high": None})
    point = InvestmentPoint.model_construct(capacity=capacity, investment=investment)
    return facility.model_copy(update={"investment": (*law, point)})
