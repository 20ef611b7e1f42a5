"""Attributes of geographic files: their names, whether they are there, and whether they hold what they should."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

#: Attributes that GIS programs add by themselves.
SILENT = {"id", "fid", "ogc_fid", "objectid", "gid", "shape_leng", "shape_area", "shape_length", "st_area_sh"}


@dataclass(frozen=True)
class Attributes:
    """What a layer may and must say of its features.

    Attributes
    ----------
    known
        Attributes that have an effect.
    required
        Those each feature must have.
    positive, not_negative
        Those that must be numbers above 0, or at least 0.
    unique
        The attribute whose value names the feature, and may occur once only.
    """

    known: tuple[str, ...]
    required: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    not_negative: tuple[str, ...] = ()
    unique: str | None = None


def text(value: Any) -> str | None:
    """A name as text; whole numbers without a decimal point, None where there is nothing."""
    if value is None or value is pd.NA or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value).strip() or None


def rename(frame: gpd.GeoDataFrame, attributes: Attributes, faults: list[str], notes: list[str]) -> gpd.GeoDataFrame:
    """The layer with known attributes only, under their right names.

    Case and blanks do not matter; a shapefile cuts names off after ten characters.
    """
    kept: dict[str, str] = {}
    ignored: list[str] = []
    for column in frame.columns.drop(frame.geometry.name):
        plain = re.sub(r"[\s\-]+", "_", str(column).strip().lower())
        name = next((k for k in attributes.known if plain == k or (len(plain) == 10 and k[:10] == plain)), None)
        if name in kept.values():
            faults.append(f'attribute "{name}" is there twice')
        elif name:
            kept[column] = name
        elif near := get_close_matches(plain, attributes.known, n=1, cutoff=0.8):
            faults.append(f'unknown attribute "{column}"; did you mean "{near[0]}"?')
        elif plain not in SILENT:
            ignored.append(str(column))
    if ignored:
        notes.append(f"attributes without a meaning here were ignored: {', '.join(ignored)}")
    geometry = frame.geometry.name
    result = frame[[*kept, geometry]].rename(columns=kept)
    return result if geometry == "geometry" else result.rename_geometry("geometry")


def check(frame: gpd.GeoDataFrame, attributes: Attributes, word: str) -> list[str]:
    """Faults of the attributes' values; names become text, numbers floats, in place."""
    faults = [f'attribute "{name}" is missing' for name in attributes.required if name not in frame]
    for name in attributes.known:
        if name not in frame:
            continue
        if name in (*attributes.positive, *attributes.not_negative):
            faults += _numbers(frame, name, attributes, word)
        elif name in (*attributes.required, "name"):
            frame[name] = pd.Series([text(v) for v in frame[name]], index=frame.index, dtype=object)
    for name in attributes.required:
        if name in frame:
            faults += [f'{word} {row + 1} has no "{name}"' for row, v in enumerate(frame[name]) if pd.isna(v)]
    if attributes.unique and attributes.unique in frame:
        names = frame[attributes.unique].dropna()
        faults += [f'{word} "{name}" is there {n} times' for name, n in names.value_counts().items() if n > 1]
    return faults


def label(frame: gpd.GeoDataFrame, row: Any, word: str) -> str:
    """Words for a feature: its name, or its place in the file."""
    name = text(frame["name"].iloc[row]) if "name" in frame else None
    return f'{word} "{name}"' if name else f"{word} {row + 1}"


def listed(value: Any) -> tuple[str, ...]:
    """Parts of a text written with semicolons, or of a list."""
    if isinstance(value, list | tuple | np.ndarray):
        parts: Sequence[str] = [str(v) for v in value]
    else:
        parts = (text(value) or "").split(";")
    return tuple(part.strip() for part in parts if part.strip())


def _numbers(frame: gpd.GeoDataFrame, name: str, attributes: Attributes, word: str) -> list[str]:
    faults: list[str] = []
    values = [_number(v) for v in frame[name]]
    for row, value in enumerate(values):
        found = f"{name} of {label(frame, row, word)}"
        if isinstance(value, str):
            faults.append(f'{found}: "{value}" is not a number')
        elif value is not None and name in attributes.positive and value <= 0:
            faults.append(f"{found}: {value:g} is not above 0")
        elif value is not None and name in attributes.not_negative and value < 0:
            faults.append(f"{found}: {value:g} is below 0")
    frame[name] = [v if isinstance(v, float) else np.nan for v in values]
    return faults


def _number(value: Any) -> float | str | None:
    """The number, None where there is nothing, the text where it is none."""
    written = text(value)
    if written is None:
        return None
    try:
        number = float(written)
    except ValueError:
        return written
    return number if np.isfinite(number) and not isinstance(value, bool) else written
