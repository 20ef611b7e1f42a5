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
    """

    length_m: float
    cost_length_m: float
    path: "LineString | None" = None
    segments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Distances:
    """Routes and distances between the plots and partners of a case, in one projected CRS.

    Attributes
    ----------
    routes
        Network ("corridors", "roads", "straight", "manhattan", "table") -> (from, to) -> route. Only the networks the
        case's links and existing pipes use; both directions are there; places that cannot be joined are missing.
        From a place to itself: half the square root of its area, for plots declared for several tenants.
    plots
        One row a plot: name, area_ha (of the shape, or as stated), geometry.
    points
        Position of every partner and access point of every plot, by name.
    edge_m
        (plot, plot) -> distance edge to edge [m], both directions.
    receptor_m
        (plot, kind of receptor) -> (distance edge to edge [m], name of the nearest receptor).
    segments
        The corridor segments after snapping: id, length_m, cost_factor, geometry.
    crs
        The projected CRS of all geometry, as text; None for a case without coordinates.
    notes
        What was done to the data, for the user to read: projected, snapped, joined ...
    """

    routes: Mapping[str, Mapping[Pair, Route]]
    plots: "gpd.GeoDataFrame"
    points: "gpd.GeoDataFrame"
    edge_m: Mapping[Pair, float]
    receptor_m: Mapping[Pair, tuple[float, str]] = field(default_factory=dict)
    segments: "gpd.GeoDataFrame | None" = None
    crs: str | None = None
    notes: tuple[str, ...] = ()
