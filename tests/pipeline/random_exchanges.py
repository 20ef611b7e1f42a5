"""What random cases say of exchanges: substitutions, links, terms of single exchanges, pipes in the ground."""

import random
from typing import Any

#: Resources the sources give -> those they may replace, with the ratio.
SUBSTITUTIONS = (
    ("slag", "lime", 0.8),
    ("waste water", "fresh water", 0.9),
    ("clean water", "fresh water", 1.0),
    ("steam", "heat", 0.6),
    ("biogas", "gas", 0.95),
)
CARRIERS = {
    "steam": "steam pipe",
    "heat": "hot pipe",
    "slag": "truck",
    "lime": "truck",
    "sludge": "truck",
    "waste water": "water pipe",
    "clean water": "water pipe",
    "biogas": "gas pipe",
}


def random_substitution(r: random.Random, given: str, replaced: str, ratio: float) -> dict[str, Any]:
    terms: dict[str, Any] = {"from": given, "to": replaced, "ratio": ratio}
    if r.random() < 0.4:
        terms["treatment"] = {"cost": 1, "uses": {"power": 0.005, "lime": 0.001}, "co2e": 0.001, "investment": 20_000}
    if r.random() < 0.3:
        terms["permit"] = {"name": "by-product declaration", "cost": 15_000, "delay": 0.5}
    if r.random() < 0.2:
        terms["displacement"] = 0.7
    if r.random() < 0.2:
        terms["max_share"] = 0.5
    return terms


def random_links(r: random.Random, along: str) -> dict[str, Any]:
    def sizes(*capacities: float) -> list[dict[str, Any]]:
        return [{"size": f"DN {int(50 * c)}", "capacity": c, "investment": 150 + 40 * c} for c in capacities]

    steam = {"kind": "pipe", "along": along, "sizes": sizes(3, 12), "maintenance": 0.02}
    for size in steam["sizes"]:  # type: ignore[attr-defined]
        size |= {"loss": 60, "fixed_investment": 10_000} if r.random() < 0.6 else {"yearly_cost": 3}
    links: dict[str, Any] = {
        "steam pipe": steam,
        "hot pipe": {"kind": "pipe", "along": along, "sizes": sizes(4), "uses": {"power": 0.003}},
        "water pipe": {"kind": "pipe", "along": along, "sizes": sizes(2, 15), "uses": {"power": 0.0004}},
        "gas pipe": {"kind": "pipe", "along": along, "sizes": sizes(10), "fixed_cost": 1000},
        "truck": {"kind": "truck", "along": "table" if along == "table" else r.choice(("roads", "straight"))},
        "belt": {"kind": "conveyor", "along": along, "sizes": sizes(8)},
    }
    links["truck"] |= {"cost": 0.3, "loading": 2, "co2e": 0.0001, "loading_co2e": 0.0005, "detour": 1.3}
    if r.random() < 0.4:
        links["truck"]["volume_loss"] = 0.01
    if r.random() < 0.3:
        links["water pipe"]["volume_loss"] = 0.02
    if r.random() < 0.2:
        links["truck"]["sizes"] = [{"size": "small", "capacity": 3, "fixed_investment": 60_000}]
    if r.random() < 0.2:
        links["steam pipe"]["max_length"] = 700
    return links


def possible(case: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """(giver, source, taker, sink, resource) of all pairs of streams that could be joined."""
    swaps = {(swap["from"], swap["to"]) for swap in case["substitutions"]}
    out, into = [], []
    for group in ("plants", "partners"):
        for unit, tenant in case.get(group, {}).items():
            out += [(unit, name, stream.get("resource", name)) for name, stream in tenant["sources"].items()]
            into += [(unit, name, stream.get("resource", name)) for name, stream in tenant["sinks"].items()]
    for unit, facility in case["facilities"].items():
        out += [(unit, name, name) for name in facility["outputs"]]
        into += [(unit, name, name) for name in facility["inputs"]]
    return [
        (giver, source, taker, sink, resource)
        for giver, source, resource in out
        for taker, sink, replaced in into
        if giver != taker and (resource == replaced or (resource, replaced) in swaps)
    ]


def random_entries(r: random.Random, case: dict[str, Any]) -> list[dict[str, Any]]:
    pairs = possible(case)
    entries = []
    for giver, source, taker, sink, resource in r.sample(pairs, min(len(pairs), r.randint(0, 3))):
        entry: dict[str, Any] = {"from": giver, "to": taker, "stream": source, "into": sink}
        entry |= _terms(r, giver, taker, resource, case)
        entries.append(entry)
    if pairs and r.random() < 0.15:
        entries.append(
            {"from": pairs[0][0], "connection": {"at_source": 7000}, **({"forced": True} if r.random() < 0.3 else {})}
        )
    return entries


def _terms(r: random.Random, giver: str, taker: str, resource: str, case: dict[str, Any]) -> dict[str, Any]:
    plants = case["plants"]
    fixed = all(unit in case.get("partners", {}) or plants.get(unit, {}).get("plot") for unit in (giver, taker))
    chosen = r.choice(("limits", "limits", "money", "money", "twins", "forced", "forbidden", "existing"))
    if chosen == "forbidden":
        return {"forbidden": True}
    if chosen == "forced":
        return {"forced": True, **({"min_flow": 100} if r.random() < 0.3 else {})}
    if chosen == "twins":
        return {"twins": 2}
    link = CARRIERS.get(resource)
    if fixed and link and (chosen == "existing" or r.random() < 0.3):
        existing = {"link": link, "capacity": 2, **({"length": 400} if r.random() < 0.5 else {})}
        return {"existing": existing, **({"twins": 2} if r.random() < 0.3 else {})}
    if chosen == "limits":
        return r.choice(({"min_flow": 4000}, {"max_flow": 9000}, {"max_share": 0.4}, {"shared_hours": 3000}))
    terms: dict[str, Any] = {"connection": {"at_source": 5000, "at_sink": 8000}, "fixed_cost": 800, "delay": 1}
    terms |= r.choice(({}, {"transfer": {"price": 3}}, {"transfer": {"seller_share": 0.8}}))
    return terms | r.choice(({}, {"paid_by": {"seller": 0.25, "buyer": 0.75}}, {"displacement": 0.6}))


def random_old_pipe(r: random.Random, case: dict[str, Any], plots: list[str]) -> None:
    if r.random() < 0.2:
        ends = plots[:2] if r.random() < 0.6 else r.sample(plots, 2)
        pipe = {"from": ends[0], "to": ends[1], "link": "water pipe", "resources": ["waste water", "clean water"]}
        case["existing_pipes"] = {"old main": {**pipe, "capacity": 4, "length": 450}}
