"""Rules between units, and bounds on what a park buys, emits and spends, as the mathematics see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Unit = str
PlaceId = str
ExchangeId = str
OptionId = str
Account = str


@dataclass(frozen=True)
class Neighbour:
    """The unit may stand on this place only if the other stands on one of the near ones."""

    requirement: str
    unit: Unit
    place: PlaceId
    other: Unit
    near: tuple[PlaceId, ...]


@dataclass(frozen=True)
class Conflict:
    """The unit on this place and the other on one of the near ones exclude each other. Both directions are listed.

    Attributes
    ----------
    amounts
        By how much each of the near places breaks it; for the diagnosis only, and nothing where it is not known.
    """

    requirement: str
    unit: Unit
    place: PlaceId
    other: Unit
    near: tuple[PlaceId, ...]
    amounts: Mapping[PlaceId, float] = field(default_factory=dict)


class _Size(Protocol):
    """A piece of an investment curve."""

    @property
    def low(self) -> float:
        """Smallest capacity."""

    @property
    def high(self) -> float:
        """Largest capacity."""


@dataclass(frozen=True)
class LandBySize:
    """Land and roofs that facilities and measures take by their capacity.

    Attributes
    ----------
    ground
        Unit -> land per unit of capacity [ha]; that at its smallest capacity is part of its own land (``UnitData``).
    roof
        Measure -> roof of its host that a unit of capacity covers [ha].
    roofs
        Host -> roof there is [ha].
    """

    ground: Mapping[Unit, float] = field(default_factory=dict)
    roof: Mapping[Unit, float] = field(default_factory=dict)
    roofs: Mapping[Unit, float] = field(default_factory=dict)

    def most(self, unit: Unit, segments: Iterable[_Size]) -> float:
        """Most land that a unit takes beyond its smallest capacity [ha]."""
        sizes = list(segments)
        return self.ground[unit] * (max(x.high for x in sizes) - min(x.low for x in sizes))


@dataclass(frozen=True)
class Limit:
    """A bound on a weighted sum of accounts: cap, budget, park gate.

    Attributes
    ----------
    weights
        Account -> weight.
    bound
        In the unit of the weighted sum.
    max_expansion
        Largest expansion that may be bought; 0 where it may not. The price is an effect of ``expanded``.
    ceiling
        The most the sum can be, from the data: the valid big-M where the baseline lifts the limit.
    expandable_in_baseline
        True where expansion has a price: the baseline, too, pays for what it needs beyond the bound.
    expanded_with
        The limit whose expansion this one has, too: a peak that holds in every period is expanded once for all.
    """

    weights: Mapping[Account, float]
    bound: float
    max_expansion: float = 0.0
    ceiling: float = float("inf")
    expandable_in_baseline: bool = False
    expanded_with: str | None = None


@dataclass(frozen=True)
class Relaxed:
    """What may give in a relaxed instance, besides rows and places; for the diagnosis only.

    Attributes
    ----------
    forbidden
        Exchange that the case forbids -> requirement it breaks if it is built.
    links
        Option of an exchange -> requirement that its least flow is of.
    capacities
        Facility -> its largest capacity; its segments go beyond [activity/h].
    arrivals
        Option of an exchange -> requirement that what flows by it arrives hot (or cold) enough.
    """

    forbidden: Mapping[ExchangeId, str] = field(default_factory=dict)
    links: Mapping[tuple[ExchangeId, OptionId], str] = field(default_factory=dict)
    capacities: Mapping[Unit, float] = field(default_factory=dict)
    arrivals: Mapping[tuple[ExchangeId, OptionId], str] = field(default_factory=dict)
