"""What every stream and mixture of a run holds, from its flows and the case alone.

For each quality and state, with x the content (or its blending index), w the weight of a unit, F what leaves a source:

    load(sink)     = sum over what arrives of w x arriving x x(source) + w x supplied x x(supply)
    x(sink)        = load(sink) / weight(sink)
    w F x(outlet)  = kept x load(inlet) + load picked up - load of the unit's outlets of stated content, or 0
    x(outlet)      = x(inlet)          of a quality that mixes by an index: it has no load, and passes unchanged

Contents that the case gives go to the right side, those of outlets are unknowns: one linear system for each quality
and state, so that loops of reuse and recycling need no order. Highest and lowest worst values follow the same
equations. What does not flow has no content. Where a part is not known nothing is, whether or not it is accepted so:
that only means that it may come.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planner.case.contents import holds_none, holds_the_rest
from planner.case.facilities import Facility
from planner.case.mixing_units import Index, index_of, load_unit, weight_per_unit
from planner.case.plants import Sink, Source
from planner.case.qualities import Content, QualityLimit
from planner.results.amounts import NEGLIGIBLE, Amounts, Arrival
from planner.results.books import Books
from planner.results.operations import hours_in, load_share, operation_at
from planner.results.streams import declared, sink, source
from planner.results.terms import accepted_unknown

if TYPE_CHECKING:
    import numpy as np

NAN = float("nan")
#: Condition of a system from which on its contents are open.
_SINGULAR = 1e12


@dataclass(frozen=True)
class Held:
    """What something holds of a quality, in its unit; not a number where it is not known or nothing flows.

    Attributes
    ----------
    highest, lowest
        Of the worst values; the mean where none differs from it.
    """

    mean: float
    highest: float
    lowest: float
    known: bool = True

    @property
    def worst(self) -> float:
        """Highest content where it is above the mean, else the lowest."""
        return self.highest if self.highest > self.mean else self.lowest

    @classmethod
    def made(cls, three: Iterable[float]) -> "Held":
        """From mean, highest and lowest; unknown where one is not a number."""
        mean, highest, lowest = three
        return cls(mean, highest, lowest, known=mean == mean and highest == highest and lowest == lowest)

    @property
    def three(self) -> tuple[float, float, float]:
        """Mean, highest and lowest."""
        return self.mean, self.highest, self.lowest


UNKNOWN = Held(NAN, NAN, NAN, known=False)


@dataclass(frozen=True)
class Part:
    """A part of a mixture: an arrival, or the conventional supply where there is none.

    Attributes
    ----------
    weight
        What comes, in the weight of the quality.
    accepted
        It may come although its content is not known.
    """

    arrival: Arrival | None
    weight: float
    accepted: bool


@dataclass(frozen=True)
class Outlet:
    """A source whose content follows from what goes into its unit: share of that load it keeps, and what it picks up.

    Attributes
    ----------
    inlet
        Sink whose mixture goes into it.
    less
        Load of the other outlets of its unit whose content the case states, mean, highest and lowest [content x
        weight/yr]; it does not leave with this one.
    """

    inlet: str
    kept: float
    picked: float = 0.0
    less: tuple[float, ...] = (0.0, 0.0, 0.0)


def holds(stated: Content | None) -> Held:
    """What the case says a stream holds."""
    if stated is None or stated.mean is None:
        return UNKNOWN
    mean = stated.mean.value
    worst = mean if stated.worst is None else stated.worst.value
    return Held(mean, max(mean, worst), min(mean, worst))


@dataclass(frozen=True)
class Mixtures:
    """Contents of a quality in all streams and mixtures of a run."""

    amounts: Amounts
    quality: str

    @property
    def books(self) -> Books:
        """The run."""
        return self.amounts.books

    @cached_property
    def index(self) -> Index:
        """The index by which the quality mixes."""
        return index_of(self.books.case.qualities[self.quality])

    @property
    def has_loads(self) -> bool:
        """Whether content x weight is a load that is kept: not so of what mixes by an index."""
        return self.books.case.qualities[self.quality].mixing == "mean"

    @cached_property
    def load_unit(self) -> tuple[str, float]:
        """Unit of its loads, and how many of it one content x weight is."""
        return load_unit(self.books.case, self.quality)

    def weight(self, resource: str) -> float:
        """Weight of a unit of a resource; 0 where the case does not say how much it holds."""
        return weight_per_unit(self.books.case, self.quality, resource) or 0.0

    def load(self, resource: str, amount: float, held: Held) -> float:
        """Mean load of an amount of a resource [load/yr]; not a number where its content is not known."""
        weight = amount * self.weight(resource)
        return weight * held.mean * self.load_unit[1] if amount > NEGLIGIBLE and weight > 0 else 0.0

    def limit(self, sink_id: str) -> QualityLimit | None:
        """What a sink admits of the quality."""
        return limits_at(self.books, sink_id).get(self.quality)

    def supply(self, sink_id: str) -> Held:
        """What the conventional supply of a sink holds: what is said of its own resource."""
        return holds(self.books.case.resources[sink(self.books, sink_id).resource].quality.get(self.quality))

    def parts(self, sink_id: str, state: str) -> Iterator[Part]:
        """All that comes into a sink and has a weight."""
        limit = self.limit(sink_id)
        accepted = limit is not None and limit.accept_unknown
        for arrival in self.amounts.into.get((sink_id, state), ()):
            weight = arrival.arriving * self.weight(source(self.books, arrival.source).resource)
            if weight > 0:
                spoken = self.quality in accepted_unknown(self.books, arrival.exchange)
                yield Part(arrival, weight, accepted or spoken)
        weight = self.amounts.supplied(sink_id, state) * self.weight(sink(self.books, sink_id).resource)
        if weight > 0:
            yield Part(None, weight, accepted)

    def of_part(self, sink_id: str, part: Part) -> Held:
        """What a part of a mixture holds."""
        if part.arrival is None:
            return self.supply(sink_id)
        return self.at_source(part.arrival.source, part.arrival.state)

    def at_sink(self, sink_id: str, state: str) -> tuple[Held, float]:
        """What the mixture at a sink holds, and its weight; unknown where a part is."""
        weight, sums, known = 0.0, [0.0, 0.0, 0.0], True
        for part in self.parts(sink_id, state):
            held = self.of_part(sink_id, part)
            known = known and held.known
            weight += part.weight
            if known:
                sums = [x + part.weight * self.index(y) for x, y in zip(sums, held.three, strict=True)]
        if not known or not weight > 0:
            return UNKNOWN, weight
        return Held.made(self.index.back(x / weight) for x in sums), weight

    def at_source(self, source_id: str, state: str) -> Held:
        """What a source holds."""
        found = self._solved.get((source_id, state))
        return self.given(source_id) if found is None else found

    def given(self, source_id: str) -> Held:
        """What the case says a source holds, if it says so."""
        stream = source(self.books, source_id)
        resource = self.books.case.resources[stream.resource].quality.get(self.quality)
        facility = self.books.case.facilities.get(stream.unit)
        if facility is None:
            stated = declared(self.books, stream.unit, stream.name, "sources")
            own = stated.quality if isinstance(stated, Source) else {}
            return holds(own.get(self.quality, resource))
        own = facility.quality.get(stream.name, {})
        treats = facility.treats
        if self.quality not in own and treats is not None and stream.name == treats.outlet:
            left = treats.leaves.get(self.quality)
            if left is not None:
                return Held(left.value, left.value, left.value)
        if (
            treats is not None
            and stream.name == treats.residue
            and holds_none(self.books.case, stream.unit, self.quality)
        ):
            return Held(0.0, 0.0, 0.0)
        return holds(own.get(self.quality, resource))

    def _is_given(self, unit: str, facility: Facility, output: str) -> bool:
        """Whether the case says what an output of a facility holds, or that it is not known."""
        treats = facility.treats
        if treats is None or self.quality in facility.quality.get(output, {}):
            return True
        if output == treats.outlet:
            return self.quality in treats.leaves
        return output != treats.residue or not holds_the_rest(self.books.case, unit, self.quality)

    def _beside(self, unit: str, facility: Facility, output: str, state: str) -> tuple[float, ...]:
        """Load of all other outputs of a facility of which the case says what they hold."""
        sums: tuple[float, ...] = (0.0, 0.0, 0.0)
        for other in facility.outputs:
            source_id = f"{unit} / {other}"
            if other != output and self._is_given(unit, facility, other) and (held := self.given(source_id)).known:
                weight = self.amounts.leaving(source_id, state) * self.weight(other)
                sums = tuple(x + weight * y for x, y in zip(sums, held.three, strict=True))
        return sums

    def outlet(self, source_id: str, state: str) -> Outlet | None:
        """What the content of a source follows from; None where the case gives it."""
        stream = source(self.books, source_id)
        part = operation_at(self.books.case, stream.unit, stream.name)
        if part is not None and declared(self.books, stream.unit, stream.name, "sources") is None:
            if stream.unit not in self.books.places():
                return None
            load = part.stated.load.get(self.quality)
            hourly = load.value / self.load_unit[1] if load is not None else 0.0
            share = self.books.assembly.instance.states[state].weight * load_share(self.books, part, state)
            return Outlet(source_id, 1.0, hourly * hours_in(self.books, stream.unit, state) * share)
        facility = self.books.case.facilities.get(stream.unit)
        if facility is None or facility.treats is None or self._is_given(stream.unit, facility, stream.name):
            return None
        treats, inlet = facility.treats, f"{stream.unit} / {facility.treats.inlet}"
        removed = treats.removes.get(self.quality)
        if stream.name == treats.outlet:
            return Outlet(inlet, 1.0 - (removed.value if removed is not None else 0.0))
        beside = self._beside(stream.unit, facility, stream.name, state)
        return Outlet(inlet, 1.0 if removed is None else removed.value, less=beside)

    @cached_property
    def outlets(self) -> dict[tuple[str, str], Outlet]:
        """(Source, state) -> what its content follows from, of the sources where it does."""
        instance = self.books.assembly.instance
        found = {(i, state): self.outlet(i, state) for i in instance.sources for state in instance.states}
        return {key: outlet for key, outlet in found.items() if outlet is not None}

    @cached_property
    def _solved(self) -> dict[tuple[str, str], Held]:
        """Contents of the outlets, state by state; ``UNKNOWN`` of those that something unknown goes into."""
        solved: dict[tuple[str, str], Held] = {}
        for state in self.books.assembly.instance.states:
            known = self._known(state)
            solved |= {(i, s): UNKNOWN for i, s in self.outlets if s == state and i not in known}
            solved |= {(i, state): held for i, held in self._solve(known, state).items()}
        return solved

    def _known(self, state: str) -> set[str]:
        """Outlets into which nothing unknown goes but what leaves in no share with them."""
        known = {i for i, s in self.outlets if s == state}
        while True:
            lost = {i for i in known if not self._follows(i, state, known)}
            if not lost:
                return known
            known -= lost

    def _follows(self, source_id: str, state: str, known: set[str]) -> bool:
        outlet = self.outlets[source_id, state]
        if not outlet.kept:
            return True
        for part in self.parts(outlet.inlet, state):
            if part.arrival is not None and (part.arrival.source, state) in self.outlets:
                if part.arrival.source not in known:
                    return False
            elif not self._stated(outlet.inlet, part).known:
                return False
        return True

    def _stated(self, sink_id: str, part: Part) -> Held:
        return self.supply(sink_id) if part.arrival is None else self.given(part.arrival.source)

    def _solve(self, known: set[str], state: str) -> dict[str, Held]:
        """Contents of the known outlets that anything leaves."""
        import numpy as np

        sizes = {i: self.amounts.leaving(i, state) * self.weight(source(self.books, i).resource) for i in sorted(known)}
        at = {i: n for n, i in enumerate(i for i, size in sizes.items() if size > NEGLIGIBLE)}
        matrix, right = np.zeros((len(at), len(at))), np.zeros((len(at), 3))
        for i, n in at.items():
            outlet = self.outlets[i, state]
            passed = 0.0
            right[n] += outlet.picked - np.array(outlet.less)
            for part in self.parts(outlet.inlet, state):
                giver, kept = None if part.arrival is None else part.arrival.source, outlet.kept * part.weight
                if giver in at:
                    matrix[n, at[giver]] -= kept
                elif (giver, state) in self.outlets or not (held := self._stated(outlet.inlet, part)).known:
                    continue
                else:
                    right[n] += [kept * self.index(x) for x in held.three]
                passed += kept
            matrix[n, n] += sizes[i] if self.has_loads else passed
        found = _not_below_zero(matrix, right, [n for i, n in at.items() if any(self.outlets[i, state].less)])
        nothing = Held(NAN, NAN, NAN)
        return dict.fromkeys(known, nothing) | {
            i: Held.made(self.index.back(float(x)) if np.isfinite(x) else NAN for x in found[n]) for i, n in at.items()
        }


def _not_below_zero(matrix: "np.ndarray", right: "np.ndarray", rows: Iterable[int]) -> "np.ndarray":
    """Solution of the system; 0 in those of the rows where more leaves beside them than comes in."""
    found = _solution(matrix, right)
    for column in range(right.shape[1]):
        left, loads, empty = matrix.copy(), right[:, [column]].copy(), set[int]()
        while below := {n for n in rows if found[n, column] < 0} - empty:
            empty |= below
            for n in below:
                left[n], left[n, n], loads[n] = 0.0, 1.0, 0.0
            found[:, [column]] = _solution(left, loads)
    return found


def _solution(matrix: "np.ndarray", right: "np.ndarray") -> "np.ndarray":
    """Solution of the system, part by part; not a number where flows in a closed loop leave the contents open."""
    import numpy as np

    found = np.full(right.shape, NAN)
    for rows in _joined(matrix != 0):
        part = matrix[np.ix_(rows, rows)]
        scale = np.abs(part).max(axis=1, keepdims=True)
        if scale.min() > 0 and np.linalg.cond(part / scale) < _SINGULAR:
            found[rows] = np.linalg.solve(part / scale, right[rows] / scale)
    return found


def _joined(touching: "np.ndarray") -> list[list[int]]:
    """Rows that hang together, directly or by others."""
    both, left, parts = touching | touching.T, set(range(len(touching))), []
    while left:
        part, waiting = set(), [min(left)]
        while waiting:
            row = waiting.pop()
            if row not in part:
                part.add(row)
                waiting += [int(other) for other in both[row].nonzero()[0]]
        left -= part
        parts.append(sorted(part))
    return parts


def limits_at(books: Books, sink_id: str) -> dict[str, QualityLimit]:
    """What a sink admits, by quality: of a stream, the inlet of an operation, or the input of a facility."""
    stream = sink(books, sink_id)
    stated = declared(books, stream.unit, stream.name, "sinks")
    if isinstance(stated, Sink):
        return dict(stated.limits)
    part = operation_at(books.case, stream.unit, stream.name)
    if part is not None:
        return {quality: QualityLimit(max=most) for quality, most in part.stated.max_inlet.items()}
    facility = books.case.facilities.get(stream.unit)
    return dict(facility.limits.get(stream.name, {})) if facility is not None else {}
