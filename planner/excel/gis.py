"""Reads the sheet gis: layers of GIS files, taken over by the names of their attributes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from planner.case.land import Plot
from planner.case.marks import Mark
from planner.case.numbers import describe, did_you_mean, parse_number
from planner.case.values import Value
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.draft import Draft
from planner.excel.opened import OpenSheet, address
from planner.excel.paths import tidy
from planner.excel.shapes import LAYERS
from planner.excel.tables import find_table

#: Columns of the sheet.
GIS = ("layer", "file", "field", "attribute", "unit")
_GIS_LAYERS = ("plots", "corridors", *LAYERS)
#: Fields that hold several names, with semicolons.
_LISTS = frozenset({"zones", "forbidden", "one_way", "resources"})
_LAYER_NAME = re.compile(r"(.+\.gpkg)\|layername=([^|]+)", re.IGNORECASE)


@dataclass
class Layer:
    """A geographic file in the making.

    Attributes
    ----------
    place
        The sheet it comes from.
    crs
        Name of its system of coordinates; that of the case if None.
    features
        Attributes and shape of each.
    origin
        Of a layer of a GIS file: the cell that names it, and its name.
    """

    place: str
    crs: str | None = None
    features: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    origin: tuple[Mark, str] | None = None


@dataclass(frozen=True)
class _Row:
    """A row of the sheet: field of the case, attribute of the file, unit, and the place of each cell."""

    field: str
    attribute: str
    unit: str
    marks: Mapping[str, Mark]


def take_layers(opened: OpenSheet, folder: Path, draft: Draft, layers: dict[str, Layer]) -> None:
    """Take over the layers that a sheet gis names.

    Parameters
    ----------
    opened
        The sheet.
    folder
        Of the GIS files.
    draft
        Gets faults, names of the files, and what they say of plots with a unit.
    layers
        Name of a GeoJSON -> its content; gets the layers.
    """
    wanted: dict[tuple[str, str], list[_Row]] = {}
    first: dict[tuple[str, str], Mark] = {}
    table = find_table(opened, GIS, ("layer", "file", "field", "attribute"), draft.faults)
    for row, cells in table.rows if table else ():
        assert table is not None
        marks = {header: Mark(opened.place, row, column) for header, column in table.columns.items()}
        said: dict[str, str] = {}
        for header in GIS:
            try:
                if header in cells:
                    said[header] = str(read.words(cells[header], name=True))
                elif header != "unit":
                    raise CellError("is blank; every row needs it")
            except CellError as error:
                draft.fault(marks[header], ("gis", header), str(error))
        if not said.keys() >= set(GIS[:4]):
            continue
        if said["layer"] not in _GIS_LAYERS:
            message = f'no such layer: "{said["layer"]}"{did_you_mean(said["layer"], _GIS_LAYERS)}'
            draft.fault(marks["layer"], ("gis", "layer"), message)
            continue
        name, spec = said["field"], _LAYER_NAME.sub(r"\1:\2", said["file"])
        if (before := first.setdefault((said["layer"], name), marks["field"])) != marks["field"]:
            message = (
                f'"{name}" of {said["layer"]} stands in {address(before.line, before.column)} already; leave one out'
            )
            draft.fault(marks["field"], ("gis", "field"), message)
            continue
        found = _Row(name, said["attribute"], read.unit_text(said.get("unit", "")), marks)
        wanted.setdefault((said["layer"], spec), []).append(found)
    for (layer, spec), rows in wanted.items():
        _take(layer, spec, rows, (folder, opened.place), draft, layers)


def _take(
    layer: str, spec: str, rows: Sequence[_Row], at: tuple[Path, str], draft: Draft, layers: dict[str, Layer]
) -> None:
    """Take over one layer of one file."""
    from planner.geography import files

    named = rows[0].marks["file"]
    try:
        frame, _ = files.read(at[0], spec)
    except files.UnreadableError as error:
        draft.fault(named, ("gis", "file"), f"{spec}: {error}")
        return
    columns = {row.field: row for row in rows if _fits(layer, spec, row, frame, draft)}
    if layer == "plots" and all(row.field != "name" for row in rows):
        draft.fault(
            named, ("gis", "field"), f"{spec}: no row says which attribute is the name of the plots (field name)"
        )
        return
    file = f"{layer}.geojson"
    if file in layers:
        draft.fault(named, ("gis", "layer"), f"{layer} have shapes in another sheet or file already")
        return
    if frame.crs is not None and frame.crs.to_authority() is None:
        frame = frame.to_crs("EPSG:4326")
    layers[file] = Layer(at[1], _system(frame.crs), _features(layer, spec, frame, columns, draft), (named, spec))
    draft.tree.setdefault("geography", {}).pop(layer, None)
    draft.put(("geography", layer), file, named)


def _system(crs: Any) -> str | None:
    from planner.excel.systems import as_written
    from planner.geography.crs import flat, label

    return None if crs is None else as_written(label(flat(crs)))


def _fits(layer: str, spec: str, row: _Row, frame: Any, draft: Draft) -> bool:
    """Whether there is such a field and such an attribute, with a unit where it needs one."""
    from planner.geography.layers import ATTRIBUTES

    known = ATTRIBUTES[layer].known
    if row.field not in known:
        message = f'no such field of {layer}: "{row.field}"{did_you_mean(row.field, known)}'
        draft.fault(row.marks["field"], ("gis", "field"), message)
    elif row.attribute not in frame.columns or row.attribute == "geometry":
        near = did_you_mean(row.attribute, [str(c) for c in frame.columns if c != "geometry"])
        draft.fault(row.marks["attribute"], ("gis", "attribute"), f'{spec} has no attribute "{row.attribute}"{near}')
    elif row.unit and (layer != "plots" or _template(row.field) is None):
        message = (
            f"found a unit for {row.field} of {layer}, which has none; a unit may stand beside numbers of plots only"
        )
        draft.fault(row.marks["unit"], ("gis", "unit"), message)
    else:
        return True
    return False


def _template(name: str) -> str | None:
    """Unit of a field of plots that is a number of the case, as its schema has it; None of any other field."""
    annotation = Plot.model_fields[name].annotation if name in Plot.model_fields else None
    kinds = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type) and issubclass(kind, Value)]
    return kinds[0].template if kinds else None


def _features(
    layer: str, spec: str, frame: Any, columns: Mapping[str, _Row], draft: Draft
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Attributes and shape of every feature; what has none, or what no case can hold, is a fault."""
    import shapely

    from planner.geography.attributes import text

    found = []
    unitless: dict[str, str] = {}
    for number, row in enumerate(frame.to_dict("records"), start=1):
        called = f"feature {number}"
        if "name" in columns and (name := text(row[columns["name"].attribute])) is not None:
            called += f" ({name})"
        if row["geometry"] is None or row["geometry"].is_empty:
            mark = next(iter(columns.values())).marks["file"] if columns else Mark("", 0, 0)
            draft.fault(mark, ("gis", "file"), f"{spec}: {called} has no shape")
            continue
        said: dict[str, Any] = {}
        for field_, one in columns.items():
            try:
                value = attribute_value(row[one.attribute], several=field_ in _LISTS)
            except ValueError as error:
                message = f"{spec}: {called}, attribute {one.attribute}: {error}"
                draft.fault(one.marks["attribute"], ("gis", "attribute"), message)
                continue
            if value is None:
                continue
            if one.unit and layer == "plots":
                plot = text(row[columns["name"].attribute]) if "name" in columns else None
                parts = {"value": (value, one.marks["attribute"]), "unit": (one.unit, one.marks["unit"])}
                draft.put_number(("plots", plot or "", field_), parts)
                continue
            if layer == "plots" and _lacks_unit(field_, value):
                unitless.setdefault(field_, f"{called} has {describe(value)}")
            said[field_] = text(value) if field_ == "name" else value
        found.append((said, json.loads(json.dumps(shapely.geometry.mapping(shapely.force_2d(row["geometry"]))))))
    for field_, example in unitless.items():
        one = columns[field_]
        mark = one.marks.get("unit", one.marks["attribute"])
        usual = (_template(field_) or "").replace("{currency}", str(draft.at(("currency",)) or "EUR"))
        message = f"is blank, and {field_} needs a unit: {spec}, {example}; write it here, as in {usual}"
        draft.fault(mark, ("gis", "unit"), message)
    return found


def _lacks_unit(name: str, value: Any) -> bool:
    """Whether a number of a plot is bare though it stands for money or land."""
    if _template(name) in (None, "1"):
        return False
    try:
        return not parse_number(value)[1]
    except ValueError:
        return False  # told where the case is read


def attribute_value(value: Any, *, several: bool = False) -> str | int | float | bool | None:
    """What a feature says under an attribute: a text, a number or a truth value; None where it says nothing.

    Parameters
    ----------
    value
        As the reader of GIS files gives it.
    several
        Whether it may be several names with semicolons between them.

    Raises
    ------
    ValueError
        If it is a date, a list or anything else, or names with commas between them.
    """
    import numpy as np
    import pandas as pd

    from planner.geography.attributes import text

    plain = value.item() if isinstance(value, np.generic) and not isinstance(value, np.datetime64) else value
    if plain is None or plain is pd.NaT or plain is pd.NA:
        return None
    if isinstance(plain, date | datetime | np.datetime64):
        raise ValueError(f"found a date, {pd.Timestamp(plain).date().isoformat()}; expected a text or a number")
    if not isinstance(plain, str | int | float | bool):
        kind = "a list" if isinstance(plain, list | tuple | np.ndarray) else "something else"
        hint = ", several names as one text with semicolons between them" if several else ""
        raise ValueError(f"found {kind}, {str(plain)[:40]}; expected a text or a number{hint}")
    if several and isinstance(plain, str) and "," in plain and ";" not in plain:
        raise ValueError(f"found {describe(tidy(plain))}; write several names with semicolons between them")
    return None if text(plain) is None else plain
