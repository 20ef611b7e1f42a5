"""Makes the periods of a case from its profiles: typical days in the order of the year, or means of the calendar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.case.files import Folder
from planner.case.marks import Marks, Path
from planner.case.numbers import did_you_mean
from planner.case.periods import HOURS_PER_YEAR, Period
from planner.case.profiles import DAYS, Reduction, Turn
from planner.case.values import HoursPerYear
from planner.errors import Fault
from planner.profiles.calendar import MONTHS, NAMES, names_of_days, parts_of_day, turns_of
from planner.profiles.columns import Numbers, read_courses
from planner.profiles.typical import INSTALL, installed, typical_days


@dataclass(frozen=True)
class _Reduced:
    """Periods of a year, the order of their groups, and profile -> period -> number."""

    periods: dict[str, Period]
    turns: tuple[Turn, ...]
    numbers: dict[str, dict[str, float]]


def with_profiles(case: Case, marks: Marks, files: Folder) -> tuple[Case, list[Fault]]:
    """Read the profiles of a case and make its periods from them.

    Parameters
    ----------
    case
        The case as it was read; one that was reduced before keeps its periods.
    marks, files
        Where its parts stand; its folder.

    Returns
    -------
    Case, list of Fault
        The case with ``periods``, ``turns`` and the numbers of its profiles in each period; what is wrong.
    """
    told = [marks.fault(path, message) for path, message in (*_of_profiles(case), *_of_reduction(case))]
    courses, faults = read_courses(case.profiles, marks, files)
    faults = told + faults
    case._courses = courses
    if faults or case.reduction is None or case.periods:
        return case, faults or [marks.fault(path, message) for path, message in _stated(case)]
    steps = max(course.steps for course in courses.values())
    path: Path = ("reduction",)
    for name, course in courses.items():
        if steps % course.steps:
            message = f"{course.file} has {course.steps} steps a day, another file {steps}; expected a whole multiple"
            faults.append(marks.fault(("profiles", name, "file"), message))
    if not faults:
        try:
            days = {name: course.days(steps) for name, course in courses.items()}
            reduced = _by_calendar(days, case.reduction) if case.reduction.calendar else _typical(days, case.reduction)
        except ValueError as error:
            where = "daytime" if case.reduction.calendar else "typical_days"
            faults.append(marks.fault((*path, where), str(error)))
    if faults:
        return case, faults
    profiles = {
        name: profile.model_copy(update={"periods": reduced.numbers[name]}) if name in reduced.numbers else profile
        for name, profile in case.profiles.items()
    }
    case = case.model_copy(update={"periods": reduced.periods, "turns": reduced.turns, "profiles": profiles})
    return case, [marks.fault(path, message) for path, message in _stated(case)]


def _of_profiles(case: Case) -> Iterator[tuple[Path, str]]:
    """What is wrong with the profiles themselves."""
    for name, profile in case.profiles.items():
        path = ("profiles", name)
        if profile.file is None and not profile.periods:
            yield path, "has no numbers; state the file that has them, or periods"
        if profile.file is None and (profile.column is not None or profile.relative_to is not None):
            yield path, "states column or relative_to, which belong to a file; state file"
        if profile.file is not None and profile.periods and case.reduction is None:
            yield path, "states both file and periods; delete one"
        elif profile.file is not None and case.reduction is None:
            yield path, "nothing says how its steps become periods; state the section reduction"


def _of_reduction(case: Case) -> Iterator[tuple[Path, str]]:
    """What is wrong with the reduction."""
    reduction = case.reduction
    if reduction is None:
        return
    known = [name for name, profile in case.profiles.items() if profile.file is not None]
    if not known:
        yield ("reduction",), "there is no profile with a file to reduce"
    if (reduction.typical_days is None) == (reduction.calendar is None):
        yield ("reduction",), "expected one of reduction.typical_days and reduction.calendar"
    yield from _misplaced(reduction)
    yield from _unknown(reduction, known)
    read = any(not profile.periods for profile in case.profiles.values() if profile.file is not None)
    if case.periods and read:
        yield ("periods",), "are made by the section reduction; delete one of both"
    if case.turns and read:
        yield ("turns",), "follow from the section reduction; delete one of both"
    if not case.periods and reduction.typical_days not in (None, DAYS) and read and not installed():
        yield ("reduction", "typical_days"), f"typical days need the package tsam, which is not installed; {INSTALL}"


def _misplaced(reduction: Reduction) -> Iterator[tuple[Path, str]]:
    """Fields of typical days that stand beside a calendar, and the other way round."""
    for field in ("segments", "method", "representation", "peaks", "lows", "weights"):
        if reduction.calendar is not None and field in reduction.model_fields_set and getattr(reduction, field):
            yield ("reduction", field), "belongs to typical_days, not to calendar"
    if reduction.daytime is not None and reduction.calendar is None:
        yield ("reduction", "daytime"), "belongs to calendar, not to typical_days"


def _unknown(reduction: Reduction, known: list[str]) -> Iterator[tuple[Path, str]]:
    """Names of no profile with a file, and weights that are none."""
    for field in ("peaks", "lows", "weights"):
        for name in getattr(reduction, field):
            if name not in known:
                yield ("reduction", field), f'no profile "{name}" with a file{did_you_mean(name, known)}'
    for name, weight in reduction.weights.items():
        if weight.value <= 0:
            yield ("reduction", "weights", name), f"found {weight.given}; expected more than 0"


def _stated(case: Case) -> Iterator[tuple[Path, str]]:
    """Profiles whose numbers are not those of the periods."""
    for name, profile in case.profiles.items():
        path = ("profiles", name, "periods")
        if not case.periods:
            yield path, "the case has no periods; name them in the section periods"
            continue
        for period in profile.periods:
            if period not in case.periods:
                yield (*path, period), f'no such period: "{period}"{did_you_mean(period, list(case.periods))}'
        missing = [period for period in case.periods if period not in profile.periods]
        if missing:
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            yield path, f"says nothing of {', '.join(missing[:3])}{more}"


def _period(hours: float, of: str | None, note: str) -> Period:
    return Period(hours=HoursPerYear.model_validate(hours), of=of, note=note)


def _typical(days: Mapping[str, Numbers], reduction: Reduction) -> _Reduced:
    """Typical days, each a group whose periods are its steps, in the order of the year.

    Raises
    ------
    ValueError
        If a day has fewer steps than it should have segments.
    """
    steps = next(iter(days.values())).shape[1]
    if reduction.segments is not None and reduction.segments > steps:
        raise ValueError(f"a day of the files has {steps} steps; expected at most as many segments")
    found = typical_days(days, reduction)
    counts = np.bincount(found.of_day)
    periods: dict[str, Period] = {}
    numbers: dict[str, dict[str, float]] = {name: {} for name in days}
    for d, lasting in enumerate(found.hours):
        first = int(np.argmax(found.of_day == d))
        note = f"{counts[d]} days of the year, the first {_date(first)}"
        ends = np.cumsum([0.0, *lasting])
        for n, hours in enumerate(lasting):
            name = f"day {d + 1} h{_clock(ends[n])}-{_clock(ends[n + 1])}"
            periods[name] = _period(float(hours * counts[d]), f"day {d + 1}", note)
            for profile in days:
                numbers[profile][name] = float(found.values[profile][d][n])
    named = [f"day {d + 1}" for d in found.of_day]
    return _Reduced(periods, tuple(Turn(of=name, times=times) for name, times in turns_of(named)), numbers)


def _by_calendar(days: Mapping[str, Numbers], reduction: Reduction) -> _Reduced:
    """Means of months or seasons, each a group where day and night are told apart or it comes back in the year."""
    assert reduction.calendar is not None
    named = names_of_days(reduction.calendar)
    steps = next(iter(days.values())).shape[1]
    parts = parts_of_day(reduction.daytime, steps)
    comes_back = reduction.calendar == "season"
    periods: dict[str, Period] = {}
    numbers: dict[str, dict[str, float]] = {name: {} for name in days}
    for name in dict.fromkeys(named):
        mine = np.array([day == name for day in named])
        group = name if reduction.daytime is not None else f"days of {name}" if comes_back else None
        for part, within in parts.items():
            period = f"{name} {part}".strip()
            hours = HOURS_PER_YEAR / DAYS / steps * float(mine.sum() * within.sum())
            periods[period] = _period(hours, group, f"{int(mine.sum())} days of the year")
            for profile, course in days.items():
                numbers[profile][period] = float(course[mine][:, within].mean())
    of = {name: name if reduction.daytime is not None else f"days of {name}" for name in named}
    turns = tuple(Turn(of=of[name], times=times) for name, times in turns_of(named)) if comes_back else ()
    return _Reduced(periods, turns, numbers)


def _date(day: int) -> str:
    """A day of the year in words."""
    ends = np.cumsum(MONTHS)
    month = int(np.searchsorted(ends, day, side="right"))
    return f"{day - int(ends[month]) + MONTHS[month] + 1} {NAMES[month]}"


def _clock(hour: float) -> str:
    """An hour of the day: 07, or 07:30."""
    minutes = round(float(hour) * 60)
    return f"{minutes // 60:02d}" + (f":{minutes % 60:02d}" if minutes % 60 else "")
