"""Geographic files as rows of sheets, and rows as GeoJSON: every coordinate as it was.

A GeoJSON that is short and simple goes into the sheets "plots", "corridors" and "map", its shapes as WKT; any other
geographic file stays a file beside the workbook.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.case.land import Plot
from planner.excel.columns import Column
from planner.excel.paths import LONGEST, plain_cell

#: Columns of every sheet with shapes.
SHAPE = ("geometry", "crs")
#: Attributes of corridors.
CORRIDOR = ("name", "cost_factor", "surface", "forbidden", "one_way", "max_pipes", "trench")
#: Attributes of what else stands on the map.
MAP = (
    *("name", "kind", "plot", "extra_length", "cost_factor", "from", "to", "link", "size", "resources", "resource"),
    *("capacity", "length"),
)
#: Layers that the sheet "map" may name in place of a file.
LAYERS = ("roads", "obstacles", "access_points", "receptors", "partners", "existing_pipes", "existing_mains")
#: In the column crs: the file states none, and its coordinates are degrees.
DEGREES = "degrees"
_MOST_FEATURES = 2_000
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_TOP = {"type", "name", "crs", "features", "bbox", "xy_coordinate_resolution"}


def features_of(path: Path, known: Sequence[str]) -> tuple[list[dict[str, Any]], str] | None:
    """Rows of a GeoJSON and its CRS; None where rows could not say all of it."""
    if path.suffix.lower() not in (".geojson", ".json"):
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content["features"]
        if not content.keys() <= _TOP or not 0 < len(features) <= _MOST_FEATURES:
            return None
        rows = [_row(feature, known) for feature in features]
        crs = content["crs"]["properties"]["name"] if content.get("crs") else DEGREES
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return None
    if any(row is None for row in rows) or not isinstance(crs, str):
        return None
    return [row for row in rows if row is not None], crs


def _row(feature: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any] | None:
    properties, shape = feature["properties"] or {}, feature["geometry"]
    if not feature.keys() <= {"type", "properties", "geometry"} or not properties.keys() <= set(known):
        return None
    if any(value is None or isinstance(value, dict | list) for value in properties.values()):
        return None
    text = wkt(shape)
    return None if len(text) > LONGEST else {**properties, "geometry": text}


def wkt(shape: Mapping[str, Any]) -> str:
    """Well-known text of a shape of GeoJSON, every number at full length.

    Raises
    ------
    KeyError, ValueError
        If it is none of the common shapes in two dimensions.
    """
    kind, depth = shape["type"].upper(), _DEPTHS[shape["type"]]
    points = shape["coordinates"]
    return f"{kind} {_nested(points, depth) if depth else f'({_pair(points)})'}"


def _nested(part: Any, depth: int) -> str:
    if not part:
        raise ValueError("empty")
    return f"({', '.join(_pair(one) if depth == 1 else _nested(one, depth - 1) for one in part)})"


def _pair(point: Sequence[float]) -> str:
    x, y = point
    if isinstance(x, bool) or isinstance(y, bool):
        raise ValueError("no number")
    return f"{float(x)!r} {float(y)!r}".replace(".0 ", " ").removesuffix(".0")


def shape_of(text: str, *, area: bool) -> dict[str, Any]:
    """Shape of a text: WKT, or corners "x y; x y; x y".

    Parameters
    ----------
    text
        What stands in the cell.
    area
        Whether three and more corners are an area; else they are a line unless they return to the first.

    Raises
    ------
    ValueError
        If it is no shape, with what is expected.
    """
    if re.match(r"[A-Za-z]", text):
        import shapely

        try:
            shape = shapely.from_wkt(text)
        except shapely.errors.GEOSException as error:
            words = str(error).partition(":")[2].strip() or "it cannot be read"
            raise ValueError(f"is no shape: {words}; expected WKT, as in POLYGON ((0 0, 9 0, 9 9, 0 0))") from None
        if shape.is_empty or shape.has_z or shape.geom_type not in _DEPTHS:
            raise ValueError(
                f"found {shape.geom_type} {'EMPTY' if shape.is_empty else 'with heights'}; expected x and y"
            )
        return dict(json.loads(json.dumps(shapely.geometry.mapping(shape))))
    points = [_point(part) for part in re.split(r"[;\n]+", text) if part.strip()]
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    if len(points) > 2 and (area or points[0] == points[-1]):
        ring = points if points[0] == points[-1] else [*points, points[0]]
        return {"type": "Polygon", "coordinates": [ring]}
    if area:
        raise ValueError(f"has {len(points)} corners; expected one point, or at least three corners")
    return {"type": "LineString", "coordinates": points}


def _point(text: str) -> list[float]:
    found = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s+([+-]?\d+(?:\.\d+)?)\s*", text)
    if found is None:
        raise ValueError(
            f'found "{text.strip()[:40]}"; expected WKT, or corners as x y; x y; x y with a decimal point and a blank '
            "between x and y"
        )
    return [float(found[1]), float(found[2])]


def geojson(features: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], crs: str) -> bytes:
    """GeoJSON of (attributes, shape); ``crs`` is "degrees" or the name of its CRS."""
    member = {} if crs == DEGREES else {"crs": {"type": "name", "properties": {"name": crs}}}
    lines = [
        json.dumps({"type": "Feature", "properties": dict(said), "geometry": dict(shape)}, ensure_ascii=False)
        for said, shape in features
    ]
    head = json.dumps({"type": "FeatureCollection", **member})[:-1]
    return (f'{head}, "features": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def fold_shapes(tree: dict[str, Any], folder: Path) -> tuple[dict[str, list[dict[str, Any]]], set[str]]:
    """Rows of "plots" (by name), "corridors" and "map", and the files that they hold.

    What the plots layer says of plots is moved into the case's ``plots``, which are in the same sheet.
    """
    geography = tree.get("geography")
    rows: dict[str, list[dict[str, Any]]] = {"plots": [], "corridors": [], "map": []}
    if not isinstance(geography, dict):
        return rows, set()
    named = [name for key in (*LAYERS, "plots", "corridors") if isinstance(name := geography.get(key), str)]
    named += [one["layer"] for one in geography.get("crossings") or () if isinstance(one, dict)]
    inside: set[str] = set()
    for name in dict.fromkeys(named):
        once = named.count(name) == 1
        if once and name == geography.get("plots"):
            found = _plots(tree, folder / name)
        else:
            sheet = "corridors" if once and name == geography.get("corridors") else "map"
            found = _others(folder / name, name, sheet)
        if found is not None:
            sheet = found[0]
            rows[sheet] += found[1]
            inside.add(name)
    return rows, inside


def _plots(tree: dict[str, Any], path: Path) -> tuple[str, list[dict[str, Any]]] | None:
    from planner.geography.attributes import listed

    found = features_of(path, ("name", *Plot.model_fields))
    if found is None:
        return None
    features, crs = found
    names = [feature.get("name") for feature in features]
    if len(set(names)) < len(names) or not all(isinstance(name, str) and name.strip() == name for name in names):
        return None
    stated: dict[str, Any] = dict(tree.get("plots") or {})
    order = [*stated, *(name for name in names if name not in stated)]
    if [name for name in order if name in names] != names or not all(isinstance(p, dict) for p in stated.values()):
        return None
    merged = {str(name): dict(stated.get(str(name), {})) for name in order}
    for feature in features:
        for key, value in feature.items():
            if key not in ("name", "geometry"):
                merged[feature["name"]].setdefault(key, list(listed(value)) if key == "zones" else value)
    tree["plots"] = merged
    return "plots", [{"plot": f["name"], "geometry": f["geometry"], "crs": crs} for f in features]


def _others(path: Path, name: str, sheet: str) -> tuple[str, list[dict[str, Any]]] | None:
    found = features_of(path, CORRIDOR if sheet == "corridors" else MAP)
    if found is None:
        return None
    features, crs = found
    layer = {} if sheet == "corridors" else {"layer": name}
    rows = [
        layer
        | {key: value if key == "geometry" else plain_cell(value) for key, value in feature.items()}
        | {"crs": crs}
        for feature in features
    ]
    return sheet, rows


def columns(sheet: str) -> list[Column]:
    """Columns of shapes and attributes of a sheet, besides those of the case."""
    about = {
        "geometry": "Shape as WKT (from a GIS), or corners: x y; x y; x y. One x y is a point.",
        "crs": "System of the coordinates, such as EPSG:25832; that of the case (sheet park) if blank, or degrees.",
        "layer": f"{', '.join(LAYERS)}, or the name of the GeoJSON file that it becomes.",
        "cost_factor": "Costs a metre of link this many times as much; 1 if blank.",
        "forbidden": "Resources that may not run there, with semicolons.",
        "one_way": "Resources that may only flow in the direction of the line.",
    }
    choices = {"layer": LAYERS}
    headers = {"plots": SHAPE, "corridors": ("name", *SHAPE, *CORRIDOR[1:]), "map": ("layer", "name", *SHAPE, *MAP[1:])}
    return [Column(n, (n,), "words", about=about.get(n, ""), choices=choices.get(n, ())) for n in headers[sheet]]
