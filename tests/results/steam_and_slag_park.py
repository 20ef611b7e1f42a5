"""A park made by hand: a smelter gives steam and slag to a mill; every amount can be checked on paper.

steam  100,000 t/yr by pipe. Price 50,000 KRW/t (given), forgone 30,000 KRW/t; replaces 0.21 kL oil/t, so 21,000 kL
       at 6e9 / 21,000 KRW/kL. Investment 10e9, of which the smelter bears 0.9; 0.1 of it a year as capital.
slag   1,000 t/yr made. Disposed of at 20,000 KRW/t; 800 t go to the mill by truck (2 km, 1,000 KRW/t/km, half
       each), each replacing 0.9 t of clay at 30,000 KRW/t. Price left to the program.
land   the smelter's plot of 5 ha at 2e8 KRW/ha, 8 % a year; the mill's plot has no price.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
from shapely import LineString, Point, box

from models.instance import (
    ExchangeData,
    Instance,
    OptionData,
    PairData,
    PlaceData,
    SinkData,
    SourceData,
    UnitData,
)
from models.solution import Solution, Stage, Status
from planner.assemble.assembly import ACCOUNTS, Assembly, Evidence, ExchangeFacts, Line
from planner.geography.distances import Distances, Route

STEAM = "smelter > mill: steam"
SLAG = "smelter > mill: slag -> clay"
PIPE, TRUCK = "pipe / DN 400", "truck"
OIL_PRICE = 6e9 / 21_000
OIL_USE, OIL_SUPPLY, LANDFILL, TRUCK_CO2E = 2.8, 0.4, 0.05, 1e-4

CASE: dict[str, Any] = {
    "case": "Two plants",
    "currency": "KRW",
    "price_year": 2004,
    "economics": {"discount_rate": 0.08, "cost_class": 4},
    "plots": {"P1": {"price": 2e8}, "P2": {}},
    "resources": {
        "steam": {"kind": "heat", "unit": "t", "enthalpy": 0.7, "carried_by": ["pipe"]},
        "oil": {"kind": "material", "unit": "kL", "price": OIL_PRICE, "co2e": {"use": OIL_USE, "supply": OIL_SUPPLY}},
        "slag": {
            "kind": "material",
            "unit": "t",
            "carried_by": ["truck"],
            "discharge": {"route": "landfill", "cost": 20_000, "waste": "hazardous", "co2e": LANDFILL},
        },
        "clay": {"kind": "material", "unit": "t", "price": 30_000},
    },
    "plants": {
        "smelter": {
            "plot": "P1",
            "jobs": 100,
            "product": {"name": "copper", "output": 50_000},
            "hours": 8000,
            "sources": {
                "steam": {"rate": 12.5, "on_demand": True, "forgoes": {"money": 30_000}},
                "slag": {"rate": 0.125},
            },
        },
        "mill": {
            "plot": "P2",
            "jobs": 60,
            "hours": 8000,
            "sinks": {"steam": {"rate": 20, "supplied_today_by": {"oil": 0.21}}, "clay": {"rate": 0.125}},
        },
    },
    "substitutions": [{"from": "slag", "to": "clay", "ratio": 0.9}],
    "links": {
        "pipe": {"kind": "pipe", "sizes": [{"size": "DN 400", "capacity": 30, "investment": 2.5e6}]},
        "truck": {"kind": "truck", "along": "roads", "cost": 1000},
    },
    "exchanges": [
        {"from": "smelter", "to": "mill", "stream": "steam", "transfer": {"price": 50_000}},
        {"from": "smelter", "transfer": {"seller_share": 0.9}},
        {"from": "smelter", "to": "mill", "stream": "slag", "into": "clay", "transfer": {"seller_share": 0.5}},
    ],
}

WEIGHTS: dict[str, dict[str, float]] = {
    "total_annual_cost": {
        a: 1.0 for a, u in ACCOUNTS.items() if u == "money/yr" and a not in ("margin", "shadow_carbon")
    },
    "co2e": {a: 1.0 for a in ACCOUNTS if a.startswith("co2e_")},
    "waste": {a: 1.0 for a in ACCOUNTS if a.startswith("waste_")},
    "investment": {a: 1.0 for a in ACCOUNTS if a.startswith("investment_")},
    **{a: {a: 1.0} for a in ("reused", "fresh_water", "power_bought", "heat_supplied", "margin", "shadow_carbon")},
}


def evidence(field: str, grade: str | None = None, basis: str | None = None) -> Evidence:
    return Evidence(field, 1.0, "", grade, basis, f"source of {field}")


def book(
    family: str,
    index: tuple[str, ...],
    account: str,
    factor: float,
    party: str,
    *,
    quantity: float = 1.0,
    unit: str | None = None,
    exchange: str | None = None,
    resource: str | None = None,
    behind: tuple[Evidence, ...] = (),
) -> Line:
    return Line(
        family,
        index,
        account,
        f"{account} of {index[0]}",
        quantity,
        "u",
        factor,
        "x/u",
        party,
        unit,
        exchange,
        resource,
        behind,
    )


def lines() -> Iterable[Line]:
    oil = (evidence("resources.oil.price", "A", "invoiced"), evidence("plants.mill.sinks.steam.rate", "B"))
    supply = ("supplied", ("mill / steam", "year"))
    yield book(*supply, "purchase", OIL_PRICE, "mill", quantity=0.21, unit="mill", resource="oil", behind=oil)
    yield book(*supply, "co2e_use", OIL_USE, "mill", quantity=0.21, unit="mill", resource="oil")
    yield book(*supply, "co2e_supply_other", OIL_SUPPLY, "mill", quantity=0.21, unit="mill", resource="oil")
    yield book(*supply, "heat_supplied", 0.7, "mill", unit="mill", resource="steam")
    clay = (evidence("resources.clay.price", basis="estimate"),)
    yield book(
        "supplied", ("mill / clay", "year"), "purchase", 30_000, "mill", unit="mill", resource="clay", behind=clay
    )
    dump = ("discharged", ("smelter / slag", "year"))
    fee = (evidence("resources.slag.discharge.cost", "C"), evidence("plants.smelter.sources.slag.rate", "A"))
    yield book(*dump, "discharge", 20_000, "smelter", unit="smelter", resource="slag", behind=fee)
    yield book(*dump, "co2e_discharge", LANDFILL, "smelter", unit="smelter", resource="slag")
    yield book(*dump, "waste_hazardous", 1.0, "smelter", unit="smelter", resource="slag")
    rate = evidence("economics.discount_rate", "B")
    land = {"quantity": 5.0, "unit": "smelter"}
    yield book("sited", ("smelter", "P1"), "investment_land", 2e8, "smelter", **land)
    yield book("sited", ("smelter", "P1"), "land", 2e8 * 0.08, "smelter", **land, behind=(rate,))
    yield from _pipe(rate)
    flow = ("flow", (STEAM, PIPE, "year"))
    yield book(*flow, "forgone", 30_000, "smelter", unit="smelter", exchange=STEAM, resource="steam")
    haul = ("pair_flow", (SLAG, TRUCK, "P1", "P2", "year"))
    for party in ("smelter", "mill"):
        yield book(*haul, "transport", 1000, party, quantity=2 * 0.5, exchange=SLAG)
        yield book(*haul, "co2e_transport", TRUCK_CO2E, party, quantity=2 * 0.5, exchange=SLAG)
    yield book("flow", (SLAG, TRUCK, "year"), "reused", 1.0, "mill", exchange=SLAG)


def _pipe(rate: Evidence) -> Iterable[Line]:
    price = (evidence("links.pipe.sizes.DN 400.investment", "C"),)
    for party, share in (("smelter", 0.9), ("mill", 0.1)):
        index = (STEAM, PIPE, "P1", "P2")
        yield book("link", index, "investment_link", 2.5e6, party, quantity=4000 * share, exchange=STEAM, behind=price)
        yearly = (*price, rate)
        yield book("link", index, "link_capital", 2.5e5, party, quantity=4000 * share, exchange=STEAM, behind=yearly)


def make_instance(effects: Mapping[str, Any]) -> Instance:
    pipe = OptionData({"year": 100_000.0}, {("P1", "P2"): PairData()})
    truck = OptionData({"year": 1000.0}, {("P1", "P2"): PairData()})
    return Instance(
        units={"smelter": UnitData("plant", area=3.0), "mill": UnitData("plant", area=2.0)},
        places={"P1": PlaceData(5.0), "P2": PlaceData(4.0)},
        admissible={"smelter": ("P1",), "mill": ("P2",)},
        sources={
            "smelter / steam": SourceData("smelter", {"year": 100_000.0}, on_demand=True),
            "smelter / slag": SourceData("smelter", {"year": 1000.0}),
        },
        sinks={
            "mill / steam": SinkData("mill", {"year": 160_000.0}),
            "mill / clay": SinkData("mill", {"year": 1000.0}),
        },
        exchanges={
            STEAM: ExchangeData("smelter / steam", "mill / steam", 1.0, False, {PIPE: pipe}),
            SLAG: ExchangeData("smelter / slag", "mill / clay", 0.9, False, {TRUCK: truck}),
        },
        accounts=ACCOUNTS,
        effects=effects,
        totals=WEIGHTS,
    )


def make_assembly(extra: Iterable[Line] = (), *, without: Callable[[Line], bool] = lambda line: False) -> Assembly:
    kept = tuple(line for line in (*lines(), *extra) if not without(line))
    effects: dict[str, dict[tuple[str, ...], dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for line in kept:
        booked = effects[line.family][line.index]
        booked[line.account] = booked.get(line.account, 0.0) + line.effect
    facts = ExchangeFacts(
        "smelter",
        "mill",
        "steam",
        "steam",
        "steam",
        "steam",
        1.0,
        8000.0,
        True,
        7240.0,
        1.2,
        {PIPE: ("pipe", "DN 400")},
    )
    slag = replace(facts, source="slag", sink="clay", resource="slag", replaces="clay", ratio=0.9, assumed_hours=False)
    slag = replace(slag, options={TRUCK: ("truck", None)}, delay_yr=0.5, permit="by-product declaration")
    return Assembly(make_instance(effects), kept, {STEAM: facts, SLAG: slag}, ("shared hours assumed",))


def make_solution(assembly: Assembly, values: Mapping[str, Mapping[tuple[str, ...], float]]) -> Solution:
    """Accounts and totals as the model has them: from the effects of the instance."""
    accounts = dict.fromkeys(assembly.instance.accounts, 0.0)
    for family, effects in assembly.instance.effects.items():
        for index, booked in effects.items():
            for account, effect in booked.items():
                accounts[account] += effect * values.get(family, {}).get(index, 0.0)
    totals = {n: sum(w * accounts[a] for a, w in weights.items()) for n, weights in assembly.instance.totals.items()}
    cost = totals["total_annual_cost"]
    return Solution(Status.OPTIMAL, values, accounts, totals, (Stage("cost", cost, cost, 0.0),))


SITED = {("smelter", "P1"): 1.0, ("mill", "P2"): 1.0}
PLAN_VALUES: dict[str, dict[tuple[str, ...], float]] = {
    "sited": SITED,
    "built": {(STEAM, PIPE): 1.0, (SLAG, TRUCK): 1.0},
    "link": {(STEAM, PIPE, "P1", "P2"): 1.0, (SLAG, TRUCK, "P1", "P2"): 1.0},
    "flow": {(STEAM, PIPE, "year"): 100_000.0, (SLAG, TRUCK, "year"): 800.0},
    "pair_flow": {(SLAG, TRUCK, "P1", "P2", "year"): 800.0},
    "supplied": {("mill / steam", "year"): 60_000.0, ("mill / clay", "year"): 280.0},
    "discharged": {("smelter / slag", "year"): 200.0},
}
BASELINE_VALUES: dict[str, dict[tuple[str, ...], float]] = {
    "sited": SITED,
    "supplied": {("mill / steam", "year"): 160_000.0, ("mill / clay", "year"): 1000.0},
    "discharged": {("smelter / slag", "year"): 1000.0},
}


def make_distances() -> Distances:
    plots = {"P1": box(0, 0, 250, 200), "P2": box(4000, 0, 4200, 200)}
    path = LineString([(250, 0), (4000, 250), (4000, 0)])
    routes = {
        "corridors": {("P1", "P2"): Route(4000.0, 4200.0, path, ("c1",)), ("P2", "P1"): Route(4000.0, 4200.0, path)},
        "roads": {("P1", "P2"): Route(2000.0, 2000.0, path), ("P2", "P1"): Route(2000.0, 2000.0, path)},
    }
    return Distances(
        routes=routes,
        plots=gpd.GeoDataFrame(
            {"name": list(plots), "area_ha": [5.0, 4.0]}, geometry=list(plots.values()), crs="EPSG:5187"
        ),
        points=gpd.GeoDataFrame({"name": list(plots)}, geometry=[Point(250, 0), Point(4000, 0)], crs="EPSG:5187"),
        edge_m={("P1", "P2"): 3750.0, ("P2", "P1"): 3750.0},
        segments=gpd.GeoDataFrame({"id": ["c1"], "length_m": [4000.0]}, geometry=[path], crs="EPSG:5187"),
        crs="EPSG:5187",
        notes=("projected",),
    )
