"""Networks of corridors or roads: lines cut at their crossings, joined where they nearly meet.

How the lines were drawn does not matter: direction, cuts, duplicates and the order in the file leave the same network.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely.ops import substring

from planner.geography.ground import PLAIN, Ground
from planner.geography.repairs import (
    LONG,
    NOTHING,
    STRICTER,
    Copy,
    Drawn,
    at,
    crossing_themselves,
    disagreement,
    singled,
    without_nothing,
)
from planner.geography.shapes import Array

#: Joints shorter than this are not worth a word [m].
MENTION = 1e-3
#: Nearer than this to a line is on it [m].
ON = 1e-4
#: A cut of this share of a line's length to both sides tells from which corridor a piece comes.
PROBES = (0.3, 0.7)

#: A place on a segment: its number and the metres from its start.
Spot = tuple[int, float]


@dataclass(frozen=True)
class Segments:
    """A network of lines between nodes.

    Attributes
    ----------
    nodes
        Coordinates, a row a node.
    start, end
        Node at both ends of each segment.
    lines
        Line of each segment, from start to end.
    factor
        Cost per metre over that of ordinary ground.
    name
        Name of the corridor it is a piece of; "" if it has none.
    kind
        "corridor", or "joint" for a piece added where corridors nearly meet.
    ground
        What else holds along each segment, in the direction from start to end.
    """

    nodes: Array
    start: Array
    end: Array
    lines: Array
    factor: Array
    name: tuple[str, ...]
    kind: tuple[str, ...]
    ground: tuple[Ground, ...]

    @property
    def length(self) -> Array:
        """Length of each segment [m]."""
        return np.asarray(shapely.length(self.lines))

    def components(self) -> Array:
        """Number of the connected part each node belongs to."""
        links = coo_array((np.ones(len(self.start)), (self.start, self.end)), shape=(len(self.nodes),) * 2)
        return np.asarray(connected_components(links, directed=False)[1])


def lightest(weight: Array, start: Array, end: Array, size: int) -> tuple[csr_array, dict[tuple[int, int], int]]:
    """Symmetric graph of the lightest of parallel edges, and the number of the edge between two nodes.

    Parallel edges would be added up, and edges of weight 0 be taken for none.
    """
    weight = np.maximum(weight, 1e-9)
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((weight, high, low))
    order = order[low[order] != high[order]]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    kept = order[new]
    rows, columns = np.concatenate([low[kept], high[kept]]), np.concatenate([high[kept], low[kept]])
    graph = csr_array((np.tile(weight[kept], 2), (rows, columns)), shape=(size, size))
    return graph, {(int(low[k]), int(high[k])): int(k) for k in kept}


def lightest_arcs(weight: Array, tail: Array, head: Array, size: int) -> tuple[csr_array, dict[tuple[int, int], int]]:
    """Directed graph of the lightest of parallel arcs, and the number of the arc between two nodes; 0 is a weight."""
    order = np.lexsort((weight, head, tail))
    order = order[tail[order] != head[order]]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    kept = order[new]
    graph = csr_array((weight[kept].astype(float), (tail[kept], head[kept])), shape=(size, size))
    return graph, {(int(tail[k]), int(head[k])): int(k) for k in kept}


def noded(frame: gpd.GeoDataFrame, notes: list[str], tolerance: float = 0.0) -> Segments:
    """Network of a layer of lines, cut wherever they touch or cross, without doubles and shifted copies."""
    factor = frame["cost_factor"].fillna(1.0).to_numpy() if "cost_factor" in frame else np.ones(len(frame))
    names = [str(n) if isinstance(n, str) else "" for n in frame["name"]] if "name" in frame else [""] * len(frame)
    grounds = tuple(frame["ground"]) if "ground" in frame else (PLAIN,) * len(frame)
    drawn = without_nothing(Drawn(frame.geometry.to_numpy(), factor, tuple(names), grounds), notes)
    copies: list[Copy] = []
    if tolerance:
        notes += crossing_themselves(drawn)
        drawn, copies = singled(drawn, tolerance, notes)
    whole = _merged(drawn)
    pieces = _sorted(shapely.get_parts(shapely.union_all(whole.lines)))
    owner, ground = _owners(pieces, whole, notes)
    _restrict(pieces, ground, copies, tolerance)
    return _graph(pieces, whole.factor[owner], tuple(whole.name[o] for o in owner), tuple(ground))


def cut(segments: Segments, spots: Sequence[Spot]) -> tuple[Segments, list[int]]:
    """Cut segments at spots; the node at each spot comes back with them."""
    nodes = list(segments.nodes)
    length = segments.length
    at: list[int] = [-1] * len(spots)
    inner: dict[int, list[tuple[float, int]]] = {}
    for number, (segment, position) in enumerate(spots):
        if position <= NOTHING:
            at[number] = int(segments.start[segment])
        elif position >= length[segment] - NOTHING:
            at[number] = int(segments.end[segment])
        else:
            inner.setdefault(segment, []).append((position, number))
    keep = np.array([k not in inner for k in range(len(length))], dtype=bool)
    rows: list[tuple[int, int, shapely.LineString, int]] = []
    for segment, cuts in inner.items():
        line, here, last = segments.lines[segment], int(segments.start[segment]), 0.0
        for position, number in sorted(cuts):
            if position - last <= NOTHING and last:
                at[number] = here
                continue
            at[number] = len(nodes)
            nodes.append(np.array(line.interpolate(position).coords[0]))
            rows.append((here, at[number], substring(line, last, position), segment))
            here, last = at[number], position
        rows.append((here, int(segments.end[segment]), substring(line, last, length[segment]), segment))
    old = [row[3] for row in rows]
    return Segments(
        nodes=np.array(nodes),
        start=np.concatenate([segments.start[keep], np.array([r[0] for r in rows], dtype=int)]),
        end=np.concatenate([segments.end[keep], np.array([r[1] for r in rows], dtype=int)]),
        lines=np.concatenate([segments.lines[keep], np.array([r[2] for r in rows] + [None], dtype=object)[:-1]]),
        factor=np.concatenate([segments.factor[keep], segments.factor[old]]),
        name=(*np.array(segments.name, dtype=object)[keep], *(segments.name[k] for k in old)),
        kind=(*np.array(segments.kind, dtype=object)[keep], *(segments.kind[k] for k in old)),
        ground=(
            *(g for g, kept in zip(segments.ground, keep, strict=True) if kept),
            *(segments.ground[k] for k in old),
        ),
    ), at


def joined(segments: Segments, tolerance: float, notes: list[str]) -> Segments:
    """Join what misses by less than the tolerance by a straight piece, and say where.

    A node is joined to the nearest line it is not yet connected with nearby; then parts that still hang apart are
    joined where they come near each other.
    """
    for find in (_near_misses, _near_parts):
        for _ in range(20):  # each round joins a node once; lines that need more rounds do not occur
            found = find(segments, tolerance)
            if not found:
                break
            segments = _connect(segments, found, notes)
    return segments


def nearest(segments: Segments, points: Array) -> list[Spot]:
    """Spot of the network nearest to each point."""
    which = shapely.STRtree(segments.lines).nearest(points)
    where = shapely.line_locate_point(segments.lines[which], points)
    return [(int(k), float(position)) for k, position in zip(which, where, strict=True)]


def _sorted(lines: Array) -> Array:
    """Lines in an order and direction that do not depend on how they were drawn."""
    lines = shapely.normalize(lines)
    first, last = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    keys = (shapely.length(lines), shapely.get_y(last), shapely.get_x(last), shapely.get_y(first), shapely.get_x(first))
    return np.asarray(lines[np.lexsort([np.round(k, 4) for k in keys])])


def _merged(drawn: Drawn) -> Drawn:
    """Lines of one label joined end to end, the cheaper of two corridors on one line first.

    Where the direction matters, only lines that run the same way are joined.
    """
    groups: dict[tuple[float, str, tuple[str, ...]], list[int]] = {}
    for row in range(len(drawn.lines)):
        groups.setdefault(drawn.label(row), []).append(row)
    lines: list[shapely.LineString] = []
    rows: list[int] = []
    for label in sorted(groups):
        members = groups[label]
        if drawn.ground[members[0]].directed:
            merged = shapely.line_merge(shapely.multilinestrings(drawn.lines[members]), directed=True)
            parts = sorted(shapely.get_parts(merged), key=lambda line: np.round(line.coords[0], 4).tolist())
        else:
            parts = list(shapely.get_parts(shapely.line_merge(shapely.union_all(drawn.lines[members]))))
        lines += [_begun(line) for line in parts]
        rows += [members[0]] * len(parts)
    return Drawn(
        np.array([*lines, None], dtype=object)[:-1],
        drawn.factor[rows],
        tuple(drawn.name[r] for r in rows),
        tuple(drawn.ground[r] for r in rows),
    )


def _begun(line: shapely.LineString) -> shapely.LineString:
    """A ring begun at its corner farthest west, wherever it was begun when drawn; other lines as they are."""
    if not line.is_closed:
        return line
    corners = shapely.get_coordinates(line)[:-1]
    first = int(np.lexsort((corners[:, 1], corners[:, 0]))[0])
    ring = np.roll(corners, -first, axis=0)
    return shapely.LineString(np.concatenate([ring, ring[:1]]))


def _owners(pieces: Array, whole: Drawn, notes: list[str]) -> tuple[Array, list[Ground]]:
    """Number of the first line each piece lies on, and its ground; a note where another one says something else."""
    owner = np.full(len(pieces), len(whole.lines))
    tree = shapely.STRtree(whole.lines)
    probes = [shapely.line_interpolate_point(pieces, share, normalized=True) for share in PROBES]
    piece, line = tree.query(probes[0], predicate="dwithin", distance=ON)
    on = shapely.dwithin(probes[1][piece], whole.lines[line], ON)
    np.minimum.at(owner, piece[on], line[on])
    lost = owner == len(whole.lines)
    owner[lost] = tree.nearest(probes[0][lost])
    ground = [_along(pieces[k], whole.lines[o], whole.ground[o]) for k, o in enumerate(owner)]
    for k, other in zip(piece[on], line[on], strict=True):
        words = disagreement(whole.ground[owner[k]], whole.ground[other])
        if words and pieces[k].length > 10 * ON:  # shorter ones lie on every line that ends there
            notes.append(f"two lines on one another at {at(pieces[k])} disagree in {words}: {STRICTER}")
            ground[k] = ground[k].beside(_along(pieces[k], whole.lines[other], whole.ground[other]))
    return owner, ground


def _restrict(pieces: Array, ground: list[Ground], copies: Sequence[Copy], tolerance: float) -> None:
    """Let what a dropped copy forbids hold on the pieces that it ran beside."""
    tree = shapely.STRtree(pieces)
    for copy in copies:
        hull = shapely.buffer(copy.part, tolerance)
        for k in tree.query(hull, predicate="intersects"):
            run = shapely.intersection(pieces[k], hull).length
            if run >= min(LONG * tolerance, 0.5 * pieces[k].length):
                ground[k] = ground[k].beside(_along(pieces[k], copy.line, copy.ground))


def _along(piece: shapely.LineString, line: shapely.LineString, ground: Ground) -> Ground:
    """The ground of a line in the direction of a piece of it."""
    if not ground.directed:
        return ground
    first, last = shapely.line_locate_point(line, shapely.line_interpolate_point(piece, [0.45, 0.55], normalized=True))
    onward = bool(last > first)
    if line.is_closed and abs(last - first) > line.length / 2:  # the piece runs over the point where the ring closes
        onward = not onward
    return ground if onward else ground.turned()


def _graph(lines: Array, factor: Array, name: tuple[str, ...], ground: tuple[Ground, ...]) -> Segments:
    coordinates = np.array([(line.coords[0], line.coords[-1]) for line in lines]).reshape(-1, 2)
    nodes, ends = np.unique(coordinates, axis=0, return_inverse=True)
    ends = ends.reshape(-1, 2)
    return Segments(nodes, ends[:, 0], ends[:, 1], lines, factor, name, ("corridor",) * len(lines), ground)


def _near_misses(segments: Segments, tolerance: float) -> list[tuple[Spot, Spot]]:
    """For each node the nearest line within the tolerance to which there is no way of about that length."""
    points = shapely.points(segments.nodes)
    node, line = shapely.STRtree(segments.lines).query(points, predicate="dwithin", distance=tolerance)
    apart = (segments.start[line] != node) & (segments.end[line] != node)
    node, line = node[apart], line[apart]
    if not len(node):
        return []
    length = segments.length
    gap = shapely.distance(points[node], segments.lines[line])
    position = shapely.line_locate_point(segments.lines[line], points[node])
    graph, _ = lightest(length, segments.start, segments.end, len(segments.nodes))
    sources, row = np.unique(node, return_inverse=True)
    way = dijkstra(graph, directed=False, indices=sources, limit=10 * tolerance)
    round_ = np.minimum(
        way[row, segments.start[line]] + position, way[row, segments.end[line]] + length[line] - position
    )
    missing = np.flatnonzero(round_ > gap + 2 * tolerance)
    at = {int(n): (int(k), 0.0) for k, n in enumerate(segments.start)}
    at |= {int(n): (int(k), float(length[k])) for k, n in enumerate(segments.end) if int(n) not in at}
    found: dict[int, tuple[Spot, Spot]] = {}
    for k in missing[np.lexsort((line[missing], np.round(gap[missing], 6)))]:
        found.setdefault(int(node[k]), (at[int(node[k])], (int(line[k]), float(position[k]))))
    return list(found.values())


def _near_parts(segments: Segments, tolerance: float) -> list[tuple[Spot, Spot]]:
    """For two parts that hang apart but come near each other, the spots nearest to each other."""
    part = segments.components()[segments.start]
    first, second = shapely.STRtree(segments.lines).query(segments.lines, predicate="dwithin", distance=tolerance)
    apart = part[first] < part[second]
    first, second = first[apart], second[apart]
    found: dict[tuple[int, int], tuple[Spot, Spot]] = {}
    gap = shapely.distance(segments.lines[first], segments.lines[second])
    for k in np.argsort(gap, kind="stable"):
        one, other = int(first[k]), int(second[k])
        ends = shapely.points(
            shapely.get_coordinates(shapely.shortest_line(segments.lines[one], segments.lines[other]))
        )
        spots = (
            (one, float(shapely.line_locate_point(segments.lines[one], ends[0]))),
            (
                other,
                float(shapely.line_locate_point(segments.lines[other], ends[1])),
            ),
        )
        found.setdefault((int(part[one]), int(part[other])), spots)
    return list(found.values())[:1]


def _connect(segments: Segments, pairs: list[tuple[Spot, Spot]], notes: list[str]) -> Segments:
    """Add straight pieces between spots."""
    segments, at = cut(segments, [spot for pair in pairs for spot in pair])
    ends = sorted({(min(a, b), max(a, b)) for a, b in zip(at[::2], at[1::2], strict=True) if a != b})
    if not ends:
        return segments
    start, end = np.array(ends).T
    lines = shapely.linestrings(np.stack([segments.nodes[start], segments.nodes[end]], axis=1))
    for line, (x, y) in zip(lines, segments.nodes[start], strict=True):
        if line.length > MENTION:
            notes.append(f"ends that miss each other by {100 * line.length:.1f} cm at ({x:.1f}, {y:.1f}) were joined")
    beside = np.array([_factor_beside(segments, a, b) for a, b in ends])
    return Segments(
        nodes=segments.nodes,
        start=np.concatenate([segments.start, start]),
        end=np.concatenate([segments.end, end]),
        lines=np.concatenate([segments.lines, lines]),
        factor=np.concatenate([segments.factor, beside]),
        name=segments.name + ("joint",) * len(ends),
        kind=segments.kind + ("joint",) * len(ends),
        ground=segments.ground + tuple(_ground_beside(segments, a, b) for a, b in ends),
    )


def _factor_beside(segments: Segments, one: int, other: int) -> float:
    """Cost factor of a joint: the larger of what its two sides have at least."""
    sides = [segments.factor[(segments.start == n) | (segments.end == n)].min() for n in (one, other)]
    return float(max(sides))


def _ground_beside(segments: Segments, one: int, other: int) -> Ground:
    """Ground of a joint from one node to the other: that of the line whose end it lengthens."""
    ground: Ground
    for node in (one, other):
        ends, starts = np.flatnonzero(segments.end == node), np.flatnonzero(segments.start == node)
        if len(ends) + len(starts) != 1:
            continue
        ground = segments.ground[ends[0]] if len(ends) else segments.ground[starts[0]].turned()
        return ground if node == one else ground.turned()
    return PLAIN
