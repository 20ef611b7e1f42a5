"""Limits on the park's totals: caps, budget and park gate, with the price of their expansion."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from models.instance import ExchangeData, FacilityData, SourceData
from models.rules import Limit
from planner.assemble.assembly import ACCOUNTS
from planner.assemble.economics import capital
from planner.assemble.lines import Charge, Effects, Entry, Ledger, accounts_of, evidence_of, gate_unit, peak_account
from planner.assemble.mains import Main
from planner.assemble.network import Network
from planner.assemble.streams import Flow
from planner.case.case import Case
from planner.case.economics import Gate, GateExpansion, PeakExpansion
from planner.case.periods import states_of
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
            if bound is None:
                continue
            said = f"park_gate.{name}.{kind}: {_words(gate, bound)}"
            if kind == "peak" and case.periods:
                of_periods = _peaks(case, name, bound, expansion)
                limits |= of_periods
                words |= {f"limit:{limit}": f"{said}, {limit.partition(f'{name} ')[2]}" for limit in of_periods}
            else:
                limits[f"gate_{kind}:{name}"] = _gate_limit(f"gate_{kind}:{name}", bound.value, expansion)
                words[f"limit:gate_{kind}:{name}"] = said
    return limits, words


def _peaks(case: Case, name: str, bound: Value, expansion: GateExpansion | PeakExpansion | None) -> dict[str, Limit]:
    """A peak holds in every period; what is expanded is there in all of them, and is bought once."""
    accounts = [(t, peak_account(case, name, t)) for t in states_of(case)]
    limits = {account: _gate_limit(account, bound.at(t), expansion) for t, account in accounts}
    first = accounts[0][1]
    return {one: limit if one == first else replace(limit, expanded_with=first) for one, limit in limits.items()}


def _gate_limit(account: str, bound: float, expansion: GateExpansion | PeakExpansion | None) -> Limit:
    most = 0.0
    if expansion is not None:
        most = float("inf") if expansion.maximum is None else expansion.maximum.value
    return Limit({account: 1.0}, bound, most, expandable_in_baseline=expansion is not None)


def expanded_together(limits: Mapping[str, Limit]) -> dict[str, Limit]:
    """The limits, what is expanded for several of them as large as any of these may need."""
    most: dict[str, float] = {}
    for name, limit in limits.items():
        first = limit.expanded_with or name
        most[first] = max(most.get(first, 0.0), limit.max_expansion)
    return {name: replace(limit, max_expansion=most.get(name, limit.max_expansion)) for name, limit in limits.items()}


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
            limit = f"gate_{kind}:{name}" if kind == "yearly" else peak_account(case, name, next(iter(states_of(case))))
            entry = Entry("expanded", (((limit,), 1.0),), ((case.park_company, 1.0),))
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

    ``loads`` has the most load of a component that a source can let out in a year, ``duties`` the most heat that new
    exchangers between the process streams of a plant can pass, or other equipment for heat [MW], ``stores`` the largest
    rates in and out of a store.
    """

    def __init__(
        self,
        effects: Effects,
        exchanges: Mapping[str, ExchangeData],
        flows: tuple[Mapping[str, Flow], Mapping[str, Flow], Mapping[str, SourceData]],
        facilities: Mapping[str, FacilityData],
        network: Network,
        loads: Mapping[tuple[str, ...], float] | None = None,
        duties: Mapping[str, float] | None = None,
        stores: Mapping[str, tuple[float, float]] | None = None,
        land: Mapping[str, float] | None = None,
    ) -> None:
        self._effects = effects
        self._exchanges = exchanges
        self._sources, self._sinks, self._outlets = flows
        self._facilities = facilities
        self._network = network
        self._loads = loads or {}
        self._duties = duties or {}
        self._stores = stores or {}
        self._land = land or {}

    def of(self, limit: Limit) -> float:
        """Ceiling of a limit, expansion apart."""
        parts = {family: self._on(limit, family) for family in self._effects}
        return (
            _best_by_first(parts.get("sited", {}))
            + _best_by_first({(k, p): x * self._land.get(k, 0.0) for (k, p), x in parts.get("ground", {}).items()})
            + sum(self._exchange(e, parts) for e in self._exchanges)
            + sum(
                max(0.0, value) * self._sinks[j].slices[t].most for (j, t), value in parts.get("supplied", {}).items()
            )
            + sum(self._outlet(i, parts) for i in self._sources)
            + sum(self._facility(k, parts) for k in self._facilities)
            + sum(self._main(main, parts) for main in self._network.mains.values())
            + sum(max(0.0, value) for value in parts.get("dug", {}).values())
            + sum(
                max(0.0, value) * self._duties.get(n, 0.0)
                for family in ("duty", "rated")
                for (n,), value in parts.get(family, {}).items()
            )
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
        by_unit: dict[str, float] = {}
        exchange = self._exchanges[e]
        for s, option in exchange.options.items():
            links = [parts.get("link", {}).get((e, s, p, q), 0.0) for p, q in option.pairs]
            once = parts.get("built", {}).get((e, s), 0.0) + max(links, default=0.0)
            beyond = max(0.0, parts.get("detour", {}).get((e, s), 0.0)) * self._network.longest(e, option.copy)
            built[option.copy] = max(built.get(option.copy, 0.0), once + beyond)
            for t in option.max_flow:
                hauls = [parts.get("pair_flow", {}).get((e, s, p, q, t), 0.0) for p, q in option.pairs]
                arriving = max(0.0, parts.get("arrived", {}).get((e, s, t), 0.0))
                leaving = parts.get("flow", {}).get((e, s, t), 0.0) + max(hauls, default=0.0)
                by_unit[t] = max(by_unit.get(t, 0.0), leaving + arriving)
        most = {t: min(exchange.max_flow, exchange.most.get(t, exchange.max_flow)) for t in by_unit}
        also = exchange.also.items()
        for t in by_unit:
            by_unit[t] += sum(max(0.0, parts.get("credited", {}).get((e, n, t), 0.0)) * per for n, per in also)
        return sum(built.values()) + sum(by_unit[t] * most[t] for t in by_unit)

    def _outlet(self, i: str, parts: Mapping[str, Effect]) -> float:
        return sum(self._outlet_in(i, t, parts) for t in self._sources[i].slices)

    def _outlet_in(self, i: str, state: str, parts: Mapping[str, Effect]) -> float:
        most = self._sources[i].slices[state].most
        sold = max(0.0, parts.get("sold", {}).get((i, state), 0.0))
        discharged = max(0.0, parts.get("discharged", {}).get((i, state), 0.0))
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
        high = max(segment.high for segment in data.segments.values())
        if k in self._stores:
            return max(0.0, *opened) + self._store(k, parts)
        active = {t: max(0.0, parts.get("activity", {}).get((k, t), 0.0)) * high * h for t, h in data.hours.items()}
        return max(0.0, *opened) + sum(active.values())

    def _store(self, k: str, parts: Mapping[str, Effect]) -> float:
        """Largest rates of a store, and all that it could be charged with."""
        fastest, hours = self._stores[k], self._facilities[k].hours
        ceiling = sum(
            max(0.0, parts.get(family, {}).get((k,), 0.0)) * rate
            for family, rate in zip(("rated_in", "rated_out"), fastest, strict=True)
        )
        return ceiling + sum(
            max(0.0, parts.get("charged", {}).get((k, t), 0.0)) * fastest[0] * h for t, h in hours.items()
        )

    def _main(self, main: Main, parts: Mapping[str, Effect]) -> float:
        """Pipes on every stretch, stations, and all that its users can send through every stretch."""
        ceiling = max(0.0, parts.get("working", {}).get((main.id,), 0.0))
        ceiling += sum(max(0.0, parts.get("fitted", {}).get((main.id, z), 0.0)) for z in main.sizes)
        sent = {t: sum(u.way.data.max_flow[t] for u in main.users if u.way.data) for t in main.data.hours}
        for a, bed in main.data.beds.items():
            new = 0.0
            for z, pipe in bed.pipes.items():
                each = parts.get("laid", {}).get((main.id, a, z), 0.0)
                each += max(0.0, parts.get("sized", {}).get((main.id, a, z), 0.0)) * pipe.capacity
                if pipe.existing:
                    ceiling += max(0.0, each)
                else:
                    new = max(new, each)
            ceiling += new * bed.parallel
            for t, most in sent.items():
                moved = (parts.get("through", {}).get((main.id, a, way, t), 0.0) for way in "+-")
                ceiling += max(0.0, *moved) * most
        return ceiling


def _best_by_first(effect: Effect) -> float:
    """Sum over units of the largest effect on any place."""
    best: dict[str, float] = {}
    for (unit, _), value in effect.items():
        best[unit] = max(best.get(unit, 0.0), value)
    return sum(best.values())
