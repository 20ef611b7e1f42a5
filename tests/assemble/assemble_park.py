"""A tiny park, varied test by test: a smelter gives steam to a mill over a pipe.

The smelter (P1) gives 30 t/h for 8000 h, the mill (P2) takes 20 t/h for 7000 h and makes it today from 0.8 MWh of gas
a tonne. P1 and P2 are 1000 m apart (cost length 1500 m), P3 lies 2000 m from both. No interest, so that 1 of
investment over n years is 1/n a year. Numbers are in the documented units.
"""

import copy
from typing import Any

import geopandas as gpd
import shapely

from planner.assemble import Assembly, assemble
from planner.assemble.assembly import Line
from planner.case.case import Case
from planner.geography.distances import Distances, Route

STEAM = "smelter > mill: steam"
PIPE = "pipe / DN 200"

PARK: dict[str, Any] = {
    "case": "tiny",
    "currency": "EUR",
    "price_year": 2025,
    "economics": {"discount_rate": 0, "lifetime": {"pipe": 20}},
    "plots": {"P1": {}, "P2": {}, "P3": {}},
    "resources": {
        "gas": {"kind": "gas", "unit": "MWh", "price": 40, "co2e": {"use": 0.2, "supply": 0.03}},
        "power": {"kind": "power", "unit": "MWh", "price": 100, "co2e": {"supply": 0.25}},
        "steam": {
            "kind": "heat",
            "unit": "t",
            "enthalpy": 0.5,
            "carried_by": ["pipe"],
            "discharge": {"route": "cooling tower"},
        },
    },
    "plants": {
        "smelter": {"plot": "P1", "area": 1, "hours": 8000, "sources": {"steam": {"rate": 30}}},
        "mill": {
            "plot": "P2",
            "area": 1,
            "hours": 7000,
            "sinks": {"steam": {"rate": 20, "supplied_today_by": {"gas": 0.8}}},
        },
    },
    "links": {"pipe": {"kind": "pipe", "sizes": [{"size": "DN 200", "capacity": 100}]}},
}


def park(**changes: Any) -> dict[str, Any]:
    """The park with fields changed; ``__`` walks into it: plants__mill__hours."""
    raw = copy.deepcopy(PARK)
    for path, value in changes.items():
        *way, last = path.split("__")
        node = raw
        for key in way:
            node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
        node[last] = value
    return raw


def places(areas: dict[str, float] | None = None, **routes: tuple[float, float]) -> Distances:
    """Plots of 4 ha in a row, 100 m apart; routes of (length, cost length) are written P1_P2."""
    areas = areas or {"P1": 4.0, "P2": 4.0, "P3": 4.0}
    plots = gpd.GeoDataFrame(
        {"name": list(areas), "area_ha": list(areas.values())},
        geometry=[shapely.box(300 * k, 0, 300 * k + 200, 200) for k in range(len(areas))],
    )
    known = {"P1_P2": (1000.0, 1500.0), "P1_P3": (2000.0, 2000.0), "P2_P3": (2000.0, 2000.0)} | routes
    ways = {}
    for pair, (length, cost) in known.items():
        a, b = pair.split("_")
        ways[a, b] = ways[b, a] = Route(length, cost)
    names = list(areas)
    edges = {(a, b): 300.0 * abs(j - i) - 200.0 for i, a in enumerate(names) for j, b in enumerate(names) if a != b}
    return Distances(dict.fromkeys(("corridors", "roads"), ways), plots, plots.head(0), edges)


def made(distances: Distances | None = None, *, relaxed: bool = False, **changes: Any) -> Assembly:
    """The varied park, assembled."""
    return assemble(Case.model_validate(park(**changes)), distances or places(), relaxed=relaxed)


def lines(assembly: Assembly, account: str, **where: Any) -> list[Line]:
    """Lines of an account, those with the given fields."""
    return [
        line
        for line in assembly.lines
        if line.account == account and all(getattr(line, name) == value for name, value in where.items())
    ]


def booked(assembly: Assembly, account: str, **where: Any) -> float:
    """Sum of the effects of an account's lines."""
    return sum(line.effect for line in lines(assembly, account, **where))


def max_flow(assembly: Assembly, exchange: str = STEAM, option: str = PIPE) -> float:
    """The bound on an option's flow."""
    return assembly.instance.exchanges[exchange].options[option].max_flow["year"]
