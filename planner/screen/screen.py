"""``screen``: every possible exchange of a case by itself, in a table.

Exchanges on the same terms and of the same resource make a class: its options are priced once, and all its exchanges
are then evaluated at once (``planner.screen.worth``).
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from planner.assemble.credits import bought_besides
from planner.assemble.exchanges import Deal
from planner.assemble.options import ends_of_pipe, stated_length, ways_to_build
from planner.assemble.temperatures import farthest
from planner.assemble.ways import Way
from planner.case.case import Case
from planner.screen.candidates import Candidates, candidates_of, streams_of, why_open
from planner.screen.chain_rows import solved_rows
from planner.screen.found import Found
from planner.screen.ground import IN_PLACE, ON_SITE, Ground, Lengths, ground_of
from planner.screen.mixture import most_by_mixture
from planner.screen.pricing import GOAL, MEASURES, Coefficients, Outside, Prices
from planner.screen.table import table_of
from planner.screen.worth import Ends, Gear, breakeven_km, worth_of

Array = np.ndarray[Any, Any]

#: Payback up to which an exchange is said to pay, where the user states none [yr]: an assumption.
PAYBACK_YR = 5.0


@dataclass(frozen=True)
class Screening:
    """What a screening found.

    Attributes
    ----------
    case
        The case that was screened.
    table
        A row an exchange, ranked by net saving; columns in ``planner.screen.table.COLUMNS``.
    notes
        What was assumed.
    payback_yr
        Payback up to which an exchange is said to pay [yr].
    """

    case: Case
    table: pd.DataFrame
    notes: tuple[str, ...]
    payback_yr: float


def screen(case: Case, *, distance_km: float | None = None, payback_yr: float = PAYBACK_YR) -> Screening:
    """Look at every possible exchange alone: neither end exchanges with anybody else.

    Parameters
    ----------
    case
        A case; it may have no plots yet (``read_case(..., sited=False)``).
    distance_km
        Distance between sites of which the case says nothing [km].
    payback_yr
        Payback up to which an exchange is said to pay [yr].

    Returns
    -------
    Screening
        Its table has a row for each exchange that a plan could build, and for each that the case, a quality or the law
        does not admit, with the reason.

    Raises
    ------
    CaseError
        If the case lacks a number that is needed.
    UsageError
        If a distance is needed that nobody gave.
    """
    was_on = gc.isenabled()
    gc.disable()  # looking for garbage among so many exchanges takes longer than making them
    try:
        return _screen(case, distance_km, payback_yr)
    finally:
        if was_on:
            gc.enable()


def _screen(case: Case, distance_km: float | None, payback_yr: float) -> Screening:
    found = candidates_of(case)
    ground = ground_of(found.case, found.members, distance_km)
    look = _Look(found, ground, Prices(found.case, found.qualities, found.findings))
    best = look.all()
    found.findings.raise_faults()
    rows, left_out = solved_rows(found, best, ground, look.worth, _Look)
    table = table_of(found, best, rows, payback_yr)
    notes = [*_notes(found, ground, table, payback_yr), *_notes_on_chains(ground, table, left_out)]
    return Screening(case, table, tuple(notes), payback_yr)


def _notes_on_chains(ground: Ground, table: pd.DataFrame, left_out: int) -> list[str]:
    """What a reader must know of chains through a facility."""
    if not (table["via"] != "").any():
        return []
    notes = [
        "rows with a facility (via) have it sized, paid for and run for that row alone; what it needs besides is "
        "bought, what else it gives is sold or disposed of; chains through two facilities are not looked at"
    ]
    if ground.geometry is None:
        notes.append("the land of facilities is not paid for, since no plots are drawn or they are too many")
    if left_out:
        notes.append(f"{left_out:,} chains through facilities are left out: those whose ends could save the least")
    return notes


def _notes(found: Candidates, ground: Ground, table: pd.DataFrame, payback_yr: float) -> list[str]:
    """What a reader must know of the figures."""
    notes = [
        "each exchange is looked at alone, as if neither end exchanged with anybody else, its own plant included; "
        "savings of exchanges that share a stream do not add up",
        f"said to pay: payback of at most {payback_yr:g} years",
    ]
    if (table["distance_basis"] == ground.basis).any():
        notes.append(f"{ground.basis} of {ground.stated_m / 1000.0:g} km wherever the case says nothing of a place")
    if (table["farthest_km"] > table["nearest_km"]).any():
        notes.append("lengths of plants that are not sited: mean over the places on which they may stand")
    if (table["hours_basis"] == "assumed").any():
        notes.append("shared hours that the case does not state: the smaller of both streams' hours")
    if _has_limits(ground.case):
        notes.append("limits at the park gate, caps and the budget are not looked at")
    if found.mains:
        notes.append(
            "what mains and trenches share is not looked at: each exchange has a pipe and civil works of its own"
        )
    return notes


def _has_limits(case: Case) -> bool:
    """Whether a plan has limits that are not those of one exchange."""
    caps = case.economics.caps
    return bool(case.park_gate) or case.economics.budget is not None or any(x is not None for _, x in caps)


@dataclass
class _Look:
    """Evaluates all options of all exchanges and keeps the best of each.

    ``outside`` has what a stream costs without exchange.
    """

    found: Candidates
    ground: Ground
    prices: Prices
    outside: dict[str, Outside] = field(default_factory=dict)

    def all(self) -> Found:
        """The best option of every exchange."""
        deals = self.found.deals
        result = Found.empty(deals, len(MEASURES))
        for number, deal in enumerate(deals):
            result.open_[number] = why_open(deal, self.found.qualities)
        classes: dict[Any, list[int]] = {}
        for number, deal in enumerate(deals):
            classes.setdefault(self._class(deal), []).append(number)
        for members in classes.values():
            self._look_at(np.array(members), [deals[n] for n in members], result)
        return result

    def worth(self, deal: Deal) -> float:
        """What supply and disposal at both ends cost today, at most: what chains are chosen by if there are many."""
        source, sink = streams_of(self.found.qualities, deal)
        given = 0.0 if source.member.is_facility else self._source(source).replaced[:, GOAL].max() * deal.at_source
        taken = 0.0 if sink.member.is_facility else self._sink(sink).replaced[:, GOAL].max() * deal.at_sink
        return float(max(given, 0.0) + max(taken, 0.0))

    def _class(self, deal: Deal) -> Any:
        """Exchanges that have the same options at the same prices."""
        alone = deal.own or deal.source.member.is_facility or deal.sink.member.is_facility
        terms = tuple(deal.terms.paths.items())
        return deal.source.resource, deal.sink.resource, deal.own, alone, terms, bool(deal.credits) and deal.sink.id

    def _look_at(self, rows: Array, deals: list[Deal], result: Found) -> None:
        first, findings = deals[0], self.found.findings
        ends, because = self.ends_of(deals, result, rows)
        for n, quality in zip(rows, because, strict=True):
            result.diluted[n] = quality
        if first.own:
            here = Lengths.of(np.zeros(len(deals)), ON_SITE)
            option = self.prices.option(first, Way("on site"))
            self._take(rows, ends, option, here, result)
            return
        ways = [way for way in ways_to_build(first, self.found.case, findings) if way.copy == 0]
        for way in ways:
            if way.name in self.found.priceless:
                continue
            lengths = self.lengths_of(deals, way)
            option = self.prices.option(first, way)
            for copies in range(1, 2 if way.in_place else first.terms.get("twins", 1) + 1):
                self._take(rows, ends, option if copies == 1 else option.twice(copies), lengths, result)
        for n in rows:
            result.ways[n] = len(ways)

    def lengths_of(self, deals: list[Deal], way: Way) -> Lengths:
        """How far a way goes between both ends of each exchange."""
        assert way.link is not None
        case, resource = self.found.case, deals[0].source.resource
        givers, takers = ([getattr(d, end).member.name for d in deals] for end in ("source", "sink"))
        most = farthest(case, way.link, resource, stated=not way.in_place)
        lengths = self.ground.between(way.link, resource, givers, takers, most)
        stated = stated_length(deals[0], way, case)
        if stated is not None:
            lengths = Lengths.of(np.full(len(deals), stated.value), IN_PLACE)
        if way.in_place:
            ends = None if way.pipe is None else ends_of_pipe(case, way.pipe)
            pairs = [self.ground.pair(*both) for both in zip(givers, takers, strict=True)]
            there = np.array([pair is not None and (ends is None or pair in ends) for pair in pairs])
            lengths = lengths.where(there)
        return lengths

    def _take(self, rows: Array, ends: Ends, option: Coefficients, lengths: Lengths, result: Found) -> None:
        """Evaluate an option and keep it where it is the best so far."""
        km, cost_km = lengths.mean / 1000.0, lengths.cost / 1000.0
        worth = worth_of(ends, option, km, cost_km, lengths.crossings)
        result.reach[rows] |= ~np.isnan(km)
        result.offer(rows, worth, option, lengths)
        open_ = np.array([bool(result.open_[n]) for n in rows])
        if option.way.link is None or option.way.in_place or open_.all():
            return
        most = farthest(self.found.case, option.way.link, self.found.deals[rows[0]].source.resource) / 1000.0
        limit = np.minimum(breakeven_km(ends, option, km, cost_km, lengths.crossings), most)
        longest = result.numbers["breakeven_km"]
        longest[rows] = np.fmax(longest[rows], np.where(open_, np.nan, limit))

    def ends_of(self, deals: list[Deal], result: Found, rows: Array) -> tuple[Ends, list[str]]:
        """Both ends of the exchanges of a class as arrays."""
        states, case = self.prices.states, self.found.case
        streams = [streams_of(self.found.qualities, deal) for deal in deals]
        given, taken = [self._source(s) for s, _ in streams], [self._sink(j) for _, j in streams]
        treated, used, kind = self.prices.of_kind(deals[0])
        arriving = [used + (0.0 if why else self.prices.arriving(d)) for d, why in self._with_why(deals, result, rows)]
        for n, source, sink in zip(rows, given, taken, strict=True):
            result.quality[n] = (source.quality, sink.quality, kind)
        mixed = [most_by_mixture(self.found.qualities, deal, states) for deal in deals]
        stated = deals[0].terms.get("max_flow")
        least = deals[0].terms.get("min_flow")
        n, shape = len(deals), (len(deals), len(states))
        ends = Ends(
            hours=_table(deals, states, lambda d, t: d.shared[t]),
            leaving=_table(deals, states, lambda d, t: d.at_source_in(t)),
            wanted=_table(deals, states, lambda d, t: d.at_sink_in(t)),
            yearly=np.full(n, np.inf if stated is None else stated.value),
            admitted=np.array([d.at_sink for d in deals]),
            needed=_table(deals, states, _needed),
            mixture=np.array([most for most, _ in mixed]).reshape(shape),
            ratio=np.array([max(d.ratio.value, 1e-12) for d in deals]),
            peak=np.array([d.peak for d in deals]),
            least=np.full(n, 0.0 if least is None else least.value),
            supply=np.array([x.replaced for x in taken]),
            outlet=np.array([x.replaced for x in given]),
            sold=np.array([x.sold for x in given]),
            given=np.array([x.given for x in given]),
            arriving=np.array(arriving),
            treated=np.broadcast_to(treated, (*shape, len(MEASURES))),
            disposed=np.array([x.disposed for x in given]),
            credits=self._credits(case, deals),
            gears=self._gears(deals, result, rows),
            amounts=np.array([x.amounts for x in given]),
            market=np.array([x.market for x in given]),
            preference=np.array([x.preference for x in given]),
        )
        return ends, [quality for _, quality in mixed]

    def _gears(self, deals: list[Deal], result: Found, rows: Array) -> tuple[Gear, ...]:
        """Equipment of the exchanges of a class, by end and order; that of exchanges that have none costs nothing."""
        states, made = self.prices.states, dict[tuple[bool, int], Gear]()
        for place, deal in enumerate(deals):
            count = {True: 0, False: 0}
            for data, price, quality in self.prices.equipment(deal):
                key = (data.at_source, count[data.at_source])
                count[data.at_source] += 1
                n = len(deals)
                blank = (np.zeros((n, len(states))), np.zeros(n), np.zeros((n, len(MEASURES))))
                gear = made.setdefault(key, Gear(data.at_source, *blank))
                gear.heat[place] = [data.heat.get((deal.id, t), 0.0) for t in states]
                gear.existing[place], gear.price[place] = data.existing, price
                result.quality[rows[place]] += (quality,)
        return tuple(made.values())

    def _with_why(self, deals: list[Deal], result: Found, rows: Array) -> list[tuple[Deal, str]]:
        return [(deal, result.open_[n]) for deal, n in zip(deals, rows, strict=True)]

    def _source(self, flow: Any) -> Outside:
        key = f"source {flow.id}"
        if key not in self.outside:
            self.outside[key] = self.prices.source(flow)
        return self.outside[key]

    def _sink(self, flow: Any) -> Outside:
        key = f"sink {flow.id}"
        if key not in self.outside:
            self.outside[key] = self.prices.sink(flow)
        return self.outside[key]

    def _credits(self, case: Case, deals: Sequence[Deal]) -> tuple[tuple[Array, Array], ...]:
        """Further purchases that a unit that arrives avoids, and how much of it is bought at all."""
        first = deals[0]
        if not first.credits:
            return ()
        bought = bought_besides(case, [first], self.found.qualities.sinks)
        found = []
        for name, per in first.credits.items():
            value = self.prices.credit(first, name, bought) * per.value
            most = self._still_bought(bought.get((first.sink.member.name, name)), first, per.value)
            n = len(deals)
            found.append((np.repeat(value[None], n, axis=0), np.repeat(most[None], n, axis=0)))
        return tuple(found)

    def _still_bought(self, parts: Any, deal: Deal, per: float) -> Array:
        """What arrives, at most, until its taker buys no more of a resource, by state."""
        states = self.prices.states
        if parts is None:
            return np.full(len(states), np.inf)
        total = np.zeros(len(states))
        for flow, one in parts:
            each = 1.0 if one.per is None else one.per.value
            total += each * np.array([flow.slices[t].most for t in states])
            if flow.id == deal.sink.id:
                per += each * deal.ratio.value
        return total / per


def _table(deals: Sequence[Deal], states: Sequence[str], of: Any) -> Array:
    return np.array([[of(deal, t) for t in states] for deal in deals], dtype=float).reshape(len(deals), len(states))


def _needed(deal: Deal, state: str) -> float:
    """Demand of a sink that is met whole or not at all; 0 of any other."""
    whole = getattr(deal.sink.data, "whole_demand_from_one_source", False)
    return deal.sink.slices[state].most if whole else 0.0
