"""Periods for random cases: uniform ones, which change nothing, and others, with numbers that differ by period."""

import copy
import random
from typing import Any

from random_cases import Written

#: Shares of the year of uniform periods.
SHARES = {"cold": 0.25, "mild": 0.55, "hot": 0.2}
DAY_AND_NIGHT = {
    "winter day": {"hours": "1460 h/yr", "of": "winter"},
    "winter night": {"hours": "2920 h/yr", "of": "winter"},
    "summer": {"hours": "50 %"},
}
HOURS = {"winter day": 1460.0, "winter night": 2920.0, "summer": 4380.0}


def uniform(written: Written) -> Written:
    """The same case with periods in which nothing differs."""
    case = copy.deepcopy(written.case)
    case["periods"] = {name: {"hours": f"{100 * share:g} %"} for name, share in SHARES.items()}
    return Written(case, written.files, written.objective)


def seasonal(written: Written, seed: int) -> Written:
    """The same case with rates, prices, factors, availability and hours that differ by period."""
    r, case = random.Random(seed), copy.deepcopy(written.case)
    case["periods"] = copy.deepcopy(DAY_AND_NIGHT)
    for resource in case["resources"].values():
        _price(r, resource)
    for tenant in (*case["plants"].values(), *case.get("partners", {}).values()):
        streams = [*tenant.get("sources", {}).values(), *tenant.get("sinks", {}).values()]
        if r.random() < 0.5 and not any("hours" in stream for stream in streams):
            _hours(r, tenant)
        for stream in streams:
            _stream(r, stream)
    for facility in case.get("facilities", {}).values():
        if r.random() < 0.4 and "availability" not in facility:
            facility["availability"] = {"value": 0.9, "periods": {"summer": 0.95, "winter night": 0.5}}
    for gate in case.get("park_gate", {}).values():
        if "peak" in gate and isinstance(gate["peak"], int | float) and r.random() < 0.5:
            gate["peak"] = {"value": gate["peak"], "periods": {"summer": 1.2 * gate["peak"]}}
    return Written(case, written.files, written.objective)


def _price(r: random.Random, resource: dict[str, Any]) -> None:
    price, factors = resource.get("price"), resource.get("co2e", {})
    if isinstance(price, int | float) and r.random() < 0.5:
        resource["price"] = {"value": price, "periods": {"summer": 0.5 * price, "winter day": 1.5 * price}}
    if isinstance(factors.get("supply"), int | float) and r.random() < 0.5:
        factors["supply"] = {"value": factors["supply"], "periods": {"summer": 0.6 * factors["supply"]}}
    cost = resource.get("discharge", {}).get("cost")
    if isinstance(cost, int | float) and r.random() < 0.4:
        resource["discharge"]["cost"] = {"value": cost, "periods": {"winter night": 2 * cost}}


def _stream(r: random.Random, stream: dict[str, Any]) -> None:
    rate = stream.get("rate")
    if isinstance(rate, int | float) and r.random() < 0.5:
        low = r.choice((0.0, 0.4, 0.8))
        stream["rate"] = {"value": rate, "periods": {"summer": low * rate, "winter day": 1.1 * rate}}


def _hours(r: random.Random, tenant: dict[str, Any]) -> None:
    if "stops" in tenant or "days" in tenant:
        return
    share = {name: r.choice((0.0, 0.5, 0.9, 1.0)) for name in HOURS}
    if any(share.values()):
        tenant["hours"] = {"periods": {name: share[name] * hours for name, hours in HOURS.items()}}
