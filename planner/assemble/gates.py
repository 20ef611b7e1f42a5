"""Limits on the park's totals: caps, budget and park gate, with the price of their expansion."""

from collections.abc import Iterable, Mapping

from models.instance import ExchangeData, FacilityData, SourceData
from models.rules import Limit
from planner.assemble.assembly import ACCOUNTS
from planner.assemble.economics import capital
from planner.assemble.lines import Charge, Effects, Entry, Ledger, accounts_of, evidence_of, gate_unit
from planner.assemble.mains import Main
from planner.assemble.network import Network
from planner.assemble.streams import PARK_COMPANY, YEAR, Flow
from planner.case.case import Case
from planner.case.economics import Gate, GateExpansion, PeakExpansion
from planner.case.values import Value

#: Effects by index of a family, on one limit.
Effect = Mapping[tuple[str, ...], float]


def totals_of(accounts: Iterable[str]) -> dict[str, dict[str, float]]:
    """Reported totals as sums of accounts."""
    names = list(accounts)
    physical = ("reused", "fresh_water", "power_bought", "heat_supplied", "margin", "shadow_carbon")
    yearly = [a for a in names if ACCOUNTS.get(a, "") == "money/yr"]
    return {
        "total_annual_cost": {a: 1.0 for a in yearly if a not in physical},
        "co2e": {a: 1.0 for a in names if a.startswith("co2e_")},
        "waste": {a: 1.0 for a in names if a.startswith("waste_")},
        "investment": {a: 1.0 for a in names if a.startswith("investment_")},
        **{name: {name: 1.0} for name in physical},
    }


def limits_of(case: Case) -> tuple[dict[str, Limit], dict[str, str]]:
    """All limits, before their ceilings, and the user's words for each."""
    totals = totals_of(accounts_of(case))
    limits: dict[str, Limit] = {}
    words: dict[str, str] = {}
    caps = case.economics.caps
    for name, cap in (("co2e", caps.co2e), ("waste", caps.waste), ("fresh_water", caps.fresh_water)):
        if cap is not None:
            limits[name] = Limit(totals[name], cap.value)
            words[f"limit:{name}"] = f"economics.caps.{name}: at most {_stated(cap)}"
    if case.economics.budget is not None:
        limits["budget"] = Limit(totals["investment"], case.economics.budget.value)
        words["limit:budget"] = f"economics.budget: at most {_stated(case.economics.budget)} of investment"
    for name, gate in case.park_gate.items():
        for kind, bound, expansion in (
            ("yearly", gate.yearly, gate.yearly_expansion),
            ("peak", gate.peak, gate.peak_expansion),
        ):
            if bound is not None:
                limits[f"gate_{kind}:{name}"] = _gate_limit(f"gate_{kind}:{name}", bound, expansion)
                words[f"limit:gate_{kind}:{name}"] = f"park_gate.{name}.{kind}: {_words(gate, bound)}"
    return limits, words


def _gate_limit(account: str, bound: Value, expansion: GateExpansion | PeakExpansion | None) -> Limit:
    most = 0.0
    if expansion is not None:
        most = float("inf") if expansion.maximum is None else expansion.maximum.value
    return Limit({account: 1.0}, bound.value, most, expandable_in_baseline=expansion is not None)


def _words(gate: Gate, bound: Value) -> str:
    direction = "bought outside" if gate.direction == "in" else "disposed of or sold outside"
    return f"at most {_stated(bound)} of {gate.resource} {direction}"


def _stated(value: Value) -> str:
    """The number as the user wrote it, with its unit where that says nothing of it."""
    return value.given if value.given and not _is_bare(value.given) else f"{value.value:,.10g} {value.unit}".strip()


def _is_bare(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdigit()


def price_expansions(ledger: Ledger) -> None:
    """Book what more capacity at the gate costs; the park company pays it."""
    case = ledger.case
    worth = capital(case, "gate")
    for name, gate in case.park_gate.items():
        unit = gate_unit(case, gate)
        for kind, bound, expansion, per in (
            ("yearly", gate.yearly, gate.yearly_expansion, f"({unit}/yr)"),
            ("peak", gate.peak, gate.peak_expansion, f"({unit}/h)"),
        ):
            if bound is None or expansion is None:
                continue
            entry = Entry("expanded", (((f"gate_{kind}:{name}",), 1.0),), ((PARK_COMPANY, 1.0),))
            price = evidence_of(expansion.cost, f"park_gate.{name}.{kind}_expansion.cost")
            item = f"expansion of the park gate {name}"
            for account, factor, money, evidence in (
                ("investment_gate", worth.once, f"{case.currency}/{per}", worth.once_evidence),
                ("gate_expansion", worth.yearly, f"{case.currency}/{per}/yr", worth.yearly_evidence),
            ):
                charge = Charge(account, item, price.value * factor, per, money, 1.0, gate.resource, (price, *evidence))
                ledger.book(entry, charge)


class Ceilings:
    """The most that a limit's sum can be, from the bounds of everything that counts in it.

    ``loads`` has the most load of a component that a source can let out in a year.
    """

    def __init__(
        self,
        effects: Effects,
        exchanges: Mapping[str, ExchangeData],
        flows: tuple[Mapping[str, Flow], Mapping[str, Flow], Mapping[str, SourceData]],
        facilities: Mapping[str, FacilityData],
        network: Network,
        loads: Mapping[tuple[str, ...], float] | None = None,
    ) -> None:
        self._effects = effects
        self._exchanges = exchanges
        self._sources, self._sinks, self._outlets = flows
        self._facilities = facilities
        self._network = network
        self._loads = loads or {}

    def of(self, limit: Limit) -> float:
        """Ceiling of a limit, expansion apart."""
        parts = {family: self._on(limit, family) for family in self._effects}
        return (
            _best_by_first(parts.get("sited", {}))
            + sum(self._exchange(e, parts) for e in self._exchanges)
            + sum(max(0.0, value) * self._sinks[j].most for (j, _), value in parts.get("supplied", {}).items())
            + sum(self._outlet(i, parts) for i in self._sources)
            + sum(self._facility(k, parts) for k in self._facilities)
            + sum(self._main(main, parts) for main in self._network.mains.values())
            + sum(max(0.0, value) for value in parts.get("dug", {}).values())
            + sum(
                max(0.0, value) * self._loads.get(index[:2], 0.0) for index, value in parts.get("let_out", {}).items()
            )
        )

    def _on(self, limit: Limit, family: str) -> Effect:
        weights = limit.weights
        return {
            index: sum(weights[a] * value for a, value in booked.items() if a in weights)
            for index, booked in self._effects[family].items()
            if not weights.keys().isdisjoint(booked)
        }

    def _exchange(self, e: str, parts: Mapping[str, Effect]) -> float:
        built: dict[int, float] = {}
        by_unit = 0.0
        for s, option in self._exchanges[e].options.items():
            links = [parts.get("link", {}).get((e, s, p, q), 0.0) for p, q in option.pairs]
            hauls = [parts.get("pair_flow", {}).get((e, s, p, q, YEAR), 0.0) for p, q in option.pairs]
            once = parts.get("built", {}).get((e, s), 0.0) + max(links, default=0.0)
            beyond = max(0.0, parts.get("detour", {}).get((e, s), 0.0)) * self._network.longest(e, option.copy)
            built[option.copy] = max(built.get(option.copy, 0.0), once + beyond)
            arriving = max(0.0, parts.get("arrived", {}).get((e, s, YEAR), 0.0))
            leaving = parts.get("flow", {}).get((e, s, YEAR), 0.0) + max(hauls, default=0.0)
            by_unit = max(by_unit, leaving + arriving)
        also = self._exchanges[e].also.items()
        by_unit += sum(max(0.0, parts.get("credited", {}).get((e, n, YEAR), 0.0)) * per for n, per in also)
        return sum(built.values()) + by_unit * self._exchanges[e].max_flow

    def _outlet(self, i: str, parts: Mapping[str, Effect]) -> float:
        most = self._sources[i].most
        sold = max(0.0, parts.get("sold", {}).get((i, YEAR), 0.0))
        discharged = max(0.0, parts.get("discharged", {}).get((i, YEAR), 0.0))
        if sold <= discharged:
            return discharged * most
        limit = self._outlets[i].sale_limit
        marketed = min(most, most if limit is None else limit)
        return sold * marketed + discharged * (most - marketed)

    def _facility(self, k: str, parts: Mapping[str, Effect]) -> float:
        data = self._facilities[k]
        opened = [
            parts.get("opened", {}).get((k, g), 0.0) + parts.get("capacity", {}).get((k, g), 0.0) * segment.high
            for g, segment in data.segments.items()
        ]
        active = max(segment.high for segment in data.segments.values()) * data.hours[YEAR]
        return max(0.0, *opened) + max(0.0, parts.get("activity", {}).get((k, YEAR), 0.0)) * active

    def _main(self, main: Main, parts: Mapping[str, Effect]) -> float:
        """Pipes on every stretch, stations, and all that its users can send through every stretch."""
        ceiling = max(0.0, parts.get("working", {}).get((main.id,), 0.0))
        ceiling += sum(max(0.0, parts.get("fitted", {}).get((main.id, z), 0.0)) for z in main.sizes)
        sent = sum(user.way.max_flow for user in main.users)
        for a, bed in main.data.beds.items():
            new = 0.0
            for z, pipe in bed.pipes.items():
                each = parts.get("laid", {}).get((main.id, a, z), 0.0)
                each += max(0.0, parts.get("sized", {}).get((main.id, a, z), 0.0)) * pipe.capacity
                if pipe.existing:
                    ceiling += max(0.0, each)
                else:
                    new = max(new, each)
            moved = (parts.get("through", {}).get((main.id, a, way, YEAR), 0.0) for way in "+-")
            ceiling += new * bed.parallel + max(0.0, *moved) * sent
        return ceiling


def _best_by_first(effect: Effect) -> float:
    """Sum over units of the largest effect on any place."""
    best: dict[str, float] = {}
    for (unit, _), value in effect.items():
        best[unit] = max(best.get(unit, 0.0), value)
    return sum(best.values())
