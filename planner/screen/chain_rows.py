"""Rows of the table for what is solved by itself: chains, exchanges with a facility, twins of several sizes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from planner.assemble.exchanges import Deal
from planner.screen.candidates import Candidates
from planner.screen.chains import Chain, Look, Solved, chains_of, solved, twins_of
from planner.screen.data_quality import data_columns, rate_basis, worse
from planner.screen.found import Found
from planner.screen.ground import Ground
from planner.screen.legs import LegColumns
from planner.screen.pricing import (
    CO2E,
    COST,
    FORGONE,
    GOAL,
    INVESTMENT,
    RUNNING,
    WASTE,
    WATER,
)
from planner.screen.verdicts import compliance, delay, effort_of

Array = np.ndarray[Any, Any]
Rows = dict[str, dict[str, Any]]

_ZERO = 1e-9


def solved_rows(
    found: Candidates, best: Found, ground: Ground, worth: Callable[[Deal], float], look: Look
) -> tuple[Rows, int]:
    """Rows by name, of exchanges in place of what the arrays say of them, and how many chains were left out."""
    rows: Rows = {}
    for number, chain in twins_of(found, best.open_):
        one = solved(found, ground, chain, look)
        if not isinstance(one, str) and not one.worth[GOAL] <= best.net[number, GOAL] * (1.0 + _ZERO):
            rows[chain.deals[0].id] = _numbers(one)
    chains, why, left_out = chains_of(found, [option is not None for option in best.option], worth)
    for name, told in why.items():
        rows[name] = {"technical": "open", "technical_why": told}
    fed: dict[str, list[str]] = {}
    for chain in chains:
        one = solved(found, ground, chain, look)
        name = chain_name(chain)
        if len(chain.deals) == 1 and isinstance(one, str):
            rows[name] = {"technical": "open", "technical_why": one}
            continue
        row = _words(found, chain)
        if isinstance(one, str):
            known = "decide" in one or "follows" in one
            row |= {"technical": "open" if known else "no", "technical_why": one, **_blank(known)}
        else:
            row |= {"technical": "fits", "technical_why": "", **_numbers(one)}
            for deal in chain.deals if len(chain.deals) > 1 else ():
                fed.setdefault(deal.id, []).append(name)
        rows[name] = row
    for name, longer in fed.items():
        if rows[name].get("technical") == "open":
            more = f" and {len(longer) - 1} more" if len(longer) > 1 else ""
            rows[name]["technical_why"] += f"; see {longer[0]}{more}"
    return rows, left_out


def chain_name(chain: Chain) -> str:
    """Name of a chain; of one exchange its own."""
    if chain.into is None or chain.out is None:
        return chain.deals[0].id
    giver, taker = chain.into.source, chain.out.sink
    name = f"{giver.member.name} > {chain.facility} > {taker.member.name}: {giver.name}"
    given = "" if chain.out.source.name == taker.name else f" -> {chain.out.source.name}"
    return f"{name}{given} -> {taker.name}"


def _blank(known: bool) -> dict[str, Any]:
    """Numbers of what cannot be priced; of what cannot be, none is open."""
    return {} if known else {"gain_per_yr": 0.0}


def _words(found: Candidates, chain: Chain) -> dict[str, Any]:
    """Names and verdicts of a chain."""
    first, last, case = chain.deals[0], chain.deals[-1], found.case
    laws = [compliance(case, deal, found.refused.get(deal.id, ())) for deal in chain.deals]
    worst_law = "ask" if any(word == "ask" for word, _ in laws) else "clear"
    stated = [deal.terms.get("effort") for deal in chain.deals if deal.terms.get("effort")]
    facility = case.facilities[chain.facility] if chain.facility else None
    return {
        "exchange": chain_name(chain),
        "from": first.source.member.name,
        "to": last.sink.member.name,
        "source": first.source.name,
        "sink": last.sink.name,
        "resource": first.source.resource,
        "replaces": last.sink.resource,
        "via": chain.facility or "",
        "own": all(deal.own for deal in chain.deals),
        "unit": case.resources[first.source.resource].unit,
        "replaced_unit": case.resources[last.sink.resource].unit,
        "compliance": worst_law,
        "compliance_why": "; ".join(dict.fromkeys(why for _, why in laws if why)),
        "effort": stated[0] if stated else effort_of(facility),
        "effort_basis": "stated" if stated else "inferred",
        "shared_hours": min(deal.hours.value for deal in chain.deals),
        "hours_basis": "assumed" if any(deal.assumed_hours for deal in chain.deals) else "stated",
        "delay_yr": max(delay(deal.terms) for deal in chain.deals),
    }


def _numbers(one: Solved) -> dict[str, Any]:
    """Amounts and money of a chain."""
    v, legs, worth = one.values, one.legs, one.worth
    first, last = legs[0], legs[-1]
    leaving = _total(first.leaving, v)
    replaced = _total(last.met, v)
    to_plant = not last.leg.deal.sink.member.is_facility
    supply = -one.program.part(v, last.saved)[COST] if to_plant else 0.0
    disposal, sale = _given_today(one, first)
    credit = -sum(one.program.part(v, leg.credited)[COST] for leg in legs)
    given = sum(float(one.program.prices[n][FORGONE] * v[n]) for leg in legs for way in leg.ways for n in way.flow)
    facility, size, capex = _facility(one)
    gain = float(worth[RUNNING])
    made = {
        "flow_per_yr": leaving,
        "replaced_per_yr": replaced,
        "share_of_source": leaving / (first.leg.deal.source.most or np.nan),
        "share_of_demand": replaced / (last.leg.deal.sink.most or np.nan),
        "lost_per_yr": sum(_total(leg.leaving, v) - _total(leg.arriving, v) for leg in legs[:1]),
        "capex": -float(worth[INVESTMENT]),
        "facility_capex": capex,
        "facility_size": size,
        "facility_running_cost_per_yr": facility,
        "supply_avoided_per_yr": supply,
        "discharge_avoided_per_yr": disposal,
        "further_avoided_per_yr": credit,
        "sale_lost_per_yr": sale,
        "forgone_per_yr": given,
        "running_cost_per_yr": supply + disposal + credit - sale - given - facility - gain,
        "gain_per_yr": gain,
        "capital_cost_per_yr": gain - float(worth[COST]),
        "net_saving_per_yr": float(worth[COST]),
        "co2e_avoided_t_per_yr": float(worth[CO2E]),
        "cost_per_tco2e": -float(worth[COST] / worth[CO2E]) if worth[CO2E] > _ZERO else np.nan,
        "waste_avoided_t_per_yr": float(worth[WASTE]),
        "fresh_water_avoided_m3_per_yr": float(worth[WATER]),
    }
    price = supply / replaced if to_plant and replaced > 0.0 else np.nan
    made |= {"supply_price": price, "breakeven_price": price - float(worth[COST]) / replaced if replaced else np.nan}
    return made | _lengths(one) | _data(one)


def _given_today(one: Solved, first: LegColumns) -> tuple[float, float]:
    """Disposal that a giver avoids, and income that it loses."""
    today = one.giver
    if today is None or today.disposed is None or today.amounts is None or today.sold is None:
        return 0.0, 0.0
    if not first.outlets:
        return 0.0, 0.0
    disposed = float(today.disposed @ today.replaced[:, COST])
    sold = float((today.amounts - today.disposed) @ today.sold[:, COST])
    still = one.program.part(one.values, first.discharged)[COST]
    sells = one.program.part(one.values, [n for n in first.outlets if n not in first.discharged])[COST]
    return disposed - float(still), float(sells) - sold


def _facility(one: Solved) -> tuple[float, str, float]:
    """Running cost of a facility with what it buys and gives besides, its size in words, and its investment."""
    works, unit = one.works, one.unit
    if works is None or unit is None:
        return 0.0, "", 0.0
    parts = [*works.opened.values(), *works.capacity.values(), *works.activity, *works.bought, *works.outside]
    spent = one.program.part(one.values, parts)
    size = works.size(one.values)
    from planner.screen.works import law_above

    above = law_above(unit, size)
    running = float(spent[RUNNING] + above[RUNNING])
    return running, f"{size:.4g} {unit.facility.unit}/h", float(spent[INVESTMENT] + above[INVESTMENT])


def _lengths(one: Solved) -> dict[str, Any]:
    """Ways that are built: lengths in sum, links and sizes in words, and how far they could go."""
    total, near, far, names, sizes, basis = 0.0, 0.0, 0.0, [], [], []
    for leg in one.legs:
        built = [way for way in leg.ways if one.values[way.built] > 0.5]
        for n, way in enumerate(built):
            lengths = next(x for option, x, _ in leg.leg.options if option is way.option)
            if n == 0:
                total += way.once[0]
                near += float(lengths.nearest[0]) / 1000.0
                far += float(lengths.farthest[0]) / 1000.0
                basis.append(str(lengths.basis[0]))
        names.append(" + ".join(dict.fromkeys(way.option.way.name or way.option.way.id for way in built)))
        sizes.append(" + ".join(_sizes(built)))
    words = list(dict.fromkeys(basis))
    return {
        "length_km": total,
        "nearest_km": near,
        "farthest_km": far,
        "distance_basis": "; ".join(words),
        "link": "; ".join(names),
        "size": "; ".join(sizes) if any(sizes) else "",
        "breakeven_km": one.breakeven * total if total > 0.0 else np.nan,
    }


def _sizes(built: list[Any]) -> list[str]:
    """Sizes of links side by side: DN 100 x2 where they are the same."""
    named = ["" if way.option.way.size is None else way.option.way.size.size for way in built]
    counts = {name: named.count(name) for name in named}
    return [f"{name} x{n}".strip() if n > 1 else name for name, n in counts.items() if name or n > 1]


def _data(one: Solved) -> dict[str, Any]:
    """How well the numbers are known that it rests on."""
    used = [way.option.quality for leg in one.legs for way in leg.ways if one.values[way.built] > 0.5]
    quality = worse(*one.qualities, *used)
    deals = [leg.leg.deal for leg in one.legs]
    return data_columns((rate_basis(deals[0].source), rate_basis(deals[-1].sink)), quality)


def _total(terms: list[dict[int, float]], values: Array) -> float:
    return float(sum(x * values[n] for one in terms for n, x in one.items()))
