"""Typical days of profiles, by the package tsam, so that the mean of each profile over the year is kept.

Hoffmann, Kotzur & Stolten (2022, "The Pareto-optimal temporal aggregation of energy system models", Applied Energy 315)
compare the methods; hierarchical grouping by Ward's distance with segments inside the days is among the best of them.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from planner.case.profiles import DAYS, Reduction
from planner.profiles.columns import Numbers

#: What to type where tsam is not installed.
INSTALL = "pip install 'ecopark-planner[profiles]'"
HOURS_PER_DAY = 24.0
#: Rounds of scaling until a mean is kept; each one sets the values at the peak apart.
_ROUNDS = 100


@dataclass(frozen=True)
class TypicalDays:
    """Typical days of a year.

    Attributes
    ----------
    of_day
        Day of the year -> number of its typical day, counted in the order in which they first come.
    hours
        Typical day -> hours of each of its steps.
    values
        Profile -> typical day -> number in each of its steps.
    """

    of_day: NDArray[np.int64]
    hours: tuple[tuple[float, ...], ...]
    values: Mapping[str, tuple[Numbers, ...]]


def installed() -> bool:
    """Whether tsam is there."""
    return find_spec("tsam") is not None


def typical_days(courses: Mapping[str, Numbers], reduction: Reduction) -> TypicalDays:
    """Find the typical days of a year.

    Parameters
    ----------
    courses
        Profile -> day, step -> number, of shape (365, steps of a day).
    reduction
        What the case says of it.

    Returns
    -------
    TypicalDays
        The mean over the year of each profile is that of its course; nothing lies outside the range of the course.
    """
    steps = next(iter(courses.values())).shape[1]
    if reduction.typical_days == DAYS and reduction.segments in (None, steps):
        every = tuple((HOURS_PER_DAY / steps,) * steps for _ in range(DAYS))
        return TypicalDays(np.arange(DAYS), every, {name: tuple(days) for name, days in courses.items()})
    found = _grouped(courses, reduction, steps)
    alone = _alone(found, courses, reduction)
    kept = {name: _with_mean(found, name, days, alone) for name, days in courses.items()}
    return TypicalDays(found.of_day, found.hours, kept)


def _grouped(courses: Mapping[str, Numbers], reduction: Reduction, steps: int) -> TypicalDays:
    """Typical days as tsam has them, in the order in which they first come."""
    import pandas as pd
    import tsam

    assert reduction.typical_days is not None
    data = pd.DataFrame({name: days.ravel() for name, days in courses.items()})
    data.index = pd.date_range("2023-01-01", periods=len(data), freq=pd.Timedelta(hours=HOURS_PER_DAY / steps))
    method = tsam.KMeans(random_state=0) if reduction.method == "kmeans" else reduction.method
    extremes = tsam.ExtremeConfig(max_value=list(reduction.peaks), min_period=list(reduction.lows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how far it is off is told by the table of profiles
        found = tsam.aggregate(
            data,
            reduction.typical_days,
            period_duration=HOURS_PER_DAY,
            temporal_resolution=HOURS_PER_DAY / steps,
            cluster=tsam.ClusterConfig(method=method, representation=reduction.representation),
            segments=None if reduction.segments in (None, steps) else tsam.SegmentConfig(reduction.segments),
            extremes=extremes if extremes.has_extremes() else None,
            weights={name: weight.value for name, weight in reduction.weights.items()} or None,
        )
    labels = found.cluster_assignments
    order = list(dict.fromkeys(int(label) for label in labels))
    number = {label: n for n, label in enumerate(order)}
    lasting = found.segment_durations
    table = found.cluster_representatives
    hours = [(1,) * steps if lasting is None else lasting[label] for label in order]
    return TypicalDays(
        np.array([number[int(label)] for label in labels]),
        tuple(tuple(HOURS_PER_DAY / steps * n for n in day) for day in hours),
        {name: tuple(table.loc[label][name].to_numpy(dtype=float) for label in order) for name in courses},
    )


def _alone(found: TypicalDays, courses: Mapping[str, Numbers], reduction: Reduction) -> frozenset[int]:
    """Typical days that stand for an extreme day, whose numbers are not scaled."""
    days = [int(courses[name].max(axis=1).argmax()) for name in reduction.peaks]
    days += [int(courses[name].mean(axis=1).argmin()) for name in reduction.lows]
    counts = np.bincount(found.of_day)
    return frozenset(int(found.of_day[day]) for day in days if counts[found.of_day[day]] == 1)


def _with_mean(found: TypicalDays, name: str, days: Numbers, alone: frozenset[int]) -> tuple[Numbers, ...]:
    """Numbers of a profile, scaled (shifted where some are negative) so that its mean over the year is kept.

    Numbers stay within the range of the course: what would leave it stays at its end, and the rest is scaled further.
    """
    counts = np.bincount(found.of_day)
    values = np.clip(np.concatenate(found.values[name]), days.min(), days.max())
    weight = np.concatenate([np.array(h) * counts[d] for d, h in enumerate(found.hours)])
    owner = np.concatenate([np.full(len(h), d) for d, h in enumerate(found.hours)])
    target = float(days.mean()) * float(weight.sum())
    free = ~np.isin(owner, list(alone))
    for fixed in (~free, np.zeros_like(free)):  # the extreme days, too, if the others alone cannot make it
        values = _balanced(values, weight, ~fixed, target, (float(days.min()), float(days.max())))
        if abs(float(values @ weight) - target) <= 1e-12 * float(np.abs(values) @ weight):
            break
    ends = np.cumsum([len(h) for h in found.hours])[:-1]
    return tuple(np.split(values, ends))


def _balanced(
    values: Numbers, weight: Numbers, free: NDArray[np.bool_], target: float, span: tuple[float, float]
) -> Numbers:
    """Values within a span whose weighted sum is the target: free ones scaled, or shifted where that cannot be."""
    values = values.copy()
    for _ in range(_ROUNDS):
        missing = target - float(values @ weight)
        if missing == 0.0:
            break
        loose = free & (values < span[1] if missing > 0 else values > span[0])
        part = float(values[loose] @ weight[loose])
        if not loose.any():
            break
        if span[0] >= 0.0 and part > 0.0:
            values[loose] *= 1.0 + missing / part
        else:
            values[loose] += missing / float(weight[loose].sum())
        values = np.clip(values, *span)
        if abs(missing) <= 1e-15 * float(np.abs(values) @ weight):
            break
    return values
