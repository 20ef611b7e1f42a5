"""Links side by side: several links along one corridor are drawn as parallel lines, not on top of each other."""

import math
from collections.abc import Sequence

from shapely import LineString, Point

Vector = tuple[float, float]


def lanes(lines: Sequence[LineString], near: float) -> list[float]:
    """Return a lane for every line, in widths of a lane from the true course, so that shared stretches stay apart.

    Parameters
    ----------
    lines
        Courses, the most important first: it gets the lane nearest to the true course.
    near
        Lines run together where they are closer than this [units of the lines].
    """
    beside: dict[int, set[int]] = {i: set() for i in range(len(lines))}
    streets = [line.buffer(near, cap_style="flat") for line in lines]
    for i, line in enumerate(lines):
        for j in range(i):
            if line.intersects(streets[j]) and line.intersection(streets[j]).length > 4 * near:
                beside[i].add(j)
                beside[j].add(i)
    slots: list[int] = []
    for i in range(len(lines)):
        taken = {slots[j] for j in beside[i] if j < i}
        slots.append(next(k for k in range(len(lines) + 1) if k not in taken))
    return [slot - max(slots[j] for j in _bundle(i, beside)) / 2 for i, slot in enumerate(slots)]


def _bundle(start: int, beside: dict[int, set[int]]) -> set[int]:
    """Every line that hangs together with this one; they are centred as one, so that none meet again."""
    found, waiting = {start}, [start]
    while waiting:
        new = beside[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def shifted(line: LineString, distance: float) -> LineString:
    """Return the line moved sideways, to the same side of every street whichever way it runs along it.

    ``offset_curve`` takes the side from the direction of travel, so that two links running against each other along
    one corridor would meet again. Here an edge has one direction of its own, west to east (south to north).
    """
    points = _distinct(list(line.coords))
    if len(points) < 2 or distance == 0:
        return line
    normals = [_normal(a, b) for a, b in zip(points, points[1:], strict=False)]
    moved = [_add(points[0], normals[0], distance)]
    for point, before, after in zip(points[1:-1], normals, normals[1:], strict=False):
        moved.extend(_corner(point, before, after, distance))
    moved.append(_add(points[-1], normals[-1], distance))
    return LineString(moved)


def _distinct(points: list[tuple[float, ...]]) -> list[Vector]:
    flat = [(point[0], point[1]) for point in points]
    return flat[:1] + [b for a, b in zip(flat, flat[1:], strict=False) if math.dist(a, b) > 1e-6]


def _normal(a: Vector, b: Vector) -> Vector:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if dx < -1e-9 * length or (abs(dx) <= 1e-9 * length and dy < 0):
        dx, dy = -dx, -dy
    return -dy / length, dx / length


def _add(point: Vector, normal: Vector, distance: float) -> Vector:
    return point[0] + normal[0] * distance, point[1] + normal[1] * distance


def _corner(point: Vector, before: Vector, after: Vector, distance: float) -> list[Vector]:
    """Where the two moved edges meet; both ends where they would meet far away."""
    turn = before[0] * after[1] - before[1] * after[0]
    if abs(turn) > 1e-3:
        # solves before . v = distance, after . v = distance
        v = (distance * (after[1] - before[1]) / turn, distance * (before[0] - after[0]) / turn)
        if math.hypot(*v) <= 2 * abs(distance):
            return [(point[0] + v[0], point[1] + v[1])]
    return [_add(point, before, distance), _add(point, after, distance)]


def along(line: LineString, share: float) -> tuple[Vector, Vector]:
    """Return the point at a share of the line's length, and the direction of travel there as a unit vector."""
    at = line.interpolate(share, normalized=True)
    step = min(0.02, 0.5 / max(len(line.coords), 1))
    before = line.interpolate(max(0.0, share - step), normalized=True)
    after = line.interpolate(min(1.0, share + step), normalized=True)
    return (at.x, at.y), _direction(before, after)


def _direction(a: Point, b: Point) -> Vector:
    length = math.hypot(b.x - a.x, b.y - a.y) or 1.0
    return (b.x - a.x) / length, (b.y - a.y) / length
