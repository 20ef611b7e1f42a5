"""Pipes of one exchange that lie in trenches: the way each takes along the stretches of the corridor graph.

    sum_{a out of v} path[e,c,a,d] + sum_{s,p: q at v} link[e,s,p,q]
        = sum_{a into v} path[e,c,a,d] + sum_{s,q: p at v} link[e,s,p,q]        v node           (W1)
    sum_{a out of v} path[e,c,a,d] <= sum_{s,q: p at v} link[e,s,p,q]   v closed, several accesses (W2)
    detour[e,s] >= sum_{a,d} length_a path[e,c,a,d] - due[e,c] - longest_ec (sum_{s' of c} built[e,s'] - built[e,s])
                                                                        s of copy c              (W3)
    sum_{a,d} length_a path[e,c,a,d] <= due[e,c]                        it takes a shortest way  (W4)
    sum_{a,d} length_a path[e,c,a,d] >= due[e,c]                        several pairs of places  (W5)
    sum_{a,d} length_a path[e,c,a,d] <= sum_s longest_es built[e,s]     longest_es finite        (W6)

due[e,c] = sum_{s,p,q} d_pq link[e,s,p,q] is the shortest way between the places it joins, as if nothing else lay
anywhere: what a pipe costs by its length is an effect of link, and of detour for what it goes beyond. All sums over s
are over the options of copy c that lie in a trench. A pipe may leave the shortest way to share a trench (trenches, D2).

path runs from giver to taker and is continuous, unless a trench limits its pipes: with the trenches given it is
a shortest way, whose vertices are whole. (W5) is implied by (W1) where the binaries are whole; where places are free it
keeps the relaxation from standing giver and taker on the same plots in halves, each half sending nothing to the other.
longest_ec is the length of all stretches: it acts only where another size of the same copy is built.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyomo.environ as pyo

from .instance import Instance

Copy = tuple[str, int]


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Ways of pipes of one exchange; after links."""
    options = {key: _options(d, key) for key in d.paths}
    limited = _limited(d)
    m.RUNS = pyo.Set(
        dimen=4,
        initialize=[
            (e, str(c), a, way)
            for (e, c), x in d.paths.items()
            for a, (forward, backward) in x.stretches.items()
            for way, free in (("+", forward), ("-", backward))
            if free
        ],
    )
    m.path = pyo.Var(m.RUNS, bounds=(0, 1), doc="r_ecad: the pipe of copy c of e runs there")
    for e, c, a, way in m.RUNS:
        if a in limited:
            m.path[e, c, a, way].domain = pyo.Binary
    due = {key: pyo.quicksum(_due(m, d, key, options[key])) for key in d.paths}
    far = {
        (e, c): pyo.quicksum(
            d.stretches[a].length * m.path[e, str(c), a, way]
            for a, way in _ways(m, d, (e, c))
            if d.stretches[a].length > 0
        )
        for e, c in d.paths
    }
    _ways_through(m, d, options)
    _detours(m, d, options, (due, far))


def _options(d: Instance, key: Copy) -> list[str]:
    e, c = key
    return [s for s, option in d.exchanges[e].options.items() if option.in_trench and option.copy == c]


def _limited(d: Instance) -> set[str]:
    """Stretches on which the number or kind of pipes is limited."""
    apart = {resource for pair in d.apart for resource in pair}
    touched = {a for x in d.paths.values() if x.resource in apart for a in x.stretches if not d.stretches[a].free}
    return touched | {a for a, stretch in d.stretches.items() if stretch.max_pipes is not None}


def _ways(m: pyo.ConcreteModel, d: Instance, key: Copy) -> Iterable[tuple[str, str]]:
    e, c = key
    return [(a, way) for a in d.paths[key].stretches for way in "+-" if (e, str(c), a, way) in m.path]


def _due(m: pyo.ConcreteModel, d: Instance, key: Copy, options: Iterable[str]) -> list[Any]:
    e, _ = key
    pairs = ((s, p, q, x) for s in options for (p, q), x in d.exchanges[e].options[s].pairs.items())
    return [x.length * m.runs[e, s, p, q] for s, p, q, x in pairs if x.length > 0]


def _ways_through(m: pyo.ConcreteModel, d: Instance, options: Mapping[Copy, list[str]]) -> None:
    begins: dict[tuple[str, int, str], list[Any]] = {}
    ends: dict[tuple[str, int, str], list[Any]] = {}
    out: dict[tuple[str, int, str], list[Any]] = {}
    into: dict[tuple[str, int, str], list[Any]] = {}
    accesses: dict[tuple[str, int, str], set[str]] = {}
    for (e, c), members in options.items():
        for s in members:
            for p, q in d.exchanges[e].options[s].pairs:
                if p != q:
                    begins.setdefault((e, c, d.nodes[p]), []).append(m.runs[e, s, p, q])
                    ends.setdefault((e, c, d.nodes[q]), []).append(m.runs[e, s, p, q])
        for a, way in _ways(m, d, (e, c)):
            tail, head = d.stretches[a].tail, d.stretches[a].head
            start, end = (tail, head) if way == "+" else (head, tail)
            out.setdefault((e, c, start), []).append(m.path[e, str(c), a, way])
            into.setdefault((e, c, end), []).append(m.path[e, str(c), a, way])
            accesses.setdefault((e, c, start), set()).add(a)
            accesses.setdefault((e, c, end), set()).add(a)

    @m.Constraint(list(dict.fromkeys([*begins, *ends, *out, *into])), doc="W1")
    def way_goes_on(m, e, c, v):
        leaving = pyo.quicksum(out.get((e, c, v), [])) + pyo.quicksum(ends.get((e, c, v), []))
        coming = pyo.quicksum(into.get((e, c, v), [])) + pyo.quicksum(begins.get((e, c, v), []))
        return leaving == coming

    free = {
        (e, c) for (e, c), chosen in options.items() if any(len(d.exchanges[e].options[s].pairs) > 1 for s in chosen)
    }
    passing = [
        key
        for key, ways in accesses.items()
        if key[2] in d.closed
        and (key in out or key in begins)
        and (len(ways) > 1 or (m.strength.distance and key[:2] in free))
    ]

    @m.Constraint(passing, doc="W2")
    def way_passes_no_place(m, e, c, v):
        return pyo.quicksum(out.get((e, c, v), [])) == pyo.quicksum(begins.get((e, c, v), []))


def _detours(
    m: pyo.ConcreteModel,
    d: Instance,
    options: Mapping[Copy, list[str]],
    lengths: tuple[Mapping[Copy, Any], Mapping[Copy, Any]],
) -> None:
    due, far = lengths
    longest = {key: sum(d.stretches[a].length for a in x.stretches) for key, x in d.paths.items()}
    winding = [key for key, x in d.paths.items() if not x.straight]
    m.DETOURS = pyo.Set(dimen=2, initialize=[(key[0], s) for key in winding for s in options[key]])
    copy_of = {(key[0], s): key for key in winding for s in options[key]}
    m.detour = pyo.Var(
        m.DETOURS, bounds=lambda m, e, s: (0, longest[copy_of[e, s]]), doc="h_es: way beyond the shortest [km]"
    )

    @m.Constraint(m.DETOURS, doc="W3")
    def beyond_the_shortest(m, e, s):
        key = copy_of[e, s]
        others = pyo.quicksum(m.built[e, other] for other in options[key] if other != s)
        return m.detour[e, s] >= far[key] - due[key] - longest[key] * others

    @m.Constraint([key for key, x in d.paths.items() if x.straight], doc="W4")
    def takes_a_shortest_way(m, e, c):
        return _row(far[e, c] <= due[e, c])

    several = [key for key in winding if any(len(d.exchanges[key[0]].options[s].pairs) > 1 for s in options[key])]
    several += [key for key, x in d.paths.items() if x.straight and key not in several]

    @m.Constraint(several if m.strength.distance else [], doc="W5")
    def no_shorter_than_the_shortest(m, e, c):
        return _row(far[e, c] >= due[e, c])

    def bounded(key: Copy) -> bool:
        return any(d.exchanges[key[0]].options[s].max_length < longest[key] for s in options[key])

    @m.Constraint([key for key in winding if bounded(key)], doc="W6")
    def not_too_far(m, e, c):
        option = d.exchanges[e].options
        reach = (min(option[s].max_length, longest[e, c]) * m.built[e, s] for s in options[e, c])
        return _row(far[e, c] <= pyo.quicksum(reach))


def _row(relation: Any) -> Any:
    """A row, or none where no way has any length."""
    return pyo.Constraint.Skip if isinstance(relation, bool) else relation
