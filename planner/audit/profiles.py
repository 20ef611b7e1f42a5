"""Checks of profiles: the periods keep the mean of the files, numbers follow them, and the table tells how far off."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import HOURS_OF_YEAR, Facts
from planner.audit.network import number, word
from planner.audit.reading import rows_of
from planner.case.values import HoursPerYear, Section, Value

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

KEPT = "profiles: the periods keep their mean over the year"
FOLLOWED = "profiles: numbers follow them from period to period"
TOLD = "profiles: the table tells how far the periods are off"
#: Share of the largest value by which a mean may be off.
CLOSE = 1e-6


def check_profiles(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check the profiles of a case against its files; nothing where it has none."""
    case = facts.case
    if not case.profiles:
        return
    checks.start(KEPT)
    checks.start(FOLLOWED)
    checks.start(TOLD)
    hours = {name: period.hours.value for name, period in case.periods.items()}
    expected: dict[str, dict[str, float]] = {}
    for name, course in case.courses.items():
        steps, values = [float(x) for x in course.values], case.profiles[name].periods
        kept = sum(values[t] * hours[t] for t in hours) / HOURS_OF_YEAR
        mean, largest = math.fsum(steps) / len(steps), max(abs(x) for x in steps)
        if not abs(kept - mean) <= CLOSE * largest:
            checks.fail(KEPT, f"{name}: the mean of the periods is {kept:.8g}, that of {course.file} {mean:.8g}")
        expected[name] = {
            **{"mean": mean, "mean_in_periods": kept, "peak": max(steps), "peak_in_periods": max(values.values())},
            **{"least": min(steps), "least_in_periods": min(values.values())},
            "duration_rmse": _apart(steps, [(values[t], hours[t]) for t in hours]),
        }
    for where, value in _following(case, ""):
        _follows(facts, where, value, hours, checks)
    rows = {word(row, "profile"): row for row in rows_of(tables, "profiles")}
    if rows.keys() != expected.keys():
        checks.fail(TOLD, f"the table has {', '.join(rows) or 'none'}, the case {', '.join(expected) or 'none'}")
    for name in rows.keys() & expected.keys():
        if word(rows[name], "file") != case.profiles[name].file:
            checks.fail(TOLD, f"{name}: file is {word(rows[name], 'file')!r}, {case.profiles[name].file!r} by the case")
        for column, amount in expected[name].items():
            checks.equal(TOLD, f"{name}: {column}", number(rows[name], column), amount)


def _apart(steps: list[float], periods: list[tuple[float, float]]) -> float:
    """Root mean squared difference of the duration curves: both are walked through from their highest value down."""
    length = HOURS_OF_YEAR / len(steps)
    mine = [(value, length) for value in sorted(steps, reverse=True)]
    theirs = sorted(periods, reverse=True)
    total, i, j, left, other = 0.0, 0, 0, mine[0][1], theirs[0][1]
    while i < len(mine) and j < len(theirs):
        together = min(left, other)
        total += (mine[i][0] - theirs[j][0]) ** 2 * together
        left, other = left - together, other - together
        if left <= 1e-9:
            i += 1
            left = length
        if other <= 1e-9:
            j += 1
            other = theirs[j][1] if j < len(theirs) else 0.0
    return math.sqrt(total / HOURS_OF_YEAR)


def _following(node: Any, where: str) -> Iterator[tuple[str, Value]]:
    """Numbers of a case that follow a profile."""
    if isinstance(node, Value):
        if node.profile is not None:
            yield where, node
    elif isinstance(node, Section):
        for name in type(node).model_fields:
            yield from _following(getattr(node, name), f"{where}.{name}".lstrip("."))
    elif isinstance(node, Mapping):
        for key, item in node.items():
            yield from _following(item, f"{where}.{key}")
    elif isinstance(node, tuple):
        for n, item in enumerate(node, 1):
            yield from _following(item, f"{where}[{n}]")


def _follows(facts: Facts, where: str, value: Value, hours: Mapping[str, float], checks: Checks) -> None:
    """Check the numbers of a value: those of hours are shares of the hours of each period."""
    profile = facts.case.profiles[value.profile or ""].periods
    weights = hours if isinstance(value, HoursPerYear) else dict.fromkeys(hours, 1.0)
    year = 1.0 if isinstance(value, HoursPerYear) else HOURS_OF_YEAR
    whole = sum(profile[t] * hours[t] for t in hours) / year
    largest = max((abs(x) for _, x, _ in value.periods), default=0.0) * max(abs(x) for x in profile.values())
    for t in hours:
        told, due = value.at(t) * whole, value.value * profile[t] * weights[t]
        if not abs(told - due) <= CLOSE * (largest + abs(due)):
            message = f"{where} is {value.at(t):.8g} in {t}, not in the proportion of {value.profile}"
            checks.fail(FOLLOWED, message)
