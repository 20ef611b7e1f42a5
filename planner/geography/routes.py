"""Routes along a network of corridors or roads, between the places that reach it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from scipy.sparse.csgraph import dijkstra

from planner.geography.access import Spur
from planner.geography.crossings import Crossing, charges, counted
from planner.geography.distances import Pair, Route
from planner.geography.ground import PLAIN
from planner.geography.network import Segments, cut, lightest, lightest_arcs, nearest
from planner.geography.shapes import Array
from planner.geography.straight import SHORTER, trace


@dataclass(frozen=True)
class Attached:
    """A network with the places that reach it.

    Attributes
    ----------
    segments
        The network, cut where spurs reach it.
    ids
        Name of each segment, unlike all others.
    extra
        Extra length of each segment for the crossings it meets [m].
    counts
        Number of an entry of ``geography.crossings`` that has a charge -> crossings of it on each segment.
    spurs, spur_ids, spur_cost, spur_counts, node
        Spurs, their names, their cost lengths [m], their crossings and the nodes they reach.
    """

    segments: Segments
    ids: tuple[str, ...]
    extra: Array
    counts: Mapping[int, Array]
    spurs: tuple[Spur, ...]
    spur_ids: tuple[str, ...]
    spur_cost: Array
    spur_counts: Mapping[int, Array]
    node: Array

    def arcs(self, resource: str) -> tuple[Array, Array, Array]:
        """Segment, tail and head of every way a resource may flow."""
        seg = self.segments
        open_ = np.array([resource not in g.forbidden for g in seg.ground], dtype=bool)
        onward = np.flatnonzero(open_ & np.array([resource not in g.backward for g in seg.ground], dtype=bool))
        back = np.flatnonzero(open_ & np.array([resource not in g.onward for g in seg.ground], dtype=bool))
        edges = np.concatenate([onward, back])
        tail = np.concatenate([seg.start[onward], seg.end[back]])
        return edges, tail, np.concatenate([seg.end[onward], seg.start[back]])

    def restricts(self, resource: str) -> bool:
        """Whether some corridor forbids a resource or lets it flow one way only."""
        return any(resource in ground.forbidden | ground.onward | ground.backward for ground in self.segments.ground)

    def parts(self) -> dict[str, set[int]]:
        """Connected parts of the network that each place reaches."""
        part = self.segments.components()
        found: dict[str, set[int]] = {}
        for spur, node in zip(self.spurs, self.node, strict=True):
            found.setdefault(spur.place, set()).add(int(part[node]))
        return found


def attach(segments: Segments, spurs: Sequence[Spur], features: Sequence[Crossing], prefix: str) -> Attached:
    """Cut a network where spurs reach it, and charge its crossings."""
    ends = shapely.points(np.array([spur.line.coords[-1] for spur in spurs]).reshape(-1, 2))
    segments, at = cut(segments, nearest(segments, ends) if len(spurs) else [])
    lines = np.array([spur.line for spur in spurs] + [None], dtype=object)[:-1]
    spur_cost = shapely.length(lines) + charges(lines, features)
    counts: dict[str, int] = {}
    spur_ids = []
    for spur in spurs:
        counts[spur.place] = counts.get(spur.place, 0) + 1
        number = f" #{counts[spur.place]}" if counts[spur.place] > 1 else ""
        spur_ids.append(f"{prefix} access {spur.place}{number}")
    return Attached(
        segments=segments,
        ids=_names(segments, prefix),
        extra=charges(segments.lines, features),
        counts=counted(segments.lines, features),
        spurs=tuple(spurs),
        spur_ids=tuple(spur_ids),
        spur_cost=spur_cost,
        spur_counts=counted(lines, features),
        node=np.array(at, dtype=int),
    )


def find_routes(net: Attached, resource: str | None = None) -> dict[Pair, Route]:
    """Routes of least cost length between all places that the network joins.

    Of a resource: only along corridors that let it pass, in their direction; the way back may then be another one.
    """
    if not net.spurs:
        return {}
    cost = net.segments.factor * net.segments.length + net.extra
    weight = cost + SHORTER * net.segments.length
    sources, row = np.unique(net.node, return_inverse=True)
    size = len(net.segments.nodes)
    if resource is None:
        graph, edge = lightest(weight, net.segments.start, net.segments.end, size)
        edge |= {(head, tail): k for (tail, head), k in edge.items()}
    else:
        edges, tail, head = net.arcs(resource)
        graph, arc = lightest_arcs(weight[edges], tail, head, size)
        edge = {ends: int(edges[k]) for ends, k in arc.items()}
    far, before = dijkstra(graph, directed=resource is not None, indices=sources, return_predecessors=True)
    total = net.spur_cost[:, None] + far[np.ix_(row, net.node)] + net.spur_cost[None, :]
    of_place: dict[str, list[int]] = {}
    for number, spur in enumerate(net.spurs):
        of_place.setdefault(spur.place, []).append(number)
    lines = [shapely.get_coordinates(line) for line in net.segments.lines]
    spur_lines = [shapely.get_coordinates(spur.line) for spur in net.spurs]
    found: list[tuple[Pair, Route, Array]] = []
    for p, q in _asked(sorted(of_place), both=resource is not None):
        block = total[np.ix_(of_place[p], of_place[q])]
        best = np.unravel_index(np.argmin(block), block.shape)
        if not np.isfinite(block[best]):
            continue
        a, b = of_place[p][int(best[0])], of_place[q][int(best[1])]
        chain = trace(before[row[a]], int(net.node[a]), int(net.node[b]))
        edges_on = [edge[ends] for ends in zip(chain, chain[1:], strict=False)]
        path = _path([spur_lines[a], *_along(net.segments, lines, chain, edges_on), spur_lines[b][::-1]])
        found.append(((p, q), _route(net, cost, edges_on, (a, b)), path))
    return _with_paths(net, found, back=resource is None)


def _asked(names: Sequence[str], both: bool) -> list[Pair]:
    """Pairs of places to be joined: one direction of each where the other is the same way back."""
    return [(p, q) for p in names for q in names if (p != q if both else p < q)]


def _route(net: Attached, cost: Array, edges: Sequence[int], spurs: tuple[int, int]) -> Route:
    """The way along segments between two spurs, without its path."""
    a, b = spurs
    on = list(edges)
    crossed = {
        entry: float(count[on].sum()) + float(net.spur_counts[entry][[a, b]].sum())
        for entry, count in net.counts.items()
    }
    return Route(
        length_m=float(net.segments.length[on].sum()) + net.spurs[a].length + net.spurs[b].length,
        cost_length_m=float(cost[on].sum()) + float(net.spur_cost[a] + net.spur_cost[b]),
        segments=(net.spur_ids[a], *(net.ids[k] for k in on), net.spur_ids[b]),
        charges={entry: count for entry, count in crossed.items() if count},
    )


def segments_frame(net: Attached, network: str, crs: CRS | None) -> gpd.GeoDataFrame:
    """Segments and spurs, and what holds along them.

    Resources in ``forbidden`` and ``one_way`` stand with semicolons; those of ``one_way`` flow from ``start`` to
    ``end``, or the other way round if a minus stands before them.
    """
    names = node_names(net, network)
    seg, real = net.segments, [k for k, spur in enumerate(net.spurs) if spur.length > 0]
    lines = [*seg.lines, *(net.spurs[k].line for k in real)]
    grounds = [*seg.ground, *[PLAIN] * len(real)]
    spur_length = np.array([net.spurs[k].length for k in real])
    return gpd.GeoDataFrame(
        {
            "id": [*net.ids, *(net.spur_ids[k] for k in real)],
            "network": network,
            "kind": [*seg.kind, *["access"] * len(real)],
            "length_m": np.concatenate([seg.length, spur_length]),
            "cost_factor": np.concatenate([seg.factor, np.ones(len(real))]),
            "extra_m": np.concatenate([net.extra, net.spur_cost[real] - spur_length]),
            "start": [*(names[k] for k in seg.start), *(net.spurs[k].place for k in real)],
            "end": [*(names[k] for k in seg.end), *(names[net.node[k]] for k in real)],
            "surface": [ground.surface for ground in grounds],
            "forbidden": ["; ".join(sorted(ground.forbidden)) for ground in grounds],
            "one_way": ["; ".join([*sorted(g.onward), *(f"-{r}" for r in sorted(g.backward))]) for g in grounds],
            "max_pipes": np.array([ground.max_pipes for ground in grounds], dtype=float),
            "trench": [ground.trench for ground in grounds],
            "existing": ["; ".join(ground.existing) for ground in grounds],
        },
        geometry=gpd.GeoSeries(lines, crs=crs),
        crs=crs,
    )


def node_names(net: Attached, network: str = "corridors") -> tuple[str, ...]:
    """Names of the nodes, numbered from west to east; places are nodes of their own name."""
    prefix = "road node" if network == "roads" else "node"
    order = np.lexsort((np.round(net.segments.nodes[:, 1], 3), np.round(net.segments.nodes[:, 0], 3)))
    places = {spur.place for spur in net.spurs}
    names = [""] * len(order)
    for number, k in enumerate(order, start=1):
        name = f"{prefix} {number}"
        while name in places:
            name += "'"
        names[k] = name
    return tuple(names)


def _names(segments: Segments, prefix: str) -> tuple[str, ...]:
    """Names of segments: that of their corridor, numbered from west to east where it has several."""
    first = [line.coords[0] for line in shapely.normalize(segments.lines)]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(segments.lines, 0.5, normalized=True))
    keys = np.round(np.column_stack([np.array(first).reshape(-1, 2), middle]), 3).tolist()
    order = sorted(range(len(first)), key=keys.__getitem__)
    base = [name or prefix for name in segments.name]
    if prefix == "road":  # a corridor and a road may have the same name
        base = [name if name.startswith(prefix) else f"{prefix} {name}" for name in base]
    pieces, given, taken = Counter(base), Counter[str](), set[str]()
    names = [""] * len(base)
    for k in order:
        given[base[k]] += 1
        names[k] = f"{base[k]} / {given[base[k]]}" if pieces[base[k]] > 1 else base[k]
        while names[k] in taken:
            names[k] += "'"
        taken.add(names[k])
    return tuple(names)


def _along(seg: Segments, lines: Sequence[Array], chain: Sequence[int], edges: Sequence[int]) -> list[Array]:
    """Coordinates of the segments between the nodes of a chain, each in the direction of travel."""
    return [lines[k] if int(seg.start[k]) == node else lines[k][::-1] for node, k in zip(chain, edges, strict=False)]


def _path(pieces: Sequence[Array]) -> Array:
    """Coordinates one after the other, without repeated ones."""
    path = np.concatenate(pieces)
    new = np.ones(len(path), dtype=bool)
    new[1:] = np.abs(np.diff(path, axis=0)).max(axis=1) > 1e-7
    return path[new] if new.sum() > 1 else path[[0, -1]]


def _with_paths(net: Attached, found: Sequence[tuple[Pair, Route, Array]], *, back: bool) -> dict[Pair, Route]:
    """Routes with their lines, all made at once, and the ways back where they are the same."""
    if not found:
        return {}
    real = {name for name, spur in zip(net.spur_ids, net.spurs, strict=True) if spur.length > 0}
    spurs = set(net.spur_ids)
    sizes = [len(path) for _, _, path in found]
    lines = shapely.linestrings(
        np.concatenate([p for _, _, p in found]), indices=np.repeat(np.arange(len(found)), sizes)
    )
    others = shapely.reverse(lines)
    routes: dict[Pair, Route] = {}
    for ((p, q), route, _), line, other in zip(found, lines, others, strict=True):
        ids = tuple(s for s in route.segments if s not in spurs or s in real)
        routes[p, q] = replace(route, path=line, segments=ids)
        if back:
            routes[q, p] = replace(route, path=other, segments=ids[::-1])
    return routes
