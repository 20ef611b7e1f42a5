"""Which exchanges there are to look at, and which of them a case or a quality does not admit.

The same pairs that a plan may build. Each is looked at alone, so that it shares nothing: a main is a pipe of its own,
and a pipe pays for its own civil works.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from planner.assemble.assembly import Barred
from planner.assemble.exchanges import Deal, deals_of
from planner.assemble.findings import Findings
from planner.assemble.heat import heat_of
from planner.assemble.operations import operation_flows
from planner.assemble.quality import Qualities, qualities_of
from planner.assemble.streams import Flow, Member, members_of, sinks_of, sources_of
from planner.case.case import Case
from planner.case.links import Link

_SAME = 1e-9


@dataclass(frozen=True)
class Candidates:
    """Exchanges to be screened.

    Attributes
    ----------
    case
        The case, each link by itself.
    members
        Everybody.
    deals
        All pairs of streams, those that are not admitted behind the others.
    refused
        Exchange -> why it is not admitted.
    qualities
        What streams hold; its sources and sinks are those of the deals.
    priceless
        Links of which nobody can say what a pipe of its own costs: mains whose capacity is chosen.
    mains
        Whether the case has mains, or trenches that pipes share.
    """

    case: Case
    members: Mapping[str, Member]
    deals: tuple[Deal, ...]
    refused: Mapping[str, tuple[Barred, ...]]
    qualities: Qualities
    priceless: frozenset[str]
    findings: Findings
    mains: bool = False


def candidates_of(case: Case) -> Candidates:
    """All exchanges of a case.

    Raises
    ------
    CaseError
        If terms of an exchange contradict each other.
    """
    findings = Findings()
    shared = any(link.main for link in case.links.values()) or (case.trenches is not None and case.trenches.shared)
    case, priceless = alone(case)
    members = members_of(case)
    given, taken = operation_flows(case, members, findings)
    heat = heat_of(case, members)
    sources = sources_of(case, members) | given | dict(heat.sources)
    sinks = sinks_of(case, members) | taken | dict(heat.sinks)
    forbidden: list[Deal] = []
    deals = deals_of(case, sources, sinks, findings, forbidden)
    barred = [deal.barred for deal in forbidden]
    qualities = qualities_of(case, (sources, sinks), deals, barred, findings)
    findings.raise_faults()
    refused: dict[str, tuple[Barred, ...]] = {}
    for one in (*barred, *qualities.barred):
        if one not in refused.get(one.exchange, ()):
            refused[one.exchange] = (*refused.get(one.exchange, ()), one)
    every = {**qualities.deals, **qualities.dropped, **{deal.id: deal for deal in forbidden}}
    return Candidates(case, members, tuple(every.values()), refused, qualities, priceless, findings, shared)


def alone(case: Case) -> tuple[Case, frozenset[str]]:
    """The case with every link by itself, and the links of which nobody can say what they then cost."""
    links, priceless = {}, set()
    for name, link in case.links.items():
        sizes = tuple(size for size in link.sizes if size.investment_by_capacity is None)
        if link.sizes and not sizes:
            priceless.add(name)
        links[name] = _by_itself(link, sizes)
    trenches = case.trenches and case.trenches.model_copy(update={"shared": False})
    return case.model_copy(update={"links": links, "trenches": trenches, "existing_mains": {}}), frozenset(priceless)


def _by_itself(link: Link, sizes: tuple[object, ...]) -> Link:
    return link.model_copy(update={"main": False, "sizes": sizes}) if link.main or link.sizes != sizes else link


def why_open(deal: Deal, qualities: Qualities) -> str:
    """Why nothing before a solve can say what an exchange saves, in words; empty where something can."""
    for end in (deal.source, deal.sink):
        if end.member.is_facility:
            return f"needs {end.member.name}"
    for end in (deal.source, deal.sink):
        if end.medium is not None:
            return f"heat by temperature: the cascade of {end.member.name} decides the amount"
        if end.run is not None:
            return f"a water-using operation of {end.member.name} decides the amount"
    return why_unknown(deal, qualities)


def why_unknown(deal: Deal, qualities: Qualities) -> str:
    """Why nobody can say before a solve what an exchange moves holds; empty where that matters to nobody, or is sure.

    What a unit gives is sure where it takes in one stream of a known content and nothing else: then its bounds meet.
    """
    for name, subject in qualities.subjects.items():
        open_ = [i for i in qualities.reaches[name].told if i in subject.fees or not is_sure(qualities, name, i)]
        if deal.source.id in open_:
            return f"what {deal.source.id} holds follows from what comes in"
        if any(i in open_ and passed.inlet == deal.sink.id for i, passed in subject.passed.items()):
            return f"what {deal.sink.member.name} gives follows from what it takes in"
    return ""


def is_sure(qualities: Qualities, quality: str, source: str) -> bool:
    """Whether the bounds of what a source holds of a quality meet."""
    components = qualities.of(qualities.subjects[quality])
    bounds = [qualities.ranges.get(c.name, {}).get(source) for c in components]
    return bool(bounds) and all(b is not None and abs(b[1] - b[0]) <= _SAME * max(abs(b[1]), _SAME) for b in bounds)


def streams_of(qualities: Qualities, deal: Deal) -> tuple[Flow, Flow]:
    """Both ends as the qualities leave them: they know what may not be disposed of or sold."""
    return qualities.sources[deal.source.id], qualities.sinks[deal.sink.id]
