"""Shares lost in a span of time, as what a store loses of its content."""

import math

from planner.case import units
from planner.case.ranges import UnresolvedError
from planner.case.stores import ShareLost


def lost_per_hour(value: ShareLost, unit: str, parts: dict[str, float]) -> tuple[str, dict[str, float]]:
    """A share lost in a day, a month or a year, as the share lost in an hour that comes to the same."""
    spans = [name for name, power in units.parse(unit) if power == -1]
    span = spans[0] if len(spans) == 1 else ""
    time = next((time for time in ("h", "yr") if span and units.converts(span, time)), None)
    if time is None or not units.converts(unit, f"1/{span}"):
        return unit, parts  # said where it is converted
    hours = units.factor(span, time) * (units.HOURS_PER_YEAR if time == "yr" else 1.0)
    shares = {part: units.convert(number, unit, f"1/{span}") for part, number in parts.items()}
    if max(shares.values()) >= 1.0:
        raise UnresolvedError(f"found {value.given}; expected less than 100 % of what is there")
    return "1/h", {part: share if hours == 1.0 else _hourly(share, hours) for part, share in shares.items()}


def _hourly(share: float, hours: float) -> float:
    """Share lost in an hour where ``share`` is lost in so many."""
    return -math.expm1(math.log1p(-share) / hours)
