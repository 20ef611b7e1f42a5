"""Contents that nobody knows, followed through the units that pass them on: where they come in, where they may not go.

    running[e] <= blind[j,q]                                    e brings unknown q into inlet j                  (Y1)
    running[e] + blind[i,q] - 1 <= blind[j,q]                   e into inlet j, from an outlet of inlet i        (Y2)
    running[e] + blind[j,q] <= 1                                e from an outlet of j to where q is limited      (Y3)
    amount[w,t] <= U_wt (1 - blind[j,q])                        w disposal or sale of it, q limited or charged   (Y4)
    withheld[e,k,t] >= within[e,k,t] - N_ekt (1 - blind[j,q])   e from an outlet of j, its taker accepts unknown q (Y5)

blind is binary: 1 where something of unknown content of q comes into a unit that passes it on. What is known of such a
mixture counts as if the unknown part held nothing, so that what leaves may only go where q does not matter, or where an
unknown content is accepted. There it must not dilute anything: within is the load by which e stays below an upper limit
(above a lower one), N_ekt the most it can be, withheld >= 0 what (Q4) and (Q5) do not grant of it.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance
from .qualities import INFINITY, Mixing, Unknown

DISCHARGED = "discharged"


def declare(m: pyo.ConcreteModel, d: Instance) -> None:
    """Where unknown contents come in, and what then does not count; before mixtures."""
    x = d.mixing or Mixing({}, {}, {})
    m.BLIND = pyo.Set(dimen=2, initialize=list(x.unknowns))
    m.blind = pyo.Var(m.BLIND, domain=pyo.Binary, doc="1 where something unknown comes into an inlet")
    #: (exchange, component, "most" or "least") -> inlet and quality that make it unknown
    m.withheld_by = {
        (e, k, side): key
        for key, unknown in x.unknowns.items()
        for e in unknown.accepted
        if e in d.exchanges
        for k, bounds in x.limits.get(d.exchanges[e].sink, {}).items()
        for side in ("most", "least")
        if x.components[k][0] == key[1] and abs(getattr(bounds, side)) < INFINITY
    }
    m.withheld = pyo.Var(
        list(m.withheld_by),
        m.STATES,
        domain=pyo.NonNegativeReals,
        doc="room within a limit that what is unknown does not make [load/yr]",
    )


def withheld(m: pyo.ConcreteModel, d: Instance, key: tuple[str, str, str], side: str) -> Any:
    """Room within a limit of a sink that streams of unknown content do not make."""
    j, k, t = key
    return pyo.quicksum(
        m.withheld[e, c, at, t] for e, c, at in m.withheld_by if (c, at) == (k, side) and d.exchanges[e].sink == j
    )


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rows; after mixtures. An exchange that no option can carry is not there."""
    x = d.mixing or Mixing({}, {}, {})
    found: dict[tuple[str, str], Unknown] = dict(x.unknowns)

    @m.Constraint([(e, *key) for key, unknown in found.items() for e in unknown.direct if e in m.EXCHANGES], doc="Y1")
    def comes_in_unknown(m, e, j, q):
        return m.running[e] <= m.blind[j, q]

    passed_on = [(e, i, *key) for key, unknown in found.items() for e, i in unknown.passed_on if e in m.EXCHANGES]

    @m.Constraint(passed_on, doc="Y2")
    def stays_unknown(m, e, i, j, q):
        return m.running[e] + m.blind[i, q] - 1 <= m.blind[j, q]

    @m.Constraint([(e, *key) for key, unknown in found.items() for e in unknown.barred if e in m.EXCHANGES], doc="Y3")
    def unknown_is_barred(m, e, j, q):
        return m.running[e] + m.blind[j, q] <= 1

    shut = [(kind, i, *key, t) for key, unknown in found.items() for kind, i in unknown.shut for t in d.states]

    @m.Constraint([(kind, i, j, q, t) for kind, i, j, q, t in shut if (i, t) in _way(m, kind)], doc="Y4")
    def unknown_stays_inside(m, kind, i, j, q, t):
        amount = _way(m, kind)[i, t]
        return amount <= amount.ub * (1 - m.blind[j, q])

    @m.Constraint(list(m.withheld_by), m.STATES, doc="Y5")
    def unknown_dilutes_nothing(m, e, k, side, t):
        within, most = _within(m, d, x, (e, k, side, t))
        return m.withheld[e, k, side, t] >= within - most * (1 - m.blind[m.withheld_by[e, k, side]])


def _way(m: pyo.ConcreteModel, kind: str) -> pyo.Var:
    return m.discharged if kind == DISCHARGED else m.sold


def _within(m: pyo.ConcreteModel, d: Instance, x: Mixing, key: tuple[str, str, str, str]) -> tuple[Any, float]:
    """Load by which an exchange stays within a limit, and the most that can be."""
    from .mixing import arrival, brought

    e, k, side, t = key
    exchange = d.exchanges[e]
    limit, weight = getattr(x.limits[exchange.sink][k], side), x.weights[exchange.source][k]
    within = limit * weight * arrival(m, d, e, t) - brought(m, d, x, e, k, t)
    outlet = x.outlets[exchange.source]
    content = max(abs(outlet.highest[k]), abs(outlet.lowest.get(k, 0.0)), abs(limit))
    most = 2.0 * content * weight * sum(option.max_flow[t] for option in exchange.options.values())
    return (within if side == "most" else -within), most
