"""What a unit of everything about an exchange costs, emits and takes: read off the line items that a plan is made of.

The ledger books the lines of one representative exchange over lengths of a kilometre; all else about an exchange is
linear in its length and its flow (``planner.screen.worth``), so that no price is worked out twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from models.heat import EquipmentData
from models.instance import OptionData, PairData
from planner.assemble.arrivals import displacement, still_burdens, treat, use
from planner.assemble.assembly import Line
from planner.assemble.credits import Bought, price_credits
from planner.assemble.equipment import EXCHANGER, STANDBY, equipment_of, price_equipment
from planner.assemble.exchanges import Deal
from planner.assemble.fees import price_loads
from planner.assemble.findings import Findings
from planner.assemble.gates import totals_of
from planner.assemble.lines import Entry, Ledger, accounts_of
from planner.assemble.links import price_link
from planner.assemble.losses import least_per_metre, lost_per_metre
from planner.assemble.makeup import make_up, make_up_outside
from planner.assemble.quality import Qualities
from planner.assemble.streams import Flow, discharge_of, sale_of
from planner.assemble.supply import conventional_supply, forgo, outlets
from planner.assemble.ways import Way
from planner.case.case import Case
from planner.case.links import Link
from planner.case.periods import states_of
from planner.results.books import is_capital
from planner.screen.data_quality import Quality, worse, worst

Array = np.ndarray[Any, Any]

#: What is read off, in the order of the last axis of every array of it: yearly cost, the same with the shadow price of
#: carbon (by which options are chosen), CO2e, investment, yearly cost without capital, values forgone, waste, water.
MEASURES = ("cost", "goal", "co2e", "investment", "running", "forgone", "waste", "fresh_water")
COST, GOAL, CO2E, INVESTMENT, RUNNING, FORGONE, WASTE, WATER = range(len(MEASURES))

_LENGTH, _COST_LENGTH, _CROSSING = ("a", "b"), ("c", "d"), "crossing "


@dataclass(frozen=True)
class Coefficients:
    """What one unit of an option costs, emits and takes.

    Attributes
    ----------
    way
        The option.
    built, per_m, per_cost_m
        Once it is built, and per metre of its length and of its cost length, shape (measures,).
    crossings
        Number of an entry of ``geography.crossings`` -> what one such crossing costs, shape (measures,).
    moved, hauled
        Per unit that leaves, and per unit and kilometre, shape (states, measures).
    owed, least
        What it loses, and what must flow, per hour and metre, by state [unit/h/m], shape (states,).
    quality
        Of its prices.
    copies
        How many stand side by side.
    """

    way: Way
    built: Array
    per_m: Array
    per_cost_m: Array
    crossings: Mapping[int, Array]
    moved: Array
    hauled: Array
    owed: Array
    least: Array
    quality: Quality
    copies: int = 1

    @property
    def link(self) -> Link | None:
        """Its link; None on site."""
        return self.way.link

    @property
    def share_per_km(self) -> float:
        """Share of what is moved that is lost on a kilometre."""
        link = self.way.link
        return 0.0 if link is None or link.volume_loss is None else link.volume_loss.value

    @property
    def further(self) -> Array:
        """What one more copy of it costs once it is built, shape (measures,)."""
        return self._copy

    def twice(self, copies: int) -> "Coefficients":
        """So many of them side by side; what is due once per exchange is due once."""
        more = copies - 1
        capacity = None if self.way.capacity is None else self.way.capacity * copies
        way = replace(self.way, id=f"{self.way.id} x{copies}", capacity=capacity)
        once = self.built + more * self._copy
        return replace(
            self,
            way=way,
            built=once,
            per_m=self.per_m * copies,
            per_cost_m=self.per_cost_m * copies,
            crossings={n: x * copies for n, x in self.crossings.items()},
            owed=self.owed * copies,
            least=self.least * copies,
            copies=copies,
        )

    _copy: Array = field(default_factory=lambda: np.zeros(len(MEASURES)))


@dataclass(frozen=True)
class Outside:
    """A source or sink outside any exchange.

    Attributes
    ----------
    replaced
        What a unit of a sink's supply, or of a source's disposal, costs, shape (states, measures).
    sold
        The same of a source's sale; income is negative.
    given
        What each unit that leaves a source costs its owner elsewhere.
    disposed
        What of a source is disposed of today, shape (states,) [unit/yr]; the rest is sold.
    amounts, market, preference
        What a source has, (states,); the most that is sold in a year; and what a unit sold is better than one
        disposed of, (states,), infinite where it cannot be disposed of.
    quality
        Of its amount and of these prices.
    """

    replaced: Array
    quality: Quality
    sold: Array | None = None
    given: Array | None = None
    disposed: Array | None = None
    amounts: Array | None = None
    market: float = np.inf
    preference: Array | None = None


class Prices:
    """Reads prices off line items, each once."""

    def __init__(self, case: Case, qualities: Qualities, findings: Findings) -> None:
        self.case, self.qualities, self.findings = case, qualities, findings
        self.states = tuple(states_of(case))
        totals = totals_of(accounts_of(case))
        self._cost, self._shadow = totals["total_annual_cost"], totals["shadow_carbon"]
        self._other = {CO2E: totals["co2e"], INVESTMENT: totals["investment"], WASTE: totals["waste"]}
        self._other[WATER] = totals["fresh_water"]
        self._burdens: dict[tuple[str, float, float], Array] = {}
        self._fees = self._fees_by_source()

    def vector(self, lines: Iterable[Line]) -> Array:
        """Sum of some lines per unit of their variable, shape (measures,)."""
        found = np.zeros(len(MEASURES))
        for line in lines:
            cost = self._cost.get(line.account, 0.0) * line.effect
            found[COST] += cost
            found[GOAL] += cost + self._shadow.get(line.account, 0.0) * line.effect
            found[RUNNING] += 0.0 if is_capital(line) else cost
            found[FORGONE] += cost if line.account == "forgone" else 0.0
            for n, weights in self._other.items():
                found[n] += weights.get(line.account, 0.0) * line.effect
        return found

    def by_state(self, lines: Iterable[Line], family: str, at: int) -> Array:
        """The same by state, of lines whose index holds the state at a place, shape (states, measures)."""
        own = [line for line in lines if line.family == family]
        return np.array([self.vector(x for x in own if x.index[at] == t) for t in self.states])

    def sink(self, flow: Flow) -> Outside:
        """What its present supply costs."""
        ledger = Ledger(self.case)
        conventional_supply(ledger, flow, self.findings)
        return Outside(self.by_state(ledger.lines, "supplied", 1), _quality(ledger, flow))

    def supply(self, flow: Flow) -> dict[tuple[str, bool], Array]:
        """Cost of a unit of a sink's present supply by resource, of what is bought and of what is paid besides.

        Returns
        -------
        dict
            (Resource, whether it is the price of a purchase) -> cost by state, shape (states,) [money/unit]; their sum
            is the cost of ``sink``. Paid CO2e is with the resource that causes it.
        """
        ledger = Ledger(self.case)
        conventional_supply(ledger, flow, self.findings)
        parts: dict[tuple[str, bool], list[Line]] = {}
        for line in ledger.lines:
            parts.setdefault((line.resource or flow.resource, line.account == "purchase"), []).append(line)
        return {part: self.by_state(lines, "supplied", 1)[:, COST] for part, lines in parts.items()}

    def source(self, flow: Flow) -> Outside:
        """What its disposal costs, its sale earns and each unit that leaves gives up."""
        ledger = Ledger(self.case)
        outlets(ledger, flow, self.findings)
        make_up_outside(ledger, flow, self.findings)
        discharged = self.by_state([*ledger.lines, *self._fees.get(flow.id, ())], "discharged", 1)
        sold, quality = self.by_state(ledger.lines, "sold", 1), _quality(ledger, flow)
        leaving = Ledger(self.case)
        for t, own in flow.slices.items():
            entry = Entry("flow", ((("", "", t), 1.0),), ((flow.member.party, 1.0),), flow.member.name)
            forgo(leaving, entry, flow, (own.hours, flow.peak, t), self.findings)
            make_up(leaving, entry, flow, (own.hours, flow.peak, t), self.findings)
        given = self.by_state(leaving.lines, "flow", 2)
        disposed = self._disposed(flow, discharged[:, GOAL], sold[:, GOAL])
        amounts = np.array([flow.slices[t].amount for t in self.states])
        sale = sale_of(self.case, flow)
        market = np.inf if sale is None or sale[0].limit is None else sale[0].limit.value
        better = discharged[:, GOAL] - sold[:, GOAL]
        if sale is not None and discharge_of(self.case, flow) is None:
            better = np.full(len(amounts), np.inf)
        worst_of = worse(quality, _quality(leaving, flow))
        return Outside(discharged, worst_of, sold, given, disposed, amounts, market, better)

    def equipment(self, deal: Deal) -> tuple[tuple[EquipmentData, Array, Quality], ...]:
        """Exchangers and standby that an exchange needs if it is alone: data, price of a MW (measures,), quality."""
        stated = (getattr(end.data, kind, None) for end in (deal.source, deal.sink) for kind in (STANDBY, EXCHANGER))
        if deal.own or not any(one is not None for one in stated):
            return ()
        ends = {deal.source.id: deal.source}, {deal.sink.id: deal.sink}
        found = []
        for one in equipment_of(self.case, ends, {deal.id: deal}, (deal.id,)).values():
            ledger = Ledger(self.case)
            price_equipment(ledger, (one,))
            lines = [line for line in ledger.lines if line.family == "rated"]
            found.append((one.data, self.vector(lines), worst(e for line in lines for e in line.evidence)))
        return tuple(found)

    def _disposed(self, flow: Flow, discharged: Array, sold: Array) -> Array:
        """What of a source is disposed of, by state, where nobody takes any: it is sold where that is better."""
        amounts = np.array([flow.slices[t].amount for t in self.states])
        if flow.chosen or flow.member.is_facility:
            return np.full(len(amounts), np.inf)  # a plan says how much there is
        sale = sale_of(self.case, flow)
        if sale is None:
            return amounts
        left = float("inf") if sale[0].limit is None else sale[0].limit.value
        must = discharge_of(self.case, flow) is None
        disposed = amounts.copy()
        for n in np.argsort(sold - discharged, kind="stable"):
            if sold[n] < discharged[n] or must:
                taken = min(left, amounts[n])
                disposed[n] -= taken
                left -= taken
        return disposed

    def arriving(self, deal: Deal) -> Array:
        """What a unit that arrives still costs and emits, shape (states, measures)."""
        ledger = Ledger(self.case)
        key = (deal.sink.id, displacement(ledger, deal).value, deal.ratio.value)
        if key not in self._burdens:
            for t in deal.shared if key[1] != 1.0 else ():
                still_burdens(ledger, deal, _entry(deal, t), t, self.findings)
            self._burdens[key] = self.by_state(ledger.lines, "flow", 2)
        return self._burdens[key]

    def of_kind(self, deal: Deal) -> tuple[Array, Array, Quality]:
        """What treating a unit that leaves, and using one that arrives, costs, each (states, measures), and quality."""
        treated, used = Ledger(self.case), Ledger(self.case)
        treatment = deal.terms.get("treatment")
        for t in deal.shared:
            if treatment is not None:
                treat(treated, deal, _entry(deal, t), treatment, t, self.findings)
            use(used, deal, _entry(deal, t), t)
        quality = worst(e for line in (*treated.lines, *used.lines) for e in line.evidence)
        return self.by_state(treated.lines, "flow", 2), self.by_state(used.lines, "flow", 2), quality

    def credit(self, deal: Deal, name: str, bought: Bought) -> Array:
        """What a unit of a further purchase that an exchange avoids is worth, shape (states, measures)."""
        ledger = Ledger(self.case)
        price_credits(ledger, deal, bought, self.findings)
        return -self.by_state([x for x in ledger.lines if x.index[1] == name], "credited", 2)

    def option(self, deal: Deal, way: Way) -> Coefficients:
        """What an option costs, of any exchange on the same terms."""
        ledger = Ledger(self.case)
        crossings = {n: (f"{_CROSSING}{n}", "") for n, _ in enumerate(self.case.geography.crossings, start=1)}
        lengths = {_LENGTH: (1000.0, 0.0), _COST_LENGTH: (0.0, 1000.0)} | dict.fromkeys(crossings.values(), (0.0, 0.0))
        pairs = dict.fromkeys(lengths, PairData()) if way.link is not None else {}
        way = replace(way, trench=self._trench(way), data=OptionData({}, pairs))
        if way.link is not None:
            charges = {} if way.in_place or way.size is None else {pair: {n: 1.0} for n, pair in crossings.items()}
            way = replace(way, lengths=lengths, charges=charges)
        price_link(ledger, deal, way, self.findings)
        copy = Ledger(self.case)
        price_link(copy, deal, replace(way, copy=1), self.findings)

        def over(pair: tuple[str, str]) -> Array:
            return self.vector(x for x in ledger.lines if x.family == "link" and x.index[2:4] == pair)

        hauled = [x for x in ledger.lines if x.family == "pair_flow" and x.index[2:4] == _LENGTH]
        deal_evidence = frozenset(deal.evidence)
        return Coefficients(
            way,
            self.vector(x for x in ledger.lines if x.family == "built"),
            over(_LENGTH) / 1000.0,
            over(_COST_LENGTH) / 1000.0,
            {n: over(pair) for n, pair in crossings.items()},
            self.by_state(ledger.lines, "flow", 2),
            self.by_state(hauled, "pair_flow", 4),
            *self._lost(deal, way),
            worst(e for line in ledger.lines for e in line.evidence if e not in deal_evidence),
            _copy=self.vector(x for x in copy.lines if x.family == "built"),
        )

    def _trench(self, way: Way) -> Any:
        return "own" if way.name is not None and not way.in_place and self.case.in_trench(way.name) else None

    def _lost(self, deal: Deal, way: Way) -> tuple[Array, Array]:
        """What is lost, and must flow at least, per hour and metre, by state."""
        if way.name is None:
            return np.zeros(len(self.states)), np.zeros(len(self.states))
        resource, giver = deal.source.resource, deal.source.member.name
        lost = lost_per_metre(self.case, resource, way.name, way.size, self.findings, giver=giver) or {}
        least = least_per_metre(self.case, resource, way.size)
        return (np.array([found.get(t, 0.0) for t in self.states]) for found in (lost, least))  # type: ignore[return-value]

    def _fees_by_source(self) -> dict[str, list[Line]]:
        """Fees by load of what sources of a known content dispose of."""
        ledger = Ledger(self.case)
        price_loads(ledger, self.qualities)
        found: dict[str, list[Line]] = {}
        for line in ledger.lines:
            found.setdefault(line.index[0], []).append(line)
        return found


def _entry(deal: Deal, state: str) -> Entry:
    return Entry("flow", (((deal.id, "", state), 1.0),), (("", 1.0),), None, deal.id)


def _quality(ledger: Ledger, flow: Flow) -> Quality:
    return worst((*flow.evidence, *(e for line in ledger.lines for e in line.evidence)))
