"""Where plots and partners are."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer

from planner.case.case import Case
from planner.case.layers import Layers
from planner.case.plants import Position
from planner.errors import Fault
from planner.geography.crs import out_of_range

#: Stated and drawn areas may differ by this share before it is mentioned.
AREA_TOLERANCE = 0.05


@dataclass(frozen=True)
class Places:
    """Plots and partners with their shapes; None where nobody says where they are.

    Attributes
    ----------
    plots, partners
        Name -> shape in metres.
    access
        Name -> stated access points.
    """

    plots: Mapping[str, shapely.Geometry | None]
    partners: Mapping[str, shapely.Point | None]
    access: Mapping[str, list[shapely.Point]]

    @property
    def shapes(self) -> dict[str, shapely.Geometry | None]:
        """Shape of every place."""
        return {**self.plots, **self.partners}

    def ends(self) -> dict[str, list[shapely.Geometry]]:
        """Where ways to each placed place may end: its access points, else its shape."""
        return {n: list(self.access.get(n) or [s]) for n, s in self.shapes.items() if s is not None or n in self.access}

    def points(self) -> dict[str, list[shapely.Point]]:
        """Points between which straight ways run: the access points, else the middle of the shape."""
        return {name: [middle(end) for end in ends] for name, ends in self.ends().items()}


def middle(shape: shapely.Geometry) -> shapely.Point:
    """Centroid of a shape, or a point in it where the centroid lies outside."""
    centre = shapely.centroid(shape)
    return centre if shapely.dwithin(shape, centre, 1e-6) else shapely.point_on_surface(shape)


def find_places(case: Case, layers: Layers, faults: list[Fault]) -> Places:
    """Places of a case, from its layers and the positions its partners state."""
    plots: dict[str, shapely.Geometry | None] = dict.fromkeys(case.plots)
    if "plots" in layers:
        frame = layers["plots"]
        plots |= dict(zip(frame["name"], frame.geometry, strict=True))
    partners: dict[str, shapely.Point | None] = dict.fromkeys(case.partners)
    if "partners" in layers:
        frame = layers["partners"]
        partners |= {n: p for n, p in zip(frame["name"], frame.geometry, strict=True) if n in partners}
    for name, partner in case.partners.items():
        if name in plots:
            faults.append(Fault("case.yaml", 0, 0, f"partners.{name}", "a plot has the same name; rename one of them"))
        if partner.at is not None:
            point = _position(partner.at, layers, f"partners.{name}.at", faults)
            drawn = partners[name]
            if point is not None and drawn is not None and drawn.distance(point) > 1:
                words = f"the partners layer places it {drawn.distance(point):,.0f} m from here; state it once"
                faults.append(Fault("case.yaml", 0, 0, f"partners.{name}.at", words))
            partners[name] = point
    access: dict[str, list[shapely.Point]] = {}
    if "access_points" in layers:
        for name, point in zip(layers["access_points"]["plot"], layers["access_points"].geometry, strict=True):
            access.setdefault(name, []).append(point)
    return Places(plots, partners, {n: sorted(p, key=lambda q: (q.x, q.y)) for n, p in access.items()})


def plots_frame(case: Case, places: Places, crs: CRS | None, notes: list[str]) -> gpd.GeoDataFrame:
    """One row a plot: name, area_ha, geometry."""
    rows = []
    for name, shape in places.plots.items():
        plot = case.plots.get(name)
        stated = plot.area.value if plot is not None and plot.area is not None else np.nan
        drawn = float(shapely.area(shape)) / 1e4 if shape is not None else 0.0
        if drawn > 0 and abs(drawn - stated) > AREA_TOLERANCE * drawn:
            notes.append(f"plot {name}: its shape has {drawn:.4g} ha, {stated:.4g} ha are stated; the shape counts")
        rows.append((name, drawn if drawn > 0 else stated, shape))
    return gpd.GeoDataFrame(
        {"name": [r[0] for r in rows], "area_ha": np.array([r[1] for r in rows], dtype=float)},
        geometry=gpd.GeoSeries([r[2] for r in rows], crs=crs),
        crs=crs,
    )


def _position(at: Position, layers: Layers, field: str, faults: list[Fault]) -> shapely.Point | None:
    """The point of a stated position; None, and a fault, if it is none."""
    crs = CRS.from_epsg(4326) if at.lon is not None else layers.case_crs
    x, y = (float(v) if v is not None else nan for v in ((at.lon, at.lat) if at.lon is not None else (at.x, at.y)))
    if (at.x is None) != (at.y is None) or (at.lon is None) != (at.lat is None) or (at.x is None) == (at.lon is None):
        problem = "expected either x and y, or lon and lat"
    elif crs is None:
        problem = "x and y need the case's crs; state crs, or write lon and lat"
    else:
        problem = out_of_range(crs, (x, y, x, y))
    if problem:
        faults.append(Fault("case.yaml", 0, 0, field, problem))
    if problem or layers.crs is None:
        return None
    return shapely.Point(Transformer.from_crs(crs, layers.crs, always_xy=True).transform(x, y))
