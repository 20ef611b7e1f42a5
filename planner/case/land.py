"""Land: plots, corridors, obstacles, receptors and the rules on who may stand where."""

from typing import Annotated, Literal

from pydantic import Field

from planner.case.values import Area, Fraction, LandPrice, LandRent, Length, Name, Section, Whole


class Plot(Section):
    """What a case says of a plot besides its shape; the same names are read as attributes of the plots layer.

    A plot of one tenant is taken whole and paid whole. On a plot declared for several, each takes and pays the land it
    needs.
    """

    price: LandPrice | None = None
    """Purchase price."""
    rent: LandRent | None = None
    zones: tuple[Name, ...] | None = None
    """Zones it lies in; a layer or table may write them with semicolons. Any zone if absent."""
    usable_share: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    several_tenants: bool = False
    """True where it may hold several; else it is taken whole by one."""
    surcharge: LandPrice | None = None
    """Once, for bad ground or flood protection."""
    reserved: bool = False
    """Kept free: nobody may settle there."""
    area: Area | None = None
    """Needed only where the plot's shape is a point or missing; else the area of its polygon."""


class Crossings(Section):
    """What crossing a river, a railway or a road costs a link."""

    layer: Name
    """Lines or polygons; an attribute ``extra_length`` (m) overrides the number below."""
    extra_length: Length
    """Each crossing costs as much as this length of link."""


class Geography(Section):
    """Geographic files of the case: GeoJSON, GeoPackage ("file.gpkg:layer") or shapefile."""

    plots: Name | None = None
    """Polygons (or points with ``area``) with an attribute ``name``."""
    corridors: Name | None = None
    """Lines where pipes may run; attributes ``cost_factor`` (default 1) and ``name``."""
    roads: Name | None = None
    """Lines for trucks, like corridors."""
    obstacles: Name | None = None
    """Polygons (or lines) no route may cross, except where a corridor does."""
    crossings: tuple[Crossings, ...] = ()
    """Rivers, railways and roads that cost a link something to cross."""
    access_points: Name | None = None
    """Points with an attribute ``plot``; by default the plot's boundary nearest to the network."""
    receptors: Name | None = None
    """Polygons or points with attributes ``name`` and ``kind`` (housing, school, water protection ...)."""
    partners: Name | None = None
    """Points with an attribute ``name``, for partners that state no position."""
    existing_pipes: Name | None = None
    """Lines with the attributes of an existing pipe: ``name``, ``from``, ``to``, ``link``, ``resources``,
    ``capacity``, optionally ``size``."""
    distances: Name | None = None
    """CSV file with columns from, to, length_m (plots or partners; either direction serves both) and optionally
    cost_length_m."""
    without_corridors: Literal["straight", "manhattan"] = "straight"
    """How far it is where there is no corridor or road layer."""
    snap_tolerance: Length = Field(default_factory=lambda: Length.model_validate(1))
    """Corridor ends that miss each other by less are joined, and said so."""
    max_access: Length = Field(default_factory=lambda: Length.model_validate(500))
    """A plot farther than this from every corridor is a fault."""
    neighbour_distance: Length = Field(default_factory=lambda: Length.model_validate(20))
    """Plots are neighbours if they are at most this far apart, edge to edge."""


class Separation(Section):
    """A least distance, edge to edge, between a hazard class and a receptor kind, or two hazard classes."""

    hazard: Name
    """Hazard class of the plants and facilities concerned."""
    from_receptor: Name | None = None
    """Kind of receptor they keep away from."""
    from_hazard: Name | None = None
    """Hazard class they keep away from."""
    distance: Length


class Rules(Section):
    """Rules on siting that concern more than one plant."""

    separations: tuple[Separation, ...] = ()
    """Least distances between hazard classes and receptors, or each other."""
    at_most: dict[Name, Annotated[Whole, Field(ge=0)]] = Field(default_factory=dict)
    """Largest number of facilities of a kind."""
