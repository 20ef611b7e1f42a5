"""Bill of quantities and who pays what is shared, in the hand-made park, against arithmetic on paper."""

from dataclasses import replace

import pandas as pd
import pytest
from network_park import (
    AIR,
    AIR_MAIN,
    AX,
    BX,
    BY,
    BY_MAIN,
    BY_PIPE,
    CIVIL,
    GRAPH,
    MORE,
    SLURRY,
    VALUES,
    WATER_MAIN,
    _invested,
    make_assembly,
    make_books,
    make_case,
    make_distances,
    make_plan,
)
from table_rows import row

from models.network import BedData, PipeData, StretchData
from planner.results.mains import mains_table
from planner.results.network import Network
from planner.results.network_money import NetworkMoney
from planner.results.plan import Plan
from planner.results.quantities import quantities_table
from planner.results.sent import sent_through
from planner.results.shares import Shares


@pytest.fixture
def plan() -> Plan:
    return make_plan()


def test_bill_of_quantities(plan):
    # Civil works on road: a 100 m and x 100 m, at 150/m; on field b 200 and x 200 m at 100/m. x costs 350 x 100: 150
    # of its 350 m for the road.
    bill = plan.tables["quantities"]
    road = row(bill, item="trench", surface="road")
    assert (road["quantity"], road["unit"]) == (pytest.approx(200), "m")
    assert road["unit_price"] == pytest.approx(150)
    assert road["capex"] == pytest.approx(33_000)
    field = row(bill, item="trench", surface="field")
    assert (field["quantity"], field["unit_price"]) == (pytest.approx(400), pytest.approx(100))
    crossing = row(bill, item="crossing")
    assert (crossing["what"], crossing["quantity"]) == ("crossing of railway.geojson", 1.0)
    assert (crossing["unit_price"], crossing["contingency"]) == (pytest.approx(5000), pytest.approx(500))
    # Pipes in trenches cost by their length whatever the surface.
    pipe = row(bill, carrier=WATER_MAIN, item="pipe", surface="field")
    assert (pipe["size"], pipe["quantity"], pipe["unit_price"]) == ("DN 200", pytest.approx(800), pytest.approx(50))
    own = row(bill, carrier=SLURRY, surface="road")
    assert (own["quantity"], own["capex"]) == (pytest.approx(200), pytest.approx(2200))
    assert row(bill, item="station")["capex"] == pytest.approx(1100)
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert bill["capex"].sum() == pytest.approx(costs["investment_link"] + costs["investment_trench"])
    assert bill["capex_before_contingency"].sum() * MORE == pytest.approx(bill["capex"].sum())


def test_extra_length_of_a_crossing_has_a_line_of_its_own():
    # x: 50 m of road at 1.5, 250 m of field, 25 m more for the railway: 75 + 250 + 25 = 350 m at 100. With a (100 m of
    # road at 1.5) and b (200 m of field) both surfaces show what a metre of theirs costs, 150 and 100.
    ground = {"road": 50.0, "field": 250.0}
    graph = replace(
        GRAPH, stretches={**GRAPH.stretches, "x": replace(GRAPH.stretches["x"], surfaces=ground, extra_m=25)}
    )
    books = replace(make_books(make_assembly(), VALUES), distances=make_distances(graph))
    bill = quantities_table(Network(books))
    extra = row(bill, item="crossing", what="extra length of crossings")
    assert (extra["quantity"], extra["unit"], extra["unit_price"]) == (pytest.approx(25), "m", pytest.approx(100))
    assert extra["capex"] == pytest.approx(2750)
    assert pd.isna(extra["carrier"])
    road, field = (row(bill, item="trench", surface=name) for name in ("road", "field"))
    assert (road["quantity"], road["unit_price"]) == (pytest.approx(150), pytest.approx(150))
    assert (field["quantity"], field["unit_price"]) == (pytest.approx(450), pytest.approx(100))
    # pipes in trenches pay none of it
    assert row(bill, carrier=WATER_MAIN, item="pipe", surface="field")["unit_price"] == pytest.approx(50)
    assert bill["capex"].sum() == pytest.approx(books.accounts["investment_link"] + books.accounts["investment_trench"])


def test_bill_of_a_size_whose_capacity_is_chosen():
    # 8 units/h of 20 possible in y at 2 per m and unit/h: 400 m, 6400 before contingency, 16/m.
    assembly = make_assembly(
        _invested("sized", (WATER_MAIN, "y", "trend"), "link", (400.0, 2.0), "water main trend", resource="water")
    )
    main = assembly.instance.mains[WATER_MAIN]
    beds = {**main.beds, "y": BedData({"trend": PipeData(20.0, sized=True)})}
    instance = replace(assembly.instance, mains={**assembly.instance.mains, WATER_MAIN: replace(main, beds=beds)})
    facts = replace(assembly.mains[WATER_MAIN], sizes={"DN 200": "DN 200", "trend": "trend"})
    assembly = replace(assembly, instance=instance, mains={**assembly.mains, WATER_MAIN: facts})
    laid = {key: 1.0 for key in VALUES["laid"] if key[:2] != (WATER_MAIN, "y")} | {(WATER_MAIN, "y", "trend"): 1.0}
    network = Network(make_books(assembly, {**VALUES, "laid": laid, "sized": {(WATER_MAIN, "y", "trend"): 8.0}}))
    found = row(quantities_table(network), size="trend")
    assert (found["quantity"], found["unit_price"]) == (pytest.approx(400), pytest.approx(16))
    assert row(mains_table(NetworkMoney(network)), stretch="y")["capacity_per_h"] == 8.0


def test_shares_add_up(plan):
    shares = plan.tables["trench_shares"]
    trench = shares[shares["part"] == "trench"].groupby("stretch")["share"].sum()
    assert list(trench) == pytest.approx([1.0] * 4)
    pipe = shares[shares["part"] == "pipe"].groupby(["stretch", "carrier"])["share"].sum()
    assert list(pipe) == pytest.approx([1.0] * 6)
    assert shares["capex"].sum() == pytest.approx(plan.mains["capex"].sum() + plan.trenches["capex"].sum())
    assert shares["cost_per_yr"].sum() == pytest.approx(
        plan.mains["cost_per_yr"].sum() + plan.trenches["cost_per_yr"].sum()
    )


def test_a_shared_trench_by_cross_section_and_then_by_who_comes_that_way(plan):
    # DN 200 : DN 100 : DN 100 = 4 : 1 : 1. A > X and B > X come through x, with 40,000 and 30,000 in 8000 h: 4/7, 3/7.
    shares = plan.tables["trench_shares"]
    found = row(shares, stretch="x", part="trench", exchange=AX)
    assert found["share"] == pytest.approx(4 / 6 * 4 / 7)
    assert found["capex"] == pytest.approx(44_000 * 4 / 6 * 4 / 7)
    assert found["key"] == "cross-section; peak rate on its way"
    assert (found["carrier"], found["seller"], found["buyer"]) == (WATER_MAIN, "A", "X")
    own = row(shares, stretch="x", exchange=SLURRY)
    assert (own["share"], own["key"]) == (pytest.approx(1 / 6), "cross-section")
    assert row(shares, stretch="x", part="trench", exchange=AIR)["share"] == pytest.approx(1 / 6)
    assert row(shares, stretch="b", part="pipe", exchange=BY)["share"] == pytest.approx(0.5)


def test_nobody_pays_for_the_branch_of_another(plan):
    # All water is mixed at J; still only B > Y comes through y, and only A > X through a.
    shares = plan.tables["trench_shares"]
    assert list(shares[shares["stretch"] == "y"]["exchange"].unique()) == [BY]
    pipe = row(shares, stretch="a", part="pipe", carrier=WATER_MAIN)
    assert (pipe["exchange"], pipe["share"], pipe["key"]) == (AX, pytest.approx(1.0), "peak rate on its way")


def beside(through, laid="abxy"):
    """The park with a stretch z of 500 m beside x, and what flows through the water main."""
    graph = replace(GRAPH, stretches=GRAPH.stretches | {"z": replace(GRAPH.stretches["x"], length_m=500.0)})
    assembly = make_assembly()
    main = assembly.instance.mains[WATER_MAIN]
    beds = {**main.beds, "z": BedData({"DN 200": PipeData(20.0)})}
    stretches = {**assembly.instance.stretches, "z": StretchData("J", "X", 0.5)}
    mains = {**assembly.instance.mains, WATER_MAIN: replace(main, beds=beds)}
    assembly = replace(assembly, instance=replace(assembly.instance, stretches=stretches, mains=mains))
    flows = {(WATER_MAIN, name, "+", "year"): amount for name, amount in through.items()}
    pipes = {key: 1.0 for key in VALUES["laid"] if key[0] == AIR_MAIN} | {
        (WATER_MAIN, name, "DN 200"): 1.0 for name in laid
    }
    books = make_books(assembly, {**VALUES, "through": {**VALUES["through"], **flows}, "laid": pipes})
    network = Network(replace(books, distances=make_distances(graph)))
    return pd.DataFrame(Shares(NetworkMoney(network)).rows)


def test_a_loop_is_shared_by_tracing_and_its_spurs_by_who_comes_that_way():
    # x and z make a loop from J to X: A > X and B > X enter it at J and leave it at X, 5 : 3.75, whatever the split.
    # a, b and y are spurs: nobody pays for one whose giver and taker lie on the same side of it.
    shares = beside({"x": 50_000.0, "z": 20_000.0}, "abxyz")
    for stretch in "xz":
        found = row(shares, stretch=stretch, part="pipe", exchange=AX, carrier=WATER_MAIN)
        assert found["share"] == pytest.approx(4 / 7)
        assert found["key"] == "peak rate by flow tracing"
    water = shares[(shares["part"] == "pipe") & (shares["carrier"] == WATER_MAIN)]
    users = {stretch: set(rows["exchange"]) for stretch, rows in water.groupby("stretch")}
    assert users == {"a": {AX}, "b": {BX, BY}, "x": {AX, BX}, "z": {AX, BX}, "y": {BY}}
    assert row(shares, stretch="a", part="pipe", carrier=WATER_MAIN)["key"] == "peak rate on its way"
    assert list(water.groupby("stretch")["share"].sum()) == pytest.approx([1.0] * 5)
    # without the pipe in x there is no loop
    found = row(beside({"x": 0.0, "z": 70_000.0}, "abyz"), stretch="z", part="pipe", exchange=AX, carrier=WATER_MAIN)
    assert (found["share"], found["key"]) == (pytest.approx(4 / 7), "peak rate on its way")


def test_a_part_without_loops_keeps_its_ways_beside_one_with_loops():
    # Without b, all that hangs together with the loop x, z is of A: 40,000. B and b are a part of their own, where
    # no way leads anywhere: b falls to all, 5 : 3.75 : 3.75.
    graph = {name: GRAPH.stretches[name] for name in "axy"} | {"b": replace(GRAPH.stretches["b"], head="elsewhere")}
    graph |= {"z": replace(GRAPH.stretches["x"], length_m=500.0)}
    books = make_books(make_assembly(), VALUES)
    assembly = books.assembly
    main = assembly.instance.mains[WATER_MAIN]
    beds = {**main.beds, "z": BedData({"DN 200": PipeData(20.0)})}
    instance = replace(assembly.instance, mains={**assembly.instance.mains, WATER_MAIN: replace(main, beds=beds)})
    laid = VALUES["laid"] | {(WATER_MAIN, "z", "DN 200"): 1.0}
    books = make_books(replace(assembly, instance=instance), {**VALUES, "laid": laid})
    network = Network(replace(books, distances=make_distances(replace(GRAPH, stretches=graph))))
    sent = sent_through(network, WATER_MAIN)
    assert sent.looped == {"x", "z"}
    shares, key = sent.shares("b")
    assert shares == pytest.approx({AX: 0.4, BX: 0.3, BY: 0.3})
    assert key == "peak rate in the whole main"


def test_shares_go_by_peak_rates_not_by_amounts():
    # B > X in 2000 h: rates in b 30,000 / 2000 = 15 and 30,000 / 8000 = 3.75, so 0.8 and 0.2.
    assembly = make_assembly()
    main = assembly.instance.mains[WATER_MAIN]
    users = {**main.users, (BX, BY_MAIN): {"year": 2000.0}}
    instance = replace(assembly.instance, mains={**assembly.instance.mains, WATER_MAIN: replace(main, users=users)})
    shares = pd.DataFrame(Shares(NetworkMoney(Network(make_books(replace(assembly, instance=instance), VALUES)))).rows)
    assert row(shares, stretch="b", part="pipe", exchange=BX)["share"] == pytest.approx(0.8)


def test_pipes_share_equally_where_one_states_no_bore():
    links = make_case().model_dump(by_alias=True, exclude_unset=True)["links"]
    links["pipe"]["sizes"] = [{"size": "DN 100", "capacity": 10, "investment": 10}]
    shares = make_plan(make_case(links=links)).tables["trench_shares"]
    found = row(shares, stretch="a", exchange=SLURRY)
    assert (found["share"], found["key"]) == (pytest.approx(1 / 3), "number of pipes")


def test_a_stretch_on_nobodys_way_is_shared_by_all():
    # B > Y carries nothing: y is on nobody's way, and falls to A > X and B > X by their rates, 5 and 3.75.
    flow = {**VALUES["flow"], (BY, BY_MAIN, "year"): 0.0}
    shares = pd.DataFrame(Shares(NetworkMoney(Network(make_books(make_assembly(), {**VALUES, "flow": flow})))).rows)
    found = row(shares, stretch="y", part="pipe", exchange=AX)
    assert found["share"] == pytest.approx(4 / 7)
    assert found["key"] == "peak rate in the whole main"


def test_a_stretch_of_a_loop_without_net_flow_is_shared_by_all():
    # Nothing flows in z: it falls to all by peak rates, 5 : 3.75 : 3.75.
    found = row(beside({"z": 0.0}, "abxyz"), stretch="z", part="pipe", exchange=AX)
    assert found["share"] == pytest.approx(0.4)
    assert found["key"] == "peak rate in the whole main"


def test_opposite_exchanges_both_pay_for_the_way():
    # 40,000 from A to X and 30,000 back from X to A: net 10,000, yet both use a and x: 4/7 and 3/7.
    link = {(AX, BY_MAIN, "PA", "PX"): 1.0, (BX, BY_MAIN, "PX", "PA"): 1.0}
    through = {(WATER_MAIN, n, way, "year"): f for n in "ax" for way, f in (("+", 40_000.0), ("-", 30_000.0))}
    laid = {(WATER_MAIN, name, "DN 200"): 1.0 for name in "ax"}
    books = make_books(make_assembly(), {**VALUES, "link": link, "through": through, "laid": laid})
    shares, _ = sent_through(Network(books), WATER_MAIN).shares("a")
    assert shares == pytest.approx({AX: 4 / 7, BX: 3 / 7})


def test_pipes_that_pay_for_civil_works_of_their_own():
    # Water and air dig for themselves in a, b and x; slurry along its route: 500 m of civil works for 450 m.
    own = {"party": "A", "exchange": SLURRY, "resource": "slurry"}
    extra = []
    for main, size, stretches in ((WATER_MAIN, "DN 200", "abx"), (AIR_MAIN, "DN 100", "ax")):
        for name in stretches:
            extra += _invested("laid", (main, name, size), "trench", (CIVIL[name], 100.0), "trench")
    key = (SLURRY, BY_PIPE, "PA", "PX")
    extra += _invested("link", key, "trench", (500.0, 100.0), "trench", **own)
    assembly = make_assembly(extra, without=("dug",))
    exchange = assembly.instance.exchanges[SLURRY]
    options = {name: replace(option, in_trench=False) for name, option in exchange.options.items()}
    exchanges = {**assembly.instance.exchanges, SLURRY: replace(exchange, options=options)}
    assembly = replace(assembly, instance=replace(assembly.instance, exchanges=exchanges, paths={}))
    case = make_case(trenches={"investment": 100, "shared": False})
    plan = make_plan(case, assembly, {**VALUES, "dug": {}, "path": {}})
    # a: 150 x 100 x 1.1 for each of two pipes.
    assert row(plan.trenches, stretch="a")["capex"] == pytest.approx(33_000)
    found = row(plan.tables["trench_shares"], stretch="a", part="trench", exchange=AX)
    assert (found["share"], found["capex"]) == (pytest.approx(0.5), pytest.approx(16_500))
    assert found["key"].startswith("own civil works")
    bill = plan.tables["quantities"]
    trench = row(bill, item="trench", carrier=SLURRY)
    assert (trench["quantity"], trench["capex"], trench["surface"]) == (pytest.approx(450), pytest.approx(55_000), "")
    assert row(bill, item="trench", carrier=AIR_MAIN, surface="field")["quantity"] == pytest.approx(200)
    costs = plan.tables["costs"].set_index("account")["plan"]
    assert bill["capex"].sum() == pytest.approx(costs["investment_link"] + costs["investment_trench"])
    slurry = row(plan.exchanges, exchange=SLURRY)
    assert slurry["capex"] == pytest.approx(4400 + 55_000)
    assert slurry["shared_capex"] == 0.0


def test_the_park_company_pays_for_what_is_shared(plan):
    parties = plan.tables["parties"]
    found = row(parties, party="park company")
    assert found["capex"] == pytest.approx(plan.mains["capex"].sum() + plan.trenches["capex"].sum())
    assert found["kind"] == "park company"
    assert found["plan_running_cost_per_yr"] == pytest.approx(
        plan.mains["cost_per_yr"].sum() + plan.trenches["cost_per_yr"].sum()
    )
    investment = row(plan.indicators, indicator="investment")["plan"]
    assert parties["capex"].sum() == pytest.approx(investment)
    # Class 4, +50 % on everything, trenches too.
    assert row(plan.indicators, indicator="investment_high")["plan"] == pytest.approx(1.5 * investment)
