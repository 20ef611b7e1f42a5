"""What is doubtful of a case with archetypes: heat that may count twice, what is not known, sizes far off, no CO2e."""

from collections.abc import Iterator

from planner.case import units
from planner.case.archetype_numbers import BASIS
from planner.case.archetype_resources import called_alike
from planner.case.archetypes import FAR_OFF, reading_of
from planner.case.case import Case
from planner.case.closure import yearly_amount
from planner.case.plants import Tenant
from planner.library.archetypes import library

#: What a plant does with the streams of each side.
SIDES = {"sinks": "takes", "sources": "gives"}


def doubts(case: Case) -> Iterator[str]:
    """Notes on what archetypes fill in, each with what to do about it."""
    for name, tenant in (*case.plants.items(), *case.partners.items()):
        if tenant.archetype is None or tenant.archetype.name not in library().archetypes:
            continue
        if (reading := reading_of(tenant.archetype.size)) is not None:
            yield f"{name}: {reading}; write it without a separator of thousands"
        yield from _far_off(name, tenant)
        for side in SIDES:
            yield from _heat_twice(case, name, tenant, side)
        yield from _left_out(case, name, tenant)
        if unknown := unknown_of(case, tenant):
            yield (
                f"{name}: the library knows no number of the {_and(unknown)} of its archetype, "
                f"{tenant.archetype.name}: none is filled in; state it as a stream of its own"
            )
    yield from _without_co2e(case)


def streams_of(tenant: Tenant) -> Iterator[tuple[str, str, str]]:
    """Side, name in the archetype and name in the case of all that the archetype of a plant takes and gives."""
    from planner.library.archetypes import library

    archetype = tenant.archetype
    kind = None if archetype is None else library().archetypes.get(archetype.name)
    if archetype is None or kind is None:  # of a library of another version
        return
    for side in SIDES:
        for mine in getattr(kind, side):
            theirs = archetype.names.get(mine, mine)
            if not {mine, theirs} & {*archetype.without}:
                yield side, mine, theirs


def _far_off(name: str, tenant: Tenant) -> Iterator[str]:
    archetype = tenant.archetype
    assert archetype is not None
    usual = library().archetypes[archetype.name].size
    times = archetype.size.value / usual.typical
    if not 1 / FAR_OFF <= times <= FAR_OFF:
        far = f"{times:,.3g} times" if times > 1 else f"1/{1 / times:,.3g} of"
        yield (
            f"{name} is {far} the usual size of a {archetype.name} ({usual.typical:,.10g} {usual.unit}): see that the "
            "size is meant in this unit; its numbers are in proportion, which area and jobs are not over such a range"
        )


def _heat_twice(case: Case, name: str, tenant: Tenant, side: str) -> Iterator[str]:
    """Heat, or the fuel of a boiler, that a plant states itself in another medium than those of its archetype."""
    archetype, known = tenant.archetype, library()
    assert archetype is not None
    streams = {(one.resource or key, one.rate.basis == BASIS): one for key, one in getattr(tenant, side).items()}
    mine = [(ours, theirs) for on, ours, theirs in streams_of(tenant) if on == side]
    added = {
        ours: theirs for ours, theirs in mine if known.resources[ours].kind == "heat" and (theirs, True) in streams
    }
    section = "plants" if name in case.plants else "partners"
    fuel = archetype.names.get(known.boiler.fuel, known.boiler.fuel)
    fuels = {fuel} if side == "sinks" and any(_burns(streams[one, True], fuel) for one in added.values()) else set()
    for resource, ours in streams:
        if ours or not added or resource in {theirs for _, theirs in mine}:
            continue
        if case.resources[resource].kind != "heat" and resource not in fuels:
            continue
        own = [one for key, one in getattr(tenant, side).items() if (one.resource or key) == resource]
        amount = f"{sum(yearly_amount(case, tenant, one) for one in own):,.0f} {case.resources[resource].unit}/yr"
        heat = f"{_and(list(added.values()))}" + (f" made from {resource}" if resource in fuels else "")
        yield (
            f"{name} states that it {SIDES[side]} {amount} of {resource} itself, and its archetype adds {heat}: where "
            f"this is the same heat it counts twice; leave it out by `without: [{', '.join(added)}]` in "
            f"{section}.{name}.archetype"
        )


def _burns(stream: object, fuel: str) -> bool:
    supply = getattr(stream, "supplied_today_by", None)
    return supply is not None and fuel in supply.inputs


def _left_out(case: Case, name: str, tenant: Tenant) -> Iterator[str]:
    """Contents that the library knows, but not in what the case counts them in."""
    archetype = tenant.archetype
    assert archetype is not None
    for side, mine, theirs in streams_of(tenant):
        sources = [one for key, one in tenant.sources.items() if (one.resource or key) == theirs]
        if side != "sources" or not sources or theirs not in case.resources:
            continue
        for held, amount in library().archetypes[archetype.name].sources[mine].holds.items():
            quality = called_alike(held, case.qualities)
            stated = [case.resources[theirs].quality, *(one.quality for one in sources)]
            if quality is None or any(quality in one for one in stated):
                continue
            unit = case.qualities[quality].unit
            cause = "" if units.converts(amount.unit, unit) else f", which is not {unit}"
            yield (
                f"{name}: the {quality} of {theirs} is known in {amount.unit}{cause}, and cannot be had in what "
                "the case mixes it by: it is left out"
            )


def unknown_of(case: Case, tenant: Tenant) -> list[str]:
    """What a plant of this archetype takes or gives without a number in the library, unless the plant states it."""
    archetype, known = tenant.archetype, library()
    kind = None if archetype is None else known.archetypes.get(archetype.name)
    if archetype is None or kind is None:
        return []
    resources = {one.resource or key for side in SIDES for key, one in getattr(tenant, side).items()}
    kinds = {case.resources[one].kind for one in resources if one in case.resources}
    left = {*archetype.without}

    def is_there(name: str) -> bool:
        if name in ("power", "heat"):
            return name in kinds
        synonyms = known.resources[name].synonyms if name in known.resources else ()
        return any(called_alike(one, resources) for one in (name, *synonyms))

    return [name for name in kind.not_known if name not in left and not is_there(name)]


def _without_co2e(case: Case) -> Iterator[str]:
    """Energy that archetypes take of which the case states no emissions."""
    takers: dict[str, list[str]] = {}
    for name, tenant in (*case.plants.items(), *case.partners.items()):
        if tenant.archetype is None:
            continue
        for key, sink in tenant.sinks.items():
            supply = sink.supplied_today_by
            for resource in (sink.resource or key, *(supply.inputs if supply else ())):
                if _is_silent_energy(case, resource) and name not in takers.setdefault(resource, []):
                    takers[resource].append(name)
    if takers:
        listed = ", ".join(f"{resource} ({', '.join(names)})" for resource, names in takers.items())
        yield f"no CO2e is stated of {listed}: what is bought of it counts as without emissions; state its `co2e`"


def _is_silent_energy(case: Case, name: str) -> bool:
    known = case.resources.get(name)
    if known is None or known.price is None or known.co2e.use is not None or known.co2e.supply is not None:
        return False
    return known.kind in ("power", "heat") or known.enthalpy is not None or units.converts(known.unit, "MWh")


def _and(names: list[str]) -> str:
    return " and ".join(([", ".join(names[:-1])] if names[1:] else []) + names[-1:])
