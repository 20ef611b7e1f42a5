"""A case of pipes only, and the tables of a plan made by hand: what the hydraulic check reads of them.

Pipes are bare numbers in the documented units: mm, m/s, Pa/m, kg/m3, Pa*s.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from planner.case.case import Case
from planner.geography.distances import CorridorGraph, Distances, Stretch
from planner.results.columns import COLUMNS

WATER = {"phase": "liquid", "density": 1000, "viscosity": 0.001}
OIL = {"phase": "liquid", "density": 900, "viscosity": 0.1}
AIR = {"phase": "gas", "density": 8, "viscosity": 2e-5}
MAIN = "pipe: water"
EXCHANGE = "well > mill: water"
DN200 = {"size": "DN 200", "inner_diameter": 200}
DN100 = {"size": "DN 100", "inner_diameter": 100}


def wet(
    resource: Mapping[str, Any] | None = None,
    sizes: Sequence[Mapping[str, Any]] = (DN200, DN100),
    existing_mains: Mapping[str, Any] | None = None,
    **link: Any,
) -> Case:
    """A case with one link, "pipe", for one resource, "water": in t, a main, no limits unless stated."""
    water = {"kind": "water", "unit": "t", "carried_by": ["pipe"], "fluid": WATER} | dict(resource or {})
    return Case.model_validate(
        {
            "case": "pipes",
            "currency": "EUR",
            "price_year": 2025,
            "economics": {"discount_rate": 0},
            "resources": {"water": {key: value for key, value in water.items() if value is not None}},
            "plants": {},
            "links": {"pipe": {"kind": "pipe", "main": True, "sizes": list(sizes)} | link},
            "existing_mains": dict(existing_mains or {}),
        }
    )


def ground(stretches: Mapping[str, tuple[str, str]], **more: Any) -> Distances:
    """Corridors between nodes; every node is a place, too. ``more`` goes into every stretch."""
    made = {
        name: Stretch(tail, head, 100.0, 100.0, corridors=(name,), **more) for name, (tail, head) in stretches.items()
    }
    nodes = dict.fromkeys((node for ends in stretches.values() for node in ends), (0.0, 0.0))
    graph = CorridorGraph(made, {node: node for node in nodes}, nodes)
    empty: Any = pd.DataFrame()
    return Distances({}, empty, empty, {}, graph=graph)


def main_row(stretch: str, ends: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """A row of the table of mains: one DN 200 of 100 m."""
    row = {"main": MAIN, "resource": "water", "link": "pipe", "stretch": stretch, "size": "DN 200", "pipes": 1}
    return row | {"from_node": ends[0], "to_node": ends[1], "length_m": 100.0} | changes


def sent(start: str, end: str, peak: float, **changes: Any) -> dict[str, Any]:
    """A row of the table of exchanges over the main; what is sent is lost nowhere."""
    row = {"exchange": f"{start} > {end}: water", "resource": "water", "link": "pipe", "main": MAIN, "copies": 1}
    row |= {"from_place": start, "to_place": end, "peak_per_h": peak, "flow_per_yr": 8000 * peak, "lost_per_yr": 0.0}
    return row | changes


def tables(mains: Sequence[Mapping[str, Any]], exchanges: Sequence[Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
    """The tables the check reads, with all their columns."""
    return {
        "mains": pd.DataFrame(list(mains), columns=list(COLUMNS["mains"])),
        "exchanges": pd.DataFrame(list(exchanges), columns=list(COLUMNS["exchanges"])),
    }
