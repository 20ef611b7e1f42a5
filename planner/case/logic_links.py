"""Checks what a case says of links, their sizes, and pipes in the ground that serve one exchange at a time."""

from collections.abc import Iterable

from planner.case import units
from planner.case.case import Case
from planner.case.findings import Findings, Path
from planner.case.links import Link, Size
from planner.case.pairs import carried
from planner.case.units import UnitError
from planner.case.values import Value
from planner.hydraulics.capacity import capacity_of, mass_per_unit

#: Limits of a link that give its sizes a capacity.
LIMITS = ("max_velocity", "max_pressure_drop")
#: Roughness over bore up to which the friction factor holds (Colebrook, Moody).
ROUGHEST = 0.05
#: What pipes and fluids there are: beyond these a number is a slip of its unit. Least and most, in the field's unit.
SPANS = {
    "inner_diameter": (3.0, 20_000.0),
    "max_velocity": (1e-3, 1e3),
    "max_pressure_drop": (1e-3, 1e7),
    "density": (1e-3, 30_000.0),
    "viscosity": (1e-7, 1e4),
    "mass": (1e-9, 1e9),
}


def check_links(case: Case, found: Findings) -> None:
    """Links and pipes in the ground."""
    for name, link in case.links.items():
        path: Path = ("links", name)
        if not link.sizes and (link.main or link.kind in ("pipe", "cable")):
            what = "main" if link.main else link.kind
            found.say(path, f"is missing; a {what} needs at least one size", missing="sizes")
        if link.detour.value < 1:
            message = f"found {link.detour.given}; expected at least 1: no way is shorter than the network's own route"
            found.say((*path, "detour"), message)
        resources = carried(case, name)
        if not resources and not link.main:  # of a main, logic_mains says it
            found.follow(path, "carries nothing; name it in carried_by of a resource", at_key=True)
        _check_sizes(link, path, found)
        _check_min_flow(link, path, found)
        _check_limits(link, path, found)
        _check_fluids(case, name, resources, found)
        if any(size.loss and size.loss.value > 0 for size in link.sizes):
            _check_heat(case, resources, path, found)
        check_bought(case, link.uses, (*path, "uses"), found)
    for name in case.resources:
        _check_fluid(case, name, found)
    _check_existing_pipes(case, found)


def check_capacities(case: Case, found: Findings) -> None:
    """Capacities that follow from bores and limits; all else must be right."""
    for name, link in case.links.items():
        for index, size in enumerate(link.sizes):
            for resource in sorted(carried(case, name)):
                capacity = capacity_of(case, name, size, resource)
                least = size.least_capacity
                if capacity is not None and least is not None and least.value > capacity * (1 + 1e-9):
                    unit = case.resources[resource].unit
                    message = f"{least.given} is above the {capacity:.4g} {unit}/h of {resource} that its limits allow"
                    found.say(("links", name, "sizes", index, "least_capacity"), message)


def check_bought(case: Case, amounts: Iterable[str], path: Path, found: Findings) -> None:
    """What is used must have a price, for it is bought."""
    for name in amounts:
        if name in case.resources and case.resources[name].price is None:
            found.say((*path, name), f"{name} is bought for this, but resources.{name} has no price", at_key=True)


def _check_existing_pipes(case: Case, found: Findings) -> None:
    for name, pipe in case.existing_pipes.items():
        if pipe.from_ == pipe.to:
            found.say(("existing_pipes", name, "to"), "both ends are the same place")
        if pipe.capacity.value <= 0:
            found.say(("existing_pipes", name, "capacity"), f"found {pipe.capacity.given}; expected more than 0")
        if not pipe.resources:
            found.say(("existing_pipes", name, "resources"), "is an empty list; the pipe could carry nothing")
        if pipe.link in case.links and case.links[pipe.link].main:
            message = f"{pipe.link} is a main, which exchanges share; put its pipes under existing_mains"
            found.say(("existing_pipes", name, "link"), message)


def _check_sizes(link: Link, path: Path, found: Findings) -> None:
    seen = set()
    for index, size in enumerate(link.sizes):
        place: Path = (*path, "sizes", index)
        if size.capacity is not None and size.capacity.value <= 0:
            found.say((*place, "capacity"), f"found {size.capacity.given}; expected more than 0")
        _check_span(size.inner_diameter, (*place, "inner_diameter"), found)
        if size.size in seen:
            found.say((*place, "size"), f'size "{size.size}" is there twice')
        seen.add(size.size)
        if size.capacity is None:
            _check_computable(link, size, place, found)
        _check_roughness(size, place, found)
        _check_trend(link, size, place, found)


def _check_min_flow(link: Link, path: Path, found: Findings) -> None:
    """A least flow that a size can carry; capacities that follow from bores are left to the program."""
    capacities = [size.capacity.value for size in link.sizes if size.capacity is not None]
    if link.min_flow is None or not capacities or len(capacities) < len(link.sizes):
        return
    if link.min_flow.value > max(capacities):
        message = (
            f"{link.min_flow.given} is more than its largest size carries, {max(capacities):g} {link.min_flow.unit}"
        )
        found.say((*path, "min_flow"), message)


def _check_computable(link: Link, size: Size, place: Path, found: Findings) -> None:
    """A size without capacity needs a bore and a limit of its link."""
    limited = any(getattr(link, limit) is not None for limit in LIMITS)
    if size.inner_diameter is None:
        advice = "state it, or inner_diameter and, for the link, max_velocity or max_pressure_drop"
        found.say(place, f"is missing; {advice}", missing="capacity")
    elif not limited:
        advice = "a bore alone does not tell it: state max_velocity or max_pressure_drop of the link, or the capacity"
        found.say(place, f"is missing; {advice}", missing="capacity")


def _check_roughness(size: Size, place: Path, found: Findings) -> None:
    if size.roughness is None:
        return
    if size.inner_diameter is None:
        found.say((*place, "roughness"), "is of no use without inner_diameter; state both or neither")
    elif 0 < ROUGHEST * size.inner_diameter.value < size.roughness.value:
        bore = size.inner_diameter.given
        message = f"found {size.roughness.given}; expected at most {ROUGHEST:.0%} of the bore, {bore}"
        found.say((*place, "roughness"), message)


def _check_trend(link: Link, size: Size, place: Path, found: Findings) -> None:
    """Capacities that are chosen, at a cost by capacity."""
    for field in ("investment_by_capacity", "least_capacity"):
        if getattr(size, field) is not None and not link.main:
            found.say((*place, field), f"only a main has it; {place[1]} is none (`main: true`)")
    least = size.least_capacity
    if least is None or not link.main:
        return
    if size.investment_by_capacity is None:
        message = "a standard size has the one capacity; state investment_by_capacity, or leave it out"
        found.say((*place, "least_capacity"), message)
    if size.capacity is not None and 0 < size.capacity.value < least.value:
        found.say((*place, "least_capacity"), f"{least.given} is above its own capacity, {size.capacity.given}")


def _check_limits(link: Link, path: Path, found: Findings) -> None:
    """Limits of velocity and pressure drop, and the pumps of the hydraulic check."""
    for limit in LIMITS:
        value = getattr(link, limit)
        if value is None:
            continue
        _check_span(value, (*path, limit), found)
        if link.sizes and all(size.inner_diameter is None for size in link.sizes):
            found.say((*path, limit), "limits nothing: none of its sizes has an inner_diameter")
    if link.pump_efficiency is not None:
        if link.pump_efficiency.value <= 0:
            found.say((*path, "pump_efficiency"), f"found {link.pump_efficiency.given}; expected more than 0")
        if link.sizes and all(size.inner_diameter is None for size in link.sizes):
            message = "is for the hydraulic check, but none of its sizes has an inner_diameter"
            found.say((*path, "pump_efficiency"), message)


def _check_fluids(case: Case, name: str, resources: set[str], found: Findings) -> None:
    """A limit gives a capacity only with the fluid of every resource carried."""
    link = case.links[name]
    limits = " and ".join(limit for limit in LIMITS if getattr(link, limit) is not None)
    if not limits or all(size.inner_diameter is None for size in link.sizes):
        return
    for carried_name in sorted(resources & case.resources.keys()):
        resource = case.resources[carried_name]
        if resource.fluid is None:
            message = f"is missing; {limits} of {name} cannot be turned into capacities without density and viscosity"
            found.say(("resources", carried_name), message, missing="fluid")
        elif resource.fluid.mass is None and not mass_per_unit(case, carried_name):
            message = f"is missing; the capacity of {name} needs the tonnes that flow per {resource.unit}"
            found.say(("resources", carried_name, "fluid"), message, missing="mass")


def _check_fluid(case: Case, name: str, found: Findings) -> None:
    fluid = case.resources[name].fluid
    for field in ("density", "viscosity", "mass") if fluid is not None else ():
        _check_span(getattr(fluid, field), ("resources", name, "fluid", field), found)


def _check_span(value: Value | None, path: Path, found: Findings) -> None:
    """Numbers of pipes and fluids lie where there are such."""
    if value is None:
        return
    low, high = SPANS[str(path[-1])]
    if value.value <= 0:
        found.say(path, f"found {value.given}; expected more than 0")
    elif not low <= value.value <= high:
        found.say(path, f"found {value.given}; expected {low:g} to {high:g} {value.unit}, or is its unit another?")


def _check_heat(case: Case, resources: set[str], path: Path, found: Findings) -> None:
    for name in sorted(resources & case.resources.keys()):
        resource = case.resources[name]
        if resource.kind != "heat":
            found.say(path, f"has a heat loss in W/m but carries {name}, which is not heat; give it a link of its own")
        elif resource.enthalpy is None and not _is_energy(resource.unit):
            message = f"is missing; the loss of {path[-1]} in W/m needs the usable heat of a {resource.unit}"
            found.say(("resources", name), message, missing="enthalpy")


def _is_energy(unit: str) -> bool:
    try:
        units.factor(unit, "MWh")
    except UnitError:
        return False
    return True
