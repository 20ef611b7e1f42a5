"""The geographic files of a case: read, checked and brought into one coordinate system in metres.

What the plots layer says of price, zones and so on is merged into the case's plots, so that the rest of the planner
need not know where it stood. The geographic libraries are imported when there is a file to read: they take longer to
load than most commands run.
"""

from collections.abc import Iterator
from math import isclose
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from planner.case.land import Geography, Plot
from planner.case.links import ExistingMain, ExistingPipe
from planner.case.numbers import describe
from planner.case.plants import Position
from planner.case.values import Section, Value
from planner.errors import CaseError, Fault, GeometryError

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

    from planner.case.case import Case

#: Attributes of the existing_pipes layer besides its name; those of the plots layer are the fields of a plot.
PIPE_FIELDS = ("from", "to", "link", "size", "resources", "capacity", "length")
#: Attributes of the existing_mains layer besides its name.
MAIN_FIELDS = ("link", "resource", "size", "capacity")
#: Fields of ``Geography`` that name a geographic file.
FIELDS = (
    "plots",
    "corridors",
    "roads",
    "obstacles",
    "access_points",
    "receptors",
    "partners",
    "existing_pipes",
    "existing_mains",
)
#: Fields of the case that a layer of the same name may state.
_MODELS: dict[str, type[Section]] = {"plots": Plot, "existing_pipes": ExistingPipe, "existing_mains": ExistingMain}


class Layers(dict[str, "gpd.GeoDataFrame"]):
    """Layers of a case by the name of their field in ``Geography``; crossings as "crossings 1", "crossings 2" ...

    Attributes
    ----------
    crs
        The CRS of all of them, in metres; None for a case without coordinates.
    case_crs
        The CRS in which the case file itself writes x and y; None if it does not say.
    notes
        What was done to the data, for the user to read.
    geography
        The part of the case that names the files they were read from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.crs: CRS | None = None
        self.case_crs: CRS | None = None
        self.notes: tuple[str, ...] = ()
        self.geography: Geography | None = None


def named_files(geography: Geography) -> Iterator[tuple[str, str]]:
    """Layer and file name of every geographic file the case names."""
    for field in FIELDS:
        if spec := getattr(geography, field):
            yield field, spec
    for number, crossings in enumerate(geography.crossings, start=1):
        yield f"crossings {number}", crossings.layer


def read_layers(case: "Case") -> Layers:
    """Read every geographic file of the case.

    Names are text; missing numbers are NaN; each part of a line or obstacle is a row.

    Raises
    ------
    GeometryError
        With every fault of every file: missing, unreadable, no CRS, wrong or broken shapes, bad attributes.
    """
    from planner.geography.layers import read

    faults: list[Fault] = []
    layers = read(case, faults)
    if faults:
        raise GeometryError(faults)
    layers.geography = case.geography
    return layers


def merge_plots(case: "Case", layers: Layers) -> "Case":
    """The case with what its plots, partners, existing_pipes and existing_mains layers say of them.

    The case file (and its tables) may add to a layer but not contradict it. Numbers of a layer are taken as bare
    numbers, in the documented unit, so this comes before units are resolved.

    Raises
    ------
    CaseError
        If an attribute is no such thing, or says something else than the case file.
    """
    faults: list[Fault] = []
    update = {
        "plots": _merged(case, layers, "plots", faults),
        "existing_pipes": _merged(case, layers, "existing_pipes", faults),
        "existing_mains": _merged(case, layers, "existing_mains", faults),
        "partners": _placed(case, layers, faults),
    }
    faults += _unknown_plots(case, layers, update["plots"])
    if faults:
        raise CaseError(faults)
    return case.model_copy(update=update)


def _merged(case: "Case", layers: Layers, name: str, faults: list[Fault]) -> dict[str, Any]:
    """Plots, existing pipes or existing mains of the case, with what their layer says."""
    stated: dict[str, Any] = dict(getattr(case, name))
    if name not in layers:
        return stated
    model = _MODELS[name]
    file = getattr(case.geography, name)
    for row in layers[name].drop_duplicates("name").to_dict("records"):
        key = str(row["name"])
        said = _from_layer(model, row, (file, f"{name}.{key}"), faults)
        if said is None:
            continue
        if name == "existing_pipes" and said.length is None:
            lines = layers[name].loc[layers[name]["name"] == row["name"], "geometry"]
            said = said.model_copy(update={"length": _metres(float(lines.length.sum()))})
        stated[key] = _combine(stated.get(key), said, (case.currency, file, f"{name}.{key}"), faults)
    return stated


def _metres(length: float) -> Any:
    from planner.case.values import Length

    return Length.model_validate({"value": length, "note": "length of its line"})


def _from_layer(model: type[Section], row: dict[Any, Any], place: tuple[str, str], faults: list[Fault]) -> Any:
    """A plot, pipe or main from the attributes of a feature; None if they are faulty."""
    from planner.geography.attributes import listed, text

    raw: dict[str, Any] = {}
    for key, value in row.items():
        if key in ("name", "geometry") or text(value) is None:
            continue
        if key in ("zones", "resources"):
            raw[key] = listed(value)
        elif key in ("from", "to", "link", "size", "resource"):
            raw[key] = text(value)
        else:
            raw[key] = value.item() if hasattr(value, "item") else value
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for wrong in error.errors():
            field = ".".join([place[1], *(str(part) for part in wrong["loc"][:1])])
            message = wrong["msg"].removeprefix("Value error, ")
            found = "" if message.startswith("found") else f"found {describe(wrong['input'])}; "
            faults.append(Fault(place[0], 0, 0, field, found + message))
        return None


def _combine(stated: Any, said: Any, place: tuple[str, str, str], faults: list[Fault]) -> Any:
    """What case file and layer say together; where both speak they must agree, and the case file's words stay."""
    if stated is None:
        return said
    currency, file, field = place
    both = stated.model_fields_set & said.model_fields_set
    if isinstance(said, ExistingPipe) and said.length and said.length.note:
        both -= {"length"}  # measured, not stated
    for key in sorted(both):
        mine, theirs = getattr(stated, key), getattr(said, key)
        if not _agree(mine, theirs, currency):
            words = f"the layer says {_shown(theirs)}, the case says {_shown(mine)}; state it once"
            faults.append(Fault(file, 0, 0, f"{field}.{key}", words))
    return said.model_copy(update={key: getattr(stated, key) for key in stated.model_fields_set})


def _agree(mine: Any, theirs: Any, currency: str) -> bool:
    """Whether two statements say the same, as far as that can be told; bare numbers are in the documented unit."""
    from planner.case.units import UnitError, convert, same_text

    if not (isinstance(mine, Value) and isinstance(theirs, Value)):
        ours, others = (tuple(sorted(v)) if isinstance(v, tuple) else v for v in (mine, theirs))
        return bool(ours == others)
    unit, other = (v.unit or v.template.replace("{currency}", currency) for v in (mine, theirs))
    number = theirs.value
    if not same_text(unit, other):
        try:
            number = convert(number, other, unit)
        except UnitError:  # another currency, say: the case file's words stay
            return True
    return isclose(mine.value, number, rel_tol=1e-6, abs_tol=1e-9)


def _shown(value: Any) -> str:
    return f"{value.value:g} {value.unit}".strip() if isinstance(value, Value) else f'"{value}"'


def _placed(case: "Case", layers: Layers, faults: list[Fault]) -> dict[str, Any]:
    """Partners with the positions of their layer."""
    from planner.geography.files import did_you_mean

    partners = dict(case.partners)
    if "partners" not in layers or layers.crs is None:
        return partners
    frame = layers["partners"]
    degrees = frame.geometry.to_crs("EPSG:4326")
    for name, point in zip(frame["name"], degrees, strict=True):
        if name not in partners:
            near = did_you_mean(name, list(partners))
            if near:
                file = str(case.geography.partners)
                faults.append(Fault(file, 0, 0, "geography.partners", f'no such partner: "{name}"{near}'))
        elif partners[name].at is None:
            partners[name] = partners[name].model_copy(update={"at": Position(lon=point.x, lat=point.y)})
    return partners


def _unknown_plots(case: "Case", layers: Layers, plots: dict[str, Any]) -> list[Fault]:
    """Plots of the case file that have no shape, and access points of no place."""
    from planner.geography.files import did_you_mean

    faults: list[Fault] = []
    if "plots" in layers and case.geography.distances is None:
        known = list(layers["plots"]["name"])
        faults += [
            Fault(
                "case.yaml",
                0,
                0,
                f"plots.{name}",
                f"{case.geography.plots} has no such plot{did_you_mean(name, known)}",
            )
            for name in plots
            if name not in known
        ]
    if "access_points" in layers:
        places = [*plots, *case.partners]
        file = str(case.geography.access_points)
        faults += [
            Fault(file, 0, 0, "geography.access_points", f'no such plot: "{name}"{did_you_mean(name, places)}')
            for name in dict.fromkeys(layers["access_points"]["plot"])
            if name not in places
        ]
    return faults
