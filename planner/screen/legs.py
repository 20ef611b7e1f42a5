"""One exchange of a chain as columns and rows: options and twins of several sizes, flow, losses, terms, equipment."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.assemble.exchanges import Deal
from planner.assemble.streams import Flow, discharge_of, sale_of
from planner.case.case import Case
from planner.screen.ground import Lengths
from planner.screen.pricing import Coefficients, Outside
from planner.screen.program import Program, joined, times, weighted
from planner.screen.worth import ROUNDING, Ends, bound_of, least_of_link

Array = np.ndarray[Any, Any]
_INF = float("inf")


@dataclass(frozen=True)
class Leg:
    """An exchange with what it may be built by.

    Attributes
    ----------
    ends
        Both ends, of this exchange only.
    options
        What it may be built by, each with its length and the longest that it may go [km].
    twins
        How many links may stand side by side.
    """

    deal: Deal
    ends: Ends
    options: tuple[tuple[Coefficients, Lengths, float], ...]
    twins: int


@dataclass
class Way:
    """An option as one copy of it is built: its columns; ``once`` has its length and cost length unscaled [km]."""

    option: Coefficients
    km: float
    copy: int
    built: int
    flow: list[int]
    most: Array
    owed: Array
    share: float
    fixed: Array
    once: tuple[float, float]


@dataclass
class LegColumns:
    """Columns of a leg; terms by state.

    Attributes
    ----------
    leaving, arriving, met
        What leaves, arrives, and replaces, by state, as terms.
    first
        Columns of the first copies: 1 in sum where the exchange is built.
    """

    leg: Leg
    ways: list[Way]
    leaving: list[dict[int, float]]
    arriving: list[dict[int, float]]
    met: list[dict[int, float]]
    first: list[int]
    used: list[int] = field(default_factory=list)
    rated: list[int] = field(default_factory=list)
    credited: list[int] = field(default_factory=list)
    outlets: list[int] = field(default_factory=list)
    discharged: list[int] = field(default_factory=list)
    saved: list[int] = field(default_factory=list)


def add_leg(p: Program, leg: Leg, states: tuple[str, ...], scale: float) -> LegColumns:
    """Columns and rows of an exchange over ``scale`` times its lengths; its source and sink follow."""
    ways = [way for copy in range(leg.twins) for way in _ways(p, leg, copy, scale)]
    n = range(len(states))
    ratio = float(leg.ends.ratio[0])
    leaving = [weighted([way.flow[t] for way in ways]) for t in n]
    arriving = [joined(*({way.flow[t]: 1.0 - way.share, way.built: -float(way.owed[t])} for way in ways)) for t in n]
    met = [times(terms, ratio) for terms in arriving]
    first = [way.built for way in ways if way.copy == 0]
    made = LegColumns(leg, ways, leaving, arriving, met, first)
    _copies(p, made)
    _terms(p, made)
    _equipment(p, made)
    return made


def _ways(p: Program, leg: Leg, copy: int, scale: float) -> list[Way]:
    found = []
    for option, lengths, longest in leg.options:
        once = float(lengths.mean[0]) / 1000.0, float(lengths.cost[0]) / 1000.0
        km, cost_km = scale * once[0], scale * once[1]
        if np.isnan(km) or km > longest * (1.0 + ROUNDING) or (copy and (option.way.in_place or leg.deal.own)):
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            bound = bound_of(leg.ends, option, np.array([km]))
        most, low, owed, share = bound.most[0], bound.low[0], bound.owed[0], float(bound.share[0])
        if not most.any():
            continue
        fixed = (option.further if copy else option.built) + option.per_m * km * 1000.0
        fixed = fixed + option.per_cost_m * cost_km * 1000.0
        for number, count in lengths.crossings.items():
            fixed = fixed + option.crossings[number] * float(count[0])
        built = p.column(fixed, 1.0, whole=True)
        flow = []
        for t, limit in enumerate(most):
            each = option.moved[t] + option.hauled[t] * km + leg.ends.given[0, t] + leg.ends.treated[0, t]
            column = p.column(each, float(limit))
            p.row({column: 1.0, built: -float(limit)}, high=0.0)
            if low[t] > 0.0:
                p.row({column: 1.0, built: -float(min(low[t], limit))}, low=0.0)
            flow.append(column)
        least = float(least_of_link(leg.ends, option)[0])
        if least > 0.0:
            p.row(joined(weighted(flow), {built: -least}), low=0.0)
        found.append(Way(option, km, copy, built, flow, most, owed, share, fixed, once))
    return found


def _copies(p: Program, made: LegColumns) -> None:
    """At most one option a copy, and no copy without that before it."""
    by: dict[int, list[int]] = {}
    for way in made.ways:
        by.setdefault(way.copy, []).append(way.built)
    for copy, columns in by.items():
        p.row(weighted(columns), high=1.0)
        if copy:
            p.row(joined(weighted(columns), weighted(by.get(copy - 1, []), -1.0)), high=0.0)


def _terms(p: Program, made: LegColumns) -> None:
    """What leaves and arrives in the hours that both share, in a state and in a year; least flows; what is whole."""
    ends, running = made.leg.ends, made.first
    everything = joined(*made.leaving)
    if np.isfinite(ends.yearly[0]):
        p.row(everything, high=float(ends.yearly[0]))
    if ends.least[0] > 0.0:
        p.row(joined(everything, weighted(running, -float(ends.least[0]))), low=0.0)
    p.row(joined(*made.met), high=float(ends.admitted[0]))
    for t, (leaves, arrives, met) in enumerate(zip(made.leaving, made.arriving, made.met, strict=True)):
        p.row(leaves, high=float(ends.leaving[0, t]))
        p.row(met, high=float(ends.wanted[0, t]))
        p.row(arrives, low=0.0)
        if np.isfinite(ends.mixture[0, t]) and not made.leg.deal.sink.member.is_facility:
            p.row(arrives, high=float(ends.mixture[0, t]))
        if ends.needed[0, t] > 0.0:
            p.row(joined(met, weighted(running, -float(ends.needed[0, t]))), low=0.0)
        if ends.arriving[0, t].any():
            used = p.column(ends.arriving[0, t])
            made.used.append(used)
            p.row(joined(arrives, {used: -1.0}), low=0.0, high=0.0)
        for value, most in ends.credits:
            column = p.column(value[0, t] * -1.0, float(most[0, t]))
            p.row(joined({column: 1.0}, times(arrives, -1.0)), high=0.0)
            made.credited.append(column)


def _equipment(p: Program, made: LegColumns) -> None:
    """Exchangers and standby, by the most that an hour brings (X1)."""
    ends = made.leg.ends
    for gear in ends.gears:
        column = p.column(gear.price[0])
        made.rated.append(column)
        for t, hours in enumerate(ends.hours[0]):
            heat = float(gear.heat[0, t])
            if hours > 0.0 and heat > 0.0:
                moved = made.leaving[t] if gear.at_source else made.met[t]
                p.row(joined({column: 1.0}, times(moved, -heat / float(hours))), low=-float(gear.existing[0]))


def add_giver(p: Program, made: LegColumns, case: Case, outside: Outside) -> None:
    """A plant's source: what does not leave is disposed of or sold, as today where nothing leaves (B1 to B3)."""
    assert outside.disposed is not None
    assert outside.amounts is not None
    assert outside.sold is not None
    amounts: list[tuple[dict[int, float], float]] = [({}, float(x)) for x in outside.amounts]
    made.outlets, made.discharged = outlet_rows(p, case, made.leg.deal.source, outside, amounts, made.leaving)
    before = np.einsum("t,tk->k", outside.disposed, outside.replaced)
    before = before + np.einsum("t,tk->k", outside.amounts - outside.disposed, outside.sold)
    p.constant = p.constant - before


def outlet_rows(
    p: Program,
    case: Case,
    flow: Flow,
    outside: Outside,
    amounts: list[tuple[dict[int, float], float]],
    leaving: list[dict[int, float]],
) -> tuple[list[int], list[int]]:
    """Leaving + disposed of + sold = made, by state; returns the columns of what goes outside, and of disposal."""
    sale, sold, discharged = sale_of(case, flow), list[int](), list[int]()
    assert outside.sold is not None
    on_demand = bool(getattr(flow.data, "on_demand", False))
    for t, (terms, amount) in enumerate(amounts):
        ways = dict[int, float]()
        if discharge_of(case, flow) is not None or on_demand:
            column = p.column(outside.replaced[t])
            discharged.append(column)
            ways[column] = 1.0
        if sale is not None:
            column = p.column(outside.sold[t])
            sold.append(column)
            ways[column] = 1.0
        p.row(joined(leaving[t], ways, times(terms, -1.0)), low=amount, high=amount)
    if sale is not None and sale[0].limit is not None:
        p.row(weighted(sold), high=sale[0].limit.value)
    return [*discharged, *sold], discharged


def add_taker(p: Program, made: LegColumns) -> None:
    """A plant's sink: what arrives replaces its present supply (B4)."""
    for t, met in enumerate(made.met):
        saved = p.column(made.leg.ends.supply[0, t] * -1.0)
        made.saved.append(saved)
        p.row(joined(met, {saved: -1.0}), low=0.0, high=0.0)
