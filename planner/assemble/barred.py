"""Exchanges that are not admitted, before any planning: unknown contents, barred uses, what nothing can dilute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from planner.assemble.assembly import Barred
from planner.assemble.bounds import Range
from planner.assemble.components import Component
from planner.assemble.contents import Subject
from planner.assemble.exchanges import FORBIDDEN, Deal
from planner.assemble.findings import Findings
from planner.assemble.streams import Flow
from planner.case.case import Case
from planner.case.plants import Sink, Source

#: Shares of a limit below this are rounding.
ROUNDING = 1e-9
UNKNOWN = "content unknown"
TOO_MUCH = "nothing can dilute it"
_NAMED = 3


@dataclass(frozen=True)
class Reach:
    """What a quality needs to be known of.

    Attributes
    ----------
    needed
        Sinks where it is limited, or goes on to where it is.
    told
        Outlets whose content is known and matters.
    unknown
        Outlets into which something unknown is bought.
    """

    needed: frozenset[str]
    told: frozenset[str]
    unknown: frozenset[str]


def reach_of(subject: Subject, deals: Mapping[str, Deal]) -> Reach:
    """Follow a quality back from its limits through the units that pass it on."""
    unknown = _unknown(subject)
    needed = {j for j, limit in subject.admitted.items() if limit.least is not None or limit.most is not None}
    ended = {*subject.discharged, *subject.sold, *subject.given, *subject.fees}
    told: set[str] = set()
    while True:
        found = {
            i
            for i, passed in subject.passed.items()
            if i not in unknown
            and i not in told
            and (i in ended or any(d.source.id == i and d.sink.id in needed for d in deals.values()))
        }
        if not found:
            return Reach(frozenset(needed), frozenset(told), frozenset(unknown))
        told |= found
        needed |= {subject.passed[i].inlet for i in found if subject.passed[i].kept}


def _unknown(subject: Subject) -> set[str]:
    """Outlets of an unknown content: what is bought for their unit is not known, and nobody asks for it there."""
    return {
        i
        for i, passed in subject.passed.items()
        if passed.kept
        and passed.inlet in subject.bought
        and subject.bought[passed.inlet] is None
        and (passed.inlet not in subject.admitted or subject.admitted[passed.inlet].accept_unknown)
        and i not in subject.given
    }


def by_use(case: Case, deals: Mapping[str, Deal]) -> list[Barred]:
    """Exchanges into a use that the source may never come into."""
    found = []
    for e, deal in deals.items():
        stated = deal.source.data.not_into if isinstance(deal.source.data, Source) else None
        never = case.resources[deal.source.resource].not_into if stated is None else stated
        use = deal.sink.data.use if isinstance(deal.sink.data, Sink) else None
        if use is not None and use in never:
            found.append(Barred(e, None, f"may not come into {use}"))
    return found


def by_unknown(subject: Subject, reach: Reach, deals: Mapping[str, Deal]) -> list[Barred]:
    """Exchanges of unknown content into what limits it, be it where it comes in or in all that leaves there."""
    found = []
    for e, deal in deals.items():
        i, j = deal.source.id, deal.sink.id
        if not strict(subject, reach, j) or not is_unknown(subject, reach, i) or accepted(subject, reach, deal):
            continue
        limit = subject.admitted.get(j)
        bound = None if limit is None else limit.most if limit.most is not None else limit.least
        found.append(Barred(e, subject.name, UNKNOWN, None, bound, subject.unit))
    return found


def strict(subject: Subject, reach: Reach, sink: str) -> bool:
    """Whether a sink limits a quality, or its unit all that leaves it: there nothing unknown may come in."""
    limit = subject.admitted.get(sink)
    if limit is not None and (limit.least is not None or limit.most is not None):
        return True
    return _limits_what_leaves(subject, reach, sink)


def _limits_what_leaves(subject: Subject, reach: Reach, sink: str) -> bool:
    return any(i in subject.given and subject.passed[i].inlet == sink and subject.passed[i].kept for i in reach.told)


def is_unknown(subject: Subject, reach: Reach, source: str) -> bool:
    """Whether nothing tells what a source holds."""
    return source in reach.unknown or not subject.known(source)


def accepts(subject: Subject, deal: Deal) -> bool:
    """Whether a content may be unknown in an exchange, as far as the limit of its taker goes."""
    limit = subject.admitted.get(deal.sink.id)
    return (limit is not None and limit.accept_unknown) or subject.name in deal.terms.get("accept_unknown", ())


def accepted(subject: Subject, reach: Reach, deal: Deal) -> bool:
    """Whether an unknown content may come by an exchange: it is accepted, and nothing limits what leaves there."""
    return accepts(subject, deal) and not _limits_what_leaves(subject, reach, deal.sink.id)


def by_amount(component: Component, ranges: Mapping[str, Range], deals: Mapping[str, Deal]) -> list[Barred]:
    """Exchanges whose content breaks the limit of their taker, where nothing that it may take besides is better."""
    found = []
    subject = component.subject
    into: dict[str, list[Deal]] = {}
    for deal in deals.values():
        into.setdefault(deal.sink.id, []).append(deal)
    for j, feeding in into.items():
        limit = subject.admitted.get(j)
        if limit is None:
            continue
        for deal in feeding:
            others = (
                [] if _whole(deal.sink) else [ranges.get(d.source.id) for d in feeding if d.source is not deal.source]
            )
            held = None if _whole(deal.sink) else subject.bought.get(j)
            if held is not None:
                others.append((component.value(held), component.value(held)))
            why = breaks(component, limit_bounds(component, j), ranges.get(deal.source.id), [x for x in others if x])
            if why is not None:
                found.append(Barred(deal.id, subject.name, TOO_MUCH, *why, subject.unit))
    return found


def _whole(sink: Flow) -> bool:
    return isinstance(sink.data, Sink) and sink.data.whole_demand_from_one_source


def limit_bounds(component: Component, sink: str) -> Range:
    """What a sink admits of a component; no bounds where it says nothing."""
    limit = component.subject.admitted.get(sink)
    return (-float("inf"), float("inf")) if limit is None else component.bounds(limit)


def breaks(
    component: Component, bounds: Range, held: Range | None, others: Iterable[Range]
) -> tuple[float, float] | None:
    """(content, limit) in the unit of the quality, where one stream is beyond a limit and no other is within it."""
    if held is None:
        return None
    back, others = component.back, list(others)
    least, most = bounds
    if held[0] > most + ROUNDING * abs(most) and not any(other[0] < most for other in others):
        return back(held[0]), back(most)
    if held[1] < least - ROUNDING * abs(least) and not any(other[1] > least for other in others):
        return back(held[1]), back(least)
    return None


def drop(deals: dict[str, Deal], found: Iterable[Barred], findings: Findings) -> None:
    """Take barred exchanges out; what is forced besides cannot be."""
    for one in found:
        deal = deals.pop(one.exchange, None)
        if deal is not None and deal.terms.get("forced", False):
            findings.impossible.append(f"{deal.terms.paths['forced']}: {one.exchange} is forced, but {words(one)}")


def words(one: Barred) -> str:
    """Why an exchange is barred."""
    if one.quality is None:
        return f"it is {one.why}" if one.why.startswith(FORBIDDEN) else f"it {one.why}"
    if one.why == UNKNOWN:
        return f"its content of {one.quality} is unknown"
    return f"it holds {one.found:.6g} {one.unit} of {one.quality}, the limit is {one.limit:.6g}, and {one.why}"


def note_barred(barred: Iterable[Barred], findings: Findings) -> None:
    """Say how many exchanges are barred, by reason, with the first names."""
    by_reason: dict[str, list[str]] = {}
    for one in barred:
        if not one.why.startswith(FORBIDDEN):
            why = one.why if one.quality is None else f"{one.quality}: {one.why}"
            by_reason.setdefault(why, []).append(one.exchange)
    for why, names in by_reason.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        findings.note(f"{len(names)} exchange(s) not admitted ({why}): {', '.join(names[:_NAMED])}{more}")


def once_each(barred: Iterable[Barred]) -> tuple[Barred, ...]:
    """One row for each exchange and quality."""
    found: dict[tuple[str, str | None], Barred] = {}
    for one in barred:
        found.setdefault((one.exchange, one.quality), replace(one))
    return tuple(found.values())
