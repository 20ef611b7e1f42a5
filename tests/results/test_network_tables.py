"""Tables of mains and trenches of the hand-made park against arithmetic on paper (see network_park)."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from network_park import (
    AIR_MAIN,
    AX,
    BASELINE,
    BX,
    BY_MAIN,
    BY_PIPE,
    GRAPH,
    METRES,
    SLURRY,
    VALUES,
    WATER_MAIN,
    Values,
    _invested,
    _line,
    make_assembly,
    make_books,
    make_case,
    make_plan,
)
from steam_and_slag_park import evidence, make_solution
from table_rows import row

from models.instance import PairData
from models.network import BedData, PipeData
from planner.geography.distances import CorridorGraph, Distances, Route, Stretch
from planner.results.columns import COLUMNS
from planner.results.compare import compare
from planner.results.contract import load, results_json
from planner.results.exchanges import exchanges_table
from planner.results.mains import mains_table, pipe_runs_table
from planner.results.network import Network
from planner.results.network_money import NetworkMoney
from planner.results.plan import Plan
from planner.results.quantities import quantities_table
from planner.results.routes import way
from planner.results.trenches import trenches_table


@pytest.fixture
def plan() -> Plan:
    return make_plan()


def test_tables_have_their_columns(plan):
    for name in ("mains", "trenches", "pipe_runs", "quantities", "trench_shares", "hydraulics"):
        assert tuple(plan.tables[name].columns) == COLUMNS[name]
    for name in ("mains", "trenches", "pipe_runs"):
        assert tuple(plan.tables[f"baseline_{name}"].columns) == COLUMNS[name]
        assert plan.tables[f"baseline_{name}"].empty
    assert plan.mains is plan.tables["mains"]
    assert plan.trenches is plan.tables["trenches"]


def test_flow_and_peak_in_every_stretch(plan):
    # Peak = flow / 8000 h; from where it enters to where it leaves.
    found = row(plan.mains, main=WATER_MAIN, stretch="x")
    assert (found["from_node"], found["to_node"], found["size"], found["pipes"]) == ("J", "X", "DN 200", 1)
    assert found["flow_per_yr"] == pytest.approx(70_000)
    assert found["peak_per_h"] == pytest.approx(8.75)
    assert (found["capacity_per_h"], found["length_m"], found["unit"]) == (20.0, 300.0, "m3")
    assert not found["existing"]


def test_flow_against_the_stretch_is_told_the_other_way_round():
    # 70,000 run from X to J, and 10,000 back: net 60,000; both count for the peak, 80,000 / 8000.
    through = {**VALUES["through"], (WATER_MAIN, "x", "+", "year"): 10_000.0, (WATER_MAIN, "x", "-", "year"): 70_000.0}
    books = make_books(make_assembly(), {**VALUES, "through": through})
    found = row(mains_table(NetworkMoney(Network(books))), main=WATER_MAIN, stretch="x")
    assert (found["from_node"], found["to_node"]) == ("X", "J")
    assert (found["flow_per_yr"], found["peak_per_h"]) == (pytest.approx(60_000), pytest.approx(10.0))
    assert found["through_per_yr"] == pytest.approx(80_000)
    runs = pipe_runs_table(Network(books))
    assert row(runs, carrier=WATER_MAIN, stretch="x")["direction"] == "-"


def test_money_of_mains_adds_up_to_the_accounts(plan):
    # In a: 100 m x 50 x 1.1 = 5500, and of the station's 1100 its 100 of 1000 m. Upkeep 100 x 0.5, the fixed 600 by
    # metres, transport 40,000 m3 x 0.1 km x 0.01.
    found = row(plan.mains, main=WATER_MAIN, stretch="a")
    assert found["capex"] == pytest.approx(5500 + 110)
    assert found["capital_cost_per_yr"] == pytest.approx(561)
    assert found["cost_per_yr"] == pytest.approx(50 + 60 + 40)
    assert found["party"] == "park company"
    costs = plan.tables["costs"].set_index("account")["plan"]
    # Slurry's own pipe is in the account, too: 400 m x 10 x 1.1.
    assert plan.mains["capex"].sum() + 4400 == pytest.approx(costs["investment_link"])
    assert plan.mains["capital_cost_per_yr"].sum() + 440 == pytest.approx(costs["link_capital"])
    assert plan.mains["cost_per_yr"].sum() == pytest.approx(costs["link_operation"] + costs["transport"])


def test_trenches(plan):
    # x: (350 x 100 + 5000) x 1.1; y lies open.
    found = row(plan.trenches, stretch="x")
    assert found["capex"] == pytest.approx(44_000)
    assert found["capital_cost_per_yr"] == pytest.approx(4400)
    assert found["cost_per_yr"] == pytest.approx(350)
    assert (found["pipes"], found["crossings"], found["surfaces"]) == (3, 1.0, "road 100 m; field 200 m")
    assert found["resources"] == "water; air; slurry"
    open_one = row(plan.trenches, stretch="y")
    assert (open_one["trench"], open_one["capex"], open_one["pipes"]) == ("existing", 0.0, 1)
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert plan.trenches["capex"].sum() == pytest.approx(costs["investment_trench"])
    assert plan.trenches["cost_per_yr"].sum() == pytest.approx(costs["trench_operation"])


def test_no_trenches_no_rows():
    case = make_case(trenches=None)
    plan = make_plan(case, make_assembly(without=("dug",)), {**VALUES, "dug": {}, "path": {}})
    assert plan.trenches.empty
    assert set(plan.tables["trench_shares"]["part"]) == {"pipe"}


def test_pipe_runs(plan):
    runs = plan.tables["pipe_runs"]
    assert list(runs[runs["stretch"] == "a"]["carrier"]) == [WATER_MAIN, AIR_MAIN, SLURRY]
    assert len(runs) == 4 + 2 + 2
    assert row(runs, carrier=SLURRY, stretch="x")["direction"] == "+"


def test_exchanges_over_mains(plan):
    found = row(plan.exchanges, exchange=AX)
    assert (found["main"], found["link"], found["copies"]) == (WATER_MAIN, "water main", 1)
    assert pd.isna(found["size"])
    assert pd.isna(found["capacity_per_h"])
    assert (found["length_km"], found["cost_length_km"]) == (pytest.approx(0.4), pytest.approx(0.5))
    assert found["capex"] == pytest.approx(2200)
    # Trenches 11,000 in a and, of x, 4/6 x 5 / (5 + 3.75) = 4/6 x 4/7 of 44,000; pipes 5610 in a, 4/7 of 16,830 in x.
    shared = 11_000 + 44_000 * 4 / 6 * 4 / 7 + 5610 + 4 / 7 * 16_830
    assert found["shared_capex"] == pytest.approx(shared)
    # Running: trenches 150 x 4/6 and 350 x 4/6 x 4/7; pipes 150 in a, 4/7 of 540 in x.
    running = 150 * 4 / 6 + 350 * 4 / 6 * 4 / 7 + 150 + 4 / 7 * 540
    assert found["gain_per_yr"] == pytest.approx(40_000)
    assert found["payback_yr"] == pytest.approx((2200 + shared) / (40_000 - running))
    # What the park company pays is no investment of seller or buyer.
    assert (found["seller_capex"], found["buyer_capex"]) == (pytest.approx(2200), 0.0)
    assert found["seller_payback_yr"] == pytest.approx(2200 / found["seller_gain_per_yr"])
    assert plan.exchanges["shared_capex"].sum() == pytest.approx(plan.tables["trench_shares"]["capex"].sum())


def test_an_exchange_with_a_pipe_of_its_own_in_a_trench(plan):
    found = row(plan.exchanges, exchange=SLURRY)
    assert pd.isna(found["main"])
    assert (found["size"], found["capacity_per_h"]) == ("DN 100", 10.0)
    assert (found["length_km"], found["cost_length_km"]) == (pytest.approx(0.4), pytest.approx(0.5))
    # A sixth of the trenches in a and x.
    assert found["shared_capex"] == pytest.approx((16_500 + 44_000) / 6)


def _with_detour() -> tuple[Distances, Values]:
    """A second stretch from J to X, of 500 m, that the twin of the slurry pipe takes: 0.2 km more than the shortest."""
    books = make_books(make_assembly(), VALUES)
    beside = Stretch("J", "X", 500.0, 600.0, surfaces={"road": 500.0})
    graph = CorridorGraph({**GRAPH.stretches, "z": beside}, GRAPH.places, GRAPH.nodes)
    twin = f"{BY_PIPE} #2"
    values: Values = {
        **VALUES,
        "built": {**VALUES["built"], (SLURRY, twin): 1.0},
        "link": {**VALUES["link"], (SLURRY, twin, "PA", "PX"): 1.0},
        "path": {**VALUES["path"], (SLURRY, "1", "a", "+"): 1.0, (SLURRY, "1", "z", "+"): 1.0},
        "dug": {**VALUES["dug"], ("z",): 1.0},
        "detour": {(SLURRY, twin): 0.2},
    }
    return replace(books.distances, graph=graph), values


def test_a_detour_counts_where_it_is_taken():
    own = {"party": "A", "exchange": SLURRY, "resource": "slurry"}
    twin = f"{BY_PIPE} #2"
    assembly = make_assembly(
        [
            *_invested("link", (SLURRY, twin, "PA", "PX"), "link", (400.0, 10.0), "pipe DN 100", **own),
            *_invested("detour", (SLURRY, twin), "link", (1000.0, 10.0), "pipe DN 100", **own),
        ]
    )
    option = assembly.instance.exchanges[SLURRY].options[twin]
    option = replace(option, pairs={("PA", "PX"): PairData({"year": 40.0}, length=0.4)}, owed_per_km={"year": 100.0})
    exchange = assembly.instance.exchanges[SLURRY]
    exchange = replace(exchange, options={**exchange.options, twin: option})
    instance = replace(assembly.instance, exchanges={**assembly.instance.exchanges, SLURRY: exchange})
    distances, values = _with_detour()
    books = replace(make_books(replace(assembly, instance=instance), values), distances=distances)
    found = way(books, SLURRY, twin, ("PA", "PX"))
    # 100 + 500 m; civil 150 + 600 m.
    assert (found.length_m, found.cost_length_m) == (pytest.approx(600), pytest.approx(750))
    runs = pipe_runs_table(Network(books))
    assert list(runs[runs["carrier"] == f"{SLURRY} #2"]["stretch"]) == ["a", "z"]
    bill = quantities_table(Network(books))
    # (400 + 0.2 x 1000) m x 10 x 1.1, all on road.
    twins = row(bill, carrier=f"{SLURRY} #2")
    assert (twins["quantity"], twins["capex"]) == (pytest.approx(600), pytest.approx(6600))
    # 40 a year on the shortest way, and 100 on each of 0.2 km more.
    rows = exchanges_table(books, books)
    assert rows[rows["exchange"] == SLURRY]["lost_per_yr"].sum() == pytest.approx(60)
    # Both pipes lie in the trench of a: 2 of 7 parts; the twin alone in that of z, which is booked for nobody here.
    slurry = rows[rows["exchange"] == SLURRY]
    assert slurry["shared_capex"].sum() == pytest.approx(16_500 * 2 / 7 + 44_000 / 6 * 6 / 6)
    assert list(slurry["copies"]) == [2]


def test_losses_of_a_main():
    # A tenth of what enters a is lost, and the pipe in x owes 1000: 40,000 leave, 36,000 come to J, 35,000 arrive.
    assembly = make_assembly()
    main = assembly.instance.mains[WATER_MAIN]
    beds = {
        **main.beds,
        "a": replace(main.beds["a"], share_lost=0.1),
        "x": BedData({"DN 200": PipeData(20.0, owed_loss={"year": 1000.0})}),
    }
    lossy = replace(main, beds=beds, hours={"year": 8000.0})
    instance = replace(assembly.instance, mains={**assembly.instance.mains, WATER_MAIN: lossy})
    values: Values = {
        **VALUES,
        "built": {(AX, BY_MAIN): 1.0},
        "link": {(AX, BY_MAIN, "PA", "PX"): 1.0},
        "flow": {(AX, BY_MAIN, "year"): 40_000.0},
        "arrived": {(AX, BY_MAIN, "year"): 35_000.0},
        "through": {(WATER_MAIN, "a", "+", "year"): 40_000.0, (WATER_MAIN, "x", "+", "year"): 35_500.0},
        "laid": {(WATER_MAIN, name, "DN 200"): 1.0 for name in "ax"},
        "path": {},
    }
    plan = make_plan(assembly=replace(assembly, instance=instance), values=values)
    found = row(plan.exchanges, exchange=AX)
    assert (found["flow_per_yr"], found["lost_per_yr"]) == (40_000.0, pytest.approx(5000))
    assert found["replaced_per_yr"] == pytest.approx(35_000)
    assert found["gain_per_yr"] == pytest.approx(35_000)
    assert list(plan.mains["lost_per_yr"]) == pytest.approx([4000, 1000])


def test_a_pipe_in_the_ground_beside_a_new_one():
    # Capacities 20 and 60: the new pipe has a quarter of the 60,000 and of the peak, 7.5. The old one costs nothing
    # and needs no trench, so the trench of b is the new one's alone.
    assembly = make_assembly()
    main = assembly.instance.mains[WATER_MAIN]
    beds = {
        **main.beds,
        "b": BedData({"DN 200": PipeData(20.0), "existing old": PipeData(60.0, existing=True)}),
    }
    instance = replace(assembly.instance, mains={**assembly.instance.mains, WATER_MAIN: replace(main, beds=beds)})
    values = {**VALUES, "laid": {**VALUES["laid"], (WATER_MAIN, "b", "existing old"): 1.0}}
    plan = make_plan(assembly=replace(assembly, instance=instance), values=values)
    new, old = (row(plan.mains, stretch="b", size=size) for size in ("DN 200", "existing old"))
    assert (new["flow_per_yr"], new["peak_per_h"]) == (pytest.approx(15_000), pytest.approx(1.875))
    assert (old["flow_per_yr"], old["peak_per_h"]) == (pytest.approx(45_000), pytest.approx(5.625))
    assert old["existing"]
    assert old["capex"] == 0.0
    assert old["party"] == "park company"
    assert row(plan.trenches, stretch="b")["pipes"] == 1
    assert row(plan.tables["pipe_runs"], size="existing old")["existing"]


def test_layers(plan):
    assert {"stretches", "trenches", "mains"} <= set(plan.layers)
    assert list(row(plan.layers["trenches"], stretch="x").geometry.coords) == [(100, 0), (400, 0)]
    assert len(plan.layers["mains"]) == len(plan.mains)
    assert list(plan.layers["stretches"]["stretch"]) == list(METRES)
    links = plan.layers["links"]
    found = row(links, exchange=BX)
    assert found["route"] == "routed"
    assert list(found.geometry.coords) == [(100, -200), (100, 0), (400, 0)]
    assert list(row(links, exchange=SLURRY).geometry.coords) == [(0, 0), (100, 0), (400, 0)]
    assert all(layer.crs == "EPSG:25832" for layer in plan.layers.values())


def test_a_mains_line_runs_as_it_flows():
    through = {**VALUES["through"], (WATER_MAIN, "x", "-", "year"): 170_000.0}
    plan = make_plan(values={**VALUES, "through": through})
    assert list(row(plan.layers["mains"], main=WATER_MAIN, stretch="x").geometry.coords) == [(400, 0), (100, 0)]


def test_pumping_of_a_main_is_bought_by_its_owner():
    price = evidence("resources.water.price")
    pumped = _line(
        "through", (WATER_MAIN, "a", "+", "year"), "pumping", (0.001, 1.0), resource="water", evidence=(price,)
    )
    bought = row(make_plan(assembly=make_assembly([pumped])).tables["purchases"], **{"for": "pumping"})
    assert (bought["by"], bought["stream"]) == ("park company", WATER_MAIN)
    assert bought["amount_per_yr"] == pytest.approx(40)


def test_a_state_weighs_what_flows_through():
    # One state of weight 0.5: half of 40,000 a year, at the same peak.
    assembly = make_assembly()
    states = {"year": replace(assembly.instance.states["year"], weight=0.5)}
    books = make_books(assembly, VALUES)
    books = replace(books, assembly=replace(assembly, instance=replace(assembly.instance, states=states)))
    found = row(mains_table(NetworkMoney(Network(books))), main=WATER_MAIN, stretch="a")
    assert (found["flow_per_yr"], found["peak_per_h"]) == (pytest.approx(20_000), pytest.approx(5))
    assert found["cost_per_yr"] == pytest.approx(50 + 60 + 20)


def test_results_json_and_back(plan, tmp_path):
    from planner.report.geopackage import write_layers
    from planner.report.tables import write_tables

    plan = replace(plan, header={**plan.header, "case": {"name": "Mains"}}, audit={"passed": True, "checks": []})
    content = json.loads(json.dumps(results_json(plan), allow_nan=False))
    for name in ("mains", "trenches", "pipe_runs", "quantities", "trench_shares", "hydraulics"):
        assert len(content[name]) == len(plan.tables[name])
    (tmp_path / "results.json").write_text(json.dumps(content), encoding="utf-8")
    write_tables(plan, tmp_path / "tables")
    write_layers(plan, tmp_path / "park.gpkg")
    back = load(tmp_path)
    for name in ("mains", "trenches", "pipe_runs", "trench_shares", "exchanges"):
        for column in COLUMNS[name]:
            for a, b in zip(plan.tables[name][column], back.tables[name][column], strict=True):
                assert (pd.isna(a) and pd.isna(b)) or a == (pytest.approx(b) if isinstance(a, float) else b), column
    bill = back.tables["quantities"]  # written in the order of the works
    assert bill["capex"].sum() == pytest.approx(plan.tables["quantities"]["capex"].sum())
    assert set(bill["surface"]) == {"road", "field", ""}
    assert row(bill, carrier=AIR_MAIN, surface="road")["size"] == "DN 100"


def test_compare_tells_investments_in_pipes_and_trenches(plan):
    table = compare([plan]).set_index(["what", "name"])
    assert table.loc[("investment", "trenches"), "run"] == pytest.approx(82_500)
    assert table.loc[("investment", "links and mains"), "run"] == pytest.approx(69_300)


def test_existing_mains_of_the_baseline_are_told():
    # As it is today: B > X over the pipe in the ground in b and a new one nowhere else needed.
    values: Values = {
        **BASELINE,
        "built": {(BX, BY_MAIN): 1.0},
        "link": {(BX, BY_MAIN, "PB", "PX"): 1.0},
        "flow": {(BX, BY_MAIN, "year"): 30_000.0},
        "laid": {(WATER_MAIN, "b", "existing old"): 1.0},
        "through": {(WATER_MAIN, "b", "+", "year"): 30_000.0},
    }
    assembly = make_assembly()
    main = assembly.instance.mains[WATER_MAIN]
    beds = {**main.beds, "b": BedData({"existing old": PipeData(60.0, existing=True)})}
    instance = replace(assembly.instance, mains={**assembly.instance.mains, WATER_MAIN: replace(main, beds=beds)})
    books = replace(make_books(replace(assembly, instance=instance), values), run="baseline")
    network = Network(books)
    assert list(mains_table(NetworkMoney(network))["size"]) == ["existing old"]
    assert trenches_table(NetworkMoney(network)).empty
    assert make_solution(assembly, values).accounts["investment_link"] == 0.0


def test_a_pipe_within_one_plot_lies_in_no_corridor():
    # A and X on PA: a route of 100 m within it, pipe 100 x 10 and civil works 100 x 100, with 10 % contingency.
    key = (SLURRY, BY_PIPE, "PA", "PA")
    own = {"party": "A", "exchange": SLURRY, "resource": "slurry"}
    extra = [*_invested("link", key, "link", (100.0, 10.0), "pipe DN 100", **own)]
    extra += _invested("link", key, "trench", (100.0, 100.0), "trench", **own)
    assembly = make_assembly(extra)
    exchange = assembly.instance.exchanges[SLURRY]
    pairs = {("PA", "PA"): PairData(), ("PA", "PX"): PairData(length=0.4)}
    options = {name: replace(option, pairs=pairs) for name, option in exchange.options.items()}
    exchanges = {**assembly.instance.exchanges, SLURRY: replace(exchange, options=options)}
    assembly = replace(assembly, instance=replace(assembly.instance, exchanges=exchanges))
    links = {index: 1.0 for index in VALUES["link"] if index[0] != SLURRY} | {key: 1.0}
    books = make_books(assembly, {**VALUES, "link": links, "path": {}})
    within = {"corridors": {**books.distances.routes["corridors"], ("PA", "PA"): Route(100.0, 100.0)}}
    books = replace(books, distances=replace(books.distances, routes=within))
    found = row(exchanges_table(books, make_books(assembly, BASELINE)), exchange=SLURRY)
    assert (found["length_km"], found["cost_length_km"]) == (pytest.approx(0.1), pytest.approx(0.1))
    assert (found["capex"], found["shared_capex"]) == (pytest.approx(1100 + 11_000), 0.0)
    bill = quantities_table(Network(books))
    pipe = row(bill, item="pipe", carrier=SLURRY)
    assert (pipe["quantity"], pipe["unit_price"], pipe["surface"]) == (pytest.approx(100), pytest.approx(10), "")
    trench = row(bill, item="trench", carrier=SLURRY)
    assert (trench["quantity"], trench["unit_price"]) == (pytest.approx(100), pytest.approx(100))
    assert SLURRY not in set(pipe_runs_table(Network(books))["carrier"])
