"""The table of a screening: its columns, its order, and what of it is asked for."""

import difflib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from planner.errors import UsageError
from planner.screen.candidates import Candidates
from planner.screen.found import Found
from planner.screen.pricing import CO2E, COST, GRADES, WASTE, WATER, bases_in_words, worse
from planner.screen.verdicts import compliance, delay, effort, technical

Array = np.ndarray[Any, Any]

#: Columns and what they mean; money is in the currency of the case.
COLUMNS = {
    "rank": "place by the order asked for",
    "exchange": "giver > taker: stream",
    "from": "giver",
    "to": "taker",
    "source": "stream that is given",
    "sink": "stream that is taken",
    "resource": "what flows",
    "replaces": "resource that it replaces at the taker",
    "own": "both ends stand on one site",
    "technical": "fits, partly, open, no",
    "technical_why": "in words",
    "compliance": "clear, ask, no",
    "compliance_why": "in words",
    "payback": "pays, slow, never, open",
    "payback_yr": "simple payback, waiting time included [yr]",
    "effort": "controls, metering, contract, piping, treatment, redesign",
    "effort_basis": "stated by the case, or inferred from link and terms",
    "data_quality": "worst basis among the numbers it rests on; all of them where archetypes are among them",
    "grade": "worst grade among them",
    "flow_per_yr": "what leaves the source",
    "unit": "of the resource that flows",
    "replaced_per_yr": "what the taker need not be supplied with",
    "replaced_unit": "of the resource replaced",
    "share_of_source": "of the yearly amount of the source",
    "share_of_demand": "of the yearly demand of the sink",
    "lost_per_yr": "on the way",
    "shared_hours": "hours in which both run [h/yr]",
    "hours_basis": "stated or assumed",
    "length_km": "mean length of the way over the places on which both may stand",
    "nearest_km": "over the nearest of these places",
    "farthest_km": "over the farthest of them",
    "distance_basis": "what the length rests on",
    "link": "link that saves the most, else the cheapest that carries the most",
    "size": "its size",
    "capex": "investment: link, civil works, connection, pre-treatment, permit",
    "supply_avoided_per_yr": "present supply of the taker",
    "discharge_avoided_per_yr": "disposal, with its paid CO2e and fees",
    "further_avoided_per_yr": "further purchases avoided at the taker",
    "sale_lost_per_yr": "income of the giver that falls away",
    "forgone_per_yr": "what the giver gives up elsewhere",
    "running_cost_per_yr": "transport, pumping, pre-treatment, upkeep, metering",
    "gain_per_yr": "yearly saving before capital",
    "capital_cost_per_yr": "annualised investment",
    "net_saving_per_yr": "yearly saving after capital: how much lower the cost of the park is",
    "co2e_avoided_t_per_yr": "net of what it causes",
    "cost_per_tco2e": "net cost of a tonne avoided; negative where it saves money",
    "waste_avoided_t_per_yr": "waste not disposed of",
    "fresh_water_avoided_m3_per_yr": "fresh water not taken",
    "breakeven_km": "longest way over which it still pays for itself",
    "supply_price": "what a unit of the present supply costs",
    "breakeven_price": "at which price of it the exchange just pays for itself by this link; another may at less",
}

#: What a table may be ordered by: word -> (column, largest first).
ORDERS = {
    "net": ("net_saving_per_yr", True),
    "gain": ("gain_per_yr", True),
    "payback": ("payback_yr", False),
    "co2e": ("co2e_avoided_t_per_yr", True),
    "tonne": ("cost_per_tco2e", False),
    "waste": ("waste_avoided_t_per_yr", True),
    "flow": ("flow_per_yr", True),
    "distance": ("length_km", False),
    "capex": ("capex", False),
}
_KNOWN, _OPEN, _NOT = range(3)
_ZERO = 1e-9


def table_of(candidates: Candidates, found: Found, payback_yr: float) -> pd.DataFrame:
    """All rows, ranked by net saving: first what can be had, then what is open, then what cannot be."""
    columns = _names(candidates) | _numbers(candidates, found)
    columns |= _words(candidates, found)
    columns["payback"] = _pays(columns, payback_yr)
    table = pd.DataFrame(columns)
    table["rank"] = 0
    return ordered(table[list(COLUMNS)], "net")


def _names(candidates: Candidates) -> dict[str, Any]:
    deals, resources = candidates.deals, candidates.case.resources
    return {
        "exchange": [d.id for d in deals],
        "from": [d.source.member.name for d in deals],
        "to": [d.sink.member.name for d in deals],
        "source": [d.source.name for d in deals],
        "sink": [d.sink.name for d in deals],
        "resource": [d.source.resource for d in deals],
        "replaces": [d.sink.resource for d in deals],
        "own": [d.own for d in deals],
        "unit": [resources[d.source.resource].unit for d in deals],
        "replaced_unit": [resources[d.sink.resource].unit for d in deals],
        "shared_hours": np.array([d.hours.value for d in deals], dtype=float),
        "hours_basis": ["assumed" if d.assumed_hours else "stated" for d in deals],
    }


def _numbers(candidates: Candidates, found: Found) -> dict[str, Any]:
    n, deals = found.numbers, candidates.deals
    replaced = n["arriving"] * np.array([d.ratio.value for d in deals], dtype=float)
    gain = found.net[:, COST] + n["capital"]
    wait = np.array([delay(d.terms) for d in deals], dtype=float)
    net, co2e = found.net[:, COST], found.net[:, CO2E]
    sums = np.abs(n["supply"]) + np.abs(n["disposal"]) + np.abs(n["credit"])
    with np.errstate(invalid="ignore", divide="ignore"):
        payback = np.where(gain > 1e-10 * sums, np.maximum(n["investment"], 0.0) / gain + wait, np.nan)
        price = np.where(replaced > 0.0, n["supply"] / replaced, np.nan)
        return {
            "payback_yr": payback,
            "flow_per_yr": n["leaving"],
            "replaced_per_yr": replaced,
            "share_of_source": n["leaving"] / np.array([d.source.most or np.nan for d in deals]),
            "share_of_demand": replaced / np.array([d.sink.most or np.nan for d in deals]),
            "lost_per_yr": n["leaving"] - n["arriving"],
            "length_km": n["km"],
            "nearest_km": n["nearest_km"],
            "farthest_km": n["farthest_km"],
            "capex": n["investment"],
            "supply_avoided_per_yr": n["supply"],
            "discharge_avoided_per_yr": n["disposal"],
            "further_avoided_per_yr": n["credit"],
            "sale_lost_per_yr": n["sale"],
            "forgone_per_yr": n["given"],
            "running_cost_per_yr": n["running"],
            "gain_per_yr": gain,
            "capital_cost_per_yr": n["capital"],
            "net_saving_per_yr": net,
            "co2e_avoided_t_per_yr": co2e,
            "cost_per_tco2e": np.where(co2e > _ZERO, -net / co2e, np.nan),
            "waste_avoided_t_per_yr": found.net[:, WASTE],
            "fresh_water_avoided_m3_per_yr": found.net[:, WATER],
            "breakeven_km": n["breakeven_km"],
            "supply_price": price,
            "breakeven_price": np.where(replaced > 0.0, price - net / replaced, np.nan),
        }


def _words(candidates: Candidates, found: Found) -> dict[str, Any]:
    deals, case = candidates.deals, candidates.case
    numbers = range(len(deals))
    fits = [technical(candidates, found, k) for k in numbers]
    law = [compliance(case, d, candidates.refused.get(d.id, ())) for d in deals]
    efforts = [effort(candidates, found, k) for k in numbers]
    ways = [None if one is None else one.way for one in found.option]
    worst = [worse(q, (0, 0, 0) if o is None else o.quality) for q, o in zip(found.quality, found.option, strict=True)]
    return {
        "technical": [word for word, _ in fits],
        "technical_why": [why for _, why in fits],
        "compliance": [word for word, _ in law],
        "compliance_why": [why for _, why in law],
        "effort": [word for word, _ in efforts],
        "effort_basis": ["stated" if stated else "inferred" for _, stated in efforts],
        "data_quality": [bases_in_words(q[2]) for q in worst],
        "grade": [GRADES[q[1]] for q in worst],
        "distance_basis": found.basis,
        "link": ["" if way is None else way.name or way.id for way in ways],
        "size": ["" if way is None else _size(way) for way in ways],
    }


def _size(way: Any) -> str:
    size = "" if way.size is None else way.size.size
    copies = way.id.rpartition(" x")[2] if " x" in way.id and way.id.rpartition(" x")[2].isdigit() else ""
    return f"{size} x{copies}".strip() if copies else size


def _pays(columns: dict[str, Any], payback_yr: float) -> Array:
    years, gain = columns["payback_yr"], columns["gain_per_yr"]
    with np.errstate(invalid="ignore"):
        words = np.where(years <= payback_yr, "pays", np.where(np.isnan(years), "never", "slow"))
    return np.where(np.isnan(gain), "open", words).astype(object)


def ordered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """The table by another order, ranked anew; what cannot be had stays behind.

    Raises
    ------
    UsageError
        If there is no such order.
    """
    if by not in ORDERS:
        raise UsageError(f"--sort {by}: no such order; known: {', '.join(ORDERS)}")
    column, largest = ORDERS[by]
    key = table[column].to_numpy(dtype=float)
    key = np.where(np.isnan(key), np.inf, -key if largest else key)
    refused = (table["technical"] == "no") | (table["compliance"] == "no")
    group = np.where(refused, _NOT, np.where(table["payback"] == "open", _OPEN, _KNOWN))
    order = np.lexsort((np.arange(len(table)), key, group))
    table = table.iloc[order].reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
    return table


def chosen(
    table: pd.DataFrame,
    *,
    resource: Sequence[str] = (),
    giver: Sequence[str] = (),
    taker: Sequence[str] = (),
    fits: bool = False,
    top: int | None = None,
) -> pd.DataFrame:
    """The rows asked for, with their rank in the whole table.

    Parameters
    ----------
    resource
        Resources that flow or are replaced; all if empty. Likewise ``giver`` and ``taker``.
    fits
        Only what fits technically (at least partly), is not barred before the law, and pays.
    top
        The first so many.

    Raises
    ------
    UsageError
        If nothing of a name is in the table.
    """
    keep = np.ones(len(table), dtype=bool)
    for words, columns in ((resource, ("resource", "replaces")), (giver, ("from",)), (taker, ("to",))):
        if words:
            _check(table, words, columns)
            keep &= np.any([table[column].isin(list(words)) for column in columns], axis=0)
    if fits:
        keep &= (
            table["technical"].isin(["fits", "partly"]) & (table["compliance"] != "no") & (table["payback"] == "pays")
        )
    return table[keep].head(len(table) if top is None else top)


def _check(table: pd.DataFrame, words: Sequence[str], columns: Sequence[str]) -> None:
    known = sorted({str(name) for column in columns for name in table[column].unique()})
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; known: {', '.join(known[:8])}"
            raise UsageError(f'no exchange with "{word}" as {" or ".join(columns)}{hint}')
