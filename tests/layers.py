"""Points and lines as layers of a case."""

import json
from pathlib import Path


def layer(folder: Path, name: str, shapes: dict[str, tuple[tuple[float, float], ...]]) -> None:
    """Write points and lines, in metres from a corner, as a layer."""
    features = []
    for label, points in shapes.items():
        at = [[500_000 + x, 6_000_000 + y] for x, y in points]
        shape = {"type": "Point", "coordinates": at[0]} if len(at) == 1 else {"type": "LineString", "coordinates": at}
        features.append({"type": "Feature", "properties": {"name": label, "area": 1.0}, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
