"""From what streams hold and what is admitted of it to the components that the mathematics mix.

Exchanges that are not admitted are taken out first. What then can be seen not to fit is a fault of the case: a purchase
above the limit of its sink, a load that no flow can carry. What is above its permit, or above what its buyer admits,
may not be disposed of or sold: its flow says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.qualities import Bounds, Mixing, OutletData
from planner.assemble.assembly import Barred
from planner.assemble.barred import (
    Reach,
    accepts,
    breaks,
    by_amount,
    by_unknown,
    by_use,
    drop,
    is_unknown,
    note_barred,
    once_each,
    reach_of,
)
from planner.assemble.blind import note_unknowns, unknowns_of
from planner.assemble.bounds import ONE, Bounded, Range, least_runs
from planner.assemble.components import Component, components_of
from planner.assemble.contents import Admitted, Subject, Weights, subjects_of
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.overstated import note_overstated
from planner.assemble.quality_faults import check_indices, check_purchases
from planner.assemble.streams import Flow
from planner.case.case import Case
from planner.case.quality_notes import quality_notes

_ROUNDING = 1e-9
_INF = float("inf")
_NAMED = 3


@dataclass
class Qualities:
    """What the streams of a case hold.

    Attributes
    ----------
    sources, sinks
        The flows, which now know what may not be disposed of or sold, and what operations must take at least.
    deals
        Exchanges that are admitted.
    barred
        Those that are not.
    ranges
        Component -> source -> bounds of its content, in the index and not scaled.
    endless
        Component -> sources of which nothing in the data is such a bound, so that they are cut off somewhere.
    mixing
        What the mathematics see; None where the case speaks of no quality that matters.
    relaxed
        Limits may be broken, as the diagnosis of an infeasible case asks: nothing is barred for being above one.
    requirements
        Limits of sinks, permits and markets in the user's words, by the name that the diagnosis knows them by.
    dropped
        The exchanges that are barred.
    """

    case: Case
    sources: dict[str, Flow]
    sinks: dict[str, Flow]
    deals: dict[str, Deal]
    findings: Findings
    barred: tuple[Barred, ...] = ()
    subjects: dict[str, Subject] = field(default_factory=dict)
    reaches: dict[str, Reach] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    ranges: dict[str, dict[str, Range]] = field(default_factory=dict)
    endless: dict[str, frozenset[str]] = field(default_factory=dict)
    mixing: Mixing | None = None
    relaxed: bool = False
    requirements: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, Deal] = field(default_factory=dict)

    @property
    def weights(self) -> Weights:
        """Weights of streams in mixtures."""
        return Weights(self.case, self.findings)

    def largest_loads(self) -> dict[tuple[str, ...], float]:
        """(source, component) -> the most load that can leave with an outlet in a year, scaled."""
        return {
            (i, c): max(0.0, most) * self.mixing.weights[i][c] * self.sources[i].most
            for i, outlet in ({} if self.mixing is None else self.mixing.outlets).items()
            for c, most in outlet.highest.items()
            if self.mixing is not None
        }

    def of(self, subject: Subject) -> list[Component]:
        """Components of a quality."""
        return [c for c in self.components.values() if c.subject is subject]

    def bounded(self, component: Component, *, own: bool = False) -> Bounded:
        """Bounds of a component, to be worked out."""
        subject = component.subject
        runs = {i: flow.run for i, flow in self.sources.items() if flow.run is not None}
        least = {i: 0.0 if self.relaxed else sum(run.least.values()) for i, run in runs.items()}
        told = self.reaches[subject.name].told
        return Bounded(
            component,
            subject,
            self.sources,
            self.sinks,
            self.deals,
            self.weights,
            told,
            least_run=least,
            own=own,
            limited=not self.relaxed,
        )


def qualities_of(
    case: Case,
    flows: tuple[Mapping[str, Flow], Mapping[str, Flow]],
    deals: Mapping[str, Deal],
    forbidden: Iterable[Barred],
    findings: Findings,
    *,
    relaxed: bool = False,
) -> Qualities:
    """Work out what streams hold, what is admitted, and what that leaves to the program."""
    found = Qualities(case, dict(flows[0]), dict(flows[1]), dict(deals), findings, relaxed=relaxed)
    barred = [*forbidden] if case.qualities else []
    used = by_use(case, found.deals)
    drop(found.deals, used, findings)
    barred += used
    for text in quality_notes(case):
        findings.note(text)
    if case.qualities:
        found.subjects = subjects_of(case, found.sources, found.sinks, findings)
        found.components = {c.name: c for s in found.subjects.values() for c in components_of(s)}
        barred += _bar(found)
        check_indices(found)
        _tighten(found)
        check_purchases(found)
        note_overstated(found)
        _check_ways_out(found)
        _note(found)
        found.mixing = _mixing(found)
        found.requirements = _words_of(found)
    found.barred = once_each(barred)
    found.dropped = {e: deal for e, deal in deals.items() if e not in found.deals}
    note_barred(found.barred, findings)
    return found


def _bar(found: Qualities) -> list[Barred]:
    """Take out what is not admitted, until nothing more is."""
    barred: list[Barred] = []
    while True:
        found.reaches = {name: reach_of(subject, found.deals) for name, subject in found.subjects.items()}
        more = [b for n, s in found.subjects.items() for b in by_unknown(s, found.reaches[n], found.deals)]
        if not more:
            for name, component in found.components.items():
                found.ranges[name] = found.bounded(component).ranges()
                if not found.relaxed:
                    more += by_amount(component, found.ranges[name], found.deals)
        if not more:
            return barred
        drop(found.deals, more, found.findings)
        barred += more


def _tighten(found: Qualities) -> None:
    """What operations must take at least for their loads, and bounds of what they give with that."""
    least: dict[str, float] = {}
    for name, component in found.components.items():
        for i, needed in least_runs(found.bounded(component), found.ranges[name]).items():
            least[i] = max(least.get(i, 0.0), needed)
    groups: dict[str, list[str]] = {}
    for i in least:
        run = found.sources[i].run
        assert run is not None
        groups.setdefault(run.whole or i, []).append(i)
    for members in groups.values():
        needed = min(least[i] for i in members)
        for i in members:
            run = found.sources[i].run
            assert run is not None
            part = {t: sum(run.most.values()) and most / sum(run.most.values()) for t, most in run.most.items()}
            lowest = {
                t: min(run.most[t], max(run.least[t], needed * share * (1.0 - _ROUNDING))) for t, share in part.items()
            }
            lowest = {
                t: run.most[t] if x >= run.most[t] * (1.0 - ONE) else x  # it cannot vary: see Bounded._within
                for t, x in lowest.items()
            }
            new = replace(run, least=lowest)
            found.sources[i] = replace(found.sources[i], run=new)
            found.sinks[i] = replace(found.sinks[i], run=new)
    endless: dict[str, dict[str, float]] = {}
    for name, component in found.components.items():
        bounded = found.bounded(component)
        found.ranges[name] = bounded.ranges()
        found.endless[name] = frozenset(bounded.endless)
        for i, most in bounded.endless.items():
            endless.setdefault(i, {})[component.subject.name] = component.back(most)
    for i, contents in endless.items():
        told = ", ".join(f"{x:.6g}{found.case.qualities[name].said} of {name}" for name, x in contents.items())
        state = (
            "a max_outlet, or a least flow" if found.sources[i].run is not None else "a limit of what its unit takes"
        )
        found.findings.note(
            f"nothing in the case keeps {' and '.join(contents)} in what leaves {i} from rising without end: taken as "
            f"at most {told}, and a plan in which it holds as much is not called proven; state {state}"
        )


def _check_ways_out(found: Qualities) -> None:
    """Which sources may not be disposed of, or sold, for what they hold."""
    for name, subject in found.subjects.items():
        for i, limit in subject.discharged.items():
            why = _unfit(found, name, i, limit)
            if why and not found.sources[i].no_discharge:
                found.sources[i] = replace(found.sources[i], no_discharge=why)
                found.findings.note(f"{i} may not be disposed of: {why}")
        for i, limit in subject.sold.items():
            why = _unfit(found, name, i, limit)
            if why and not found.sources[i].no_sale:
                found.sources[i] = replace(found.sources[i], no_sale=why)
                found.findings.note(f"{i} may not be sold: {why}")
        for i, (_, path) in subject.fees.items():
            if is_unknown(subject, found.reaches[name], i):
                found.findings.fault(path, f"what {i} holds of {name} is unknown, so that no fee can be told; state it")


def _unfit(found: Qualities, name: str, source: str, limit: Admitted) -> str:
    """Why a source does not meet a limit whatever comes in; empty where it may."""
    subject = found.subjects[name]
    if is_unknown(subject, found.reaches[name], source):
        return "" if limit.accept_unknown else f"what it holds of {name} is unknown, and {limit.path} limits it"
    if found.relaxed:
        return ""
    for component in found.of(subject):
        why = breaks(component, component.bounds(limit), found.ranges[component.name].get(source), [])
        if why is not None:
            said, side = found.case.qualities[name].said, "at most" if why[0] > why[1] else "at least"
            return f"it holds {why[0]:.6g}{said} of {name}, and {limit.path} is {side} {why[1]:.6g}{said}"
    return ""


def _note(found: Qualities) -> None:
    """Say which unknown contents are accepted."""
    for name, subject in found.subjects.items():
        reach = found.reaches[name]
        names = {d.source.id for d in found.deals.values() if d.sink.id in reach.needed and _blind(subject, reach, d)}
        names |= {f"{found.sinks[j].resource} bought for {j}" for j in reach.needed if subject.bought.get(j, 0) is None}
        if names:
            first = ", ".join(sorted(names)[:_NAMED])
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            found.findings.note(f"unknown contents of {name} are accepted and count for nothing: {first}{more}")


def _blind(subject: Subject, reach: Reach, deal: Deal) -> bool:
    return is_unknown(subject, reach, deal.source.id) and accepts(subject, deal)


def _words_of(found: Qualities) -> dict[str, str]:
    """Every limit on a mixture, on what is disposed of and on what is sold, in the user's words."""
    words: dict[str, list[str]] = {}
    for component in found.components.values():
        subject = component.subject
        said = found.case.qualities[subject.name].said
        for kind, what, limits in (
            ("quality", "what {} takes", subject.admitted),
            ("discharged", "what {} disposes of", subject.discharged),
            ("sold", "what {} sells", subject.sold),
        ):
            for stream, limit in limits.items():
                bounds = (("at most", limit.most, component.upper), ("at least", limit.least, component.lower))
                asked = [f"{word} {x:g}{said}" for word, x, carries in bounds if x is not None and carries]
                if asked:
                    text = f"{limit.path}: {what.format(stream)} holds {' and '.join(asked)} of {subject.name}"
                    words.setdefault(f"{kind}:{stream}:{component.name}", []).append(text)
        for stream, limit in subject.given.items():
            text = f"{limit.path}: what {stream} gives holds at most {limit.most:g}{said} of {subject.name}"
            words.setdefault(f"outlet:{stream}:{component.name}", []).append(text)
    return {name: "; ".join(dict.fromkeys(texts)) for name, texts in words.items()}


def _mixing(found: Qualities) -> Mixing | None:
    """Everything as the mathematics see it."""
    once = tuple(
        name
        for name, facility in found.case.facilities.items()
        if facility.treats is not None and not facility.treats.recycling
    )
    if not found.components:
        return Mixing({}, {}, {}, once=once) if once else None
    made = _Making(found)
    for component in found.components.values():
        made.add(component)
    unknowns = unknowns_of(found)
    note_unknowns(found, unknowns)
    return Mixing(
        {c.name: (c.subject.name, c.kind, c.scale) for c in found.components.values()},
        made.weights(),
        made.contents,
        made.supplies,
        made.outlets,
        made.limits,
        made.discharges,
        made.sales,
        once,
        made.supply_weights(),
        unknowns,
        made.leaving(),
    )


@dataclass
class _Making:
    """Gathers the parts of a mixing, component by component."""

    found: Qualities
    given: dict[str, dict[str, float]] = field(default_factory=dict)
    taken: dict[str, dict[str, float]] = field(default_factory=dict)
    contents: dict[str, dict[str, float]] = field(default_factory=dict)
    supplies: dict[str, dict[str, float]] = field(default_factory=dict)
    outlets: dict[str, OutletData] = field(default_factory=dict)
    limits: dict[str, dict[str, Bounds]] = field(default_factory=dict)
    discharges: dict[str, dict[str, Bounds]] = field(default_factory=dict)
    sales: dict[str, dict[str, Bounds]] = field(default_factory=dict)

    def weights(self) -> dict[str, dict[str, float]]:
        """Of sources, and of conventional supplies whose sink has no source of its name."""
        return self.given | {j: by for j, by in self.taken.items() if j not in self.given}

    def leaving(self) -> dict[str, dict[str, Bounds]]:
        """Largest outlets of operations as limits that may give, where bounds of their contents do not say them."""
        found: dict[str, dict[str, Bounds]] = {}
        for c in self.found.components.values() if self.found.relaxed else ():
            for i, limit in c.subject.given.items():
                if i in self.found.reaches[c.subject.name].told:
                    found.setdefault(i, {})[c.name] = _scaled(c, c.leaving(limit))
        return found

    def supply_weights(self) -> dict[str, dict[str, float]]:
        """Of conventional supplies that differ from the source of the same name."""
        return {j: by for j, by in self.taken.items() if by != self.given.get(j, by)}

    def add(self, component: Component) -> None:
        """Add a component."""
        subject, c = component.subject, component.name
        reach = self.found.reaches[subject.name]
        going = {d.source.id for d in self.found.deals.values() if d.sink.id in reach.needed}
        going |= {*subject.discharged, *subject.sold, *subject.fees}
        going |= {beside for i in reach.told for beside in subject.passed[i].less}
        for i, flow in self.found.sources.items():
            if i in reach.told or (i in subject.held and i in going):
                self.given.setdefault(i, {})[c] = self.found.weights.of(subject, flow.resource)
            if i in reach.told:
                self._add_outlet(component, i)
            elif i in subject.held and i in going:
                self.contents.setdefault(i, {})[c] = component.value(subject.held[i]) / component.scale
        for j in reach.needed:
            held, flow = subject.bought.get(j), self.found.sinks[j]
            if held is not None:
                self.taken.setdefault(j, {})[c] = self.found.weights.of(subject, flow.resource)
                self.supplies.setdefault(j, {})[c] = component.value(held) / component.scale
        for place, limits in (
            (self.limits, subject.admitted),
            (self.discharges, self._open(subject, subject.discharged, "no_discharge")),
            (self.sales, self._open(subject, subject.sold, "no_sale")),
        ):
            for stream, limit in limits.items():
                bounds = _scaled(component, component.bounds(limit))
                if bounds != Bounds():
                    place.setdefault(stream, {})[c] = bounds

    def _open(self, subject: Subject, limits: Mapping[str, Admitted], shut: str) -> dict[str, Admitted]:
        """Limits outside on sources that may go there, and of which the case does not tell whether they keep them."""
        told = {*self.found.reaches[subject.name].told, *(subject.held if self.found.relaxed else ())}
        return {i: x for i, x in limits.items() if i in told and not getattr(self.found.sources[i], shut)}

    def _add_outlet(self, component: Component, i: str) -> None:
        c, passed, flow = component.name, component.subject.passed[i], self.found.sources[i]
        before = self.outlets.get(i, OutletData((passed.inlet,), {}, operation=None if flow.run is None else i))
        bounds = _scaled(component, self.found.ranges[c].get(i, (0.0, 0.0)))
        hours = {t: own.hours / flow.hours if flow.hours else 0.0 for t, own in flow.slices.items()}
        load = passed.picked / component.scale
        picked = {c: {t: load * share for t, share in hours.items()}} if passed.picked else {}
        self.outlets[i] = replace(
            before,
            kept={**before.kept, c: passed.kept},
            picked={**before.picked, **picked},
            less={**before.less, **({c: passed.less} if passed.less else {})},
            lowest={**before.lowest, c: bounds.least},
            highest={**before.highest, c: bounds.most},
            cut=before.cut | ({c} if i in self.found.endless[c] else set()),
        )


def _scaled(component: Component, bounds: Range) -> Bounds:
    return Bounds(bounds[0] / component.scale, bounds[1] / component.scale)
