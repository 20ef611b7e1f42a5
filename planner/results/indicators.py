"""Indicators: each total in baseline and plan, what the plan saves, and how well it is known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.results.books import Books, Entry
from planner.results.columns import COLUMNS
from planner.results.flows import flows
from planner.results.investment import Range, investment_range, payback
from planner.results.lines import is_ungraded, is_weak
from planner.results.stores import exchanged_share
from planner.results.streams import sink, sink_demand

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")

#: Indicator -> total of the model.
TOTALS: Mapping[str, str] = {
    "total_annual_cost": "total_annual_cost",
    "co2e": "co2e",
    "waste": "waste",
    "fresh_water": "fresh_water",
    "investment": "investment",
}

#: Indicator -> account; together with ``TOTALS`` what is a plain sum of line items.
ACCOUNT_INDICATORS: Mapping[str, str] = {
    "co2e_use": "co2e_use",
    "co2e_supply_energy": "co2e_supply_energy",
    "co2e_supply_other": "co2e_supply_other",
    "co2e_discharge": "co2e_discharge",
    "co2e_transport": "co2e_transport",
    "co2e_pumping": "co2e_pumping",
    "co2e_facilities": "co2e_facilities",
    "memo_biogenic": "memo_biogenic",
    "waste_non_hazardous": "waste_non_hazardous",
    "waste_hazardous": "waste_hazardous",
    "waste_inert": "waste_inert",
    "waste_reused": "reused",
    "power_bought": "power_bought",
    "heat_supplied": "heat_supplied",
    "memo_margin": "margin",
    "memo_shadow_carbon": "shadow_carbon",
}

UNITS: Mapping[str, str] = {
    "total_annual_cost": "{currency}/yr",
    "co2e": "tCO2e/yr",
    "waste": "t/yr",
    "fresh_water": "m3/yr",
    "investment": "{currency}",
}


@dataclass(frozen=True)
class Known:
    """How well a total is known: shares of the absolute values of its line items.

    Attributes
    ----------
    weak
        Share whose worst factor is of grade C, an estimate or a default of the planner's own.
    ungraded
        Share that is not weak, but rests on a factor without a grade.
    """

    weak: float
    ungraded: float


def known(entries: Iterable[Entry], weights: Mapping[str, float]) -> Known:
    """Tell how well a weighted sum of accounts is known; not a number where it has no line item."""
    size = {"all": 0.0, "weak": 0.0, "ungraded": 0.0}
    for entry in entries:
        amount = abs(weights.get(entry.line.account, 0.0) * entry.amount)
        size["all"] += amount
        size["weak"] += amount if is_weak(entry.line) else 0.0
        size["ungraded"] += amount if is_ungraded(entry.line) else 0.0
    if not size["all"]:
        return Known(NAN, NAN)
    return Known(size["weak"] / size["all"], size["ungraded"] / size["all"])


def indicators_table(plan: Books, baseline: Books) -> "pd.DataFrame":
    """Make the ``indicators`` table.

    ``share_within_park`` is the mean, unweighted, of the shares of each resource that plants and partners need: share
    of the demand met by exchanges between sites. Resources of different units cannot be added;
    ``share_within_park_by_mass`` adds those counted in t. Beside every investment stand its low and high end
    (``investment_low``, ``investment_high``).
    """
    import pandas as pd

    rows = [*_sums(plan, baseline), *_money(plan, baseline), *_shares(plan, baseline)]
    return pd.DataFrame(rows, columns=list(COLUMNS["indicators"]))


def row(name: str, unit: str, before: float, after: float, quality: Known | None = None) -> dict[str, Any]:
    """One indicator; reduction = baseline - plan, in percent only of a positive baseline."""
    quality = quality or Known(NAN, NAN)
    return {
        "indicator": name,
        "unit": unit,
        "baseline": before,
        "plan": after,
        "reduction": before - after,
        "reduction_pct": 100 * (before - after) / before if before > 0 else NAN,
        "weak_share": quality.weak,
        "ungraded_share": quality.ungraded,
    }


def _sums(plan: Books, baseline: Books) -> list[dict[str, Any]]:
    rows = []
    for name, total in TOTALS.items():
        unit = UNITS[name].format(currency=plan.case.currency)
        quality = known(plan.entries, plan.weights(total))
        rows.append(row(name, unit, baseline.total(total), plan.total(total), quality))
    for name, account in ACCOUNT_INDICATORS.items():
        before, after = baseline.accounts.get(account, 0.0), plan.accounts.get(account, 0.0)
        rows.append(row(name, plan.unit_of_account(account), before, after, known(plan.entries, {account: 1.0})))
    return rows


def _money(plan: Books, baseline: Books) -> list[dict[str, Any]]:
    currency = plan.case.currency
    ranges: list[Range] = [investment_range(books, books.entries) for books in (baseline, plan)]
    before, after = (books.total("total_annual_cost", books.running()) for books in (baseline, plan))
    weights = plan.weights("total_annual_cost")
    extra = ranges[1].capex - ranges[0].capex
    quality = known(plan.running(), weights)
    return [
        row("investment_low", currency, ranges[0].low, ranges[1].low),
        row("investment_high", currency, ranges[0].high, ranges[1].high),
        row("cost_before_capital", f"{currency}/yr", before, after, quality),
        row("payback_yr", "yr", NAN, payback(extra, before - after, of=abs(before) + abs(after))),
    ]


def _shares(plan: Books, baseline: Books) -> list[dict[str, Any]]:
    shares = [shares_within_park(books) for books in (baseline, plan)]
    names = [name for name in shares[1] if name in shares[0]] + [n for n in shares[0] if n not in shares[1]]
    names += [name for name in shares[1] if name not in names]
    return [row(name, "1", shares[0].get(name, NAN), shares[1].get(name, NAN)) for name in names]


def shares_within_park(books: Books) -> dict[str, float]:
    """Share of the demand of plants and partners met by exchanges between sites: over all resources, by mass, of each.

    What a facility or measure takes in is no demand of its own: it is there to take it. Of what a store gives back only
    the share counts that exchanges charged it with: the rest was bought.
    """
    units = books.assembly.instance.units
    need: dict[str, float] = defaultdict(float)
    met: dict[str, float] = defaultdict(float)
    for (needing, _state), demand in sink_demand(books).items():
        if units[needing.unit].kind in ("plant", "partner"):
            need[needing.resource] += demand
    own, instance = exchanged_share(books), books.assembly.instance
    for flow in flows(books):
        exchange = instance.exchanges[flow.exchange]
        taker = sink(books, exchange.sink)
        if not exchange.own and units[taker.unit].kind in ("plant", "partner"):
            met[taker.resource] += own.get(instance.sources[exchange.source].unit, 1.0) * flow.replaced
    each = {resource: met[resource] / demand for resource, demand in need.items() if demand > 0}
    in_tonnes = [resource for resource in each if books.case.resources[resource].unit == "t"]
    mass = sum(need[resource] for resource in in_tonnes)
    shares = {"share_within_park": sum(each.values()) / len(each) if each else NAN}
    shares["share_within_park_by_mass"] = sum(met[r] for r in in_tonnes) / mass if mass else NAN
    return shares | {f"share_within_park: {resource}": share for resource, share in each.items()}
