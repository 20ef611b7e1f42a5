"""What a link costs and emits: investment, operation, transport and pumping; and what is due once per exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.assemble.assembly import Evidence
from planner.assemble.economics import capital
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Entry, Index, Ledger, Shares, assumed, evidence_of
from planner.assemble.outlay import Investment, Price, invest, link_works, pipe_prices, trench_price, trench_works
from planner.assemble.streams import Member
from planner.assemble.supply import Purchase, buy
from planner.assemble.ways import Way
from planner.case.case import Case
from planner.case.links import Link
from planner.case.plants import Connection
from planner.case.values import Value

METRES_PER_KM = 1000.0


@dataclass(frozen=True)
class Payers:
    """Who bears what of an exchange."""

    seller: Shares
    buyer: Shares
    link: Shares
    at_source: Shares
    at_sink: Shares
    treatment: Shares
    evidence: tuple[Evidence, ...]


def payers_of(deal: Deal, link: Link | None) -> Payers:
    """Shares of the parties: as the exchange says, else the owner of its link, else seller and buyer half each."""
    giver, taker = deal.source.member, deal.sink.member
    seller, buyer = ((giver.party, 1.0),), ((taker.party, 1.0),)
    stated = deal.terms.get("paid_by")
    if stated:
        path = deal.terms.paths["paid_by"]
        shares = _merged([(_party(name, giver, taker), share.value) for name, share in stated.items()])
        evidence = tuple(evidence_of(share, f"{path}.{name}") for name, share in stated.items())
        return Payers(seller, buyer, shares, shares, shares, shares, evidence)
    if link is not None and link.owner is not None:
        owner = ((link.owner, 1.0),)
        return Payers(seller, buyer, owner, seller, buyer, buyer, ())
    half = _merged([(giver.party, 0.5), (taker.party, 0.5)])
    evidence = () if len(half) == 1 else (assumed("exchanges.paid_by", 0.5, ""),)
    return Payers(seller, buyer, half, seller, buyer, buyer, evidence)


def _party(name: str, giver: Member, taker: Member) -> str:
    known = {giver.name: giver.party, taker.name: taker.party, "seller": giver.party, "buyer": taker.party}
    return known.get(name, name)


def _merged(shares: list[tuple[str, float]]) -> Shares:
    merged: dict[str, float] = {}
    for party, share in shares:
        merged[party] = merged.get(party, 0.0) + share
    return tuple(merged.items())


def price_link(ledger: Ledger, deal: Deal, way: Way, findings: Findings) -> None:
    """Book everything an exchange's option costs and emits besides what goes with the amount that arrives."""
    payers = payers_of(deal, way.link)
    built = Entry("built", (((deal.id, way.id), 1.0),), payers.link, exchange=deal.id, evidence=payers.evidence)
    if way.link is not None:
        if way.main is None:
            _build(ledger, deal, way, built)
        _carry(ledger, deal, way, findings)
    if way.copy:
        return  # what is due once per exchange is not due again for a twin
    if not way.existing:
        _connect(ledger, deal, built, payers)
    fixed = deal.terms.get("fixed_cost")
    if fixed is not None:
        path = deal.terms.paths["fixed_cost"]
        ledger.book(built, yearly(ledger.case, "exchange_fixed", "metering, contract, insurance", fixed, path))


def _build(ledger: Ledger, deal: Deal, way: Way, built: Entry) -> None:
    """Investment, upkeep and yearly cost of the link itself."""
    assert way.link is not None
    assert way.name is not None
    case, link, path = ledger.case, way.link, f"links.{way.name}"
    lengths = (way.lengths or {}).items()
    along = replace(built, family="link", rows=tuple(((deal.id, way.id, p, q), m) for (p, q), (m, _) in lengths))
    costing = replace(along, rows=tuple(((deal.id, way.id, p, q), m) for (p, q), (_, m) in lengths))
    beyond = _beyond(deal, way, along)
    works = link_works(case, way.name, link)
    item = way.name if way.size is None else f"{way.name} {way.size.size}"
    if way.size is not None:
        place = f"{path}.sizes.{way.size.size}"
        for price in pipe_prices(case, deal.source.resource, way.size, item, place):
            # in a trench a pipe costs by its length, and the civil works are a matter of their own
            for entry in (costing,) if way.trench is None else (along, *beyond):
                works.put(ledger, entry, price, in_place=way.in_place)
        if way.size.fixed_investment is not None:
            price = Price(item, "link", way.size.fixed_investment, f"{place}.fixed_investment")
            works.put(ledger, built, price, in_place=way.in_place)
        if way.size.yearly_cost is not None:
            evidence = evidence_of(way.size.yearly_cost, f"{place}.yearly_cost")
            charge = Charge("link_operation", f"{item}: yearly cost", evidence.value, "m", f"{case.currency}/m/yr")
            for entry in (along, *beyond):
                ledger.book(entry, replace(charge, evidence=(evidence,)))
    if way.trench is None or way.size is None:
        works.cross(ledger, along, _crossings(deal, way))
    else:
        _dig(ledger, deal, way, costing)
    if link.fixed_cost is not None:
        charge = yearly(case, "link_operation", f"{item}: fixed cost", link.fixed_cost, f"{path}.fixed_cost")
        ledger.book(built, charge)


def _beyond(deal: Deal, way: Way, along: Entry) -> tuple[Entry, ...]:
    """What a pipe goes beyond the shortest way to lie with others in a trench, in metres; nothing elsewhere."""
    if way.trench != "shared" or way.straight:
        return ()
    return (replace(along, family="detour", rows=(((deal.id, way.id), METRES_PER_KM),)),)


def _crossings(deal: Deal, way: Way) -> list[tuple[Index, Mapping[int, float]]]:
    return [((deal.id, way.id, p, q), counts) for (p, q), counts in way.charges.items()]


def _dig(ledger: Ledger, deal: Deal, way: Way, costing: Entry) -> None:
    """Civil works of a pipe that shares no trench: its own, unless somebody owns all trenches.

    Where trenches are shared, that is a pipe between two tenants of one plot, which lies in no corridor.
    """
    trenches = ledger.case.trenches
    assert trenches is not None
    alone = frozenset(index for index, _ in costing.rows if way.trench == "own" or index[2] == index[3])
    if not alone:
        return
    costing = replace(costing, rows=tuple(row for row in costing.rows if row[0] in alone))
    if trenches.owner is not None:
        costing = replace(costing, shares=((trenches.owner, 1.0),), evidence=())
    works = trench_works(ledger.case)
    works.put(ledger, costing, trench_price(ledger.case))
    works.cross(ledger, costing, [row for row in _crossings(deal, way) if row[0] in alone])


def _carry(ledger: Ledger, deal: Deal, way: Way, findings: Findings) -> None:
    """Transport and pumping, with the amount that leaves the source and the way it goes."""
    assert way.link is not None
    case, link = ledger.case, way.link
    payers = payers_of(deal, link)
    unit = case.resources[deal.source.resource].unit
    freight = Freight(f"{deal.source.name} by {way.name}", deal.source.resource, f"links.{way.name}")
    lengths = (way.lengths or {}).items()
    for t, hours in deal.shared.items():
        evidence = (*payers.evidence, *deal.evidence_in(t))
        flow = Entry("flow", (((deal.id, way.id, t), 1.0),), payers.link, exchange=deal.id, evidence=evidence)
        freight.charge(ledger, flow, link.loading, "loading", unit)
        freight.emit(ledger, flow, link.loading_co2e, "loading_co2e", unit)
        if way.main is not None:
            continue  # what goes with the way is booked on the main
        rows = tuple(((deal.id, way.id, p, q, t), metres / METRES_PER_KM) for (p, q), (metres, _) in lengths)
        hauled = replace(flow, family="pair_flow", rows=rows)
        freight.haul(ledger, hauled, link, (hours, deal.peak, t), findings, deal.source.member.name)


@dataclass(frozen=True)
class Freight:
    """What is moved, in words, and the link that moves it, by its place in the case."""

    item: str
    resource: str
    path: str

    def charge(self, ledger: Ledger, entry: Entry, value: Value | None, field: str, per: str) -> None:
        """Book the price of moving."""
        if value is not None:
            charge = Charge("transport", self.item, value.value, per, f"{ledger.case.currency}/({per})")
            evidence = (evidence_of(value, f"{self.path}.{field}"),)
            ledger.book(entry, replace(charge, resource=self.resource, evidence=evidence))

    def emit(self, ledger: Ledger, entry: Entry, factor: Value | None, field: str, per: str) -> None:
        """Book the CO2e of moving."""
        if factor is not None:
            emission = Charge("co2e_transport", self.item, factor.value, per, f"tCO2e/({per})")
            evidence = (evidence_of(factor, f"{self.path}.{field}"),)
            ledger.book(entry, replace(emission, resource=self.resource, evidence=evidence))

    def haul(
        self,
        ledger: Ledger,
        hauled: Entry,
        link: Link,
        when: tuple[float, float, str],
        findings: Findings,
        unit: str | None = None,
    ) -> None:
        """Book what goes with amount x way: price, CO2e, and what is used, in so many hours, with that peak."""
        per = f"{ledger.case.resources[self.resource].unit} km"
        self.charge(ledger, hauled, link.cost, "cost", per)
        self.emit(ledger, hauled, link.co2e, "co2e", per)
        for name, used in link.uses.items():
            stated = evidence_of(used, f"{self.path}.uses.{name}")
            item = f"{name} to move {self.item}"
            bought = Purchase(name, "pumping", item, stated, *when, "co2e_pumping")
            buy(ledger, replace(hauled, unit=unit), bought, findings)


def _connect(ledger: Ledger, deal: Deal, built: Entry, payers: Payers) -> None:
    """What is invested once per exchange: connections, pre-treatment, permit and declaration."""
    case, terms = ledger.case, deal.terms
    connection: Connection | None = terms.get("connection")
    if connection is not None:
        worth = capital(case, "connection")
        for value, shares, field in (
            (connection.at_source, payers.at_source, "at_source"),
            (connection.at_sink, payers.at_sink, "at_sink"),
        ):
            if value is not None:
                item = f"connection {field.replace('_', ' ')}"
                path = f"{terms.paths['connection']}.{field}"
                what = Investment("connection", "connection", item, "link", value, path)
                invest(ledger, replace(built, shares=shares), what, worth)
    treatment, permit = terms.get("treatment"), terms.get("permit")
    if treatment is not None and treatment.investment is not None:
        path = f"{terms.paths['treatment']}.investment"
        what = Investment("treatment", "treatment", "pre-treatment", "exchange", treatment.investment, path)
        invest(ledger, replace(built, shares=payers.treatment), what, capital(case, "treatment"))
    if permit is not None and permit.cost is not None:
        what = Investment("permit", "permit", permit.name, "exchange", permit.cost, f"{terms.paths['permit']}.cost")
        invest(ledger, built, what, capital(case, "permit"))
    declaration = terms.get("declaration")
    if declaration is not None and declaration.cost is not None:
        path = f"{terms.paths['declaration']}.cost"
        what = Investment("permit", "permit", "by-product declaration", "exchange", declaration.cost, path)
        invest(ledger, built, what, capital(case, "permit"))


def yearly(case: Case, account: str, item: str, value: Value, path: str) -> Charge:
    """A fixed sum a year."""
    return Charge(account, item, value.value, "link", f"{case.currency}/yr", evidence=(evidence_of(value, path),))
