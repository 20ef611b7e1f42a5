"""Siting: which unit stands on which place.

    sum_{p in P(k)} sited[k,p] = present[k]                     k mandatory plant or partner     (S1)
    sum_{p in P(k)} sited[k,p] <= present[k] may_settle[k]      k optional plant                 (S2)
    sum_{p in P(k)} sited[k,p] >= present[k] must_settle[k]     k optional plant                 (S3)
    sum_{k optional} there[k] >= shared * tenants_at_least                                       (S4)
    sum_k sited[k,q] <= tenants(q)                              q plot or point                  (S5)
    sum_k a_k sited[k,q] + sum_m a_m standing[m,q] <= A_q       q plot for several tenants       (S6)
    sum_m a_m standing[m,q] <= (A_q - a_h) sited[h,q]           h host of measures, q in P(h)    (S7)
    standing[m,p] <= sited[h(m),p]                              m measure that takes land        (S8)
    sited[k,p] + sum_{q near p} sited[l,q] <= 1                 conflict k on p with l           (S9)
    sited[k,p] <= sum_{q near p} sited[l,q] + 1 - shared present[l]    neighbours k on p with l  (S10)
    ground[k,p] <= (A_p - a_k) sited[h(k),p]                    k takes land by capacity         (S11)
    sum_k a_k sited[k,q] + sum_m a_m standing[m,q] + sum_k ground[k,q] <= A_q  (S6) with such k  (S12)
    sum_m (a_m standing[m,q] + ground[m,q]) <= (A_q - a_h) sited[h,q]          (S7) with such m  (S13)

P(k) admissible places, a_k land of unit k, A_q usable land, tenants(q) most units that fit. there[k] is 1 where k is
part of the park: present[k] for a mandatory plant, else the sum of its binaries. sited is binary; standing[m,p] is the
product "measure m is built and its host stands on p", continuous because (S8) and sum_p standing[m,p] = there[m]
(facilities, F2) fix it once the binaries are fixed.

ground[k,p] is the land that k takes on p by its capacity beyond the smallest (facilities, F13), no more than all that
it could take. a_k holds what it takes at its smallest; h(k) is k itself where it is no measure.

(S9) takes all places near p at once, since l stands on at most one: stronger than a row a pair. (S7) is written where
the host stands alone; it is (S6) with the host's own land moved to the right, which is stronger. Conflicts hold in the
baseline, too; neighbours and the least number of tenants are rules of the park, lifted with ``shared``.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance
from .rules import Conflict, Neighbour


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Switches, binaries of siting and the rules of land."""
    _switches(m, d)
    m.SITINGS = pyo.Set(dimen=2, initialize=[(k, p) for k in d.units if _placed(d, k) for p in d.admissible.get(k, ())])
    m.sited = pyo.Var(m.SITINGS, domain=pyo.Binary, doc="y_kp: unit k stands on place p")
    m.STANDINGS = pyo.Set(dimen=2, initialize=_standings(d))
    m.standing = pyo.Var(m.STANDINGS, bounds=(0, 1), doc="v_mp: measure m is built and its host stands on p")
    m.there = pyo.Expression(m.UNITS, initialize={k: _there(m, d, k) for k in d.units}, doc="1 where unit k is there")
    _one_place(m, d)
    _land(m, d)
    _land_by_size(m, d)
    _rules(m, d)


def _switches(m: pyo.ConcreteModel, d: Instance) -> None:
    """Mutable parameters that turn the plan's model into that of a baseline, a coalition or a partner's exit."""
    m.UNITS = pyo.Set(initialize=list(d.units))
    m.OPTIONAL = pyo.Set(initialize=[k for k, unit in d.units.items() if unit.kind == "plant" and unit.optional])
    fixed = d.tenants_fixed
    m.present = pyo.Param(m.UNITS, mutable=True, initialize=1, doc="1 unless unit k and its rules are switched off")
    m.must_settle = pyo.Param(
        m.OPTIONAL, mutable=True, initialize={k: int(fixed is not None and k in fixed) for k in m.OPTIONAL}
    )
    m.may_settle = pyo.Param(
        m.OPTIONAL, mutable=True, initialize={k: int(fixed is None or k in fixed) for k in m.OPTIONAL}
    )
    m.shared = pyo.Param(mutable=True, initialize=1, doc="1 in the plan, 0 where each unit is alone")
    m.measures = pyo.Param(mutable=True, initialize=1, doc="1 where own measures may be built")
    m.keep_existing = pyo.Param(mutable=True, initialize=0, doc="1 where existing links work though shared is 0")


def _placed(d: Instance, k: str) -> bool:
    return d.units[k].kind != "measure"


def _standings(d: Instance) -> list[tuple[str, str]]:
    """(measure, place) where the measure takes land, or an effect depends on its place."""
    booked = {index for index in d.effects.get("sited", {}) if d.units[index[0]].kind == "measure"}
    return [
        (k, p)
        for k, unit in d.units.items()
        if unit.kind == "measure" and (unit.area > 0 or any(k == index[0] for index in booked))
        for p in d.admissible[d.stands(k)]
    ]


def _there(m: pyo.ConcreteModel, d: Instance, k: str) -> Any:
    unit = d.units[k]
    if unit.kind == "measure":
        return 0.0  # becomes the sum of its segments in facilities
    if unit.kind == "facility" or unit.optional:
        return pyo.quicksum(m.sited[k, p] for p in d.admissible.get(k, ()))
    return m.present[k]


def _one_place(m: pyo.ConcreteModel, d: Instance) -> None:
    mandatory = [k for k, u in d.units.items() if u.kind in ("plant", "partner") and k not in m.OPTIONAL]

    @m.Constraint(mandatory, doc="S1")
    def one_place(m, k):
        return pyo.quicksum(m.sited[k, p] for p in d.admissible.get(k, ())) == m.present[k]

    @m.Constraint(m.OPTIONAL, doc="S2")
    def at_most_one_place(m, k):
        return pyo.quicksum(m.sited[k, p] for p in d.admissible.get(k, ())) <= m.present[k] * m.may_settle[k]

    @m.Constraint(m.OPTIONAL, doc="S3")
    def settles_where_told(m, k):
        return pyo.quicksum(m.sited[k, p] for p in d.admissible.get(k, ())) >= m.present[k] * m.must_settle[k]

    bounded = [d.tenants_at_least] if d.tenants_at_least > 0 and len(m.OPTIONAL) > 0 else []

    @m.Constraint(bounded, doc="S4")
    def least_tenants(m, least):
        return pyo.quicksum(m.there[k] for k in m.OPTIONAL) >= m.shared * least


def _land(m: pyo.ConcreteModel, d: Instance) -> None:
    on: dict[str, list[str]] = {q: [] for q in d.places}
    for k, q in m.SITINGS:
        on[q].append(k)
    measures: dict[tuple[str, str], list[str]] = {}
    for measure, q in m.STANDINGS:
        if d.units[measure].area > 0:
            measures.setdefault((d.stands(measure), q), []).append(measure)
    crowded = [q for q in d.places if len(on[q]) > d.places[q].tenants]
    several = [q for q in d.places if d.places[q].tenants > 1 and d.places[q].area < float("inf") and on[q]]
    alone = [(h, q) for h, q in measures if d.places[q].tenants == 1 and d.places[q].area < float("inf")]

    @m.Constraint(crowded, doc="S5")
    def tenants_of_place(m, q):
        return pyo.quicksum(m.sited[k, q] for k in on[q]) <= d.places[q].tenants

    @m.Constraint(several, doc="S6")
    def land_of_plot(m, q):
        own = pyo.quicksum(d.units[k].area * m.sited[k, q] for k in on[q])
        of_measures = pyo.quicksum(d.units[n].area * m.standing[n, q] for k in on[q] for n in measures.get((k, q), []))
        return own + of_measures <= d.places[q].area

    @m.Constraint(alone, doc="S7")
    def land_beside_host(m, h, q):
        spare = d.places[q].area - d.units[h].area
        return pyo.quicksum(d.units[n].area * m.standing[n, q] for n in measures[h, q]) <= spare * m.sited[h, q]

    @m.Constraint(m.STANDINGS, doc="S8")
    def measure_with_host(m, n, p):
        return m.standing[n, p] <= m.sited[d.stands(n), p]


def _land_by_size(m: pyo.ConcreteModel, d: Instance) -> None:
    """Land that facilities take by their capacity, beside that of everybody else on the plot."""
    most = {k: d.land.most(k, d.facilities[k].segments.values()) for k in d.land.ground}
    m.GROUNDS = pyo.Set(dimen=2, initialize=[(k, p) for k in most for p in d.admissible.get(d.stands(k), ())])
    m.ground = pyo.Var(m.GROUNDS, bounds=lambda m, k, p: (0, most[k]), doc="land k takes on p by its capacity [ha]")
    on: dict[str, list[str]] = {}
    for k, q in m.GROUNDS:
        on.setdefault(q, []).append(k)
    bounded = [q for q in on if d.places[q].area < float("inf")]
    several = [q for q in bounded if d.places[q].tenants > 1]
    hosts = {(d.stands(k), q) for q in bounded if q not in several for k in on[q] if d.stands(k) != k}

    @m.Constraint(m.GROUNDS, doc="S11")
    def ground_where_it_stands(m, k, p):
        room = max(0.0, d.places[p].area - d.units[k].area)
        return m.ground[k, p] <= min(room, most[k]) * m.sited[d.stands(k), p]

    @m.Constraint(several, doc="S12")
    def all_land_of_plot(m, q):
        own = pyo.quicksum(d.units[k].area * m.sited[k, p] for k, p in m.SITINGS if p == q)
        of_measures = pyo.quicksum(d.units[n].area * m.standing[n, p] for n, p in m.STANDINGS if p == q)
        return own + of_measures + pyo.quicksum(m.ground[k, q] for k in on[q]) <= d.places[q].area

    @m.Constraint(sorted(hosts), doc="S13")
    def all_land_beside_host(m, h, q):
        fixed = pyo.quicksum(d.units[n].area * m.standing[n, p] for n, p in m.STANDINGS if p == q and d.stands(n) == h)
        grown = pyo.quicksum(m.ground[n, q] for n in on[q] if d.stands(n) == h)
        return fixed + grown <= (d.places[q].area - d.units[h].area) * m.sited[h, q]


def _rules(m: pyo.ConcreteModel, d: Instance) -> None:
    conflicts = [c for c in range(len(d.conflicts)) if _siting(m, d, d.conflicts[c])]
    neighbours = [n for n in range(len(d.neighbours)) if _siting(m, d, d.neighbours[n])]

    @m.Constraint(conflicts, doc="S9")
    def conflict(m, c):
        rule = d.conflicts[c]
        return m.sited[d.stands(rule.unit), rule.place] + _near(m, d, rule) <= 1

    @m.Constraint(neighbours, doc="S10")
    def neighbour(m, n):
        rule = d.neighbours[n]
        lifted = 1 - m.shared * m.present[rule.other]
        return m.sited[d.stands(rule.unit), rule.place] <= _near(m, d, rule) + lifted


def _siting(m: pyo.ConcreteModel, d: Instance, rule: Neighbour | Conflict) -> bool:
    return (d.stands(rule.unit), rule.place) in m.SITINGS


def _near(m: pyo.ConcreteModel, d: Instance, rule: Neighbour | Conflict) -> Any:
    other = d.stands(rule.other)
    return pyo.quicksum(m.sited[other, q] for q in rule.near if (other, q) in m.SITINGS)
