"""Routes along a network of corridors or roads, between the places that reach it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from scipy.sparse.csgraph import dijkstra

from planner.geography.access import Spur
from planner.geography.crossings import Crossing, charges
from planner.geography.distances import Pair, Route
from planner.geography.network import Segments, cut, lightest, nearest
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
    spurs, spur_ids, spur_cost, node
        Spurs, their names, their cost lengths [m] and the nodes they reach.
    """

    segments: Segments
    ids: tuple[str, ...]
    extra: Array
    spurs: tuple[Spur, ...]
    spur_ids: tuple[str, ...]
    spur_cost: Array
    node: Array

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
    ids = _names(segments, prefix)
    extra = charges(segments.lines, features)
    return Attached(segments, ids, extra, tuple(spurs), tuple(spur_ids), spur_cost, np.array(at, dtype=int))


def find_routes(net: Attached) -> dict[Pair, Route]:
    """Routes of least cost length between all places that the network joins, both directions."""
    if not net.spurs:
        return {}
    seg = net.segments
    length = seg.length
    cost = seg.factor * length + net.extra
    graph, edge = lightest(cost + SHORTER * length, seg.start, seg.end, len(seg.nodes))
    sources, row = np.unique(net.node, return_inverse=True)
    far, before = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
    total = net.spur_cost[:, None] + far[np.ix_(row, net.node)] + net.spur_cost[None, :]
    of_place: dict[str, list[int]] = {}
    for number, spur in enumerate(net.spurs):
        of_place.setdefault(spur.place, []).append(number)
    names = sorted(of_place)
    lines = [shapely.get_coordinates(line) for line in seg.lines]
    spur_lines = [shapely.get_coordinates(spur.line) for spur in net.spurs]
    found: list[tuple[Pair, Route, Array]] = []
    for first, p in enumerate(names):
        for q in names[first + 1 :]:
            block = total[np.ix_(of_place[p], of_place[q])]
            best = np.unravel_index(np.argmin(block), block.shape)
            if not np.isfinite(block[best]):
                continue
            a, b = of_place[p][int(best[0])], of_place[q][int(best[1])]
            chain = trace(before[row[a]], int(net.node[a]), int(net.node[b]))
            edges = [edge[min(s, t), max(s, t)] for s, t in zip(chain, chain[1:], strict=False)]
            metres = float(length[edges].sum()) + net.spurs[a].length + net.spurs[b].length
            dear = float(cost[edges].sum()) + float(net.spur_cost[a] + net.spur_cost[b])
            ids = (net.spur_ids[a], *(net.ids[k] for k in edges), net.spur_ids[b])
            path = _path([spur_lines[a], *_along(seg, lines, chain, edges), spur_lines[b][::-1]])
            found.append(((p, q), Route(metres, dear, segments=ids), path))
    return _with_paths(net, found)


def segments_frame(net: Attached, network: str, crs: CRS | None) -> gpd.GeoDataFrame:
    """Segments and spurs: id, network, kind, length_m, cost_factor, extra_m, geometry."""
    seg, real = net.segments, [k for k, spur in enumerate(net.spurs) if spur.length > 0]
    lines = [*seg.lines, *(net.spurs[k].line for k in real)]
    spur_length = np.array([net.spurs[k].length for k in real])
    return gpd.GeoDataFrame(
        {
            "id": [*net.ids, *(net.spur_ids[k] for k in real)],
            "network": network,
            "kind": [*seg.kind, *["access"] * len(real)],
            "length_m": np.concatenate([seg.length, spur_length]),
            "cost_factor": np.concatenate([seg.factor, np.ones(len(real))]),
            "extra_m": np.concatenate([net.extra, net.spur_cost[real] - spur_length]),
        },
        geometry=gpd.GeoSeries(lines, crs=crs),
        crs=crs,
    )


def _names(segments: Segments, prefix: str) -> tuple[str, ...]:
    """Names of segments: that of their corridor, numbered from west to east where it has several."""
    first = [line.coords[0] for line in shapely.normalize(segments.lines)]
    order = sorted(range(len(first)), key=lambda k: (round(first[k][0], 3), round(first[k][1], 3)))
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


def _with_paths(net: Attached, found: Sequence[tuple[Pair, Route, Array]]) -> dict[Pair, Route]:
    """Routes with their lines, all made at once, and the ways back."""
    if not found:
        return {}
    real = {name for name, spur in zip(net.spur_ids, net.spurs, strict=True) if spur.length > 0}
    spurs = set(net.spur_ids)
    sizes = [len(path) for _, _, path in found]
    lines = shapely.linestrings(
        np.concatenate([p for _, _, p in found]), indices=np.repeat(np.arange(len(found)), sizes)
    )
    back = shapely.reverse(lines)
    routes: dict[Pair, Route] = {}
    for ((p, q), route, _), line, other in zip(found, lines, back, strict=True):
        ids = tuple(s for s in route.segments if s not in spurs or s in real)
        routes[p, q] = replace(route, path=line, segments=ids)
        routes[q, p] = replace(route, path=other, segments=ids[::-1])
    return routes
