"""Hours of facilities that can be of use: no more than those of who feeds them, and of who takes what they make.

A facility that cannot buy an input, nor keep it, runs no longer than the longest of those who could give it; one that
can neither sell nor dispose of an output, no longer than the longest of those who could take that. Where the other end
is a facility, its own hours count, cut in the same way. What a facility keeps (materials, ``evens_out``) need not come
or go in the same hours, but in the same period.
"""

from planner.case.case import Case
from planner.case.pairs import Inlet, Outlet, Pair, pairs
from planner.case.periods import facility_hours, stream_hours, tenant_hours

Hours = dict[str, float]
#: Share of hours that is rounding.
_ROUNDING = 1e-9


def coinciding_hours(case: Case) -> dict[str, Hours]:
    """Facility -> by period, operating hours in which it can be of use [h/yr].

    Parameters
    ----------
    case
        A case that was read.

    Returns
    -------
    dict
        Of every facility, at most its operating hours; those of stores as they are.
    """
    hours = {name: facility_hours(case, facility) for name, facility in case.facilities.items()}
    if all(facility.stores is not None for facility in case.facilities.values()):
        return hours
    bound = _bound(case)
    while True:
        cut = {name: _cut(case, name, hours, bound.get(name, {})) for name in hours}
        if all(cut[name][t] >= h * (1.0 - _ROUNDING) for name, by in hours.items() for t, h in by.items()):
            return hours
        hours = cut


def _bound(case: Case) -> dict[str, dict[tuple[str, str], list[Outlet | Inlet]]]:
    """Facility -> (side, resource) that nothing else brings or takes -> the other ends of possible exchanges."""
    found: dict[str, dict[tuple[str, str], list[Outlet | Inlet]]] = {}
    for pair in pairs(case):
        for unit, side, resource, other in _ends(pair):
            facility, data = case.facilities.get(unit), case.resources[resource]
            if facility is None or facility.stores is not None:
                continue
            open_ = data.price is not None if side == "in" else data.discharge is not None or data.sale is not None
            if not open_:
                found.setdefault(unit, {}).setdefault((side, resource), []).append(other)
    return found


def _ends(pair: Pair) -> tuple[tuple[str, str, str, Outlet | Inlet], ...]:
    return (
        (pair.outlet.unit, "out", pair.outlet.resource, pair.inlet),
        (pair.inlet.unit, "in", pair.inlet.resource, pair.outlet),
    )


def _cut(case: Case, name: str, hours: dict[str, Hours], bound: dict[tuple[str, str], list[Outlet | Inlet]]) -> Hours:
    """Hours of a facility, no more than the longest other end of each of its bound streams."""
    facility, cut = case.facilities[name], dict(hours[name])
    for (_, resource), others in bound.items():
        keeps = facility.evens_out or case.resources[resource].kind == "material"
        longest = [_running(case, other, hours) for other in others]
        for t, own in cut.items():
            most = max(by[t] for by in longest)
            share = facility.availability.at(t)
            if keeps:
                cut[t] = own if most > 0.0 else 0.0
            elif share > 0.0:
                cut[t] = min(own, most / share)
    return cut


def _running(case: Case, end: Outlet | Inlet, hours: dict[str, Hours]) -> Hours:
    """By period, hours in which the other end of an exchange really runs."""
    if end.unit in hours:
        facility = case.facilities[end.unit]
        return {t: h * facility.availability.at(t) for t, h in hours[end.unit].items()}
    tenant = case.plants.get(end.unit) or case.partners[end.unit]
    if end.stream is None or end.medium:
        return tenant_hours(case, tenant)
    return {t: h * end.stream.availability.at(t) for t, h in stream_hours(case, tenant, end.stream).items()}
