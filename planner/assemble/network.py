"""What lies along corridors: mains, ways of pipes in shared trenches, and the stretches any of them may use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.instance import ExchangeData
from models.network import Node, PathData, StretchData, StretchId
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.mains import Main, mains_of
from planner.assemble.ways import Geometry, Way
from planner.case.case import Case
from planner.geography.distances import Stretch

#: What an exchange may be built by, by exchange.
Ways = Mapping[str, tuple[Way, ...]]


@dataclass(frozen=True)
class Network:
    """The corridor graph as far as it can be of use, and what may lie along it.

    Attributes
    ----------
    nodes, junctions
        Place -> node, of the places that something along a corridor may join; of these nodes those that ways pass.
    stretches
        As the mathematics see them; ``drawn`` has the same as the geography does.
    paths
        (exchange, copy) -> where its pipe may run.
    """

    nodes: Mapping[str, Node] = field(default_factory=dict)
    stretches: Mapping[StretchId, StretchData] = field(default_factory=dict)
    drawn: Mapping[StretchId, Stretch] = field(default_factory=dict)
    mains: Mapping[str, Main] = field(default_factory=dict)
    paths: Mapping[tuple[str, int], PathData] = field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()
    junctions: frozenset[Node] = frozenset()

    def longest(self, e: str, copy: int) -> float:
        """Length of all stretches where a pipe may run [km]."""
        path = self.paths.get((e, copy))
        return 0.0 if path is None else sum(self.stretches[a].length for a in path.stretches)


def network_of(
    geometry: Geometry,
    deals: Mapping[str, Deal],
    ways: Ways,
    exchanges: Mapping[str, ExchangeData],
    findings: Findings,
) -> Network:
    """Everything along corridors that the kept exchanges may use."""
    graph = geometry.distances.graph
    if graph is None:
        return Network()
    mains = mains_of(geometry, deals, ways, exchanges, findings)
    paths = _paths(geometry, deals, {e: ways[e] for e in exchanges})
    trenched = {a for main in mains.values() if main.data.in_trench for a in main.data.beds}
    trenched |= {a for path in paths.values() for a in path.stretches}
    used = trenched.union(*(main.data.beds for main in mains.values()))
    drawn = {a: stretch for a, stretch in graph.stretches.items() if a in used}
    stretches = {a: _stretch(geometry.case, stretch, a in trenched) for a, stretch in drawn.items()}
    joined = {
        place
        for e in exchanges
        for way in ways[e]
        if way.main is not None or way.trench == "shared"
        for pair in way.pairs
        for place in pair
    }
    nodes = {place: node for place, node in graph.places.items() if place in joined}
    junctions = graph.junctions & frozenset(nodes.values())
    return Network(nodes, stretches, drawn, mains, paths, _kept_apart(geometry.case, mains, paths), junctions)


def _stretch(case: Case, stretch: Stretch, trenched: bool) -> StretchData:
    """The stretch as the mathematics see it; ``trenched`` where something may lie there that needs a trench."""
    trenches, most = case.trenches, stretch.max_pipes
    if most is None and trenches is not None:
        most = trenches.max_pipes
    if stretch.free:
        return StretchData(stretch.tail, stretch.head, 0.0, trench=False, free=True)
    due = trenched and trenches is not None and trenches.shared and stretch.trench != "existing"
    return StretchData(stretch.tail, stretch.head, stretch.length_m / 1000.0, due, most)


def _paths(geometry: Geometry, deals: Mapping[str, Deal], ways: Ways) -> dict[tuple[str, int], PathData]:
    """Where pipes of one exchange in shared trenches may run, by exchange and copy."""
    paths = {}
    for e, options in ways.items():
        by_copy: dict[int, list[Way]] = {}
        for way in options:
            if way.trench == "shared":
                by_copy.setdefault(way.copy, []).append(way)
        for copy, members in by_copy.items():
            paths[e, copy] = _path(geometry, deals[e].source.resource, members)
    return paths


def _path(geometry: Geometry, resource: str, ways: Iterable[Way]) -> PathData:
    reach = geometry.reach(resource)
    assert reach is not None
    stretches: dict[StretchId, tuple[bool, bool]] = {}
    straight = False
    for way in ways:
        assert way.data is not None
        straight = way.straight
        found = reach.within(way.pairs, None if straight else way.data.max_length)
        for a, (forward, backward) in found.items():
            before = stretches.get(a, (False, False))
            stretches[a] = (forward or before[0], backward or before[1])
    return PathData(resource, stretches, straight)


def _kept_apart(
    case: Case, mains: Mapping[str, Main], paths: Mapping[tuple[str, int], PathData]
) -> tuple[tuple[str, str], ...]:
    """Rules on pairs of resources of which both may lie along a corridor."""
    there = {main.resource for main in mains.values()} | {path.resource for path in paths.values()}
    rules = () if case.trenches is None else case.trenches.apart
    return tuple((one, other) for one, other in rules if {one, other} <= there)


def with_losses(ways: Ways, mains: Mapping[str, Main]) -> dict[str, tuple[Way, ...]]:
    """Ways that know whether their main loses anything on the stretches it may really use."""
    lossy = {name for name, main in mains.items() if main.loses}
    return {
        e: tuple(replace(way, loses=way.main in lossy) if way.main else way for way in options)
        for e, options in ways.items()
    }


def words_of(network: Network) -> dict[str, str]:
    """The user's words for what limits a trench, by requirement."""
    words = {
        f"apart:{one} | {other}": f"trenches.apart: {one} and {other} never lie in one trench"
        for one, other in network.apart
    }
    for most in {data.max_pipes for data in network.stretches.values() if data.max_pipes is not None}:
        pipes = "one pipe" if most == 1 else f"{most} pipes"
        words[f"max_pipes:{most}"] = f"max_pipes of trenches or of geography.corridors: at most {pipes} in one trench"
    return words
