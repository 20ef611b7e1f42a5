"""The ``exchanges`` table: every exchange that is built, with its link, flow, investment, gain and payback."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.assemble.assembly import ExchangeFacts
from planner.results.books import Books, Entry, sum_by
from planner.results.columns import COLUMNS
from planner.results.flows import Flow, built, ends, flows
from planner.results.gains import Gain, Gains, Price, transfer_price
from planner.results.investment import investment_range, payback
from planner.results.network import Network, carrier_of
from planner.results.network_money import NetworkMoney
from planner.results.routes import Way, way
from planner.results.shares import Shares

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


@dataclass(frozen=True)
class Built:
    """A built exchange over one kind of link: its twins, what they carry and what is booked for them.

    Attributes
    ----------
    options
        The option and its twins.
    """

    exchange: str
    options: tuple[str, ...]
    places: tuple[str, str] | None
    flows: tuple[Flow, ...]
    entries: tuple[Entry, ...]

    @property
    def leaving(self) -> float:
        """Amount that leaves the source [unit/yr]."""
        return sum(flow.leaving for flow in self.flows)

    @property
    def lost(self) -> float:
        """Amount lost on the way [unit/yr]."""
        return sum(flow.lost for flow in self.flows)

    @property
    def replaced(self) -> float:
        """Amount it replaces [unit of the sink/yr]."""
        return sum(flow.replaced for flow in self.flows)


def built_exchanges(books: Books) -> list[Built]:
    """Built exchanges of a run, twins of a link together."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for exchange, option in built(books):
        groups[exchange, _without_copy(books, exchange, option)].append(option)
    carried: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    for flow in flows(books):
        carried[flow.exchange, flow.option].append(flow)
    between = ends(books)
    return [
        Built(
            exchange=exchange,
            options=tuple(options),
            places=between.get((exchange, options[0])),
            flows=tuple(flow for option in options for flow in carried[exchange, option]),
            entries=tuple(entry for option in options for entry in books.by_exchange.get((exchange, option), ())),
        )
        for (exchange, _), options in groups.items()
    ]


def _without_copy(books: Books, exchange: str, option: str) -> str:
    copy = books.assembly.instance.exchanges[exchange].options[option].copy
    return option.removesuffix(f" #{copy + 1}") if copy else option


def exchanges_table(books: Books, baseline: Books, shares: Shares | None = None) -> "pd.DataFrame":
    """Make the ``exchanges`` table of a run, seen against the baseline.

    ``cost_per_yr`` is running cost without capital; ``gain_per_yr`` is what the exchange saves a year before capital,
    and ``payback_yr`` its investment over that gain, plus its delay. ``flow_per_yr`` leaves the source, and the
    transfer price is per unit of it. ``seller_gross_share`` = revenue / (revenue + gain of the buyer). What a facility
    at one end costs is in the ``facilities`` table, not here.

    ``capex``, ``cost_per_yr`` and ``gain_per_yr`` hold what is booked on the exchange itself. Mains and shared trenches
    are booked on none; the share of an exchange in their investment (table ``trench_shares``) is its
    ``shared_capex``, and ``payback_yr`` = (capex + shared_capex) / (gain_per_yr - its share of their running cost).
    Their owner, the park company unless stated, pays them, so that ``seller_capex``, ``buyer_capex`` and the paybacks
    of seller and buyer leave them out. Over a main, ``length_km`` is that of the shortest way between the two places.
    """
    import pandas as pd

    gains = Gains(books, baseline)
    shares = shares or Shares(NetworkMoney(Network(books)))
    rows = [_row(books, gains, shares, one) for one in built_exchanges(books)]
    return pd.DataFrame(rows, columns=list(COLUMNS["exchanges"]))


def carried_table(books: Books) -> "pd.DataFrame":
    """Make the columns of the ``exchanges`` table that say what flows from where to where; no money."""
    import pandas as pd

    rows = []
    for one in built_exchanges(books):
        facts = books.assembly.exchanges[one.exchange]
        link = _link(books, one, way(books, one.exchange, one.options[0], one.places))
        known = {"exchange": one.exchange, "resource": facts.resource, "main": _main(books, one)}
        rows.append(known | link | _flow(books, facts, one))
    return pd.DataFrame(rows, columns=list(COLUMNS["exchanges"]))


def _main(books: Books, one: Built) -> str | None:
    return books.assembly.instance.exchanges[one.exchange].options[one.options[0]].main


def _row(books: Books, gains: Gains, shares: Shares, one: Built) -> dict[str, Any]:
    facts = books.assembly.exchanges[one.exchange]
    gain = gains.of(one.exchange, one.entries, one.flows)
    price = transfer_price(books, one.exchange, gain, one.leaving)
    return {
        "exchange": one.exchange,
        "from": facts.giver,
        "to": facts.taker,
        "source": facts.source,
        "sink": facts.sink,
        "resource": facts.resource,
        "replaces": facts.replaces,
        "own": books.assembly.instance.exchanges[one.exchange].own,
        "option": one.options[0],
        **_link(books, one, way(books, one.exchange, one.options[0], one.places)),
        **_flow(books, facts, one),
        **_money(books, facts, one, gain, shares),
        **_sides(books, facts, one, gain, price),
    }


def _link(books: Books, one: Built, found: Way) -> dict[str, Any]:
    from_place, to_place = one.places or (None, None)
    return {
        "link": found.link,
        "size": found.size,
        "existing": found.existing,
        "copies": len(one.options),
        "from_place": from_place,
        "to_place": to_place,
        "length_km": found.length_m / 1000,
        "cost_length_km": found.cost_length_m / 1000,
        "capacity_per_h": found.capacity_per_h * len(one.options),
    }


def _flow(books: Books, facts: ExchangeFacts, one: Built) -> dict[str, Any]:
    worst = facts.worst_hours / facts.shared_hours if facts.assumed_hours and facts.shared_hours else 1.0
    return {
        "flow_per_yr": one.leaving,
        "unit": books.case.resources[facts.resource].unit,
        "lost_per_yr": one.lost,
        "replaced_per_yr": one.replaced,
        "replaced_unit": books.case.resources[facts.replaces].unit,
        "shared_hours": facts.shared_hours,
        "hours_assumed": facts.assumed_hours,
        "flow_at_worst_overlap_per_yr": one.leaving * min(1.0, worst),
        "peak_per_h": _peak(facts, one),
    }


def _peak(facts: ExchangeFacts, one: Built) -> float:
    """Largest rate of any period [unit/h]: what leaves in it over the hours that both ends share there."""
    if not facts.shared_hours:
        return NAN
    if len(facts.shared_by_state) < 2:
        return one.leaving / facts.shared_hours * facts.peak_factor
    leaving: dict[str, float] = defaultdict(float)
    for flow in one.flows:
        leaving[flow.state] += flow.leaving
    rates = (leaving[t] / hours for t, hours in facts.shared_by_state.items() if hours > 0)
    return max(rates) * facts.peak_factor


def _money(books: Books, facts: ExchangeFacts, one: Built, gain: Gain, shares: Shares) -> dict[str, Any]:
    capital = investment_range(books, one.entries)
    main = _main(books, one)
    shared_capex, shared_cost = shares.of(one.exchange, [main] if main else _carriers(books, one))
    return {
        "main": main,
        "shared_capex": shared_capex,
        "capex": capital.capex,
        "capex_low": capital.low,
        "capex_high": capital.high,
        "cost_per_yr": gain.running,
        "capital_cost_per_yr": books.total("total_annual_cost", one.entries) - gain.running,
        "gain_per_yr": gain.total,
        "co2e_avoided_t_per_yr": gain.co2e,
        "payback_yr": payback(capital.capex + shared_capex, gain.total - shared_cost, facts.delay_yr),
        "delay_yr": facts.delay_yr,
        "permit": facts.permit,
        "effort": facts.effort,
    }


def _carriers(books: Books, one: Built) -> list[str]:
    """Names of its pipes in the trenches."""
    options = books.assembly.instance.exchanges[one.exchange].options
    return [carrier_of(one.exchange, options[option].copy) for option in one.options]


def _sides(books: Books, facts: ExchangeFacts, one: Built, gain: Gain, price: Price) -> dict[str, Any]:
    seller, buyer = books.party(facts.giver), books.party(facts.taker)
    weights = books.weights("investment")
    paid = sum_by(one.entries, lambda x: x.line.party, lambda x: weights.get(x.line.account, 0.0) * x.amount)
    sides: dict[str, Any] = {
        "seller": seller,
        "buyer": buyer,
        "transfer_price": NAN if price.price is None else price.price,
        "transfer_basis": price.basis,
    }
    if seller != buyer:
        sides |= {"seller_capex": paid.get(seller, 0.0), "buyer_capex": paid.get(buyer, 0.0)}
    if price.price is None:
        return sides
    revenue = price.price * one.leaving
    at_seller = gain.by_party.get(seller, 0.0) + revenue
    at_buyer = gain.by_party.get(buyer, 0.0) - revenue
    gross = revenue + at_buyer
    return sides | {
        "revenue_per_yr": revenue,
        "seller_gain_per_yr": at_seller,
        "buyer_gain_per_yr": at_buyer,
        "seller_gross_share": revenue / gross if revenue > 0 and at_buyer > 0 else NAN,
        "seller_payback_yr": payback(paid.get(seller, 0.0), at_seller, facts.delay_yr),
        "buyer_payback_yr": payback(paid.get(buyer, 0.0), at_buyer, facts.delay_yr),
    }
