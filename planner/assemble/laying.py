"""What mains and trenches cost and emit: pipes and stations, civil works once a stretch, upkeep, transport, pumping.

A pipe of a main that lies in no trench costs by its cost length and pays its crossings; in a trench it costs by its
length, and the civil works are the stretch's: dug once for all, or for each pipe where trenches are not shared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from models.network import StretchId
from planner.assemble.assembly import Evidence
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Entry, Index, Ledger, Shares, evidence_of
from planner.assemble.links import METRES_PER_KM, Freight, yearly
from planner.assemble.mains import Main
from planner.assemble.network import Network
from planner.assemble.outlay import Price, Works, link_works, pipe_prices, trench_price, trench_works
from planner.case.case import Case
from planner.case.links import Size
from planner.geography.distances import Stretch

#: A variable and the stretch it is about.
Row = tuple[Index, Stretch]


def price_network(ledger: Ledger, network: Network, findings: Findings) -> None:
    """Book everything that is due for what several exchanges share."""
    for main in network.mains.values():
        _lay(ledger, main, network.drawn)
        _operate(ledger, main, network.drawn, findings)
    if ledger.case.trenches is not None:
        dug: list[Row] = [((a,), network.drawn[a]) for a, stretch in network.stretches.items() if stretch.trench]
        _dig(ledger, "dug", dug, trench_works(ledger.case), _digger(ledger.case, ledger.case.park_company))


def main_payer(case: Case, main: Main) -> str:
    """Who owns a main and pays for it."""
    return main.link.owner or case.park_company


def _digger(case: Case, otherwise: str) -> Shares:
    owner = None if case.trenches is None else case.trenches.owner
    return ((owner or otherwise, 1.0),)


def _lay(ledger: Ledger, main: Main, drawn: Mapping[StretchId, Stretch]) -> None:
    """Pipes of every size, their stations, and the civil works that are due for each of them."""
    case = ledger.case
    works = link_works(case, main.name, main.link, main.resource)
    payer = ((main_payer(ledger.case, main), 1.0),)
    for z, sized in main.sizes.items():
        rows: list[Row] = [((main.id, a, z), drawn[a]) for a, bed in main.data.beds.items() if z in bed.pipes]
        in_place = z in main.in_place
        if sized.size is not None and rows:
            _lay_size(ledger, main, (z, sized.size, rows), works, payer)
        if in_place:
            continue
        if main.data.in_trench and case.trenches is not None:
            if not case.trenches.shared:
                own = trench_works(case, main.resource)
                new = [(index, stretch) for index, stretch in rows if stretch.trench != "existing"]
                _dig(ledger, "laid", new, own, _digger(case, main_payer(case, main)))
        elif sized.size is not None:
            crossings = [(index, stretch.charges) for index, stretch in rows]
            works.cross(ledger, Entry("laid", (), payer), crossings)


def _lay_size(ledger: Ledger, main: Main, sizing: tuple[str, Size, Sequence[Row]], works: Works, payer: Shares) -> None:
    """The pipes of one size, by length and by capacity, with their upkeep and yearly cost; and its station."""
    z, size, rows = sizing
    case, in_place = ledger.case, z in main.in_place
    place, item = f"links.{main.name}.sizes.{size.size}", f"{main.name} {size.size}"
    laid = list(_laid("laid", rows, payer, case, by_cost=not main.data.in_trench))
    for price in pipe_prices(case, main.resource, size, item, place):
        for entry in laid:
            works.put(ledger, entry, price, in_place=in_place)
    if size.investment_by_capacity is not None and not in_place:
        unit = case.resources[main.resource].unit
        price = Price(item, f"({unit}/h) m", size.investment_by_capacity, f"{place}.investment_by_capacity")
        for entry in laid:
            works.put(ledger, replace(entry, family="sized"), price)
    if size.fixed_investment is not None and not in_place:
        price = Price(item, "main", size.fixed_investment, f"{place}.fixed_investment")
        works.put(ledger, Entry("fitted", (((main.id, z), 1.0),), payer), price)
    if size.yearly_cost is not None:
        evidence = evidence_of(size.yearly_cost, f"{place}.yearly_cost")
        charge = Charge("link_operation", f"{item}: yearly cost", evidence.value, "m", f"{case.currency}/m/yr")
        charge = replace(charge, resource=main.resource, evidence=(evidence,))
        for entry in _laid("laid", rows, payer, case, by_cost=False):
            ledger.book(entry, charge)


def _laid(family: str, rows: Iterable[Row], payer: Shares, case: Case, *, by_cost: bool) -> Iterator[Entry]:
    """Metres of stretches, or of what they cost; those that rest on the same surface factors together."""
    if not by_cost:
        yield Entry(family, tuple((index, stretch.length_m) for index, stretch in rows), payer)
        return
    alike: dict[tuple[Evidence, ...], list[tuple[Index, float]]] = {}
    for index, stretch in rows:
        alike.setdefault(_surfaces(case, stretch), []).append((index, stretch.civil_length_m))
    for evidence, found in alike.items():
        yield Entry(family, tuple(found), payer, evidence=evidence)


def _surfaces(case: Case, stretch: Stretch) -> tuple[Evidence, ...]:
    """The cost factors of the surfaces a stretch lies under."""
    known = case.geography.surfaces
    return tuple(evidence_of(known[name], f"geography.surfaces.{name}") for name in stretch.surfaces if name in known)


def _dig(ledger: Ledger, family: str, rows: Sequence[Row], works: Works, payer: Shares) -> None:
    """Civil works on stretches and the crossings they pay for."""
    for entry in _laid(family, rows, payer, ledger.case, by_cost=True):
        works.put(ledger, entry, trench_price(ledger.case))
    works.cross(ledger, Entry(family, (), payer), [(index, stretch.charges) for index, stretch in rows])


def _operate(ledger: Ledger, main: Main, drawn: Mapping[StretchId, Stretch], findings: Findings) -> None:
    """Fixed cost, and what goes with amount x way."""
    case, link, payer = ledger.case, main.link, ((main_payer(ledger.case, main), 1.0),)
    if link.fixed_cost is not None:
        item, path = f"{main.name}: fixed cost", f"links.{main.name}.fixed_cost"
        charge = replace(yearly(case, "link_operation", item, link.fixed_cost, path), resource=main.resource)
        ledger.book(Entry("working", (((main.id,), 1.0),), payer), replace(charge, quantity_unit="main"))
    freight = Freight(f"{main.resource} by {main.name}", main.resource, f"links.{main.name}")
    for t in main.data.hours:
        rows = tuple(
            ((main.id, a, way, t), drawn[a].length_m / METRES_PER_KM)
            for a, bed in main.data.beds.items()
            if bed.pipes
            for way, free in (("+", bed.forward), ("-", bed.backward))
            if free
        )
        evidence = tuple(dict.fromkeys(e for user in main.users for e in user.deal.evidence_in(t)))
        running = [user for user in main.users if user.deal.shared[t] > 0.0] or main.users
        shortest = min(running, key=lambda user: user.hours_in(t)).deal  # peaks at the gate stay on the safe side
        hauled = Entry("through", rows, payer, evidence=evidence)
        freight.haul(ledger, hauled, link, (shortest.shared[t], shortest.peak, t), findings)
