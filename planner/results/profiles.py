"""Table ``profiles``: how far the periods are from the profiles that they were made of."""

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.case.case import Case
from planner.case.periods import HOURS_PER_YEAR
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from planner.profiles.columns import Course


def profiles_table(case: Case) -> "pd.DataFrame":
    """Make the ``profiles`` table: a row for each profile that has a file; empty where none has.

    Mean, peak and least value stand beside what the periods make of them. ``duration_rmse`` is the root of the mean
    squared difference of both duration curves (values of all steps of the year, sorted), in the unit of the profile.
    """
    import pandas as pd

    rows = [_row(case, name, course) for name, course in case.courses.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["profiles"]))


def _row(case: Case, name: str, course: "Course") -> dict[str, Any]:
    hours = np.array([period.hours.value for period in case.periods.values()])
    values = np.array([case.profiles[name].periods[t] for t in case.periods])
    return {
        "profile": name,
        "file": course.file,
        "mean": float(course.values.mean()),
        "mean_in_periods": float(values @ hours / hours.sum()),
        "peak": float(course.values.max()),
        "peak_in_periods": float(values.max()),
        "least": float(course.values.min()),
        "least_in_periods": float(values.min()),
        "duration_rmse": duration_rmse(course.values, values, hours),
    }


def duration_rmse(
    steps: "np.ndarray[Any, np.dtype[np.float64]]",
    values: "np.ndarray[Any, np.dtype[np.float64]]",
    hours: "np.ndarray[Any, np.dtype[np.float64]]",
) -> float:
    """Root mean squared difference of two duration curves of a year.

    Parameters
    ----------
    steps
        Values of even steps, of shape (steps,).
    values, hours
        Values of the periods and the hours of each [h/yr], of shape (periods,).
    """
    falling = np.argsort(-values, kind="stable")
    ends = np.cumsum(hours[falling])
    own = np.linspace(0.0, HOURS_PER_YEAR, len(steps) + 1)
    cuts = np.unique(np.concatenate([own, ends[:-1]]))
    middle = (cuts[:-1] + cuts[1:]) / 2
    first = -np.sort(-steps)[np.minimum((middle / HOURS_PER_YEAR * len(steps)).astype(int), len(steps) - 1)]
    second = values[falling][np.minimum(np.searchsorted(ends, middle), len(values) - 1)]
    return float(np.sqrt(((first - second) ** 2) @ np.diff(cuts) / HOURS_PER_YEAR))
