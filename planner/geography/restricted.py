"""Routes of resources that some corridor forbids or lets flow one way only, and what they cannot reach."""

from collections.abc import Iterable, Mapping

import numpy as np
import shapely

from planner.case.case import Case
from planner.geography.distances import Pair, Route
from planner.geography.needs import Unit, wanted
from planner.geography.routes import Attached, find_routes

Routes = Mapping[Pair, Route]


def restricted_routes(net: Attached, case: Case) -> dict[str, dict[Pair, Route]]:
    """Resource -> its routes, for those that links along corridors carry and some corridor restricts."""
    links = {name for name, link in case.links.items() if link.along == "corridors"}
    return {
        name: find_routes(net, name)
        for name, resource in case.resources.items()
        if links & set(resource.carried_by) and net.restricts(name)
    }


def has_own_link(case: Case, resource: str) -> bool:
    """Whether a link along corridors that is no main carries a resource."""
    links = [case.links[name] for name in case.resources[resource].carried_by if name in case.links]
    return any(link.along == "corridors" and not link.main for link in links)


def restriction_faults(
    net: Attached, case: Case, plots: Iterable[str], ways: tuple[Routes, Mapping[str, Routes]]
) -> tuple[list[str], list[str]]:
    """Faults and notes on places that only a restriction keeps apart.

    ``ways`` are the routes of all and the restricted ones. It is a fault where an exchange has no other pair of places,
    nor another network to go by; else such a pair is not open to it.
    """
    routes, restricted = ways
    faults: list[str] = []
    shut: dict[str, set[Pair]] = {}
    for resource, giver, taker, elsewhere in wanted(case, "corridors", plots):
        if resource not in restricted:
            continue
        pairs = [(p, q) for p in sorted(giver.hosts) for q in sorted(taker.hosts) if p != q]
        lost = [pair for pair in pairs if pair in routes and pair not in restricted[resource]]
        open_ = any(pair in restricted[resource] for pair in pairs) or _together(case, giver, taker)
        if not lost:
            continue
        if open_ or elsewhere:
            shut.setdefault(resource, set()).update(lost)
        else:
            ends = f"{giver.name} gives it, {taker.name} takes it"
            faults.append(
                f"no way for {resource} {_words(net, routes, resource, lost)} ({ends}: leave it a way, or forbid their "
                "exchange in exchanges)"
            )
    notes = [f"{resource}: no way {_words(net, routes, resource, sorted(pairs))}" for resource, pairs in shut.items()]
    return list(dict.fromkeys(faults)), notes


def _together(case: Case, giver: Unit, taker: Unit) -> bool:
    """Whether both may stand on one plot."""
    both = giver.hosts & taker.hosts
    return any(name in case.plots and case.plots[name].several_tenants for name in both)


def _words(net: Attached, routes: Routes, resource: str, pairs: list[Pair]) -> str:
    p, q = pairs[0]
    others = f"{len(pairs) - 1} other pairs of places" if len(pairs) > 2 else "one other pair of places"
    more = f", nor between {others}" if len(pairs) > 1 else ""
    return f"between {p} and {q}{more}: {_blame(net, routes[p, q], resource)}"


def _blame(net: Attached, route: Route, resource: str) -> str:
    """Which corridor of the way that others take stops a resource."""
    number = {name: k for k, name in enumerate(net.ids)}
    against = ""
    for k in (number[s] for s in route.segments if s in number):
        ground, name = net.segments.ground[k], net.segments.name[k] or net.ids[k]
        if resource in ground.forbidden:
            return f"corridor {name} forbids it"
        if resource in ground.onward | ground.backward and not against:
            probes = shapely.line_interpolate_point(net.segments.lines[k], [0.45, 0.55], normalized=True)
            onward = bool(np.diff(shapely.line_locate_point(route.path, probes))[0] > 0)
            if resource in (ground.backward if onward else ground.onward):
                against = f"corridor {name} lets it flow the other way only"
    return against or "the corridors between them forbid it or let it flow the other way only"
