"""Amounts by the day of plants that say how many hours they run, but not on how many days: which days were taken."""

import re
from collections.abc import Iterator, Mapping

from planner.case.case import Case
from planner.case.marks import field_text
from planner.case.plants import Stream, Tenant
from planner.case.references import values_in
from planner.case.units import HOURS_PER_YEAR
from planner.case.values import Rate

#: Hours a year from which on it hardly matters how the days are counted [h/yr].
ALL_YEAR = 8000.0
#: So few hours a year may be those of a day [h].
_A_DAY = 24.0
_DAILY = re.compile(r"(?:/|\bper)\s*\(?\s*(?:d|days?)\b")


def is_daily(text: str) -> bool:
    """Whether a number as it was written is one by the day, as in 5 t/d."""
    return _DAILY.search(text) is not None


def few_days(hours: float | None) -> float | None:
    """Days of 24 h that are taken for some hours a year [d/yr]; None where hours run all year, or are not known."""
    return hours / 24 if hours is not None and hours < ALL_YEAR else None


def told(case: Case) -> Iterator[str]:
    """Notes on amounts by the day whose days follow from hours alone, and on hours a year that may be those of a day.

    Parameters
    ----------
    case
        The resolved case.
    """
    for name, tenant in (*case.plants.items(), *case.partners.items()):
        if tenant.hours is not None and 0 < tenant.hours.value <= _A_DAY:
            number = f"{tenant.hours.value:g}"
            yield f"{name}: operates {number} h/yr as stated; if hours a day are meant, write `hours: {number} h/d`"
        for days, fields in _taken(tenant).items():
            yield (
                f"{name}: `days` is not stated, so amounts by the day ({', '.join(fields)}) count for {days:.4g} d/yr, "
                f"its {24 * days:.4g} h/yr by days of 24 h; state `days` if it runs on more, shorter days (one shift "
                "on 250 days: 250)"
            )


def _taken(tenant: Tenant) -> Mapping[float, list[str]]:
    """Days taken -> streams, with their rate as written, of a plant or partner."""
    found: dict[float, list[str]] = {}
    for side, streams in (("sources", tenant.given), ("sinks", tenant.taken)):
        for name, stream in streams.items():
            days = few_days(_hours(tenant, stream)) if stream.hours or not tenant.days else None
            if days is not None and is_daily(stream.rate.given):
                found.setdefault(days, []).append(f"{side}.{name}.rate {stream.rate.given}")
    if (days := few_days(_hours(tenant, None))) is not None and not tenant.days:
        for name, operation in tenant.operations.items():
            found.setdefault(days, []).extend(
                f"{field_text(path)} {value.given}"
                for path, value in values_in(operation, ("operations", name))
                if isinstance(value, Rate) and is_daily(value.given)
            )
    return {days: fields for days, fields in found.items() if fields}


def _hours(tenant: Tenant, stream: Stream | None) -> float:
    if stream is not None and stream.hours is not None:
        return stream.hours.value
    if tenant.hours is not None:
        return tenant.hours.value
    return HOURS_PER_YEAR - (tenant.stops.value if tenant.stops is not None else 0.0)
