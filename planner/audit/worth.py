"""Checks of what exchanges are worth and what each party pays: from the case's prices and the line items.

What an exchange makes needless is priced by booking one unit of it alone; what it costs is the sum of its line items,
whose sums over the park are checked against the case elsewhere.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.audit.booked import Booked
from planner.audit.checks import Checks
from planner.audit.derived import Recomputed
from planner.audit.facts import Facts
from planner.audit.flows import Key, Run
from planner.audit.heat_worth import HeatWorth, of_run
from planner.audit.lowest import Lowest
from planner.audit.mixtures import Holds
from planner.audit.money import Accounts
from planner.audit.periods import NEGLIGIBLE
from planner.audit.quality import Bound, broken
from planner.audit.reading import Row, rows_of
from planner.audit.rows import range_of
from planner.audit.totals import totals
from planner.case.qualities import QualityLimit
from planner.geography.distances import Distances

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

NAN = float("nan")
#: Share of a limit that is rounding.
ROUNDING = 1e-9
#: Shares of a source disposed of and sold where no exchange takes it.
Fate = tuple[float, float]


@dataclass
class Worth:
    """What one unit of a stream is worth where it is supplied, disposed of or sold: (money, CO2e) a year."""

    facts: Facts
    distances: Distances
    runs: Mapping[str, Recomputed]
    known: dict[tuple[str, Key], tuple[float, float]] = field(default_factory=dict)
    periods: "dict[str, Worth]" = field(default_factory=dict)
    settled: dict[Key, tuple[Fate, ...]] = field(default_factory=dict)
    heat: dict[str, HeatWorth] = field(default_factory=dict)

    @cached_property
    def lowest(self) -> Lowest:
        """Least contents, whatever flows."""
        return Lowest(self.facts, self.runs["plan"].accounts.mixtures)

    def unit(self, family: str, key: Key) -> tuple[float, float]:
        """Money and CO2e of one unit supplied, discharged or sold."""
        if (family, key) not in self.known:
            one = {name: {key: 1.0} if name == family else {} for name in ("discharged", "sold", "supplied")}
            run = Run([], one["discharged"], one["sold"], one["supplied"], {}, {}, {})
            total = totals(dict(Accounts(self.facts, self.distances, run).total))
            self.known[family, key] = total["total_annual_cost"], total["co2e"]
        return self.known[family, key]

    def fates(self, run: str, source: Key) -> tuple[Fate, ...]:
        """Shares of a source disposed of and sold in the year where no exchange takes it.

        Two of them where its content follows from flows, is above what is admitted outside as it flows, and it cannot
        be told from the case whether it need be.
        """
        alone, here = self.runs["baseline"].run, self.runs[run].run
        if getattr(self.facts.stream(*source[:1], "source", source[1]), "on_demand", False):
            return (_lost_sale(alone, here, source),)
        for one in (alone, here):
            if (found := _went(one, source)) is not None:
                return (found,)
        if source not in self.settled:
            discharge, sale = self.facts.discharge(*source), self.facts.sale(*source)
            open_: list[Fate] = []
            for outside, fate in ((discharge, (1.0, 0.0)), (sale, (0.0, 1.0)), (None, (0.0, 0.0))):
                fits = fate == (0.0, 0.0) or (outside is not None and self._fits(source, outside.limits))
                open_ += [fate] if fits is not False else []
                if fits:
                    break
            self.settled[source] = tuple(open_)
        return self.settled[source]

    def settle(self, source: Key, fate: Fate) -> None:
        """One of several fates that were open; all exchanges of the source and both runs have the same."""
        if source in self.settled:
            self.settled[source] = (fate,)

    def _fits(self, source: Key, limits: Mapping[str, QualityLimit]) -> bool | None:
        """Whether what a source holds meets limits on it; None where that follows from flows and cannot be told."""
        fits: bool | None = True
        for quality, limit in limits.items():
            one = self._keeps(source, quality, limit)
            if one is False:
                return False
            fits = fits and one
        return fits

    def _keeps(self, source: Key, quality: str, limit: QualityLimit) -> bool | None:
        """The same of one limit.

        What follows from flows keeps it where it does so in a run, and never where its least content is above it.
        """
        mixtures = self.runs["plan"].accounts.mixtures
        if mixtures.outlet(*source, quality) is None:
            found = mixtures.source(*source, quality)
            return not self._breaks(source, quality, limit, found) if found.known else limit.accept_unknown
        held = [run.accounts.mixtures.source(*source, quality) for run in self.runs.values()]
        if any(_within(limit, one) for one in held):
            return True
        if limit.accept_unknown and any(not one.known for one in held):
            return True
        least = self.lowest.content(*source, quality)
        never = self._breaks(source, quality, QualityLimit(max=limit.max_), Holds(least, least, least))
        return False if never else None

    def _breaks(self, source: Key, quality: str, limit: QualityLimit, found: Holds) -> bool:
        return broken(self.facts, Bound("discharge", *source, quality, limit, found, 1.0)) is not None

    def fees_that_follow(self, run: str, source: Key) -> float:
        """Fees by load of a unit disposed of, whose content follows from what flows: as in the baseline, else here."""
        for one in (self.runs["baseline"], self.runs[run]):
            if one.run.discharged.get(source, 0.0) > 0:
                alone = Accounts(self.facts, self.distances, Run([], {}, {}, {}, {}, {}, {}))
                return one.accounts.load_fees(*source) - alone.load_fees(*source)
        return 0.0

    def avoided(self, run: str, row: Row, fate: Fate) -> tuple[tuple[float, float], tuple[float, float]]:
        """(Money, CO2e) that an exchange makes needless at its source, whose fate this is, and at its sink."""
        source = str(row["from"]), str(row["source"])
        at = [0.0, 0.0, 0.0, 0.0]
        disposed = 0.0
        for period, worth, one in self.parts(run, row):
            here = self.fate_in(run, source, period, fate)
            disposed += here[0] * float(one["flow_per_yr"])
            for n, amount in enumerate(worth.replaced(here, one)):
                at[n] += amount
        money = at[0] + disposed * self.fees_that_follow(run, source) if disposed else at[0]
        heat = self.inside(run)
        return heat.at(row, "source") or (money, at[1]), heat.at(row, "sink") or (at[2], at[3])

    def fate_in(self, run: str, source: Key, period: str | None, fate: Fate) -> Fate:
        """Shares disposed of and sold in a period, where they are known there; else those given."""
        if period is None:
            return fate
        alone, here = (self.runs[name].accounts.periods[period].run for name in ("baseline", run))
        if getattr(self.facts.stream(*source[:1], "source", source[1]), "on_demand", False):
            return _lost_sale(alone, here, source)
        return next((found for one in (alone, here) if (found := _went(one, source)) is not None), fate)

    def inside(self, run: str) -> HeatWorth:
        """Worth inside the heat cascades of a run."""
        if run not in self.heat:
            periods = self.runs[run].accounts.periods
            parts = {t: (one.facts, one.run, self._in(t, one).unit) for t, one in periods.items()}
            self.heat[run] = of_run(self.facts, self.runs[run].run, parts, self.unit)
        return self.heat[run]

    def _in(self, period: str, one: Accounts) -> "Worth":
        """What things are worth in a period."""
        if period not in self.periods:
            self.periods[period] = Worth(one.facts, self.distances, self.runs)
        return self.periods[period]

    def parts(self, run: str, row: Row) -> "Iterable[tuple[str | None, Worth, Row]]":
        """The row in each period, with what things are worth there; the row itself where there are none."""
        same = (row["exchange"], row["option"])
        periods = self.runs[run].accounts.periods
        for period, one in periods.items():
            rows = (x for x in one.run.exchanges if (x["exchange"], x["option"]) == same)
            yield from ((period, self._in(period, one), x) for x in rows)
        if not periods:
            yield None, self, row

    def replaced(self, fate: Fate, row: Row) -> tuple[float, float, float, float]:
        """Money and CO2e that an exchange makes needless at its source, fees by load apart, and those at its sink."""
        source, sink = (str(row["from"]), str(row["source"])), (str(row["to"]), str(row["sink"]))
        flow, replaced = float(row["flow_per_yr"]), float(row["replaced_per_yr"])
        parts = [("discharged", fate[0]), ("sold", fate[1])]
        units = [(self.unit(family, source), share * flow) for family, share in parts if share]
        money, co2e = (sum(unit[n] * amount for unit, amount in units) for n in (0, 1))
        met = self.unit("supplied", sink) if self.facts.suppliable(*sink) else (0.0, 0.0)
        return money, co2e, met[0] * replaced, met[1] * replaced


def _went(run: Run, source: Key) -> Fate | None:
    """Shares of a source disposed of and sold in a run; None where nothing is."""
    discharged, sold = run.discharged.get(source, 0.0), run.sold.get(source, 0.0)
    whole = discharged + sold
    return (discharged / whole, sold / whole) if whole > NEGLIGIBLE else None


def _lost_sale(alone: Run, here: Run, source: Key) -> Fate:
    """The same of a source on demand: what exchanges take from its sales."""
    lost = alone.sold.get(source, 0.0) - here.sold.get(source, 0.0)
    more = _leaving(here, source) - _leaving(alone, source)
    return 0.0, min(1.0, max(0.0, lost / more)) if more > 0 else 0.0


def _within(limit: QualityLimit, held: Holds) -> bool:
    """Whether what flows and is known keeps a limit, but for rounding."""
    most, least = (x.value if x is not None else end for x, end in ((limit.max_, math.inf), (limit.min_, -math.inf)))
    return held.highest <= most + ROUNDING * abs(most) and held.lowest >= least - ROUNDING * abs(least)


def _leaving(run: Run, source: Key) -> float:
    rows = (row for row in run.exchanges if (str(row["from"]), str(row["source"])) == source)
    return sum(float(row["flow_per_yr"]) for row in rows)


def party_of(facts: Facts, unit: str) -> str:
    """Party that a plant, partner, facility or measure belongs to."""
    facility = facts.case.facilities.get(unit)
    owner = unit if facility is None else facility.owner or facts.case.park_company
    tenant = facts.tenants.get(owner)
    return tenant.firm if tenant is not None and tenant.firm else owner


def check_worth(
    facts: Facts, distances: Distances, tables: "Tables", runs: Mapping[str, Recomputed], checks: Checks
) -> Worth:
    """Check gains, paybacks and transfers of every exchange, and what every party pays.

    Returns what things are worth, the fates of all sources settled.
    """
    booked = {run: Booked() for run in runs}
    for line in rows_of(tables, "lines"):
        booked[str(line["run"])].add(line)
    worth = Worth(facts, distances, runs)
    for run in runs:
        check = f"{run}: worth of exchanges"
        checks.start(check)
        by_exchange: dict[str, list[Row]] = defaultdict(list)
        for row in runs[run].run.exchanges:
            by_exchange[str(row["exchange"])].append(row)
            _sides(facts, row, checks, check)
        for exchange, rows in by_exchange.items():
            _settled_gains(facts, worth, (run, exchange, rows), booked[run], checks, check)
    _parties(facts, tables, booked, checks)
    return worth


def _same(checks: Checks, check: str, what: str, found: float, expected: float, scale: float = 0.0) -> None:
    """Compare; both not a number is the same."""
    if found == found or expected == expected:
        checks.equal(check, what, found, expected, scale)


def _settled_gains(
    facts: Facts, worth: Worth, built: tuple[str, str, list[Row]], booked: Booked, checks: Checks, check: str
) -> None:
    """Check an exchange by the fate of its source; where several may be, by the first by which it stands up."""
    source = (str(built[2][0]["from"]), str(built[2][0]["source"]))
    fates = worth.fates(built[0], source)
    for fate in fates:
        tried = Checks()
        _gains(facts, worth, (*built, fate), booked, tried, check)
        if not tried.problems.get(check):
            worth.settle(source, fate)
            return
    _gains(facts, worth, (*built, fates[0]), booked, checks, check)


def _gains(
    facts: Facts, worth: Worth, built: tuple[str, str, list[Row], Fate], booked: Booked, checks: Checks, check: str
) -> None:
    """Check money and CO2e of an exchange, over all its links."""
    run, exchange, rows, fate = built
    row = rows[0]
    seller, buyer = party_of(facts, str(row["from"])), party_of(facts, str(row["to"]))
    if (str(row["seller"]), str(row["buyer"])) != (seller, buyer) and row["transfer_basis"] != "one party":
        checks.fail(check, f"{exchange}: {row['seller']} sells and {row['buyer']} buys")
    both = [worth.avoided(run, one, fate) for one in rows]
    at_source, at_sink = (sum(one[end][0] for one in both) for end in (0, 1))
    cost, running, invested = (
        Booked.of_exchange(sums, exchange) for sums in (booked.cost, booked.running, booked.investment)
    )
    scale = abs(at_source) + abs(at_sink) + abs(cost)
    expected = {
        "cost_per_yr": running,
        "capital_cost_per_yr": cost - running,
        "capex": invested,
        "gain_per_yr": at_source + at_sink - running,
        "co2e_avoided_t_per_yr": sum(one[end][1] for one in both for end in (0, 1))
        - Booked.of_exchange(booked.co2e, exchange),
    }
    emitted = sum(abs(one[end][1]) for one in both for end in (0, 1)) + abs(Booked.of_exchange(booked.co2e, exchange))
    for column, amount in expected.items():
        size = 0.1 * (emitted if column.startswith("co2e") else scale)
        _same(checks, check, f"{exchange}: {column}", sum(float(one[column]) for one in rows), amount, size)
    if seller == buyer:
        return
    revenue = sum(float(one["revenue_per_yr"]) for one in rows)
    sides = {
        "seller_gain_per_yr": at_source - booked.running[exchange, seller] + revenue,
        "buyer_gain_per_yr": at_sink - booked.running[exchange, buyer] - revenue,
        "seller_capex": booked.investment[exchange, seller],
        "buyer_capex": booked.investment[exchange, buyer],
    }
    moved = all(float(one["transfer_price"]) == float(one["transfer_price"]) for one in rows)  # else one stands idle
    for column, amount in sides.items():
        if column.endswith("capex") or moved:
            found = sum(float(one[column]) for one in rows)
            _same(checks, check, f"{exchange}: {column}", found, amount, 0.1 * scale)


def _sides(facts: Facts, row: Row, checks: Checks, check: str) -> None:
    """Check the transfer of a row, and both sides' paybacks."""
    price, basis, label = float(row["transfer_price"]), str(row["transfer_basis"]), str(row["exchange"])
    if not float(row["copies"]).is_integer() or float(row["copies"]) < 1:
        checks.fail(check, f"{label}: {row['copies']} copies")
    if price != price or basis == "one party":
        return  # a price within one party is found by its words
    revenue, seller, buyer = (float(row[k]) for k in ("revenue_per_yr", "seller_gain_per_yr", "buyer_gain_per_yr"))
    scale = abs(revenue) + abs(seller) + abs(buyer)
    checks.equal(check, f"{label}: revenue", revenue, price * float(row["flow_per_yr"]), scale)
    if basis == "given":
        entries = facts.declared(*(str(row[k]) for k in ("from", "to", "source", "sink")))
        stated = next((x.transfer.price for x in reversed(entries) if x.transfer and x.transfer.price), None)
        checks.equal(check, f"{label}: price", price, stated.value if stated else NAN)
    elif basis == "at cost":  # what giving to a facility costs, else nothing; that it is, is checked by its words
        lost = max(0.0, revenue - seller) if str(row["to"]) in facts.case.facilities else 0.0
        checks.equal(check, f"{label}: price", price * float(row["flow_per_yr"]), lost, scale)
    else:
        share = float(basis.split()[1])
        checks.equal(check, f"{label}: the seller's share", seller, share * (seller + buyer), scale)
    gross = revenue / (revenue + buyer) if revenue > 0 and buyer > 0 else NAN
    _same(checks, check, f"{label}: gross share", float(row["seller_gross_share"]), gross)
    for side, gain in (("seller", seller), ("buyer", buyer)):
        years = max(float(row[f"{side}_capex"]), 0.0) / gain + float(row["delay_yr"]) if gain > 0 else NAN
        _same(checks, check, f"{label}: payback of the {side}", float(row[f"{side}_payback_yr"]), years)


def _received(rows: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Transfers by party."""
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        price = float(row["transfer_price"])
        if price == price:
            sums[str(row["seller"])] += price * float(row["flow_per_yr"])
            sums[str(row["buyer"])] -= price * float(row["flow_per_yr"])
    return sums


def _parties(facts: Facts, tables: "Tables", booked: Mapping[str, Booked], checks: Checks) -> None:
    check = "parties: investment, cost and transfers of each"
    checks.start(check)
    plan, alone = booked["plan"], booked["baseline"]
    names = [str(row["party"]) for row in rows_of(tables, "parties")]
    checks = checks.of_money(sum(abs(Booked.of_party(one.cost, name)) for one in (plan, alone) for name in names))
    received = {run: _received(rows_of(tables, table)) for run, table in _EXCHANGES.items()}
    for row in rows_of(tables, "shared_costs"):  # checked on their own
        for party, sign in ((str(row["party"]), -1.0), (str(row["owner"]), 1.0)):
            moved = received["plan"].get(party, 0.0) + sign * float(row["tariff_per_yr"])
            received["plan"][party] = moved
    shares = range_of(facts)
    for row in rows_of(tables, "parties"):
        party = str(row["party"])
        capex, land = (Booked.of_party(sums, party) for sums in (plan.investment, plan.land))
        low, high = shares if shares is not None else (NAN, NAN) if capex - land else (0.0, 0.0)
        running = {run: Booked.of_party(one.running, party) for run, one in booked.items()}
        transfers = {run: received[run].get(party, 0.0) for run in booked}
        expected = {
            "capex": capex,
            "capex_low": land + (capex - land) * (1 + low),
            "capex_high": land + (capex - land) * (1 + high),
            "baseline_capex": Booked.of_party(alone.investment, party),
            "plan_cost_per_yr": Booked.of_party(plan.cost, party),
            "baseline_cost_per_yr": Booked.of_party(alone.cost, party),
            "plan_running_cost_per_yr": running["plan"],
            "baseline_running_cost_per_yr": running["baseline"],
            "transfers_per_yr": transfers["plan"],
            "baseline_transfers_per_yr": transfers["baseline"],
            "gain_before_capital_per_yr": running["baseline"]
            - running["plan"]
            + transfers["plan"]
            - transfers["baseline"],
        }
        scale = 0.1 * (abs(running["plan"]) + abs(running["baseline"]) + abs(transfers["plan"]))
        for column, amount in expected.items():
            _same(checks, check, f"{party}: {column}", float(row[column]), amount, scale)


_EXCHANGES = {"plan": "exchanges", "baseline": "baseline_exchanges"}
