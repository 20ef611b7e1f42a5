"""A first plan for parks with mains and trenches: site as if links were dedicated, lay pipes, site again.

(1) The park without pipes: every way over a main or through trenches costs what its shortest way would cost alone, so
that the rest is an ordinary siting problem (:func:`dedicated`). (2) The model itself with those places fixed, where the
relaxation of mains is strong. (3) The park without pipes again, at marginal prices: trenches and pipes that (2) laid
cost nothing more. (2) and (3) in turn until nothing moves or nothing is gained. What is best so far is only a start:
the plan and its bound come from the model with everything free.
"""

import heapq
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from . import goal as goals
from . import park
from .instance import Account, Instance, OptionData
from .network import PipeData
from .solution import NoSolution
from .solve import Options, Result, asked, solve
from .start import complete

Booked = dict[Account, float]
#: stretch -> what a pipe of one exchange on it costs, by account
Prices = Callable[[str, str, float], Mapping[str, Booked]]
#: Families that only exist with pipes.
PIPES = ("laid", "sized", "through", "fitted", "working", "dug", "detour", "path", "arrived")


@dataclass(frozen=True)
class Rule:
    """How long to look.

    Attributes
    ----------
    rounds
        Most rounds of siting and laying.
    siting_gap, laying_gap
        Gaps of both.
    siting_share, laying_share
        Shares of what is left of a time limit that one siting and one laying may take.
    nodes
        Most nodes of the tree of one siting or laying.
    """

    rounds: int = 4
    siting_gap: float = 0.005
    laying_gap: float = 0.003
    siting_share: float = 0.3
    laying_share: float = 0.7
    nodes: int = 200


def worth(d: Instance) -> bool:
    """Whether there are pipes to lay and places to choose."""
    return bool(d.mains or d.paths) and any(len(places) > 1 for places in d.admissible.values())


def find(m: pyo.ConcreteModel, goal: str, options: Options, rule: Rule | None = None) -> Result | None:
    """Write a first plan into the variables of a model; None where none is found.

    Parameters
    ----------
    m
        The built model, aimed at the goal.
    goal
        The goal aimed at.
    options
        Seed, threads, interrupt and time limit of the search.
    rule
        How long to look.
    """
    rule = rule or Rule()
    end = math.inf if options.time_limit is None else time.perf_counter() + options.time_limit
    best: tuple[Result, list[tuple[pyo.Var, float | None]]] | None = None
    seen: set[frozenset[tuple[str, str]]] = set()
    priced = _alone(m.instance)
    for _ in range(rule.rounds):
        siting = _site(m.instance, goal, priced, _within(options, end, rule.siting_share, rule.siting_gap, rule))
        where = frozenset((k, p) for k, p in (siting or {}).items() if p is not None)
        if siting is None or where in seen or asked(options.interrupt):
            break
        seen.add(where)
        result = complete(m, siting, _within(options, end, rule.laying_share, rule.laying_gap, rule))
        if result is None:
            break
        priced = _beside(m)
        if best is not None and result.objective >= best[0].objective - 1e-9 * abs(best[0].objective):
            break
        best = result, [(v, v.value) for v in m.component_data_objects(pyo.Var)]
    if best is None:
        return None
    for variable, value in best[1]:
        variable.set_value(value, skip_validation=True)
    return best[0]


def _within(options: Options, end: float, share: float, gap: float, rule: Rule) -> Options:
    left = None if math.isinf(end) else max(0.0, share * (end - time.perf_counter()))
    return replace(
        options, gap=max(gap, options.gap), time_limit=left, node_limit=rule.nodes, progress=None, start=False
    )


def _site(d: Instance, goal: str, priced: Prices, options: Options) -> dict[str, str | None] | None:
    """Place of each unit in the best plan without pipes, None for who stays away."""
    m = park.build(dedicated(d, priced))
    goals.aim(m, goal)
    try:
        solve(m, options)
    except NoSolution:
        return None
    places: dict[str, str | None] = dict.fromkeys(k for k, _ in m.SITINGS)
    for (k, p), v in m.sited.items():
        if pyo.value(v) > 0.5:
            places[k] = p
    return places


def dedicated(d: Instance, priced: Prices) -> Instance:
    """The park with a link of its own for every exchange over a main or through trenches, at given prices."""
    effects = {family: dict(booked) for family, booked in d.effects.items() if family not in PIPES}
    flows, links = effects.setdefault("flow", {}), effects.setdefault("link", {})
    for (e, s, t), arriving in d.effects.get("arrived", {}).items():
        flows[e, s, t] = _sum(flows.get((e, s, t), {}), arriving)
    exchanges = {}
    for e, x in d.exchanges.items():
        options = {}
        for s, option in x.options.items():
            options[s] = replace(option, main=None, in_trench=False, owed_per_km={})
            if option.main is None and not option.in_trench:
                continue
            costs = priced(e, s, _peak(d, e, s, option))
            for p, ways in _from_each(d, costs, {p for p, _ in option.pairs}).items():
                for a, q in option.pairs:
                    if a == p and q in ways:
                        links[e, s, p, q] = _sum(links.get((e, s, p, q), {}), ways[q])
        exchanges[e] = replace(x, options=options)
    return replace(d, exchanges=exchanges, effects=effects, nodes={}, stretches={}, mains={}, paths={}, apart=())


def _peak(d: Instance, e: str, s: str, option: OptionData) -> float:
    """Largest peak rate of an option over a main [unit/h]; 0 for one of its own size."""
    if option.main is None:
        return 0.0
    hours = d.mains[option.main].users[e, s]
    return max((option.max_flow[t] / hours[t] for t in d.states if hours[t] > 0), default=0.0)


def _sum(*parts: Mapping[Account, float]) -> Booked:
    total: Booked = {}
    for part in parts:
        for account, effect in part.items():
            total[account] = total.get(account, 0.0) + effect
    return total


def _alone(d: Instance) -> Prices:
    """Prices of pipes and trenches where nothing lies yet."""

    def priced(e: str, s: str, peak: float) -> dict[str, Booked]:
        return {a: _sum(_pipe(d, e, s, a, peak), d.effects.get("dug", {}).get((a,), {})) for a in _stretches(d, e, s)}

    return priced


def _beside(m: pyo.ConcreteModel) -> Prices:
    """Prices beside what the values of a model lay: trenches there are free, and so are pipes of the same main."""
    d: Instance = m.instance
    dug = {a for a in m.TRENCHES if pyo.value(m.dug[a]) > 0.5}
    laid = {(n, a) for n, a, z in m.PIPES if pyo.value(m.laid[n, a, z]) > 0.5}

    def priced(e: str, s: str, peak: float) -> dict[str, Booked]:
        main = d.exchanges[e].options[s].main
        return {
            a: _sum(
                {} if main is not None and (main, a) in laid else _pipe(d, e, s, a, peak),
                {} if a in dug else d.effects.get("dug", {}).get((a,), {}),
            )
            for a in _stretches(d, e, s)
        }

    return priced


def _stretches(d: Instance, e: str, s: str) -> Iterable[str]:
    option = d.exchanges[e].options[s]
    return d.paths[e, option.copy].stretches if option.main is None else d.mains[option.main].beds


def _pipe(d: Instance, e: str, s: str, a: str, peak: float) -> Booked:
    """What a pipe for one exchange alone costs on a stretch; nothing where its price is on its pair of places."""
    main = d.exchanges[e].options[s].main
    if main is None:
        return {}
    pipes = d.mains[main].beds[a].pipes
    if not pipes:
        return {}  # a place is on the network there
    wide = {z: pipe for z, pipe in pipes.items() if pipe.capacity >= peak} or _widest(pipes)
    laid, sized = d.effects.get("laid", {}), d.effects.get("sized", {})
    costs = []
    for z, pipe in wide.items():
        by_capacity = sized.get((main, a, z), {}) if pipe.sized else {}
        room = min(max(peak, pipe.low), pipe.capacity)
        costs.append(_sum(laid.get((main, a, z), {}), {x: room * v for x, v in by_capacity.items()}))
    return min(costs, key=lambda cost: _money(d, cost), default={})


def _widest(pipes: Mapping[str, PipeData]) -> dict[str, PipeData]:
    z = max(pipes, key=lambda z: pipes[z].capacity)
    return {z: pipes[z]}


def _money(d: Instance, cost: Mapping[Account, float]) -> float:
    weights = d.totals["total_annual_cost"]
    return sum(weights.get(account, 0.0) * effect for account, effect in cost.items())


def _from_each(d: Instance, costs: Mapping[str, Booked], places: Iterable[str]) -> dict[str, dict[str, Booked]]:
    """Place -> place -> what the cheapest way between them costs, over stretches with these prices."""
    ways: dict[str, list[tuple[str, str]]] = {}
    for a in costs:
        stretch = d.stretches[a]
        ways.setdefault(stretch.tail, []).append((stretch.head, a))
        ways.setdefault(stretch.head, []).append((stretch.tail, a))
    weight = {a: max(_money(d, cost), 0.0) + 1e-6 * d.stretches[a].length for a, cost in costs.items()}
    return {p: _cheapest(d, d.nodes[p], ways, weight, costs) for p in places}


def _cheapest(
    d: Instance,
    start: str,
    ways: Mapping[str, list[tuple[str, str]]],
    weight: Mapping[str, float],
    costs: Mapping[str, Booked],
) -> dict[str, Booked]:
    at: dict[str, list[str]] = {}
    for place, node in d.nodes.items():
        at.setdefault(node, []).append(place)
    found: dict[str, Booked] = {}
    cost: dict[str, Booked] = {start: {}}
    far = {start: 0.0}
    todo, done = [(0.0, start)], set()
    while todo:
        here, node = heapq.heappop(todo)
        if node in done:
            continue
        done.add(node)
        found |= dict.fromkeys(at.get(node, ()), cost[node])
        if node in d.closed and node != start:
            continue  # nothing passes it
        for other, a in ways.get(node, ()):
            if here + weight[a] < far.get(other, math.inf):
                far[other] = here + weight[a]
                cost[other] = _sum(cost[node], costs[a])
                heapq.heappush(todo, (far[other], other))
    return found
