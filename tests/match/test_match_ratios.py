"""A ratio is that of what is replaced, per tonne as it is delivered, and of fuels by their energy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_cases import Given, make

from planner.errors import UsageError
from planner.match.accept import entries_of
from planner.match.match import match
from planner.match.proposals import Proposal

FEED = {"use": "feed"}


def best(folder, giver: Given, taker: Given, **sections) -> Proposal:
    folder.mkdir(exist_ok=True)
    return match(make(folder, [giver], [taker], **sections)).proposals[0]


def ratio(folder, giver: Given, taker: Given, **sections) -> float | None:
    found = best(folder, giver, taker, **sections).ratio
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("giver", "taker", "row", "expected"),
    [
        # cullet for cullet is the same thing: 1 t of it, not the 1.2 t of sand, soda and lime that it saves
        (Given("glass cullet", "38.11"), Given("cullet", "23.13"), "S18", 1.0),
        (Given("glass cullet", "38.11"), Given("glass batch", "23.13"), "S18", 1.2),
        # 0.8 t of pulp in a tonne of waste paper, which for waste paper is a tonne
        (Given("recovered paper", "38.11"), Given("waste paper", "17.12"), "S130", 1.0),
        (Given("recovered paper", "38.11"), Given("pulp", "17.12"), "S95", 0.8),
        (Given("scrap metal", "25.11"), Given("steel scrap", "24.10"), "S70", 1.0),
        (Given("scrap metal", "25.11"), Given("pig iron", "24.10"), "S70", 0.93),
        (Given("aluminium turnings", "25.11"), Given("aluminium scrap", "24.42"), "S96", 1.0),
        (Given("aluminium turnings", "25.11"), Given("primary aluminium", "24.42"), "S96", 0.95),
        (Given("yeast slurry", "21.10"), Given("soy meal", "10.91", stream=FEED), "S36", 0.1),
        (Given("yeast slurry", "21.10"), Given("digester feed", "35.21"), "S121", None),
        (Given("whey", "10.51"), Given("pig feed", "01.46", stream=FEED), "S37", 0.06),
        (Given("whey", "10.51"), Given("soy meal", "10.91", stream=FEED), "S37", None),
        (Given("whey", "10.51"), Given("digester feed", "35.21"), "S122", None),
        (Given("digestate", "35.21"), Given("nitrogen fertiliser", "01.11"), "S48", 0.0035),
        (Given("digestate", "35.21"), Given("phosphate fertiliser", "01.11"), "S48", None),
        (Given("wood ash", "35.11"), Given("potash fertiliser", "01.11"), "S16", None),
        (Given("wood ash", "35.11"), Given("agricultural lime", "01.11"), "S16", None),
        # the 3.85 t are of a tonne of sulphur, not of a tonne of gas
        (Given("sour gas", "19.20", resource={"kind": "gas"}), Given("nitrogen fertiliser", "20.15"), "S21", None),
        (Given("fly ash", "35.11"), Given("cement", "23.63"), "S01", 0.4),
        (Given("fly ash", "35.11"), Given("clinker", "23.51"), "S01", 1.0),
    ],
)
def test_the_ratio_is_that_of_what_is_replaced(tmp_path, giver, taker, row, expected):
    found = best(tmp_path, giver, taker)
    assert found.row == row
    assert (None if found.ratio is None else found.ratio.value) == expected
    assert (found.ratio is None) == any(text.startswith("ratio") for text in found.missing)


def test_an_industry_alone_does_not_say_which_ratio(tmp_path):
    """Cullet into what a container glass works calls "core": batch would be 1.2, cullet 1."""
    found = best(tmp_path, Given("glass cullet", "38.11"), Given("core", "23.13"))
    assert (found.row, found.ratio) == ("S18", None)
    assert "ratio (it differs: which of glass batch, glass cullet core is)" in found.missing


@pytest.mark.parametrize("byproduct", ["whey", "yeast slurry", "vinasse", "potato peel", "category 3 material"])
def test_biogas_asks_for_nothing_that_feed_asks_for(tmp_path, byproduct):
    found = best(tmp_path, Given(byproduct, None), Given("digester feed", "35.21"))
    told = " ".join((found.use, found.pretreatment or "", found.law, *found.missing, *found.conditions))
    assert found.use == "biogas"
    assert "feed" not in told.replace("digester feed", "")


def test_fuels_go_by_energy(tmp_path):
    # sawdust 2.2 MWh/t for chips 4.8 MWh/t: 2.2/4.8 = 0.4583; tyres 8 MWh/t for coal 7 MWh/t: 1.1429, or 8 MWh
    sawdust = Given("sawdust", "16.10", resource={"enthalpy": 2.2})
    assert ratio(tmp_path / "a", sawdust, Given("wood chips", "35.30", resource={"enthalpy": 4.8})) == pytest.approx(
        2.2 / 4.8
    )
    tyres = Given("tyres", "38.11", resource={"enthalpy": 8})
    assert ratio(tmp_path / "b", tyres, Given("coal", "23.51", resource={"enthalpy": 7})) == pytest.approx(8 / 7)
    counted = Given("coal", "23.51", resource={"unit": "MWh"})
    assert ratio(tmp_path / "c", tyres, counted) == 8.0
    # wood waste 4 MWh/t for wood fuel 5 MWh/t: 0.8; bagasse 2 MWh/t for coal 8 MWh/t: 0.25
    wood = Given("waste wood", "38.32", resource={"enthalpy": 4})
    assert ratio(tmp_path / "d", wood, Given("wood fuel", "35.11", resource={"enthalpy": 5})) == pytest.approx(0.8)
    bagasse = Given("bagasse", "10.81", resource={"enthalpy": 2})
    assert ratio(tmp_path / "e", bagasse, Given("coal", "35.11", resource={"enthalpy": 8})) == pytest.approx(0.25)
    # lignite 3 MWh/t and hard coal 7.5 MWh/t are both coal, and 0.4 of each other
    lignite = Given("lignite", None, resource={"enthalpy": 3})
    assert ratio(tmp_path / "f", lignite, Given("hard coal", None, resource={"enthalpy": 7.5})) == pytest.approx(0.4)
    found = best(tmp_path / "g", tyres, Given("coal", "23.51"))
    assert found.ratio is None
    assert "enthalpy of coal (for the ratio)" in found.missing


def test_panels_go_by_mass(tmp_path):
    found = best(tmp_path, Given("sawdust", "16.10", resource={"enthalpy": 2.2}), Given("wood chips", "16.21"))
    assert (found.row, found.ratio.value) == ("S117", 1.0)


GRAIN, MEAL = Given("spent grain", "11.05"), Given("soy meal", "10.91", stream=FEED)


def wet(quality, unit, value) -> tuple[Given, dict]:
    return Given("spent grain", "11.05", resource={"quality": {quality: value}}), {quality: {"unit": unit}}


@pytest.mark.parametrize(
    ("quality", "unit", "value"),
    [("moisture", "%", 78), ("water content", "-", 0.78), ("humidity", "g/kg", 780), ("dry matter", "%", 22)],
)
def test_a_dry_ratio_is_brought_to_what_is_delivered(tmp_path, quality, unit, value):
    """22 % of dry matter: 0.22 x 0.5 = 0.11 t of soy meal per wet tonne."""
    giver, qualities = wet(quality, unit, value)
    found = best(tmp_path, giver, MEAL, qualities=qualities)
    assert found.ratio.value == pytest.approx(0.11)
    assert "0.5 t/t of dry matter, of which it has 0.22 t/t" in found.ratio.note


@pytest.mark.parametrize(
    ("giver", "taker"),
    [
        (GRAIN, MEAL),
        (Given("carbide lime", "20.13"), Given("limestone", "23.51")),
        (Given("lime mud", "17.11"), Given("limestone", "23.51")),
        (Given("sewage sludge", "37.00"), Given("phosphate fertiliser", "01.11")),
        (Given("DDGS", "20.14"), Given("cattle feed", "01.41", stream=FEED)),
        (Given("beet pulp", "10.81"), Given("cattle feed", "01.41", stream=FEED)),
    ],
)
def test_a_dry_ratio_without_moisture_is_not_known(tmp_path, giver, taker):
    found = best(tmp_path, giver, taker)
    assert found.ratio is None
    assert any(text.startswith(f"moisture of {giver.name} (for the ratio") for text in found.missing)


@pytest.mark.parametrize(("unit", "value"), [("%", 100), ("index", 78), ("%", "unknown")])
def test_a_moisture_that_leaves_nothing_is_none(tmp_path, unit, value):
    giver, qualities = wet("moisture", unit, value)
    assert ratio(tmp_path, giver, MEAL, qualities=qualities) is None


@settings(max_examples=15)
@given(moisture=st.floats(min_value=0, max_value=99))
def test_less_dry_matter_replaces_less(tmp_path_factory, moisture):
    giver, qualities = wet("moisture", "%", moisture)
    found = ratio(tmp_path_factory.mktemp("wet"), giver, MEAL, qualities=qualities)
    assert found == pytest.approx(0.5 * (100 - moisture) / 100)


def test_two_moistures_are_no_single_substitution(tmp_path):
    """Wet grain (78 %: 0.11) and dried grain (12 %: 0.44) of one resource: an exchange each with its own ratio."""
    givers = [
        Given("spent grain", "11.05", plant="wet", stream={"quality": {"moisture": 78}}),
        Given("spent grain", "11.05", plant="dried", stream={"quality": {"moisture": 12}}),
    ]
    case = make(tmp_path, givers, [MEAL], qualities={"moisture": {"unit": "%"}})
    found = match(case)
    entries = entries_of(case, found, [one.number for one in found.proposals])
    assert {entry.fields["from"]: entry.fields["ratio"]["value"] for entry in entries} == {"wet": 0.11, "dried": 0.44}
    assert {entry.section for entry in entries} == {"exchanges"}


def test_a_ratio_of_what_is_not_accepted_is_refused(tmp_path):
    takers = [Given("natural gypsum", "23.62"), Given("gypsum rock", "23.51")]
    case = make(tmp_path, [Given("FGD gypsum", "35.11")], takers)
    found = match(case)
    with pytest.raises(UsageError, match="--ratio 2: proposal 2 is not among those accepted"):
        entries_of(case, found, [1], {2: 1.0})
    assert entries_of(case, found, [1], {1: 0.9})[0].fields["ratio"]["value"] == 0.9


def test_sludge_for_mineral_fertiliser_is_proposed_and_asks_for_its_nutrients(tmp_path):
    found = best(tmp_path, Given("residue", "37.00", resource={"waste_code": "19 08 05"}), Given("NPK", "01.11"))
    assert (found.row, found.ratio) == ("S49", None)
    assert "Directive 86/278/EEC" in found.law


def test_gypsum_of_any_scrubber_goes_to_plasterboard(tmp_path):
    found = best(tmp_path, Given("FGD gypsum", "23.51"), Given("natural gypsum", "23.62"))
    assert (found.row, found.strength) == ("S02", "strong")


@pytest.mark.parametrize(
    ("giver", "taker", "row"),
    [
        (Given("residue B", "35.11", resource={"waste_code": "10 01 17"}), Given("cement", "23.63"), "S128"),
        (Given("residue B", "35.11", resource={"waste_code": "10 01 17"}), Given("raw meal", "23.51"), "S131"),
        (Given("residue C", "35.11", resource={"waste_code": "10 01 15"}), Given("gravel", "42.11"), "S129"),
        (Given("ash from coal firing"), Given("cement", "23.63"), "S01"),
    ],
)
def test_ash_of_co_combustion_is_known_and_asks_what_was_burnt(tmp_path, giver, taker, row):
    case = make(tmp_path, [giver], [taker])
    found = match(case)
    assert found.unrecognised == ()
    assert found.proposals[0].row == row
    assert row == "S01" or any("beside the coal" in text for text in found.proposals[0].missing)


@pytest.mark.parametrize(
    ("code", "taker", "exclusion"),
    [
        ("10 01 17", Given("gypsum", "23.62"), "X1"),
        ("10 01 15", Given("gravel", "42.11", stream={"use": "playground"}), "X26"),
    ],
)
def test_ash_of_co_combustion_stays_barred(tmp_path, code, taker, exclusion):
    found = match(make(tmp_path, [Given("residue", "35.11", resource={"waste_code": code})], [taker]))
    assert not found.proposals
    assert {one.exclusion for one in found.barred} <= {exclusion}
