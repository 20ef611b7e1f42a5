"""Mains that rest: what their pipes owe in a state in which nothing that is built can flow in them.

    serving[n,t] >= built[e,s]                                  (e,s) over main n, U_est > 0     (Z1)
    laid[n,a,z] - most_naz (1 - serving[n,t]) <= owing[n,a,z,t] <= laid[n,a,z]                   (Z2)

A pipe in service loses heat whatever flows (mains, M2). In a single state whoever is built also flows; with several, a
main may serve none in some of them: district heat in summer. There nobody could feed what its pipes owe, and (M7) would
forbid the main itself. So a main that ``rests`` owes in state t only if an exchange that is built over it can send
something then: owing[n,a,z,t] pipes instead of laid[n,a,z], for states in which not all of its users can. serving and
owing are continuous; with built whole, owing is laid where the main serves, and may be 0 where it does not.
"""

import pyomo.environ as pyo

from .commodities import most_of
from .instance import Instance


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Pipes that owe something in a state; after pipes and exchanges, before their balances."""
    users = {n: main.users for n, main in d.mains.items() if main.rests and len(d.states) > 1}
    able = {
        (n, t): [(e, s) for e, s in of if d.exchanges[e].options[s].max_flow[t] > 0]
        for n, of in users.items()
        for t in d.states
    }
    m.RESTING = pyo.Set(dimen=2, initialize=[(n, t) for (n, t), some in able.items() if len(some) < len(users[n])])
    m.serving = pyo.Var(m.RESTING, bounds=(0, 1), doc="1 where main n serves somebody in state t")
    owing = [
        (n, a, z, t)
        for n, t in m.RESTING
        for a, bed in d.mains[n].beds.items()
        for z, pipe in bed.pipes.items()
        if pipe.owed_loss.get(t, 0.0) > 0
    ]
    most = {(n, a, z): most_of(d.mains[n].beds[a], z) for n, a, z, _ in owing}
    m.OWING = pyo.Set(dimen=4, initialize=owing)
    m.owing = pyo.Var(m.OWING, bounds=lambda m, n, a, z, t: (0, most[n, a, z]), doc="pipes that owe in state t")

    @m.Constraint([(n, t, e, s) for n, t in m.RESTING for e, s in able[n, t]], doc="Z1")
    def serves_who_is_built(m, n, t, e, s):
        return m.serving[n, t] >= m.built[e, s]

    @m.Constraint(m.OWING, doc="Z2")
    def owes_where_it_serves(m, n, a, z, t):
        return m.owing[n, a, z, t] >= m.laid[n, a, z] - most[n, a, z] * (1 - m.serving[n, t])

    @m.Constraint(m.OWING, doc="Z2")
    def owes_where_it_lies(m, n, a, z, t):
        return m.owing[n, a, z, t] <= m.laid[n, a, z]
