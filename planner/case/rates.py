"""Rates that are stated per day or year, per operating hour."""

from planner.case import units
from planner.case.ranges import UnresolvedError

DAY_LONG = frozenset({"d", "day", "days", "week", "weeks"})
YEAR_LONG = frozenset({"yr", "a", "y", "year", "years", "month", "months"})


def per_operating_hour(
    unit: str, expected: str, parts: dict[str, float], operating: tuple[float, float]
) -> tuple[str, dict[str, float]]:
    """A rate per day or year, per operating hour.

    Parameters
    ----------
    unit, expected
        Unit of the rate, and the one per hour that its place asks for.
    parts
        Its number and range.
    operating
        Hours and days a year in which it runs.

    Raises
    ------
    UnresolvedError
        If it runs in none.
    """
    hours, days = operating
    if units.has_any(unit, YEAR_LONG):
        per, spread = "yr", hours
    elif units.has_any(unit, DAY_LONG):
        per, spread = "d", hours / days if days else 0.0
    else:
        return unit, parts
    if spread <= 0:
        raise UnresolvedError(f"is a rate in {unit} of something that operates 0 hours a year")
    amount = expected.removesuffix("/h") + f"/{per}"
    return expected, {part: units.convert(number, unit, amount) / spread for part, number in parts.items()}
