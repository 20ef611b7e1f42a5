"""``flows``: every stream in and out of each plant before any exchange, and what the park has of each resource.

At the prices of the case, as each plant is supplied and gets rid of things alone; nothing is solved. Streams whose
amount a plan decides (process heat by temperature, water-using operations) are named without an amount.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.streams import Flow, discharge_of
from planner.assemble.supply import bought_for
from planner.case.case import Case
from planner.case.closure import closure
from planner.case.plants import Sink, Source
from planner.flows.inside import met_inside
from planner.report.sankey import Sankey
from planner.screen.candidates import Candidates, candidates_of
from planner.screen.data_quality import BASES, GRADES, Quality, every_basis, rate_basis
from planner.screen.pricing import CO2E, COST, WASTE, Prices

#: Columns of the streams and what they mean; money is in the currency of the case.
STREAM_COLUMNS = {
    "unit": "plant or partner",
    "kind": "plant or partner",
    "direction": "in or out",
    "stream": "name of the stream",
    "resource": "what flows",
    "amount_per_yr": "a year; not known where a plan decides it",
    "amount_unit": "of the resource",
    "hours": "in which it runs [h/yr]",
    "cost_per_yr": "present supply, or disposal less sales",
    "co2e_t_per_yr": "of present supply, or of disposal",
    "waste_t_per_yr": "disposed of",
    "today": "how it is supplied, or where it goes",
    "partners": "units that could give or take it",
    "data_quality": "worst basis among the numbers it rests on",
    "amount_basis": "basis of its rate",
    "bases": "all bases among the numbers it rests on, the worst first",
    "grade": "worst grade among them",
    "note": "in words",
    "optional": "the plant may stay away",
}
#: Columns of the totals by resource.
TOTAL_COLUMNS = {
    "resource": "what flows",
    "unit": "in which it is counted",
    "needed_per_yr": "demand of all sinks",
    "given_per_yr": "of all sources that give it whether or not it is taken",
    "on_demand_per_yr": "of sources that make it only if it is taken, at most",
    "bought_per_yr": "outside, also to make something else of it",
    "disposed_per_yr": "by the routes of the case",
    "sold_per_yr": "outside",
    "purchases_per_yr": "cost of what is bought, price times amount",
    "supply_per_yr": "besides: running cost of the present supply of it, and CO2e paid for buying and using it",
    "disposal_per_yr": "cost of what is disposed of, CO2e and fees included",
    "sales_per_yr": "income",
    "cost_per_yr": "purchases, supply and disposal together; sales apart",
    "inside_share": "largest share of the demand that sources of others could meet together, substitutes included, in "
    "the hours that both run, by admitted exchanges, their terms and max_exchanged_share; links and contents apart",
    "inside_basis": "maximum flow; bound: no more than that, maybe less",
    "gate_share": "largest use of a park gate over its limit, each plant alone; 1.2 is 20 % too much",
    "gate": "the gate it is",
    "needed_without_optional_per_yr": "demand of all sinks but those of plants that may stay away",
    "given_without_optional_per_yr": "of all such sources, likewise",
    "cost_without_optional_per_yr": "purchases, supply and disposal together, likewise",
}
#: Columns of the closure.
CLOSURE_COLUMNS = {
    "plant": "plant, partner or facility",
    "what": "mass or water",
    "unit": "in which it is counted",
    "into": "declared in; 0 where nothing is",
    "out": "declared out, product included; 0 where nothing is",
    "difference": "in less out",
    "share": "the difference as a share of the larger of both",
    "archetype": "whether a number of an archetype is in it: it is not meant to close",
    "closes": "whether it is within 10 %",
}
OUTSIDE, PRESENT, SOLD, NOWHERE = "bought outside", "present supply", "sold outside", "no outlet stated"


@dataclass(frozen=True)
class ParkFlows:
    """The park before any exchange.

    Attributes
    ----------
    streams, totals, closure
        Tables; the first two have the columns of ``STREAM_COLUMNS`` and ``TOTAL_COLUMNS``.
    diagrams
        Sankey diagrams of energy, material and water, those that there are.
    notes
        What was left out or assumed.
    """

    case: Case
    streams: pd.DataFrame
    totals: pd.DataFrame
    closure: pd.DataFrame
    diagrams: tuple[Sankey, ...]
    notes: tuple[str, ...]


def flows_of(case: Case) -> ParkFlows:
    """Read the flows off a case; it may have no plots yet.

    Raises
    ------
    CaseError
        If the case lacks a number that is needed.
    """
    candidates = candidates_of(case)
    books = _Books(case, candidates)
    books.read()
    candidates.findings.raise_faults()
    streams = pd.DataFrame(books.rows, columns=list(STREAM_COLUMNS))
    totals = _ordered(pd.DataFrame(list(books.totals()), columns=list(TOTAL_COLUMNS)))
    closed = pd.DataFrame([row._asdict() | {"closes": row.closes} for row in closure(case, one_sided=True)])
    return ParkFlows(case, streams, totals, closed, tuple(books.diagrams()), tuple(books.notes()))


def _ordered(totals: pd.DataFrame) -> pd.DataFrame:
    """The most expensive resource first; of those that cost nothing, the most constrained."""
    key = [totals["cost_per_yr"].fillna(0.0), totals["gate_share"].fillna(0.0), totals["needed_per_yr"]]
    order = np.lexsort([-column.to_numpy(dtype=float) for column in reversed(key)])
    return totals.iloc[order].reset_index(drop=True)


class _Books:
    """Adds up streams by resource."""

    def __init__(self, case: Case, candidates: Candidates) -> None:
        self.case, self.candidates = case, candidates
        self.prices = Prices(candidates.case, candidates.qualities, candidates.findings)
        self.sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.firm: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.peaks: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.supplied: list[tuple[str, str, float]] = []
        self.used: list[tuple[str, str, float]] = []
        self.rows: list[tuple[Any, ...]] = []
        self.open_: list[str] = []
        self._partners: dict[str, dict[str, None]] = defaultdict(dict)
        self._inside: dict[str, list[Deal]] = defaultdict(list)
        for deal in candidates.deals:
            self._could(deal)

    def _could(self, deal: Deal) -> None:
        if deal.id in self.candidates.refused or deal.own:
            return
        self._partners[f"out {deal.source.id}"][deal.sink.member.name] = None
        self._partners[f"in {deal.sink.id}"][deal.source.member.name] = None
        if not any(end.chosen or end.member.is_facility for end in (deal.source, deal.sink)):
            self._inside[deal.sink.resource].append(deal)

    def _add(self, flow: Flow, resource: str, **amounts: float) -> None:
        """Book amounts of a resource, and again among plants that do not stay away."""
        for name, amount in amounts.items():
            self.sums[resource][name] += amount
            self.firm[resource][name] += 0.0 if _is_optional(flow) else amount

    def read(self) -> None:
        """Go through all streams of plants and partners."""
        qualities = self.candidates.qualities
        for flow in (x for x in qualities.sinks.values() if not x.member.is_facility):
            self._sink(flow)
        for flow in (x for x in qualities.sources.values() if not x.member.is_facility):
            self._source(flow)

    def _row(self, flow: Flow, direction: str, numbers: tuple[Any, ...], today: str, told: tuple[Any, str]) -> None:
        quality, note = told
        amount, cost, co2e, waste = numbers
        partners = ", ".join(self._partners[f"{direction} {flow.id}"])
        unit = self.case.resources[flow.resource].unit
        head = (flow.member.name, flow.member.kind, direction, flow.name, flow.resource, amount, unit, flow.hours)
        data = (BASES[quality.basis], rate_basis(flow), every_basis(quality.bases), GRADES[quality.grade])
        self.rows.append((*head, cost, co2e, waste, today, partners, *data, note, _is_optional(flow)))

    def _sink(self, flow: Flow) -> None:
        today = _supplied_by(flow)
        if flow.chosen:
            self.open_.append(flow.id)
            self._row(flow, "in", (np.nan, np.nan, np.nan, 0.0), today, (Quality(bases=1), "a plan decides the amount"))
            return
        outside = self.prices.sink(flow)
        amounts = np.array([flow.slices[t].amount for t in self.prices.states])
        cost = np.einsum("t,tk->k", amounts, outside.replaced)
        year = float(amounts.sum())
        self._add(flow, flow.resource, needed=year)
        made = isinstance(flow.data, Sink) and flow.data.supplied_today_by is not None
        self.supplied.append((PRESENT if made else OUTSIDE, flow.resource, year))
        self.used.append((flow.resource, flow.member.name, year))
        for t, each in zip(self.prices.states, amounts, strict=True):
            self._buy(flow, t, float(each), made)
        for (resource, bought), price in self.prices.supply(flow).items():
            paid = float(amounts @ price)
            if paid:
                self._add(flow, resource, **{"purchases" if bought else "supply": paid})
        self._row(flow, "in", (year, cost[COST], cost[CO2E], 0.0), today, (outside.quality, ""))

    def _buy(self, flow: Flow, state: str, each: float, made: bool) -> None:
        """What is bought for a demand in a state."""
        for one in bought_for(self.case, flow, state, Findings()):
            per = 1.0 if one.per is None else one.per.value
            self._add(flow, one.resource, bought=per * each)
            if one.hours:
                self.peaks[one.resource, "in"][state] += per * each * one.peak / one.hours
            if made:
                self.supplied.append((OUTSIDE, one.resource, per * each))
                self.used.append((one.resource, flow.member.name, per * each))

    def _source(self, flow: Flow) -> None:
        if flow.chosen:
            self.open_.append(flow.id)
            told = (Quality(bases=1), "a plan decides the amount")
            self._row(flow, "out", (np.nan, np.nan, np.nan, 0.0), self._goes_to(flow, 0.0, 0.0), told)
            return
        outside = self.prices.source(flow)
        amounts = np.array([flow.slices[t].amount for t in self.prices.states])
        year = float(amounts.sum())
        if isinstance(flow.data, Source) and flow.data.on_demand:
            self._add(flow, flow.resource, on_demand=year)
            self._row(flow, "out", (year, 0.0, 0.0, 0.0), "", (outside.quality, "made only if it is taken"))
            return
        assert outside.disposed is not None
        assert outside.sold is not None
        disposed, sold = outside.disposed, amounts - outside.disposed
        away = np.einsum("t,tk->k", disposed, outside.replaced)
        income = np.einsum("t,tk->k", sold, outside.sold)
        self._add(flow, flow.resource, given=year, disposed=float(disposed.sum()), sold=float(sold.sum()))
        self._add(flow, flow.resource, disposal=float(away[COST]), sales=-float(income[COST]))
        for t, each in zip(self.prices.states, amounts, strict=True):
            hours = flow.slices[t].hours
            self.peaks[flow.resource, "out"][t] += float(each) * flow.peak / hours if hours else 0.0
        self.supplied.append((flow.member.name, flow.resource, year))
        found = discharge_of(self.case, flow)
        route = NOWHERE if found is None else found[0].route
        self.used += [(flow.resource, route, float(disposed.sum())), (flow.resource, SOLD, float(sold.sum()))]
        total = away + income
        today = self._goes_to(flow, float(disposed.sum()), float(sold.sum()))
        self._row(flow, "out", (year, total[COST], total[CO2E], total[WASTE]), today, (outside.quality, ""))

    def _goes_to(self, flow: Flow, disposed: float, sold: float) -> str:
        found = discharge_of(self.case, flow)
        told = [found[0].route] if found is not None and (disposed or not sold) else []
        return ", ".join([*told, *([SOLD] if sold else [])])

    def totals(self) -> Iterator[tuple[Any, ...]]:
        """A row for each resource of which anything flows."""
        for name, resource in self.case.resources.items():
            if name not in self.sums:
                continue
            s = self.sums[name]
            met, basis = met_inside(self._inside[name]) if s["needed"] else (np.nan, "")
            share = min(1.0, met / s["needed"]) if s["needed"] else np.nan
            gate, used = self._gate(name)
            amounts = (s[x] for x in ("needed", "given", "on_demand", "bought", "disposed", "sold"))
            sure = self.firm[name]
            cost, sure_cost = (sum(x[part] for part in ("purchases", "supply", "disposal")) for x in (s, sure))
            money = (s["purchases"], s["supply"], s["disposal"], s["sales"], cost)
            firm = (sure["needed"], sure["given"], sure_cost)
            yield name, resource.unit, *amounts, *money, share, basis, used, gate, *firm

    def _gate(self, resource: str) -> tuple[str, float]:
        """The gate of a resource that is used the most, and how much of it."""
        found = [("", np.nan)]
        s = self.sums[resource]
        for name, gate in self.case.park_gate.items():
            if gate.resource != resource:
                continue
            year = s["bought"] if gate.direction == "in" else s["disposed"] + s["sold"]
            if gate.yearly is not None and gate.yearly.value:
                found.append((f"{name}, {gate.direction}, yearly", year / gate.yearly.value))
            for t, peak in self.peaks[resource, gate.direction].items() if gate.peak is not None else ():
                assert gate.peak is not None
                limit = gate.peak.at(t)
                found.append((f"{name}, {gate.direction}, peak", peak / limit if limit else np.inf))
        return max(found, key=lambda x: -1.0 if np.isnan(x[1]) else x[1])

    def diagrams(self) -> Iterator[Sankey]:
        """A diagram for each of energy, material and water, in one unit each."""
        for title, unit, kinds in MEASURES:
            sizes = {name: self._size(name, unit) for name, data in self.case.resources.items() if data.kind in kinds}
            known = {name: size for name, size in sizes.items() if size and name in self.sums}
            supplied, used = (measured(flows, known, at) for flows, at in ((self.supplied, 1), (self.used, 0)))
            if supplied or used:
                left_out = sorted(name for name, size in sizes.items() if not size and name in self.sums)
                note = f"{self.case.case}, before any exchange; what is made of a fuel stands beside the fuel"
                note = note if title == "energy" else f"{self.case.case}, before any exchange"
                note += f"; not in {unit}: {', '.join(left_out)}" if left_out else ""
                yield Sankey(f"{title}, {unit} a year", unit, tuple(supplied), tuple(used), note)

    def _size(self, resource: str, unit: str) -> float | None:
        return self.case.resources[resource].content(unit)

    def notes(self) -> Iterator[str]:
        """What a reader must know."""
        yield "each plant alone, as it is supplied and gets rid of things without the park; nothing is exchanged"
        if self.open_:
            names = ", ".join(self.open_[:4]) + (" ..." if len(self.open_) > 4 else "")
            many = "stream" if len(self.open_) == 1 else "streams"
            yield f"{len(self.open_)} {many} without an amount, since a plan decides it: {names}"
        optional = [name for name, plant in self.case.plants.items() if plant.optional is not None]
        if optional:
            names = ", ".join(optional[:4]) + (" ..." if len(optional) > 4 else "")
            yield f"plants that may stay away are counted in ({names}); columns *_without_optional leave them out"
        if self.case.facilities:
            number = len(self.case.facilities)
            yield f"{number} {'facility' if number == 1 else 'facilities'} that may be built left out"


#: Diagrams: what, unit, kinds of resource.
MEASURES = (
    ("energy", "MWh", ("heat", "power", "gas")),
    ("material", "t", ("material", "gas")),
    ("water", "m3", ("water",)),
)


def measured(flows: list[tuple[str, str, float]], sizes: Mapping[str, float], at: int) -> list[tuple[str, str, float]]:
    """Flows of the resources in ``sizes``, in the unit of these; the resource is first or second of each flow."""
    return [(a, b, value * sizes[(a, b)[at]]) for a, b, value in flows if (a, b)[at] in sizes and value > 0.0]


def _is_optional(flow: Flow) -> bool:
    """Whether the owner of a stream may stay away."""
    return getattr(flow.member.item, "optional", None) is not None


def _supplied_by(flow: Flow) -> str:
    """How a sink is supplied today, in words."""
    supply = flow.data.supplied_today_by if isinstance(flow.data, Sink) else None
    if supply is None:
        return OUTSIDE
    return "made from " + ", ".join(supply.inputs) if supply.inputs else PRESENT
