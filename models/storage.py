"""Stores: what is charged and drawn in each state, and the content carried from one to the next, round the year.

    rated_in[k] <= rate_in_k sum_g capacity[k,g], rated_out[k] <= rate_out_k sum_g capacity[k,g]  finite rates (J1)
    rated_in[k] <= largest_in_k there[k], rated_out[k] <= largest_out_k there[k]                  if finite   (J2)
    charged[k,t] <= hours_kt rated_in[k], drawn[k,t] <= hours_kt rated_out[k]                                 (J3)
    gained[k,t] = keep_kt gained[k,t-1]
                  + spread_kt (in_k charged[k,t] - drawn[k,t] / out_k) / passes_t                             (J4)
    between[k,n+1] = over_kn between[k,n] + again_kn gained[k,T(n)]          block n; after the last the first (J5)
    0 <= left_kt between[k,n] + gained[k,t] <= sum_g capacity[k,g]           block n, t a step of it          (J6)
    0 <= left_kt (over'_kn between[k,n] + again'_kn gained[k,T(n)]) + gained[k,t]
      <= sum_g capacity[k,g]                                                 block n of several repeats       (J7)

k is a facility or measure with a content of ``capacity`` [unit]; charging takes what its sinks get, drawing gives what
its sources give. t-1 is the step before t in a pass (gained = 0 before the first), T(n) the last step of block n. The
numbers are those of ``chronology.Decay``: keep, left and over say what is left of a content at the end of a step, of
the steps of a pass so far and of a block, spread what is left of what comes in evenly over a step, again = 1 + keep +
keep^2 ... what the passes of a block add up to; over' and again' go up to the beginning of its last pass.

content(n, pass, t) = left_kt x (content at the beginning of the pass) + gained[k,t] is exact, with and without losses,
where rates are even over a step and all passes of a block alike: nothing is approximated. Within a step content runs
one way, and so does that at the beginning of a pass through the passes of a block, so that (J6) and (J7), ends of steps
in the first and last pass, hold it within its limits in all of them.

In a single state (J5) says in charged = drawn / out + what is lost of an even content: a store is of no use there but
as a way. What happens within a step is not seen: where a giver works by day and a taker by night, day and night have to
be two steps, or the content between them costs nothing.
"""

import math
from collections.abc import Mapping
from typing import Any, Literal

import pyomo.environ as pyo

from . import chronology
from .chronology import Chronology, Decay, Level
from .instance import Instance, SinkData, SourceData

Side = Literal["in", "out"]


def order_of(d: Instance) -> Chronology:
    """Order of the states in the year; one after the other where the instance does not say."""
    return d.chronology or chronology.in_order(d.states)


def decay_of(d: Instance, k: str) -> Decay:
    """What is left of the content of a store."""
    return chronology.decay(d.stores[k].loss, order_of(d), {t: state.hours for t, state in d.states.items()})


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rates and contents of stores; after facilities, before what their streams are used in."""
    order = order_of(d)
    high = {k: _high(d, k) for k in d.stores}
    m.STORES = pyo.Set(initialize=list(d.stores))
    m.BLOCKS = pyo.Set(initialize=range(len(order.blocks) if d.stores else 0))
    m.rated_in = pyo.Var(m.STORES, bounds=lambda m, k: (0, largest(d, k, "in")), doc="largest rate charged [unit/h]")
    m.rated_out = pyo.Var(m.STORES, bounds=lambda m, k: (0, largest(d, k, "out")), doc="largest rate drawn [unit/h]")
    m.charged = pyo.Var(
        m.STORES, m.STATES, bounds=lambda m, k, t: (0, most(d, k, "in", t)), doc="what charging takes [unit/yr]"
    )
    m.drawn = pyo.Var(
        m.STORES, m.STATES, bounds=lambda m, k, t: (0, most(d, k, "out", t)), doc="what drawing gives [unit/yr]"
    )
    m.gained = pyo.Var(
        m.STORES, m.STATES, bounds=lambda m, k, t: (-high[k], high[k]), doc="content gained in a pass up to t [unit]"
    )
    m.between = pyo.Var(
        m.STORES, m.BLOCKS, bounds=lambda m, k, n: (0, high[k]), doc="content at the beginning of a block [unit]"
    )
    _rates(m, d)
    _contents(m, d, order, {k: decay_of(d, k) for k in d.stores})


def _high(d: Instance, k: str) -> float:
    return max((segment.high for segment in d.facilities[k].segments.values()), default=0.0)


def largest(d: Instance, k: str, side: Side) -> float:
    """Largest rate at which a store can be charged or drawn [unit/h]."""
    data = d.stores[k]
    rate, most = (data.rate_in, data.largest_in) if side == "in" else (data.rate_out, data.largest_out)
    return min(rate * _high(d, k) if math.isfinite(rate) else math.inf, most)


def most(d: Instance, k: str, side: Side, t: str) -> float:
    """Most that a store can be charged with, or that can be drawn, in a state [unit/yr]."""
    return largest(d, k, side) * d.facilities[k].hours[t]


def _capacity(m: pyo.ConcreteModel, d: Instance, k: str) -> Any:
    return pyo.quicksum(m.capacity[k, g] for g in d.facilities[k].segments)


def _rates(m: pyo.ConcreteModel, d: Instance) -> None:
    stores = d.stores

    @m.Constraint([k for k, x in stores.items() if math.isfinite(x.rate_in)], doc="J1")
    def charging_by_content(m, k):
        return m.rated_in[k] <= stores[k].rate_in * _capacity(m, d, k)

    @m.Constraint([k for k, x in stores.items() if math.isfinite(x.rate_out)], doc="J1")
    def drawing_by_content(m, k):
        return m.rated_out[k] <= stores[k].rate_out * _capacity(m, d, k)

    @m.Constraint([k for k, x in stores.items() if math.isfinite(x.largest_in)], doc="J2")
    def largest_charging(m, k):
        return m.rated_in[k] <= stores[k].largest_in * m.there[k]

    @m.Constraint([k for k, x in stores.items() if math.isfinite(x.largest_out)], doc="J2")
    def largest_drawing(m, k):
        return m.rated_out[k] <= stores[k].largest_out * m.there[k]

    @m.Constraint(m.STORES, m.STATES, doc="J3")
    def charged_in_hours(m, k, t):
        return m.charged[k, t] <= d.facilities[k].hours[t] * m.rated_in[k]

    @m.Constraint(m.STORES, m.STATES, doc="J3")
    def drawn_in_hours(m, k, t):
        return m.drawn[k, t] <= d.facilities[k].hours[t] * m.rated_out[k]


def _contents(m: pyo.ConcreteModel, d: Instance, order: Chronology, left: dict[str, Decay]) -> None:
    ends = [order.last[block.group] for block in order.blocks]

    @m.Constraint(m.STORES, m.STATES, doc="J4")
    def gained_in_pass(m, k, t):
        x, passes = d.stores[k], order.passes[order.group_of[t]]
        net = x.efficiency_in * m.charged[k, t] - m.drawn[k, t] / x.efficiency_out
        before = left[k].keep[t] * m.gained[k, order.before[t]] if t in order.before else 0.0
        return m.gained[k, t] == before + left[k].spread[t] / passes * net

    @m.Constraint(m.STORES, m.BLOCKS, doc="J5")
    def carried_on(m, k, n):
        after = m.between[k, (n + 1) % len(ends)]
        return after == left[k].over[n] * m.between[k, n] + left[k].again[n] * m.gained[k, ends[n]]

    def last_pass(m, k, n):
        return left[k].over_last[n] * m.between[k, n] + left[k].again_last[n] * m.gained[k, ends[n]]

    steps = [(k, n, t) for k in d.stores for n, t in order.steps()]
    again = [(k, n, t) for k, n, t in steps if order.blocks[n].repeats > 1]
    _within(m, d, steps, "J6", ("not_below_empty", "not_above_full"), lambda m, k, n, t: m.between[k, n], left)
    _within(m, d, again, "J7", ("not_empty_in_last", "not_full_in_last"), lambda m, k, n, t: last_pass(m, k, n), left)


def _within(
    m: pyo.ConcreteModel, d: Instance, steps: list, tag: str, names: tuple[str, str], start: Any, left: dict[str, Decay]
) -> None:
    """Content at the ends of steps within its limits, from that at the beginning of a pass."""

    def content(m, k, n, t):
        return left[k].left[t] * start(m, k, n, t) + m.gained[k, t]

    low = pyo.Constraint(steps, rule=lambda m, k, n, t: content(m, k, n, t) >= 0, doc=tag)
    high = pyo.Constraint(steps, rule=lambda m, k, n, t: content(m, k, n, t) <= _capacity(m, d, k), doc=tag)
    m.add_component(names[0], low)
    m.add_component(names[1], high)


def course(d: Instance, values: Mapping[str, Mapping[tuple[str, ...], float]], k: str) -> list[Level]:
    """Contents of a store through the year, from the values of a plan (``Solution.values``)."""
    between = {int(n): v for (unit, n), v in values.get("between", {}).items() if unit == k}
    charged, drawn = (
        {t: v for (unit, t), v in values.get(family, {}).items() if unit == k} for family in ("charged", "drawn")
    )
    hours = {t: state.hours for t, state in d.states.items()}
    return chronology.levels(d.stores[k], order_of(d), hours, between, (charged, drawn))


def faults(d: Instance) -> list[str]:
    """What is wrong with stores and the order of states, in plain words."""
    hours = {t: state.hours for t, state in d.states.items()}
    found = chronology.faults(d.chronology, hours) if d.chronology is not None else []
    if d.stores and d.chronology is None:
        found += chronology.faults(chronology.in_order(d.states), hours)
    if d.stores and any(state.weight != 1.0 for state in d.states.values()):
        found.append("stores need states of weight 1: periods of one year")
    for k in d.stores:
        found += [f"store {k!r}: {fault}" for fault in _faults_of(d, k)]
    return found


def _faults_of(d: Instance, k: str) -> list[str]:
    if k not in d.facilities or k not in d.units:
        return ["is no facility or measure with sizes"]
    found = chronology.store_faults(d.stores[k])
    found += [] if math.isfinite(_high(d, k)) else ["has no largest capacity"]
    found += [f"no hours in state {t!r}" for t in d.states if t not in d.facilities[k].hours]
    if any(value > 0 for value in d.facilities[k].least.values()):
        found.append("has a least activity, which a store cannot have")
    streams: list[tuple[str, SourceData | SinkData]] = [*d.sources.items(), *d.sinks.items()]
    found += [f"{n!r} belongs to an operation, too" for n, s in streams if s.unit == k and s.operation]
    if d.mixing is not None:
        mixed = [i for i in d.mixing.outlets if i in d.sources and d.sources[i].unit == k]
        found += [f"what {i!r} holds must be given: contents are not carried from state to state" for i in mixed]
    return found
