"""What the rest of the planner knows of the park's geography."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import LineString

Pair = tuple[str, str]


@dataclass(frozen=True)
class Route:
    """The way of a link between two places.

    Attributes
    ----------
    length_m
        Length on the ground [m].
    cost_length_m
        Length times cost factors, plus the extra lengths of crossings [m].
    path
        Its line in ``Distances.crs``; None where a distance table gives the length.
    segments
        Ids of the corridor segments it follows, in order; empty off the corridors.
    charges
        Number of an entry of ``geography.crossings`` that has a charge, from 1, -> crossings on the way.
    """

    length_m: float
    cost_length_m: float
    path: "LineString | None" = None
    segments: tuple[str, ...] = ()
    charges: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Stretch:
    """A stretch of the corridor graph between two nodes: nothing branches off, and nothing that matters changes on it.

    Attributes
    ----------
    tail, head
        Nodes at its ends, in the direction of ``line``.
    length_m
        Length on the ground [m].
    civil_length_m
        Length times cost factors, plus the extra lengths of crossings [m].
    extra_m
        The extra lengths of crossings in it [m].
    charges
        Number of an entry of ``geography.crossings``, from 1, -> crossings of it; a crossing that two stretches share
        is half to each.
    surfaces
        Class of surface -> metres; "" where none is stated.
    surface_costs
        Class of surface -> metres x cost factors; empty where they are those of the surfaces.
    segments
        Ids of the pieces of ``Distances.segments`` it is made of, in order from tail to head.
    corridors
        Names of the corridors they are pieces of; empty for an access.
    kind
        "corridor", "access" from a place to the network, or "proposed".
    forbidden
        Resources that may not run here.
    one_way
        Resource -> "+" where it may flow from tail to head only, "-" where from head to tail only.
    trench
        "new", or "existing" where a trench lies open: no civil works are due.
    existing
        Names of the existing mains that lie here.
    line
        From tail to head.
    """

    tail: str
    head: str
    length_m: float
    civil_length_m: float
    charges: Mapping[int, float] = field(default_factory=dict)
    surfaces: Mapping[str, float] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    corridors: tuple[str, ...] = ()
    kind: str = "corridor"
    forbidden: frozenset[str] = frozenset()
    one_way: Mapping[str, str] = field(default_factory=dict)
    max_pipes: int | None = None
    trench: str = "new"
    existing: tuple[str, ...] = ()
    line: "LineString | None" = None
    extra_m: float = 0.0
    surface_costs: Mapping[str, float] = field(default_factory=dict)

    def directions(self, resource: str) -> tuple[bool, bool]:
        """Whether a resource may flow from tail to head, and from head to tail."""
        if resource in self.forbidden:
            return False, False
        only = self.one_way.get(resource)
        return only != "-", only != "+"

    @property
    def free(self) -> bool:
        """Whether it only says that a place of several accesses is on the network there: no pipe and no trench."""
        return self.kind == "access" and self.length_m == 0


@dataclass(frozen=True)
class CorridorGraph:
    """Where mains and pipes in trenches may run.

    Attributes
    ----------
    stretches
        By id, which names the corridor and is stable for a case.
    places
        Plot or partner -> its node. A place is a node of its own, with an access stretch from each of its access
        points; ways begin and end there, and none passes through. Where the corridor touches it at its only access,
        its node is that of the network, which several places may share. Of several accesses, those where a corridor
        touches it are ``Stretch.free``.
    nodes
        Node -> coordinates in ``Distances.crs``.
    proposed
        True where the case has no corridors and these are the program's.
    junctions
        Nodes of places that are nodes of the network: ways pass them.
    """

    stretches: Mapping[str, Stretch]
    places: Mapping[str, str]
    nodes: Mapping[str, tuple[float, float]]
    proposed: bool = False
    junctions: frozenset[str] = frozenset()

    @property
    def closed(self) -> frozenset[str]:
        """Nodes of places that no way passes."""
        return frozenset(self.places.values()) - self.junctions

    def spots(self, place: str) -> frozenset[str]:
        """Nodes at which a place is on the network without a pipe: its own, and where its free accesses lead."""
        node = self.places[place]
        ends = ((s.tail, s.head) for s in self.stretches.values() if s.free and node in (s.tail, s.head))
        return frozenset({node}.union(*ends))

    def lengths(self, resource: str) -> Mapping[Pair, float]:
        """Length of the shortest way a resource may take between two places [m]; places it cannot join are missing."""
        from planner.geography.graph import shortest_ways

        return shortest_ways(self, resource)


@dataclass(frozen=True)
class Distances:
    """Routes and distances between the plots and partners of a case, in one projected CRS.

    Attributes
    ----------
    routes
        Network ("corridors", "roads", "straight", "manhattan", "table") -> (from, to) -> route. Only the networks the
        case's links and existing pipes use; both directions are there; places that cannot be joined are missing.
        From a place to itself: half the square root of its area, for plots declared for several tenants.
        "corridors: <resource>" holds the routes of a resource that some corridor forbids or lets flow one way only;
        ``along`` finds the right one.
    plots
        One row a plot: name, area_ha (of the shape, or as stated), geometry.
    points
        Position of every partner and access point of every plot, by name.
    edge_m
        (plot, plot) -> distance edge to edge [m], both directions.
    receptor_m
        (plot, kind of receptor) -> (distance edge to edge [m], name of the nearest receptor).
    segments
        The corridor segments after snapping: id, network, kind, length_m, cost_factor, extra_m, start and end (nodes),
        surface, forbidden and one_way (resources with semicolons; a minus means from end to start), max_pipes, trench,
        existing (mains), geometry.
    crs
        The projected CRS of all geometry, as text; None for a case without coordinates.
    notes
        What was done to the data, for the user to read: projected, snapped, joined ...
    graph
        The corridor graph, with dead ends cut off; None for a case without mains and trenches.
    """

    routes: Mapping[str, Mapping[Pair, Route]]
    plots: "gpd.GeoDataFrame"
    points: "gpd.GeoDataFrame"
    edge_m: Mapping[Pair, float]
    receptor_m: Mapping[Pair, tuple[float, str]] = field(default_factory=dict)
    segments: "gpd.GeoDataFrame | None" = None
    crs: str | None = None
    notes: tuple[str, ...] = ()
    graph: CorridorGraph | None = None

    def along(self, network: str, resource: str) -> Mapping[Pair, Route]:
        """Routes of a resource along a network; none where the case has no such network."""
        return self.routes.get(f"{network}: {resource}", self.routes.get(network, {}))
