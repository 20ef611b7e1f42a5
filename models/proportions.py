"""Who of what goes into a unit leaves it which way: rows that make the relaxation of products tighter.

    sum_{w out of i} portion[w,t] = 1                           i an outlet of a unit u          (N1)
    sum_{w out of i} via[f,w,t] = inflow[f,t]                   f a way into u                   (N2)
    amount[w,t] = make_i / need_j sum_{f into j} via[f,w,t]     j an inlet of i                  (N3)
    via[f,w,t] <= M_f portion[w,t]                                                               (N4)
    via[f,w,t] >= inflow[f,t] - M_f (1 - portion[w,t])                                           (N5)
    borne[w,k,t] >= kept_ik sum_f low_fkt weight_fk via[f,w,t] + picked_ikt portion[w,t]         (N6)
    borne[w,k,t] <= kept_ik sum_f high_fkt weight_fk via[f,w,t] + picked_ikt portion[w,t]        (N7)

What leaves a unit is one mixture, so that each of its ways out holds every inflow in one and the same proportion,
whatever the component: via = portion x inflow. For pools fed by sources of given content, low = high, this is the
pq-formulation (Tawarmalani & Sahinidis 2002), which is tighter than one of contents; the rows are implied by the
products, and active with the relaxed ones only. Written where something passes in proportion (no gain or loss besides,
nothing taken off) and more than one thing comes in.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance
from .mixing import Way, amount_of
from .operations import most
from .qualities import Mixing

Inflow = tuple[str, str]  # "met", exchange; or "supplied", sink
ROWS = ("portions", "inflow_leaves", "amount_in_proportion", "via_portion", "via_rest", "least_borne", "most_borne")


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Portions and their rows; after products."""
    x = d.mixing or Mixing({}, {}, {})
    inflows = {i: _inflows(m, d, x, i) for i in dict.fromkeys(i for i, _ in m.SPREAD)}
    inflows = {i: of for i, of in inflows.items() if _applies(d, x, i) and sum(len(fs) for fs in of.values()) > 1}
    m.PORTIONS = pyo.Set(dimen=4, initialize=[(*w, t) for i in inflows for w in m.ways[i] for t in d.states])
    m.portion = pyo.Var(m.PORTIONS, bounds=(0, 1), doc="share of what a unit gives that goes a way")
    vias = [
        (*f, *w, t) for i, of in inflows.items() for fs in of.values() for f in fs for w in m.ways[i] for t in d.states
    ]
    m.VIAS = pyo.Set(dimen=6, initialize=vias)
    m.via = pyo.Var(m.VIAS, domain=pyo.NonNegativeReals, doc="part of an inflow that goes a way [unit of the sink/yr]")
    outlet = {w: i for i in inflows for w in m.ways[i]}
    _shares(m, d, inflows)
    _hull(m, d)
    _borne(m, d, x, inflows, outlet)


def _inflows(m: pyo.ConcreteModel, d: Instance, x: Mixing, i: str) -> dict[str, list[Inflow]]:
    """Inlet -> what comes into it."""
    found: dict[str, list[Inflow]] = {}
    for j in x.outlets[i].inlets:
        found[j] = [("met", e) for e, y in d.exchanges.items() if y.sink == j]
        found[j] += [("supplied", j)] if any((j, t) in m.SUPPLIES for t in d.states) else []
    return found


def _applies(d: Instance, x: Mixing, i: str) -> bool:
    """Whether an outlet gives in proportion to what its unit takes."""
    source = d.sources[i]
    inlets = [d.sinks[j] for j in x.outlets[i].inlets]
    together = all(j.unit == source.unit and j.operation == source.operation for j in inlets)
    moving = source.operation is not None or source.unit in d.facilities
    needs = all(j.amount[t] > 0 for j in inlets for t in d.states) and not any(x.outlets[i].less.values())
    exchanges = [y for y in d.exchanges.values() if y.sink in x.outlets[i].inlets]
    return together and moving and needs and not any(source.beside.values()) and all(y.ratio > 0 for y in exchanges)


def _inflow(m: pyo.ConcreteModel, f: Inflow, t: str) -> Any:
    kind, name = f
    if kind == "met":
        return m.met[name, t]
    return m.supplied[name, t] if (name, t) in m.SUPPLIES else 0.0


def _room(d: Instance, f: Inflow, t: str) -> float:
    kind, name = f
    if kind == "supplied":
        return most(d, d.sinks[name], t)
    exchange = d.exchanges[name]
    carried = exchange.ratio * sum(option.most_arriving(t) for option in exchange.options.values())
    return min(carried, most(d, d.sinks[exchange.sink], t))


def _shares(m: pyo.ConcreteModel, d: Instance, inflows: dict[str, dict[str, list[Inflow]]]) -> None:
    @m.Constraint(list(inflows), m.STATES, doc="N1")
    def portions(m, i, t):
        return pyo.quicksum(m.portion[(*w, t)] for w in m.ways[i]) == 1

    entering = [(i, *f) for i, of in inflows.items() for fs in of.values() for f in fs]

    @m.Constraint(entering, m.STATES, doc="N2")
    def inflow_leaves(m, i, kind, name, t):
        return pyo.quicksum(m.via[(kind, name, *w, t)] for w in m.ways[i]) == _inflow(m, (kind, name), t)

    leaving = [(i, j, *w) for i, of in inflows.items() for j in of for w in m.ways[i]]

    @m.Constraint(leaving, m.STATES, doc="N3")
    def amount_in_proportion(m, i, j, kind, name, option, t):
        w = (kind, name, option)
        taken = pyo.quicksum(m.via[(*f, *w, t)] for f in inflows[i][j])
        return amount_of(m, w, t) == d.sources[i].amount[t] / d.sinks[j].amount[t] * taken


def _hull(m: pyo.ConcreteModel, d: Instance) -> None:
    @m.Constraint(m.VIAS, doc="N4")
    def via_portion(m, *index):
        f, w, t = index[:2], index[2:5], index[5]
        return m.via[index] <= _room(d, f, t) * m.portion[(*w, t)]

    @m.Constraint(m.VIAS, doc="N5")
    def via_rest(m, *index):
        f, w, t = index[:2], index[2:5], index[5]
        return m.via[index] >= _inflow(m, f, t) - _room(d, f, t) * (1 - m.portion[(*w, t)])


def _borne(
    m: pyo.ConcreteModel, d: Instance, x: Mixing, inflows: dict[str, dict[str, list[Inflow]]], outlet: dict[Way, str]
) -> None:
    loads = [(*w, k, t) for w, i in outlet.items() for j, k in m.SPREAD if j == i for t in d.states]

    def content(f: Inflow, k: str, t: str, *, high: bool) -> Any:
        """Load of a unit of an inflow, at its lowest or highest content."""
        kind, name = f
        if kind == "supplied":
            return x.supplies[name][k] * x.supply_weight(name)[k] if k in x.supply_weight(name) else 0.0
        exchange = d.exchanges[name]
        i = exchange.source
        if k not in x.weights.get(i, {}):
            return 0.0
        if (i, k) in m.OUTLETS:
            return (m.high if high else m.low)[i, k, t] * (x.weights[i][k] / exchange.ratio)
        return x.contents[i][k] * x.weights[i][k] / exchange.ratio

    def carried(w: Way, k: str, t: str, *, high: bool) -> Any:
        data = x.outlets[outlet[w]]
        inside = pyo.quicksum(
            content(f, k, t, high=high) * m.via[(*f, *w, t)] for fs in inflows[outlet[w]].values() for f in fs
        )
        return data.kept[k] * inside

    def picked(i: str, k: str, t: str, *, high: bool) -> Any:
        data = x.outlets[i]
        amount = data.picked.get(k, {}).get(t, 0.0)
        split = data.operation is not None and d.operations[data.operation].whole is not None
        unit = d.sources[i].unit
        sure = not split and d.units[unit].kind in ("plant", "partner") and unit not in m.OPTIONAL
        return amount if high else amount * m.present[unit] if sure else 0.0

    @m.Constraint(loads, doc="N6")
    def least_borne(m, kind, name, option, k, t):
        w = (kind, name, option)
        portion = m.portion[(*w, t)]
        return m.borne[(*w, k, t)] >= carried(w, k, t, high=False) + picked(outlet[w], k, t, high=False) * portion

    @m.Constraint(loads, doc="N7")
    def most_borne(m, kind, name, option, k, t):
        w = (kind, name, option)
        portion = m.portion[(*w, t)]
        return m.borne[(*w, k, t)] <= carried(w, k, t, high=True) + picked(outlet[w], k, t, high=True) * portion
