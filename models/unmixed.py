"""What may not mix: over a main, and behind a unit that regenerates without recycling.

    content[i,k,t] <= most_jk + (high_ikt - most_jk) (1 - built[e,s])          e = (i -> j) over a main (U1)
    content[i,k,t] >= least_jk - (least_jk - low_ikt) (1 - built[e,s])         e = (i -> j) over a main (U2)
    content[i,k,t] <= most_jk + (high_ikt - most_jk) (2 - built[e,s] - built[f,r])   e from i, f to j   (U3)
    content[i,k,t] >= least_jk - (least_jk - low_ikt) (2 - built[e,s] - built[f,r])  e from i, f to j   (U4)
    built[e,s] = 0                                              source of e alone does not fit   (U5)
    built[e,s] + built[f,r] <= 1                                source of e does not fit sink of f (U6)
    after[u,n] >= running[e]                                    e from unit u into node n        (U7)
    after[u,n] >= after[u,l] + running[e] - 1                   e from node l into node n        (U8)
    after[u,n] + running[e] <= 1                                e from node n into unit u        (U9)
    running[e] <= 0                                             e from unit u into itself        (U10)

In a main everything is one pool: what arrives is anything between what its sources give. So on a main each source
that feeds it must fit each sink that it feeds, alone: (U1) to (U4) for an outlet, whose content the plan decides, (U5),
(U6) for a source of given content. e and f are exchanges over one main; (e,s), (f,r) their options on it.

u is a unit whose ``Mixing.once`` holds: what leaves it may go anywhere but back to it, directly or by what took of it.
A node is an operation, a part of one, or a facility: what takes and passes on. after is continuous in [0, 1]: where
built is whole, 0 and 1 are among its values.
"""

from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo

from .instance import Instance, SinkData, SourceData
from .qualities import Bounds, Mixing

#: Contents that differ by less fit all the same.
CLOSE = 1e-9
Limited = dict[tuple[Any, ...], float]


def declare(m: pyo.ConcreteModel, d: Instance) -> None:
    """Outlets whose content the rows below speak of; after mixing."""
    #: outlets that feed a main with limits on it
    m.unmixed_outlets = {i for i, *_ in _over_mains(d) if d.mixing is not None and i in d.mixing.outlets}


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rows; after products."""
    _mains(m, d)
    _once(m, d)


def _over_mains(d: Instance) -> Iterator[tuple[str, str, tuple[str, str], tuple[str, str], Bounds]]:
    """(source, component, option of it, option of the sink, limit of that sink) of each two users of a main."""
    x = d.mixing
    if x is None:
        return
    for main in d.mains.values():
        for e, s in main.users:
            i = d.exchanges[e].source
            for f, r in main.users:
                for k, bound in x.limits.get(d.exchanges[f].sink, {}).items():
                    if k in x.weights.get(i, {}):
                        yield i, k, (e, s), (f, r), bound


def _misfits(m: pyo.ConcreteModel, d: Instance, x: Mixing) -> tuple[Limited, Limited, set[Any], set[Any]]:
    """Outlets that may be above, or below, a limit; options never built; pairs of options not both built."""
    above: Limited = {}
    below: Limited = {}
    never: set[Any] = set()
    apart: set[Any] = set()
    for i, k, one, other, bound in _over_mains(d):
        if (i, k) in m.OUTLETS:
            if x.outlets[i].highest[k] > bound.most + CLOSE:
                above[(i, k, *one, *other)] = bound.most
            if x.outlets[i].lowest.get(k, 0.0) < bound.least - CLOSE:
                below[(i, k, *one, *other)] = bound.least
        elif not bound.least - CLOSE <= x.contents[i][k] <= bound.most + CLOSE:
            if one[0] == other[0]:
                never.add(one)
            else:
                apart.add((*one, *other))
    return above, below, never, apart


def _mains(m: pyo.ConcreteModel, d: Instance) -> None:
    x = d.mixing or Mixing({}, {}, {})
    above, below, never, apart = _misfits(m, d, x)

    def off(m, e, s, f, r):
        return 1 - m.built[e, s] if (e, s) == (f, r) else 2 - m.built[e, s] - m.built[f, r]

    def most(m, i, k, e, s, f, r, t):
        limit = above[i, k, e, s, f, r]
        return m.content[i, k, t] <= limit + (m.high[i, k, t] - limit) * off(m, e, s, f, r)

    def least(m, i, k, e, s, f, r, t):
        limit = below[i, k, e, s, f, r]
        return m.content[i, k, t] >= limit - (limit - m.low[i, k, t]) * off(m, e, s, f, r)

    def own(keys: dict[tuple[Any, ...], float], same: bool) -> list[tuple[Any, ...]]:
        return [(*key, t) for key in keys if (key[2:4] == key[4:6]) == same for t in d.states]

    m.fits_alone = pyo.Constraint(own(above, True), rule=most, doc="U1")
    m.fits_alone_below = pyo.Constraint(own(below, True), rule=least, doc="U2")
    m.fits_other = pyo.Constraint(own(above, False), rule=most, doc="U3")
    m.fits_other_below = pyo.Constraint(own(below, False), rule=least, doc="U4")

    @m.Constraint(sorted(never), doc="U5")
    def never_alone(m, e, s):
        return m.built[e, s] == 0

    @m.Constraint(sorted(apart), doc="U6")
    def not_in_one_main(m, e, s, f, r):
        return m.built[e, s] + m.built[f, r] <= 1


def _node(d: Instance, stream: SourceData | SinkData) -> str | None:
    """What takes and passes on: an operation or a facility; None for a stream of given content of a plant."""
    if stream.operation is not None:
        return f"operation {stream.operation}"
    return f"unit {stream.unit}" if stream.unit in d.facilities else None


def _once(m: pyo.ConcreteModel, d: Instance) -> None:
    once = d.mixing.once if d.mixing is not None else ()
    ends = {e: (_node(d, d.sources[x.source]), _node(d, d.sinks[x.sink])) for e, x in d.exchanges.items()}
    nodes = list(dict.fromkeys(n for pair in ends.values() for n in pair if n is not None))
    into = {e: n for e, (_, n) in ends.items()}
    out = {e: n for e, (n, _) in ends.items()}
    m.AFTER = pyo.Set(dimen=2, initialize=[(u, n) for u in once for n in nodes if n != f"unit {u}"])
    m.after = pyo.Var(m.AFTER, bounds=(0, 1), doc="some of what the node takes has left unit u")

    def of(u, first, last):
        """Exchanges whose ends are u itself (True) or another node (False)."""
        me = f"unit {u}"
        return [
            (u, e)
            for e in d.exchanges
            if out[e] is not None and into[e] is not None and (out[e] == me) == first and (into[e] == me) == last
        ]

    @m.Constraint([key for u in once for key in of(u, True, False)], doc="U7")
    def takes_of_it(m, u, e):
        return m.after[u, into[e]] >= m.running[e]

    @m.Constraint([key for u in once for key in of(u, False, False)], doc="U8")
    def passes_it_on(m, u, e):
        return m.after[u, into[e]] >= m.after[u, out[e]] + m.running[e] - 1

    @m.Constraint([key for u in once for key in of(u, False, True)], doc="U9")
    def never_comes_back(m, u, e):
        return m.after[u, out[e]] + m.running[e] <= 1

    @m.Constraint([key for u in once for key in of(u, True, True)], doc="U10")
    def not_into_itself(m, u, e):
        return m.running[e] <= 0
