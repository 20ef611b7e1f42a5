"""The way of a built link: its size, length and line on the map."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.case.links import Link
from planner.geography.distances import Route
from planner.results.books import Books
from planner.results.terms import stated

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
        Capacity of one such link [unit/h]; not a number for a link without sizes, such as a truck.
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
    if link is None or places is None:
        return Way(link_name, size)
    route = route_of(books, link, places)
    length = route.length_m * link.detour.value if route else NAN
    cost_length = route.cost_length_m * link.detour.value if route else NAN
    path = route.path if route else None
    standing = _standing(books, exchange, option)
    if standing is not None:
        capacity, in_place = standing
        if in_place is not None:
            length = cost_length = in_place
        return Way(link_name, size, True, length, cost_length, capacity, path)
    capacity = next((s.capacity.value for s in link.sizes if s.size == size), NAN)
    return Way(link_name, size, False, length, cost_length, capacity, path)


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


def route_of(books: Books, link: Link, places: tuple[str, str]) -> Route | None:
    """Route of a link on the network it follows, or on the one that stands in for it."""
    networks = (link.along, books.case.geography.without_corridors, "table")
    found = (books.distances.routes.get(network, {}).get(places) for network in networks)
    return next((route for route in found if route is not None), None)
