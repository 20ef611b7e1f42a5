"""Limits: caps, budget and park gate.

    sum_a weight_la account[a] <= bound_l + expanded[l'] + (1 - shared) (M_l - bound_l)  l lifted in the baseline  (K1)
    sum_a weight_la account[a] <= bound_l + expanded[l']                 l with a price on expansion     (K2)

l' is l, or the limit with which l is expanded: a peak holds in every period.

0 <= expanded[l] <= max_expansion_l, as a bound of the variable; in the baseline the expansion of a limit with a price
may go as far as the excess goes: + (1 - shared) (M_l - bound_l - max_expansion_l). M_l is the most the sum can be:
``ceiling``, or what the bounds of the variables allow, whichever is larger. It acts only where shared = 0, so that its
size costs no tightness in the plan.
"""

import math

import pyomo.environ as pyo

from .indicators import BY_STATE, parts
from .instance import Instance


def declare(m: pyo.ConcreteModel, d: Instance) -> None:
    """Expansion of limits, bounded once the sums are known."""
    m.LIMITS = pyo.Set(initialize=list(d.limits))
    m.expanded = pyo.Var(m.LIMITS, domain=pyo.NonNegativeReals, doc="z_l: expansion of limit l")


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rows of the limits; after indicators."""
    ceiling = {name: _ceiling(m, d, name, without_expansion=True) for name in d.limits}
    together: dict[str, list[str]] = {}
    for name, x in d.limits.items():
        together.setdefault(x.expanded_with or name, []).append(name)
    for name, x in d.limits.items():
        most = max((ceiling[other] - d.limits[other].bound for other in together.get(name, ())), default=0.0)
        excess = max(0.0, most - x.max_expansion)
        lifted = (1 - m.shared) * excess if x.expandable_in_baseline and math.isfinite(excess) else 0.0
        m.expanded[name].setub(x.max_expansion + lifted if x.expanded_with is None else 0.0)
    ceiling = {name: _ceiling(m, d, name) for name in d.limits}
    priced = [name for name, limit in d.limits.items() if limit.expandable_in_baseline]

    def counted(m, name):
        return pyo.quicksum(weight * m.account[a] for a, weight in d.limits[name].weights.items())

    def expansion(m, name):
        return m.expanded[d.limits[name].expanded_with or name]

    @m.Constraint([name for name in d.limits if name not in priced], doc="K1")
    def limit(m, name):
        bound = d.limits[name].bound
        return counted(m, name) <= bound + expansion(m, name) + (1 - m.shared) * max(0.0, ceiling[name] - bound)

    @m.Constraint(priced, doc="K2")
    def limit_with_price(m, name):
        return counted(m, name) <= d.limits[name].bound + expansion(m, name)


def _ceiling(m: pyo.ConcreteModel, d: Instance, name: str, *, without_expansion: bool = False) -> float:
    """Most that the sum of a limit can be, with every switch open."""
    limit = d.limits[name]
    most = 0.0
    for family, effects in d.effects.items():
        if family == "expanded" and without_expansion:
            continue
        for index, booked in effects.items():
            effect = sum(limit.weights.get(a, 0.0) * value for a, value in booked.items() if a in limit.weights)
            if effect > 0:
                weight = d.states[index[-1]].weight if family in BY_STATE else 1.0
                most += weight * effect * _largest(m, d, family, index)
    given = limit.ceiling if math.isfinite(limit.ceiling) else 0.0
    if not math.isfinite(most):
        if given <= 0.0:
            raise ValueError(f"limit {name!r} needs a ceiling: what it counts has no bound in the data")
        return given
    return max(most, given)


def _largest(m: pyo.ConcreteModel, d: Instance, family: str, index: tuple[str, ...]) -> float:
    if family == "pair_flow":
        e, s, _, _, t = index
        return d.exchanges[e].options[s].max_flow[t]
    if family == "expanded":
        limit = d.limits[index[0]]
        if not limit.expandable_in_baseline:
            return limit.max_expansion
        alike = [name for name, other in d.limits.items() if index[0] in (name, other.expanded_with)]
        excess = (_ceiling(m, d, name, without_expansion=True) - d.limits[name].bound for name in alike)
        return max(limit.max_expansion, *excess)
    if family in ("sited", "built", "link", "opened"):
        return 1.0
    if family == "laid":
        n, a, z = index
        bed = d.mains[n].beds[a]
        return 1.0 if bed.pipes[z].existing else float(bed.parallel)
    bounds = [v.ub for v in parts(m.families[family][index])]
    return sum(math.inf if bound is None else float(bound) for bound in bounds)
