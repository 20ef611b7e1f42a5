"""Smallest valid bounds of what outlets may hold, from the data: what can come in, less what is removed, and limits.

With λ the load that a unit of a sink's demand brings along:

    λ       in [least, most] of content x weight / ratio over all that may feed it, and not above its limit
    content  = (kept x λ x taken + picked up) / (weight x given)        of an operation, taken between least and most
    content  = kept x λ x (taken / given) / weight                      of a facility, both per unit of activity
    content  = (kept x λ x taken - load of outputs of stated content) / (weight x given), or 0       of its residue

Bounds grow from nothing until they stay: the contents that flows from the data can bring about, however much a residue
concentrates. Only where they do not stay, in loops and in operations that may take next to nothing, they are cut off,
at a multiple of all that the case names, that stays, and that a unit concentrates. A plan that holds as much there is
not proven: what lies beyond was not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.assemble.components import Component
from planner.assemble.contents import Passed, Subject, Weights
from planner.assemble.exchanges import Deal
from planner.assemble.streams import Flow

Range = tuple[float, float]
#: What grows without end is cut off at so many times the largest content and limit, times the most a unit concentrates.
ENDLESS = 10.0
_ROUNDS = 500
_ROUNDING = 1e-9
#: A range no wider than this share of its ends is one number.
ONE = 4e-9
_INF = float("inf")
#: What grows to so many times the contents of the case grows without end.
_FAR = 1e12


@dataclass
class Bounded:
    """Bounds of one component, in the index of its quality and not scaled.

    Attributes
    ----------
    told
        Outlets whose content is known, and matters.
    least_run
        By operation, the least it takes in any plan [unit/yr].
    own
        Only what comes from the same site counts, as in the baseline.
    limited
        What comes in keeps the limits of where it comes in, and what operations give their largest outlets.
    endless
        Outlets that loops, or too small a flow, could bring to any content, and where they are cut off.
    """

    component: Component
    subject: Subject
    sources: Mapping[str, Flow]
    sinks: Mapping[str, Flow]
    deals: Mapping[str, Deal]
    weights: Weights
    told: frozenset[str]
    least_run: Mapping[str, float] = field(default_factory=dict)
    own: bool = False
    limited: bool = True
    endless: dict[str, float] = field(default_factory=dict)

    def ranges(self) -> dict[str, Range]:
        """Source -> (lowest, highest), of all whose content is known and that anything may come of."""
        fixed = {i: (v, v) for i, held in self.subject.held.items() for v in (self.component.value(held),)}
        into: dict[str, list[Deal]] = {}
        for deal in self.deals.values():
            if deal.own or not self.own:
                into.setdefault(deal.sink.id, []).append(deal)
        outlets = {i: p for i, p in self.subject.passed.items() if i in self.told and p.inlet in self.sinks}
        named = self._named(fixed)
        far = _FAR * (max(named, default=0.0) or 1.0)
        found, growing = self._grown(outlets, into, fixed, dict.fromkeys(outlets, far))
        fed = _fed(growing, outlets, into)
        endless = growing & _in_rings(fed, outlets, into) | {i for i in growing if self._any_content(i)}
        self.endless = {}
        if endless:
            named += [abs(x) for i in found.keys() - fed for x in found[i]]
            cap = ENDLESS * self._concentrated(outlets, into) * max(named, default=0.0)
            cut = {i: (-cap if found[i][0] < 0.0 else found[i][0], cap) for i in endless}
            start = {i: v for i, v in found.items() if i not in fed} | cut
            found, _ = self._grown(outlets, into, start, dict.fromkeys(outlets, _INF) | dict.fromkeys(endless, cap))
            self.endless = {i: cap for i in sorted(endless) if found[i][1] >= cap > 0.0 and i not in self.subject.given}
        return {i: self._within(i, bounds) if i in outlets else bounds for i, bounds in found.items()}

    def _grown(
        self,
        outlets: Mapping[str, Passed],
        into: Mapping[str, list[Deal]],
        start: Mapping[str, Range],
        most: Mapping[str, float],
    ) -> tuple[dict[str, Range], set[str]]:
        """Bounds from a start, none beyond the most of its outlet, and the outlets whose bounds still grow."""
        found, growing = dict(start), set[str]()
        for _ in range(_ROUNDS):
            growing = set()
            for i, passed in outlets.items():
                inflow = self.inflow(passed.inlet, into.get(passed.inlet, []), found)
                before, after = found.get(i), self._outlet(i, passed, inflow, most[i])
                if before is not None:
                    after = (min(before[0], after[0]), max(before[1], after[1]))
                if before is None or _differ(before, after):
                    found[i] = after
                    growing.add(i)
            if not growing:
                break
        return found, growing | {i for i in outlets if i in found and max(map(abs, found[i])) >= most[i]}

    def inflow(self, sink: str, into: list[Deal], found: Mapping[str, Range]) -> Range:
        """Least and most load that a unit of a sink's demand brings along; none where nothing known may come."""
        parts: list[Range] = []
        heavy: list[float] = []
        for deal in into:
            weight = self.weights.of(self.subject, deal.source.resource) / deal.ratio.value
            if deal.source.id in found:
                low, high = found[deal.source.id]
                parts.append((low * weight, high * weight))
                heavy.append(weight)
            elif deal.source.id not in self.told:
                parts.append((0.0, 0.0))  # accepted as unknown: it brings nothing
                heavy.append(0.0)
        flow = self.sinks[sink]
        if sink in self.subject.bought:
            held = self.subject.bought[sink]
            weight = self.weights.of(self.subject, flow.resource)
            value = 0.0 if held is None else self.component.value(held)
            parts.append((value * weight, value * weight))
            heavy.append(0.0 if held is None else weight)
        if not parts:
            return 0.0, 0.0
        low, high = min(p[0] for p in parts), max(p[1] for p in parts)
        limit = self.subject.admitted.get(sink)
        if limit is not None and self.limited:
            least, most = self.component.bounds(limit)
            if most < _INF:
                high = min(high, max(most * max(heavy), most * min(heavy)))
            if least > -_INF:
                low = max(low, min(least * max(heavy), least * min(heavy)))
        return min(low, high), high

    def needed(self, i: str, inflow: Range) -> float:
        """The least an operation must take for its load to leave within its largest outlet [unit/yr]; may be inf."""
        limit = self.subject.given.get(i)
        if limit is None or limit.most is None or self.component.subject.index.falls or not self.limited:
            return 0.0
        flow = self.sources[i]
        weight = self.weights.of(self.subject, flow.resource)
        most = self.component.leaving(limit)[1] * weight
        load = self.subject.passed[i].picked - most * flow.beside
        if most - inflow[0] <= _ROUNDING * max(abs(most), abs(inflow[0])):
            return _INF if load > 0.0 else 0.0
        return max(0.0, load / (most - inflow[0]))

    def admitted(self, i: str, inflow: Range) -> float:
        """The most an operation may take for what it gives to keep its largest outlet [unit/yr]; may be inf."""
        limit = self.subject.given.get(i)
        if limit is None or limit.most is None or not self.limited:
            return _INF
        flow = self.sources[i]
        weight = self.weights.of(self.subject, flow.resource)
        least, most = (bound * weight for bound in self.component.leaving(limit))
        over = least - inflow[1] if self.subject.index.falls else inflow[0] - most
        if over <= _ROUNDING * max(abs(inflow[0]), abs(inflow[1])):
            return _INF
        return max(0.0, (most * flow.beside - self.subject.passed[i].picked) / over) if most < _INF else 0.0

    def _outlet(self, i: str, passed: Passed, inflow: Range, cap: float) -> Range:
        flow = self.sources[i]
        weight = self.weights.of(self.subject, flow.resource)
        if flow.run is not None:
            low, high = self._of_operation(i, passed, inflow, weight)
        else:
            taken, given = self.sinks[passed.inlet].amount, flow.amount * weight
            share = passed.kept * taken / given if given else 0.0
            low, high = inflow[0] * share, inflow[1] * share
            if passed.less and given:
                less = sum(self._stated(n) for n in passed.less) / given
                low, high = max(0.0, low - less), max(0.0, high - less)
        return self._limited(i, (max(low, -cap), min(high, cap)))

    def _stated(self, i: str) -> float:
        """Load of a source of known content, per unit of activity."""
        flow = self.sources[i]
        return self.component.value(self.subject.held[i]) * self.weights.of(self.subject, flow.resource) * flow.amount

    def _limited(self, i: str, bounds: Range) -> Range:
        """Bounds within the limit of the outlet."""
        limit = self.subject.given.get(i)
        if limit is None or not self.limited:
            return bounds
        least, most = self.component.leaving(limit)
        low, high = max(bounds[0], least), min(bounds[1], most)
        return (min(low, high), high) if most < _INF else (low, max(low, high))

    def _of_operation(self, i: str, passed: Passed, inflow: Range, weight: float) -> Range:
        flow = self.sources[i]
        assert flow.run is not None
        most, least = sum(flow.run.most.values()), self.least_run.get(i, sum(flow.run.least.values()))
        if flow.run.whole is not None:  # a part may take next to nothing, with as little of the load
            stays = inflow[0] if flow.beside <= 0.0 else min(0.0, inflow[0])
            return stays / weight if weight else 0.0, _INF if passed.picked or flow.beside else inflow[1] / weight
        if not weight or not most:
            return 0.0, 0.0
        ends = []
        for run in (least, most):
            given = weight * (run + flow.beside)
            if given <= _ROUNDING * weight * most:
                if passed.picked or flow.beside:  # the less is given, the more it holds
                    at_most = (inflow[0] * most + passed.picked) / (weight * max(most + flow.beside, _ROUNDING * most))
                    return at_most if inflow[0] >= 0.0 else -_INF, _INF
                ends += [inflow[0] / weight, inflow[1] / weight]
                continue
            ends += [(load * run + passed.picked) / given for load in inflow]
        return min(ends), max(ends)

    def _within(self, i: str, bounds: Range) -> Range:
        """Bounds with room for rounding, but not beyond the limit of the outlet; one number where it cannot vary.

        A range as narrow as rounding is none: the presolve of a solver may take it for more than it is, and cut off
        the best plan.
        """
        if bounds[1] - bounds[0] <= ONE * max(map(abs, bounds)):
            middle = 0.5 * (bounds[0] + bounds[1])
            return middle, middle
        low = bounds[0] - _ROUNDING * abs(bounds[0])
        high = bounds[1] + _ROUNDING * abs(bounds[1])
        return self._limited(i, (low, high))

    def _named(self, fixed: Mapping[str, Range]) -> list[float]:
        """All contents that the case names: of sources, of what is bought, of limits, of loads at the largest flow."""
        values = [abs(v[0]) for v in fixed.values()]
        values += [abs(self.component.value(x)) for x in self.subject.bought.values() if x is not None]
        for limit in self.subject.limits():
            values += [abs(x) for x in self.component.bounds(limit) if abs(x) < _INF]
        for i, passed in self.subject.passed.items():
            flow = self.sources[i]
            if passed.picked and flow.run is not None and flow.most:
                values.append(passed.picked / (self.weights.of(self.subject, flow.resource) or 1.0) / flow.most)
        return values

    def _any_content(self, i: str) -> bool:
        """Whether an operation may take so little that what it picks up makes any content of it."""
        if self.sources[i].run is None:
            return False
        weight = self.weights.of(self.subject, self.sources[i].resource)
        return self._limited(i, self._of_operation(i, self.subject.passed[i], (0.0, 0.0), weight))[1] == _INF

    def _concentrated(self, outlets: Mapping[str, Passed], into: Mapping[str, list[Deal]]) -> float:
        """The most that a unit concentrates what it takes: weight taken by weight given, 1 at least."""
        most = 1.0
        for i, passed in outlets.items():
            flow = self.sources[i]
            given = flow.amount * self.weights.of(self.subject, flow.resource)
            heavy = [
                self.weights.of(self.subject, d.source.resource) / d.ratio.value for d in into.get(passed.inlet, [])
            ]
            if flow.run is None and given > 0.0:
                most = max(most, self.sinks[passed.inlet].amount * max(heavy, default=1.0) / given)
        return most


def _fed(growing: set[str], outlets: Mapping[str, Passed], into: Mapping[str, list[Deal]]) -> set[str]:
    """Outlets of some, and all that take from them, over however many others: they hold as much as these give them."""
    found = set(growing)
    while more := {
        o for o in outlets.keys() - found if any(d.source.id in found for d in into.get(outlets[o].inlet, []))
    }:
        found |= more
    return found


def _in_rings(growing: set[str], outlets: Mapping[str, Passed], into: Mapping[str, list[Deal]]) -> set[str]:
    """Outlets of some whose stream may come back to them through others of these."""
    after = {i: {o for o in growing if any(d.source.id == i for d in into.get(outlets[o].inlet, []))} for i in growing}
    found = set()
    for i in growing:
        seen, todo = set[str](), [*after[i]]
        while todo:
            if (o := todo.pop()) not in seen:
                seen.add(o)
                todo += after[o]
        if i in seen:
            found.add(i)
    return found


def _differ(one: Range, other: Range) -> bool:
    return any(abs(a - b) > _ROUNDING * 1e-3 * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))


def least_runs(bounded: Bounded, ranges: Mapping[str, Range]) -> dict[str, float]:
    """Operation -> the least it must take for its load, with the best that can come in [unit/yr]; may be inf."""
    return {i: bounded.needed(i, inflow) for i, inflow in _inflows(bounded, ranges).items()}


def most_runs(bounded: Bounded, ranges: Mapping[str, Range]) -> dict[str, float]:
    """Operation -> the most it may take, with the best that can come in [unit/yr]; may be inf, and 0."""
    return {i: bounded.admitted(i, inflow) for i, inflow in _inflows(bounded, ranges).items()}


def _inflows(bounded: Bounded, ranges: Mapping[str, Range]) -> dict[str, Range]:
    """Operation -> the load that can come in with a unit that it takes."""
    into: dict[str, list[Deal]] = {}
    for deal in bounded.deals.values():
        if deal.own or not bounded.own:
            into.setdefault(deal.sink.id, []).append(deal)
    return {i: bounded.inflow(i, into.get(i, []), ranges) for i in bounded.told if bounded.sources[i].run is not None}
