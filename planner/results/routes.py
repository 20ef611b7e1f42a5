"""The way of a built link: its size, length and line on the map."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.case.links import Link
from planner.geography.distances import CorridorGraph, Route
from planner.hydraulics.capacity import capacity_of
from planner.results.books import Books
from planner.results.network import path
from planner.results.terms import stated
from planner.results.ways import Step, length_of, line_of, open_to, shortest_way

if TYPE_CHECKING:
    from shapely import LineString

NAN = float("nan")
PIPE = "pipe:"


@dataclass(frozen=True)
class Way:
    """A link between two places.

    Attributes
    ----------
    capacity_per_h
        Capacity of one such link [unit/h]; not a number for a link without sizes, such as a truck, and for a main.
    """

    link: str | None = None
    size: str | None = None
    existing: bool = False
    length_m: float = 0.0
    cost_length_m: float = 0.0
    capacity_per_h: float = NAN
    path: "LineString | None" = None


def way(books: Books, exchange: str, option: str, places: tuple[str, str] | None) -> Way:
    """The way of an option between two places; without places (on one site) it has no length."""
    link_name, size = books.assembly.exchanges[exchange].options[option]
    link = books.case.links.get(link_name or "")
    if link is None or link_name is None or places is None:
        return Way(link_name, size)
    data = books.assembly.instance.exchanges[exchange].options[option]
    if data.main is not None:
        return _over_main(books, exchange, option, places)
    resource = books.assembly.exchanges[exchange].resource
    capacity = _capacity(books, link_name, size, resource)
    if data.in_trench and places[0] != places[1]:
        return _in_trench(books, exchange, option, places, Way(link_name, size, capacity_per_h=capacity))
    route = route_of(books, link, resource, places)
    length = route.length_m * link.detour.value if route else NAN
    cost_length = route.cost_length_m * link.detour.value if route else NAN
    line = route.path if route else None
    standing = _standing(books, exchange, option)
    if standing is not None:
        capacity, in_place = standing
        if in_place is not None:
            length = cost_length = in_place
        return Way(link_name, size, True, length, cost_length, capacity, line)
    return Way(link_name, size, False, length, cost_length, capacity, line)


def _capacity(books: Books, link: str, size: str | None, resource: str) -> float:
    found = next((s for s in books.case.links[link].sizes if s.size == size), None)
    capacity = capacity_of(books.case, link, found, resource) if found is not None else None
    return NAN if capacity is None else capacity


def _over_main(books: Books, exchange: str, option: str, places: tuple[str, str]) -> Way:
    """Over a main: the shortest way between the places, and on the map the shortest one through its pipes."""
    data = books.assembly.instance.exchanges[exchange].options[option]
    facts = books.assembly.exchanges[exchange]
    link, graph, main = facts.options[option][0], books.distances.graph, str(data.main)
    if places[0] == places[1]:
        return Way(link, None, data.existing)
    length = data.pairs[places].length * 1000 if places in data.pairs else NAN
    if graph is None:
        return Way(link, None, data.existing, length, NAN)
    steps = _between(books, graph, places, open_to(graph, facts.resource))
    cost_length = NAN if steps is None else length_of(graph, steps)[1]
    through = _between(books, graph, places, _beds(books, main))
    line = line_of(graph, through) if through else None
    return Way(link, None, data.existing, length, cost_length, NAN, line)


def _between(
    books: Books, graph: CorridorGraph, places: tuple[str, str], free: dict[str, tuple[bool, bool]]
) -> tuple[Step, ...] | None:
    nodes = books.assembly.instance.nodes
    return shortest_way(graph, nodes[places[0]], nodes[places[1]], free)


def _beds(books: Books, main: str) -> dict[str, tuple[bool, bool]]:
    """Stretches where a main has a pipe in service, or needs none, with the directions it may flow."""
    beds = books.assembly.instance.mains[main].beds
    there = {s for (n, s, _), count in books.solution.values.get("laid", {}).items() if n == main and count > 0.5}
    return {a: (bed.forward, bed.backward) for a, bed in beds.items() if a in there or not bed.pipes}


def _in_trench(books: Books, exchange: str, option: str, places: tuple[str, str], bare: Way) -> Way:
    """In a trench: the real way along its stretches."""
    data = books.assembly.instance.exchanges[exchange].options[option]
    detour = books.solution.value("detour", exchange, option)
    length = (data.pairs[places].length + detour) * 1000 if places in data.pairs else NAN
    graph, steps = books.distances.graph, path(books, exchange, option, places)
    if graph is None or not steps:
        return Way(bare.link, bare.size, False, length, length, bare.capacity_per_h)
    cost_length, line = length_of(graph, steps)[1], line_of(graph, steps)
    return Way(bare.link, bare.size, False, length, cost_length, bare.capacity_per_h, line)


def _standing(books: Books, exchange: str, option: str) -> tuple[float, float | None] | None:
    """Capacity and stated length of a link that is already there; None for a new one."""
    if option.startswith(PIPE):
        pipe = books.case.existing_pipes[option.removeprefix(PIPE)]
        return pipe.capacity.value, pipe.length.value if pipe.length else None
    if not books.assembly.instance.exchanges[exchange].options[option].existing:
        return None
    existing = stated(books, exchange, "existing")
    if existing is None:
        return NAN, None
    return existing.capacity.value, existing.length.value if existing.length else None


def route_of(books: Books, link: Link, resource: str, places: tuple[str, str]) -> Route | None:
    """Route of a resource on the network a link follows, or on the one that stands in for it."""
    networks = (link.along, books.case.geography.without_corridors, "table")
    found = (books.distances.along(network, resource).get(places) for network in networks)
    return next((route for route in found if route is not None), None)
