"""Coordinate reference systems as workbooks name them, and as a GeoJSON must name them to be read as such."""

import io
from functools import lru_cache
from typing import Any

from planner.excel.shapes import DEGREES, geojson


@lru_cache(maxsize=256)
def as_written(text: str) -> str:
    """Name under which a GeoJSON carries a system: as the workbook has it, or its code: "4314" is EPSG:4314.

    GDAL reads a name that it does not know as degrees in WGS 84, in silence; so every name is read back.

    Parameters
    ----------
    text
        As in EPSG:25832, 25832, urn:ogc:def:crs:EPSG::25832 or "ETRS89 / UTM zone 32N"; "degrees" stays.

    Raises
    ------
    ValueError
        If it is no system, or none that a GeoJSON can name.
    """
    if text == DEGREES:
        return text
    from planner.geography.crs import label, parse

    system = parse(text)
    for name in (text, label(system)):
        found = _read_back(name)
        if found is not None and found.equals(system, ignore_axis_order=True) and not name.isdigit():
            return name
    raise ValueError(f'"{text}" has no code that a geographic file could carry; write one such as EPSG:25832')


def _read_back(name: str) -> Any:
    """The system (pyproj.CRS) that a GeoJSON is in that names it so; None if none."""
    import warnings

    import pyogrio

    from planner.geography.crs import flat

    content = geojson([({}, {"type": "Point", "coordinates": [9.0, 50.0]})], name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on names that it does not know
        frame = pyogrio.read_dataframe(io.BytesIO(content))
    return None if frame.crs is None else flat(frame.crs)
