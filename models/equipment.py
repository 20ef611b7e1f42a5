"""Equipment sized on what exchanges bring to a stream or take from it: standby for a supply, exchangers of heat.

    hours_nt (rated[n] + existing_n) >= sum_{e at n} heat_net moved[n,e,t]                       (X1)

n is a piece of equipment at one source or sink. moved is what arrives at a sink, in its own unit (met, links L7), or
what leaves a source (sum_s flow[e,s,t]); heat_net [MWh/unit] holds the share that needs it, the heat of a unit, the
peak factor of e, and hours_nt over the hours that the ends of e share in state t. Exchanges on one site are left out.
"""

from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo

from .heat import EquipmentData
from .instance import Instance


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Equipment; after what arrives."""
    m.EQUIPMENT = pyo.Set(initialize=list(d.equipment))
    m.rated = pyo.Var(m.EQUIPMENT, bounds=lambda m, n: (0, d.equipment[n].most), doc="rated_n: new equipment [MW]")

    @m.Constraint([(n, t) for n, x in d.equipment.items() for t in x.hours if _fed(x, t)], doc="X1")
    def rated_for_what_is_exchanged(m, n, t):
        x = d.equipment[n]
        return x.hours[t] * (m.rated[n] + x.existing) >= _heat(m, d, x, t)


def _fed(x: EquipmentData, t: str) -> bool:
    return any(heat > 0 for (_, state), heat in x.heat.items() if state == t)


def _heat(m: pyo.ConcreteModel, d: Instance, x: EquipmentData, t: str) -> Any:
    return pyo.quicksum(heat * _moved(m, d, x, e, t) for (e, state), heat in x.heat.items() if state == t)


def _moved(m: pyo.ConcreteModel, d: Instance, x: EquipmentData, e: str, t: str) -> Any:
    if not x.at_source:
        return m.met[e, t]
    return pyo.quicksum(m.flow[e, s, t] for s in d.exchanges[e].options)


def settle(m: pyo.ConcreteModel) -> None:
    """Give equipment its least size in a solved model: where it costs nothing, any that its rows admit is as good."""
    d = m.instance
    for n, x in d.equipment.items():
        needed = [pyo.value(_heat(m, d, x, t)) / x.hours[t] for t in x.hours if _fed(x, t)]
        m.rated[n].set_value(max(0.0, max(needed, default=0.0) - x.existing), skip_validation=True)


def faults(d: Instance) -> Iterator[str]:
    """What is wrong with the equipment of an instance, in words."""
    for n, x in d.equipment.items():
        for e, t in x.heat:
            at = None if e not in d.exchanges else d.exchanges[e].source if x.at_source else d.exchanges[e].sink
            if at != x.stream or t not in d.states:
                yield f"equipment {n!r}: exchange {e!r} in {t!r} is not at its stream {x.stream!r}"
            elif not x.hours.get(t, 0.0) > 0:
                yield f"equipment {n!r}: no hours in {t!r}, in which {e!r} may flow"
