"""Checks of what each exchange gains each party, by account: priced by booking one unit of what it makes needless.

Inside the heat cascade of a plant, where what an exchange makes needless follows from a balance, a party's sum alone is
checked; elsewhere each account, and what is bought less of each resource.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.flows import Key, Run
from planner.audit.ledgers import CARBON, HEAD, SHARED, TRANSFERS, head_of, kind_of
from planner.audit.money import Accounts
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.totals import YEARLY_MONEY, is_capital, totals
from planner.audit.ventures import Reading
from planner.audit.worth import Fate, Worth, party_of

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

CHECK = "exchange ledger: what each exchange gains whom"
#: (Account, resource bought or empty) -> money.
Parts = dict[tuple[str, str], float]


@dataclass
class Needless:
    """What exchanges make needless, by account, for one unit of each stream.

    Attributes
    ----------
    known
        (Period or empty, family, stream) -> money of one unit by (account, resource).
    """

    worth: Worth
    known: dict[tuple[str, str, Key], Parts] = field(default_factory=dict)

    def unit(self, period: str, worth: Worth, family: str, key: Key) -> Parts:
        """Money of one unit supplied, discharged or sold; of purchases by resource where they are nothing else."""
        if (period, family, key) not in self.known:
            one = {name: {key: 1.0} if name == family else {} for name in ("discharged", "sold", "supplied")}
            run = Run([], one["discharged"], one["sold"], one["supplied"], {}, {}, {})
            books = Accounts(worth.facts, worth.distances, run)
            total = totals(dict(books.total))
            parts: Parts = {(name, ""): total[name] for name in YEARLY_MONEY if total.get(name)}
            for resource, amount in books.bought.items() if family == "supplied" else ():
                price = worth.facts.case.resources[resource].price
                parts["bought", resource] = amount * price.value if price is not None else 0.0
            self.known[period, family, key] = parts
        return self.known[period, family, key]

    def of(self, row: Row, fate: Fate) -> "tuple[Parts | None, Parts | None]":
        """Money by account that an exchange makes needless at its source and at its sink; None where none tells."""
        worth, facts = self.worth, self.worth.facts
        source, sink = (word(row, "from"), word(row, "source")), (word(row, "to"), word(row, "sink"))
        at_source, at_sink, disposed = defaultdict[tuple[str, str], float](float), Parts(), 0.0
        for period, there, one in worth.parts("plan", row):
            here = worth.fate_in("plan", source, period, fate)
            flow = number(one, "flow_per_yr")
            disposed += here[0] * flow
            for family, share in (("discharged", here[0]), ("sold", here[1])):
                for key, money in self.unit(period or "", there, family, source).items() if share else ():
                    at_source[key] += share * flow * money
            met = self.unit(period or "", there, "supplied", sink) if facts.suppliable(*sink) else {}
            for key, money in met.items():
                at_sink[key] = at_sink.get(key, 0.0) + number(one, "replaced_per_yr") * money
        if disposed:
            at_source["discharge", ""] += disposed * worth.fees_that_follow("plan", source)
        heat = worth.inside("plan")
        inside = heat.at(row, "source") is not None, heat.at(row, "sink") is not None
        return (None if inside[0] else dict(at_source)), (None if inside[1] else at_sink)


def check_exchange_ledgers(tables: "Tables", worth: Worth, checks: Checks) -> None:
    """Check the table ``exchange_ledger``; ``worth`` has settled the fates of all sources."""
    checks.start(CHECK)
    told, needless = _told(tables, checks), Needless(worth)
    checks = checks.of_money(sum(abs(number(row, "gain_per_yr")) for rows in told.values() for row in rows))
    by_exchange: dict[str, list[Row]] = defaultdict(list)
    for row in worth.runs["plan"].run.exchanges:
        by_exchange[word(row, "exchange")].append(row)
    running: dict[str, list[Row]] = defaultdict(list)
    for line in rows_of(tables, "lines"):
        money = word(line, "account") in YEARLY_MONEY and not is_capital(line)
        if word(line, "run") == "plan" and word(line, "exchange") and money:
            running[word(line, "exchange")].append(line)
    upkeep = _upkeep(Reading(worth.facts, tables))
    for exchange in sorted({*told, *by_exchange}):
        rows = by_exchange.get(exchange, [])
        if not rows:
            checks.fail(CHECK, f"{exchange} is not built")
            continue
        mine = told.get(exchange, [])
        _accounts(needless, rows, running[exchange], mine, checks)
        _options(worth, rows, mine, upkeep, checks)


def _told(tables: "Tables", checks: Checks) -> dict[str, list[Row]]:
    """Rows of the table by exchange; their words."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(tables, "exchange_ledger"):
        exchange, head, kind, account = (word(row, k) for k in ("exchange", "head", "kind", "account"))
        found[exchange].append(row)
        right: tuple[tuple[str, ...], ...] = (
            (TRANSFERS, "transfer", "transfer"),
            *((SHARED, "fixed", name) for name in ("link_operation", "trench_operation")),
            *((head_of(name, exchange), kind, name) for name in HEAD if kind in ("fixed", "flow")),
        )
        if (head, kind, account) not in right:
            checks.fail(CHECK, f"{exchange}: {head!r}, {kind!r} and {account!r} do not go together")
    return found


def _accounts(needless: Needless, rows: list[Row], lines: list[Row], told: list[Row], checks: Checks) -> None:
    """Check an exchange over all its links: by party and account."""
    facts, exchange = needless.worth.facts, word(rows[0], "exchange")
    sides = party_of(facts, word(rows[0], "from")), party_of(facts, word(rows[0], "to"))
    expected: dict[tuple[str, str, str], float] = defaultdict(float)
    bought: dict[str, float] = defaultdict(float)
    blind, size = set[str](), 0.0
    for line in lines:
        expected[word(line, "party"), word(line, "account"), _kind(line)] -= number(line, "amount")
        size += abs(number(line, "amount"))
    for party, parts in _needless(needless, rows, sides):
        blind |= {party} if parts is None else set()
        for (account, resource), money in (parts or {}).items():
            size += abs(money)
            if account == "bought":
                bought[resource] += money
            else:
                expected[party, account, "" if account == CARBON else "flow"] += money
    found: dict[tuple[str, str, str], float] = defaultdict(float)
    for one in told:
        if word(one, "head") not in (SHARED, TRANSFERS):
            kind = "" if word(one, "account") == CARBON else word(one, "kind")
            found[word(one, "party"), word(one, "account"), kind] += number(one, "gain_per_yr")
    for key in sorted({*expected, *found}):
        if key[0] not in blind:
            checks.equal(CHECK, f"{exchange}: {' / '.join(x for x in key if x)}", found[key], expected[key], 0.1 * size)
    if not blind and sides[0] != sides[1]:
        _bought(exchange, sides[1], bought, lines, told, (checks, size))


def _kind(line: Row) -> str:
    return "" if word(line, "account") == CARBON else kind_of(line)


def _needless(needless: Needless, rows: list[Row], sides: tuple[str, str]) -> Iterator[tuple[str, Parts | None]]:
    """What an exchange makes needless over each of its links, party by party."""
    fate = needless.worth.fates("plan", (word(rows[0], "from"), word(rows[0], "source")))[0]
    for row in rows:
        yield from zip(sides, needless.of(row, fate), strict=True)


def _bought(
    exchange: str,
    buyer: str,
    bought: Mapping[str, float],
    lines: Iterable[Row],
    told: Iterable[Row],
    where: tuple[Checks, float],
) -> None:
    """Check what the taker buys less, resource by resource."""
    expected: dict[str, float] = defaultdict(float, bought)
    for line in lines:
        if word(line, "account") == "purchase" and word(line, "party") == buyer:
            expected[word(line, "resource")] -= number(line, "amount")
    found: dict[str, float] = defaultdict(float)
    for row in told:
        if word(row, "account") == "purchase" and word(row, "party") == buyer:
            found[word(row, "resource")] += number(row, "gain_per_yr")
    for resource in sorted({*expected, *found}):
        label = f"{exchange}: {resource} that is bought less"
        where[0].equal(CHECK, label, found[resource], expected[resource], 0.1 * where[1])


#: (Exchange, main or empty) -> (owner, account) -> its share of what mains and trenches cost a year.
Upkeep = dict[tuple[str, str], dict[tuple[str, str], float]]


def _upkeep(reading: Reading) -> Upkeep:
    found = Upkeep()
    for row in rows_of(reading.tables, "trench_shares"):
        carrier = word(row, "carrier")
        main = carrier if carrier in reading.facts.case.mains() else ""
        account = "link_operation" if word(row, "part") == "pipe" and main else "trench_operation"
        part = reading.owner(row), account
        sums = found.setdefault((word(row, "exchange"), main), {})
        sums[part] = sums.get(part, 0.0) + number(row, "cost_per_yr")
    return found


def _options(worth: Worth, rows: list[Row], told: list[Row], upkeep: Upkeep, checks: Checks) -> None:
    """Check an exchange link by link: gain, both sides, transfers, and the share of mains and trenches."""
    for row in rows:
        exchange, option = word(row, "exchange"), word(row, "option")
        label = f"{exchange} by {option}"
        mine = [one for one in told if word(one, "option") == option]
        own = [one for one in mine if word(one, "head") not in (SHARED, TRANSFERS)]
        size = sum(abs(number(one, "gain_per_yr")) for one in mine)
        gains: dict[str, float] = defaultdict(float)
        for one in own:
            gains[word(one, "party")] += number(one, "gain_per_yr")
        checks.equal(CHECK, f"{label}: gain", sum(gains.values()), number(row, "gain_per_yr"), 0.1 * size)
        price, flow = number(row, "transfer_price"), number(row, "flow_per_yr")
        paid = price * flow if price == price else 0.0
        expected = {(word(row, "seller"), 1.0): paid, (word(row, "buyer"), -1.0): paid} if paid else {}
        for (party, sign), money in expected.items():
            side = "seller" if sign > 0 else "buyer"
            gain = number(row, f"{side}_gain_per_yr") - sign * money
            checks.equal(CHECK, f"{label}: gain of the {side}", gains[party], gain, 0.1 * size)
        moved = {party: sign * money for (party, sign), money in expected.items()}
        _same(label, [one for one in mine if word(one, "head") == TRANSFERS], moved, checks)
        due = upkeep.get((exchange, word(row, "main")), {})
        for part in sorted({*due, *(_part(one) for one in mine if word(one, "head") == SHARED)}):
            found = sum(number(x, "gain_per_yr") for x in mine if word(x, "head") == SHARED and _part(x) == part)
            checks.equal(CHECK, f"{label}: {' / '.join(part)}", found, -due.get(part, 0.0))
    options = {word(row, "option") for row in rows}
    for one in told:
        if word(one, "option") not in options:
            checks.fail(CHECK, f"{word(one, 'exchange')}: {word(one, 'option')!r} is not built")
        if word(one, "resource") and word(one, "resource") not in worth.facts.case.resources:
            checks.fail(CHECK, f"{word(one, 'exchange')}: {word(one, 'resource')!r} is no resource")


def _part(row: Row) -> tuple[str, str]:
    return word(row, "party"), word(row, "account")


def _same(label: str, rows: list[Row], expected: Mapping[str, float], checks: Checks) -> None:
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        found[word(row, "party")] += number(row, "gain_per_yr")
    for party in sorted({*found, *expected}):
        checks.equal(CHECK, f"{label}: transfers of {party}", found[party], expected.get(party, 0.0))
