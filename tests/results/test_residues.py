"""Residues of fixed outlets, stated contents of a treatment's outputs, and mixtures of what does not replace itself."""

import math

import pytest
from mixtures_park import contents, plant, water_case
from washing_park import row

from planner.results.balances import LOADS_IN, LOADS_OUT, load_balances_table, made_of_nothing
from planner.results.compositions import compositions_table
from planner.results.quality_limits import quality_limits_table
from planner.results.verdicts import technical

#: 100 t of waste water; 80 t leave it clean, 20 t are brine.
SPLIT = {
    "inputs": {"waste": 1},
    "outputs": {"fresh": 0.8, "sludge": 0.2},
    "investment": [{"capacity": 100, "investment": 1}],
}


def treated(treats, *, content=200, stated=None, **more):
    """100 t/yr of some content through the works, all of it disposed of."""
    sources = {"s": {"resource": "waste", "rate": 1, "quality": {"COD": content}}}
    works = {**SPLIT, "treats": {"inlet": "waste", "outlet": "fresh", **treats}, **(stated or {})}
    case = water_case(plants={"A": plant(sources=sources)}, facilities={"works": works}, **more)
    out = {"works / fresh": 80.0, "works / sludge": 20.0}
    return contents(case, {("A / s", "works / waste"): 100.0}, opened={"works": 100.0}, discharged=out)


def balance(found):
    """The row of the works, which closes."""
    line = row(load_balances_table(found), of="works")
    coming, going = (sum(line[f"{column}_per_yr"] for column in side) for side in (LOADS_IN, LOADS_OUT))
    assert coming == pytest.approx(going)
    return line


def test_the_residue_of_a_fixed_outlet_holds_the_rest():
    # 100 t x 200 ppm = 20 kg in; 80 t x 50 ppm = 4 kg leave clean: 16 kg in 20 t of brine are 800 ppm, nothing is gone.
    found = treated({"leaves": {"COD": 50}, "residue": "sludge"}, content={"mean": 200, "worst": 250})
    brine = found.of("COD").at_source("works / sludge", "year")
    assert brine.three == pytest.approx((800, 1050, 800))  # at worst 25 - 4 = 21 kg
    line = balance(found)
    assert (line["discharged_per_yr"], line["removed_per_yr"]) == (pytest.approx(20), pytest.approx(0, abs=1e-12))
    assert not list(made_of_nothing(found, load_balances_table(found)))


def test_another_output_of_stated_content_takes_its_part_of_the_residue():
    # 200 ppm, 90 % removed: 18 kg, of which 4 t of foam with 1000 ppm take 4 kg; 14 kg in 20 t are 700 ppm.
    resources = {**water_case().resources, "foam": {"kind": "material", "unit": "t", "discharge": {"route": "tip"}}}
    sources = {"s": {"resource": "waste", "rate": 1, "quality": {"COD": 200}}}
    works = {
        **SPLIT,
        "outputs": {"fresh": 0.76, "sludge": 0.2, "foam": 0.04},
        "treats": {"inlet": "waste", "outlet": "fresh", "removes": {"COD": 0.9}, "residue": "sludge"},
        "quality": {"foam": {"COD": 1000}},
    }
    case = water_case(plants={"A": plant(sources=sources)}, facilities={"works": works}, resources=resources)
    out = {"works / fresh": 76.0, "works / sludge": 20.0, "works / foam": 4.0}
    found = contents(case, {("A / s", "works / waste"): 100.0}, opened={"works": 100.0}, discharged=out)
    assert found.of("COD").at_source("works / sludge", "year").mean == pytest.approx(700)
    assert balance(found)["removed_per_yr"] == pytest.approx(0, abs=1e-12)


def test_an_outlet_that_holds_more_than_comes_in_gives_off_what_it_makes_up():
    # 100 t x 20 ppm = 2 kg in, 80 t x 50 ppm = 4 kg out: the residue is empty, and 2 kg never came in.
    found = treated({"leaves": {"COD": 50}, "residue": "sludge"}, content=20)
    assert found.of("COD").at_source("works / sludge", "year").three == (0, 0, 0)
    line = balance(found)
    assert (line["removed_per_yr"], line["given_off_per_yr"]) == (0, pytest.approx(2))
    (note,) = made_of_nothing(found, load_balances_table(found))
    assert note.startswith("works gives off 2 kg/yr of COD more than comes in")
    assert "facilities.works.treats.leaves.COD" in note


@pytest.mark.parametrize(
    ("sludge", "removed", "made"),
    [
        (500, 6, 0),  # of 20 kg 80 % are removed; 20 t x 500 ppm = 10 of these 16 kg are in the sludge
        (900, 0, 2),  # 18 kg in the sludge, 2 more than were removed
    ],
)
def test_what_the_sludge_is_stated_to_hold_counts_against_what_is_removed(sludge, removed, made):
    found = treated({"removes": {"COD": 0.8}}, stated={"quality": {"sludge": {"COD": sludge}}})
    line = balance(found)
    assert (line["removed_per_yr"], line["given_off_per_yr"]) == (pytest.approx(removed), pytest.approx(made))
    assert bool(list(made_of_nothing(found, load_balances_table(found)))) == bool(made)


def test_what_comes_of_an_accepted_unknown_is_unknown():
    # Salt of the waste water is accepted unknown by the works, and passes them: so clean water and its mixture are.
    sources = {"s": {"resource": "waste", "rate": 1, "quality": {"COD": 200}}}
    sinks = {"intake": {"resource": "fresh", "rate": 1, "limits": {"salt": 5}}}
    treats = {"inlet": "waste", "outlet": "fresh", "removes": {"COD": 0.8}}
    case = water_case(
        qualities={"COD": {"unit": "ppm"}, "salt": {"unit": "ppm"}},
        plants={"A": plant(sources=sources), "B": plant(sinks=sinks)},
        facilities={"works": {**SPLIT, "treats": treats}},
        exchanges=[{"from": "A", "to": "works", "accept_unknown": ["salt"]}],
    )
    flows = {("A / s", "works / waste"): 100.0, ("works / fresh", "B / intake"): 80.0}
    found = contents(case, flows, opened={"works": 100.0}, discharged={"works / sludge": 20.0})
    assert not found.of("salt").at_source("works / fresh", "year").known
    mixture = row(compositions_table(found), at="mixture", by="B", quality="salt")
    assert not mixture["known"]
    assert all(math.isnan(mixture[column]) for column in ("mean", "worst", "load_per_yr"))
    assert math.isnan(row(quality_limits_table(found), by="B")["found"])
    verdict = technical(found, "works > B: fresh -> intake")
    assert (verdict.word, verdict.why) == ("unknown", "its salt is not known, and is accepted so")


def test_the_amount_of_a_mixture_is_what_comes_not_what_it_replaces():
    # 1000 t of waste at 40 ppm replace 20 t of the 50 t needed, 30 t are bought at 0: 40 kg in 1030 t, 38.83 ppm.
    sources = {"s": {"resource": "waste", "rate": 1, "quality": {"COD": 40}}}
    sinks = {"intake": {"resource": "fresh", "rate": 0.05}}
    case = water_case(plants={"A": plant(sources=sources), "B": plant(sinks=sinks)})
    ends = ("A / s", "B / intake")
    found = contents(case, {ends: 1000.0}, ratios={ends: 0.02}, supplied={"B / intake": 30.0})
    mixture = row(compositions_table(found), at="mixture")
    assert (mixture["amount_per_yr"], mixture["amount_unit"]) == (pytest.approx(1030), "t")
    assert mixture["mean"] == pytest.approx(40_000 / 1030)
    assert mixture["load_per_yr"] == pytest.approx(mixture["mean"] * mixture["amount_per_yr"] / 1000)


def test_a_mixture_of_different_units_is_counted_by_weight():
    # 50 MWh of gas of 0.1 t each and 5 t of oil: 10 t.
    resources = {
        "gas": {"kind": "gas", "unit": "MWh", "mass": 0.1, "discharge": {"route": "flare"}},
        "oil": {"kind": "material", "unit": "t", "price": 1, "quality": {"COD": 0}},
    }
    sources = {"s": {"resource": "gas", "rate": 1, "quality": {"COD": 40}}}
    plants = {"A": plant(sources=sources), "B": plant(sinks={"oil": {"rate": 1}})}
    case = water_case(resources=resources, plants=plants)
    found = contents(case, {("A / s", "B / oil"): 50.0}, supplied={"B / oil": 5.0})
    mixture = row(compositions_table(found), at="mixture")
    assert (mixture["amount_per_yr"], mixture["amount_unit"]) == (pytest.approx(10), "t")
    assert mixture["mean"] == pytest.approx(20)
