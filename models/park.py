"""The park as one mixed-integer program: every concern in its own file, put together here."""

from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from . import (
    around,
    balances,
    cascade,
    credits,
    equipment,
    exchange,
    facilities,
    goal,
    hours,
    indicators,
    insist,
    limits,
    links,
    mains,
    mend,
    mixing,
    operations,
    paths,
    power,
    products,
    proportions,
    siting,
    stars,
    storage,
    trenches,
    unknown,
    unmixed,
)
from .instance import Instance, UnitData
from .mains import Strength
from .products import Mode


def build(instance: Instance, strength: Strength | None = None, *, variant: Mode = "relaxed") -> pyo.ConcreteModel:
    """Pyomo model of a park, aimed at least cost, all switches set for a plan.

    Parameters
    ----------
    instance
        Sets and parameters of the park.
    strength
        Which strengthenings of mains and trenches to write; all of them unless told otherwise. They change the
        relaxation and the time, never the optimum.
    variant
        How products of content and amount stand in it, where there are any: "exact", "relaxed", "fixed" (contents
        given) or "linearised"; ``products.switch`` changes it.

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
        power.add(m, instance)
        storage.add(m, instance)
        cascade.add(m, instance)
        operations.add(m, instance)
        exchange.add(m, instance)
        mains.declare(m, instance, strength or Strength())
        links.declare(m, instance)
        paths.add(m, instance)
        links.add(m, instance)
        mains.add(m, instance)
        trenches.add(m, instance)
        exchange.add_rules(m, instance)
        equipment.add(m, instance)
        balances.add(m, instance)
        hours.add(m, instance)
        credits.add(m, instance)
        unmixed.declare(m, instance)
        unknown.declare(m, instance)
        mixing.add(m, instance)
        unknown.add(m, instance)
        products.add(m, instance)
        proportions.add(m, instance)
        around.declare(m)
        products.switch(m, variant)
        unmixed.add(m, instance)
        stars.declare(m, instance)
        mend.declare(m)
        insist.declare(m)
        limits.declare(m, instance)
        indicators.add(m, instance)
        limits.add(m, instance)
        goal.add(m, instance)
    return m


def twin(m: pyo.ConcreteModel, strength: Strength) -> pyo.ConcreteModel:
    """Build the same park by another formulation, with the switches, goals and fixed variables that a model has."""
    other = build(m.instance, strength)
    for mine, same in _alike(m, other, pyo.Param):
        if mine.mutable:
            same.store_values(mine.extract_values())
    for kind in (pyo.Objective, pyo.Constraint):
        for mine, same in _alike(m, other, kind):
            for index in (i for i in mine if i in same):
                (same[index].activate if mine[index].active else same[index].deactivate)()
    for mine, same in _alike(m, other, pyo.Var):
        for index in (i for i in mine if i in same):
            if mine[index].fixed:
                same[index].fix(mine[index].value)
    return other


def _alike(m: pyo.ConcreteModel, other: pyo.ConcreteModel, kind: type) -> Iterator[tuple[Any, Any]]:
    """Components of a kind that both models have."""
    for mine in m.component_objects(kind):
        same = other.component(mine.name)
        if same is not None:
            yield mine, same


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
    faults += _unknown(d)
    faults += mixing.faults(d)
    faults += storage.faults(d)
    faults += cascade.faults(d)
    faults += equipment.faults(d)
    faults += [f"no total {n!r}" for n in (*goal.GOALS[1:], "total_annual_cost", "margin") if n not in d.totals]
    if faults:
        raise ValueError("; ".join(faults))


def _unknown(d: Instance) -> list[str]:
    """What mains and paths name and the instance does not hold."""
    ends = {place for e, s, p, q in d.pairs() if _follows(d, e, s) for place in (p, q)}
    faults = [f"place {place!r} has no node" for place in sorted(ends - d.nodes.keys())]
    on: dict[str, list[str]] = {f"main {n!r}": list(main.beds) for n, main in d.mains.items()}
    on |= {f"path {e!r} #{c + 1}": list(path.stretches) for (e, c), path in d.paths.items()}
    faults += [f"{what}: no stretch {a!r}" for what, members in on.items() for a in members if a not in d.stretches]
    for e, x in d.exchanges.items():
        for s, option in x.options.items():
            if option.main is not None and (e, s) not in getattr(d.mains.get(option.main), "users", {}):
                faults.append(f"exchange {e!r}, option {s!r}: not a user of main {option.main!r}")
            if option.in_trench and (e, option.copy) not in d.paths:
                faults.append(f"exchange {e!r}, option {s!r}: lies in a trench but has no path")
    return faults


def _follows(d: Instance, e: str, s: str) -> bool:
    option = d.exchanges[e].options[s]
    return option.main is not None or option.in_trench


def _homeless(d: Instance, k: str) -> bool:
    return d.units[k].kind in ("plant", "partner") and not d.admissible.get(k)


def _sized(unit: UnitData) -> bool:
    return unit.kind in ("facility", "measure")
