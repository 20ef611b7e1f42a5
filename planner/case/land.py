"""Land: plots, corridors, obstacles, receptors and the rules on who may stand where."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from planner.case.values import (
    Area,
    Factor,
    Fraction,
    LandPrice,
    LandRent,
    Length,
    Money,
    Name,
    PricePerMetre,
    Section,
    Value,
    Whole,
)


class AreaPerCapacity(Value):
    """Hectares per unit of capacity; of a store, per unit of its content."""

    template = "ha*h/{unit}"
    of_content: ClassVar[str] = "ha/{content}"


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
    extra_length: Length = Field(default_factory=lambda: Length.model_validate(0))
    """Each crossing costs as much as this length of link (of trench, for what lies in one)."""
    charge: Money | None = None
    """Each crossing costs this once: per trench that crosses, per link that lies in none."""


class Geography(Section):
    """Geographic files of the case: GeoJSON, GeoPackage ("file.gpkg:layer") or shapefile."""

    plots: Name | None = None
    """Polygons (or points with ``area``) with an attribute ``name``."""
    corridors: Name | None = None
    """Lines where pipes may run. Attributes: ``name``; ``cost_factor`` (default 1); ``surface``, a class of
    ``surfaces``; ``forbidden``, resources that may not run there, and ``one_way``, resources that may only flow in the
    direction of the line (both with semicolons, or ``all``); ``max_pipes`` in its trench; ``trench``, "existing" where
    one lies open."""
    surfaces: dict[Name, Factor] = Field(default_factory=dict)
    """Cost factor of each class of surface (road, field ...); it multiplies the corridor's own ``cost_factor``."""
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
    existing_mains: Name | None = None
    """Lines with the attributes of an existing main: ``name``, ``link``, ``resource``, optionally ``size`` and
    ``capacity``."""
    distances: Name | None = None
    """CSV file with columns from, to, length_m (plots or partners; either direction serves both) and optionally
    cost_length_m."""
    without_corridors: Literal["straight", "manhattan", "proposed"] = "straight"
    """How far it is where there is no corridor or road layer. "proposed": corridors round the obstacles, proposed by
    the program, from the middle of a plot unless it states access points; mains and trenches take these in any
    case."""
    snap_tolerance: Length = Field(default_factory=lambda: Length.model_validate(1))
    """Corridor ends that miss each other by less are joined, and said so."""
    max_access: Length = Field(default_factory=lambda: Length.model_validate(500))
    """A plot farther than this from every corridor is a fault."""
    neighbour_distance: Length = Field(default_factory=lambda: Length.model_validate(20))
    """Plots are neighbours if they are at most this far apart, edge to edge."""


class Trenches(Section):
    """Civil works that the pipes in one stretch of corridor share."""

    investment: PricePerMetre
    """Per metre of cost length (metres x cost factors + crossings): digging, bedding, filling, surface."""
    maintenance: Fraction | None = None
    """Yearly cost as a share of the investment before contingency."""
    shared: bool = True
    """False: every pipe pays for civil works of its own, for comparison; ``apart`` and ``max_pipes`` are lifted."""
    max_pipes: Whole | None = Field(default=None, ge=1)
    """Most pipes in one trench, where the corridor states no ``max_pipes`` of its own."""
    apart: tuple[tuple[Name, Name], ...] = ()
    """Pairs of resources that may not lie in one trench: [drinking water, wastewater]."""
    owner: Name | None = None
    """Party that owns and pays them; the park company if absent."""


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
