"""Products of content and amount where an outlet has several ways out: exact, relaxed, with contents given, linearised.

    borne[w,k,t] = weight_ik content[i,k,t] amount[w,t]          exact                            (R1)
    borne[w,k,t] >= weight_ik (low amount[w,t] + least content[i,k,t] - low least)       relaxed  (R2)
    borne[w,k,t] >= weight_ik (high amount[w,t] + most content[i,k,t] - high most)       relaxed  (R3)
    borne[w,k,t] <= weight_ik (high amount[w,t] + least content[i,k,t] - high least)     relaxed  (R4)
    borne[w,k,t] <= weight_ik (low amount[w,t] + most content[i,k,t] - low most)         relaxed  (R5)
    sum_n within[i,k,t,n] = 1                                   pieces n of a content            (R6)
    content[i,k,t] = sum_n inside[i,k,t,n]                        pieces                           (R7)
    inside[i,k,t,n] >= low_n within[i,k,t,n]                      piece n = [low_n, high_n]        (R8)
    inside[i,k,t,n] <= high_n within[i,k,t,n]                     piece n                          (R9)
    amount[w,t] = sum_n part[w,k,t,n]                           pieces                           (R10)
    sum_w part[w,k,t,n] <= M within[i,k,t,n]                    piece n, ways out w              (R11)
    borne[w,k,t] >= weight_ik sum_n low_n part[w,k,t,n]                                           (R12)
    borne[w,k,t] <= weight_ik sum_n high_n part[w,k,t,n]                                          (R13)
    borne[w,k,t] >= weight_ik sum_n (high_n part_n + most inside_n - high_n most within_n)          (R14)
    borne[w,k,t] <= weight_ik sum_n (low_n part_n + most inside_n - low_n most within_n)            (R15)
    borne[w,k,t] = weight_ik booked_ikt amount[w,t]              contents given                   (R16)
    taken_in[i,k,t] <= weight_ik booked_ikt make[i,t]           contents given, k limited from above (R17)
    taken_in[i,k,t] >= weight_ik booked_ikt make[i,t]           contents given, k limited from below (R18)
    borne[w,k,t] = weight_ik (at amount[w,t] + now content[i,k,t] - at now)      linearised       (R19)
    part[w,k,t,n] <= most_wt within[i,k,t,n]                    piece n                          (R20)

One set of rows is active at a time (:func:`switch`). Relaxed: the four faces of the hull of a product over
[low, high] x [least, most] (McCormick 1976); with pieces the same over a union of boxes, one of which holds
(Karuppiah & Grossmann 2006; Gounaris, Misener & Floudas 2009), so that plan and bound come closer as pieces get
finer. With contents given, (Q1) gives way to (R17), (R18): where k is only limited from above, an outlet may hold
less than what is booked for it, and each mixture downstream then holds less than what its row counts. What is found
so is a plan. Linearised at a plan (at, now), it is a step of successive linear programming.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pyomo.environ as pyo

from . import proportions
from .instance import Instance
from .mixing import SAME, amount_of
from .operations import most
from .qualities import INFINITY, Mixing

Mode = Literal["exact", "relaxed", "fixed", "linearised"]
Content = tuple[str, str, str]  # outlet, component, state
Range = tuple[float, float]
Pieces = Mapping[Content, tuple[float, ...]]


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rows of every variant; after mixing. Proportions follow, then :func:`switch`."""
    x = d.mixing or Mixing({}, {}, {})
    m.SPREAD = pyo.Set(dimen=2, initialize=[(i, k) for i, k in m.OUTLETS if _bilinear(m, x, i, k)])
    spread = set(m.SPREAD)
    m.PRODUCTS = pyo.Set(
        dimen=5, initialize=[index for index in m.LOADS if (m.outlet_of[index[:4]], index[3]) in spread]
    )
    _sizes(m, d)
    weight = {index: x.weights[m.outlet_of[index[:4]]][index[3]] for index in m.PRODUCTS}

    @m.Constraint(m.PRODUCTS, doc="R1")
    def product(m, kind, name, option, k, t):
        return m.borne[kind, name, option, k, t] == weight[kind, name, option, k, t] * content_of(
            m, (kind, name, option, k, t)
        ) * amount_of(m, (kind, name, option), t)

    _hull(m, weight)
    _pieces(m, d)
    _booked(m, d, x, weight)
    _linearised(m, weight)
    #: how it is solved (``bilinear.prepare``)
    m.engine, m.mixing_case, m.mixing_why, m.mixing_rule = "highs", "", "", None


def _bilinear(m: pyo.ConcreteModel, x: Mixing, i: str, k: str) -> bool:
    """Whether the loads of an outlet do not follow from (Q1) to (Q3) alone."""
    several = len(m.ways[i]) + len(m.arrivals[i]) > 1 or i in m.unmixed_outlets
    return several and x.outlets[i].highest[k] - x.outlets[i].lowest.get(k, 0.0) > SAME


def content_of(m: pyo.ConcreteModel, index: tuple[str, ...]) -> Any:
    """Variable of the content of a way's outlet."""
    return m.content[m.outlet_of[index[:4]], index[3], index[4]]


def _sizes(m: pyo.ConcreteModel, d: Instance) -> None:
    """Bounds of the amounts of ways; the most that an outlet gives."""
    ways = list(dict.fromkeys((*index[:3], index[4]) for index in m.PRODUCTS))
    m.WAYS = pyo.Set(dimen=4, initialize=ways)
    room = {(i, t): most(d, d.sources[i], t) for i, _ in m.SPREAD for t in d.states}
    outlet = {way: m.outlet_of[(*way[:3], k)] for *way3, k, t in m.PRODUCTS for way in [(*way3, t)]}
    largest = {way: min(room[outlet[way], way[3]], amount_of(m, way[:3], way[3]).ub or 0.0) for way in ways}
    #: way -> most that goes it, from the data
    m.largest = largest
    m.least = pyo.Param(m.WAYS, mutable=True, initialize=0.0, doc="least amount of a way")
    m.most = pyo.Param(m.WAYS, mutable=True, initialize=largest, doc="most that goes a way")


def _hull(m: pyo.ConcreteModel, weight: Mapping[tuple[str, ...], float]) -> None:
    def faced(index, content, amount):
        """Weight x (content amount' + amount content' - content amount), the face of the hull at a corner."""
        kind, name, option, _, t = index
        flow = amount_of(m, (kind, name, option), t)
        return weight[index] * (content * flow + amount * content_of(m, index) - content * amount)

    def at(index):
        i, k, t = m.outlet_of[index[:4]], index[3], index[4]
        way = (*index[:3], t)
        return m.low[i, k, t], m.high[i, k, t], m.least[way], m.most[way]

    @m.Constraint(m.PRODUCTS, doc="R2")
    def above_low(m, *index):
        low, _, least, _ = at(index)
        return m.borne[index] >= faced(index, low, least)

    @m.Constraint(m.PRODUCTS, doc="R3")
    def above_high(m, *index):
        _, high, _, largest = at(index)
        return m.borne[index] >= faced(index, high, largest)

    @m.Constraint(m.PRODUCTS, doc="R4")
    def below_high(m, *index):
        _, high, least, _ = at(index)
        return m.borne[index] <= faced(index, high, least)

    @m.Constraint(m.PRODUCTS, doc="R5")
    def below_low(m, *index):
        low, _, _, largest = at(index)
        return m.borne[index] <= faced(index, low, largest)


def _pieces(m: pyo.ConcreteModel, d: Instance) -> None:
    """Components of the pieces, empty until :func:`divide`."""
    m.PIECES = pyo.Set(dimen=4)
    m.PARTS = pyo.Set(dimen=6)
    m.within = pyo.Var(m.PIECES, domain=pyo.Binary, doc="content lies in the piece")
    m.inside = pyo.Var(m.PIECES, domain=pyo.NonNegativeReals, doc="content, in its piece")
    m.part = pyo.Var(m.PARTS, domain=pyo.NonNegativeReals, doc="amount, in the piece of its content [unit/yr]")
    for tag, name in zip(_TAGS, _PIECED, strict=True):
        m.add_component(name, pyo.Constraint(pyo.Any, doc=tag))


_PIECED = (
    "in_one_piece", "content_in_pieces", "piece_low", "piece_high", "amount_in_pieces", "piece_room", "piece_least",
    "piece_most", "piece_above", "piece_below", "part_room",
)  # fmt: skip
_TAGS = ("R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R20")


def divide(m: pyo.ConcreteModel, pieces: Pieces) -> None:
    """Divide contents at points, all anew: content -> its pieces' ends in rising order, at least three of them."""
    d: Instance = m.instance
    for name in _PIECED:
        getattr(m, name).clear()
    m.within.clear(), m.inside.clear(), m.part.clear()
    m.PARTS.clear()
    m.PIECES.clear()
    for (i, k, t), ends in pieces.items():
        numbers = [str(n) for n in range(len(ends) - 1)]
        low, high = dict(zip(numbers, ends, strict=False)), dict(zip(numbers, ends[1:], strict=True))
        for n in numbers:
            m.PIECES.add((i, k, t, n))
            m.within.add((i, k, t, n)), m.inside.add((i, k, t, n))
            m.piece_low.add((i, k, t, n), m.inside[i, k, t, n] >= low[n] * m.within[i, k, t, n])
            m.piece_high.add((i, k, t, n), m.inside[i, k, t, n] <= high[n] * m.within[i, k, t, n])
        m.in_one_piece.add((i, k, t), pyo.quicksum(m.within[i, k, t, n] for n in numbers) == 1)
        m.content_in_pieces.add((i, k, t), m.content[i, k, t] == pyo.quicksum(m.inside[i, k, t, n] for n in numbers))
        for way in (*m.ways[i], *m.arrivals[i]):
            _divide_way(m, (i, k, t), way, (low, high))
        for n in numbers:
            parts = pyo.quicksum(m.part[(*way, k, t, n)] for way in m.ways[i])
            m.piece_room.add((i, k, t, n), parts <= most(d, d.sources[i], t) * m.within[i, k, t, n])


def _divide_way(
    m: pyo.ConcreteModel, content: Content, way: tuple[str, str, str], ends: tuple[dict[str, float], dict[str, float]]
) -> None:
    i, k, t = content
    low, high = ends
    index = (*way, k, t)
    weight = m.instance.mixing.weights[i][k]
    largest = m.most[(*way, t)].value
    load = m.borne[index]
    for n in low:
        m.PARTS.add((*index, n))
        m.part.add((*index, n))
        m.part_room.add((*index, n), m.part[(*index, n)] <= largest * m.within[i, k, t, n])

    def face(level: Mapping[str, float]) -> Any:
        return weight * pyo.quicksum(
            level[n] * m.part[(*index, n)] + largest * m.inside[i, k, t, n] - level[n] * largest * m.within[i, k, t, n]
            for n in low
        )

    parts = {n: m.part[(*index, n)] for n in low}
    m.amount_in_pieces.add(index, amount_of(m, way, t) == pyo.quicksum(parts.values()))
    m.piece_least.add(index, load >= weight * pyo.quicksum(low[n] * part for n, part in parts.items()))
    m.piece_most.add(index, load <= weight * pyo.quicksum(high[n] * part for n, part in parts.items()))
    m.piece_above.add(index, load >= face(high))
    m.piece_below.add(index, load <= face(low))


def _booked(m: pyo.ConcreteModel, d: Instance, x: Mixing, weight: Mapping[tuple[str, ...], float]) -> None:
    m.booked = pyo.Param(
        m.SPREAD, m.STATES, mutable=True, initialize=lambda m, i, k, t: m.high[i, k, t].value, doc="content given"
    )
    directions = {k: _directions(d, x, k) for k in x.components}

    @m.Constraint(m.PRODUCTS, doc="R16")
    def booked_load(m, *index):
        kind, name, option, k, t = index
        booked = m.booked[m.outlet_of[index[:4]], k, t]
        return m.borne[index] == weight[index] * booked * amount_of(m, (kind, name, option), t)

    @m.Constraint([(i, k) for i, k in m.SPREAD if "above" in directions[k]], m.STATES, doc="R17")
    def at_most_booked(m, i, k, t):
        return m.taken_in[i, k, t] <= x.weights[i][k] * m.booked[i, k, t] * m.make[i, t]

    @m.Constraint([(i, k) for i, k in m.SPREAD if "below" in directions[k]], m.STATES, doc="R18")
    def at_least_booked(m, i, k, t):
        return m.taken_in[i, k, t] >= x.weights[i][k] * m.booked[i, k, t] * m.make[i, t]


def _directions(d: Instance, x: Mixing, k: str) -> set[str]:
    """Sides on which a component matters; one that nobody limits matters on neither, and is booked from above."""
    bounds = [of[k] for limits in (x.limits, x.discharges, x.sales) for of in limits.values() if k in of]
    fees = [v for (_, c, _), booked in d.effects.get("let_out", {}).items() if c == k for v in booked.values()]
    below = any(_finite(bound.least) and bound.least > 0 for bound in bounds) or any(v < 0 for v in fees)
    above = any(_finite(bound.most) for bound in bounds) or any(v > 0 for v in fees) or not below
    return {side for side, matters in (("above", above), ("below", below)) if matters}


def _finite(value: float) -> bool:
    return abs(value) < INFINITY


def _linearised(m: pyo.ConcreteModel, weight: Mapping[tuple[str, ...], float]) -> None:
    m.at = pyo.Param(m.SPREAD, m.STATES, mutable=True, initialize=0.0, doc="content of the plan linearised at")
    m.now = pyo.Param(m.WAYS, mutable=True, initialize=0.0, doc="amount of the plan linearised at")

    @m.Constraint(m.PRODUCTS, doc="R19")
    def linear_load(m, *index):
        kind, name, option, k, t = index
        at, now = m.at[m.outlet_of[index[:4]], k, t], m.now[kind, name, option, t]
        flow = amount_of(m, (kind, name, option), t)
        return m.borne[index] == weight[index] * (at * flow + now * content_of(m, index) - at * now)


def switch(m: pyo.ConcreteModel, mode: Mode) -> None:
    """Activate the rows of one variant."""
    groups: dict[str, Iterable[str]] = {
        "exact": ("product",),
        "relaxed": ("above_low", "above_high", "below_high", "below_low", *_PIECED, *proportions.ROWS),
        "fixed": ("booked_load", "at_most_booked", "at_least_booked"),
        "linearised": ("linear_load",),
    }
    for name, members in groups.items():
        for member in members:
            component = getattr(m, member)
            component.activate() if name == mode else component.deactivate()
    for i, k, t in m.load_balance:
        row = m.load_balance[i, k, t]
        row.deactivate() if mode == "fixed" and (i, k) in m.SPREAD else row.activate()
    m.mixing_mode = mode


def bound(m: pyo.ConcreteModel, contents: Mapping[Content, Range], amounts: Mapping[tuple[str, ...], Range]) -> None:
    """Set bounds of contents and of the amounts of ways, tighter ones than those of the data."""
    for index, (low, high) in contents.items():
        m.low[index], m.high[index] = low, high
        m.content[index].setlb(low), m.content[index].setub(high)
    for way, (least, largest) in amounts.items():
        m.least[way], m.most[way] = least, largest


def unbound(m: pyo.ConcreteModel) -> None:
    """Set all bounds back to those of the data; no pieces."""
    if len(m.PIECES):
        divide(m, {})
    bound(m, *given(m))


def given(m: pyo.ConcreteModel) -> tuple[dict[Content, Range], dict[tuple[str, ...], Range]]:
    """Bounds of contents and amounts from the data."""
    d: Instance = m.instance
    outlets = d.mixing.outlets if d.mixing is not None else {}
    contents = {
        (i, k, t): (outlets[i].lowest.get(k, 0.0), outlets[i].highest[k]) for i, k in m.SPREAD for t in d.states
    }
    return contents, {way: (0.0, largest) for way, largest in m.largest.items()}


def spread(m: pyo.ConcreteModel) -> bool:
    """Whether the model has products at all."""
    return len(m.SPREAD) > 0
