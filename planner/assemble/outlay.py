"""Investments and their upkeep, booked the same way for links, mains and trenches."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from planner.assemble.economics import Capital, capital
from planner.assemble.lines import Charge, Entry, Index, Ledger, evidence_of
from planner.case.case import Case
from planner.case.links import Link, Size
from planner.case.values import Value
from planner.heat.in_pipes import comes_back


@dataclass(frozen=True)
class Investment:
    """A price to be invested: the asset, the account of its yearly cost, and what one unit of it is."""

    asset: str
    account: str
    item: str
    unit: str
    value: Value
    path: str
    resource: str | None = None


def invest(ledger: Ledger, entry: Entry, what: Investment, worth: Capital) -> None:
    """Book an investment, once and as its yearly cost."""
    currency, price = ledger.case.currency, evidence_of(what.value, what.path)
    once = Charge(
        f"investment_{what.asset}",
        what.item,
        price.value * worth.once,
        what.unit,
        f"{currency}/{what.unit}",
        resource=what.resource,
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


@dataclass(frozen=True)
class Price:
    """What one unit of something costs once, with its place in the case."""

    item: str
    unit: str
    value: Value
    path: str


@dataclass(frozen=True)
class Works:
    """A kind of works: its accounts, its capital, and the share of the investment its upkeep takes.

    Attributes
    ----------
    asset
        "link" or "trench".
    maintenance
        Share a year, with its place in the case.
    resource
        What flows in it, for works on a main.
    """

    asset: str
    worth: Capital
    maintenance: tuple[Value, str] | None
    resource: str | None = None

    def put(self, ledger: Ledger, entry: Entry, price: Price, *, in_place: bool = False) -> None:
        """Book an investment and its upkeep; of what is there already, the upkeep alone."""
        if not in_place:
            what = Investment(
                self.asset, f"{self.asset}_capital", price.item, price.unit, price.value, price.path, self.resource
            )
            invest(ledger, entry, what, self.worth)
        if self.maintenance is not None:
            share = evidence_of(*self.maintenance)
            charge = Charge(
                f"{self.asset}_operation",
                f"{price.item}: maintenance",
                price.value.value * share.value,
                price.unit,
                f"{ledger.case.currency}/{price.unit}/yr",
                resource=self.resource,
                evidence=(evidence_of(price.value, price.path), share),
            )
            ledger.book(entry, charge)

    def cross(self, ledger: Ledger, entry: Entry, crossings: Iterable[tuple[Index, Mapping[int, float]]]) -> None:
        """Book the charges for crossing rivers, railways and roads: (index, entry of the case -> number) of each."""
        rows: dict[int, list[tuple[Index, float]]] = {}
        for index, counts in crossings:
            for number, count in counts.items():
                rows.setdefault(number, []).append((index, count))
        for number, found in sorted(rows.items()):
            crossed = ledger.case.geography.crossings[number - 1]
            if crossed.charge is not None:
                path = f"geography.crossings[{number}].charge"
                price = Price(f"crossing of {crossed.layer}", "crossing", crossed.charge, path)
                self.put(ledger, replace(entry, rows=tuple(found)), price)


def pipe_prices(case: Case, resource: str, size: Size, item: str, place: str) -> Iterator[Price]:
    """What a metre of a size costs: of the pipe, and of a return pipe where what it carries comes back.

    ``item`` is the size in words, ``place`` where it stands in the case.
    """
    if size.investment is not None:
        yield Price(item, "m", size.investment, f"{place}.investment")
    if size.return_investment is not None and comes_back(case.resources[resource].heat):
        yield Price(f"{item}: return pipe", "m", size.return_investment, f"{place}.return_investment")


def link_works(case: Case, name: str, link: Link, resource: str | None = None) -> Works:
    """Works on a link; ``resource`` for a main."""
    kept = None if link.maintenance is None else (link.maintenance, f"links.{name}.maintenance")
    return Works("link", capital(case, name, link.kind), kept, resource)


def trench_works(case: Case, resource: str | None = None) -> Works:
    """Civil works of trenches; ``resource`` where they are for one pipe alone."""
    trenches = case.trenches
    assert trenches is not None
    kept = None if trenches.maintenance is None else (trenches.maintenance, "trenches.maintenance")
    return Works("trench", capital(case, "trench"), kept, resource)


def trench_price(case: Case) -> Price:
    """What a metre of trench costs."""
    assert case.trenches is not None
    return Price("trench", "m", case.trenches.investment, "trenches.investment")
