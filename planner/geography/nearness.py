"""Distances edge to edge, for neighbours and separations."""

import geopandas as gpd
import numpy as np
import shapely

from planner.geography.distances import Pair


def plots_apart(plots: gpd.GeoDataFrame) -> dict[Pair, float]:
    """Distance between every two plots that have a shape, edge to edge [m]; 0 from a plot to itself."""
    placed = plots[~plots.geometry.isna()]
    shapes = placed.geometry.to_numpy()
    names = list(placed["name"])
    apart = shapely.distance(shapes[:, None], shapes[None, :])
    return {(p, q): float(apart[i, j]) for i, p in enumerate(names) for j, q in enumerate(names)}


def receptors_near(plots: gpd.GeoDataFrame, receptors: gpd.GeoDataFrame) -> dict[Pair, tuple[float, str]]:
    """(plot, kind) -> distance to the nearest receptor of that kind, edge to edge [m], and its name."""
    placed = plots[~plots.geometry.isna()]
    near: dict[Pair, tuple[float, str]] = {}
    for kind, group in receptors.groupby("kind"):
        names = list(group["name"])
        apart = shapely.distance(placed.geometry.to_numpy()[:, None], group.geometry.to_numpy()[None, :])
        for plot, row in zip(placed["name"], apart, strict=True):
            nearest = int(np.argmin(row))
            near[plot, str(kind)] = float(row[nearest]), names[nearest]
    return near
