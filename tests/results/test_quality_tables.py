"""Tables of qualities and water against arithmetic on paper."""

import copy
import math
from dataclasses import replace

import pandas as pd
import pytest
from mixtures_park import contents, plant, water_books, water_case
from steam_and_slag_park import book
from washing_park import CLEAN, ENDS_FARM, ENDS_WASH, ENDS_WORKS, OUT, row, the_case, the_contents

from models.qualities import Mixing
from planner.results.balances import LOADS_IN, LOADS_OUT, WATER_IN, WATER_OUT, load_balances_table, water_balances_table
from planner.results.columns import COLUMNS
from planner.results.compositions import compositions_table
from planner.results.flows import flows
from planner.results.gains import Gains
from planner.results.laxer import Saving, binding, filled, laxer, laxer_limit
from planner.results.operations import operations_table
from planner.results.quality_limits import quality_limits_table
from planner.results.streams import discharges_table, sink_demand, supplies_table


def test_compositions_of_every_stream_link_and_mixture():
    table = compositions_table(the_contents())
    assert tuple(table.columns) == COLUMNS["compositions"]
    source = row(table, at="source", by="A", quality="COD")
    assert (source["mean"], source["worst"], source["unit"]) == (60, 70, "ppm")
    assert (source["amount_per_yr"], source["amount_unit"]) == (20_000, "t")
    assert (source["load_per_yr"], source["load_unit"]) == (pytest.approx(1200), "kg")
    inlet = row(table, at="mixture", by="B", stream="wash")
    assert (inlet["mean"], inlet["worst"]) == (pytest.approx(30), pytest.approx(35))
    assert (inlet["amount_per_yr"], inlet["load_per_yr"]) == (pytest.approx(40_000), pytest.approx(1200))
    link = row(table, at="exchange", exchange="B > works: wash -> waste")
    assert (link["resource"], link["mean"]) == ("waste", pytest.approx(OUT))
    assert link["worst"] == pytest.approx(3400 / 36)  # 200 kg more at worst
    assert row(table, at="discharge", by="B")["load_per_yr"] == pytest.approx(1600)
    assert row(table, at="source", by="works", stream="sludge")["mean"] == pytest.approx(8000)
    assert row(table, at="supply", by="B")["load_per_yr"] == 0
    mixture = row(table, at="mixture", by="farm")
    assert mixture["mean"] == pytest.approx(160 / 20)  # 160 kg in 20,000 t
    assert table["known"].all()


def test_an_unknown_content_is_listed_without_a_number():
    resources = copy.deepcopy(the_case().resources)
    stated = {name: data.model_dump(exclude_unset=True, by_alias=True) for name, data in resources.items()}
    stated["fresh"].pop("quality")
    table = compositions_table(the_contents(the_case(resources=stated)))
    found = row(table, at="supply", by="B")
    assert not found["known"]
    assert math.isnan(found["mean"])
    assert not row(table, at="mixture", by="B", stream="wash")["known"]


def test_a_quality_is_not_spoken_of_where_it_has_no_meaning():
    case = water_case(
        resources={**the_stated(), "power": {"kind": "power", "unit": "MWh", "price": 1}},
        plants={"B": plant(sinks={"power": {"rate": 1}, "fresh": {"rate": 1}})},
    )
    table = compositions_table(contents(case, {}, supplied={"B / power": 5.0, "B / fresh": 5.0}))
    assert set(table["stream"]) == {"fresh"}


def the_stated():
    return {"fresh": {"kind": "water", "unit": "t", "water": 1, "price": 1, "quality": {"COD": 0}}}


def test_limits_and_which_of_them_bind():
    table = quality_limits_table(the_contents())
    assert tuple(table.columns) == COLUMNS["quality_limits"]
    inlet = row(table, at="operation inlet", by="B")
    assert (inlet["limit"], inlet["found"], inlet["binding"]) == (50, pytest.approx(35), False)  # the worst counts
    assert row(table, at="operation outlet", by="B")["found"] == pytest.approx(3400 / 36)
    assert row(table, at="facility input", by="works", kind="max")["binding"] == False  # noqa: E712
    least = row(table, at="facility input", by="works", kind="min")
    assert least["found"] == pytest.approx(OUT)
    # The permit of 90 ppm is broken by the worst values, 94.4: a limit that is broken binds, too.
    permit = row(table, at="discharge", by="B")
    assert (permit["limit"], permit["binding"], permit["how"]) == (90, True, "not asked")
    assert math.isnan(permit["saving_per_yr"])
    assert row(table, at="mixture", by="farm")["found"] == pytest.approx((1200 + 200 + 2000) / 2 * 0.1 / 20)


def test_a_limit_binds_within_a_ten_thousandth():
    for limit, binds in ((60.005, True), (60.01, False), (60.0, True)):
        sinks = {"fresh": {"rate": 10, "limits": {"COD": limit}}}
        sources = {"waste": {"rate": 10, "quality": {"COD": 60}}}
        case = water_case(plants={"A": plant(sources=sources), "B": plant(sinks=sinks)})
        found = quality_limits_table(contents(case, {("A / waste", "B / fresh"): 10.0}))
        assert row(found, by="B")["binding"] == binds


def test_loads_come_and_go():
    table = load_balances_table(the_contents())
    for _, found in table.iterrows():
        came = sum(found[f"{column}_per_yr"] for column in LOADS_IN)
        went = sum(found[f"{column}_per_yr"] for column in LOADS_OUT)
        assert came == pytest.approx(went, abs=1e-9), found["of"]
        assert found["unit"] == "kg"
    wash = row(table, of="B")
    wanted = {"exchanged_in": 1200, "picked_up": 2000, "exchanged_out": 1600, "discharged": 1600, "removed": 0}
    for column, amount in wanted.items():
        assert wash[f"{column}_per_yr"] == pytest.approx(amount)
    # The residue holds what is removed: nothing is destroyed.
    works = row(table, of="works")
    assert (works["discharged_per_yr"], works["removed_per_yr"]) == (pytest.approx(1440), pytest.approx(0, abs=1e-9))
    # The farm uses what it gets.
    assert row(table, of="farm")["removed_per_yr"] == pytest.approx(160)
    park = row(table, of="park")
    assert park["exchanged_in_per_yr"] == 0
    assert park["exchanged_out_per_yr"] == pytest.approx(160)
    assert park["given_off_per_yr"] == pytest.approx(1200)
    assert park["discharged_per_yr"] == pytest.approx(1600 + 1440)


def test_the_park_tells_the_known_part_and_names_what_is_not_known():
    """A lets out 10,000 t of 60 ppm, 600 kg, and 5,000 t of which nobody knows; C 2,000 t of 5 ppm, 10 kg."""
    sources = {"waste": {"rate": 10, "quality": {"COD": 60}}, "old": {"rate": 5, "resource": "waste"}}
    plants = {
        "A": plant(sources=sources),
        "C": plant(sources={"waste": {"rate": 2, "quality": {"COD": 5}}}),
        "D": plant(sinks={"fresh": {"rate": 5, "limits": {"COD": {"max": 9, "accept_unknown": True}}}}),
    }
    gone = {"A / waste": 10_000.0, "A / old": 1000.0, "C / waste": 2000.0}
    found = contents(water_case(plants=plants), {("A / old", "D / fresh"): 4000.0}, discharged=gone)
    table = load_balances_table(found)
    unit = row(table, of="A")
    assert math.isnan(unit["discharged_per_yr"])
    assert unit["unknown"] == "A / old"
    park = row(table, of="park")
    assert (park["discharged_per_yr"], park["given_off_per_yr"]) == (pytest.approx(610), pytest.approx(610))
    assert (park["exchanged_in_per_yr"], park["exchanged_out_per_yr"]) == (0, 0)
    assert park["unknown"] == "A / old"
    assert not isinstance(row(table, of="C")["unknown"], str)


def test_removed_without_a_residue_is_gone_and_a_fixed_outlet_is_what_it_is():
    # Of 1600 kg 90 % are destroyed; or all but 17,820 t x 5 ppm = 89.1 kg.
    for change, removed in (({"removes": {"COD": 0.9}}, 1440), ({"leaves": {"COD": 5}}, 1600 - 89.1)):
        works = {
            "inputs": {"waste": 1},
            "outputs": {"fresh": 0.99},
            "treats": {"inlet": "waste", "outlet": "fresh", **change},
            "investment": [{"capacity": 100, "investment": 1}],
        }
        found = contents(
            the_case(facilities={"works": works}),
            {ENDS_WASH: 20_000.0, ENDS_WORKS: 18_000.0, ENDS_FARM: 17_820.0},
            supplied={"B / wash": 20_000.0},
            run={"B / wash": 40_000.0},
            opened={"works": 18_000.0},
            discharged={"B / wash": 18_000.0},
        )
        balance = row(load_balances_table(found), of="works")
        assert balance["removed_per_yr"] == pytest.approx(removed)
        assert balance["exchanged_in_per_yr"] - balance["exchanged_out_per_yr"] == pytest.approx(removed)


def test_water_comes_and_goes():
    table = water_balances_table(the_contents())
    for _, found in table.iterrows():
        came = sum(found[f"{column}_per_yr"] for column in WATER_IN)
        went = sum(found[f"{column}_per_yr"] for column in WATER_OUT)
        assert came == pytest.approx(went), found["of"]
    wash = row(table, of="B")
    assert (wash["bought_per_yr"], wash["used_up_per_yr"]) == (20_000, pytest.approx(4000))  # 4 t/h x 1000 h
    assert wash["made_per_yr"] == 0
    # A makes what it gives; the works put 180 t of sludge with half water off: 90 t are used up.
    assert row(table, of="A")["made_per_yr"] == 20_000
    works = row(table, of="works")
    assert (works["discharged_per_yr"], works["used_up_per_yr"]) == (90, pytest.approx(90))
    park = row(table, of="park")
    assert (park["bought_per_yr"], park["exchanged_out_per_yr"]) == (20_000, 17_820)
    assert park["exchanged_in_per_yr"] == 0
    assert park["unit"] == "m3"


def test_operations_and_their_parts():
    table = operations_table(the_contents().books)
    (found,) = table.to_dict("records")
    assert (found["operation"], found["plant"], found["part"]) == ("wash", "B", None)
    assert (found["flow_per_yr"], found["flow_per_h"], found["unit"]) == (40_000, 40, "t")
    assert (found["given_per_yr"], found["load_share"]) == (36_000, 1)
    wash = {"takes": "fresh", "gives": "waste", "load": {"COD": 2}, "parts": 3, "gain": 4}
    case = water_case(plants={"B": plant(operations={"wash": wash})})
    each = {"B / wash #1": 10_000.0, "B / wash #2": 30_000.0}
    books = water_books(case, {}, run=each, share={"B / wash #1": 0.75, "B / wash #2": 0.25})
    table = operations_table(books)
    assert list(table["part"]) == ["1", "2"]  # the third takes nothing
    assert list(table["load_share"]) == [0.75, 0.25]
    assert list(table["given_per_yr"]) == [13_000, 31_000]  # of the gain of 4000 t the same shares


def test_streams_of_operations_are_streams_like_others():
    books = the_contents().books
    demand = {(stream.unit, stream.name, stream.resource): amount for (stream, _), amount in sink_demand(books).items()}
    assert demand["B", "wash", "fresh"] == 40_000
    found = row(supplies_table(books), by="B", stream="wash")
    assert (found["resource"], found["demand_per_yr"]) == ("fresh", 40_000)
    assert (found["exchanged_per_yr"], found["supplied_per_yr"]) == (20_000, 20_000)


def test_a_fee_by_load_is_part_of_what_disposal_costs_and_an_exchange_avoids():
    # 0.5 EUR per kg. In the baseline all 36,000 t go to the sewer with 3200 kg, so 18,000 t less are 800 EUR less; in
    # the plan 18,000 t go there, with 1600 kg.
    fee = book("let_out", ("B / wash", "COD", "year"), "discharge", 0.5, "B", unit="B", resource="waste")
    books = the_contents().books
    mixing = Mixing({"COD": ("COD", "mean", 1.0)}, {}, {})
    instance = replace(books.assembly.instance, mixing=mixing)
    assembly = replace(books.assembly, instance=instance, lines=(fee,))

    def run(name: str, discharged: float, load: float):
        values = {"discharged": {("B / wash", "year"): discharged}, "let_out": {("B / wash", "COD", "year"): load}}
        found = {**books.solution.values, **values}
        return replace(books, run=name, assembly=assembly, solution=replace(books.solution, values=found))

    plan, baseline = run("plan", 18_000.0, 1600.0), run("baseline", 36_000.0, 3200.0)
    assert row(discharges_table(plan), by="B")["cost_per_yr"] == 800
    carried = [flow for flow in flows(plan) if flow.exchange == "B > works: wash -> waste"]
    assert Gains(plan, baseline).of("B > works: wash -> waste", [], carried).total == pytest.approx(800)


@pytest.mark.parametrize(
    ("where", "get", "limit"),
    [
        ({"at": "operation inlet"}, lambda c: c.plants["B"].operations["wash"].max_inlet["COD"], 52.5),
        ({"at": "operation outlet"}, lambda c: c.plants["B"].operations["wash"].max_outlet["COD"], 105),
        ({"at": "discharge", "by": "B"}, lambda c: c.resources["waste"].discharge.limits["COD"].max_, 94.5),
        ({"at": "mixture"}, lambda c: c.partners["farm"].sinks["fresh"].limits["COD"].max_, 1.05 * CLEAN),
        ({"at": "facility input", "kind": "max"}, lambda c: c.facilities["works"].limits["waste"]["COD"].max_, 525),
        ({"at": "facility input", "kind": "min"}, lambda c: c.facilities["works"].limits["waste"]["COD"].min_, 9.5),
    ],
)
def test_a_case_with_a_limit_5_percent_laxer(where, get, limit):
    case = the_case()
    found = row(quality_limits_table(the_contents(case)), **where).to_dict()
    assert laxer_limit(found) == pytest.approx(limit)
    made = laxer(case, found)
    assert get(made).value == pytest.approx(limit)
    assert get(case).value != get(made).value  # the case itself stays as it was
    assert made.plants["A"] == case.plants["A"]


def test_a_permit_of_the_stream_itself_goes_before_that_of_its_resource():
    own = {"rate": 20, "quality": {"COD": 60}, "discharge": {"route": "river", "limits": {"COD": {"min": 20}}}}
    case = the_case(plants={"A": plant(sources={"waste": own})}, facilities={}, partners={})
    found = row(quality_limits_table(contents(case, {}, discharged={"A / waste": 20.0})), at="discharge").to_dict()
    made = laxer(case, found)
    assert made.plants["A"].sources["waste"].discharge.limits["COD"].min_.value == pytest.approx(19)
    assert made.resources["waste"] == case.resources["waste"]


def test_savings_stand_beside_the_limits_that_bind():
    table = quality_limits_table(the_contents())
    (asked,) = binding(table)
    found = filled(table, {asked: Saving(94.5, 1234.0, "solved again")})
    assert row(found, at="discharge", by="B")["saving_per_yr"] == 1234
    assert row(found, at="discharge", by="B")["laxer_limit"] == 94.5
    assert pd.isna(row(found, at="mixture", by="farm")["how"])
    many = pd.concat([table[table["binding"]]] * 7, ignore_index=True)
    assert binding(many) == [0, 1, 2, 3, 4]
    assert "5 limits at most" in filled(many, {})["how"][6]


def test_a_resource_without_weight_brings_no_load():
    """Steam in MWh from an operation: nothing tells how much water it is, and its content is open; it counts for 0."""
    resources = {
        "fresh": {"kind": "water", "unit": "t", "water": 1, "price": 1, "quality": {"COD": 0}},
        "lost": {"kind": "heat", "unit": "MWh", "discharge": {"route": "air"}},
    }
    wash = {"takes": "fresh", "gives": "lost", "load": {"COD": 1}, "max_flow": 10}
    case = water_case(
        resources=resources, plants={"A": plant(operations={"wash": wash}), "B": plant(sinks={"lost": {"rate": 1}})}
    )
    found = contents(case, {("A / wash", "B / lost"): 1000.0}, run={"A / wash": 1000.0}, supplied={"A / wash": 1000.0})
    table = load_balances_table(found)
    park = row(table, of="park", quality="COD")
    assert park["exchanged_in_per_yr"] == park["exchanged_out_per_yr"] == 0.0


def test_a_tonne_of_water_is_a_cubic_metre():
    resources = {
        "fresh": {"kind": "water", "unit": "t", "price": 1, "quality": {"COD": 0}},
        "waste": {"kind": "water", "unit": "t", "discharge": {"route": "sewer"}},
    }
    wash = {"takes": "fresh", "gives": "waste", "load": {"COD": 1}, "max_flow": 10, "loss": 0.25}
    case = water_case(resources=resources, plants={"A": plant(operations={"wash": wash})})
    runs = {"run": {"A / wash": 1000.0}, "supplied": {"A / wash": 1000.0}, "discharged": {"A / wash": 750.0}}
    park = row(water_balances_table(contents(case, {}, **runs)), of="park")
    assert (park["bought_per_yr"], park["discharged_per_yr"], park["used_up_per_yr"]) == (1000.0, 750.0, 250.0)
