"""What an exchange is worth: supply and discharge it replaces, less what it costs, at the prices of the case.

All per unit of its own flow at the prices of its period, whatever else the plan changes, so that gains of exchanges
that hang together need not add up to the gain of the park. At a medium of process heat it is what the plant supplies,
disposes of and sells without this exchange alone, its cascade balanced anew at least cost, less the same with it
(``planner.heat.settle``). Capital is left out: it is set against the gain as a payback. So is what a main or a
shared trench costs a year (upkeep, pumping): that is booked on no exchange, and its share is set against the gain in
the payback. Discharge avoided holds the fees by load of what is not disposed of; what a load costs where it goes on
from the taker belongs to the taker, as do the costs of a facility at that end.

    gain = supply avoided + discharge avoided - sale lost - running cost                        (each year)
    gain of seller = price x flow + discharge avoided - sale lost - what the seller pays
    gain of buyer  = supply avoided - price x flow - what the buyer pays
    price left to the program: gain of seller = share x (gain of seller + gain of buyer)
    with a shared facility, where users bear what it costs: what giving to it costs the seller, else nothing besides
    (``planner.finance.shared_costs``)
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.assemble.assembly import Line
from planner.case.exchanges import Transfer
from planner.results.books import Books, Entry
from planner.results.flows import NEGLIGIBLE, Flow, flows
from planner.results.heat_gains import HeatGains
from planner.results.terms import stated

HALF = 0.5
#: Basis of the price of what a shared facility takes and gives where its users pay what it costs.
AT_COST = "at cost"


@dataclass(frozen=True)
class Gain:
    """Gain of an exchange before capital and before its transfer price.

    Attributes
    ----------
    running
        Its running cost [money/yr].
    by_party
        Party -> gain [money/yr]; their sum is the gain of the exchange.
    co2e
        CO2e it avoids, net of what it causes [t/yr].
    items
        What it is made of: a line item, and what that gains its party [money/yr].
    """

    running: float
    by_party: Mapping[str, float]
    co2e: float
    items: tuple[tuple[Line, float], ...] = ()

    @property
    def total(self) -> float:
        """Gain of all parties together."""
        return sum(self.by_party.values())


@dataclass(frozen=True)
class Price:
    """What the taker pays the giver per unit that leaves the source; None where no money changes hands."""

    price: float | None
    basis: str


@dataclass(frozen=True)
class Fates:
    """What becomes of each unit of a source that no exchange takes: shares disposed of and sold."""

    discharged: float
    sold: float


@dataclass(frozen=True)
class Gains:
    """Gains of the exchanges of a run, seen against the baseline."""

    books: Books
    baseline: Books

    @cached_property
    def _leaving(self) -> dict[tuple[str, str, str], float]:
        """(run, source, state) -> amount that leaves by exchanges [unit/yr]."""
        sums: dict[tuple[str, str, str], float] = defaultdict(float)
        for books in {id(self.books): self.books, id(self.baseline): self.baseline}.values():
            for flow in flows(books):
                source = books.assembly.instance.exchanges[flow.exchange].source
                sums[books.run, source, flow.state] += flow.leaving
        return sums

    @cached_property
    def _carried(self) -> dict[str, float]:
        """Exchange -> amount that leaves by it over all its links [unit/yr]."""
        sums: dict[str, float] = defaultdict(float)
        for flow in flows(self.books):
            sums[flow.exchange] += flow.leaving
        return sums

    @cached_property
    def _heat(self) -> HeatGains:
        return HeatGains(self.books)

    def of(self, exchange: str, entries: Iterable[Entry], carried: Iterable[Flow]) -> Gain:
        """Gain of an exchange over a link, from the entries booked for it and the flows it carries."""
        entries, carried = list(entries), list(carried)
        money, co2e = self.books.weights("total_annual_cost"), self.books.weights("co2e")
        running = list(self.books.running(entries))
        items = [(x.line, -_weigh(money, x.line) * x.value) for x in running]
        avoided = -self.books.total("co2e", entries)
        for line, amount in self.needless(exchange, carried):
            items.append((line, _weigh(money, line) * amount))
            avoided += _weigh(co2e, line) * amount
        gains: dict[str, float] = defaultdict(float)
        for line, gain in items:
            gains[line.party] += gain
        told = tuple((line, gain) for line, gain in items if gain)
        return Gain(self.books.total("total_annual_cost", running), dict(gains), avoided, told)

    def needless(self, exchange: str, carried: list[Flow]) -> Iterable[tuple[Line, float]]:
        """Line items that flows make needless, each with the amount of its variable that falls away."""
        instance, lines = self.books.assembly.instance, self.books.lines
        data = instance.exchanges[exchange]
        for flow in carried:
            if instance.sinks[data.sink].medium is None:
                for line in lines.get(("supplied", (data.sink, flow.state)), ()):
                    yield line, flow.replaced
            if instance.sources[data.source].medium is None:
                yield from self._at_source(data.source, flow)
        whole = self._carried[exchange]
        if whole > 0:
            yield from self._heat.needless(exchange, sum(flow.leaving for flow in carried) / whole)

    def _at_source(self, source: str, flow: Flow) -> Iterable[tuple[Line, float]]:
        """The same at a source whose amount is given."""
        lines, fates = self.books.lines, self.fates(source, flow.state)
        for line in lines.get(("discharged", (source, flow.state)), ()):
            yield line, flow.leaving * fates.discharged
        for line in lines.get(("sold", (source, flow.state)), ()):
            yield line, flow.leaving * fates.sold
        mixing = self.books.assembly.instance.mixing
        for component in mixing.components if mixing is not None and fates.discharged else ():
            for line in lines.get(("let_out", (source, component, flow.state)), ()):
                yield line, flow.leaving * fates.discharged * self._let_out(source, component)

    def _let_out(self, source: str, component: str) -> float:
        """Load per unit disposed of with a source, as it is in the baseline, else in the plan."""
        for books in (self.baseline, self.books):
            states = books.assembly.instance.states.items()
            discharged = self._amount(books, "discharged", source, books.assembly.instance.states)
            if discharged > 0:
                value = books.solution.value
                return sum(value("let_out", source, component, t) * data.weight for t, data in states) / discharged
        return 0.0

    def fates(self, source: str, state: str) -> Fates:
        """What becomes of a source in a state without its exchanges.

        By the shares of what is disposed of and sold there in the baseline; for a source that is not there, in the
        plan; where nothing is, by those of the year; else it is disposed of, or sold where it cannot be. A source on
        demand would not be made; what an exchange takes from its sales counts as a sale lost.
        """
        data = self.books.assembly.instance.sources[source]
        if data.on_demand:
            here = (state,)
            lost = self._amount(self.baseline, "sold", source, here) - self._amount(self.books, "sold", source, here)
            leaving = self._leaving[self.books.run, source, state] - self._leaving[self.baseline.run, source, state]
            return Fates(0.0, min(1.0, max(0.0, lost / leaving)) if leaving > 0 else 0.0)
        for states in ((state,), tuple(self.books.assembly.instance.states)):
            for books in (self.baseline, self.books):
                discharged, sold = (self._amount(books, family, source, states) for family in ("discharged", "sold"))
                if discharged + sold > NEGLIGIBLE:
                    return Fates(discharged / (discharged + sold), sold / (discharged + sold))
        if data.dischargeable:
            return Fates(1.0, 0.0)
        return Fates(0.0, 0.0 if data.sale_limit is None else 1.0)

    def _amount(self, books: Books, family: str, source: str, states: Iterable[str]) -> float:
        weights = books.assembly.instance.states
        return sum(books.solution.value(family, source, t) * weights[t].weight for t in states)


def _weigh(weights: Mapping[str, float], line: Line) -> float:
    return weights.get(line.account, 0.0) * line.effect


def transfer_price(books: Books, exchange: str, gain: Gain, leaving: float) -> Price:
    """Price of an exchange: as the case states it, or such that it leaves the seller its share of the gain."""
    facts = books.assembly.exchanges[exchange]
    seller, buyer = books.party(facts.giver), books.party(facts.taker)
    if books.assembly.instance.exchanges[exchange].own or seller == buyer:
        return Price(None, "one party")
    terms: Transfer | None = stated(books, exchange, "transfer")
    if terms is not None and terms.price is not None:
        return Price(terms.price.value, "given")
    if (terms is None or terms.seller_share is None) and _at_cost(books, facts.giver, facts.taker):
        lost = -gain.by_party.get(seller, 0.0) if facts.taker in books.case.facilities else 0.0
        return Price(max(0.0, lost) / leaving if leaving > 0 else None, AT_COST)
    stated_share = books.case.economics.finance.seller_share
    if terms is not None and terms.seller_share is not None:
        stated_share = terms.seller_share
    share = HALF if stated_share is None else stated_share.value
    basis = f"split {share:g}" + (" (assumption)" if stated_share is None else "")
    if not leaving > 0:
        return Price(None, basis)
    at_seller, at_buyer = gain.by_party.get(seller, 0.0), gain.by_party.get(buyer, 0.0)
    return Price((share * (at_seller + at_buyer) - at_seller) / leaving, basis)


def _at_cost(books: Books, *ends: str) -> bool:
    """Whether an exchange is with a shared facility whose users pay what it costs; partners outside pay prices."""
    case = books.case
    shared = (end in case.facilities and case.facilities[end].scope == "shared" for end in ends)
    outside = any(end in case.partners for end in ends)
    return case.economics.finance.shared_costs == "users" and any(shared) and not outside
