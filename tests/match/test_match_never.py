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
ASH_CODES = ("10 01 02", "10 01 01", "10 01 03", "10 01 04*", "10 01 15", "10 01 16*", "10 01 17", "19 01 13*")
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
    *("phosphate", "triple superphosphate", "nitrogen fertiliser", "lime", "phosphate fertiliser"),
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
    ends=st.sampled_from((("37.00", "10.91"), (None, "01.46"), ("10.11", "03.22"), ("37.00", "10.92"))),
    use=st.sampled_from((None, "feed", "animal feed", "Pet food", "feeding of fish", "livestock feed additive")),
)
def test_sewage_sludge_never_for_feed(tmp_path_factory, name, codes, synonyms, wanted, ends, use):
    if name not in SLUDGE and not codes and not any(one in SLUDGE for one in synonyms):
        codes = ["19 08 05"]
    resource = {"synonyms": [one for one in synonyms if one != name]} | ({"waste_code": codes[0]} if codes else {})
    wanted = [one for one in wanted if one != name] or ["feed"]
    takers = [Given(one, ends[1], "feed mill", stream={"use": use} if use else {}) for one in wanted]
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
    assert {row for _, row in potential(case, "works")} == {"S49", "S123", "S76", "S106"}
    assert {row for name, row in potential(case, "power") if name == "wet fly ash"} == {"S01", "S71"}
    assert ("make-up water", "S54") in potential(case, "power")
    assert not [row for row in potential(case, "abattoir") if row[1] == "S45" and "feed" in row[0]]


WATER = {"kind": "water", "unit": "m3"}
GAS = {"kind": "gas"}
HAZARDOUS = {"discharge": {"route": "landfill", "waste": "hazardous"}}


@pytest.mark.parametrize(
    ("given_", "taken"),
    [
        *((Given("sewage sludge", nace), Given("phosphate", "10.91")) for nace in (None, "37.00")),
        (Given("biosolids", "37.00"), Given("triple superphosphate", stream={"use": "feed phosphate"})),
        (Given("EAF dust", "24.10", resource=HAZARDOUS), Given("zinc concentrate", stream={"use": "feed additive"})),
        *((Given(f"{word} fly ash"), Given("cement", "23.63")) for word in ("RDF", "EfW", "MSW")),
        (Given("fly ash", "38.21"), Given("cement", "23.63")),
        (Given("fly ash", plant="waste to energy works"), Given("cement", "23.63")),
        (Given("fly ash", "35.11", resource=HAZARDOUS), Given("cement", "23.63")),
        (Given("concrete rubble", resource={"waste_code": "17 01 06*"}), Given("gravel", "42.11")),
        (Given("wood ash", resource=HAZARDOUS), Given("potash", "01")),
        (Given("asbestos gypsum waste"), Given("gypsum", "23.62")),
        (Given("radioactive steel scrap"), Given("pig iron", "24.10")),
        (Given("PCB waste oil"), Given("base oil", "19.20")),
        *(
            (Given(f"{word} glass cullet"), Given("glass batch", "23.13"))
            for word in ("CRT", "leaded", "heat resistant")
        ),
        *((Given(f"{word} wood chips"), Given("wood fuel", "35.11")) for word in ("CCA treated", "painted")),
        (Given("antibiotic yeast slurry", "21.10"), Given("pig feed", "01.46")),
        (Given("used cooking oil", "56"), Given("vegetable oil", stream={"use": "food"})),
        (Given("used cooking oil", "56"), Given("vegetable oil", "10.71")),
        (Given("electrolyser oxygen", resource=GAS), Given("medical oxygen", resource=GAS)),
        (Given("flue gas CO2", resource=GAS), Given("CO2", resource=GAS, stream={"use": "food"})),
        (Given("fly ash", "35.11"), Given("dental cement")),
        (Given("FGD gypsum", "35.11"), Given("gypsum", "32.50")),
        (Given("pickling liquor", "24.10"), Given("ferric chloride", stream={"use": "drinking water"})),
        *(
            (Given("treated effluent", "37.00", resource=WATER), Given("fresh water", None, firm, WATER))
            for firm in ("creamery", "cheese works", "meat cannery", "hospital", "spa", "waterworks")
        ),
        (Given("steam condensate", "20.14", resource=WATER), Given("process water", "10.51", resource=WATER)),
    ],
)
def test_what_is_not_safe_is_barred_and_told(tmp_path, given_, taken):
    found = match(make(tmp_path, [given_], [taken]))
    assert not found.proposals
    assert found.barred
    assert all(one.reason and one.law for one in found.barred)


def test_what_serves_a_purpose_or_stands_apart_is_still_proposed(tmp_path):
    givers = [
        Given("fermentation CO2", "11.05", resource=GAS),
        Given("spent grain", "11.05"),
        Given("fluorosilicic acid", "20.15"),
        Given("used oil", "45.20", resource={"waste_code": "13 02 05*", **HAZARDOUS}),
        Given("biogas", "35.21", resource={**GAS, "enthalpy": 5.0}),
    ]
    takers = [
        Given("beverage CO2", "11.07", resource=GAS, stream={"use": "food"}),
        Given("cattle feed", "01.4", stream={"use": "feed"}),
        Given("fluoride", "36.00", stream={"use": "drinking"}),
        Given("base oil", "19.20"),
        Given("natural gas", "10.51", resource={**GAS, "enthalpy": 13.0}),
    ]
    pairs = {(p.giver.stream.name, p.taker.stream.name) for p in match(make(tmp_path, givers, takers)).proposals}
    assert pairs >= {(a.name, b.name) for a, b in zip(givers, takers, strict=True)}


def test_a_code_of_something_else_is_a_broken_limit_and_a_strange_industry_costs(tmp_path):
    # 17 05 04 is soil and stones
    giver = Given("steel slag", "24.10", resource={"waste_code": "17 05 04"})
    found = match(make(tmp_path, [giver], [Given("gravel", "42.11")])).proposals
    assert [one.broken for one in found] == [True]
    assert "17 05 04 is not one of steel slag" in found[0].limits[0].text
    fits, strange = (
        match(make(tmp_path, [Given("concrete rubble", "43.11")], [Given("gravel", nace)])).proposals[0].score
        for nace in ("42.11", "25.11")
    )
    assert fits >= strange + 30


@settings(max_examples=20)
@given(
    hazard=st.sampled_from(("code", "discharge", "word")),
    name=st.sampled_from(
        ("fly ash", "concrete rubble", "glass cullet", "steel slag", "sawdust", "spent grain", "whey")
    ),
    wanted=st.sampled_from(("cement", "gravel", "glass batch", "wood fuel", "cattle feed", "animal feed", "clay")),
    nace=st.sampled_from((None, "23.63", "42.11", "01.4")),
)
def test_a_hazard_is_never_hidden_by_a_name(tmp_path_factory, hazard, name, wanted, nace):
    resource = {"code": {"waste_code": "17 06 05*"}, "discharge": HAZARDOUS, "word": {}}[hazard]
    called = f"asbestos {name}" if hazard == "word" else name
    found = match(
        make(tmp_path_factory.mktemp("hazard"), [Given(called, None, "works", resource)], [Given(wanted, nace)])
    )
    assert not found.proposals
    assert not found.leads


def test_what_the_case_declares_against_an_exclusion_is_told(tmp_path):
    declared = [{"from": "sewage sludge", "to": "phosphate", "ratio": 0.02}]
    takers = [Given("phosphate", "10.91", stream={"use": "animal feed"})]
    found = match(make(tmp_path, [Given("sewage sludge", "37.00")], takers, substitutions=declared))
    assert [one.exclusion for one in found.barred] == ["X2"]
    assert len(found.anyway) == 1


def test_a_fish_farm_is_no_food_plant_by_its_name(tmp_path):
    givers, takers = (
        [Given("treated effluent", "37.00", resource=WATER)],
        [Given("fresh water", None, "fish farm", WATER)],
    )
    assert match(make(tmp_path, givers, takers)).proposals
