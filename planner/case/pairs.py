"""Which source could feed which sink, as a case declares it; nothing here looks at distance, size or cost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.case.case import Case
from planner.case.exchanges import Exchange, Substitution
from planner.case.facilities import Facility
from planner.case.plants import Sink, Source, Tenant
from planner.case.qualities import Operation


@dataclass(frozen=True)
class Outlet:
    """An outgoing stream of a plant or partner.

    Without ``stream``: what an ``operation`` gives, or an output of a facility, per unit of activity. ``medium``: its
    process heat may give it, and the plan says how much.
    """

    unit: str
    name: str
    resource: str
    stream: Source | None = None
    operation: Operation | None = None
    medium: bool = False


@dataclass(frozen=True)
class Inlet:
    """An incoming stream of a plant or partner.

    Without ``stream``: what an ``operation`` takes, or an input of a facility, per unit of activity. ``medium``: its
    process heat may take it, and the plan says how much.
    """

    unit: str
    name: str
    resource: str
    stream: Sink | None = None
    operation: Operation | None = None
    medium: bool = False


@dataclass(frozen=True)
class Pair:
    """An outlet that could feed an inlet.

    Attributes
    ----------
    substitution
        The substitution that lets it; None where both are the same resource, or an exchange states a ratio.
    own
        Whether both ends stand on one site: a plant's own streams and measures.
    """

    outlet: Outlet
    inlet: Inlet
    substitution: Substitution | None = None
    own: bool = False


def outlets(case: Case, unit: str | None = None) -> Iterator[Outlet]:
    """Outgoing streams of one unit, or of all."""
    for owner, tenant in _tenants(case, unit):
        for name, source in tenant.given.items():
            yield Outlet(owner, name, source.resource or name, source, medium=name not in tenant.sources)
        for name, operation in tenant.operations.items():
            yield Outlet(owner, name, operation.gives, operation=operation)
    for owner, facility in _facilities(case, unit):
        for resource in facility.given:
            yield Outlet(owner, resource, resource)


def inlets(case: Case, unit: str | None = None) -> Iterator[Inlet]:
    """Incoming streams of one unit, or of all."""
    for owner, tenant in _tenants(case, unit):
        for name, sink in tenant.taken.items():
            yield Inlet(owner, name, sink.resource or name, sink, medium=name not in tenant.sinks)
        for name, operation in tenant.operations.items():
            yield Inlet(owner, name, operation.takes, operation=operation)
    for owner, facility in _facilities(case, unit):
        for resource in facility.taken:
            yield Inlet(owner, resource, resource)


def _tenants(case: Case, unit: str | None) -> Iterable[tuple[str, Tenant]]:
    if unit is None:
        return (*case.plants.items(), *case.partners.items())
    found: list[Tenant | None] = [case.plants.get(unit), case.partners.get(unit)]
    return [(unit, tenant) for tenant in found if tenant is not None]


def _facilities(case: Case, unit: str | None) -> Iterable[tuple[str, Facility]]:
    if unit is None:
        return case.facilities.items()
    return [(unit, case.facilities[unit])] if unit in case.facilities else []


def pairs(case: Case) -> list[Pair]:
    """Every outlet that could feed an inlet: same resource, a substitution, or an exchange with a ratio of its own.

    Forbidden ones are left out.
    """
    found = {_key(pair): pair for pair in _declared(case, outlets(case), inlets(case))}
    for exchange in case.exchanges:
        if exchange.ratio is not None and not exchange.forbidden:
            for pair in matches(case, exchange):
                found.setdefault(_key(pair), pair)
    forbidden = [exchange for exchange in case.exchanges if exchange.forbidden]
    return [
        pair
        for pair in found.values()
        if not any(_gives(exchange, pair.outlet) and _takes(exchange, pair.inlet) for exchange in forbidden)
    ]


def matches(case: Case, exchange: Exchange) -> list[Pair]:
    """The pairs an entry of ``exchanges`` speaks of.

    With a ratio of its own it also joins two different resources, where it names both ends and nothing else fits it.
    """
    giving = [outlet for outlet in outlets(case, exchange.from_) if _gives(exchange, outlet)]
    taking = [inlet for inlet in inlets(case, exchange.to) if _takes(exchange, inlet)]
    found = _declared(case, giving, taking)
    if found or exchange.ratio is None or not exchange.from_ or not exchange.to:
        return found
    return crossings(case, exchange)


def crossings(case: Case, exchange: Exchange) -> list[Pair]:
    """All pairs of streams between the ends of an exchange, whatever their resources."""
    giving = [outlet for outlet in outlets(case, exchange.from_) if _gives(exchange, outlet)]
    taking = [inlet for inlet in inlets(case, exchange.to) if _takes(exchange, inlet)]
    return [Pair(out, into, own=host(case, out.unit) == host(case, into.unit)) for out in giving for into in taking]


def could_cross(case: Case, exchange: Exchange) -> tuple[Outlet, Inlet] | None:
    """Some outlet and inlet between the ends of an exchange, whatever their resources."""
    giving = next((o for o in outlets(case, exchange.from_) if _gives(exchange, o)), None)
    taking = next((inlet for inlet in inlets(case, exchange.to) if _takes(exchange, inlet)), None)
    return (giving, taking) if giving and taking else None


def host(case: Case, unit: str) -> str:
    """The plant whose measure a facility is, else the unit itself."""
    facility = case.facilities.get(unit)
    return facility.owner or unit if facility and facility.scope == "own" else unit


def ends(case: Case, exchange: Exchange) -> tuple[set[str], set[str]]:
    """Resources an exchange takes, and resources it replaces."""
    found = matches(case, exchange)
    return {pair.outlet.resource for pair in found}, {pair.inlet.resource for pair in found}


def carried(case: Case, link: str) -> set[str]:
    """Resources a link carries: those that name it, and those of exchanges and pipes that use it."""
    found = {name for name, resource in case.resources.items() if link in resource.carried_by}
    if link in case.links and case.links[link].main:  # an exchange that names a main does not make it carry more
        return found
    found |= {resource for pipe in case.existing_pipes.values() if pipe.link == link for resource in pipe.resources}
    for exchange in case.exchanges:
        named = {*(exchange.links or ()), *({exchange.existing.link} if exchange.existing else ())}
        if link in named:
            found |= ends(case, exchange)[0]
    return found


def _declared(case: Case, giving: Iterable[Outlet], taking: Iterable[Inlet]) -> list[Pair]:
    """Pairs of the same resource, or of two resources of a substitution."""
    by_resource: dict[str, list[Inlet]] = {}
    for inlet in taking:
        by_resource.setdefault(inlet.resource, []).append(inlet)
    replaces: dict[str, list[Substitution]] = {}
    for substitution in case.substitutions:
        replaces.setdefault(substitution.from_, []).append(substitution)
    found: list[tuple[Outlet, Inlet, Substitution | None]] = []
    for outlet in giving:
        found += [(outlet, inlet, None) for inlet in by_resource.get(outlet.resource, ())]
        for substitution in replaces.get(outlet.resource, ()):
            found += [(outlet, inlet, substitution) for inlet in by_resource.get(substitution.to, ())]
    return [
        Pair(outlet, inlet, substitution, host(case, outlet.unit) == host(case, inlet.unit))
        for outlet, inlet, substitution in found
        if outlet.unit != inlet.unit or not (outlet.unit in case.facilities or _itself(outlet, inlet))
    ]


def _itself(outlet: Outlet, inlet: Inlet) -> bool:
    """Whether both ends of a plant are one operation, which does not feed itself unless it is split into parts.

    Nor does its heat cascade, by whatever medium: it passes heat on inside.
    """
    if outlet.medium and inlet.medium:
        return True
    operation = outlet.operation
    return operation is not None and operation.parts == 1 and (operation is inlet.operation)


def _key(pair: Pair) -> tuple[str, str, str, str]:
    return pair.outlet.unit, pair.outlet.name, pair.inlet.unit, pair.inlet.name


def _gives(exchange: Exchange, outlet: Outlet) -> bool:
    return exchange.from_ in (None, outlet.unit) and exchange.stream in (None, outlet.name)


def _takes(exchange: Exchange, inlet: Inlet) -> bool:
    return exchange.to in (None, inlet.unit) and exchange.into in (None, inlet.name)
