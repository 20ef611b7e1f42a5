"""Published water, hydrogen and blending networks, restated as cases: from files to the audited plan.

``benchmarks/data/water`` holds the published data, a file a problem, and says where each comes from. Every problem is
written as a case folder: one hour a year, so that yearly amounts are the published rates, and one unit of length a
kilometre. What the published problem forbids is forbidden by name.

=====================  ================================================================================================
published              in the case
=====================  ================================================================================================
fixed-load process     an operation of a plant
source, sink           a stream of a plant
fresh water            a resource with a price, counted as fresh water
regenerator            a measure with a fixed outlet quality
treatment unit         a measure (or, where it has a site of its own, a shared facility) with removal ratios
discharge point        a measure, or a shared facility, that takes waste water within the limits
feed, pool, product    a source that costs what it gives, a measure that only mixes, a measure that sells
=====================  ================================================================================================
"""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data" / "water"
Text = dict[str, Any]
HOURS = 1


def data_of(name: str) -> Text:
    """A published problem as its file has it."""
    loaded: Text = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def _head(name: str, data: Text) -> Text:
    return {
        "case": name,
        "description": f"{data['source']['citation']}, restated",
        "currency": "EUR",
        "price_year": 2020,
        "economics": {"discount_rate": 0, "lifetime": {"facility": 1, "pipe": 1}},
    }


def _contents(names: list[str], values: Any) -> dict[str, float]:
    return dict(zip(names, values if isinstance(values, list) else [values], strict=True))


def _water(data: Text, names: list[str]) -> Text:
    """Fresh water, and used water that may replace it and goes to the sewer for nothing."""
    fresh = data["freshwater"][0]
    return {
        "qualities": {name: {"unit": "ppm"} for name in names},
        "resources": {
            "water": {
                "kind": "water",
                "unit": "t",
                "water": 1,
                "price": 1,
                "fresh_water": True,
                "quality": _contents(names, fresh["conc"]),
            },
            "used water": {"kind": "water", "unit": "t", "discharge": {"route": "sewer"}},
        },
        "substitutions": [{"from": "used water", "to": "water"}],
    }


def _one_site(plant: Text, facilities: Text | None = None) -> Text:
    made: Text = {"plots": {"site": {"area": 1}}, "plants": {"works": {"plot": "site", "hours": HOURS, **plant}}}
    return made | ({"facilities": facilities} if facilities else {})


def _operation(process: Text, names: list[str]) -> Text:
    load = process["load"]
    # published in kg/h with ppm and t/h, or in g/h
    scaled = [v / 1000.0 for v in load] if isinstance(load, list) else load
    made = {
        "takes": "water",
        "gives": "used water",
        "load": _contents(names, scaled),
        "max_inlet": _contents(names, process["cin_max"]),
        "max_outlet": _contents(names, process["cout_max"]),
    }
    return made | ({"max_flow": process["flow_max"]} if "flow_max" in process else {})


def fixed_load(
    name: str, *, reuse: bool = True, regenerated: bool = False, recycling: bool = True, parts: Text | None = None
) -> Text:
    """Processes of one plant, with or without reuse and regeneration."""
    data, names = data_of(name), ["c"]
    operations = {p["name"]: _operation(p, names) for p in data["processes"]}
    for process, count in (parts or {}).items():
        operations[process]["parts"] = count
    case = _head(name, data) | _water(data, names)
    facilities = None
    if regenerated:
        outlet = data["regeneration"]["outlet_conc"]
        case["resources"]["regenerated water"] = {"kind": "water", "unit": "t", "discharge": {"route": "sewer"}}
        case["substitutions"] += [{"from": "regenerated water", "to": "water"}]
        treats = {"inlet": "used water", "outlet": "regenerated water", "leaves": {"c": outlet}, "recycling": recycling}
        facilities = {
            "regenerator": {
                "scope": "own",
                "owner": "works",
                "unit": "t",
                "inputs": {"used water": 1},
                "outputs": {"regenerated water": 1},
                "treats": treats,
                "investment": [{"capacity": 200, "investment": 0}],
                "variable_cost": 1,
            }
        }
    case |= _one_site({"operations": operations}, facilities)
    if not reuse:
        case["exchanges"] = [{"from": "works", "to": "works", "forbidden": True}]
    return {"case.yaml": case}


def plants_of_processes(name: str, only: str | None = None) -> Text:
    """Processes of several plants, one plot each, joined by pipes that cost nothing."""
    data, names = data_of(name), ["c"]
    plants: Text = {}
    for process in data["processes"]:
        plant = plants.setdefault(process["plant"], {"plot": process["plant"], "hours": HOURS, "operations": {}})
        plant["operations"][process["name"]] = _operation(process, names)
    plants = {plant: said for plant, said in plants.items() if only in (None, plant)}
    case = _head(name, data) | _water(data, names)
    case["resources"]["used water"]["carried_by"] = ["pipe"]
    case["links"] = {"pipe": {"kind": "pipe", "along": "straight", "sizes": [{"size": "any", "capacity": 1000}]}}
    case["geography"] = {"distances": "distances.csv"}
    case |= {"plots": {plant: {"area": 1} for plant in plants}, "plants": plants}
    rows = [f"{a},{b},1000" for a in plants for b in plants if a < b]
    return {"case.yaml": case, "distances.csv": "\n".join(["from,to,length_m", *rows, ""])}


def fixed_flow(name: str, unit: str = "ppm") -> Text:
    """Sources and sinks of one plant."""
    data, names = data_of(name), ["c"]
    case = _head(name, data) | _water(data, names)
    case["qualities"] = {"c": {"unit": unit, "weight": "amount"}}
    sources = {
        f"from {s['name']}": {"resource": "used water", "rate": s["flow"], "quality": {"c": s["conc"]}}
        for s in data["sources"]
    }
    sinks = {
        f"to {s['name']}": {"resource": "water", "rate": s["flow"], "limits": {"c": s["cmax"]}} for s in data["sinks"]
    }
    return {"case.yaml": case | _one_site({"sources": sources, "sinks": sinks})}


def processes_and_streams(name: str) -> Text:
    """Processes with several contaminants, besides a source and a sink of fixed flow."""
    data = data_of(name)
    names = data["contaminants"]
    case = _head(name, data) | _water(data, names)
    plant = {
        "operations": {p["name"]: _operation(p, names) for p in data["processes"]},
        "sources": {
            s["name"]: {"resource": "used water", "rate": s["flow"], "quality": _contents(names, s["conc"])}
            for s in data["sources"]
        },
        "sinks": {
            s["name"]: {"resource": "water", "rate": s["flow"], "limits": _contents(names, s["cmax"])}
            for s in data["sinks"]
        },
    }
    return {"case.yaml": case | _one_site(plant)}


def _unit(unit: Text, names: list[str], total: float) -> Text:
    """A treatment unit by removal ratios; capacity for everything there is."""
    treats: Text = {"inlet": "waste water", "outlet": "treated water", "removes": _contents(names, unit["removal"])}
    made: Text = {
        "unit": "t",
        "inputs": {"waste water": 1},
        "outputs": {"treated water": 1},
        "treats": treats,
        "investment": [{"capacity": total, "investment": 0}],
    }
    limits = {n: v for n, v in _contents(names, unit.get("cin_max", [None] * len(names))).items() if v is not None}
    return made | ({"limits": {"waste water": limits}} if limits else {})


def _outfall(names: list[str], limits: list[float], total: float) -> Text:
    return {
        "unit": "t",
        "inputs": {"waste water": 1},
        "limits": {"waste water": _contents(names, limits)},
        "investment": [{"capacity": total, "investment": 0}],
    }


def _waste_water(names: list[str]) -> Text:
    return {
        "qualities": {name: {"unit": "ppm"} for name in names},
        "resources": {
            "waste water": {"kind": "water", "unit": "t"},
            "treated water": {"kind": "water", "unit": "t"},
        },
        "substitutions": [{"from": "treated water", "to": "waste water"}],
    }


def _streams(data: Text, names: list[str]) -> Text:
    return {
        s["name"]: {"resource": "waste water", "rate": s["flow"], "quality": _contents(names, s["conc"])}
        for s in data["sources"]
    }


def treatment(name: str, *, factor: float = 2.0) -> Text:
    """Streams of one plant, treatment in any order, one discharge; a unit may treat ``factor`` times all there is."""
    data = data_of(name)
    names = data["contaminants"]
    flow = sum(s["flow"] for s in data["sources"])
    case = _head(name, data) | _waste_water(names)
    facilities: Text = {}
    for unit in data["treatment"]:
        made = _unit(unit, names, factor * flow) | {"scope": "own", "owner": "works"}
        if "cost_variable" in unit:
            made["variable_cost"] = unit["cost_variable"]
            made["investment"] = {
                "coefficient": unit["cost_concave"],
                "exponent": unit["cost_exponent"],
                "largest": factor * flow,
                "smallest": unit["flow_min_if_built"],
            }
            made["min_activity"] = unit["flow_min_if_built"]
        else:
            made["variable_cost"] = 1
        facilities[unit["name"]] = made
    facilities["outfall"] = _outfall(names, data["discharge_limits"], flow) | {"scope": "own", "owner": "works"}
    return {"case.yaml": case | _one_site({"sources": _streams(data, names)}, facilities)}


#: Cost of a unit of waste water that a plant of the four-plant problem gets rid of alone: far above any plan.
ALONE = 1e5


def four_plants(name: str) -> Text:
    """Streams, candidate treatment plants and a discharge, each on a site of its own, joined by pipes."""
    data = data_of(name)
    names, pipe, far = data["contaminants"], data["pipe"], data["distance"]
    case = _head(name, data) | _waste_water(names)
    case["resources"]["waste water"] |= {
        "carried_by": ["pipe"],
        "discharge": {"route": "tanker", "cost": ALONE},
    }
    case["resources"]["treated water"]["carried_by"] = ["pipe"]
    size = {
        "size": "pipe",
        "capacity": pipe["plant_capacity"],
        "yearly_cost": pipe["fixed_cost_per_distance"] / 1000.0,
    }
    case["links"] = {
        "pipe": {
            "kind": "pipe",
            "along": "straight",
            "cost": pipe["variable_cost_per_distance_per_flow"],
            "min_flow": pipe["flow_min_if_built"],
            "sizes": [size],
        }
    }
    streams = _streams(data, names)
    units = [unit["name"] for unit in data["treatment"]]
    sites = [*streams, *units, "river"]
    plants: Text = {s: {"plot": s, "hours": HOURS, "sources": {"waste water": dict(streams[s])}} for s in streams}
    for plant in plants.values():
        plant["sources"]["waste water"].pop("resource")
    facilities = {}
    for unit in data["treatment"]:
        made = _unit(unit, names, pipe["plant_capacity"])
        facilities[unit["name"]] = made | {
            "plot": unit["name"],
            "hours": HOURS,
            "fixed_cost": unit["fixed_cost"],
            "variable_cost": unit["variable_cost"],
        }
    facilities["river outfall"] = _outfall(names, data["discharge_limits"], pipe["plant_capacity"]) | {
        "plot": "river",
        "hours": HOURS,
    }
    rows = [(s, u, far["source_to_plant"][a][b]) for a, s in enumerate(streams) for b, u in enumerate(units)]
    rows += [(u, v, far["plant_to_plant"][a][b]) for a, u in enumerate(units) for b, v in enumerate(units) if a < b]
    rows += [(u, "river", far["plant_to_discharge"][a]) for a, u in enumerate(units)]
    rows += [(s, "river", far["source_to_discharge"][a]) for a, s in enumerate(streams)]
    table = ["from,to,length_m", *(f"{a},{b},{1000 * length}" for a, b, length in rows), ""]
    case |= {"geography": {"distances": "distances.csv"}, "plots": {site: {"area": 1} for site in sites}}
    case |= {"plants": plants, "facilities": facilities}
    return {"case.yaml": case, "distances.csv": "\n".join(table)}


def pooling(name: str) -> Text:
    """Feeds, pools that only mix, and products with upper limits."""
    data = data_of(name)
    names = [f"q{k + 1}" for k in range(len(data["components"][0]["quality"]))]
    case = _head(name, data)
    case["qualities"] = {n: {"unit": "index", "weight": "amount"} for n in names}
    feeds = {c["name"]: c for c in data["components"]}
    case["resources"] = {
        "feed": {"kind": "material", "unit": "t"},
        "pooled": {"kind": "material", "unit": "t"},
        "blend": {"kind": "material", "unit": "t"},
        **{p["name"]: {"kind": "material", "unit": "t", "sale": {"price": p["price"]}} for p in data["products"]},
    }
    case["substitutions"] = [{"from": "feed", "to": "blend"}, {"from": "pooled", "to": "blend"}]
    sources = {
        f: {
            "resource": "feed",
            "on_demand": True,
            "rate": c["upper"],
            "quality": _contents(names, c["quality"]),
            "forgoes": {"money": c["price"]},
        }
        for f, c in feeds.items()
    }
    own = {"scope": "own", "owner": "works", "unit": "t"}
    facilities = {
        p["name"]: own
        | {
            "inputs": {"feed": 1},
            "outputs": {"pooled": 1},
            "treats": {"inlet": "feed", "outlet": "pooled"},
            "investment": [{"capacity": p["capacity"], "investment": 0}],
        }
        for p in data["pools"]
    }
    for p in data["products"]:
        upper = _contents(names, p["quality_upper"])
        facilities[f"blender {p['name']}"] = own | {
            "inputs": {"blend": 1},
            "outputs": {p["name"]: 1},
            "limits": {"blend": {n: v for n, v in upper.items() if v is not None}},
            "investment": [{"capacity": p["upper"], "investment": 0}],
        }
    case |= _one_site({"sources": sources}, copy.deepcopy(facilities))
    case["exchanges"] = list(_joined(data, feeds))
    return {"case.yaml": case}


def _joined(data: Text, feeds: Mapping[str, Any]) -> Any:
    """Entries that forbid what the problem does not join, and bound what it does."""
    to_pool = {(a, b) for a, b, *_ in data["component_to_pool"]}
    direct = {(a, b): limit for a, b, *limit in data["component_to_product"]}
    from_pool = {(a, b): limit for a, b, *limit in data["pool_to_product"]}
    for feed in feeds:
        for pool in (p["name"] for p in data["pools"]):
            if (feed, pool) not in to_pool:
                yield {"from": "works", "stream": feed, "to": pool, "forbidden": True}
        for product in (p["name"] for p in data["products"]):
            entry = {"from": "works", "stream": feed, "to": f"blender {product}"}
            yield from _bounded(entry, direct.get((feed, product)))
    for pool in (p["name"] for p in data["pools"]):
        for product in (p["name"] for p in data["products"]):
            yield from _bounded({"from": pool, "to": f"blender {product}"}, from_pool.get((pool, product)))


def _bounded(entry: Text, limit: list[float] | None) -> Any:
    if limit is None:
        yield entry | {"forbidden": True}
    elif limit and limit[0] is not None:
        yield entry | {"max_flow": limit[0]}
