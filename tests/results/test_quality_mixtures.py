"""Contents of streams and mixtures from flows alone, against arithmetic on paper."""

import math

import pytest
from mixtures_park import contents, plant, water_case

from planner.results.mixtures import Held, Mixtures

TAKER = {"sinks": {"intake": {"resource": "fresh", "rate": 100}}}


def giver(*qualities, rate=1.0):
    """A plant with a source of waste water for each content."""
    return plant(sources={f"s{n}": {"resource": "waste", "rate": rate, "quality": q} for n, q in enumerate(qualities)})


def held(found: Mixtures | Held, mean, highest=None, lowest=None) -> None:
    one = found
    assert one.known
    wanted = (mean, mean if highest is None else highest, mean if lowest is None else lowest)
    assert one.three == pytest.approx(wanted)


def test_two_streams_and_the_supply_mix_by_weight():
    # 30 t at 100 ppm, 30 t at 100 ppm and 40 t of fresh water at 0: 6000 / 100 = 60 ppm, a load of 6000e-3 = 6 kg.
    case = water_case(plants={"A": giver({"COD": 100}, {"COD": 100}), "B": plant(**TAKER)})
    flows = {("A / s0", "B / intake"): 30.0, ("A / s1", "B / intake"): 30.0}
    found = contents(case, flows, supplied={"B / intake": 40.0}).of("COD")
    mixture, weight = found.at_sink("B / intake", "year")
    held(mixture, 60)
    assert weight == pytest.approx(100)
    assert found.load("fresh", 100.0, mixture) == pytest.approx(6)


def test_worst_values_mix_apart_from_the_mean():
    # 50 t at a mean of 100, at worst 150, with 50 t of which no worst is known, 20: mean 60, highest 85, lowest 60.
    # Purity at worst 80 where the mean is 90: lowest 0.5 x 80 + 0.5 x 98 = 89.
    case = water_case(
        qualities={"COD": {"unit": "ppm"}, "purity": {"unit": "%"}},
        plants={
            "A": giver(
                {"COD": {"mean": 100, "worst": 150}, "purity": {"mean": 90, "worst": 80}}, {"COD": 20, "purity": 98}
            ),
            "B": plant(**TAKER),
        },
    )
    found = contents(case, {("A / s0", "B / intake"): 50.0, ("A / s1", "B / intake"): 50.0})
    held(found.of("COD").at_sink("B / intake", "year")[0], 60, highest=85)
    held(found.of("purity").at_sink("B / intake", "year")[0], 94, lowest=89)


def test_what_is_lost_on_the_way_takes_its_load_along():
    # 60 t leave, 50 arrive (a loss of 10 owed), with 50 t of fresh water: 50 x 100 / 100 = 50 ppm.
    from dataclasses import replace

    from mixtures_park import SITE, water_books

    from models.instance import OptionData, PairData
    from planner.results.compositions import Contents

    case = water_case(plants={"A": giver({"COD": 100}), "B": plant(**TAKER)})
    ends = ("A / s0", "B / intake")
    books = water_books(case, {ends: 60.0}, supplied={"B / intake": 50.0})
    option = OptionData({"year": 1e9}, {("P", "Q"): PairData(owed_loss={"year": 10.0})})
    (name,) = books.assembly.instance.exchanges
    one = replace(books.assembly.instance.exchanges[name], options={SITE: option})
    assembly = replace(books.assembly, instance=replace(books.assembly.instance, exchanges={name: one}))
    values = {**books.solution.values, "link": {(name, SITE, "P", "Q"): 1.0}}
    books = replace(books, assembly=assembly, solution=replace(books.solution, values=values))
    held(Contents(books).of("COD").at_sink("B / intake", "year")[0], 50)


WASH = {"takes": "fresh", "gives": "waste", "load": {"COD": 2}, "max_inlet": {"COD": 50}, "max_outlet": {"COD": 100}}


def test_an_operation_adds_its_load_to_what_comes():
    # 40,000 t/yr of half fresh, half 100 ppm: 50 ppm in. 2 kg/h x 1000 h = 2000 kg = 50 ppm more: 100 ppm out.
    case = water_case(plants={"A": giver({"COD": 100}), "B": plant(operations={"wash": WASH})})
    found = contents(
        case,
        {("A / s0", "B / wash"): 20_000.0},
        supplied={"B / wash": 20_000.0},
        run={"B / wash": 40_000.0},
        discharged={"B / wash": 40_000.0},
    ).of("COD")
    held(found.at_sink("B / wash", "year")[0], 50)
    held(found.at_source("B / wash", "year"), 100)


def test_pure_water_that_is_lost_leaves_its_load_behind():
    # 40,000 t in at 0, 8 t/h lost: 32,000 t out with 2000 kg: 62.5 ppm.
    case = water_case(plants={"B": plant(operations={"wash": {**WASH, "loss": 8}})})
    flows = {"supplied": {"B / wash": 40_000.0}, "run": {"B / wash": 40_000.0}, "discharged": {"B / wash": 32_000.0}}
    held(contents(case, {}, **flows).of("COD").at_source("B / wash", "year"), 62.5)


def test_recycling_is_a_geometric_series():
    # 20,000 t fresh, 20,000 t of its own outlet back. Each round halves what came before:
    # 2000 kg / 40,000 t = 50 ppm x (1 + 1/2 + 1/4 + ...) = 100 ppm out, 50 ppm in.
    case = water_case(plants={"B": plant(operations={"wash": WASH})})
    found = contents(
        case,
        {("B / wash", "B / wash"): 20_000.0},
        supplied={"B / wash": 20_000.0},
        run={"B / wash": 40_000.0},
        discharged={"B / wash": 20_000.0},
    ).of("COD")
    held(found.at_source("B / wash", "year"), 100)
    held(found.at_sink("B / wash", "year")[0], 50)


def test_a_closed_loop_that_nothing_leaves_has_no_content():
    case = water_case(plants={"B": plant(operations={"wash": WASH})})
    found = contents(case, {("B / wash", "B / wash"): 40_000.0}, run={"B / wash": 40_000.0}).of("COD")
    assert math.isnan(found.at_source("B / wash", "year").mean)
    assert not found.at_source("B / wash", "year").known


def test_parts_share_the_load_as_the_plan_says():
    # 2000 kg: a quarter to the first part, three to the second, 20,000 t of fresh water each: 25 and 75 ppm.
    case = water_case(plants={"B": plant(operations={"wash": {**WASH, "parts": 2}})})
    each = {"B / wash #1": 20_000.0, "B / wash #2": 20_000.0}
    found = contents(
        case, {}, supplied=each, run=each, discharged=each, share={"B / wash #1": 0.25, "B / wash #2": 0.75}
    )
    held(found.of("COD").at_source("B / wash #1", "year"), 25)
    held(found.of("COD").at_source("B / wash #2", "year"), 75)
    # Without a word of the plan the load goes with the flow: 50 ppm both.
    equal = contents(case, {}, supplied=each, run=each, discharged=each).of("COD")
    held(equal.at_source("B / wash #1", "year"), 50)


WORKS = {
    "inputs": {"waste": 1},
    "outputs": {"fresh": 0.98, "sludge": 0.02},
    "treats": {"inlet": "waste", "outlet": "fresh", "removes": {"COD": 0.95}, "residue": "sludge"},
    "investment": [{"capacity": 100, "investment": 1}],
}


def treated(works, **more):
    case = water_case(
        qualities={"COD": {"unit": "ppm"}, "salt": {"unit": "ppm"}},
        plants={"A": giver({"COD": 200, "salt": 49})},
        facilities={"works": works},
    )
    flows = {("A / s0", "works / waste"): 100.0}
    return contents(
        case, flows, opened={"works": 100.0}, discharged={"works / fresh": 98.0, "works / sludge": 2.0} | more
    )


def test_treatment_removes_into_its_residue():
    # 100 t at 200 ppm: 5 % of 20,000 into 98 t is 10.204 ppm, 95 % into 2 t of sludge is 9500 ppm. Salt, of which
    # nothing is said, leaves with the outlet: 4900 / 98 = 50 ppm; the sludge holds none.
    found = treated(WORKS)
    held(found.of("COD").at_source("works / fresh", "year"), 1000 / 98)
    held(found.of("COD").at_source("works / sludge", "year"), 9500)
    held(found.of("salt").at_source("works / fresh", "year"), 50)
    held(found.of("salt").at_source("works / sludge", "year"), 0)


def test_a_fixed_outlet_whatever_comes_in():
    found = treated({**WORKS, "treats": {"inlet": "waste", "outlet": "fresh", "leaves": {"COD": 30}}})
    held(found.of("COD").at_source("works / fresh", "year"), 30)


def test_what_an_output_is_said_to_hold_goes_first():
    found = treated({**WORKS, "quality": {"sludge": {"COD": 5000}}})
    held(found.of("COD").at_source("works / sludge", "year"), 5000)


def test_through_treatment_and_back():
    # 40,000 t/yr run, all of it treated (95 % removed, 98 % recovered) and all of that back; 800 t fresh make up.
    # x = out of the wash, y = back: 39,200 y = 0.05 x 40,000 x; 40,000 x = 39,200 y + 2,000,000 ppm t
    # -> 0.95 x 40,000 x = 2,000,000: x = 52.632, y = 0.05 x 40,000 / 39,200 x = 2.6853.
    case = water_case(plants={"B": plant(operations={"wash": WASH})}, facilities={"works": WORKS})
    found = contents(
        case,
        {("B / wash", "works / waste"): 40_000.0, ("works / fresh", "B / wash"): 39_200.0},
        supplied={"B / wash": 800.0},
        run={"B / wash": 40_000.0},
        opened={"works": 40_000.0},
        discharged={"works / sludge": 800.0},
    ).of("COD")
    held(found.at_source("B / wash", "year"), 50 / 0.95)
    held(found.at_source("works / fresh", "year"), 0.05 * 40_000 / 39_200 * 50 / 0.95)
    held(found.at_source("works / sludge", "year"), 50 / 0.95 * 0.95 * 50)  # all 2000 kg in 800 t: 2500 ppm


def test_unknown_content_makes_a_mixture_unknown_though_it_is_accepted():
    # To accept it lets the 30 t come; 30 t at 100 and 40 t at 0 of the 100 t are known, what the 100 t hold is not.
    flows = {("A / s0", "B / intake"): 30.0, ("A / s1", "B / intake"): 30.0}
    plants = {"A": giver({"COD": 100}, {"COD": "unknown"}), "B": plant(**TAKER)}
    found = contents(water_case(plants=plants), flows, supplied={"B / intake": 40.0}).of("COD")
    assert not found.at_sink("B / intake", "year")[0].known
    assert math.isnan(found.at_sink("B / intake", "year")[0].mean)
    entries = [{"from": "A", "to": "B", "stream": "s1", "accept_unknown": ["COD"]}, {"from": "A"}]
    found = contents(water_case(plants=plants, exchanges=entries), flows, supplied={"B / intake": 40.0}).of("COD")
    assert not found.at_sink("B / intake", "year")[0].known
    sink = {"intake": {"resource": "fresh", "rate": 100, "limits": {"COD": {"max": 60, "accept_unknown": True}}}}
    plants["B"] = plant(sinks=sink)
    found = contents(water_case(plants=plants), flows, supplied={"B / intake": 40.0}).of("COD")
    assert not found.at_sink("B / intake", "year")[0].known


def test_what_unknown_water_went_into_is_unknown():
    case = water_case(plants={"A": giver({}), "B": plant(operations={"wash": WASH})})
    found = contents(case, {("A / s0", "B / wash"): 10.0}, run={"B / wash": 10.0}, discharged={"B / wash": 10.0})
    assert not found.of("COD").at_source("B / wash", "year").known


@pytest.mark.parametrize(
    ("mixing", "first", "second", "mixture"),
    [
        # Hydroxide less hydrogen ions: (1e-4 - 1e-10 + 1e-6 - 1e-8) / 2 = 50.4949e-6 of 50.4951e-6 mol/L, not pH 9.
        ("pH", 10.0, 8.0, 14 - 4.29675035),
        ("reciprocal", 1.0, 3.0, 1.5),  # 1 / ((1 + 1/3) / 2)
        ("log", 1.0, 100.0, 10.0),  # the geometric mean
        # Index 0, 10, 30 at 0, 1, 2: of 1 and 2 it is 20, half way between the last two points.
        ([{"value": 0, "index": 0}, {"value": 1, "index": 10}, {"value": 2, "index": 30}], 1.0, 2.0, 1.5),
        ([{"value": 0, "index": 30}, {"value": 1, "index": 10}, {"value": 2, "index": 0}], 0.0, 2.0, 0.75),  # falling
    ],
)
def test_mixing_by_an_index(mixing, first, second, mixture):
    qualities = {"x": {"unit": "index", "weight": "t", "mixing": mixing}}
    case = water_case(
        qualities=qualities,
        resources={
            "fresh": {"kind": "water", "unit": "t", "water": 1},
            "waste": {"kind": "water", "unit": "t", "discharge": {"route": "sewer"}},
        },
        plants={"A": giver({"x": first}, {"x": second}), "B": plant(**TAKER)},
    )
    found = contents(case, {("A / s0", "B / intake"): 50.0, ("A / s1", "B / intake"): 50.0}).of("x")
    held(found.at_sink("B / intake", "year")[0], mixture)
    assert not found.has_loads


def test_nothing_flows_nothing_holds():
    case = water_case(plants={"B": plant(operations={"wash": WASH})})
    found = contents(case, {}).of("COD")
    assert math.isnan(found.at_source("B / wash", "year").mean)
    assert not found.at_sink("B / wash", "year")[0].known
