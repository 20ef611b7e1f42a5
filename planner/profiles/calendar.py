"""Means of profiles over months or seasons, of the whole day or of day and night."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.case.profiles import DAYS

MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
#: Month -> its season.
_SEASONS = ("winter", "winter", *("spring",) * 3, *("summer",) * 3, *("autumn",) * 3, "winter")


def names_of_days(kind: str) -> list[str]:
    """Day of the year -> its month or season."""
    names = NAMES if kind == "month" else _SEASONS
    return [name for name, days in zip(names, MONTHS, strict=True) for _ in range(days)]


def turns_of(names: list[str]) -> Iterator[tuple[str, int]]:
    """(Name, days) of the stretches of a year, in order."""
    start = 0
    for n in range(1, DAYS + 1):
        if n == DAYS or names[n] != names[start]:
            yield names[start], n - start
            start = n


def parts_of_day(daytime: tuple[float, float] | None, steps: int) -> dict[str, NDArray[np.bool_]]:
    """Part of the day -> whether each step falls into it; "" is all of it.

    Raises
    ------
    ValueError
        If day or night is empty, or begins within a step.
    """
    if daytime is None:
        return {"": np.ones(steps, dtype=bool)}
    start, end = (hour * steps / 24.0 for hour in daytime)
    if not 0 <= daytime[0] < daytime[1] <= 24 or daytime[1] - daytime[0] == 24:
        raise ValueError(f"found {daytime[0]:g} to {daytime[1]:g} h; expected hours from 0 to 24 that leave a night")
    if start != int(start) or end != int(end):
        raise ValueError(f"found {daytime[0]:g} to {daytime[1]:g} h; expected whole steps of {24 / steps:g} h")
    day = (np.arange(steps) >= start) & (np.arange(steps) < end)
    return {"night": ~day, "day": day}
