"""Random small case folders with qualities, water-using operations, treatment and the law.

Amounts are bare numbers in the documented units, so that tests can change a case as data. Round numbers, so that ties
and limits that just hold occur, too.
"""

import random
from collections.abc import Iterator
from typing import Any

from random_cases import Written

Text = dict[str, Any]

#: Quality -> what a case may say of it; contents and limits are drawn from these numbers.
QUALITIES: dict[str, Text] = {
    "COD": {"said": {"unit": "mg/L"}, "clean": (0, 20), "foul": (100, 200, 400), "limit": (50, 100, 200)},
    "TSS": {"said": {"unit": "ppm"}, "clean": (0, 10), "foul": (40, 120), "limit": (20, 60)},
    "salt": {"said": {"unit": "kg/m3"}, "clean": (0, 0.1), "foul": (0.5, 2), "limit": (0.3, 1)},
    "hardness": {"said": {"unit": "degree", "weight": "m3"}, "clean": (1, 4), "foul": (10, 20), "limit": (6, 12)},
    "acidity": {
        "said": {"unit": "pH", "weight": "m3", "mixing": "pH"},
        "clean": (7, 7.5),
        "foul": (5, 6),
        "limit": (6, 7),
    },
}
MEANS = ("COD", "TSS", "salt")


def random_water_case(seed: int, *, large: bool = False) -> Written:
    """A case from a seed: small ones have fixed flows, or one unit whose outlet mixes; large ones several."""
    r = random.Random(f"water {seed} {large}")
    mixing = large or r.random() < 0.4
    named = _chosen(r)[: None if large or not mixing else 2]
    sites = ["A", "B", "C"][: r.choice((1, 2, 2, 3) if large or not mixing else (1, 2, 2))]
    case: Text = {
        "case": f"Random water {seed}",
        "currency": "EUR",
        "price_year": 2025,
        "economics": _economics(r),
        "qualities": {name: dict(QUALITIES[name]["said"]) for name in named},
        "plots": {site: {"area": 5} for site in [*sites, "free"]},
        "resources": _resources(r, named),
        "substitutions": [{"from": "waste water", "to": "water"}, {"from": "clean water", "to": "water"}],
        "geography": {"distances": "distances.csv"},
    }
    if r.random() < 0.2:
        case["baseline"] = "as_is"
    case["plants"] = {f"plant {site}": _plant(r, site, named, n) for n, site in enumerate(sites)}
    if r.random() < 0.3:
        case["partners"] = {"farm": {"hours": 4000, "sinks": {"water": _sink(r, named)}}}
        case["partners"]["farm"]["sinks"]["water"] |= r.choice(({}, {"use": "food"}))
    case["facilities"] = dict(_facilities(r, case, named))
    if not large:
        _thin(r, case, mixing)
    if r.random() < 0.9:
        _known(case)
    _solids(r, case)
    _law(r, case)
    case["links"] = _links(r, case)
    case["exchanges"] = list(_exchanges(r, case, named))
    objective = r.choice(("cost", "cost", "cost", "water", "waste"))
    if objective != "cost":
        case["tenants"] = {"at_least": 0}
    return Written(
        {key: value for key, value in case.items() if value not in ({}, [])},
        {"distances.csv": _table(r, case)},
        objective,
    )


def _thin(r: random.Random, case: Text, mixing: bool) -> None:
    """Leave one operation or one treatment by removal; without ``mixing`` treatment has fixed outlets only."""
    operations = [(plant, name) for plant, said in case["plants"].items() for name in said.get("operations", ())]
    units = list(case["facilities"])
    kept: Any = r.choice([*operations, *units]) if mixing and operations + units else None
    for plant, name in operations:
        case["plants"][plant]["operations"][name].pop("parts", None)
        if (plant, name) != kept:
            del case["plants"][plant]["operations"][name]
            case["plants"][plant]["sinks"].setdefault("water", {"rate": 5})
    for unit in [unit for unit in units if unit != kept]:
        treats = case["facilities"][unit]["treats"]
        if mixing:
            del case["facilities"][unit]
            continue
        treats["removes"] = {}
        treats["leaves"] = {name: min(QUALITIES[name]["clean"]) for name in case["qualities"]}


def _chosen(r: random.Random) -> list[str]:
    named = r.sample(MEANS, r.choice((1, 1, 2, 2, 3)))
    if len(named) < 3 and r.random() < 0.25:
        named.append(r.choice(("hardness", "acidity")))
    return named


def _economics(r: random.Random) -> Text:
    return {"discount_rate": r.choice((0, 0.05)), "lifetime": {"pipe": 20}, **r.choice(({}, {}, {"contingency": 0.1}))}


def _content(r: random.Random, name: str, kind: str) -> Any:
    value = r.choice(QUALITIES[name][kind])
    if kind == "foul" and r.random() < 0.15:
        return "unknown"
    if kind == "foul" and r.random() < 0.2:
        spread = 0.5 if name == "acidity" else 0.2 * value
        return {"mean": value, "worst": value - spread if name == "acidity" else value + spread}
    return value


def _limit(r: random.Random, name: str) -> Any:
    value = r.choice(QUALITIES[name]["limit"])
    limit: Text = {"min": value} if name == "acidity" else {"max": value}
    if r.random() < 0.1 and name != "acidity":
        limit["min"] = r.choice(QUALITIES[name]["clean"])
    if r.random() < 0.15:
        limit["accept_unknown"] = True
    return value if name != "acidity" and r.random() < 0.5 else limit


def _limits(r: random.Random, named: list[str], share: float = 0.7) -> Text:
    return {name: _limit(r, name) for name in named if r.random() < share}


def _resources(r: random.Random, named: list[str]) -> Text:
    means = [name for name in named if name in MEANS]
    discharge: Text = {"route": "sewer", "cost": r.choice((0.5, 2))}
    if r.random() < 0.35:
        discharge["limits"] = {name: 10 * max(QUALITIES[name]["foul"]) for name in means if r.random() < 0.6}
    if r.random() < 0.4:
        discharge["load_fees"] = {name: r.choice((0.5, 3)) for name in means if r.random() < 0.6}
    river: Text = {"route": "river", "cost": 0.05}
    if r.random() < 0.4:
        river["limits"] = {name: max(QUALITIES[name]["limit"]) for name in means if r.random() < 0.6}
    return {
        "water": {
            "kind": "water", "unit": "m3", "mass": 1, "price": 1.2, "fresh_water": True,
            "quality": {name: r.choice(QUALITIES[name]["clean"]) for name in named},
        },
        "waste water": {
            "kind": "water", "unit": "m3", "mass": r.choice((1, 1, 1.02)), "discharge": discharge,
            "carried_by": ["pipe"],
        },
        "clean water": {
            "kind": "water", "unit": "m3", "mass": 1, "carried_by": ["pipe"],
            "discharge": river if r.random() < 0.5 else {"route": "sewer", "cost": 0.5},
        },
        "sludge": {
            "kind": "material", "unit": "t", "mass": 1, "water": 0.9,
            "discharge": {"route": "incineration", "cost": 60},
        },
    }  # fmt: skip


def _plant(r: random.Random, site: str, named: list[str], number: int) -> Text:
    plant: Text = {"hours": r.choice((8000, 8000, 4000))}
    if number and r.random() < 0.2:
        plant |= {"area": 1, "optional": {"margin": r.choice((-20_000, 300_000))}}
    else:
        plant["plot"] = site
    plant["sources"] = {
        f"waste {n}": {
            "resource": "waste water", "rate": r.choice((5, 10, 30)),
            "quality": {name: _content(r, name, "foul") for name in named if r.random() < 0.95},
        }
        for n in range(r.randint(0, 2))
    }  # fmt: skip
    plant["sinks"] = {f"water {n}": _sink(r, named) | {"resource": "water"} for n in range(r.randint(0, 2))}
    for sink in plant["sinks"].values():
        if r.random() < 0.1:
            sink |= r.choice(({"max_exchanged_share": 0.6}, {"whole_demand_from_one_source": True}))
    operations = {f"washing {n}": _operation(r, named) for n in range(r.choice((0, 1, 1, 2)))}
    if operations:
        plant["operations"] = operations
    if not plant["sources"] and not plant["sinks"] and not operations:
        plant["sinks"] = {"water": _sink(r, named)}
    return plant


def _sink(r: random.Random, named: list[str]) -> Text:
    sink: Text = {"rate": r.choice((5, 10, 20)), "limits": _limits(r, named)}
    return sink | ({"max_links": r.choice((1, 2))} if r.random() < 0.2 else {})


def _operation(r: random.Random, named: list[str]) -> Text:
    means = [name for name in named if name in MEANS]
    loaded = r.sample(means, r.randint(1, len(means)))
    made: Text = {"takes": "water", "gives": "waste water", "load": {}, "max_inlet": {}, "max_outlet": {}}
    for name in loaded:
        high, low = max(QUALITIES[name]["foul"]), min(QUALITIES[name]["limit"])
        made["max_inlet"][name], made["max_outlet"][name] = low, high
        # 5 or 10 m3/h of limiting flow; kg/h from mg/L and m3/h, and kg/m3 needs no factor
        made["load"][name] = round(r.choice((5, 10)) * (high - low) * (1 if name == "salt" else 1e-3), 6)
    for name in named:
        if name not in loaded and r.random() < 0.4:
            made["max_inlet"][name] = min(QUALITIES[name]["limit"])
            if name == "acidity":
                del made["max_inlet"][name]
    made |= r.choice(({}, {}, {"max_flow": 15}, {"min_flow": 4, "max_flow": 20}))
    made |= r.choice(({}, {}, {}, {"loss": 1}, {"gain": 1}))
    made |= r.choice(({}, {}, {}, {"parts": 2}))
    return made | ({"max_links": 1} if r.random() < 0.1 else {})


def _facilities(r: random.Random, case: Text, named: list[str]) -> Iterator[tuple[str, Text]]:
    means = [name for name in named if name in MEANS]
    for name, scope in (("works", "shared"), ("unit", "own")):
        if r.random() < 0.5:
            continue
        treats: Text = {"inlet": "waste water", "outlet": "clean water"}
        removed = r.sample(means, r.randint(0, len(means)))
        treats["removes"] = {name: r.choice((0.5, 0.9, 1)) for name in removed}
        fixed = [name for name in named if name not in removed and r.random() < 0.6]
        treats["leaves"] = {name: r.choice(QUALITIES[name]["clean"]) for name in fixed}
        made: Text = {
            "unit": "m3", "inputs": {"waste water": 1}, "outputs": {"clean water": r.choice((1, 0.95))},
            "treats": treats, "variable_cost": 0.2,
            "investment": r.choice((
                [{"capacity": 40, "investment": 150_000}],
                [{"capacity": 5, "investment": 50_000}, {"capacity": 50, "investment": 200_000}],
                {"coefficient": 20_000, "exponent": 0.7, "largest": 60},
            )),
        }  # fmt: skip
        if made["outputs"]["clean water"] < 1:
            made["outputs"]["sludge"] = 0.05
            treats |= r.choice(({}, {"residue": "sludge"}))
        if r.random() < 0.3:
            treats["recycling"] = False
        if r.random() < 0.3:
            made["limits"] = {"waste water": {name: max(QUALITIES[name]["foul"]) for name in means[:1]}}
        made |= r.choice(({}, {}, {"min_activity": 2}, {"max_links": {"waste water": 2}}))
        if scope == "own":
            made |= {"scope": "own", "owner": r.choice(list(case["plants"]))}
        elif r.random() < 0.5:
            made["plot"] = "free"
        yield name, made


def _known(case: Text) -> None:
    """No unknown content where the only way out asks for it."""
    discharge = case["resources"]["waste water"]["discharge"]
    asked = {*discharge.get("limits", ()), *discharge.get("load_fees", ())}
    for plant in case["plants"].values():
        for source in plant["sources"].values():
            for name in asked:
                if source["quality"].get(name, "unknown") == "unknown":
                    source["quality"][name] = QUALITIES[name]["foul"][0]


def _solids(r: random.Random, case: Text) -> None:
    """Ash that may replace clay, by moisture and loss on ignition."""
    if r.random() > 0.25:
        return
    case["qualities"] |= {"moisture": {"unit": "%"}, "LOI": {"unit": "%"}}
    case["resources"] |= {
        "ash": {
            "kind": "material", "unit": "t", "discharge": {"route": "landfill", "cost": 30, "waste": "non-hazardous"},
            "carried_by": ["truck"],
        },
        "clay": {"kind": "material", "unit": "t", "price": 20, "quality": {"moisture": 5, "LOI": 2}},
    }  # fmt: skip
    case["substitutions"].append({"from": "ash", "to": "clay", "ratio": r.choice((1, 0.9))})
    contents = [{"moisture": {"mean": 8, "worst": r.choice((8, 14))}, "LOI": r.choice((3, 7, "unknown"))} for _ in "ab"]
    hosts = list(case["plants"])
    for n, quality in enumerate(contents[: r.randint(1, 2)]):
        host = case["plants"][hosts[n % len(hosts)]]
        host["sources"][f"ash {n}"] = {"resource": "ash", "rate": r.choice((1, 4)), "quality": quality}
    limits = {"moisture": r.choice((6, 10)), "LOI": {"max": 5, "accept_unknown": r.random() < 0.3}}
    taker = r.choice(hosts)
    case["plants"][taker].setdefault("sinks", {})["clay"] = {"rate": r.choice((3, 6)), "limits": limits}


def _law(r: random.Random, case: Text) -> None:
    if r.random() < 0.4:
        case["resources"]["waste water"] |= r.choice(
            ({"not_into": ["food"]}, {"status": "waste"}, {"status": "by-product", "waste_code": "19 08 05"})
        )


def _links(r: random.Random, case: Text) -> Text:
    sizes = [{"size": "S", "capacity": 8, "investment": 40}, {"size": "L", "capacity": 60, "investment": 90}]
    pipe: Text = {"kind": "pipe", "along": "table", "sizes": sizes[r.choice((0, 0, 1)) :]}
    pipe |= r.choice(({}, {"cost": 0.1}, {"volume_loss": 0.02}))
    if r.random() < 0.3:
        pipe["min_flow"] = r.choice((1, 3))
    truck = {"truck": {"kind": "truck", "along": "table", "cost": 0.2, "loading": 1}}
    return {"pipe": pipe} | (truck if "ash" in case["resources"] else {})


def _table(r: random.Random, case: Text) -> str:
    places = [*case["plots"], *case.get("partners", {})]
    rows = [f"{p},{q},{r.choice((100, 400, 1500))}" for n, p in enumerate(places) for q in places[n + 1 :]]
    return "\n".join(["from,to,length_m", *rows, ""])


def _exchanges(r: random.Random, case: Text, named: list[str]) -> Iterator[Text]:
    """Terms of an exchange that is possible."""
    water = [u for u, said in case["plants"].items() if said["sources"] or said.get("operations")]
    takers = [u for u, said in case["plants"].items() if said.get("sinks") or said.get("operations")]
    takers += [*case["facilities"], *case.get("partners", {})]
    if r.random() > 0.4 or not water or not takers:
        return
    giver, taker = r.choice(water), r.choice(takers)
    sources = [n for n, said in case["plants"][giver]["sources"].items() if said["resource"] == "waste water"]
    sinks = case["plants"].get(taker, {}).get("sinks", {})
    wet = [n for n in [*sinks, *case["plants"].get(taker, {}).get("operations", {})] if n != "clay"]
    if not sources or (taker in case["plants"] and not wet):
        return
    entry: Text = {"from": giver, "to": taker, "stream": sources[0]} | ({"into": wet[0]} if wet else {})
    yield entry | r.choice((
        {"forbidden": True},
        {"accept_unknown": named[:1]},
        {"declaration": {"cost": 5000, "delay": 0.5}},
        {"permit": {"name": "waste permit", "cost": 9000}},
        {"min_flow": 2000},
        {"max_flow": 30_000},
        {"fixed_cost": 500, "treatment": {"cost": 0.1}},
    ))  # fmt: skip
