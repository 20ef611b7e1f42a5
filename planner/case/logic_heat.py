"""Checks what a case says of heat by temperature: levels of media, process streams, and whether they can be served."""

from collections.abc import Iterator

from planner.case.case import Case
from planner.case.findings import Findings, Path
from planner.case.heat import HeatLevel, ProcessStream
from planner.case.logic_insulation import check_arrival, check_makeup
from planner.case.pairs import pairs
from planner.case.plants import Give, ProcessHeat, Take, Tenant
from planner.case.resources import Resource
from planner.case.values import Section, Value

#: Load and heat capacity flow may differ by this share.
_ROUNDING = 0.01
#: Heat below this share of the loads is rounding.
_NOTHING = 1e-7


def check_heat(case: Case, found: Findings) -> None:
    """Levels of media, and process heat of plants and partners."""
    for name, resource in case.resources.items():
        check_exergy_factor(name, resource, found)
        if resource.heat is not None:
            _check_level(case, name, resource, resource.heat, found)
    _check_replaced(case, found)
    if not any(tenant.process_heat for tenant in (*case.plants.values(), *case.partners.values())):
        return
    helped = {
        *((pair.outlet.unit, "gives", pair.outlet.name) for pair in pairs(case) if pair.own),
        *((pair.inlet.unit, "takes", pair.inlet.name) for pair in pairs(case) if pair.own),
    }
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            if tenant.process_heat is not None:
                _check_plant(case, (kind, name), tenant, helped, found)


def _check_replaced(case: Case, found: Findings) -> None:
    """Of two levels one may stand in for the other only downhill, and with no more heat than it brings."""
    from planner.heat.levels import cools

    ratios: list[tuple[Path, str, str, float]] = [
        (("substitutions", n), one.from_, one.to, one.ratio.value) for n, one in enumerate(case.substitutions)
    ]
    for n, entry in enumerate(case.exchanges):
        ends = {
            (pair.outlet.resource, pair.inlet.resource)
            for pair in pairs(case)
            if entry.ratio is not None
            and entry.from_ in (None, pair.outlet.unit)
            and entry.to in (None, pair.inlet.unit)
            and entry.stream in (None, pair.outlet.name)
            and entry.into in (None, pair.inlet.name)
        }
        ratios += [(("exchanges", n), *both, entry.ratio.value) for both in sorted(ends) if entry.ratio is not None]
    for path, giving, taking, ratio in ratios:
        one, other = (case.resources.get(name) for name in (giving, taking))
        if giving == taking or one is None or other is None or one.heat is None or other.heat is None:
            continue
        if not sound(one.heat) or not sound(other.heat):
            continue
        cold, hot = _brought(one.heat), _brought(other.heat)
        if cold is None or hot is None:
            continue
        falls = cold <= hot if cools(other.heat) else cold >= hot
        if not falls or cools(one.heat) != cools(other.heat):
            found.say(
                path,
                f"{giving} comes at {cold:.4g} degC and cannot stand in for {taking} of {hot:.4g} degC: heat runs "
                "downhill only; a heat pump is a facility",
            )
            continue
        brought, needed = one.content("MWh"), other.content("MWh")
        if brought and needed and ratio * needed > brought * (1.0 + _OFF):
            most = brought / needed
            found.say(
                path,
                f"ratio is {ratio:.4g} {other.unit}/{one.unit}, which is more heat than {giving} brings; "
                f"expected at most {most:.4g}",
            )


def _brought(level: HeatLevel) -> float | None:
    """Temperature at which a level arrives [degC]; of steam that at which it condenses there."""
    from planner.heat.levels import temperature_taken
    from planner.heat.properties import OutOfRange

    try:
        return temperature_taken(level)
    except OutOfRange:
        return None


def _check_level(case: Case, name: str, resource: Resource, level: HeatLevel, found: Findings) -> None:
    path: Path = ("resources", name, "heat")
    before = len(found.faults)
    if resource.kind != "heat":
        found.say(path, f"{name} is of kind {resource.kind}; only one of kind heat has a level")
    ends = [field for field, value in (("supply", level.supply), ("return", level.return_)) if value is not None]
    if level.steam is None and len(ends) < 2:
        found.say(path, f"states {ends[0] if ends else 'nothing'}; expected steam, or supply and return")
    if level.steam is not None and ends:
        found.say(path, "states steam and " + " and ".join(ends) + "; expected steam, or supply and return")
    for field in ("superheat", "condensate"):
        if level.steam is None and getattr(level, field) is not None:
            found.say((*path, field), "is stated of a medium that is no steam")
    if level.supply is not None and level.return_ is not None and level.supply.value == level.return_.value:
        found.say((*path, "return"), f"{level.return_.given} is the supply, too; such water carries no heat")
    if len(found.faults) == before and sound(level):
        check_arrival(case, name, resource, level, found)
        check_makeup(case, name, level, found)
    if len(found.faults) == before and sound(level):
        _check_water(name, resource, level, found)


def _check_water(name: str, resource: Resource, level: HeatLevel, found: Findings) -> None:
    """Faults of the properties of water: no such steam, condensate above its steam."""
    from planner.heat.levels import feed_temperature, heat_per_unit, pressure_taken
    from planner.heat.properties import OutOfRange, saturation_temperature

    path: Path = ("resources", name, "heat")
    place = path
    try:
        if level.steam is not None:
            place = (*path, "steam")
            saturation_temperature(level.steam.value)
            place = (*path, "arrives") if level.arrives is not None else place
            boils = saturation_temperature(pressure_taken(level) or level.steam.value)
            place = (*path, "condensate") if level.condensate is not None else path
            back = None if level.condensate is None else level.condensate.temperature
            if back is not None and back.value > boils:
                message = f"{back.given} is hotter than its steam, which condenses at {boils:.5g} degC"
                found.say((*path, "condensate", "temperature"), message)
                return
            feed_temperature(level)
            place = (*path, "superheat") if level.superheat is not None else path
        stated = resource.enthalpy is not None and level.steam is None  # it need be no water then
        heat = None if stated else heat_per_unit(level, resource.unit)
    except OutOfRange as error:
        found.say(place, str(error))
        return
    if heat is None and resource.enthalpy is None:
        message = (
            f"the heat of its level does not tell that of a {resource.unit}; state enthalpy in MWh/{resource.unit}"
        )
        found.say(("resources", name), message, missing="enthalpy")


def check_exergy_factor(name: str, resource: Resource, found: Findings) -> None:
    """A factor is of a fuel whose energy is known."""
    path: Path = ("resources", name, "exergy_factor")
    if resource.exergy_factor is None:
        return
    if resource.kind not in ("material", "gas"):
        found.say(path, f"says nothing of a resource of kind {resource.kind}; it is of fuels, of kind material or gas")
    elif not resource.content("MWh"):
        found.say(path, f"is per energy; state resources.{name}.enthalpy in MWh/{resource.unit}")


def _check_plant(case: Case, path: Path, tenant: Tenant, helped: set[tuple[str, str, str]], found: Findings) -> None:
    heat = tenant.process_heat
    assert heat is not None
    before = len(found.faults)
    for name, stream in heat.streams.items():
        _check_stream(stream, (*path, "process_heat", "streams", name), found)
    for role in ("takes", "gives"):
        stated: dict[str, Take | Give] = getattr(heat, role)
        for name, one in stated.items():
            _check_medium(case, tenant, role, name, one, (*path, "process_heat", role, name), found)
    recovery = heat.recovery
    if recovery.lifetime is not None and recovery.lifetime.value <= 0:
        message = f"found {recovery.lifetime.given}; expected more than 0 years"
        found.say((*path, "process_heat", "recovery", "lifetime"), message)
    levels = {name: resource.heat for name, resource in case.resources.items() if resource.heat is not None}
    own = [heat.approach, *heat.streams.values()]
    own += [one.approach for one in heat.takes.values()] + [one.approach for one in heat.gives.values()]
    if any(_faulty(name, found) or not sound(level) for name, level in levels.items()) or not all(map(sound, own)):
        return
    if len(found.faults) == before:
        _check_forbidden(case, heat, (*path, "process_heat"), found)
    if len(found.faults) == before:
        _check_served(case, tenant, path, helped, found)


def sound(node: object) -> bool:
    """Whether all numbers of a part are in their documented units and range: what is at fault is left as written."""
    if isinstance(node, Value):
        least, most = type(node).minimum, type(node).maximum
        within = (least is None or node.value >= least) and (most is None or node.value <= most)
        return node.unit == type(node).template and within
    fields = type(node).model_fields if isinstance(node, Section) else ()
    return all(sound(getattr(node, name)) for name in fields)


def _faulty(name: str, found: Findings) -> bool:
    return any(fault.field.startswith(f"resources.{name}.heat") for fault in found.faults)


def _check_stream(stream: ProcessStream, path: Path, found: Findings) -> None:
    ends = [field for field, value in (("from", stream.from_), ("to", stream.to)) if value is not None]
    if stream.at is not None and ends:
        found.say((*path, "at"), f"states at and {' and '.join(ends)}; expected from and to, or at")
        return
    if stream.at is None and len(ends) < 2:
        found.say(path, f"states {ends[0] if ends else 'no temperature'}; expected from and to, or at")
        return
    first, last = stream.from_ or stream.at, stream.to or stream.at
    assert first is not None
    assert last is not None
    if first.value == last.value:
        if stream.kind is None:
            found.say(path, "is missing; temperatures that are equal do not say it: hot or cold", missing="kind")
        if stream.capacity_flow is not None:
            found.say((*path, "capacity_flow"), "a stream of one temperature has none; state its load")
            return
    elif stream.kind is not None and (stream.kind == "hot") != (first.value > last.value):
        message = f"called {stream.kind}, but it goes from {first.value:g} to {last.value:g} degC"
        found.say((*path, "kind"), message)
    if stream.load is None and stream.capacity_flow is None:
        found.say(path, "is missing; state load, or capacity_flow", missing="load")
    if stream.load is not None and stream.capacity_flow is not None:
        implied = stream.capacity_flow.value * abs(first.value - last.value)
        if abs(implied - stream.load.value) > _ROUNDING * max(implied, stream.load.value):
            message = (
                f"{stream.capacity_flow.given} from {first.value:g} to {last.value:g} degC are {implied:.6g} MW; "
                f"load says {stream.load.given}"
            )
            found.say((*path, "capacity_flow"), message)


def _check_medium(
    case: Case, tenant: Tenant, role: str, name: str, stated: Take | Give, path: Path, found: Findings
) -> None:
    heat = tenant.process_heat
    assert heat is not None
    side = {"takes": "sinks", "gives": "sources"}[role]
    for field, names in ((side, getattr(tenant, side)), ("operations", tenant.operations), ("streams", heat.streams)):
        if name in names:
            message = f'"{name}" is also one of its {field}; give it a name of its own, and its resource'
            found.say(path, message, at_key=True)
    resource = stated.resource or name
    if resource in case.resources and case.resources[resource].heat is None:
        found.say(path, f"resources.{resource} has no level; state its heat: steam, or supply and return", at_key=True)
    if stated.peak_factor.value < 1:
        found.say((*path, "peak_factor"), f"found {stated.peak_factor.given}; expected at least 1")


def _check_forbidden(case: Case, heat: ProcessHeat, path: Path, found: Findings) -> None:
    from planner.heat.of_case import GIVES, TAKES, heat_stream, matches, plant_media

    hot = {name: heat_stream(name, one, heat).hot for name, one in heat.streams.items()}
    hot |= {medium.id: medium.hot for medium in plant_media(case, heat)}
    known = (*heat.streams, *heat.takes, *heat.gives)
    for index, pair in enumerate(heat.forbidden):
        place: Path = (*path, "forbidden", index)
        named = [found.refer(place, name, known, "stream or medium of the plant") for name in pair]
        if all(named) and not list(matches(pair, hot)):
            ids = [key for name in pair for key in (name, f"{TAKES}: {name}", f"{GIVES}: {name}") if key in hot]
            kind = "hot" if hot[ids[0]] else "cold"
            found.say(place, f"{pair[0]} and {pair[1]} are both {kind}; no heat passes between them anyway")


def _check_served(case: Case, tenant: Tenant, path: Path, helped: set[tuple[str, str, str]], found: Findings) -> None:
    """Heat that nothing is hot enough to give or cold enough to take, at all and without any exchange."""
    from planner.heat.of_case import plant_heat
    from planner.heat.reach import missing

    heat, unit = plant_heat(case, tenant), str(path[1])
    place: Path = (*path, "process_heat")
    short = list(missing(heat.streams, list(heat.media.values()), heat.forbidden))
    for one in short:
        found.rest((*place, "takes"), one.words("that it may take or give"))
    if short:
        return
    alone = [
        medium
        for medium in heat.media.values()
        if (unit, medium.role, medium.name) in helped or _stands_alone(case, medium.stated, medium.resource)
    ]
    for one in missing(heat.streams, alone, heat.forbidden):
        found.rest((*place, "takes"), "without an exchange " + one.words("that it may buy, make itself or dispose of"))


def _stands_alone(case: Case, stated: Take | Give, resource: str) -> bool:
    """Whether a medium is had, or got rid of, without any exchange."""
    data = case.resources[resource]
    if isinstance(stated, Take):
        return stated.supplied_today_by is not None or data.price is not None
    return any(x is not None for x in (stated.discharge, stated.sale, data.discharge, data.sale))


def said_levels(case: Case) -> Iterator[str]:
    """Levels of media in words, and where the heat of a unit that is stated is not that of its level."""
    from planner.heat.levels import cools, said

    for name, resource in case.resources.items():
        if resource.heat is None:
            continue
        energy, by_level = resource.content("MWh"), _by_level(resource)
        does = "takes" if cools(resource.heat) else "gives"
        heat = "" if energy is None or resource.unit == "MWh" else f"; a {resource.unit} {does} {energy:.4g} MWh"
        yield f"  {name}: {said(resource.heat)}{heat}"
        if energy and by_level and abs(energy - by_level) > _OFF * by_level:
            yield (
                f"    WARNING: resources.{name}.enthalpy says {energy:.4g} MWh/{resource.unit}, its level "
                f"{by_level:.4g} by IAPWS-IF97; what is stated counts"
            )


def _by_level(resource: Resource) -> float | None:
    """Heat of a unit by its level [MWh/unit]; None where that does not tell."""
    from planner.heat.levels import heat_per_unit
    from planner.heat.properties import OutOfRange

    assert resource.heat is not None
    try:
        return heat_per_unit(resource.heat, resource.unit)
    except OutOfRange:
        return None


#: A stated enthalpy may differ from that of its level by this share.
_OFF = 0.05
