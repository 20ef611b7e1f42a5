"""Existing mains: where they lie. What runs along a corridor is that corridor; the rest is a corridor of its own."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.case.case import Case
from planner.case.layers import Layers
from planner.errors import Fault
from planner.geography.files import did_you_mean
from planner.geography.ground import PLAIN
from planner.geography.network import Segments, Spot, cut, nearest
from planner.geography.repairs import WITHIN, apart
from planner.geography.shapes import Array

#: A piece lies on a main if at these shares of its length it is within the tolerance of it.
PROBES = (0.05, 0.5, 0.95)


def find_mains(case: Case, layers: Layers, faults: list[Fault]) -> dict[str, Array]:
    """Lines of every existing main: of its layer, and of the corridors it follows; one that lies nowhere is a fault."""
    found: dict[str, list[shapely.LineString]] = {name: [] for name in case.existing_mains}
    if "existing_mains" in layers:
        frame = layers["existing_mains"]
        for name, line in zip(frame["name"], frame.geometry, strict=True):
            found.setdefault(str(name), []).append(line)
    corridors = layers.get("corridors")
    named = corridors["name"].to_numpy() if corridors is not None and "name" in corridors else np.zeros(0, dtype=object)
    for name, main in case.existing_mains.items():
        place = f"existing_mains.{name}.along"
        for corridor in main.along:
            rows = np.flatnonzero(named == corridor)
            if corridors is not None and len(rows):
                found[name] += list(corridors.geometry.iloc[rows])
            else:
                near = did_you_mean(corridor, sorted({str(n) for n in named if isinstance(n, str)}))
                faults.append(Fault("case.yaml", 0, 0, place, f'no such corridor: "{corridor}"{near}'))
        if not found[name] and not main.along:
            words = "nobody says where it lies; name the corridors it follows, or draw it in geography.existing_mains"
            faults.append(Fault("case.yaml", 0, 0, place, words))
    return {name: np.array([*lines, None], dtype=object)[:-1] for name, lines in found.items() if lines}


def with_mains(corridors: gpd.GeoDataFrame, mains: Mapping[str, Array], tolerance: float) -> gpd.GeoDataFrame:
    """The corridors and, as corridors of their own, what of the existing mains lies beside them."""
    drawn = shapely.union_all(corridors.geometry.to_numpy())
    hull = shapely.union_all(shapely.buffer(corridors.geometry.to_numpy(), WITHIN * tolerance))
    lines: list[shapely.LineString] = []
    names: list[str] = []
    for name in sorted(mains):
        for line in mains[name]:
            parts = [tied(part, drawn, tolerance) for part in apart(line, hull, tolerance) if part.length > tolerance]
            lines += parts
            names += [name] * len(parts)
        hull = shapely.union_all([hull, shapely.union_all(shapely.buffer(mains[name], WITHIN * tolerance))])
    if not lines:
        return corridors
    own = gpd.GeoDataFrame(
        {"name": names, "cost_factor": 1.0, "ground": pd.Series([PLAIN] * len(lines), dtype=object)},
        geometry=lines,
        crs=corridors.crs,
    )
    return pd.concat([corridors, own], ignore_index=True)


def tied(line: shapely.LineString, others: shapely.Geometry, tolerance: float) -> shapely.LineString:
    """A line with its ends on the others where they miss them by less than the tolerance: it was cut off there."""
    points = list(line.coords)
    for first in (True, False):
        end = shapely.Point(points[0 if first else -1])
        foot = shapely.get_point(shapely.shortest_line(others, end), 0)
        if 0.0 < foot.distance(end) < tolerance:
            points.insert(0 if first else len(points), foot.coords[0])
    return shapely.LineString(points)


def marked(segments: Segments, mains: Mapping[str, Array], tolerance: float) -> Segments:
    """The network cut where existing mains begin and end, with their names in the ground of the pieces they lie on."""
    if not mains:
        return segments
    segments, _ = cut(segments, _ends(segments, mains, tolerance))
    ground = list(segments.ground)
    probes = [shapely.line_interpolate_point(segments.lines, share, normalized=True) for share in PROBES]
    for name in sorted(mains):
        shape = shapely.union_all(mains[name])
        near = np.all([shapely.dwithin(points, shape, tolerance) for points in probes], axis=0)
        for k in np.flatnonzero(near & _beside(segments, mains[name])):
            ground[k] = replace(ground[k], existing=(*ground[k].existing, name))
    return replace(segments, ground=tuple(ground))


def _ends(segments: Segments, mains: Mapping[str, Array], tolerance: float) -> list[Spot]:
    """Spots at which a main begins or ends, away from the nodes there are already."""
    lines = np.concatenate([mains[name] for name in sorted(mains)])
    points = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    length = segments.length
    spots = []
    for point, (segment, position) in zip(points, nearest(segments, points), strict=True):
        inner = tolerance < position < length[segment] - tolerance
        if inner and shapely.dwithin(point, segments.lines[segment], tolerance):
            spots.append((segment, position))
    return spots


def _beside(segments: Segments, main: Array) -> Array:
    """Which segments run along a main, not across it; those shorter than the tolerance may do either."""
    first, last = (shapely.line_interpolate_point(segments.lines, share, normalized=True) for share in (0.05, 0.95))
    shape = shapely.line_merge(shapely.union_all(main))
    feet = [shapely.get_point(shapely.shortest_line(shape, points), 0) for points in (first, last)]
    gone = shapely.distance(*feet) >= 0.5 * shapely.distance(first, last)
    return np.asarray(gone)
