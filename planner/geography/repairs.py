"""Repairs of lines as they were drawn: doubles and shifted copies dropped, each with its place in a note.

What misses another line by less than the tolerance is joined later, once the lines are cut at their crossings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from planner.geography.ground import Ground
from planner.geography.shapes import Array

#: A line that runs beside another for this many times the tolerance is a copy of it there, not a branch or a crossing.
LONG = 5.0
#: Within this share of the tolerance a line is cut off, so that what is left of it can be joined.
WITHIN = 0.999
#: What holds where two lines on the same ground say different things.
STRICTER = "surface and trench of the cheaper count, and whatever either of them forbids"
#: Shorter than this is nothing [m].
NOTHING = 1e-6


@dataclass(frozen=True)
class Drawn:
    """Lines of a layer with what is said of each.

    Attributes
    ----------
    lines
        As drawn.
    factor
        Cost per metre over that of ordinary ground.
    name
        Of the corridor; "" if it has none.
    ground
        What else holds there, in the direction of the line.
    """

    lines: Array
    factor: Array
    name: tuple[str, ...]
    ground: tuple[Ground, ...]

    def label(self, row: int) -> tuple[float, str, tuple[str, ...]]:
        """What sorts lines, the cheaper first, and tells those apart that cannot be one."""
        return float(self.factor[row]), self.name[row], self.ground[row].key


@dataclass(frozen=True)
class Copy:
    """A part of a line that was dropped beside another: its restrictions hold on what was kept."""

    part: shapely.Geometry
    line: shapely.LineString
    ground: Ground


def at(line: shapely.Geometry) -> str:
    """Place of a line in words: its middle."""
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    return f"({middle.x:.1f}, {middle.y:.1f})"


def without_nothing(drawn: Drawn, notes: list[str]) -> Drawn:
    """The lines that have a length."""
    lines = shapely.remove_repeated_points(drawn.lines, NOTHING)
    real = shapely.length(lines) > NOTHING
    if not real.all():
        places = [f"({x:.1f}, {y:.1f})" for x, y in shapely.get_coordinates(shapely.get_point(lines[~real], 0))]
        notes.append(f"{len(places)} lines without length were dropped: at {', '.join(places)}")
    rows = np.flatnonzero(real)
    return Drawn(
        lines[rows], drawn.factor[rows], tuple(drawn.name[r] for r in rows), tuple(drawn.ground[r] for r in rows)
    )


def crossing_themselves(drawn: Drawn) -> list[str]:
    """Notes on lines that touch or cross themselves; they are cut there."""
    notes = []
    for row in np.flatnonzero(~shapely.is_simple(drawn.lines)):
        pieces = shapely.get_parts(shapely.union_all(drawn.lines[[row]]))
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(pieces, k)) for k in (0, -1)])
        spots, count = np.unique(ends, axis=0, return_counts=True)
        x, y = spots[int(np.argmax(count))]
        name = f'"{drawn.name[row]}" ' if drawn.name[row] else ""
        notes.append(f"line {name}meets itself at ({x:.1f}, {y:.1f}); it was cut there")
    return notes


def disagreement(one: Ground, other: Ground) -> str:
    """What two lines on the same ground say differently; empty if they agree."""
    fields = {
        "surface": one.surface != other.surface,
        "forbidden": one.forbidden != other.forbidden,
        "one_way": {one.onward, one.backward} != {other.onward, other.backward},
        "max_pipes": one.max_pipes != other.max_pipes,
        "trench": one.trench != other.trench,
    }
    return ", ".join(name for name, differs in fields.items() if differs)


def singled(drawn: Drawn, tolerance: float, notes: list[str]) -> tuple[Drawn, list[Copy]]:
    """Lines without those drawn twice and without shifted copies, and these; of two the cheaper, else the longer stays.

    A line is a copy where it stays within the tolerance of another: as a whole, or for several times the tolerance.
    """
    order = _ranked(drawn)
    rows = _once(drawn, order, notes)
    copies = [Copy(drawn.lines[row], drawn.lines[row], drawn.ground[row]) for row in sorted(set(order) - set(rows))]
    beside = _beside(drawn.lines, rows, tolerance)
    lines: list[shapely.LineString] = []
    kept: list[int] = []
    gone: set[int] = set()
    for row in rows:
        others = [other for other in beside.get(row, ()) if other not in gone]
        rest = _rest(drawn.lines, row, others, tolerance) if others else [drawn.lines[row]]
        if not rest:
            gone.add(row)
        lost = float(drawn.lines[row].length) - sum(float(part.length) for part in rest)
        if lost > NOTHING:
            notes.append(_copied(drawn, row, others, lost))
            dropped = shapely.difference(drawn.lines[row], shapely.union_all(rest)) if rest else drawn.lines[row]
            copies.append(Copy(dropped, drawn.lines[row], drawn.ground[row]))
        lines += rest
        kept += [row] * len(rest)
    left = Drawn(
        np.array([*lines, None], dtype=object)[:-1],
        drawn.factor[kept],
        tuple(drawn.name[r] for r in kept),
        tuple(drawn.ground[r] for r in kept),
    )
    return left, copies


def _ranked(drawn: Drawn) -> list[int]:
    """Rows in an order that does not depend on how the lines were drawn: cheaper first, then longer."""
    plain = shapely.normalize(drawn.lines)
    # Of two that differ in their direction only, what is one-way is decided by where they begin.
    points = [(plain, 0), (plain, -1), (drawn.lines, 0)]
    ends = [np.round(shapely.get_coordinates(shapely.get_point(lines, k)), 4).tolist() for lines, k in points]
    length = np.round(shapely.length(drawn.lines), 3)
    return sorted(range(len(plain)), key=lambda k: (drawn.label(k), -length[k], *(end[k] for end in ends)))


def _once(drawn: Drawn, order: Sequence[int], notes: list[str]) -> list[int]:
    """Rows of lines that are no exact double of an earlier one, in order."""
    plain = shapely.to_wkb(shapely.normalize(drawn.lines))
    seen: dict[bytes, int] = {}
    rows = []
    for row in order:
        first = seen.setdefault(plain[row], row)
        if first == row:
            rows.append(row)
            continue
        notes.append(f"a line drawn twice at {at(drawn.lines[row])} was dropped{_clash(drawn, first, row)}")
    return rows


def _clash(drawn: Drawn, kept: int, dropped: int) -> str:
    words = disagreement(drawn.ground[kept], drawn.ground[dropped])
    if not words and drawn.ground[kept].directed:
        one, other = drawn.lines[kept], drawn.lines[dropped]
        probes = shapely.line_interpolate_point(other, [0.45, 0.55], normalized=True)
        words = "" if np.diff(shapely.line_locate_point(one, probes))[0] > 0 else "the direction of one_way"
    return f"; the two disagree in {words}: {STRICTER}" if words else ""


def _beside(lines: Array, rows: Sequence[int], tolerance: float) -> dict[int, list[int]]:
    """Row -> earlier rows that it runs beside for longer than a crossing would."""
    rank = {row: k for k, row in enumerate(rows)}
    chosen = lines[list(rows)]
    first, second = shapely.STRtree(chosen).query(chosen, predicate="dwithin", distance=tolerance)
    later = first > second
    first, second = first[later], second[later]
    hulls = shapely.buffer(chosen, tolerance, quad_segs=8)
    run = shapely.length(shapely.intersection(chosen[first], hulls[second]))
    length = shapely.length(chosen)[first]
    whole = (run >= length - NOTHING) & (length > 2 * tolerance)
    found: dict[int, list[int]] = {}
    for k in np.flatnonzero(whole | (run >= LONG * tolerance)):
        on_it = float(shapely.length(shapely.intersection(chosen[first[k]], chosen[second[k]])))
        if whole[k] or on_it < run[k] - 3 * tolerance:  # what lies on another exactly needs no repair
            found.setdefault(rows[first[k]], []).append(rows[second[k]])
    return {row: sorted(others, key=rank.__getitem__) for row, others in found.items()}


def apart(line: shapely.LineString, hull: shapely.Geometry, tolerance: float) -> list[shapely.LineString]:
    """Parts of a line outside the hull of others; where it only crosses or meets them, it stays as it is."""
    inside = shapely.get_parts(shapely.intersection(line, hull))
    if shapely.covers(hull, line):
        return []
    passing = [part for part in inside if 0 < part.length < LONG * tolerance]
    if len(passing) == len(inside):
        return [line]
    rest = shapely.union_all([shapely.difference(line, hull), *passing])
    return [part for part in shapely.get_parts(shapely.line_merge(rest)) if part.length > NOTHING]


def _rest(lines: Array, row: int, others: Sequence[int], tolerance: float) -> list[shapely.LineString]:
    """What is left of a line without the parts that run within the tolerance of others."""
    hull = shapely.union_all(shapely.buffer(lines[list(others)], WITHIN * tolerance, quad_segs=16))
    parts = apart(lines[row], hull, tolerance)
    # Joined parts may run against the line.
    return [part if _runs_along(part, lines[row]) else part.reverse() for part in parts]


def _runs_along(part: shapely.LineString, line: shapely.LineString) -> bool:
    ends = shapely.line_locate_point(line, shapely.line_interpolate_point(part, [0.45, 0.55], normalized=True))
    return bool(ends[1] >= ends[0])


def _copied(drawn: Drawn, row: int, others: Sequence[int], lost: float) -> str:
    line = drawn.lines[row]
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    gap = 100 * float(shapely.distance(middle, drawn.lines[list(others)]).min())
    return (
        f"{lost:.1f} m of a line at {at(line)} run beside another, {gap:.1f} cm from it at the middle, and were taken "
        f"for the same{_clash(drawn, others[0], row)}"
    )
