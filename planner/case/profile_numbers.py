"""Numbers that follow a profile: what they are in each period."""

import math
from typing import TYPE_CHECKING

from planner.case import units
from planner.case.numbers import did_you_mean
from planner.case.ranges import UnresolvedError
from planner.case.units import UnitError
from planner.case.values import HoursPerYear, Value

if TYPE_CHECKING:
    from planner.case.case import Case

#: A number follows its profile up to this share of the largest: it was written with all its digits.
_ROUNDING = 1e-9


def by_profile(case: "Case", value: Value) -> Value:
    """A number times its profile: one for each period, and as value what they make of a year.

    Parameters
    ----------
    case
        The case, its profiles with their numbers by period.
    value
        The number as it was read. Hours are shares of those of a period, all of them where only the profile is stated.

    Raises
    ------
    UnresolvedError
        If there is no such profile, or it leads out of the range of the number.
    """
    profile = case.profiles.get(value.profile or "")
    if profile is None:
        raise UnresolvedError(
            f'no such profile: "{value.profile}"{did_you_mean(value.profile or "", list(case.profiles))}'
        )
    if not case.periods or profile.periods.keys() != case.periods.keys():
        return value  # said of the profile
    unit = value.unit
    if isinstance(value, HoursPerYear):
        if not value.is_mean and (not unit or not units.converts(unit, "1")):
            raise UnresolvedError(f"found {value.given}; hours follow a profile as a share: 100 %, or leave value out")
        unit = unit or "1"
    _check_span(case, value)
    mean = _mean(case, profile.periods)
    parts = {part: getattr(value, part) for part in ("low", "high")}
    scaled = {part: None if number is None else number * mean for part, number in parts.items()}
    numbers = tuple((name, value.value * profile.periods[name], unit) for name in case.periods)
    return value.model_copy(
        update={**scaled, "value": value.value * mean, "unit": unit, "periods": numbers, "is_mean": False}
    )


def follows(case: "Case", value: Value) -> bool:
    """Whether the numbers of a resolved value are in the proportion of its profile."""
    profile = case.profiles.get(value.profile or "")
    if profile is None or profile.periods.keys() != case.periods.keys():
        return True  # said of the profile
    hours = isinstance(value, HoursPerYear)
    weight = {name: period.hours.value for name, period in case.periods.items()}
    shape = {name: number * (weight[name] if hours else 1.0) for name, number in profile.periods.items()}
    whole = sum(shape.values()) if hours else _mean(case, profile.periods)
    largest = max((abs(number) for _, number, _ in value.periods), default=0.0) * max(map(abs, shape.values()))
    told = ((value.at(name) * whole, value.value * number) for name, number in shape.items())
    return all(math.isclose(a, b, rel_tol=_ROUNDING, abs_tol=_ROUNDING * largest) for a, b in told)


def _mean(case: "Case", numbers: dict[str, float]) -> float:
    """Mean over the year, weighted by the hours of the periods."""
    hours = {name: period.hours.value for name, period in case.periods.items()}
    return sum(numbers[name] * hours[name] for name in hours) / (sum(hours.values()) or 1.0)


def _check_span(case: "Case", value: Value) -> None:
    """Check every step of the profile against the range of the number, as far as units tell.

    Raises
    ------
    UnresolvedError
        With the first line of the file that leads out of it.
    """
    course = case.courses.get(value.profile or "")
    if course is None:
        return  # its numbers by period are checked like any
    try:
        scale = units.factor(value.unit, "1") if value.unit else 1.0
        most = type(value).maximum if not isinstance(value, HoursPerYear) else 1.0
    except UnitError:
        scale, most = 1.0, None
    numbers = course.values * (value.value * scale)
    low, high = int(numbers.argmin()), int(numbers.argmax())
    least = type(value).minimum
    for step, bound, word in ((low, least, "at least"), (high, most, "at most")):
        if bound is not None and (numbers[step] < bound if word == "at least" else numbers[step] > bound * (1 + 1e-12)):
            raise UnresolvedError(
                f"the profile {value.profile} makes it {numbers[step]:g} in {course.file}, line {course.lines[step]}; "
                f"expected {word} {bound:g}"
            )
