"""Checks the names of qualities a case uses, and what limits, contents and treatment of facilities name."""

import difflib
from collections.abc import Iterable, Iterator

from planner.case import units
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.findings import Findings, Path
from planner.case.mixing_units import is_own_word
from planner.case.plants import Tenant
from planner.case.quality_places import barred_uses, uses
from planner.case.resources import Discharge, Sale
from planner.case.units import UnitError

#: Ends of names that results give to the worst values of a quality.
_RESERVED_ENDS = (" (highest)", " (lowest)")
#: Likeness from which on two words are one, and where their first letters are the same.
_ALIKE, _ALIKE_SHORT = 0.8, 0.75


def quality_faults(case: Case, found: Findings) -> None:
    """Units of qualities, and every name that stands for a quality or belongs to a treatment."""
    _check_units(case, found)
    for path, names in quality_names(case):
        for name in names:
            found.refer((*path, name), name, case.qualities, "quality", at_key=True)
    for index, exchange in enumerate(case.exchanges):
        for number, name in enumerate(exchange.accept_unknown):
            found.refer(("exchanges", index, "accept_unknown", number), name, case.qualities, "quality")
    for name, facility in case.facilities.items():
        _check_facility(name, facility, found)
    _check_uses(case, found)


def quality_names(case: Case) -> Iterator[tuple[Path, Iterable[str]]]:
    """Every mapping whose keys are qualities, with its path."""
    for name, resource in case.resources.items():
        yield ("resources", name, "quality"), resource.quality
        yield from _ways_out(("resources", name), resource.discharge, resource.sale)
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            yield from _of_tenant((kind, name), tenant)
    for name, facility in case.facilities.items():
        path: Path = ("facilities", name)
        for field in ("limits", "quality"):
            yield from (((*path, field, stream), names) for stream, names in getattr(facility, field).items())
        if facility.treats:
            yield (*path, "treats", "removes"), facility.treats.removes
            yield (*path, "treats", "leaves"), facility.treats.leaves


def _of_tenant(path: Path, tenant: Tenant) -> Iterator[tuple[Path, Iterable[str]]]:
    for name, source in tenant.sources.items():
        yield (*path, "sources", name, "quality"), source.quality
        yield from _ways_out((*path, "sources", name), source.discharge, source.sale)
    for name, give in (tenant.process_heat.gives if tenant.process_heat else {}).items():
        yield from _ways_out((*path, "process_heat", "gives", name), give.discharge, give.sale)
    for name, sink in tenant.sinks.items():
        yield (*path, "sinks", name, "limits"), sink.limits
    for name, operation in tenant.operations.items():
        for field in ("load", "max_inlet", "max_outlet"):
            yield (*path, "operations", name, field), getattr(operation, field)


def _ways_out(path: Path, discharge: Discharge | None, sale: Sale | None) -> Iterator[tuple[Path, Iterable[str]]]:
    if discharge:
        yield (*path, "discharge", "limits"), discharge.limits
        yield (*path, "discharge", "load_fees"), discharge.load_fees
    if sale:
        yield (*path, "sale", "limits"), sale.limits


def _check_units(case: Case, found: Findings) -> None:
    for name, quality in case.qualities.items():
        for end in _RESERVED_ENDS:
            if name.endswith(end):
                message = f'a quality cannot end in "{end.strip()}"; results call its worst values so'
                found.say(("qualities", name), message, at_key=True)
        if is_own_word(quality.unit):
            continue
        try:
            units.parse(quality.unit)
        except UnitError as error:
            advice = "; write a known unit (mg/L, %, MJ/kg), or one word of your own without / * ^ (index, degree)"
            found.say(("qualities", name, "unit"), f"{error}{'' if 'ambiguous' in str(error) else advice}")
            continue
        if what := _no_content(quality.unit):
            message = (
                f'found "{quality.unit}", {what}; a content is per volume, per mass or a share, as in mg/L, mg/kg, %'
            )
            found.say(("qualities", name, "unit"), message)


def _no_content(unit: str) -> str:
    """What a unit measures that is no content of anything; empty where it may be one."""
    if units.currencies(unit):
        return "a price"
    for amount in ("kg", "m3", "Nm3", "MWh"):
        if units.converts(unit, amount):
            return "an amount"
        if any(units.converts(unit, f"{amount}/{time}") for time in ("h", "yr")):
            return "an amount per time"
    return ""


def _check_facility(name: str, facility: Facility, found: Findings) -> None:
    path: Path = ("facilities", name)
    for field, streams, what in (
        ("limits", facility.taken, "input"),
        ("max_links", facility.taken, "input"),
        ("quality", facility.given, "output"),
    ):
        for stream in getattr(facility, field):
            found.refer((*path, field, stream), stream, streams, f"{what} of {name}", at_key=True)
    treats = facility.treats
    if treats and facility.stores is None:
        found.refer((*path, "treats", "inlet"), treats.inlet, facility.inputs, f"input of {name}")
        found.refer((*path, "treats", "outlet"), treats.outlet, facility.outputs, f"output of {name}")
        found.refer((*path, "treats", "residue"), treats.residue, facility.outputs, f"output of {name}")


def _check_uses(case: Case, found: Findings) -> None:
    """A barred use that no sink has may hold for sinks to come; one that is nearly written like one is a slip."""
    known = uses(case)
    for path, names in barred_uses(case):
        for index, name in enumerate(names):
            if name not in known and any(_is_slip(name.lower(), use.lower()) for use in known):
                found.refer((*path, index), name, known, "use of a sink")


def _is_slip(name: str, use: str) -> bool:
    """Whether two words are nearly alike; of four letters three are enough, but not another first one (seed, feed)."""
    alike = difflib.SequenceMatcher(None, use, name).ratio()
    return alike >= _ALIKE or (alike >= _ALIKE_SHORT and name[:1] == use[:1])
