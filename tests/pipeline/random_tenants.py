"""The units of random cases with their streams: plants, a partner, shared facilities and measures."""

import random
from collections.abc import Iterator
from typing import Any

from random_geography import X0, Y0

#: Resources of sources, and of sinks.
GIVEN = ("steam", "slag", "waste water", "heat", "sludge")
TAKEN = ("steam", "lime", "fresh water", "heat", "gas")


def random_plant(r: random.Random, number: int, plots: list[str]) -> dict[str, Any]:
    plant: dict[str, Any] = {"area": r.choice((1, 2, 2.5)), "hours": r.choice((8760, 8000, 4000))}
    if r.random() < 0.3:
        plant["coverage"] = 0.8
    if number and r.random() < 0.4:
        plant["optional"] = {"margin": r.choice((-50_000, 200_000, 900_000))}
    elif r.random() < 0.4:
        plant["plot"] = plots[number % len(plots)]
    elif r.random() < 0.15:
        plant["plots"] = plots[:2]
    if r.random() < 0.4:
        plant["zone"] = r.choice(("heavy", "light", ["heavy", "light"]))
    if r.random() < 0.3:
        plant["hazard"] = "fire"
    if r.random() < 0.4:
        plant |= {"jobs": 50, "product": {"name": r.choice(("copper", "paper")), "output": 20_000}}
    plant["sources"] = dict(_sources(r, plant["hours"]))
    plant["sinks"] = dict(_sinks(r, plant["hours"]))
    return plant


def random_partner(r: random.Random, drawn: bool) -> dict[str, Any]:
    partner: dict[str, Any] = {"stops": 760} if r.random() < 0.5 else {"hours": 5000}
    if drawn:
        partner["at"] = {"x": X0 + 900, "y": Y0 + 500}
    return partner | {"sources": dict(_sources(r, 5000)), "sinks": dict(_sinks(r, 5000))}


def _stream(r: random.Random, hours: int) -> dict[str, Any]:
    stream: dict[str, Any] = {"rate": r.choice((1, 2, 5, 10))}
    if r.random() < 0.2:
        stream["hours"] = min(hours, r.choice((3000, 4000)))
    if r.random() < 0.2:
        stream["peak_factor"] = 1.5
    if r.random() < 0.2:
        stream["availability"] = 0.9
    return stream


def _sources(r: random.Random, hours: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in r.sample(GIVEN, r.randint(0, 2)):
        source = _stream(r, hours)
        if resource in ("steam", "heat") and r.random() < 0.5:
            source |= {"on_demand": True, "forgoes": {"power": 0.1, "money": 0.3}}
        if r.random() < 0.15:
            source["discharge"] = {"route": "special", "cost": 9, "co2e": 0.004}
        if r.random() < 0.15:
            source["sale"] = r.choice(({"price": 2}, {"price": 4, "limit": 5000}))
        name = resource
        if r.random() < 0.2:
            name, source["resource"] = f"{resource} line 1", resource
        yield name, source


def _sinks(r: random.Random, hours: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in r.sample(TAKEN, r.randint(0, 3)):
        sink = _stream(r, hours)
        if resource == "steam":
            sink["supplied_today_by"] = r.choice(({"gas": 0.78}, {"gas": {"efficiency": 0.9}, "cost": 1.5}))
        if resource == "heat":
            sink["supplied_today_by"] = r.choice(({"gas": 1.1, "power": 0.01}, {"cost": 20}))
        if r.random() < 0.2:
            sink["max_exchanged_share"] = 0.7
        elif r.random() < 0.2:
            sink["whole_demand_from_one_source"] = True
        name = resource
        if r.random() < 0.2:
            name, sink["resource"] = f"{resource} of hall 2", resource
        yield name, sink


def random_facilities(r: random.Random, case: dict[str, Any], plots: list[str]) -> dict[str, Any]:
    curve = [{"capacity": 1, "investment": 100_000}, {"capacity": 6, "investment": 400_000}]
    facilities: dict[str, Any] = {}
    if r.random() < 0.5:
        facilities["works"] = {
            "unit": "m3", "inputs": {"waste water": 1, "power": 0.001},
            "outputs": {"clean water": 0.9, "sludge": 0.001},
            "investment": [*curve, {"capacity": 20, "investment": 900_000}], "variable_cost": 0.2, "hours": 4000,
        }  # fmt: skip
    if r.random() < 0.4:
        facilities["digester"] = {
            "inputs": {"sludge": 1}, "outputs": {"biogas": 0.6}, "investment": curve[:1], "fixed_cost": 5000,
            "availability": 0.9, "co2e": 0.01,
        }  # fmt: skip
    if r.random() < 0.3:
        facilities["boiler"] = {
            "inputs": {"gas": 0.74}, "outputs": {"steam": 1}, "investment": curve, "maintenance": 0.02,
            "peak_factor": 1.2, "lifetime": 15,
        }  # fmt: skip
    for facility in facilities.values():
        facility |= r.choice(({}, {"area": 0.5}, {"area": 0.5, "coverage": 0.5, "zone": "light", "jobs": 4}))
        facility |= r.choice(({}, {"plots": plots[:2]}, {"forced": True})) if r.random() < 0.4 else {}
        if "parties" in case and r.random() < 0.5:
            facility["owner"] = "esco"
    if r.random() < 0.4:
        owner = r.choice(list(case["plants"]))
        facilities["recovery"] = {
            "scope": "own", "owner": owner, "inputs": {"power": 0.03}, "outputs": {r.choice(("steam", "heat")): 1},
            "investment": [{"capacity": 1, "investment": 20_000}, {"capacity": 5, "investment": 150_000}],
        }  # fmt: skip
        facilities["recovery"] |= r.choice(({}, {"area": 0.3}, {"forced": True}))
    return facilities
