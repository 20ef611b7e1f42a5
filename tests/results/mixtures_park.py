"""Parks with water and qualities made by hand: a case, its flows, and the books of a run, without a model."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
from shapely import Point
from steam_and_slag_park import WEIGHTS

from models.instance import ExchangeData, FacilityData, Instance, OptionData, SinkData, SourceData, UnitData
from models.qualities import OperationData
from models.solution import Solution, Stage, Status
from planner.assemble.assembly import ACCOUNTS, Assembly, ExchangeFacts
from planner.case.case import Case
from planner.geography.distances import Distances
from planner.results.books import Books
from planner.results.compositions import Contents

HOURS = 1000.0
SITE = "on site"

#: Fresh water, waste water and sludge, all in t; COD in ppm is weighted by t: 1 ppm x 1 t is 1e-3 kg.
WATER: dict[str, Any] = {
    "case": "Water",
    "currency": "EUR",
    "price_year": 2024,
    "economics": {"discount_rate": 0.08},
    "qualities": {"COD": {"unit": "ppm"}},
    "resources": {
        "fresh": {"kind": "water", "unit": "t", "water": 1, "price": 1, "quality": {"COD": 0}},
        "waste": {"kind": "water", "unit": "t", "water": 1, "discharge": {"route": "sewer", "cost": 2}},
        "sludge": {"kind": "material", "unit": "t", "discharge": {"route": "farm"}},
    },
    "plants": {},
}


def water_case(**changes: Any) -> Case:
    """The resources above with plants and whatever else is given."""
    return Case.model_validate({**WATER, **changes})


def plant(**parts: Any) -> dict[str, Any]:
    """A plant of 1000 h/yr."""
    return {"plot": "P", "hours": HOURS, **parts}


def exchange_id(source: str, sink: str) -> str:
    (giver, given), (taker, taken) = source.split(" / "), sink.split(" / ")
    return f"{giver} > {taker}: {given}" + ("" if given == taken else f" -> {taken}")


def _instance(case: Case, pairs: Mapping[tuple[str, str], float]) -> Instance:
    units = {name: UnitData("plant") for name in case.plants} | {name: UnitData("partner") for name in case.partners}
    sources: dict[str, SourceData] = {}
    sinks: dict[str, SinkData] = {}
    operations: dict[str, OperationData] = {}
    for name, tenant in {**case.plants, **case.partners}.items():
        hours = tenant.hours.value if tenant.hours else 8760.0
        sources |= {
            f"{name} / {s}": SourceData(name, {"year": d.rate.value * hours}) for s, d in tenant.sources.items()
        }
        sinks |= {f"{name} / {s}": SinkData(name, {"year": d.rate.value * hours}) for s, d in tenant.sinks.items()}
        for operation, data in tenant.operations.items():
            parts = [""] if data.parts == 1 else [f" #{n + 1}" for n in range(data.parts)]
            beside = ((data.gain.value if data.gain else 0.0) - (data.loss.value if data.loss else 0.0)) * hours
            for part in parts:
                key = f"{name} / {operation}{part}"
                whole = f"{name} / {operation}" if part else None
                operations[key] = OperationData(name, {"year": 0.0}, {"year": 1e9}, whole)
                sources[key] = SourceData(name, {"year": 1.0}, operation=key, beside={"year": beside})
                sinks[key] = SinkData(name, {"year": 1.0}, operation=key)
    facilities: dict[str, FacilityData] = {}
    for name, facility in case.facilities.items():
        units[name] = UnitData("facility")
        facilities[name] = FacilityData({}, {"year": 8760.0})
        sources |= {f"{name} / {r}": SourceData(name, {"year": x.value}) for r, x in facility.outputs.items()}
        sinks |= {f"{name} / {r}": SinkData(name, {"year": x.value}) for r, x in facility.inputs.items()}
    options = {SITE: OptionData({"year": 1e9})}
    return Instance(
        units=units,
        places={},
        admissible={},
        sources=sources,
        sinks=sinks,
        exchanges={exchange_id(*ends): ExchangeData(*ends, ratio, False, options) for ends, ratio in pairs.items()},
        accounts=ACCOUNTS,
        effects={},
        totals=WEIGHTS,
        facilities=facilities,
        operations=operations,
    )


def _facts(case: Case, instance: Instance) -> dict[str, ExchangeFacts]:
    bare = Books("plan", case, distances(), Assembly(instance, (), {}), solution({}))
    from planner.results.streams import sink, source

    found = {}
    for name, data in instance.exchanges.items():
        given, taken = source(bare, data.source), sink(bare, data.sink)
        ends = (given.unit, taken.unit, given.name, taken.name, given.resource, taken.resource)
        found[name] = ExchangeFacts(*ends, data.ratio, HOURS, False, HOURS, 1.0, {SITE: (None, None)})
    return found


def solution(values: Mapping[str, Mapping[tuple[str, ...], float]]) -> Solution:
    accounts = dict.fromkeys(ACCOUNTS, 0.0)
    return Solution(Status.OPTIMAL, values, accounts, dict.fromkeys(WEIGHTS, 0.0), (Stage("cost", 0.0, 0.0, 0.0),))


def distances() -> Distances:
    empty = gpd.GeoDataFrame({"name": [], "area_ha": []}, geometry=[])
    return Distances({}, empty, gpd.GeoDataFrame({"name": ["P"]}, geometry=[Point(0, 0)]), {})


def water_books(
    case: Case,
    flows: Mapping[tuple[str, str], float],
    *,
    ratios: Mapping[tuple[str, str], float] | None = None,
    assembly: Assembly | None = None,
    **families: Mapping[str, float],
) -> Books:
    """The books of a run: flows by (source, sink), and by family amounts of each stream, operation or facility."""
    pairs = {ends: (ratios or {}).get(ends, 1.0) for ends in flows}
    if assembly is None:
        instance = _instance(case, pairs)
        assembly = Assembly(instance, (), _facts(case, instance))
    values: dict[str, dict[tuple[str, ...], float]] = {
        "sited": {(name, "P"): 1.0 for name in case.plants},
        "flow": {(exchange_id(*ends), SITE, "year"): amount for ends, amount in flows.items()},
    }
    for family, amounts in families.items():
        if family == "opened":
            values[family] = {(name, "1"): 1.0 for name in amounts}
            values["sited"] |= {(name, "P"): 1.0 for name in amounts}
            values["activity"] = {(name, "year"): amount for name, amount in amounts.items()}
        else:
            tail = () if family == "share" else ("year",)
            values[family] = {(name, *tail): amount for name, amount in amounts.items()}
    return Books("plan", case, distances(), assembly, solution(values))


def contents(*args: Any, **families: Any) -> Contents:
    return Contents(water_books(*args, **families))
