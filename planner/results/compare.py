"""Runs side by side: indicators, exchanges built or not, who stands where."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from planner.results.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str, str]

#: Indicators whose baseline is shown beside the plan's.
HEADLINES = ("total_annual_cost", "co2e", "waste", "fresh_water")


def compare(plans: Sequence[Plan]) -> "pd.DataFrame":
    """Return runs side by side, one column a run.

    Columns "what", "name" and "unit" say what a row holds; then one column a run. ``what`` is "indicator" (of the
    plan), "baseline" (headline totals), "exchange" (flow a year; empty where it is not built), "facility" (capacity
    an hour), "investment" (in pipes and trenches, where there is any), "firm" (what it gains a year), "npv" (of a firm
    and of the park) or "plot" (of a plant or facility; empty where it is not there). ``name`` of an exchange that
    differs in its link from run to run has a row for each link.

    Raises
    ------
    ValueError
        If there is nothing to compare.
    """
    import pandas as pd

    if not plans:
        raise ValueError("name at least one run to compare")
    parts: Sequence[Callable[[Plan], dict[Key, Any]]] = (
        _indicators,
        _baselines,
        _exchanges,
        _facilities,
        _stores,
        _networks,
        _firms,
        _worth,
        _plots,
    )
    rows: dict[Key, dict[str, Any]] = {}
    names = labels(plans)
    for part in parts:
        for name, plan in zip(names, plans, strict=True):
            for key, value in part(plan).items():
                rows.setdefault(key, {})[name] = value
    return pd.DataFrame(
        [[*key, *(values.get(name) for name in names)] for key, values in rows.items()],
        columns=["what", "name", "unit", *names],
        dtype=object,
    )


def labels(plans: Sequence[Plan]) -> list[str]:
    """A name of its own for each run: its folder, else its case; a number is added where two are alike."""
    found: list[str] = []
    for plan in plans:
        name = str(plan.header.get("folder") or (plan.header.get("case") or {}).get("name") or "run")
        alike = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({alike + 1})" if alike else name)
    return found


def _indicators(plan: Plan) -> dict[Key, Any]:
    table = plan.indicators
    return {
        ("indicator", name, unit): value
        for name, unit, value in zip(table["indicator"], table["unit"], table["plan"], strict=True)
    }


def _baselines(plan: Plan) -> dict[Key, Any]:
    table = plan.indicators[plan.indicators["indicator"].isin(HEADLINES)]
    return {
        ("baseline", name, unit): value
        for name, unit, value in zip(table["indicator"], table["unit"], table["baseline"], strict=True)
    }


def _exchanges(plan: Plan) -> dict[Key, Any]:
    flows: dict[Key, Any] = {}
    table = plan.exchanges
    for name, link, size, unit, flow in zip(
        table["exchange"], table["link"], table["size"], table["unit"], table["flow_per_yr"], strict=True
    ):
        carrier = " ".join(part for part in (link, size) if isinstance(part, str) and part)
        key = ("exchange", f"{name} by {carrier}" if carrier else name, f"{unit}/yr")
        flows[key] = flows.get(key, 0.0) + flow
    return flows


def _facilities(plan: Plan) -> dict[Key, Any]:
    table = plan.tables["facilities"]
    return {
        ("facility", name, f"{unit}/h"): capacity
        for name, unit, capacity in zip(table["facility"], table["unit"], table["capacity_per_h"], strict=True)
    }


def _stores(plan: Plan) -> dict[Key, Any]:
    table = plan.tables["stores"]
    return {
        ("store", name, unit): content
        for name, unit, content in zip(table["store"], table["unit"], table["content"], strict=True)
    }


def _networks(plan: Plan) -> dict[Key, Any]:
    """Investment in links and mains, and in trenches."""
    names = {"investment_link": "links and mains", "investment_trench": "trenches"}
    table = plan.tables["costs"]
    return {
        ("investment", names[account], unit): value
        for account, unit, value in zip(table["account"], table["unit"], table["plan"], strict=True)
        if account in names and value
    }


def _firms(plan: Plan) -> dict[Key, Any]:
    """What each party gains a year beyond the baseline."""
    table, unit = plan.tables["parties"], f"{plan.header.get('currency')}/yr"
    return {("firm", party, unit): gain for party, gain in zip(table["party"], table["gain_per_yr"], strict=True)}


def _worth(plan: Plan) -> dict[Key, Any]:
    """Net present value of each party and of the park."""
    table, unit = plan.tables["finance"], str(plan.header.get("currency"))
    return {
        ("npv", party, unit): value
        for party, kind, value in zip(table["party"], table["kind"], table["npv"], strict=True)
        if kind not in ("exchange", "society")
    }


def _plots(plan: Plan) -> dict[Key, Any]:
    table = plan.siting
    return {("plot", unit, ""): plot for unit, plot in zip(table["unit"], table["plot"], strict=True)}
