"""Checks what a case says of plants, facilities, plots and the rules between them."""

from planner.case.case import Case
from planner.case.facilities import Facility, PowerLaw
from planner.case.findings import Findings, Path
from planner.case.plants import Partner, Plant, Sink, Source, Stream, Tenant
from planner.case.resources import Resource


def check_tenants(case: Case, found: Findings) -> None:
    """Plants and partners: hours, streams, plots."""
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            path: Path = (kind, name)
            _check_hours(tenant, path, found)
            for direction, streams in (("sources", tenant.sources), ("sinks", tenant.sinks)):
                for stream_name, stream in streams.items():
                    resource = case.resources.get(stream.resource or stream_name)
                    _check_stream(stream, resource, (*path, direction, stream_name), found)
    for name, plant in case.plants.items():
        _check_place(case, name, plant, ("plants", name), found)
    for name, partner in case.partners.items():
        _check_position(case, partner, ("partners", name), found)


def check_facilities(case: Case, found: Findings) -> None:
    """Facilities: owners, investment curves, places."""
    for name, facility in case.facilities.items():
        path: Path = ("facilities", name)
        _check_curve(facility, path, found)
        if facility.peak_factor.value < 1:
            found.say((*path, "peak_factor"), f"found {facility.peak_factor.given}; expected at least 1")
        if facility.hours and facility.days and facility.hours.value > 24 * facility.days.value + 1e-6:
            found.say((*path, "days"), f"{facility.hours.value:g} h do not fit into {facility.days.value:g} days")
        if facility.capacity_factor.value < 1 and (facility.stores is not None or facility.min_activity is not None):
            why = "a store" if facility.stores is not None else "what states min_activity"
            found.say((*path, "capacity_factor"), f"is for what sun and wind drive, not for {why}; delete it")
        _check_roof(case, facility, path, found)
        if facility.scope == "own":
            _check_measure(facility, path, found)
        else:
            _check_place(case, name, facility, path, found)


def check_land(case: Case, found: Findings) -> None:
    """Plants without a plot that state no area, and plots that have none where somebody may settle."""
    for name, plant in case.plants.items():
        if plant.plot is None and plant.area is None:
            found.say(("plants", name), "is missing; a plant without a fixed plot needs it", missing="area")
    settling = [plant for plant in case.plants.values() if plant.plot is None]
    settling_too = [f for f in case.facilities.values() if f.scope == "shared" and f.plot is None]
    settling_too = [f for f in settling_too if f.area or f.area_per_capacity]
    if case.geography.plots is not None or not (settling or settling_too):
        return
    if not case.plots:
        found.say(("plots",), "the case has no plots, but plants that must settle on one")
    for name, plot in case.plots.items():
        if plot.area is None and not plot.reserved:
            found.say(("plots", name), "is missing; a plot without a shape needs it", missing="area")


def check_rules(case: Case, found: Findings) -> None:
    """Separation rules."""
    for index, rule in enumerate(case.rules.separations):
        if (rule.from_receptor is None) == (rule.from_hazard is None):
            what = "neither" if rule.from_receptor is None else "both"
            found.say(("rules", "separations", index), f"states {what} of from_receptor and from_hazard; expected one")


def _check_hours(tenant: Tenant, path: Path, found: Findings) -> None:
    if tenant.hours and tenant.stops:
        found.say((*path, "stops"), "states hours and stops; expected one of them")
    hours = tenant.hours.value if tenant.hours else 8760 - (tenant.stops.value if tenant.stops else 0)
    if tenant.days and hours > 24 * tenant.days.value + 1e-6:
        found.say((*path, "days"), f"{hours:g} operating hours do not fit into {tenant.days.value:g} days")


def _check_stream(stream: Stream, resource: Resource | None, path: Path, found: Findings) -> None:
    if stream.peak_factor.value < 1:
        found.say((*path, "peak_factor"), f"found {stream.peak_factor.given}; expected at least 1")
    if isinstance(stream, Sink) and stream.whole_demand_from_one_source and stream.max_exchanged_share.value < 1:
        message = "the whole demand cannot come from one source where max_exchanged_share is below 1"
        found.say((*path, "whole_demand_from_one_source"), message)
    if not isinstance(stream, Source) or resource is None:
        return
    discharge = stream.discharge
    if discharge and discharge.waste != "none" and resource.unit != "t" and discharge.waste_mass is None:
        message = f"waste of a resource counted in {resource.unit}; state waste_mass in t/{resource.unit}"
        found.say((*path, "discharge"), message)


def _check_place(case: Case, name: str, unit: Plant | Facility, path: Path, found: Findings) -> None:
    if unit.plot is not None and unit.plots is not None:
        found.say((*path, "plots"), "states plot and plots; expected one of them")
    if unit.plots is not None and not unit.plots:
        found.say((*path, "plots"), "is an empty list; nobody could settle")
    if unit.plot in case.plots and case.plots[str(unit.plot)].reserved:
        found.say((*path, "plot"), f"plot {unit.plot} is reserved; nobody may settle there")
    if unit.coverage.value <= 0:
        found.say((*path, "coverage"), f"found {unit.coverage.given}; expected more than 0")
    for field in ("neighbours", "not_neighbours"):
        if name in getattr(unit, field):
            found.say((*path, field), f"{name} names itself")
    for other in sorted(set(unit.neighbours) & set(unit.not_neighbours)):
        found.say((*path, "not_neighbours"), f"{other} is among neighbours, too")


def _check_position(case: Case, partner: Partner, path: Path, found: Findings) -> None:
    at = partner.at
    if at is None:
        if case.geography.distances is None:
            found.say(path, "is missing; state x and y, or lon and lat, or name it in geography.partners", missing="at")
        return
    stated = [axis for axis in ("x", "y", "lon", "lat") if getattr(at, axis) is not None]
    if stated not in (["x", "y"], ["lon", "lat"]):
        found.say((*path, "at"), f"states {', '.join(stated) or 'nothing'}; expected x and y, or lon and lat")
    elif at.x is not None and case.crs is None:
        found.say((*path, "at"), "states x and y, but the case has no crs")
    elif at.lon is not None and at.lat is not None and not (abs(at.lon) <= 180 and abs(at.lat) <= 90):
        found.say((*path, "at"), "expected lon within -180 ... 180 and lat within -90 ... 90")


def _check_curve(facility: Facility, path: Path, found: Findings) -> None:
    points = facility.investment
    if isinstance(points, PowerLaw):
        _check_law(points, (*path, "investment"), found)
        return
    if points[-1].capacity.value <= 0:
        found.say((*path, "investment", len(points) - 1, "capacity"), "expected more than 0")
    for index in range(1, len(points)):
        before, here = points[index - 1], points[index]
        if here.capacity.value <= before.capacity.value:
            message = f"{here.capacity.given} is not above the {before.capacity.given} of the point before"
            found.say((*path, "investment", index, "capacity"), message)
        if here.investment.value < before.investment.value:
            message = f"{here.investment.given} is below the {before.investment.given} of the point before"
            found.say((*path, "investment", index, "investment"), message)


def _check_law(law: PowerLaw, path: Path, found: Findings) -> None:
    if law.largest.value <= 0:
        found.say((*path, "largest"), "expected more than 0")
    if law.smallest is not None and not 0 < law.smallest.value < law.largest.value:
        found.say((*path, "smallest"), f"{law.smallest.given}; expected more than 0 and less than {law.largest.given}")
    if not 0 < law.exponent.value <= 1:
        found.say((*path, "exponent"), f"{law.exponent.given}; expected more than 0 and at most 1 (economies of scale)")


def _check_roof(case: Case, facility: Facility, path: Path, found: Findings) -> None:
    """A facility on roofs is a plant's own, says what it covers, and fits at its smallest."""
    if not facility.on_roof:
        return
    owner = case.plants.get(facility.owner or "")
    if facility.scope != "own":
        found.say((*path, "on_roof"), "roofs are those of a plant; make it a facility of scope own")
    elif facility.area_per_capacity is None:
        found.say(path, "is missing; state how much roof a unit of capacity covers", missing="area_per_capacity")
    elif owner is not None and owner.roof_area is None:
        found.say((*path, "on_roof"), f"plants.{facility.owner}.roof_area is not stated; state it in ha or m2")
    elif owner is not None and owner.roof_area is not None:
        least = facility.curve()[0].capacity.value * facility.area_per_capacity.value
        if least > owner.roof_area.value:
            roof = f"{least:.4g} ha of roof at its smallest; {facility.owner} has {owner.roof_area.value:.4g} ha"
            found.say((*path, "area_per_capacity"), f"it needs {roof}")


def _check_measure(facility: Facility, path: Path, found: Findings) -> None:
    if facility.owner is None:
        found.say(path, "is missing; a facility of scope own names the plant whose measure it is", missing="owner")
    for field in ("plot", "plots", "zone", "hazard", "neighbours", "not_neighbours"):
        if getattr(facility, field):
            found.say((*path, field), "a facility of scope own stands with its plant; delete it")
