"""Arrows and numbers on lines of the map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shapely import LineString

from planner.report.labels import Box
from planner.report.lanes import along
from planner.report.legend import Stroke, badge

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def arrow(axes: "Axes", line: LineString, share: float, colour: str, size: tuple[float, float]) -> None:
    """Draw an arrowhead on a line, as long and half as wide as the size says [units of the axes]."""
    from matplotlib.patches import Polygon

    (x, y), (dx, dy) = along(line, share)
    long, wide = size
    corners = [
        (x + dx * long / 2, y + dy * long / 2),
        (x - dx * long / 2 - dy * wide, y - dy * long / 2 + dx * wide),
        (x - dx * long / 2 + dy * wide, y - dy * long / 2 - dx * wide),
    ]
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="white", linewidth=0.5, zorder=6))


def write_number(axes: "Axes", line: LineString, stroke: Stroke, taken: Sequence[Box]) -> Box:
    """Write the number of a link where it is farthest from the numbers written before."""
    to_pixels = axes.transData.transform

    def clearance(share: float) -> tuple[float, float]:
        x, y = to_pixels(along(line, share)[0])
        nearest = min((abs(x - (b[0] + b[2]) / 2) + abs(y - (b[1] + b[3]) / 2) for b in taken), default=1e9)
        return min(nearest, 40.0), -abs(share - 0.55)

    share = max((0.55, 0.45, 0.65, 0.38, 0.72, 0.8, 0.2, 0.12), key=clearance)
    text = badge(axes, along(line, share)[0], stroke.number, stroke.colour)
    x, y = to_pixels(along(line, share)[0])
    half = 0.7 * max(text.get_window_extent().width, text.get_window_extent().height)
    return x - half, y - half, x + half, y + half
