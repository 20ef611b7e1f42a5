"""Breaking a good street layer in every way that layers come broken, within a tolerance of 1 m."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, MultiLineString
from shapely.affinity import translate
from shapely.ops import substring

#: Ends and copies miss what they should meet by at most this [m].
SLIP = 0.3
ILLS = ("gap", "overshoot", "double", "reversed", "heights", "parts", "ring", "sliver", "cut", "speck")

Street = tuple[LineString, str, float]


def longer(line: LineString, metres: float) -> LineString:
    """A straight line drawn beyond its end."""
    (x, y), (u, v) = line.coords
    share = metres / line.length
    return LineString([(x, y), (u + share * (u - x), v + share * (v - y))])


def _ends(line: LineString, ill: str, rng: np.random.Generator) -> LineString:
    """A line that stops short of its ends, or runs over them."""
    for _ in range(2):
        slip = float(rng.uniform(0.02, SLIP))
        line = substring(line, 0, line.length - slip) if ill == "gap" else longer(line, slip)
        line = line.reverse()
    return line


def messed(streets: Sequence[Street], ills: Sequence[Sequence[str]], rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The streets, each with its ills."""
    rows: list[tuple[shapely.Geometry, str, float]] = []
    for (line, name, factor), sick in zip(streets, ills, strict=True):
        pieces = [_ends(line, ill, rng) if (ill := next((i for i in ("gap", "overshoot") if i in sick), "")) else line]
        if "cut" in sick or "parts" in sick:
            at = float(rng.uniform(0.2, 0.8)) * pieces[0].length
            pieces = [substring(pieces[0], 0, at), substring(pieces[0], at, pieces[0].length)]
        if "double" in sick:
            pieces.append(pieces[0])
        if "sliver" in sick:
            first, last = sorted(rng.uniform(0, 1, 2)) if rng.random() < 0.5 else (0.0, 1.0)
            (x, y), (u, v) = line.coords
            by = float(rng.uniform(-SLIP, SLIP)) / line.length
            copy = substring(line, first * line.length, last * line.length)
            if copy.length > 0:
                pieces.append(translate(copy, by * (y - v), by * (u - x)))
        if "reversed" in sick:
            pieces = [piece.reverse() for piece in pieces]
        if "heights" in sick:
            pieces = [shapely.force_3d(piece, 7.5) for piece in pieces]
        if "speck" in sick:
            spot = line.interpolate(float(rng.uniform(0, 1)), normalized=True)
            rows.append((LineString([spot, spot]), name, factor))
        if "parts" in sick and len(pieces) > 1:
            pieces = [MultiLineString(pieces)]
        rows += [(piece, name, factor) for piece in pieces]
    order = rng.permutation(len(rows))
    return gpd.GeoDataFrame(
        {"name": [rows[k][1] for k in order], "cost_factor": [rows[k][2] for k in order]},
        geometry=[rows[k][0] for k in order],
        crs="EPSG:25832",
    )


def clean(streets: Sequence[Street]) -> gpd.GeoDataFrame:
    """The streets as they should be."""
    return gpd.GeoDataFrame(
        {"name": [s[1] for s in streets], "cost_factor": [s[2] for s in streets]},
        geometry=[s[0] for s in streets],
        crs="EPSG:25832",
    )


def as_one_line(path: Sequence[tuple[float, float]], name: str, factor: float = 1.0) -> Street:
    """Several streets drawn in one go, such as a ring with a tail that touches it."""
    return LineString(path), name, factor
