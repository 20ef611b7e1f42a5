"""Which source may feed which sink: same resource, substitution, or an exchange named by the case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from models.running import SharedHours
from planner.assemble.assembly import Barred, Evidence
from planner.assemble.findings import Findings
from planner.assemble.lines import assumed, evidence_of
from planner.assemble.streams import Flow
from planner.assemble.terms import Agreed, agree, entries_for, substitution_for
from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.case.facilities import Facility
from planner.case.pairs import matches
from planner.case.periods import evenly, states_of

#: Shares of hours below this are rounding.
ROUNDING = 1e-9
#: Begin of the reason why an exchange that a case forbids is not admitted.
FORBIDDEN = "forbidden by the case"


@dataclass(frozen=True)
class Deal:
    """An admissible pair of streams with its terms.

    Attributes
    ----------
    own
        Both ends stand on one site.
    ratio
        Units of the sink's resource replaced by one unit that arrives, as evidence.
    hours
        Hours in which both run, as evidence; ``shared`` has them by state.
    worst_hours
        Hours in which both run if their stops never coincide [h/yr].
    """

    id: str
    source: Flow
    sink: Flow
    own: bool
    ratio: Evidence
    hours: Evidence
    terms: Agreed
    shared: Mapping[str, float]
    worst_hours: float

    @property
    def forbidden(self) -> bool:
        """True where the case forbids it."""
        return bool(self.terms.get("forbidden", False))

    @property
    def barred(self) -> Barred:
        """Why an exchange that the case forbids is not admitted."""
        note = self.terms.get("forbidden_note")
        return Barred(self.id, None, FORBIDDEN + (f": {note}" if note else ""))

    @property
    def peak(self) -> float:
        """Larger peak factor of both streams."""
        return max(self.source.peak, self.sink.peak)

    @property
    def assumed_hours(self) -> bool:
        """True where the case does not state the shared hours."""
        return self.hours.basis == "assumption"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What its flow rests on: both streams and the hours they share."""
        return tuple(dict.fromkeys((*self.source.evidence, *self.sink.evidence, self.hours)))

    def evidence_in(self, state: str) -> tuple[Evidence, ...]:
        """The same in one state."""
        ends = (*self.source.slices[state].evidence, *self.sink.slices[state].evidence)
        return tuple(dict.fromkeys((*ends, self.hours)))

    @cached_property
    def credits(self) -> Mapping[str, Evidence]:
        """Resource -> what of it the taker does without per unit that arrives, besides what is replaced."""
        stated = self.terms.get("also") or {}
        return {name: evidence_of(per, f"{self.terms.paths['also']}.{name}") for name, per in stated.items()}

    @cached_property
    def at_source(self) -> float:
        """The most that can leave the source [unit/yr], links and the sink apart."""
        most = sum(self.leaving_in(t) for t in self.shared)
        stated = self.terms.get("max_flow")
        return most if stated is None else min(most, stated.value)

    def leaving_in(self, state: str) -> float:
        """The most that can leave the source in a state, in the hours that both ends share [unit/yr]."""
        source = self.source.slices[state]
        return min(source.rate * self.shared[state], source.most)

    def at_source_in(self, state: str) -> float:
        """The same, and no more than the exchange may carry in a year."""
        return min(self.at_source, self.leaving_in(state))

    @cached_property
    def max_share(self) -> float:
        """Largest share of the sink's demand it may meet: as stated, and at a plant what falls into the shared hours.

        A facility may be built large enough to take it all in the shared hours: see ``working_hours``. With several
        states, what falls into the shared hours is a matter of each: see ``shares``.
        """
        stated = self.terms.get("max_share")
        share = 1.0 if stated is None else stated.value
        if self.sink.member.is_facility or not self.sink.most or len(self.shared) > 1:
            return share
        return min(share, self.sink.rate * self.hours.value / self.sink.most)

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """By state, share of a plant's demand that falls into the shared hours, where that is not all of it."""
        if self.sink.member.is_facility or len(self.shared) == 1:
            return {}
        ends = self.sink.slices.items()
        found = {t: end.rate * self.shared[t] / end.most for t, end in ends if end.most}
        return {t: share for t, share in found.items() if share < 1.0 - ROUNDING}

    def working_hours(self, end: Flow) -> Mapping[str, float]:
        """Hours in which a facility's capacity works for this exchange, by state; none where they do not bind."""
        facility = end.member.item
        if not isinstance(facility, Facility):
            return {}
        hours = {t: (self.shared[t], end.slices[t].hours) for t in self.shared}
        binding = {t: both for t, (both, own) in hours.items() if both < own * (1.0 - ROUNDING)}
        return {t: both * facility.capacity_factor.at(t) / end.peak for t, both in binding.items()}

    @property
    def within(self) -> Mapping[str, SharedHours]:
        """By state, the hours that both ends share, and those of either end."""
        ends = self.source.slices, self.sink.slices
        return {t: SharedHours(hours, *(end[t].hours for end in ends)) for t, hours in self.shared.items()}

    @property
    def source_shares(self) -> Mapping[str, float]:
        """By state, share of what a plant makes of a medium in the shared hours, where that is not all of it."""
        if self.source.medium is None:
            return {}
        found = {t: self.shared[t] / own.hours for t, own in self.source.slices.items() if own.hours}
        return {t: share for t, share in found.items() if share < 1.0 - ROUNDING}

    @cached_property
    def at_sink(self) -> float:
        """The most that it can replace at the sink [unit/yr]."""
        return min(self._admitted, sum(self.at_sink_in(t) for t in self.shared))

    @cached_property
    def _admitted(self) -> float:
        """The most by the shares of the yearly demand [unit of the sink/yr]."""
        stated = getattr(self.sink.data, "max_exchanged_share", None)
        return self.sink.most * min(self.max_share, 1.0 if stated is None else stated.value)

    def at_sink_in(self, state: str) -> float:
        """The most that it can replace at the sink in a state [unit/yr]."""
        sink = self.sink.slices[state]
        return min(self._admitted, sink.most, sink.rate * self.shared[state])


def exchange_id(source: Flow, sink: Flow) -> str:
    """Name of an exchange in the user's words."""
    name = f"{source.member.name} > {sink.member.name}: {source.name}"
    return name if source.name == sink.name else f"{name} -> {sink.name}"


def deals_of(
    case: Case,
    sources: Mapping[str, Flow],
    sinks: Mapping[str, Flow],
    findings: Findings,
    forbidden: list[Deal] | None = None,
    *,
    relaxed: bool = False,
) -> dict[str, Deal]:
    """All pairs of streams that may be joined, by exchange id; those that the terms forbid go to ``forbidden``.

    With ``relaxed`` they are among the others, as the diagnosis of a case without a plan asks.
    """
    named = _named_pairs(case, sources, sinks, findings)
    takers = _Takers(case, sinks, named)
    deals = {}
    for source in sources.values():
        for sink in takers.of(source):
            deal = _deal(case, source, sink, findings)
            if deal is None:
                continue
            if deal.forbidden and forbidden is not None:
                forbidden.append(deal)
            if not deal.forbidden or (relaxed and deal.ratio.value > 0.0):
                deals[deal.id] = deal
    _check_matched(case, sources, sinks, deals, findings)
    return deals


class _Takers:
    """Sinks that a source may feed: of its resource, of one it substitutes, or named by an exchange."""

    def __init__(self, case: Case, sinks: Mapping[str, Flow], named: set[tuple[str, str]]) -> None:
        self._sinks = sinks
        self._of: dict[str, list[str]] = {}
        self._rank = {j: n for n, j in enumerate(sinks)}
        for j, sink in sinks.items():
            self._of.setdefault(sink.resource, []).append(j)
        self._replaced: dict[str, set[str]] = {}
        for substitution in case.substitutions:
            self._replaced.setdefault(substitution.from_, set()).add(substitution.to)
        self._named: dict[str, set[str]] = {}
        for i, j in named:
            self._named.setdefault(i, set()).add(j)

    def of(self, source: Flow) -> Iterator[Flow]:
        """In the order of the sinks."""
        wanted = {source.resource} | self._replaced.get(source.resource, set())
        found = {j for resource in wanted for j in self._of.get(resource, ())} | self._named.get(source.id, set())
        return (self._sinks[j] for j in sorted(found, key=self._rank.__getitem__))


def _deal(case: Case, source: Flow, sink: Flow, findings: Findings) -> Deal | None:
    if source.member is sink.member and source.member.is_facility:
        return None  # what a facility makes and uses itself is in its amounts per unit of activity
    if source.run is not None and sink.run is not None and source.id == sink.id:
        return None  # what an operation recirculates is its own affair
    if source.medium is not None and sink.medium is not None and source.member is sink.member:
        heat = getattr(source.member.item, "process_heat", None)
        if heat is None or not heat.forbidden or source.resource != sink.resource:
            return None  # a plant's heat passes on inside its cascade; a loop of its own parts what may not meet
    own = source.member.site == sink.member.site
    entries = entries_for(case, source, sink)
    substitution = None if source.resource == sink.resource else substitution_for(case, source, sink)
    terms = agree(case, entries, substitution, findings, own=own)
    if terms.get("forbidden", False):
        if terms.get("forced", False):
            findings.impossible.append(f"{terms.paths['forced']}: {exchange_id(source, sink)} is forced and forbidden")
        terms = _forbidden(case, entries, terms)
    ratio = terms.get("ratio")
    stated = evidence_of(ratio, terms.paths["ratio"]) if ratio is not None else assumed("ratio", 1.0, "")
    if stated.value <= 0.0 and not terms.get("forbidden", False):
        findings.fault(terms.paths["ratio"], "a ratio of 0 replaces nothing; forbid the exchange instead")
        return None
    hours, shared = _shared_hours(case, source, sink, terms)
    worst = sum(
        max(0.0, source.slices[t].hours + sink.slices[t].hours - state.hours) for t, state in states_of(case).items()
    )
    return Deal(exchange_id(source, sink), source, sink, own, stated, hours, terms, shared, worst)


def _forbidden(case: Case, entries: list[int], terms: Agreed) -> Agreed:
    """Terms with every entry that forbids the exchange, and the first note of why."""
    paths = [f"exchanges[{n + 1}].forbidden" for n in entries if case.exchanges[n].forbidden]
    note = next((e.note for e in map(case.exchanges.__getitem__, entries) if e.forbidden and e.note), None)
    values = {**terms.values, **({"forbidden_note": note} if note else {})}
    return Agreed(values, {**terms.paths, "forbidden": ", ".join(paths)})


def _shared_hours(case: Case, source: Flow, sink: Flow, terms: Agreed) -> tuple[Evidence, Mapping[str, float]]:
    """Hours in which both run, of the year and by state: as stated, or the smaller of both.

    In no case more than either really runs; what is stated of the year is spread evenly.
    """
    most = {t: min(own.hours, sink.slices[t].hours) for t, own in source.slices.items()}
    stated = terms.get("shared_hours")
    if stated is None:
        return assumed("exchanges.shared_hours", sum(most.values()), "h/yr"), most
    shared = {t: min(hours, most[t]) for t, hours in evenly(case, stated.value).items()}
    return replace(evidence_of(stated, terms.paths["shared_hours"]), value=sum(shared.values())), shared


def _named_pairs(
    case: Case, sources: Mapping[str, Flow], sinks: Mapping[str, Flow], findings: Findings
) -> set[tuple[str, str]]:
    """Pairs of streams of different resources that an entry joins by a ratio of its own, between just two units."""
    named = set()
    for number, entry in enumerate(case.exchanges):
        if entry.ratio is None or entry.from_ is None or entry.to is None:
            continue
        pairs = list(_meant(entry, sources, sinks))
        if any(source.resource == sink.resource or substitution_for(case, source, sink) for source, sink in pairs):
            continue  # it states the ratio of exchanges that there are anyway
        if len(pairs) > 1:
            findings.fault(
                f"exchanges[{number + 1}]",
                f"its ratio fits {len(pairs)} pairs of streams between {entry.from_} and {entry.to}; "
                "name the one meant with stream and into",
            )
        named |= {(source.id, sink.id) for source, sink in pairs}
    return named


def _meant(entry: Exchange, sources: Mapping[str, Flow], sinks: Mapping[str, Flow]) -> Iterator[tuple[Flow, Flow]]:
    """Pairs of streams that an entry speaks of."""
    for source in sources.values():
        if entry.from_ in (None, source.member.name) and entry.stream in (None, source.meant):
            for sink in sinks.values():
                if entry.to in (None, sink.member.name) and entry.into in (None, sink.meant):
                    yield source, sink


def _check_matched(
    case: Case,
    sources: Mapping[str, Flow],
    sinks: Mapping[str, Flow],
    deals: Mapping[str, Deal],
    findings: Findings,
) -> None:
    """Say which entries speak of no exchange at all."""
    for number, entry in enumerate(case.exchanges):
        if any(exchange_id(*pair) in deals for pair in _meant(entry, sources, sinks)):
            continue
        if entry.forbidden and matches(case, entry):
            continue
        giver, taker = entry.from_ or "anybody", entry.to or "anybody"
        text = f"exchanges[{number + 1}]: nothing that {giver} gives can be used by {taker}"
        if entry.forced:
            findings.impossible.append(f"{text}, but the exchange is forced")
        else:
            findings.note(f"{text}; the entry has no effect")
