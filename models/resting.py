"""What pipes of mains owe: nothing in a state in which nothing that is built can flow in them; and where they add some.

    serving[n,t] >= built[e,s]                                  (e,s) over main n, U_est > 0     (Z1)
    laid[n,a,z] - most_naz (1 - serving[n,t]) <= owing[n,a,z,t] <= laid[n,a,z]                   (Z2)
    got[e,s,q,t] <= reached[e,s,q,t], sum_q got[e,s,q,t] <= 9 flow[e,s,t]   owed < 0             (Z3)

A pipe in service loses heat whatever flows (mains, M2). In a single state whoever is built also flows; with several, a
main may serve none in some of them: district heat in summer. There nobody could feed what its pipes owe, and (M7) would
forbid the main itself. So a main that ``rests`` owes in state t only if an exchange that is built over it can send
something then: owing[n,a,z,t] pipes instead of laid[n,a,z], for states in which not all of its users can. serving and
owing are continuous; with built whole, owing is laid where the main serves, and may be 0 where it does not.

What is owed is negative where pipes add to the flow: a cooling loop that is warmer than the ground loses heat, so that
its takers get more cold than leaves who is heated by it, who gets less heat than they put in. As a loss is put in by
the givers and taken half at each end of a stretch, this is put in there, and taken by the takers: got, part of what
arrives. (Z3) mirrors (M7): a tenth at least of what they take leaves the source.
"""

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from .commodities import most_of, owed_in, owes
from .instance import Instance

#: The most that an exchange may send for losses, over what arrives of it; and may get besides, over what it sends.
LOST_TO_ARRIVED = 9.0


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Pipes that owe or add something in a state; after pipes and exchanges, before their balances."""
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
        if pipe.owed_loss.get(t)
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


def declare_owed(m: pyo.ConcreteModel, d: Instance) -> None:
    """What leaves for what pipes owe, and what arrives of what they add; before their balances."""
    ways = [(n, e, s, t) for n, main in d.mains.items() for e, s in main.users for t in d.states]
    #: (exchange, option, state) whose main has pipes that add something -> whether others of it lose some
    m.adding = {(e, s, t): owed_in(d.mains[n], t, 1) > 0 for n, e, s, t in ways if owed_in(d.mains[n], t, -1) > 0}
    taking = dict.fromkeys((e, s, q, t) for e, s, t in m.adding for _, q in d.exchanges[e].options[s].pairs)
    owing = [(n, e, s) for n, main in d.mains.items() if owes(main) for e, s in main.users]
    fed = [(e, s, p) for _, e, s in owing for p, _ in d.exchanges[e].options[s].pairs]
    m.FED = pyo.Set(dimen=3, initialize=list(dict.fromkeys(fed)))
    m.fed = pyo.Var(
        m.FED,
        m.STATES,
        bounds=lambda m, e, s, p, t: (0, None if m.adding.get((e, s, t), True) else 0),
        doc="l_espt: covers what pipes owe [unit/yr]",
    )
    m.GOT = pyo.Set(dimen=4, initialize=list(taking))
    m.got = pyo.Var(m.GOT, domain=pyo.NonNegativeReals, doc="a_esqt: of what arrives, added by pipes [unit/yr]")


def add_got(m: pyo.ConcreteModel, reached: Callable[[str, str, str, str], Any]) -> None:
    """Bounds of what is got; ``reached`` tells what arrives by an option on a place in a state."""

    @m.Constraint(m.GOT, doc="Z3")
    def got_of_what_arrives(m, e, s, q, t):
        return m.got[e, s, q, t] <= reached(e, s, q, t)

    @m.Constraint(list(m.adding), doc="Z3")
    def got_where_it_leaves(m, e, s, t):
        return gotten(m, e, s, t) <= LOST_TO_ARRIVED * m.flow[e, s, t]


def got(m: pyo.ConcreteModel, e: str, s: str, q: str, t: str) -> Any:
    """What of an option's arrivals on a place is added by pipes."""
    return m.got[e, s, q, t] if (e, s, q, t) in m.GOT else 0.0


def gotten(m: pyo.ConcreteModel, e: str, s: str, t: str) -> Any:
    """The same on all places."""
    if (e, s, t) not in m.adding:
        return 0.0
    return pyo.quicksum(
        got(m, e, s, q, t) for q in dict.fromkeys(q for _, q in m.instance.exchanges[e].options[s].pairs)
    )


def halves(m: pyo.ConcreteModel, d: Instance, at: tuple[str, str, str], sign: int) -> list[Any]:
    """Half of what the pipes of a main on a stretch owe in a state (``sign`` 1), or of what they add (-1)."""
    n, a, t = at
    return [
        0.5 * sign * x.owed_loss[t] * (m.owing[n, a, z, t] if (n, a, z, t) in m.OWING else m.laid[n, a, z])
        for z, x in d.mains[n].beds[a].pipes.items()
        if sign * x.owed_loss.get(t, 0.0) > 0
    ]
