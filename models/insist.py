"""An exchange that somebody insists on: what the best park with it costs.

    running[e] >= 1                                             e insisted on                    (i1)
    sum_{s,t} w_t flow[e,s,t] >= least_e                        e insisted on, least_e > 0       (i2)

Unlike an exchange that the case forces (exchange, E8), which need not be built where one of its ends is not there, it
is built: its ends have to come. Rows over index sets that start empty, so that one model answers for each exchange in
turn.
"""

import pyomo.environ as pyo

from .instance import ExchangeId


def declare(m: pyo.ConcreteModel) -> None:
    """Rows over index sets that start empty; after exchange."""
    m.INSISTED = pyo.Set()
    m.CARRYING = pyo.Set()
    m.insisted = pyo.Constraint(m.INSISTED, doc="i1")
    m.carrying = pyo.Constraint(m.CARRYING, doc="i2")


def insist(m: pyo.ConcreteModel, e: ExchangeId, least: float = 0.0) -> None:
    """Have an exchange built and, where ``least`` is above 0, carry so much [unit/yr]; it alone is insisted on."""
    release(m)
    m.INSISTED.add(e)
    m.insisted[e] = m.running[e] >= 1
    if least > 0.0:
        m.CARRYING.add(e)
        states = m.instance.states.items()
        options = m.instance.exchanges[e].options
        m.carrying[e] = pyo.quicksum(x.weight * m.flow[e, s, t] for s in options for t, x in states) >= least


def release(m: pyo.ConcreteModel) -> None:
    """Insist on nothing."""
    m.insisted.clear()
    m.carrying.clear()
    m.INSISTED.clear()
    m.CARRYING.clear()
