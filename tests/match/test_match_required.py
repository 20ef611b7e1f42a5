"""What law or safety forbids as it is, is not proposed; what needs cleaning says so first, and what data is missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_cases import Given, make

from planner.library.synergies import library
from planner.match.match import match
from planner.match.proposals import rounded, shown
from planner.match.tables import proposals_table
from planner.match.told import facts, summary_rows

GAS, FUEL = {"kind": "gas"}, {"kind": "gas", "unit": "MWh"}
WATER = {"kind": "water", "unit": "m3"}
HAZARDOUS = {"discharge": {"route": "landfill", "waste": "hazardous"}}


@pytest.mark.parametrize(
    ("given_", "taken", "barred"),
    [
        (Given("crude glycerol", "20.59"), Given("glycerine", "10.71"), "X18"),
        (Given("glycerine", "20.59"), Given("glycerol", None, stream={"use": "animal feed"}), "X18"),
        (Given("crude glycerol", "20.59"), Given("glycerol", "21.20"), "X18"),
        (Given("RDF", "38.21"), Given("coal", "85.31"), "X19"),
        (Given("RDF", "38.21"), Given("coal", None, "primary school"), "X19"),
        (Given("blast furnace gas", "24.10", resource=FUEL), Given("natural gas", None, "hospital", FUEL), "X19"),
        (Given("sewage sludge", "37.00"), Given("phosphate fertiliser", "01.13"), "X20"),
        (Given("PVC-rich RDF", "38.21"), Given("kiln fuel", "23.51"), "X21"),
        (
            Given("spent solvent", "21.10", resource={"waste_code": "14 06 02*", **HAZARDOUS}),
            Given("coal", "23.51"),
            "X21",
        ),
        (Given("bakery waste with meat", "10.71"), Given("pig feed", "01.46"), "X22"),
        (Given("category 3 material of cattle", "10.11"), Given("fish meal", "10.91"), "X23"),
        (Given("effluent sludge", "15.11"), Given("digester feedstock", "35.21"), "X24"),
        (Given("wood ash", "38.21"), Given("potash", "01.1"), "X25"),
        (Given("steel slag", "24.10"), Given("gravel", "42.11", stream={"use": "playground"}), "X26"),
        *((Given("RDF", "38.21"), Given("coal", nace), None) for nace in (None, "01.13", "10.81", "35.30")),
        (Given("end of life tyres", "38.11"), Given("coal", "10.81"), None),
        (Given("blast furnace gas", "24.10", resource=FUEL), Given("natural gas", "10.71", resource=FUEL), None),
        (Given("EAF dust", "24.10", resource={"waste_code": "10 02 07*"}), Given("zinc concentrate", "20.15"), None),
        (Given("phosphogypsum", "20.15"), Given("gypsum", "01.1"), None),
        (Given("steel slag", "24.10"), Given("gravel", "01.1"), None),
        (Given("treated effluent", "37.00", resource=WATER), Given("fresh water", "03.22", resource=WATER), None),
        (Given("cooling water", "35.11", resource=WATER), Given("process water", "21.20", resource=WATER), None),
        (Given("electrolyser oxygen", "20.11", resource=GAS), Given("oxygen", "86.10", resource=GAS), None),
        (Given("paper sludge", "17.12"), Given("clay", "20.42"), None),
    ],
)
def test_what_is_forbidden_as_it_is_is_barred_with_its_law(tmp_path, given_, taken, barred):
    found = match(make(tmp_path, [given_], [taken]))
    assert not found.proposals
    assert found.barred
    assert barred is None or [one.exclusion for one in found.barred] == [barred]
    assert all(one.reason and one.law for one in found.barred)


@pytest.mark.parametrize(
    ("given_", "taken", "row", "missing"),
    [
        (
            Given("flue gas CO2", "35.11", resource=GAS),
            Given("CO2", "01.13", resource=GAS),
            "S99",
            "content of ethylene",
        ),
        (
            Given("CO2", "35.11", resource=GAS),
            Given("CO2 enrichment", "01.13", resource=GAS),
            "S99",
            "content of nitrogen",
        ),
        (Given("biogas", "35.21", resource=FUEL), Given("LNG", "50.20", resource=FUEL), "S101", "siloxanes"),
        (Given("biogas", "35.21", resource=FUEL), Given("LNG", None, "ferry bunkering", FUEL), "S101", "siloxanes"),
        (Given("biogas", "35.21", resource=FUEL), Given("natural gas", "35.22", resource=FUEL), "S101", "siloxanes"),
        (
            Given("chlor-alkali hydrogen", "20.13", resource=GAS),
            Given("hydrogen", "49.31", resource=GAS),
            "S100",
            "mercury",
        ),
        (Given("crude glycerol", "20.59"), Given("refined glycerol", "20.14"), "S102", "content of methanol"),
    ],
)
def test_what_needs_a_plant_for_its_cleaning_cannot_be_accepted_as_it_is(tmp_path, given_, taken, row, missing):
    one = match(make(tmp_path, [given_], [taken])).proposals[0]
    assert one.row == row
    assert one.conversion is not None
    assert "needs a facility between both" in one.refused(with_ratio=True)
    assert missing in "; ".join(one.missing)


@pytest.mark.parametrize(
    ("given_", "taken"),
    [
        (Given("bakery waste", "10.71"), Given("pig feed", "01.46")),
        (Given("brewery yeast", "11.05"), Given("pig feed", "01.46")),
        (Given("digestate", "35.21"), Given("fertiliser", "01.13")),
        (Given("reclaimed water", "37.00", resource=WATER), Given("irrigation water", "01.13", resource=WATER)),
        (Given("RDF", "38.21"), Given("kiln fuel", None, "cement works")),
        (Given("sewage sludge", "37.00"), Given("phosphate fertiliser", "01.1")),
    ],
)
def test_what_must_be_treated_says_so_first_and_asks_for_its_cost(tmp_path, given_, taken):
    one = match(make(tmp_path, [given_], [taken])).proposals[0]
    told = dict(facts(one))
    assert told["required first"] == one.pretreatment
    assert f"cost of {one.pretreatment}" in one.missing
    assert set(next(row for row in library().synergies if row.id == one.row).asks) <= set(one.missing)


def test_raw_biogas_still_goes_to_boilers(tmp_path):
    takers = [Given(name, nace, resource=FUEL) for name, nace in (("natural gas", "10.51"), ("boiler gas", "17.12"))]
    found = match(make(tmp_path, [Given("biogas", "35.21", resource=FUEL)], takers)).proposals
    assert {(one.taker.stream.name, one.row) for one in found} == {("natural gas", "S75"), ("boiler gas", "S75")}


def test_words_in_brackets_speak_where_the_others_say_nothing(tmp_path):
    found = match(make(tmp_path, [Given("white mass (lime mud)", "17.11")], [Given("limestone", "23.51")])).proposals
    assert [one.row for one in found] == ["S111"]
    assert not match(
        make(tmp_path, [Given("residue (without fly ash)", "35.11")], [Given("cement", "23.51")])
    ).proposals


@settings(max_examples=20)
@given(number=st.floats(min_value=1e-6, max_value=1e9))
def test_ratios_are_shown_with_three_digits(number):
    assert float(shown(number).replace(",", "")) == rounded(number)
    assert abs(rounded(number) - number) <= 0.005 * number * 1.0001  # half of the third digit, at most 0.5 %
    assert "e+" not in shown(number)


def test_a_ratio_has_its_unit_and_three_digits_everywhere(tmp_path):
    # by energy: 5 MWh/t of biogas for 13.7 MWh/t of natural gas, 5/13.7 = 0.364964
    givers = [Given("biogas", "35.21", resource={**GAS, "enthalpy": 5.0})]
    found = match(make(tmp_path, givers, [Given("natural gas", "10.51", resource={**GAS, "enthalpy": 13.7})])).proposals
    assert summary_rows(found)[0][5] == "0.365 t/t"
    assert dict(facts(found[0]))["ratio"].startswith("0.365 t/t")
    table = proposals_table(found)
    assert (table["ratio"][0], table["ratio_unit"][0]) == (0.365, "t/t")


def test_a_heat_pump_needs_no_ratio_and_none_stands_on_another(tmp_path):
    heat = {"kind": "heat", "unit": "MWh"}
    giver = Given("warm", "10.51", resource={**heat, "heat": {"supply": "30 degC", "return": "20 degC"}})
    taker = Given("hot", "10.51", resource={**heat, "heat": {"supply": "80 degC", "return": "60 degC"}})
    one = match(make(tmp_path, [giver], [taker])).proposals[0]
    assert (one.rule, one.missing) == ("R2", ())
    assert dict(facts(one))["ratio"] == "by what the heat pump makes of it"


def test_a_digester_is_itself_what_must_stand_between(tmp_path):
    givers = [Given("sewage sludge", "37.00")]
    digester, works = (
        match(make(tmp_path, givers, [Given("substrate", nace)])).proposals[0] for nace in ("35.21", "10.51")
    )
    assert (digester.row, digester.conversion, digester.refused()) == ("S76", None, None)
    assert works.conversion == "anaerobic digester"
