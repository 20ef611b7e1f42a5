"""Mains: pipes that several exchanges of one resource share, laid on stretches of the corridor graph.

    sum_{z new} laid[n,a,z] <= parallel_na                                                       (M1)
    sum_{a into v} keep_na carried[n,c,a,d,t] + feed[n,c,v,t]
        = sum_{a out of v} carried[n,c,a,d,t] + take[n,c,v,t]           v node                   (M2)
    sum_{a out of v} carried[n,c,a,d,t] <= feed[n,c,v,t]                v closed                 (M3)
    sum_{a,d} length_a carried[n,c,a,d,t] >= sum_{(e,s) of c, p, q} d_pq pair_flow[e,s,p,q,t]    (M4)
    low_z laid[n,a,z] <= sized[n,a,z] <= capacity_z laid[n,a,z]         z a cost trend           (M5)
    arrived[e,s,t] + sum_p fed[e,s,p,t] <= flow[e,s,t] + sum_q got[e,s,q,t],
        arrived[e,s,t] <= demand_est built[e,s]                         a main that loses        (M6)
    fed[e,s,p,t] <= left[e,s,p,t], sum_p fed[e,s,p,t] <= 9 arrived[e,s,t]   a main that owes losses (M7)
    sum_q reached[e,s,q,t] = arrived[e,s,t], reached[e,s,q,t] <= sum_p pair_flow[e,s,p,q,t] + got[e,s,q,t],
        reached[e,s,q,t] <= demand_est sum_p link[e,s,p,q]                                       (M8)
    most_naz fitted[n,z] >= laid[n,a,z]                                 where it has effects     (M9)
    working[n] >= built[e,s]                                            where it has effects     (M10)
    used[n,a] <= sum_z laid[n,a,z], laid[n,a,z] <= most_naz used[n,a]   several pipes may lie    (M11)
    sum_q link[e,s,p,q] <= joined[n,k,p], sum_p link[e,s,p,q] <= joined[n,k,q]   k giver, taker  (M12)
    sum_k joined[n,k,p] <= sum_{a at a spot of p} used[n,a]             one tenant may stand on p (M13)

laid is an integer (0/1 where one pipe of a size may lie), one build decision for both directions; used[n,a], 1 where
the main has any pipe in service on a, is sum_z laid where at most one may lie. What flows fills the pipes (filling).
laid <= shared (existing pipes: shared + keep_existing) is a bound of the variable.

Commodities: the flow of a main is pooled, so any split of it by label is the same plan. It is split by the hours
that turn amounts a year into peak rates, and by sink, because x_j <= demand_j used is much tighter than
x <= (sum of demands) used; by source where all sources together give less than the sinks could take, and so bind.

left[e,s,p,t] = sum_q pair_flow[e,s,p,q,t] leaves the source on p; feed is left - fed, take is reached - got; without
losses fed is no variable and reached is sum_p pair_flow. What pipes in service owe (heat) is a commodity of its own,
fed by fed and taken half at each end of a stretch; what they add where owed is negative is put in there and taken by
got (resting). The share a stretch loses is 1 - keep. demand_est is the most the sink can take, so that an exchange is
built in full where its demand is met in full, whatever covers losses is sent besides.

A node is closed where it is that of a place alone: nothing passes it. At a node of the network itself several places
may meet, and ways pass. A free stretch says that a place of several accesses is on the network at its other end, too,
a spot of it: a is carried there without a pipe, and none of P and D is written for it. Two places that share a spot
need no pipe between them.

(M7), (M12) and (M13): an exchange over a main has a pipe of it at both ends, and of what it sends a tenth at least
arrives: else its whole flow could cover what others lose, without a way to its sink. Where places are free, (M3) holds
with equality, less what goes from tenant to tenant of one plot, and (M4) is written: they keep the relaxation from
standing giver and taker on the same plots in halves, which would need no pipe, and are implied where both ends are
fixed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyomo.environ as pyo

from . import commodities as pool
from . import filling, resting
from .commodities import LOSS, Commodity, Strength, bounds_of, commodities_of, demand_of, loses, most_of, owes
from .instance import Instance
from .network import BedData

__all__ = ["Strength", "add", "declare", "netted"]


def declare(m: pyo.ConcreteModel, d: Instance, strength: Strength) -> None:
    """Pipes and what arrives; before links, whose rules need what arrives."""
    m.strength = strength
    m.MAINS = pyo.Set(initialize=list(d.mains))
    laid_on = [(n, a) for n, x in d.mains.items() for a in x.beds if not d.stretches[a].free]
    m.BEDS = pyo.Set(dimen=2, initialize=laid_on)
    m.PIPES = pyo.Set(
        dimen=3, initialize=[(n, a, z) for n, x in d.mains.items() for a, bed in x.beds.items() for z in bed.pipes]
    )
    most = {(n, a, z): most_of(d.mains[n].beds[a], z) for n, a, z in m.PIPES}
    m.laid = pyo.Var(
        m.PIPES,
        domain=pyo.NonNegativeIntegers,
        bounds=lambda m, n, a, z: (0, most[n, a, z] * _open(m, d.mains[n].beds[a], z)),
        doc="b_naz: pipes of size z of main n in service on stretch a",
    )
    trends = [(n, a, z) for n, a, z in m.PIPES if d.mains[n].beds[a].pipes[z].sized]
    m.TRENDS = pyo.Set(dimen=3, initialize=trends)
    m.sized = pyo.Var(
        m.TRENDS,
        bounds=lambda m, n, a, z: (0, most[n, a, z] * d.mains[n].beds[a].pipes[z].capacity),
        doc="c_naz: capacity built of a cost trend [unit/h]",
    )
    m.lossy_users = {user: n for n, x in d.mains.items() if loses(x) for user in x.users}
    m.ARRIVALS = pyo.Set(dimen=2, initialize=list(m.lossy_users))
    m.arrived = pyo.Var(
        m.ARRIVALS,
        m.STATES,
        bounds=lambda m, e, s, t: (0, pool.most_arriving(d, e, s, t)),
        doc="r_est: amount that arrives by a main that loses some on the way [unit/yr]",
    )


def _open(m: pyo.ConcreteModel, bed: BedData, z: str) -> Any:
    return m.shared + m.keep_existing if bed.pipes[z].existing else m.shared


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Flows and rules of mains; after links."""
    ends: dict[str, Ends] = {n: Ends(m, d, n) for n in d.mains}
    commodities = {n: commodities_of(d, n, m.strength) for n in d.mains}
    bounds = {n: bounds_of(d, n, commodities[n], m.strength) for n in d.mains}
    m.CARRIERS = pyo.Set(
        dimen=5,
        initialize=[
            (n, c.name, a, way, t)
            for n in d.mains
            for c in commodities[n]
            for t in d.states
            for (name, a, way, state), most in bounds[n].items()
            if (name, state) == (c.name, t) and most > 0
        ],
    )
    m.carried = pyo.Var(
        m.CARRIERS, bounds=lambda m, n, c, a, way, t: (0, bounds[n][c, a, way, t]), doc="x_ncadt: flow [unit/yr]"
    )
    #: parts of the flow that enter a stretch in a direction, by (main, stretch, direction, state)
    m.through = {
        (n, a, way, t): [m.carried[n, c.name, a, way, t] for c in commodities[n] if (n, c.name, a, way, t) in m.carried]
        for n, a in m.BEDS
        for way in "+-"
        for t in d.states
    }
    _pipes(m, d)
    resting.add(m, d)
    filling.add(m, d, commodities, bounds)
    _balance(m, d, commodities, ends)
    _losses(m, d, ends)
    resting.add_got(m, lambda e, s, q, t: ends[m.lossy_users[e, s]].reached(e, s, q, t))
    _charged_once(m, d)


def _pipes(m: pyo.ConcreteModel, d: Instance) -> None:
    most = {(n, a, z): most_of(d.mains[n].beds[a], z) for n, a, z in m.PIPES}
    new = {key: [z for z, pipe in d.mains[key[0]].beds[key[1]].pipes.items() if not pipe.existing] for key in m.BEDS}

    def count(n: str, a: str) -> int:
        bed = d.mains[n].beds[a]
        return len(bed.pipes) - len(new[n, a]) + (bed.parallel if new[n, a] else 0)

    several = [(n, a) for n, a in m.BEDS if count(n, a) > 1]
    m.SEVERAL = pyo.Set(dimen=2, initialize=several)
    m.lies = pyo.Var(m.SEVERAL, domain=pyo.Binary, doc="1 where main n has a pipe in service on a")
    #: 1 where a main has a pipe in service on a stretch
    m.used = {
        (n, a): m.lies[n, a] if (n, a) in m.SEVERAL else sum(m.laid[n, a, z] for z in d.mains[n].beds[a].pipes)
        for n, a in m.BEDS
    }

    @m.Constraint([(n, a) for n, a in m.BEDS if len(new[n, a]) > 1], doc="M1")
    def new_pipes(m, n, a):
        return pyo.quicksum(m.laid[n, a, z] for z in new[n, a]) <= d.mains[n].beds[a].parallel

    @m.Constraint(m.SEVERAL, doc="M11")
    def used_where_laid(m, n, a):
        return m.lies[n, a] <= pyo.quicksum(m.laid[n, a, z] for z in d.mains[n].beds[a].pipes)

    @m.Constraint([(n, a, z) for n, a, z in m.PIPES if (n, a) in m.SEVERAL], doc="M11")
    def laid_where_used(m, n, a, z):
        return m.laid[n, a, z] <= most[n, a, z] * m.lies[n, a]

    @m.Constraint(m.TRENDS, doc="M5")
    def trendmost_of(m, n, a, z):
        return m.sized[n, a, z] <= d.mains[n].beds[a].pipes[z].capacity * m.laid[n, a, z]

    @m.Constraint([key for key in m.TRENDS if d.mains[key[0]].beds[key[1]].pipes[key[2]].low > 0], doc="M5")
    def trend_least(m, n, a, z):
        return m.sized[n, a, z] >= d.mains[n].beds[a].pipes[z].low * m.laid[n, a, z]


class Ends:
    """What the users of a main put in and take out, by place."""

    def __init__(self, m: pyo.ConcreteModel, d: Instance, n: str) -> None:
        self.main = d.mains[n]
        self.lossy, self.owing = loses(self.main), owes(self.main)
        self.pairs = {(e, s): list(d.exchanges[e].options[s].pairs) for e, s in self.main.users}
        self.m = m

    def left(self, e: str, s: str, p: str, t: str) -> Any:
        """What leaves the source on place p."""
        pairs = self.pairs[e, s]
        if len(pairs) == 1:
            return self.m.flow[e, s, t]
        return pyo.quicksum(self.m.pair_flow[e, s, a, q, t] for a, q in pairs if a == p)

    def reached(self, e: str, s: str, q: str, t: str) -> Any:
        """What arrives at the sink on place q."""
        pairs = self.pairs[e, s]
        if self.lossy:
            return self.m.arrived[e, s, t] if len(pairs) == 1 else self.m.reached[e, s, q, t]
        if len(pairs) == 1:
            return self.m.flow[e, s, t]
        return pyo.quicksum(self.m.pair_flow[e, s, p, b, t] for p, b in pairs if b == q)


def _balance(
    m: pyo.ConcreteModel, d: Instance, commodities: Mapping[str, list[Commodity]], ends: Mapping[str, "Ends"]
) -> None:
    free = [(e, s) for n in d.mains if ends[n].lossy for e, s in d.mains[n].users if len(ends[n].pairs[e, s]) > 1]
    m.REACHED = pyo.Set(dimen=3, initialize=list(dict.fromkeys((e, s, q) for e, s in free for _, q in _pairs(d, e, s))))
    m.reached = pyo.Var(m.REACHED, m.STATES, domain=pyo.NonNegativeReals, doc="r_esqt: arrives on place q [unit/yr]")
    resting.declare_owed(m, d)
    put, taken = _put_and_taken(m, d, commodities, ends)
    nodes = {n: _node_ways(d, n) for n in d.mains}
    rows = [(n, c.name, v, t) for n in d.mains for c in commodities[n] for v in nodes[n] for t in d.states]

    @m.Constraint(rows, doc="M2")
    def balance_of_node(m, n, c, v, t):
        into, out = _around(m, d, (n, c, v, t), nodes[n][v])
        gain = [*into, *put.get((n, c, v, t), [])]
        spent = [*out, *taken.get((n, c, v, t), [])]
        if c == LOSS:
            spent += [half for a, _ in nodes[n][v] for half in resting.halves(m, d, (n, a, t), 1)]
            gain += [half for a, _ in nodes[n][v] for half in resting.halves(m, d, (n, a, t), -1)]
        if not gain and not spent:
            return pyo.Constraint.Skip
        return pyo.quicksum(gain) == pyo.quicksum(spent)

    several = {
        (n, c.name): _free(d, c) and m.strength.by_end and m.strength.distance for n in d.mains for c in commodities[n]
    }
    passing = [
        row
        for row in rows
        if row[2] in d.closed and (several[row[0], row[1]] or len({a for a, _ in nodes[row[0]][row[2]]}) > 1)
    ]

    @m.Constraint(passing, doc="M3")
    def none_passes_a_place(m, n, c, v, t):
        _, out = _around(m, d, (n, c, v, t), nodes[n][v])
        within = _within(m, d, (n, c, v, t), commodities[n]) if several[n, c] else []
        given = list(put.get((n, c, v, t), []))
        given += [half for a, _ in nodes[n][v] for half in resting.halves(m, d, (n, a, t), -1) if c == LOSS]
        if not out and (not given or not several[n, c]):
            return pyo.Constraint.Skip
        sent = pyo.quicksum(out) + pyo.quicksum(within)
        return sent == pyo.quicksum(given) if several[n, c] else sent <= pyo.quicksum(given)

    _distance(m, d, commodities)
    _accesses(m, d, nodes)


def _accesses(m: pyo.ConcreteModel, d: Instance, nodes: Mapping[str, Mapping[str, list[tuple[str, str]]]]) -> None:
    """Whoever stands on a place and uses a main needs its pipe there."""
    ends: dict[tuple[str, str, str], list[Any]] = {}
    for n, main in d.mains.items():
        for e, s in main.users:
            pairs = [(p, q) for p, q in _pairs(d, e, s) if not d.meet(p, q)]
            for k, side in ((d.stands(d.giver(e)), 0), (d.stands(d.taker(e)), 1)):
                for p in dict.fromkeys(pair[side] for pair in pairs):
                    runs = [m.runs[e, s, a, b] for a, b in pairs if (a, b)[side] == p]
                    ends.setdefault((n, k, p), []).append(pyo.quicksum(runs))
    m.JOINED = pyo.Set(dimen=3, initialize=list(ends))
    m.joined = pyo.Var(m.JOINED, bounds=(0, 1), doc="1 where unit k uses main n from place p")

    @m.Constraint([(*key, i) for key, runs in ends.items() for i in range(len(runs))], doc="M12")
    def joined_where_linked(m, n, k, p, i):
        return ends[n, k, p][i] <= m.joined[n, k, p]

    together: dict[tuple[str, str, str], list[Any]] = {}
    for n, k, p in m.JOINED:
        whose = "" if d.places[p].tenants == 1 else k  # of several tenants each for itself
        together.setdefault((n, p, whose), []).append(m.joined[n, k, p])

    @m.Constraint(list(together), doc="M13")
    def pipe_where_joined(m, n, p, whose):
        around = dict.fromkeys(a for v in sorted(d.spots[p]) for a, _ in nodes[n].get(v, ()))
        pipes = [m.used[n, a] for a in around if (n, a) in m.BEDS]
        return pyo.quicksum(together[n, p, whose]) <= pyo.quicksum(pipes)


def _free(d: Instance, c: Commodity) -> bool:
    """Whether an end of a commodity's exchanges may stand in several places."""
    return c.name != LOSS and any(len(d.exchanges[e].options[s].pairs) > 1 for e, s in c.members)


def _within(
    m: pyo.ConcreteModel, d: Instance, row: tuple[str, str, str, str], commodities: list[Commodity]
) -> list[Any]:
    """What goes from tenant to tenant of one place."""
    _, name, v, t = row
    members = next(c.members for c in commodities if c.name == name)
    pairs = ((e, s, p) for e, s in members for p, q in _pairs(d, e, s) if p == q and d.nodes[p] == v)
    return [m.pair_flow[e, s, p, p, t] if len(list(_pairs(d, e, s))) > 1 else m.flow[e, s, t] for e, s, p in pairs]


def _pairs(d: Instance, e: str, s: str) -> Iterable[tuple[str, str]]:
    return d.exchanges[e].options[s].pairs


def _put_and_taken(
    m: pyo.ConcreteModel, d: Instance, commodities: Mapping[str, list[Commodity]], ends: Mapping[str, "Ends"]
) -> tuple[dict, dict]:
    """(main, commodity, node, state) -> what users put in and take out there."""
    put: dict[tuple[str, str, str, str], list[Any]] = {}
    taken: dict[tuple[str, str, str, str], list[Any]] = {}
    for n in d.mains:
        for c in commodities[n]:
            for e, s in c.members:
                for t in d.states:
                    for p in dict.fromkeys(p for p, _ in _pairs(d, e, s)):
                        fed = m.fed[e, s, p, t] if ends[n].owing else 0.0
                        amount = fed if c.name == LOSS else ends[n].left(e, s, p, t) - fed
                        put.setdefault((n, c.name, d.nodes[p], t), []).append(amount)
                    for q in dict.fromkeys(q for _, q in _pairs(d, e, s)):
                        got = resting.got(m, e, s, q, t)
                        if c.name == LOSS and (e, s, q, t) not in m.GOT:
                            continue
                        amount = got if c.name == LOSS else ends[n].reached(e, s, q, t) - got
                        taken.setdefault((n, c.name, d.nodes[q], t), []).append(amount)
    return put, taken


def _node_ways(d: Instance, n: str) -> dict[str, list[tuple[str, str]]]:
    """Node -> (stretch, direction that leaves the node) of the beds of a main; places of its users are there, too."""
    found: dict[str, list[tuple[str, str]]] = {}
    for e, s in d.mains[n].users:
        for pair in _pairs(d, e, s):
            for place in pair:
                found.setdefault(d.nodes[place], [])
    for a in d.mains[n].beds:
        found.setdefault(d.stretches[a].tail, []).append((a, "+"))
        found.setdefault(d.stretches[a].head, []).append((a, "-"))
    return found


def _around(
    m: pyo.ConcreteModel, d: Instance, row: tuple[str, str, str, str], ways: Iterable[tuple[str, str]]
) -> tuple[list[Any], list[Any]]:
    """What comes to a node on its stretches, and what leaves it."""
    n, c, _, t = row
    into, out = [], []
    for a, leaving in ways:
        coming = "-" if leaving == "+" else "+"
        if (n, c, a, coming, t) in m.carried:
            into.append((1.0 - d.mains[n].beds[a].share_lost) * m.carried[n, c, a, coming, t])
        if (n, c, a, leaving, t) in m.carried:
            out.append(m.carried[n, c, a, leaving, t])
    return into, out


def _distance(m: pyo.ConcreteModel, d: Instance, commodities: Mapping[str, list[Commodity]]) -> None:
    def is_free(c: Commodity) -> bool:
        lossless = all(bed.share_lost == 0 for bed in d.mains[c.main].beds.values())
        return c.name != LOSS and lossless and any(len(list(_pairs(d, e, s))) > 1 for e, s in c.members)

    free = {
        (n, c.name): c
        for n in d.mains
        for c in commodities[n]
        if m.strength.distance and not owes(d.mains[n]) and is_free(c)
    }

    @m.Constraint(list(free), m.STATES, doc="M4")
    def at_least_the_shortest_way(m, n, c, t):
        way = pyo.quicksum(
            d.stretches[a].length * m.carried[n, c, a, w, t]
            for a in d.mains[n].beds
            for w in "+-"
            if (n, c, a, w, t) in m.carried
        )
        due = pyo.quicksum(
            pair.length * (m.pair_flow[e, s, p, q, t] if len(pairs) > 1 else m.flow[e, s, t])
            for e, s in free[n, c].members
            for pairs in [d.exchanges[e].options[s].pairs]
            for (p, q), pair in pairs.items()
            if pair.length > 0
        )
        relation = way >= due
        return pyo.Constraint.Skip if isinstance(relation, bool) else relation  # where no way has any length


def _losses(m: pyo.ConcreteModel, d: Instance, ends: Mapping[str, "Ends"]) -> None:
    owing: dict[tuple[str, str], list[str]] = {}
    for e, s, p in m.FED:
        owing.setdefault((e, s), []).append(p)

    @m.Constraint(m.ARRIVALS, m.STATES, doc="M6")
    def arrives_what_left(m, e, s, t):
        spent = pyo.quicksum(m.fed[e, s, p, t] for p in owing.get((e, s), ()))
        return m.arrived[e, s, t] + spent <= m.flow[e, s, t] + resting.gotten(m, e, s, t)

    @m.Constraint(m.ARRIVALS, m.STATES, doc="M6")
    def arrives_where_built(m, e, s, t):
        return m.arrived[e, s, t] <= demand_of(d, e, s, t) * m.built[e, s]

    main_of = m.lossy_users

    @m.Constraint(m.FED, m.STATES, doc="M7")
    def fed_from_what_leaves(m, e, s, p, t):
        return m.fed[e, s, p, t] <= ends[main_of[e, s]].left(e, s, p, t)

    @m.Constraint(list(owing), m.STATES, doc="M7")
    def fed_where_it_arrives(m, e, s, t):
        return pyo.quicksum(m.fed[e, s, p, t] for p in owing[e, s]) <= resting.LOST_TO_ARRIVED * m.arrived[e, s, t]

    places: dict[tuple[str, str], list[str]] = {}
    for e, s, q in m.REACHED:
        places.setdefault((e, s), []).append(q)

    @m.Constraint(list(places), m.STATES, doc="M8")
    def arrives_somewhere(m, e, s, t):
        return pyo.quicksum(m.reached[e, s, q, t] for q in places[e, s]) == m.arrived[e, s, t]

    @m.Constraint(m.REACHED, m.STATES, doc="M8")
    def arrives_where_it_goes(m, e, s, q, t):
        came = pyo.quicksum(m.pair_flow[e, s, p, b, t] for p, b in _pairs(d, e, s) if b == q)
        return m.reached[e, s, q, t] <= came + resting.got(m, e, s, q, t)

    @m.Constraint(m.REACHED, m.STATES, doc="M8")
    def arrives_where_linked(m, e, s, q, t):
        linked = pyo.quicksum(m.runs[e, s, p, b] for p, b in _pairs(d, e, s) if b == q)
        return m.reached[e, s, q, t] <= demand_of(d, e, s, t) * linked


def _charged_once(m: pyo.ConcreteModel, d: Instance) -> None:
    """Variables for what is due once a main, or once a size of it; only where something is."""
    m.FITTED = pyo.Set(dimen=2, initialize=list(d.effects.get("fitted", {})))
    m.fitted = pyo.Var(m.FITTED, domain=pyo.Binary, doc="1 where the size is laid somewhere in the main")
    m.WORKING = pyo.Set(initialize=[index[0] for index in d.effects.get("working", {})])
    m.working = pyo.Var(m.WORKING, bounds=(0, 1), doc="1 where the main is in service")

    @m.Constraint([(n, a, z) for n, a, z in m.PIPES if (n, z) in m.FITTED], doc="M9")
    def fitted_where_laid(m, n, a, z):
        return m.laid[n, a, z] <= most_of(d.mains[n].beds[a], z) * m.fitted[n, z]

    @m.Constraint([(n, e, s) for n in m.WORKING for e, s in d.mains[n].users], doc="M10")
    def works_where_used(m, n, e, s):
        return m.working[n] >= m.built[e, s]


def netted(m: pyo.ConcreteModel) -> dict[tuple[str, ...], float]:
    """What enters each stretch, by direction, less what one commodity sends back and forth at no cost."""
    d: Instance = m.instance
    priced = {index[:2] for index, booked in d.effects.get("through", {}).items() if any(booked.values())}
    found: dict[tuple[str, ...], float] = {}
    for n, c, a, way, t in m.CARRIERS:
        amount = pyo.value(m.carried[n, c, a, way, t])
        back = (n, c, a, "-" if way == "+" else "+", t)
        if back in m.CARRIERS and (n, a) not in priced:
            amount -= min(amount, pyo.value(m.carried[back]))
        found[n, a, way, t] = found.get((n, a, way, t), 0.0) + amount
    return {index: amount for index, amount in found.items() if amount > 1e-9}
