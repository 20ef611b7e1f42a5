"""Who bears what is shared: what users pay to the owners of mains, trenches and facilities, at cost.

With ``economics.finance.shared_costs: owner`` nobody pays; with ``users``, what each of them costs a year is paid by
who uses it, so that its owner neither gains nor loses by it.

    cost of a main or trench = its cost in the plan - in the baseline, capital included                  (S1)
    cost of a facility       = all its owner pays for it - what it sells - prices it is paid + prices it pays
                               + what it pays by (S4) as a user itself                                    (S2)
    capital                  = investment x CRF(r, lifetime) - grants / AF(r, N)                          (S3)
    of an exchange in a main or trench: share of ``trench_shares``, then ``paid_by``, else half each side (S4)
    of a resource that a facility takes or gives: what that saves who is at the other end / what all save   (S5)
    of an exchange of it: amount / amount of all that pay, so that all pay the same for a unit              (S6)

Facilities that use each other are solved together. Partners outside pay prices, no share of a facility. What serves
partners alone has no users in the park: its owner bears it. A shared facility pays what giving to it costs the giver;
no other price is set besides, unless the case states one (``planner.results.gains``). Where no exchange saves anybody
anything, resources have equal shares.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.finance.assets import assets_table
from planner.finance.cash import worth_of_annuity
from planner.finance.grants import Grants
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.terms import stated

if TYPE_CHECKING:
    import pandas as pd

    from planner.assemble.assembly import Line
    from planner.case.case import Case

Row = dict[Any, Any]
#: What, item, owner, party, unit, exchange.
_Key = tuple[str, str, str, str, str, str]
PAID_BY, BY_AMOUNT = "as the link is paid for", "what it saves; amount"
HALF = 0.5
_ONCE = "investment_"


@dataclass(frozen=True)
class Use:
    """What an exchange has of something shared: the unit that uses it, who that is, and its share."""

    exchange: str
    unit: str
    party: str
    share: float


def shared_costs_table(plan: Books, baseline: Books, tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Make the ``shared_costs`` table: who uses what is shared, and what that costs a year; empty where owners bear it.

    Rows in which the party is the owner say what its own use costs; no money moves there. ``tariff_per_yr`` is negative
    where a facility earns more than it costs, and gives it back.

    Parameters
    ----------
    tables
        With ``exchanges``, ``trench_shares``, and of plan and baseline ``mains`` and ``trenches``.
    """
    import pandas as pd

    rows: list[Row] = []
    if plan.case.economics.finance.shared_costs == "users":
        made = SharedCosts(plan, baseline, tables)
        rows = [*made.of_pipes, *made.of_facilities()]
    return pd.DataFrame(rows, columns=list(COLUMNS["shared_costs"]))


def trench_owner(case: "Case", carrier: str, party: str) -> str:
    """Who owns what a carrier has in a trench that some party pays; where each main has its own trench, its owner."""
    trenches = case.trenches
    if trenches is not None and not trenches.shared and trenches.owner is None and carrier in case.mains():
        return case.links[case.mains()[carrier][0]].owner or case.park_company
    return party


def saving(row: Row, other: str) -> float:
    """What an exchange saves who is at an end of it, "from" or "to", a year, before capital, price and tariff."""
    if row["seller"] == row["buyer"] or row["transfer_price"] != row["transfer_price"]:
        return float(row["gain_per_yr"])
    at_seller, at_buyer = row["seller_gain_per_yr"], row["buyer_gain_per_yr"]
    return float(at_seller - row["revenue_per_yr"] if other == "from" else at_buyer + row["revenue_per_yr"])


def payments(table: "pd.DataFrame") -> Iterator[tuple[str, str, str, float]]:
    """Each payment of the ``shared_costs`` table: who pays, to whom, for which exchange, and how much a year."""
    for row in table.to_dict("records"):
        if row["party"] != row["owner"] and row["tariff_per_yr"]:
            yield row["party"], row["owner"], row["exchange"], row["tariff_per_yr"]


@dataclass(frozen=True)
class SharedCosts:
    """What is shared in a plan, and who uses it."""

    plan: Books
    baseline: Books
    tables: "Mapping[str, pd.DataFrame]"

    @cached_property
    def of_pipes(self) -> list[Row]:
        """Rows of mains and trenches (S1, S4), stretches together."""
        sums: dict[_Key, float] = defaultdict(float)
        for row in self._rows("trench_shares"):
            owner, cost = self._stretch(row["part"], row["carrier"], row["stretch"])
            for use in self._sides(row["exchange"]):
                key = row["part"], row["carrier"], owner, use.party, use.unit, row["exchange"]
                sums[key] += row["share"] * use.share * cost
        whole: dict[tuple[str, ...], float] = defaultdict(float)
        for key, cost in sums.items():
            whole[key[:3]] += cost
        return [_row(key, PAID_BY, cost, whole[key[:3]]) for key, cost in sums.items() if cost]

    def of_facilities(self) -> Iterator[Row]:
        """Rows of facilities (S2, S5, S6)."""
        costs = self._costs()
        for name, uses in self._uses.items():
            for use in uses:
                key = "facility", name, self.plan.party(name), use.party, use.unit, use.exchange
                yield _row(key, BY_AMOUNT, use.share * costs[name], costs[name])

    def _costs(self) -> dict[str, float]:
        """Facility -> what its users pay in all: those that use each other are solved together."""
        names = list(self._uses)
        place = {name: n for n, name in enumerate(names)}
        own = np.array([self._own(name) for name in names])
        passed = np.eye(len(names))
        for name, uses in self._uses.items():
            for use in uses:
                if use.unit in place:
                    passed[place[use.unit], place[name]] -= use.share
        made = np.linalg.solve(passed, own) if names else own
        return dict(zip(names, made.tolist(), strict=True))

    def _own(self, name: str) -> float:
        """What a facility costs its owner a year (S2), but for other facilities that it uses."""
        owner = self.plan.party(name)
        cost = sum(row["tariff_per_yr"] for row in self.of_pipes if row["by"] == name)
        weights, factor = self.plan.weights("total_annual_cost"), self._factor
        mine = {row["exchange"]: row for row in self._exchanges if name in (row["from"], row["to"])}
        for entry in self.plan.entries:
            line = entry.line
            if line.party != owner or self._charged_to(line, mine) != name:
                continue
            cost += weights.get(line.account, 0.0) * entry.amount
            if line.account.startswith(_ONCE):
                cost -= entry.amount * self._aid(line.account.removeprefix(_ONCE), owner) / factor
        for row in self._exchanges:
            if name in (row["from"], row["to"]) and row["transfer_price"] == row["transfer_price"]:
                paid = row["transfer_price"] * row["flow_per_yr"]
                cost += paid if row["to"] == name else -paid
        return float(cost)

    def _charged_to(self, line: "Line", mine: Mapping[str, Row]) -> str | None:
        """Facility that a line item of its owner is counted with: its unit; of a link, its owner's end."""
        if line.exchange is None:
            return line.unit
        if line.exchange not in mine:
            return None
        row = mine[line.exchange]
        ends = [row["to"], row["from"]]
        if row["seller"] == row["buyer"] and not all(end in self._uses for end in ends):
            return None  # between a firm's plant and its own facility: its own affair
        if line.unit in ends:
            return line.unit
        return next((end for end in ends if end in self._uses and self.plan.party(end) == line.party), None)

    @cached_property
    def _uses(self) -> dict[str, list[Use]]:
        """Facility with users in the park -> its uses (S5, S6)."""
        opened = [name for name in self.plan.opened() if self.plan.case.facilities[name].scope == "shared"]
        found = {name: self._used(name) for name in opened}
        reached: set[str] = set()
        while True:
            more = {n for n, uses in found.items() if any(u.unit not in found or u.unit in reached for u in uses)}
            if more == reached:
                return {name: uses for name, uses in found.items() if name in reached}
            reached = more

    def _used(self, name: str) -> list[Use]:
        """Uses of a facility by others than partners outside, with their shares."""
        streams: dict[tuple[str, str, str], list[tuple[Row, float]]] = defaultdict(list)
        for row in self._exchanges:
            for end, other, stream, amount in (
                ("to", "from", row["sink"], row["replaced_per_yr"]),
                ("from", "to", row["source"], row["flow_per_yr"]),
            ):
                if row[end] == name != row[other] and row[other] not in self.plan.case.partners and amount > 0:
                    streams[other, stream, row["resource"]].append((row, amount))
        saved = {key: sum(max(0.0, saving(row, key[0])) for row, _ in rows) for key, rows in streams.items()}
        if not any(saved.values()):
            saved = dict.fromkeys(streams, 1.0)
        found = []
        for key, rows in streams.items():
            other, of_stream = key[0], saved[key] / sum(saved.values()) / sum(amount for _, amount in rows)
            for row, amount in rows if of_stream else ():
                found.append(Use(row["exchange"], row[other], self.plan.party(row[other]), amount * of_stream))
        return found

    def _sides(self, exchange: str) -> list[Use]:
        """Who bears what of an exchange's share in mains and trenches."""
        facts = self.plan.assembly.exchanges[exchange]
        giver, taker = facts.giver, facts.taker
        named = {"seller": giver, "buyer": taker, giver: giver, taker: taker}
        terms = stated(self.plan, exchange, "paid_by")
        shares = {giver: HALF, taker: HALF} if not terms else {name: value.value for name, value in terms.items()}
        if giver == taker:
            shares = {giver: 1.0}
        return [
            Use(exchange, named.get(name, name), self.plan.party(named[name]) if name in named else name, share)
            for name, share in shares.items()
            if share
        ]

    def _stretch(self, part: str, carrier: str, stretch: str) -> tuple[str, float]:
        """Owner of a main's pipes or of a trench in a stretch, and their cost a year beyond the baseline."""
        nothing = self.plan.case.park_company, 0.0, 0.0
        if part == "pipe":
            of, (party, yearly, capex) = "link", self._pipes.get((carrier, stretch), nothing)
        else:
            of, (party, yearly, capex) = "trench", self._civil.get((stretch,), nothing)
            party = trench_owner(self.plan.case, carrier, party)
        return party, yearly - capex * self._aid(of, party) / self._factor

    @cached_property
    def _pipes(self) -> dict[tuple[str, ...], tuple[str, float, float]]:
        return self._added("mains", ("main", "stretch"))

    @cached_property
    def _civil(self) -> dict[tuple[str, ...], tuple[str, float, float]]:
        return self._added("trenches", ("stretch",))

    def _added(self, table: str, columns: tuple[str, ...]) -> dict[tuple[str, ...], tuple[str, float, float]]:
        """Who pays, cost a year and investment of rows of a table, by some columns, beyond the baseline."""
        found: dict[tuple[str, ...], tuple[str, float, float]] = {}
        for sign, name in ((1.0, table), (-1.0, f"baseline_{table}")):
            for row in self._rows(name):
                key = tuple(row[column] for column in columns)
                party, yearly, capex = found.get(key, (row["party"], 0.0, 0.0))
                yearly += sign * (row["capital_cost_per_yr"] + row["cost_per_yr"])
                found[key] = party, yearly, capex + sign * row["capex"]
        return found

    def _aid(self, of: str, party: str) -> float:
        """Share of a kind of investment of a party that grants pay."""
        share = self._grants.share({"of": of, "party": party, "capex": 1.0, "baseline_capex": 0.0})
        return min(1.0, sum(share))

    @cached_property
    def _grants(self) -> Grants:
        return Grants(self.plan.case, assets_table(self.plan, self.baseline))

    @cached_property
    def _factor(self) -> float:
        economics = self.plan.case.economics
        return worth_of_annuity(economics.discount_rate.value, economics.finance.horizon.value)

    @cached_property
    def _exchanges(self) -> list[Row]:
        return self._rows("exchanges")

    def _rows(self, table: str) -> list[Row]:
        return self.tables[table].to_dict("records")


def _row(key: _Key, how: str, tariff: float, cost: float) -> Row:
    of, item, owner, party, by, exchange = key
    return {
        "of": of,
        "item": item,
        "owner": owner,
        "party": party,
        "by": by,
        "exchange": exchange,
        "key": how,
        "share": tariff / cost if cost else 0.0,
        "cost_per_yr": cost,
        "tariff_per_yr": tariff,
    }
