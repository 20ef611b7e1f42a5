"""Random whole cases with mains and trenches: the cases of ``random_cases`` that are drawn, on streets with loops.

+--- north lane ----+               y  500   The plots lie between the lanes and the street, the city beyond the
|         |         |                        north lane. A river crosses the middle of the street and the south
+-- street -~~------+---- street    y  230   lane. Each piece may have rules and a surface of its own; some may be
|         | ~~      |                        missing, so that there are streets with loops and without.
+--- south lane ----+               y  -40
"""

import itertools
import random
from typing import Any

from random_cases import Written, random_case
from random_exchanges import CARRIERS, possible
from random_geography import X0, Y0, collection, feature

PIECES = {
    "street west": ((0, 230), (285, 230)),
    "street middle": ((285, 230), (585, 230)),
    "street east": ((585, 230), (900, 230)),
    "south lane": ((285, -40), (585, -40)),
    "north lane": ((285, 500), (585, 500)),
    "cross 1 south": ((285, 230), (285, -40)),
    "cross 1 north": ((285, 230), (285, 500)),
    "cross 2 south": ((585, 230), (585, -40)),
    "cross 2 north": ((585, 230), (585, 500)),
    "way to the city": ((900, 230), (900, 500)),
}
#: Pieces without which the streets still hang together.
SPARE = ("south lane", "north lane", "cross 1 south", "cross 2 south", "cross 1 north", "cross 2 north")
RIVER = [[X0 + 400, Y0 - 100], [X0 + 410, Y0 - 100], [X0 + 410, Y0 + 300], [X0 + 400, Y0 + 300], [X0 + 400, Y0 - 100]]
MAINS = {
    "steam": "steam main",
    "heat": "heat main",
    "waste water": "water main",
    "clean water": "water main",
    "biogas": "gas main",
}


def random_network_case(seed: int) -> Written:
    """A case with mains, trenches or both from a seed."""
    r = random.Random(seed)
    written = next(one for one in _drawn(seed) if "corridors" in one.case["geography"] and _carries(one.case) > 4)
    case, files = written.case, written.files
    case["case"] = f"Random network {seed}"
    case.setdefault("exchanges", [])
    _ground(r, case, files)
    if r.random() < 0.5:
        for name in list(case["plots"])[:2]:
            case["plots"][name]["several_tenants"] = True
    trenched = r.random() < 0.8
    if trenched:
        case["trenches"] = _trenches(r, case)
    for name in dict.fromkeys(MAINS.values()):
        case["links"][name] = _main(r, name, trenched=trenched)
        if "parties" in case and r.random() < 0.5:
            case["links"][name]["owner"] = "esco"
    _carried(r, case)
    _dedicated(r, case, trenched=trenched)
    if r.random() < 0.5:
        _in_the_ground(r, case)
    for name in CARRIERS.values():
        case["economics"].get("lifetime", {}).pop(name, None)
    used = {link for resource in case["resources"].values() for link in resource.get("carried_by", ())}
    case["links"] = {name: link for name, link in case["links"].items() if name in used}
    if not any(link["kind"] == "pipe" and link.get("in_trench", True) for link in case["links"].values()):
        case.pop("trenches", None)
    return Written({key: value for key, value in case.items() if value not in ({}, [])}, files, written.objective)


def _drawn(seed: int) -> Any:
    return (random_case(100_000 + 100 * seed + number) for number in itertools.count())


def _carries(case: dict[str, Any]) -> int:
    """Number of pairs of streams that a main could join."""
    return sum(resource in MAINS for *_, resource in _pairs(case))


def _ground(r: random.Random, case: dict[str, Any], files: dict[str, str]) -> None:
    """Streets with their rules, surfaces, a river, and doors of plots."""
    left_out = r.sample(SPARE, r.choice((0, 0, 2, 3)))
    fields: dict[str, dict[str, Any]] = {name: {} for name in PIECES if name not in left_out}
    for name, rules in fields.items():
        if r.random() < 0.4:
            rules["surface"] = r.choice(("road", "field"))
        if r.random() < 0.2:
            rules["cost_factor"] = 1.3
        if name in SPARE and r.random() < 0.15:
            rules["forbidden"] = r.choice(("steam", "waste water; clean water", "all"))
        elif name in SPARE and r.random() < 0.3:
            rules["one_way"] = r.choice(("steam", "waste water; heat"))
        if r.random() < 0.12:
            rules["max_pipes"] = r.choice((1, 2))
        if r.random() < 0.1:
            rules["trench"] = "existing"
    known = sorted({key for rules in fields.values() for key in rules})
    lines = [
        feature({"name": name, **{k: rules.get(k) for k in known}}, "LineString", [_at(p) for p in PIECES[name]])
        for name, rules in fields.items()
    ]
    files["corridors.geojson"] = collection(lines)
    case["geography"]["surfaces"] = {"road": 1.5, "field": 0.8}
    if r.random() < 0.6:
        files["river.geojson"] = collection([feature({"name": "river"}, "Polygon", [RIVER])])
        cost = r.choice(({"charge": 9000}, {"extra_length": 40}, {"charge": 4000, "extra_length": 15}))
        case["geography"]["crossings"] = [{"layer": "river.geojson", **cost}]


def _at(point: tuple[float, float]) -> list[float]:
    return [X0 + point[0], Y0 + point[1]]


def _trenches(r: random.Random, case: dict[str, Any]) -> dict[str, Any]:
    trenches: dict[str, Any] = {"investment": r.choice((60, 250))}
    if r.random() < 0.5:
        trenches["maintenance"] = 0.01
    if r.random() < 0.25:
        trenches["shared"] = False
    if r.random() < 0.25:
        trenches["max_pipes"] = r.choice((2, 4))
    if r.random() < 0.3:
        trenches["apart"] = [["steam", "waste water"]]
    if "parties" in case and r.random() < 0.4:
        trenches["owner"] = "esco"
    return trenches


def _main(r: random.Random, name: str, *, trenched: bool) -> dict[str, Any]:
    main: dict[str, Any] = {"kind": "pipe", "main": True, "sizes": _sizes(r, name)}
    if r.random() < 0.3:
        main["parallel"] = 2
    if trenched and r.random() < 0.2:
        main["in_trench"] = False
    if r.random() < 0.3:
        main["maintenance"] = 0.02
    if r.random() < 0.3:
        main["uses"] = {"power": 0.002}
    if r.random() < 0.2:
        main |= {"cost": 0.05, "co2e": 0.0001, "loading": 0.02}
    if r.random() < 0.2:
        main["fixed_cost"] = 700
    if r.random() < 0.15:
        main["max_length"] = r.choice((600, 1200))
    if name == "gas main" and r.random() < 0.4:
        main["volume_loss"] = r.choice((0.02, 0.2))
    if name == "heat main" and "inner_diameter" in main["sizes"][0]:
        main["max_velocity"] = 1.5
    return main


def _sizes(r: random.Random, name: str) -> list[dict[str, Any]]:
    if r.random() < 0.2:
        trend = {"size": "trend", "capacity": 20, "investment_by_capacity": 6, "investment": 90}
        return [trend | ({"least_capacity": 2} if r.random() < 0.5 else {})]
    if name == "heat main" and r.random() < 0.5:
        return [{"size": f"DN {d}", "inner_diameter": d, "investment": 100 + d, "loss": d / 4} for d in (50, 100, 200)]
    sizes = [{"size": f"C {c}", "capacity": c, "investment": 90 + 25 * c} for c in (3, 8, 20)[: r.randint(1, 3)]]
    sizes[-1]["capacity"] = 20
    bored = r.random() < 0.5
    for number, size in enumerate(sizes):
        if bored:
            size["inner_diameter"] = 100 + 60 * number
        if name in ("steam main", "heat main") and r.random() < 0.6:
            size["loss"] = r.choice((30, 80))
        if r.random() < 0.25:
            size["fixed_investment"] = 8000
        if r.random() < 0.25:
            size["yearly_cost"] = 2
    return sizes


def _carried(r: random.Random, case: dict[str, Any]) -> None:
    """Which resources go by mains, by pipes of their own or by either; what has twins or stands keeps its pipe."""
    if r.random() < 0.8:  # what leaves no plan is the business of other tests
        case.pop("park_gate", None)
        case.pop("rules", None)
        for field in ("budget", "caps"):
            case["economics"].pop(field, None)
        for plant in case["plants"].values():
            for field in ("neighbours", "not_neighbours"):
                plant.pop(field, None)
    of = {(giver, source): resource for giver, source, _, _, resource in _pairs(case)}
    kept = set(MAINS) if any("stream" not in entry for entry in case["exchanges"]) else set()
    kept |= {"waste water", "clean water"} if "existing_pipes" in case else set()
    for entry in case["exchanges"]:
        if "twins" in entry or "existing" in entry:
            kept.add(of.get((entry["from"], entry.get("stream", "")), ""))
    for name, main in MAINS.items():
        both = [main, CARRIERS[name]]
        case["resources"][name]["carried_by"] = both if name in kept else r.choice(([main], [main], both, both[1:]))
    heat = case["resources"]["heat"]
    if "inner_diameter" in case["links"]["heat main"]["sizes"][0]:
        mass = {"MWh": 24.6, "GJ": 6.83}[heat["unit"]]
        heat["fluid"] = {"phase": "liquid", "density": 970, "viscosity": 0.00035, "mass": mass}


def _pairs(case: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    groups = {"substitutions": [], "facilities": {}} | case
    return possible(groups)


def _dedicated(r: random.Random, case: dict[str, Any], *, trenched: bool) -> None:
    """Pipes of single exchanges: with bores, in trenches or not."""
    for name in ("steam pipe", "hot pipe", "water pipe", "gas pipe"):
        link = case["links"].get(name)
        if link is None:
            continue
        if trenched and r.random() < 0.2:
            link["in_trench"] = False
        if r.random() < 0.5:
            for number, size in enumerate(link["sizes"]):
                size["inner_diameter"] = 80 + 70 * number


def _in_the_ground(r: random.Random, case: dict[str, Any]) -> None:
    """An old pipe of a main along the street, and perhaps an exchange that uses it today."""
    resource = r.choice(("steam", "waste water"))
    main = MAINS[resource]
    if main not in case["resources"][resource]["carried_by"]:
        return
    along = r.choice((["street west", "street middle"], ["street west", "street middle", "street east"]))
    old: dict[str, Any] = {"link": main, "resource": resource, "along": along, "capacity": r.choice((2, 9))}
    case["existing_mains"] = {"old": old}
    for entry in case["exchanges"]:  # one that uses it today
        standing = entry.get("existing")
        if standing and standing["link"] == CARRIERS[resource] and entry.get("stream", "").startswith(resource):
            entry["existing"] = {"link": main, "capacity": 2}
