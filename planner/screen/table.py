"""The table of a screening: its columns, its order, and what of it is asked for."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from planner.errors import UsageError
from planner.screen.candidates import Candidates
from planner.screen.data_quality import BASES, data_columns, rate_basis, worse
from planner.screen.found import Found
from planner.screen.ground import ON_SITE
from planner.screen.pricing import CO2E, COST, WASTE, WATER
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
    "via": "facility that it needs: built, paid for and run for this row alone",
    "own": "both ends stand on one site",
    "technical": "fits, partly, open, no",
    "technical_why": "in words",
    "compliance": "clear, ask, no",
    "compliance_why": "in words",
    "payback": "pays (within the payback asked for), slow (later, with a net saving), never, open",
    "payback_yr": "simple payback, waiting time included [yr]",
    "effort": "controls, metering, contract, piping, treatment, redesign",
    "effort_basis": "stated by the case, or inferred from link and terms",
    "data_quality": "worst stated basis of the rates of both ends; all stated bases where archetypes are among them",
    "not_stated": "how many of the numbers it rests on state no basis",
    "bases": "all bases among the numbers it rests on, the worst first",
    "grade": "worst grade among the numbers it rests on",
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
    "size": "its size; of a chain that of each way, in their order",
    "capex": "investment: link, civil works, connection, pre-treatment, permit",
    "supply_avoided_per_yr": "present supply of the taker",
    "discharge_avoided_per_yr": "disposal, with its paid CO2e and fees",
    "further_avoided_per_yr": "further purchases avoided at the taker",
    "sale_lost_per_yr": "income of the giver that falls away",
    "forgone_per_yr": "what the giver gives up elsewhere",
    "running_cost_per_yr": "transport, pumping, pre-treatment, upkeep, metering",
    "facility_size": "capacity of the facility",
    "facility_capex": "its investment, in that of the row",
    "facility_running_cost_per_yr": "its running cost, with what it buys, sells and disposes of besides",
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


def table_of(
    candidates: Candidates, found: Found, solved: Mapping[str, Mapping[str, Any]], payback_yr: float
) -> pd.DataFrame:
    """All rows, ranked by net saving: first what can be had, then what is open, then what cannot be.

    ``solved`` has, by name, what is solved by itself: it goes before what the arrays say, or is a row of its own.
    """
    columns = _names(candidates) | _numbers(candidates, found)
    columns |= _words(candidates, found)
    columns["facility_size"] = [""] * len(candidates.deals)
    columns["delay_yr"] = np.array([delay(d.terms) for d in candidates.deals], dtype=float)
    if solved:
        columns = _with_solved(columns, solved)
    columns["payback_yr"] = _payback(columns)
    columns["payback"] = _pays(columns, payback_yr)
    order = _order({name: np.asarray(columns[name]) for name in (*_GROUPED, "net_saving_per_yr")}, "net")
    made: dict[str, Array] = {}
    for name in COLUMNS:  # one by one, so that no second table stands beside it
        made[name] = np.arange(1, len(order) + 1) if name == "rank" else _array(columns.pop(name))[order]
    return pd.DataFrame(made, copy=False)


def _array(values: Any) -> Array:
    """A column as an array; words as objects."""
    if isinstance(values, np.ndarray):
        return values
    kinds = {type(value) for value in values}
    plain = bool(kinds) and kinds <= {bool, float, np.float64}
    return np.array(values) if plain else np.array(values, dtype=object)


def _with_solved(columns: dict[str, Any], solved: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The columns with what is solved by itself in place of its rows, and behind them."""
    known = {name: place for place, name in enumerate(columns["exchange"])}
    numbers = {name for name, values in columns.items() if isinstance(values, np.ndarray) and values.dtype.kind == "f"}
    blank = {name: np.nan if name in numbers else "" for name in columns}
    columns = {name: list(values) for name, values in columns.items()}
    for name, row in solved.items():
        if name in known:
            for column, value in row.items():
                columns[column][known[name]] = value
        else:
            for column, values in columns.items():
                values.append(row.get(column, blank[column]))
    return {name: np.array(values) if name in numbers else values for name, values in columns.items()}


def _payback(columns: Mapping[str, Any]) -> Array:
    """Simple payback with the waiting time [yr]; not a number where nothing is gained."""
    n = {name: np.asarray(columns[name], dtype=float) for name in ("capex", "gain_per_yr", "delay_yr")}
    avoided = ("supply_avoided_per_yr", "discharge_avoided_per_yr", "further_avoided_per_yr")
    gain = n["gain_per_yr"]
    sums = sum((np.abs(np.asarray(columns[name], dtype=float)) for name in avoided), np.zeros(len(gain)))
    with np.errstate(invalid="ignore", divide="ignore"):
        years: Array = np.where(gain > 1e-10 * sums, np.maximum(n["capex"], 0.0) / gain + n["delay_yr"], np.nan)
    return years


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
        "via": [_facility_of(d) for d in deals],
        "own": [d.own for d in deals],
        "unit": [resources[d.source.resource].unit for d in deals],
        "replaced_unit": [resources[d.sink.resource].unit for d in deals],
        "shared_hours": np.array([d.hours.value for d in deals], dtype=float),
        "hours_basis": ["assumed" if d.assumed_hours else "stated" for d in deals],
    }


def _facility_of(deal: Any) -> str:
    """Facilities that an exchange needs."""
    return " and ".join(end.member.name for end in (deal.source, deal.sink) if end.member.is_facility)


def _numbers(candidates: Candidates, found: Found) -> dict[str, Any]:
    n, deals = found.numbers, candidates.deals
    replaced = n["arriving"] * np.array([d.ratio.value for d in deals], dtype=float)
    gain = found.net[:, COST] + n["capital"]
    net, co2e = found.net[:, COST], found.net[:, CO2E]
    with np.errstate(invalid="ignore", divide="ignore"):
        price = np.where(replaced > 0.0, n["supply"] / replaced, np.nan)
        return {
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
            "facility_capex": np.where(np.isnan(n["investment"]), np.nan, 0.0),
            "facility_running_cost_per_yr": np.where(np.isnan(gain), np.nan, 0.0),
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
    fits = _apart(technical(candidates, found, k) for k in numbers)
    law = _apart(compliance(case, d, candidates.refused.get(d.id, ())) for d in deals)
    efforts = _apart(effort(candidates, found, k) for k in numbers)
    ways = [None if one is None else one.way for one in found.option]
    return {
        "technical": fits[0],
        "technical_why": fits[1],
        "compliance": law[0],
        "compliance_why": law[1],
        "effort": efforts[0],
        "effort_basis": ["stated" if stated else "inferred" for stated in efforts[1]],
        **_data(candidates, found),
        "distance_basis": found.basis,
        "link": ["" if way is None else way.name or way.id for way in ways],
        "size": ["" if way is None else _size(way) for way in ways],
    }


def _data(candidates: Candidates, found: Found) -> dict[str, list[Any]]:
    """How well the numbers of each exchange are known."""
    columns: dict[str, list[Any]] = {"data_quality": [], "not_stated": [], "bases": [], "grade": []}
    for deal, qualities, option in zip(candidates.deals, found.quality, found.option, strict=True):
        quality = worse(*qualities, *(() if option is None else (option.quality,)))
        for name, value in data_columns((rate_basis(deal.source), rate_basis(deal.sink)), quality).items():
            columns[name].append(value)
    return columns


def _apart(pairs: Iterable[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    """First and second of pairs, of which none is kept."""
    first, second = list[Any](), list[Any]()
    for one, other in pairs:
        first.append(one)
        second.append(other)
    return first, second


def _size(way: Any) -> str:
    size = "" if way.size is None else way.size.size
    copies = way.id.rpartition(" x")[2] if " x" in way.id and way.id.rpartition(" x")[2].isdigit() else ""
    return f"{size} x{copies}".strip() if copies else size


def _pays(columns: Mapping[str, Any], payback_yr: float) -> Array:
    """Verdict on the payback: slow is what earns its capital back with interest, but not within ``payback_yr``."""
    years, gain, net = (
        np.asarray(columns[name], dtype=float) for name in ("payback_yr", "gain_per_yr", "net_saving_per_yr")
    )
    with np.errstate(invalid="ignore"):
        earns = ~np.isnan(years) & (net >= -_ZERO * np.abs(gain))
        words = np.where(years <= payback_yr, "pays", np.where(earns, "slow", "never"))
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
    order = _order({name: table[name].to_numpy() for name in (*_GROUPED, ORDERS[by][0])}, by)
    ranks = np.arange(1, len(table) + 1)
    if np.array_equal(order, ranks - 1) and np.array_equal(table["rank"].to_numpy(), ranks):
        return table
    table = table.iloc[order].reset_index(drop=True)
    table["rank"] = ranks
    return table


_GROUPED = ("technical", "compliance", "payback")


def _order(columns: Mapping[str, Array], by: str) -> Array:
    """Places of the rows by an order, those that are open and those that cannot be had behind the others."""
    column, largest = ORDERS[by]
    key = columns[column].astype(float)
    key = np.where(np.isnan(key), np.inf, -key if largest else key)
    technical, compliance, payback = (columns[name] for name in _GROUPED)
    refused = (technical == "no") | (compliance == "no")
    group = np.where(refused, _NOT, np.where(payback == "open", _OPEN, _KNOWN))
    order: Array = np.lexsort((np.arange(len(key)), key, group))
    return order


def links_in_words(row: Mapping[Any, Any]) -> str:
    """Link and size of a row, way by way: gas pipe DN 100; cable 1 MVA."""
    links, sizes = str(row["link"]).split("; "), str(row["size"]).split("; ")
    ways = [f"{link} {size}".strip() for link, size in zip_longest(links, sizes, fillvalue="")]
    return ON_SITE if set(ways) == {ON_SITE} else "; ".join(ways)


#: Columns of words that a table may be filtered by, and the words.
WORDS = {
    "technical": ("fits", "partly", "open", "no"),
    "compliance": ("clear", "ask", "no"),
    "payback": ("pays", "slow", "never", "open"),
    "effort": ("controls", "metering", "contract", "piping", "treatment", "redesign"),
    "data_quality": BASES,
}


def chosen(
    table: pd.DataFrame,
    *,
    resource: Sequence[str] = (),
    giver: Sequence[str] = (),
    taker: Sequence[str] = (),
    plant: Sequence[str] = (),
    words: Mapping[str, Sequence[str]] | None = None,
    fits: bool = False,
    top: int | None = None,
) -> pd.DataFrame:
    """The rows asked for, with their rank in the whole table.

    Parameters
    ----------
    resource
        Resources that flow or are replaced; all if empty. Likewise ``giver``, ``taker``, and ``plant``, which gives,
        takes or is the facility between.
    words
        Column of ``WORDS`` -> words of which a row has one; of the data quality any among those it has.
    fits
        Only what fits technically (at least partly), is not barred before the law, and pays.
    top
        The first so many.

    Raises
    ------
    UsageError
        If nothing of a name is in the table, or there is no such word.
    """
    keep = np.ones(len(table), dtype=bool)
    sides = ((resource, ("resource", "replaces")), (giver, ("from",)), (taker, ("to",)), (plant, ("from", "to", "via")))
    for names, columns in sides:
        if names:
            _check(table, names, columns)
            keep &= np.any([table[column].isin(list(names)) for column in columns], axis=0)
    for column, asked in (words or {}).items():
        if asked:
            _check_words(column, asked)
            keep &= np.array([not set(asked).isdisjoint(value.split(", ")) for value in table[column]], dtype=bool)
    if fits:
        keep &= (
            table["technical"].isin(["fits", "partly"]) & (table["compliance"] != "no") & (table["payback"] == "pays")
        )
    return table[keep].head(len(table) if top is None else top)


def _check_words(column: str, asked: Sequence[str]) -> None:
    for word in asked:
        if word not in WORDS[column]:
            said = column.replace("_", " ")
            raise UsageError(f'"{word}" is no word of the column {said}; known: {", ".join(WORDS[column])}')


def _check(table: pd.DataFrame, words: Sequence[str], columns: Sequence[str]) -> None:
    known = sorted({str(name) for column in columns for name in table[column].unique() if name})
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; known: {', '.join(known[:8])}"
            raise UsageError(f'no exchange with "{word}" as {" or ".join(columns)}{hint}')
