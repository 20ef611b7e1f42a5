"""Recomputes what links, mains and trenches cost and emit, from the pipes and flows in the tables and the case."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from planner.audit.facts import Facts
from planner.audit.links import (
    follows_stretches,
    in_place,
    main_of,
    peak_of,
    resource_of,
    route_of,
    shared_hours,
    size_of,
)
from planner.audit.main_flows import MainFlows, flows_of, possible_users
from planner.audit.network import Network, grouped, in_trench, is_existing, number, sized, word
from planner.audit.reading import Row
from planner.case.links import Link, Size
from planner.geography.distances import Distances, Stretch

if TYPE_CHECKING:
    from planner.audit.flows import Run


class Books(Protocol):
    """Where money and emissions are booked."""

    facts: Facts
    distances: Distances
    run: "Run"
    total: dict[str, float]

    def invest(self, what: str, account: str, investment: float, factor: float) -> None:
        """Book an investment, once and as its yearly cost."""

    def buy(self, resource: str, amount: float, account: str, scope: str | None = None) -> None:
        """Book a purchase outside."""


@dataclass(frozen=True)
class Cost:
    """Cost of pipes or a trench: investments before contingency [money], the rest a year.

    Attributes
    ----------
    link, civil
        Invested in pipes with their crossings and stations, in civil works with their crossings.
    upkeep, civil_upkeep
        Maintenance, yearly and fixed cost of pipes; maintenance of civil works.
    flow_km
        What goes through pipes times their length [unit km/yr].
    """

    link: float = 0.0
    civil: float = 0.0
    upkeep: float = 0.0
    civil_upkeep: float = 0.0
    flow_km: float = 0.0


@dataclass
class Invested:
    """Investments before contingency, by what they are for.

    Attributes
    ----------
    carriers
        Main or exchange -> in pipes, stations and crossings.
    trenches
        In civil works and crossings of trenches.
    exchanges
        In links and civil works booked on exchanges.
    """

    carriers: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    trenches: float = 0.0
    exchanges: float = 0.0


def charged(facts: Facts, charges: Mapping[int, float]) -> float:
    """Charges of crossings, each entry of the case times the number of crossings."""
    entries = facts.case.geography.crossings
    found = [(count, entries[entry - 1].charge) for entry, count in charges.items()]
    return sum(count * charge.value for count, charge in found if charge is not None)


def civil_works(facts: Facts, stretch: Stretch) -> Cost:
    """Civil works of a trench in a stretch; none where one lies open."""
    trenches = facts.case.trenches
    if trenches is None or stretch.trench == "existing":
        return Cost()
    dug = stretch.civil_length_m * trenches.investment.value + charged(facts, stretch.charges)
    return Cost(civil=dug, civil_upkeep=dug * (trenches.maintenance.value if trenches.maintenance else 0.0))


def metre_price(facts: Facts, size: Size | None, resource: str) -> float:
    """Investment in a metre of pipe, and in its return pipe where what it carries comes back [money/m]."""
    if size is None:
        return 0.0
    price = size.investment.value if size.investment else 0.0
    level = facts.case.resources[resource].heat
    returns = level is not None and (level.condensate is None or level.condensate.share.value > 0)
    return price + (size.return_investment.value if size.return_investment and returns else 0.0)


def pipe_cost(facts: Facts, stretch: Stretch, row: Row) -> Cost:
    """Cost of the pipes of a row of the mains table; civil works where every pipe pays its own."""
    name, size, pipes = word(row, "link"), sized(facts, row), number(row, "pipes")
    link, buried = facts.case.links[name], facts.case.in_trench(name)
    metres = stretch.length_m if buried else stretch.civil_length_m
    price = metre_price(facts, size, word(row, "resource"))
    laid = pipes * metres * price
    if size is not None and size.investment_by_capacity and not is_existing(row):
        laid += metres * number(row, "capacity_per_h") * size.investment_by_capacity.value
    if size is not None and not is_existing(row) and not buried:
        laid += pipes * charged(facts, stretch.charges)
    upkeep = laid * (link.maintenance.value if link.maintenance else 0.0)
    if size is not None and size.yearly_cost:
        upkeep += pipes * size.yearly_cost.value * stretch.length_m
    trenches = facts.case.trenches
    if is_existing(row):
        return Cost(upkeep=upkeep)
    own = Cost()
    if buried and trenches is not None and not trenches.shared:
        own = civil_works(facts, stretch)
    return Cost(laid, pipes * own.civil, upkeep, pipes * own.civil_upkeep)


def dug(facts: Facts, network: Network) -> list[str]:
    """Stretches with shared civil works: those in which a new pipe lies in a trench."""
    trenches = facts.case.trenches
    if trenches is None or not trenches.shared:
        return []
    lying = grouped(network.runs, "stretch")
    return [name for name, pipes in lying.items() if any(in_trench(facts, pipe) for pipe in pipes)]


def book_network(books: Books) -> Invested:
    """Book all mains and trenches of a run; return what is invested in them."""
    facts, graph, network = books.facts, books.distances.graph, books.run.network
    done = Invested()
    if graph is None:
        return done
    for main, flows in flows_of(facts, graph, network.by_main(), books.run.exchanges).items():
        name, _ = facts.case.mains()[main]
        link = facts.case.links[name]
        for cost in costs_of_main(flows):
            done.carriers[main] += cost.link
            investment = cost.link * facts.contingency
            books.invest("link", "link_capital", investment, facts.annuity(name, kind=link.kind))
            books.total["link_operation"] += cost.upkeep
            _book_civil(books, cost, done)
            book_haul(books, link, cost.flow_km)
        if flows.users and not flows.rows:  # all within one plot: no pipes, but the main is in use
            books.total["link_operation"] += link.fixed_cost.value if link.fixed_cost else 0.0
    for stretch in dug(facts, network):
        if stretch in graph.stretches:
            _book_civil(books, civil_works(facts, graph.stretches[stretch]), done)
    return done


def _book_civil(books: Books, cost: Cost, done: Invested) -> None:
    done.trenches += cost.civil
    factor = books.facts.annuity(kind="trench")
    books.invest("trench", "trench_capital", cost.civil * books.facts.contingency, factor)
    books.total["trench_operation"] += cost.civil_upkeep


def costs_of_main(flows: MainFlows) -> list[Cost]:
    """Cost of each row of a main.

    What is due once for a size, or once for the main, goes to its rows by metres; what goes with the flow through a
    stretch by capacity.
    """
    facts, rows = flows.facts, flows.rows
    link = facts.case.links[facts.case.mains()[flows.main][0]]
    metres = [number(row, "pipes") * flows.stretch(row).length_m for row in rows]
    fixed = [(link.fixed_cost.value if link.fixed_cost else 0.0) * share for share in parts(metres)]
    stations = [0.0] * len(rows)
    for size in link.sizes:
        alike = [place for place, row in enumerate(rows) if word(row, "size") == size.size and not is_existing(row)]
        for place, share in zip(alike, parts([metres[place] for place in alike]), strict=True):
            stations[place] = share * (size.fixed_investment.value if size.fixed_investment else 0.0)
    hauled = [0.0] * len(rows)
    beds: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        beds[word(row, "stretch")].append(place)
    for name, places in beds.items():
        for place, share in zip(places, parts([number(rows[x], "capacity_per_h") for x in places]), strict=True):
            hauled[place] = flows.through[name].gross * share * flows.graph.stretches[name].length_m / 1000
    kept = link.maintenance.value if link.maintenance else 0.0
    found = []
    for place, row in enumerate(rows):
        own = pipe_cost(facts, flows.stretch(row), row)
        upkeep = own.upkeep + stations[place] * kept + fixed[place]
        found.append(Cost(own.link + stations[place], own.civil, upkeep, own.civil_upkeep, hauled[place]))
    return found


def parts(sizes: list[float]) -> list[float]:
    """Shares in proportion to some sizes; equal ones where all are 0."""
    whole = sum(sizes)
    return [size / whole if whole > 0 else 1 / len(sizes) for size in sizes]


def book_haul(books: Books, link: Link, flow_km: float) -> None:
    """Book what goes with flow x length [unit km/yr]: transport and pumping."""
    books.total["transport"] += flow_km * (link.cost.value if link.cost else 0.0)
    books.total["co2e_transport"] += flow_km * (link.co2e.value if link.co2e else 0.0)
    for resource, per_unit_km in link.uses.items():
        books.buy(resource, flow_km * per_unit_km.value, "pumping", "co2e_pumping")


def per_flow_km(facts: Facts, link: Link) -> float:
    """Cost of what goes with flow x length: transport, pumping, and what its CO2e is paid for [money/(unit km)]."""
    carbon = facts.case.economics.carbon_price
    paid = {scope: carbon.paid.value for scope in carbon.paid_scopes} if carbon.paid is not None else {}
    emitted = (link.co2e.value if link.co2e else 0.0) * paid.get("transport", 0.0)
    per_km = (link.cost.value if link.cost else 0.0) + emitted
    for resource, used in link.uses.items():
        data = facts.case.resources[resource]
        factors = sum(x.value for x in (data.co2e.use, data.co2e.supply) if x is not None)
        price = data.price.value if data.price else 0.0
        per_km += used.value * (price + factors * paid.get("pumping", 0.0))
    return per_km


def book_link(books: Books, row: Row, done: Invested) -> None:
    """Book the link of an exchange: all of it, or of a main what goes with the exchange itself."""
    facts, flow = books.facts, float(row["flow_per_yr"])
    link = facts.case.links[str(row["link"])]
    books.total["transport"] += flow * (link.loading.value if link.loading else 0.0)
    books.total["co2e_transport"] += flow * (link.loading_co2e.value if link.loading_co2e else 0.0)
    if main_of(row) is not None:
        return
    cost, copies = own_cost(facts, books.distances, row), float(row["copies"])
    more = facts.contingency
    done.carriers[str(row["exchange"])] += cost.link
    done.trenches += cost.civil
    done.exchanges += cost.link + cost.civil
    books.invest("link", "link_capital", cost.link * more, facts.annuity(str(row["link"]), kind=link.kind))
    books.total["link_operation"] += cost.upkeep + copies * (link.fixed_cost.value if link.fixed_cost else 0.0)
    books.invest("trench", "trench_capital", cost.civil * more, facts.annuity(kind="trench"))
    books.total["trench_operation"] += cost.civil_upkeep
    book_haul(books, link, flow * float(row["length_km"]))


def own_cost(facts: Facts, distances: Distances, row: Row) -> Cost:
    """Cost of an exchange's own link, all its twins together."""
    name, copies = str(row["link"]), float(row["copies"])
    link = facts.case.links[name]
    size, buried = facts.size(link, size_of(row)), facts.case.in_trench(name) and not in_place(row)
    if size is None:
        return Cost()  # it costs nothing to build
    length, cost_length = float(row["length_km"]) * 1000, float(row["cost_length_km"]) * 1000
    laid = metre_price(facts, size, resource_of(facts, row)) * (length if buried else cost_length)
    laid += size.fixed_investment.value if size.fixed_investment else 0.0
    yearly = (size.yearly_cost.value if size.yearly_cost else 0.0) * length
    alone = not follows_stretches(facts, row) or str(row["from_place"]) == str(row["to_place"])
    route = route_of(facts, distances, row) if alone and not in_place(row) else None
    crossed = charged(facts, route.charges) if route is not None else 0.0
    laid += 0.0 if buried else crossed
    upkeep = laid * (link.maintenance.value if link.maintenance else 0.0) + yearly
    trenches, civil, civil_upkeep = facts.case.trenches, 0.0, 0.0
    if buried and trenches is not None and alone:
        civil = cost_length * trenches.investment.value + crossed
        civil_upkeep = civil * (trenches.maintenance.value if trenches.maintenance else 0.0)
    invested = 0.0 if in_place(row) else laid
    return Cost(*(copies * amount for amount in (invested, civil, upkeep, civil_upkeep)))


def peak_of_mains(books: Books, resource: str) -> float:
    """Peak of what mains use of a resource for pumping [unit/h]: in the hours, by their peak factor, of who has fewest.

    That is on the safe side, whoever sends what flows.
    """
    facts, graph, total = books.facts, books.distances.graph, 0.0
    if graph is None:
        return total
    for main, flows in flows_of(facts, graph, books.run.network.by_main(), books.run.exchanges).items():
        link, carried = facts.case.mains()[main]
        used = facts.case.links[link].uses.get(resource)
        hours = [shared_hours(facts, user) / peak_of(facts, user) for user in possible_users(facts, link, carried)]
        if used is not None and hours:
            total += used.value * sum(cost.flow_km for cost in costs_of_main(flows)) / min(hours)
    return total
