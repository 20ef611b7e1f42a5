"""Which named requirements of a park clash, and the least that would have to give.

    min  sum_r slack[r] / size_r + given[r] + sum_kp by_kp sited[k,p] + sum_cq by_cq crowded[c,q]   (X1)
    row_r with  + slack[r]  on its tighter side                 every row of requirement r       (X2)
    sited[k,p] <= given[r]                                      (k,p) breaks requirement r       (X3)
    sited[k,p] + sited[l,q] - 1 <= crowded[c,q]                    conflict c of k on p with l on q (X4)
    taken_in[i,k,t] <= most_ik weight_ik make[i,t]              i the outlet of an operation     (X5)
    taken_in[i,k,t] >= least_ik weight_ik make[i,t]             the same                         (X6)
    0 <= slack[r],  0 <= given[r] <= 1,  0 <= crowded[c,q]

An elastic program (Brown & Graves 1975; Chinneck 2008, ch. 6): each requirement of the user may be broken at a price,
the physics may not. ``size_r`` is the requirement's own bound, so that shares are compared; for a plant that must be
there it is 1/10, so that a rule gives way before a plant is sent away. ``by_kp`` is a tenth of the share by which k on
p breaks what it breaks, ``by_cq`` likewise for two units too near, so that of two places the better one is taken. The
clash itself is found by the deletion filter over requirements (Chinneck & Dravnieks 1991): one requirement after the
other is dropped, and stays dropped where the rest is still infeasible. What remains is irreducible: without any one of
them there is a plan.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyomo.environ as pyo

from .instance import Instance
from .park import build
from .qualities import INFINITY, Mixing
from .solution import NoSolution
from .solve import Options, Result, solve

#: Violations of a relaxed place count once each, beside shares of a bound.
UNIT = 1.0
#: Pipes too many in a trench that count as much as an exchange that is not built.
TRENCH = 4.0
#: Weight of leaving out a plant that must be there: a rule gives way before anybody is sent away.
AWAY = 10.0


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
    proven
        False where a limit ended the search before the set was proven irreducible.
    """

    requirements: tuple[str, ...]
    relaxations: Mapping[str, float]
    proven: bool = True
    places: Mapping[str, str] = field(default_factory=dict)


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
    relaxations, places = _least(m, instance, max(1.0, time_limit / 2), threads)
    names = list(m.REQUIREMENTS)
    kept = list(names)
    proven = True
    for name in sorted(names, key=lambda r: r in relaxations):
        left = end - time.monotonic()
        if left <= 0:
            proven = False
            break
        if not _feasible(m, [r for r in kept if r != name], left, threads):
            kept.remove(name)
    return Clash(tuple(kept), relaxations, proven, places)


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
    rows = _rows(m, d)
    broken = sorted({name for names in d.violations.values() for name in names})
    m.REQUIREMENTS = pyo.Set(initialize=sorted({*rows, *broken}))
    m.slack = pyo.Var(m.REQUIREMENTS, domain=pyo.NonNegativeReals, doc="amount by which a requirement gives")
    m.given = pyo.Var(m.REQUIREMENTS, bounds=(0, 1), doc="1 where a requirement on places gives")
    _soften(m, rows)

    @m.Constraint([(k, p, r) for (k, p), names in d.violations.items() for r in names], doc="X3")
    def place_only_if_given(m, k, p, r):
        return m.sited[k, p] <= m.given[r]

    far = _crowding(m, d) + pyo.quicksum(share * m.sited[k, p] for (k, p), share in _shares(d).items())
    for g in m.GOALS:
        m.goal[g].deactivate()

    @m.Objective(sense=pyo.minimize, doc="X1")
    def least_give(m):
        size = {r: max(1.0, abs(_bound(d, r))) for r in m.REQUIREMENTS}
        size |= {r: 1.0 / AWAY for r in m.REQUIREMENTS if r.startswith("settle:")}
        size |= {r: TRENCH for r in m.REQUIREMENTS if r.startswith(("max_pipes:", "apart:"))}
        return pyo.quicksum(m.slack[r] / size[r] + UNIT * m.given[r] for r in m.REQUIREMENTS) + far

    return m


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


def _bound(d: Instance, requirement: str) -> float:
    kind, _, name = requirement.partition(":")
    return d.limits[name].bound if kind == "limit" and name in d.limits else 1.0


def _rows(m: pyo.ConcreteModel, d: Instance) -> dict[str, list[Any]]:
    """Requirement -> the rows that say it."""
    rows: dict[str, list[Any]] = {}

    def say(requirement: str, row: Any) -> None:
        rows.setdefault(requirement, []).append(row)

    for prefix, component in (
        ("limit", m.limit),
        ("limit", m.limit_with_price),
        ("at_most", m.at_most),
        ("forced", m.forced),
        ("forced", m.forced_on_site),
        ("settle", m.one_place),
        ("settle", m.settles_where_told),
        ("facility", m.forced_facility),
        ("facility", m.forced_measure),
        ("tenants", m.least_tenants),
    ):
        for index in component:
            say("tenants:at_least" if prefix == "tenants" else f"{prefix}:{index}", component[index])
    for c in m.conflict:
        say(d.conflicts[c].requirement, m.conflict[c])
    for n in m.neighbour:
        say(d.neighbours[n].requirement, m.neighbour[n])
    for a in m.room_in_trench:
        say(f"max_pipes:{d.stretches[a].max_pipes}", m.room_in_trench[a])
    for one, other, a in m.apart:
        say(f"apart:{one} | {other}", m.apart[one, other, a])
    for name, row in _qualities(m, d):
        say(name, row)
    return {name: found for name, found in rows.items() if not name.startswith("settle:") or _movable(d, name)}


def _qualities(m: pyo.ConcreteModel, d: Instance) -> Iterator[tuple[str, Any]]:
    """Limits on what a stream holds, where the user's words for them are known."""
    for component in (m.highest_in_mixture, m.lowest_in_mixture, m.highest_outside, m.lowest_outside):
        for index in component:
            name = "quality:" + ":".join(index[-3:-1])  # stream and component
            if name in d.requirements:
                yield name, component[index]
    for component in (m.highest_leaving, m.lowest_leaving):
        for i, k, t in component:
            yield f"outlet:{i}:{k}", component[i, k, t]


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


def _movable(d: Instance, requirement: str) -> bool:
    """Partners are where they are; only plants may be asked to stay away."""
    return d.units[requirement.partition(":")[2]].kind == "plant"


def _soften(m: pyo.ConcreteModel, rows: Mapping[str, list[Any]]) -> None:
    soft = [(r, n) for r, found in rows.items() for n in range(len(found))]

    @m.Constraint(soft, doc="X2")
    def softened(m, r, n):
        row = rows[r][n]
        row.deactivate()
        if row.equality:
            return row.body + m.slack[r] == row.upper
        if row.upper is not None:
            return row.body - m.slack[r] <= row.upper
        return row.body + m.slack[r] >= row.lower


def _least(
    m: pyo.ConcreteModel, d: Instance, time_limit: float, threads: int
) -> tuple[dict[str, float], dict[str, str]]:
    """Smallest relaxations, each in its unit or as the amount the place breaks it by; and who then stands where."""
    found = _solved(m, time_limit, threads)
    if found is None:
        return {}, {}
    amounts = {r: m.slack[r].value for r in m.REQUIREMENTS if (m.slack[r].value or 0.0) > 1e-6}
    for (k, p), names in d.violations.items():
        if (m.sited[k, p].value or 0.0) > 0.5:
            for name, amount in names.items():
                amounts[name] = max(amounts.get(name, 0.0), amount)
    return amounts, {k: p for k, p in m.sited if (m.sited[k, p].value or 0.0) > 0.5}


def _feasible(m: pyo.ConcreteModel, hard: list[str], time_limit: float, threads: int) -> bool:
    """Tell whether a plan exists that keeps all requirements in ``hard``, whatever becomes of the others."""
    keep = set(hard)
    for r in m.REQUIREMENTS:
        m.slack[r].setub(0.0 if r in keep else None)
        m.given[r].setub(0.0 if r in keep else 1.0)
    found = _solved(m, time_limit, threads, feasibility=True)
    for r in m.REQUIREMENTS:
        m.slack[r].setub(None)
        m.given[r].setub(1.0)
    return found is not None


def _solved(m: pyo.ConcreteModel, time_limit: float, threads: int, *, feasibility: bool = False) -> Result | None:
    gap = float("inf") if feasibility else 1e-6
    try:
        return solve(m, Options(time_limit=time_limit, threads=threads, gap=gap))
    except NoSolution as stop:
        if stop.reason in ("infeasible", "limit"):
            return None
        raise
