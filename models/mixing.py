"""Mixing: the loads that streams carry, and what mixtures may hold.

    sum of borne[w,k,t] over ways w out of i = taken_in[i,k,t]   i an outlet                      (Q1)
    borne[w,k,t] >= weight_ik low_ikt amount[w,t]                w a way out of outlet i          (Q2)
    borne[w,k,t] <= weight_ik high_ikt amount[w,t]               w a way out of outlet i          (Q3)
    mixed[j,k,t] <= most_jk mass[j,k,t] - sum withheld[e,k,t]   j limits k from above            (Q4)
    mixed[j,k,t] >= least_jk mass[j,k,t] + sum withheld[e,k,t]  j limits k from below            (Q5)
    borne[w,k,t] <= most_ik weight_ik amount[w,t]                w disposal or sale of i, limited (Q6)
    borne[w,k,t] >= least_ik weight_ik amount[w,t]               w disposal or sale of i, limited (Q7)
    unused[i,t] = make[i,t] - sum of amount[w,t]                i an outlet on demand            (Q8)
    arriving[e,s,t] = flow[e,s,t] - lost[e,s,t]                 e from an outlet, losses not in proportion  (Q9)
    taken_in[i,k,t] = kept_ik sum_{j into i} mixed[j,k,t] + picked_ikt loaded[i]
                      - sum_{n in less_ik} content_nk weight_nk make[n,t] + short[i,k,t]         Q10, a definition
    mixed[j,k,t] = sum_{e into j} load that arrives by e + content x weight x supplied[j,t]      Q11, a definition
    mass[j,k,t] = sum_{e into j} weight_ik x what arrives by e + weight x supplied[j,t]          Q12, a definition
    short[i,k,t] <= M_ikt empty[i,k,t]                          less_ik may be more than comes in (Q13)
    taken_in[i,k,t] <= N_ikt (1 - empty[i,k,t])                 the same                         (Q14)

k is a component, content its scaled content, load = content x weight x amount (``models.qualities``). Of sources whose
content is given, loads are that times amounts: no variable. An outlet has a content of its own and a load for each way
out: exchange, disposal, sale, and what nobody takes where it is on demand. That load = weight x content x amount for
each of them, with one content for all, is bilinear; ``products`` has those rows. With one way out there is nothing to
multiply: (Q1) to (Q3) say all.

(Q1) is implied by the products; written out, with every product a variable, it is what makes the relaxation good
(Karuppiah & Grossmann 2006, the balance of a splitter; the balance of the whole park is the sum of these rows). What is
lost in proportion to a flow takes its share of the load along. A stream without a weight is of unknown content and
accepted as such: it counts neither in ``mixed`` nor in ``mass``; what an outlet brings that has become unknown on its
way dilutes nothing (``withheld``, see ``unknown``). loaded is 1 where an operation is there, its chosen
share where it is split (operations, O5), presence of any other unit. less_ik are sources of the unit of given content
(what a treatment leaves in its outlet, whatever comes in), beside which i, its residue, holds the rest; where they hold
more than comes in, i is empty, and short is what they are short of.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance, SinkData, SourceData
from .operations import loaded, most
from .qualities import INFINITY, Bounds, Mixing
from .unknown import withheld

#: A way out of an outlet: kind, exchange or source, option or "".
Way = tuple[str, str, str]
FLOW, ARRIVING, DISCHARGED, SOLD, UNUSED = "flow", "arriving", "discharged", "sold", "unused"
#: Contents closer than this are the same.
SAME = 1e-12


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Loads, and limits on them; after balances."""
    x = d.mixing or Mixing({}, {}, {})
    #: outlet -> component: what it holds follows from what its unit takes in
    m.OUTLETS = pyo.Set(dimen=2, initialize=[(i, k) for i, data in x.outlets.items() for k in data.kept])
    m.ways = {i: _ways(m, d, i) for i in x.outlets}
    #: ways whose amount arrives, not leaves
    m.arrivals = {i: _uneven(m, d, i) for i in x.outlets}
    _amounts(m, d, x)
    _loads(m, d, x)
    _definitions(m, d, x)
    _limits(m, d, x)


def _ways(m: pyo.ConcreteModel, d: Instance, i: str) -> list[Way]:
    """Ways out of a source."""
    found = [(FLOW, e, s) for e, exchange in d.exchanges.items() if exchange.source == i for s in exchange.options]
    found += [(DISCHARGED, i, "")] if any((i, t) in m.DISCHARGES for t in d.states) else []
    found += [(SOLD, i, "")] if any((i, t) in m.SALES for t in d.states) else []
    return found + ([(UNUSED, i, "")] if d.sources[i].on_demand else [])


def _uneven(m: pyo.ConcreteModel, d: Instance, i: str) -> list[Way]:
    """Options of a source that lose anything but a share of the flow."""
    return [(ARRIVING, e, s) for kind, e, s in m.ways[i] if kind == FLOW and (e, s) in m.LOSSY and not _even(d, e, s)]


def _even(d: Instance, e: str, s: str) -> bool:
    """Whether an option only loses a share of the flow, the same wherever it runs."""
    option = d.exchanges[e].options[s]
    owed = any(v for pair in option.pairs.values() for v in pair.owed_loss.values())
    along = any(option.owed_per_km.values())
    shares = {pair.share_lost for pair in option.pairs.values()}
    return option.main is None and not owed and not along and len(shares) <= 1


def _kept_on_the_way(d: Instance, e: str, s: str) -> float:
    """Share of the load of an even option that arrives."""
    return 1.0 - max((pair.share_lost for pair in d.exchanges[e].options[s].pairs.values()), default=0.0)


def _amounts(m: pyo.ConcreteModel, d: Instance, x: Mixing) -> None:
    """Amounts that no other file has a variable for."""
    idle = [(i, t) for i in x.outlets for t in d.states if d.sources[i].on_demand]
    m.unused = pyo.Var(idle, bounds=lambda m, i, t: (0, most(d, d.sources[i], t)), doc="made and not taken [unit/yr]")
    uneven = [(e, s, t) for ways in m.arrivals.values() for _, e, s in ways for t in d.states]
    m.arriving = pyo.Var(
        uneven,
        bounds=lambda m, e, s, t: (0, d.exchanges[e].options[s].max_flow[t]),
        doc="what arrives of an outlet [unit/yr]",
    )

    @m.Constraint(idle, doc="Q8")
    def nobody_takes(m, i, t):
        taken = pyo.quicksum(amount_of(m, way, t) for way in m.ways[i] if way[0] != UNUSED)
        return m.unused[i, t] == m.make[i, t] - taken

    @m.Constraint(uneven, doc="Q9")
    def arrives(m, e, s, t):
        return m.arriving[e, s, t] == m.flow[e, s, t] - m.lost[e, s, t]


def amount_of(m: pyo.ConcreteModel, way: Way, t: str) -> Any:
    """Variable of the amount of a way [unit/yr]."""
    kind, name, option = way
    if kind in (FLOW, ARRIVING):
        return (m.flow if kind == FLOW else m.arriving)[name, option, t]
    return {DISCHARGED: m.discharged, SOLD: m.sold, UNUSED: m.unused}[kind][name, t]


def _loads(m: pyo.ConcreteModel, d: Instance, x: Mixing) -> None:
    #: (way, component) -> outlet
    m.outlet_of = {(*way, k): i for i, k in m.OUTLETS for way in (*m.ways[i], *m.arrivals[i])}
    m.LOADS = pyo.Set(dimen=5, initialize=[(*way, t) for way in m.outlet_of for t in d.states])
    m.borne = pyo.Var(
        m.LOADS, bounds=lambda m, *index: (0, _heaviest(m, x, index)), doc="load of a way out of an outlet [load/yr]"
    )
    m.let_out = {
        (i, k, t): m.borne[DISCHARGED, i, "", k, t]
        for i, k in m.OUTLETS
        for t in d.states
        if (DISCHARGED, i, "", k, t) in m.LOADS
    }
    bounds = {(i, k): (x.outlets[i].lowest.get(k, 0.0), x.outlets[i].highest[k]) for i, k in m.OUTLETS}
    m.content = pyo.Var(
        m.OUTLETS, m.STATES, bounds=lambda m, i, k, t: bounds[i, k], doc="content of an outlet, scaled to about 1"
    )
    m.low = pyo.Param(
        m.OUTLETS, m.STATES, mutable=True, initialize=lambda m, i, k, t: bounds[i, k][0], doc="lowest content"
    )
    m.high = pyo.Param(
        m.OUTLETS, m.STATES, mutable=True, initialize=lambda m, i, k, t: bounds[i, k][1], doc="highest content"
    )

    @m.Constraint(m.LOADS, doc="Q2")
    def least_load(m, kind, name, option, k, t):
        i = m.outlet_of[kind, name, option, k]
        return m.borne[kind, name, option, k, t] >= x.weights[i][k] * m.low[i, k, t] * amount_of(
            m, (kind, name, option), t
        )

    @m.Constraint(m.LOADS, doc="Q3")
    def most_load(m, kind, name, option, k, t):
        i = m.outlet_of[kind, name, option, k]
        return m.borne[kind, name, option, k, t] <= x.weights[i][k] * m.high[i, k, t] * amount_of(
            m, (kind, name, option), t
        )


def _heaviest(m: pyo.ConcreteModel, x: Mixing, index: tuple[str, ...]) -> float | None:
    """Largest load of a way out."""
    kind, name, option, k, t = index
    i, largest = m.outlet_of[index[:4]], amount_of(m, (kind, name, option), t).ub
    return None if largest is None else float(x.weights[i][k] * x.outlets[i].highest[k] * largest)


def _definitions(m: pyo.ConcreteModel, d: Instance, x: Mixing) -> None:
    into: dict[str, list[str]] = {j: [] for j in d.sinks}
    for e, exchange in d.exchanges.items():
        into[exchange.sink].append(e)
    fed = {j: set(limits) for j, limits in x.limits.items()}
    for data in x.outlets.values():
        for j in data.inlets:
            fed.setdefault(j, set()).update(data.kept)
    keys = [(j, k, t) for j, components in fed.items() for k in sorted(components) for t in d.states]
    m.mixed = pyo.Expression(
        keys, initialize={(j, k, t): _mixed(m, d, x, into[j], (j, k, t)) for j, k, t in keys}, doc="load of a mixture"
    )
    m.mass = pyo.Expression(
        keys, initialize={(j, k, t): _mass(m, d, x, into[j], (j, k, t)) for j, k, t in keys}, doc="weight of a mixture"
    )
    _shortage(m, d, x)
    m.taken_in = pyo.Expression(
        [(i, k, t) for i, k in m.OUTLETS for t in d.states],
        rule=lambda m, i, k, t: _taken_in(m, d, x, (i, k, t)),
        doc="load that an outlet carries off",
    )

    @m.Constraint(m.OUTLETS, m.STATES, doc="Q1")
    def load_balance(m, i, k, t):
        return pyo.quicksum(m.borne[(*way, k, t)] for way in m.ways[i]) == m.taken_in[i, k, t]

    @m.Constraint(m.short.index_set(), doc="Q13")
    def short_if_empty(m, i, k, t):
        most_less = sum(x.contents[n][k] * x.weights[n][k] * most(d, d.sources[n], t) for n in x.outlets[i].less[k])
        return m.short[i, k, t] <= most_less * m.empty[i, k, t]

    @m.Constraint(m.short.index_set(), doc="Q14")
    def nothing_if_empty(m, i, k, t):
        most_load = x.weights[i][k] * x.outlets[i].highest[k] * most(d, d.sources[i], t)
        return m.taken_in[i, k, t] <= most_load * (1 - m.empty[i, k, t])


def _shortage(m: pyo.ConcreteModel, d: Instance, x: Mixing) -> None:
    """Where sources of given content may hold more than comes in, what they are short of."""
    keys = [
        (i, k, t)
        for i, data in x.outlets.items()
        for k, others in data.less.items()
        if others and data.lowest.get(k, 0.0) <= SAME
        for t in d.states
    ]
    m.short = pyo.Var(keys, domain=pyo.NonNegativeReals, doc="load they hold that never came in [load/yr]")
    m.empty = pyo.Var(keys, domain=pyo.Binary, doc="1 where nothing is left for the outlet")


def arrival(m: pyo.ConcreteModel, d: Instance, e: str, t: str) -> Any:
    """What arrives by an exchange, in the unit of the source."""
    options = d.exchanges[e].options
    return pyo.quicksum(m.flow[e, s, t] - (m.lost[e, s, t] if (e, s) in m.LOSSY else 0.0) for s in options)


def brought(m: pyo.ConcreteModel, d: Instance, x: Mixing, e: str, k: str, t: str) -> Any:
    """Load that arrives by an exchange."""
    i = d.exchanges[e].source
    if (i, k) not in m.OUTLETS:
        return x.contents[i][k] * x.weights[i][k] * arrival(m, d, e, t)
    return pyo.quicksum(
        m.borne[ARRIVING, e, s, k, t]
        if (ARRIVING, e, s, k, t) in m.LOADS
        else _kept_on_the_way(d, e, s) * m.borne[FLOW, e, s, k, t]
        for s in d.exchanges[e].options
    )


def _mixed(m: pyo.ConcreteModel, d: Instance, x: Mixing, into: list[str], key: tuple[str, str, str]) -> Any:
    j, k, t = key
    found = pyo.quicksum(brought(m, d, x, e, k, t) for e in into if k in x.weights.get(d.exchanges[e].source, {}))
    if (j, t) in m.SUPPLIES and k in x.supply_weight(j):
        found += x.supplies[j][k] * x.supply_weight(j)[k] * m.supplied[j, t]
    return found


def _mass(m: pyo.ConcreteModel, d: Instance, x: Mixing, into: list[str], key: tuple[str, str, str]) -> Any:
    j, k, t = key
    weights = {e: x.weights.get(d.exchanges[e].source, {}).get(k) for e in into}
    found = pyo.quicksum(weight * arrival(m, d, e, t) for e, weight in weights.items() if weight is not None)
    if (j, t) in m.SUPPLIES and k in x.supply_weight(j):
        found += x.supply_weight(j)[k] * m.supplied[j, t]
    return found


def _taken_in(m: pyo.ConcreteModel, d: Instance, x: Mixing, key: tuple[str, str, str]) -> Any:
    i, k, t = key
    data = x.outlets[i]
    picked = data.picked.get(k, {}).get(t, 0.0)
    share = loaded(m, d, data.operation) if data.operation is not None else m.there[d.sources[i].unit]
    found = data.kept[k] * pyo.quicksum(m.mixed[j, k, t] for j in data.inlets) + picked * share
    found -= pyo.quicksum(x.contents[n][k] * x.weights[n][k] * m.make[n, t] for n in data.less.get(k, ()))
    return found + m.short[key] if key in m.short else found


def _limits(m: pyo.ConcreteModel, d: Instance, x: Mixing) -> None:
    def of(side: str, limits: dict[tuple[str, ...], Bounds]) -> list[tuple[str, ...]]:
        return [(*key, t) for key, bound in limits.items() if abs(getattr(bound, side)) < INFINITY for t in d.states]

    sinks: dict[tuple[str, ...], Bounds] = {(j, k): b for j, limits in x.limits.items() for k, b in limits.items()}
    out: dict[tuple[str, ...], Bounds] = {
        (kind, i, k): bound
        for kind, streams, index in ((DISCHARGED, x.discharges, m.DISCHARGES), (SOLD, x.sales, m.SALES))
        for i, limits in streams.items()
        for k, bound in limits.items()
        if any((i, t) in index for t in d.states)
    }

    @m.Constraint(of("most", sinks), doc="Q4")
    def highest_in_mixture(m, j, k, t):
        return m.mixed[j, k, t] <= sinks[j, k].most * m.mass[j, k, t] - withheld(m, d, (j, k, t), "most")

    @m.Constraint(of("least", sinks), doc="Q5")
    def lowest_in_mixture(m, j, k, t):
        return m.mixed[j, k, t] >= sinks[j, k].least * m.mass[j, k, t] + withheld(m, d, (j, k, t), "least")

    def load(kind, i, k, t):
        if (i, k) in m.OUTLETS:
            return m.borne[kind, i, "", k, t]
        return x.contents[i][k] * x.weights[i][k] * amount_of(m, (kind, i, ""), t)

    @m.Constraint(of("most", out), doc="Q6")
    def highest_outside(m, kind, i, k, t):
        return load(kind, i, k, t) <= out[kind, i, k].most * x.weights[i][k] * amount_of(m, (kind, i, ""), t)

    @m.Constraint(of("least", out), doc="Q7")
    def lowest_outside(m, kind, i, k, t):
        return load(kind, i, k, t) >= out[kind, i, k].least * x.weights[i][k] * amount_of(m, (kind, i, ""), t)


def faults(d: Instance) -> list[str]:
    """What is missing or contradicts itself in what streams hold."""
    x = d.mixing
    found = [
        f"operation {o!r}: no such unit {data.unit!r}" for o, data in d.operations.items() if data.unit not in d.units
    ]
    streams: list[tuple[str, SourceData | SinkData]] = [*d.sources.items(), *d.sinks.items()]
    for name, stream in streams:
        if stream.operation is not None and stream.operation not in d.operations:
            found.append(f"stream {name!r}: no such operation {stream.operation!r}")
    if x is None:
        return found
    for i, data in x.outlets.items():
        found += [f"outlet {i!r}: no weight of {k!r}" for k in data.kept if k not in x.weights.get(i, {})]
        found += [f"outlet {i!r}: no highest content of {k!r}" for k in data.kept if k not in data.highest]
        found += [f"outlet {i!r}: no such inlet {j!r}" for j in data.inlets if j not in d.sinks]
        found += [
            f"outlet {i!r}: no content of {k!r} in {n!r}"
            for k, others in data.less.items()
            for n in others
            if k not in x.contents.get(n, {}) or k not in x.weights.get(n, {})
        ]
    for i in d.sources:
        known = {*x.contents.get(i, {}), *(x.outlets[i].kept if i in x.outlets else ())}
        found += [f"source {i!r}: no content of {k!r}" for k in x.weights.get(i, {}) if k not in known]
    return found
