"""Reads shapes of a workbook: of its sheets plots, corridors and map, and of GIS files that its sheet gis names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.case.marks import Mark
from planner.case.numbers import did_you_mean
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.draft import Draft
from planner.excel.gis import Layer, take_layers
from planner.excel.opened import Cell, OpenSheet
from planner.excel.paths import tidy
from planner.excel.shapes import CORRIDOR, DEGREES, LAYERS, MAP, SHAPE, geojson, shape_of
from planner.excel.systems import as_written
from planner.excel.tables import Table, find_table

_AREAS = ("plots",)


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
        self._layers: dict[str, Layer] = {}

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

    def origins(self) -> dict[str, tuple[Mark, str]]:
        """Name of each file that was a GIS file -> the cell that names that, and its name."""
        return {name: layer.origin for name, layer in self._layers.items() if layer.origin is not None}

    def _crs_of_case(self) -> str | None:
        """The system of the case; None where it states none, or none that is one, which is told elsewhere."""
        found = self._draft.tree.get("crs") or self._base.get("crs")
        try:
            return as_written(str(found)) if found else None
        except ValueError:
            return None

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
        faulty, part = cell, "geometry"
        try:
            shape = shape_of(str(read.words(cell)), area=layer in _AREAS)
            faulty, part = cells.get("crs", cell), "crs"
            crs = self._crs(cells.get("crs")) or self._crs_of_case()
        except (CellError, ValueError) as error:
            self._draft.fault(Mark(place, faulty.row, faulty.column), (layer, part), str(error))
            return
        found = self._layers.setdefault(file, Layer(place, crs))
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
        return None if cell is None else as_written(str(read.words(cell, name=True)))

    def gis(self, opened: OpenSheet, folder: Path) -> None:
        """Layers of GIS files, by the names of their attributes."""
        take_layers(opened, folder, self._draft, self._layers)
