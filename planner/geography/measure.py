"""Routes and distances of a case: the second of the seven steps."""

from collections.abc import Mapping
from math import sqrt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from planner.case.case import Case
from planner.case.layers import Layers, read_layers
from planner.errors import CaseError, Fault, GeometryError
from planner.geography.crs import label
from planner.geography.distances import Distances, Pair, Route
from planner.geography.nearness import plots_apart, receptors_near
from planner.geography.needs import needs_graph
from planner.geography.places import Places, find_places, plots_frame
from planner.geography.straight import Obstacles
from planner.geography.survey import Survey, graph_of, routes_along
from planner.geography.table import read_table


def measure(case: Case) -> Distances:
    """Measure routes and distances between the plots and partners of a case.

    Only the networks its links follow are measured. Routes run from an access point of one place to one of the other
    at least cost length: metres times cost factors, plus the extra lengths of crossings.

    Raises
    ------
    GeometryError
        If geographic files are faulty, or places that need each other cannot be joined.
    CaseError
        If a distance is needed that nobody gave.
    """
    layers = layers_of(case)
    faults, notes = list[Fault](), list(layers.notes)
    places = find_places(case, layers, faults)
    table: dict[Pair, Route] = {}
    if case.geography.distances:
        table = read_table(case.folder, case.geography.distances, list(places.shapes), faults)
    if faults:
        raise GeometryError(faults) if layers else CaseError(faults)
    shapes = list(layers["obstacles"].geometry) if "obstacles" in layers else []
    survey = Survey(case, layers, places, Obstacles(shapes), table, faults, notes)
    if survey.obstacles.coarser_by:
        notes.append(f"obstacles have very many corners; drawn {survey.obstacles.coarser_by:g} m more coarsely")
    notes += _unused(case, places, table)
    plots = plots_frame(case, places, layers.crs, notes)
    own = _own_routes(case, plots, faults)
    routes = {name: own | routes_along(survey, name) for name in _networks(case)}
    routes |= {f"corridors: {resource}": own | ways for resource, ways in survey.restricted.items()}
    graph = graph_of(survey) if needs_graph(case) else None
    if faults:
        raise GeometryError(faults) if layers else CaseError(faults)
    return Distances(
        routes=routes,
        plots=plots,
        points=_points_frame(places, survey.starts, layers.crs),
        edge_m=plots_apart(plots),
        receptor_m=receptors_near(plots, layers["receptors"]) if "receptors" in layers else {},
        segments=_joined_frames(survey.segments),
        crs=label(layers.crs) if layers.crs is not None else None,
        notes=tuple(dict.fromkeys(notes)),
        graph=graph,
    )


def layers_of(case: Case) -> Layers:
    """Layers of the case as they were read with it, or from their files if it has none or names others by now."""
    kept = case._layers
    return kept if isinstance(kept, Layers) and kept.geography == case.geography else read_layers(case)


def _networks(case: Case) -> list[str]:
    """Networks the case's links follow; mains and trenches lie along the corridors."""
    along: set[str] = {link.along for link in case.links.values()}
    return sorted(along | {"corridors"} if needs_graph(case) else along)


def _unused(case: Case, places: Places, table: Mapping[Pair, Route]) -> list[str]:
    """Networks the case gives and no link follows: their lengths would be ignored in silence."""
    networks, placed = _networks(case), places.ends()
    notes = [
        f"geography.{name}: no link goes along {name}, so that they are not used"
        for name in ("corridors", "roads")
        if getattr(case.geography, name) and name not in networks
    ]
    if table and "table" not in networks and all(p in placed and q in placed for p, q in table):
        notes.append("geography.distances: no link goes along the table, so that its lengths are not used")
    return notes


def _own_routes(case: Case, plots: gpd.GeoDataFrame, faults: list[Fault]) -> dict[Pair, Route]:
    """Routes within plots of several tenants: half the square root of the area."""
    found: dict[Pair, Route] = {}
    for name, area in zip(plots["name"], plots["area_ha"], strict=True):
        plot = case.plots.get(name)
        if plot is None or not plot.several_tenants:
            continue
        if np.isnan(area):
            words = "several tenants share it; draw it or state its area"
            faults.append(Fault("case.yaml", 0, 0, f"plots.{name}.area", words))
        else:
            length = 0.5 * sqrt(area * 1e4)
            found[name, name] = Route(length, length)
    return found


def _points_frame(places: Places, starts: dict[str, list[shapely.Point]], crs: CRS | None) -> gpd.GeoDataFrame:
    """Partners, and access points of plots: stated, where a spur begins, or the middle of the plot."""
    rows: list[tuple[str, str, shapely.Point]] = []
    for name, points in places.points().items():
        known = points if name in places.partners or name in places.access else starts.get(name, points)
        role = "partner" if name in places.partners else "access"
        rows += [(name, role, p) for p in dict.fromkeys(known)]
    return gpd.GeoDataFrame(
        {"name": [r[0] for r in rows], "role": [r[1] for r in rows]},
        geometry=gpd.GeoSeries([r[2] for r in rows], crs=crs),
        crs=crs,
    )


def _joined_frames(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame | None:
    return pd.concat(frames, ignore_index=True) if frames else None
