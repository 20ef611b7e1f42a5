"""Fly ash never goes to plasterboard, sewage sludge never to feed, used water never to be drunk, by whatever name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_cases import Given, make

from planner.library.synergies import library
from planner.match.ends import givers_and_takers, lexicon
from planner.match.leads import look_up, users_of_firm
from planner.match.match import match

ASH = (
    *("fly ash", "Fly-Ash", "flyash", "FLY ASHES", "PFA", "pulverised fuel ash", "pulverized fuel ash", "coal ash"),
    *("ash from coal", "ash", "EN 450 ash", "electrostatic precipitator ash", "bottom ash", "gypsum-like fly ash"),
    *("ash (gypsum substitute)", "dry fly ash from boiler 5", "cenospheres", "calcium sulphate rich ash", "wood ash"),
)
ASH_CODES = ("10 01 02", "10 01 01", "10 01 03", "10 01 04*", "10 01 16*", "10 01 17", "19 01 13*")
BOARD = (
    *("natural gypsum", "gypsum", "Gypsum rock", "plasterboard", "plaster-board core", "wallboard core", "stucco"),
    *("anhydrite", "calcium sulphate", "board raw material", "filler", "raw material", "fly ash", "clay", "sand"),
)
SLUDGE = (
    *("sewage sludge", "Sewage-Sludge", "biosolids", "municipal sludge", "sludge cake", "sludge from sewage works"),
    *("digested sewage sludge", "wastewater sludge", "treatment plant sludge", "effluent sludge", "urban sludge"),
    *("organic sludge", "protein-rich sewage sludge", "yeast (with sewage sludge)", "sludges"),
)
SLUDGE_CODES = ("19 08 05", "19 08 12", "19 08 14", "20 03 04", "02 02 04", "02 03 05", "02 07 05")
FEED = (
    *("feed", "pig feed", "cattle feed", "fish feed", "fishmeal", "animal feed", "fodder", "soy meal", "compound feed"),
    *("feed wheat", "protein", "livestock feed", "swill", "nutrient", "raw material", "sewage sludge"),
)


@settings(max_examples=20)
@given(
    name=st.sampled_from((*ASH, "residue", "desulphurisation gypsum")),
    codes=st.lists(st.sampled_from(ASH_CODES), unique=True, max_size=1),
    synonyms=st.lists(st.sampled_from((*ASH, "FGD gypsum")), unique=True, max_size=2),
    wanted=st.lists(st.sampled_from(BOARD), unique=True, min_size=1, max_size=3),
    nace=st.sampled_from((None, "35.11", "38.21", "20")),
)
def test_ash_never_for_plasterboard(tmp_path_factory, name, codes, synonyms, wanted, nace):
    if name not in ASH and not codes and not any(one in ASH for one in synonyms):
        codes = ["10 01 02"]
    resource = {"synonyms": [one for one in synonyms if one != name]} | ({"waste_code": codes[0]} if codes else {})
    wanted = [one for one in wanted if one != name] or ["gypsum"]
    takers = [Given(one, "23.62", "board works") for one in wanted]
    found = match(make(tmp_path_factory.mktemp("ash"), [Given(name, nace, "power", resource)], takers))
    assert not found.proposals
    assert not [lead for lead in found.leads if lead.firm == "board works"]


@settings(max_examples=20)
@given(
    name=st.sampled_from((*SLUDGE, "residue", "spent grain")),
    codes=st.lists(st.sampled_from(SLUDGE_CODES), unique=True, max_size=1),
    synonyms=st.lists(st.sampled_from((*SLUDGE, "yeast slurry", "spent grain")), unique=True, max_size=2),
    wanted=st.lists(st.sampled_from(FEED), unique=True, min_size=1, max_size=3),
    ends=st.sampled_from((("37.00", "10.91"), (None, "01.46"), ("10.11", "03.22"))),
)
def test_sewage_sludge_never_for_feed(tmp_path_factory, name, codes, synonyms, wanted, ends):
    if name not in SLUDGE and not codes and not any(one in SLUDGE for one in synonyms):
        codes = ["19 08 05"]
    resource = {"synonyms": [one for one in synonyms if one != name]} | ({"waste_code": codes[0]} if codes else {})
    wanted = [one for one in wanted if one != name] or ["feed"]
    takers = [Given(one, ends[1], "feed mill") for one in wanted]
    found = match(make(tmp_path_factory.mktemp("sludge"), [Given(name, ends[0], "works", resource)], takers))
    assert not found.proposals
    assert not [lead for lead in found.leads if lead.firm == "feed mill"]


@pytest.mark.parametrize(
    ("given_", "taken", "exclusion"),
    [
        (Given("cat. 2 material", resource={"synonyms": ["pig feed"]}), Given("pig swill"), "X3"),
        (Given("kitchen waste", resource={"synonyms": ["liquid feed"]}), Given("pig feed", "01.46"), "X4"),
        (Given("solvent 3", resource={"waste_code": "07 01 04*", "synonyms": ["soy meal"]}), Given("soya"), "X5"),
        (
            Given("treated effluent", resource={"kind": "water", "unit": "m3", "synonyms": ["reclaimed"]}),
            Given("process water", resource={"kind": "water", "unit": "m3"}, stream={"use": "potable"}),
            "X6",
        ),
        (Given("fly ash", "35.11", resource={"synonyms": ["gypsum"]}), Given("gypsum rock", "23.51"), "X1"),
        (Given("rumen content", "10.11", resource={"synonyms": ["animal by-product"]}), Given("fish feed"), "X11"),
        (
            Given("reclaimed water", resource={"kind": "water", "unit": "m3"}),
            Given("process water", "10.51", resource={"kind": "water", "unit": "m3"}),
            "X12",
        ),
    ],
)
def test_what_would_match_is_barred_with_its_law(tmp_path, given_, taken, exclusion):
    found = match(make(tmp_path, [given_], [taken]))
    assert not found.proposals
    assert [one.exclusion for one in found.barred] == [exclusion]
    assert found.barred[0].law


def test_what_only_sounds_like_it_is_not_barred(tmp_path):
    gas = {"kind": "gas", "enthalpy": 14.0}
    givers = [Given("sewage gas", "37.00", resource=gas), Given("FGD gypsum", "35.11"), Given("digestate", "35.21")]
    givers.append(Given("animal by-product of category 3", "10.11"))
    takers = [
        Given("natural gas", "11.05", resource=gas),
        Given("gypsum stone", "23.62"),
        Given("mineral fertiliser", "01.4"),
        Given("boiler feed", resource={"kind": "water", "unit": "m3"}),
        Given("fish meal", "10.91"),
    ]
    pairs = {(p.giver.stream.name, p.taker.stream.name) for p in match(make(tmp_path, givers, takers)).proposals}
    assert pairs == {
        ("sewage gas", "natural gas"),
        ("FGD gypsum", "gypsum stone"),
        ("digestate", "mineral fertiliser"),
        ("animal by-product of category 3", "fish meal"),
    }


def test_a_barred_pair_of_one_resource_is_told(tmp_path):
    found = match(make(tmp_path, [Given("sewage sludge", plant="works")], [Given("sewage sludge", "10.91", "mill")]))
    assert [one.exclusion for one in found.barred] == ["X2"]


def test_no_row_of_the_library_goes_against_an_exclusion():
    """Neither ash for gypsum nor sludge for feed in any row, nor any name that two such substances share."""
    lib = library()
    rows = {(row.byproduct, one) for row in lib.synergies for one in row.replaces}
    assert (
        not {("coal fly ash", "natural gypsum"), ("sewage sludge", "animal feed"), ("sewage sludge", "pig feed")} & rows
    )
    known = lexicon(lib)
    for name in ("fly ash", "sewage sludge", "biosolids", "PFA"):
        meant = set(known.recognise(name)[0])
        assert meant
        assert not meant & {"natural gypsum", "FGD gypsum", "animal feed", "pig feed", "cattle feed", "fish feed"}
    assert not [row for row in look_up(lib, byproducts=["10 01 02"]) if "23.62" in row.to_nace]


def potential(case, firm):
    lib = library()
    giving, taking = givers_and_takers(case, lib)
    return {(lead.about.partition(" / ")[2], lead.row) for lead in users_of_firm(lib, firm, giving, taking)}


def test_what_is_barred_is_not_offered_to_one_firm_either(tmp_path):
    water = {"kind": "water", "unit": "m3"}
    givers = [Given("sewage sludge", "37.00", "works"), Given("wet fly ash", "35.11", "power")]
    givers.append(Given("slaughter residue", "10.11", "abattoir"))
    takers = [
        Given("fresh water", "11.05", "brewery", {**water, "synonyms": ["brewing water"]}),
        Given("make-up water", "35.11", "power", water),
    ]
    case = make(tmp_path, givers, takers)
    assert potential(case, "brewery") == {("fresh water", "S52")}  # surface water, no used water
    assert {row for _, row in potential(case, "works")} == {"S49", "S76"}
    assert {row for name, row in potential(case, "power") if name == "wet fly ash"} == {"S01", "S71"}
    assert ("make-up water", "S54") in potential(case, "power")
    assert not [row for row in potential(case, "abattoir") if row[1] == "S45" and "feed" in row[0]]
