"""Outlays and gains of each party, of each exchange, of the park and of society, from the tables of a plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.assemble.economics import LIFETIMES
from planner.case.finance import CARBON, OPERATION
from planner.finance.cash import Gain, Outlay, merged, pooled
from planner.finance.contracts import contract_of
from planner.finance.energy import energy_of
from planner.finance.grants import Grants
from planner.finance.heads import OF_ENERGY, PRICED, SHARED, TARIFF, TARIFFS
from planner.finance.shared_costs import trench_owner
from planner.finance.terms import Terms

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case
    from planner.case.finance import Contract

Tables = Mapping[str, "pd.DataFrame"]
Row = dict[Any, Any]
Link = tuple[str, str]


@dataclass(frozen=True)
class Venture:
    """Somebody or something whose cash flow is told.

    Attributes
    ----------
    kind
        As in the ``parties`` table, or "exchange", "park", "society".
    rate
        Real discount rate.
    """

    name: str
    kind: str
    outlays: tuple[Outlay, ...]
    gains: tuple[Gain, ...]
    rate: float


@dataclass(frozen=True)
class Ventures:
    """Cash flows to be made of a plan."""

    case: "Case"
    tables: Tables
    terms: Terms

    @cached_property
    def of_parties(self) -> tuple[Venture, ...]:
        """Each party of the ``parties`` table: what it is better off than in the baseline."""
        return tuple(self._party(row) for row in self._rows("parties"))

    def _party(self, party: Row) -> Venture:
        name = party["party"]
        outlays = [self.outlay(row, row["capex"] - row["baseline_capex"]) for row in self._assets_of.get(name, ())]
        gains = [self.gain(row) for row in self._ledger_of.get(name, ()) if row["kind"] != "capital"]
        gains += self._not_yet(name)
        stated = self.case.parties.get(name)
        rate = self.terms.rate if stated is None or stated.discount_rate is None else stated.discount_rate.value
        return Venture(name, party["kind"], pooled(outlays), merged(gains), rate)

    def _not_yet(self, party: str) -> Iterator[Gain]:
        """What exchanges that start later do not gain a party until then: their gain, taken back and given anew.

        The upkeep of mains and trenches starts with the park.
        """
        for row, late in self.late_rows(party):
            gain = self.gain(row)
            yield replace(gain, amount=-gain.amount)
            yield replace(gain, late=late)

    def late_rows(self, party: str) -> Iterator[tuple[Row, float]]:
        """Rows of the exchange ledger that a party gains later than the rest, each with the years until then."""
        for key, late in self._late.items():
            for row in self.made_by.get(key, ()):
                if row["party"] == party and row["head"] != SHARED:
                    yield row, late

    @cached_property
    def _late(self) -> dict[Link, float]:
        """Exchanges that start after the park; those in place run already."""
        rows = (row for row in self.built if row["delay_yr"] > 0 and not row["existing"])
        return {_key(row): row["delay_yr"] for row in rows}

    def late(self, one: Row) -> float:
        """Years after the start of operation before an exchange begins."""
        return self._late.get(_key(one), 0.0)

    def of_exchanges(self) -> Iterator[Venture]:
        """Each exchange between two: its investment, its share of mains and trenches, and its gain to all."""
        for one in self.built:
            if one["own"]:
                continue
            outlays = [self.outlay(row, row["capex"]) for row in self.laid_for.get(_key(one), ())]
            outlays += self.shared(one)
            rows = [row for row in self.made_by.get(_key(one), ()) if row["kind"] != "transfer"]
            late = self.late(one)
            gains = [self.gain(row, 0.0 if row["head"] == SHARED else late) for row in rows]
            yield Venture(one["exchange"], "exchange", pooled(outlays), merged(gains), self.terms.rate)

    def shared(self, one: Row) -> Iterator[Outlay]:
        """Share of an exchange, a row of the ``exchanges`` table, in mains and trenches."""
        mains, over = self.case.mains(), one["main"] if isinstance(one["main"], str) else None
        for row in self._shares_of.get(one["exchange"], ()):
            main = row["carrier"] if row["carrier"] in mains else None
            if not row["capex"] or main != over:
                continue
            link = mains[main][0] if main is not None and row["part"] == "pipe" else None
            years = self._years(["trench"] if link is None else [self.case.links[link].kind, link])
            of, owner = ("trench" if link is None else "link"), self._owner(row)
            asset = {"of": of, "party": owner, "capex": row["capex"], "baseline_capex": 0.0}
            share, fixed = self._grants.share(asset)
            yield Outlay(row["capex"], years, share, fixed)

    def _owner(self, share: Row) -> str:
        """Who owns the main or trench that a row of ``trench_shares`` is a share of."""
        main, stretch = self.case.mains().get(share["carrier"]), share["stretch"]
        if share["part"] == "pipe" and main is not None:
            return self.case.links[main[0]].owner or self.case.park_company
        return trench_owner(self.case, share["carrier"], self._diggers.get(stretch, self.case.park_company))

    @cached_property
    def _diggers(self) -> dict[str, str]:
        return {row["stretch"]: row["party"] for row in self._rows("trenches")}

    def _years(self, names: Iterable[str]) -> float:
        """Lifetime of the last of some asset classes that the case states, else the default of the first."""
        names = list(names)
        stated = [self.case.economics.lifetime[name].value for name in names if name in self.case.economics.lifetime]
        return stated[-1] if stated else LIFETIMES[names[0]]

    def of_society(self) -> Venture:
        """The park in the view of society."""
        economic = self.case.economics.finance.economic
        factor = dict(economic.factors).get("investment")
        more = 1.0 if factor is None else factor.value
        assets = self._rows("assets")
        outlays = [_plain(row, row["capex"] - row["baseline_capex"]).times(more) for row in assets]
        gains = [
            self.gain(row | {"gain_per_yr": row["economic_gain_per_yr"], "exchange": None})
            for row in self._rows("economic")
        ]
        rate = self.terms.rate if economic.discount_rate is None else economic.discount_rate.value
        return Venture("society", "society", pooled(outlays), merged(gains), rate)

    def outlay(self, row: Row, cost: float) -> Outlay:
        """An outlay for a row of the ``assets`` table."""
        share, fixed = self._grants.share(row)
        return replace(_plain(row, cost), grant=share, fixed=fixed)

    def gain(self, row: Row, late: float = 0.0) -> Gain:
        """The gain of a row of a ledger."""
        energy = row["account"] in OF_ENERGY and row["resource"] in self.energy
        return Gain(row["gain_per_yr"], self._rise(row), goes_with_flow(row), late, energy)

    def _rise(self, row: Row) -> float:
        """Rise a year of the price behind a row."""
        if is_price(row):
            return self.contract_rise(row["exchange"])
        return self.terms.escalation.get(rises_with(row), 0.0)

    def contract_rise(self, exchange: str) -> float:
        """Rise a year of the transfer price of an exchange."""
        contract = self.contracts.get(exchange)
        return 0.0 if contract is None or contract.escalation is None else contract.escalation.value

    @cached_property
    def energy(self) -> frozenset[str]:
        """Resources that are energy."""
        return frozenset(energy_of(self.case))

    @cached_property
    def contracts(self) -> "dict[str, Contract | None]":
        """Contract of each exchange of plan and baseline."""
        rows = (*self._rows("baseline_exchanges"), *self.built)
        return {row["exchange"]: contract_of(self.case, row) for row in rows}

    @cached_property
    def built(self) -> list[Row]:
        """Rows of the ``exchanges`` table."""
        return self._rows("exchanges")

    @cached_property
    def made_by(self) -> dict[Link, list[Row]]:
        """(Exchange, option) -> its rows of the ``exchange_ledger``."""
        return _grouped(self._rows("exchange_ledger"), _key)

    @cached_property
    def laid_for(self) -> dict[Link, list[Row]]:
        """(Exchange, option) -> its assets."""
        return _grouped([row for row in self._rows("assets") if isinstance(row["exchange"], str)], _key)

    @cached_property
    def tariffs(self) -> dict[Any, list[Row]]:
        """Exchange -> its rows of the ``shared_costs`` table."""
        return _grouped(self._rows("shared_costs"), lambda row: row["exchange"])

    @cached_property
    def _assets_of(self) -> dict[Any, list[Row]]:
        return _grouped(self._rows("assets"), lambda row: row["party"])

    @cached_property
    def _ledger_of(self) -> dict[Any, list[Row]]:
        return _grouped(self._rows("ledger"), lambda row: row["party"])

    @cached_property
    def _shares_of(self) -> dict[Any, list[Row]]:
        return _grouped(self._rows("trench_shares"), lambda row: row["exchange"])

    @cached_property
    def _grants(self) -> Grants:
        return Grants(self.case, self.tables["assets"])

    def _rows(self, table: str) -> list[Row]:
        return self.tables[table].to_dict("records")


def is_price(row: Row) -> bool:
    """Whether a row of a ledger is a transfer price, not a tariff for what is shared."""
    return bool(row["kind"] == "transfer" and row["account"] != TARIFF)


def goes_with_flow(row: Row) -> bool:
    """Whether a row of a ledger goes with what flows, and so with the ramp-up; a tariff is fixed."""
    return row["kind"] == "flow" or is_price(row)


def rises_with(row: Row) -> str:
    """What the price behind a row of a ledger rises with, as ``escalation`` of the case names it; a tariff does not."""
    if row["account"] == TARIFF:
        return TARIFFS
    if row["account"] in ("carbon_paid", "co2e"):
        return CARBON
    return row["resource"] if row["account"] in PRICED and isinstance(row["resource"], str) else OPERATION


def _key(row: Row) -> Link:
    return row["exchange"], row["option"]


def _grouped(rows: Iterable[Row], key: Any) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


def _plain(row: Row, cost: float) -> Outlay:
    """An outlay without grants."""
    years = row["lifetime_yr"]
    endless = years is None or years != years
    return Outlay(cost, float("inf") if endless else years, wears=row["of"] != "land")
