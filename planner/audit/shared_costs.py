"""Checks of who pays for what is shared: costs from the line items, uses from the flows, passed on round by round."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.totals import YEARLY_MONEY
from planner.audit.ventures import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

CHECK = "shared costs: who uses what is shared, and pays for it"
KEYS = {"facility": "what it saves; amount"}
OF_PIPES = "as the link is paid for"
#: Rounds in which facilities that use each other pass on what they cost; share of it at which no more is passed on.
ROUNDS, LEFT = 10_000, 1e-13
#: (What, item, owner, party, unit, exchange).
Key = tuple[str, str, str, str, str, str]


def check_shared_costs(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check the table ``shared_costs``."""
    checks.start(CHECK)
    listed: dict[Key, Row] = {}
    for row in rows_of(tables, "shared_costs"):
        of, item, owner, party, by, exchange = (
            word(row, x) for x in ("of", "item", "owner", "party", "by", "exchange")
        )
        key = of, item, owner, party, by, exchange
        if key in listed:
            checks.fail(CHECK, f"{' / '.join(key)}: it stands twice")
        listed[key] = row
    users = facts.case.economics.finance.shared_costs == "users"
    expected = _Passing(Reading(facts, tables)).rows() if users else {}
    whole: dict[tuple[str, ...], float] = defaultdict(float)
    for key, money in expected.items():
        whole[key[:3]] += money
    size = sum(map(abs, expected.values()))
    for key in sorted({*listed, *expected}):
        label, money = " / ".join(key), expected.get(key, 0.0)
        if key not in listed:
            if abs(money) > 1e-9 * size:
                checks.fail(CHECK, f"{label}: it has no row")
        elif key not in expected:
            checks.fail(CHECK, f"{label}: nobody uses that")
        else:
            _row(listed[key], key, (money, whole[key[:3]], size), checks)


def _row(row: Row, key: Key, known: tuple[float, float, float], checks: Checks) -> None:
    """Check a row; ``known`` is what the use costs, what all uses do, and the size of what was added up."""
    label, (money, cost, size) = " / ".join(key), known
    share = money / cost if abs(cost) > 1e-9 * size else number(row, "share")
    expected = (("tariff_per_yr", money, size), ("cost_per_yr", cost, size), ("share", share, 1.0))
    for column, value, scale in expected:
        if not abs(number(row, column) - value) <= 1e-8 * max(abs(value), scale) + 1e-9:
            checks.fail(CHECK, f"{label}: {column} is {number(row, column):.10g}, {value:.10g} recomputed")
    if word(row, "key") != KEYS.get(key[0], OF_PIPES):
        checks.fail(CHECK, f"{label}: key is {word(row, 'key')!r}")


@dataclass(frozen=True)
class _Passing:
    """Costs of what is shared, and whom they are passed on to."""

    reading: Reading

    def rows(self) -> dict[Key, float]:
        """What each use costs."""
        found: dict[Key, float] = defaultdict(float)
        for key, money in self.pipes.items():
            found[key] += money
        for name, cost in self._costs().items():
            for (exchange, unit), share in self.uses[name].items():
                found["facility", name, self._party(name), self._party(unit), unit, exchange] += share * cost
        return {key: money for key, money in found.items() if money}

    def _costs(self) -> dict[str, float]:
        """Cost of each facility, with what it is passed on by others: round by round until nothing is left."""
        passed = {name: self._own(name) for name in self.uses}
        cost = dict(passed)
        first = sum(map(abs, passed.values()))
        for _ in range(ROUNDS):
            more: dict[str, float] = defaultdict(float)
            for name, money in passed.items():
                for (_, unit), share in self.uses[name].items():
                    if unit in self.uses:
                        more[unit] += share * money
            for name, money in more.items():
                cost[name] += money
            passed = dict(more)
            if sum(map(abs, passed.values())) <= LEFT * first:
                break
        return cost

    def _own(self, name: str) -> float:
        """Cost of a facility to its owner, capital less grants, net of what it earns."""
        owner, tables = self._party(name), self.reading.tables
        linked = [row for row in self.reading.exchanges if name in (word(row, "from"), word(row, "to"))]
        mine = {word(row, "exchange") for row in linked if self._is_charged(row, name)}
        cost = sum(money for key, money in self.pipes.items() if key[4] == name)
        for line in rows_of(tables, "lines"):
            if word(line, "run") != "plan" or word(line, "party") != owner:
                continue
            exchange, by = word(line, "exchange"), word(line, "by")
            if exchange not in mine if exchange else by != name:
                continue
            if exchange and not self._is_its_side(exchange, by, name):
                continue
            account, amount = word(line, "account"), number(line, "amount")
            if account in YEARLY_MONEY:
                cost += amount
            elif account.startswith("investment_"):
                granted = self.reading.granted(account.removeprefix("investment_"), owner, amount)
                cost -= granted / self.reading.rules.grown(self.reading.rules.rate)
        for row in linked:
            price, flow = number(row, "transfer_price"), number(row, "flow_per_yr")
            if price == price:
                cost += price * flow if word(row, "to") == name else -price * flow
        return cost

    def _is_charged(self, row: Row, name: str) -> bool:
        """Whether what the owner of a facility pays for a link counts with a facility: not between it and its plant."""
        other = word(row, "to") if word(row, "from") == name else word(row, "from")
        return word(row, "seller") != word(row, "buyer") or other in self.uses

    def _is_its_side(self, exchange: str, by: str, name: str) -> bool:
        """Whether a line item of a link is counted with a facility, not with one at its other end."""
        row = next(x for x in self.reading.exchanges if word(x, "exchange") == exchange)
        ends = word(row, "from"), word(row, "to")
        if by in ends:
            return by == name
        other = ends[0] if name == ends[1] else ends[1]
        same = other in self.uses and self._party(other) == self._party(name)
        return name == ends[1] or not same

    @cached_property
    def uses(self) -> dict[str, dict[tuple[str, str], float]]:
        """Facility -> (exchange, unit) -> its share; of those that serve somebody in the park."""
        facts = self.reading.facts
        built = [word(row, "facility") for row in rows_of(self.reading.tables, "facilities")]
        found = {name: self._used(name) for name in built if facts.is_shared(name)}
        last = -1
        reached: set[str] = set()
        while last != len(reached):
            last = len(reached)
            for name, uses in found.items():
                if any(unit not in found or unit in reached for _, unit in uses):
                    reached.add(name)
        return {name: uses for name, uses in found.items() if name in reached}

    def _used(self, name: str) -> dict[tuple[str, str], float]:
        """Shares of uses: of a stream by what it saves who gives or takes it, within it by amount."""
        amounts: dict[tuple[str, str, str], dict[tuple[str, str], float]] = {}
        savings: dict[tuple[str, str, str], float] = defaultdict(float)
        for row in self.reading.exchanges:
            giver, taker = word(row, "from"), word(row, "to")
            other = giver if taker == name else taker
            if giver == taker or name not in (giver, taker) or other in self.reading.facts.case.partners:
                continue
            takes = taker == name
            amount = number(row, "replaced_per_yr" if takes else "flow_per_yr")
            if amount <= 0:
                continue
            stream = *(("in", word(row, "sink")) if takes else ("out", word(row, "source"))), word(row, "resource")
            uses = amounts.setdefault(stream, {})
            key = word(row, "exchange"), other
            uses[key] = uses.get(key, 0.0) + amount
            savings[stream] += max(0.0, _saving(row, gives=takes))
        equal = not any(savings.values())
        found: dict[tuple[str, str], float] = {}
        for stream, uses in amounts.items():
            weight = 1 / len(amounts) if equal else savings[stream] / sum(savings.values())
            found |= {key: weight * amount / sum(uses.values()) for key, amount in uses.items() if weight}
        return found

    @cached_property
    def pipes(self) -> dict[Key, float]:
        """What each use of mains and trenches costs more than in the baseline."""
        found: dict[Key, float] = defaultdict(float)
        factor = self.reading.rules.grown(self.reading.rules.rate)
        for row in rows_of(self.reading.tables, "trench_shares"):
            of, carrier, owner = word(row, "part"), word(row, "carrier"), self.reading.owner(row)
            yearly, capex = self._stretch(of, carrier, word(row, "stretch"))
            granted = self.reading.granted("trench" if of == "trench" else "link", owner, capex)
            cost = number(row, "share") * (yearly - granted / factor)
            exchange = word(row, "exchange")
            for party, unit, share in self._sides(exchange):
                found[of, carrier, owner, party, unit, exchange] += share * cost
        return {key: money for key, money in found.items() if money}

    def _stretch(self, of: str, carrier: str, stretch: str) -> tuple[float, float]:
        """Cost a year and investment of a main or trench in a stretch, beyond the baseline."""
        yearly = capex = 0.0
        for sign, prefix in ((1.0, ""), (-1.0, "baseline_")):
            for row in rows_of(self.reading.tables, prefix + ("mains" if of == "pipe" else "trenches")):
                if word(row, "stretch") == stretch and (of != "pipe" or word(row, "main") == carrier):
                    yearly += sign * (number(row, "capital_cost_per_yr") + number(row, "cost_per_yr"))
                    capex += sign * number(row, "capex")
        return yearly, capex

    def _sides(self, exchange: str) -> Iterator[tuple[str, str, float]]:
        """(Party, unit, share) of who bears an exchange's part of a main or trench."""
        row = next(x for x in self.reading.exchanges if word(x, "exchange") == exchange)
        ends = tuple(word(row, end) for end in ("from", "to", "source", "sink"))
        entries = reversed(self.reading.facts.declared(*ends))
        stated = next((x.paid_by for x in entries if x.paid_by is not None), None)
        if ends[0] == ends[1]:
            yield self._party(ends[0]), ends[0], 1.0
            return
        shares = {"seller": 0.5, "buyer": 0.5} if not stated else {k: v.value for k, v in stated.items()}
        for name, share in shares.items():
            unit = {"seller": ends[0], "buyer": ends[1]}.get(name, name)
            if share:
                yield (self._party(unit) if unit in ends[:2] else unit), unit, share

    def _party(self, unit: str) -> str:
        case = self.reading.facts.case
        owner = unit if unit not in case.facilities else case.facilities[unit].owner or case.park_company
        tenant = case.plants.get(owner) or case.partners.get(owner)
        return (tenant.firm if tenant is not None else None) or owner


def _saving(row: Row, *, gives: bool) -> float:
    """What an exchange saves its giver or its taker a year, before price and capital."""
    price, revenue = number(row, "transfer_price"), number(row, "revenue_per_yr")
    if price != price or word(row, "seller") == word(row, "buyer"):
        return number(row, "gain_per_yr")
    return number(row, "seller_gain_per_yr") - revenue if gives else number(row, "buyer_gain_per_yr") + revenue
