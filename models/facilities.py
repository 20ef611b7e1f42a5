"""Facilities and own measures: whether, how large, how much they run.

    sum_{p in P(k)} sited[k,p] = there[k]                       k shared facility                (F1)
    sum_p standing[m,p] = there[m]                              m measure that takes land        (F2)
    there[k] <= present[k] shared                               k shared facility                (F3)
    there[m] <= present[m] measures                             m own measure                    (F4)
    there[m] <= there[h(m)]                                     m own measure, h(m) its host     (F5)
    there[k] >= present[k] shared                               k forced shared facility         (F6)
    there[m] >= measures shared present[m] there[h(m)]          m forced measure                 (F7)
    capacity[k,g] <= high_g opened[k,g]                         segment g of k                   (F8)
    capacity[k,g] >= low_g opened[k,g]                          segment g of k                   (F9)
    activity[k,t] <= hours_kt sum_g capacity[k,g]               k no store (storage)             (F10)
    sum_{k in rule} there[k] <= n                               rule "at most n of these"        (F11)
    activity[k,t] >= least_kt there[k]                          least_kt > 0                     (F12)
    sum_p ground[k,p] = land_k (sum_g capacity[k,g] - low_k there[k])   k takes land by capacity (F13)
    sum_{m of h} roof_m sum_g capacity[m,g] <= roof_h           h plant with measures on roofs   (F14)

low_k is the smallest capacity of k, whose land is part of its own (siting); roof_h the roof that h has.

opened is binary and there[k] = sum_g opened[k,g] <= 1 by (F3), (F4): a piecewise linear investment curve with one
segment open, the convex hull of the curve (Croxton, Gendron, Magnanti 2003, "multiple choice model"). In (F7) the
host's there[h] is a parameter where the host is mandatory, so that the row stays linear.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Sizes and activity of facilities and measures; after siting."""
    m.FACILITIES = pyo.Set(initialize=list(d.facilities))
    m.SEGMENTS = pyo.Set(dimen=2, initialize=[(k, g) for k, data in d.facilities.items() for g in data.segments])
    m.opened = pyo.Var(m.SEGMENTS, domain=pyo.Binary, doc="o_kg: facility k is built with a capacity in segment g")
    m.capacity = pyo.Var(
        m.SEGMENTS, bounds=lambda m, k, g: (0, d.facilities[k].segments[g].high), doc="c_kg: capacity [activity/h]"
    )
    m.ACTIVE = pyo.Set(initialize=[k for k in d.facilities if k not in d.stores])
    m.activity = pyo.Var(
        m.ACTIVE, m.STATES, bounds=lambda m, k, t: (0, most_active(d, k, t)), doc="a_kt: activity [activity/yr]"
    )
    opened = {k: pyo.quicksum(m.opened[k, g] for g in data.segments) for k, data in d.facilities.items()}
    shared = [k for k in d.facilities if d.units[k].kind == "facility"]
    own = [k for k in d.facilities if d.units[k].kind == "measure"]
    for k in own:
        m.there[k] = opened[k]
    _presence(m, d, shared, own, opened)
    _sizes(m, d)
    _land(m, d)

    @m.Constraint(list(d.at_most), doc="F11")
    def at_most(m, rule):
        units, most = d.at_most[rule]
        return pyo.quicksum(m.there[k] for k in units) <= most


def most_active(d: Instance, k: str, t: str) -> float:
    """Largest activity of a facility in a state [activity/yr]."""
    data = d.facilities[k]
    return max((segment.high for segment in data.segments.values()), default=0.0) * data.hours[t]


def _presence(m: pyo.ConcreteModel, d: Instance, shared: list[str], own: list[str], opened: dict[str, Any]) -> None:
    @m.Constraint(shared, doc="F1")
    def stands_if_opened(m, k):
        return pyo.quicksum(m.sited[k, p] for p in d.admissible.get(k, ())) == opened[k]

    @m.Constraint(list(dict.fromkeys(k for k, _ in m.STANDINGS)), doc="F2")
    def measure_stands_if_opened(m, k):
        return pyo.quicksum(m.standing[k, p] for p in d.admissible[d.stands(k)]) == opened[k]

    @m.Constraint(shared, doc="F3")
    def only_if_shared(m, k):
        return opened[k] <= m.present[k] * m.shared

    @m.Constraint(own, doc="F4")
    def only_with_measures(m, k):
        return opened[k] <= m.present[k] * m.measures

    @m.Constraint(own, doc="F5")
    def only_with_host(m, k):
        return opened[k] <= m.there[d.stands(k)]

    @m.Constraint([k for k in shared if d.units[k].forced], doc="F6")
    def forced_facility(m, k):
        return opened[k] >= m.present[k] * m.shared

    @m.Constraint([k for k in own if d.units[k].forced], doc="F7")
    def forced_measure(m, k):
        return opened[k] >= m.measures * m.shared * m.present[k] * m.there[d.stands(k)]


def _land(m: pyo.ConcreteModel, d: Instance) -> None:
    """Land and roofs by capacity."""
    roofed: dict[str, list[str]] = {}
    for k in d.land.roof:
        roofed.setdefault(d.stands(k), []).append(k)

    def capacity(m, k):
        return pyo.quicksum(m.capacity[k, g] for g in d.facilities[k].segments)

    @m.Constraint(list(d.land.ground), doc="F13")
    def ground_by_capacity(m, k):
        segments = d.facilities[k].segments
        smallest = min(s.low for s in segments.values()) * pyo.quicksum(m.opened[k, g] for g in segments)
        taken = pyo.quicksum(m.ground[k, p] for p in d.admissible.get(d.stands(k), ()))
        return taken == d.land.ground[k] * (capacity(m, k) - smallest)

    @m.Constraint(list(roofed), doc="F14")
    def roofs_of_plant(m, h):
        return pyo.quicksum(d.land.roof[k] * capacity(m, k) for k in roofed[h]) <= d.land.roofs[h]


def _sizes(m: pyo.ConcreteModel, d: Instance) -> None:
    @m.Constraint(m.SEGMENTS, doc="F8")
    def largest_capacity(m, k, g):
        return m.capacity[k, g] <= d.facilities[k].segments[g].high * m.opened[k, g]

    @m.Constraint(m.SEGMENTS, doc="F9")
    def smallest_capacity(m, k, g):
        return m.capacity[k, g] >= d.facilities[k].segments[g].low * m.opened[k, g]

    @m.Constraint(m.ACTIVE, m.STATES, doc="F10")
    def activity_limit(m, k, t):
        capacity = pyo.quicksum(m.capacity[k, g] for g in d.facilities[k].segments)
        return m.activity[k, t] <= d.facilities[k].hours[t] * capacity

    @m.Constraint([(k, t) for k, x in d.facilities.items() for t, v in x.least.items() if v > 0], doc="F12")
    def least_activity(m, k, t):
        opened = pyo.quicksum(m.opened[k, g] for g in d.facilities[k].segments)
        return m.activity[k, t] >= d.facilities[k].least[t] * opened
