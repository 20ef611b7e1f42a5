"""The corridor graph: where mains and pipes in trenches may run, from a network and the places that reach it.

Nodes are junctions of corridors and one node a place; corridors are stretches between them. A place that the network
touches at its only access is that node of the network. A chain of segments is one stretch where nothing branches off
and nothing changes that a pipe would mind; the surface may. Dead ends go.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from planner.geography.access import TOUCH
from planner.geography.chains import Chain, Chains, chain_line, find_chains, ground_along
from planner.geography.distances import CorridorGraph, Pair, Stretch
from planner.geography.network import lightest_arcs
from planner.geography.routes import Attached, node_names
from planner.geography.shapes import Array


def corridor_graph(net: Attached, notes: list[str], tolerance: float = 0.0, *, proposed: bool = False) -> CorridorGraph:
    """Corridor graph of a network with the places that reach it.

    What leads to no place is left out, and junctions nearer to each other than the tolerance are one; both are said.
    """
    found = find_chains(net, tolerance)
    notes += _left_out(net, found, tolerance)
    own = node_names(net)
    names = [own[k] for k in found.node]
    stretches = {}
    for chain in found.chains:
        name, stretch = _stretch(net, names, chain, "proposed" if proposed else "corridor")
        while name in stretches:  # a corridor may be called like a piece of another
            name += "'"
        stretches[name] = stretch
    places: dict[str, str] = {}
    own_nodes: dict[str, tuple[float, float]] = {}
    for place, spurs in sorted(_spurs_of(net, names).items()):
        if len(spurs) == 1 and _touches(net, spurs[0]):
            places[place] = names[net.node[spurs[0]]]
            continue
        places[place] = place
        own_nodes[place] = tuple(net.spurs[spurs[0]].line.coords[0][:2])
        for number in spurs:
            name = net.spur_ids[number]
            while name in stretches:
                name += "'"
            stretches[name] = _access(net, names, number)
    ends = {node for stretch in stretches.values() for node in (stretch.tail, stretch.head)} | set(places.values())
    nodes = {
        names[k]: (float(x), float(y))
        for k, (x, y) in enumerate(net.segments.nodes)
        if found.node[k] == k and names[k] in ends
    }
    return CorridorGraph(
        stretches={name: stretches[name] for name in sorted(stretches)},
        places=places,
        nodes=nodes | own_nodes,
        proposed=proposed,
        junctions=frozenset(node for place, node in places.items() if place not in own_nodes),
    )


def _spurs_of(net: Attached, names: Sequence[str]) -> dict[str, list[int]]:
    """Accesses of each place: of those that lead to one node, none besides one where the network touches the place."""
    found: dict[str, list[int]] = {}
    for number, spur in enumerate(net.spurs):
        found.setdefault(spur.place, []).append(number)
    for place, spurs in found.items():
        free: dict[str, int] = {}
        for number in spurs:
            if _touches(net, number):
                free.setdefault(names[net.node[number]], number)
        found[place] = [n for n in spurs if free.get(names[net.node[n]], n) == n]
    return found


def _touches(net: Attached, number: int) -> bool:
    """Whether the network touches a place there: nothing is to be laid between them."""
    return net.spurs[number].length <= TOUCH


def shortest_ways(graph: CorridorGraph, resource: str) -> dict[Pair, float]:
    """Length of the shortest way a resource may take from each place to each other [m]; none passes a closed node.

    Directed: where a stretch lets it flow one way only, the way back may be longer or missing.
    """
    number = {node: k for k, node in enumerate(graph.nodes)}
    ends = {node for node in graph.places.values() if node in number}
    # A closed place is left from its node, and reached at a second one from which nothing leads on.
    arrival = {node: len(number) + k for k, node in enumerate(sorted(ends & graph.closed))}
    arcs: list[tuple[int, int, float]] = []
    for stretch in graph.stretches.values():
        for one, other, open_ in zip(
            (stretch.tail, stretch.head), (stretch.head, stretch.tail), stretch.directions(resource), strict=True
        ):
            if open_:
                arcs.append((number[one], arrival.get(other, number[other]), stretch.length_m))
    if not ends:
        return {}
    tail, head = (np.array([arc[k] for arc in arcs], dtype=int) for k in (0, 1))
    network, _ = lightest_arcs(np.array([arc[2] for arc in arcs]), tail, head, len(number) + len(arrival))
    places = [(place, node) for place, node in graph.places.items() if node in ends]
    far = dijkstra(network, directed=True, indices=[number[node] for _, node in places])
    found: dict[Pair, float] = {}
    for row, (p, _) in enumerate(places):
        for q, node in places:
            metres = far[row, arrival.get(node, number[node])]
            if p != q and np.isfinite(metres):
                found[p, q] = float(metres)
    return found


def _left_out(net: Attached, found: Chains, tolerance: float) -> list[str]:
    """Notes on what the graph leaves out of a network."""
    notes = []
    seg = net.segments
    closed = found.node[seg.start] == found.node[seg.end]  # tiny rings of joints are no dead ends
    idle = [k for k in found.idle if not (closed[k] and seg.length[k] < tolerance)]
    middles = shapely.line_interpolate_point(net.segments.lines, 0.5, normalized=True)
    if idle:
        length, first = float(seg.length[idle].sum()), middles[idle[0]]
        notes.append(
            f"{len(idle)} pieces of {length:,.0f} m in all lead to no place, such as at ({first.x:.1f}, "
            f"{first.y:.1f}); mains and trenches leave them out"
        )
    for k in found.points:
        if net.segments.kind[k] != "joint":
            where = f"({middles[k].x:.1f}, {middles[k].y:.1f})"
            notes.append(
                f"{float(seg.length[k]):.2f} m at {where} tell no junctions apart; mains and trenches pass them"
            )
    return notes


def _stretch(net: Attached, names: Sequence[str], chain: Chain, kind: str) -> tuple[str, Stretch]:
    """The stretch of a chain, from west to east, and its id."""
    line = chain_line(net, chain)
    if shapely.get_coordinates(line).round(3).tolist() > shapely.get_coordinates(line)[::-1].round(3).tolist():
        chain, line = chain.turned(), line.reverse()
    seg, on = net.segments, [k for k, _ in chain.parts]
    ground = ground_along(net, chain.parts[0])
    length = seg.length[on]
    surfaces: dict[str, float] = {}
    costs: dict[str, float] = {}
    for k, metres in zip(on, length, strict=True):
        surface = seg.ground[k].surface
        surfaces[surface] = surfaces.get(surface, 0.0) + float(metres)
        costs[surface] = costs.get(surface, 0.0) + float(metres * seg.factor[k])
    return _id([net.ids[k] for k in on]), Stretch(
        tail=names[chain.first],
        head=names[chain.last],
        length_m=float(length.sum()),
        civil_length_m=float((length * seg.factor[on] + net.extra[on]).sum()),
        charges=_crossed(net.counts, on),
        surfaces=surfaces,
        segments=tuple(net.ids[k] for k in on),
        corridors=tuple(dict.fromkeys(seg.name[k] for k in on if seg.name[k] and seg.kind[k] == "corridor")),
        kind=kind,
        forbidden=ground.forbidden,
        one_way=dict.fromkeys(sorted(ground.onward), "+") | dict.fromkeys(sorted(ground.backward), "-"),
        max_pipes=ground.max_pipes,
        trench=ground.trench,
        existing=ground.existing,
        line=line,
        extra_m=float(net.extra[on].sum()),
        surface_costs=costs,
    )


def _access(net: Attached, names: Sequence[str], number: int) -> Stretch:
    """The stretch from a place to the network."""
    spur = net.spurs[number]
    if _touches(net, number):
        return Stretch(spur.place, names[net.node[number]], 0.0, 0.0, kind="access", line=spur.line)
    return Stretch(
        tail=spur.place,
        head=names[net.node[number]],
        length_m=spur.length,
        civil_length_m=float(net.spur_cost[number]),
        charges=_crossed(net.spur_counts, [number]),
        surfaces={"": spur.length},
        segments=(net.spur_ids[number],),
        kind="access",
        line=spur.line,
        extra_m=float(net.spur_cost[number] - spur.length),
    )


def _crossed(counts: Mapping[int, Array], rows: Sequence[int]) -> dict[int, float]:
    crossed = {entry: float(count[list(rows)].sum()) for entry, count in counts.items()}
    return {entry: count for entry, count in crossed.items() if count}


def _id(segments: Sequence[str]) -> str:
    """Name of a stretch by the segments at its ends: "west spine / 3", "west spine / 3..5", "spine / 5 .. lane / 1"."""
    ends = sorted({segments[0], segments[-1]}, key=_by_number)
    if len(ends) == 1:
        return ends[0]
    (name, first), (other, last) = (end.rsplit(" / ", 1) if " / " in end else (end, "") for end in ends)
    return f"{name} / {first}..{last}" if name == other and first and last else f"{ends[0]} .. {ends[1]}"


def _by_number(name: str) -> tuple[str, int, str]:
    base, _, number = name.rpartition(" / ")
    return (base, int(number), "") if number.isdigit() else (name, 0, "")
