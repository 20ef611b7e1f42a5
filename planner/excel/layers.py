"""Reads shapes of a workbook: of its sheets plots, corridors and map, and of GIS files that its sheet gis names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.case.land import Plot
from planner.case.marks import Mark
from planner.case.numbers import did_you_mean
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.draft import Draft
from planner.excel.opened import Cell, OpenSheet
from planner.excel.paths import cell_plain, tidy
from planner.excel.shapes import CORRIDOR, DEGREES, LAYERS, MAP, SHAPE, geojson, shape_of
from planner.excel.tables import Table, find_table

#: Columns of the sheet gis.
GIS = ("layer", "file", "field", "attribute", "unit")
_GIS_LAYERS = ("plots", "corridors", *LAYERS)
_AREAS = ("plots",)


@dataclass
class _Layer:
    """A geographic file in the making."""

    place: str
    crs: str | None = None
    features: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)


class Shapes:
    """Geographic files made of sheets.

    Parameters
    ----------
    draft
        Gets faults, the names of the files, and what GIS files say of plots.
    base
        The case that is updated; empty for a new one.
    """

    def __init__(self, draft: Draft, base: Mapping[str, Any]) -> None:
        self._draft = draft
        self._base = base
        self._layers: dict[str, _Layer] = {}

    def plots(self, table: Table) -> None:
        """Shapes of the sheet plots."""
        for _, cells in table.rows:
            if "geometry" in cells and "plot" in cells:
                name = read.words(cells["plot"], name=True) if cells["plot"].kind == "text" else cells["plot"].value
                self._add("plots", self._file("plots"), table, cells, {"name": str(name)})

    def sheet(self, opened: OpenSheet, name: str) -> None:
        """Shapes of the sheets corridors and map."""
        known = (*CORRIDOR, *SHAPE) if name == "corridors" else ("layer", *MAP, *SHAPE)
        required = ("geometry",) if name == "corridors" else ("layer", "geometry")
        table = find_table(opened, known, required, self._draft.faults)
        for row, cells in table.rows if table else ():
            assert table is not None
            lost = [header for header in required if header not in cells]
            for header in lost:
                mark = Mark(opened.place, row, table.columns[header])
                self._draft.fault(mark, (name, header), "is blank; every row needs it")
            if lost:
                continue
            said = self._attributes(opened, cells, (*SHAPE, "layer"), name)
            layer = "corridors" if name == "corridors" else tidy(str(cells["layer"].value))
            if layer in LAYERS or layer == "corridors":
                self._add(layer, self._file(layer), table, cells, said)
            elif layer.lower().endswith((".geojson", ".json")):
                self._add(layer, layer, table, cells, said)
            else:
                cell = cells["layer"]
                message = f'no such layer: "{layer}"{did_you_mean(layer, LAYERS)}; or name a file, as in river.geojson'
                self._draft.fault(Mark(opened.place, cell.row, cell.column), (name, "layer"), message)

    def files(self) -> dict[str, tuple[bytes, str]]:
        """Name of each file -> its content and the sheet it comes from."""
        return {
            name: (geojson(layer.features, layer.crs or self._crs_of_case() or DEGREES), layer.place)
            for name, layer in self._layers.items()
        }

    def _crs_of_case(self) -> str | None:
        found = self._draft.tree.get("crs") or self._base.get("crs")
        return found if isinstance(found, str) else None

    def _file(self, layer: str) -> str:
        """Name of the GeoJSON of a layer: as the case names it, or that of the layer."""
        for tree in (self._draft.tree, self._base):
            geography = tree.get("geography")
            name = geography.get(layer) if isinstance(geography, dict) else None
            if isinstance(name, str) and name.lower().endswith((".geojson", ".json")):
                return name
        return f"{layer}.geojson"

    def _attributes(
        self, opened: OpenSheet, cells: Mapping[str, Cell], skip: tuple[str, ...], name: str
    ) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for header, cell in cells.items():
            if header in skip:
                continue
            try:
                if cell.kind in ("bool",):
                    said[header] = cell.value
                elif cell.kind == "number":
                    said[header] = read.plain(cell)
                else:
                    said[header] = read.words(cell, name=True)
            except CellError as error:
                self._draft.fault(Mark(opened.place, cell.row, cell.column), (name, header), str(error))
        return said

    def _add(self, layer: str, file: str, table: Table, cells: Mapping[str, Cell], said: dict[str, Any]) -> None:
        """Add the shape of a row to its file."""
        cell, place = cells["geometry"], table.sheet.place
        mark = Mark(place, cell.row, cell.column)
        try:
            shape = shape_of(str(read.words(cell)), area=layer in _AREAS)
            crs = self._crs(cells.get("crs")) or self._crs_of_case()
        except (CellError, ValueError) as error:
            self._draft.fault(mark, (layer, "geometry"), str(error))
            return
        found = self._layers.setdefault(file, _Layer(place, crs))
        if found.crs != crs:
            at = cells.get("crs", cell)
            message = f"found {crs or 'none'}; the rows above have {found.crs or 'none'}, and a layer has one"
            self._draft.fault(Mark(place, at.row, at.column), (layer, "crs"), message)
        found.features.append((said, shape))
        self._name(layer, file, mark)

    def _name(self, layer: str, file: str, mark: Mark) -> None:
        """Have the case name the file of a layer."""
        if layer == file:  # the workbook names the file itself
            return
        stated = self._draft.at(("geography", layer))
        if stated is None:
            self._draft.put(("geography", layer), file, mark)
        elif stated != file:
            message = f'has a shape here, but the workbook names the file "{stated}" for the {layer}; leave one out'
            self._draft.fault(mark, (layer, "geometry"), message)

    def _crs(self, cell: Cell | None) -> str | None:
        if cell is None:
            return None
        text = str(read.words(cell, name=True))
        if text != DEGREES:
            from planner.geography.crs import parse

            parse(text)
        return text

    def gis(self, opened: OpenSheet, folder: Path) -> None:
        """Layers of GIS files, by the names of their attributes."""
        table = find_table(opened, GIS, ("layer", "file", "field", "attribute"), self._draft.faults)
        wanted: dict[tuple[str, str], list[tuple[str, str, str, Mark]]] = {}
        for row, cells in table.rows if table else ():
            assert table is not None
            lost = [header for header in GIS[:4] if header not in cells]
            for header in lost:
                mark = Mark(opened.place, row, table.columns[header])
                self._draft.fault(mark, ("gis", header), "is blank; every row needs it")
            if lost:
                continue
            said = {header: str(cell_plain(cell.value)) for header, cell in cells.items()}
            mark = Mark(opened.place, row, cells["attribute"].column)
            if said["layer"] not in _GIS_LAYERS:
                at = Mark(opened.place, row, cells["layer"].column)
                message = f'no such layer: "{said["layer"]}"{did_you_mean(said["layer"], _GIS_LAYERS)}'
                self._draft.fault(at, ("gis", "layer"), message)
                continue
            wanted.setdefault((said["layer"], said["file"]), []).append(
                (said["field"], said["attribute"], said.get("unit", ""), mark)
            )
        for (layer, spec), rows in wanted.items():
            self._of_gis(layer, spec, rows, folder, opened.place)

    def _of_gis(self, layer: str, spec: str, rows: list[tuple[str, str, str, Mark]], folder: Path, place: str) -> None:
        from planner.geography import files
        from planner.geography.layers import ATTRIBUTES

        try:
            frame, _ = files.read(folder, spec)
        except files.UnreadableError as error:
            self._draft.fault(rows[0][3]._replace(column=2), ("gis", "file"), f"{spec}: {error}")
            return
        known = ATTRIBUTES[layer].known
        columns: dict[str, tuple[str, str]] = {}
        for name, attribute, unit, mark in rows:
            if name not in known:
                self._draft.fault(
                    mark, ("gis", "field"), f'no such field of {layer}: "{name}"{did_you_mean(name, known)}'
                )
            elif attribute not in frame.columns:
                near = did_you_mean(attribute, [str(c) for c in frame.columns if c != "geometry"])
                self._draft.fault(mark, ("gis", "attribute"), f'{spec} has no attribute "{attribute}"{near}')
            elif unit and layer != "plots":
                self._draft.fault(mark, ("gis", "unit"), "a unit may stand beside fields of plots only")
            else:
                columns[name] = (attribute, unit)
        self._features(layer, frame, columns, (spec, rows[0][3], place))

    def _features(
        self, layer: str, frame: Any, columns: Mapping[str, tuple[str, str]], at: tuple[str, Mark, str]
    ) -> None:
        import json

        import shapely

        from planner.geography.attributes import text
        from planner.geography.crs import label

        spec, mark, place = at
        if frame.crs is not None and frame.crs.to_authority() is None:
            frame = frame.to_crs("EPSG:4326")
        crs = label(frame.crs) if frame.crs is not None else None
        file = f"{layer}.geojson"
        if file in self._layers:
            self._draft.fault(mark, ("gis", "layer"), f"{layer} have shapes in another sheet or file already")
            return
        made = self._layers.setdefault(file, _Layer(place, crs))
        for number, row in enumerate(frame.to_dict("records"), start=1):
            if row["geometry"] is None or row["geometry"].is_empty:
                of = f" ({columns['name'][0]} {row[columns['name'][0]]})" if "name" in columns else ""
                self._draft.fault(mark, ("gis", "file"), f"{spec}: feature {number} has no shape{of}")
                continue
            shape = json.loads(json.dumps(shapely.geometry.mapping(shapely.force_2d(row["geometry"]))))
            said: dict[str, Any] = {}
            for name, (attribute, unit) in columns.items():
                value = row[attribute]
                if text(value) is None:
                    continue
                value = value.item() if hasattr(value, "item") else value
                if unit and name in Plot.model_fields:
                    plot = str(text(row[columns["name"][0]])) if "name" in columns else ""
                    self._draft.put_number(("plots", plot, name), {"value": (value, mark), "unit": (unit, mark)})
                else:
                    said[name] = text(value) if name == "name" else value
            made.features.append((said, shape))
        self._draft.tree.setdefault("geography", {}).pop(layer, None)
        self._draft.put(("geography", layer), file, mark)
