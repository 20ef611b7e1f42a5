"""Shapes of geographic files: the right type, valid, flat, apart from each other."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from planner.geography.attributes import label

Array = npt.NDArray[Any]

#: Plots that overlap by no more than both are taken for inexactly drawn neighbours, and said so.
OVERLAP_M2 = 1.0
OVERLAP_SHARE = 0.001


@dataclass(frozen=True)
class Shapes:
    """Geometry types of a layer: "Polygon", "LineString", "Point"; ``single`` where a feature is one part only."""

    types: tuple[str, ...]
    single: bool = False


def clean(frame: gpd.GeoDataFrame, shapes: Shapes, word: str, faults: list[str], notes: list[str]) -> gpd.GeoDataFrame:
    """The layer with flat geometry of the wanted types, a row a part; faults where there is none to be had."""
    geometry = frame.geometry.to_numpy()
    absent = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    faults += [f"{label(frame, row, word)} has no geometry" for row in np.flatnonzero(absent)]
    frame = frame[~absent].reset_index(drop=True)
    geometry = frame.geometry.to_numpy()
    if shapely.has_z(geometry).any():
        notes.append("heights (Z) were dropped")
    geometry = shapely.force_2d(geometry)
    bad = ~np.array([np.isfinite(shapely.get_coordinates(g)).all() for g in geometry], dtype=bool)
    faults += [f"{label(frame, row, word)} has coordinates that are not numbers" for row in np.flatnonzero(bad)]
    frame = frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs))[~bad].reset_index(drop=True)
    if shapes.types == ("LineString",):
        notes += _split(frame, word)
    return _valid(_parts(frame, shapes, word, faults), word, faults)


def overlaps(frame: gpd.GeoDataFrame, faults: list[str], notes: list[str]) -> None:
    """Find plots that overlap; the layer must be in metres."""
    geometry = frame.geometry.to_numpy()
    first, second = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    for i, j in zip(first, second, strict=True):
        if i >= j:
            continue
        common = float(shapely.area(shapely.intersection(geometry[i], geometry[j])))
        smaller = float(min(shapely.area(geometry[i]), shapely.area(geometry[j])))
        if common <= 1e-3:
            continue
        words = f"{label(frame, i, 'plot')} and {label(frame, j, 'plot')} overlap by {common:,.1f} m2"
        if common > OVERLAP_M2 and common > OVERLAP_SHARE * smaller:
            at = shapely.point_on_surface(shapely.intersection(geometry[i], geometry[j]))
            faults.append(f"{words}, near ({at.x:.1f}, {at.y:.1f})")
        else:
            notes.append(f"{words}; taken for inexact drawing")


def _parts(frame: gpd.GeoDataFrame, shapes: Shapes, word: str, faults: list[str]) -> gpd.GeoDataFrame:
    """One row a part, of the wanted types."""
    wanted = {*shapes.types, *(f"Multi{t}" for t in shapes.types)}
    types = frame.geometry.geom_type.replace("LinearRing", "LineString")
    wrong = ~types.isin(wanted).to_numpy()
    names = " or ".join(shapes.types)
    faults += [f"{label(frame, r, word)} is a {types.iloc[r]}, not a {names}" for r in np.flatnonzero(wrong)]
    frame = frame[~wrong].reset_index(drop=True)
    if shapes.single:
        counts = shapely.get_num_geometries(frame.geometry.to_numpy())
        faults += [
            f"{label(frame, row, word)} has {counts[row]} separate parts; draw each as a feature with its own name"
            for row in np.flatnonzero(counts > 1)
        ]
        frame = frame[counts == 1].reset_index(drop=True)
    return frame.explode(index_parts=False).reset_index(drop=True)


def _split(frame: gpd.GeoDataFrame, word: str) -> list[str]:
    """Notes on lines of several parts, with the place of each."""
    geometry = frame.geometry.to_numpy()
    notes = []
    for row in np.flatnonzero(shapely.get_num_geometries(geometry) > 1):
        x, y = shapely.get_coordinates(geometry[row])[0]
        parts = shapely.get_num_geometries(geometry[row])
        notes.append(f"{label(frame, row, word)} at ({x:.1f}, {y:.1f}) was split into its {parts} parts")
    return notes


def _valid(frame: gpd.GeoDataFrame, word: str, faults: list[str]) -> gpd.GeoDataFrame:
    """Polygons that cross themselves are faults; one that is flat becomes a point, whose area has to be stated."""
    geometry = frame.geometry.to_numpy().copy()
    flat = (shapely.get_type_id(geometry) == 3) & (shapely.area(shapely.convex_hull(geometry)) == 0)
    corners = [shapely.centroid(shapely.MultiPoint(shapely.get_coordinates(g))) for g in geometry[flat]]
    geometry[flat] = corners
    invalid = ~shapely.is_valid(geometry) & (shapely.get_type_id(geometry) == 3)
    faults += [
        f"{label(frame, row, word)} crosses itself: {shapely.is_valid_reason(geometry[row])}"
        for row in np.flatnonzero(invalid)
    ]
    return frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs))[~invalid].reset_index(
        drop=True
    )
