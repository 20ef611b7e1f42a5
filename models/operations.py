"""Water-using operations of fixed load: how much they take, and how parts of one share its load.

    least_ot there[k] <= run[o,t]                               o an operation of k, not split   (O1)
    run[o,t] <= most_ot there[k]                                o an operation of k, or a part   (O2)
    least_wt there[k] <= sum_{o part of w} run[o,t]             w a whole that is split          (O3)
    sum_{o part of w} run[o,t] <= most_wt there[k]              w a whole that is split          (O4)
    sum_{o part of w} share[o] = there[k]                       w a whole that is split          (O5)

need and make of its sink and source are run x amount (balances, exchange); what it gains or loses besides goes with its
load: all of it where it is not split, else by ``share``. The parts of a whole may be fed and emptied each on its own,
as if the operation were two smaller ones in parallel whose loads the plan chooses.
"""

from typing import Any

import pyomo.environ as pyo

from . import storage
from .facilities import most_active
from .instance import Instance, SinkData, SourceData


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """What operations take; after siting and facilities."""
    m.OPERATIONS = pyo.Set(initialize=list(d.operations))
    m.run = pyo.Var(
        m.OPERATIONS, m.STATES, bounds=lambda m, o, t: (0, d.operations[o].most[t]), doc="run_ot: taken [unit/yr]"
    )
    parts: dict[str, list[str]] = {}
    for o, data in d.operations.items():
        if data.whole is not None:
            parts.setdefault(data.whole, []).append(o)
    m.SPLIT = pyo.Set(initialize=[o for members in parts.values() for o in members])
    m.share = pyo.Var(m.SPLIT, bounds=(0, 1), doc="share_o: part's share of the load of its whole")

    @m.Constraint([o for o in d.operations if o not in m.SPLIT], m.STATES, doc="O1")
    def least_run(m, o, t):
        data = d.operations[o]
        return m.run[o, t] >= data.least[t] * m.there[data.unit]

    @m.Constraint(m.OPERATIONS, m.STATES, doc="O2")
    def most_run(m, o, t):
        data = d.operations[o]
        return m.run[o, t] <= data.most[t] * m.there[data.unit]

    @m.Constraint(list(parts), m.STATES, doc="O3")
    def least_of_whole(m, w, t):
        data = d.operations[parts[w][0]]
        return pyo.quicksum(m.run[o, t] for o in parts[w]) >= data.least[t] * m.there[data.unit]

    @m.Constraint(list(parts), m.STATES, doc="O4")
    def most_of_whole(m, w, t):
        data = d.operations[parts[w][0]]
        return pyo.quicksum(m.run[o, t] for o in parts[w]) <= data.most[t] * m.there[data.unit]

    @m.Constraint(list(parts), doc="O5")
    def load_is_shared(m, w):
        return pyo.quicksum(m.share[o] for o in parts[w]) == m.there[d.operations[parts[w][0]].unit]


def loaded(m: pyo.ConcreteModel, d: Instance, o: str) -> Any:
    """Share of its load that an operation picks up: 1 where it is there, the chosen share of a part."""
    return m.share[o] if d.operations[o].whole is not None else m.there[d.operations[o].unit]


def scale(m: pyo.ConcreteModel, d: Instance, stream: SourceData | SinkData, t: str) -> Any:
    """What the amount of a stream is multiplied with: run of an operation, activity of a facility, else presence.

    Of a store: what it is charged with, what is drawn from it. Of a medium of a heat cascade: what it carries.
    """
    if stream.operation is not None:
        return m.run[stream.operation, t]
    if stream.medium is not None:
        return m.medium[(*stream.medium, t)]
    if stream.unit in d.stores:
        return (m.drawn if isinstance(stream, SourceData) else m.charged)[stream.unit, t]
    return m.activity[stream.unit, t] if stream.unit in d.facilities else m.there[stream.unit]


def amount(m: pyo.ConcreteModel, d: Instance, stream: SourceData | SinkData, t: str) -> Any:
    """Amount of a stream in the model [unit/yr]."""
    moving = stream.amount[t] * scale(m, d, stream, t)
    beside = stream.beside.get(t, 0.0) if isinstance(stream, SourceData) else 0.0
    if not beside:
        return moving
    assert stream.operation is not None, "only an operation gains or loses beside what it takes"
    return moving + beside * loaded(m, d, stream.operation)


def most(d: Instance, stream: SourceData | SinkData, t: str) -> float:
    """Largest amount of a stream [unit/yr]."""
    if stream.operation is not None:
        beside = stream.beside.get(t, 0.0) if isinstance(stream, SourceData) else 0.0
        return stream.amount[t] * d.operations[stream.operation].most[t] + max(0.0, beside)
    if stream.unit in d.stores:
        return stream.amount[t] * storage.most(d, stream.unit, "out" if isinstance(stream, SourceData) else "in", t)
    if stream.medium is not None:
        cascade, medium = stream.medium
        return stream.amount[t] * d.cascades[cascade].media[medium].most[t]
    return stream.amount[t] * (most_active(d, stream.unit, t) if stream.unit in d.facilities else 1.0)
