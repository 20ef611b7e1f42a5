"""How a place reaches a network: the straight spur from its access points, its boundary or its point."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from planner.geography.shapes import Array
from planner.geography.straight import Obstacles

#: Spurs that differ by less, or by this share, are equally short; then the one nearest to the plot's middle is taken.
ALIKE = 0.01
ALIKE_SHARE = 1e-4
#: Where the shortest spur is blocked, others are tried to points of the network this far apart [m].
STEP = 5.0
#: Spurs looked at together, the shortest first.
CHUNK = 2000
#: A shorter spur is none: the network touches the place [m].
TOUCH = 1e-6


@dataclass(frozen=True)
class Spur:
    """The straight way from a place to a network.

    Attributes
    ----------
    place
        Plot or partner.
    line
        From the place to the network; without length where the network touches the place.
    """

    place: str
    line: shapely.LineString

    @property
    def length(self) -> float:
        """Length [m]."""
        return float(self.line.length)


def shortest_spur(
    shape: shapely.Geometry, lines: Array, obstacles: Obstacles, reach: float
) -> shapely.LineString | None:
    """Shortest straight line from a shape to the nearest of a network's lines that enters no obstacle.

    None if there is none within ``reach``. The first choice is exact; where it is blocked, the rest of the network is
    tried at points a few metres apart.
    """
    tree = shapely.STRtree(lines)
    near = lines[tree.query(shape, predicate="dwithin", distance=reach)]
    if not len(near):
        return None
    gap = float(shapely.distance(shape, near).min())
    spur = shapely.shortest_line(shape, _middle_of_nearest(shape, near, gap))
    if spur.length <= TOUCH or obstacles.free(np.array([spur]))[0]:
        return spur
    radius = gap + 10 * STEP
    while True:
        radius = min(radius, reach)
        found = _free_within(shape, near, obstacles, radius)
        if found is not None or radius >= reach:
            return found
        radius *= 2


def spurs(
    place: str, shapes: Sequence[shapely.Geometry], lines: Array, obstacles: Obstacles, reach: float
) -> list[Spur]:
    """Spurs of a place from each of its access points (or from its shape) that reaches the network."""
    found = (shortest_spur(shape, lines, obstacles, reach) for shape in shapes)
    return [Spur(place, line) for line in found if line is not None]


def _middle_of_nearest(shape: shapely.Geometry, lines: Array, gap: float) -> shapely.Point:
    """Of the points of a network that are (almost) nearest to a shape, the one nearest to the shape's middle.

    A corridor along a plot's edge is equally near over its whole front; the choice must not depend on how the corridor
    was drawn.
    """
    if shapely.get_dimensions(shape) == 0:
        ring = shapely.buffer(shape, gap * (1 + ALIKE_SHARE) + 1e-6, quad_segs=64)
    else:
        ring = shapely.buffer(shape, gap * (1 + ALIKE_SHARE) + ALIKE, quad_segs=64)
    middle = shapely.centroid(shape)
    fronts = shapely.intersection(lines, ring)
    fronts = fronts[~shapely.is_empty(fronts)]
    if not len(fronts):
        fronts = lines[[int(np.argmin(shapely.distance(shape, lines)))]]
        middle = shape
    ends = shapely.get_point(shapely.shortest_line(middle, fronts), -1)
    xy = shapely.get_coordinates(ends)
    order = np.lexsort((xy[:, 1], xy[:, 0], np.round(shapely.distance(middle, ends), 3)))
    return ends[order[0]]


def _free_within(
    shape: shapely.Geometry, lines: Array, obstacles: Obstacles, radius: float
) -> shapely.LineString | None:
    """Shortest free line of at most the radius, between points a few metres apart on the shape and on the lines."""
    around = shapely.intersection(lines, shapely.buffer(shape, radius))
    starts = _samples(shapely.boundary(shape) if shapely.area(shape) else shape)
    targets = np.concatenate([_samples(line) for line in around[~shapely.is_empty(around)]])
    ends = np.stack(np.broadcast_arrays(starts[:, None], targets[None, :]), axis=2).reshape(-1, 2, 2)
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    order = np.argsort(np.round(length, 6), kind="stable")
    order = order[: np.searchsorted(length[order], radius)]
    for begin in range(0, len(order), CHUNK):
        spurs = shapely.linestrings(ends[order[begin : begin + CHUNK]])
        free = obstacles.free(spurs)
        if free.any():
            return spurs[int(np.argmax(free))]
    return None


def _samples(shape: shapely.Geometry) -> Array:
    """Coordinates along a shape: its corners, and points between them no farther apart than the step."""
    fine = shapely.segmentize(shape, STEP) if shapely.get_dimensions(shape) else shape
    return np.asarray(shapely.get_coordinates(fine))
