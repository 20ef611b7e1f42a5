"""What flows in a main fills the pipes it has on a stretch.

    carried[n,c,a,+,t] / U+ + carried[n,c,a,-,t] / U- <= used[n,a]      c commodity of main n    (P1)
    sum_c (carried[n,c,a,+,t] + carried[n,c,a,-,t]) / hours_ct <= sum_z room[n,a,z]              (P2)
    carried[n,c,a,+,t] <= U+ onward[n,a,t], carried[n,c,a,-,t] <= U- (1 - onward[n,a,t])  a share is lost (P3)

room = capacity_z laid, or sized for a cost trend. U+ and U- are the most that can enter a in that direction: what the
sources that reach its upstream end without it can give, and what the sinks beyond its other end can take. Opposite
flows of one commodity cancel without a change for anybody, which is why (P1) may add them. Where a share is lost on
the way, going back and forth would get rid of what nobody wants: there each stretch has one direction, onward (binary).
"""

from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo

from .commodities import Bounds, Commodity
from .instance import Instance


def add(
    m: pyo.ConcreteModel, d: Instance, commodities: Mapping[str, list[Commodity]], bounds: Mapping[str, Bounds]
) -> None:
    """Rows between what flows and the pipes; after both are there."""
    filled = [(n, c.name, a, t) for n, a in m.BEDS for c in commodities[n] for t in d.states]
    ways = {key: [way for way in "+-" if (*key[:3], way, key[3]) in m.carried] for key in filled}
    hours = {(n, c.name, t): c.hours[t] for n in d.mains for c in commodities[n] for t in d.states}
    apart = _separate_ways(m) if not m.strength.one_binary else None

    @m.Constraint([(*key, way) for key, both in ways.items() for way in (both if apart else both[:1])], doc="P1")
    def flows_in_a_pipe(m, n, c, a, t, way):
        both = [way] if apart else ways[n, c, a, t]
        largest = max(bounds[n][c, a, w, t] for w in both)
        parts = (largest / bounds[n][c, a, w, t] * m.carried[n, c, a, w, t] for w in both)
        return pyo.quicksum(parts) <= largest * (m.used[n, a] if apart is None else apart[n, a, way])

    leaking = [(n, a, t) for n, a in m.BEDS if d.mains[n].beds[a].share_lost > 0 for t in d.states]
    m.LEAKING = pyo.Set(dimen=3, initialize=leaking)
    m.onward = pyo.Var(m.LEAKING, domain=pyo.Binary, doc="1 where what leaks flows from tail to head")

    @m.Constraint([(n, c, a, way, t) for n, c, a, way, t in m.carried if (n, a, t) in m.LEAKING], doc="P3")
    def one_direction(m, n, c, a, way, t):
        chosen = m.onward[n, a, t] if way == "+" else 1 - m.onward[n, a, t]
        return m.carried[n, c, a, way, t] <= bounds[n][c, a, way, t] * chosen

    @m.Constraint(m.BEDS, m.STATES, doc="P2")
    def capacity_of_pipes(m, n, a, t):
        rate = [
            1.0 / hours[n, c.name, t] * m.carried[n, c.name, a, way, t]
            for c in commodities[n]
            for way in ways[n, c.name, a, t]
        ]
        if not rate:
            return pyo.Constraint.Skip
        bed = d.mains[n].beds[a]
        room = (m.sized[n, a, z] if pipe.sized else pipe.capacity * m.laid[n, a, z] for z, pipe in bed.pipes.items())
        return pyo.quicksum(rate) <= pyo.quicksum(room)


def _separate_ways(m: pyo.ConcreteModel) -> dict[tuple[str, str, str], Any]:
    """A build decision for each direction, for comparison only."""
    m.laid_way = pyo.Var(m.BEDS, ["+", "-"], domain=pyo.Binary)

    @m.Constraint(m.BEDS, doc="P1")
    def ways_are_pipes(m, n, a):
        return m.laid_way[n, a, "+"] + m.laid_way[n, a, "-"] <= 2 * m.used[n, a]

    return {(n, a, way): m.laid_way[n, a, way] for n, a in m.BEDS for way in "+-"}
