"""Outlays and gains of each party, of each exchange, of the park and of society, from the tables of a plan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.assemble.economics import LIFETIMES
from planner.case.finance import CARBON, OPERATION
from planner.finance.cash import Gain, Outlay
from planner.finance.grants import Grants
from planner.finance.heads import SHARED
from planner.finance.terms import Terms

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case

Tables = Mapping[str, "pd.DataFrame"]
Row = Mapping[Any, Any]


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

    def of_parties(self) -> Iterator[Venture]:
        """Each party of the ``parties`` table: what it is better off than in the baseline."""
        late = {row["exchange"]: row["delay_yr"] for row in self._rows("exchanges") if row["delay_yr"] > 0}
        grants = Grants(self.case, self.tables["assets"])
        for party in self._rows("parties"):
            name = party["party"]
            mine = [row for row in self._rows("assets") if row["party"] == name]
            outlays = [_outlay(row["capex"] - row["baseline_capex"], row, grants.share(row)) for row in mine]
            gains = [self._gain(row) for row in self._rows("ledger") if _of(row, name)]
            gains += self._not_yet(name, late)
            stated = self.case.parties.get(name)
            rate = self.terms.rate if stated is None or stated.discount_rate is None else stated.discount_rate.value
            yield Venture(name, party["kind"], _not_nothing(outlays), tuple(gains), rate)

    def _not_yet(self, party: str, late: Mapping[str, float]) -> Iterator[Gain]:
        """What exchanges that start later do not gain a party until then: their gain, taken back and given anew."""
        for row in self._rows("exchange_ledger"):
            if row["exchange"] in late and row["party"] == party:
                gain = self._gain(row)
                yield Gain(-gain.amount, gain.rise, gain.flows)
                yield Gain(gain.amount, gain.rise, gain.flows, late[row["exchange"]])

    def of_exchanges(self) -> Iterator[Venture]:
        """Each exchange between two: its investment, its share of mains and trenches, and its gain to all."""
        assets, grants = self._rows("assets"), Grants(self.case, self.tables["assets"])
        for one in self._rows("exchanges"):
            if one["own"]:
                continue
            key = one["exchange"], one["option"]
            outlays = [
                _outlay(row["capex"], row, grants.share(row))
                for row in assets
                if (row["exchange"], row["option"]) == key
            ]
            outlays += self.shared(one)
            rows = [row for row in self._rows("exchange_ledger") if (row["exchange"], row["option"]) == key]
            gains = [self._gain(row, late=one["delay_yr"]) for row in rows if row["kind"] != "transfer"]
            yield Venture(one["exchange"], "exchange", _not_nothing(outlays), tuple(gains), self.terms.rate)

    def shared(self, one: Row) -> Iterator[Outlay]:
        """Share of an exchange, a row of the ``exchanges`` table, in mains and trenches."""
        main = one["main"] if isinstance(one["main"], str) else ""
        for row in self._rows("trench_shares"):
            if row["exchange"] != one["exchange"] or not row["capex"] or (row["carrier"] == main) != bool(main):
                continue
            name = str(row["carrier"]).partition(": ")[0]
            link = self.case.links.get(name) if row["part"] == "pipe" else None
            yield Outlay(row["capex"], self._years(["trench"] if link is None else [link.kind, name]))

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
        outlays = [_outlay(more * (row["capex"] - row["baseline_capex"]), row, 0.0) for row in self._rows("assets")]
        gains = [
            self._gain(row | {"kind": "flow", "gain_per_yr": row["economic_gain_per_yr"], "exchange": None})
            for row in self._rows("economic")
        ]
        rate = self.terms.rate if economic.discount_rate is None else economic.discount_rate.value
        return Venture("society", "society", _not_nothing(outlays), tuple(gains), rate)

    def _gain(self, row: Row, *, late: float = 0.0) -> Gain:
        flows = row["kind"] in ("flow", "transfer")
        return Gain(row["gain_per_yr"], self._rise(row), flows, late)

    def _rise(self, row: Row) -> float:
        """Rise a year of the price behind a row."""
        if row["kind"] == "transfer":
            return self.contract_rise(row["exchange"])
        if row["account"] in ("carbon_paid", "co2e"):
            return self.terms.escalation.get(CARBON, 0.0)
        resource = row["resource"]
        missing = resource is None or resource != resource or row["head"] == SHARED
        return self.terms.escalation.get(OPERATION if missing else resource, 0.0)

    def contract_rise(self, exchange: str) -> float:
        """Rise a year of the transfer price of an exchange."""
        from planner.finance.contracts import contract_of

        contract = contract_of(self.case, self.tables["exchanges"], exchange)
        return 0.0 if contract is None or contract.escalation is None else contract.escalation.value

    def _rows(self, table: str) -> list[dict[Any, Any]]:
        return self.tables[table].to_dict("records")


def _of(row: Row, party: str) -> bool:
    return bool(row["party"] == party and row["kind"] != "capital" and row["gain_per_yr"])


def _outlay(cost: float, row: Row, grant: float) -> Outlay:
    years = row["lifetime_yr"]
    return Outlay(cost, float("inf") if years is None or years != years else years, grant, row["of"] != "land")


def _not_nothing(outlays: Iterable[Outlay]) -> tuple[Outlay, ...]:
    return tuple(one for one in outlays if one.cost)
