"""Cash flows of the parties as rows of a spreadsheet: gains by price and escalation, purchases of assets by kind.

The same as :mod:`planner.finance.parties` makes, but grouped by the cells that may be changed.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.finance.cash import CashFlow, cash_flow
from planner.finance.grants import LAND, is_for
from planner.finance.parties import Ventures, goes_with_flow, is_price, rises_with
from planner.finance.tables import of_park
from planner.finance.terms import Terms, terms_of

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.results.plan import Plan

Row = dict[Any, Any]
#: Accounts whose money is a price times what flows -> what it is a price of.
PRICED = {"purchase": "purchase", "discharge": "discharge", "sale": "sale", "forgone": "forgone by giving"}
#: What stands for a price that has no single unit, in percent of what it is.
LEVEL, LEVEL_UNIT = 100.0, "% of the plan's"
_LEAST_YEARS, _SPARE_YEARS = 40, 5
_TINY = 1e-9
_SPARE = "a grant more, for everything but land"


@dataclass(frozen=True)
class Price:
    """A price of the plan that may be changed: its mean over all that is paid at it, in both runs."""

    what: str
    unit: str
    value: float


@dataclass(frozen=True)
class GainRow:
    """Yearly gain of a party at full operation, of one price and escalation."""

    party: str
    price: str
    escalation: str
    flows: bool
    late: float
    amount: float


@dataclass(frozen=True)
class GrantRow:
    """A grant, stated as a share of what it is for or as an amount towards it."""

    what: str
    value: float
    share: bool


@dataclass(frozen=True)
class AssetRow:
    """Investment of a party beyond the baseline, of one kind and lifetime.

    Attributes
    ----------
    granted
        For each grant of the model, whether it is for this.
    """

    party: str
    of: str
    lifetime: float
    granted: tuple[bool, ...]
    wears: bool
    cost: float


@dataclass(frozen=True)
class CashModel:
    """What the live cash flow of a plan is made of."""

    plan: "Plan"
    case: "Case"

    @cached_property
    def terms(self) -> Terms:
        """Terms of the case."""
        return terms_of(self.case)

    @cached_property
    def last(self) -> int:
        """Last year that there is a column for."""
        return max(_LEAST_YEARS, self.terms.horizon + self.terms.delay + _SPARE_YEARS)

    @cached_property
    def ventures(self) -> Ventures:
        """The parties' outlays and gains as the plan has them."""
        return Ventures(self.case, self.plan.tables, self.terms)

    @cached_property
    def flows(self) -> dict[str | None, CashFlow]:
        """Party -> its cash flow as the plan has it; None for the park."""
        found: dict[str | None, CashFlow] = {
            v.name: cash_flow(v.outlays, v.gains, self.terms, v.rate) for v in self.ventures.of_parties
        }
        return {**found, None: of_park(list(found.values()), self.terms)}

    @cached_property
    def parties(self) -> list[str]:
        """Names of the parties, in the order of the plan."""
        return [str(name) for name in self.plan.tables["parties"]["party"]]

    @cached_property
    def gains(self) -> "list[GainRow]":
        """Gains, those of a party together."""
        sums: dict[tuple[str, str, str, bool, float], float] = defaultdict(float)
        for row, sign, late in self._gained():
            key = row["party"], self._price_of(row), escalation_of(row), goes_with_flow(row), late
            sums[key] += sign * row["gain_per_yr"]
        place = {name: n for n, name in enumerate(self.parties)}
        rows = [GainRow(*key, amount) for key, amount in sums.items() if amount]
        return sorted(rows, key=lambda row: place[row.party])

    def _gained(self) -> Iterator[tuple[Row, float, float]]:
        """Rows of the ledger that are no capital; those of exchanges that start later are taken back and given anew."""
        for row in self._rows("ledger"):
            if row["kind"] != "capital":
                yield row, 1.0, 0.0
        for party in self.parties:
            for row, late in self.ventures.late_rows(party):
                yield row, -1.0, 0.0
                yield row, 1.0, late

    @cached_property
    def grants(self) -> list[GrantRow]:
        """Grants of the case, then two that it does not state: they are worth nothing until they are given a value."""
        rows = []
        for n, grant in enumerate(self.case.economics.finance.grants, 1):
            parts = [grant.name or f"grant {n}"]
            parts += [f"to {', '.join(grant.to)}"] if grant.to else []
            parts += [f"for {', '.join(grant.of)}".replace("_", " ")] if grant.of else []
            value = grant.share if grant.share is not None else grant.amount
            rows.append(GrantRow(", ".join(parts), 0.0 if value is None else value.value, grant.share is not None))
        return [
            *rows,
            GrantRow(f"{_SPARE}, as a share", 0.0, share=True),
            GrantRow(f"{_SPARE}, in all", 0.0, share=False),
        ]

    @cached_property
    def assets(self) -> list[AssetRow]:
        """Investments, those of a party together; those that a plan saves apart, for no grant is for them."""
        stated = self.case.economics.finance.grants
        sums = defaultdict[tuple[str, str, float, tuple[bool, ...], bool], float](float)
        for row in self._rows("assets"):
            life = row["lifetime_yr"] if row["lifetime_yr"] == row["lifetime_yr"] else math.inf
            cost, wears = row["capex"] - row["baseline_capex"], row["of"] != LAND
            granted = tuple(is_for(grant, row) for grant in stated) + (wears, wears)
            granted = granted if cost > 0 else (False,) * len(granted)
            sums[row["party"], row["of"], life, granted, wears] += cost
        place = {name: n for n, name in enumerate(self.parties)}
        rows = [AssetRow(*key, cost) for key, cost in sums.items() if cost]
        return sorted(rows, key=lambda row: place[row.party])

    @cached_property
    def granted(self) -> list[tuple[float, float]]:
        """For each grant, what it is for in all, and which share of that it pays."""
        found = []
        for n, grant in enumerate(self.grants):
            base = sum(asset.cost for asset in self.assets if asset.granted[n])
            found.append((base, grant.value if grant.share else min(1.0, grant.value / base) if base > 0 else 0.0))
        return found

    def aid(self, asset: AssetRow) -> float:
        """Share of the first purchase of an asset that grants pay; never more than all of it."""
        return min(1.0, sum(share for (_, share), yes in zip(self.granted, asset.granted, strict=True) if yes))

    def purchases(self, asset: AssetRow) -> range:
        """Numbers of the purchases of an asset that there may be in the years there are columns for."""
        if math.isinf(asset.lifetime):
            return range(1)
        return range(max(1, math.ceil(self.last / asset.lifetime - _TINY)))

    @cached_property
    def prices(self) -> "dict[str, Price]":
        """Prices that gains rest on, by their name."""
        names = dict.fromkeys(row.price for row in self.gains)
        known = self._known_prices()
        return {name: known.get(name, Price(name, LEVEL_UNIT, LEVEL)) for name in names}

    @cached_property
    def escalations(self) -> dict[str, float]:
        """What prices rise with -> by how much a year above inflation."""
        found: dict[str, float] = {}
        for name in dict.fromkeys(row.escalation for row in self.gains):
            contract = name.removeprefix(_CONTRACT)
            stated = self.terms.escalation.get(name, 0.0)
            found[name] = stated if contract == name else self.ventures.contract_rise(contract)
        return found

    def _price_of(self, row: Row) -> str:
        if is_price(row):
            return f"{_TRANSFER}{row['exchange']}"
        if row["account"] in PRICED and isinstance(row["resource"], str):
            return f"{PRICED[row['account']]}: {row['resource']}"
        return str(row["head"])

    def _known_prices(self) -> dict[str, Price]:
        """Prices with a unit: money by amount, where all amounts are in one unit and all prices of one sign."""
        currency, found = self.case.currency, dict[str, Price]()
        lines = self.plan.tables["lines"]
        mine = lines[lines["account"].isin(list(PRICED)) & lines["resource"].notna() & (lines["quantity"] != 0)]
        for (account, resource), rows in mine.groupby(["account", "resource"], sort=False):
            units, amounts = set(rows["quantity_unit"]), rows["amount"]
            one_sign = (amounts >= 0).all() or (amounts <= 0).all()
            mean = float(amounts.sum() / rows["quantity"].sum()) * (-1.0 if account == "sale" else 1.0)
            if len(units) == 1 and one_sign and abs(mean) > _TINY and math.isfinite(mean):
                name = f"{PRICED[str(account)]}: {resource}"
                found[name] = Price(name, f"{currency}/{next(iter(units))}", mean)
        for row in self._rows("exchanges"):
            price, name = row["transfer_price"], f"{_TRANSFER}{row['exchange']}"
            if price == price and abs(price) > _TINY:
                same = name not in found or abs(found[name].value - price) <= _TINY * abs(price)
                made = Price(name, f"{currency}/{row['unit']}", float(price))
                found[name] = made if same else Price(name, LEVEL_UNIT, LEVEL)
        return found

    def _rows(self, table: str) -> list[dict[Any, Any]]:
        return self.plan.tables[table].to_dict("records")


_TRANSFER, _CONTRACT = "transfer price: ", "contract: "


def escalation_of(row: Row) -> str:
    """What the price behind a row of a ledger rises with: its contract, carbon, its resource, or operation."""
    if is_price(row):
        return f"{_CONTRACT}{row['exchange']}"
    return rises_with(row)
