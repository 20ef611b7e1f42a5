"""Rates that are stated per day, week, month or year, per operating hour.

A year, a month and a week are of the calendar: what they say is an amount of the year, whenever the plant runs. A day
is one of operation: the plant's own days count.
"""

from collections.abc import Callable

from planner.case import units
from planner.case.ranges import UnresolvedError

HOUR_LONG = frozenset({"h", "hr", "hour", "hours"})
DAY_LONG = frozenset({"d", "day", "days"})
WEEK_LONG = frozenset({"week", "weeks"})
#: Spans of the calendar: an amount in one of them is an amount of the year.
YEAR_LONG = frozenset({"yr", "a", "y", "year", "years", "month", "months"}) | WEEK_LONG
WEEKS_PER_YEAR = units.DAYS_PER_YEAR / 7


def yearly(unit: str, amount: str, operating: Callable[[], tuple[float, float]]) -> float | None:
    """Amount of a year in one of a unit that is stated by the year, month, week, day or hour; None of any other unit.

    Parameters
    ----------
    unit
        As in t/week.
    amount
        What is counted, as in t.
    operating
        Tells the hours and days a year in which it runs; asked for amounts by the hour or day only.

    Raises
    ------
    UnitError
        If the unit counts something else.
    """
    for names, span, times in ((WEEK_LONG, "week", WEEKS_PER_YEAR), (YEAR_LONG, "yr", 1.0)):
        if units.has_any(unit, names):
            return units.factor(unit, f"{amount}/{span}") * times
    for place, (names, span) in enumerate(((HOUR_LONG, "h"), (DAY_LONG, "d"))):
        if units.has_any(unit, names):
            return units.factor(unit, f"{amount}/{span}") * operating()[place]
    return None


def per_operating_hour(
    unit: str, expected: str, parts: dict[str, float], operating: tuple[float, float]
) -> tuple[str, dict[str, float]]:
    """A rate per day, week, month or year, per operating hour.

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
    if units.has_any(unit, WEEK_LONG):
        per, spread = "week", hours / WEEKS_PER_YEAR
    elif units.has_any(unit, YEAR_LONG):
        per, spread = "yr", hours
    elif units.has_any(unit, DAY_LONG):
        per, spread = "d", hours / days if days else 0.0
    else:
        return unit, parts
    if spread <= 0:
        raise UnresolvedError(f"is a rate in {unit} of something that operates 0 hours a year")
    amount = expected.removesuffix("/h") + f"/{per}"
    return expected, {part: units.convert(number, unit, amount) / spread for part, number in parts.items()}


def per_year(
    unit: str, expected: str, parts: dict[str, float], days: float | None = None
) -> tuple[str, dict[str, float]]:
    """An amount of the year that is stated by the week or, where ``days`` a year are known, by the day.

    Parameters
    ----------
    unit, expected
        Unit of the amount, and the one per year that its place asks for.
    parts
        Its number and range.
    days
        Days a year, where an amount may be stated by the day.
    """
    amount = expected.removesuffix("/yr")
    if units.has_any(unit, WEEK_LONG):
        per, times = "week", WEEKS_PER_YEAR
    elif days is not None and units.has_any(unit, DAY_LONG):
        per, times = "d", days
    else:
        return unit, parts
    return expected, {part: units.convert(number, unit, f"{amount}/{per}") * times for part, number in parts.items()}
