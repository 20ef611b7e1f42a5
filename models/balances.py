"""Balances: where every source goes and every sink is fed from.

    sum_{e from i} out[e,t] + discharged[i,t] + sold[i,t] = make[i,t]      i not on demand       (B1)
    sum_{e from i} out[e,t] + sold[i,t] <= make[i,t]                       i on demand           (B2)
    sum_t w_t sold[i,t] <= sale_i there[k_i]                               sale_i finite         (B3)
    sum_{e into j} met[e,t] + supplied[j,t] = need[j,t]                                          (B4)
    out[e,t] <= amount_it hours_et sum_g capacity[k_i,g]        i of a facility, not at once; hours bind (B5)
    met[e,t] <= amount_jt hours_et sum_g capacity[k_j,g]        j of a facility, not at once; hours bind (B6)
    out[e,t] <= given_et make[i,t]                              i a medium, hours bind           (B7)

out[e,t] = sum_s flow[e,s,t], at the source's end of the link, losses included; met[e,t] what arrives, in units of the
sink. make[i,t] = amount_it x there, or x activity of a facility, or x run of an operation and what it gains less what
it loses besides; need[j,t] likewise. discharged exists where the source may be disposed of outside, supplied where the
sink has a conventional supply, sold where there is a market: elsewhere the balance itself says that the exchange must
take it all. hours_et are the hours that both ends of e share: what a facility does in its other hours is of no use to
the other end, however large it is; of a facility that keeps nothing, (h1) to (h5) say it (hours). Of a store, rated_out
(B5) and rated_in (B6) stand for sum_g capacity. given_et is the share of what a plant makes of a medium in the hours
that both ends share: how much that is, the plan says, so that a bound by its largest rate is none.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance, SinkData, SourceData
from .operations import amount, most


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Balances of sources and sinks; after exchange and links."""
    discharging = [i for i, source in d.sources.items() if source.dischargeable and not source.on_demand]
    m.DISCHARGES = pyo.Set(dimen=2, initialize=[(i, t) for i in discharging for t in d.states])
    m.SALES = pyo.Set(
        dimen=2, initialize=[(i, t) for i, source in d.sources.items() if source.sale_limit for t in d.states]
    )
    m.SUPPLIES = pyo.Set(
        dimen=2, initialize=[(j, t) for j, sink in d.sinks.items() if sink.suppliable for t in d.states]
    )
    m.discharged = pyo.Var(m.DISCHARGES, bounds=lambda m, i, t: (0, most(d, d.sources[i], t)), doc="x_it [unit/yr]")
    m.sold = pyo.Var(m.SALES, bounds=lambda m, i, t: (0, most(d, d.sources[i], t)), doc="v_it [unit/yr]")
    m.supplied = pyo.Var(m.SUPPLIES, bounds=lambda m, j, t: (0, most(d, d.sinks[j], t)), doc="u_jt [unit/yr]")
    m.make = pyo.Expression(
        m.SOURCES,
        m.STATES,
        initialize={(i, t): amount(m, d, x, t) for i, x in d.sources.items() for t in d.states},
        doc="made",
    )
    _sources(m, d)
    _sinks(m, d)


def _sources(m: pyo.ConcreteModel, d: Instance) -> None:
    leaving: dict[str, list[tuple[str, str]]] = {i: [] for i in d.sources}
    for e, exchange in d.exchanges.items():
        leaving[exchange.source].extend((e, s) for s in exchange.options)

    def taken(m, i, t):
        out = pyo.quicksum(m.flow[e, s, t] for e, s in leaving[i])
        return out + (m.sold[i, t] if (i, t) in m.SALES else 0)

    @m.Constraint([i for i, x in d.sources.items() if not x.on_demand], m.STATES, doc="B1")
    def source_balance(m, i, t):
        return taken(m, i, t) + (m.discharged[i, t] if (i, t) in m.DISCHARGES else 0) == m.make[i, t]

    @m.Constraint([i for i, x in d.sources.items() if x.on_demand], m.STATES, doc="B2")
    def source_on_demand(m, i, t):
        return taken(m, i, t) <= m.make[i, t]

    keeping = [(e, x) for e, x in d.exchanges.items() if not d.sources[x.source].at_once]

    @m.Constraint([(e, t) for e, x in keeping for t in x.source_hours], doc="B5")
    def leaves_in_shared_hours(m, e, t):
        exchange = d.exchanges[e]
        out = pyo.quicksum(m.flow[e, s, t] for s in exchange.options)
        source = d.sources[exchange.source]
        return out <= source.amount[t] * exchange.source_hours[t] * _rate(m, d, source)

    @m.Constraint([(e, t) for e, x in d.exchanges.items() for t in x.source_shares], doc="B7")
    def medium_in_shared_hours(m, e, t):
        exchange = d.exchanges[e]
        out = pyo.quicksum(m.flow[e, s, t] for s in exchange.options)
        return out <= exchange.source_shares[t] * m.make[exchange.source, t]

    @m.Constraint([i for i, x in d.sources.items() if x.sale_limit and x.sale_limit < float("inf")], doc="B3")
    def market(m, i):
        sold = pyo.quicksum(state.weight * m.sold[i, t] for t, state in d.states.items())
        return sold <= d.sources[i].sale_limit * m.there[d.sources[i].unit]


def _rate(m: pyo.ConcreteModel, d: Instance, stream: SourceData | SinkData) -> Any:
    """What the amount of a stream of a facility or store is multiplied with in an hour."""
    k = stream.unit
    if k in d.stores:
        return (m.rated_out if isinstance(stream, SourceData) else m.rated_in)[k]
    return pyo.quicksum(m.capacity[k, g] for g in d.facilities[k].segments)


def _sinks(m: pyo.ConcreteModel, d: Instance) -> None:
    into: dict[str, list[str]] = {j: [] for j in d.sinks}
    for e, exchange in d.exchanges.items():
        into[exchange.sink].append(e)

    @m.Constraint(m.SINKS, m.STATES, doc="B4")
    def sink_balance(m, j, t):
        supplied = m.supplied[j, t] if (j, t) in m.SUPPLIES else 0
        return pyo.quicksum(m.met[e, t] for e in into[j]) + supplied == m.need[j, t]

    keeping = [(e, x) for e, x in d.exchanges.items() if not d.sinks[x.sink].at_once]

    @m.Constraint([(e, t) for e, x in keeping for t in x.sink_hours], doc="B6")
    def arrives_in_shared_hours(m, e, t):
        exchange = d.exchanges[e]
        sink = d.sinks[exchange.sink]
        return m.met[e, t] <= sink.amount[t] * exchange.sink_hours[t] * _rate(m, d, sink)
