"""The table every bank wants: what the plan is worth if something turns out otherwise, the plan kept.

investment        every outlay beyond the baseline; grants stated as an amount stay
energy prices     purchases, credits, pumping, treatment, forgone own use and sales of what is energy; transfer
prices are as agreed
volumes           what goes with flow is so much nearer to the baseline, transfers too, down to take-or-pay; what is
fixed a year stays, and so do investments
delay             operation starts later; the investment does not
loss of anchor    the firm whose exchanges gain most leaves in the first year. With the table ``anchor_exit``: flows are
sent anew over what is built; what those who stay must buy afresh counts by its yearly cost. Without:
what goes with flow in its exchanges falls away, an estimate; the column ``basis`` says which

switching value = change of the variable at which the net present value is nothing           (B1)
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.finance.cash import CashFlow, Gain, cash_flow
from planner.finance.measures import measures, present_value
from planner.finance.parties import Row, Venture, Ventures
from planner.finance.tables import PARK, of_park
from planner.finance.terms import Terms
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

NAN = math.nan
BASE, INVESTMENT, ENERGY, VOLUMES, DELAY, ANCHOR = (
    *("base", "investment", "energy prices", "volumes of exchanges", "delay", "loss of the anchor"),
)
#: Variable -> changes that are told, and between which a switching value is looked for: shares, or years.
CHANGES = {
    INVESTMENT: (0.3, -0.3),
    ENERGY: (0.2, -0.2),
    VOLUMES: (-0.2,),
    DELAY: (1.0,),
    ANCHOR: (-1.0,),
}
RANGES = {INVESTMENT: (-1.0, 10.0), ENERGY: (-1.0, 10.0), VOLUMES: (-1.0, 0.0), DELAY: (0.0, 30.0), ANCHOR: (-1.0, 0.0)}
#: Table of what parties gain without the anchor.
ANCHOR_EXIT = "anchor_exit"
REDISPATCHED, ESTIMATED = "flows sent anew over what is built", "estimate without re-dispatch"
#: Said of a variable that changes nothing, and the share of a net present value that is no change.
NO_MATTER, _NO_CHANGE = "it makes no difference", 1e-9
_PRECISE = 1e-12

#: Net present value at a change of a variable.
Worth = Callable[[float], float]


def bank_table(ventures: Ventures, why: str = "") -> "pd.DataFrame":
    """Make the ``bank`` table: each party, then the park, by variable.

    ``change`` and ``switching_value`` are in ``unit``: percent, or years. ``switching`` says why there is none, and
    ``basis`` on what the loss of the anchor rests; ``why`` is why there is no re-dispatch.
    """
    import pandas as pd

    stress = Stress(ventures, why)
    rows = [row for place in range(-1, len(ventures.of_parties)) for row in _rows(stress, place)] if stress.any else []
    park = sum(row["party"] == PARK and row["kind"] == PARK for row in rows)
    return pd.DataFrame(rows[park:] + rows[:park], columns=list(COLUMNS["bank"]))


def nothing() -> "pd.DataFrame":
    """The table ``anchor_exit`` without a row, as it is without a re-dispatch."""
    import pandas as pd

    return pd.DataFrame(columns=list(COLUMNS[ANCHOR_EXIT]))


@dataclass(frozen=True)
class Stress:
    """Cash flows of parties under changes."""

    ventures: Ventures
    why: str = ""

    @property
    def any(self) -> bool:
        """Whether there is anybody."""
        return bool(self.ventures.of_parties)

    @cached_property
    def _known(self) -> dict[tuple[int, str, float], CashFlow]:
        return {}

    def flow(self, place: int, variable: str, change: float) -> CashFlow:
        """Cash flow of the party in a place, -1 for the park, under a change (a share, or years)."""
        key = place, variable, change
        if key not in self._known:
            if place < 0:
                each = [self.flow(n, variable, change) for n in range(len(self.ventures.of_parties))]
                self._known[key] = of_park(each, self.ventures.terms)
            else:
                self._known[key] = self._changed(self.ventures.of_parties[place], variable, change)
        return self._known[key]

    def _changed(self, one: Venture, variable: str, change: float) -> CashFlow:
        terms, outlays, gains = self.ventures.terms, one.outlays, one.gains
        if variable == INVESTMENT:
            outlays = tuple(outlay.times(1.0 + change) for outlay in outlays)
        elif variable == ENERGY:
            gains = tuple(replace(x, amount=x.amount * (1.0 + change)) if x.energy else x for x in gains)
        elif variable == DELAY:
            terms = terms.later(round(change))
        elif variable == VOLUMES:
            gains = tuple(replace(x, amount=x.amount * (1.0 + change)) if x.flows else x for x in gains)
            gains += tuple(self._still_paid(one.name, change))
        elif variable == ANCHOR:
            gains += tuple(self._lost(one.name, change))
        return cash_flow(outlays, gains, terms, one.rate)

    def _still_paid(self, party: str, change: float) -> Iterator[Gain]:
        """What a party is paid, or pays, for what is not taken, of contracts to take or pay."""
        for one in self.ventures.built:
            kept = max(0.0, self.taken_or_paid(one["exchange"]) - 1.0 - change)
            for row in self._moved(one) if kept else ():
                if row["party"] == party and row["kind"] == "transfer":
                    gain = self.ventures.gain(row, self.ventures.late(one))
                    yield replace(gain, amount=gain.amount * kept)

    def _lost(self, party: str, change: float) -> Iterator[Gain]:
        """What a party gains less without the anchor, or a share of it."""
        for gain in self._without(party) if self.exits else self._estimated(party):
            yield replace(gain, amount=gain.amount * change)

    def _without(self, party: str) -> Iterator[Gain]:
        """Gains in the plan less those without the anchor; its exchanges that start late are no loss until then."""
        for row in self.exits:
            if row["party"] == party:
                gain = self.ventures.gain(row | {"gain_per_yr": row["gain_per_yr"] - row["gain_after_per_yr"]})
                yield replace(gain, rise=0.0) if row["kind"] == "capital" else gain
        its = {one["exchange"] for one in self._its_exchanges()}
        for row, late in self.ventures.late_rows(party):
            if row["exchange"] in its:
                gain = self.ventures.gain(row)
                yield replace(gain, amount=-gain.amount)
                yield replace(gain, late=late)

    def _estimated(self, party: str) -> Iterator[Gain]:
        """What a party gains by what flows in the exchanges of the anchor."""
        for one in self._its_exchanges():
            for row in self._moved(one):
                if row["party"] == party:
                    yield self.ventures.gain(row, self.ventures.late(one))

    def _its_exchanges(self) -> Iterator[Row]:
        """Exchanges of the anchor with others, and between its plants."""
        return (x for x in self.ventures.built if not x["own"] and self.anchor in (x["seller"], x["buyer"]))

    @cached_property
    def exits(self) -> list[Row]:
        """Rows of the table ``anchor_exit``; none without a re-dispatch."""
        table = self.ventures.tables.get(ANCHOR_EXIT)
        return [] if table is None else table.to_dict("records")

    @cached_property
    def basis(self) -> str:
        """On what the loss of the anchor rests."""
        if not self.exits:
            return ESTIMATED + (f": {self.why}" if self.why else "")
        how = str(self.exits[0]["how"])
        return REDISPATCHED if how == "proven" else f"{REDISPATCHED}: {how.removeprefix('proven; ')}"

    def _moved(self, one: Row) -> list[Row]:
        """Rows of the ledger of an exchange that go with what flows."""
        rows = self.ventures.made_by.get((one["exchange"], one["option"]), ())
        return [row for row in rows if row["kind"] in ("flow", "transfer")]

    def taken_or_paid(self, exchange: str) -> float:
        """Share of the planned flow of an exchange that is paid for, taken or not."""
        contract = self.ventures.contracts.get(exchange)
        return 0.0 if contract is None or contract.take_or_pay is None else contract.take_or_pay.value

    @cached_property
    def anchor(self) -> str | None:
        """Who has a plant, else the party, whose exchanges with others gain most; None where there are none."""
        case, ends = self.ventures.case, (("from", "seller"), ("to", "buyer"))
        sums = dict.fromkeys((str(row["party"]) for row in self.ventures.tables["parties"].to_dict("records")), 0.0)
        tenants = set[str]()
        for one in self.ventures.built:
            tenants |= {one[party] for unit, party in ends if one[unit] in case.plants or one[unit] in case.partners}
            if not one["own"] and one["seller"] != one["buyer"]:
                for _, party in ends:
                    sums[one[party]] += one["gain_per_yr"]
        gaining = {party: gain for party, gain in sums.items() if gain > 0}
        first = {party: gain for party, gain in gaining.items() if party in tenants} or gaining
        return max(first, key=lambda party: first[party], default=None)

    def is_linear(self, variable: str) -> bool:
        """Whether net present values are straight lines over a variable."""
        terms: Terms = self.ventures.terms
        taxed = terms.tax_rate > 0 and terms.losses != "used at once"
        given = variable == INVESTMENT and any(grant.amount for grant in self.ventures.case.economics.finance.grants)
        bound = variable == VOLUMES and any(self.taken_or_paid(one["exchange"]) for one in self.ventures.built)
        return not (taxed or given or bound)


def _rows(stress: Stress, place: int) -> Iterator[dict[str, Any]]:
    """Rows of a party, -1 for the park."""
    parties, terms = stress.ventures.of_parties, stress.ventures.terms
    name, kind = (PARK, PARK) if place < 0 else (parties[place].name, parties[place].kind)
    base = stress.flow(place, BASE, 0.0)
    g = terms.inflation if stress.ventures.case.economics.finance.money == "nominal" else 0.0
    worth = measures(base, terms.delay).npv
    for variable, changes in {BASE: (0.0,), **CHANGES}.items():
        if variable == ANCHOR and stress.anchor is None:
            continue
        switch = NAN if variable == BASE else _switching(stress, place, variable, worth)
        per = 1.0 if variable == DELAY else 100.0
        for change in changes:
            found = measures(stress.flow(place, variable, change), terms.delay + _years(variable, change))
            yield {
                "party": name,
                "kind": kind,
                "variable": variable,
                "change": NAN if variable == BASE else per * change,
                "unit": None if variable == BASE else "yr" if variable == DELAY else "%",
                "what": _what(stress, variable),
                "npv": found.npv,
                "npv_change": found.npv - worth,
                "irr": (1.0 + found.irr) * (1.0 + g) - 1.0,
                "simple_payback_yr": found.simple_payback,
                "discounted_payback_yr": found.discounted_payback,
                "least_dscr": found.least_dscr,
                "switching_value": per * switch,
                "note": found.note or None,
                "switching": None if variable == BASE or switch == switch else _nowhere(stress, place, variable, worth),
                "basis": stress.basis if variable == ANCHOR else None,
            }


def _years(variable: str, change: float) -> int:
    return round(change) if variable == DELAY else 0


def _what(stress: Stress, variable: str) -> str | None:
    """What a variable is about: resources that are energy, the anchor."""
    if variable == ENERGY:
        energy = stress.ventures.energy
        return "; ".join(name for name in stress.ventures.case.resources if name in energy) or None
    return stress.anchor if variable == ANCHOR else None


def _nowhere(stress: Stress, place: int, variable: str, worth: float) -> str:
    """Why there is no switching value."""
    if not _matters(stress, place, variable, worth):
        return NO_MATTER
    (low, high), side = RANGES[variable], "above" if worth > 0 else "below"
    if variable == DELAY:
        return f"nowhere: stays {side} 0 up to {high:g} years"
    until = f"from {100 * low:+g} % to {100 * high:+g} %" if high else f"down to {100 * low:+g} %"
    return f"nowhere: stays {side} 0 {until}"


def _matters(stress: Stress, place: int, variable: str, worth: float) -> bool:
    """Whether a net present value changes with a variable at all."""
    ends = (_npv(stress.flow(place, variable, end)) for end in RANGES[variable] if end)
    return any(abs(end - worth) > _NO_CHANGE * abs(worth) for end in ends)


def _switching(stress: Stress, place: int, variable: str, worth: float) -> float:
    """Change at which a net present value is nothing (B1), the nearest; not a number where there is none in range."""

    def at(change: float) -> float:
        return _npv(stress.flow(place, variable, change))

    low, high = RANGES[variable]
    if worth == 0:
        return 0.0 if _matters(stress, place, variable, worth) else NAN
    if variable == DELAY:
        return _delay(at, worth, int(high))
    if stress.is_linear(variable):
        told = CHANGES[variable][0]
        slope = (at(told) - worth) / told
        if abs(slope) <= _PRECISE * abs(worth) or not slope:
            return NAN
        found = -worth / slope
        return min(max(found, low), high) if low - _NO_CHANGE <= found <= high + _NO_CHANGE else NAN
    return _root(at, worth, low, high)


def _npv(flow: CashFlow) -> float:
    """Net present value of a cash flow."""
    return present_value(flow.rate, flow.net)


def _root(at: Worth, worth: float, low: float, high: float) -> float:
    """The nearest change to either side at which a worth is nothing."""
    from scipy.optimize import brentq

    found = []
    for end in (low, high):
        if end and abs(at(end)) <= _NO_CHANGE * abs(worth):
            found.append(end)
        elif end and at(end) * worth < 0:
            found.append(float(brentq(at, 0.0, end, xtol=1e-12)))
    return min(found, key=abs, default=NAN)


def _delay(at: Worth, worth: float, most: int) -> float:
    """Years of delay at which a worth is nothing, between whole years in proportion."""
    if at(most) * worth >= 0:
        return NAN
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at(middle) * worth > 0 else (low, middle)
    before, after = at(low) if low else worth, at(high)
    return low + before / (before - after)
