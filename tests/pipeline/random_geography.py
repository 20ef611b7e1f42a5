"""The ground of random cases: drawn plots and corridors, or a table of distances."""

import json
import random
from typing import Any

X0, Y0 = 500_000.0, 6_000_000.0
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}


def drawn_ground(r: random.Random, case: dict[str, Any], plots: list[str]) -> dict[str, str]:
    """Plots in a row on both sides of a street, with corridors or straight lines between them."""
    shapes, files = [], {}
    for n, name in enumerate(plots):
        x, y = X0 + 300 * (n // 2) + r.choice((0, 10)), Y0 + (0 if n % 2 else 260)
        w, h = r.choice((180, 220, 260)), 200
        ring = [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]
        shapes.append(feature({"name": name}, "Polygon", [ring]))
    files["plots.geojson"] = collection(shapes)
    case["geography"] |= {"plots": "plots.geojson", "neighbour_distance": r.choice((30, 90))}
    if r.random() < 0.6:
        street = [[X0 - 50, Y0 + 230], [X0 + 500, Y0 + 230], [X0 + 1100, Y0 + 230]]
        lines = [feature({"name": "street", "cost_factor": r.choice((1, 1.4))}, "LineString", street)]
        lines.append(feature({"name": "way to the city"}, "LineString", [[X0 + 900, Y0 + 230], [X0 + 900, Y0 + 500]]))
        files["corridors.geojson"] = collection(lines)
        case["geography"]["corridors"] = "corridors.geojson"
    if r.random() < 0.4:
        school = feature({"name": "school", "kind": "school"}, "Point", [X0 - 100, Y0 + 300])
        files["receptors.geojson"] = collection([school])
        case["geography"]["receptors"] = "receptors.geojson"
    return files


def feature(properties: dict[str, Any], kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "crs": CRS, "features": features})


def distance_table(r: random.Random, case: dict[str, Any], plots: list[str]) -> dict[str, str]:
    places = [*plots, *case.get("partners", {})]
    rows = ["from,to,length_m,cost_length_m"]
    for n, p in enumerate(places):
        for q in places[n + 1 :]:
            length = r.choice((200, 500, 1000))
            rows.append(f"{p},{q},{length},{length + r.choice((0, 100))}")
    case["geography"]["distances"] = "distances.csv"
    return {"distances.csv": "\n".join(rows) + "\n"}
