"""Whether a content keeps a limit, and the words of the technical verdict."""

from planner.case.qualities import QualityLimit
from planner.report.numbers import amount
from planner.results.mixtures import Held

#: A limit may be exceeded by this share of it: rounding of the solver.
TOLERANCE = 1e-4
ALONE, MIXED, UNFIT, UNKNOWN = "fits alone", "fits in a mixture", "does not fit", "unknown"


def breaks(held: Held, limit: QualityLimit, quality: str, unit: str) -> str:
    """What of a limit is broken, in words; "" where it is kept."""
    if limit.max_ is not None and held.highest > limit.max_.value + TOLERANCE * abs(limit.max_.value) + 1e-9:
        return f"{quality} {amount(held.highest)}{unit} is above {amount(limit.max_.value)}"
    if limit.min_ is not None and held.lowest < limit.min_.value - TOLERANCE * abs(limit.min_.value) - 1e-9:
        return f"{quality} {amount(held.lowest)}{unit} is below {amount(limit.min_.value)}"
    return ""
