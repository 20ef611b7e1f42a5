"""A case as it is in one period: every number that of the period, hours those of the year that fall into it."""

from collections.abc import Mapping
from typing import Any

from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.plants import Stream, Tenant
from planner.case.values import HoursPerYear, Section, Value

HOURS_OF_YEAR = 8760.0


def case_in(case: Case, period: str) -> Case:
    """The case in a period; it has no periods of its own."""
    share = case.periods[period].hours.value / HOURS_OF_YEAR
    own = case.periods[period].hours.value
    at: Case = _at(case, period)
    tenants = {
        kind: {name: _tenant(one, period, own, share) for name, one in getattr(case, kind).items()}
        for kind in ("plants", "partners")
    }
    streams = {
        kind: {
            name: one.model_copy(update={side: _streams(getattr(one, side), period, share) for side in _SIDES})
            for name, one in getattr(at, kind).items()
        }
        for kind in ("plants", "partners")
    }
    whole = {
        kind: {
            name: one.model_copy(update={"hours": tenants[kind][name], "stops": None})
            for name, one in streams[kind].items()
        }
        for kind in ("plants", "partners")
    }
    facilities = {
        name: one.model_copy(update={"hours": _facility(case, case.facilities[name], period), "days": None})
        for name, one in at.facilities.items()
    }
    exchanges = tuple(
        one
        if one.shared_hours is None
        else one.model_copy(update={"shared_hours": _hours(one.shared_hours.value * share)})
        for one in at.exchanges
    )
    return at.model_copy(update={**whole, "facilities": facilities, "exchanges": exchanges, "periods": {}})


_SIDES = ("sources", "sinks")


def _hours(number: float) -> HoursPerYear:
    return HoursPerYear.model_validate({"value": number, "unit": "h/yr"})


def _in(hours: HoursPerYear, period: str, share: float) -> float:
    """Hours that fall into a period: as stated for it, else in proportion."""
    for name, number, _ in hours.periods:
        if name == period:
            return number
    return hours.value * share


def _tenant(tenant: Tenant, period: str, own: float, share: float) -> HoursPerYear:
    if tenant.hours is not None:
        return _hours(_in(tenant.hours, period, share))
    return _hours(own - (0.0 if tenant.stops is None else _in(tenant.stops, period, share)))


def _streams(streams: Mapping[str, Stream], period: str, share: float) -> dict[str, Stream]:
    return {
        name: one if one.hours is None else one.model_copy(update={"hours": _hours(_in(one.hours, period, share))})
        for name, one in streams.items()
    }


def _facility(case: Case, facility: Facility, period: str) -> HoursPerYear:
    """Hours of a facility in a period: stated, else of its plant or all, and of those the share that its days have."""
    own = case.periods[period].hours.value
    share = own / HOURS_OF_YEAR
    if facility.hours is not None:
        return _hours(_in(facility.hours, period, share))
    here, whole = own, HOURS_OF_YEAR
    if facility.scope == "own":
        owner = {**case.plants, **case.partners}[str(facility.owner)]
        here = _tenant(owner, period, own, share).value
        stops = 0.0 if owner.stops is None else owner.stops.value
        whole = HOURS_OF_YEAR - stops if owner.hours is None else owner.hours.value
    if facility.days is None or whole <= 24.0 * facility.days.value:
        return _hours(here)
    return _hours(here * 24.0 * facility.days.value / whole)


def _at(node: Any, period: str) -> Any:
    """The same part of a case with the numbers of a period; hours are left as they are."""
    if isinstance(node, HoursPerYear):
        return node
    if isinstance(node, Value):
        number = next((number for name, number, _ in node.periods if name == period), node.value)
        return node.model_copy(update={"value": number, "periods": ()}) if node.periods else node
    if isinstance(node, Section):
        parts = {name: getattr(node, name) for name in type(node).model_fields}
        changed = {name: new for name, old in parts.items() if (new := _at(old, period)) is not old}
        return node.model_copy(update=changed) if changed else node
    if isinstance(node, dict):
        made = {key: _at(item, period) for key, item in node.items()}
        return made if any(made[key] is not node[key] for key in node) else node
    if isinstance(node, tuple):
        items = tuple(_at(item, period) for item in node)
        return items if any(a is not b for a, b in zip(items, node, strict=True)) else node
    return node
