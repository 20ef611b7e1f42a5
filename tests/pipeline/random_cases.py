"""Random whole case folders: case file, layers or distance table, with everything a case can say.

Amounts are written as bare numbers in the documented units, so that tests can change a case as data: all money in it,
a name, the way a rate is written.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

X0, Y0 = 500_000.0, 6_000_000.0
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}

#: Resources the sources give -> those they may replace, with the ratio.
SUBSTITUTIONS = (
    ("slag", "lime", 0.8),
    ("waste water", "fresh water", 0.9),
    ("clean water", "fresh water", 1.0),
    ("steam", "heat", 0.6),
    ("biogas", "gas", 0.95),
)
GIVEN = ("steam", "slag", "waste water", "heat", "sludge")
TAKEN = ("steam", "lime", "fresh water", "heat", "gas")
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


@dataclass
class Written:
    """A case as data, with its other files as text."""

    case: dict[str, Any]
    files: dict[str, str]
    objective: str

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(json.loads(json.dumps(self.case)), sort_keys=False, allow_unicode=True)  # no aliases
        (folder / "case.yaml").write_text(text, encoding="utf-8")
        for name, content in self.files.items():
            (folder / name).write_text(content, encoding="utf-8")
        return folder


def random_case(seed: int) -> Written:
    """A case from a seed; round numbers, so that ties occur, too."""
    r = random.Random(seed)
    drawn = r.random() < 0.5
    case: dict[str, Any] = {"case": f"Random case {seed}", "currency": "EUR", "price_year": 2025}
    if drawn:
        case["crs"] = "EPSG:25832"
    case["economics"] = _economics(r)
    if r.random() < 0.2:
        case["baseline"] = "as_is"
    if r.random() < 0.4:
        case["parties"] = {"esco": {"kind": "utility"}, "Holding": {}}
    plots = [f"P{n}" for n in range(r.randint(3, 5))]
    case["geography"] = {}
    case["plots"] = {name: _plot(r, drawn) for name in plots}
    case["plots"][plots[0]] |= {"zones": ["heavy", "light"], "reserved": False}
    case["resources"] = _resources(r)
    free = [name for name in plots if not case["plots"][name].get("reserved")]
    case["plants"] = {name: _plant(r, n, free) for n, name in enumerate(_names(r))}
    if "parties" in case and r.random() < 0.5:
        case["plants"]["smelter"]["firm"] = "Holding"
    if r.random() < 0.6:
        case["partners"] = {"city": _partner(r, drawn)}
    case["facilities"] = _facilities(r, case, free)
    case["substitutions"] = [_substitution(r, *swap) for swap in SUBSTITUTIONS if r.random() < 0.8]
    case["links"] = _links(r, "corridors" if drawn else "table")
    if "belt" not in case["resources"]["slag"]["carried_by"]:
        del case["links"]["belt"]
    files = _drawn(r, case, plots) if drawn else _table(r, case, plots)
    case["exchanges"] = _exchanges(r, case)
    _pipes_in_the_ground(r, case, plots)
    _gates(r, case)
    _rules(r, case, drawn)
    objective = r.choice(("cost", "cost", "cost", "co2", "waste", "water"))
    optional = [name for name, plant in case["plants"].items() if "optional" in plant]
    if optional and (objective != "cost" or r.random() < 0.2):
        case["tenants"] = {"at_least": r.randint(0, len(optional))} if r.random() < 0.6 else {"fixed": optional[:1]}
    return Written({key: value for key, value in case.items() if value not in ({}, [])}, files, objective)


def _names(r: random.Random) -> list[str]:
    return ["smelter", "paper mill", "greenhouse", "brewery"][: r.randint(2, 4)]


def _economics(r: random.Random) -> dict[str, Any]:
    economics: dict[str, Any] = {"discount_rate": r.choice((0, 0.05, 0.08))}
    if r.random() < 0.5:
        economics["lifetime"] = {"pipe": 25, r.choice(("truck", "steam pipe", "facility", "land")): 12}
    if r.random() < 0.4:
        economics["contingency"] = 0.2
    if r.random() < 0.4:
        economics["cost_class"] = r.choice((3, 5, {"low": -0.3, "high": 0.5}))
    if r.random() < 0.4:
        economics["carbon_price"] = {"paid": 60, "paid_scopes": r.choice((["use"], ["use", "supply", "transport"]))}
    if r.random() < 0.3:
        economics.setdefault("carbon_price", {})["shadow"] = 90
    if r.random() < 0.15:
        economics["budget"] = r.choice((2_000_000, 20_000_000))
    if r.random() < 0.15:
        economics["caps"] = {r.choice(("co2e", "waste", "fresh_water")): r.choice((20_000, 400_000))}
    return economics


def _plot(r: random.Random, drawn: bool) -> dict[str, Any]:
    plot: dict[str, Any] = {} if drawn else {"area": r.randint(3, 8)}
    if r.random() < 0.8:
        plot["price"] = r.choice((50_000, 200_000))
    if r.random() < 0.3:
        plot["rent"] = 3000
    if r.random() < 0.3:
        plot["surcharge"] = 40_000
    if r.random() < 0.5:
        plot["zones"] = r.choice((["heavy"], ["light"], ["heavy", "light"]))
    if r.random() < 0.35:
        plot["several_tenants"] = True
    if r.random() < 0.3:
        plot["usable_share"] = 0.9
    if r.random() < 0.08:
        plot["reserved"] = True
    return plot


def _resources(r: random.Random) -> dict[str, Any]:
    landfill = {"route": "landfill", "cost": 40, "waste": r.choice(("non-hazardous", "hazardous", "inert"))}
    resources: dict[str, Any] = {
        "gas": {"kind": "gas", "unit": "MWh", "price": 40, "co2e": {"use": 0.2, "supply": 0.03}},
        "power": {"kind": "power", "unit": r.choice(("MWh", "MWh", "kWh", "GJ"))},
        "steam": {"kind": "heat", "unit": "t", "enthalpy": 0.7, "discharge": {"route": "condenser", "cost": 0.5}},
        "heat": {"kind": "heat", "unit": r.choice(("MWh", "GJ")), "discharge": {"route": "cooling tower"}},
        "slag": {"kind": "material", "unit": "t", "discharge": landfill},
        "lime": {"kind": "material", "unit": "t", "price": 60, "co2e": {"supply": 0.9, "use": 0.05}},
        "waste water": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer", "cost": 1.5}},
        "clean water": {"kind": "water", "unit": "m3", "discharge": {"route": "river", "cost": 0.1}},
        "fresh water": {"kind": "water", "unit": "m3", "price": 1.2, "fresh_water": True},
        "sludge": {"kind": "material", "unit": "t", "discharge": {"route": "incineration", "cost": 70, "co2e": 0.1}},
        "biogas": {"kind": "gas", "unit": "MWh", "sale": {"price": 15}, "co2e": {"biogenic": 0.2}},
    }
    power, heat = resources["power"], resources["heat"]
    power["price"] = {"MWh": 90, "kWh": 0.09, "GJ": 25}[power["unit"]]
    power["co2e"] = {"supply": {"MWh": 0.3, "kWh": 0.0003, "GJ": 0.083}[power["unit"]]}
    if r.random() < 0.5:
        heat["price"] = 30
        heat["co2e"] = {"supply": 0.1}
    if r.random() < 0.3:
        resources["steam"]["displacement"] = 0.8
    if r.random() < 0.3:
        resources["slag"]["displacement"] = 0.5
    if r.random() < 0.3:
        resources["slag"]["co2e"] = {"use": 0.02, "discharge": 0.01, "biogenic": 0.1}
    if r.random() < 0.3:
        resources["slag"]["sale"] = {"price": 5, "limit": 3000}
    if r.random() < 0.3:
        resources["sludge"]["discharge"] |= {"waste": "hazardous"}
    for name, link in CARRIERS.items():
        resources[name]["carried_by"] = [link]
    if r.random() < 0.2:
        resources["slag"]["carried_by"] = ["truck", "belt"]
    return resources


def _plant(r: random.Random, number: int, plots: list[str]) -> dict[str, Any]:
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


def _partner(r: random.Random, drawn: bool) -> dict[str, Any]:
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


def _facilities(r: random.Random, case: dict[str, Any], plots: list[str]) -> dict[str, Any]:
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


def _substitution(r: random.Random, given: str, replaced: str, ratio: float) -> dict[str, Any]:
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


def _links(r: random.Random, along: str) -> dict[str, Any]:
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


def _drawn(r: random.Random, case: dict[str, Any], plots: list[str]) -> dict[str, str]:
    """Plots in a row on both sides of a street, with corridors or straight lines between them."""
    shapes, files = [], {}
    for n, name in enumerate(plots):
        x, y = X0 + 300 * (n // 2) + r.choice((0, 10)), Y0 + (0 if n % 2 else 260)
        w, h = r.choice((180, 220, 260)), 200
        ring = [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]
        shapes.append(_feature({"name": name}, "Polygon", [ring]))
    files["plots.geojson"] = _collection(shapes)
    case["geography"] |= {"plots": "plots.geojson", "neighbour_distance": r.choice((30, 90))}
    if r.random() < 0.6:
        street = [[X0 - 50, Y0 + 230], [X0 + 500, Y0 + 230], [X0 + 1100, Y0 + 230]]
        lines = [_feature({"name": "street", "cost_factor": r.choice((1, 1.4))}, "LineString", street)]
        lines.append(_feature({"name": "way to the city"}, "LineString", [[X0 + 900, Y0 + 230], [X0 + 900, Y0 + 500]]))
        files["corridors.geojson"] = _collection(lines)
        case["geography"]["corridors"] = "corridors.geojson"
    if r.random() < 0.4:
        school = _feature({"name": "school", "kind": "school"}, "Point", [X0 - 100, Y0 + 300])
        files["receptors.geojson"] = _collection([school])
        case["geography"]["receptors"] = "receptors.geojson"
    return files


def _feature(properties: dict[str, Any], kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def _collection(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "crs": CRS, "features": features})


def _table(r: random.Random, case: dict[str, Any], plots: list[str]) -> dict[str, str]:
    places = [*plots, *case.get("partners", {})]
    rows = ["from,to,length_m,cost_length_m"]
    for n, p in enumerate(places):
        for q in places[n + 1 :]:
            length = r.choice((200, 500, 1000))
            rows.append(f"{p},{q},{length},{length + r.choice((0, 100))}")
    case["geography"]["distances"] = "distances.csv"
    return {"distances.csv": "\n".join(rows) + "\n"}


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


def _exchanges(r: random.Random, case: dict[str, Any]) -> list[dict[str, Any]]:
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


def _pipes_in_the_ground(r: random.Random, case: dict[str, Any], plots: list[str]) -> None:
    if r.random() < 0.2:
        ends = plots[:2] if r.random() < 0.6 else r.sample(plots, 2)
        pipe = {"from": ends[0], "to": ends[1], "link": "water pipe", "resources": ["waste water", "clean water"]}
        case["existing_pipes"] = {"old main": {**pipe, "capacity": 4, "length": 450}}


def _gates(r: random.Random, case: dict[str, Any]) -> None:
    """Limits at the fence; tight ones have a price most of the time."""
    if r.random() > 0.45:
        return
    name, direction = r.choice(
        (("gas", "in"), ("power", "in"), ("fresh water", "in"), ("slag", "out"), ("waste water", "out"))
    )
    gate: dict[str, Any] = {"resource": name, "direction": direction}
    what = r.choice(("yearly", "peak", "both"))
    if what != "peak":
        gate["yearly"] = r.choice((5000, 60_000))
        if r.random() < 0.75:
            gate["yearly_expansion"] = {"cost": 3, **({"maximum": 90_000} if r.random() < 0.4 else {})}
    if what != "yearly":
        gate["peak"] = r.choice((1, 12))
        if r.random() < 0.75:
            gate["peak_expansion"] = {"cost": 20_000, **({"maximum": 40} if r.random() < 0.4 else {})}
    case["park_gate"] = {"main gate": gate}


def _rules(r: random.Random, case: dict[str, Any], drawn: bool) -> None:
    rules: dict[str, Any] = {}
    plants = list(case["plants"])
    hazardous = any("hazard" in plant for plant in case["plants"].values())
    if drawn and hazardous and r.random() < 0.6:
        apart = {"from_receptor": "school"} if "receptors" in case["geography"] else {"from_hazard": "fire"}
        rules["separations"] = [{"hazard": "fire", **apart, "distance": r.choice((40, 250))}]
    if case["facilities"] and r.random() < 0.2:
        rules["at_most"] = {next(iter(case["facilities"])): r.choice((0, 1))}
    if drawn and r.random() < 0.3:
        field = r.choice(("neighbours", "not_neighbours"))
        case["plants"][plants[0]][field] = [plants[1]]
    case["rules"] = rules
