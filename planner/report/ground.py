"""What is on the map besides links: water, receptors, corridors, roads, plots and partners."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shapely import LineString, Point, line_merge
from shapely.geometry.base import BaseGeometry

from planner.report.legend import CORRIDOR, OCCUPIED, PLOT, RECEPTOR, ROAD, WATER, Entry
from planner.results.plan import Plan

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

_LOOKS: Mapping[str, dict[str, Any]] = {
    "crossings": {"facecolor": WATER, "edgecolor": "#9CC4E0", "linewidth": 0.6, "zorder": 1},
    "obstacles": {"facecolor": WATER, "edgecolor": "#9CC4E0", "linewidth": 0.6, "zorder": 1},
    "receptors": {"facecolor": RECEPTOR, "edgecolor": "#C98F8F", "linewidth": 0.6, "hatch": "///", "zorder": 1},
    "roads": {"edgecolor": ROAD, "linewidth": 2.0, "zorder": 1.5},
    "corridors": {"edgecolor": CORRIDOR, "linewidth": 3.0, "zorder": 2},
}
#: Kinds of receptors that the key names in one row.
_KINDS = 3
#: Networks of the layer "corridors", in which a plan keeps all ways it measured.
_NETWORKS = ("corridors", "roads")


def ground_layers(plan: Plan, frame: BaseGeometry) -> "dict[str, list[gpd.GeoDataFrame]]":
    """What was there before and lies in the frame, from the plan's layers and else from its case, by its look."""
    crs = plan.layers["plots"].crs
    found: dict[str, list[gpd.GeoDataFrame]] = {}
    for look in _LOOKS:
        names = [f"crossings {i + 1}" for i in range(len(plan.case.geography.crossings))] if plan.case else []
        for name in names if look == "crossings" else [look]:
            layer = _layer(plan, name)
            if layer is None:
                continue
            layer = layer if layer.crs is None or crs is None else layer.to_crs(crs)
            shown = layer[layer.intersects(frame)]
            if not shown.empty:
                found.setdefault(look, []).append(shown)
    return found


def _layer(plan: Plan, name: str) -> "gpd.GeoDataFrame | None":
    """A layer of the plan, else of its case; what was measured holds corridors and roads in one."""
    if name in _NETWORKS and "corridors" in plan.layers:
        measured = plan.layers["corridors"]
        if "network" in measured.columns:
            return measured[measured["network"] == name]
        return measured if name == "corridors" else None
    layer = plan.layers.get(name)
    return plan.case.layer(name) if layer is None and plan.case is not None else layer


def draw_ground(axes: "Axes", plan: Plan, layers: "Mapping[str, list[gpd.GeoDataFrame]]") -> None:
    """What was there before: water, receptors, roads, corridors; then the plots."""
    for name, found in layers.items():
        for layer in found:
            for shape in layer.geometry:
                draw_shape(axes, shape, _LOOKS[name])
    occupied = set(plan.siting["plot"])
    plots = plan.layers["plots"]
    for name, shape in zip(names_of(plots), plots.geometry, strict=True):
        fill = OCCUPIED if name in occupied else PLOT
        draw_shape(axes, shape, {"facecolor": fill, "edgecolor": "#555555", "linewidth": 0.8, "zorder": 3})
    for x, y in partners(plan).values():
        axes.plot([x], [y], marker="D", color="#333333", markersize=5, linestyle="none", zorder=8, clip_on=True)


def draw_shape(axes: "Axes", shape: BaseGeometry, look: dict[str, Any]) -> None:
    """Draw a geometry of any type."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    if shape is None or shape.is_empty:
        return
    if hasattr(shape, "geoms"):
        for part in shape.geoms:
            draw_shape(axes, part, look)
    elif isinstance(shape, Point):
        style = {"color": look.get("facecolor", look["edgecolor"]), "zorder": look["zorder"]}
        axes.plot([shape.x], [shape.y], "s", markersize=5, markeredgecolor="#555555", **style)
    elif isinstance(shape, LineString):
        x, y = shape.xy
        width = max(look["linewidth"], 1.5)
        axes.plot(x, y, color=look["edgecolor"], linewidth=width, solid_capstyle="round", zorder=look["zorder"])
    else:
        rings = [shape.exterior, *shape.interiors]
        outline = Outline.make_compound_path(*(Outline([p[:2] for p in ring.coords], closed=True) for ring in rings))
        axes.add_patch(PathPatch(outline, **look))


def names_of(layer: "gpd.GeoDataFrame") -> list[str]:
    """Names of the features of a layer."""
    column = next(name for name in ("name", "plot", "unit") if name in layer.columns)
    return [str(name) for name in layer[column]]


def partners(plan: Plan) -> dict[str, tuple[float, float]]:
    """Where each partner of a built link stands, by name: its own point, or the end of its link."""
    layer = plan.layers.get("partners")
    if layer is not None and not layer.empty:
        return {name: (p.x, p.y) for name, p in zip(names_of(layer), layer.geometry.centroid, strict=True)}
    plots = set(names_of(plan.layers["plots"]))
    courses = courses_of(plan.layers["links"])
    ends: dict[str, tuple[float, float]] = {}
    for row in plan.exchanges.to_dict("records"):
        course = courses.get(row["exchange"])
        for place_, at in ((row["from_place"], 0), (row["to_place"], -1)):
            if course is not None and isinstance(place_, str) and place_ not in plots:
                ends[place_] = course.coords[at][:2]
    return ends


def straight_lines(plan: Plan) -> dict[str, LineString]:
    """Exchange -> straight line from site to site, for links of which only the length is known."""
    known = courses_of(plan.layers["links"])
    plots = plan.layers["plots"]
    spots = {name: shape.centroid for name, shape in zip(names_of(plots), plots.geometry, strict=True)}
    spots |= {name: Point(at) for name, at in partners(plan).items()}
    return {
        str(row["exchange"]): LineString([spots[row["from_place"]], spots[row["to_place"]]])
        for row in plan.exchanges.to_dict("records")
        # of an exchange over a main the way is known: that of the main
        if row["exchange"] not in known
        and not isinstance(row.get("main"), str)
        and {row["from_place"], row["to_place"]} <= set(spots)
    }


def courses_of(links: "gpd.GeoDataFrame") -> dict[str, LineString]:
    """Exchange -> its line, from giver to taker."""
    found: dict[str, LineString] = {}
    for name, shape in zip(links.get("exchange", []), links.geometry, strict=True):
        if shape is None or shape.is_empty:
            continue
        line = line_merge(shape) if hasattr(shape, "geoms") else shape
        found[str(name)] = max(line.geoms, key=lambda part: part.length) if hasattr(line, "geoms") else line
    return found


def symbols(plan: Plan, ground: "Mapping[str, list[gpd.GeoDataFrame]]") -> list[Entry]:
    """The rows of the key for what is on the map besides links."""
    taken = set(plan.siting["plot"])
    rows = [Entry("plot with its tenant", fill=OCCUPIED)]
    if any(name not in taken for name in names_of(plan.layers["plots"])):
        rows.append(Entry("free plot", fill=PLOT))
    if "corridors" in ground:
        rows.append(Entry("corridor", line=(CORRIDOR, "solid", 3.0)))
    if "roads" in ground:
        rows.append(Entry("road", line=(ROAD, "solid", 2.0)))
    if "obstacles" in ground or "crossings" in ground:
        rows.append(Entry("water, railway or other obstacle", fill=WATER))
    if "receptors" in ground:
        kinds = sorted({str(kind) for layer in ground["receptors"] for kind in layer.get("kind", ())})
        named = ", ".join(kinds[:_KINDS]) + (" ..." if len(kinds) > _KINDS else "")
        rows.append(Entry(f"receptor ({named})" if kinds else "receptor", fill=RECEPTOR))
    if partners(plan):
        rows.append(Entry("partner outside the park", marker="D"))
    if any(line.length > 0 for line in straight_lines(plan).values()):
        rows.append(Entry("a straight thin line: way not known, only its length"))
    if not plan.exchanges.empty and bool(plan.exchanges["own"].fillna(False).astype(bool).any()):
        rows.append(Entry("exchanges on one site are not drawn"))
    return rows
