"""Trenches: civil works on a stretch, dug once and shared by the pipes that lie in it.

    sum_{z new} laid[n,a,z] <= most_na dug[a]                           n main                   (D1)
    sum_d path[e,c,a,d] <= dug[a]                                       pipe of one exchange     (D2)
    sum_{n,z} laid[n,a,z] + sum_{e,c,d} path[e,c,a,d] <= pipes_a        pipes_a finite           (D3)
    has[r,a] + has[r',a] <= 1                                           r, r' apart              (D4)
    used[n,a] <= has[r,a], sum_d path[e,c,a,d] <= has[r,a]              r the resource of n, e   (D5)

dug is binary and exists where civil works are due: not where a trench lies open, nor where no pipe may lie. has is
continuous: whole wherever used and path are. Existing pipes need no trench, but count among the pipes while in
service; a main on a rack (in_trench is False) has no part in this. Every use of a trench has a row of its own (one a
pipe, not one for all): that is what makes the relaxation pay for the trench in full as soon as one pipe is laid in
full.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Trenches and the rules on what lies in them; after mains and paths."""
    laid = {
        (n, a): [m.laid[n, a, z] for z, pipe in d.mains[n].beds[a].pipes.items() if not pipe.existing]
        for n, a in m.BEDS
        if d.mains[n].in_trench
    }
    lying: dict[tuple[str, int, str], list[Any]] = {}
    for e, c, a, way in m.RUNS:
        lying.setdefault((e, int(c), a), []).append(m.path[e, c, a, way])
    wanted = {a for (_, a), pipes in laid.items() if pipes} | {a for _, _, a in lying}
    m.TRENCHES = pyo.Set(initialize=[a for a, x in d.stretches.items() if x.trench and a in wanted])
    m.dug = pyo.Var(m.TRENCHES, domain=pyo.Binary, doc="k_a: a trench is dug on stretch a")

    @m.Constraint([(n, a) for (n, a), pipes in laid.items() if pipes and a in m.TRENCHES], doc="D1")
    def main_in_trench(m, n, a):
        bed = d.mains[n].beds[a]
        return pyo.quicksum(laid[n, a]) <= bed.parallel * m.dug[a]

    @m.Constraint([key for key in lying if key[2] in m.TRENCHES], doc="D2")
    def pipe_in_trench(m, e, c, a):
        return pyo.quicksum(lying[e, c, a]) <= m.dug[a]

    _limits(m, d, lying)


def _limits(m: pyo.ConcreteModel, d: Instance, lying: dict[tuple[str, int, str], list[Any]]) -> None:
    pipes: dict[str, list[Any]] = {}
    beds = [(n, a) for n, a in m.BEDS if d.mains[n].in_trench]
    for n, a in beds:
        pipes.setdefault(a, []).extend(m.laid[n, a, z] for z in d.mains[n].beds[a].pipes)
    for (_, _, a), ways in lying.items():
        pipes.setdefault(a, []).extend(ways)

    @m.Constraint([a for a, x in d.stretches.items() if x.max_pipes is not None and a in pipes], doc="D3")
    def room_in_trench(m, a):
        return pyo.quicksum(pipes[a]) <= d.stretches[a].max_pipes

    there: dict[str, set[str]] = {}
    for n, a in beds:
        there.setdefault(d.mains[n].resource, set()).add(a)
    for e, c, a in lying:
        there.setdefault(d.paths[e, c].resource, set()).add(a)
    both = [
        (one, other, a)
        for one, other in d.apart
        for a, stretch in d.stretches.items()
        if not stretch.free and a in there.get(one, set()) & there.get(other, set())
    ]
    m.KEPT_APART = pyo.Set(
        dimen=2, initialize=list(dict.fromkeys((r, a) for one, other, a in both for r in (one, other)))
    )
    m.has = pyo.Var(m.KEPT_APART, bounds=(0, 1), doc="1 where a resource kept apart lies on a stretch")

    @m.Constraint(both, doc="D4")
    def apart(m, one, other, a):
        return m.has[one, a] + m.has[other, a] <= 1

    @m.Constraint([(n, a) for n, a in beds if (d.mains[n].resource, a) in m.KEPT_APART], doc="D5")
    def main_is_there(m, n, a):
        return m.used[n, a] <= m.has[d.mains[n].resource, a]

    @m.Constraint([key for key in lying if (d.paths[key[0], key[1]].resource, key[2]) in m.KEPT_APART], doc="D5")
    def pipe_is_there(m, e, c, a):
        return pyo.quicksum(lying[e, c, a]) <= m.has[d.paths[e, c].resource, a]
