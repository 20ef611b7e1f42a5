"""What crossing a river, a railway or a road adds to the cost length of a way, and how often a way crosses."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from planner.geography.shapes import Array

#: An end of a line nearer than this to a crossing lies in it [m].
TOUCH = 1e-6


@dataclass(frozen=True)
class Crossing:
    """A feature to be crossed.

    Attributes
    ----------
    shape
        Where it lies.
    extra_m
        What crossing it adds to the cost length [m].
    entry
        Number of the entry of ``geography.crossings`` whose charge is due; 0 where that has none.
    """

    shape: shapely.Geometry
    extra_m: float
    entry: int = 0


def crossings(frame: gpd.GeoDataFrame, extra_m: float, entry: int = 0) -> list[Crossing]:
    """Features of a crossings layer; lines that continue each other are one, so that their joints cost nothing."""
    own = frame["extra_length"] if "extra_length" in frame else np.full(len(frame), np.nan)
    extra = np.where(np.isnan(own), extra_m, own).astype(float)
    shapes = frame.geometry.to_numpy()
    areas = shapely.get_dimensions(shapes) == 2
    found = [Crossing(s, float(e), entry) for s, e in zip(shapes[areas], extra[areas], strict=True)]
    for value in np.unique(extra):
        lines = shapes[(extra == value) & (shapely.get_dimensions(shapes) == 1)]
        if len(lines):
            merged = shapely.line_merge(shapely.union_all(lines))
            found += [Crossing(part, float(value), entry) for part in shapely.get_parts(merged)]
    return found


def charges(lines: Array, features: Sequence[Crossing]) -> Array:
    """Extra length of each line [m]: that of every crossing, once for each stretch in which the line meets it.

    Where a line ends within a crossing it pays half, and nothing if it lies in it with both ends: so a way pays the
    same however its line is cut into segments.
    """
    which, hit, met = _meetings(lines, features)
    extra = np.zeros(len(lines))
    metres = np.array([f.extra_m for f in features], dtype=float)
    np.add.at(extra, hit, metres[which] * met)
    return extra


def counted(lines: Array, features: Sequence[Crossing]) -> dict[int, Array]:
    """Crossings of each line by entry of ``geography.crossings`` that has a charge; halves as for extra lengths."""
    due = [f for f in features if f.entry]
    which, hit, met = _meetings(lines, due)
    entries = np.array([f.entry for f in due], dtype=int)
    found: dict[int, Array] = {}
    for entry in sorted({f.entry for f in due}):
        found[entry] = np.zeros(len(lines))
        mine = entries[which] == entry
        np.add.at(found[entry], hit[mine], met[mine])
    return found


def _meetings(lines: Array, features: Sequence[Crossing]) -> tuple[Array, Array, Array]:
    """Number of the feature, number of the line, and how often the two meet."""
    if not features or not len(lines):
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0)
    shapes = np.array([f.shape for f in features], dtype=object)
    which, hit = shapely.STRtree(lines).query(shapes, predicate="intersects")
    common = shapely.intersection(lines[hit], shapes[which])
    plain = (shapely.get_type_id(common) == 0) & (shapely.get_dimensions(shapes[which]) == 1)
    met = np.zeros(len(hit))  # most often a line is met in one point, which goes quickly for all at once
    first, last = shapely.get_point(lines[hit[plain]], 0), shapely.get_point(lines[hit[plain]], -1)
    ends = [shapely.dwithin(common[plain], end, TOUCH).astype(float) for end in (first, last)]
    met[plain] = 1 - 0.5 * (ends[0] + ends[1])
    for k in np.flatnonzero(~plain):
        met[k] = _stretches(lines[hit[k]], shapes[which[k]], common[k])
    return which, hit, met


def _stretches(line: shapely.LineString, shape: shapely.Geometry, common: shapely.Geometry) -> float:
    """Number of stretches in which a line meets a shape, halved for each of its ends that lies in one."""
    ends = shapely.points([line.coords[0], line.coords[-1]])
    pieces = shapely.get_parts(common)
    along = pieces[shapely.get_dimensions(pieces) == 1]
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(along))) if len(along) else along
    if shapely.get_dimensions(shape) == 2:
        merged = merged[shapely.length(merged) > TOUCH]
        middles = shapely.line_interpolate_point(merged, 0.5, normalized=True)
        met = merged[shapely.contains_properly(shape, middles)]  # a line along the bank does not cross
        ends = ends[~shapely.dwithin(ends, shapely.boundary(shape), TOUCH)]  # nor is one that ends on it inside
    else:
        points = pieces[shapely.get_dimensions(pieces) == 0]
        met = np.concatenate([merged, points[[not shapely.dwithin(p, merged, TOUCH).any() for p in points]]])
    inside = shapely.dwithin(met[:, None], ends[None, :], TOUCH).sum() if len(met) else 0
    return float(len(met)) - 0.5 * float(inside)
