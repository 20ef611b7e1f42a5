"""What can be seen to be impossible before any solve, in the user's words.

Everything is gathered, so that the user hears of all of it at once. What shows only in the interplay of many rules is
left to the diagnosis after a solve.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from models.instance import ExchangeData
from planner.assemble.assembly import Barred
from planner.assemble.barred import words
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.land import ROUNDING_HA, Breach, Siting, land_needed, zones_of
from planner.assemble.met import short_of
from planner.assemble.streams import Flow, Member, discharge_of, is_suppliable, sale_of
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.plants import Partner, Plant, Source

#: Shares below this are rounding.
ROUNDING = 1e-6
#: Names listed before "and n more".
_LISTED = 6
#: Exchanges that are not admitted, named with their reasons.
_BARRED = 3


@dataclass(frozen=True)
class Sight:
    """What there is to look at.

    Attributes
    ----------
    barred
        By stream, its exchanges that quality or law does not admit.
    forbidden
        By stream, its exchanges that the case forbids.
    """

    case: Case
    members: Mapping[str, Member]
    siting: Siting
    sources: Mapping[str, Flow]
    sinks: Mapping[str, Flow]
    deals: Mapping[str, Deal]
    exchanges: Mapping[str, ExchangeData]
    barred: Mapping[str, Sequence[Barred]] = field(default_factory=dict)
    forbidden: Mapping[str, Sequence[Deal]] = field(default_factory=dict)

    def must_be_there(self) -> list[Member]:
        """Plants and shared facilities that need a place in any plan."""
        return [m for m in self.members.values() if m.kind in ("plant", "facility") and not self.may_stay_away(m)]

    def may_stay_away(self, member: Member) -> bool:
        """True for optional plants and for facilities that need not be built."""
        if isinstance(member.item, Facility):
            return not member.item.forced
        if isinstance(member.item, Plant) and member.item.optional is not None:
            return member.name not in (self.case.tenants.fixed or ())
        return False


def look(sight: Sight, findings: Findings) -> None:
    """Find what cannot be, and what leaves a unit unable to stand alone."""
    _plots(sight, findings)
    _matching(sight, findings)
    _land(sight, findings)
    _neighbours(sight, findings)
    _exchanges(sight, findings)
    _counts(sight, findings)
    for sink in sight.sinks.values():
        _supplied(sight, sink, findings)
    for source in sight.sources.values():
        _disposed_of(sight, source, findings)


def _plots(sight: Sight, findings: Findings) -> None:
    """A unit that must be there and may stand nowhere."""
    fixed = sight.case.tenants.fixed or ()
    for name in fixed:
        if name in sight.case.plants and name not in sight.members:
            findings.impossible.append(f"tenants.fixed: {name} must settle, but there is no plot where it may stand")
    for member in sight.must_be_there():
        grounds = sight.siting.grounds
        broken = {p: sight.siting.breaches.get((member.name, p), ()) for p in grounds}
        if all(broken.values()):
            findings.impossible.append(_why_nowhere(member, broken, sight))
        elif not sight.siting.admissible.get(member.name):
            findings.impossible.append(_taken_by_others(member, [p for p in grounds if not broken[p]], sight))


def _taken_by_others(member: Member, plots: list[str], sight: Sight) -> str:
    """Why a unit may stand on no plot though it breaks no rule there: plants that are fixed have them all."""
    fixed = {plant.plot: name for name, plant in sight.case.plants.items() if plant.optional is None and plant.plot}
    taken = _listed(f"{p} ({fixed[p]})" if p in fixed else p for p in plots)
    return f"{member.path}: {member.name} may stand only on plots that others have for themselves: {taken}"


def _why_nowhere(member: Member, broken: Mapping[str, tuple[Breach, ...]], sight: Sight) -> str:
    """Why a unit may stand on no plot: the first rule, in the order of the case, that leaves nothing."""
    item = member.item
    assert not isinstance(item, Partner)
    left = list(broken)
    for kind in ("plot", "plots", "zone", "reserved", "separation", "area"):
        kept = [p for p in left if not any(_kind(b) == kind for b in broken[p])]
        if not kept:
            return _because(kind, member, left, broken, sight)
        left = kept
    return f"{member.path}: there is no plot where {member.name} may stand"


def _kind(breach: Breach) -> str:
    return breach.requirement.partition(":")[0]


def _because(kind: str, member: Member, left: list[str], broken: Mapping[str, tuple[Breach, ...]], sight: Sight) -> str:
    item, name = member.item, member.name
    assert not isinstance(item, Partner)
    if not left:
        return f"{member.path}: the case has no plots, but {name} needs one"
    if kind == "area":
        best = max(left, key=lambda p: sight.siting.grounds[p].usable)
        usable = sight.siting.grounds[best].usable
        field = "area" if item.area is not None else "area_per_capacity"
        return (
            f"{member.path}.{field}: {name} needs {land_needed(member):.4g} ha; "
            f"no plot it may use has more than {usable:.4g} ha usable ({best})"
        )
    if kind == "zone":
        zones = " or ".join(zones_of(item))
        where = "no plot" if len(left) == len(broken) else f"none of the plots it may use ({_listed(left)})"
        return f"{member.path}.zone: {name} needs zone {zones}; {where} lies in it"
    if kind == "reserved":
        return f"{member.path}: {name} has only plots that are kept free (plots.{left[0]}.reserved: {_listed(left)})"
    if kind == "separation":
        near = {p: min((b for b in broken[p] if _kind(b) == kind), key=lambda b: b.amount) for p in left}
        best = min(left, key=lambda p: near[p].amount)
        return (
            f"{member.path}.hazard: {name} may stand on no plot: {near[best].text}; "
            f"the best plot it may use, {best}, is {near[best].amount:.4g} m too near"
        )
    wanted = item.plot or _listed(item.plots or ())
    return f"{member.path}.{kind}: {name} may stand only on {wanted}, which is no plot of the case"


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _LISTED} more" if len(every) > _LISTED else ""
    return ", ".join(every[:_LISTED]) + more


def _matching(sight: Sight, findings: Findings) -> None:
    """More units than places for them: a set of units whose plots together hold fewer (Hall's theorem)."""
    units = [m.name for m in sight.must_be_there() if sight.siting.admissible.get(m.name)]
    slots = [p for p, place in sight.siting.places.items() if p in sight.siting.grounds for _ in range(place.tenants)]
    if not units or not slots:
        return
    may = np.array([[p in sight.siting.admissible[name] for p in slots] for name in units])
    matched = maximum_bipartite_matching(csr_array(may.astype(np.int8)), perm_type="column")
    alone = [k for k, slot in enumerate(matched) if slot < 0]
    if not alone:
        return
    crowd, taken = _deficient(may, matched, alone[0])
    plots = list(dict.fromkeys(slots[s] for s in taken))
    names = [units[k] for k in crowd]
    findings.impossible.append(
        f"{len(names)} units ({_listed(names)}) must stand in the park, "
        f"but the plots they may use hold only {len(taken)} ({_listed(plots)})"
    )


def _deficient(may: np.ndarray, matched: np.ndarray, start: int) -> tuple[list[int], list[int]]:
    """Units reached from an unmatched one along alternating paths, and the slots that are all theirs."""
    owner = {int(slot): k for k, slot in enumerate(matched) if slot >= 0}
    crowd, taken, waiting = {start}, set(), [start]
    while waiting:
        for slot in np.flatnonzero(may[waiting.pop()]):
            if int(slot) not in taken:
                taken.add(int(slot))
                crowd.add(owner[int(slot)])
                waiting.append(owner[int(slot)])
    return sorted(crowd), sorted(taken)


def _land(sight: Sight, findings: Findings) -> None:
    """More land needed than there is: in the park, and on one plot of several tenants."""
    grounds = sight.siting.grounds
    units = [m for m in sight.must_be_there() if sight.siting.admissible.get(m.name)]
    needed = sum(land_needed(m) for m in units)
    usable = sum(g.usable for p, g in grounds.items() if not g.plot.reserved and p in sight.siting.places)
    if needed > usable + ROUNDING_HA:
        findings.impossible.append(
            f"{len(units)} units that must stand in the park need {needed:.4g} ha together; "
            f"its plots have {usable:.4g} ha usable"
        )
    for p, ground in grounds.items():
        there = [m for m in units if sight.siting.admissible[m.name] == (p,)]
        taken = sum(land_needed(m) for m in there)
        if ground.plot.several_tenants and len(there) > 1 and taken > ground.usable + ROUNDING_HA:
            findings.impossible.append(
                f"{_listed(m.name for m in there)} may stand only on {p} and need {taken:.4g} ha together; "
                f"it has {ground.usable:.4g} ha usable"
            )


def _neighbours(sight: Sight, findings: Findings) -> None:
    """A required neighbour that is near on no plot; nobody near, or a partner too far off."""
    must = {m.name for m in sight.must_be_there()}
    near: dict[str, bool] = {}
    for rule in sight.siting.neighbours:
        if rule.unit in must:
            near[rule.requirement] = near.get(rule.requirement, False) or bool(rule.near)
    for requirement, found in near.items():
        if not found:
            words = sight.siting.requirements[requirement]
            findings.impossible.append(f"{words}, but they have no plots that near to each other")


def _exchanges(sight: Sight, findings: Findings) -> None:
    """Forced exchanges that cannot be built, or cannot carry what they must."""
    must = {m.name for m in sight.must_be_there()} | {m.name for m in sight.members.values() if m.kind == "partner"}
    for e, deal in sight.deals.items():
        ends = {deal.source.member.site, deal.sink.member.site}
        if not deal.terms.get("forced", False) or not ends <= must:
            continue
        path = deal.terms.paths["forced"]
        if e not in sight.exchanges:
            far = [note for note in findings.notes if note.startswith(f"{e} by ") and " too far: " in note]
            findings.impossible.append("; ".join((f"{path}: {e} is forced, but {why_not_built(deal)}", *far)))
            continue
        exchange = sight.exchanges[e]
        if exchange.min_flow > exchange.max_flow * (1.0 + ROUNDING):
            unit = sight.case.resources[deal.source.resource].unit
            findings.impossible.append(
                f"{deal.terms.paths['min_flow']}: {e} is forced and must carry "
                f"{exchange.min_flow:,.8g} {unit}/yr; no more than {exchange.max_flow:,.8g} {unit}/yr can flow"
            )


def why_not_built(deal: Deal) -> str:
    """Why an exchange has no way to be built."""
    if not deal.at_source or not deal.at_sink:
        return "nothing can flow"
    whole = getattr(deal.sink.data, "whole_demand_from_one_source", False)
    if deal.own or (whole and deal.at_source * deal.ratio.value < deal.sink.amount * (1.0 - ROUNDING)):
        return "it cannot meet the whole demand, which is met by one exchange or by none"
    return (
        f"no link it may use leads from any plot of {deal.source.member.name} to any of {deal.sink.member.name} "
        "and still delivers"
    )


def _counts(sight: Sight, findings: Findings) -> None:
    """Numbers of tenants and of facilities of a kind."""
    case = sight.case
    optional = [m.name for m in sight.members.values() if isinstance(m.item, Plant) and m.item.optional is not None]
    if (case.tenants.at_least or 0) > len(optional):
        findings.impossible.append(
            f"tenants.at_least: at least {case.tenants.at_least} of the optional plants must settle, but "
            f"{len(optional) or 'none'} of them can: the others have no plot where they may stand"
        )
    must = {m.name for m in sight.must_be_there()}  # a measure is forced where its host is
    for kind, most in case.rules.at_most.items():
        built = ((m.name, m.item) for m in sight.members.values() if m.site in must)
        forced = [n for n, f in built if isinstance(f, Facility) and f.forced and (f.kind or n) == kind]
        if len(forced) > most:
            are = "is" if len(forced) == 1 else "are"
            findings.impossible.append(f"rules.at_most.{kind}: at most {most}, but {_listed(forced)} {are} forced")


def _supplied(sight: Sight, sink: Flow, findings: Findings) -> None:
    """A sink without conventional supply needs exchanges enough; in the baseline, from its own site."""
    if sink.member.is_facility or sink.medium is not None or is_suppliable(sight.case, sink) or not sink.amount:
        return
    into = {e: x for e, x in sight.exchanges.items() if x.sink == sink.id}
    as_is = sight.case.baseline == "as_is"
    own = {e: x for e, x in into.items() if x.own or (as_is and any(o.existing for o in x.options.values()))}
    if sink.run is not None:
        _runs(sight, sink, own, findings)
        return
    unit = sight.case.resources[sink.resource].unit
    short = short_of(sight, sink, into)
    if into and short is not None and not sight.may_stay_away(sight.members[sink.member.site]):
        findings.impossible.append(
            f"{sink.path}: {sink.member.name} needs {short.needed:.6g} {unit} of {sink.name} {short.when} and has no "
            f"conventional supply; all possible exchanges together bring {short.met:.6g}"
            f"{_too_small(sight, sink, into)}{_barred(sight, sink)}"
        )
    elif short_of(sight, sink, own) is not None:
        findings.fault(
            sink.path,
            f"cannot be supplied without the park, so there is no baseline; state supplied_today_by, "
            f"or a price of {sink.resource}{_too_small(sight, sink, own)}{_barred(sight, sink)}",
        )


def _runs(sight: Sight, sink: Flow, own: Mapping[str, ExchangeData], findings: Findings) -> None:
    """An operation that cannot buy what it takes needs something of its own site to take."""
    if sink.most and not own:
        findings.fault(
            sink.path,
            "cannot be supplied without the park, so there is no baseline; "
            f"state a price of {sink.resource}{_barred(sight, sink)}",
        )


def _barred(sight: Sight, stream: Flow) -> str:
    """What of the exchanges of a stream is not admitted, or forbidden, and why; empty where all of them are."""
    barred = [f"{one.exchange}, {words(one)}" for one in sight.barred.get(stream.id, ())]
    forbidden = [f"{d.terms.paths['forbidden']} keeps out {d.id}" for d in sight.forbidden.get(stream.id, ())]
    return _first("; not admitted: ", barred) + _first("; ", forbidden)


def _first(what: str, texts: Sequence[str]) -> str:
    """The first of some texts after what they are; empty where there are none."""
    more = f"; and {len(texts) - _BARRED} more" if len(texts) > _BARRED else ""
    return f"{what}{'; '.join(texts[:_BARRED])}{more}" if texts else ""


def _too_small(sight: Sight, stream: Flow, own: Iterable[str]) -> str:
    """Facilities that could take more of a source, or give more of what a sink needs, if they were larger."""
    facilities: dict[str, Flow] = {}
    least = stream.rate if stream.run is None else _least(stream) / max(stream.hours, ROUNDING)
    needed = f"is {'at least ' if least < stream.rate * (1.0 - ROUNDING) else ''}{least:,.6g}"
    for e in own:
        deal = sight.deals[e]
        end = deal.sink if deal.source.id == stream.id else deal.source
        if isinstance(end.member.item, Facility) and end.rate < least * (1.0 - ROUNDING):
            facilities.setdefault(end.member.name, end)
    texts = []
    for name, end in facilities.items():
        unit = sight.case.resources[end.resource].unit
        does = "takes" if end.id in sight.sinks else "gives"
        texts.append(
            f"{end.member.path}.investment: {name}, as large as it may be, {does} at most {end.rate:,.6g} {unit}/h, "
            f"and {stream.name} {needed} {sight.case.resources[stream.resource].unit}/h"
        )
    return _first("; ", texts)


def _least(stream: Flow) -> float:
    """The least that there is of a stream in a year; what an operation gives is as much as it takes."""
    return stream.amount if stream.run is None else sum(stream.run.least.values()) * stream.amount + stream.beside


def _disposed_of(sight: Sight, source: Flow, findings: Findings) -> None:
    """A source must be disposable without the park."""
    if source.member.is_facility or source.medium is not None or not source.amount:
        return
    if isinstance(source.data, Source) and source.data.on_demand:
        return
    if discharge_of(sight.case, source) is not None:
        return
    sale = sale_of(sight.case, source)
    if sale is not None and sale[0].limit is None:
        return
    sold = 0.0 if sale is None or sale[0].limit is None else sale[0].limit.value
    as_is = sight.case.baseline == "as_is"
    ways = {
        e: x.max_flow
        for e, x in sight.exchanges.items()
        if x.source == source.id and (x.own or (as_is and any(o.existing for o in x.options.values())))
    }
    own = sum(ways.values())
    if sold + own < _least(source) * (1.0 - ROUNDING) or not (sold or own):
        findings.fault(
            source.path,
            f"cannot be disposed of without the park, so there is no baseline; {_advice(source)}"
            f"{_too_small(sight, source, ways)}{_barred(sight, source)}",
        )


def _advice(source: Flow) -> str:
    """What may be done about a source that cannot be disposed of."""
    if source.no_discharge:
        return source.no_discharge
    return f"state a discharge of {source.resource}, a sale without limit, or on_demand"
