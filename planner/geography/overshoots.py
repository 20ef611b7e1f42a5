"""Short ends that stick out over a crossing, and short ways beside others: cut off, each with its place in a note."""

from dataclasses import replace

import numpy as np
import shapely

from planner.geography.network import MENTION, Segments
from planner.geography.repairs import at
from planner.geography.shapes import Array


def trimmed(segments: Segments, tolerance: float, notes: list[str]) -> Segments:
    """The network without dangling ends shorter than the tolerance, and without pieces that double another."""
    segments = _without_doubles(segments, tolerance, notes)
    for _ in range(20):  # an end may be cut into several pieces
        over = _overshoots(segments, tolerance)
        if not over.any():
            break
        for line in segments.lines[over]:
            if line.length > MENTION:
                notes.append(f"an end that runs {100 * line.length:.1f} cm over a crossing at {at(line)} was cut off")
        segments = chosen(segments, ~over)
    return segments


def chosen(segments: Segments, keep: Array) -> Segments:
    """Some of the segments; the nodes stay."""
    rows = np.flatnonzero(keep)
    return replace(
        segments,
        start=segments.start[rows],
        end=segments.end[rows],
        lines=segments.lines[rows],
        factor=segments.factor[rows],
        name=tuple(segments.name[r] for r in rows),
        kind=tuple(segments.kind[r] for r in rows),
        ground=tuple(segments.ground[r] for r in rows),
    )


def _overshoots(segments: Segments, tolerance: float) -> Array:
    """Short segments that lead nowhere from a node at which at least two others go on."""
    degree = np.bincount(np.concatenate([segments.start, segments.end]), minlength=len(segments.nodes))
    free = (degree[segments.start] == 1) != (degree[segments.end] == 1)
    short = free & (segments.length < tolerance)
    root = np.where(degree[segments.start] == 1, segments.end, segments.start)
    others = degree - np.bincount(root[short], minlength=len(segments.nodes))
    return np.asarray(short & (others[root] >= 2))


def _without_doubles(segments: Segments, tolerance: float, notes: list[str]) -> Segments:
    """Of two pieces between the same nodes that stay within the tolerance of each other, only the cheaper."""
    groups: dict[tuple[int, int], list[int]] = {}
    cost = segments.factor * segments.length
    for k in np.argsort(cost, kind="stable"):
        ends = sorted((int(segments.start[k]), int(segments.end[k])))
        groups.setdefault((ends[0], ends[1]), []).append(int(k))
    keep = np.ones(len(cost), dtype=bool)
    for (one, other), members in groups.items():
        for number, k in enumerate(members if one != other else ()):
            line = segments.lines[k]
            near = [j for j in members[:number] if keep[j] and segments.ground[j].key == segments.ground[k].key]
            if any(shapely.hausdorff_distance(line, segments.lines[j], densify=0.25) < tolerance for j in near):
                keep[k] = False
                notes.append(f"two lines beside each other at {at(line)} were taken for one, the cheaper")
    return chosen(segments, keep) if not keep.all() else segments
