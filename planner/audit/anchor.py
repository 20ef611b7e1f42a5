"""What parties lose with the anchor, and checks of the table that says what they gain without it.

Flows without the anchor are not in the tables: the checks hold its gains today against the ledger, payments against
each other, and what cannot be without the anchor against nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from planner.audit.cash import Earned
from planner.audit.checks import Checks
from planner.audit.ledgers import SHARED
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.ventures import Reading

CHECK = "anchor_exit: what parties gain without the anchor"
KEY = ("party", "head", "kind", "account", "exchange", "resource")
REDISPATCHED, ESTIMATED = "flows sent anew over what is built", "estimate without re-dispatch"
#: Share of what is compared that is rounding, and money that is.
ROUNDING, CENT = 1e-9, 0.005
#: Share of all gains that is no more than a cent where money is counted in millions.
_OF_MILLIONS = 1e-8


def exit_rows(reading: Reading) -> list[Row]:
    """Rows of the table; none where the loss of the anchor is an estimate."""
    return rows_of(reading.tables, "anchor_exit")


def anchor_of(reading: Reading) -> str:
    """Who has a plant, else the party, whose exchanges with others gain most; empty where none gains."""
    tenants, sums = set[str](), dict.fromkeys(reading.parties, 0.0)
    for row in reading.exchanges:
        sides = {word(row, "seller"), word(row, "buyer")}
        for unit, party in (("from", "seller"), ("to", "buyer")):
            if word(row, unit) in reading.facts.tenants:
                tenants.add(word(row, party))
        if not bool(row["own"]) and len(sides) == 2:
            for party in sides:
                sums[party] = sums.get(party, 0.0) + number(row, "gain_per_yr")
    gaining = {party: gain for party, gain in sums.items() if gain > 0}
    first = {party: gain for party, gain in gaining.items() if party in tenants} or gaining
    return max(first, key=lambda party: first[party], default="")


def lost(reading: Reading, anchor: str, party: str) -> Iterator[Earned]:
    """What a party gains less once the anchor has left."""
    told = exit_rows(reading)
    for row in told:
        if word(row, "party") == party:
            gain = reading.part(row, amount=number(row, "gain_per_yr") - number(row, "gain_after_per_yr")).gain
            yield replace(gain, rise=0.0) if word(row, "kind") == "capital" else gain
    for row in reading.exchanges:
        if bool(row["own"]) or anchor not in (word(row, "seller"), word(row, "buyer")):
            continue
        late = reading.late[word(row, "exchange"), word(row, "option")]
        for one in reading.of_link("exchange_ledger", row):
            if word(one, "party") != party:
                continue
            if told and late > 0 and word(one, "head") != SHARED:  # nothing to lose before it runs
                gain = reading.part(one).gain
                yield replace(gain, amount=-gain.amount)
                yield replace(gain, late=late)
            elif not told and word(one, "kind") in ("flow", "transfer"):
                yield reading.part(one, late=late).gain


def check_anchor_exit(reading: Reading, checks: Checks) -> None:
    """Check the table ``anchor_exit``."""
    checks.start(CHECK)
    rows, anchor = exit_rows(reading), anchor_of(reading)
    if not rows:
        return
    if not anchor:
        checks.fail(CHECK, "there is no anchor, and the table has rows")
    if len({word(row, "how") for row in rows}) > 1:
        checks.fail(CHECK, "its rows do not say the same of how it was worked out")
    cent = min(CENT, _OF_MILLIONS * sum(abs(number(row, "gain_per_yr")) for row in rows_of(reading.tables, "ledger")))
    _gains_today(reading, rows, cent, checks)
    balance: dict[str, float] = defaultdict(float)
    size: dict[str, float] = defaultdict(float)
    its = {
        x for r in reading.exchanges for x in [word(r, "exchange")] if anchor in (word(r, "seller"), word(r, "buyer"))
    }
    for row in rows:
        _possible(row, anchor, cent, checks)
        if word(row, "kind") == "transfer" and word(row, "exchange") not in its:
            balance[word(row, "exchange")] += number(row, "gain_after_per_yr")
            size[word(row, "exchange")] += abs(number(row, "gain_after_per_yr"))
    for exchange, left in balance.items():
        known = any(word(row, "exchange") == exchange for row in reading.exchanges)
        if known and abs(left) > cent + ROUNDING * size[exchange]:
            checks.fail(CHECK, f"{exchange}: payments do not add up to nothing, but to {left:g}")


def _gains_today(reading: Reading, rows: list[Row], cent: float, checks: Checks) -> None:
    """Gains in the plan are those of the ledger."""
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for place, table in enumerate((rows_of(reading.tables, "ledger"), rows)):
        for row in table:
            if word(row, "kind") != "capital":
                sums[tuple(word(row, name) for name in KEY)][place] += number(row, "gain_per_yr")
    for key, (expected, told) in sums.items():
        if not abs(told - expected) <= ROUNDING * abs(expected) + cent:
            label = " / ".join(x for x in key if x)
            checks.fail(CHECK, f"{label}: gains {told:.10g} in the plan here, {expected:.10g} in the ledger")


def _possible(row: Row, anchor: str, cent: float, checks: Checks) -> None:
    """Check what is so whatever flows: nobody pays the anchor, and capital is no gain of the plan."""
    label = " / ".join(x for x in (word(row, name) for name in KEY) if x)
    gain, after = number(row, "gain_per_yr"), number(row, "gain_after_per_yr")
    if word(row, "kind") == "capital" and (gain != 0 or word(row, "party") == anchor):
        checks.fail(CHECK, f"{label}: capital without the anchor is what those who stay buy then")
    if word(row, "party") == anchor and word(row, "kind") == "transfer" and abs(after) > cent:
        checks.fail(CHECK, f"{label}: the anchor has left, and is paid or pays {after:g}")
