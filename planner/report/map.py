"""The map of a plan: plots and tenants, corridors and roads, and the links with what flows in them."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from planner.report.contents import at_limit, limit_entry, marked, with_contents
from planner.report.ground import (
    courses_of,
    draw_ground,
    draw_shape,
    ground_layers,
    names_of,
    partners,
    straight_lines,
    symbols,
)
from planner.report.labels import Box, Label, place
from planner.report.lanes import lanes, shifted
from planner.report.legend import Stroke, entries, strokes, write_key
from planner.report.marks import arrow, write_number
from planner.report.names import isolated, short
from planner.report.pipe_key import pipe_entries, pipe_symbols
from planner.report.pipes import Pipework, beside, bounds, draw_pipes, label_pipes, over_mains, pipework
from planner.report.schematic import draw_schematic
from planner.report.works import idle
from planner.results.plan import Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: One lane of parallel links, in points on paper.
LANE = 4.4
#: The widest bundle of parallel links, in points; more links make thinner lines.
BUNDLE = 34.0

#: Partners farther from the plots than this share of the park's size are off the map.
_NEAR = 0.5

_MARGIN, _TITLE = 0.25, 0.55  # inches


def save_map(plan: Plan, folder: Path) -> list[Path]:
    """Draw the plan into ``map.png`` and ``map.svg``; the same plan gives the same files."""
    import matplotlib

    written = [folder / "map.png", folder / "map.svg"]
    with _unknown_letters_as_boxes(), matplotlib.rc_context(_style()):
        figure = draw(plan)
        figure.savefig(written[0], dpi=160, metadata={"Software": None})
        figure.savefig(written[1], metadata={"Date": None, "Creator": None})
    return written


def map_svg(plan: Plan) -> str:
    """The map as SVG text, as ``map.svg`` has it."""
    import io

    import matplotlib

    text = io.StringIO()
    with _unknown_letters_as_boxes(), matplotlib.rc_context(_style()):
        draw(plan).savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()


def draw(plan: Plan) -> "Figure":
    """Return the map as a figure, or a diagram of the network for a case without coordinates."""
    plots = plan.layers.get("plots")
    drawn = with_contents(strokes(plan.exchanges), plan)
    name = isolated(short(str(plan.header["case"]["name"]), 80))
    title = f"{name}: plan for least {_goal(str(plan.header.get('objective', 'cost')))}"
    if plots is None or plots.empty:
        return draw_schematic(plan, drawn, title)
    extent = extent_of(plan)
    figure, axes, key, key_size, columns = _page(extent, len(drawn) + len(set(over_mains(plan).values())))
    metres = _fit(figure, axes, extent)
    work = pipework(plan, drawn, metres)
    spot = (_MARGIN / figure.get_figwidth(), 1 - 0.36 / figure.get_figheight())
    figure.text(*spot, title, fontsize=12, weight="bold", parse_math=False)
    ground = ground_layers(plan, _frame(axes))
    draw_ground(axes, plan, ground)
    badges = draw_pipes(axes, plan, work, drawn) if work else []
    badges += _links(axes, plan, drawn, metres, work)
    taken = _labels(axes, plan, [*badges, _scale_and_north(axes, metres)])
    rows = entries(drawn)
    if work:
        label_pipes(axes, work, taken)
        rows = pipe_symbols(work) + pipe_entries(work, drawn)
    write_key(key, symbols(plan, ground) + limit_entry(plan) + rows, columns, key_size)
    return figure


def _goal(objective: str) -> str:
    return {"co2": "CO2e", "water": "fresh water"}.get(objective, objective)


@contextmanager
def _unknown_letters_as_boxes() -> Iterator[None]:
    """A letter that no installed font has is drawn as a box; the tables hold the right name."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _style() -> dict[str, Any]:
    from matplotlib.font_manager import fontManager

    wide = ("Noto Sans CJK KR", "Noto Sans CJK SC", "Noto Sans CJK JP", "Malgun Gothic", "AppleGothic")
    installed = {font.name for font in fontManager.ttflist}
    family = ["DejaVu Sans", *(name for name in wide if name in installed)]
    return {"svg.hashsalt": "ecopark-planner", "font.family": family, "axes.unicode_minus": False}


def extent_of(plan: Plan) -> Box:
    """Box of the park and of what is near it; a partner far away is named where its link leaves the map."""
    left, bottom, right, top = (float(x) for x in plan.layers["plots"].total_bounds)
    near = _NEAR * max(right - left, top - bottom, 1.0)
    for x, y in partners(plan).values():
        if left - near <= x <= right + near and bottom - near <= y <= top + near:
            left, bottom, right, top = min(left, x), min(bottom, y), max(right, x), max(top, y)
    for x0, y0, x1, y1 in bounds(plan):
        if left - near <= x0 and x1 <= right + near and bottom - near <= y0 and y1 <= top + near:
            left, bottom, right, top = min(left, x0), min(bottom, y0), max(right, x1), max(top, y1)
    room = 0.07 * max(right - left, top - bottom, 1.0)
    return left - room, bottom - room, right + room, top + room


def _page(extent: Box, links: int) -> "tuple[Figure, Axes, Axes, tuple[float, float], int]":
    """A page with the map, and the key beside it, or below a map that is wide and low."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    aspect = (extent[2] - extent[0]) / (extent[3] - extent[1])
    if aspect > 1.75:
        width, columns = 11.7, 3
        map_width, key_width = width - 2 * _MARGIN, width - 2 * _MARGIN
        map_height = min(max(map_width / aspect, 3.0), 6.0)
        key_height = 0.9 + 0.42 * -(-(links + 6) // columns)
        height = map_height + key_height + _TITLE + 2 * _MARGIN
        spot = (_MARGIN, _MARGIN + key_height + _MARGIN)
        key_spot = (_MARGIN, _MARGIN)
    else:
        columns, tallest, widest = (1, 7.2, 9.0) if links <= 14 else (2 if links <= 44 else 3, 9.4, 12.5)
        key_width = 3.3 * columns
        map_width = min(max(tallest * aspect, 4.5), widest)
        map_height = min(tallest, max(map_width / aspect, tallest - 2.0))
        width, height = map_width + key_width + 3 * _MARGIN, map_height + _TITLE + _MARGIN
        key_height, spot, key_spot = map_height, (_MARGIN, _MARGIN), (map_width + 2 * _MARGIN, _MARGIN)
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((spot[0] / width, spot[1] / height, map_width / width, map_height / height))
    key = figure.add_axes((key_spot[0] / width, key_spot[1] / height, key_width / width, key_height / height))
    return figure, axes, key, (72 * key_width, 72 * key_height), columns


def _fit(figure: "Figure", axes: "Axes", extent: Box) -> float:
    """Show the extent at one scale in both directions; return metres per point on paper."""
    spot = axes.get_position()
    width, height = 72 * figure.get_figwidth() * spot.width, 72 * figure.get_figheight() * spot.height
    metres = max((extent[2] - extent[0]) / width, (extent[3] - extent[1]) / height)
    x, y = (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2
    axes.set_xlim(x - metres * width / 2, x + metres * width / 2)
    axes.set_ylim(y - metres * height / 2, y + metres * height / 2)
    axes.set_xticks([])
    axes.set_yticks([])
    return metres


def placed_links(
    plan: Plan, drawn: Sequence[Stroke], metres: float, work: Pipework | None
) -> tuple[float, list[tuple[Stroke, LineString, float]]]:
    """Width of a lane in points, and every link that is drawn by itself, in its lane, with its width in points.

    What runs over a main or lies in a trench is drawn there.

    Parameters
    ----------
    metres
        Metres per point on paper.
    """
    straight = straight_lines(plan)
    courses = courses_of(plan.layers["links"]) | straight
    apart = [s for s in drawn if work is None or not work.own(s.exchange)]
    shown = [s for s in apart if s.exchange in courses and courses[s.exchange].length > 0]
    shown.sort(key=lambda s: -s.width)
    slots = lanes([courses[s.exchange] for s in shown], near=0.5 * metres)
    lane = min(LANE, BUNDLE / (1 + max(map(abs, slots), default=0) * 2))
    placed = []
    for stroke, slot in zip(shown, slots, strict=True):
        aside = beside(work, courses[stroke.exchange])
        if aside:
            slot -= min(slots)
        line = shifted(courses[stroke.exchange], aside + slot * lane * metres)
        width = 1.0 if stroke.exchange in straight else stroke.width * max(lane / LANE, 0.5)
        placed.append((stroke, line, width))
    return lane, placed


def _links(axes: "Axes", plan: Plan, drawn: Sequence[Stroke], metres: float, work: Pipework | None) -> list[Box]:
    """Draw the links side by side with arrows and numbers; return the boxes of the numbers, in pixels."""
    frame = _frame(axes)
    drawn_lines = []
    lane, placed = placed_links(plan, drawn, metres, work)
    for stroke, line, width in placed:
        x, y = line.xy
        axes.plot(x, y, color="white", linewidth=width + 1.0, solid_capstyle="butt", zorder=4)
        axes.plot(x, y, color=stroke.colour, linestyle=stroke.dash, linewidth=width, zorder=5)
        seen = line if line.within(frame) else longest(line.intersection(frame))
        if seen is not None:
            drawn_lines.append((stroke, seen))
    for stroke, line in drawn_lines:
        for share in (0.3, 0.97) if line.length > 120 * metres else (0.97,):
            arrow(axes, line, share, stroke.colour, _head(stroke, metres * max(lane / LANE, 0.7)))
    boxes: list[Box] = []
    for stroke, line in drawn_lines:
        boxes.append(write_number(axes, line, stroke, boxes))
    return boxes


def _head(stroke: Stroke, metres: float) -> tuple[float, float]:
    """Length and half the width of an arrowhead."""
    return (5.5 + stroke.width) * metres, (2.2 + 0.8 * stroke.width) * metres


def _frame(axes: "Axes") -> BaseGeometry:
    """What the map shows."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return box(left, bottom, right, top)


def longest(shape: BaseGeometry) -> LineString | None:
    """The longest line of what is left of a line; None if nothing is."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, LineString) and part.length > 0]
    return max(parts, key=lambda part: part.length, default=None)


def _labels(axes: "Axes", plan: Plan, taken: Sequence[Box]) -> list[Box]:
    """Name tenants, plots and partners; return the boxes taken, in pixels."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white")]
    binding, without = at_limit(plan), idle(plan)
    there = plan.siting[~plan.siting["unit"].isin(without)]
    tenants = there.groupby("plot")["unit"].apply(lambda units: "\n".join(marked(str(u), binding) for u in units))
    plots = plan.layers["plots"]
    named, free = [], []
    for name, shape in zip(names_of(plots), plots.geometry, strict=True):
        anchor = shape.bounds if isinstance(shape, Point) else _middle(shape)
        if name in tenants:
            style = {"fontsize": 7.5, "weight": "bold", "path_effects": halo, "zorder": 10, "linespacing": 1.1}
            alike = tenants[name] in (name, marked(name, binding))
            named.append(Label(tenants[name] if alike else f"{tenants[name]}\n{name}", anchor, style))
        else:
            free.append(Label(name, anchor, {"fontsize": 6, "color": "#777777", "path_effects": halo, "zorder": 9}))
    style = {"fontsize": 7.5, "style": "italic", "path_effects": halo, "zorder": 10}
    spots = _partner_spots(axes, plan)
    named += [Label(marked(name, binding), (x, y, x, y), style) for name, (x, y) in spots.items()]
    marks = [axes.transData.transform(at) for at in spots.values()]
    return place(axes, named + free, [*taken, *((x - 8, y - 8, x + 8, y + 8) for x, y in marks)])


def _partner_spots(axes: "Axes", plan: Plan) -> dict[str, tuple[float, float]]:
    """Where to name each partner: at its point, or where its link leaves the map, with the way that is left."""
    frame = _frame(axes)
    spots: dict[str, tuple[float, float]] = {}
    courses = courses_of(plan.layers["links"])
    for name, at in partners(plan).items():
        if frame.contains(Point(at)):
            spots[name] = at
            continue
        for row in plan.exchanges.to_dict("records"):
            course = courses.get(row["exchange"])
            seen = None if course is None or name not in (row["from"], row["to"]) else longest(course & frame)
            if seen is not None:
                out = min((Point(seen.coords[i]) for i in (0, -1)), key=frame.boundary.distance)
                spots[f"{name}\n({row['length_km']:.3g} km away)"] = (out.x, out.y)
                break
    return spots


def _middle(shape: BaseGeometry) -> Box:
    """A box around a point well inside the shape."""
    at = shape.representative_point() if not shape.contains(shape.centroid) else shape.centroid
    left, bottom, right, top = shape.bounds
    half_width, half_height = min(at.x - left, right - at.x), min(at.y - bottom, top - at.y)
    return at.x - half_width, at.y - half_height, at.x + half_width, at.y + half_height


def _scale_and_north(axes: "Axes", metres: float) -> Box:
    """Draw a bar of a round length and an arrow to grid north in the corner; return their box, in pixels."""
    (left, right), (bottom, _) = axes.get_xlim(), axes.get_ylim()
    longest = 0.22 * (right - left)
    length = max((n * 10.0**k for k in range(-1, 7) for n in (1, 2, 5) if n * 10.0**k <= longest), default=longest)
    x, y = left + 10 * metres, bottom + 9 * metres
    panel = box(left, bottom, x + length + 44 * metres, bottom + 30 * metres)
    draw_shape(axes, panel, {"facecolor": "white", "edgecolor": "#999999", "linewidth": 0.5, "zorder": 11})
    axes.plot([x, x + length], [y, y], color="black", linewidth=2.5, solid_capstyle="butt", zorder=12)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    axes.text(x + length / 2, y + 4 * metres, words, fontsize=7, ha="center", va="bottom", zorder=12)
    tip = (x + length + 22 * metres, bottom + 26 * metres)
    tail = (tip[0], bottom + 6 * metres)
    axes.annotate("", tip, tail, arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 1.2}, zorder=12)
    axes.text(tip[0] + 5 * metres, bottom + 16 * metres, "N", fontsize=8, weight="bold", va="center", zorder=12)
    (x0, y0), (x1, y1) = axes.transData.transform(
        [(panel.bounds[0], panel.bounds[1]), (panel.bounds[2], panel.bounds[3])]
    )
    return float(x0), float(y0), float(x1), float(y1)
