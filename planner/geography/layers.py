"""Reading the layers of a case: each checked in its own coordinates, then all brought into one system in metres."""

import json

import geopandas as gpd
from pyproj import CRS, Transformer

from planner.case.case import Case
from planner.case.land import Plot
from planner.case.layers import MAIN_FIELDS, PIPE_FIELDS, Layers, named_files
from planner.errors import Fault
from planner.geography import attributes, crs, files, ground, shapes
from planner.geography.attributes import Attributes
from planner.geography.shapes import Shapes

#: Words for a feature of each layer.
WORDS = {
    "plots": "plot",
    "corridors": "corridor",
    "roads": "road",
    "obstacles": "obstacle",
    "crossings": "crossing",
    "access_points": "access point",
    "receptors": "receptor",
    "partners": "partner",
    "existing_pipes": "existing pipe",
    "existing_mains": "existing main",
}
_WAY = Attributes(("name", "cost_factor"), positive=("cost_factor",))
#: What a layer may and must say of its features.
ATTRIBUTES = {
    "plots": Attributes(("name", *Plot.model_fields), ("name",), unique="name"),
    "corridors": Attributes((*_WAY.known, *ground.FIELDS), positive=("cost_factor", "max_pipes")),
    "roads": _WAY,
    "obstacles": Attributes(("name",)),
    "crossings": Attributes(("name", "extra_length"), not_negative=("extra_length",)),
    "access_points": Attributes(("name", "plot"), ("plot",)),
    "receptors": Attributes(("name", "kind"), ("name", "kind")),
    "partners": Attributes(("name",), ("name",), unique="name"),
    "existing_pipes": Attributes(
        ("name", *PIPE_FIELDS), ("name", "from", "to", "link", "resources", "capacity"), unique="name"
    ),
    "existing_mains": Attributes(("name", *MAIN_FIELDS), ("name", "link", "resource"), unique="name"),
}
_LINE, _POINT = Shapes(("LineString",)), Shapes(("Point",), single=True)
#: The geometry it may have.
SHAPES = {
    "plots": Shapes(("Polygon", "Point"), single=True),
    "corridors": _LINE,
    "roads": _LINE,
    "obstacles": Shapes(("Polygon", "LineString")),
    "crossings": Shapes(("Polygon", "LineString")),
    "access_points": _POINT,
    "receptors": Shapes(("Polygon", "Point", "LineString")),
    "partners": _POINT,
    "existing_pipes": _LINE,
    "existing_mains": _LINE,
}
#: Beyond this latitude there is no UTM zone.
FARTHEST = 84.0
#: Width of a UTM zone [degrees].
ZONE = 6.0


def read(case: Case, faults: list[Fault]) -> Layers:
    """Every layer of a case; faults are added to ``faults``."""
    layers, notes = Layers(), list[str]()
    layers.case_crs = _case_crs(case, faults)
    for name, spec in named_files(case.geography):
        wrong: list[str] = []
        said: list[str] = []
        frame = _layer(case, layers.case_crs, (name, spec), wrong, said)
        if frame is not None:
            layers[name] = frame
        faults += [Fault(spec, 0, 0, f"geography.{name}", words) for words in wrong]
        notes += [f"{spec}: {words}" for words in said]
    _unite(case, layers, faults, notes)
    layers.notes = tuple(dict.fromkeys(notes))
    return layers


def _case_crs(case: Case, faults: list[Fault]) -> CRS | None:
    if case.crs is None:
        return None
    try:
        return crs.parse(case.crs)
    except ValueError as error:
        faults.append(Fault("case.yaml", 0, 0, "crs", str(error)))
        return None


def _layer(
    case: Case, case_crs: CRS | None, layer: tuple[str, str], faults: list[str], notes: list[str]
) -> gpd.GeoDataFrame | None:
    """One layer in its own CRS, checked; None if it cannot be used at all."""
    name, spec = layer
    kind = name.split()[0]
    word = WORDS[kind]
    try:
        frame, remarks = files.read(case.folder, spec)
    except files.UnreadableError as error:
        faults.append(str(error))
        return None
    notes += remarks
    frame = attributes.rename(frame, ATTRIBUTES[kind], faults, notes)
    faults += attributes.check(frame, ATTRIBUTES[kind], word)
    if kind == "corridors":
        faults += ground.check(frame, case, word)
    frame = shapes.clean(frame, SHAPES[kind], word, faults, notes)
    return None if frame.empty else _with_crs(case, case_crs, (frame, spec), faults, notes)


def _with_crs(
    case: Case, case_crs: CRS | None, layer: tuple[gpd.GeoDataFrame, str], faults: list[str], notes: list[str]
) -> gpd.GeoDataFrame | None:
    """The layer with the CRS it is in; None, and a fault, if its coordinates cannot be in any."""
    frame, spec = layer
    west, south, east, north = (float(v) for v in frame.total_bounds)
    bounds = west, south, east, north
    declared = crs.flat(frame.crs) if frame.crs is not None else None
    system = declared or case_crs
    if system is None:
        faults.append("it has no CRS, and neither has the case; state crs, such as EPSG:25832")
        return None
    problem = crs.out_of_range(system, bounds)
    if problem and declared and case_crs and system != case_crs and not _says_crs(case, spec):
        if crs.out_of_range(case_crs, bounds):
            problem += f"; a GeoJSON without crs member is in degrees, the case in {crs.label(case_crs)}"
        else:
            system, problem = case_crs, ""
            notes.append(f"a GeoJSON without crs member whose coordinates are no degrees: taken as {crs.label(system)}")
    if problem:
        faults.append(problem)
        return None
    return frame.set_crs(system, allow_override=True)


def _says_crs(case: Case, spec: str) -> bool:
    """Whether a file itself names its CRS; a GeoJSON need not, and is then in degrees by RFC 7946."""
    path = case.folder / spec
    if path.suffix.lower() not in (".geojson", ".json"):
        return True
    try:
        return bool(json.loads(path.read_text(encoding="utf-8-sig")).get("crs"))
    except (ValueError, RecursionError, AttributeError, OSError):
        return True


def _unite(case: Case, layers: Layers, faults: list[Fault], notes: list[str]) -> None:
    """Bring every layer into one CRS in metres, and look whether the plots overlap there."""
    base = layers.case_crs or next((frame.crs for frame in layers.values()), None)
    box = _site(case, layers)
    if box is None:
        return
    base = base or CRS.from_epsg(4326)  # only partners with lon and lat
    problem = crs.out_of_range(base, _box_in(base, box)) if base.is_projected else ""
    if max(abs(box[1]), abs(box[3])) > FARTHEST:
        problem = f"the park lies beyond latitude {FARTHEST:g}, where there is no UTM zone"
    if problem:
        faults += _strays(case, base) or [Fault("case.yaml", 0, 0, "crs", problem)]
        return
    layers.crs, note = crs.metric(base, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    notes += [note] if note else []
    if box[2] - box[0] > ZONE:
        notes.append(f"plots and partners span {box[2] - box[0]:.1f} degrees of longitude; far lengths are inexact")
    specs = dict(named_files(case.geography))
    for name, frame in layers.items():
        if frame.crs not in (layers.crs, base):
            notes.append(f"{specs[name]}: projected from {crs.label(frame.crs)} to {crs.label(layers.crs)}")
        layers[name] = frame.to_crs(layers.crs)
    if "plots" in layers:
        wrong: list[str] = []
        shapes.overlaps(layers["plots"], wrong, notes)
        faults += [Fault(specs["plots"], 0, 0, "geography.plots", words) for words in wrong]


def _strays(case: Case, base: CRS) -> list[Fault]:
    """Faults of partners whose longitude and latitude lie where the system of the case cannot be used."""
    found = []
    for name, partner in case.partners.items():
        at = partner.at
        if at is None or at.lon is None or at.lat is None:
            continue
        box, turned = (at.lon, at.lat, at.lon, at.lat), (at.lat, at.lon, at.lat, at.lon)
        degrees = CRS.from_epsg(4326)
        if crs.out_of_range(degrees, box) or not (base.is_projected and crs.out_of_range(base, _box_in(base, box))):
            continue
        exchanged = not crs.out_of_range(degrees, turned) and not crs.out_of_range(base, _box_in(base, turned))
        why = "; they look exchanged: the longitude comes first" if exchanged else ""
        message = f"longitude {at.lon:g}, latitude {at.lat:g} is no place that {crs.label(base)} is made for{why}"
        found.append(Fault("case.yaml", 0, 0, f"partners.{name}.at", message))
    return found


def _site(case: Case, layers: Layers) -> crs.Bounds | None:
    """West, south, east, north of plots and partners (or of whatever there is), in degrees."""
    placed = [layers[name] for name in ("plots", "partners") if name in layers]
    boxes = [crs.lon_lat(f.crs, tuple(f.total_bounds)) for f in placed or list(layers.values())]
    for partner in case.partners.values():
        at = partner.at
        if at and at.lon is not None and at.lat is not None:
            box = at.lon, at.lat, at.lon, at.lat
            boxes += [box] if not crs.out_of_range(CRS.from_epsg(4326), box) else []
        elif at and at.x is not None and at.y is not None and layers.case_crs is not None:
            box = at.x, at.y, at.x, at.y
            boxes += [crs.lon_lat(layers.case_crs, box)] if not crs.out_of_range(layers.case_crs, box) else []
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _box_in(system: CRS, box: crs.Bounds) -> crs.Bounds:
    return Transformer.from_crs("EPSG:4326", system, always_xy=True).transform_bounds(*box)
