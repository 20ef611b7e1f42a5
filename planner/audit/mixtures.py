"""What every stream of a run holds, from its flows and the case alone.

A stream holds what the case says of it, or what follows from all that goes into the unit it leaves: for each quality
one linear system over all such streams, so that loops of reuse need no order. Means, highest and lowest worst values
follow the same equations.

What is accepted unknown counts for nothing where that limit is checked. It stays unknown all the same: so is what is
told of the mixture (``told_mixture``), and all that comes of it, for every limit that follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.audit.facts import Facts
from planner.audit.outlets import NEGLIGIBLE as NEGLIGIBLE
from planner.audit.outlets import Outlet, at_least_nothing, of_treatment, untouched
from planner.case.mixing_units import Index, index_of
from planner.case.qualities import Content, QualityLimit

if TYPE_CHECKING:
    from planner.audit.flows import Key, Run

NAN = float("nan")
#: What is computed of every content.
STATES = ("mean", "highest", "lowest")


@dataclass(frozen=True)
class Holds:
    """What a stream holds of a quality, in its unit.

    Attributes
    ----------
    mean, highest, lowest
        The mean, and the ends of the worst values; not a number where nothing is known, or nothing flows.
    known
        False where it is not known.
    """

    mean: float
    highest: float
    lowest: float
    known: bool = True

    @property
    def worst(self) -> float:
        """The highest where it is above the mean, else the lowest."""
        return self.highest if self.highest > self.mean else self.lowest

    def of(self, state: str) -> float:
        """One of the three by its name."""
        return float(getattr(self, state))


UNKNOWN = Holds(NAN, NAN, NAN, known=False)
#: Of what does not flow.
IDLE = Holds(NAN, NAN, NAN)


@dataclass(frozen=True)
class Part:
    """Something that comes into a mixture.

    Attributes
    ----------
    key
        (unit, source) it comes from; None for the conventional supply.
    amount, weight
        What arrives in a year, in its own unit and in the weight of the quality.
    accepted
        It may come although its content is not known, and then counts for nothing.
    """

    key: "Key | None"
    amount: float
    weight: float
    accepted: bool


def _held(index: Index, mixed: list[float]) -> Holds:
    """What a stream holds whose mixing indices are these; nothing known of what does not flow."""
    if any(x != x for x in mixed):
        return IDLE
    mean, highest, lowest = (index.back(x) for x in mixed)
    return Holds(mean, highest, lowest)


class Mixtures:
    """Contents of all streams of a run."""

    def __init__(self, facts: Facts, run: "Run") -> None:
        self.facts = facts
        self.run = run
        self._solved: dict[str, dict[Key, Holds]] = {}

    @cached_property
    def incoming(self) -> "Mapping[Key, list[Mapping[str, Any]]]":
        """(unit, sink) -> rows of the exchanges that feed it."""
        found: dict[Key, list[Mapping[str, Any]]] = defaultdict(list)
        for row in self.run.exchanges:
            found[str(row["to"]), str(row["sink"])].append(row)
        return found

    @cached_property
    def leaving(self) -> "Mapping[Key, float]":
        """(unit, source) -> all that leaves in a year."""
        found: dict[Key, float] = defaultdict(float)
        for row in self.run.exchanges:
            found[str(row["from"]), str(row["source"])] += float(row["flow_per_yr"])
        for table in (self.run.discharged, self.run.sold):
            for key, amount in table.items():
                found[key] += amount
        return found

    def limit(self, unit: str, sink: str, quality: str) -> QualityLimit | None:
        """What a sink admits of a quality; None where it says nothing."""
        return limits_of(self.facts, unit, sink).get(quality)

    def parts(self, unit: str, sink: str, quality: str) -> list[Part]:
        """All that comes into a sink: what arrives by exchanges, and its conventional supply."""
        limit = self.limit(unit, sink, quality)
        accepted = limit is not None and limit.accept_unknown
        found = []
        for row in self.incoming.get((unit, sink), []):
            giver, source = str(row["from"]), str(row["source"])
            amount = float(row["flow_per_yr"]) - float(row["lost_per_yr"])
            weight = self.facts.weight(self.facts.stream_resource(giver, "source", source), quality)
            terms = self.facts.terms(giver, unit, source, sink)
            spoken = terms is not None and quality in terms.accept_unknown
            found.append(Part((giver, source), amount, amount * weight, accepted or spoken))
        bought = self.run.supplied.get((unit, sink), 0.0)
        weight = self.facts.weight(self.facts.stream_resource(unit, "sink", sink), quality)
        found.append(Part(None, bought, bought * weight, accepted))
        return [part for part in found if abs(part.amount) > NEGLIGIBLE]

    def supply(self, unit: str, sink: str, quality: str) -> Holds:
        """What the conventional supply of a sink holds."""
        stated = self.facts.case.resources[self.facts.stream_resource(unit, "sink", sink)].quality.get(quality)
        return holds(stated)

    def part(self, unit: str, sink: str, part: Part, quality: str) -> Holds:
        """What a part of a mixture holds."""
        return self.supply(unit, sink, quality) if part.key is None else self.source(*part.key, quality)

    def source(self, unit: str, stream: str, quality: str) -> Holds:
        """What a source holds."""
        if quality not in self._solved:
            self._solved[quality] = self._solve(quality)
        found = self._solved[quality].get((unit, stream))
        if found is None and self.outlet(unit, stream, quality) is not None:
            return IDLE  # of a unit that is not there
        return found or self._fixed(unit, stream, quality)

    def mixture(self, unit: str, sink: str, quality: str) -> Holds:
        """What all that comes into a sink holds together; of what is accepted unknown, nothing counts."""
        index, weight, sums = self._index(quality), 0.0, dict.fromkeys(STATES, 0.0)
        for part in self.parts(unit, sink, quality):
            held = self.part(unit, sink, part, quality)
            if not held.known:
                if part.accepted or not part.weight > 0:
                    continue
                return UNKNOWN
            weight += part.weight
            for state in STATES:
                sums[state] += part.weight * index.to(held.of(state))
        if not weight > 0:
            return IDLE
        return _held(index, [sums[state] / weight for state in STATES])

    def weight_of_known(self, unit: str, sink: str, quality: str) -> float:
        """Weight of what comes into a sink and is known."""
        parts = self.parts(unit, sink, quality)
        return sum(part.weight for part in parts if self.part(unit, sink, part, quality).known)

    def told_mixture(self, unit: str, sink: str, quality: str) -> Holds:
        """What may be told of a mixture: nothing where a part of it is not known."""
        parts = [part for part in self.parts(unit, sink, quality) if part.weight > 0]
        told = all(self.part(unit, sink, part, quality).known for part in parts)
        return self.mixture(unit, sink, quality) if told else UNKNOWN

    def outlet(self, unit: str, stream: str, quality: str) -> Outlet | None:
        """What the content of a source follows from; None where the case gives it."""
        operation = self.facts.operation(unit, stream)
        if operation is not None and self.facts.stream(unit, "source", stream) is None:
            load = operation.load.get(quality)
            hourly = load.value / self.facts.load_unit(quality)[1] if load else 0.0
            picked = hourly * self.facts.unit_hours(unit) * self.run.load_share(self.facts, unit, stream)
            return Outlet(((unit, stream),), 1.0, picked)
        facility = self.facts.case.facilities.get(unit)
        if facility is None or quality in facility.quality.get(stream, {}):
            return None
        by_mean = self.facts.case.qualities[quality].mixing == "mean"
        return of_treatment(unit, facility, stream, quality, by_mean=by_mean)

    def _index(self, quality: str) -> Index:
        return index_of(self.facts.case.qualities[quality])

    def _fixed(self, unit: str, stream: str, quality: str) -> Holds:
        """What the case says a source holds."""
        resource = self.facts.case.resources[self.facts.stream_resource(unit, "source", stream)]
        own = getattr(self.facts.stream(unit, "source", stream), "quality", {})
        facility = self.facts.case.facilities.get(unit)
        if facility is not None:
            own = facility.quality.get(stream, {})
            if quality not in own and facility.treats is not None and stream == facility.treats.outlet:
                left = facility.treats.leaves.get(quality)
                if left is not None:
                    return Holds(left.value, left.value, left.value)
            if untouched(self.facts.case, unit, stream, quality):
                return Holds(0.0, 0.0, 0.0)
        return holds(own[quality] if quality in own else resource.quality.get(quality))

    def _solve(self, quality: str) -> "dict[Key, Holds]":
        """Contents of all sources that follow from what their unit takes in."""
        import numpy as np

        outlets = self._outlets(quality)
        known = self._known(outlets, quality)
        solved = {key: UNKNOWN for key in outlets if key not in known}
        order = {key: n for n, key in enumerate(sorted(known))}
        if not order:
            return solved
        index = self._index(quality)
        matrix, right = np.zeros((len(order), len(order))), np.zeros((len(order), len(STATES)))
        for key, n in order.items():
            resource = self.facts.stream_resource(key[0], "source", key[1])
            leaving = self.leaving.get(key, 0.0) * self.facts.weight(resource, quality)
            passed = 0.0
            right[n] += outlets[key].picked
            for sink, part in self._going_in(outlets[key].inlets, quality):
                load = outlets[key].kept * part.weight
                if part.key in order:
                    matrix[n, order[part.key]] -= load
                    passed += load
                    continue
                held = self.supply(*sink, quality) if part.key is None else self._fixed(*part.key, quality)
                if held.known and part.key not in outlets:
                    right[n] += [load * index.to(held.of(state)) for state in STATES]
                    passed += load
            right[n] -= self._beside(key[0], outlets[key], quality)
            # what mixes by an index has no load: it passes unchanged, whatever water is lost or gained
            by_load = self.facts.case.qualities[quality].mixing == "mean" or not leaving
            matrix[n, n] += leaving if by_load else passed
        contents = at_least_nothing(matrix, right, [n for key, n in order.items() if outlets[key].beside])
        for key, n in order.items():
            solved[key] = _held(index, [float(x) for x in contents[n]])
            if matrix[n, n] > NEGLIGIBLE and solved[key].mean != solved[key].mean:
                solved[key] = UNKNOWN  # a closed loop
        return solved

    def _outlets(self, quality: str) -> "dict[Key, Outlet]":
        """Sources of the run whose content does not stand in the case."""
        keys = [(unit, stream) for unit in sorted(self.run.present) for stream in self.facts.streams(unit, "source")]
        found = {key: self.outlet(*key, quality) for key in keys}
        return {key: outlet for key, outlet in found.items() if outlet is not None}

    def _going_in(self, inlets: "Iterable[Key]", quality: str) -> "list[tuple[Key, Part]]":
        return [(sink, part) for sink in inlets for part in self.parts(*sink, quality)]

    def _beside(self, unit: str, outlet: Outlet, quality: str) -> list[float]:
        """Loads of the outputs of stated content beside an outlet: mean, highest, lowest [content x weight/yr]."""
        loads = dict.fromkeys(STATES, 0.0)
        for output in outlet.beside:
            held = self._fixed(unit, output, quality)
            weight = self.leaving.get((unit, output), 0.0) * self.facts.weight(output, quality)
            for state in STATES if held.known else ():
                loads[state] += weight * held.of(state)
        return list(loads.values())

    def _known(self, outlets: "Mapping[Key, Outlet]", quality: str) -> "set[Key]":
        """Outlets whose content is known: nothing unknown goes in, accepted so or not, but what is removed whole."""
        known = set(outlets)
        while True:
            lost = {
                key for key in known if outlets[key].kept and not self._knows(outlets[key], (known, outlets), quality)
            }
            if not lost:
                return known
            known -= lost

    def _knows(self, outlet: Outlet, among: "tuple[set[Key], Mapping[Key, Outlet]]", quality: str) -> bool:
        known, outlets = among
        for sink, part in self._going_in(outlet.inlets, quality):
            if not part.weight > 0:
                continue
            if part.key in outlets:
                if part.key not in known:
                    return False
            elif not (self.supply(*sink, quality) if part.key is None else self._fixed(*part.key, quality)).known:
                return False
        return True


def holds(stated: Content | None) -> Holds:
    """What the case says of a content."""
    if stated is None or stated.mean is None:
        return UNKNOWN
    mean = stated.mean.value
    worst = mean if stated.worst is None else stated.worst.value
    return Holds(mean, max(mean, worst), min(mean, worst))


def limits_of(facts: Facts, unit: str, sink: str) -> dict[str, QualityLimit]:
    """What a sink admits, by quality."""
    stream, operation = facts.stream(unit, "sink", sink), facts.operation(unit, sink)
    if stream is not None:
        return dict(getattr(stream, "limits", {}))
    if operation is not None:
        return {quality: QualityLimit(max=most) for quality, most in operation.max_inlet.items()}
    facility = facts.case.facilities.get(unit)
    return dict(facility.limits.get(sink, {})) if facility is not None else {}
