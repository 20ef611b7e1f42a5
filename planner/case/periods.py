"""Periods of the year, and what a number is in each of them.

Hours of all periods add up to the year. An amount of a period is what there is in it over the whole year, so that
yearly amounts are plain sums. A case without periods has one state, the year.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from planner.case import units
from planner.case.values import Duration, HoursPerYear, Name, Section, Value

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.facilities import Facility
    from planner.case.plants import Stream, Tenant

#: Name of the one state of a case without periods.
YEAR = "year"
HOURS_PER_YEAR = 8760.0
HOURS_PER_DAY = 24.0
#: Hours by which the periods may miss the year.
TOLERANCE_H = 1e-6
#: Length of a cycle where none is stated [h].
CYCLE_H = 24.0
#: Places of the numbers that may differ by period, of plants and partners.
_OF_TENANTS = (
    *("*.hours", "*.stops"),
    *(f"*.{streams}.*.{field}" for streams in ("sources", "sinks") for field in ("rate", "availability", "hours")),
    *("*.sources.*.sale.price", "*.sources.*.discharge.cost", "*.sources.*.discharge.co2e"),
    *("*.process_heat.streams.*.load", "*.process_heat.streams.*.capacity_flow"),
    *("*.process_heat.takes.*.limit", "*.process_heat.gives.*.limit", "*.process_heat.gives.*.sale.price"),
    *("*.process_heat.gives.*.discharge.cost", "*.process_heat.gives.*.discharge.co2e"),
)
_DIFFERING = tuple(
    tuple(place.split("."))
    for place in (
        *("resources.*.price", "resources.*.sale.price", "resources.*.co2e.*"),
        *("resources.*.discharge.cost", "resources.*.discharge.co2e"),
        *(f"impacts.categories.*.resources.*.{stage}" for stage in ("use", "supply", "discharge")),
        *("ground", "park_gate.*.peak", "facilities.*.hours"),
        *("facilities.*.availability", "facilities.*.capacity_factor"),
        *(f"{kind}.{place}" for kind in ("plants", "partners") for place in _OF_TENANTS),
    )
)


class Period(Section):
    """A slice of the year: a season, a month, a shift of its days, the weekends."""

    hours: HoursPerYear
    """Hours of the year in it; "25 %" is of 8760 h. Those of all periods add up to 8760 h."""
    of: Name | None = None
    """Group of periods, standing together, that are steps of a cycle which repeats: day and night of the winter. A
    period without one is a group of its own and is passed once a year."""
    cycle: Duration = Field(default_factory=lambda: Duration.model_validate("24 h"))
    """Length of the cycle that the periods of a group repeat."""
    note: str | None = None
    """In words."""


class State(NamedTuple):
    """A period as the planner works with it.

    Attributes
    ----------
    hours
        Hours of the year in it [h/yr].
    group
        Its group; its own name where it is none of a cycle.
    repeats
        How many times a year the group is passed, a whole number: its hours over its cycle, rounded.
    """

    hours: float
    group: str
    repeats: int = 1

    @property
    def share(self) -> float:
        """Share of the year."""
        return self.hours / HOURS_PER_YEAR


def states_of(case: "Case") -> dict[str, State]:
    """Periods of a case by name, in the order of the year; the year alone where it has none."""
    if not case.periods:
        return {YEAR: State(HOURS_PER_YEAR, YEAR)}
    hours: dict[str, float] = {}
    for name, period in case.periods.items():
        hours[period.of or name] = hours.get(period.of or name, 0.0) + period.hours.value
    return {
        name: State(period.hours.value, period.of or name, _repeats(period, hours[period.of or name]))
        for name, period in case.periods.items()
    }


def _repeats(period: Period, hours: float) -> int:
    """How many times a year the group of a period, of so many hours, is passed."""
    if period.of is None or period.cycle.value <= 0:
        return 1
    return max(1, round(hours / period.cycle.value))


def may_differ(path: tuple[str | int, ...]) -> bool:
    """Whether the number at a place of a case may differ by period."""
    return any(
        len(place) == len(path) and all(part in ("*", here) for part, here in zip(place, path, strict=True))
        for place in _DIFFERING
    )


def spread(case: "Case", hours: HoursPerYear) -> dict[str, float]:
    """Hours by period: as stated, else a yearly figure in proportion to the hours of the periods [h/yr]."""
    if hours.periods:
        return {t: hours.at(t) for t in states_of(case)}
    return evenly(case, hours.value)


def evenly(case: "Case", hours: float) -> dict[str, float]:
    """A yearly figure spread over the periods in proportion to their hours."""
    if not case.periods:
        return {YEAR: hours}
    return {t: hours * state.share for t, state in states_of(case).items()}


def spread_evenly(case: "Case") -> Iterator[str]:
    """Fields of hours that are stated for the year, and so are spread over the periods; none without periods."""
    if not case.periods:
        return
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            yield from _yearly(f"{kind}.{name}.hours", tenant.hours)
            yield from _yearly(f"{kind}.{name}.stops", tenant.stops)
            for streams in ("sources", "sinks"):
                for stream_name, stream in getattr(tenant, streams).items():
                    yield from _yearly(f"{kind}.{name}.{streams}.{stream_name}.hours", stream.hours)
    for name, facility in case.facilities.items():
        yield from _yearly(f"facilities.{name}.hours", facility.hours)
        if facility.hours is None and facility.days is not None:
            yield f"facilities.{name}.days"
    for number, exchange in enumerate(case.exchanges, 1):
        yield from _yearly(f"exchanges[{number}].shared_hours", exchange.shared_hours)


def _yearly(field: str, hours: HoursPerYear | None) -> Iterator[str]:
    """The field, unless it says nothing, the same in all hours, or what is in each period."""
    if hours is not None and not hours.periods and 0.0 < hours.value < HOURS_PER_YEAR:
        yield field


def tenant_hours(case: "Case", tenant: "Tenant") -> dict[str, float]:
    """Operating hours of a plant or partner by period: stated, else those of the period less the stops [h/yr]."""
    if tenant.hours is not None:
        return spread(case, tenant.hours)
    stops = {} if tenant.stops is None else spread(case, tenant.stops)
    return {t: state.hours - stops.get(t, 0.0) for t, state in states_of(case).items()}


def stream_hours(case: "Case", tenant: "Tenant", stream: "Stream") -> dict[str, float]:
    """Operating hours of a stream by period: its own, else those of its plant [h/yr]."""
    return tenant_hours(case, tenant) if stream.hours is None else spread(case, stream.hours)


def facility_hours(case: "Case", facility: "Facility") -> dict[str, float]:
    """Operating hours of a facility by period: stated, else those of the plant it belongs to, else all [h/yr].

    With days alone no more than 24 h of each: less of every period, by the same share.
    """
    if facility.hours is not None:
        return spread(case, facility.hours)
    owner = facility.owner if facility.scope == "own" else None
    tenant = None if owner is None else case.plants.get(owner) or case.partners.get(owner)
    hours = {t: x.hours for t, x in states_of(case).items()} if tenant is None else tenant_hours(case, tenant)
    whole = sum(hours.values())
    if facility.days is None or whole <= HOURS_PER_DAY * facility.days.value:
        return hours
    return {t: h * HOURS_PER_DAY * facility.days.value / whole for t, h in hours.items()}


def stream_amounts(case: "Case", tenant: "Tenant", stream: "Stream") -> dict[str, float]:
    """Amount of a stream by period: rate x hours x availability, in the unit of its resource [unit/yr]."""
    hours = stream_hours(case, tenant, stream)
    return {t: stream.rate.at(t) * hours[t] * stream.availability.at(t) for t in hours}


def differing(case: "Case") -> Iterator[str]:
    """Places of the numbers that differ by period, in the user's words."""
    for place, value in _by_period(case, ()):
        if len({number for _, number, _ in value.periods} | {value.value}) > 1:
            yield place


def taken_in(case: "Case") -> Iterator[tuple[str, str]]:
    """(Place, unit) of bare numbers of periods that are in the unit of their value, which is not the documented one."""
    for place, value in _by_period(case, ()):
        if value.bare and value.bare != value.unit and not _same(value.bare, value.unit):
            yield place, value.bare


def _same(one: str, other: str) -> bool:
    """Whether numbers in both units are the same."""
    try:
        return units.factor(one, other) == 1.0
    except units.UnitError:
        return units.same_text(one, other)


def _by_period(node: object, path: tuple[str | int, ...]) -> Iterator[tuple[str, Value]]:
    """Place and value of the numbers that state periods."""
    from planner.case.marks import field_text

    if isinstance(node, Value):
        if node.periods:
            yield field_text(path), node
    elif isinstance(node, Section):
        for name, info in type(node).model_fields.items():
            yield from _by_period(getattr(node, name), (*path, info.alias or name))
    elif isinstance(node, Mapping):
        for key, item in node.items():
            yield from _by_period(item, (*path, key))
