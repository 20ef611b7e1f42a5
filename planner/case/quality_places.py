"""Every place of a case that says something of qualities or of the law."""

from collections.abc import Iterator, Mapping

from planner.case.case import Case
from planner.case.findings import Path
from planner.case.qualities import Content, QualityLimit, QualityValue
from planner.case.resources import Discharge, Sale


def stated_contents(case: Case) -> Iterator[tuple[Path, Mapping[str, Content]]]:
    """What streams hold, as the case states it."""
    for name, resource in case.resources.items():
        yield ("resources", name, "quality"), resource.quality
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, source in tenant.sources.items():
                yield (kind, name, "sources", stream, "quality"), source.quality
    for name, facility in case.facilities.items():
        for stream, contents in facility.quality.items():
            yield ("facilities", name, "quality", stream), contents


def stated_limits(case: Case) -> Iterator[tuple[Path, Mapping[str, QualityLimit]]]:
    """What sinks, facilities, permits and markets admit."""
    for path, discharge, sale in ways_out(case):
        if discharge:
            yield (*path, "discharge", "limits"), discharge.limits
        if sale:
            yield (*path, "sale", "limits"), sale.limits
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, sink in tenant.sinks.items():
                yield (kind, name, "sinks", stream, "limits"), sink.limits
    for name, facility in case.facilities.items():
        for stream, limits in facility.limits.items():
            yield ("facilities", name, "limits", stream), limits


def ways_out(case: Case) -> Iterator[tuple[Path, Discharge | None, Sale | None]]:
    """Discharge and sale of every resource and source."""
    for name, resource in case.resources.items():
        yield ("resources", name), resource.discharge, resource.sale
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, source in tenant.sources.items():
                yield (kind, name, "sources", stream), source.discharge, source.sale


def bare_values(case: Case) -> Iterator[tuple[Path, Mapping[str, QualityValue]]]:
    """Values of qualities that stand without mean or max: what treatment leaves, and what operations admit."""
    for name, facility in case.facilities.items():
        if facility.treats:
            yield ("facilities", name, "treats", "leaves"), facility.treats.leaves
    for kind in ("plants", "partners"):
        for unit, tenant in getattr(case, kind).items():
            for name, operation in tenant.operations.items():
                for field in ("max_inlet", "max_outlet"):
                    yield (kind, unit, "operations", name, field), getattr(operation, field)


def uses(case: Case) -> list[str]:
    """Uses that sinks of the case state."""
    tenants = (*case.plants.values(), *case.partners.values())
    return sorted({sink.use for tenant in tenants for sink in tenant.sinks.values() if sink.use})


def barred_uses(case: Case) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Uses that resources and sources may never come into."""
    for name, resource in case.resources.items():
        yield ("resources", name, "not_into"), resource.not_into
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, source in tenant.sources.items():
                yield (kind, name, "sources", stream, "not_into"), source.not_into or ()
