"""How far the ends of exchanges are from each other, however much of a park is drawn.

Where the case has its places and networks, the ways are those that a plan would take. Of a plant that is not sited,
the mean over all places on which it may stand counts, beside the nearest and the farthest. Without plots, and where the
case says nothing of a place, a stated distance is taken. Of very many places only straight (or Manhattan) lines are
measured, each when it is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.assemble.land import Ground as Land
from planner.assemble.land import breaches_at, grounds_of, siting
from planner.assemble.streams import Member
from planner.assemble.ways import Geometry
from planner.case.case import Case
from planner.case.links import Link
from planner.case.plants import Plant
from planner.errors import CaseError, Fault, GeometryError, UsageError

if TYPE_CHECKING:
    from planner.geography.distances import Route

Array = np.ndarray[Any, Any]

#: Distance between two sites of which the case says nothing [km]: an assumption, and named as such in every row.
ASSUMED_KM = 1.0
#: From this many places on, straight lines are measured one by one instead of all ways at once.
MANY = 150

ROUTE, STRAIGHT, STATED, ASSUMED, IN_PLACE, ON_SITE = (
    "way of the case",
    "straight line",
    "stated distance",
    "assumed distance",
    "length in place",
    "on site",
)


@dataclass(frozen=True)
class Lengths:
    """Lengths between pairs of sites.

    Attributes
    ----------
    mean, cost
        Mean length and cost length [m], shape (n,); not a number where there is no way.
    nearest, farthest
        Over the places on which both may stand [m], shape (n,).
    basis
        What they rest on, shape (n,).
    crossings
        Number of an entry of ``geography.crossings`` -> mean number of crossings that are paid for, shape (n,).
    """

    mean: Array
    cost: Array
    nearest: Array
    farthest: Array
    basis: Array
    crossings: Mapping[int, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, metres: Array, basis: Array | str) -> "Lengths":
        """Ways that are as long whatever the places."""
        words = np.full(len(metres), basis, dtype=object) if isinstance(basis, str) else basis
        return cls(metres, metres, metres, metres, words)

    def where(self, there: Array) -> "Lengths":
        """The same with no way elsewhere."""
        mean, cost, near, far = (
            np.where(there, metres, np.nan) for metres in (self.mean, self.cost, self.nearest, self.farthest)
        )
        return Lengths(mean, cost, near, far, self.basis, self.crossings)


#: Mean, cost length, nearest, farthest [m], basis and crossings of one pair of sites.
_Row = tuple[float, float, float, float, str, Mapping[int, float]]


@dataclass
class Ground:
    """Where units may stand, and how far that is.

    Attributes
    ----------
    places
        Unit -> places on which it may stand; none where the case says nothing.
    geometry
        Ways of the case; None where straight lines are measured one by one, or nothing is known.
    points
        Place -> its points (x, y) [m], for straight lines.
    several
        Places for several tenants.
    stated_m, basis
        Distance where nothing is known, and whether it is stated or assumed.
    """

    case: Case
    places: Mapping[str, tuple[str, ...]]
    geometry: Geometry | None
    points: Mapping[str, Array]
    several: frozenset[str]
    stated_m: float
    basis: str
    _known: dict[Any, _Row] = field(default_factory=dict)

    def between(
        self, link: Link, resource: str, givers: Sequence[str], takers: Sequence[str], farthest: float
    ) -> Lengths:
        """Lengths of a link between sites; ``farthest`` is the longest admissible way [m]."""
        if self.geometry is None and self.points and all(len(own) == 1 for own in self.places.values()):
            return self._straight(link, givers, takers, farthest)
        routes = self._routes(link, resource)
        rows = [self._one(link, routes, ends, farthest) for ends in zip(givers, takers, strict=True)]
        table = np.array([row[:4] for row in rows], dtype=float).reshape(-1, 4)
        numbers = sorted({number for _, _, _, _, _, charges in rows for number in charges})
        crossings = {n: np.array([row[5].get(n, 0.0) for row in rows]) for n in numbers}
        basis = np.array([row[4] for row in rows], dtype=object)
        return Lengths(table[:, 0], table[:, 1], table[:, 2], table[:, 3], basis, crossings)

    def pair(self, giver: str, taker: str) -> tuple[str, str] | None:
        """The places of two sites where both are fixed."""
        p, q = self.places.get(giver, ()), self.places.get(taker, ())
        return (p[0], q[0]) if len(p) == len(q) == 1 else None

    def _routes(self, link: Link, resource: str) -> "Mapping[tuple[str, str], Route] | None":
        return None if self.geometry is None else self.geometry.network(link, resource)

    def _one(
        self, link: Link, routes: "Mapping[tuple[str, str], Route] | None", ends: tuple[str, str], farthest: float
    ) -> _Row:
        """(Mean, cost length, nearest, farthest, basis, crossings) of one pair of sites."""
        own, other = self.places.get(ends[0], ()), self.places.get(ends[1], ())
        detour = link.detour.value
        if not own or not other:
            metres = self.stated_m * detour
            length = metres if metres <= farthest else np.nan
            return length, length, length, length, self.basis, {}
        key = (link.along, id(routes), detour, farthest, ends)
        if key not in self._known:
            pairs = [(p, q) for p in own for q in other if p != q or p in self.several]
            self._known[key] = _mean([w for w in (self._way(routes, *pq, link) for pq in pairs) if w], farthest)
        return self._known[key]

    def _way(
        self, routes: "Mapping[tuple[str, str], Route] | None", p: str, q: str, link: Link
    ) -> tuple[float, float, str, Mapping[int, float]] | None:
        detour = link.detour.value
        if routes is not None:
            route = routes.get((p, q))
            if route is None:
                return None
            return route.length_m * detour, route.cost_length_m * detour, ROUTE, route.charges
        if p in self.points and q in self.points:
            metres = _between(self.points[p], self.points[q], self._manhattan(link)) * detour
            return metres, metres, STRAIGHT, {}
        return self.stated_m * detour, self.stated_m * detour, self.basis, {}

    def _manhattan(self, link: Link) -> bool:
        return "manhattan" in (link.along, self.case.geography.without_corridors if link.along != "straight" else "")

    def _straight(self, link: Link, givers: Sequence[str], takers: Sequence[str], farthest: float) -> Lengths:
        """Straight lines between sites that are all fixed, at once."""
        middles = {unit: self.points[own[0]][0] for unit, own in self.places.items() if own[0] in self.points}
        nowhere = np.array([np.nan, np.nan])
        a, b = (np.array([middles.get(unit, nowhere) for unit in side]).reshape(-1, 2) for side in (givers, takers))
        apart = np.abs(a - b)
        metres = apart.sum(axis=1) if self._manhattan(link) else np.hypot(apart[:, 0], apart[:, 1])
        unknown = np.isnan(metres)
        metres = np.where(unknown, self.stated_m, metres) * link.detour.value
        metres = np.where(metres <= farthest, metres, np.nan)
        return Lengths.of(metres, np.where(unknown, self.basis, STRAIGHT).astype(object))


def _between(a: Array, b: Array, manhattan: bool) -> float:
    apart = np.abs(a[:, None, :] - b[None, :, :])
    return float((apart.sum(axis=2) if manhattan else np.hypot(apart[..., 0], apart[..., 1])).min())


def _mean(ways: Sequence[tuple[float, float, str, Mapping[int, float]]], farthest: float) -> _Row:
    """Over ways within reach; not a number where there is none."""
    within = [way for way in ways if way[0] <= farthest]
    if not within:
        return np.nan, np.nan, np.nan, np.nan, ways[0][2] if ways else ROUTE, {}
    lengths, number = [way[0] for way in within], len(within)
    charges: dict[int, float] = {}
    for way in within:
        for n, count in way[3].items():
            charges[n] = charges.get(n, 0.0) + count / number
    return (
        sum(lengths) / number,
        sum(way[1] for way in within) / number,
        min(lengths),
        max(lengths),
        within[0][2],
        charges,
    )


def ground_of(case: Case, members: Mapping[str, Member], distance_km: float | None) -> Ground:
    """Where the units of a case may stand, and how far that is.

    Parameters
    ----------
    distance_km
        Distance where the case says nothing of a place [km]; ``ASSUMED_KM`` if None.

    Raises
    ------
    CaseError, GeometryError
        If what the case says of its places is faulty.
    """
    stated = 1000.0 * (ASSUMED_KM if distance_km is None else distance_km)
    basis = ASSUMED if distance_km is None else STATED
    several = frozenset(name for name, plot in case.plots.items() if plot.several_tenants)
    on = {name: member.site for name, member in members.items()}
    if not _is_drawn(case):
        places: dict[str, tuple[str, ...]] = {}
        return Ground(case, places, None, {}, several, stated, basis)
    if _is_large(case):
        found, points = _light(case, members)
        return Ground(case, {n: found.get(s, ()) for n, s in on.items()}, None, points, several, stated, basis)
    from planner.geography.measure import measure

    try:
        distances = measure(case)
    except CaseError as error:
        if distance_km is None:
            raise UsageError(f"{error}\nor state a distance to screen with, such as --distance 1.5") from error
        found, points = _light(case, members)
        return Ground(case, {n: found.get(s, ()) for n, s in on.items()}, None, points, several, stated, basis)
    geometry = Geometry(case, distances, siting(case, distances, members))
    sited = geometry.siting.admissible
    return Ground(case, {n: sited.get(s, ()) for n, s in on.items()}, geometry, {}, several, stated, basis)


def _is_drawn(case: Case) -> bool:
    """Whether anything is said of places."""
    geography = case.geography
    placed = any(partner.at is not None for partner in case.partners.values())
    return bool(case.plots) or geography.plots is not None or geography.partners is not None or placed


def _is_large(case: Case) -> bool:
    """Whether a case has very many places, and no network or obstacle between them."""
    if len(case.plots) + len(case.partners) < MANY:
        return False
    geography = case.geography
    if geography.obstacles or geography.crossings or geography.distances or case.existing_pipes:
        return False
    drawn = {name for name in ("corridors", "roads") if getattr(geography, name) is not None}
    along = {link.along for link in case.links.values()}
    return not along & (drawn | {"table"}) and geography.without_corridors != "proposed"


def _light(case: Case, members: Mapping[str, Member]) -> tuple[dict[str, tuple[str, ...]], dict[str, Array]]:
    """Places of units and points of places, without measuring any way."""
    from planner.geography.distances import Distances
    from planner.geography.measure import layers_of
    from planner.geography.places import find_places, plots_frame

    faults: list[Fault] = []
    layers = layers_of(case)
    found = find_places(case, layers, faults)
    if faults:
        raise GeometryError(faults)
    plots = plots_frame(case, found, layers.crs, [])
    land = grounds_of(case, Distances({}, plots, plots.iloc[:0], {}))
    points = {name: np.array([(p.x, p.y) for p in own]) for name, own in found.points().items()}
    places = {name: _admissible(case, member, plots, land) for name, member in members.items() if not member.host}
    return places, points


def _admissible(case: Case, member: Member, plots: Any, land: Mapping[str, Land]) -> tuple[str, ...]:
    """Places on which a unit may stand, receptors and neighbours apart."""
    from planner.geography.distances import Distances

    if member.kind == "partner":
        return (member.name,)
    if isinstance(member.item, Plant) and member.item.plot is not None:
        return (member.item.plot,) if member.item.plot in land else ()
    nothing = Distances({}, plots, plots.iloc[:0], {})
    return tuple(p for p, ground in land.items() if not breaches_at(case, nothing, member, ground))
