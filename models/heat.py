"""Heat cascades of plants, as the mathematics see them.

Temperatures are shifted: hot streams are lowered by their own contribution to the least approach, cold ones raised by
it, so that heat passes wherever a hot shifted temperature is not below a cold one. Intervals run from the top down; an
interval of no width holds streams that change phase at one temperature. Within a state the streams of a plant run side
by side: what has to be kept for other hours needs a state of its own, and a store.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

CascadeId = str
MediumName = str
MediumId = tuple[CascadeId, MediumName]
Group = str
State = str
Unit = str
Interval = int


@dataclass(frozen=True)
class MediumData:
    """A medium or utility: a hot or cold stream whose load is chosen.

    Attributes
    ----------
    group
        The hot or cold group of the cascade whose heat it is part of.
    hot
        It gives heat to the cascade (steam or hot water that the plant takes, cold that it gives); else it takes heat
        from it (steam or hot water that the plant raises, cooling or chilled water that it takes).
    heat
        Heat given or taken by a unit of it [MWh/unit], positive.
    spread
        Interval -> share of that heat; shares add up to 1.
    most
        By state, the most that can be of use [unit/yr].
    """

    group: Group
    hot: bool
    heat: float
    spread: Mapping[Interval, float]
    most: Mapping[State, float]


@dataclass(frozen=True)
class CascadeData:
    """The heat cascade of a plant.

    Attributes
    ----------
    unit
        The plant.
    bounds
        Upper and lower shifted temperature of each interval, from the top down [degC].
    hot, cold
        Group of streams -> state -> interval -> heat that its process streams give or need there [MWh/yr]. Streams of
        one group have the same forbidden matches; without any, one group is enough. A group holds process streams or
        media, not both.
    media
        What the plant takes and gives, by name; a source or sink of the instance names it (``medium``).
    forbidden
        (Hot group, cold group) between which no heat may pass.
    hours
        By state, hours in which the plant runs [h/yr].
    existing
        Heat that exchangers between its process streams can pass that are there already [MW].
    """

    unit: Unit
    bounds: tuple[tuple[float, float], ...]
    hot: Mapping[Group, Mapping[State, Mapping[Interval, float]]]
    cold: Mapping[Group, Mapping[State, Mapping[Interval, float]]]
    media: Mapping[MediumName, MediumData]
    forbidden: frozenset[tuple[Group, Group]] = frozenset()
    hours: Mapping[State, float] = field(default_factory=dict)
    existing: float = 0.0

    def load(self, group: Group, hot: bool, t: State, k: Interval) -> float:
        """Heat of the process streams of a group in an interval [MWh/yr]."""
        return (self.hot if hot else self.cold)[group].get(t, {}).get(k, 0.0)

    def total(self, hot: bool, t: State) -> float:
        """Heat of all hot or all cold process streams [MWh/yr]."""
        return sum(x for loads in (self.hot if hot else self.cold).values() for x in loads.get(t, {}).values())

    @cached_property
    def members(self) -> Mapping[tuple[bool, Group], tuple[MediumName, ...]]:
        """(Hot, group) -> its media."""
        found: dict[tuple[bool, Group], tuple[MediumName, ...]] = {}
        for name, medium in self.media.items():
            key = medium.hot, medium.group
            found[key] = (*found.get(key, ()), name)
        return found

    def largest(self, group: Group, hot: bool, t: State, k: Interval) -> float:
        """Most heat of a group in an interval, with its media [MWh/yr]."""
        by_media = sum(
            self.media[n].heat * self.media[n].spread.get(k, 0.0) * self.media[n].most[t]
            for n in self.members.get((hot, group), ())
        )
        return self.load(group, hot, t, k) + by_media


@dataclass(frozen=True)
class EquipmentData:
    """Equipment of a plant at one of its streams, sized on what exchanges with others move there.

    Attributes
    ----------
    stream
        The source or sink.
    at_source
        True for a source: by what leaves it; else by what arrives.
    heat
        (Exchange, state) -> heat at its peak that needs the equipment, over ``hours`` of the state, per unit moved
        [MWh/unit].
    hours
        State -> hours that ``heat`` is spread over [h/yr].
    existing
        There already [MW].
    most
        The most that can be of use [MW].
    """

    stream: str
    at_source: bool
    heat: Mapping[tuple[str, State], float]
    hours: Mapping[State, float]
    existing: float = 0.0
    most: float = float("inf")
