"""Which named requirements of a park clash, and the least that would have to give.

    min  sum_r slack[r] / size_r + given[r] + sum_kp by_kp sited[k,p] + sum_cq by_cq crowded[c,q]
         + sum_e running[e] / 100 over forbidden e                                               (X1)
    row_r with  + unit_r slack[r]  on its tighter side          every row of requirement r       (X2)
    sited[k,p] <= given[r]                                      (k,p) breaks requirement r       (X3)
    sited[k,p] + sited[l,q] - 1 <= crowded[c,q]                    conflict c of k on p with l on q (X4)
    taken_in[i,k,t] <= most_ik weight_ik make[i,t]              i the outlet of an operation     (X5)
    taken_in[i,k,t] >= least_ik weight_ik make[i,t]             the same                         (X6)
    sum_g capacity[k,g] <= largest_k                            k larger here than the case has it  (X7)
    running[e] <= given[r]                                      the case forbids e by requirement r (X8)
    0 <= slack[r],  0 <= given[r] <= 1,  0 <= crowded[c,q]

An elastic program (Brown & Graves 1975; Chinneck 2008, ch. 6): each requirement of the user may be broken at a price,
the physics may not. ``size_r`` is the requirement's own bound, so that shares are compared; for a plant that must be
there it is 1/10, so that a rule gives way before a plant is sent away. ``unit_r`` is 1 but for the least flow of a
link, which gives by a share: there it is that flow in the hours of the exchange. ``by_kp`` is a tenth of the share by
which k on p breaks what it breaks, ``by_cq`` likewise for two units too near, so that of two places the better one is
taken. The clash itself is found by the deletion filter over requirements (Chinneck & Dravnieks 1991): requirements are
dropped, many at once and then ever fewer, and stay dropped where the rest is still infeasible. What remains is
irreducible: without any one of them there is a plan.

Where outlets mix, both are searched for as a plan is (``bilinear``): the relaxation of the mixtures may have a plan
where they have none, and a way out of it need not be enough. What it asks for is then told as the least there is to do.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pyomo.environ as pyo

from . import bilinear, products
from .asked import Row, held_of, rows_of, whole_of
from .instance import Instance
from .park import build
from .plans import Rule
from .qualities import INFINITY, Mixing
from .solution import NoSolution, Status
from .solve import Options, Result
from .solve import solve as solve_linear

#: Violations of a relaxed place count once each, beside shares of a bound.
UNIT = 1.0
#: Pipes too many in a trench that count as much as an exchange that is not built.
TRENCH = 4.0
#: Weight of an exchange that is forbidden, besides that of its requirement: no more of them than it takes.
OPENED = 0.01
#: Kinds of requirements to be named rather than what a plant needs or a stream may hold: easily changed in the case.
EASY = ("arrives", "capacity", "forbidden", "link", "max_links", "min_activity", "min_flow", "min_run", "recycling")
#: Weight of leaving out a plant that must be there: a rule gives way before anybody is sent away.
AWAY = 10.0
#: Slack that is rounding: a plan found by steps keeps its rows to so much of each requirement.
ROUNDING = 1e-6
#: How long to look for plans of mixtures: power laws by their chords, as in the linear model.
RULE = Rule(rounds=8, laws=False)
#: Share of the time left that one search may take to tell whether mixtures have a plan.
SHARE = 0.25


@dataclass(frozen=True)
class Clash:
    """Requirements that cannot hold together.

    Attributes
    ----------
    requirements
        Names of an irreducible set of requirements that clash; empty where the physics alone is infeasible.
    relaxations
        Requirement -> amount by which it would have to give, in its own unit, in the cheapest way out.
    places
        Unit -> place in that way out.
    opened
        Exchanges that the case forbids and that are built in that way out.
    held
        Requirement on what a stream holds that gives there -> load and weight of that stream [load/yr, weight/yr].
    smallest
        False where a limit ended the search for a cheaper way out.
    enough
        False where no plan with these relaxations was found, only a relaxation of its mixtures.
    proven
        False where a limit ended the search before the set was proven irreducible.
    """

    requirements: tuple[str, ...]
    relaxations: Mapping[str, float]
    proven: bool = True
    places: Mapping[str, str] = field(default_factory=dict)
    opened: tuple[str, ...] = ()
    smallest: bool = True
    held: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    enough: bool = True


def clash(instance: Instance, *, time_limit: float = 60.0, threads: int = 1) -> Clash:
    """Find which requirements of an infeasible park clash.

    Parameters
    ----------
    instance
        A relaxed instance: inadmissible places are in it, with the requirements they break in ``violations``.
    time_limit
        Seconds for the whole search.
    threads
        Threads of each solve.

    Returns
    -------
    Clash
        An irreducible set and the smallest relaxations.
    """
    end = time.monotonic() + time_limit
    m = elastic(instance)
    names = sorted(m.REQUIREMENTS, key=lambda r: (_kind(r) in EASY, r))
    way = _least(m, instance, max(1.0, time_limit / 2), threads) or _WayOut({}, {}, (), optimal=False)
    giving = [r for r in names if r in way.amounts]
    lists = [giving, [r for r in names if r not in way.amounts]]
    kept, proven = _irreducible(m, [chunk for chunk in lists if chunk], end, threads)
    if _mixes(m) and len(way.amounts) > 1:
        way = _single(m, instance, kept, end, threads) or way
    return Clash(kept, way.amounts, proven, way.places, way.opened, way.optimal, way.held, way.enough)


def _irreducible(
    m: pyo.ConcreteModel, waiting: list[list[str]], end: float, threads: int
) -> tuple[tuple[str, ...], bool]:
    """Requirements that clash, and whether none of them can be left out.

    The last of the lists is dropped first, and of a list the first: what comes later is more worth naming.
    """
    kept, proven = {r for chunk in waiting for r in chunk}, True
    while waiting:
        chunk, left = waiting.pop(), end - time.monotonic()
        if left <= 0:
            return tuple(sorted(kept)), False
        rest = kept - set(chunk)
        feasible = _feasible(m, rest, left * SHARE if _mixes(m) else left, threads)
        if feasible is False:
            kept = rest
        elif len(chunk) > 1:
            half = len(chunk) // 2
            waiting += [chunk[half:], chunk[:half]]
        else:
            proven = proven and feasible is True
    return tuple(sorted(kept)), proven


def _single(m: pyo.ConcreteModel, d: Instance, kept: Iterable[str], end: float, threads: int) -> "_WayOut | None":
    """The cheapest way out by one requirement alone, of those that clash; loads of streams compare badly with it."""
    found: list[_WayOut] = []
    for r in kept:
        left = end - time.monotonic()
        if left > 0 and _kind(r) != "settle":
            way = _way_out(m, d, set(m.REQUIREMENTS) - {r}, left * SHARE, threads)
            found += [way] if way is not None and len(way.amounts) == 1 else []
    return min(found, key=lambda way: way.weighed, default=None)


def elastic(d: Instance) -> pyo.ConcreteModel:
    """Build the elastic model of a park.

    Parameters
    ----------
    d
        The relaxed instance.

    Returns
    -------
    pyo.ConcreteModel
        The park with ``slack`` and ``given`` per requirement, aimed at the least sum of relative slacks.
    """
    m = build(d)
    _outlets(m, d)
    _capacities(m, d)
    rows = rows_of(m, d)
    broken = {name for names in d.violations.values() for name in names} | {*d.relaxed.forbidden.values()}
    m.REQUIREMENTS = pyo.Set(initialize=sorted({*rows, *broken}))
    m.slack = pyo.Var(m.REQUIREMENTS, domain=pyo.NonNegativeReals, doc="amount by which a requirement gives")
    m.given = pyo.Var(m.REQUIREMENTS, bounds=(0, 1), doc="1 where a requirement on places gives")
    _soften(m, rows)

    @m.Constraint([(k, p, r) for (k, p), names in d.violations.items() for r in names], doc="X3")
    def place_only_if_given(m, k, p, r):
        return m.sited[k, p] <= m.given[r]

    @m.Constraint(list(d.relaxed.forbidden), doc="X8")
    def runs_only_if_given(m, e):
        return m.running[e] <= m.given[d.relaxed.forbidden[e]]

    far = _crowding(m, d) + pyo.quicksum(share * m.sited[k, p] for (k, p), share in _shares(d).items())
    far += OPENED * pyo.quicksum(m.running[e] for e in d.relaxed.forbidden)
    for g in m.GOALS:
        m.goal[g].deactivate()

    @m.Objective(sense=pyo.minimize, doc="X1")
    def least_give(m):
        size = {r: max(1.0, whole_of(d, r)) for r in m.REQUIREMENTS}
        size |= {r: 1.0 / AWAY for r in m.REQUIREMENTS if r.startswith("settle:")}
        size |= {r: TRENCH for r in m.REQUIREMENTS if r.startswith(("max_pipes:", "apart:"))}
        return pyo.quicksum(m.slack[r] / size[r] + UNIT * m.given[r] for r in m.REQUIREMENTS) + far

    m.mixing_case = bilinear.SEARCHED if products.spread(m) else ""  # outlets at their highest need not be best here
    m.engine, m.mixing_rule = "auto", RULE
    return m


def _mixes(m: pyo.ConcreteModel) -> bool:
    """Whether what outlets hold is open, so that plans are searched for."""
    return bool(m.mixing_case)


def _solve(m: pyo.ConcreteModel, options: Options, *, relaxed: bool = False) -> Result:
    """Solve the elastic model; ``relaxed``: mixtures in their relaxation, if any are."""
    return bilinear.solve(m, options) if _mixes(m) and not relaxed else solve_linear(m, options)


def _crowding(m: pyo.ConcreteModel, d: Instance) -> Any:
    """A tenth of the sum of shares by which units are too near to each other, the worst pair of each rule being 1."""
    worst: dict[str, float] = {}
    for rule in d.conflicts:
        for amount in rule.amounts.values():
            worst[rule.requirement] = max(worst.get(rule.requirement, 0.0), amount)
    pairs = {
        (c, q): amount / worst[rule.requirement]
        for c, rule in enumerate(d.conflicts)
        for q, amount in rule.amounts.items()
        if amount > 0 and {(d.stands(rule.unit), rule.place), (d.stands(rule.other), q)} <= set(m.SITINGS)
    }
    m.crowded = pyo.Var(list(pairs), domain=pyo.NonNegativeReals, doc="1 where both units of a conflict stand too near")

    @m.Constraint(list(pairs), doc="X4")
    def too_near(m, c, q):
        rule = d.conflicts[c]
        return m.sited[d.stands(rule.unit), rule.place] + m.sited[d.stands(rule.other), q] - 1 <= m.crowded[c, q]

    return 0.1 * pyo.quicksum(share * m.crowded[key] for key, share in pairs.items())


def _shares(d: Instance) -> dict[tuple[str, str], float]:
    """A tenth of the sum of shares by which a unit on a place breaks requirements, the worst place of each being 1."""
    worst: dict[str, float] = {}
    for names in d.violations.values():
        for name, amount in names.items():
            worst[name] = max(worst.get(name, 0.0), amount)
    return {
        key: 0.1 * sum(amount / worst[name] for name, amount in names.items() if worst[name] > 0)
        for key, names in d.violations.items()
    }


def _outlets(m: pyo.ConcreteModel, d: Instance) -> None:
    """Largest outlets of operations as rows, which bounds of their contents leave open here."""
    x = d.mixing or Mixing({}, {}, {})
    bounds = {(i, k): b for i, limits in x.leaving.items() for k, b in limits.items() if (i, k) in m.OUTLETS}

    def give(i, k, t):
        """What the outlet gives, in the weight of the component."""
        return x.weights[i][k] * m.make[i, t]

    @m.Constraint([key for key, b in bounds.items() if b.most < INFINITY], d.states, doc="X5")
    def highest_leaving(m, i, k, t):
        return m.taken_in[i, k, t] <= bounds[i, k].most * give(i, k, t)

    @m.Constraint([key for key, b in bounds.items() if b.least > -INFINITY], d.states, doc="X6")
    def lowest_leaving(m, i, k, t):
        return m.taken_in[i, k, t] >= bounds[i, k].least * give(i, k, t)


def _capacities(m: pyo.ConcreteModel, d: Instance) -> None:
    """Largest capacities of facilities as rows, which their segments leave open here."""

    @m.Constraint(list(d.relaxed.capacities), doc="X7")
    def capacity_of_case(m, k):
        return pyo.quicksum(m.capacity[k, g] for g in d.facilities[k].segments) <= d.relaxed.capacities[k]


def _soften(m: pyo.ConcreteModel, rows: Mapping[str, list[Row]]) -> None:
    soft = [(r, n) for r, found in rows.items() for n in range(len(found))]

    @m.Constraint(soft, doc="X2")
    def softened(m, r, n):
        row, unit = rows[r][n]
        row.deactivate()
        if row.equality:
            return row.body + unit * m.slack[r] == row.upper
        if row.upper is not None:
            return row.body - unit * m.slack[r] <= row.upper
        return row.body + unit * m.slack[r] >= row.lower


@dataclass(frozen=True)
class _WayOut:
    """What gives and by how much, who then stands where, which forbidden exchanges are built; and if it is cheapest.

    Also what the streams hold whose limits give, whether mixtures have such a plan, and the sum of what gives (X1).
    """

    amounts: dict[str, float]
    places: dict[str, str]
    opened: tuple[str, ...]
    optimal: bool
    held: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    enough: bool = True
    weighed: float = 0.0


def _least(m: pyo.ConcreteModel, d: Instance, time_limit: float, threads: int) -> _WayOut | None:
    """The smallest relaxations.

    What is easily changed is kept at first: that is a smaller search, whose answer the whole one starts from, and the
    better answer where otherwise more requirements than these would have to give.
    """
    end = time.monotonic() + time_limit
    first = _way_out(m, d, {r for r in m.REQUIREMENTS if _kind(r) in EASY}, time_limit * 2 / 3, threads)
    left = end - time.monotonic()
    whole = _way_out(m, d, set(), left, threads, start=first is not None) if left > 0 else None
    if whole is None and first is None and _mixes(m):
        whole = _way_out(m, d, set(), time_limit / 4, threads, relaxed=True)
        return None if whole is None or not whole.amounts else replace(whole, enough=False)
    if whole is None:
        return None if first is None else replace(first, optimal=False)
    return first if first is not None and first.amounts.keys() < whole.amounts.keys() else whole


def _kind(requirement: str) -> str:
    return requirement.partition(":")[0]


def _way_out(
    m: pyo.ConcreteModel,
    d: Instance,
    hard: set[str],
    time_limit: float,
    threads: int,
    *,
    start: bool = False,
    relaxed: bool = False,
) -> _WayOut | None:
    """The cheapest way out that keeps what is ``hard``; None where none is found."""
    with _keeping(m, hard):
        try:
            found = _solve(m, Options(time_limit=time_limit, threads=threads, start=start), relaxed=relaxed)
        except NoSolution as stop:
            if stop.reason in ("infeasible", "limit"):
                return None
            raise
    slack = {r: float(m.slack[r].value or 0.0) for r in m.REQUIREMENTS}
    amounts = {r: amount for r, amount in slack.items() if amount > ROUNDING * max(1.0, whole_of(d, r))}
    places = {k: p for k, p in m.sited if (m.sited[k, p].value or 0.0) > 0.5}
    for key in places.items():
        for name, amount in d.violations.get(key, {}).items():
            amounts[name] = max(amounts.get(name, 0.0), amount)
    opened = tuple(e for e in d.relaxed.forbidden if (pyo.value(m.running[e]) or 0.0) > 0.5)
    amounts |= {d.relaxed.forbidden[e]: 1.0 for e in opened}
    optimal, held = found.status is Status.OPTIMAL, held_of(m, d, amounts)
    return _WayOut(amounts, places, opened, optimal, held, weighed=found.objective)


def _feasible(m: pyo.ConcreteModel, hard: set[str], time_limit: float, threads: int) -> bool | None:
    """Tell whether a plan keeps all requirements in ``hard``, whatever becomes of the others; None if time ran out."""
    with _keeping(m, hard):
        try:
            _solve(m, Options(time_limit=time_limit, threads=threads, gap=float("inf")))
        except NoSolution as stop:
            if stop.reason in ("infeasible", "limit"):
                return False if stop.reason == "infeasible" else None
            raise
    return True


@contextmanager
def _keeping(m: pyo.ConcreteModel, hard: set[str]) -> Iterator[None]:
    """Let nothing give of what is ``hard``."""
    for r in hard:
        m.slack[r].setub(0.0)
        m.given[r].setub(0.0)
    try:
        yield
    finally:
        for r in hard:
            m.slack[r].setub(None)
            m.given[r].setub(1.0)
