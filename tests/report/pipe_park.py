"""A made-up park with mains: 26 plots on skewed streets, 16 tenants, three mains, a loop, a trench of four pipes.

Flows of mains follow shortest ways, those of the hot water main are spread over a loop by hand.
"""

import math
from collections import defaultdict
from typing import Any

import geopandas as gpd
import networkx as nx
import pandas as pd
from shapely import LineString, Point, Polygon
from shapely.affinity import rotate
from two_plants_plan import CRS, HEADER, table, tables

from planner.results.plan import Plan

STEAM, WATER, CO2 = "steam main: steam", "heat main: hot water", "gas main: CO2"
ORIGIN = (0.0, 0.0)
SKEW = 11.0
STREETS_X, STREETS_Y = (0.0, 420.0, 840.0, 1260.0), (0.0, 320.0, 640.0)
TENANTS = (
    *("power station", "refinery", "brewery", "paper mill", "fish farm", "board plant", "cement", "ethanol"),
    *("data centre", "dairy", "greenhouse", "pharma", "tyre works", "bakery", "recycling", "cold store"),
)
SIZES = {STEAM: (("DN 100", 20.0), ("DN 200", 60.0), ("DN 300", 150.0)), WATER: (("DN 80", 15.0), ("DN 150", 90.0))}
SIZES[CO2] = (("DN 50", 4.0), ("DN 80", 20.0))
UNITS = {STEAM: "t", WATER: "MWh", CO2: "t"}
#: Exchanges over mains: main, giver, taker, flow a year.
OVER = (
    (STEAM, "power station", "paper mill", 420_000.0),
    (STEAM, "power station", "brewery", 90_000.0),
    (STEAM, "refinery", "board plant", 160_000.0),
    (STEAM, "power station", "pharma", 80_000.0),
    (STEAM, "refinery", "tyre works", 60_000.0),
    (STEAM, "power station", "dairy", 40_000.0),
    (WATER, "data centre", "greenhouse", 150_000.0),
    (WATER, "data centre", "fish farm", 60_000.0),
    (WATER, "cement", "town", 220_000.0),
    (WATER, "cement", "bakery", 20_000.0),
    (WATER, "data centre", "dairy", 30_000.0),
    (CO2, "ethanol", "greenhouse", 12_000.0),
    (CO2, "ethanol", "brewery", 6_000.0),
    (CO2, "refinery", "cold store", 30_000.0),
)
#: Exchanges with a pipe of their own in the trenches: giver, taker, resource, flow.
OWN = (
    ("paper mill", "ethanol", "wastewater", 700_000.0),
    ("refinery", "pharma", "cooling water", 2_000_000.0),
    ("brewery", "greenhouse", "rain water", 90_000.0),
)
#: Exchanges by truck: giver, taker, resource, flow.
TRUCKS = (("cement", "recycling", "gypsum", 30_000.0), ("paper mill", "cement", "sludge", 12_000.0))


def _turn(shape: Any) -> Any:
    return rotate(shape, SKEW, origin=ORIGIN)


def plots() -> dict[str, Polygon]:
    """Eight blocks of three plots, and two plots beyond the last street."""
    made = {}
    for row, (south, north) in enumerate(((0.0, 320.0), (320.0, 640.0))):
        for column, west in enumerate(STREETS_X[:-1]):
            for i in range(4):
                wide = 195.0
                x, y = west + 12 + (i % 2) * (wide + 6), (south + 12 if i < 2 else (south + north) / 2 + 3)
                name = f"{'ABC'[column]}{row * 4 + i + 1}"
                made[name] = Polygon([(x, y), (x + wide, y), (x + wide, y + 145), (x, y + 145)])
    for i in range(2):
        y = 12.0 + i * 320
        made[f"D{i + 1}"] = Polygon([(1272, y), (1440, y), (1440, y + 200), (1272, y + 180)])
    return made


def _front(name: str, shape: Polygon) -> tuple[tuple[float, float], tuple[float, float]]:
    """Access of a plot: the point on its edge and the point on its street."""
    left, low, right, high = shape.bounds
    x = (left + right) / 2
    if name.startswith("D"):
        return (left, (low + high) / 2), (1260.0, (low + high) / 2)
    south = min(STREETS_Y, key=lambda y: abs(y - low))
    north = min(STREETS_Y, key=lambda y: abs(y - high))
    return ((x, low), (x, south)) if abs(low - south) < abs(north - high) else ((x, high), (x, north))


def graph() -> tuple[nx.Graph, dict[str, tuple[float, float]]]:
    """Streets noded at crossings and accesses, and the node of each place."""
    accesses = {name: _front(name, shape) for name, shape in plots().items()}
    accesses["town"] = ((-140.0, 330.0), (0.0, 320.0))
    on_street = [spot for _, spot in accesses.values()]
    made = nx.Graph()
    for y in STREETS_Y:
        xs = sorted({*STREETS_X, *(p[0] for p in on_street if p[1] == y)})
        for a, b in zip(xs, xs[1:], strict=False):
            made.add_edge((a, y), (b, y))
    for x in STREETS_X:
        ys = sorted({*STREETS_Y, *(p[1] for p in on_street if p[0] == x)})
        for a, b in zip(ys, ys[1:], strict=False):
            made.add_edge((x, a), (x, b))
    for edge, street in accesses.values():
        made.add_edge(edge, street)
    for i, (a, b) in enumerate(sorted(tuple(sorted(edge)) for edge in made.edges)):
        made.edges[a, b].update(id=f"street {i}", tail=a, head=b, length=math.dist(a, b))
    return made, {name: edge for name, (edge, _) in accesses.items()}


def pipe_park() -> Plan:
    """Make the plan."""
    streets, nodes = graph()
    names = list(plots())
    seats = dict(zip(TENANTS, names[:1] + names[2:13:1] + names[15:], strict=False))
    where = {unit: nodes[plot] for unit, plot in seats.items()} | {"town": nodes["town"]}
    net: dict[tuple[str, str], float] = defaultdict(float)
    exchanges, lines = [], []

    def way(giver: str, taker: str) -> list[tuple[float, float]]:
        return list(nx.shortest_path(streets, where[giver], where[taker], weight="length"))

    def add(giver: str, taker: str, resource: str, flow: float, **more: Any) -> list[tuple[float, float]]:
        path = way(giver, taker)
        row = {"exchange": f"{giver} > {taker}: {resource}", "from": giver, "to": taker, "resource": resource}
        row |= {"from_place": seats.get(giver, giver), "to_place": seats.get(taker, taker), "own": False, "unit": "t"}
        row |= {"flow_per_yr": flow, "copies": 1, "length_km": LineString(path).length / 1000, "capex": 2e5} | more
        exchanges.append(row)
        lines.append(_turn(LineString(path)))
        return path

    for main, giver, taker, flow in OVER:
        link, resource = main.split(": ")
        path = add(giver, taker, resource, flow, unit=UNITS[main], main=main, link=link, shared_capex=flow * 4)
        for a, b in zip(path, path[1:], strict=False):
            edge = streets.edges[a, b]
            net[main, edge["id"]] += flow if edge["tail"] == a else -flow
    own: list[tuple[str, str, str, int]] = []
    for giver, taker, resource, flow in OWN:
        path = add(giver, taker, resource, flow, link="water pipe", size="DN 125", unit="m3")
        for a, b in zip(path, path[1:], strict=False):
            edge = streets.edges[a, b]
            own.append((exchanges[-1]["exchange"], edge["id"], resource, 1 if edge["tail"] == a else -1))
    for giver, taker, resource, flow in TRUCKS:
        add(giver, taker, resource, flow, link="truck")
    _close_loop(streets, net)
    edges = {data["id"]: data for _, _, data in streets.edges(data=True)}
    return _plan(seats, edges, net, own, exchanges, lines)


def _close_loop(streets: nx.Graph, net: dict[tuple[str, str], float]) -> None:
    """The hot water main feeds the middle block from both sides."""
    corners = [(420.0, 320.0), (840.0, 320.0), (840.0, 640.0), (420.0, 640.0), (420.0, 320.0)]
    for start, end in zip(corners, corners[1:], strict=False):
        path = nx.shortest_path(streets, start, end, weight="length")
        for a, b in zip(path, path[1:], strict=False):
            edge = streets.edges[a, b]
            net[WATER, edge["id"]] += 25_000.0 if edge["tail"] == a else -25_000.0


def _plan(
    seats: dict[str, str],
    edges: dict[str, dict[str, Any]],
    net: dict[tuple[str, str], float],
    own: list[tuple[str, str, str, int]],
    exchanges: list[dict[str, Any]],
    links: list[LineString],
) -> Plan:
    mains, pipe_runs = [], []
    for (main, stretch), flow in sorted(net.items()):
        if abs(flow) < 1:
            continue
        size, capacity = next(s for s in SIZES[main] if abs(flow) / 5000 <= s[1])
        link, resource = main.split(": ")
        old = main == STEAM and edges[stretch]["tail"][0] == edges[stretch]["head"][0] == 420.0
        common = {"stretch": stretch, "resource": resource, "size": size, "pipes": 1, "existing": old}
        common["length_m"] = edges[stretch]["length"]
        mains.append(
            common
            | {"main": main, "link": link, "flow_per_yr": abs(flow), "unit": UNITS[main], "capacity_per_h": capacity}
            | {"capex": 0.0 if old else 900 * common["length_m"], "cost_per_yr": 1.0}
        )
        pipe_runs.append(common | {"carrier": main, "direction": "+" if flow > 0 else "-"})
    for exchange, stretch, resource, heading in own:
        row = {"stretch": stretch, "carrier": exchange, "resource": resource, "size": "DN 125", "pipes": 1}
        row |= {"existing": False, "length_m": edges[stretch]["length"], "direction": "+" if heading > 0 else "-"}
        pipe_runs.append(row)
    used = sorted({row["stretch"] for row in pipe_runs})
    trenches = [
        {"stretch": s, "length_m": edges[s]["length"], "trench": "existing" if edges[s]["tail"][1] == 640.0 else "new"}
        | {"pipes": sum(row["stretch"] == s for row in pipe_runs), "capex": 400 * edges[s]["length"]}
        for s in used
    ]
    made = tables() | {name: table(name) for name in ("exchanges", "siting", "mains", "trenches", "pipe_runs")}
    made["exchanges"] = table("exchanges", *exchanges)
    made["siting"] = table("siting", *({"unit": u, "kind": "plant", "plot": p} for u, p in seats.items()))
    made |= {"mains": table("mains", *mains), "trenches": table("trenches", *trenches)}
    made["pipe_runs"] = table("pipe_runs", *pipe_runs)
    header = HEADER | {"case": {**HEADER["case"], "name": "Riverside"}}
    audit = {"passed": True, "checks": []}
    return Plan(tables=made, layers=_layers(made, edges, links), header=header, audit=audit)


def _layers(
    made: dict[str, pd.DataFrame], edges: dict[str, dict[str, Any]], links: list[LineString]
) -> dict[str, gpd.GeoDataFrame]:
    courses = {name: _turn(LineString([data["tail"], data["head"]])) for name, data in edges.items()}

    def layer(rows: pd.DataFrame, shapes: Any) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(rows, geometry=list(shapes), crs=CRS)

    shapes = plots()
    return {
        "plots": layer(pd.DataFrame({"name": list(shapes)}), map(_turn, shapes.values())),
        "siting": layer(made["siting"], (_turn(shapes[plot]) for plot in made["siting"]["plot"])),
        "corridors": layer(pd.DataFrame({"name": list(courses)}), courses.values()),
        "links": layer(made["exchanges"], links),
        "partners": layer(pd.DataFrame({"name": ["town"]}), [_turn(Point(-140, 330))]),
        "trenches": layer(made["trenches"], (courses[s] for s in made["trenches"]["stretch"])),
        "mains": layer(made["mains"], (courses[s] for s in made["mains"]["stretch"])),
        "stretches": layer(pd.DataFrame({"stretch": list(courses)}), courses.values()),
    }
