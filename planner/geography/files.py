"""Opening the geographic files of a case, and refusing what is no such file."""

import re
import warnings
from difflib import get_close_matches
from pathlib import Path

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

#: A larger file is refused: no park needs it, and it would only exhaust the memory.
LARGEST = 50 * 2**20
#: What a file of each kind begins with; a renamed file of another kind could make GDAL open files elsewhere.
BEGINNINGS = {".geojson": (b"{",), ".json": (b"{",), ".gpkg": (b"SQLite format 3\0",), ".shp": (b"\0\0\x27\x0a",)}


class UnreadableError(Exception):
    """A geographic file that cannot be used; the message says why."""


def split(spec: str) -> tuple[str, str | None]:
    """File and layer of a name such as "park.gpkg:plots"."""
    found = re.fullmatch(r"(.+\.gpkg):([^:/\\]+)", spec, re.IGNORECASE)
    return (found[1], found[2]) if found else (spec, None)


def locate(folder: Path, name: str) -> Path:
    """Path of a geographic file of the case.

    Raises
    ------
    UnreadableError
        If it is not there, leaves the case folder, is too large, or is no geographic file.
    """
    path = _inside(folder, name)
    suffix = path.suffix.lower()
    if suffix not in BEGINNINGS:
        raise UnreadableError("not a GeoJSON (.geojson), GeoPackage (.gpkg) or shapefile (.shp)")
    with path.open("rb") as file:
        beginning = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not any(beginning.startswith(wanted) for wanted in BEGINNINGS[suffix]):
        raise UnreadableError(f"its content is not that of a {suffix} file")
    return path


def locate_table(folder: Path, name: str) -> Path:
    """Path of a CSV file of the case.

    Raises
    ------
    UnreadableError
        If it is not there, leaves the case folder, is too large, or is no CSV file.
    """
    path = _inside(folder, name)
    if path.suffix.lower() != ".csv":
        raise UnreadableError("not a CSV file (.csv)")
    return path


def _inside(folder: Path, name: str) -> Path:
    base = folder.resolve()
    try:
        path = (base / name).resolve()
        inside = path.is_relative_to(base)
        missing = not path.is_file()
    except (OSError, ValueError, RuntimeError):
        raise UnreadableError("not a file name") from None
    if not inside:
        raise UnreadableError("it leaves the case folder; geographic files lie in the case folder")
    if missing:
        near = [p.name for p in base.iterdir() if p.is_file()] if base.is_dir() else []
        raise UnreadableError(f"no such file in the case folder{did_you_mean(name, near)}")
    size = max(p.stat().st_size for p in (path, *path.parent.glob(f"{_literal(path.stem)}.dbf")))
    if size > LARGEST:
        raise UnreadableError(f"it is larger than {LARGEST >> 20} MB ({size / 2**20:.0f} MB)")
    return path


def read(folder: Path, spec: str) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Features of a file as they stand in it, and what the reader remarked.

    Raises
    ------
    UnreadableError
        If the file or its layer cannot be read, or holds no geometry.
    """
    name, layer = split(spec)
    path = locate(folder, name)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            chosen = _layer(path, layer)
            frame = pyogrio.read_dataframe(path, layer=chosen)
    except (DataSourceError, DataLayerError, OSError, ValueError, RuntimeError, UnicodeError) as error:
        raise UnreadableError(f"it cannot be read ({_first_line(error, path)})") from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise UnreadableError("it holds no geometry")
    if frame.empty:
        raise UnreadableError("it holds no features")
    return frame, [_first_line(w.message, path) for w in caught]


def did_you_mean(name: str, known: list[str]) -> str:
    """Suggestion of the nearest known name, to be put behind a message; empty if none is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.7)
    return f'; did you mean "{near[0]}"?' if near else ""


def _layer(path: Path, wanted: str | None) -> str | None:
    if path.suffix.lower() != ".gpkg":
        return None
    layers = [str(row[0]) for row in pyogrio.list_layers(path)]
    if wanted is None and len(layers) == 1:
        return layers[0]
    if wanted in layers:
        return wanted
    known = ", ".join(layers) or "none"
    if wanted is None:
        raise UnreadableError(f'it has several layers ({known}); name one as "{path.name}:layer"')
    raise UnreadableError(f'it has no layer "{wanted}"{did_you_mean(wanted, layers)} (layers: {known})')


def _first_line(error: object, path: Path) -> str:
    """The library's words without the folder, which means nothing to another reader."""
    lines = str(error).replace(str(path.parent) + "/", "").strip().splitlines()
    return lines[0].strip()[:200] if lines else "no reason given"


def _literal(stem: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", stem)
