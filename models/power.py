"""Investment by a power law: what it is beyond the chords that stand for it.

    beyond[k] + sum_g (at0_g opened[k,g] + slope_g capacity[k,g]) = coefficient_k (sum_g capacity[k,g]) ^ power_k (V1)

The segments of a facility with a law are chords of it: at0_g + slope_g c is the law at both ends of segment g, and
less in between, since 0 < exponent < 1. With ``beyond`` at 0 the model is linear, and never dearer than the law; what
the chords miss is an effect of ``beyond`` (family "beyond"), which SCIP decides by (V1). A plan of HiGHS is charged by
the law when it is read: what it holds is worth what the law says, and the bound by the chords holds for it, too.
"""

import pyomo.environ as pyo

from .instance import Instance, SegmentData


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """What laws are beyond their chords, 0 unless :func:`free`; after facilities."""
    booked = d.effects.get("beyond", {})
    laws = {k: x.law for k, x in d.facilities.items() if x.law is not None and (k,) in booked}
    m.LAWS = pyo.Set(initialize=list(laws))
    most = {k: c * max(s.high for s in d.facilities[k].segments.values()) ** power for k, (c, power) in laws.items()}
    m.beyond = pyo.Var(m.LAWS, bounds=lambda m, k: (0, most[k]), doc="investment beyond the chords of its law [money]")

    @m.Constraint(m.LAWS, doc="V1")
    def power_law(m, k):
        coefficient, exponent = laws[k]
        segments = d.facilities[k].segments
        ends = {g: chord(segment, laws[k]) for g, segment in segments.items()}
        chords = pyo.quicksum(at * m.opened[k, g] + slope * m.capacity[k, g] for g, (at, slope) in ends.items())
        return m.beyond[k] + chords == coefficient * pyo.quicksum(m.capacity[k, g] for g in segments) ** exponent

    chords(m)


def chord(segment: SegmentData, law: tuple[float, float]) -> tuple[float, float]:
    """Value at 0 and slope of the chord of a law over a segment."""
    coefficient, exponent = law
    low, high = (coefficient * c**exponent for c in (segment.low, segment.high))
    slope = (high - low) / (segment.high - segment.low) if segment.high > segment.low else 0.0
    return low - slope * segment.low, slope


def charge(m: pyo.ConcreteModel) -> float:
    """Work out the laws for the capacities that their chords led to; returns what that adds to the goal of cost."""
    before = pyo.value(m.goal_value["cost"]) if len(m.LAWS) else 0.0
    for k in m.LAWS:
        law, segments = m.instance.facilities[k].law, m.instance.facilities[k].segments
        capacity = sum(pyo.value(m.capacity[k, g]) for g in segments)
        ends = {g: chord(segment, law) for g, segment in segments.items()}
        lines = sum(
            at * pyo.value(m.opened[k, g]) + slope * pyo.value(m.capacity[k, g]) for g, (at, slope) in ends.items()
        )
        m.beyond[k].fix(min(m.beyond[k].ub, max(0.0, law[0] * max(0.0, capacity) ** law[1] - lines)))
    return float(pyo.value(m.goal_value["cost"]) - before) if len(m.LAWS) else 0.0


def missed(m: pyo.ConcreteModel) -> float:
    """What the laws would add to the goal that the model is aimed at."""
    goal = next(m.component_data_objects(pyo.Objective, active=True))
    before = pyo.value(goal.expr)
    charge(m)
    more = float(pyo.value(goal.expr) - before)
    m.beyond.fix(0.0)
    return more


def free(m: pyo.ConcreteModel) -> None:
    """Let the laws hold as they are; the capacities of their facilities are free again."""
    m.power_law.activate()
    m.beyond.unfix()
    for k, g in m.SEGMENTS:
        if k in m.LAWS:
            m.capacity[k, g].unfix()


def keep(m: pyo.ConcreteModel) -> None:
    """Leave laws, and the capacities they were worked out for, as the values of the model have them."""
    m.by_law = True
    m.power_law.deactivate()
    for k in m.LAWS:
        m.beyond[k].fix(max(0.0, m.beyond[k].value or 0.0))
    for k, g in m.SEGMENTS:
        if k in m.LAWS and m.capacity[k, g].value is not None:
            m.capacity[k, g].fix()


def chords(m: pyo.ConcreteModel) -> None:
    """Let the chords stand for the laws again."""
    m.by_law = False
    m.power_law.deactivate()
    m.beyond.fix(0.0)
    for k, g in m.SEGMENTS:
        if k in m.LAWS:
            m.capacity[k, g].unfix()
