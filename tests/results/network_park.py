"""A park with mains made by hand; every amount can be checked on paper.

        Y                       stretch  length   surface               civil length   trench
        | y                     a        100 m    road                  150 m          new
   A -a- J -x- X                b        200 m    field                 200 m          new
        | b                     x        300 m    road 100, field 200   350 m          new, one railway crossing
        B                       y        400 m    field                 400 m          open already

Water by a main of DN 200, peak factor 1, 8000 h: 40,000 m3 from A to X, 30,000 from B to X, 30,000 from B to Y.
So 40,000 come to J by a and 60,000 by b, and leave it as 70,000 by x and 30,000 by y.
Air by a main of DN 100 from A to X, slurry by a pipe of its own, DN 100, from A to X: both along a and x.
Civil works 100/m of civil length, the crossing 5000, pipes 50/m, 20/m and 10/m, contingency 10 %; capital 0.1 a year.
Water costs 1/m3 to buy. Air and slurry replace nothing that is paid for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
from shapely import LineString, Point, box
from steam_and_slag_park import WEIGHTS, evidence, make_solution

from models.instance import ExchangeData, Instance, OptionData, PairData, PlaceData, SinkData, SourceData, UnitData
from models.network import BedData, MainData, PathData, PipeData, StretchData
from models.solution import Solution
from planner.assemble.assembly import ACCOUNTS, Assembly, ExchangeFacts, Line, MainFacts
from planner.case.case import Case
from planner.geography.distances import CorridorGraph, Distances, Route, Stretch
from planner.results.books import Books
from planner.results.plan import Plan
from planner.results.tabulate import tabulate

AX, BX, BY, AIR, SLURRY = "A > X: water", "B > X: water", "B > Y: water", "A > X: air", "A > X: slurry"
WATER_MAIN, AIR_MAIN = "water main: water", "air main: air"
BY_MAIN, BY_PIPE = "water main", "pipe / DN 100"
NODES = {"A": (0.0, 0.0), "B": (100.0, -200.0), "J": (100.0, 0.0), "X": (400.0, 0.0), "Y": (100.0, 400.0)}
ENDS = {"a": "AJ", "b": "BJ", "x": "JX", "y": "JY"}
METRES = {"a": 100.0, "b": 200.0, "x": 300.0, "y": 400.0}
CIVIL = {"a": 150.0, "b": 200.0, "x": 350.0, "y": 400.0}
HOURS = 8000.0
MORE = 1.1  # with contingency

CASE: dict[str, Any] = {
    "case": "Mains",
    "currency": "EUR",
    "price_year": 2024,
    "economics": {"discount_rate": 0.08, "contingency": 0.1, "cost_class": 4},
    "geography": {"surfaces": {"road": 1.5, "field": 1}, "crossings": [{"layer": "railway.geojson", "charge": 5000}]},
    "trenches": {"investment": 100, "maintenance": 0.01},
    "plots": {f"P{name}": {} for name in "ABXY"},
    "resources": {
        "water": {"kind": "water", "unit": "m3", "price": 1, "carried_by": ["water main", "pipe"]},
        "air": {"kind": "gas", "unit": "Nm3", "carried_by": ["air main"]},
        "slurry": {"kind": "material", "unit": "t", "carried_by": ["pipe"]},
    },
    "plants": {name: {"plot": f"P{name}", "hours": HOURS} for name in "ABXY"},
    "links": {
        "water main": {
            "kind": "pipe",
            "main": True,
            "sizes": [
                {"size": "DN 200", "capacity": 20, "investment": 50, "inner_diameter": 200, "fixed_investment": 1000},
                {"size": "DN 300", "capacity": 60, "investment": 80, "inner_diameter": 300},
            ],
        },
        "air main": {
            "kind": "pipe",
            "main": True,
            "sizes": [{"size": "DN 100", "capacity": 20, "investment": 20, "inner_diameter": 100}],
        },
        "pipe": {
            "kind": "pipe",
            "sizes": [{"size": "DN 100", "capacity": 10, "investment": 10, "inner_diameter": 100}],
        },
    },
    "existing_mains": {"old": {"link": "water main", "resource": "water", "along": ["b"], "size": "DN 300"}},
}

SURFACES = {
    "a": {"road": 100.0},
    "b": {"field": 200.0},
    "x": {"road": 100.0, "field": 200.0},
    "y": {"field": 400.0},
}
GRAPH = CorridorGraph(
    stretches={
        name: Stretch(
            tail,
            head,
            METRES[name],
            CIVIL[name],
            {1: 1.0} if name == "x" else {},
            SURFACES[name],
            corridors=(f"lane {name}",),
            trench="existing" if name == "y" else "new",
            line=LineString([NODES[tail], NODES[head]]),
        )
        for name, (tail, head) in ENDS.items()
    },
    places={f"P{name}": name for name in "ABXY"},
    nodes=NODES,
)


def make_distances(graph: CorridorGraph | None = GRAPH) -> Distances:
    plots = {f"P{name}": box(x - 5, y - 5, x + 5, y + 5) for name, (x, y) in NODES.items() if name != "J"}
    straight = Route(450.0, 500.0, LineString([(0, 0), (400, 0)]), ("a", "x"))
    return Distances(
        routes={"corridors": {("PA", "PX"): straight}},
        plots=gpd.GeoDataFrame({"name": list(plots), "area_ha": 0.01}, geometry=list(plots.values()), crs="EPSG:25832"),
        points=gpd.GeoDataFrame({"name": list(plots)}, geometry=[Point(NODES[n[1]]) for n in plots], crs="EPSG:25832"),
        edge_m={},
        crs="EPSG:25832",
        graph=graph,
    )


def _line(
    family: str, index: tuple[str, ...], account: str, amounts: tuple[float, float], item: str = "", **more: Any
) -> Line:
    quantity, factor = amounts
    more = {"party": "park company"} | more
    return Line(family, index, account, item or account, quantity, "u", factor, "x/u", **more)


def _invested(
    family: str, index: tuple[str, ...], asset: str, amounts: tuple[float, float], item: str = "", **more: Any
) -> Iterable[Line]:
    """An investment with contingency, and a tenth of it a year."""
    quantity, price = amounts
    yield _line(family, index, f"investment_{asset}", (quantity, price * MORE), item, **more)
    yearly = {**more, "evidence": (evidence("economics.discount_rate"),)}
    yield _line(family, index, f"{asset}_capital", (quantity, price * MORE * 0.1), item, **yearly)


def lines() -> Iterable[Line]:
    for name, metres in METRES.items():
        key = (WATER_MAIN, name, "DN 200")
        yield from _invested("laid", key, "link", (metres, 50.0), "water main DN 200", resource="water")
        yield _line("laid", key, "link_operation", (metres, 0.5), resource="water")
        for direction in "+-":
            index = (WATER_MAIN, name, direction, "year")
            yield _line("through", index, "transport", (metres / 1000, 0.01), resource="water")
    yield from _invested("fitted", (WATER_MAIN, "DN 200"), "link", (1.0, 1000.0), "water main DN 200", resource="water")
    yield _line("working", (WATER_MAIN,), "link_operation", (1.0, 600.0), resource="water")
    for name in "ax":
        key = (AIR_MAIN, name, "DN 100")
        yield from _invested("laid", key, "link", (METRES[name], 20.0), "air main DN 100", resource="air")
    for name in "abx":
        yield from _invested("dug", (name,), "trench", (CIVIL[name], 100.0), "trench")
        yield _line("dug", (name,), "trench_operation", (CIVIL[name], 1.0), "trench: maintenance")
    yield from _invested("dug", ("x",), "trench", (1.0, 5000.0), "crossing of railway.geojson")
    own = {"party": "A", "exchange": SLURRY, "resource": "slurry"}
    yield from _invested("link", (SLURRY, BY_PIPE, "PA", "PX"), "link", (400.0, 10.0), "pipe DN 100", **own)
    yield from _invested("detour", (SLURRY, BY_PIPE), "link", (1000.0, 10.0), "pipe DN 100", **own)
    connected = {"party": "A", "exchange": AX}
    yield _line("built", (AX, BY_MAIN), "investment_connection", (1.0, 2200.0), **connected)
    yield _line("built", (AX, BY_MAIN), "connection", (1.0, 220.0), **connected)
    for name in "XY":
        bought = {"party": name, "unit": name, "resource": "water"}
        yield _line("supplied", (f"{name} / water", "year"), "purchase", (1.0, 1.0), **bought)


def _bed(**pipes: float) -> BedData:
    return BedData({size.replace("_", " "): PipeData(capacity) for size, capacity in pipes.items()})


def make_instance(effects: Mapping[str, Any]) -> Instance:
    def over(main: str, p: str, q: str, metres: float) -> OptionData:
        return OptionData({"year": 1e5}, {(p, q): PairData(length=metres / 1000)}, main=main)

    steps = {name: (True, True) for name in "abxy"}
    users = {(e, BY_MAIN): {"year": HOURS} for e in (AX, BX, BY)}
    own = OptionData({"year": 8e4}, {("PA", "PX"): PairData(length=0.4)}, in_trench=True)

    def exchange(ends: str, resource: str, options: dict[str, OptionData]) -> ExchangeData:
        return ExchangeData(f"{ends[0]} / {resource}", f"{ends[1]} / {resource}", 1.0, False, options)

    return Instance(
        units={name: UnitData("plant") for name in "ABXY"},
        places={f"P{name}": PlaceData() for name in "ABXY"},
        admissible={name: (f"P{name}",) for name in "ABXY"},
        sources={
            f"{name} / {resource}": SourceData(name, {"year": 1e5}, on_demand=True)
            for name, resource in (("A", "water"), ("B", "water"), ("A", "air"), ("A", "slurry"))
        },
        sinks={
            f"{name} / {resource}": SinkData(name, {"year": 1e5})
            for name, resource in (("X", "water"), ("Y", "water"), ("X", "air"), ("X", "slurry"))
        },
        exchanges={
            AX: exchange("AX", "water", {BY_MAIN: over(WATER_MAIN, "PA", "PX", 400)}),
            BX: exchange("BX", "water", {BY_MAIN: over(WATER_MAIN, "PB", "PX", 500)}),
            BY: exchange("BY", "water", {BY_MAIN: over(WATER_MAIN, "PB", "PY", 600)}),
            AIR: exchange("AX", "air", {"air main": over(AIR_MAIN, "PA", "PX", 400)}),
            SLURRY: exchange("AX", "slurry", {BY_PIPE: own, f"{BY_PIPE} #2": replace(own, copy=1)}),
        },
        accounts=ACCOUNTS,
        effects=effects,
        totals=WEIGHTS,
        nodes=GRAPH.places,
        stretches={
            name: StretchData(tail, head, METRES[name] / 1000, name != "y") for name, (tail, head) in ENDS.items()
        },
        mains={
            WATER_MAIN: MainData("water", {name: _bed(DN_200=20.0, DN_300=60.0) for name in METRES}, users),
            AIR_MAIN: MainData(
                "air", {name: _bed(DN_100=20.0) for name in METRES}, {(AIR, "air main"): {"year": HOURS}}
            ),
        },
        paths={(SLURRY, copy): PathData("slurry", steps) for copy in (0, 1)},
    )


def effects_of(booked: Iterable[Line]) -> dict[str, dict[tuple[str, ...], dict[str, float]]]:
    effects: dict[str, dict[tuple[str, ...], dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for line in booked:
        accounts = effects[line.family][line.index]
        accounts[line.account] = accounts.get(line.account, 0.0) + line.effect
    return effects


def make_assembly(extra: Iterable[Line] = (), without: tuple[str, ...] = ()) -> Assembly:
    """The park's assembly, with further lines, and without those of some families."""
    kept = tuple(line for line in lines() if line.family not in without) + tuple(extra)

    def facts(ends: str, resource: str, options: dict[str, tuple[str, str | None]]) -> ExchangeFacts:
        names = (resource, resource, resource, resource)
        return ExchangeFacts(ends[0], ends[1], *names, 1.0, HOURS, False, HOURS, 1.0, options)

    over_main = {BY_MAIN: ("water main", None)}
    pipes = {BY_PIPE: ("pipe", "DN 100"), f"{BY_PIPE} #2": ("pipe", "DN 100")}
    return Assembly(
        make_instance(effects_of(kept)),
        kept,
        {
            AX: facts("AX", "water", over_main),
            BX: facts("BX", "water", over_main),
            BY: facts("BY", "water", over_main),
            AIR: facts("AX", "air", {"air main": ("air main", None)}),
            SLURRY: facts("AX", "slurry", pipes),
        },
        (),
        {
            WATER_MAIN: MainFacts(
                "water main",
                "water",
                {"DN 200": "DN 200", "DN 300": "DN 300", "existing old": "DN 300"},
                {"DN 200": 20.0, "DN 300": 60.0, "existing old": 60.0},
            ),
            AIR_MAIN: MainFacts("air main", "air", {"DN 100": "DN 100"}, {"DN 100": 20.0}),
        },
    )


SITED = {(name, f"P{name}"): 1.0 for name in "ABXY"}
Values = dict[str, dict[tuple[str, ...], float]]
VALUES: Values = {
    "sited": SITED,
    "built": {(e, BY_MAIN): 1.0 for e in (AX, BX, BY)} | {(AIR, "air main"): 1.0, (SLURRY, BY_PIPE): 1.0},
    "link": {
        (AX, BY_MAIN, "PA", "PX"): 1.0,
        (BX, BY_MAIN, "PB", "PX"): 1.0,
        (BY, BY_MAIN, "PB", "PY"): 1.0,
        (AIR, "air main", "PA", "PX"): 1.0,
        (SLURRY, BY_PIPE, "PA", "PX"): 1.0,
    },
    "flow": {
        (AX, BY_MAIN, "year"): 40_000.0,
        (BX, BY_MAIN, "year"): 30_000.0,
        (BY, BY_MAIN, "year"): 30_000.0,
        (AIR, "air main", "year"): 80_000.0,
        (SLURRY, BY_PIPE, "year"): 16_000.0,
    },
    "laid": {(WATER_MAIN, name, "DN 200"): 1.0 for name in "abxy"} | {(AIR_MAIN, n, "DN 100"): 1.0 for n in "ax"},
    "through": {
        (WATER_MAIN, "a", "+", "year"): 40_000.0,
        (WATER_MAIN, "b", "+", "year"): 60_000.0,
        (WATER_MAIN, "x", "+", "year"): 70_000.0,
        (WATER_MAIN, "y", "+", "year"): 30_000.0,
        (AIR_MAIN, "a", "+", "year"): 80_000.0,
        (AIR_MAIN, "x", "+", "year"): 80_000.0,
    },
    "fitted": {(WATER_MAIN, "DN 200"): 1.0},
    "working": {(WATER_MAIN,): 1.0},
    "dug": {(name,): 1.0 for name in "abx"},
    "path": {(SLURRY, "0", "a", "+"): 1.0, (SLURRY, "0", "x", "+"): 1.0},
    "supplied": {("X / water", "year"): 30_000.0, ("Y / water", "year"): 70_000.0},
}
BASELINE: Values = {"sited": SITED, "supplied": {("X / water", "year"): 1e5, ("Y / water", "year"): 1e5}}


def make_case(**changes: Any) -> Case:
    return Case.model_validate({**CASE, **changes})


def make_plan(
    case: Case | None = None, assembly: Assembly | None = None, values: Values = VALUES, header: Any = None
) -> Plan:
    case, assembly = case or make_case(), assembly or make_assembly()
    runs: tuple[Solution, Solution] = (make_solution(assembly, values), make_solution(assembly, BASELINE))
    return tabulate(case, make_distances(), assembly, *runs, header=header)


def make_books(assembly: Assembly, values: Values, case: Case | None = None) -> Books:
    return Books("plan", case or make_case(), make_distances(), assembly, make_solution(assembly, values))
