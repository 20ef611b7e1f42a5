"""Sizes of facilities, the hours in which they run, and those that an exchange has for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

State = str


@dataclass(frozen=True)
class SharedHours:
    """Hours of an exchange in a state, and of its ends.

    Attributes
    ----------
    hours
        In which both ends run [h/yr].
    source, sink
        In which either end runs [h/yr].
    """

    hours: float
    source: float
    sink: float


@dataclass(frozen=True)
class SegmentData:
    """A stretch of a facility's investment curve: capacity within [low, high], in activity/h."""

    low: float
    high: float


@dataclass(frozen=True)
class FacilityData:
    """Sizes of a facility or measure.

    Attributes
    ----------
    segments
        At most one is opened. Investment is an effect of ``opened`` (intercept) and ``capacity`` (slope).
    hours
        By state, activity a year per unit of capacity: operating hours x availability / peak factor [h/yr]. Of a store,
        whose capacity is its content, the hours in which it may be charged and drawn.
    least
        By state, least activity where it is built [activity/yr].
    running
        By state, hours in which it runs [h/yr]; only where its streams are given or used at once.
    law
        Investment as a power law, (coefficient, exponent) in scaled money and activity/h, where the segments are chords
        of it: yearly effect and one-off effect by account follow in ``Instance.effects`` of the segments, and per unit
        of what the law is beyond its chords, money per money, in those of the family "beyond".
    """

    segments: Mapping[str, SegmentData]
    hours: Mapping[State, float]
    least: Mapping[State, float] = field(default_factory=dict)
    law: tuple[float, float] | None = None
    running: Mapping[State, float] = field(default_factory=dict)
