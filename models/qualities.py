"""What streams hold, as the mathematics see it: components, what mixes in proportion, and the units that change it.

A component is what mixes as a weighted mean: a quality by its mean, one more by its worst values where those differ, an
index where a quality mixes by one. Contents are scaled, so that the largest that matters is about 1; a load is content
x weight x amount, so that it is of the size of the flow. Upper limits of a quality are limits of the component of its
highest worst values, lower ones of that of its lowest; fees and removal go by the mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Component = str
OperationId = str
SourceId = str
SinkId = str
Unit = str
State = str
ExchangeId = str

INFINITY = float("inf")


@dataclass(frozen=True)
class OperationData:
    """A water-using operation of fixed load, or one of the parts it may be split into.

    Attributes
    ----------
    unit
        Plant it belongs to; it runs wherever the plant is.
    least, most
        By state, what it may take [unit/yr].
    whole
        Name of the operation it is a part of; the parts of one whole share ``least`` and ``most`` and its load. None
        where it is not split.
    """

    unit: Unit
    least: Mapping[State, float]
    most: Mapping[State, float]
    whole: str | None = None


@dataclass(frozen=True)
class OutletData:
    """A source whose content follows from what its unit takes in.

    Attributes
    ----------
    inlets
        Sinks of the unit whose mixture goes into it.
    kept
        By component, share of the load taken in that leaves with this source.
    picked
        By component and state, load picked up while the unit (or the operation) is there [load/yr].
    operation
        The operation it is the outlet of.
    less
        By component, sources of the unit whose content is given: their load leaves with them, not with this one, which
        holds nothing where they hold more than is kept.
    lowest, highest
        By component, smallest valid bounds of its content, from the data: limits of the outlet, the largest content
        that can come in less what is removed.
    cut
        Components of which nothing in the data is such a bound: they are cut off at ``highest``, and a plan that is as
        high is not proven.
    """

    inlets: tuple[SinkId, ...]
    kept: Mapping[Component, float]
    picked: Mapping[Component, Mapping[State, float]] = field(default_factory=dict)
    operation: OperationId | None = None
    less: Mapping[Component, tuple[SourceId, ...]] = field(default_factory=dict)
    lowest: Mapping[Component, float] = field(default_factory=dict)
    highest: Mapping[Component, float] = field(default_factory=dict)
    cut: frozenset[Component] = frozenset()


@dataclass(frozen=True)
class Bounds:
    """What is admitted of a component: at least, at most."""

    least: float = -INFINITY
    most: float = INFINITY


@dataclass(frozen=True)
class Unknown:
    """A quality that may be unknown in what comes into an inlet, and in what leaves its unit then.

    Attributes
    ----------
    direct
        Exchanges into the inlet of sources that nobody knows the content of.
    passed_on
        (Exchange into the inlet, inlet of the unit it comes from): it brings what may have become unknown there.
    barred
        Exchanges of the unit's outlets that may not be where it is unknown.
    accepted
        Those whose taker limits the quality and accepts it unknown.
    shut
        ("discharged" or "sold", outlet): ways out that are closed where it is unknown.
    """

    direct: tuple[ExchangeId, ...] = ()
    passed_on: tuple[tuple[ExchangeId, SinkId], ...] = ()
    barred: tuple[ExchangeId, ...] = ()
    accepted: tuple[ExchangeId, ...] = ()
    shut: tuple[tuple[str, SourceId], ...] = ()


@dataclass(frozen=True)
class Mixing:
    """What streams hold, and what is admitted.

    Attributes
    ----------
    components
        Component -> (quality; "mean", "highest" or "lowest"; scale: content in the unit of the quality, or of its
        index, that is 1 here). An index that falls below 0 is counted from the lowest number that it comes to.
    weights
        Stream (source, or sink for its conventional supply) -> component -> weight of a unit of it. A missing entry is
        a stream whose content is not known and is accepted as such: it counts for nothing in a mixture.
    contents
        Source -> component -> content, of sources whose content is given.
    supplies
        Sink -> component -> content of its conventional supply.
    outlets
        Sources whose content follows from what their unit takes in. A source is in ``contents`` for some components
        and here for others where the outlet has a fixed content of those.
    limits
        Sink -> component -> what its mixture may hold.
    discharges, sales
        Source -> component -> what may be disposed of, or sold.
    once
        Units that regenerate without recycling: what leaves them may go only where nothing comes from into them,
        directly or by others.
    supply_weights
        Sink -> component -> weight of a unit of its conventional supply, only for sinks whose id is that of a source,
        too, with other weights (``weights`` then has those of the source). See ``supply_weight``.
    leaving
        Source -> component -> what an operation may give at all, only for the diagnosis: else bounds of the outlet say
        it.
    unknowns
        (Inlet, quality) that may be unknown there, and passed on.
    """

    components: Mapping[Component, tuple[str, str, float]]
    weights: Mapping[str, Mapping[Component, float]]
    contents: Mapping[SourceId, Mapping[Component, float]]
    supplies: Mapping[SinkId, Mapping[Component, float]] = field(default_factory=dict)
    outlets: Mapping[SourceId, OutletData] = field(default_factory=dict)
    limits: Mapping[SinkId, Mapping[Component, Bounds]] = field(default_factory=dict)
    discharges: Mapping[SourceId, Mapping[Component, Bounds]] = field(default_factory=dict)
    sales: Mapping[SourceId, Mapping[Component, Bounds]] = field(default_factory=dict)
    once: tuple[Unit, ...] = ()
    supply_weights: Mapping[SinkId, Mapping[Component, float]] = field(default_factory=dict)
    unknowns: Mapping[tuple[SinkId, str], Unknown] = field(default_factory=dict)
    leaving: Mapping[SourceId, Mapping[Component, Bounds]] = field(default_factory=dict)

    def supply_weight(self, sink: SinkId) -> Mapping[Component, float]:
        """Weight of a unit of a sink's conventional supply by component; missing where its content is not known."""
        known = self.supplies.get(sink, {})
        return {c: w for c, w in self.supply_weights.get(sink, self.weights.get(sink, {})).items() if c in known}
