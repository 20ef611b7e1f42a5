"""Checks of the table every bank wants: each change made again, and nothing left at each switching value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.audit.anchor import ESTIMATED, REDISPATCHED, anchor_of, check_anchor_exit, exit_rows, lost
from planner.audit.cash import (
    NAN,
    Bought,
    Cash,
    Earned,
    cash_of,
    covers,
    discounted,
    gross_of,
    pays_back,
    present,
    total_of,
)
from planner.audit.checks import Checks
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.returns import check_return
from planner.audit.ventures import Part, Reading

CHECK = "bank: what the plan is worth if something turns out otherwise"
#: Variable -> its unit, changes told, and between which a switching value is looked for.
VARIABLES: Mapping[str, tuple[str, tuple[float, ...], tuple[float, float]]] = {
    "base": ("", (NAN,), (NAN, NAN)),
    "investment": ("%", (30.0, -30.0), (-100.0, 1000.0)),
    "energy prices": ("%", (20.0, -20.0), (-100.0, 1000.0)),
    "volumes of exchanges": ("%", (-20.0,), (-100.0, 0.0)),
    "delay": ("yr", (1.0,), (0.0, 30.0)),
    "loss of the anchor": ("%", (-100.0,), (-100.0, 0.0)),
}
NO_MATTER = "it makes no difference"
#: Share of what is added up that is rounding.
ROUNDING = 1e-8


@dataclass(frozen=True)
class Somebody:
    """A party under changes: gains by part, and what it loses without the anchor."""

    name: str
    outlays: Sequence[Bought]
    parts: Sequence[Part]
    lost: Sequence[Earned]


class Changed:
    """Cash flows of all parties under changes."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.anchor = anchor_of(reading)
        self.parties = [self._of(party) for party in reading.parties]
        self._known: dict[tuple[str, str, float], Cash] = {}
        self._planned = {word(row, "exchange") for row in reading.exchanges}

    def _of(self, party: str) -> Somebody:
        parts = self.reading.gains(party)
        return Somebody(party, self.reading.outlays(party), parts, list(lost(self.reading, self.anchor, party)))

    def cash(self, party: str, variable: str, change: float) -> Cash:
        """Cash flow of a party, or of the park where it is empty, at a change in percent or years."""
        key = party, variable, change
        if key not in self._known:
            if party:
                one = next(x for x in self.parties if x.name == party)
                self._known[key] = self._make(one, variable, change)
            else:
                self._known[key] = total_of([self.cash(x.name, variable, change) for x in self.parties])
        return self._known[key]

    def _make(self, one: Somebody, variable: str, change: float) -> Cash:
        rules, outlays, parts = self.reading.rules, one.outlays, one.parts
        share, gains = change / 100, [part.gain for part in parts]
        if variable == "investment":
            outlays = self.reading.outlays(one.name, 1 + share)
        elif variable == "energy prices":
            gains = [_times(part.gain, 1 + share if part.energy else 1.0) for part in parts]
        elif variable == "volumes of exchanges":
            gains = [_times(part.gain, self._volume(part, share)) for part in parts]
        elif variable == "delay":
            rules = rules.later(int(change))
        elif variable == "loss of the anchor":
            gains += [_times(gain, share) for gain in one.lost]
        return cash_of(outlays, gains, rules)

    def _volume(self, part: Part, share: float) -> float:
        if not part.gain.flows:
            return 1.0
        contract = self.reading.contract(part.exchange) if part.transfer else None
        bound = contract.take_or_pay.value if contract is not None and contract.take_or_pay is not None else 0.0
        return max(1 + share, bound if part.exchange in self._planned else 0.0)

    def rate(self, party: str) -> float:
        """Discount rate of a party, or of the park."""
        return self.reading.rate(party) if party else self.reading.rules.rate

    def gross(self, party: str) -> float:
        """Size of what is added up in the numbers of a party, or of the park."""
        rules, found = self.reading.rules, 0.0
        for one in self.parties:
            if party in ("", one.name):
                found += gross_of(one.outlays, [*(part.gain for part in one.parts), *one.lost], rules)
        return found

    def worth(self, party: str, variable: str, change: float) -> float:
        """Net present value."""
        return present(self.cash(party, variable, change).net, self.rate(party))


def _times(gain: Earned, factor: float) -> Earned:
    return replace(gain, amount=gain.amount * factor)


def check_bank(reading: Reading, checks: Checks, *, nominal: bool) -> None:
    """Check the table ``bank``, and what its loss of the anchor rests on."""
    check_anchor_exit(reading, checks)
    checks.start(CHECK)
    if not reading.parties:
        return
    changed = Changed(reading)
    listed = {(word(r, "kind"), word(r, "party"), word(r, "variable"), _change(r)): r for r in _rows(reading)}
    if len(listed) != len(_rows(reading)):
        checks.fail(CHECK, "rows stand there twice")
    g = reading.rules.inflation if nominal else 0.0
    for kind, party in (*((kind, name) for name, kind in reading.parties.items()), ("park", "")):
        for variable, (_, changes, _) in VARIABLES.items():
            if variable == "loss of the anchor" and not changed.anchor:
                continue
            for change in changes:
                row = listed.pop((kind, party or "park", variable, change if change == change else 0.0), None)
                if row is None:
                    checks.fail(CHECK, f"{party or 'park'}, {variable} {change:+g}: it has no row")
                    continue
                _row(changed, party, variable, row, (checks, g))
    for kind, party, variable, change in listed:
        checks.fail(CHECK, f"{kind} {party}, {variable} {change:+g}: it is not asked for")


def _rows(reading: Reading) -> list[Row]:
    return rows_of(reading.tables, "bank")


def _change(row: Row) -> float:
    """Change of a row; 0 where it has none."""
    change = number(row, "change")
    return change if change == change else 0.0


def _row(changed: Changed, party: str, variable: str, row: Row, where: tuple[Checks, float]) -> None:
    checks, g = where
    change, label = _change(row), f"{party or 'park'}, {variable} {_change(row):+g}"
    rules, rate = changed.reading.rules.later(int(change) if variable == "delay" else 0), changed.rate(party)
    cash = changed.cash(party, variable, change)
    net, running = cash.net, cash.net - cash.residual
    base = changed.worth(party, "base", 0.0)
    size = changed.gross(party)
    expected = {
        "npv": (present(net, rate), size),
        "npv_change": (present(net, rate) - base, size),
        "simple_payback_yr": (pays_back(running), 1.0),
        "discounted_payback_yr": (pays_back(discounted(running, rate)), 1.0),
        "least_dscr": (min(covers(cash, rules.delay + 1), default=NAN), 1.0),
    }
    for column, (value, scale) in expected.items():
        found = number(row, column)
        if (found == found) != (value == value) or abs(found - value) > ROUNDING * max(abs(value), scale) + 1e-6:
            checks.fail(CHECK, f"{label}: {column} is {found:.10g} in the table, {value:.10g} recomputed")
    check_return(checks, CHECK, label, (row, "irr"), net, g)
    _words(changed, variable, row, label, checks)
    _switch(changed, party, variable, row, (label, checks, max(size, rules.years * 1e-9)))


def _words(changed: Changed, variable: str, row: Row, label: str, checks: Checks) -> None:
    what = {"energy prices": "; ".join(changed.reading.energy), "loss of the anchor": changed.anchor}
    for column, text in (("unit", VARIABLES[variable][0]), ("what", what.get(variable, ""))):
        if word(row, column) != text:
            checks.fail(CHECK, f"{label}: {column} is {word(row, column)!r}, {text!r} expected")
    told, expected = exit_rows(changed.reading), ""
    if variable == "loss of the anchor":
        how = word(told[0], "how").removeprefix("proven").removeprefix("; ") if told else ""
        expected = REDISPATCHED + (f": {how}" if how else "") if told else ESTIMATED
    found = word(row, "basis") if told or not expected else word(row, "basis").partition(": ")[0]
    if found != expected:
        checks.fail(CHECK, f"{label}: basis is {word(row, 'basis')!r}, {expected!r} expected")


def _switch(changed: Changed, party: str, variable: str, row: Row, where: tuple[str, Checks, float]) -> None:
    """Check that nothing is left at the switching value, or that there is none in range."""
    (label, checks, size), (_, _, (low, high)) = where, VARIABLES[variable]
    found, told = number(row, "switching_value"), word(row, "switching")
    base = changed.worth(party, "base", 0.0)
    if variable == "base" or found == found:
        expected = {""}
    else:
        moved = max(abs(changed.worth(party, variable, end) - base) for end in (low, high) if end)
        expected = {f"nowhere: stays {side} 0 {_range(variable)}" for side in _sides(base, size)}
        expected = {NO_MATTER} if moved <= 1e-10 * abs(base) else expected
        expected |= {NO_MATTER} if moved <= 1e-6 * size else set()
    if told not in expected:
        checks.fail(CHECK, f"{label}: switching is {told!r}, {' or '.join(sorted(map(repr, expected)))} expected")
    if variable == "base":
        if found == found:
            checks.fail(CHECK, f"{label}: switching value is {found:g}")
        return
    if found != found:
        for end in (low, high) if abs(base) > 1e-6 * size else ():  # of what is worth nothing, any change may be it
            if (
                changed.worth(party, variable, end) * base < 0
                and abs(changed.worth(party, variable, end)) > 1e-6 * size
            ):
                checks.fail(CHECK, f"{label}: no switching value, but worth changes its sign at {end:+g}")
        return
    if not low - 1e-9 <= found <= high + 1e-9:
        checks.fail(CHECK, f"{label}: switching value is {found:g}")
    elif not abs(_at(changed, party, variable, found)) <= 1e-6 * max(size, abs(base)):
        left = _at(changed, party, variable, found)
        checks.fail(CHECK, f"{label}: at the switching value {found:.6g} it is worth {left:g}, not nothing")


def _range(variable: str) -> str:
    """Where a switching value is looked for, in words."""
    low, high = VARIABLES[variable][2]
    if variable == "delay":
        return f"up to {high:g} years"
    return f"from {low:+g} % to {high:+g} %" if high else f"down to {low:+g} %"


def _sides(worth: float, size: float) -> list[str]:
    """On which side of nothing a worth is; both where it is rounding."""
    sides = ["above"] if worth > 0 else ["below"]
    return ["above", "below"] if abs(worth) <= 1e-6 * size else sides


def _at(changed: Changed, party: str, variable: str, change: float) -> float:
    """Net present value at a change; of a delay between whole years in proportion."""
    if variable != "delay":
        return changed.worth(party, variable, change)
    before = math.floor(change)
    low, high = changed.worth(party, variable, float(before)), changed.worth(party, variable, float(before + 1))
    return low + (change - before) * (high - low)
