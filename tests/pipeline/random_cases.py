"""Random whole case folders: case file, layers or distance table, with everything a case can say.

Amounts are written as bare numbers in the documented units, so that tests can change a case as data: all money in it,
a name, the way a rate is written.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from random_exchanges import (
    CARRIERS,
    SUBSTITUTIONS,
    random_entries,
    random_links,
    random_old_pipe,
    random_substitution,
)
from random_geography import distance_table, drawn_ground
from random_tenants import random_facilities, random_partner, random_plant


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
    case["plants"] = {name: random_plant(r, n, free) for n, name in enumerate(_names(r))}
    if "parties" in case and r.random() < 0.5:
        case["plants"]["smelter"]["firm"] = "Holding"
    if r.random() < 0.6:
        case["partners"] = {"city": random_partner(r, drawn)}
    case["facilities"] = random_facilities(r, case, free)
    case["substitutions"] = [random_substitution(r, *swap) for swap in SUBSTITUTIONS if r.random() < 0.8]
    case["links"] = random_links(r, "corridors" if drawn else "table")
    if "belt" not in case["resources"]["slag"]["carried_by"]:
        del case["links"]["belt"]
    files = drawn_ground(r, case, plots) if drawn else distance_table(r, case, plots)
    case["exchanges"] = random_entries(r, case)
    random_old_pipe(r, case, plots)
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
