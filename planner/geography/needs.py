"""Which places need a way to each other: those where the two ends of an exchange may stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.plants import Plant
from planner.geography.distances import Pair


@dataclass(frozen=True)
class Unit:
    """A plant, partner or facility: where it may stand, and the resources it gives and takes."""

    name: str
    hosts: frozenset[str]
    gives: frozenset[str]
    takes: frozenset[str]
    fixed: bool


@dataclass(frozen=True)
class Needs:
    """Pairs of places that may have to be joined along one network, either direction.

    Attributes
    ----------
    firm
        Without a way the case is faulty: its ends are plots, or no other network carries the resource.
    loose
        Pairs for which another network may serve: with a partner, or where a table gives only the lengths known.
    """

    firm: frozenset[Pair]
    loose: frozenset[Pair]


def find_needs(case: Case, network: str, plots: Iterable[str]) -> Needs:
    """Pairs that the links along a network may have to join."""
    firm: set[Pair] = set()
    loose: set[Pair] = set()
    for _, giver, taker, elsewhere in wanted(case, network, plots):
        pairs = {(min(p, q), max(p, q)) for p in giver.hosts for q in taker.hosts if p != q}
        outside = giver.name in case.partners or taker.name in case.partners
        if elsewhere and (outside or network == "table"):
            loose |= pairs
        else:
            firm |= pairs
    for pipe in case.existing_pipes.values():
        link = case.links.get(pipe.link)
        if link is not None and link.along == network and pipe.length is None and pipe.from_ != pipe.to:
            firm.add((min(pipe.from_, pipe.to), max(pipe.from_, pipe.to)))
    return Needs(frozenset(firm), frozenset(loose - firm))


def wanted(case: Case, network: str, plots: Iterable[str]) -> Iterable[tuple[str, Unit, Unit, bool]]:
    """Resource, giver and taker of each exchange that links along a network may carry, and whether others may, too."""
    units = _units(case, frozenset(plots))
    links = {name for name, link in case.links.items() if link.along == network}
    for resource, data in case.resources.items():
        if links & set(data.carried_by):
            elsewhere = bool(set(data.carried_by) & (case.links.keys() - links))
            for giver, taker in _exchanges(case, resource, units):
                yield resource, giver, taker, elsewhere


def _units(case: Case, plots: frozenset[str]) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for name, plant in case.plants.items():
        gives, takes = _streams(case, plant.given, "source", name), _streams(case, plant.taken, "sink", name)
        found[name] = Unit(name, _hosts(case, plant, plots), gives, takes, plant.plot is not None)
    for name, partner in case.partners.items():
        gives, takes = _streams(case, partner.given, "source", name), _streams(case, partner.taken, "sink", name)
        found[name] = Unit(name, frozenset({name}), gives, takes, True)
    for name, facility in case.facilities.items():
        if facility.scope == "shared":
            gives, takes = frozenset(facility.given), frozenset(facility.taken)
            found[name] = Unit(name, _hosts(case, facility, plots), gives, takes, facility.plot is not None)
    return found


def _streams(case: Case, streams: Mapping[str, object], side: str, owner: str) -> frozenset[str]:
    """Resources of a tenant's streams, with those of its own measures."""
    own = {str(getattr(stream, "resource", None) or name) for name, stream in streams.items()}
    for facility in case.facilities.values():
        if facility.scope == "own" and facility.owner == owner:
            own |= set(facility.given if side == "source" else facility.taken)
    return frozenset(own)


def _hosts(case: Case, tenant: Plant | Facility, plots: frozenset[str]) -> frozenset[str]:
    """Plots on which a plant or facility may stand, as far as plot and zone tell."""
    if tenant.plot is not None:
        return plots & {tenant.plot}
    zones = {tenant.zone} if isinstance(tenant.zone, str) else set(tenant.zone or ())
    chosen = plots if tenant.plots is None else plots & set(tenant.plots)
    admissible = set()
    for name in chosen:
        plot = case.plots.get(name)
        if plot is None or not (plot.reserved or (zones and plot.zones and not zones & set(plot.zones))):
            admissible.add(name)
    return frozenset(admissible)


def _exchanges(case: Case, resource: str, units: Mapping[str, Unit]) -> Iterable[tuple[Unit, Unit]]:
    """Givers and takers of a resource, by itself, by substitution or by an exchange of their own."""
    replaced = {resource} | {s.to for s in case.substitutions if s.from_ == resource}
    special = {(e.from_, e.to) for e in case.exchanges if e.ratio is not None and e.from_ and e.to and not e.forbidden}
    for giver in units.values():
        for taker in units.values():
            if giver is taker or resource not in giver.gives:
                continue
            if not (taker.takes & replaced) and (giver.name, taker.name) not in special:
                continue
            if not _forbidden(case, resource, giver.name, taker.name):
                yield giver, taker


def _forbidden(case: Case, resource: str, giver: str, taker: str) -> bool:
    """Whether the case forbids every exchange of a resource from one unit to another."""
    entries = [
        e
        for e in case.exchanges
        if e.forbidden and e.into is None and e.from_ in (None, giver) and e.to in (None, taker)
    ]
    if not entries:
        return False
    streams = {e.stream for e in entries}
    tenant = case.plants.get(giver) or case.partners.get(giver)
    if None in streams or tenant is None:
        return None in streams or resource in streams
    measured = any(f.owner == giver and resource in f.given for f in case.facilities.values() if f.scope == "own")
    return not measured and {n for n, x in tenant.given.items() if (x.resource or n) == resource} <= streams


def needs_graph(case: Case) -> bool:
    """Whether a case lays mains, or pipes in trenches that they share."""
    if case.mains():
        return True
    return case.trenches is not None and case.trenches.shared and any(case.in_trench(name) for name in case.links)
