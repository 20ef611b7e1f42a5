"""Checks of the link of an exchange: its ends, way, capacity and loss, whether it is its own or a main."""

import math
from collections.abc import Mapping
from typing import Any

from planner.audit.checks import Checks, differs
from planner.audit.facts import Facts, Terms
from planner.audit.pipe_heat import farthest, lost_per_metre
from planner.audit.siting import Places
from planner.audit.ways import Ways
from planner.case.cooling import heats
from planner.geography.distances import Distances, Route

Row = dict[str, Any]


def in_place(row: Row) -> bool:
    """Tell whether a link is there already: carrying this exchange today, or a pipe in the ground."""
    return str(row["option"]).startswith(("existing ", "pipe:"))


def carried_today(row: Row) -> bool:
    """Tell whether a link carries this exchange today."""
    return str(row["option"]).startswith("existing ")


def text(value: object) -> str | None:
    """Text of a cell; None where it is empty."""
    return None if value is None or value != value else str(value)


def size_of(row: Row) -> str | None:
    """Size of a link in the exchanges table; None for a link without sizes."""
    return text(row["size"])


def main_of(row: Row) -> str | None:
    """Id of the main an exchange uses; None where it has a link of its own."""
    return text(row.get("main"))


def follows_stretches(facts: Facts, row: Row) -> bool:
    """Tell whether an exchange has a new pipe of its own that lies in shared trenches."""
    case, link = facts.case, text(row["link"])
    if link not in case.links or main_of(row) is not None or in_place(row):
        return False
    return case.trenches is not None and case.trenches.shared and case.in_trench(link)


def standing(facts: Facts, row: Row) -> tuple[float, float | None]:
    """Capacity [unit/h] and stated length [m] of a link that is there already, by the case."""
    option = str(row["option"])
    if option.startswith("pipe:"):
        pipe = facts.case.existing_pipes[option.removeprefix("pipe:")]
        return pipe.capacity.value, pipe.length.value if pipe.length else None
    entries = facts.declared(*(str(row[k]) for k in ("from", "to", "source", "sink")))
    existing = next(entry.existing for entry in reversed(entries) if entry.existing is not None)
    return existing.capacity.value, existing.length.value if existing.length else None


def resource_of(facts: Facts, row: Row) -> str:
    """Resource that an exchange moves, by the case."""
    return facts.stream_resource(str(row["from"]), "source", str(row["source"]))


def shared_hours(facts: Facts, row: Row) -> float:
    """Hours in which both ends of an exchange run [h/yr]."""
    if facts.slices:
        return sum(shared_hours(one, row) for one in facts.slices.values())
    giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
    terms = facts.terms(giver, taker, source, sink)
    most = min(facts.stream_hours(giver, "source", source), facts.stream_hours(taker, "sink", sink))
    if terms is not None and terms.shared_hours is not None:
        return min(terms.shared_hours, most)
    return most


def peak_of(facts: Facts, row: Row) -> float:
    """Largest over mean rate of an exchange: the larger of its two ends."""
    giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
    return max(facts.peak_factor(giver, "source", source), facts.peak_factor(taker, "sink", sink))


def route_of(facts: Facts, distances: Distances, row: Row) -> Route | None:
    """Route of an exchange's link on the network it follows, or on what stands for it; before any detour."""
    along, resource = facts.case.links[str(row["link"])].along, resource_of(facts, row)
    pair = str(row["from_place"]), str(row["to_place"])
    networks: list[Mapping[tuple[str, str], Route]] = [distances.along(along, resource)]
    networks += [routes for name, routes in distances.routes.items() if name != along and ": " not in name]
    return next((routes[pair] for routes in networks if pair in routes), None)


def check_link(
    facts: Facts,
    distances: Distances,
    places: Places,
    row: Row,
    shared: tuple[float, Terms],
    checks: Checks,
    check: str,
) -> None:
    """Check the link of an exchange between two sites; ``shared`` are its hours and terms."""
    label = str(row["exchange"])
    for unit, column in ((str(row["from"]), "from_place"), (str(row["to"]), "to_place")):
        place = places.get(facts.host(unit), unit if unit in facts.case.partners else None)
        if place != str(row[column]):
            checks.fail(check, f"{label}: {unit} stands on {place}, the link ends at {row[column]}")
    if str(row["link"]) not in facts.case.links:
        checks.fail(check, f"{label}: no link {row['link']} in the case")
        return
    _allowed(facts, row, shared[1], checks, check)
    if main_of(row) is not None:
        _on_a_main(facts, distances, row, shared[0], checks, check)
    else:
        _of_its_own(facts, distances, row, shared[0], checks, check)


def _allowed(facts: Facts, row: Row, terms: Terms, checks: Checks, check: str) -> None:
    """Check that the case lets this link carry this resource, and that a main is called one."""
    label, name, resource = str(row["exchange"]), str(row["link"]), resource_of(facts, row)
    if not in_place(row) and name not in (terms.links or facts.case.resources[resource].carried_by):
        checks.fail(check, f"{label}: {resource} may not be carried by {name}")
    main = main_of(row)
    if facts.case.links[name].main and main is None:
        checks.fail(check, f"{label}: {name} is a main, the row names none")
    if main is not None and facts.case.mains().get(main) != (name, resource):
        checks.fail(check, f"{label}: {main} is no main of the case for {resource} by {name}")


def _peak(facts: Facts, row: Row, hours: float) -> float:
    return float(row["flow_per_yr"]) / hours * peak_of(facts, row) if hours > 0 else 0.0


def _of_its_own(facts: Facts, distances: Distances, row: Row, hours: float, checks: Checks, check: str) -> None:
    label, link = str(row["exchange"]), facts.case.links[str(row["link"])]
    if not follows_stretches(facts, row):
        _lengths(facts, distances, row, checks, check)  # of a pipe in a trench, see trenches
    capacity = float(row["capacity_per_h"])
    size = facts.size(link, size_of(row))
    if in_place(row):
        checks.equal(check, f"{label}: capacity in place", capacity, standing(facts, row)[0])
    elif size is not None:
        one = facts.capacity(str(row["link"]), size, resource_of(facts, row))
        checks.equal(check, f"{label}: capacity", capacity, one * float(row["copies"]))
    if capacity == capacity:  # a truck has no capacity of its own
        checks.at_most(check, f"{label}: peak", _peak(facts, row, hours), capacity)
    flow = float(row["flow_per_yr"])
    if checks.where and not flow > 1e-6 and not abs(float(row["lost_per_yr"])) > 1e-6:
        return  # out of service in a period
    checks.equal(check, f"{label}: loss", float(row["lost_per_yr"]), _loss(facts, row, hours), flow)


def _on_a_main(facts: Facts, distances: Distances, row: Row, hours: float, checks: Checks, check: str) -> None:
    """Check what a row says of a main; flows and losses are checked of the main as a whole."""
    label, link = str(row["exchange"]), facts.case.links[str(row["link"])]
    if size_of(row) is not None or float(row["capacity_per_h"]) == float(row["capacity_per_h"]):
        checks.fail(check, f"{label}: a main's sizes and capacities are not those of an exchange")
    if carried_today(row):
        checks.at_most(check, f"{label}: peak", _peak(facts, row, hours), standing(facts, row)[0])
    lost, flow = float(row["lost_per_yr"]), float(row["flow_per_yr"])
    least = -math.inf if heats(facts.case, resource_of(facts, row)) else -1e-6
    if not least <= lost <= flow + 1e-4 + 1e-5 * flow:
        checks.fail(check, f"{label}: {lost:g} lost of {flow:g}")
    if distances.graph is None:
        checks.fail(check, f"{label}: uses a main where there are no corridors")
        return
    way = Ways(distances.graph).shortest(resource_of(facts, row), str(row["from_place"]), str(row["to_place"]))
    if way is None:
        checks.fail(check, f"{label}: no way for a main from {row['from_place']} to {row['to_place']}")
        return
    checks.equal(check, f"{label}: length in km", float(row["length_km"]), way.length_m / 1000)
    one_of(checks, check, f"{label}: cost length in km", float(row["cost_length_km"]), way.lengths_km)
    if way.length_m > farthest(facts, link, resource_of(facts, row), stated=not in_place(row)) + 1e-6:
        checks.fail(check, f"{label}: longer than {row['link']} may be")


def one_of(checks: Checks, check: str, what: str, found: float, expected: tuple[float, ...]) -> None:
    """Compare a number with every value it may have."""
    if all(differs(found, number) for number in expected):
        checks.fail(check, f"{what}: {found:.10g} in the tables, {expected[0]:.10g} recomputed")


def _lengths(facts: Facts, distances: Distances, row: Row, checks: Checks, check: str) -> None:
    label, link = str(row["exchange"]), facts.case.links[str(row["link"])]
    route = route_of(facts, distances, row)
    stated = standing(facts, row)[1] if in_place(row) else None
    if stated is not None:
        length, cost_length = stated, stated
    elif route is not None:
        length, cost_length = route.length_m * link.detour.value, route.cost_length_m * link.detour.value
    else:
        checks.fail(check, f"{label}: no way from {row['from_place']} to {row['to_place']}")
        return
    checks.equal(check, f"{label}: length in km", float(row["length_km"]), length / 1000)
    checks.equal(check, f"{label}: cost length in km", float(row["cost_length_km"]), cost_length / 1000)
    if length > farthest(facts, link, resource_of(facts, row), stated=not in_place(row)) + 1e-6:
        checks.fail(check, f"{label}: longer than {row['link']} may be")


def _loss(facts: Facts, row: Row, hours: float) -> float:
    link = facts.case.links[str(row["link"])]
    size, resource = facts.size(link, size_of(row)), resource_of(facts, row)
    lost = float(row["flow_per_yr"]) * (link.volume_loss.value if link.volume_loss else 0.0) * float(row["length_km"])
    owed = lost_per_metre(facts, size, resource, str(row["from"]))
    return lost + owed * float(row["length_km"]) * 1000 * hours * float(row["copies"])
