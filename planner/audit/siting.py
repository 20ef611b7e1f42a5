"""Checks of who stands where: plots, zones, areas, separations, neighbours."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.reading import rows_of
from planner.case.land import Plot
from planner.geography.distances import Distances

if TYPE_CHECKING:
    import pandas as pd

Places = dict[str, str]
#: Facility -> its capacity [activity/h], of a store its content.
Sizes = Mapping[str, float]


def read_places(siting: "pd.DataFrame", checks: Checks) -> Places:
    """Return unit -> plot from the siting table; a unit listed twice is a difference."""
    places: Places = {}
    checks.start("each unit stands on one plot")
    for unit, plot in zip(siting["unit"], siting["plot"], strict=True):
        if unit in places:
            checks.fail("each unit stands on one plot", f"{unit} stands on {places[unit]} and on {plot}")
        places[str(unit)] = str(plot)
    return places


def read_sizes(tables: "Mapping[str, pd.DataFrame]", prefix: str) -> dict[str, float]:
    """Return capacities of facilities and contents of stores from their tables."""
    found = {str(row["facility"]): float(row["capacity_per_h"]) for row in rows_of(tables, prefix + "facilities")}
    return found | {str(row["store"]): float(row["content"]) for row in rows_of(tables, prefix + "stores")}


def needed_land(declared: Any, size: float) -> float:
    """Land that a plant needs, or a facility at a size [ha]."""
    if declared is None:
        return 0.0
    per = getattr(declared, "area_per_capacity", None)
    grown = 0.0 if per is None or declared.on_roof else per.value * size
    built = grown + (declared.area.value if declared.area else 0.0)
    return float(built / declared.coverage.value) if built else 0.0


def check_siting(
    facts: Facts, distances: Distances, places: Places, sizes: Sizes, checks: Checks, *, baseline: bool
) -> None:
    """Check the siting of a plan, or of a baseline (to which neighbours and counts do not apply)."""
    _tenants(facts, places, checks)
    _plots(facts, distances, places, sizes, checks)
    _roofs(facts, sizes, checks)
    _separations(facts, distances, places, checks)
    if not baseline:
        _neighbours(facts, distances, places, checks)
        _counts(facts, places, checks)


def _declared(facts: Facts, unit: str) -> Any:
    return facts.case.plants.get(unit) or facts.case.facilities.get(unit)


def _tenants(facts: Facts, places: Places, checks: Checks) -> None:
    check = "every mandatory plant is sited, nobody unknown is"
    checks.start(check)
    for name, plant in facts.case.plants.items():
        if plant.optional is None and name not in places:
            checks.fail(check, f"{name} stands nowhere")
    for unit in places:
        if unit not in facts.tenants and unit not in facts.case.facilities:
            checks.fail(check, f"{unit} is not in the case")


def _plots(facts: Facts, distances: Distances, places: Places, sizes: Sizes, checks: Checks) -> None:
    check = "plots: right kind, reserved ones free, area enough, one tenant unless declared for several"
    checks.start(check)
    areas = dict(zip(distances.plots["name"], distances.plots["area_ha"], strict=True))
    used: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for unit, plot in places.items():
        declared = _declared(facts, unit)
        if declared is None:
            continue
        if facts.host(unit) == unit:
            _admissible(facts, unit, plot, declared, checks, check)
        elif places.get(facts.host(unit), plot) != plot:
            checks.fail(check, f"{unit} is a measure of {facts.host(unit)} but stands elsewhere, on {plot}")
        used[plot].append((unit, needed_land(declared, sizes.get(unit, 0.0))))
    for plot, units in used.items():
        land = facts.case.plots.get(plot)
        if land is None:
            continue
        tenants = [unit for unit, _ in units if facts.host(unit) == unit]
        if len(tenants) > 1 and not land.several_tenants:
            checks.fail(check, f"plot {plot} is for one tenant and holds {', '.join(tenants)}")
        area = areas.get(plot)
        if area is not None:
            need = sum(need for _, need in units)
            checks.at_most(check, f"plot {plot}: hectares needed", need, float(area) * land.usable_share.value)


def _roofs(facts: Facts, sizes: Sizes, checks: Checks) -> None:
    """Check that what stands on the roofs of a plant fits there."""
    covered: dict[str, float] = defaultdict(float)
    for name, facility in facts.case.facilities.items():
        if facility.on_roof and facility.area_per_capacity is not None:
            covered[facility.owner or ""] += facility.area_per_capacity.value * sizes.get(name, 0.0)
    for owner, area in covered.items():
        check = "roofs: no more on them than they hold"
        checks.start(check)
        roof = facts.case.plants[owner].roof_area
        checks.at_most(check, f"{owner}: hectares of roof covered", area, 0.0 if roof is None else roof.value)


def _admissible(facts: Facts, unit: str, plot: str, declared: Any, checks: Checks, check: str) -> None:
    land = facts.case.plots.get(plot)
    if land is None:
        checks.fail(check, f"{unit} stands on {plot}, which is no plot of the case")
        return
    if land.reserved and declared.plot != plot:
        checks.fail(check, f"{unit} stands on the reserved plot {plot}")
    if declared.plot is not None and declared.plot != plot:
        checks.fail(check, f"{unit} is fixed at {declared.plot} but stands on {plot}")
    if declared.plots is not None and plot not in declared.plots:
        checks.fail(check, f"{unit} may not stand on {plot}")
    zones = (declared.zone,) if isinstance(declared.zone, str) else declared.zone
    if declared.plot is None and zones and land.zones is not None and not set(zones) & set(land.zones):
        checks.fail(check, f"{unit} needs zone {' or '.join(zones)}, plot {plot} lies in {', '.join(land.zones)}")


def _separations(facts: Facts, distances: Distances, places: Places, checks: Checks) -> None:
    check = "separation rules"
    checks.start(check)
    hazards = {unit: _declared(facts, unit).hazard for unit in places if _declared(facts, unit) is not None}
    for rule in facts.case.rules.separations:
        for unit in (unit for unit, hazard in hazards.items() if hazard == rule.hazard):
            near = distances.receptor_m.get((places[unit], rule.from_receptor or ""))
            if rule.from_receptor and near and near[0] < rule.distance.value - 1e-6:
                checks.fail(check, f"{unit} is {near[0]:.1f} m from {near[1]}, {rule.distance.value:g} m are asked")
            if rule.from_hazard is None:
                continue
            for other in (other for other, hazard in hazards.items() if hazard == rule.from_hazard and other != unit):
                gap = _gap(distances, places[unit], places[other])
                if gap is not None and gap < rule.distance.value - 1e-6:
                    checks.fail(check, f"{unit} and {other} are {gap:.1f} m apart, {rule.distance.value:g} m are asked")


def _gap(distances: Distances, p: str, q: str) -> float | None:
    return 0.0 if p == q else distances.edge_m.get((p, q))


def _neighbours(facts: Facts, distances: Distances, places: Places, checks: Checks) -> None:
    check = "neighbours"
    checks.start(check)
    limit = facts.case.geography.neighbour_distance.value
    for unit, plot in places.items():
        declared = _declared(facts, unit)
        for other in declared.neighbours if declared else ():
            gap = _gap(distances, plot, places[other]) if other in places else None
            if gap is None or gap > limit + 1e-6:
                checks.fail(check, f"{unit} must be a neighbour of {other}")
        for other in declared.not_neighbours if declared else ():
            gap = _gap(distances, plot, places[other]) if other in places else None
            if gap is not None and gap <= limit - 1e-6:
                checks.fail(check, f"{unit} must not be a neighbour of {other}")


def _counts(facts: Facts, places: Places, checks: Checks) -> None:
    check = "numbers of facilities and of tenants"
    checks.start(check)
    facilities = [unit for unit in places if unit in facts.case.facilities]
    for kind, most in facts.case.rules.at_most.items():
        count = sum((facts.case.facilities[unit].kind or unit) == kind for unit in facilities)
        checks.at_most(check, f"facilities of kind {kind}", count, most)
    for name, facility in facts.case.facilities.items():
        there = facility.scope == "shared" or facts.host(name) in places
        if facility.forced and there and name not in places:
            checks.fail(check, f"{name} must be built")
    _tenants_asked(facts, places, checks, check)


def _tenants_asked(facts: Facts, places: Places, checks: Checks, check: str) -> None:
    """Check that the optional plants asked for are there."""
    asked = facts.case.tenants
    settled = {name for name, plant in facts.case.plants.items() if plant.optional is not None and name in places}
    checks.at_most(check, "optional plants asked for", asked.at_least or 0, len(settled))
    if asked.fixed is not None and settled != set(asked.fixed):
        found, wanted = (", ".join(sorted(names)) or "none" for names in (settled, set(asked.fixed)))
        checks.fail(check, f"optional plants settled are {found}; {wanted} must")


def check_land(facts: Facts, distances: Distances, siting: "pd.DataFrame", sizes: Sizes, checks: Checks) -> None:
    """Check the land of each unit: what it needs, what it takes, and its price."""
    check = "land of each unit"
    checks.start(check)
    areas = dict(zip(distances.plots["name"], distances.plots["area_ha"], strict=True))
    lifetime = facts.case.economics.lifetime.get("land")
    factor = facts.recovery(lifetime.value if lifetime else None)
    for row in siting.to_dict("records"):
        unit, plot = str(row["unit"]), str(row["plot"])
        declared, land = _declared(facts, unit), facts.case.plots.get(plot) or Plot()
        if declared is None:
            continue
        needed = needed_land(declared, sizes.get(unit, 0.0))
        taken = needed if land.several_tenants else float(areas.get(plot, 0.0)) * (facts.host(unit) == unit)
        price = sum(value.value for value in (land.price, land.surcharge) if value) * taken
        expected = {
            "area_ha": needed,
            "land_taken_ha": 0.0 if taken != taken else taken,
            "land_investment": price,
            "land_cost_per_yr": price * factor + taken * (land.rent.value if land.rent else 0.0),
        }
        for column, amount in expected.items():
            if amount == amount:  # a plot of unknown area has no price
                checks.equal(check, f"{unit}: {column}", float(row[column]), amount)
