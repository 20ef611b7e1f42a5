"""A plan made by hand: two plants on plots 100 m squares, a partner, two links along one corridor."""

from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

from planner.results.columns import COLUMNS

CRS = "EPSG:25832"


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{column: row.get(column) for column in COLUMNS[name]} for row in rows], columns=COLUMNS[name])


def tables() -> dict[str, pd.DataFrame]:
    made = {name: table(name) for name in COLUMNS}
    made["indicators"] = table(
        "indicators",
        # 1,200,000 - 900,000 = 300,000 EUR/yr, 25 %
        {
            "indicator": "total_annual_cost",
            "unit": "EUR/yr",
            "baseline": 1.2e6,
            "plan": 0.9e6,
            "reduction": 0.3e6,
            "reduction_pct": 25.0,
            "weak_share": 0.1,
        },
        {"indicator": "co2e", "unit": "tCO2e/yr", "baseline": 40000.0, "plan": 30000.0, "reduction": 10000.0}
        | {"reduction_pct": 25.0},
        {"indicator": "waste", "unit": "t/yr", "baseline": 0.0, "plan": 0.0, "reduction": 0.0, "reduction_pct": None},
        {"indicator": "fresh_water", "unit": "m3/yr", "baseline": 500.0, "plan": 450.0, "reduction": 50.0}
        | {"reduction_pct": 10.0},
    )
    made["siting"] = table(
        "siting",
        {"unit": "smelter", "kind": "plant", "plot": "P1", "area_ha": 1.0, "land_taken_ha": 1.0},
        {"unit": "=mill", "kind": "plant", "plot": "P3", "area_ha": 0.8, "land_taken_ha": 1.0},
    )
    made["exchanges"] = table(
        "exchanges",
        _exchange("smelter > =mill: steam", "smelter", "=mill", "steam", "P1", "P3", 90_000.0, 1.5e6),
        _exchange("=mill > town: warm water", "=mill", "town", "warm water", "P3", "town", 4_000.0, 2.0e5),
    )
    return made


def _exchange(
    name: str, giver: str, taker: str, resource: str, start: str, end: str, flow: float, capex: float
) -> dict[str, Any]:
    return {
        "exchange": name,
        "from": giver,
        "to": taker,
        "resource": resource,
        "own": False,
        "link": "steam pipe",
        "size": "DN 200",
        "copies": 1,
        "from_place": start,
        "to_place": end,
        "length_km": 0.3,
        "flow_per_yr": flow,
        "unit": "t",
        "capex": capex,
        "gain_per_yr": capex / 5,
        "payback_yr": 5.0,
        "hours_assumed": True,
    }


def layers() -> dict[str, gpd.GeoDataFrame]:
    plots = {"P1": box(0, 20, 100, 120), "P2": box(120, 20, 220, 120), "P3": box(240, 20, 340, 120)}
    return {
        "plots": gpd.GeoDataFrame({"name": list(plots), "area_ha": 1.0}, geometry=list(plots.values()), crs=CRS),
        "siting": gpd.GeoDataFrame(
            {"unit": ["smelter", "=mill"], "kind": "plant", "plot": ["P1", "P3"]},
            geometry=[plots["P1"], plots["P3"]],
            crs=CRS,
        ),
        "corridors": gpd.GeoDataFrame({"name": ["main"]}, geometry=[LineString([(0, 0), (500, 0)])], crs=CRS),
        "links": gpd.GeoDataFrame(
            {"exchange": ["smelter > =mill: steam", "=mill > town: warm water"]},
            geometry=[
                LineString([(50, 20), (50, 0), (290, 0), (290, 20)]),
                LineString([(290, 20), (290, 0), (500, 0), (500, 60)]),
            ],
            crs=CRS,
        ),
        "partners": gpd.GeoDataFrame({"name": ["town"]}, geometry=[Point(500, 60)], crs=CRS),
    }


HEADER: dict[str, Any] = {
    "case": {"name": "Two plants", "path": "two", "sha256": "0" * 64},
    "created": "2026-11-22T00:00:00+00:00",
    "versions": {"ecopark-planner": "0.1.0"},
    "solver": {
        "name": "HiGHS",
        "version": "1.15.1",
        "status": "optimal",
        "objective": 0.9e6,
        "bound": 0.9e6,
        "gap": 0.0,
        "stages": [{"goal": "cost", "objective": 0.9e6, "bound": 0.9e6, "gap": 0.0}],
        "seconds": 0.4,
        "nodes": 1,
        "threads": 1,
        "seed": 0,
    },
    "objective": "cost",
    "currency": "EUR",
    "price_year": 2025,
    "notes": ["shared hours of smelter > =mill: steam assumed 7600 h/yr"],
}
