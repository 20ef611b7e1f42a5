"""The park as one mixed-integer program: every concern in its own file, put together here."""

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from . import balances, exchange, facilities, goal, indicators, limits, links, siting, stars
from .instance import Instance, UnitData


def build(instance: Instance) -> pyo.ConcreteModel:
    """Pyomo model of a park, aimed at least cost, all switches set for a plan.

    Parameters
    ----------
    instance
        Sets and parameters of the park.

    Returns
    -------
    pyo.ConcreteModel
        With the mutable switches ``present``, ``must_settle``, ``may_settle``, ``shared``, ``measures`` and
        ``keep_existing``, the named expressions ``account`` and ``total``, and ``families``: the variable behind each
        index of the instance.

    Raises
    ------
    ValueError
        If the instance is inconsistent: a plant without a place, an effect on something that is no variable ...
    """
    _check(instance)
    m = pyo.ConcreteModel("park")
    m.instance = instance
    with PauseGC():
        m.STATES = pyo.Set(initialize=list(instance.states))
        m.SOURCES = pyo.Set(initialize=list(instance.sources))
        m.SINKS = pyo.Set(initialize=list(instance.sinks))
        siting.add(m, instance)
        facilities.add(m, instance)
        exchange.add(m, instance)
        links.add(m, instance)
        exchange.add_rules(m, instance)
        balances.add(m, instance)
        stars.declare(m, instance)
        limits.declare(m, instance)
        indicators.add(m, instance)
        limits.add(m, instance)
        goal.add(m, instance)
    return m


def _check(d: Instance) -> None:
    """Faults that would otherwise give a wrong model or an obscure error, all at once."""
    allowed = {k: frozenset(d.admissible.get(k, ())) for k in d.units}
    faults = [f"unit {k!r} has no admissible place" for k in d.units if _homeless(d, k)]
    faults += [f"unit {k!r}: no such host {u.host!r}" for k, u in d.units.items() if u.host and u.host not in d.units]
    faults += [f"facility {k!r} has no sizes" for k, u in d.units.items() if _sized(u) and k not in d.facilities]
    faults += [
        f"exchange {e!r}: no way to build {s!r} between sites"
        for e, x in d.exchanges.items()
        for s, option in x.options.items()
        if not option.pairs and not x.own
    ]
    faults += [
        f"exchange {e!r}, option {s!r}: {k!r} may not stand on {place!r}"
        for e, s, p, q in d.pairs()
        for k, place in ((d.stands(d.giver(e)), p), (d.stands(d.taker(e)), q))
        if place not in allowed[k]
    ]
    faults += [f"no total {n!r}" for n in (*goal.GOALS[1:], "total_annual_cost", "margin") if n not in d.totals]
    if faults:
        raise ValueError("; ".join(faults))


def _homeless(d: Instance, k: str) -> bool:
    return d.units[k].kind in ("plant", "partner") and not d.admissible.get(k)


def _sized(unit: UnitData) -> bool:
    return unit.kind in ("facility", "measure")
