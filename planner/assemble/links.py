"""What a link costs and emits: investment, operation, transport and pumping; and what is due once per exchange."""

from dataclasses import dataclass, replace

from planner.assemble.assembly import Evidence
from planner.assemble.economics import Capital, capital
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Entry, Ledger, Shares, assumed, evidence_of
from planner.assemble.options import Way
from planner.assemble.streams import YEAR, Member
from planner.assemble.supply import Purchase, buy
from planner.case.case import Case
from planner.case.links import Link
from planner.case.plants import Connection
from planner.case.values import Value


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
        _build(ledger, deal, way, built)
        _carry(ledger, deal, way, findings)
    if way.copy:
        return  # what is due once per exchange is not due again for a twin
    if not way.existing:
        _connect(ledger, deal, built, payers)
    fixed = deal.terms.get("fixed_cost")
    if fixed is not None:
        path = deal.terms.paths["fixed_cost"]
        ledger.book(built, _yearly(ledger.case, "exchange_fixed", "metering, contract, insurance", fixed, path))


def _build(ledger: Ledger, deal: Deal, way: Way, built: Entry) -> None:
    """Investment, upkeep and yearly cost of the link itself."""
    assert way.link is not None
    assert way.name is not None
    case, link, path = ledger.case, way.link, f"links.{way.name}"
    lengths = (way.lengths or {}).items()
    along = replace(built, family="link", rows=tuple(((deal.id, way.id, p, q), m) for (p, q), (m, _) in lengths))
    costing = replace(along, rows=tuple(((deal.id, way.id, p, q), m) for (p, q), (_, m) in lengths))
    worth = capital(case, way.name, link.kind)
    item = way.name if way.size is None else f"{way.name} {way.size.size}"
    if way.size is not None:
        place = f"{path}.sizes.{way.size.size}"
        for value, entry, field, unit in (
            (way.size.investment, costing, "investment", "m"),
            (way.size.fixed_investment, built, "fixed_investment", "link"),
        ):
            if value is None:
                continue
            if not way.in_place:
                what = _Investment("link", "link_capital", item, unit, value, f"{place}.{field}")
                invest(ledger, entry, what, worth)
            _maintain(ledger, entry, link, (value, f"{place}.{field}", item, unit), path)
        if way.size.yearly_cost is not None:
            evidence = evidence_of(way.size.yearly_cost, f"{place}.yearly_cost")
            charge = Charge("link_operation", f"{item}: yearly cost", evidence.value, "m", f"{case.currency}/m/yr")
            ledger.book(along, replace(charge, evidence=(evidence,)))
    if link.fixed_cost is not None:
        charge = _yearly(case, "link_operation", f"{item}: fixed cost", link.fixed_cost, f"{path}.fixed_cost")
        ledger.book(built, charge)


def _maintain(ledger: Ledger, entry: Entry, link: Link, price: tuple[Value, str, str, str], path: str) -> None:
    if link.maintenance is None:
        return
    value, place, item, unit = price
    evidence = (evidence_of(value, place), evidence_of(link.maintenance, f"{path}.maintenance"))
    factor = value.value * link.maintenance.value
    charge = Charge("link_operation", f"{item}: maintenance", factor, unit, f"{ledger.case.currency}/{unit}/yr")
    ledger.book(entry, replace(charge, evidence=evidence))


@dataclass(frozen=True)
class _Investment:
    """A price to be invested: the asset, the account of its yearly cost, and what one unit of it is."""

    asset: str
    account: str
    item: str
    unit: str
    value: Value
    path: str


def invest(ledger: Ledger, entry: Entry, what: _Investment, worth: Capital) -> None:
    """Book an investment, once and as its yearly cost."""
    currency, price = ledger.case.currency, evidence_of(what.value, what.path)
    once = Charge(
        f"investment_{what.asset}",
        what.item,
        price.value * worth.once,
        what.unit,
        f"{currency}/{what.unit}",
        evidence=(price, *worth.once_evidence),
    )
    ledger.book(entry, once)
    yearly = replace(
        once,
        account=what.account,
        factor=price.value * worth.yearly,
        factor_unit=f"{currency}/{what.unit}/yr",
        evidence=(price, *worth.yearly_evidence),
    )
    ledger.book(entry, yearly)


def _carry(ledger: Ledger, deal: Deal, way: Way, findings: Findings) -> None:
    """Transport and pumping, with the amount that leaves the source and the way it goes."""
    assert way.link is not None
    case, link, path = ledger.case, way.link, f"links.{way.name}"
    payers = payers_of(deal, link)
    unit = case.resources[deal.source.resource].unit
    evidence = (*payers.evidence, *deal.evidence)
    flow = Entry("flow", (((deal.id, way.id, YEAR), 1.0),), payers.link, exchange=deal.id, evidence=evidence)
    lengths = (way.lengths or {}).items()
    rows = tuple(((deal.id, way.id, p, q, YEAR), metres / 1000.0) for (p, q), (metres, _) in lengths)
    hauled = replace(flow, family="pair_flow", rows=rows)
    item, resource = f"{deal.source.name} by {way.name}", deal.source.resource
    for value, entry, field, per in (
        (link.loading, flow, "loading", unit),
        (link.cost, hauled, "cost", f"{unit} km"),
    ):
        if value is not None:
            charge = Charge("transport", item, value.value, per, f"{case.currency}/({per})", resource=resource)
            ledger.book(entry, replace(charge, evidence=(evidence_of(value, f"{path}.{field}"),)))
    for factor, entry, field, per in (
        (link.loading_co2e, flow, "loading_co2e", unit),
        (link.co2e, hauled, "co2e", f"{unit} km"),
    ):
        if factor is not None:
            emission = Charge("co2e_transport", item, factor.value, per, f"tCO2e/({per})", resource=resource)
            ledger.book(entry, replace(emission, evidence=(evidence_of(factor, f"{path}.{field}"),)))
    for name, used in link.uses.items():
        bought = Purchase(
            name,
            "pumping",
            f"{name} to move {item}",
            evidence_of(used, f"{path}.uses.{name}"),
            deal.hours.value,
            deal.peak,
            "co2e_pumping",
        )
        buy(ledger, replace(hauled, unit=deal.source.member.name), bought, findings)


def _connect(ledger: Ledger, deal: Deal, built: Entry, payers: Payers) -> None:
    """What is invested once per exchange: connections, pre-treatment and permit."""
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
                what = _Investment("connection", "connection", item, "link", value, path)
                invest(ledger, replace(built, shares=shares), what, worth)
    treatment, permit = terms.get("treatment"), terms.get("permit")
    if treatment is not None and treatment.investment is not None:
        path = f"{terms.paths['treatment']}.investment"
        what = _Investment("treatment", "treatment", "pre-treatment", "exchange", treatment.investment, path)
        invest(ledger, replace(built, shares=payers.treatment), what, capital(case, "treatment"))
    if permit is not None and permit.cost is not None:
        what = _Investment("permit", "permit", permit.name, "exchange", permit.cost, f"{terms.paths['permit']}.cost")
        invest(ledger, built, what, capital(case, "permit"))


def _yearly(case: Case, account: str, item: str, value: Value, path: str) -> Charge:
    """A fixed sum a year."""
    return Charge(account, item, value.value, "link", f"{case.currency}/yr", evidence=(evidence_of(value, path),))
