"""A first plan by local search on siting, for HiGHS to start from.

Where siting is free, good plans come late out of the tree, though each is cheap to make once places are chosen. Three
steps: (1) simulated annealing over the places of all units on a proxy of the goal, (2) the model itself with those
places fixed, (3) its plan handed to HiGHS as a MIP start. The proxy only ranks sitings: what it leaves out costs
quality, never correctness, since (2) is the model and the bound comes from HiGHS alone. Without a plan from (2) there
is no start.

Moves: a unit to another place (or off it, if it need not settle), or two units' places exchanged.
Acceptance by Metropolis, geometric cooling (Kirkpatrick, Gelatt & Vecchi 1983; on quadratic assignment, Burkard &
Rendl 1984). It ends after a number of moves, so that a seed gives one start; only a time limit or an interrupt, which
are not reproducible anyway, end it sooner.
"""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from . import kernel
from .instance import Instance
from .proxy import Proxy, Siting
from .relaxation import Relaxation
from .solution import NoSolution
from .solve import Options, Result, asked, solve


@dataclass(frozen=True)
class Rule:
    """When a start is looked for, and how long.

    Attributes
    ----------
    units, pairs
        Least number of units with more than one place, and of pairs of places between two of them, over all options
        and states. With fewer pairs HiGHS ends at the root within seconds (cases/greenfield: 5,400 pairs), and the
        second or three of the search are lost time; with more its own plans come late (``benchmarks.start``), and so
        they do where each pair has a flow in each of several states (cases/greenfield/seasons.yaml: 4 x 9,212).
    tries
        Runs of the search, each from the same siting with its own seed; the best counts.
    moves
        Moves of a run for each unit with more than one place.
    cold
        Last temperature as a share of the first.
    gap, node_limit
        For the model with the places fixed.
    """

    units: int = 6
    pairs: int = 15_000
    tries: int = 3
    moves: int = 400
    cold: float = 1e-3
    gap: float = 0.005
    node_limit: int = 20


def worth(d: Instance, rule: Rule | None = None) -> bool:
    """Whether siting is free enough for a search to pay."""
    rule = rule or Rule()
    free = {k for k, places in d.admissible.items() if len(places) > 1}
    return len(free) >= rule.units and free_pairs(d) * len(d.states) >= rule.pairs


def free_pairs(d: Instance) -> int:
    """Number of (option, from place, to place) between two units that both have a choice of places."""
    free = {k for k, places in d.admissible.items() if len(places) > 1}
    return sum(
        len(option.pairs)
        for e, x in d.exchanges.items()
        for option in x.options.values()
        if d.stands(d.giver(e)) in free and d.stands(d.taker(e)) in free
    )


def find(
    m: pyo.ConcreteModel, goal: str, relaxed: Relaxation | None, options: Options, rule: Rule | None = None
) -> Result | None:
    """Write a first plan into the variables of a model; None where the search ends without one.

    Parameters
    ----------
    m
        The built model, aimed at the goal.
    goal
        The goal aimed at.
    relaxed
        Its relaxation, solved, where there is one already.
    options
        Seed, threads, interrupt and time limit of the search.
    rule
        How long to look.
    """
    rule = rule or Rule()
    begun = time.perf_counter()
    limit = math.inf if options.time_limit is None else options.time_limit

    def stop() -> bool:  # the other half of the time is for the model
        return time.perf_counter() >= begun + limit / 2 or asked(options.interrupt)

    if stop():
        return None
    if relaxed is None:
        relaxed = Relaxation(m, None if options.time_limit is None else limit / 2)
        try:
            relaxed.solve()
        except NoSolution:  # out of time, or infeasible: then the solve itself says so
            return None
    proxy = Proxy(m, goal, relaxed)
    tries = [anneal(proxy, rule, options.seed + n, stop) for n in range(rule.tries)]
    siting, _ = min(tries, key=lambda found: found[1])
    if proxy.broken(siting) or asked(options.interrupt):
        return None
    left = None if options.time_limit is None else max(0.0, begun + limit - time.perf_counter())
    return complete(
        m, siting, replace(options, gap=rule.gap, node_limit=rule.node_limit, time_limit=left, progress=None)
    )


def complete(m: pyo.ConcreteModel, siting: Siting, options: Options) -> Result | None:
    """Solve the model with each unit on its place or, if it need not be there, away."""
    d: Instance = m.instance
    elsewhere = [v for (k, p), v in m.sited.items() if siting[k] != p]
    for variables in (m.link, m.pair_flow):
        for index, v in variables.items():
            e, _, p, q = index[:4]
            if siting[d.stands(d.giver(e))] != p or siting[d.stands(d.taker(e))] != q:
                elsewhere.append(v)
    for v in elsewhere:
        v.fix(0.0)
    try:
        if kernel.worth(d):
            laid = kernel.find(m, replace(options, time_limit=options.time_limit and 0.8 * options.time_limit))
            options = replace(options, start=laid is not None)
        return solve(m, options)
    except NoSolution:
        return None
    finally:
        for v in elsewhere:
            v.unfix()


def anneal(proxy: Proxy, rule: Rule, seed: int, stop: Callable[[], bool]) -> tuple[Siting, float]:
    """Best siting found by simulated annealing on the proxy, and what it costs there."""
    r = random.Random(seed)
    proxy.place(proxy.first())
    movable = proxy.movable
    best, least = dict(proxy.siting), proxy.cost
    if not movable:
        return best, least
    changes = sorted(abs(proxy.change(proxy.draw(r))) for _ in range(200))
    changes = [change for change in changes if 0 < change < proxy.penalty / 2]
    start = changes[len(changes) // 2] if changes else 1.0
    moves = rule.moves * len(movable)
    temperature, cooling = start, rule.cold ** (1.0 / moves)
    for n in range(moves):
        if n % 256 == 0 and stop():
            break
        move = proxy.draw(r)
        change = proxy.change(move)
        if change <= 0 or r.random() < math.exp(-change / temperature):
            proxy.make(move, change)
            if proxy.cost < least - 1e-9 * abs(least):
                best, least = dict(proxy.siting), proxy.cost
        temperature *= cooling
    return best, least
