"""Labels that keep out of each other's way."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from shapely import LineString, box, unary_union
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from planner.report.names import lines_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in pixels."""


@dataclass(frozen=True)
class Label:
    """A text and the box it belongs to.

    Attributes
    ----------
    text
        May hold line breaks.
    anchor
        What it names, in data coordinates: left, bottom, right, top. A point is a box of no size.
    style
        Properties of the text.
    """

    text: str
    anchor: Box
    style: dict[str, Any] = field(default_factory=dict)


def place(axes: "Axes", labels: Sequence[Label], taken: Sequence[Box]) -> list[Box]:
    """Write the labels, in order, each where it covers least of what is there; return the boxes taken.

    Parameters
    ----------
    taken
        Boxes in pixels that labels should keep off.
    """
    small = [_pixels(axes, label.anchor) for label in labels]
    boxes = [*taken, *(box for box in small if box[2] - box[0] < 20 and box[3] - box[1] < 20)]
    frame = axes.get_window_extent()
    for label in labels:
        words = lines_of(label.text)
        text = axes.text(0, 0, words, ha="center", va="center", parse_math=False, clip_on=False, **label.style)
        extent = text.get_window_extent()
        width, height = extent.width + 2, extent.height + 2
        anchor = _pixels(axes, label.anchor)
        x, y = min(
            _candidates(anchor, width, height),
            key=lambda at: _cost(at, width, height, anchor, boxes, (frame.x0, frame.y0, frame.x1, frame.y1)),
        )
        left, low = axes.transData.inverted().transform((x, y))
        text.set_position((float(left), float(low)))
        boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        _leader(axes, anchor, (x, y), boxes[-1])
    return boxes


@dataclass(frozen=True)
class Note:
    """A text that belongs beside a line, and is left out where there is no room.

    Attributes
    ----------
    lines
        Where it may stand, the best first, in data coordinates.
    """

    text: str
    lines: Sequence[LineString]
    style: dict[str, Any] = field(default_factory=dict)


def write_beside(
    axes: "Axes", notes: Sequence[Note], drawn: Sequence[LineString], width: float, taken: Sequence[Box]
) -> list[str]:
    """Write notes along their lines, in order, off each other and off what is drawn; return those that found room.

    Parameters
    ----------
    drawn
        Lines that notes should not cover, in data coordinates, of a width in points.
    taken
        Boxes in pixels that notes must keep off.
    """
    from matplotlib.patheffects import withStroke

    points = axes.get_figure(root=True).dpi / 72  # type: ignore[union-attr]
    to_pixels = axes.transData.transform
    covered = unary_union([LineString(to_pixels(line.coords)).buffer(0.6 * width * points) for line in drawn])
    boxes: list[BaseGeometry] = [box(*one) for one in taken]
    frame = box(*axes.get_window_extent().extents)
    halo = [withStroke(linewidth=1.8, foreground="white")]
    written = []
    for note in notes:
        style: dict[str, Any] = {"fontsize": 5.6, "path_effects": halo, "zorder": 8.5} | note.style
        words = axes.text(0, 0, note.text, ha="center", va="center", parse_math=False, **style)
        extent = words.get_window_extent()
        size = (extent.width, extent.height)
        found = None
        for line in note.lines[:4]:
            spots = _beside(LineString(to_pixels(line.coords)), size, width * points)
            found = next((s for s in spots if _free(s[0], boxes, covered, frame)), None)
            if found is not None:
                break
        if found is None:
            words.remove()
            continue
        area, (x, y), degrees = found
        boxes.append(area)
        left, low = axes.transData.inverted().transform((x, y))
        words.set_position((float(left), float(low)))
        words.set_rotation(degrees)
        written.append(note.text)
    return written


def _beside(
    line: LineString, size: tuple[float, float], lane: float
) -> Iterator[tuple[BaseGeometry, tuple[float, float], float]]:
    """Places along the straight parts of a line, the nearest to it first: what is covered, its middle, its slope."""
    straight = [part for part in map(LineString, pairwise(line.coords)) if part.length > 0.9 * size[0]]
    straight.sort(key=lambda part: -part.length)
    for row in range(6):
        for part in straight:
            (x0, y0), (x1, y1) = part.coords
            slope = math.degrees(math.atan2(y1 - y0, x1 - x0))
            slope = slope - 180 if slope > 90.01 else slope + 180 if slope <= -89.99 else slope
            nx, ny = -math.sin(math.radians(slope)), math.cos(math.radians(slope))
            away = 0.6 * lane + size[1] / 2 + 1 + 0.5 * row * lane
            for share in (0.5, 0.3, 0.7):
                for side in (1, -1):
                    x, y = x0 + share * (x1 - x0) + side * away * nx, y0 + share * (y1 - y0) + side * away * ny
                    flat = box(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)
                    yield rotate(flat, slope, origin=(x, y)), (x, y), slope


def _free(area: BaseGeometry, boxes: Sequence[BaseGeometry], covered: BaseGeometry, frame: BaseGeometry) -> bool:
    """Whether a note in an area is on the map, touches no other text, and hides next to nothing."""
    if not frame.contains(area) or any(area.intersects(other) for other in boxes):
        return False
    return bool(area.intersection(covered).area < 0.04 * area.area)


def _pixels(axes: "Axes", box: Box) -> Box:
    (left, bottom), (right, top) = axes.transData.transform([(box[0], box[1]), (box[2], box[3])])
    return float(left), float(bottom), float(right), float(top)


def _candidates(anchor: Box, width: float, height: float) -> list[tuple[float, float]]:
    """Inside the anchor, then around it, then farther around it."""
    x, y = (anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2
    half_width, half_height = (anchor[2] - anchor[0]) / 2, (anchor[3] - anchor[1]) / 2
    inside = [(x, y + share * half_height) for share in (0.0, 0.3, -0.3, 0.55, -0.55)]
    if 16 * half_width * half_height < width * height:
        inside = []  # the label would hide what it names
    around = []
    for gap in (3.0, 0.6 * height, 1.5 * height, 3.0 * height):
        up, side = half_height + height / 2 + gap, half_width + width / 2 + gap
        around += [(x, y + up), (x, y - up), (x + side, y), (x - side, y)]
        around += [(x + side, y + up), (x - side, y + up), (x + side, y - up), (x - side, y - up)]
    return inside + around


def _cost(at: tuple[float, float], width: float, height: float, anchor: Box, boxes: Sequence[Box], frame: Box) -> float:
    """Share of the label that is covered or outside the frame, and a little for being away from its anchor."""
    own = (at[0] - width / 2, at[1] - height / 2, at[0] + width / 2, at[1] + height / 2)
    area = width * height
    covered = sum(_overlap(own, box) for box in boxes) / area
    outside = 1.0 - _overlap(own, frame) / area
    x, y = (anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2
    away = abs(at[0] - x) / (width + anchor[2] - anchor[0]) + abs(at[1] - y) / (height + anchor[3] - anchor[1])
    return 10.0 * covered + 20.0 * outside + 0.3 * away


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def _leader(axes: "Axes", anchor: Box, at: tuple[float, float], own: Box) -> None:
    """A thin line from a label to what it names, where they do not touch."""
    if _overlap((anchor[0] - 8, anchor[1] - 8, anchor[2] + 8, anchor[3] + 8), own) > 0:
        return
    centre = ((anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2)
    start, end = axes.transData.inverted().transform([centre, at])
    axes.plot([start[0], end[0]], [start[1], end[1]], color="#777777", linewidth=0.5, zorder=7)
