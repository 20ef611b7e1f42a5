"""Sets and parameters of one park, in one unit system.

Amounts are yearly, in the unit of their resource; lengths are already multiplied into the numbers they belong to;
money is scaled (see ``money_scale``). The mapping keys are the index sets of the model: what is not admissible is not
in a mapping, so that the model needs no conditions. ``models/README.md`` has the notation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from .chronology import Chronology, StoreData
from .heat import CascadeData, CascadeId, EquipmentData, MediumId
from .network import MainData, MainId, Node, PathData, StretchData, StretchId
from .qualities import Mixing, OperationData, OperationId
from .rules import Conflict, LandBySize, Limit, Neighbour, Relaxed
from .running import FacilityData as FacilityData
from .running import SegmentData as SegmentData
from .running import SharedHours as SharedHours

Unit = str
PlaceId = str
SourceId = str
SinkId = str
ExchangeId = str
OptionId = str
State = str
Account = str
Pair = tuple[PlaceId, PlaceId]


@dataclass(frozen=True)
class StateData:
    """A state of the world: a slice of the year, a scenario, a phase. One by default.

    Attributes
    ----------
    hours
        Hours of the year in it [h/yr].
    weight
        Probability times share of the horizon; yearly totals are sums of weight x effect.
    phase
        Stage of the build-up.
    """

    hours: float = 8760.0
    weight: float = 1.0
    phase: str = "all"


@dataclass(frozen=True)
class UnitData:
    """A plant, facility, partner or own measure.

    Attributes
    ----------
    kind
        "plant" and "partner" settle as a whole; a "facility" is shared and opens with a segment; a "measure" is a
        facility of one plant, its ``host``, on whose place it stands.
    optional
        A plant that need not settle. Facilities and measures are always optional, unless ``forced``.
    area
        Land it takes [ha].
    host
        The plant a measure belongs to.
    forced
        A facility or measure that must be built (unless ``shared`` is off).
    """

    kind: Literal["plant", "partner", "facility", "measure"]
    optional: bool = False
    area: float = 0.0
    host: Unit | None = None
    forced: bool = False


@dataclass(frozen=True)
class PlaceData:
    """A plot, or the point of a partner.

    Attributes
    ----------
    area
        Usable land [ha].
    tenants
        Most units it holds: 1, or on a plot declared for several the most that fit by area.
    """

    area: float = float("inf")
    tenants: int = 1


@dataclass(frozen=True)
class SourceData:
    """An outgoing stream.

    Attributes
    ----------
    unit
        Who gives.
    amount
        By state, amount made [unit/yr]; for a facility or measure, amount per unit of activity, of a store per unit
        drawn.
    on_demand
        Only what is taken is made; then nothing need be discharged.
    dischargeable
        It may be disposed of outside.
    sale_limit
        Largest amount sold outside [unit/yr]; None where there is no market, inf where there is no limit.
    operation
        The water-using operation that gives it; ``amount`` is then per unit that the operation takes.
    beside
        By state, given besides while the operation runs: what it gains less what it loses [unit/yr].
    medium
        (Cascade, medium) that it is: what a plant's heat cascade gives by it is chosen; ``amount`` is then 1.
    at_once
        Of a facility that cannot keep it: given in the hour in which it is made.
    """

    unit: Unit
    amount: Mapping[State, float]
    on_demand: bool = False
    dischargeable: bool = True
    sale_limit: float | None = None
    operation: OperationId | None = None
    beside: Mapping[State, float] = field(default_factory=dict)
    medium: MediumId | None = None
    at_once: bool = False


@dataclass(frozen=True)
class SinkData:
    """An incoming stream.

    Attributes
    ----------
    unit
        Who takes.
    amount
        By state, amount needed [unit/yr]; for a facility or measure, amount per unit of activity, of a store per unit
        charged.
    suppliable
        It has a conventional supply (bought, or made from what is bought).
    max_exchanged_share
        Largest share of the demand that exchanges meet together.
    whole
        Met whole by one exchange, or by none.
    operation
        The water-using operation that takes it; ``amount`` is then per unit that the operation takes, that is 1.
    max_links
        Largest number of exchanges that feed it; None where there is no limit.
    medium
        (Cascade, medium) that it is: what a plant's heat cascade takes by it is chosen; ``amount`` is then 1.
    at_once
        Of a facility that cannot keep it: used in the hour in which it comes.
    """

    unit: Unit
    amount: Mapping[State, float]
    suppliable: bool = True
    max_exchanged_share: float = 1.0
    whole: bool = False
    operation: OperationId | None = None
    max_links: int | None = None
    medium: MediumId | None = None
    at_once: bool = False


@dataclass(frozen=True)
class PairData:
    """An exchange's option between two places.

    Attributes
    ----------
    owed_loss, least_flow
        By state, what is lost a year while the link is in service, and what must then leave [unit/yr of the source].
        A negative loss arrives besides what leaves.
    share_lost
        Share of the flow lost on the way, 0 <= share < 1.
    length
        Shortest way between the places along the stretches it may follow [km]; 0 where it follows none.
    """

    owed_loss: Mapping[State, float] = field(default_factory=dict)
    share_lost: float = 0.0
    length: float = 0.0
    least_flow: Mapping[State, float] = field(default_factory=dict)


@dataclass(frozen=True)
class OptionData:
    """A way to build an exchange: a mode and size, and which of its twins.

    Attributes
    ----------
    max_flow
        By state, the smallest valid bound on its flow: of stream amounts, rates x shared hours, shares, capacity x
        shared hours / peak factor, the exchange's own maximum [unit/yr].
    pairs
        The admissible pairs of places; empty only for an own exchange (source and sink on one site without a link).
    copy
        0 for the first link, 1 for its twin ...; copies are built in order.
    order
        Rank of its size within the exchange, for the symmetry of twins.
    existing
        Already there: may be used in an "as is" baseline.
    min_flow
        If built, at least this much leaves the source by it [unit/yr].
    main
        The main it uses; its losses are those of the main, not of its pairs.
    in_trench
        A new pipe of its own that follows stretches (``Instance.paths``) and needs a trench.
    owed_per_km, least_per_km
        By state, what both grow by on each kilometre beyond the shortest way, where it lies in a trench [unit/yr/km].
    max_length
        Longest way, where it lies in a trench [km].
    rate
        Most that it carries in an hour, its peak factor taken off [unit/h]; inf where that has no limit of its own.
    """

    max_flow: Mapping[State, float]
    pairs: Mapping[Pair, PairData] = field(default_factory=dict)
    copy: int = 0
    order: int = 0
    existing: bool = False
    min_flow: float = 0.0
    main: MainId | None = None
    in_trench: bool = False
    owed_per_km: Mapping[State, float] = field(default_factory=dict)
    max_length: float = float("inf")
    least_per_km: Mapping[State, float] = field(default_factory=dict)
    rate: float = float("inf")

    def most_arriving(self, t: State) -> float:
        """The most that arrives in a state by a link of its own; a negative loss adds to what leaves [unit/yr]."""
        gained = max((-pair.owed_loss.get(t, 0.0) for pair in self.pairs.values()), default=0.0)
        farther = -self.owed_per_km.get(t, 0.0)
        return self.max_flow[t] + max(0.0, gained) + (farther * self.max_length if farther > 0 else 0.0)


@dataclass(frozen=True)
class ExchangeData:
    """An admissible source -> sink pair.

    Attributes
    ----------
    source, sink
        Its ends.
    ratio
        Units of the sink's resource replaced by one unit that arrives.
    own
        Both ends stand on one site (a plant and itself or its measures): no link, allowed in the baseline.
    options
        Ways to build it.
    min_flow
        If built, at least this much leaves the source [unit/yr], all options together.
    max_flow
        At most this much leaves the source [unit/yr], all options together.
    max_share
        Largest share of the sink's demand this exchange may meet.
    source_hours, sink_hours
        By state, hours a year in which the capacity of a facility at that end works for it: the hours that both ends
        share, less what its peak factor takes [h/yr]. Empty where it does not bind: at a plant, or where the facility
        has no other hours.
    forced
        Must be built wherever ``shared`` is on and both ends are there.
    also
        Resource -> what of it a unit that arrives makes needless at the taker, besides what it replaces.
    most, shares
        With several states: by state, at most this much leaves the source, all options together [unit/yr], and the
        largest share of a plant's demand it may meet, each by the hours that both ends share there. Empty with one
        state, of which ``max_flow`` and ``max_share`` say it.
    source_shares
        By state, largest share that it may take of a source whose amount is chosen, a medium of process heat: what is
        made in the hours that both ends share. Empty where these are all hours of the source.
    within
        By state, the hours that both ends share, and those of its ends.
    """

    source: SourceId
    sink: SinkId
    ratio: float
    own: bool
    options: Mapping[OptionId, OptionData]
    min_flow: float = 0.0
    max_flow: float = float("inf")
    max_share: float = 1.0
    source_hours: Mapping[State, float] = field(default_factory=dict)
    sink_hours: Mapping[State, float] = field(default_factory=dict)
    forced: bool = False
    also: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[State, float] = field(default_factory=dict)
    shares: Mapping[State, float] = field(default_factory=dict)
    source_shares: Mapping[State, float] = field(default_factory=dict)
    within: Mapping[State, SharedHours] = field(default_factory=dict)


@dataclass(frozen=True)
class Instance:
    """Everything the model knows of a park.

    Attributes
    ----------
    states, units, places, sources, sinks, exchanges, facilities
        The sets, with the data of each member. Sources and sinks of facilities and measures have amounts per unit of
        activity.
    admissible
        Places by unit; one entry for a fixed plant or a partner, none for a measure (it stands with its host). A plant
        with no entry cannot be placed: the instance is rejected.
    neighbours, conflicts
        Rules between two units; ``requirement`` names the user's rule.
    violations
        (unit, place) -> requirements broken if it stands there, each with the amount by which. Empty but in a relaxed
        instance, made for the diagnosis only.
    at_most
        Name of the rule -> (units, largest number opened).
    exclusive
        Name of a thing -> (exchange, option) pairs of which at most one is built (an existing pipe).
    tenants_at_least
        Least number of optional plants that settle (goals other than cost); 0 otherwise.
    tenants_fixed
        Exactly these optional plants settle; None where the model chooses.
    accounts
        Account -> what it counts, with its unit. Every reported figure is a sum of accounts.
    effects
        Family -> index -> account -> effect per unit of that variable (yearly; investments in accounts of their own).
    totals
        Reported total -> account -> weight. Must hold "total_annual_cost", "co2e", "waste", "fresh_water",
        "investment", "margin" and "shadow_carbon".
    limits
        Caps, budget and park gate.
    requirements
        Name of a requirement -> the user's words for it, with place in the case file. The name is that of the limit,
        exchange (forced), at_most rule, neighbour or conflict rule, violation, or unit (mandatory plant, forced
        facility) it belongs to, behind its kind: "limit:co2e", "forced:smelter > mill: steam", "settle:mill" ...
    money_scale
        Currency units in one unit of money here.
    nodes
        Place -> its node of the corridor graph, in which ways begin and end.
    junctions
        Nodes of places that ways pass, since several may meet there; through all others none passes.
    relaxed
        What else may give in a relaxed instance; empty in any other.
    stretches, mains
        The corridor graph and the mains that may be laid along it.
    paths
        (exchange, copy) -> where its pipe runs, for options in a trench.
    apart
        Pairs of resources that may not lie in one trench.
    operations
        Water-using operations of fixed load.
    mixing
        What streams hold, and what is admitted; None where the case speaks of no quality.
    bought_by
        (taker, resource that ``also`` of an exchange into it names) -> sink -> what of it a unit of the sink's
        conventional supply buys; absent where the taker has no sink for it, so that its purchase is outside the case.
    stores
        Facilities and measures whose capacity is a content [unit], charged and drawn instead of run.
    chronology
        The states in the order of the year, for stores; None: one after the other, each once.
    cascades, land, equipment
        Heat cascades of plants; land and roofs that facilities take by their size; standby and heat exchangers.
    """

    units: Mapping[Unit, UnitData]
    places: Mapping[PlaceId, PlaceData]
    admissible: Mapping[Unit, tuple[PlaceId, ...]]
    sources: Mapping[SourceId, SourceData]
    sinks: Mapping[SinkId, SinkData]
    exchanges: Mapping[ExchangeId, ExchangeData]
    accounts: Mapping[Account, str]
    effects: Mapping[str, Mapping[tuple[str, ...], Mapping[Account, float]]]
    totals: Mapping[str, Mapping[Account, float]]
    states: Mapping[State, StateData] = field(default_factory=lambda: {"year": StateData()})
    facilities: Mapping[Unit, FacilityData] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    violations: Mapping[tuple[Unit, PlaceId], Mapping[str, float]] = field(default_factory=dict)
    at_most: Mapping[str, tuple[tuple[Unit, ...], int]] = field(default_factory=dict)
    exclusive: Mapping[str, tuple[tuple[ExchangeId, OptionId], ...]] = field(default_factory=dict)
    tenants_at_least: int = 0
    tenants_fixed: tuple[Unit, ...] | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    requirements: Mapping[str, str] = field(default_factory=dict)
    money_scale: float = 1.0
    nodes: Mapping[PlaceId, Node] = field(default_factory=dict)
    stretches: Mapping[StretchId, StretchData] = field(default_factory=dict)
    mains: Mapping[MainId, MainData] = field(default_factory=dict)
    paths: Mapping[tuple[ExchangeId, int], PathData] = field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()
    operations: Mapping[OperationId, OperationData] = field(default_factory=dict)
    mixing: Mixing | None = None
    stores: Mapping[Unit, StoreData] = field(default_factory=dict)
    chronology: Chronology | None = None
    junctions: frozenset[Node] = frozenset()
    relaxed: Relaxed = field(default_factory=Relaxed)
    bought_by: Mapping[tuple[Unit, str], Mapping[SinkId, float]] = field(default_factory=dict)
    cascades: Mapping[CascadeId, CascadeData] = field(default_factory=dict)
    equipment: Mapping[str, EquipmentData] = field(default_factory=dict)
    land: LandBySize = field(default_factory=LandBySize)

    @cached_property
    def closed(self) -> frozenset[Node]:
        """Nodes of places that no way passes."""
        return frozenset(self.nodes.values()) - self.junctions

    @cached_property
    def spots(self) -> Mapping[PlaceId, frozenset[Node]]:
        """Place -> nodes at which it needs no pipe: its own, and where its free accesses lead."""
        beyond: dict[Node, set[Node]] = {}
        for stretch in self.stretches.values():
            if stretch.free:
                beyond.setdefault(stretch.tail, set()).add(stretch.head)
                beyond.setdefault(stretch.head, set()).add(stretch.tail)
        return {p: frozenset({v} | beyond.get(v, set())) for p, v in self.nodes.items()}

    def meet(self, p: PlaceId, q: PlaceId) -> bool:
        """Whether nothing need be laid between two places: one and the same, or on the network at one node."""
        return p == q or not self.spots[p].isdisjoint(self.spots[q])

    def giver(self, e: ExchangeId) -> Unit:
        """Unit that gives in exchange e; for a measure, still the measure."""
        return self.sources[self.exchanges[e].source].unit

    def taker(self, e: ExchangeId) -> Unit:
        """Unit that takes in exchange e; for a measure, still the measure."""
        return self.sinks[self.exchanges[e].sink].unit

    def stands(self, unit: Unit) -> Unit:
        """The unit whose place a unit shares: the host of a measure, else the unit itself."""
        return self.units[unit].host or unit

    def pairs(self) -> Iterator[tuple[ExchangeId, OptionId, PlaceId, PlaceId]]:
        """All (exchange, option, from place, to place) that are admissible."""
        for e, exchange in self.exchanges.items():
            for s, option in exchange.options.items():
                for p, q in option.pairs:
                    yield e, s, p, q
