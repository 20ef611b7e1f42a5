"""The plan's layers as one GeoPackage."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.results.plan import Plan

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Date written into the file, so that the same plan gives the same bytes.
_DATE = "2000-01-01T00:00:00Z"

LAYERS = ("plots", "siting", "corridors", "links", "partners", "trenches", "mains", "stretches")
#: Tables without shapes that go with the layers, where they have rows.
TABLES = ("quantities", "trench_shares")
#: What a layer holds, with the units of its columns; a GIS shows it as its description.
ABOUT: Mapping[str, str] = {
    "plots": "Plots of the case: area_ha in ha.",
    "siting": "What stands where: areas in ha, land_investment in {money}, land_cost_per_yr in {money} a year.",
    "corridors": "Corridors of the case: length_m and extra_m in m.",
    "links": "Exchanges built: length_km in km, flow_per_yr and peak_per_h in the unit of the column unit, capex in "
    "{money}, cost_per_yr and gain_per_yr in {money} a year, co2e_avoided_t_per_yr in t a year, paybacks in yr.",
    "partners": "Partners outside the park.",
    "trenches": "Trenches dug or used: length_m in m, capex in {money}, cost_per_yr in {money} a year.",
    "mains": "Pipes of mains: length_m in m, flow_per_yr and capacity_per_h in the unit of the column unit, capex in "
    "{money}, cost_per_yr in {money} a year.",
    "stretches": "Stretches that trenches may follow: lengths in m.",
}
#: What a layer holds that is empty.
SHAPES: Mapping[str, str] = dict.fromkeys(LAYERS, "LineString") | {
    "plots": "Polygon",
    "siting": "Polygon",
    "partners": "Point",
}


def write_layers(plan: Plan, path: Path) -> bool:
    """Write the layers of a plan; returns False where the case has no coordinates and nothing was written."""
    present = [name for name in LAYERS if name in plan.layers]
    if not present:
        return False
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    try:
        for name in present:
            layer, about = _flat(plan.layers[name]), {"DESCRIPTION": ABOUT[name].format(money=_money(plan))}
            with warnings.catch_warnings():
                # an empty layer is a right answer: no link was built
                warnings.filterwarnings("ignore", message=".*geometry.*", category=UserWarning)
                pyogrio.write_dataframe(
                    layer,
                    path,
                    layer=name,
                    driver="GPKG",
                    **_shapes(layer, name),
                    layer_options=about,
                    append=False,
                )
        for name in TABLES:
            table = plan.tables.get(name)
            if table is not None and len(table):
                pyogrio.write_dataframe(_plain(table), path, layer=name, driver="GPKG", append=False)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return True


def _shapes(layer: "gpd.GeoDataFrame", name: str) -> dict[str, Any]:
    """Type of the shapes of a layer, which a GIS draws it by: what all have in common, or what such a layer holds."""
    found = set(layer.geom_type.dropna()) or {SHAPES[name]}
    base = {kind.removeprefix("Multi") for kind in found}
    if len(found) == 1:
        return {"geometry_type": found.pop()}
    return (
        {"geometry_type": f"Multi{base.pop()}", "promote_to_multi": True}
        if len(base) == 1
        else {"geometry_type": "Unknown"}
    )


def _money(plan: Plan) -> str:
    return f"{plan.header.get('currency')} of {plan.header.get('price_year')}"


def _flat(layer: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """Return a layer in which lists are one text, and a column of text and numbers is text."""
    made = _plain(layer.drop(columns=layer.geometry.name))
    return layer.assign(**{str(column): made[column] for column in made.columns})


def _plain(table: "pd.DataFrame") -> "pd.DataFrame":
    made = table.copy()
    for column in made.columns:
        if made[column].dtype != object:
            continue
        values = [_one(value) for value in made[column]]
        kinds = {type(value) for value in values if not _missing(value)}
        if str in kinds:
            made[column] = [None if _missing(value) else str(value) for value in values]
    return made


def _missing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or (isinstance(value, float) and value != value)


def _one(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {part}" for key, part in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(str(part) for part in (sorted(value) if isinstance(value, set | frozenset) else value))
    return value
