"""Reads the columns of profiles from the CSV files of a case; every fault of a file with its line."""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from planner.case.files import Folder, OutsideFolderError
from planner.case.marks import Marks
from planner.case.numbers import did_you_mean, parse_number
from planner.case.profiles import DAYS, Profile
from planner.case.yaml_reader import read_text
from planner.errors import CaseError, Fault

Numbers = NDArray[np.float64]
#: Headers of a first column that says when a step begins.
_TIMES = ("time", "date", "datetime", "timestamp")
#: Faults of a column that are told one by one.
_TOLD = 5
_LEAP_DAY = 31 + 28


@dataclass(frozen=True)
class Course:
    """A profile as its file has it.

    Attributes
    ----------
    values
        Step of the year -> number, 365 days of as many steps each.
    file
        Where it stands.
    lines
        Step -> line of the file.
    leap
        True where a 29 February was left out.
    """

    values: Numbers
    file: str
    lines: tuple[int, ...]
    leap: bool = False

    @property
    def steps(self) -> int:
        """Steps of a day."""
        return len(self.values) // DAYS

    def days(self, steps: int) -> Numbers:
        """Day, step -> number, each step repeated so that a day has ``steps``."""
        return np.repeat(self.values, steps // self.steps).reshape(DAYS, steps)


@dataclass(frozen=True)
class _Table:
    """A file: its header, its rows as text, and the line of each."""

    name: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read_courses(profiles: Mapping[str, Profile], marks: Marks, files: Folder) -> tuple[dict[str, Course], list[Fault]]:
    """Read the profiles that have a file.

    Parameters
    ----------
    profiles
        Name -> what the case says of it.
    marks, files
        Where the case's parts stand; its folder, which remembers the files as used.

    Returns
    -------
    dict of str to Course, list of Fault
        Those without a fault, divided by their mean or peak where that is asked; and all faults.
    """
    tables: dict[str, _Table | None] = {}
    found: dict[str, Course] = {}
    faults: list[Fault] = []
    for name, profile in profiles.items():
        if profile.file is None:
            continue
        if profile.file not in tables:
            tables[profile.file], more = _table(profile.file, name, marks, files)
            faults += more
        table = tables[profile.file]
        if table is None:
            continue
        column = profile.column or name
        if column not in table.header:
            message = f"{profile.file} has no column {column}{did_you_mean(column, table.header)}"
            faults.append(marks.fault(("profiles", name, "column" if profile.column else "file"), message))
            continue
        values, more = _numbers(table, column)
        faults += more
        if not more:
            try:
                found[name] = _shaped(_course(table, values), profile)
            except ValueError as error:
                faults.append(marks.fault(("profiles", name, "relative_to"), str(error)))
    return found, faults


def _table(name: str, profile: str, marks: Marks, files: Folder) -> tuple[_Table | None, list[Fault]]:
    """A file as text, and what is wrong with its rows; None where it cannot be used."""
    if message := files.missing(name):
        return None, [marks.fault(("profiles", profile, "file"), message)]
    try:
        text = read_text(files.path(name), name)
        files.used(name)
        rows = list(_split(text))
    except (CaseError, OutsideFolderError, csv.Error) as error:
        told = list(error.faults) if isinstance(error, CaseError) else []
        return None, told or [Fault(name, 1, 1, "", f"cannot be read as a table: {error}")]
    if not rows:
        return None, [Fault(name, 1, 1, "", "is empty; expected a line of names and a row for each step")]
    header = [cell.strip() for cell in rows[0][1]]
    table = _Table(name, header, [cells for _, cells in rows[1:]], [line for line, _ in rows[1:]])
    faults = [*_twice(table), *_count(table), *_times(table)]
    return (None if faults else table), faults


def _split(text: str) -> Iterator[tuple[int, list[str]]]:
    """(Line, cells) of the rows that are not blank."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    line = 1
    for cells in reader:
        here, line = line, reader.line_num + 1
        if any(cell.strip() for cell in cells):
            yield here, cells


def _twice(table: _Table) -> Iterator[Fault]:
    for number, column in enumerate(table.header, 1):
        if column and column in table.header[: number - 1]:
            yield Fault(table.name, 1, number, column, "the column is there twice")


def _count(table: _Table) -> Iterator[Fault]:
    """A year has as many steps every day, 365 or 366 times."""
    rows = len(table.rows)
    if rows and (rows % DAYS == 0 or rows % (DAYS + 1) == 0):
        return
    message = f"has {rows} rows below its names; expected 8760 (hours), 35040 (quarter-hours) or as many every day"
    yield Fault(table.name, table.lines[-1] if rows else 1, 1, "", f"{message}, of 365 or 366 days")


def _times(table: _Table) -> Iterator[Fault]:
    """A first column of times runs evenly, from the first hour of a year."""
    if table.header[0].lower() not in _TIMES or not table.rows:
        return
    try:
        times = [datetime.fromisoformat(cells[0].strip()) for cells in table.rows]
    except ValueError:
        return  # numbers of hours or words of the user's own
    start = times[0]
    if (start.month, start.day, start.hour, start.minute) != (1, 1, 0, 0):
        message = f"begins at {start}; expected 1 January 00:00, the beginning of the first step"
        yield Fault(table.name, table.lines[0], 1, table.header[0], message)
    step = _step(times)
    for n in range(1, len(times)):
        if times[n] - times[n - 1] != step:
            message = f"{times[n]} comes after {times[n - 1]}; expected steps of {step}, without summer time or gaps"
            yield Fault(table.name, table.lines[n], 1, table.header[0], message)
            return


def _step(times: Sequence[datetime]) -> timedelta:
    """Length of a step: what makes a year of them, and where rows are too few or many, what is there most often."""
    for days in (DAYS, DAYS + 1):
        if len(times) % days == 0:
            return timedelta(days=days) / len(times)
    steps = Counter(after - before for before, after in zip(times, times[1:], strict=False))
    return steps.most_common(1)[0][0] if steps else timedelta(hours=1)


def _numbers(table: _Table, column: str) -> tuple[list[float], list[Fault]]:
    """Numbers of a column."""
    place = table.header.index(column)
    values: list[float] = []
    wrong: list[tuple[int, str]] = []
    for line, cells in zip(table.lines, table.rows, strict=True):
        text = cells[place].strip() if place < len(cells) else ""
        try:
            value = float(text)
            if not math.isfinite(value):
                raise ValueError
        except ValueError:
            value = 0.0
            wrong.append((line, text))
        values.append(value)
    faults = [Fault(table.name, line, place + 1, column, _why(text)) for line, text in wrong[:_TOLD]]
    if len(wrong) > _TOLD:
        line = wrong[_TOLD][0]
        message = f"and {len(wrong) - _TOLD} more rows without a number"
        faults.append(Fault(table.name, line, place + 1, column, message))
    return values, faults


def _why(text: str) -> str:
    """What is wrong with a cell."""
    if not text:
        return "is blank; expected a number in every step"
    try:
        _, unit, _ = parse_number(text)
    except ValueError as error:
        return str(error)
    return f'found "{text}"; expected a number without unit, which the case states ({unit})'


def _course(table: _Table, values: Sequence[float]) -> Course:
    """The column as a year of 365 days."""
    leap = len(values) % DAYS != 0
    lines = table.lines
    if leap:
        steps = len(values) // (DAYS + 1)
        first, last = _LEAP_DAY * steps, (_LEAP_DAY + 1) * steps
        values = [*values[:first], *values[last:]]
        lines = [*lines[:first], *lines[last:]]
    return Course(np.array(values, dtype=float), table.name, tuple(lines), leap)


def _shaped(course: Course, profile: Profile) -> Course:
    """The course divided by its mean or peak, where the case asks for that.

    Raises
    ------
    ValueError
        If that is not above 0.
    """
    if profile.relative_to is None:
        return course
    whole = float(course.values.mean() if profile.relative_to == "mean" else course.values.max())
    if whole <= 0.0:
        raise ValueError(f"its {profile.relative_to} is {whole:g}; expected more than 0 to divide by")
    return Course(course.values / whole, course.file, course.lines, course.leap)
