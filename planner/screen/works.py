"""The facility of a chain as columns and rows: capacity, activity, what it buys and gives besides, hours it shares.

Its rows are those of a plan (F8 to F13, B1 to B6, h1 to h9), of this facility alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.instance import FacilityData
from planner.assemble.facilities import facility_data, price_facility, segments_of
from planner.assemble.findings import Findings
from planner.assemble.lines import Ledger
from planner.assemble.plots import price_land
from planner.assemble.streams import Flow, Member, is_suppliable
from planner.assemble.ways import Geometry
from planner.case.case import Case
from planner.case.facilities import Facility, PowerLaw
from planner.screen.data_quality import Quality, worse, worst
from planner.screen.legs import LegColumns, outlet_rows
from planner.screen.pricing import MEASURES, Outside, Prices
from planner.screen.program import Program, joined, times, weighted

Array = np.ndarray[Any, Any]
_SAME = 1e-9


@dataclass(frozen=True)
class Works:
    """A facility and what it costs.

    Attributes
    ----------
    opened, capacity
        By segment, what it costs once it stands (land of its smallest capacity included), and per unit of capacity.
    active
        Per unit of activity, (states, measures).
    sinks, sources
        Its streams, with what they cost outside.
    quality
        Of its prices.
    """

    member: Member
    data: FacilityData
    opened: Mapping[str, Array]
    capacity: Mapping[str, Array]
    active: Array
    beyond: Array
    sinks: tuple[tuple[Flow, Outside], ...]
    sources: tuple[tuple[Flow, Outside], ...]
    quality: Quality

    @property
    def facility(self) -> Facility:
        """As the case has it."""
        assert isinstance(self.member.item, Facility)
        return self.member.item


@dataclass
class WorksColumns:
    """Columns of a facility: by segment, by state, and of what it buys and gives outside."""

    opened: dict[str, int] = field(default_factory=dict)
    capacity: dict[str, int] = field(default_factory=dict)
    activity: list[int] = field(default_factory=list)
    bought: list[int] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)

    def size(self, values: Array) -> float:
        """Capacity that is built."""
        return float(sum(values[n] for n in self.capacity.values()))


def works_of(
    case: Case, member: Member, prices: Prices, geometry: Geometry | None, streams: tuple[list[Flow], list[Flow]]
) -> Works:
    """Read off what a facility costs; its land as the mean over the places on which it may stand."""
    ledger = Ledger(case)
    price_facility(ledger, member)
    lines = ledger.lines
    segments = segments_of(member)
    opened = {s.name: prices.vector(x for x in lines if x.family == "opened" and s.name in x.index) for s in segments}
    slope = {s.name: prices.vector(x for x in lines if x.family == "capacity" and s.name in x.index) for s in segments}
    active = prices.by_state(lines, "activity", 1)
    beyond = prices.vector(x for x in lines if x.family == "beyond")
    once, per_ha = _land(case, member, prices, geometry)
    facility = member.item
    assert isinstance(facility, Facility)
    if facility.area_per_capacity is not None and not facility.on_roof:
        per = per_ha * facility.area_per_capacity.value / (facility.coverage.value or 1.0)
        once = once - per * facility.curve()[0].capacity.value
        slope = {name: price + per for name, price in slope.items()}
    opened = {name: price + once for name, price in opened.items()}
    sinks = tuple((flow, prices.sink(flow)) for flow in streams[1])
    sources = tuple((flow, prices.source(flow)) for flow in streams[0])
    quality = worse(worst(e for x in lines for e in x.evidence), *(o.quality for _, o in (*sinks, *sources)))
    return Works(member, facility_data(member), opened, slope, active, beyond, sinks, sources, quality)


def _land(case: Case, member: Member, prices: Prices, geometry: Geometry | None) -> tuple[Array, Array]:
    """Cost of its land once it stands, and of a further hectare."""
    nothing = np.zeros(len(MEASURES))
    if geometry is None:
        return nothing, nothing
    places = geometry.siting.admissible.get(member.site, ())
    if not places:
        return nothing, nothing
    ledger = Ledger(case)
    price_land(ledger, {member.name: member}, geometry.siting, Findings())
    sited = prices.vector(x for x in ledger.lines if x.family == "sited")
    ground = prices.vector(x for x in ledger.lines if x.family == "ground")
    return sited / len(places), ground / len(places)


def add_works(
    p: Program, works: Works, case: Case, states: tuple[str, ...], legs: tuple[LegColumns | None, LegColumns | None]
) -> WorksColumns:
    """Columns and rows of a facility fed by the first leg and serving the second; either may be none."""
    made = WorksColumns()
    for name, segment in works.data.segments.items():
        stands = p.column(works.opened[name], 1.0, whole=True)
        size = p.column(works.capacity[name], segment.high)
        p.row({size: 1.0, stands: -segment.high}, high=0.0)
        p.row({size: 1.0, stands: -segment.low}, low=0.0)
        made.opened[name], made.capacity[name] = stands, size
    p.row(weighted(list(made.opened.values())), high=1.0)
    capacity = weighted(list(made.capacity.values()))
    largest = max(segment.high for segment in works.data.segments.values())
    for n, t in enumerate(states):
        hours = works.data.hours[t]
        activity = p.column(works.active[n], largest * hours)
        p.row(joined({activity: 1.0}, times(capacity, -hours)), high=0.0)
        if works.data.least.get(t, 0.0) > 0.0:
            p.row(joined({activity: 1.0}, weighted(list(made.opened.values()), -works.data.least[t])), low=0.0)
        made.activity.append(activity)
    _streams(p, works, case, states, (made, legs))
    _hours(p, works, states, capacity, (made, legs))
    for leg in legs:
        if leg is not None:  # what goes to or comes from a facility needs it
            p.row(joined(weighted(leg.first), weighted(list(made.opened.values()), -1.0)), high=0.0)
    return made


_Made = tuple[WorksColumns, tuple[LegColumns | None, LegColumns | None]]


def _streams(p: Program, works: Works, case: Case, states: tuple[str, ...], both: _Made) -> None:
    """What it takes is brought or bought, what it gives is taken, sold or disposed of."""
    made, (into, out) = both
    for flow, outside in works.sinks:
        leg = into if into is not None and into.leg.deal.sink.id == flow.id else None
        for n, t in enumerate(states):
            per = flow.slices[t].amount
            met = {} if leg is None else leg.met[n]
            bought = dict[int, float]()
            if is_suppliable(case, flow):
                column = p.column(outside.replaced[n])
                made.bought.append(column)
                bought[column] = 1.0
            p.row(joined(met, bought, {made.activity[n]: -per}), low=0.0, high=0.0)
            if leg is not None and np.isfinite(leg.leg.ends.mixture[0, n]) and flow.slices[t].most > 0.0:
                share = float(leg.leg.ends.mixture[0, n]) / flow.slices[t].most * per
                p.row(joined(leg.arriving[n], {made.activity[n]: -share}), high=0.0)
    for flow, outside in works.sources:
        leg = out if out is not None and out.leg.deal.source.id == flow.id else None
        leaving = [{}] * len(states) if leg is None else leg.leaving
        amounts = [({made.activity[n]: flow.slices[t].amount}, 0.0) for n, t in enumerate(states)]
        outlets, _ = outlet_rows(p, case, flow, outside, amounts, leaving)
        made.outside += outlets


def _hours(p: Program, works: Works, states: tuple[str, ...], capacity: dict[int, float], both: _Made) -> None:
    """What a facility does in hours that the other end does not run is of no use to that (B5, B6, h1 to h9)."""
    made, legs = both
    for n, t in enumerate(states):
        at_once = []
        for leg in (x for x in legs if x is not None):
            end = leg.leg.deal.sink if leg is legs[0] else leg.leg.deal.source
            if end.at_once:
                at_once.append((leg, end))
                continue
            hours = leg.leg.deal.working_hours(end).get(t)
            if hours is not None:
                moved = leg.met[n] if leg is legs[0] else leg.leaving[n]
                p.row(joined(moved, times(capacity, -end.slices[t].amount * hours)), high=0.0)
        if at_once:
            _stretches(p, works, (n, t), capacity, (made, legs, at_once))


def _stretches(p: Program, works: Works, state: tuple[int, str], capacity: dict[int, float], all_: Any) -> None:
    """Activity and flows by stretches of nested hours."""
    n, t = state
    made, legs, at_once = all_
    running = works.data.running.get(t) or works.data.hours[t]
    ends = [float(leg.leg.deal.shared[t]) for leg, _ in at_once] + [running]
    grid = list[float]()
    for hours in sorted(ends):
        if hours > 0.0 and (not grid or hours > grid[-1] * (1.0 + _SAME)):
            grid.append(hours)
    if not grid:
        return
    hourly = works.data.hours[t] / running if running > 0.0 else 0.0
    pace = []
    for length in _lengths(grid, running):
        column = p.column()
        p.row(joined({column: 1.0}, times(capacity, -length * hourly)), high=0.0)
        pace.append(column)
    p.row(joined(weighted(pace), {made.activity[n]: -1.0}), low=0.0, high=0.0)
    for leg, end in at_once:
        _parts(p, leg, (n, t), (grid, pace, end.slices[t].amount), into=leg is legs[0])


def _parts(p: Program, leg: LegColumns, state: tuple[int, str], paced: Any, *, into: bool) -> None:
    """What leaves by a leg in each stretch (h3 to h9)."""
    (n, t), (grid, pace, per) = state, paced
    deal, shared = leg.leg.deal, float(leg.leg.deal.shared[t])
    kept = float(leg.leg.ends.ratio[0]) * (1.0 - min((way.share for way in leg.ways), default=0.0))
    other = deal.source if into else deal.sink
    rates = {way.built: way.option.way.rate(deal.peak) for way in leg.ways}
    sent = []
    for k, length in enumerate(_lengths(grid, shared)):
        column = p.column()
        sent.append(column)
        lost = joined(times(leg.leaving[n], kept), times(leg.met[n], -1.0))
        got = joined({column: kept}, times(lost, -length / shared))
        mine, theirs = (got, {column: 1.0}) if into else ({column: 1.0}, got)
        beyond = {pace[k]: -per} if k < len(pace) else {}
        p.row(joined(mine, beyond), high=0.0)
        p.row(got, low=0.0)
        if other.slices[t].hours > 0.0:
            p.row(theirs, high=length / other.slices[t].hours * other.slices[t].amount)
        if rates and all(np.isfinite(rate) for rate in rates.values()):
            p.row(joined({column: 1.0}, {b: -length * rate for b, rate in rates.items()}), high=0.0)
    p.row(joined(weighted(sent), times(leg.leaving[n], -1.0)), low=0.0, high=0.0)


def _lengths(grid: list[float], hours: float) -> list[float]:
    """Lengths of the stretches that lie within so many hours."""
    found, start = list[float](), 0.0
    for end in (*grid, hours):
        length = min(end, hours) - start
        if length <= _SAME * hours:
            break
        found.append(length)
        start += length
    return found


def law_above(works: Works, size: float) -> Array:
    """What a power law is above the chords that stand for it, at a capacity, (measures,)."""
    law = works.facility.investment
    if not isinstance(law, PowerLaw) or size <= 0.0:
        return np.zeros(len(MEASURES))
    for segment in segments_of(works.member):
        if segment.low * (1 - _SAME) <= size <= segment.high * (1 + _SAME):
            chord = segment.intercept + segment.slope * size
            above: Array = works.beyond * (law.worth(size) - chord)
            return above
    return np.zeros(len(MEASURES))
