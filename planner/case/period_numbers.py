"""Numbers that differ by period: which may, what each may be, and what they make of a year."""

import math
from collections.abc import Callable, Mapping, Sequence

from planner.case import units
from planner.case.numbers import did_you_mean
from planner.case.periods import HOURS_PER_YEAR, TOLERANCE_H, may_differ
from planner.case.rates import YEAR_LONG
from planner.case.units import UnitError
from planner.case.values import HoursPerYear, Rate, Value

#: A yearly figure may miss the sum of its periods by this share of it.
ROUNDING = 1e-3

#: Where, what is wrong, whether it is the name of a period that is.
PeriodFault = tuple[tuple[str | int, ...], str, bool]


class PeriodError(ValueError):
    """A number that cannot differ by period so; the message says why."""


def by_period(
    value: Value,
    unit: str,
    path: tuple[str | int, ...],
    periods: Mapping[str, float],
    resolved: Callable[[Value], Value],
    running: Mapping[str, float],
) -> tuple[Value, list[PeriodFault]]:
    """A number that differs by period, each of its numbers in its documented unit, and what is wrong with them.

    Parameters
    ----------
    value
        The number as it was read.
    unit
        Its documented unit.
    path
        Where it stands.
    periods
        Period -> hours of the year.
    resolved
        Converts a number without periods, and raises a ``ValueError`` where that cannot be.
    running
        Period -> hours in which whatever has a rate there runs [h/yr].
    """
    alone = value.model_copy(update={"periods": (), "is_mean": False})
    try:
        in_place(value, path, periods)
    except PeriodError as error:
        return value, [((*path, "periods"), str(error), False)]
    try:
        yearly = alone if value.is_mean else resolved(alone)
    except ValueError as error:
        return value, [(path, str(error), False)]
    found: dict[str, float] = {}
    faults: list[PeriodFault] = []
    for name, number, written in value.periods:
        try:
            check_named(name, written if number else "", type(value), periods)  # nothing is nothing in any unit
            said = f"{number:g} {written}".strip()
            update = {"value": number, "unit": written, "low": None, "high": None, "given": said}
            found[name] = resolved(hours_in(alone.model_copy(update=update), periods[name], name)).value
        except ValueError as error:
            faults.append(((*path, "periods", name), str(error), name not in periods))
    if not faults:
        try:
            return whole(value, yearly, found, (unit, periods, running)), []
        except PeriodError as error:
            return value, [((*path, "periods"), str(error), False)]
    if value.is_mean and isinstance(value, HoursPerYear):  # the number of one period is not that of the year
        return value.model_copy(update={"value": HOURS_PER_YEAR, "unit": unit}), faults
    return value, faults


def in_place(value: Value, path: Sequence[str | int], periods: Mapping[str, float]) -> None:
    """Check that a number may differ by period where it stands, and that all periods have one.

    Raises
    ------
    PeriodError
        If it may not, or a period has none.
    """
    if path and not may_differ(tuple(path)):
        raise PeriodError("this number may not differ by period; state one value")
    if not periods:
        raise PeriodError("the case has no periods; name them in the section periods")
    named = {name for name, _, _ in value.periods}
    missing = [name for name in periods if name not in named]
    if value.is_mean and missing and named <= set(periods):
        raise PeriodError(f"says nothing of {', '.join(missing)}; state a value for the periods that are not named")


def check_named(name: str, unit: str, kind: type[Value], periods: Mapping[str, float]) -> None:
    """Check that a number stands for a period there is, and says how much that is in the period.

    Raises
    ------
    PeriodError
        If there is no such period, or a rate is stated by the year.
    """
    if name not in periods:
        raise PeriodError(f'no such period: "{name}"{did_you_mean(name, list(periods))}')
    if issubclass(kind, Rate) and unit and units.has_any(unit, YEAR_LONG):
        raise PeriodError(f"found a rate in {unit}; state the rate of a period per hour or per day")


def hours_in(value: Value, hours: float, name: str) -> Value:
    """The number of a period, its share of the hours there where it is one of hours.

    Raises
    ------
    PeriodError
        If it is more hours than the period has.
    """
    if not isinstance(value, HoursPerYear):
        return value
    try:
        number = value.value * units.factor(value.unit, "1") * hours if value.unit else value.value
        unit = "h/yr"
    except UnitError:
        number, unit = value.value, value.unit or "h/yr"
        try:
            number, unit = units.convert(number, unit, "h/yr"), "h/yr"
        except UnitError:
            return value  # said where it is converted
    if number > hours + TOLERANCE_H:
        raise PeriodError(f"found {number:g} h/yr; {name} has {hours:g} h/yr")
    return value.model_copy(update={"value": min(number, hours), "unit": unit})


def whole(
    value: Value,
    yearly: Value,
    found: Mapping[str, float],
    what: tuple[str, Mapping[str, float], Mapping[str, float]],
) -> Value:
    """The number with those of its periods and what they make of a year.

    A figure of the year, hours or a rate by the year, holds: what the periods that are named leave of it is spread
    evenly over the others. Hours of the year are the sum of all periods. Where only periods are stated, the value of
    any other number is their mean, weighted by the hours of the periods.

    Raises
    ------
    PeriodError
        If the periods that are named leave less than nothing of a figure of the year, or more than the others hold.
    """
    unit, periods, running = what
    if isinstance(value, HoursPerYear):
        found = {**_unnamed_hours(value, yearly, found, periods), **found}
        number = min(sum(found.values()), HOURS_PER_YEAR)
    elif value.is_mean:
        number = sum(found[t] * h for t, h in periods.items()) / (sum(periods.values()) or 1.0)
    else:
        found = {**_unnamed_rates(value, yearly, found, running), **found}
        number = yearly.value
    stated = tuple((t, found[t], unit) for t in periods if t in found)
    return yearly.model_copy(update={"value": number, "unit": unit, "periods": stated, "given": value.given})


def _unnamed_hours(
    value: Value, yearly: Value, found: Mapping[str, float], periods: Mapping[str, float]
) -> dict[str, float]:
    """Hours of the periods that are not named: a share is one of each of them, hours of the year are theirs together.

    No hours at all are none in each of them.
    """
    others = {t: h for t, h in periods.items() if t not in found}
    if value.is_mean:
        return {}
    if not yearly.value or _is_share(value):
        return {t: yearly.value * h / HOURS_PER_YEAR for t, h in others.items()}
    left, room = yearly.value - sum(found.values()), sum(others.values())
    _check_left(yearly.value, found, (left, room), others, "h/yr")
    left = min(max(left, 0.0), room)
    return {t: left * h / room for t, h in others.items()}


def _unnamed_rates(
    value: Value, yearly: Value, found: Mapping[str, float], running: Mapping[str, float]
) -> dict[str, float]:
    """Rates of the periods that are not named, where the value is an amount of the year; else they have the value."""
    if not isinstance(value, Rate) or not value.unit or not units.has_any(value.unit, YEAR_LONG):
        return {}
    others = {t: h for t, h in running.items() if t not in found}
    amount, room = yearly.value * sum(running.values()), sum(others.values())
    named = {t: rate * running[t] for t, rate in found.items()}
    left = amount - sum(named.values())
    _check_left(amount, named, (left, math.inf if room > 0 else 0.0), others, yearly.unit.removesuffix("/h") + "/yr")
    return {t: max(left, 0.0) / room if room > 0 else 0.0 for t in others}


def _is_share(value: Value) -> bool:
    """Whether hours are stated as a share, "90 %"."""
    try:
        units.factor(value.unit, "1")
    except UnitError:
        return False
    return bool(value.unit)


def _check_left(
    yearly: float, named: Mapping[str, float], what: tuple[float, float], others: Mapping[str, float], unit: str
) -> None:
    """Check that what named periods leave of a figure of the year is not below 0, and has room in the others."""
    left, room = what
    if -ROUNDING * yearly <= left <= room + ROUNDING * yearly:
        return
    said = f"found {yearly:g} {unit} for the year, and {sum(named.values()):g} {unit} in {', '.join(named)}"
    if not others:
        raise PeriodError(f"{said}; leave out the value, or let the periods add up to it")
    if left < 0:
        raise PeriodError(f"{said}, which is more; the value is that of all periods together")
    names = ", ".join(others)
    raise PeriodError(f"{said}; the rest, {left:g} {unit}, does not fit into {names} with {room:g} {unit}")
