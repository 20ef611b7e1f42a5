"""Credits: further purchases that an exchange makes needless at its taker, besides what it replaces.

    credited[e,n,t] <= also_en arrives[e,t]                     e delivers n besides              (I3)
    sum_{e into k} credited[e,n,t] <= sum_{j of k} buys_jn supplied[j,t]    k's purchase of n is in the case  (I4)

credited >= 0 is the amount of resource n that taker k does without because e delivers it: at most what arrives of it
(I3), arrives = met / ratio, and at most what k would really buy of it (I4): buys_jn is what a unit of the conventional
supply of its sink j takes of n, 1 where the sink takes n itself. An exchange that meets that sink leaves less to be
credited, and several exchanges share what there is. Where k has no sink that takes n, its purchase is outside the case
and (I3) alone holds. Effects of the family "credited" are those of a purchase, negative, so that a goal they count in
pushes credits up; where it does not, :func:`fill` raises them after the solve, as far as no account gets larger: what
is delivered is there whether a goal asks for it or not.
"""

from collections import defaultdict

import pyomo.environ as pyo

from .instance import Instance, Unit
from .operations import most

#: Less than this is nothing [unit/yr].
NOTHING = 1e-9

Purchase = tuple[Unit, str]  # taker, resource


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Amounts credited; after links and balances."""
    index = [(e, n, t) for e, x in d.exchanges.items() for n in x.also for t in d.states]
    m.CREDITS = pyo.Set(dimen=3, initialize=index)
    m.credited = pyo.Var(
        m.CREDITS, bounds=lambda m, e, n, t: (0, _most(d, e, n, t)), doc="n that the taker of e does without [unit/yr]"
    )

    @m.Constraint(m.CREDITS, doc="I3")
    def credit_arrives(m, e, n, t):
        exchange = d.exchanges[e]
        return m.credited[e, n, t] <= exchange.also[n] / exchange.ratio * m.met[e, t]

    sharing = _sharing(d)

    @m.Constraint([key for key in sharing if key in d.bought_by], m.STATES, doc="I4")
    def credit_is_bought(m, k, n, t):
        bought = d.bought_by[k, n].items()
        would_buy = pyo.quicksum(buys * m.supplied[j, t] for j, buys in bought if (j, t) in m.SUPPLIES)
        return pyo.quicksum(m.credited[e, n, t] for e in sharing[k, n]) <= would_buy


def _sharing(d: Instance) -> dict[Purchase, list[str]]:
    """(Taker, resource) -> exchanges that deliver it besides what they replace."""
    found: defaultdict[Purchase, list[str]] = defaultdict(list)
    for e, x in d.exchanges.items():
        for n in x.also:
            found[d.taker(e), n].append(e)
    return dict(found)


def _most(d: Instance, e: str, n: str, t: str) -> float:
    """The most that can be credited: of what the options carry, what the sink takes, and what is bought."""
    x = d.exchanges[e]
    arrives = min(sum(option.most_arriving(t) for option in x.options.values()), most(d, d.sinks[x.sink], t) / x.ratio)
    bought = d.bought_by.get((d.taker(e), n))
    delivered = max(0.0, x.also[n] * arrives)
    if bought is None:
        return delivered
    return min(delivered, sum(buys * most(d, d.sinks[j], t) for j, buys in bought.items()))


def fill(m: pyo.ConcreteModel) -> None:
    """Raise credits of a solved model to the largest that its flows allow, where no account gets larger by it."""
    d: Instance = m.instance
    booked = d.effects.get("credited", {})
    for (k, n), exchanges in _sharing(d).items():
        for t in d.states:
            bound = m.credit_is_bought[k, n, t] if (k, n) in d.bought_by else None
            for e in exchanges:
                credit, row = m.credited[e, n, t], m.credit_arrives[e, n, t]
                if credit.fixed or any(effect > 0 for effect in booked.get((e, n, t), {}).values()):
                    continue
                rows = [row] if bound is None else [row, bound]
                free = min(float(one.uslack()) for one in rows)
                if free > NOTHING:
                    credit.set_value(min(float(credit.ub), (credit.value or 0.0) + free))
