"""Coordinate reference systems: in which one a park can be measured, and whether coordinates make sense in theirs."""

import numpy as np
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError

#: Lengths in the map may differ from those on the ground by this share; Web Mercator at 50 degrees is off by 0.56.
SCALE_TOLERANCE = 0.01
#: How far, in degrees, a park may lie outside the area a projected CRS was made for.
MARGIN = 3.0

Bounds = tuple[float, float, float, float]


def parse(text: str) -> CRS:
    """CRS of a text such as "EPSG:25832", heights left out.

    Raises
    ------
    ValueError
        If the text is no CRS, or one that has no map or geographic coordinates.
    """
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        raise ValueError(f'"{text}" is not a coordinate reference system; write one such as EPSG:25832') from None
    if not (crs.is_projected or crs.is_geographic):
        raise ValueError(f'"{text}" has neither map nor geographic coordinates')
    return flat(crs)


def flat(crs: CRS) -> CRS:
    """The CRS without heights; GDAL reads a GeoJSON with heights as EPSG:4979."""
    two = crs.to_2d() if len(crs.axis_info) > 2 or crs.is_compound else crs
    code = two.to_epsg()
    return CRS.from_epsg(code) if code else two


def label(crs: CRS) -> str:
    """The CRS in a few characters."""
    code = crs.to_authority()
    return f"{code[0]}:{code[1]}" if code else str(crs.name)


def utm(lon: float, lat: float) -> CRS:
    """The UTM zone of a place (WGS 84), with the exceptions of Norway's coast and Svalbard."""
    zone = int((lon + 180) // 6) % 60 + 1
    if 56 <= lat < 64 and 3 <= lon < 12:
        zone = 32
    if lat >= 72 and 0 <= lon < 42:
        zone = 31 + 2 * int((lon + 3) // 12)
    return CRS.from_epsg((32700 if lat < 0 else 32600) + zone)


def lon_lat(crs: CRS, bounds: Bounds) -> Bounds:
    """West, south, east, north in degrees of a box in ``crs``; not finite where it lies off the map."""
    if crs.is_geographic:
        return bounds
    turn = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    x, y = np.meshgrid(np.linspace(bounds[0], bounds[2], 3), np.linspace(bounds[1], bounds[3], 3))
    lon, lat = turn.transform(x.ravel(), y.ravel())
    return float(np.min(lon)), float(np.min(lat)), float(np.max(lon)), float(np.max(lat))


def out_of_range(crs: CRS, bounds: Bounds) -> str:
    """Why a box cannot lie in ``crs``; empty if it can."""
    box = f"x {bounds[0]:.10g} to {bounds[2]:.10g}, y {bounds[1]:.10g} to {bounds[3]:.10g}"
    west, south, east, north = lon_lat(crs, bounds)
    if crs.is_geographic:
        if max(abs(south), abs(north)) <= 90 and max(abs(west), abs(east)) <= 180:
            return ""
        turned = max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180
        hint = "latitude and longitude look exchanged; longitude comes first" if turned else "these are not degrees"
        return f"coordinates out of range for {label(crs)} ({box}): {hint}"
    if not np.isfinite([west, south, east, north]).all():
        return f"coordinates out of range for {label(crs)} ({box})"
    area = crs.area_of_use
    if area is None or area.west > area.east:
        return ""
    beside = west < area.west - MARGIN or east > area.east + MARGIN
    if beside or south < area.south - MARGIN or north > area.north + MARGIN:
        return (
            f"coordinates out of range for {label(crs)} ({box}): they lie at longitude {(west + east) / 2:.4f}, "
            f"latitude {(south + north) / 2:.4f}, and that system is for {area.name}"
        )
    return ""


def metric(crs: CRS, lon: float, lat: float) -> tuple[CRS, str]:
    """The CRS in which lengths near a place are true metres, and a note if that is not ``crs`` itself."""
    zone = utm(lon, lat)
    where = f"{label(zone)} ({zone.name.split(' / ')[-1]})"
    if crs.is_geographic:
        return zone, f"geographic coordinates ({label(crs)}) were projected to {where}"
    if any(axis.unit_name != "metre" for axis in crs.axis_info):
        return zone, f"{label(crs)} is not in metres; coordinates were projected to {where}"
    factors = Proj(crs).get_factors(lon, lat)
    scales = np.array([factors.meridional_scale, factors.parallel_scale])
    if not np.all(np.abs(scales - 1) <= SCALE_TOLERANCE):
        return zone, f"{label(crs)} stretches lengths here by {scales.max():.3g}; coordinates were projected to {where}"
    return crs, ""
