"""Stores for random cases with seasons: of what plants give and take, shared or own, fast and slow, lossy and not."""

import copy
import random
from typing import Any

from random_cases import Written


def with_stores(written: Written, seed: int, count: int = 2) -> Written:
    """The same case with stores that cost next to nothing, so that some of them are built."""
    r, case = random.Random(f"stores {seed}"), copy.deepcopy(written.case)
    kept = sorted({name for plant in case["plants"].values() for name in _streams(plant) if name in case["resources"]})
    for n in range(count if kept else 0):
        case.setdefault("facilities", {})[f"store {n}"] = _store(r, case, r.choice(kept))
    return Written(case, written.files, written.objective)


def _streams(plant: dict[str, Any]) -> list[str]:
    streams = {**plant.get("sources", {}), **plant.get("sinks", {})}
    return [stream.get("resource", name) for name, stream in streams.items()]


def _store(r: random.Random, case: dict[str, Any], resource: str) -> dict[str, Any]:
    stores: dict[str, Any] = {"resource": resource}
    stores |= {"rate_in": r.choice((1, 10, 1000))} if r.random() < 0.6 else {"hours_to_fill": r.choice((4, 100))}
    stores |= {"rate_out": r.choice((1, 10, 1000))} if r.random() < 0.6 else {"hours_to_empty": r.choice((4, 100))}
    waste = _is_waste(case, resource)
    if r.random() < 0.5 and not waste:
        stores["loss"] = r.choice(("1 %/d", "5 %/month", "0.01 %/h"))
    if r.random() < 0.5 and not waste:
        stores |= {"efficiency_in": "95 %", "efficiency_out": "90 %"}
    if r.random() < 0.3:
        stores |= {"rate_cost_in": 1, "rate_cost_out": 2}
    if r.random() < 0.3 and "power" in case["resources"] and resource != "power":
        stores["uses"] = {"power": 0.001}
    store: dict[str, Any] = {"stores": stores}
    if r.random() < 0.3:
        store["investment"] = {"coefficient": 5, "exponent": 0.7, "largest": 5000, "smallest": 5}
    else:
        store["investment"] = [{"capacity": 10, "investment": 10}, {"capacity": 5000, "investment": 2000}]
    if r.random() < 0.5:
        store |= {"scope": "own", "owner": r.choice(sorted(case["plants"]))}
    for field, value in (("maintenance", "2 %"), ("variable_cost", 0.01), ("fixed_cost", 5), ("co2e", 0.0001)):
        if r.random() < 0.3:
            store[field] = value
    if r.random() < 0.3:
        store["availability"] = {"value": 0.9, "periods": {"summer": 0.5}}
    return store


def _is_waste(case: dict[str, Any], resource: str) -> bool:
    """Whether a resource is disposed of as a waste anywhere: then a store may lose none of it."""
    tenants = (*case["plants"].values(), *case.get("partners", {}).values())
    sources = [(name, one) for tenant in tenants for name, one in tenant.get("sources", {}).items()]
    ways = [case["resources"][resource].get("discharge", {})]
    ways += [one.get("discharge", {}) for name, one in sources if one.get("resource", name) == resource]
    return any("waste" in way for way in ways)
