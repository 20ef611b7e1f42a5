"""Shapes of small parks, given by hand in metres, and a case around them."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
from shapely import Geometry, Point, box
from shapely.affinity import translate

#: Where the hand-made parks lie in EPSG:25832; their own coordinates are metres from here.
ORIGIN = (500_000.0, 5_600_000.0)

Layer = Mapping[str, Any]


def moved(shape: Geometry) -> Geometry:
    return translate(shape, *ORIGIN)


def frame(layer: Layer, crs: str = "EPSG:25832") -> gpd.GeoDataFrame:
    shapes = [None if s is None else moved(s) for s in layer["geometry"]]
    return gpd.GeoDataFrame({k: v for k, v in layer.items() if k != "geometry"}, geometry=shapes, crs=crs)


def squares(**corners: tuple[float, float]) -> Layer:
    """Plots of 100 m x 100 m (1 ha) by name and lower left corner."""
    return {"name": list(corners), "geometry": [box(x, y, x + 100, y + 100) for x, y in corners.values()]}


def dots(**points: tuple[float, float]) -> Layer:
    """Plots that are points."""
    return {"name": list(points), "geometry": [Point(p) for p in points.values()]}


def document(**changes: Any) -> dict[str, Any]:
    """A case in which any plot may have to give ash to any other, along the corridors."""
    base: dict[str, Any] = {
        "case": "test",
        "currency": "EUR",
        "price_year": 2025,
        "crs": "EPSG:25832",
        "economics": {"discount_rate": 0.08},
        "resources": {"ash": {"kind": "material", "unit": "t", "carried_by": ["belt"]}},
        "plants": {
            "giver": {"area": 0.1, "sources": {"ash": {"rate": 1}}},
            "taker": {"area": 0.1, "sinks": {"ash": {"rate": 1}}},
        },
        "links": {"belt": {"kind": "conveyor", "along": "corridors"}},
    }
    return base | changes
