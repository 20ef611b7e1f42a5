"""Shapes of a workbook laid over the GeoJSON files of a case: shapes of the same name are replaced, others stay."""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from planner.case.land import Plot
from planner.errors import Fault
from planner.excel.merge import Change
from planner.excel.shapes import DEGREES, fold_shapes, geojson

#: (Plot, field) -> what only the layer of plots says of it.
Lifted = dict[tuple[str, str], Any]
#: Name of a file -> its content, and the sheet it comes from.
Files = dict[str, tuple[bytes, str]]


def lifted(tree: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], Lifted]:
    """The case with what its layer of plots says of them, as the sheet plots shows it, and what that is."""
    with_layer = deepcopy(dict(tree))
    fold_shapes(with_layer, folder)
    stated = tree.get("plots") or {}
    found = {
        (name, field): value
        for name, plot in (with_layer.get("plots") or {}).items()
        if isinstance(plot, dict)
        for field, value in plot.items()
        if field not in (stated.get(name) or {})
    }
    return with_layer, found


def redrawn(
    made: Files, folder: Path, before: Mapping[str, Any], after: Mapping[str, Any], faults: list[Fault]
) -> Files:
    """Files that the workbooks make, those of shapes laid over the ones of the case; without what says the same.

    Parameters
    ----------
    made
        Files of the workbooks.
    folder
        The case before.
    before, after
        The case, and as the workbooks make it: where a layer has another file, the shapes of the former one stay.
    faults
        Gets the layers that cannot be laid over one another.
    """
    found: Files = {}
    for name, (content, place) in made.items():
        new = _parsed(content)
        spec = _former(name, before, after) if new is not None else None
        try:
            old = _from_gis(folder, spec) if spec else _read(folder / name)
        except ValueError as error:
            faults.append(
                Fault(place, 0, 0, "geography", f"{spec}, which the shapes here join, cannot be read: {error}")
            )
            continue
        if old is None or new is None:
            found[name] = (content, place)
            continue
        if why := _why_not_joined(old, new):
            faults.append(Fault(place, 0, 0, "geography", f"the shapes cannot join those of {spec or name}: {why}"))
            continue
        merged = _merged(old, new)
        if spec or merged != old or _crs(old) != _crs(new):
            features = [(one["properties"], one["geometry"]) for one in merged["features"]]
            found[name] = (geojson(features, _crs(new)), place)
    return found


def _former(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The file that a layer was in before, where the workbooks put it into another one."""
    was, now = (part if isinstance(part := tree.get("geography"), Mapping) else {} for tree in (before, after))
    specs = [was[layer] for layer, file in now.items() if file == name and isinstance(was.get(layer), str)]
    return next((spec for spec in specs if spec != name), None)


def _from_gis(folder: Path, spec: str) -> dict[str, Any]:
    """A layer of a GIS file as a collection of features; ValueError if it cannot be read."""
    import shapely

    from planner.excel.systems import as_written
    from planner.geography import files
    from planner.geography.crs import flat, label

    try:
        frame, _ = files.read(folder, spec)
    except files.UnreadableError as error:
        raise ValueError(str(error)) from None
    features = []
    for row in frame.to_dict("records"):
        shape = row.pop("geometry")
        if shape is None:
            continue
        said = {key: plain for key, item in row.items() if (plain := _plain(item)) is not None}
        plain = json.loads(json.dumps(shapely.geometry.mapping(shapely.force_2d(shape))))
        features.append({"properties": said, "geometry": plain})
    member = {} if frame.crs is None else {"crs": {"properties": {"name": as_written(label(flat(frame.crs)))}}}
    return {**member, "features": features}


def _plain(value: Any) -> Any:
    """An attribute as a GeoJSON can hold it: a date as year-month-day, a list as a list; None where it says nothing."""
    import numpy as np
    import pandas as pd

    from planner.geography.attributes import text

    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, date | np.datetime64):  # of pandas, too
        return None if pd.isna(value) else pd.Timestamp(value).isoformat().removesuffix("T00:00:00")
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, list | dict) or text(plain) is not None else None


def settle(
    tree: dict[str, Any], layer: Lifted, changes: list[Change], made: Files, folder: Path, stated: Mapping[str, Any]
) -> None:
    """Have what a layer said of plots stand in one place: in the layer as before, or, where that changes, in the case.

    Parameters
    ----------
    tree
        The case as the workbooks make it; what stays in the layer is taken out of it.
    layer
        What only the layer said before.
    changes
        What the workbooks change.
    made
        Files that are written; gets the layer without what moves into the case.
    folder
        The case before.
    stated
        What the case file itself said.
    """
    name = (tree.get("geography") or {}).get("plots")
    if not isinstance(name, str):
        return
    drawn = _parsed(made[name][0]) if name in made else _read(folder / name)
    moves = any(change.path[:1] == ("plots",) and tuple(change.path[1:3]) in layer for change in changes)
    if layer and (name in made or moves):
        if drawn is not None:
            kept = [
                (
                    {key: item for key, item in one["properties"].items() if key not in Plot.model_fields},
                    one["geometry"],
                )
                for one in drawn["features"]
            ]
            made[name] = (geojson(kept, _crs(drawn)), made[name][1] if name in made else f"{name}")
        return
    plots, before = tree.get("plots") or {}, stated.get("plots") or {}
    for plot, field in layer:
        if isinstance(plots.get(plot), dict):
            plots[plot].pop(field, None)
    names = {one["properties"].get("name") for one in drawn["features"]} if drawn else set()
    for plot in [plot for plot, said in plots.items() if not said and plot not in before and plot in names]:
        del plots[plot]  # its shape names it
    if not plots and "plots" not in stated:
        tree.pop("plots", None)


def _of_layer(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a plot that are none of the case's."""
    return {key: item for key, item in properties.items() if key not in Plot.model_fields}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return _parsed(path.read_bytes()) if path.is_file() else None
    except OSError:
        return None


def _parsed(content: bytes) -> dict[str, Any] | None:
    """A collection of features; None for anything else."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
        features = [
            {
                "properties": {k: v for k, v in (one["properties"] or {}).items() if v is not None},
                "geometry": one["geometry"],
            }
            for one in found["features"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return {**found, "features": features}


def _said(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in properties.items() if item is not None}


def _crs(found: Mapping[str, Any]) -> str:
    return str(found["crs"]["properties"]["name"]) if found.get("crs") else DEGREES


def _named(part: Mapping[str, Any]) -> bool:
    """Whether every shape has a name of its own."""
    names = [one["properties"].get("name") for one in part["features"]]
    return None not in names and len(set(names)) == len(names)


def _why_not_joined(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Why shapes cannot be laid over those that are there without losing some of these; "" if they can."""
    if not old["features"] or all(one in new["features"] for one in old["features"]) and _crs(old) == _crs(new):
        return ""
    if _crs(old) != _crs(new):
        return f"these are in {_crs(old)}, those in the workbook in {_crs(new)}; give all in one system"
    if not (_named(old) and _named(new)):
        return "some have no name, or one twice, so nobody knows which is which; name them, or give all of them"
    return ""


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Features laid over one another by their names; those of the workbook where they hold all that was there."""
    if not (_named(old) and _named(new) and _crs(old) == _crs(new)):
        return old if old["features"] == new["features"] else {**old, "features": new["features"]}
    by_name = {one["properties"]["name"]: one for one in new["features"]}
    kept = [_laid(one, by_name.pop(one["properties"]["name"], None)) for one in old["features"]]
    return {**old, "features": [*kept, *by_name.values()]}


def _laid(old: dict[str, Any], new: dict[str, Any] | None) -> dict[str, Any]:
    if new is None:
        return old
    return {"properties": {**old["properties"], **new["properties"]}, "geometry": new["geometry"]}
