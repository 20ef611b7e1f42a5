"""The survey of a case: routes along each network its links follow, and what is wrong where there are none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely

from planner.case.case import Case
from planner.case.layers import Layers
from planner.errors import Fault
from planner.geography.access import Spur, spurs
from planner.geography.connected import access_faults, gap_faults, scraps
from planner.geography.crossings import Crossing, counted, crossings
from planner.geography.distances import CorridorGraph, Pair, Route
from planner.geography.existing import find_mains, marked, with_mains
from planner.geography.graph import corridor_graph
from planner.geography.ground import grounded
from planner.geography.needs import Needs, find_needs, needs_graph
from planner.geography.network import Segments, joined, noded
from planner.geography.overshoots import trimmed
from planner.geography.places import Places
from planner.geography.proposed import STRETCH, proposed_lines
from planner.geography.restricted import has_own_link, restricted_routes, restriction_faults
from planner.geography.routes import Attached, attach, find_routes, segments_frame
from planner.geography.straight import Obstacles, Way, manhattan_ways, straight_ways

#: What is taken where the case has no corridors or roads.
_INSTEAD = {"straight": "straight lines", "manhattan": "Manhattan distances", "proposed": "proposed corridors"}


@dataclass
class Survey:
    """What is known of a case while it is measured, and what was found wrong or worth a word."""

    case: Case
    layers: Layers
    places: Places
    obstacles: Obstacles
    table: dict[Pair, Route]
    faults: list[Fault]
    notes: list[str]
    segments: list[gpd.GeoDataFrame] = field(default_factory=list)
    starts: dict[str, list[shapely.Point]] = field(default_factory=dict)
    nets: dict[str, Attached] = field(default_factory=dict)
    restricted: dict[str, dict[Pair, Route]] = field(default_factory=dict)

    def features(self, network: str) -> list[Crossing]:
        """What ways along a network pay to cross; a network does not cross itself."""
        own = getattr(self.case.geography, network, None)
        found: list[Crossing] = []
        for number, one in enumerate(self.case.geography.crossings, start=1):
            if one.layer != own:
                entry = number if one.charge is not None else 0
                found += crossings(self.layers[f"crossings {number}"], one.extra_length.value, entry)
        return found


def routes_along(survey: Survey, network: str) -> dict[Pair, Route]:
    """Routes along one network; what the case needs and nobody gives is a fault."""
    case, needs = survey.case, find_needs(survey.case, network, survey.places.plots)
    if network == "table" and not case.geography.distances:
        users = ", ".join(sorted(name for name, link in case.links.items() if link.along == "table"))
        words = f'{users}: "along: table" needs a distance table; name it as geography.distances'
        survey.faults.append(Fault("case.yaml", 0, 0, "links", words))
        return {}
    routes: dict[Pair, Route] = {}
    if network != "table":
        routes = _measured(survey, network, needs)
        placed = survey.places.ends()
        given = {pair: way for pair, way in survey.table.items() if not (pair[0] in placed and pair[1] in placed)}
        if given:
            survey.notes.append(f"{network}: places without coordinates are joined by the distance table")
        routes = given | routes
        if network == "corridors":
            survey.restricted = {resource: given | ways for resource, ways in survey.restricted.items()}
    else:
        routes = survey.table
    _not_given(survey, network, (p for p in sorted(needs.firm) if p not in routes))
    return dict(routes)


def _measured(survey: Survey, network: str, needs: Needs) -> dict[Pair, Route]:
    if network in survey.layers:
        return _networked(survey, network, needs)
    way = network
    if network in ("corridors", "roads"):
        way = survey.case.geography.without_corridors
        if survey.places.ends():
            whose = " for links of their own" if network == "corridors" and needs_graph(survey.case) else ""
            survey.notes.append(f"{network}: the case has no such layer; {_INSTEAD[way]} are taken instead{whose}")
    if way == "proposed":
        net = _proposed(survey)
        routes = find_routes(net) if net else {}
        _shut_in(survey, needs, routes)
        return routes
    return _unnetworked(survey, way, needs, survey.features(network))


def _networked(survey: Survey, network: str, needs: Needs) -> dict[Pair, Route]:
    """Routes along corridors or roads."""
    case, said = survey.case, list[str]()
    geography, file = case.geography, str(getattr(case.geography, network))
    segments = _segments(survey, network, said)
    reach = geography.max_access.value
    ends = survey.places.ends()
    found: list[Spur] = []
    for name, shapes in ends.items():
        found += spurs(name, shapes, segments.lines, survey.obstacles, reach)
    for spur in found:
        survey.starts.setdefault(spur.place, []).append(shapely.get_point(spur.line, 0))
    net = attach(segments, found, survey.features(network), network.rstrip("s"))
    routes = find_routes(net)
    said += scraps(net)
    missing = {p for p in needs.firm if p not in routes and p[0] in ends and p[1] in ends}
    words = access_faults(net, missing, survey.places, survey.obstacles, reach)
    words += gap_faults(net, missing, geography.snap_tolerance.value)
    if network == "corridors":
        ways = restricted_routes(net, case)
        wrong, more = restriction_faults(net, case, survey.places.plots, (routes, ways))
        words, said = words + wrong, said + more
        survey.restricted = {resource: found for resource, found in ways.items() if has_own_link(case, resource)}
    survey.faults += [Fault(file, 0, 0, f"geography.{network}", w) for w in words]
    loose = sorted({n for p in needs.loose if p not in routes for n in p if n in case.partners})
    said += [f"partner {n} is not reached along the {network}" for n in loose]
    survey.notes += [f"{file}: {w}" for w in said]
    survey.segments.append(segments_frame(net, network, survey.layers.crs))
    survey.nets[network] = net
    return routes


def _segments(survey: Survey, network: str, said: list[str]) -> Segments:
    """The network of a layer, mended, with the existing mains that lie in the corridors."""
    case, frame = survey.case, survey.layers[network]
    tolerance = case.geography.snap_tolerance.value
    mains = {}
    if network == "corridors":
        frame = grounded(frame, case)
        mains = find_mains(case, survey.layers, survey.faults)
        frame = with_mains(frame, mains, tolerance)
    segments = trimmed(joined(noded(frame, said, tolerance), tolerance, said), tolerance, said)
    return marked(segments, mains, tolerance)


def graph_of(survey: Survey) -> CorridorGraph:
    """The corridor graph: of the corridors of the case, or of those proposed where it has none."""
    said: list[str] = []
    if not survey.places.ends():
        words = "mains and pipes in trenches need to know where the plots are; give coordinates"
        survey.faults.append(Fault("case.yaml", 0, 0, "geography", words))
        return CorridorGraph({}, {}, {})
    net = survey.nets.get("corridors")
    if net is not None:
        graph = corridor_graph(net, said, survey.case.geography.snap_tolerance.value)
        survey.notes += [f"{survey.case.geography.corridors}: {words}" for words in said]
        return graph
    net = _proposed(survey)
    if net is None:
        return CorridorGraph({}, {}, {}, proposed=True)
    graph = corridor_graph(net, said, proposed=True)
    survey.notes.append(
        f"the case has no corridors; {len(graph.stretches)} stretches of {net.segments.length.sum():,.0f} m in all are "
        f"proposed round the obstacles, on which no way is more than {100 * (STRETCH - 1):.0f} % longer than need be"
    )
    return graph


def _proposed(survey: Survey) -> Attached | None:
    """The network of proposed corridors; None where there are no two places to join."""
    if "proposed" in survey.nets:
        return survey.nets["proposed"]
    points, features = survey.places.points(), survey.features("corridors")
    tolerance = survey.case.geography.snap_tolerance.value
    mains = find_mains(survey.case, survey.layers, survey.faults)
    lines = [*proposed_lines(points, survey.obstacles, features), *(line for name in mains for line in mains[name])]
    if not lines:
        return None
    frame = gpd.GeoDataFrame({"name": [None] * len(lines)}, geometry=lines, crs=survey.layers.crs)
    segments = noded(frame, [])
    if mains:
        segments = marked(joined(segments, tolerance, []), mains, tolerance)
    found = [
        Spur(name, shapely.LineString([point, point]))
        for name in sorted(points)
        for point in points[name]
        if shapely.dwithin(point, segments.lines, 1e-6).any()
    ]
    net = attach(segments, found, features, "proposed")
    survey.nets["proposed"] = net
    survey.segments.append(segments_frame(net, "proposed", survey.layers.crs))
    return net


def _unnetworked(survey: Survey, way: str, needs: Needs, features: list[Crossing]) -> dict[Pair, Route]:
    """Straight or Manhattan routes between all placed places."""
    ends = survey.places.points()
    owner = [name for name in sorted(ends) for _ in ends[name]]
    points = np.array([(p.x, p.y) for name in sorted(ends) for p in ends[name]]).reshape(-1, 2)
    pairs = [(i, j) for i in range(len(owner)) for j in range(i + 1, len(owner)) if owner[i] != owner[j]]
    if way == "straight":
        ways = straight_ways(points, pairs, survey.obstacles, features)
    else:
        ways = manhattan_ways(points, pairs, survey.obstacles, features)
        blocked = [pair for pair in pairs if pair not in ways]
        ways |= straight_ways(points, blocked, survey.obstacles, features)
        for p, q in sorted({(owner[i], owner[j]) for i, j in blocked}):
            survey.notes.append(f"{p} to {q}: obstacles block both ways along the axes; straight round them instead")
    routes = _crossed(_best(ways, owner), features)
    _shut_in(survey, needs, routes)
    return routes


def _shut_in(survey: Survey, needs: Needs, routes: Mapping[Pair, Route]) -> None:
    """Faults for places that obstacles keep from each other."""
    ends = survey.places.points()
    missing = {p for p in needs.firm | needs.loose if p not in routes and p[0] in ends and p[1] in ends}
    holds = {n: all(survey.obstacles.holds(p) for p in ends[n]) for pair in missing for n in pair}
    words = [f"{name} lies inside an obstacle; no straight way leads there" for name in sorted(holds) if holds[name]]
    shut = sorted(pair for pair in missing if not (holds[pair[0]] or holds[pair[1]]))
    words += [f"obstacles leave no straight way between {p} and {q}" for p, q in shut]
    file = str(survey.case.geography.obstacles)
    survey.faults += [Fault(file, 0, 0, "geography.obstacles", w) for w in words]


def _crossed(routes: dict[Pair, Route], features: list[Crossing]) -> dict[Pair, Route]:
    """The routes, with their crossings that have a charge."""
    pairs = list(routes)
    counts = counted(np.array([*(routes[pair].path for pair in pairs), None], dtype=object)[:-1], features)
    for number, pair in enumerate(pairs):
        crossed = {entry: float(count[number]) for entry, count in counts.items() if count[number]}
        if crossed:
            routes[pair] = replace(routes[pair], charges=crossed)
    return routes


def _best(ways: dict[tuple[int, int], Way], owner: list[str]) -> dict[Pair, Route]:
    """Cheapest way between two places of several points each, both directions."""
    chosen: dict[Pair, Way] = {}
    for (i, j), way in ways.items():
        pair = owner[i], owner[j]
        if pair not in chosen or way.cost_length_m < chosen[pair].cost_length_m:
            chosen[pair] = way
    routes: dict[Pair, Route] = {}
    for (p, q), way in chosen.items():
        line = shapely.LineString(way.path)
        routes[p, q] = Route(way.length_m, way.cost_length_m, line)
        routes[q, p] = Route(way.length_m, way.cost_length_m, line.reverse())
    return routes


def _not_given(survey: Survey, network: str, missing: Iterable[Pair]) -> None:
    """Faults for distances that the case needs, and that follow neither from coordinates nor from a table."""
    placed = survey.places.ends()
    lost = [pair for pair in missing if network == "table" or pair[0] not in placed or pair[1] not in placed]
    if not lost:
        return
    table = survey.case.geography.distances
    shown = "; ".join(f"{p} - {q}" for p, q in lost[:8]) + (f" and {len(lost) - 8} more" if len(lost) > 8 else "")
    remedy = "add them to the distance table" if table else "give coordinates or a distance table"
    words = f"links along {network} need distances that nobody gave: {shown}; {remedy}"
    survey.faults.append(Fault(table or "case.yaml", 0, 0, "geography.distances" if table else "geography", words))
